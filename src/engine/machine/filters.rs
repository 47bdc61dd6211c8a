//! The filters that were saved: in a file, or in memory alone.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{Failure, Operation},
    journal::{self, FiltersError},
};

/// The filters that were saved. Clones share them.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct SavedFilters {
    path: Option<PathBuf>,
    memory: Arc<Mutex<Vec<String>>>,
}

impl SavedFilters {
    /// In a file, or in memory.
    pub(in crate::engine) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(in crate::engine) async fn all(&self) -> Result<Vec<String>, Failure> {
        let saved = self.clone();
        blocking(move || match &saved.path {
            Some(path) => journal::saved_filters(path),
            None => Ok(saved.in_memory(|all| all.clone())),
        })
        .await
    }

    /// Saves one, or forgets it. Answers with those that are saved then.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub(in crate::engine) async fn save(
        &self,
        filter: String,
        keep: bool,
    ) -> Result<Vec<String>, Failure> {
        let saved = self.clone();
        blocking(move || match &saved.path {
            Some(path) => journal::save_filter(path, filter, keep),
            None => saved.in_memory(|all| {
                *all = journal::with_filter(all.clone(), filter, keep)?;
                Ok(all.clone())
            }),
        })
        .await
    }

    fn in_memory<T>(&self, with: impl FnOnce(&mut Vec<String>) -> T) -> T {
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
