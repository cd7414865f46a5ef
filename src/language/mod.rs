//! From source text to the IR: one frontend per language, one representation out.
//!
//! [`ir`] is the representation; `tree` lowers tree-sitter grammars by table, with one small file per grammar;
//! `rust` lowers `syn`'s syntax tree; [`models`] is what the tool knows of each language's clocks, dates and exits.

#[cfg(feature = "bash")]
pub mod bash;
#[cfg(any(feature = "c", feature = "cpp", feature = "objc"))]
pub mod c;
#[cfg(feature = "cpp")]
pub mod cpp;
#[cfg(feature = "csharp")]
pub mod csharp;
#[cfg(feature = "dart")]
pub mod dart;
pub mod dotnet;
#[cfg(feature = "elixir")]
pub mod elixir;
#[cfg(feature = "go")]
pub mod go;
#[cfg(feature = "groovy")]
pub mod groovy;
pub mod ir;
#[cfg(feature = "java")]
pub mod java;
#[cfg(feature = "javascript")]
pub mod javascript;
pub mod jvm;
#[cfg(feature = "kotlin")]
pub mod kotlin;
#[cfg(feature = "lua")]
pub mod lua;
pub mod models;
#[cfg(feature = "objc")]
pub mod objc;
#[cfg(feature = "perl")]
pub mod perl;
#[cfg(feature = "php")]
pub mod php;
#[cfg(feature = "powershell")]
pub mod powershell;
#[cfg(test)]
pub(crate) mod print;
pub mod program;
#[cfg(feature = "python")]
pub mod python;
pub mod regexp;
pub mod registry;
#[cfg(feature = "ruby")]
pub mod ruby;
pub mod rust;
#[cfg(feature = "scala")]
pub mod scala;
pub mod sql;
mod stack;
#[cfg(feature = "swift")]
pub mod swift;
// Which of its shapes are used depends on which languages are built in.
#[allow(dead_code)]
mod tree;
pub(crate) mod walk;

/// Syntax nested deeper than this is not lowered further: the rest becomes an opaque expression and a gap.
/// Real code stays below 100; recursion this deep fits the stack of every worker thread.
pub const DEPTH_LIMIT: usize = 200;
