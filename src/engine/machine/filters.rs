//! The filters that were saved: in a file, or in memory alone.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{Failure, FilterChange, KeptFilters, Operation},
    journal::{self, FiltersError},
};

/// The filters that were saved. Clones share them.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct SavedFilters {
    path: Option<PathBuf>,
    memory: Arc<Mutex<KeptFilters>>,
}

impl SavedFilters {
    /// In a file, or in memory.
    pub(in crate::engine) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(in crate::engine) async fn all(&self) -> Result<KeptFilters, Failure> {
        let saved = self.clone();
        blocking(move || match &saved.path {
            Some(path) => journal::saved_filters(path),
            None => Ok(saved.in_memory(|all| all.clone())),
        })
        .await
    }

    /// Saves one, remembers that it was used, or forgets it. Answers with those that are kept then.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub(in crate::engine) async fn save(
        &self,
        filter: String,
        change: FilterChange,
    ) -> Result<KeptFilters, Failure> {
        let saved = self.clone();
        blocking(move || match &saved.path {
            Some(path) => journal::save_filter(path, filter, change),
            None => saved.in_memory(|all| {
                *all = journal::with_filter(all.clone(), filter, change)?;
                Ok(all.clone())
            }),
        })
        .await
    }

    fn in_memory<T>(&self, with: impl FnOnce(&mut KeptFilters) -> T) -> T {
        with(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The disk may be slow.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FiltersError> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    let failed = |why: String| Failure::internal(Operation::Journal, why);
    done.map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))
}
