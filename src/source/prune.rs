//! Sifts inside a large file: the functions that can matter are kept, of the bodies of the others only their line ends.
//!
//! A driver of ten thousand lines reads the clock in one function. What its other functions do is of no interest unless
//! they call that one, are called by it, or set the variables that it reads. Bodies are told by their layout alone, so this
//! costs no more than the sift itself: the line of a function's head is not indented (or less than its body) and ends with
//! `{`, and the first line that begins with `}` in the same column ends it. Code that is laid out otherwise is kept whole.
//! Lines and columns of what is kept do not change.
//!
//! Of a text with such functions there also goes what its own file alone can mean: the heads of functions that nothing in
//! it names any more, tables that neither hold anything of worth nor have to do with what is kept, and comments on lines of
//! their own.

mod layout;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use self::layout::{Body, Layout, Table, layout};

/// Texts below this are kept whole, in bytes: small files are where declarations and their uses stand together.
const SMALL: usize = 8 << 10;
/// Calls followed up from what is of worth, and down from it.
const UP: usize = 2;
const DOWN: usize = 2;
/// What callers of it call besides is kept up to this length, in bytes: what gives a value or checks one is short.
const SHORT: usize = 1 << 10;

/// What of a large text is of interest.
pub struct Focus<F> {
    /// Whether a body is of worth.
    pub worth: F,
    /// What has to do with those that are is of interest too.
    pub related: bool,
}

impl<F: Fn(&[u8]) -> bool> Focus<F> {
    /// What is of worth, and what has to do with it.
    pub const fn on(worth: F) -> Self {
        Self { worth, related: true }
    }
}

/// The text with nothing in the bodies that are of no interest.
pub fn prune<'t>(text: &'t str, focus: &Focus<impl Fn(&[u8]) -> bool>) -> Cow<'t, str> {
    let worth = &focus.worth;
    if text.len() < SMALL {
        return Cow::Borrowed(text);
    }
    let Layout { bodies, tables, variables, others } = layout(text);
    let mut kept: Vec<bool> = bodies.iter().map(|body| worth(body.text.as_bytes()) || !is_whole(body.text)).collect();
    if focus.related {
        relate(&bodies, &variables, &mut kept);
    }
    if kept.iter().all(|kept| *kept) {
        return Cow::Borrowed(text);
    }
    let (kept_bodies, pruned_bodies): (Vec<_>, Vec<_>) = bodies.iter().zip(kept).partition(|(_, kept)| *kept);
    let used = kept_bodies.iter().map(|(body, _)| body.text).chain(others);
    let functions = kept_bodies.iter().flat_map(|(body, _)| &body.names).copied().collect();
    let tables = unused(&tables, used, &functions, worth);
    let mut gone: Vec<Range<usize>> = tables.into_iter().map(|table| table.range.clone()).collect();
    gone.extend(pruned_bodies.iter().map(|(body, _)| body.range.clone()));
    gone.sort_unstable_by_key(|range| range.start);
    let unnamed = unnamed(text, &gone, &pruned_bodies);
    gone.extend(unnamed);
    Cow::Owned(without_comments(&without(text, gone)))
}

/// The text without what stands in these ranges, but for the ends of lines. Of two that meet, one holds the other.
fn without(text: &str, mut gone: Vec<Range<usize>>) -> String {
    gone.sort_unstable_by_key(|range| (range.start, Reverse(range.end)));
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for range in gone {
        if range.start >= at {
            left.push_str(&text[at..range.start]);
            left.extend(text[range.clone()].bytes().filter(|byte| *byte == b'\n').map(char::from));
            at = range.end;
        }
    }
    left.push_str(&text[at..]);
    left
}

/// The text without its comments that stand on lines of their own, but for the ends of lines.
fn without_comments(text: &str) -> String {
    let mut gone = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[at..], b"/*") {
        let start = at + found;
        let Some(closing) = text[start + 2..].find("*/") else { break };
        let end = start + 2 + closing + 2;
        let is_blank = |part: &str| part.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        if is_blank(&text[line..start]) && is_blank(&text[end..rest]) {
            gone.push(line..rest);
        }
        at = end;
    }
    without(text, gone)
}

/// The tables that neither hold anything of worth, nor name one of these functions, nor are named in a text that is used.
fn unused<'a, 't>(
    tables: &'a [Table<'t>],
    used: impl Iterator<Item = &'t str>,
    functions: &HashSet<&str>,
    worth: impl Fn(&[u8]) -> bool,
) -> Vec<&'a Table<'t>> {
    if tables.is_empty() {
        return Vec::new();
    }
    let is_kept = |table: &&Table<'_>| {
        worth(table.text.as_bytes()) || !is_whole(table.text) || words(table.text).any(|word| functions.contains(word))
    };
    let (kept, mut left): (Vec<_>, Vec<_>) = tables.iter().partition(is_kept);
    let mut open: Vec<&str> = used.chain(kept.iter().map(|table| table.text)).collect();
    while !open.is_empty() && !left.is_empty() {
        let named: HashSet<&str> = open.iter().flat_map(|text| words(text)).collect();
        let (further, rest) = left.into_iter().partition(|table: &&Table<'_>| named.contains(table.name));
        let further: Vec<&Table<'_>> = further;
        open = further.iter().map(|table| table.text).collect();
        left = rest;
    }
    left
}

/// All of each function whose body goes, if the file alone can mean it and nothing left in it does; `gone` are the ranges
/// that go, in order.
fn unnamed<'a>(text: &str, gone: &[Range<usize>], bodies: &'a [(&Body<'_>, bool)]) -> Vec<Range<usize>> {
    let own: Vec<(&'a Body<'_>, &'a Range<usize>)> =
        bodies.iter().filter_map(|(body, _)| Some((*body, body.own.as_ref()?))).collect();
    let mut open: HashSet<&str> = own.iter().flat_map(|(body, _)| &body.names).copied().collect();
    let mut at = 0;
    let mut all: Vec<&Range<usize>> = gone.iter().chain(own.iter().map(|(_, range)| *range)).collect();
    all.sort_unstable_by_key(|range| (range.start, Reverse(range.end)));
    let end = text.len()..text.len();
    for range in all.into_iter().chain([&end]) {
        if range.start >= at {
            words(&text[at..range.start]).for_each(|word| {
                open.remove(word);
            });
            at = range.end;
        }
    }
    let nowhere = own.into_iter().filter(|(body, _)| body.names.iter().all(|name| open.contains(name)));
    nowhere.map(|(_, range)| range.clone()).collect()
}

/// Whether nothing outside depends on the text: no macro is defined in it, and its conditional branches close.
fn is_whole(body: &str) -> bool {
    let mut open = 0_usize;
    for (at, _) in body.match_indices('#') {
        let line = body[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if !body[line..at].trim().is_empty() {
            continue;
        }
        let directive = body[at + 1..].trim_start_matches([' ', '\t']);
        if directive.starts_with("define") || directive.starts_with("undef") {
            return false;
        } else if directive.starts_with("if") {
            open += 1;
        } else if directive.starts_with("endif") {
            let Some(fewer) = open.checked_sub(1) else { return false };
            open = fewer;
        }
    }
    open == 0
}

/// Keeps what has to do with what is kept: its near callers, what they all call, and what sets the variables that they
/// read.
fn relate(bodies: &[Body<'_>], variables: &HashSet<&str>, kept: &mut [bool]) {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::default();
    for (n, body) in bodies.iter().enumerate() {
        body.names.iter().for_each(|name| by_name.entry(name).or_default().push(n));
    }
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    let mut callees: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    let mut setters: HashMap<&str, Vec<usize>> = HashMap::default();
    for (n, body) in bodies.iter().enumerate() {
        for word in words(body.text).collect::<HashSet<_>>() {
            for &callee in by_name.get(word).into_iter().flatten().filter(|callee| **callee != n) {
                callers[callee].push(n);
                callees[n].push(callee);
            }
            if variables.contains(word) && sets(body.text, word) {
                setters.entry(word).or_default().push(n);
            }
        }
    }
    let all = |kept: &[bool]| (0..kept.len()).filter(|n| kept[*n]).collect::<Vec<usize>>();
    let worthy = all(kept);
    follow(worthy.clone(), &callers, UP, kept);
    for word in all(kept).iter().flat_map(|n| words(bodies[*n].text)).collect::<HashSet<_>>() {
        setters.get(word).into_iter().flatten().for_each(|setter| kept[*setter] = true);
    }
    let related = all(kept);
    follow(worthy, &callees, DOWN, kept);
    for &callee in related.iter().flat_map(|n| &callees[*n]) {
        kept[callee] |= bodies[callee].text.len() <= SHORT;
    }
}

/// Keeps what is reached in so many steps.
fn follow(mut level: Vec<usize>, next: &[Vec<usize>], steps: usize, kept: &mut [bool]) {
    for _ in 0..steps {
        let reached = level.iter().flat_map(|n| &next[*n]).copied();
        level = reached.filter(|n| !std::mem::replace(&mut kept[*n], true)).collect();
    }
}

/// Whether a text assigns a variable or takes its address: `name`, then what is set.
fn sets(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, _)| {
        let after = body[at + name.len()..].trim_start();
        let assigned = after.starts_with('=') && !after.starts_with("==");
        assigned || body[..at].ends_with('&')
    })
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    word_indices(text).map(|(_, word)| word)
}

/// The words of a text, and where they stand in it, in bytes.
pub fn word_indices(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| !u8::try_from(c).is_ok_and(is_word);
    let mut next = 0;
    let pieces = text.split_inclusive(ends).map(move |piece| {
        let at = next;
        next += piece.len();
        (at, piece.strip_suffix(ends).unwrap_or(piece))
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of functions, long enough to be pruned, and which of them still say what they do.
    fn kept(functions: &str) -> Vec<String> {
        let filler = "static int idle(void)\n{\n\treturn 1;\n}\n\n";
        let text = format!("{functions}\n{}", filler.repeat(SMALL / filler.len() + 1));
        let pruned = prune(&text, &Focus::on(|body: &[u8]| memchr::memmem::find(body, b"time(").is_some()));
        assert!(pruned.lines().zip(text.lines()).all(|(pruned, line)| pruned.is_empty() || pruned == line));
        assert_eq!(pruned.matches('\n').count(), text.matches('\n').count());
        assert_eq!(pruned.matches("return 1").count(), 0);
        let kept = layout(&pruned).bodies.into_iter().filter(|body| !body.text.trim().is_empty());
        kept.map(|body| body.names[0].to_owned()).collect()
    }

    #[test]
    fn what_calls_is_called_or_sets_is_kept() {
        let text = "\
static time_t limit;

static time_t grace(void)
{
	return 5;
}

int
expired(void)
{
	return time(0) > limit + grace();
}

void setup(void) {
	limit = LIMIT;
}

long show(void)
{
	return limit;
}

SYSCALL_DEFINE1(start, int, how)
{
	if (expired())
		return -EPERM;
	go(how);
}

static int other(struct s *s)
{
	return s->limit;
}
";
        assert_eq!(kept(text), ["grace", "expired", "setup", "start"]);
    }

    #[test]
    fn what_others_depend_on_is_kept() {
        let text = "\
int a(void)
{
#define LIMIT 5
	return LIMIT;
}

int b(int x)
{
#ifdef X
	return 2;
}
#endif

static const struct ops ops = {
	.open = f(1),
};

struct packed __attribute__((packed)) {
	int x;
};
";
        let all = kept(text);
        assert_eq!(all, ["a", "b"]);
    }

    #[test]
    fn what_is_of_the_file_alone_and_unused_goes() {
        let text = "\
/*
 * A note.
 */
static const int used[] = {
	1,
};

static const int chained[] = {
	2,
};

static const int *unused[] = {
	3,
};

static struct ops ops = {
	.show = show, /* why */
	.idle = named,
};

struct all all = {
	.one = chained,
};

static int show(void)
{
	/* \"no\" */
	return time(0) > used[0];
}

static int named(void)
{
	return 4;
}

int seen(void)
{
	return 5;
}

static inline int line(void)
{
	return 6;
}

static int
gone(int x)
{
	return 7;
}
";
        let long = format!("{text}{}", "/* a */\n".repeat(SMALL / 8));
        let pruned = prune(&long, &Focus::on(|body: &[u8]| memchr::memmem::find(body, b"time(").is_some()));
        assert_eq!(pruned.matches('\n').count(), long.matches('\n').count());
        let left: Vec<&str> = pruned.lines().filter(|line| !line.is_empty()).collect();
        let rest: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        let gone: Vec<&str> = rest.into_iter().filter(|line| !left.contains(line)).collect();
        let expected = [
            "/*",
            " * A note.",
            " */",
            "\t3,",
            "\t/* \"no\" */",
            "\treturn 4;",
            "\treturn 5;",
            "\treturn 6;",
            "static int",
            "gone(int x)",
            "\treturn 7;",
        ];
        assert_eq!(gone, expected);
    }

    #[test]
    fn small_texts_are_kept_whole() {
        assert!(matches!(prune("int f(void)\n{\n\treturn 1;\n}\n", &Focus::on(|_: &[u8]| false)), Cow::Borrowed(_)));
    }

    #[test]
    fn odd_texts_do_not_matter() {
        let long = "é(\n".repeat(SMALL);
        for text in ["f() {", "f()\n{\n", "{", "(){\n}\n}", "é() {\n\u{a0}é\n}\n", "a\n{\n}"] {
            let text = format!("{long}{text}");
            assert_eq!(prune(&text, &Focus::on(|_: &[u8]| false)).matches('\n').count(), text.matches('\n').count());
        }
    }
}
