//! What code of a trial keeps from its first run: the clock as it was then.
//!
//! Where and how it is kept does not matter. Either there is something to read back, or this is the first run and the clock
//! is taken: `start = read(file) or now()`.

use super::*;

/// Terms that are looked through for a call.
const LOOKS: usize = 64;

impl<'w> Run<'w> {
    /// Of a value that is read back and one that the clock gives where there is none: the latter, as of the first run.
    pub(super) fn kept(&mut self, frame: usize, a: (Id, &Value), b: (Id, &Value)) -> Option<Value> {
        let clock = self.taken(self.frames[frame].file, a, b)?;
        Some(self.at_first_run(frame, clock))
    }

    /// The same of a variable that is written in two places.
    pub(super) fn kept_in(&mut self, ways: &[Stored], depth: usize) -> Option<Value> {
        let [a, b] = ways else { return None };
        if (a.file, a.function) != (b.file, b.function) || !self.world.keeps_trial(a.file) {
            return None;
        }
        let (x, y) = (self.stored(*a, depth), self.stored(*b, depth));
        let clock = self.taken(a.file, (a.value, &x), (b.value, &y))?;
        let frame = self.push(Frame { file: a.file, function: a.function, depth, ..Frame::default() });
        Some(self.at_first_run(frame, clock))
    }

    /// The same of a variable outside functions.
    pub(super) fn kept_variable(&mut self, frame: usize, name: &str) -> Option<Value> {
        let (world, file) = (self.world, self.frames[frame].file);
        let given = if world.keeps_trial(file) { world.symbols.given(file, name) } else { Vec::new() };
        self.kept_in(&given, self.frames[frame].depth + 1)
    }

    /// Which of two values the clock gives, if the other is read back and the file has to do with a trial.
    fn taken(&self, file: usize, (a, x): (Id, &Value), (b, y): (Id, &Value)) -> Option<Id> {
        let is_clock = |value: &Value| {
            let counts = matches!(value.kind, Kind::Instant(_) | Kind::Int(_) | Kind::Float(_));
            counts && value.meta.timed && value.meta.anchor.is_none()
        };
        let (read, clock) = match (is_clock(x), is_clock(y)) {
            (true, false) if y.is_unknown() => (b, a),
            (false, true) if x.is_unknown() => (a, b),
            _ => return None,
        };
        (self.world.keeps_trial(file) && is_read(self.world.files[file], read)).then_some(clock)
    }

    /// What a setting is that nothing is known of: its default, unless that says that this is a trial's first run.
    pub(super) fn unset(&self, frame: usize, default: Value) -> Value {
        let nothing = default.int().is_some_and(|n| n <= 0);
        if nothing && self.world.keeps_trial(self.frames[frame].file) { Value::unknown() } else { default }
    }

    /// What a term was when the program ran first.
    fn at_first_run(&mut self, frame: usize, id: Id) -> Value {
        let span = self.file(frame).term(id).span;
        let first = self.push(self.frames[frame].clone());
        let now = std::mem::replace(&mut self.now, self.world.anchor_at);
        let mut value = self.eval(first, id);
        self.now = now;
        value.meta.timed = false;
        value.meta.anchor = Some(Anchor::Install);
        value.meta.sure = value.meta.sure.min(Confidence::Likely);
        value.meta.origins = Origins::default();
        value.meta.origins.push(self.origin(frame, span, StepKind::Anchor, None));
        value
    }
}

/// Whether a term comes from a call: it is none that the caller passes, and no name.
fn is_read(file: &FileFacts, id: Id) -> bool {
    let mut open = vec![id];
    let mut read = false;
    for _ in 0..LOOKS {
        let Some(id) = open.pop() else { break };
        let kind = &file.term(id).kind;
        match kind {
            TermKind::Call(..) | TermKind::Method(..) | TermKind::New(..) => read = true,
            TermKind::Param(_) => return false,
            _ => kind.for_each_part(|part| open.push(part)),
        }
    }
    read
}
