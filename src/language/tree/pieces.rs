//! Parsing again, item by item, where the parser lost its way.
//!
//! One macro that a grammar cannot read may cost all that follows it: the parser takes the rest of the file for one
//! error. The layout of most code tells where its items end, though: at a line that begins with a closing brace in the
//! first column. So what stands in a large gap is cut there, and each piece is parsed by itself, in its place.

use std::ops::Range;

use tree_sitter::{Point, Tree};

use super::syntax::{self, Budget};
use super::table::Table;
use super::{Lowering, Node};

/// Gaps of fewer bytes than this below one node of the root are let be.
const LOST: usize = 1 << 10;

/// Pieces that cannot be parsed at all; after so many the rest of the text is let be.
const FAILURES: usize = 16;

/// A part of a text that was parsed again.
struct Part {
    range: Range<usize>,
    trees: Vec<Tree>,
    /// What cannot be parsed at all.
    gaps: Vec<Range<usize>>,
}

/// Lowers a text that was parsed: its tree, but for what is better read in pieces; all pieces if there is no tree.
pub(super) fn lower(lowering: &mut Lowering<'_>, text: &str, tree: Option<&Tree>) {
    let Some(root) = tree.map(Tree::root_node) else {
        match again(lowering.table, text, 0..text.len()) {
            Some(part) => part.lower(lowering),
            None => lowering.gap(0..text.len()),
        }
        return;
    };
    let mut parts = Vec::new();
    for (range, gap) in lost(text, root) {
        parts.extend(again(lowering.table, text, range).filter(|part| part.gap() < gap));
    }
    let covered: Vec<Range<usize>> = parts.iter().map(|part| part.range.clone()).collect();
    lowering.gaps(root, &covered);
    let mut parts = parts.iter().peekable();
    for item in lowering.children(root) {
        while let Some(part) = parts.next_if(|part| part.range.start <= item.start_byte()) {
            part.lower(lowering);
        }
        if !covered.iter().any(|range| range.contains(&item.start_byte())) {
            lowering.item(item);
        }
    }
    parts.for_each(|part| part.lower(lowering));
}

impl Part {
    /// How many bytes could not be read all the same.
    fn gap(&self) -> usize {
        let within = self.trees.iter().flat_map(|tree| syntax::gaps(tree.root_node()));
        within.chain(self.gaps.iter().cloned()).map(|gap| gap.len()).sum()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        self.gaps.iter().for_each(|gap| lowering.gap(gap.clone()));
        for tree in &self.trees {
            lowering.root(tree.root_node());
        }
    }
}

/// The parts of a text where much was lost, in whole lines, and how many bytes that was.
fn lost(text: &str, root: Node<'_>) -> Vec<(Range<usize>, usize)> {
    if !root.has_error() {
        return Vec::new();
    }
    let mut cursor = root.walk();
    let nodes = if root.is_error() { vec![root] } else { root.children(&mut cursor).collect() };
    let mut parts: Vec<(Range<usize>, usize)> = Vec::new();
    for node in nodes.into_iter().filter(Node::has_error) {
        let gap: usize = syntax::gaps(node).into_iter().map(|gap| gap.len()).sum();
        if gap < LOST {
            continue;
        }
        let bytes = text.as_bytes();
        let start = memchr::memrchr(b'\n', &bytes[..node.start_byte()]).map_or(0, |newline| newline + 1);
        let rest = memchr::memchr(b'\n', &bytes[node.end_byte()..]);
        let end = rest.map_or(text.len(), |newline| node.end_byte() + newline + 1);
        match parts.last_mut().filter(|(range, _)| range.end >= start) {
            Some((range, sum)) => (range.end, *sum) = (end, *sum + gap),
            None => parts.push((start..end, gap)),
        }
    }
    parts
}

/// Parses a part of the text piece by piece; `None` if it is one piece.
fn again(table: &Table, text: &str, range: Range<usize>) -> Option<Part> {
    let pieces = cut(text, range.clone());
    if pieces.len() < 2 {
        return None;
    }
    let mut row = text[..range.start].matches('\n').count();
    let (mut trees, mut gaps) = (Vec::with_capacity(pieces.len()), Vec::new());
    for piece in pieces {
        let start = Point::new(row, 0);
        row += text[piece.clone()].matches('\n').count();
        let place = tree_sitter::Range {
            start_byte: piece.start,
            end_byte: piece.end,
            start_point: start,
            end_point: Point::new(row, 0),
        };
        let parse = || syntax::parse_within(table, text, Some(place), &Budget::of_piece(piece.len()));
        match if gaps.len() < FAILURES { parse() } else { None } {
            Some(tree) => trees.push(tree),
            None => gaps.push(piece),
        }
    }
    Some(Part { range, trees, gaps })
}

/// The range, cut after every line that ends an item by its layout.
fn cut(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (range.start, range.start);
    for line in text[range.clone()].split_inclusive('\n') {
        at += line.len();
        let rest = line.strip_prefix('}').map(str::trim_end);
        if rest.is_some_and(|rest| rest.is_empty() || rest.ends_with([';', '/']) || rest.trim_start().starts_with("//"))
        {
            pieces.push(from..at);
            from = at;
        }
    }
    if from < range.end {
        pieces.push(from..range.end);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_end_at_the_margin() {
        let text = "a {\n  }\n}\nstruct b {\n} c; \n} else {\nd\n} // e\nf";
        let pieces: Vec<&str> = cut(text, 0..text.len()).into_iter().map(|piece| &text[piece]).collect();
        assert_eq!(pieces, ["a {\n  }\n}\n", "struct b {\n} c; \n", "} else {\nd\n} // e\n", "f"]);
        assert_eq!(pieces.concat(), text);
    }
}
