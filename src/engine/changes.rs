//! Which changes are under way, so that quitting can wait for them and batches can be stopped.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::domain::{RequestId, StopAt};

/// Counts the changes that are waiting or running, and knows how to stop them.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    running: TaskTracker,
    stops: Arc<Mutex<HashMap<RequestId, Stop>>>,
}

/// One change; it counts until it is dropped.
pub(super) struct Counted {
    id: RequestId,
    stop: Stop,
    of: Changes,
    /// Dropped with it, and then it does not count any more.
    _running: TaskTrackerToken,
}

/// Whether a change was asked to stop, and where.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    /// Begin nothing more.
    begun: CancellationToken,
    /// It is to stop after the calls in flight.
    step: CancellationToken,
}

impl Default for Changes {
    fn default() -> Self {
        let running = TaskTracker::new();
        // It can be waited for at any time; more may come all the same.
        running.close();
        Self {
            running,
            stops: Arc::default(),
        }
    }
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, Stop>> {
        // A panic elsewhere leaves the map consistent.
        self.stops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, id: RequestId) -> Counted {
        let stop = Stop::default();
        self.lock().insert(id, stop.clone());
        Counted {
            id,
            stop,
            of: self.clone(),
            _running: self.running.token(),
        }
    }

    /// Asks a change to stop. One that cannot goes on. The sooner of two stops holds.
    pub(super) fn stop(&self, id: RequestId, at: StopAt) {
        if let Some(stop) = self.lock().get(&id) {
            stop.begun.cancel();
            if at == StopAt::Step {
                stop.step.cancel();
            }
        }
    }

    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    pub(super) async fn idle(&self) {
        self.running.wait().await;
    }
}

impl Counted {
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.of.lock().remove(&self.id);
    }
}

impl Stop {
    /// Whether to stop after the calls in flight.
    pub(super) fn asked(&self) -> bool {
        self.step.is_cancelled()
    }

    /// Whether nothing more is to be begun with.
    pub(super) fn no_more(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// Sleeps. A stop ends the sleep early; returns whether one came.
    pub(super) async fn sleep(&self, duration: Duration) -> bool {
        self.unless(tokio::time::sleep(duration)).await.is_none()
    }

    /// Waits for something; `None` when a stop is asked for before it comes.
    pub(super) async fn unless<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.step.run_until_cancelled(work).await
    }

    /// Waits for something before which nothing was changed; `None` when nothing more is to be begun
    /// with.
    pub(super) async fn unless_no_more<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.begun.run_until_cancelled(work).await
    }
}
