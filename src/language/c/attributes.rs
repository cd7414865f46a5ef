//! Words that mean nothing to the grammar: attribute macros (`__init`, `WINAPI`, `noinline`, `FOO_EXPORT`), and macro
//! calls that hide a semicolon or are given types.
//!
//! No list of names can be complete, so they are known by where they stand: a declaration has one type and one name, and
//! a further word between, before or after them is a macro. Only positions where no valid program can have the word
//! otherwise are taken.

use std::ops::Range;

use super::preprocessor::blank;
use super::token::{Kind, Token, tokens};

/// Makes text readable: blanks attribute macros, ends macro calls that stand alone, and joins types given as arguments
/// to words. Ends of lines may be overwritten, lengths stay.
pub(super) fn tame(bytes: &mut [u8]) {
    let mut tokens = tokens(bytes);
    for rule in [known as Rule, between, before] {
        let mut view = View { bytes, tokens: &tokens, kept: Vec::with_capacity(tokens.len()), edits: Vec::new() };
        let mut gone = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match rule(&mut view, at).filter(|end| *end > at) {
                Some(end) => {
                    gone.extend(at..end);
                    at = end;
                }
                None => {
                    view.kept.push(at);
                    at += 1;
                }
            }
        }
        let edits = view.edits;
        gone.iter().for_each(|at| blank(&mut bytes[tokens[*at].range.clone()]));
        edits.iter().for_each(|(at, byte)| bytes[*at] = *byte);
        let mut gone = gone.into_iter().peekable();
        let mut at = 0;
        tokens.retain(|_| {
            at += 1;
            gone.next_if_eq(&(at - 1)).is_none()
        });
    }
    for range in type_arguments(&View { bytes, tokens: &tokens, kept: Vec::new(), edits: Vec::new() }) {
        join(&mut bytes[range]);
    }
}

/// Decides on the token at a position: the end of the tokens to take out from there on, or none.
type Rule = fn(&mut View<'_>, usize) -> Option<usize>;

struct View<'t> {
    bytes: &'t [u8],
    tokens: &'t [Token],
    /// The tokens before this one that stay.
    kept: Vec<usize>,
    /// Single bytes to overwrite.
    edits: Vec<(usize, u8)>,
}

impl View<'_> {
    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The kind of the token so many steps before, of those that stay.
    fn before(&self, steps: usize) -> Option<Kind> {
        self.kind(*self.kept.get(self.kept.len().checked_sub(steps)?)?)
    }

    fn is(&self, at: usize, marks: &[u8]) -> bool {
        matches!(self.kind(at), Some(Kind::Mark(mark)) if marks.contains(&mark))
    }

    fn text(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(&[], |token| &self.bytes[token.range.clone()])
    }

    fn is_upper(&self, at: usize) -> bool {
        let text = self.text(at);
        text.len() > 1 && text.iter().any(u8::is_ascii_uppercase) && !text.iter().any(u8::is_ascii_lowercase)
    }

    fn is_dunder(&self, at: usize) -> bool {
        self.text(at).starts_with(b"__")
    }

    /// A word that looks like a macro: `__user`, `WINAPI`.
    fn is_macro(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word) && (self.is_dunder(at) || self.is_upper(at))
    }

    /// The token after the bracketed group that begins here, or here itself if none does.
    fn after_group(&self, at: usize) -> Option<usize> {
        if !self.is(at, b"(") {
            return Some(at);
        }
        let mut depth = 0_usize;
        for (n, token) in self.tokens.iter().enumerate().skip(at).take(LONGEST_GROUP) {
            match token.kind {
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') if depth == 1 => return Some(n + 1),
                Kind::Mark(b')') => depth -= 1,
                Kind::Mark(b'{' | b'}' | b';') => return None,
                _ => {}
            }
        }
        None
    }

    fn on_new_line(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|before| self.tokens.get(before)) else { return true };
        let end = self.tokens.get(at).map_or(self.bytes.len(), |token| token.range.start);
        memchr::memchr(b'\n', &self.bytes[before.range.end..end]).is_some()
    }
}

/// Macro calls of more tokens are left alone.
const LONGEST_GROUP: usize = 200;

/// Attributes that every compiler knows and the grammar knows only in some places.
fn known(view: &mut View<'_>, at: usize) -> Option<usize> {
    match view.text(at) {
        b"__attribute__" | b"__attribute" | b"__declspec" if view.is(at + 1, b"(") => view.after_group(at + 1),
        b"__extension__" => Some(at + 1),
        _ => None,
    }
}

/// Macros inside and after declarators: `int __init f(…)`, `char __user *p`, `int x[] __initdata = …`,
/// `class API Name {`, `void f(void) __releases(lock) {`.
fn between(view: &mut View<'_>, at: usize) -> Option<usize> {
    let before = view.before(1).filter(|_| view.is_macro(at))?;
    let next = view.after_group(at + 1)?;
    let called = next > at + 1;
    let dunder = view.is_dunder(at);
    let after = view.kind(next);
    let ends = view.is(next, b"=;,)") || after.is_none();
    let is_type = |kind| matches!(kind, Kind::Type | Kind::Word | Kind::Mark(b'*'));
    let takes = match before {
        _ if is_type(before) && !called && (after == Some(Kind::Word) || view.is(next, b"*")) => true,
        Kind::Word if ends && (!called || dunder) => view.before(2).is_some_and(is_type),
        Kind::Mark(b']') => ends && dunder,
        Kind::Tag if !called && after == Some(Kind::Word) => {
            view.is(next + 1, b"{:") || view.text(next + 1) == b"final"
        }
        Kind::Qualifier if called && dunder => {
            matches!(after, Some(Kind::Type | Kind::Qualifier | Kind::Tag | Kind::Word))
        }
        Kind::Mark(b')') if view.tokens[at].at_declarations => {
            (view.is(next, b"{;") || view.is_macro(next)) && (dunder || !view.on_new_line(at))
        }
        _ => false,
    };
    takes.then_some(next)
}

/// Macros before a declaration: `noinline void f(…)`, `API Type f(…)`, `Q_OBJECT`, `EXPORT(int) f(…)`; and calls
/// without their semicolon.
fn before(view: &mut View<'_>, at: usize) -> Option<usize> {
    let declares = view.tokens[at].at_declarations;
    let first = view.before(1);
    if view.kind(at) == Some(Kind::Qualifier) && declares && view.is_upper(at + 1) && view.is(at + 2, b"(") {
        // `static DEFINE_X(y);` is a call.
        return view.after_group(at + 2).filter(|next| view.is(*next, b";")).map(|_| at + 1);
    }
    if view.kind(at) != Some(Kind::Word) {
        return None;
    }
    let is_type = |kind: Option<Kind>| matches!(kind, Some(Kind::Type | Kind::Tag));
    if first == Some(Kind::Qualifier) && is_type(view.kind(at + 1)) {
        return Some(at + 1);
    }
    let starts = matches!(first, None | Some(Kind::Mark(b';' | b'{' | b'}' | b')' | b':'))) || view.text(at) == b"else";
    if !starts {
        return None;
    }
    if view.is(at + 1, b"(") && (view.is_upper(at) || !declares) {
        return lone_call(view, at);
    }
    if !declares {
        return None;
    }
    let run = view.tokens[at..].iter().take(6).take_while(|token| token.kind == Kind::Word).count();
    let end = at + run;
    let storage = matches!(view.text(end), b"static" | b"extern" | b"inline" | b"virtual");
    let constant = view.is_upper(at) && view.text(end) == b"const" && is_type(view.kind(end + 1));
    let keep = match view.kind(end) {
        kind if is_type(kind) || storage || constant => 0,
        Some(Kind::Keyword) if run == 1 && view.is_upper(at) => 0,
        Some(Kind::Mark(b'*')) => 1,
        Some(Kind::Mark(b'(' | b'=' | b';' | b'[')) => 2,
        _ => run,
    };
    // After a `)`, a word may be a parameter's type in an old-style function.
    let certain = keep == 0 || first != Some(Kind::Mark(b')'));
    certain.then(|| end.saturating_sub(keep))
}

/// `MODULE_X(y)` on lines of its own is ended. `EXPORT(int) f(…)` becomes its type.
fn lone_call(view: &mut View<'_>, at: usize) -> Option<usize> {
    let next = view.after_group(at + 1)?;
    let names_type = next == at + 4 && view.kind(at + 2) == Some(Kind::Type);
    if names_type && view.kind(next) == Some(Kind::Word) {
        view.edits.push((view.tokens[at + 3].range.start, b' '));
        return Some(at + 2);
    }
    let goes_on = match view.kind(next) {
        Some(Kind::Mark(mark)) => mark != b'}',
        Some(Kind::Literal) => true,
        _ => !view.on_new_line(next),
    };
    let end = view.tokens[next - 1].range.end;
    if !goes_on && view.bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
        view.edits.push((end, b';'));
    }
    None
}

/// Types as arguments of calls in functions, where only values can stand: `va_arg(list, char *)`.
fn type_arguments(view: &View<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in 1..view.tokens.len() {
        let calls = view.is(at, b"(") && view.kind(at - 1) == Some(Kind::Word) && !takes_types(view.text(at - 1));
        let inside = !view.tokens[at].at_declarations;
        if calls
            && inside
            && let Some(end) = view.after_group(at)
        {
            arguments(view, at + 1, end, &mut found);
        }
    }
    found
}

/// Operators that the grammar knows to be given types.
fn takes_types(word: &[u8]) -> bool {
    matches!(
        word,
        b"typeof" | b"alignof" | b"_Alignof" | b"alignas" | b"_Alignas" | b"offsetof" | b"_Generic" | b"_Atomic"
    )
}

fn arguments(view: &View<'_>, first: usize, end: usize, found: &mut Vec<Range<usize>>) {
    let mut start = first;
    let mut depth = 0_usize;
    for at in first..end {
        match view.kind(at) {
            Some(Kind::Mark(b'(' | b'[' | b'{')) => depth += 1,
            Some(Kind::Mark(b']' | b'}')) => depth = depth.saturating_sub(1),
            Some(Kind::Mark(b')')) if depth > 0 => depth -= 1,
            Some(Kind::Mark(b',' | b')')) if depth == 0 => {
                found.extend(type_argument(view, start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The bytes of an argument that is a type: words with a type's among them, and any stars at the end.
fn type_argument(view: &View<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let words = view.tokens.get(start..end).filter(|words| !words.is_empty())?;
    let stars = words.iter().rev().take_while(|token| token.kind == Kind::Mark(b'*')).count();
    let (words, _) = words.split_at(words.len() - stars);
    let fits = |token: &Token| matches!(token.kind, Kind::Type | Kind::Tag | Kind::Qualifier | Kind::Word);
    let is_type = |token: &Token| matches!(token.kind, Kind::Type | Kind::Tag);
    let named = words.len() == 1 && stars > 0 || words.iter().any(is_type);
    let range = view.tokens.get(start)?.range.start..view.tokens.get(end.checked_sub(1)?)?.range.end;
    let one_line = memchr::memchr(b'\n', &view.bytes[range.clone()]).is_none();
    (!words.is_empty() && words.iter().all(fits) && named && one_line).then_some(range)
}

/// Makes one word of a type, none that the grammar knows.
fn join(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| byte.is_ascii_whitespace() || **byte == b'*') {
        *byte = b'_';
    }
    if let Some(first) = bytes.first_mut() {
        *first = b'_';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn blanked(text: &str, expected: &str) {
        let mut bytes = text.as_bytes().to_vec();
        tame(&mut bytes);
        let left = String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(left, expected, "{text}");
        assert_eq!(bytes.len(), text.len());
    }

    #[test]
    fn attribute_macros_go() {
        for (text, expected) in [
            ("static int __init f(void) { }", "static int f(void) { }"),
            ("int WINAPI f(int x);", "int f(int x);"),
            ("JNIEXPORT jint JNICALL Java_f(int x) { }", "jint Java_f(int x) { }"),
            ("void f(char __user *p, int n UNUSED);", "void f(char *p, int n );"),
            ("static struct a b[] __initdata = { };", "static struct a b[] = { };"),
            ("struct a b ____cacheline_aligned;", "struct a b ;"),
            ("noinline void f(void);", "void f(void);"),
            ("asmlinkage __visible void f(void);", "void f(void);"),
            ("static noinline struct a *f(void);", "static struct a *f(void);"),
            ("UNITTEST CURLcode f(int);", "CURLcode f(int);"),
            ("API const char *f(void);", "const char *f(void);"),
            ("class FOO_API Bar : Base { };", "class Bar : Base { };"),
            ("void f(void) __releases(&l) { }", "void f(void) { }"),
            ("extern __printf(1, 2) void f(char *, ...);", "extern void f(char *, ...);"),
            ("class A { Q_OBJECT public: int x; };", "class A { public: int x; };"),
            ("EXPORT(int) f(void) { }", "int f(void) { }"),
            ("DEFINE_X(a, b)\nint y;", "DEFINE_X(a, b);int y;"),
            ("static DEFINE_X(a, b);", "DEFINE_X(a, b);"),
            ("static u32 x[2] __attribute__((aligned(8))) = { };", "static u32 x[2] = { };"),
            ("static bool __maybe_unused __f(int x) { }", "static bool __f(int x) { }"),
            ("void f(void) { UNUSED(a)\n g(); }", "void f(void) { UNUSED(a); g(); }"),
            (
                "void f(void) { x = va_arg(p, char *); y = min_t(unsigned int, a, b); }",
                "void f(void) { x = va_arg(p, _har__); y = min_t(_nsigned_int, a, b); }",
            ),
        ] {
            blanked(text, expected);
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "u32 __x = 1; unsigned long __y; struct s __z;",
            "const DWORD x = 1; static FOO BAR = 2; struct FOO BAR = { };",
            "x = a * B; return FOO * x; f(A, B * c);",
            "Foo const x; std::string Foo::bar = 1; HRESULT Foo::f() { }",
            "TEST(Suite, Name) { f(); }",
            "EXPORT_SYMBOL(f);",
            "void f(void) { if (x) __foo(y); else __bar(z); }",
            "main(argc, argv) int argc; char **argv; { }",
            "__u32 f(void); typedef int T; T *p;",
            "s = \"a\" FOO \"b\";",
            "void f(void) { g(a * b, (char *) c, sizeof(int)); return h(x); }",
            "static u32 __f(int x) { }",
        ] {
            blanked(text, text);
        }
    }
}
