//! Statements.

use super::declaration::Binding;
use super::lowering::Lowering;
use super::shape::Role;
use super::table::Resolved;
use super::{Node, Scope};
use crate::finding::Span;
use crate::language::ir::{Arm, BinaryOp, Block, Expr, ExprKind, Pattern, Stmt, StmtKind, UnaryOp};

impl Lowering<'_> {
    /// Lowers a node among statements or items: it adds any number of statements to `out`, and items to the module.
    pub(crate) fn stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let lowered = self.deeper(node, |lowering| match lowering.table.shape(node) {
            Some(shape) => lowering.shaped_stmt(node, shape, out),
            None => lowering.unshaped_stmt(node, out),
        });
        if lowered.is_none() {
            out.push(self.effect(Expr::opaque(self.span(node))));
        }
    }

    // Functions on the recursive path hand on to small ones: unoptimised builds reserve room for every branch.
    fn shaped_stmt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        match shape.role {
            Role::Skip => {}
            Role::StmtHook(hook) => hook(self, node, out),
            Role::Pass => self.passed_stmt(node, shape, out),
            Role::Effect => self.effect_stmt(node, shape, out),
            Role::Inline => self.slot_stmts(node, shape, 0, out),
            Role::InlineHook(pick) => self.stmts(pick(self, node), out),
            Role::Block => self.block_stmt(node, out),
            Role::Scoped => self.scoped(node, shape, out),
            Role::If { .. } => self.branch_stmt(node, shape, out),
            Role::Loop { negated } => self.repeat(node, shape, negated, out),
            Role::LoopAfter => self.repeat_after(node, shape, out),
            Role::ForEach => self.for_each(node, shape, out),
            Role::ForCount => self.for_count(node, shape, out),
            Role::Try => self.attempt(node, shape, out),
            Role::Return | Role::Throw | Role::Jump => self.leave(node, shape, out),
            Role::Comma => {
                self.slot_stmts(node, shape, 0, out);
                self.slot_stmts(node, shape, 1, out);
            }
            Role::Match => self.choose_stmt(node, shape, out),
            Role::Assign => self.assign_stmt(node, out),
            // Outside a switch (a handler's case): what it does.
            Role::Arm => self.slot_stmts(node, shape, 2, out),
            role if role.is_item() => self.shaped_item(node, shape, out),
            _ => self.value_stmt(node, out),
        }
    }

    /// A statement's span is its own, not that of the expression in it.
    fn passed_stmt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let before = out.len();
        self.slot_stmts(node, shape, 0, out);
        if let [only] = &mut out[before..] {
            only.span = self.span(node);
        }
    }

    /// Items and statements stand for themselves; the effects of any other value are spread out.
    fn effect_stmt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let before = out.len();
        self.passed_stmt(node, shape, out);
        let lowered = out.split_off(before);
        out.extend(lowered.into_iter().flat_map(spread_effect));
    }

    fn value_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let value = self.expr(node);
        let stmt = self.effect(value);
        let operator = node.child_by_field_name("operator").filter(|_| self.dialect.tail_values);
        out.push(match operator.map(|operator| self.text(operator)) {
            Some(operator) => hanging(stmt, matches!(operator, "and" | "or")),
            None => stmt,
        });
    }

    fn assign_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let value = self.expr(node);
        self.assigned(value, out);
    }

    fn choose_stmt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        self.slot_stmts(node, shape, 2, out);
        let value = self.choose(node, shape);
        out.push(self.effect(value));
    }

    fn unshaped_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if node.is_error() {
            let children = self.children(node);
            self.stmts(children, out);
        } else if node.named_child_count() > 0 {
            let value = self.opaque(node);
            out.push(self.effect(value));
        }
    }

    /// Lowers nodes in order.
    pub(crate) fn stmts(&mut self, nodes: Vec<Node<'_>>, out: &mut Vec<Stmt>) {
        for node in nodes {
            self.stmt(node, out);
        }
    }

    fn slot_stmts(&mut self, node: Node<'_>, shape: &Resolved, slot: usize, out: &mut Vec<Stmt>) {
        for part in self.table.all(node, shape, slot) {
            self.stmt(part, out);
        }
    }

    /// An expression as a statement.
    pub(crate) fn effect(&self, value: Expr) -> Stmt {
        Stmt { span: value.span, kind: StmtKind::Expr(value) }
    }

    fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Vec<Stmt>) {
        out.push(Stmt { kind, span: self.span(node) });
    }

    fn leave(&mut self, node: Node<'_>, shape: &Resolved, out: &mut Vec<Stmt>) {
        let values = self.table.all(node, shape, 0);
        let value = match values.as_slice() {
            [] => None,
            [value] => Some(self.expr(*value)),
            values => {
                let values = values.iter().map(|value| self.expr(*value)).collect();
                Some(self.at(node, ExprKind::List(values)))
            }
        };
        let kind = match shape.role {
            Role::Return => StmtKind::Return(value),
            Role::Throw => StmtKind::Throw(value),
            _ => StmtKind::Jump,
        };
        self.push(node, kind, out);
    }

    /// The statements of a block, or the one statement that stands in its place. A wrapper without a shape
    /// (`finally_clause`) stands for what is in it.
    pub(crate) fn block(&mut self, node: Node<'_>) -> Block {
        let mut out = Vec::new();
        self.blocks += 1;
        self.block_into(node, &mut out);
        self.blocks -= 1;
        Block::of(out)
    }

    fn block_into(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let items = match self.table.shape(node) {
            Some(shape @ Resolved { role: Role::Block, .. }) => self.table.all(node, shape, 0),
            None => self.table.children(node),
            Some(_) => return self.stmt(node, out),
        };
        if self.table.shape(node).is_some() {
            self.stmts(items, out);
            return;
        }
        self.deeper(node, |lowering| items.into_iter().for_each(|item| lowering.block_into(item, out)));
    }

    /// The statements of all the parts in a slot.
    pub(super) fn slot_block(&mut self, node: Node<'_>, shape: &Resolved, slot: usize) -> Block {
        let mut block = Block::default();
        for part in self.table.all(node, shape, slot) {
            block.stmts.append(&mut self.block(part).stmts);
        }
        block
    }

    fn block_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let at_file_level = self.scope() != Scope::Function && self.blocks == 0;
        if at_file_level && (self.dialect.bare_block)(self, node) {
            return;
        }
        let block = self.block(node);
        self.push(node, StmtKind::Block(block), out);
    }

    fn scoped(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let mut block = Block::default();
        self.slot_stmts(node, shape, 0, &mut block.stmts);
        block.stmts.append(&mut self.slot_block(node, shape, 1).stmts);
        self.push(node, StmtKind::Block(block), out);
    }

    fn repeat(&mut self, node: Node<'_>, shape: &'static Resolved, negated: bool, out: &mut Vec<Stmt>) {
        let cond = self.condition(node, shape, 0).map(|cond| negate(cond, negated));
        let body = self.slot_block(node, shape, 1);
        self.push(node, StmtKind::Loop { bind: None, over: None, cond, body }, out);
        out.append(&mut self.slot_block(node, shape, 2).stmts);
    }

    /// `do { … } while (0)`, of which macros are made, is a block unless it is left early.
    fn repeat_after(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let mut body = self.slot_block(node, shape, 1);
        let cond = self.condition(node, shape, 0);
        let once = cond.as_ref().is_some_and(is_false);
        if once && !jumps(&body) {
            return self.push(node, StmtKind::Block(body), out);
        }
        if let Some(cond) = cond.filter(|_| !once) {
            let jump = Stmt { kind: StmtKind::Jump, span: cond.span };
            let (then, otherwise) = (Block::default(), Block { stmts: vec![jump], ..Block::default() });
            body.stmts.push(Stmt { span: cond.span, kind: StmtKind::If { cond, then, otherwise } });
        }
        self.push(node, StmtKind::Loop { bind: None, over: None, cond: None, body }, out);
    }

    fn for_each(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let bind = self.table.first(node, shape, 0).map(|bind| self.pattern(bind));
        let over = self.table.first(node, shape, 1).map(|over| self.expr(over));
        let body = self.slot_block(node, shape, 2);
        self.push(node, StmtKind::Loop { bind, over, cond: None, body }, out);
        out.append(&mut self.slot_block(node, shape, 3).stmts);
    }

    fn for_count(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        self.slot_stmts(node, shape, 0, out);
        let cond = self.condition(node, shape, 1);
        let mut body = self.slot_block(node, shape, 3);
        self.slot_stmts(node, shape, 2, &mut body.stmts);
        self.push(node, StmtKind::Loop { bind: None, over: None, cond, body }, out);
    }

    /// The condition in a slot; several are joined by *and*.
    fn condition(&mut self, node: Node<'_>, shape: &Resolved, slot: usize) -> Option<Expr> {
        let mut joined: Option<Expr> = None;
        for part in self.table.all(node, shape, slot) {
            let part = self.expr(part);
            joined = Some(match joined {
                None => part,
                Some(left) => {
                    let span = left.span.to(part.span);
                    Expr::new(ExprKind::Binary(BinaryOp::And, Box::new(left), Box::new(part)), span)
                }
            });
        }
        joined
    }

    fn branch_stmt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        if self.table.first(node, shape, 3).is_none() {
            let kind = self.branch(node, shape, &[]);
            return self.push(node, kind, out);
        }
        let mut block = Block::default();
        self.slot_stmts(node, shape, 3, &mut block.stmts);
        let kind = self.branch(node, shape, &[]);
        self.push(node, kind, &mut block.stmts);
        self.push(node, StmtKind::Block(block), out);
    }

    /// An `if` or one of its `elif` clauses, followed by the `further` clauses and the else.
    fn branch(&mut self, node: Node<'_>, shape: &'static Resolved, further: &[Node<'_>]) -> StmtKind {
        let negated = matches!(shape.role, Role::If { negated: true });
        let cond = self.condition(node, shape, 0).unwrap_or_else(|| Expr::opaque(self.span(node)));
        let then = self.slot_block(node, shape, 1);
        let mut rest = self.table.all(node, shape, 2);
        rest.extend_from_slice(further);
        let otherwise = self.otherwise(&rest);
        StmtKind::If { cond: negate(cond, negated), then, otherwise }
    }

    fn otherwise(&mut self, clauses: &[Node<'_>]) -> Block {
        let Some((clause, further)) = clauses.split_first() else { return Block::default() };
        match self.table.shape(*clause) {
            Some(shape @ Resolved { role: Role::If { .. }, .. }) if self.table.first(*clause, shape, 3).is_none() => {
                let kind = self.deeper(*clause, |lowering| lowering.branch(*clause, shape, further));
                let span = self.span(*clause);
                Block::of(kind.map(|kind| Stmt { kind, span }).into_iter().collect())
            }
            _ => {
                let mut block = self.block(*clause);
                block.stmts.append(&mut self.otherwise(further).stmts);
                block
            }
        }
    }

    fn attempt(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        let mut body = Block::default();
        self.slot_stmts(node, shape, 3, &mut body.stmts);
        body.stmts.append(&mut self.slot_block(node, shape, 0).stmts);
        let handlers = self.spread(self.table.all(node, shape, 1));
        let handlers = handlers.into_iter().map(|handler| self.handler(handler)).collect();
        let finally = self.slot_block(node, shape, 2);
        self.push(node, StmtKind::Try { body, handlers, finally }, out);
    }

    fn handler(&mut self, node: Node<'_>) -> Block {
        let Some(shape @ Resolved { role: Role::Handler, .. }) = self.table.shape(node) else {
            return self.block(node);
        };
        let mut block = Block::default();
        for bound in self.table.all(node, shape, 0) {
            let pattern = self.pattern(bound);
            let kind = StmtKind::Let { pattern, ty: None, value: None, otherwise: None };
            block.stmts.push(Stmt { kind, span: self.span(bound) });
        }
        block.stmts.append(&mut self.slot_block(node, shape, 1).stmts);
        block
    }

    /// A switch; its arms are blocks without a value.
    pub(super) fn choose(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        let subject = self.table.first(node, shape, 0).map(|subject| Box::new(self.expr(subject)));
        let parts = self.spread(self.table.all(node, shape, 1));
        let mut arms = self.arms(node, parts);
        if subject.is_none() {
            arms.iter_mut().for_each(guarded);
        }
        self.at(node, ExprKind::Match { subject, arms })
    }

    /// The arms of a switch. What is no arm goes on with the one before.
    pub(crate) fn arms(&mut self, node: Node<'_>, parts: Vec<Node<'_>>) -> Vec<Arm> {
        let mut arms: Vec<Arm> = Vec::new();
        // Patterns of empty arms above, which fall through.
        let mut falling = Vec::new();
        for part in parts {
            let Some(shape @ Resolved { role: Role::Arm, .. }) = self.table.shape(part) else {
                if part.kind() == "else" {
                    falling.clear();
                    let body = self.block(part);
                    arms.push(Arm { patterns: vec![Pattern::Any], guard: None, body, span: self.span(part) });
                    continue;
                }
                let body = arms.last_mut().map(|arm| std::mem::take(&mut arm.body)).unwrap_or_default();
                let mut body = body;
                body.stmts.append(&mut self.block(part).stmts);
                if let Some(arm) = arms.last_mut() {
                    arm.body = body;
                }
                continue;
            };
            let mut arm = self.arm(part, shape);
            if arm.body.is_empty() && arm.guard.is_none() && self.table.all(part, shape, 2).is_empty() {
                falling.append(&mut arm.patterns);
                continue;
            }
            falling.append(&mut arm.patterns);
            arm.patterns = std::mem::take(&mut falling);
            arms.push(arm);
        }
        if !falling.is_empty() {
            arms.push(Arm { patterns: falling, guard: None, body: Block::default(), span: self.span(node) });
        }
        arms
    }

    /// The arms of a switch that has a value.
    pub(crate) fn valued_arms(&mut self, node: Node<'_>, parts: Vec<Node<'_>>) -> Vec<Arm> {
        let mut arms = self.arms(node, parts);
        arms.iter_mut().for_each(|arm| tail(&mut arm.body, Tail::Value));
        arms
    }

    /// The statements of the nodes, with the value of the last one.
    pub(crate) fn valued(&mut self, nodes: Vec<Node<'_>>) -> Block {
        let mut block = Block::default();
        for node in nodes {
            block.stmts.append(&mut self.block(node).stmts);
        }
        tail(&mut block, Tail::Value);
        block
    }

    /// A function's body, which gives what it ends with.
    pub(crate) fn returned(&self, mut body: Block) -> Block {
        tail(&mut body, Tail::Function);
        body
    }

    fn arm(&mut self, node: Node<'_>, shape: &'static Resolved) -> Arm {
        let patterns = self.spread(self.table.all(node, shape, 0));
        let mut patterns: Vec<Pattern> = patterns.into_iter().map(|pattern| self.arm_pattern(pattern)).collect();
        if patterns.is_empty() {
            patterns.push(Pattern::Any);
        }
        let guard = self.table.first(node, shape, 1).map(|guard| self.expr(guard));
        let parts = self.table.all(node, shape, 2);
        let mut body = Block::default();
        for part in &parts {
            body.stmts.append(&mut self.block(*part).stmts);
        }
        // The `break` that ends an arm leaves nothing but the switch.
        if let Some(Stmt { kind: StmtKind::Jump, .. }) = body.stmts.last()
            && parts
                .last()
                .is_some_and(|last| self.text(*last).trim_end_matches([';', '}', ' ', '\n']).ends_with("break"))
        {
            body.stmts.pop();
        }
        Arm { patterns, guard, body, span: self.span(node) }
    }

    /// A plain assignment among statements may declare what it assigns.
    pub(crate) fn assigned(&mut self, value: Expr, out: &mut Vec<Stmt>) {
        let Expr { kind: ExprKind::Assign(target, right), span } = value else {
            out.push(self.effect(value));
            return;
        };
        let pattern = assigned_pattern(&target);
        let declares = self.dialect.assignment_declares && self.scope() != Scope::Function;
        match pattern {
            Some(pattern) if self.blocks == 0 && declares && self.is_new(&pattern) => {
                self.bind(Binding { value: Some(*right), fixed: true, ..Binding::of(pattern, span) }, out);
            }
            // Where assigning declares, several names are locals; elsewhere they may be any variables.
            Some(pattern @ Pattern::Tuple(_)) if self.dialect.assignment_declares => {
                let kind = StmtKind::Let { pattern, ty: None, value: Some(*right), otherwise: None };
                out.push(Stmt { kind, span });
            }
            pattern => {
                if let Some(pattern @ Pattern::Bind(_)) = pattern.filter(|pattern| declares && self.is_new(pattern)) {
                    self.global(pattern, None, Some((*right).clone()), span);
                }
                out.push(self.effect(Expr::new(ExprKind::Assign(target, right), span)));
            }
        }
    }
}

/// Without a subject to compare with, what stands in an arm's place of patterns is a condition.
fn guarded(arm: &mut Arm) {
    for pattern in std::mem::take(&mut arm.patterns) {
        let Pattern::Value(cond) = pattern else { continue };
        arm.guard = Some(match arm.guard.take() {
            None => cond,
            Some(left) => {
                let span = left.span.to(cond.span);
                Expr::new(ExprKind::Binary(BinaryOp::Or, Box::new(left), Box::new(cond)), span)
            }
        });
    }
}

/// A value's effects as the statements that it is short for.
fn spread_effect(stmt: Stmt) -> Vec<Stmt> {
    let Stmt { kind: StmtKind::Expr(Expr { kind, span: inner }), span } = stmt else { return vec![stmt] };
    let block = |value: Expr| Block::of(spread_effect(Stmt { span: value.span, kind: StmtKind::Expr(value) }));
    let branch = |cond: Box<Expr>, then: Block, otherwise: Block| StmtKind::If { cond: *cond, then, otherwise };
    let kind = match kind {
        ExprKind::Binary(BinaryOp::And, cond, then) => branch(cond, block(*then), Block::default()),
        ExprKind::Binary(BinaryOp::Or, cond, otherwise) => branch(cond, Block::default(), block(*otherwise)),
        ExprKind::Conditional { cond, then, otherwise } => {
            let flat = |side: Block| match side {
                Block { stmts, value: Some(value) } if stmts.is_empty() => block(*value),
                other => other,
            };
            branch(cond, flat(then), flat(otherwise))
        }
        ExprKind::Block(Block { stmts, value }) => {
            let value = value.map(|value| Stmt { span: value.span, kind: StmtKind::Expr(*value) });
            return stmts.into_iter().chain(value).flat_map(spread_effect).collect();
        }
        kind => StmtKind::Expr(Expr { kind, span: inner }),
    };
    vec![Stmt { kind, span }]
}

/// `late and exit`, `valid || raise`: a statement that hangs on a truth, which is the statement's value where nothing is done.
/// It `says_what_to_do` if its operator is one that is used for that, else if what hangs on the truth leaves.
fn hanging(stmt: Stmt, says_what_to_do: bool) -> Stmt {
    let Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Binary(op, cond, hangs), span: inner }), span } = stmt
    else {
        return stmt;
    };
    let leaves = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Throw(_) | StmtKind::Return(_) | StmtKind::Jump);
    let hangs_on = matches!(op, BinaryOp::And | BinaryOp::Or)
        && (says_what_to_do || matches!(&hangs.kind, ExprKind::Block(block) if block.stmts.last().is_some_and(leaves)));
    let kind = if hangs_on {
        let (done, left) = (Block::value(*hangs), Block::value(Expr::new(ExprKind::Bool(op == BinaryOp::Or), inner)));
        let (then, otherwise) = if op == BinaryOp::And { (done, left) } else { (left, done) };
        StmtKind::If { cond: *cond, then, otherwise }
    } else {
        StmtKind::Expr(Expr::new(ExprKind::Binary(op, cond, hangs), inner))
    };
    Stmt { kind, span }
}

/// The pattern of an assignment's target: a name, or a list of names.
fn assigned_pattern(target: &Expr) -> Option<Pattern> {
    match &target.kind {
        ExprKind::Name(path) if path.len() == 1 => Some(Pattern::Bind(path[0].clone())),
        ExprKind::List(items) => items.iter().map(assigned_pattern).collect::<Option<_>>().map(Pattern::Tuple),
        _ => None,
    }
}

fn negate(cond: Expr, negated: bool) -> Expr {
    if !negated {
        return cond;
    }
    let span = cond.span;
    Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span)
}

/// It never holds.
fn is_false(cond: &Expr) -> bool {
    match &cond.kind {
        ExprKind::Int(0) | ExprKind::Bool(false) => true,
        ExprKind::Pass(inner) => is_false(inner),
        _ => false,
    }
}

/// A `break` or `continue` leaves the block, or one in it that is no loop.
fn jumps(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Jump => true,
        StmtKind::If { then, otherwise, .. } => jumps(then) || jumps(otherwise),
        StmtKind::Block(block) => jumps(block),
        StmtKind::Try { body, handlers, finally } => jumps(body) || handlers.iter().any(jumps) || jumps(finally),
        _ => false,
    })
}

/// Where a block's value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// It is what the function returns.
    Function,
    /// It is the value of an expression.
    Value,
}

/// Makes the block's last expression its value, through branches: what an expression language means by it.
pub(super) fn tail(block: &mut Block, to: Tail) {
    if block.value.is_some() {
        return;
    }
    let Some(Stmt { kind, span }) = block.stmts.pop() else { return };
    let value = match kind {
        StmtKind::Expr(mut value) => {
            if let ExprKind::Match { arms, .. } = &mut value.kind {
                arms.iter_mut().for_each(|arm| tail(&mut arm.body, to));
            }
            value
        }
        StmtKind::If { cond, mut then, mut otherwise } => {
            tail(&mut then, to);
            tail(&mut otherwise, to);
            Expr::new(ExprKind::Conditional { cond: Box::new(cond), then, otherwise }, span)
        }
        StmtKind::Block(mut inner) => {
            tail(&mut inner, to);
            Expr::new(ExprKind::Block(inner), span)
        }
        StmtKind::Try { mut body, mut handlers, finally } if to == Tail::Function => {
            tail_returns(&mut body);
            handlers.iter_mut().for_each(tail_returns);
            block.stmts.push(Stmt { kind: StmtKind::Try { body, handlers, finally }, span });
            return;
        }
        StmtKind::Try { body, handlers, finally } => {
            if !finally.is_empty() {
                block.stmts.push(Stmt { kind: StmtKind::Block(finally), span });
            }
            either(std::iter::once(body).chain(handlers).collect(), span)
        }
        other => {
            block.stmts.push(Stmt { kind: other, span });
            return;
        }
    };
    block.value = Some(Box::new(value));
}

/// What a function's `try` ends with is returned.
fn tail_returns(block: &mut Block) {
    tail(block, Tail::Function);
    if let Some(value) = block.value.take() {
        block.stmts.push(Stmt { span: value.span, kind: StmtKind::Return(Some(*value)) });
    }
}

/// The value of whichever of the blocks runs.
fn either(blocks: Vec<Block>, span: Span) -> Expr {
    let mut value = Expr::opaque(span);
    for mut block in blocks.into_iter().rev() {
        tail(&mut block, Tail::Value);
        let cond = Box::new(Expr::opaque(span));
        let kind = ExprKind::Conditional { cond, then: block, otherwise: Block::value(value) };
        value = Expr::new(kind, span);
    }
    value
}
