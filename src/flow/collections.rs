//! What operations make of collections: their sides, their elements, ranges of numbers.

use std::rc::Rc;

use crate::language::ir::RANGE;

use super::ops::joined;
use super::value::{Kind, Value};

/// What a map or record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Its keys.
    Keys,
    /// Its values.
    Values,
    /// Both, in pairs.
    Entries,
}

/// The keys, values or pairs of a map or record, as a list.
pub(super) fn side(side: Side, operand: &Value) -> Value {
    let pairs: Vec<(Value, Value)> = match &operand.kind {
        Kind::Map(pairs) => pairs.to_vec(),
        Kind::Record(record) => {
            let text = |name: &str| Value::of(Kind::Text(name.into()));
            record.fields.iter().map(|(name, value)| (text(name), value.clone())).collect()
        }
        Kind::List(items, _) if side == Side::Values => return Value::of(Kind::List(items.clone(), None)),
        _ => return Value { kind: Kind::Unknown, meta: operand.meta.clone() },
    };
    let items = pairs.into_iter().map(|(key, value)| match side {
        Side::Keys => key,
        Side::Values => value,
        Side::Entries => Value::of(Kind::List(Rc::from([key, value]), None)),
    });
    Value { kind: Kind::List(items.collect(), None), meta: operand.meta.clone() }
}

/// The elements of a list, or the keys of a map or record.
pub(super) fn elements(collection: &Value) -> Vec<Value> {
    let keys = side(Side::Keys, collection);
    match (&collection.kind, &keys.kind) {
        (Kind::List(items, _), _) | (_, Kind::List(items, _)) => items.to_vec(),
        _ => Vec::new(),
    }
}

/// The numbers of a range, if its ends are known.
pub(super) fn numbers(range: &Value) -> Option<std::ops::Range<i128>> {
    let Kind::List(ends, Some(ty)) = &range.kind else { return None };
    let [from, to] = ends.as_ref() else { return None };
    (**ty == *RANGE).then_some(())?;
    Some(from.int()?..to.int()?.saturating_add(1))
}

/// Whole numbers in order, up to the last operand, which is one of them if they are `closed`. Many are no years.
pub(super) fn range(operands: &[Value], closed: bool) -> Value {
    const MOST: i128 = 1_000;
    let meta = joined(operands);
    let ends = match operands {
        [until] => until.int().map(|until| (0, until)),
        [from, until] => from.int().zip(until.int()),
        _ => None,
    };
    let numbers = ends.map(|(from, until)| from..until.saturating_add(i128::from(closed)));
    let few = numbers.filter(|numbers| numbers.end.saturating_sub(numbers.start) <= MOST);
    let number = |n| Value { kind: Kind::Int(n), meta: meta.clone() };
    let kind = few.map_or(Kind::Unknown, |numbers| Kind::List(numbers.map(number).collect(), None));
    Value { kind, meta }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_lists_of_their_numbers() {
        let int = |n| Value::of(Kind::Int(n));
        let numbers = |operands: &[Value], closed| {
            let list = range(operands, closed);
            matches!(list.kind, Kind::List(..))
                .then(|| elements(&list).iter().filter_map(Value::int).collect::<Vec<_>>())
        };
        assert_eq!(numbers(&[int(3)], false), Some(vec![0, 1, 2]));
        assert_eq!(numbers(&[int(2015), int(2017)], false), Some(vec![2015, 2016]));
        assert_eq!(numbers(&[int(2015), int(2017)], true), Some(vec![2015, 2016, 2017]));
        assert_eq!(numbers(&[int(3), int(1)], false), Some(vec![]));
        assert_eq!(numbers(&[int(i128::MIN), int(i128::MAX)], true), None);
        assert_eq!(numbers(&[Value::unknown()], false), None);
    }
}
