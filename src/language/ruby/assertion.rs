//! Assertions that Ruby's test libraries write as sentences, as calls of `assert` on what they claim.
//!
//! RSpec: `expect(a).to be > b`, `expect(a).not_to eq b`, `expect(a).to be_past` (which calls `a.past?`), and `should`
//! for `expect(…).to`. Minitest: `assert_operator a, :>, b`, `assert_predicate a, :past?`, `_(a).must_be :>, b`.

use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, UnaryOp};
use crate::language::tree::{Lowering, Node};

/// The assertion that a call makes, if it is one of these.
pub(super) fn of(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<Expr> {
    let name = lowering.field(node, "method").map(|name| lowering.text(name))?;
    let claim = match (name, lowering.field(node, "receiver")) {
        ("to" | "should", Some(subject)) => matched(lowering, node, subject, name == "should")?,
        ("not_to" | "to_not" | "should_not", Some(subject)) => {
            let claim = matched(lowering, node, subject, name == "should_not")?;
            negated(claim)
        }
        ("must_be" | "wont_be", Some(subject)) => {
            let subject = expected(lowering, subject, true)?;
            let args = given(lowering, node);
            let claim = related(lowering, node, subject, &args)?;
            if name == "wont_be" { negated(claim) } else { claim }
        }
        ("assert_operator" | "refute_operator" | "assert_predicate" | "refute_predicate", None) => {
            let args = given(lowering, node);
            let (subject, rest) = args.split_first()?;
            let subject = lowering.expr(*subject);
            let claim = related(lowering, node, subject, rest)?;
            if name.starts_with("refute") { negated(claim) } else { claim }
        }
        _ => return None,
    };
    let callee = Box::new(lowering.at(node, ExprKind::Name(vec!["assert".to_owned()])));
    Some(lowering.at(node, ExprKind::Call { callee, args: vec![Arg { name: None, value: claim }] }))
}

fn given<'t>(lowering: &Lowering<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    lowering.field(node, "arguments").map(|list| lowering.children(list)).unwrap_or_default()
}

/// What `expect(…)`, `_(…)` or `value(…)` is about; anything else is about itself where it may stand `alone`.
fn expected(lowering: &mut Lowering<'_>, subject: Node<'_>, alone: bool) -> Option<Expr> {
    let name = lowering.field(subject, "method").map(|name| lowering.text(name)).unwrap_or("");
    match (name, given(lowering, subject).as_slice()) {
        ("expect" | "_" | "value", [value]) => Some(lowering.expr(*value)),
        _ => alone.then(|| lowering.expr(subject)),
    }
}

/// `subject OP other`, or `subject.predicate?`, with the operator or predicate as a symbol.
fn related(lowering: &mut Lowering<'_>, node: Node<'_>, subject: Expr, args: &[Node<'_>]) -> Option<Expr> {
    let (operator, rest) = args.split_first()?;
    let operator = lowering.text(*operator).trim_start_matches(':').to_owned();
    let Some(op) = comparison(&operator) else { return Some(called(lowering, node, subject, operator, rest)) };
    let other = Box::new(lowering.expr(*rest.first()?));
    Some(lowering.at(node, ExprKind::Binary(op, Box::new(subject), other)))
}

/// What a matcher claims of its subject.
fn matched(lowering: &mut Lowering<'_>, node: Node<'_>, subject: Node<'_>, alone: bool) -> Option<Expr> {
    let matcher = *given(lowering, node).first()?;
    let subject = expected(lowering, subject, alone)?;
    let text = lowering.field(matcher, "operator").map(|operator| lowering.text(operator));
    if let (Some(op), Some(right)) = (text.and_then(comparison), lowering.field(matcher, "right")) {
        // `be > limit`
        let right = Box::new(lowering.expr(right));
        return Some(lowering.at(matcher, ExprKind::Binary(op, Box::new(subject), right)));
    }
    let name = match matcher.kind() {
        "identifier" => lowering.text(matcher),
        _ => lowering.text(lowering.field(matcher, "method")?),
    };
    let args = given(lowering, matcher);
    Some(match (name, args.as_slice()) {
        ("be" | "eq" | "eql" | "equal", [value]) => {
            let value = Box::new(lowering.expr(*value));
            lowering.at(matcher, ExprKind::Binary(BinaryOp::Equal, Box::new(subject), value))
        }
        ("include", [value]) if value.kind() != "pair" => {
            called(lowering, matcher, subject, "include?".to_owned(), &args)
        }
        ("contain_exactly", [_, ..]) => {
            let items = args.iter().map(|arg| lowering.expr(*arg)).collect();
            let list = Box::new(lowering.at(matcher, ExprKind::List(items)));
            lowering.at(matcher, ExprKind::Binary(BinaryOp::Equal, Box::new(subject), list))
        }
        ("be_truthy" | "be_present", []) => subject,
        ("be_falsey" | "be_falsy" | "be_nil" | "be_blank", []) => negated(subject),
        _ => called(lowering, matcher, subject, format!("{}?", name.strip_prefix("be_")?), &args),
    })
}

fn called(lowering: &mut Lowering<'_>, node: Node<'_>, base: Expr, name: String, args: &[Node<'_>]) -> Expr {
    let args = args.iter().map(|arg| Arg { name: None, value: lowering.expr(*arg) }).collect();
    let callee = Box::new(lowering.at(node, ExprKind::Field(Box::new(base), name)));
    lowering.at(node, ExprKind::Call { callee, args })
}

fn negated(claim: Expr) -> Expr {
    let span = claim.span;
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(claim)), span)
}

fn comparison(operator: &str) -> Option<BinaryOp> {
    Some(match operator {
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "==" | "===" => BinaryOp::Equal,
        "!=" => BinaryOp::NotEqual,
        _ => return None,
    })
}
