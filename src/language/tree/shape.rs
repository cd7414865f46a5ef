//! The shapes that syntax comes in: the vocabulary of a dialect's table.
//!
//! A table gives each kind of node that matters one shape; [`super::lowering`] knows what every shape becomes. The
//! arguments of a shape select the node's parts:
//!
//! | selector | selects |
//! |---|---|
//! | `left` | the children in the field `left` |
//! | `@block` | the children of the kind `block` (also tokens: `@static`) |
//! | `#0`, `#-1` | the first, the last named child |
//! | `*` | every named child that the shape's other selectors leave |
//! | `body>*` | step by step: the children of the field `body` |
//! | `a+b` | both, in that order |
//! | `a\|b` | `a`, or `b` if there is no `a` |
//! | the empty text | nothing |
//!
//! Where one part is wanted the first that is selected counts. Comments (shape [`skip`]) are never selected.

use super::Node;
use super::literal::Escapes;
use super::lowering::Lowering;
use crate::language::ir::{Expr, Pattern, Stmt};

/// Selects parts of a node; see the module's table.
pub(crate) type Select = &'static str;

/// What a kind of node is.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(super) role: Role,
    pub(super) slots: [Select; 5],
}

/// Lowers an odd node to an expression.
pub(crate) type ExprHook = for<'t> fn(&mut Lowering<'_>, Node<'t>) -> Expr;
/// Lowers an odd node to any number of statements, or to none but items of the module.
pub(crate) type StmtHook = for<'t> fn(&mut Lowering<'_>, Node<'t>, &mut Vec<Stmt>);
/// Lowers an odd node to a pattern.
pub(crate) type PatternHook = for<'t> fn(&mut Lowering<'_>, Node<'t>) -> Pattern;
/// Picks the children that stand in the node's place.
pub(crate) type InlineHook = for<'t> fn(&Lowering<'_>, Node<'t>) -> Vec<Node<'t>>;

/// What the lowering does with a shape; made by the functions below.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Skip,
    Inline,
    InlineHook(InlineHook),
    ExprHook(ExprHook),
    StmtHook(StmtHook),
    PatternHook(PatternHook),
    Pass,
    Effect,
    Wrap,
    Opaque,
    Name,
    Path,
    Receiver,
    OwnField,
    Number,
    Text(Escapes),
    TextPart,
    Character,
    Joined,
    Bool(bool),
    Null,
    Field,
    Index,
    Call,
    MethodCall,
    New,
    TypeName,
    Argument,
    Unary,
    Binary,
    Assign,
    Conditional,
    Is,
    Cast,
    List,
    Sequence,
    Record,
    Map,
    Pair,
    Key,
    Computed,
    Spread,
    Comma,
    Closure,
    Wildcard,
    Variant,
    Alternatives,
    Range,
    Block,
    If { negated: bool },
    Loop { negated: bool },
    LoopAfter,
    ForEach,
    ForCount,
    Return,
    Throw,
    Jump,
    Try,
    Handler,
    Match,
    Arm,
    Scoped,
    Declarations,
    Declare { constant: bool },
    Function,
    Constructor,
    Param,
    Type,
    Member,
    Namespace,
    Package,
    Import,
    Include,
    Attribute,
    Attributed,
}

const fn shape(role: Role, slots: [Select; 5]) -> Shape {
    Shape { role, slots }
}

/// Makes the constructors: name, role, and the parts in the order of their slots.
macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident($($part:ident),*) $role:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) const fn $name($($part: Select),*) -> Shape {
            shape($role, padded(&[$($part),*]))
        }
    )*};
}

const fn padded(parts: &[Select]) -> [Select; 5] {
    let mut slots = [""; 5];
    let mut at = 0;
    while at < parts.len() {
        slots[at] = parts[at];
        at += 1;
    }
    slots
}

// What is passed over, passed on, or kept as it is.
shapes! {
    /// Not there: comments, punctuation with a name. Never selected by `#n` or `*`.
    skip() Role::Skip;
    /// The children stand in the node's place, wherever it stands: `labeled_statement`, `#ifdef`, `export`.
    inline(items) Role::Inline;
    /// The value of its part, without a trace: parentheses, expression statements.
    pass(value) Role::Pass;
    /// An expression for its effect, where `a && b()`, `a or b()` and `a ? b() : c()` are branches in short.
    effect(value) Role::Effect;
    /// A wrapper that is kept because it may matter who is inside: `await e`, `e!!`, `e?`.
    wrap(value) Role::Wrap;
    /// Known to have no counterpart; its named children are lowered inside.
    opaque() Role::Opaque;
}

// Names and literals.
shapes! {
    /// An identifier.
    name() Role::Name;
    /// A name with `::`, `.` or `\` in it, read from the text; type arguments are dropped.
    path() Role::Path;
    /// `this`, `self`.
    receiver() Role::Receiver;
    /// A field of the receiver that is written as one token: Ruby's `@x`.
    own_field() Role::OwnField;
    /// An integer or floating literal, told apart by its text.
    number() Role::Number;
    /// A piece of text inside a string literal, or an escape sequence.
    text_part() Role::TextPart;
    /// A character literal: its code.
    character() Role::Character;
    /// Adjacent string literals.
    joined() Role::Joined;
    /// `true`.
    yes() Role::Bool(true);
    /// `false`.
    no() Role::Bool(false);
    /// `null`, `nil`, `None`.
    null() Role::Null;
}

/// A string literal. Prefix letters and quotes are found by themselves, and so is a raw prefix. Named children that
/// are more than text (that have children of their own, or another shape than [`text_part`]) are holes: the literal
/// becomes an interpolated one.
pub(crate) const fn text(escapes: Escapes) -> Shape {
    shape(Role::Text(escapes), padded(&[]))
}

// Expressions.
shapes! {
    /// `base.name`.
    field(base, name) Role::Field;
    /// `base[index]`.
    index(base, index) Role::Index;
    /// `callee(args)`. What `args` selects is an argument each; a node selected that has no shape of its own (an
    /// argument list) stands for its children.
    call(callee, args) Role::Call;
    /// A call whose receiver and method are separate parts: `object.name(args)`, or `name(args)` without an object.
    method_call(object, name, args) Role::MethodCall;
    /// `new T(args)`.
    new(ty, args) Role::New;
    /// The name of a type; called, it is a cast: `int(x)`.
    type_name() Role::TypeName;
    /// An argument, by keyword if `name` is there.
    argument(name, value) Role::Argument;
    /// A prefix or postfix operator. Without an operator part, the first token counts.
    unary(op, value) Role::Unary;
    /// An operator between two. Without an operator part, the first token counts.
    binary(left, op, right) Role::Binary;
    /// `left = right` and `left += right`; without an operator part, the first token counts.
    assign(left, op, right) Role::Assign;
    /// `cond ? then : otherwise`.
    conditional(cond, then, otherwise) Role::Conditional;
    /// `value instanceof pattern`.
    is(value, pattern) Role::Is;
    /// `(ty) value`.
    cast(ty, value) Role::Cast;
    /// `[a, b]`.
    list(items) Role::List;
    /// `a, b` as on both sides of `a, b = b, a`: a list, unless it is of one.
    sequence(items) Role::Sequence;
    /// Parts by name (pairs with plain keys), by computed key (then it is a map) or by position (then a list).
    record(ty, items) Role::Record;
    /// `{key: value}`, always a map.
    map(items) Role::Map;
    /// `key: value` in a record, a map or a pattern.
    pair(key, value) Role::Pair;
    /// A key that is a plain name, wrapped: C's `.name`.
    key(name) Role::Key;
    /// A key that is computed: `[k]: v` in C and JavaScript.
    computed(value) Role::Computed;
    /// `...value` in a record or list.
    spread(value) Role::Spread;
    /// `left, right` with the value of the right.
    comma(left, right) Role::Comma;
    /// A function without a name; `body` may be an expression.
    closure(params, body) Role::Closure;
}

/// A regular expression.
pub(crate) const fn regex() -> Shape {
    expr_with(|lowering, node| lowering.regex(node))
}

/// An odd expression.
pub(crate) const fn expr_with(hook: ExprHook) -> Shape {
    shape(Role::ExprHook(hook), padded(&[]))
}

// Patterns. Names bind, literals compare, lists are tuples, records are fields, without being told.
shapes! {
    /// `_`.
    wildcard() Role::Wildcard;
    /// `Path(parts)`.
    variant(path, parts) Role::Variant;
    /// `a | b`.
    alternatives(items) Role::Alternatives;
    /// `from..to`.
    range(from, to) Role::Range;
}

/// An odd pattern.
pub(crate) const fn pattern_with(hook: PatternHook) -> Shape {
    shape(Role::PatternHook(hook), padded(&[]))
}

// Statements.
shapes! {
    /// `{ … }`.
    block(items) Role::Block;
    /// `if`. `otherwise` selects the else branch, or any number of `elif` clauses (shape [`branch`] too) and an else.
    branch(cond, then, otherwise) Role::If { negated: false };
    /// `unless`, `guard`.
    unless(cond, then, otherwise) Role::If { negated: true };
    /// An `if` with declarations before its condition, which hold inside it.
    branch_after(cond, then, otherwise, init) Role::If { negated: false };
    /// `while`, `loop`; `after` runs when the loop ends by itself (Python's `else`).
    repeat(cond, body, after) Role::Loop { negated: false };
    /// `do while`: the body runs before it is asked whether to run again.
    repeat_after(cond, body) Role::LoopAfter;
    /// `until`.
    until(cond, body) Role::Loop { negated: true };
    /// `for (bind of over) body`.
    for_each(bind, over, body, after) Role::ForEach;
    /// `for (init; cond; step) body`.
    for_count(init, cond, step, body) Role::ForCount;
    /// `return value`.
    give(value) Role::Return;
    /// `throw value`.
    throw(value) Role::Throw;
    /// `break`, `continue`, `goto`.
    jump() Role::Jump;
    /// `try`. Handlers without a shape of their own are blocks.
    attempt(body, handlers, finally) Role::Try;
    /// A `try` that opens something for its body (Java's resources).
    attempt_with(body, handlers, finally, resources) Role::Try;
    /// `catch (bind) body`.
    handler(bind, body) Role::Handler;
    /// `switch (subject) arms`. An arm that is empty falls through: its patterns join the next arm's.
    choose(subject, arms) Role::Match;
    /// A `switch` with a declaration before its subject.
    choose_after(subject, arms, init) Role::Match;
    /// `case patterns if guard: body`. Without patterns it is the default.
    arm(patterns, guard, body) Role::Arm;
    /// `with`, `using`, `synchronized`: what is opened, and a body that runs once.
    scoped(items, body) Role::Scoped;
}

/// An odd statement or item.
pub(crate) const fn stmt_with(hook: StmtHook) -> Shape {
    shape(Role::StmtHook(hook), padded(&[]))
}

/// Like [`inline`], with a choice that a selector cannot make (`#if 0`).
pub(crate) const fn inline_with(hook: InlineHook) -> Shape {
    shape(Role::InlineHook(hook), padded(&[]))
}

// Items. Where they stand decides what they are: a variable in a function is a `let`, in a type a field (or, if it is
// static, a global with an owner), elsewhere a global.
shapes! {
    /// `int a = 1, b;`: a type and modifiers that hold for each of the [`declare`] parts.
    declarations(ty, items) Role::Declarations;
    /// `pattern: ty = value`.
    declare(pattern, ty, value) Role::Declare { constant: false };
    /// The same, and never an instance field.
    constant(pattern, ty, value) Role::Declare { constant: true };
    /// A function or method, by where it stands.
    function(name, params, returns, body) Role::Function;
    /// A constructor, whatever its name.
    constructor(params, body) Role::Constructor;
    /// A parameter.
    param(name, ty, default) Role::Param;
    /// A class, struct, interface, enum.
    type_item(name, bases, body) Role::Type;
    /// A member of an enum; without a value it counts on from the one before, where the dialect counts.
    member(name, value) Role::Member;
    /// `namespace a { … }`: owns what is in it.
    namespace(name, body) Role::Namespace;
    /// `package a.b;`
    package(name, body) Role::Package;
    /// `import path as alias;`, with `*` anywhere in it for all of `path`.
    import(path, alias) Role::Import;
    /// `#include "path"`.
    include(path) Role::Include;
    /// `@Name(args)`, found on the node it stands in or next to.
    attribute(name, args) Role::Attribute;
    /// Attributes around an item: `@d def f(): …` as one node.
    attributed(attributes, item) Role::Attributed;
}

/// What most grammars call the same. A dialect's own entries come first.
pub(super) const COMMON: &[(&str, Shape)] = &[
    ("comment", skip()),
    ("line_comment", skip()),
    ("block_comment", skip()),
    ("multiline_comment", skip()),
    ("doc_comment", skip()),
    ("hash_bang_line", skip()),
    ("shebang", skip()),
    ("shebang_line", skip()),
    ("identifier", name()),
    ("field_identifier", name()),
    ("property_identifier", name()),
    ("type_identifier", name()),
    ("namespace_identifier", name()),
    ("this", receiver()),
    ("true", yes()),
    ("false", no()),
    ("null", null()),
    ("nil", null()),
    ("none", null()),
    ("undefined", null()),
    ("number", number()),
    ("integer", number()),
    ("float", number()),
    ("string_content", text_part()),
    ("string_fragment", text_part()),
    ("string_start", text_part()),
    ("string_end", text_part()),
    ("escape_sequence", text_part()),
    ("concatenated_string", joined()),
    ("parenthesized_expression", pass("#0")),
    ("expression_statement", effect("*")),
    ("unary_expression", unary("operator", "argument|operand|#0")),
    ("update_expression", unary("operator", "argument|operand|#0")),
    ("binary_expression", binary("left", "operator", "right")),
    ("assignment_expression", assign("left", "operator", "right")),
    ("conditional_expression", conditional("condition", "consequence", "alternative")),
    ("ternary_expression", conditional("condition", "consequence", "alternative")),
    ("call_expression", call("function", "arguments")),
    ("cast_expression", cast("type", "value")),
    ("compound_statement", block("*")),
    ("statement_block", block("*")),
    ("block", block("*")),
    ("if_statement", branch("condition", "consequence", "alternative")),
    ("while_statement", repeat("condition", "body", "")),
    ("do_statement", repeat_after("condition", "body")),
    ("for_statement", for_count("initializer|init", "condition", "update|increment", "body")),
    ("return_statement", give("*")),
    ("throw_statement", throw("#0")),
    ("break_statement", jump()),
    ("continue_statement", jump()),
    ("goto_statement", jump()),
    ("labeled_statement", inline("*")),
    ("statement_identifier", skip()),
    ("empty_statement", skip()),
];
