//! What a batch has created or found in an account, once for all of its certificates.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{Mutex as AsyncMutex, OnceCell};

use crate::domain::Resource;

/// What is known to be there.
#[derive(Debug, Default)]
pub(in crate::engine::batch) struct Made {
    known: Mutex<HashMap<Resource, Arc<AsyncMutex<bool>>>>,
    /// The policies that were there and still say what was shown.
    unchanged: Mutex<HashMap<String, Arc<OnceCell<bool>>>>,
    /// Whether AWS tests only active certificates.
    pub(in crate::engine::batch) only_active: AtomicBool,
}

impl Made {
    /// Held by the one that creates it; others wait. It is true once it is there.
    pub(in crate::engine::batch) fn cell(&self, resource: &Resource) -> Arc<AsyncMutex<bool>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(resource.clone()).or_default())
    }

    /// Where it stands whether a policy still says what was shown.
    pub(in crate::engine::batch) fn unchanged(&self, policy: &str) -> Arc<OnceCell<bool>> {
        let mut known = (self.unchanged.lock()).unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(policy.to_owned()).or_default())
    }

    /// Whether AWS tests only active certificates.
    pub(in crate::engine::batch) fn tests_only_active(&self) -> bool {
        self.only_active.load(Ordering::Relaxed)
    }

    /// Whether it is known to be there.
    pub(in crate::engine::batch) fn has(&self, resource: &Resource) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = known.get(resource);
        cell.is_some_and(|cell| cell.try_lock().is_ok_and(|made| *made))
    }
}
