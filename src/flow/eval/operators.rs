//! Operators, decisions, and the comparisons among them.

use super::*;

impl<'w> Run<'w> {
    pub(super) fn choose(&mut self, frame: usize, id: Id, cond: Id, a: Id, b: Id) -> Value {
        let cond = self.answer(frame, cond);
        match cond.truth() {
            Truth::True => self.eval(frame, a).with(&timing(&cond.meta)),
            Truth::False => self.eval(frame, b).with(&timing(&cond.meta)),
            Truth::Maybe => {
                let (x, y) = (self.eval(frame, a), self.eval(frame, b));
                if let Some(start) = self.kept(frame, (a, &x), (b, &y)) {
                    return start;
                }
                let truths = (&x.kind, &y.kind);
                if let (Kind::Truth(x_truth), Kind::Truth(y_truth)) = truths {
                    // Of two comparisons with the clock, the one whose other side is known.
                    if x.meta.timed && y.meta.timed && x_truth != y_truth {
                        match (x_truth, y_truth) {
                            (Truth::Maybe, _) => return y,
                            (_, Truth::Maybe) => return x,
                            _ => {}
                        }
                    }
                    let truth = if x_truth == y_truth { *x_truth } else { Truth::Maybe };
                    if x.meta.timed == y.meta.timed || truth != Truth::Maybe {
                        // Which of two answers it is hangs on the clock if the condition may.
                        let meta = x.meta.join(&y.meta);
                        let meta = if truth == Truth::Maybe { meta.join(&timing(&cond.meta)) } else { meta };
                        return Value { kind: Kind::Truth(truth), meta };
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

    /// What a term says where an answer is wanted.
    pub(super) fn answer(&mut self, frame: usize, id: Id) -> Value {
        let value = self.eval(frame, id);
        self.answered(frame, value)
    }

    /// What a value says where an answer is wanted: of a list that the clock picks its elements into, whether there are any.
    /// Another list may have gained some unseen.
    pub(super) fn answered(&self, frame: usize, value: Value) -> Value {
        let is_empty = matches!(&value.kind, Kind::List(items, _) if items.is_empty() && value.meta.timed);
        if is_empty && self.models(frame).empty_is_false {
            return Value { kind: Kind::Truth(Truth::False), meta: value.meta };
        }
        value
    }

    pub(super) fn binary(&mut self, frame: usize, id: Id, op: BinaryOp, left: Id, right: Id) -> Value {
        let (a, b) = (self.eval(frame, left), self.eval(frame, right));
        let models = self.models(frame);
        if matches!(op, BinaryOp::Or | BinaryOp::Otherwise)
            && let Some(start) = self.kept(frame, (left, &a), (right, &b))
        {
            return start;
        }
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
        if let (BinaryOp::BitOr, Kind::Record(_) | Kind::Map(_), Kind::Record(_) | Kind::Map(_)) =
            (op, &a.kind, &b.kind)
        {
            return self.with_entry(frame, a, b);
        }
        if op == BinaryOp::Remainder && a.text().is_some_and(|text| text.contains('%')) {
            return crate::flow::printf::modulo(&a, &b);
        }
        // Where times count as numbers, arithmetic takes them so.
        let counts = models.instant_as.is_some()
            && matches!(op, BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Remainder);
        let (a, b) = if counts { (ops::counted(&a, models), ops::counted(&b, models)) } else { (a, b) };
        let meta = a.meta.join(&b.meta);
        match op {
            BinaryOp::Add => value::add(&a, &b, false, models),
            BinaryOp::Subtract => value::add(&a, &b, true, models),
            BinaryOp::Multiply => value::multiply(&a, &b),
            BinaryOp::Divide => value::divide(&a, &b, models.true_division, false),
            BinaryOp::FloorDivide => value::divide(&a, &b, false, true),
            BinaryOp::Remainder => value::integer(&a, &b, i128::checked_rem_euclid),
            BinaryOp::Power => value::integer(&a, &b, |x, y| x.checked_pow(u32::try_from(y).ok()?)),
            BinaryOp::ShiftLeft => value::integer(&a, &b, |x, y| {
                x.checked_mul(1_i128.checked_shl(u32::try_from(y).ok().filter(|y| *y < 100)?)?)
            }),
            BinaryOp::ShiftRight => value::integer(&a, &b, |x, y| x.checked_shr(u32::try_from(y).ok()?)),
            BinaryOp::BitAnd | BinaryOp::BitOr
                if matches!((&a.kind, &b.kind), (Kind::Truth(_), _) | (_, Kind::Truth(_))) =>
            {
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
            BinaryOp::Concat => Value { kind: value::concat(&[a, b]).unwrap_or(Kind::Unknown), meta },
            BinaryOp::In => self.within(frame, id, &a, &b),
            _ => Value::unknown(),
        }
    }

    /// `a && b`, `a || b`; where an operand is no truth value the language gives one of the two (`now || new Date()`).
    pub(super) fn both(&self, a: &Value, b: Value, meta: Meta, and: bool) -> Value {
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

    /// Whether a value lies between two others, or is one of them.
    pub(super) fn between(&mut self, frame: usize, id: Id, value: &Value, first: &Value, last: &Value) -> Value {
        let lower = self.compared(frame, id, Comparison::Ge, value, first);
        let upper = self.compared(frame, id, Comparison::Le, value, last);
        let meta = lower.meta.join(&upper.meta);
        Value { kind: Kind::Truth(lower.truth().and(upper.truth())), meta }
    }

    /// Membership: of a year in a list or a range, of a key in a map, of a text in another.
    pub(super) fn within(&mut self, frame: usize, id: Id, a: &Value, b: &Value) -> Value {
        match (&a.kind, &b.kind) {
            (_, Kind::List(ends, Some(ty))) if **ty == *RANGE && ends.len() == 2 => {
                return self.between(frame, id, a, &ends[0], &ends[1]);
            }
            (Kind::Text(part), Kind::Text(whole)) => {
                let truth = Kind::Truth(whole.contains(&**part).into());
                let value = Value { kind: truth, meta: a.meta.join(&b.meta) };
                self.atom(frame, id, &value);
                return value;
            }
            _ => {}
        }
        // What the clock made says nothing of the clock; what is kept under a key of its making, nothing of when it was kept.
        let items: Vec<&Value> = match &b.kind {
            Kind::List(items, _) => items.iter().filter(|item| !(a.meta.timed && item.meta.timed)).collect(),
            Kind::Map(pairs) => pairs.iter().map(|(key, _)| key).filter(|key| !key.meta.timed).collect(),
            _ => Vec::new(),
        };
        let mut truth = if items.is_empty() { Truth::Maybe } else { Truth::False };
        // What is in a list may hang on the clock, whatever its elements do.
        let mut meta = a.meta.join(&timing(&b.meta));
        for item in items {
            let same = value::compare(a, item, self.models(frame)).map_or(Truth::Maybe, |order| order.is_eq().into());
            truth = truth.or(same);
            meta = meta.join(&item.meta);
        }
        let value = Value { kind: Kind::Truth(truth), meta };
        self.atom(frame, id, &value);
        value
    }

    pub(super) fn compared(&mut self, frame: usize, id: Id, comparison: Comparison, a: &Value, b: &Value) -> Value {
        if a.meta.by_year || b.meta.by_year {
            return years::compared(comparison, a, b);
        }
        let value = ops::compare(comparison, a, b, self.models(frame));
        if comparison != Comparison::Cmp {
            let crossing = value::crossing(a, b, self.now);
            self.decided(frame, id, &value, crossing, a.meta.timed && b.meta.timed);
        }
        value
    }

    pub(super) fn atom(&mut self, frame: usize, id: Id, value: &Value) {
        self.decided(frame, id, value, None, false);
    }

    fn decided(&mut self, frame: usize, id: Id, value: &Value, crossing: Option<value::Crossing>, itself: bool) {
        if value.meta.timed && value.truth() != Truth::Maybe {
            let scope = self.scope(frame);
            self.atoms.push(Atom {
                file: self.frames[frame].file,
                term: id,
                function: self.frames[scope].function,
                truth: value.truth(),
                meta: value.meta.clone(),
                itself,
                crossing,
            });
        }
    }
}

/// What a condition says of the value that it chose: all but its unit.
pub(super) fn timing(meta: &Meta) -> Meta {
    Meta { unit: None, ..meta.clone() }
}

pub(super) fn unary(op: UnaryOp, inner: &Value) -> Value {
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
pub(super) fn cast(ty: &str, inner: Value) -> Value {
    let lower = ty.to_lowercase();
    let whole = lower.contains("int")
        || lower.contains("long")
        || matches!(lower.as_str(), "u64" | "i64" | "u32" | "i32" | "usize" | "time_t");
    let kind = match (&inner.kind, whole) {
        (Kind::Float(n), true) if n.is_finite() && n.abs() < 1e30 => Kind::Int(n.trunc() as i128),
        (Kind::List(items, None), _) => Kind::List(items.clone(), Some(ty.into())),
        _ => inner.kind.clone(),
    };
    Value { kind, meta: inner.meta }
}
