use super::Preallocate;
use crate::findings::finding::Confidence;
use crate::findings::rules::testing::Case;

/// The blocks of []int that 100 slices of 1000 elements outgrow.
const LADDER: [(u64, i64); 9] = [
    (64, 100),
    (128, 100),
    (256, 100),
    (512, 100),
    (1024, 100),
    (2048, 100),
    (4096, 100),
    (6784, 100),
    (10240, 100),
];

fn confidence(case: &Case) -> Option<Confidence> {
    case.judge(&Preallocate).map(|draft| draft.confidence)
}

#[test]
fn an_array_of_directions() {
    let case = Case::new(
        "type Point struct{ X, Y int }
type G struct{ w int }
func (g *G) Open(p Point) bool { return p.X < g.w }
func (g *G) near(p Point) []Point {
	var out []Point
	for _, d := range [...]Point{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		q := Point{p.X + d.X, p.Y + d.Y}
		if g.Open(q) {
			out = append(out, q) // here
		}
	}
	return out
}",
        "(*G).near",
    )
    .allocates(&[(16, 400), (32, 2000), (64, 12000)]);
    assert_eq!(confidence(&case), Some(Confidence::Medium));
}

#[test]
fn slices_of_known_length() {
    for (source, expected) in [
        (
            "func F(rows []int) []int {
	var out []int
	for _, r := range rows {
		out = append(out, r) // here
	}
	return out
}",
            Some((Confidence::High, "out := make([]int, 0, len(rows))")),
        ),
        (
            "func F(rows []string) ([]int, error) {
	out := []int{}
	for _, r := range rows {
		n, err := parse(r)
		if err != nil {
			return nil, err
		}
		out = append(out, n) // here
	}
	return out, nil
}
func parse(s string) (int, error) { return 0, nil }",
            Some((Confidence::High, "out := make([]int, 0, len(rows))")),
        ),
        (
            "type T struct{ list []int }
func F(n int) *T {
	t := &T{}
	for i := range n {
		t.list = append(t.list, i) // here
	}
	return t
}",
            Some((Confidence::High, "t.list = make([]int, 0, n)")),
        ),
        (
            "func F(rows []string) (out []int) {
	for _, r := range rows {
		if n, ok := parse(r); ok {
			out = append(out, n) // here
		}
	}
	return out
}
func parse(s string) (int, bool) { return 0, true }",
            Some((Confidence::Medium, "out = make([]int, 0, len(rows))")),
        ),
    ] {
        let draft = Case::new(source, "F")
            .allocates(&LADDER)
            .judge(&Preallocate);
        let found = draft.map(|draft| (draft.confidence, draft.code.unwrap_or_default()));
        let expected = expected.map(|(confidence, code)| (confidence, code.to_owned()));
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn counter_evidence() {
    for source in [
        // A choice: how many pass nobody knows.
        "func F(rows []int) []int {
	var out []int
	for _, r := range rows {
		if r > 3 {
			out = append(out, r) // here
		}
	}
	return out
}",
        // Has its capacity.
        "func F(rows []int) []int {
	out := make([]int, 0, len(rows))
	for _, r := range rows {
		out = append(out, r) // here
	}
	return out
}",
        // Is reused.
        "func F(rows [][]int, use func([]int)) {
	var buf []int
	for _, row := range rows {
		buf = buf[:0]
		for _, r := range row {
			buf = append(buf, r) // here
		}
		use(buf)
	}
}",
        // Is what the program keeps.
        "var all []int
func F(rows []int) {
	for _, r := range rows {
		all = append(all, r) // here
	}
}",
        // Cannot be counted.
        "func F(next func() (int, bool)) []int {
	var out []int
	for {
		n, ok := next()
		if !ok {
			return out
		}
		out = append(out, n) // here
	}
}",
        // Another operation.
        "func F(n int) []int {
	return make([]int, n) // here
}",
    ] {
        let case = Case::new(source, "F").allocates(&LADDER);
        let found = confidence(&case);
        assert!(
            found.is_none_or(|found| found == Confidence::Low),
            "{source}: {found:?}"
        );
    }
}

#[test]
fn a_ladder_alone() {
    let case = Case::new("func F() {\n\tg() // here\n}", "F").without_source();
    let grows = case.clone().allocates(&LADDER);
    assert_eq!(confidence(&grows), Some(Confidence::Low));
    assert_eq!(confidence(&grows.live()), None);
    let long: Vec<(u64, i64)> = LADDER
        .into_iter()
        .chain([(14336, 100), (20480, 100)])
        .collect();
    let grows = case.clone().allocates(&long);
    assert_eq!(confidence(&grows), Some(Confidence::Medium));
    assert_eq!(confidence(&case.allocates(&[(64, 1000)])), None);
}

#[test]
fn collected_keys() {
    let frames = [
        (
            "slices.AppendSeq[go.shape.[]string,go.shape.string]-range1",
            "slices/iter.go",
        ),
        ("maps.Keys[go.shape.map[string]int].func1", "maps/iter.go"),
        ("slices.Collect[go.shape.string]", "slices/iter.go"),
    ];
    let case = |iterator: &str| {
        Case::new(
            &format!(
                "import (\"maps\"; \"slices\")
func F(m map[string]int, seq func(func(string) bool)) []string {{
	return slices.Collect({iterator}) // here
}}"
            ),
            "F",
        )
        .below(&frames)
        .allocates(&LADDER)
    };
    let draft = case("maps.Keys(m)").judge(&Preallocate);
    let found = draft.map(|draft| (draft.confidence, draft.code.unwrap_or_default()));
    let code = "slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))".to_owned();
    assert_eq!(found, Some((Confidence::High, code)));
    assert_eq!(confidence(&case("seq")), Some(Confidence::Low));
}

#[test]
fn a_helper_that_fills_its_callers_slice() {
    let case = |before: &str| {
        Case::new(
            &format!(
                "func F(data []byte, x *[]int) {{
	{before}
	for len(data) > 0 {{
		*x = append(*x, int(data[0])) // here
		data = data[1:]
	}}
}}"
            ),
            "F",
        )
        .allocates(&LADDER)
    };
    assert_eq!(confidence(&case("")), Some(Confidence::Medium));
    assert_eq!(confidence(&case("*x = (*x)[:0]")), None);
}

#[test]
fn growth_by_hand() {
    let case = |length: &str| {
        Case::new(
            &format!(
                "type B struct{{ set []uint64 }}
func (b *B) Grow(n int) {{
	if len(b.set) < n {{
		longer := make([]uint64, {length}) // here
		copy(longer, b.set)
		b.set = longer
	}}
}}"
            ),
            "(*B).Grow",
        )
        .allocates(&[(8, 10), (16, 10), (24, 10), (32, 10), (48, 10)])
    };
    assert_eq!(confidence(&case("n")), Some(Confidence::Medium));
    assert_eq!(confidence(&case("2*n")), None);
}

#[test]
fn a_choice_of_the_caller() {
    let case = |keep: &str| {
        Case::new(
            &format!(
                "func F[T any, S ~[]T](rows S, keep func(T) bool, wanted bool) S {{
	out := S{{}}
	for i := range rows {{
		if {keep} {{
			out = append(out, rows[i]) // here
		}}
	}}
	return out
}}"
            ),
            "F[...]",
        )
        .allocates(&LADDER)
    };
    assert_eq!(
        confidence(&case("!keep(rows[i])")),
        Some(Confidence::Medium)
    );
    assert_eq!(
        confidence(&case("wanted == (i > 3)")),
        Some(Confidence::Low)
    );
}
