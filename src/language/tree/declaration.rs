//! Items: variables, types, enum members, namespaces, imports. Where they stand decides what they become.

use super::Node;
use super::literal;
use super::lowering::{Lowering, Scope};
use super::shape::Role;
use super::table::Resolved;
use super::types;
use crate::finding::Span;
use crate::language::ir::{
    Attribute, Expr, ExprKind, Field, Function, Global, Import, Param, Path, Pattern, Stmt, StmtKind, TypeDecl,
};

/// A variable that is being declared, wherever it stands.
pub(crate) struct Binding {
    /// What is bound.
    pub(crate) pattern: Pattern,
    /// Its type's last name.
    pub(crate) ty: Option<String>,
    /// Its value.
    pub(crate) value: Option<Expr>,
    /// It belongs to the type it stands in, not to an instance.
    pub(crate) fixed: bool,
    /// Annotations on it.
    pub(crate) attributes: Vec<Attribute>,
    /// The whole declaration.
    pub(crate) span: Span,
}

impl Binding {
    /// A declaration of nothing but a pattern.
    pub(crate) fn of(pattern: Pattern, span: Span) -> Self {
        Self { pattern, ty: None, value: None, fixed: false, attributes: Vec::new(), span }
    }
}

impl Role {
    /// Its meaning depends on where it stands.
    pub(super) fn is_item(self) -> bool {
        matches!(
            self,
            Self::Declarations
                | Self::Declare { .. }
                | Self::Function
                | Self::Constructor
                | Self::Type
                | Self::Member
                | Self::Namespace
                | Self::Package
                | Self::Import
                | Self::Include
                | Self::Attribute
                | Self::Attributed
        )
    }
}

impl Lowering<'_> {
    pub(super) fn shaped_item(&mut self, node: Node<'_>, shape: &'static Resolved, out: &mut Vec<Stmt>) {
        match shape.role {
            Role::Declarations => self.declarations(node, shape, out),
            Role::Declare { constant } => {
                let binding = self.binding(node, shape);
                let fixed = constant || self.is_static(node);
                self.bind(Binding { fixed, ..binding }, out);
            }
            Role::Function => self.function(node, shape),
            Role::Constructor => self.constructor(node, shape),
            Role::Type => self.type_item(node, shape),
            Role::Member => self.member(node, shape, self.owner.last().cloned(), out),
            Role::Namespace => self.namespace(node, shape),
            Role::Package => {
                if let Some(name) = self.table.first(node, shape, 0)
                    && self.module.package.is_empty()
                {
                    self.module.package = self.path(name);
                }
                self.body_items(node, shape, 1);
            }
            Role::Import => self.import_item(node, shape),
            Role::Include => {
                if let Some(path) = self.table.first(node, shape, 0) {
                    let path = literal::unquote(self.text(path), literal::Escapes::None).content;
                    let path = path.trim_start_matches('<').trim_end_matches('>').to_owned();
                    self.module.includes.push(path);
                }
            }
            Role::Attribute => {
                let attribute = self.attribute(node, shape);
                self.attributes.push(attribute);
            }
            _ => {
                for part in self.table.all(node, shape, 0) {
                    self.collect_attributes(part, 0);
                }
                let items = self.table.all(node, shape, 1);
                self.stmts(items, out);
            }
        }
    }

    fn is_static(&self, node: Node<'_>) -> bool {
        self.dialect.statics.iter().any(|word| self.has_modifier(node, word))
    }

    fn declarations(&mut self, node: Node<'_>, shape: &Resolved, out: &mut Vec<Stmt>) {
        let ty = self.table.first(node, shape, 0).and_then(|ty| self.type_name(ty));
        let fixed = self.is_static(node);
        let attributes = self.take_attributes(node);
        let items = self.spread(self.table.all(node, shape, 1));
        let single = items.len() == 1;
        for item in items {
            let mut binding = match self.table.shape(item) {
                Some(shape @ Resolved { role: Role::Declare { constant }, .. }) => {
                    Binding { fixed: *constant, ..self.binding(item, shape) }
                }
                _ => Binding::of(self.pattern(item), self.span(item)),
            };
            binding.ty = binding.ty.or_else(|| ty.clone());
            binding.fixed |= fixed;
            binding.attributes.clone_from(&attributes);
            if single {
                binding.span = self.span(node);
            }
            self.bind(binding, out);
        }
    }

    fn binding(&mut self, node: Node<'_>, shape: &Resolved) -> Binding {
        let pattern = self.table.first(node, shape, 0).map_or(Pattern::Any, |part| self.pattern(part));
        let ty = self.table.first(node, shape, 1).and_then(|ty| self.type_name(ty));
        let attributes = self.take_attributes(node);
        let value = self.table.first(node, shape, 2).map(|value| self.expr(value));
        Binding { pattern, ty, value, fixed: false, attributes, span: self.span(node) }
    }

    /// Declares a variable where it stands: a `let` in a function or block, a field in a type, else a global.
    pub(crate) fn bind(&mut self, mut binding: Binding, out: &mut Vec<Stmt>) {
        if let Some(Expr { kind: ExprKind::Record { ty: ty @ None, .. }, .. }) = &mut binding.value {
            *ty = binding.ty.clone().map(|ty| vec![ty]);
        }
        if let Some(Expr { kind: ExprKind::New { ty, .. }, .. }) = &mut binding.value
            && ty.is_empty()
        {
            // C#'s `T a = new(…)`.
            ty.extend(binding.ty.clone());
        }
        if self.scope == Scope::Function || self.blocks > 0 {
            let Binding { pattern, ty, value, span, .. } = binding;
            out.push(Stmt { kind: StmtKind::Let { pattern, ty, value, otherwise: None }, span });
            return;
        }
        match (self.scope, &binding.pattern) {
            (_, Pattern::Bind(name)) if is_closure(binding.value.as_ref()) => {
                let name = name.clone();
                self.hoist(name, binding);
            }
            (Scope::Type, Pattern::Bind(name)) if !binding.fixed => {
                let Binding { ty, value, attributes, span, .. } = binding;
                let field = Field { name: name.clone(), ty, value, attributes, span };
                self.add_field(field);
            }
            _ => self.global(binding.pattern, binding.ty, binding.value, binding.span),
        }
    }

    /// A field of the type whose body is being lowered.
    pub(crate) fn add_field(&mut self, field: Field) {
        if let Some(open) = self.open_type.and_then(|at| self.module.types.get_mut(at)) {
            open.fields.push(field);
        }
    }

    /// Fields that are written as parameters: of records, and of primary constructors.
    pub(crate) fn add_fields(&mut self, params: Vec<Param>) {
        for Param { name, ty, default, span } in params {
            self.add_field(Field { name, ty, value: default, attributes: Vec::new(), span });
        }
    }

    /// A global for every name in the pattern; a list of values is shared out.
    pub(crate) fn global(&mut self, pattern: Pattern, ty: Option<String>, value: Option<Expr>, span: Span) {
        match pattern {
            Pattern::Bind(name) => {
                self.module.globals.push(Global { name, owner: self.owner(), ty, value, span });
            }
            Pattern::Tuple(parts) => {
                for (n, part) in parts.into_iter().enumerate() {
                    let value = value.as_ref().map(|value| element(value, n));
                    self.global(part, ty.clone(), value, span);
                }
            }
            Pattern::Fields(_, parts) => {
                for (name, part) in parts {
                    let from = value.clone().map(|base| Expr::new(ExprKind::Field(Box::new(base), name), span));
                    self.global(part, None, from, span);
                }
            }
            _ => {}
        }
    }

    /// Whether none of the pattern's names is a global here yet.
    pub(super) fn is_new(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Bind(name) => {
                let owner = self.owner();
                !self.module.globals.iter().rev().any(|global| global.name == *name && global.owner == owner)
            }
            Pattern::Tuple(parts) => parts.iter().all(|part| self.is_new(part)),
            _ => false,
        }
    }

    /// A function that is written as a variable with a closure.
    fn hoist(&mut self, name: String, binding: Binding) {
        let Some(Expr { kind: ExprKind::Closure(function), .. }) = binding.value else { return };
        let method = self.scope == Scope::Type && !binding.fixed;
        let test = self.is_test(&binding.attributes);
        self.module.functions.push(Function {
            name,
            owner: self.owner(),
            method,
            test,
            exported: true,
            attributes: binding.attributes,
            span: binding.span,
            ..*function
        });
    }
}

/// The n-th of several values: of a list that is written out, or of what a call gives.
fn element(value: &Expr, n: usize) -> Expr {
    if let ExprKind::List(values) = &value.kind
        && let Some(value) = values.get(n)
    {
        return value.clone();
    }
    let at = Expr::new(ExprKind::Int(n as i128), value.span);
    Expr::new(ExprKind::Index(Box::new(value.clone()), Box::new(at)), value.span)
}

fn is_closure(value: Option<&Expr>) -> bool {
    matches!(value, Some(Expr { kind: ExprKind::Closure(_), .. }))
}

// Types and what holds them.
impl Lowering<'_> {
    fn type_item(&mut self, node: Node<'_>, shape: &'static Resolved) {
        let name = self.table.first(node, shape, 0).map(|name| self.path(name).join("::")).unwrap_or_default();
        let mut bases = Vec::new();
        for part in self.table.all(node, shape, 1) {
            self.collect_bases(part, 0, &mut bases);
        }
        self.open_type(node, &name, bases, |lowering| lowering.body_items(node, shape, 2));
    }

    /// Adds a type and lowers its body with `lower`; fields and members that it finds are the type's.
    pub(crate) fn open_type(&mut self, node: Node<'_>, name: &str, bases: Vec<String>, lower: impl FnOnce(&mut Self)) {
        let attributes = self.take_attributes(node);
        let mut path: Path = name.split("::").map(str::to_owned).collect();
        let own = path.pop().unwrap_or_default();
        let owner = (!self.owner.is_empty() || !path.is_empty())
            .then(|| self.owner.iter().chain(&path).map(String::as_str).collect::<Vec<_>>().join("::"));
        let span = self.span(node);
        let ty = TypeDecl { name: own, owner, bases, fields: Vec::new(), attributes, span };
        self.module.types.push(ty);
        let at = self.module.types.len() - 1;
        self.within(name, Scope::Type, |lowering| {
            lowering.open_type = Some(at);
            let outer = std::mem::take(&mut lowering.last_member);
            lower(lowering);
            lowering.last_member = outer;
        });
    }

    /// The last names of what a base clause lists.
    fn collect_bases(&self, node: Node<'_>, depth: usize, bases: &mut Vec<String>) {
        let is_list = self.table.shape(node).is_none() && node.named_child_count() > 0 && depth < 3;
        let kind = node.kind();
        if is_list && !kind.contains("type") && !kind.contains("identifier") || kind.ends_with("list") {
            for child in self.children(node) {
                self.collect_bases(child, depth + 1, bases);
            }
        } else {
            bases.extend(self.type_name(node));
        }
    }

    /// Lowers the bodies in a slot as items; what runs among them joins the script.
    pub(super) fn body_items(&mut self, node: Node<'_>, shape: &'static Resolved, slot: usize) {
        for part in self.table.all(node, shape, slot) {
            let items = match self.table.shape(part) {
                Some(shape @ Resolved { role: Role::Block, .. }) => self.spread(self.table.all(part, shape, 0)),
                None => self.children(part),
                Some(_) => vec![part],
            };
            for item in items {
                self.item(item);
            }
        }
    }

    /// The members of an enum that does not own them (C's).
    pub(crate) fn members(&mut self, nodes: Vec<Node<'_>>, ty: Option<&str>, out: &mut Vec<Stmt>) {
        let outer = self.last_member.take();
        for node in nodes {
            match self.table.shape(node) {
                Some(shape @ Resolved { role: Role::Member, .. }) => {
                    self.member(node, shape, ty.map(str::to_owned), out)
                }
                _ => self.stmt(node, out),
            }
        }
        self.last_member = outer;
    }

    /// A member of an enum. Without a value it is one more than the member before, where the dialect counts.
    fn member(&mut self, node: Node<'_>, shape: &Resolved, ty: Option<String>, out: &mut Vec<Stmt>) {
        let Some(name) = self.table.first(node, shape, 0).map(|name| self.name_text(name)) else { return };
        let value = self.table.first(node, shape, 1).map(|value| self.expr(value));
        let value = value.or_else(|| self.dialect.members_count.then(|| self.next_member(node)));
        let before = match value.as_ref().map(|value| &value.kind) {
            Some(ExprKind::Int(value)) => ExprKind::Int(*value),
            _ => ExprKind::Name(self.owner.iter().cloned().chain([name.clone()]).collect()),
        };
        self.last_member = Some(before);
        let span = self.span(node);
        self.bind(Binding { ty, value, fixed: true, ..Binding::of(Pattern::Bind(name), span) }, out);
    }

    fn next_member(&self, node: Node<'_>) -> Expr {
        match &self.last_member {
            None => self.at(node, ExprKind::Int(0)),
            Some(ExprKind::Int(before)) => self.at(node, ExprKind::Int(before.saturating_add(1))),
            Some(before) => self.plus_one(node, self.at(node, before.clone())),
        }
    }

    fn namespace(&mut self, node: Node<'_>, shape: &'static Resolved) {
        let name = self.table.first(node, shape, 0).map(|name| self.path(name).join("::")).unwrap_or_default();
        self.within(&name, Scope::Module, |lowering| lowering.body_items(node, shape, 1));
    }
}

// Imports and attributes.
impl Lowering<'_> {
    fn import_item(&mut self, node: Node<'_>, shape: &Resolved) {
        let Some(path) = self.table.first(node, shape, 0).map(|path| self.path(path)) else { return };
        let alias = self.table.first(node, shape, 1).map(|alias| self.name_text(alias));
        let mut cursor = node.walk();
        let everything = node.children(&mut cursor).any(|child| matches!(self.text(child), "*" | ".*" | "_"));
        let alias = if everything { Some("*".to_owned()) } else { alias };
        self.import(alias, path);
    }

    /// Adds an import; without an alias it goes by its last segment.
    pub(crate) fn import(&mut self, alias: Option<String>, path: Path) {
        if let Some(alias) = alias.or_else(|| path.last().cloned()) {
            self.module.imports.push(Import { alias, path });
        }
    }

    /// The attributes that stand on an item or wait for it.
    pub(crate) fn take_attributes(&mut self, node: Node<'_>) -> Vec<Attribute> {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        for child in children {
            if self.dialect.modifiers.contains(&child.kind()) || matches!(self.role(child), Some(Role::Attribute)) {
                self.collect_attributes(child, 0);
            }
        }
        std::mem::take(&mut self.attributes)
    }

    /// Adds the attributes in a node to those that wait.
    pub(super) fn collect_attributes(&mut self, node: Node<'_>, depth: usize) {
        match self.table.shape(node) {
            Some(shape @ Resolved { role: Role::Attribute, .. }) => {
                let attribute = self.attribute(node, shape);
                self.attributes.push(attribute);
            }
            None if depth < 3 => {
                for child in self.children(node) {
                    self.collect_attributes(child, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn attribute(&mut self, node: Node<'_>, shape: &Resolved) -> Attribute {
        let path = self.table.first(node, shape, 0).map(|name| self.path(name)).unwrap_or_default();
        Attribute { path, args: self.slot_args(node, shape, 1), span: self.span(node) }
    }

    /// Whether one of the attributes makes a test.
    pub(super) fn is_test(&self, attributes: &[Attribute]) -> bool {
        let tests = self.dialect.tests;
        attributes.iter().any(|attribute| attribute.path.last().is_some_and(|name| tests.contains(&name.as_str())))
    }

    /// The path of a type that is constructed: [`Self::path`], or the last name where words stand around it.
    pub(crate) fn type_path(&self, node: Node<'_>) -> Path {
        match self.text(node).contains(char::is_whitespace) {
            true => self.type_name(node).into_iter().collect(),
            false => self.path(node),
        }
    }

    /// The last name of a type, without qualifiers, pointers and type arguments.
    pub(crate) fn type_name(&self, node: Node<'_>) -> Option<String> {
        match (node.child_by_field_name("name"), node.child_by_field_name("body")) {
            (Some(name), Some(_)) => types::last_name(self.text(name)),
            (None, Some(_)) => None,
            _ => types::last_name(self.text(node)),
        }
    }
}
