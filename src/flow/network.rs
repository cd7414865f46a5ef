//! The time that a network tells: what a time service replies, and the date that every HTTP reply bears.
//!
//! Both are the real clock, of another machine. No model of a library says so: which member of a reply it is, only the
//! file tells that names the service, or the header that is asked for (RFC 9110, section 6.6.1).

use crate::vocabulary::{Told, words};

use super::World;
use super::facts::{FileFacts, Id, TermKind};

/// Names looked at in what is asked for a header.
const NAMES: usize = 8;

impl World<'_> {
    /// In what form the member of that name is the time, in a file that names a service which tells it.
    pub(super) fn told_time(&self, n: usize, name: &str) -> Option<Told> {
        if self.asks_network(n) { self.vocabulary.told_time(name) } else { None }
    }

    /// Whether a file names a service that tells the time.
    fn asks_network(&self, n: usize) -> bool {
        *self.networked[n].get_or_init(|| {
            let named = |text: &str| self.vocabulary.names_time_service(text);
            self.files[n].terms.iter().any(|term| matches!(&term.kind, TermKind::Text(text) if named(text)))
        })
    }
}

/// Whether product code reads the date of an HTTP reply there: `reply.headers["Date"]`, `reply.getHeader("Date")`.
pub(super) fn reads_reply_date(file: &FileFacts, id: Id) -> bool {
    asks_for_date(file, id) && !file.is_test_at(file.term(id).span)
}

/// Whether the header of that name is asked for there.
fn asks_for_date(file: &FileFacts, id: Id) -> bool {
    let is_date = |key: Id| matches!(&file.term(key).kind, TermKind::Text(key) if key.eq_ignore_ascii_case("date"));
    match &file.term(id).kind {
        TermKind::Index(base, key) if is_date(*key) => is_headers(file, *base),
        TermKind::Method(base, name, args) if matches!(args.as_slice(), [(_, key)] if is_date(*key)) => {
            match words(name).as_slice() {
                [.., last] if last == "header" || last == "field" => !is_request(file, *base),
                [only] if only == "get" => is_headers(file, *base),
                [first, value] if first == "first" && value == "value" => is_headers(file, *base),
                _ => false,
            }
        }
        TermKind::Call(path, args) if matches!(args.as_slice(), [(_, key)] if is_date(*key)) => {
            let (Some(name), front) = (path.last(), &path[..path.len() - 1]) else { return false };
            let reads = words(name);
            let of_headers = front.last().is_some_and(|front| says_headers(front));
            let header = reads.last().is_some_and(|last| last == "header") && !front.is_empty();
            (header || (of_headers && reads == ["get"])) && !front.iter().any(|name| says_request(name))
        }
        _ => false,
    }
}

/// Whether a term holds the headers of a reply, by its name.
fn is_headers(file: &FileFacts, id: Id) -> bool {
    file.names_of(id).next().is_some_and(says_headers) && !is_request(file, id)
}

fn is_request(file: &FileFacts, id: Id) -> bool {
    file.names_of(id).take(NAMES).any(says_request)
}

fn says_headers(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "header" | "headers"))
}

fn says_request(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "request" | "req"))
}
