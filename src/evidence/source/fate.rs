//! What becomes of a variable: all its uses in the declared function around it.

use super::file::SourceFile;
use super::function::Function;
use super::operation::outlives;
use super::origin::root_node;
use super::scope;
use super::tree::Field;
use super::tree::{Id, Kind};
use super::usage::{self, Callee, Capture, Through, Use, UseKind, callee};

/// Uses behind these are left out.
const MAX_USES: usize = 256;
/// So many variables that hold the same value are followed.
const MAX_ALIASES: usize = 8;

/// The uses of a variable, and of the local variables that it is assigned to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// In source order; those of other variables behind its own.
    pub uses: Vec<Use>,
    /// Whether there were too many uses to look at; nothing can be excluded then.
    pub truncated: bool,
}

impl Function<'_> {
    /// What becomes of `target`, a name or a path such as `c.items`, as it is seen from a line:
    /// its uses in the whole declared function around.
    pub fn fate(&self, target: &str, line: u32) -> Fate {
        let mut fate = Fate::default();
        let Some(node) = self.node_of(target, line) else {
            return fate;
        };
        let file = self.file;
        let whole = self.outermost();
        let mut aliases: Vec<(String, Option<Id>)> = Vec::new();
        let mut open = vec![(target.to_owned(), declared(file, node))];
        while let Some((name, declared_at)) = open.pop() {
            if aliases
                .iter()
                .any(|known| *known == (name.clone(), declared_at))
            {
                continue;
            }
            let via = (!aliases.is_empty()).then(|| name.clone());
            aliases.push((name.clone(), declared_at));
            collect(file, whole, &name, declared_at, via, &mut fate, &mut open);
            if aliases.len() == MAX_ALIASES {
                fate.truncated |= !open.is_empty();
                break;
            }
        }
        fate
    }
}

fn declared(file: &SourceFile, node: Id) -> Option<Id> {
    let root = root_node(file, node)?;
    scope::lookup(file, root, file.code(root))
}

fn collect(
    file: &SourceFile,
    whole: Id,
    name: &str,
    declared_at: Option<Id>,
    via: Option<String>,
    fate: &mut Fate,
    aliases: &mut Vec<(String, Option<Id>)>,
) {
    let tree = &file.tree;
    let plain = !name.contains(['.', '[', '(']);
    for id in tree.subtree(whole) {
        let named = match tree.kind(id) {
            Kind::Identifier => plain && file.code(id) == name,
            Kind::Selector | Kind::Index => !plain && file.compact(id) == name,
            _ => false,
        };
        // The name that declares it is no use of it, nor is a key in a struct literal.
        if !named || Some(id) == declared_at || is_key(file, id) {
            continue;
        }
        if declared(file, id) != declared_at {
            continue;
        }
        let mut used = usage::of(file, id);
        used.via.clone_from(&via);
        used.captured = capture(file, id, whole, declared_at);
        if let UseKind::Assigned { target, place } = &used.kind
            && !outlives(*place)
            && target != name
            && !copies(&used.through)
            && let Some(holder) = assigned_name(file, id, target)
        {
            aliases.push((target.clone(), scope::lookup(file, holder, target)));
        }
        fate.uses.push(used);
        if fate.uses.len() >= MAX_USES {
            fate.truncated = true;
            return;
        }
    }
}

/// Whether a conversion on the way makes a copy.
fn copies(through: &[Through]) -> bool {
    through.iter().any(|step| {
        matches!(step, Through::Conversion { type_text }
            if matches!(type_text.as_str(), "string" | "[]byte" | "[]rune"))
    })
}

/// The identifier on the left of the assignment that `id` is on the right of.
fn assigned_name(file: &SourceFile, id: Id, target: &str) -> Option<Id> {
    let tree = &file.tree;
    let statement = tree.ancestors(id).find(|&outer| {
        matches!(
            tree.kind(outer),
            Kind::Assignment | Kind::ShortVar | Kind::VarSpec
        )
    })?;
    tree.subtree(statement)
        .find(|&id| tree.kind(id) == Kind::Identifier && file.code(id) == target)
}

fn is_key(file: &SourceFile, id: Id) -> bool {
    let tree = &file.tree;
    let Some(element) = tree.parent(id) else {
        return false;
    };
    tree.kind(element) == Kind::LiteralElement && tree.field(element) == Field::Key
}

/// How the outermost literal between a use and the declaration is used.
fn capture(file: &SourceFile, id: Id, whole: Id, declared_at: Option<Id>) -> Option<Capture> {
    let tree = &file.tree;
    let literal = tree
        .ancestors(id)
        .take_while(|&outer| outer > whole)
        .filter(|&outer| {
            tree.kind(outer) == Kind::FuncLiteral
                && declared_at.is_some_and(|declared| !tree.within(declared, outer))
        })
        .last()?;
    let used = usage::of(file, literal);
    Some(match used.kind {
        UseKind::Called => {
            let statement = tree
                .parent(literal)
                .and_then(|call| tree.parent(call))
                .map(|statement| tree.kind(statement));
            match statement {
                Some(Kind::Go) => Capture::Go,
                Some(Kind::Defer) => Capture::Defer,
                _ => Capture::Immediate,
            }
        }
        UseKind::Argument { .. } => Capture::Argument,
        UseKind::Returned | UseKind::Sent { .. } => Capture::Stored,
        UseKind::Assigned { place, .. } if outlives(place) => Capture::Stored,
        UseKind::Appended { .. } => Capture::Stored,
        _ if !used.through.is_empty() => Capture::Stored,
        _ => Capture::Local,
    })
}

impl Fate {
    fn any(&self, pick: impl Fn(&Use) -> bool) -> bool {
        self.uses.iter().any(pick)
    }

    /// Whether it, or something that holds it, is returned.
    pub fn is_returned(&self) -> bool {
        self.any(|used| matches!(used.kind, UseKind::Returned) && !copies(&used.through))
    }

    /// Whether it is stored where it outlives the function: a field, a package variable, an
    /// element, a channel, a longer-lived closure, or appended to any slice.
    pub fn is_stored(&self) -> bool {
        self.any(|used| {
            let stored = match &used.kind {
                UseKind::Assigned { place, .. } => outlives(*place),
                UseKind::Appended { spread, .. } => !spread,
                UseKind::Sent { .. } => true,
                _ => false,
            };
            stored && !copies(&used.through)
                || matches!(used.captured, Some(Capture::Go | Capture::Stored))
        })
    }

    /// Whether nothing in the function lets it outlive the call; callees may still keep it, see
    /// [`Fate::passed`].
    pub fn is_local(&self) -> bool {
        !self.truncated && !self.is_returned() && !self.is_stored()
    }

    /// The callees that get it, or a slice of it or its address, as an argument.
    pub fn passed(&self) -> impl Iterator<Item = (&Callee, &Use)> {
        self.uses.iter().filter_map(|used| match &used.kind {
            UseKind::Argument { callee, .. } if !copies(&used.through) => Some((callee, used)),
            _ => None,
        })
    }

    /// The methods that are called on it.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().filter_map(|used| match &used.kind {
            UseKind::Receiver { method } => Some(method.as_str()),
            _ => None,
        })
    }

    /// Whether its address is taken.
    pub fn is_address_taken(&self) -> bool {
        self.any(|used| used.through.first() == Some(&Through::Address))
    }

    /// Whether its elements or fields are changed in place.
    pub fn is_mutated(&self) -> bool {
        self.any(|used| {
            matches!(used.kind, UseKind::Mutated | UseKind::CopiedInto)
                || matches!(used.kind, UseKind::Key { written: true, .. })
        })
    }

    /// Whether it is emptied for reuse: `x[:0]`, `clear(x)`, `x.Reset()`.
    pub fn is_emptied(&self) -> bool {
        self.any(|used| match &used.kind {
            UseKind::Cleared => true,
            UseKind::Receiver { method } => matches!(method.as_str(), "Reset" | "Truncate"),
            _ => used.through.contains(&Through::Slice { emptied: true }),
        })
    }

    /// Whether it is copied: `bytes.Clone` and the like, `copy`, `append(y, x...)`, a conversion.
    pub fn is_cloned(&self) -> bool {
        self.any(|used| {
            matches!(
                used.kind,
                UseKind::Cloned | UseKind::CopiedFrom | UseKind::Appended { spread: true, .. }
            ) || copies(&used.through)
        })
    }

    /// Whether it is given back to a pool: `pool.Put(x)`.
    pub fn is_pooled(&self) -> bool {
        self.passed().any(|(callee, _)| callee.name() == "Put")
    }

    /// Whether something fills it: `copy(x, …)`, `r.Read(x)`, `io.ReadFull(r, x)`.
    pub fn is_filled(&self) -> bool {
        self.any(|used| matches!(used.kind, UseKind::CopiedInto))
            || self
                .passed()
                .any(|(callee, _)| callee.name().starts_with("Read"))
    }

    /// Whether it is appended to: `x = append(x, …)`.
    pub fn is_appended_to(&self) -> bool {
        self.any(|used| used.through.contains(&Through::AppendBase))
    }

    /// Whether it is compared with nil.
    pub fn is_compared_with_nil(&self) -> bool {
        self.any(|used| matches!(&used.kind, UseKind::Compared { with } if with == "nil"))
    }
}

/// The callee of a call node, for those who look for calls.
pub(super) fn callee_of(file: &SourceFile, call: Id) -> Option<Callee> {
    file.tree
        .child(call, Field::Function)
        .map(|function| callee(file, function))
}
