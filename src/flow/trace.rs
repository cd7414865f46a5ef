//! From IR to facts: each function is run once, symbolically.
//!
//! Locals are replaced by what they hold. Branches join as [`TermKind::Choose`]; a variable that a loop changes is, after
//! it, either what it was or what the body made of it ([`TermKind::Any`]). The function's result is the nested choice
//! over its returns. What decides a path (`if`, `match`, `assert!`, a boolean result) is kept as a
//! [`Condition`](super::facts::Condition) with what each side does.
//!
//! Terms are bounded: [`TERM_LIMIT`] per file; beyond it everything is unknown and the file says so as a gap.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::finding::Span;
use crate::language::ir::{self, BinaryOp, Block, Function, Module};
use crate::language::models::{Index, Use};

use super::facts::{
    Captured, FieldFacts, FileFacts, FunctionFacts, GlobalFacts, Id, Outcome, ParamFacts, Term, TermKind, TypeFacts,
};
use super::outcome::callee_path;
mod answer;
mod assertion;
mod call;
mod expression;
mod filled;
mod inner;
mod matchers;
mod pattern;
mod statement;
mod timer;
pub mod used;

use self::answer::answer;
use self::filled::Fills;
use self::inner::Inner;

/// Terms per file; a file with more is a table or generated, and is read no further.
pub const TERM_LIMIT: usize = 2_000_000;

/// Traces a module. `path` is for display only.
pub fn trace(path: Arc<str>, module: &Module, models: &Index) -> FileFacts {
    let mut starts: Vec<Span> = module.functions.iter().map(|f| f.span).collect();
    starts.sort_unstable();
    let imports = with_functions(module, models);
    let mut tracer = Tracer {
        terms: Vec::new(),
        variables: 0,
        models,
        imports: &imports,
        globals: module.globals.iter().map(|global| global.name.as_str()).collect(),
        answers: module.globals.iter().filter(|global| is_answer(global)).map(|global| global.name.as_str()).collect(),
        named: starts,
        inner: inner::functions(&module.functions),
        fills: filled::functions(&module.functions, models),
        at: 0,
        alone: false,
        captured: HashMap::default(),
        elements: HashMap::default(),
        tried: Vec::new(),
    };
    let mut functions: Vec<FunctionFacts> = Vec::with_capacity(module.functions.len() + 1);
    let mut fillings = Vec::new();
    for function in &module.functions {
        tracer.at = functions.len();
        functions.push(tracer.function(function, &mut fillings));
    }
    if !module.script.is_empty() {
        tracer.at = functions.len();
        let script = Function { body: module.script.clone(), exported: true, span: EVERYWHERE, ..Function::default() };
        let facts = tracer.function(&script, &mut fillings);
        functions.push(FunctionFacts { span: Span::default(), ..facts });
    }
    let globals = module.globals.iter().map(|global| tracer.global(global, &mut functions)).collect();
    let types = module.types.iter().map(|ty| tracer.type_decl(ty)).collect();
    functions.append(&mut fillings);
    let Tracer { terms, captured, elements, tried, .. } = tracer;
    FileFacts {
        path,
        package: module.package.clone(),
        imports,
        includes: module.includes.clone(),
        functions,
        globals,
        types,
        gaps: module.gaps.clone(),
        terms,
        captured,
        elements,
        tried,
        ..FileFacts::default()
    }
}

/// Whether a global holds the answer to a comparison of an order.
fn is_answer(global: &ir::Global) -> bool {
    use BinaryOp as B;
    let op = match global.value.as_ref().map(|value| &value.kind) {
        Some(ir::ExprKind::Binary(op, ..)) => op,
        _ => return false,
    };
    matches!(op, B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::And | B::Or)
}

/// What is imported, and the globals that stand for a function of a library as an import would: `var now = time.Now`.
fn with_functions(module: &Module, models: &Index) -> Vec<ir::Import> {
    let mut imports = module.imports.clone();
    if models.models.bare_calls {
        return imports;
    }
    for global in &module.globals {
        let named = module.globals.iter().filter(|other| other.name == global.name).count();
        let Some(path) = global.value.as_ref().filter(|_| named == 1).and_then(callee_path) else { continue };
        let path = expand(&module.imports, &path).into_owned();
        let is_read = models.rows(Use::Name, &path).next().is_some();
        if !is_read && models.rows(Use::Call, &path).next().is_some() {
            imports.push(ir::Import { alias: global.name.clone(), path });
        }
    }
    imports
}

struct Tracer<'m> {
    terms: Vec<Term>,
    variables: u32,
    models: &'m Index,
    imports: &'m [ir::Import],
    /// The names of globals.
    globals: HashSet<&'m str>,
    /// Those of them that hold a comparison.
    answers: HashSet<&'m str>,
    /// Where the named functions stand, in order.
    named: Vec<Span>,
    /// Those that stand in others.
    inner: Inner<'m>,
    /// Those that fill what their callers hand them.
    fills: Fills<'m>,
    /// The function under trace.
    at: usize,
    /// The call that comes next is a statement.
    alone: bool,
    captured: HashMap<String, Vec<Captured>>,
    elements: HashMap<u32, Id>,
    tried: Vec<Span>,
}

/// The span of the statements outside functions: around everything.
const EVERYWHERE: Span = Span { line: 0, column: 0, end_line: u32::MAX, end_column: 0 };

/// What the names in scope hold. Fields of the receiver are entered as `this.NAME`.
type Env = BTreeMap<String, Id>;

/// The state of one function (or closure) under trace.
#[derive(Default)]
struct Frame {
    facts: FunctionFacts,
    /// Under which conditions each return happens, and its value.
    returns: Vec<(Vec<Id>, Id)>,
    /// How the block around the current statement ends further down, if that is a refusal.
    ahead: Option<Outcome>,
    /// The conditions around the current statement, with those that earlier exits leave behind.
    guards: Vec<Id>,
    /// How many of `guards` enclose it (and must be repeated at a return).
    enclosing: Vec<Id>,
}

/// The name under which the receiver's field is kept in the environment.
fn field_key(name: &str) -> String {
    format!("this.{name}")
}

impl<'m> Tracer<'m> {
    fn add(&mut self, kind: TermKind, span: Span) -> Id {
        if self.terms.len() >= TERM_LIMIT {
            return 0;
        }
        self.terms.push(Term { kind, span });
        (self.terms.len() - 1) as Id
    }

    fn unknown(&mut self, span: Span) -> Id {
        self.add(TermKind::Unknown, span)
    }

    fn variable(&mut self) -> u32 {
        self.variables += 1;
        self.variables
    }

    fn function(&mut self, function: &Function, fillings: &mut Vec<FunctionFacts>) -> FunctionFacts {
        let mut env = Env::new();
        let mut params = Vec::new();
        for (n, param) in function.params.iter().enumerate() {
            let id = self.add(TermKind::Param(n as u16), param.span);
            env.insert(param.name.clone(), id);
            let mut frame = Frame::default();
            let default = param.default.as_ref().map(|e| self.expr(e, &mut Env::new(), &mut frame));
            params.push(ParamFacts { name: param.name.clone(), ty: param.ty.clone(), default, term: id });
        }
        self.lend(function, &mut params, &mut env);
        let attributes = self.attributes(&function.attributes);
        let mut frame = Frame::default();
        let value = self.body(&function.body, &mut env, &mut frame);
        self.capture(function.span, &env);
        let mut facts = frame.facts;
        facts.calls.extend(attributes.iter().filter(|id| self.decorates(**id)));
        if let Some(value) = value {
            answer(self, function, value, &mut facts);
        }
        let facts = FunctionFacts {
            name: function.name.clone(),
            owner: function.owner.clone(),
            params,
            method: function.method,
            returns: function.returns.clone(),
            exported: function.exported,
            test: function.test,
            declared_only: function.declared_only,
            value,
            attributes,
            span: function.span,
            name_span: function.name_span,
            ..facts
        };
        fillings.append(&mut self.fillings(function, &facts, &env));
        facts
    }

    /// Whether an annotation is the call of a function that makes something of the one below: `@expires(date(…))`.
    fn decorates(&self, attribute: Id) -> bool {
        match &self.terms[attribute as usize].kind {
            TermKind::Call(path, args) => {
                !args.is_empty() && path.last().is_some_and(|name| name.starts_with(char::is_lowercase))
            }
            _ => false,
        }
    }

    /// Annotations as calls: what they say stands in their arguments.
    fn attributes(&mut self, attributes: &[ir::Attribute]) -> Vec<Id> {
        let mut calls = Vec::new();
        for attribute in attributes {
            let mut frame = Frame::default();
            let args = attribute.args.iter();
            let args = args.map(|arg| (arg.name.clone(), self.expr(&arg.value, &mut Env::new(), &mut frame))).collect();
            calls.push(self.add(TermKind::Call(attribute.path.clone(), args), attribute.span));
        }
        calls
    }

    /// Keeps what the names hold at a function's end, if named functions stand inside it.
    fn capture(&mut self, scope: Span, env: &Env) {
        let after = self.named.partition_point(|span| *span <= scope);
        if !self.named.get(after).is_some_and(|span| scope.contains(*span)) {
            return;
        }
        for (name, value) in env.iter().filter(|(name, _)| !name.contains('.')) {
            let captured = Captured { scope, function: self.at, value: *value };
            self.captured.entry(name.clone()).or_default().push(captured);
        }
    }

    fn global(&mut self, global: &ir::Global, functions: &mut Vec<FunctionFacts>) -> GlobalFacts {
        let mut frame = Frame::default();
        let value = global.value.as_ref().map(|value| self.expr(value, &mut Env::new(), &mut frame));
        if !frame.facts.conditions.is_empty() || !frame.facts.calls.is_empty() {
            functions.push(FunctionFacts {
                name: global.name.clone(),
                owner: global.owner.clone(),
                span: global.span,
                name_span: global.span,
                declared_only: true,
                ..frame.facts
            });
        }
        GlobalFacts {
            name: global.name.clone(),
            owner: global.owner.clone(),
            ty: global.ty.clone(),
            value,
            span: global.span,
        }
    }

    fn type_decl(&mut self, ty: &ir::TypeDecl) -> TypeFacts {
        let mut fields = Vec::new();
        for field in &ty.fields {
            let mut frame = Frame::default();
            let value = field.value.as_ref().map(|value| self.expr(value, &mut Env::new(), &mut frame));
            let attributes = self.attributes(&field.attributes);
            let (name, ty) = (field.name.clone(), field.ty.clone());
            fields.push(FieldFacts { name, ty, value, attributes, span: field.span });
        }
        TypeFacts { name: ty.name.clone(), owner: ty.owner.clone(), bases: ty.bases.clone(), fields }
    }

    /// Runs a function's or closure's body and folds its returns into one value.
    fn body(&mut self, block: &Block, env: &mut Env, frame: &mut Frame) -> Option<Id> {
        let last = self.block(block, env, frame);
        let mut result = last.filter(|_| block.value.is_some());
        for (guards, value) in std::mem::take(&mut frame.returns).into_iter().rev() {
            let span = self.terms[value as usize].span;
            result = Some(match (self.all(&guards, span), result) {
                (Some(cond), Some(rest)) => self.add(TermKind::Choose(cond, value, rest), span),
                (Some(cond), None) => {
                    let rest = self.unknown(span);
                    self.add(TermKind::Choose(cond, value, rest), span)
                }
                (None, _) => value,
            });
        }
        result
    }

    fn all(&mut self, guards: &[Id], span: Span) -> Option<Id> {
        let (first, rest) = guards.split_first()?;
        Some(rest.iter().fold(*first, |all, guard| self.add(TermKind::Binary(BinaryOp::And, all, *guard), span)))
    }

    /// A closure sees the names around it; its decisions belong to the function that holds it.
    fn closure(&mut self, function: &Function, span: Span, env: &mut Env, frame: &mut Frame) -> Id {
        let mut inner = env.clone();
        let mut variables = Vec::new();
        for param in &function.params {
            let variable = self.variable();
            variables.push(variable);
            let id = self.add(TermKind::Variable(variable), param.span);
            inner.insert(param.name.clone(), id);
        }
        let outer_returns = std::mem::take(&mut frame.returns);
        let outer_enclosing = std::mem::take(&mut frame.enclosing);
        let decided = frame.facts.conditions.len();
        let value = self.body(&function.body, &mut inner, frame);
        self.capture(span, &inner);
        frame.returns = outer_returns;
        frame.enclosing = outer_enclosing;
        if let (Some(value), false) = (value, function.name.is_empty()) {
            let conditions = frame.facts.conditions.split_off(decided);
            let mut own = FunctionFacts { conditions, ..FunctionFacts::default() };
            answer(self, function, value, &mut own);
            frame.facts.conditions.append(&mut own.conditions);
        }
        for (name, id) in inner {
            if let Some(old) = env.get(&name)
                && *old != id
                && !function.params.iter().any(|p| p.name == name)
            {
                let any = self.add(TermKind::Any(vec![*old, id]), span);
                env.insert(name, any);
            }
        }
        let value = value.unwrap_or_else(|| self.unknown(span));
        self.add(TermKind::Closure(variables, value), span)
    }
}

/// The path with its first segment replaced by what an import says it stands for. What a module gives by `default` goes by
/// the module's own name.
pub fn expand<'p>(imports: &[ir::Import], path: &'p [String]) -> Cow<'p, [String]> {
    match imports.iter().find(|import| import.alias != "*" && Some(&import.alias) == path.first()) {
        Some(import) => {
            let rest = if path.get(1).is_some_and(|next| next == "default") { &path[2..] } else { &path[1..] };
            Cow::Owned(import.path.iter().chain(rest).cloned().collect())
        }
        None => Cow::Borrowed(path),
    }
}
