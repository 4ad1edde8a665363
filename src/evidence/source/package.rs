//! A package: the files of a folder, and where its declarations are.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::facts::Size;
use super::file::SourceFile;
use super::function::{Function, Parameter, base_type, parameters};
use super::scope::is_package_level;
use super::tree::{Field, Id, Kind};

/// A named type may be defined by another; so many times that is followed.
const MAX_UNDERLYING: u32 = 8;

/// A declaration: the file's index in the package, the node.
type Site = (usize, Id);

/// The non-test files of a folder, or as many of them as may be read.
#[derive(Debug, Default)]
pub struct Package {
    files: Vec<Rc<SourceFile>>,
    types: HashMap<String, Site>,
    /// By receiver's base type, empty for plain functions, and name.
    functions: HashMap<(String, String), Site>,
    variables: HashMap<String, Site>,
    /// Calls by the last name of the callee.
    calls: HashMap<String, Vec<Site>>,
    /// Sizes found so far, by the type's text.
    pub(super) sizes: RefCell<HashMap<String, Option<Size>>>,
}

impl Package {
    /// The package of these files. All should be of one folder; those that belong to another
    /// package than the first are left out.
    pub fn new(files: Vec<Rc<SourceFile>>) -> Self {
        let name = files
            .first()
            .map(|file| file.package_name().to_owned())
            .unwrap_or_default();
        let mut package = Self {
            files: files
                .into_iter()
                .filter(|file| file.package_name() == name)
                .collect(),
            ..Self::default()
        };
        for (index, file) in package.files.clone().into_iter().enumerate() {
            package.collect(index, &file);
        }
        package
    }

    fn collect(&mut self, index: usize, file: &SourceFile) {
        let tree = &file.tree;
        for id in 0..tree.len() {
            match tree.kind(id) {
                Kind::TypeSpec | Kind::TypeAlias => {
                    if let Some(name) = tree.child(id, Field::Name)
                        && is_package_level(file, id)
                    {
                        self.types.insert(file.code(name).to_owned(), (index, id));
                    }
                }
                Kind::Function | Kind::Method => {
                    let function = Function { file, id };
                    let receiver = function
                        .receiver()
                        .map(|receiver| receiver.base)
                        .unwrap_or_default();
                    self.functions
                        .insert((receiver, function.name().to_owned()), (index, id));
                }
                Kind::VarSpec | Kind::ConstSpec if is_package_level(file, id) => {
                    for name in tree.children(id) {
                        if tree.field(name) == Field::Name {
                            self.variables
                                .insert(file.code(name).to_owned(), (index, name));
                        }
                    }
                }
                Kind::Call => {
                    let callee = tree
                        .child(id, Field::Function)
                        .map(|function| super::usage::callee(file, function));
                    if let Some(callee) = callee {
                        self.calls
                            .entry(callee.name().to_owned())
                            .or_default()
                            .push((index, id));
                    }
                }
                _ => {}
            }
        }
    }

    /// Its files.
    pub fn files(&self) -> &[Rc<SourceFile>] {
        &self.files
    }

    /// The declared function or method; `receiver` without star and type arguments.
    pub fn function(&self, receiver: Option<&str>, name: &str) -> Option<Function<'_>> {
        self.function_node(receiver, name)
            .map(|(file, id)| Function { file, id })
    }

    /// The parameters of a method: of a declared one, or of one that a declared interface asks for.
    pub fn method_parameters(&self, receiver: &str, name: &str) -> Option<Vec<Parameter>> {
        if let Some(declared) = self.function(Some(receiver), name) {
            return Some(declared.parameters());
        }
        let (file, id) = self.type_node(receiver)?;
        let tree = &file.tree;
        let interface = tree
            .child(id, Field::Type)
            .filter(|&typed| tree.kind(typed) == Kind::InterfaceType)?;
        let method = tree.children(interface).find(|&method| {
            tree.kind(method) == Kind::MethodElem
                && tree
                    .child(method, Field::Name)
                    .is_some_and(|found| file.code(found) == name)
        })?;
        let list = tree.child(method, Field::Parameters)?;
        Some(parameters(file, list))
    }

    pub(super) fn function_node(
        &self,
        receiver: Option<&str>,
        name: &str,
    ) -> Option<(&SourceFile, Id)> {
        let key = (receiver.unwrap_or_default().to_owned(), name.to_owned());
        self.site(*self.functions.get(&key)?)
    }

    /// The node of the name of a package variable or constant.
    pub(super) fn variable_node(&self, name: &str) -> Option<(&SourceFile, Id)> {
        self.site(*self.variables.get(name)?)
    }

    /// The names of package variables and constants, in no order.
    pub(super) fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    pub(super) fn type_node(&self, name: &str) -> Option<(&SourceFile, Id)> {
        self.site(*self.types.get(name)?)
    }

    fn site(&self, (file, id): Site) -> Option<(&SourceFile, Id)> {
        self.files.get(file).map(|file| (&**file, id))
    }

    /// The calls whose callee's last name is `name`.
    pub(super) fn call_nodes(&self, name: &str) -> impl Iterator<Item = (&SourceFile, Id)> {
        self.calls
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(|&site| self.site(site))
    }

    /// Whether a type of this name is declared here.
    pub fn has_type(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// The types declared here, in no order.
    pub fn type_names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// The methods of a type: receiver's base type `base`, in no order.
    pub fn methods<'p>(&'p self, base: &'p str) -> impl Iterator<Item = Function<'p>> + 'p {
        self.functions
            .iter()
            .filter(move |((receiver, _), _)| receiver == base)
            .filter_map(|(_, &site)| self.site(site))
            .map(|(file, id)| Function { file, id })
    }

    /// What a type is defined as: of `type Rows []Row`, `[]Row`. Other types are themselves.
    pub fn underlying(&self, type_text: &str) -> String {
        let mut text = type_text.to_owned();
        for _ in 0..MAX_UNDERLYING {
            let name = text.split('[').next().unwrap_or_default();
            let Some((file, id)) = self.type_node(name) else {
                break;
            };
            match file.tree.child(id, Field::Type) {
                Some(typed) => text = file.compact(typed),
                None => break,
            }
        }
        text
    }

    /// Whether a type is known to be an interface: `any`, `error`, a literal one, one declared
    /// here, or one that everybody knows.
    pub fn is_interface(&self, type_text: &str) -> bool {
        let known = |text: &str| {
            text.starts_with("interface{")
                || text.starts_with("interface {")
                || matches!(
                    text,
                    "any"
                        | "error"
                        | "fmt.Stringer"
                        | "io.Reader"
                        | "io.Writer"
                        | "io.Closer"
                        | "io.ReadCloser"
                        | "io.ReadWriter"
                        | "io.WriteCloser"
                        | "io.ByteReader"
                        | "io.ByteWriter"
                        | "sort.Interface"
                        | "heap.Interface"
                        | "context.Context"
                        | "http.ResponseWriter"
                        | "http.Handler"
                        | "net.Conn"
                        | "net.Addr"
                        | "hash.Hash"
                        | "reflect.Type"
                )
        };
        known(type_text) || known(&self.underlying(type_text))
    }

    /// The type of a struct type's field.
    pub(super) fn field_type(&self, base: &str, name: &str) -> Option<String> {
        let (file, id) = self.struct_node(base)?;
        let tree = &file.tree;
        tree.children(tree.child_of_kind(id, Kind::FieldList)?)
            .filter(|&field| tree.kind(field) == Kind::FieldDeclaration)
            .find(|&field| {
                let mut names = tree
                    .children(field)
                    .filter(|&id| tree.field(id) == Field::Name)
                    .peekable();
                match names.peek() {
                    Some(_) => names.any(|id| file.code(id) == name),
                    // Embedded: the type's name is the field's.
                    None => tree.child(field, Field::Type).is_some_and(|typed| {
                        base_type(file.code(typed)).rsplit('.').next() == Some(name)
                    }),
                }
            })
            .and_then(|field| tree.child(field, Field::Type))
            .map(|typed| file.compact(typed))
    }

    /// The struct type that a declared type is defined as.
    pub(super) fn struct_node(&self, base: &str) -> Option<(&SourceFile, Id)> {
        let mut base = base.to_owned();
        for _ in 0..MAX_UNDERLYING {
            let (file, id) = self.type_node(&base)?;
            let typed = file.tree.child(id, Field::Type)?;
            if file.tree.kind(typed) == Kind::StructType {
                return Some((file, typed));
            }
            base = base_type(file.code(typed)).to_owned();
        }
        None
    }
}
