//! Cookies that a test gives to what keeps them: a jar, a storage, a client. A cookie whose date has passed is dropped there.

use crate::finding::Span;
use crate::flow::facts::{Id, TermKind};
use crate::vocabulary::words;

use super::given::{Given, in_scope};
use super::surroundings::Surroundings;

/// Terms looked at in what one call gets.
const PARTS: usize = 200;
/// Calls in a chain: `Cookie.Builder().name("a").expiresAt(…)`.
const CHAIN: usize = 8;
/// What keeps cookies is called so.
const KEEPERS: [&str; 8] = ["jar", "client", "storage", "store", "session", "browser", "agent", "driver"];

impl Surroundings<'_> {
    /// What ends with the date is a cookie, and something keeps it.
    pub(super) fn is_kept_cookie(&self, given: &Given) -> bool {
        let scope = self.scope(given.given_at, given.function);
        let inside = |span: Span| in_scope(scope, span);
        let calls = self.facts.functions.iter().flat_map(|function| function.calls.iter().copied());
        let calls: Vec<Id> = calls.filter(|call| inside(self.facts.term(*call).span)).collect();
        let made = |call: &Id| self.is_of_cookie(*call) && self.facts.holds_any(*call, &[given.holder], PARTS);
        let cookie = self.is_of_cookie(given.holder) || calls.iter().any(made);
        cookie && calls.iter().any(|call| self.keeps(*call, given.holder))
    }

    /// The call is of a cookie by its name, or continues one that is.
    fn is_of_cookie(&self, id: Id) -> bool {
        let says = |name: &str| words(name).iter().any(|word| matches!(word.as_str(), "cookie" | "cookies"));
        let mut at = id;
        for _ in 0..CHAIN {
            match &self.facts.term(at).kind {
                TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path) => {
                    return path.iter().any(|name| says(name));
                }
                TermKind::Method(base, name, _) | TermKind::Mutated(base, name, _) | TermKind::Field(base, name) => {
                    if says(name) {
                        return true;
                    }
                    at = *base;
                }
                _ => return false,
            }
        }
        false
    }

    /// A call of what keeps cookies gets the term.
    fn keeps(&self, call: Id, term: Id) -> bool {
        let (base, args) = match &self.facts.term(call).kind {
            TermKind::Method(base, _, args) => (Some(*base), args),
            TermKind::Call(_, args) => (None, args),
            _ => return false,
        };
        let gets = call == term || args.iter().any(|(_, arg)| self.facts.holds_any(*arg, &[term], PARTS));
        gets && match (&self.facts.term(call).kind, base) {
            (_, Some(base)) => self.is_keeper(base),
            (TermKind::Call(path, _), None) => {
                path.split_last().is_some_and(|(_, of)| of.iter().any(|name| keeps(name)))
            }
            _ => false,
        }
    }

    fn is_keeper(&self, id: Id) -> bool {
        match &self.facts.term(id).kind {
            TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Name(path) => {
                path.iter().any(|name| keeps(name))
            }
            TermKind::Method(_, name, _) | TermKind::Field(_, name) => keeps(name),
            TermKind::Mutated(base, ..) => self.is_keeper(*base),
            _ => false,
        }
    }
}

fn keeps(name: &str) -> bool {
    words(name).iter().any(|word| KEEPERS.contains(&word.as_str()))
}
