//! By which ways a function is left without a call that belongs to each of them, such as `pool.Put`.

use super::fate::callee_of;
use super::function::{Function, is_function};
use super::tree::{Field, Id, Kind};
use super::usage::Callee;

/// The ways out of a function that do without a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exits {
    /// Whether the call is there at all.
    pub is_called: bool,
    /// Lines of returns that hand on an error.
    pub errors: Vec<u32>,
    /// Lines of other returns, and of the closing brace where the function ends there.
    pub others: Vec<u32>,
}

impl Function<'_> {
    /// The ways out behind line `from` that do without a call of which `is_meant` holds. A call counts
    /// for the returns behind it in its own block; a deferred one counts for all.
    pub fn exits_without(&self, from: u32, is_meant: impl Fn(&Callee) -> bool) -> Exits {
        let file = self.file;
        let tree = &file.tree;
        let calls: Vec<Id> = tree
            .subtree(self.id)
            .filter(|&id| tree.kind(id) == Kind::Call)
            .filter(|&id| callee_of(file, id).is_some_and(|callee| is_meant(&callee)))
            .collect();
        let mut exits = Exits {
            is_called: !calls.is_empty(),
            ..Exits::default()
        };
        let up = |id: Id| tree.ancestors(id).take_while(|&outer| outer > self.id);
        if calls
            .iter()
            .any(|&call| up(call).any(|outer| tree.kind(outer) == Kind::Defer))
        {
            return exits;
        }
        let block = |id: Id| up(id).find(|&outer| is_block(tree.kind(outer)));
        let blocks: Vec<(Id, Id)> = calls
            .iter()
            .filter_map(|&call| Some((call, block(call)?)))
            .collect();
        let returns = tree.subtree(self.id).filter(|&id| {
            tree.kind(id) == Kind::Return
                && tree.line(id) > from
                && !up(id).any(|outer| is_function(tree.kind(outer)))
        });
        let mut last = None;
        for id in returns {
            last = Some(id);
            let is_covered = blocks
                .iter()
                .any(|&(call, block)| call < id && tree.within(id, block))
                // `return f(pool.Put(x))` is odd, but covered.
                || calls.iter().any(|&call| tree.within(call, id));
            if is_covered {
                continue;
            }
            match self.is_error(id) {
                true => exits.errors.push(tree.line(id)),
                false => exits.others.push(tree.line(id)),
            }
        }
        let body = tree.child(self.id, Field::Body);
        let ends_with_return = last.is_some_and(|last| block(last) == body);
        if let Some(body) = body
            && !ends_with_return
            && self.results().is_empty()
            && !blocks.iter().any(|&(_, block)| block == body)
        {
            exits.others.push(*self.lines().end());
        }
        exits
    }

    /// Whether a return hands on an error: it stands behind a test for one, or makes one.
    fn is_error(&self, id: Id) -> bool {
        let file = self.file;
        let tree = &file.tree;
        let tested = tree
            .ancestors(id)
            .take_while(|&outer| outer > self.id)
            .find(|&outer| tree.kind(outer) == Kind::If)
            .and_then(|outer| tree.child(outer, Field::Condition))
            .is_some_and(|condition| {
                let text = file.compact(condition);
                text.contains("err") && text.contains("!= nil") || text.contains("errors.Is")
            });
        let value = tree
            .child_of_kind(id, Kind::ExpressionList)
            .and_then(|list| tree.children(list).last());
        let made = value.is_some_and(|value| {
            let text = file.compact(value);
            ["err", "Err", "fmt.Errorf(", "errors."]
                .iter()
                .any(|start| text.starts_with(start))
        });
        tested || made
    }
}

fn is_block(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Block
            | Kind::ExpressionCase
            | Kind::TypeCase
            | Kind::CommunicationCase
            | Kind::DefaultCase
    )
}
