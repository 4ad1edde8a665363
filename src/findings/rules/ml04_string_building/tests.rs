use super::StringBuilding;
use crate::findings::finding::Confidence;
use crate::findings::rules::testing::Case;

const SIZES: [(u64, i64); 10] = [
    (48, 100),
    (64, 100),
    (80, 100),
    (96, 100),
    (112, 100),
    (128, 100),
    (144, 100),
    (160, 100),
    (176, 100),
    (192, 100),
];

fn confidence(case: &Case) -> Option<Confidence> {
    case.judge(&StringBuilding).map(|draft| draft.confidence)
}

#[test]
fn concatenation_in_loops() {
    for (body, expected) in [
        (
            "s := \"\"\n\tfor _, p := range parts {\n\t\ts += p // here\n\t}\n\treturn s",
            true,
        ),
        (
            "s := \"\"\n\tfor _, p := range parts {\n\t\ts = s + p + \",\" // here\n\t}\n\treturn s",
            true,
        ),
        (
            "s := \"\"\n\tfor _, p := range parts {\n\t\ts = p + s // here\n\t}\n\treturn s",
            true,
        ),
        // One expression is one block.
        (
            "s := parts[0] + parts[1] + \",\" // here\n\treturn s",
            false,
        ),
        // The string is new in each round.
        (
            "for _, p := range parts {\n\t\ts := p\n\t\ts += \",\" // here\n\t\tuse(s)\n\t}\n\treturn \"\"",
            false,
        ),
        // Two rounds.
        (
            "s := \"\"\n\tfor i := 0; i < 2; i++ {\n\t\ts += parts[i] // here\n\t}\n\treturn s",
            false,
        ),
        // No text.
        (
            "n := 0\n\tfor range parts {\n\t\tn += 1 // here\n\t}\n\treturn parts[n]",
            false,
        ),
    ] {
        let source =
            format!("func F(parts []string) string {{\n\t{body}\n}}\nfunc use(string) {{}}");
        let case = Case::new(&source, "F").allocates(&SIZES);
        let expected = expected.then_some(Confidence::High);
        assert_eq!(confidence(&case), expected, "{source}");
    }
}

#[test]
fn formatted_anew() {
    let case = Case::new(
        "import \"fmt\"
func F(parts []string) string {
	s := \"\"
	for _, p := range parts {
		s = fmt.Sprintf(\"%s,%s\", s, p) // here
	}
	return s
}",
        "F",
    )
    .below(&[("fmt.Sprintf", "fmt/print.go")])
    .allocates(&SIZES);
    assert_eq!(confidence(&case), Some(Confidence::High));
}

#[test]
fn builders() {
    let growth = [
        (16, 100),
        (32, 100),
        (64, 100),
        (128, 100),
        (256, 100),
        (512, 100),
    ];
    for (body, expected) in [
        (
            "var sb strings.Builder\n\tfor _, p := range parts {\n\t\tsb.WriteString(p) // here\n\t}\n\treturn sb.String()",
            Some(Confidence::High),
        ),
        (
            "var sb strings.Builder\n\tsb.Grow(len(parts))\n\tfor _, p := range parts {\n\t\tsb.WriteString(p) // here\n\t}\n\treturn sb.String()",
            // Room for as many bytes as there are parts, which was outgrown.
            Some(Confidence::Medium),
        ),
        (
            "var sb strings.Builder\n\tfor _, p := range parts {\n\t\tsb.Reset()\n\t\tsb.WriteString(p) // here\n\t}\n\treturn sb.String()",
            None,
        ),
        (
            "sb := pool.Get().(*strings.Builder)\n\tfor _, p := range parts {\n\t\tsb.WriteString(p) // here\n\t}\n\tpool.Put(sb)\n\treturn sb.String()",
            None,
        ),
    ] {
        let source = format!(
            "import (\"strings\"; \"sync\")\nvar pool sync.Pool\nfunc F(parts []string) string {{\n\t{body}\n}}"
        );
        let case = Case::new(&source, "F")
            .below(&[("strings.(*Builder).WriteString", "strings/builder.go")])
            .allocates(&growth);
        assert_eq!(confidence(&case), expected, "{source}");
    }
}

#[test]
fn a_growing_builder_without_source() {
    let case = Case::new("func F() {\n\tg() // here\n}", "F")
        .below(&[("strings.(*Builder).WriteString", "strings/builder.go")])
        .allocates(&[(16, 100), (32, 100), (64, 100), (128, 100), (256, 100)])
        .without_source();
    assert_eq!(confidence(&case), Some(Confidence::Medium));
}

#[test]
fn a_builder_that_outgrows_its_grow() {
    let case = |declare: &str| {
        let source = format!(
            "import \"strings\"
func F(parts []string) string {{
	{declare}
	for _, p := range parts {{
		b.WriteString(p) // here
	}}
	return b.String()
}}"
        );
        Case::new(&source, "F")
            .below(&[("strings.(*Builder).WriteString", "strings/builder.go")])
            .allocates(&[(160, 1000)])
    };
    let grown = case("var b strings.Builder\n\tb.Grow(len(parts))");
    assert_eq!(confidence(&grown), Some(Confidence::Medium));
    // One size is no growth.
    assert_eq!(confidence(&case("var b strings.Builder")), None);
}

#[test]
fn a_copy_of_what_does_not_change() {
    let case = |body: &str| {
        let source = format!(
            "import \"strings\"
func F(s string) string {{
	var b strings.Builder
	b.Grow(len(s)) // here
	for i := 0; i < len(s); i++ {{
		{body}
	}}
	return b.String()
}}"
        );
        Case::new(&source, "F")
            .below(&[("strings.(*Builder).Grow", "strings/builder.go")])
            .allocates(&[(48, 1000)])
    };
    let filter = "if s[i] == '.' {\n\t\t\tb.WriteString(\"..\")\n\t\t} else {\n\t\t\tb.WriteByte(s[i])\n\t\t}";
    assert_eq!(confidence(&case(filter)), Some(Confidence::Medium));
    // Every byte changes.
    assert_eq!(confidence(&case("b.WriteByte(s[i] ^ 1)")), None);
}
