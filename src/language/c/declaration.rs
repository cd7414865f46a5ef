//! Declarations of the C family: a type, and declarators that wrap the name from the inside out.

use crate::language::ir::{Expr, ExprKind, Param, Pattern, Stmt};
use crate::language::tree::{Binding, Head, Lowering, Node, Scope};

/// A declarator, unwrapped.
#[derive(Default)]
pub(in crate::language) struct Declarator<'t> {
    /// The name, or a structured binding; none in an abstract declarator.
    pub(in crate::language) name: Option<Node<'t>>,
    /// The function declarator, if what is declared is a function (and not a pointer to one).
    pub(in crate::language) function: Option<Node<'t>>,
    /// It is an array.
    pub(in crate::language) array: bool,
}

impl<'t> Declarator<'t> {
    /// Unwraps pointers, arrays, parentheses and parameter lists around a name.
    pub(in crate::language) fn of(node: Node<'t>) -> Self {
        let mut found = Self::default();
        let mut next = Some(node);
        while let Some(node) = next {
            match node.kind() {
                "function_declarator" => found.function = Some(node),
                "pointer_declarator" | "reference_declarator" | "pointer_type_declarator" => found.function = None,
                "array_declarator" => (found.array, found.function) = (true, None),
                "init_declarator" | "attributed_declarator" | "parenthesized_declarator" | "variadic_declarator" => {}
                kind if kind.starts_with("abstract_") => return found,
                _ => {
                    found.name = Some(node);
                    return found;
                }
            }
            next = node.child_by_field_name("declarator").or_else(|| inner(node));
        }
        found
    }
}

/// The declarator in a wrapper that has no field for it.
fn inner(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind().ends_with("declarator") || is_name(child.kind()))
}

fn is_name(kind: &str) -> bool {
    matches!(kind, "identifier" | "field_identifier" | "type_identifier" | "qualified_identifier")
}

/// `int a = 1, *b, f(int);`: variables and prototypes. Types that are defined on the way are added too.
pub(in crate::language) fn variables(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = lowering.field(node, "type");
    specifier(lowering, ty, out);
    let declarators = lowering.fields(node, "declarator");
    let single = declarators.len() == 1;
    let fixed = lowering.has_modifier(node, "static");
    for part in declarators {
        let declarator = Declarator::of(part);
        if let Some(function) = declarator.function {
            prototype(lowering, node, function, declarator.name);
            continue;
        }
        let Some(name) = declarator.name else { continue };
        let value = field_or(lowering, part, node);
        let value = value.map(|value| initial_value(lowering, value, ty, &declarator));
        let pattern = Pattern::Bind(lowering.text(name).to_owned());
        let span = lowering.span(if single { node } else { part });
        let ty = ty.and_then(|ty| lowering.type_name(ty));
        lowering.bind(Binding { ty, value, fixed, ..Binding::of(pattern, span) }, out);
    }
}

/// The value of a declarator, or the default value of the field that it is.
fn field_or<'t>(lowering: &Lowering<'_>, part: Node<'t>, node: Node<'t>) -> Option<Node<'t>> {
    lowering.field(part, "value").or_else(|| lowering.field(node, "default_value"))
}

/// An initialiser. Designators without a type of their own get the declared one, unless it is an array's.
fn initial_value(lowering: &mut Lowering<'_>, value: Node<'_>, ty: Option<Node<'_>>, to: &Declarator<'_>) -> Expr {
    let mut lowered = lowering.expr(value);
    if let (ExprKind::Record { ty: own @ None, .. }, Some(ty), false) = (&mut lowered.kind, ty, to.array) {
        *own = lowering.type_name(ty).map(|ty| vec![ty]);
    }
    lowered
}

/// A type that is defined where it is used.
pub(in crate::language) fn specifier(lowering: &mut Lowering<'_>, ty: Option<Node<'_>>, out: &mut Vec<Stmt>) {
    if let Some(ty) = ty.filter(|ty| ty.child_by_field_name("body").is_some()) {
        lowering.stmt(ty, out);
    }
}

fn prototype(lowering: &mut Lowering<'_>, node: Node<'_>, function: Node<'_>, name: Option<Node<'_>>) {
    let head = head(lowering, node, function, name);
    lowering.define(node, head);
}

/// What a function's declarator and type say.
pub(in crate::language) fn head<'t>(
    lowering: &mut Lowering<'_>,
    node: Node<'t>,
    function: Node<'t>,
    name: Option<Node<'t>>,
) -> Head<'t> {
    let list = lowering.field(function, "parameters");
    let mut path = name.map(|name| lowering.path(name)).unwrap_or_default();
    Head {
        name: path.pop().unwrap_or_default(),
        owner: path,
        name_span: name.map(|name| lowering.span(name)),
        params: list.map(|list| parameters(lowering, node, list)).unwrap_or_default(),
        returns: lowering.field(node, "type").and_then(|ty| lowering.type_name(ty)),
        ..Head::default()
    }
}

fn parameters(lowering: &mut Lowering<'_>, node: Node<'_>, list: Node<'_>) -> Vec<Param> {
    let params = lowering.children(list).into_iter();
    let mut params: Vec<Param> = params.filter_map(|param| parameter(lowering, param)).collect();
    // Parameters of old-style functions are declared between the list and the body.
    let mut cursor = node.walk();
    for old in node.named_children(&mut cursor).filter(|child| child.kind() == "declaration") {
        let ty = lowering.field(old, "type").and_then(|ty| lowering.type_name(ty));
        for part in lowering.fields(old, "declarator") {
            let name = Declarator::of(part).name.map(|name| lowering.text(name));
            if let Some(param) = params.iter_mut().find(|param| Some(param.name.as_str()) == name) {
                param.ty.clone_from(&ty);
            }
        }
    }
    params
}

/// One parameter; none for `void` and `...`.
fn parameter(lowering: &mut Lowering<'_>, node: Node<'_>) -> Option<Param> {
    let span = lowering.span(node);
    if node.kind() == "identifier" {
        return Some(Param { name: lowering.text(node).to_owned(), ty: None, default: None, span });
    }
    let ty = lowering.field(node, "type")?;
    let declarator = lowering.field(node, "declarator").map(Declarator::of);
    if declarator.is_none() && lowering.text(ty) == "void" {
        return None;
    }
    let name = declarator.and_then(|declarator| declarator.name);
    Some(Param {
        name: name.map(|name| lowering.text(name).to_owned()).unwrap_or_default(),
        ty: lowering.type_name(ty),
        default: lowering.field(node, "default_value").map(|value| lowering.expr(value)),
        span,
    })
}

/// A function with its body.
pub(in crate::language) fn function(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    specifier(lowering, lowering.field(node, "type"), out);
    let Some(declarator) = lowering.field(node, "declarator") else { return };
    let unwrapped = Declarator::of(declarator);
    let mut head = head(lowering, node, unwrapped.function.unwrap_or(declarator), unwrapped.name);
    head.body = lowering.field(node, "body").into_iter().collect();
    lowering.define(node, head);
}

/// `typedef struct { … } T;` gives the type its name.
pub(in crate::language) fn alias(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(ty) = lowering.field(node, "type") else { return };
    let is_record = matches!(ty.kind(), "struct_specifier" | "union_specifier" | "class_specifier");
    let name = lowering.field(node, "declarator").and_then(|part| Declarator::of(part).name);
    match (lowering.field(ty, "name"), lowering.field(ty, "body"), name) {
        (None, Some(body), Some(name)) if is_record => {
            let name = lowering.text(name).to_owned();
            record_body(lowering, node, &name, body);
        }
        (_, Some(_), _) => lowering.stmt(ty, out),
        _ => {}
    }
}

/// `struct T { … }`.
pub(in crate::language) fn record(lowering: &mut Lowering<'_>, node: Node<'_>, _: &mut Vec<Stmt>) {
    let Some(body) = lowering.field(node, "body") else { return };
    let name = lowering.field(node, "name").map(|name| lowering.path(name).join("::")).unwrap_or_default();
    record_body(lowering, node, &name, body);
}

fn record_body(lowering: &mut Lowering<'_>, node: Node<'_>, name: &str, body: Node<'_>) {
    let bases = lowering.child_of(node, "base_class_clause");
    let bases = bases.map(|clause| lowering.children(clause)).unwrap_or_default();
    let bases = bases.into_iter().filter_map(|base| lowering.type_name(base)).collect();
    lowering.open_type(node, name, bases, |lowering| {
        for item in lowering.children(body) {
            lowering.item(item);
        }
    });
}

/// `enum T { A, B = 3 }`: its members are constants where it stands; those of a scoped `enum class` belong to it.
pub(in crate::language) fn enumeration(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(body) = lowering.field(node, "body") else { return };
    let name = lowering.field(node, "name").map(|name| lowering.path(name).join("::"));
    let members = lowering.children(body);
    let scoped = ["class", "struct"].iter().any(|word| lowering.child_of(node, word).is_some());
    match &name {
        Some(name) if scoped => lowering.within(name, Scope::Type, |lowering| {
            lowering.members(members, Some(name), &mut Vec::new());
        }),
        _ => lowering.members(members, name.as_deref(), out),
    }
}
