use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a device takes for the time of day.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What is before 1970 is 1970: the clock of the chip starts there.
pub(super) fn since_1970(clock: &Clock) -> Duration {
    clock().duration_since(UNIX_EPOCH).unwrap_or_default()
}
