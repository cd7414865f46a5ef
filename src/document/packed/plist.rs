//! Binary property lists (`bplist00`, Core Foundation's CFBinaryPList.c): objects by number, a table of their places, and
//! what tells their sizes in the last 32 bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{MOST, array, escape};
use crate::calendar::Instant;

pub(super) const MAGIC: &[u8] = b"bplist00";
/// The tables' sizes and places.
const TRAILER: usize = 32;
/// Lists within lists.
const DEPTH: usize = 64;
/// Objects that are written, those that occur several times counted each.
const OBJECTS: usize = 200_000;
/// Longer data is no certificate, in bytes.
const DATA: usize = 64 << 10;
/// Dates count from 2001-01-01, in seconds.
const EPOCH: f64 = 978_307_200.0;

struct List<'b> {
    bytes: &'b [u8],
    /// Where the places of the objects stand, and how long one is.
    places: usize,
    place: usize,
    /// How long an object's number is.
    number: usize,
    left: usize,
    out: String,
}

/// The list as XML.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let trailer = bytes.len().checked_sub(TRAILER).filter(|at| *at >= MAGIC.len())?;
    let word = |at| usize::try_from(u64::from_be_bytes(array(bytes, trailer + at)?)).ok();
    let (place, number) = (usize::from(bytes[trailer + 6]), usize::from(bytes[trailer + 7]));
    let (top, places) = (word(16)?, word(24)?);
    ((1..=8).contains(&place) && (1..=8).contains(&number)).then_some(())?;
    let mut list = List { bytes, places, place, number, left: OBJECTS, out: String::new() };
    list.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n");
    list.object(top, 0)?;
    list.out.push_str("</plist>\n");
    Some(list.out)
}

impl List<'_> {
    /// A big-endian number of so many bytes.
    fn sized(&self, at: usize, size: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// Writes the object of that number.
    fn object(&mut self, number: usize, depth: usize) -> Option<()> {
        self.left = self.left.checked_sub(1).filter(|_| depth < DEPTH && self.out.len() < MOST)?;
        let at = self.sized(self.places.checked_add(number.checked_mul(self.place)?)?, self.place)?;
        let at = usize::try_from(at).ok()?;
        let marker = *self.bytes.get(at)?;
        let (kind, low) = (marker >> 4, usize::from(marker & 0x0F));
        match kind {
            0 => self.out.push_str(if low == 9 { "<true/>\n" } else { "<false/>\n" }),
            1 => {
                let number = self.sized(at + 1, 1 << low.min(4))?.cast_signed();
                self.element("integer", &number.to_string());
            }
            2 => {
                let number = self.real(at + 1, low)?;
                self.element("real", &number.to_string());
            }
            3 => {
                let number = self.real(at + 1, 3)? + EPOCH;
                // Saturates; what lies outside the calendar is no date.
                let day = Instant::from_seconds(number as i64).civil()?;
                self.element("date", &format!("{day}Z"));
            }
            _ => return self.sequence(kind, low, at + 1, depth),
        }
        Some(())
    }

    fn real(&self, at: usize, size: usize) -> Option<f64> {
        Some(match size {
            2 => f64::from(f32::from_be_bytes(array(self.bytes, at)?)),
            _ => f64::from_be_bytes(array(self.bytes, at)?),
        })
    }

    /// Data, texts and lists, which say how many there are.
    fn sequence(&mut self, kind: u8, low: usize, mut at: usize, depth: usize) -> Option<()> {
        let mut count = low;
        if low == 15 {
            let size = 1 << (*self.bytes.get(at)? & 0x0F).min(3);
            count = usize::try_from(self.sized(at + 1, size)?).ok()?;
            at += 1 + size;
        }
        match kind {
            4 => {
                let data = self.bytes.get(at..at.checked_add(count)?)?;
                // What certificates are; icons and caches are larger.
                let text = if data.len() <= DATA { STANDARD.encode(data) } else { String::new() };
                self.element("data", &text);
            }
            5 => {
                let text = String::from_utf8_lossy(self.bytes.get(at..at.checked_add(count)?)?).into_owned();
                self.element("string", &text);
            }
            6 => {
                let units = self.bytes.get(at..at.checked_add(count.checked_mul(2)?)?)?;
                let units = units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
                let text: String =
                    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                self.element("string", &text);
            }
            8 => self.element("integer", &low.to_string()),
            0xA | 0xC => self.members("array", &[at], count, depth)?,
            0xD => self.members("dict", &[at, at.checked_add(count.checked_mul(self.number)?)?], count, depth)?,
            _ => return None,
        }
        Some(())
    }

    /// Members by their numbers; of a dictionary, all keys stand before all values.
    fn members(&mut self, name: &str, columns: &[usize], count: usize, depth: usize) -> Option<()> {
        self.out.push_str(&format!("<{name}>\n"));
        for n in 0..count {
            for (column, from) in columns.iter().enumerate() {
                let at = from.checked_add(n.checked_mul(self.number)?)?;
                let number = usize::try_from(self.sized(at, self.number)?).ok()?;
                let start = self.out.len();
                self.object(number, depth + 1)?;
                if column + 1 < columns.len() {
                    let key = self.out.split_off(start).replace("<string>", "<key>").replace("</string>", "</key>");
                    self.out.push_str(&key);
                }
            }
        }
        self.out.push_str(&format!("</{name}>\n"));
        Some(())
    }

    fn element(&mut self, name: &str, text: &str) {
        self.out.push_str(&format!("<{name}>"));
        escape(text, &mut self.out);
        self.out.push_str(&format!("</{name}>\n"));
    }
}
