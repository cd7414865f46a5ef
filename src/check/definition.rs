//! Whether a word of a text stands where something of that name is made, told by what is around it on its line. No file is
//! parsed for this: it says which files are worth it.

use rustc_hash::FxHashSet as HashSet;

use crate::source;

/// Words before a name that is called there, not defined.
const USES: [&str; 14] =
    ["return", "await", "new", "throw", "yield", "in", "not", "and", "or", "else", "case", "if", "when", "unless"];

/// Whether a text gives one of the names a value of its own, or is where a function of that name is written.
pub(super) fn is_home_of(text: &str, names: &HashSet<&str>) -> bool {
    source::word_indices(text).any(|(at, word)| names.contains(word) && is_made(text, at, word))
}

/// Whether a word stands where something of that name is made, wherever that may be in its file: `#define A`, `A = 1`,
/// `"a": 1`, and at the margin `int a(void)`.
pub(super) fn is_defined(text: &str, start: usize, word: &str) -> bool {
    let line = line_start(text, start);
    let after = text[start + word.len()..].trim_start_matches([' ', '\t', '"', '\'']);
    let called = after.starts_with('(');
    match after.bytes().next() {
        Some(b'=') => !after.starts_with("=="),
        Some(b':' | b'[') => true,
        _ if called => !text[line..].starts_with([' ', '\t']),
        _ => text[line..start].trim_end().ends_with("define"),
    }
}

/// The same, told more strictly: a variable of a function that happens to have the name is none.
fn is_made(text: &str, start: usize, word: &str) -> bool {
    let before = &text[line_start(text, start)..start];
    let before = before[before.rfind(['{', '}', ';']).map_or(0, |end| end + 1)..].trim();
    let after = &text[start + word.len()..];
    let after = after[..after.find('\n').unwrap_or(after.len())].trim();
    let is_constant = !word.bytes().any(|byte| byte.is_ascii_lowercase());
    match after.bytes().next() {
        Some(b'=') if after.starts_with("==") || after.starts_with("=~") => false,
        Some(b'=') => is_constant || before.ends_with("exports.") || declares(before),
        Some(b':') => is_constant,
        Some(b'(') if before.is_empty() => after.ends_with('{'),
        Some(b'(') => declares(before),
        _ => before.ends_with("define") || before.split_whitespace().next() == Some("def"),
    }
}

/// Where the line of a place begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Whether what stands before a name on its line declares it: words and types alone.
fn declares(before: &str) -> bool {
    let mut words = before.split_whitespace();
    let first = words.next().unwrap_or("");
    let last = words.next_back().unwrap_or(first);
    let is_plain = |c: char| c.is_alphanumeric() || "_<>*&:?, []\t@".contains(c);
    // `func (c *Config) End()`, `def self.end_on(day)`.
    let opens = matches!(first, "func" | "def" | "defp" | "fun" | "fn" | "function" | "sub");
    !first.is_empty() && (opens || (before.chars().all(is_plain) && !USES.contains(&last) && !USES.contains(&first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_where_a_name_is_made() {
        let made = [
            "STOP_AT = 5",
            "    STOP_AT: 5,",
            "#define STOP_AT other()",
            "long stop_at(void) { return STOP; }",
            "    public static String stop_at() {",
            "def stop_at\n",
            "  def self.stop_at(day)",
            "func (c *Config) stop_at() int64 {",
            "module.exports.stop_at = () => config.end;",
            "export const stop_at = () => config.end;",
            "  stop_at() {",
            "class Limits { static Date stop_at() { return STOP; } }",
        ];
        let used = [
            "if (now > stop_at()) {",
            "return stop_at();",
            "x = stop_at(1)",
            "stop_at = 5",
            "self.stop_at = 5",
            "stop_at(5)",
            "if STOP_AT == 5:",
            "foo(stop_at, STOP_AT)",
            "call(\"stop_at\")",
        ];
        let names = HashSet::from_iter(["STOP_AT", "stop_at"]);
        for text in made {
            assert!(is_home_of(text, &names), "{text}");
        }
        for text in used {
            assert!(!is_home_of(text, &names), "{text}");
        }
    }
}
