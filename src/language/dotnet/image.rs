//! An assembly's file: the program that carries it, its metadata, and the bodies of its methods (ECMA-335 § II.25).

use std::collections::BTreeSet;

use object::pe::{IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR, ImageNtHeaders32, ImageNtHeaders64};
use object::read::pe::{ImageNtHeaders, PeFile, SectionTable};

use super::bytes;
use super::tables::Tables;
use crate::language::stack::shape::Handler;

/// An assembly.
#[derive(Debug)]
pub(super) struct Image<'a> {
    file: &'a [u8],
    sections: SectionTable<'a>,
    pub(super) tables: Tables<'a>,
}

/// A method's body (§ II.25.4).
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    pub(super) code: &'a [u8],
    /// Where in the file the first instruction stands.
    pub(super) at: usize,
    pub(super) handlers: Vec<Handler>,
    /// Where handlers with a filter, and those of exceptions, begin: the exception lies on the stack.
    pub(super) caught: BTreeSet<usize>,
}

impl<'a> Image<'a> {
    /// Reads an assembly; `None` for programs without metadata and everything else.
    pub(super) fn read(file: &'a [u8]) -> Option<Self> {
        file.starts_with(b"MZ").then_some(())?;
        Self::of::<ImageNtHeaders32>(file).or_else(|| Self::of::<ImageNtHeaders64>(file))
    }

    fn of<Headers: ImageNtHeaders>(file: &'a [u8]) -> Option<Self> {
        let program = PeFile::<Headers>::parse(file).ok()?;
        let (header, _) = program.data_directory(IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR)?.address_range();
        let sections = program.section_table();
        let header = at(file, &sections, header)?;
        let root = at(file, &sections, bytes::u32(file, header.checked_add(8)?)?)?;
        let size = bytes::offset(file, header.checked_add(12)?)?;
        let tables = Tables::read(file.get(root..root.checked_add(size)?)?)?;
        Some(Self { file, sections, tables })
    }

    /// The body at a relative address; `None` if it makes no sense.
    pub(super) fn body(&self, address: u32) -> Option<Body<'a>> {
        const TINY: u8 = 2;
        const FAT: u8 = 3;
        const MORE: u16 = 8;
        let start = at(self.file, &self.sections, address)?;
        let first = *self.file.get(start)?;
        if first & 3 == TINY {
            let code = self.file.get(start + 1..)?.get(..usize::from(first >> 2))?;
            return Some(Body { code, at: start + 1, ..Body::default() });
        }
        (first & 3 == FAT).then_some(())?;
        let flags = bytes::u16(self.file, start)?;
        let head = start.checked_add(usize::from(flags >> 12) * 4)?;
        let length = bytes::offset(self.file, start + 4)?;
        let code = self.file.get(head..head.checked_add(length)?)?;
        let mut body = Body { code, at: head, ..Body::default() };
        if flags & MORE != 0 {
            self.clauses((head + length).next_multiple_of(4), &mut body);
        }
        Some(body)
    }

    /// The exception clauses after a body (§ II.25.4.6).
    fn clauses(&self, at: usize, body: &mut Body<'a>) -> Option<()> {
        const EXCEPTIONS: u8 = 1;
        const FAT: u8 = 0x40;
        const FILTER: u32 = 1;
        let kind = *self.file.get(at)?;
        (kind & 0x3F == EXCEPTIONS).then_some(())?;
        let fat = kind & FAT != 0;
        let size = if fat { bytes::offset(self.file, at)? >> 8 } else { usize::from(*self.file.get(at + 1)?) };
        let width = if fat { 24 } else { 12 };
        let all = self.file.get(at + 4..at.checked_add(size)?)?;
        for clause in all.chunks_exact(width) {
            let (flags, numbers) = if fat {
                let number = |n: usize| bytes::offset(clause, n * 4);
                (bytes::u32(clause, 0)?, [number(1)?, number(2)?, number(3)?, number(5)?])
            } else {
                let short = |at: usize| bytes::u16(clause, at).map(usize::from);
                let byte = |at: usize| clause.get(at).map(|byte| usize::from(*byte));
                let filter = bytes::offset(clause, 8)?;
                (u32::from(bytes::u16(clause, 0)?), [short(2)?, byte(4)?, short(5)?, filter])
            };
            let [start, length, target, filter] = numbers;
            let any = flags & !FILTER != 0;
            if !any {
                body.caught.insert(target);
            }
            if flags == FILTER {
                body.caught.insert(filter);
            }
            let end = start.checked_add(length)?;
            body.handlers.push(Handler { start, end, target, any, leaves: true });
        }
        Some(())
    }
}

/// Where in the file a relative address lies.
fn at(file: &[u8], sections: &SectionTable<'_>, address: u32) -> Option<usize> {
    let (offset, _) = sections.pe_file_range_at(address)?;
    usize::try_from(offset).ok().filter(|offset| *offset < file.len())
}
