//! Patterns.

use proc_macro2::Span as Token;
use syn::spanned::Spanned as _;
use syn::{Pat, RangeLimits};

use super::{Lowering, names};
use crate::language::ir::{BinaryOp, Expr, ExprKind, Path, Pattern};

impl Lowering {
    /// A pattern. What the IR's patterns cannot say (`n @ 1..=5`, a guard inside) is left in [`Lowering::guards`].
    pub(super) fn pattern(&mut self, pattern: &Pat) -> Pattern {
        self.deeper(|| pattern.span(), |this| this.pattern_kind(pattern)).unwrap_or(Pattern::Any)
    }

    fn pattern_kind(&mut self, pattern: &Pat) -> Pattern {
        match pattern {
            Pat::Ident(name) => self.bound(name),
            Pat::Lit(literal) => Pattern::Value(self.literal(&literal.lit)),
            Pat::Const(block) => {
                let span = self.between(block.const_token.span, block.block.brace_token.span.close());
                Pattern::Value(Expr::new(ExprKind::Block(self.block(&block.block)), span))
            }
            Pat::Macro(call) => Pattern::Value(self.macro_call(&call.mac)),
            Pat::Or(or) => Pattern::Or(or.cases.iter().map(|case| self.pattern(case)).collect()),
            Pat::Paren(paren) => self.pattern(&paren.pat),
            Pat::Reference(reference) => self.pattern(&reference.pat),
            Pat::Type(typed) => self.pattern(&typed.pat),
            Pat::Guard(guarded) => {
                let pattern = self.pattern(&guarded.pat);
                let guard = self.expr(&guarded.guard);
                self.guards.push(guard);
                pattern
            }
            Pat::Path(path) => {
                let segments = self.path(path.qself.as_ref(), &path.path);
                self.named(segments, path.path.span())
            }
            Pat::Range(range) => self.range_pattern(range),
            Pat::Slice(slice) => Pattern::Tuple(slice.elems.iter().map(|part| self.pattern(part)).collect()),
            Pat::Tuple(tuple) => Pattern::Tuple(tuple.elems.iter().map(|part| self.pattern(part)).collect()),
            Pat::TupleStruct(variant) => {
                let path = self.path(variant.qself.as_ref(), &variant.path);
                Pattern::Variant(path, variant.elems.iter().map(|part| self.pattern(part)).collect())
            }
            Pat::Struct(record) => {
                let path = self.path(record.qself.as_ref(), &record.path);
                let field = |this: &mut Self, field: &syn::FieldPat| (member(&field.member), this.pattern(&field.pat));
                Pattern::Fields(Some(path), record.fields.iter().map(|part| field(self, part)).collect())
            }
            _ => Pattern::Any,
        }
    }

    /// `x` binds; `None`, `Closed` and `MAX` are what they name. Only the spelling tells, as in rustc's own lints.
    fn bound(&mut self, name: &syn::PatIdent) -> Pattern {
        let text = names::ident(&name.ident);
        if let Some((_, inner)) = &name.subpat {
            let inner = self.pattern(inner);
            if inner != Pattern::Any {
                let span = self.span(name.ident.span());
                let value = Box::new(Expr::name(text.clone(), span));
                self.guards.push(Expr::new(ExprKind::Is(value, Box::new(inner)), span));
            }
        } else if name.by_ref.is_none() && name.mutability.is_none() && text.starts_with(char::is_uppercase) {
            return self.named(vec![text], name.ident.span());
        }
        Pattern::Bind(text)
    }

    /// A constant in capitals, or a variant without parts.
    fn named(&self, path: Path, at: Token) -> Pattern {
        let constant = path.last().is_some_and(|name| name.len() > 1 && !name.contains(char::is_lowercase));
        if constant {
            Pattern::Value(Expr::new(ExprKind::Name(path), self.span(at)))
        } else {
            Pattern::Variant(path, Vec::new())
        }
    }

    fn range_pattern(&mut self, range: &syn::ExprRange) -> Pattern {
        let from = range.start.as_ref().map(|from| Box::new(self.expr(from)));
        let to = range.end.as_ref().map(|to| self.expr(to));
        let to = match range.limits {
            RangeLimits::HalfOpen(_) => to.map(one_less),
            RangeLimits::Closed(_) => to,
        };
        Pattern::Range(from, to.map(Box::new))
    }
}

/// The name of a field, or the number of a tuple's element.
pub(super) fn member(member: &syn::Member) -> String {
    match member {
        syn::Member::Named(name) => names::ident(name),
        syn::Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The last value before an excluded end.
fn one_less(end: Expr) -> Expr {
    let span = end.span;
    let kind = match end.kind {
        ExprKind::Int(end) => ExprKind::Int(end.saturating_sub(1)),
        kind => {
            let one = Expr::new(ExprKind::Int(1), span);
            ExprKind::Binary(BinaryOp::Subtract, Box::new(Expr::new(kind, span)), Box::new(one))
        }
    };
    Expr::new(kind, span)
}
