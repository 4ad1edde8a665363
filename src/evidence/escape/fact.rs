//! What the compiler says of one place in a file.

use std::cmp::Ordering;
use std::sync::Arc;

use super::What;

/// One statement of the compiler about one expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// 1-based line, in the file that the fact was asked of.
    pub line: u32,
    /// 1-based column in bytes, 0 where the compiler gave none.
    pub column: u32,
    /// What is said.
    pub kind: Kind,
    /// Of what: the expression as the compiler prints it, or the name of the variable, parameter,
    /// function or callee. Cut when it is very long.
    pub expression: Box<str>,
    /// The function around it, as the compiler names it inside its package (`(*T).Method`);
    /// only `-m=2` tells.
    pub function: Option<Arc<str>>,
    /// How the value gets there, from the expression to where it outlives the function; only
    /// `-m=2` and the JSON form tell.
    pub flow: Box<[Step]>,
    /// Where the expression stands when it came here by inlining: the callees' own lines, the
    /// innermost last. Only the JSON form tells.
    pub inlined: Box<[Inlined]>,
}

impl Fact {
    /// The reasons that the compiler gives, in the order of the flow.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.flow.iter().filter_map(|step| match step {
            Step::Via { reason, .. } => Some(reason),
            Step::Flow { .. } => None,
        })
    }

    /// Whether the flow goes this way.
    #[must_use]
    pub fn has(&self, reason: &Reason) -> bool {
        self.reasons().any(|other| other == reason)
    }

    /// Where the value ends up: `{heap}`, a result (`~r0`) or a variable.
    #[must_use]
    pub fn destination(&self) -> Option<&str> {
        self.flow.iter().rev().find_map(|step| match step {
            Step::Flow { to, .. } => Some(&**to),
            Step::Via { .. } => None,
        })
    }
}

/// What is said of the expression of a [`Fact`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// It is allocated on the heap when it is evaluated. For constants and small integers put
    /// into an interface this is said, yet nothing is allocated.
    EscapesToHeap(What),
    /// It does not outlive the function. It can still be allocated on the heap when its size
    /// is variable.
    DoesNotEscape(What),
    /// The variable lives on the heap; it is allocated where it is declared.
    MovedToHeap,
    /// What the parameter points to outlives the call.
    LeakingParam {
        /// Where it leaks to.
        to: Leak,
        /// How many pointers have to be followed: 0 is the parameter itself, 1 its content.
        /// For [`Leak::Heap`] the compiler tells only 0 from more; more is 1.
        level: u32,
    },
    /// The call is inlined; the expression is the callee.
    Inlines,
    /// The function may be inlined.
    CanInline {
        /// By the compiler's measure; the budget is 80 as a rule. Only `-m=2` tells.
        cost: Option<u32>,
    },
    /// The function cannot be inlined, or the call is not.
    CannotInline {
        /// The compiler's words.
        reason: Box<str>,
    },
    /// The bytes are the string's own: nothing is allocated.
    ZeroCopyConversion,
    /// A value is copied in memory. Only the JSON form tells, from 128 bytes on.
    Copy {
        /// Size of the value.
        bytes: u64,
    },
    /// Each iteration allocates its own variable.
    IterationVariableToHeap,
    /// The loop was rewritten so that each iteration has its own variables.
    LoopModified,
    /// A closure captures the variable.
    ClosureCapture {
        /// By reference, which can move the variable to the heap, or by value.
        by_ref: bool,
        /// Size of the variable in bytes.
        width: u64,
    },
}

/// Where a parameter leaks to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Leak {
    /// The heap.
    Heap,
    /// A result of the function, such as `~r0` or `err`.
    Result(Box<str>),
    /// A variable or allocation that itself outlives the call.
    Storage(Box<str>),
}

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The value moves on.
    Flow {
        /// To this variable, or `{heap}`.
        to: Box<str>,
        /// From this variable; `&{storage for x}` is the address of x.
        from: Box<str>,
    },
    /// Why the move before it happens.
    Via {
        /// The construct.
        reason: Reason,
        /// The source that does it.
        expression: Box<str>,
        /// Its 1-based line, 0 if not known.
        line: u32,
    },
}

macro_rules! reasons {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A construct through which a value flows, in the compiler's words.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
            /// Any other.
            Other(Box<str>),
        }

        impl Reason {
            pub(super) fn of(text: &str) -> Self {
                match text {
                    $($text => Reason::$name,)*
                    _ => Reason::Other(text.into()),
                }
            }
        }
    };
}

reasons! {
    Spill = "spill",
    Return = "return",
    Assign = "assign",
    AssignPair = "assign-pair",
    Slice = "slice",
    CallParameter = "call parameter",
    InterfaceConverted = "interface-converted",
    SliceLiteralElement = "slice-literal-element",
    StructLiteralElement = "struct literal element",
    ArrayLiteralElement = "array literal element",
    MapLiteralKey = "map literal key",
    MapLiteralValue = "map literal value",
    AddressOf = "address-of",
    CapturedByClosure = "captured by a closure",
    Reference = "reference",
    KeyOfMapPut = "key of map put",
    Send = "send",
    Range = "range",
    RangeDeref = "range-deref",
    Dot = "dot",
    DotOfPointer = "dot of pointer",
    Indirection = "indirection",
    AppendedToSlice = "appended to slice",
    AppendeeSlice = "appendee slice",
    TooLargeForStack = "too large for stack",
    NonConstantSize = "non-constant size",
}

/// A line of a callee whose body was inlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlined {
    /// The file, as the compiler names it.
    pub file: Arc<str>,
    /// Its 1-based line.
    pub line: u32,
}

impl Fact {
    /// By place, then by what is said of what. Sentences that mean the same are neighbours.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        (self.line, self.column)
            .cmp(&(other.line, other.column))
            .then_with(|| {
                let other = other.inlined.iter().map(|place| place.line);
                self.inlined.iter().map(|place| place.line).cmp(other)
            })
            .then_with(|| self.expression.cmp(&other.expression))
            .then_with(|| self.kind.cmp(&other.kind))
    }

    /// Takes over what `next`, its neighbour, knows more, if it says the same. `-m=2` says most
    /// things twice, first with the flow and later without, and again for the test's variant
    /// of the package.
    pub(super) fn absorb(&mut self, next: &mut Self) -> bool {
        let same_name = self.expression == next.expression;
        let append = Kind::EscapesToHeap(What::Append);
        let same = if self.kind == next.kind {
            // The short sentence leaves out what is appended to what.
            same_name || self.kind == append && &*self.expression == "append"
        } else {
            // The flow of a variable is announced as that of a value.
            same_name
                && matches!(self.kind, Kind::EscapesToHeap(_))
                && next.kind == Kind::MovedToHeap
        };
        if !same
            || (self.line, self.column) != (next.line, next.column)
            || self.inlined != next.inlined
        {
            return false;
        }
        self.kind = next.kind.clone();
        if !same_name {
            self.expression = std::mem::take(&mut next.expression);
        }
        if self.flow.is_empty() {
            self.flow = std::mem::take(&mut next.flow);
        }
        if self.function.is_none() {
            self.function = next.function.take();
        }
        true
    }
}
