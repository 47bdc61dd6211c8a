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

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::domain::Operation;

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
            })),
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
        if let Some(bucket) = self.lock().bucket(operation, now) {
            if bucket.cut.is_some_and(|cut| now - cut < ONE_CUT) {
                return;
            }
            bucket.cut = Some(now);
            bucket.part = (bucket.part / 2.0).max(SLOWEST);
            bucket.tokens = bucket.tokens.min(0.0);
        }
    }

    /// The operation was called without having waited, as the SDK repeats a call.
    pub fn debit(&self, operation: Operation) {
        if let Some(bucket) = self.lock().bucket(operation, Instant::now()) {
            bucket.tokens = (bucket.tokens - 1.0).max(-bucket.capacity());
        }
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
        let bucket = buckets.bucket(operation, Instant::now())?;
        bucket.queue(priority).push_back(waiting);
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
    /// An operation's bucket, filled up to now; `None` when it has no quota.
    fn bucket(&mut self, operation: Operation, now: Instant) -> Option<&mut Bucket> {
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
        bucket.fill(now);
        Some(bucket)
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

    /// Adds what has come since the last time, at the rate that grew meanwhile.
    fn fill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled).as_secs_f64();
        let grown = (self.part + elapsed * RECOVERY).min(1.0);
        let between = f64::midpoint(self.part, grown);
        // Whoever waits now has waited since: each that comes or goes fills the bucket first.
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
        (buckets.bucket(self.operation, now)).map_or(Turn::Go, |bucket| {
            bucket.turn(self.priority, self.ticket, now)
        })
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut buckets = self.pace.lock();
        if let Some(bucket) = buckets.bucket(self.operation, Instant::now()) {
            let ticket = self.ticket;
            bucket.queue(self.priority).retain(|it| it.ticket != ticket);
            bucket.wake_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Operation = Operation::ListCertificates;
    const ATTACH: Operation = Operation::AttachThingPrincipal;

    /// The seconds that so many calls one after another take.
    async fn time_of(pace: &Pace, calls: u32, priority: Priority) -> f64 {
        let start = Instant::now();
        for _ in 0..calls {
            pace.acquire(LIST, priority).await;
        }
        start.elapsed().as_secs_f64()
    }

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 0.02, "{found} is not {wanted}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_bucket_goes_at_once_and_then_at_the_rate() {
        // A person has the whole quota of ten a second, a batch the part of it.
        let pace = Pace::new(0.8);
        close(time_of(&pace, 10, Priority::Interactive).await, 0.0);
        close(time_of(&pace, 20, Priority::Interactive).await, 2.0);
        tokio::time::advance(Duration::from_mins(1)).await;
        close(time_of(&pace, 10, Priority::Interactive).await, 0.0);
        close(time_of(&pace, 1, Priority::Interactive).await, 0.1);
        tokio::time::advance(Duration::from_mins(1)).await;
        close(time_of(&pace, 8, Priority::Batch).await, 0.0);
        close(time_of(&pace, 16, Priority::Batch).await, 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn operations_have_buckets_of_their_own() {
        let pace = Pace::new(1.0);
        time_of(&pace, 10, Priority::Interactive).await;
        let start = Instant::now();
        for _ in 0..100 {
            pace.acquire(ATTACH, Priority::Interactive).await;
        }
        for _ in 0..1000 {
            pace.acquire(Operation::GetCallerIdentity, Priority::Batch)
                .await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_leaves_the_last_calls_to_the_person() {
        let pace = Pace::new(1.0);
        close(time_of(&pace, 8, Priority::Batch).await, 0.0);
        close(time_of(&pace, 2, Priority::Interactive).await, 0.0);
        // Three are missing for the next of the batch.
        close(time_of(&pace, 1, Priority::Batch).await, 0.3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_goes_before_the_batch_and_each_in_turn() {
        let pace = Pace::new(1.0);
        time_of(&pace, 10, Priority::Interactive).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut calls = tokio::task::JoinSet::new();
        for (n, priority) in [
            (0, Priority::Batch),
            (1, Priority::Batch),
            (2, Priority::Interactive),
            (3, Priority::Interactive),
        ] {
            let (pace, order) = (pace.clone(), Arc::clone(&order));
            calls.spawn(async move {
                pace.acquire(LIST, priority).await;
                order.lock().unwrap().push(n);
            });
            tokio::task::yield_now().await;
        }
        calls.join_all().await;
        assert_eq!(*order.lock().unwrap(), [2, 3, 0, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_halves_the_rate_which_comes_back() {
        let pace = Pace::new(1.0);
        tokio::time::advance(Duration::from_secs(5)).await;
        pace.throttled(LIST);
        // One thing, told many times.
        pace.throttled(LIST);
        close(time_of(&pace, 1, Priority::Interactive).await, 0.198);
        // From half the rate to all of it in ten seconds: 75 calls, one of which is made.
        let lasted = time_of(&pace, 74, Priority::Interactive).await;
        assert!((9.5..10.1).contains(&lasted), "{lasted}");
        close(time_of(&pace, 20, Priority::Interactive).await, 2.0);
        // It has a slowest rate.
        for _ in 0..20 {
            pace.throttled(LIST);
            tokio::time::advance(ONE_CUT).await;
        }
        let lasted = time_of(&pace, 1, Priority::Interactive).await;
        assert!(lasted < 2.0, "{lasted}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_waiting_takes_nothing_and_holds_nobody_up() {
        let pace = Pace::new(1.0);
        time_of(&pace, 10, Priority::Interactive).await;
        let start = Instant::now();
        let mut waiting = Vec::new();
        for _ in 0..3 {
            let pace = pace.clone();
            waiting.push(tokio::spawn(async move {
                pace.acquire(LIST, Priority::Interactive).await;
            }));
            tokio::task::yield_now().await;
        }
        waiting[0].abort();
        waiting[1].abort();
        waiting.remove(2).await.unwrap();
        close(start.elapsed().as_secs_f64(), 0.1);
        // A future that was never polled to its end.
        let lost = tokio::time::timeout(
            Duration::from_millis(50),
            pace.acquire(LIST, Priority::Interactive),
        );
        assert!(lost.await.is_err());
        close(time_of(&pace, 1, Priority::Interactive).await, 0.05);
        let buckets = pace.lock();
        assert!(buckets.of[&LIST].interactive.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_called_without_waiting_is_waited_for_afterwards() {
        let pace = Pace::new(1.0);
        time_of(&pace, 10, Priority::Interactive).await;
        pace.debit(LIST);
        pace.debit(LIST);
        close(time_of(&pace, 1, Priority::Interactive).await, 0.3);
        for _ in 0..1000 {
            pace.debit(LIST);
        }
        close(time_of(&pace, 1, Priority::Interactive).await, 1.1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_strange_fraction_is_bounded() {
        close(
            time_of(&Pace::new(7.0), 20, Priority::Interactive).await,
            1.0,
        );
        close(
            time_of(&Pace::new(f64::NAN), 16, Priority::Batch).await,
            1.0,
        );
        close(time_of(&Pace::new(-1.0), 2, Priority::Batch).await, 10.0);
    }
}
