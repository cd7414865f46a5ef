//! Formats whose directives are single characters: `strftime` (after `%`) and PHP.

use super::{Field, Pad, Token, Tokens};

/// `%Y-%m-%d`, with the flags of glibc (`%-d`, `%_d`), Windows (`%#d`), Ruby (`%3N`) and chrono (`%.3f`).
pub(super) fn strftime(format: &str) -> Option<Vec<Token>> {
    let mut tokens = Tokens::default();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            tokens.literal(c);
            continue;
        }
        let mut flags = Flags::default();
        let directive = loop {
            let next = chars.next()?;
            if !flags.take(next) {
                break next;
            }
        };
        strftime_directive(directive, &flags, &mut tokens)?;
    }
    Some(tokens.0)
}

/// What may stand between `%` and its letter.
#[derive(Default)]
struct Flags {
    pad: Option<Pad>,
    dot: bool,
    colon: bool,
    width: usize,
}

impl Flags {
    fn take(&mut self, c: char) -> bool {
        match c {
            '-' | '#' => self.pad = Some(Pad::None),
            '_' => self.pad = Some(Pad::Space),
            '0' if self.width == 0 => self.pad = Some(Pad::Zero),
            '1'..='9' => self.width = c as usize - '0' as usize,
            '.' => self.dot = true,
            ':' => self.colon = true,
            'E' | 'O' => {}
            _ => return false,
        }
        true
    }
}

fn strftime_directive(directive: char, flags: &Flags, tokens: &mut Tokens) -> Option<()> {
    let zero = flags.pad.unwrap_or(Pad::Zero);
    let space = flags.pad.unwrap_or(Pad::Space);
    let field = match directive {
        'Y' => Field::Year,
        'y' => Field::ShortYear,
        'm' => Field::Month(zero),
        'B' => Field::MonthName,
        'b' | 'h' => Field::MonthShort,
        'd' => Field::Day(zero),
        'e' => Field::Day(space),
        'j' => Field::YearDay(zero),
        'H' => Field::Hour24(zero),
        'k' => Field::Hour24(space),
        'I' => Field::Hour12(zero),
        'l' => Field::Hour12(space),
        'M' => Field::Minute(zero),
        'S' => Field::Second(zero),
        'f' if flags.width > 0 || flags.dot => Field::Fraction(flags.width),
        'f' => Field::Fraction(6),
        'L' => Field::Fraction(3),
        'N' => Field::Fraction(if flags.width == 0 { 9 } else { flags.width }),
        'p' => Field::HalfDay { upper: true },
        'P' => Field::HalfDay { upper: false },
        'A' => Field::WeekdayName,
        'a' => Field::WeekdayShort,
        'u' => Field::WeekdayNumber { iso: true },
        'w' => Field::WeekdayNumber { iso: false },
        'z' => Field::Offset { colon: flags.colon, z: false },
        'Z' => Field::ZoneName,
        's' => Field::EpochSeconds,
        '%' => {
            tokens.literal('%');
            return Some(());
        }
        'n' | 't' => {
            tokens.literal(if directive == 'n' { '\n' } else { '\t' });
            return Some(());
        }
        _ => {
            tokens.extend(strftime(composite(directive)?)?);
            return Some(());
        }
    };
    if flags.dot {
        matches!(field, Field::Fraction(_)).then(|| tokens.literal('.'))?;
    }
    tokens.field(field);
    Some(())
}

/// Directives that stand for others, in the C locale.
fn composite(directive: char) -> Option<&'static str> {
    Some(match directive {
        'F' => "%Y-%m-%d",
        'D' | 'x' => "%m/%d/%y",
        'T' | 'X' => "%H:%M:%S",
        'R' => "%H:%M",
        'r' => "%I:%M:%S %p",
        'c' => "%a %b %e %H:%M:%S %Y",
        'v' => "%e-%b-%Y",
        '+' => "%Y-%m-%dT%H:%M:%S%:z",
        _ => return None,
    })
}

/// PHP's `date`, `DateTime::format` and `createFromFormat`; also the names of its constants.
pub(super) fn php(format: &str) -> Option<Vec<Token>> {
    let format = match format.trim_start_matches("DATE_") {
        "ATOM" | "RFC3339" | "W3C" => "Y-m-d\\TH:i:sP",
        "COOKIE" => "l, d-M-Y H:i:s T",
        "RFC822" | "RFC1036" => "D, d M y H:i:s O",
        "RFC1123" | "RFC2822" | "RSS" => "D, d M Y H:i:s O",
        _ => format,
    };
    let mut tokens = Tokens::default();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => tokens.literal(chars.next()?),
            // `createFromFormat` resets the parts that are not read.
            '!' | '|' => {}
            'c' => tokens.extend(php("Y-m-d\\TH:i:sP")?),
            'r' => tokens.extend(php("D, d M Y H:i:s O")?),
            _ if c.is_ascii_alphabetic() => tokens.field(php_field(c)?),
            _ => tokens.literal(c),
        }
    }
    Some(tokens.0)
}

fn php_field(letter: char) -> Option<Field> {
    Some(match letter {
        'Y' => Field::Year,
        'y' => Field::ShortYear,
        'm' => Field::Month(Pad::Zero),
        'n' => Field::Month(Pad::None),
        'F' => Field::MonthName,
        'M' => Field::MonthShort,
        'd' => Field::Day(Pad::Zero),
        'j' => Field::Day(Pad::None),
        'S' => Field::OrdinalSuffix,
        'H' => Field::Hour24(Pad::Zero),
        'G' => Field::Hour24(Pad::None),
        'h' => Field::Hour12(Pad::Zero),
        'g' => Field::Hour12(Pad::None),
        'i' => Field::Minute(Pad::Zero),
        's' => Field::Second(Pad::Zero),
        'v' => Field::Fraction(3),
        'u' => Field::Fraction(6),
        'A' => Field::HalfDay { upper: true },
        'a' => Field::HalfDay { upper: false },
        'l' => Field::WeekdayName,
        'D' => Field::WeekdayShort,
        'N' => Field::WeekdayNumber { iso: true },
        'w' => Field::WeekdayNumber { iso: false },
        'O' => Field::Offset { colon: false, z: false },
        'P' => Field::Offset { colon: true, z: false },
        'p' => Field::Offset { colon: true, z: true },
        'T' | 'e' => Field::ZoneName,
        'U' => Field::EpochSeconds,
        _ => return None,
    })
}
