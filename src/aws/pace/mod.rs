//! How often an operation is called: one token bucket for each operation of an account and region,
//! shared by everything the program does there.
//!
//! A bucket fills at a fraction of the quota ([`Operation::quota`]), at the whole quota while a person
//! waits, and holds a second's worth of calls, so that a person who opens a certificate waits for
//! nothing. A batch leaves the last calls of a bucket to the person, and a person's call goes before
//! all of the batch's.
//!
//! A call is paced once, before the SDK sends it. What the SDK repeats beneath it cannot be held
//! back there, but it counts: the bucket goes into debt for it, and each attempt that AWS throttles
//! is told to the bucket, also one that the SDK makes good.
//!
//! Once it is known whose account it is, the processes of a computer share the buckets.

pub(super) mod registry;
mod shared;

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{
    aws::pace::shared::{FileLevel, SharedPace},
    domain::{Operation, Slowed},
};

/// The fraction of a quota that is used unless the person wants another one: what other programs
/// of the account do must not fail because of this one.
pub const DEFAULT_FRACTION: f64 = 0.8;
/// A smaller fraction would look like a program that hangs.
const SMALLEST_FRACTION: f64 = 0.01;
/// How many calls of a bucket a batch leaves to the person at least.
const RESERVE: f64 = 2.0;
/// The slowest that throttling makes it: this part of the usual rate.
const SLOWEST: f64 = 1.0 / 16.0;
/// How much of the usual rate comes back in a second: a halving is made good in ten.
const RECOVERY: f64 = 0.05;
/// A rate that is nearly the usual one again is no news.
const ALMOST_ALL: f64 = 0.9;
/// Calls that are throttled so soon after one another tell one thing, not many.
const ONE_CUT: Duration = Duration::from_secs(1);

/// Who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Priority {
    /// A person.
    #[default]
    Interactive,
    /// A run over many certificates.
    Batch,
}

/// The pace of one account and region. Clones share it.
#[derive(Debug, Clone)]
pub struct Pace {
    buckets: Arc<Mutex<Buckets>>,
}

#[derive(Debug)]
struct Buckets {
    fraction: f64,
    last_ticket: u64,
    of: HashMap<Operation, Bucket>,
    shared: Option<SharedPace>,
}

/// What may be called of one operation.
#[derive(Debug)]
struct Bucket {
    /// Calls per second that AWS allows.
    quota: f64,
    /// Calls per second that a batch makes, when nothing was throttled.
    usual: f64,
    /// The part of it that throttling has left.
    part: f64,
    tokens: f64,
    filled: Instant,
    cut: Option<Instant>,
    interactive: VecDeque<Waiting>,
    batch: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    wake: Arc<Notify>,
}

/// What a waiting call is told.
enum Turn {
    Go,
    /// Not before this moment.
    At(Instant),
    /// Others are before it.
    Behind,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(DEFAULT_FRACTION)
    }
}

impl Pace {
    /// Full buckets at a fraction of the quotas, between 0.01 and 1.
    pub fn new(fraction: f64) -> Self {
        let fraction = if fraction.is_finite() {
            fraction.clamp(SMALLEST_FRACTION, 1.0)
        } else {
            DEFAULT_FRACTION
        };
        Self {
            buckets: Arc::new(Mutex::new(Buckets {
                fraction,
                last_ticket: 0,
                of: HashMap::new(),
                shared: None,
            })),
        }
    }

    /// Shares the buckets from now on with all processes of the computer that open this file. What was
    /// called until now counts. Where the file cannot be had they stay this process's own.
    pub(super) fn share(&self, file: &Path) {
        self.share_by(file, shared::clock);
    }

    fn share_by(&self, file: &Path, clock: fn() -> f64) {
        let mut buckets = self.lock();
        if buckets.shared.is_some() {
            return;
        }
        buckets.shared = SharedPace::open(file, clock);
        let now = Instant::now();
        let mut known = Vec::new();
        for (operation, bucket) in &mut buckets.of {
            bucket.fill(now);
            known.push((*operation, bucket.capacity() - bucket.tokens, bucket.part));
            bucket.tokens = bucket.capacity();
        }
        for (operation, called, part) in known {
            buckets.with(operation, now, |bucket| {
                bucket.tokens = (bucket.tokens - called).max(-bucket.capacity());
                bucket.part = bucket.part.min(part);
            });
        }
    }

    /// Waits until the operation may be called. The calls of one priority go in the order in which
    /// they came. A caller that stops waiting takes nothing and holds nobody up.
    pub async fn acquire(&self, operation: Operation, priority: Priority) {
        let Some(waiter) = self.join(operation, priority) else {
            return;
        };
        loop {
            match waiter.turn() {
                Turn::Go => return,
                Turn::Behind => waiter.wake.notified().await,
                Turn::At(moment) => tokio::select! {
                    biased;
                    () = sleep_until(moment) => {}
                    () = waiter.wake.notified() => {}
                },
            }
        }
    }

    /// AWS throttled the operation: halves its rate, at most once a second, and begins with an
    /// empty bucket.
    pub fn throttled(&self, operation: Operation) {
        let now = Instant::now();
        self.lock().with(operation, now, |bucket| {
            if bucket.cut.is_some_and(|cut| now - cut < ONE_CUT) {
                return;
            }
            bucket.cut = Some(now);
            bucket.part = (bucket.part / 2.0).max(SLOWEST);
            bucket.tokens = bucket.tokens.min(0.0);
        });
    }

    /// The operation that AWS throttles most, with what that leaves of its rate; `None` when it throttles none.
    pub fn slowed(&self) -> Option<Slowed> {
        let now = Instant::now();
        let buckets = self.lock();
        let rates = buckets.of.iter().filter_map(|(operation, bucket)| {
            let elapsed = now.saturating_duration_since(bucket.filled).as_secs_f64();
            let part = bucket.part + elapsed * RECOVERY;
            (part < ALMOST_ALL).then_some((*operation, bucket.usual * part))
        });
        let (operation, rate) = rates.min_by(|(_, one), (_, other)| one.total_cmp(other))?;
        // The rate is small: a second's worth of calls.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is clamped"
        )]
        let in_ten_seconds = (rate * 10.0).round().clamp(0.0, 1e6) as u32;
        Some(Slowed {
            operation,
            in_ten_seconds,
        })
    }

    /// The operation was called without having waited, as the SDK repeats a call.
    pub fn debit(&self, operation: Operation) {
        self.lock().with(operation, Instant::now(), |bucket| {
            bucket.tokens = (bucket.tokens - 1.0).max(-bucket.capacity());
        });
    }

    /// Queues up; `None` when the operation may be called at any time.
    fn join(&self, operation: Operation, priority: Priority) -> Option<Waiter<'_>> {
        let mut buckets = self.lock();
        let ticket = buckets.last_ticket.wrapping_add(1);
        buckets.last_ticket = ticket;
        let wake = Arc::new(Notify::new());
        let waiting = Waiting {
            ticket,
            wake: Arc::clone(&wake),
        };
        buckets.with(operation, Instant::now(), |bucket| {
            bucket.queue(priority).push_back(waiting);
        })?;
        Some(Waiter {
            pace: self,
            operation,
            priority,
            ticket,
            wake,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        // Nothing panics while it holds the lock.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the two share their buckets.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.buckets, &other.buckets)
    }
}

impl Buckets {
    /// Does something with an operation's bucket, filled up to now; `None` when it has no quota.
    fn with<T>(
        &mut self,
        operation: Operation,
        now: Instant,
        change: impl FnOnce(&mut Bucket) -> T,
    ) -> Option<T> {
        let quota = operation.quota()?.per_second;
        let usual = quota * self.fraction;
        let bucket = self.of.entry(operation).or_insert_with(|| Bucket {
            quota,
            usual,
            part: 1.0,
            tokens: capacity(quota),
            filled: now,
            cut: None,
            interactive: VecDeque::new(),
            batch: VecDeque::new(),
        });
        let Some(shared) = &self.shared else {
            bucket.fill(now);
            return Some(change(bucket));
        };
        let mut held = shared.lock();
        let clock = shared.now();
        if let Some(level) = held.as_ref().and_then(|held| held.level(operation)) {
            bucket.take(level, now, clock);
        }
        bucket.fill(now);
        let done = change(bucket);
        if let Some(held) = &mut held {
            held.set(operation, bucket.level(now, clock));
        }
        Some(done)
    }
}

/// A second's worth of calls, and at least one.
fn capacity(rate: f64) -> f64 {
    rate.max(1.0)
}

impl Bucket {
    fn capacity(&self) -> f64 {
        capacity(self.quota)
    }

    fn queue(&mut self, priority: Priority) -> &mut VecDeque<Waiting> {
        match priority {
            Priority::Interactive => &mut self.interactive,
            Priority::Batch => &mut self.batch,
        }
    }

    /// Calls per second, when nothing was throttled: the whole quota while a person waits.
    fn rate(&self, person: bool) -> f64 {
        if person { self.quota } else { self.usual }
    }

    /// Takes what all processes have left of it.
    fn take(&mut self, level: FileLevel, now: Instant, clock: f64) {
        // A time to come is one of before the computer was started anew.
        let ago = |at: f64| {
            let ago = Duration::try_from_secs_f64(clock - at).unwrap_or_default();
            now.checked_sub(ago).unwrap_or(now)
        };
        self.tokens = level.tokens.clamp(-self.capacity(), self.capacity());
        self.part = level.part.clamp(SLOWEST, 1.0);
        self.filled = ago(level.at);
        self.cut = level.cut.map(ago);
    }

    /// What is left of it.
    fn level(&self, now: Instant, clock: f64) -> FileLevel {
        let at = |moment: Instant| clock - (now - moment).as_secs_f64();
        FileLevel {
            tokens: self.tokens,
            part: self.part,
            at: at(self.filled),
            cut: self.cut.map(at),
        }
    }

    /// Adds what has come since the last time, at the rate that grew meanwhile.
    fn fill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled).as_secs_f64();
        let grown = (self.part + elapsed * RECOVERY).min(1.0);
        let between = f64::midpoint(self.part, grown);
        // Fill the bucket first: calls that are waiting have waited since the last change.
        let rate = self.rate(!self.interactive.is_empty());
        self.tokens = (self.tokens + elapsed * rate * between).min(self.capacity());
        self.part = grown;
        self.filled = now;
    }

    /// Takes a token for the first one in the queue, or says when there will be one.
    fn turn(&mut self, priority: Priority, ticket: u64, now: Instant) -> Turn {
        let first = (self.interactive.front()).or_else(|| self.batch.front());
        if first.is_none_or(|first| first.ticket != ticket) {
            return Turn::Behind;
        }
        let needed = match priority {
            Priority::Interactive => 1.0,
            Priority::Batch => {
                let left = RESERVE.max(self.quota - self.usual);
                1.0 + left.min(self.capacity() - 1.0)
            }
        };
        let missing = needed - self.tokens;
        // A rounding error must not cost a wake-up that is as early.
        if missing <= 1e-9 {
            self.tokens -= 1.0;
            self.queue(priority).pop_front();
            return Turn::Go;
        }
        let rate = self.rate(priority == Priority::Interactive);
        let seconds = missing / (rate * self.part);
        Turn::At(now + Duration::from_secs_f64(seconds.clamp(0.001, 3600.0)))
    }

    fn wake_first(&self) {
        if let Some(first) = (self.interactive.front()).or_else(|| self.batch.front()) {
            first.wake.notify_one();
        }
    }
}

/// A place in a queue, left when it is dropped.
struct Waiter<'a> {
    pace: &'a Pace,
    operation: Operation,
    priority: Priority,
    ticket: u64,
    wake: Arc<Notify>,
}

impl Waiter<'_> {
    fn turn(&self) -> Turn {
        let now = Instant::now();
        let mut buckets = self.pace.lock();
        let turn = buckets.with(self.operation, now, |bucket| {
            bucket.turn(self.priority, self.ticket, now)
        });
        turn.unwrap_or(Turn::Go)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut buckets = self.pace.lock();
        let (priority, ticket) = (self.priority, self.ticket);
        buckets.with(self.operation, Instant::now(), |bucket| {
            bucket.queue(priority).retain(|it| it.ticket != ticket);
            bucket.wake_first();
        });
    }
}

#[cfg(test)]
mod tests;
