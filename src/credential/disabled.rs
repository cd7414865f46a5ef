//! Stretches of C that the preprocessor always leaves out: `#if 0` up to its `#else`, `#elif` or `#endif`.

use std::ops::Range;

/// The stretches of a text under `#if 0`, in order. One pass; conditions other than a plain `0` are taken as met.
pub(super) fn stretches(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // For each open condition, where its left-out branch begins if it is in one.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let end = start + line.len();
        match directive(line) {
            Some((b"if", condition)) => open.push((condition == b"0").then_some(end)),
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
    fn only_a_plain_zero_leaves_out() {
        let text = b"a\n#if 0\nb\n# ifdef X\nc\n# endif\nd\n#else\ne\n#endif\n#if 1\nf\n#endif\n";
        let left_out: Vec<&[u8]> = stretches(text).into_iter().map(|stretch| &text[stretch]).collect();
        assert_eq!(left_out, [&b"b\n# ifdef X\nc\n# endif\nd\n"[..]]);
        assert!(stretches(b"#endif\n#else\n#if 0").is_empty());
    }
}
