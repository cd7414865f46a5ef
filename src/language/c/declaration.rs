//! Declarations of the C family: a type, and declarators that wrap the name from the inside out.

use crate::finding::Span;
use crate::language::ir::{Attribute, Expr, ExprKind, Param, Pattern, Stmt};
use crate::language::tree::{Binding, Head, Lowering, Node, Scope, based};

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
    for part in declarators {
        let declarator = Declarator::of(part);
        if let Some(function) = declarator.function {
            prototype(lowering, node, function, declarator.name);
            continue;
        }
        let Some(name) = declarator.name else { continue };
        let span = lowering.span(if single { node } else { part });
        let value = initialiser(lowering, part).map(|value| initial_value(lowering, part, value, ty, &declarator));
        variable(lowering, node, name, value, span, out);
    }
}

/// Declares one variable; a qualified name belongs to the type that it names.
pub(in crate::language) fn variable(
    lowering: &mut Lowering<'_>,
    node: Node<'_>,
    name: Node<'_>,
    value: Option<Expr>,
    span: Span,
    out: &mut Vec<Stmt>,
) {
    let ty = lowering.field(node, "type").and_then(|ty| lowering.type_name(ty));
    let fixed = lowering.has_modifier(node, "static");
    let binding = |pattern| Binding { ty, value, fixed, ..Binding::of(pattern, span) };
    match name.kind() {
        "structured_binding_declarator" => {
            let pattern = lowering.pattern(name);
            lowering.bind(binding(pattern), out);
        }
        "qualified_identifier" => {
            let mut path = lowering.path(name);
            let last = path.pop().unwrap_or_default();
            let binding = binding(Pattern::Bind(last));
            lowering.within(&path.join("::"), Scope::Module, |lowering| lowering.bind(binding, out));
        }
        _ => {
            let name = lowering.text(name).to_owned();
            lowering.bind(binding(Pattern::Bind(name)), out);
        }
    }
}

/// What a declarator is initialised with: in it, or right after it where it is a field.
fn initialiser<'t>(lowering: &Lowering<'_>, part: Node<'t>) -> Option<Node<'t>> {
    if let Some(value) = lowering.field(part, "value") {
        return Some(value);
    }
    let mut next = part.next_sibling()?;
    while matches!(next.kind(), "=" | "bitfield_clause") {
        next = next.next_sibling()?;
    }
    (next.is_named() && !next.kind().ends_with("declarator") && next.kind() != "comment").then_some(next)
}

/// An initialiser. `T t(a)` and `T t{a}` construct; designators without a type of their own get the declared one,
/// unless it is an array's.
fn initial_value(
    lowering: &mut Lowering<'_>,
    part: Node<'_>,
    value: Node<'_>,
    ty: Option<Node<'_>>,
    to: &Declarator<'_>,
) -> Expr {
    let assigned = lowering.child_of(part, "=").is_some() || value.prev_sibling().is_some_and(|it| it.kind() == "=");
    let constructs = !assigned && matches!(value.kind(), "argument_list" | "initializer_list");
    let is_tm = !to.array && ty.and_then(|ty| lowering.type_name(ty)).is_some_and(|ty| ty == "tm");
    if constructs
        && !is_tm
        && let Some(ty) = ty
    {
        return construct(lowering, value, ty);
    }
    let mut lowered = lowering.expr(value);
    if is_tm {
        lowered.kind = broken_down(lowered.kind);
    }
    if let (ExprKind::Record { ty: own @ None, .. }, Some(ty), false) = (&mut lowered.kind, ty, to.array) {
        *own = lowering.type_name(ty).map(|ty| vec![ty]);
    }
    lowered
}

/// A `struct tm` whose members are given by their places, `{0, 0, 0, 31, 11, 126}`: every C library declares them in this
/// order.
fn broken_down(value: ExprKind) -> ExprKind {
    const MEMBERS: [&str; 6] = ["tm_sec", "tm_min", "tm_hour", "tm_mday", "tm_mon", "tm_year"];
    match value {
        ExprKind::List(items) if items.len() >= MEMBERS.len() => {
            let fields = MEMBERS.iter().map(|name| (*name).to_owned()).zip(items).collect();
            ExprKind::Record { ty: None, fields, base: None }
        }
        other => other,
    }
}

/// `T t(items)`, `T t{items}`: a construction; of a built-in or inferred type, the value itself.
fn construct(lowering: &mut Lowering<'_>, items: Node<'_>, ty: Node<'_>) -> Expr {
    let parts = lowering.children(items);
    match parts.as_slice() {
        [only] if is_built_in(ty) || ty.kind() == "placeholder_type_specifier" || is_number(lowering, ty) => {
            lowering.expr(*only)
        }
        parts => {
            let path = lowering.type_path(ty);
            let kind = lowering.record(Some(path), parts);
            lowering.at(items, kind)
        }
    }
}

/// `T(items)`, `T{items}` in an expression: a construction; of a built-in type, a cast.
pub(in crate::language) fn cast_or_new(
    lowering: &mut Lowering<'_>,
    node: Node<'_>,
    ty: Node<'_>,
    items: Node<'_>,
) -> Expr {
    let parts = lowering.children(items);
    let kind = match parts.as_slice() {
        [only] if is_built_in(ty) => {
            ExprKind::Cast(lowering.type_name(ty).unwrap_or_default(), Box::new(lowering.expr(*only)))
        }
        parts => {
            let path = lowering.type_path(ty);
            lowering.record(Some(path), parts)
        }
    };
    lowering.at(node, kind)
}

fn is_built_in(ty: Node<'_>) -> bool {
    matches!(ty.kind(), "primitive_type" | "sized_type_specifier")
}

/// A number of a type that is known by name.
fn is_number(lowering: &Lowering<'_>, ty: Node<'_>) -> bool {
    lowering.type_name(ty).is_some_and(|name| matches!(name.as_str(), "time_t" | "time64_t" | "__time64_t" | "qint64"))
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
    let (mut own, owner) = name.map(|name| qualified(lowering, name)).unwrap_or_default();
    if owner.last().map(String::as_str).or(lowering.type_around()) == Some(own.as_str()) {
        own = "new".to_owned();
    }
    let trailing = lowering.child_of(function, "trailing_return_type").and_then(|ty| ty.named_child(0));
    Head {
        name: own,
        owner,
        name_span: name.map(|name| lowering.span(name)),
        params: list.map(|list| parameters(lowering, node, list)).unwrap_or_default(),
        returns: trailing.or(lowering.field(node, "type")).and_then(|ty| lowering.type_name(ty)),
        ..Head::default()
    }
}

/// A function's own name and what it is qualified with. Operators and destructors are called what is written.
fn qualified(lowering: &Lowering<'_>, mut name: Node<'_>) -> (String, Vec<String>) {
    let mut owner = Vec::new();
    while name.kind() == "qualified_identifier"
        && let Some(inner) = lowering.field(name, "name")
    {
        owner.extend(lowering.field(name, "scope").map(|scope| lowering.last_name(scope)));
        name = inner;
    }
    let own = match name.kind() {
        "operator_name" | "operator_cast" | "destructor_name" => lowering.text(name).replace(' ', ""),
        _ => lowering.last_name(name),
    };
    (own, owner)
}

/// The parameters in a list; `node` is the function around it.
pub(in crate::language) fn parameters(lowering: &mut Lowering<'_>, node: Node<'_>, list: Node<'_>) -> Vec<Param> {
    lowering.references.clear();
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
    let name = name.map(|name| lowering.text(name).to_owned()).unwrap_or_default();
    if lowering.is_reference(node) {
        lowering.references.push(name.clone());
    }
    Some(Param {
        name,
        ty: lowering.type_name(ty),
        default: lowering.field(node, "default_value").map(|value| lowering.expr(value)),
        span,
    })
}

/// A function with its body.
pub(in crate::language) fn function(lowering: &mut Lowering<'_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    specifier(lowering, lowering.field(node, "type"), &mut Vec::new());
    let Some(declarator) = lowering.field(node, "declarator") else { return };
    let mut unwrapped = Declarator::of(declarator);
    if unwrapped.function.is_none() && braced_variable(lowering, node, unwrapped.name, out) {
        return;
    }
    if declarator.kind() == "operator_cast" {
        // `operator bool()`: the declarator holds the parameters, and is its own name.
        unwrapped = Declarator { name: Some(declarator), ..Declarator::default() };
    }
    let mut head = head(lowering, node, unwrapped.function.unwrap_or(declarator), unwrapped.name);
    head.body = lowering.field(node, "body").into_iter().collect();
    head.prologue = member_initialisers(lowering, node);
    let macro_name = named_by_macro(node, unwrapped.function).then(|| std::mem::take(&mut head.name));
    if macro_name.is_some() {
        head.name = macro_arguments(lowering, unwrapped.function);
        head.params.clear();
    }
    let function = lowering.define(node, head);
    let span = function.name_span;
    function.attributes.extend(macro_name.map(|name| Attribute { path: vec![name], args: Vec::new(), span }));
}

/// `auto now{ time(0) };` in a function, which the grammar takes for a function without parameters.
fn braced_variable(lowering: &mut Lowering<'_>, node: Node<'_>, name: Option<Node<'_>>, out: &mut Vec<Stmt>) -> bool {
    let body = lowering.field(node, "body").map(|body| lowering.children(body));
    let (Some(name), Some([only])) = (name, body.as_deref()) else { return false };
    let value = only.named_child(0).filter(|_| only.kind() == "expression_statement");
    let Some(value) = value.filter(|_| lowering.scope() == Scope::Function && name.kind() == "identifier") else {
        return false;
    };
    let value = lowering.expr(value);
    variable(lowering, node, name, Some(value), lowering.span(node), out);
    true
}

/// `TEST(Suite, Name) { … }`: no type, and parameters that are nothing but names.
fn named_by_macro(node: Node<'_>, function: Option<Node<'_>>) -> bool {
    let Some(list) = function.and_then(|function| function.child_by_field_name("parameters")) else { return false };
    let mut cursor = list.walk();
    let mut params = list.named_children(&mut cursor);
    let bare = |param: Node<'_>| {
        param.kind() == "parameter_declaration"
            && param.named_child_count() == 1
            && param.named_child(0).is_some_and(|ty| ty.kind() == "type_identifier")
    };
    node.child_by_field_name("type").is_none()
        && node.child_by_field_name("body").is_some()
        && list.named_child_count() > 0
        && node.named_child_count() == 2
        && params.all(bare)
}

fn macro_arguments(lowering: &Lowering<'_>, function: Option<Node<'_>>) -> String {
    let list = function.and_then(|function| lowering.field(function, "parameters"));
    let names = list.map(|list| lowering.children(list)).unwrap_or_default();
    names.into_iter().map(|name| lowering.text(name)).collect::<Vec<_>>().join(".")
}

/// A block after what looks like a call, at file level: the body of a function that a macro begins
/// (`SYSCALL_DEFINE2(name, …) { … }`, `TEST_CASE("name") { … }`).
pub(in crate::language) fn macro_function(lowering: &mut Lowering<'_>, block: Node<'_>) -> bool {
    let call = block.prev_named_sibling().filter(|before| before.kind() == "expression_statement");
    let Some(call) = call.and_then(|before| before.named_child(0)).filter(|call| call.kind() == "call_expression")
    else {
        return false;
    };
    let (Some(name), Some(list)) = (lowering.field(call, "function"), lowering.field(call, "arguments")) else {
        return false;
    };
    let attribute = Attribute { path: lowering.path(name), args: lowering.args(list), span: lowering.span(call) };
    let first = match attribute.args.first().map(|arg| &arg.value.kind) {
        Some(ExprKind::Name(path)) => path.last().cloned(),
        Some(ExprKind::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let head = Head {
        name: first.unwrap_or_else(|| attribute.path.join("::")),
        name_span: Some(attribute.span),
        body: vec![block],
        ..Head::default()
    };
    lowering.define(block, head).attributes.push(attribute);
    true
}

/// `: a(x), b{y}` as assignments at the body's start.
fn member_initialisers(lowering: &mut Lowering<'_>, node: Node<'_>) -> Vec<Stmt> {
    let Some(list) = lowering.child_of(node, "field_initializer_list") else { return Vec::new() };
    let mut stmts = Vec::new();
    for initialiser in lowering.children(list) {
        let parts = lowering.children(initialiser);
        let [name, value] = parts.as_slice() else { continue };
        let member = lowering.last_name(*name);
        if is_base(lowering, &member) {
            let args = lowering.args(*value);
            stmts.push(based(member, args, lowering.span(initialiser)));
            continue;
        }
        let items = lowering.children(*value);
        let value = match items.as_slice() {
            [] => continue,
            [only] => lowering.expr(*only),
            items => {
                let ty = member_type(lowering, node, &member).map(|ty| lowering.type_path(ty));
                let kind = lowering.record(ty, items);
                lowering.at(*value, kind)
            }
        };
        let receiver = lowering.at(*name, ExprKind::Receiver);
        let field = lowering.at(*name, ExprKind::Field(Box::new(receiver), member));
        let assign = lowering.at(initialiser, ExprKind::Assign(Box::new(field), Box::new(value)));
        stmts.push(lowering.effect(assign));
    }
    stmts
}

/// Whether a member initialiser names a type that the class extends; of a class that another file declares, names with a
/// capital are taken for one.
fn is_base(lowering: &Lowering<'_>, member: &String) -> bool {
    let own = lowering.own_type();
    let declared = lowering.module.types.iter().any(|ty| Some(&ty.name) == own.as_ref());
    if declared { lowering.own_bases().contains(member) } else { member.starts_with(char::is_uppercase) }
}

/// The type of a member, if it has a plain name, where the constructor stands in its class.
fn member_type<'t>(lowering: &Lowering<'_>, constructor: Node<'t>, member: &str) -> Option<Node<'t>> {
    let body = constructor.parent().filter(|body| body.kind() == "field_declaration_list")?;
    let is_member = |field: &Node<'t>| {
        field.kind() == "field_declaration"
            && lowering.fields(*field, "declarator").into_iter().any(|part| lowering.text(part) == member)
    };
    let field = lowering.children(body).into_iter().find(is_member)?;
    let ty = lowering.field(field, "type")?;
    matches!(ty.kind(), "type_identifier" | "qualified_identifier").then_some(ty)
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
    let bases = bases.into_iter().filter(|base| base.kind() != "access_specifier");
    let bases = bases.filter_map(|base| lowering.type_name(base)).collect();
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
