//! The world walk: strange days, drawn from a seed. Everything of certferry is real but the clock, the
//! network and AWS; what must never happen is looked for after every step, from the outside.
//!
//! A seed that fails prints itself with a story that was made as short as possible. Bugs that were found
//! stay here as tests of their own.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

pub(crate) mod assumptions;
mod by_keys;
mod computer;
mod console;
mod course;
mod desk;
mod monkey;
mod network;
mod promises;
mod script;
mod sent;
mod shrink;
mod story;

use std::{
    env,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use certferry::simulator::Assumptions;

use self::{course::walk, script::Script};

/// How many walks every run of the tests makes.
const SEEDS: u64 = 300;

/// How many walks may fail before no more are made.
const ENOUGH: usize = 8;

/// Walks through seeds with as many threads as there are cores, until there are no more or the time is
/// over. Answers with how many were walked, and how many calls that were.
fn walk_through(
    seeds: std::ops::Range<u64>,
    limit: Option<Duration>,
    assumptions: &[Assumptions],
) -> (u64, u64) {
    let (next, walked, calls) = (
        AtomicU64::new(seeds.start),
        AtomicU64::new(0),
        AtomicU64::new(0),
    );
    let failed: Mutex<Vec<String>> = Mutex::default();
    let began = Instant::now();
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let late = limit.is_some_and(|limit| began.elapsed() >= limit);
                    let enough = failed.lock().unwrap().len() >= ENOUGH;
                    if seed >= seeds.end || late || enough {
                        return;
                    }
                    let script = Script::of(seed, assumptions);
                    let found = walk(&script);
                    walked.fetch_add(1, Ordering::Relaxed);
                    calls.fetch_add(u64::from(found.calls), Ordering::Relaxed);
                    if found.broken.is_some() {
                        let (smaller, found) = shrink::smallest(script, found);
                        let told = shrink::told(&smaller, &found);
                        println!("{told}");
                        failed.lock().unwrap().push(told);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    if !failed.is_empty() {
        println!("{} were walked", walked.load(Ordering::Relaxed));
    }
    assert!(
        failed.is_empty(),
        "{} walks failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    (walked.into_inner(), calls.into_inner())
}

fn from_environment(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

#[test]
fn three_hundred_strange_days() {
    let pairs = assumptions::covering(2);
    let (walked, _) = walk_through(0..SEEDS, None, &pairs);
    assert_eq!(walked, SEEDS);
}

/// `CERTFERRY_WALK_SEEDS=200000` or `CERTFERRY_WALK_MINUTES=30`, `CERTFERRY_WALK_FROM` for the first seed.
#[test]
#[ignore = "takes as long as it is told to"]
fn many_strange_days() {
    let triples = assumptions::covering(3);
    let from = from_environment("CERTFERRY_WALK_FROM").unwrap_or(1_000_000);
    let minutes = from_environment("CERTFERRY_WALK_MINUTES");
    let seeds = from_environment("CERTFERRY_WALK_SEEDS");
    let usual = if minutes.is_some() {
        u64::MAX / 2
    } else {
        10_000
    };
    let seeds = from..from + seeds.unwrap_or(usual);
    let began = Instant::now();
    let limit = minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let (walked, calls) = walk_through(seeds, limit, &triples);
    let seconds = began.elapsed().as_secs_f64();
    println!("{walked} seeds from {from}, {calls} calls, {seconds:.0} s");
}

/// `CERTFERRY_WALK_FROM=7` tells the story of a seed.
#[test]
#[ignore = "tells the story of one seed"]
fn one_strange_day() {
    let seed = from_environment("CERTFERRY_WALK_FROM").unwrap_or(0);
    let strength = if seed < SEEDS { 2 } else { 3 };
    let script = Script::of(seed, &assumptions::covering(strength));
    let found = walk(&script);
    println!("{}", shrink::told(&script, &found));
}

/// A seed is worth nothing when it is another story the next time.
#[test]
fn a_seed_tells_the_same_story_twice() {
    let pairs = assumptions::covering(2);
    for seed in (0..SEEDS).step_by(30) {
        let script = Script::of(seed, &pairs);
        let (one, two) = (walk(&script), walk(&script));
        for (n, (one, two)) in one.story.iter().zip(&two.story).enumerate() {
            assert_eq!(one, two, "seed {seed}, line {n}");
        }
        assert_eq!(one.story.len(), two.story.len(), "seed {seed}");
    }
}
