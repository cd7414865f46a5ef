//! Signatures (ECMA-335 § II.23.2): what a method takes and gives, and how types are named in source.

use super::bytes;
use super::tables::{TYPE_DEF_OR_REF, Tables, decode, table};

/// Types within types are followed so deep.
const DEPTH: usize = 16;

/// More parameters than this make no sense.
const MOST: u32 = 256;

/// A type, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Type {
    /// Its last name in source; `None` for `void` and what has none.
    pub(super) name: Option<String>,
    pub(super) truth: bool,
    pub(super) void: bool,
}

impl Type {
    fn named(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }
}

/// A method's signature (§ II.23.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signature {
    /// It has a receiver.
    pub(super) method: bool,
    pub(super) gives: Type,
    pub(super) takes: Vec<Type>,
}

impl Signature {
    /// Reads a method's signature; `None` for a field's and anything else.
    pub(super) fn read(blob: &[u8], tables: &Tables<'_>) -> Option<Self> {
        const GENERIC: u8 = 0x10;
        const METHOD: u8 = 0x20;
        const FIELD: u8 = 0x06;
        let kind = *blob.first()?;
        (kind & 0x0F < FIELD).then_some(())?;
        let mut reader = Reader { blob, at: 1, tables };
        if kind & GENERIC != 0 {
            reader.number()?;
        }
        let count = reader.number().filter(|count| *count <= MOST)?;
        let gives = reader.one(0)?;
        let takes = (0..count).map(|_| reader.one(0)).collect::<Option<_>>()?;
        Some(Self { method: kind & METHOD != 0, gives, takes })
    }
}

/// The type of a field (§ II.23.2.4).
pub(super) fn of_field(blob: &[u8], tables: &Tables<'_>) -> Option<Type> {
    (blob.first() == Some(&0x06)).then_some(())?;
    Reader { blob, at: 1, tables }.one(0)
}

/// The type that a blob spells (§ II.23.2.14).
pub(super) fn of_type(blob: &[u8], tables: &Tables<'_>) -> Option<Type> {
    Reader { blob, at: 0, tables }.one(0)
}

/// The last name of a type in source: without the number of its parameters.
pub(super) fn name_of(tables: &Tables<'_>, (of, row): (usize, usize)) -> Option<String> {
    let name = match of {
        table::TYPE_DEF | table::TYPE_REF => tables.text(of, row, 1)?,
        table::TYPE_SPEC => return of_type(tables.blob(of, row, 0)?, tables)?.name,
        _ => return None,
    };
    Some(without_arity(name).to_owned())
}

/// `List` of `List``1`.
pub(super) fn without_arity(name: &str) -> &str {
    name.split('`').next().filter(|name| !name.is_empty()).unwrap_or(name)
}

struct Reader<'r, 'a> {
    blob: &'r [u8],
    at: usize,
    tables: &'r Tables<'a>,
}

impl Reader<'_, '_> {
    fn number(&mut self) -> Option<u32> {
        let (number, taken) = bytes::compressed(self.blob, self.at)?;
        self.at += taken;
        Some(number)
    }

    /// The name of the type that a token names.
    fn token(&mut self, depth: usize) -> Option<Type> {
        let token = usize::try_from(self.number()?).ok()?;
        let (of, row) = decode(token, TYPE_DEF_OR_REF)?;
        if of == table::TYPE_SPEC {
            (depth < DEPTH).then_some(())?;
            let blob = self.tables.blob(of, row, 0)?;
            return Reader { blob, at: 0, tables: self.tables }.one(depth + 4);
        }
        Some(Type { name: name_of(self.tables, (of, row)), ..Type::default() })
    }

    fn one(&mut self, depth: usize) -> Option<Type> {
        const PRIMITIVES: [&str; 13] = [
            "bool", "char", "sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double",
            "string",
        ];
        (depth < DEPTH).then_some(())?;
        let kind = *self.blob.get(self.at)?;
        self.at += 1;
        Some(match kind {
            0x01 => Type { void: true, ..Type::default() },
            0x02 => Type { truth: true, ..Type::named("bool") },
            0x03..=0x0E => Type::named(PRIMITIVES[usize::from(kind - 2)]),
            // Pointers, references, arrays of one dimension, and what is pinned.
            0x0F | 0x10 | 0x1D | 0x45 => Type { truth: false, void: false, ..self.one(depth + 1)? },
            0x11 | 0x12 => self.token(depth)?,
            0x13 | 0x1E => {
                self.number()?;
                Type::default()
            }
            0x14 => {
                let of = self.one(depth + 1)?;
                self.shape()?;
                Type { truth: false, ..of }
            }
            0x15 => self.generic(depth)?,
            0x18 => Type::named("nint"),
            0x19 => Type::named("nuint"),
            0x1C => Type::named("object"),
            // Modifiers.
            0x1F | 0x20 => {
                self.number()?;
                self.one(depth + 1)?
            }
            0x41 => self.one(depth + 1)?,
            0x16 => Type::default(),
            _ => return None,
        })
    }

    /// `Nullable<T>` is what `T?` stands for; of any other, the parameters say nothing.
    fn generic(&mut self, depth: usize) -> Option<Type> {
        self.at += 1;
        let of = self.token(depth)?;
        let count = self.number().filter(|count| *count <= MOST)?;
        let mut first = None;
        for _ in 0..count {
            let one = self.one(depth + 1)?;
            first.get_or_insert(one);
        }
        let nullable = of.name.as_deref() == Some("Nullable");
        Some(first.filter(|_| nullable).map_or(of, |inner| Type { truth: false, ..inner }))
    }

    /// The sizes of an array's dimensions.
    fn shape(&mut self) -> Option<()> {
        self.number()?;
        for _ in 0..2 {
            let count = self.number().filter(|count| *count <= MOST)?;
            for _ in 0..count {
                self.number()?;
            }
        }
        Some(())
    }
}
