//! What the engine stands on: a clock, and a place for what blocks.

use std::{
    sync::{Arc, Mutex, PoisonError},
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
    disk: Arc<Mutex<Option<JournalError>>>,
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
        *self.disk.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// How it fails.
    pub fn fails(&self) -> Option<JournalError> {
        let fails = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        fails.clone()
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

    /// The journal, as far as the disk gives it.
    pub(in crate::engine) fn disk(&self) -> Result<(), JournalError> {
        let Self::Simulated(machine) = self else {
            return Ok(());
        };
        machine.fails().map_or(Ok(()), Err)
    }
}
