//! Formats whose directives are runs of letters: Java and ICU, .NET, Moment, SQL.

use super::{Field, Pad, Token, Tokens};

/// Zero padding for a run of two, none for a run of one.
fn pad(run: usize) -> Option<Pad> {
    match run {
        1 => Some(Pad::None),
        2 => Some(Pad::Zero),
        _ => None,
    }
}

fn run_length(rest: &str, letter: char) -> usize {
    rest.chars().take_while(|c| *c == letter).count()
}

/// A format in which letters are directives; everything else, `plain` letters and what stands in `quotes`, is text.
fn by_runs(
    format: &str,
    quotes: &[char],
    plain: &[char],
    field: impl Fn(char, usize) -> Option<Field>,
) -> Option<Vec<Token>> {
    let mut tokens = Tokens::default();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        if quotes.contains(&c) {
            rest = quoted(rest, c, &mut tokens)?;
        } else if c.is_ascii_alphabetic() && !plain.contains(&c) {
            let run = run_length(rest, c);
            tokens.field(field(c, run)?);
            rest = rest.get(run..)?;
        } else {
            tokens.literal(c);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    Some(tokens.0)
}

/// Passes `'text'`, with a doubled quote for the quote itself.
fn quoted<'t>(text: &'t str, quote: char, tokens: &mut Tokens) -> Option<&'t str> {
    let mut rest = text.strip_prefix(quote)?;
    if let Some(after) = rest.strip_prefix(quote) {
        tokens.literal(quote);
        return Some(after);
    }
    loop {
        let (inside, after) = rest.split_once(quote)?;
        inside.chars().for_each(|c| tokens.literal(c));
        match after.strip_prefix(quote) {
            Some(more) => {
                tokens.literal(quote);
                rest = more;
            }
            None => return Some(after),
        }
    }
}

/// Unicode TR 35 patterns as `SimpleDateFormat`, `DateTimeFormatter` and ICU have them. The week year (`YYYY`) is taken for the
/// year: that is what its users meant, and it differs only around New Year.
pub(super) fn java(format: &str) -> Option<Vec<Token>> {
    by_runs(format, &['\''], &[], |letter, run| {
        Some(match (letter, run) {
            ('y' | 'u' | 'Y', 2) => Field::ShortYear,
            ('y' | 'u' | 'Y', _) => Field::Year,
            ('M' | 'L', 1 | 2) => Field::Month(pad(run)?),
            ('M' | 'L', 3) => Field::MonthShort,
            ('M' | 'L', 4) => Field::MonthName,
            ('d', _) => Field::Day(pad(run)?),
            ('D', 3) => Field::YearDay(Pad::Zero),
            ('D', 1) => Field::YearDay(Pad::None),
            ('H' | 'k', _) => Field::Hour24(pad(run)?),
            ('h' | 'K', _) => Field::Hour12(pad(run)?),
            ('m', _) => Field::Minute(pad(run)?),
            ('s', _) => Field::Second(pad(run)?),
            ('S' | 'n', 1..=9) => Field::Fraction(run),
            ('a', _) => Field::HalfDay { upper: true },
            ('E', 4) => Field::WeekdayName,
            ('E', 1..=3) => Field::WeekdayShort,
            ('X', 3..) => Field::Offset { colon: true, z: true },
            ('X', _) => Field::Offset { colon: false, z: true },
            ('x', 3..) => Field::Offset { colon: true, z: false },
            ('Z', 5) => Field::Offset { colon: true, z: true },
            ('Z' | 'x', _) => Field::Offset { colon: false, z: false },
            ('z' | 'V', _) => Field::ZoneName,
            _ => return None,
        })
    })
}

/// .NET custom formats, and the standard ones that mean the same in every culture.
pub(super) fn dotnet(format: &str) -> Option<Vec<Token>> {
    let format = match format {
        "o" | "O" => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ss'Z'",
        "r" | "R" => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        _ if format.chars().count() == 1 => return None,
        _ => format,
    };
    // `%d` is a lone `d`.
    by_runs(format.trim_start_matches('%'), &['\'', '"'], &['T', 'Z'], |letter, run| {
        Some(match (letter, run) {
            ('y', 1 | 2) => Field::ShortYear,
            ('y', _) => Field::Year,
            ('M', 1 | 2) => Field::Month(pad(run)?),
            ('M', 3) => Field::MonthShort,
            ('M', _) => Field::MonthName,
            ('d', 1 | 2) => Field::Day(pad(run)?),
            ('d', 3) => Field::WeekdayShort,
            ('d', _) => Field::WeekdayName,
            ('H', _) => Field::Hour24(pad(run)?),
            ('h', _) => Field::Hour12(pad(run)?),
            ('m', _) => Field::Minute(pad(run)?),
            ('s', _) => Field::Second(pad(run)?),
            ('f' | 'F', 1..=9) => Field::Fraction(run),
            ('t', 2) => Field::HalfDay { upper: true },
            ('z', _) => Field::Offset { colon: true, z: false },
            ('K', _) => Field::Offset { colon: true, z: true },
            _ => return None,
        })
    })
}

/// Moment and Day.js.
pub(super) fn moment(format: &str) -> Option<Vec<Token>> {
    let mut tokens = Tokens::default();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = after.split_once(']')?;
            inside.chars().for_each(|c| tokens.literal(c));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("Do") {
            tokens.field(Field::Day(Pad::None));
            tokens.field(Field::OrdinalSuffix);
            rest = after;
        } else if c.is_ascii_alphabetic() && c != 'T' {
            let run = run_length(rest, c);
            tokens.field(moment_field(c, run)?);
            rest = rest.get(run..)?;
        } else {
            tokens.literal(c);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    Some(tokens.0)
}

fn moment_field(letter: char, run: usize) -> Option<Field> {
    Some(match (letter, run) {
        ('Y', 2) => Field::ShortYear,
        ('Y' | 'y', _) => Field::Year,
        ('M', 1 | 2) => Field::Month(pad(run)?),
        ('M', 3) => Field::MonthShort,
        ('M', 4) => Field::MonthName,
        ('D', 1 | 2) => Field::Day(pad(run)?),
        ('D', 3) => Field::YearDay(Pad::None),
        ('D', 4) => Field::YearDay(Pad::Zero),
        ('H', _) => Field::Hour24(pad(run)?),
        ('h', _) => Field::Hour12(pad(run)?),
        ('m', _) => Field::Minute(pad(run)?),
        ('s', _) => Field::Second(pad(run)?),
        ('S', 1..=9) => Field::Fraction(run),
        ('A', 1) => Field::HalfDay { upper: true },
        ('a', 1) => Field::HalfDay { upper: false },
        ('d', 1) => Field::WeekdayNumber { iso: false },
        ('E', 1) => Field::WeekdayNumber { iso: true },
        ('d', 3) => Field::WeekdayShort,
        ('d', 4) => Field::WeekdayName,
        ('Z', 1) => Field::Offset { colon: true, z: false },
        ('Z', 2) => Field::Offset { colon: false, z: false },
        ('X', 1) => Field::EpochSeconds,
        ('x', 1) => Field::EpochMillis,
        _ => return None,
    })
}

/// The longest names first, as the databases match them.
const SQL: [(&str, Field); 22] = [
    ("YYYY", Field::Year),
    ("RRRR", Field::Year),
    ("YY", Field::ShortYear),
    ("RR", Field::ShortYear),
    ("MONTH", Field::MonthName),
    ("MON", Field::MonthShort),
    ("MM", Field::Month(Pad::Zero)),
    ("MI", Field::Minute(Pad::Zero)),
    ("MS", Field::Fraction(3)),
    ("DDD", Field::YearDay(Pad::Zero)),
    ("DD", Field::Day(Pad::Zero)),
    ("DAY", Field::WeekdayName),
    ("DY", Field::WeekdayShort),
    ("HH24", Field::Hour24(Pad::Zero)),
    ("HH12", Field::Hour12(Pad::Zero)),
    ("HH", Field::Hour12(Pad::Zero)),
    ("SS", Field::Second(Pad::Zero)),
    ("US", Field::Fraction(6)),
    ("AM", Field::HalfDay { upper: true }),
    ("PM", Field::HalfDay { upper: true }),
    ("TZH:TZM", Field::Offset { colon: true, z: false }),
    ("TZ", Field::ZoneName),
];

/// Oracle's and PostgreSQL's `to_date` and `to_char`.
pub(super) fn sql(format: &str) -> Option<Vec<Token>> {
    let mut tokens = Tokens::default();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            rest = quoted(rest, c, &mut tokens)?;
        } else if c.is_ascii_alphabetic() {
            let named = |name: &str| rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
            let (name, field) = SQL.iter().find(|(name, _)| named(name))?;
            tokens.field(*field);
            rest = rest.get(name.len()..)?;
        } else {
            tokens.literal(c);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    Some(tokens.0)
}
