//! Parts of values: fields, elements, variants, and values put together from parts.

use super::*;

impl<'w> Run<'w> {
    pub(super) fn field(&mut self, frame: usize, id: Id, base: Value, name: &str, is_receiver: bool) -> Value {
        if let Some(picked) = self.of_picked(&base, &Value::of(Kind::Text(name.into()))) {
            return picked;
        }
        if let Some(value) = base.field(name) {
            return value.clone().with(&Meta { origins: Origins::default(), ..Meta::default() });
        }
        // A group of a pattern, by its name.
        if let Kind::Map(pairs) = &base.kind
            && let Some((_, value)) = pairs.iter().find(|(key, _)| key.text() == Some(name))
        {
            return value.clone();
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
        if let (Kind::List(items, _), "second" | "value" | "Value" | "first" | "key") = (&base.kind, name)
            && items.len() == 2
        {
            return items[usize::from(!matches!(name, "first" | "key"))].clone();
        }
        let value = self.member_rows(frame, id, &base, name);
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
        // What the tree adds to a type that is not its own (an extension's property).
        if matches!(base.kind, Kind::Instant(_) | Kind::Period(_)) {
            let value = self.property(frame, id, None, name, Some(base.clone()));
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
        if base.is_unknown() || is_receiver {
            let ty = self.static_type(frame, id).or_else(|| self.front_type(frame, id));
            let value = match &ty {
                Some(ty) => self.property(frame, id, Some(ty), name, Some(base.clone()).filter(|b| !b.is_unknown())),
                None => Value::unknown(),
            };
            if !value.is_unknown() {
                return value;
            }
            // What a caller passes is some object of its type.
            let ty = ty.filter(|ty| !is_receiver && self.world.symbols.is_member(ty, name));
            if let Some(ty) = ty {
                let stored =
                    self.stored_choice(frame, id, self.world.symbols.field(&ty, name), self.frames[frame].file);
                let value = if stored.is_unknown() { self.made_field(frame, id, &ty, name) } else { stored };
                if !value.is_unknown() {
                    return value;
                }
            }
        }
        if !base.is_unknown() && !matches!(base.kind, Kind::Record(_)) {
            let value = self.extension(frame, id, name, &base);
            if !value.is_unknown() {
                return value;
            }
        }
        let span = self.file(frame).term(id).span;
        // Of several, each has a date of its own: that a release of a list was published is not when this one was.
        let of_several = self.file(frame).is_of_several(id);
        let own = |value: &Value| !of_several || value.meta.anchor.is_none();
        let named = |run: &mut Self| run.instant_named(frame, name, span).filter(own);
        if let Some(value) = self.flag(frame, name, span).or_else(|| named(self)) {
            return value;
        }
        if let Some(value) = self.configured(frame, name, span, Confidence::Likely) {
            return value;
        }
        if base.is_unknown() || matches!(base.kind, Kind::Record(_)) {
            let stored = self.world.symbols.literal(name).iter().copied();
            let stored: Vec<Stored> = stored.filter(|stored| !self.is_of_other_test(stored)).collect();
            let mut value = self.stored_choice(frame, id, &stored, self.frames[frame].file);
            if !value.is_unknown() {
                value.meta.sure = value.meta.sure.min(Confidence::Likely);
                return value;
            }
        }
        let start = self.part_of_start(&base, name);
        start.unwrap_or_else(|| Value { kind: Kind::Unknown, meta: Meta { origins: Origins::default(), ..base.meta } })
    }

    /// Whether a test of another file made what is stored there: none but itself is given it.
    fn is_of_other_test(&self, stored: &Stored) -> bool {
        let file = self.world.files[stored.file];
        let made_in = stored.function.or_else(|| file.function_at(file.term(stored.value).span));
        let root = self.frames.first().map(|frame| frame.file);
        made_in.is_some_and(|f| file.functions[f].test) && root != Some(stored.file)
    }

    /// What is kept with the start of a trial under a name that says nothing else: `JSON.parse(kept).since`.
    fn part_of_start(&self, base: &Value, name: &str) -> Option<Value> {
        let kept = matches!(base.kind, Kind::Instant(_)) && base.meta.anchor == Some(Anchor::Install);
        (kept && self.world.vocabulary.may_be_start(name)).then(|| base.clone())
    }

    /// What a property gives that the tree adds to a type which is not its own, where the language has such.
    fn extension(&mut self, frame: usize, id: Id, name: &str, base: &Value) -> Value {
        if !self.models(frame).bare_calls {
            return Value::unknown();
        }
        let found = self.world.symbols.methods(self.world.files, self.frames[frame].file, name);
        match found.as_slice() {
            [only] if self.function(*only).params.is_empty() => {
                self.enter(frame, id, *only, Vec::new(), Some(base.clone()))
            }
            _ => Value::unknown(),
        }
    }

    /// The position of a field in its type's declaration, for values written by position.
    pub(super) fn positional(&self, frame: usize, ty: Option<&str>, name: &str) -> Option<usize> {
        let (file, ty) = self.world.symbols.type_of(self.frames[frame].file, ty?)?;
        self.world.files[file].types[ty].fields.iter().position(|field| field.name == name)
    }

    /// A field or getter of a type, when the object itself does not hold it.
    pub(super) fn typed_member(&mut self, frame: usize, id: Id, ty: &str, name: &str, receiver: &Value) -> Value {
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
            _ => self.static_field(frame, id, ty, name),
        }
    }

    pub(super) fn with_field(&mut self, frame: usize, id: Id, base: Value, name: &str, to: Value) -> Value {
        if let Some(form) = self.part_of(frame, name).first() {
            let value = ops::set_part(*form, &base, &to);
            if !value.is_unknown() || !matches!(base.kind, Kind::Record(_)) {
                return value;
            }
        }
        let name = name.to_owned();
        if !matches!(base.kind, Kind::Record(_))
            && let Some(row) = self.index(frame).rows(Use::Method, std::slice::from_ref(&name)).find(|row| row.mutates)
        {
            let operands = rows::operands(row, Some(&base), &[(None, to.clone())]);
            let value = self.pipeline(frame, id, row, operands);
            if !value.is_unknown() {
                return value;
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

    /// A collection with the element at a key replaced or added; what is no known collection stays what it is.
    pub(super) fn put(&self, frame: usize, base: Value, key: Value, to: Value) -> Value {
        let kind = match &base.kind {
            Kind::Map(pairs) => {
                let same = |known: &Value| value::compare(known, &key, self.models(frame)).is_some_and(|o| o.is_eq());
                let others = pairs.iter().filter(|(known, _)| !same(known)).cloned();
                Kind::Map(others.chain([(key.clone(), to)]).collect())
            }
            // What has no fields is a collection that is declared and not filled.
            Kind::Record(record) if record.fields.is_empty() && matches!(key.kind, Kind::Null) => {
                Kind::List(Rc::from([to]), None)
            }
            Kind::Record(record) if record.fields.is_empty() && key.text().is_none() => {
                Kind::Map(Rc::from([(key, to)]))
            }
            Kind::Unknown if key.int().is_some() => Kind::Map(Rc::from([(key, to)])),
            Kind::Record(record) => {
                let Some(name) = key.text() else { return base };
                let mut record = (**record).clone();
                record.fields.retain(|(field, _)| field != name);
                record.fields.push((name.to_owned(), to));
                Kind::Record(Rc::new(record))
            }
            Kind::List(items, None) if items.is_empty() && key.text().is_some() => Kind::Map(Rc::from([(key, to)])),
            Kind::List(items, ty) => {
                let mut items = items.to_vec();
                match key.int().and_then(|n| usize::try_from(n).ok()).and_then(|n| items.get_mut(n)) {
                    Some(item) => *item = to,
                    None => items.push(to),
                }
                Kind::List(items.into(), ty.clone())
            }
            _ => return base,
        };
        Value { kind, meta: base.meta }
    }

    /// A time value as the list that the language makes of it (the row of the method `[]`); any other value as it is.
    pub(super) fn as_list(&mut self, frame: usize, id: Id, value: &Value) -> Value {
        if value.instant().is_none() {
            return value.clone();
        }
        self.method_rows(frame, id, value, "[]", &[]).filter(|list| !list.is_unknown()).unwrap_or_else(|| value.clone())
    }

    pub(super) fn element_at(&mut self, frame: usize, id: Id, base: &Value, index: &Value) -> Value {
        // By a name, a part is asked for and no place in a list.
        let base = &if index.text().is_some() { base.clone() } else { self.as_list(frame, id, base) };
        let by_year = self.of_year(frame, id, base, index).or_else(|| self.told_of_year(base, index));
        if let Some(found) = by_year {
            return found;
        }
        if let Some(picked) = self.of_picked(base, index) {
            return picked;
        }
        match (&base.kind, &index.kind) {
            (Kind::List(items, _), Kind::Int(n)) => {
                let n = if *n < 0 { *n + items.len() as i128 } else { *n };
                let element = usize::try_from(n).ok().and_then(|n| items.get(n));
                element.map_or_else(Value::unknown, |element| chosen_by(index, element))
            }
            (Kind::Text(_), Kind::List(ends, Some(ty))) if **ty == *RANGE => match &**ends {
                [from, to] => ops::through(&[base.clone(), ops::place(from), ops::place(to)]),
                _ => Value::unknown(),
            },
            (Kind::Map(pairs), Kind::Text(_) | Kind::Int(_)) => {
                let same = |key: &Value| value::compare(key, index, self.models(frame)).is_some_and(|o| o.is_eq());
                let pair = pairs.iter().find(|(key, _)| same(key));
                pair.map_or_else(Value::unknown, |(_, value)| chosen_by(index, value))
            }
            // Of several results the models know the first: Go's `t, err := time.Parse(…)`.
            (Kind::Instant(_) | Kind::Parts(_) | Kind::Period(_) | Kind::Int(_) | Kind::Float(_), Kind::Int(0)) => {
                base.clone()
            }
            (Kind::Record(record), Kind::Int(0)) if record.ty.is_some() => base.clone(),
            // A table that is written out as its entries.
            (Kind::List(items, ty), Kind::Text(_)) if ty.as_deref() != Some(RANGE) && is_entries(items) => {
                let table = ops::pairs(std::slice::from_ref(base));
                self.element_at(frame, id, &table, index)
            }
            (Kind::Record(_), Kind::Text(name)) => base.field(name).cloned().unwrap_or_else(Value::unknown),
            (Kind::List(..) | Kind::Map(_), _) => {
                let element = self.any_element(frame, id, base);
                self.mapped(element, base)
            }
            (Kind::Record(record), _) if is_table(record) && !record.fields.is_empty() => {
                let pick = self.choices.pick((self.frames[frame].file, id, 2), record.fields.len());
                record.fields[pick].1.clone()
            }
            // A time taken apart, as an array by name: `getdate()['year']`.
            (Kind::Instant(_), Kind::Text(name)) => {
                let base = base.clone();
                self.member_rows(frame, id, &base, name)
                    // What has the name of a start may hold more than that: `config["trial"]["ends"]`.
                    .or_else(|| base.meta.anchor.and_then(|_| self.configured_at(frame, id, name)))
                    .or_else(|| self.part_of_start(&base, name))
                    .unwrap_or_else(Value::unknown)
            }
            (Kind::Unknown, Kind::Text(key)) => {
                let span = self.file(frame).term(id).span;
                let of_several = self.file(frame).is_of_several(id);
                self.keyed(frame, key, span)
                    .filter(|value| !of_several || value.meta.anchor.is_none())
                    .or_else(|| self.kept_setting(frame, id, key))
                    .unwrap_or_else(Value::unknown)
            }
            _ => Value::unknown(),
        }
    }

    /// For a test, a part of what the clock has picked: nothing where it has left none. That it is there hangs on the clock.
    fn of_picked(&self, base: &Value, index: &Value) -> Option<Value> {
        if !base.meta.timed || !self.in_test() {
            return None;
        }
        let part = match (&base.kind, &index.kind) {
            (Kind::List(items, None), Kind::Int(n)) => {
                let n = if *n < 0 { *n + items.len() as i128 } else { *n };
                Some(usize::try_from(n).ok().and_then(|n| items.get(n)))
            }
            (Kind::Record(_), Kind::Text(name)) => base.field(name).map(Some),
            (Kind::Map(pairs), Kind::Text(name)) => {
                pairs.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| Some(value))
            }
            (Kind::Null, _) => Some(None),
            _ => None,
        };
        let part = part?.cloned().unwrap_or_else(|| Value::of(Kind::Null));
        Some(part.with(&operators::timing(&base.meta)))
    }

    /// A map's element, seen through an index, is its value.
    pub(super) fn mapped(&self, element: Value, base: &Value) -> Value {
        match (&element.kind, &base.kind) {
            (Kind::List(pair, _), Kind::Map(_)) if pair.len() == 2 => pair[1].clone(),
            _ => element,
        }
    }

    /// Some element of a collection; a map's are pairs.
    pub(super) fn any_element(&mut self, frame: usize, id: Id, over: &Value) -> Value {
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
            Kind::Instant(_) | Kind::Int(_) | Kind::Text(_) | Kind::Period(_) | Kind::Truth(_) => over.clone(),
            _ => Value::unknown(),
        }
    }

    pub(super) fn record(
        &mut self,
        frame: usize,
        ty: Option<&Path>,
        fields: &[(String, Id)],
        base: Option<Value>,
    ) -> Value {
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
            if let Some(form) = self.part_of(frame, name).first() {
                value = ops::set_part(*form, &value, part);
            }
        }
        if matches!(value.kind, Kind::Parts(_))
            && record.fields.len() >= 2
            && !self.declares(frame, record.ty.as_deref())
        {
            return value;
        }
        Value::of(Kind::Record(Rc::new(record)))
    }

    pub(super) fn declares(&self, frame: usize, ty: Option<&str>) -> bool {
        ty.is_some_and(|ty| self.world.symbols.type_of(self.frames[frame].file, ty).is_some())
    }

    pub(super) fn self_type(&self, frame: usize, ty: &str) -> String {
        if ty != "Self" {
            return ty.to_owned();
        }
        let function = self.frames[self.scope(frame)].function.map(|f| &self.file(frame).functions[f]);
        let owner = function.and_then(|function| function.owner.as_deref()).unwrap_or(ty);
        last_of(owner).to_owned()
    }

    pub(super) fn is_variant(&mut self, frame: usize, id: Id, inner: Value, path: &[String]) -> Value {
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
}

/// An element of a table. A date that the clock chooses moves with it: this year's festival is no date to wait for.
fn chosen_by(index: &Value, element: &Value) -> Value {
    let is_date = || match &element.kind {
        Kind::Instant(_) => element.meta.anchor.is_none(),
        Kind::Text(text) => !crate::calendar::find_all(text).is_empty(),
        _ => false,
    };
    // Few indices hang on the clock; texts are searched for those alone.
    if index.meta.timed && is_date() { Value::unknown() } else { element.clone() }
}

/// Whether an object is a table by name, not one of a type with fields: `const ends: Record<string, number> = { … }`.
pub(super) fn is_table(record: &Record) -> bool {
    record.ty.as_deref().is_none_or(is_table_type)
}

/// Whether every element is a key and its value.
fn is_entries(items: &[Value]) -> bool {
    let is_entry =
        |item: &Value| matches!(&item.kind, Kind::List(parts, _) if parts.len() == 2 && parts[0].text().is_some());
    !items.is_empty() && items.iter().all(is_entry)
}
