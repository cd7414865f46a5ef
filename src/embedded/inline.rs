//! Programs in a shell's text: what a command is handed to run (`sh -c '…'`, `node -e "…"`), and here-documents that an
//! interpreter reads (`python3 - <<EOF`).

use std::ops::Range;

use crate::language::registry::Languages;

use super::Guest;

/// Programs in programs that are read.
const DEPTH: usize = 2;
/// No longer command is looked at before what it is handed, in bytes.
const COMMAND: usize = 256;
/// Options of interpreters behind which a program stands.
const OPTIONS: [&str; 12] =
    ["-c", "-lc", "-ec", "-xc", "-exc", "-e", "-ne", "-p", "-r", "--eval", "-Command", "-command"];

/// The programs in a file of the shell's.
pub(super) fn of_file(text: &str, languages: &Languages) -> Vec<Guest> {
    let Some(shell) = languages.named("sh") else { return Vec::new() };
    let mut whole = Guest::new(shell);
    whole.copy(text, 0..text.len());
    guests(&whole, languages)
}

/// The programs in a program of the shell's, and those in them.
pub(super) fn guests(program: &Guest, languages: &Languages) -> Vec<Guest> {
    let mut found: Vec<Guest> = Vec::new();
    let mut open = vec![(program.clone(), DEPTH)];
    while let Some((program, depth)) = open.pop() {
        let is_shell = languages.list().get(program.language).is_some_and(|language| language.id == "bash");
        if is_shell && depth > 0 {
            let inside = handed(&program, languages).into_iter().chain(here_documents(&program, languages));
            let inside: Vec<Guest> = inside.collect();
            open.extend(inside.iter().map(|guest| (guest.clone(), depth - 1)));
            found.extend(inside);
        }
    }
    found
}

/// What interpreters are handed in quotes.
fn handed(program: &Guest, languages: &Languages) -> Vec<Guest> {
    let text = program.text.as_str();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = text[at..].find(['"', '\'']).map(|found| at + found) {
        at = quote + 1;
        let Some(language) = interpreter(line_before(text, quote)).and_then(|name| languages.named(name)) else {
            continue;
        };
        let Some(inside) = quoted(text, quote) else { continue };
        at = inside.end + 1;
        let begins =
            if languages.list().get(language).is_some_and(|language| language.id == "php") { "<?php " } else { "" };
        let mut guest = Guest::new(language);
        guest.write(begins, quote..quote);
        guest.append(&unescaped(program, inside, text[quote..].starts_with('"')));
        found.push(guest);
    }
    found
}

/// What stands before a byte on its line; of a long line, the end of that.
fn line_before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(COMMAND);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let line = &text[from..at];
    line.rsplit('\n').next().unwrap_or(line)
}

/// The interpreter that is handed what follows: `/bin/sh -e -c `.
fn interpreter(before: &str) -> Option<&str> {
    if !before.ends_with([' ', '\t']) {
        return None;
    }
    let mut words = before.split_whitespace().rev();
    let option = words.next()?;
    if !OPTIONS.contains(&option) {
        return None;
    }
    let word = words.find(|word| !word.starts_with('-'))?;
    let name = word.rsplit(['/', '(', ';', '|', '&', '`', '"', '=', '\'', '@']).next()?;
    let own = name.trim_end_matches(".exe");
    let takes = match own.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" => option.ends_with('c') && !option.starts_with("--"),
        "python" => option == "-c",
        "node" => matches!(option, "-e" | "-p" | "--eval"),
        "ruby" => option == "-e",
        "perl" => matches!(option, "-e" | "-ne"),
        "php" => option == "-r",
        "pwsh" | "powershell" => matches!(option, "-c" | "-Command" | "-command"),
        _ => false,
    };
    takes.then_some(own)
}

/// What stands in the quotes that open there.
fn quoted(text: &str, at: usize) -> Option<Range<usize>> {
    let quote = *text.as_bytes().get(at)?;
    let mut end = at + 1;
    while let Some(&byte) = text.as_bytes().get(end) {
        match byte {
            _ if byte == quote => return Some(at + 1..end),
            b'\\' if quote == b'"' => end += 2,
            _ => end += 1,
        }
    }
    None
}

/// A part of a program as the shell hands it over.
fn unescaped(program: &Guest, range: Range<usize>, escapes: bool) -> Guest {
    let mut guest = Guest::new(program.language);
    let text = &program.text;
    let mut at = range.start;
    while let Some(found) = text[at..range.end].find('\\').map(|found| at + found).filter(|_| escapes) {
        let next = text[found + 1..range.end].chars().next();
        let is_escape = next.is_some_and(|next| matches!(next, '"' | '\\' | '$' | '`' | '\n'));
        guest.append(&program.slice(at..found + usize::from(!is_escape)));
        let length = next.filter(|_| is_escape).map_or(0, char::len_utf8);
        guest.append(&program.slice(found + 1..found + 1 + length));
        at = found + 1 + length;
    }
    guest.append(&program.slice(at..range.end));
    guest
}

/// The here-documents that interpreters read.
fn here_documents(program: &Guest, languages: &Languages) -> Vec<Guest> {
    let text = program.text.as_str();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = text[at..].find("<<").map(|found| at + found) {
        at = mark + 2;
        let Some((delimiter, body)) = here_document(text, mark) else { continue };
        let line = line_before(text, mark);
        let command = line.rsplit(['|', ';', '&', '(']).next().unwrap_or(line);
        let mut words =
            command.split_whitespace().skip_while(|word| matches!(*word, "sudo" | "exec" | "env" | "then" | "do"));
        let name = words.next().map(|word| word.rsplit('/').next().unwrap_or(word));
        // What is no option is a script of its own.
        let alone = words.all(|word| word.starts_with('-') || word.starts_with('>'));
        if let Some(language) = name.filter(|_| alone).and_then(|name| languages.named(name)) {
            let mut guest = program.slice(body.clone());
            guest.language = language;
            found.push(guest);
        }
        at = body.end.max(mark + 2 + delimiter);
    }
    found
}

/// How long the delimiter of a here-document is, and its body.
fn here_document(text: &str, mark: usize) -> Option<(usize, Range<usize>)> {
    let rest = text[mark + 2..].strip_prefix('-').unwrap_or(&text[mark + 2..]);
    let rest = rest.trim_start_matches([' ', '\'', '"', '\\']);
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let delimiter = &rest[..length];
    if delimiter.is_empty() || delimiter.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let start = mark + text[mark..].find('\n')? + 1;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim() == delimiter {
            return Some((length, start..at));
        }
        at += line.len();
    }
    None
}
