//! What the tool knows of a language, as data: `rules/languages/LANG.yaml`.
//!
//! A [`Models`] is a list of [`Row`]s. A row says which calls, methods, constructors or names it is about and what they
//! *do*: a short pipeline of [`Op`]s, the vocabulary that the evaluator ([`crate::flow::ops`]) runs at any clock value.
//! Nothing here is executed at load time; teaching the tool a clock is one line of YAML:
//!
//! ```yaml
//! language: rust
//! extensions: [rs]
//! rows:
//!   - {call: [Utc::now], does: [{now: utc}]}                         # a clock
//!   - {call: [libc::time], does: [{now: utc}, {number: s}]}          # a clock that gives epoch seconds
//!   - {call: [gettimeofday], into: 0, does: [{now: utc}]}            # … that fills its first argument
//!   - {call: [NaiveDate::from_ymd_opt], does: [civil]}               # a deadline
//!   - {method: [timestamp], does: [{number: s}]}                     # a conversion, on any time value
//!   - {method: [tm_mon], does: [{part: {of: month, base: 0}}]}       # a field counts as a method without arguments
//!   - {name: [UNIX_EPOCH], does: [{is: 0}, {instant: s}]}            # a named value
//! exits: [std::process::exit]
//! ```
//!
//! Paths are written with `.` or `::` and match by suffix after imports are resolved; a one-segment path matches only a
//! bare name. The operands of a row are the receiver (for a method) and then the arguments; `params` names the
//! arguments so that keyword arguments find their position, `args` picks and reorders (`self`, `0`, `1`, …).

mod index;
mod op;
mod rows;
mod unit;

use serde::Deserialize;

pub use crate::calendar::Dialect;
use crate::carried;

pub use self::index::{Calls, Index, Use};
pub use self::op::{CivilForm, Comparison, Each, Op, ParseForm, PartForm, PartOrder, PatternForm, PrintForm, Rounding};
pub use self::rows::Rows;
pub use self::unit::{Count, Epoch, Part, Unit};

/// Everything known of one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The language's id: `rust`, `csharp`.
    pub language: String,
    /// File name endings, without the dot.
    pub extensions: Vec<String>,
    /// Whole file names (`Jenkinsfile`).
    pub files: Vec<String>,
    /// Programs in a `#!` line that run it.
    pub interpreters: Vec<String>,
    /// Openers of comments that run to the end of the line.
    pub line_comments: Vec<String>,
    /// Openers and closers of other comments.
    pub block_comments: Vec<(String, String)>,
    /// Functions begin at the margin with a line that ends in `{` and end with a `}` at the margin: what does not matter of
    /// a large file is not parsed.
    pub functions_at_margin: bool,
    /// Variables have names of their own kind (`$time`), so that none hides the function of that name.
    pub sigils: bool,
    /// What may stand between groups of digits.
    pub digit_separator: Option<char>,
    /// Languages whose rows hold here too (`cpp` extends `c`).
    pub extends: Vec<String>,
    /// Calls, methods, constructors and names.
    pub rows: Rows,
    /// Calls that end the process.
    pub exits: Vec<String>,
    /// Calls that throw (macros that panic, `raise` helpers).
    pub throws: Vec<String>,
    /// Calls that only log or print. A path that ends in `.*` names every member.
    pub logs: Vec<String>,
    /// Calls that call what they are given once a time has passed, which is among their arguments.
    pub timers: Vec<String>,
    /// Calls that send whoever asked elsewhere: their first text says where.
    pub redirects: Vec<String>,
    /// Calls that answer whoever asked with a status, which is among their arguments.
    pub responds: Vec<String>,
    /// How the language writes that there is nothing, if not `null`.
    pub nothing: Option<String>,
    /// Calls that assert in a test or check at run time: their first argument is a condition and failure throws.
    pub asserts: Vec<String>,
    /// Assertions that two arguments are equal.
    pub assert_equals: Vec<String>,
    /// Calls that begin a fluent assertion (`assertThat`, `*.Should`): what is called on their result asserts its answer.
    pub fluent: Vec<String>,
    /// Words (as bytes in the source) that show that a file's or function's clock is frozen, injected or simulated.
    pub frozen: Vec<String>,
    /// How tests are recognised.
    pub tests: Tests,
    /// A number compared or combined with an instant counts in this unit since 1970 (JavaScript: ms).
    pub instant_as: Option<Unit>,
    /// The difference of two instants is a number of this unit rather than a period (JavaScript ms, Ruby s).
    pub difference_as: Option<Unit>,
    /// A bare number added to an instant or date counts this unit (Ruby's `Date + 1`: days; Perl, Ruby `Time`: s).
    pub add_as: Option<Unit>,
    /// A function without parameters is called without parentheses: properties of C#, Kotlin and Swift; Scala, Ruby.
    pub bare_calls: bool,
    /// To look up a key that a table does not have ends in an error (Python, C#, Rust).
    pub missing_key_fails: bool,
    /// A collection without elements is no (Python, PHP).
    pub empty_is_false: bool,
    /// `+` and `-` take a text for the number that it holds (shells, Perl, Lua, PHP).
    pub text_counts: bool,
    /// A number that is added to a text moves on in it (C).
    pub text_moves: bool,
    /// `/` between integers gives a fraction.
    pub true_division: bool,
    /// Identifiers are compared without case (SQL, PHP functions, Visual Basic).
    pub ignore_case: bool,
    /// Further byte words that make a file a candidate, beyond the clocks' own names.
    pub sift: Vec<String>,
}

/// How a language's tests are recognised beyond what syntax tells.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tests {
    /// Globs over the path (`**/*_test.go`).
    pub paths: Vec<String>,
    /// Attributes, annotations and decorators (`Test`, `pytest.fixture`).
    pub attributes: Vec<String>,
    /// Calls whose closures are tests (`it`, `describe`).
    pub calls: Vec<String>,
    /// Function names, with `*` at either end (`test_*`).
    pub functions: Vec<String>,
    /// Base classes of test classes.
    pub bases: Vec<String>,
}

/// One piece of knowledge.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    /// Functions called by path.
    pub call: Vec<String>,
    /// Methods or properties, by name, of any value that the pipeline can work on.
    pub method: Vec<String>,
    /// Properties alone, where the method of that name means something else (luxon's `month`, moment's `month()`).
    pub field: Vec<String>,
    /// Constructors (`new T(…)`).
    pub new: Vec<String>,
    /// Named values.
    pub name: Vec<String>,
    /// How many arguments it is about: `0`, `1-2`, `3+`; any if absent.
    pub arity: Option<Arity>,
    /// The arguments' names, in order.
    pub params: Vec<String>,
    /// Which operands the pipeline gets, in order; by default the receiver and all arguments.
    pub args: Option<Vec<Operand>>,
    /// The argument (from 0) that receives the result, for calls that fill a variable.
    pub into: Option<usize>,
    /// The first of the arguments that each receive one value (from 0): the row then gets those before it and which one is
    /// asked for, from 0 (`sscanf`).
    pub each_into: Option<usize>,
    /// The result replaces the receiver (`calendar.set(…)`).
    pub mutates: bool,
    /// … but only where the call stands alone as a statement: elsewhere the receiver may be immutable (PHP's two dates).
    pub alone: bool,
    /// What it does.
    #[serde(deserialize_with = "op::written")]
    pub does: Vec<Op>,
    /// Only where this argument is written as this name or text (`clock_gettime(CLOCK_REALTIME, …)`).
    pub when: Option<When>,
    /// Only on a receiver of one of these types, as far as it is declared (`clock.millis()` on a `Clock`).
    pub on: Vec<String>,
    /// The finding is at most likely when it rests on this row (a convention rather than an API).
    pub likely: bool,
}

impl Row {
    /// Whether it cuts a text, and is about nothing else.
    pub fn cuts_text(&self) -> bool {
        let cuts =
            |op: &Op| matches!(op, Op::Captures(_) | Op::Matches(_) | Op::Groups | Op::Entry | Op::Cut | Op::Through);
        self.does.first().is_some_and(cuts)
    }

    /// Whether what it does depends on the clock, whatever its operands.
    pub fn reads_clock(&self) -> bool {
        let clock = |op: &Op| {
            matches!(
                op,
                Op::Now(_)
                    | Op::Phrase(_)
                    | Op::ChainClock
                    | Op::Past
                    | Op::Future
                    | Op::Until
                    | Op::Since
                    | Op::Ago
                    | Op::FromNow
            )
        };
        self.does.iter().any(clock)
    }
}

/// A condition on how an argument is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Which argument, from 0.
    pub arg: usize,
    /// Any of these names (last segment) or texts.
    #[serde(default)]
    pub is: Vec<String>,
    /// Whether it is written as a text, whatever it says.
    #[serde(default)]
    pub text: Option<bool>,
}

/// An operand: the receiver or the n-th argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum Operand {
    /// `self`
    Receiver,
    /// `0`, `1`, …
    Argument(usize),
}

impl TryFrom<serde_json::Value> for Operand {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        match (value.as_str(), value.as_u64()) {
            (Some("self"), _) => Ok(Self::Receiver),
            (_, Some(n)) => Ok(Self::Argument(n as usize)),
            _ => Err(format!("{value} is no operand: write `self` or an argument's number from 0")),
        }
    }
}

/// A range of argument counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct Arity {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: usize,
}

impl TryFrom<serde_json::Value> for Arity {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number =
            |s: &str| s.trim().parse::<usize>().map_err(|_| format!("`{text}` is no arity: write 2, 1-3 or 3+"));
        if let Some(min) = text.strip_suffix('+') {
            Ok(Self { min: number(min)?, max: usize::MAX })
        } else if let Some((min, max)) = text.split_once('-') {
            Ok(Self { min: number(min)?, max: number(max)? })
        } else {
            number(&text).map(|n| Self { min: n, max: n })
        }
    }
}

/// A path that knowledge is written about, split at `.` and `::`.
fn segments(path: &str) -> Vec<&str> {
    path.split(['.', ':']).filter(|s| !s.is_empty()).collect()
}

/// A problem in a models file.
#[derive(Debug, thiserror::Error)]
#[error("{language}: {problem}")]
pub struct ModelsError {
    /// The file or language.
    pub language: String,
    /// What is wrong.
    pub problem: String,
}

impl ModelsError {
    fn new(language: &str, error: &dyn std::error::Error) -> Self {
        Self { language: language.to_owned(), problem: error.to_string() }
    }
}

impl Models {
    /// Reads one `rules/languages` document.
    ///
    /// # Errors
    /// The YAML is broken, or a key, operation or unit is unknown.
    pub fn read(name: &str, yaml: &str) -> Result<Self, ModelsError> {
        let value: Result<serde_json::Value, _> = serde_yaml::from_str(yaml);
        let value = value.map_err(|e| ModelsError::new(name, &e))?;
        serde_json::from_value(value).map_err(|e| ModelsError::new(name, &e))
    }

    /// Reads a document that the tool carries, and leaves its rows for later.
    ///
    /// # Errors
    /// It is broken, which tests rule out.
    pub(super) fn carried(language: &str, json: &str, rows: &'static str) -> Result<Self, ModelsError> {
        let models: Self = carried::read(json).map_err(|e| ModelsError::new(language, &e))?;
        Ok(Self { rows: Rows::carried(rows), ..models })
    }

    /// Takes over the rows and lists of other models; its own settings stay.
    pub fn absorb(&mut self, other: &Self) {
        self.rows.append(&other.rows);
        for (own, theirs) in [
            (&mut self.exits, &other.exits),
            (&mut self.throws, &other.throws),
            (&mut self.logs, &other.logs),
            (&mut self.timers, &other.timers),
            (&mut self.redirects, &other.redirects),
            (&mut self.responds, &other.responds),
            (&mut self.asserts, &other.asserts),
            (&mut self.assert_equals, &other.assert_equals),
            (&mut self.fluent, &other.fluent),
            (&mut self.frozen, &other.frozen),
            (&mut self.sift, &other.sift),
            (&mut self.tests.paths, &other.tests.paths),
            (&mut self.tests.attributes, &other.tests.attributes),
            (&mut self.tests.calls, &other.tests.calls),
            (&mut self.tests.functions, &other.tests.functions),
            (&mut self.tests.bases, &other.tests.bases),
        ] {
            own.extend(theirs.iter().cloned());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SAMPLE: &str = "
language: rust
extensions: [rs]
rows:
  - {call: [Utc::now], does: [now]}
  - {call: [time], does: [{now: utc}, {number: s}]}
  - {call: [NaiveDate::from_ymd_opt], does: [civil]}
  - {call: [mktime], does: [{civil: {month_base: 0, year_base: 1900, zone: local}}]}
  - {method: [tm_mon], does: [{part: {of: month, base: 0}}]}
  - {method: [num_days], does: [{number: day}]}
  - {call: [GetSystemTimeAsFileTime], into: 0, does: [now, {number: {unit: tick, epoch: windows}}]}
  - {new: [Date], arity: 3+, does: [{civil: {month_base: 0}}]}
  - {name: [Ordering::Less], does: [{is: -1}]}
exits: [std::process::exit]
logs: ['log.*']
";

    fn path(text: &str) -> Vec<String> {
        segments(text).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn rows_match_by_suffix_and_bare_names_exactly() {
        let index = Index::new(Models::read("rust", SAMPLE).unwrap(), &[]);
        for (kind, text, count) in [
            (Use::Call, "chrono::Utc::now", 1),
            (Use::Call, "now", 0),
            (Use::Call, "time", 1),
            (Use::Call, "libc::time", 1),
            (Use::Call, "my::time", 0),
            (Use::Method, "num_days", 1),
            (Use::New, "java.util.Date", 0),
            (Use::New, "Date", 1),
        ] {
            assert_eq!(index.rows(kind, &path(text)).count(), count, "{text}");
        }
        assert_eq!(index.call_kind(&path("process::exit")), None);
        assert_eq!(index.call_kind(&path("std::process::exit")), Some(Calls::Exit));
        assert_eq!(index.call_kind(&path("log.warn")), Some(Calls::Log));
    }

    #[test]
    fn unknown_keys_and_operations_are_refused() {
        for yaml in ["rows: [{call: [a], doez: []}]", "rows: [{call: [a], does: [frobnicate]}]", "colour: red"] {
            assert!(Models::read("x", yaml).is_err(), "{yaml}");
        }
    }
}
