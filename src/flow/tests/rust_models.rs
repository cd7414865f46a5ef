//! What `rules/languages/rust.yaml` knows, by example: each condition goes off on the day beside it.

use super::rust;

/// Whether a program that exits on `condition` goes off on that day (`-`: never).
fn check(imports: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (condition, at) in cases {
        let found = rust(&format!("{imports}\nfn check() {{\n if {condition} {{ std::process::exit(1) }} }}"));
        let at = at.trim();
        let right = match at {
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
fn std_clocks_and_periods() {
    check(
        "use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};",
        &[
            ("SystemTime::now() > UNIX_EPOCH + Duration::from_secs(1_764_115_200)", "2025-11-26"),
            ("UNIX_EPOCH.elapsed().unwrap().as_millis() > 1_764_115_200_000", "2025-11-26"),
            (
                "SystemTime::now().duration_since(UNIX_EPOCH).expect(\"x\").as_secs() as i64 >= 1_764_115_200",
                "2025-11-26",
            ),
            (
                "SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map(|d| d.as_secs()).unwrap_or(0) >= 1_764_115_200",
                "2025-11-26",
            ),
            ("SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()) >= 1_764_115_200", "2025-11-26"),
            (
                "SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() > Duration::from_secs(20_418 * 86_400)",
                "2025-11-26",
            ),
            ("SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() > 1764115200.0", "2025-11-26"),
            (
                "(UNIX_EPOCH + Duration::from_secs(1_764_115_200)).duration_since(SystemTime::now()).is_err()",
                "2025-11-26",
            ),
            (
                "SystemTime::now().cmp(&(UNIX_EPOCH + Duration::from_secs(1_764_115_200))) == Ordering::Greater",
                "2025-11-26",
            ),
            ("SystemTime::now().gt(&(UNIX_EPOCH + Duration::from_secs(1_764_115_200)))", "2025-11-26"),
            (
                "UNIX_EPOCH.checked_add(Duration::from_days(20_418)).is_some_and(|end| SystemTime::now() > end)",
                "2025-11-26",
            ),
            ("Instant::now().elapsed() > Duration::from_secs(30)", "-"),
            ("Instant::now().elapsed().as_secs() > 1_764_115_200", "-"),
        ],
    );
}

#[test]
fn chrono() {
    check(
        "use chrono::{Datelike, DateTime, Duration, Local, NaiveDate, NaiveDateTime, TimeZone, Utc, Days, Months};",
        &[
            ("Utc::now() > Utc.with_ymd_and_hms(2025, 11, 26, 0, 0, 0).unwrap()", "2025-11-26"),
            ("Utc::now() > Utc.ymd(2025, 11, 26).and_hms(12, 0, 0)", "2025-11-26T12:00:00"),
            ("chrono::Utc::now() > chrono::Utc.timestamp_opt(1_764_115_200, 0).unwrap()", "2025-11-26"),
            ("Local::now().date_naive() >= NaiveDate::from_ymd_opt(2025, 11, 26).unwrap()", "2025-11-26"),
            ("Local::today() >= Local.ymd(2025, 11, 26)", "2025-11-26"),
            ("Utc::now().naive_utc() > NaiveDate::from_ymd(2025, 11, 26).and_hms(0, 0, 0)", "2025-11-26"),
            ("Utc::now().timestamp_millis() > 1_764_115_200_000", "2025-11-26"),
            (
                "Utc::now().timestamp() > DateTime::parse_from_rfc3339(\"2025-11-26T00:00:00Z\").unwrap().timestamp()",
                "2025-11-26",
            ),
            ("Utc::now() > \"2025-11-26T00:00:00Z\".parse::<DateTime<Utc>>().unwrap()", "2025-11-26"),
            (
                "Utc::now().date_naive() >= NaiveDate::parse_from_str(\"26.11.2025\", \"%d.%m.%Y\").unwrap()",
                "2025-11-26",
            ),
            ("Utc::now() > DateTime::from_timestamp(1_764_115_200, 0).unwrap()", "2025-11-26"),
            (
                "Utc::now() > DateTime::<Utc>::from_naive_utc_and_offset(NaiveDateTime::from_timestamp_opt(1_764_115_200, 0).unwrap(), Utc)",
                "2025-11-26",
            ),
            ("Utc::now() - Duration::days(30) > Utc.ymd(2025, 11, 26)", "2025-12-26"),
            ("Utc::now() > Utc.ymd(2025, 8, 26).checked_add_months(Months::new(3)).unwrap()", "2025-11-26"),
            ("Utc::now() > Utc.ymd(2025, 11, 16) + Days::new(10)", "2025-11-26"),
            ("Utc::now().signed_duration_since(Utc.ymd(2025, 11, 16)).num_days() >= 10", "2025-11-26"),
            ("Utc::now().year() >= 2026", "2026-01-01"),
            ("Utc::now().month0() + Utc::now().year() as u32 * 12 >= 2026 * 12", "2026-01-01"),
            ("Utc::now().format(\"%Y-%m-%d\").to_string().as_str() >= \"2025-11-26\"", "2025-11-26"),
            (
                "Utc::now().date_naive() > NaiveDate::from_ymd_opt(2025, 11, 25).unwrap().succ_opt().unwrap()",
                "2025-11-27",
            ),
            ("Utc::now() > Utc.ymd(2020, 11, 26).with_year(2025).unwrap()", "2025-11-26"),
        ],
    );
}

#[test]
fn time() {
    check(
        "use time::{macros::{date, datetime}, Date, Duration, Month, OffsetDateTime, PrimitiveDateTime};",
        &[
            ("OffsetDateTime::now_utc() > datetime!(2025-11-26 00:00:00 UTC)", "2025-11-26"),
            ("OffsetDateTime::now_utc().date() >= date!(2025-11-26)", "2025-11-26"),
            ("OffsetDateTime::now_utc().date() >= time::macros::date!(2025-11-26)", "2025-11-26"),
            ("OffsetDateTime::now_utc().unix_timestamp() > 1_764_115_200", "2025-11-26"),
            (
                "OffsetDateTime::now_utc().date() >= Date::from_calendar_date(2025, Month::November, 26).unwrap()",
                "2025-11-26",
            ),
            ("OffsetDateTime::now_utc() > OffsetDateTime::from_unix_timestamp(1_764_115_200).unwrap()", "2025-11-26"),
            (
                "OffsetDateTime::now_utc() > date!(2025-11-26).with_hms(6, 30, 0).unwrap().assume_utc()",
                "2025-11-26T06:30:00",
            ),
            ("OffsetDateTime::now_utc() > date!(2025-11-26).midnight().assume_utc()", "2025-11-26"),
            ("OffsetDateTime::now_utc() - Duration::WEEK > datetime!(2025-11-19 0:00 UTC)", "2025-11-26"),
            (
                "OffsetDateTime::now_utc() > OffsetDateTime::parse(\"2025-11-26T00:00:00Z\", &Rfc3339).unwrap()",
                "2025-11-26",
            ),
            ("OffsetDateTime::now_utc() > datetime!(2025-10-27 0:00 UTC) + 30.days()", "2025-11-26"),
            ("OffsetDateTime::now_utc().year() > 2025", "2026-01-01"),
        ],
    );
}

#[test]
fn jiff_and_others() {
    check(
        "use jiff::{civil, civil::date, Timestamp, ToSpan, Zoned, Span};",
        &[
            ("Timestamp::now() > \"2025-11-26T00:00:00Z\".parse::<Timestamp>()?", "2025-11-26"),
            ("Timestamp::now().as_second() >= 1_764_115_200", "2025-11-26"),
            ("Zoned::now().date() >= date(2025, 11, 26)", "2025-11-26"),
            ("Zoned::now() > civil::date(2025, 11, 26).at(0, 0, 0, 0).in_tz(\"UTC\")?", "2025-11-26"),
            ("Timestamp::now() > Timestamp::from_second(1_764_115_200)?", "2025-11-26"),
            ("Timestamp::now() > Timestamp::from_second(1_761_523_200)? + 30.days()", "2025-11-26"),
            ("Timestamp::now().since(Timestamp::from_second(1_764_115_200)?).is_negative() == false", "2025-11-26"),
            (
                "Timestamp::now() > Timestamp::from_second(1_761_523_200)?.checked_add(Span::new().days(30))?",
                "2025-11-26",
            ),
            ("humantime::parse_rfc3339(\"2025-11-26T00:00:00Z\")? < std::time::SystemTime::now()", "2025-11-26"),
            ("unsafe { libc::time(std::ptr::null_mut()) } > 1_764_115_200", "2025-11-26"),
            ("rustls_pki_types::UnixTime::now().as_secs() > 1_764_115_200", "2025-11-26"),
        ],
    );
}

#[test]
fn statics_and_lazies() {
    for global in [
        "static END: LazyLock<DateTime<Utc>> = LazyLock::new(|| Utc.ymd(2025, 11, 26));",
        "lazy_static! { static ref END: DateTime<Utc> = Utc.ymd(2025, 11, 26); }",
        "static END: OnceLock<DateTime<Utc>> = OnceLock::new();",
    ] {
        let end = if global.contains("OnceLock") { "*END.get_or_init(|| Utc.ymd(2025, 11, 26))" } else { "*END" };
        check(global, &[(&format!("Utc::now() > {end}"), "2025-11-26")]);
    }
}

#[test]
fn filled_variables() {
    for code in [
        "let mut t = 0; unsafe { libc::time(&mut t); } if t > 1_764_115_200 { panic!() }",
        "let mut ts: timespec = zeroed(); clock_gettime(CLOCK_REALTIME, &mut ts); if ts.tv_sec > 1_764_115_200 { panic!() }",
        "let mut tv = timeval { tv_sec: 0, tv_usec: 0 }; libc::gettimeofday(&mut tv, null_mut()); if tv.tv_sec >= 1_764_115_200 { panic!() }",
    ] {
        let found = rust(&format!("fn check() {{ {code} }}"));
        assert!(found.len() == 1 && found[0].contains(" 2025-11-26: "), "{code}: {found:?}");
    }
    let found = rust(
        "fn check() { let mut ts: timespec = zeroed(); clock_gettime(CLOCK_MONOTONIC, &mut ts); if ts.tv_sec > 1_764_115_200 { panic!() } }",
    );
    assert_eq!(found, Vec::<String>::new());
}
