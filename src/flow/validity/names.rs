//! What a name says of a date that a test gives under it: by its words, and by what product code does with it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::flow::index::FunctionRef;
use crate::flow::member_key;
use crate::vocabulary::{InTest, Strength, Vocabulary};

use super::checked::Checked;
use super::given::Kind;

/// What one name says.
#[derive(Debug)]
pub(super) struct Said {
    /// How strongly its words say that something ends.
    pub(super) strength: Option<Strength>,
    /// What kind of thing a date under it is.
    pub(super) kind: Kind,
    /// Product code asks the clock about it.
    pub(super) asked: bool,
}

impl Said {
    /// A date under the name may end a test.
    pub(super) fn counts(&self) -> bool {
        self.strength.is_some() || self.kind != Kind::Date || self.asked
    }
}

/// The names of a run, each looked at once.
pub(super) struct Names<'w> {
    vocabulary: &'w Vocabulary,
    checked: &'w Checked<'w>,
    known: RefCell<HashMap<String, Rc<Said>>>,
}

impl<'w> Names<'w> {
    pub(super) fn new(vocabulary: &'w Vocabulary, checked: &'w Checked<'w>) -> Self {
        Self { vocabulary, checked, known: RefCell::default() }
    }

    /// What a name says.
    pub(super) fn said(&self, name: &str) -> Rc<Said> {
        if let Some(known) = self.known.borrow().get(name) {
            return Rc::clone(known);
        }
        let said = Rc::new(self.look(name));
        self.known.borrow_mut().insert(name.to_owned(), Rc::clone(&said));
        said
    }

    /// What is given as that argument is refused once it has passed.
    pub(super) fn passes_on(&self, function: FunctionRef, param: usize) -> bool {
        self.checked.passes_on(function, param)
    }

    fn look(&self, name: &str) -> Said {
        let words = self.vocabulary;
        let own = words.says_in_test(name, InTest::Validity) && !words.is_period(name);
        let strength = if own { Some(Strength::Strong) } else { words.expiry_strength(name) };
        let kind = if words.says_in_test(name, InTest::Ahead) {
            Kind::Ahead
        } else if matches!(member_key(name).as_str(), "notafter" | "notvalidafter") {
            Kind::Credential
        } else if words.says_in_test(name, InTest::Later) {
            Kind::Later
        } else {
            Kind::Date
        };
        Said { strength, kind, asked: self.checked.asks(name) || !self.checked.windows_of(name).is_empty() }
    }
}
