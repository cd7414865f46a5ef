//! XML and property lists, by `roxmltree`, which parses without recursion and bounds entities.
//!
//! An attribute is an entry under its element, an element's own text is an entry of the element. Where a file keeps keys
//! in values (`<add key="Expiry" value="…"/>`, `<key>Expiry</key><date>…</date>`), the entry goes by that key.

use std::ops::Range;

use roxmltree::{Attribute, Document, Node, ParsingOptions};

use super::{Collector, MAX_ENTRIES, Outcome, Value, plain};

/// Ancestors that an entry's path names.
const LEVELS: usize = 12;

pub(super) fn read(out: &mut Collector<'_>) -> Outcome {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: 4 * MAX_ENTRIES as u32, ..ParsingOptions::default() };
    let text = out.text;
    let document = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    for node in document.descendants().filter(Node::is_element) {
        element(node, out);
    }
    Ok(())
}

fn element(node: Node<'_, '_>, out: &mut Collector<'_>) {
    let named = named_by_attribute(node).or_else(|| named_by_sibling(node));
    for attribute in node.attributes() {
        let value = attribute.name().eq_ignore_ascii_case("value");
        let (name, key) = match &named {
            Some((name, range)) if value => (name.clone(), range.clone()),
            _ => (attribute.name().to_owned(), attribute.range_qname()),
        };
        let mut path = path_to(node);
        path.push(name);
        out.push(path, plain(attribute.value()), key, attribute.range_value());
    }
    let Some(child) = node.children().find(|child| child.is_text()) else { return };
    let Some(text) = child.text().map(str::trim).filter(|text| !text.is_empty() && text.len() < 1024) else { return };
    let mut path = path_to(node);
    let mut key = tag_range(node);
    if let Some((name, range)) = named {
        path.pop();
        path.push(name);
        key = range;
    }
    let at = trimmed(out.text, child.range());
    out.push(path, typed(node, text), key, at);
}

/// `<string>` in a property list is text whatever it looks like.
fn typed(node: Node<'_, '_>, text: &str) -> Value {
    if node.tag_name().name() == "string" { Value::Text(text.to_owned()) } else { plain(text) }
}

fn path_to(node: Node<'_, '_>) -> Vec<String> {
    let mut path: Vec<String> = node
        .ancestors()
        .filter(Node::is_element)
        .take(LEVELS)
        .map(|element| element.tag_name().name().to_owned())
        .collect();
    path.reverse();
    path
}

/// `<add key="Expiry" …>`, `<property name="expiry" …>`.
fn named_by_attribute(node: Node<'_, '_>) -> Option<(String, Range<usize>)> {
    let names = |attribute: &Attribute<'_, '_>| matches!(attribute.name(), "key" | "name" | "Key" | "Name");
    let attribute = node.attributes().find(names)?;
    Some((attribute.value().to_owned(), attribute.range_value()))
}

/// `<key>Expiry</key>` before a property list's value.
fn named_by_sibling(node: Node<'_, '_>) -> Option<(String, Range<usize>)> {
    let before = node.prev_sibling_element().filter(|before| before.has_tag_name("key"))?;
    let child = before.children().find(|child| child.is_text())?;
    (!node.has_tag_name("key")).then(|| (child.text().unwrap_or("").trim().to_owned(), child.range()))
}

/// The name in the element's start tag.
fn tag_range(node: Node<'_, '_>) -> Range<usize> {
    let start = node.range().start + 1;
    start..start + node.tag_name().name().len()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(inside) = text.get(range.clone()) else { return range };
    let start = range.start + (inside.len() - inside.trim_start().len());
    start..start + inside.trim().len()
}
