//! What the text around a credential says of it: that it is in a comment, in prose, or meant to be refused.

use super::intent::{intent, named, words};
use super::source::Source;
use crate::source::APK_SIGNERS;

/// How much of a line is looked at before a credential.
const LONGEST_COMMENT: usize = 256;

/// How much of the text before a credential may name it.
const LONGEST_NAME: usize = 160;

/// Why a credential at `offset` may not be more than a note; `None` if nothing speaks against it.
pub(super) fn reason_for_note(source: &Source, offset: usize, in_test: bool) -> Option<String> {
    if is_comment(source, offset) {
        return Some("it stands in a comment".to_owned());
    }
    if source.is_disabled(offset) {
        return Some("it stands under `#if 0`".to_owned());
    }
    if let Some(word) = meant_to_be_refused(source, offset) {
        return Some(format!("by its name ({word}) it is meant to be refused"));
    }
    if let Some(why) = no_product(source) {
        return Some(why.to_owned());
    }
    if in_test && let Some(word) = source.frozen_clock() {
        return Some(format!("the test's clock is set ({word})"));
    }
    None
}

/// Whether names around a credential say that it is refused because it does not hold yet.
pub(super) fn meant_to_be_not_yet_valid(source: &Source, offset: usize) -> bool {
    named(&words(source.name()), &intent().not_yet_valid_name).is_some()
        || named(&introduction(source, offset), &intent().not_yet_valid_text).is_some()
}

/// Why what stands in a file is no part of the product, by its extension, folder or name.
fn no_product(source: &Source) -> Option<&'static str> {
    let (extension, intent) = (source.extension(), intent());
    let in_folder = || source.folders().any(|folder| intent.documentation_folders.iter().any(|name| name == folder));
    if intent.documentation.contains(&extension) || (intent.markup.contains(&extension) && in_folder()) {
        return Some("it is an example in documentation");
    }
    if intent.data.contains(&extension) && named(&words(source.name()), &intent.example_name).is_some() {
        return Some("by the file's name it is an example");
    }
    if intent.patches.contains(&extension) {
        return Some("it stands in a patch");
    }
    let in_package = source.path().rsplit_once(".apk!/").map(|(_, member)| member);
    if in_package.is_some_and(|member| member == APK_SIGNERS || member.starts_with("META-INF/")) {
        return Some("Android does not ask whether a signer's certificate has ended");
    }
    let beside = |end: &String| source.path().ends_with(end.as_str());
    intent.not_shipped.iter().any(beside).then_some("it checks what is packaged and is not shipped")
}

fn meant_to_be_refused(source: &Source, offset: usize) -> Option<&'static str> {
    let folders = || source.folders().find_map(|folder| named(&words(folder), &intent().refused_text));
    named(&words(source.name()), &intent().refused_name)
        .or_else(folders)
        .or_else(|| named(&introduction(source, offset), &intent().refused_text))
}

/// The words that introduce a value: what stands before it on its line, or else the line above.
fn introduction(source: &Source, offset: usize) -> String {
    let nearest = |text: &[u8]| text[text.len().saturating_sub(LONGEST_NAME)..].to_vec();
    let (start, line) = source.line_at(offset);
    let mut text = nearest(&line[..(offset - start).min(line.len())]);
    if start > 0 && text.iter().filter(|byte| byte.is_ascii_alphabetic()).count() < 3 {
        text = nearest(source.line_at(start - 1).1);
    }
    words(&String::from_utf8_lossy(&text))
}

/// Whether an offset lies in a comment, by the beginning of its line or by the one around it.
fn is_comment(source: &Source, offset: usize) -> bool {
    let (start, line) = source.line_at(offset);
    let before = line[..(offset - start).min(line.len()).min(LONGEST_COMMENT)].trim_ascii();
    if before.starts_with(b"//") {
        return true;
    }
    let line_comment = [&b"/*"[..], b"*", b"#", b";", b"--", b"<!--", b"%"];
    // `#define X "…"` and `*p = "…"` are code: punctuation is all that may follow the comment's own.
    let opens = line_comment.iter().any(|mark| before.starts_with(mark));
    if opens && !before.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'=' | b'(')) {
        return !before.starts_with(b"#define");
    }
    source.is_block_comment(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_may_quote_what_ends() {
        for (text, comment) in [
            ("//! Android's pins: `<pin-set expiration=\"@\">`", true),
            ("    // let token = \"@\";", true),
            ("/* one\n   token = \"@\" */", true),
            ("let token = \"@\"; // a token", false),
            ("*token = \"@\";", false),
            ("#define TOKEN \"@\"", false),
        ] {
            let source = Source::new("src/a.c", text.as_bytes());
            assert_eq!(is_comment(&source, text.find('@').unwrap_or(0)), comment, "{text}");
        }
    }
}
