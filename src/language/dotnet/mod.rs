//! .NET assemblies (ECMA-335): what a C#, VB or F# compiler made, read back into the IR.
//!
//! An assembly holds no source, but its metadata keeps every name, constant and call. As with class files, the
//! instructions of each method are run over expressions instead of values ([`lift`], [`run`]), and what compilers took
//! apart is put together ([`super::stack`]), so that C#'s models judge what comes out. Properties, operators, lambdas and
//! the bodies of `async` methods get back the form that they have in source; the names of locals are not kept.
//!
//! All types of an assembly are one module. A span's line is 1, its column the instruction's offset in the file and one.
//! Anything may be in the bytes: everything is bounded, and what makes no sense is left out.

mod bytes;
mod image;
mod instruction;
mod lift;
mod member;
mod run;
mod signature;
mod tables;
#[cfg(test)]
mod tests;
mod worth;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::finding::Span;

use self::image::{Body, Image};
use self::instruction::instructions;
use self::lift::Lift;
use self::member::{Member, Owners, plain};
use self::signature::{Signature, of_field, without_arity};
use self::tables::{HAS_CONSTANT, TYPE_DEF_OR_REF, Tables, table};
use super::ir::{Expr, ExprKind, Field, Function, Global, Module, Param, TypeDecl};
use super::stack;

/// The language whose models know what assemblies call.
pub const MODELS: &str = "csharp";

/// Attributes that make a method a test: xunit's, NUnit's and MSTest's.
const TESTS: [&str; 5] =
    ["FactAttribute", "TheoryAttribute", "TestAttribute", "TestCaseAttribute", "TestMethodAttribute"];

/// More methods than this in one assembly are not read.
const METHODS: usize = 60_000;

/// More text than this is not searched for words, in bytes.
const WORDS: usize = 16 << 20;

/// Flags of fields and methods (§ II.23.1.5, II.23.1.10).
mod flags {
    pub(super) const ACCESS: usize = 0x0007;
    pub(super) const FAMILY: usize = 0x0004;
    pub(super) const STATIC: usize = 0x0010;
}

/// An assembly that was read.
#[derive(Debug)]
pub struct Assembly<'a> {
    image: Image<'a>,
    owners: Owners,
    /// The type around each nested one.
    around: HashMap<usize, usize>,
}

impl<'a> Assembly<'a> {
    /// Reads an assembly; `None` for programs of machines and everything else.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let image = Image::read(bytes)?;
        let tables = &image.tables;
        let pair = |row| Some((tables.cell(table::NESTED_CLASS, row, 0)?, tables.cell(table::NESTED_CLASS, row, 1)?));
        let around = (1..=tables.len(table::NESTED_CLASS)).filter_map(pair).collect();
        Some(Self { owners: Owners::of(&image.tables), around, image })
    }

    /// It uses the attribute of a test.
    pub fn is_test(&self) -> bool {
        let tables = &self.image.tables;
        let is_test = |row| tables.text(table::TYPE_REF, row, 1).is_some_and(|name| TESTS.contains(&name));
        (1..=tables.len(table::TYPE_REF)).any(is_test)
    }

    /// What it calls and the constants that it loads, spelt as in source, so that the sift finds them.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let tables = &self.image.tables;
        for row in 1..=tables.len(table::MEMBER_REF) {
            let token = u32::try_from(table::MEMBER_REF << 24 | row).unwrap_or_default();
            let Some(member) = member::member(tables, token, &self.owners) else { continue };
            words.push_str(&word(&member));
        }
        for row in 1..=self.methods() {
            if words.len() > WORDS {
                break;
            }
            if let Some(body) = self.body(row) {
                self.literals(&body, &mut words);
            }
        }
        words
    }

    /// The texts and large numbers that a method loads.
    fn literals(&self, body: &Body<'_>, words: &mut String) {
        for one in instructions(body.code) {
            let _ = match one.opcode {
                0x72 => {
                    let text = self.image.tables.literal(one.number() as usize & 0x00FF_FFFF);
                    writeln!(words, "\"{}\"", text.unwrap_or_default())
                }
                0x20 => writeln!(words, "{}", one.number().cast_signed()),
                0x21 => writeln!(words, "{}", one.operand.try_into().map_or(0, i64::from_le_bytes)),
                _ => Ok(()),
            };
        }
    }

    /// How many methods are looked at.
    fn methods(&self) -> usize {
        self.image.tables.len(table::METHOD).min(METHODS)
    }

    fn body(&self, method: usize) -> Option<Body<'a>> {
        let address = u32::try_from(self.image.tables.cell(table::METHOD, method, 0)?).ok()?;
        (address != 0).then(|| self.image.body(address)).flatten()
    }

    /// The types that have to do with the time, in the IR. `worth` says of what is spelt as in source whether it has.
    pub fn lower(&self, worth: &dyn Fn(&str) -> bool) -> Module {
        let mut module = Module::default();
        let wanted = worth::methods(self, worth);
        let tables = &self.image.tables;
        let constants = self.constants();
        for ty in 1..=tables.len(table::TYPE_DEF) {
            let methods = tables.list(table::TYPE_DEF, ty, 5, table::METHOD);
            if wanted.range(methods.clone()).next().is_none() {
                continue;
            }
            let Some((names, name)) = self.path(ty) else { continue };
            let fields = tables.list(table::TYPE_DEF, ty, 4, table::FIELD);
            let held: BTreeSet<&str> = fields.clone().filter_map(|row| tables.text(table::FIELD, row, 1)).collect();
            let mut initialisers = BTreeMap::new();
            let first = module.functions.len();
            for row in wanted.range(methods).copied() {
                let Some((function, cut)) = self.function(row, &names, &name, &held) else { continue };
                if cut {
                    module.gaps.push(function.span);
                }
                if function.name == "static" {
                    initialisers = stack::initial_values(&function);
                }
                module.functions.push(function);
            }
            let span = module.functions.get(first).map_or(Span::on_line(1, 1, 2), |function| function.name_span);
            let is_fixed = |row: &usize| tables.cell(table::FIELD, *row, 0).is_some_and(|f| f & flags::STATIC != 0);
            let (fixed, held): (Vec<usize>, Vec<usize>) = fields.partition(is_fixed);
            let globals = fixed.into_iter().filter_map(|row| self.global(row, &names, &constants, &initialisers, span));
            module.globals.extend(globals);
            module.types.push(TypeDecl {
                owner: (names.len() > 1).then(|| names[..names.len() - 1].join("::")),
                bases: self.bases(ty),
                fields: held.into_iter().filter_map(|row| self.field(row, span)).collect(),
                attributes: Vec::new(),
                span,
                name,
            });
        }
        module
    }

    /// The names of a type and of those around it, and its own.
    fn path(&self, ty: usize) -> Option<(Vec<String>, String)> {
        const DEEP: usize = 8;
        let (mut names, mut row) = (Vec::new(), Some(ty));
        while let Some(at) = row.filter(|_| names.len() < DEEP) {
            names.push(without_arity(self.image.tables.text(table::TYPE_DEF, at, 1)?).to_owned());
            row = self.around.get(&at).copied();
        }
        names.reverse();
        let own = names.last()?.clone();
        Some((names, own))
    }

    fn bases(&self, ty: usize) -> Vec<String> {
        let tables = &self.image.tables;
        let base = tables.coded(table::TYPE_DEF, ty, 3, TYPE_DEF_OR_REF).filter(|(_, row)| *row > 0);
        let base = base.and_then(|base| signature::name_of(tables, base));
        base.into_iter().filter(|base| !matches!(base.as_str(), "Object" | "ValueType" | "Enum")).collect()
    }

    /// A method; `None` for what only gives or takes the value of a field that the compiler made.
    fn function(&self, row: usize, names: &[String], own: &str, held: &BTreeSet<&str>) -> Option<(Function, bool)> {
        let tables = &self.image.tables;
        let (flags, name) = (tables.cell(table::METHOD, row, 2)?, tables.text(table::METHOD, row, 3)?);
        let property = name.strip_prefix("get_").or_else(|| name.strip_prefix("set_"));
        if property.is_some_and(|property| held.contains(format!("<{property}>k__BackingField").as_str())) {
            return None;
        }
        let signature = Signature::read(tables.blob(table::METHOD, row, 4)?, tables)?;
        let body = self.body(row);
        let empty = Body::default();
        let code = body.as_ref().unwrap_or(&empty);
        let span = lift::span_of(code);
        let params = self.params(row, &signature, span);
        let param_names = params.iter().map(|param| param.name.clone()).collect();
        let mut lift = Lift::new((tables, &self.owners), own, code, &signature, param_names);
        let (block, cut) = lift.body();
        // What an `async` method or an iterator does stands in a type of its own.
        let machine = names.last().filter(|last| name == "MoveNext" && last.starts_with('<')).map(|last| plain(last));
        let around = if machine.is_some() { names.len().saturating_sub(1) } else { names.len() };
        let function = Function {
            name: match (name, name.strip_prefix("get_")) {
                (".ctor", _) => "new".to_owned(),
                (".cctor", _) => "static".to_owned(),
                (_, Some(property)) if signature.takes.is_empty() => property.to_owned(),
                _ => machine.unwrap_or_else(|| name.to_owned()),
            },
            owner: Some(names[..around].join("::")),
            params,
            method: signature.method,
            returns: signature.gives.name.clone(),
            body: block,
            declared_only: body.is_none(),
            exported: flags & flags::ACCESS >= flags::FAMILY,
            span,
            name_span: Span::on_line(span.line, span.column, span.column + 1),
            ..Function::default()
        };
        Some((function, cut))
    }

    fn params(&self, row: usize, signature: &Signature, span: Span) -> Vec<Param> {
        let tables = &self.image.tables;
        let rows = tables.list(table::METHOD, row, 5, table::PARAM);
        let named: HashMap<usize, &str> = rows
            .take(signature.takes.len() + 1)
            .filter_map(|param| Some((tables.cell(table::PARAM, param, 1)?, tables.text(table::PARAM, param, 2)?)))
            .collect();
        let types = signature.takes.iter().enumerate();
        types
            .map(|(n, ty)| {
                let name = named.get(&(n + 1)).filter(|name| !name.is_empty());
                let name = name.map_or_else(|| format!("p{n}"), |name| (*name).to_owned());
                Param { name, ty: ty.name.clone(), default: None, span }
            })
            .collect()
    }

    fn field(&self, row: usize, span: Span) -> Option<Field> {
        let tables = &self.image.tables;
        let ty = of_field(tables.blob(table::FIELD, row, 2)?, tables)?.name;
        Some(Field { name: plain(tables.text(table::FIELD, row, 1)?), ty, value: None, attributes: Vec::new(), span })
    }

    fn global(
        &self,
        row: usize,
        names: &[String],
        constants: &HashMap<usize, usize>,
        initialisers: &BTreeMap<String, Expr>,
        span: Span,
    ) -> Option<Global> {
        let Field { name, ty, .. } = self.field(row, span)?;
        let constant = constants.get(&row).and_then(|constant| constant_value(&self.image.tables, *constant, span));
        let value = constant.or_else(|| initialisers.get(&name).cloned());
        let span = value.as_ref().map_or(span, |value| value.span);
        Some(Global { name, owner: Some(names.join("::")), ty, value, span })
    }

    /// The row of the constant of each field that has one.
    fn constants(&self) -> HashMap<usize, usize> {
        let tables = &self.image.tables;
        let of_field = |row| match tables.coded(table::CONSTANT, row, 1, HAS_CONSTANT)? {
            (table::FIELD, field) => Some((field, row)),
            _ => None,
        };
        (1..=tables.len(table::CONSTANT)).filter_map(of_field).collect()
    }
}

/// How source spells a use of a member of another assembly.
fn word(member: &Member) -> String {
    let owner = &member.owner;
    match (member.name.as_str(), member.name.strip_prefix("get_")) {
        (".ctor", _) => format!("new {owner}(0)\n"),
        (_, Some(property)) => format!("{owner}.{property}\n"),
        (name, _) => format!("{owner}.{name}()\n"),
    }
}

/// A constant (§ II.22.9).
fn constant_value(tables: &Tables<'_>, row: usize, span: Span) -> Option<Expr> {
    let kind = tables.cell(table::CONSTANT, row, 0)? & 0xFF;
    let blob = tables.blob(table::CONSTANT, row, 2)?;
    let signed = |size: usize| {
        let mut bytes = [if blob.last()? & 0x80 != 0 { 0xFF } else { 0 }; 8];
        bytes.get_mut(..size)?.copy_from_slice(blob.get(..size)?);
        Some(i64::from_le_bytes(bytes))
    };
    let number = match kind {
        0x02 => return Some(Expr::new(ExprKind::Bool(*blob.first()? != 0), span)),
        0x04 => signed(1)?,
        0x06 => signed(2)?,
        0x08 => signed(4)?,
        0x0A => signed(8)?,
        0x05 => i64::from(*blob.first()?),
        0x03 | 0x07 => i64::from(bytes::u16(blob, 0)?),
        0x09 => i64::from(bytes::u32(blob, 0)?),
        0x0B => i64::try_from(bytes::u64(blob, 0)?).ok()?,
        0x0D => return Some(Expr::new(ExprKind::Float(f64::from_bits(bytes::u64(blob, 0)?)), span)),
        0x0E => {
            let units = blob.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
            let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            return Some(Expr::new(ExprKind::Text(text), span));
        }
        _ => return None,
    };
    Some(stack::value::Value::int(number, stack::value::Kind::Plain, span).expr)
}
