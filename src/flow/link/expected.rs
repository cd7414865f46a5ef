//! What a test expects to fail: a failure that ends on a date fails the test from then on.

use crate::finding::Span;
use crate::flow::World;
use crate::flow::facts::{Argument, FileFacts, FunctionFacts, Id, TermKind};
use crate::flow::index::FunctionRef;
use crate::vocabulary::InTest;

/// How deep a chain of calls is that says what is expected: `expect(f).rejects.toThrow(…)`.
const CHAIN: usize = 6;
/// How far right of its block's head an expectation may begin: `with pytest.raises(…):`
const HEAD: u32 = 5;

/// Whether a test expects that what it calls there fails.
pub(super) fn expects_failure(world: &World<'_>, at: FunctionRef, call: Id) -> bool {
    let file = world.files[at.0];
    let Some(function) = file.functions.get(at.1) else { return false };
    let place = file.term(call).span;
    let refuses = |id: &Id| refusal(world, file, *id, CHAIN);
    annotated(world, file, function)
        || function.calls.iter().filter(|id| **id != call && covers(file, **id, place)).any(refuses)
}

/// Calls behind one within which a test says what it expects of it.
const BEHIND: usize = 12;

/// Whether a test expects, behind a call, that something was called.
pub(super) fn expects_call(world: &World<'_>, at: FunctionRef, call: Id) -> bool {
    let file = world.files[at.0];
    let says = |name: &str, what| world.vocabulary.says_in_test(name, what);
    let called = |name: &str| says(name, InTest::Called) && !says(name, InTest::Negates);
    let some = |args: &[Argument]| !args.iter().any(|(_, arg)| file.term(*arg).kind == TermKind::Int(0));
    let behind = file.functions[at.1].calls.iter().skip_while(|id| **id != call).skip(1).take(BEHIND);
    behind.into_iter().any(|id| match &file.term(*id).kind {
        TermKind::Call(path, args) => path.last().is_some_and(|name| called(name)) && some(args),
        TermKind::Method(base, name, args) => called(name) && some(args) && !denies(world, file, *base, CHAIN),
        _ => false,
    })
}

/// Whether a call is around a place, or stands before it and speaks of all that follows in its block.
fn covers(file: &FileFacts, id: Id, place: Span) -> bool {
    let own = file.term(id).span;
    let before = (own.end_line, own.end_column) <= (place.line, place.column);
    let in_block = own.end_line == place.line || own.column < place.column + HEAD;
    own.contains(place) || (before && in_block && !holds_code(file, id))
}

/// `assertThrows(() -> …)` speaks of what is in it.
fn holds_code(file: &FileFacts, id: Id) -> bool {
    let mut found = matches!(file.term(id).kind, TermKind::Closure(..));
    file.term(id).kind.for_each_part(|part| found |= holds_code(file, part));
    found
}

/// Whether a call names a failure that is to come, itself or in what it is called of or with, and none that is not to.
fn refusal(world: &World<'_>, file: &FileFacts, id: Id, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let says = |name: &str, what| world.vocabulary.says_in_test(name, what);
    let names = |name: &str| says(name, InTest::Refusal) && !says(name, InTest::Negates);
    let of = |base: Id| refusal(world, file, base, depth);
    let called = |arg: &Id| matches!(file.term(*arg).kind, TermKind::Call(..) | TermKind::Name(_)) && of(*arg);
    match &file.term(id).kind {
        TermKind::Call(path, args) => {
            let denied = path.iter().any(|part| says(part, InTest::Negates));
            !denied && (path.last().is_some_and(|name| names(name)) || args.iter().any(|(_, arg)| called(arg)))
        }
        TermKind::Name(path) => path.last().is_some_and(|name| names(name)),
        TermKind::Method(base, name, args) => {
            let denied = says(name, InTest::Negates) || denies(world, file, *base, depth);
            !denied && (names(name) || of(*base) || args.iter().any(|(_, arg)| called(arg)))
        }
        TermKind::Field(base, name) => !says(name, InTest::Negates) && of(*base),
        _ => false,
    }
}

/// `expect(f).not`
fn denies(world: &World<'_>, file: &FileFacts, id: Id, depth: usize) -> bool {
    match &file.term(id).kind {
        TermKind::Field(base, name) | TermKind::Method(base, name, _) => {
            world.vocabulary.says_in_test(name, InTest::Negates) || (depth > 0 && denies(world, file, *base, depth - 1))
        }
        _ => false,
    }
}

/// `@Test(expected = …)`, `[ExpectedException(…)]`, `#[should_panic]`
fn annotated(world: &World<'_>, file: &FileFacts, function: &FunctionFacts) -> bool {
    let says = |name: &str| world.vocabulary.says_in_test(name, InTest::Refusal);
    function.attributes.iter().any(|id| match &file.term(*id).kind {
        TermKind::Call(path, args) => {
            path.last().is_some_and(|name| says(name))
                || args.iter().any(|(name, _)| name.as_deref().is_some_and(|name| name == "expected" || says(name)))
        }
        TermKind::Name(path) => path.last().is_some_and(|name| says(name)),
        _ => false,
    })
}
