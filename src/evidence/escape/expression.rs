//! What an expression allocates, told from its text.

/// What kind of thing an expression makes.
///
/// The compiler prints an expression without its type, so the text alone decides, and two pairs
/// cannot be told apart: see [`What::Concat`] and [`What::Boxing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum What {
    /// `make` of a slice, or of a type whose name does not tell.
    Make,
    /// `make(map[K]V)`.
    MakeMap,
    /// `make(chan T)`.
    MakeChan,
    /// `append(s, x)`.
    Append,
    /// A function literal: its closure.
    FuncLiteral,
    /// `&T{…}`.
    AddressOfComposite,
    /// `[]T{…}`.
    SliceLiteral,
    /// `map[K]V{…}`.
    MapLiteral,
    /// Any other composite literal, `T{…}`.
    Composite,
    /// `string(b)`.
    StringConversion,
    /// `[]byte(s)`.
    BytesConversion,
    /// `[]rune(s)`.
    RunesConversion,
    /// `a + b`: a concatenation, or a sum put into an interface.
    Concat,
    /// The slice that holds the variadic arguments of a call, `... argument`.
    Argument,
    /// `new(T)`.
    New,
    /// `x.Name`: a method value, or a field put into an interface.
    MethodValue,
    /// A constant put into an interface: nothing is allocated.
    Constant,
    /// A value put into an interface. In "does not escape" it may also be a parameter.
    Boxing,
}

impl What {
    /// What the expression is, as the compiler prints it.
    pub(super) fn of(expression: &str) -> Self {
        let starts = |prefix: &str| expression.starts_with(prefix);
        match expression {
            "append" => return What::Append,
            "func literal" => return What::FuncLiteral,
            "... argument" => return What::Argument,
            "true" | "false" | "nil" => return What::Constant,
            _ => {}
        }
        if is_literal(expression) {
            return What::Constant;
        }
        // Before all that looks at the start only: `string(a) + "x"` is a concatenation.
        if has_sum(expression) {
            return What::Concat;
        }
        if expression.ends_with('}') && !starts("func(") {
            return match () {
                () if starts("&") => What::AddressOfComposite,
                () if starts("map[") => What::MapLiteral,
                () if starts("[]") || starts("[...]") => What::SliceLiteral,
                () => What::Composite,
            };
        }
        for (prefix, what) in [
            ("make(map[", What::MakeMap),
            ("make(chan ", What::MakeChan),
            ("make(<-chan ", What::MakeChan),
            ("make(", What::Make),
            ("append(", What::Append),
            ("new(", What::New),
            ("string(", What::StringConversion),
            ("([]byte)(", What::BytesConversion),
            ("[]byte(", What::BytesConversion),
            ("([]rune)(", What::RunesConversion),
            ("[]rune(", What::RunesConversion),
        ] {
            if starts(prefix) {
                return what;
            }
        }
        if starts("func(") {
            return What::FuncLiteral;
        }
        if is_selector(expression) {
            return What::MethodValue;
        }
        What::Boxing
    }
}

/// Quoted text or a number, nothing else.
fn is_literal(expression: &str) -> bool {
    let bytes = expression.as_bytes();
    match bytes {
        [b'"', inner @ .., b'"'] => {
            let mut escaped = false;
            !inner.iter().any(|&byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            })
        }
        [b'\'', .., b'\''] => true,
        [b'-', digit, ..] | [digit, ..] if digit.is_ascii_digit() => bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_')),
        _ => false,
    }
}

/// Whether there is a `+` between two operands, outside quotes and parentheses.
fn has_sum(expression: &str) -> bool {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut escaped = false;
    let bytes = expression.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(end) = quote {
            if !escaped && byte == end {
                quote = None;
            }
            escaped = byte == b'\\' && !escaped && end != b'`';
            continue;
        }
        match byte {
            b'"' | b'`' | b'\'' => quote = Some(byte),
            b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'+' if depth == 0 && bytes.get(at..at + 2) == Some(b"+ ") && at > 0 => return true,
            _ => {}
        }
    }
    false
}

/// `a.b.C` or `(*T).C`: the last element follows a dot and nothing is called.
fn is_selector(expression: &str) -> bool {
    let Some((head, name)) = expression.rsplit_once('.') else {
        return false;
    };
    let is_name = |text: &str| {
        text.chars().all(|c| c == '_' || c.is_alphanumeric())
            && text.starts_with(|c: char| c == '_' || c.is_alphabetic())
    };
    is_name(name) && !head.is_empty() && !head.starts_with(['"', '&', '*', '-', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compilers_expressions() {
        for (expression, what) in [
            ("make([]byte, n)", What::Make),
            ("make(Ints, 0, 10)", What::Make),
            ("make(map[string]*list.Element, n + 1)", What::MakeMap),
            ("make(chan int, 3)", What::MakeChan),
            ("append", What::Append),
            ("append([]byte{}, bytes.b...)", What::Append),
            ("func literal", What::FuncLiteral),
            ("&errors.errorString{...}", What::AddressOfComposite),
            (
                "&Box[go.shape.struct { a/b.C }]{...}",
                What::AddressOfComposite,
            ),
            ("[]byte{}", What::SliceLiteral),
            ("map[string]int{...}", What::MapLiteral),
            ("Cache{...}", What::Composite),
            ("string(b)", What::StringConversion),
            ("string(a) + \"x\"", What::Concat),
            ("([]byte)(s)", What::BytesConversion),
            ("([]rune)(s)", What::RunesConversion),
            ("a + \"/\" + b", What::Concat),
            ("f(a + b)", What::Boxing),
            ("\"a + b\"", What::Constant),
            ("\"a\" + \"b\"", What::Concat),
            ("... argument", What::Argument),
            ("new(list.List)", What::New),
            ("t.String", What::MethodValue),
            ("x", What::Boxing),
            ("len(cols)", What::Boxing),
            ("cols[4]", What::Boxing),
            ("3.5", What::Constant),
            ("-17", What::Constant),
            ("nil", What::Constant),
            ("'\\n'", What::Constant),
            ("", What::Boxing),
        ] {
            assert_eq!(What::of(expression), what, "{expression}");
        }
    }
}
