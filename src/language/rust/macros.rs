//! Macro calls: their arguments where they are expressions, their bodies where they are statements or items.
//!
//! A macro's input is any text with balanced brackets, so everything here is an attempt. What reads as a list of
//! expressions is taken as one; failing that, what reads as statements; failing that, the arguments that can be read
//! one by one, and the code in its brackets. Text inside macros that reads as nothing is normal and no gap.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Macro, MacroDelimiter, Pat, Token};

use super::expressions::and;
use super::tokens::{
    as_group, is_dollar, parse_arguments, parse_select, parse_statics, raw_text, split_at_commas, without_metavariables,
};
use super::{Lowering, Scope, names};
use crate::finding::Span;
use crate::language::ir::{Arg, Arm, Block, Expr, ExprKind, Function, Param, Path, Pattern, Stmt, StmtKind};

/// Macros whose input is a template for code, not code that runs here.
const TEMPLATES: [&str; 8] =
    ["quote", "quote_spanned", "parse_quote", "parse_quote_spanned", "format_ident", "asm", "global_asm", "stringify"];

/// How many levels of brackets are searched for code in input that reads as nothing.
const SALVAGE_DEPTH: usize = 4;

impl Lowering {
    /// A macro call in an expression, pattern or statement.
    pub(super) fn macro_call(&mut self, call: &Macro) -> Expr {
        let span = self.between(
            call.path.segments.first().map_or(call.bang_token.span, |segment| segment.ident.span()),
            call.delimiter.span().close(),
        );
        let name = names::last(&call.path);
        if !self.spend(call) || TEMPLATES.contains(&name.as_str()) {
            return Expr::opaque(span);
        }
        let callee = self.macro_name(call);
        let kind = match name.as_str() {
            "matches" => self.matches(call),
            "assert_matches" | "debug_assert_matches" => {
                self.matches(call).map(|test| called(callee.clone(), vec![Expr::new(test, span)]))
            }
            "vec" => self.list(call),
            "json" => self.json(call.tokens.clone(), 0).map(|value| value.kind),
            "hashmap" | "btreemap" | "indexmap" | "phf_map" | "phf_ordered_map" => self.map(call),
            "date" | "datetime" | "utc_datetime" | "time" | "offset" => {
                raw_text(&call.tokens).map(|text| called(callee.clone(), vec![Expr::new(ExprKind::Text(text), span)]))
            }
            "concat" => Some(ExprKind::Interpolated(
                self.arguments(call.tokens.clone()).into_iter().map(|arg| arg.value).collect(),
            )),
            "select" | "select_biased" => self.select(call),
            "lazy_static" | "thread_local" => self.local_statics(call),
            _ => None,
        };
        let kind = kind.unwrap_or_else(|| self.unknown_macro(call, callee, span));
        Expr::new(kind, span)
    }

    /// Takes a macro's input from the budget; false if there is none left.
    fn spend(&mut self, call: &Macro) -> bool {
        let (open, close) = (call.delimiter.span().open(), call.delimiter.span().close());
        let bytes = close.byte_range().end.saturating_sub(open.byte_range().start);
        match self.macro_budget.checked_sub(bytes) {
            Some(rest) => {
                self.macro_budget = rest;
                true
            }
            None => {
                let gap = self.between(open, close);
                self.module.gaps.push(gap);
                false
            }
        }
    }

    /// `log::info!` → `log`, `info!`.
    fn macro_name(&self, call: &Macro) -> Expr {
        let mut path: Path = call.path.segments.iter().map(|segment| names::ident(&segment.ident)).collect();
        if let Some(last) = path.last_mut() {
            last.push('!');
        }
        let first = call.path.segments.first().map_or(call.bang_token.span, |segment| segment.ident.span());
        Expr::new(ExprKind::Name(path), self.between(first, call.bang_token.span))
    }

    fn unknown_macro(&mut self, call: &Macro, callee: Expr, span: Span) -> ExprKind {
        let statements_first = matches!(call.delimiter, MacroDelimiter::Brace(_));
        if statements_first && let Some(block) = self.statements_in(call.tokens.clone()) {
            return called(callee, vec![Expr::new(ExprKind::Block(block), span)]);
        }
        if let Ok(args) = parse_arguments.parse2(call.tokens.clone()) {
            let args = self.lower_arguments(args);
            return ExprKind::Call { callee: Box::new(callee), args };
        }
        if !statements_first && let Some(block) = self.statements_in(call.tokens.clone()) {
            return called(callee, vec![Expr::new(ExprKind::Block(block), span)]);
        }
        let args = self.arguments_one_by_one(call.tokens.clone(), SALVAGE_DEPTH);
        ExprKind::Call { callee: Box::new(callee), args }
    }

    /// Arguments separated by commas, as far as they are expressions.
    pub(super) fn arguments(&mut self, tokens: TokenStream) -> Vec<Arg> {
        match parse_arguments.parse2(tokens.clone()) {
            Ok(args) => self.lower_arguments(args),
            Err(_) => self.arguments_one_by_one(tokens, SALVAGE_DEPTH),
        }
    }

    fn lower_arguments(&mut self, args: Vec<(Option<String>, syn::Expr)>) -> Vec<Arg> {
        args.into_iter().map(|(name, value)| Arg { name, value: self.expr(&value) }).collect()
    }

    /// Each argument that reads as an expression, and the code in the brackets of those that do not.
    fn arguments_one_by_one(&mut self, tokens: TokenStream, depth: usize) -> Vec<Arg> {
        let mut args = Vec::new();
        for argument in split_at_commas(tokens) {
            let groups: Vec<Group> = argument.iter().filter_map(as_group).collect();
            match parse_arguments.parse2(argument.into_iter().collect()) {
                Ok(parsed) => args.extend(self.lower_arguments(parsed)),
                Err(_) if depth == 0 => {}
                Err(_) => {
                    for group in groups {
                        args.extend(self.salvage(&group, depth - 1));
                    }
                }
            }
        }
        args
    }

    /// The code in a bracket inside a macro's input that did not read as anything.
    fn salvage(&mut self, group: &Group, depth: usize) -> Vec<Arg> {
        if group.delimiter() == Delimiter::Brace
            && let Some(block) = self.statements_in(group.stream())
        {
            let span = self.span(group.span());
            return vec![Arg { name: None, value: Expr::new(ExprKind::Block(block), span) }];
        }
        self.arguments_one_by_one(group.stream(), depth)
    }

    pub(super) fn statements_in(&mut self, tokens: TokenStream) -> Option<Block> {
        let stmts = syn::Block::parse_within.parse2(tokens).ok()?;
        Some(self.block_of(&stmts))
    }

    /// `matches!(value, pattern if guard)`.
    fn matches(&mut self, call: &Macro) -> Option<ExprKind> {
        let parse = |input: ParseStream| {
            let value: syn::Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            let guard = if input.parse::<Option<Token![if]>>()?.is_some() { Some(input.parse()?) } else { None };
            input.parse::<TokenStream>()?; // a message
            Ok((value, pattern, guard))
        };
        let (value, pattern, guard): (_, _, Option<syn::Expr>) = parse.parse2(call.tokens.clone()).ok()?;
        let value = self.expr(&value);
        let span = self.span(call.delimiter.span().join());
        let test = self.test(value, &pattern, span);
        let guard = guard.map(|guard| self.expr(&guard));
        Some(guard.into_iter().fold(test, and).kind)
    }

    /// `vec![a, b]`; `vec![value; count]` is not a list of two.
    fn list(&mut self, call: &Macro) -> Option<ExprKind> {
        let parse = syn::punctuated::Punctuated::<syn::Expr, Token![,]>::parse_terminated;
        if let Ok(items) = parse.parse2(call.tokens.clone()) {
            return Some(ExprKind::List(items.iter().map(|item| self.expr(item)).collect()));
        }
        let parts = self.arguments(call.tokens.clone());
        Some(ExprKind::Opaque(parts.into_iter().map(|part| part.value).collect()))
    }

    /// `hashmap! { key => value }`.
    fn map(&mut self, call: &Macro) -> Option<ExprKind> {
        let parse = |input: ParseStream| {
            let mut pairs = Vec::new();
            while !input.is_empty() {
                let key: syn::Expr = input.parse()?;
                input.parse::<Token![=>]>()?;
                let value: syn::Expr = input.parse()?;
                pairs.push((key, value));
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(pairs)
        };
        let pairs = parse.parse2(call.tokens.clone()).ok()?;
        Some(ExprKind::Map(pairs.iter().map(|(key, value)| (self.expr(key), self.expr(value))).collect()))
    }

    /// `json!({ "key": value, … })`: objects are maps, `null` is null, the rest is Rust.
    fn json(&mut self, tokens: TokenStream, depth: usize) -> Option<Expr> {
        let mut all = tokens.clone().into_iter();
        let (first, more) = (all.next()?, all.next().is_some());
        let span = self.between(first.span(), tokens.clone().into_iter().last()?.span());
        match first {
            _ if depth > crate::language::DEPTH_LIMIT => None,
            TokenTree::Ident(word) if !more && word == "null" => Some(Expr::new(ExprKind::Null, span)),
            TokenTree::Group(group) if !more && group.delimiter() == Delimiter::Bracket => {
                let items = split_at_commas(group.stream()).into_iter();
                let items = items.filter_map(|item| self.json(item.into_iter().collect(), depth + 1)).collect();
                Some(Expr::new(ExprKind::List(items), span))
            }
            TokenTree::Group(group) if !more && group.delimiter() == Delimiter::Brace => {
                let pairs = split_at_commas(group.stream()).into_iter();
                let pairs = pairs.filter_map(|pair| self.json_pair(pair, depth)).collect();
                Some(Expr::new(ExprKind::Map(pairs), span))
            }
            _ => syn::parse2(tokens).ok().map(|value| self.expr(&value)),
        }
    }

    fn json_pair(&mut self, pair: Vec<TokenTree>, depth: usize) -> Option<(Expr, Expr)> {
        let colon = pair.iter().position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':'))?;
        let (key, value) = pair.split_at(colon);
        let key = syn::parse2(key.iter().cloned().collect()).ok().map(|key| self.expr(&key))?;
        let value = self.json(value.iter().skip(1).cloned().collect(), depth + 1)?;
        Some((key, value))
    }

    /// `select! { pattern = future => body, … }`: whichever comes first, so a match without a subject.
    fn select(&mut self, call: &Macro) -> Option<ExprKind> {
        let branches = parse_select.parse2(call.tokens.clone()).ok()?;
        let mut arms = Vec::new();
        for branch in &branches {
            let mut body = Block::default();
            if let Some((pattern, future)) = &branch.binds {
                let value = self.expr(future);
                let span = value.span;
                let value = Some(Expr::new(ExprKind::Pass(Box::new(value)), span));
                let pattern = self.pattern(pattern);
                self.guards.clear();
                let kind = StmtKind::Let { pattern, ty: None, value, otherwise: None };
                body.stmts.push(Stmt { kind, span });
            }
            let guard = branch.condition.as_ref().map(|condition| self.expr(condition));
            let rest = self.body(&branch.body);
            body.stmts.extend(rest.stmts);
            body.value = rest.value;
            let span = self.span(call.delimiter.span().join());
            arms.push(Arm { patterns: vec![Pattern::Any], guard, body, span });
        }
        Some(ExprKind::Match { subject: None, arms })
    }

    /// A macro call among items.
    pub(super) fn item_macro(&mut self, defines: Option<&syn::Ident>, call: &Macro) {
        let name = names::last(&call.path);
        if let (Some(defined), "macro_rules") = (defines, name.as_str()) {
            return self.macro_rules(defined, call);
        }
        if TEMPLATES.contains(&name.as_str()) {
            return;
        }
        match name.as_str() {
            "lazy_static" | "thread_local" => {
                if let Ok(statics) = parse_statics.parse2(call.tokens.clone()) {
                    for one in &statics {
                        let span = self.between(one.ident.span(), super::expressions::last_token(&one.value));
                        self.global(&one.ident, Some(&one.ty), Some(&one.value), span);
                    }
                    return;
                }
            }
            "include" => {
                if let Ok(path) = syn::parse2::<syn::LitStr>(call.tokens.clone()) {
                    self.module.includes.push(path.value());
                    return;
                }
            }
            _ => {}
        }
        if !self.spend(call) || self.items_in(&name, call.tokens.clone()) {
            return;
        }
        self.macro_budget = self.macro_budget.saturating_add(1); // `spend` below pays for the same text once more
        let value = self.macro_call(call);
        self.script(Some(value));
    }

    /// Input that is made of items, or has functions in it (`proptest!`, `cfg_if!`, `bitflags!`).
    fn items_in(&mut self, name: &str, tokens: TokenStream) -> bool {
        let test = self.scope.test || matches!(name, "proptest" | "quickcheck");
        let scope = Scope { test, ..self.scope.clone() };
        self.within(scope, |this| {
            if let Ok(file) = syn::parse2::<syn::File>(tokens.clone())
                && !file.items.is_empty()
            {
                this.items(&file.items);
                return true;
            }
            if name == "cfg_if" {
                for token in tokens {
                    if let Some(group) = as_group(&token).filter(|group| group.delimiter() == Delimiter::Brace) {
                        this.recover_items(group.stream());
                    }
                }
                return true;
            }
            this.salvage_functions(tokens)
        })
    }

    /// Statics of `lazy_static!` inside a function, as bindings.
    fn local_statics(&mut self, call: &Macro) -> Option<ExprKind> {
        let statics = parse_statics.parse2(call.tokens.clone()).ok()?;
        let mut stmts = Vec::new();
        for one in &statics {
            let value = self.expr(&one.value);
            let span = self.span(one.ident.span()).to(value.span);
            let pattern = Pattern::Bind(names::ident(&one.ident));
            let kind = StmtKind::Let { pattern, ty: self.type_name(&one.ty), value: Some(value), otherwise: None };
            stmts.push(Stmt { kind, span });
        }
        Some(ExprKind::Block(Block::of(stmts)))
    }

    /// `macro_rules!`: each arm whose body reads as statements is a function named as it is called, `name!`.
    fn macro_rules(&mut self, name: &syn::Ident, call: &Macro) {
        if !self.spend(call) {
            return;
        }
        let mut pattern: Option<Group> = None;
        for group in call.tokens.clone().into_iter().filter_map(|token| as_group(&token)) {
            let Some(pattern) = pattern.take() else {
                pattern = Some(group);
                continue;
            };
            let body = without_metavariables(group.stream(), 0);
            let Some(body) = self.statements_in(body).filter(|body| !body.is_empty()) else { continue };
            let function = Function {
                name: format!("{}!", names::ident(name)),
                owner: self.scope.owner(),
                params: self.metavariables(pattern.stream()),
                body,
                test: self.scope.test,
                span: self.between(pattern.span(), group.span()),
                name_span: self.span(name.span()),
                ..Function::default()
            };
            self.module.functions.push(function);
        }
    }

    /// `$a:expr, $b:ident` → parameters `a`, `b`.
    fn metavariables(&self, pattern: TokenStream) -> Vec<Param> {
        let mut params = Vec::new();
        let mut after_dollar = false;
        for token in pattern {
            if let (true, TokenTree::Ident(name)) = (after_dollar, &token) {
                let span = self.span(name.span());
                params.push(Param { name: name.unraw().to_string(), ty: None, default: None, span });
            }
            after_dollar = is_dollar(&token);
        }
        params
    }
}

fn called(callee: Expr, args: Vec<Expr>) -> ExprKind {
    let args = args.into_iter().map(|value| Arg { name: None, value }).collect();
    ExprKind::Call { callee: Box::new(callee), args }
}
