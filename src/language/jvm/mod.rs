//! Class files (JVMS § 4): what a Java, Kotlin or Scala compiler made, read back into the IR.
//!
//! A build's output holds no source, but a class file keeps every name, constant and call, and mostly the lines. The
//! instructions of each method are run over expressions instead of values ([`lift`], [`run`]), and what compilers took
//! apart is put together ([`super::stack`]). What comes out is what the source's own
//! frontend would have said, so that Java's models judge it.
//!
//! A span's line is the source's; its column is the instruction's offset in the class file and one, so that places differ
//! even without lines. Anything may be in the bytes: everything is bounded, and what makes no sense is left out.

mod class;
mod cursor;
mod descriptor;
mod instruction;
mod lift;
mod pool;
mod run;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::Span;

use self::class::{Class, Field, access};
use self::pool::Loaded;
use super::ir;
use super::ir::{Expr, ExprKind, Global, Import, Module, TypeDecl};
use super::stack::{self, value};

/// The language whose models know what class files call.
pub const MODELS: &str = "java";

/// Annotations that make a class a test.
const TESTS: [&str; 4] = [
    "Lorg/junit/Test;",
    "Lorg/junit/jupiter/api/Test;",
    "Lorg/testng/annotations/Test;",
    "Lorg/junit/jupiter/params/ParameterizedTest;",
];

/// A class file that was read.
#[derive(Debug)]
pub struct ClassFile<'a> {
    class: Class<'a>,
    own: String,
}

impl<'a> ClassFile<'a> {
    /// Reads a class file; `None` for everything else.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let class = Class::read(bytes)?;
        let own = class.pool.class(class.this)?.to_owned();
        Some(Self { class, own })
    }

    /// The name of the file that it was compiled from, if it says so.
    pub fn source(&self) -> Option<&str> {
        self.class.pool.utf8(self.class.source?)
    }

    /// Whether its spans have the lines of the source.
    pub fn has_lines(&self) -> bool {
        self.class.methods.iter().filter_map(|method| method.code.as_ref()).any(|code| !code.lines.is_empty())
    }

    /// It is annotated as a test.
    pub fn is_test(&self) -> bool {
        let pool = &self.class.pool;
        (0..=u16::MAX).take(pool.len()).any(|index| pool.utf8(index).is_some_and(|text| TESTS.contains(&text)))
    }

    /// What it calls and the constants that it loads, spelt as in source, so that the sift finds them.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for member in self.class.pool.members() {
            let class = descriptor::simple(member.class);
            let _ = match (member.name, member.descriptor) {
                ("<init>", "()V") => writeln!(words, "new {class}()"),
                ("<init>", _) => writeln!(words, "new {class}(0)"),
                (name, _) => writeln!(words, "{class}.{name}()"),
            };
        }
        for literal in self.class.pool.literals() {
            let _ = match literal {
                Loaded::Int(number) => writeln!(words, "{number}"),
                Loaded::Text(text) => writeln!(words, "\"{text}\""),
                Loaded::Float(_) | Loaded::Class(_) => Ok(()),
            };
        }
        words
    }

    /// The class in the IR.
    pub fn lower(&self) -> Module {
        let (package, names) = descriptor::path(&self.own);
        let (name, owner) = names.split_last().map_or((self.own.clone(), &[][..]), |(last, rest)| (last.clone(), rest));
        let mut module = Module { package, imports: self.imports(), ..Module::default() };
        let mut initialisers = BTreeMap::new();
        for method in self.class.methods.iter().filter(|method| method.flags & access::BRIDGE == 0) {
            let Some((function, cut)) = lift::function(&self.class, method, &self.own) else { continue };
            if cut {
                module.gaps.push(function.span);
            }
            if function.name == "static" {
                initialisers = stack::initial_values(&function);
            }
            module.functions.push(function);
        }
        let pool = &self.class.pool;
        let bases = self.class.bases.iter().filter_map(|base| pool.class(*base)).map(descriptor::simple);
        let span = module.functions.first().map_or(Span::on_line(1, 1, 2), |first| first.name_span);
        let (fixed, held): (Vec<&Field>, Vec<&Field>) =
            self.class.fields.iter().partition(|field| field.flags & access::STATIC != 0);
        module.types.push(TypeDecl {
            name,
            owner: (!owner.is_empty()).then(|| owner.join("::")),
            bases: bases.filter(|base| *base != "Object").map(str::to_owned).collect(),
            fields: held.into_iter().filter_map(|field| self.field(field, span)).collect(),
            attributes: Vec::new(),
            span,
        });
        let globals = fixed.into_iter().filter_map(|field| self.global(field, &names.join("::"), &initialisers, span));
        module.globals = globals.collect();
        module
    }

    fn imports(&self) -> Vec<Import> {
        let known = self.class.pool.classes().filter(|class| class.contains('/') && !class.starts_with('['));
        known
            .map(|class| {
                let (package, names) = descriptor::path(class);
                Import { alias: descriptor::simple(class).to_owned(), path: [package, names].concat() }
            })
            .collect()
    }

    fn field(&self, field: &Field, span: Span) -> Option<ir::Field> {
        let pool = &self.class.pool;
        let ty = descriptor::name(pool.utf8(field.descriptor)?).map(str::to_owned);
        Some(ir::Field { name: pool.utf8(field.name)?.to_owned(), ty, value: None, attributes: Vec::new(), span })
    }

    fn global(&self, field: &Field, owner: &str, initialisers: &BTreeMap<String, Expr>, span: Span) -> Option<Global> {
        let ir::Field { name, ty, .. } = self.field(field, span)?;
        let constant = field.constant.and_then(|index| self.class.pool.loaded(index)).and_then(|loaded| {
            let kind = match loaded {
                Loaded::Int(number) if ty.as_deref() == Some("boolean") => ExprKind::Bool(number != 0),
                Loaded::Int(number) => return Some(value::Value::int(number, value::Kind::Plain, span).expr),
                Loaded::Float(number) => ExprKind::Float(number),
                Loaded::Text(text) => ExprKind::Text(text.to_owned()),
                Loaded::Class(_) => return None,
            };
            Some(Expr::new(kind, span))
        });
        let value = constant.or_else(|| initialisers.get(&name).cloned());
        let span = value.as_ref().map_or(span, |value| value.span);
        Some(Global { name, owner: Some(owner.to_owned()), ty, value, span })
    }
}
