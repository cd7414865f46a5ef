//! The second half of a check: the facts of all files together, and what further files they ask for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::calendar::{Civil, Instant, ReadZone};
use crate::document::Stamp;
use crate::error::Error;
use crate::finding::{Confidence, Finding, Place, Rule, Span, Zone};
use crate::flow::facts::FileFacts;
use crate::flow::follow;
use crate::flow::insight::{self, Insight};
use crate::flow::link::{Linked, Program};
use crate::flow::reach::{self, CallGraph};
use crate::flow::{Configured, KnownBy, World, key_of};
use crate::knowledge::Knowledge;

use super::compiled::Compiled;
use super::gather::{Gathered, Setting};
use super::read::{Deferred, Read};
use super::{Scanned, Skip, certificates, demand, fixture, trust, walk_error};

/// So many files are given back as fast as a thread is started.
const AT_ONCE: usize = 100;

/// Links what was gathered.
pub(super) fn link(setting: &Setting<'_>, gathered: Gathered) -> Result<Scanned, Error> {
    let (scanned, tree) = linked(setting, gathered)?;
    if tree.facts.len() > AT_ONCE {
        // To give back what a large tree took takes time; the report need not wait for it.
        let _ = std::thread::Builder::new().spawn(move || drop(tree));
    }
    Ok(scanned)
}

/// Links what was gathered, and tells what is known of a line.
pub(super) fn inspect(
    setting: &Setting<'_>,
    gathered: Gathered,
    path: &str,
    line: u32,
) -> Result<(Scanned, Option<Insight>), Error> {
    let (scanned, mut tree) = linked(setting, gathered)?;
    // Of a file that holds no candidate nothing is known yet.
    if tree.facts.get(&(path.into(), 0)).is_none_or(|facts| facts.pruned) {
        let mut whole = Scanned::default();
        setting.whole(path)?.into_iter().for_each(|(path, read)| tree.add(&mut whole, path, read));
    }
    let window = (setting.options.window_from, setting.options.window_until);
    let tell = |world: &World<'_>| insight::of(world, path, line);
    let insight =
        setting.threads().and_then(|threads| tree.linked(threads, &setting.knowledge, window, tell).flatten());
    Ok((scanned, insight))
}

fn linked(setting: &Setting<'_>, mut gathered: Gathered) -> Result<(Scanned, Tree), Error> {
    setting.resume(&mut gathered);
    let Setting { options, knowledge, sift, walk, scope, .. } = setting;
    let mut scanned = Scanned { seen: gathered.seen, skipped: gathered.skipped, ..Scanned::default() };
    scanned.unparsed.extend(gathered.unread);
    let mut tree = Tree::default();
    let window = (options.window_from, options.window_until);
    for (path, mut read) in gathered.files {
        let bundle = read.bundle.take().map(|bundle| bundle.findings(window.0, window.1));
        scanned.findings.extend(bundle.into_iter().flatten());
        tree.add(&mut scanned, path, read);
    }
    certificates::judge(&mut scanned.findings, options.window_from);
    fixture::mark(&mut scanned.findings, knowledge, scope, walk, options.window_until).map_err(walk_error)?;
    trust::spare(&mut scanned.findings, knowledge, scope, walk, options.window_until).map_err(walk_error)?;
    let mut deferred = std::mem::take(&mut tree.deferred);
    let mut demand = demand::Demand::new(scope, walk, sift, scanned.seen);
    // What waits for a date is asked with what its callers pass, so they come first; then what reaches the fuses.
    let mut linked = tree.facts.is_empty().then(Linked::default);
    let threads = if linked.is_none() { setting.threads() } else { None };
    while let Some(threads) = threads {
        let ask = |world: &World<'_>| {
            let graph = CallGraph::new(world);
            if let Some(linked) = &mut linked {
                reach::retell(world, &graph, &mut linked.fuses);
            } else {
                let program = Program::new(world, &graph);
                // They are asked once, and then take no more room.
                let deferred = std::mem::take(&mut deferred);
                if let Some(more) = demand.answer_waiting(knowledge, || program.waiting(), &tree.facts, deferred)? {
                    return Ok(Some(more));
                }
                if let Some(more) = demand.answer_tests(knowledge, || program.given_names(), &tree.facts)? {
                    return Ok(Some(more));
                }
                linked = Some(program.find(demand.budget()));
            }
            let fuses = linked.as_mut().map_or(&mut [][..], |linked| &mut linked.fuses);
            follow::tell(world, &graph, fuses);
            demand.answer(knowledge, &reach::toward(world, &graph, fuses), &tree.facts)
        };
        match tree.linked(threads, knowledge, window, ask).unwrap_or(Ok(None)).map_err(walk_error)? {
            Some(more) => more.into_iter().for_each(|(path, read)| tree.add(&mut scanned, path, read)),
            None => break,
        }
    }
    let linked = linked.unwrap_or_else(Linked::none);
    if linked.gave_up {
        let why = "there are more decisions on the clock than are followed in one run".to_owned();
        scanned.unparsed.push(Skip { path: ".".to_owned(), why });
    }
    let unfollowed = linked.unfollowed.iter().map(|(path, why)| Skip { path: path.to_string(), why: why.clone() });
    scanned.unparsed.extend(unfollowed);
    scanned.unparsed.sort();
    for mut finding in linked.fuses.into_iter().map(|fuse| fuse.finding).chain(linked.rollovers).chain(linked.bombs) {
        if let Some(compiled) = tree.compiled.get(&finding.place.path) {
            compiled.describe(&mut finding);
        }
        tree.settle(&mut finding);
        if finding.matched.is_empty() {
            let text = tree.texts.get(&finding.place.path);
            finding.matched = text.map(|text| cut(text, finding.place.span)).unwrap_or_default();
        }
        replace_document(&mut scanned.findings, &mut finding);
        scanned.findings.push(finding);
    }
    scanned.members = members(std::mem::take(&mut tree.texts));
    Ok((scanned, tree))
}

/// The texts of members of archives, up to so many bytes.
fn members(texts: HashMap<Arc<str>, Arc<str>>) -> Vec<(Arc<str>, Arc<str>)> {
    const MOST: usize = 32 << 20;
    let mut members: Vec<_> = texts.into_iter().filter(|(path, _)| path.contains("!/")).collect();
    members.sort();
    let mut left = MOST;
    members.retain(|(_, text)| {
        let fits = text.len() <= left;
        left -= if fits { text.len() } else { 0 };
        fits
    });
    members
}

/// The facts of the files, by path and part.
pub(super) type Facts = BTreeMap<(Arc<str>, usize), FileFacts>;

/// What is linked: the facts of the files, and what else they gave.
#[derive(Default)]
struct Tree {
    facts: Facts,
    configured: HashMap<String, Vec<Configured>>,
    /// Names of the code that a build gives what another name holds.
    aliases: Vec<(String, String)>,
    texts: HashMap<Arc<str>, Arc<str>>,
    compiled: HashMap<Arc<str>, Compiled>,
    /// Files that wait until they are asked for.
    deferred: Vec<(Arc<str>, Deferred)>,
}

impl Tree {
    fn add(&mut self, scanned: &mut Scanned, path: Arc<str>, read: Read) {
        if self.facts.contains_key(&(path.clone(), 0)) {
            scanned.unparsed.retain(|skip| *skip.path != *path);
        } else {
            scanned.parsed += usize::from(read.parsed);
        }
        scanned.findings.extend(read.findings);
        if let Some(why) = read.problem {
            scanned.unparsed.push(Skip { path: path.to_string(), why });
        }
        if read.marked {
            scanned.marked.push(path.clone());
        }
        for key in read.dated.iter().filter(|key| !is_sample(&key.path)) {
            let name = key.path.iter().rev().find(|part| part.parse::<usize>().is_err()).map_or("", String::as_str);
            let entry = Configured {
                path: path.clone(),
                span: key.value_span,
                at: key.reading.instant(),
                name: name.to_owned(),
                in_test: read.in_test,
                known_by: KnownBy::Key,
                from_build: false,
                zone: if key.reading.zone == ReadZone::Unstated { Zone::Local } else { Zone::Utc },
            };
            self.configured.entry(key_of(name)).or_default().push(entry);
        }
        for flag in &read.flags {
            let (at, zone, from_build) = match &flag.stamp {
                Stamp::At(reading) if reading.zone == ReadZone::Unstated => (reading.instant(), Zone::Local, false),
                Stamp::At(reading) => (reading.instant(), Zone::Utc, false),
                Stamp::Built(seconds) => (Instant::from_seconds(*seconds), Zone::Utc, true),
                Stamp::Named(other) => {
                    self.aliases.push((flag.name.clone(), other.clone()));
                    continue;
                }
            };
            let (path, name, span) = (path.clone(), flag.name.clone(), flag.span);
            let known_by = if flag.key { KnownBy::Variable } else { KnownBy::Name };
            let entry = Configured { path, span, at, zone, name, in_test: false, known_by, from_build };
            self.configured.entry(key_of(&flag.name)).or_default().push(entry);
        }
        self.texts.extend(read.text.map(|text| (path.clone(), text)));
        self.deferred.extend(read.deferred.map(|deferred| (path.clone(), deferred)));
        self.compiled.extend(read.compiled.map(|compiled| (path.clone(), compiled)));
        self.facts.extend(read.facts.into_iter().map(|facts| ((path.clone(), facts.part), facts)));
    }

    /// What documents and builds give to names, through the names of each other.
    fn known(&self) -> HashMap<String, Vec<Configured>> {
        let mut known = self.configured.clone();
        for (name, other) in &self.aliases {
            let named = self.configured.get(&key_of(other)).into_iter().flatten();
            let named: Vec<Configured> = named
                .map(|entry| Configured { known_by: KnownBy::Name, name: name.clone(), ..entry.clone() })
                .collect();
            known.entry(key_of(name)).or_default().extend(named);
        }
        known
    }

    /// Takes the places of a finding in compiled files for what they are: lines without columns.
    fn settle(&self, finding: &mut Finding) {
        let steps = finding.steps.iter_mut().map(|step| &mut step.place);
        let effect = finding.effect.iter_mut().filter_map(|effect| effect.place.as_mut());
        for place in steps.chain(effect).chain([&mut finding.place]) {
            if self.compiled.contains_key(&place.path) {
                Compiled::settle(place);
            }
        }
    }

    /// Asks all files together; `None` if that failed.
    fn linked<T: Send>(
        &self,
        threads: &rayon::ThreadPool,
        knowledge: &Knowledge,
        window: (Civil, Civil),
        question: impl FnOnce(&World<'_>) -> T + Send,
    ) -> Option<T> {
        let run = move || {
            let models = knowledge.languages.models();
            let files: Vec<&FileFacts> = self.facts.values().collect();
            let world = World::new(&files, &models, &knowledge.words, self.known(), window);
            question(&world)
        };
        // What panics there must not take the rest of the report with it.
        std::thread::scope(|scope| scope.spawn(|| threads.install(run)).join().ok())
    }
}

/// A value that a description gives as an example: nothing is set to it.
fn is_sample(path: &[String]) -> bool {
    path.iter().any(|part| matches!(part.as_str(), "example" | "examples" | "sample" | "samples"))
}

/// Where code compares a date with the clock, what the date's own line says by key and word is the same thing; the key may
/// say better what ends.
fn replace_document(findings: &mut Vec<Finding>, proven: &mut Finding) {
    let firm = proven.confidence > Confidence::Possible && proven.note_only.is_none();
    let of_document = proven.rule == Rule::ConfigExpiry;
    findings.retain(|finding| {
        let same = |place: &Place| place.path == finding.place.path && place.span.line == finding.place.span.line;
        let by_word = match finding.rule {
            Rule::ConfigExpiry => true,
            Rule::ExpiredAnnotation => firm,
            Rule::TrialPeriod | Rule::LicenseExpiry | Rule::BetaLeftOn => {
                firm && of_document && finding.confidence < Confidence::Proven
            }
            _ => false,
        };
        let replaced = by_word && proven.steps.iter().any(|step| same(&step.place));
        if replaced && of_document && finding.rule != Rule::ExpiredAnnotation {
            proven.rule = finding.rule;
        }
        !replaced
    });
}

/// The text of a span.
fn cut(text: &str, span: Span) -> String {
    let lines = text.lines().skip(span.line.saturating_sub(1) as usize);
    let count = (span.end_line.saturating_sub(span.line) + 1).min(20) as usize;
    let mut cut = String::new();
    for (n, line) in lines.take(count).enumerate() {
        let from = if n == 0 { span.column.saturating_sub(1) as usize } else { 0 };
        let to = if n + 1 == count { span.end_column.saturating_sub(1) as usize } else { usize::MAX };
        cut.extend(line.chars().take(to).skip(from));
        cut.push(' ');
    }
    cut.trim().to_owned()
}
