//! What a key is worth: what documents hold, builds define and settings keep under it.

use super::*;
use crate::flow::configured::KnownBy;
use crate::flow::network::reads_reply_date;

impl Run<'_> {
    /// A value read by a key: from a document, or an anchor by the key's name.
    pub(super) fn keyed(&mut self, frame: usize, key: &str, span: Span) -> Option<Value> {
        self.flag(frame, key, span)
            .or_else(|| self.instant_named(frame, key, span))
            .or_else(|| self.configured(frame, key, span, Confidence::Proven))
            .or_else(|| self.stored_start(frame, key, span))
    }

    /// The time, if a service of the network tells it under a name.
    pub(super) fn told(&mut self, frame: usize, name: &str, span: Span) -> Option<Value> {
        let told = self.world.told_time(self.frames[frame].file, name)?;
        let clock = self.clock(frame, span, Zone::Utc, Confidence::Likely);
        Some(match told.unit() {
            Some(unit) => ops::number(unit.into(), &clock),
            None => clock,
        })
    }

    /// The date of a reply from the network, which is its sender's clock.
    pub(super) fn reply_date(&mut self, frame: usize, id: Id) -> Option<Value> {
        let file = self.file(frame);
        let span = file.term(id).span;
        reads_reply_date(file, id).then(|| self.clock(frame, span, Zone::Utc, Confidence::Likely))
    }

    /// What a program sets under a name in the object that a framework keeps its settings in, where it is read back by a
    /// getter: `Rails.application.config.sale_ends`.
    pub(super) fn setting(&mut self, frame: usize, id: Id, name: &str) -> Option<Value> {
        if !self.models(frame).bare_calls || !settings_of(self.file(frame), id) {
            return None;
        }
        self.likely_choice(frame, id, self.world.symbols.literal(name))
    }

    /// What a class of settings holds under a name, where a framework keeps it by that name: `app.config["DEADLINE"]`.
    pub(super) fn kept_setting(&mut self, frame: usize, id: Id, key: &str) -> Option<Value> {
        let TermKind::Index(base, _) = self.file(frame).term(id).kind else { return None };
        if !settings_of(self.file(frame), base) {
            return None;
        }
        self.likely_choice(frame, id, &self.world.symbols.settings_of_classes(key))
    }

    /// What was stored under a name that only a convention joins to where it is read.
    fn likely_choice(&mut self, frame: usize, id: Id, stored: &[Stored]) -> Option<Value> {
        let mut value = self.stored_choice(frame, id, stored, self.frames[frame].file);
        value.meta.sure = value.meta.sure.min(Confidence::Likely);
        Some(value).filter(|value| !value.is_unknown())
    }

    /// What a document of the tree holds under a key.
    pub(super) fn configured_at(&mut self, frame: usize, id: Id, key: &str) -> Option<Value> {
        let span = self.file(frame).term(id).span;
        self.configured(frame, key, span, Confidence::Likely)
    }

    /// What a script of settings holds under a key that begins with its name: `config('shop.sale.until')`.
    pub(super) fn set_in_script(&mut self, frame: usize, id: Id, key: &str) -> Option<Value> {
        let (script, rest) = self.world.symbols.settings(self.frames[frame].file, key)?;
        let all = self.enter(frame, id, script, Vec::new(), None);
        let value = rest
            .split('.')
            .fold(all, |value, name| self.element_at(frame, id, &value, &Value::of(Kind::Text(name.into()))));
        Some(value).filter(|value| !value.is_unknown())
    }

    /// What code of a trial reads back by a key that says nothing: when the trial began.
    pub(super) fn stored_start(&mut self, frame: usize, key: &str, span: Span) -> Option<Value> {
        let file = self.file(frame);
        let function = self.frames[self.scope(frame)].function.map(|f| &file.functions[f]);
        let words = self.world.vocabulary;
        let own = function.map_or(["", ""], |function| [&function.name, function.owner.as_deref().unwrap_or("")]);
        let mut names = own.into_iter().chain([stem_of(&file.path)]);
        // A file is told by its name, a variable of the environment by that of who reads it.
        let is_file = key.contains('.') || words.is_trial_proper(key);
        let kept = || is_file && self.world.keeps_trial(self.frames[frame].file);
        let of_trial = names.any(|name| words.is_trial(name) && !words.is_grace(name)) || kept();
        if !of_trial || !words.may_be_start(key) {
            return None;
        }
        let mut value = self.anchor(frame, Anchor::Install, span, Some(key.to_owned()));
        value.meta.sure = Confidence::Likely;
        Some(value)
    }

    /// The dated value that a document of the tree holds under this key; what a fixture of tests holds, only tests read.
    pub(super) fn configured(&mut self, frame: usize, key: &str, span: Span, sure: Confidence) -> Option<Value> {
        let entry = self.world.configured(key)?;
        let file = self.frames[frame].file;
        let test = self.frames[self.scope(frame)].function.is_some_and(|f| self.world.files[file].functions[f].test);
        if entry.in_test && !test && !self.world.files[file].in_test {
            return None;
        }
        let by_variable = entry.known_by == KnownBy::Variable && entry.name != key;
        let sure = if self.world.is_read(entry) && !by_variable { Confidence::Proven } else { sure };
        let mut value = Value::of(Kind::Instant(entry.at));
        if entry.from_build {
            value.kind = Kind::Instant(Instant(self.world.anchor_at.0.saturating_add(entry.at.0)));
            value.meta.anchor = Some(Anchor::Build);
        }
        let origin = Origin {
            file: usize::MAX,
            span: entry.span,
            kind: if entry.from_build { StepKind::Anchor } else { StepKind::Deadline },
            name: Some(key.to_owned()),
            document: Some(entry.path.clone()),
        };
        value.meta.origins.push(self.remember(origin));
        let read = self.origin(frame, span, StepKind::Passes, Some(key.to_owned()));
        value.meta.origins.push(read);
        value.meta.sure = sure;
        value.meta.zone = entry.zone;
        Some(value)
    }

    /// Whether it is a date as a document or a build gives it.
    pub(super) fn is_configured(&self, value: &Value) -> bool {
        let told = |origin: &u32| self.origins[*origin as usize].document.is_some();
        matches!(value.kind, Kind::Instant(_)) && !value.meta.timed && value.meta.origins.iter().any(told)
    }

    /// What a build gives a name of the code.
    pub(super) fn flag(&mut self, frame: usize, name: &str, span: Span) -> Option<Value> {
        self.world.flag(name)?;
        self.configured(frame, name, span, Confidence::Proven)
    }
}
