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

/// What the parsing of a text may still cost. Steps are counted, not time: the same text has the same tree, or none, on
/// any machine.
pub(super) struct Budget {
    rounds: Cell<usize>,
    pieces: Cell<usize>,
}

impl Budget {
    /// That of a text of so many bytes.
    pub(super) const fn of(length: usize) -> Self {
        let rounds = Cell::new(ROUNDS + length / BYTES_PER_ROUND);
        Self { rounds, pieces: Cell::new(PIECES + READINGS * (length / PIECE)) }
    }

    /// That of a piece of a text: a tenth of what any text may cost, and a little more by its length.
    pub(super) const fn of_piece(length: usize) -> Self {
        let rounds = Cell::new(ROUNDS / 10 + length / BYTES_PER_ROUND);
        Self { rounds, pieces: Cell::new(PIECES / 10 + READINGS * (length / PIECE)) }
    }

    fn spend(left: &Cell<usize>) {
        left.set(left.get().saturating_sub(1));
    }

    const fn is_spent(&self) -> bool {
        self.rounds.get() == 0 || self.pieces.get() == 0
    }
}

/// The syntax tree of a text; `None` if the text is beyond reason.
pub(super) fn parse(table: &Table, text: &str) -> Option<Tree> {
    parse_within(table, text, None, &Budget::of(text.len()))
}

/// The syntax tree of a part of a text, in its place; all of it without a part.
pub(super) fn parse_within(
    table: &Table,
    text: &str,
    part: Option<tree_sitter::Range>,
    budget: &Budget,
) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&table.language).ok()?;
    if let Some(part) = part {
        parser.set_included_ranges(&[part]).ok()?;
    }
    let mut progress = |_: &tree_sitter::ParseState| {
        Budget::spend(&budget.rounds);
        if budget.is_spent() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| {
        Budget::spend(&budget.pieces);
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
