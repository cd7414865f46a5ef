//! What each instruction does to the stack.

use crate::language::ir::{Arg, BinaryOp, Expr, ExprKind, Function, Param, Pattern, StmtKind, UnaryOp};

use super::descriptor;
use super::instruction::Instruction;
use super::lift::Lift;
use super::pool::Member;
use crate::language::stack::value::{Kind, Value, Weight};

/// Boxes, whose `valueOf` and `longValue` source does not write.
const BOXES: [&str; 8] = [
    "java/lang/Boolean",
    "java/lang/Byte",
    "java/lang/Character",
    "java/lang/Short",
    "java/lang/Integer",
    "java/lang/Long",
    "java/lang/Float",
    "java/lang/Double",
];

/// Checks that compilers put in.
const CHECKS: [&str; 3] = ["kotlin/jvm/internal/Intrinsics", "java/util/Objects", "scala/runtime/BoxesRunTime"];

/// The fields of a calendar, by the numbers that compilers put in their place.
const CALENDAR: [(i128, &str); 11] = [
    (1, "YEAR"),
    (2, "MONTH"),
    (3, "WEEK_OF_YEAR"),
    (5, "DAY_OF_MONTH"),
    (6, "DAY_OF_YEAR"),
    (7, "DAY_OF_WEEK"),
    (10, "HOUR"),
    (11, "HOUR_OF_DAY"),
    (12, "MINUTE"),
    (13, "SECOND"),
    (14, "MILLISECOND"),
];

impl Lift<'_> {
    /// Runs an instruction that does not jump.
    pub(super) fn execute(&mut self, one: &Instruction<'_>) {
        match one.opcode {
            1 => self.on.push(ExprKind::Null, Kind::Plain, Weight::default()),
            2..=8 => self.number(i64::from(one.opcode) - 3, Kind::Plain),
            9 | 10 => self.number(i64::from(one.opcode) - 9, Kind::Wide),
            11..=13 => self.on.push(ExprKind::Float(f64::from(one.opcode - 11)), Kind::Plain, Weight::default()),
            14 | 15 => self.on.push(ExprKind::Float(f64::from(one.opcode - 14)), Kind::Wide, Weight::default()),
            16 => self.number(one.operands.first().map_or(0, |byte| i64::from(byte.cast_signed())), Kind::Plain),
            17 => self.number(i64::from(one.u16().cast_signed()), Kind::Plain),
            18 => self.constant(one.slot()),
            19 => self.constant(one.u16()),
            20 => {
                self.constant(one.u16());
                self.mark_top(Kind::Wide);
            }
            21..=25 => self.load(one.slot(), wide_if(matches!(one.opcode, 22 | 24))),
            26..=45 => {
                let (ty, slot) = ((one.opcode - 26) / 4, (one.opcode - 26) % 4);
                self.load(u16::from(slot), wide_if(ty == 1 || ty == 3));
            }
            46..=53 => self.element(wide_if(matches!(one.opcode, 47 | 49))),
            54..=58 => self.store(one.slot(), if one.wide { 4 } else { 2 }),
            59..=78 => self.store(u16::from((one.opcode - 59) % 4), 1),
            79..=86 => self.put_element(),
            87..=95 => self.shuffle(one.opcode),
            96..=131 => self.arithmetic(one.opcode),
            132 => self.count(one),
            133..=147 => self.convert(one.opcode),
            148..=152 => self.binary(BinaryOp::Compare, Kind::Plain),
            178..=181 => self.field(one),
            182..=185 => self.invoke(one),
            186 => self.dynamic(one.u16()),
            187 => self.on.push(
                ExprKind::New { ty: self.class_path(one.u16()), args: Vec::new() },
                Kind::Raw(one.at),
                Weight::default(),
            ),
            188 | 189 => self.array(one.at, 1),
            197 => self.array(one.at, usize::from(one.operands.last().copied().unwrap_or_default())),
            190 => {
                let length = self.on.pop().field("length", Kind::Plain, self.on.span);
                self.on.stack.push(length);
            }
            192 => self.cast(one.u16()),
            193 => self.instance_of(one.u16()),
            194 | 195 => drop(self.on.pop()),
            _ => {}
        }
    }

    fn number(&mut self, number: i64, of: Kind) {
        self.on.stack.push(Value::int(number, of, self.on.span));
    }

    fn mark_top(&mut self, of: Kind) {
        if let Some(top) = self.on.stack.last_mut() {
            top.kind = of;
        }
    }

    fn binary(&mut self, op: BinaryOp, of: Kind) {
        let (b, a) = (self.on.pop(), self.on.pop());
        self.on.stack.push(a.binary(op, b, of, self.on.span));
    }

    fn arithmetic(&mut self, opcode: u8) {
        const OPS: [BinaryOp; 9] = [
            BinaryOp::Add,
            BinaryOp::Subtract,
            BinaryOp::Multiply,
            BinaryOp::Divide,
            BinaryOp::Remainder,
            // Its place is that of negation.
            BinaryOp::Subtract,
            BinaryOp::ShiftLeft,
            BinaryOp::ShiftRight,
            BinaryOp::ShiftRight,
        ];
        if (116..=119).contains(&opcode) {
            let value = self.on.pop();
            let of = value.kind;
            return self.on.stack.push(value.unary(UnaryOp::Negate, of, self.on.span));
        }
        if opcode >= 126 {
            let op = [BinaryOp::BitAnd, BinaryOp::BitOr, BinaryOp::BitXor][usize::from((opcode - 126) / 2).min(2)];
            let (b, a) = (self.on.pop(), self.on.pop());
            // `&` and `|` of truth values are not taken bit by bit.
            let truth = a.kind == Kind::Truth && b.kind == Kind::Truth;
            let op = match op {
                BinaryOp::BitAnd if truth => BinaryOp::And,
                BinaryOp::BitOr if truth => BinaryOp::Or,
                op => op,
            };
            let of = if truth { Kind::Truth } else { wide_if(opcode % 2 == 1) };
            return self.on.stack.push(a.binary(op, b, of, self.on.span));
        }
        let (op, of) = if opcode < 120 {
            (OPS[usize::from((opcode - 96) / 4)], wide_if(opcode % 2 == 1))
        } else {
            (OPS[6 + usize::from((opcode - 120) / 2)], wide_if(opcode % 2 == 1))
        };
        self.binary(op, of);
    }

    fn convert(&mut self, opcode: u8) {
        let value = self.on.pop();
        let weight = value.weight();
        let narrow = match opcode {
            136 | 139 | 142 => "int",
            145 => "byte",
            146 => "char",
            147 => "short",
            140 | 143 => "long",
            // Source need not say that a number widens.
            _ => {
                self.on.stack.push(value);
                return self.mark_top(wide_if(matches!(opcode, 133 | 135 | 138 | 141)));
            }
        };
        self.on.push(ExprKind::Cast(narrow.to_owned(), Box::new(value.expr)), wide_if(narrow == "long"), weight);
    }

    fn count(&mut self, one: &Instruction<'_>) {
        let by = match one.operands {
            [_, by] => i64::from(by.cast_signed()),
            [_, _, high, low] => i64::from(i16::from_be_bytes([*high, *low])),
            _ => return,
        };
        self.increment(one.slot(), by);
    }

    /// `pop`, `dup` and their kin.
    fn shuffle(&mut self, opcode: u8) {
        let wide = self.on.stack.last().is_some_and(|top| top.kind == Kind::Wide);
        match opcode {
            87 => self.on.drop_value(),
            88 => {
                self.on.drop_value();
                if !wide {
                    self.on.drop_value();
                }
            }
            89 => self.repeat(1, 0),
            90 => self.repeat(1, 1),
            91 => {
                let under = self.on.stack.len().checked_sub(2).and_then(|n| self.on.stack.get(n));
                let under = if under.is_some_and(|value| value.kind == Kind::Wide) { 1 } else { 2 };
                self.repeat(1, under);
            }
            92 => self.repeat(if wide { 1 } else { 2 }, 0),
            93 => self.repeat(if wide { 1 } else { 2 }, 1),
            94 => {
                let own = if wide { 1 } else { 2 };
                let under = self.on.stack.len().checked_sub(own + 1).and_then(|n| self.on.stack.get(n));
                let under = if under.is_some_and(|value| value.kind == Kind::Wide) { 1 } else { 2 };
                self.repeat(own, under);
            }
            _ => {
                let top = self.on.stack.len();
                if top >= 2 {
                    self.on.stack.swap(top - 1, top - 2);
                }
            }
        }
    }

    /// Puts copies of the topmost values below those under them.
    fn repeat(&mut self, count: usize, under: usize) {
        let mut tops: Vec<Value> = (0..count).map(|_| self.on.shared()).collect();
        tops.reverse();
        let place = self.on.stack.len().saturating_sub(under);
        self.on.stack.splice(place..place, tops.iter().cloned());
        self.on.stack.extend(tops);
    }

    fn element(&mut self, of: Kind) {
        let (index, base) = (self.on.pop(), self.on.pop());
        let weight = base.weight().and(index.weight());
        self.on.push(ExprKind::Index(Box::new(base.expr), Box::new(index.expr)), of, weight);
    }

    fn put_element(&mut self) {
        let (value, index) = (self.on.pop(), self.on.pop());
        match self.on.stack.last().map(|array| array.kind) {
            Some(Kind::Array(at)) => {
                self.on.stack.pop();
                self.on.arrays.entry(at).or_default().push(value);
            }
            _ => {
                let base = self.on.pop();
                let weight = base.weight().and(index.weight());
                let target = ExprKind::Index(Box::new(base.expr), Box::new(index.expr));
                let target = Value::new(target, Kind::Plain, weight, self.on.span);
                self.on.assign(target.expr, value.expr);
            }
        }
    }

    fn array(&mut self, at: usize, dimensions: usize) {
        for _ in 0..dimensions {
            self.on.pop();
        }
        self.on.push(ExprKind::List(Vec::new()), Kind::Array(at), Weight::default());
    }

    fn cast(&mut self, index: u16) {
        // An array or a raw object stays what it is.
        if self.on.stack.last().is_some_and(|top| matches!(top.kind, Kind::Raw(_) | Kind::Array(_))) {
            return;
        }
        let value = self.on.pop();
        let ty = self.class_path(index).concat();
        let weight = value.weight();
        self.on.push(ExprKind::Cast(ty, Box::new(value.expr)), Kind::Plain, weight);
    }

    fn instance_of(&mut self, index: u16) {
        let value = self.on.pop();
        let pattern = Pattern::Variant(self.class_path(index), Vec::new());
        let weight = value.weight();
        self.on.push(ExprKind::Is(Box::new(value.expr), Box::new(pattern)), Kind::Truth, weight);
    }

    fn field(&mut self, one: &Instruction<'_>) {
        let Some(member) = self.class.pool.member(one.u16()) else { return };
        let (class, name) = (member.class.to_owned(), member.name.to_owned());
        let of = kind_of(member.descriptor);
        let value = matches!(one.opcode, 179 | 181).then(|| {
            let value = self.on.pop();
            if of == Kind::Truth { value.truth() } else { value }
        });
        let place = if matches!(one.opcode, 180 | 181) {
            self.on.pop().field(&name, of, self.on.span)
        } else {
            self.static_member(&class, &name, of)
        };
        match value {
            Some(value) => self.on.assign(place.expr, value.expr),
            None => self.on.stack.push(place),
        }
    }

    /// `name` or `Class.name`.
    fn static_member(&self, class: &str, name: &str, of: Kind) -> Value {
        if class == self.own {
            return Value::leaf(ExprKind::Name(vec![name.to_owned()]), of, self.on.span);
        }
        let class = vec![descriptor::simple(class).to_owned()];
        Value::leaf(ExprKind::Name(class), Kind::Plain, self.on.span).field(name, of, self.on.span)
    }

    fn invoke(&mut self, one: &Instruction<'_>) {
        let pool = &self.class.pool;
        let Some(member) = pool.member(one.u16()) else { return };
        let Some((types, gives)) = descriptor::of_method(member.descriptor) else { return };
        let mut args = self.arguments(&types);
        if one.opcode == 184 {
            return self.invoke_static(member, args, gives);
        }
        if member.class == "java/util/Calendar" || member.class == "java/util/GregorianCalendar" {
            name_field(member.name, &mut args);
        }
        if member.name == "<init>" {
            return self.construct(args);
        }
        let receiver = self.on.pop();
        if BOXES.contains(&member.class) && member.name.ends_with("Value") && args.is_empty() {
            let of = kind_of(gives);
            self.on.stack.push(receiver);
            if of != Kind::Plain {
                self.mark_top(of);
            }
            return;
        }
        let callee = receiver.field(member.name, Kind::Plain, self.on.span);
        self.call(callee, args, gives);
    }

    fn invoke_static(&mut self, member: Member<'_>, mut args: Vec<Value>, gives: &str) {
        if BOXES.contains(&member.class)
            && member.name == "valueOf"
            && let ([only], false) = (args.as_mut_slice(), member.descriptor.starts_with("(Ljava/lang/String;"))
        {
            let only = std::mem::replace(only, Value::unknown(Kind::Plain, self.on.span));
            return self.on.stack.push(only.boxed());
        }
        let check = CHECKS.contains(&member.class) && (gives == "V" || member.name == "requireNonNull");
        if check {
            if gives != "V" {
                self.on.stack.extend(args.into_iter().next());
            }
            return;
        }
        let callee = self.static_member(member.class, member.name, Kind::Plain);
        self.call(callee, args, gives);
    }

    fn arguments(&mut self, types: &[&str]) -> Vec<Value> {
        let mut args: Vec<Value> = types
            .iter()
            .rev()
            .map(|ty| {
                let value = self.on.pop();
                if *ty == "Z" { value.truth() } else { value }
            })
            .collect();
        args.reverse();
        args
    }

    /// Calls what was put together; what gives nothing is a statement.
    fn call(&mut self, callee: Value, args: Vec<Value>, gives: &str) {
        let weight = Weight::of(args.iter().chain([&callee]));
        let args = args.into_iter().map(arg).collect();
        self.on.push(ExprKind::Call { callee: Box::new(callee.expr), args }, kind_of(gives), weight);
        if gives == "V" {
            self.on.drop_value();
        }
    }

    /// A constructor runs: the raw object becomes `new T(…)` wherever it lies.
    fn construct(&mut self, args: Vec<Value>) {
        let weight = Weight::of(&args);
        let args: Vec<Arg> = args.into_iter().map(arg).collect();
        let Some(raw) = self.on.stack.pop() else { return };
        let (Kind::Raw(at), ExprKind::New { ty, .. }) = (raw.kind, raw.expr.kind) else {
            // `super(…)` and `this(…)`.
            let callee = Expr::name("super", self.on.span);
            return self
                .on
                .say(StmtKind::Expr(Expr::new(ExprKind::Call { callee: Box::new(callee), args }, self.on.span)));
        };
        let made = Value::new(ExprKind::New { ty, args }, Kind::Plain, weight, self.on.span);
        let mut places: Vec<usize> =
            (0..self.on.stack.len()).filter(|n| self.on.stack[*n].kind == Kind::Raw(at)).collect();
        match (places.pop(), places.is_empty()) {
            (None, _) => self.on.say(StmtKind::Expr(made.expr)),
            (Some(only), true) => self.on.stack[only] = made,
            (Some(last), false) => {
                self.on.stack.push(made);
                let shared = self.on.shared();
                for place in places.into_iter().chain([last]) {
                    self.on.stack[place] = shared.clone();
                }
            }
        }
    }

    /// `invokedynamic`: a lambda becomes a closure that calls its method; texts are put together.
    fn dynamic(&mut self, index: u16) {
        let Some((bootstrap, member)) = self.class.pool.dynamic(index) else { return };
        let Some((types, gives)) = descriptor::of_method(member.descriptor) else { return };
        let args = self.arguments(&types);
        let weight = Weight::of(&args);
        if member.name.starts_with("makeConcat") {
            let parts = args.into_iter().map(|value| value.expr).collect();
            return self.on.push(ExprKind::Interpolated(parts), Kind::Plain, weight);
        }
        let constants = self.class.bootstraps.get(usize::from(bootstrap)).map(Vec::as_slice).unwrap_or_default();
        let target = constants.iter().find_map(|constant| self.class.pool.handle(*constant));
        let Some(target) = target else {
            let parts = args.into_iter().map(|value| value.expr).collect();
            return self.on.push(ExprKind::Opaque(parts), kind_of(gives), weight);
        };
        let taken = descriptor::of_method(target.descriptor).map_or(0, |(types, _)| types.len());
        let params: Vec<Param> = (args.len()..taken)
            .map(|n| Param { name: format!("#p{n}"), ty: None, default: None, span: self.on.span })
            .collect();
        let callee = self.static_member(target.class, target.name, Kind::Plain);
        let given = params.iter().map(|param| Arg { name: None, value: Expr::name(param.name.clone(), self.on.span) });
        let args = args.into_iter().map(arg).chain(given).collect();
        let call = Expr::new(ExprKind::Call { callee: Box::new(callee.expr), args }, self.on.span);
        let body = crate::language::ir::Block::value(call);
        let closure = Function { params, body, span: self.on.span, name_span: self.on.span, ..Function::default() };
        self.on.push(ExprKind::Closure(Box::new(closure)), Kind::Plain, weight);
    }
}

/// `Calendar.YEAR` where the compiler left 1.
fn name_field(method: &str, args: &mut [Value]) {
    if !matches!(method, "set" | "get" | "add" | "roll") || args.len() > 2 {
        return;
    }
    let Some(first) = args.first_mut() else { return };
    let ExprKind::Int(number) = first.expr.kind else { return };
    if let Some((_, name)) = CALENDAR.iter().find(|(known, _)| *known == number) {
        let span = first.expr.span;
        let calendar = Value::leaf(ExprKind::Name(vec!["Calendar".to_owned()]), Kind::Plain, span);
        *first = calendar.field(name, Kind::Plain, span);
    }
}

fn arg(value: Value) -> Arg {
    Arg { name: None, value: value.expr }
}

const fn wide_if(wide: bool) -> Kind {
    if wide { Kind::Wide } else { Kind::Plain }
}

/// What is known of a value of that type.
fn kind_of(ty: &str) -> Kind {
    if ty == "Z" { Kind::Truth } else { wide_if(descriptor::is_wide(ty)) }
}
