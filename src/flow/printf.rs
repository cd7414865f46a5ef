//! Text that is put together by a format: of the `printf` family (`%04d`), or of those with braces (`{0:D4}`, `{:02d}`).

use super::ops;
use super::value::{self, Kind, Meta, Value};
use crate::calendar::Dialect;

/// How wide a field may be; more is taken for a mistake.
const WIDEST: usize = 256;

/// What one `%…` asks for.
#[derive(Clone, Copy, Default)]
struct Field {
    zeros: bool,
    left: bool,
    width: usize,
    precision: Option<usize>,
}

/// A format, then what it prints: `%s`, `%d`, `%02d`, `%5.1f`, `%%`. Unknown where one of them is, or for other fields.
pub(super) fn format(operands: &[Value]) -> Value {
    let meta = operands.iter().fold(Meta::default(), |meta, operand| meta.join(&operand.meta));
    let text = operands.first().and_then(Value::text).and_then(|pattern| filled(pattern, &operands[1..]));
    Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
}

/// A format as Python and Ruby write it, `"%04d%02d" % (a, b)`; unknown where the left side is none.
pub(super) fn modulo(pattern: &Value, operands: &Value) -> Value {
    let mut all = vec![pattern.clone()];
    match &operands.kind {
        Kind::List(items, _) => all.extend(items.iter().cloned()),
        _ => all.push(operands.clone()),
    }
    format(&all)
}

/// A format with braces, then what it prints; times in it are printed as the dialect says.
pub(super) fn compose(dialect: Dialect, operands: &[Value]) -> Value {
    let meta = operands.iter().fold(Meta::default(), |meta, operand| meta.join(&operand.meta));
    let text = operands.first().and_then(Value::text).and_then(|pattern| composed(dialect, pattern, &operands[1..]));
    Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
}

fn composed(dialect: Dialect, pattern: &str, operands: &[Value]) -> Option<String> {
    let mut out = String::new();
    let (mut rest, mut next) = (pattern, 0);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if before.contains('}') || after.starts_with('{') {
            // Doubled braces are rare, and none of them is in a date.
            return None;
        }
        let (hole, after) = after.split_once('}')?;
        let (which, spec) = hole.split_once(':').unwrap_or((hole, ""));
        let at = if which.is_empty() { next } else { which.parse().ok()? };
        next += 1;
        out.push_str(&by_spec(dialect, operands.get(at)?, spec)?);
        rest = after;
    }
    out.push_str(rest);
    (next > 0).then_some(out)
}

fn by_spec(dialect: Dialect, value: &Value, spec: &str) -> Option<String> {
    if spec.is_empty() {
        return value::printed(value);
    }
    if value.instant().is_some() {
        let printed = ops::print(dialect, &[value.clone(), Value::of(Kind::Text(spec.into()))]);
        return printed.text().map(str::to_owned);
    }
    numbered(value.int()?, spec)
}

/// A number as its format says: `D2`, `00`, `02d`, `0>2`.
pub(super) fn digits(operands: &[Value]) -> Value {
    let meta = operands.iter().fold(Meta::default(), |meta, operand| meta.join(&operand.meta));
    let spec = operands.get(1).and_then(Value::text);
    let number = operands.first().filter(|first| matches!(first.kind, Kind::Int(_))).and_then(Value::int);
    let text = number.zip(spec).and_then(|(number, spec)| numbered(number, spec));
    Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
}

fn numbered(number: i128, spec: &str) -> Option<String> {
    let (fill, width) = match spec.strip_prefix(['D', 'd']).filter(|width| !width.is_empty()) {
        Some(width) => ('0', width.parse().ok()?),
        None if !spec.is_empty() && spec.chars().all(|c| c == '0') => ('0', spec.len()),
        None => {
            let (fill, rest) =
                spec.split_once('>').map_or((' ', spec), |(fill, rest)| (fill.chars().next().unwrap_or(' '), rest));
            let rest = rest.strip_suffix('d').unwrap_or(rest);
            let (fill, rest) = rest.strip_prefix('0').map_or((fill, rest), |rest| ('0', rest));
            (fill, if rest.is_empty() { 0 } else { rest.parse().ok()? })
        }
    };
    if width > WIDEST || number < 0 {
        return None;
    }
    let text = number.to_string();
    let missing = width.saturating_sub(text.len());
    Some(std::iter::repeat_n(fill, missing).chain(text.chars()).collect())
}

fn filled(pattern: &str, operands: &[Value]) -> Option<String> {
    if !operands.is_empty() && !pattern.contains('%') {
        return None;
    }
    let mut out = String::new();
    let mut operands = operands.iter();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (field, kind, after) = field(after)?;
        out.push_str(&printed(field, kind, operands.next()?)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Flags, width and precision, the letter, and what follows it.
fn field(text: &str) -> Option<(Field, char, &str)> {
    let mut field = Field::default();
    let spec = text.trim_start_matches(|flag| {
        field.zeros |= flag == '0';
        field.left |= flag == '-';
        matches!(flag, '0' | '-' | '+' | ' ' | '#')
    });
    let (width, spec) = number(spec);
    field.width = width.unwrap_or(0);
    let spec = match spec.strip_prefix('.') {
        Some(spec) => {
            let (precision, spec) = number(spec);
            field.precision = Some(precision.unwrap_or(0));
            spec
        }
        None => spec,
    };
    let spec = spec.trim_start_matches(['l', 'h', 'z', 'j', 'q']);
    let kind = spec.chars().next()?;
    let fits = field.width <= WIDEST && field.precision.is_none_or(|precision| precision <= WIDEST);
    fits.then(|| (field, kind, &spec[kind.len_utf8()..]))
}

fn number(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().ok(), &text[end..])
}

fn printed(field: Field, kind: char, operand: &Value) -> Option<String> {
    let text = match kind {
        'd' | 'i' | 'u' => match operand.kind {
            Kind::Float(n) => format!("{:.0}", n.trunc()),
            _ => operand.int()?.to_string(),
        },
        'f' => format!("{:.*}", field.precision.unwrap_or(6), operand.float()?),
        's' | 'v' => {
            let text = value::printed(operand)?;
            text.chars().take(field.precision.unwrap_or(usize::MAX)).collect()
        }
        _ => return None,
    };
    let missing = field.width.saturating_sub(text.chars().count());
    Some(match text.strip_prefix('-') {
        _ if field.left => text + &" ".repeat(missing),
        Some(digits) if field.zeros => format!("-{}{digits}", "0".repeat(missing)),
        None if field.zeros && kind != 's' => "0".repeat(missing) + &text,
        _ => " ".repeat(missing) + &text,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fields_are_filled() {
        let (int, text) = (|n| Value::of(Kind::Int(n)), |text: &str| Value::of(Kind::Text(text.into())));
        for (pattern, operands, expected) in [
            ("%04d-%02d-%02d", vec![int(2026), int(3), int(1)], Some("2026-03-01")),
            ("%d%%|%5d|%-4d|", vec![int(7), int(-1), int(2)], Some("7%|   -1|2   |")),
            ("%05d", vec![int(-12)], Some("-0012")),
            ("%s/%.2s", vec![text("é"), text("abc")], Some("é/ab")),
            ("%.1f %ld", vec![int(2), Value::of(Kind::Float(3.9))], Some("2.0 3")),
            ("plain", vec![], Some("plain")),
            ("yyyyMMdd", vec![int(1)], None),
            ("%d", vec![], None),
            ("%", vec![int(1)], None),
            ("%999999d", vec![int(1)], None),
            ("%99999999999999999999999d", vec![int(1)], Some("1")),
            ("%q", vec![int(1)], None),
            ("%é", vec![int(1)], None),
        ] {
            let operands: Vec<Value> = std::iter::once(text(pattern)).chain(operands).collect();
            assert_eq!(format(&operands).text(), expected, "{pattern}");
        }
    }

    #[test]
    fn braces_are_filled() {
        let int = |n| Value::of(Kind::Int(n));
        for (pattern, operands, expected) in [
            ("{0:D4}{1:D2}-{0}", vec![int(2026), int(3)], Some("202603-2026")),
            ("{:04d}{:02d}{:02}", vec![int(2026), int(3), int(1)], Some("20260301")),
            ("{0:0000}{1:00}", vec![int(2026), int(3)], Some("202603")),
            ("{:0>2}{:>3}{:d}", vec![int(3), int(4), int(5)], Some("03  45")),
            ("plain", vec![int(1)], None),
            ("{", vec![int(1)], None),
            ("{1}", vec![int(1)], None),
            ("{{0}}", vec![int(1)], None),
            ("{0:D99999}", vec![int(1)], None),
            ("{:é}", vec![int(1)], None),
            ("{name}", vec![int(1)], None),
        ] {
            let operands: Vec<Value> = std::iter::once(Value::of(Kind::Text(pattern.into()))).chain(operands).collect();
            assert_eq!(compose(Dialect::DotNet, &operands).text(), expected, "{pattern}");
        }
    }
}
