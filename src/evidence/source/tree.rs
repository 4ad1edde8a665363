//! A Go file's syntax as a flat table.
//!
//! Tree-sitter's tree is walked once, with a cursor, into nodes in source order: a subtree is
//! then a range of the table, the lines of the nodes never fall, and a parent is one access away.
//! Every question is a scan or a climb, so nothing here recurses, however deep a file nests.

use std::ops::{ControlFlow, Range};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, ParseState, Parser, Tree as Parsed};

/// Deeper syntax is left out. Climbs are bounded by this too.
const MAX_DEPTH: u32 = 400;
/// Ordinary code of 2 MiB has 380,000.
const MAX_NODES: usize = 1 << 19;
/// Ordinary files take milliseconds; error recovery can take far longer.
const MAX_TIME: Duration = Duration::from_secs(2);

macro_rules! names {
    ($(#[$doc:meta])* $set:ident, $other:ident; $($variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $set { $other, $($variant,)* }
        impl $set {
            fn named(name: &str) -> Self {
                match name { $($text => Self::$variant,)* _ => Self::$other }
            }
        }
    };
}

names! {
    /// The kinds of syntax that are asked for by name.
    Kind, Other;
    ArgumentList = "argument_list",
    ArrayType = "array_type",
    Assignment = "assignment_statement",
    Binary = "binary_expression",
    Block = "block",
    Break = "break_statement",
    Call = "call_expression",
    ChannelType = "channel_type",
    Comment = "comment",
    CommunicationCase = "communication_case",
    Composite = "composite_literal",
    ConstDeclaration = "const_declaration",
    ConstSpec = "const_spec",
    Continue = "continue_statement",
    Dec = "dec_statement",
    DefaultCase = "default_case",
    Defer = "defer_statement",
    Dot = "dot",
    Error = "ERROR",
    ExpressionCase = "expression_case",
    ExpressionList = "expression_list",
    ExpressionStatement = "expression_statement",
    ExpressionSwitch = "expression_switch_statement",
    FieldDeclaration = "field_declaration",
    FieldList = "field_declaration_list",
    FieldIdentifier = "field_identifier",
    For = "for_statement",
    ForClause = "for_clause",
    FuncLiteral = "func_literal",
    Function = "function_declaration",
    FunctionType = "function_type",
    GenericType = "generic_type",
    Go = "go_statement",
    Goto = "goto_statement",
    Identifier = "identifier",
    If = "if_statement",
    ImplicitArrayType = "implicit_length_array_type",
    ImportSpec = "import_spec",
    Inc = "inc_statement",
    Index = "index_expression",
    IntLiteral = "int_literal",
    InterfaceType = "interface_type",
    InterpretedString = "interpreted_string_literal",
    Iota = "iota",
    KeyedElement = "keyed_element",
    Labeled = "labeled_statement",
    LiteralElement = "literal_element",
    LiteralValue = "literal_value",
    MapType = "map_type",
    Method = "method_declaration",
    MethodElem = "method_elem",
    Nil = "nil",
    PackageClause = "package_clause",
    Parameter = "parameter_declaration",
    ParameterList = "parameter_list",
    Parenthesized = "parenthesized_expression",
    ParenthesizedType = "parenthesized_type",
    PointerType = "pointer_type",
    QualifiedType = "qualified_type",
    RangeClause = "range_clause",
    RawString = "raw_string_literal",
    Receive = "receive_statement",
    Return = "return_statement",
    RuneLiteral = "rune_literal",
    Select = "select_statement",
    Selector = "selector_expression",
    Send = "send_statement",
    ShortVar = "short_var_declaration",
    Slice = "slice_expression",
    SliceType = "slice_type",
    SourceFile = "source_file",
    StatementList = "statement_list",
    StructType = "struct_type",
    TypeAlias = "type_alias",
    TypeArguments = "type_arguments",
    TypeAssertion = "type_assertion_expression",
    TypeCase = "type_case",
    TypeConversion = "type_conversion_expression",
    TypeIdentifier = "type_identifier",
    TypeInstantiation = "type_instantiation_expression",
    TypeParameters = "type_parameter_list",
    TypeSpec = "type_spec",
    TypeSwitch = "type_switch_statement",
    Unary = "unary_expression",
    VarDeclaration = "var_declaration",
    VarSpec = "var_spec",
    VariadicArgument = "variadic_argument",
    VariadicParameter = "variadic_parameter_declaration",
}

names! {
    /// What a node is to its parent.
    Field, None;
    Alias = "alias",
    Alternative = "alternative",
    Arguments = "arguments",
    Body = "body",
    Capacity = "capacity",
    Channel = "channel",
    Condition = "condition",
    Consequence = "consequence",
    Element = "element",
    End = "end",
    Selected = "field",
    Function = "function",
    Index = "index",
    Initializer = "initializer",
    Key = "key",
    Label = "label",
    Left = "left",
    Length = "length",
    Name = "name",
    Operand = "operand",
    Operator = "operator",
    Package = "package",
    Parameters = "parameters",
    Path = "path",
    Receiver = "receiver",
    Result = "result",
    Right = "right",
    Start = "start",
    Type = "type",
    TypeArguments = "type_arguments",
    Update = "update",
    Value = "value",
}

struct Names {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
}

/// Tree-sitter's numbers of kinds and fields, in our terms.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let language: tree_sitter::Language = tree_sitter_go::LANGUAGE.into();
    let ids = |count: usize| (0..count).filter_map(|id| u16::try_from(id).ok());
    Names {
        kinds: ids(language.node_kind_count())
            .map(|id| Kind::named(language.node_kind_for_id(id).unwrap_or_default()))
            .collect(),
        fields: ids(language.field_count() + 1)
            .map(|id| Field::named(language.field_name_for_id(id).unwrap_or_default()))
            .collect(),
    }
});

/// The index of a node in its tree.
pub(super) type Id = u32;

/// One node: what it is, where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub kind: Kind,
    pub field: Field,
    /// The parent; the root's is itself.
    pub parent: Id,
    /// One past the last node below this one.
    pub end: Id,
    /// Bytes of the text.
    pub from: u32,
    pub to: u32,
    /// The line it begins on, counted from 1.
    pub line: u32,
}

/// What node a request beyond the table gets.
const NOTHING: Node = Node {
    kind: Kind::Other,
    field: Field::None,
    parent: 0,
    end: 0,
    from: 0,
    to: 0,
    line: 0,
};

/// The nodes of a file, in source order.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// The syntax of `text`, as far as it can be understood; nothing where that takes too long.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
        let started = Instant::now();
        let mut in_time = |_: &ParseState| match started.elapsed() < MAX_TIME {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        };
        let bytes = text.as_bytes();
        let parsed = parser.parse_with_options(
            &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
            None,
            Some(ParseOptions::new().progress_callback(&mut in_time)),
        )?;
        Some(Self {
            nodes: flatten(&parsed),
        })
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        usize::try_from(id)
            .ok()
            .and_then(|index| self.nodes.get(index))
            .unwrap_or(&NOTHING)
    }

    pub(super) fn kind(&self, id: Id) -> Kind {
        self.node(id).kind
    }

    pub(super) fn field(&self, id: Id) -> Field {
        self.node(id).field
    }

    pub(super) fn line(&self, id: Id) -> u32 {
        self.node(id).line
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> Id {
        Id::try_from(self.nodes.len()).unwrap_or(Id::MAX)
    }

    /// The parent; none for the root.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        let parent = self.node(id).parent;
        (parent != id).then_some(parent)
    }

    /// The ancestors, the nearest first.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// Whether `id` is `outer` or stands within it.
    pub(super) fn within(&self, id: Id, outer: Id) -> bool {
        self.subtree(outer).contains(&id)
    }

    /// The node and all below it.
    pub(super) fn subtree(&self, id: Id) -> Range<Id> {
        id..self.node(id).end
    }

    /// The children, comments left out.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.node(id).end;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            while next < end {
                let child = next;
                // A child ends behind itself, so this always moves on.
                next = self.node(child).end.max(child + 1);
                if self.kind(child) != Kind::Comment {
                    return Some(child);
                }
            }
            None
        })
    }

    pub(super) fn child(&self, id: Id, field: Field) -> Option<Id> {
        self.children(id).find(|&child| self.field(child) == field)
    }

    pub(super) fn child_of_kind(&self, id: Id, kind: Kind) -> Option<Id> {
        self.children(id).find(|&child| self.kind(child) == kind)
    }

    /// The nodes that begin on a line.
    pub(super) fn on_line(&self, line: u32) -> Range<Id> {
        let place = |line| self.nodes.partition_point(|node| node.line < line);
        let id = |index| Id::try_from(index).unwrap_or(Id::MAX);
        id(place(line))..id(place(line.saturating_add(1)))
    }

    /// The expression within any parentheses around it.
    pub(super) fn unparenthesized(&self, mut id: Id) -> Id {
        while self.kind(id) == Kind::Parenthesized {
            match self.children(id).next() {
                Some(inner) => id = inner,
                None => break,
            }
        }
        id
    }
}

fn flatten(parsed: &Parsed) -> Vec<Node> {
    let names = &*NAMES;
    let mut nodes: Vec<Node> = Vec::new();
    // The open ancestors in the table; tree-sitter nodes that are left out have none.
    let mut open: Vec<Id> = Vec::new();
    let mut depth = 0;
    let mut cursor = parsed.walk();
    loop {
        let syntax = cursor.node();
        let field = cursor
            .field_id()
            .and_then(|id| names.fields.get(usize::from(id.get())).copied())
            .unwrap_or(Field::None);
        let kept = (syntax.is_named() || field == Field::Operator)
            && !syntax.is_missing()
            && nodes.len() < MAX_NODES;
        let index = Id::try_from(nodes.len()).unwrap_or(Id::MAX);
        if kept {
            let kind = match syntax.is_error() {
                true => Kind::Error,
                false => names
                    .kinds
                    .get(usize::from(syntax.kind_id()))
                    .copied()
                    .unwrap_or(Kind::Other),
            };
            let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
            nodes.push(Node {
                kind,
                field,
                parent: open.last().copied().unwrap_or(index),
                end: index + 1,
                from: number(syntax.start_byte()),
                to: number(syntax.end_byte()),
                line: number(syntax.start_position().row).saturating_add(1),
            });
        }
        if kept && depth < MAX_DEPTH && cursor.goto_first_child() {
            open.push(index);
            depth += 1;
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                return nodes;
            }
            depth -= 1;
            let end = Id::try_from(nodes.len()).unwrap_or(Id::MAX);
            if let Some(node) = open
                .pop()
                .and_then(|id| usize::try_from(id).ok())
                .and_then(|index| nodes.get_mut(index))
            {
                node.end = end;
            }
        }
        if nodes.len() >= MAX_NODES {
            // The rest is not kept: close what is open and stop.
            let end = Id::try_from(nodes.len()).unwrap_or(Id::MAX);
            for id in open {
                if let Some(node) = usize::try_from(id).ok().and_then(|i| nodes.get_mut(i)) {
                    node.end = end;
                }
            }
            return nodes;
        }
    }
}
