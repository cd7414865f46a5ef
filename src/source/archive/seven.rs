//! 7z (7zFormat.txt of the LZMA SDK).
//!
//! A header at the end, mostly packed itself, tells of *folders*: streams of packed bytes and the chain of coders that
//! unpacks them, and of the files that come out one after the other. Chains of one stream are read, with the coders
//! that 7-Zip uses by default and those before it; others (encryption, PPMd, BCJ2) are said.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::Walk;
use super::bytes::{u32_le, u64_le};
use super::limits::{Budget, Metered};
use super::streams::held;

pub(super) const MAGIC: &[u8] = b"7z\xBC\xAF\x27\x1C";
/// The signature header, behind which places are counted.
const START: u64 = 32;
/// The longest header, packed or not, in bytes: what it lists takes eight times as much.
const HEADER: u64 = 8 << 20;
/// The most folders, and the most names.
const FOLDERS: usize = 1 << 18;
const NAMES: usize = 1 << 20;
/// The most that LZMA may hold, in bytes: `-mx=9` has a dictionary of 64 MB.
const WINDOW: u64 = 68 << 20;
/// Coders in one chain.
const CODERS: u64 = 4;

/// How a stream of bytes becomes files.
#[derive(Clone, Debug, Default)]
struct Folder {
    coders: Vec<Coder>,
    /// The coders from the last one that unpacks to the first; none if they are no chain.
    order: Vec<usize>,
    /// What each coder gives, in bytes.
    sizes: Vec<u64>,
    /// Where the packed bytes are.
    at: u64,
    packed: u64,
    /// How many packed streams it takes.
    streams: usize,
    /// What each file in it takes.
    files: Vec<u64>,
    /// It has a checksum of its own.
    has_sum: bool,
}

#[derive(Clone, Debug)]
struct Coder {
    id: Vec<u8>,
    properties: Vec<u8>,
}

fn senseless() -> io::Error {
    io::Error::other("its header makes no sense")
}

/// Shows every file.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, shown: &str, source: &mut R, depth: usize) -> io::Result<()> {
    let header = header(source, walk.budget)?;
    let Listing { folders, names, empty } = Listing::read(&header).ok_or_else(senseless)?;
    let mut named = names.iter().enumerate().filter(|(n, _)| !empty.get(*n).copied().unwrap_or_default());
    for folder in folders {
        let budget = walk.budget;
        let mut content = match unpacked(&folder, source, budget) {
            Ok(content) => content,
            Err(error) => {
                for (_, name) in named.by_ref().take(folder.files.len()) {
                    if !walk.refused(shown, name, &error.to_string()) {
                        return Ok(());
                    }
                }
                continue;
            }
        };
        for size in &folder.files {
            let Some((_, name)) = named.next() else { return Ok(()) };
            let mut file = (&mut content).take(*size);
            if !walk.member(shown, name, &mut file, depth) {
                return Ok(());
            }
            io::copy(&mut file, &mut io::sink())?;
        }
    }
    Ok(())
}

/// The header, unpacked if need be.
fn header<R: Read + Seek>(source: &mut R, budget: &Budget<'_>) -> io::Result<Vec<u8>> {
    let mut start = [0; START as usize];
    source.seek(SeekFrom::Start(0))?;
    source.read_exact(&mut start)?;
    let (at, size) = (u64_le(&start, 12).unwrap_or_default(), u64_le(&start, 20).unwrap_or_default());
    source.seek(SeekFrom::Start(at.saturating_add(START)))?;
    let mut header = Vec::new();
    (&mut *source).take(size.min(HEADER)).read_to_end(&mut header)?;
    // A packed header may be packed again.
    for _ in 0..4 {
        let Some((0x17, rest)) = header.split_first().map(|(first, rest)| (*first, rest)) else { break };
        let folders = Fields { bytes: rest }.streams().ok_or_else(senseless)?;
        let folder = folders.first().ok_or_else(senseless)?;
        let mut plain = Vec::new();
        unpacked(folder, source, budget)?.take(HEADER).read_to_end(&mut plain)?;
        header = plain;
    }
    Ok(header)
}

/// What comes out of a folder.
fn unpacked<'a, R: Read + Seek>(
    folder: &Folder,
    source: &'a mut R,
    budget: &'a Budget<'a>,
) -> io::Result<Box<dyn Read + 'a>> {
    source.seek(SeekFrom::Start(folder.at.saturating_add(START)))?;
    let mut stream: Box<dyn Read + 'a> = Box::new(source.take(folder.packed));
    if folder.order.is_empty() {
        return Err(unknown());
    }
    for coder in folder.order.iter().rev() {
        let size = folder.sizes.get(*coder).copied().unwrap_or_default();
        stream = decoder(&folder.coders[*coder], size, stream, budget)?;
    }
    Ok(Box::new(Metered::new(stream, budget)))
}

fn decoder<'a>(
    coder: &Coder,
    size: u64,
    source: Box<dyn Read + 'a>,
    budget: &'a Budget<'a>,
) -> io::Result<Box<dyn Read + 'a>> {
    let properties = coder.properties.as_slice();
    Ok(match coder.id.as_slice() {
        [0] => source,
        [3, 1, 1] => {
            let (first, dictionary) = properties.first().zip(u32_le(properties, 1)).ok_or_else(senseless)?;
            let window = budget.window(WINDOW);
            within(u64::from(dictionary), window.bytes())?;
            let reader =
                lzma_rust2::LzmaReader::new_with_props(BufReader::new(source), size, *first, dictionary, None)?;
            held(reader, window)
        }
        [0x21] => {
            let bits = u32::from(*properties.first().filter(|bits| **bits < 40).ok_or_else(senseless)?);
            let dictionary = (2 | bits & 1) << (bits / 2 + 11);
            let window = budget.window(WINDOW);
            within(u64::from(dictionary), window.bytes())?;
            held(lzma_rust2::Lzma2Reader::new(BufReader::new(source), dictionary, None), window)
        }
        [4, 1, 8] => Box::new(flate2::read::DeflateDecoder::new(source)),
        [4, 2, 2] => Box::new(bzip2::read::MultiBzDecoder::new(source)),
        [3, 3, 1, 3] | [4] => Box::new(lzma_rust2::filter::bcj::BcjReader::new_x86(source, 0)),
        [3, 3, 5, 1] | [7] => Box::new(lzma_rust2::filter::bcj::BcjReader::new_arm(source, 0)),
        [0xA] => Box::new(lzma_rust2::filter::bcj::BcjReader::new_arm64(source, 0)),
        [3] => {
            let distance = properties.first().map_or(1, |first| usize::from(*first) + 1);
            Box::new(lzma_rust2::filter::delta::DeltaReader::new(source, distance))
        }
        [6, 0xF1, 7, 1] => return Err(io::Error::other("it is encrypted")),
        _ => return Err(unknown()),
    })
}

fn unknown() -> io::Error {
    io::Error::other("its compression is not known")
}

fn within(dictionary: u64, window: u64) -> io::Result<()> {
    if dictionary <= window { Ok(()) } else { Err(io::Error::other("its dictionary is too large")) }
}

/// What a header lists.
#[derive(Debug, Default)]
struct Listing {
    folders: Vec<Folder>,
    names: Vec<Vec<u8>>,
    /// Which of the names have no content: folders and empty files.
    empty: Vec<bool>,
}

impl Listing {
    fn read(header: &[u8]) -> Option<Self> {
        let mut fields = Fields { bytes: header };
        let mut listing = Self::default();
        (fields.byte()? == 0x01).then_some(())?;
        loop {
            match fields.byte()? {
                0x02 => fields.properties()?,
                0x04 => listing.folders = fields.streams()?,
                0x05 => {
                    listing.files(&mut fields)?;
                    return Some(listing);
                }
                0x00 => return Some(listing),
                _ => return None,
            }
        }
    }

    fn files(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let count = usize::try_from(fields.number()?).ok()?;
        loop {
            let kind = fields.byte()?;
            if kind == 0 {
                return Some(());
            }
            let size = usize::try_from(fields.number()?).ok()?;
            let mut content = Fields { bytes: fields.take(size)? };
            match kind {
                0x0E => self.empty = content.bits(count)?,
                0x11 if content.byte()? == 0 => {
                    let mut units = content.bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
                    self.names = (0..count.min(NAMES)).map_while(|_| name(&mut units)).collect();
                }
                _ => {}
            }
        }
    }
}

/// The next name, of UTF-16 units up to a zero; `None` if there is none.
fn name(units: &mut impl Iterator<Item = u16>) -> Option<Vec<u8>> {
    let mut units = units.peekable();
    units.peek()?;
    let own = units.take_while(|unit| *unit != 0);
    let text = char::decode_utf16(own).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.collect::<String>().into_bytes())
}

/// What is left of a header.
struct Fields<'h> {
    bytes: &'h [u8],
}

impl<'h> Fields<'h> {
    fn take(&mut self, count: usize) -> Option<&'h [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    /// A number: as many ones as its first byte begins with, so many bytes follow.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let more = first.leading_ones() as usize;
        let low = self.take(more)?.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let high = if more < 7 { u64::from(first) & ((1 << (7 - more)) - 1) } else { 0 };
        Some(low | high.checked_shl(8 * more as u32).unwrap_or_default())
    }

    /// One that counts what follows in the header, each of which takes a byte or more.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        Some((0..count).map(|n| bytes[n / 8] & 0x80 >> (n % 8) != 0).collect())
    }

    fn properties(&mut self) -> Option<()> {
        while self.byte()? != 0 {
            let size = self.number()?;
            self.take(usize::try_from(size).ok()?)?;
        }
        Some(())
    }

    /// Which of so many have a checksum; skips those.
    fn sums(&mut self, count: usize) -> Option<Vec<bool>> {
        // A checksum takes four bytes, a bit the eighth of one.
        (count <= self.bytes.len() * 8).then_some(())?;
        let has = if self.byte()? != 0 { vec![true; count] } else { self.bits(count)? };
        self.take(has.iter().filter(|has| **has).count() * 4)?;
        Some(has)
    }

    /// Packed streams, folders and what is in them.
    fn streams(&mut self) -> Option<Vec<Folder>> {
        let (mut at, mut packed, mut folders) = (0, Vec::new(), Vec::new());
        let mut split = false;
        loop {
            match self.byte()? {
                0x06 => {
                    at = self.number()?;
                    packed = self.pack_sizes()?;
                }
                0x07 => folders = self.folders()?,
                0x08 => {
                    self.split(&mut folders)?;
                    split = true;
                }
                0x00 => break,
                _ => return None,
            }
        }
        let mut packed = packed.into_iter();
        for folder in &mut folders {
            let size = packed.by_ref().take(folder.streams).try_fold(0_u64, u64::checked_add)?;
            (folder.at, folder.packed) = (at, size);
            at = at.checked_add(size)?;
            if !split {
                folder.files = vec![folder.size()];
            }
        }
        Some(folders)
    }

    fn pack_sizes(&mut self) -> Option<Vec<u64>> {
        let count = self.count()?;
        let mut sizes = Vec::new();
        loop {
            match self.byte()? {
                0x09 => sizes = (0..count).map(|_| self.number()).collect::<Option<_>>()?,
                0x0A => drop(self.sums(count)?),
                0x00 => return Some(sizes),
                _ => return None,
            }
        }
    }

    fn folders(&mut self) -> Option<Vec<Folder>> {
        (self.byte()? == 0x0B).then_some(())?;
        let count = self.count().filter(|count| *count <= FOLDERS)?;
        (self.byte()? == 0).then_some(())?;
        let mut folders = (0..count).map(|_| self.folder()).collect::<Option<Vec<_>>>()?;
        loop {
            match self.byte()? {
                0x0C => {
                    for folder in &mut folders {
                        folder.sizes = (0..folder.coders.len()).map(|_| self.number()).collect::<Option<_>>()?;
                    }
                }
                0x0A => {
                    for (folder, has) in folders.iter_mut().zip(self.sums(count)?) {
                        folder.has_sum = has;
                    }
                }
                0x00 => return Some(folders),
                _ => return None,
            }
        }
    }

    /// The coders of a folder.
    fn folder(&mut self) -> Option<Folder> {
        let count = self.number()?;
        (1..=CODERS).contains(&count).then_some(())?;
        let mut folder = Folder::default();
        let mut inputs = 0;
        for _ in 0..count {
            let flags = self.byte()?;
            let id = self.take(usize::from(flags & 0x0F))?.to_vec();
            let (own, outputs) = if flags & 0x10 != 0 { (self.number()?, self.number()?) } else { (1, 1) };
            // Only BCJ2 takes several streams; nothing gives several.
            (own <= 4 && outputs == 1).then_some(())?;
            inputs += own;
            let size = if flags & 0x20 != 0 { self.count()? } else { 0 };
            folder.coders.push(Coder { id, properties: self.take(size)?.to_vec() });
        }
        let bonds = (1..count).map(|_| Some((self.number()?, self.number()?))).collect::<Option<Vec<_>>>()?;
        folder.order = if inputs == count { chain(count, &bonds) } else { Vec::new() };
        folder.streams = usize::try_from(inputs.checked_sub(count - 1)?).ok()?;
        if folder.streams > 1 {
            (0..folder.streams).map(|_| self.number()).collect::<Option<Vec<_>>>()?;
        }
        Some(folder)
    }

    /// How many files each folder holds, and how long they are.
    fn split(&mut self, folders: &mut [Folder]) -> Option<()> {
        let mut counts = vec![1; folders.len()];
        let mut kind = self.byte()?;
        if kind == 0x0D {
            for count in &mut counts {
                *count = usize::try_from(self.number()?).ok()?;
            }
            kind = self.byte()?;
        }
        let has_sizes = kind == 0x09;
        // Each size takes a byte.
        (counts.iter().all(|count| *count <= self.bytes.len())).then_some(())?;
        for (folder, count) in folders.iter_mut().zip(&counts) {
            let mut left = folder.size();
            for _ in 1..*count {
                let size = if has_sizes { self.number()? } else { return None };
                folder.files.push(size);
                // What comes out of an unknown chain is not known either.
                left = if folder.order.is_empty() { 0 } else { left.checked_sub(size)? };
            }
            folder.files.extend((*count > 0).then_some(left));
        }
        if has_sizes {
            kind = self.byte()?;
        }
        while kind != 0 {
            // Checksums of those files that have none yet.
            let open = folders.iter().zip(&counts).filter(|(folder, count)| **count != 1 || !folder.has_sum);
            let open = open.map(|(_, count)| *count).try_fold(0_usize, usize::checked_add)?;
            (kind == 0x0A).then_some(())?;
            self.sums(open)?;
            kind = self.byte()?;
        }
        Some(())
    }
}

impl Folder {
    /// What comes out of it.
    fn size(&self) -> u64 {
        self.order.first().and_then(|last| self.sizes.get(*last)).copied().unwrap_or_default()
    }
}

/// The coders of a chain by number, each before the one whose result it takes; none if it is no chain. `bonds` say which
/// coder's input is which other's result.
fn chain(count: u64, bonds: &[(u64, u64)]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut next = (0..count).find(|coder| bonds.iter().all(|(_, output)| output != coder));
    while let Some(coder) = next.filter(|_| (order.len() as u64) < count) {
        order.extend(usize::try_from(coder));
        next = bonds.iter().find(|(input, _)| *input == coder).map(|(_, output)| *output);
    }
    let whole = order.len() as u64 == count && next.is_none() && order.iter().all(|coder| (*coder as u64) < count);
    if whole { order } else { Vec::new() }
}
