//! Functions, methods, constructors and their parameters.

use super::Node;
use super::lowering::{Lowering, Scope};
use super::shape::Role;
use super::statement::{Tail, tail};
use super::table::Resolved;
use crate::finding::Span;
use crate::language::ir::{Arg, Attribute, Block, Expr, Function, Param, Pattern, REFERENCE, Stmt, StmtKind};

/// What a function's node says before its body is lowered. Hooks fill it and give it to [`Lowering::define`].
#[derive(Default)]
pub(crate) struct Head<'t> {
    /// Its own name.
    pub(crate) name: String,
    /// Where the name stands; the node if unknown.
    pub(crate) name_span: Option<Span>,
    /// Its parameters without the receiver.
    pub(crate) params: Vec<Param>,
    /// Its return type's last name.
    pub(crate) returns: Option<String>,
    /// Its body; none for a declaration.
    pub(crate) body: Vec<Node<'t>>,
    /// Statements before the body (C++'s member initialisers).
    pub(crate) prologue: Vec<Stmt>,
    /// Types to add to the owner (`A::B` of `bool A::B::f()`).
    pub(crate) owner: Vec<String>,
    /// Whether it has a receiver; if unknown, functions in a type do unless they are static.
    pub(crate) method: Option<bool>,
    /// What its body calls the receiver (Go).
    pub(crate) receiver: Option<String>,
}

impl Lowering<'_> {
    pub(super) fn function(&mut self, node: Node<'_>, shape: &'static Resolved) {
        let name = self.table.first(node, shape, 0);
        let head = Head {
            name: name.map(|name| self.last_name(name)).unwrap_or_default(),
            name_span: name.map(|name| self.span(name)),
            params: self.slot_params(node, shape, 1),
            returns: self.table.first(node, shape, 2).and_then(|ty| self.type_name(ty)),
            body: self.table.all(node, shape, 3),
            ..Head::default()
        };
        self.define(node, head);
    }

    pub(super) fn constructor(&mut self, node: Node<'_>, shape: &'static Resolved) {
        let params = self.slot_params(node, shape, 0);
        let body = self.table.all(node, shape, 1);
        self.define(node, Head { name: "new".to_owned(), params, body, method: Some(true), ..Head::default() });
    }

    /// Adds a function to the module and lowers its body; returns it so that a hook may correct it.
    pub(crate) fn define(&mut self, node: Node<'_>, head: Head<'_>) -> &mut Function {
        let in_type = self.scope == Scope::Type || !head.owner.is_empty();
        let taken_apart = std::mem::take(&mut self.taken_apart);
        let mut attributes = self.take_attributes(node);
        attributes.append(&mut self.take_references(node));
        let mut params = head.params;
        let receiver = head.receiver.or_else(|| self.receiver_param(in_type, &mut params));
        let is_static = self.dialect.statics.iter().any(|word| self.has_modifier(node, word));
        let named_new = in_type && self.dialect.constructors.contains(&head.name.as_str());
        let exported = (self.dialect.exported)(self, node, &head.name);
        let span = self.span(node);
        let depth = self.owner.len();
        self.owner.extend(head.owner);
        let at = self.module.functions.len();
        self.module.functions.push(Function {
            name: if named_new { "new".to_owned() } else { head.name },
            owner: self.owner(),
            params,
            method: head.method.unwrap_or(in_type && !is_static),
            returns: head.returns,
            declared_only: head.body.is_empty(),
            exported,
            test: self.is_test(&attributes),
            attributes,
            span,
            name_span: head.name_span.unwrap_or(span),
            body: Block::default(),
        });
        let outer = std::mem::replace(&mut self.receiver, receiver);
        // What a constructor ends with is not what it gives.
        let values = self.dialect.tail_values && self.module.functions[at].name != "new";
        let mut body = self.in_function(|lowering| lowering.function_body(&head.body, values));
        self.receiver = outer;
        self.owner.truncate(depth);
        body.stmts.splice(0..0, taken_apart.into_iter().chain(head.prologue));
        if in_type && self.module.functions[at].name == "new" {
            self.hand_on(&mut body, &self.module.functions[at].params);
        }
        let function = &mut self.module.functions[at];
        function.body = body;
        function
    }

    /// Lowers in a function's scope.
    pub(crate) fn in_function<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.scope, self.blocks);
        (self.scope, self.blocks) = (Scope::Function, 0);
        let lowered = lower(self);
        (self.scope, self.blocks) = outer;
        lowered
    }

    /// Takes the receiver off a method's parameters, where it is one of them.
    fn receiver_param(&self, in_type: bool, params: &mut Vec<Param>) -> Option<String> {
        let first = params.first()?;
        let is_receiver = in_type && self.dialect.receiver_params.contains(&first.name.as_str());
        is_receiver.then(|| params.remove(0).name)
    }

    /// A function's body: statements (the last is its value if `values`), or an expression that is its value.
    pub(super) fn function_body(&mut self, parts: &[Node<'_>], values: bool) -> Block {
        let mut body = Block::default();
        for part in parts {
            let is_value = match self.role(*part) {
                None | Some(Role::Block | Role::Inline | Role::StmtHook(_)) => false,
                Some(role) => !role.is_statement(),
            };
            if is_value && parts.len() == 1 {
                return Block::value(self.expr(*part));
            }
            let mut block = self.block(*part);
            // Declarations right in the body are the function's own.
            body.stmts.append(&mut block.stmts);
        }
        if values {
            tail(&mut body, Tail::Function);
        }
        body
    }

    /// The parameters in all the parts of a slot.
    pub(super) fn slot_params(&mut self, node: Node<'_>, shape: &Resolved, slot: usize) -> Vec<Param> {
        let mut nodes = Vec::new();
        for part in self.table.all(node, shape, slot) {
            match self.role(part) {
                None => nodes.append(&mut self.children(part)),
                Some(_) => nodes.push(part),
            }
        }
        self.listed_params(&nodes)
    }

    /// The parameters in a parameter list.
    pub(crate) fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let nodes = self.children(list);
        self.listed_params(&nodes)
    }

    /// Which of the parameters just lowered are variables of the caller's, as annotations.
    fn take_references(&mut self, node: Node<'_>) -> Vec<Attribute> {
        let span = self.span(node);
        let names = std::mem::take(&mut self.references).into_iter();
        let marked = names.map(|name| Attribute {
            path: vec![REFERENCE.to_owned()],
            args: vec![Arg { name: None, value: Expr::name(name, span) }],
            span,
        });
        marked.collect()
    }

    /// Whether a parameter is a variable of the caller's.
    pub(crate) fn is_reference(&self, param: Node<'_>) -> bool {
        let words = self.dialect.references;
        if words.is_empty() {
            return false;
        }
        let mut cursor = param.walk();
        let children: Vec<Node<'_>> = param.children(&mut cursor).collect();
        let marks = |child: &Node<'_>| words.contains(&child.kind()) || words.contains(&self.text(*child));
        children.iter().any(marks) && !children.iter().any(|child| self.text(*child) == "const")
    }

    /// The parameters; those that take their value apart get a name, and a statement that the body starts with.
    fn listed_params(&mut self, nodes: &[Node<'_>]) -> Vec<Param> {
        let mut params = Vec::new();
        let mut taken_apart = Vec::new();
        self.references.clear();
        for node in nodes {
            let Some((pattern, mut param)) = self.param(*node) else { continue };
            if matches!(pattern, Pattern::Fields(..) | Pattern::Tuple(_)) {
                param.name = format!("#{}", params.len());
                let value = Some(Expr::name(param.name.clone(), param.span));
                let kind = StmtKind::Let { pattern, ty: None, value, otherwise: None };
                taken_apart.push(Stmt { kind, span: param.span });
            }
            if self.is_reference(*node) {
                self.references.push(param.name.clone());
            }
            params.push(param);
        }
        self.taken_apart = taken_apart;
        params
    }

    fn param(&mut self, node: Node<'_>) -> Option<(Pattern, Param)> {
        let span = self.span(node);
        match self.table.shape(node) {
            Some(Resolved { role: Role::Receiver, .. }) => None,
            Some(shape @ Resolved { role: Role::Param | Role::Declare { .. }, .. }) => {
                let name = self.table.first(node, shape, 0).map_or(Pattern::Any, |name| self.pattern(name));
                let ty = self.table.first(node, shape, 1).and_then(|ty| self.type_name(ty));
                let default = self.table.first(node, shape, 2).map(|default| self.expr(default));
                Some((name.clone(), Param { name: bound_name(name), ty, default, span }))
            }
            _ => {
                let name = self.pattern(node);
                Some((name.clone(), Param { name: bound_name(name), ty: None, default: None, span }))
            }
        }
    }
}

/// The name that a pattern binds; empty if it takes its value apart.
fn bound_name(pattern: Pattern) -> String {
    match pattern {
        Pattern::Bind(name) => name,
        _ => String::new(),
    }
}

impl Role {
    /// It does something rather than to have a value, when it is a function's whole body.
    fn is_statement(self) -> bool {
        self.is_item()
            || matches!(
                self,
                Self::Return
                    | Self::Throw
                    | Self::Jump
                    | Self::Try
                    | Self::Loop { .. }
                    | Self::ForEach
                    | Self::ForCount
                    | Self::Scoped
                    | Self::InlineHook(_)
            )
    }
}
