//! What `rules/languages/objc.yaml` knows, by example.

use super::fuses;

#[track_caller]
fn check(head: &str, tail: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = fuses("objc", "2025-01-01", &[("a.m", &format!("{head}{condition}{tail}"))]);
        let right = match *at {
            "-" => found.is_empty(),
            _ => found.len() == 1 && found[0].contains(&format!(" {at}:")),
        };
        if !right {
            wrong.push(format!("{condition}\n    expected {at}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn conditions() {
    check(
        "#import <Foundation/Foundation.h>\nvoid check(void) {\n  NSCalendar *calendar = [NSCalendar currentCalendar];\n  if (",
        ") { exit(1); }\n}\n",
        &[
            (
                "[[NSDate date] compare:[NSDate dateWithTimeIntervalSince1970:1764115200]] == NSOrderedDescending",
                "2025-11-26",
            ),
            ("[[NSDate date] timeIntervalSince1970] > 1764115200", "2025-11-26"),
            ("[NSDate date].timeIntervalSince1970 > 1764115200", "2025-11-26"),
            ("[[NSDate dateWithTimeIntervalSince1970:1764115200] timeIntervalSinceNow] < 0", "2025-11-26"),
            (
                "[[NSDate date] timeIntervalSinceDate:[NSDate dateWithTimeIntervalSince1970:1764115200]] > 0",
                "2025-11-26",
            ),
            ("[NSDate timeIntervalSinceReferenceDate] > 785808000", "2025-11-26"),
            ("time(NULL) > 1764115200", "2025-11-26"),
            ("[calendar component:NSCalendarUnitYear fromDate:[NSDate date]] > 2025", "2026-01-01"),
            ("[[NSDate date] timeIntervalSinceDate:start] > 30", "-"),
            ("[expires timeIntervalSinceNow] < 0", "-"),
        ],
    );
}

#[test]
fn ways_of_writing() {
    for (program, at) in [
        (
            "@implementation L\n- (BOOL)isOver {\n NSDateComponents *c = [[NSDateComponents alloc] init];\n [c setYear:2025]; [c setMonth:11]; c.day = 26;\n NSDate *end = [[NSCalendar currentCalendar] dateFromComponents:c];\n return [[NSDate date] compare:end] == NSOrderedDescending;\n}\n@end",
            6,
        ),
        (
            "void f(void) {\n NSDateFormatter *f = [[NSDateFormatter alloc] init];\n f.dateFormat = @\"dd/MM/yyyy\";\n NSDate *end = [f dateFromString:@\"26/11/2025\"];\n if ([end timeIntervalSinceNow] < 0) exit(1);\n}",
            5,
        ),
        (
            "@implementation L\n- (NSDate *)end { return [NSDate dateWithTimeIntervalSince1970:1764115200]; }\n- (void)check {\n if ([[NSDate date] laterDate:[self end]] != [self end]) exit(1);\n}\n@end",
            4,
        ),
    ] {
        let lines = fuses("objc", "2025-01-01", &[("a.m", program)]);
        let right = !lines.is_empty() && lines.iter().all(|line| line.starts_with(&format!("a.m:{at} ")));
        assert!(right, "{program}\n{lines:?}");
    }
}
