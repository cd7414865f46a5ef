//! Squashfs 4 (the kernel's Documentation/filesystems/squashfs.rst): snaps, live images, firmware.
//!
//! A table of inodes and one of folders, both in compressed blocks of 8 KB, then files in blocks of up to 1 MB and their
//! ends in shared *fragments*. Nothing is held but one block of each kind.

use std::collections::{HashSet, VecDeque};
use std::io::{self, Read, Seek, SeekFrom};

use super::Walk;
use super::bytes::{u16_le, u32_le, u64_le};
use super::limits::{Budget, Metered};
use super::streams::{Stream, decoder};

pub(super) const MAGIC: &[u8] = b"hsqs";
/// A block of the tables, unpacked.
const TABLE: u64 = 8 << 10;
/// Blocks of tables that are kept.
const TABLES: usize = 8;
/// The largest block of a file.
const BLOCK: u64 = 1 << 20;
/// No fragment.
const NONE: u32 = u32::MAX;
/// The longest path to a folder and the longest listing of one, in bytes; the most folders that wait.
const PATH: usize = 1024;
const LISTING: usize = 4 << 20;
const WAITING: usize = 1 << 16;
/// The most blocks of one file.
const BLOCKS: u64 = 1 << 21;

/// The image.
struct Image<'w, R> {
    source: &'w mut R,
    budget: &'w Budget<'w>,
    packing: Stream,
    block: u64,
    inodes: u64,
    folders: u64,
    fragments: u64,
    /// The fragment block that was read last.
    fragment: Option<(u32, Vec<u8>)>,
    /// Blocks of tables that were read last, by place; each with where the next one begins.
    tables: VecDeque<(u64, u64, Vec<u8>)>,
}

/// What an inode says.
enum Inode {
    Folder { block: u32, offset: u16, size: usize },
    File(File),
    Other,
}

/// Where the parts of a file lie.
struct File {
    start: u64,
    size: u64,
    fragment: u32,
    offset: u32,
    blocks: Vec<u32>,
}

/// Shows every file.
pub(super) fn read<R: Read + Seek>(walk: &mut Walk<'_>, shown: &str, source: &mut R, depth: usize) -> io::Result<()> {
    let (mut image, root) = Image::new(source, walk.budget)?;
    let mut seen = HashSet::from([root]);
    let mut folders = vec![(root, Vec::new())];
    while let Some((inode, path)) = folders.pop() {
        let Inode::Folder { block, offset, size } = image.inode(inode)? else { continue };
        for (name, inode, is_folder) in image.listing(block, offset, size)? {
            let mut path: Vec<u8> = path.clone();
            path.extend(name);
            if is_folder {
                path.push(b'/');
                let fits = path.len() < PATH && folders.len() < WAITING;
                if fits && walk.budget.entry() && seen.insert(inode) {
                    folders.push((inode, path));
                }
                continue;
            }
            let go_on = match image.inode(inode)? {
                Inode::File(file) => {
                    let mut content = Content { image: &mut image, file, next: 0, block: Vec::new(), at: 0 };
                    walk.member(shown, &path, &mut content, depth)
                }
                _ => true,
            };
            if !go_on {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn senseless() -> io::Error {
    io::Error::other("its tables make no sense")
}

impl<'w, R: Read + Seek> Image<'w, R> {
    /// Reads the superblock; gives the root's inode too.
    fn new(source: &'w mut R, budget: &'w Budget<'w>) -> io::Result<(Self, u64)> {
        let mut head = [0; 96];
        source.seek(SeekFrom::Start(0))?;
        source.read_exact(&mut head)?;
        let packing = match u16_le(&head, 20) {
            Some(1) => Stream::Zlib,
            Some(2) => Stream::Lzma,
            Some(4) => Stream::Xz,
            Some(5) => Stream::Lz4Block,
            Some(6) => Stream::Zstd,
            _ => return Err(io::Error::other("its compression is not known (LZO)")),
        };
        let word = |at| u64_le(&head, at).unwrap_or_default();
        let block = u64::from(u32_le(&head, 12).unwrap_or_default());
        if !(1..=BLOCK).contains(&block) || u16_le(&head, 28) != Some(4) {
            return Err(senseless());
        }
        let (inodes, folders, fragments) = (word(64), word(72), word(80));
        let tables = VecDeque::new();
        Ok((Self { source, budget, packing, block, inodes, folders, fragments, fragment: None, tables }, word(32)))
    }

    /// Unpacks what stands at `at`, `size` bytes that are packed or not; at most `most` come of it.
    fn unpack(&mut self, at: u64, size: u64, packed: bool, most: u64) -> io::Result<Vec<u8>> {
        self.source.seek(SeekFrom::Start(at))?;
        let mut plain = Vec::new();
        let mut raw = (&mut *self.source).take(size);
        if !packed {
            Metered::new(raw, self.budget).take(most).read_to_end(&mut plain)?;
            return Ok(plain);
        }
        let mut held = Vec::new();
        raw.read_to_end(&mut held)?;
        let mut held = held.as_slice();
        Metered::new(decoder(self.packing, &mut held, self.budget)?, self.budget).take(most).read_to_end(&mut plain)?;
        Ok(plain)
    }

    /// `count` bytes of a table, from a block of it on and an offset in that.
    fn table(&mut self, mut at: u64, offset: usize, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while bytes.len() < offset + count {
            let (next, block) = self.table_block(at)?;
            bytes.extend_from_slice(block);
            at = next;
        }
        Ok(bytes[offset..offset + count].to_vec())
    }

    /// The block of a table that stands there, and where the next one does.
    fn table_block(&mut self, at: u64) -> io::Result<(u64, &[u8])> {
        if let Some(known) = self.tables.iter().position(|(place, ..)| *place == at) {
            self.tables.swap(0, known);
        } else {
            self.source.seek(SeekFrom::Start(at))?;
            let mut header = [0; 2];
            self.source.read_exact(&mut header)?;
            let header = u16::from_le_bytes(header);
            let size = u64::from(header & 0x7FFF);
            let block = self.unpack(at.saturating_add(2), size, header & 0x8000 == 0, TABLE)?;
            self.tables.truncate(TABLES - 1);
            self.tables.push_front((at, at.saturating_add(2 + size), block));
        }
        match self.tables.front() {
            Some((_, next, block)) if !block.is_empty() => Ok((*next, block)),
            _ => Err(senseless()),
        }
    }

    /// The inode with that reference: a block of the table, and an offset in it.
    fn inode(&mut self, reference: u64) -> io::Result<Inode> {
        let (at, offset) = (self.inodes.saturating_add(reference >> 16), (reference & 0xFFFF) as usize);
        let kind = u16_le(&self.table(at, offset, 2)?, 0).unwrap_or_default();
        // What follows the sixteen bytes that all have.
        let fields = |length: usize| (at, offset + 16, length);
        let (at, from, length) = match kind {
            1 => fields(16),
            2 => fields(16),
            8 => fields(24),
            9 => fields(40),
            _ => return Ok(Inode::Other),
        };
        let head = self.table(at, from, length)?;
        let short = |at| u16_le(&head, at).unwrap_or_default();
        let word = |at| u32_le(&head, at).unwrap_or_default();
        let long = |at| u64_le(&head, at).unwrap_or_default();
        Ok(match kind {
            1 => Inode::Folder { block: word(0), offset: short(10), size: usize::from(short(8)) },
            8 => Inode::Folder { block: word(8), offset: short(18), size: word(4) as usize },
            2 => self.file(at, from + length, File::new(word(0).into(), word(12).into(), word(4), word(8)))?,
            _ => self.file(at, from + length, File::new(long(0), long(8), word(28), word(32)))?,
        })
    }

    /// Reads the sizes of a file's blocks, which follow its inode.
    fn file(&mut self, at: u64, from: usize, mut file: File) -> io::Result<Inode> {
        let whole = file.size / self.block;
        let rest = u64::from(file.fragment == NONE && !file.size.is_multiple_of(self.block));
        if whole + rest > BLOCKS {
            return Err(senseless());
        }
        let count = usize::try_from(whole + rest).unwrap_or_default();
        let sizes = self.table(at, from, count * 4)?;
        file.blocks = (0..count).filter_map(|n| u32_le(&sizes, n * 4)).collect();
        Ok(Inode::File(file))
    }

    /// Names, inodes, and whether they are folders.
    fn listing(&mut self, block: u32, offset: u16, size: usize) -> io::Result<Vec<(Vec<u8>, u64, bool)>> {
        // Two entries that no table holds count too.
        let size = size.saturating_sub(3).min(LISTING);
        let bytes = self.table(self.folders.saturating_add(block.into()), offset.into(), size)?;
        let mut entries = Vec::new();
        let mut at = 0;
        while let (Some(count), Some(start)) = (u32_le(&bytes, at), u32_le(&bytes, at + 4)) {
            at += 12;
            for _ in 0..=count.min(255) {
                let (Some(offset), Some(kind), Some(length)) =
                    (u16_le(&bytes, at), u16_le(&bytes, at + 4), u16_le(&bytes, at + 6))
                else {
                    return Ok(entries);
                };
                let length = usize::from(length) + 1;
                let Some(name) = bytes.get(at + 8..at + 8 + length) else { return Ok(entries) };
                if matches!(kind, 1 | 2) {
                    entries.push((name.to_vec(), u64::from(start) << 16 | u64::from(offset), kind == 1));
                }
                at += 8 + length;
            }
        }
        Ok(entries)
    }

    /// The n-th block of fragments.
    fn fragment(&mut self, number: u32) -> io::Result<&[u8]> {
        if self.fragment.as_ref().is_none_or(|(known, _)| *known != number) {
            self.source.seek(SeekFrom::Start(self.fragments.saturating_add(u64::from(number) / 512 * 8)))?;
            let mut place = [0; 8];
            self.source.read_exact(&mut place)?;
            let entry = self.table(u64::from_le_bytes(place), number as usize % 512 * 16, 16)?;
            let (start, size) = (u64_le(&entry, 0).unwrap_or_default(), u32_le(&entry, 8).unwrap_or_default());
            let block = self.unpack(start, u64::from(size & 0xFF_FFFF), size & 1 << 24 == 0, self.block)?;
            self.fragment = Some((number, block));
        }
        Ok(self.fragment.as_ref().map(|(_, block)| block.as_slice()).unwrap_or_default())
    }
}

impl File {
    const fn new(start: u64, size: u64, fragment: u32, offset: u32) -> Self {
        Self { start, size, fragment, offset, blocks: Vec::new() }
    }
}

/// What a file holds, block by block.
struct Content<'i, 'w, R> {
    image: &'i mut Image<'w, R>,
    file: File,
    next: usize,
    block: Vec<u8>,
    at: usize,
}

impl<R: Read + Seek> Content<'_, '_, R> {
    /// Unpacks the next part; empty at the end.
    fn advance(&mut self) -> io::Result<()> {
        (self.at, self.block) = (0, Vec::new());
        if let Some(size) = self.file.blocks.get(self.next).copied() {
            let most = self.image.block.min(self.file.size - (self.file.size.min(self.next as u64 * self.image.block)));
            self.next += 1;
            let stored = u64::from(size & 0xFF_FFFF);
            self.block = if stored == 0 {
                self.image.budget.charge(most)?;
                vec![0; usize::try_from(most).unwrap_or_default()]
            } else {
                self.image.unpack(self.file.start, stored, size & 1 << 24 == 0, most)?
            };
            self.file.start = self.file.start.saturating_add(stored);
        } else if self.file.fragment != NONE {
            let size = usize::try_from(self.file.size % self.image.block).unwrap_or_default();
            let offset = self.file.offset as usize;
            let block = self.image.fragment(self.file.fragment)?;
            self.block = block.get(offset..offset.saturating_add(size)).ok_or_else(senseless)?.to_vec();
            self.image.budget.charge(size as u64)?;
            self.file.fragment = NONE;
        }
        Ok(())
    }
}

impl<R: Read + Seek> Read for Content<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            self.advance()?;
        }
        let count = (&self.block[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}
