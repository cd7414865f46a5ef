//! Text that is taken apart by a pattern: `re.match(r"(\d+)-(\d+)", ends).group(1)`.
//!
//! Short texts with a digit in them and short patterns are matched, in time linear in both; digits are those of ASCII. What
//! does not match is unknown rather than nothing: the pattern may mean more than is known of its form.

use std::rc::Rc;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::ops::joined;
use super::value::{Kind, Meta, Value};
use crate::language::models::PatternForm;
use crate::language::regexp::{self, undelimited};

/// Longer texts are no dates, in bytes.
const TEXT: usize = 200;
/// Longer patterns are not matched, in bytes.
const PATTERN: usize = 200;
/// What a pattern may take when it is compiled, in bytes.
const ROOM: usize = 1 << 17;
/// More matches are no parts of a date.
const MOST: usize = 16;

/// What the groups of a pattern (the second operand) hold where it first matches a text: the list of them, the whole match
/// first; by name too, where they have names. Lua gives no whole match where there are groups.
pub(super) fn captures(form: PatternForm, operands: &[Value]) -> Value {
    let meta = Meta { unit: None, ..joined(operands) };
    let kind = || {
        let (text, pattern) = read(form, operands)?;
        let found = pattern.regex.captures(text.as_bytes())?;
        match form {
            PatternForm::Lua => in_lua(&found, &meta),
            _ => grouped(&pattern.regex, &found, &meta),
        }
    };
    Value { kind: kind().unwrap_or(Kind::Unknown), meta: meta.clone() }
}

/// Every match of a pattern in a text, or of its group if it has one; unknown where the pattern says that it asks for one.
pub(super) fn matches(form: PatternForm, operands: &[Value]) -> Value {
    let meta = Meta { unit: None, ..joined(operands) };
    let list = || {
        let (text, pattern) = read(form, operands)?;
        if pattern.once || pattern.regex.captures_len() > 2 {
            return None;
        }
        let last = pattern.regex.captures_len() - 1;
        let found = pattern.regex.captures_iter(text.as_bytes()).take(MOST);
        found.map(|found| group(&found, last, &meta)).collect::<Option<Rc<[Value]>>>()
    };
    Value { kind: list().map_or(Kind::Unknown, |items| Kind::List(items, None)), meta: meta.clone() }
}

/// Text: the parts between what a pattern matches; `None` if the separator is no pattern that is known.
pub(super) fn split(text: &str, separator: &Value) -> Option<Vec<String>> {
    let pattern = Pattern::of(PatternForm::Plain, separator).filter(|_| text.len() <= TEXT)?;
    let parts = pattern.regex.split(text.as_bytes()).take(MOST);
    parts.map(|part| String::from_utf8(part.to_vec()).ok()).collect()
}

/// The groups of a match without the whole of it.
pub(super) fn groups(found: &Value) -> Value {
    let kind = match &found.kind {
        Kind::List(items, None) if !items.is_empty() => Kind::List(items[1..].into(), None),
        Kind::Map(pairs) => {
            let numbered = pairs.iter().filter(|(key, _)| key.int().is_some_and(|n| n > 0));
            Kind::List(numbered.map(|(_, value)| value.clone()).collect(), None)
        }
        _ => Kind::Unknown,
    };
    Value { kind, meta: found.meta.clone() }
}

struct Pattern {
    regex: Regex,
    /// It is written as a pattern, and says nothing of asking for every match.
    once: bool,
}

impl Pattern {
    /// A pattern that stands in a text, or is written as such ([`regexp::SOURCE`]).
    fn of(form: PatternForm, pattern: &Value) -> Option<Self> {
        let flags = pattern.field(regexp::FLAGS).and_then(Value::text);
        let written = pattern.field(regexp::SOURCE).unwrap_or(pattern).text().filter(|text| text.len() <= PATTERN)?;
        let once = flags.is_some_and(|flags| !flags.contains('g'));
        let (source, flags) = match (form, flags) {
            (PatternForm::Plain, _) | (_, Some(_)) => (written.to_owned(), flags.unwrap_or("")),
            (PatternForm::Delimited, None) => undelimited(written).map(|(source, flags)| (source.to_owned(), flags))?,
            (PatternForm::Lua, None) => (of_lua(written)?, ""),
        };
        let regex = RegexBuilder::new(&source)
            .unicode(false)
            .case_insensitive(flags.contains('i'))
            .ignore_whitespace(flags.contains('x'))
            .size_limit(ROOM)
            .dfa_size_limit(ROOM)
            .build();
        regex.ok().map(|regex| Self { regex, once })
    }
}

/// The text and the pattern of the operands. What has no digit holds no date.
fn read(form: PatternForm, operands: &[Value]) -> Option<(&str, Pattern)> {
    let text = operands.first()?.text().filter(|text| text.len() <= TEXT)?;
    let dated = text.bytes().any(|b| b.is_ascii_digit());
    Pattern::of(form, operands.get(1).filter(|_| dated)?).map(|pattern| (text, pattern))
}

/// A group as a text; one that took no part is nothing.
fn group(found: &Captures<'_>, n: usize, meta: &Meta) -> Option<Value> {
    let kind = match found.get(n) {
        Some(part) => Kind::Text(std::str::from_utf8(part.as_bytes()).ok()?.into()),
        None => Kind::Null,
    };
    Some(Value { kind, meta: meta.clone() })
}

fn grouped(regex: &Regex, found: &Captures<'_>, meta: &Meta) -> Option<Kind> {
    let groups: Vec<Value> = (0..found.len()).map(|n| group(found, n, meta)).collect::<Option<_>>()?;
    if regex.capture_names().all(|name| name.is_none()) {
        return Some(Kind::List(groups.into(), None));
    }
    let keys = (0_i128..).map(|n| Value::of(Kind::Int(n)));
    let numbered = keys.zip(groups.iter().cloned());
    let names = regex.capture_names().zip(&groups);
    let named = names.filter_map(|(name, group)| Some((Value::of(Kind::Text(name?.into())), group.clone())));
    Some(Kind::Map(numbered.chain(named).collect()))
}

fn in_lua(found: &Captures<'_>, meta: &Meta) -> Option<Kind> {
    let groups: Vec<Value> = (1..found.len()).map(|n| group(found, n, meta)).collect::<Option<_>>()?;
    match groups.as_slice() {
        [] => group(found, 0, meta).map(|whole| whole.kind),
        [only] => Some(only.kind.clone()),
        _ => Some(Kind::List(groups.into(), None)),
    }
}

/// A pattern of Lua in the usual form: `%d` for a class, `-` for as few as may be of what stands before it, if that may be
/// repeated. Its others (`%b`, `%f`) have none.
fn of_lua(pattern: &str) -> Option<String> {
    let mut out = String::from("(?s)");
    let (mut in_set, mut repeats) = (false, false);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => out.push_str(&lua_class(chars.next()?)?),
            '[' if !in_set => out.push('['),
            '-' if !in_set && repeats => out.push_str("*?"),
            '[' | '|' | '{' | '}' | '\\' | '&' | '~' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        in_set = if in_set { c != ']' } else { c == '[' };
        repeats = !in_set && !matches!(c, '(' | ')' | '*' | '+' | '?' | '-' | '^');
    }
    Some(out)
}

fn lua_class(class: char) -> Option<String> {
    let name = match class.to_ascii_lowercase() {
        'd' => "digit",
        'a' => "alpha",
        'w' => "alnum",
        's' => "space",
        'l' => "lower",
        'u' => "upper",
        'p' => "punct",
        'x' => "xdigit",
        _ if class.is_ascii_alphanumeric() => return None,
        _ => return Some(format!("\\{class}")),
    };
    let not = if class.is_ascii_uppercase() { "^" } else { "" };
    Some(format!("[[:{not}{name}:]]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::of(Kind::Text(text.into()))
    }

    fn shown(value: &Value) -> String {
        match &value.kind {
            Kind::List(items, _) => items.iter().map(shown).collect::<Vec<_>>().join(" "),
            Kind::Map(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| format!("{}={}", shown(key), shown(value)));
                pairs.collect::<Vec<_>>().join(" ")
            }
            Kind::Text(text) => text.to_string(),
            Kind::Int(n) => n.to_string(),
            Kind::Null => "-".to_owned(),
            _ => "?".to_owned(),
        }
    }

    #[test]
    fn groups_are_taken_from_the_first_match() {
        use PatternForm::{Delimited, Lua, Plain};
        for (form, pattern, of, expected) in [
            (Plain, r"(\d+)-(\d+)-(\d+)", "to 2024-12-31", "2024-12-31 2024 12 31"),
            (Plain, r"(?<y>\d{4})\/(?<m>\d+)", "2024/12", "0=2024/12 1=2024 2=12 y=2024 m=12"),
            (Plain, r"(\d+)(?:T(\d+))?", "2024", "2024 2024 -"),
            (Plain, r"(\d+)(?=-)", "2024-1", "?"),
            (Plain, r"(\d+)", "none", "?"),
            (Plain, r"x(\d+)", "2024", "?"),
            (Plain, r"((a{99}){99}){99}1", "1", "?"),
            (Delimited, r"/^(\d+)\.(\d+)$/", "12.2024", "12.2024 12 2024"),
            (Delimited, r"{(\d+) (JAN)}i", "1 Jan", "1 Jan 1 Jan"),
            (Delimited, r"\d+", "2024", "?"),
            (Lua, "(%d+)/(%d+)/(%d+)", "12/31/2024", "12 31 2024"),
            (Lua, "^(%d%d%d%d)%-", "2024-12", "2024"),
            (Lua, "%d+", "of 2024", "2024"),
            (Lua, "([^-]-)-([%d]+)", "2024-12", "2024 12"),
            (Lua, "^(%d+)-(%d+)", "2024-12", "2024 12"),
            (Lua, "%d+-%d+", "2024-12", "2024-12"),
            (Lua, "[%]%d]+-(.-)$", "2]-1", "1"),
            (Lua, "%b()", "(1)", "?"),
        ] {
            assert_eq!(shown(&captures(form, &[text(of), text(pattern)])), expected, "{pattern} {of}");
        }
    }

    #[test]
    fn every_match_is_one_part() {
        let all = |pattern: &str| shown(&matches(PatternForm::Plain, &[text("2024-12-31"), text(pattern)]));
        assert_eq!(all(r"\d+"), "2024 12 31");
        assert_eq!(all(r"-(\d+)"), "12 31");
        assert_eq!(all(r"(\d+)-(\d+)"), "?");
    }

    #[test]
    fn long_texts_and_patterns_are_not_matched() {
        let long = "1".repeat(1_000);
        assert_eq!(shown(&captures(PatternForm::Plain, &[text(&long), text("(1)")])), "?");
        assert_eq!(shown(&captures(PatternForm::Plain, &[text("1"), text(&long)])), "?");
    }

    #[test]
    fn groups_go_without_the_whole() {
        let found = |pattern| captures(PatternForm::Plain, &[text("2024-12"), text(pattern)]);
        assert_eq!(shown(&groups(&found(r"(\d+)-(\d+)"))), "2024 12");
        assert_eq!(shown(&groups(&found(r"(?<y>\d+)-(?<m>\d+)"))), "2024 12");
        assert_eq!(shown(&groups(&text("2024"))), "?");
    }
}
