//! The metadata of an assembly (ECMA-335 § II.22 to II.24): heaps of texts and blobs, and tables of rows of fixed width.
//!
//! The width of a column depends on how many rows the tables have that it points into, so that the columns of every
//! table up to the last one that is read have to be known.

use super::bytes;

/// The numbers of the tables that are read (§ II.22).
pub(super) mod table {
    pub(crate) const TYPE_REF: usize = 0x01;
    pub(crate) const TYPE_DEF: usize = 0x02;
    pub(crate) const FIELD: usize = 0x04;
    pub(crate) const METHOD: usize = 0x06;
    pub(crate) const PARAM: usize = 0x08;
    pub(crate) const MEMBER_REF: usize = 0x0A;
    pub(crate) const CONSTANT: usize = 0x0B;
    pub(crate) const TYPE_SPEC: usize = 0x1B;
    pub(crate) const NESTED_CLASS: usize = 0x29;
    pub(crate) const METHOD_SPEC: usize = 0x2B;
}

/// What a column holds.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// Two bytes, four bytes.
    Two,
    Four,
    /// A place in a heap.
    Text,
    Guid,
    Blob,
    /// A row of a table.
    Row(usize),
    /// A row of one of several tables, told by the lowest so many bits (§ II.24.2.6); `NONE` stands for no table.
    Coded(u32, &'static [usize]),
}

use Column::{Blob, Coded, Four, Guid, Row, Text, Two};

const NONE: usize = usize::MAX;
pub(super) const TYPE_DEF_OR_REF: &[usize] = &[0x02, 0x01, 0x1B];
pub(super) const MEMBER_REF_PARENT: &[usize] = &[0x02, 0x01, 0x1A, 0x06, 0x1B];
pub(super) const HAS_CONSTANT: &[usize] = &[0x04, 0x08, 0x17];
pub(super) const METHOD_DEF_OR_REF: &[usize] = &[0x06, 0x0A];
const CUSTOM_ATTRIBUTE_TYPE: &[usize] = &[NONE, NONE, 0x06, 0x0A, NONE];
const HAS_CUSTOM_ATTRIBUTE: &[usize] = &[
    0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B, 0x20, 0x23, 0x26, 0x27, 0x28,
    0x2A, 0x2C, 0x2B,
];
const IMPLEMENTATION: &[usize] = &[0x26, 0x23, 0x27];

/// The columns of each table, by its number.
const COLUMNS: [&[Column]; 0x2D] = [
    &[Two, Text, Guid, Guid, Guid],
    &[Coded(2, &[0x00, 0x1A, 0x23, 0x01]), Text, Text],
    &[Four, Text, Text, Coded(2, TYPE_DEF_OR_REF), Row(0x04), Row(0x06)],
    &[Row(0x04)],
    &[Two, Text, Blob],
    &[Row(0x06)],
    &[Four, Two, Two, Text, Blob, Row(0x08)],
    &[Row(0x08)],
    &[Two, Two, Text],
    &[Row(0x02), Coded(2, TYPE_DEF_OR_REF)],
    &[Coded(3, MEMBER_REF_PARENT), Text, Blob],
    &[Two, Coded(2, HAS_CONSTANT), Blob],
    &[Coded(5, HAS_CUSTOM_ATTRIBUTE), Coded(3, CUSTOM_ATTRIBUTE_TYPE), Blob],
    &[Coded(1, &[0x04, 0x08]), Blob],
    &[Two, Coded(2, &[0x02, 0x06, 0x20]), Blob],
    &[Two, Four, Row(0x02)],
    &[Four, Row(0x04)],
    &[Blob],
    &[Row(0x02), Row(0x14)],
    &[Row(0x14)],
    &[Two, Text, Coded(2, TYPE_DEF_OR_REF)],
    &[Row(0x02), Row(0x17)],
    &[Row(0x17)],
    &[Two, Text, Blob],
    &[Two, Row(0x06), Coded(1, &[0x14, 0x17])],
    &[Row(0x02), Coded(1, METHOD_DEF_OR_REF), Coded(1, METHOD_DEF_OR_REF)],
    &[Text],
    &[Blob],
    &[Two, Coded(1, &[0x04, 0x06]), Text, Row(0x1A)],
    &[Four, Row(0x04)],
    &[Four, Four],
    &[Four],
    &[Four, Two, Two, Two, Two, Four, Blob, Text, Text],
    &[Four],
    &[Four, Four, Four],
    &[Two, Two, Two, Two, Four, Blob, Text, Text, Blob],
    &[Four, Row(0x23)],
    &[Four, Four, Four, Row(0x23)],
    &[Four, Text, Blob],
    &[Four, Four, Text, Text, Coded(2, IMPLEMENTATION)],
    &[Four, Four, Text, Coded(2, IMPLEMENTATION)],
    &[Row(0x02), Row(0x02)],
    &[Two, Two, Coded(1, &[0x02, 0x06]), Text],
    &[Coded(1, METHOD_DEF_OR_REF), Blob],
    &[Row(0x2A), Coded(2, TYPE_DEF_OR_REF)],
];

/// Where a table lies and how wide its columns are.
#[derive(Clone, Debug, Default)]
struct Layout {
    at: usize,
    rows: usize,
    /// Of each column, its place in the row and its width.
    columns: Vec<(usize, usize)>,
    width: usize,
}

/// The heaps and tables.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    rows: &'a [u8],
    texts: &'a [u8],
    blobs: &'a [u8],
    literals: &'a [u8],
    layouts: Vec<Layout>,
}

impl<'a> Tables<'a> {
    /// Reads the metadata root (§ II.24.2.1) and the head of the tables (§ II.24.2.6).
    pub(super) fn read(root: &'a [u8]) -> Option<Self> {
        let stream = |wanted: &str| stream(root, wanted);
        let rows = stream("#~").or_else(|| stream("#-"))?;
        let sizes = *rows.get(6)?;
        let valid = bytes::u64(rows, 8)?;
        let mut at = 24;
        let mut counts = [0_usize; 64];
        for (number, count) in counts.iter_mut().enumerate() {
            if valid >> number & 1 == 1 {
                *count = bytes::offset(rows, at)?;
                at += 4;
            }
        }
        if sizes & 0x40 != 0 {
            at += 4;
        }
        let mut layouts = Vec::with_capacity(COLUMNS.len());
        for (number, columns) in COLUMNS.iter().enumerate() {
            let layout = layout(columns, counts[number], &counts, sizes, at);
            at = at.checked_add(layout.width.checked_mul(layout.rows)?)?;
            layouts.push(layout);
        }
        // Cut metadata holds nothing that could be trusted.
        (at <= rows.len()).then_some(())?;
        let [texts, blobs, literals] = ["#Strings", "#Blob", "#US"].map(|heap| stream(heap).unwrap_or_default());
        Some(Self { rows, texts, blobs, literals, layouts })
    }

    /// How many rows a table has.
    pub(super) fn len(&self, table: usize) -> usize {
        self.layouts.get(table).map_or(0, |layout| layout.rows)
    }

    /// The number in a column of a row; rows count from 1.
    pub(super) fn cell(&self, table: usize, row: usize, column: usize) -> Option<usize> {
        let layout = self.layouts.get(table)?;
        let row = row.checked_sub(1).filter(|row| *row < layout.rows)?;
        let (place, width) = *layout.columns.get(column)?;
        let at = layout.at + row * layout.width + place;
        if width == 2 { bytes::u16(self.rows, at).map(usize::from) } else { bytes::offset(self.rows, at) }
    }

    /// The text that a column of a row names.
    pub(super) fn text(&self, table: usize, row: usize, column: usize) -> Option<&'a str> {
        let rest = self.texts.get(self.cell(table, row, column)?..)?;
        let end = memchr::memchr(0, rest)?;
        std::str::from_utf8(&rest[..end]).ok()
    }

    /// The blob that a column of a row names.
    pub(super) fn blob(&self, table: usize, row: usize, column: usize) -> Option<&'a [u8]> {
        sized(self.blobs, self.cell(table, row, column)?)
    }

    /// Table and row that a coded column names.
    pub(super) fn coded(&self, table: usize, row: usize, column: usize, among: &[usize]) -> Option<(usize, usize)> {
        decode(self.cell(table, row, column)?, among)
    }

    /// A literal of the code: UTF-16 and a last byte that says of which kind (§ II.24.2.4).
    pub(super) fn literal(&self, at: usize) -> Option<String> {
        let blob = sized(self.literals, at)?;
        let units = blob.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    /// The rows that belong to a row whose list begins where `column` says and ends where the next one's begins.
    pub(super) fn list(&self, table: usize, row: usize, column: usize, of: usize) -> std::ops::Range<usize> {
        let start = self.cell(table, row, column).unwrap_or(0).max(1);
        let end = self.cell(table, row + 1, column).unwrap_or(self.len(of) + 1);
        start..end.min(self.len(of) + 1).max(start)
    }
}

/// Table and row of a coded number.
pub(super) fn decode(number: usize, among: &[usize]) -> Option<(usize, usize)> {
    let bits = among.len().next_power_of_two().trailing_zeros();
    let table = *among.get(number & ((1 << bits) - 1))?;
    (table != NONE).then_some((table, number >> bits))
}

/// What follows its own length in a heap.
fn sized(heap: &[u8], at: usize) -> Option<&[u8]> {
    let (length, taken) = bytes::compressed(heap, at)?;
    heap.get(at + taken..)?.get(..usize::try_from(length).ok()?)
}

/// A stream of the metadata, by its name (§ II.24.2.2).
fn stream<'a>(root: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    const SIGNATURE: u32 = 0x424A_5342;
    if bytes::u32(root, 0)? != SIGNATURE {
        return None;
    }
    let version = bytes::offset(root, 12)?;
    let mut at = 16_usize.checked_add(version)?;
    let count = bytes::u16(root, at.checked_add(2)?)?;
    at += 4;
    for _ in 0..count {
        let (offset, size) = (bytes::offset(root, at)?, bytes::offset(root, at + 4)?);
        let name = root.get(at + 8..)?;
        let name = name.get(..memchr::memchr(0, name.get(..name.len().min(32))?)?)?;
        if name == wanted.as_bytes() {
            return root.get(offset..offset.checked_add(size)?);
        }
        at += 8 + (name.len() / 4 + 1) * 4;
    }
    None
}

fn layout(columns: &[Column], rows: usize, counts: &[usize; 64], sizes: u8, at: usize) -> Layout {
    let mut layout = Layout { at, rows, ..Layout::default() };
    let count = |table: usize| counts.get(table).copied().unwrap_or(0);
    let wide = |flag: u8| if sizes & flag != 0 { 4 } else { 2 };
    for column in columns {
        let width = match *column {
            Two => 2,
            Four => 4,
            Text => wide(1),
            Guid => wide(2),
            Blob => wide(4),
            Row(table) => {
                if count(table) < 1 << 16 {
                    2
                } else {
                    4
                }
            }
            Coded(bits, among) => {
                let most = among.iter().map(|table| count(*table)).max().unwrap_or(0);
                if most < 1 << (16 - bits) { 2 } else { 4 }
            }
        };
        layout.columns.push((layout.width, width));
        layout.width += width;
    }
    layout
}
