//! What the models say a call, method, constructor or name does.

use super::*;

/// Elements of a list that are made others one by one; of a longer one any stands for all.
const PARTS: usize = 8;

impl<'w> Run<'w> {
    pub(super) fn method_rows(
        &mut self,
        frame: usize,
        id: Id,
        receiver: &Value,
        name: &str,
        args: &[(Option<String>, Value)],
    ) -> Option<Value> {
        let name = name.to_owned();
        let rows: Vec<&Row> = self
            .index(frame)
            .rows(Use::Method, std::slice::from_ref(&name))
            .filter(|row| !row.mutates || row.does.len() > 1)
            .collect();
        self.first_row(frame, id, &rows, Some(receiver), args)
    }

    /// What the models say of a property: as such, else as a method without arguments.
    pub(super) fn member_rows(&mut self, frame: usize, id: Id, receiver: &Value, name: &str) -> Option<Value> {
        let rows: Vec<&Row> = self.index(frame).rows(Use::Field, &[name.to_owned()]).collect();
        let value = self.first_row(frame, id, &rows, Some(receiver), &[]);
        value.filter(|value| !value.is_unknown()).or_else(|| self.method_rows(frame, id, receiver, name, &[]))
    }

    /// The part of a time that a property of that name is.
    pub(super) fn part_of(&self, frame: usize, name: &str) -> Vec<PartForm> {
        let name = [name.to_owned()];
        let index = self.index(frame);
        let rows = index.rows(Use::Field, &name).chain(index.rows(Use::Method, &name));
        rows.filter_map(|row| match row.does.as_slice() {
            [.., Op::Part(form)] => Some(*form),
            _ => None,
        })
        .collect()
    }

    /// The arguments of a call as they are written.
    pub(super) fn written(&self, frame: usize, id: Id) -> Option<&'w [Argument]> {
        match &self.file(frame).term(id).kind {
            TermKind::Method(_, _, args)
            | TermKind::Mutated(_, _, args)
            | TermKind::Call(_, args)
            | TermKind::New(_, args) => Some(args),
            _ => None,
        }
    }

    /// The first row that fits and yields something; if none does but one fits, its (unknown) result.
    pub(super) fn first_row(
        &mut self,
        frame: usize,
        id: Id,
        rows: &[&'w Row],
        receiver: Option<&Value>,
        args: &[(Option<String>, Value)],
    ) -> Option<Value> {
        let mut last = None;
        for row in rows {
            if row.arity.is_some_and(|arity| args.len() < arity.min || args.len() > arity.max)
                || !self.holds(frame, id, row)
                || !named(row, args)
                || !self.is_on(frame, id, row, receiver)
            {
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

    /// Whether the call's arguments are written as the row wants them.
    pub(super) fn holds(&self, frame: usize, id: Id, row: &Row) -> bool {
        let Some(when) = &row.when else { return true };
        let Some((_, arg)) = self.written(frame, id).and_then(|args| args.get(when.arg)) else { return false };
        let term = &self.file(frame).term(*arg).kind;
        if let Some(text) = when.text {
            return matches!(term, TermKind::Text(_) | TermKind::Concat(_)) == text;
        }
        let name = match term {
            TermKind::Name(path) => path.last().cloned().unwrap_or_default(),
            TermKind::Text(text) => text.to_string(),
            _ => return false,
        };
        when.is.contains(&name)
    }

    /// Whether the receiver is of a type that the row is about.
    fn is_on(&self, frame: usize, id: Id, row: &Row, receiver: Option<&Value>) -> bool {
        if row.on.is_empty() {
            return true;
        }
        let ty = match receiver.map(|receiver| &receiver.kind) {
            Some(Kind::Record(record)) => record.ty.clone(),
            _ => self.static_type(frame, id).or_else(|| self.front_type(frame, id)),
        };
        // A test may hand in one of its own, of which nothing is known.
        let handed = self.in_test() && receiver.is_some_and(Value::is_unknown);
        ty.is_some_and(|ty| row.on.contains(&ty)) && !(handed && row.likely)
    }

    /// Runs what a row does.
    pub(super) fn pipeline(&mut self, frame: usize, id: Id, row: &Row, mut operands: Vec<Value>) -> Value {
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

    pub(super) fn op(&mut self, frame: usize, id: Id, op: &Op, operands: &[Value]) -> Value {
        let models = self.models(frame);
        let (from, span) = (self.frames[frame].file, self.file(frame).term(id).span);
        let first = || operands.first().cloned().unwrap_or_else(Value::unknown);
        let second = || operands.get(1).cloned().unwrap_or_else(Value::unknown);
        match op {
            Op::Now(zone) => self.clock(frame, span, *zone, Confidence::Proven),
            Op::ChainClock => self.clock(frame, span, Zone::Utc, Confidence::Likely),
            Op::Monotonic | Op::Unknown => Value::unknown(),
            Op::Civil(form) => {
                let value = ops::civil(*form, operands);
                let by_hand = value.is_unknown().then(|| self.read_by_hand(frame)).flatten();
                by_hand.unwrap_or(value)
            }
            Op::Parse(form) => ops::parse(*form, operands),
            Op::Phrase(zone) => self.phrase(frame, span, *zone, &first()),
            Op::Moved => self.moved(&first(), &second()),
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
            Op::PrintAs(form) => {
                let pattern = Value::of(Kind::Text(form.pattern.as_str().into()));
                ops::print(form.dialect, &[first(), pattern])
            }
            Op::Add(unit) | Op::Subtract(unit) => {
                let minus = matches!(op, Op::Subtract(_));
                let amount = ops::amount(*unit, operands.get(1..).unwrap_or_default(), models);
                value::add(&first(), &amount, minus, models)
            }
            Op::Difference(unit) => ops::difference(*unit, operands, models),
            Op::Amount => match operands {
                [number, unit, ..] => ops::amount(None, &[number.clone(), unit.clone()], models),
                _ => ops::measured(&first(), models),
            },
            Op::Until | Op::Since => {
                let now = self.clock(frame, span, Zone::Utc, Confidence::Proven);
                let (a, b) = if matches!(op, Op::Until) { (first(), now) } else { (now, first()) };
                ops::difference(None, &[a, b, second()], models)
            }
            Op::Ago | Op::FromNow => match first() {
                period @ Value { kind: Kind::Period(_), .. } => {
                    let now = self.clock(frame, span, Zone::Utc, Confidence::Proven);
                    value::add(&now, &period, matches!(op, Op::Ago), models)
                }
                other => Value { kind: Kind::Unknown, meta: other.meta },
            },
            Op::Counts(unit) => {
                let mut value = first();
                if matches!(value.kind, Kind::Instant(_)) {
                    value.meta.unit = unit.nanos();
                }
                value
            }
            Op::Compare(comparison) => self.compared(frame, id, *comparison, &first(), &second()),
            Op::Negative => {
                let zero = Value::of(Kind::Int(0));
                self.compared(frame, id, Comparison::Lt, &first(), &zero)
            }
            Op::Between => match operands.get(2) {
                Some(last) => self.between(frame, id, &first(), &second(), last),
                None => self.within(frame, id, &first(), &second()),
            },
            Op::Past | Op::Future => {
                let mut now = self.clock(frame, span, Zone::Utc, Confidence::Proven);
                if matches!(first(), Value { kind: Kind::Instant(_), meta } if meta.unit == Unit::Day.nanos()) {
                    // A date is compared with today.
                    now = ops::round(Unit::Day, &now, false);
                }
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
            // What is not set has its default.
            Op::Config => {
                let first = first();
                // The key is another name for what a document holds: `getString(R.string.trial_end)`.
                if self.is_configured(&first) {
                    return first;
                }
                let key = first.text();
                let known = key.and_then(|key| self.keyed(frame, key, span));
                known.or_else(|| self.set_in_script(frame, id, key?)).unwrap_or_else(|| self.unset(frame, second()))
            }
            Op::Script => {
                let given = first().text().and_then(|path| self.world.symbols.script(self.world.files, from, path));
                given.map_or_else(Value::unknown, |script| self.enter(frame, id, script, Vec::new(), None))
            }
            Op::Pass => first(),
            Op::Fallback => match first() {
                Value { kind: Kind::Unknown | Kind::Null, .. } => second(),
                value => value,
            },
            Op::Is(value) => ops::constant(value),
            Op::ToInt => ops::to_int(&first(), models),
            Op::LeadingInt => ops::leading_int(&first(), models),
            Op::Quotient => value::divide(&first(), &second(), false, false),
            Op::Whole(rounding) => ops::whole(*rounding, &first(), models),
            Op::ToText => match value::printed(&first()) {
                Some(text) => Value { kind: Kind::Text(text.into()), meta: first().meta },
                None => Value { kind: Kind::Unknown, meta: first().meta },
            },
            Op::Split => ops::split(operands),
            Op::Replace => ops::replace(operands),
            Op::Slice => {
                let mut operands = operands.to_vec();
                if let Some(first) = operands.first_mut() {
                    *first = self.as_list(frame, id, first);
                }
                ops::slice(&operands)
            }
            Op::Cut => ops::cut(operands),
            Op::Head => ops::head(operands),
            Op::Through => ops::through(operands),
            Op::Captures(form) => captures::captures(*form, operands),
            Op::Matches(form) => captures::matches(*form, operands),
            Op::Groups => captures::groups(&first()),
            Op::Pad => ops::pad(operands),
            Op::Format => crate::flow::printf::format(operands),
            Op::Compose(dialect) => crate::flow::printf::compose(*dialect, operands),
            Op::Digits => crate::flow::printf::digits(operands),
            Op::Keys => collections::side(collections::Side::Keys, &first()),
            Op::Values => collections::side(collections::Side::Values, &first()),
            Op::Entries => collections::side(collections::Side::Entries, &first()),
            Op::Holds => self.within(frame, id, &second(), &first()),
            Op::Min | Op::Max => {
                let all = match operands {
                    [only] => collections::elements(only),
                    all => all.to_vec(),
                };
                let smaller = matches!(op, Op::Min);
                let outermost = all.into_iter().reduce(|a, b| ops::outer(smaller, &a, &b, models));
                outermost.unwrap_or_else(Value::unknown)
            }
            Op::Range => collections::range(operands, false),
            Op::RangeTo => collections::range(operands, true),
            // Of a difference to the clock it falls and rises.
            Op::Abs => match first() {
                Value { kind: Kind::Int(n), meta } => {
                    Value { kind: Kind::Int(n.abs()), meta: Meta { coarse: true, ..meta } }
                }
                Value { kind: Kind::Float(n), meta } => {
                    Value { kind: Kind::Float(n.abs()), meta: Meta { coarse: true, ..meta } }
                }
                value => value,
            },
            Op::Not => unary(UnaryOp::Not, &self.answered(frame, first())),
            Op::Negate => unary(UnaryOp::Negate, &first()),
            Op::Parts(forms) => ops::parts(forms, &first()),
            Op::Member => match second().text() {
                Some(name) => {
                    let of = self.written(frame, id).and_then(|args| args.first());
                    let of_receiver =
                        of.is_some_and(|(_, of)| matches!(self.file(frame).term(*of).kind, TermKind::Receiver));
                    self.field(frame, id, first(), name, of_receiver)
                }
                None => Value::unknown(),
            },
            Op::Entry => match self.element_at(frame, id, &first(), &second()) {
                Value { kind: Kind::Unknown | Kind::Null, .. } if operands.len() > 2 => operands[2].clone(),
                entry => entry,
            },
            Op::Later(units) => ops::shifted(units, operands, false, models),
            Op::Earlier(units) => ops::shifted(units, operands, true, models),
            Op::Multiply => value::multiply(&first(), &second()),
            Op::Divide => value::divide(&first(), &second(), false, true),
            Op::List => ops::list(operands),
            Op::Gain => ops::gain(operands),
            Op::Bind => Value::unknown(),
            Op::Store => match operands {
                [base, key, to] => self.put(frame, base.clone(), key.clone(), to.clone()),
                _ => Value::unknown(),
            },
            Op::Length => ops::length(&first()),
            Op::Pairs => ops::pairs(operands),
            Op::Merge => {
                let (whole, others) = (first(), operands.get(1..).unwrap_or_default());
                others.iter().fold(whole, |whole, entry| self.with_entry(frame, whole, entry.clone()))
            }
            Op::Choose => {
                let base = first();
                if let Some(found) = Some(base.clone()).filter(|_| self.in_test()).and_then(first_left) {
                    return found;
                }
                let element = self.any_element(frame, id, &base);
                if operands.len() > 1 { self.mapped(element, &base) } else { element }
            }
            Op::Item(at) => match &first().kind {
                Kind::List(items, _) if *at < items.len() => items[*at].clone(),
                _ => self.any_element(frame, id, &first()),
            },
            Op::Scan => crate::flow::scanf::scan(operands),
            Op::Numbers => ops::numbers(&first()),
            Op::Each(each) => self.each(frame, id, *each, &first(), &second()),
        }
    }

    pub(super) fn each(&mut self, frame: usize, id: Id, each: Each, over: &Value, closure: &Value) -> Value {
        if each == Each::Map
            && let Some(list) = self.mapped_each(over, closure)
        {
            return list;
        }
        if each == Each::Map
            && let Some(list) = self.mapped_parts(frame, id, over, closure)
        {
            return list;
        }
        if let (Each::Filter | Each::Reject, keeps) = (each, each != Each::Reject)
            && let Some(kept) = self.filtered(over, closure, keeps)
        {
            return kept;
        }
        if !matches!(closure.kind, Kind::Closure(_)) {
            return Value::unknown();
        }
        if each == Each::Find
            && let Some(row) = self.row_of_year(frame, id, over, closure)
        {
            return row;
        }
        if each == Each::Find
            && self.in_test()
            && let Some(found) = self.filtered(over, closure, true).and_then(first_left)
        {
            return found;
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
            Each::Find | Each::Filter | Each::Reject => {
                let left = if each == Each::Reject { Truth::True } else { Truth::False };
                match result.truth() {
                    truth if truth == left && !result.meta.timed => Value::of(Kind::Null),
                    _ => element,
                }
            }
        }
    }

    /// A short list with each of its elements made a number or a text: the parts of a version or of a date.
    fn mapped_parts(&mut self, frame: usize, id: Id, over: &Value, closure: &Value) -> Option<Value> {
        let is_part = |value: &Value| matches!(value.kind, Kind::Int(_) | Kind::Text(_));
        let Kind::List(items, None) = &over.kind else { return None };
        let is_known = |value: &Value| is_part(value) || matches!(value.kind, Kind::Record(_));
        if items.len() > PARTS || !items.iter().all(is_known) {
            return None;
        }
        let mut made = Vec::with_capacity(items.len());
        for item in items.iter() {
            let value = match closure.kind {
                Kind::Closure(_) => self.apply(closure, std::slice::from_ref(item)),
                _ => self.by_name(frame, id, item)?,
            };
            made.push(value);
        }
        made.iter().all(is_part).then(|| Value { kind: Kind::List(made.into(), None), meta: over.meta.clone() })
    }

    /// What a function makes of a value that is handed over by its name: `map(int, parts)`, `parts.map(Number)`.
    fn by_name(&mut self, frame: usize, id: Id, value: &Value) -> Option<Value> {
        let file = self.file(frame);
        let names = self.written(frame, id)?.iter().filter_map(|(_, arg)| match &file.term(*arg).kind {
            TermKind::Name(path) => Some((*arg, expand(&file.imports, path))),
            _ => None,
        });
        let operands = [(None, value.clone())];
        names.collect::<Vec<_>>().into_iter().find_map(|(arg, path)| {
            let rows: Vec<&Row> = self.index(frame).rows(Use::Call, &path).collect();
            self.first_row(frame, arg, &rows, None, &operands).filter(|value| !value.is_unknown())
        })
    }

    pub(super) fn arity(&self, closure: &Value) -> usize {
        match &closure.kind {
            Kind::Closure(closure) => closure.params.len(),
            _ => 0,
        }
    }

    pub(super) fn apply(&mut self, callee: &Value, args: &[Value]) -> Value {
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
}

/// Whether the row is about a call with these keywords: arguments that are all given by keywords it does not know are
/// another function's (`Date(timeIntervalSinceNow: …)`).
fn named(row: &Row, args: &[(Option<String>, Value)]) -> bool {
    let mut keywords = args.iter().filter_map(|(keyword, _)| keyword.as_ref()).peekable();
    row.params.is_empty()
        || keywords.peek().is_none()
        || args.iter().any(|(keyword, _)| keyword.is_none())
        || keywords.any(|keyword| row.params.contains(keyword))
}

/// The operands of a row: keyword arguments in place, then picked and reordered.
pub(super) fn operands(row: &Row, receiver: Option<&Value>, args: &[(Option<String>, Value)]) -> Vec<Value> {
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

/// Of a list that the clock has picked its elements into, the first one, or nothing.
fn first_left(list: Value) -> Option<Value> {
    let Value { kind: Kind::List(items, _), meta } = list else { return None };
    if !meta.timed {
        return None;
    }
    let first = items.first().cloned().unwrap_or_else(|| Value::of(Kind::Null));
    Some(first.with(&operators::timing(&meta)))
}
