//! What the engine stands on: a clock, and a place for what blocks.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::{
    task::{JoinError, spawn_blocking},
    time::Instant,
};

use crate::{
    domain::{Timestamp, timestamp},
    journal::JournalError,
};

/// What the engine stands on.
#[derive(Debug, Clone, Default)]
pub enum Machine {
    /// The system's clock; what blocks is done on threads of its own.
    #[default]
    Real,
    /// A computer that is simulated.
    Simulated(SimulatedMachine),
}

/// A computer whose clock is tokio's, and on which what blocks is done in place: where that clock is
/// paused, everything happens in the same order each time. Clones are the same one.
#[derive(Debug, Clone)]
pub struct SimulatedMachine {
    epoch: Timestamp,
    began: Instant,
    disk: Arc<Mutex<Disk>>,
}

/// How the disk of a simulated computer fails.
#[derive(Debug, Default)]
struct Disk {
    /// How often the journal was used.
    uses: u64,
    fault: Option<DiskFault>,
}

/// A fault of the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskFault {
    /// Which uses of the journal fail, counted from the start of the computer.
    pub uses: Range<u64>,
    /// With what.
    pub why: JournalError,
    /// Whether they have their effect all the same.
    pub written: bool,
}

impl SimulatedMachine {
    /// One on which it is `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            epoch: now,
            began: Instant::now(),
            disk: Arc::default(),
        }
    }

    /// Lets everything that has to do with the journal fail like this from now on, or with `None` work
    /// again.
    pub fn fail(&self, why: Option<JournalError>) {
        self.fail_with(why.map(|why| DiskFault {
            uses: 0..u64::MAX,
            why,
            written: false,
        }));
    }

    /// Lets some uses of the journal fail.
    pub fn fail_with(&self, fault: Option<DiskFault>) {
        self.disk().fault = fault;
    }

    /// How it fails.
    pub fn fails(&self) -> Option<JournalError> {
        self.disk().fault.as_ref().map(|fault| fault.why.clone())
    }

    /// How often the journal was used.
    pub fn uses(&self) -> u64 {
        self.disk().uses
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_use(&self) -> Option<DiskFault> {
        let mut disk = self.disk();
        let number = disk.uses;
        disk.uses = number.saturating_add(1);
        let fault = disk.fault.clone();
        fault.filter(|fault| fault.uses.contains(&number))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.epoch + self.began.elapsed()
    }
}

impl Machine {
    /// What time it is.
    pub(in crate::engine) fn now(&self) -> Timestamp {
        match self {
            Self::Real => timestamp(SystemTime::now()),
            Self::Simulated(machine) => machine.now(),
        }
    }

    /// Does what blocks.
    pub(in crate::engine) async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        match self {
            Self::Real => spawn_blocking(work).await,
            Self::Simulated(_) => Ok(work()),
        }
    }

    /// Uses the journal, as far as the disk lets it.
    pub(in crate::engine) fn disk<T>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let Self::Simulated(machine) = self else {
            return work();
        };
        match machine.next_use() {
            None => work(),
            Some(fault) => {
                if fault.written {
                    // What it answers is lost.
                    let _ = work();
                }
                Err(fault.why)
            }
        }
    }
}
