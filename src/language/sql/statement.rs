//! Statements: blocks, branches, routines, and queries whose conditions decide.

use super::token::Kind;
use super::{DEEPEST, Parser};
use crate::finding::Span;
use crate::language::ir::{Block, Expr, ExprKind, Function, Pattern, Stmt, StmtKind, UnaryOp};

/// Words that begin a condition of a query.
const CONDITIONS: [&str; 4] = ["where", "having", "check", "on"];

/// Words that begin a statement of their own, so that a query without a semicolon ends before them.
const OPENERS: [&str; 9] = ["if", "begin", "end", "else", "elsif", "elseif", "go", "declare", "while"];

/// Words that begin the statement after a declaration and are no part of one.
const FOLLOWERS: [&str; 9] =
    ["select", "insert", "update", "delete", "exec", "execute", "return", "print", "raiserror"];

impl Parser<'_> {
    /// Reads one statement.
    pub(super) fn statement(&mut self, out: &mut Vec<Stmt>) {
        let start = self.at;
        if self.depth >= DEEPEST {
            return self.pass_over();
        }
        self.depth += 1;
        match self.word().to_owned().as_str() {
            "if" => self.branch(out),
            "while" => self.repeat(out),
            "begin"
                if !matches!(self.word_ahead(1), "tran" | "transaction" | "work")
                    && self.ahead(1) != Some(&Kind::Mark(";")) =>
            {
                self.at += 1;
                self.block(out);
                self.take(";");
            }
            "create" | "alter" if self.is_routine() => self.routine(),
            "raise" | "raiserror" | "throw" | "signal" | "raise_application_error" => self.raise(out),
            "return" => {
                self.at += 1;
                let ends = self.is(";") || self.is_opener();
                let value = (!ends && self.word() != "query").then(|| self.expr());
                self.rest(start);
                out.push(Stmt { kind: StmtKind::Return(value), span: self.span_from(start) });
            }
            "assert" => {
                self.at += 1;
                let cond = self.expr();
                self.rest(start);
                out.push(self.decision(cond, "check"));
            }
            "declare" => {
                self.at += 1;
                self.assignments(out, true);
            }
            "set" => {
                self.at += 1;
                self.assignments(out, false);
            }
            "exec" | "execute" | "perform" | "call" | "end" => self.pass_over(),
            "delimiter" => self.line(),
            // What ends a batch: `GO`, `/`, `//`.
            "go" => self.at += 1,
            "" if !matches!(self.peek(), Some(Kind::Quoted(_)) | Some(Kind::Mark("("))) => self.at += 1,
            _ if self.ahead(1) == Some(&Kind::Mark(":=")) => self.assignments(out, false),
            _ => {
                self.query(out);
                self.take(";");
            }
        }
        self.depth -= 1;
    }

    fn is_opener(&self) -> bool {
        OPENERS.contains(&self.word())
    }

    /// The statements up to `END`, with it.
    fn block(&mut self, out: &mut Vec<Stmt>) {
        self.statements(out, &["end"]);
        self.take("end");
        // `END TRY`, `END name`.
        if matches!(self.peek(), Some(Kind::Word(_))) && self.ahead(1) == Some(&Kind::Mark(";")) {
            self.at += 1;
        }
    }

    /// The statements before one of the words.
    fn statements(&mut self, out: &mut Vec<Stmt>, ends: &[&str]) {
        while self.peek().is_some() && !ends.contains(&self.word()) {
            let before = self.at;
            self.statement(out);
            self.at = self.at.max(before + 1);
        }
    }

    /// `IF c THEN … ELSIF … ELSE … END IF;` and T-SQL's `IF c statement [ELSE statement]`.
    fn branch(&mut self, out: &mut Vec<Stmt>) {
        let start = self.at;
        self.at += 1;
        let cond = self.expr();
        let (mut then, mut otherwise) = (Vec::new(), Vec::new());
        if self.take("then") {
            self.statements(&mut then, &["elsif", "elseif", "else", "end"]);
            match self.word() {
                "elsif" | "elseif" => self.branch(&mut otherwise),
                "else" => {
                    self.at += 1;
                    self.statements(&mut otherwise, &["end"]);
                    self.end_if();
                }
                _ => self.end_if(),
            }
        } else {
            self.statement(&mut then);
            if self.take("else") {
                self.statement(&mut otherwise);
            }
        }
        let (then, otherwise) = (Block::of(then), Block::of(otherwise));
        out.push(Stmt { kind: StmtKind::If { cond, then, otherwise }, span: self.span_from(start) });
    }

    fn end_if(&mut self) {
        let _ = self.take("end") && self.take("if");
        self.take(";");
    }

    /// `WHILE c LOOP … END LOOP;`, `WHILE c DO … END WHILE;`, `WHILE c statement`.
    fn repeat(&mut self, out: &mut Vec<Stmt>) {
        let start = self.at;
        self.at += 1;
        let cond = Some(self.expr());
        let mut body = Vec::new();
        if self.take("loop") || self.take("do") {
            self.statements(&mut body, &["end"]);
            self.at += 2;
            self.take(";");
        } else {
            self.statement(&mut body);
        }
        let kind = StmtKind::Loop { bind: None, over: None, cond, body: Block::of(body) };
        out.push(Stmt { kind, span: self.span_from(start) });
    }

    /// `RAISE …`, `SIGNAL …`: an error, or a message.
    fn raise(&mut self, out: &mut Vec<Stmt>) {
        let start = self.at;
        self.at += 1;
        let message = matches!(self.word(), "notice" | "info" | "warning" | "log" | "debug");
        self.rest(start);
        let span = self.span_from(start);
        let kind = if message { StmtKind::Expr(self.call("print", span)) } else { StmtKind::Throw(None) };
        out.push(Stmt { kind, span });
    }

    /// `DECLARE a date := x;`, `SET @a = x, @b = y;`, `a := x;`
    fn assignments(&mut self, out: &mut Vec<Stmt>, declares: bool) {
        while let Some(Kind::Word(_) | Kind::Quoted(_)) = self.peek() {
            if self.is_opener() {
                return;
            }
            let start = self.at;
            let name = self.name();
            let name_span = self.span_from(start);
            // Its type, up to the value.
            while self.peek().is_some()
                && ![":=", "=", ",", ";"].iter().any(|mark| self.is(mark))
                && self.word() != "default"
                && !self.follows_declaration()
            {
                if self.is("(") { self.skip_group() } else { self.at += 1 }
            }
            if self.take(":=") || self.take("=") || self.take("default") {
                let value = self.expr();
                let span = self.span_from(start);
                out.push(if declares {
                    declared(name, Some(value), span)
                } else {
                    assigned(name, name_span, value, span)
                });
            } else if declares {
                out.push(declared(name, None, name_span));
            }
            if !self.take(",") {
                break;
            }
        }
        self.take(";");
    }

    /// Whether the next statement begins here, where a declaration without a value ends without a semicolon.
    fn follows_declaration(&self) -> bool {
        match self.word() {
            "set" => {
                let before = self.at.checked_sub(1).and_then(|before| self.tokens.get(before));
                !before.is_some_and(|token| matches!(&token.kind, Kind::Word(word) if word == "character"))
            }
            word => self.is_opener() || FOLLOWERS.contains(&word),
        }
    }

    /// Whether `CREATE …` makes something that runs.
    fn is_routine(&self) -> bool {
        let words = (1..6).map(|n| self.word_ahead(n));
        words.into_iter().any(|word| matches!(word, "function" | "procedure" | "proc" | "trigger" | "event"))
    }

    /// `CREATE FUNCTION f … AS BEGIN … END`.
    fn routine(&mut self) {
        let start = self.at;
        while !matches!(self.word(), "function" | "procedure" | "proc" | "trigger" | "event") {
            self.at += 1;
        }
        self.at += 1;
        if self.word() == "if" {
            self.at += 3;
        }
        let (named, name) = (self.at, self.name());
        let name_span = self.span_from(named);
        let mut stmts = Vec::new();
        while self.peek().is_some()
            && !self.is(";")
            && !matches!(self.word(), "begin" | "as" | "is" | "declare" | "return" | "go")
        {
            if self.is("(") {
                self.skip_group();
            } else if self.word() == "when" {
                self.at += 1;
                self.guard(&mut stmts);
            } else {
                self.at += 1;
            }
        }
        self.at += usize::from(matches!(self.word(), "as" | "is"));
        if self.word() == "select" {
            self.at += 1;
            let value = self.expr();
            let span = value.span;
            stmts.push(Stmt { kind: StmtKind::Return(Some(value)), span });
            self.rest(self.at);
        } else if self.word() != "begin" {
            // Declarations come before the block; a body may also be one statement.
            let declared = ["begin", "go"];
            let before = self.at;
            while self.peek().is_some() && !declared.contains(&self.word()) && (self.at == before || self.declares()) {
                let at = self.at;
                if self.declares() && !self.is_opener() {
                    self.assignments(&mut stmts, true)
                } else {
                    self.statement(&mut stmts)
                }
                self.at = self.at.max(at + 1);
            }
        }
        if self.take("begin") {
            self.block(&mut stmts);
        }
        let span = self.span_from(start);
        let body = Block::of(stmts);
        self.module.functions.push(Function { name, body, exported: true, span, name_span, ..Function::default() });
    }

    /// Whether what comes next is a declaration before a block: `DECLARE`, or `name type …;`.
    fn declares(&self) -> bool {
        let ahead = self.tokens[self.at.min(self.tokens.len())..].iter().take(64);
        let ends = ahead.map(|token| &token.kind).find(|kind| {
            matches!(kind, Kind::Mark(";"))
                || matches!(kind, Kind::Word(word) if matches!(word.as_str(), "create" | "insert" | "select"))
        });
        matches!(ends, Some(Kind::Mark(";")))
            && !matches!(self.word(), "" | "create" | "insert" | "select" | "alter" | "drop")
    }

    /// `WHEN (c)` of a trigger: it runs only then.
    fn guard(&mut self, out: &mut Vec<Stmt>) {
        let cond = self.expr();
        let span = cond.span;
        let not = Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(cond)), span);
        let leave = Stmt { kind: StmtKind::Return(None), span };
        out.push(Stmt {
            kind: StmtKind::If { cond: not, then: Block::of(vec![leave]), otherwise: Block::default() },
            span,
        });
    }

    /// A query or definition, up to its semicolon or the bracket around it: what decides about its rows.
    pub(super) fn query(&mut self, out: &mut Vec<Stmt>) {
        let start = self.at;
        let what = self.word().to_owned();
        if self.take("select") {
            self.columns(out);
        }
        while self.peek().is_some() && !self.is(";") && !self.is(")") {
            if self.at > start && self.ends_query() {
                break;
            }
            let word = self.word().to_owned();
            if CONDITIONS.contains(&word.as_str()) && self.begins_condition() {
                self.at += 1;
                let cond = self.expr();
                out.push(self.decision(cond, if word == "check" { "check" } else { &what }));
            } else if word == "case" || self.is("(") {
                let value = self.expr();
                out.push(self.effect(value));
            } else {
                self.at += 1;
            }
        }
    }

    /// What a query gives; where a routine is nothing but a query of one value, that is what it returns.
    fn columns(&mut self, out: &mut Vec<Stmt>) {
        let _ = self.take("distinct") || self.take("all");
        loop {
            let before = self.at;
            if let Some(assigned) = self.selected_into() {
                out.push(assigned);
            } else {
                let value = self.expr();
                out.push(self.effect(value));
            }
            if self.take("as") {
                self.name();
            }
            if self.at == before || !self.take(",") {
                return;
            }
        }
    }

    /// `SELECT @a = x`
    fn selected_into(&mut self) -> Option<Stmt> {
        let start = self.at;
        let is_variable = self.word().starts_with('@') && self.ahead(1) == Some(&Kind::Mark("="));
        let name = is_variable.then(|| self.name())?;
        let name_span = self.span_from(start);
        self.at += 1;
        let value = self.expr();
        Some(assigned(name, name_span, value, self.span_from(start)))
    }

    /// `ON DELETE`, `ON t FOR EACH ROW` are no conditions.
    fn begins_condition(&self) -> bool {
        self.word() != "on" || !matches!(self.word_ahead(1), "delete" | "update" | "conflict" | "duplicate" | "commit")
    }

    /// Whether a statement of its own begins here.
    fn ends_query(&self) -> bool {
        match self.word() {
            // `DROP TABLE IF EXISTS`, `CREATE TABLE IF NOT EXISTS`.
            "if" => !matches!(self.word_ahead(1), "exists" | "not"),
            _ => self.is_opener(),
        }
    }

    /// What happens where the condition holds: the query's own doing, or nothing but an error.
    fn decision(&self, cond: Expr, what: &str) -> Stmt {
        let span = cond.span;
        let (then, otherwise) = if what == "check" {
            (Block::default(), Block::of(vec![Stmt { kind: StmtKind::Throw(None), span }]))
        } else {
            (Block::of(vec![self.effect(self.call(what, span))]), Block::default())
        };
        Stmt { kind: StmtKind::If { cond, then, otherwise }, span }
    }

    /// Passes over the rest of the line.
    fn line(&mut self) {
        let line = |token: &super::Token| self.positions.span(token.range.clone()).line;
        let rest = self.tokens.get(self.at..).unwrap_or(&[]);
        let here = rest.first().map(line);
        self.at += rest.iter().take_while(|token| Some(line(token)) == here).count();
    }

    /// Passes over the rest of a statement that is on one line or ends with a semicolon.
    fn rest(&mut self, start: usize) {
        let line = |at: usize| self.tokens.get(at).map(|token| self.positions.span(token.range.clone()).line);
        let first = line(start);
        let mut at = self.at;
        while let Some(token) = self.tokens.get(at) {
            let word = if let Kind::Word(word) = &token.kind { word.as_str() } else { "" };
            if token.kind == Kind::Mark(";") {
                at += 1;
                break;
            }
            if OPENERS.contains(&word) && line(at) != first {
                break;
            }
            at += 1;
        }
        self.at = at;
    }

    /// Passes over a statement of which nothing is known.
    fn pass_over(&mut self) {
        let start = self.at;
        self.at += 1;
        self.rest(start);
    }
}

/// A variable of a routine, with what it holds at first.
fn declared(name: String, value: Option<Expr>, span: Span) -> Stmt {
    let kind = StmtKind::Let { pattern: Pattern::Bind(name), ty: None, value, otherwise: None };
    Stmt { kind, span }
}

/// What a variable holds from here on.
fn assigned(name: String, name_span: Span, value: Expr, span: Span) -> Stmt {
    let target = Box::new(Expr::name(&name, name_span));
    Stmt { kind: StmtKind::Expr(Expr::new(ExprKind::Assign(target, Box::new(value)), span)), span }
}
