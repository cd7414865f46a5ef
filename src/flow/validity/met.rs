//! Whether a test comes to where a date that it gives is checked. That some code of the tree asks the clock about the name
//! says nothing of a test that never calls it.

use crate::finding::Span;
use crate::flow::facts::{FileFacts, TermKind};
use crate::flow::index::FunctionRef;
use crate::flow::{World, member_key};
use crate::vocabulary::words;

use super::checked::Checked;
use super::given::Given;

/// Places looked at for one name.
const PLACES: usize = 64;
/// What runs when an object is made or stored is called so.
const RUN_BY_ITSELF: [&str; 10] =
    ["new", "init", "initialize", "constructor", "construct", "validate", "check", "clean", "ensure", "save"];

/// Names of one test and of one name.
pub(super) type Asked = (String, usize, Span);

impl Checked<'_> {
    /// What the test calls or names in that scope leads to where the clock is asked about what it gives, or runs by itself
    /// when that is made.
    pub(super) fn meets(&self, world: &World<'_>, file: usize, scope: Span, given: &Given) -> bool {
        given.refused
            || given.callees.iter().any(|callee| self.waits(world, *callee))
            || self.is_declared(world, file, &given.name)
            || self.comes_to(world, file, scope, &given.name)
            || self.is_made_refused(world, file, given)
    }

    /// The same of the name alone.
    fn comes_to(&self, world: &World<'_>, file: usize, scope: Span, name: &str) -> bool {
        let asked = (member_key(name), file, scope);
        if let Some(known) = self.met.borrow().get(&asked) {
            return *known;
        }
        let met = self.places_at(name).take(PLACES).any(|place| self.is_led_to(world, file, scope, place))
            || self.chooses(world, file, scope, name).is_some();
        self.met.borrow_mut().insert(asked, met);
        met
    }

    /// The test's file is named after one that asks the clock about the name, and the test expects that what it gives is
    /// taken: it says so, or what has passed is refused there.
    pub(super) fn is_about(&self, world: &World<'_>, file: usize, given: &Given, accepted: bool) -> bool {
        let named = self.named(world, file);
        let is_sister = |place: &FunctionRef| named.is_sister(&world.files[place.0].path);
        (accepted && self.places_at(&given.name).any(|place| is_sister(&place)))
            || self.refused_at(world, file, &given.name).iter().any(is_sister)
    }

    /// The type that the test makes with the date refuses one that has passed, in what runs by itself.
    fn is_made_refused(&self, world: &World<'_>, file: usize, given: &Given) -> bool {
        let Some(made) = made(world.files[file], given) else { return false };
        self.refused_at(world, file, &given.name).iter().any(|(n, f)| {
            let function = &world.files[*n].functions[*f];
            let by_itself =
                !function.attributes.is_empty() || words(&function.name).iter().any(|word| is_run_by_itself(word));
            function.held_by() == Some(made) && by_itself
        })
    }
}

fn is_run_by_itself(word: &str) -> bool {
    RUN_BY_ITSELF.contains(&word)
}

/// The type of what holds the date.
fn made<'f>(file: &'f FileFacts, given: &Given) -> Option<&'f str> {
    match &file.term(given.holder).kind {
        TermKind::Call(path, _) | TermKind::New(path, _) | TermKind::Record(Some(path), ..) => {
            path.last().map(String::as_str).filter(|name| name.starts_with(char::is_uppercase))
        }
        _ => None,
    }
}
