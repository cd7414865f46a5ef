//! The constant pool of a class file (JVMS § 4.4): every name, text and number that the class mentions.

use super::cursor::Cursor;

/// One entry. Numbers are indices into the same pool.
#[derive(Clone, Debug, PartialEq)]
enum Constant {
    /// § 4.4.7, decoded.
    Utf8(String),
    Integer(i32),
    Float(f32),
    Long(i64),
    Double(f64),
    Class(u16),
    Text(u16),
    /// A field or method: class, name and type.
    Member(u16, u16),
    NameAndType(u16, u16),
    /// What a lambda runs.
    Handle(u16),
    /// Bootstrap method, name and type.
    Dynamic(u16, u16),
    /// A second half, or a kind that is not needed here.
    Other,
}

/// A constant that an instruction loads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Loaded<'p> {
    /// `int` and what is narrower.
    Int(i64),
    /// `float` and `double`.
    Float(f64),
    /// A string.
    Text(&'p str),
    /// A class literal: its internal name.
    Class(&'p str),
}

/// A field or method as an instruction names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member<'p> {
    /// The internal name of the class: `java/util/Date`.
    pub(super) class: &'p str,
    pub(super) name: &'p str,
    pub(super) descriptor: &'p str,
}

/// The pool.
#[derive(Debug, Default)]
pub(super) struct Pool {
    entries: Vec<Constant>,
}

impl Pool {
    /// Reads the count and the entries.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let count = cursor.u16()?;
        let mut entries = vec![Constant::Other];
        while entries.len() < usize::from(count) {
            let entry = constant(cursor)?;
            let wide = matches!(entry, Constant::Long(_) | Constant::Double(_));
            entries.push(entry);
            // § 4.4.5: these take two places.
            entries.extend(wide.then_some(Constant::Other));
        }
        Some(Self { entries })
    }

    fn get(&self, index: u16) -> Option<&Constant> {
        self.entries.get(usize::from(index))
    }

    /// How many places it has, unused ones among them.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The name or descriptor there.
    pub(super) fn utf8(&self, index: u16) -> Option<&str> {
        match self.get(index)? {
            Constant::Utf8(text) => Some(text),
            _ => None,
        }
    }

    /// The internal name of the class there.
    pub(super) fn class(&self, index: u16) -> Option<&str> {
        match self.get(index)? {
            Constant::Class(name) => self.utf8(*name),
            _ => None,
        }
    }

    /// The field or method there.
    pub(super) fn member(&self, index: u16) -> Option<Member<'_>> {
        match self.get(index)? {
            Constant::Member(class, name_and_type) => self.named(self.class(*class)?, *name_and_type),
            _ => None,
        }
    }

    /// What an `invokedynamic` names: its bootstrap method's number, and a member without a class.
    pub(super) fn dynamic(&self, index: u16) -> Option<(u16, Member<'_>)> {
        match self.get(index)? {
            Constant::Dynamic(bootstrap, name_and_type) => Some((*bootstrap, self.named("", *name_and_type)?)),
            _ => None,
        }
    }

    /// The method that a handle there runs.
    pub(super) fn handle(&self, index: u16) -> Option<Member<'_>> {
        match self.get(index)? {
            Constant::Handle(member) => self.member(*member),
            _ => None,
        }
    }

    fn named<'p>(&'p self, class: &'p str, name_and_type: u16) -> Option<Member<'p>> {
        match self.get(name_and_type)? {
            Constant::NameAndType(name, descriptor) => {
                Some(Member { class, name: self.utf8(*name)?, descriptor: self.utf8(*descriptor)? })
            }
            _ => None,
        }
    }

    /// What a load of the constant there gives.
    pub(super) fn loaded(&self, index: u16) -> Option<Loaded<'_>> {
        Some(match self.get(index)? {
            Constant::Integer(number) => Loaded::Int(i64::from(*number)),
            Constant::Long(number) => Loaded::Int(*number),
            Constant::Float(number) => Loaded::Float(f64::from(*number)),
            Constant::Double(number) => Loaded::Float(*number),
            Constant::Text(text) => Loaded::Text(self.utf8(*text)?),
            Constant::Class(name) => Loaded::Class(self.utf8(*name)?),
            _ => return None,
        })
    }

    /// All classes by their internal names.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        (0..=u16::MAX).take(self.entries.len()).filter_map(|index| self.class(index))
    }

    /// All fields and methods.
    pub(super) fn members(&self) -> impl Iterator<Item = Member<'_>> {
        (0..=u16::MAX).take(self.entries.len()).filter_map(|index| self.member(index))
    }

    /// All numbers and texts.
    pub(super) fn literals(&self) -> impl Iterator<Item = Loaded<'_>> {
        let loaded = (0..=u16::MAX).take(self.entries.len()).filter_map(|index| self.loaded(index));
        loaded.filter(|loaded| !matches!(loaded, Loaded::Class(_)))
    }
}

fn constant(cursor: &mut Cursor<'_>) -> Option<Constant> {
    Some(match cursor.u8()? {
        1 => {
            let length = cursor.u16()?;
            Constant::Utf8(decoded(cursor.take(usize::from(length))?))
        }
        3 => Constant::Integer(cursor.u32()?.cast_signed()),
        4 => Constant::Float(f32::from_bits(cursor.u32()?)),
        5 => Constant::Long(cursor.u64()?.cast_signed()),
        6 => Constant::Double(f64::from_bits(cursor.u64()?)),
        7 => Constant::Class(cursor.u16()?),
        8 => Constant::Text(cursor.u16()?),
        9..=11 => Constant::Member(cursor.u16()?, cursor.u16()?),
        12 => Constant::NameAndType(cursor.u16()?, cursor.u16()?),
        15 => {
            cursor.u8()?;
            Constant::Handle(cursor.u16()?)
        }
        17 | 18 => Constant::Dynamic(cursor.u16()?, cursor.u16()?),
        16 | 19 | 20 => {
            cursor.u16()?;
            Constant::Other
        }
        _ => return None,
    })
}

/// § 4.4.7's UTF-8 differs only in zero and in characters beyond the basic plane; those become replacement characters.
fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
