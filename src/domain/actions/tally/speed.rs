//! How fast certificates of a batch are over, as measured.

use std::{collections::VecDeque, time::Duration};

use crate::domain::clock::Timestamp;

/// So many certificates must be over before a rate is told. The first one runs alone, so it says little.
const MIN_ENDED: usize = 5;
/// How long it has to go on before a rate is told, in seconds.
const MIN_PASSED: f64 = 2.0;
/// Over how many of the last seconds the rate is measured.
const WINDOW: i64 = 60;
/// How many seconds are kept.
const KEPT: usize = 600;

/// When certificates of a batch were over, by the second.
#[derive(Debug, Clone)]
pub struct Speed {
    began: Timestamp,
    /// How many were over in each of the last seconds, the newest last.
    seconds: VecDeque<u32>,
    /// The second of the newest of them, since the beginning.
    newest: i64,
    /// The second in which the first one was over.
    first: Option<i64>,
    all: usize,
}

/// A count as a number to reckon with.
fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

impl Speed {
    /// Of a batch that begins now.
    pub(super) const fn new(began: Timestamp) -> Self {
        Self {
            began,
            seconds: VecDeque::new(),
            newest: -1,
            first: None,
            all: 0,
        }
    }

    fn second(&self, at: Timestamp) -> i64 {
        (at - self.began).whole_seconds().max(0)
    }

    /// One is over.
    pub(super) fn ended(&mut self, at: Timestamp) {
        let second = self.second(at).max(self.newest);
        // After a long pause nothing of before is kept.
        let ahead = usize::try_from(second.saturating_sub(self.newest)).unwrap_or(KEPT);
        self.seconds.extend(std::iter::repeat_n(0, ahead.min(KEPT)));
        while self.seconds.len() > KEPT {
            self.seconds.pop_front();
        }
        self.newest = second;
        self.first = self.first.or(Some(second));
        if let Some(last) = self.seconds.back_mut() {
            *last = last.saturating_add(1);
        }
        self.all = self.all.saturating_add(1);
    }

    /// How many were over in a second.
    fn in_second(&self, second: i64) -> u32 {
        let back = self.newest.checked_sub(second);
        let back = back.and_then(|back| usize::try_from(back).ok());
        let at = back.and_then(|back| self.seconds.len().checked_sub(back.saturating_add(1)));
        at.and_then(|at| self.seconds.get(at)).copied().unwrap_or(0)
    }

    /// Certificates a second over the last minute, once that says something. What the first one took counts for
    /// nothing when the others come later.
    pub(super) fn per_second(&self, now: Timestamp) -> Option<f64> {
        let passed = (now - self.began).as_seconds_f64();
        if passed < MIN_PASSED || self.all < MIN_ENDED {
            return None;
        }
        let first = self.first?;
        let now_second = self.second(now).max(self.newest);
        let since = now_second.saturating_sub(WINDOW).max(first);
        let seconds = since.saturating_add(1)..=now_second;
        let ended: usize = seconds
            .map(|second| usize::try_from(self.in_second(second)).unwrap_or(0))
            .sum();
        let within = passed - float(usize::try_from(since).unwrap_or(0)) - 1.0;
        if ended >= MIN_ENDED && within >= MIN_PASSED {
            return Some(float(ended) / within);
        }
        // So few of late that only all of it says something.
        Some(float(self.all) / passed)
    }

    /// How many were over a second in so many equal parts of the time until now, the newest last, and how long each
    /// part is. Fewer parts when it has not gone on for so long.
    pub fn parts(&self, now: Timestamp, parts: usize) -> (Vec<f64>, Duration) {
        let now_second = self.second(now).max(self.newest);
        let seconds = usize::try_from(now_second.saturating_add(1)).unwrap_or(KEPT);
        let seconds = seconds.min(KEPT);
        let each = seconds.div_ceil(parts.max(1)).max(1);
        let whole = seconds.div_ceil(each);
        let mut rates = Vec::with_capacity(whole);
        let mut end = now_second;
        for _ in 0..whole {
            let begin = end.saturating_sub(i64::try_from(each).unwrap_or(1));
            let ended: usize = (begin.saturating_add(1)..=end)
                .map(|second| usize::try_from(self.in_second(second)).unwrap_or(0))
                .sum();
            rates.push(float(ended) / float(each));
            end = begin;
        }
        rates.reverse();
        let each = Duration::from_secs(u64::try_from(each).unwrap_or(1));
        (rates, each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::milliseconds(milliseconds)
    }

    #[test]
    fn the_first_one_and_what_is_long_ago_do_not_spoil_the_rate() {
        let mut speed = Speed::new(at(0));
        // One goes ahead for 20 s, then come five a second.
        speed.ended(at(20_000));
        for n in 1..=40 {
            speed.ended(at(21_000 + n * 200));
        }
        let rate = speed.per_second(at(29_000)).unwrap();
        assert!((4.5..=5.5).contains(&rate), "{rate}");
        // A minute later they are slower.
        for n in 1..=60 {
            speed.ended(at(29_000 + n * 2_000));
        }
        let rate = speed.per_second(at(149_000)).unwrap();
        assert!((0.45..=0.55).contains(&rate), "{rate}");
    }

    #[test]
    fn parts_are_equal_and_end_now() {
        let mut speed = Speed::new(at(0));
        assert_eq!(speed.parts(at(0), 10).0, [0.0]);
        for n in 0..40 {
            speed.ended(at(n * 500));
        }
        let (rates, each) = speed.parts(at(19_900), 10);
        assert_eq!((rates.len(), each.as_secs()), (10, 2));
        assert!(
            rates.iter().all(|rate| (rate - 2.0).abs() < 1e-9),
            "{rates:?}"
        );
        // Nothing came since.
        let (rates, _) = speed.parts(at(39_900), 10);
        assert!(rates[9].abs() < 1e-9, "{rates:?}");
        assert!((rates[0] - 2.0).abs() < 1e-9, "{rates:?}");
        // After hours the oldest are gone, and nothing breaks.
        speed.ended(at(36_000_000));
        let (rates, each) = speed.parts(at(36_000_000), 60);
        assert_eq!((rates.len(), each.as_secs()), (60, 10));
    }
}
