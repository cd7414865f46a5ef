//! What a name is worth: parameters, globals, fields of the receiver and anchors.

use super::*;

/// Places that make an object of one type that are followed; more are too many to tell apart.
const MADE: usize = 8;
/// Objects of one type among the globals, likewise: tables are longer.
const CONSTANTS: usize = 64;
/// Base types that are looked through for a name.
const BASES: usize = 4;
/// Entries of a global that are put in place of others; what gains more is a store, and no table.
const OVERWRITTEN: usize = 16;

impl<'w> Run<'w> {
    pub(super) fn param(&mut self, frame: usize, n: usize) -> Value {
        let scope = self.scope(frame);
        if let Some(Some(value)) = self.frames[scope].args.get(n) {
            return value.clone();
        }
        let function = self.frames[scope].function.map(|f| &self.file(scope).functions[f]);
        let Some(param) = function.and_then(|function| function.params.get(n)) else { return Value::unknown() };
        if self.frames[scope].args.len() <= n
            && let Some(default) = param.default
        {
            // A caller may pass something else.
            self.needs_caller = true;
            return self.eval(scope, default);
        }
        self.needs_caller = true;
        if let Some((file, default)) = self.declared_default(scope, n) {
            let declaring = self.push(Frame { file, ..Frame::default() });
            return self.eval(declaring, default);
        }
        self.instant_named(frame, &param.name, Span::default()).unwrap_or_else(Value::unknown)
    }

    /// What the declaration of a function in a header gives a parameter that a call leaves out.
    fn declared_default(&self, scope: usize, n: usize) -> Option<(usize, Id)> {
        let world = self.world;
        let from = self.frames[scope].file;
        if !matches!(world.files[from].language, "c" | "cpp" | "objc") || self.frames[scope].args.len() > n {
            return None;
        }
        let own = &world.files[from].functions[self.frames[scope].function?];
        world
            .symbols
            .declarations(world.files, own)
            .find_map(|at| Some((at.0, world.files[at.0].functions[at.1].params.get(n)?.default?)))
    }

    /// The function frame around a closure's frame.
    pub(super) fn scope(&self, mut frame: usize) -> usize {
        while let Some(outer) = self.frames[frame].lexical {
            frame = outer;
        }
        frame
    }

    pub(super) fn receiver(&mut self, frame: usize) -> Value {
        let scope = self.scope(frame);
        self.frames[scope].receiver.clone().unwrap_or_else(|| {
            self.needs_receiver = true;
            Value::unknown()
        })
    }

    pub(super) fn variable(&mut self, mut frame: usize, variable: u32) -> Value {
        loop {
            if let Some(value) = self.frames[frame].variables.get(&variable) {
                return value.clone();
            }
            match self.frames[frame].lexical {
                Some(outer) => frame = outer,
                None => break,
            }
        }
        match self.file(frame).elements.get(&variable) {
            Some(element) => self.eval(frame, *element),
            None => Value::unknown(),
        }
    }

    /// A local of a function around this one.
    pub(super) fn captured(&mut self, frame: usize, id: Id, name: &str) -> Option<Value> {
        let file = self.file(frame);
        let captured = file.captured(name, file.term(id).span)?;
        let depth = self.frames[frame].depth + 1;
        if depth > DEPTH {
            self.memory.limited = true;
            return None;
        }
        let function = Some(captured.function);
        let held = Stored { file: self.frames[frame].file, function, value: captured.value };
        Some(self.stored(held, depth)).filter(|value| !value.is_unknown())
    }

    /// A name that is no local: a model's constant, a global, a field of the receiver, or a part of one of these.
    pub(super) fn name(&mut self, frame: usize, id: Id, path: &[String]) -> Value {
        let full = expand(&self.file(frame).imports, path);
        if let Some(row) = self.index(frame).rows(Use::Name, &full).next() {
            let mut value = self.pipeline(frame, id, row, Vec::new());
            // A named number is as good as one that is written out (`Month.JUNE`).
            if matches!(value.kind, Kind::Int(_)) && value.meta.origins.is_empty() {
                let span = self.file(frame).term(id).span;
                value.meta.origins.push(self.origin(frame, span, StepKind::Deadline, None));
            }
            return value;
        }
        if let Some(value) = self.bare_row(frame, id, &full) {
            return value;
        }
        let from = self.frames[frame].file;
        if let [only] = path
            && let Some(value) = self.captured(frame, id, only).or_else(|| self.kept_variable(frame, only))
        {
            return value;
        }
        let globals = self.world.symbols.globals(self.world.files, from, &full);
        let globals = if globals.is_empty() && *full != *path {
            self.world.symbols.globals_named(self.world.files, from, path, &full)
        } else {
            globals
        };
        if let Some(global) = globals.first() {
            let value = self.global(*global);
            if is_empty(&value) {
                let filled = self.filled(frame, id, *global);
                return if filled.is_unknown() { value } else { filled };
            }
            let value = self.overwritten(frame, *global, value);
            // `#define BUILD_TIME 0` is a placeholder for what the build puts there.
            let placeholder = matches!(&value.kind, Kind::Int(0) | Kind::Null) || value.text() == Some("");
            let span = self.file(frame).term(id).span;
            // What is no date itself (`"dev"`, `"0"`) is one too.
            let undated = placeholder
                || match value.text() {
                    Some(text) => {
                        crate::calendar::read(text).is_none() && !text.parse().is_ok_and(|n: i64| n > 100_000)
                    }
                    None => value.is_unknown(),
                };
            if let Some(flag) = path.last().filter(|_| undated).and_then(|name| self.flag(frame, name, span)) {
                return flag;
            }
            let anchor = path.last().filter(|_| placeholder).and_then(|name| self.instant_named(frame, name, span));
            return anchor.unwrap_or(value);
        }
        if let [only] = path {
            let value = self.receiver_field(frame, id, only);
            if !value.is_unknown() {
                return value;
            }
            // What the build gives a variable is there before code looks whether it did: `if built == "" { built = now }`.
            if let Some(flag) = self.flag(frame, only, self.file(frame).term(id).span) {
                return flag;
            }
            // A flag that is set somewhere is not always set.
            let stored = self.stored_choice(frame, id, self.world.symbols.stored(only), from);
            let is_flag = !stored.meta.timed && matches!(stored.kind, Kind::Truth(_) | Kind::Int(0 | 1));
            if !stored.is_unknown() && !is_flag {
                return stored;
            }
            let receiver = self.frames[self.scope(frame)].receiver.clone();
            let value = self.property(frame, id, None, only, receiver);
            if !value.is_unknown() {
                return value;
            }
            if let Some(value) = self.implied(frame, id, only, &[]) {
                return value;
            }
        } else if let Some((last, front)) = path.split_last() {
            // The settings of a .NET program outlive it: what is kept there is not what was just written.
            if is_setting(front) {
                let span = self.file(frame).term(id).span;
                if let Some(value) = self.keyed(frame, last, span) {
                    return value;
                }
            }
            let member = front.last().map_or(&[][..], |owner| self.world.symbols.field(owner, last));
            let member = self.stored_choice(frame, id, member, from);
            if !member.is_unknown() {
                return member;
            }
            // What a type computes when it is read: Swift's `Expiry.standard`.
            if let Some(owner) = front.last().filter(|owner| self.declares(frame, Some(owner.as_str()))) {
                let computed = self.property(frame, id, Some(owner), last, None);
                if !computed.is_unknown() {
                    return computed;
                }
            }
            let base = self.name(frame, id, front);
            let value = self.field(frame, id, base, last, false);
            if !value.is_unknown() {
                return value;
            }
        }
        let span = self.file(frame).term(id).span;
        let Some(last) = path.last() else { return Value::unknown() };
        let value = self.flag(frame, last, span).or_else(|| self.instant_named(frame, last, span));
        // A member that the framework fills: `@Value("${gate.works-to}") String worksTo`.
        let function = self.frames[self.scope(frame)].function.map(|f| &self.file(frame).functions[f]);
        let owner = function.and_then(|function| function.owner.as_deref()).unwrap_or("");
        let injected = path.len() == 1 && self.world.symbols.is_member(owner, last);
        value
            .or_else(|| self.configured(frame, last, span, Confidence::Likely).filter(|_| injected))
            .unwrap_or_else(Value::unknown)
    }

    /// What code puts into a global that starts empty: one of the entries.
    fn filled(&mut self, frame: usize, id: Id, (file, global): (usize, usize)) -> Value {
        let entries = self.entries((file, global));
        let value = self.stored_choice(frame, id, &entries, file);
        self.call_origins(&value, &self.world.files[file].globals[global].name);
        value
    }

    /// What code puts into a global collection of its file, entry by entry.
    fn entries(&self, (file, global): (usize, usize)) -> Vec<Stored> {
        let facts = self.world.files[file];
        let is_entry =
            |value: Id| matches!(facts.term(value).kind, TermKind::Map(_) | TermKind::Record(..) | TermKind::List(_));
        let global = &facts.globals[global];
        // What belongs to a type is written as its member.
        let member = global.owner.as_ref().map_or(&[][..], |owner| self.world.symbols.field(owner, &global.name));
        let entries = self.world.symbols.stored(&global.name).iter().chain(member).copied();
        entries.filter(|stored| stored.file == file && is_entry(stored.value)).collect()
    }

    /// A global collection with the entries that code puts in the place of those that it starts with. Of several values for
    /// one key, what hangs on the clock counts.
    fn overwritten(&mut self, frame: usize, global: (usize, usize), value: Value) -> Value {
        // An object of some library may keep what it is given for longer: electron's `store.set('start', now)`.
        let is_collection = match &value.kind {
            Kind::List(..) | Kind::Map(_) => true,
            Kind::Record(record) => parts::is_table(record),
            _ => false,
        };
        if !is_collection {
            return value;
        }
        let entries = self.entries(global);
        if entries.len() > OVERWRITTEN {
            return value;
        }
        let depth = self.frames[frame].depth + 1;
        let mut put: Vec<(Value, Value)> = Vec::new();
        for entry in entries {
            let (key, to) = match self.stored(entry, depth).kind {
                Kind::Map(pairs) if pairs.len() == 1 => pairs[0].clone(),
                Kind::Record(record) if record.ty.is_none() && record.fields.len() == 1 => {
                    let (name, to) = &record.fields[0];
                    (Value::of(Kind::Text(name.as_str().into())), to.clone())
                }
                _ => continue,
            };
            let models = self.models(frame);
            let same = |known: &Value| value::compare(known, &key, models).is_some_and(|order| order.is_eq());
            if !put.iter().any(|(known, value)| value.meta.timed && same(known)) {
                put.push((key, to));
            }
        }
        put.into_iter().fold(value, |value, (key, to)| self.put(frame, value, key, to))
    }

    /// What the models say of a call that is written without parentheses, where the language has such.
    fn bare_row(&mut self, frame: usize, id: Id, full: &[String]) -> Option<Value> {
        if !self.models(frame).bare_calls || full.len() < 2 {
            return None;
        }
        let rows: Vec<&Row> = self.index(frame).rows(Use::Call, full).collect();
        self.first_row(frame, id, &rows, None, &[]).filter(|value| !value.is_unknown())
    }

    /// What a function without parameters gives that is read like a variable, where the language has such.
    pub(super) fn property(
        &mut self,
        frame: usize,
        id: Id,
        owner: Option<&str>,
        name: &str,
        receiver: Option<Value>,
    ) -> Value {
        let bare = self.models(frame).bare_calls;
        if !bare && owner.is_none() {
            return Value::unknown();
        }
        let from = self.frames[frame].file;
        let found = self.world.symbols.functions(self.world.files, from, owner, name);
        let is_getter = |at: &FunctionRef| bare || self.is_annotated(*at, &["property", "cached_property"]);
        match found.into_iter().find(|at| self.function(*at).params.is_empty() && is_getter(at)) {
            Some(getter) => self.enter(frame, id, getter, Vec::new(), receiver),
            None => Value::unknown(),
        }
    }

    /// Whether a function carries one of these annotations.
    fn is_annotated(&self, at: FunctionRef, names: &[&str]) -> bool {
        let file = self.world.files[at.0];
        file.functions[at.1].attributes.iter().any(|attribute| match &file.term(*attribute).kind {
            TermKind::Call(path, _) | TermKind::Name(path) => path.last().is_some_and(|n| names.contains(&n.as_str())),
            _ => false,
        })
    }

    /// A member of a receiver that is no object of the tree's own, named without it (in an extension of a date type).
    pub(super) fn implied(
        &mut self,
        frame: usize,
        id: Id,
        name: &str,
        args: &[(Option<String>, Value)],
    ) -> Option<Value> {
        let receiver = self.frames[self.scope(frame)].receiver.clone()?;
        let foreign = !receiver.is_unknown() && !matches!(receiver.kind, Kind::Record(_));
        let value = if foreign { self.method_rows(frame, id, &receiver, name, args) } else { None };
        value.filter(|value| !value.is_unknown())
    }

    pub(super) fn global(&mut self, at: (usize, usize)) -> Value {
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
        self.call_origins(&value, &global.name);
        self.globals.insert(at, value.clone());
        value
    }

    /// What a value stems from goes by the name that it is kept under, unless it has one.
    fn call_origins(&mut self, value: &Value, name: &str) {
        for origin in &value.meta.origins {
            let origin = &mut self.origins[*origin as usize];
            if origin.name.is_none() {
                origin.name = Some(name.to_owned());
            }
        }
    }

    /// A field of the current receiver, known by its own value or by what the type's code stores in it.
    pub(super) fn receiver_field(&mut self, frame: usize, id: Id, name: &str) -> Value {
        let scope = self.scope(frame);
        if let Some(value) = self.frames[scope].receiver.as_ref().and_then(|receiver| receiver.field(name)) {
            return value.clone();
        }
        let function = self.frames[scope].function.map(|f| &self.file(scope).functions[f]);
        let Some(owner) = function.and_then(|function| function.owner.as_deref()) else { return Value::unknown() };
        let owner = last_of(owner).to_owned();
        let from = self.frames[frame].file;
        let overriding = self.world.symbols.overriding(self.world.files, &owner, name);
        let own = self.world.symbols.field(&owner, name);
        let stored = if overriding.is_empty() { own } else { &*overriding };
        let value = self.stored_choice(frame, id, stored, from);
        let value = if value.is_unknown() { self.static_field(frame, id, &owner, name) } else { value };
        // Nothing by default: those who make such an object may pass more.
        if matches!(value.kind, Kind::Null) {
            let made = self.made_field(frame, id, &owner, name);
            return if made.is_unknown() { value } else { made };
        }
        if !value.is_unknown() {
            self.call_origins(&value, name);
            return value;
        }
        if stored.is_empty() && !self.world.symbols.has_member(self.world.files, from, &owner, name) {
            return value;
        }
        self.made_field(frame, id, &owner, name)
    }

    /// A field that constructors fill from their arguments, as one of the places that make such an object leaves it.
    /// Tests make objects for themselves, not for the product.
    pub(super) fn made_field(&mut self, frame: usize, id: Id, owner: &str, name: &str) -> Value {
        let world = self.world;
        let from = self.frames[frame].file;
        let in_test = |at: &FunctionRef| world.is_test(*at);
        let here = self.frames[self.scope(frame)].function.is_some_and(|function| in_test(&(from, function)));
        let meant = |at: &FunctionRef| world.files[at.0].language == world.files[from].language && in_test(at) == here;
        let made = world.symbols.makers(world.files, owner, &meant);
        let kept = world.symbols.constants(owner).iter().copied();
        let kept: Vec<Stored> = kept
            .filter(|kept| world.files[kept.file].language == world.files[from].language)
            .filter(|kept| world.files[kept.file].in_test == here)
            .take(CONSTANTS + 1)
            .collect();
        let many = made.len() > MADE || kept.len() > CONSTANTS;
        if (made.is_empty() && kept.is_empty()) || many {
            return Value::unknown();
        }
        if self.frames[frame].depth > DEPTH / 2 {
            self.memory.limited = true;
            return Value::unknown();
        }
        let pick = self.choices.pick((from, id, 7), kept.len() + made.len());
        if let Some(kept) = kept.get(pick) {
            let object = self.stored(*kept, self.frames[frame].depth + 1);
            let by_position = match &object.kind {
                Kind::List(items, _) => self.positional(frame, Some(owner), name).and_then(|n| items.get(n)),
                _ => None,
            };
            return by_position.or_else(|| object.field(name)).cloned().unwrap_or_else(Value::unknown);
        }
        let (maker, call) = made[pick - kept.len()];
        let made = Stored { file: maker.0, function: Some(maker.1), value: call };
        let object = self.stored(made, self.frames[frame].depth + 1);
        object.field(name).cloned().unwrap_or_else(Value::unknown)
    }

    /// A variable of the type itself, or of one that it extends, seen through an instance.
    pub(super) fn static_field(&mut self, frame: usize, id: Id, ty: &str, name: &str) -> Value {
        let world = self.world;
        let from = self.frames[frame].file;
        let mut ty = ty.to_owned();
        for _ in 0..BASES {
            let path = vec![ty.clone(), name.to_owned()];
            if let Some(global) = world.symbols.globals(world.files, from, &path).first() {
                return self.global(*global);
            }
            let value = self.stored_choice(frame, id, world.symbols.field(&ty, name), from);
            if !value.is_unknown() {
                return value;
            }
            let base = world.symbols.type_of(from, &ty);
            match base.and_then(|(file, ty)| world.files[file].types[ty].bases.first()) {
                Some(base) => ty.clone_from(base),
                None => break,
            }
        }
        Value::unknown()
    }

    /// One of the values stored at a place, each evaluated where it was stored.
    pub(super) fn stored_choice(&mut self, frame: usize, id: Id, stored: &[Stored], from: usize) -> Value {
        if self.frames[frame].depth > DEPTH / 2 {
            self.memory.limited |= !stored.is_empty();
            return Value::unknown();
        }
        let stored = stored.iter().copied().filter(|stored| self.world.symbols.shares(from, stored.file));
        let mut stored: Vec<Stored> = stored.take(ALTERNATIVES).collect();
        // What a setter is called with is more telling than that it is called with something.
        let is_open =
            |stored: &Stored| matches!(self.world.files[stored.file].term(stored.value).kind, TermKind::Param(_));
        if !stored.iter().all(is_open) {
            stored.retain(|stored| !is_open(stored));
        }
        if stored.is_empty() {
            return Value::unknown();
        }
        let depth = self.frames[frame].depth + 1;
        self.kept_in(&stored, depth).unwrap_or_else(|| {
            let pick = self.choices.pick((self.frames[frame].file, id, 1), stored.len());
            self.stored(stored[pick], depth)
        })
    }

    /// An unknown value whose name says what instant it is: one that the product remembers, or the time as the network
    /// told it.
    pub(super) fn instant_named(&mut self, frame: usize, name: &str, span: Span) -> Option<Value> {
        let shown = self.world.files[self.frames[frame].file].shows_data(span);
        let Some(anchor) = self.world.anchor(name).filter(|_| !shown) else {
            return self.told(frame, name, span);
        };
        let mut value = self.anchor(frame, anchor, span, Some(name.to_owned()));
        value.meta.sure = Confidence::Likely;
        Some(value)
    }

    pub(super) fn anchor(&mut self, frame: usize, anchor: Anchor, span: Span, name: Option<String>) -> Value {
        let mut value = Value::of(Kind::Instant(self.world.anchor_at));
        value.meta.anchor = Some(anchor);
        if span != Span::default() {
            value.meta.origins.push(self.origin(frame, span, StepKind::Anchor, name));
        }
        value
    }

    /// A date told in words, from the clock or from a date in it.
    pub(super) fn phrase(&mut self, frame: usize, span: Span, zone: Zone, told: &Value) -> Value {
        use crate::calendar::{Base, ReadZone, phrase};
        let Some(text) = told.text() else { return told.clone() };
        let Some(told_as) = phrase(text) else { return Value { kind: Kind::Unknown, meta: told.meta.clone() } };
        let mut value = match told_as.base {
            Base::Now => self.clock(frame, span, zone, Confidence::Proven),
            Base::Today => {
                let now = self.clock(frame, span, zone, Confidence::Proven);
                ops::round(Unit::Day, &now, false)
            }
            Base::Epoch(at) => Value::of(Kind::Instant(at)),
            Base::At(read) => {
                let mut value = Value::of(Kind::Instant(read.instant()));
                value.meta.zone = if read.zone == ReadZone::Unstated { zone } else { Zone::Utc };
                value
            }
        };
        let Kind::Instant(at) = value.kind else { return value };
        value.kind = told_as.from(at).map_or(Kind::Unknown, Kind::Instant);
        value.with(&told.meta)
    }

    /// A time, moved as a text says.
    pub(super) fn moved(&self, at: &Value, told: &Value) -> Value {
        use crate::calendar::{Base, phrase};
        let meta = at.meta.join(&told.meta);
        let Some((told_as, from)) = told.text().and_then(phrase).zip(at.instant()) else {
            return Value { kind: Kind::Unknown, meta };
        };
        let from = match told_as.base {
            Base::Now => Some(from),
            Base::Today => from.civil().map(|civil| civil.midnight().instant()),
            Base::Epoch(at) => Some(at),
            Base::At(read) => Some(read.instant()),
        };
        let kind = from.and_then(|from| told_as.from(from)).map_or(Kind::Unknown, Kind::Instant);
        Value { kind, meta }
    }

    pub(super) fn clock(&mut self, frame: usize, span: Span, zone: Zone, sure: Confidence) -> Value {
        self.read_clock = true;
        let mut value = Value::of(Kind::Instant(self.now));
        value.meta.timed = true;
        value.meta.zone = zone;
        value.meta.sure = sure;
        value.meta.origins.push(self.origin(frame, span, StepKind::Clock, None));
        value
    }
}

/// Whether a type is one of the collections that libraries have: `HashMap`, `ArrayList`, `ConcurrentDictionary`.
fn is_collection_type(ty: &str) -> bool {
    ["Map", "List", "Set", "Dictionary", "Vector", "Hashtable", "Queue"].iter().any(|end| ty.ends_with(end))
}

/// Whether it is a collection that holds nothing.
fn is_empty(value: &Value) -> bool {
    match &value.kind {
        Kind::Map(pairs) => pairs.is_empty(),
        Kind::List(items, _) => items.is_empty(),
        Kind::Record(record) => record.fields.is_empty() && record.ty.as_deref().is_none_or(is_collection_type),
        _ => false,
    }
}
