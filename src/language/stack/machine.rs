//! Runs a method block by block and puts its body together, whichever machine its instructions are for.

use std::collections::BTreeSet;

use crate::finding::Span;
use crate::language::ir::{Block, ExprKind};

use super::graph::{Exit, Graph, Node};
use super::operands::Operands;
use super::shape::{Handler, Shape};
use super::value::{Kind, Value};

/// Methods of more blocks are tables or generated, and not read.
const BLOCKS: usize = 4000;

/// Where control goes from an instruction; offsets are from the method's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::language) enum Next {
    /// To what follows.
    On,
    To(usize),
    /// There or to what follows.
    Either(usize),
    Switch {
        /// Where to by which numbers.
        arms: Vec<(i32, usize)>,
        /// `None`: to what follows.
        otherwise: Option<usize>,
    },
    /// It leaves the method.
    Out,
}

impl Next {
    /// Where control may go besides to what follows; `None` if it only goes on.
    fn targets(self) -> Option<Vec<usize>> {
        match self {
            Self::On => None,
            Self::To(to) | Self::Either(to) => Some(vec![to]),
            Self::Switch { arms, otherwise } => Some(arms.into_iter().map(|(_, to)| to).chain(otherwise).collect()),
            Self::Out => Some(Vec::new()),
        }
    }
}

/// What runs the instructions of one machine over expressions.
pub(in crate::language) trait Machine {
    /// One instruction.
    type Instruction;

    /// Where it stands in the method's code.
    fn offset(instruction: &Self::Instruction) -> usize;

    /// Where control goes from it.
    fn next(instruction: &Self::Instruction) -> Next;

    /// Which line an offset is.
    fn span_at(&self, offset: usize) -> Span;

    /// What it works on.
    fn operands(&mut self) -> &mut Operands;

    /// Runs an instruction after which control only goes on.
    fn run(&mut self, instruction: &Self::Instruction);

    /// Runs a jump to an offset; whether it leaves the method instead of going there.
    fn jump(&mut self, _instruction: &Self::Instruction, _to: usize) -> bool {
        false
    }

    /// When a conditional jump is taken.
    fn condition(&mut self, instruction: &Self::Instruction) -> Value;

    /// Runs a return or a throw.
    fn end(&mut self, instruction: &Self::Instruction);
}

/// Where the blocks of a method begin, in order.
struct Starts(Vec<usize>);

impl Starts {
    /// At what is jumped to, after what jumps, and at the ends of guarded code.
    fn of<M: Machine>(all: &[M::Instruction], caught: &BTreeSet<usize>, handlers: &[Handler]) -> Self {
        let mut starts = BTreeSet::from([0]);
        for (n, one) in all.iter().enumerate() {
            if let Some(targets) = M::next(one).targets() {
                starts.extend(targets);
                starts.extend(all.get(n + 1).map(M::offset));
            }
        }
        starts.extend(handlers.iter().flat_map(|handler| [handler.start, handler.end, handler.target]));
        starts.extend(caught);
        let begins = |at: &usize| all.binary_search_by_key(at, M::offset).is_ok();
        Self(starts.into_iter().filter(begins).collect())
    }

    /// The block that begins at an offset.
    fn block_at(&self, offset: usize) -> Option<usize> {
        self.0.binary_search(&offset).ok()
    }
}

/// Runs all blocks in the order in which they stand, and puts them together; whether something was left out. `caught` are
/// the offsets at which what was thrown lies on the stack.
pub(in crate::language) fn body<M: Machine>(
    machine: &mut M,
    all: &[M::Instruction],
    caught: &BTreeSet<usize>,
    handlers: &[Handler],
) -> (Block, bool) {
    let starts = Starts::of::<M>(all, caught, handlers);
    if all.is_empty() || starts.0.len() > BLOCKS {
        return (Block::default(), !all.is_empty());
    }
    let mut graph = Graph::new(starts.0.len());
    for (index, start) in starts.0.iter().enumerate() {
        let end = starts.0.get(index + 1).copied().unwrap_or(usize::MAX);
        let before = |offset: usize| all.partition_point(|one| M::offset(one) < offset);
        let block = &all[before(*start)..before(end)];
        let span = machine.span_at(*start);
        let on = machine.operands();
        on.span = span;
        on.stack = graph.entry(index, span);
        if caught.contains(start) {
            on.stack = vec![Value::unknown(Kind::Plain, span)];
        }
        let exit = exit(machine, block, &starts, index + 1);
        let on = machine.operands();
        let (stmts, stack) = (std::mem::take(&mut on.stmts), std::mem::take(&mut on.stack));
        graph.push(Node { at: *start, stmts, stack, exit, span: on.span });
    }
    let mut shape = Shape::new(&graph, handlers);
    let body = shape.body();
    (body, shape.cut)
}

/// Runs a block. `next` is the number of the one that stands behind it, if there is one.
fn exit<M: Machine>(machine: &mut M, block: &[M::Instruction], starts: &Starts, next: usize) -> Exit {
    for one in block {
        let at = M::offset(one);
        let span = machine.span_at(at);
        let on = machine.operands();
        (on.at, on.span) = (at, span);
        match M::next(one) {
            Next::On => machine.run(one),
            to => return leave(machine, (one, to), starts, next).unwrap_or_default(),
        }
    }
    if next < starts.0.len() { Exit::To(next) } else { Exit::Out }
}

/// Runs the last instruction of a block, from which control goes `to`; nothing if it leads nowhere. `next` as above.
fn leave<M: Machine>(
    machine: &mut M,
    (one, to): (&M::Instruction, Next),
    starts: &Starts,
    next: usize,
) -> Option<Exit> {
    Some(match to {
        Next::To(to) if machine.jump(one, to) => Exit::Out,
        Next::To(to) => Exit::To(starts.block_at(to)?),
        Next::Either(to) => {
            let cond = machine.condition(one);
            match cond.expr.kind {
                ExprKind::Bool(taken) => Exit::To(if taken { starts.block_at(to)? } else { next }),
                _ => Exit::Either { cond, yes: starts.block_at(to)?, no: next },
            }
        }
        Next::Switch { arms, otherwise } => {
            let subject = machine.operands().pop();
            let arms = arms.into_iter().filter_map(|(number, to)| Some((number, starts.block_at(to)?))).collect();
            let otherwise = otherwise.map_or(Some(next), |to| starts.block_at(to))?;
            Exit::Switch { subject, arms, otherwise }
        }
        Next::On | Next::Out => {
            machine.end(one);
            Exit::Out
        }
    })
}
