//! Calls: what they are given, what they change, and what they hand to closures.

use crate::finding::Span;
use crate::flow::facts::{Argument, ConditionKind, Id, Term, TermKind};
use crate::flow::outcome::callee_path;
use crate::language::ir::{Arg, Expr, ExprKind, Path};
use crate::language::models::{Calls, Each, Op, Row, Use};

use super::assertion::{any, failure};
use super::{Env, Frame, Tracer, expand};

/// The name of what is called, which is no variable where those have names of their own kind.
fn function_name(callee: &Expr) -> Option<Path> {
    match &callee.kind {
        ExprKind::Name(path) => Some(path.clone()),
        _ => None,
    }
}

/// A call as it stands in the source.
struct Site<'e> {
    callee: &'e Expr,
    args: &'e [Arg],
    /// It is a statement of its own.
    alone: bool,
    span: Span,
}

impl Tracer<'_> {
    pub(super) fn call(&mut self, callee: &Expr, args: &[Arg], span: Span, env: &mut Env, frame: &mut Frame) -> Id {
        let alone = std::mem::take(&mut self.alone);
        if let Some(path) = self.known_chain(callee, env) {
            let values = self.args(args, env, frame);
            let id = self.add(TermKind::Call(path, values), span);
            frame.facts.calls.push(id);
            return id;
        }
        let site = Site { callee, args, alone, span };
        let named = if self.models.models.sigils { function_name(callee) } else { None };
        let id = match (&callee.kind, named.or_else(|| self.free_path(callee, env))) {
            (ExprKind::Field(base, name), None) => self.method_call(&site, base, name, env, frame),
            (_, Some(path)) => self.path_call(&site, &path, env, frame),
            (_, None) => {
                let path = callee_path(callee);
                let callee = self.expr(callee, env, frame);
                let values = self.args(args, env, frame);
                path.iter().for_each(|path| self.hand_over(path, &values, frame));
                match self.method_of(callee) {
                    // `over := end.Before; over(now)`
                    Some((of, name)) => self.add(TermKind::Method(of, name, values), span),
                    None => self.add(TermKind::Apply(callee, values), span),
                }
            }
        };
        self.bound(id, frame);
        frame.facts.calls.push(id);
        id
    }

    /// What a local holds that is a method of something, as the models know it.
    fn method_of(&mut self, callee: Id) -> Option<(Id, String)> {
        let Term { kind, span } = self.terms[callee as usize].clone();
        let (of, name) = match kind {
            TermKind::Field(of, name) => (of, name),
            TermKind::Name(mut path) if path.len() > 1 => {
                let name = path.pop()?;
                (self.add(TermKind::Name(path), span), name)
            }
            _ => return None,
        };
        let known = self.models.rows(Use::Method, std::slice::from_ref(&name)).next().is_some();
        known.then_some((of, name))
    }

    /// A function that is given some of its arguments before it is called: as good as called with them.
    fn bound(&mut self, id: Id, frame: &mut Frame) {
        let Term { kind: TermKind::Call(path, args), span } = &self.terms[id as usize] else { return };
        let binds =
            self.models.rows(Use::Call, &expand(self.imports, path)).any(|row| row.does.first() == Some(&Op::Bind));
        let Some(((_, first), rest)) = args.split_first().filter(|_| binds) else { return };
        let TermKind::Name(callee) = &self.terms[*first as usize].kind else { return };
        let (kind, span) = (TermKind::Call(callee.clone(), rest.to_vec()), *span);
        let call = self.add(kind, span);
        frame.facts.calls.push(call);
    }

    /// `local.name(…)`, or of what an expression gives.
    fn method_call(&mut self, site: &Site<'_>, base: &Expr, name: &str, env: &mut Env, frame: &mut Frame) -> Id {
        let receiver = self.expr(base, env, frame);
        let values = self.args(site.args, env, frame);
        if self.fills(name, site.alone, base, &values, env, frame) {
            // The collection holds it from here on.
        } else if self.mutates(name, site.alone) {
            let after = self.add(TermKind::Mutated(receiver, name.to_owned(), values.clone()), site.span);
            self.assign(base, after, env, frame);
        }
        let id = self.add(TermKind::Method(receiver, name.to_owned(), values.clone()), site.span);
        self.visit(receiver, name, &values);
        let own = [name.to_owned()];
        let into = self.models.rows(Use::Method, &own).find_map(|row| row.into);
        if let Some(arg) = into.and_then(|n| site.args.get(n)) {
            self.assign(&arg.value, id, env, frame);
        }
        self.filled((Some(receiver), own.as_slice()), site.args, &values, site.span, env, frame);
        self.hand_over(&own, &values, frame);
        self.timer(&own, site.args, &values, frame);
        let known = self.models.rows(Use::Method, &own).next().is_some();
        if known && self.models.call_kind(&own) == Some(Calls::Assert) {
            self.decide(id, ConditionKind::Assert, None, failure(name, site.span), frame);
        } else if let Some(holds) = self.matched_by_method(name, receiver, &values) {
            self.decide(holds, ConditionKind::Assert, None, failure(name, site.span), frame);
        } else if matches!(base.kind, ExprKind::Receiver) {
            self.assertion(&own, id, &values, frame);
        } else if let Some(path) = callee_path(site.callee) {
            self.assertion(&path, id, &values, frame);
        } else {
            self.fluent_assertion(name, receiver, id, frame);
        }
        id
    }

    /// `name(…)`, `module.name(…)`, or a method of what is no local.
    fn path_call(&mut self, site: &Site<'_>, path: &Path, env: &mut Env, frame: &mut Frame) -> Id {
        let mut values = self.args(site.args, env, frame);
        values.extend(self.lent(path, site.span, env));
        let id = self.add(TermKind::Call(path.clone(), values.clone()), site.span);
        self.assertion(path, id, &values, frame);
        self.hand_over(path, &values, frame);
        self.timer(path, site.args, &values, frame);
        let member = match &site.callee.kind {
            ExprKind::Field(base, name) => Some((base.as_ref(), name.as_str())),
            _ => None,
        };
        if let (Some((base, name)), [_]) = (member, values.as_slice())
            && self.models.call_kind(&any(name)) == Some(Calls::Fluent)
        {
            let receiver = self.expr(base, env, frame);
            if let Some(holds) = self.matched_by_method(name, receiver, &values) {
                self.decide(holds, ConditionKind::Assert, None, failure(name, site.span), frame);
            }
        }
        self.fill(path, id, site.args, env, frame);
        self.filled((None, path.as_slice()), site.args, &values, site.span, env, frame);
        self.visit_argument(path, &values);
        let Some((base, name)) = member else { return id };
        if self.visits(name).is_some() {
            let receiver = self.expr(base, env, frame);
            self.visit(receiver, name, &values);
        }
        if self.fills(name, site.alone, base, &values, env, frame) {
            return id;
        }
        if self.mutates(name, site.alone) {
            let receiver = self.expr(base, env, frame);
            let values = self.args(site.args, &mut env.clone(), &mut Frame::default());
            let after = self.add(TermKind::Mutated(receiver, name.to_owned(), values), site.span);
            self.assign(base, after, env, frame);
        }
        id
    }

    /// Whether a method of that name changes its receiver.
    fn mutates(&self, name: &str, alone: bool) -> bool {
        let name = [name.to_owned()];
        let mut rows = self.models.rows(Use::Method, &name);
        let fills = |row: &Row| matches!(row.does.first(), Some(Op::Gain | Op::Store));
        rows.any(|row| row.mutates && (alone || !row.alone) && !fills(row))
    }

    /// Puts what a method of that name adds to a collection into it; says whether it is such a method.
    pub(super) fn fills(
        &mut self,
        name: &str,
        alone: bool,
        base: &Expr,
        args: &[Argument],
        env: &mut Env,
        frame: &mut Frame,
    ) -> bool {
        let name = [name.to_owned()];
        let fits = |row: &Row| {
            row.mutates && alone && row.arity.is_none_or(|arity| (arity.min..=arity.max).contains(&args.len()))
        };
        let mut ops = self.models.rows(Use::Method, &name).filter(|row| fits(row)).filter_map(|row| row.does.first());
        let op = ops.find(|op| matches!(op, Op::Gain | Op::Store));
        let span = base.span;
        if op == Some(&Op::Store) && self.merges(args, base, env, frame) {
            return true;
        }
        let (key, value) = match (op, args) {
            (Some(Op::Gain), [(None, value)]) => (self.add(TermKind::Null, span), *value),
            (Some(Op::Store), [(None, key), (None, value)]) => (*key, *value),
            _ => return false,
        };
        // What somebody else holds has other readers.
        let lent = |id: &Id| matches!(self.terms[*id as usize].kind, TermKind::Param(_) | TermKind::Variable(_));
        if matches!(&base.kind, ExprKind::Name(path) if path.len() == 1 && env.get(&path[0]).is_some_and(lent)) {
            return false;
        }
        self.put(base, key, value, span, env, frame);
        true
    }

    /// Puts several entries into a table: those that are named, or those of a table that is written out.
    fn merges(&mut self, args: &[Argument], base: &Expr, env: &mut Env, frame: &mut Frame) -> bool {
        let entries: Vec<(Id, Id)> = match args {
            [(None, table)] => match self.terms[*table as usize].kind.clone() {
                TermKind::Map(pairs) => pairs,
                _ => return false,
            },
            _ if !args.is_empty() && args.iter().all(|(name, _)| name.is_some()) => args
                .iter()
                .filter_map(|(name, value)| {
                    Some((self.add(TermKind::Text(name.as_deref()?.into()), base.span), *value))
                })
                .collect(),
            _ => return false,
        };
        for (key, value) in entries {
            self.put(base, key, value, base.span, env, frame);
        }
        true
    }

    /// How a method of that name hands a collection to its closure.
    fn visits(&self, name: &str) -> Option<Each> {
        self.hands_on(Use::Method, &[name.to_owned()])
    }

    fn hands_on(&self, kind: Use, path: &[String]) -> Option<Each> {
        let mut rows = self.models.rows(kind, path);
        rows.find_map(|row| match row.does.last() {
            Some(Op::Each(each)) => Some(*each),
            _ => None,
        })
    }

    /// A closure that visits the elements of a collection: its parameter is any of them, also where it is not called.
    fn visit(&mut self, over: Id, name: &str, args: &[Argument]) {
        if let (Some(each), Some((_, closure))) = (self.visits(name), args.first()) {
            self.visited(over, each, *closure);
        }
    }

    /// The same where the collection is an argument too: `Enum.any?(list, closure)`.
    fn visit_argument(&mut self, path: &Path, args: &[Argument]) {
        let [(_, over), (_, closure)] = args else { return };
        if let Some(each) = self.hands_on(Use::Call, &expand(self.imports, path)) {
            self.visited(*over, each, *closure);
        }
    }

    fn visited(&mut self, over: Id, each: Each, closure: Id) {
        let TermKind::Closure(variables, _) = &self.terms[closure as usize].kind else { return };
        let Some(variable) = variables.first().copied() else { return };
        let element = match each {
            Each::Apply => over,
            _ => self.add(TermKind::Element(over), self.terms[over as usize].span),
        };
        self.elements.insert(variable, element);
    }

    /// The path of a method of what a call without arguments gives, where the models know the whole: `Time.zone.now()`
    /// in a language that does not tell `zone` from `zone()`.
    fn known_chain(&self, callee: &Expr, env: &Env) -> Option<Path> {
        let ExprKind::Field(base, name) = &callee.kind else { return None };
        let ExprKind::Call { callee: inner, args } = &base.kind else { return None };
        let mut path = self.free_path(inner, env).filter(|_| args.is_empty())?;
        path.push(name.clone());
        let known = self.models.rows(Use::Call, &expand(self.imports, &path)).next().is_some();
        known.then_some(path)
    }

    /// A call that fills a variable (`gettimeofday(&tv, 0)`): the variable now holds the call's value.
    fn fill(&mut self, path: &Path, call: Id, args: &[Arg], env: &mut Env, frame: &mut Frame) {
        let full = expand(self.imports, path);
        let own = || self.models.rows(Use::Method, &full[full.len().saturating_sub(1)..]);
        let into = self.models.rows(Use::Call, &full).chain(own()).find_map(|row| row.into);
        if let Some(arg) = into.and_then(|n| args.get(n)) {
            self.assign(&arg.value, call, env, frame);
        }
        if let Some(first) = self.models.rows(Use::Call, &full).find_map(|row| row.each_into) {
            self.fill_each(path, call, first, args, env, frame);
        }
    }

    /// Whether it is a call that fills a variable from the stream to the left of a `>>`, as the models know it.
    pub(super) fn reads_stream(&self, reader: &Expr) -> bool {
        let ExprKind::Call { callee, .. } = &reader.kind else { return false };
        let Some(path) = callee_path(callee) else { return false };
        self.models.rows(Use::Call, &expand(self.imports, &path)).any(|row| row.into == Some(1))
    }

    /// `stream >> std::get_time(&day, "%Y-%m-%d")` is the call with the stream before its arguments.
    pub(super) fn read_stream(
        &mut self,
        stream: &Expr,
        reader: &Expr,
        span: Span,
        env: &mut Env,
        frame: &mut Frame,
    ) -> Id {
        let ExprKind::Call { callee, args } = &reader.kind else { return self.unknown(span) };
        let stream = Arg { name: None, value: stream.clone() };
        let args: Vec<Arg> = std::iter::once(stream).chain(args.iter().cloned()).collect();
        self.call(callee, &args, span, env, frame)
    }

    /// The same of a call that fills one variable after the other, from an argument on.
    fn fill_each(&mut self, path: &Path, call: Id, first: usize, args: &[Arg], env: &mut Env, frame: &mut Frame) {
        let Term { kind: TermKind::Call(_, given), span } = self.terms[call as usize].clone() else { return };
        // Where there is no room for more terms, the call may be another.
        let Some(before) = given.get(..first) else { return };
        for (n, arg) in args.iter().skip(first).enumerate() {
            let which = self.add(TermKind::Int(n as i128), span);
            let values = before.iter().cloned().chain([(None, which)]).collect();
            let one = self.add(TermKind::Call(path.clone(), values), span);
            self.assign(&arg.value, one, env, frame);
        }
    }
}
