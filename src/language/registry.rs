//! The languages, and which file is written in which.
//!
//! Adding a language: its grammar file, one line in [`FRONTENDS`], and `rules/languages/LANG.yaml`.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ir::Module;
use super::models::{Index, Models, ModelsError};
use crate::carried::rules;
use crate::source::{by_program, interpreter, may_be_script};

/// A frontend.
struct Frontend {
    /// The language's id.
    id: &'static str,
    /// What the tool carries of it, without its rows.
    models: &'static str,
    /// Its rows.
    rows: &'static str,
    lower: fn(&str) -> Module,
}

macro_rules! frontend {
    ($id:literal, $lower:path) => {
        Frontend {
            id: $id,
            models: rules!(concat!("languages/", $id)),
            rows: rules!(concat!("languages/", $id, ".rows")),
            lower: $lower,
        }
    };
}

/// Every language, in the order they are listed.
const FRONTENDS: &[Frontend] = &[
    frontend!("rust", super::rust::lower),
    #[cfg(feature = "c")]
    frontend!("c", super::c::lower),
    #[cfg(feature = "cpp")]
    frontend!("cpp", super::cpp::lower),
    #[cfg(feature = "bash")]
    frontend!("bash", super::bash::lower),
    #[cfg(feature = "python")]
    frontend!("python", super::python::lower),
    #[cfg(feature = "perl")]
    frontend!("perl", super::perl::lower),
    #[cfg(feature = "lua")]
    frontend!("lua", super::lua::lower),
    #[cfg(feature = "ruby")]
    frontend!("ruby", super::ruby::lower),
    #[cfg(feature = "elixir")]
    frontend!("elixir", super::elixir::lower),
    #[cfg(feature = "javascript")]
    frontend!("javascript", super::javascript::lower),
    #[cfg(feature = "typescript")]
    frontend!("typescript", super::javascript::lower_typescript),
    #[cfg(feature = "javascript")]
    frontend!("html", super::javascript::lower_elements),
    #[cfg(feature = "java")]
    frontend!("java", super::java::lower),
    #[cfg(feature = "go")]
    frontend!("go", super::go::lower),
    #[cfg(feature = "kotlin")]
    frontend!("kotlin", super::kotlin::lower),
    #[cfg(feature = "groovy")]
    frontend!("groovy", super::groovy::lower),
    #[cfg(feature = "scala")]
    frontend!("scala", super::scala::lower),
    #[cfg(feature = "csharp")]
    frontend!("csharp", super::csharp::lower),
    #[cfg(feature = "powershell")]
    frontend!("powershell", super::powershell::lower),
    #[cfg(feature = "php")]
    frontend!("php", super::php::lower),
    frontend!("sql", super::sql::lower),
    #[cfg(feature = "swift")]
    frontend!("swift", super::swift::lower),
    #[cfg(feature = "objc")]
    frontend!("objc", super::objc::lower),
    #[cfg(feature = "dart")]
    frontend!("dart", super::dart::lower),
];

/// The id of a language, as it stands in this program.
pub fn id(name: &str) -> Option<&'static str> {
    FRONTENDS.iter().map(|frontend| frontend.id).find(|id| *id == name)
}

/// A language.
#[derive(Clone)]
pub struct Language {
    /// Its id.
    pub id: &'static str,
    /// What is known of it.
    pub models: Arc<Index>,
    /// Its frontend.
    pub lower: fn(&str) -> Module,
    /// Of pages: the frontend for a page of so many bytes and the program of its markup after it.
    pub lower_page: Option<LowerPage>,
}

/// Lowers a page with a program after it, which begins at that byte.
type LowerPage = fn(&str, usize) -> Module;

/// The frontend of a language's pages.
fn lower_page(id: &str) -> Option<LowerPage> {
    match id {
        #[cfg(feature = "javascript")]
        "html" => Some(super::javascript::lower_page),
        _ => None,
    }
}

/// All languages.
#[derive(Clone, Default)]
pub struct Languages {
    list: Vec<Language>,
    by_extension: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    by_interpreter: HashMap<String, usize>,
}

impl Languages {
    /// The embedded languages, each with what `extra` documents (name and YAML) add to it.
    ///
    /// # Errors
    /// A document is broken or names no language.
    pub fn load(extra: &[(String, String)]) -> Result<Self, ModelsError> {
        let mut models: HashMap<&'static str, Models> = HashMap::new();
        for frontend in FRONTENDS {
            models.insert(frontend.id, Models::carried(frontend.id, frontend.models, frontend.rows)?);
        }
        for (name, yaml) in extra {
            let more = Models::read(name, yaml)?;
            let known = models.iter_mut().find(|(id, _)| ***id == more.language).map(|(_, known)| known);
            let known = known.ok_or_else(|| ModelsError {
                language: name.clone(),
                problem: format!("`{}` is no language that defuse reads", more.language),
            })?;
            known.absorb(&more);
        }
        let mut languages = Self::default();
        for &Frontend { id, lower, .. } in FRONTENDS {
            let own = &models[id];
            let bases: Vec<&Models> = own.extends.iter().filter_map(|base| models.get(base.as_str())).collect();
            let n = languages.list.len();
            for (map, keys) in [
                (&mut languages.by_extension, &own.extensions),
                (&mut languages.by_name, &own.files),
                (&mut languages.by_interpreter, &own.interpreters),
            ] {
                map.extend(keys.iter().map(|key| (key.to_lowercase(), n)));
            }
            let index = Index::new(own.clone(), &bases);
            languages.list.push(Language { id, models: Arc::new(index), lower, lower_page: lower_page(id) });
        }
        Ok(languages)
    }

    /// Every language.
    pub fn list(&self) -> &[Language] {
        &self.list
    }

    /// What is known of each, by id.
    pub fn models(&self) -> FxHashMap<&'static str, Arc<Index>> {
        self.list.iter().map(|language| (language.id, language.models.clone())).collect()
    }

    /// The language of a file, by its name, its ending, or the program that its first line names.
    pub fn of(&self, path: &str, head: &[u8]) -> Option<&Language> {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let by_name = self.by_name.get(&name);
        let by_extension = || name.rsplit_once('.').and_then(|(_, extension)| self.by_extension.get(extension));
        let by_program = || self.shebang(head).filter(|_| may_be_script(&name));
        let n = by_name.or_else(by_extension).copied().or_else(by_program)?;
        let language = &self.list[n];
        let truly = match language.id {
            // A header is C++ or Objective-C if it says so, and a page that a server fills in is that server's program.
            "c" if name.ends_with(".h") && declares_objc(head) => "objc",
            "c" if name.ends_with(".h") && looks_like_cpp(head) => "cpp",
            // The same ending is MATLAB's.
            "objc" if name.ends_with(".m") && !declares_objc(head) && !includes(head) => return None,
            "html" if memchr::memmem::find(head, b"<?php").is_some() => "php",
            _ => return Some(language),
        };
        self.list.iter().find(|language| language.id == truly).or(Some(language))
    }

    /// What a file of that name may be written in that is not the language that it seems to be: a header of C++ may hold
    /// nothing by which it is known at a glance.
    pub fn instead_of(&self, language: &Language, path: &str) -> Option<&Language> {
        let is_header = language.id == "c" && path.ends_with(".h");
        self.list.iter().find(|other| is_header && other.id == "cpp")
    }

    /// The number of a language by its own name or that of a program that runs it (`python`, `bash`, `python3.12`).
    pub fn named(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        let own = self.list.iter().position(|language| language.id == name);
        own.or_else(|| by_program(&self.by_interpreter, &name))
    }

    /// The number of the language whose program a `#!` line names.
    pub fn shebang(&self, head: &[u8]) -> Option<usize> {
        self.named(interpreter(head)?)
    }
}

/// Whether it has a declaration that only Objective-C knows, at the start of a line.
fn declares_objc(head: &[u8]) -> bool {
    head.starts_with(b"@")
        || holds(head, &[b"\n@interface ", b"\n@implementation ", b"\n@protocol ", b"\n@class ", b"\n@import "])
}

fn includes(head: &[u8]) -> bool {
    holds(head, &[b"#import", b"#include"])
}

fn looks_like_cpp(head: &[u8]) -> bool {
    holds(head, &[b"class ", b"namespace ", b"template", b"std::", b"public:", b"private:"])
}

fn holds(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| memchr::memmem::find(text, word).is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_carried_rows_can_be_read() {
        for language in Languages::load(&[]).unwrap().list() {
            assert!(language.models.models.rows.read().is_ok_and(|rows| !rows.is_empty()), "{}", language.id);
        }
    }

    #[test]
    fn a_file_is_what_its_name_and_its_text_say() {
        let languages = Languages::load(&[]).unwrap();
        for (path, text, id) in [
            ("a/b.c", "", Some("c")),
            ("a.h", "#include <time.h>\nint f(void);", Some("c")),
            ("a.h", "namespace a {}", Some("cpp")),
            ("a.h", "#import \"b.h\"\n@interface A : B\n@end", Some("objc")),
            ("a.m", "#import <Foundation/Foundation.h>\n", Some("objc")),
            ("a.m", "@implementation A\n@end", Some("objc")),
            ("a.m", "function y = f(x)\n  y = now;\nend", None),
            ("a.html", "<p></p>", Some("html")),
            ("a.html", "<p><?php f(); ?></p>", Some("php")),
            ("run", "#!/usr/bin/env python3\n", Some("python")),
            ("notes.txt", "", None),
        ] {
            assert_eq!(languages.of(path, text.as_bytes()).map(|language| language.id), id, "{path}: {text}");
        }
    }
}
