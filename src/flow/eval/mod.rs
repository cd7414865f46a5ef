//! Computing a term at one clock value, through calls and across files.
//!
//! A [`Run`] is one evaluation: the clock stands at `now`, anchors lie at a fixed instant, and each place where the flow
//! could go several ways (a table searched by an unknown key, a branch on something unknown) has been decided one way by
//! [`Choices`]. The driver in [`super::search`] repeats runs over clock values and over choices.
//!
//! Bounds: calls nest at most [`DEPTH`] deep and a run spends at most [`STEPS`], [`BLIND`] of them before it reads the clock
//! and [`PLAIN`] on a part that no time can come out of; beyond that, values are unknown.

mod build;
mod calls;
mod choices;
mod configured;
mod fold;
mod kept;
mod lived;
mod names;
mod once;
mod operators;
mod parts;
mod rows;
mod years;

use choices::ALTERNATIVES;
pub use choices::Choices;
use once::Memory;
use operators::{cast, unary};

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use crate::calendar::Instant;
use crate::finding::{Anchor, Confidence, Span, StepKind, Zone};
use crate::language::ir::{BASE, BinaryOp, Path, RANGE, UnaryOp};
use crate::language::models::{Comparison, Each, Index, Models, Op, Operand, Part, PartForm, Row, Unit, Use};

use super::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind, Write, filled};
use super::index::{FunctionRef, Stored, is_table_type, last_of, settings_of, stem_of};
use super::taint::{Taints, is_setting};
use super::trace::expand;
use super::value::{self, ClosureValue, Kind, Meta, OriginId, Origins, Record, Truth, Value};
use super::{World, member_key};
use super::{captures, collections, ops};

/// Calls nested deeper than this are followed only where a time can come out of them.
const ANY_RESULT: usize = 2;
/// Calls nested deeper than this are unknown.
const DEPTH: usize = 24;
/// Terms nested deeper than this (through all calls) are unknown: the stack is bounded.
const LEVEL: usize = 300;
/// Term visits per run.
pub const STEPS: usize = 2_500;
/// Of them, before the clock is read: what has not come to it by then goes by something else.
const BLIND: usize = 700;
/// What is spent on a term that no time can come out of: it may still say that a branch is dead, or what a text is.
const PLAIN: usize = 150;

/// A place that a value stems from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: usize,
    /// Where.
    pub span: Span,
    /// What it is.
    pub kind: StepKind,
    /// The name under which it is known, for messages.
    pub name: Option<String>,
    /// A place in a document rather than in code: its path.
    pub document: Option<std::sync::Arc<str>>,
}

/// A comparison that was decided during a run.
#[derive(Clone, Debug)]
pub struct Atom {
    /// The file.
    pub file: usize,
    /// The comparison's term.
    pub term: Id,
    /// The function that holds it.
    pub function: Option<usize>,
    /// Its answer.
    pub truth: Truth,
    /// What is known of its operands.
    pub meta: Meta,
    /// Both operands move with the clock.
    pub itself: bool,
    /// Where the operands cross, if they are instants or counts of a known unit.
    pub crossing: Option<value::Crossing>,
}

/// The number of a value that is being computed.
const COMPUTING: u32 = u32::MAX;

/// The frame of a call.
#[derive(Clone, Debug, Default)]
struct Frame {
    file: usize,
    function: Option<usize>,
    args: Vec<Option<Value>>,
    receiver: Option<Value>,
    variables: HashMap<u32, Value>,
    /// The frame that a closure was made in.
    lexical: Option<usize>,
    depth: usize,
}

/// What a run took to keep its values in, for the next one: a decision is asked many times over.
#[derive(Default)]
pub struct Room {
    memo: HashMap<(usize, Id), u32>,
    values: Vec<Value>,
    frames: Vec<Frame>,
    globals: HashMap<(usize, usize), Value>,
    writers: Writers,
    memory: Memory,
}

/// The frames in which stored values are computed: of a file and function, at a depth and an instant.
type Writers = HashMap<(usize, Option<usize>, usize, Instant), usize>;

/// One evaluation.
pub struct Run<'w> {
    world: &'w World<'w>,
    /// Which calls are worth following; all are, without.
    taints: Option<&'w Taints<'w>>,
    now: Instant,
    choices: &'w mut Choices,
    frames: Vec<Frame>,
    /// What terms were found to be, by frame, as a number of `values`; [`COMPUTING`] while that is not known yet.
    memo: HashMap<(usize, Id), u32>,
    values: Vec<Value>,
    globals: HashMap<(usize, usize), Value>,
    writers: Writers,
    memory: Memory,
    steps: usize,
    /// How many may be made by the term that is computed.
    most: usize,
    level: usize,
    /// Every place that a value stems from.
    pub origins: Vec<Origin>,
    /// Every comparison decided.
    pub atoms: Vec<Atom>,
    /// The calls taken: for the derivation's steps.
    pub passes: Vec<Origin>,
    /// The clock was read.
    pub read_clock: bool,
    /// A parameter of the function at the root was needed and unknown.
    pub needs_caller: bool,
    /// The root's receiver was needed and unknown.
    pub needs_receiver: bool,
    /// What every member of one name is taken to hold.
    supposed: Option<(String, Value)>,
}

impl<'w> Run<'w> {
    /// A run with the clock at `now`.
    pub fn new(world: &'w World<'w>, now: Instant, choices: &'w mut Choices) -> Self {
        Self {
            world,
            taints: None,
            now,
            choices,
            frames: Vec::new(),
            memo: HashMap::default(),
            values: Vec::new(),
            globals: HashMap::default(),
            writers: HashMap::default(),
            memory: Memory::default(),
            steps: 0,
            most: STEPS,
            level: 0,
            origins: Vec::new(),
            atoms: Vec::new(),
            passes: Vec::new(),
            read_clock: false,
            needs_caller: false,
            needs_receiver: false,
            supposed: None,
        }
    }

    /// The same; calls behind others are followed only where a time can come out of them.
    pub fn guided(world: &'w World<'w>, taints: &'w Taints<'w>, now: Instant, choices: &'w mut Choices) -> Self {
        Self { taints: Some(taints), ..Self::new(world, now, choices) }
    }

    /// The same, in the room that another run has left.
    #[must_use]
    pub fn in_room(self, room: Room) -> Self {
        let Room { memo, values, frames, globals, writers, memory } = room;
        Self { memo, values, frames, globals, writers, memory, ..self }
    }

    /// Ends the run and leaves its room.
    pub fn leave(self) -> Room {
        let Self { mut memo, mut values, mut frames, mut globals, mut writers, mut memory, .. } = self;
        memo.clear();
        values.clear();
        frames.clear();
        globals.clear();
        writers.clear();
        memory.clear();
        Room { memo, values, frames, globals, writers, memory }
    }

    /// Takes every member, element and open parameter of that name ([`member_key`]) to hold a value.
    pub fn suppose(&mut self, key: &str, value: Value) {
        self.supposed = Some((key.to_owned(), value));
    }

    /// It ended for want of steps.
    pub const fn is_lost(&self) -> bool {
        self.steps > if self.read_clock { STEPS } else { BLIND }
    }

    /// How many terms were visited: what the run cost.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// A frame for a function whose callers are not known: parameters have their defaults.
    pub fn root(&mut self, at: FunctionRef) -> usize {
        let function = (at.1 < self.world.files[at.0].functions.len()).then_some(at.1);
        self.push(Frame { file: at.0, function, ..Frame::default() })
    }

    /// A frame for the function as this call of another frame enters it.
    pub fn enter_by(&mut self, caller: usize, call: Id, callee: FunctionRef) -> usize {
        let function = self.function(callee);
        let extends = self.world.files[callee.0].extends_by(function);
        let (receiver, args) = match &self.file(caller).term(call).kind {
            // `end.Over()` on a field.
            TermKind::Call(path, args) if extends && path.len() > 1 && args.len() < function.params.len() => {
                (Some(self.name(caller, call, &path[..path.len() - 1])), args)
            }
            TermKind::Call(path, args) if function.method && path.len() > 1 => {
                let object = self.name(caller, call, &path[..path.len() - 1]);
                let object = Some(object).filter(|object| matches!(object.kind, Kind::Record(_)));
                (object.map(|object| self.lived(caller, call, object)), args)
            }
            TermKind::Method(receiver, _, args) => {
                let object = self.eval(caller, *receiver);
                (Some(self.lived(caller, call, object)), args)
            }
            TermKind::Call(_, args) | TermKind::New(_, args) => (None, args),
            TermKind::Field(receiver, _) => (Some(self.eval(caller, *receiver)), &Vec::new()),
            _ => return self.root(callee),
        };
        let mut operands = self.arguments(caller, args);
        if let Some(first) = receiver.clone().filter(|_| extends) {
            operands.insert(0, (None, first));
        }
        let args = self.placed(callee, &operands);
        let receiver = receiver.or_else(|| self.frames[caller].receiver.clone());
        self.pass(caller, call, &function.qualified());
        self.push(Frame { file: callee.0, function: Some(callee.1), args, receiver, ..Frame::default() })
    }

    /// What a term of a frame says where an answer is wanted.
    pub fn decided_by(&mut self, frame: usize, id: Id) -> Value {
        self.answer(frame, id)
    }

    /// The value of a term in a frame.
    pub fn value(&mut self, frame: usize, id: Id) -> Value {
        self.eval(frame, id)
    }

    fn push(&mut self, frame: Frame) -> usize {
        self.frames.push(frame);
        self.frames.len() - 1
    }

    fn file(&self, frame: usize) -> &'w FileFacts {
        self.world.files[self.frames[frame].file]
    }

    fn function(&self, at: FunctionRef) -> &'w FunctionFacts {
        &self.world.files[at.0].functions[at.1]
    }

    fn index(&self, frame: usize) -> &'w Index {
        self.world.models(self.file(frame).language)
    }

    fn models(&self, frame: usize) -> &'w Models {
        &self.index(frame).models
    }

    fn origin(&mut self, frame: usize, span: Span, kind: StepKind, name: Option<String>) -> OriginId {
        let origin = Origin { file: self.frames[frame].file, span, kind, name, document: None };
        self.remember(origin)
    }

    fn remember(&mut self, origin: Origin) -> OriginId {
        let known = self.origins.iter().position(|o| {
            o.file == origin.file && o.span == origin.span && o.kind == origin.kind && o.document == origin.document
        });
        known.unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        }) as OriginId
    }

    fn pass(&mut self, frame: usize, call: Id, name: &str) {
        let span = self.file(frame).term(call).span;
        let file = self.frames[frame].file;
        let pass = Origin { file, span, kind: StepKind::Passes, name: Some(name.to_owned()), document: None };
        if self.passes.len() < 64 && !self.passes.contains(&pass) {
            self.passes.push(pass);
        }
    }

    fn eval(&mut self, frame: usize, id: Id) -> Value {
        if let Some(known) = self.memo.get(&(frame, id)) {
            return self.values.get(*known as usize).cloned().unwrap_or_else(Value::unknown);
        }
        self.steps += 1;
        if self.steps > self.most || self.is_lost() || self.frames[frame].depth > DEPTH || self.level > LEVEL {
            self.memory.limited = true;
            return Value::unknown();
        }
        let most = self.most;
        if most == STEPS && self.is_plain(frame, id) {
            self.most = STEPS.min(self.steps + PLAIN);
        }
        // A term that is being computed is unknown to itself (recursion through a global or a loop).
        self.memo.insert((frame, id), COMPUTING);
        self.level += 1;
        let mut value = self.supposed_at(frame, id).unwrap_or_else(|| self.compute(frame, id));
        if value.is_unknown() {
            value = self.reply_date(frame, id).unwrap_or(value);
        }
        self.level -= 1;
        self.most = most;
        self.memo.insert((frame, id), self.values.len() as u32);
        self.values.push(value.clone());
        value
    }

    /// Whether no time can come out of a term.
    fn is_plain(&self, frame: usize, id: Id) -> bool {
        let taint = |taints: &Taints<'_>| taints.called(self.frames[frame].file, id);
        self.taints.is_some_and(|taints| !taint(taints).is_timed())
    }

    /// What a term is taken to hold, if it is of the supposed name.
    fn supposed_at(&self, frame: usize, id: Id) -> Option<Value> {
        let (key, value) = self.supposed.as_ref()?;
        let file = self.file(frame);
        let name = match &file.term(id).kind {
            TermKind::Name(path) => path.last()?,
            TermKind::Field(_, name) => name,
            TermKind::Method(_, name, args) if args.is_empty() => name,
            // A member, and not a type that is made: Swift's `Date()`.
            TermKind::Call(path, args)
                if args.is_empty() && path.len() == 1 && !path[0].starts_with(char::is_uppercase) =>
            {
                &path[0]
            }
            TermKind::Index(_, index) => match &file.term(*index).kind {
                TermKind::Text(text) => return (member_key(text) == *key).then(|| value.clone()),
                _ => return None,
            },
            TermKind::Param(n) if self.frames[frame].args.get(usize::from(*n)).is_none_or(Option::is_none) => {
                &self.frames[frame].function.and_then(|f| file.functions[f].params.get(usize::from(*n)))?.name
            }
            _ => return None,
        };
        (member_key(name) == *key).then(|| value.clone())
    }

    fn compute(&mut self, frame: usize, id: Id) -> Value {
        let file = self.file(frame);
        let term = file.term(id);
        let span = term.span;
        match &term.kind {
            TermKind::Unknown => Value::unknown(),
            TermKind::Int(n) => self.literal(frame, span, Kind::Int(*n)),
            TermKind::Float(n) => self.literal(frame, span, Kind::Float(*n)),
            TermKind::Text(text) => self.literal(frame, span, Kind::Text(Rc::from(&**text))),
            TermKind::Bool(b) => Value::of(Kind::Truth((*b).into())),
            TermKind::Null => Value::of(Kind::Null),
            TermKind::Param(n) => self.param(frame, *n as usize),
            TermKind::Receiver => self.receiver(frame),
            TermKind::Variable(variable) => self.variable(frame, *variable),
            TermKind::Name(path) => self.name(frame, id, path),
            TermKind::Field(base, name) => {
                let receiver = self.eval(frame, *base);
                let is_receiver = matches!(file.term(*base).kind, TermKind::Receiver);
                self.field(frame, id, receiver, name, is_receiver)
            }
            TermKind::Index(base, index) => {
                let (base, index) = (self.eval(frame, *base), self.eval(frame, *index));
                self.element_at(frame, id, &base, &index)
            }
            TermKind::Call(path, args) => self.call(frame, id, path, args),
            TermKind::Method(receiver, name, args) => {
                let receiver = self.eval(frame, *receiver);
                let receiver = self.lived(frame, id, receiver);
                let args = self.arguments(frame, args);
                self.method(frame, id, receiver, name, &args)
            }
            TermKind::Mutated(receiver, name, args) => {
                let receiver = self.eval(frame, *receiver);
                let args = self.arguments(frame, args);
                self.mutated(frame, id, receiver, name, &args)
            }
            TermKind::New(path, args) => {
                let args = self.arguments(frame, args);
                self.construct(frame, id, path, &args)
            }
            TermKind::Apply(callee, args) => {
                let callee = self.eval(frame, *callee);
                let args: Vec<Value> = self.arguments(frame, args).into_iter().map(|(_, value)| value).collect();
                self.apply(&callee, &args)
            }
            TermKind::Unary(op, inner) => {
                let inner = self.answer(frame, *inner);
                unary(*op, &inner)
            }
            TermKind::Binary(op, left, right) => self.binary(frame, id, *op, *left, *right),
            TermKind::Choose(cond, a, b) => self.choose(frame, id, *cond, *a, *b),
            TermKind::Any(ways) => match ways.len() {
                0 => Value::unknown(),
                2 if self.world.keeps_trial(self.frames[frame].file) => {
                    let (x, y) = (self.eval(frame, ways[0]), self.eval(frame, ways[1]));
                    self.kept(frame, (ways[0], &x), (ways[1], &y)).unwrap_or_else(|| {
                        let pick = self.choices.pick((self.frames[frame].file, id, 0), 2);
                        if pick == 0 { x } else { y }
                    })
                }
                n => {
                    let pick = self.choices.pick((self.frames[frame].file, id, 0), n);
                    self.eval(frame, ways[pick])
                }
            },
            TermKind::Fold(element, start, previous, next) => {
                self.fold(frame, id, [*element, *start, *previous, *next])
            }
            TermKind::List(items) => {
                let items: Vec<Value> = items.iter().take(4_096).map(|item| self.eval(frame, *item)).collect();
                Value::of(Kind::List(items.into(), None))
            }
            TermKind::Record(ty, fields, base) => {
                let base = base.map(|base| self.eval(frame, base));
                self.record(frame, ty.as_ref(), fields, base)
            }
            TermKind::Map(pairs) => {
                let pairs: Vec<(Value, Value)> =
                    pairs.iter().take(4_096).map(|(k, v)| (self.eval(frame, *k), self.eval(frame, *v))).collect();
                Value::of(Kind::Map(pairs.into()))
            }
            TermKind::With(base, name, to) => {
                let (base, to) = (self.eval(frame, *base), self.eval(frame, *to));
                self.with_field(frame, id, base, name, to)
            }
            TermKind::Put(base, key, to) => {
                let (base, key, to) = (self.eval(frame, *base), self.eval(frame, *key), self.eval(frame, *to));
                self.put(frame, base, key, to)
            }
            TermKind::Closure(params, value) => {
                Value::of(Kind::Closure(Rc::new(ClosureValue { frame, params: params.clone(), value: *value })))
            }
            TermKind::Cast(ty, inner) => {
                let inner = self.eval(frame, *inner);
                cast(ty, inner)
            }
            TermKind::Concat(parts) => {
                let parts: Vec<Value> = parts.iter().map(|part| self.eval(frame, *part)).collect();
                let meta = Meta { unit: None, ..ops::joined(&parts) };
                Value { kind: value::concat(&parts).unwrap_or(Kind::Unknown), meta }
            }
            TermKind::Element(over) => {
                let over = self.eval(frame, *over);
                let over = self.visited(frame, &over);
                self.any_element(frame, id, &over)
            }
            TermKind::IsVariant(inner, path) => {
                let inner = self.eval(frame, *inner);
                self.is_variant(frame, id, inner, path)
            }
            TermKind::Payload(inner, n) => {
                let inner = self.eval(frame, *inner);
                match &inner.kind {
                    Kind::List(items, _) if items.len() > usize::from(*n) && *n > 0 => items[usize::from(*n)].clone(),
                    Kind::Record(record) => {
                        record.fields.get(usize::from(*n)).map_or_else(Value::unknown, |(_, v)| v.clone())
                    }
                    _ if *n == 0 => inner,
                    _ => Value::unknown(),
                }
            }
        }
    }

    fn literal(&mut self, frame: usize, span: Span, kind: Kind) -> Value {
        let mut value = Value::of(kind);
        value.meta.origins.push(self.origin(frame, span, StepKind::Deadline, None));
        value
    }
}
