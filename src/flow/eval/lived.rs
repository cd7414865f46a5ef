//! What becomes of an object that a test makes: what the calls before leave in it for the next.
//!
//! What product code stores is one of several values that whoever reads it may meet. A test tells its own story: it makes
//! an object, has it keep a date, and asks it again.

use crate::flow::object::Object;

use super::*;

/// Calls within calls that are looked through for what they store.
const NESTED: usize = 4;
/// Calls of one function that are, likewise.
const CALLS: usize = 32;

impl<'w> Run<'w> {
    /// Whether it is asked on behalf of a test.
    pub(super) fn in_test(&self) -> bool {
        let root = self.frames.first().and_then(|root| Some((root.file, root.function?)));
        root.is_some_and(|at| self.world.is_test(at))
    }

    /// The object that a call of a test is called on, as the calls before leave it.
    pub(super) fn lived(&mut self, frame: usize, call: Id, object: Value) -> Value {
        let scope = self.scope(frame);
        let Some(function) = self.frames[scope].function else { return object };
        let file = self.file(scope);
        if !is_own(&object) || !self.world.is_test((self.frames[scope].file, function)) {
            return object;
        }
        let Some(called) = file.object_of(call) else { return object };
        let before: Vec<Id> = file.calls_before(function, call, called).collect();
        before.into_iter().fold(object, |object, before| self.after(frame, before, called, object, NESTED))
    }

    /// An object after one more call that is called on it, or is given it.
    fn after(&mut self, frame: usize, call: Id, called: Object<'w>, object: Value, nested: usize) -> Value {
        let (Some(nested), Kind::Record(record)) = (nested.checked_sub(1), &object.kind) else { return object };
        let file = self.file(frame);
        let from = self.frames[frame].file;
        let given = file.given_to(call);
        if file.object_of(call) != Some(called) {
            let at = given.iter().position(|(_, arg)| file.as_object(*arg) == called);
            let callee = self.one_callee(from, call);
            let Some((n, callee)) = at.zip(callee) else { return object };
            let inner = self.begun(frame, callee, given, None);
            return self.handed(inner, n, object, nested);
        }
        let name = match &file.term(call).kind {
            TermKind::Method(_, name, _) => Some(name),
            TermKind::Call(path, _) => path.last(),
            _ => None,
        };
        let (Some(name), Some(ty)) = (name, &record.ty) else { return object };
        let methods = self.world.symbols.methods_of(self.world.files, from, ty, name);
        let [method] = methods.as_slice() else { return object };
        let inner = self.begun(frame, *method, given, Some(object.clone()));
        let record = (**record).clone();
        Value { kind: Kind::Record(Rc::new(self.left_by(inner, record, nested))), meta: object.meta }
    }

    /// The frame of a function that a call enters.
    fn begun(&mut self, frame: usize, callee: FunctionRef, given: &[Argument], receiver: Option<Value>) -> usize {
        let args = self.arguments(frame, given);
        let args = self.placed(callee, &args);
        let depth = self.frames[frame].depth + 1;
        self.push(Frame { file: callee.0, function: Some(callee.1), args, receiver, depth, ..Frame::default() })
    }

    /// An object after a function that was given it as its n-th argument.
    fn handed(&mut self, inner: usize, n: usize, object: Value, nested: usize) -> Value {
        let Some(function) = self.entered_function(inner) else { return object };
        let Some(param) = function.params.get(n) else { return object };
        let calls = function.calls.iter().take(CALLS);
        calls.fold(object, |object, call| self.after(inner, *call, Object::Made(param.term), object, nested))
    }

    fn entered_function(&self, frame: usize) -> Option<&'w FunctionFacts> {
        let Frame { file, function, .. } = &self.frames[frame];
        function.map(|function| &self.world.files[*file].functions[function])
    }

    /// The receiver of a method after it: what it stores, and what it has its parts store.
    fn left_by(&mut self, inner: usize, mut record: Record, nested: usize) -> Record {
        let Some(function) = self.entered_function(inner) else { return record };
        let file = self.file(inner);
        for call in function.calls.iter().take(CALLS) {
            match file.object_of(*call) {
                Some(called @ Object::Named([field])) => {
                    let part = self.receiver_field(inner, *call, field);
                    if is_own(&part) {
                        let after = self.after(inner, *call, called, part, nested);
                        record.set(field, after);
                    }
                }
                Some(Object::Receiver) => {
                    let whole = Value::of(Kind::Record(Rc::new(record.clone())));
                    if let Kind::Record(after) = self.after(inner, *call, Object::Receiver, whole, nested).kind {
                        record = (*after).clone();
                    }
                }
                _ => {}
            }
        }
        for write in &function.writes {
            let Some(field) = field_of(write) else { continue };
            let value = self.eval(inner, write.value);
            let value =
                match (write.adds, function.writes.iter().filter(|other| field_of(other) == Some(field)).count()) {
                    (true, _) => {
                        let whole = self.before(inner, &record, field);
                        self.with_entry(inner, whole, value)
                    }
                    (false, 1) => value,
                    // Which of them it is hangs on what is not followed here.
                    (false, _) => Value::unknown(),
                };
            record.set(field, value);
        }
        record
    }

    /// What a field holds before something is added to it.
    fn before(&mut self, inner: usize, record: &Record, field: &str) -> Value {
        if let Some((_, value)) = record.fields.iter().find(|(name, _)| name == field) {
            return value.clone();
        }
        let ty = record.ty.as_deref().and_then(|ty| self.world.symbols.type_of(self.frames[inner].file, ty));
        let declared = ty.and_then(|(file, ty)| {
            let field = self.world.files[file].types[ty].fields.iter().find(|known| known.name == *field)?;
            Some(Stored { file, function: None, value: field.value? })
        });
        match declared {
            Some(declared) => self.stored(declared, self.frames[inner].depth + 1),
            None => Value::of(Kind::Record(Rc::default())),
        }
    }

    /// A collection with an entry more.
    pub(super) fn with_entry(&self, frame: usize, whole: Value, entry: Value) -> Value {
        match entry.kind {
            Kind::List(items, _) => {
                items.iter().fold(whole, |whole, item| self.put(frame, whole, Value::of(Kind::Null), item.clone()))
            }
            Kind::Map(pairs) => {
                pairs.iter().fold(whole, |whole, (key, value)| self.put(frame, whole, key.clone(), value.clone()))
            }
            Kind::Record(record) => record.fields.iter().fold(whole, |whole, (name, value)| {
                self.put(frame, whole, Value::of(Kind::Text(name.as_str().into())), value.clone())
            }),
            _ => whole,
        }
    }

    /// The only function of the tree that a call by its bare name can mean.
    fn one_callee(&self, from: usize, call: Id) -> Option<FunctionRef> {
        let TermKind::Call(path, _) = &self.world.files[from].term(call).kind else { return None };
        let (name, front) = path.split_last()?;
        let found = self.world.symbols.functions(self.world.files, from, front.last().map(String::as_str), name);
        found.first().copied().filter(|_| found.len() == 1)
    }
}

/// Whether it is an object of a type of the tree.
fn is_own(value: &Value) -> bool {
    matches!(&value.kind, Kind::Record(record) if record.ty.is_some())
}

/// The field that is written.
fn field_of(write: &Write) -> Option<&str> {
    let named = || write.name.as_ref().filter(|path| path.len() == 1).and_then(|path| path.last());
    write.field.as_ref().or_else(named).map(String::as_str)
}
