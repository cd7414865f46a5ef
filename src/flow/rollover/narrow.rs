//! The clock in a number that is too narrow for it: seconds in 32 bits, or a date written as a number (`yyMMddHHmm`).
//!
//! The number is computed at the start of every year until it no longer fits, then the instant is searched for. What
//! never fitted (milliseconds cut to 32 bits) is a hash or a seed and ends on no date.

use crate::calendar::{Civil, Instant};
use crate::finding::{Confidence, Zone};
use crate::language::ir::{BinaryOp, UnaryOp};

use super::super::eval::{Choices, Run};
use super::super::facts::{Id, TermKind};
use super::super::taint::Taint;
use super::super::value::Kind;
use super::{RunsOut, Source, function_at};

/// The years that are asked.
const YEARS: std::ops::Range<i64> = 2001..2108;

/// A number of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Signed,
    Unsigned,
}

impl Width {
    fn holds(self, n: i128) -> bool {
        match self {
            Self::Signed => i32::try_from(n).is_ok(),
            Self::Unsigned => u32::try_from(n).is_ok(),
        }
    }
}

/// The clock that this term puts into 32 bits.
pub(super) fn at(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let asked = narrowings(source, id).into_iter().find_map(|(inner, width)| asked(source, id, inner, width));
    asked.or_else(|| kept(source, id))
}

/// A time that is kept in 32 bits by what its name says, or read into them to be taken from the clock.
fn kept(source: &Source<'_>, id: Id) -> Option<RunsOut> {
    let confidence = match source.kind(id) {
        TermKind::Binary(BinaryOp::Subtract, clock, text)
            if source.language() == "c" && source.call(*text).is_some_and(|(_, name, _)| name == "atoi") =>
        {
            let timed = source.taints.own(source.n, *clock).has(Taint::CLOCK);
            (timed || source.mentions(*clock, "now", 2)).then_some(Confidence::Likely)?
        }
        TermKind::Call(..) | TermKind::Method(..) => {
            let signed = |(inner, width): &(Id, Width)| *width == Width::Signed && is_stamp(source, *inner);
            stored(source, id).iter().any(signed).then_some(Confidence::Possible)?
        }
        _ => return None,
    };
    let what = "seconds in a signed 32-bit number run out";
    let end = Instant::from_seconds(i64::from(i32::MAX) + 1);
    Some(RunsOut { confidence, ..RunsOut::possible(source.span(id), end, what, "the number overflows") })
}

/// Whether a value is called the time of something, in seconds.
fn is_stamp(source: &Source<'_>, id: Id) -> bool {
    let last = match source.kind(id) {
        TermKind::Param(_) => source.params.get(&id).copied(),
        TermKind::Name(path) | TermKind::Call(path, _) => path.last().map(String::as_str),
        TermKind::Field(_, name) | TermKind::Method(_, name, _) => Some(name.as_str()),
        TermKind::Cast(_, inner) => return is_stamp(source, *inner),
        _ => None,
    };
    last.is_some_and(|name| {
        let name = name.to_lowercase();
        name == "ts" || name.ends_with("mtime") || name.ends_with("timestamp")
    })
}

/// What this term makes narrow.
fn narrowings(source: &Source<'_>, id: Id) -> Vec<(Id, Width)> {
    let language = source.language();
    match source.kind(id) {
        TermKind::Cast(ty, inner) => width_of(ty).map(|width| (*inner, width)).into_iter().collect(),
        // JavaScript's operators on bits work on 32 of them.
        TermKind::Binary(BinaryOp::BitOr, a, zero)
            if language == "javascript" && matches!(source.kind(*zero), TermKind::Int(0)) =>
        {
            vec![(*a, Width::Signed)]
        }
        TermKind::Unary(UnaryOp::Complement, inner) if language == "javascript" => match source.kind(*inner) {
            TermKind::Unary(UnaryOp::Complement, inner) => vec![(*inner, Width::Signed)],
            _ => Vec::new(),
        },
        TermKind::Call(ty, args) | TermKind::New(ty, args)
            if matches!(language, "go" | "swift") && ty.len() == 1 && args.len() == 1 =>
        {
            width_of(&ty[0]).map(|width| (args[0].1, width)).into_iter().collect()
        }
        TermKind::Method(base, name, args)
            if args.is_empty() && language == "java" && matches!(name.as_str(), "toInt" | "toInteger" | "intValue") =>
        {
            vec![(*base, Width::Signed)]
        }
        _ => stored(source, id),
    }
}

/// Arguments that a call stores or reads as 32 bits.
fn stored(source: &Source<'_>, id: Id) -> Vec<(Id, Width)> {
    let Some((of, name, args)) = source.call(id) else { return Vec::new() };
    let one = |n: usize, width: Width| args.get(n).map(|(_, arg)| (*arg, width)).into_iter().collect();
    match (of, name) {
        ("Integer", "parseInt" | "valueOf") | ("Math", "toIntExact") => one(0, Width::Signed),
        ("Convert", "ToInt32") | ("int" | "Int32", "Parse") => one(0, Width::Signed),
        (_, "writeInt32LE" | "writeInt32BE") => one(0, Width::Signed),
        (_, "writeUInt32LE" | "writeUInt32BE") => one(0, Width::Unsigned),
        (_, "setInt32") => one(1, Width::Signed),
        (_, "setUint32") => one(1, Width::Unsigned),
        ("" | "std", "atoi") => one(0, Width::Signed),
        ("struct", "pack") | ("", "pack") => {
            let Some((format, values)) = args.split_first() else { return Vec::new() };
            let TermKind::Text(format) = source.kind(format.1) else { return Vec::new() };
            let widths = packed(format).into_iter().zip(values);
            widths.filter_map(|(width, (_, value))| Some((*value, width?))).collect()
        }
        _ => Vec::new(),
    }
}

/// The type's width, if it is 32 bits.
fn width_of(ty: &str) -> Option<Width> {
    match ty {
        "i32" | "int32" | "int32_t" | "int" | "Int" | "INT32" | "Int32" | "s32" | "__s32" | "jint" => {
            Some(Width::Signed)
        }
        "u32" | "uint32" | "uint32_t" | "unsigned" | "UINT32" | "UInt32" | "__u32" | "DWORD" | "uint" => {
            Some(Width::Unsigned)
        }
        _ => None,
    }
}

/// What the fields of a format of `pack` are, in order: a number of 32 bits, or something else.
fn packed(format: &str) -> Vec<Option<Width>> {
    let mut fields = Vec::new();
    let mut count = None;
    for c in format.chars() {
        let width = match c {
            '0'..='9' => {
                let digit = c.to_digit(10).unwrap_or(0) as usize;
                count = Some((count.unwrap_or(0) * 10 + digit).min(64));
                continue;
            }
            '<' | '>' | '!' | '=' | '@' | ' ' => continue,
            'x' => {
                count = None;
                continue;
            }
            'i' | 'l' => Some(Width::Signed),
            'I' | 'L' | 'N' | 'V' => Some(Width::Unsigned),
            _ => None,
        };
        let times = if matches!(c, 's' | 'p') { 1 } else { count.unwrap_or(1) };
        fields.extend(std::iter::repeat_n(width, times));
        count = None;
    }
    fields
}

/// Asks the number at every year.
fn asked(source: &Source<'_>, id: Id, inner: Id, width: Width) -> Option<RunsOut> {
    // Go's int and Swift's Int have 64 bits.
    let native = |ty: &str| matches!(ty, "int" | "uint" | "Int");
    let wide = matches!(source.language(), "go" | "swift" | "python" | "php" | "dart")
        && match source.kind(id) {
            TermKind::Cast(ty, _) => native(ty),
            TermKind::Call(path, _) => native(&path[path.len() - 1]),
            _ => false,
        };
    if wide || !source.taints.own(source.n, inner).has(Taint::CLOCK) || is_seed(source, id) {
        return None;
    }
    let function = function_at(source.file, source.span(id))?;
    let ask = |at: Instant| number(source, function, inner, at);
    let fits = |at: Instant| ask(at).map(|(n, _)| width.holds(n));
    let start = |year: i64| Civil::from_ymd(year, 1, 1).map(Civil::instant);
    let mut before = start(YEARS.start)?;
    if !fits(before)? {
        return None;
    }
    let mut after = None;
    for year in YEARS.skip(1) {
        let at = start(year)?;
        if !fits(at)? {
            after = Some(at);
            break;
        }
        before = at;
    }
    let mut after = after?;
    while after.seconds() - before.seconds() > 1 {
        let middle = Instant::from_seconds(i64::try_from((before.seconds() + after.seconds()) / 2).ok()?);
        if fits(middle)? { before = middle } else { after = middle }
    }
    let (_, zone) = ask(after)?;
    let what = match width {
        Width::Signed => "the clock in a signed 32-bit number runs out",
        Width::Unsigned => "the clock in an unsigned 32-bit number runs out",
    };
    let confidence = Confidence::Proven;
    Some(RunsOut {
        span: source.span(id),
        written: None,
        at: after,
        zone,
        what,
        effect: "the number overflows",
        confidence,
    })
}

/// The number that a term is with the clock there, and whose clock it reads.
fn number(source: &Source<'_>, function: usize, id: Id, at: Instant) -> Option<(i128, Zone)> {
    let mut choices = Choices::default();
    let mut run = Run::new(source.world, at, &mut choices);
    let frame = run.root((source.n, function));
    let value = run.value(frame, id);
    let n = match &value.kind {
        Kind::Int(n) => *n,
        Kind::Float(n) if n.is_finite() && n.abs() < 1e30 => n.trunc() as i128,
        Kind::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    value.meta.timed.then_some((n, value.meta.zone))
}

/// Whether the number seeds a generator, to which any number will do: where it is made, or under the name that it is given.
fn is_seed(source: &Source<'_>, id: Id) -> bool {
    let seeds = |name: &str| ["rand", "seed"].iter().any(|word| name.to_lowercase().contains(word));
    (0..source.file.terms.len() as Id).any(|call| {
        source
            .call(call)
            .is_some_and(|(_, name, args)| seeds(name) && args.iter().any(|(_, arg)| reaches(source, *arg, id)))
    })
}

fn reaches(source: &Source<'_>, from: Id, to: Id) -> bool {
    match source.kind(from) {
        _ if from == to => true,
        TermKind::Cast(_, a) => reaches(source, *a, to),
        TermKind::Binary(_, a, b) => reaches(source, *a, to) || reaches(source, *b, to),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Width, packed};

    #[test]
    fn packed_fields_have_their_width() {
        let (signed, unsigned) = (Some(Width::Signed), Some(Width::Unsigned));
        for (format, fields) in [
            ("<I", vec![unsigned]),
            ("!Bi", vec![None, signed]),
            ("4s2xL", vec![None, unsigned]),
            ("2N", vec![unsigned, unsigned]),
            (">q", vec![None]),
            ("", vec![]),
        ] {
            assert_eq!(packed(format), fields, "{format}");
        }
    }
}
