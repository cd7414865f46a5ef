//! Patterns: what values are bound to or matched against.

use super::Node;
use super::lowering::Lowering;
use super::shape::Role;
use super::table::Resolved;
use crate::language::ir::{Expr, ExprKind, Pattern};

impl Lowering<'_> {
    /// Lowers a node that stands where something is bound or matched.
    pub(crate) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        let node = self.passed(node);
        self.deeper(node, |lowering| lowering.pattern_inside(node)).unwrap_or(Pattern::Any)
    }

    fn pattern_inside(&mut self, node: Node<'_>) -> Pattern {
        let Some(shape) = self.table.shape(node) else {
            return match self.children(node).as_slice() {
                [] => Pattern::Any,
                [only] => self.pattern(*only),
                parts => Pattern::Tuple(self.patterns(parts)),
            };
        };
        match shape.role {
            Role::PatternHook(hook) => hook(self, node),
            Role::Name => match self.name_text(node).as_str() {
                "_" => Pattern::Any,
                name => Pattern::Bind(name.to_owned()),
            },
            Role::Wildcard => Pattern::Any,
            Role::Path | Role::TypeName => Pattern::Variant(self.path(node), Vec::new()),
            Role::Variant | Role::Call => self.variant(node, shape),
            Role::Wrap | Role::Spread | Role::Declare { .. } | Role::Param | Role::Assign => {
                self.table.first(node, shape, 0).map_or(Pattern::Any, |part| self.pattern(part))
            }
            Role::List | Role::Sequence => {
                let items = self.spread(self.table.all(node, shape, 0));
                match items.as_slice() {
                    [only] if matches!(shape.role, Role::Sequence) => self.pattern(*only),
                    items => Pattern::Tuple(self.patterns_and_holes(node, items)),
                }
            }
            Role::Record | Role::Map => self.fields_pattern(node, shape),
            Role::Alternatives => {
                let items = self.spread(self.table.all(node, shape, 0));
                Pattern::Or(self.patterns(&items))
            }
            Role::Range => {
                let from = self.table.first(node, shape, 0).map(|end| Box::new(self.expr(end)));
                let to = self.table.first(node, shape, 1).map(|end| Box::new(self.expr(end)));
                Pattern::Range(from, to)
            }
            _ => Pattern::Value(self.expr(node)),
        }
    }

    /// The items of a list in their places: nothing may stand between two commas (`[, year, month]`).
    fn patterns_and_holes(&mut self, list: Node<'_>, items: &[Node<'_>]) -> Vec<Pattern> {
        let mut cursor = list.walk();
        let (mut patterns, mut placed, mut is_hole) = (Vec::with_capacity(items.len()), 0, true);
        for child in list.children(&mut cursor) {
            if items.contains(&child) {
                patterns.push(self.pattern(child));
                (placed, is_hole) = (placed + 1, false);
            } else if child.kind() == "," {
                patterns.extend(is_hole.then_some(Pattern::Any));
                is_hole = true;
            }
        }
        if placed == items.len() { patterns } else { self.patterns(items) }
    }

    fn patterns(&mut self, nodes: &[Node<'_>]) -> Vec<Pattern> {
        nodes.iter().map(|node| self.pattern(*node)).collect()
    }

    /// A pattern of an arm: unless the dialect binds there, a name is a constant.
    pub(crate) fn arm_pattern(&mut self, node: Node<'_>) -> Pattern {
        let node = self.passed(node);
        match self.role(node) {
            Some(Role::Name | Role::Path | Role::Field | Role::Call) if !self.dialect.arms_bind => {
                Pattern::Value(self.expr(node))
            }
            _ => self.pattern(node),
        }
    }

    /// The right side of `instanceof`: a type, or a pattern that names one.
    pub(super) fn type_pattern(&mut self, node: Node<'_>) -> Pattern {
        match self.pattern(node) {
            Pattern::Bind(name) => Pattern::Variant(vec![name], Vec::new()),
            Pattern::Value(Expr { kind: ExprKind::Field(..), .. }) | Pattern::Any | Pattern::Tuple(_) => {
                Pattern::Variant(self.path(node), Vec::new())
            }
            other => other,
        }
    }

    fn variant(&mut self, node: Node<'_>, shape: &Resolved) -> Pattern {
        let path = self.table.first(node, shape, 0).map(|path| self.path(path)).unwrap_or_default();
        let mut parts = Vec::new();
        for part in self.table.all(node, shape, 1) {
            match self.table.shape(part) {
                None => {
                    let items = self.children(part);
                    parts.append(&mut self.patterns(&items));
                }
                Some(_) => parts.push(self.pattern(part)),
            }
        }
        Pattern::Variant(path, parts)
    }

    fn fields_pattern(&mut self, node: Node<'_>, shape: &Resolved) -> Pattern {
        let (ty, slot) = match shape.role {
            Role::Record => (self.table.first(node, shape, 0).map(|ty| self.path(ty)), 1),
            _ => (None, 0),
        };
        let items = self.spread(self.table.all(node, shape, slot));
        let is_pair = |item: &Node<'_>| matches!(self.role(*item), Some(Role::Pair));
        if ty.is_none()
            && !items.is_empty()
            && !items.iter().any(is_pair)
            && !items.iter().any(|item| self.is_name(*item))
        {
            return Pattern::Tuple(self.patterns(&items));
        }
        let mut fields = Vec::new();
        for item in items {
            match self.table.shape(item) {
                Some(shape @ Resolved { role: Role::Pair, .. }) => {
                    let key = self.table.first(item, shape, 0).and_then(|key| self.plain_key(key)).unwrap_or_default();
                    let value = self.table.first(item, shape, 1).map_or(Pattern::Any, |value| self.pattern(value));
                    fields.push((key, value));
                }
                _ => match self.pattern(item) {
                    Pattern::Bind(name) => fields.push((name.clone(), Pattern::Bind(name))),
                    other => fields.push((String::new(), other)),
                },
            }
        }
        Pattern::Fields(ty, fields)
    }

    fn is_name(&self, node: Node<'_>) -> bool {
        matches!(self.role(node), Some(Role::Name | Role::Assign | Role::Spread))
    }
}
