//! ISO 9660 (ECMA-119): images of discs, installers and virtual machines' data.
//!
//! Names are those of Rock Ridge (IEEE P1282) where the image has them, else of Joliet, else its own. Folders are read
//! one at a time, each place but once, so that an image that holds itself ends.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use super::Walk;
use super::bytes::{array, u32_le};
use super::limits::Metered;

/// Where the volume descriptors begin, and where the first one's mark stands.
const DESCRIPTORS: u64 = 16 * SECTOR;
pub(super) const MARK: (usize, &[u8]) = (16 * 2048 + 1, b"CD001");
const SECTOR: u64 = 2048;
/// Volume descriptors that are looked at.
const VOLUMES: u64 = 16;
/// The largest folder, in bytes.
const FOLDER: u64 = 8 << 20;
/// The longest path to a folder, in bytes; the most folders that wait.
const PATH: usize = 1024;
const WAITING: usize = 1 << 16;

/// A stretch of the image.
#[derive(Clone, Copy, Debug)]
struct Extent {
    sector: u32,
    size: u32,
}

/// How names are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Plain,
    Joliet,
    /// In the system use field, so many bytes into it.
    RockRidge(usize),
}

/// A folder that is still to be read.
struct Folder {
    extent: Extent,
    path: Vec<u8>,
}

/// Shows every file.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, shown: &str, source: &mut R, depth: usize) -> io::Result<()> {
    let (root, names) = volume(source)?;
    let mut seen = HashSet::from([root.sector]);
    let mut folders = vec![Folder { extent: root, path: Vec::new() }];
    while let Some(folder) = folders.pop() {
        let content = bytes(source, folder.extent, FOLDER)?;
        walk.budget.charge(content.len() as u64)?;
        for record in records(&content) {
            let Some(file) = File::of(record, names) else { continue };
            let mut path = folder.path.clone();
            path.extend(file.name);
            if file.is_folder {
                path.push(b'/');
                let fits = path.len() < PATH && folders.len() < WAITING;
                if fits && walk.budget.entry() && seen.insert(file.extent.sector) {
                    folders.push(Folder { extent: file.extent, path });
                }
                continue;
            }
            source.seek(SeekFrom::Start(u64::from(file.extent.sector) * SECTOR))?;
            let budget = walk.budget;
            let mut content = Metered::new((&mut *source).take(u64::from(file.extent.size)), budget);
            if !walk.member(shown, &path, &mut content, depth) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The root folder, and how names below it are written.
fn volume<R: Read + Seek>(source: &mut R) -> io::Result<(Extent, Names)> {
    let mut found = None;
    for number in 0..VOLUMES {
        source.seek(SeekFrom::Start(DESCRIPTORS + number * SECTOR))?;
        let mut descriptor = [0; SECTOR as usize];
        source.read_exact(&mut descriptor)?;
        let root = extent(&descriptor[156..]);
        match (&descriptor[1..6] == MARK.1, descriptor[0], root) {
            (true, 1, Some(root)) => {
                let first = bytes(source, root, SECTOR)?;
                let own = records(&first).next().and_then(system_use).unwrap_or_default();
                // SUSP's own mark, with how much is to be skipped in each field.
                let shared = own.starts_with(b"SP").then(|| own.get(6).copied().map_or(0, usize::from));
                found = Some((root, shared.map_or(Names::Plain, Names::RockRidge)));
            }
            (true, 2, Some(root)) if matches!(&descriptor[88..91], b"%/@" | b"%/C" | b"%/E") => {
                if matches!(found, None | Some((_, Names::Plain))) {
                    found = Some((root, Names::Joliet));
                }
            }
            (true, 255, _) | (false, ..) => break,
            _ => {}
        }
    }
    found.ok_or_else(|| io::Error::other("it has no volume"))
}

fn bytes<R: Read + Seek>(source: &mut R, extent: Extent, most: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(u64::from(extent.sector) * SECTOR))?;
    let mut bytes = Vec::new();
    source.take(u64::from(extent.size).min(most)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The records of a folder. None crosses a sector; what is left of one is zero.
fn records(folder: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let length = usize::from(*folder.get(at)?);
            if length == 0 {
                at = (at / SECTOR as usize + 1) * SECTOR as usize;
                continue;
            }
            let record = folder.get(at..at + length)?;
            at += length;
            return Some(record);
        }
    })
}

/// Where a record's file lies (ECMA-119 § 9.1).
fn extent(record: &[u8]) -> Option<Extent> {
    Some(Extent { sector: u32_le(record, 2)?, size: u32_le(record, 10)? })
}

/// What follows a record's name (§ 9.1.13).
fn system_use(record: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*record.get(32)?);
    record.get(33 + length + (length + 1) % 2..)
}

struct File {
    name: Vec<u8>,
    extent: Extent,
    is_folder: bool,
}

impl File {
    /// The file of a record; `None` for the folder itself and the one around it.
    fn of(record: &[u8], names: Names) -> Option<Self> {
        let own = record.get(33..33 + usize::from(*record.get(32)?))?;
        if matches!(own, [0 | 1]) {
            return None;
        }
        let name = match names {
            Names::Plain => plain(own),
            Names::Joliet => plain(&from_utf16(own)),
            Names::RockRidge(skip) => alternate(system_use(record)?.get(skip..)?).unwrap_or_else(|| plain(own)),
        };
        Some(Self { name, extent: extent(record)?, is_folder: record.get(25)? & 2 != 0 })
    }
}

/// Without the version: `README.TXT;1`.
fn plain(name: &[u8]) -> Vec<u8> {
    let name = name.split(|byte| *byte == b';').next().unwrap_or(name);
    name.strip_suffix(b".").unwrap_or(name).to_vec()
}

fn from_utf16(name: &[u8]) -> Vec<u8> {
    let units = (0..name.len() / 2).filter_map(|n| array(name, n * 2).map(u16::from_be_bytes));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
}

/// The name in Rock Ridge's NM fields.
fn alternate(mut fields: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    while let [a, b, length, _, ..] = *fields {
        let (field, rest) = fields.split_at_checked(usize::from(length)).filter(|(field, _)| field.len() >= 4)?;
        if [a, b] == *b"NM" {
            name.extend_from_slice(field.get(5..).unwrap_or_default());
        }
        fields = rest;
    }
    (!name.is_empty()).then_some(name)
}
