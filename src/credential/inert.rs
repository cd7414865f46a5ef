//! Stretches of a text that are not code: block comments, and what C's preprocessor always leaves out.
//!
//! Both are found in one pass without knowing the language, so a comment has to begin its line: `"*/*"` and
//! `"/* in a string"` do not.

use std::ops::Range;

use memchr::memmem;

/// The block comments (`/* … */`, `<!-- … -->`) that begin a line, in order.
pub(super) fn comments(text: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), 0);
    // Once a closing mark is missing, it is missing for all that follow.
    let mut marks = vec![(&b"/*"[..], &b"*/"[..]), (b"<!--", b"-->")];
    while start < text.len() {
        let line_end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |length| start + length + 1);
        let line = text[start..line_end].trim_ascii_start();
        let opened = marks.iter().position(|(open, _)| line.starts_with(open));
        let Some((index, (_, close))) = opened.and_then(|index| Some((index, *marks.get(index)?))) else {
            start = line_end;
            continue;
        };
        match memmem::find(&text[start..], close) {
            Some(length) => {
                let end = start + length + close.len();
                found.push(start..end);
                start = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |rest| end + rest + 1);
            }
            None => drop(marks.remove(index)),
        }
    }
    found
}

/// The stretches under `#if 0` up to its `#else`, `#elif` or `#endif`, in order. Conditions other than a plain `0` are
/// taken as met.
pub(super) fn disabled(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // For each open condition, where its left-out branch begins if it is in one.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let end = start + line.len();
        match directive(line) {
            Some((b"if", condition)) => {
                let outermost = open.iter().all(Option::is_none);
                open.push((outermost && condition == b"0").then_some(end));
            }
            Some((b"ifdef" | b"ifndef", _)) => open.push(None),
            Some((b"else" | b"elif", _)) => {
                let begin = open.last_mut().and_then(Option::take);
                found.extend(begin.map(|begin| begin..start));
            }
            Some((b"endif", _)) => found.extend(open.pop().flatten().map(|begin| begin..start)),
            _ => {}
        }
        start = end;
    }
    found
}

/// The name and the first word of a preprocessor line.
fn directive(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start();
    let name = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let (name, rest) = rest.split_at(name);
    let rest = rest.trim_ascii_start();
    let word = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    Some((name, &rest[..word]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_comment_that_begins_a_line_counts() {
        let text = b"a\n  /* b\n c */ d\ne = \"/*\"\n*/*\n<!-- f\n-->\n/* g";
        let found: Vec<&[u8]> = comments(text).into_iter().map(|stretch| &text[stretch]).collect();
        assert_eq!(found, [&b"  /* b\n c */"[..], b"<!-- f\n-->"]);
        assert!(comments(b"/*").is_empty());
    }

    #[test]
    fn only_a_plain_zero_leaves_out() {
        let text = b"a\n#if 0\nb\n# ifdef X\nc\n# endif\nd\n#else\ne\n#endif\n#if 1\nf\n#endif\n";
        let left_out: Vec<&[u8]> = disabled(text).into_iter().map(|stretch| &text[stretch]).collect();
        assert_eq!(left_out, [&b"b\n# ifdef X\nc\n# endif\nd\n"[..]]);
        let nested = b"#if 0\na\n#if 0\nb\n#endif\nc\n#endif\n";
        assert_eq!(disabled(nested), vec![6..25]);
        assert!(disabled(b"#endif\n#else\n#if 0").is_empty());
    }
}
