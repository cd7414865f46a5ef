//! Expressions of template languages, said in the language that their engine is written in: Twig's `"now"|date("U")` is
//! PHP's `date("U", strtotime("now"))`, Liquid's `'now' | date: '%s'` Ruby's `Time.now.strftime('%s')`.
//!
//! What each function and filter is there is data ([`Function`]); what is not told is a call of `unknown()`, of which
//! nothing follows.

use std::ops::Range;

use serde::Deserialize;

use super::{Guest, Host};

/// Brackets inside each other that are read.
const DEPTH: usize = 32;
/// What nothing is known of.
const UNKNOWN: &str = "unknown()";

/// How expressions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// Operators between values, `value | filter(argument)` or `value | filter: argument`, `function(argument)`.
    Filters,
    /// `function argument | function argument`, as in Go's templates: what is piped is the last argument.
    Pipeline,
}

/// What a function, a filter or a name is in the language of the program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Function {
    /// Its names in the template.
    name: Vec<String>,
    /// It counts if its first argument is one of these texts.
    #[serde(default)]
    is: Vec<String>,
    /// It counts if its first argument is a text as it stands there.
    #[serde(default)]
    text: bool,
    /// The code, with `$0`, `$1`, … for the arguments; of a filter, `$0` is what it is given. It counts if there are as many.
    code: String,
}

impl Function {
    fn arity(&self) -> usize {
        (0..9).rev().find(|n| self.code.contains(&format!("${n}"))).map_or(0, |n| n + 1)
    }

    fn takes(&self, name: &str, arguments: &[Guest]) -> bool {
        let first = arguments.first().map_or("", |first| first.text.as_str());
        let text = first.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
        self.name.iter().any(|own| own == name)
            && self.arity() == arguments.len()
            && (self.is.is_empty() || text.is_some_and(|text| self.is.iter().any(|own| own == text)))
            && (!self.text || text.is_some())
    }
}

/// What stands there, as the program says it.
pub(super) fn program(form: Form, host: &Host, text: &str, range: Range<usize>, language: usize) -> Guest {
    let mut reader = Reader { host, text, at: range.start, end: range.end, start: range.start, language };
    let read = match form {
        Form::Filters => reader.value(0, DEPTH),
        Form::Pipeline => reader.pipeline(DEPTH),
    };
    reader.blanks();
    read.filter(|_| reader.at >= reader.end).unwrap_or_else(|| reader.unknown(range))
}

struct Reader<'h> {
    host: &'h Host,
    text: &'h str,
    at: usize,
    end: usize,
    /// Where the last value began.
    start: usize,
    language: usize,
}

/// Operators in the order of how loosely they bind.
const OPERATORS: [&[&str]; 5] =
    [&["or", "||"], &["and", "&&"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-", "~"], &["*", "/", "%"]];

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Passes a sign or a word, if it stands there.
    fn take(&mut self, word: &str) -> bool {
        self.blanks();
        let rest = self.rest();
        let is_name = word.ends_with(|c: char| c.is_ascii_alphanumeric());
        let found = rest.strip_prefix(word).is_some_and(|after| !is_name || !after.starts_with(is_in_name));
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn written(&self, text: &str) -> Guest {
        let mut guest = Guest::new(self.language);
        guest.write(text, self.at..self.at);
        guest
    }

    fn copied(&self, range: Range<usize>) -> Guest {
        let mut guest = Guest::new(self.language);
        guest.copy(self.text, range);
        guest
    }

    fn unknown(&self, range: Range<usize>) -> Guest {
        let mut guest = Guest::new(self.language);
        guest.write(UNKNOWN, range);
        guest
    }

    /// The parts in brackets, one after the other.
    fn joined(&self, parts: &[&Guest]) -> Guest {
        let mut guest = Guest::new(self.language);
        let start = parts.first().map_or(self.at, |first| first.start());
        guest.write("(", start..start);
        parts.iter().for_each(|part| guest.append(part));
        guest.append(&self.written(")"));
        guest
    }

    fn operator(&self, sign: &str) -> Guest {
        self.written(&format!(" {} ", self.host.operators.get(sign).map_or(sign, String::as_str)))
    }

    /// Values with operators between them that bind no looser than `level`.
    fn value(&mut self, level: usize, depth: usize) -> Option<Guest> {
        let Some(signs) = OPERATORS.get(level) else { return self.filtered(depth) };
        if level == 2 && (self.take("not") || self.rest().starts_with('!') && self.take("!")) {
            let value = self.value(level, depth.checked_sub(1)?)?;
            return Some(self.joined(&[&self.operator("not"), &value]));
        }
        let mut value = self.value(level + 1, depth)?;
        while let Some(sign) = signs.iter().find(|sign| self.take(sign)) {
            let other = self.value(level + 1, depth)?;
            value = self.joined(&[&value, &self.operator(sign), &other]);
        }
        if level == 0 && self.take("?") {
            let (yes, _, no) = (self.value(0, depth.checked_sub(1)?)?, self.take(":"), self.value(0, depth - 1)?);
            value = self.joined(&[&value, &self.written(" ? "), &yes, &self.written(" : "), &no]);
        } else if level == 0 && self.take("if") {
            let (test, _, no) = (self.value(0, depth.checked_sub(1)?)?, self.take("else"), self.value(0, depth - 1)?);
            value = self.joined(&[&value, &self.written(" if "), &test, &self.written(" else "), &no]);
        }
        Some(value)
    }

    /// A value and its filters.
    fn filtered(&mut self, depth: usize) -> Option<Guest> {
        let mut value = self.plain(depth)?;
        while !self.rest().trim_start().starts_with("||") && self.take("|") {
            self.blanks();
            let name = self.name()?;
            let mut arguments = vec![value];
            if self.take("(") {
                self.arguments(")", depth, &mut arguments)?;
            } else if self.take(":") {
                self.arguments("", depth, &mut arguments)?;
            }
            value = self.called(&name, &arguments).unwrap_or_else(|| self.written(UNKNOWN));
        }
        Some(value)
    }

    /// Arguments up to what closes them.
    fn arguments(&mut self, close: &str, depth: usize, out: &mut Vec<Guest>) -> Option<()> {
        if !close.is_empty() && self.take(close) {
            return Some(());
        }
        loop {
            // The argument of a filter without brackets ends where the next filter begins.
            let level = if close.is_empty() { OPERATORS.len() } else { 0 };
            let depth = depth.checked_sub(1)?;
            let value = if close.is_empty() { self.plain(depth) } else { self.value(level, depth) };
            let value = value?;
            // What names an argument does not matter here.
            out.push(if self.rest().starts_with('=') && !self.rest().starts_with("==") {
                self.at += 1;
                self.value(0, depth)?
            } else {
                value
            });
            if !self.take(",") {
                return (close.is_empty() || self.take(close)).then_some(());
            }
        }
    }

    /// A function of the template's, as the program says it.
    fn called(&self, name: &str, arguments: &[Guest]) -> Option<Guest> {
        let function = self.host.functions.iter().find(|function| function.takes(name, arguments))?;
        let mut guest = Guest::new(self.language);
        let start = arguments.first().map_or(self.start, Guest::start).min(self.at);
        let place = start..self.at;
        for (n, piece) in function.code.split('$').enumerate() {
            let argument = piece.bytes().next().filter(|byte| n > 0 && byte.is_ascii_digit());
            match argument {
                Some(digit) => {
                    guest.append(arguments.get(usize::from(digit - b'0'))?);
                    guest.write(&piece[1..], place.clone());
                }
                // A sigil.
                None if n > 0 => guest.write(&format!("${piece}"), place.clone()),
                None => guest.write(piece, place.clone()),
            }
        }
        Some(guest)
    }

    /// A value without filters, with its members.
    fn plain(&mut self, depth: usize) -> Option<Guest> {
        self.blanks();
        let start = self.at;
        self.start = start;
        let depth = depth.checked_sub(1)?;
        if let Some(literal) = self.literal() {
            return Some(literal);
        }
        let mut value = if self.take("(") {
            let inside = self.value(0, depth)?;
            self.take(")").then(|| self.joined(&[&inside]))?
        } else {
            let path = self.path()?;
            if self.take("(") {
                let mut arguments = Vec::new();
                self.arguments(")", depth, &mut arguments)?;
                self.called(&path, &arguments).unwrap_or_else(|| self.call(start, &path, &arguments))
            } else {
                self.called(&path, &[]).unwrap_or_else(|| self.variable(start..start + path.len()))
            }
        };
        while let Some(next) = self.member(&value, depth)? {
            value = next;
        }
        Some(value)
    }

    /// A value's member, call or element, if one follows. What a name is given from outside is not known: its dates are no
    /// build's.
    fn member(&mut self, value: &Guest, depth: usize) -> Option<Option<Guest>> {
        let mut whole = value.clone();
        if self.rest().starts_with('[') {
            self.at += 1;
            let index = self.value(0, depth)?;
            whole.append(&self.written("["));
            whole.append(&index);
            whole.append(&self.written("]"));
            return self.take("]").then_some(Some(whole));
        }
        if !self.rest().starts_with('.') {
            return Some(None);
        }
        let from = self.at + 1;
        self.at = from;
        let name = self.name()?;
        if !self.rest().starts_with('(') {
            let known = self.called(&format!(".{name}"), std::slice::from_ref(value));
            return Some(Some(known.unwrap_or_else(|| self.written(UNKNOWN))));
        }
        self.at += 1;
        let mut arguments = Vec::new();
        self.arguments(")", depth, &mut arguments)?;
        whole.append(&self.written(self.host.member.as_deref().unwrap_or(".")));
        whole.append(&self.copied(from..from + name.len()));
        whole.append(&self.list(&arguments));
        Some(Some(whole))
    }

    fn list(&self, arguments: &[Guest]) -> Guest {
        let comma = self.written(", ");
        let parts: Vec<&Guest> =
            arguments.iter().enumerate().flat_map(|(n, a)| [&comma, a].into_iter().skip(usize::from(n == 0))).collect();
        self.joined(&parts)
    }

    fn call(&self, start: usize, path: &str, arguments: &[Guest]) -> Guest {
        let mut guest = self.copied(start..start + path.len());
        guest.append(&self.list(arguments));
        guest
    }

    /// The name that stands there, as the program writes it.
    fn variable(&self, range: Range<usize>) -> Guest {
        let mut guest = self.written(&self.host.sigil);
        guest.append(&self.copied(range));
        guest
    }

    /// A text or a number.
    fn literal(&mut self) -> Option<Guest> {
        let (rest, start) = (self.rest(), self.at);
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' | '`' => rest[1..].find(first)? + 2,
            '0'..='9' | '-' => rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(rest.len()),
            _ => return None,
        };
        self.at += length;
        Some(self.copied(start..self.at))
    }

    /// A name.
    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_in_name(c)).unwrap_or(rest.len());
        let name = rest[..length].to_owned();
        self.at += length;
        (length > 0).then_some(name)
    }

    /// Names with dots between them; a call's last name is a method's unless it is a function with a dotted name.
    fn path(&mut self) -> Option<String> {
        let start = self.at;
        self.name()?;
        let mut end = self.at;
        let known = |path: &str| self.host.functions.iter().any(|function| function.name.iter().any(|own| own == path));
        let mut known_to = known(&self.text[start..end]).then_some(end);
        while let Some(rest) = self.text.get(end..self.end).and_then(|rest| rest.strip_prefix('.')) {
            let length = rest.find(|c: char| !is_in_name(c)).unwrap_or(rest.len());
            if length == 0 {
                break;
            }
            end += 1 + length;
            if known(&self.text[start..end]) {
                known_to = Some(end);
            }
        }
        self.at = known_to.unwrap_or(self.at);
        Some(self.text[start..self.at].to_owned())
    }

    /// Commands of Go's templates, each given what the one before it gave.
    fn pipeline(&mut self, depth: usize) -> Option<Guest> {
        let mut value = self.command(None, depth)?;
        while self.take("|") {
            value = self.command(Some(value), depth)?;
        }
        Some(value)
    }

    fn command(&mut self, piped: Option<Guest>, depth: usize) -> Option<Guest> {
        self.blanks();
        let (start, first) = (self.at, self.operand(depth)?);
        let name = self.text[start..self.at].to_owned();
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            if self.at >= self.end || self.rest().starts_with(['|', ')']) {
                break;
            }
            arguments.push(self.operand(depth)?);
        }
        arguments.extend(piped);
        match self.called(&name, &arguments) {
            Some(known) => Some(known),
            None if arguments.is_empty() => Some(first),
            None => {
                Some(self.call(start, &name, &arguments)).filter(|_| name.chars().all(|c| is_in_name(c) || c == '.'))
            }
        }
    }

    fn operand(&mut self, depth: usize) -> Option<Guest> {
        self.blanks();
        self.start = self.at;
        let depth = depth.checked_sub(1)?;
        if let Some(literal) = self.literal() {
            return Some(literal);
        }
        let mut value = if self.take("(") {
            let inside = self.pipeline(depth)?;
            self.take(")").then(|| self.joined(&[&inside]))?
        } else {
            let is_variable = self.rest().starts_with('$');
            self.at += usize::from(is_variable);
            let start = self.at;
            let rest = self.rest();
            let length = rest.find(|c: char| !is_in_name(c) && c != '.').unwrap_or(rest.len());
            self.at += length;
            self.field(start, is_variable)?
        };
        while self.rest().starts_with('.') {
            let from = self.at;
            self.at += 1;
            self.name()?;
            let (path, method) = (self.text[from..self.at].to_owned(), self.copied(from..self.at));
            value = self.called(&path, std::slice::from_ref(&value)).unwrap_or_else(|| {
                value.append(&method);
                value.clone()
            });
        }
        Some(value)
    }

    /// A name, or the value at a path of the page's data, of which the last part may be a method that is known.
    fn field(&self, start: usize, is_variable: bool) -> Option<Guest> {
        let path = &self.text[start..self.at];
        if path.is_empty() {
            return None;
        }
        let known = self.called(path, &[]).filter(|_| !is_variable);
        let method = path.rfind('.').filter(|at| *at > 0).map(|at| &path[at..]);
        let unknown = self.unknown(start..self.at);
        let of_method = || self.called(method?, std::slice::from_ref(&unknown));
        let name = || (!path.contains('.')).then(|| self.copied(start..self.at));
        known.or_else(name).or_else(of_method).or(Some(unknown.clone()))
    }
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
