//! From IR to facts: each function is run once, symbolically.
//!
//! Locals are replaced by what they hold. Branches join as [`TermKind::Choose`]; a variable that a loop changes is, after
//! it, either what it was or what the body made of it ([`TermKind::Any`]). The function's result is the nested choice
//! over its returns. What decides a path (`if`, `match`, `assert!`, a boolean result) is kept as a [`Condition`] with
//! what each side does.
//!
//! Terms are bounded: [`TERM_LIMIT`] per file; beyond it everything is unknown and the file says so as a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use crate::finding::Span;
use crate::language::ir::{
    self, Arg, BinaryOp, Block, Expr, ExprKind, Function, Module, Path, Pattern, Stmt, StmtKind, UnaryOp,
};
use crate::language::models::{Calls, Comparison, Each, Index, Op, Row, Use};

use super::facts::{
    Argument, Captured, Condition, ConditionKind, FieldFacts, FileFacts, FunctionFacts, GlobalFacts, Id, Outcome,
    ParamFacts, Term, TermKind, TypeFacts, Write,
};
use super::outcome::{callee_path, diverges, name_of, of_block};

mod matchers;

/// Terms per file; a file with more is a table or generated, and is read no further.
pub const TERM_LIMIT: usize = 2_000_000;
/// Elements put into one collection that are followed; a longer list of them is a table that code builds.
const PUTS: usize = 64;
/// Guards kept per condition: the innermost ones.
const GUARD_LIMIT: usize = 6;

/// Traces a module. `path` is for display only.
pub fn trace(path: Arc<str>, module: &Module, models: &Index) -> FileFacts {
    let mut starts: Vec<Span> = module.functions.iter().map(|f| f.span).collect();
    starts.sort_unstable();
    let mut tracer = Tracer {
        terms: Vec::new(),
        variables: 0,
        models,
        imports: &module.imports,
        named: starts,
        at: 0,
        alone: false,
        captured: HashMap::default(),
        elements: HashMap::default(),
        tried: Vec::new(),
    };
    let mut functions: Vec<FunctionFacts> = Vec::with_capacity(module.functions.len() + 1);
    for function in &module.functions {
        tracer.at = functions.len();
        functions.push(tracer.function(function));
    }
    if !module.script.is_empty() {
        tracer.at = functions.len();
        let script = Function { body: module.script.clone(), exported: true, span: EVERYWHERE, ..Function::default() };
        let facts = tracer.function(&script);
        functions.push(FunctionFacts { span: Span::default(), ..facts });
    }
    let globals = module.globals.iter().map(|global| tracer.global(global, &mut functions)).collect();
    let types = module.types.iter().map(|ty| tracer.type_decl(ty)).collect();
    FileFacts {
        path,
        package: module.package.clone(),
        imports: module.imports.clone(),
        includes: module.includes.clone(),
        functions,
        globals,
        types,
        gaps: module.gaps.clone(),
        terms: tracer.terms,
        captured: tracer.captured,
        elements: tracer.elements,
        tried: tracer.tried,
        ..FileFacts::default()
    }
}

struct Tracer<'m> {
    terms: Vec<Term>,
    variables: u32,
    models: &'m Index,
    imports: &'m [ir::Import],
    /// Where the named functions stand, in order.
    named: Vec<Span>,
    /// The function under trace.
    at: usize,
    /// The call that comes next is a statement.
    alone: bool,
    captured: HashMap<String, Vec<Captured>>,
    elements: HashMap<u32, Id>,
    tried: Vec<Span>,
}

/// The span of the statements outside functions: around everything.
const EVERYWHERE: Span = Span { line: 0, column: 0, end_line: u32::MAX, end_column: 0 };

/// What the names in scope hold. Fields of the receiver are entered as `this.NAME`.
type Env = BTreeMap<String, Id>;

/// The state of one function (or closure) under trace.
#[derive(Default)]
struct Frame {
    facts: FunctionFacts,
    /// Under which conditions each return happens, and its value.
    returns: Vec<(Vec<Id>, Id)>,
    /// The conditions around the current statement, with those that earlier exits leave behind.
    guards: Vec<Id>,
    /// How many of `guards` enclose it (and must be repeated at a return).
    enclosing: Vec<Id>,
}

/// The name under which the receiver's field is kept in the environment.
fn field_key(name: &str) -> String {
    format!("this.{name}")
}

impl<'m> Tracer<'m> {
    fn add(&mut self, kind: TermKind, span: Span) -> Id {
        if self.terms.len() >= TERM_LIMIT {
            return 0;
        }
        self.terms.push(Term { kind, span });
        (self.terms.len() - 1) as Id
    }

    fn unknown(&mut self, span: Span) -> Id {
        self.add(TermKind::Unknown, span)
    }

    fn variable(&mut self) -> u32 {
        self.variables += 1;
        self.variables
    }

    fn function(&mut self, function: &Function) -> FunctionFacts {
        let mut env = Env::new();
        let mut params = Vec::new();
        for (n, param) in function.params.iter().enumerate() {
            let id = self.add(TermKind::Param(n as u16), param.span);
            env.insert(param.name.clone(), id);
            let mut frame = Frame::default();
            let default = param.default.as_ref().map(|e| self.expr(e, &mut Env::new(), &mut frame));
            params.push(ParamFacts { name: param.name.clone(), ty: param.ty.clone(), default, term: id });
        }
        let attributes = self.attributes(&function.attributes);
        let mut frame = Frame::default();
        let value = self.body(&function.body, &mut env, &mut frame);
        self.capture(function.span, &env);
        let mut facts = frame.facts;
        if let Some(value) = value {
            answer(self, function, value, &mut facts);
        }
        FunctionFacts {
            name: function.name.clone(),
            owner: function.owner.clone(),
            params,
            method: function.method,
            returns: function.returns.clone(),
            exported: function.exported,
            test: function.test,
            declared_only: function.declared_only,
            value,
            attributes,
            span: function.span,
            name_span: function.name_span,
            ..facts
        }
    }

    /// Annotations as calls: what they say stands in their arguments.
    fn attributes(&mut self, attributes: &[ir::Attribute]) -> Vec<Id> {
        let mut calls = Vec::new();
        for attribute in attributes {
            let mut frame = Frame::default();
            let args = attribute.args.iter();
            let args = args.map(|arg| (arg.name.clone(), self.expr(&arg.value, &mut Env::new(), &mut frame))).collect();
            calls.push(self.add(TermKind::Call(attribute.path.clone(), args), attribute.span));
        }
        calls
    }

    /// Keeps what the names hold at a function's end, if named functions stand inside it.
    fn capture(&mut self, scope: Span, env: &Env) {
        let after = self.named.partition_point(|span| *span <= scope);
        if !self.named.get(after).is_some_and(|span| scope.contains(*span)) {
            return;
        }
        for (name, value) in env.iter().filter(|(name, _)| !name.contains('.')) {
            let captured = Captured { scope, function: self.at, value: *value };
            self.captured.entry(name.clone()).or_default().push(captured);
        }
    }

    fn global(&mut self, global: &ir::Global, functions: &mut Vec<FunctionFacts>) -> GlobalFacts {
        let mut frame = Frame::default();
        let value = global.value.as_ref().map(|value| self.expr(value, &mut Env::new(), &mut frame));
        if !frame.facts.conditions.is_empty() || !frame.facts.calls.is_empty() {
            functions.push(FunctionFacts {
                name: global.name.clone(),
                owner: global.owner.clone(),
                span: global.span,
                name_span: global.span,
                declared_only: true,
                ..frame.facts
            });
        }
        GlobalFacts {
            name: global.name.clone(),
            owner: global.owner.clone(),
            ty: global.ty.clone(),
            value,
            span: global.span,
        }
    }

    fn type_decl(&mut self, ty: &ir::TypeDecl) -> TypeFacts {
        let mut fields = Vec::new();
        for field in &ty.fields {
            let mut frame = Frame::default();
            let value = field.value.as_ref().map(|value| self.expr(value, &mut Env::new(), &mut frame));
            let attributes = self.attributes(&field.attributes);
            let (name, ty) = (field.name.clone(), field.ty.clone());
            fields.push(FieldFacts { name, ty, value, attributes, span: field.span });
        }
        TypeFacts { name: ty.name.clone(), owner: ty.owner.clone(), bases: ty.bases.clone(), fields }
    }

    /// Runs a function's or closure's body and folds its returns into one value.
    fn body(&mut self, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let last = self.block(block, env, frame);
        let mut result = last.filter(|_| block.value.is_some());
        for (guards, value) in std::mem::take(&mut frame.returns).into_iter().rev() {
            let span = self.terms[value as usize].span;
            result = Some(match (self.all(&guards, span), result) {
                (Some(cond), Some(rest)) => self.add(TermKind::Choose(cond, value, rest), span),
                (Some(cond), None) => {
                    let rest = self.unknown(span);
                    self.add(TermKind::Choose(cond, value, rest), span)
                }
                (None, _) => value,
            });
        }
        result
    }

    fn all(&mut self, guards: &[Id], span: Span) -> Option<Id> {
        let (first, rest) = guards.split_first()?;
        Some(rest.iter().fold(*first, |all, guard| self.add(TermKind::Binary(BinaryOp::And, all, *guard), span)))
    }

    /// Runs a block in a scope of its own for guards; names stay visible (languages differ, shadowing is rare).
    fn block(&mut self, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        for stmt in &block.stmts {
            self.stmt(stmt, env, frame);
        }
        let value = block.value.as_deref().map(|value| self.expr(value, env, frame));
        frame.guards.truncate(guards);
        frame.enclosing.truncate(enclosing);
        value
    }

    fn stmt(&mut self, stmt: &Stmt, env: &mut Env, frame: &mut Frame) {
        match &stmt.kind {
            StmtKind::Let { pattern, ty, value, otherwise } => {
                let value = value.as_ref().map(|value| self.expr(value, env, frame));
                if let Some(block) = otherwise {
                    self.block(block, &mut env.clone(), frame);
                }
                let id = self.declared(value, ty.as_deref(), stmt.span);
                self.bind(pattern, id, env);
            }
            StmtKind::Expr(expr) => {
                self.alone = matches!(expr.kind, ExprKind::Call { .. });
                let id = self.expr(expr, env, frame);
                self.stated(id, frame);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.branch(cond, then, otherwise, stmt.span, env, frame);
            }
            StmtKind::Loop { bind, over, cond, body } => {
                self.run_loop(bind.as_ref(), over.as_ref(), cond.as_ref(), body, env, frame)
            }
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.expr(value, env, frame),
                    None => self.add(TermKind::Null, stmt.span),
                };
                frame.returns.push((frame.enclosing.clone(), value));
            }
            StmtKind::Throw(value) => {
                if let Some(value) = value {
                    self.expr(value, env, frame);
                }
            }
            StmtKind::Jump => {}
            StmtKind::Try { body, handlers, finally } => {
                self.tried.extend((!handlers.is_empty()).then_some(stmt.span));
                self.block(body, env, frame);
                for handler in handlers {
                    let mut inner = env.clone();
                    let unsure = self.unknown(stmt.span);
                    frame.enclosing.push(unsure);
                    self.block(handler, &mut inner, frame);
                    frame.enclosing.pop();
                    if !diverges(handler, self.models) {
                        self.join_any(env, &inner, stmt.span);
                    }
                }
                self.block(finally, env, frame);
            }
            StmtKind::Block(block) => {
                self.block(block, env, frame);
            }
        }
    }

    /// A declared type says what a bare value is: `LocalDate d = …` nothing, `struct tm t = {…}` which fields.
    fn declared(&mut self, value: Option<Id>, ty: Option<&str>, span: Span) -> Id {
        match (value, ty) {
            (Some(value), Some(ty)) if self.is_converted(value, ty) => {
                self.add(TermKind::Cast(ty.to_owned(), value), span)
            }
            (Some(value), _) => value,
            (None, Some(ty)) => self.add(TermKind::Record(Some(vec![ty.to_owned()]), Vec::new(), None), span),
            (None, None) => self.unknown(span),
        }
    }

    /// A list becomes what it is declared as, and a call's number has no more bits than its variable.
    fn is_converted(&self, value: Id, ty: &str) -> bool {
        match self.terms[value as usize].kind {
            TermKind::List(_) => true,
            TermKind::Call(..) => {
                matches!(ty, "int32_t" | "uint32_t" | "INT32" | "UINT32" | "DWORD" | "__s32" | "__u32")
            }
            _ => false,
        }
    }

    fn bind(&mut self, pattern: &Pattern, value: Id, env: &mut Env) {
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

    /// Both sides of a decision, and the join.
    fn branch(
        &mut self,
        cond: &Expr,
        then: &Block,
        otherwise: &Block,
        span: Span,
        env: &mut Env,
        frame: &mut Frame,
    ) -> Option<Id> {
        let mut then_env = env.clone();
        let term = self.expr(cond, &mut then_env, frame);
        let negated = self.negate(term);
        let mut else_env = then_env.clone();
        self.decide(term, ConditionKind::Branch, of_block(then, self.models), of_block(otherwise, self.models), frame);
        let then_value = self.guarded(term, then, &mut then_env, frame);
        let else_value = self.guarded(negated, otherwise, &mut else_env, frame);
        match (diverges(then, self.models), diverges(otherwise, self.models)) {
            (true, false) => {
                *env = else_env;
                frame.guards.push(negated);
            }
            (false, true) => {
                *env = then_env;
                frame.guards.push(term);
            }
            _ => self.join(term, env, &then_env, &else_env, span),
        }
        match (then_value, else_value) {
            (Some(a), Some(b)) => Some(self.add(TermKind::Choose(term, a, b), span)),
            (a, b) => a.or(b),
        }
    }

    fn guarded(&mut self, guard: Id, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        frame.guards.push(guard);
        frame.enclosing.push(guard);
        let value = self.block(block, env, frame);
        frame.guards.truncate(guards);
        frame.enclosing.truncate(enclosing);
        value
    }

    fn negate(&mut self, term: Id) -> Id {
        let span = self.terms[term as usize].span;
        self.add(TermKind::Unary(UnaryOp::Not, term), span)
    }

    fn decide(
        &mut self,
        term: Id,
        kind: ConditionKind,
        then: Option<Outcome>,
        otherwise: Option<Outcome>,
        frame: &mut Frame,
    ) {
        if then.is_none() && otherwise.is_none() && kind == ConditionKind::Branch {
            return;
        }
        let skip = frame.guards.len().saturating_sub(GUARD_LIMIT);
        frame.facts.conditions.push(Condition { term, guards: frame.guards[skip..].to_vec(), kind, then, otherwise });
    }

    fn join(&mut self, cond: Id, env: &mut Env, then_env: &Env, else_env: &Env, span: Span) {
        let names: BTreeSet<&String> = then_env.keys().chain(else_env.keys()).collect();
        let mut joined = Env::new();
        for name in names {
            let id = match (then_env.get(name), else_env.get(name)) {
                (Some(a), Some(b)) if a == b => *a,
                (Some(a), Some(b)) => self.add(TermKind::Choose(cond, *a, *b), span),
                (Some(a), None) | (None, Some(a)) => *a,
                (None, None) => continue,
            };
            joined.insert(name.clone(), id);
        }
        *env = joined;
    }

    fn join_any(&mut self, env: &mut Env, other: &Env, span: Span) {
        for (name, b) in other {
            match env.get(name) {
                Some(a) if a == b => {}
                Some(a) => {
                    let any = TermKind::Any(vec![*a, *b]);
                    let id = self.add(any, span);
                    env.insert(name.clone(), id);
                }
                None => {
                    env.insert(name.clone(), *b);
                }
            }
        }
    }

    fn run_loop(
        &mut self,
        bind: Option<&Pattern>,
        over: Option<&Expr>,
        cond: Option<&Expr>,
        body: &Block,
        env: &mut Env,
        frame: &mut Frame,
    ) {
        let over = over.map(|over| self.expr(over, env, frame));
        let before = env.clone();
        let mut changed = BTreeSet::new();
        assigned(body, &mut changed);
        let span = body.stmts.first().map_or(Span::default(), |s| s.span);
        let mut inner = env.clone();
        for name in &changed {
            if inner.contains_key(name) {
                let unknown = self.unknown(span);
                inner.insert(name.clone(), unknown);
            }
        }
        if let (Some(pattern), Some(over)) = (bind, over) {
            let element = self.add(TermKind::Element(over), self.terms[over as usize].span);
            self.bind(pattern, element, &mut inner);
        } else if let Some(pattern) = bind {
            let unknown = self.unknown(span);
            self.bind(pattern, unknown, &mut inner);
        }
        let guard = cond.map(|cond| {
            let term = self.expr(cond, &mut inner, frame);
            self.decide(term, ConditionKind::Branch, of_block(body, self.models), None, frame);
            term
        });
        let guard = guard.unwrap_or_else(|| self.unknown(span));
        self.guarded(guard, body, &mut inner, frame);
        *env = before;
        self.join_any(env, &inner, span);
    }

    fn args(&mut self, args: &[Arg], env: &mut Env, frame: &mut Frame) -> Vec<Argument> {
        args.iter().map(|arg| (arg.name.clone(), self.expr(&arg.value, env, frame))).collect()
    }

    fn exprs(&mut self, exprs: &[Expr], env: &mut Env, frame: &mut Frame) -> Vec<Id> {
        exprs.iter().map(|expr| self.expr(expr, env, frame)).collect()
    }

    fn expr(&mut self, expr: &Expr, env: &mut Env, frame: &mut Frame) -> Id {
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
                return self.bare_call(id, frame);
            }
            ExprKind::Field(base, name) => {
                let id = self.field(expr, base, name, env, frame);
                return self.bare_call(id, frame);
            }
            ExprKind::Index(base, index) => {
                let base = self.expr(base, env, frame);
                TermKind::Index(base, self.expr(index, env, frame))
            }
            ExprKind::Call { callee, args } => return self.call(callee, args, span, env, frame),
            ExprKind::New { ty, args } => {
                let args = self.args(args, env, frame);
                let id = self.add(TermKind::New(ty.clone(), args), span);
                frame.facts.calls.push(id);
                return id;
            }
            ExprKind::Unary(op, inner) => TermKind::Unary(*op, self.expr(inner, env, frame)),
            ExprKind::Binary(op, left, right) => {
                let left = self.expr(left, env, frame);
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

    /// A name that is no local may be a call without parentheses, where the language has such.
    fn bare_call(&mut self, id: Id, frame: &mut Frame) -> Id {
        let may_call = matches!(self.terms[id as usize].kind, TermKind::Name(_) | TermKind::Field(..));
        if may_call && self.models.models.bare_calls {
            frame.facts.calls.push(id);
        }
        id
    }

    fn name(&mut self, path: &Path, span: Span, env: &Env) -> Id {
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
    fn free_path(&self, expr: &Expr, env: &Env) -> Option<Path> {
        let path = callee_path(expr)?;
        (!env.contains_key(&path[0])).then_some(path)
    }

    /// Whether a method of that name changes its receiver.
    fn mutates(&self, name: &str, alone: bool) -> bool {
        let name = [name.to_owned()];
        let mut rows = self.models.rows(Use::Method, &name);
        rows.any(|row| row.mutates && (alone || !row.alone))
    }

    fn call(&mut self, callee: &Expr, args: &[Arg], span: Span, env: &mut Env, frame: &mut Frame) -> Id {
        let alone = std::mem::take(&mut self.alone);
        if let Some(path) = self.known_chain(callee, env) {
            let values = self.args(args, env, frame);
            let id = self.add(TermKind::Call(path, values), span);
            frame.facts.calls.push(id);
            return id;
        }
        let id = match &callee.kind {
            ExprKind::Field(base, name) if self.free_path(callee, env).is_none() => {
                let receiver = self.expr(base, env, frame);
                let values = self.args(args, env, frame);
                if self.mutates(name, alone) {
                    let after = self.add(TermKind::Mutated(receiver, name.clone(), values.clone()), span);
                    self.assign(base, after, env, frame);
                }
                let id = self.add(TermKind::Method(receiver, name.clone(), values.clone()), span);
                self.visit(receiver, name, &values);
                let known = self.models.rows(Use::Method, std::slice::from_ref(name)).next().is_some();
                if known && self.models.call_kind(std::slice::from_ref(name)) == Some(Calls::Assert) {
                    self.decide(id, ConditionKind::Assert, None, failure(name, span), frame);
                } else if let Some(holds) = self.matched_by_method(name, receiver, &values) {
                    self.decide(holds, ConditionKind::Assert, None, failure(name, span), frame);
                } else if matches!(base.kind, ExprKind::Receiver) {
                    self.assertion(std::slice::from_ref(name), id, &values, frame);
                } else if let Some(path) = callee_path(callee) {
                    self.assertion(&path, id, &values, frame);
                } else {
                    self.fluent_assertion(name, receiver, id, frame);
                }
                id
            }
            _ => match self.free_path(callee, env) {
                Some(path) => {
                    let values = self.args(args, env, frame);
                    let id = self.add(TermKind::Call(path.clone(), values.clone()), span);
                    self.assertion(&path, id, &values, frame);
                    if let (ExprKind::Field(base, name), [_]) = (&callee.kind, values.as_slice())
                        && self.models.call_kind(&any(name)) == Some(Calls::Fluent)
                    {
                        let receiver = self.expr(base, env, frame);
                        if let Some(holds) = self.matched_by_method(name, receiver, &values) {
                            self.decide(holds, ConditionKind::Assert, None, failure(name, span), frame);
                        }
                    }
                    self.fill(&path, id, args, env, frame);
                    self.visit_argument(&path, &values);
                    if let ExprKind::Field(base, name) = &callee.kind
                        && self.visits(name).is_some()
                    {
                        let receiver = self.expr(base, env, frame);
                        self.visit(receiver, name, &values);
                    }
                    if let ExprKind::Field(base, name) = &callee.kind
                        && self.mutates(name, alone)
                    {
                        let receiver = self.expr(base, env, frame);
                        let values = self.args(args, &mut env.clone(), &mut Frame::default());
                        let after = self.add(TermKind::Mutated(receiver, name.clone(), values), span);
                        self.assign(base, after, env, frame);
                    }
                    id
                }
                None => {
                    let callee = self.expr(callee, env, frame);
                    let values = self.args(args, env, frame);
                    self.add(TermKind::Apply(callee, values), span)
                }
            },
        };
        frame.facts.calls.push(id);
        id
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
        self.models.rows(Use::Call, &expand(self.imports, &path)).next().is_some().then_some(path)
    }

    /// A call that fills a variable (`gettimeofday(&tv, 0)`): the variable now holds the call's value.
    fn fill(&mut self, path: &Path, call: Id, args: &[Arg], env: &mut Env, frame: &mut Frame) {
        let full = expand(self.imports, path);
        let into = self.models.rows(Use::Call, &full).find_map(|row| row.into);
        if let Some(arg) = into.and_then(|n| args.get(n)) {
            self.assign(&arg.value, call, env, frame);
        }
    }

    /// Whether a path is that of a variable with a method that asserts of it what the models say (`$now | Should -BeLessThan`).
    fn is_matcher(&self, path: &[String]) -> bool {
        let Some((name, [_, ..])) = path.split_last() else { return false };
        let name = std::slice::from_ref(name);
        self.models.call_kind(name).is_none() && self.models.rows(Use::Method, name).next().is_some()
    }

    /// A call that asserts: its first argument, that two are equal, or what its own row says it compares.
    fn assertion(&mut self, path: &[String], call: Id, values: &[Argument], frame: &mut Frame) {
        let span = self.terms[call as usize].span;
        let what = path.join("::");
        let kind = self.asserted_by(path);
        let path = expand(self.imports, path);
        // A message may come first.
        let least = if kind == Some(Calls::AssertEqual) { 2 } else { 1 };
        let values = match values {
            [(_, first), rest @ ..] if rest.len() >= least && self.is_message(*first) => rest,
            _ => values,
        };
        let matcher = kind.filter(|kind| matches!(kind, Calls::Assert | Calls::Fluent));
        if let Some(holds) = matcher.and_then(|_| self.matched(values)) {
            self.decide(holds, ConditionKind::Assert, None, failure(&what, span), frame);
            return;
        }
        match kind {
            Some(Calls::Assert) if self.models.rows(Use::Call, &path).next().is_some() || self.is_matcher(&path) => {
                self.decide(call, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            Some(Calls::Assert) if !values.is_empty() => {
                self.decide(values[0].1, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            Some(Calls::AssertEqual) if values.len() >= 2 => {
                let equal = self.add(TermKind::Binary(BinaryOp::Equal, values[0].1, values[1].1), span);
                self.decide(equal, ConditionKind::Assert, None, failure(&what, span), frame);
            }
            _ => {}
        }
    }

    fn is_message(&self, id: Id) -> bool {
        matches!(self.terms[id as usize].kind, TermKind::Text(_) | TermKind::Concat(_))
    }

    /// A method that asserts by its own name (`*.shouldBe`), or because of what its receiver began with
    /// (`assertThat(x).isAfter(y)`): its answer must hold.
    fn fluent_assertion(&mut self, name: &str, receiver: Id, call: Id, frame: &mut Frame) {
        const CHAIN: usize = 8;
        let mut at = receiver;
        let mut asserts = self.models.call_kind(&any(name)) == Some(Calls::Assert);
        for _ in 0..CHAIN {
            let kind = match &self.terms[at as usize].kind {
                TermKind::Method(inner, name, _) => {
                    at = *inner;
                    self.models.call_kind(&any(name))
                }
                TermKind::Call(path, _) => {
                    asserts |= self.asserted_by(path) == Some(Calls::Fluent);
                    break;
                }
                _ => break,
            };
            asserts |= kind == Some(Calls::Fluent);
        }
        if asserts {
            let span = self.terms[call as usize].span;
            self.decide(call, ConditionKind::Assert, None, failure(name, span), frame);
        }
    }

    fn assign(&mut self, target: &Expr, value: Id, env: &mut Env, frame: &mut Frame) {
        match &target.kind {
            ExprKind::Name(path) => {
                if let [name] = path.as_slice() {
                    if !env.contains_key(name) {
                        frame.facts.writes.push(Write { field: None, name: Some(path.clone()), value });
                    }
                    env.insert(name.clone(), value);
                } else {
                    frame.facts.writes.push(Write { field: None, name: Some(path.clone()), value });
                }
            }
            ExprKind::Field(base, name) if matches!(base.kind, ExprKind::Receiver) => {
                frame.facts.writes.push(Write { field: Some(name.clone()), name: None, value });
                env.insert(field_key(name), value);
            }
            ExprKind::Field(base, name) => {
                let whole = self.expr(base, env, frame);
                let with = self.add(TermKind::With(whole, name.clone(), value), target.span);
                self.assign(base, with, env, frame);
            }
            ExprKind::Index(base, key) => {
                let key = self.expr(key, env, frame);
                self.put(base, key, value, target.span, env, frame);
            }
            ExprKind::Pass(inner) | ExprKind::Cast(_, inner) => self.assign(inner, value, env, frame),
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

    /// `base[key] = value`. What is no local gains an entry, beside those that other code puts there.
    fn put(&mut self, base: &Expr, key: Id, value: Id, span: Span, env: &mut Env, frame: &mut Frame) {
        let mut write = match &base.kind {
            ExprKind::Pass(inner) => return self.put(inner, key, value, span, env, frame),
            ExprKind::Name(path) if path.len() > 1 || !env.contains_key(&path[0]) => {
                Write { field: None, name: Some(path.clone()), value }
            }
            ExprKind::Field(of, name)
                if matches!(of.kind, ExprKind::Receiver) && !env.contains_key(&field_key(name)) =>
            {
                Write { field: Some(name.clone()), name: None, value }
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

    /// Whether `value` matches: a term over it.
    fn test(&mut self, pattern: &Pattern, value: Id, span: Span, env: &mut Env, frame: &mut Frame) -> Id {
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

    fn run_match(
        &mut self,
        subject: Option<&Expr>,
        arms: &[ir::Arm],
        span: Span,
        env: &mut Env,
        frame: &mut Frame,
    ) -> Id {
        let subject = subject.map(|subject| self.expr(subject, env, frame));
        let before = env.clone();
        let mut outcomes: Vec<(Option<Id>, Id, bool, Env)> = Vec::new();
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        for arm in arms {
            let mut inner = before.clone();
            let test = self.arm_test(subject, arm, &mut inner, frame);
            self.decide(test, ConditionKind::Branch, of_block(&arm.body, self.models), None, frame);
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

    fn arm_test(&mut self, subject: Option<Id>, arm: &ir::Arm, env: &mut Env, frame: &mut Frame) -> Id {
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

    /// A closure sees the names around it; its decisions belong to the function that holds it.
    fn closure(&mut self, function: &Function, span: Span, env: &mut Env, frame: &mut Frame) -> Id {
        let mut inner = env.clone();
        let mut variables = Vec::new();
        for param in &function.params {
            let variable = self.variable();
            variables.push(variable);
            let id = self.add(TermKind::Variable(variable), param.span);
            inner.insert(param.name.clone(), id);
        }
        let outer_returns = std::mem::take(&mut frame.returns);
        let outer_enclosing = std::mem::take(&mut frame.enclosing);
        let decided = frame.facts.conditions.len();
        let value = self.body(&function.body, &mut inner, frame);
        self.capture(span, &inner);
        frame.returns = outer_returns;
        frame.enclosing = outer_enclosing;
        if let (Some(value), false) = (value, function.name.is_empty()) {
            let conditions = frame.facts.conditions.split_off(decided);
            let mut own = FunctionFacts { conditions, ..FunctionFacts::default() };
            answer(self, function, value, &mut own);
            frame.facts.conditions.append(&mut own.conditions);
        }
        for (name, id) in inner {
            if let Some(old) = env.get(&name)
                && *old != id
                && !function.params.iter().any(|p| p.name == name)
            {
                let any = self.add(TermKind::Any(vec![*old, id]), span);
                env.insert(name, any);
            }
        }
        let value = value.unwrap_or_else(|| self.unknown(span));
        self.add(TermKind::Closure(variables, value), span)
    }
}

/// What a failed assertion does.
fn failure(what: &str, span: Span) -> Option<Outcome> {
    Some(Outcome { severity: crate::finding::Severity::Refuses, text: format!("fails ({what})"), span })
}

/// A function that gives a truth value is a decision of its own.
fn answer(tracer: &Tracer<'_>, function: &Function, value: Id, facts: &mut FunctionFacts) {
    if !is_truth(tracer, value, 8) {
        return;
    }
    // The branches that only return a literal truth value are this answer's parts.
    facts.conditions.retain(|condition| {
        let literal = |o: &Option<Outcome>| {
            o.as_ref().is_none_or(|o| matches!(o.text.as_str(), "returns true" | "returns false"))
        };
        condition.kind != ConditionKind::Branch || !literal(&condition.then) || !literal(&condition.otherwise)
    });
    let severity = crate::finding::Severity::Changes;
    let says = |truth: bool| {
        let name = if function.name.is_empty() { "the closure" } else { function.name.as_str() };
        Some(Outcome { severity, text: format!("{name} answers {truth}"), span: tracer.terms[value as usize].span })
    };
    facts.conditions.push(Condition {
        term: value,
        guards: Vec::new(),
        kind: ConditionKind::Answer,
        then: says(true),
        otherwise: says(false),
    });
}

fn is_truth(tracer: &Tracer<'_>, id: Id, depth: usize) -> bool {
    use BinaryOp as B;
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &tracer.terms[id as usize].kind {
        TermKind::Bool(_) | TermKind::IsVariant(..) | TermKind::Unary(UnaryOp::Not, _) => true,
        TermKind::Binary(op, a, b) => match op {
            B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::Equal | B::NotEqual => true,
            B::And | B::Or => is_truth(tracer, *a, depth) || is_truth(tracer, *b, depth),
            _ => false,
        },
        TermKind::Choose(_, a, b) => is_truth(tracer, *a, depth) || is_truth(tracer, *b, depth),
        TermKind::Call(path, _) => {
            let full = expand(tracer.imports, path);
            is_comparison(tracer.models, path.last()) || tracer.models.rows(Use::Call, &full).any(compares)
        }
        TermKind::Method(_, name, _) => is_comparison(tracer.models, Some(name)),
        _ => false,
    }
}

fn is_comparison(models: &Index, name: Option<&String>) -> bool {
    name.is_some_and(|name| models.rows(Use::Method, std::slice::from_ref(name)).any(compares))
}

/// Whether a row gives a truth value.
fn compares(row: &Row) -> bool {
    match row.does.last() {
        Some(Op::Compare(comparison)) => *comparison != Comparison::Cmp,
        Some(Op::Each(each)) => matches!(each, Each::Any | Each::All),
        Some(Op::Between | Op::Past | Op::Future | Op::Not) => true,
        _ => false,
    }
}

/// Whether a value can fail to match.
fn refutable(pattern: &Pattern) -> bool {
    !matches!(pattern, Pattern::Any | Pattern::Bind(_))
}

/// How the models write a method of anything: `*.name`.
fn any(name: &str) -> [String; 2] {
    ["*".to_owned(), name.to_owned()]
}

/// The path with its first segment replaced by what an import says it stands for.
pub fn expand(imports: &[ir::Import], path: &[String]) -> Path {
    match imports.iter().find(|import| import.alias != "*" && Some(&import.alias) == path.first()) {
        Some(import) => import.path.iter().chain(&path[1..]).cloned().collect(),
        None => path.to_vec(),
    }
}

/// The names that a block assigns, however deep.
fn assigned(block: &Block, names: &mut BTreeSet<String>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Let { value: Some(value), .. } => assigned_expr(value, names),
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) | StmtKind::Throw(Some(expr)) => {
                assigned_expr(expr, names)
            }
            StmtKind::If { cond, then, otherwise } => {
                assigned_expr(cond, names);
                assigned(then, names);
                assigned(otherwise, names);
            }
            StmtKind::Loop { body, cond, .. } => {
                cond.iter().for_each(|cond| assigned_expr(cond, names));
                assigned(body, names);
            }
            StmtKind::Try { body, handlers, finally } => {
                assigned(body, names);
                handlers.iter().for_each(|handler| assigned(handler, names));
                assigned(finally, names);
            }
            StmtKind::Block(block) => assigned(block, names),
            _ => {}
        }
    }
    if let Some(value) = &block.value {
        assigned_expr(value, names);
    }
}

fn assigned_expr(expr: &Expr, names: &mut BTreeSet<String>) {
    match &expr.kind {
        ExprKind::Assign(target, value) => {
            let mut target = target.as_ref();
            while let ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Pass(base) = &target.kind {
                target = base;
            }
            names.extend(name_of(target));
            assigned_expr(value, names);
        }
        ExprKind::Conditional { then, otherwise, .. } => {
            assigned(then, names);
            assigned(otherwise, names);
        }
        ExprKind::Match { arms, .. } => arms.iter().for_each(|arm| assigned(&arm.body, names)),
        ExprKind::Block(block) => assigned(block, names),
        ExprKind::Binary(_, a, b) => {
            assigned_expr(a, names);
            assigned_expr(b, names);
        }
        ExprKind::Pass(inner) | ExprKind::Unary(_, inner) | ExprKind::Cast(_, inner) => assigned_expr(inner, names),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| assigned_expr(&arg.value, names)),
        ExprKind::Closure(function) => assigned(&function.body, names),
        _ => {}
    }
}
