//! What time it is in the simulated world.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since the Unix epoch, the resolution of AWS IoT's timestamps.
pub(in crate::simulator) type Millis = i64;

/// Where the world's time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Starts at the given seconds since the Unix epoch and advances with tokio's clock, also when that is paused.
    /// The choice of tests.
    Fixed(i64),
    /// The computer's clock. The choice of the demo.
    System,
}

/// A running [`Clock`].
#[derive(Debug)]
pub(in crate::simulator) struct WorldClock {
    clock: Clock,
    started: Instant,
}

impl WorldClock {
    /// Starts the clock.
    pub(in crate::simulator) fn start(clock: Clock) -> Self {
        Self {
            clock,
            started: Instant::now(),
        }
    }

    /// The time in the world.
    pub(in crate::simulator) fn now(&self) -> Millis {
        match self.clock {
            Clock::Fixed(base) => base
                .saturating_mul(1000)
                .saturating_add(millis(self.started.elapsed())),
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, millis),
        }
    }
}

/// A duration in whole milliseconds.
pub(in crate::simulator) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// A timestamp as the API writes it: seconds since the Unix epoch with a fraction.
pub(in crate::simulator) fn epoch_seconds(at: Millis) -> serde_json::Value {
    // Milliseconds of any plausible date are exact in an f64, and so is what is printed.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ms")]
    serde_json::Value::from(at as f64 / 1000.0)
}
