//! How many changes are under way, so that quitting can wait for them.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the changes that are waiting or running.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    count: Arc<watch::Sender<usize>>,
}

/// One change; it counts until it is dropped.
pub(super) struct Change {
    count: Arc<watch::Sender<usize>>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            count: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Changes {
    pub(super) fn begin(&self) -> Change {
        self.count.send_modify(|n| *n = n.saturating_add(1));
        Change {
            count: Arc::clone(&self.count),
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

impl Drop for Change {
    fn drop(&mut self) {
        self.count.send_modify(|n| *n = n.saturating_sub(1));
    }
}
