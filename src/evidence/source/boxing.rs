//! Values that become interfaces.

use super::file::SourceFile;
use super::function::{Parameter, base_type};
use super::operation::{BoxedBy, OperationKind, results_of};
use super::package::Package;
use super::scope;
use super::tree::{Field, Id, Kind};
use super::types;
use super::usage::{Callee, callee, operator};

/// Arguments behind these are not looked at.
const MAX_ARGUMENTS: usize = 32;

/// The values that node `id`, a call, an assignment or a return, makes interfaces of.
pub(super) fn at(file: &SourceFile, id: Id, package: &Package) -> Vec<(Id, OperationKind)> {
    match file.tree.kind(id) {
        Kind::Call => arguments(file, id, package),
        Kind::Assignment => assigned(file, id, package),
        Kind::VarSpec => declared(file, id, package),
        Kind::Return => returned(file, id, package),
        _ => Vec::new(),
    }
}

fn arguments(file: &SourceFile, id: Id, package: &Package) -> Vec<(Id, OperationKind)> {
    let tree = &file.tree;
    let (Some(function), Some(list)) = (
        tree.child(id, Field::Function),
        tree.child(id, Field::Arguments),
    ) else {
        return Vec::new();
    };
    let callee = callee(file, function);
    let Some(interfaces) = interfaces(file, function, &callee, package) else {
        return Vec::new();
    };
    tree.children(list)
        .take(MAX_ARGUMENTS)
        .enumerate()
        .filter(|&(index, argument)| {
            interfaces.takes(index) && tree.kind(argument) != Kind::VariadicArgument
        })
        .filter_map(|(index, argument)| {
            let by = BoxedBy::Argument {
                callee: callee.clone(),
                index,
            };
            boxed(file, argument, by, package)
        })
        .collect()
}

/// Which parameters are interfaces.
struct Interfaces {
    positions: Vec<usize>,
    /// All from this position on.
    from: Option<usize>,
}

impl Interfaces {
    fn takes(&self, index: usize) -> bool {
        self.positions.contains(&index) || self.from.is_some_and(|from| index >= from)
    }
}

fn interfaces(
    file: &SourceFile,
    function: Id,
    callee: &Callee,
    package: &Package,
) -> Option<Interfaces> {
    let only = |positions: &[usize]| Interfaces {
        positions: positions.to_vec(),
        from: None,
    };
    let all_from = |from| Interfaces {
        positions: Vec::new(),
        from: Some(from),
    };
    if let Some(qualified) = callee.qualified.as_deref() {
        return Some(match qualified {
            "fmt.Sprintf" | "fmt.Printf" | "fmt.Errorf" | "log.Printf" | "log.Fatalf"
            | "log.Panicf" => all_from(1),
            "fmt.Sprint" | "fmt.Sprintln" | "fmt.Print" | "fmt.Println" | "log.Print"
            | "log.Println" | "log.Fatal" | "log.Fatalln" | "log.Panic" => all_from(0),
            "fmt.Fprintf" | "fmt.Appendf" => all_from(2),
            "fmt.Fprint" | "fmt.Fprintln" | "fmt.Append" | "fmt.Appendln" => all_from(1),
            "fmt.Sscanf" | "fmt.Sscan" => return None,
            "log/slog.Info" | "log/slog.Debug" | "log/slog.Warn" | "log/slog.Error" => all_from(1),
            "log/slog.Any" | "container/heap.Push" => only(&[1]),
            "context.WithValue" => only(&[1, 2]),
            "sort.Sort"
            | "sort.Stable"
            | "sort.Slice"
            | "sort.SliceStable"
            | "sort.IsSorted"
            | "container/heap.Init"
            | "container/heap.Pop"
            | "container/heap.Fix"
            | "encoding/json.Marshal"
            | "reflect.ValueOf"
            | "reflect.TypeOf" => only(&[0]),
            "encoding/binary.Write" => only(&[2]),
            _ => return None,
        });
    }
    let tree = &file.tree;
    if callee.text == "panic" {
        return Some(only(&[0]));
    }
    let declared: Option<Vec<Parameter>> = match tree.kind(function) {
        Kind::Selector => {
            let operand = tree.child(function, Field::Operand)?;
            let owner = types::of(file, operand, package);
            if let Some(found) = owner
                .as_deref()
                .and_then(|owner| library_method(owner, callee))
            {
                return Some(match found {
                    (positions, None) => only(positions),
                    (_, Some(from)) => all_from(from),
                });
            }
            owner.and_then(|owner| package.method_parameters(base_type(&owner), callee.name()))
        }
        _ if scope::lookup(file, function, &callee.text).is_some() => None,
        _ => package
            .function(None, &callee.text)
            .map(|found| found.parameters()),
    };
    let declared = declared?;
    let positions = declared
        .iter()
        .enumerate()
        .filter(|(_, parameter)| !parameter.variadic)
        .filter(|(_, parameter)| package.is_interface(&parameter.type_text))
        .map(|(index, _)| index)
        .collect();
    let from = declared
        .iter()
        .position(|parameter| parameter.variadic && package.is_interface(&parameter.type_text));
    Some(Interfaces { positions, from })
}

/// Which parameters of a library type's method are interfaces, by the receiver's type.
fn library_method(owner: &str, callee: &Callee) -> Option<(&'static [usize], Option<usize>)> {
    Some(match (owner.trim_start_matches('*'), callee.name()) {
        ("list.List", "PushBack" | "PushFront" | "InsertBefore" | "InsertAfter") => (&[0], None),
        ("sync.Pool", "Put") => (&[0], None),
        ("sync.Map", "Store" | "LoadOrStore" | "Swap") => (&[0, 1], None),
        ("sync.Map", "Load" | "Delete" | "LoadAndDelete") => (&[0], None),
        ("sync.Map", "CompareAndSwap") => (&[0, 1, 2], None),
        ("atomic.Value", "Store" | "Swap") => (&[0], None),
        ("json.Encoder", "Encode") => (&[0], None),
        ("log.Logger", "Printf" | "Fatalf" | "Panicf") => (&[], Some(1)),
        ("log.Logger", "Print" | "Println" | "Fatal") => (&[], Some(0)),
        ("slog.Logger", "Info" | "Debug" | "Warn" | "Error" | "With") => (&[], Some(1)),
        ("testing.T" | "testing.B", "Logf" | "Errorf" | "Fatalf") => (&[], Some(1)),
        _ => return None,
    })
}

fn assigned(file: &SourceFile, id: Id, package: &Package) -> Vec<(Id, OperationKind)> {
    let tree = &file.tree;
    if operator(file, id) != "=" {
        return Vec::new();
    }
    let (Some(left), Some(right)) = (tree.child(id, Field::Left), tree.child(id, Field::Right))
    else {
        return Vec::new();
    };
    tree.children(left)
        .zip(tree.children(right))
        .take(MAX_ARGUMENTS)
        .filter_map(|(target, value)| {
            let known =
                types::of(file, target, package).is_some_and(|found| package.is_interface(&found));
            // The element of a list holds any value; it seldom has another name for it.
            let element = file.code(target).ends_with(".Value")
                && file.import_path("list") == Some("container/list");
            let by = BoxedBy::Assignment {
                target: file.compact(target),
            };
            (known || element).then(|| boxed(file, value, by, package))?
        })
        .collect()
}

fn declared(file: &SourceFile, id: Id, package: &Package) -> Vec<(Id, OperationKind)> {
    let tree = &file.tree;
    let interface = tree
        .child(id, Field::Type)
        .is_some_and(|typed| package.is_interface(&file.compact(typed)));
    let Some(values) = tree.child(id, Field::Value).filter(|_| interface) else {
        return Vec::new();
    };
    let names = tree
        .children(id)
        .filter(|&id| tree.field(id) == Field::Name);
    names
        .zip(tree.children(values))
        .take(MAX_ARGUMENTS)
        .filter_map(|(name, value)| {
            let by = BoxedBy::Assignment {
                target: file.code(name).to_owned(),
            };
            boxed(file, value, by, package)
        })
        .collect()
}

fn returned(file: &SourceFile, id: Id, package: &Package) -> Vec<(Id, OperationKind)> {
    let tree = &file.tree;
    let Some(list) = tree.child_of_kind(id, Kind::ExpressionList) else {
        return Vec::new();
    };
    let results = results_of(file, id);
    if results.len() != tree.children(list).count() {
        return Vec::new();
    }
    tree.children(list)
        .zip(results)
        .filter(|(_, result)| package.is_interface(result))
        .filter_map(|(value, _)| boxed(file, value, BoxedBy::Result, package))
        .collect()
}

/// A value that is made an interface; none where it is known to be one already, or is nil.
fn boxed(
    file: &SourceFile,
    value: Id,
    by: BoxedBy,
    package: &Package,
) -> Option<(Id, OperationKind)> {
    let tree = &file.tree;
    let inner = tree.unparenthesized(value);
    if tree.kind(inner) == Kind::Nil {
        return None;
    }
    let type_text = types::of(file, inner, package);
    if type_text
        .as_deref()
        .is_some_and(|found| package.is_interface(found))
    {
        return None;
    }
    let constant = matches!(
        tree.kind(inner),
        Kind::InterpretedString
            | Kind::RawString
            | Kind::IntLiteral
            | Kind::RuneLiteral
            | Kind::FuncLiteral
    ) || matches!(file.code(inner), "true" | "false");
    let pointer = type_text.as_deref().is_some_and(|found| {
        let found = package.underlying(found);
        ["*", "map[", "chan ", "func("]
            .iter()
            .any(|prefix| found.starts_with(prefix))
            || matches!(found.as_str(), "bool" | "byte" | "uint8" | "int8")
    });
    let address = tree.kind(inner) == Kind::Unary && operator(file, inner) == "&";
    Some((
        value,
        OperationKind::Boxed {
            value: file.compact(value),
            type_text,
            by,
            free: constant || pointer || address,
        },
    ))
}
