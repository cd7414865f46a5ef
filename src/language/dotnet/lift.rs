//! Runs the instructions of a method over expressions instead of values, block by block.

use std::collections::HashMap;

use super::image::Body;
use super::instruction::{Instruction, instructions};
use super::member::Owners;
use super::signature::Signature;
use super::tables::Tables;
use crate::finding::Span;
use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Pattern, Stmt, StmtKind};
use crate::language::stack::machine::{self, Machine, Next};
use crate::language::stack::operands::Operands;
use crate::language::stack::shape::point;
use crate::language::stack::value::{Kind, Value, Weight};

/// One method while it is run.
pub(super) struct Lift<'c> {
    pub(super) tables: &'c Tables<'c>,
    pub(super) owners: &'c Owners,
    body: &'c Body<'c>,
    /// What it gives is a truth value.
    truth: bool,
    /// The last name of its type.
    pub(super) own: &'c str,
    pub(super) method: bool,
    /// Its parameters by number, without the receiver.
    params: Vec<String>,
    pub(super) on: Operands,
    /// Where a local is given back, and which one: compilers lead all ways out there.
    ways_out: HashMap<usize, u32>,
    /// What lambdas are kept in from one call to the next.
    pub(super) kept: HashMap<String, Value>,
}

impl<'c> Lift<'c> {
    pub(super) fn new(
        (tables, owners): (&'c Tables<'c>, &'c Owners),
        own: &'c str,
        body: &'c Body<'c>,
        signature: &Signature,
        params: Vec<String>,
    ) -> Self {
        let mut on = Operands::new(span_of(body));
        let truths = params.iter().zip(&signature.takes).filter(|(_, ty)| ty.truth);
        on.truths.extend(truths.map(|(name, _)| name.clone()));
        let (truth, method) = (signature.gives.truth, signature.method);
        Self { tables, owners, body, truth, own, method, params, on, ways_out: HashMap::new(), kept: HashMap::new() }
    }

    /// What the method does; whether something was left out.
    pub(super) fn body(&mut self) -> (Block, bool) {
        let body = self.body;
        let all = instructions(body.code);
        self.ways_out = ways_out(&all);
        machine::body(self, &all, &body.caught, &body.handlers)
    }

    /// Leaves the method with the value of a local, as `return` in source does.
    fn give_back(&mut self, slot: u32) {
        let name = Self::local(slot);
        let given = match self.on.stmts.pop_if(|last| is_bound(last, &name)) {
            Some(Stmt { kind: StmtKind::Let { value: Some(value), .. }, .. }) => value,
            _ => Expr::name(name, self.on.span),
        };
        let kind = if self.truth { Kind::Truth } else { Kind::Plain };
        self.on.stack = vec![Value::new(given.kind, kind, Weight::default(), given.span)];
        self.leave(0x2A);
    }

    /// When a conditional jump is taken.
    fn taken(&mut self, opcode: u16) -> Value {
        const OPS: [BinaryOp; 10] = [
            BinaryOp::Equal,
            BinaryOp::GreaterEqual,
            BinaryOp::Greater,
            BinaryOp::LessEqual,
            BinaryOp::Less,
            BinaryOp::NotEqual,
            BinaryOp::GreaterEqual,
            BinaryOp::Greater,
            BinaryOp::LessEqual,
            BinaryOp::Less,
        ];
        let span = self.on.span;
        // The short forms stand 13 before the long ones.
        let form = if opcode < 0x38 { opcode + 13 } else { opcode };
        if form <= 0x3A {
            let value = self.on.pop();
            let taken = form == 0x3A;
            return match (value.kind, &value.expr.kind) {
                (_, ExprKind::Null) => Value::leaf(ExprKind::Bool(!taken), Kind::Truth, span),
                (_, ExprKind::Closure(_)) => Value::leaf(ExprKind::Bool(taken), Kind::Truth, span),
                (Kind::Truth, _) if taken => value,
                (Kind::Truth, _) => value.negated(),
                _ => {
                    let op = if taken { BinaryOp::NotEqual } else { BinaryOp::Equal };
                    value.binary(op, Value::int(0, Kind::Plain, span), Kind::Truth, span)
                }
            };
        }
        let (b, a) = (self.on.pop(), self.on.pop());
        let op = OPS.get(usize::from(form.saturating_sub(0x3B))).copied().unwrap_or(BinaryOp::Equal);
        self.compared(a, op, b)
    }

    /// A comparison; that of a truth value with 0 or 1 is the value itself or its opposite.
    pub(super) fn compared(&self, a: Value, op: BinaryOp, b: Value) -> Value {
        match (a.kind, op, b.bit()) {
            (Kind::Truth, BinaryOp::Equal, Some(true)) | (Kind::Truth, BinaryOp::NotEqual, Some(false)) => a,
            (Kind::Truth, BinaryOp::Equal, Some(false)) | (Kind::Truth, BinaryOp::NotEqual, Some(true)) => a.negated(),
            _ => a.binary(op, b, Kind::Truth, self.on.span),
        }
    }

    /// Runs a return or a throw.
    fn leave(&mut self, opcode: u16) {
        let kind = match opcode {
            0x2A if self.on.stack.is_empty() => StmtKind::Return(None),
            0x2A => {
                let value = self.on.pop();
                StmtKind::Return(Some(if self.truth { value.truth() } else { value }.expr))
            }
            0x7A => StmtKind::Throw(Some(self.on.pop().expr)),
            0xFE1A => StmtKind::Throw(None),
            _ => return,
        };
        self.on.say(kind);
    }

    /// The name of a local; what is not in debug files has none of its own.
    pub(super) fn local(slot: u32) -> String {
        format!("v{slot}")
    }

    /// The name of an argument; `None` for the receiver.
    pub(super) fn argument(&self, slot: u32) -> Option<String> {
        let slot = usize::try_from(slot).ok()?;
        let slot = if self.method { slot.checked_sub(1)? } else { slot };
        Some(self.params.get(slot).cloned().unwrap_or_else(|| format!("p{slot}")))
    }

    /// Reads a local or an argument.
    pub(super) fn load(&mut self, name: Option<String>) {
        let Some(name) = name else { return self.on.push(ExprKind::Receiver, Kind::Plain, Weight::default()) };
        let of = if self.on.truths.contains(&name) { Kind::Truth } else { Kind::Plain };
        self.on.push(ExprKind::Name(vec![name]), of, Weight::default());
    }
}

impl<'c> Machine for Lift<'c> {
    type Instruction = Instruction<'c>;

    fn offset(instruction: &Self::Instruction) -> usize {
        instruction.at
    }

    fn next(instruction: &Self::Instruction) -> Next {
        instruction.next()
    }

    fn span_at(&self, at: usize) -> Span {
        point(1, u32::try_from(self.body.at + at).unwrap_or(u32::MAX - 2).saturating_add(1))
    }

    fn operands(&mut self) -> &mut Operands {
        &mut self.on
    }

    fn run(&mut self, one: &Self::Instruction) {
        self.execute(one);
    }

    fn jump(&mut self, one: &Self::Instruction, to: usize) -> bool {
        // What leaves guarded code leaves an empty stack.
        if matches!(one.opcode, 0xDD | 0xDE) {
            self.on.stack.clear();
        }
        let slot = self.ways_out.get(&to).copied().filter(|_| self.on.stack.is_empty());
        if let Some(slot) = slot {
            self.give_back(slot);
        }
        slot.is_some()
    }

    fn condition(&mut self, one: &Self::Instruction) -> Value {
        self.taken(one.opcode)
    }

    fn end(&mut self, one: &Self::Instruction) {
        self.leave(one.opcode);
    }
}

/// Whether a statement gives the local of that name its value.
fn is_bound(stmt: &Stmt, name: &str) -> bool {
    matches!(&stmt.kind, StmtKind::Let { pattern: Pattern::Bind(bound), value: Some(_), .. } if bound == name)
}

/// Where nothing is done but to give a local back.
fn ways_out(all: &[Instruction<'_>]) -> HashMap<usize, u32> {
    let local = |one: &Instruction<'_>| match one.opcode {
        0x06..=0x09 => Some(u32::from(one.opcode - 0x06)),
        0x11 | 0xFE0C => Some(one.number()),
        _ => None,
    };
    let pairs = all.windows(2).filter(|pair| pair[1].opcode == 0x2A);
    pairs.filter_map(|pair| Some((pair[0].at, local(&pair[0])?))).collect()
}

/// From the first to the last of its instructions.
pub(super) fn span_of(body: &Body<'_>) -> Span {
    let column = |at: usize| u32::try_from(at).unwrap_or(u32::MAX - 1).saturating_add(1);
    Span::on_line(1, column(body.at), column(body.at + body.code.len()))
}
