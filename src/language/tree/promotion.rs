//! Constructors whose parameters are fields too: `constructor(private readonly end: Date)`, PHP's promoted parameters.

use super::{Head, Lowering, Node};
use crate::language::ir::{Expr, ExprKind, Field, Stmt, StmtKind};

impl Lowering<'_> {
    /// Defines a method whose parameters are fields that it fills where `promotes` says so; `name` is the grammar's field
    /// for what a parameter is called.
    pub(crate) fn promoting_method(&mut self, node: Node<'_>, promotes: fn(&Self, Node<'_>) -> bool, name: &str) {
        let Some(own) = self.field(node, "name") else { return };
        let list = self.field(node, "parameters");
        let params = list.map(|list| self.children(list)).unwrap_or_default();
        let promoted: Vec<Node<'_>> = params.into_iter().filter(|param| promotes(self, *param)).collect();
        let head = Head {
            name: self.last_name(own),
            name_span: Some(self.span(own)),
            prologue: promoted.into_iter().filter_map(|param| self.promote(param, name)).collect(),
            params: list.map(|list| self.params(list)).unwrap_or_default(),
            returns: self.field(node, "return_type").and_then(|ty| self.type_name(ty)),
            body: self.field(node, "body").into_iter().collect(),
            ..Head::default()
        };
        self.define(node, head);
    }

    /// The field that a parameter is too, and the assignment that fills it.
    fn promote(&mut self, param: Node<'_>, name: &str) -> Option<Stmt> {
        let name = self.field(param, name).map(|name| self.name_text(name))?;
        let ty = self.field(param, "type").and_then(|ty| self.type_name(ty));
        let span = self.span(param);
        self.add_field(Field { name: name.clone(), ty, value: None, attributes: Vec::new(), span });
        let receiver = Box::new(Expr::new(ExprKind::Receiver, span));
        let target = Box::new(Expr::new(ExprKind::Field(receiver, name.clone()), span));
        let kind = ExprKind::Assign(target, Box::new(Expr::name(name, span)));
        Some(Stmt { kind: StmtKind::Expr(Expr::new(kind, span)), span })
    }
}
