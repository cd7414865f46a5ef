//! Parsing, within bounds.

use std::cell::Cell;
use std::ops::{ControlFlow, Range};

use tree_sitter::{ParseOptions, Parser, Tree};

use super::Node;
use super::table::Table;

/// Parsing may take this many rounds of the parser's progress callback (100 operations each) for any text …
const ROUNDS: usize = 2_000;
/// … and one more for this many bytes. Ordinary code needs one for 50 to 200 bytes.
const BYTES_PER_ROUND: usize = 10;
/// The parser reads the text in pieces of this many bytes …
const PIECE: usize = 4_096;
/// … this many for any text (each look back costs one, and heredocs look back at each step), and this many times over:
/// scanners that look to the end of the line at each step are stopped there.
const PIECES: usize = 8_000;
const READINGS: usize = 16;

/// The syntax tree of a text; `None` if the text is beyond reason. Bounded by steps, not by time: the same text has
/// the same tree, or none, on any machine.
pub(super) fn parse(table: &Table, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&table.language).ok()?;
    let rounds = Cell::new(ROUNDS + text.len() / BYTES_PER_ROUND);
    let pieces = Cell::new(PIECES + READINGS * (text.len() / PIECE));
    let spend = |left: &Cell<usize>| left.set(left.get().saturating_sub(1));
    let mut progress = |_: &tree_sitter::ParseState| {
        spend(&rounds);
        if rounds.get() == 0 || pieces.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| {
        spend(&pieces);
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        &rest[..rest.len().min(PIECE)]
    };
    parser.parse_with_options(&mut read, None, Some(options))
}

/// Where the parser had to skip text or to invent more than a semicolon.
pub(super) fn gaps(root: Node<'_>) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let broken = node.is_error() || (node.is_missing() && node.kind() != ";");
        if broken {
            gaps.push(node.byte_range());
        }
        if !broken && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return gaps;
            }
        }
    }
}
