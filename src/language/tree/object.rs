//! What languages of classes share: anonymous classes, references to methods, constants that are objects of
//! the type that they stand in.

use super::Node;
use super::declaration::Binding;
use super::lowering::Lowering;
use crate::language::ir::{Arg, Block, Expr, ExprKind, Function, Param, Pattern, Stmt};

impl Lowering<'_> {
    /// The last name of the type around.
    pub(crate) fn own_type(&self) -> Option<String> {
        self.owner().and_then(|owner| owner.rsplit("::").next().map(str::to_owned))
    }

    /// An object of an anonymous class. Its methods (parameters and bodies are told by `parts`) see the names around it,
    /// as closures do: they stand as such before `made`, the object's value.
    pub(crate) fn anonymous<'t>(
        &mut self,
        node: Node<'_>,
        methods: Vec<Node<'t>>,
        made: Expr,
        parts: impl Fn(&mut Self, Node<'t>) -> (Vec<Param>, Vec<Node<'t>>),
    ) -> Expr {
        let mut stmts = Vec::new();
        for method in methods {
            let (params, body) = parts(self, method);
            let closure = self.closure_of(method, params, &body);
            stmts.push(self.effect(closure));
        }
        match stmts.is_empty() {
            true => made,
            false => self.at(node, ExprKind::Block(Block { stmts, value: Some(Box::new(made)) })),
        }
    }

    /// `T::f` may call a function of `T` with the argument, or a method of the argument: a closure that does either.
    pub(crate) fn method_reference(&self, node: Node<'_>, object: Expr, name: &str) -> Expr {
        const IT: &str = "it";
        let span = self.span(node);
        let call = |object: Expr, args: Vec<Arg>| {
            let callee = Box::new(Expr::new(ExprKind::Field(Box::new(object), name.to_owned()), span));
            Expr::new(ExprKind::Call { callee, args }, span)
        };
        let argument = Arg { name: None, value: Expr::name(IT, span) };
        let either = ExprKind::Conditional {
            cond: Box::new(Expr::opaque(span)),
            then: Block::value(call(object, vec![argument])),
            otherwise: Block::value(call(Expr::name(IT, span), Vec::new())),
        };
        self.closure_with(&[IT], Expr::new(either, span))
    }

    /// A closure around a value.
    pub(crate) fn closure_with(&self, params: &[&str], value: Expr) -> Expr {
        let span = value.span;
        let param = |name: &&str| Param { name: (*name).to_owned(), ty: None, default: None, span };
        let params = params.iter().map(param).collect();
        let body = Block::value(value);
        let function = Function { params, body, span, name_span: span, ..Function::default() };
        Expr::new(ExprKind::Closure(Box::new(function)), span)
    }

    /// A constant that is an object of the type that it stands in: an enum's member.
    pub(crate) fn constant_object(
        &mut self,
        node: Node<'_>,
        name: String,
        args: Vec<Arg>,
        out: &mut Vec<Stmt>,
        around: impl FnOnce(&mut Self, Expr) -> Expr,
    ) {
        let ty = self.own_type();
        let made = self.at(node, ExprKind::New { ty: ty.clone().into_iter().collect(), args });
        let value = Some(around(self, made));
        self.bind(Binding { ty, value, fixed: true, ..Binding::of(Pattern::Bind(name), self.span(node)) }, out);
    }

    /// A constructor that keeps what it is given.
    pub(crate) fn keeping(&mut self, node: Node<'_>, params: Vec<Param>) {
        let span = self.span(node);
        let keep = |param: &Param| {
            let target = ExprKind::Field(Box::new(Expr::new(ExprKind::Receiver, span)), param.name.clone());
            let value = Expr::name(param.name.clone(), param.span);
            self.effect(Expr::new(ExprKind::Assign(Box::new(Expr::new(target, span)), Box::new(value)), span))
        };
        let body = Block::of(params.iter().map(keep).collect());
        let (name, owner) = ("new".to_owned(), self.owner());
        let (method, exported) = (true, true);
        let function =
            Function { name, owner, params, method, exported, body, span, name_span: span, ..Function::default() };
        self.module.functions.push(function);
    }
}
