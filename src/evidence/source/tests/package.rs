//! What the declarations of a package say.

use super::*;

const SHAPES: &str = r#"package p

import (
	"strings"
	"sync"
	"time"
)

const (
	small = 4
	large = small * 2 << 3
	hex   = 0x10
	kind  = iota
)

type Point struct{ X, Y int32 }
type Mixed struct {
	A bool
	B int64
	C uint16
	P *Point
}
type Nested struct {
	Point
	at   time.Time
	tags [small]string
	err  error
	last struct{}
}
type Loop struct{ inner Loop }
type Foreign struct{ x other.Type }
type Guarded struct {
	mu sync.Mutex
	n  int
}
type Names []string
type Reader interface{ Read() }

func (p *Point) Move(dx int32) { p.X += dx }
func (p *Point) Part() *int32  { return &p.X }
func (p *Point) Len() int32    { return p.X * p.Y }
func (p *Point) Reset()        { *p = Point{} }
func (p Point) String() string { p.X = 1; return "" }

func NewPoint(x int32) *Point { return &Point{X: x} }

var buffers = sync.Pool{New: func() any { return new(strings.Builder) }}
var plain sync.Pool

func use(ps []*Point) {
	for _, p := range ps {
		if p == nil {
			continue
		}
		step(p)
	}
	b := buffers.Get().(*strings.Builder)
	defer buffers.Put(b)
	p := NewPoint(1)
	p.Y = 2
	p.Move(3)
}

func step(p *Point) {
	if p.X > 0 {
		step(p)
	}
}

type Builder struct {
	rows []Point
	n    int
}

func NewBuilder(n int) *Builder { return &Builder{rows: make([]Point, 0, n)} }

func (b *Builder) Drop() { b.rows = b.rows[:0] }
func (b *Builder) Add(p Point) { b.rows = append(b.rows, p) }
"#;

#[test]
fn sizes() {
    let (_, package) = alone(SHAPES);
    for (type_text, bytes, pointers) in [
        ("int", 8, false),
        ("string", 16, true),
        ("[]int", 24, true),
        ("any", 16, true),
        ("Reader", 16, true),
        ("Names", 24, true),
        ("Point", 8, false),
        ("*Point", 8, true),
        ("Mixed", 32, true),
        ("Nested", 8 + 24 + 64 + 16 + 8, true),
        ("[large]Point", 512, false),
        ("[3]byte", 3, false),
        ("Guarded", 16, false),
        ("[2][2]Point", 32, false),
    ] {
        let size = package.size_of(type_text).expect(type_text);
        assert_eq!(
            (size.bytes, size.pointers),
            (bytes, pointers),
            "{type_text}"
        );
    }
    for unknown in ["Loop", "Foreign", "T", "[n]int", "other.Type"] {
        assert_eq!(package.size_of(unknown), None, "{unknown}");
    }
}

#[test]
fn types() {
    let (_, package) = alone(SHAPES);
    let point = package.type_facts("Point").expect("Point");
    assert_eq!(point.pointer_methods, ["Len", "Move", "Part", "Reset"]);
    assert_eq!(point.value_methods, ["String"]);
    assert_eq!(point.mutating_methods, ["Move", "Part", "Reset"]);
    assert!(point.has_reset());
    assert!(!point.no_copy);
    assert!(package.type_facts("Guarded").expect("Guarded").no_copy);
    let fields: Vec<String> = package
        .fields("Nested")
        .into_iter()
        .map(|field| format!("{} {} {}", field.name, field.type_text, field.embedded))
        .collect();
    assert_eq!(
        fields,
        [
            "Point Point true",
            "at time.Time false",
            "tags [small]string false",
            "err error false",
            "last struct{} false"
        ]
    );
    assert_eq!(package.underlying("Names"), "[]string");
    assert!(package.is_interface("Reader"));
    assert!(!package.is_interface("Point"));
}

#[test]
fn constants() {
    let (_, package) = alone(SHAPES);
    assert_eq!(package.constant("small"), Some(4));
    assert_eq!(package.constant("large"), Some(64));
    assert_eq!(package.constant("hex"), Some(16));
    assert_eq!(package.constant("kind"), None);
    assert_eq!(package.constant("buffers"), None);
}

#[test]
fn pools() {
    let (file, package) = alone(SHAPES);
    let pools = package.pools();
    let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(names, ["buffers", "plain"]);
    assert_eq!(pools[0].new_type.as_deref(), Some("*strings.Builder"));
    assert_eq!(pools[0].gets[0].line, line_of(&file, "buffers.Get"));
    assert_eq!(pools[0].puts[0].line, line_of(&file, "buffers.Put"));
    assert_eq!(pools[1].new, None);
}

#[test]
fn callers() {
    let (file, package) = alone(SHAPES);
    let of = |receiver, name| {
        let function = package.function(receiver, name).expect(name);
        package.callers(&function)
    };
    let calls = of(None, "step");
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].caller, "use");
    assert_eq!(calls[0].in_loop, Some(line_of(&file, "for _, p")));
    assert!(!calls[0].recursive);
    assert!(calls[1].recursive);
    assert_eq!(calls[1].in_loop, None);
    assert_eq!(of(Some("Point"), "Move").len(), 1);
    assert!(of(Some("Point"), "Len").is_empty());
}

#[test]
fn pointers_and_fields() {
    let (file, package) = alone(SHAPES);
    let lines = |sites: Vec<Site>| sites.into_iter().map(|site| site.line).collect::<Vec<_>>();
    assert_eq!(
        lines(package.nil_comparisons("Point")),
        [line_of(&file, "p == nil")]
    );
    assert_eq!(
        lines(package.field_writes("Point")),
        [
            line_of(&file, "p.X += dx"),
            line_of(&file, "p.X = 1"),
            line_of(&file, "p.Y = 2")
        ]
    );
    let (file, local) = alone(
        "package p\ntype P struct { x int }\nfunc f(a *P) { var b P; b.x = 1; a.x = 2\n}\nfunc g(c []P) {\nc[0].x = 3\n}\n",
    );
    assert_eq!(
        lines(local.writes_through_pointers("P")),
        [line_of(&file, "a.x = 2")]
    );
    let origins: Vec<Origin> = package
        .field_origins("Builder", "rows")
        .into_iter()
        .map(|(_, origin)| origin)
        .collect();
    assert_eq!(
        origins,
        [
            Origin::Make {
                type_text: "[]Point".into(),
                len: Some("0".into()),
                cap: Some("n".into())
            },
            Origin::Emptied {
                of: "b.rows".into()
            },
            Origin::Appended {
                to: "b.rows".into()
            },
        ]
    );
}
