//! Dates that product code declares to lie ahead of the clock, without comparing them itself: rules of validators,
//! annotations, schemas, methods that validate one field.

use crate::flow::World;
use crate::flow::facts::{FileFacts, FunctionFacts, Id, TermKind};
use crate::flow::taint::{Taint, Taints};
use crate::vocabulary::{InTest, Vocabulary, words};

use super::comparison::parameter;

/// Calls in a chain: `z.coerce.date().min(new Date()).optional()`.
const CHAIN: usize = 8;
/// Terms looked at in one rule.
const PARTS: usize = 40;

/// The names that a file declares so.
pub(super) fn must_lie_ahead(world: &World<'_>, taints: &Taints<'_>, file: usize) -> Vec<String> {
    let rules = Rules { vocabulary: world.vocabulary, taints, n: file, file: world.files[file] };
    let mut names = Vec::new();
    for term in &rules.file.terms {
        match &term.kind {
            TermKind::Record(_, fields, _) => {
                names.extend(fields.iter().filter(|(_, rule)| rules.is_rule(*rule)).map(|(name, _)| name.clone()));
            }
            TermKind::Map(pairs) => {
                let ruled = pairs.iter().filter(|(_, rule)| rules.is_rule(*rule));
                names.extend(ruled.filter_map(|(key, _)| rules.text(*key)));
            }
            TermKind::Method(base, name, args) if rules.is_bound(name, args.first().map(|(_, arg)| *arg)) => {
                names.extend(rules.selected(*base));
            }
            TermKind::Call(path, args)
                if path.last().is_some_and(|name| validates(name))
                    && args.iter().any(|(keyword, rule)| rules.is_option(keyword.as_deref(), *rule)) =>
            {
                names.extend(args.iter().filter(|(name, _)| name.is_none()).filter_map(|(_, id)| rules.text(*id)));
            }
            _ => {}
        }
    }
    for field in rules.file.types.iter().flat_map(|ty| &ty.fields) {
        if field.attributes.iter().any(|attribute| rules.is_annotation(*attribute)) {
            names.push(field.name.clone());
        }
    }
    names
}

/// The fields that a method validates whose argument is compared: `validate_start(self, value)`, `@validator('start')`.
pub(super) fn validated(file: &FileFacts, function: &FunctionFacts, compared: Id) -> Vec<String> {
    if parameter(file, compared).is_none() {
        return Vec::new();
    }
    let own = words(&function.name);
    let mut names = Vec::new();
    if let Some((first, rest)) = own.split_first()
        && matches!(first.as_str(), "validate" | "clean" | "check")
        && !rest.is_empty()
    {
        names.push(rest.join("_"));
    }
    for attribute in &function.attributes {
        let TermKind::Call(path, args) = &file.term(*attribute).kind else { continue };
        if path
            .last()
            .is_some_and(|name| words(name).iter().any(|word| matches!(word.as_str(), "validator" | "validates")))
        {
            let texts = args.iter().filter_map(|(_, arg)| match &file.term(*arg).kind {
                TermKind::Text(text) => Some(text.to_string()),
                _ => None,
            });
            names.extend(texts);
        }
    }
    names
}

struct Rules<'w> {
    vocabulary: &'w Vocabulary,
    taints: &'w Taints<'w>,
    n: usize,
    file: &'w FileFacts,
}

impl Rules<'_> {
    fn text(&self, id: Id) -> Option<String> {
        match &self.file.term(id).kind {
            TermKind::Text(text) if text.len() <= 64 => Some(text.to_string()),
            _ => None,
        }
    }

    /// The clock, or a word for it.
    fn is_now(&self, id: Id) -> bool {
        match &self.file.term(id).kind {
            TermKind::Text(text) => matches!(&**text, "now" | "today" | "tomorrow" | "now()"),
            TermKind::Closure(_, value) => self.taints.own(self.n, *value).has(Taint::CLOCK),
            _ => self.taints.own(self.n, id).has(Taint::CLOCK),
        }
    }

    /// A bound by the clock from below: `.min(new Date())`.
    fn is_bound(&self, name: &str, bound: Option<Id>) -> bool {
        self.vocabulary.says_in_test(name, InTest::Least) && bound.is_some_and(|bound| self.is_now(bound))
    }

    /// What stands for a field says that its date lies ahead: `'required|date|after:today'`, `z.date().min(new Date())`.
    fn is_rule(&self, id: Id) -> bool {
        let says = |text: &str| text.split('|').any(|rule| self.vocabulary.says_in_test(rule, InTest::Bound));
        let mut at = id;
        for _ in 0..CHAIN {
            match &self.file.term(at).kind {
                TermKind::Text(text) => return text.len() <= 256 && says(text),
                TermKind::List(items) => {
                    let texts = items.iter().take(PARTS).filter_map(|item| self.text(*item));
                    return texts.into_iter().any(|text| says(&text));
                }
                TermKind::Method(base, name, args) => {
                    if self.is_bound(name, args.first().map(|(_, arg)| *arg)) {
                        return true;
                    }
                    at = *base;
                }
                _ => return false,
            }
        }
        false
    }

    /// `comparison: { greater_than: -> { Date.current } }`, `on_or_after: :today`.
    fn is_option(&self, keyword: Option<&str>, id: Id) -> bool {
        if keyword.is_some_and(|keyword| self.is_bound(keyword, Some(id))) {
            return true;
        }
        match &self.file.term(id).kind {
            TermKind::Map(pairs) => pairs
                .iter()
                .take(PARTS)
                .any(|(key, value)| self.text(*key).is_some_and(|key| self.is_option(Some(&key), *value))),
            TermKind::Record(_, fields, _) => {
                fields.iter().take(PARTS).any(|(key, value)| self.is_option(Some(key), *value))
            }
            _ => false,
        }
    }

    /// `@Future`, `#[Assert\GreaterThan('today')]`.
    fn is_annotation(&self, id: Id) -> bool {
        let TermKind::Call(path, args) = &self.file.term(id).kind else { return false };
        let Some(name) = path.last() else { return false };
        let first = words(name).into_iter().next();
        first.is_some_and(|first| first == "future") || self.is_bound(name, args.first().map(|(_, arg)| *arg))
    }

    /// The field that a rule is about: `RuleFor(x => x.CheckIn).NotEmpty()`.
    fn selected(&self, id: Id) -> Option<String> {
        let mut at = id;
        for _ in 0..CHAIN {
            match &self.file.term(at).kind {
                TermKind::Method(base, _, args) | TermKind::Mutated(base, _, args) => match self.member(args) {
                    Some(name) => return Some(name),
                    None => at = *base,
                },
                TermKind::Call(_, args) => return self.member(args),
                _ => return None,
            }
        }
        None
    }

    fn member(&self, args: &[(Option<String>, Id)]) -> Option<String> {
        let (_, first) = args.first()?;
        let TermKind::Closure(_, value) = self.file.term(*first).kind else { return None };
        match &self.file.term(value).kind {
            TermKind::Field(_, name) => Some(name.clone()),
            TermKind::Method(_, name, args) if args.is_empty() => Some(name.clone()),
            _ => None,
        }
    }
}

/// Whether a function's name begins with that word: `validates`, `validate_date`, `validateOf`.
fn validates(name: &str) -> bool {
    // Most names are told by their first letter and need not be taken apart.
    name.starts_with(['v', 'V'])
        && words(name).first().is_some_and(|first| matches!(first.as_str(), "validates" | "validate"))
}
