//! What a file gives to others: functions that are assigned to `module.exports`, `exports.x`, `T.prototype.x` and to the
//! parts of objects become functions of those names, so that other files' calls find them.

use crate::finding::Span;
use crate::language::ir::{Block, Expr, ExprKind, Function, Global, Module, Pattern, Stmt, StmtKind};

/// The name of what a module itself is, when it is called.
const DEFAULT: &str = "default";
/// Objects nested deeper than this keep their functions.
const NESTED: usize = 4;

/// `export default value`, as the older `module.exports = value`.
pub(super) fn as_default(value: Expr) -> Expr {
    let span = value.span;
    let module = Expr::name("module", span);
    let target = Expr::new(ExprKind::Field(Box::new(module), "exports".to_owned()), span);
    Expr::new(ExprKind::Assign(Box::new(target), Box::new(value)), span)
}

/// Names the functions that the file's own statements and objects hold, and says which the file exports.
pub(super) fn resolve(mut module: Module) -> Module {
    let script = std::mem::take(&mut module.script.stmts);
    let mut exports = Exports { module, names: Vec::new() };
    for stmt in flattened(script) {
        if let Some(stmt) = exports.stmt(stmt) {
            exports.module.script.stmts.push(stmt);
        }
    }
    let mut globals = std::mem::take(&mut exports.module.globals);
    for global in &mut globals {
        if let Some(value) = &mut global.value {
            let owner = global.owner.iter().chain([&global.name]).map(String::as_str).collect::<Vec<_>>().join("::");
            exports.members(&owner, value, NESTED);
        }
    }
    exports.module.globals.append(&mut globals);
    let Exports { mut module, names } = exports;
    for function in &mut module.functions {
        function.exported |= names.contains(&function.name);
    }
    module
}

struct Exports {
    module: Module,
    names: Vec<String>,
}

impl Exports {
    /// Takes out of a statement what has a name; gives back what is left to run.
    fn stmt(&mut self, stmt: Stmt) -> Option<Stmt> {
        let StmtKind::Expr(Expr { kind: ExprKind::Assign(target, value), span }) = stmt.kind else {
            return Some(stmt);
        };
        match place(&target) {
            Some(Place::Module) => self.exported(*value, span),
            Some(Place::Export(name)) => {
                self.names.push(name.clone());
                self.named(None, name, *value, span)
            }
            Some(Place::Member(owner, name)) => self.named(Some(owner), name, *value, span),
            None => Some(Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Assign(target, value), span }), ..stmt }),
        }
    }

    /// `module.exports = value`.
    fn exported(&mut self, value: Expr, span: Span) -> Option<Stmt> {
        match value.kind {
            ExprKind::Name(path) => {
                self.names.extend(path.last().cloned());
                None
            }
            ExprKind::Record { ty, fields, base } => {
                let mut rest = Vec::new();
                for (name, value) in fields {
                    self.names.push(name.clone());
                    match &value.kind {
                        ExprKind::Name(path) if path.last() == Some(&name) => {}
                        ExprKind::Name(path) => {
                            self.names.extend(path.last().cloned());
                            self.global(name, value);
                        }
                        ExprKind::Closure(_) => {
                            self.named(None, name, value, span);
                        }
                        _ => {
                            self.global(name.clone(), value.clone());
                            rest.push((name, value));
                        }
                    }
                }
                let left = !rest.is_empty() || base.is_some();
                let value = Expr::new(ExprKind::Record { ty, fields: rest, base }, value.span);
                left.then_some(Stmt { span, kind: StmtKind::Expr(value) })
            }
            // `exports = module.exports = value`.
            ExprKind::Assign(target, inner) if place(&target).is_some() => {
                self.stmt(Stmt { span, kind: StmtKind::Expr(Expr::new(ExprKind::Assign(target, inner), value.span)) })
            }
            _ => self.named(None, DEFAULT.to_owned(), value, span),
        }
    }

    /// A function of that name, or a global; what is left to run of its value.
    fn named(&mut self, owner: Option<String>, name: String, value: Expr, span: Span) -> Option<Stmt> {
        match value.kind {
            ExprKind::Closure(function) => {
                self.function(owner, name, *function, span);
                None
            }
            ExprKind::Record { .. } if name == "prototype" => {
                let mut value = value;
                self.members(owner.as_deref().unwrap_or_default(), &mut value, NESTED);
                Some(Stmt { span, kind: StmtKind::Expr(value) })
            }
            _ if owner.is_some() || self.module.globals.iter().any(|global| global.name == name) => {
                let owner = owner.unwrap_or_else(|| "exports".to_owned());
                let base = Box::new(Expr::name(owner, span));
                let target = Box::new(Expr::new(ExprKind::Field(base, name), span));
                let kind = ExprKind::Assign(target, Box::new(value));
                Some(Stmt { span, kind: StmtKind::Expr(Expr::new(kind, span)) })
            }
            _ => {
                self.global(name, value);
                None
            }
        }
    }

    fn global(&mut self, name: String, value: Expr) {
        if !self.module.globals.iter().any(|global| global.name == name && global.owner.is_none()) {
            let span = value.span;
            self.module.globals.push(Global { name, owner: None, ty: None, value: Some(value), span });
        }
    }

    fn function(&mut self, owner: Option<String>, name: String, function: Function, span: Span) {
        let method = owner.is_some();
        self.module.functions.push(Function { name, owner, method, exported: true, span, ..function });
    }

    /// Takes the functions out of an object: they are the owner's.
    fn members(&mut self, owner: &str, value: &mut Expr, depth: usize) {
        let (ExprKind::Record { fields, .. }, Some(depth)) = (&mut value.kind, depth.checked_sub(1)) else { return };
        for (name, mut value) in std::mem::take(fields) {
            match value.kind {
                ExprKind::Closure(function) => {
                    self.function(Some(owner.to_owned()), name, *function, value.span);
                }
                _ => {
                    self.members(owner, &mut value, depth);
                    fields.push((name, value));
                }
            }
        }
    }
}

/// What an assignment outside functions gives a name to.
enum Place {
    /// `module.exports`.
    Module,
    /// `exports.name`, `window.name`.
    Export(String),
    /// `T.name`, `T.prototype.name`.
    Member(String, String),
}

fn place(target: &Expr) -> Option<Place> {
    let mut path = Vec::new();
    let mut rest = target;
    while let ExprKind::Field(base, name) = &rest.kind {
        path.push(name.as_str());
        rest = base;
    }
    let ExprKind::Name(name) = &rest.kind else { return None };
    path.extend(name.iter().rev().map(String::as_str));
    path.reverse();
    Some(match path.as_slice() {
        ["module", "exports"] | ["exports"] => Place::Module,
        ["module", "exports", name] | ["exports" | "window" | "global" | "globalThis" | "self", name] => {
            Place::Export((*name).to_owned())
        }
        [owner, "prototype"] => Place::Member((*owner).to_owned(), "prototype".to_owned()),
        [owner, name] | [owner, "prototype", name] => Place::Member((*owner).to_owned(), (*name).to_owned()),
        _ => return None,
    })
}

/// The statements with those of functions that are called on the spot in their place.
fn flattened(stmts: Vec<Stmt>) -> Vec<Stmt> {
    let mut flat = Vec::with_capacity(stmts.len());
    for stmt in stmts {
        match stmt.kind {
            StmtKind::Expr(value) => match called_on_the_spot(value) {
                Ok(body) => flat.extend(body),
                Err(value) => flat.push(Stmt { kind: StmtKind::Expr(*value), ..stmt }),
            },
            _ => flat.push(stmt),
        }
    }
    flat
}

/// The body of `(function (a) { … })(b)`, after `let a = b`.
fn called_on_the_spot(value: Expr) -> Result<Vec<Stmt>, Box<Expr>> {
    let span = value.span;
    let (callee, args) = match value.kind {
        ExprKind::Unary(_, inner) if is_immediate(&inner) => return called_on_the_spot(*inner),
        ExprKind::Call { callee, args } => (callee, args),
        kind => return Err(Box::new(Expr { kind, span })),
    };
    let (function, skipped) = match *callee {
        Expr { kind: ExprKind::Closure(function), .. } => (function, 0),
        Expr { kind: ExprKind::Field(base, name), span: at } => match *base {
            // `(function () { … }).call(this)`.
            Expr { kind: ExprKind::Closure(function), .. } if name == "call" => (function, 1),
            base => {
                let callee = Box::new(Expr::new(ExprKind::Field(Box::new(base), name), at));
                return Err(Box::new(Expr::new(ExprKind::Call { callee, args }, span)));
            }
        },
        other => return Err(Box::new(Expr::new(ExprKind::Call { callee: Box::new(other), args }, span))),
    };
    let Function { params, body: Block { stmts, value }, .. } = *function;
    let mut args = args.into_iter().skip(skipped);
    let mut out: Vec<Stmt> = Vec::with_capacity(params.len() + stmts.len());
    for param in params {
        let value = args.next().map(|arg| arg.value).or(param.default);
        let kind = StmtKind::Let { pattern: Pattern::Bind(param.name), ty: None, value, otherwise: None };
        out.push(Stmt { kind, span: param.span });
    }
    out.extend(flattened(stmts));
    out.extend(value.map(|value| Stmt { span: value.span, kind: StmtKind::Expr(*value) }));
    Ok(out)
}

fn is_immediate(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Closure(_) => true,
            ExprKind::Field(base, _) => matches!(base.kind, ExprKind::Closure(_)),
            _ => false,
        },
        _ => false,
    }
}
