//! Functions that stand in others: what the outer one is called with is passed on to them, as if they had it as parameters
//! of their own.

use rustc_hash::FxHashMap as HashMap;

use crate::finding::Span;
use crate::flow::facts::{Argument, ParamFacts, TermKind};
use crate::language::ir::{Expr, ExprKind, Function, Path};

use super::{Env, Frame, Tracer};

/// Parameters of an outer function that are passed on, at most.
const LENT: usize = 8;

/// The named functions that stand in others, by name: the outer one's extent, and its parameters.
pub(super) type Inner<'m> = HashMap<&'m str, Vec<(Span, Vec<&'m str>)>>;

/// Those of a file.
pub(super) fn functions(all: &[Function]) -> Inner<'_> {
    let mut by_place: Vec<&Function> = all.iter().filter(|function| function.span != Span::default()).collect();
    by_place
        .sort_by_key(|function| (function.span.line, function.span.column, std::cmp::Reverse(function.span.end_line)));
    let mut inner = Inner::default();
    // Each function around with all that it can pass on.
    let mut around: Vec<(Span, Vec<&str>)> = Vec::new();
    for function in by_place {
        while around.pop_if(|(outer, _)| !outer.contains(function.span)).is_some() {}
        let mut names: Vec<&str> = function.params.iter().map(|param| param.name.as_str()).collect();
        if let Some((outer, lent)) = around.last().filter(|(outer, _)| *outer != function.span && !function.method) {
            let lent: Vec<&str> = lent.iter().copied().filter(|name| !names.contains(name)).collect();
            if !lent.is_empty() && lent.len() <= LENT && !function.name.is_empty() {
                names.extend(&lent);
                inner.entry(&function.name).or_default().push((*outer, lent));
            }
        }
        around.push((function.span, names));
    }
    inner
}

impl Tracer<'_> {
    /// Gives a function that stands in another the other's parameters. By default they are what the other left in them.
    pub(super) fn lend(&mut self, function: &Function, params: &mut Vec<ParamFacts>, env: &mut Env) {
        let place = function.span;
        let mut known = self.inner.get(function.name.as_str()).into_iter().flatten();
        let Some((outer, names)) = known.rfind(|(outer, _)| *outer != place && outer.contains(place)) else {
            return;
        };
        let begins = Span { end_line: outer.line, end_column: outer.column, ..*outer };
        for name in names.clone() {
            let default = self.add(TermKind::Name(vec![name.to_owned()]), begins);
            let term = self.add(TermKind::Param(params.len() as u16), function.name_span);
            env.insert(name.to_owned(), term);
            params.push(ParamFacts { name: name.to_owned(), ty: None, default: Some(default), term });
        }
    }

    /// What a call passes on to such a function.
    pub(super) fn lent(&self, path: &Path, place: Span, env: &Env) -> Vec<Argument> {
        let [name] = path.as_slice() else { return Vec::new() };
        let mut known = self.inner.get(name.as_str()).into_iter().flatten();
        let Some((_, names)) = known.rfind(|(outer, _)| outer.contains(place)) else { return Vec::new() };
        names.iter().filter_map(|name| Some((Some((*name).to_owned()), *env.get(*name)?))).collect()
    }

    /// A function that stands in another and is what that gives will be called: as good as called there.
    pub(super) fn gives_inner(&mut self, value: &Expr, env: &Env, frame: &mut Frame) {
        let ExprKind::Name(path) = &value.kind else { return };
        let lent = self.lent(path, value.span, env);
        if !lent.is_empty() && path.iter().all(|name| !env.contains_key(name)) {
            let call = self.add(TermKind::Call(path.clone(), lent), value.span);
            frame.facts.calls.push(call);
        }
    }
}
