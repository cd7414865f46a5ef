//! Runs the instructions of a method over expressions instead of values, block by block.

use std::collections::BTreeMap;

use crate::finding::Span;
use crate::language::ir::{BinaryOp, Block, Expr, ExprKind, Function, Param, Path, StmtKind};

use super::class::{Class, Code, Method, access};
use super::descriptor;
use super::instruction::{Instruction, instructions};
use super::pool::Loaded;
use crate::language::stack::machine::{self, Machine, Next};
use crate::language::stack::operands::Operands;
use crate::language::stack::shape::point;
use crate::language::stack::value::{Kind, Value, Weight};

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
    };
    let params = lift.params(&types, span);
    let (body, cut) = lift.body();
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

    fn body(&mut self) -> (Block, bool) {
        let code = self.code;
        let caught = code.handlers.iter().map(|handler| handler.target).collect();
        machine::body(self, &instructions(code.bytes), &caught, &code.handlers)
    }

    /// When a conditional jump is taken.
    fn taken(&mut self, opcode: u8) -> Value {
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
    fn leave(&mut self, opcode: u8) {
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
        let at = self.on.at + before;
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
        let after = self.code.lines.partition_point(|(start, _)| usize::from(*start) <= at);
        let line = after.checked_sub(1).and_then(|n| self.code.lines.get(n)).map_or(1, |(_, line)| u32::from(*line));
        point(line.max(1), u32::try_from(self.code.at + at).unwrap_or(u32::MAX - 2).saturating_add(1))
    }

    fn operands(&mut self) -> &mut Operands {
        &mut self.on
    }

    fn run(&mut self, one: &Self::Instruction) {
        self.execute(one);
    }

    fn condition(&mut self, one: &Self::Instruction) -> Value {
        self.taken(one.opcode)
    }

    fn end(&mut self, one: &Self::Instruction) {
        self.leave(one.opcode);
    }
}
