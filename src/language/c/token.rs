//! Words and marks of C and C++ text, with just enough meaning to know where declarations stand.

use std::ops::Range;

use super::directive::{skip, word_byte};

/// What a token is to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `int`, `void`.
    Type,
    /// `static`, `const`: before or after a type.
    Qualifier,
    /// `struct`, `enum`, `class`.
    Tag,
    /// `return`, `sizeof`, and words that the grammar knows.
    Keyword,
    /// Any other word.
    Word,
    /// A literal.
    Literal,
    /// One character of punctuation.
    Mark(u8),
}

/// A word, a literal or a mark. Comments are none.
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// It stands where declarations stand rather than statements: at file level, in a namespace or type.
    pub(super) at_declarations: bool,
}

/// The tokens of a text.
pub(super) fn tokens(bytes: &[u8]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(bytes.len() / 4);
    // For each open brace, whether declarations stand in it.
    let mut braces = Vec::new();
    let mut bodies = 0_usize;
    let mut statement = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = skip(bytes, at);
        let range = at..end;
        at = end;
        let kind = match byte {
            b if b.is_ascii_whitespace() => continue,
            b'\\' => continue,
            b'/' if matches!(bytes.get(range.start + 1), Some(b'/' | b'*')) => continue,
            b'"' | b'\'' | b'0'..=b'9' => Kind::Literal,
            b if word_byte(b) && bytes[end - 1] == b'"' => Kind::Literal,
            b if word_byte(b) => word_kind(&bytes[range.clone()]),
            b => Kind::Mark(b),
        };
        let at_declarations = bodies == 0;
        match kind {
            Kind::Mark(b'{') => {
                let declares = declares(bytes, &tokens[statement..]);
                bodies += usize::from(!declares);
                braces.push(declares);
                statement = tokens.len() + 1;
            }
            Kind::Mark(b'}') => {
                bodies -= usize::from(braces.pop() == Some(false));
                statement = tokens.len() + 1;
            }
            Kind::Mark(b';') => statement = tokens.len() + 1,
            _ => {}
        }
        tokens.push(Token { kind, range, at_declarations });
    }
    tokens
}

/// Whether the brace after these tokens holds declarations: a type's, a namespace's or `extern "C"`'s.
fn declares(bytes: &[u8], statement: &[Token]) -> bool {
    let is_group = |token: &Token| matches!(token.kind, Kind::Mark(b'(' | b'='));
    let opens = |token: &Token| {
        matches!(&bytes[token.range.clone()], b"namespace" | b"extern" | b"struct" | b"class" | b"union")
    };
    statement.iter().any(opens) && !statement.iter().any(is_group)
}

fn word_kind(word: &[u8]) -> Kind {
    match word {
        b"void" | b"char" | b"short" | b"int" | b"long" | b"float" | b"double" | b"signed" | b"unsigned" | b"bool"
        | b"_Bool" | b"wchar_t" | b"size_t" | b"auto" => Kind::Type,
        b"static" | b"extern" | b"inline" | b"const" | b"volatile" | b"register" | b"typedef" | b"constexpr"
        | b"virtual" | b"friend" | b"explicit" | b"mutable" | b"thread_local" | b"__inline" | b"__inline__"
        | b"__const" | b"__volatile__" | b"__thread" | b"_Thread_local" => Kind::Qualifier,
        b"struct" | b"union" | b"enum" | b"class" => Kind::Tag,
        b"if" | b"else" | b"for" | b"while" | b"do" | b"switch" | b"case" | b"default" | b"return" | b"goto"
        | b"break" | b"continue" | b"sizeof" | b"new" | b"delete" | b"throw" | b"try" | b"catch" | b"operator"
        | b"template" | b"typename" | b"using" | b"namespace" | b"public" | b"private" | b"protected" | b"signals"
        | b"asm" | b"this" | b"and" | b"or" | b"not" | b"co_return" | b"co_await" | b"co_yield" | b"requires"
        | b"concept" | b"defined" | b"noexcept" | b"override" | b"final" | b"decltype" | b"alignas" | b"restrict"
        | b"goto_" => Kind::Keyword,
        _ if is_known(word) => Kind::Keyword,
        _ => Kind::Word,
    }
}

/// Words with two underscores that the grammar, or every compiler, knows.
fn is_known(word: &[u8]) -> bool {
    word.starts_with(b"__builtin_")
        || matches!(
            word,
            b"__attribute__"
                | b"__attribute"
                | b"__asm__"
                | b"__asm"
                | b"__typeof__"
                | b"__typeof"
                | b"__extension__"
                | b"__restrict"
                | b"__restrict__"
                | b"__declspec"
                | b"__cdecl"
                | b"__stdcall"
                | b"__fastcall"
                | b"__thiscall"
                | b"__vectorcall"
                | b"__based"
                | b"__unaligned"
                | b"__int64"
                | b"__int128"
                | b"__func__"
                | b"__FILE__"
                | b"__LINE__"
                | b"__DATE__"
                | b"__TIME__"
                | b"__VA_ARGS__"
                | b"__real__"
                | b"__imag__"
                | b"__label__"
        )
}

/// Whether text can stand beside another branch's: its brackets close, and it ends (or begins) where an item does.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let tokens = tokens(bytes);
    let mut open = Vec::new();
    for token in &tokens {
        match token.kind {
            Kind::Mark(mark @ (b'(' | b'[' | b'{')) => open.push(mark),
            Kind::Mark(mark @ (b')' | b']' | b'}')) if !open.pop().is_some_and(|opened| closes(opened, mark)) => {
                return false;
            }
            _ => {}
        }
    }
    let ends = matches!(
        tokens.last().map(|token| token.kind),
        None | Some(Kind::Mark(b';' | b'}' | b',' | b':' | b'&' | b'|'))
    );
    let begins = matches!(tokens.first().map(|token| token.kind), Some(Kind::Mark(b',' | b'&' | b'|' | b'.' | b'?')));
    open.is_empty() && (ends || begins)
}

fn closes(open: u8, close: u8) -> bool {
    matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_are_whole_when_their_brackets_close() {
        for (text, expected) in [
            ("a();", true),
            ("if (a) {", false),
            ("b,", true),
            ("&& b", true),
            ("int f(int a)", false),
            ("} else {", false),
            ("/* ( */ x = \")\";", true),
            ("", true),
        ] {
            assert_eq!(is_whole(text.as_bytes()), expected, "{text}");
        }
    }
}
