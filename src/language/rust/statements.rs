//! Blocks and statements, and the expressions that are statements at heart: `if`, loops, `return`, `break`.

use proc_macro2::Span as Token;
use syn::spanned::Spanned as _;
use syn::{Expr as Syntax, Item, Stmt as SyntaxStmt};

use super::expressions::last_token;
use super::{Lowering, names};
use crate::finding::Span;
use crate::language::ir::{Block, Expr, ExprKind, Pattern, Stmt, StmtKind};

impl Lowering {
    /// A block. Its constants come first, as they hold in all of it; other items are hoisted to the module.
    pub(super) fn block(&mut self, block: &syn::Block) -> Block {
        self.block_of(&block.stmts)
    }

    /// The statements of a block.
    pub(super) fn block_of(&mut self, stmts: &[SyntaxStmt]) -> Block {
        let mut lowered = Block::default();
        for stmt in stmts {
            if let SyntaxStmt::Item(item) = stmt {
                lowered.stmts.extend(self.local_item(item));
            }
        }
        let last = stmts.len().saturating_sub(1);
        for (index, stmt) in stmts.iter().enumerate() {
            match stmt {
                SyntaxStmt::Local(local) => lowered.stmts.push(self.local(local)),
                SyntaxStmt::Item(_) => {}
                SyntaxStmt::Expr(value, None) if index == last => self.close(value, &mut lowered),
                SyntaxStmt::Expr(value, semi) => {
                    lowered.stmts.extend(self.statement(value, semi.map(|semi| semi.span)))
                }
                SyntaxStmt::Macro(stmt) => {
                    let value = self.macro_call(&stmt.mac);
                    if index == last && stmt.semi_token.is_none() {
                        lowered.value = Some(Box::new(value));
                    } else {
                        lowered.stmts.push(Stmt { span: value.span, kind: StmtKind::Expr(value) });
                    }
                }
            }
        }
        lowered
    }

    /// Constants in a function are bindings there; everything else is an item like any other.
    fn local_item(&mut self, item: &Item) -> Option<Stmt> {
        let (ident, ty, value) = match item {
            Item::Const(item) => (&item.ident, &item.ty, &item.expr),
            Item::Static(item) => (&item.ident, &item.ty, &item.expr),
            Item::Macro(item) if item.ident.is_none() => {
                let value = self.macro_call(&item.mac);
                return Some(Stmt { span: value.span, kind: StmtKind::Expr(value) });
            }
            _ => {
                self.item(item);
                return None;
            }
        };
        let value = super::items::unwrap_lazy(self.expr(value));
        let span = self.span(ident.span()).to(value.span);
        let pattern = Pattern::Bind(names::ident(ident));
        let kind = StmtKind::Let { pattern, ty: self.type_name(ty), value: Some(value), otherwise: None };
        Some(Stmt { kind, span })
    }

    fn local(&mut self, local: &syn::Local) -> Stmt {
        let (pattern, ty) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, self.type_name(&typed.ty)),
            pattern => (pattern, None),
        };
        let (mut value, mut otherwise) = (None, None);
        if let Some(init) = &local.init {
            value = Some(self.expr(&init.expr));
            otherwise = init.diverge.as_ref().map(|(_, diverge)| self.body(diverge));
        }
        let pattern = self.pattern(pattern);
        self.guards.clear();
        let span = self.between(local.let_token.span, local.semi_token.span);
        Stmt { kind: StmtKind::Let { pattern, ty, value, otherwise }, span }
    }

    /// A block's last expression: its value, unless it can have none.
    fn close(&mut self, value: &Syntax, block: &mut Block) {
        if has_value(value) {
            block.value = Some(Box::new(self.expr(value)));
        } else {
            block.stmts.extend(self.statement(value, None));
        }
    }

    /// An expression where a block is expected: an arm, a branch, a closure's body.
    pub(super) fn body(&mut self, body: &Syntax) -> Block {
        match body {
            Syntax::Block(inner) => self.block(&inner.block),
            Syntax::Unsafe(inner) => self.block(&inner.block),
            _ => {
                let mut block = Block::default();
                self.close(body, &mut block);
                block
            }
        }
    }

    /// An expression for its effect. `break value` is two statements.
    fn statement(&mut self, value: &Syntax, semi: Option<Token>) -> Vec<Stmt> {
        if let Syntax::Verbatim(tokens) = value
            && tokens.is_empty()
        {
            return Vec::new(); // a stray semicolon
        }
        self.deeper(|| value.span(), |this| this.statement_kinds(value, semi)).unwrap_or_default()
    }

    fn statement_kinds(&mut self, value: &Syntax, semi: Option<Token>) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let (kind, span) = match value {
            Syntax::If(value) => self.if_statement(value),
            Syntax::While(value) => {
                let cond = Some(self.expr(&value.cond));
                let kind = StmtKind::Loop { bind: None, over: None, cond, body: self.block(&value.body) };
                (kind, self.between(value.while_token.span, value.body.brace_token.span.close()))
            }
            Syntax::Loop(value) => {
                let kind = StmtKind::Loop { bind: None, over: None, cond: None, body: self.block(&value.body) };
                (kind, self.between(value.loop_token.span, value.body.brace_token.span.close()))
            }
            Syntax::ForLoop(value) => {
                let over = Some(self.expr(&value.expr));
                let bind = Some(self.pattern(&value.pat));
                self.guards.clear();
                let kind = StmtKind::Loop { bind, over, cond: None, body: self.block(&value.body) };
                (kind, self.between(value.for_token.span, value.body.brace_token.span.close()))
            }
            Syntax::Return(value) => {
                let returned = value.expr.as_ref().map(|value| self.expr(value));
                let start = self.span(value.return_token.span);
                let span = returned.as_ref().map_or(start, |value| start.to(value.span));
                (StmtKind::Return(returned), span)
            }
            Syntax::Break(value) => {
                if let Some(value) = &value.expr {
                    let value = self.expr(value);
                    stmts.push(Stmt { span: value.span, kind: StmtKind::Expr(value) });
                }
                (StmtKind::Jump, self.span(value.break_token.span))
            }
            Syntax::Continue(value) => (StmtKind::Jump, self.span(value.continue_token.span)),
            Syntax::Block(value) => {
                (StmtKind::Block(self.block(&value.block)), self.span(value.block.brace_token.span.join()))
            }
            Syntax::Unsafe(value) => {
                (StmtKind::Block(self.block(&value.block)), self.span(value.block.brace_token.span.join()))
            }
            _ => {
                let value = self.expr(value);
                let span = value.span;
                (StmtKind::Expr(value), span)
            }
        };
        let span = semi.map_or(span, |semi| span.to(self.span(semi)));
        stmts.push(Stmt { kind, span });
        stmts
    }

    fn if_statement(&mut self, value: &syn::ExprIf) -> (StmtKind, Span) {
        let (cond, then, otherwise, span) = self.branches(value);
        (StmtKind::If { cond, then, otherwise }, span)
    }

    /// The parts of an `if`.
    pub(super) fn branches(&mut self, value: &syn::ExprIf) -> (Expr, Block, Block, Span) {
        let cond = self.expr(&value.cond);
        let then = self.block(&value.then_branch);
        let mut span = self.between(value.if_token.span, value.then_branch.brace_token.span.close());
        let mut otherwise = Block::default();
        if let Some((_, branch)) = &value.else_branch {
            otherwise = self.body(branch);
            span = span.to(self.span(last_token(branch)));
        }
        (cond, then, otherwise, span)
    }

    /// A statement as an expression: `None => return x`, `let y = loop { … }`.
    pub(super) fn statement_as_value(&mut self, value: &Syntax) -> Expr {
        let stmts = self.statement_kinds(value, None);
        let first = stmts.first().map_or_else(Span::default, |stmt| stmt.span);
        let span = stmts.iter().fold(first, |span, stmt| span.to(stmt.span));
        Expr::new(ExprKind::Block(Block::of(stmts)), span)
    }
}

/// Whether an expression at a block's end can be the block's value.
fn has_value(value: &Syntax) -> bool {
    match value {
        Syntax::While(_) | Syntax::ForLoop(_) | Syntax::Loop(_) => false,
        Syntax::Return(_) | Syntax::Break(_) | Syntax::Continue(_) | Syntax::Assign(_) => false,
        Syntax::If(value) => value.else_branch.is_some(),
        _ => true,
    }
}
