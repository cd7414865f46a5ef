//! Statements: branches, loops, and how what the names hold joins after them.

use std::collections::BTreeSet;

use crate::finding::{Severity, Span};
use crate::flow::facts::{Condition, ConditionKind, Id, Outcome, TermKind};
use crate::flow::outcome::{diverges, name_of, of_block, of_stmt, stmt_diverges};
use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Pattern, Stmt, StmtKind, UnaryOp};
use crate::language::models::{Index, Row, Use};

use super::answer::part_answer;
use super::{Env, Frame, Tracer};

/// Guards kept per condition: the innermost ones.
const GUARD_LIMIT: usize = 6;

impl Tracer<'_> {
    /// Runs a block in a scope of its own for guards; names stay visible (languages differ, shadowing is rare).
    pub(super) fn block(&mut self, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        let ending = ending(block, self.models);
        for (n, stmt) in block.stmts.iter().enumerate() {
            frame.ahead = ending.as_ref().filter(|(at, _)| *at > n).map(|(_, outcome)| outcome.clone());
            self.stmt(stmt, env, frame);
        }
        frame.ahead = None;
        let value = block.value.as_deref().map(|value| self.expr(value, env, frame));
        frame.guards.truncate(guards);
        frame.enclosing.truncate(enclosing);
        value
    }

    fn stmt(&mut self, stmt: &Stmt, env: &mut Env, frame: &mut Frame) {
        match &stmt.kind {
            StmtKind::Let { pattern, ty, value, otherwise } => {
                let value = value.as_ref().map(|value| self.expr(value, env, frame));
                let id = self.declared(value, ty.as_deref(), stmt.span);
                if let Some(block) = otherwise {
                    self.unless_fits(pattern, id, block, env, frame);
                }
                // `const isExpired = now > end`, whoever is shown it.
                if let Pattern::Bind(name) = pattern {
                    let tells = part_answer(self, name, id);
                    frame.facts.conditions.extend(tells.map(|told| Condition { guards: frame.guards.clone(), ..told }));
                }
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
                    Some(value) => {
                        self.gives_inner(value, env, frame);
                        self.expr(value, env, frame)
                    }
                    None => self.add(TermKind::Null, stmt.span),
                };
                self.keep_parts(value, frame);
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
                let enclosing = frame.enclosing.len();
                if handlers.iter().any(makes_result) {
                    let unsure = self.unknown(stmt.span);
                    frame.enclosing.push(unsure);
                }
                self.block(body, env, frame);
                frame.enclosing.truncate(enclosing);
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

    /// `let Ok(left) = … else { … }` decides whether the value is such.
    fn unless_fits(&mut self, pattern: &Pattern, value: Id, otherwise: &Block, env: &mut Env, frame: &mut Frame) {
        let span = self.terms[value as usize].span;
        let fits = self.test(pattern, value, span, &mut env.clone(), frame);
        self.decide(fits, ConditionKind::Branch, None, of_block(otherwise, self.models), frame);
        let not = self.negate(fits);
        self.guarded(not, otherwise, &mut env.clone(), frame);
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
        match &self.terms[value as usize].kind {
            TermKind::List(_) => true,
            TermKind::Call(path, _) => match ty {
                "int32_t" | "uint32_t" | "INT32" | "UINT32" | "DWORD" | "__s32" | "__u32" => true,
                "int" | "unsigned" => self.models.rows(Use::Call, path).any(Row::reads_clock),
                _ => false,
            },
            _ => false,
        }
    }

    /// Both sides of a decision, and the join.
    pub(super) fn branch(
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
        if !is_padding(cond, then, otherwise) {
            // Behind what leaves, the block goes on to its end.
            let ahead = frame.ahead.take();
            let behind = |other: &Block| ahead.clone().filter(|_| diverges(other, self.models));
            let done = of_block(then, self.models).or_else(|| behind(otherwise));
            let left = of_block(otherwise, self.models).or_else(|| behind(then));
            self.decide(term, ConditionKind::Branch, done, left, frame);
        }
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

    pub(super) fn guarded(&mut self, guard: Id, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let (guards, enclosing) = (frame.guards.len(), frame.enclosing.len());
        frame.guards.push(guard);
        frame.enclosing.push(guard);
        let value = self.block(block, env, frame);
        frame.guards.truncate(guards);
        frame.enclosing.truncate(enclosing);
        value
    }

    pub(super) fn negate(&mut self, term: Id) -> Id {
        let span = self.terms[term as usize].span;
        self.add(TermKind::Unary(UnaryOp::Not, term), span)
    }

    pub(super) fn decide(
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

    /// What names hold behind a decision. A global that one side writes holds what it held before if the other was taken.
    pub(super) fn join(&mut self, cond: Id, env: &mut Env, then_env: &Env, else_env: &Env, span: Span) {
        let names: BTreeSet<&String> = then_env.keys().chain(else_env.keys()).collect();
        let mut joined = Env::new();
        for name in names {
            let id = match (then_env.get(name), else_env.get(name)) {
                (Some(a), Some(b)) if a == b => *a,
                (Some(a), Some(b)) => self.add(TermKind::Choose(cond, *a, *b), span),
                (a, b) if self.globals.contains(name.as_str()) => {
                    let before = self.add(TermKind::Name(vec![name.clone()]), span);
                    self.add(TermKind::Choose(cond, a.copied().unwrap_or(before), b.copied().unwrap_or(before)), span)
                }
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
        let ahead = frame.ahead.take();
        let known = (frame.returns.len(), frame.facts.conditions.len());
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
        let at_first = inner.clone();
        let element = over.filter(|_| bind.is_some()).map(|over| {
            let span = self.terms[over as usize].span;
            self.add(TermKind::Element(over), span)
        });
        if let (Some(pattern), Some(element)) = (bind, element) {
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
        if let Some(element) = element.filter(|_| !jumps(body)) {
            self.fold(env, &mut inner, &at_first, element, span);
            self.leave(element, ahead, known, frame, span);
        }
        self.join_any(env, &inner, span);
    }

    /// A loop over a table that returns for some row: whether there is such a row decides, also about what is refused
    /// behind the loop, and not what is so of any row. `known` are the returns and decisions before the loop.
    fn leave(
        &mut self,
        element: Id,
        ahead: Option<Outcome>,
        (returned, decided): (usize, usize),
        frame: &mut Frame,
        span: Span,
    ) {
        let outside = frame.enclosing.len();
        let ways: Vec<Vec<Id>> = frame.returns[returned..]
            .iter()
            .map(|(guards, _)| guards.iter().skip(outside).copied().filter(|guard| self.is_known(*guard)).collect())
            .collect();
        let [guards] = ways.as_slice() else { return };
        let Some(returns) = self.all(guards, span).filter(|_| self.is_of_table(element)) else { return };
        let inside = frame.facts.conditions.split_off(decided);
        let (of_rows, others): (Vec<_>, Vec<_>) =
            inside.into_iter().partition(|condition| guards.contains(&condition.term));
        frame.facts.conditions.extend(others);
        let done = of_rows.into_iter().rev().find_map(|condition| condition.then);
        let (start, previous) = (self.add(TermKind::Bool(false), span), self.unknown(span));
        let next = self.add(TermKind::Binary(BinaryOp::Or, previous, returns), span);
        let left = self.add(TermKind::Fold(element, start, previous, next), span);
        self.decide(left, ConditionKind::Branch, done, ahead, frame);
    }

    /// Whether what is visited is written out, there or in a global: `ROWS`, `RATES.items()`.
    fn is_of_table(&self, element: Id) -> bool {
        let TermKind::Element(mut over) = self.terms[element as usize].kind else { return false };
        if let TermKind::Method(base, _, args) = &self.terms[over as usize].kind
            && args.is_empty()
        {
            over = *base;
        }
        match &self.terms[over as usize].kind {
            TermKind::List(_) | TermKind::Map(_) | TermKind::Record(None, ..) => true,
            TermKind::Name(path) | TermKind::Call(path, _) => {
                path.first().is_some_and(|name| self.globals.contains(name.as_str()))
            }
            _ => false,
        }
    }

    fn is_known(&self, id: Id) -> bool {
        !matches!(self.terms[id as usize].kind, TermKind::Unknown)
    }

    /// What a loop leaves in the names that hold something else after each element.
    fn fold(&mut self, env: &mut Env, inner: &mut Env, at_first: &Env, element: Id, span: Span) {
        for (name, start) in env.iter_mut() {
            let Some(next) = inner.get_mut(name).filter(|next| *next != start) else { continue };
            let previous = at_first.get(name).copied().unwrap_or(*start);
            *start = self.add(TermKind::Fold(element, *start, previous, *next), span);
            *next = *start;
        }
    }
}

/// Whether a block leaves off before its end, to go on elsewhere in the function.
fn jumps(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Jump => true,
        StmtKind::If { then, otherwise, .. } => jumps(then) || jumps(otherwise),
        StmtKind::Loop { body, .. } | StmtKind::Block(body) => jumps(body),
        StmtKind::Try { .. } => true,
        _ => false,
    })
}

/// Whether a decision only fills a number up to its length: `days < 10 ? "0" + days : days`.
fn is_padding(cond: &Expr, then: &Block, otherwise: &Block) -> bool {
    let ExprKind::Binary(op, _, limit) = &cond.kind else { return false };
    let compares = matches!(op, BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual);
    compares
        && matches!(limit.kind, ExprKind::Int(9 | 10 | 99 | 100))
        && [then, otherwise].into_iter().any(|block| result_of(block).is_some_and(begins_with_zero))
}

/// The one value that a block is, assigns or returns.
fn result_of(block: &Block) -> Option<&Expr> {
    let mut value = match (block.stmts.as_slice(), block.value.as_deref()) {
        ([], value) => value,
        ([stmt], None) => match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) => Some(value),
            _ => None,
        },
        _ => None,
    }?;
    while let ExprKind::Assign(_, inner) | ExprKind::Pass(inner) = &value.kind {
        value = inner;
    }
    Some(value)
}

fn begins_with_zero(value: &Expr) -> bool {
    let first = match &value.kind {
        ExprKind::Binary(BinaryOp::Add | BinaryOp::Concat, first, _) => first,
        ExprKind::Interpolated(parts) => match parts.first() {
            Some(first) => first,
            None => return false,
        },
        _ => return false,
    };
    matches!(&first.kind, ExprKind::Text(text) if matches!(text.as_str(), "0" | "00"))
}

/// Whether a handler returns what it works out: the code that it guards may not get to its own result.
fn makes_result(handler: &Block) -> bool {
    handler.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(Some(value)) => !matches!(
            value.kind,
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Text(_) | ExprKind::Bool(_) | ExprKind::Null
        ),
        _ => false,
    })
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

/// Which statement of a block ends it by a refusal, whatever was decided before, and how.
fn ending(block: &Block, models: &Index) -> Option<(usize, Outcome)> {
    let leaves = |stmt: &Stmt| !matches!(stmt.kind, StmtKind::If { .. }) && stmt_diverges(stmt, models);
    let at = block.stmts.iter().position(leaves)?;
    let outcome = of_stmt(&block.stmts[at], models)?;
    (outcome.severity >= Severity::Refuses).then_some((at, outcome))
}
