//! Expressions.
//!
//! Calls, fields, `?` and left-associative operators nest to the left, and nest deep in builder chains; they are walked
//! in a loop ([`Lowering::expr`]). Only what nests in other ways recurses.

use proc_macro2::Span as Token;
use syn::spanned::Spanned as _;
use syn::{BinOp, Expr as Syntax, Lit, RangeLimits, UnOp};

use super::{Lowering, names, patterns};
use crate::finding::Span;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::{Arg, Arm, BinaryOp, Expr, ExprKind, Function, UnaryOp};

impl Lowering {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &Syntax) -> Expr {
        let room = DEPTH_LIMIT.saturating_sub(self.depth);
        if room == 0 {
            let span = self.span(expr.span());
            self.module.gaps.push(span);
            return Expr::opaque(span);
        }
        let (mut links, mut base) = (Vec::new(), expr);
        while let Some(left) = left_of(base) {
            links.push(base);
            base = left;
        }
        let kept = if links.len() < room { links.len() } else { room / 2 };
        let (outer, inner) = links.split_at(kept);
        self.depth += kept + 1;
        let mut value = if inner.is_empty() { self.atom(base) } else { self.flattened(base, inner) };
        for link in outer.iter().rev() {
            self.depth -= 1;
            value = self.link(link, value);
        }
        self.depth -= 1;
        value
    }

    fn boxed(&mut self, expr: &Syntax) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Syntax>) -> Vec<Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    /// A chain too long to nest: its operands, side by side.
    fn flattened(&mut self, base: &Syntax, links: &[&Syntax]) -> Expr {
        let mut parts = vec![self.atom(base)];
        for link in links.iter().rev() {
            match link {
                Syntax::MethodCall(call) => parts.extend(self.all(&call.args)),
                Syntax::Call(call) => parts.extend(self.all(&call.args)),
                Syntax::Index(index) => parts.push(self.expr(&index.index)),
                Syntax::Binary(binary) => parts.push(self.expr(&binary.right)),
                _ => {}
            }
        }
        let span = parts.iter().fold(parts[0].span, |span, part| span.to(part.span));
        self.module.gaps.push(span);
        Expr::new(ExprKind::Opaque(parts), span)
    }

    /// One link of a chain, around what is left of it.
    fn link(&mut self, link: &Syntax, left: Expr) -> Expr {
        let start = left.span;
        let (kind, end) = match link {
            Syntax::MethodCall(call) => return self.method_call(call, left),
            Syntax::Call(call) => {
                let args = self.positional(&call.args);
                (ExprKind::Call { callee: Box::new(left), args }, self.span(call.paren_token.span.close()))
            }
            Syntax::Field(field) => {
                let end = match &field.member {
                    syn::Member::Named(name) => name.span(),
                    syn::Member::Unnamed(index) => index.span,
                };
                (ExprKind::Field(Box::new(left), patterns::member(&field.member)), self.span(end))
            }
            Syntax::Index(index) if matches!(unparenthesised(&index.index), Syntax::Range(_)) => {
                let Syntax::Range(range) = unparenthesised(&index.index) else { return left };
                (self.slice(left, range), self.span(index.bracket_token.span.close()))
            }
            Syntax::Index(index) => {
                let at = self.boxed(&index.index);
                (ExprKind::Index(Box::new(left), at), self.span(index.bracket_token.span.close()))
            }
            Syntax::Try(value) => (ExprKind::Pass(Box::new(left)), self.span(value.question_token.span)),
            Syntax::Await(value) => (ExprKind::Pass(Box::new(left)), self.span(value.await_token.span)),
            Syntax::Cast(cast) => {
                let kind = match self.type_name(&cast.ty) {
                    Some(ty) => ExprKind::Cast(ty, Box::new(left)),
                    None => ExprKind::Pass(Box::new(left)),
                };
                (kind, self.span(cast.ty.span()))
            }
            Syntax::Binary(binary) => {
                let right = self.expr(&binary.right);
                let end = right.span;
                (operate(binary.op, left, right), end)
            }
            _ => (ExprKind::Opaque(vec![left]), start),
        };
        Expr::new(kind, start.to(end))
    }

    fn method_call(&mut self, call: &syn::ExprMethodCall, receiver: Expr) -> Expr {
        let span = receiver.span.to(self.span(call.paren_token.span.close()));
        if let (Syntax::Range(range), Some(value)) = (unparenthesised(&call.receiver), call.args.first())
            && call.method == "contains"
        {
            let value = self.expr(value);
            return self.contains(range, value, span);
        }
        if let (Some(Syntax::Range(range)), true) = (call.args.first().map(unparenthesised), call.method == "get") {
            return Expr::new(self.slice(receiver, range), span);
        }
        let name_span = receiver.span.to(self.span(call.method.span()));
        let callee = Expr::new(ExprKind::Field(Box::new(receiver), names::ident(&call.method)), name_span);
        let args = self.positional(&call.args);
        Expr::new(ExprKind::Call { callee: Box::new(callee), args }, span)
    }

    /// `(from..to).contains(&value)` is two comparisons.
    fn contains(&mut self, range: &syn::ExprRange, value: Expr, span: Span) -> Expr {
        let compare = |this: &mut Self, op, bound: &Syntax| {
            let bound = this.boxed(bound);
            Expr::new(ExprKind::Binary(op, Box::new(value.clone()), bound), span)
        };
        let from = range.start.as_ref().map(|from| compare(self, BinaryOp::GreaterEqual, from));
        let below = if matches!(range.limits, RangeLimits::Closed(_)) { BinaryOp::LessEqual } else { BinaryOp::Less };
        let to = range.end.as_ref().map(|to| compare(self, below, to));
        match (from, to) {
            (Some(from), Some(to)) => Expr::new(ExprKind::Binary(BinaryOp::And, Box::new(from), Box::new(to)), span),
            (Some(bound), None) | (None, Some(bound)) => bound,
            (None, None) => Expr::new(ExprKind::Bool(true), span),
        }
    }

    /// `text[from..to]` is a method with the two ends, the second without what is at it.
    fn slice(&mut self, base: Expr, range: &syn::ExprRange) -> ExprKind {
        let span = base.span;
        let from = range.start.as_ref().map_or(Expr::new(ExprKind::Int(0), span), |from| self.expr(from));
        let to = range.end.as_ref().map(|to| self.expr(to)).map(|to| match range.limits {
            RangeLimits::Closed(_) => {
                let (one, span) = (Expr::new(ExprKind::Int(1), to.span), to.span);
                Expr::new(ExprKind::Binary(BinaryOp::Add, Box::new(to), Box::new(one)), span)
            }
            RangeLimits::HalfOpen(_) => to,
        });
        let args = std::iter::once(from).chain(to).map(|value| Arg { name: None, value }).collect();
        let callee = Box::new(Expr::new(ExprKind::Field(Box::new(base), "slice".to_owned()), span));
        ExprKind::Call { callee, args }
    }

    fn positional<'a>(&mut self, args: impl IntoIterator<Item = &'a Syntax>) -> Vec<Arg> {
        args.into_iter().map(|arg| Arg { name: None, value: self.expr(arg) }).collect()
    }

    /// An expression that nests to no left.
    fn atom(&mut self, expr: &Syntax) -> Expr {
        match expr {
            Syntax::Lit(literal) => self.literal(&literal.lit),
            Syntax::Path(path) => self.name(path),
            Syntax::Paren(paren) => {
                let span = self.span(paren.paren_token.span.join());
                Expr { span, ..self.expr(&paren.expr) }
            }
            Syntax::Group(group) => self.expr(&group.expr),
            Syntax::Reference(value) => self.pass(value.and_token.span, &value.expr),
            Syntax::RawAddr(value) => self.pass(value.and_token.span, &value.expr),
            Syntax::Unary(unary) => self.unary(unary),
            Syntax::Assign(assign) => {
                let (target, value) = (self.boxed(&assign.left), self.boxed(&assign.right));
                let span = target.span.to(value.span);
                Expr::new(ExprKind::Assign(target, value), span)
            }
            Syntax::Let(condition) => {
                let value = self.expr(&condition.expr);
                let span = self.span(condition.let_token.span).to(value.span);
                self.test(value, &condition.pat, span)
            }
            Syntax::If(value) => {
                let (cond, then, otherwise, span) = self.branches(value);
                Expr::new(ExprKind::Conditional { cond: Box::new(cond), then, otherwise }, span)
            }
            Syntax::Match(value) => self.match_(value),
            Syntax::Closure(closure) => self.closure(closure),
            Syntax::Struct(record) => self.record(record),
            Syntax::Macro(call) => self.macro_call(&call.mac),
            Syntax::While(_) | Syntax::ForLoop(_) | Syntax::Loop(_) | Syntax::Return(_) => {
                self.statement_as_value(expr)
            }
            Syntax::Break(_) | Syntax::Continue(_) => self.statement_as_value(expr),
            Syntax::Block(value) => self.block_value(value.block.brace_token.span.open(), &value.block),
            Syntax::Unsafe(value) => self.block_value(value.unsafe_token.span, &value.block),
            Syntax::Const(value) => self.block_value(value.const_token.span, &value.block),
            Syntax::Async(value) => self.block_value(value.async_token.span, &value.block),
            Syntax::TryBlock(value) => self.block_value(value.try_token.span, &value.block),
            _ => self.collection(expr),
        }
    }

    /// Lists, and what has no counterpart.
    fn collection(&mut self, expr: &Syntax) -> Expr {
        let (kind, token) = match expr {
            Syntax::Array(list) => (ExprKind::List(self.all(&list.elems)), list.bracket_token.span.join()),
            Syntax::Tuple(list) => (ExprKind::List(self.all(&list.elems)), list.paren_token.span.join()),
            Syntax::Repeat(list) => {
                let parts = self.all([&*list.expr, &*list.len]);
                (ExprKind::Opaque(parts), list.bracket_token.span.join())
            }
            Syntax::Range(range) => {
                let ends = [&range.start, &range.end];
                (ExprKind::Opaque(self.all(ends.into_iter().flatten().map(|end| &**end))), range.span())
            }
            Syntax::Yield(value) => (ExprKind::Opaque(self.all(value.expr.as_deref())), value.yield_token.span),
            other => (ExprKind::Opaque(Vec::new()), other.span()),
        };
        Expr::new(kind, self.span(token))
    }

    fn block_value(&mut self, start: Token, block: &syn::Block) -> Expr {
        let span = self.between(start, block.brace_token.span.close());
        Expr::new(ExprKind::Block(self.block(block)), span)
    }

    fn pass(&mut self, start: Token, value: &Syntax) -> Expr {
        let value = self.boxed(value);
        let span = self.span(start).to(value.span);
        Expr::new(ExprKind::Pass(value), span)
    }

    fn unary(&mut self, unary: &syn::ExprUnary) -> Expr {
        let value = self.boxed(&unary.expr);
        let span = self.span(unary.op.span()).to(value.span);
        let kind = match &unary.op {
            UnOp::Not(_) => ExprKind::Unary(UnaryOp::Not, value),
            UnOp::Neg(_) => ExprKind::Unary(UnaryOp::Negate, value),
            UnOp::Deref(_) => ExprKind::Pass(value),
            _ => ExprKind::Opaque(vec![*value]),
        };
        Expr::new(kind, span)
    }

    fn name(&self, path: &syn::ExprPath) -> Expr {
        let start = path.qself.as_ref().map_or_else(|| path.path.span(), |qself| qself.lt_token.span);
        let span = self.between(start, path.path.span());
        let kind = match path.path.get_ident() {
            Some(name) if path.qself.is_none() && name == "self" => ExprKind::Receiver,
            Some(name) if path.qself.is_none() && name == "None" => ExprKind::Null,
            _ => ExprKind::Name(self.path(path.qself.as_ref(), &path.path)),
        };
        Expr::new(kind, span)
    }

    fn record(&mut self, record: &syn::ExprStruct) -> Expr {
        let ty = self.path(record.qself.as_ref(), &record.path);
        let mut fields = Vec::new();
        for field in &record.fields {
            fields.push((patterns::member(&field.member), self.expr(&field.expr)));
        }
        let base = record.rest.as_ref().map(|base| self.boxed(base));
        let span = self.between(record.path.span(), record.brace_token.span.close());
        Expr::new(ExprKind::Record { ty: Some(ty), fields, base }, span)
    }

    /// `value matches pattern`, and what the pattern asks beyond its shape.
    pub(super) fn test(&mut self, value: Expr, pattern: &syn::Pat, span: Span) -> Expr {
        let outer = std::mem::take(&mut self.guards);
        let pattern = self.pattern(pattern);
        let guards = std::mem::replace(&mut self.guards, outer);
        let test = Expr::new(ExprKind::Is(Box::new(value), Box::new(pattern)), span);
        guards.into_iter().fold(test, and)
    }

    fn match_(&mut self, value: &syn::ExprMatch) -> Expr {
        let subject = Some(self.boxed(&value.expr));
        let arms = value.arms.iter().map(|arm| self.arm(arm)).collect();
        let span = self.between(value.match_token.span, value.brace_token.span.close());
        Expr::new(ExprKind::Match { subject, arms }, span)
    }

    fn arm(&mut self, arm: &syn::Arm) -> Arm {
        let outer = std::mem::take(&mut self.guards);
        let patterns = match self.pattern(&arm.pat) {
            crate::language::ir::Pattern::Or(patterns) => patterns,
            pattern => vec![pattern],
        };
        let guards = std::mem::replace(&mut self.guards, outer);
        let body = self.body(&arm.body);
        let span = self.between(arm.pat.span(), last_token(&arm.body));
        Arm { patterns, guard: guards.into_iter().reduce(and), body, span }
    }

    fn closure(&mut self, closure: &syn::ExprClosure) -> Expr {
        let mut params = Vec::new();
        for input in &closure.inputs {
            let param = match input {
                syn::Pat::Type(typed) => self.typed_parameter(&typed.pat, Some(&typed.ty)),
                pattern => self.typed_parameter(pattern, None),
            };
            params.push(param);
        }
        let body = self.body(&closure.body);
        let start = self.span(closure.inputs_begin.span);
        let span = start.to(self.span(last_token(&closure.body)));
        let function = Function {
            params,
            returns: self.returns(&closure.output),
            body,
            test: self.scope.test,
            span,
            name_span: start,
            ..Function::default()
        };
        Expr::new(ExprKind::Closure(Box::new(function)), span)
    }

    /// A literal.
    pub(super) fn literal(&self, literal: &Lit) -> Expr {
        let latin1 = |bytes: &[u8]| ExprKind::Text(bytes.iter().map(|&byte| char::from(byte)).collect());
        let kind = match literal {
            Lit::Str(text) => ExprKind::Text(text.value()),
            Lit::ByteStr(bytes) => latin1(&bytes.value()),
            Lit::CStr(text) => latin1(text.value().as_bytes()),
            Lit::Byte(byte) => ExprKind::Int(byte.value().into()),
            Lit::Char(char) => ExprKind::Int(u32::from(char.value()).into()),
            Lit::Int(number) if number.suffix().starts_with('f') => {
                number.base10_digits().parse().map_or(ExprKind::Opaque(Vec::new()), ExprKind::Float)
            }
            Lit::Int(number) => number.base10_parse().map_or(ExprKind::Opaque(Vec::new()), ExprKind::Int),
            Lit::Float(number) => number.base10_parse().map_or(ExprKind::Opaque(Vec::new()), ExprKind::Float),
            Lit::Bool(value) => ExprKind::Bool(value.value),
            _ => ExprKind::Opaque(Vec::new()),
        };
        Expr::new(kind, self.span(literal.span()))
    }
}

/// What a chain's link is applied to.
fn left_of(expr: &Syntax) -> Option<&Syntax> {
    match expr {
        Syntax::MethodCall(call) => Some(&call.receiver),
        Syntax::Call(call) => Some(&call.func),
        Syntax::Field(field) => Some(&field.base),
        Syntax::Index(index) => Some(&index.expr),
        Syntax::Try(value) => Some(&value.expr),
        Syntax::Await(value) => Some(&value.base),
        Syntax::Cast(cast) => Some(&cast.expr),
        Syntax::Binary(binary) => Some(&binary.left),
        _ => None,
    }
}

/// An expression's last token, or at least a span that ends there. (Asking `syn` prints the whole expression.)
pub(super) fn last_token(expr: &Syntax) -> Token {
    let mut expr = expr;
    loop {
        expr = match expr {
            Syntax::Binary(binary) => &binary.right,
            Syntax::Assign(assign) => &assign.right,
            Syntax::Unary(unary) => &unary.expr,
            Syntax::Reference(reference) => &reference.expr,
            Syntax::Closure(closure) => &closure.body,
            Syntax::If(value) => match &value.else_branch {
                Some((_, branch)) => branch,
                None => return value.then_branch.brace_token.span.close(),
            },
            Syntax::MethodCall(call) => return call.paren_token.span.close(),
            Syntax::Call(call) => return call.paren_token.span.close(),
            Syntax::Paren(paren) => return paren.paren_token.span.close(),
            Syntax::Tuple(tuple) => return tuple.paren_token.span.close(),
            Syntax::Array(array) => return array.bracket_token.span.close(),
            Syntax::Struct(record) => return record.brace_token.span.close(),
            Syntax::Match(value) => return value.brace_token.span.close(),
            Syntax::Macro(call) => return call.mac.delimiter.span().close(),
            Syntax::Block(value) => return value.block.brace_token.span.close(),
            Syntax::Unsafe(value) => return value.block.brace_token.span.close(),
            Syntax::Async(value) => return value.block.brace_token.span.close(),
            Syntax::Loop(value) => return value.body.brace_token.span.close(),
            Syntax::While(value) => return value.body.brace_token.span.close(),
            Syntax::ForLoop(value) => return value.body.brace_token.span.close(),
            Syntax::Try(value) => return value.question_token.span,
            Syntax::Await(value) => return value.await_token.span,
            other => return other.span(),
        };
    }
}

fn unparenthesised(expr: &Syntax) -> &Syntax {
    let mut expr = expr;
    while let Syntax::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

/// `left && right`.
pub(super) fn and(left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr::new(ExprKind::Binary(BinaryOp::And, Box::new(left), Box::new(right)), span)
}

/// An operator; `a += b` is `a = a + b`.
fn operate(op: BinOp, left: Expr, right: Expr) -> ExprKind {
    let (operator, assigns) = match op {
        BinOp::Add(_) => (BinaryOp::Add, false),
        BinOp::Sub(_) => (BinaryOp::Subtract, false),
        BinOp::Mul(_) => (BinaryOp::Multiply, false),
        BinOp::Div(_) => (BinaryOp::Divide, false),
        BinOp::Rem(_) => (BinaryOp::Remainder, false),
        BinOp::And(_) => (BinaryOp::And, false),
        BinOp::Or(_) => (BinaryOp::Or, false),
        BinOp::BitXor(_) => (BinaryOp::BitXor, false),
        BinOp::BitAnd(_) => (BinaryOp::BitAnd, false),
        BinOp::BitOr(_) => (BinaryOp::BitOr, false),
        BinOp::Shl(_) => (BinaryOp::ShiftLeft, false),
        BinOp::Shr(_) => (BinaryOp::ShiftRight, false),
        BinOp::Eq(_) => (BinaryOp::Equal, false),
        BinOp::Lt(_) => (BinaryOp::Less, false),
        BinOp::Le(_) => (BinaryOp::LessEqual, false),
        BinOp::Ne(_) => (BinaryOp::NotEqual, false),
        BinOp::Ge(_) => (BinaryOp::GreaterEqual, false),
        BinOp::Gt(_) => (BinaryOp::Greater, false),
        BinOp::AddAssign(_) => (BinaryOp::Add, true),
        BinOp::SubAssign(_) => (BinaryOp::Subtract, true),
        BinOp::MulAssign(_) => (BinaryOp::Multiply, true),
        BinOp::DivAssign(_) => (BinaryOp::Divide, true),
        BinOp::RemAssign(_) => (BinaryOp::Remainder, true),
        BinOp::BitXorAssign(_) => (BinaryOp::BitXor, true),
        BinOp::BitAndAssign(_) => (BinaryOp::BitAnd, true),
        BinOp::BitOrAssign(_) => (BinaryOp::BitOr, true),
        BinOp::ShlAssign(_) => (BinaryOp::ShiftLeft, true),
        BinOp::ShrAssign(_) => (BinaryOp::ShiftRight, true),
        _ => return ExprKind::Opaque(vec![left, right]),
    };
    if !assigns {
        return ExprKind::Binary(operator, Box::new(left), Box::new(right));
    }
    let span = left.span.to(right.span);
    let target = Box::new(left.clone());
    let value = Expr::new(ExprKind::Binary(operator, Box::new(left), Box::new(right)), span);
    ExprKind::Assign(target, Box::new(value))
}
