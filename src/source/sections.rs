//! Where in a program something stands: the sections of ELF, PE and Mach-O files by name.

use std::ops::Range;

use object::{Object, ObjectSection};

/// More sections than this are not looked at: an object file may have one for each function.
const MOST: usize = 4096;

/// The sections of one file, by their bytes in it.
#[derive(Clone, Debug, Default)]
pub struct Sections(Vec<(Range<u64>, String)>);

impl Sections {
    /// Those of a program, library or object file; none for anything else.
    pub fn of(bytes: &[u8]) -> Self {
        let Ok(file) = object::File::parse(bytes) else { return Self::default() };
        let section = |section: object::Section<'_, '_>| {
            let (start, size) = section.file_range()?;
            let name = section.name_bytes().ok()?;
            Some((start..start.checked_add(size)?, String::from_utf8_lossy(name).into_owned()))
        };
        Self(file.sections().take(MOST).filter_map(section).collect())
    }

    /// The name of the section that holds an offset.
    pub fn name_at(&self, offset: u64) -> Option<&str> {
        self.0.iter().find(|(range, _)| range.contains(&offset)).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn this_very_program_has_sections() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let sections = Sections::of(&bytes);
        let names: Vec<&str> = sections.0.iter().map(|(_, name)| name.as_str()).collect();
        assert!(names.iter().any(|name| name.contains("text")), "{names:?}");
        let (range, name) = sections.0.iter().find(|(range, name)| !range.is_empty() && name.contains("text")).unwrap();
        assert_eq!(sections.name_at(range.start), Some(name.as_str()));
        assert_eq!(Sections::of(b"\x7fELF").name_at(0), None);
    }
}
