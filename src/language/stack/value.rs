//! What lies on the operand stack: expressions, bounded in depth and in how often they are copied.

use crate::finding::Span;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::{BinaryOp, Expr, ExprKind, UnaryOp};

/// What is known of a value beyond its expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::language) enum Kind {
    Plain,
    /// A truth value.
    Truth,
    /// Two slots: `long` and `double`.
    Wide,
    /// Allocated by the `new` there, and not constructed yet.
    Raw(usize),
    /// The array allocated there, whose elements are still being put in.
    Array(usize),
}

/// How large an expression is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::language) struct Weight {
    /// The longest chain of parts within parts.
    depth: usize,
    /// The parts at any depth.
    pub(in crate::language) size: usize,
}

impl Weight {
    /// That of both, as parts of one.
    pub(in crate::language) fn and(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), size: self.size.saturating_add(other.size) }
    }

    /// That of all values, as parts of one.
    pub(in crate::language) fn of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Self {
        values.into_iter().map(Value::weight).fold(Self::default(), Self::and)
    }

    /// That of what was made of such parts.
    const fn whole(self) -> Self {
        Self { depth: self.depth + 1, size: self.size + 1 }
    }
}

/// An expression that a block holds.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::language) struct Value {
    pub(in crate::language) expr: Expr,
    pub(in crate::language) kind: Kind,
    weight: Weight,
}

impl Value {
    /// A value made of parts that weigh so much together.
    pub(in crate::language) fn new(kind: ExprKind, of: Kind, parts: Weight, span: Span) -> Self {
        if parts.depth >= DEPTH_LIMIT {
            return Self::unknown(of, span);
        }
        Self { expr: Expr::new(kind, span), kind: of, weight: parts.whole() }
    }

    /// A value of which nothing is known.
    pub(in crate::language) fn unknown(of: Kind, span: Span) -> Self {
        Self { expr: Expr::opaque(span), kind: of, weight: Weight::default() }
    }

    /// The same in an object.
    pub(in crate::language) fn boxed(self) -> Self {
        let kind = if self.kind == Kind::Truth { Kind::Truth } else { Kind::Plain };
        Self { kind, ..self }
    }

    /// A value without parts.
    pub(in crate::language) fn leaf(kind: ExprKind, of: Kind, span: Span) -> Self {
        Self::new(kind, of, Weight::default(), span)
    }

    /// A whole number. Negative ones are negated, as in source.
    pub(in crate::language) fn int(number: i64, of: Kind, span: Span) -> Self {
        let size = Self::leaf(ExprKind::Int(i128::from(number).abs()), of, span);
        if number < 0 { size.unary(UnaryOp::Negate, of, span) } else { size }
    }

    pub(in crate::language) const fn weight(&self) -> Weight {
        self.weight
    }

    /// Whether copying it costs nothing and means nothing.
    pub(in crate::language) fn is_simple(&self) -> bool {
        matches!(self.kind, Kind::Raw(_) | Kind::Array(_)) || self.weight.size <= 1 && !self.does_something()
    }

    /// Whether it calls something, so that it is worth a statement of its own.
    pub(in crate::language) const fn does_something(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Call { .. } | ExprKind::New { .. } | ExprKind::Assign(..))
    }

    pub(in crate::language) fn unary(self, op: UnaryOp, of: Kind, span: Span) -> Self {
        let weight = self.weight;
        Self::new(ExprKind::Unary(op, Box::new(self.expr)), of, weight, span)
    }

    pub(in crate::language) fn binary(self, op: BinaryOp, other: Self, of: Kind, span: Span) -> Self {
        let weight = self.weight.and(other.weight);
        Self::new(ExprKind::Binary(op, Box::new(self.expr), Box::new(other.expr)), of, weight, span)
    }

    /// Of a comparison with three answers, the one that `op` asks for.
    pub(in crate::language) fn compared(self, op: BinaryOp, span: Span) -> Self {
        match self.expr.kind {
            ExprKind::Binary(_, a, b) => {
                Self { expr: Expr::new(ExprKind::Binary(op, a, b), span), kind: Kind::Truth, weight: self.weight }
            }
            _ => self,
        }
    }

    /// `value.name`.
    pub(in crate::language) fn field(self, name: &str, of: Kind, span: Span) -> Self {
        let weight = self.weight;
        Self::new(ExprKind::Field(Box::new(self.expr), name.to_owned()), of, weight, span)
    }

    /// Its opposite, as source would say it: a comparison turned round, a negation taken off.
    pub(in crate::language) fn negated(self) -> Self {
        let span = self.expr.span;
        match negated(self.expr) {
            Ok(expr) => Self { expr, kind: Kind::Truth, weight: self.weight },
            Err(expr) => Self { expr, ..self }.unary(UnaryOp::Not, Kind::Truth, span),
        }
    }

    /// The same as a truth value: 0 and 1 are how the machine spells them.
    pub(in crate::language) fn truth(mut self) -> Self {
        if let ExprKind::Int(number @ (0 | 1)) = self.expr.kind {
            self.expr.kind = ExprKind::Bool(number == 1);
        }
        self.kind = Kind::Truth;
        self
    }

    /// 0 or 1, if it is one of them.
    pub(in crate::language) const fn bit(&self) -> Option<bool> {
        match self.expr.kind {
            ExprKind::Int(0) | ExprKind::Bool(false) => Some(false),
            ExprKind::Int(1) | ExprKind::Bool(true) => Some(true),
            _ => None,
        }
    }
}

/// The opposite without a negation in front of it, or the same.
fn negated(expr: Expr) -> Result<Expr, Expr> {
    let span = expr.span;
    let kind = match expr.kind {
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
            let other = if op == BinaryOp::And { BinaryOp::Or } else { BinaryOp::And };
            let [a, b] = [a, b].map(|side| {
                let span = side.span;
                negated(*side).unwrap_or_else(|same| Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(same)), span))
            });
            ExprKind::Binary(other, Box::new(a), Box::new(b))
        }
        ExprKind::Binary(op, a, b) => match opposite(op) {
            Some(op) => ExprKind::Binary(op, a, b),
            None => return Err(Expr::new(ExprKind::Binary(op, a, b), span)),
        },
        ExprKind::Unary(UnaryOp::Not, inner) => return Ok(*inner),
        ExprKind::Bool(held) => ExprKind::Bool(!held),
        kind => return Err(Expr::new(kind, span)),
    };
    Ok(Expr::new(kind, span))
}

const fn opposite(op: BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Less => BinaryOp::GreaterEqual,
        BinaryOp::GreaterEqual => BinaryOp::Less,
        BinaryOp::Greater => BinaryOp::LessEqual,
        BinaryOp::LessEqual => BinaryOp::Greater,
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        _ => return None,
    })
}
