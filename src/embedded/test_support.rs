//! The programs of hosts, for the tests of their readers.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use super::*;
use crate::document::Positions;

/// All languages.
pub(super) static LANGUAGES: LazyLock<Languages> = LazyLock::new(|| Languages::load(&[]).unwrap());
static HOSTS: LazyLock<Vec<Host>> = LazyLock::new(|| hosts().unwrap());

/// The host of that name.
pub(super) fn host(name: &str) -> &'static Host {
    HOSTS.iter().find(|host| host.host == name).unwrap()
}

/// The programs in a text.
pub(super) fn of(name: &str, text: &str) -> Vec<Guest> {
    guests(host(name), text, &LANGUAGES)
}

/// The same as text, with their languages.
pub(super) fn programs(name: &str, text: &str) -> Vec<(&'static str, String)> {
    of(name, text).into_iter().map(|guest| (LANGUAGES.list()[guest.language].id, guest.text)).collect()
}

/// What stands in the host where the first occurrence of each word in the guests comes from.
pub(super) fn places(name: &str, text: &str, words: &[&str]) -> Vec<String> {
    let places = Places::new(text);
    let guests = of(name, text);
    let place = |word: &&str| {
        let guest = guests.iter().find(|guest| guest.text.contains(word)).unwrap();
        let at = guest.text.find(word).unwrap();
        let span = Positions::new(&guest.text).span(at..at + word.len());
        text[guest::Lines::new(text).range(places.of(guest)(span))].to_owned()
    };
    words.iter().map(place).collect()
}
