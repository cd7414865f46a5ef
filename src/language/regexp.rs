//! Regular expressions that are written as such: `/(\d+)-(\d+)/g`, `qr{…}i`.
//!
//! One that stands for itself is a [`ExprKind::Record`] of a type and with fields that no source can name; one with holes is
//! opaque.

use super::ir::{Expr, ExprKind};
use crate::finding::Span;

/// The type of such a record.
pub const TYPE: &str = "#pattern";
/// Its field for what stands between the marks.
pub const SOURCE: &str = "#source";
/// Its field for the flags behind them.
pub const FLAGS: &str = "#flags";

/// What a literal is, if it has no holes.
pub(crate) fn literal(text: &str, span: Span) -> Option<ExprKind> {
    let marked = ["qr", "m", "%r"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let (source, flags) = undelimited(marked).filter(|(source, _)| !has_holes(source))?;
    let text = |text: &str| Expr::new(ExprKind::Text(text.to_owned()), span);
    let fields = vec![(SOURCE.to_owned(), text(source)), (FLAGS.to_owned(), text(flags))];
    Some(ExprKind::Record { ty: Some(vec![TYPE.to_owned()]), fields, base: None })
}

/// What stands between the marks of `/…/i`, and the flags; any mark may be one, and a bracket is closed by its like.
pub(crate) fn undelimited(pattern: &str) -> Option<(&str, &str)> {
    let open = pattern.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\')?;
    let close = match open {
        '(' => ')',
        '{' => '}',
        '[' => ']',
        '<' => '>',
        _ => open,
    };
    let (source, flags) = pattern[1..].rsplit_once(close)?;
    flags.bytes().all(|b| b.is_ascii_alphabetic()).then_some((source, flags))
}

/// `#{x}`, `$x`: what another value is put into.
fn has_holes(source: &str) -> bool {
    let mut pairs = source.bytes().zip(source.bytes().skip(1));
    pairs.any(|(a, b)| (a == b'#' && b == b'{') || (a == b'$' && (b.is_ascii_alphabetic() || b == b'{')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off() {
        for (pattern, expected) in [
            (r"/(\d+)\/x/g", Some((r"(\d+)\/x", "g"))),
            ("{a{2}}i", Some(("a{2}", "i"))),
            ("#a#", Some(("a", ""))),
            ("//", Some(("", ""))),
            ("/a", None),
            ("/", None),
            ("", None),
            (r"\d\d", None),
            ("a/", None),
        ] {
            assert_eq!(undelimited(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_with_holes_is_no_literal() {
        for (text, known) in
            [("/a$/", true), ("qr/a/", true), ("%r{a}x", true), ("/#{a}/", false), ("m/$a/", false), ("/${a}/", false)]
        {
            assert_eq!(literal(text, Span::default()).is_some(), known, "{text}");
        }
    }
}
