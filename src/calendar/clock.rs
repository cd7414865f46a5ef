//! The time of day and the zone after a date.

use super::civil::Civil;
use super::cursor::Cursor;
use super::text::{Precision, ReadZone, Reading};

/// A time of day.
pub(super) struct Clock {
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
}

impl Clock {
    /// `None` beyond 23:59:60; 24:00:00 is the end of the day (ISO 8601).
    pub(super) fn new(hour: i64, minute: i64, second: i64) -> Option<Self> {
        let inside = hour < 24 && minute < 60 && second <= 60;
        (inside || (hour, minute, second) == (24, 0, 0)).then_some(Self { hour, minute, second, nanosecond: 0 })
    }

    pub(super) fn on(self, date: Civil, zone: ReadZone) -> Option<Reading> {
        let second = self.second.min(59);
        let civil = Civil::carrying(date.year(), date.month(), date.day(), self.hour, self.minute, second)?
            .with_nanosecond(self.nanosecond)?;
        Some(Reading { civil, zone, precision: Precision::Time })
    }
}

/// `03:04`, `03:04:05.678`, `3:04 PM`, `030405`.
pub(super) fn clock(cursor: &mut Cursor<'_>) -> Option<Clock> {
    let run = cursor.digit_run();
    let mut clock = match run {
        4 => Clock::new(cursor.number(2, 2)?, cursor.number(2, 2)?, 0)?,
        6 => Clock::new(cursor.number(2, 2)?, cursor.number(2, 2)?, cursor.number(2, 2)?)?,
        1 | 2 => {
            let hour = cursor.number(1, 2)?;
            let minute = cursor.eat(b':').then(|| cursor.number(2, 2))??;
            let second = cursor.attempt(|cursor| cursor.eat(b':').then(|| cursor.number(2, 2))?);
            Clock::new(hour, minute, second.unwrap_or(0))?
        }
        _ => return None,
    };
    clock.nanosecond = cursor
        .attempt(|cursor| {
            cursor.eat_any(b".,")?;
            cursor.fraction()
        })
        .unwrap_or(0);
    if run == 4 && cursor.digit_run() > 0 {
        return None;
    }
    let half = cursor.attempt(|cursor| {
        cursor.spaces();
        half_day(cursor.word()?)
    });
    match half {
        Some(_) if !(1..=12).contains(&clock.hour) => return None,
        Some(afternoon) => clock.hour = clock.hour % 12 + if afternoon { 12 } else { 0 },
        None => {}
    }
    Some(clock)
}

/// Whether `am` or `pm` means the afternoon.
pub(super) fn half_day(word: &str) -> Option<bool> {
    match word {
        "PM" | "pm" | "Pm" => Some(true),
        "AM" | "am" | "Am" => Some(false),
        _ => None,
    }
}

/// `Z`, `UTC`, `GMT+0100 (Central European Time)`, `+02:00`, `-0800`, `+0000 UTC`, `EST`, `+01:00[Europe/Paris]`.
pub(super) fn zone(cursor: &mut Cursor<'_>) -> Option<ReadZone> {
    cursor.spaces();
    let zone = match cursor.attempt(Cursor::word) {
        Some(word) => {
            let named = named_zone(word)?;
            cursor.attempt(offset).filter(|_| named == 0).unwrap_or(named)
        }
        None => offset(cursor)?,
    };
    cursor.attempt(remark);
    Some(if zone == 0 { ReadZone::Utc } else { ReadZone::Offset(zone) })
}

/// What may repeat the zone after its offset: ` UTC`, ` (Pacific Standard Time)`, `[Europe/Paris]`.
fn remark(cursor: &mut Cursor<'_>) -> Option<()> {
    let blank = cursor.spaces() > 0;
    let close = match cursor.peek()? {
        b'(' if blank => b')',
        b'[' if !blank => b']',
        _ if blank => return cursor.word().filter(|word| named_zone(word).is_some()).map(|_| ()),
        _ => return None,
    };
    let length = cursor.rest().bytes().take(48).position(|byte| byte == close)?;
    let inside = cursor.rest().get(..=length)?;
    cursor.eat_text(inside).then_some(())
}

/// `+02:00`, `-0800`, `+05`: seconds east of UTC.
pub(super) fn offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    let sign = cursor.eat_any(b"+-")?;
    let hours = cursor.number(2, 2).filter(|hours| *hours <= 18)?;
    let minutes = cursor.attempt(|cursor| {
        cursor.eat(b':');
        cursor.number(2, 2).filter(|minutes| *minutes < 60)
    });
    let seconds = i32::try_from(hours * 3_600 + minutes.unwrap_or(0) * 60).ok()?;
    Some(if sign == b'-' { -seconds } else { seconds })
}

/// Seconds east of UTC of the zone names that RFC 2822 section 4.3 defines, and of a few that mean one thing only.
pub(super) fn named_zone(word: &str) -> Option<i32> {
    let hours = match word {
        "Z" | "z" | "UTC" | "utc" | "GMT" | "gmt" | "UT" | "Utc" | "WET" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "WEST" => 1,
        "CEST" | "EET" => 2,
        "EEST" => 3,
        "JST" => 9,
        _ => return None,
    };
    Some(hours * 3_600)
}
