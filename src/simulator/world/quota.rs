//! The published quotas of calls per second, as token buckets.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::simulator::world::location::Location;
use crate::simulator::world::operation::Operation;

/// One bucket for each operation in each account and region.
#[derive(Debug)]
pub(in crate::simulator) struct Quotas {
    scale: f64,
    buckets: BTreeMap<(Operation, Location), Bucket>,
}

/// What is left of a quota. It holds one second's worth of calls.
#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Quotas {
    /// Full buckets of the published size times a factor.
    pub(in crate::simulator) fn new(scale: f64) -> Self {
        Self {
            scale,
            buckets: BTreeMap::new(),
        }
    }

    /// Takes a token for a call; `false` if there is none.
    pub(in crate::simulator) fn admit(&mut self, operation: Operation, at: &Location) -> bool {
        let Some(rate) = operation.published_rate().map(|rate| rate * self.scale) else {
            return true;
        };
        // A bucket that holds less than one call would never admit one.
        let capacity = rate.max(1.0);
        let now = Instant::now();
        let bucket = self
            .buckets
            .entry((operation.quota_group(), at.clone()))
            .or_insert(Bucket {
                tokens: capacity,
                filled: now,
            });
        let gained = now.saturating_duration_since(bucket.filled).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + gained).min(capacity);
        bucket.filled = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}
