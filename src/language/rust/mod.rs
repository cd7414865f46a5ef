//! The Rust frontend: `syn`'s syntax tree, lowered to the IR.
//!
//! A file is lexed first, measured, and only then handed to `syn`: its parser recurses, and a release gate must not
//! be stopped by a hundred thousand brackets. What `syn` refuses is read again item by item (`recover`), so that one
//! piece of syntax from the future costs one item and not the file.
//!
//! Macros are the one place where Rust hides code from its own parser. Their arguments are parsed where they are
//! expressions, statements or items (`macros`); a `macro_rules!` arm whose body reads as code becomes a function.

mod expressions;
mod items;
mod macros;
mod measure;
mod names;
mod patterns;
mod recover;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;

use std::thread;

use proc_macro2::TokenStream;

use crate::finding::Span;
use crate::language::DEPTH_LIMIT;
use crate::language::ir::Module;

/// The parser's own stack: `measure::STRAIN_LIMIT` levels of `syn`'s deepest recursion fit in it, also unoptimised.
const STACK_BYTES: usize = 128 << 20;

/// Lowers one file. Source that cannot be read is in [`Module::gaps`]; no input makes this panic.
///
/// It runs on a thread of its own: the depth it can parse to does not depend on the caller's stack, and the source
/// text that span locations keep per thread is freed with it.
pub fn lower(text: &str) -> Module {
    let unread = || Module { gaps: vec![whole(text)], ..Module::default() };
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || lower_here(text));
        worker.ok().and_then(|worker| worker.join().ok()).unwrap_or_else(unread)
    })
}

fn lower_here(text: &str) -> Module {
    let mut lowering = Lowering::new(text);
    let code = without_preamble(text);
    match code.parse::<TokenStream>() {
        Ok(tokens) => lowering.file(tokens),
        Err(_) => lowering.segments(code),
    }
    lowering.finish()
}

/// Blanks a `#!` line by starting after it; its line break stays, so that lines keep their numbers.
fn without_preamble(text: &str) -> &str {
    let code = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_attribute = code.strip_prefix("#!").is_some_and(|rest| rest.trim_start().starts_with('['));
    if code.starts_with("#!") && !is_attribute { code.find('\n').map_or("", |end| &code[end..]) } else { code }
}

/// The span of a whole text.
fn whole(text: &str) -> Span {
    let lines = text.lines().count().max(1);
    let columns = text.lines().last().map_or(0, |line| line.chars().count());
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { line: 1, column: 1, end_line: count(lines), end_column: count(columns).saturating_add(1) }
}

/// The spans that lie in no other, in order.
fn outermost(mut spans: Vec<Span>) -> Vec<Span> {
    let end = |span: &Span| (span.end_line, span.end_column);
    spans.sort_by_key(|span| (span.line, span.column, std::cmp::Reverse(end(span))));
    spans.dedup_by(|inner, outer| end(inner) <= end(outer));
    spans
}

/// The state of lowering one file.
struct Lowering {
    /// What is built.
    module: Module,
    /// Where the walk stands.
    scope: Scope,
    /// Levels of syntax above.
    depth: usize,
    /// Lines before the text that the current tokens were lexed from.
    lines_before: u32,
    /// Bytes of macro input that may still be parsed; each level of nested macros is parsed anew.
    macro_budget: usize,
    /// `impl of for ty` with the owner of both: known only when all types are.
    implements: Vec<(Option<String>, String, String)>,
    /// Guards that patterns bring along (`n @ 1..=5`, `P if g` inside an or-pattern), until an arm takes them.
    guards: Vec<crate::language::ir::Expr>,
}

/// What surrounds the syntax at hand.
#[derive(Clone, Default)]
struct Scope {
    /// Modules and the type, outermost first.
    owner: Vec<String>,
    /// What `Self` stands for.
    self_type: Option<String>,
    /// Inside test code.
    test: bool,
    /// Members are callable from outside without `pub`: a public trait, a trait's implementation.
    open: bool,
}

impl Scope {
    fn owner(&self) -> Option<String> {
        (!self.owner.is_empty()).then(|| self.owner.join("::"))
    }
}

impl Lowering {
    fn new(text: &str) -> Self {
        Self {
            module: Module::default(),
            scope: Scope::default(),
            depth: 0,
            lines_before: 0,
            macro_budget: text.len().saturating_mul(8).saturating_add(1 << 16),
            implements: Vec::new(),
            guards: Vec::new(),
        }
    }

    /// A file that could be lexed.
    fn file(&mut self, tokens: TokenStream) {
        if !measure::fits(&tokens) {
            return self.recover_items(tokens);
        }
        match syn::parse2::<syn::File>(tokens.clone()) {
            Ok(file) => {
                self.scope.test |= names::is_test_only(&file.attrs);
                self.items(&file.items);
            }
            Err(_) => self.recover_items(tokens),
        }
    }

    /// A file that could not be lexed as one: stretches that end where a formatted item ends are lexed alone.
    fn segments(&mut self, code: &str) {
        for (line, segment) in recover::segments(code) {
            self.lines_before = line;
            match segment.parse::<TokenStream>() {
                Ok(tokens) => self.file(tokens),
                Err(_) => {
                    let gap = whole(segment);
                    let moved = Span { line: gap.line + line, end_line: gap.end_line + line, ..gap };
                    self.module.gaps.push(moved);
                }
            }
        }
    }

    /// Functions are found inside out; readers want them in the order of the text.
    fn finish(mut self) -> Module {
        for (owner, ty, of) in self.implements {
            let mut types = self.module.types.iter_mut();
            let declared = types.find(|declared| declared.name == ty && declared.owner == owner);
            if let Some(declared) = declared.filter(|declared| !declared.bases.contains(&of)) {
                declared.bases.push(of);
            }
        }
        self.module.functions.sort_by_key(|function| function.span);
        self.module.globals.sort_by_key(|global| global.span);
        self.module.gaps = outermost(self.module.gaps);
        self.module
    }

    /// Runs `body` in a scope, and comes back.
    fn within<T>(&mut self, scope: Scope, body: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = body(self);
        self.scope = outer;
        result
    }

    /// Runs `body` one level deeper, unless that is too deep: then nothing is run, and `at` is a gap.
    fn deeper<T>(&mut self, at: impl FnOnce() -> proc_macro2::Span, body: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH_LIMIT {
            let gap = self.span(at());
            self.module.gaps.push(gap);
            return None;
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        Some(result)
    }

    /// Where a token is.
    fn span(&self, span: proc_macro2::Span) -> Span {
        let (start, end) = (span.start(), span.end());
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            line: count(start.line).saturating_add(self.lines_before),
            column: count(start.column).saturating_add(1),
            end_line: count(end.line).saturating_add(self.lines_before),
            end_column: count(end.column).saturating_add(1),
        }
    }

    /// From one token to another.
    fn between(&self, from: proc_macro2::Span, to: proc_macro2::Span) -> Span {
        self.span(from).to(self.span(to))
    }
}
