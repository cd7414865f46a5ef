//! JSON, JSONC and JSON5, by `jsonc-parser`; it bounds the nesting at 512.

use jsonc_parser::ast::{ObjectPropName, Value as Node};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Collector, Outcome, Value, bounded};

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let text = out.text;
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let root = parsed.map_err(|error| error.to_string())?.value;
    if let Some(root) = &root {
        walk(root, root.range(), &mut Vec::new(), out);
    }
    Ok(())
}

fn walk(node: &Node<'_>, key: Range, path: &mut Vec<String>, out: &mut Collector<'_>) {
    match node {
        Node::Object(object) => {
            for property in &object.properties {
                let name = match &property.name {
                    ObjectPropName::String(name) => name.range,
                    ObjectPropName::Word(name) => name.range,
                };
                path.push(property.name.as_str().to_owned());
                walk(&property.value, name, path, out);
                path.pop();
            }
        }
        Node::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                path.push(index.to_string());
                walk(element, element.range(), path, out);
                path.pop();
            }
        }
        _ => {
            let Some(value) = scalar(node) else { return };
            let at = node.range();
            out.push(bounded(path), value, key.start..key.end, at.start..at.end);
        }
    }
}

fn scalar(node: &Node<'_>) -> Option<Value> {
    Some(match node {
        Node::StringLit(text) => Value::Text(text.value.to_string()),
        Node::NumberLit(number) => {
            number.value.parse().map(Value::Int).or_else(|_| number.value.parse().map(Value::Float)).ok()?
        }
        Node::BooleanLit(boolean) => Value::Bool(boolean.value),
        _ => return None,
    })
}
