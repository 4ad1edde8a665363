//! What type an expression has, as far as its package's own declarations tell.

use super::file::SourceFile;
use super::function::{base_type, parameters};
use super::package::Package;
use super::scope;
use super::tree::{Field, Id, Kind};
use super::usage::{callee, operator};

/// One answer may need another: `x` is `y[0]`, which is a field of `z`.
const MAX_STEPS: u32 = 12;

/// The type of an expression, as text such as `[]string`.
pub(super) fn of(file: &SourceFile, id: Id, package: &Package) -> Option<String> {
    expression(file, id, package, MAX_STEPS)
}

/// The type of what an identifier declares.
pub(super) fn of_declaration(file: &SourceFile, id: Id, package: &Package) -> Option<String> {
    declaration(file, id, package, MAX_STEPS)
}

fn expression(file: &SourceFile, id: Id, package: &Package, steps: u32) -> Option<String> {
    let steps = steps.checked_sub(1)?;
    let tree = &file.tree;
    let id = tree.unparenthesized(id);
    let typed = |field| tree.child(id, field).map(|typed| file.compact(typed));
    let inner = |field| {
        let operand = tree.child(id, field)?;
        expression(file, operand, package, steps)
    };
    match tree.kind(id) {
        Kind::Identifier => {
            let name = file.code(id);
            match scope::lookup(file, id, name) {
                Some(declared) => declaration(file, declared, package, steps),
                None => {
                    let (file, declared) = package.variable_node(name)?;
                    declaration(file, declared, package, steps)
                }
            }
        }
        Kind::InterpretedString | Kind::RawString => Some("string".to_owned()),
        Kind::IntLiteral => Some("int".to_owned()),
        Kind::RuneLiteral => Some("rune".to_owned()),
        Kind::Composite | Kind::TypeConversion | Kind::TypeAssertion => typed(Field::Type),
        Kind::FuncLiteral => Some("func()".to_owned()),
        Kind::Unary => match operator(file, id) {
            "&" => inner(Field::Operand).map(|of| format!("*{of}")),
            "*" => inner(Field::Operand).and_then(|of| of.strip_prefix('*').map(str::to_owned)),
            "!" => Some("bool".to_owned()),
            "<-" => inner(Field::Operand)
                .and_then(|of| of.split_once("chan ").map(|(_, of)| of.to_owned())),
            _ => inner(Field::Operand),
        },
        Kind::Binary => match operator(file, id) {
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => Some("bool".to_owned()),
            // An untyped constant takes the other side's type.
            _ => {
                let left = inner(Field::Left);
                match left.as_deref() {
                    None | Some("int" | "rune") => inner(Field::Right).or(left),
                    Some(_) => left,
                }
            }
        },
        Kind::Selector => {
            let operand = tree.child(id, Field::Operand)?;
            let name = file.code(tree.child(id, Field::Selected)?);
            let owner = expression(file, operand, package, steps)?;
            package.field_type(base_type(&owner), name)
        }
        Kind::Index => inner(Field::Operand)
            .map(|of| package.underlying(&of))
            .and_then(|of| element(&of).map(|(_, value)| value)),
        Kind::Slice => inner(Field::Operand).map(|of| match of.trim_start_matches('*') {
            array if array.starts_with('[') && !array.starts_with("[]") => array
                .split_once(']')
                .map_or_else(|| of.clone(), |(_, element)| format!("[]{element}")),
            _ => of,
        }),
        Kind::Call => call(file, id, 0, package, steps),
        _ => None,
    }
}

/// The type of a call's result number `index`.
fn call(file: &SourceFile, id: Id, index: usize, package: &Package, steps: u32) -> Option<String> {
    let tree = &file.tree;
    let function = tree.child(id, Field::Function)?;
    let arguments = tree.child(id, Field::Arguments)?;
    let first = || tree.children(arguments).next();
    let callee = callee(file, function);
    match callee.text.as_str() {
        "make" => return first().map(|typed| file.compact(typed)),
        "new" => return first().map(|typed| format!("*{}", file.compact(typed))),
        "append" => return expression(file, first()?, package, steps),
        "min" | "max" => return expression(file, first()?, package, steps),
        "len" | "cap" | "copy" => return Some("int".to_owned()),
        "string" | "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16"
        | "uint32" | "uint64" | "uintptr" | "byte" | "rune" | "float32" | "float64" | "bool" => {
            return Some(callee.text);
        }
        _ => {}
    }
    if let Some(qualified) = callee.qualified.as_deref() {
        return library_result(qualified, index).map(str::to_owned);
    }
    if package.has_type(&callee.text) {
        return Some(callee.text);
    }
    let declared = match tree.kind(function) {
        Kind::Selector => {
            let operand = tree.child(function, Field::Operand)?;
            let owner = expression(file, operand, package, steps)?;
            package.function_node(Some(base_type(&owner)), callee.name())
        }
        _ => package.function_node(None, &callee.text),
    };
    let (declaring, function) = declared?;
    let result = declaring.tree.child(function, Field::Result)?;
    parameters(declaring, result)
        .into_iter()
        .nth(index)
        .map(|result| result.type_text)
}

fn declaration(file: &SourceFile, id: Id, package: &Package, steps: u32) -> Option<String> {
    let steps = steps.checked_sub(1)?;
    let tree = &file.tree;
    let parent = tree.parent(id)?;
    let typed = || {
        tree.child(parent, Field::Type)
            .map(|typed| file.compact(typed))
    };
    match tree.kind(parent) {
        Kind::Parameter => typed(),
        Kind::VariadicParameter => typed().map(|element| format!("[]{element}")),
        Kind::VarSpec | Kind::ConstSpec => typed().or_else(|| {
            let index = tree
                .children(parent)
                .filter(|&child| tree.field(child) == Field::Name)
                .position(|child| child == id)?;
            let values = tree.child(parent, Field::Value)?;
            from_values(file, values, index, package, steps)
        }),
        Kind::ExpressionList => {
            let statement = tree.parent(parent)?;
            let index = tree.children(parent).position(|child| child == id)?;
            let right = tree.child(statement, Field::Right)?;
            if tree.kind(statement) == Kind::RangeClause {
                let over = expression(file, right, package, steps)?;
                let over = package.underlying(&over);
                if over == "int" || over == "string" && index == 0 {
                    return Some("int".to_owned());
                }
                let (key, value) = element(&over)?;
                return Some(if index == 0 { key } else { value });
            }
            from_values(file, right, index, package, steps)
        }
        _ => None,
    }
}

/// The type of the value number `index` of a list, or of the one call in it.
fn from_values(
    file: &SourceFile,
    values: Id,
    index: usize,
    package: &Package,
    steps: u32,
) -> Option<String> {
    let tree = &file.tree;
    let mut listed = tree.children(values);
    match (listed.next(), listed.next()) {
        (Some(only), None) if index > 0 => match tree.kind(only) {
            Kind::Call => call(file, only, index, package, steps),
            // `v, ok := m[k]`.
            _ => Some("bool".to_owned()),
        },
        _ => expression(file, tree.children(values).nth(index)?, package, steps),
    }
}

/// The key and element types of a slice, array, map, string or pointer to an array.
pub(super) fn element(type_text: &str) -> Option<(String, String)> {
    let int = || "int".to_owned();
    let text = type_text.trim_start_matches('*');
    if text == "string" {
        return Some((int(), "byte".to_owned()));
    }
    if let Some(rest) = text.strip_prefix("iter.Seq[") {
        // An iterator's first variable is the element.
        let element = rest.get(..closing(rest)?)?.to_owned();
        return Some((element.clone(), element));
    }
    if let Some(rest) = text.strip_prefix("map[") {
        let close = closing(rest)?;
        return Some((
            rest.get(..close)?.to_owned(),
            rest.get(close + 1..)?.to_owned(),
        ));
    }
    let rest = text.strip_prefix('[')?;
    let close = closing(rest)?;
    Some((int(), rest.get(close + 1..)?.to_owned()))
}

/// Where the bracket closes that was open before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Results of library functions that loops and conversions often work on.
fn library_result(qualified: &str, index: usize) -> Option<&'static str> {
    Some(match (qualified, index) {
        (
            "strings.Split" | "strings.SplitN" | "strings.SplitAfter" | "strings.Fields"
            | "strings.FieldsFunc",
            0,
        ) => "[]string",
        ("bytes.Split" | "bytes.SplitN" | "bytes.Fields", 0) => "[][]byte",
        (
            "strings.Lines"
            | "strings.SplitSeq"
            | "strings.SplitAfterSeq"
            | "strings.FieldsSeq"
            | "strings.FieldsFuncSeq",
            0,
        ) => "iter.Seq[string]",
        (
            "bytes.Lines"
            | "bytes.SplitSeq"
            | "bytes.SplitAfterSeq"
            | "bytes.FieldsSeq"
            | "bytes.FieldsFuncSeq",
            0,
        ) => "iter.Seq[[]byte]",
        ("slices.Values" | "maps.Values" | "maps.Keys", 0) => "iter.Seq",
        ("maps.All" | "slices.All" | "slices.Backward", 0) => "iter.Seq2",
        (
            "strings.ToLower"
            | "strings.ToUpper"
            | "strings.TrimSpace"
            | "strings.Trim"
            | "strings.TrimLeft"
            | "strings.TrimRight"
            | "strings.TrimPrefix"
            | "strings.TrimSuffix"
            | "strings.Repeat"
            | "strings.Replace"
            | "strings.ReplaceAll"
            | "strings.Join"
            | "strings.Clone"
            | "strings.Title"
            | "fmt.Sprintf"
            | "fmt.Sprint"
            | "fmt.Sprintln"
            | "strconv.Itoa"
            | "strconv.FormatInt"
            | "strconv.Quote"
            | "os.Getenv"
            | "path/filepath.Join"
            | "path.Join"
            | "path/filepath.Base"
            | "encoding/hex.EncodeToString",
            0,
        ) => "string",
        ("strings.Cut", 0 | 1) | ("strings.CutPrefix" | "strings.CutSuffix", 0) => "string",
        (
            "io.ReadAll"
            | "os.ReadFile"
            | "io/ioutil.ReadAll"
            | "io/ioutil.ReadFile"
            | "encoding/json.Marshal"
            | "encoding/json.MarshalIndent"
            | "bytes.TrimSpace"
            | "bytes.Trim"
            | "bytes.TrimRight"
            | "bytes.TrimLeft"
            | "bytes.Clone"
            | "bytes.ToLower"
            | "bytes.ToUpper"
            | "bytes.Repeat"
            | "bytes.Join"
            | "encoding/hex.DecodeString",
            0,
        )
        | ("bytes.Cut", 0 | 1) => "[]byte",
        ("os.ReadDir", 0) => "[]os.DirEntry",
        ("errors.New" | "fmt.Errorf", 0) => "error",
        ("strconv.Atoi", 0) => "int",
        ("strconv.ParseInt" | "encoding/binary.Varint" | "encoding/binary.ReadVarint", 0) => {
            "int64"
        }
        ("strconv.ParseUint" | "encoding/binary.Uvarint" | "encoding/binary.ReadUvarint", 0) => {
            "uint64"
        }
        ("strconv.ParseFloat", 0) => "float64",
        ("time.Now", 0) => "time.Time",
        ("time.Since", 0) => "time.Duration",
        _ => return None,
    })
}

/// What a type parameter of the functions around `id` is made of, where its constraint says that in
/// one term: `[]T` of `Slice ~[]T`.
pub(super) fn core(file: &SourceFile, id: Id, name: &str) -> Option<String> {
    let tree = &file.tree;
    std::iter::once(id)
        .chain(tree.ancestors(id))
        .filter_map(|outer| tree.child_of_kind(outer, Kind::TypeParameters))
        .flat_map(|list| tree.children(list))
        .filter(|&declared| {
            tree.children(declared)
                .any(|id| tree.field(id) == Field::Name && file.code(id) == name)
        })
        .find_map(|declared| {
            let constraint = file.compact(tree.child(declared, Field::Type)?);
            let term = constraint.strip_prefix('~')?;
            (!term.contains('|')).then(|| term.to_owned())
        })
}
