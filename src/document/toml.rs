//! TOML, by `toml_edit`; it bounds the nesting at 80. TOML has dates of its own.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value as Node};

use super::{Collector, Outcome, Value, bounded};
use crate::calendar::read as read_date;

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let text = out.text;
    let document = Document::parse(text).map_err(|error| error.message().to_owned())?;
    table(document.as_table(), &mut Vec::new(), out);
    // Tables may stand in any order; entries are in the file's.
    out.entries.sort_by_key(|entry| (entry.key_span, entry.value_span));
    Ok(())
}

fn table(table: &dyn TableLike, path: &mut Vec<String>, out: &mut Collector<'_>) {
    for (name, item) in table.iter() {
        let key = table.get_key_value(name).and_then(|(key, _)| key.span()).unwrap_or(0..0);
        path.push(name.to_owned());
        self::item(item, key, path, out);
        path.pop();
    }
}

fn item(item: &Item, key: Range<usize>, path: &mut Vec<String>, out: &mut Collector<'_>) {
    match item {
        Item::None => {}
        Item::Value(value) => self::value(value, key, path, out),
        Item::Table(inner) => table(inner, path, out),
        Item::ArrayOfTables(tables) => {
            for (index, inner) in tables.iter().enumerate() {
                path.push(index.to_string());
                table(inner, path, out);
                path.pop();
            }
        }
    }
}

fn value(node: &Node, key: Range<usize>, path: &mut Vec<String>, out: &mut Collector<'_>) {
    let at = node.span().unwrap_or_else(|| key.clone());
    let scalar = match node {
        Node::InlineTable(inner) => return table(inner, path, out),
        Node::Array(array) => {
            for (index, element) in array.iter().enumerate() {
                path.push(index.to_string());
                value(element, element.span().unwrap_or(0..0), path, out);
                path.pop();
            }
            return;
        }
        Node::String(text) => Value::Text(text.value().clone()),
        Node::Integer(number) => Value::Int(i128::from(*number.value())),
        Node::Float(number) => Value::Float(*number.value()),
        Node::Boolean(boolean) => Value::Bool(*boolean.value()),
        Node::Datetime(date) => {
            let text = date.value().to_string();
            read_date(&text).map_or(Value::Text(text), Value::Date)
        }
    };
    out.push(bounded(path), scalar, key, at);
}
