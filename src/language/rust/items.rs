//! Items: functions, types, constants, modules and what hangs below them.

use proc_macro2::Span as Token;
use syn::spanned::Spanned as _;
use syn::{Fields, FnArg, ForeignItem, ImplItem, Item, ReturnType, Signature, TraitItem, TypeParamBound, Visibility};

use super::{Lowering, Scope, names};
use crate::finding::Span;
use crate::language::ir::{Expr, ExprKind, Field, Function, Global, Import, Param, Path, TypeDecl};

/// What a function has beside its signature.
struct Around<'a> {
    attributes: &'a [syn::Attribute],
    exported: bool,
    body: Option<&'a syn::Block>,
    /// The first token after the attributes.
    start: Token,
    end: Token,
}

impl Lowering {
    /// Items in order.
    pub(super) fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    /// One item. Macro calls are [`Lowering::item_macro`]'s.
    pub(super) fn item(&mut self, item: &Item) {
        self.deeper(|| item.span(), |this| this.item_kind(item));
    }

    fn item_kind(&mut self, item: &Item) {
        match item {
            Item::Fn(item) => self.free_function(item),
            Item::Impl(item) => self.implementation(item),
            Item::Trait(item) => self.trait_(item),
            Item::Mod(item) => self.inline_module(item),
            Item::Const(item) => {
                let span = self.between(start_of(&item.vis, item.const_token.span), item.semi_token.span);
                self.global(&item.ident, Some(&item.ty), Some(&item.expr), span);
            }
            Item::Static(item) => {
                let span = self.between(start_of(&item.vis, item.static_token.span), item.semi_token.span);
                self.global(&item.ident, Some(&item.ty), Some(&item.expr), span);
            }
            Item::Enum(item) => self.enumeration(item),
            Item::Struct(item) => {
                let fields = self.fields(&item.fields);
                let end = item.semi_token.map_or_else(|| item.fields.span(), |semi| semi.span);
                let span = self.between(start_of(&item.vis, item.struct_token.span), end);
                self.declare(&item.ident, &item.attrs, Vec::new(), fields, span);
            }
            Item::Union(item) => {
                let fields = self.fields(&Fields::Named(item.fields.clone()));
                let end = item.fields.brace_token.span.close();
                let span = self.between(start_of(&item.vis, item.union_token.span), end);
                self.declare(&item.ident, &item.attrs, Vec::new(), fields, span);
            }
            Item::Use(item) => self.imports(&item.tree, &mut Vec::new()),
            Item::ExternCrate(item) => {
                let alias = item.rename.as_ref().map_or(&item.ident, |(_, alias)| alias);
                let import = Import { alias: names::ident(alias), path: vec![names::ident(&item.ident)] };
                self.module.imports.push(import);
            }
            Item::ForeignMod(item) => self.foreign(item),
            Item::Macro(item) => self.item_macro(item.ident.as_ref(), &item.mac),
            Item::Verbatim(tokens) => self.recover_inside(tokens.clone()),
            _ => {}
        }
    }

    fn free_function(&mut self, item: &syn::ItemFn) {
        let around = Around {
            attributes: &item.attrs,
            exported: matches!(item.vis, Visibility::Public(_)),
            body: Some(&item.block),
            start: start_of(&item.vis, start_of_signature(&item.sig)),
            end: item.block.brace_token.span.close(),
        };
        self.function(&item.sig, &around);
    }

    fn function(&mut self, signature: &Signature, around: &Around) {
        let test = self.scope.test || names::is_test(around.attributes);
        let scope = Scope { test, ..self.scope.clone() };
        let function = self.within(scope, |this| Function {
            name: names::ident(&signature.ident),
            owner: this.scope.owner(),
            params: signature.inputs.iter().filter_map(|input| this.parameter(input)).collect(),
            method: signature.receiver().is_some(),
            returns: this.returns(&signature.output),
            body: around.body.map(|body| this.block(body)).unwrap_or_default(),
            declared_only: around.body.is_none(),
            exported: around.exported,
            test,
            attributes: this.attributes(around.attributes),
            span: this.between(around.start, around.end),
            name_span: this.span(signature.ident.span()),
        });
        self.module.functions.push(function);
    }

    /// The last name of a return type.
    pub(super) fn returns(&self, output: &ReturnType) -> Option<String> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => self.type_name(ty),
        }
    }

    fn parameter(&mut self, input: &FnArg) -> Option<Param> {
        match input {
            FnArg::Receiver(_) => None,
            FnArg::Typed(typed) => Some(self.typed_parameter(&typed.pat, Some(&typed.ty))),
        }
    }

    /// A parameter of a function or closure.
    pub(super) fn typed_parameter(&mut self, pattern: &syn::Pat, ty: Option<&syn::Type>) -> Param {
        let mut pattern = pattern;
        let name = loop {
            match pattern {
                syn::Pat::Ident(name) => break names::ident(&name.ident),
                syn::Pat::Reference(reference) => pattern = &reference.pat,
                syn::Pat::Paren(paren) => pattern = &paren.pat,
                _ => break String::new(),
            }
        };
        Param { name, ty: ty.and_then(|ty| self.type_name(ty)), default: None, span: self.span(pattern.span()) }
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        self.within_implementation(item, |this| {
            for member in &item.items {
                this.member(member);
            }
        });
    }

    /// Runs `body` in the scope of an `impl`'s or trait's members.
    pub(super) fn within_container(&mut self, item: &Item, body: impl FnOnce(&mut Self)) {
        match item {
            Item::Impl(item) => self.within_implementation(item, body),
            Item::Trait(item) => self.within_trait(item, body),
            _ => body(self),
        }
    }

    fn within_implementation(&mut self, item: &syn::ItemImpl, body: impl FnOnce(&mut Self)) {
        let generic = |name: &str| item.generics.type_params().any(|parameter| parameter.ident == name);
        let of = item.trait_.as_ref().map(|(path, _)| names::last(path));
        // `impl<T: X> Trait for T` says something about the trait, not about a type called T.
        let ty = self.type_name(&item.self_ty).filter(|name| !generic(name)).or_else(|| of.clone());
        if let (Some(ty), Some(of)) = (&ty, &of) {
            self.implements.push((self.scope.owner(), ty.clone(), of.clone()));
        }
        self.within(self.member_scope(ty.clone(), &item.attrs, of.is_some()), |this| {
            this.scope.self_type = ty;
            body(this);
        });
    }

    /// The scope of a type's members.
    fn member_scope(&self, ty: Option<String>, attributes: &[syn::Attribute], open: bool) -> Scope {
        let mut scope = Scope { open, self_type: None, ..self.scope.clone() };
        scope.owner.extend(ty);
        scope.test |= names::is_test_only(attributes);
        scope
    }

    /// A member of an `impl`.
    pub(super) fn member(&mut self, member: &ImplItem) {
        match member {
            ImplItem::Fn(item) => {
                let around = Around {
                    attributes: &item.attrs,
                    exported: self.scope.open || matches!(item.vis, Visibility::Public(_)),
                    body: Some(&item.block),
                    start: start_of(&item.vis, start_of_signature(&item.sig)),
                    end: item.block.brace_token.span.close(),
                };
                self.function(&item.sig, &around);
            }
            ImplItem::Const(item) => {
                let span = self.between(start_of(&item.vis, item.const_token.span), item.semi_token.span);
                self.global(&item.ident, Some(&item.ty), Some(&item.expr), span);
            }
            ImplItem::Macro(item) => self.item_macro(None, &item.mac),
            ImplItem::Verbatim(tokens) => self.recover_inside(tokens.clone()),
            _ => {}
        }
    }

    fn trait_(&mut self, item: &syn::ItemTrait) {
        self.within_trait(item, |this| {
            for member in &item.items {
                this.trait_member(member);
            }
        });
    }

    fn within_trait(&mut self, item: &syn::ItemTrait, body: impl FnOnce(&mut Self)) {
        let supertraits = item.supertraits.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(names::last(&bound.path)),
            _ => None,
        });
        let span = self.between(start_of(&item.vis, item.trait_token.span), item.brace_token.span.close());
        self.declare(&item.ident, &item.attrs, supertraits.collect(), Vec::new(), span);
        let open = matches!(item.vis, Visibility::Public(_));
        let scope = self.member_scope(Some(names::ident(&item.ident)), &item.attrs, open);
        self.within(scope, body);
    }

    /// A member of a trait.
    pub(super) fn trait_member(&mut self, member: &TraitItem) {
        match member {
            TraitItem::Fn(item) => {
                let end = match (&item.default, &item.semi_token) {
                    (Some(body), _) => body.brace_token.span.close(),
                    (None, Some(semi)) => semi.span,
                    (None, None) => item.sig.paren_token.span.close(),
                };
                let around = Around {
                    attributes: &item.attrs,
                    exported: self.scope.open,
                    body: item.default.as_ref(),
                    start: start_of_signature(&item.sig),
                    end,
                };
                self.function(&item.sig, &around);
            }
            TraitItem::Const(item) => {
                let span = self.between(item.const_token.span, item.semi_token.span);
                self.global(&item.ident, Some(&item.ty), item.default.as_ref().map(|(_, value)| value), span);
            }
            TraitItem::Macro(item) => self.item_macro(None, &item.mac),
            TraitItem::Verbatim(tokens) => self.recover_inside(tokens.clone()),
            _ => {}
        }
    }

    fn inline_module(&mut self, item: &syn::ItemMod) {
        let Some((_, items)) = &item.content else {
            let path = names::path_attribute(&item.attrs).unwrap_or_else(|| names::ident(&item.ident));
            self.module.includes.push(path);
            return;
        };
        let scope = self.module_scope(names::ident(&item.ident), &item.attrs);
        self.within(scope, |this| this.items(items));
    }

    /// The scope of an inline module.
    pub(super) fn module_scope(&self, name: String, attributes: &[syn::Attribute]) -> Scope {
        let mut scope = Scope { self_type: None, open: false, ..self.scope.clone() };
        scope.owner.push(name);
        scope.test |= names::is_test_only(attributes);
        scope
    }

    fn enumeration(&mut self, item: &syn::ItemEnum) {
        let span = self.between(start_of(&item.vis, item.enum_token.span), item.brace_token.span.close());
        self.declare(&item.ident, &item.attrs, Vec::new(), Vec::new(), span);
        let mut scope = self.member_scope(Some(names::ident(&item.ident)), &item.attrs, false);
        scope.self_type = Some(names::ident(&item.ident));
        self.within(scope, |this| {
            for variant in &item.variants {
                if let Some((_, value)) = &variant.discriminant {
                    let span = this.between(variant.ident.span(), value.span());
                    this.global(&variant.ident, None, Some(value), span);
                }
            }
        });
    }

    fn declare(
        &mut self,
        ident: &syn::Ident,
        attributes: &[syn::Attribute],
        bases: Vec<String>,
        fields: Vec<Field>,
        span: Span,
    ) {
        let attributes = self.attributes(attributes);
        let owner = self.scope.owner();
        self.module.types.push(TypeDecl { name: names::ident(ident), owner, bases, fields, attributes, span });
    }

    fn fields(&mut self, fields: &Fields) -> Vec<Field> {
        let mut lowered = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), names::ident);
            let start = field.ident.as_ref().map_or_else(|| field.ty.span(), syn::Ident::span);
            let attributes = self.attributes(&field.attrs);
            let span = self.between(start, field.ty.span());
            lowered.push(Field { name, ty: self.type_name(&field.ty), value: None, attributes, span });
        }
        lowered
    }

    fn foreign(&mut self, item: &syn::ItemForeignMod) {
        for item in &item.items {
            match item {
                ForeignItem::Fn(item) => {
                    let around = Around {
                        attributes: &item.attrs,
                        exported: false,
                        body: None,
                        start: start_of(&item.vis, start_of_signature(&item.sig)),
                        end: item.semi_token.span,
                    };
                    self.function(&item.sig, &around);
                }
                ForeignItem::Static(item) => {
                    let span = self.between(start_of(&item.vis, item.static_token.span), item.semi_token.span);
                    self.global(&item.ident, Some(&item.ty), None, span);
                }
                _ => {}
            }
        }
    }

    /// A constant or static. `const _: () = { … };` runs at compile time and is script.
    pub(super) fn global(&mut self, ident: &syn::Ident, ty: Option<&syn::Type>, value: Option<&syn::Expr>, span: Span) {
        let value = value.map(|value| unwrap_lazy(self.expr(value)));
        let name = names::ident(ident);
        if name == "_" {
            self.script(value);
            return;
        }
        let ty = ty.and_then(|ty| self.type_name(ty));
        self.module.globals.push(Global { name, owner: self.scope.owner(), ty, value, span });
    }

    /// An expression outside functions.
    pub(super) fn script(&mut self, value: Option<Expr>) {
        use crate::language::ir::{Stmt, StmtKind};
        self.module.script.stmts.extend(value.map(|value| Stmt { span: value.span, kind: StmtKind::Expr(value) }));
    }
}

/// `Lazy::new(|| value)` is, to whoever reads the static, the value.
pub(super) fn unwrap_lazy(value: Expr) -> Expr {
    let span = value.span;
    match value.kind {
        ExprKind::Call { callee, mut args } if args.len() == 1 && is_lazy_constructor(&callee) => match args.pop() {
            Some(arg) => match arg.value.kind {
                ExprKind::Closure(closure) => Expr::new(ExprKind::Block(closure.body), span),
                _ => Expr::new(ExprKind::Pass(Box::new(arg.value)), span),
            },
            None => Expr::opaque(span),
        },
        kind => Expr::new(kind, span),
    }
}

fn is_lazy_constructor(callee: &Expr) -> bool {
    let is_lazy = |path: &Path| match path.as_slice() {
        [.., ty, new] => new == "new" && ["Lazy", "LazyLock", "LazyCell"].contains(&ty.as_str()),
        _ => false,
    };
    matches!(&callee.kind, ExprKind::Name(path) if is_lazy(path))
}

/// The first token of an item after its attributes.
fn start_of(visibility: &Visibility, keyword: Token) -> Token {
    match visibility {
        Visibility::Public(token) => token.span,
        Visibility::Restricted(restricted) => restricted.pub_token.span,
        Visibility::Inherited => keyword,
    }
}

fn start_of_signature(signature: &Signature) -> Token {
    let constness = signature.constness.map(|token| token.span);
    let asyncness = signature.asyncness.map(|token| token.span);
    let safety = match &signature.safety {
        syn::Safety::Unsafe(token) => Some(token.span),
        syn::Safety::Safe(token) => Some(token.span),
        syn::Safety::Default => None,
    };
    let abi = signature.abi.as_ref().map(|abi| abi.extern_token.span);
    constness.or(asyncness).or(safety).or(abi).unwrap_or(signature.fn_token.span)
}
