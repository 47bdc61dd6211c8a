//! Which changes are under way, so that quitting can wait for them and batches can be stopped.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use crate::domain::{RequestId, StopAt};

type Asked = HashMap<RequestId, watch::Sender<Option<StopAt>>>;

/// Counts the changes that are waiting or running, and knows how to stop them.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    count: Arc<watch::Sender<usize>>,
    asked: Arc<Mutex<Asked>>,
}

/// One change; it counts until it is dropped.
pub(super) struct Counted {
    id: RequestId,
    stop: Stop,
    of: Changes,
}

/// Whether a change was asked to stop, and where.
#[derive(Debug, Clone)]
pub(super) struct Stop(watch::Receiver<Option<StopAt>>);

impl Default for Changes {
    fn default() -> Self {
        Self {
            count: Arc::new(watch::Sender::new(0)),
            asked: Arc::default(),
        }
    }
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, Asked> {
        // A panic elsewhere leaves the map consistent.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, id: RequestId) -> Counted {
        self.count.send_modify(|n| *n = n.saturating_add(1));
        let (sender, receiver) = watch::channel(None);
        self.lock().insert(id, sender);
        Counted {
            id,
            stop: Stop(receiver),
            of: self.clone(),
        }
    }

    /// Asks a change to stop. One that cannot goes on. The sooner of two stops holds.
    pub(super) fn stop(&self, id: RequestId, at: StopAt) {
        if let Some(sender) = self.lock().get(&id) {
            sender.send_modify(|asked| *asked = (*asked).max(Some(at)));
        }
    }

    pub(super) fn running(&self) -> usize {
        *self.count.borrow()
    }

    pub(super) async fn idle(&self) {
        // Its sender is `self`, so it does not end before.
        let _ = self.count.subscribe().wait_for(|n| *n == 0).await;
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
        self.of.count.send_modify(|n| *n = n.saturating_sub(1));
    }
}

impl Stop {
    /// One that nobody asks for.
    pub(super) fn never() -> Self {
        let (_, receiver) = watch::channel(None);
        Self(receiver)
    }

    /// Whether to stop after the calls in flight.
    pub(super) fn asked(&self) -> bool {
        *self.0.borrow() == Some(StopAt::Step)
    }

    /// Whether nothing more is to be begun with.
    pub(super) fn no_more(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Sleeps, shorter when a stop is asked for; says whether it was.
    pub(super) async fn sleep(&self, duration: Duration) -> bool {
        self.unless(tokio::time::sleep(duration)).await.is_none()
    }

    /// Waits for something; `None` when a stop is asked for before it comes.
    pub(super) async fn unless<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.until(|asked| asked == Some(StopAt::Step), work).await
    }

    /// Waits for something before which nothing was changed; `None` when nothing more is to be begun
    /// with.
    pub(super) async fn unless_no_more<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.until(|asked| asked.is_some(), work).await
    }

    async fn until<T>(
        &self,
        stops: impl Fn(Option<StopAt>) -> bool,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut asked = self.0.clone();
        // The sender was dropped: nobody can ask for a stop any more.
        let stopped = async {
            if asked.wait_for(|asked| stops(*asked)).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => None,
            done = work => Some(done),
        }
    }
}
