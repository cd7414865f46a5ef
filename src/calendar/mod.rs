//! Dates, instants and periods: reading, printing and counting them.
//!
//! The one module that names the date crate (`jiff`). Everything else speaks of [`Instant`] (a point on the UTC
//! time line, in nanoseconds), [`Civil`] (a wall-clock date and time without a zone) and [`Period`] (a length).
//! The calendar is proleptic Gregorian, years −9999 to 9999; there are no leap seconds (POSIX time).

mod civil;
mod clock;
mod cursor;
mod find;
mod pattern;
mod period;
mod phrase;
mod text;

pub use civil::{Civil, Instant};
pub use cursor::{MONTHS, month_of};
pub use find::find_all;
pub use pattern::{Dialect, Pattern};
pub use period::Period;
pub use phrase::{Base, Day, Phrase, phrase};
pub use text::{DayOrder, Precision, ReadZone, Reading, read, read_slashed};
