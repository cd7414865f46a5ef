//! The shared lowering of tree-sitter grammars: a language is a table, and a few functions for what is odd about it.
//!
//! # How to add a grammar
//!
//! 1. Name its crate in [`parsers`] (and `Cargo.toml`, behind a feature of the language's name).
//! 2. Write `src/language/LANG.rs`: a table from node kind to [`Shape`] (the vocabulary and the selectors are in
//!    [`shape`]), a [`Dialect`] around it, a [`Grammar`] from that, and `pub fn lower(text: &str) -> Module`:
//!
//!    ```text
//!    use super::tree::{Dialect, Grammar, Node, Lowering, parsers, shape::*};
//!
//!    static GRAMMAR: Grammar = Grammar::new(Dialect { octal: true, ..Dialect::of(parsers::toy, &[SHAPES]) });
//!
//!    const SHAPES: &[(&str, Shape)] = &[
//!        ("method_invocation", method_call("object", "name", "arguments")),
//!        ("string_literal", text(Escapes::Backslash)),
//!        ("local_variable_declaration", declarations("type", "declarator")),
//!        ("variable_declarator", declare("name", "", "value")),
//!        ("lambda_expression", closure("parameters", "body")),
//!        ("odd_expression", expr_with(odd)),
//!    ];
//!
//!    pub fn lower(text: &str) -> Module { GRAMMAR.lower(text) }
//!
//!    fn odd(lowering: &mut Lowering<'_>, node: Node<'_>) -> Expr { … }
//!    ```
//!
//!    The kinds and fields of a grammar are in its `src/node-types.json`. Kinds that most grammars share (`identifier`,
//!    `if_statement`, `binary_expression` with fields `left`, `operator`, `right`, comments …) are in
//!    `shape::COMMON` already: leave them out unless they differ.
//! 3. Test it: `tests::known(&GRAMMAR)` says which names in the table the grammar does not know; one line of source
//!    against one line of [`super::print`] per shape; `tests::survives(&GRAMMAR, SAMPLE)` mutates a sample.
//!
//! What needs no entry: a kind without a shape becomes an opaque expression around its lowered named children, so that
//! nothing inside it is lost; an `ERROR` node likewise, and its span is a gap. What a shape cannot say is a hook: a
//! plain function that uses [`Lowering`]'s methods (`expr`, `stmt`, `block`, `pattern`, `define`, `declare`, `text`, `span`,
//! `field`, `children`, …) on the parts it finds. If a second language needs the same hook, make it a shape.
//!
//! # How it works
//!
//! [`Grammar`] resolves the names of its table to numbers once (`table`). [`Lowering`] walks the tree: `expr`
//! (`expression`), `stmt` (`statement`), items by where they stand (`declaration`, `function`), `pattern`. The same kind may be asked
//! for as an expression or as a statement: an `if` in an expression is a conditional, an expression among statements is
//! a statement. Recursion is bounded by [`super::DEPTH_LIMIT`], and parsing by a number of steps rather than by a clock, so that
//! the same text gives the same module on any machine.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::ir::{Expr, Module};

mod declaration;
mod expression;
mod function;
mod handing;
pub(crate) mod literal;
mod lowering;
mod object;
mod operator;
pub(crate) mod parsers;
mod pattern;
mod pieces;
mod position;
mod promotion;
pub(crate) mod shape;
mod statement;
mod syntax;
mod table;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod types;

pub(crate) use declaration::Binding;
pub(crate) use function::Head;
pub(crate) use handing::based;
pub(crate) use literal::Escapes;
pub(crate) use lowering::{Lowering, Scope};
pub(crate) use operator::Operator;
pub(crate) use position::Positions;
pub(crate) use shape::Shape;

/// A node of the syntax tree. `kind()` is its kind as text, for hooks; the lowering itself goes by number.
pub(crate) type Node<'t> = tree_sitter::Node<'t>;

/// What differs between languages.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// The grammar, from [`parsers`].
    pub(crate) parser: fn() -> tree_sitter::Language,
    /// Tables from node kind to shape; an entry in a later table replaces one in an earlier (C++ after C).
    pub(crate) shapes: &'static [&'static [(&'static str, Shape)]],
    /// Operators that mean something else than usual, or that others do not have.
    pub(crate) operators: &'static [(&'static str, Operator)],
    /// An unknown operator that is a word is a method of its left side: Kotlin's `a until b`.
    pub(crate) infix_calls: bool,
    /// Characters that begin a name but are not part of it: PHP's `$`.
    pub(crate) sigils: &'static [char],
    /// Names that mean the receiver: `self`, `$this`.
    pub(crate) receivers: &'static [&'static str],
    /// The first parameter of a method is the receiver if it is called so (Python's `self`, `cls`).
    pub(crate) receiver_params: &'static [&'static str],
    /// Modifiers, or kinds of nodes, in a parameter that make it the caller's own variable: C#'s `out`.
    pub(crate) references: &'static [&'static str],
    /// Functions of these names in a type are its constructors.
    pub(crate) constructors: &'static [&'static str],
    /// Kinds of nodes that hold an item's modifiers and attributes; tokens right in the item always count.
    pub(crate) modifiers: &'static [&'static str],
    /// Modifiers that make a member belong to its type rather than to an instance.
    pub(crate) statics: &'static [&'static str],
    /// Whether code outside the package can call the function, by its node and name.
    pub(crate) exported: fn(&Lowering<'_>, Node<'_>, &str) -> bool,
    /// An assignment to a new name outside functions makes a global (Python, Ruby, PHP).
    pub(crate) assignment_declares: bool,
    /// The last expression of a function is its value (Ruby, Scala).
    pub(crate) tail_values: bool,
    /// A name among the patterns of an arm is bound (Scala, Swift, Python); else it is a constant to compare with.
    pub(crate) arms_bind: bool,
    /// The grammar reads `true`, `false` and `null` as names.
    pub(crate) literal_names: bool,
    /// `017` is 15.
    pub(crate) octal: bool,
    /// Members of an enum count from 0 where they have no value (C, C#, TypeScript).
    pub(crate) members_count: bool,
    /// Attributes and annotations (last segment) that make a function a test.
    pub(crate) tests: &'static [&'static str],
    /// What an operator and its operands mean together, where that is more than the operator (C++'s `2025y/June/1`).
    pub(crate) operation: fn(Expr) -> Expr,
    /// Takes a block that stands where only items should (C: a macro that begins a function); says whether it did.
    pub(crate) bare_block: fn(&mut Lowering<'_>, Node<'_>) -> bool,
    /// Rewrites text that the grammar cannot read, byte for byte: every line must stay as long as it was. What it takes
    /// out it may lower itself (C's macros), or say to be a gap.
    pub(crate) prepare: for<'t> fn(&mut Lowering<'_>, &'t str) -> Cow<'t, str>,
}

impl Dialect {
    /// A dialect with nothing out of the ordinary but its tables.
    pub(crate) const fn of(
        parser: fn() -> tree_sitter::Language,
        shapes: &'static [&'static [(&'static str, Shape)]],
    ) -> Self {
        Self {
            parser,
            shapes,
            operators: &[],
            infix_calls: false,
            sigils: &[],
            receivers: &[],
            receiver_params: &[],
            references: &[],
            constructors: &[],
            modifiers: &["modifiers", "modifier"],
            statics: &["static"],
            exported: |_, _, _| true,
            assignment_declares: false,
            tail_values: false,
            arms_bind: false,
            literal_names: false,
            octal: false,
            members_count: false,
            tests: &["test", "Test"],
            operation: |value| value,
            bare_block: |_, _| false,
            prepare: |_, text| Cow::Borrowed(text),
        }
    }
}

/// A dialect with its table, resolved at first use.
pub(crate) struct Grammar {
    dialect: Dialect,
    table: OnceLock<table::Table>,
}

impl Grammar {
    /// The grammar of a dialect.
    pub(crate) const fn new(dialect: Dialect) -> Self {
        Self { dialect, table: OnceLock::new() }
    }

    /// Parses and lowers a text. Never fails: what cannot be read is in [`Module::gaps`]. Where something cannot, tags of a
    /// template engine may be why.
    pub(crate) fn lower(&'static self, text: &str) -> Module {
        let module = self.lower_as(text, text);
        if module.gaps.is_empty() {
            return module;
        }
        let again = template::untagged(text).map(|plain| self.lower_as(text, &plain));
        again.filter(|again| unread(again) < unread(&module)).unwrap_or(module)
    }

    /// Lowers a text by what is to be parsed in its place, byte for byte.
    fn lower_as(&'static self, text: &str, parsed: &str) -> Module {
        let mut lowering = Lowering::new(self, text);
        let prepared = (self.dialect.prepare)(&mut lowering, parsed);
        let tree = syntax::parse(self.table(), &prepared);
        pieces::lower(&mut lowering, &prepared, tree.as_ref());
        lowering.finish()
    }

    fn table(&self) -> &table::Table {
        self.table.get_or_init(|| table::Table::new(&self.dialect))
    }
}

/// Lines that could not be read.
fn unread(module: &Module) -> u32 {
    module.gaps.iter().map(|gap| gap.end_line.saturating_sub(gap.line) + 1).sum()
}
