//! What each instruction does to the stack.

use super::instruction::Instruction;
use super::lift::Lift;
use super::member::{Member, MemberKind, member, row_of, type_name};
use super::signature::{Signature, Type};
use crate::language::ir::{Arg, BinaryOp, Block, Expr, ExprKind, Function, Param, Pattern, StmtKind, UnaryOp};
use crate::language::stack::value::{Kind, Value, Weight};

/// Operators as methods (ECMA-335 § I.10.3.2), whatever their type.
const OPERATORS: [(&str, BinaryOp); 13] = [
    ("op_Addition", BinaryOp::Add),
    ("op_Subtraction", BinaryOp::Subtract),
    ("op_Multiply", BinaryOp::Multiply),
    ("op_Division", BinaryOp::Divide),
    ("op_Modulus", BinaryOp::Remainder),
    ("op_BitwiseAnd", BinaryOp::BitAnd),
    ("op_BitwiseOr", BinaryOp::BitOr),
    ("op_Equality", BinaryOp::Equal),
    ("op_Inequality", BinaryOp::NotEqual),
    ("op_LessThan", BinaryOp::Less),
    ("op_LessThanOrEqual", BinaryOp::LessEqual),
    ("op_GreaterThan", BinaryOp::Greater),
    ("op_GreaterThanOrEqual", BinaryOp::GreaterEqual),
];

/// Members of enumerations, for the numbers that compilers put in their place.
const ENUMERATIONS: [(&str, &[&str]); 2] = [
    ("DateTimeKind", &["Unspecified", "Utc", "Local"]),
    ("DayOfWeek", &["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]),
];

impl Lift<'_> {
    /// Runs an instruction that does not jump.
    pub(super) fn execute(&mut self, one: &Instruction<'_>) {
        match one.opcode {
            0x02..=0x05 => self.load(self.argument(u32::from(one.opcode - 0x02))),
            0x06..=0x09 => self.load(Some(Self::local(u32::from(one.opcode - 0x06)))),
            0x0A..=0x0D => self.store(Some(Self::local(u32::from(one.opcode - 0x0A)))),
            // Addresses stand for what lies there.
            0x0E | 0x0F | 0xFE09 | 0xFE0A => self.load(self.argument(one.number())),
            0x10 | 0xFE0B => self.store(self.argument(one.number())),
            0x11 | 0x12 | 0xFE0C | 0xFE0D => self.load(Some(Self::local(one.number()))),
            0x13 | 0xFE0E => self.store(Some(Self::local(one.number()))),
            0x14 => self.on.push(ExprKind::Null, Kind::Plain, Weight::default()),
            0x15..=0x1E => self.number(i64::from(one.opcode) - 0x16),
            0x1F => self.number(one.operand.first().map_or(0, |byte| i64::from(byte.cast_signed()))),
            0x20 => self.number(i64::from(one.number().cast_signed())),
            0x21 => self.number(one.operand.try_into().map_or(0, i64::from_le_bytes)),
            0x22 => self.float(one.operand.try_into().map_or(0.0, |bytes| f64::from(f32::from_le_bytes(bytes)))),
            0x23 => self.float(one.operand.try_into().map_or(0.0, f64::from_le_bytes)),
            0x25 => {
                let value = self.on.shared();
                self.on.stack.extend([value.clone(), value]);
            }
            0x26 => self.on.drop_value(),
            0x28 | 0x6F => self.call(one.number()),
            0x29 => self.on.stack.clear(),
            0x46..=0x50 | 0x71 => {} // through a reference
            0x51..=0x57 | 0xDF | 0x81 => self.through_reference(),
            0x58..=0x64 | 0xD6..=0xDB => self.arithmetic(one.opcode),
            0x65 => self.unary(UnaryOp::Negate),
            0x66 => self.unary(UnaryOp::Complement),
            0x67..=0x6E | 0x76 | 0x82..=0x8B | 0xB3..=0xBA | 0xD1..=0xD5 | 0xE0 => self.convert(one.opcode),
            0x72 => self.text(one.number()),
            0x73 => self.construct(one.number()),
            0x75 => self.is_instance(one.number()),
            0x7B | 0x7C => self.field(one.number(), true),
            0x7D => self.set_field(one.number(), true),
            0x7E | 0x7F => self.field(one.number(), false),
            0x80 => self.set_field(one.number(), false),
            0x8D => {
                self.on.pop();
                self.on.push(ExprKind::List(Vec::new()), Kind::Array(self.on.at), Weight::default());
            }
            0x8E => {
                let length = self.on.pop().field("Length", Kind::Plain, self.on.span);
                self.on.stack.push(length);
            }
            0x8F..=0x9A | 0xA3 => self.element(),
            0x9B..=0xA2 | 0xA4 => self.set_element(),
            0xD0 | 0xFE00 | 0xFE1C => self.unknown(),
            0xFE01 => self.compare(BinaryOp::Equal),
            0xFE02 | 0xFE03 => self.greater(one.opcode),
            0xFE04 | 0xFE05 => self.compare(BinaryOp::Less),
            0xFE06 | 0xFE07 => self.function(one),
            0xFE15 => drop(self.on.pop()),
            _ => {}
        }
    }

    fn number(&mut self, number: i64) {
        self.on.stack.push(Value::int(number, Kind::Plain, self.on.span));
    }

    fn float(&mut self, number: f64) {
        self.on.push(ExprKind::Float(number), Kind::Plain, Weight::default());
    }

    fn unknown(&mut self) {
        self.on.stack.push(Value::unknown(Kind::Plain, self.on.span));
    }

    fn text(&mut self, token: u32) {
        let text = row_of(token).and_then(|(_, at)| self.tables.literal(at)).unwrap_or_default();
        self.on.push(ExprKind::Text(text), Kind::Plain, Weight::default());
    }

    fn store(&mut self, name: Option<String>) {
        let value = self.on.pop();
        if let Some(name) = name {
            self.on.bind(name, value);
        }
    }

    fn through_reference(&mut self) {
        let (value, target) = (self.on.pop(), self.on.pop());
        self.on.assign(target.expr, value.expr);
    }

    fn unary(&mut self, op: UnaryOp) {
        let value = self.on.pop();
        self.on.stack.push(value.unary(op, Kind::Plain, self.on.span));
    }

    fn arithmetic(&mut self, opcode: u16) {
        let op = match opcode {
            0x58 | 0xD6 | 0xD7 => BinaryOp::Add,
            0x59 | 0xDA | 0xDB => BinaryOp::Subtract,
            0x5A | 0xD8 | 0xD9 => BinaryOp::Multiply,
            0x5B | 0x5C => BinaryOp::Divide,
            0x5D | 0x5E => BinaryOp::Remainder,
            0x5F => BinaryOp::BitAnd,
            0x60 => BinaryOp::BitOr,
            0x61 => BinaryOp::BitXor,
            0x62 => BinaryOp::ShiftLeft,
            _ => BinaryOp::ShiftRight,
        };
        let (b, a) = (self.on.pop(), self.on.pop());
        // `&` and `|` of truth values are not taken bit by bit.
        let truth = a.kind == Kind::Truth && b.kind == Kind::Truth;
        let (op, of) = match op {
            BinaryOp::BitAnd if truth => (BinaryOp::And, Kind::Truth),
            BinaryOp::BitOr if truth => (BinaryOp::Or, Kind::Truth),
            op => (op, Kind::Plain),
        };
        self.on.stack.push(a.binary(op, b, of, self.on.span));
    }

    /// Numbers that widen are as source has them; those that narrow are cast.
    fn convert(&mut self, opcode: u16) {
        let narrow = match opcode {
            0x67 | 0xB3 => "sbyte",
            0x68 | 0xB5 => "short",
            0x69 | 0xB7 => "int",
            0xD1 | 0xB6 => "ushort",
            0xD2 | 0xB4 => "byte",
            _ => return,
        };
        let value = self.on.pop();
        if matches!(value.expr.kind, ExprKind::Int(_)) {
            return self.on.stack.push(value);
        }
        let weight = value.weight();
        self.on.push(ExprKind::Cast(narrow.to_owned(), Box::new(value.expr)), Kind::Plain, weight);
    }

    fn compare(&mut self, op: BinaryOp) {
        let (b, a) = (self.on.pop(), self.on.pop());
        let compared = self.compared(a, op, b);
        self.on.stack.push(compared);
    }

    /// `cgt`; without signs it is also how compilers ask whether something is not null.
    fn greater(&mut self, opcode: u16) {
        let nothing = self.on.stack.last().is_some_and(|top| top.expr.kind == ExprKind::Null);
        self.compare(if nothing && opcode == 0xFE03 { BinaryOp::NotEqual } else { BinaryOp::Greater });
    }

    fn is_instance(&mut self, token: u32) {
        let value = self.on.pop();
        let ty = type_name(self.tables, token).unwrap_or_else(|| "?".to_owned());
        let weight = value.weight();
        let pattern = Pattern::Variant(vec![ty], Vec::new());
        self.on.push(ExprKind::Is(Box::new(value.expr), Box::new(pattern)), Kind::Truth, weight);
    }

    fn element(&mut self) {
        let (index, base) = (self.on.pop(), self.on.pop());
        let weight = base.weight().and(index.weight());
        self.on.push(ExprKind::Index(Box::new(base.expr), Box::new(index.expr)), Kind::Plain, weight);
    }

    fn set_element(&mut self) {
        let (value, index) = (self.on.pop(), self.on.pop());
        if let Some(Kind::Array(at)) = self.on.stack.last().map(|array| array.kind) {
            self.on.stack.pop();
            return self.on.arrays.entry(at).or_default().push(value);
        }
        let base = self.on.pop();
        let weight = base.weight().and(index.weight());
        let target = ExprKind::Index(Box::new(base.expr), Box::new(index.expr));
        let target = Value::new(target, Kind::Plain, weight, self.on.span);
        self.on.assign(target.expr, value.expr);
    }

    /// The place of a field.
    fn place(&mut self, member: &Member, of_receiver: bool) -> Value {
        let of = match &member.kind {
            MemberKind::Field(ty) if ty.truth => Kind::Truth,
            _ => Kind::Plain,
        };
        if of_receiver {
            return self.on.pop().field(&member.name, of, self.on.span);
        }
        self.static_member(&member.owner, &member.name, of)
    }

    fn field(&mut self, token: u32, of_receiver: bool) {
        let Some(member) = member(self.tables, token, self.owners) else {
            if of_receiver {
                self.on.pop();
            }
            return self.unknown();
        };
        let place = self.place(&member, of_receiver);
        if !is_kept(&member.name) {
            return self.on.stack.push(place);
        }
        let nothing = Value::leaf(ExprKind::Null, Kind::Plain, self.on.span);
        let value = self.kept.get(&member.name).cloned().unwrap_or(nothing);
        self.on.stack.push(value);
    }

    fn set_field(&mut self, token: u32, of_receiver: bool) {
        let value = self.on.pop();
        let Some(member) = member(self.tables, token, self.owners) else {
            if of_receiver {
                self.on.pop();
            }
            return;
        };
        let place = self.place(&member, of_receiver);
        if is_kept(&member.name) {
            self.kept.insert(member.name, value);
            return;
        }
        let value = if place.kind == Kind::Truth { value.truth() } else { value };
        self.on.assign(place.expr, value.expr);
    }

    /// `name` or `Type.name`.
    fn static_member(&self, owner: &str, name: &str, of: Kind) -> Value {
        if owner == self.own {
            return Value::leaf(ExprKind::Name(vec![name.to_owned()]), of, self.on.span);
        }
        let owner = ExprKind::Name(vec![owner.to_owned()]);
        Value::leaf(owner, Kind::Plain, self.on.span).field(name, of, self.on.span)
    }

    fn arguments(&mut self, takes: &[Type]) -> Vec<Value> {
        let mut args: Vec<Value> = takes.iter().rev().map(|ty| self.named(ty)).collect();
        args.reverse();
        args
    }

    /// An argument of that type, as source would say it.
    fn named(&mut self, ty: &Type) -> Value {
        let value = self.on.pop();
        if ty.truth {
            return value.truth();
        }
        let members =
            ENUMERATIONS.iter().find(|(name, _)| ty.name.as_deref() == Some(name)).map(|(_, members)| members);
        let member = match (members, &value.expr.kind) {
            (Some(members), ExprKind::Int(number)) => usize::try_from(*number).ok().and_then(|n| members.get(n)),
            _ => None,
        };
        match (member, &ty.name) {
            (Some(member), Some(ty)) => self.static_member(ty, member, Kind::Plain),
            _ => value,
        }
    }

    fn call(&mut self, token: u32) {
        let called = member(self.tables, token, self.owners);
        let Some(Member { owner, name, kind: MemberKind::Method(signature) }) = called else {
            self.on.stack.clear();
            return self.unknown();
        };
        let args = self.arguments(&signature.takes);
        if signature.method && name == ".ctor" {
            return self.initialise(&owner, args);
        }
        if !signature.method && self.operator(&name, &args) {
            return;
        }
        let receiver = signature.method.then(|| self.on.pop());
        let of = if signature.gives.truth { Kind::Truth } else { Kind::Plain };
        let place = |lift: &Self, name: &str, of| match receiver.clone() {
            Some(receiver) => receiver.field(name, of, lift.on.span),
            None => lift.static_member(&owner, name, of),
        };
        match (name.strip_prefix("get_"), name.strip_prefix("set_"), args.len()) {
            (Some(property), _, 0) => {
                let value = place(self, property, of);
                self.on.stack.push(value);
            }
            (_, Some(property), 1) => {
                let target = place(self, property, of);
                if let Some(value) = args.into_iter().next() {
                    self.on.assign(target.expr, value.expr);
                }
            }
            _ => {
                let callee = place(self, &name, Kind::Plain);
                self.give(callee, args, &signature);
            }
        }
    }

    /// An operator or a conversion that is a method.
    fn operator(&mut self, name: &str, args: &[Value]) -> bool {
        let value = match args {
            [a, b] => {
                let Some((_, op)) = OPERATORS.iter().find(|(known, _)| *known == name) else { return false };
                let truth = matches!(
                    op,
                    BinaryOp::Equal
                        | BinaryOp::NotEqual
                        | BinaryOp::Less
                        | BinaryOp::LessEqual
                        | BinaryOp::Greater
                        | BinaryOp::GreaterEqual
                );
                let of = if truth { Kind::Truth } else { Kind::Plain };
                a.clone().binary(*op, b.clone(), of, self.on.span)
            }
            [only] if matches!(name, "op_Implicit" | "op_Explicit") => only.clone(),
            [only] if name == "op_UnaryNegation" => only.clone().unary(UnaryOp::Negate, Kind::Plain, self.on.span),
            _ => return false,
        };
        self.on.stack.push(value);
        true
    }

    /// Calls what was put together; what gives nothing is a statement.
    fn give(&mut self, callee: Value, args: Vec<Value>, signature: &Signature) {
        let of = if signature.gives.truth { Kind::Truth } else { Kind::Plain };
        let weight = Weight::of(args.iter().chain([&callee]));
        let args = args.into_iter().map(arg).collect();
        self.on.push(ExprKind::Call { callee: Box::new(callee.expr), args }, of, weight);
        if signature.gives.void {
            self.on.drop_value();
        }
    }

    /// A constructor called on something that is there: a value in a variable, or the base's.
    fn initialise(&mut self, owner: &str, args: Vec<Value>) {
        let target = self.on.pop();
        let weight = Weight::of(&args);
        let args: Vec<Arg> = args.into_iter().map(arg).collect();
        if target.expr.kind == ExprKind::Receiver {
            let callee = Box::new(Expr::name("super", self.on.span));
            return self.on.say(StmtKind::Expr(Expr::new(ExprKind::Call { callee, args }, self.on.span)));
        }
        let made = Value::new(ExprKind::New { ty: vec![owner.to_owned()], args }, Kind::Plain, weight, self.on.span);
        match target.expr.kind {
            ExprKind::Name(mut path) if path.len() == 1 => self.on.bind(path.remove(0), made),
            _ => self.on.assign(target.expr, made.expr),
        }
    }

    /// `new T(…)`; a delegate is the function that it was made of, and a nullable value what it holds.
    fn construct(&mut self, token: u32) {
        let made = member(self.tables, token, self.owners);
        let Some(Member { owner, kind: MemberKind::Method(signature), .. }) = made else {
            self.on.stack.clear();
            return self.unknown();
        };
        let delegate = self.on.stack.last().is_some_and(|top| matches!(top.expr.kind, ExprKind::Closure(_)));
        if delegate && signature.takes.len() == 2 {
            let function = self.on.pop();
            self.on.pop();
            return self.on.stack.push(function);
        }
        let mut args = self.arguments(&signature.takes);
        if owner == "Nullable" && args.len() == 1 {
            return self.on.stack.extend(args.pop());
        }
        let weight = Weight::of(&args);
        let args = args.into_iter().map(arg).collect();
        self.on.push(ExprKind::New { ty: vec![owner], args }, Kind::Plain, weight);
    }

    /// The address of a function: a closure that calls it.
    fn function(&mut self, one: &Instruction<'_>) {
        if one.opcode == 0xFE07 {
            self.on.pop();
        }
        let Some(Member { owner, name, kind: MemberKind::Method(signature) }) =
            member(self.tables, one.number(), self.owners)
        else {
            return self.unknown();
        };
        let span = self.on.span;
        let params: Vec<Param> = (0..signature.takes.len())
            .map(|n| Param { name: format!("#p{n}"), ty: None, default: None, span })
            .collect();
        let callee = self.static_member(&owner, &name, Kind::Plain).expr;
        let args = params.iter().map(|param| Arg { name: None, value: Expr::name(param.name.clone(), span) }).collect();
        let call = Expr::new(ExprKind::Call { callee: Box::new(callee), args }, span);
        let closure = Function { params, body: Block::value(call), span, name_span: span, ..Function::default() };
        self.on.push(ExprKind::Closure(Box::new(closure)), Kind::Plain, Weight::default());
    }
}

/// Whether compilers keep a lambda in a field of that name.
fn is_kept(name: &str) -> bool {
    name.starts_with("<>9__") || name.starts_with("<>f__am$cache") || name.starts_with("<>O")
}

fn arg(value: Value) -> Arg {
    Arg { name: None, value: value.expr }
}
