//! Parsing, within bounds.

use std::ops::{ControlFlow, Range};

use tree_sitter::{ParseOptions, Parser, Tree};

use super::Node;
use super::table::Table;

/// Parsing may take this many rounds of the parser's progress callback (100 operations each) for any text …
const ROUNDS: usize = 2_000;
/// … and one more for this many bytes. Ordinary code needs one for 50 to 200 bytes.
const BYTES_PER_ROUND: usize = 10;

/// The syntax tree of a text; `None` if the text is beyond reason. Bounded by steps, not by time: the same text has
/// the same tree, or none, on any machine.
pub(super) fn parse(table: &Table, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&table.language).ok()?;
    let mut rounds = ROUNDS + text.len() / BYTES_PER_ROUND;
    let mut progress = |_: &tree_sitter::ParseState| {
        rounds = rounds.saturating_sub(1);
        if rounds == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
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
