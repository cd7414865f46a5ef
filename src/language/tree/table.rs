//! A dialect's table, resolved against its grammar once: node kinds and fields become numbers.

use std::collections::HashMap;
use std::num::NonZeroU16;

use tree_sitter::Language;

use super::shape::{COMMON, Role, Select, Shape};
use super::{Dialect, Node};

/// What the lowering looks up for each node: its shape, with its selectors resolved.
pub(super) struct Table {
    pub(super) language: Language,
    kinds: Vec<Option<Resolved>>,
    /// Kinds, fields and selectors of the dialect's own table that the grammar does not know.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) unknown: Vec<String>,
}

/// A shape with its selectors resolved.
pub(super) struct Resolved {
    pub(super) role: Role,
    slots: Vec<Slot>,
}

/// A resolved selector: alternatives of unions of paths.
#[derive(Default)]
struct Slot(Vec<Vec<Vec<Step>>>);

#[derive(Clone, Copy)]
enum Step {
    Field(NonZeroU16),
    Kind(u16),
    Nth(isize),
    Rest,
}

impl Table {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let language = (dialect.parser)();
        let mut table = Self { kinds: Vec::new(), unknown: Vec::new(), language };
        table.kinds.resize_with(table.language.node_kind_count(), || None);
        // What the grammar at hand does not have of these is no mistake.
        for (kind, shape) in COMMON {
            if table.language.id_for_node_kind(kind, true) != 0 {
                table.enter(kind, shape, &mut Vec::new());
            }
        }
        let mut unknown = Vec::new();
        let own: HashMap<&str, &Shape> =
            dialect.shapes.iter().copied().flatten().map(|(kind, shape)| (*kind, shape)).collect();
        for (kind, shape) in own {
            table.enter(kind, shape, &mut unknown);
        }
        table.unknown = unknown;
        table
    }

    fn enter(&mut self, kind: &str, shape: &Shape, unknown: &mut Vec<String>) {
        let Some(id) = kind_id(&self.language, kind) else {
            unknown.push(format!("node kind {kind}"));
            return;
        };
        let mut slots = shape.slots.map(|select| Slot::resolve(&self.language, select, unknown)).into_iter().collect();
        trim(&mut slots);
        if let Some(entry) = self.kinds.get_mut(usize::from(id)) {
            *entry = Some(Resolved { role: shape.role, slots });
        }
    }

    /// The shape of a node, if it has one.
    pub(super) fn shape(&self, node: Node<'_>) -> Option<&Resolved> {
        self.kinds.get(usize::from(node.kind_id()))?.as_ref()
    }

    /// The node's named children without comments.
    pub(super) fn children<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        // Most nodes are leaves: a cursor costs more than this question.
        if node.named_child_count() == 0 {
            return Vec::new();
        }
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|child| !self.skipped(*child)).collect()
    }

    fn skipped(&self, node: Node<'_>) -> bool {
        matches!(self.shape(node), Some(Resolved { role: Role::Skip, .. }))
    }

    /// Every part that the shape's slot selects.
    pub(super) fn all<'t>(&self, node: Node<'t>, shape: &Resolved, slot: usize) -> Vec<Node<'t>> {
        let Some(Slot(alternatives)) = shape.slots.get(slot) else { return Vec::new() };
        for union in alternatives {
            let mut found = Vec::new();
            for path in union {
                self.walk(node, shape, path, &mut found);
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The first part that the shape's slot selects.
    pub(super) fn first<'t>(&self, node: Node<'t>, shape: &Resolved, slot: usize) -> Option<Node<'t>> {
        let Slot(alternatives) = shape.slots.get(slot)?;
        if let [union] = alternatives.as_slice()
            && let [path] = union.as_slice()
            && let [Step::Field(id)] = path.as_slice()
        {
            // Brackets and separators that stand in the field are passed over.
            let child = node.child_by_field_id(id.get())?;
            if !self.skipped(child) {
                return Some(child);
            }
        }
        self.all(node, shape, slot).into_iter().next()
    }

    fn walk<'t>(&self, node: Node<'t>, shape: &Resolved, path: &[Step], found: &mut Vec<Node<'t>>) {
        let mut reached = match path.first() {
            Some(Step::Rest) => self.rest(node, shape),
            Some(step) => self.step(node, *step),
            None => return,
        };
        for step in &path[1..] {
            reached = reached.into_iter().flat_map(|node| self.step(node, *step)).collect();
        }
        found.append(&mut reached);
    }

    fn step<'t>(&self, node: Node<'t>, step: Step) -> Vec<Node<'t>> {
        if node.child_count() == 0 {
            return Vec::new();
        }
        let mut cursor = node.walk();
        match step {
            Step::Field(id) => {
                let fields = node.children_by_field_id(id, &mut cursor);
                fields.filter(|child| !self.skipped(*child)).collect()
            }
            Step::Kind(id) => node.children(&mut cursor).filter(|child| child.kind_id() == id).collect(),
            Step::Nth(nth) => {
                let children = self.children(node);
                let at = if nth < 0 { children.len().checked_add_signed(nth) } else { usize::try_from(nth).ok() };
                at.and_then(|at| children.get(at).copied()).into_iter().collect()
            }
            Step::Rest => self.children(node),
        }
    }

    /// The named children that no slot selects by name, kind or position.
    fn rest<'t>(&self, node: Node<'t>, shape: &Resolved) -> Vec<Node<'t>> {
        let mut taken = Vec::new();
        for path in shape.slots.iter().flat_map(|slot| slot.0.iter().flatten()) {
            if !path.iter().any(|step| matches!(step, Step::Rest)) {
                self.walk(node, shape, &path[..1], &mut taken);
            }
        }
        if taken.is_empty() {
            return self.children(node);
        }
        let taken: Vec<usize> = taken.iter().map(Node::id).collect();
        self.children(node).into_iter().filter(|child| !taken.contains(&child.id())).collect()
    }
}

impl Slot {
    fn resolve(language: &Language, select: Select, unknown: &mut Vec<String>) -> Self {
        if select.is_empty() {
            return Self::default();
        }
        let mut path = |path: &'static str| -> Option<Vec<Step>> {
            let step = |step| resolve_step(language, step);
            let steps: Option<Vec<Step>> = path.split('>').map(step).collect();
            if steps.is_none() {
                unknown.push(format!("selector {path}"));
            }
            steps
        };
        let alternatives = select.split('|').map(|union| union.split('+').filter_map(&mut path).collect());
        Self(alternatives.collect())
    }
}

fn resolve_step(language: &Language, step: &str) -> Option<Step> {
    match step.split_at_checked(1)? {
        ("*", "") => Some(Step::Rest),
        ("#", nth) => nth.parse().ok().map(Step::Nth),
        ("@", kind) => kind_id(language, kind).map(Step::Kind),
        _ => language.field_id_for_name(step).map(Step::Field),
    }
}

fn kind_id(language: &Language, kind: &str) -> Option<u16> {
    [true, false].into_iter().map(|named| language.id_for_node_kind(kind, named)).find(|id| *id != 0)
}

/// Drops the empty selectors at the end.
fn trim(slots: &mut Vec<Slot>) {
    while slots.last().is_some_and(|slot| slot.0.is_empty()) {
        slots.pop();
    }
}
