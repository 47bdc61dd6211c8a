//! One certificate goes ahead of a batch that takes certificates out of service.
//!
//! What fails for one of them often fails for all: a right that is missing, an account that AWS does
//! not take, an endpoint that does not know an operation. So the others wait until one has been
//! offered, or handed over to the end, and when several fail in a row no more are begun.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::domain::{FailureKind, Reason, RunOutcome};

/// How many go ahead one after the other when each of them fails.
const CANARIES: usize = 3;
/// How many may fail in a row after that.
const IN_A_ROW: usize = 5;

/// Whether the others may begin.
#[derive(Debug, Default)]
pub(super) struct Canary {
    clear: AtomicBool,
    failed: AtomicUsize,
    ahead: Arc<Mutex<()>>,
}

/// Held by the certificate that goes ahead.
type Ahead = OwnedMutexGuard<()>;

impl Canary {
    /// For a batch without a canary: all begin together.
    pub(super) fn needless() -> Self {
        let canary = Self::default();
        canary.clear.store(true, Ordering::Relaxed);
        canary
    }

    /// Waits until the one that goes ahead has succeeded; `Some` for the one that goes ahead.
    pub(super) async fn wait(&self) -> Option<Ahead> {
        if self.is_clear() {
            return None;
        }
        let ahead = Arc::clone(&self.ahead).lock_owned().await;
        (!self.is_clear()).then_some(ahead)
    }

    /// Whether the others may begin.
    pub(super) fn is_clear(&self) -> bool {
        self.clear.load(Ordering::Acquire)
    }

    /// A certificate was offered, or handed over: the others may begin.
    pub(super) fn came_through(&self) {
        self.failed.store(0, Ordering::Relaxed);
        self.clear.store(true, Ordering::Release);
    }

    /// A certificate has ended. Returns why no more may be begun, if so.
    pub(super) fn ended(&self, outcome: &RunOutcome) -> Option<Reason> {
        let failure = match outcome {
            RunOutcome::Stopped(failure) => failure,
            // It came through, or nothing was changed, or a person stopped it, which says nothing of
            // the others.
            RunOutcome::Done | RunOutcome::Refused(_) | RunOutcome::Cancelled { .. } => {
                return None;
            }
        };
        let clear = self.is_clear();
        let failed = self
            .failed
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let same_for_all = matches!(
            failure.kind,
            FailureKind::AccessDenied
                | FailureKind::DeniedByOrganization
                | FailureKind::NotSupported
                | FailureKind::InvalidRequest
                | FailureKind::LimitExceeded
                | FailureKind::NotProven
        );
        let enough = if clear { IN_A_ROW } else { CANARIES };
        if failed >= enough || (same_for_all && !clear) {
            let last = failure.text.clone();
            return Some(Reason::OthersFailed { failed, last });
        }
        None
    }
}
