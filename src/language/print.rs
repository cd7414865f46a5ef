//! The IR as short text, so that a frontend's test is one line: source here, expected IR there.
//!
//! ```text
//! a + b.c            (+ a b.c)              f(x, k: 1)      (call f x k=1)
//! let d: T = 3       (let d :T 3)           if c { r }      (if c {r} {})
//! [1, 2]             [1 2]                  c ? a : b       (? c a b)
//! |x| x              (fn (x) x)             { a; b }        {a; => b}
//! ```
//!
//! Spans are left out; test them where they matter.

// Which printers are used depends on which languages are built in.
#![allow(dead_code)]

use std::fmt::Write as _;

use super::ir::{
    Arg, Attribute, BinaryOp, Block, Expr, ExprKind, Function, Module, Param, Pattern, Stmt, StmtKind, UnaryOp,
};
use crate::finding::Span;

/// A module, one item a line: package, imports, includes, types, globals, functions, script, gaps.
pub(crate) fn module(module: &Module) -> String {
    let mut out = Vec::new();
    if !module.package.is_empty() {
        out.push(format!("package {}", module.package.join("::")));
    }
    for import in &module.imports {
        out.push(format!("import {} = {}", import.alias, import.path.join("::")));
    }
    out.extend(module.includes.iter().map(|path| format!("include {path}")));
    for ty in &module.types {
        let mut line = format!("{}type {}", attributes(&ty.attributes), owned(ty.owner.as_deref(), &ty.name));
        if !ty.bases.is_empty() {
            let _ = write!(line, ": {}", ty.bases.join(" "));
        }
        let fields = ty.fields.iter().map(|field| {
            attributes(&field.attributes) + &typed(&field.name, field.ty.as_deref(), field.value.as_ref())
        });
        let _ = write!(line, " {{{}}}", fields.collect::<Vec<_>>().join("; "));
        out.push(line);
    }
    for global in &module.globals {
        let name = owned(global.owner.as_deref(), &global.name);
        out.push(format!("global {}", typed(&name, global.ty.as_deref(), global.value.as_ref())));
    }
    out.extend(module.functions.iter().map(function));
    if !module.script.is_empty() {
        out.push(format!("script {}", braced(&module.script)));
    }
    out.extend(module.gaps.iter().map(|gap| format!("gap {}", span(*gap))));
    out.join("\n")
}

/// `1:2-1:5`.
pub(crate) fn span(span: Span) -> String {
    format!("{}:{}-{}:{}", span.line, span.column, span.end_line, span.end_column)
}

/// A named function on one line, with `exported`, `declared`, `test` and `method` before it where they hold.
pub(crate) fn function(function: &Function) -> String {
    let mut out = attributes(&function.attributes);
    let words = [
        (function.exported, "exported "),
        (function.declared_only, "declared "),
        (function.test, "test "),
        (function.method, "method "),
    ];
    out.extend(words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word));
    let _ = write!(out, "fn {}({})", owned(function.owner.as_deref(), &function.name), params(&function.params));
    if let Some(returns) = &function.returns {
        let _ = write!(out, " :{returns}");
    }
    if !function.declared_only {
        let _ = write!(out, " {}", braced(&function.body));
    }
    out
}

fn attributes(attributes: &[Attribute]) -> String {
    let one = |attribute: &Attribute| match attribute.args.as_slice() {
        [] => format!("@{} ", attribute.path.join("::")),
        args => format!("@{}({}) ", attribute.path.join("::"), joined(args, arg)),
    };
    attributes.iter().map(one).collect()
}

fn params(params: &[Param]) -> String {
    let one = |param: &Param| typed(&param.name, param.ty.as_deref(), param.default.as_ref());
    params.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn owned(owner: Option<&str>, name: &str) -> String {
    owner.map_or_else(|| name.to_owned(), |owner| format!("{owner}::{name}"))
}

fn typed(name: &str, ty: Option<&str>, value: Option<&Expr>) -> String {
    let ty = ty.map(|ty| format!(" :{ty}")).unwrap_or_default();
    let value = value.map(|value| format!(" = {}", expr(value))).unwrap_or_default();
    format!("{name}{ty}{value}")
}

fn joined<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(" ")
}

/// ` item item`, nothing for none.
fn tail<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(|item| format!(" {}", print(item))).collect()
}

/// A block in braces, `{a; b => value}`.
pub(crate) fn braced(block: &Block) -> String {
    let mut out = block.stmts.iter().map(stmt).collect::<Vec<_>>().join("; ");
    if let Some(value) = &block.value {
        let arrow = if out.is_empty() { "" } else { "; => " };
        let _ = write!(out, "{arrow}{}", expr(value));
    }
    format!("{{{out}}}")
}

/// A block that is just a value without its braces.
fn valued(block: &Block) -> String {
    match &block.value {
        Some(value) if block.stmts.is_empty() => expr(value),
        _ => braced(block),
    }
}

/// A statement.
pub(crate) fn stmt(stmt: &Stmt) -> String {
    let optional = |value: &Option<Expr>| value.as_ref().map(|value| format!(" {}", expr(value))).unwrap_or_default();
    match &stmt.kind {
        StmtKind::Let { pattern: bound, ty, value, otherwise } => {
            let ty = ty.as_ref().map(|ty| format!(" :{ty}")).unwrap_or_default();
            let otherwise = otherwise.as_ref().map(|block| format!(" else {}", braced(block))).unwrap_or_default();
            format!("(let {}{ty}{}{otherwise})", pattern(bound), optional(value))
        }
        StmtKind::Expr(value) => expr(value),
        StmtKind::If { cond, then, otherwise } => {
            format!("(if {} {} {})", expr(cond), braced(then), braced(otherwise))
        }
        StmtKind::Loop { bind, over, cond, body } => {
            let bind = bind.as_ref().map(|bind| format!(" {} in", pattern(bind))).unwrap_or_default();
            let cond = cond.as_ref().map(|cond| format!(" while {}", expr(cond))).unwrap_or_default();
            format!("(loop{bind}{}{cond} {})", optional(over), braced(body))
        }
        StmtKind::Return(value) => format!("(return{})", optional(value)),
        StmtKind::Throw(value) => format!("(throw{})", optional(value)),
        StmtKind::Jump => "jump".to_owned(),
        StmtKind::Try { body, handlers, finally } => {
            let finally = if finally.is_empty() { String::new() } else { format!(" finally {}", braced(finally)) };
            format!("(try {}{}{finally})", braced(body), tail(handlers, braced))
        }
        StmtKind::Block(block) => braced(block),
    }
}

/// An expression.
pub(crate) fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Int(int) => int.to_string(),
        ExprKind::Float(float) => format!("{float:?}"),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Bool(bool) => bool.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Name(path) => path.join("::"),
        ExprKind::Receiver => "self".to_owned(),
        ExprKind::Field(base, name) => format!("{}.{name}", expr(base)),
        ExprKind::Index(base, index) => format!("{}[{}]", expr(base), expr(index)),
        ExprKind::Call { callee, args } => format!("(call {}{})", expr(callee), tail(args, arg)),
        ExprKind::New { ty, args } => format!("(new {}{})", ty.join("::"), tail(args, arg)),
        ExprKind::Unary(op, value) => format!("({} {})", unary(*op), expr(value)),
        ExprKind::Binary(op, left, right) => format!("({} {} {})", binary(*op), expr(left), expr(right)),
        ExprKind::Assign(target, value) => format!("(= {} {})", expr(target), expr(value)),
        ExprKind::Conditional { cond, then, otherwise } => {
            format!("(? {} {} {})", expr(cond), valued(then), valued(otherwise))
        }
        ExprKind::Match { subject, arms } => {
            let subject = subject.as_ref().map(|subject| format!(" {}", expr(subject))).unwrap_or_default();
            let arm = |arm: &super::ir::Arm| {
                let guard = arm.guard.as_ref().map(|guard| format!(" if {}", expr(guard))).unwrap_or_default();
                format!("({}{guard} => {})", joined(&arm.patterns, pattern), valued(&arm.body))
            };
            format!("(match{subject}{})", tail(arms, arm))
        }
        ExprKind::Is(value, bound) => format!("(is {} {})", expr(value), pattern(bound)),
        ExprKind::List(items) => format!("[{}]", joined(items, expr)),
        ExprKind::Record { ty, fields, base } => {
            let ty = ty.as_ref().map_or_else(|| "_".to_owned(), |ty| ty.join("::"));
            let base = base.as_ref().map(|base| format!(" ..{}", expr(base))).unwrap_or_default();
            format!("(record {ty}{}{base})", tail(fields, |(name, value)| format!("{name}={}", expr(value))))
        }
        ExprKind::Map(pairs) => {
            format!("(map{})", tail(pairs, |(key, value)| format!("({} {})", expr(key), expr(value))))
        }
        ExprKind::Closure(function) => format!("(fn ({}) {})", params(&function.params), valued(&function.body)),
        ExprKind::Cast(ty, value) => format!("(as {ty} {})", expr(value)),
        ExprKind::Interpolated(parts) => format!("(text{})", tail(parts, expr)),
        ExprKind::Block(block) => braced(block),
        ExprKind::Pass(value) => format!("(pass {})", expr(value)),
        ExprKind::Opaque(parts) => format!("(opaque{})", tail(parts, expr)),
    }
}

fn arg(arg: &Arg) -> String {
    let name = arg.name.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
    format!("{name}{}", expr(&arg.value))
}

/// A pattern: `_`, a name, `=value`, `Variant(a b)`, `Type{a: x}`, `[a b]`, `1..=2`, `a | b`.
pub(crate) fn pattern(bound: &Pattern) -> String {
    match bound {
        Pattern::Any => "_".to_owned(),
        Pattern::Bind(name) => name.clone(),
        Pattern::Value(value) => format!("={}", expr(value)),
        Pattern::Variant(path, parts) if parts.is_empty() => format!("{}()", path.join("::")),
        Pattern::Variant(path, parts) => format!("{}({})", path.join("::"), joined(parts, pattern)),
        Pattern::Fields(path, parts) => {
            let path = path.as_ref().map(|path| path.join("::")).unwrap_or_default();
            format!("{path}{{{}}}", joined(parts, |(name, part)| format!("{name}: {}", pattern(part))))
        }
        Pattern::Tuple(parts) => format!("[{}]", joined(parts, pattern)),
        Pattern::Range(from, to) => {
            let end = |end: &Option<Box<Expr>>| end.as_ref().map(|end| expr(end)).unwrap_or_default();
            format!("{}..={}", end(from), end(to))
        }
        Pattern::Or(parts) => parts.iter().map(pattern).collect::<Vec<_>>().join(" | "),
        Pattern::And(parts) => parts.iter().map(pattern).collect::<Vec<_>>().join(" & "),
        Pattern::Not(part) => format!("!{}", pattern(part)),
        Pattern::Compare(op, end) => format!("{}{}", binary(*op), expr(end)),
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Negate => "neg",
        UnaryOp::Complement => "~",
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::FloorDivide => "//",
        BinaryOp::Remainder => "%",
        BinaryOp::Power => "**",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Compare => "<=>",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Otherwise => "??",
        BinaryOp::Concat => "..",
        BinaryOp::In => "in",
    }
}
