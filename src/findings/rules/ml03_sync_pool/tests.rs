//! What ML03 says of small functions.

use super::{SyncPool, taken_from};
use crate::findings::Confidence::{self, High, Low, Medium};
use crate::findings::rules::testing::Case;

const GROW: &[(&str, &str)] = &[
    ("bytes.growSlice", "bytes/buffer.go"),
    ("bytes.(*Buffer).grow", "bytes/buffer.go"),
    ("bytes.(*Buffer).Write", "bytes/buffer.go"),
];
const FLATE: &[(&str, &str)] = &[
    ("compress/flate.NewWriter", "compress/flate/deflate.go"),
    ("compress/gzip.(*Writer).Write", "compress/gzip/gzip.go"),
];
const BUFIO: &[(&str, &str)] = &[("bufio.NewReaderSize", "bufio/bufio.go")];
const IMPORTS: &str =
    "import (\"bufio\"; \"bytes\"; \"compress/gzip\"; \"encoding/json\"; \"io\"; \"sync\")\n";

fn case(source: &str, function: &str) -> Case {
    Case::new(&format!("{IMPORTS}{source}"), function)
}

fn says(case: &Case) -> Option<Confidence> {
    case.judge(&SyncPool).map(|draft| draft.confidence)
}

#[test]
fn buffers_that_live_for_a_call() {
    let cases: &[(&str, &str, Option<Confidence>)] = &[
        (
            "written out",
            "func F(w io.Writer, v any) error {
	var buf bytes.Buffer
	if err := json.NewEncoder(&buf).Encode(v); err != nil { // here
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}",
            Some(High),
        ),
        (
            "behind an encoder",
            "func F(w io.Writer, v any) error {
	buf := new(bytes.Buffer)
	enc := json.NewEncoder(buf)
	if err := enc.Encode(v); err != nil { // here
		return err
	}
	_, err := buf.WriteTo(w)
	return err
}",
            Some(High),
        ),
        (
            "its bytes are the result",
            "func F(v any) ([]byte, error) {
	var buf bytes.Buffer
	err := json.NewEncoder(&buf).Encode(v) // here
	return buf.Bytes(), err
}",
            Some(Low),
        ),
        (
            "returned",
            "func F(p []byte) *bytes.Buffer {
	buf := &bytes.Buffer{}
	buf.Write(p) // here
	return buf
}",
            None,
        ),
        (
            "a field, which is kept",
            "type T struct{ buf bytes.Buffer }
func F(t *T, p []byte) {
	t.buf.Write(p) // here
}",
            None,
        ),
        (
            "from a pool, put back",
            "var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}
func F(w io.Writer, p []byte) error {
	buf := pool.Get().(*bytes.Buffer)
	defer pool.Put(buf)
	buf.Reset()
	buf.Write(p) // here
	_, err := w.Write(buf.Bytes())
	return err
}",
            None,
        ),
        (
            "from a pool, put back unless something fails",
            "var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}
func F(w io.Writer, p []byte) error {
	buf := pool.Get().(*bytes.Buffer)
	buf.Reset()
	buf.Write(p) // here
	if _, err := w.Write(buf.Bytes()); err != nil {
		return err
	}
	pool.Put(buf)
	return nil
}",
            None,
        ),
        (
            "from a pool, put back only when something fails",
            "var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}
func F(w io.Writer, p []byte) error {
	buf := pool.Get().(*bytes.Buffer)
	buf.Reset()
	buf.Write(p) // here
	if _, err := w.Write(buf.Bytes()); err != nil {
		pool.Put(buf)
		return err
	}
	return nil
}",
            Some(High),
        ),
    ];
    for &(what, source, expected) in cases {
        let case = case(source, "F").allocates(&[(4096, 1000)]).below(GROW);
        assert_eq!(says(&case), expected, "{what}");
    }
}

/// What it shows, the frames below, the source, what is said.
type Object<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a str,
    Option<Confidence>,
);

#[test]
fn library_objects() {
    let cases: &[Object<'_>] = &[
        (
            "a compressor, charged to its first write",
            FLATE,
            "func F(w io.Writer, p []byte) error {
	zw := gzip.NewWriter(w)
	zw.Write(p) // here
	return zw.Close()
}",
            Some(High),
        ),
        (
            "a compressor of someone else",
            FLATE,
            "type T struct{ zw *gzip.Writer }
func F(t *T, p []byte) {
	t.zw.Write(p) // here
}",
            Some(High),
        ),
        (
            "a compressor from a pool",
            FLATE,
            "var pool = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
func F(w io.Writer, p []byte) error {
	zw := pool.Get().(*gzip.Writer)
	defer pool.Put(zw)
	zw.Reset(w)
	zw.Write(p) // here
	return zw.Close()
}",
            None,
        ),
        (
            "a reader for one call",
            BUFIO,
            "func F(r io.Reader) (int, error) {
	br := bufio.NewReader(r) // here
	b, err := br.ReadByte()
	return int(b), err
}",
            Some(High),
        ),
        (
            "a reader that is kept",
            BUFIO,
            "type T struct{ br *bufio.Reader }
func F(r io.Reader) *T {
	return &T{br: bufio.NewReader(r)} // here
}",
            None,
        ),
    ];
    for &(what, below, source, expected) in cases {
        let case = case(source, "F").allocates(&[(65536, 1000)]).below(below);
        assert_eq!(says(&case), expected, "{what}");
    }
    let case = case(cases[0].2, "F")
        .allocates(&[(65536, 1000)])
        .below(FLATE)
        .without_source();
    assert_eq!(says(&case), Some(Medium));
    assert_eq!(says(&case.allocates(&[(65536, 4)])), Some(Low));
}

#[test]
fn slices_in_a_pool() {
    let source = "var pool = sync.Pool{New: func() any { return make([]byte, 0, 512) }}
func F(w io.Writer) {
	b := pool.Get().([]byte)
	b = append(b, 'x')
	w.Write(b)
	pool.Put(b[:0]) // here
}";
    let by_value = case(source, "F").allocates(&[(24, 100_000)]);
    assert_eq!(says(&by_value), Some(High));
    let other = case(&source.replace("pool.Put(b[:0])", "pool.Put(&b)"), "F");
    assert_eq!(says(&other.allocates(&[(24, 100_000)])), None);
}

#[test]
fn pools_that_lose_what_they_give() {
    let source = "var pool = sync.Pool{
	New: func() any { return make([]byte, 1<<16) }, // here
}
func F(fail bool) error {
	b := pool.Get().([]byte)
	if fail {
		pool.Put(b)
		return errFail
	}
	use(b)
	return nil
}";
    let lost = |source: &str| {
        let case = case(source, "init.func1").allocates(&[(65536, 1000)]);
        says(&case.called_by("F", 6))
    };
    assert_eq!(lost(source), Some(High));
    assert_eq!(lost(&source.replace("use(b)", "pool.Put(b)")), None);
    assert_eq!(lost(&source.replace("use(b)", "defer pool.Put(b)")), None);
    assert_eq!(lost(&source.replace("return nil", "panic(0)")), None);
}

#[test]
fn large_structs() {
    let source = "type table struct{ at [1 << 12]int32 }
func F(p []byte) (n int32) {
	t := new(table) // here
	for _, b := range p {
		t.at[b]++
	}
	return t.at[0]
}";
    let sizes = [(16384, 1000)];
    assert_eq!(says(&case(source, "F").allocates(&sizes)), Some(Medium));
    let returned = source
        .replace("(n int32)", "*table")
        .replace("return t.at[0]", "return t");
    assert_eq!(says(&case(&returned, "F").allocates(&sizes)), None);
    assert_eq!(says(&case(source, "F").allocates(&[(64, 1000)])), None);
}

#[test]
fn the_pool_in_a_line() {
    assert_eq!(taken_from("\tb := p.bufs.Get().(*T)"), Some("p.bufs"));
    assert_eq!(
        taken_from("if b, ok := pool.Get().(*T); ok {"),
        Some("pool")
    );
    assert_eq!(taken_from("é.Get()"), Some("é"));
    assert_eq!(taken_from("b := (.Get()"), None);
    assert_eq!(taken_from("x := 1"), None);
}

#[test]
fn timers_and_objects_that_are_always_the_same() {
    let timer = |after: &str| {
        let source = format!(
            "import \"time\"
type T struct{{ t *time.Timer }}
func (x *T) F(c chan int, d time.Duration) {{
	t := time.NewTimer(d) // here
	{after}
	select {{
	case <-c:
	case <-t.C:
	}}
}}"
        );
        let case = Case::new(&source, "(*T).F").below(&[("time.NewTimer", "time/sleep.go")]);
        says(&case.allocates(&[(112, 1000)]))
    };
    assert_eq!(timer("defer t.Stop()"), Some(Medium));
    assert_eq!(timer("x.t = t"), None);
    let title = |argument: &str| {
        let source = format!(
            "import (\"golang.org/x/text/cases\"; \"golang.org/x/text/language\")
func F(s string, in language.Tag) string {{
	return cases.Title({argument}).String(s) // here
}}"
        );
        let below = [("golang.org/x/text/cases.Title", "cases/cases.go")];
        let case = Case::new(&source, "F").below(&below);
        says(&case.allocates(&[(160, 1000)]))
    };
    assert_eq!(title("language.English"), Some(Medium));
    assert_eq!(title("in"), None);
}

#[test]
fn what_callers_are_done_with() {
    let map = |caller: &str| {
        let source = format!(
            "type T struct{{ last map[string]int }}
func lengths(words []string) map[string]int {{
	m := make(map[string]int, len(words))
	for _, w := range words {{
		m[w] = len(w) // here
	}}
	return m
}}
func (t *T) F(words []string) int {{
	m := lengths(words)
	{caller}
}}"
        );
        says(&Case::new(&source, "lengths").allocates(&[(288, 1000)]))
    };
    assert_eq!(map("return m[\"x\"]"), Some(Medium));
    assert_eq!(map("t.last = m\n\treturn 0"), None);
    let field = |method: &str| {
        let source = format!(
            "type scan struct{{ buf []rune }}
func newScan(n int) *scan {{
	return &scan{{
		buf: make([]rune, 0, n), // here
	}}
}}
func (s *scan) text() {method}
func F(n int) int {{
	s := newScan(n)
	return len(s.text())
}}"
        );
        says(&Case::new(&source, "newScan").allocates(&[(2048, 1000)]))
    };
    assert_eq!(field("string { return string(s.buf) }"), Some(Medium));
    assert_eq!(field("[]rune { return s.buf }"), None);
}
