//! The sift: one pass over a file's bytes that decides what the file can matter for.
//!
//! Parsing costs a hundred times what reading does, and in a large tree one file in a hundred can hold a fuse. So every
//! file is first searched for the words of its group (a language, a kind of document) and for dates. What it finds are
//! [`Marks`]; which of them make a file worth parsing is said in one place, [`Sift::worth`].
//!
//! The words are data. Each is searched by a short *fragment*, its rarest few bytes, so that dozens of words in
//! several spellings come down to a handful of patterns for a vectorised search (Teddy, in `aho-corasick`); around a
//! hit the whole word, its edges and the comment it may stand in are checked by hand.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;

use super::comment::{Comments, Cursor, Openers};
use super::dates;
use super::decode;
use super::fragment::Fragments;
use super::interpreter::{by_program, interpreter, may_be_script};
use super::marks::Marks;
use super::word::{Literal, SiftWord, line_around};

/// Marks that count only outside comments.
const IN_CODE: Marks = Marks::CLOCK.and(Marks::EXPIRY).and(Marks::ROLLOVER);

/// How far a word of the calendar may stand from what counts only beside one, in bytes: a table of years has it above.
const BESIDE: usize = 1 << 10;

/// How much is read of a file that no group claims, in bytes.
const DEFAULT_CAP: usize = 1 << 20;

/// Files that share words, comments and limits: those of a language, or of a kind of document.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Its name, for messages and for the caller to tell groups apart.
    pub name: String,
    /// File name endings without the dot, in lower case; `d.ts` takes precedence over `ts`.
    pub extensions: Vec<String>,
    /// Whole file names (`Jenkinsfile`).
    pub names: Vec<String>,
    /// What file names begin with, up to the first dot, where nothing else claims them (`Dockerfile.prod`).
    pub stems: Vec<String>,
    /// Folders that a file must lie in for its ending to count, if there are any; they come before endings alone. Where no
    /// ending is told, every file in them.
    pub folders: Vec<String>,
    /// Programs in the `#!` line of files without an ending.
    pub interpreters: Vec<String>,
    /// How it writes comments.
    pub comments: Comments,
    /// What is searched for.
    pub words: WordList,
    /// Parts of words, in any case, beside which the words that ask for it count.
    pub calendar: Vec<String>,
    /// Whether dates are searched for.
    pub dates: bool,
    /// Dates of earlier years are not marked (those on the lines of dated words are): what they bring about has long
    /// happened.
    pub since: u32,
    /// What may stand between groups of digits: `_` in Rust, `'` in C++.
    pub digit_separator: Option<u8>,
    /// A file is worth a visit if it has all the marks of one of these.
    pub worth: Vec<Marks>,
    /// Every file of the group is worth a visit, whatever is in it (certificates, licence files).
    pub always: bool,
    /// Files with zero bytes are visited too (key stores).
    pub binary: bool,
    /// Larger files are not parsed, in bytes.
    pub cap: usize,
}

/// What a group searches for, put together when its first file is searched: a tree has files of few groups.
#[derive(Clone, Default)]
pub struct WordList(Option<Arc<dyn Fn() -> Vec<SiftWord> + Send + Sync>>);

impl WordList {
    /// What this will give.
    pub fn when_asked(words: impl Fn() -> Vec<SiftWord> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(words)))
    }

    /// All of them.
    pub fn words(&self) -> Vec<SiftWord> {
        self.0.as_ref().map(|words| words()).unwrap_or_default()
    }
}

impl From<Vec<SiftWord>> for WordList {
    fn from(words: Vec<SiftWord>) -> Self {
        Self::when_asked(move || words.clone())
    }
}

impl fmt::Debug for WordList {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_list().entries(self.words()).finish()
    }
}

/// The groups, ready to search. See the module.
#[derive(Debug)]
pub struct Sift {
    groups: Vec<Compiled>,
    extensions: HashMap<String, usize>,
    names: HashMap<String, usize>,
    stems: HashMap<String, usize>,
    interpreters: HashMap<String, usize>,
    /// Endings that count in a folder.
    placed: Vec<(String, Vec<String>, usize)>,
    fallback: Option<usize>,
}

/// Who claims a path.
enum Claim {
    By(usize),
    /// It has no ending: its `#!` line may say.
    Interpreter,
    Nobody,
}

#[derive(Debug)]
struct Compiled {
    group: Group,
    openers: Openers,
    /// Made ready by the group's first file: a tree has files of few groups.
    words: OnceLock<Words>,
}

#[derive(Debug)]
struct Words {
    /// Words that alone make a file worth a visit.
    first: Vocabulary,
    /// Words that do so only beside others.
    second: Vocabulary,
    /// Words that do so only on the line of a date.
    dated: Vocabulary,
}

#[derive(Debug)]
struct Vocabulary {
    literals: Vec<Literal>,
    fragments: Fragments,
    /// What some of them count only beside.
    calendar: Option<AhoCorasick>,
    /// What it can find.
    all: Marks,
}

impl Sift {
    /// Makes the groups ready. `fallback` is the group of files that no other claims; without one they are not looked
    /// at. Where two groups claim an ending, the later one gets it.
    pub fn new(groups: Vec<Group>, fallback: Option<usize>) -> Self {
        let mut sift = Self {
            groups: Vec::with_capacity(groups.len()),
            extensions: HashMap::new(),
            names: HashMap::new(),
            stems: HashMap::new(),
            interpreters: HashMap::new(),
            placed: Vec::new(),
            fallback,
        };
        for (index, group) in groups.into_iter().enumerate() {
            let placed = group.folders.iter().map(|folder| (folder.clone(), group.extensions.clone(), index));
            sift.placed.extend(placed);
            let anywhere = if group.folders.is_empty() { &group.extensions[..] } else { &[] };
            let claims = [
                (anywhere, &mut sift.extensions),
                (&group.names, &mut sift.names),
                (&group.stems, &mut sift.stems),
                (&group.interpreters, &mut sift.interpreters),
            ];
            for (texts, map) in claims {
                map.extend(texts.iter().map(|text| (text.clone(), index)));
            }
            sift.groups.push(Compiled::new(group));
        }
        sift
    }

    /// The groups, by number.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().map(|compiled| &compiled.group)
    }

    /// A group by its number.
    pub fn group(&self, index: usize) -> &Group {
        &self.groups[index].group
    }

    /// The group of a file, by its path (forward slashes) and first bytes.
    pub fn group_of(&self, path: &str, head: &[u8]) -> Option<usize> {
        match self.claim(path) {
            Claim::By(group) => Some(group),
            Claim::Nobody => self.fallback,
            Claim::Interpreter => {
                let group = interpreter(head).and_then(|program| by_program(&self.interpreters, program));
                group.or(self.fallback)
            }
        }
    }

    /// Nothing in the file could make it worth a visit: it need not be read.
    pub(super) fn is_blind(&self, path: &str) -> bool {
        let group = match self.claim(path) {
            Claim::By(group) => Some(group),
            Claim::Nobody => self.fallback,
            Claim::Interpreter => return false,
        };
        group.is_none_or(|group| self.groups[group].is_blind())
    }

    /// How much of the file is read at most, in bytes.
    pub(super) fn cap(&self, path: &str) -> usize {
        let group = if let Claim::By(group) = self.claim(path) { Some(group) } else { self.fallback };
        group.map_or(DEFAULT_CAP, |group| self.groups[group].group.cap)
    }

    /// Which group claims a path.
    fn claim(&self, path: &str) -> Claim {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if let Some(group) = self.names.get(name) {
            return Claim::By(*group);
        }
        if let Some(group) = self.placed(path, name) {
            return Claim::By(group);
        }
        // `a.d.ts` asks for `d.ts`, then `ts`. A leading dot makes a hidden file, not an ending.
        let mut rest = name.trim_start_matches('.');
        while let Some((_, ending)) = rest.split_once('.') {
            rest = ending;
            let known = self.extensions.get(ending);
            let known = known.or_else(|| self.extensions.get(&ending.to_ascii_lowercase()));
            if let Some(group) = known {
                return Claim::By(*group);
            }
        }
        let stem = name.split_once('.').and_then(|(stem, _)| self.stems.get(stem));
        match stem {
            Some(group) => Claim::By(*group),
            None if may_be_script(name) => Claim::Interpreter,
            None => Claim::Nobody,
        }
    }

    /// Which group claims endings in a folder that the path lies in.
    fn placed(&self, path: &str, name: &str) -> Option<usize> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let folders = &path[..path.len() - name.len()];
        let holds = |folder: &str| folders.split('/').any(|part| part == folder);
        let claims = |(folder, endings, _): &&(String, Vec<String>, usize)| {
            (endings.is_empty() || endings.iter().any(|known| known == ending)) && holds(folder)
        };
        self.placed.iter().find(claims).map(|(_, _, group)| *group)
    }

    /// [`Sift::marks`] of a whole file, which may be in UTF-16.
    pub(super) fn marks_of_text(&self, group: usize, bytes: &[u8]) -> Marks {
        if matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
            return self.marks(group, decode::text(bytes).text.as_bytes());
        }
        self.marks(group, bytes)
    }

    /// What the bytes can matter for, read as a file of that group.
    pub fn marks(&self, group: usize, bytes: &[u8]) -> Marks {
        self.groups[group].marks(bytes)
    }

    /// Whether a file of that group with those marks is worth parsing.
    pub fn worth(&self, group: usize, marks: Marks) -> bool {
        self.groups[group].is_worth(marks)
    }
}

impl Compiled {
    fn new(group: Group) -> Self {
        Self { openers: group.comments.openers(), group, words: OnceLock::new() }
    }

    /// Nothing in a file could make it worth a visit.
    fn is_blind(&self) -> bool {
        !self.group.always && self.group.worth.is_empty()
    }

    fn is_worth(&self, marks: Marks) -> bool {
        self.group.always || self.group.worth.iter().any(|set| marks.has(*set))
    }

    fn marks(&self, bytes: &[u8]) -> Marks {
        let words = self.words.get_or_init(|| Words::of(&self.group));
        let mut marks = words.first.marks(&self.openers, bytes);
        marks = self.dates(&words.dated, bytes, marks);
        // The other words only matter beside something that is already there; nine in ten files end here.
        let sets = &self.group.worth;
        if self.group.always || sets.iter().any(|set| marks.has(set.without(words.second.all))) {
            marks |= words.second.marks(&self.openers, bytes);
        }
        marks
    }

    /// Adds what dates tell, and the words on their lines.
    fn dates(&self, dated: &Vocabulary, bytes: &[u8], mut marks: Marks) -> Marks {
        let wanted = dated.all | if self.group.dates { Marks::DEADLINE } else { Marks::NONE };
        if marks.has(wanted) {
            return marks;
        }
        let mut searched = 0;
        let mut cursor = Cursor::new(&self.openers, bytes);
        dates::years(bytes, |at, mark| {
            if at >= searched && !marks.has(dated.all) {
                let line = line_around(bytes, at);
                searched = line.end;
                marks |= dated.marks(&self.openers, &bytes[line]);
            }
            if self.group.dates && !marks.has(mark) && self.is_late(bytes, at) && !cursor.in_comment(at) {
                marks |= mark;
            }
            !marks.has(wanted)
        });
        if self.group.dates && !marks.has(Marks::DEADLINE) {
            let mut cursor = Cursor::new(&self.openers, bytes);
            dates::numbers(bytes, self.group.digit_separator, |at, mark| {
                if !marks.has(mark) && self.is_late(bytes, at) && !cursor.in_comment(at) {
                    marks |= mark;
                }
                !marks.has(Marks::DEADLINE)
            });
        }
        marks
    }

    fn is_late(&self, bytes: &[u8], at: usize) -> bool {
        self.group.since <= 2001 || dates::year_of(bytes, at) >= self.group.since
    }
}

impl Words {
    fn of(group: &Group) -> Self {
        let alone = |marks: Marks| group.worth.iter().any(|set| marks.has(*set));
        let (dated, others): (Vec<Literal>, Vec<Literal>) =
            group.words.words().iter().flat_map(SiftWord::literals).partition(|literal| literal.dated);
        let (first, second) = others.into_iter().partition(|literal| alone(literal.marks));
        let [first, second, dated] = [first, second, dated].map(|words| Vocabulary::new(words, &group.calendar));
        Self { first, second, dated }
    }
}

impl Vocabulary {
    fn new(literals: Vec<Literal>, calendar: &[String]) -> Self {
        let all = literals.iter().fold(Marks::NONE, |all, literal| all | literal.marks);
        let is_asked = literals.iter().any(|literal| literal.of_calendar);
        let automaton = || AhoCorasick::builder().ascii_case_insensitive(true).build(calendar).ok();
        let calendar = is_asked.then(automaton).flatten();
        Self { fragments: Fragments::of(&literals), literals, calendar, all }
    }

    /// Whether a literal that counts only beside words of the calendar may stand at a place.
    fn may_stand(&self, literal: &Literal, bytes: &[u8], at: usize) -> bool {
        let around = || &bytes[at.saturating_sub(BESIDE)..bytes.len().min(at + BESIDE)];
        !literal.of_calendar || self.calendar.as_ref().is_none_or(|calendar| calendar.is_match(around()))
    }

    fn marks(&self, openers: &Openers, bytes: &[u8]) -> Marks {
        let mut marks = Marks::NONE;
        for pass in self.fragments.passes() {
            let mut cursor = Cursor::new(openers, bytes);
            pass.search(bytes, |at, candidates| {
                for &(literal, offset) in candidates {
                    let literal = &self.literals[literal];
                    let news = literal.marks.without(marks);
                    let stands = || literal.stands_at(bytes, at, offset) && self.may_stand(literal, bytes, at);
                    if !news.is_empty() && stands() {
                        let comment = news.any(IN_CODE) && cursor.in_comment(at);
                        marks |= if comment { news.without(IN_CODE) } else { news };
                    }
                }
                !marks.has(self.all)
            });
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sift() -> Sift {
        let words = vec![
            SiftWord::call("time", Marks::CLOCK),
            SiftWord { whole: true, ..SiftWord::exact("__DATE__", Marks::CLOCK) },
            SiftWord::loose("valid_until", Marks::EXPIRY),
            SiftWord::loose("trial", Marks::EXPIRY),
            SiftWord { base64: 8, ..SiftWord::exact("MII", Marks::CREDENTIAL) },
            SiftWord { dated: true, ..SiftWord::loose("todo", Marks::ANNOTATION) },
            SiftWord::exact("defuse: allow", Marks::WAIVER),
        ];
        let sets = [
            Marks::CLOCK,
            Marks::DEADLINE,
            Marks::YEAR | Marks::EXPIRY,
            Marks::ANNOTATION,
            Marks::WAIVER,
            Marks::CREDENTIAL,
        ];
        let c = Group {
            name: "c".to_owned(),
            extensions: vec!["c".to_owned(), "d.c".to_owned()],
            interpreters: vec!["tcc".to_owned()],
            comments: Comments::c_like(),
            words: words.into(),
            dates: true,
            digit_separator: Some(b'\''),
            worth: sets.to_vec(),
            ..Group::default()
        };
        let make = Group { name: "make".to_owned(), names: vec!["Makefile".to_owned()], ..Group::default() };
        Sift::new(vec![c, make], None)
    }

    #[test]
    fn numbers_that_may_be_years_count_beside_the_calendar() {
        let year = SiftWord { whole: true, of_calendar: true, ..SiftWord::exact("1900", Marks::ROLLOVER) };
        let group = Group {
            extensions: vec!["c".to_owned()],
            comments: Comments::c_like(),
            words: vec![year].into(),
            calendar: vec!["year".to_owned()],
            worth: vec![Marks::ROLLOVER],
            ..Group::default()
        };
        let sift = Sift::new(vec![group], None);
        let far = format!("x = 1900;{}Year", " ".repeat(BESIDE));
        for (text, expected) in [
            ("y->tm_Year = 1900 + x;", Marks::ROLLOVER),
            ("table = {1880, 1900, 1920};", Marks::NONE),
            ("/* year 1900 */", Marks::NONE),
            (far.as_str(), Marks::NONE),
        ] {
            assert_eq!(sift.marks(0, text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn words_and_dates_are_found_outside_comments() {
        for (text, expected) in [
            ("if (time(NULL) > x)", Marks::CLOCK),
            ("time (&t)", Marks::CLOCK),
            ("mktime(t); times(3); time = 3; uptime()", Marks::NONE),
            ("/* time(0) */ // time(0)", Marks::NONE),
            ("\"//\" + time(0)", Marks::CLOCK),
            ("x = __DATE__;", Marks::CLOCK),
            ("x = MY__DATE__;", Marks::NONE),
            ("/* Copyright 2008, 2008-08-12 */", Marks::NONE),
            ("x = \"2008-08-12\";", Marks::DEADLINE),
            ("x = 1'218'499'200;", Marks::DEADLINE),
            ("ValidUntil = 2031;", Marks::YEAR.and(Marks::EXPIRY)),
            ("validuntil = VALID_UNTIL = 2031;", Marks::YEAR.and(Marks::EXPIRY)),
            ("industrial = 2031", Marks::YEAR),
            ("isTrial = 2031", Marks::YEAR.and(Marks::EXPIRY)),
            ("// TODO: drop", Marks::NONE),
            ("// TODO(2024-05-01): drop", Marks::ANNOTATION),
            ("// 2024\n// TODO: drop\n// 2024", Marks::NONE),
            ("// defuse: allow(date-gate)", Marks::WAIVER),
            ("x = \"MIIEowIBAAK\"; y = MII_BMCR; z = \"MII\"", Marks::CREDENTIAL),
            ("mii = \"MIIEowI\"; y = MII", Marks::NONE),
            ("", Marks::NONE),
        ] {
            assert_eq!(sift().marks(0, text.as_bytes()), expected, "{text}");
            let far = format!("{}{text}{}", "x\n".repeat(50), "\nx".repeat(50));
            assert_eq!(sift().marks(0, far.as_bytes()), expected, "{text} further on");
        }
    }

    #[test]
    fn dates_of_long_ago_are_not_marked() {
        let group = Group { since: 2021, dates: true, ..Group::default() };
        let sift = Sift::new(vec![group], Some(0));
        for (text, expected) in [
            ("\"2020-12-31\" 2020 1600000001 1600000001000", Marks::NONE),
            ("12/31/2020 2021", Marks::YEAR),
            ("2021-01-01", Marks::DEADLINE),
            ("1700000001", Marks::DEADLINE),
            ("133000000000000001", Marks::DEADLINE),
        ] {
            assert_eq!(sift.marks(0, text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn words_that_need_company_are_searched_only_in_it() {
        let sift = sift();
        let marks = |text: &str| sift.marks(0, text.as_bytes());
        assert_eq!(marks("trial"), Marks::NONE);
        assert_eq!(marks("trial 2031"), Marks::YEAR | Marks::EXPIRY);
        assert!(!sift.worth(0, marks("2031")));
        assert!(sift.worth(0, marks("trial 2031")));
    }

    #[test]
    fn files_are_grouped_by_name_ending_or_interpreter() {
        let sift = sift();
        for (path, head, expected) in [
            ("a/b.c", "", Some(0)),
            ("a/b.C", "", Some(0)),
            ("a.d/b.c", "", Some(0)),
            ("x/Makefile", "", Some(1)),
            ("Makefile.x", "", None),
            ("a.d/b", "", None),
            (".c", "", None),
            ("run", "#!/usr/bin/tcc -run\n", Some(0)),
            ("run", "#!/usr/bin/env -S X=1 tcc -run\n", Some(0)),
            ("run", "#!/usr/bin/tcc0.9.27\n", Some(0)),
            ("a/run.cgi", "#!/usr/bin/tcc\n", Some(0)),
            ("run.sh", "#!/usr/bin/tcc\n", None),
            ("run", "#!", None),
        ] {
            assert_eq!(sift.group_of(path, head.as_bytes()), expected, "{path} {head}");
        }
        assert!(sift.is_blind("Makefile") && sift.is_blind("a.x") && !sift.is_blind("a.c") && !sift.is_blind("run"));
    }
}
