//! Everything the tool knows, loaded once: languages, documents, words, and what the sift looks for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::carried;
use crate::credential;
use crate::document::{BuildFlags, DocumentRules, Promises};
use crate::embedded::{self, Host};
use crate::error::Error;
use crate::language::models::Index;
use crate::language::registry::{Language, Languages};
use crate::matcher::Paths;
use crate::source::{Comments, Group, Marks, Projects, Sift, SiftWord, WordList};
use crate::vocabulary::Vocabulary;

/// Source text larger than this is not parsed, in bytes.
pub const SOURCE_CAP: usize = 1 << 20;
/// Documents larger than this are not read, in bytes.
const DOCUMENT_CAP: usize = 8 << 20;

/// Marks with which a clock can meet a date in code, or in what it is linked with: all of one of these.
const TIMED: [Marks; 4] = [
    Marks::CLOCK,
    Marks::DEADLINE,
    Marks::ROLLOVER,
    // What expires in a year.
    Marks::EXPIRY.and(Marks::YEAR),
];
/// Marks that alone make any file worth a visit.
const ALWAYS_WORTH: [Marks; 3] = [Marks::CREDENTIAL, Marks::ANNOTATION, Marks::WAIVER];

/// Whether a clock can meet a date in a file, or a function, with those marks, or in those that it is linked with.
pub fn is_timed(marks: Marks) -> bool {
    TIMED.iter().any(|set| marks.has(*set))
}

/// What the sift looks for beyond credentials, and where tests live: `rules/sift.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiftRules {
    /// Words of expiry, in any spelling.
    expiry: Vec<String>,
    /// Numbers of formats whose time runs out.
    rollover: Vec<String>,
    /// Parts of words beside which a number of four digits may be a year.
    calendar: Vec<String>,
    /// How long ago something was, in words.
    ages: Vec<String>,
    /// A database's clock beside a comparison, in code of any language.
    queries: Vec<String>,
    /// What build files hold that may give a date to a name of the code.
    build: Vec<String>,
    /// What a dated promise holds.
    annotation: Vec<String>,
    /// File name endings of documents.
    documents: Vec<String>,
    /// Whole file names of documents.
    document_names: Vec<String>,
    /// Globs of paths that hold tests, in any language.
    tests: Vec<String>,
    /// Globs of paths that hold prose: what is named there is not used.
    prose: Vec<String>,
}

impl SiftRules {
    fn build_words(&self) -> impl Iterator<Item = SiftWord> {
        self.build.iter().map(|word| SiftWord::exact(word, Marks::CLOCK))
    }

    fn common_words(&self) -> Vec<SiftWord> {
        let expiry = self.expiry.iter().map(|word| SiftWord::loose(word, Marks::EXPIRY));
        let held = credential::sift();
        let credential = held.words.iter().map(|word| SiftWord::exact(word, Marks::CREDENTIAL));
        let base64 = held
            .base64
            .iter()
            .map(|word| SiftWord { base64: credential::Sift::BASE64, ..SiftWord::exact(word, Marks::CREDENTIAL) });
        let annotation =
            self.annotation.iter().map(|word| SiftWord { dated: true, ..SiftWord::loose(word, Marks::ANNOTATION) });
        let waiver = SiftWord::exact("defuse:", Marks::WAIVER);
        expiry.chain(credential).chain(base64).chain(annotation).chain([waiver]).collect()
    }
}

/// Everything the tool knows.
pub struct Knowledge {
    /// The languages.
    pub languages: Languages,
    /// Known documents.
    pub documents: DocumentRules,
    /// How builds give dates to names of the code.
    pub flags: BuildFlags,
    /// Promises in comments and messages.
    pub promises: Promises,
    /// Words.
    pub words: Vocabulary,
    /// Files that hold code of other languages.
    hosts: Vec<Host>,
    /// Those that are files of a language themselves.
    inner: Vec<Host>,
    sift: Arc<SiftRules>,
    tests: Paths,
    prose: Paths,
    language_tests: Vec<Paths>,
    /// What tells tests and prose counts from the top of a project.
    projects: Projects,
    /// Of the version, and of what was added to its own rules.
    digest: [u8; 32],
}

impl Knowledge {
    /// What is embedded, with the folders of `rules` and the config file's `models` added, and `tests` as further globs
    /// of test code.
    ///
    /// # Errors
    /// A file of the folders cannot be read or is not of the form that its place demands.
    pub fn load(rules: &[PathBuf], models: Option<&serde_yaml::Value>, tests: &[String]) -> Result<Self, Error> {
        let broken = |what: &'static str, why: String| Error::Embedded { what, why };
        let mut digest = blake3::Hasher::new();
        let mut add = |text: &str| {
            digest.update(&text.len().to_le_bytes()).update(text.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        tests.iter().for_each(|glob| add(glob));
        let mut extra = Vec::new();
        for folder in rules {
            extra.extend(yaml_files(&folder.join("languages"))?);
        }
        if let Some(models) = models {
            extra.extend(configured_models(models)?);
        }
        extra.iter().for_each(|(_, yaml): &(String, String)| add(yaml));
        let languages = Languages::load(&extra).map_err(|e| Error::usage(e.to_string()))?;
        let mut documents = DocumentRules::embedded().map_err(|e| broken("document rules", e.to_string()))?;
        let mut words = Vocabulary::embedded().map_err(|e| broken("words", e.to_string()))?;
        for folder in rules {
            for (name, yaml) in yaml_files(&folder.join("documents"))? {
                add(&yaml);
                documents.extend(&name, &yaml).map_err(|e| Error::usage(e.to_string()))?;
            }
            let file = folder.join("words.yaml");
            if file.is_file() {
                let yaml =
                    std::fs::read_to_string(&file).map_err(|source| Error::Read { path: file.clone(), source })?;
                add(&yaml);
                words.extend(&yaml).map_err(|e| Error::usage(format!("{}: {e}", file.display())))?;
            }
        }
        let sift: SiftRules =
            carried::read(carried::rules!("sift")).map_err(|e| broken("sift rules", e.to_string()))?;
        Paths::new(tests).ready().map_err(|e| Error::usage(e.to_string()))?;
        let tests = Paths::new(sift.tests.iter().chain(tests)).by_part();
        let test_paths = |language: &Language| Paths::new(&language.models.models.tests.paths).by_part();
        let language_tests = languages.list().iter().map(test_paths).collect();
        let flags = BuildFlags::embedded().map_err(|e| broken("build flags", e.to_string()))?;
        let promises = Promises::embedded().map_err(|e| broken("promises", e.to_string()))?;
        let prose = Paths::new(&sift.prose).by_part();
        let hosts = embedded::hosts().map_err(|e| broken("hosts", e.to_string()))?;
        let (hosts, inner) = hosts.into_iter().partition(|host| host.inside.is_empty());
        let digest = *digest.finalize().as_bytes();
        let projects = Projects::default();
        Ok(Self {
            tests,
            prose,
            language_tests,
            projects,
            languages,
            documents,
            flags,
            promises,
            words,
            hosts,
            inner,
            sift: Arc::new(sift),
            digest,
        })
    }

    /// The same, for files of these projects: what stands above them in a path tells nothing.
    pub fn of_projects(self, projects: Projects) -> Self {
        Self { projects, ..self }
    }

    /// Tells apart what other versions and other rules know.
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// What tests and prose are told from.
    pub const fn projects(&self) -> &Projects {
        &self.projects
    }

    /// The sift. Groups 0 to n−1 are the languages in their order; then documents, credentials,
    /// everything else, and the hosts.
    pub fn sift(&self) -> Sift {
        let network: Arc<[String]> = self.words.network_clocks().map(str::to_owned).collect();
        let mut groups: Vec<Group> = self
            .languages
            .list()
            .iter()
            .map(|language| Group {
                words: self.language_words(language, &network),
                calendar: self.sift.calendar.clone(),
                dates: true,
                worth: TIMED.into_iter().chain(ALWAYS_WORTH).collect(),
                ..language_group(language)
            })
            .collect();
        groups.push(Group {
            name: "documents".to_owned(),
            extensions: self.sift.documents.clone(),
            names: self.sift.document_names.clone(),
            words: self.document_words(),
            dates: true,
            worth: [Marks::DEADLINE, Marks::EXPIRY | Marks::YEAR, Marks::CLOCK]
                .into_iter()
                .chain(ALWAYS_WORTH)
                .collect(),
            cap: DOCUMENT_CAP,
            ..Group::default()
        });
        groups.push(Group {
            name: "credentials".to_owned(),
            extensions: credential::sift().extensions.clone(),
            always: true,
            binary: true,
            cap: DOCUMENT_CAP,
            ..Group::default()
        });
        groups.push(Group {
            name: "other".to_owned(),
            words: self.document_words(),
            dates: true,
            worth: [Marks::DEADLINE | Marks::EXPIRY, Marks::CLOCK].into_iter().chain(ALWAYS_WORTH).collect(),
            cap: SOURCE_CAP,
            ..Group::default()
        });
        let fallback = groups.len() - 1;
        groups.extend(self.hosts.iter().map(|host| self.host_group(host)));
        Sift::new(groups, Some(fallback))
    }

    /// Of a host, what makes it worth a visit as a document, and the clocks of its guests.
    fn host_group(&self, host: &Host) -> Group {
        let own: &[Marks] =
            if host.is_document() { &[Marks::DEADLINE, Marks::EXPIRY.and(Marks::YEAR)] } else { &[Marks::DEADLINE] };
        Group {
            name: host.host.clone(),
            extensions: host.extensions.clone(),
            names: host.names.clone(),
            stems: host.stems.clone(),
            interpreters: host.interpreters.clone(),
            folders: host.folders.clone(),
            words: self.host_words(host),
            dates: true,
            // Definitions of names of the code stand there in any form.
            always: host.is_build() && host.guests.iter().all(|id| id != "javascript"),
            worth: own.iter().copied().chain([Marks::CLOCK]).chain(ALWAYS_WORTH).collect(),
            cap: DOCUMENT_CAP,
            ..Group::default()
        }
    }

    fn language_words(&self, language: &Language, network: &Arc<[String]>) -> WordList {
        let (sift, models) = (Arc::clone(&self.sift), Arc::clone(&language.models));
        let inner = self.inner.iter().filter(|host| host.inside.iter().any(|id| id == language.id));
        let inner: Vec<String> = inner.flat_map(|host| &host.clocks).cloned().collect();
        let network = Arc::clone(network);
        WordList::when_asked(move || {
            let mut words = sift.common_words();
            words.extend(sift.rollover.iter().map(|word| rollover_word(word)));
            words.extend(models.clock_words().iter().map(|word| clock_word(word)));
            let clocks = sift.queries.iter().chain(&sift.ages).chain(network.iter());
            words.extend(clocks.map(|word| SiftWord::exact(word, Marks::CLOCK)));
            words.extend(inner.iter().map(|word| clock_word(word)));
            words
        })
    }

    fn document_words(&self) -> WordList {
        let sift = Arc::clone(&self.sift);
        WordList::when_asked(move || sift.common_words().into_iter().chain(sift.build_words()).collect())
    }

    /// Of a host, the clocks of its guests too.
    fn host_words(&self, host: &Host) -> WordList {
        let guests = host.guests.iter().filter_map(|id| self.languages.list().get(self.languages.named(id)?));
        let guests: Vec<Arc<Index>> = guests.map(|language| Arc::clone(&language.models)).collect();
        let (own, is_document, sift) = (host.clocks.clone(), host.is_document(), Arc::clone(&self.sift));
        WordList::when_asked(move || {
            let clocks = guests.iter().flat_map(|models| models.clock_words());
            let clocks: BTreeSet<String> = clocks.chain(own.iter().cloned()).collect();
            let clocks = clocks.iter().map(|word| clock_word(word));
            let build = sift.build_words().filter(|_| is_document);
            sift.common_words().into_iter().chain(clocks).chain(build).collect()
        })
    }

    /// The host whose group in the sift has that number.
    pub fn host(&self, group: usize) -> Option<&Host> {
        // After the languages: documents, credentials, everything else.
        self.hosts.get(group.checked_sub(self.languages.list().len() + 3)?)
    }

    /// The hosts of other languages' code that a file of a language is, too.
    pub fn inner_hosts<'k>(&'k self, language: &'k str, path: &'k str) -> impl Iterator<Item = &'k Host> {
        self.inner.iter().filter(move |host| host.is_inside(language, path))
    }

    /// A sift of the languages for these names alone: each makes a file worth a visit, some only beside a year.
    pub fn sift_for<'a>(&self, names: impl Iterator<Item = (&'a str, bool)>) -> Sift {
        let word = |(name, dated)| {
            let mark = if dated { Marks::EXPIRY } else { Marks::CLOCK };
            SiftWord { whole: true, ..SiftWord::exact(name, mark) }
        };
        self.sift_of(names.map(word).collect())
    }

    /// A sift for files that hold a year and one of these members, in any spelling, or what sets it.
    pub fn sift_for_members<'a>(&self, members: impl Iterator<Item = &'a str>) -> Sift {
        let setters = |name: &'a str| {
            let ways = ["", "set_", "with_"].into_iter();
            ways.map(move |way| SiftWord::loose(&format!("{way}{name}"), Marks::EXPIRY))
        };
        self.sift_of(members.flat_map(setters).collect())
    }

    /// A sift for words in code.
    fn sift_of(&self, words: Vec<SiftWord>) -> Sift {
        let words = WordList::from(words);
        let worth = vec![Marks::CLOCK, Marks::EXPIRY | Marks::YEAR, Marks::EXPIRY | Marks::DEADLINE];
        let groups = self.languages.list().iter().map(|language| Group {
            words: words.clone(),
            dates: true,
            worth: worth.clone(),
            ..language_group(language)
        });
        // Names stand in class files as they are.
        let compiled = Group {
            name: "compiled".to_owned(),
            extensions: vec!["class".to_owned()],
            words: words.clone(),
            dates: true,
            worth: worth.clone(),
            cap: SOURCE_CAP,
            ..Group::default()
        };
        Sift::new(groups.chain([compiled]).collect(), None)
    }

    /// A sift that every file of a language passes.
    pub fn sift_for_all(&self) -> Sift {
        let groups = self.languages.list().iter().map(|language| Group { always: true, ..language_group(language) });
        Sift::new(groups.collect(), None)
    }

    /// A sift for these names alone, in code (outside comments) and everything else that is text; each makes a file
    /// worth a visit.
    pub fn sift_naming<'a>(&self, names: impl Iterator<Item = &'a str>) -> Sift {
        let words: WordList = names.map(|name| SiftWord::exact(name, Marks::CLOCK)).collect::<Vec<_>>().into();
        let mut groups: Vec<Group> = self
            .languages
            .list()
            .iter()
            .map(|language| Group { words: words.clone(), worth: vec![Marks::CLOCK], ..language_group(language) })
            .collect();
        groups.push(Group {
            name: "other".to_owned(),
            words,
            worth: vec![Marks::CLOCK],
            cap: SOURCE_CAP,
            ..Group::default()
        });
        let fallback = groups.len() - 1;
        Sift::new(groups, Some(fallback))
    }

    /// What opens a comment to the end of the line in a group of the sift; in what is no language, what mostly does.
    pub fn line_comments(&self, group: usize) -> &[String] {
        static OTHERS: LazyLock<Vec<String>> = LazyLock::new(|| ["#", "//", ";", "<!--"].map(str::to_owned).to_vec());
        self.languages.list().get(group).map_or(&OTHERS, |language| &language.models.models.line_comments)
    }

    /// Whether a path is code of one of the languages, by its name.
    pub fn is_code(&self, path: &str) -> bool {
        self.languages.of(path, b"").is_some()
    }

    /// Whether what a path holds is read by people only.
    pub fn is_prose(&self, path: &str) -> bool {
        self.prose.is_match(&self.projects.inside(path))
    }

    /// Whether the path holds test code or a test's fixture; `language` by its number.
    pub fn is_test(&self, path: &str, language: Option<usize>) -> bool {
        let path = self.projects.inside(path);
        self.tests.is_match(&path)
            || language.and_then(|n| self.language_tests.get(n)).is_some_and(|globs| globs.is_match(&path))
    }
}

/// The files of a language, as the sift tells them apart and reads them; what is searched for in them is for the caller to
/// say.
fn language_group(language: &Language) -> Group {
    let models = &language.models.models;
    Group {
        name: language.id.to_owned(),
        extensions: models.extensions.clone(),
        names: models.files.clone(),
        interpreters: models.interpreters.clone(),
        comments: Comments { line: models.line_comments.clone(), block: models.block_comments.clone() },
        digit_separator: models.digit_separator.and_then(|c| u8::try_from(c).ok()),
        cap: SOURCE_CAP,
        ..Group::default()
    }
}

/// A clock's name as the sift looks for it: a bare lower-case function must be called, anything longer just stand there.
fn clock_word(word: &str) -> SiftWord {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let bare = word.chars().all(is_name);
    if bare && word.chars().next().is_some_and(char::is_lowercase) {
        SiftWord::call(word, Marks::CLOCK)
    } else {
        SiftWord { whole: true, ..SiftWord::exact(word, Marks::CLOCK) }
    }
}

/// A format's number as the sift looks for it: a short one stands alone, and a year by what stands around it. Names are found in any spelling, calls as they are.
fn rollover_word(word: &str) -> SiftWord {
    if word.starts_with(char::is_alphabetic) && !word.ends_with('(') {
        return SiftWord::loose(word, Marks::ROLLOVER);
    }
    let whole = word.len() <= 5 && word.chars().all(char::is_alphanumeric);
    let of_calendar = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    SiftWord { whole, of_calendar, ..SiftWord::exact(word, Marks::ROLLOVER) }
}

/// The YAML files of a folder by name; none if there is no such folder.
fn yaml_files(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source });
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listing = std::fs::read_dir(folder).map_err(|source| Error::Read { path: folder.to_owned(), source })?;
    let mut paths: Vec<PathBuf> = listing
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}

/// The config file's `models`: one document or a list, each of the form of `rules/languages`.
fn configured_models(models: &serde_yaml::Value) -> Result<Vec<(String, String)>, Error> {
    let one = |value: &serde_yaml::Value| {
        serde_yaml::to_string(value).map(|yaml| ("models".to_owned(), yaml)).map_err(|e| Error::usage(e.to_string()))
    };
    match models.as_sequence() {
        Some(list) => list.iter().map(one).collect(),
        None => Ok(vec![one(models)?]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_walk_visits_what_the_credential_readers_read() {
        let knowledge = Knowledge::load(&[], None, &[]).unwrap();
        let sift = knowledge.sift();
        let held = credential::sift();
        let spelt = held.base64.iter().map(|begins| format!("{begins}{}", "A".repeat(credential::Sift::BASE64)));
        for word in held.words.iter().cloned().chain(spelt) {
            for path in ["res/xml/network.xml", "src/a.c", "app.py", "certs/root"] {
                let group = sift.group_of(path, b"").unwrap();
                let marks = sift.marks(group, word.as_bytes());
                assert!(sift.worth(group, marks) && marks.has(Marks::CREDENTIAL), "{word:?} in {path}");
            }
        }
        for extension in &held.extensions {
            let group = sift.group_of(&format!("a.{extension}"), b"").unwrap();
            assert!(sift.group(group).always && sift.group(group).binary, "{extension}");
        }
    }
}
