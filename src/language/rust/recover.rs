//! Reading what `syn` refuses: item by item, and inside modules and `impl` blocks member by member.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::{ImplItem, Item, TraitItem};

use super::tokens::{as_group, is_punct};
use super::{Lowering, measure, names};
use crate::language::ir::{Block, Function};

/// Modules in modules deeper than this are not opened one by one: each level reads its whole text again.
const OPENED_LIMIT: usize = 16;

impl Lowering {
    /// Items, each parsed alone; one that cannot be is opened, and failing that a gap.
    pub(super) fn recover_items(&mut self, tokens: TokenStream) {
        for chunk in chunks(tokens) {
            match measure::fits(&chunk).then(|| syn::parse2::<Item>(chunk.clone())) {
                Some(Ok(item)) => self.item(&item),
                Some(Err(_)) | None => self.recover_inside(chunk),
            }
        }
    }

    /// An item that does not parse: the members of a module, `impl` or trait, or the functions in it.
    pub(super) fn recover_inside(&mut self, chunk: TokenStream) {
        let (Some(first), Some(last)) = (chunk.clone().into_iter().next(), chunk.clone().into_iter().last()) else {
            return;
        };
        let gap = self.between(first.span(), last.span());
        let container = match &last {
            TokenTree::Group(body) if is_braced(body) && self.scope.owner.len() < OPENED_LIMIT => {
                container(&chunk, body)
            }
            _ => None,
        };
        let known = container.is_some();
        let opened = self.deeper(
            || first.span(),
            |this| match container {
                Some((Item::Mod(item), body)) => {
                    let scope = this.module_scope(names::ident(&item.ident), &item.attrs);
                    this.within(scope, |this| this.recover_items(body));
                }
                Some((item, body)) => this.within_container(&item, |this| this.recover_members(body)),
                None => {}
            },
        );
        if known && opened.is_some() {
            return;
        }
        if measure::fits(&chunk) {
            self.salvage_functions(chunk);
        }
        self.module.gaps.push(gap);
    }

    fn recover_members(&mut self, tokens: TokenStream) {
        for chunk in chunks(tokens) {
            if !measure::fits(&chunk) {
                self.recover_inside(chunk);
            } else if let Ok(member) = syn::parse2::<ImplItem>(chunk.clone()) {
                self.member(&member);
            } else if let Ok(member) = syn::parse2::<TraitItem>(chunk.clone()) {
                self.trait_member(&member);
            } else {
                self.recover_inside(chunk);
            }
        }
    }
}

/// Functions in tokens that are not quite Rust.
impl Lowering {
    /// `fn name … { body }`, wherever it stands; its parameters are not known. Whether there were any.
    pub(super) fn salvage_functions(&mut self, tokens: TokenStream) -> bool {
        let mut found = false;
        let mut before = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let name = match tokens.peek() {
                Some(TokenTree::Ident(name)) if matches!(&token, TokenTree::Ident(word) if word == "fn") => {
                    name.clone()
                }
                _ => {
                    before.push(token);
                    continue;
                }
            };
            let head = tokens.by_ref().take_while(|token| !is_punct(token, ';'));
            let body = head.filter_map(|token| as_group(&token)).find(is_braced);
            let before = std::mem::take(&mut before);
            let Some(body) = body else { continue };
            found = true;
            let test = self.scope.test || marks_a_test(&before);
            let span = self.between(token.span(), body.span());
            let function = Function {
                name: names::ident(&name),
                owner: self.scope.owner(),
                body: self.salvage_statements(body.stream()),
                test,
                exported: self.scope.open,
                span,
                name_span: self.span(name.span()),
                ..Function::default()
            };
            self.module.functions.push(function);
        }
        found
    }

    /// The statements of a body that may not parse as a whole. A cut may fall inside a statement (`x = S {} + 1;`):
    /// what fails is tried once more with what follows.
    fn salvage_statements(&mut self, tokens: TokenStream) -> Block {
        if let Some(block) = self.statements_in(tokens.clone()) {
            return block;
        }
        let mut block = Block::default();
        let mut failed: Vec<TokenStream> = Vec::new();
        for chunk in chunks(tokens) {
            let joined = || failed.last().cloned().into_iter().chain([chunk.clone()]).collect();
            let read = self.statements_in(chunk.clone()).or_else(|| self.statements_in(joined()));
            match read {
                Some(read) => {
                    block.stmts.extend(read.stmts);
                    block.value = read.value;
                }
                None => failed.push(chunk),
            }
        }
        block
    }
}

/// Whether attributes among the tokens make what follows a test.
fn marks_a_test(tokens: &[TokenTree]) -> bool {
    tokens.windows(2).any(|pair| {
        let attribute: TokenStream = pair.iter().cloned().collect();
        is_punct(&pair[0], '#')
            && syn::Attribute::parse_outer.parse2(attribute).is_ok_and(|attributes| names::is_test(&attributes))
    })
}

fn is_braced(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// A module, `impl` or trait whose head parses, without its body; and the body.
fn container(chunk: &TokenStream, body: &Group) -> Option<(Item, TokenStream)> {
    let mut tokens: Vec<TokenTree> = chunk.clone().into_iter().collect();
    tokens.pop();
    if !tokens
        .iter()
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "mod" || word == "impl" || word == "trait"))
    {
        return None;
    }
    let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
    empty.set_span(body.span());
    tokens.push(TokenTree::Group(empty));
    let head: TokenStream = tokens.into_iter().collect();
    if !measure::fits(&head) {
        return None;
    }
    let item = syn::parse2::<Item>(head).ok()?;
    matches!(item, Item::Mod(_) | Item::Impl(_) | Item::Trait(_)).then(|| (item, body.stream()))
}

/// Top-level tokens, cut where items end: after `;`, and after `{…}` unless a `;` must follow.
fn chunks(tokens: TokenStream) -> Vec<TokenStream> {
    let mut chunks = Vec::new();
    let mut chunk: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) if is_braced(group) => !ends_with_semicolon(&chunk),
            // `#![…]` is no part of the item after it.
            TokenTree::Group(_) => is_inner_attribute(&chunk),
            _ => false,
        };
        chunk.push(token);
        if ends {
            let inner = chunk.len() == 3 && is_inner_attribute(&chunk[..2]);
            let ended = std::mem::take(&mut chunk);
            if !inner {
                chunks.push(ended.into_iter().collect());
            }
        }
    }
    if !chunk.is_empty() {
        chunks.push(chunk.into_iter().collect());
    }
    chunks
}

fn is_inner_attribute(chunk: &[TokenTree]) -> bool {
    matches!(chunk, [TokenTree::Punct(hash), TokenTree::Punct(bang)] if hash.as_char() == '#' && bang.as_char() == '!')
}

/// Whether the item that these tokens begin ends with `;` and not with a `{…}`.
fn ends_with_semicolon(head: &[TokenTree]) -> bool {
    let words: Vec<String> = head
        .iter()
        .filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        })
        .take(6)
        .collect();
    let words: Vec<&str> =
        words.iter().map(String::as_str).skip_while(|word| ["pub", "default"].contains(word)).collect();
    match words.as_slice() {
        ["const", next, ..] => !["fn", "unsafe", "async", "extern"].contains(next),
        ["static" | "use" | "type" | "let", ..] => true,
        ["extern", "crate", ..] => true,
        _ => false,
    }
}

/// Stretches of a text and how many lines lie before each. One ends after a line that ends an item in formatted
/// source: it begins in the first column, and closes a brace or ends with `;`.
pub(super) fn segments(text: &str) -> Vec<(u32, &str)> {
    let mut segments = Vec::new();
    let (mut start, mut first_line, mut at, mut line) = (0, 0, 0, 0u32);
    for content in text.split_inclusive('\n') {
        at += content.len();
        line = line.saturating_add(1);
        let indented = content.starts_with(char::is_whitespace);
        if !indented && (content.starts_with('}') || content.trim_end().ends_with(';')) {
            segments.push((first_line, &text[start..at]));
            (start, first_line) = (at, line);
        }
    }
    if start < text.len() {
        segments.push((first_line, &text[start..]));
    }
    segments
}
