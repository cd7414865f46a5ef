//! What one file says, reduced to what judging needs: the *facts*.
//!
//! Tracing a function ([`super::trace`]) replaces its statements by *terms*: what each value is, in terms of the
//! function's parameters, of names elsewhere and of calls. A term is data without control flow; a branch has become a
//! [`TermKind::Choose`]. Facts depend on the file's bytes and the rules alone, so they can be cached and merged; only the
//! [evaluator](super::eval) looks across files.

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use rustc_hash::FxHashMap as HashMap;

use crate::finding::{Severity, Span};
use crate::language::ir::{BinaryOp, Import, Path, UnaryOp};
use crate::language::registry;

/// The id of a language: one of this program's own texts.
pub type LanguageId = &'static str;

/// A term's number in its file.
pub type Id = u32;

/// A file's facts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FileFacts {
    /// The file, as the user would open it.
    pub path: Arc<str>,
    /// Which program of the file, where several stand in one.
    pub part: usize,
    /// The language's id, which selects the models.
    #[serde(deserialize_with = "known_language")]
    pub language: LanguageId,
    /// The file as a whole is test code.
    pub in_test: bool,
    /// The file freezes, injects or simulates the clock.
    pub frozen: bool,
    /// The lines that do so.
    pub frozen_lines: Vec<u32>,
    /// The package that it declares.
    pub package: Path,
    /// Its imports.
    pub imports: Vec<Import>,
    /// Files that it draws in.
    pub includes: Vec<String>,
    /// Every term of the file.
    pub terms: Vec<Term>,
    /// Its functions. The statements outside functions are one too, named empty.
    pub functions: Vec<FunctionFacts>,
    /// Its globals.
    pub globals: Vec<GlobalFacts>,
    /// Its types.
    pub types: Vec<TypeFacts>,
    /// Functions that seemed not to matter were left out.
    pub pruned: bool,
    /// What its parser could not read.
    pub gaps: Vec<Span>,
    /// What the locals of functions and closures hold that have named functions inside, by name.
    pub captured: HashMap<String, Vec<Captured>>,
    /// Parameters of closures that take the elements of a collection: the element.
    pub elements: HashMap<u32, Id>,
    /// Code whose failure is handled beside it.
    pub tried: Vec<Span>,
    /// The first and last of lines that show data: what is named there is the data's, and its dates are no build's.
    pub data_lines: Vec<(u32, u32)>,
}

/// The id of a language that this build knows.
fn known_language<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LanguageId, D::Error> {
    let id = String::deserialize(deserializer)?;
    registry::id(&id).ok_or_else(|| D::Error::custom(format!("`{id}` is no language that defuse reads")))
}

/// A local as the functions inside its own function see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Captured {
    /// The function or closure that holds it; the script spans everything.
    pub scope: Span,
    /// The function whose parameters the value may mention.
    pub function: usize,
    /// What it holds in the end.
    pub value: Id,
}

/// A value, in terms of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Where it is written.
    pub span: Span,
}

/// An argument: its keyword, if any, and its value.
pub type Argument = (Option<String>, Id);

/// What a value is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TermKind {
    /// Not known.
    Unknown,
    /// An integer.
    Int(i128),
    /// A fraction.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// A truth value.
    Bool(bool),
    /// Null.
    Null,
    /// The n-th parameter of the function.
    Param(u16),
    /// The function's receiver.
    Receiver,
    /// A closure's parameter or a loop's element, unique in the file.
    Variable(u32),
    /// A name that is no local: a constant, global, type or field of the receiver.
    Name(Path),
    /// A part of a value.
    Field(Id, String),
    /// An element of a value.
    Index(Id, Id),
    /// A call by path; if no function has that path, a method of the value that the path's front names.
    Call(Path, Vec<Argument>),
    /// A method's result.
    Method(Id, String, Vec<Argument>),
    /// The receiver after a mutating method.
    Mutated(Id, String, Vec<Argument>),
    /// A new object.
    New(Path, Vec<Argument>),
    /// A closure's result.
    Apply(Id, Vec<Argument>),
    /// A prefix operator.
    Unary(UnaryOp, Id),
    /// An operator.
    Binary(BinaryOp, Id, Id),
    /// One of two, by a condition.
    Choose(Id, Id, Id),
    /// One of several; which is not followed.
    Any(Vec<Id>),
    /// What a loop leaves: the element that it visits, what there was before it, what there was before each element, and what
    /// there is after it. Where the elements are not known, one of the second and the last.
    Fold(Id, Id, Id, Id),
    /// Values in order.
    List(Vec<Id>),
    /// Named values, over a base.
    Record(Option<Path>, Vec<(String, Id)>, Option<Id>),
    /// Keys and values.
    Map(Vec<(Id, Id)>),
    /// A value with one part replaced.
    With(Id, String, Id),
    /// A collection with the element at a key replaced or added.
    Put(Id, Id, Id),
    /// A closure: its parameters' variables and its result.
    Closure(Vec<u32>, Id),
    /// A conversion to a type.
    Cast(String, Id),
    /// A text put together.
    Concat(Vec<Id>),
    /// Some element of a collection.
    Element(Id),
    /// Whether a value has this constructor (`Ok`, `None`, a type).
    IsVariant(Id, Path),
    /// The n-th part of a constructor's payload.
    Payload(Id, u16),
}

impl TermKind {
    /// Visits the terms that it is made of.
    pub fn for_each_part(&self, mut visit: impl FnMut(Id)) {
        let mut of_args = |first: Option<Id>, args: &[Argument]| {
            first.into_iter().chain(args.iter().map(|(_, arg)| *arg)).for_each(&mut visit);
        };
        match self {
            Self::Call(_, args) | Self::New(_, args) => of_args(None, args),
            Self::Method(base, _, args) | Self::Mutated(base, _, args) | Self::Apply(base, args) => {
                of_args(Some(*base), args);
            }
            Self::Field(a, _) | Self::Unary(_, a) | Self::Cast(_, a) | Self::Element(a) => visit(*a),
            Self::IsVariant(a, _) | Self::Payload(a, _) | Self::Closure(_, a) => visit(*a),
            Self::Index(a, b) | Self::Binary(_, a, b) | Self::With(a, _, b) => [*a, *b].into_iter().for_each(visit),
            Self::Choose(a, b, c) | Self::Put(a, b, c) => [*a, *b, *c].into_iter().for_each(visit),
            Self::Fold(a, b, c, d) => [*a, *b, *c, *d].into_iter().for_each(visit),
            Self::Any(all) | Self::List(all) | Self::Concat(all) => all.iter().copied().for_each(visit),
            Self::Record(_, fields, base) => fields.iter().map(|(_, id)| *id).chain(*base).for_each(visit),
            Self::Map(pairs) => pairs.iter().flat_map(|(k, v)| [*k, *v]).for_each(visit),
            Self::Unknown | Self::Int(_) | Self::Float(_) | Self::Text(_) | Self::Bool(_) | Self::Null => {}
            Self::Param(_) | Self::Receiver | Self::Variable(_) | Self::Name(_) => {}
        }
    }
}

/// A function's facts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FunctionFacts {
    /// Its name; empty for the statements outside functions.
    pub name: String,
    /// The type or module that holds it.
    pub owner: Option<String>,
    /// Its parameters.
    pub params: Vec<ParamFacts>,
    /// It has a receiver.
    pub method: bool,
    /// Its return type's last name.
    pub returns: Option<String>,
    /// Code outside the package can call it.
    pub exported: bool,
    /// It is a test.
    pub test: bool,
    /// Its clock is frozen, injected or simulated.
    pub frozen: bool,
    /// It has no body here.
    pub declared_only: bool,
    /// What it returns.
    pub value: Option<Id>,
    /// Its decisions.
    pub conditions: Vec<Condition>,
    /// Its calls of anything, in order.
    pub calls: Vec<Id>,
    /// Its writes to fields of the receiver and to names outside it.
    pub writes: Vec<Write>,
    /// Its attributes with their arguments, as calls.
    pub attributes: Vec<Id>,
    /// The whole function.
    pub span: Span,
    /// Its name's place.
    pub name_span: Span,
}

/// The name of what gives what a function leaves in its n-th parameter. No source can have it.
pub fn filling(name: &str, n: usize) -> String {
    format!("{name}#{n}")
}

/// Which parameter of a function a name of that form is about, behind the function's own.
pub fn filled(name: &str) -> Option<(&str, usize)> {
    let (own, n) = name.split_once('#').filter(|(own, _)| !own.is_empty())?;
    Some((own, n.parse().ok()?))
}

impl FunctionFacts {
    /// `Type::name`, as a user would say it.
    pub fn qualified(&self) -> String {
        let name = filled(&self.name).map_or(self.name.as_str(), |(own, _)| own);
        match (&self.owner, name) {
            (Some(owner), name) => format!("{owner}::{name}"),
            (None, "") => "the script".to_owned(),
            (None, name) => name.to_owned(),
        }
    }

    /// The last name of what it belongs to, however that is written: `app\models\Coupon`.
    pub fn held_by(&self) -> Option<&str> {
        self.owner.as_deref().and_then(|owner| owner.rsplit(['.', ':', '\\', '/']).next())
    }
}

impl FileFacts {
    /// Whether a method call on an object hands that object to a function of this file as its first argument: an extension
    /// (C#'s `static bool Over(this DateTime end)`). No other static function is called on an object there.
    pub fn extends_by(&self, function: &FunctionFacts) -> bool {
        self.language == "csharp" && !function.method && function.owner.is_some() && !function.params.is_empty()
    }
}

/// A parameter.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ParamFacts {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Option<String>,
    /// Its default.
    pub default: Option<Id>,
    /// The term that its uses are.
    pub term: Id,
}

/// An assignment that outlives the function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Write {
    /// The receiver's field (`None`: a name outside).
    pub field: Option<String>,
    /// The name outside.
    pub name: Option<Path>,
    /// What is stored.
    pub value: Id,
    /// It is an entry beside what is there, and does not take its place.
    pub adds: bool,
}

/// A decision of a function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// What decides.
    pub term: Id,
    /// What else must hold to get here.
    pub guards: Vec<Id>,
    /// What kind of decision.
    pub kind: ConditionKind,
    /// What is done when it holds.
    pub then: Option<Outcome>,
    /// What is done when it does not.
    pub otherwise: Option<Outcome>,
}

/// The kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionKind {
    /// A branch.
    Branch,
    /// The function's own truth value.
    Answer,
    /// An assertion: what follows happens only if it holds.
    Assert,
    /// A truth that is handed on.
    Used,
}

/// What a path does, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How bad.
    pub severity: Severity,
    /// In plain words, third person.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A global.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GlobalFacts {
    /// Its name.
    pub name: String,
    /// What holds it.
    pub owner: Option<String>,
    /// Its type's last name.
    pub ty: Option<String>,
    /// Its value.
    pub value: Option<Id>,
    /// The declaration.
    pub span: Span,
}

/// A type.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TypeFacts {
    /// Its name.
    pub name: String,
    /// What holds it.
    pub owner: Option<String>,
    /// What it extends.
    pub bases: Vec<String>,
    /// Its fields: name, type, initial value, declaration.
    pub fields: Vec<FieldFacts>,
}

/// A field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FieldFacts {
    /// Its name.
    pub name: String,
    /// Its type's last name.
    pub ty: Option<String>,
    /// Its initial value.
    pub value: Option<Id>,
    /// Its attributes with their arguments, as calls.
    pub attributes: Vec<Id>,
    /// The declaration.
    pub span: Span,
}

impl FileFacts {
    /// Moves every place of the file: of code that stands inside another file.
    pub fn relocate(&mut self, place: impl Fn(Span) -> Span) {
        let moved = |span: &mut Span| *span = place(*span);
        self.terms.iter_mut().for_each(|term| moved(&mut term.span));
        self.globals.iter_mut().for_each(|global| moved(&mut global.span));
        self.types.iter_mut().flat_map(|ty| &mut ty.fields).for_each(|field| moved(&mut field.span));
        self.captured.values_mut().flatten().for_each(|captured| moved(&mut captured.scope));
        self.gaps.iter_mut().chain(&mut self.tried).for_each(moved);
        for function in &mut self.functions {
            moved(&mut function.span);
            moved(&mut function.name_span);
            let outcomes = function.conditions.iter_mut().flat_map(|c| [&mut c.then, &mut c.otherwise]);
            outcomes.flatten().for_each(|outcome| moved(&mut outcome.span));
        }
        for line in &mut self.frozen_lines {
            *line = place(Span::on_line(*line, 1, 1)).line;
        }
    }

    /// Whether a place shows data.
    pub fn shows_data(&self, place: Span) -> bool {
        self.data_lines.iter().any(|(first, last)| (*first..=*last).contains(&place.line))
    }

    /// The names that a term is read by, the last first: of `reply.headers` they are `headers` and `reply`.
    pub fn names_of(&self, id: Id) -> impl Iterator<Item = &str> {
        let base = |id: &Id| match self.term(*id).kind {
            TermKind::Field(base, _) | TermKind::Method(base, ..) => Some(base),
            _ => None,
        };
        std::iter::successors(Some(id), base).flat_map(|id| self.own_names(id))
    }

    fn own_names(&self, id: Id) -> Vec<&str> {
        let term = self.term(id);
        match &term.kind {
            TermKind::Name(path) | TermKind::Call(path, _) => path.iter().rev().map(String::as_str).collect(),
            TermKind::Field(_, name) | TermKind::Method(_, name, _) => vec![name],
            TermKind::Param(n) => {
                let function = self.function_at(term.span).map(|f| &self.functions[f]);
                let param = function.and_then(|function| function.params.get(usize::from(*n)));
                param.map(|param| param.name.as_str()).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The local of that name in the innermost function around a place.
    pub fn captured(&self, name: &str, place: Span) -> Option<&Captured> {
        let around = self.captured.get(name)?.iter().filter(|captured| captured.scope.contains(place));
        around.max_by_key(|captured| (captured.scope.line, captured.scope.column))
    }

    /// The statements outside functions, if there are any.
    pub fn script(&self) -> Option<usize> {
        self.functions.iter().position(|function| function.name.is_empty())
    }

    /// Whether a name is that of a case of an enum of this file that holds something, as Swift writes them.
    pub fn is_case(&self, name: &str) -> bool {
        let is_case = |global: &GlobalFacts| global.name == name && global.owner.is_some() && global.value.is_none();
        self.language == "swift" && self.globals.iter().any(is_case)
    }

    /// Whether a term is a part of one of several: of what a loop or a closure visits.
    pub fn is_of_several(&self, id: Id) -> bool {
        let of = match &self.term(id).kind {
            TermKind::Field(of, _) | TermKind::Index(of, _) | TermKind::Method(of, ..) => *of,
            _ => return false,
        };
        match &self.term(of).kind {
            TermKind::Element(_) => true,
            TermKind::Variable(variable) => {
                let visited = self.elements.get(variable).map(|element| &self.term(*element).kind);
                matches!(visited, Some(TermKind::Element(_)))
            }
            TermKind::Field(..) | TermKind::Index(..) | TermKind::Method(..) => self.is_of_several(of),
            _ => false,
        }
    }

    /// Whether a place belongs to a test, or to a file of tests.
    pub fn is_test_at(&self, place: Span) -> bool {
        self.in_test || self.function_at(place).is_some_and(|function| self.functions[function].test)
    }

    /// Whether a term holds one of these, as far as so many of its parts tell.
    pub fn holds_any(&self, whole: Id, sought: &[Id], parts: usize) -> bool {
        let mut open = vec![whole];
        for _ in 0..parts {
            let Some(id) = open.pop() else { return false };
            if sought.contains(&id) {
                return true;
            }
            self.term(id).kind.for_each_part(|part| open.push(part));
        }
        false
    }

    /// The innermost function around a place.
    pub fn function_at(&self, place: Span) -> Option<usize> {
        let around = self.functions.iter().enumerate().filter(|(_, function)| function.span.contains(place));
        around.max_by_key(|(_, function)| (function.span.line, function.span.column)).map(|(n, _)| n)
    }

    /// Whether every term that is spoken of is there, and made of earlier ones: what was read from a file may not be.
    pub fn is_sound(&self) -> bool {
        let count = self.terms.len();
        let is_term = |id: &Id| (*id as usize) < count;
        let built = self.terms.iter().enumerate().all(|(n, term)| {
            let mut earlier = true;
            term.kind.for_each_part(|part| earlier &= (part as usize) < n);
            earlier
        });
        let functions = self.functions.iter().all(|function| {
            let conditions = function.conditions.iter().flat_map(|c| c.guards.iter().chain([&c.term]));
            let params = function.params.iter().flat_map(|param| param.default.iter().chain([&param.term]));
            let written = function.writes.iter().map(|write| &write.value);
            let called = function.calls.iter().chain(&function.attributes).chain(&function.value);
            conditions.chain(params).chain(written).chain(called).all(is_term)
        });
        let globals = self.globals.iter().flat_map(|global| &global.value).all(is_term);
        let fields = self.types.iter().flat_map(|ty| &ty.fields);
        let fields = fields.flat_map(|field| field.value.iter().chain(&field.attributes)).all(is_term);
        let captured = self.captured.values().flatten();
        let captured = captured.into_iter().all(|held| is_term(&held.value) && held.function < self.functions.len());
        built && functions && globals && fields && captured && self.elements.values().all(is_term)
    }

    /// The term with that number.
    pub fn term(&self, id: Id) -> &Term {
        &self.terms[id as usize]
    }
}
