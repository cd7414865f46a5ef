//! SQL, in whatever dialect: MySQL, PostgreSQL, SQLite, T-SQL, PL/SQL.
//!
//! No grammar reads the procedures of every vendor, and the clock is asked in few places: after `IF`, `WHILE`, `WHERE`,
//! `HAVING`, `ON`, `CHECK` and `WHEN`. So statements are told apart by their first words, expressions in those places are
//! parsed ([`expression`]), and what lies between is passed over. A condition of a query decides whether its rows are
//! there; a `CHECK` that does not hold is an error.
//!
//! Procedures, functions and triggers are functions. A text that is compared with anything else is a date, if it is one.

use super::ir::{Expr, ExprKind, Module, Stmt};
use super::tree::Positions;
use crate::finding::Span;

mod expression;
mod statement;
#[cfg(test)]
mod tests;
mod token;

use token::{Kind, Token};

/// How deep statements and expressions are read: each level takes several calls. Real scripts stay below 20.
const DEEPEST: usize = 48;

/// Lowers a script.
pub fn lower(text: &str) -> Module {
    let mut parser = Parser {
        tokens: token::tokens(text),
        at: 0,
        depth: 0,
        positions: Positions::new(text),
        module: Module::default(),
    };
    let mut stmts = Vec::new();
    while parser.at < parser.tokens.len() {
        let before = parser.at;
        parser.statement(&mut stmts);
        parser.at = parser.at.max(before + 1);
    }
    parser.module.script.stmts = stmts;
    parser.module
}

/// The state of reading one script.
struct Parser<'t> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    positions: Positions<'t>,
    module: Module,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Kind> {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> Option<&Kind> {
        self.tokens.get(self.at + count).map(|token| &token.kind)
    }

    /// The word that comes next, empty for anything else.
    fn word(&self) -> &str {
        self.word_ahead(0)
    }

    fn word_ahead(&self, count: usize) -> &str {
        if let Some(Kind::Word(word)) = self.ahead(count) { word } else { "" }
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Kind::Mark(there)) if *there == mark)
    }

    /// Takes the word or mark if it comes next.
    fn take(&mut self, what: &str) -> bool {
        let there = self.word() == what || self.is(what);
        self.at += usize::from(there);
        there
    }

    /// Takes a name: `a`, `"a"`, `a.b`; its last part.
    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(Kind::Word(part) | Kind::Quoted(part)) = self.peek() {
            part.clone_into(&mut name);
            self.at += 1;
            if !self.take(".") {
                break;
            }
        }
        name
    }

    /// From a token to the last one that was taken.
    fn span_from(&self, start: usize) -> Span {
        let first = self.tokens.get(start).map_or(0, |token| token.range.start);
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last.max(start)));
        self.positions.span(first..last.map_or(first, |token| token.range.end.max(first)))
    }

    fn effect(&self, expr: Expr) -> Stmt {
        let span = expr.span;
        Stmt { kind: super::ir::StmtKind::Expr(expr), span }
    }

    /// A call of a name with nothing.
    fn call(&self, name: &str, span: Span) -> Expr {
        Expr::new(ExprKind::Call { callee: Box::new(Expr::name(name, span)), args: Vec::new() }, span)
    }
}
