//! The years that a pattern takes: `^(19\d\d|20[01]\d)$` ends with 2019.
//!
//! Of a pattern only what spells digits is read, as the set of numbers that it takes; what is no digit parts one number
//! from the next. Nothing is matched, so the dialect hardly matters: groups, classes, `|` and counts are alike in all.

use std::collections::BTreeSet;

/// A pattern that ends is one that goes on for at least so many years.
const RUN: u16 = 20;
/// Numbers of four digits that are looked at; one that takes more takes any.
const NUMBERS: usize = 2_000;
/// Groups inside one another.
const DEPTH: usize = 12;
/// A pattern that is longer is a table, or code.
const LENGTH: usize = 2_000;

/// The first year after those that a pattern takes, if it takes the years of this century only up to one of them.
pub(super) fn year_after(pattern: &str) -> Option<u16> {
    if pattern.len() > LENGTH || !pattern.contains(['[', '|', '\\']) {
        return None;
    }
    let mut reader = Reader { rest: pattern, depth: DEPTH };
    let alternatives = reader.alternatives();
    let mut found = Vec::new();
    ends(&alternatives, &mut found);
    found.first().copied()
}

/// What a pattern is made of, as far as digits go.
#[derive(Clone, Debug)]
enum Part {
    /// One of these digits, as bits.
    Digit(u16),
    /// One of several, so many times.
    Group(Vec<Vec<Self>>, u8, u8),
    /// Anything else, which parts numbers.
    Other,
}

struct Reader<'p> {
    rest: &'p str,
    depth: usize,
}

impl Reader<'_> {
    /// Up to the end of the group, or of the text.
    fn alternatives(&mut self) -> Vec<Vec<Part>> {
        let mut all = vec![Vec::new()];
        while let Some(c) = self.next() {
            let part = match c {
                ')' => break,
                '|' => {
                    all.push(Vec::new());
                    continue;
                }
                '^' | '$' => continue,
                '(' => self.group(),
                '[' => self.class(),
                '\\' => match self.next() {
                    Some('d') => Part::Digit(0x3ff),
                    Some('b' | 'A' | 'z' | 'Z' | 'y' | 'm' | 'M') => continue,
                    _ => Part::Other,
                },
                _ => c.to_digit(10).map_or(Part::Other, |digit| Part::Digit(1 << digit)),
            };
            let part = self.counted(part);
            if let Some(last) = all.last_mut() {
                last.push(part);
            }
        }
        all
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, prefix: &str) -> bool {
        self.rest.strip_prefix(prefix).is_some_and(|rest| {
            self.rest = rest;
            true
        })
    }

    fn group(&mut self) -> Part {
        let Some(depth) = self.depth.checked_sub(1) else {
            self.rest = "";
            return Part::Other;
        };
        // What looks ahead or behind takes nothing; names and flags are no digits of the number.
        let looks = ["?=", "?!", "?<=", "?<!"].iter().any(|kind| self.rest.starts_with(kind));
        if self.take("?") {
            let named = self.rest.starts_with(['P', '<', '\'']);
            let end =
                if named { self.rest.find(['>', '\'', '=', '!']) } else { self.rest.find([':', ')', '=', '!', '>']) };
            self.rest = end.map_or("", |end| &self.rest[end + 1..]);
        }
        self.depth = depth;
        let all = self.alternatives();
        self.depth += 1;
        if looks { Part::Other } else { Part::Group(all, 1, 1) }
    }

    /// `[0-2]`; a class with anything but digits parts numbers.
    fn class(&mut self) -> Part {
        let mut digits = 0u16;
        let mut only = !self.take("^");
        let mut last = None;
        let mut range = false;
        let mut first = true;
        while let Some(c) = self.next() {
            match c {
                ']' if !first => break,
                '\\' => match self.next() {
                    Some('d') => digits = 0x3ff,
                    _ => only = false,
                },
                '-' if last.is_some() && !self.rest.starts_with(']') => range = true,
                _ => match (c.to_digit(10), last, range) {
                    (Some(to), Some(from), true) => {
                        (from..=to).for_each(|digit| digits |= 1 << digit);
                        (last, range) = (None, false);
                    }
                    (Some(digit), ..) => {
                        digits |= 1 << digit;
                        last = Some(digit);
                    }
                    (None, ..) => only = false,
                },
            }
            first = false;
        }
        if only && digits != 0 { Part::Digit(digits) } else { Part::Other }
    }

    /// The part with the count that follows it.
    fn counted(&mut self, part: Part) -> Part {
        if self.take("?") {
            return Part::Group(vec![vec![part]], 0, 1);
        }
        if self.rest.starts_with(['*', '+']) {
            return Part::Other;
        }
        let Some((count, rest)) = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            return part;
        };
        let (from, to) = count.split_once(',').unwrap_or((count, count));
        let (Ok(from), Ok(to)) = (from.trim().parse::<u8>(), to.trim().parse::<u8>()) else {
            return if count.starts_with(|c: char| c.is_ascii_digit()) { Part::Other } else { part };
        };
        self.rest = rest;
        if to <= 4 { Part::Group(vec![vec![part]], from, to) } else { Part::Other }
    }
}

/// Numbers with how many digits they have.
type Numbers = BTreeSet<(u8, u16)>;

/// The ends of all years below some alternatives.
fn ends(alternatives: &[Vec<Part>], found: &mut Vec<u16>) {
    let years: BTreeSet<u16> = alternatives.iter().flat_map(|parts| years_of(parts)).collect();
    if let Some(year) = end_of(&years) {
        found.push(year);
        return;
    }
    for part in alternatives.iter().flatten() {
        if let Part::Group(inner, ..) = part {
            ends(inner, found);
        }
    }
}

/// The numbers of four digits that begin after something else, if nothing but those begins there.
fn years_of(parts: &[Part]) -> BTreeSet<u16> {
    let mut all = BTreeSet::new();
    let mut after_digit = false;
    for (n, part) in parts.iter().enumerate() {
        if !after_digit {
            all.extend(years_from(&parts[n..]));
        }
        after_digit = !matches!(part, Part::Other) && numbers(part).is_some();
    }
    all
}

/// The numbers of four digits with which parts begin.
fn years_from(parts: &[Part]) -> BTreeSet<u16> {
    let mut known = Numbers::from([(0, 0)]);
    let mut after = parts.iter();
    for part in after.by_ref() {
        let Some(next) = numbers(part).and_then(|next| joined(&known, &next)) else { break };
        known = next;
        if known.iter().all(|(length, _)| *length == 4) {
            break;
        }
    }
    // A month and a day may follow at once; five or six digits are a code or a port.
    let longer = after.take_while(|part| matches!(part, Part::Digit(_))).count();
    let whole = !matches!(longer, 1..=3) && known.iter().all(|(length, _)| *length == 4);
    let years: BTreeSet<u16> = known.into_iter().map(|(_, year)| year).collect();
    if whole { years } else { BTreeSet::new() }
}

/// What a part spells, if that is digits alone.
fn numbers(part: &Part) -> Option<Numbers> {
    match part {
        Part::Digit(digits) => Some((0..10).filter(|digit| digits >> digit & 1 == 1).map(|digit| (1, digit)).collect()),
        Part::Other => None,
        Part::Group(alternatives, from, to) => {
            let mut once = Numbers::new();
            for parts in alternatives {
                let mut known = Numbers::from([(0, 0)]);
                for part in parts {
                    known = joined(&known, &numbers(part)?)?;
                }
                once.extend(known);
            }
            let mut all = Numbers::new();
            let mut known = Numbers::from([(0, 0)]);
            for times in 0..=*to {
                if times >= *from {
                    all.extend(&known);
                }
                if times < *to {
                    known = joined(&known, &once)?;
                }
            }
            Some(all)
        }
    }
}

/// One after the other; nothing where they are too many, or too long for a year.
fn joined(before: &Numbers, after: &Numbers) -> Option<Numbers> {
    let mut all = Numbers::new();
    for (length, number) in before {
        for (more, next) in after {
            let length = length + more;
            if length > 4 || all.len() > NUMBERS {
                return None;
            }
            all.insert((length, number * 10u16.pow(u32::from(*more)) + next));
        }
    }
    Some(all)
}

/// The year after the last, where the years before it are there and no later ones of this century.
fn end_of(years: &BTreeSet<u16>) -> Option<u16> {
    let last = *years.last()?;
    let run = (2009..2099).contains(&last) && (last + 1 - RUN..=last).all(|year| years.contains(&year));
    let alone = years.first().is_some_and(|first| *first >= 1000);
    (run && alone).then_some(last + 1)
}

#[cfg(test)]
mod tests {
    use super::year_after;

    #[test]
    fn patterns_end_with_their_last_year() {
        for (pattern, year) in [
            ("^(19[0-9]{2}|20[01][0-9])$", Some(2020)),
            (r"20[0-2]\d-\d\d", Some(2030)),
            (r"20[0123]\d", Some(2040)),
            (r"/19\d\d|200\d|201\d/g", Some(2020)),
            (r"([\[\(]?((?:19[0-9]|20[01])[0-9])[\]\)]?)", Some(2020)),
            (r"((20([0-2][0-9]|3[0-7]))|19[7-9][0-9])", Some(2038)),
            (r"^(?:19[0-9][0-9]|20[0-1][0-9]|202[0-4])-(0[1-9]|1[0-2])", Some(2025)),
            (r"^20[0-2]\d(0[1-9]|1[0-2])$", Some(2030)),
            (r"(?<year>(?:19|20)[0-4]\d)", Some(2050)),
            (r"\A(?P<y>19\d{2}|20[0-2]\d)\z", Some(2030)),
            (r"^(19|20)\d{2}$", None),
            (r"20[0-9]\d", None),
            (r"2[0-2][0-9][0-9]", None),
            (r"[0-9]{4}", None),
            (r"120[01]\d", None),
            (r"20[01]\d\d\d", None),
            ("20[01]", None),
            ("20[a-f][0-9]", None),
            ("201[0-9]", None),
            ("20[", None),
            ("20[^0][0-9]", None),
            ("(((((((((((((((((20[01]", None),
            ("1999", None),
            ("", None),
        ] {
            assert_eq!(year_after(pattern), year, "{pattern}");
        }
    }
}
