//! The operand stack of one method, and the statements that its instructions make.

use std::collections::{BTreeSet, HashMap};

use crate::finding::Span;
use crate::language::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind};

use super::value::{Kind, Value, Weight};

/// The state of a block while it is run.
#[derive(Debug)]
pub(in crate::language) struct Operands {
    pub(in crate::language) stack: Vec<Value>,
    pub(in crate::language) stmts: Vec<Stmt>,
    /// What was put into arrays, by the instruction that made them.
    pub(in crate::language) arrays: HashMap<usize, Vec<Value>>,
    /// Locals that hold truth values.
    pub(in crate::language) truths: BTreeSet<String>,
    /// Where the instruction that is run stands.
    pub(in crate::language) span: Span,
    /// Its offset in the method's code.
    pub(in crate::language) at: usize,
    temporaries: usize,
}

impl Operands {
    /// Nothing yet.
    pub(in crate::language) fn new(span: Span) -> Self {
        Self {
            stack: Vec::new(),
            stmts: Vec::new(),
            arrays: HashMap::new(),
            truths: BTreeSet::new(),
            span,
            at: 0,
            temporaries: 0,
        }
    }

    /// Takes the top of the stack.
    pub(in crate::language) fn pop(&mut self) -> Value {
        let value = self.stack.pop().unwrap_or_else(|| Value::unknown(Kind::Plain, self.span));
        match value.kind {
            Kind::Array(at) => {
                let items = self.arrays.remove(&at).unwrap_or_default();
                let weight = Weight::of(&items);
                let items = items.into_iter().map(|item| item.expr).collect();
                Value::new(ExprKind::List(items), Kind::Plain, weight, self.span)
            }
            Kind::Raw(_) => Value::unknown(Kind::Plain, self.span),
            _ => value,
        }
    }

    pub(in crate::language) fn push(&mut self, kind: ExprKind, of: Kind, parts: Weight) {
        self.stack.push(Value::new(kind, of, parts, self.span));
    }

    pub(in crate::language) fn say(&mut self, kind: StmtKind) {
        self.stmts.push(Stmt { kind, span: self.span });
    }

    /// The top of the stack in a form that may be said twice.
    pub(in crate::language) fn shared(&mut self) -> Value {
        let value = self.stack.pop().unwrap_or_else(|| Value::unknown(Kind::Plain, self.span));
        if value.is_simple() {
            return value;
        }
        let name = format!("#{}", self.temporaries);
        self.temporaries += 1;
        let kind = value.kind;
        self.bind(name.clone(), value);
        Value::leaf(ExprKind::Name(vec![name]), kind, self.span)
    }

    /// Gives a local its value.
    pub(in crate::language) fn bind(&mut self, name: String, value: Value) {
        if value.kind == Kind::Truth {
            self.truths.insert(name.clone());
        } else {
            self.truths.remove(&name);
        }
        let pattern = Pattern::Bind(name);
        self.say(StmtKind::Let { pattern, ty: None, value: Some(value.expr), otherwise: None });
    }

    pub(in crate::language) fn assign(&mut self, target: Expr, value: Expr) {
        let assigned = ExprKind::Assign(Box::new(target), Box::new(value));
        self.say(StmtKind::Expr(Expr::new(assigned, self.span)));
    }

    /// Drops a value, but not what it does.
    pub(in crate::language) fn drop_value(&mut self) {
        let value = self.pop();
        if value.does_something() {
            self.say(StmtKind::Expr(value.expr));
        }
    }
}
