//! Expressions.

use super::Node;
use super::literal::{self, Escapes};
use super::lowering::Lowering;
use super::operator::{self, Operator};
use super::shape::Role;
use super::statement::{Tail, tail};
use super::table::Resolved;
use crate::language::ir::{Arg, BinaryOp, Block, Expr, ExprKind, Function, Path, Pattern, RANGE, Stmt, StmtKind};
use crate::language::{DEPTH_LIMIT, regexp};

impl Lowering<'_> {
    /// Lowers a node that stands for a value. A statement gives the value of its last expression.
    pub(crate) fn expr(&mut self, node: Node<'_>) -> Expr {
        let node = self.passed(node);
        let lowered = self.deeper(node, |lowering| match lowering.table.shape(node) {
            Some(shape) => lowering.shaped(node, shape),
            None => lowering.opaque(node),
        });
        lowered.unwrap_or_else(|| Expr::opaque(self.span(node)))
    }

    /// Steps through parentheses and the like, however many there are.
    pub(super) fn passed<'t>(&self, mut node: Node<'t>) -> Node<'t> {
        while let Some(shape @ Resolved { role: Role::Pass | Role::Effect, .. }) = self.table.shape(node) {
            match self.table.all(node, shape, 0).as_slice() {
                [inner] => node = *inner,
                _ => break,
            }
        }
        node
    }

    fn shaped(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        match shape.role {
            Role::ExprHook(hook) => hook(self, node),
            Role::Name | Role::Path | Role::TypeName | Role::Receiver | Role::OwnField => self.named(node, shape),
            Role::Number | Role::Bool(_) | Role::Null | Role::Character | Role::Text(_) | Role::Joined => {
                self.literal(node, shape)
            }
            Role::Field | Role::Index | Role::Call | Role::MethodCall | Role::New | Role::Cast | Role::Is => {
                self.access(node, shape)
            }
            Role::Unary | Role::Binary | Role::Assign | Role::Conditional | Role::Comma => self.operation(node, shape),
            Role::List | Role::Sequence | Role::Record | Role::Map => self.collection(node, shape),
            Role::Closure => self.closure(node, shape),
            Role::Match => {
                let mut lowered = self.choose(node, shape);
                if let ExprKind::Match { arms, .. } = &mut lowered.kind {
                    arms.iter_mut().for_each(|arm| tail(&mut arm.body, Tail::Value));
                }
                lowered
            }
            Role::Wrap | Role::Spread => self.wrapped(node, shape),
            Role::Range => {
                let (from, to) = (self.part(node, shape, 0), self.part(node, shape, 1));
                self.ends(node, from, to)
            }
            Role::Computed => self.part(node, shape, 0),
            Role::Declare { .. } => self.binding_test(node, shape),
            Role::Pass | Role::Effect | Role::Opaque | Role::Pair | Role::Argument | Role::TextPart | Role::Key => {
                self.opaque(node)
            }
            Role::Wildcard | Role::Variant | Role::Alternatives => self.opaque(node),
            _ => self.statement_value(node),
        }
    }

    /// `a..b`; `a...b` ends before `b`.
    fn ends(&mut self, node: Node<'_>, from: Expr, to: Expr) -> Expr {
        let span = to.span;
        let mut cursor = node.walk();
        let open = node.children(&mut cursor).any(|child| !child.is_named() && self.text(child) == "...");
        let to = match open {
            true => {
                let one = Box::new(Expr::new(ExprKind::Int(1), span));
                Expr::new(ExprKind::Binary(BinaryOp::Subtract, Box::new(to), one), span)
            }
            false => to,
        };
        let ends = Box::new(self.at(node, ExprKind::List(vec![from, to])));
        self.at(node, ExprKind::Cast(RANGE.to_owned(), ends))
    }

    /// Around the lowered children of a node that has no counterpart.
    pub(crate) fn opaque(&mut self, node: Node<'_>) -> Expr {
        let parts = self.children(node).into_iter().map(|child| self.expr(child)).collect();
        self.at(node, ExprKind::Opaque(parts))
    }

    /// A pattern: what it matches is not computed, but what it holds can be read.
    pub(crate) fn regex(&mut self, node: Node<'_>) -> Expr {
        if let Some(literal) = regexp::literal(self.text(node), self.span(node)) {
            return self.at(node, literal);
        }
        let mut parts: Vec<Expr> = self.children(node).into_iter().map(|child| self.expr(child)).collect();
        parts.push(self.at(node, ExprKind::Text(self.text(node).to_owned())));
        self.at(node, ExprKind::Opaque(parts))
    }

    /// The part in a slot; what is not there is opaque.
    pub(super) fn part(&mut self, node: Node<'_>, shape: &Resolved, slot: usize) -> Expr {
        match self.table.first(node, shape, slot) {
            Some(part) => self.expr(part),
            None => Expr::opaque(self.span(node)),
        }
    }

    fn statement_value(&mut self, node: Node<'_>) -> Expr {
        let mut stmts = Vec::new();
        self.stmt(node, &mut stmts);
        let mut block = Block::of(stmts);
        tail(&mut block, Tail::Value);
        match block.value {
            Some(value) if block.stmts.is_empty() => *value,
            _ => self.at(node, ExprKind::Block(block)),
        }
    }

    fn wrapped(&mut self, node: Node<'_>, shape: &Resolved) -> Expr {
        let value = self.part(node, shape, 0);
        let kind = match shape.role {
            Role::Spread => ExprKind::Opaque(vec![value]),
            _ => ExprKind::Pass(Box::new(value)),
        };
        self.at(node, kind)
    }

    /// A declaration as a condition: `if let p = value`, `if (auto p = value)`.
    fn binding_test(&mut self, node: Node<'_>, shape: &Resolved) -> Expr {
        let value = Box::new(self.part(node, shape, 2));
        let pattern = self.table.first(node, shape, 0).map_or(Pattern::Any, |part| self.pattern(part));
        self.at(node, ExprKind::Is(value, Box::new(pattern)))
    }
}

// Names and literals.
impl Lowering<'_> {
    fn named(&mut self, node: Node<'_>, shape: &Resolved) -> Expr {
        let text = self.text(node);
        let kind = match shape.role {
            Role::Receiver => ExprKind::Receiver,
            Role::Name if self.is_receiver(text) => ExprKind::Receiver,
            Role::Name if self.dialect.literal_names && text == "null" => ExprKind::Null,
            Role::Name if self.dialect.literal_names && matches!(text, "true" | "false") => {
                ExprKind::Bool(text == "true")
            }
            Role::Name => ExprKind::Name(vec![self.name_text(node)]),
            Role::OwnField => {
                let receiver = self.at(node, ExprKind::Receiver);
                ExprKind::Field(Box::new(receiver), text.trim_start_matches('@').to_owned())
            }
            _ => ExprKind::Name(self.path(node)),
        };
        self.at(node, kind)
    }

    fn is_receiver(&self, text: &str) -> bool {
        self.dialect.receivers.contains(&text) || self.receiver.as_deref() == Some(text)
    }

    /// A name without its sigil, or the quotes that make a name of any word.
    pub(crate) fn name_text(&self, node: Node<'_>) -> String {
        self.text(node).trim_start_matches(self.dialect.sigils).trim_end_matches('`').to_owned()
    }

    /// The segments of a qualified name, without type arguments. Never empty.
    pub(crate) fn path(&self, node: Node<'_>) -> Path {
        let text = self.text(node);
        let segments = segments(text);
        if segments.is_empty() { vec![text.to_owned()] } else { segments }
    }

    fn literal(&mut self, node: Node<'_>, shape: &Resolved) -> Expr {
        let kind = match shape.role {
            Role::Bool(value) => ExprKind::Bool(value),
            Role::Null => ExprKind::Null,
            Role::Number => literal::number(self.text(node), self.dialect.octal),
            Role::Character => match literal::character(self.text(node)) {
                Some(code) => ExprKind::Int(code),
                None => ExprKind::Opaque(Vec::new()),
            },
            Role::Joined => self.joined(node),
            Role::Text(escapes) => self.text_literal(node, escapes),
            _ => ExprKind::Opaque(Vec::new()),
        };
        self.at(node, kind)
    }

    /// A string literal: text, or text with holes.
    fn text_literal(&mut self, node: Node<'_>, escapes: Escapes) -> ExprKind {
        let quoted = literal::unquote(self.text(node), escapes);
        let start = self.range(node).start + quoted.opening;
        let holes = self.table.children(node).into_iter().filter(|child| self.is_hole(*child)).collect::<Vec<_>>();
        if holes.is_empty() {
            return ExprKind::Text(literal::unescape(quoted.content, quoted.escapes));
        }
        let mut parts = Vec::new();
        let mut at = start;
        for hole in holes {
            let range = self.range(hole);
            self.text_between(at..range.start, quoted.escapes, &mut parts);
            parts.push(self.expr(hole));
            at = range.end;
        }
        self.text_between(at..start + quoted.content.len(), quoted.escapes, &mut parts);
        ExprKind::Interpolated(parts)
    }

    fn is_hole(&self, node: Node<'_>) -> bool {
        match self.role(node) {
            Some(Role::TextPart) => false,
            Some(_) => true,
            None => node.named_child_count() > 0,
        }
    }

    fn text_between(&mut self, range: std::ops::Range<usize>, escapes: Escapes, parts: &mut Vec<Expr>) {
        if range.start < range.end {
            let text = literal::unescape(self.slice(range.clone()), escapes);
            parts.push(Expr::new(ExprKind::Text(text), self.span_of(range)));
        }
    }

    fn joined(&mut self, node: Node<'_>) -> ExprKind {
        let parts: Vec<Expr> = self.children(node).into_iter().map(|part| self.expr(part)).collect();
        let texts = parts.iter().map(|part| match &part.kind {
            ExprKind::Text(text) => Some(text.as_str()),
            _ => None,
        });
        match texts.collect::<Option<String>>() {
            Some(text) => ExprKind::Text(text),
            None => ExprKind::Interpolated(parts),
        }
    }
}

// Calls and other postfix forms.
impl Lowering<'_> {
    fn access(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        let kind = match shape.role {
            Role::Field => {
                let name = self.table.first(node, shape, 1).map(|name| self.last_name(name)).unwrap_or_default();
                ExprKind::Field(Box::new(self.part(node, shape, 0)), name)
            }
            Role::Index => {
                let base = Box::new(self.part(node, shape, 0));
                ExprKind::Index(base, Box::new(self.part(node, shape, 1)))
            }
            Role::Cast => {
                let ty = self.table.first(node, shape, 0).and_then(|ty| self.type_name(ty));
                ExprKind::Cast(ty.unwrap_or_default(), Box::new(self.part(node, shape, 1)))
            }
            Role::Is => {
                let value = Box::new(self.part(node, shape, 0));
                let pattern = self.table.first(node, shape, 1).map_or(Pattern::Any, |part| self.type_pattern(part));
                ExprKind::Is(value, Box::new(pattern))
            }
            Role::New => {
                let ty = self.table.first(node, shape, 0).map(|ty| self.type_path(ty)).unwrap_or_default();
                ExprKind::New { ty, args: self.slot_args(node, shape, 1) }
            }
            Role::MethodCall => self.method_call(node, shape),
            _ => self.call(node, shape),
        };
        self.at(node, kind)
    }

    fn call(&mut self, node: Node<'_>, shape: &Resolved) -> ExprKind {
        let Some(callee) = self.table.first(node, shape, 0) else {
            return self.opaque(node).kind;
        };
        let mut args = self.slot_args(node, shape, 1);
        if matches!(self.role(callee), Some(Role::TypeName)) {
            let ty = self.type_name(callee).unwrap_or_default();
            return match args.pop() {
                Some(arg) if args.is_empty() => ExprKind::Cast(ty, Box::new(arg.value)),
                last => ExprKind::New { ty: vec![ty], args: args.into_iter().chain(last).collect() },
            };
        }
        ExprKind::Call { callee: Box::new(self.expr(callee)), args }
    }

    fn method_call(&mut self, node: Node<'_>, shape: &Resolved) -> ExprKind {
        let name = self.table.first(node, shape, 1);
        let text = name.map(|name| self.last_name(name)).unwrap_or_default();
        let span = self.span(name.unwrap_or(node));
        let callee = match self.table.first(node, shape, 0) {
            Some(object) => {
                let object = self.expr(object);
                let span = object.span.to(span);
                Expr::new(ExprKind::Field(Box::new(object), text), span)
            }
            None => Expr::name(text, span),
        };
        ExprKind::Call { callee: Box::new(callee), args: self.slot_args(node, shape, 2) }
    }

    /// The last segment of a name, without type arguments and sigils.
    pub(crate) fn last_name(&self, node: Node<'_>) -> String {
        self.path(node).pop().unwrap_or_default().trim_start_matches(self.dialect.sigils).to_owned()
    }

    pub(super) fn slot_args(&mut self, node: Node<'_>, shape: &Resolved, slot: usize) -> Vec<Arg> {
        let mut args = Vec::new();
        for part in self.table.all(node, shape, slot) {
            if self.table.shape(part).is_some() {
                args.push(self.arg(part));
            } else {
                args.extend(self.args(part));
            }
        }
        args
    }

    /// The arguments in an argument list.
    pub(crate) fn args(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut parts = self.children(list);
        // Where the receiver is a mere token: `f(this)`.
        if parts.is_empty() && list.child_count() == 3 {
            let receiver =
                |node: &Node<'_>| matches!(self.table.shape(*node), Some(Resolved { role: Role::Receiver, .. }));
            parts.extend(list.child(1).filter(receiver));
        }
        parts.into_iter().map(|child| self.arg(child)).collect()
    }

    /// An argument, by keyword if it has one.
    pub(crate) fn arg(&mut self, node: Node<'_>) -> Arg {
        match self.table.shape(node) {
            Some(shape @ Resolved { role: Role::Argument | Role::Pair, .. }) => {
                let name = self.table.first(node, shape, 0).and_then(|key| self.plain_key(key));
                Arg { name, value: self.part(node, shape, 1) }
            }
            _ => Arg { name: None, value: self.expr(node) },
        }
    }
}

// Operators.
impl<'s> Lowering<'s> {
    fn operation(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        let kind = match shape.role {
            Role::Unary => self.unary(node, shape),
            Role::Assign => self.assign(node, shape),
            Role::Conditional => {
                let cond = Box::new(self.part(node, shape, 0));
                let then = Block::value(self.part(node, shape, 1));
                ExprKind::Conditional { cond, then, otherwise: Block::value(self.part(node, shape, 2)) }
            }
            Role::Comma => self.comma(node, shape),
            _ => return self.binary(node, shape),
        };
        self.at(node, kind)
    }

    /// The text of the operator part, or of the first token that there is.
    fn token(&self, node: Node<'_>, shape: &Resolved, slot: usize) -> &'s str {
        if let Some(part) = self.table.first(node, shape, slot) {
            return self.text(part);
        }
        let mut cursor = node.walk();
        node.children(&mut cursor).find(|child| !child.is_named()).map_or("", |token| self.text(token))
    }

    fn unary(&mut self, node: Node<'_>, shape: &Resolved) -> ExprKind {
        let operator = operator::before(self.dialect.operators, self.token(node, shape, 0));
        let value = self.part(node, shape, 1);
        match operator {
            Operator::Unary(op) => ExprKind::Unary(op, Box::new(value)),
            Operator::Pass => ExprKind::Pass(Box::new(value)),
            Operator::Step(op) if is_small(&value) => {
                let one = self.at(node, ExprKind::Int(1));
                let changed = self.at(node, ExprKind::Binary(op, Box::new(value.clone()), Box::new(one)));
                ExprKind::Assign(Box::new(value), Box::new(changed))
            }
            _ => ExprKind::Opaque(vec![value]),
        }
    }

    fn assign(&mut self, node: Node<'_>, shape: &Resolved) -> ExprKind {
        let target = self.part(node, shape, 0);
        let value = self.part(node, shape, 2);
        let value = match operator::compound(self.dialect.operators, self.token(node, shape, 1)) {
            None => value,
            Some(_) if !is_small(&target) => return ExprKind::Opaque(vec![target, value]),
            Some(operator) => self.combined(node, operator, "", target.clone(), value),
        };
        ExprKind::Assign(Box::new(target), Box::new(value))
    }

    fn comma(&mut self, node: Node<'_>, shape: &'static Resolved) -> ExprKind {
        let mut stmts = Vec::new();
        let mut rest = node;
        loop {
            let left = self.part(rest, shape, 0);
            stmts.push(Stmt { span: left.span, kind: StmtKind::Expr(left) });
            match self.table.first(rest, shape, 1) {
                Some(right) if right.kind_id() == node.kind_id() => rest = right,
                Some(right) => return ExprKind::Block(Block { stmts, value: Some(Box::new(self.expr(right))) }),
                None => return ExprKind::Block(Block::of(stmts)),
            }
        }
    }

    /// A chain of left-associative operators, without recursion along its left side.
    fn binary(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        let mut chain = vec![node];
        let mut first = self.table.first(node, shape, 0);
        while let Some(left) = first
            && left.kind_id() == node.kind_id()
        {
            chain.push(left);
            first = self.table.first(left, shape, 0);
        }
        let too_long = self.depth + chain.len() > DEPTH_LIMIT;
        let outer = self.depth;
        if !too_long {
            self.depth += chain.len() - 1;
        }
        let mut result = match first {
            Some(first) => self.expr(first),
            None => Expr::opaque(self.span(node)),
        };
        let mut operands = Vec::new();
        for link in chain.into_iter().rev() {
            let right = self.part(link, shape, 2);
            if too_long {
                operands.push(right);
                continue;
            }
            let token = self.token(link, shape, 1);
            let operator = operator::between(self.dialect.operators, token);
            result = (self.dialect.operation)(self.combined(link, operator, token, result, right));
        }
        self.depth = outer;
        if too_long {
            operands.insert(0, result);
            return self.at(node, ExprKind::Opaque(operands));
        }
        result
    }

    fn combined(&mut self, node: Node<'_>, operator: Operator, token: &str, left: Expr, right: Expr) -> Expr {
        let is_word = token.starts_with(|c: char| c.is_alphabetic());
        let compound = operator::compound(self.dialect.operators, token);
        let kind = match (operator, compound) {
            (Operator::Binary(op), _) => ExprKind::Binary(op, Box::new(left), Box::new(right)),
            (Operator::Pair, _) => ExprKind::List(vec![left, right]),
            (Operator::Is, _) => ExprKind::Is(Box::new(left), Box::new(Pattern::Variant(expr_path(right), Vec::new()))),
            (Operator::Cast, _) => {
                let ty = expr_path(right).pop().unwrap_or_default();
                ExprKind::Cast(ty, Box::new(left))
            }
            (_, Some(Operator::Binary(op))) => {
                let combined = ExprKind::Binary(op, Box::new(left.clone()), Box::new(right));
                ExprKind::Assign(Box::new(left), Box::new(self.at(node, combined)))
            }
            (operator, _) if operator == Operator::Method || (self.dialect.infix_calls && is_word) => {
                let callee = Expr::new(ExprKind::Field(Box::new(left), token.to_owned()), self.span(node));
                ExprKind::Call { callee: Box::new(callee), args: vec![Arg { name: None, value: right }] }
            }
            _ => ExprKind::Opaque(vec![left, right]),
        };
        self.at(node, kind)
    }
}

/// Whether a changed place may be written down twice: only what is itself no change, nor large, so that
/// `a[b[c[…]++]++]++` does not double at each level.
fn is_small(place: &Expr) -> bool {
    let mut open = vec![place];
    let mut size = 0;
    while let Some(next) = open.pop() {
        size += 1;
        match &next.kind {
            ExprKind::Field(base, _) | ExprKind::Pass(base) | ExprKind::Unary(_, base) | ExprKind::Cast(_, base) => {
                open.push(base);
            }
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => open.extend([&**a, &**b]),
            ExprKind::Call { callee, args } => {
                open.push(callee);
                open.extend(args.iter().map(|arg| &arg.value));
            }
            ExprKind::Name(_) | ExprKind::Receiver | ExprKind::Int(_) | ExprKind::Text(_) => {}
            _ => return false,
        }
        if size > 32 {
            return false;
        }
    }
    true
}

/// A name or a chain of fields as a path.
fn expr_path(value: Expr) -> Path {
    match value.kind {
        ExprKind::Name(path) => path,
        ExprKind::Field(base, name) => {
            let mut path = expr_path(*base);
            path.push(name);
            path
        }
        _ => Vec::new(),
    }
}

// Collections and closures.
impl Lowering<'_> {
    fn collection(&mut self, node: Node<'_>, shape: &'static Resolved) -> Expr {
        let slot = if matches!(shape.role, Role::Record) { 1 } else { 0 };
        let items = self.spread(self.table.all(node, shape, slot));
        let kind = match shape.role {
            Role::Sequence if items.len() == 1 => return self.expr(items[0]),
            Role::List | Role::Sequence => ExprKind::List(items.into_iter().map(|item| self.expr(item)).collect()),
            Role::Map => self.table_of(&items),
            _ => {
                let ty = self.table.first(node, shape, 0).map(|ty| self.type_path(ty));
                self.record(ty, &items)
            }
        };
        self.at(node, kind)
    }

    /// Parts by name, by computed key, or by position: a record, a map, or a list (with a type: its construction).
    pub(crate) fn record(&mut self, ty: Option<Path>, items: &[Node<'_>]) -> ExprKind {
        let keys: Vec<Option<Node<'_>>> = items.iter().map(|item| self.pair_key(*item)).collect();
        if keys.iter().all(Option::is_none) && !items.iter().any(|item| self.is_spread(*item)) {
            let values = items.iter().map(|item| self.expr(*item));
            return match ty {
                None => ExprKind::List(values.collect()),
                Some(ty) => ExprKind::New { ty, args: values.map(|value| Arg { name: None, value }).collect() },
            };
        }
        if keys.iter().flatten().any(|key| self.plain_key(*key).is_none()) {
            return ExprKind::Map(self.pairs(items));
        }
        let mut fields = Vec::new();
        let mut base = None;
        for (at, item) in items.iter().enumerate() {
            if self.is_spread(*item) {
                let spread = self.expr(*item);
                base = Some(Box::new(self.laid_over(base.map(|base: Box<Expr>| *base), spread)));
                continue;
            }
            let name = keys[at].and_then(|key| self.plain_key(key)).unwrap_or_else(|| self.shorthand(*item, at));
            fields.push((name, self.pair_value(*item)));
        }
        ExprKind::Record { ty, fields, base }
    }

    /// A table by key. What it takes from others (Python's `{**base, "a": 1}`) lies below what is written after it.
    fn table_of(&mut self, items: &[Node<'_>]) -> ExprKind {
        let is_whole = |item: &Node<'_>| item.kind().contains("splat") || item.kind().contains("spread");
        if !items.iter().any(is_whole) {
            return ExprKind::Map(self.pairs(items));
        }
        let mut table: Option<Expr> = None;
        for part in items.chunk_by(|a, b| !is_whole(a) && !is_whole(b)) {
            let [first, ..] = part else { continue };
            let over = match is_whole(first) {
                true => self.expr(*first),
                false => {
                    let pairs = self.pairs(part);
                    self.at(*first, ExprKind::Map(pairs))
                }
            };
            table = Some(self.laid_over(table, over));
        }
        table.map_or(ExprKind::Map(Vec::new()), |table| table.kind)
    }

    /// A table with the entries of another in place of its own.
    fn laid_over(&self, below: Option<Expr>, over: Expr) -> Expr {
        let Some(below) = below else { return over };
        let span = over.span;
        Expr::new(ExprKind::Binary(BinaryOp::BitOr, Box::new(below), Box::new(over)), span)
    }

    fn is_spread(&self, node: Node<'_>) -> bool {
        matches!(self.role(node), Some(Role::Spread))
    }

    /// `{a}` is `{a: a}`; a part without a name goes by its number.
    fn shorthand(&self, item: Node<'_>, at: usize) -> String {
        match self.role(item) {
            Some(Role::Name) => self.name_text(item),
            _ => at.to_string(),
        }
    }

    fn pair_key<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        match self.table.shape(node) {
            Some(shape @ Resolved { role: Role::Pair, .. }) => self.table.first(node, shape, 0),
            _ => None,
        }
    }

    fn pair_value(&mut self, node: Node<'_>) -> Expr {
        match self.table.shape(node) {
            Some(shape @ Resolved { role: Role::Pair, .. }) => self.part(node, shape, 1),
            _ => self.expr(node),
        }
    }

    /// A key that is written out: a name, a text, a number.
    pub(super) fn plain_key(&self, node: Node<'_>) -> Option<String> {
        let node = self.passed(node);
        let shape = self.table.shape(node)?;
        match shape.role {
            Role::Name => Some(self.name_text(node)),
            Role::Key => self.table.first(node, shape, 0).map(|name| self.name_text(name)),
            Role::Text(escapes) => {
                let quoted = literal::unquote(self.text(node), escapes);
                let plain = !self.table.children(node).iter().any(|child| self.is_hole(*child));
                plain.then(|| literal::unescape(quoted.content, quoted.escapes))
            }
            _ => None,
        }
    }

    fn pairs(&mut self, items: &[Node<'_>]) -> Vec<(Expr, Expr)> {
        let mut pairs = Vec::new();
        for item in items {
            let key = match self.pair_key(*item) {
                Some(key) => match self.plain_key(key) {
                    Some(name) if !matches!(self.role(key), Some(Role::Name)) => self.at(key, ExprKind::Text(name)),
                    _ => self.expr(key),
                },
                None => Expr::opaque(self.span(*item)),
            };
            pairs.push((key, self.pair_value(*item)));
        }
        pairs
    }

    fn closure(&mut self, node: Node<'_>, shape: &Resolved) -> Expr {
        let params = self.slot_params(node, shape, 0);
        let body = self.table.all(node, shape, 1);
        self.closure_of(node, params, &body)
    }

    /// A closure with these parameters around the body, which may be an expression.
    pub(crate) fn closure_of(
        &mut self,
        node: Node<'_>,
        params: Vec<crate::language::ir::Param>,
        body: &[Node<'_>],
    ) -> Expr {
        let taken_apart = std::mem::take(&mut self.taken_apart);
        let values = self.dialect.tail_values;
        let mut body = self.in_function(|lowering| lowering.function_body(body, values));
        body.stmts.splice(0..0, taken_apart);
        self.closure_around(node, params, body)
    }

    /// A closure whose last expression is its value, also where functions have to say `return`.
    pub(crate) fn closure_with_value(
        &mut self,
        node: Node<'_>,
        params: Vec<crate::language::ir::Param>,
        body: Vec<Node<'_>>,
    ) -> Expr {
        let taken_apart = std::mem::take(&mut self.taken_apart);
        let body = self.in_function(|lowering| {
            let mut block = Block::of(taken_apart);
            lowering.stmts(body, &mut block.stmts);
            tail(&mut block, Tail::Function);
            block
        });
        self.closure_around(node, params, body)
    }

    fn closure_around(&self, node: Node<'_>, params: Vec<crate::language::ir::Param>, body: Block) -> Expr {
        let span = self.span(node);
        let function = Function { params, body, span, name_span: span, ..Function::default() };
        self.at(node, ExprKind::Closure(Box::new(function)))
    }

    /// A step of one: used by enums that count.
    pub(super) fn plus_one(&self, node: Node<'_>, value: Expr) -> Expr {
        let one = self.at(node, ExprKind::Int(1));
        self.at(node, ExprKind::Binary(BinaryOp::Add, Box::new(value), Box::new(one)))
    }
}

/// The segments of a qualified name. Type arguments, brackets and blanks are passed over.
fn segments(text: &str) -> Path {
    let mut segments = Path::new();
    let mut current = String::new();
    let mut brackets = 0_usize;
    for c in text.chars() {
        match c {
            '<' | '[' | '(' => brackets += 1,
            '>' | ']' | ')' => brackets = brackets.saturating_sub(1),
            _ if brackets > 0 => {}
            c if c.is_alphanumeric() || matches!(c, '_' | '$' | '~' | '@' | '?' | '!') => current.push(c),
            _ => {
                // `a?.b` and `a!!.b` name `a`; Ruby's `a.empty?` keeps its mark.
                let segment = std::mem::take(&mut current);
                let segment = if c == '.' { segment.trim_end_matches(['?', '!']) } else { &segment };
                segments.extend((!segment.is_empty()).then(|| segment.to_owned()));
            }
        }
    }
    if !current.is_empty() {
        segments.push(current);
    }
    segments
}
