//! Text that is put together by a format of the `printf` family.

use super::value::{self, Kind, Meta, Value};

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

fn filled(pattern: &str, operands: &[Value]) -> Option<String> {
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
}
