//! Calls without parentheses. The grammar reads `each { … }`, `implementation project(':a')` and a line that begins with
//! a bracket as other than Groovy does; here they are given the parentheses and semicolons that it wants, in place of
//! blanks, so that no byte moves: `list.any { it < now }` becomes `list.any({ it < now})`.
//!
//! Where there is no blank to be had, the text stays as it is, and is read as two statements.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::token::{Kind, Token, tokens};

/// The text as the grammar reads it. Of the same length.
pub(super) fn settled(text: &str) -> Cow<'_, str> {
    let tokens = tokens(text);
    let here = Frame { place: Place::Block, open: 0, start: 0, command: None, attached: Vec::new() };
    let (edits, around) = (BTreeMap::new(), Vec::new());
    let mut layout = Layout { bytes: text.as_bytes(), tokens: &tokens, edits, here, around };
    layout.run();
    if layout.edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for (at, byte) in layout.edits {
        bytes[at] = byte;
    }
    // Only ASCII takes the place of ASCII.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Words that begin no call.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "continue",
    "def",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "permits",
    "pipeline",
    "private",
    "protected",
    "public",
    "record",
    "return",
    "short",
    "static",
    "strictfp",
    "switch",
    "synchronized",
    "throw",
    "throws",
    "trait",
    "transient",
    "true",
    "false",
    "try",
    "var",
    "void",
    "volatile",
    "while",
    "yield",
];

/// Words that stand between two operands.
const BETWEEN: &[&str] = &["as", "in", "instanceof", "extends", "implements", "throws", "permits"];

/// Words after which a call, and not the name of what is declared, stands.
const BEFORE_CALL: &[&str] = &["return", "else", "in", "assert", "case", "do", "throw", "as"];

/// Words that begin a type.
const TYPES: &[&str] = &["class", "interface", "enum", "trait", "record"];

/// How far back the head of a block is looked for, in tokens.
const HEAD: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Statements.
    Block,
    /// Members of a type.
    Members,
    /// Arguments, elements.
    Parts,
}

/// What is open.
struct Frame {
    place: Place,
    /// Its opening token.
    open: usize,
    /// Where the statement at hand begins.
    start: usize,
    /// The call without parentheses that is open, by where its `(` goes and the token after which it goes.
    command: Option<(usize, usize)>,
    /// What makes an argument of the closure, if it is one.
    attached: Vec<(usize, u8)>,
}

struct Layout<'t> {
    bytes: &'t [u8],
    tokens: &'t [Token],
    edits: BTreeMap<usize, u8>,
    /// The innermost of what is open.
    here: Frame,
    around: Vec<Frame>,
}

impl Layout<'_> {
    fn run(&mut self) {
        // The opening token of the parentheses that have just been closed.
        let mut closed = None;
        for at in 0..self.tokens.len() {
            self.statements(at, closed);
            match self.tokens[at].kind {
                Kind::Open(b'{') => self.open_block(at, closed),
                Kind::Open(_) => self.push(Place::Parts, at, Vec::new()),
                Kind::Close(byte) => {
                    closed = self.close(at, byte);
                    continue;
                }
                Kind::Mark(b';') | Kind::Arrow => {
                    self.end_command(at);
                    self.begin(at + 1);
                }
                Kind::Mark(b':') if self.here.start + 1 == at => self.begin(at + 1),
                Kind::Word if matches!(self.word(at), "else" | "do") => self.begin(at + 1),
                _ => {}
            }
            self.command(at);
        }
        self.end_command(self.tokens.len());
    }

    fn push(&mut self, place: Place, open: usize, attached: Vec<(usize, u8)>) {
        let inner = Frame { place, open, start: open + 1, command: None, attached };
        self.around.push(std::mem::replace(&mut self.here, inner));
    }

    fn begin(&mut self, at: usize) {
        self.here.start = at;
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn word(&self, at: usize) -> &str {
        let range = self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.range.clone());
        range.and_then(|range| std::str::from_utf8(&self.bytes[range]).ok()).unwrap_or("")
    }

    fn is_name(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word) && !KEYWORDS.contains(&self.word(at))
    }

    fn ends_operand(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Word) => self.is_name(at) || matches!(self.word(at), "true" | "false" | "null"),
            Some(Kind::Number | Kind::Text | Kind::Close(_)) => true,
            _ => false,
        }
    }

    fn starts_operand(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Word) => !BETWEEN.contains(&self.word(at)),
            Some(Kind::Number | Kind::Text) => true,
            _ => false,
        }
    }

    fn is_blank(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_whitespace) && !self.edits.contains_key(&at)
    }

    fn is_edited(&self, edits: &[(usize, u8)]) -> bool {
        edits.iter().any(|(at, _)| self.edits.contains_key(at))
    }

    /// Ends the statement before `at`, and begins the next one there, where it does.
    fn statements(&mut self, at: usize, closed: Option<usize>) {
        let Some(before) = at.checked_sub(1) else { return };
        let token = &self.tokens[at];
        let in_line = !token.starts_line;
        if self.here.place == Place::Parts {
            return;
        }
        if matches!(self.tokens[before].kind, Kind::Close(b')'))
            && let Some(head) = closed.and_then(|open| open.checked_sub(1))
            && matches!(self.word(head), "if" | "while" | "for")
        {
            return self.begin(at);
        }
        if !self.ends_operand(before) {
            return;
        }
        let goes_on = match token.kind {
            Kind::Word => BETWEEN.contains(&self.word(at)),
            Kind::Open(b'{') | Kind::Close(_) | Kind::Arrow => true,
            Kind::Mark(byte) => !matches!(byte, b'-' | b'+' | b'@' | b'!' | b'~'),
            Kind::Open(_) | Kind::Number | Kind::Text => false,
        };
        if !in_line && !goes_on {
            let joins = matches!(token.kind, Kind::Open(_) | Kind::Number | Kind::Text | Kind::Mark(b'-' | b'+'));
            self.end_command(at);
            if joins && self.here.place == Place::Block {
                self.separate(before, at);
            }
            self.begin(at);
        } else if in_line && self.chains(before, at) {
            self.end_command(at);
            self.begin(at);
        }
    }

    /// `from a into b`: what follows an argument in a call without parentheses is called next.
    fn chains(&mut self, before: usize, at: usize) -> bool {
        let gap = self.tokens[before].range.end < self.tokens[at].range.start;
        let Some((_, name)) = self.here.command else { return false };
        gap && name < before && self.is_name(at) && self.ends_operand(before)
    }

    /// A line break that ends a statement, where the grammar would go on reading it.
    fn separate(&mut self, before: usize, at: usize) {
        let gap = self.tokens[before].range.end..self.tokens[at].range.start;
        let blank = self.bytes[gap.clone()].iter().all(u8::is_ascii_whitespace);
        let found = memchr::memchr(b'\n', &self.bytes[gap.clone()]).map(|n| gap.start + n);
        if let Some(at) = found.filter(|at| blank && self.is_blank(*at)) {
            self.edits.insert(at, b';');
        }
    }

    /// Begins a call without parentheses, if the statement is one as far as `at`, the last token of its name.
    fn command(&mut self, at: usize) {
        let Frame { place, start, command, .. } = self.here;
        let next = at + 1;
        if place != Place::Block || command.is_some() || !self.is_name(at) || !self.is_path(start, at) {
            return;
        }
        let same_line = self.tokens.get(next).is_some_and(|token| !token.starts_line);
        let end = self.tokens[at].range.end;
        let lower = self.bytes[self.tokens[at].range.start].is_ascii_lowercase();
        if !same_line || !lower || !self.starts_operand(next) || !self.is_blank(end) || self.is_declared(next) {
            return;
        }
        self.here.command = Some((end, at));
    }

    /// Whether `a.b.c` is all that stands from `start` to `at`.
    fn is_path(&self, start: usize, at: usize) -> bool {
        if start > at || at - start > HEAD {
            return false;
        }
        let is_word = |n: usize| self.kind(n) == Some(Kind::Word);
        let fits = |n: usize| match self.kind(n) {
            Some(Kind::Word) => !KEYWORDS.contains(&self.word(n)) && !is_word(n + 1),
            kind => matches!(kind, Some(Kind::Mark(b'.' | b'?'))),
        };
        is_word(at) && (start..at).all(fits)
    }

    /// Whether what looks like an argument is a variable that is declared.
    fn is_declared(&self, at: usize) -> bool {
        let (next, after) = (self.kind(at + 1), self.kind(at + 2));
        self.is_name(at) && next == Some(Kind::Mark(b'=')) && after != Some(Kind::Mark(b'='))
    }

    /// Closes the call without parentheses that is open, right after the token before `at`.
    fn end_command(&mut self, at: usize) {
        let Some((open, name)) = self.here.command.take() else { return };
        let Some(before) = at.checked_sub(1).filter(|before| *before > name) else { return };
        let end = self.tokens[before].range.end;
        let close = if self.bytes.get(end) == Some(&b';') && !self.edits.contains_key(&end) {
            true
        } else {
            self.is_blank(end)
        };
        if close && self.is_blank(open) {
            self.edits.insert(open, b'(');
            self.edits.insert(end, b')');
        }
    }

    /// `{`: of a type, of a method or a statement, or of a closure that is the last argument of what stands before it.
    fn open_block(&mut self, at: usize, closed: Option<usize>) {
        let start = self.here.start.max(at.saturating_sub(HEAD));
        let in_parts = self.here.place == Place::Parts;
        let heads = |words: &[&str]| (start..at).any(|n| words.contains(&self.word(n)));
        let of_type = !in_parts && heads(TYPES) && self.kind(at.wrapping_sub(1)) != Some(Kind::Mark(b'='));
        let throws = !in_parts && heads(&["throws"]);
        match of_type {
            true => self.push(Place::Members, at, Vec::new()),
            false => {
                let attached = if throws { Vec::new() } else { self.attachment(at, closed) };
                self.push(Place::Block, at, attached);
            }
        }
    }

    /// What makes the block an argument of the call before it; nothing if there is no such call.
    fn attachment(&mut self, at: usize, closed: Option<usize>) -> Vec<(usize, u8)> {
        let Some(before) = at.checked_sub(1).filter(|_| !self.tokens[at].starts_line) else { return Vec::new() };
        let end = self.tokens[before].range.end;
        let edits = match self.kind(before) {
            Some(Kind::Close(b')')) => {
                let Some(open) = closed else { return Vec::new() };
                let named = open.checked_sub(1).filter(|name| self.is_name(*name));
                if !named.is_some_and(|name| self.is_called(name)) {
                    return Vec::new();
                }
                vec![(end - 1, if open + 1 == before { b' ' } else { b',' })]
            }
            Some(Kind::Word) if self.is_name(before) && self.is_called(before) => {
                let inner = self.tokens[at].range.end;
                match (self.is_blank(end), self.is_blank(inner)) {
                    (true, _) => vec![(end, b'(')],
                    (_, true) => vec![(inner - 1, b'('), (inner, b'{')],
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        if self.is_edited(&edits) { Vec::new() } else { edits }
    }

    /// Whether a name is one that is called rather than declared.
    fn is_called(&mut self, name: usize) -> bool {
        let Frame { place, start, command, .. } = self.here;
        let Some(before) = name.checked_sub(1).filter(|_| name > start) else { return place != Place::Members };
        match self.kind(before) {
            Some(Kind::Word) if BEFORE_CALL.contains(&self.word(before)) => true,
            Some(Kind::Word | Kind::Mark(b'>') | Kind::Close(_)) => command.is_some_and(|(_, of)| of == before),
            _ => true,
        }
    }

    /// Closes what `at` closes; gives its opening token.
    fn close(&mut self, at: usize, byte: u8) -> Option<usize> {
        if !self.around.is_empty() {
            self.end_command(at);
        }
        let frame = std::mem::replace(&mut self.here, self.around.pop()?);
        if byte == b'}' && !frame.attached.is_empty() {
            self.attach(at, frame.attached);
        }
        Some(frame.open)
    }

    /// Ends a closure that is an argument: `)` goes after its brace, or takes its place where a blank stands before it.
    fn attach(&mut self, at: usize, mut edits: Vec<(usize, u8)>) {
        let brace = self.tokens[at].range.clone();
        // The line break before the brace may end a comment.
        let blank_before = brace.start > 0 && matches!(self.bytes[brace.start - 1], b' ' | b'\t');
        if blank_before && self.is_blank(brace.start - 1) {
            edits.extend([(brace.start - 1, b'}'), (brace.start, b')')]);
        } else if self.is_blank(brace.end) {
            edits.push((brace.end, b')'));
        } else {
            return;
        }
        if !self.is_edited(&edits) {
            self.edits.extend(edits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_get_their_parentheses() {
        for (source, expected) in [
            ("list.any { it < now }\n", "list.any({ it < now})\n"),
            ("if (list.any { it < now }) { f() }", "if (list.any({ it < now})) { f() }"),
            ("def x = list.any{ it }\n", "def x = list.any({it})\n"),
            ("list.findAll { a }.collect { b }\n", "list.findAll({ a}).collect({ b})\n"),
            ("task(a: 1) {\n  f()\n}\n", "task(a: 1, {\n  f()\n})"),
            ("f() { g() }\n", "f(  { g()})\n"),
            ("String f(int a) { g() }\n", "String f(int a) { g() }\n"),
            ("def f() { g() }\n", "def f() { g() }\n"),
            (
                "class A extends B {\n  A(x) { y() }\n  void f() { z { } }\n}",
                "class A extends B {\n  A(x) { y() }\n  void f() { z({}) }\n}",
            ),
            ("if (a) { b } else { c }\n", "if (a) { b } else { c }\n"),
            ("implementation project(':a')\n", "implementation(project(':a'))"),
            ("buildConfigField 'long', 'T', now() + 'L'\n", "buildConfigField('long', 'T', now() + 'L')"),
            ("println x // c\n", "println(x)// c\n"),
            ("from a.b into c\n", "from(a.b)into(c)"),
            ("apply plugin: 'x'\n", "apply(plugin: 'x')"),
            ("{ x -> println y }\n", "{ x -> println(y)}\n"),
            ("int x = 1\nDate y\nfoo z = 2\n", "int x = 1\nDate y\nfoo z = 2\n"),
            ("a in b\nreturn x\nthrow new X()\n", "a in b\nreturn x\nthrow new X()\n"),
            ("x = y\n[1].each { z }\n", "x = y;[1].each({ z})\n"),
            ("a\n  .b { c }\n", "a\n  .b({ c})\n"),
            ("throw 'a {'\n/* b { */ f { '}' }\n", "throw 'a {'\n/* b { */ f({ '}'})\n"),
            ("if (a) println b\n", "if (a) println(b)"),
            ("then: f x\n", "then: f(x)"),
            ("\"${a { b }}\"\n", "\"${a { b }}\"\n"),
        ] {
            assert_eq!(settled(source), expected);
            assert_eq!(settled(source).len(), source.len());
        }
    }

    #[test]
    fn anything_is_survived() {
        for text in
            ["}", ")]}", "{{{", "f {", "a b", "\"${", "/", "'", "é {", "f é\n", "f { é}", "->", ":", "a ? b : c"]
        {
            assert_eq!(settled(text).len(), text.len());
        }
    }
}
