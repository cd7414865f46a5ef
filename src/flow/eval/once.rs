//! What came up before in the same run: what a function gives to one call, it gives to the next that tells it the same, and
//! what is stored somewhere is the same for all that read it.
//!
//! Most of what a decision comes by on its way says nothing of time, and the same few helpers are called all over: worked
//! out anew each time they would use up the steps of a run. What comes back to itself is not known there.

use super::*;

/// Calls of one function within each other that are followed: as long as they pass something that may get shorter, and else.
const NESTED: usize = DEPTH;
const NESTED_BLINDLY: usize = 2;

/// What is worked out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// What a function gives, or leaves of the object that it makes.
    Call { callee: FunctionRef, now: Instant, receiver: Option<Word>, args: Vec<Option<Word>> },
    /// What is stored, in the function that stores it.
    Stored { stored: Stored, now: Instant },
}

/// What is passed, beside where it stems from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Word {
    Nothing,
    Null,
    Truth(Truth),
    Int(i128),
    Text(Rc<str>),
    /// A list, map or record, by its place in memory.
    Same(usize),
}

/// What came of it.
#[derive(Debug)]
struct Gave {
    /// How deep it was asked: calls further down are not followed as far.
    depth: usize,
    /// Something was not followed for its depth.
    limited: bool,
    /// While it is being worked out, within how many others that is done.
    value: Result<Value, usize>,
}

impl Gave {
    /// Whether it is as good as what would be worked out at `depth`.
    const fn serves(&self, depth: usize) -> bool {
        self.depth <= depth || (self.depth > ANY_RESULT && depth > ANY_RESULT && !self.limited)
    }
}

/// What came up in a run.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<Asked, Gave>,
    /// What calls name by its place in memory.
    kept: Vec<Kind>,
    /// How many are being worked out, each within the one before.
    open: usize,
    /// The outermost of them that came up again within itself.
    recurs: Option<usize>,
    /// The calls that are being worked out, by function.
    calls: HashMap<FunctionRef, Vec<usize>>,
    /// Something was not followed for its depth.
    pub(super) limited: bool,
}

impl Memory {
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.kept.clear();
        self.calls.clear();
        (self.open, self.recurs, self.limited) = (0, None, false);
    }

    fn recurs_to(&mut self, open: usize) {
        self.recurs = Some(self.recurs.map_or(open, |outer| outer.min(open)));
    }

    /// What is known or being worked out.
    fn get(&mut self, asked: &Asked, depth: usize) -> Option<Value> {
        let gave = self.known.get(asked).filter(|gave| gave.serves(depth))?;
        Some(gave.value.clone().unwrap_or_else(|open| {
            self.recurs_to(open);
            Value::unknown()
        }))
    }

    /// Remembers what came of it, unless that hangs on what is around it, or stems from what was passed.
    fn put(&mut self, asked: Asked, depth: usize, value: &Value) {
        let recurs = self.recurs.is_some_and(|outer| outer < self.open);
        if !recurs {
            self.recurs = None;
        }
        if recurs || (asked.tells() && !value.says_nothing()) {
            self.known.remove(&asked);
        } else {
            self.known.insert(asked, Gave { depth, limited: self.limited, value: Ok(value.clone()) });
        }
    }

    /// What a value tells whoever it is passed to; `None` if that is of time, or too much to compare.
    fn word(&mut self, value: &Value) -> Option<Word> {
        if !value.meta.is_plain() {
            return None;
        }
        let place = match &value.kind {
            Kind::Unknown => return Some(Word::Nothing),
            Kind::Null => return Some(Word::Null),
            Kind::Truth(truth) => return Some(Word::Truth(*truth)),
            Kind::Int(n) => return Some(Word::Int(*n)),
            Kind::Text(text) => return Some(Word::Text(text.clone())),
            Kind::List(items, None) => items.as_ptr().addr(),
            Kind::Map(pairs) => pairs.as_ptr().addr(),
            Kind::Record(record) => Rc::as_ptr(record).addr(),
            _ => return None,
        };
        self.kept.push(value.kind.clone());
        Some(Word::Same(place))
    }

    fn call(&mut self, callee: FunctionRef, now: Instant, entered: &Frame) -> Option<Asked> {
        let mut word = |value: &Option<Value>| match value {
            Some(value) => self.word(value).map(Some),
            None => Some(None),
        };
        let receiver = word(&entered.receiver)?;
        let args = entered.args.iter().map(word).collect::<Option<_>>()?;
        Some(Asked::Call { callee, now, receiver, args })
    }

    /// The outermost of the calls of a function that are within each other, if they are too many.
    fn too_many(&self, callee: FunctionRef, entered: &Frame) -> Option<usize> {
        let gets_shorter = |value: &Value| matches!(value.kind, Kind::List(..) | Kind::Map(_));
        let nested = self.calls.get(&callee)?;
        let most = if entered.args.iter().flatten().any(gets_shorter) { NESTED } else { NESTED_BLINDLY };
        nested.first().copied().filter(|_| nested.len() >= most)
    }
}

impl Asked {
    /// Whether anything is passed that is known.
    fn tells(&self) -> bool {
        match self {
            Self::Call { receiver, args, .. } => {
                args.iter().chain([receiver]).flatten().any(|word| *word != Word::Nothing)
            }
            Self::Stored { .. } => false,
        }
    }
}

impl Run<'_> {
    /// What a function gives when it is entered so.
    pub(super) fn entered(
        &mut self,
        callee: FunctionRef,
        entered: Frame,
        work_out: impl FnOnce(&mut Self, usize) -> Value,
    ) -> Value {
        if let Some(outermost) = self.memory.too_many(callee, &entered) {
            self.memory.recurs_to(outermost);
            return Value::unknown();
        }
        let depth = entered.depth;
        let asked = self.memory.call(callee, self.now, &entered);
        let work_out = |run: &mut Self| {
            let inner = run.push(entered);
            work_out(run, inner)
        };
        self.memory.open += 1;
        self.memory.calls.entry(callee).or_default().push(self.memory.open);
        let value = match asked {
            Some(asked) => self.once(asked, depth, work_out),
            None => work_out(self),
        };
        self.memory.calls.entry(callee).or_default().pop();
        self.memory.open -= 1;
        value
    }

    /// What is stored, as it is worked out where it is stored.
    pub(super) fn stored(&mut self, stored: Stored, depth: usize) -> Value {
        let asked = Asked::Stored { stored, now: self.now };
        let (caller, receiver) = (self.needs_caller, self.needs_receiver);
        let value = self.once(asked, depth, |run| {
            let inner = run.writer(stored.file, stored.function, depth);
            run.eval(inner, stored.value)
        });
        // What a writer's own callers pass is not this root's business.
        (self.needs_caller, self.needs_receiver) = (caller, receiver);
        value
    }

    /// The frame in which a function computes what others read: whoever asks for it at that depth gets the same.
    fn writer(&mut self, file: usize, function: Option<usize>, depth: usize) -> usize {
        let key = (file, function, depth, self.now);
        if let Some(known) = self.writers.get(&key) {
            return *known;
        }
        let function = function.filter(|f| *f < self.world.files[file].functions.len());
        let frame = self.push(Frame { file, function, depth, ..Frame::default() });
        self.writers.insert(key, frame);
        frame
    }

    fn once(&mut self, asked: Asked, depth: usize, work_out: impl FnOnce(&mut Self) -> Value) -> Value {
        if let Some(known) = self.memory.get(&asked, depth) {
            return known;
        }
        self.memory.open += 1;
        self.memory.known.insert(asked.clone(), Gave { depth, limited: false, value: Err(self.memory.open) });
        let limited = std::mem::take(&mut self.memory.limited);
        let value = work_out(self);
        self.memory.put(asked, depth, &value);
        self.memory.open -= 1;
        self.memory.limited |= limited;
        value
    }
}
