//! Runs the instructions of a method over expressions instead of values, block by block.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Span;
use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Function, Param, Path, StmtKind};

use super::class::{Class, Code, Method, access};
use super::descriptor;
use super::instruction::{Instruction, Next, instructions};
use super::pool::Loaded;
use crate::language::stack::graph::{Exit, Graph, Node};
use crate::language::stack::operands::Operands;
use crate::language::stack::shape::{Shape, point};
use crate::language::stack::value::{Kind, Value, Weight};

/// Methods of more blocks are tables or generated, and not read.
const BLOCKS: usize = 4000;

/// One method while it is run.
pub(super) struct Lift<'c> {
    pub(super) class: &'c Class<'c>,
    pub(super) code: &'c Code<'c>,
    /// What it gives is a truth value.
    pub(super) truth: bool,
    /// The class's own internal name.
    pub(super) own: &'c str,
    pub(super) method: bool,
    /// Locals by slot, where the class does not name them: parameters.
    params: BTreeMap<u16, String>,
    pub(super) on: Operands,
    /// The instruction that is run.
    pub(super) at: usize,
}

/// The method as a function, and whether something of it was left out; `None` where it cannot be read.
pub(super) fn function(class: &Class<'_>, method: &Method<'_>, own: &str) -> Option<(Function, bool)> {
    let name = class.pool.utf8(method.name)?;
    let (types, gives) = descriptor::of_method(class.pool.utf8(method.descriptor)?)?;
    let is_method = method.flags & access::STATIC == 0;
    let empty = Code::default();
    let code = method.code.as_ref().unwrap_or(&empty);
    let span = span_of(code);
    let mut lift = Lift {
        class,
        code,
        truth: gives == "Z",
        own,
        method: is_method,
        params: BTreeMap::new(),
        on: Operands::new(span),
        at: 0,
    };
    let params = lift.params(&types, span);
    let (body, cut) = lift.body().unwrap_or_else(|| (Block::default(), true));
    let function = Function {
        name: match name {
            "<init>" => "new".to_owned(),
            "<clinit>" => "static".to_owned(),
            name => name.to_owned(),
        },
        owner: Some(descriptor::path(own).1.join("::")),
        params,
        method: is_method,
        returns: descriptor::name(gives).map(str::to_owned),
        body,
        declared_only: method.code.is_none(),
        exported: method.flags & (access::PUBLIC | access::PROTECTED) != 0,
        span,
        name_span: Span::on_line(span.line, span.column, span.column + 1),
        ..Function::default()
    };
    Some((function, cut))
}

/// From the first to the last of its lines.
fn span_of(code: &Code<'_>) -> Span {
    let lines = || code.lines.iter().map(|(_, line)| u32::from(*line)).filter(|line| *line > 0);
    let (first, last) = (lines().min().unwrap_or(1), lines().max().unwrap_or(1));
    let column = |at: usize| u32::try_from(at).unwrap_or(u32::MAX - 1).saturating_add(1);
    Span { line: first, column: column(code.at), end_line: last, end_column: column(code.at + code.bytes.len()) }
}

impl<'c> Lift<'c> {
    fn params(&mut self, types: &[&str], span: Span) -> Vec<Param> {
        let mut slot = u16::from(self.method);
        let mut params = Vec::new();
        for (n, ty) in types.iter().enumerate() {
            let variable = self.code.variables.iter().find(|variable| variable.slot == slot && variable.start == 0);
            let name = variable.and_then(|variable| self.class.pool.utf8(variable.name));
            let name = name.map_or_else(|| format!("p{n}"), str::to_owned);
            self.params.insert(slot, name.clone());
            if *ty == "Z" {
                self.on.truths.insert(name.clone());
            }
            params.push(Param { name, ty: descriptor::name(ty).map(str::to_owned), default: None, span });
            slot = slot.saturating_add(1 + u16::from(descriptor::is_wide(ty)));
        }
        params
    }

    /// Runs all blocks in the order in which they stand, and puts them together.
    fn body(&mut self) -> Option<(Block, bool)> {
        let all = instructions(self.code.bytes);
        let starts = starts(&all, self.code);
        if all.is_empty() || starts.len() > BLOCKS {
            return all.is_empty().then(|| (Block::default(), false));
        }
        let caught: BTreeSet<usize> = self.code.handlers.iter().map(|handler| handler.target).collect();
        let mut graph = Graph::new(starts.len());
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(usize::MAX);
            let block = &all[all.partition_point(|one| one.at < *start)..all.partition_point(|one| one.at < end)];
            self.on.span = self.span_at(*start);
            self.on.stack = graph.entry(index, self.on.span);
            if caught.contains(start) {
                self.on.stack = vec![Value::unknown(Kind::Plain, self.on.span)];
            }
            let exit = self.block(block, &starts, index);
            graph.push(Node {
                at: *start,
                stmts: std::mem::take(&mut self.on.stmts),
                stack: std::mem::take(&mut self.on.stack),
                exit,
                span: self.on.span,
            });
        }
        let mut shape = Shape::new(&graph, &self.code.handlers);
        let body = shape.body();
        Some((body, shape.cut))
    }

    fn block(&mut self, block: &[Instruction<'_>], starts: &[usize], index: usize) -> Exit {
        for one in block {
            (self.on.span, self.at) = (self.span_at(one.at), one.at);
            let next = one.next();
            if next == Next::On {
                self.run(one);
                continue;
            }
            let block_at = |at: usize| starts.binary_search(&at).ok();
            return self.leave(one, next, block_at, index + 1).unwrap_or_default();
        }
        if index + 1 < starts.len() { Exit::To(index + 1) } else { Exit::Out }
    }

    /// Runs the last instruction of a block.
    fn leave(
        &mut self,
        one: &Instruction<'_>,
        next: Next,
        block_at: impl Fn(usize) -> Option<usize>,
        on: usize,
    ) -> Option<Exit> {
        Some(match next {
            Next::To(to) => Exit::To(block_at(to)?),
            Next::Either(to) => {
                let cond = self.condition(one.opcode);
                Exit::Either { cond, yes: block_at(to)?, no: on }
            }
            Next::Switch { arms, otherwise } => {
                let subject = self.on.pop();
                let arms = arms.into_iter().filter_map(|(number, to)| Some((number, block_at(to)?))).collect();
                Exit::Switch { subject, arms, otherwise: block_at(otherwise)? }
            }
            Next::On | Next::Out => {
                self.end(one.opcode);
                Exit::Out
            }
        })
    }

    /// When a conditional jump is taken.
    fn condition(&mut self, opcode: u8) -> Value {
        const OPS: [BinaryOp; 6] = [
            BinaryOp::Equal,
            BinaryOp::NotEqual,
            BinaryOp::Less,
            BinaryOp::GreaterEqual,
            BinaryOp::Greater,
            BinaryOp::LessEqual,
        ];
        let span = self.on.span;
        let b = match opcode {
            159..=166 => self.on.pop(),
            198 | 199 => Value::leaf(ExprKind::Null, Kind::Plain, span),
            _ => Value::int(0, Kind::Plain, span),
        };
        let a = self.on.pop();
        let op = match opcode {
            153..=158 => OPS[usize::from(opcode - 153)],
            159..=164 => OPS[usize::from(opcode - 159)],
            165 | 198 => BinaryOp::Equal,
            _ => BinaryOp::NotEqual,
        };
        let compared = matches!(a.expr.kind, ExprKind::Binary(BinaryOp::Compare, ..));
        match (opcode, a.kind) {
            (153..=158, _) if compared => a.compared(op, span),
            (153, Kind::Truth) => a.negated(),
            (154, Kind::Truth) => a,
            _ => a.binary(op, b, Kind::Truth, span),
        }
    }

    /// Runs a return or a throw.
    fn end(&mut self, opcode: u8) {
        let kind = match opcode {
            172..=176 => {
                let value = self.on.pop();
                StmtKind::Return(Some(if self.truth { value.truth() } else { value }.expr))
            }
            177 => StmtKind::Return(None),
            191 => StmtKind::Throw(Some(self.on.pop().expr)),
            _ => return,
        };
        self.on.say(kind);
    }

    /// The name of a local. `before`: it gets its value just now.
    fn local(&self, slot: u16, before: usize) -> String {
        let at = self.at + before;
        let named = self.code.variables.iter().find(|variable| {
            let from = usize::from(variable.start);
            variable.slot == slot && from <= at && at <= from + usize::from(variable.length)
        });
        let name = named.and_then(|variable| self.class.pool.utf8(variable.name)).map(str::to_owned);
        name.or_else(|| self.params.get(&slot).cloned()).unwrap_or_else(|| format!("v{slot}"))
    }

    /// Reads a local.
    pub(super) fn load(&mut self, slot: u16, of: Kind) {
        if slot == 0 && self.method {
            return self.on.push(ExprKind::Receiver, of, Weight::default());
        }
        let name = self.local(slot, 0);
        let of = if of == Kind::Plain && self.on.truths.contains(&name) { Kind::Truth } else { of };
        self.on.push(ExprKind::Name(vec![name]), of, Weight::default());
    }

    /// Writes a local. `length` is the instruction's.
    pub(super) fn store(&mut self, slot: u16, length: usize) {
        let value = self.on.pop();
        let name = self.local(slot, length);
        self.on.bind(name, value);
    }

    /// `x += n`.
    pub(super) fn increment(&mut self, slot: u16, by: i64) {
        let target = Expr::new(ExprKind::Name(vec![self.local(slot, 0)]), self.on.span);
        let by = Value::int(by, Kind::Plain, self.on.span).expr;
        let sum = ExprKind::Binary(BinaryOp::Add, Box::new(target.clone()), Box::new(by));
        self.on.assign(target, Expr::new(sum, self.on.span));
    }

    pub(super) fn constant(&mut self, index: u16) {
        let span = self.on.span;
        let value = match self.class.pool.loaded(index) {
            Some(Loaded::Int(number)) => Value::int(number, Kind::Plain, span),
            Some(Loaded::Float(number)) => Value::leaf(ExprKind::Float(number), Kind::Plain, span),
            Some(Loaded::Text(text)) => Value::leaf(ExprKind::Text(text.to_owned()), Kind::Plain, span),
            Some(Loaded::Class(class)) => {
                let name = vec![descriptor::simple(class).to_owned()];
                Value::leaf(ExprKind::Name(name), Kind::Plain, span).field("class", Kind::Plain, span)
            }
            None => Value::unknown(Kind::Plain, span),
        };
        self.on.stack.push(value);
    }

    /// A class's name as source would write it.
    pub(super) fn class_path(&self, index: u16) -> Path {
        vec![self.class.pool.class(index).map_or("?", descriptor::simple).to_owned()]
    }

    fn span_at(&self, at: usize) -> Span {
        let after = self.code.lines.partition_point(|(start, _)| usize::from(*start) <= at);
        let line = after.checked_sub(1).and_then(|n| self.code.lines.get(n)).map_or(1, |(_, line)| u32::from(*line));
        point(line.max(1), u32::try_from(self.code.at + at).unwrap_or(u32::MAX - 2).saturating_add(1))
    }
}

/// Where blocks begin: at what is jumped to, after what jumps, and at the ends of guarded code.
fn starts(all: &[Instruction<'_>], code: &Code<'_>) -> Vec<usize> {
    let mut starts = BTreeSet::from([0]);
    for (n, one) in all.iter().enumerate() {
        match one.next() {
            Next::On => continue,
            Next::To(to) | Next::Either(to) => {
                starts.insert(to);
            }
            Next::Switch { arms, otherwise } => starts.extend(arms.iter().map(|(_, to)| *to).chain([otherwise])),
            Next::Out => {}
        }
        starts.extend(all.get(n + 1).map(|next| next.at));
    }
    for handler in &code.handlers {
        starts.extend([handler.start, handler.end, handler.target]);
    }
    let begins = |at: &usize| all.binary_search_by_key(at, |one| one.at).is_ok();
    starts.into_iter().filter(begins).collect()
}
