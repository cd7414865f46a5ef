//! Payment cards that a test pays with: a month and a year side by side, or `12/30`.

use crate::calendar::{Civil, Instant, MONTHS};
use crate::flow::facts::{Id, TermKind};
use crate::flow::value::Kind as ValueKind;
use crate::vocabulary::{InTest, words};

use super::given::Collector;

/// Words that names of a year, and of a month, end with.
const YEAR: &[&str] = &["year", "yy", "yyyy", "yr"];
const MONTH: &[&str] = &["month", "mm", "mon", "mo"];

impl Collector<'_> {
    /// The end of a payment card's last month, if a month, a year and something else of a card are given together; with the
    /// year's term.
    pub(super) fn card(&self, ty: Option<&str>, holder: Id, fields: &[(String, Id)]) -> Option<(Instant, Id)> {
        let vocabulary = &self.world.vocabulary;
        let is_card = ty.is_some_and(|ty| vocabulary.says_in_test(ty, InTest::Card))
            || fields.iter().any(|(name, _)| vocabulary.says_in_test(name, InTest::Card));
        let (year, month) = match (ending(fields, YEAR), ending(fields, MONTH)) {
            (Some(year), Some(month)) => (year.1, month.1),
            _ if is_card && fields.is_empty() => self.positional(holder)?,
            _ if is_card => self.expiry_as_one(fields)?,
            _ => return None,
        };
        let expiring = ending(fields, YEAR).is_some_and(|(name, _)| {
            vocabulary.expiry_strength(name).is_some() || words(name).first().is_some_and(|first| first == "exp")
        });
        (is_card || expiring).then_some(())?;
        Some((after_month(self.year(year)?, self.month(month)?)?, year))
    }

    /// Year and month of an expiry that is given as one: `expiration: {year: 2030, month: 9}`, or as the parts of one field of
    /// a form: `expiration_0`, `expiration_1`.
    fn expiry_as_one(&self, fields: &[(String, Id)]) -> Option<(Id, Id)> {
        let expires = |name: &str| self.world.vocabulary.expiry_strength(name).is_some();
        let inside = |value: Id| {
            let TermKind::Map(pairs) = &self.facts.term(value).kind else { return None };
            let parts: Vec<(String, Id)> =
                pairs.iter().filter_map(|(key, value)| Some((self.key(*key)?, *value))).collect();
            Some((ending(&parts, YEAR)?.1, ending(&parts, MONTH)?.1))
        };
        let part = |end: &str| fields.iter().find(|(name, _)| name.strip_suffix(end).is_some_and(expires));
        let nested = fields.iter().filter(|(name, _)| expires(name)).find_map(|(_, value)| inside(*value));
        nested.or_else(|| Some((part("_1")?.1, part("_0")?.1)))
    }

    /// A month and a year side by side among arguments without names.
    fn positional(&self, holder: Id) -> Option<(Id, Id)> {
        let mut parts = Vec::new();
        self.facts.term(holder).kind.for_each_part(|part| parts.push(part));
        let pair = parts.windows(2).find(|pair| {
            let is_month =
                matches!(&self.facts.term(pair[0]).kind, TermKind::Name(path) if month_named(path).is_some());
            is_month && self.year(pair[1]).is_some()
        })?;
        Some((pair[1], pair[0]))
    }

    fn year(&self, id: Id) -> Option<i64> {
        let value = self.value(id)?;
        let n = match &value.kind {
            ValueKind::Int(n) => i64::try_from(*n).ok()?,
            ValueKind::Text(text) => text.trim().parse().ok()?,
            ValueKind::Instant(at) => at.civil()?.year(),
            ValueKind::Parts(parts) => parts.fields[0],
            _ => return None,
        };
        match n {
            2000..2100 => Some(n),
            10..100 => Some(2000 + n),
            _ => None,
        }
    }

    fn month(&self, id: Id) -> Option<i64> {
        if let TermKind::Name(path) = &self.facts.term(id).kind
            && let Some(month) = month_named(path)
        {
            return Some(month);
        }
        let value = self.value(id)?;
        let n = match &value.kind {
            ValueKind::Int(n) => i64::try_from(*n).ok()?,
            ValueKind::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (1..=12).contains(&n).then_some(n)
    }
}

/// The first field whose name ends with one of these words.
fn ending<'f>(fields: &'f [(String, Id)], with: &[&str]) -> Option<&'f (String, Id)> {
    fields.iter().find(|(name, _)| words(name).last().is_some_and(|last| with.contains(&last.as_str())))
}

/// `12/25`, `12/2025`, `12-2025`: the end of that month.
pub(super) fn month_and_year(text: &str) -> Option<Instant> {
    let (month, year) = text.trim().split_once(['/', '-'])?;
    let (month, year) = (month.trim(), year.trim());
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits(month) && digits(year) && (1..=2).contains(&month.len()) && matches!(year.len(), 2 | 4);
    let (month, year): (i64, i64) = (month.parse().ok().filter(|_| fits)?, year.parse().ok()?);
    after_month(if year < 100 { 2000 + year } else { year }, month)
}

/// The first day after a month.
fn after_month(year: i64, month: i64) -> Option<Instant> {
    Some(Civil::from_ymd(year, month, 1)?.add_months(1)?.instant())
}

/// The month that a name's last segment is in English: `Month.DECEMBER`.
fn month_named(path: &[String]) -> Option<i64> {
    let last = path.last()?;
    MONTHS.iter().position(|month| month.eq_ignore_ascii_case(last)).and_then(|n| i64::try_from(n + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_ends_with_its_month() {
        let date = |text: &str| month_and_year(text)?.civil().map(Civil::date_text);
        for (text, expected) in
            [("12/25", Some("2026-01-01")), ("1/2027", Some("2027-02-01")), ("13/25", None), ("1/2/25", None)]
        {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }
}
