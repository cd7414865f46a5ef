//! The one intermediate representation that every language is lowered to.
//!
//! It keeps what the flow of a time value can pass through (names, fields, calls, literals, operators, branches,
//! returns) and drops what it cannot. A frontend is a function from text to [`Module`]; nothing after it knows which
//! language the module came from. Rules for a frontend:
//!
//! * Lower what is there; never decide what is a clock or a date. That is knowledge, and lives in `rules/languages`.
//! * A construct without a counterpart here becomes [`ExprKind::Opaque`] around its lowered children, so that calls and
//!   closures inside it are still seen. Source that the parser could not read is a [`Module::gaps`] entry.
//! * Functions inside types, namespaces and modules are hoisted to [`Module::functions`] with their `owner`.
//!   Named functions inside functions likewise (owner: the enclosing function's owner).
//! * Lists, not recursion, for statement sequences and operator chains: see [`crate::language::DEPTH_LIMIT`].

use serde::{Deserialize, Serialize};

use crate::finding::Span;

/// A file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// The package or namespace that the file declares for itself (`package a.b;` → `["a", "b"]`); empty if none.
    pub package: Vec<String>,
    /// Names brought in from elsewhere.
    pub imports: Vec<Import>,
    /// Files drawn in by path: `#include "x.h"`, `require './x'`, `source x.sh`, `mod x;` → as written.
    pub includes: Vec<String>,
    /// Functions and methods, however deep they stood.
    pub functions: Vec<Function>,
    /// Variables and constants outside functions, with their values. Object-like macros (`#define A 1`) too.
    pub globals: Vec<Global>,
    /// Types with their fields and bases.
    pub types: Vec<TypeDecl>,
    /// Statements outside any function, in order, for languages that run them (scripts, notebooks, class bodies).
    /// A global that is initialised here need not be repeated here.
    pub script: Block,
    /// What the parser could not read.
    pub gaps: Vec<Span>,
}

/// `use chrono::Utc as U` → alias `U`, path `["chrono", "Utc"]`; `from a import *` → alias `*`, path `["a"]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The name in this file, or `*` for everything in `path`.
    pub alias: String,
    /// What it stands for.
    pub path: Path,
}

/// A dotted or `::` name, split. Never empty. Generic arguments are dropped.
pub type Path = Vec<String>;

/// The name under which a constructor keeps what that of the type which its own extends makes of the arguments that it is
/// handed up: `super(end)` is `#base = new Base(end)`. No source can have it.
pub const BASE: &str = "#base";

/// The annotation of a function one of whose parameters is the caller's own variable (`tm& t`): its argument is that
/// parameter's name. No source can have it.
pub const REFERENCE: &str = "#reference";

/// A variable outside functions, or a macro that expands to a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Global {
    /// Its own name.
    pub name: String,
    /// The type or module that holds it, outermost first joined with `::`.
    pub owner: Option<String>,
    /// Its declared type's last name, without generics, references and qualifiers (`&'static DateTime<Utc>` → `DateTime`).
    pub ty: Option<String>,
    /// Its initial value.
    pub value: Option<Expr>,
    /// The whole declaration.
    pub span: Span,
}

/// A class, struct, record, enum, union, trait or interface.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// Its own name.
    pub name: String,
    /// The types and modules around it, outermost first joined with `::`.
    pub owner: Option<String>,
    /// What it extends or implements (last names).
    pub bases: Vec<String>,
    /// Its instance fields, in order (a positional record's too). Static fields are [`Global`]s with an owner.
    pub fields: Vec<Field>,
    /// Annotations on it.
    pub attributes: Vec<Attribute>,
    /// The whole declaration.
    pub span: Span,
}

/// An instance field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type's last name.
    pub ty: Option<String>,
    /// Its initial value.
    pub value: Option<Expr>,
    /// Annotations on it.
    pub attributes: Vec<Attribute>,
    /// The declaration.
    pub span: Span,
}

/// A function, method, constructor, property getter, function-like macro with an expression body, or closure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    /// Its own name; a constructor is named `new` whatever the language calls it; empty for closures.
    pub name: String,
    /// The type (or module inside the file) that holds it, outermost first joined with `::`; for C++'s
    /// `bool A::B::f()` that is `A::B`.
    pub owner: Option<String>,
    /// Its parameters without the receiver.
    pub params: Vec<Param>,
    /// It has a receiver (`self`, `this`, `$this`): the body names it [`ExprKind::Receiver`].
    pub method: bool,
    /// Its return type's last name.
    pub returns: Option<String>,
    /// Its body; a missing body (declaration, trait method) is an empty block and `declared_only`.
    pub body: Block,
    /// There is no body in this file.
    pub declared_only: bool,
    /// Code outside the file's package can call it: `pub`, `public`, `export`, non-`static` in C.
    pub exported: bool,
    /// It is a test, or lies in a test module, as far as syntax tells (`#[test]`, `#[cfg(test)]`, `@Test`, `[Fact]`).
    pub test: bool,
    /// Attributes, annotations and decorators on it.
    pub attributes: Vec<Attribute>,
    /// The whole function.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// `#[serde(default = "x")]`, `@Test(timeout = 3)`, `[Fact]`, `@freeze_time("2020-01-01")`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub path: Path,
    /// Its arguments, as far as they are expressions.
    pub args: Vec<Arg>,
    /// Where.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name; one that takes its value apart has a name that no source can have (`#0`), and the body starts by doing so.
    pub name: String,
    /// Its type's last name.
    pub ty: Option<String>,
    /// Its default.
    pub default: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// Statements and, for expression languages, the value of the last one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
    /// The block's value (Rust's and Ruby's last expression). A function body's value is what it returns.
    pub value: Option<Box<Expr>>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let p: T = value;` A declaration without a value leaves the name unknown.
    Let {
        /// What is bound.
        pattern: Pattern,
        /// The declared type's last name.
        ty: Option<String>,
        /// The value.
        value: Option<Expr>,
        /// `let … else { … }`.
        otherwise: Option<Block>,
    },
    /// An expression for its effect.
    Expr(Expr),
    /// `if`, `unless` (negated), `guard` (negated), `elif` nested in `otherwise`. A condition that binds uses [`ExprKind::Is`].
    If {
        /// The condition.
        cond: Expr,
        /// When it holds.
        then: Block,
        /// When it does not.
        otherwise: Block,
    },
    /// Any loop. `for (init; cond; step)` has `init` before it and `step` at the body's end.
    Loop {
        /// The loop variable, for loops over something.
        bind: Option<Pattern>,
        /// What is looped over.
        over: Option<Expr>,
        /// The condition, if any.
        cond: Option<Expr>,
        /// The body.
        body: Block,
    },
    /// Leave the function with a value.
    Return(Option<Expr>),
    /// Leave by exception. Calls that never return (`exit`, `panic!`) stay calls: the models know them.
    Throw(Option<Expr>),
    /// `break` and `continue`.
    Jump,
    /// `try` and its relatives. `else` blocks join the body.
    Try {
        /// Guarded.
        body: Block,
        /// Each handler.
        handlers: Vec<Block>,
        /// `finally`, `ensure`.
        finally: Block,
    },
    /// A bare block, `with`, `using`, `synchronized`: runs once.
    Block(Block),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// What an expression computes.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// An integer literal; digits beyond `i128` are [`ExprKind::Opaque`]. Suffixes and `_` are gone. A character literal is its code.
    Int(i128),
    /// A floating literal.
    Float(f64),
    /// A string literal, unescaped; adjacent literals joined. Bytes as Latin-1.
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// `null`, `nil`, `None`, `nullptr`, `undefined`.
    Null,
    /// A name, as a path where the language has paths (`chrono::Utc`, `A::B::c`). A Java- or Python-like `a.b.c` is
    /// nested [`ExprKind::Field`] around a one-segment name instead; the engine joins them.
    Name(Path),
    /// `self`, `this`.
    Receiver,
    /// `base.name`, `base->name`, `base?.name`. A tuple's element is its number.
    Field(Box<Expr>, String),
    /// `base[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// A call. A method call's callee is a [`ExprKind::Field`]. A macro call with expression arguments is a call of its
    /// name with a final `!` (`panic!`). A literal with a user-defined suffix (`2021y`) is a call of the suffix.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// With what.
        args: Vec<Arg>,
    },
    /// `new T(args)`, and constructor calls that the syntax tells apart (`T t(args)`, `T{args}` positional).
    New {
        /// The type.
        ty: Path,
        /// With what.
        args: Vec<Arg>,
    },
    /// A prefix operator.
    Unary(UnaryOp, Box<Expr>),
    /// An operator between two.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `target = value`, also inside expressions. `target += v` is `target = target + v`; `x++` is `x = x + 1`.
    Assign(Box<Expr>, Box<Expr>),
    /// `c ? a : b`, `if c { a } else { b }`.
    Conditional {
        /// The condition.
        cond: Box<Expr>,
        /// When it holds.
        then: Block,
        /// When it does not.
        otherwise: Block,
    },
    /// `match`, `switch`, `when`, `case`. A `switch` statement's arms are blocks without a value; fall-through into the
    /// next arm is lowered by joining the patterns where an arm is empty, and otherwise ignored.
    Match {
        /// What is examined; absent for a `when` without a subject (the guards decide).
        subject: Option<Box<Expr>>,
        /// In order.
        arms: Vec<Arm>,
    },
    /// `value matches pattern`: `if let P = value`, `value instanceof T t`. Binds for what follows the test.
    Is(Box<Expr>, Box<Pattern>),
    /// `[a, b]`, `(a, b)`, `{1, 2}`, a set.
    List(Vec<Expr>),
    /// A value with named parts: struct literal, keyword construction, designated initialiser, object literal with
    /// plain keys (`ty` then `None`).
    Record {
        /// Its type.
        ty: Option<Path>,
        /// Its parts.
        fields: Vec<(String, Expr)>,
        /// `..base`.
        base: Option<Box<Expr>>,
    },
    /// `{key: value}` with computed keys, a map constructor's pairs.
    Map(Vec<(Expr, Expr)>),
    /// A lambda, block, anonymous function.
    Closure(Box<Function>),
    /// `value as T`, `(T) value`, `static_cast<T>(value)`, `T(value)` for primitive types; the type's last name.
    Cast(String, Box<Expr>),
    /// A string with holes: the parts in order, texts as [`ExprKind::Text`].
    Interpolated(Vec<Expr>),
    /// A block with a value.
    Block(Block),
    /// `e?`, `try e`, `await e`, `e!!`, `*p`, `&x`, parentheses need not be kept: a wrapper that passes the value on.
    Pass(Box<Expr>),
    /// Anything else, around its parts.
    Opaque(Vec<Expr>),
}

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The keyword it is given by.
    pub name: Option<String>,
    /// The value.
    pub value: Expr,
}

/// The type of a list that is the two ends of a range.
pub const RANGE: &str = "Range";

/// One arm of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Any of these.
    pub patterns: Vec<Pattern>,
    /// `if guard`.
    pub guard: Option<Expr>,
    /// What it does.
    pub body: Block,
    /// Where.
    pub span: Span,
}

/// What a value is matched against, or bound to.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Anything; binds nothing.
    Any,
    /// Anything; binds it to a name.
    Bind(String),
    /// Equal to this.
    Value(Expr),
    /// A constructor around parts: `Some(x)`, `Err(e)`, `Point(x, y)`; a bare enum variant has no parts.
    Variant(Path, Vec<Pattern>),
    /// Named parts: `Point { x, y: z }`, JavaScript's `{ a, b: c }`.
    Fields(Option<Path>, Vec<(String, Pattern)>),
    /// Parts in order: a tuple, a list.
    Tuple(Vec<Pattern>),
    /// From, to (inclusive); either may be open.
    Range(Option<Box<Expr>>, Option<Box<Expr>>),
    /// Any of these.
    Or(Vec<Pattern>),
    /// All of these.
    And(Vec<Pattern>),
    /// Not this.
    Not(Box<Pattern>),
    /// Compares so with this: C#'s `> 3`.
    Compare(BinaryOp, Box<Expr>),
}

/// A prefix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `!`, `not`.
    Not,
    /// `-`.
    Negate,
    /// `~`.
    Complement,
}

/// An operator between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/` (integer division between integers where the language divides so)
    Divide,
    /// `//`, `div`, `intdiv`: rounds towards −∞.
    FloorDivide,
    /// `%`
    Remainder,
    /// `**`
    Power,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`, `===`, `eq`, `is`
    Equal,
    /// `!=`, `!==`, `ne`
    NotEqual,
    /// `<=>`, `cmp`: −1, 0 or 1.
    Compare,
    /// `&&`, `and`
    And,
    /// `||`, `or`
    Or,
    /// `??`, `?:`, `unwrap_or`: the left side unless it is null.
    Otherwise,
    /// Text concatenation where the language has its own operator (`.`, `..`, `&`).
    Concat,
    /// `in`: membership.
    In,
}

impl Expr {
    /// An expression of that kind there.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// A one-segment name.
    pub fn name(name: impl Into<String>, span: Span) -> Self {
        Self::new(ExprKind::Name(vec![name.into()]), span)
    }

    /// An unreadable expression.
    pub fn opaque(span: Span) -> Self {
        Self::new(ExprKind::Opaque(Vec::new()), span)
    }
}

impl Block {
    /// A block of statements without a value.
    pub fn of(stmts: Vec<Stmt>) -> Self {
        Self { stmts, value: None }
    }

    /// A block that is just a value.
    pub fn value(value: Expr) -> Self {
        Self { stmts: Vec::new(), value: Some(Box::new(value)) }
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.stmts.is_empty() && self.value.is_none()
    }
}
