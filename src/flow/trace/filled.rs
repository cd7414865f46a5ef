//! Variables that a function fills for its caller: `today(&tm)`, `load(settings)`.
//!
//! A function that assigns through a parameter is accompanied by one of a name that no source can have ([`filling`]): it
//! gives what the parameter points to in the end. A call that hands a local over is followed by the local's new value, which
//! is a call of that one. Where there is none, the local is what it was.

use rustc_hash::FxHashMap as HashMap;

use crate::finding::Span;
use crate::flow::facts::{Argument, FunctionFacts, Id, TermKind, filling};
use crate::flow::outcome::callee_path;
use crate::language::ir::{Arg, Expr, ExprKind, Function, REFERENCE};
use crate::language::models::{Index, Row, Use};
use crate::language::walk::each_expr;

use super::{Env, Frame, Tracer, expand};

/// Calls deep that a parameter is handed on to the function that fills it.
const HANDED_ON: usize = 3;

/// The parameters, by number, that the functions of a file fill.
pub(super) type Fills<'m> = HashMap<&'m str, Vec<usize>>;

/// Those of a file.
pub(super) fn functions<'m>(all: &'m [Function], models: &Index) -> Fills<'m> {
    let mut fills = Fills::default();
    for _ in 0..HANDED_ON {
        let mut changed = false;
        for function in all.iter().filter(|function| !function.name.is_empty() && !function.declared_only) {
            let filled = filled_by(function, models, &fills);
            let known = fills.entry(&function.name).or_default();
            for n in filled {
                if !known.contains(&n) {
                    known.push(n);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    fills.retain(|_, filled| !filled.is_empty());
    fills
}

/// The parameters that a function assigns through, or hands on to what fills them.
fn filled_by(function: &Function, models: &Index, fills: &Fills<'_>) -> Vec<usize> {
    let mut filled = Vec::new();
    if function.params.is_empty() {
        return filled;
    }
    let number = |name: &String| function.params.iter().position(|param| param.name == *name);
    each_expr(&function.body, &mut |expr| match &expr.kind {
        ExprKind::Assign(target, _) => {
            let (root, through) = root_of(target);
            let n = root.and_then(number).filter(|n| through || is_reference(function, *n));
            filled.extend(n);
        }
        ExprKind::Call { callee, args } => {
            let Some(path) = callee_path(callee) else { return };
            let by_own = path.last().and_then(|name| fills.get(name.as_str())).into_iter().flatten();
            let into = by_row(models, &path, args.len()).chain(by_own.copied());
            filled.extend(into.filter_map(|n| root_of(&args.get(n)?.value).0).filter_map(number));
        }
        _ => {}
    });
    filled
}

/// The arguments that the models know a call to fill.
fn by_row(models: &Index, path: &[String], args: usize) -> impl Iterator<Item = usize> {
    let into = models.rows(Use::Call, path).find_map(|row| row.into);
    let rest = models.rows(Use::Call, path).find_map(|row| row.each_into).map(|first| first..args);
    into.into_iter().chain(rest.into_iter().flatten())
}

/// Whether to assign a parameter is to assign what the caller handed over: C++'s `tm& t`.
fn is_reference(function: &Function, n: usize) -> bool {
    let name = &function.params[n].name;
    function.attributes.iter().any(|attribute| match attribute.args.first().map(|arg| &arg.value.kind) {
        Some(ExprKind::Name(path)) => attribute.path == [REFERENCE] && path.last() == Some(name),
        _ => false,
    })
}

/// The one name that an assignable expression begins with, and whether it is more than that name.
fn root_of(mut target: &Expr) -> (Option<&String>, bool) {
    let mut through = false;
    while let ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Pass(base) | ExprKind::Cast(_, base) =
        &target.kind
    {
        target = base;
        through = true;
    }
    match &target.kind {
        ExprKind::Name(path) => (path.first().filter(|_| path.len() == 1), through),
        _ => (None, false),
    }
}

impl Tracer<'_> {
    /// The functions that give what a function leaves in its parameters.
    pub(super) fn fillings(&self, function: &Function, facts: &FunctionFacts, env: &Env) -> Vec<FunctionFacts> {
        let filled = self.fills.get(function.name.as_str()).map_or(&[][..], Vec::as_slice);
        let mut fillings = Vec::new();
        for n in filled.iter().copied() {
            let Some(param) = facts.params.get(n) else { continue };
            let Some(left) = env.get(&param.name).filter(|left| **left != param.term) else { continue };
            fillings.push(FunctionFacts {
                name: filling(&facts.name, n),
                owner: facts.owner.clone(),
                params: facts.params.clone(),
                method: facts.method,
                test: facts.test,
                value: Some(*left),
                name_span: facts.name_span,
                ..FunctionFacts::default()
            });
        }
        fillings
    }

    /// What locals hold behind a call that they are handed to.
    pub(super) fn filled(
        &mut self,
        (receiver, path): (Option<Id>, &[String]),
        args: &[Arg],
        values: &[Argument],
        span: Span,
        env: &mut Env,
        frame: &mut Frame,
    ) {
        let Some((name, front)) = path.split_last() else { return };
        let own = self.fills.get(name.as_str()).cloned();
        // What the models know fills what they say.
        if own.is_none() && self.models.rows(Use::Call, &expand(self.imports, path)).next().is_some() {
            return;
        }
        for (n, arg) in args.iter().enumerate() {
            let (Some(local), through) = root_of(&arg.value) else { continue };
            let handed = matches!(&arg.value.kind, ExprKind::Name(_) | ExprKind::Pass(_));
            // One that is not known yet is declared there (C#'s `out var end`), or is a global.
            let held = env.get(local).copied();
            let fills = match (&own, held) {
                (Some(own), Some(_)) => own.contains(&n),
                (Some(own), None) => own.contains(&n),
                (None, Some(held)) => self.is_bare(held) || through && self.reads_clock(held),
                (None, None) => false,
            };
            if !fills || !handed {
                continue;
            }
            let name = filling(name, n);
            let kind = match receiver {
                Some(receiver) => TermKind::Method(receiver, name, values.to_vec()),
                None => TermKind::Call(front.iter().cloned().chain([name]).collect(), values.to_vec()),
            };
            let left = self.add(kind, span);
            frame.facts.calls.push(left);
            env.insert(local.clone(), left);
        }
    }

    /// Whether a local is declared and holds nothing yet: who is handed it fills it.
    fn is_bare(&self, held: Id) -> bool {
        matches!(&self.terms[held as usize].kind, TermKind::Record(Some(_), fields, None) if fields.is_empty())
    }

    fn reads_clock(&self, held: Id) -> bool {
        match &self.terms[held as usize].kind {
            TermKind::Call(path, _) => self.models.rows(Use::Call, path).any(Row::reads_clock),
            _ => false,
        }
    }
}
