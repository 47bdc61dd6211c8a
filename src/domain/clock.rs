//! What a clock says, as a moment.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment, in UTC.
pub type Timestamp = time::OffsetDateTime;

/// The moment that a clock shows. One that is set to before 1970 or after 9999 gives the nearest moment
/// between them.
pub fn timestamp(clock: SystemTime) -> Timestamp {
    let Ok(since) = clock.duration_since(UNIX_EPOCH) else {
        return Timestamp::UNIX_EPOCH;
    };
    let nanos = i128::try_from(since.as_nanos()).unwrap_or(i128::MAX);
    let last = time::macros::datetime!(9999-12-31 00:00:00 UTC);
    Timestamp::from_unix_timestamp_nanos(nanos).map_or(last, |now| now.min(last))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_clock_has_a_moment() {
        let at = |seconds| timestamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(1_795_514_400).unix_timestamp(), 1_795_514_400);
        assert_eq!(at(300_000_000_000).year(), 9999);
        assert_eq!(at(9_000_000_000_000).year(), 9999);
        let before = timestamp(UNIX_EPOCH - Duration::from_secs(9));
        assert_eq!(before.year(), 1970);
    }
}
