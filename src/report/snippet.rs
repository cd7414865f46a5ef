//! Source lines with carets: the one module that names the diagnostics renderer.
//!
//! It is given places and labels, cuts the few lines around them out of the text, makes them safe for a terminal and
//! draws them as the Rust compiler does.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Origin, Renderer, Snippet};

use super::Style;
use super::clean::clean;
use super::describe::shown;
use super::sources::Sources;
use crate::error::{Error, Problem};
use crate::finding::Span;
use crate::gate::Level;

/// Places farther apart than this are drawn as snippets of their own.
const GAP: u32 = 30;

/// Longer lines (minified code, data) are not drawn, only named.
const LINE_LIMIT: usize = 1_000;

/// Something to say about a stretch of text.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The file.
    pub path: Arc<str>,
    /// Where in it.
    pub span: Span,
    /// What stands beside the carets.
    pub label: String,
    /// The message is about this place.
    pub primary: bool,
}

/// One message with its places and what follows it.
#[derive(Clone, Debug)]
pub struct Message {
    /// How bad it is.
    pub level: Level,
    /// What stands in brackets: the rule.
    pub id: Option<String>,
    /// Where the rule is explained.
    pub url: Option<String>,
    /// One sentence.
    pub title: String,
    /// The places, the most important first.
    pub marks: Vec<Mark>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Draws a message.
pub fn draw(message: &Message, sources: &dyn Sources, style: Style) -> String {
    let level = match message.level {
        Level::Deny => Shown::ERROR,
        Level::Warn => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let mut title = level.primary_title(clean(&message.title).into_owned());
    if let Some(id) = &message.id {
        title = title.id(id.clone());
    }
    if let Some(url) = message.url.as_ref().filter(|_| style.links) {
        title = title.id_url(url.clone());
    }
    let mut group = Group::with_title(title);
    for cluster in clusters(&message.marks) {
        group = group.element(cluster.draw(sources));
    }
    for note in &message.notes {
        group = group.element(Shown::NOTE.message(clean(note).into_owned()));
    }
    if let Some(help) = &message.help {
        group = group.element(Shown::HELP.message(clean(help).into_owned()));
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(style.width.max(40)).hyperlink(style.links).render(&[group])
}

/// Draws an error of the tool itself, with the user's own lines where it is about them.
pub fn draw_error(error: &Error, style: Style) -> String {
    let plain = |title: String, notes: Vec<String>, help: Option<String>| {
        let message = Message { level: Level::Deny, id: None, url: None, title, marks: Vec::new(), notes, help };
        draw(&message, &NoSources, style)
    };
    match error {
        Error::Problems(problems) => {
            problems.iter().map(|problem| draw_problem(problem, style)).collect::<Vec<_>>().join("\n\n")
        }
        other => plain(other.to_string(), other.cause().into_iter().collect(), other.help()),
    }
}

fn draw_problem(problem: &Problem, style: Style) -> String {
    let path: Arc<str> = problem.path.as_str().into();
    let mark = Mark { path, span: problem.span, label: problem.label.clone(), primary: true };
    let (title, help) = (problem.title.clone(), problem.help.clone());
    let message =
        Message { level: Level::Deny, id: None, url: None, title, marks: vec![mark], notes: Vec::new(), help };
    draw(&message, &OneSource(&problem.text), style)
}

struct NoSources;

impl Sources for NoSources {
    fn text(&self, _path: &str) -> Option<Arc<str>> {
        None
    }
}

struct OneSource<'a>(&'a Arc<str>);

impl Sources for OneSource<'_> {
    fn text(&self, _path: &str) -> Option<Arc<str>> {
        Some(Arc::clone(self.0))
    }
}

/// Marks that are drawn together: one file, close to one another.
struct Cluster<'a> {
    marks: Vec<&'a Mark>,
    first: u32,
    last: u32,
}

fn clusters(marks: &[Mark]) -> Vec<Cluster<'_>> {
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    for mark in marks {
        let span = drawn(mark.span);
        let near = clusters.iter_mut().find(|cluster| {
            let same = cluster.marks.first().is_some_and(|first| first.path == mark.path);
            same && span.line <= cluster.last.saturating_add(GAP) && cluster.first <= span.end_line.saturating_add(GAP)
        });
        if let Some(cluster) = near {
            cluster.first = cluster.first.min(span.line);
            cluster.last = cluster.last.max(span.end_line);
            cluster.marks.push(mark);
        } else {
            clusters.push(Cluster { marks: vec![mark], first: span.line, last: span.end_line });
        }
    }
    clusters
}

/// What is underlined: a long stretch only by its first line.
fn drawn(span: Span) -> Span {
    let span = shown(span);
    if span.end_line - span.line > 4 { Span { end_line: span.line, end_column: u32::MAX, ..span } } else { span }
}

impl Cluster<'_> {
    fn draw(&self, sources: &dyn Sources) -> Element<'static> {
        self.lines(sources).map_or_else(|| self.origin(), |lines| self.snippet(&lines).into())
    }

    /// The lines of the cluster, if the text has them and they can be shown.
    fn lines(&self, sources: &dyn Sources) -> Option<Vec<String>> {
        let text = self.marks.first().and_then(|mark| sources.text(&mark.path))?;
        let wanted = (self.last - self.first + 1) as usize;
        let lines: Vec<String> = text
            .split('\n')
            .skip(self.first as usize - 1)
            .take(wanted)
            .map(|line| clean(line.strip_suffix('\r').unwrap_or(line)).into_owned())
            .collect();
        let fits = lines.len() == wanted && lines.iter().all(|line| line.len() <= LINE_LIMIT);
        fits.then_some(lines)
    }

    fn snippet(&self, lines: &[String]) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
        let path = self.marks.first().map(|mark| clean(&mark.path).into_owned());
        let annotations = self.marks.iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = Some(clean(&mark.label).into_owned()).filter(|label| !label.is_empty());
            kind.span(byte_range(lines, self.first, drawn(mark.span))).label(label)
        });
        Snippet::source(lines.join("\n")).line_start(self.first as usize).path(path).annotations(annotations)
    }

    /// Where there is no text to show: the place alone.
    fn origin(&self) -> Element<'static> {
        let (path, span) = self.marks.first().map_or_else(
            || (String::new(), Span::default()),
            |mark| (clean(&mark.path).into_owned(), shown(mark.span)),
        );
        Origin::path(path).line(span.line as usize).char_column(span.column as usize).into()
    }
}

/// Where a span lies in the joined lines, in bytes; never empty where there is a character to show.
fn byte_range(lines: &[String], first: u32, span: Span) -> Range<usize> {
    let start = byte_at(lines, first, span.line, span.column);
    let end = byte_at(lines, first, span.end_line, span.end_column);
    start..end.max(start)
}

fn byte_at(lines: &[String], first: u32, line: u32, column: u32) -> usize {
    let index = ((line - first) as usize).min(lines.len().saturating_sub(1));
    let before: usize = lines.iter().take(index).map(|line| line.len() + 1).sum();
    let inside = lines
        .get(index)
        .map_or(0, |line| line.char_indices().nth(column as usize - 1).map_or(line.len(), |(offset, _)| offset));
    before + inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sources::Memory;

    fn mark(path: &str, span: Span, label: &str, primary: bool) -> Mark {
        Mark { path: path.into(), span, label: label.into(), primary }
    }

    fn drawn_with(marks: Vec<Mark>, text: &str) -> String {
        let message = Message {
            level: Level::Deny,
            id: Some("date-gate".into()),
            url: None,
            title: "it stops".into(),
            marks,
            notes: vec!["then it exits".into()],
            help: None,
        };
        draw(&message, &Memory::from_iter([("a.c", text)]), Style::default())
    }

    #[test]
    fn lines_carets_and_labels() {
        let text = "int END = 5;\n\n\n\nif (äöü > END) {\n";
        let marks = vec![
            mark("a.c", Span::on_line(5, 5, 14), "compared here", true),
            mark("a.c", Span::on_line(1, 11, 12), "deadline", false),
        ];
        let expected = "\
error[date-gate]: it stops
 --> a.c:5:5
  |
1 | int END = 5;
  |           - deadline
...
5 | if (äöü > END) {
  |     ^^^^^^^^^ compared here
  |
  = note: then it exits";
        assert_eq!(drawn_with(marks, text), expected);
    }

    #[test]
    fn odd_places_never_panic() {
        let far = u32::MAX - 1;
        for span in [
            Span::default(),
            Span::on_line(1, far, far),
            Span::on_line(far, 1, 2),
            Span { line: 1, column: 3, end_line: far, end_column: 1 },
            Span { line: 2, column: 9, end_line: 1, end_column: 1 },
        ] {
            for text in ["", "x", "x\r\ny", "\n\n\n", "\u{1b}[0m\u{0}"] {
                assert!(drawn_with(vec![mark("a.c", span, "l", true)], text).contains("a.c:"), "{span:?} {text:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        let place = mark("gone.c", Span::on_line(7, 3, 9), "", true);
        assert!(drawn_with(vec![place], "").contains("--> gone.c:7:3"));
        let long = "x".repeat(LINE_LIMIT + 1);
        let drawn = drawn_with(vec![mark("a.c", Span::on_line(1, 3, 9), "", true)], &long);
        assert!(drawn.contains("--> a.c:1:3") && !drawn.contains("xxx"));
    }

    #[test]
    fn far_places_get_their_own_snippet() {
        let text = "a\n".repeat(200);
        let marks = vec![
            mark("a.c", Span::on_line(150, 1, 2), "here", true),
            mark("a.c", Span::on_line(2, 1, 2), "there", false),
        ];
        let drawn = drawn_with(marks, &text);
        assert!(drawn.contains("--> a.c:150:1") && drawn.contains("a.c:2:1"), "{drawn}");
    }
}
