//! What operators mean, by their text. A dialect lists only those that differ.

use crate::language::ir::{BinaryOp, UnaryOp};

/// What a token between two operands, or before one, stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    /// An operator of the IR.
    Binary(BinaryOp),
    /// An operator of the IR before its operand.
    Unary(UnaryOp),
    /// The value of its only operand: `+x`, `&x`, `*x`, `await x`.
    Pass,
    /// `x instanceof T`.
    Is,
    /// `x as T`.
    Cast,
    /// Two values as one: Scala's `a -> b`.
    Pair,
    /// A method of its left side that has the operator's name: Ruby's `list << x`, Perl's `$text =~ /…/`.
    Method,
    /// `x++`, `--x`: the operator that is applied with 1.
    Step(BinaryOp),
    /// Nothing that the IR knows: the operands are kept in an opaque expression.
    Opaque,
}

use Operator::{Binary, Cast, Is, Method, Opaque, Pair, Pass, Step, Unary};

const BETWEEN: &[(&str, Operator)] = &[
    ("+", Binary(BinaryOp::Add)),
    ("-", Binary(BinaryOp::Subtract)),
    ("*", Binary(BinaryOp::Multiply)),
    ("/", Binary(BinaryOp::Divide)),
    ("//", Binary(BinaryOp::FloorDivide)),
    ("%", Binary(BinaryOp::Remainder)),
    ("**", Binary(BinaryOp::Power)),
    ("<<", Binary(BinaryOp::ShiftLeft)),
    (">>", Binary(BinaryOp::ShiftRight)),
    (">>>", Binary(BinaryOp::ShiftRight)),
    ("&", Binary(BinaryOp::BitAnd)),
    ("|", Binary(BinaryOp::BitOr)),
    ("^", Binary(BinaryOp::BitXor)),
    ("<", Binary(BinaryOp::Less)),
    ("<=", Binary(BinaryOp::LessEqual)),
    (">", Binary(BinaryOp::Greater)),
    (">=", Binary(BinaryOp::GreaterEqual)),
    ("==", Binary(BinaryOp::Equal)),
    ("===", Binary(BinaryOp::Equal)),
    ("!=", Binary(BinaryOp::NotEqual)),
    ("!==", Binary(BinaryOp::NotEqual)),
    ("<=>", Binary(BinaryOp::Compare)),
    ("&&", Binary(BinaryOp::And)),
    ("and", Binary(BinaryOp::And)),
    ("||", Binary(BinaryOp::Or)),
    ("or", Binary(BinaryOp::Or)),
    ("??", Binary(BinaryOp::Otherwise)),
    ("?:", Binary(BinaryOp::Otherwise)),
    ("in", Binary(BinaryOp::In)),
    ("instanceof", Is),
];

const BEFORE: &[(&str, Operator)] = &[
    ("!", Unary(UnaryOp::Not)),
    ("not", Unary(UnaryOp::Not)),
    ("-", Unary(UnaryOp::Negate)),
    ("~", Unary(UnaryOp::Complement)),
    ("compl", Unary(UnaryOp::Complement)),
    ("++", Step(BinaryOp::Add)),
    ("--", Step(BinaryOp::Subtract)),
    ("+", Pass),
    ("&", Pass),
    ("*", Pass),
    ("^", Pass),
    ("<-", Pass),
    ("!!", Pass),
    ("await", Pass),
    ("co_await", Pass),
    ("try", Pass),
];

/// What a token between two operands means; opaque if nothing is known of it.
pub(super) fn between(own: &[(&str, Operator)], token: &str) -> Operator {
    look_up(own.iter().chain(BETWEEN), token, |operator| {
        matches!(operator, Binary(_) | Is | Cast | Pair | Method | Opaque)
    })
}

/// What a token before (or after) its only operand means.
pub(super) fn before(own: &[(&str, Operator)], token: &str) -> Operator {
    look_up(own.iter().chain(BEFORE), token, |operator| !matches!(operator, Binary(_) | Is | Cast | Pair | Method))
}

/// What a compound assignment does: `+=` adds, `||=` is or. `None` for the plain `=` and `:=`.
pub(super) fn compound(own: &[(&str, Operator)], token: &str) -> Option<Operator> {
    let operator = token.strip_suffix('=')?;
    (!matches!(operator, "" | ":")).then(|| between(own, operator))
}

fn look_up<'t>(
    mut table: impl Iterator<Item = &'t (&'t str, Operator)>,
    token: &str,
    fits: impl Fn(&Operator) -> bool,
) -> Operator {
    table.find(|(text, operator)| *text == token && fits(operator)).map_or(Opaque, |(_, operator)| *operator)
}
