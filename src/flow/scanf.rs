//! Text that is taken apart by a format of the `scanf` family: `sscanf(end, "%d/%d/%d", &month, &day, &year)`.
//!
//! What the fields mean is said in ISO C, section 7.23.6.2: blanks stand for any blanks, all else for itself, `%…` for a
//! value, which `*` keeps from being given.

use super::value::{Kind, Meta, Value};

/// More fields are no date.
const FIELDS: usize = 16;

/// The text, the format, and which of the values is asked for (from 0); unknown where the text does not fit.
pub(super) fn scan(operands: &[Value]) -> Value {
    let [text, pattern, nth] = operands else { return Value::unknown() };
    let meta = Meta { unit: None, ..text.meta.join(&pattern.meta) };
    let value = || {
        let nth = usize::try_from(nth.int()?).ok()?;
        read(text.text()?, pattern.text()?).into_iter().nth(nth)
    };
    Value { kind: value().unwrap_or(Kind::Unknown), meta }
}

/// The values that are given, up to where the text no longer fits.
fn read(text: &str, pattern: &str) -> Vec<Kind> {
    let (mut rest, mut pattern) = (text, pattern);
    let mut values = Vec::new();
    while let Some(c) = pattern.chars().next().filter(|_| values.len() < FIELDS) {
        pattern = &pattern[c.len_utf8()..];
        match c {
            '%' => {
                let Some((field, after)) = Field::parse(pattern) else { break };
                pattern = after;
                let Some((value, after)) = field.take(rest) else { break };
                rest = after;
                values.extend(value.filter(|_| !field.kept));
            }
            blank if blank.is_whitespace() => rest = rest.trim_start(),
            itself => match rest.strip_prefix(itself) {
                Some(after) => rest = after,
                None => break,
            },
        }
    }
    values
}

/// One `%…`.
struct Field<'p> {
    /// It is read and not given.
    kept: bool,
    /// The most that it takes, in characters.
    width: usize,
    conversion: char,
    /// What `%[…]` takes, with `^` in front what it does not.
    set: &'p str,
}

impl<'p> Field<'p> {
    /// The field at the start of what follows the `%`, and the rest.
    fn parse(pattern: &'p str) -> Option<(Self, &'p str)> {
        let (kept, pattern) = pattern.strip_prefix('*').map_or((false, pattern), |rest| (true, rest));
        let digits = pattern.len() - pattern.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let width = pattern[..digits].parse().unwrap_or(usize::MAX);
        let pattern = pattern[digits..].trim_start_matches(['h', 'l', 'j', 'z', 't', 'L', 'q', 'I', '6', '4']);
        let conversion = pattern.chars().next()?;
        let pattern = &pattern[conversion.len_utf8()..];
        if conversion != '[' {
            return Some((Self { kept, width, conversion, set: "" }, pattern));
        }
        // A `]` right at the start is one of the set.
        let first = usize::from(pattern.starts_with('^'));
        let end = pattern.get(first + 1..)?.find(']')? + first + 1;
        Some((Self { kept, width, conversion, set: &pattern[..end] }, &pattern[end + 1..]))
    }

    /// What it takes from a text, and the rest; `%%` and `%n` give nothing.
    fn take<'t>(&self, text: &'t str) -> Option<(Option<Kind>, &'t str)> {
        let text = if matches!(self.conversion, 'c' | '[' | 'n') { text } else { text.trim_start() };
        let (taken, rest) = text.split_at(self.length(text));
        let value = match self.conversion {
            '%' => return Some((None, text.strip_prefix('%')?)),
            'n' => return Some((None, text)),
            'd' | 'i' | 'u' => Kind::Int(taken.parse().ok()?),
            'f' | 'e' | 'g' => Kind::Float(taken.parse().ok()?),
            's' | 'c' | '[' if !taken.is_empty() => Kind::Text(taken.into()),
            _ => return None,
        };
        Some((Some(value), rest))
    }

    /// How much of a text it takes, in bytes.
    fn length(&self, text: &str) -> usize {
        let (without, set) = self.set.strip_prefix('^').map_or((false, self.set), |set| (true, set));
        let fits = |n: usize, c: char| match self.conversion {
            'd' | 'i' | 'u' => c.is_ascii_digit() || (n == 0 && matches!(c, '-' | '+')),
            'f' | 'e' | 'g' => c.is_ascii_digit() || matches!(c, '-' | '+' | '.'),
            's' => !c.is_whitespace(),
            'c' => self.width < usize::MAX || n == 0,
            '[' => in_set(set, c) != without,
            _ => false,
        };
        let taken = text.char_indices().enumerate().take(self.width);
        let fitting = taken.take_while(|(n, (_, c))| fits(*n, *c));
        fitting.map(|(_, (at, c))| at + c.len_utf8()).last().unwrap_or(0)
    }
}

/// Whether a set as `%[…]` writes it holds a character; `a-z` is a range.
fn in_set(set: &str, c: char) -> bool {
    let chars: Vec<char> = set.chars().collect();
    let range = chars.windows(3).any(|three| three[1] == '-' && (three[0]..=three[2]).contains(&c));
    range || chars.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_texts_apart() {
        for (text, pattern, expected) in [
            ("3/15/2002", "%d/%d/%d", "3 15 2002"),
            ("2027-04-01", "%4d-%2d-%2d", "2027 4 1"),
            ("20270401", "%4d%2d%2d", "2027 4 1"),
            ("1 Apr 2027", "%d %3s %ld", "1 Apr 2027"),
            ("Apr  1 2027", "%s %d %d", "Apr 1 2027"),
            ("v1.2-rc", "v%*d.%d-%[a-z]", "2 rc"),
            ("key=value", "%[^=]=%s", "key value"),
            ("12:30", "%d-%d", "12"),
            ("50%", "%d%%", "50"),
            ("", "%d", ""),
            ("1", "%", ""),
            ("1", "%[", ""),
            ("ä", "%1c", "ä"),
        ] {
            let shown = |kind: Kind| match kind {
                Kind::Int(n) => n.to_string(),
                Kind::Text(text) => text.to_string(),
                other => format!("{other:?}"),
            };
            let values: Vec<String> = read(text, pattern).into_iter().map(shown).collect();
            assert_eq!(values.join(" "), expected, "{text} {pattern}");
        }
    }
}
