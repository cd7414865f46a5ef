//! What tokens in the code name: methods, fields and types, here or in another assembly.

use super::signature::{Signature, Type, name_of, of_field, of_type, without_arity};
use super::tables::{MEMBER_REF_PARENT, METHOD_DEF_OR_REF, Tables, table};

/// A method or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// The last name of its type.
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) kind: MemberKind,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MemberKind {
    Method(Signature),
    Field(Type),
}

/// The table and the row that a token names (§ III.1.9).
pub(super) fn row_of(token: u32) -> Option<(usize, usize)> {
    let number = usize::try_from(token).ok()?;
    Some((number >> 24, number & 0x00FF_FFFF))
}

/// What a token of a call, or of a field's use, names.
pub(super) fn member(tables: &Tables<'_>, token: u32, owners: &Owners) -> Option<Member> {
    let (of, row) = row_of(token)?;
    at(tables, of, row, owners)
}

fn at(tables: &Tables<'_>, of: usize, row: usize, owners: &Owners) -> Option<Member> {
    match of {
        table::METHOD => {
            let signature = Signature::read(tables.blob(of, row, 4)?, tables)?;
            let owner = owners.of_method(row).and_then(|owner| name_of(tables, (table::TYPE_DEF, owner)))?;
            Some(Member { owner, name: tables.text(of, row, 3)?.to_owned(), kind: MemberKind::Method(signature) })
        }
        table::FIELD => {
            let ty = of_field(tables.blob(of, row, 2)?, tables)?;
            let owner = owners.of_field(row).and_then(|owner| name_of(tables, (table::TYPE_DEF, owner)))?;
            Some(Member { owner, name: plain(tables.text(of, row, 1)?), kind: MemberKind::Field(ty) })
        }
        table::MEMBER_REF => {
            let parent = tables.coded(of, row, 0, MEMBER_REF_PARENT)?;
            let owner = match parent {
                (table::METHOD, row) => {
                    owners.of_method(row).and_then(|row| name_of(tables, (table::TYPE_DEF, row)))?
                }
                parent => name_of(tables, parent)?,
            };
            let (name, blob) = (tables.text(of, row, 1)?, tables.blob(of, row, 2)?);
            let kind = match Signature::read(blob, tables) {
                Some(signature) => MemberKind::Method(signature),
                None => MemberKind::Field(of_field(blob, tables)?),
            };
            let name = if matches!(kind, MemberKind::Field(_)) { plain(name) } else { name.to_owned() };
            Some(Member { owner, name, kind })
        }
        table::METHOD_SPEC => match tables.coded(of, row, 0, METHOD_DEF_OR_REF)? {
            (table::METHOD_SPEC, _) => None,
            (of, row) => at(tables, of, row, owners),
        },
        _ => None,
    }
}

/// The type that a token names.
pub(super) fn type_name(tables: &Tables<'_>, token: u32) -> Option<String> {
    let (of, row) = row_of(token)?;
    if of == table::TYPE_SPEC {
        return of_type(tables.blob(of, row, 0)?, tables)?.name;
    }
    name_of(tables, (of, row)).map(|name| without_arity(&name).to_owned())
}

/// The name that source has for what a compiler made up: `Until` for `<Until>k__BackingField` and `<Until>5__2`.
pub(super) fn plain(name: &str) -> String {
    let inner = name.strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(inner, _)| inner);
    inner.filter(|inner| !inner.is_empty()).unwrap_or(name).to_owned()
}

/// Which type holds which methods and fields: both stand in the order of the types.
#[derive(Debug, Default)]
pub(super) struct Owners {
    methods: Vec<usize>,
    fields: Vec<usize>,
}

impl Owners {
    pub(super) fn of(tables: &Tables<'_>) -> Self {
        let firsts =
            |column| (1..=tables.len(table::TYPE_DEF)).filter_map(move |row| tables.cell(table::TYPE_DEF, row, column));
        Self { fields: firsts(4).collect(), methods: firsts(5).collect() }
    }

    /// The row of the type that holds a method.
    pub(super) fn of_method(&self, row: usize) -> Option<usize> {
        Some(self.methods.partition_point(|first| *first <= row)).filter(|owner| *owner > 0)
    }

    pub(super) fn of_field(&self, row: usize) -> Option<usize> {
        Some(self.fields.partition_point(|first| *first <= row)).filter(|owner| *owner > 0)
    }
}
