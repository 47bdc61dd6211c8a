//! Buckets that the processes of one computer share: a file for each account and region, locked while
//! it is changed.
//!
//! A quota is the account's, and two programs that each keep to it exceed it together. Nobody holds a
//! share: each call takes from what is there, so a process that ends has nothing to give back. Where
//! the file cannot be had, a process goes by its own buckets.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::domain::Operation;

/// How often, and how long apart, a lock is tried that another process holds: it is held for some
/// microseconds. A process that is stopped in the middle must not hold up the others.
const TRIES: u32 = 20;
const NEXT_TRY: Duration = Duration::from_micros(100);
/// More than all operations need.
const LARGEST: usize = 16 * 1024;

/// How full a bucket was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct FileLevel {
    pub(super) tokens: f64,
    /// The part of the rate that throttling has left.
    pub(super) part: f64,
    /// When, in seconds of a clock that all processes read alike.
    pub(super) at: f64,
    /// When the operation was last throttled.
    pub(super) cut: Option<f64>,
}

/// The file of an account and region.
#[derive(Debug)]
pub(super) struct SharedPace {
    file: File,
    clock: fn() -> f64,
}

/// The file, locked. Dropping it sets it free.
pub(super) struct HeldFile<'a> {
    of: &'a SharedPace,
    levels: BTreeMap<String, FileLevel>,
}

impl SharedPace {
    /// Opens the file, and makes it where there is none; `None` when it cannot be had.
    pub(super) fn open(path: &Path, clock: fn() -> f64) -> Option<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path);
        Some(Self {
            file: file.ok()?,
            clock,
        })
    }

    /// Now, by the clock of all processes.
    pub(super) fn now(&self) -> f64 {
        (self.clock)()
    }

    /// Locks the file; `None` when another process holds it for too long, or it cannot be locked.
    pub(super) fn lock(&self) -> Option<HeldFile<'_>> {
        let mut tries = 0..TRIES;
        while self.file.try_lock().is_err() {
            tries.next()?;
            thread::sleep(NEXT_TRY);
        }
        let mut text = vec![0; LARGEST];
        let read = self.file.read_at(&mut text, 0).unwrap_or_default();
        text.truncate(read);
        Some(HeldFile {
            of: self,
            // One that a kill left half written begins anew, with full buckets.
            levels: serde_json::from_slice(&text).unwrap_or_default(),
        })
    }
}

impl HeldFile<'_> {
    /// How full an operation's bucket is; `None` when nobody has called it yet.
    pub(super) fn level(&self, operation: Operation) -> Option<FileLevel> {
        let level = *self.levels.get(operation.name())?;
        let numbers = [level.tokens, level.part, level.at];
        numbers.iter().all(|it| it.is_finite()).then_some(level)
    }

    /// Writes how full it is now.
    pub(super) fn set(&mut self, operation: Operation, level: FileLevel) {
        self.levels.insert(operation.name().to_owned(), level);
        let Ok(text) = serde_json::to_vec(&self.levels) else {
            return;
        };
        // What cannot be written is taken for full by the others: they call too often, not wrongly.
        let _ = self.of.file.write_all_at(&text, 0);
        let _ = self
            .of
            .file
            .set_len(u64::try_from(text.len()).unwrap_or(u64::MAX));
    }
}

impl Drop for HeldFile<'_> {
    fn drop(&mut self) {
        // The end of the process does it, too.
        let _ = self.of.file.unlock();
    }
}

/// Seconds since this computer was started, without the time that it slept.
pub(super) fn clock() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::try_from(now).unwrap_or_default().as_secs_f64()
}
