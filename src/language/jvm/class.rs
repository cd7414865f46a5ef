//! The class file (JVMS § 4.1): its fields, methods and those of their attributes that matter here.

use super::cursor::Cursor;
use super::pool::Pool;
use crate::language::stack::shape::Handler;

/// Access flags (§ 4.1, 4.5, 4.6).
pub(super) mod access {
    pub(crate) const PUBLIC: u16 = 0x0001;
    pub(crate) const PROTECTED: u16 = 0x0004;
    pub(crate) const STATIC: u16 = 0x0008;
    pub(crate) const BRIDGE: u16 = 0x0040;
}

/// A class file.
#[derive(Debug)]
pub(super) struct Class<'a> {
    pub(super) pool: Pool,
    /// Its own index in the pool, its superclass's and its interfaces'.
    pub(super) this: u16,
    pub(super) bases: Vec<u16>,
    pub(super) fields: Vec<Field>,
    pub(super) methods: Vec<Method<'a>>,
    /// § 4.7.10: the name of the file that it was compiled from.
    pub(super) source: Option<u16>,
    /// § 4.7.23: the arguments of each bootstrap method.
    pub(super) bootstraps: Vec<Vec<u16>>,
}

/// A field (§ 4.5).
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) flags: u16,
    pub(super) name: u16,
    pub(super) descriptor: u16,
    /// § 4.7.2.
    pub(super) constant: Option<u16>,
}

/// A method (§ 4.6).
#[derive(Debug)]
pub(super) struct Method<'a> {
    pub(super) flags: u16,
    pub(super) name: u16,
    pub(super) descriptor: u16,
    pub(super) code: Option<Code<'a>>,
}

/// A Code attribute (§ 4.7.3).
#[derive(Debug, Default)]
pub(super) struct Code<'a> {
    pub(super) bytes: &'a [u8],
    /// Where in the file the first instruction stands.
    pub(super) at: usize,
    pub(super) handlers: Vec<Handler>,
    /// § 4.7.12: from which instruction on which line; by instruction.
    pub(super) lines: Vec<(u16, u16)>,
    /// § 4.7.13.
    pub(super) variables: Vec<Variable>,
}

/// The name of a local over a stretch of instructions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variable {
    pub(super) start: u16,
    pub(super) length: u16,
    pub(super) name: u16,
    pub(super) slot: u16,
}

impl<'a> Class<'a> {
    /// Reads a class file; `None` for anything else, and for one that is cut.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes, 0);
        // Fat Mach-O begins with the same four bytes; there a small count follows, here a version of 45 or more.
        if cursor.u32()? != 0xCAFE_BABE || cursor.u32()? & 0xFFFF < 45 {
            return None;
        }
        let pool = Pool::read(&mut cursor)?;
        let _flags = cursor.u16()?;
        let this = cursor.u16()?;
        let mut bases = vec![cursor.u16()?];
        bases.extend(shorts(&mut cursor)?);
        let fields = table(&mut cursor, |cursor| field(cursor, &pool))?;
        let methods = table(&mut cursor, |cursor| method(cursor, &pool))?;
        let mut class = Self { pool, this, bases, fields, methods, source: None, bootstraps: Vec::new() };
        for (name, mut content) in attributes(&mut cursor)? {
            match class.pool.utf8(name) {
                Some("SourceFile") => class.source = content.u16(),
                Some("BootstrapMethods") => class.bootstraps = table(&mut content, bootstrap).unwrap_or_default(),
                _ => {}
            }
        }
        Some(class)
    }
}

/// A count and so many items.
fn table<'a, T>(cursor: &mut Cursor<'a>, mut item: impl FnMut(&mut Cursor<'a>) -> Option<T>) -> Option<Vec<T>> {
    let count = cursor.u16()?;
    (0..count).map(|_| item(cursor)).collect()
}

fn shorts(cursor: &mut Cursor<'_>) -> Option<Vec<u16>> {
    table(cursor, Cursor::u16)
}

/// Names and contents of attributes (§ 4.7).
fn attributes<'a>(cursor: &mut Cursor<'a>) -> Option<Vec<(u16, Cursor<'a>)>> {
    table(cursor, |cursor| {
        let (name, length) = (cursor.u16()?, cursor.u32()?);
        let at = cursor.position();
        Some((name, Cursor::new(cursor.take(usize::try_from(length).ok()?)?, at)))
    })
}

fn field(cursor: &mut Cursor<'_>, pool: &Pool) -> Option<Field> {
    let (flags, name, descriptor) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let constant = attributes(cursor)?.into_iter().find(|(name, _)| pool.utf8(*name) == Some("ConstantValue"));
    Some(Field { flags, name, descriptor, constant: constant.and_then(|(_, mut content)| content.u16()) })
}

fn method<'a>(cursor: &mut Cursor<'a>, pool: &Pool) -> Option<Method<'a>> {
    let (flags, name, descriptor) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let code = attributes(cursor)?.into_iter().find(|(name, _)| pool.utf8(*name) == Some("Code"));
    let code = code.and_then(|(_, mut content)| self::code(&mut content, pool));
    Some(Method { flags, name, descriptor, code })
}

fn code<'a>(cursor: &mut Cursor<'a>, pool: &Pool) -> Option<Code<'a>> {
    let (_stack, _locals, length) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let at = cursor.position();
    let bytes = cursor.take(usize::try_from(length).ok()?)?;
    let handlers = table(cursor, |cursor| {
        let (start, end, target, catches) = (cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?);
        let [start, end, target] = [start, end, target].map(usize::from);
        Some(Handler { start, end, target, any: catches == 0, leaves: false })
    })?;
    let mut code = Code { bytes, at, handlers, ..Code::default() };
    for (name, mut content) in attributes(cursor)? {
        match pool.utf8(name) {
            Some("LineNumberTable") => {
                let lines = table(&mut content, |cursor| Some((cursor.u16()?, cursor.u16()?)));
                code.lines.extend(lines.unwrap_or_default());
            }
            Some("LocalVariableTable") => {
                code.variables.extend(table(&mut content, variable).unwrap_or_default());
            }
            _ => {}
        }
    }
    code.lines.sort_unstable();
    Some(code)
}

fn variable(cursor: &mut Cursor<'_>) -> Option<Variable> {
    let (start, length, name, _) = (cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?);
    Some(Variable { start, length, name, slot: cursor.u16()? })
}

fn bootstrap(cursor: &mut Cursor<'_>) -> Option<Vec<u16>> {
    cursor.u16()?;
    shorts(cursor)
}
