//! Dates that tests give as still valid: what makes one a bomb, and what silences it.

use super::lines;

/// `LINE DATE CONFIDENCE` of each, in a test file and product code of one language.
fn bombs(language: &str, product: &str, test: &str) -> Vec<String> {
    let mut confidences = Vec::new();
    let sources = [("shop.src", product), ("test.src", test)];
    let found = lines(language, "2025-01-01", &sources, |linked| {
        confidences = linked.bombs.iter().map(|finding| finding.confidence).collect();
        linked.bombs
    });
    let told = |line: &String| {
        let mut parts = line.split([':', ' ']).skip(1);
        let (line, date) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        format!("{line} {}", date.split('T').next().unwrap_or(""))
    };
    found.iter().zip(&confidences).map(|(line, confidence)| format!("{} {confidence:?}", told(line))).collect()
}

#[cfg(feature = "python")]
#[test]
fn of_what_is_said_of_it() {
    let product = "class Pass:
    def is_over(self):
        return self.valid_until < datetime.now()
";
    for (expected, test) in [
        // The product compares it with the clock.
        ("2 2026-06-30 Likely", "x = enter(valid_until='2026-06-30')"),
        ("2 2026-06-30 Likely", "x = enter({'valid_until': '2026-06-30'})"),
        ("2 2026-06-30 Likely", "x.valid_until = datetime(2026, 6, 30)"),
        ("2 2026-06-30 Likely", "x.set_valid_until(date(2026, 6, 30))"),
        ("2 2026-06-30 Likely", "x.put('valid_until', '2026-06-30')"),
        ("2 2026-06-30 Likely", "x = read('{\"valid_until\": \"2026-06-30\"}')"),
        // A state that ends with it is asserted.
        ("2 2026-06-30 Likely", "x = enter(expires='2026-06-30'); assert x.is_active()"),
        ("2 2026-06-30 Likely", "x = enter(expires='2026-06-30'); assert not x.is_expired()"),
        ("2 2026-01-01 Likely", "x = enter(expires=1767225600); assert x.active is True"),
        // Nothing says so.
        ("2 2026-06-30 Possible", "x = enter(expires='2026-06-30'); assert x.size == 3"),
        ("", "x = enter(until='2026-06-30'); assert x.size == 3"),
        // It has passed, or never comes.
        ("", "x = enter(valid_until='2024-06-30')"),
        ("", "x = enter(valid_until='2999-06-30')"),
        // It counts from now.
        ("", "x = enter(valid_until=datetime.now() + timedelta(days=1))"),
        // It is a period, or something that lies behind.
        ("", "x = enter(expires_in=1767225600, created='2026-06-30')"),
        // It is only read.
        ("", "x = parse_expiry('2026-06-30')"),
        ("", "assert enter(expires='2026-06-30').expires == '2026-06-30'"),
        ("", "x = enter(expires=date(2026, 6, 30)); assert x.text() == 'until 30 Jun 2026'"),
        // A refusal is expected, whatever the date.
        ("", "with raises(Refused): enter(expires='2026-06-30')"),
        ("", "x = enter(expires='2026-06-30'); assert not x.is_valid()"),
        // Asked for at a date.
        ("", "x = enter(expires='2026-06-30'); assert x.is_valid(date(2026, 1, 1))"),
        // The clock stands still.
        ("", "freezer.move_to('2025-02-01'); x = enter(valid_until='2026-06-30')"),
    ] {
        let test = format!("def test_it():\n    {}\n", test.replace("; ", "\n    "));
        let found = bombs("python", product, &test);
        let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{test}");
    }
}

#[cfg(feature = "python")]
#[test]
fn the_product_may_compare_what_it_is_called_with() {
    let product = "def admit(name, until):
    left = until - datetime.now()
    return left.days
";
    let found = bombs("python", product, "def test_it():\n    assert admit('kim', date(2026, 6, 30)) == 3\n");
    assert_eq!(found, ["2 2026-06-30 Possible"]);
}

#[cfg(feature = "python")]
#[test]
fn a_clock_that_another_test_freezes_still_runs_here() {
    let test = "def test_a():
    x = enter(expires='2026-06-30')
    assert x.is_active()
    freezer.move_to('2027-01-01')
    assert not x.is_active()


def test_b():
    x = enter(expires='2026-08-30')
    assert x.is_active()
";
    assert_eq!(bombs("python", "", test), ["2 2026-06-30 Likely", "9 2026-08-30 Likely"]);
}

#[cfg(feature = "python")]
#[test]
fn a_card_ends_with_its_month() {
    for (expected, card) in [
        ("2026-07-01", "number='4111', cvc='123', month=6, year=2026"),
        ("2026-07-01", "exp_month='06', exp_year='26'"),
        ("2026-07-01", "number='4111', expiry='06/26'"),
        ("", "number='4111', cvc='123', month=6, year=2024"),
        ("", "month=6, year=2026"),
    ] {
        let found = bombs("python", "", &format!("def test_it():\n    pay({card})\n    assert paid == 1\n"));
        let expected: Vec<String> =
            Some(expected).filter(|date| !date.is_empty()).map(|date| format!("2 {date} Likely")).into_iter().collect();
        assert_eq!(found, expected, "{card}");
    }
}
