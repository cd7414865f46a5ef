//! Comparisons that no branch asks: their truth is handed to a call, kept in an object, or shows a part of a page.
//!
//! `button.Enabled = now < end`, `render(page, closed=now > end)`, `{now < end && <Banner/>}` switch something on a date as
//! an `if` would. What is done with the truth elsewhere is mostly not in sight, so the place where it is handed on is told.

use crate::finding::Severity;
use crate::flow::facts::{Argument, Condition, ConditionKind, Id, Outcome, TermKind};
use crate::flow::outcome::name_of;
use crate::language::ir::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::language::models::{Calls, Each, Op, Use};

use super::answer::is_comparison;
use super::{Frame, Tracer};

/// What is said of a truth that is handed on begins like this.
pub const HANDS: &str = "hands ";
/// What is said where that is a truth about one element of a list.
pub const ELEMENT: &str = " for an element to ";

impl Tracer<'_> {
    /// What a call is given, unless it only writes it down or is an assertion that asks it.
    pub(super) fn hand_over(&mut self, path: &[String], args: &[Argument], frame: &mut Frame) {
        let asks = matches!(self.models.call_kind(path), Some(Calls::Log | Calls::Assert | Calls::Fluent));
        let Some(name) = path.last().filter(|_| !asks) else { return };
        let filters = self.filters(name);
        for (_, arg) in args {
            self.keep_parts(*arg, frame);
            // `computed(() => now > end)`
            let given = match &self.terms[*arg as usize].kind {
                TermKind::Closure(params, value) if params.is_empty() || filters => *value,
                _ => *arg,
            };
            let of_element = filters && given != *arg && !self.compares_apart(given, DEPTH);
            // `abort_if(now > end, 403)`
            let throws = self.models.call_kind(path) == Some(Calls::Throw);
            let says = |truth: bool| match throws && truth != name.contains("unless") {
                true => format!("fails ({name})"),
                false if of_element => format!("{HANDS}{truth}{ELEMENT}{name}"),
                false => format!("{HANDS}{truth} to {name}"),
            };
            self.used(given, says, frame);
        }
    }

    /// Whether a call of that name picks out what a closure holds true of.
    fn filters(&self, name: &String) -> bool {
        let picks = |op: &Op| matches!(op, Op::Each(Each::Filter | Each::Reject | Each::Find));
        self.models.rows(Use::Method, std::slice::from_ref(name)).any(|row| row.does.iter().any(picks))
    }

    /// What is kept under the names of an object that is made.
    pub(super) fn keep_parts(&mut self, object: Id, frame: &mut Frame) {
        let parts: Vec<(String, Id)> = match &self.terms[object as usize].kind {
            TermKind::Record(_, fields, _) => fields.clone(),
            TermKind::Map(entries) => {
                entries.iter().filter_map(|(key, value)| Some((self.text(*key)?, *value))).collect()
            }
            _ => return,
        };
        let kept = parts.iter().filter_map(|(name, value)| self.kept(name, *value)).collect::<Vec<_>>();
        frame.facts.conditions.extend(kept);
    }

    /// A part of an object, by its name.
    pub(super) fn kept(&self, name: &str, part: Id) -> Option<Condition> {
        self.handed(part, |truth| format!("{HANDS}{truth} on as {name}"))
    }

    /// What is set in an object or a table.
    pub(super) fn set(&mut self, target: &Expr, value: Id, frame: &mut Frame) {
        let key = match &target.kind {
            ExprKind::Index(_, key) => key,
            _ => target,
        };
        if let Some(target) = name_of(key) {
            self.used(value, |truth| format!("sets {target} to {truth}"), frame);
        }
    }

    /// `{holds && <Banner/>}`: what a page shows.
    pub(super) fn shown(&mut self, op: BinaryOp, holds: Id, part: &Expr, frame: &mut Frame) {
        let ExprKind::Call { callee, .. } = &part.kind else { return };
        let Some(name) = name_of(callee).filter(|name| name.starts_with(|c: char| c == '<' || c.is_uppercase())) else {
            return;
        };
        if op == BinaryOp::And && (self.compares(holds, DEPTH) || self.is_answer(holds)) {
            let text = format!("shows {}", name.trim_matches(['<', '>']));
            let shows = Outcome { severity: Severity::Changes, text, span: part.span };
            self.decide(holds, ConditionKind::Used, Some(shows), None, frame);
        }
    }

    /// Whether a term is a global of the file that holds such a comparison.
    fn is_answer(&self, id: Id) -> bool {
        match &self.terms[id as usize].kind {
            TermKind::Name(path) => path.len() == 1 && self.answers.contains(path[0].as_str()),
            TermKind::Unary(UnaryOp::Not, inner) => self.is_answer(*inner),
            _ => false,
        }
    }

    /// `RATES[year]`: where the language has it so, the program fails if the table has no such key.
    pub(super) fn looked_up(&mut self, element: Id, frame: &mut Frame) {
        let TermKind::Index(table, key) = self.terms[element as usize].kind else { return };
        let is_kept = matches!(self.terms[table as usize].kind, TermKind::Name(_) | TermKind::Field(..));
        let is_written = matches!(self.terms[key as usize].kind, TermKind::Int(_) | TermKind::Text(_));
        if self.models.models.missing_key_fails && is_kept && !is_written {
            let span = self.terms[element as usize].span;
            let text = "fails for want of the key".to_owned();
            let fails = Outcome { severity: Severity::Refuses, text, span };
            self.decide(element, ConditionKind::Used, None, Some(fails), frame);
        }
    }

    fn used(&mut self, value: Id, says: impl Fn(bool) -> String, frame: &mut Frame) {
        if let Some(Condition { term, kind, then, otherwise, .. }) = self.handed(value, says) {
            self.decide(term, kind, then, otherwise, frame);
        }
    }

    fn handed(&self, value: Id, says: impl Fn(bool) -> String) -> Option<Condition> {
        let span = self.terms[value as usize].span;
        let told = |truth| Some(Outcome { severity: Severity::Changes, text: says(truth), span });
        let (then, otherwise) = (told(true), told(false));
        let kind = ConditionKind::Used;
        self.compares(value, DEPTH).then_some(Condition { term: value, guards: Vec::new(), kind, then, otherwise })
    }

    fn text(&self, id: Id) -> Option<String> {
        match &self.terms[id as usize].kind {
            TermKind::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }

    /// Whether a term is such a comparison of something else than the elements that a closure is called with.
    fn compares_apart(&self, id: Id, depth: usize) -> bool {
        use BinaryOp as B;
        let Some(depth) = depth.checked_sub(1) else { return false };
        match &self.terms[id as usize].kind {
            TermKind::Unary(UnaryOp::Not, inner) => self.compares_apart(*inner, depth),
            TermKind::Binary(B::And | B::Or, a, b) => self.compares_apart(*a, depth) || self.compares_apart(*b, depth),
            _ => self.compares(id, depth + 1) && !self.is_of_element(id),
        }
    }

    fn is_of_element(&self, id: Id) -> bool {
        let mut open = vec![id];
        for _ in 0..PARTS {
            let Some(id) = open.pop() else { break };
            match &self.terms[id as usize].kind {
                TermKind::Variable(_) => return true,
                kind => kind.for_each_part(|part| open.push(part)),
            }
        }
        false
    }

    /// Whether a term is a comparison of an order by its own words.
    fn compares(&self, id: Id, depth: usize) -> bool {
        use BinaryOp as B;
        let Some(depth) = depth.checked_sub(1) else { return false };
        match &self.terms[id as usize].kind {
            TermKind::Unary(UnaryOp::Not, inner) => self.compares(*inner, depth),
            TermKind::Binary(B::Less | B::LessEqual | B::Greater | B::GreaterEqual, ..) => true,
            TermKind::Binary(B::And | B::Or, a, b) => self.compares(*a, depth) || self.compares(*b, depth),
            TermKind::Method(_, name, _) => is_comparison(self.models, Some(name)),
            TermKind::Call(path, _) => is_comparison(self.models, path.last()),
            _ => false,
        }
    }
}

/// Terms inside each other that are looked through.
const DEPTH: usize = 6;

/// Terms looked at in one comparison.
const PARTS: usize = 60;
