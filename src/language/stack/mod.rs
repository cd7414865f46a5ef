//! What programs of stack machines have in common, whichever machine it is: class files and .NET assemblies.
//!
//! The instructions of a method are run over expressions instead of values ([`operands`], [`value`]), block by block
//! ([`machine`]); what compilers took apart is put together ([`graph`]), and control flow gets its shape back ([`shape`]).

pub(super) mod graph;
pub(super) mod machine;
pub(super) mod operands;
pub(super) mod shape;
pub(super) mod value;

use std::collections::BTreeMap;

use super::ir::{Expr, ExprKind, Function, Pattern, StmtKind};

/// What the code that runs once for a type gives each of its fields.
pub(super) fn initial_values(function: &Function) -> BTreeMap<String, Expr> {
    let mut locals = BTreeMap::new();
    let mut values = BTreeMap::new();
    for stmt in &function.body.stmts {
        match &stmt.kind {
            StmtKind::Let { pattern: Pattern::Bind(name), value: Some(value), .. } => {
                locals.insert(name.as_str(), value);
            }
            StmtKind::Expr(Expr { kind: ExprKind::Assign(target, value), .. }) => {
                let (ExprKind::Name(target), value) = (&target.kind, value.as_ref()) else { continue };
                let held = match &value.kind {
                    ExprKind::Name(path) => path.first().and_then(|name| locals.get(name.as_str())).copied(),
                    _ => None,
                };
                values.insert(target.concat(), held.unwrap_or(value).clone());
            }
            _ => {}
        }
    }
    values
}
