//! Waivers in comments: `defuse: allow(RULE, …) until=DATE reason="…"`.
//!
//! A waiver is a decision that someone has to be able to read later, so a reason is required, and one that cannot be
//! read is said rather than passed over. It holds for its own line and, standing alone, for the next line of code. It
//! is found by its text, whatever the language: what must stand before it is the opening of some comment. One that is
//! quoted there, in a code span or a fenced block of Markdown, shows how waivers are written and is none.

use super::{suggest, window};
use crate::calendar::Civil;
use crate::finding::{Finding, Place, Rule, Span, StepKind};

/// The bytes that every inline waiver holds.
pub const MARK: &str = "defuse:";

/// One waiver in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineWaiver {
    /// The rules that it silences; at least one.
    pub rules: Vec<Rule>,
    /// Why the finding is shipped anyway.
    pub reason: String,
    /// Who decided.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Civil>,
    /// Where it stands.
    pub place: Place,
    /// The last line that it holds for; the first is its own.
    pub last_line: u32,
}

impl InlineWaiver {
    /// Whether it holds for that finding: on a line of its main place, or of what its deadline is made of.
    pub fn covers(&self, finding: &Finding) -> bool {
        let defined = finding
            .steps
            .iter()
            .filter(|step| matches!(step.kind, StepKind::Deadline | StepKind::Anchor | StepKind::Period));
        let mut places = std::iter::once(&finding.place).chain(defined.map(|step| &step.place));
        self.rules.contains(&finding.rule) && places.any(|place| self.holds_at(place))
    }

    fn holds_at(&self, place: &Place) -> bool {
        place.path == self.place.path
            && place.span.line <= self.last_line
            && place.span.end_line >= self.place.span.line
    }
}

/// A comment that looks like a waiver and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where it stands.
    pub place: Place,
    /// What is wrong: "a reason is required".
    pub why: String,
}

/// Everything that the comments of a tree say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InlineWaivers {
    /// The waivers, in the order of the files they were read from.
    pub waivers: Vec<InlineWaiver>,
    /// What could not be read.
    pub malformed: Vec<Malformed>,
}

impl InlineWaivers {
    /// Adds the waivers of one file.
    pub fn read(&mut self, path: &str, text: &str) {
        if !text.contains(MARK) {
            return;
        }
        let lines: Vec<&str> = text.lines().collect();
        let mut fences = Fences::of(path);
        for (index, line) in lines.iter().enumerate() {
            if fences.encloses(line) {
                continue;
            }
            for (offset, _) in line.match_indices(MARK) {
                if let Some(found) = Directive::find(line, offset) {
                    self.add(path, &lines, index, &found);
                }
            }
        }
    }

    fn add(&mut self, path: &str, lines: &[&str], index: usize, found: &Directive<'_>) {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let place = Place { path: path.into(), span: Span::on_line(number, found.column, found.end_column()) };
        match parse(found.text) {
            Ok(said) => {
                let below = if found.stands_alone { comments_below(lines, index) + 1 } else { 0 };
                let last_line = number.saturating_add(u32::try_from(below).unwrap_or(u32::MAX));
                let Said { rules, reason, owner, until } = said;
                self.waivers.push(InlineWaiver { rules, reason, owner, until, place, last_line });
            }
            Err(why) => self.malformed.push(Malformed { place, why }),
        }
    }
}

/// How many lines of comments and attributes stand between a waiver and the code that it is about.
fn comments_below(lines: &[&str], index: usize) -> usize {
    lines.iter().skip(index + 1).take_while(|line| opens_with_comment(line)).count()
}

/// Whether a line begins with a comment, or with what passes for one: an attribute, a decorator's `#`. A C macro is code.
fn opens_with_comment(line: &str) -> bool {
    let line = line.trim_start();
    let preprocessor = ["#define", "#if", "#el", "#endif", "#include", "#pragma", "#undef"];
    OPENERS.iter().any(|opener| line.starts_with(opener)) && !preprocessor.iter().any(|word| line.starts_with(word))
}

/// What opens a comment in some language; longer ones before those they begin with.
const OPENERS: [&str; 10] = ["<!--", "//", "/*", "#", "--", "{-", "(*", "%", ";", "*"];

/// Whether the lines of a file stand in a fenced block of Markdown: in a document as a whole, or in a comment.
struct Fences {
    /// The file is Markdown, not only its comments.
    document: bool,
    /// The line before stands in a block.
    open: bool,
}

impl Fences {
    fn of(path: &str) -> Self {
        let markdown = [".md", ".mdx", ".markdown"].iter().any(|ending| path.ends_with(ending));
        Self { document: markdown, open: false }
    }

    /// Takes the next line; its fences belong to the block.
    fn encloses(&mut self, line: &str) -> bool {
        if !self.document && !opens_with_comment(line) {
            self.open = false;
            return false;
        }
        let openers = |c: char| c.is_whitespace() || matches!(c, '/' | '!' | '*' | '#' | ';' | '-' | '%');
        let text = if self.document { line.trim_start() } else { line.trim_start_matches(openers) };
        let fence = text.starts_with("```") || text.starts_with("~~~");
        let inside = fence || self.open;
        self.open ^= fence;
        inside
    }
}

/// The text of a waiver in its line.
struct Directive<'a> {
    /// From `defuse:` on, to the end of the line.
    text: &'a str,
    /// Its column.
    column: u32,
    /// There is no code before the comment.
    stands_alone: bool,
}

impl<'a> Directive<'a> {
    /// The directive at a byte offset of a line, if it stands in a comment and has the form `defuse: word(`.
    fn find(line: &'a str, offset: usize) -> Option<Self> {
        let (before, text) = line.split_at(offset);
        let verb = text[MARK.len()..].trim_start().trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-');
        if !verb.trim_start().starts_with('(') && !text[MARK.len()..].trim_start().starts_with("allow") {
            return None;
        }
        if !in_comment(before) || in_code_span(before, text) {
            return None;
        }
        let column = u32::try_from(before.chars().count() + 1).ok()?;
        Some(Self { text, column, stands_alone: before.trim().is_empty() || opens_with_comment(before) })
    }

    fn end_column(&self) -> u32 {
        let shown = self.text.trim_end().trim_end_matches("*/").trim_end_matches("-->").trim_end();
        self.column.saturating_add(u32::try_from(shown.chars().count()).unwrap_or(u32::MAX))
    }
}

/// Whether a comment is open at the end of `before`. Quotes must be balanced around its opening: `"# …"` is a string.
fn in_comment(before: &str) -> bool {
    let opens = |at: usize| {
        let (code, comment) = before.split_at(at);
        let opener = OPENERS.iter().find(|opener| comment.starts_with(**opener));
        let balanced = quotes(code).is_multiple_of(2) && quotes(comment).is_multiple_of(2);
        balanced && opener.is_some_and(|opener| *opener != "*" || code.trim().is_empty())
    };
    before.trim().is_empty() || before.char_indices().any(|(at, _)| opens(at))
}

/// Whether a backtick is open at the end of `before` and closed in `after`.
fn in_code_span(before: &str, after: &str) -> bool {
    !before.matches('`').count().is_multiple_of(2) && after.contains('`')
}

fn quotes(text: &str) -> usize {
    text.matches('"').count() - text.matches("\\\"").count()
}

/// What a waiver says.
struct Said {
    rules: Vec<Rule>,
    reason: String,
    owner: Option<String>,
    until: Option<Civil>,
}

fn parse(text: &str) -> Result<Said, String> {
    let rest = text[MARK.len()..].trim_start();
    let Some(rest) = rest.strip_prefix("allow").map(str::trim_start) else {
        return Err("only `allow(RULE, …)` is known".to_owned());
    };
    let Some((list, rest)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        return Err("the rules are to stand in brackets: `allow(date-gate)`".to_owned());
    };
    let rules = list.split(',').map(|name| rule(name.trim())).collect::<Result<Vec<_>, _>>()?;
    let (mut reason, mut owner, mut until) = (None, None, None);
    let mut rest = rest;
    while let Some((key, value, after)) = next_pair(rest) {
        match key {
            "reason" => reason = Some(value.trim().to_owned()).filter(|text| !text.is_empty()),
            "owner" => owner = Some(value.to_owned()),
            "until" => until = Some(window::day(value).ok_or(format!("`{value}` is no date: write YYYY-MM-DD"))?),
            other => return Err(format!("unknown key `{other}`: expected reason, until or owner")),
        }
        rest = after;
    }
    let reason = reason.ok_or("a reason is required: `reason=\"…\"`")?;
    Ok(Said { rules, reason, owner, until })
}

fn rule(name: &str) -> Result<Rule, String> {
    Rule::from_id(name).ok_or_else(|| {
        let hint = suggest::question(name, Rule::ALL.map(Rule::id)).map_or(String::new(), |hint| format!(", {hint}"));
        format!("there is no rule `{name}`{hint}")
    })
}

/// The next `key=value` or `key="a value"`, and what follows it.
fn next_pair(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let (key, rest) = text.split_once('=')?;
    let key = key.trim_end();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let rest = rest.trim_start();
    for quote in ['"', '\''] {
        if let Some((value, after)) = rest.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return Some((key, value, after));
        }
    }
    let end = rest.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rest.len());
    Some((key, &rest[..end], &rest[end..]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gate::test_support::finding;

    fn read(text: &str) -> InlineWaivers {
        let mut all = InlineWaivers::default();
        all.read("src/a.c", text);
        all
    }

    fn one(text: &str) -> InlineWaiver {
        let all = read(text);
        assert_eq!((all.waivers.len(), all.malformed.len()), (1, 0), "{text:?}: {all:?}");
        all.waivers[0].clone()
    }

    #[test]
    fn every_comment_will_do() {
        for text in [
            "// defuse: allow(date-gate) reason=\"ok\"",
            "x(); // see #12, defuse: allow(date-gate) reason=\"ok\"",
            "/* defuse: allow(date-gate) reason=\"ok\" */",
            " * defuse: allow(date-gate) reason=\"ok\"",
            "# defuse:allow( date-gate ) reason = 'ok'",
            "-- defuse: allow(date-gate), reason=\"ok\"",
            "<!-- defuse: allow(date-gate) reason=\"ok\" -->",
            "f(\"a \\\" b\"); # defuse: allow(date-gate) reason=ok",
            "   defuse: allow(date-gate) reason=\"ok\"",
        ] {
            let waiver = one(text);
            assert_eq!(
                (waiver.rules.as_slice(), waiver.reason.as_str()),
                ([Rule::DateGate].as_slice(), "ok"),
                "{text}"
            );
        }
    }

    #[test]
    fn strings_and_prose_are_no_waivers() {
        for text in [
            "let s = \"// defuse: allow(date-gate) reason=x\";",
            "say `defuse: allow(date-gate)` there",
            "// defuse: the bomb squad",
            "// to defuse: cut the red wire (or not)",
            "//! A waiver reads `defuse: allow(RULE, …) reason=\"…\"`.",
            "  = help: `explain` says how; put `defuse: allow(date-gate) reason=\"…\"` there",
            "let s = `// defuse: allow(date-gate) reason=x`;",
            "/// ```c\n/// x(); // defuse: allow(date-gate) reason=x\n/// ```\nfn f() {}",
            "",
        ] {
            assert_eq!(read(text), InlineWaivers::default(), "{text}");
        }
    }

    #[test]
    fn what_documentation_shows_is_no_waiver() {
        let text = "```c\nx(); // defuse: allow(date-gate) reason=x\n```\n<!-- defuse: allow(date-gate) reason=y -->\n";
        let mut all = InlineWaivers::default();
        all.read("README.md", text);
        assert_eq!(all.waivers.iter().map(|waiver| waiver.place.span.line).collect::<Vec<_>>(), [4]);
        let after = "/// ```\n/// open\nfn f() {}\n// defuse: allow(date-gate) reason=x\n";
        assert_eq!(one(after).place.span.line, 4, "a block that nothing closes ends with its comment");
        let verilog = "`define END 2025 // defuse: allow(date-gate) reason=x";
        assert_eq!(one(verilog).place.span.line, 1);
    }

    #[test]
    fn all_parts_are_read_in_any_order() {
        let waiver = one("//  defuse: allow(date-gate, trial-period) until=2027-06-30 owner=me reason=\"a, b\"");
        assert_eq!(waiver.rules, [Rule::DateGate, Rule::TrialPeriod]);
        assert_eq!((waiver.reason.as_str(), waiver.owner.as_deref()), ("a, b", Some("me")));
        assert_eq!(waiver.until, window::day("2027-06-30"));
        assert_eq!(waiver.place.span, Span::on_line(1, 5, 83));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (text, why) in [
            ("// defuse: allow(date-gate)", "a reason is required: `reason=\"…\"`"),
            ("// defuse: allow(date-gate) reason=\"\"", "a reason is required: `reason=\"…\"`"),
            ("// defuse: allow(date-gat) reason=x", "there is no rule `date-gat`, did you mean `date-gate`?"),
            ("// defuse: allow() reason=x", "there is no rule ``"),
            ("// defuse: allow date-gate", "the rules are to stand in brackets: `allow(date-gate)`"),
            ("// defuse: ignore(date-gate) reason=x", "only `allow(RULE, …)` is known"),
            ("// defuse: allow(date-gate) until=soon reason=x", "`soon` is no date: write YYYY-MM-DD"),
            ("// defuse: allow(date-gate) why=x", "unknown key `why`: expected reason, until or owner"),
        ] {
            let all = read(text);
            assert_eq!(all.malformed.iter().map(|m| m.why.as_str()).collect::<Vec<_>>(), [why], "{text}");
            assert!(all.waivers.is_empty());
        }
    }

    #[test]
    fn a_waiver_covers_its_line_or_the_code_below() {
        let on = |text: &str, line: u32| {
            let mut found = finding(Rule::DateGate, "2025-01-01");
            found.steps.clear();
            (found.place.span.line, found.place.span.end_line) = (line, line);
            one(text).covers(&found)
        };
        let above = "// defuse: allow(date-gate) reason=x\n// more\n#[attribute]\ncode();\nother();\n";
        assert_eq!([1, 4, 5].map(|line| on(above, line)), [true, true, false]);
        let behind = "#define END 2025 // defuse: allow(date-gate) reason=x\nother();\n";
        assert_eq!([1, 2].map(|line| on(behind, line)), [true, false]);
        let behind = "code(); // defuse: allow(date-gate) reason=x\nother();\n";
        assert_eq!([1, 2].map(|line| on(behind, line)), [true, false]);
    }

    #[test]
    fn a_waiver_at_the_deadline_counts() {
        let found = finding(Rule::DateGate, "2025-01-01");
        assert!(one("END = 2025 // defuse: allow(date-gate) reason=x").covers(&found));
        assert!(!one("END = 2025 // defuse: allow(trial-period) reason=x").covers(&found));
    }
}
