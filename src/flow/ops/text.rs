//! Operations that cut and fill texts, and lists where they are cut alike.

use super::joined;
use crate::flow::captures;
use crate::flow::value::{self, Kind, Value};

/// Text: the parts between separators.
pub fn split(operands: &[Value]) -> Value {
    let meta = joined(operands);
    let (Some(text), separator) = (operands.first().and_then(Value::text), operands.get(1).and_then(Value::text))
    else {
        return Value { kind: Kind::Unknown, meta };
    };
    let part = |s: &str| Value { kind: Kind::Text(s.into()), meta: meta.clone() };
    let by_pattern = operands.get(1).filter(|by| matches!(by.kind, Kind::Record(_)));
    let by_code = operands.get(1).and_then(character);
    let parts: Vec<Value> = match (separator, by_code) {
        _ if by_pattern.is_some() => match by_pattern.and_then(|by| captures::split(text, by)) {
            Some(parts) => parts.iter().map(|s| part(s)).collect(),
            None => return Value { kind: Kind::Unknown, meta },
        },
        (_, Some(code)) => text.split(code).map(part).collect(),
        (Some(separator), _) if !separator.is_empty() => text.split(unescaped(separator)).map(part).collect(),
        _ => text.split_whitespace().map(part).collect(),
    };
    Value { kind: Kind::List(parts.into(), None), meta }
}

/// The character that a number is the code of: `Split('.')`.
fn character(operand: &Value) -> Option<char> {
    let Kind::Int(code) = operand.kind else { return None };
    u32::try_from(code).ok().and_then(char::from_u32)
}

/// A mark that a pattern writes with a backslash, and nothing else: `"\\."`.
fn unescaped(separator: &str) -> &str {
    let mark = separator.strip_prefix('\\').filter(|mark| mark.len() == 1);
    mark.filter(|mark| mark.bytes().all(|b| b.is_ascii_punctuation())).unwrap_or(separator)
}

/// Text: with one text replaced by another.
pub fn replace(operands: &[Value]) -> Value {
    let meta = joined(operands);
    let kind = match (operands.first().and_then(Value::text), operands.get(1).and_then(Value::text)) {
        (Some(text), Some(old)) => {
            let new = operands.get(2).and_then(Value::text).unwrap_or("");
            Kind::Text(text.replace(old, new).into())
        }
        _ => Kind::Unknown,
    };
    Value { kind, meta }
}

/// Text or list: from one element up to another; negative ends count from the end.
pub fn slice(operands: &[Value]) -> Value {
    let meta = joined(operands);
    let length = match operands.first().map(|operand| &operand.kind) {
        Some(Kind::Text(text)) => text.chars().count(),
        Some(Kind::List(items, _)) => items.len(),
        _ => return Value { kind: Kind::Unknown, meta },
    };
    let end = |n: usize| {
        let at = operands.get(n).and_then(Value::int)?;
        let at = if at < 0 { at.saturating_add(length as i128) } else { at };
        Some(usize::try_from(at.max(0)).unwrap_or(usize::MAX).min(length))
    };
    let from = end(1).unwrap_or(0);
    let count = end(2).unwrap_or(length).saturating_sub(from);
    let kind = match operands.first().map(|operand| &operand.kind) {
        Some(Kind::Text(text)) => Kind::Text(text.chars().skip(from).take(count).collect::<String>().into()),
        Some(Kind::List(items, ty)) => Kind::List(items[from..from + count].into(), ty.clone()),
        _ => Kind::Unknown,
    };
    Value { kind, meta }
}

/// Text: from one character on, as many as are asked for; a start below zero counts from the end, and so does a length.
pub fn cut(operands: &[Value]) -> Value {
    let [text, from, rest @ ..] = operands else { return Value::unknown() };
    if from.int().is_none() {
        return Value { kind: Kind::Unknown, meta: joined(operands) };
    }
    let end = rest.first().filter(|length| !matches!(length.kind, Kind::Null)).map(|length| {
        let to = from.int().zip(length.int()).map(|(from, length)| match from.saturating_add(length) {
            // From the end to the end.
            0 if from < 0 => i128::MAX,
            _ if length < 0 => length,
            to => to,
        });
        Value { kind: to.map_or(Kind::Unknown, Kind::Int), meta: length.meta.clone() }
    });
    match end {
        Some(end) if end.is_unknown() => Value { kind: Kind::Unknown, meta: joined(operands) },
        Some(end) => slice(&[text.clone(), from.clone(), end]),
        None => slice(&operands[..2]),
    }
}

/// Text: from one character through another, both counted from 1.
pub fn through(operands: &[Value]) -> Value {
    let [text, from, rest @ ..] = operands else { return Value::unknown() };
    let before = |n: i128| if n > 0 { n - 1 } else { n };
    let first = Value { kind: from.int().map(before).map_or(Kind::Unknown, Kind::Int), meta: from.meta.clone() };
    let through = |n: i128| {
        if n == -1 {
            i128::MAX
        } else if n < 0 {
            n + 1
        } else {
            n
        }
    };
    let last = rest.first().map(|to| {
        let kind = to.int().map(through).map_or(Kind::Unknown, Kind::Int);
        Value { kind, meta: to.meta.clone() }
    });
    slice(&[text.clone(), first].into_iter().chain(last).collect::<Vec<_>>())
}

/// A place in a text that counts from 0 as one that counts from 1; from the end both count from −1.
pub fn place(at: &Value) -> Value {
    let kind = at.int().map(|n| if n < 0 { n } else { n + 1 }).map_or(Kind::Unknown, Kind::Int);
    Value { kind, meta: at.meta.clone() }
}

/// Text: as many of its first characters as the second operand says.
pub fn head(operands: &[Value]) -> Value {
    let [text, count, ..] = operands else { return Value::unknown() };
    match count.int() {
        Some(_) => slice(&[text.clone(), Value::of(Kind::Int(0)), count.clone()]),
        None => Value { kind: Kind::Unknown, meta: joined(operands) },
    }
}

/// The numbers in a text.
pub fn numbers(operand: &Value) -> Value {
    const MOST: usize = 16;
    let of = |text: &str| {
        let digits = text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).take(MOST);
        digits.map(|n| Value { kind: Kind::Int(n), meta: operand.meta.clone() }).collect()
    };
    let kind = operand.text().map_or(Kind::Unknown, |text| Kind::List(of(text), None));
    Value { kind, meta: operand.meta.clone() }
}

/// Text, filled up on the left.
pub fn pad(operands: &[Value]) -> Value {
    let meta = joined(operands);
    let width = operands.get(1).and_then(Value::int).and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= 256);
    let fill = operands.get(2).and_then(value::printed).unwrap_or_else(|| " ".to_owned());
    let text = operands.first().and_then(value::printed).zip(width).map(|(text, width)| {
        let missing = width.saturating_sub(text.chars().count());
        fill.chars().cycle().take(missing).chain(text.chars()).collect::<String>()
    });
    Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
}
