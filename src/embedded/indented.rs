//! Templates whose lines are told by their indentation (Haml, Slim, Pug): a line is an element, text, or code behind a mark,
//! and what stands deeper belongs to it.
//!
//! Code that has deeper lines opens a block, which ends with them unless a line goes on with it (`else`). What a template
//! marks its code with is data ([`Host`]): its tags begin a line, and one without a mark begins with the word of a directive.

use std::ops::Range;

use crate::language::registry::Languages;

use super::brackets::closing;
use super::template::{Directive, Tag};
use super::{Guest, Host};

pub(super) fn guests(host: &Host, text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(language) = host.guests.first().and_then(|name| languages.named(name)) else { return Vec::new() };
    let mut page = Page { host, text, program: Guest::new(language), open: Vec::new() };
    page.read();
    vec![page.program]
}

struct Page<'h> {
    host: &'h Host,
    text: &'h str,
    program: Guest,
    /// How deep the lines stand whose blocks are open.
    open: Vec<usize>,
}

/// A line that is not blank.
struct Line {
    indent: usize,
    /// What stands in it.
    body: Range<usize>,
}

/// What a line is.
enum Part<'h> {
    /// Nothing of it, and of what stands deeper, is shown.
    Comment,
    /// Code, between what the program gets before and after it.
    Code(&'h Tag, Range<usize>),
    /// A directive with what follows its word.
    Word(&'h Directive, Range<usize>),
    /// Something is shown, and maybe what a piece of code gives.
    Shown(Option<Range<usize>>),
}

impl<'h> Page<'h> {
    fn read(&mut self) {
        let lines = lines(self.text);
        let mut hidden = None;
        for (n, line) in lines.iter().enumerate() {
            if hidden.is_some_and(|indent| line.indent > indent) {
                continue;
            }
            hidden = None;
            let deeper = lines.get(n + 1).is_some_and(|next| next.indent > line.indent);
            let part = self.part(line);
            let goes_on = match &part {
                Part::Code(_, code) => self.goes_on(code.clone()),
                Part::Word(word, _) => word.goes_on,
                _ => false,
            };
            self.close(line.indent, goes_on, line.body.start);
            match part {
                Part::Comment => hidden = Some(line.indent),
                Part::Shown(code) => self.show(code, line.body.start),
                Part::Code(tag, code) => self.code(tag, code, deeper && !goes_on, line),
                Part::Word(word, rest) => self.word(word, rest, deeper && !goes_on, line),
            }
        }
        self.close(0, false, self.text.len());
    }

    /// Ends the blocks of the lines that stand as deep or deeper, but for one that the line goes on with.
    fn close(&mut self, indent: usize, goes_on: bool, at: usize) {
        while let Some(last) = self.open.pop_if(|last| *last >= indent) {
            if goes_on && last == indent {
                self.open.push(last);
                break;
            }
            self.program.write(&self.host.closes, at..at);
        }
    }

    fn part(&self, line: &Line) -> Part<'h> {
        let host = self.host;
        let body = &self.text[line.body.clone()];
        let marked = host.tags.iter().filter(|tag| body.starts_with(tag.mark()));
        let tag = marked.max_by_key(|tag| tag.mark().len());
        match tag {
            Some(tag) if tag.is_comment() => Part::Comment,
            Some(tag) => Part::Code(tag, line.body.start + tag.mark().len()..line.body.end),
            None => {
                let fits = |word: &&Directive| word.begins(body);
                match host.directives.iter().filter(fits).max_by_key(|word| word.word.len()) {
                    Some(word) if word.is_code() => Part::Word(word, line.body.start + word.word.len()..line.body.end),
                    _ => Part::Shown(output(self.text, line.body.clone())),
                }
            }
        }
    }

    /// Whether code goes on with the block before it.
    fn goes_on(&self, code: Range<usize>) -> bool {
        let code = self.text[code].trim_start_matches([' ', '}']);
        self.host.directives.iter().any(|word| word.goes_on && word.begins(code))
    }

    fn show(&mut self, code: Option<Range<usize>>, at: usize) {
        match code {
            Some(code) => {
                self.program.write("\nrender(", code.start..code.start);
                self.program.copy(self.text, code.clone());
                self.program.write(")\n", code.end..code.end);
            }
            None => self.program.write(&self.host.shows, at..at),
        }
    }

    fn code(&mut self, tag: &Tag, code: Range<usize>, opens: bool, line: &Line) {
        // What is shown with a block is a call with one: `= form_for(x) do |form|`.
        let (before, after) = if opens { ("\n", "\n") } else { tag.around() };
        self.program.write(before, code.start..code.start);
        self.program.copy(self.text, code.clone());
        if opens && !self.text[code.clone()].ends_with('{') {
            self.program.write(&self.host.opens, code.end..code.end);
        }
        self.program.write(after, code.end..code.end);
        if opens {
            self.open.push(line.indent);
        }
    }

    fn word(&mut self, word: &Directive, rest: Range<usize>, opens: bool, line: &Line) {
        let (before, after) = word.around();
        self.program.write(before, line.body.start..line.body.start);
        self.program.copy(self.text, rest.clone());
        self.program.write(after, rest.end..rest.end);
        if opens {
            self.open.push(line.indent);
        }
    }
}

/// The lines that are not blank.
fn lines(text: &str) -> Vec<Line> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').filter_map(|line| {
        let start = at;
        at += line.len();
        let bare = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - bare.len();
        let body = start + indent..start + indent + bare.trim_end().len();
        (!body.is_empty()).then_some(Line { indent, body })
    });
    lines.collect()
}

/// The code whose value an element shows: `%b.now{ id: 1 }= Date.today`, `p = Date.today`.
fn output(text: &str, body: Range<usize>) -> Option<Range<usize>> {
    let line = &text[body.clone()];
    let element = |c: char| c.is_alphanumeric() || matches!(c, '%' | '.' | '#' | '-' | '_' | ':');
    let mut at = line.len() - line.trim_start_matches(element).len();
    for (open, close) in [('{', "}"), ('(', ")"), ('[', "]")] {
        if line[at..].starts_with(open) {
            at += 2 + closing(&line[at + 1..], close)?;
        }
    }
    let rest = line[at..].trim_start_matches(['<', '>', ' ']);
    let code = ["!=", "&=", "==", "="].iter().find_map(|mark| rest.strip_prefix(mark))?.trim_start();
    (!code.is_empty()).then(|| body.end - code.len()..body.end)
}

#[cfg(test)]
mod tests {
    use super::super::test_support::of;

    const HAML: &str = "-# a\n   hidden\n- if a < b\n  %b Sale\n  %i.c{ id: 'd' }= e\n- else\n  text\n- f.each do |g|\n  = g\n= form_for h do |i|\n  x\n";
    const PUG: &str =
        "//- a\n  hidden\nif a < b\n  b Sale\nelse if c\n  p= d\nelse\n  | text\n- var e = 1\neach f in g\n  = f\n";

    fn lines(name: &str, text: &str) -> String {
        let program = of(name, text).remove(0).text;
        program.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn blocks_end_with_their_indentation() {
        assert_eq!(
            lines("haml", HAML),
            "if a < b render() render(e) else render() end f.each do |g| render( g) end form_for h do |i| render() end"
        );
        assert_eq!(
            lines("pug", PUG),
            "if ( a < b) { render(); } else if ( c) { render(d) } else { render(); } var e = 1 if (unknown()) { // f in g render( f) }"
        );
    }

    #[test]
    fn broken_templates_are_no_matter() {
        for (name, sample) in [("haml", HAML), ("slim", HAML), ("pug", PUG)] {
            let chars: Vec<char> = sample.chars().collect();
            for length in 0..chars.len() {
                lines(
                    name,
                    &format!("{}é{}", String::from_iter(&chars[..length]), String::from_iter(&chars[length + 1..])),
                );
                lines(name, &String::from_iter(&chars[length..]));
            }
        }
    }
}
