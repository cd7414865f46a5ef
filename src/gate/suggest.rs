//! Did-you-mean: the one or two known names nearest to what was written.

/// The nearest of `known` to `written`, at most two, nearest first; none when nothing is near.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> =
        known.into_iter().map(|name| (distance(written, name), name)).filter(|(far, _)| *far <= limit).collect();
    near.sort_unstable();
    near.into_iter().take(2).map(|(_, name)| name).collect()
}

/// "did you mean `a`?", "did you mean `a` or `b`?", or nothing.
pub fn question<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    match nearest(written, known).as_slice() {
        [one] => Some(format!("did you mean `{one}`?")),
        [one, two] => Some(format!("did you mean `{one}` or `{two}`?")),
        _ => None,
    }
}

/// Edits (insert, delete, replace, swap of neighbours) from one to the other; case and `_` for `-` cost nothing.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (fold(a), fold(b));
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// Long names are cut: nothing known is longer.
fn fold(name: &str) -> Vec<char> {
    name.chars().take(64).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let known = ["date-gate", "trial-period", "beta-left-on", "token-expiry", "config-expiry"];
        for (written, expected) in [
            ("date-gates", vec!["date-gate"]),
            ("dategate", vec!["date-gate"]),
            ("Date_Gate", vec!["date-gate"]),
            ("trail-period", vec!["trial-period"]),
            ("tokne-expiry", vec!["token-expiry"]),
            ("completely-else", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
    }

    #[test]
    fn a_question_names_two_at_most() {
        assert_eq!(question("aa", ["ab", "ac", "ad"]).as_deref(), Some("did you mean `ab` or `ac`?"));
        assert_eq!(question("zzzz", ["ab"]), None);
    }
}
