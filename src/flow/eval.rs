//! Computing a term at one clock value, through calls and across files.
//!
//! A [`Run`] is one evaluation: the clock stands at `now`, anchors lie at a fixed instant, and each place where the flow
//! could go several ways (a table searched by an unknown key, a branch on something unknown) has been decided one way by
//! [`Choices`]. The driver in [`super::search`] repeats runs over clock values and over choices.
//!
//! Bounds: calls nest at most [`DEPTH`] deep and a run spends at most [`STEPS`]; beyond either, values are unknown.

use std::collections::HashMap;
use std::rc::Rc;

use crate::calendar::Instant;
use crate::finding::{Anchor, Confidence, Span, StepKind, Zone};
use crate::language::ir::{BinaryOp, Path, UnaryOp};
use crate::language::models::{Comparison, Each, Index, Models, Op, Operand, Row, Use};

use super::World;
use super::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};
use super::index::{FunctionRef, Stored};
use super::ops;
use super::trace::expand;
use super::value::{self, ClosureValue, Kind, Meta, OriginId, Record, Truth, Value};

/// Calls nested deeper than this are unknown.
const DEPTH: usize = 24;
/// Terms nested deeper than this (through all calls) are unknown: the stack is bounded.
const LEVEL: usize = 300;
/// Term visits per run.
const STEPS: usize = 20_000;
/// Alternatives followed at one place.
const ALTERNATIVES: usize = 256;

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
    /// Where the operands cross, if they are instants or counts of a known unit.
    pub crossing: Option<Instant>,
}

/// Which way each undecided place goes; shared by all runs of one derivation.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    picks: Vec<((usize, Id, u8), usize, usize)>,
}

impl Choices {
    /// The way chosen at a place with `count` ways; a place met for the first time goes the first way.
    fn pick(&mut self, place: (usize, Id, u8), count: usize) -> usize {
        if let Some((_, pick, _)) = self.picks.iter().find(|(known, ..)| *known == place) {
            return (*pick).min(count.saturating_sub(1));
        }
        self.picks.push((place, 0, count.min(ALTERNATIVES)));
        0
    }

    /// The next combination, in order; `None` after the last.
    pub fn next(mut self) -> Option<Self> {
        while let Some((place, pick, count)) = self.picks.pop() {
            if pick + 1 < count {
                self.picks.push((place, pick + 1, count));
                return Some(self);
            }
        }
        None
    }

    /// Whether anything was chosen.
    pub fn is_empty(&self) -> bool {
        self.picks.is_empty()
    }
}

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

/// One evaluation.
pub struct Run<'w> {
    world: &'w World<'w>,
    now: Instant,
    choices: &'w mut Choices,
    frames: Vec<Frame>,
    memo: HashMap<(usize, Id), Value>,
    globals: HashMap<(usize, usize), Value>,
    steps: usize,
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
}

impl<'w> Run<'w> {
    /// A run with the clock at `now`.
    pub fn new(world: &'w World<'w>, now: Instant, choices: &'w mut Choices) -> Self {
        Self {
            world,
            now,
            choices,
            frames: Vec::new(),
            memo: HashMap::new(),
            globals: HashMap::new(),
            steps: 0,
            level: 0,
            origins: Vec::new(),
            atoms: Vec::new(),
            passes: Vec::new(),
            read_clock: false,
            needs_caller: false,
            needs_receiver: false,
        }
    }

    /// A frame for a function whose callers are not known: parameters have their defaults.
    pub fn root(&mut self, at: FunctionRef) -> usize {
        self.push(Frame { file: at.0, function: Some(at.1), ..Frame::default() })
    }

    /// A frame for the function as this call of another frame enters it.
    pub fn enter_by(&mut self, caller: usize, call: Id, callee: FunctionRef) -> usize {
        let kind = self.file(caller).term(call).kind.clone();
        let (receiver, args) = match &kind {
            TermKind::Call(_, args) | TermKind::New(_, args) => (None, args),
            TermKind::Method(receiver, _, args) => (Some(self.eval(caller, *receiver)), args),
            _ => return self.root(callee),
        };
        let operands = self.arguments(caller, args);
        let function = self.function(callee);
        let args = positions(function, &operands);
        let receiver = receiver.or_else(|| self.frames[caller].receiver.clone());
        self.pass(caller, call, &function.qualified());
        self.push(Frame { file: callee.0, function: Some(callee.1), args, receiver, ..Frame::default() })
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
        &self.world.files[self.frames[frame].file]
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
        let known = self.origins.iter().position(|o| o.file == origin.file && o.span == origin.span && o.kind == origin.kind && o.document == origin.document);
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
        if let Some(value) = self.memo.get(&(frame, id)) {
            return value.clone();
        }
        self.steps += 1;
        if self.steps > STEPS || self.frames[frame].depth > DEPTH || self.level > LEVEL {
            return Value::unknown();
        }
        // A term that is being computed is unknown to itself (recursion through a global or a loop).
        self.memo.insert((frame, id), Value::unknown());
        self.level += 1;
        let value = self.compute(frame, id);
        self.level -= 1;
        self.memo.insert((frame, id), value.clone());
        value
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
                let inner = self.eval(frame, *inner);
                unary(*op, &inner)
            }
            TermKind::Binary(op, left, right) => self.binary(frame, id, *op, *left, *right),
            TermKind::Choose(cond, a, b) => self.choose(frame, id, *cond, *a, *b),
            TermKind::Any(ways) => match ways.len() {
                0 => Value::unknown(),
                n => {
                    let pick = self.choices.pick((self.frames[frame].file, id, 0), n);
                    self.eval(frame, ways[pick])
                }
            },
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
                self.with_field(frame, base, name, to)
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
                let text: Option<String> = parts.iter().map(value::printed).collect();
                Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
            }
            TermKind::Element(over) => {
                let over = self.eval(frame, *over);
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
                    Kind::Record(record) => record.fields.get(usize::from(*n)).map_or_else(Value::unknown, |(_, v)| v.clone()),
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

    fn param(&mut self, frame: usize, n: usize) -> Value {
        let scope = self.scope(frame);
        if let Some(Some(value)) = self.frames[scope].args.get(n) {
            return value.clone();
        }
        let function = self.frames[scope].function.map(|f| &self.file(scope).functions[f]);
        let Some(param) = function.and_then(|function| function.params.get(n)) else { return Value::unknown() };
        if self.frames[scope].args.len() <= n
            && let Some(default) = param.default
        {
            return self.eval(scope, default);
        }
        self.needs_caller = true;
        self.anchor_by_name(frame, &param.name, Span::default()).unwrap_or_else(Value::unknown)
    }

    /// The function frame around a closure's frame.
    fn scope(&self, mut frame: usize) -> usize {
        while let Some(outer) = self.frames[frame].lexical {
            frame = outer;
        }
        frame
    }

    fn receiver(&mut self, frame: usize) -> Value {
        let scope = self.scope(frame);
        self.frames[scope].receiver.clone().unwrap_or_else(|| {
            self.needs_receiver = true;
            Value::unknown()
        })
    }

    fn variable(&mut self, mut frame: usize, variable: u32) -> Value {
        loop {
            if let Some(value) = self.frames[frame].variables.get(&variable) {
                return value.clone();
            }
            match self.frames[frame].lexical {
                Some(outer) => frame = outer,
                None => return Value::unknown(),
            }
        }
    }

    /// A name that is no local: a model's constant, a global, a field of the receiver, or a part of one of these.
    fn name(&mut self, frame: usize, id: Id, path: &Path) -> Value {
        let full = expand(&self.file(frame).imports, path);
        if let Some(row) = self.index(frame).rows(Use::Name, &full).next() {
            return self.pipeline(frame, id, row, Vec::new());
        }
        let from = self.frames[frame].file;
        let globals = self.world.symbols.globals(self.world.files, from, &full);
        let globals = if globals.is_empty() && full != *path { self.world.symbols.globals(self.world.files, from, path) } else { globals };
        if let Some(global) = globals.first() {
            return self.global(*global);
        }
        if let [only] = path.as_slice() {
            let value = self.receiver_field(frame, id, only);
            if !value.is_unknown() {
                return value;
            }
            let stored = self.stored_choice(frame, id, self.world.symbols.stored(only), from);
            if !stored.is_unknown() {
                return stored;
            }
        } else if let Some((last, front)) = path.split_last() {
            let base = self.name(frame, id, &front.to_vec());
            let value = self.field(frame, id, base, last, false);
            if !value.is_unknown() {
                return value;
            }
        }
        let span = self.file(frame).term(id).span;
        path.last().and_then(|last| self.anchor_by_name(frame, last, span)).unwrap_or_else(Value::unknown)
    }

    fn global(&mut self, at: (usize, usize)) -> Value {
        if let Some(value) = self.globals.get(&at) {
            return value.clone();
        }
        self.globals.insert(at, Value::unknown());
        let global = &self.world.files[at.0].globals[at.1];
        let Some(id) = global.value else { return Value::unknown() };
        let frame = self.push(Frame { file: at.0, ..Frame::default() });
        let mut value = self.eval(frame, id);
        if let (Kind::List(items, None), Some(ty)) = (&value.kind, &global.ty) {
            value.kind = Kind::List(items.clone(), Some(ty.as_str().into()));
        }
        for origin in value.meta.origins.clone() {
            let origin = &mut self.origins[origin as usize];
            if origin.name.is_none() {
                origin.name = Some(global.name.clone());
            }
        }
        self.globals.insert(at, value.clone());
        value
    }

    /// A field of the current receiver, known by its own value or by what the type's code stores in it.
    fn receiver_field(&mut self, frame: usize, id: Id, name: &str) -> Value {
        let scope = self.scope(frame);
        if let Some(value) = self.frames[scope].receiver.as_ref().and_then(|receiver| receiver.field(name)) {
            return value.clone();
        }
        let function = self.frames[scope].function.map(|f| &self.file(scope).functions[f]);
        let Some(owner) = function.and_then(|function| function.owner.as_deref()) else { return Value::unknown() };
        let stored = self.world.symbols.field(owner, name);
        self.stored_choice(frame, id, stored, self.frames[frame].file)
    }

    /// One of the values stored at a place, each evaluated where it was stored.
    fn stored_choice(&mut self, frame: usize, id: Id, stored: &[Stored], from: usize) -> Value {
        let language = self.world.files[from].language;
        let stored: Vec<Stored> =
            stored.iter().copied().filter(|s| self.world.files[s.file].language == language).take(ALTERNATIVES).collect();
        if stored.is_empty() || self.frames[frame].depth > DEPTH / 2 {
            return Value::unknown();
        }
        let pick = self.choices.pick((self.frames[frame].file, id, 1), stored.len());
        self.stored(stored[pick])
    }

    fn stored(&mut self, stored: Stored) -> Value {
        let inner = match stored.function {
            Some(function) => self.root((stored.file, function)),
            None => self.push(Frame { file: stored.file, ..Frame::default() }),
        };
        let (caller, receiver) = (self.needs_caller, self.needs_receiver);
        let value = self.eval(inner, stored.value);
        // What a writer's own callers pass is not this root's business.
        (self.needs_caller, self.needs_receiver) = (caller, receiver);
        value
    }

    /// An unknown value whose name says that it is a remembered instant.
    fn anchor_by_name(&mut self, frame: usize, name: &str, span: Span) -> Option<Value> {
        let anchor = self.world.vocabulary.anchor(name)?;
        let mut value = self.anchor(frame, anchor, span, Some(name.to_owned()));
        value.meta.sure = Confidence::Likely;
        Some(value)
    }

    fn anchor(&mut self, frame: usize, anchor: Anchor, span: Span, name: Option<String>) -> Value {
        let mut value = Value::of(Kind::Instant(self.world.anchor_at));
        value.meta.anchor = Some(anchor);
        if span != Span::default() {
            value.meta.origins.push(self.origin(frame, span, StepKind::Anchor, name));
        }
        value
    }

    fn field(&mut self, frame: usize, id: Id, base: Value, name: &str, is_receiver: bool) -> Value {
        if let Some(value) = base.field(name) {
            return value.clone().with(&Meta { origins: Vec::new(), ..Meta::default() });
        }
        if let Kind::List(items, ty) = &base.kind {
            if let Some(item) = name.parse::<usize>().ok().and_then(|n| items.get(n)) {
                return item.clone();
            }
            if let Some(item) = self.positional(frame, ty.as_deref(), name).and_then(|n| items.get(n)) {
                return item.clone();
            }
        }
        // What a search in a map yields: its key and value.
        if let (Kind::List(items, None), "second" | "value" | "Value" | "first" | "key") = (&base.kind, name)
            && items.len() == 2
        {
            return items[usize::from(!matches!(name, "first" | "key"))].clone();
        }
        let value = self.method_rows(frame, id, &base, name, &[]);
        if let Some(value) = value.filter(|value| !value.is_unknown()) {
            return value;
        }
        if let Kind::Record(record) = &base.kind
            && let Some(ty) = record.ty.clone()
        {
            let value = self.typed_member(frame, id, &ty, name, &base);
            if !value.is_unknown() {
                return value;
            }
        }
        if is_receiver {
            let value = self.receiver_field(frame, id, name);
            if !value.is_unknown() {
                return value;
            }
        }
        let span = self.file(frame).term(id).span;
        if let Some(value) = self.anchor_by_name(frame, name, span) {
            return value;
        }
        if let Some(value) = self.configured(frame, name, span, Confidence::Likely) {
            return value;
        }
        if base.is_unknown() || matches!(base.kind, Kind::Record(_)) {
            let stored = self.world.symbols.literal(name);
            let mut value = self.stored_choice(frame, id, stored, self.frames[frame].file);
            if !value.is_unknown() {
                value.meta.sure = value.meta.sure.min(Confidence::Likely);
                return value;
            }
        }
        Value { kind: Kind::Unknown, meta: Meta { origins: Vec::new(), ..base.meta } }
    }

    /// The position of a field in its type's declaration, for values written by position.
    fn positional(&self, frame: usize, ty: Option<&str>, name: &str) -> Option<usize> {
        let (file, ty) = self.world.symbols.type_of(self.world.files, self.frames[frame].file, ty?)?;
        self.world.files[file].types[ty].fields.iter().position(|field| field.name == name)
    }

    /// A field or getter of a type, when the object itself does not hold it.
    fn typed_member(&mut self, frame: usize, id: Id, ty: &str, name: &str, receiver: &Value) -> Value {
        let stored = self.world.symbols.field(ty, name);
        let value = self.stored_choice(frame, id, stored, self.frames[frame].file);
        if !value.is_unknown() {
            return value;
        }
        let functions = self.world.symbols.functions(self.world.files, self.frames[frame].file, Some(ty), name);
        match functions.first() {
            Some(function) if self.function(*function).params.is_empty() => {
                self.enter(frame, id, *function, Vec::new(), Some(receiver.clone()))
            }
            _ => Value::unknown(),
        }
    }

    fn with_field(&mut self, frame: usize, base: Value, name: &str, to: Value) -> Value {
        let name = name.to_owned();
        let rows: Vec<&Row> = self.index(frame).rows(Use::Method, std::slice::from_ref(&name)).collect();
        for row in rows {
            if let [Op::Part(form)] = row.does.as_slice() {
                let value = ops::set_part(*form, &base, &to);
                if !value.is_unknown() || !matches!(base.kind, Kind::Record(_)) {
                    return value;
                }
            }
        }
        let mut record = match &base.kind {
            Kind::Record(record) => (**record).clone(),
            _ => Record::default(),
        };
        record.fields.retain(|(field, _)| *field != name);
        record.fields.push((name, to));
        Value { kind: Kind::Record(Rc::new(record)), meta: Meta { timed: false, ..base.meta } }
    }

    fn element_at(&mut self, frame: usize, id: Id, base: &Value, index: &Value) -> Value {
        match (&base.kind, &index.kind) {
            (Kind::List(items, _), Kind::Int(n)) => {
                let n = if *n < 0 { *n + items.len() as i128 } else { *n };
                usize::try_from(n).ok().and_then(|n| items.get(n)).cloned().unwrap_or_else(Value::unknown)
            }
            (Kind::Map(pairs), Kind::Text(_) | Kind::Int(_)) => {
                let same = |key: &Value| value::compare(key, index, self.models(frame)).is_some_and(|o| o.is_eq());
                pairs.iter().find(|(key, _)| same(key)).map_or_else(Value::unknown, |(_, value)| value.clone())
            }
            (Kind::Record(_), Kind::Text(name)) => base.field(name).cloned().unwrap_or_else(Value::unknown),
            (Kind::List(..) | Kind::Map(_), _) => {
                let element = self.any_element(frame, id, base);
                self.mapped(element, base)
            }
            (Kind::Record(record), _) if record.ty.is_none() && !record.fields.is_empty() => {
                let pick = self.choices.pick((self.frames[frame].file, id, 2), record.fields.len());
                record.fields[pick].1.clone()
            }
            (Kind::Unknown, Kind::Text(key)) => {
                let span = self.file(frame).term(id).span;
                self.keyed(frame, key, span).unwrap_or_else(Value::unknown)
            }
            _ => Value::unknown(),
        }
    }

    /// A map's element, seen through an index, is its value.
    fn mapped(&self, element: Value, base: &Value) -> Value {
        match (&element.kind, &base.kind) {
            (Kind::List(pair, _), Kind::Map(_)) if pair.len() == 2 => pair[1].clone(),
            _ => element,
        }
    }

    /// Some element of a collection; a map's are pairs.
    fn any_element(&mut self, frame: usize, id: Id, over: &Value) -> Value {
        let place = (self.frames[frame].file, id, 3);
        match &over.kind {
            Kind::List(items, ty) if !items.is_empty() => {
                let pick = self.choices.pick(place, items.len());
                let mut item = items[pick].clone();
                if let (Kind::List(parts, None), Some(ty)) = (&item.kind, ty) {
                    item.kind = Kind::List(parts.clone(), Some(ty.clone()));
                }
                item
            }
            Kind::Map(pairs) if !pairs.is_empty() => {
                let pick = self.choices.pick(place, pairs.len());
                Value::of(Kind::List(Rc::from([pairs[pick].0.clone(), pairs[pick].1.clone()]), None))
            }
            Kind::Record(record) if record.ty.is_none() && !record.fields.is_empty() => {
                let pick = self.choices.pick(place, record.fields.len());
                let (name, value) = &record.fields[pick];
                Value::of(Kind::List(Rc::from([Value::of(Kind::Text(name.as_str().into())), value.clone()]), None))
            }
            Kind::Instant(_) | Kind::Int(_) | Kind::Text(_) | Kind::Period(_) => over.clone(),
            _ => Value::unknown(),
        }
    }

    fn record(&mut self, frame: usize, ty: Option<&Path>, fields: &[(String, Id)], base: Option<Value>) -> Value {
        let ty = ty.and_then(|ty| ty.last()).map(|ty| self.self_type(frame, ty));
        if fields.is_empty() && base.is_none() && ty.is_some() {
            // A declaration without a value: its parts are what is assigned to them later.
            return Value::of(Kind::Record(Rc::new(Record { ty, fields: Vec::new() })));
        }
        let mut record = match base.as_ref().map(|base| &base.kind) {
            Some(Kind::Record(base)) => (**base).clone(),
            _ => Record::default(),
        };
        record.ty = ty.or(record.ty);
        let mut value = Value::of(Kind::Unknown);
        for (name, id) in fields {
            let part = self.eval(frame, *id);
            record.fields.retain(|(field, _)| field != name);
            record.fields.push((name.clone(), part));
        }
        // `struct tm` and date components written as a literal are wall-clock times.
        for (name, part) in &record.fields {
            let rows: Vec<&Row> = self.index(frame).rows(Use::Method, std::slice::from_ref(name)).collect();
            if let Some(Op::Part(form)) = rows.iter().find_map(|row| row.does.first().filter(|op| matches!(op, Op::Part(_)))) {
                value = ops::set_part(*form, &value, part);
            }
        }
        if matches!(value.kind, Kind::Parts(_)) && record.fields.len() >= 2 && !self.declares(frame, record.ty.as_deref()) {
            return value;
        }
        Value::of(Kind::Record(Rc::new(record)))
    }

    fn declares(&self, frame: usize, ty: Option<&str>) -> bool {
        ty.is_some_and(|ty| self.world.symbols.type_of(self.world.files, self.frames[frame].file, ty).is_some())
    }

    fn self_type(&self, frame: usize, ty: &str) -> String {
        if ty != "Self" {
            return ty.to_owned();
        }
        let function = self.frames[self.scope(frame)].function.map(|f| &self.file(frame).functions[f]);
        let owner = function.and_then(|function| function.owner.as_deref()).unwrap_or(ty);
        super::index::last_of(owner).to_owned()
    }

    fn is_variant(&mut self, frame: usize, id: Id, inner: Value, path: &Path) -> Value {
        let meta = inner.meta.clone();
        let last = path.last().map_or("", String::as_str);
        let truth = match (&inner.kind, last) {
            (Kind::Unknown, _) => Truth::Maybe,
            (Kind::Null, "None" | "Err" | "nil") => Truth::True,
            (Kind::Null, _) => Truth::False,
            (Kind::Period(period), "Ok" | "Some") => (period.nanos >= 0).into(),
            (Kind::Period(period), "Err" | "None") => (period.nanos < 0).into(),
            (_, "Ok" | "Some") => Truth::True,
            (_, "Err" | "None") => Truth::False,
            (Kind::Record(record), name) => match &record.ty {
                Some(ty) => (ty == name).into(),
                None => Truth::Maybe,
            },
            _ => {
                // A bare enum variant is a named value: `Ordering::Less`.
                let expected = self.name(frame, id, path);
                return self.compared(frame, id, Comparison::Eq, &inner, &expected);
            }
        };
        let value = Value { kind: Kind::Truth(truth), meta };
        if matches!(inner.kind, Kind::Period(_)) {
            self.atom(frame, id, &value);
        }
        value
    }

    fn arguments(&mut self, frame: usize, args: &[Argument]) -> Vec<(Option<String>, Value)> {
        args.iter().map(|(name, arg)| (name.clone(), self.eval(frame, *arg))).collect()
    }

    /// A call by path: a model's, a function of the tree, or a method of what the path's front names.
    fn call(&mut self, frame: usize, id: Id, path: &Path, args: &[Argument]) -> Value {
        let full = expand(&self.file(frame).imports, path);
        let from = self.frames[frame].file;
        let owner = full.len().checked_sub(2).map(|n| self.self_type(frame, &full[n]));
        let name = full.last().cloned().unwrap_or_default();
        let own = self.own_function(frame, from, &full, &name);
        let operands = self.arguments(frame, args);
        if own.is_none() {
            let rows: Vec<&Row> = self.index(frame).rows(Use::Call, &full).collect();
            if let Some(value) = self.first_row(frame, id, &rows, None, &operands, Some(args)) {
                return value;
            }
        }
        let functions = match own {
            Some(own) => vec![own],
            None => self.world.symbols.functions(self.world.files, from, owner.as_deref(), &name),
        };
        if !functions.is_empty() {
            let pick = self.choices.pick((from, id, 4), functions.len());
            let callee = functions[pick];
            let receiver = self.frames[self.scope(frame)].receiver.clone();
            if self.function(callee).name == "new" || self.constructs(&full, callee) {
                return self.built(frame, id, callee, &operands);
            }
            return self.enter(frame, id, callee, operands, receiver);
        }
        if full.len() >= 2 {
            if self.declares(frame, full.last().map(String::as_str)) || self.declares(frame, owner.as_deref().filter(|_| name == "new")) {
                return self.construct(frame, id, &full, &operands);
            }
            let front = path[..path.len() - 1].to_vec();
            let receiver = self.name(frame, id, &front);
            let last = path.last().map_or("", String::as_str).to_owned();
            return self.method(frame, id, receiver, &last, &operands);
        }
        if self.declares(frame, Some(&name)) {
            return self.construct(frame, id, &full, &operands);
        }
        // A tuple constructor or wrapper of one known value passes it on (`Height(n)`, `Some(x)`).
        let is_type = name.chars().next().is_some_and(char::is_uppercase);
        if let ([(_, only)], true) = (operands.as_slice(), is_type) {
            return only.clone();
        }
        let span = self.file(frame).term(id).span;
        self.anchor_by_name(frame, &name, span).unwrap_or_else(Value::unknown)
    }

    /// A function of the same file that shadows a model of a bare name.
    fn own_function(&self, frame: usize, from: usize, full: &Path, name: &str) -> Option<FunctionRef> {
        if full.len() > 1 {
            return None;
        }
        let functions = self.world.symbols.functions(self.world.files, from, None, name);
        functions.into_iter().find(|at| at.0 == self.frames[frame].file && !self.function(*at).name.is_empty())
    }

    fn constructs(&self, full: &Path, callee: FunctionRef) -> bool {
        let function = self.function(callee);
        full.last().is_some_and(|last| function.owner.as_deref().map(super::index::last_of) == Some(last)) && function.value.is_none()
    }

    /// Enters a function of the tree with these arguments.
    fn enter(
        &mut self,
        frame: usize,
        id: Id,
        callee: FunctionRef,
        operands: Vec<(Option<String>, Value)>,
        receiver: Option<Value>,
    ) -> Value {
        let function = self.function(callee);
        let depth = self.frames[frame].depth + 1;
        let Some(value) = function.value.filter(|_| depth <= DEPTH) else {
            let span = self.file(frame).term(id).span;
            return self.anchor_by_name(frame, &function.name, span).unwrap_or_else(Value::unknown);
        };
        let args = positions(function, &operands);
        let inner = self.push(Frame { file: callee.0, function: Some(callee.1), args, receiver, depth, ..Frame::default() });
        let (caller, needs_receiver) = (self.needs_caller, self.needs_receiver);
        let result = self.eval(inner, value);
        (self.needs_caller, self.needs_receiver) = (caller, needs_receiver);
        if result.meta.timed || !result.meta.origins.is_empty() {
            self.pass(frame, id, &function.qualified());
        }
        if result.is_unknown() {
            let span = self.file(frame).term(id).span;
            if let Some(anchor) = self.anchor_by_name(frame, &function.name, span) {
                return anchor;
            }
        }
        result
    }

    fn construct(&mut self, frame: usize, id: Id, path: &Path, operands: &[(Option<String>, Value)]) -> Value {
        let full = expand(&self.file(frame).imports, path);
        let rows: Vec<&Row> = self.index(frame).rows(Use::New, &full).collect();
        if let Some(value) = self.first_row(frame, id, &rows, None, operands, None) {
            return value;
        }
        let Some(ty) = full.last().map(|ty| self.self_type(frame, ty)) else { return Value::unknown() };
        let from = self.frames[frame].file;
        let constructors = self.world.symbols.functions(self.world.files, from, Some(&ty), "new");
        let fitting = constructors.iter().copied().find(|c| self.function(*c).params.len() >= operands.len());
        if let Some(constructor) = fitting.or(constructors.first().copied()) {
            return self.built(frame, id, constructor, operands);
        }
        // No constructor: the fields in order, or by keyword.
        let mut record = Record { ty: Some(ty.clone()), fields: Vec::new() };
        let declared = self.world.symbols.type_of(self.world.files, from, &ty);
        let names: Vec<String> = declared
            .map(|(file, ty)| self.world.files[file].types[ty].fields.iter().map(|field| field.name.clone()).collect())
            .unwrap_or_default();
        for (n, (keyword, value)) in operands.iter().enumerate() {
            if let Some(name) = keyword.clone().or_else(|| names.get(n).cloned()) {
                record.fields.push((name, value.clone()));
            }
        }
        Value::of(Kind::Record(Rc::new(record)))
    }

    /// An object as its constructor leaves it.
    fn built(&mut self, frame: usize, id: Id, constructor: FunctionRef, operands: &[(Option<String>, Value)]) -> Value {
        let function = self.function(constructor);
        let ty = function.owner.as_deref().map(|owner| super::index::last_of(owner).to_owned());
        let depth = self.frames[frame].depth + 1;
        if depth > DEPTH {
            return Value::unknown();
        }
        self.pass(frame, id, &function.qualified());
        let args = positions(function, operands);
        let inner = self.push(Frame { file: constructor.0, function: Some(constructor.1), args, depth, ..Frame::default() });
        let mut record = Record { ty, fields: Vec::new() };
        for write in &function.writes {
            if let Some(field) = &write.field {
                let value = self.eval(inner, write.value);
                record.fields.retain(|(name, _)| name != field);
                record.fields.push((field.clone(), value));
            } else if let Some([name]) = write.name.as_deref() {
                let value = self.eval(inner, write.value);
                record.fields.push((name.clone(), value));
            }
        }
        if let Some(value) = function.value {
            let value = self.eval(inner, value);
            if !matches!(value.kind, Kind::Unknown | Kind::Null) {
                return value;
            }
        }
        Value::of(Kind::Record(Rc::new(record)))
    }

    fn method(&mut self, frame: usize, id: Id, receiver: Value, name: &str, args: &[(Option<String>, Value)]) -> Value {
        if let Some(closure) = receiver.field(name).cloned().filter(|field| matches!(field.kind, Kind::Closure(_))) {
            let args: Vec<Value> = args.iter().map(|(_, value)| value.clone()).collect();
            return self.apply(&closure, &args);
        }
        let typed = matches!(receiver.kind, Kind::Record(_));
        if !typed && let Some(value) = self.method_rows(frame, id, &receiver, name, args) {
            if !value.is_unknown() || receiver.meta.timed {
                return value;
            }
        }
        if let Some(value) = receiver.field(name).filter(|_| args.is_empty()) {
            return value.clone();
        }
        let from = self.frames[frame].file;
        let ty = match &receiver.kind {
            Kind::Record(record) => record.ty.clone(),
            _ => self.static_type(frame, id),
        };
        let candidates = match &ty {
            Some(ty) => self.world.symbols.functions(self.world.files, from, Some(ty), name),
            None => Vec::new(),
        };
        let known = self.index(frame).rows(Use::Method, &[name.to_owned()]).next().is_some();
        let candidates = if candidates.is_empty() && !known && !matches!(receiver.kind, Kind::List(..) | Kind::Map(_)) {
            self.world.symbols.methods(self.world.files, from, name)
        } else {
            candidates
        };
        if !candidates.is_empty() {
            let pick = self.choices.pick((from, id, 5), candidates.len());
            let receiver = (!receiver.is_unknown()).then_some(receiver);
            return self.enter(frame, id, candidates[pick], args.to_vec(), receiver);
        }
        if typed && let Some(value) = self.method_rows(frame, id, &receiver, name, args).filter(|v| !v.is_unknown()) {
            return value;
        }
        let span = self.file(frame).term(id).span;
        let key = args.first().and_then(|(_, value)| value.text().map(str::to_owned));
        if let Some(value) = key.and_then(|key| self.keyed(frame, &key, span)) {
            return value;
        }
        let bare = name.strip_prefix("get").unwrap_or(name);
        self.anchor_by_name(frame, bare, span)
            .or_else(|| self.configured(frame, bare, span, Confidence::Likely).filter(|_| args.is_empty()))
            .unwrap_or_else(|| Value { kind: Kind::Unknown, meta: Meta { origins: Vec::new(), ..receiver.meta } })
    }

    /// The declared type of the receiver of a method call, if syntax says it.
    fn static_type(&self, frame: usize, id: Id) -> Option<String> {
        let file = self.file(frame);
        let receiver = match &file.term(id).kind {
            TermKind::Method(receiver, ..) | TermKind::Field(receiver, _) => *receiver,
            _ => return None,
        };
        let function = self.frames[self.scope(frame)].function.map(|f| &file.functions[f])?;
        match &file.term(receiver).kind {
            TermKind::Param(n) => function.params.get(usize::from(*n))?.ty.clone(),
            TermKind::Receiver => function.owner.as_deref().map(|owner| super::index::last_of(owner).to_owned()),
            TermKind::Field(base, name) if matches!(file.term(*base).kind, TermKind::Receiver) => {
                let owner = super::index::last_of(function.owner.as_deref()?);
                let (at, ty) = self.world.symbols.type_of(self.world.files, self.frames[frame].file, owner)?;
                self.world.files[at].types[ty].fields.iter().find(|field| field.name == *name)?.ty.clone()
            }
            TermKind::Name(path) => {
                let globals = self.world.symbols.globals(self.world.files, self.frames[frame].file, path);
                globals.first().and_then(|(file, g)| self.world.files[*file].globals[*g].ty.clone())
            }
            TermKind::New(path, _) => path.last().cloned(),
            _ => None,
        }
    }

    fn mutated(&mut self, frame: usize, id: Id, receiver: Value, name: &str, args: &[(Option<String>, Value)]) -> Value {
        let name = name.to_owned();
        let rows: Vec<&Row> = self.index(frame).rows(Use::Method, std::slice::from_ref(&name)).filter(|row| row.mutates).collect();
        if matches!(receiver.kind, Kind::Record(_) | Kind::Map(_) | Kind::List(..)) {
            return receiver;
        }
        self.first_row(frame, id, &rows, Some(&receiver), args, None).filter(|value| !value.is_unknown()).unwrap_or(receiver)
    }

    fn method_rows(
        &mut self,
        frame: usize,
        id: Id,
        receiver: &Value,
        name: &str,
        args: &[(Option<String>, Value)],
    ) -> Option<Value> {
        let name = name.to_owned();
        let rows: Vec<&Row> = self.index(frame).rows(Use::Method, std::slice::from_ref(&name)).filter(|row| !row.mutates || row.does.len() > 1).collect();
        self.first_row(frame, id, &rows, Some(receiver), args, None)
    }

    /// The first row that fits and yields something; if none does but one fits, its (unknown) result.
    fn first_row(
        &mut self,
        frame: usize,
        id: Id,
        rows: &[&'w Row],
        receiver: Option<&Value>,
        args: &[(Option<String>, Value)],
        written: Option<&[Argument]>,
    ) -> Option<Value> {
        let mut last = None;
        for row in rows {
            if row.arity.is_some_and(|arity| args.len() < arity.min || args.len() > arity.max) || !self.holds(frame, row, written) {
                continue;
            }
            let operands = operands(row, receiver, args);
            let value = self.pipeline(frame, id, row, operands);
            if !value.is_unknown() {
                return Some(value);
            }
            last = Some(value);
        }
        last
    }

    fn holds(&self, frame: usize, row: &Row, written: Option<&[Argument]>) -> bool {
        let Some(when) = &row.when else { return true };
        let Some((_, arg)) = written.and_then(|args| args.get(when.arg)) else { return false };
        let name = match &self.file(frame).term(*arg).kind {
            TermKind::Name(path) => path.last().cloned().unwrap_or_default(),
            TermKind::Text(text) => text.to_string(),
            _ => return false,
        };
        when.is.contains(&name)
    }

    /// Runs what a row does.
    fn pipeline(&mut self, frame: usize, id: Id, row: &Row, mut operands: Vec<Value>) -> Value {
        let mut result = operands.first().cloned().unwrap_or_else(Value::unknown);
        for op in &row.does {
            result = self.op(frame, id, op, &operands);
            match operands.first_mut() {
                Some(first) => *first = result.clone(),
                None => operands.push(result.clone()),
            }
        }
        if row.likely {
            result.meta.sure = result.meta.sure.min(Confidence::Likely);
        }
        result
    }

    fn op(&mut self, frame: usize, id: Id, op: &Op, operands: &[Value]) -> Value {
        let models = self.models(frame);
        let span = self.file(frame).term(id).span;
        let first = || operands.first().cloned().unwrap_or_else(Value::unknown);
        let second = || operands.get(1).cloned().unwrap_or_else(Value::unknown);
        match op {
            Op::Now(zone) => self.clock(frame, span, *zone, Confidence::Proven),
            Op::ChainClock => self.clock(frame, span, Zone::Utc, Confidence::Likely),
            Op::Monotonic | Op::Unknown => Value::unknown(),
            Op::Civil(form) => ops::civil(*form, operands),
            Op::Parse(form) => ops::parse(*form, operands),
            Op::Instant(form) => ops::instant(*form, &first()),
            Op::Number(form) => ops::number(*form, &first()),
            Op::Period(units) => ops::period(units, operands),
            Op::Part(form) => ops::part(*form, &first()),
            Op::Set(forms) => {
                let base = first();
                let set = |value: Value, (form, to): (&_, &Value)| match to.kind {
                    Kind::Null => value,
                    _ => ops::set_part(*form, &value, to),
                };
                let value = forms.iter().zip(&operands[1.min(operands.len())..]).fold(base, set);
                match value.instant() {
                    Some(at) => Value { kind: Kind::Instant(at), ..value },
                    None => value,
                }
            }
            Op::Print(dialect) => ops::print(*dialect, operands),
            Op::Add(unit) | Op::Subtract(unit) => {
                let minus = matches!(op, Op::Subtract(_));
                let amount = match unit {
                    Some(unit) => ops::period(&[*unit], &[second()]),
                    None => second(),
                };
                value::add(&first(), &amount, minus, models)
            }
            Op::Difference(unit) => ops::difference(*unit, operands, models),
            Op::Compare(comparison) => self.compared(frame, id, *comparison, &first(), &second()),
            Op::Negative => {
                let zero = Value::of(Kind::Int(0));
                self.compared(frame, id, Comparison::Lt, &first(), &zero)
            }
            Op::Between => {
                let third = operands.get(2).cloned().unwrap_or_else(Value::unknown);
                let lower = self.compared(frame, id, Comparison::Ge, &first(), &second());
                let upper = self.compared(frame, id, Comparison::Le, &first(), &third);
                let meta = lower.meta.join(&upper.meta);
                Value { kind: Kind::Truth(lower.truth().and(upper.truth())), meta }
            }
            Op::Past | Op::Future => {
                let now = self.clock(frame, span, Zone::Utc, Confidence::Proven);
                let comparison = if matches!(op, Op::Past) { Comparison::Lt } else { Comparison::Gt };
                self.compared(frame, id, comparison, &first(), &now)
            }
            Op::Floor(unit) => ops::round(*unit, &first(), false),
            Op::Ceiling(unit) => ops::round(*unit, &first(), true),
            Op::Zone(zone) => {
                let mut value = first();
                value.meta.zone = if value.meta.timed { *zone } else { value.meta.zone.max(*zone) };
                value
            }
            Op::Anchor(anchor) => self.anchor(frame, *anchor, span, None),
            Op::Config => first().text().and_then(|key| self.keyed(frame, key, span)).unwrap_or_else(Value::unknown),
            Op::Pass => first(),
            Op::Fallback => match first() {
                Value { kind: Kind::Unknown | Kind::Null, .. } => second(),
                value => value,
            },
            Op::Is(value) => ops::constant(value),
            Op::ToInt => ops::to_int(&first(), models),
            Op::ToText => match value::printed(&first()) {
                Some(text) => Value { kind: Kind::Text(text.into()), meta: first().meta },
                None => Value { kind: Kind::Unknown, meta: first().meta },
            },
            Op::Split => ops::split(operands),
            Op::Replace => ops::replace(operands),
            Op::Slice => ops::slice(operands),
            Op::Min | Op::Max => {
                let (a, b) = (first(), second());
                let order = value::compare(&a, &b, models);
                match order {
                    Some(order) if order.is_lt() == matches!(op, Op::Min) => a.clone().with(&b.meta),
                    Some(_) => b.clone().with(&a.meta),
                    None => Value::unknown(),
                }
            }
            Op::Abs => match first() {
                Value { kind: Kind::Int(n), meta } => Value { kind: Kind::Int(n.abs()), meta },
                Value { kind: Kind::Float(n), meta } => Value { kind: Kind::Float(n.abs()), meta },
                value => value,
            },
            Op::Choose => {
                let base = first();
                let element = self.any_element(frame, id, &base);
                if operands.len() > 1 { self.mapped(element, &base) } else { element }
            }
            Op::Each(each) => self.each(frame, id, *each, &first(), &second()),
        }
    }

    fn each(&mut self, frame: usize, id: Id, each: Each, over: &Value, closure: &Value) -> Value {
        if !matches!(closure.kind, Kind::Closure(_)) {
            return Value::unknown();
        }
        let element = match each {
            Each::Apply => over.clone(),
            _ => self.any_element(frame, id, over),
        };
        if element.is_unknown() && !over.is_unknown() {
            return Value::unknown();
        }
        let parts = match (&element.kind, self.arity(closure)) {
            (Kind::List(parts, None), 2) if parts.len() == 2 => parts.to_vec(),
            _ => vec![element.clone()],
        };
        let result = self.apply(closure, &parts);
        match each {
            Each::Any | Each::All | Each::Map | Each::Apply => result,
            Each::Find | Each::Filter => match result.truth() {
                Truth::False if !result.meta.timed => Value::of(Kind::Null),
                _ => element,
            },
        }
    }

    fn arity(&self, closure: &Value) -> usize {
        match &closure.kind {
            Kind::Closure(closure) => closure.params.len(),
            _ => 0,
        }
    }

    fn apply(&mut self, callee: &Value, args: &[Value]) -> Value {
        let Kind::Closure(closure) = &callee.kind else { return Value::unknown() };
        let made_in = closure.frame;
        let variables = closure.params.iter().copied().zip(args.iter().cloned()).collect();
        let depth = self.frames[made_in].depth + 1;
        let file = self.frames[made_in].file;
        let function = self.frames[made_in].function;
        let frame = Frame { file, function, variables, lexical: Some(made_in), depth, ..Frame::default() };
        let inner = self.push(frame);
        self.eval(inner, closure.value)
    }

    fn clock(&mut self, frame: usize, span: Span, zone: Zone, sure: Confidence) -> Value {
        self.read_clock = true;
        let mut value = Value::of(Kind::Instant(self.now));
        value.meta.timed = true;
        value.meta.zone = zone;
        value.meta.sure = sure;
        value.meta.origins.push(self.origin(frame, span, StepKind::Clock, None));
        value
    }

    /// A value read by a key: from a document, or an anchor by the key's name.
    fn keyed(&mut self, frame: usize, key: &str, span: Span) -> Option<Value> {
        self.anchor_by_name(frame, key, span).or_else(|| self.configured(frame, key, span, Confidence::Proven))
    }

    /// The dated value that a document of the tree holds under this key.
    fn configured(&mut self, frame: usize, key: &str, span: Span, sure: Confidence) -> Option<Value> {
        let entry = self.world.configured(key)?;
        let mut value = Value::of(Kind::Instant(entry.at));
        let origin = Origin {
            file: usize::MAX,
            span: entry.span,
            kind: StepKind::Deadline,
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

    fn choose(&mut self, frame: usize, id: Id, cond: Id, a: Id, b: Id) -> Value {
        let cond = self.eval(frame, cond);
        match cond.truth() {
            Truth::True => self.eval(frame, a).with(&timing(&cond.meta)),
            Truth::False => self.eval(frame, b).with(&timing(&cond.meta)),
            Truth::Maybe => {
                let (x, y) = (self.eval(frame, a), self.eval(frame, b));
                let truths = (&x.kind, &y.kind);
                if let (Kind::Truth(x_truth), Kind::Truth(y_truth)) = truths {
                    let truth = if x_truth == y_truth { *x_truth } else { Truth::Maybe };
                    if x.meta.timed == y.meta.timed || truth != Truth::Maybe {
                        return Value { kind: Kind::Truth(truth), meta: x.meta.join(&y.meta) };
                    }
                }
                match (&x.kind, &y.kind) {
                    (Kind::Unknown | Kind::Null, Kind::Unknown | Kind::Null) => x,
                    (_, Kind::Unknown | Kind::Null) => x,
                    (Kind::Unknown | Kind::Null, _) => y,
                    _ => {
                        let pick = self.choices.pick((self.frames[frame].file, id, 6), 2);
                        if pick == 0 { x } else { y }
                    }
                }
            }
        }
    }

    fn binary(&mut self, frame: usize, id: Id, op: BinaryOp, left: Id, right: Id) -> Value {
        let (a, b) = (self.eval(frame, left), self.eval(frame, right));
        let models = self.models(frame);
        let comparison = match op {
            BinaryOp::Less => Some(Comparison::Lt),
            BinaryOp::LessEqual => Some(Comparison::Le),
            BinaryOp::Greater => Some(Comparison::Gt),
            BinaryOp::GreaterEqual => Some(Comparison::Ge),
            BinaryOp::Equal => Some(Comparison::Eq),
            BinaryOp::NotEqual => Some(Comparison::Ne),
            BinaryOp::Compare => Some(Comparison::Cmp),
            _ => None,
        };
        if let Some(comparison) = comparison {
            return self.compared(frame, id, comparison, &a, &b);
        }
        let meta = a.meta.join(&b.meta);
        match op {
            BinaryOp::Add => value::add(&a, &b, false, models),
            BinaryOp::Subtract => value::add(&a, &b, true, models),
            BinaryOp::Multiply => value::multiply(&a, &b),
            BinaryOp::Divide => value::divide(&a, &b, models.true_division, false),
            BinaryOp::FloorDivide => value::divide(&a, &b, false, true),
            BinaryOp::Remainder => value::integer(&a, &b, i128::checked_rem_euclid),
            BinaryOp::Power => value::integer(&a, &b, |x, y| x.checked_pow(u32::try_from(y).ok()?)),
            BinaryOp::ShiftLeft => value::integer(&a, &b, |x, y| x.checked_mul(1_i128.checked_shl(u32::try_from(y).ok().filter(|y| *y < 100)?)?)),
            BinaryOp::ShiftRight => value::integer(&a, &b, |x, y| x.checked_shr(u32::try_from(y).ok()?)),
            BinaryOp::BitAnd | BinaryOp::BitOr if matches!((&a.kind, &b.kind), (Kind::Truth(_), _) | (_, Kind::Truth(_))) => {
                let truth = if op == BinaryOp::BitAnd { a.truth().and(b.truth()) } else { a.truth().or(b.truth()) };
                Value { kind: Kind::Truth(truth), meta }
            }
            BinaryOp::BitAnd => value::integer(&a, &b, |x, y| Some(x & y)),
            BinaryOp::BitOr => value::integer(&a, &b, |x, y| Some(x | y)),
            BinaryOp::BitXor => value::integer(&a, &b, |x, y| Some(x ^ y)),
            BinaryOp::And => self.both(&a, b, meta, true),
            BinaryOp::Or => self.both(&a, b, meta, false),
            BinaryOp::Otherwise => match a.kind {
                Kind::Null | Kind::Unknown => b,
                _ => a,
            },
            BinaryOp::Concat => {
                let text = value::printed(&a).zip(value::printed(&b)).map(|(x, y)| format!("{x}{y}"));
                Value { kind: text.map_or(Kind::Unknown, |text| Kind::Text(text.into())), meta }
            }
            BinaryOp::In => self.within(frame, id, &a, &b),
            _ => Value::unknown(),
        }
    }

    /// `a && b`, `a || b`; where an operand is no truth value the language gives one of the two (`now || new Date()`).
    fn both(&self, a: &Value, b: Value, meta: Meta, and: bool) -> Value {
        let valued = |v: &Value| !matches!(v.kind, Kind::Truth(_) | Kind::Unknown);
        if valued(&b) && !matches!(a.kind, Kind::Truth(_)) {
            return match (a.truth(), and) {
                (Truth::True, true) | (Truth::False, false) | (Truth::Maybe, _) => b,
                (Truth::False, true) | (Truth::True, false) => a.clone(),
            };
        }
        if !and && valued(a) && a.truth() == Truth::True {
            return a.clone();
        }
        let truth = if and { a.truth().and(b.truth()) } else { a.truth().or(b.truth()) };
        Value { kind: Kind::Truth(truth), meta }
    }

    /// Membership: of a year in a list, of a key in a map.
    fn within(&mut self, frame: usize, id: Id, a: &Value, b: &Value) -> Value {
        let Kind::List(items, _) = &b.kind else { return Value { kind: Kind::Truth(Truth::Maybe), meta: a.meta.clone() } };
        let mut truth = Truth::False;
        let mut meta = a.meta.clone();
        for item in items.iter() {
            let same = value::compare(a, item, self.models(frame)).map_or(Truth::Maybe, |order| order.is_eq().into());
            truth = truth.or(same);
            meta = meta.join(&item.meta);
        }
        let value = Value { kind: Kind::Truth(truth), meta };
        self.atom(frame, id, &value);
        value
    }

    fn compared(&mut self, frame: usize, id: Id, comparison: Comparison, a: &Value, b: &Value) -> Value {
        let value = ops::compare(comparison, a, b, self.models(frame));
        if comparison != Comparison::Cmp {
            let crossing = value::crossing(a, b, self.now);
            self.decided(frame, id, &value, crossing);
        }
        value
    }

    fn atom(&mut self, frame: usize, id: Id, value: &Value) {
        self.decided(frame, id, value, None);
    }

    fn decided(&mut self, frame: usize, id: Id, value: &Value, crossing: Option<Instant>) {
        if value.meta.timed && value.truth() != Truth::Maybe {
            let scope = self.scope(frame);
            self.atoms.push(Atom {
                file: self.frames[frame].file,
                term: id,
                function: self.frames[scope].function,
                truth: value.truth(),
                meta: value.meta.clone(),
                crossing,
            });
        }
    }
}

/// What a condition says of the value that it chose: all but its unit.
fn timing(meta: &Meta) -> Meta {
    Meta { unit: None, ..meta.clone() }
}

fn unary(op: UnaryOp, inner: &Value) -> Value {
    let meta = inner.meta.clone();
    let kind = match (op, &inner.kind) {
        (UnaryOp::Not, _) => Kind::Truth(inner.truth().negate()),
        (UnaryOp::Negate, Kind::Int(n)) => Kind::Int(-n),
        (UnaryOp::Negate, Kind::Float(n)) => Kind::Float(-n),
        (UnaryOp::Negate, Kind::Period(period)) => {
            Kind::Period(crate::calendar::Period { months: -period.months, nanos: -period.nanos })
        }
        (UnaryOp::Complement, Kind::Int(n)) => Kind::Int(!n),
        _ => Kind::Unknown,
    };
    Value { kind, meta }
}

/// A conversion to a primitive type, or the type of a value written by position.
fn cast(ty: &str, inner: Value) -> Value {
    let lower = ty.to_lowercase();
    let whole = lower.contains("int") || lower.contains("long") || matches!(lower.as_str(), "u64" | "i64" | "u32" | "i32" | "usize" | "time_t");
    let kind = match (&inner.kind, whole) {
        (Kind::Float(n), true) if n.is_finite() && n.abs() < 1e30 => Kind::Int(n.trunc() as i128),
        (Kind::List(items, None), _) => Kind::List(items.clone(), Some(ty.into())),
        _ => inner.kind.clone(),
    };
    Value { kind, meta: inner.meta }
}

/// The arguments in the order of the function's parameters.
fn positions(function: &FunctionFacts, operands: &[(Option<String>, Value)]) -> Vec<Option<Value>> {
    let mut args: Vec<Option<Value>> = Vec::new();
    let mut next = 0;
    for (keyword, value) in operands {
        let n = keyword.as_ref().and_then(|k| function.params.iter().position(|param| param.name == *k)).unwrap_or(next);
        if n < 64 {
            while args.len() <= n {
                args.push(None);
            }
            args[n] = Some(value.clone());
        }
        next = n + 1;
    }
    args
}

/// The operands of a row: keyword arguments in place, then picked and reordered.
fn operands(row: &Row, receiver: Option<&Value>, args: &[(Option<String>, Value)]) -> Vec<Value> {
    let mut placed: Vec<Value> = Vec::new();
    for (n, (keyword, value)) in args.iter().enumerate() {
        let at = keyword.as_ref().and_then(|k| row.params.iter().position(|param| param == k));
        let at = match (at, keyword) {
            (Some(at), _) => at,
            (None, None) => n,
            (None, Some(_)) if row.params.is_empty() => n,
            (None, Some(_)) => continue,
        };
        while placed.len() <= at {
            placed.push(Value::of(Kind::Null));
        }
        placed[at] = value.clone();
    }
    let unknown = Value::unknown;
    match &row.args {
        Some(picked) => picked
            .iter()
            .filter_map(|operand| match operand {
                Operand::Receiver => Some(receiver.cloned().unwrap_or_else(unknown)),
                Operand::Argument(n) => placed.get(*n).cloned(),
            })
            .collect(),
        None => receiver.cloned().into_iter().chain(placed).collect(),
    }
}
