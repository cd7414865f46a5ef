//! Sifts inside a large file: the functions that can matter are kept, of the bodies of the others only their line ends.
//!
//! A driver of ten thousand lines reads the clock in one function. What its other functions do is of no interest unless
//! they call that one, are called by it, or set the variables that it reads. Bodies are told by their layout alone, so this
//! costs no more than the sift itself: the line of a function's head is not indented (or less than its body) and ends with
//! `{`, and the first line that begins with `}` in the same column ends it. Code that is laid out otherwise is kept whole.
//! Lines and columns of what is kept do not change.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// Texts below this are kept whole, in bytes: small files are where declarations and their uses stand together.
const SMALL: usize = 16 << 10;
/// Calls followed up from what is of worth, and down from it.
const UP: usize = 2;
const DOWN: usize = 2;
/// What callers of it call besides is kept up to this length, in bytes: what gives a value or checks one is short.
const SHORT: usize = 1 << 10;

/// A function, as its layout shows it.
struct Body<'t> {
    /// The names that it may be called by.
    names: Vec<&'t str>,
    /// What stands between its braces.
    range: Range<usize>,
    text: &'t str,
}

/// The text with nothing in the bodies that hold nothing of worth and have nothing to do with those that do.
pub fn prune<'t>(text: &'t str, worth: impl Fn(&[u8]) -> bool) -> Cow<'t, str> {
    if text.len() < SMALL {
        return Cow::Borrowed(text);
    }
    let (bodies, variables) = layout(text);
    let mut kept: Vec<bool> = bodies.iter().map(|body| worth(body.text.as_bytes()) || !is_whole(body.text)).collect();
    relate(&bodies, &variables, &mut kept);
    if kept.iter().all(|kept| *kept) {
        return Cow::Borrowed(text);
    }
    let mut pruned = String::with_capacity(text.len());
    let mut at = 0;
    for (body, _) in bodies.iter().zip(&kept).filter(|(_, kept)| !**kept) {
        pruned.push_str(&text[at..body.range.start]);
        pruned.extend(body.text.bytes().filter(|byte| *byte == b'\n').map(char::from));
        at = body.range.end;
    }
    pruned.push_str(&text[at..]);
    Cow::Owned(pruned)
}

/// The functions of a text, and the variables outside them.
fn layout(text: &str) -> (Vec<Body<'_>>, HashSet<&str>) {
    let (mut bodies, mut variables) = (Vec::new(), HashSet::default());
    let mut at = 0;
    let mut head = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let line = text[at..end].trim_end();
        let next = (end + 1).min(text.len());
        let begins = line.bytes().next().is_some_and(|first| first == b'{' || is_word(first) || first == b'~');
        if begins && line.ends_with('{') {
            let opened = at + line.len();
            let Some(closing) = text[opened..].find("\n}").map(|newline| opened + newline + 1) else { break };
            let names = names_of(&text[head..opened - 1]);
            if !names.is_empty() {
                bodies.push(Body { names, range: opened..closing, text: &text[opened..closing] });
            }
            at = text[closing..].find('\n').map_or(text.len(), |newline| closing + newline + 1);
            head = at;
            continue;
        }
        if line.ends_with(';') && !line.starts_with([' ', '\t', '#']) {
            variables.extend(variable_of(line));
        }
        let ends =
            line.is_empty() || line.ends_with([';', '}']) || line.ends_with("*/") || line.starts_with(['#', '}', '/']);
        if ends {
            head = next;
        }
        at = next;
    }
    (bodies, variables)
}

/// The names that a function with that head is called by; none if it is no function's.
fn names_of(head: &str) -> Vec<&str> {
    // Go's receiver stands before the name.
    let receiver = head.find("func (").and_then(|func| Some(func + head[func..].find(')')? + 1));
    let head = &head[receiver.unwrap_or(0)..];
    let Some(open) = head.find('(') else { return Vec::new() };
    let tail = head.rfind(')').map_or("", |close| &head[close..]);
    let first = words(head).next().unwrap_or_default();
    let name = words(&head[..open]).last().unwrap_or_default();
    let attribute =
        name.is_empty() || name.starts_with("__") || matches!(name, "alignas" | "if" | "for" | "while" | "switch");
    if attribute || tail.contains('=') || matches!(first, "namespace" | "class" | "enum" | "union" | "typedef") {
        return Vec::new();
    }
    // `SYSCALL_DEFINE2(gettimeofday, …)` defines what it takes.
    let made = words(&head[open..]).next().filter(|_| name.bytes().all(|byte| !byte.is_ascii_lowercase()));
    made.into_iter().chain([name]).collect()
}

/// The variable that a line outside functions declares.
fn variable_of(line: &str) -> Option<&str> {
    let declared = line.split(['=', '[', ';']).next().filter(|declared| !declared.contains('('))?;
    words(declared).last()
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
        let pruned = prune(&text, |body| memchr::memmem::find(body, b"time(").is_some());
        assert!(pruned.lines().zip(text.lines()).all(|(pruned, line)| pruned.is_empty() || pruned == line));
        assert_eq!(pruned.matches('\n').count(), text.matches('\n').count());
        assert_eq!(pruned.matches("return 1").count(), 0);
        let (bodies, _) = layout(&pruned);
        let kept = bodies.iter().filter(|body| !body.text.trim().is_empty());
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
    fn small_texts_are_kept_whole() {
        assert!(matches!(prune("int f(void)\n{\n\treturn 1;\n}\n", |_| false), Cow::Borrowed(_)));
    }

    #[test]
    fn odd_texts_do_not_matter() {
        let long = "é(\n".repeat(SMALL);
        for text in ["f() {", "f()\n{\n", "{", "(){\n}\n}", "é() {\n\u{a0}é\n}\n", "a\n{\n}"] {
            let text = format!("{long}{text}");
            assert_eq!(prune(&text, |_| false).matches('\n').count(), text.matches('\n').count());
        }
    }
}
