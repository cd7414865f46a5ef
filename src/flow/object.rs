//! Calls of one and the same object: what tests do with it, one call after the other.

use super::facts::{Argument, FileFacts, Id, TermKind};

/// Calls before one that are looked through for those of the same object.
const BEFORE: usize = 64;

/// What a call is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object<'f> {
    /// The object that the function belongs to.
    Receiver,
    /// What a name stands for, or a field of the receiver.
    Named(&'f [String]),
    /// What a term makes.
    Made(Id),
}

impl FileFacts {
    /// What a call is called on.
    pub(super) fn object_of(&self, call: Id) -> Option<Object<'_>> {
        match &self.term(call).kind {
            TermKind::Method(base, ..) => Some(self.as_object(*base)),
            TermKind::Call(path, _) if path.len() > 1 => Some(Object::Named(&path[..path.len() - 1])),
            _ => None,
        }
    }

    /// A term, as what is called.
    pub(super) fn as_object(&self, id: Id) -> Object<'_> {
        match &self.term(id).kind {
            TermKind::Receiver => Object::Receiver,
            TermKind::Name(path) => Object::Named(path),
            TermKind::Field(base, name) if self.term(*base).kind == TermKind::Receiver => {
                Object::Named(std::slice::from_ref(name))
            }
            _ => Object::Made(id),
        }
    }

    /// What a call is given.
    pub(super) fn given_to(&self, call: Id) -> &[Argument] {
        match &self.term(call).kind {
            TermKind::Method(_, _, args) | TermKind::Call(_, args) | TermKind::New(_, args) => args,
            _ => &[],
        }
    }

    /// The calls of a function before one of them that are called on an object, or are given it.
    pub(super) fn calls_before<'f>(
        &'f self,
        function: usize,
        call: Id,
        object: Object<'f>,
    ) -> impl DoubleEndedIterator<Item = Id> + 'f {
        let calls = &self.functions[function].calls;
        let end = calls.iter().position(|known| *known == call).unwrap_or(0);
        let concerns = move |id: &Id| {
            self.object_of(*id) == Some(object)
                || self.given_to(*id).iter().any(|(_, arg)| self.as_object(*arg) == object)
        };
        calls[end.saturating_sub(BEFORE)..end].iter().copied().filter(concerns)
    }
}
