//! Dockerfiles: what `RUN` runs while the image is built, and what `CMD` and `ENTRYPOINT` run when it starts.
//!
//! Each instruction is a program of its own, in the shell's language unless `SHELL`, a here-document's command or its
//! `#!` line says otherwise. `ENV` and `ARG` are the shell's variables.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::registry::Languages;

use super::Guest;
use super::variables::{Variable, with_variables};

pub(super) fn guests(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(bash) = languages.named("sh") else { return Vec::new() };
    let mut shell = Some(bash);
    let mut variables: HashMap<String, Variable> = HashMap::new();
    let mut guests = Vec::new();
    for instruction in instructions(text) {
        let guest = match instruction.word.as_str() {
            "FROM" => {
                shell = Some(bash);
                continue;
            }
            "SHELL" => {
                let program = strings(text, &instruction).next().map_or("", |range| &text[range]);
                let name = program.rsplit(['/', '\\']).next().unwrap_or(program).trim_end_matches(".exe");
                shell = languages.named(name);
                continue;
            }
            "ENV" | "ARG" => {
                variables.extend(settings(text, &instruction));
                continue;
            }
            "RUN" | "CMD" | "ENTRYPOINT" => shell.and_then(|shell| program(text, &instruction, shell, languages)),
            "COPY" | "ADD" => file(text, &instruction, languages),
            _ => None,
        };
        guests.extend(guest.map(|guest| {
            let known = |name: &str| variables.get(name).cloned();
            if guest.language == bash { with_variables(&guest, true, known) } else { guest }
        }));
    }
    guests
}

/// An instruction: its word, the lines of its arguments, and its here-document.
struct Instruction {
    word: String,
    /// Without what ends in each line but the last: the backslash and what follows.
    lines: Vec<Range<usize>>,
    here: Option<Here>,
}

/// A here-document.
struct Here {
    /// Where `<<` stands.
    at: usize,
    body: Range<usize>,
}

fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        at = next;
        let written = text[line.clone()].trim_start();
        let (word, _) = written.split_once(char::is_whitespace).unwrap_or((written, ""));
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            continue;
        }
        let start = line.end - written.len() + word.len();
        let mut instruction = Instruction { word: word.to_ascii_uppercase(), lines: Vec::new(), here: None };
        at = arguments(text, start..line.end, at, &mut instruction);
        // `ONBUILD RUN …`, `HEALTHCHECK --interval=5m CMD …`: what is run is what matters.
        if matches!(instruction.word.as_str(), "ONBUILD" | "HEALTHCHECK") {
            unwrap(text, &mut instruction);
        }
        found.push(instruction);
    }
    found
}

/// The line at a byte without its end, and where the next begins.
fn line_at(text: &str, at: usize) -> (Range<usize>, usize) {
    let rest = &text[at..];
    let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let end = at + rest[..length].trim_end_matches('\r').len();
    (at..end, (at + length + 1).min(text.len().max(at + 1)))
}

/// Takes the arguments' lines and the here-document; gives where the next instruction begins.
fn arguments(text: &str, first: Range<usize>, mut next: usize, out: &mut Instruction) -> usize {
    let mut line = first;
    loop {
        let written = &text[line.clone()];
        let trimmed = written.trim_end();
        let comment = !out.lines.is_empty() && written.trim_start().starts_with('#');
        let goes_on = trimmed.ends_with('\\');
        if !comment && !trimmed.is_empty() {
            out.lines.push(line.start..line.start + trimmed.len() - usize::from(goes_on));
        }
        let here = written.find("<<").filter(|at| !comment && !written[at + 2..].starts_with('<'));
        if let Some(at) = here
            && let Some(delimiter) = delimiter(&written[at + 2..])
        {
            let (body, after) = here_document(text, next, delimiter);
            out.here = Some(Here { at: line.start + at, body });
            return after;
        }
        // Comments and empty lines do not end an instruction that goes on.
        if !(goes_on || comment || (trimmed.is_empty() && !out.lines.is_empty())) || next >= text.len() {
            return next;
        }
        (line, next) = line_at(text, next);
    }
}

/// The word after `<<`.
fn delimiter(text: &str) -> Option<&str> {
    let word = text.trim_start_matches('-').trim_start_matches(['"', '\'']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
    (end > 0 && !word.starts_with(|c: char| c.is_ascii_digit())).then(|| &word[..end])
}

/// The lines up to the delimiter, and what follows.
fn here_document(text: &str, start: usize, delimiter: &str) -> (Range<usize>, usize) {
    let mut at = start;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        if text[line].trim() == delimiter {
            return (start..at, next);
        }
        at = next;
    }
    (start..text.len(), text.len())
}

/// Takes the instruction inside another as that one.
fn unwrap(text: &str, instruction: &mut Instruction) {
    let Some(first) = instruction.lines.first_mut() else { return };
    let written = &text[first.clone()];
    for word in ["RUN", "CMD", "ENTRYPOINT"] {
        if let Some(at) = written.find(&format!("{word} ")) {
            word.clone_into(&mut instruction.word);
            first.start += at + word.len();
            return;
        }
    }
}

/// The program that an instruction runs.
fn program(text: &str, instruction: &Instruction, shell: usize, languages: &Languages) -> Option<Guest> {
    let first = instruction.lines.first()?.clone();
    let start = first.start + options(&text[first.clone()]);
    if text[start..first.end].trim_start().starts_with('[') {
        return of_list(text, instruction, languages);
    }
    let mut guest = Guest::new(shell);
    if let Some(here) = &instruction.here {
        let command = text[start..here.at.max(start)].split_whitespace().next();
        let name = command.map(|command| command.rsplit('/').next().unwrap_or(command));
        let body = text[here.body.clone()].as_bytes();
        let language = match name {
            None => languages.shebang(body).or(Some(shell)),
            Some(name) => languages.named(name),
        };
        if let Some(language) = language {
            guest.language = language;
            guest.copy(text, here.body.clone());
            return Some(guest);
        }
    }
    for (n, line) in instruction.lines.iter().enumerate() {
        guest.copy(text, if n == 0 { start..line.end } else { line.clone() });
        if n + 1 < instruction.lines.len() {
            guest.write(" \\\n", line.end..line.end);
        }
    }
    if let Some(here) = &instruction.here {
        guest.write("\n", here.body.start..here.body.start);
        let end = line_at(text, here.body.end.min(text.len())).0.end;
        guest.copy(text, here.body.start..end);
    }
    Some(guest)
}

/// How long the options are that an instruction begins with: `--mount=type=cache,target=/root`.
fn options(text: &str) -> usize {
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    }
    text.len() - rest.len()
}

/// `["sh", "-c", "…"]`.
fn of_list(text: &str, instruction: &Instruction, languages: &Languages) -> Option<Guest> {
    let words: Vec<Range<usize>> = strings(text, instruction).collect();
    let [program, flag, code, ..] = words.as_slice() else { return None };
    let program = text[program.clone()].rsplit('/').next()?;
    if !text[flag.clone()].starts_with('-') || !text[flag.clone()].ends_with(['c', 'e']) {
        return None;
    }
    let mut guest = Guest::new(languages.named(program)?);
    let quoted = text.get(code.start - 1..code.end + 1)?;
    guest.decode(&serde_json::from_str::<String>(quoted).ok()?, true, text, code.clone());
    Some(guest)
}

/// The texts in double quotes, without them.
fn strings<'t>(text: &'t str, instruction: &'t Instruction) -> impl Iterator<Item = Range<usize>> + 't {
    let lines = instruction.lines.iter().cloned();
    lines.flat_map(move |line| {
        let mut at = line.start;
        std::iter::from_fn(move || {
            let start = at + text[at..line.end].find('"')? + 1;
            let mut end = start + text[start..line.end].find('"')?;
            while text[..end].ends_with('\\') && !text[..end].ends_with("\\\\") {
                end += 1 + text[end + 1..line.end].find('"')?;
            }
            at = end + 1;
            Some(start..end)
        })
    })
}

/// A file that stands in the instruction: `COPY <<EOF /usr/local/bin/start.sh`.
fn file(text: &str, instruction: &Instruction, languages: &Languages) -> Option<Guest> {
    let here = instruction.here.as_ref()?;
    let target = text[instruction.lines.last()?.clone()].split_whitespace().last()?;
    let body = &text[here.body.clone()];
    let id = languages.of(target, body.as_bytes())?.id;
    let mut guest = Guest::new(languages.named(id)?);
    guest.copy(text, here.body.clone());
    Some(guest)
}

/// The variables that `ENV A=b C="d"` and `ARG A=b` set, and `ENV A b`.
fn settings(text: &str, instruction: &Instruction) -> Vec<(String, Variable)> {
    let mut found = Vec::new();
    for line in &instruction.lines {
        let written = &text[line.clone()];
        let mut at = written.len() - written.trim_start().len();
        while let Some((name, rest)) = written[at..].split_once(['=', ' ']) {
            let start = written.len() - rest.len();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (from, length) = match quote {
                Some(quote) => (start + 1, rest[1..].find(quote).unwrap_or(rest.len() - 1)),
                None => (start, rest.find(char::is_whitespace).unwrap_or(rest.len())),
            };
            let value = &written[from..from + length];
            if !value.contains('$') {
                let place = line.start + from..line.start + from + length;
                found.push((name.trim().to_owned(), Variable::text(value, place)));
            }
            let end = from + length + usize::from(quote.is_some());
            at = (end + written.get(end..).map_or(0, |rest| rest.len() - rest.trim_start().len())).min(written.len());
        }
    }
    found
}
