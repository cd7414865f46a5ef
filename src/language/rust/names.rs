//! Names, types, imports and attributes.

use syn::ext::IdentExt as _;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound, UseTree};

use super::Lowering;
use crate::language::ir::{Attribute, Import, Path};

/// Types that stand for the value inside them, as far as its flow goes.
const WRAPPERS: [&str; 26] = [
    "Arc",
    "ArcSwap",
    "Box",
    "Cell",
    "Cow",
    "Lazy",
    "LazyCell",
    "LazyLock",
    "ManuallyDrop",
    "Mutex",
    "MutexGuard",
    "Once",
    "OnceCell",
    "OnceLock",
    "Option",
    "Pin",
    "Poll",
    "Rc",
    "Ref",
    "RefCell",
    "RefMut",
    "Result",
    "RwLock",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "Weak",
];

/// An identifier's text, without `r#`.
pub(super) fn ident(ident: &syn::Ident) -> String {
    ident.unraw().to_string()
}

/// The last segment of a path, which names what it leads to.
pub(super) fn last(path: &syn::Path) -> String {
    path.segments.last().map(|segment| ident(&segment.ident)).unwrap_or_default()
}

impl Lowering {
    /// A path's segments without generic arguments; `Self` becomes the type's name, `<T as Trait>::f` becomes `T::f`.
    pub(super) fn path(&self, qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
        let mut segments: Path = path.segments.iter().map(|segment| ident(&segment.ident)).collect();
        if let Some(qself) = qself {
            let ty = self.type_name(&qself.ty).unwrap_or_else(|| "_".to_owned());
            let position = qself.position.min(segments.len());
            segments.splice(..position, [ty]);
        } else if let (Some(first), Some(ty)) = (segments.first_mut(), &self.scope.self_type)
            && first == "Self"
        {
            first.clone_from(ty);
        }
        segments
    }

    /// The last name of a type, seen through references and [`WRAPPERS`]; `!` for a function that never returns.
    pub(super) fn type_name(&self, ty: &Type) -> Option<String> {
        let mut ty = ty;
        loop {
            ty = match ty {
                Type::Reference(reference) => &reference.elem,
                Type::Ptr(pointer) => &pointer.elem,
                Type::Paren(paren) => &paren.elem,
                Type::Group(group) => &group.elem,
                Type::ImplTrait(bounds) => match bound(bounds.bounds.iter()) {
                    Some(Bound::Type(inner)) => inner,
                    Some(Bound::Name(name)) => return Some(name),
                    None => return None,
                },
                Type::TraitObject(bounds) => match bound(bounds.bounds.iter()) {
                    Some(Bound::Type(inner)) => inner,
                    Some(Bound::Name(name)) => return Some(name),
                    None => return None,
                },
                Type::Path(path) => {
                    let segment = path.path.segments.last()?;
                    let name = ident(&segment.ident);
                    match type_arguments(&segment.arguments).next() {
                        Some(inner) if WRAPPERS.contains(&name.as_str()) => inner,
                        None if name == "Result" => return None,
                        _ if name == "Self" && path.path.segments.len() == 1 => {
                            return Some(self.scope.self_type.clone().unwrap_or(name));
                        }
                        _ => return Some(name),
                    }
                }
                Type::Never(_) => return Some("!".to_owned()),
                _ => return None,
            };
        }
    }

    /// `use` trees, flattened. `extern crate` is the caller's.
    pub(super) fn imports(&mut self, tree: &UseTree, prefix: &mut Path) {
        match tree {
            UseTree::Path(path) => {
                self.deeper(
                    || path.ident.span(),
                    |this| {
                        prefix.push(ident(&path.ident));
                        this.imports(&path.tree, prefix);
                        prefix.pop();
                    },
                );
            }
            UseTree::Name(name) => self.import(prefix, &name.ident, &name.ident),
            UseTree::Rename(rename) => self.import(prefix, &rename.ident, &rename.rename),
            UseTree::Glob(_) if prefix.is_empty() => {}
            UseTree::Glob(_) => self.module.imports.push(Import { alias: "*".to_owned(), path: prefix.clone() }),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.imports(tree, prefix);
                }
            }
        }
    }

    fn import(&mut self, prefix: &Path, name: &syn::Ident, alias: &syn::Ident) {
        let mut path = prefix.clone();
        let mut alias = ident(alias);
        if name == "self" && !path.is_empty() {
            if alias == "self" {
                alias = path.last().cloned().unwrap_or_default();
            }
        } else {
            path.push(ident(name));
        }
        if alias != "_" {
            self.module.imports.push(Import { alias, path });
        }
    }

    /// Attributes but doc comments, which are prose.
    pub(super) fn attributes(&mut self, attributes: &[syn::Attribute]) -> Vec<Attribute> {
        let mut lowered = Vec::new();
        for attribute in attributes {
            if attribute.path().is_ident("doc") {
                continue;
            }
            let args = match &attribute.meta {
                syn::Meta::Path(_) => Vec::new(),
                syn::Meta::List(list) => self.arguments(list.tokens.clone()),
                syn::Meta::NameValue(pair) => {
                    vec![crate::language::ir::Arg { name: None, value: self.expr(&pair.value) }]
                }
            };
            let span = self.between(attribute.pound_token.span, attribute.bracket_token.span.close());
            lowered.push(Attribute { path: self.path(None, attribute.path()), args, span });
        }
        lowered
    }
}

/// What a list of bounds (`impl …`, `dyn …`) says about the value.
enum Bound<'a> {
    /// `Future<Output = T>`: awaited, it is a `T`.
    Type(&'a Type),
    /// The first trait.
    Name(String),
}

fn bound<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>) -> Option<Bound<'a>> {
    let path = bounds.into_iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(&bound.path),
        _ => None,
    })?;
    let segment = path.segments.last()?;
    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
        for argument in &arguments.args {
            if let GenericArgument::AssocType(output) = argument
                && output.ident == "Output"
            {
                return Some(Bound::Type(&output.ty));
            }
        }
    }
    Some(Bound::Name(ident(&segment.ident)))
}

fn type_arguments(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The value of `#[path = "x.rs"]`.
pub(super) fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().find(|attribute| attribute.path().is_ident("path")).and_then(|attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) => Some(text.value()),
        _ => None,
    })
}

/// Whether a `cfg` among the attributes holds only in test builds.
pub(super) fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args::<syn::Meta>().ok())
        .any(|condition| requires_test(&condition, 0))
}

fn requires_test(condition: &syn::Meta, depth: usize) -> bool {
    let parts = |list: &syn::MetaList| {
        let parser = syn::punctuated::Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
        list.parse_args_with(parser).into_iter().flatten().collect::<Vec<_>>()
    };
    match condition {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) if depth < 8 && list.path.is_ident("all") => {
            parts(list).iter().any(|part| requires_test(part, depth + 1))
        }
        syn::Meta::List(list) if depth < 8 && list.path.is_ident("any") => {
            let parts = parts(list);
            !parts.is_empty() && parts.iter().all(|part| requires_test(part, depth + 1))
        }
        _ => false,
    }
}

/// Whether the attributes make a function a test: `#[test]`, `#[tokio::test]`, `#[rstest]`, `#[wasm_bindgen_test]`.
pub(super) fn is_test(attributes: &[syn::Attribute]) -> bool {
    let marks = ["test", "bench", "rstest", "gtest", "test_case", "quickcheck", "case", "parameterized", "theory"];
    is_test_only(attributes)
        || attributes.iter().any(|attribute| {
            let name = last(attribute.path());
            marks.contains(&name.as_str()) || name.ends_with("_test")
        })
}
