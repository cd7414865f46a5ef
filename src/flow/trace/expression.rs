//! Expressions, and what an assignment makes of the names.

use crate::finding::Span;
use crate::flow::facts::{Argument, Id, Term, TermKind, Write};
use crate::flow::outcome::callee_path;
use crate::flow::taint::is_setting;
use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Path};
use crate::language::models::{Row, Use};

use super::{Env, Frame, Tracer, expand, field_key};

/// Elements put into one collection that are followed; a longer list of them is a table that code builds.
const PUTS: usize = 64;

impl Tracer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, env: &mut Env, frame: &mut Frame) -> Id {
        let span = expr.span;
        let kind = match &expr.kind {
            ExprKind::Int(n) => TermKind::Int(*n),
            ExprKind::Float(n) => TermKind::Float(*n),
            ExprKind::Text(text) => TermKind::Text(text.as_str().into()),
            ExprKind::Bool(b) => TermKind::Bool(*b),
            ExprKind::Null => TermKind::Null,
            ExprKind::Receiver => TermKind::Receiver,
            ExprKind::Name(path) => {
                let id = self.name(path, span, env);
                return self.clock_function(id).unwrap_or_else(|| self.bare_call(id, frame));
            }
            ExprKind::Field(base, name) => {
                let id = self.field(expr, base, name, env, frame);
                return self.clock_function(id).unwrap_or_else(|| self.bare_call(id, frame));
            }
            ExprKind::Index(base, index) => {
                let base = self.expr(base, env, frame);
                let index = self.expr(index, env, frame);
                let element = self.add(TermKind::Index(base, index), span);
                self.looked_up(element, frame);
                return element;
            }
            ExprKind::Call { callee, args } => return self.call(callee, args, span, env, frame),
            ExprKind::New { ty, args } => {
                let args = self.args(args, env, frame);
                self.hand_over(ty, &args, frame);
                let id = self.add(TermKind::New(ty.clone(), args), span);
                frame.facts.calls.push(id);
                return id;
            }
            ExprKind::Unary(op, inner) => TermKind::Unary(*op, self.expr(inner, env, frame)),
            ExprKind::Binary(BinaryOp::ShiftRight, stream, reader) if self.reads_stream(reader) => {
                return self.read_stream(stream, reader, span, env, frame);
            }
            ExprKind::Binary(op, left, right) => {
                let left = self.expr(left, env, frame);
                self.shown(*op, left, right, frame);
                TermKind::Binary(*op, left, self.second(*op, left, right, env, frame))
            }
            ExprKind::Assign(target, value) => {
                let value = self.expr(value, env, frame);
                self.assign(target, value, env, frame);
                return value;
            }
            ExprKind::Conditional { cond, then, otherwise } => {
                return self.branch(cond, then, otherwise, span, env, frame).unwrap_or_else(|| self.unknown(span));
            }
            ExprKind::Match { subject, arms } => return self.run_match(subject.as_deref(), arms, span, env, frame),
            ExprKind::Is(value, pattern) => {
                let value = self.expr(value, env, frame);
                let test = self.test(pattern, value, span, env, frame);
                self.bind(pattern, value, env);
                return test;
            }
            ExprKind::List(items) => TermKind::List(self.exprs(items, env, frame)),
            ExprKind::Record { ty, fields, base } => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.expr(value, env, frame))).collect();
                let base = base.as_deref().map(|base| self.expr(base, env, frame));
                TermKind::Record(ty.clone(), fields, base)
            }
            ExprKind::Map(pairs) => {
                let pairs = pairs.iter().map(|(k, v)| (self.expr(k, env, frame), self.expr(v, env, frame))).collect();
                TermKind::Map(pairs)
            }
            ExprKind::Closure(function) => return self.closure(function, span, env, frame),
            ExprKind::Cast(ty, inner) => TermKind::Cast(ty.clone(), self.expr(inner, env, frame)),
            ExprKind::Interpolated(parts) => TermKind::Concat(self.exprs(parts, env, frame)),
            ExprKind::Block(block) => return self.block(block, env, frame).unwrap_or_else(|| self.unknown(span)),
            ExprKind::Pass(inner) => return self.expr(inner, env, frame),
            ExprKind::Opaque(parts) => {
                self.exprs(parts, env, frame);
                TermKind::Unknown
            }
        };
        self.add(kind, span)
    }

    pub(super) fn args(&mut self, args: &[Arg], env: &mut Env, frame: &mut Frame) -> Vec<Argument> {
        args.iter().map(|arg| (arg.name.clone(), self.expr(&arg.value, env, frame))).collect()
    }

    fn exprs(&mut self, exprs: &[Expr], env: &mut Env, frame: &mut Frame) -> Vec<Id> {
        exprs.iter().map(|expr| self.expr(expr, env, frame)).collect()
    }

    /// The right side of an operator. Statements in it (`x ?: return`) run only if the left side does not decide.
    fn second(&mut self, op: BinaryOp, left: Id, right: &Expr, env: &mut Env, frame: &mut Frame) -> Id {
        let ExprKind::Block(block) = &right.kind else { return self.expr(right, env, frame) };
        let guard = match op {
            BinaryOp::And => left,
            BinaryOp::Or => self.negate(left),
            BinaryOp::Otherwise => self.unknown(right.span),
            _ => return self.expr(right, env, frame),
        };
        self.guarded(guard, block, env, frame).unwrap_or_else(|| self.unknown(right.span))
    }

    /// A clock that is handed over by its name, to be called later: `clock=time.time`, `options.now || Date.now`.
    fn clock_function(&mut self, id: Id) -> Option<Id> {
        let Term { kind: TermKind::Name(path), span } = &self.terms[id as usize] else { return None };
        let full = expand(self.imports, path);
        let is_read = self.models.models.bare_calls || self.models.rows(Use::Name, &full).next().is_some();
        if is_read || full.len() < 2 || !self.models.rows(Use::Call, &full).any(Row::reads_clock) {
            return None;
        }
        let (path, span) = (path.clone(), *span);
        let call = self.add(TermKind::Call(path, Vec::new()), span);
        Some(self.add(TermKind::Closure(Vec::new(), call), span))
    }

    /// A name that is no local may be a call without parentheses, where the language has such.
    fn bare_call(&mut self, id: Id, frame: &mut Frame) -> Id {
        let may_call = matches!(self.terms[id as usize].kind, TermKind::Name(_) | TermKind::Field(..));
        if may_call && self.models.models.bare_calls {
            frame.facts.calls.push(id);
        }
        id
    }

    pub(super) fn name(&mut self, path: &Path, span: Span, env: &Env) -> Id {
        if let [name] = path.as_slice()
            && let Some(id) = env.get(name)
        {
            return *id;
        }
        self.add(TermKind::Name(path.clone()), span)
    }

    fn field(&mut self, whole: &Expr, base: &Expr, name: &str, env: &mut Env, frame: &mut Frame) -> Id {
        if matches!(base.kind, ExprKind::Receiver)
            && let Some(id) = env.get(&field_key(name))
        {
            return *id;
        }
        if let Some(path) = self.free_path(whole, env) {
            return self.add(TermKind::Name(path), whole.span);
        }
        let base = self.expr(base, env, frame);
        self.add(TermKind::Field(base, name.to_owned()), whole.span)
    }

    /// The dotted path that an expression spells, if its root is no local.
    pub(super) fn free_path(&self, expr: &Expr, env: &Env) -> Option<Path> {
        let path = callee_path(expr)?;
        (!env.contains_key(&path[0])).then_some(path)
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Id, env: &mut Env, frame: &mut Frame) {
        match &target.kind {
            ExprKind::Name(path) => {
                if let [name] = path.as_slice() {
                    if !env.contains_key(name) || self.is_still(name, value) {
                        frame.facts.writes.push(Write { field: None, name: Some(path.clone()), value, adds: false });
                    }
                    env.insert(name.clone(), value);
                } else {
                    frame.facts.writes.push(Write { field: None, name: Some(path.clone()), value, adds: false });
                }
            }
            ExprKind::Field(base, name) if matches!(base.kind, ExprKind::Receiver) => {
                self.set(target, value, frame);
                frame.facts.writes.push(Write { field: Some(name.clone()), name: None, value, adds: false });
                env.insert(field_key(name), value);
            }
            // The settings of a program outlive it: what is read there later is not what was just written.
            ExprKind::Field(base, _) if names_default(base) && self.setting(target, env).is_some() => {
                let name = self.setting(target, env);
                frame.facts.writes.push(Write { field: None, name, value, adds: false });
            }
            ExprKind::Field(base, name) => {
                self.set(target, value, frame);
                let whole = self.expr(base, env, frame);
                let with = self.add(TermKind::With(whole, name.clone(), value), target.span);
                self.assign(base, with, env, frame);
            }
            ExprKind::Index(base, key) => {
                self.set(target, value, frame);
                let key = self.expr(key, env, frame);
                self.put(base, key, value, target.span, env, frame);
            }
            ExprKind::Pass(inner) | ExprKind::Cast(_, inner) => self.assign(inner, value, env, frame),
            // A part of what a getter gives: `config.x.ends = …`.
            ExprKind::Call { callee, args } if args.is_empty() && self.models.models.bare_calls => {
                self.assign(callee, value, env, frame);
            }
            ExprKind::List(targets) => {
                for (n, target) in targets.iter().enumerate() {
                    let index = self.add(TermKind::Int(n as i128), target.span);
                    let element = self.add(TermKind::Index(value, index), target.span);
                    self.assign(target, element, env, frame);
                }
            }
            _ => {}
        }
    }

    /// The path of a setting that a .NET program keeps.
    fn setting(&self, target: &Expr, env: &Env) -> Option<Path> {
        self.free_path(target, env).filter(|path| is_setting(path))
    }

    /// Whether a value is what an outer name stands for, with parts replaced.
    fn is_still(&self, name: &str, mut value: Id) -> bool {
        while let TermKind::With(base, ..) = &self.terms[value as usize].kind {
            value = *base;
        }
        matches!(&self.terms[value as usize].kind, TermKind::Name(path) if *path == [name])
    }

    /// `base[key] = value`. What is no local gains an entry, beside those that other code puts there.
    pub(super) fn put(&mut self, base: &Expr, key: Id, value: Id, span: Span, env: &mut Env, frame: &mut Frame) {
        let mut write = match &base.kind {
            ExprKind::Pass(inner) => return self.put(inner, key, value, span, env, frame),
            ExprKind::Name(path) if path.len() > 1 || !env.contains_key(&path[0]) => {
                Write { field: None, name: Some(path.clone()), value, adds: true }
            }
            ExprKind::Field(of, name)
                if matches!(of.kind, ExprKind::Receiver) && !env.contains_key(&field_key(name)) =>
            {
                Write { field: Some(name.clone()), name: None, value, adds: true }
            }
            _ => {
                let whole = self.expr(base, env, frame);
                if self.puts(whole) < PUTS {
                    let after = self.add(TermKind::Put(whole, key, value), span);
                    self.assign(base, after, env, frame);
                }
                return;
            }
        };
        let entry = match &self.terms[key as usize].kind {
            TermKind::Text(name) => TermKind::Record(None, vec![(name.to_string(), value)], None),
            // At its end.
            TermKind::Null => TermKind::List(vec![value]),
            _ => TermKind::Map(vec![(key, value)]),
        };
        write.value = self.add(entry, span);
        frame.facts.writes.push(write);
    }

    /// How many elements were put into a collection one after the other.
    fn puts(&self, mut whole: Id) -> usize {
        let mut count = 0;
        while let TermKind::Put(base, ..) = &self.terms[whole as usize].kind {
            whole = *base;
            count += 1;
        }
        count
    }
}

/// Whether a dotted name may end like that of a program's settings: a quick look.
fn names_default(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Field(_, name) => name == "Default",
        ExprKind::Name(path) => path.last().is_some_and(|name| name == "Default"),
        _ => false,
    }
}
