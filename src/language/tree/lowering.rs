//! The state of lowering one file, and what every part of it needs: text, spans, parts, scopes, the depth limit.

use std::ops::Range;

use super::position::Positions;
use super::table::{Resolved, Table};
use super::{Dialect, Grammar, Node, syntax};
use crate::finding::Span;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::{Attribute, Expr, ExprKind, Module, Stmt};

/// What declarations stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The file, a namespace.
    Module,
    /// A type's body.
    Type,
    /// A function's body.
    Function,
}

/// The lowering of one file. Hooks get it to lower the parts of their node with.
pub(crate) struct Lowering<'s> {
    pub(super) dialect: &'static Dialect,
    pub(super) table: &'static Table,
    source: &'s str,
    positions: Positions<'s>,
    /// How far the nodes' offsets lie from the source's, while a fragment is lowered.
    shift: isize,
    pub(super) depth: usize,
    pub(super) scope: Scope,
    /// How many blocks deep, within the scope.
    pub(super) blocks: usize,
    pub(super) owner: Vec<String>,
    /// The type whose body is being lowered, in [`Module::types`].
    pub(super) open_type: Option<usize>,
    /// The enum member before, as the value that the next one counts from.
    pub(super) last_member: Option<ExprKind>,
    /// The name of the receiver in the function at hand, where the function names it.
    pub(super) receiver: Option<String>,
    /// What the parameters just lowered take apart, for the body that follows them.
    pub(super) taken_apart: Vec<Stmt>,
    /// Those of the parameters just lowered that are variables of the caller's, for the function that they belong to.
    pub(crate) references: Vec<String>,
    /// Attributes that wait for the item they stand on.
    pub(super) attributes: Vec<Attribute>,
    /// Commands that fail end the script (the shells' `set -e`).
    pub(crate) strict: bool,
    /// What has been lowered so far. Hooks may add to it.
    pub(crate) module: Module,
}

impl<'s> Lowering<'s> {
    pub(super) fn new(grammar: &'static Grammar, source: &'s str) -> Self {
        Self {
            dialect: &grammar.dialect,
            table: grammar.table(),
            source,
            positions: Positions::new(source),
            shift: 0,
            depth: 0,
            scope: Scope::Module,
            blocks: 0,
            owner: Vec::new(),
            open_type: None,
            last_member: None,
            receiver: None,
            taken_apart: Vec::new(),
            references: Vec::new(),
            attributes: Vec::new(),
            strict: false,
            module: Module::default(),
        }
    }

    /// Lowers a whole tree.
    pub(super) fn root(&mut self, root: Node<'_>) {
        self.gaps(root, &[]);
        for item in self.children(root) {
            self.item(item);
        }
    }

    /// Says what a tree does not hold, but for what is `covered`.
    pub(super) fn gaps(&mut self, root: Node<'_>, covered: &[Range<usize>]) {
        if !root.has_error() {
            return;
        }
        for gap in syntax::gaps(root) {
            if !covered.iter().any(|range| range.contains(&gap.start)) {
                self.gap(gap);
            }
        }
    }

    /// Lowers an item outside functions; statements that it leaves are the script's.
    pub(crate) fn item(&mut self, node: Node<'_>) {
        let mut stmts: Vec<Stmt> = Vec::new();
        self.stmt(node, &mut stmts);
        self.module.script.stmts.append(&mut stmts);
    }

    pub(super) fn finish(mut self) -> Module {
        self.module.gaps.sort_unstable();
        self.module.gaps.dedup();
        self.module
    }

    /// Parses `before` + a part of the source + `after`, and lowers from its root with `lower`. Spans come out where the
    /// part stands in the source; `before` and `after` have none. `None` if it cannot be parsed without an error.
    pub(crate) fn fragment<T>(
        &mut self,
        part: Range<usize>,
        before: &str,
        after: &str,
        lower: impl FnOnce(&mut Self, Node<'_>) -> Option<T>,
    ) -> Option<T> {
        let text = [before, self.source.get(part.clone())?, after].concat();
        let tree = syntax::parse(self.table, &text)?;
        if tree.root_node().has_error() {
            return None;
        }
        let shift = isize::try_from(part.start).ok()? - isize::try_from(before.len()).ok()?;
        let outer = std::mem::replace(&mut self.shift, shift);
        let lowered = lower(self, tree.root_node());
        self.shift = outer;
        lowered
    }

    /// The bytes of the source that a node covers.
    pub(crate) fn range(&self, node: Node<'_>) -> Range<usize> {
        let moved = |at: usize| at.saturating_add_signed(self.shift).min(self.source.len());
        moved(node.start_byte())..moved(node.end_byte())
    }

    /// The text of a node.
    pub(crate) fn text(&self, node: Node<'_>) -> &'s str {
        self.source.get(self.range(node)).unwrap_or("")
    }

    /// The text of a byte range of the source.
    pub(crate) fn slice(&self, range: Range<usize>) -> &'s str {
        self.source.get(range).unwrap_or("")
    }

    /// The span of a node.
    pub(crate) fn span(&self, node: Node<'_>) -> Span {
        self.span_of(self.range(node))
    }

    /// The span of a byte range of the source.
    pub(crate) fn span_of(&self, range: Range<usize>) -> Span {
        self.positions.span(range)
    }

    /// An expression of that kind over the node.
    pub(crate) fn at(&self, node: Node<'_>, kind: ExprKind) -> Expr {
        Expr::new(kind, self.span(node))
    }

    /// Says that a part of the source was not read.
    pub(crate) fn gap(&mut self, range: Range<usize>) {
        let span = self.span_of(range);
        self.module.gaps.push(span);
    }

    /// The child in a field.
    pub(crate) fn field<'t>(&self, node: Node<'t>, field: &str) -> Option<Node<'t>> {
        node.child_by_field_name(field)
    }

    /// All children in a field.
    pub(crate) fn fields<'t>(&self, node: Node<'t>, field: &str) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.children_by_field_name(field, &mut cursor).collect()
    }

    /// The first child of a kind, named or a token.
    pub(crate) fn child_of<'t>(&self, node: Node<'t>, kind: &str) -> Option<Node<'t>> {
        let mut cursor = node.walk();
        node.children(&mut cursor).find(|child| child.kind() == kind)
    }

    /// The named children without comments; an [`super::shape::inline`] child is replaced by its own.
    pub(crate) fn children<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        self.spread(self.table.children(node))
    }

    /// The nodes with every inline one replaced by its children.
    pub(super) fn spread<'t>(&self, nodes: Vec<Node<'t>>) -> Vec<Node<'t>> {
        use super::shape::Role;
        if !nodes.iter().any(|node| matches!(self.role(*node), Some(Role::Inline | Role::InlineHook(_)))) {
            return nodes;
        }
        let mut flat = Vec::with_capacity(nodes.len());
        let mut open: Vec<Node<'t>> = nodes.into_iter().rev().collect();
        while let Some(node) = open.pop() {
            match self.table.shape(node) {
                Some(shape @ Resolved { role: Role::Inline, .. }) => {
                    open.extend(self.table.all(node, shape, 0).into_iter().rev());
                }
                Some(Resolved { role: Role::InlineHook(pick), .. }) => open.extend(pick(self, node).into_iter().rev()),
                _ => flat.push(node),
            }
        }
        flat
    }

    pub(super) fn role(&self, node: Node<'_>) -> Option<super::shape::Role> {
        self.table.shape(node).map(|shape| shape.role)
    }

    /// The types and namespaces around, joined; `None` at the file's own level.
    pub(crate) fn owner(&self) -> Option<String> {
        (!self.owner.is_empty()).then(|| self.owner.join("::"))
    }

    /// Lowers at the file's own level, whatever stands around: macros know no scope.
    pub(crate) fn at_file_level<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let owner = std::mem::take(&mut self.owner);
        let lowered = lower(self);
        self.owner = owner;
        lowered
    }

    /// The name of the type whose body is being lowered.
    pub(crate) fn type_around(&self) -> Option<&str> {
        self.owner.last().filter(|_| self.scope == Scope::Type).map(String::as_str)
    }

    /// What declarations stand in now.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Goes one level deeper for `lower`; at the limit, `node` becomes a gap instead.
    pub(crate) fn deeper<T>(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH_LIMIT {
            self.gap(self.range(node));
            return None;
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        Some(lowered)
    }

    /// Lowers inside a type or namespace, in that scope.
    pub(crate) fn within<T>(&mut self, name: &str, scope: Scope, lower: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.owner.len();
        self.owner.extend(name.split("::").filter(|part| !part.is_empty()).map(str::to_owned));
        let outer = (self.scope, self.blocks, self.open_type);
        (self.scope, self.blocks) = (scope, 0);
        let lowered = lower(self);
        (self.scope, self.blocks, self.open_type) = outer;
        self.owner.truncate(depth);
        lowered
    }

    /// Whether an item has a modifier: a token of its own, or a word in one of the dialect's modifier nodes.
    pub(crate) fn has_modifier(&self, node: Node<'_>, word: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor).any(|child| {
            if self.dialect.modifiers.contains(&child.kind()) {
                let mut inner = child.walk();
                self.text(child) == word
                    || child.children(&mut inner).any(|part| part.child_count() <= 1 && self.text(part) == word)
            } else {
                !child.is_named() && child.kind() == word
            }
        })
    }
}
