//! Grammars of well-known macros' input, and small questions about tokens.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Pat, Token};

use crate::language::DEPTH_LIMIT;

pub(super) fn as_group(token: &TokenTree) -> Option<Group> {
    match token {
        TokenTree::Group(group) => Some(group.clone()),
        _ => None,
    }
}

pub(super) fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub(super) fn is_dollar(token: &TokenTree) -> bool {
    is_punct(token, '$')
}

pub(super) fn split_at_commas(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        if is_punct(&token, ',') {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Expressions, each perhaps with a name (`key = value`, `target: value`) or a sigil (`?value`, `%value`).
pub(super) fn parse_arguments(input: ParseStream) -> syn::Result<Vec<(Option<String>, syn::Expr)>> {
    let mut args = Vec::new();
    while !input.is_empty() {
        let named = input.peek(syn::Ident::peek_any)
            && (input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
                || input.peek2(Token![:]) && !input.peek2(Token![::]));
        let mut name = None;
        if named {
            name = Some(input.call(syn::Ident::parse_any)?.unraw().to_string());
            if input.parse::<Option<Token![=]>>()?.is_none() {
                input.parse::<Token![:]>()?;
            }
        }
        if input.peek(Token![?]) {
            input.parse::<Token![?]>()?;
        } else if input.peek(Token![%]) {
            input.parse::<Token![%]>()?;
        }
        args.push((name, input.parse()?));
        if !input.is_empty() && input.parse::<Option<Token![;]>>()?.is_none() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(args)
}

/// One static of `lazy_static!` or `thread_local!`.
pub(super) struct Static {
    pub(super) ident: syn::Ident,
    pub(super) ty: syn::Type,
    pub(super) value: syn::Expr,
}

pub(super) fn parse_statics(input: ParseStream) -> syn::Result<Vec<Static>> {
    let mut statics = Vec::new();
    while !input.is_empty() {
        input.call(syn::Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Option<Token![ref]>>()?;
        input.parse::<Option<Token![mut]>>()?;
        let ident = input.call(syn::Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        statics.push(Static { ident, ty, value: input.parse()? });
        input.parse::<Option<Token![;]>>()?;
    }
    Ok(statics)
}

/// One branch of `select!`.
pub(super) struct Branch {
    pub(super) binds: Option<(Pat, syn::Expr)>,
    pub(super) condition: Option<syn::Expr>,
    pub(super) body: syn::Expr,
}

pub(super) fn parse_select(input: ParseStream) -> syn::Result<Vec<Branch>> {
    let mut branches = Vec::new();
    while !input.is_empty() {
        if input.peek(syn::Ident) && input.peek2(Token![;]) {
            input.parse::<syn::Ident>()?; // `biased;`
            input.parse::<Token![;]>()?;
            continue;
        }
        let bare = input.peek(syn::Ident::peek_any) && input.peek2(Token![=>]);
        let (mut binds, mut condition) = (None, None);
        if bare {
            input.call(syn::Ident::parse_any)?; // `else`, `default`, `complete`
        } else {
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            binds = Some((pattern, input.parse()?));
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                condition = Some(input.parse()?);
            }
        }
        input.parse::<Token![=>]>()?;
        let body = syn::Expr::parse_with_earlier_boundary_rule(input)?;
        input.parse::<Option<Token![,]>>()?;
        branches.push(Branch { binds, condition, body });
    }
    Ok(branches)
}

/// The text of a macro's input as written, for literals that are not Rust's: `date!(2024-01-01)`.
/// `None` if it is a string or empty.
pub(super) fn raw_text(tokens: &TokenStream) -> Option<String> {
    let mut text = String::new();
    let mut end = None;
    for token in tokens.clone() {
        if matches!(&token, TokenTree::Group(_)) || token.to_string().starts_with('"') {
            return None;
        }
        let at = token.span().byte_range();
        if end.is_some_and(|end| end < at.start) {
            text.push(' ');
        }
        text.push_str(&token.to_string());
        end = Some(at.end);
    }
    (!text.is_empty()).then_some(text)
}

/// A macro arm's body with `$name` as `name`, repetitions once, `$crate` as `crate`.
pub(super) fn without_metavariables(tokens: TokenStream, depth: usize) -> TokenStream {
    let mut out = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if is_dollar(&token) {
            match tokens.next() {
                Some(TokenTree::Group(group)) => {
                    // The separator, if any, and `*`, `+` or `?`.
                    let repeats = |token: &TokenTree| ['*', '+', '?'].iter().any(|&char| is_punct(token, char));
                    if !tokens.next().is_some_and(|token| repeats(&token)) {
                        tokens.next_if(repeats);
                    }
                    if depth < DEPTH_LIMIT {
                        out.extend(without_metavariables(group.stream(), depth + 1));
                    }
                }
                Some(next) => out.push(next),
                None => {}
            }
            continue;
        }
        out.push(match token {
            TokenTree::Group(group) if depth < DEPTH_LIMIT => {
                let mut inner = Group::new(group.delimiter(), without_metavariables(group.stream(), depth + 1));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        });
    }
    out.into_iter().collect()
}
