//! The blocks of a method and how control goes between them; what compilers took apart is put together again.
//!
//! `a && b` and `c ? x : y` have no instructions of their own. Two blocks that only decide, one after the other, become one
//! decision; two that only leave a value become one value by the decision before them.

use crate::finding::Span;
use crate::language::ir::{BinaryOp, Block, ExprKind, Stmt};

use super::value::{Kind, Value, Weight};

/// What is copied from block to block in one method, in parts of expressions; beyond it values are unknown.
const COPIES: usize = 200_000;

/// Instructions that are run one after the other.
#[derive(Debug)]
pub(in crate::language) struct Node {
    /// Where the first one is.
    pub(in crate::language) at: usize,
    pub(in crate::language) stmts: Vec<Stmt>,
    /// What it leaves on the stack.
    pub(in crate::language) stack: Vec<Value>,
    pub(in crate::language) exit: Exit,
    /// Where it ends.
    pub(in crate::language) span: Span,
}

/// Where control goes at a block's end, by the numbers of the blocks.
#[derive(Debug, Default)]
pub(in crate::language) enum Exit {
    To(usize),
    Either {
        cond: Value,
        yes: usize,
        no: usize,
    },
    Switch {
        subject: Value,
        arms: Vec<(i32, usize)>,
        otherwise: usize,
    },
    /// The method ends here, or the block has become part of another.
    #[default]
    Out,
}

impl Exit {
    /// The blocks that may come next.
    pub(in crate::language) fn targets(&self) -> Vec<usize> {
        match self {
            Self::To(to) => vec![*to],
            Self::Either { yes, no, .. } => vec![*yes, *no],
            Self::Switch { arms, otherwise, .. } => {
                let mut all: Vec<usize> = arms.iter().map(|(_, to)| *to).chain([*otherwise]).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            Self::Out => Vec::new(),
        }
    }
}

/// The blocks that were run so far, in the order of their instructions.
#[derive(Debug, Default)]
pub(in crate::language) struct Graph {
    pub(in crate::language) nodes: Vec<Node>,
    /// From where control comes to each block, of those that were run.
    sources: Vec<Vec<usize>>,
    copied: usize,
}

impl Graph {
    /// A graph of so many blocks, none of which was run.
    pub(in crate::language) fn new(count: usize) -> Self {
        Self { nodes: Vec::with_capacity(count), sources: vec![Vec::new(); count], copied: 0 }
    }

    /// Adds the next block.
    pub(in crate::language) fn push(&mut self, node: Node) {
        let index = self.nodes.len();
        for target in node.exit.targets() {
            if let Some(sources) = self.sources.get_mut(target) {
                sources.push(index);
            }
        }
        self.nodes.push(node);
    }

    /// What lies on the stack where block `index` begins, once what leads there is put together.
    pub(in crate::language) fn entry(&mut self, index: usize, span: Span) -> Vec<Value> {
        while self.join_decision(index) || self.join_value(index) {}
        let stacks: Vec<&Vec<Value>> = self.sources[index].iter().map(|source| &self.nodes[*source].stack).collect();
        let Some((first, others)) = stacks.split_first() else { return Vec::new() };
        let depth = others.iter().map(|stack| stack.len()).fold(first.len(), usize::min);
        let agreed = |n: usize| others.iter().all(|stack| stack[n] == first[n]);
        let mut entry = Vec::with_capacity(depth);
        for (n, value) in first.iter().enumerate().take(depth) {
            self.copied = self.copied.saturating_add(value.weight().size.saturating_mul(stacks.len()));
            let known = self.copied < COPIES && agreed(n);
            entry.push(if known { value.clone() } else { Value::unknown(value.kind, span) });
        }
        entry
    }

    /// The only block that control comes to `index` from, if that one decides.
    fn decided_by(&self, index: usize) -> Option<usize> {
        match self.sources[index].as_slice() {
            [source] if matches!(self.nodes[*source].exit, Exit::Either { .. }) => Some(*source),
            _ => None,
        }
    }

    /// Makes one of two decisions that follow each other, the second of which may lead to `index`.
    fn join_decision(&mut self, index: usize) -> bool {
        let sources = &self.sources[index];
        let pair = sources.iter().rev().find_map(|second| {
            let node = &self.nodes[*second];
            let Exit::Either { yes, no, .. } = node.exit else { return None };
            let first = self.decided_by(*second).filter(|_| node.stmts.is_empty())?;
            let Exit::Either { yes: y, no: n, .. } = self.nodes[first].exit else { return None };
            let other = if y == *second { n } else { y };
            (y != n && yes != no && (other == yes || other == no) && first < *second).then_some((first, *second))
        });
        let Some((first, second)) = pair else { return false };
        let (Exit::Either { cond: a, yes: y1, no: n1 }, Exit::Either { cond: b, yes: y2, no: n2 }) =
            (self.leave(first), self.leave(second))
        else {
            return false;
        };
        let span = a.expr.span;
        let (op, a, b, yes, no) = match () {
            () if n1 == second && y1 == y2 => (BinaryOp::Or, a, b, y1, n2),
            () if n1 == second => (BinaryOp::Or, a, b.negated(), y1, y2),
            () if n1 == n2 => (BinaryOp::And, a, b, y2, n1),
            () => (BinaryOp::And, a, b.negated(), n2, n1),
        };
        self.lead(first, Exit::Either { cond: a.binary(op, b, Kind::Truth, span), yes, no });
        true
    }

    /// Makes one value of two that are left for `index` by the same decision.
    fn join_value(&mut self, index: usize) -> bool {
        let sources = self.sources[index].clone();
        let only_leaves = |source: usize| {
            let node = &self.nodes[source];
            matches!(node.exit, Exit::To(_)) && node.stmts.is_empty() && !node.stack.is_empty()
        };
        let mut ready = sources.iter().copied().filter(|source| only_leaves(*source));
        let found = ready.find_map(|one| {
            let by = self.decided_by(one)?;
            let Exit::Either { yes, no, .. } = self.nodes[by].exit else { return None };
            let both = sources.contains(&yes) && sources.contains(&no) && yes != no;
            let alike = |n: usize| only_leaves(n) && self.nodes[n].stack.len() == self.nodes[by].stack.len() + 1;
            (both && alike(yes) && alike(no) && self.decided_by(yes) == self.decided_by(no)).then_some((by, yes, no))
        });
        let Some((by, yes, no)) = found else { return false };
        let [a, b] = [yes, no].map(|node| {
            self.leave(node);
            std::mem::take(&mut self.nodes[node].stack).pop()
        });
        let (Exit::Either { cond, .. }, Some(a), Some(b)) = (self.leave(by), a, b) else { return false };
        self.nodes[by].stack.push(chosen(cond, a, b));
        self.lead(by, Exit::To(index));
        true
    }

    /// Takes a block's exit away.
    fn leave(&mut self, index: usize) -> Exit {
        let exit = std::mem::take(&mut self.nodes[index].exit);
        for target in exit.targets() {
            self.sources[target].retain(|source| *source != index);
        }
        exit
    }

    fn lead(&mut self, index: usize, exit: Exit) {
        for target in exit.targets() {
            if !self.sources[target].contains(&index) {
                self.sources[target].push(index);
            }
        }
        self.nodes[index].exit = exit;
    }
}

/// `cond ? a : b`, in the form in which source would say it.
fn chosen(cond: Value, a: Value, b: Value) -> Value {
    let span = cond.expr.span;
    let truth = a.kind == Kind::Truth || b.kind == Kind::Truth;
    match (a.bit(), b.bit()) {
        (Some(true), Some(false)) => cond,
        (Some(false), Some(true)) => cond.negated(),
        (None, Some(false)) if truth => cond.binary(BinaryOp::And, a, Kind::Truth, span),
        (Some(true), None) if truth => cond.binary(BinaryOp::Or, b, Kind::Truth, span),
        (Some(false), None) if truth => cond.negated().binary(BinaryOp::And, b, Kind::Truth, span),
        (None, Some(true)) if truth => cond.negated().binary(BinaryOp::Or, a, Kind::Truth, span),
        _ => {
            let weight = Weight::of([&cond, &a, &b]);
            let kind = a.kind;
            let [then, otherwise] = [a, b].map(|value| Block::value(value.expr));
            Value::new(ExprKind::Conditional { cond: Box::new(cond.expr), then, otherwise }, kind, weight, span)
        }
    }
}
