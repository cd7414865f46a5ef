//! What is called once a time has passed: `setTimeout(stop, end - Date.now())` is called when nothing of it is left.

use crate::finding::Severity;
use crate::flow::facts::{Argument, ConditionKind, Outcome, TermKind};
use crate::flow::outcome::{name_of, of_block};
use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind};
use crate::language::models::Calls;

use super::{Frame, Tracer};

impl Tracer<'_> {
    /// A call of that path, if it starts a timer: what it is given decides by how much is left.
    pub(super) fn timer(&mut self, path: &[String], args: &[Arg], values: &[Argument], frame: &mut Frame) {
        if self.models.call_kind(path) != Some(Calls::Timer) {
            return;
        }
        let called = args.iter().find_map(|arg| self.called(&arg.value));
        let is_literal =
            |kind: &TermKind| matches!(kind, TermKind::Int(_) | TermKind::Float(_) | TermKind::Closure(..));
        for (_, left) in values {
            let term = &self.terms[*left as usize];
            if is_literal(&term.kind) {
                continue;
            }
            let span = term.span;
            let nothing = self.add(TermKind::Int(0), span);
            let over = self.add(TermKind::Binary(BinaryOp::LessEqual, *left, nothing), span);
            self.decide(over, ConditionKind::Branch, called.clone(), None, frame);
        }
    }

    /// What is done when the time has passed.
    fn called(&self, callback: &Expr) -> Option<Outcome> {
        match &callback.kind {
            ExprKind::Closure(function) => of_block(&function.body, self.models),
            ExprKind::Name(_) | ExprKind::Field(..) => {
                let text = format!("calls {}", name_of(callback)?);
                Some(Outcome { severity: Severity::Changes, text, span: callback.span })
            }
            _ => None,
        }
    }
}
