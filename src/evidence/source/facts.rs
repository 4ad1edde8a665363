//! What a package's declarations say of its types, pools, constants and calls.

use std::path::PathBuf;

use super::fate::callee_of;
use super::file::SourceFile;
use super::function::{Function, base_type};
use super::origin::{self, Origin, enclosing};
use super::package::Package;
use super::tree::{Field, Id, Kind};
use super::usage::{self, Through, UseKind, operator};
use super::{loops, types};

/// Constants may be made of constants, types of types.
const MAX_STEPS: u32 = 24;
/// Sites behind these are left out.
const MAX_SITES: usize = 256;

/// A place in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The file.
    pub path: PathBuf,
    /// The line.
    pub line: u32,
}

/// A struct type's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructField {
    /// Its name; of an embedded one the type's.
    pub name: String,
    /// Its type as written.
    pub type_text: String,
    /// Whether it is embedded.
    pub embedded: bool,
}

/// What a value takes on 64-bit machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes, with padding.
    pub bytes: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Whether it holds pointers, which the garbage collector follows.
    pub pointers: bool,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFacts {
    /// Where it is declared.
    pub site: Site,
    /// What it is defined as, as written.
    pub underlying: String,
    /// The fields, of a struct.
    pub fields: Vec<StructField>,
    /// Its size, when all parts are known.
    pub size: Option<Size>,
    /// Whether it must not be copied: it has a mutex, an atomic or the like.
    pub no_copy: bool,
    /// Methods with a pointer receiver.
    pub pointer_methods: Vec<String>,
    /// Methods with a value receiver.
    pub value_methods: Vec<String>,
    /// Those of the pointer methods that change the receiver or take the address of a part.
    pub mutating_methods: Vec<String>,
}

impl TypeFacts {
    /// Whether it can be emptied for reuse.
    pub fn has_reset(&self) -> bool {
        self.pointer_methods.iter().any(|name| name == "Reset")
    }
}

/// A `sync.Pool` that is a package variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The variable.
    pub name: String,
    /// Where it is declared.
    pub site: Site,
    /// What its New function returns, as written, if it has one.
    pub new: Option<String>,
    /// The type of that, where it can be told.
    pub new_type: Option<String>,
    /// Calls of Get.
    pub gets: Vec<Site>,
    /// Calls of Put.
    pub puts: Vec<Site>,
}

/// A call of a function of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSite {
    /// Where.
    pub site: Site,
    /// The declared function around it; empty for a package variable's value.
    pub caller: String,
    /// The line of the innermost loop around it, within its function.
    pub in_loop: Option<u32>,
    /// Whether it is known to be this function: no method of an unknown type or an interface.
    pub sure: bool,
    /// Whether the function calls itself here.
    pub recursive: bool,
}

fn site(file: &SourceFile, id: Id) -> Site {
    Site {
        path: file.path().to_owned(),
        line: file.tree.line(id),
    }
}

impl Package {
    /// What is known of a type declared here.
    pub fn type_facts(&self, name: &str) -> Option<TypeFacts> {
        let (file, id) = self.type_node(name)?;
        let underlying = file.compact(file.tree.child(id, Field::Type)?);
        let fields = self.fields(name);
        let mut facts = TypeFacts {
            site: site(file, id),
            underlying,
            size: self.size_of(name),
            no_copy: fields.iter().any(|field| forbids_copies(&field.type_text)),
            fields,
            pointer_methods: Vec::new(),
            value_methods: Vec::new(),
            mutating_methods: Vec::new(),
        };
        for method in self.methods(name) {
            let pointer = method.receiver().is_some_and(|receiver| receiver.pointer);
            let own = method.name().to_owned();
            if pointer && mutates_receiver(method) {
                facts.mutating_methods.push(own.clone());
            }
            match pointer {
                true => facts.pointer_methods.push(own),
                false => facts.value_methods.push(own),
            }
        }
        facts.pointer_methods.sort();
        facts.value_methods.sort();
        facts.mutating_methods.sort();
        Some(facts)
    }

    /// The fields of a struct type declared here.
    pub fn fields(&self, name: &str) -> Vec<StructField> {
        match self.struct_node(name) {
            Some((file, id)) => struct_fields(file, id),
            None => Vec::new(),
        }
    }

    /// The size of a type, when all its parts are built in, declared here, or well known.
    pub fn size_of(&self, type_text: &str) -> Option<Size> {
        self.size(type_text, MAX_STEPS)
    }

    fn size(&self, type_text: &str, steps: u32) -> Option<Size> {
        let steps = steps.checked_sub(1)?;
        let text = type_text.trim();
        if let Some(size) = built_in_size(text) {
            return Some(size);
        }
        if let Some(known) = self.sizes.borrow().get(text) {
            return *known;
        }
        // Until it is known, a type that contains itself has no size.
        self.sizes.borrow_mut().insert(text.to_owned(), None);
        let found = match text.strip_prefix('[') {
            Some(rest) => self.array_size(rest, steps),
            None if self.is_interface(text) => Some(words(2, true)),
            None => match self.struct_node(text) {
                Some((file, id)) => self.struct_size(&struct_fields(file, id), steps),
                None => {
                    let underlying = self.underlying(text);
                    match underlying == text {
                        true => None,
                        false => self.size(&underlying, steps),
                    }
                }
            },
        };
        self.sizes.borrow_mut().insert(text.to_owned(), found);
        found
    }

    fn array_size(&self, rest: &str, steps: u32) -> Option<Size> {
        let (length, element) = rest.split_once(']')?;
        let length = match length.trim().parse() {
            Ok(length) => length,
            Err(_) => u64::try_from(self.constant(length.trim())?).ok()?,
        };
        let element = self.size(element, steps)?;
        Some(Size {
            bytes: element.bytes.checked_mul(length)?,
            align: element.align,
            pointers: element.pointers && length > 0,
        })
    }

    fn struct_size(&self, fields: &[StructField], steps: u32) -> Option<Size> {
        let mut whole = Size {
            bytes: 0,
            align: 1,
            pointers: false,
        };
        let mut last_is_empty = false;
        for field in fields {
            let size = self.size(&field.type_text, steps)?;
            whole.bytes = whole
                .bytes
                .checked_next_multiple_of(size.align)?
                .checked_add(size.bytes)?;
            whole.align = whole.align.max(size.align);
            whole.pointers |= size.pointers;
            last_is_empty = size.bytes == 0;
        }
        // An empty last field gets a byte, so that its address stays within the struct.
        if last_is_empty && whole.bytes > 0 {
            whole.bytes = whole.bytes.checked_add(1)?;
        }
        whole.bytes = whole.bytes.checked_next_multiple_of(whole.align)?;
        Some(whole)
    }

    /// The value of an integer constant declared here: literals, and sums, products and shifts
    /// of constants; none for those of `iota`.
    pub fn constant(&self, name: &str) -> Option<i64> {
        self.constant_in(name, MAX_STEPS)
    }

    fn constant_in(&self, name: &str, steps: u32) -> Option<i64> {
        let steps = steps.checked_sub(1)?;
        let (file, declared) = self.variable_node(name)?;
        let tree = &file.tree;
        let spec = tree.parent(declared)?;
        if tree.kind(spec) != Kind::ConstSpec {
            return None;
        }
        let index = tree
            .children(spec)
            .filter(|&id| tree.field(id) == Field::Name)
            .position(|id| id == declared)?;
        let values = tree.child(spec, Field::Value)?;
        let value = tree.children(values).nth(index)?;
        self.evaluate(file, value, steps)
    }

    fn evaluate(&self, file: &SourceFile, id: Id, steps: u32) -> Option<i64> {
        let steps = steps.checked_sub(1)?;
        let tree = &file.tree;
        let id = tree.unparenthesized(id);
        let part = |field| self.evaluate(file, tree.child(id, field)?, steps);
        match tree.kind(id) {
            Kind::IntLiteral => integer(file.code(id)),
            Kind::Identifier => self.constant_in(file.code(id), steps),
            Kind::Binary => {
                let (left, right) = (part(Field::Left)?, part(Field::Right)?);
                match operator(file, id) {
                    "+" => left.checked_add(right),
                    "-" => left.checked_sub(right),
                    "*" => left.checked_mul(right),
                    "/" => left.checked_div(right),
                    "<<" => {
                        let shift = u32::try_from(right).ok().filter(|&shift| shift < 62)?;
                        left.checked_mul(1_i64.checked_shl(shift)?)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Where pointers to a declared type are compared with nil.
    pub fn nil_comparisons(&self, base: &str) -> Vec<Site> {
        self.sites(Kind::Binary, |file, id| {
            let tree = &file.tree;
            let (Some(left), Some(right)) =
                (tree.child(id, Field::Left), tree.child(id, Field::Right))
            else {
                return false;
            };
            matches!(operator(file, id), "==" | "!=")
                && tree.kind(right) == Kind::Nil
                && types::of(file, left, self)
                    .is_some_and(|found| found.starts_with('*') && base_type(&found) == base)
        })
    }

    /// Where fields of a declared type are assigned, outside of literals.
    pub fn field_writes(&self, base: &str) -> Vec<Site> {
        self.writes(base, |_| true)
    }

    /// Where fields of a declared type are assigned through a pointer to it: not those of a local
    /// value or an element, which no one else sees.
    pub fn writes_through_pointers(&self, base: &str) -> Vec<Site> {
        self.writes(base, |owner| owner.starts_with('*'))
    }

    fn writes(&self, base: &str, is_meant: impl Fn(&str) -> bool) -> Vec<Site> {
        self.sites(Kind::Selector, |file, id| {
            let operand = file.tree.child(id, Field::Operand);
            matches!(
                usage::of(file, id).kind,
                UseKind::Reassigned | UseKind::Mutated
            ) && operand
                .and_then(|operand| types::of(file, operand, self))
                .is_some_and(|found| base_type(&found) == base && is_meant(&found))
        })
    }

    /// What a field starts as or is set to, anywhere in the package: in literals of its type and
    /// by assignments.
    pub fn field_origins(&self, base: &str, field: &str) -> Vec<(Site, Origin)> {
        let mut found = Vec::new();
        for file in self.files() {
            let tree = &file.tree;
            for id in 0..tree.len() {
                let origin = match tree.kind(id) {
                    Kind::KeyedElement => in_literal(file, id, base, field),
                    Kind::Selector => self.assigned_field(file, id, base, field),
                    _ => None,
                };
                if let Some(origin) = origin
                    && found.len() < MAX_SITES
                {
                    found.push((site(file, id), origin));
                }
            }
        }
        found
    }

    fn assigned_field(&self, file: &SourceFile, id: Id, base: &str, field: &str) -> Option<Origin> {
        let tree = &file.tree;
        if file.code(tree.child(id, Field::Selected)?) != field {
            return None;
        }
        let list = tree.parent(id)?;
        let statement = tree.parent(list)?;
        if tree.field(list) != Field::Left || tree.kind(statement) != Kind::Assignment {
            return None;
        }
        let owner = types::of(file, tree.child(id, Field::Operand)?, self)?;
        if base_type(&owner) != base {
            return None;
        }
        let index = tree.children(list).position(|child| child == id)?;
        let right = tree.child(statement, Field::Right)?;
        let value = tree
            .children(right)
            .nth(index)
            .or_else(|| tree.children(right).next())?;
        Some(match operator(file, statement) {
            "=" => origin::of_value(file, value),
            _ => Origin::Sum,
        })
    }

    fn sites(&self, kind: Kind, pick: impl Fn(&SourceFile, Id) -> bool) -> Vec<Site> {
        let mut found = Vec::new();
        for file in self.files() {
            for id in 0..file.tree.len() {
                if file.tree.kind(id) == kind && pick(file, id) {
                    found.push(site(file, id));
                    if found.len() == MAX_SITES {
                        return found;
                    }
                }
            }
        }
        found
    }

    /// The package variables that are a `sync.Pool` or point to one.
    pub fn pools(&self) -> Vec<Pool> {
        let mut names: Vec<&str> = self.variable_names().collect();
        names.sort_unstable();
        names
            .into_iter()
            .filter_map(|name| self.pool(name))
            .collect()
    }

    fn pool(&self, name: &str) -> Option<Pool> {
        let (file, id) = self.variable_node(name)?;
        let typed = types::of_declaration(file, id, self)?;
        if typed.trim_start_matches('*') != "sync.Pool" || file.import_path("sync") != Some("sync")
        {
            return None;
        }
        let tree = &file.tree;
        let spec = tree.parent(id)?;
        let returned = tree
            .subtree(spec)
            .rev()
            .find(|&id| tree.kind(id) == Kind::Return)
            .and_then(|id| tree.child_of_kind(id, Kind::ExpressionList))
            .and_then(|list| tree.children(list).next());
        let calls = |method: &str| -> Vec<Site> {
            self.call_nodes(method)
                .filter(|&(file, call)| {
                    callee_of(file, call).is_some_and(|callee| callee.operand() == name)
                })
                .map(|(file, call)| site(file, call))
                .take(MAX_SITES)
                .collect()
        };
        Some(Pool {
            name: name.to_owned(),
            site: site(file, id),
            new: returned.map(|value| file.compact(value)),
            new_type: returned.and_then(|value| types::of(file, value, self)),
            gets: calls("Get"),
            puts: calls("Put"),
        })
    }

    /// The calls of a declared function within its package. Methods are told apart by the
    /// operand's type where that is known, and else by their name alone.
    pub fn callers(&self, function: &Function<'_>) -> Vec<CallSite> {
        let Some(callee) = function.declaration_around() else {
            return Vec::new();
        };
        let receiver = callee.receiver().map(|receiver| receiver.base);
        // Whether a call is one of it, and whether that is sure.
        let is_callee = |file: &SourceFile, call: Id| {
            let tree = &file.tree;
            let called = tree.child(call, Field::Function)?;
            let operand = (tree.kind(called) == Kind::Selector)
                .then(|| tree.child(called, Field::Operand))
                .flatten();
            match (&receiver, operand) {
                (None, None) => Some(true),
                (Some(base), Some(operand)) => match types::of(file, operand, self) {
                    Some(found) if base_type(&found) == base => Some(true),
                    Some(found) => self.is_interface(&found).then_some(false),
                    None => Some(false),
                },
                _ => None,
            }
        };
        self.call_nodes(callee.name())
            .filter_map(|(file, call)| Some((file, call, is_callee(file, call)?)))
            .take(MAX_SITES)
            .map(|(file, call, sure)| {
                let around = enclosing(file, call)
                    .map(|id| Function { file, id })
                    .and_then(|inner| inner.declaration_around());
                CallSite {
                    site: site(file, call),
                    caller: around
                        .map(|around| around.name().to_owned())
                        .unwrap_or_default(),
                    in_loop: loops::innermost(file, call),
                    sure,
                    recursive: around.is_some_and(|around| {
                        sure && around.id == callee.id && file.path() == callee.file.path()
                    }),
                }
            })
            .collect()
    }
}

/// The value of `field` in a literal of type `base`.
fn in_literal(file: &SourceFile, element: Id, base: &str, field: &str) -> Option<Origin> {
    let tree = &file.tree;
    let mut parts = tree.children(element);
    let (key, value) = (parts.next()?, parts.next()?);
    if file.code(key) != field {
        return None;
    }
    let literal = tree
        .ancestors(element)
        .find(|&outer| tree.kind(outer) == Kind::Composite)?;
    // An inner literal without a type of its own is not seen through.
    let direct = tree.parent(element) == tree.child(literal, Field::Body);
    let typed = tree.child(literal, Field::Type)?;
    let value = tree.children(value).next()?;
    (direct && base_type(file.code(typed)) == base).then(|| origin::of_value(file, value))
}

fn struct_fields(file: &SourceFile, id: Id) -> Vec<StructField> {
    let tree = &file.tree;
    let Some(list) = tree.child_of_kind(id, Kind::FieldList) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for field in tree.children(list) {
        let Some(typed) = tree.child(field, Field::Type) else {
            continue;
        };
        let type_text = file.compact(typed);
        let before = found.len();
        for name in tree.children(field) {
            if tree.field(name) == Field::Name {
                found.push(StructField {
                    name: file.code(name).to_owned(),
                    type_text: type_text.clone(),
                    embedded: false,
                });
            }
        }
        if found.len() == before {
            let pointer = file.code(field).starts_with('*') && !type_text.starts_with('*');
            found.push(StructField {
                name: base_type(&type_text)
                    .rsplit('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                type_text: match pointer {
                    true => format!("*{type_text}"),
                    false => type_text,
                },
                embedded: true,
            });
        }
    }
    found
}

/// Whether a type must stay where it is.
fn forbids_copies(type_text: &str) -> bool {
    let value = !type_text.starts_with('*');
    value
        && (type_text.starts_with("sync.")
            || type_text.starts_with("atomic.")
            || matches!(type_text, "noCopy" | "strings.Builder"))
}

/// Whether a pointer method changes its receiver or takes the address of a part of it.
fn mutates_receiver(method: Function<'_>) -> bool {
    let file = method.file;
    let tree = &file.tree;
    let Some(receiver) = method
        .receiver()
        .filter(|receiver| !receiver.name.is_empty())
    else {
        return false;
    };
    tree.subtree(method.id).any(|id| {
        if tree.kind(id) != Kind::Identifier || file.code(id) != receiver.name {
            return false;
        }
        let used = usage::of(file, id);
        match used.kind {
            UseKind::Mutated => true,
            UseKind::Reassigned => used.through.contains(&Through::Dereference),
            // `&r.field`.
            UseKind::FieldRead { .. } => tree
                .ancestors(id)
                .find(|&outer| !matches!(tree.kind(outer), Kind::Selector | Kind::Index))
                .is_some_and(|outer| {
                    tree.kind(outer) == Kind::Unary && operator(file, outer) == "&"
                }),
            _ => false,
        }
    })
}

fn integer(literal: &str) -> Option<i64> {
    let plain = literal.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match plain.get(..2) {
        Some("0x") => (plain.get(2..)?, 16),
        Some("0b") => (plain.get(2..)?, 2),
        Some("0o") => (plain.get(2..)?, 8),
        Some(octal) if octal.starts_with('0') => (plain.get(1..)?, 8),
        _ => (plain.as_str(), 10),
    };
    i64::from_str_radix(digits, radix).ok()
}

fn words(count: u64, pointers: bool) -> Size {
    Size {
        bytes: 8 * count,
        align: 8,
        pointers,
    }
}

/// Sizes of built-in types, and of the standard library's that structs are often made of. Those
/// were measured with unsafe.Sizeof on Go 1.26, linux/amd64.
fn built_in_size(text: &str) -> Option<Size> {
    let plain = |bytes| Size {
        bytes,
        align: bytes,
        pointers: false,
    };
    Some(match text {
        "bool" | "int8" | "uint8" | "byte" => plain(1),
        "int16" | "uint16" => plain(2),
        "int32" | "uint32" | "rune" | "float32" => plain(4),
        "int" | "uint" | "int64" | "uint64" | "uintptr" | "float64" => plain(8),
        "complex64" => Size {
            bytes: 8,
            align: 4,
            pointers: false,
        },
        "complex128" => words(2, false),
        "string" => words(2, true),
        "struct{}" | "struct {}" => Size {
            bytes: 0,
            align: 1,
            pointers: false,
        },
        "unsafe.Pointer" => words(1, true),
        "time.Duration" | "time.Month" | "time.Weekday" | "atomic.Int64" | "atomic.Uint64" => {
            words(1, false)
        }
        "atomic.Int32" | "atomic.Uint32" | "atomic.Bool" | "os.FileMode" | "fs.FileMode" => {
            plain(4)
        }
        "time.Time" | "json.RawMessage" | "net.IP" | "netip.Addr" => words(3, true),
        "sync.Mutex" => Size {
            bytes: 8,
            align: 4,
            pointers: false,
        },
        "sync.RWMutex" => Size {
            bytes: 24,
            align: 4,
            pointers: false,
        },
        "atomic.Value" => words(2, true),
        "strings.Builder" => words(4, true),
        "bytes.Buffer" => words(5, true),
        "uuid.UUID" => Size {
            bytes: 16,
            align: 1,
            pointers: false,
        },
        _ if text.starts_with("[]") => words(3, true),
        _ if ["*", "map[", "chan ", "chan<- ", "<-chan ", "func("]
            .iter()
            .any(|prefix| text.starts_with(prefix)) =>
        {
            words(1, true)
        }
        _ => return None,
    })
}
