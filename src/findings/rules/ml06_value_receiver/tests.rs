//! Small structs by pointer: those that could be values, and those that have reasons.

use super::super::testing::Case;
use super::ValueReceiver;
use crate::findings::Confidence::{self, High, Medium};

fn says(code: &str, block: u64, compiler: Option<&str>) -> Option<Confidence> {
    let mut case = Case::new(code, "f").allocates(&[(block, 5000)]);
    if let Some(words) = compiler {
        let source = format!("package m\n{code}");
        let found = source.lines().position(|line| line.ends_with("// here"));
        let line = found.expect("a line that is meant") + 1;
        let column = source
            .lines()
            .nth(line - 1)
            .and_then(|line| line.find('&'))
            .unwrap_or(0);
        case = case.compiler_says(&format!(
            "example.com/m/m.go:{line}:{}: {words}\n",
            column + 1
        ));
    }
    case.judge(&ValueReceiver).map(|draft| draft.confidence)
}

#[test]
fn values_that_never_change() {
    let escapes = Some("&vec{...} escapes to heap");
    let made = "func f(x int) *vec {\nreturn &vec{x, x} // here\n}\n";
    for (code, block, compiler, expected) in [
        (format!("type vec struct{{ x, y int }}\n{made}"), 16, escapes, Some(High)),
        (format!("type vec struct{{ x, y int }}\n{made}"), 16, None, Some(Medium)),
        // Filled in where it is made.
        (
            "type vec struct{ x, y int }\nfunc f(x int) *vec {\nv := &vec{} // here\nv.x = x\nreturn v\n}".to_owned(),
            16,
            escapes,
            Some(High),
        ),
        (
            "type vec struct{ x, y int }\nfunc f(n int) []*vec {\nvar out []*vec\nfor i := range n {\nout = append(out, &vec{i, i}) // here\n}\nreturn out\n}".to_owned(),
            16,
            escapes,
            Some(Medium),
        ),
        // A local value that changes is nobody else's.
        (
            format!("type vec struct{{ x, y int }}\nfunc g() {{ var v vec; v.x = 1 }}\n{made}"),
            16,
            escapes,
            Some(High),
        ),
    ] {
        assert_eq!(says(&code, block, compiler), expected, "{code}");
    }
}

#[test]
fn reasons_for_a_pointer() {
    let escapes = Some("&vec{...} escapes to heap");
    let made = "func f(x int) *vec {\nreturn &vec{x: x} // here\n}\n";
    for before in [
        // It changes.
        "type vec struct{ x, y int }\nfunc (v *vec) move() { v.x++ }",
        "type vec struct{ x, y int }\nfunc g(v *vec) { v.x = 2 }",
        // It has an identity.
        "import \"sync\"\ntype vec struct{ x int; mu sync.Mutex }",
        "type vec struct{ x int; next *vec }",
        "type vec struct{ x, y int }\nvar seen map[*vec]bool",
        "type vec struct{ x, y int }\nvar _ shape = (*vec)(nil)",
        // It refers to what would be shared.
        "type vec struct{ x int; parts []int }",
        // It is large.
        "type vec struct{ x int; rest [9]int }",
    ] {
        let code = format!("{before}\n{made}");
        for block in [16, 32, 80] {
            assert_eq!(says(&code, block, escapes), None, "{code}");
        }
    }
    // It becomes an interface.
    let code = "type vec struct{ x, y int }\ntype shape interface{ area() int }\nfunc f(x int) shape {\nreturn &vec{x, x} // here\n}";
    assert_eq!(says(code, 16, escapes), None);
    // A library fills it in through the pointer.
    let code = "import \"encoding/json\"\ntype vec struct{ x, y int }\nfunc f(b []byte) *vec {\nv := &vec{} // here\njson.Unmarshal(b, v)\nreturn v\n}";
    assert_eq!(says(code, 16, escapes), None);
    // The compiler keeps it on the stack.
    let code = format!("type vec struct{{ x, y int }}\n{made}");
    assert_eq!(says(&code, 16, Some("&vec{...} does not escape")), None);
}

#[test]
fn errors_of_one_number() {
    let code = "type length struct{ n int }\nfunc (e *length) Error() string { return \"\" }\nfunc f(n int) error {\nreturn &length{n} // here\n}";
    assert_eq!(
        says(code, 16, Some("&length{...} escapes to heap")),
        Some(Medium)
    );
    let code = code.replace("n int }\nfunc (e", "n, m int }\nfunc (e");
    assert_eq!(says(&code, 16, Some("&length{...} escapes to heap")), None);
}
