//! Patterns: what they bind, and when a value matches.

use crate::finding::{Severity, Span};
use crate::flow::facts::{ConditionKind, Id, TermKind};
use crate::flow::outcome::{diverges, of_block};
use crate::language::ir::{Arm, BinaryOp, Expr, Pattern};
use crate::language::models::{Each, Op, Use};

use super::{Env, Frame, Tracer, expand};

impl Tracer<'_> {
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Id, env: &mut Env) {
        let span = self.terms[value as usize].span;
        match pattern {
            Pattern::Bind(name) => {
                env.insert(name.clone(), value);
            }
            Pattern::Variant(_, parts) => {
                for (n, part) in parts.iter().enumerate() {
                    let payload = self.add(TermKind::Payload(value, n as u16), span);
                    self.bind(part, payload, env);
                }
            }
            Pattern::Fields(_, fields) => {
                for (name, part) in fields {
                    let field = self.add(TermKind::Field(value, name.clone()), span);
                    self.bind(part, field, env);
                }
            }
            // `const [over, setOver] = useState(now > end)`
            Pattern::Tuple(parts) if self.is_state(value) => {
                parts.iter().take(1).for_each(|first| self.bind(first, value, env));
            }
            Pattern::Tuple(parts) => {
                for (n, part) in parts.iter().enumerate() {
                    let index = self.add(TermKind::Int(n as i128), span);
                    let element = self.add(TermKind::Index(value, index), span);
                    self.bind(part, element, env);
                }
            }
            Pattern::Or(parts) => {
                if let Some(first) = parts.first() {
                    self.bind(first, value, env);
                }
            }
            Pattern::And(parts) => parts.iter().for_each(|part| self.bind(part, value, env)),
            Pattern::Any | Pattern::Value(_) | Pattern::Range(..) | Pattern::Not(_) | Pattern::Compare(..) => {}
        }
    }

    /// Whether a call keeps what it is given, or what a closure gives that it calls, and gives it together with what sets it.
    fn is_state(&self, call: Id) -> bool {
        let TermKind::Call(path, _) = &self.terms[call as usize].kind else { return false };
        let path = expand(self.imports, path);
        let mut rows = self.models.rows(Use::Call, &path);
        rows.any(|row| row.does.last() == Some(&Op::Each(Each::Apply)))
    }

    /// Whether `value` matches: a term over it.
    pub(super) fn test(&mut self, pattern: &Pattern, value: Id, span: Span, env: &mut Env, frame: &mut Frame) -> Id {
        match pattern {
            Pattern::Any | Pattern::Bind(_) => self.add(TermKind::Bool(true), span),
            Pattern::Value(expr) => {
                let expected = self.expr(expr, env, frame);
                self.add(TermKind::Binary(BinaryOp::Equal, value, expected), span)
            }
            Pattern::Variant(path, _) => self.add(TermKind::IsVariant(value, path.clone()), span),
            Pattern::Fields(ty, fields) => {
                let mut tests: Vec<Id> =
                    ty.iter().map(|ty| self.add(TermKind::IsVariant(value, ty.clone()), span)).collect();
                for (name, part) in fields.iter().filter(|(_, part)| refutable(part)) {
                    let field = self.add(TermKind::Field(value, name.clone()), span);
                    tests.push(self.test(part, field, span, env, frame));
                }
                self.all(&tests, span).unwrap_or_else(|| self.unknown(span))
            }
            Pattern::Tuple(parts) => {
                let mut tests = Vec::new();
                for (n, part) in parts.iter().enumerate().filter(|(_, part)| refutable(part)) {
                    let index = self.add(TermKind::Int(n as i128), span);
                    let element = self.add(TermKind::Index(value, index), span);
                    tests.push(self.test(part, element, span, env, frame));
                }
                self.all(&tests, span).unwrap_or_else(|| self.unknown(span))
            }
            Pattern::And(parts) => {
                let tests: Vec<Id> = parts.iter().map(|part| self.test(part, value, span, env, frame)).collect();
                self.all(&tests, span).unwrap_or_else(|| self.unknown(span))
            }
            Pattern::Not(part) => {
                let test = self.test(part, value, span, env, frame);
                self.negate(test)
            }
            Pattern::Compare(op, end) => {
                let end = self.expr(end, env, frame);
                self.add(TermKind::Binary(*op, value, end), span)
            }
            Pattern::Range(from, to) => {
                let mut sides = Vec::new();
                for (bound, op) in [(from, BinaryOp::GreaterEqual), (to, BinaryOp::LessEqual)] {
                    if let Some(bound) = bound {
                        let bound = self.expr(bound, env, frame);
                        sides.push(self.add(TermKind::Binary(op, value, bound), span));
                    }
                }
                self.all(&sides, span).unwrap_or_else(|| self.unknown(span))
            }
            Pattern::Or(parts) => {
                let tests: Vec<Id> = parts.iter().map(|part| self.test(part, value, span, env, frame)).collect();
                let first = tests.first().copied().unwrap_or_else(|| self.unknown(span));
                tests.iter().skip(1).fold(first, |any, test| self.add(TermKind::Binary(BinaryOp::Or, any, *test), span))
            }
        }
    }

    pub(super) fn run_match(
        &mut self,
        subject: Option<&Expr>,
        arms: &[Arm],
        span: Span,
        env: &mut Env,
        frame: &mut Frame,
    ) -> Id {
        let subject = subject.map(|subject| self.expr(subject, env, frame));
        let before = env.clone();
        let mut outcomes: Vec<(Option<Id>, Id, bool, Env)> = Vec::new();
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        // What no arm before takes is refused by the last one.
        let ahead = frame.ahead.take();
        let last = arms.last().filter(|arm| arm.guard.is_none() && !arm.patterns.iter().any(refutable));
        let refused = match last {
            Some(arm) => of_block(&arm.body, self.models).filter(|outcome| outcome.severity >= Severity::Refuses),
            None => ahead.filter(|_| arms.iter().all(|arm| diverges(&arm.body, self.models))),
        };
        for (n, arm) in arms.iter().enumerate() {
            let mut inner = before.clone();
            let test = self.arm_test(subject, arm, &mut inner, frame);
            let otherwise = refused.clone().filter(|_| last.is_none() || n + 1 < arms.len());
            self.decide(test, ConditionKind::Branch, of_block(&arm.body, self.models), otherwise, frame);
            let value = self.guarded(test, &arm.body, &mut inner, frame);
            let leaves = diverges(&arm.body, self.models);
            outcomes.push((value, test, leaves, inner));
            let negated = self.negate(test);
            frame.guards.push(negated);
            frame.enclosing.push(negated);
        }
        frame.guards.truncate(guards);
        frame.enclosing.truncate(enclosing);
        let mut joined: Option<Env> = None;
        for (_, test, leaves, inner) in outcomes.iter().rev() {
            if *leaves {
                continue;
            }
            match joined.take() {
                Some(rest) => {
                    let mut both = before.clone();
                    self.join(*test, &mut both, inner, &rest, span);
                    joined = Some(both);
                }
                None => joined = Some(inner.clone()),
            }
        }
        *env = joined.unwrap_or(before);
        let mut value: Option<Id> = None;
        for (arm_value, test, leaves, _) in outcomes.iter().rev() {
            let Some(arm_value) = arm_value.filter(|_| !leaves) else { continue };
            value = Some(match value {
                Some(rest) => self.add(TermKind::Choose(*test, arm_value, rest), span),
                None => arm_value,
            });
        }
        value.unwrap_or_else(|| self.unknown(span))
    }

    fn arm_test(&mut self, subject: Option<Id>, arm: &Arm, env: &mut Env, frame: &mut Frame) -> Id {
        let mut tests = Vec::new();
        if let Some(subject) = subject {
            for pattern in &arm.patterns {
                tests.push(self.test(pattern, subject, arm.span, env, frame));
                self.bind(pattern, subject, env);
            }
        }
        let any = tests.split_first().map(|(first, rest)| {
            rest.iter().fold(*first, |any, test| self.add(TermKind::Binary(BinaryOp::Or, any, *test), arm.span))
        });
        let guard = arm.guard.as_ref().map(|guard| self.expr(guard, env, frame));
        match (any, guard) {
            (Some(any), Some(guard)) => self.add(TermKind::Binary(BinaryOp::And, any, guard), arm.span),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => self.add(TermKind::Bool(true), arm.span),
        }
    }
}

/// Whether a value can fail to match.
fn refutable(pattern: &Pattern) -> bool {
    !matches!(pattern, Pattern::Any | Pattern::Bind(_))
}
