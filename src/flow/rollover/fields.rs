//! Formats with few bits for the time: the date of FAT and ZIP, NTP's era, the GPS week.

use crate::calendar::{self, Civil, Instant};
use crate::finding::Confidence;
use crate::language::ir::BinaryOp;

use super::super::eval::{Choices, Run};
use super::super::facts::{Id, TermKind};
use super::super::value::Kind;
use super::{DEPTH, RunsOut, Source, function_at};

/// 2108-01-01: after the last year of a DOS date.
const DOS_END: Instant = Instant::from_seconds(4_354_819_200);
/// 2036-02-07T06:28:16: when NTP's first era ends.
const NTP_END: Instant = Instant::from_seconds(2_085_978_496);
/// 2038-01-19T03:14:08: when seconds since 1970 need more than 31 bits.
const SECONDS_END: Instant = Instant::from_seconds(2_147_483_648);
/// 1900-01-01: where NTP counts from.
const NTP_START: Instant = Instant::from_seconds(-NTP_OFFSET);
/// Seconds from 1900 to 1970.
const NTP_OFFSET: i64 = 2_208_988_800;
/// Seconds from 1904 to 1970.
const MAC_OFFSET: i128 = 2_082_844_800;
/// 2040-02-06T06:28:16: when seconds since 1904 need more than 32 bits.
const MAC_END: Instant = Instant::from_seconds(2_212_122_496);
/// 2038-11-21: when the GPS week returns to 0.
const GPS_END: Instant = Instant::from_seconds(2_173_910_400);

/// A field that runs out, computed by this term.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let constant = |id: Id| source.constant(id, DEPTH);
    let ends = |at: Instant, what, effect| Some(RunsOut::possible(source.span(id), at, what, effect));
    const NTP: &str = "an NTP timestamp of 32 bits without an era runs out";
    const BACK: &str = "the time falls back to 1900";
    match source.kind(id) {
        // (year - 1980) << 9, << 25, or << 4 with the month before << 5 with the day: seven bits for the year.
        TermKind::Binary(BinaryOp::ShiftLeft | BinaryOp::Multiply, base, by)
            if matches!(source.kind(*by), TermKind::Int(4 | 9 | 25 | 512)) && counts_from_1980(source, *base, 4) =>
        {
            ends(DOS_END, "a DOS date (seven bits for the year) runs out", "the year overflows")
        }
        // The same in the upper byte.
        TermKind::Binary(BinaryOp::ShiftLeft, base, by)
            if matches!(source.kind(*by), TermKind::Int(1)) && counts_from_80(source, *base, 4) =>
        {
            ends(DOS_END, "a DOS date (seven bits for the year) runs out", "the year overflows")
        }
        // Seconds since 1904 and since 1970 are so far apart.
        TermKind::Binary(BinaryOp::Add | BinaryOp::Subtract, _, by) if constant(*by) == Some(MAC_OFFSET) => {
            ends(MAC_END, "a Macintosh time of 32 bits (since 1904) runs out", "the time falls back to 1904")
        }
        // (date >> 9 & 0x7f) + 1980: the same, read.
        TermKind::Binary(BinaryOp::Add, bits, by)
            if constant(*by) == Some(1980) && are_seven_bits(source, *bits, 4) =>
        {
            ends(DOS_END, "a DOS date (seven bits for the year) runs out", "later years cannot be written so")
        }
        // Windows' macro multiplies two numbers of 32 bits, here seconds by the ticks of 100 ns in one.
        TermKind::Call(path, args)
            if path.last().is_some_and(|name| name == "Int32x32To64")
                && args.iter().any(|(_, arg)| constant(*arg) == Some(10_000_000)) =>
        {
            let found = ends(SECONDS_END, "seconds in a signed 32-bit number run out", "the number overflows")?;
            Some(RunsOut { confidence: Confidence::Likely, ..found })
        }
        TermKind::Binary(BinaryOp::Subtract, _, epoch)
            if constant(*epoch) == Some(i128::from(NTP_OFFSET)) && !knows_eras(source, id) =>
        {
            let written = source.fixed(*epoch, DEPTH).map(|(_, written)| source.span(written));
            ends(NTP_END, NTP, BACK).map(|found| RunsOut { written, ..found })
        }
        TermKind::Call(..) | TermKind::New(..) | TermKind::Method(..)
            if is_1900(source, id) && speaks_ntp(source) && !knows_eras(source, id) =>
        {
            ends(NTP_END, NTP, BACK)
        }
        // GPS weeks in ten bits.
        TermKind::Binary(op, week, by)
            if matches!((op, constant(*by)), (BinaryOp::BitAnd, Some(0x3ff)) | (BinaryOp::Remainder, Some(1024)))
                && source.mentions(*week, "week", 3) =>
        {
            ends(GPS_END, "a GPS week of ten bits runs out", "the week starts again at 0")
        }
        _ => None,
    }
}

/// Whether a term is the year of a `struct tm` less 80, perhaps converted.
fn counts_from_80(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match source.kind(id) {
        TermKind::Binary(BinaryOp::Subtract, year, n) => {
            source.constant(*n, DEPTH) == Some(80) && source.mentions(*year, "year", 3)
        }
        TermKind::Cast(_, a) => counts_from_80(source, *a, depth),
        _ => false,
    }
}

/// Whether a term is a year less 1980, perhaps masked or converted.
fn counts_from_1980(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match source.kind(id) {
        // A year that is counted from 1970.
        TermKind::Binary(BinaryOp::Subtract, year, n) if source.constant(*n, DEPTH) == Some(10) => {
            source.mentions(*year, "1970", 3)
        }
        TermKind::Binary(BinaryOp::Subtract, _, n) => match source.kind(*n) {
            TermKind::Name(_) => source.mentions(*n, "year", 2) || source.constant(*n, DEPTH) == Some(1980),
            _ => matches!(source.constant(*n, DEPTH), Some(1980 | 80)),
        },
        // `u16::from(year - 10)`
        TermKind::Call(_, args) if args.len() == 1 => counts_from_1980(source, args[0].1, depth),
        TermKind::Binary(BinaryOp::BitAnd, a, _) | TermKind::Cast(_, a) => counts_from_1980(source, *a, depth),
        _ => false,
    }
}

/// Whether a term is the upper seven bits of a number: shifted by 9 or 25, masked, or read from a text of bits.
fn are_seven_bits(source: &Source<'_>, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let constant = |id: Id| source.constant(id, DEPTH);
    match source.kind(id) {
        TermKind::Binary(BinaryOp::ShiftRight, _, by) => matches!(constant(*by), Some(9 | 25)),
        TermKind::Binary(BinaryOp::BitAnd, a, mask) => {
            constant(*mask) == Some(0x7f) || are_seven_bits(source, *a, depth)
        }
        TermKind::Cast(_, a) => are_seven_bits(source, *a, depth),
        _ => source.call(id).is_some_and(|(_, name, args)| match args {
            [_, (_, base)] => matches!(name, "parseInt" | "int") && constant(*base) == Some(2),
            [] | [_] => match source.kind(id) {
                TermKind::Method(of, ..) => are_seven_bits(source, *of, depth),
                _ => args.first().is_some_and(|(_, arg)| are_seven_bits(source, *arg, depth)),
            },
            _ => false,
        }),
    }
}

/// Whether the file is about NTP by its own name or by what it names.
fn speaks_ntp(source: &Source<'_>) -> bool {
    let file = source.file;
    let is = |name: &str| name.as_bytes().windows(3).any(|part| part.eq_ignore_ascii_case(b"ntp"));
    let stem = file.path.rsplit('/').next().unwrap_or("");
    is(stem) || file.functions.iter().any(|f| is(&f.name) || f.owner.as_deref().is_some_and(is))
}

/// Whether a call makes the start of 1900 out of constants.
fn is_1900(source: &Source<'_>, id: Id) -> bool {
    let Some((_, _, args)) = source.call(id) else { return false };
    let first = args.first().map(|(_, arg)| source.kind(*arg));
    match first {
        // The calendar reads no text of a year so far back.
        Some(TermKind::Text(text)) => {
            let moved = calendar::find_all(&text.replacen("1900", "2000", 1));
            let start = Civil::from_ymd(2000, 1, 1);
            text.contains("1900") && moved.first().is_some_and(|(_, moved)| Some(moved.civil) == start)
        }
        Some(TermKind::Int(1900)) => {
            let Some(function) = function_at(source.file, source.span(id)) else { return false };
            let mut choices = Choices::default();
            let mut run = Run::new(source.world, NTP_END, &mut choices);
            let frame = run.root((source.n, function));
            let before = i128::from(NTP_OFFSET);
            match run.value(frame, id).kind {
                Kind::Instant(at) => at == NTP_START,
                Kind::Int(n) => n == -before || n == -before * 1000,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether the function around the term reckons with eras: it names them, adds 2³², or counts from the second one.
fn knows_eras(source: &Source<'_>, id: Id) -> bool {
    let names_era = |name: &str| name.to_lowercase().split('_').any(|word| matches!(word, "era" | "eras" | "ntpera"));
    source.around(source.span(id)).any(|id| match source.kind(id) {
        TermKind::Int(n) => *n == NTP_END.seconds(),
        TermKind::Param(_) => source.params.get(&id).is_some_and(|name| names_era(name)),
        TermKind::Name(path) => path.last().is_some_and(|name| names_era(name)),
        TermKind::Field(_, name) => names_era(name),
        TermKind::Binary(BinaryOp::Add, _, by) => source.constant(*by, DEPTH) == Some(1 << 32),
        _ => false,
    })
}
