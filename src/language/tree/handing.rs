//! Constructors that hand on to another one: of their own type, or of the type that theirs extends.
//!
//! What the base makes of its arguments is part of the object: `super(end)` is lowered to `#base = new Base(end)`
//! (see [`BASE`]).

use super::Node;
use super::function::Head;
use super::lowering::Lowering;
use crate::finding::Span;
use crate::language::ir::{Arg, BASE, Block, Expr, ExprKind, Param, Stmt, StmtKind, TypeDecl};

/// Whom a constructor hands on to.
enum To {
    /// Another one of its type.
    Own,
    /// One of the type that it extends, by its name.
    Base(String),
}

impl Lowering<'_> {
    /// A constructor that hands on to another one of its type (`to_own`), and gives what that one makes, or to one of its
    /// base.
    pub(crate) fn delegated(&self, node: Node<'_>, to_own: bool, args: Vec<Arg>) -> Stmt {
        let span = self.span(node);
        match self.own_type().filter(|_| to_own) {
            Some(ty) => made(ty, args, span),
            None => self.handed_up(args, span),
        }
    }

    /// The type around is made of one that it extends with these arguments.
    pub(crate) fn handed_up(&self, args: Vec<Arg>, span: Span) -> Stmt {
        match self.own_bases().first().filter(|_| !args.is_empty()) {
            Some(base) => based(base.clone(), args, span),
            None => {
                let parts = args.into_iter().map(|arg| arg.value).collect();
                Stmt { kind: StmtKind::Expr(Expr::new(ExprKind::Opaque(parts), span)), span }
            }
        }
    }

    /// The same where the head of a type says so (`class Beta : Base(end)`): a method that the constructor calls.
    pub(crate) fn made_of_base(&mut self, node: Node<'_>, args: Vec<Arg>) {
        let prologue = vec![self.handed_up(args, self.span(node))];
        let head = Head { name: "init".to_owned(), prologue, method: Some(true), ..Head::default() };
        self.define(node, head).declared_only = false;
    }

    /// What the type around extends.
    pub(crate) fn own_bases(&self) -> &[String] {
        let own = self.own_type();
        let is_own = |ty: &&TypeDecl| Some(&ty.name) == own.as_ref();
        self.module.types.iter().rev().find(is_own).map_or(&[], |ty| ty.bases.as_slice())
    }

    /// Tells the calls of other constructors among the statements of one, where the language writes them so:
    /// `super(end)`, `super().__init__(end)`, `self.init(end)`.
    pub(super) fn hand_on(&self, body: &mut Block, params: &[Param]) {
        if let Some(last) = body.value.take_if(|value| self.handing(value).is_some()) {
            body.stmts.push(self.effect(*last));
        }
        for stmt in &mut body.stmts {
            let (StmtKind::Expr(expr), span) = (&stmt.kind, stmt.span) else { continue };
            let Some((to, args)) = self.handing(expr) else { continue };
            // Ruby's bare `super` passes what came in.
            let own = || params.iter().map(|param| Arg { name: None, value: Expr::name(&param.name, span) }).collect();
            let args: Vec<Arg> = args.map_or_else(own, <[Arg]>::to_vec);
            match to {
                To::Own => {
                    *stmt = self.own_type().map_or_else(|| self.handed_up(Vec::new(), span), |ty| made(ty, args, span))
                }
                To::Base(_) if args.is_empty() => {}
                To::Base(base) => *stmt = based(base, args, span),
            }
        }
    }

    /// Whom a statement of a constructor hands on to, with which arguments; without any it may pass its own.
    fn handing<'e>(&self, expr: &'e Expr) -> Option<(To, Option<&'e [Arg]>)> {
        let up = || self.own_bases().first().cloned().map(To::Base);
        match &expr.kind {
            ExprKind::Pass(inner) => self.handing(inner),
            ExprKind::Name(path) if is_super(path) => Some((up()?, None)),
            ExprKind::Call { callee, args } => match &callee.kind {
                ExprKind::Name(path) if is_super(path) => Some((up()?, Some(args))),
                ExprKind::Name(path) => {
                    let [.., ty, name] = path.as_slice() else { return None };
                    self.constructor_of(ty, name).map(|to| (to, Some(args.as_slice())))
                }
                ExprKind::Field(of, name) if self.dialect.constructors.contains(&name.as_str()) => match &of.kind {
                    ExprKind::Receiver => Some((To::Own, Some(args))),
                    ExprKind::Name(path) if is_super(path) => Some((up()?, Some(args))),
                    ExprKind::Call { callee, .. } => {
                        let is_super = matches!(&callee.kind, ExprKind::Name(path) if is_super(path));
                        Some((up().filter(|_| is_super)?, Some(args)))
                    }
                    // Python's `Base.__init__(self, end)`.
                    ExprKind::Name(path) => {
                        let (first, rest) = args.split_first()?;
                        let to = self.constructor_of(path.last()?, name);
                        to.filter(|_| first.value.kind == ExprKind::Receiver).map(|to| (to, Some(rest)))
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// The constructor of a base, by the names of both.
    fn constructor_of(&self, ty: &String, name: &str) -> Option<To> {
        let is_base = self.dialect.constructors.contains(&name) && self.own_bases().contains(ty);
        is_base.then(|| To::Base(ty.clone()))
    }
}

fn is_super(path: &[String]) -> bool {
    matches!(path, [only] if only == "super")
}

/// `return new T(args)`.
fn made(ty: String, args: Vec<Arg>, span: Span) -> Stmt {
    let made = Expr::new(ExprKind::New { ty: vec![ty], args }, span);
    Stmt { kind: StmtKind::Return(Some(made)), span }
}

/// `#base = new T(args)`.
pub(crate) fn based(ty: String, args: Vec<Arg>, span: Span) -> Stmt {
    let made = Expr::new(ExprKind::New { ty: vec![ty], args }, span);
    let kept = ExprKind::Assign(Box::new(Expr::name(BASE, span)), Box::new(made));
    Stmt { kind: StmtKind::Expr(Expr::new(kept, span)), span }
}
