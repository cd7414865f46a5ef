//! From blocks to statements: decisions, loops and guarded code get back the shape that source gives them.
//!
//! After a decision, both ways are followed up to where they meet again (the nearest block that every way passes), or,
//! where one of them leaves the method, up to the other. What would have to be said twice is said at most
//! [`REPEATS`] times, so that the statements stay in proportion to the instructions.

use std::collections::BTreeSet;

use crate::finding::Span;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::{Arm, Block, Expr, ExprKind, Pattern, Stmt, StmtKind};

use super::graph::{Exit, Graph, Node};
use super::value::Value;

/// How often one block may be said.
const REPEATS: u8 = 3;

/// Where the method ends.
const END: usize = usize::MAX;

/// Which exceptions of which instructions are handled where.
#[derive(Clone, Copy, Debug)]
pub(in crate::language) struct Handler {
    /// The first instruction that is guarded, and what follows the last.
    pub(in crate::language) start: usize,
    pub(in crate::language) end: usize,
    /// Where the handler begins.
    pub(in crate::language) target: usize,
    /// It runs for whatever happens: `finally` and its kin.
    pub(in crate::language) any: bool,
    /// What jumps over the handlers is itself guarded.
    pub(in crate::language) leaves: bool,
}

/// Puts the blocks of a method together.
pub(in crate::language) struct Shape<'g> {
    nodes: &'g [Node],
    handlers: &'g [Handler],
    /// The nearest block that every way from a block passes.
    meets: Vec<usize>,
    /// The last block that goes back to a block.
    returns: Vec<Option<usize>>,
    said: Vec<u8>,
    /// The first blocks of loops that are being said, each with where it goes on after the loop.
    loops: Vec<(usize, usize)>,
    /// The first blocks of guarded code that is being said or was.
    guarded: BTreeSet<usize>,
    depth: usize,
    /// Something was left out.
    pub(in crate::language) cut: bool,
}

impl<'g> Shape<'g> {
    pub(in crate::language) fn new(graph: &'g Graph, handlers: &'g [Handler]) -> Self {
        let nodes = graph.nodes.as_slice();
        let said = vec![0; nodes.len()];
        let (meets, returns) = (meets(nodes), returns(nodes));
        Self {
            nodes,
            handlers,
            meets,
            returns,
            said,
            loops: Vec::new(),
            guarded: BTreeSet::new(),
            depth: 0,
            cut: false,
        }
    }

    /// All statements of the method.
    pub(in crate::language) fn body(&mut self) -> Block {
        Block::of(self.from(Some(0), &BTreeSet::new()))
    }

    /// The statements from a block on, up to one of `stops`.
    fn from(&mut self, start: Option<usize>, stops: &BTreeSet<usize>) -> Vec<Stmt> {
        let mut out = Vec::new();
        if self.depth >= DEPTH_LIMIT / 2 {
            self.cut = true;
            return out;
        }
        self.depth += 1;
        let mut next = start;
        while let Some(index) = next.filter(|index| *index < self.nodes.len()) {
            if self.loops.iter().any(|(head, after)| *head == index || *after == index) {
                out.push(Stmt { kind: StmtKind::Jump, span: self.nodes[index].span });
                break;
            }
            if stops.contains(&index) {
                break;
            }
            next = self.step(index, stops, &mut out);
        }
        self.depth -= 1;
        out
    }

    /// Says one block, and whatever its end decides. Gives where to go on.
    fn step(&mut self, index: usize, stops: &BTreeSet<usize>, out: &mut Vec<Stmt>) -> Option<usize> {
        if let Some(after) = self.guards(index, stops, out) {
            return after;
        }
        if let Some(last) = self.last_of_loop(index) {
            return self.repeated(index, last, stops, out);
        }
        if self.said[index] >= REPEATS {
            return None;
        }
        self.said[index] += 1;
        let nodes = self.nodes;
        let node = &nodes[index];
        out.extend(node.stmts.iter().cloned());
        match &node.exit {
            Exit::Out => None,
            Exit::To(to) => Some(*to),
            Exit::Either { cond, yes, no } => Some(self.decision(index, cond, *yes, *no, stops, out)),
            Exit::Switch { subject, arms, otherwise } => self.switch(index, subject, arms, *otherwise, stops, out),
        }
    }

    /// `if`: what comes when the jump is not taken is what source says first.
    fn decision(
        &mut self,
        index: usize,
        cond: &Value,
        yes: usize,
        no: usize,
        stops: &BTreeSet<usize>,
        out: &mut Vec<Stmt>,
    ) -> usize {
        let span = cond.expr.span;
        let after = Some(self.meets[index]).filter(|meet| *meet != END).unwrap_or(yes);
        let mut inner = stops.clone();
        inner.insert(after);
        let then = Block::of(self.from(Some(no), &inner));
        let otherwise = if yes == after { Block::default() } else { Block::of(self.from(Some(yes), &inner)) };
        let kind = if then.is_empty() {
            StmtKind::If { cond: cond.expr.clone(), then: otherwise, otherwise: then }
        } else {
            StmtKind::If { cond: cond.clone().negated().expr, then, otherwise }
        };
        out.push(Stmt { kind, span });
        after
    }

    fn switch(
        &mut self,
        index: usize,
        subject: &Value,
        arms: &[(i32, usize)],
        otherwise: usize,
        stops: &BTreeSet<usize>,
        out: &mut Vec<Stmt>,
    ) -> Option<usize> {
        let span = subject.expr.span;
        let after = self.meets[index];
        let mut inner = stops.clone();
        inner.insert(after);
        let mut targets: Vec<usize> = arms.iter().map(|(_, to)| *to).filter(|to| *to != otherwise).collect();
        targets.sort_unstable();
        targets.dedup();
        let mut all = Vec::new();
        for target in targets {
            let numbers = arms.iter().filter(|(_, to)| *to == target);
            let value = |number: i32| Pattern::Value(Expr::new(ExprKind::Int(i128::from(number)), span));
            let patterns = numbers.map(|(number, _)| value(*number)).collect();
            all.push(Arm { patterns, guard: None, body: Block::of(self.from(Some(target), &inner)), span });
        }
        let body = Block::of(self.from(Some(otherwise), &inner));
        all.push(Arm { patterns: vec![Pattern::Any], guard: None, body, span });
        let kind = ExprKind::Match { subject: Some(Box::new(subject.expr.clone())), arms: all };
        out.push(Stmt { kind: StmtKind::Expr(Expr::new(kind, span)), span });
        Some(after)
    }

    /// The last block that goes back to this one, unless the loop is being said already.
    fn last_of_loop(&self, index: usize) -> Option<usize> {
        self.returns[index].filter(|_| self.loops.iter().all(|(head, _)| *head != index))
    }

    fn repeated(&mut self, head: usize, last: usize, stops: &BTreeSet<usize>, out: &mut Vec<Stmt>) -> Option<usize> {
        let ways_out = self.nodes[head..=last].iter().flat_map(|node| node.exit.targets()).filter(|to| *to > last);
        let after = ways_out.min();
        self.loops.push((head, after.unwrap_or(END)));
        let mut first = Vec::new();
        let next = self.step(head, stops, &mut first);
        first.extend(self.from(next, stops));
        self.loops.pop();
        let body = Block::of(first);
        let kind = StmtKind::Loop { bind: None, over: None, cond: None, body };
        out.push(Stmt { kind, span: self.nodes[head].span });
        after
    }

    /// `try`, where the guarded code begins at this block; `None` if none does. Blocks that only run for any exception
    /// (`finally`, `synchronized`) stand in the other ways too.
    fn guards(&mut self, index: usize, stops: &BTreeSet<usize>, out: &mut Vec<Stmt>) -> Option<Option<usize>> {
        let at = self.nodes[index].at;
        let own = |handler: &&Handler| handler.start == at && !handler.any;
        let handlers: Vec<Handler> = self.handlers.iter().filter(own).copied().collect();
        let end = handlers.iter().map(|handler| handler.end).max()?;
        if !self.guarded.insert(index) {
            return None;
        }
        let after = self.after_guarded(&handlers, end);
        let mut inner = stops.clone();
        inner.extend(after);
        let mut first = Vec::new();
        let next = self.step(index, &inner, &mut first);
        first.extend(self.from(next, &inner));
        let body = Block::of(first);
        let targets: BTreeSet<usize> = handlers.iter().map(|handler| handler.target).collect();
        let blocks: Vec<usize> = targets.into_iter().filter_map(|target| self.block_at(target)).collect();
        let handlers = blocks.into_iter().map(|block| Block::of(self.from(Some(block), &inner))).collect();
        let span = body.stmts.iter().fold(self.nodes[index].span, |all, stmt| all.to(stmt.span));
        out.push(Stmt { kind: StmtKind::Try { body, handlers, finally: Block::default() }, span });
        Some(after)
    }

    /// Guarded code ends with a jump over its handlers.
    fn after_guarded(&self, handlers: &[Handler], end: usize) -> Option<usize> {
        let last = if handlers.iter().any(|handler| handler.leaves) {
            self.nodes.partition_point(|node| node.at < end).checked_sub(1)?
        } else {
            self.block_at(end)?
        };
        match self.nodes[last].exit {
            Exit::To(to) => Some(to),
            _ => None,
        }
    }

    /// The block that begins at that instruction.
    fn block_at(&self, at: usize) -> Option<usize> {
        self.nodes.binary_search_by_key(&at, |node| node.at).ok()
    }
}

/// For each block, the last one that goes back to it.
fn returns(nodes: &[Node]) -> Vec<Option<usize>> {
    let mut returns = vec![None; nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for target in node.exit.targets().into_iter().filter(|target| *target <= index) {
            returns[target] = Some(index);
        }
    }
    returns
}

/// For each block, the nearest one that every way onward passes; ways back are left out.
fn meets(nodes: &[Node]) -> Vec<usize> {
    let mut meets = vec![END; nodes.len()];
    let mut depths = vec![0_usize; nodes.len()];
    for index in (0..nodes.len()).rev() {
        let targets = nodes[index].exit.targets();
        let mut meet = None;
        for target in targets.into_iter().filter(|target| *target > index && *target < nodes.len()) {
            meet = Some(meet.map_or(target, |other| common(other, target, &meets, &depths)));
        }
        if let Some(meet) = meet {
            meets[index] = meet;
            depths[index] = if meet == END { 0 } else { depths[meet] + 1 };
        }
    }
    meets
}

/// The nearest block that lies on the chains of both.
fn common(mut a: usize, mut b: usize, meets: &[usize], depths: &[usize]) -> usize {
    while a != b {
        if a == END || b == END {
            return END;
        }
        if depths[a] >= depths[b] { a = meets[a] } else { b = meets[b] }
    }
    a
}

/// The span of one place.
pub(in crate::language) fn point(line: u32, column: u32) -> Span {
    Span::on_line(line, column, column + 1)
}
