//! Texts that can be a date whose year has two digits: `12/23`, `24.12.23`, `1223`. What they are is told by the pattern
//! that reads them; here it matters that the clock may meet them.

/// Whether a text can be such a date.
pub(super) fn is_short_date(text: &str) -> bool {
    if text.len() > 8 || !text.is_ascii() {
        return false;
    }
    let separator = text.bytes().find(|byte| !byte.is_ascii_digit()).map_or(' ', char::from);
    if !matches!(separator, '/' | '-' | '.' | ' ') {
        return false;
    }
    let groups: Vec<&str> = match (separator, text.len()) {
        (' ', 4 | 6) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            (0..text.len()).step_by(2).map(|at| &text[at..at + 2]).collect()
        }
        _ => text.split(separator).collect(),
    };
    let parts: Option<Vec<u8>> = groups.iter().map(|group| part(group, separator)).collect();
    let two = |n: usize| groups[n].len() == 2;
    match parts.as_deref() {
        Some([a, b]) => (is_month(*a) && two(1) && is_year(*b)) || (two(0) && is_year(*a) && two(1) && is_month(*b)),
        Some([a, b, c]) => {
            let last = two(2) && is_year(*c) && (is_day(*a) && is_month(*b) || is_month(*a) && is_day(*b));
            last || two(0) && is_year(*a) && is_month(*b) && is_day(*c)
        }
        _ => false,
    }
}

/// A group of one or two digits; `1.2.30` is a version.
fn part(group: &str, separator: char) -> Option<u8> {
    let told = match separator {
        '.' => group.len() == 2,
        _ => matches!(group.len(), 1 | 2),
    };
    group.parse().ok().filter(|_| told && group.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_year(n: u8) -> bool {
    (10..=60).contains(&n)
}

fn is_month(n: u8) -> bool {
    (1..=12).contains(&n)
}

fn is_day(n: u8) -> bool {
    (1..=31).contains(&n)
}

#[cfg(test)]
mod tests {
    use super::is_short_date;

    #[test]
    fn dates_with_a_short_year_are_told_from_other_numbers() {
        for text in ["12/23", "1223", "2312", "24.12.23", "12/31/29", "1/5/24", "051223", "29-02-24", "7/30"] {
            assert!(is_short_date(text), "{text}");
        }
        for text in [
            "", "/", "1.2.3", "1.2.30", "1/2", "13/13", "1900", "99:59", "1a23", "12/2", "12345", "2/3/4/25", "100",
            "8080",
        ] {
            assert!(!is_short_date(text), "{text}");
        }
    }
}
