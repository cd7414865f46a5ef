//! Calls: functions of the tree are entered with their arguments, constructors build records, the rest is for the models.

use super::build::read_from_build;
use super::*;

impl<'w> Run<'w> {
    pub(super) fn arguments(&mut self, frame: usize, args: &[Argument]) -> Vec<(Option<String>, Value)> {
        args.iter().map(|(name, arg)| (name.clone(), self.eval(frame, *arg))).collect()
    }

    /// A call by path: a model's, a function of the tree, or a method of what the path's front names.
    pub(super) fn call(&mut self, frame: usize, id: Id, path: &[String], args: &[Argument]) -> Value {
        let full = expand(&self.file(frame).imports, path);
        let from = self.frames[frame].file;
        let owner = full.len().checked_sub(2).map(|n| self.self_type(frame, &full[n]));
        let name = full.last().cloned().unwrap_or_default();
        let own = self.own_function(frame, from, &full, &name);
        let operands = self.arguments(frame, args);
        if let Some((of, n)) = filled(&name) {
            let fillers = self.world.symbols.functions(self.world.files, from, owner.as_deref(), &name);
            let receiver = self.frames[self.scope(frame)].receiver.clone();
            return match fillers.first() {
                Some(filler) => self.enter(frame, id, *filler, operands, receiver),
                None => self.unfilled(frame, owner.as_deref(), of, operands.get(n)),
            };
        }
        if own.is_none() {
            let mut rows: Vec<&Row> = self.index(frame).rows(Use::Call, &full).collect();
            if name.starts_with(char::is_uppercase) {
                // A constructor that is called like a function.
                rows.extend(self.index(frame).rows(Use::New, &full));
            }
            if let Some(value) = self.first_row(frame, id, &rows, None, &operands) {
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
            if self.declares(frame, full.last().map(String::as_str))
                || self.declares(frame, owner.as_deref().filter(|_| name == "new"))
            {
                return self.construct(frame, id, &full, &operands);
            }
            if self.is_variant_name(frame, owner.as_deref(), &name) {
                return variant(name, operands);
            }
            // A type that was imported from elsewhere: `Event(start=…)`.
            if path.len() == 1 && name.starts_with(char::is_uppercase) && operands.iter().any(|(k, _)| k.is_some()) {
                return self.construct(frame, id, &full, &operands);
            }
            let receiver = self.name(frame, id, &path[..path.len() - 1]);
            let receiver = self.lived(frame, id, receiver);
            let last = path.last().map_or("", String::as_str).to_owned();
            return self.method(frame, id, receiver, &last, &operands);
        }
        if let Some(closure) = self.captured(frame, id, &name).filter(|value| matches!(value.kind, Kind::Closure(_))) {
            let args: Vec<Value> = operands.into_iter().map(|(_, value)| value).collect();
            return self.apply(&closure, &args);
        }
        if self.declares(frame, Some(&name)) {
            return self.construct(frame, id, &full, &operands);
        }
        if let Some(held) = self.world.symbols.held_by_global(self.world.files, from, &full) {
            return self.enter(frame, id, held, operands, None);
        }
        let field = self.receiver_field(frame, id, &name);
        if matches!(field.kind, Kind::Closure(_)) {
            let args: Vec<Value> = operands.into_iter().map(|(_, value)| value).collect();
            return self.apply(&field, &args);
        }
        // Scala's `map(key)`.
        if let ([(None, key)], true) = (operands.as_slice(), self.models(frame).bare_calls) {
            let map = self.name(frame, id, path);
            if matches!(map.kind, Kind::Map(_) | Kind::List(..)) {
                return self.element_at(frame, id, &map, key);
            }
        }
        if let Some(value) = self.implied(frame, id, &name, &operands) {
            return value;
        }
        // `.until(day)`, of an enum that is not named there.
        if !operands.is_empty() && self.file(frame).is_case(&name) {
            return variant(name, operands);
        }
        let is_type = name.chars().next().is_some_and(char::is_uppercase);
        if is_type && operands.iter().any(|(keyword, _)| keyword.is_some()) {
            return self.construct(frame, id, &full, &operands);
        }
        // A tuple constructor or wrapper of one known value passes it on (`Height(n)`, `Some(x)`).
        if let ([(_, only)], true) = (operands.as_slice(), is_type) {
            return only.clone();
        }
        let span = self.file(frame).term(id).span;
        self.instant_named(frame, &name, span).unwrap_or_else(Value::unknown)
    }

    /// What a local holds behind a call that it was handed to, of a function that does not fill it or is not in the tree. One
    /// that is only declared there may well fill it.
    fn unfilled(&self, frame: usize, owner: Option<&str>, of: &str, held: Option<&(Option<String>, Value)>) -> Value {
        let from = self.frames[frame].file;
        let defined = !self.world.symbols.functions(self.world.files, from, owner, of).is_empty();
        let is_declared =
            || self.file(frame).functions.iter().any(|function| function.declared_only && function.name == of);
        match held {
            Some((_, held)) if defined || !is_declared() => held.clone(),
            _ => Value::unknown(),
        }
    }

    /// Whether a call by path makes a variant of an enum of the tree: Rust's `Gate::Until(day)`, Swift's `Gate.until(day)`.
    fn is_variant_name(&self, frame: usize, owner: Option<&str>, name: &str) -> bool {
        let is_variant = match self.file(frame).language {
            "rust" => name.starts_with(char::is_uppercase),
            "swift" => name.starts_with(char::is_lowercase),
            _ => false,
        };
        is_variant && self.declares(frame, owner)
    }

    /// A function of the same file that shadows a model of a bare name.
    pub(super) fn own_function(&self, frame: usize, from: usize, full: &[String], name: &str) -> Option<FunctionRef> {
        if full.len() > 1 {
            return None;
        }
        let functions = self.world.symbols.functions(self.world.files, from, None, name);
        functions.into_iter().find(|at| at.0 == self.frames[frame].file && !self.function(*at).name.is_empty())
    }

    pub(super) fn constructs(&self, full: &[String], callee: FunctionRef) -> bool {
        let function = self.function(callee);
        full.last().is_some_and(|last| function.owner.as_deref().map(last_of) == Some(last)) && function.value.is_none()
    }

    /// Enters a function of the tree with these arguments.
    pub(super) fn enter(
        &mut self,
        frame: usize,
        id: Id,
        callee: FunctionRef,
        operands: Vec<(Option<String>, Value)>,
        receiver: Option<Value>,
    ) -> Value {
        let function = self.function(callee);
        let depth = self.frames[frame].depth + 1;
        let timeless = |value: Id| {
            depth > ANY_RESULT && self.taints.is_some_and(|taints| !taints.called(callee.0, value).is_timed())
        };
        self.memory.limited |= depth > DEPTH;
        let Some(value) = function.value.filter(|value| depth <= DEPTH && !timeless(*value)) else {
            let span = self.file(frame).term(id).span;
            return self.instant_named(frame, &function.name, span).unwrap_or_else(Value::unknown);
        };
        let built = read_from_build(function, &operands);
        let args = self.placed(callee, &operands);
        let entered = Frame { file: callee.0, function: Some(callee.1), args, receiver, depth, ..Frame::default() };
        let (caller, needs_receiver) = (self.needs_caller, self.needs_receiver);
        let result = self.entered(callee, entered, |run, inner| run.eval(inner, value));
        (self.needs_caller, self.needs_receiver) = (caller, needs_receiver);
        if result.meta.timed || !result.meta.origins.is_empty() {
            self.pass(frame, id, &function.qualified());
        }
        if result.is_unknown() {
            let span = self.file(frame).term(id).span;
            if let Some(anchor) = self.instant_named(frame, &function.name, span).or(built) {
                return anchor;
            }
        }
        result
    }

    /// The arguments of a call in the order of the function's parameters. Python gathers those of names that no parameter
    /// has in the last one (`**kwargs`).
    pub(super) fn placed(&self, callee: FunctionRef, operands: &[(Option<String>, Value)]) -> Vec<Option<Value>> {
        let function = self.function(callee);
        let is_param = |name: &String| function.params.iter().any(|param| param.name == *name);
        let is_more = |keyword: &Option<String>| keyword.as_ref().is_some_and(|name| !is_param(name));
        let rest = function.params.iter().rposition(|param| param.default.is_none());
        let Some(rest) = rest.filter(|_| operands.iter().any(|(keyword, _)| is_more(keyword))) else {
            return positions(function, operands);
        };
        if self.world.files[callee.0].language != "python" {
            return positions(function, operands);
        }
        let (more, own): (Vec<_>, Vec<_>) = operands.iter().cloned().partition(|(keyword, _)| is_more(keyword));
        let mut args = positions(function, &own);
        args.resize(args.len().max(rest + 1), None);
        let fields = more.into_iter().filter_map(|(keyword, value)| Some((keyword?, value))).collect();
        args[rest].get_or_insert_with(|| Value::of(Kind::Record(Rc::new(Record { ty: None, fields }))));
        args
    }

    pub(super) fn construct(
        &mut self,
        frame: usize,
        id: Id,
        path: &[String],
        operands: &[(Option<String>, Value)],
    ) -> Value {
        let full = expand(&self.file(frame).imports, path);
        let rows: Vec<&Row> = self.index(frame).rows(Use::New, &full).collect();
        if let Some(value) = self.first_row(frame, id, &rows, None, operands) {
            return value;
        }
        let from = self.frames[frame].file;
        // What a module gives by default goes by the module's name, and is mostly called by its own.
        let is_type = |ty: &&String| self.world.symbols.type_of(from, ty).is_some();
        let ty = full.last().filter(is_type).or_else(|| path.last().filter(is_type)).or(full.last());
        let Some(ty) = ty.map(|ty| self.self_type(frame, ty)) else { return Value::unknown() };
        let constructors = self.world.symbols.functions(self.world.files, from, Some(&ty), "new");
        let fits = |least: bool, c: &FunctionRef| {
            let params = self.function(*c).params.len();
            if least { params >= operands.len() } else { params == operands.len() }
        };
        let exact = constructors.iter().copied().find(|c| fits(false, c));
        let fitting = exact.or_else(|| constructors.iter().copied().find(|c| fits(true, c)));
        if let Some(constructor) = fitting.or(constructors.first().copied()) {
            return self.built(frame, id, constructor, operands);
        }
        // No constructor: the fields in order, or by keyword.
        let mut record = Record { ty: Some(ty.clone()), fields: Vec::new() };
        let declared = self.world.symbols.type_of(from, &ty);
        let names: Vec<String> = declared
            .map(|(file, ty)| self.world.files[file].types[ty].fields.iter().map(|field| field.name.clone()).collect())
            .unwrap_or_default();
        for (n, (keyword, value)) in operands.iter().enumerate() {
            if let Some(name) = keyword.clone().or_else(|| names.get(n).cloned()) {
                record.fields.push((name, value.clone()));
            }
        }
        self.with_base(frame, &ty, record)
    }

    /// An object without a constructor of its own, with what is handed up to that of its base.
    fn with_base(&mut self, frame: usize, ty: &str, record: Record) -> Value {
        let handed = self.world.symbols.handed_up(ty);
        let depth = self.frames[frame].depth + 1;
        let Some(((file, f), call)) = handed.first().copied().filter(|_| depth <= DEPTH) else {
            return Value::of(Kind::Record(Rc::new(record)));
        };
        let receiver = Some(Value::of(Kind::Record(Rc::new(record.clone()))));
        let entered = Frame { file, function: Some(f), receiver, depth, ..Frame::default() };
        let base = self.entered((file, f), entered, |run, inner| run.eval(inner, call));
        let mut whole = Record { ty: record.ty, fields: Vec::new() };
        if let Kind::Record(base) = &base.kind {
            whole.fields.clone_from(&base.fields);
        }
        record.fields.into_iter().for_each(|(name, value)| whole.set(&name, value));
        Value::of(Kind::Record(Rc::new(whole)))
    }

    /// An object as its constructor leaves it.
    pub(super) fn built(
        &mut self,
        frame: usize,
        id: Id,
        constructor: FunctionRef,
        operands: &[(Option<String>, Value)],
    ) -> Value {
        let function = self.function(constructor);
        let depth = self.frames[frame].depth + 1;
        if depth > DEPTH {
            self.memory.limited = true;
            return Value::unknown();
        }
        self.pass(frame, id, &function.qualified());
        let args = self.placed(constructor, operands);
        let entered = Frame { file: constructor.0, function: Some(constructor.1), args, depth, ..Frame::default() };
        self.entered(constructor, entered, |run, inner| run.filled_by(inner, function))
    }

    /// The object that a constructor fills, or what it returns.
    fn filled_by(&mut self, inner: usize, constructor: &FunctionFacts) -> Value {
        let ty = constructor.owner.as_deref().map(|owner| last_of(owner).to_owned());
        let mut record = Record { ty, fields: Vec::new() };
        for write in &constructor.writes {
            if let Some(field) = &write.field {
                let value = self.eval(inner, write.value);
                record.set(field, value);
            } else if let Some([name]) = write.name.as_deref() {
                let value = self.eval(inner, write.value);
                match &value.kind {
                    Kind::Record(base) if name == BASE => {
                        base.fields.iter().for_each(|(f, v)| record.set(f, v.clone()))
                    }
                    _ if name == BASE => {}
                    _ => record.fields.push((name.clone(), value)),
                }
            }
        }
        if let Some(value) = constructor.value {
            let value = self.eval(inner, value);
            if !matches!(value.kind, Kind::Unknown | Kind::Null) {
                return value;
            }
        }
        Value::of(Kind::Record(Rc::new(record)))
    }

    pub(super) fn method(
        &mut self,
        frame: usize,
        id: Id,
        receiver: Value,
        name: &str,
        args: &[(Option<String>, Value)],
    ) -> Value {
        if let Some(closure) = receiver.field(name).cloned().filter(|field| matches!(field.kind, Kind::Closure(_))) {
            let args: Vec<Value> = args.iter().map(|(_, value)| value.clone()).collect();
            return self.apply(&closure, &args);
        }
        if let Some((_, n)) = filled(name) {
            let from = self.frames[frame].file;
            let fillers = self.world.symbols.methods(self.world.files, from, name);
            return match fillers.as_slice() {
                [filler] => self.enter_on(frame, id, *filler, args, receiver),
                _ => args.get(n).map_or_else(Value::unknown, |(_, held)| held.clone()),
            };
        }
        let typed = matches!(receiver.kind, Kind::Record(_));
        if !typed
            && let Some(value) = self.method_rows(frame, id, &receiver, name, args)
            && (!value.is_unknown() || receiver.meta.timed || value.meta.by_year)
        {
            return value;
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
            Some(ty) => self.world.symbols.methods_of(self.world.files, from, ty, name),
            None => Vec::new(),
        };
        let known = self.index(frame).owns(name);
        let candidates = if candidates.is_empty() && !known && !matches!(receiver.kind, Kind::List(..) | Kind::Map(_)) {
            self.world.symbols.methods(self.world.files, from, name)
        } else {
            candidates
        };
        if !candidates.is_empty() {
            let pick = self.choices.pick((from, id, 5), candidates.len());
            return self.enter_on(frame, id, candidates[pick], args, receiver);
        }
        if typed && let Some(value) = self.method_rows(frame, id, &receiver, name, args).filter(|v| !v.is_unknown()) {
            return value;
        }
        if let Some(value) = self.held_function(frame, id, name, args) {
            return value;
        }
        let span = self.file(frame).term(id).span;
        let key = args.first().filter(|_| !asks(name)).and_then(|(_, value)| value.text().map(str::to_owned));
        let of_several = self.file(frame).is_of_several(id);
        let own = |value: &Value| !of_several || value.meta.anchor.is_none();
        if let Some(value) = key.and_then(|key| self.keyed(frame, &key, span)).filter(own) {
            return value;
        }
        let bare = name.strip_prefix("get").unwrap_or(name);
        self.instant_named(frame, bare, span)
            .filter(own)
            .or_else(|| self.configured(frame, bare, span, Confidence::Likely).filter(|_| args.is_empty()))
            .or_else(|| self.setting(frame, id, name).filter(|_| args.is_empty()))
            .unwrap_or_else(|| Value {
                kind: Kind::Unknown,
                meta: Meta { origins: Origins::default(), ..receiver.meta },
            })
    }

    /// Enters a function that is called on an object.
    fn enter_on(
        &mut self,
        frame: usize,
        id: Id,
        callee: FunctionRef,
        args: &[(Option<String>, Value)],
        receiver: Value,
    ) -> Value {
        if self.world.files[callee.0].extends_by(self.function(callee)) {
            let args = std::iter::once((None, receiver)).chain(args.iter().cloned()).collect();
            return self.enter(frame, id, callee, args, None);
        }
        let receiver = (!receiver.is_unknown()).then_some(receiver);
        self.enter(frame, id, callee, args.to_vec(), receiver)
    }

    /// What a function gives that a field of the receiver holds: `self.clock()`.
    fn held_function(&mut self, frame: usize, id: Id, name: &str, args: &[(Option<String>, Value)]) -> Option<Value> {
        let file = self.file(frame);
        let TermKind::Method(receiver, ..) = &file.term(id).kind else { return None };
        if !matches!(file.term(*receiver).kind, TermKind::Receiver) {
            return None;
        }
        let held = self.receiver_field(frame, id, name);
        let args: Vec<Value> = args.iter().map(|(_, value)| value.clone()).collect();
        matches!(held.kind, Kind::Closure(_)).then(|| self.apply(&held, &args))
    }

    /// The declared type of what the front of a dotted name stands for; a type stands for itself.
    pub(super) fn front_type(&self, frame: usize, id: Id) -> Option<String> {
        let TermKind::Name(path) = &self.file(frame).term(id).kind else { return None };
        let front = path.len().checked_sub(2).map(|n| &path[n])?;
        let declared = self.declares(frame, Some(front)).then(|| front.clone());
        declared.or_else(|| self.member_type(frame, front))
    }

    /// The declared type of a field of the receiver, or of a global.
    fn member_type(&self, frame: usize, name: &String) -> Option<String> {
        let world = self.world;
        let from = self.frames[frame].file;
        let function = self.frames[self.scope(frame)].function.map(|f| &self.file(frame).functions[f]);
        let owner = function.and_then(|function| function.owner.as_deref()).map(last_of);
        let ty = owner.and_then(|owner| world.symbols.type_of(from, owner));
        let field = ty.and_then(|(file, ty)| world.files[file].types[ty].fields.iter().find(|f| f.name == *name));
        field.and_then(|field| field.ty.clone()).or_else(|| {
            let globals = world.symbols.globals(world.files, from, std::slice::from_ref(name));
            globals.first().and_then(|(file, g)| world.files[*file].globals[*g].ty.clone())
        })
    }

    /// The declared type of the receiver of a method call, if syntax says it.
    pub(super) fn static_type(&self, frame: usize, id: Id) -> Option<String> {
        let file = self.file(frame);
        let receiver = match &file.term(id).kind {
            TermKind::Method(receiver, ..) | TermKind::Mutated(receiver, ..) | TermKind::Field(receiver, _) => {
                *receiver
            }
            // `field.method()`, where the field stands without its receiver.
            TermKind::Call(path, _) if path.len() == 2 => return self.member_type(frame, &path[0]),
            _ => return None,
        };
        let function = self.frames[self.scope(frame)].function.map(|f| &file.functions[f])?;
        match &file.term(receiver).kind {
            TermKind::Param(n) => function.params.get(usize::from(*n))?.ty.clone(),
            TermKind::Receiver => function.owner.as_deref().map(|owner| last_of(owner).to_owned()),
            TermKind::Field(base, name) if matches!(file.term(*base).kind, TermKind::Receiver) => {
                let owner = last_of(function.owner.as_deref()?);
                let (at, ty) = self.world.symbols.type_of(self.frames[frame].file, owner)?;
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

    pub(super) fn mutated(
        &mut self,
        frame: usize,
        id: Id,
        receiver: Value,
        name: &str,
        args: &[(Option<String>, Value)],
    ) -> Value {
        let name = name.to_owned();
        let rows: Vec<&Row> =
            self.index(frame).rows(Use::Method, std::slice::from_ref(&name)).filter(|row| row.mutates).collect();
        if matches!(receiver.kind, Kind::Record(_) | Kind::Map(_) | Kind::List(..)) {
            return receiver;
        }
        match self.first_row(frame, id, &rows, Some(&receiver), args) {
            Some(value) if !value.is_unknown() => value,
            // Nobody knows where it was moved to.
            Some(_) if rows.iter().any(|row| row.does.iter().any(moves_far)) => {
                Value { kind: Kind::Unknown, meta: receiver.meta }
            }
            _ => receiver,
        }
    }
}

/// Whether an operation can move a time by more than a day, or puts another in its place.
fn moves_far(op: &Op) -> bool {
    match op {
        Op::Add(_) | Op::Subtract(_) | Op::Later(_) | Op::Earlier(_) | Op::Moved => true,
        Op::Instant(_) | Op::Parse(_) => true,
        Op::Set(forms) => forms.iter().any(|form| matches!(form.of, Part::Year | Part::Month | Part::Day)),
        _ => false,
    }
}

/// Whether a method of that name asks whether something is kept under a key, and does not read it.
fn asks(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["exist", "contain", "has", "is"].iter().any(|word| name.starts_with(word))
}

/// The arguments in the order of the function's parameters.
pub(super) fn positions(function: &FunctionFacts, operands: &[(Option<String>, Value)]) -> Vec<Option<Value>> {
    let mut args: Vec<Option<Value>> = Vec::new();
    let mut next = 0;
    for (keyword, value) in operands {
        let n =
            keyword.as_ref().and_then(|k| function.params.iter().position(|param| param.name == *k)).unwrap_or(next);
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

/// A variant of an enum with what it holds.
fn variant(name: String, operands: Vec<(Option<String>, Value)>) -> Value {
    let named = operands.into_iter().enumerate();
    let fields = named.map(|(n, (keyword, value))| (keyword.unwrap_or_else(|| n.to_string()), value)).collect();
    Value::of(Kind::Record(Rc::new(Record { ty: Some(name), fields })))
}
