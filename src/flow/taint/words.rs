//! What a term is by its own words: what the models and the vocabulary say of its names and literals, and which of its
//! parts it passes on.

use rustc_hash::FxHashMap as HashMap;

use crate::language::ir::BinaryOp;
use crate::language::models::{Index, Op, Part, PartForm, Row, Use};

use super::super::World;
use super::super::facts::{FileFacts, Id, TermKind, filled};
use super::super::index::{FunctionRef, is_table_type};
use super::super::network::reads_reply_date;
use super::super::trace::expand;
use super::Taint;
use super::short::is_short_date;

/// Which of its parts a term's taint is that of: a call passes on what its function does, if that is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passes {
    /// All of them.
    All,
    /// None: what is not known does not compare with a date.
    Nothing,
    /// The first's: what is stored in an object is known by its own name.
    Base,
    /// Their callers' alone: a field is known by its own name.
    Caller,
    /// All of them, if a function that the call can mean makes its result from what it is called with.
    ThroughCallees,
}

/// Whether the models know the name as a part, property or method of a time value.
pub(super) fn reads_part(models: &Index, name: &String) -> bool {
    let known = |kind: Use| models.rows(kind, std::slice::from_ref(name)).next().is_some();
    known(Use::Field) || known(Use::Method)
}

/// Whether the term has a name that can mean something elsewhere.
pub(super) const fn is_named(kind: &TermKind) -> bool {
    matches!(
        kind,
        TermKind::Name(_)
            | TermKind::Call(..)
            | TermKind::New(..)
            | TermKind::Method(..)
            | TermKind::Mutated(..)
            | TermKind::Field(..)
            | TermKind::With(..)
            | TermKind::Record(..)
            | TermKind::Index(..)
            | TermKind::Variable(_)
    )
}

/// What the models say of a term, whichever of its forms it turns out to be.
pub(super) fn rows<'m>(file: &FileFacts, models: &'m Index, id: Id) -> Vec<&'m Row> {
    let find = |kind: Use, path: &[String]| models.rows(kind, path).collect::<Vec<_>>();
    let member = |name: &String| {
        let name = std::slice::from_ref(name);
        [find(Use::Field, name), find(Use::Method, name)].concat()
    };
    // A dotted name may be a clock with its parts: `DateTime.Now.Year`.
    let dotted = |full: &[String]| {
        let bare = models.models.bare_calls;
        let fronts = (1..=full.len()).map(|n| &full[..n]);
        let fronts =
            fronts.flat_map(|front| [find(Use::Name, front), if bare { find(Use::Call, front) } else { Vec::new() }]);
        fronts.flatten().chain(full.iter().skip(1).flat_map(member)).collect::<Vec<_>>()
    };
    match &file.term(id).kind {
        TermKind::Name(path) => dotted(&expand(&file.imports, path)),
        TermKind::Call(path, _) => {
            let full = expand(&file.imports, path);
            let named = [
                find(Use::Call, &full),
                find(Use::New, &full),
                find(Use::Method, &path[path.len().saturating_sub(1)..]),
            ];
            let front = if full.len() > 1 { dotted(&full[..full.len() - 1]) } else { Vec::new() };
            named.into_iter().flatten().chain(front).collect()
        }
        TermKind::New(path, _) => find(Use::New, &expand(&file.imports, path)),
        TermKind::Method(_, name, _) | TermKind::Mutated(_, name, _) => find(Use::Method, std::slice::from_ref(name)),
        TermKind::Field(_, name) => member(name),
        TermKind::With(_, name, _) => member(name),
        TermKind::Record(_, fields, _) => fields.iter().flat_map(|(name, _)| member(name)).collect(),
        TermKind::Index(_, key) => {
            let mut rows = find(Use::Method, &["[]".to_owned()]);
            if let TermKind::Text(name) = &file.term(*key).kind {
                rows.extend(member(&name.to_string()));
            }
            rows
        }
        _ => Vec::new(),
    }
}

/// What a term passes on; of the functions that it can mean it is told whether one gives something that is no new object.
pub(super) fn passes(file: &FileFacts, rows: &[&Row], (callees, gives): (&[FunctionRef], bool), id: Id) -> Passes {
    let kind = &file.term(id).kind;
    match kind {
        TermKind::Field(_, name) => {
            if is_position(name) || !rows.is_empty() {
                Passes::All
            } else {
                Passes::Caller
            }
        }
        TermKind::Call(_, args) | TermKind::New(_, args) | TermKind::Method(_, _, args) => {
            // Of a variant of an enum, all that it holds.
            let holds =
                |path: &[String], args: usize| args == 1 || file.language == "rust" && path.len() > 1 && args > 0;
            let wraps = matches!(kind, TermKind::Call(path, args) | TermKind::New(path, args)
                if holds(path, args.len()) && path.last().is_some_and(|ty| ty.starts_with(char::is_uppercase)));
            let keyed = args.first().is_some_and(|(_, key)| matches!(file.term(*key).kind, TermKind::Text(_)));
            // `dateFromText(__DATE__)`
            let reads = args.len() == 1 && called_name(kind).is_some_and(says_date);
            match () {
                () if reads || !rows.is_empty() || (wraps && !gives) => Passes::All,
                () if !callees.is_empty() => Passes::ThroughCallees,
                // A local that the call leaves as it was.
                () if called_name(kind).and_then(filled).is_some() => Passes::All,
                () if called_name(kind).is_some_and(|name| file.is_case(name)) => Passes::All,
                () if keyed => Passes::All,
                () => Passes::Nothing,
            }
        }
        TermKind::With(..) if rows.is_empty() => Passes::Base,
        TermKind::Record(Some(ty), fields, None)
            if rows.is_empty()
                && !ty.last().is_some_and(|ty| is_table_type(ty))
                && !fields.iter().any(|(name, _)| is_position(name)) =>
        {
            Passes::Caller
        }
        _ => Passes::All,
    }
}

fn called_name(kind: &TermKind) -> Option<&str> {
    match kind {
        TermKind::Call(path, _) | TermKind::New(path, _) => path.last().map(String::as_str),
        TermKind::Method(_, name, _) => Some(name),
        _ => None,
    }
}

/// Whether a function or type of that name has to do with dates.
pub(in crate::flow) fn says_date(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["date", "time"].iter().any(|word| name.contains(word))
}

/// Whether a field is told by its place rather than its name.
fn is_position(name: &str) -> bool {
    name.parse::<u8>().is_ok() || matches!(name, "first" | "second" | "key" | "value")
}

/// What a term does with the taint of its parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing more.
    Plain,
    /// Compares them, or takes one from the other.
    Compares,
    /// Looks for one of them in the other, which may be a table by year.
    LooksUp,
    /// Makes a date of numbers.
    MakesDate,
}

pub(super) fn role(file: &FileFacts, rows: &[&Row], id: Id) -> Role {
    let kind = &file.term(id).kind;
    if let TermKind::Binary(op, _, _) = kind {
        return match op {
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => Role::Compares,
            BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Compare | BinaryOp::Subtract | BinaryOp::In => {
                Role::Compares
            }
            _ => Role::Plain,
        };
    }
    let stored = matches!(kind, TermKind::With(..) | TermKind::Record(..));
    let makes = |op: &Op| matches!(op, Op::Civil(_) | Op::Set(_)) || (stored && matches!(op, Op::Part(_)));
    let mut ops = rows.iter().flat_map(|row| &row.does);
    match kind {
        TermKind::IsVariant(..) => Role::Compares,
        TermKind::Index(..) => Role::LooksUp,
        _ if ops.clone().any(makes) => Role::MakesDate,
        _ if ops.clone().any(is_comparing) => Role::Compares,
        _ if ops.any(|op| matches!(op, Op::Entry)) => Role::LooksUp,
        _ => Role::Plain,
    }
}

const fn is_comparing(op: &Op) -> bool {
    matches!(
        op,
        Op::Compare(_)
            | Op::Negative
            | Op::Between
            | Op::Past
            | Op::Future
            | Op::Until
            | Op::Since
            | Op::Subtract(_)
            | Op::Difference(_)
            | Op::Holds
    )
}

/// The member that a call reads by the name that it is passed.
pub(super) fn member<'f>(file: &'f FileFacts, rows: &[&Row], id: Id) -> Option<&'f str> {
    let TermKind::Call(_, args) = &file.term(id).kind else { return None };
    let reads = rows.iter().any(|row| row.does.contains(&Op::Member));
    args.iter().filter(|_| reads).find_map(|(_, arg)| match &file.term(*arg).kind {
        TermKind::Text(name) => Some(&**name),
        _ => None,
    })
}

/// What a term depends on by its own words; `names` are those of the file.
pub(super) fn seed(world: &World<'_>, names: &mut Names<'_>, file: &FileFacts, id: Id) -> Taint {
    let told = if reads_reply_date(file, id) { Taint::CLOCK } else { Taint::default() };
    told | match &file.term(id).kind {
        TermKind::Int(n) => number(*n),
        TermKind::Float(n) if n.abs() < 1e24 => number(*n as i128),
        TermKind::Text(text) => {
            let key = text.len() < 64 && !text.contains(' ');
            match text.parse::<i128>() {
                _ if is_short_date(text) => Taint::DATE,
                Ok(n) => number(n),
                Err(_) if holds_year(text) => Taint::DATE,
                Err(_) if key => names.named(text),
                Err(_) => Taint::default(),
            }
        }
        TermKind::Receiver => Taint::CALLER,
        // Settings of a .NET program, which code of a trial keeps its start in.
        TermKind::Name(path) if is_setting(path) && world.is_of_trial(file) => Taint::DATE,
        TermKind::Name(path) => {
            expand(&file.imports, path).last().map_or_else(Taint::default, |name| names.named(name))
        }
        // `Settings.Default.FirstRun.AddDays(30)` is called on what its front names.
        TermKind::Call(path, _) => {
            let full = expand(&file.imports, path);
            full.iter().rev().take(2).fold(Taint::default(), |taint, name| taint | names.named(name))
        }
        TermKind::Method(_, name, _) | TermKind::Mutated(_, name, _) => {
            names.named(name.strip_prefix("get").unwrap_or(name))
        }
        TermKind::Field(_, name) => names.named(name),
        // `(2026, 3, 1)`
        TermKind::List(items) => match items.first().map(|first| &file.term(*first).kind) {
            Some(TermKind::Int(1_950..=2_200)) => Taint::DATE,
            _ => Taint::default(),
        },
        _ => Taint::default(),
    }
}

/// `Properties.Settings.Default.X`: what is kept there outlives the program.
pub(in crate::flow) fn is_setting(path: &[String]) -> bool {
    path.windows(2).any(|pair| pair[0] == "Settings" && pair[1] == "Default")
}

/// What a row's result depends on, whatever its operands.
pub(super) fn of_row(row: &Row) -> Taint {
    let mut taint = if row.reads_clock() { Taint::CLOCK } else { Taint::default() };
    let is_year = |form: &PartForm| form.of == Part::Year;
    for op in &row.does {
        taint |= match op {
            Op::Anchor(_) => Taint::DATE,
            Op::Part(form) if is_year(form) => Taint::YEAR,
            Op::Parts(forms) if forms.iter().any(is_year) => Taint::YEAR,
            Op::Print(_) | Op::PrintAs(_) => Taint::YEAR,
            Op::Number(_) | Op::Difference(_) | Op::Until | Op::Since | Op::Period(_) => Taint::DAY,
            _ => Taint::default(),
        };
    }
    taint
}

/// What names say: a file says most of its own again and again.
pub(super) struct Names<'w> {
    world: &'w World<'w>,
    file: usize,
    known: HashMap<String, Taint>,
}

impl<'w> Names<'w> {
    pub(super) fn of(world: &'w World<'w>, file: usize) -> Self {
        Self { world, file, known: HashMap::default() }
    }

    /// What a name says: that it stands for a remembered instant, that a document holds a date under it, or that the
    /// network tells the time so.
    pub(super) fn named(&mut self, name: &str) -> Taint {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let dated = self.world.anchor(name).is_some() || self.world.configured(name).is_some();
        let told = self.world.told_time(self.file, name).is_some();
        let taint = if dated { Taint::DATE } else { Taint::default() };
        let taint = taint | if told { Taint::CLOCK } else { Taint::default() };
        self.known.insert(name.to_owned(), taint);
        taint
    }
}

/// What a number can be: a date in some unit or layout, a year, a count of days, or neither.
fn number(n: i128) -> Taint {
    /// Counts since an epoch and dates written as numbers: Julian days, seconds, milli-, micro- and nanoseconds, FILETIME
    /// and .NET ticks, `YYYYMM`, `YYYYMMDD` and longer.
    const DATES: [(i128, i128); 10] = [
        (197_001, 220_012),
        (2_440_000, 2_490_000),
        (19_700_101, 22_001_231),
        (315_532_800, 999_999_999),
        (1_000_000_001, 4_294_967_294),
        (197_001_010_000, 220_012_312_359),
        (315_532_800_000, 7_258_118_400_000),
        (19_700_101_000_000, 22_001_231_235_959),
        (315_532_800_000_000, 7_258_118_400_000_000),
        (100_000_000_000_000_000, 4_102_444_800_000_000_000),
    ];
    let two_digit_year = matches!((n / 10_000, n / 100 % 100, n % 100), (10..=99, 1..=12, 1..=31));
    match n {
        _ if DATES.iter().any(|(from, until)| (*from..=*until).contains(&n)) || two_digit_year => Taint::DATE,
        24 => Taint::SMALL | Taint::DAY,
        1..=200 | 1_950..=2_200 => Taint::SMALL,
        1_440 | 86_400 | 86_400_000 => Taint::DAY,
        9_000..=89_999 | 693_596..=803_532 => Taint::COUNT,
        _ => Taint::default(),
    }
}

/// Whether a text holds what can be a year or a longer date.
fn holds_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() < 256
        && bytes.split(|b| !b.is_ascii_digit()).any(|run| match run {
            [b'1', b'9', b'5'..=b'9', b'0'..=b'9'] | [b'2', b'0' | b'1', b'0'..=b'9', b'0'..=b'9'] => true,
            run => run.len() >= 6 && run.len() <= 20,
        })
}
