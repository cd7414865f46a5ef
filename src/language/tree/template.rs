//! Code with a template engine's tags in it: `{% if x %}`, `{{ name }}` (Jinja, Twig, Liquid, Helm, cookiecutter), `<% if x %>`,
//! `<%= name %>` (ERB, EJS). What is generated from it runs, and no grammar reads the tags.

/// Tags by how they open and close, and what stands for them: nothing, or a name.
const TAGS: [(&str, &str, u8); 5] =
    [("{%", "%}", b' '), ("{#", "#}", b' '), ("{{", "}}", b'_'), ("<%=", "%>", b'_'), ("<%", "%>", b' ')];
/// A longer one is none, in bytes.
const LONGEST: usize = 2_000;

/// The text with its tags blanked, byte for byte; `None` if there are none.
pub(super) fn untagged(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '<']) {
        let (before, tagged) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let (tag, filler) = tag(tagged).unwrap_or((&tagged[..1], tagged.as_bytes()[0]));
        bytes.extend(tag.bytes().map(|byte| if byte == b'\n' { byte } else { filler }));
        rest = &tagged[tag.len()..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    let plain = String::from_utf8(bytes).ok()?;
    (plain != text).then_some(plain)
}

/// The tag that a text begins with, and what stands for it.
fn tag(text: &str) -> Option<(&str, u8)> {
    let (open, close, filler) = TAGS.iter().find(|(open, ..)| text.starts_with(open))?;
    let inner = &text.as_bytes()[open.len()..text.len().min(LONGEST)];
    let length = memchr::memmem::find(inner, close.as_bytes())?;
    let shows = *open != "{{" || is_shown(&inner[..length]);
    let tag = text.get(..open.len() + length + close.len())?;
    shows.then_some((tag, *filler))
}

/// Whether braces in braces hold what a template shows, and not a list in a list: `{{ name }}`, `{{- x | lower }}`.
fn is_shown(inner: &[u8]) -> bool {
    let first = inner.iter().find(|byte| !matches!(byte, b' ' | b'-' | b'~'));
    first.is_some_and(u8::is_ascii_lowercase) && !inner.iter().any(|byte| matches!(byte, b',' | b'\n' | b';' | b'{'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::untagged;

    #[test]
    fn tags_become_blanks_and_names() {
        for (text, plain) in [
            ("{% if a %}\nx = 1\n{% endif %}", "          \nx = 1\n           "),
            ("x = {{ a }};", "x = _______;"),
            ("a {# é\n #} b", "a      \n    b"),
            ("<% if a %>f(<%= b %>)<% end %>", "          f(________)         "),
        ] {
            assert_eq!(untagged(text).as_deref(), Some(plain), "{text}");
        }
        for text in
            ["", "a < b", "{ a }", "{{ open", "<% open", "x = {1: {2: 3}}", "t a[] = {{ 0 }, {{NULL}}, {{ a, b }}};"]
        {
            assert_eq!(untagged(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn lines_keep_their_length(text in "([{}%#<>=é \n]|x){0,60}") {
            if let Some(plain) = untagged(&text) {
                let lengths = |text: &str| text.split('\n').map(str::len).collect::<Vec<_>>();
                prop_assert_eq!(lengths(&plain), lengths(&text));
            }
        }
    }
}
