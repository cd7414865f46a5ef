//! Programs of virtual machines, whichever machine it is: what they were compiled from is read back out of them.

use super::dotnet::{self, Assembly};
use super::ir::Module;
use super::jvm::{self, ClassFile};

/// A program that was read.
#[derive(Debug)]
pub enum Program<'a> {
    /// A class file of the JVM.
    Class(ClassFile<'a>),
    /// An assembly of .NET.
    Assembly(Assembly<'a>),
}

impl<'a> Program<'a> {
    /// Reads a program; `None` for everything else.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        ClassFile::read(bytes).map(Self::Class).or_else(|| Assembly::read(bytes).map(Self::Assembly))
    }

    /// The language whose models know what it calls.
    pub const fn models(&self) -> &'static str {
        match self {
            Self::Class(_) => jvm::MODELS,
            Self::Assembly(_) => dotnet::MODELS,
        }
    }

    /// What it calls and the constants that it loads, spelt as in source, so that the sift finds them.
    pub fn words(&self) -> String {
        match self {
            Self::Class(class) => class.words(),
            Self::Assembly(assembly) => assembly.words(),
        }
    }

    /// The program in the IR; of a large one, what has to do with words of `worth`, spelt as in source.
    pub fn lower(&self, worth: &dyn Fn(&str) -> bool) -> Module {
        match self {
            Self::Class(class) => class.lower(),
            Self::Assembly(assembly) => assembly.lower(worth),
        }
    }

    /// It holds tests.
    pub fn is_test(&self) -> bool {
        match self {
            Self::Class(class) => class.is_test(),
            Self::Assembly(assembly) => assembly.is_test(),
        }
    }

    /// The name of its source, where its spans have the lines of it.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Class(class) => class.source().filter(|_| class.has_lines()),
            Self::Assembly(_) => None,
        }
    }
}
