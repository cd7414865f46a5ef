//! Expressions: operators by precedence, calls, `CASE`, casts, and literals of dates.

use super::token::Kind;
use super::{DEEPEST, Parser};
use crate::language::ir::{Arg, BinaryOp, Block, Expr, ExprKind, UnaryOp};

/// Words that end an expression: they are no names.
const ENDS: [&str; 38] = [
    "then",
    "else",
    "elsif",
    "elseif",
    "end",
    "when",
    "begin",
    "do",
    "loop",
    "from",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "union",
    "intersect",
    "except",
    "on",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "as",
    "and",
    "or",
    "go",
    "returning",
    "window",
    "offset",
    "fetch",
    "for",
    "using",
    "desc",
    "asc",
    "set",
];

impl Parser<'_> {
    /// An expression.
    pub(super) fn expr(&mut self) -> Expr {
        self.deeper(|parser| parser.level(0))
    }

    /// Goes one level deeper; at the limit, what stands there is not read.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.depth >= DEEPEST {
            let start = self.at;
            self.skip_group();
            return Expr::opaque(self.span_from(start));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Operators of one precedence and those that bind tighter.
    fn level(&mut self, level: usize) -> Expr {
        const LEVELS: usize = 6;
        let start = self.at;
        if level == 2 && self.take("not") {
            let value = self.deeper(|parser| parser.level(level));
            return Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(value)), self.span_from(start));
        }
        if level == LEVELS {
            return self.unary();
        }
        let mut left = self.level(level + 1);
        while let Some(op) = self.operator(level) {
            left = match op {
                Infix::Plain(op) => {
                    let right = self.level(level + 1);
                    let kind = if level == 3 { compared(op, left, right) } else { binary(op, left, right) };
                    Expr::new(kind, self.span_from(start))
                }
                Infix::Between(negated) => self.between(left, negated, start),
                Infix::Other => {
                    let right = self.level(level + 1);
                    Expr::new(ExprKind::Opaque(vec![left, right]), self.span_from(start))
                }
            };
        }
        left
    }

    /// Takes an operator of that precedence: or, and, (not,) comparisons, sums, products.
    fn operator(&mut self, level: usize) -> Option<Infix> {
        use BinaryOp::{
            Add, And, Concat, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply, NotEqual, Or, Remainder,
            Subtract,
        };
        let negated = level == 3 && self.word() == "not" && matches!(self.word_ahead(1), "between" | "in" | "like");
        let word = if negated { self.word_ahead(1) } else { self.word() };
        let op = match (level, word, self.peek()?) {
            (0, "or", _) => Infix::Plain(Or),
            (1, "and", _) => Infix::Plain(And),
            (3, "between", _) => Infix::Between(negated),
            (3, "is" | "in" | "like" | "ilike" | "similar" | "overlaps", _) => Infix::Other,
            (3, _, Kind::Mark("=" | "<=>")) => Infix::Plain(Equal),
            (3, _, Kind::Mark("<>" | "!=" | "^=")) => Infix::Plain(NotEqual),
            (3, _, Kind::Mark("<")) => Infix::Plain(Less),
            (3, _, Kind::Mark("<=")) => Infix::Plain(LessEqual),
            (3, _, Kind::Mark(">")) => Infix::Plain(Greater),
            (3, _, Kind::Mark(">=")) => Infix::Plain(GreaterEqual),
            (4, _, Kind::Mark("+")) => Infix::Plain(Add),
            (4, _, Kind::Mark("-")) => Infix::Plain(Subtract),
            (4, _, Kind::Mark("||")) => Infix::Plain(Concat),
            (4, _, Kind::Mark("->" | "->>" | "<<" | ">>" | "&" | "|")) => Infix::Other,
            (5, _, Kind::Mark("*")) => Infix::Plain(Multiply),
            (5, "div", _) | (5, _, Kind::Mark("/")) => Infix::Plain(Divide),
            (5, "mod", _) | (5, _, Kind::Mark("%")) => Infix::Plain(Remainder),
            _ => return None,
        };
        self.at += 1 + usize::from(negated);
        if matches!(op, Infix::Other) {
            self.take("not");
        }
        Some(op)
    }

    /// `x BETWEEN a AND b`.
    fn between(&mut self, value: Expr, negated: bool, start: usize) -> Expr {
        let from = self.level(4);
        self.take("and");
        let to = self.level(4);
        let span = self.span_from(start);
        let after = Expr::new(compared(BinaryOp::GreaterEqual, value.clone(), from), span);
        let before = Expr::new(compared(BinaryOp::LessEqual, value, to), span);
        let both = Expr::new(binary(BinaryOp::And, after, before), span);
        if negated { Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(both)), span) } else { both }
    }

    fn unary(&mut self) -> Expr {
        let start = self.at;
        if self.take("-") {
            let value = self.deeper(Self::unary);
            return Expr::new(ExprKind::Unary(UnaryOp::Negate, Box::new(value)), self.span_from(start));
        }
        self.take("+");
        let mut value = self.primary();
        loop {
            if self.take("::") {
                let ty = self.name();
                self.skip_group();
                value = self.cast(ty, value, start);
            } else if self.word() == "at" && self.word_ahead(1) == "time" {
                self.at += 3;
                self.primary();
            } else {
                return value;
            }
        }
    }

    fn primary(&mut self) -> Expr {
        let start = self.at;
        let Some(kind) = self.peek().cloned() else { return Expr::opaque(self.span_from(start)) };
        match kind {
            Kind::Text(text) => self.literal(ExprKind::Text(text)),
            Kind::Number(number) => {
                let int = number.parse().map(ExprKind::Int);
                let value = int.or_else(|_| number.parse().map(ExprKind::Float));
                self.literal(value.unwrap_or(ExprKind::Opaque(Vec::new())))
            }
            Kind::Mark("(") => self.group(),
            Kind::Word(word) if word == "case" => self.case(),
            Kind::Word(word) if ENDS.contains(&word.as_str()) => Expr::opaque(self.span_from(start)),
            Kind::Word(word) => self.named(&word),
            Kind::Quoted(_) => self.call_or_name(start),
            Kind::Mark(";" | ")" | ",") => Expr::opaque(self.span_from(start)),
            Kind::Mark(_) => self.literal(ExprKind::Opaque(Vec::new())),
        }
    }

    fn literal(&mut self, kind: ExprKind) -> Expr {
        self.at += 1;
        Expr::new(kind, self.span_from(self.at - 1))
    }

    /// `(x)`; `(a, b)` is a list, and of a query nothing is known.
    fn group(&mut self) -> Expr {
        let start = self.at;
        if matches!(self.word_ahead(1), "select" | "with" | "values") {
            let mut stmts = Vec::new();
            self.at += 1;
            self.query(&mut stmts);
            self.take(")");
            let span = self.span_from(start);
            return Expr::new(ExprKind::Block(Block { stmts, value: Some(Box::new(Expr::opaque(span))) }), span);
        }
        let mut items: Vec<Expr> = self.arguments().into_iter().map(|arg| arg.value).collect();
        match items.len() {
            1 => items.remove(0),
            _ => Expr::new(ExprKind::List(items), self.span_from(start)),
        }
    }

    /// What begins with a word: a literal, a call, a name.
    fn named(&mut self, word: &str) -> Expr {
        let start = self.at;
        let text_follows = matches!(self.ahead(1), Some(Kind::Text(_)));
        match word {
            "null" => return self.literal(ExprKind::Null),
            "true" | "false" => return self.literal(ExprKind::Bool(word == "true")),
            "date" | "timestamp" | "timestamptz" | "datetime" | "time" if text_follows => {
                self.at += 1;
                let text = self.primary();
                return self.cast(word.to_owned(), text, start);
            }
            "interval" => {
                self.at += 1;
                let amount = self.unary();
                let mut args = vec![Arg { name: None, value: amount }];
                if matches!(
                    self.word().trim_end_matches('s'),
                    "second" | "minute" | "hour" | "day" | "week" | "month" | "year"
                ) {
                    let unit = self.word().to_owned();
                    args.push(Arg { name: None, value: self.literal(ExprKind::Text(unit)) });
                }
                return self.called("interval", args, start);
            }
            "cast" | "try_cast" | "convert" | "extract" if matches!(self.ahead(1), Some(Kind::Mark("("))) => {
                self.at += 2;
                return self.conversion(word, start);
            }
            "exists" => {
                self.at += 1;
                let rows = self.primary();
                return Expr::new(ExprKind::Opaque(vec![rows]), self.span_from(start));
            }
            _ => {}
        }
        self.call_or_name(start)
    }

    fn call_or_name(&mut self, start: usize) -> Expr {
        let name = self.name();
        if self.is("(") {
            let args = self.arguments();
            return self.called(&name, args, start);
        }
        Expr::name(name, self.span_from(start))
    }

    /// `CAST(x AS type)`, `CONVERT(type, x)`, `EXTRACT(year FROM x)`; after the bracket.
    fn conversion(&mut self, word: &str, start: usize) -> Expr {
        let (what, value) = if word == "extract" {
            let part = self.name();
            self.take("from");
            (part, self.expr())
        } else {
            let first = self.expr();
            if self.take("as") {
                (self.name(), first)
            } else {
                self.take(",");
                let ty = if let ExprKind::Name(path) = &first.kind { path.concat() } else { String::new() };
                (ty, self.expr())
            }
        };
        self.close();
        if word == "extract" {
            return self.called(&what, vec![Arg { name: None, value }], start);
        }
        self.cast(what, value, start)
    }

    /// A conversion is a call of the type.
    fn cast(&mut self, ty: String, value: Expr, start: usize) -> Expr {
        self.called(&ty, vec![Arg { name: None, value }], start)
    }

    fn called(&mut self, name: &str, args: Vec<Arg>, start: usize) -> Expr {
        let span = self.span_from(start);
        Expr::new(ExprKind::Call { callee: Box::new(Expr::name(name, span)), args }, span)
    }

    /// `(a, b => c)`.
    pub(super) fn arguments(&mut self) -> Vec<Arg> {
        let mut args = Vec::new();
        if !self.take("(") {
            return args;
        }
        while self.peek().is_some() && !self.is(")") && !self.is(";") {
            let before = self.at;
            self.take("distinct");
            args.push(Arg { name: None, value: self.expr() });
            if !self.take(",") && !self.is(")") {
                self.at = self.at.max(before + 1);
            }
        }
        self.take(")");
        args
    }

    /// Goes on behind the bracket that is open.
    fn close(&mut self) {
        while self.peek().is_some() && !self.is(")") && !self.is(";") {
            if self.is("(") { self.skip_group() } else { self.at += 1 }
        }
        self.take(")");
    }

    /// Passes over a group in brackets, if one comes next.
    pub(super) fn skip_group(&mut self) {
        let mut open = 0_usize;
        while self.peek().is_some() {
            if self.is("(") {
                open += 1;
            } else if self.is(")") {
                open = open.saturating_sub(1);
            } else if open == 0 || self.is(";") {
                return;
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    /// `CASE [x] WHEN a THEN b … ELSE c END`.
    fn case(&mut self) -> Expr {
        let start = self.at;
        self.at += 1;
        let subject = (self.word() != "when").then(|| self.expr());
        let mut arms = Vec::new();
        while self.take("when") {
            let when = self.expr();
            self.take("then");
            let then = self.expr();
            let cond = match &subject {
                Some(subject) => {
                    let span = when.span;
                    Expr::new(compared(BinaryOp::Equal, subject.clone(), when), span)
                }
                None => when,
            };
            arms.push((cond, then));
        }
        let mut value = if self.take("else") { self.expr() } else { Expr::new(ExprKind::Null, self.span_from(start)) };
        self.take("end");
        let span = self.span_from(start);
        for (cond, then) in arms.into_iter().rev() {
            let kind = ExprKind::Conditional {
                cond: Box::new(cond),
                then: Block::value(then),
                otherwise: Block::value(value),
            };
            value = Expr::new(kind, span);
        }
        value
    }
}

/// An operator between two.
enum Infix {
    Plain(BinaryOp),
    Between(bool),
    Other,
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> ExprKind {
    ExprKind::Binary(op, Box::new(left), Box::new(right))
}

/// A comparison: what is written as text is a date beside anything that is one.
fn compared(op: BinaryOp, left: Expr, right: Expr) -> ExprKind {
    binary(op, dated(left), dated(right))
}

/// A text that reads like a date, as one.
fn dated(value: Expr) -> Expr {
    let ExprKind::Text(text) = &value.kind else { return value };
    if text.bytes().filter(u8::is_ascii_digit).count() < 6 {
        return value;
    }
    let span = value.span;
    let args = vec![Arg { name: None, value }];
    Expr::new(ExprKind::Call { callee: Box::new(Expr::name("timestamp", span)), args }, span)
}
