//! The last name in a written type.

/// Words in a type that are not its name.
const QUALIFIERS: &[&str] = &[
    "const",
    "constexpr",
    "dyn",
    "enum",
    "extern",
    "final",
    "impl",
    "in",
    "inline",
    "mut",
    "mutable",
    "out",
    "override",
    "readonly",
    "ref",
    "register",
    "restrict",
    "static",
    "struct",
    "class",
    "typename",
    "union",
    "volatile",
    "__restrict",
    "_Atomic",
];

/// Words that say the type is inferred.
const INFERRED: &[&str] = &["auto", "let", "val", "var"];

/// Types longer than this are not names.
const LONGEST: usize = 512;

/// `const struct tm *` → `tm`, `std::optional<T>&` → `optional`, `?\DateTime` → `DateTime`, `Date | null` → `Date`.
/// `None` for inferred, array, tuple and function types.
pub(super) fn last_name(text: &str) -> Option<String> {
    let text = text.trim_start_matches([':', ' ', '*', '&', '?', '\\', '\t', '\n']);
    if text.len() > LONGEST || text.starts_with(['(', '{', '[']) {
        return None;
    }
    let mut name = None;
    for word in words(text) {
        if word == "|" && name.is_some() {
            break;
        }
        // What it cannot hold is told by its sign.
        if word == "int" && name == Some("unsigned") {
            continue;
        }
        if word.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') && !QUALIFIERS.contains(&word) {
            name = Some(word);
        }
    }
    name.filter(|name| !INFERRED.contains(name)).map(str::to_owned)
}

/// The words outside brackets, and `|`; of a qualified name only the last segment.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let mut depth = 0_usize;
    let mut start = None;
    // A qualified name goes on after its separator.
    let mut qualified = false;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let in_word = depth == 0 && (c.is_alphanumeric() || matches!(c, '_' | '$'));
        if let Some(from) = start
            && !in_word
        {
            if std::mem::take(&mut qualified) {
                words.pop();
            }
            words.push(&text[from..at]);
            start = None;
        } else if in_word && start.is_none() {
            start = Some(at);
        }
        match c {
            '<' | '[' | '(' | '{' => depth += 1,
            '>' | ']' | ')' | '}' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => words.push("|"),
            ':' | '.' | '\\' if depth == 0 => qualified = !words.is_empty(),
            c if c.is_whitespace() || in_word => {}
            _ if depth == 0 => qualified = false,
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_by_their_last_name() {
        for (text, expected) in [
            ("const struct tm *", Some("tm")),
            ("unsigned int", Some("unsigned")),
            ("unsigned", Some("unsigned")),
            ("std::optional<std::tm> const &", Some("optional")),
            ("std::chrono::system_clock::time_point", Some("time_point")),
            ("&'static DateTime<Utc>", Some("DateTime")),
            ("?\\Foo\\DateTime", Some("DateTime")),
            (": Date | null", Some("Date")),
            ("kotlin.time.Instant?", Some("Instant")),
            ("List<Map<A, B>>", Some("List")),
            ("*time.Time", Some("Time")),
            ("[]time.Time", None),
            ("(a: number) => Date", None),
            ("auto", None),
            ("auto &", None),
            ("", None),
        ] {
            assert_eq!(last_name(text).as_deref(), expected, "{text}");
        }
    }
}
