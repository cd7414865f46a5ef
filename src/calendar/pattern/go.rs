//! Go's layouts: the format is how the reference time, 2006-01-02 15:04:05 −0700, would look.

use super::{Field, Pad, Token, Tokens};

/// Pieces of the reference time, the longer before their own beginnings.
const PIECES: [(&str, Field); 34] = [
    ("January", Field::MonthName),
    ("Jan", Field::MonthShort),
    ("Monday", Field::WeekdayName),
    ("Mon", Field::WeekdayShort),
    ("MST", Field::ZoneName),
    ("2006", Field::Year),
    ("Z07:00", Field::Offset { colon: true, z: true }),
    ("Z0700", Field::Offset { colon: false, z: true }),
    ("-07:00", Field::Offset { colon: true, z: false }),
    ("-0700", Field::Offset { colon: false, z: false }),
    ("002", Field::YearDay(Pad::Zero)),
    ("01", Field::Month(Pad::Zero)),
    ("02", Field::Day(Pad::Zero)),
    ("03", Field::Hour12(Pad::Zero)),
    ("04", Field::Minute(Pad::Zero)),
    ("05", Field::Second(Pad::Zero)),
    ("06", Field::ShortYear),
    ("15", Field::Hour24(Pad::Zero)),
    ("__2", Field::YearDay(Pad::Space)),
    ("_2", Field::Day(Pad::Space)),
    ("1", Field::Month(Pad::None)),
    ("2", Field::Day(Pad::None)),
    ("3", Field::Hour12(Pad::None)),
    ("4", Field::Minute(Pad::None)),
    ("5", Field::Second(Pad::None)),
    ("PM", Field::HalfDay { upper: true }),
    ("pm", Field::HalfDay { upper: false }),
    (".000000000", Field::Fraction(9)),
    (".999999999", Field::Fraction(0)),
    (".000000", Field::Fraction(6)),
    (".999999", Field::Fraction(0)),
    (".000", Field::Fraction(3)),
    (".999", Field::Fraction(0)),
    (",000", Field::Fraction(3)),
];

/// The layouts that package `time` names.
fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "ANSIC" => "Mon Jan _2 15:04:05 2006",
        "UnixDate" => "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate" => "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822" => "02 Jan 06 15:04 MST",
        "RFC822Z" => "02 Jan 06 15:04 -0700",
        "RFC850" => "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123" => "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z" => "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339" => "2006-01-02T15:04:05Z07:00",
        "RFC3339Nano" => "2006-01-02T15:04:05.999999999Z07:00",
        "DateTime" => "2006-01-02 15:04:05",
        "DateOnly" => "2006-01-02",
        _ => return None,
    })
}

pub(super) fn layout(format: &str) -> Option<Vec<Token>> {
    let mut tokens = Tokens::default();
    let mut rest = named(format).unwrap_or(format);
    while let Some(c) = rest.chars().next() {
        match PIECES.iter().find(|(piece, _)| rest.starts_with(piece) && !runs_on(rest, piece)) {
            Some((piece, field)) => {
                if matches!(field, Field::Fraction(_)) {
                    tokens.literal(c);
                }
                tokens.field(*field);
                rest = rest.get(piece.len()..)?;
            }
            None => {
                tokens.literal(c);
                rest = rest.get(c.len_utf8()..)?;
            }
        }
    }
    Some(tokens.0)
}

/// `Jan` in `Janet` is no month, as Go has it.
fn runs_on(rest: &str, piece: &str) -> bool {
    let after = rest.get(piece.len()..).and_then(|after| after.chars().next());
    matches!(piece, "Jan" | "Mon") && after.is_some_and(|c| c.is_ascii_lowercase())
}
