//! Dates that a test gives in other forms than a value under a name: to a matcher of validations, as the time of a file.

use crate::calendar::{self, Civil, Instant};
use crate::flow::facts::{Argument, Id, TermKind};
use crate::vocabulary::{Strength, words};

use super::given::{Collector, Dated, Kind, Named};

impl Collector<'_> {
    /// `allow_value('2030-01-31').for(:due_date)`.
    pub(super) fn allowed(&mut self, id: Id, base: Id, name: &str, args: &[Argument]) {
        let (TermKind::Call(path, values), "for", [(None, field)]) = (&self.facts.term(base).kind, name, args) else {
            return;
        };
        if !path.last().is_some_and(|name| matches!(name.as_str(), "allow_value" | "allow_values")) {
            return;
        }
        let refuses = |name: &str| matches!(name, "not_to" | "to_not" | "should_not");
        let negated = self.facts.terms.iter().any(|term| match &term.kind {
            TermKind::Method(_, name, args) => refuses(name) && args.iter().any(|(_, arg)| *arg == id),
            TermKind::Call(path, args) => {
                path.last().is_some_and(|name| refuses(name)) && args.iter().any(|(_, arg)| *arg == id)
            }
            _ => false,
        });
        let Some(field) = self.key(*field).filter(|_| !negated) else { return };
        for (_, value) in values.clone() {
            self.named(id, &field, value, None);
        }
    }

    /// A date in the fields of a form: `{"end_date_day": "5", "end_date_month": "12", "end_date_year": "2030"}`.
    pub(super) fn parted(&mut self, holder: Id, fields: &[(String, Id)]) {
        const YEAR: [&str; 2] = ["year", "yyyy"];
        const MONTH: [&str; 2] = ["month", "mm"];
        const DAY: [&str; 2] = ["day", "dd"];
        let split: Vec<(Vec<String>, Id)> = fields.iter().map(|(name, value)| (words(name), *value)).collect();
        for ((name, value), (written, _)) in split.iter().zip(fields) {
            let Some((last, front)) = name.split_last().filter(|(_, front)| !front.is_empty()) else { continue };
            if !YEAR.contains(&last.as_str()) {
                continue;
            }
            let part = |of: &[&str]| {
                let same = |(name, _): &&(Vec<String>, Id)| {
                    name.split_last().is_some_and(|(last, other)| other == front && of.contains(&last.as_str()))
                };
                self.whole(split.iter().find(same)?.1)
            };
            let (Some(year), Some(month), Some(day)) = (self.whole(*value), part(&MONTH), part(&DAY)) else { continue };
            let Some(at) = Civil::from_ymd(year, month, day).map(Civil::instant) else { continue };
            // Code asks the clock about the date, or puts it together of the fields itself.
            let name = front.join("_");
            let said = self.names.said(&name);
            let of_fields = self.names.said(written);
            if said.counts() || of_fields.asked {
                let name = if of_fields.asked { written } else { &name };
                let named = Named { holder, name, strength: said.strength, function: None };
                self.push(named, Dated::plain(Kind::Date, at, self.facts.term(*value).span));
            }
        }
    }

    /// The same, one field set after the other: `body['end-date-day'] = '5'`.
    pub(super) fn set_in_turn(&mut self, id: Id) {
        const CHAIN: usize = 12;
        let mut fields: Vec<(String, Id)> = Vec::new();
        let mut at = id;
        for _ in 0..CHAIN {
            let (base, name, value) = match &self.facts.term(at).kind {
                TermKind::Put(base, key, value) => (*base, self.key(*key), *value),
                TermKind::With(base, name, value) => (*base, Some(name.clone()), *value),
                _ => break,
            };
            fields.extend(name.map(|name| (name, value)));
            at = base;
        }
        if fields.first().is_some_and(|(name, _)| name.to_ascii_lowercase().ends_with("year")) {
            self.parted(id, &fields);
        }
    }

    fn whole(&self, id: Id) -> Option<i64> {
        match &self.facts.term(id).kind {
            TermKind::Int(n) => i64::try_from(*n).ok(),
            TermKind::Text(text) if text.len() <= 4 => text.parse().ok(),
            _ => None,
        }
    }

    /// `touch -t 203801010000 new.c`: a file of the future, until it is one of the past.
    pub(super) fn touched(&mut self, id: Id, callee: &str, args: &[Argument]) {
        if callee != "touch" {
            return;
        }
        for pair in args.windows(2) {
            let text = |id: Id| match &self.facts.term(id).kind {
                TermKind::Text(text) => Some(text.to_string()),
                TermKind::Int(n) => Some(n.to_string()),
                _ => None,
            };
            let (Some(flag), Some(time)) = (text(pair[0].1), text(pair[1].1)) else { continue };
            let at = match flag.as_str() {
                "-t" => stamp(&time),
                "-d" | "--date" => calendar::read(&time).map(|reading| reading.instant()),
                _ => None,
            };
            if let Some(at) = at.filter(|at| *at > self.world.window.0.instant()) {
                let named = Named { holder: id, name: "file time", strength: Some(Strength::Strong), function: None };
                self.push(named, Dated::plain(Kind::Ahead, at, self.facts.term(pair[1].1).span));
            }
        }
    }
}

/// `CCYYMMDDhhmm`, perhaps with `.SS`.
fn stamp(text: &str) -> Option<Instant> {
    let digits = text.split('.').next().filter(|digits| digits.len() == 12)?;
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i64>().ok();
    Some(Civil::from_ymd(part(0..4)?, part(4..6)?, part(6..8)?)?.instant())
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn stamps_have_twelve_digits() {
        for (text, date) in [
            ("203801010000", Some("2038-01-01")),
            ("203801010000.30", Some("2038-01-01")),
            ("3801010000", None),
            ("203813010000", None),
            ("", None),
        ] {
            let read = stamp(text).and_then(|at| at.civil()).map(|at| at.date_text());
            assert_eq!(read.as_deref(), date, "{text}");
        }
    }
}
