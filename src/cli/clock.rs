//! The one place that reads the wall clock. Everything else is given the time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::calendar::{Civil, Instant};
use crate::error::Error;

/// Today, by UTC.
///
/// # Errors
/// When the machine's clock stands before 1970 or outside the calendar.
pub(super) fn today() -> Result<Civil, Error> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|time| i64::try_from(time.as_secs()).ok());
    let now = seconds.and_then(|seconds| Instant::from_seconds(seconds).civil());
    now.map(Civil::midnight).ok_or_else(|| {
        Error::usage_with("this machine's clock is not set", "set it, or name the release with --release-date")
    })
}
