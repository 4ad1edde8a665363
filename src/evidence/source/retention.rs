//! What keeps a block alive: the whole of it, or only parts that are cut out of it.
//!
//! A value is followed from where it is made through variables, slicing, the functions of the
//! standard library that give parts of what they get, calls of the package's own functions and
//! returns to their callers, up to where it is stored for longer. Flow is followed forward in the
//! text and without regard to conditions.

use std::collections::HashSet;
use std::path::PathBuf;

use super::file::SourceFile;
use super::function::{Function, base_type, is_function};
use super::operation::Operation;
use super::origin::{enclosing, root_node};
use super::package::Package;
use super::tree::{Field, Id, Kind};
use super::usage::{callee, empties, operator};
use super::{scope, types};

/// So many expressions are followed; nothing is said of values that go further.
const MAX_STEPS: u32 = 4000;
/// Calls are followed so deep.
const MAX_DEPTH: u32 = 8;
/// Structs in structs are followed so deep.
const MAX_PATH: usize = 4;

/// Where something is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// The file.
    pub path: PathBuf,
    /// The line.
    pub line: u32,
    /// The statement or expression that keeps it, as written.
    pub text: String,
    /// Whether it is only returned to other packages, which may keep it.
    pub returned: bool,
}

/// What keeps a block alive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Where small parts are kept.
    pub parts: Vec<Keeper>,
    /// Where the whole is kept, or parts that cover it.
    pub wholes: Vec<Keeper>,
    /// Whether it went too far to be followed.
    pub truncated: bool,
}

/// A step from a holder to what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    Field(String),
    Element,
    /// What an iterator yields.
    Yield,
}

/// A value that is the block, a part of it, or holds either.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
struct Value {
    /// Whether it is only a part.
    part: bool,
    /// Whether the part is known to be small: its bounds do not depend on the data.
    small: bool,
    /// The loop, by file and node, in which the part was cut: all parts together may be the whole.
    cut_in: Option<(PathBuf, Id)>,
    /// From the value inwards to the block.
    path: Vec<Step>,
    /// The block is still inside a buffer object that gives it out by a method.
    buffer: bool,
}

impl Value {
    fn inside(mut self, step: Step) -> Option<Self> {
        self.path.insert(0, step);
        (self.path.len() <= MAX_PATH).then_some(self)
    }

    fn outside(mut self, step: &Step) -> Option<Self> {
        (self.path.first() == Some(step)).then(|| {
            self.path.remove(0);
            self
        })
    }
}

/// An expression that has the value, as result number `result` where it is a call.
struct Item {
    id: Id,
    result: usize,
    value: Value,
}

struct Tracer<'p> {
    package: &'p Package,
    found: Retention,
    steps: u32,
    /// Variables that were followed, by file, declaration and value.
    known: HashSet<(PathBuf, Id, Value)>,
    fields: HashSet<(String, String, Value)>,
    returns: HashSet<(PathBuf, Id, usize, Value)>,
}

impl Function<'_> {
    /// What keeps the value of an operation of this function alive.
    pub fn retention(&self, operation: &Operation, package: &Package) -> Retention {
        self.trace(operation.id, Value::default(), package)
    }

    /// What keeps the contents of a `strings.Builder` or `bytes.Buffer` alive that is a local
    /// variable; nothing where `name` is none.
    pub fn buffer_retention(&self, name: &str, line: u32, package: &Package) -> Retention {
        let declared = self
            .node_of(name, line)
            .and_then(|node| scope::lookup(self.file, node, name));
        let Some(declared) = declared else {
            return Retention::default();
        };
        let mut tracer = Tracer::new(package);
        let value = Value {
            buffer: true,
            ..Value::default()
        };
        let results = tracer.variable(self.file, declared, 0, value, 0);
        tracer.hand_out(self.file, self.outermost(), results, 0);
        tracer.found
    }

    fn trace(&self, id: Id, value: Value, package: &Package) -> Retention {
        let mut tracer = Tracer::new(package);
        let items = vec![Item {
            id,
            result: 0,
            value,
        }];
        let results = tracer.follow(self.file, items, 0);
        tracer.hand_out(self.file, self.outermost(), results, 0);
        tracer.found
    }
}

impl<'p> Tracer<'p> {
    fn new(package: &'p Package) -> Self {
        Self {
            package,
            found: Retention::default(),
            steps: MAX_STEPS,
            known: HashSet::new(),
            fields: HashSet::new(),
            returns: HashSet::new(),
        }
    }

    fn keep(&mut self, file: &SourceFile, id: Id, value: &Value, returned: bool) {
        let tree = &file.tree;
        let statement = std::iter::once(id)
            .chain(tree.ancestors(id))
            .find(|&id| {
                matches!(
                    tree.kind(id),
                    Kind::Assignment | Kind::ShortVar | Kind::Return | Kind::Send | Kind::VarSpec
                )
            })
            .unwrap_or(id);
        let keeper = Keeper {
            path: file.path().to_owned(),
            line: tree.line(statement),
            text: file.compact(statement),
            returned,
        };
        let kept = match value.part {
            true => &mut self.found.parts,
            false => &mut self.found.wholes,
        };
        if !kept.contains(&keeper) {
            kept.push(keeper);
        }
    }

    /// Gives results of a function to its callers, or to other packages where there are none.
    fn hand_out(
        &mut self,
        file: &SourceFile,
        function: Id,
        results: Vec<(usize, Id, Value)>,
        depth: u32,
    ) {
        let package = self.package;
        let declared = Function { file, id: function };
        let receiver = declared.receiver().map(|receiver| receiver.base);
        let calls: Vec<(&SourceFile, Id)> = package
            .call_nodes(declared.name())
            .filter(|&(file, call)| {
                let tree = &file.tree;
                let Some(called) = tree.child(call, Field::Function) else {
                    return false;
                };
                let operand = tree.child(called, Field::Operand);
                match (
                    &receiver,
                    operand.filter(|_| tree.kind(called) == Kind::Selector),
                ) {
                    (None, None) => true,
                    (Some(base), Some(operand)) => types::of(file, operand, package)
                        .is_some_and(|found| base_type(&found) == base),
                    _ => false,
                }
            })
            .collect();
        for (result, at, value) in results {
            let key = (file.path().to_owned(), function, result, value.clone());
            if !self.returns.insert(key) {
                continue;
            }
            if calls.is_empty() || depth >= MAX_DEPTH {
                self.found.truncated |= !calls.is_empty();
                self.keep(file, at, &value, true);
                continue;
            }
            for &(caller_file, call) in &calls {
                let Some(around) = enclosing(caller_file, call)
                    .map(|id| Function {
                        file: caller_file,
                        id,
                    })
                    .and_then(|inner| inner.declaration_around())
                else {
                    self.keep(caller_file, call, &value, false);
                    continue;
                };
                let items = vec![Item {
                    id: call,
                    result,
                    value: value.clone(),
                }];
                let more = self.follow(caller_file, items, depth + 1);
                self.hand_out(caller_file, around.id, more, depth + 1);
            }
        }
    }

    /// Follows a parameter or receiver of a function, and tells what it returns of it.
    fn call(
        &mut self,
        function: Function<'_>,
        parameter: Option<usize>,
        value: Value,
        depth: u32,
    ) -> Vec<(usize, Value)> {
        if depth >= MAX_DEPTH {
            self.found.truncated = true;
            return Vec::new();
        }
        let (file, tree) = (function.file, &function.file.tree);
        let names = |list: Id| {
            tree.subtree(list).filter(move |&name| {
                tree.field(name) == Field::Name
                    && tree.parent(name).and_then(|parent| tree.parent(parent)) == Some(list)
            })
        };
        let declared = match parameter {
            None => tree
                .child(function.id, Field::Receiver)
                .and_then(|list| names(list).next()),
            Some(index) => tree
                .child(function.id, Field::Parameters)
                .and_then(|list| names(list).nth(index)),
        };
        let Some(declared) = declared else {
            return Vec::new();
        };
        // Each call has results of its own: what was followed before tells nothing of them.
        let results = self.variable(file, declared, 0, value, depth + 1);
        results
            .into_iter()
            .map(|(result, _, value)| (result, value))
            .collect()
    }

    /// Follows all uses of a variable behind `from`, and tells what its function returns of it.
    fn variable(
        &mut self,
        file: &SourceFile,
        declared: Id,
        from: Id,
        value: Value,
        depth: u32,
    ) -> Vec<(usize, Id, Value)> {
        let items = self.uses(file, declared, from, &value);
        self.follow(file, items, depth)
    }

    fn uses(&mut self, file: &SourceFile, declared: Id, from: Id, value: &Value) -> Vec<Item> {
        let tree = &file.tree;
        let name = file.code(declared);
        let Some(around) = tree
            .ancestors(declared)
            .filter(|&id| is_function(tree.kind(id)))
            .last()
        else {
            return Vec::new();
        };
        tree.subtree(around)
            .filter(|&id| {
                id > from
                    && id != declared
                    && tree.kind(id) == Kind::Identifier
                    && file.code(id) == name
                    && !is_target(file, id)
                    && scope::lookup(file, id, name) == Some(declared)
            })
            .map(|id| Item {
                id,
                result: 0,
                value: value.clone(),
            })
            .collect()
    }

    /// Follows expressions within one declared function; tells what it returns.
    fn follow(
        &mut self,
        file: &SourceFile,
        mut open: Vec<Item>,
        depth: u32,
    ) -> Vec<(usize, Id, Value)> {
        let mut results = Vec::new();
        while let Some(item) = open.pop() {
            self.steps = self.steps.saturating_sub(1);
            if self.steps == 0 {
                self.found.truncated = true;
                return results;
            }
            self.step(file, item, depth, &mut open, &mut results);
        }
        results
    }

    fn step(
        &mut self,
        file: &SourceFile,
        item: Item,
        depth: u32,
        open: &mut Vec<Item>,
        results: &mut Vec<(usize, Id, Value)>,
    ) {
        let tree = &file.tree;
        let Item {
            id,
            result,
            mut value,
        } = item;
        if tree.kind(id) == Kind::Identifier && value.path.is_empty() && is_short(file, id) {
            (value.part, value.small) = (true, true);
        }
        let Some(parent) = tree.parent(id) else {
            return;
        };
        let field = tree.field(id);
        let mut go_on = |id: Id, result: usize, value: Option<Value>| {
            if let Some(value) = value {
                open.push(Item { id, result, value });
            }
        };
        match tree.kind(parent) {
            Kind::LiteralValue if tree.kind(id) == Kind::LiteralElement => {
                let index = tree.children(parent).position(|child| child == id);
                let step = self.literal_step(file, parent, None, index.unwrap_or(0));
                go_on(parent, 0, value.inside(step));
            }
            Kind::KeyedElement => {
                let mut sides = tree.children(parent);
                let (key, other) = (sides.next(), sides.next());
                if let (Some(key), Some(body)) = (key, tree.parent(parent))
                    && other == Some(id)
                {
                    let key = file.compact(key);
                    let step = self.literal_step(file, body, Some(key), 0);
                    go_on(body, 0, value.inside(step));
                }
            }
            Kind::Parenthesized | Kind::LiteralElement | Kind::Composite | Kind::TypeAssertion => {
                go_on(parent, 0, Some(value))
            }
            Kind::Unary if matches!(operator(file, parent), "&" | "*") => {
                go_on(parent, 0, Some(value));
            }
            Kind::Slice if field == Field::Operand => {
                go_on(parent, 0, sliced(file, parent, value));
            }
            Kind::Index if field == Field::Operand => {
                go_on(parent, 0, value.outside(&Step::Element));
            }
            // A key that is written is kept by the map.
            Kind::Index if field == Field::Index => {
                let list = tree.parent(parent).unwrap_or(parent);
                let written =
                    tree.kind(list) == Kind::ExpressionList && tree.field(list) == Field::Left;
                if written && let Some(value) = value.inside(Step::Element) {
                    let operand = tree.child(parent, Field::Operand);
                    self.assign(file, operand.unwrap_or(parent), value, true, open);
                }
            }
            Kind::Selector => {
                let name = tree
                    .child(parent, Field::Selected)
                    .map(|name| file.code(name));
                let name = name.unwrap_or_default().to_owned();
                let call = tree.parent(parent).filter(|&call| {
                    tree.kind(call) == Kind::Call && tree.field(parent) == Field::Function
                });
                match call {
                    Some(call) => self.method(file, call, id, &name, value, depth, open),
                    None => go_on(parent, 0, value.outside(&Step::Field(name))),
                }
            }
            Kind::TypeConversion => {
                let typed = tree.child(parent, Field::Type).map(|id| file.compact(id));
                let text = typed.as_deref().unwrap_or_default();
                let is_array = text.starts_with('[') && !text.starts_with("[]");
                if !is_array && !matches!(text, "string" | "[]byte" | "[]rune") {
                    go_on(parent, 0, Some(value));
                }
            }
            Kind::ArgumentList => {
                if let Some(call) = tree.parent(parent) {
                    self.argument(file, call, parent, id, value, depth, open);
                }
            }
            Kind::Send if field == Field::Value => self.keep(file, parent, &value, false),
            Kind::RangeClause if field == Field::Right => {
                let targets = tree.child(parent, Field::Left);
                let yields = value.path.first() == Some(&Step::Yield);
                let (step, index) = match yields {
                    true => (Step::Yield, 0),
                    false => (Step::Element, 1),
                };
                let target = targets.and_then(|list| tree.children(list).nth(index));
                let around = tree.parent(parent).unwrap_or(parent);
                if let (Some(target), Some(mut value)) = (target, value.outside(&step)) {
                    value.cut_in = Some((file.path().to_owned(), around));
                    self.assign(file, target, value, false, open);
                }
            }
            Kind::Return => {
                // A literal's results go to whoever calls it.
                let is_own = enclosing(file, parent)
                    .is_some_and(|around| tree.kind(around) != Kind::FuncLiteral);
                if is_own {
                    results.push((result, parent, value));
                }
            }
            Kind::ExpressionList => {
                let Some(statement) = tree.parent(parent) else {
                    return;
                };
                let count = tree.children(parent).count();
                let position = tree.children(parent).position(|child| child == id);
                let index = match count {
                    1 => result,
                    _ => position.unwrap_or(0),
                };
                match tree.kind(statement) {
                    Kind::Return => {
                        let is_own = enclosing(file, statement)
                            .is_some_and(|around| tree.kind(around) != Kind::FuncLiteral);
                        if is_own {
                            results.push((index, statement, value));
                        }
                    }
                    Kind::Assignment | Kind::ShortVar if tree.field(parent) == Field::Right => {
                        let target = tree
                            .child(statement, Field::Left)
                            .and_then(|list| tree.children(list).nth(index));
                        if let Some(target) = target {
                            self.assign(file, target, value, false, open);
                        }
                    }
                    Kind::VarSpec => {
                        let target = tree
                            .children(statement)
                            .filter(|&id| tree.field(id) == Field::Name)
                            .nth(index);
                        if let Some(target) = target {
                            self.assign(file, target, value, false, open);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The step from a literal to an element, given by its key or its place.
    fn literal_step(&self, file: &SourceFile, body: Id, key: Option<String>, index: usize) -> Step {
        let tree = &file.tree;
        let typed = tree
            .parent(body)
            .and_then(|literal| tree.child(literal, Field::Type));
        let text = typed.map(|typed| file.compact(typed)).unwrap_or_default();
        let underlying = self.package.underlying(&text);
        let is_struct = !underlying.starts_with('[') && !underlying.starts_with("map[");
        match key {
            Some(name) if is_struct => Step::Field(name),
            None if is_struct => {
                let fields = self.package.fields(base_type(&text));
                let field = fields.into_iter().nth(index);
                field.map_or(Step::Element, |field| Step::Field(field.name))
            }
            _ => Step::Element,
        }
    }

    /// A value is assigned to `target`, or is put into it as a part.
    fn assign(
        &mut self,
        file: &SourceFile,
        target: Id,
        value: Value,
        is_key: bool,
        open: &mut Vec<Item>,
    ) {
        let tree = &file.tree;
        let mut target = tree.unparenthesized(target);
        let mut value = value;
        let mut is_element = is_key;
        let place = target;
        // From `a.b[i]` inwards to `a`, which then holds the value that deep.
        loop {
            let step = match tree.kind(target) {
                Kind::Selector => {
                    let name = tree.child(target, Field::Selected);
                    Step::Field(
                        name.map(|name| file.code(name).to_owned())
                            .unwrap_or_default(),
                    )
                }
                Kind::Index => {
                    is_element = true;
                    Step::Element
                }
                Kind::Unary if operator(file, target) == "*" => {
                    return self.keep(file, place, &value, false);
                }
                Kind::Identifier => break,
                _ => return,
            };
            if let (Some(Step::Field(_)), Kind::Selector) = (Some(&step), tree.kind(target))
                && !is_element
                && self.is_of_other(file, target)
            {
                return self.field(file, place, target, value);
            }
            let Some(operand) = tree.child(target, Field::Operand) else {
                return;
            };
            let deeper = value.clone().inside(step);
            let Some(deeper) = deeper else {
                return self.keep(file, place, &value, false);
            };
            value = deeper;
            target = tree.unparenthesized(operand);
        }
        let name = file.code(target);
        if name == "_" {
            return;
        }
        let Some(declared) = scope::lookup(file, target, name) else {
            return self.keep(file, place, &value, false);
        };
        if target != place || is_key {
            if is_given(file, declared) {
                return self.keep(file, place, &value, false);
            }
        } else if is_named_result(file, declared) {
            return self.keep(file, place, &value, true);
        }
        let key = (file.path().to_owned(), declared, value.clone());
        if self.known.insert(key) {
            // What a loop puts into a variable can be read above it in the next round.
            let from = around_loop(file, place).unwrap_or(place);
            let items = self.uses(file, declared, from, &value);
            open.extend(items);
        }
    }

    /// Whether a selector's root is a parameter or the receiver.
    fn is_of_other(&self, file: &SourceFile, selector: Id) -> bool {
        root_node(file, selector)
            .and_then(|root| scope::lookup(file, root, file.code(root)))
            .is_none_or(|declared| is_given(file, declared))
    }

    /// A field of a longer-lived object is set: its readers get the value. An object of a type that nothing in
    /// the package holds is taken to be a helper that dies with its user.
    fn field(&mut self, file: &SourceFile, place: Id, selector: Id, value: Value) {
        let tree = &file.tree;
        let owner = tree
            .child(selector, Field::Operand)
            .and_then(|operand| types::of(file, operand, self.package));
        let name = tree
            .child(selector, Field::Selected)
            .map(|name| file.code(name));
        let (Some(owner), Some(name)) = (owner, name) else {
            return self.keep(file, place, &value, false);
        };
        let base = base_type(&owner).to_owned();
        // What is added to a field stays there; only what replaces its value may be the one of its kind.
        let is_added = value.path.contains(&Step::Element);
        if self.is_held(&base) || value.part || is_added {
            return self.keep(file, place, &value, false);
        }
        if !self
            .fields
            .insert((base.clone(), name.to_owned(), value.clone()))
        {
            return;
        }
        let package = self.package;
        for file in package.files() {
            let tree = &file.tree;
            for id in 0..tree.len() {
                let reads = tree.kind(id) == Kind::Selector
                    && !is_target(file, id)
                    && tree.child(id, Field::Selected).map(|name| file.code(name)) == Some(name)
                    && tree
                        .child(id, Field::Operand)
                        .and_then(|operand| types::of(file, operand, package))
                        .is_some_and(|found| base_type(&found) == base);
                let around = enclosing(file, id).map(|id| Function { file, id });
                let around = around.and_then(|inner| inner.declaration_around());
                if let (true, Some(around)) = (reads, around) {
                    let items = vec![Item {
                        id,
                        result: 0,
                        value: value.clone(),
                    }];
                    let results = self.follow(file, items, 1);
                    self.hand_out(file, around.id, results, 1);
                }
            }
        }
    }

    /// Whether a field or a package variable of the package can hold a value of a type.
    fn is_held(&self, base: &str) -> bool {
        let mentions = |text: &str| {
            // `io.Reader` is no `Reader`.
            text.split(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '_' | '.'))
                .any(|word| word == base)
        };
        let mut names = self.package.type_names();
        let by_field = names.any(|name| {
            let fields = self.package.fields(name);
            fields.iter().any(|field| mentions(&field.type_text))
        });
        by_field
            || self.package.variable_names().any(|name| {
                self.package.variable_node(name).is_some_and(|(file, id)| {
                    types::of_declaration(file, id, self.package)
                        .is_some_and(|found| mentions(&found))
                })
            })
    }

    /// A value is an argument of a call.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one step, taken apart by its caller"
    )]
    fn argument(
        &mut self,
        file: &SourceFile,
        call: Id,
        list: Id,
        id: Id,
        value: Value,
        depth: u32,
        open: &mut Vec<Item>,
    ) {
        let tree = &file.tree;
        let Some(function) = tree.child(call, Field::Function) else {
            return;
        };
        let index = tree
            .children(list)
            .position(|child| child == id)
            .unwrap_or(0);
        let callee = callee(file, function);
        let mut go_on = |result: usize, value: Option<Value>| {
            if let Some(value) = value {
                open.push(Item {
                    id: call,
                    result,
                    value,
                });
            }
        };
        if callee.text == "append" {
            let spread = tree.kind(id) == Kind::VariadicArgument;
            let value = match (index, spread) {
                (0, _) => Some(value),
                // The elements are copied; of bytes nothing is left of the block.
                (_, true) => (value.path.first() == Some(&Step::Element)).then_some(value),
                (_, false) => covering(file, call, value).inside(Step::Element),
            };
            return go_on(0, value);
        }
        if let Some(qualified) = callee.qualified.as_deref() {
            if value.path.is_empty() && !value.buffer {
                for (result, value) in library(file, call, qualified, value) {
                    go_on(result, Some(value));
                }
            }
            return;
        }
        let package = self.package;
        let declared = match tree.kind(function) {
            Kind::Selector => tree
                .child(function, Field::Operand)
                .and_then(|operand| types::of(file, operand, package))
                .and_then(|owner| {
                    if base_type(&owner) == "regexp.Regexp" && value.path.is_empty() {
                        for value in matched(file, call, callee.name(), value.clone()) {
                            go_on(0, Some(value));
                        }
                    }
                    package.function(Some(base_type(&owner)), callee.name())
                }),
            _ => package.function(None, &callee.text),
        };
        if let Some(declared) = declared {
            for (result, value) in self.call(declared, Some(index), value, depth) {
                open.push(Item {
                    id: call,
                    result,
                    value,
                });
            }
        }
    }

    /// A method is called on a value.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one step, taken apart by its caller"
    )]
    fn method(
        &mut self,
        file: &SourceFile,
        call: Id,
        operand: Id,
        name: &str,
        value: Value,
        depth: u32,
        open: &mut Vec<Item>,
    ) {
        let owner = types::of(file, operand, self.package).unwrap_or_default();
        if value.buffer {
            let gives = match base_type(&owner) {
                "strings.Builder" => name == "String",
                _ => matches!(name, "Bytes" | "Next" | "AvailableBuffer"),
            };
            if gives && value.path.is_empty() {
                let value = Value {
                    buffer: false,
                    ..value
                };
                open.push(Item {
                    id: call,
                    result: 0,
                    value,
                });
            }
            return;
        }
        if let Some(method) = self.package.function(Some(base_type(&owner)), name) {
            for (result, value) in self.call(method, None, value, depth) {
                open.push(Item {
                    id: call,
                    result,
                    value,
                });
            }
        }
    }
}

/// Whether an expression is what an assignment writes.
fn is_target(file: &SourceFile, id: Id) -> bool {
    let tree = &file.tree;
    tree.parent(id).is_some_and(|list| {
        tree.kind(list) == Kind::ExpressionList && tree.field(list) == Field::Left
    })
}

/// Whether a declaration is a parameter or the receiver: who calls has it, too.
fn is_given(file: &SourceFile, declared: Id) -> bool {
    parameter_list(file, declared).is_some_and(|field| field != Field::Result)
}

fn is_named_result(file: &SourceFile, declared: Id) -> bool {
    parameter_list(file, declared) == Some(Field::Result)
}

fn parameter_list(file: &SourceFile, declared: Id) -> Option<Field> {
    let tree = &file.tree;
    let parent = tree.parent(declared)?;
    matches!(tree.kind(parent), Kind::Parameter | Kind::VariadicParameter)
        .then(|| tree.parent(parent).map(|list| tree.field(list)))
        .flatten()
}

/// Whether a variable is known to be short where it is used: `if len(x) <= limit { … x … }`.
fn is_short(file: &SourceFile, id: Id) -> bool {
    let tree = &file.tree;
    let short = format!("len({})<", file.code(id));
    let mut inner = id;
    for outer in tree.ancestors(id) {
        match tree.kind(outer) {
            Kind::If if tree.field(inner) == Field::Consequence => {
                let condition = tree.child(outer, Field::Condition);
                let text = condition.map_or("", |condition| file.code(condition));
                if text.replace(' ', "").starts_with(&short) {
                    return true;
                }
            }
            kind if is_function(kind) => return false,
            _ => {}
        }
        inner = outer;
    }
    false
}

/// The innermost loop around a node, within its function.
fn around_loop(file: &SourceFile, id: Id) -> Option<Id> {
    let tree = &file.tree;
    tree.ancestors(id)
        .take_while(|&outer| !is_function(tree.kind(outer)))
        .find(|&outer| tree.kind(outer) == Kind::For)
}

/// The value of `x[a:b]`.
fn sliced(file: &SourceFile, slice: Id, value: Value) -> Option<Value> {
    let tree = &file.tree;
    if empties(file, slice) {
        return None;
    }
    let Some(end) = tree.child(slice, Field::End) else {
        // What is left behind the start may be almost all.
        return Some(value);
    };
    if !value.path.is_empty() || value.buffer || is_count_of_read(file, slice, end) {
        return Some(value);
    }
    Some(cut(file, slice, value, is_constant(file, slice, end)))
}

/// A part of `value` that is cut out at `at`.
fn cut(file: &SourceFile, at: Id, value: Value, small: bool) -> Value {
    let around = around_loop(file, at).map(|around| (file.path().to_owned(), around));
    Value {
        part: true,
        small: value.small || small,
        cut_in: around.or(value.cut_in.clone()),
        ..value
    }
}

/// Whether the end is a number that the code gives: `[:16]`, `[:min(limit, n)]` of a constant,
/// `[a:a+16]`.
fn is_constant(file: &SourceFile, slice: Id, end: Id) -> bool {
    let tree = &file.tree;
    let code = file.code(end);
    let start = tree
        .child(slice, Field::Start)
        .map(|start| file.code(start));
    let rest = match start.and_then(|start| code.strip_prefix(start)) {
        Some(rest) => rest.trim_start_matches(['+', ' ']),
        None => code,
    };
    let is_fixed = |text: &str| {
        let text = text.trim();
        if !text.is_empty() && text.chars().all(|sign| sign.is_ascii_digit()) {
            return true;
        }
        // A name that no function declares is most likely a constant.
        let is_name = text
            .chars()
            .all(|sign| sign.is_alphanumeric() || sign == '_');
        is_name && !text.is_empty() && scope::lookup(file, end, text).is_none()
    };
    match rest.strip_prefix("min(") {
        Some(arguments) => arguments.split([',', ')']).any(is_fixed),
        None => is_fixed(rest),
    }
}

/// Whether the end is how much was read into the slice.
fn is_count_of_read(file: &SourceFile, slice: Id, end: Id) -> bool {
    let tree = &file.tree;
    if tree.kind(end) != Kind::Identifier {
        // `[:len(x)-1]` leaves little out.
        return file.code(end).starts_with("len(");
    }
    let operand = tree.child(slice, Field::Operand).map(|id| file.code(id));
    let statement = scope::lookup(file, end, file.code(end))
        .and_then(|declared| tree.parent(declared))
        .and_then(|list| tree.parent(list));
    let (Some(operand), Some(statement)) = (operand, statement) else {
        return false;
    };
    let Some(right) = tree.child(statement, Field::Right) else {
        return false;
    };
    let is_read = tree.children(right).next().is_some_and(|call| {
        tree.child(call, Field::Function)
            .is_some_and(|function| callee(file, function).name().starts_with("Read"))
    });
    is_read
        && tree
            .subtree(right)
            .any(|id| tree.kind(id) == Kind::Identifier && file.code(id) == operand)
}

/// Parts of one block that are appended where they are cut, each in turn, cover it.
fn covering(file: &SourceFile, append: Id, value: Value) -> Value {
    let Some((path, around)) = &value.cut_in else {
        return value;
    };
    let tree = &file.tree;
    let is_inside = path == file.path() && tree.within(append, *around);
    let is_conditional = tree
        .ancestors(append)
        .take_while(|&outer| outer != *around)
        .any(|outer| matches!(tree.kind(outer), Kind::If | Kind::ExpressionCase));
    match is_inside && !is_conditional && !value.small {
        true => Value {
            part: false,
            ..value
        },
        false => value,
    }
}

/// The results of a library function that are, or hold, parts of its first argument.
fn library(file: &SourceFile, call: Id, qualified: &str, value: Value) -> Vec<(usize, Value)> {
    let Some((package, name)) = qualified.rsplit_once('.') else {
        return Vec::new();
    };
    if !matches!(package, "strings" | "bytes") {
        return Vec::new();
    }
    let part = || cut(file, call, value.clone(), false);
    let holding = |step: Step| part().inside(step).map(|value| (0, value));
    match name {
        "TrimSpace" | "Trim" | "TrimLeft" | "TrimRight" | "TrimFunc" | "TrimLeftFunc"
        | "TrimRightFunc" | "TrimPrefix" | "TrimSuffix" | "CutPrefix" | "CutSuffix" => {
            vec![(0, value)]
        }
        "Cut" => vec![(0, part()), (1, value.clone())],
        "Split" | "SplitN" | "SplitAfter" | "SplitAfterN" | "Fields" | "FieldsFunc" => {
            // Kept as a whole, they are the text.
            let all = Value {
                part: value.part,
                ..part()
            };
            all.inside(Step::Element)
                .map(|value| (0, value))
                .into_iter()
                .collect()
        }
        "Lines" | "SplitSeq" | "SplitAfterSeq" | "FieldsSeq" | "FieldsFuncSeq" => {
            holding(Step::Yield).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What a method of a regular expression gives of the text it gets.
fn matched(file: &SourceFile, call: Id, name: &str, value: Value) -> Vec<Value> {
    let part = Some(cut(file, call, value, true));
    let steps = match name {
        "Find" | "FindString" => 0,
        "FindSubmatch" | "FindStringSubmatch" | "FindAll" | "FindAllString" => 1,
        "FindAllSubmatch" | "FindAllStringSubmatch" => 2,
        _ => return Vec::new(),
    };
    (0..steps)
        .fold(part, |value, _| {
            value.and_then(|value| value.inside(Step::Element))
        })
        .into_iter()
        .collect()
}
