//! Comparisons with the clock, as product code writes them: what stands beside the clock, and what is refused of it.

use std::collections::HashSet;

use crate::finding::Severity;
use crate::flow::facts::{Condition, FileFacts, FunctionFacts, Id, Outcome, TermKind};
use crate::flow::taint::{Taint, Taints};
use crate::language::ir::{BinaryOp, UnaryOp};
use crate::language::models::{Index, Use};
use crate::vocabulary::words;

/// Terms looked at in one comparison.
const PARTS: usize = 60;

/// What is compared with the clock, if the term compares something with it.
pub(super) fn beside_clock(file: &FileFacts, n: usize, taints: &Taints<'_>, id: Id) -> Option<Id> {
    let other = |a: Id, b: Id| match clock_side(file, n, taints, a, b)? {
        Side::Left => Some(b),
        Side::Right => Some(a),
    };
    match &file.term(id).kind {
        TermKind::Binary(op, a, b) => {
            use BinaryOp as B;
            let compares =
                matches!(op, B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::Compare | B::Subtract);
            if compares { other(*a, *b) } else { None }
        }
        TermKind::Method(receiver, _, args) if args.len() == 1 => {
            if taints.called(n, id).has(Taint::COMPARED) {
                other(*receiver, args[0].1)
            } else {
                None
            }
        }
        // `expires_at.past?`, `isAfterNow()`
        TermKind::Method(receiver, _, args) if args.is_empty() => {
            let asks = taints.called(n, id).has(Taint::COMPARED | Taint::CLOCK);
            (asks && !taints.own(n, *receiver).has(Taint::CLOCK)).then_some(*receiver)
        }
        _ => None,
    }
}

/// Which of two operands is the clock: the only one that is by itself, or that reads no member; or else with what callers
/// pass.
fn clock_side(file: &FileFacts, n: usize, taints: &Taints<'_>, a: Id, b: Id) -> Option<Side> {
    let of = |a: bool, b: bool| match (a, b) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    };
    let own = |id| taints.own(n, id).has(Taint::CLOCK);
    let called = |id| taints.called(n, id).has(Taint::CLOCK);
    match (own(a), own(b)) {
        (true, true) => of(!reads_member(file, a), !reads_member(file, b)),
        (false, false) => of(called(a), called(b)),
        (a, b) => of(a, b),
    }
}

/// A member or parameter comes in: what tells by whom a value was made.
fn reads_member(file: &FileFacts, id: Id) -> bool {
    let mut open = vec![id];
    for _ in 0..PARTS {
        let Some(id) = open.pop() else { break };
        let kind = &file.term(id).kind;
        match kind {
            TermKind::Field(..) | TermKind::Param(_) | TermKind::Receiver | TermKind::Index(..) => return true,
            TermKind::Variable(_) | TermKind::Element(_) => return true,
            // A member of the receiver, named without it.
            TermKind::Name(path) if path.len() == 1 && path[0].starts_with(char::is_lowercase) => return true,
            _ => kind.for_each_part(|part| open.push(part)),
        }
    }
    false
}

/// Of two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What a condition compares with the clock so that a refusal follows if it lies behind it, and whether that is thrown.
pub(super) fn refused_past(file: &FileFacts, n: usize, taints: &Taints<'_>, condition: &Condition) -> Vec<(Id, bool)> {
    let throws = |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| outcome.text.starts_with("throws"));
    let thrown = throws(&condition.then) || throws(&condition.otherwise);
    let refuses =
        |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| outcome.severity >= Severity::Refuses);
    let (then, otherwise) = (refuses(&condition.then), refuses(&condition.otherwise));
    if then == otherwise {
        return Vec::new();
    }
    let compared = clock_parts(file, n, taints, condition.term).into_iter();
    compared.filter(|(_, past)| *past == then).map(|(compared, _)| (compared, thrown)).collect()
}

/// What a condition compares with the clock, and whether the condition holds when it lies behind.
fn clock_parts(file: &FileFacts, n: usize, taints: &Taints<'_>, condition: Id) -> Vec<(Id, bool)> {
    let mut parts = Vec::new();
    let mut open = vec![(condition, true)];
    for _ in 0..PARTS {
        let Some((id, holds)) = open.pop() else { break };
        match &file.term(id).kind {
            TermKind::Unary(UnaryOp::Not, inner) => open.push((*inner, !holds)),
            TermKind::Binary(BinaryOp::And | BinaryOp::Or, a, b) => open.extend([(*a, holds), (*b, holds)]),
            kind => {
                let compared = compared_with_clock(file, kind, n, taints);
                parts.extend(compared.map(|(compared, is_past)| (compared, is_past == holds)));
            }
        }
    }
    parts
}

/// The fields that an error is reported for when a date lies behind the clock: `add_error('start', …)`.
pub(super) fn blamed(
    file: &FileFacts,
    n: usize,
    taints: &Taints<'_>,
    function: &FunctionFacts,
    condition: &Condition,
) -> Vec<String> {
    const ERRORS: [&str; 6] = ["error", "errors", "invalid", "issue", "violation", "reject"];
    let is_name = |text: &str| text.len() <= 48 && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut names = Vec::new();
    for (_, past) in clock_parts(file, n, taints, condition.term) {
        let outcome = if past { &condition.then } else { &condition.otherwise };
        let Some(outcome) = outcome else { continue };
        for call in function.calls.iter().filter(|call| outcome.span.contains(file.term(**call).span)) {
            let (name, args) = match &file.term(*call).kind {
                TermKind::Call(path, args) => (path.join("_"), args),
                TermKind::Method(base, name, args) => {
                    let of = accessor(file, usize::MAX, *base).unwrap_or_default();
                    (format!("{of}_{name}"), args)
                }
                _ => continue,
            };
            if !words(&name).iter().any(|word| ERRORS.contains(&word.as_str())) {
                continue;
            }
            let texts = args.iter().filter_map(|(_, arg)| match &file.term(*arg).kind {
                TermKind::Text(text) if is_name(text) && !text.is_empty() => Some(text.to_string()),
                _ => None,
            });
            names.extend(texts);
        }
    }
    names
}

/// What is compared with the clock, and whether the comparison holds when it lies behind.
fn compared_with_clock(file: &FileFacts, kind: &TermKind, n: usize, taints: &Taints<'_>) -> Option<(Id, bool)> {
    match kind {
        TermKind::Binary(op, a, b) => {
            use BinaryOp as B;
            let less = match op {
                B::Less | B::LessEqual => true,
                B::Greater | B::GreaterEqual => false,
                _ => return None,
            };
            match clock_side(file, n, taints, *a, *b)? {
                Side::Left => Some((*b, !less)),
                Side::Right => Some((*a, less)),
            }
        }
        TermKind::Method(receiver, name, args) => {
            let words = words(name);
            let says = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
            let before =
                match (says(&["before", "past", "less", "lt", "older"]), says(&["after", "future", "greater", "gt"])) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => return None,
                };
            match args.as_slice() {
                [] => Some((*receiver, before)),
                [(_, arg)] => match clock_side(file, n, taints, *receiver, *arg)? {
                    Side::Left => Some((*arg, !before)),
                    Side::Right => Some((*receiver, before)),
                },
                _ => None,
            }
        }
        _ => None,
    }
}

/// The member, element or parameter that a value is read from, through conversions.
pub(super) fn accessor(file: &FileFacts, function: usize, id: Id) -> Option<String> {
    const WRAPPED: usize = 4;
    let mut at = id;
    for _ in 0..WRAPPED {
        match &file.term(at).kind {
            TermKind::Name(path) => return path.last().cloned(),
            TermKind::Field(_, name) => return Some(name.clone()),
            TermKind::Method(_, name, args) if args.is_empty() => return Some(name.clone()),
            TermKind::Param(n) => {
                return Some(file.functions.get(function)?.params.get(usize::from(*n))?.name.clone());
            }
            TermKind::Index(_, index) => match &file.term(*index).kind {
                TermKind::Text(text) => return Some(text.to_string()),
                _ => return None,
            },
            TermKind::Call(_, args) | TermKind::New(_, args) => at = args.first()?.1,
            TermKind::Cast(_, inner) => at = *inner,
            // Made to fit first: `end if end.tzinfo else end.replace(tzinfo=UTC)`.
            TermKind::Choose(_, then, _) => at = *then,
            // With a tolerance.
            TermKind::Binary(BinaryOp::Add | BinaryOp::Subtract, inner, _) => at = *inner,
            _ => return None,
        }
    }
    None
}

/// The parameter that a value is made of, through conversions: `new Date(value).getTime()`.
pub(super) fn parameter(file: &FileFacts, id: Id) -> Option<usize> {
    const WRAPPED: usize = 6;
    let mut at = id;
    for _ in 0..WRAPPED {
        match &file.term(at).kind {
            TermKind::Param(n) => return Some(usize::from(*n)),
            TermKind::Call(_, args) | TermKind::New(_, args) => at = args.first()?.1,
            TermKind::Method(receiver, _, args) if args.is_empty() => at = *receiver,
            TermKind::Cast(_, inner) => at = *inner,
            _ => return None,
        }
    }
    None
}

/// The names, as written, that a comparison tells of: those beside the clock and, where elapsed time is compared, those of
/// the start.
pub(super) fn names_beside(file: &FileFacts, comparison: Id, beside: Id) -> HashSet<String> {
    let mut names = names_in(file, beside);
    use BinaryOp as B;
    if let TermKind::Binary(B::Less | B::LessEqual | B::Greater | B::GreaterEqual, a, b) = file.term(comparison).kind {
        names.extend(members_in(file, if beside == a { b } else { a }));
    }
    names
}

/// Of the two that a term compares the one that is the clock.
pub(super) fn clock_in(file: &FileFacts, n: usize, taints: &Taints<'_>, id: Id) -> Option<Id> {
    let (a, b) = match &file.term(id).kind {
        TermKind::Binary(_, a, b) => (*a, *b),
        TermKind::Method(receiver, _, args) if args.len() == 1 => (*receiver, args[0].1),
        _ => return None,
    };
    match clock_side(file, n, taints, a, b)? {
        Side::Left => Some(a),
        Side::Right => Some(b),
    }
}

/// The clock is read through an interface that a convention tells: a test may hand in one of its own.
pub(super) fn is_handed(file: &FileFacts, models: &Index, mut clock: Id) -> bool {
    const PARTS: usize = 4;
    for _ in 0..PARTS {
        let (of, name) = match &file.term(clock).kind {
            TermKind::Method(of, name, _) | TermKind::Field(of, name) => (*of, name),
            _ => return false,
        };
        let mut clocks = models.rows(Use::Method, std::slice::from_ref(name)).filter(|row| row.reads_clock());
        if clocks.any(|row| row.likely && !row.on.is_empty()) {
            return true;
        }
        clock = of;
    }
    false
}

/// The clock only stands in for a date that the caller may give: `date ||= Date.today`.
pub(super) fn stands_in(file: &FileFacts, clock: Id) -> bool {
    let is_given = |id: Id| matches!(file.term(id).kind, TermKind::Param(_));
    match &file.term(clock).kind {
        TermKind::Param(_) => true,
        TermKind::Binary(BinaryOp::Or | BinaryOp::Otherwise, given, _) => is_given(*given),
        TermKind::Choose(_, then, otherwise) => is_given(*then) || is_given(*otherwise),
        TermKind::Fold(_, start, _, next) => [start, next].into_iter().any(|way| is_given(*way)),
        TermKind::Any(ways) => ways.iter().any(|way| is_given(*way)),
        _ => false,
    }
}

/// The term tells which of two comes first, of which one is the clock.
pub(super) fn is_ordered(file: &FileFacts, n: usize, taints: &Taints<'_>, id: Id) -> bool {
    compared_with_clock(file, &file.term(id).kind, n, taints).is_some()
}

/// A member of one value among several: of a loop's element, or of what a closure is called with.
pub(super) fn is_of_element(file: &FileFacts, id: Id) -> bool {
    let mut open = vec![id];
    for _ in 0..PARTS {
        let Some(id) = open.pop() else { break };
        match &file.term(id).kind {
            TermKind::Element(_) | TermKind::Variable(_) => return true,
            TermKind::Index(_, at) if file.term(*at).kind == TermKind::Unknown => return true,
            kind => kind.for_each_part(|part| open.push(part)),
        }
    }
    false
}

/// The names below a term, as written.
pub(super) fn names_in(file: &FileFacts, id: Id) -> HashSet<String> {
    let mut names = members_in(file, id);
    below(file, id, |kind| {
        if let TermKind::Name(path) | TermKind::Call(path, _) = kind {
            names.extend(path.last().cloned());
        }
    });
    names
}

/// The members below a term.
fn members_in(file: &FileFacts, id: Id) -> HashSet<String> {
    let mut names = HashSet::new();
    below(file, id, |kind| match kind {
        TermKind::Name(path) if path.len() == 1 => _ = names.insert(path[0].clone()),
        TermKind::Method(_, name, args) if args.is_empty() => _ = names.insert(name.clone()),
        TermKind::Field(_, name) => _ = names.insert(name.clone()),
        TermKind::Index(_, index) => {
            if let TermKind::Text(text) = &file.term(*index).kind {
                names.insert(text.to_string());
            }
        }
        _ => {}
    });
    names
}

fn below(file: &FileFacts, id: Id, mut visit: impl FnMut(&TermKind)) {
    let mut open = vec![id];
    for _ in 0..PARTS {
        let Some(id) = open.pop() else { break };
        let kind = &file.term(id).kind;
        visit(kind);
        kind.for_each_part(|part| open.push(part));
    }
}
