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
        // The product compares it with the clock, and the test comes to where it does.
        ("2 2026-06-30 Likely", "x = enter(valid_until='2026-06-30'); y = Pass(x).is_over()"),
        ("2 2026-06-30 Likely", "x = enter({'valid_until': '2026-06-30'}); y = Pass(x).is_over()"),
        ("2 2026-06-30 Likely", "x.valid_until = datetime(2026, 6, 30); y = Pass(x).is_over()"),
        ("2 2026-06-30 Likely", "x.set_valid_until(date(2026, 6, 30)); y = Pass(x).is_over()"),
        ("2 2026-06-30 Likely", "x.put('valid_until', '2026-06-30'); y = Pass(x).is_over()"),
        ("2 2026-06-30 Likely", "x = read('{\"valid_until\": \"2026-06-30\"}'); y = Pass(x).is_over()"),
        // It does not.
        ("2 2026-06-30 Possible", "x = enter(valid_until='2026-06-30'); y = Pass(x).title()"),
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

#[cfg(feature = "python")]
#[test]
fn what_is_refused_once_it_lies_behind() {
    let refuse = "raise ValueError('past')";
    for (expected, product, test) in [
        // By a comparison, for a name that tells which date it is, where something leads from the test to it.
        ("3 2026-06-30 Likely", format!("def enter(x):\n    if x.pickup_day < date.today():\n        {refuse}\n"), "pickup_day='2026-06-30'"),
        ("", format!("def a(x):\n    if x.pickup_day < date.today():\n        {refuse}\n"), "pickup_day='2026-06-30'"),
        ("", format!("def a(x):\n    if x.pickup_day > date.today():\n        {refuse}\n"), "pickup_day='2026-06-30'"),
        ("", "def a(x):\n    if x.pickup_day < date.today():\n        x.late += 1\n".to_owned(), "pickup_day='2026-06-30'"),
        // A common name says too little where nothing leads from the test to the comparison.
        ("", format!("def a(x):\n    if x.start < date.today():\n        {refuse}\n"), "start='2026-06-30'"),
        // A method that validates the field.
        ("3 2026-06-30 Likely", format!("class F:\n    def validate_start(self, value):\n        if value < date.today():\n            {refuse}\n"), "start='2026-06-30'"),
        // A query.
        ("3 2026-06-30 Likely", "def enter(x):\n    return Pass.objects.filter(expires_at__gt=now())\n\ndef now():\n    return datetime.now()\n".to_owned(), "expires_at='2026-06-30'"),
        ("3 2026-06-30 Possible", String::new(), "expires_at='2026-06-30'"),
    ] {
        let test = format!("\ndef test_it():\n    assert enter({test}).code == 7\n");
        let found = bombs("python", &product, &test);
        let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{product}{test}");
    }
}

#[cfg(feature = "python")]
#[test]
fn a_recent_date_leaves_its_window() {
    let product = "def recent(events):
    return [event for event in events if event.seen_at > datetime.now() - timedelta(days=30)]


def fresh(events):
    return [event for event in events if (datetime.now() - event.seen_at).days < 90]
";
    for (expected, body) in [
        ("2025-01-19 Likely", "assert len(recent(kept(Event(seen_at=datetime(2024, 12, 20))))) == 1"),
        ("2025-03-20 Likely", "assert len(fresh(kept(Event(seen_at=datetime(2024, 12, 20))))) == 1"),
        // It left it long ago, nothing is asserted, or the test leads nowhere near.
        ("", "assert recent([Event(seen_at=datetime(2024, 6, 20))]) == []"),
        ("", "recent([Event(seen_at=datetime(2024, 12, 20))])"),
        ("", "assert title(Event(seen_at=datetime(2024, 12, 20))) == 'x'"),
        ("", "freezer.move_to('2025-01-02'); assert len(recent(kept(Event(seen_at=datetime(2024, 12, 20))))) == 1"),
    ] {
        let test = format!("def test_it():\n    {}\n", body.replace("; ", "\n    "));
        let found = bombs("python", product, &test);
        let found: Vec<&str> = found.iter().map(|line| line.split_once(' ').map_or("", |(_, rest)| rest)).collect();
        let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{body}");
    }
}

#[cfg(feature = "python")]
#[test]
fn a_query_has_a_window() {
    let product =
        "QUERY = \"SELECT count(*) FROM activity WHERE activity_date > now() - '30 days'::interval AND id = %s\"


def usage(id):
    return run(QUERY, id)
";
    for (expected, body) in [
        ("2025-01-19 Likely", "make(activity_date=date(2024, 12, 20)); assert get('/usage') == 1"),
        // Nothing is asserted, it left its window long ago, or stands under another name.
        ("", "make(activity_date=date(2024, 12, 20))"),
        ("", "make(activity_date=date(2024, 6, 20)); assert get('/usage') == 0"),
        ("", "make(created_at=date(2024, 12, 20)); assert get('/usage') == 0"),
    ] {
        let test = format!("def test_it():\n    {}\n", body.replace("; ", "\n    "));
        let found = bombs("python", product, &test);
        let found: Vec<&str> = found.iter().map(|line| line.split_once(' ').map_or("", |(_, rest)| rest)).collect();
        let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{body}");
    }
}

#[cfg(feature = "ruby")]
#[test]
fn an_object_that_a_test_makes_meets_the_clock_in_the_product() {
    let product = "class Report
  attr_reader :day
  def initialize(day)
    @day = Date.parse(day)
  end
  def call
    check_day
  end
  def check_day
    raise 'older than a year' if day <= 1.year.ago
  end
end
";
    let test = "def test_report\n  assert_equal 3, Report.new('2024-06-15').call\nend\n";
    assert_eq!(bombs("ruby", product, test), ["2 2025-06-15 Likely"]);
    let unused = "def test_report\n  assert_equal 3, Report.new('2024-06-15').title\nend\n";
    assert_eq!(bombs("ruby", product, unused), [""; 0]);
}

#[cfg(feature = "python")]
#[test]
fn rows_of_a_table_are_given_to_its_parameters() {
    let test =
        "@pytest.mark.parametrize('expires,ok', [('2026-06-30', True), ('2026-07-30', False), ('2001-01-01', False)])
def test_it(expires, ok):
    assert Pass(expires).is_valid() is ok
";
    assert_eq!(bombs("python", "", test), ["1 2026-06-30 Likely"]);
}

#[cfg(feature = "csharp")]
#[test]
fn rows_of_an_attribute_are_given_to_its_parameters() {
    let test = "public class T {
    [Theory]
    [InlineData(\"2026-06-30\", true)]
    [InlineData(\"2001-06-30\", false)]
    public void Valid(string expires, bool ok) {
        Assert.Equal(ok, new Pass(expires).IsValid());
    }
}
";
    assert_eq!(bombs("csharp", "", test), ["3 2026-06-30 Likely"]);
}

#[cfg(feature = "python")]
#[test]
fn the_claims_of_a_token_are_checked_by_who_accepts_it() {
    let token = "t = jwt.encode({'sub': 'k', 'exp': 1767225600}, s)";
    for (expected, then) in [
        ("2 2026-01-01 Likely", "assert jwt.decode(t, s)['sub'] == 'k'"),
        ("2 2026-01-01 Likely", "assert get('/me', t).status == 200"),
        // Nobody asks whether it is still valid.
        ("2 2026-01-01 Possible", "assert len(t) == 3"),
        ("2 2026-01-01 Possible", "assert jwt.decode(t, s, options={'verify_exp': False})['sub'] == 'k'"),
        // It is asserted back, or refused.
        ("", "assert t.claims['exp'] == 1767225600"),
        ("", "assert get('/me', t).status == 403"),
    ] {
        let found = bombs("python", "", &format!("def test_it():\n    {token}\n    {then}\n"));
        let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{then}");
    }
}

#[cfg(feature = "php")]
#[test]
fn a_rule_of_a_validator_asks_the_clock() {
    let product = "<?php class R { function rules() { return ['opens' => 'required|date|after:today', 'born' => 'before:today']; } }";
    let test = "<?php class T extends TestCase { function testIt() { $this->assertOk($this->post('/x', ['opens' => '2026-06-30', 'born' => '2026-06-30'])); } }";
    assert_eq!(bombs("php", product, test), ["1 2026-06-30 Likely"]);
}
