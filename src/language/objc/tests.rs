use super::super::print;
use super::super::tree::tests::{known_but, survives};
use super::{GRAMMAR, lower};

#[track_caller]
fn items(source: &str, expected: &[&str]) {
    let module = lower(source);
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::module(&module).lines().collect::<Vec<_>>(), expected, "{source}");
}

/// The body of a method.
#[track_caller]
fn body(source: &str, expected: &str) {
    let module = lower(&format!("@implementation T\n- (void)f {{ {source} }}\n@end\n"));
    assert_eq!(module.gaps, [], "{source}");
    assert_eq!(print::braced(&module.functions[0].body), format!("{{{expected}}}"), "{source}");
}

#[test]
fn the_table_is_known() {
    // C's table knows what only its own grammar has.
    known_but(&GRAMMAR, &["node kind seh_try_statement"]);
}

#[test]
fn messages() {
    for (source, expected) in [
        ("[a b];", "(call a.b)"),
        ("[a b:1 c:2];", "(call a.b 1 c=2)"),
        ("x = [NSDate date];", "(= x (call NSDate.date))"),
        ("x = [[T alloc] init];", "(= x (new T))"),
        ("x = [[T alloc] initWithA:1 b:2];", "(= x (new T initWithA=1 b=2))"),
        ("[self setUntil:x];", "(= self.until x)"),
        ("x = _until;", "(= x self.until)"),
        ("x = self.until;", "(= x self.until)"),
        ("x = [a b].c;", "(= x (call a.b).c)"),
    ] {
        body(source, expected);
    }
}

#[test]
fn literals_and_statements() {
    for (source, expected) in [
        ("x = @\"a\";", "(= x \"a\")"),
        ("x = @[a, @1, @(b)];", "(= x [a 1 b])"),
        ("x = @{@\"a\": @1};", "(= x (map (\"a\" 1)))"),
        ("x = YES && !NO;", "(= x (&& true (! false)))"),
        ("if (a == nil) return;", "(if (== a null) {(return)} {})"),
        ("for (NSDate *d in a) { [d b]; }", "(loop d in a {(call d.b)})"),
        ("for (int i = 0; i < 3; i++) { a(i); }", "(let i :int 0); (loop while (< i 3) {(call a i); (= i (+ i 1))})"),
        ("@try { a(); } @catch (E *e) { b(); } @finally { c(); }", "(try {(call a)} {(call b)} finally {(call c)})"),
        ("@throw e;", "(throw e)"),
        ("[a each:^(id b) { [b c]; }];", "(call a.each (fn (b :id) {(call b.c)}))"),
        ("@autoreleasepool { a(); }", "{(call a)}"),
    ] {
        body(source, expected);
    }
}

#[test]
fn declarations() {
    items(
        "NS_ASSUME_NONNULL_BEGIN\n@interface L : NSObject\n@property (nonatomic, nullable) NSDate *until;\n- (BOOL)isOver;\n@end\nNS_ASSUME_NONNULL_END",
        &["type L: NSObject {until :NSDate}"],
    );
    items(
        "@implementation L\n- (instancetype)initWithDate:(nullable NSDate *)date { if (self = [super init]) { _until = date; } return self; }\n+ (BOOL)isOver:(int)a than:(int)b { return a > b; }\n@end",
        &[
            "exported method fn L::new(date :NSDate) :instancetype {(if (= self (call super.init)) {(= self.until date)} {}); (return self)}",
            "exported fn L::isOver(a :int, b :int) :BOOL {(return (> a b))}",
        ],
    );
    items("static NSString *const kEnd = @\"2026-03-01\";", &["global kEnd :NSString = \"2026-03-01\""]);
    items(
        "typedef NS_ENUM(NSInteger, State) { StateA, StateB };",
        &["global StateA :State = 0", "global StateB :State = 1"],
    );
    items("@interface NSDate (Past)\n- (BOOL)isPast;\n@end", &[]);
}

#[test]
fn hostile_code_is_survived() {
    const SAMPLE: &str = "#import <Foundation/Foundation.h>
NS_ASSUME_NONNULL_BEGIN
typedef NS_ENUM(NSInteger, State) { StateA = 1, StateB };
@interface L<T> : NSObject <P> { NSDate *_x; }
@property (nonatomic, copy) void (^done)(NSError *_Nullable error);
@end
@implementation L
- (instancetype)initWithA:(nullable id)a b:(int)b { if ((self = [super init])) { _a = a; } return self; }
+ (void)f { __weak typeof(self) weak = self; dispatch_async(q, ^{ [weak g:@[@1, @{@\"é\": @(x)}]]; }); @try { } @catch (E *e) { } @finally { } }
@end";
    survives(&GRAMMAR, SAMPLE);
    for open in [
        "(",
        "[",
        "{",
        "-",
        "a(",
        "[a b:",
        "@[",
        "^{",
        "if (a) ",
        "x = ",
        "@\"",
        "typedef NS_ENUM(",
        "@implementation A ",
    ] {
        lower(&open.repeat(20_000));
        lower(&format!("void f() {{ {} }}", open.repeat(5_000)));
    }
    let balanced = format!("int x = {}1{};", "(-".repeat(10_000), ")".repeat(10_000));
    assert!(!lower(&balanced).gaps.is_empty());
}
