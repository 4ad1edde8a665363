//! The calls of the standard library that pay with memory for convenience, and what does the same without.

/// What sort of call it is: it decides which use of the result makes the advice wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Formats with verbs; arguments are boxed at the line itself.
    Format,
    /// Writes formatted; nothing is returned.
    Print,
    /// Gives a number or a time as text.
    Text,
    /// Cuts a text into a slice of parts.
    Split,
    /// Gives a changed text.
    Change,
    /// Compiles what could be compiled once.
    Compile,
    /// Gives matches of a regular expression.
    Match,
    /// Goes by reflection.
    Reflect,
    /// Gives encoded or decoded bytes.
    Encode,
    /// Makes a helper object that is used once.
    Helper,
    /// Takes an address apart.
    Address,
    /// Makes a timer.
    Timer,
}

/// Calls with the same remedy.
#[derive(Debug)]
pub(super) struct Costly {
    /// Full names, as in profiles: `path.Name`, `path.(*Type).Name`, `path.Type.Name`. A name that
    /// ends with `*` stands for all that begin so.
    pub(super) names: &'static [&'static str],
    pub(super) sort: Sort,
    /// What such a call costs, as the title goes on.
    pub(super) costs: &'static str,
    /// What to do.
    pub(super) instead: &'static str,
}

/// All of them. Measured on Go 1.26; names that do not allocate by themselves are left out.
pub(super) const CALLS: &[Costly] = &[
    Costly {
        names: &["fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln"],
        sort: Sort::Format,
        costs: "boxes its arguments and makes a string for each call",
        instead: "append to a buffer that is kept: `buf = fmt.Appendf(buf[:0], …)`, or `strconv.AppendInt`, `AppendFloat`, \
                  `AppendQuote` and plain `append`, which box nothing; into a Builder or Writer use them on its own buffer",
    },
    Costly {
        names: &["fmt.Fprintf", "fmt.Fprint", "fmt.Fprintln"],
        sort: Sort::Print,
        costs: "boxes its arguments for each call",
        instead: "append with `strconv.AppendInt`, `AppendFloat` or `AppendQuote` to a buffer that is kept \
                  (`w.AvailableBuffer()` of a bufio.Writer is one) and write that",
    },
    Costly {
        names: &[
            "strconv.Itoa",
            "strconv.FormatInt",
            "strconv.FormatUint",
            "strconv.FormatFloat",
            "strconv.Quote",
            "strconv.QuoteToASCII",
        ],
        sort: Sort::Text,
        costs: "makes a string for each number",
        instead: "use the appending form on a buffer that is kept: `buf = strconv.AppendInt(buf[:0], n, 10)`",
    },
    Costly {
        names: &[
            "time.Time.Format",
            "time.Time.String",
            "time.Duration.String",
        ],
        sort: Sort::Text,
        costs: "makes a string for each time",
        instead: "`buf = t.AppendFormat(buf[:0], layout)`; to compare or group times use the times themselves, \
                  `t.Date()`, `t.Unix()` or `t.Truncate(d)`, as key",
    },
    Costly {
        names: &[
            "strings.Split",
            "strings.SplitN",
            "strings.SplitAfter",
            "strings.Fields",
            "strings.FieldsFunc",
            "bytes.Split",
            "bytes.SplitN",
            "bytes.SplitAfter",
            "bytes.Fields",
            "bytes.FieldsFunc",
        ],
        sort: Sort::Split,
        costs: "makes a slice of all parts for each text",
        instead: "walk the parts with SplitSeq or FieldsSeq (Go 1.24), or take them one by one with Cut: neither allocates",
    },
    Costly {
        names: &[
            "strings.ToLower",
            "strings.ToUpper",
            "strings.ToTitle",
            "strings.Title",
            "strings.Replace",
            "strings.ReplaceAll",
            "strings.Map",
            "strings.ToValidUTF8",
            "strings.(*Replacer).Replace",
            "bytes.ToLower",
            "bytes.ToUpper",
            "bytes.Replace",
            "bytes.ReplaceAll",
            "bytes.Map",
        ],
        sort: Sort::Change,
        costs: "copies the text for each call",
        instead: "compare with `strings.EqualFold`, skip the characters while reading, or change the text once \
                  where it is stored instead of at each use",
    },
    Costly {
        names: &[
            "regexp.Compile",
            "regexp.MustCompile",
            "regexp.CompilePOSIX",
            "regexp.MustCompilePOSIX",
            "regexp.MatchString",
            "regexp.Match",
            "regexp.MatchReader",
        ],
        sort: Sort::Compile,
        costs: "compiles the expression for each call",
        instead: "compile once, in a package variable with `regexp.MustCompile`, or keep the `*regexp.Regexp` \
                  beside the pattern it is made of; it is safe for concurrent use",
    },
    Costly {
        names: &[
            "text/template.(*Template).Parse",
            "html/template.(*Template).Parse",
        ],
        sort: Sort::Compile,
        costs: "parses the template for each call",
        instead: "parse once, in a package variable with `template.Must`",
    },
    Costly {
        names: &["strings.NewReplacer"],
        sort: Sort::Compile,
        costs: "builds its tables for each call",
        instead: "make the Replacer once, as a package variable: it is safe for concurrent use",
    },
    Costly {
        names: &[
            "regexp.(*Regexp).FindAll*",
            "regexp.(*Regexp).FindString*",
            "regexp.(*Regexp).FindSubmatch*",
            "regexp.(*Regexp).FindIndex",
            "regexp.(*Regexp).ReplaceAll*",
            "regexp.(*Regexp).Split",
        ],
        sort: Sort::Match,
        costs: "makes slices of matches for each text",
        instead: "scan the text by hand, with Cut, IndexByte or a loop over its runes, where the pattern is plain; \
                  `MatchString` alone allocates nothing",
    },
    Costly {
        names: &[
            "encoding/json.Marshal",
            "encoding/json.MarshalIndent",
            "encoding/json.Unmarshal",
        ],
        sort: Sort::Reflect,
        costs: "goes by reflection and makes its result anew for each call",
        instead: "encode once and reuse the bytes, encode into a buffer that is kept (`json.NewEncoder(&buf)`), decode into \
                  structs instead of `any`, or append the fields by hand where this is the hot path",
    },
    Costly {
        names: &["encoding/binary.Write", "encoding/binary.Read"],
        sort: Sort::Reflect,
        costs: "boxes the value and makes a buffer for each call",
        instead: "use the byte order itself: `buf = binary.BigEndian.AppendUint32(buf, v)` to write, \
                  `binary.BigEndian.Uint32(buf)` to read, or `binary.Append` (Go 1.23)",
    },
    Costly {
        names: &[
            "encoding/hex.EncodeToString",
            "encoding/hex.DecodeString",
            "encoding/base64.(*Encoding).EncodeToString",
            "encoding/base64.(*Encoding).DecodeString",
            "encoding/base32.(*Encoding).EncodeToString",
            "encoding/base32.(*Encoding).DecodeString",
        ],
        sort: Sort::Encode,
        costs: "makes a buffer for each call",
        instead: "encode or decode into an array or a buffer that is kept: `hex.Decode(dst[:], src)`, \
                  `hex.AppendEncode`, `base64.StdEncoding.AppendEncode` (Go 1.22)",
    },
    Costly {
        names: &[
            "net/url.Parse",
            "net/url.ParseQuery",
            "net/url.(*URL).Query",
            "net/url.Values.Encode",
            "net/url.QueryEscape",
            "net/url.QueryUnescape",
        ],
        sort: Sort::Address,
        costs: "builds a map or copies of all parts for each call",
        instead: "parse once for each request and pass the result on, or cut the one value that is needed out of RawQuery",
    },
    Costly {
        names: &["strings.NewReader", "bytes.NewReader"],
        sort: Sort::Helper,
        costs: "makes a reader for each call",
        instead: "keep one and `Reset` it, or use a function that takes the bytes themselves",
    },
    Costly {
        names: &["time.After", "time.NewTimer", "time.NewTicker"],
        sort: Sort::Timer,
        costs: "makes a timer and its channel for each call",
        instead: "make one timer before the loop and `Reset` it",
    },
];

/// The entry of a function by its name in profiles.
pub(super) fn costly(function: &str) -> Option<&'static Costly> {
    CALLS.iter().find(|call| {
        call.names.iter().any(|name| match name.strip_suffix('*') {
            Some(start) => function.starts_with(start),
            None => *name == function,
        })
    })
}

/// The short name, as it stands in source: `Time.Format` of `time.Time.Format`, `Sprintf` of `fmt.Sprintf`.
pub(super) fn method(function: &str) -> &str {
    function.rsplit('.').next().unwrap_or_default()
}

/// As a reader knows it: `json.Marshal` of `encoding/json.Marshal`.
pub(super) fn short(function: &str) -> &str {
    function.rsplit('/').next().unwrap_or_default()
}
