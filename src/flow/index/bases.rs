//! What types have from those that they extend: methods, members, and what their constructors hand up.

use super::{FunctionRef, SymbolTable, last_of};
use crate::flow::facts::{FileFacts, Id};
use crate::language::ir::BASE;

/// Types that are looked through upward from one.
const BASES: usize = 8;

/// Steps downward from a type to those that are made of it.
const DOWNWARD: usize = 4;

impl<'a> SymbolTable<'a> {
    /// The types that one extends, the nearest first.
    fn bases(&self, files: &[&'a FileFacts], from: usize, ty: &str) -> Vec<&'a str> {
        let of = |ty: &str| {
            let declared = self.type_of(from, last_of(ty));
            declared.map_or(&[][..], |(file, ty)| files[file].types[ty].bases.as_slice())
        };
        let mut found: Vec<&str> = of(ty).iter().map(|base| last_of(base)).collect();
        let mut next = 0;
        while next < found.len() && found.len() < BASES {
            for base in of(found[next]).iter().map(|base| last_of(base)) {
                if !found.contains(&base) {
                    found.push(base);
                }
            }
            next += 1;
        }
        found.truncate(BASES);
        found
    }

    /// The methods of that name that an object of a type has: its own, or those of the nearest type that it extends.
    pub fn methods_of(&self, files: &[&'a FileFacts], from: usize, ty: &str, name: &str) -> Vec<FunctionRef> {
        let own = self.functions(files, from, Some(ty), name);
        if !own.is_empty() || !self.functions.contains_key(name) {
            return own;
        }
        let bases = self.bases(files, from, ty).into_iter();
        bases
            .map(|base| self.functions(files, from, Some(base), name))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Whether an object of a type has a field of that name.
    pub fn has_member(&self, files: &[&'a FileFacts], from: usize, ty: &str, name: &str) -> bool {
        let is_of = |ty: &str| self.is_member(ty, name) || !self.field(ty, name).is_empty();
        is_of(ty) || self.bases(files, from, ty).into_iter().any(is_of)
    }

    /// What the constructors of a type hand up: the calls that make the part of the object that the base is.
    pub fn handed_up(&self, ty: &str) -> &[(FunctionRef, Id)] {
        self.handed.get(last_of(ty)).map_or(&[], Vec::as_slice)
    }

    /// The calls that make an object of a type, or of one that hands something up to it, among the functions that are
    /// `meant`. Where nobody makes such an object, its type's own word for what it hands up stands for it.
    pub fn makers(
        &self,
        files: &[&'a FileFacts],
        ty: &str,
        meant: &dyn Fn(&FunctionRef) -> bool,
    ) -> Vec<(FunctionRef, Id)> {
        let mut found = Vec::new();
        self.add_makers(files, last_of(ty), meant, DOWNWARD, &mut found);
        if found.is_empty() {
            found.extend(self.handed_up(ty).iter().filter(|(at, _)| meant(at)));
        }
        found
    }

    fn add_makers(
        &self,
        files: &[&'a FileFacts],
        ty: &str,
        meant: &dyn Fn(&FunctionRef) -> bool,
        depth: usize,
        found: &mut Vec<(FunctionRef, Id)>,
    ) {
        for (at, call) in self.constructions(ty).iter().filter(|(at, _)| meant(at)) {
            let function = &files[at.0].functions[at.1];
            let is_handed = |write: &crate::flow::facts::Write| {
                write.value == *call && write.name.as_ref().is_some_and(|name| *name == [BASE])
            };
            let owner = function.owner.as_deref().map(last_of);
            let derived = owner.filter(|owner| *owner != ty && depth > 0 && function.writes.iter().any(is_handed));
            let before = found.len();
            if let Some(derived) = derived {
                self.add_makers(files, derived, meant, depth - 1, found);
            }
            if found.len() == before && !found.contains(&(*at, *call)) {
                found.push((*at, *call));
            }
        }
        found.dedup();
    }
}
