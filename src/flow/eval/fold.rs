//! What is made of a list whose elements are all known: by a loop, by a filter, by what is added to it. Where they are not,
//! any element stands for all.

use super::*;

/// Elements of a list that are visited one by one; of a longer one any stands for all.
const ELEMENTS: usize = 16;
/// The same where one of them is looked for.
const SOUGHT: usize = 64;

impl<'w> Run<'w> {
    /// What a loop leaves: `start`, or what it makes of one element after the other, beginning with that.
    pub(super) fn fold(&mut self, frame: usize, id: Id, [element, start, previous, next]: [Id; 4]) -> Value {
        let TermKind::Element(over) = self.file(frame).term(element).kind else { return Value::unknown() };
        let over = self.eval(frame, over);
        // Whether there is such an element at all.
        let seeks = matches!(self.file(frame).term(next).kind, TermKind::Binary(BinaryOp::Or, of, _) if of == previous);
        let most = if seeks { SOUGHT } else { ELEMENTS };
        let Some(items) = elements_of(&self.visited(frame, &over), most) else {
            let pick = if seeks { 1 } else { self.choices.pick((self.frames[frame].file, id, 0), 2) };
            return self.eval(frame, [start, next][pick]);
        };
        let mut value = self.eval(frame, start);
        for item in items {
            let inner = self.nested(frame);
            self.suppose_in(inner, element, item);
            self.suppose_in(inner, previous, value);
            value = self.eval(inner, next);
        }
        value
    }

    /// What a loop over a value visits: of Python's dictionaries the keys, of Go's maps the values.
    pub(super) fn visited(&self, frame: usize, over: &Value) -> Value {
        let side = match (self.file(frame).language, &over.kind) {
            ("python", Kind::Map(_)) => collections::Side::Keys,
            ("go", Kind::Map(_)) => collections::Side::Values,
            ("go", Kind::Record(record)) if record.ty.is_none() => collections::Side::Values,
            _ => return over.clone(),
        };
        collections::side(side, over)
    }

    /// A frame within another, for one visit.
    fn nested(&mut self, frame: usize) -> usize {
        let Frame { file, function, depth, .. } = self.frames[frame];
        self.push(Frame { file, function, lexical: Some(frame), depth: depth + 1, ..Frame::default() })
    }

    /// Takes a term to hold a value in a frame.
    fn suppose_in(&mut self, frame: usize, id: Id, value: Value) {
        self.memo.insert((frame, id), self.values.len() as u32);
        self.values.push(value);
    }

    /// The elements that a closure keeps, or those that it does not, if of each it is known whether it does.
    pub(super) fn filtered(&mut self, over: &Value, closure: &Value, kept_is: bool) -> Option<Value> {
        if self.arity(closure) > 1 || !matches!(closure.kind, Kind::Closure(_)) {
            return None;
        }
        let items = elements_of(over, ELEMENTS).filter(|_| matches!(over.kind, Kind::List(..)))?;
        let mut meta = over.meta.clone();
        let mut kept = Vec::new();
        for item in items {
            let keeps = self.apply(closure, std::slice::from_ref(&item));
            match keeps.truth() {
                Truth::Maybe => return None,
                truth => kept.extend((truth == Truth::from(kept_is)).then_some(item)),
            }
            meta = meta.join(&operators::timing(&keeps.meta));
        }
        Some(Value { kind: Kind::List(kept.into(), None), meta })
    }

    /// What is made of each element that the clock has picked: how many they are hangs on it. What a closure gives back as it
    /// came stays the list.
    pub(super) fn mapped_each(&mut self, over: &Value, closure: &Value) -> Option<Value> {
        let Kind::Closure(code) = &closure.kind else { return None };
        let range = collections::numbers(over).map(|_| collections::range(&collections::elements(over), true));
        let over = range.as_ref().filter(|range| range.meta.timed).unwrap_or(over);
        let items = elements_of(over, if range.is_some() { SOUGHT } else { ELEMENTS })?;
        let result = &self.file(code.frame).term(code.value).kind;
        if let ([variable], TermKind::Variable(given)) = (code.params.as_slice(), result)
            && variable == given
        {
            return Some(over.clone());
        }
        if !over.meta.timed || code.params.len() != 1 {
            return None;
        }
        let made: Vec<Value> = items.into_iter().map(|item| self.apply(closure, &[item])).collect();
        Some(Value { kind: Kind::List(made.into(), None), meta: over.meta.clone() })
    }
}

/// The elements of a list that has no more than so many, each with the type that the list gives it.
fn elements_of(over: &Value, most: usize) -> Option<Vec<Value>> {
    let Kind::List(items, ty) = &over.kind else { return None };
    if ty.as_deref() == Some(RANGE) {
        return None;
    }
    let typed = |item: &Value| match (&item.kind, ty) {
        (Kind::List(parts, None), Some(ty)) => {
            Value { kind: Kind::List(parts.clone(), Some(ty.clone())), meta: item.meta.clone() }
        }
        _ => item.clone(),
    };
    (items.len() <= most).then(|| items.iter().map(typed).collect())
}
