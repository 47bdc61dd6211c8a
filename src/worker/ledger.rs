//! The journal, for tasks that must not block.

use std::{
    fs, mem,
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::{sync::oneshot, task::spawn_blocking};

use crate::{
    domain::{Failure, FailureKind, Operation, Timestamp},
    journal::{self, Journal, JournalError, Options, StepEvent},
};

/// Where the journal is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalPlace {
    /// Where the person's journal is: [`journal::default_path`].
    Standard,
    /// In a file, which is made when it is first needed.
    File(PathBuf),
    /// In a folder for temporary files, which is removed with the background task: for a control
    /// plane that is itself gone then.
    Temporary,
}

/// The journal; opened when it is first needed, and again after a failure to open it. Clones are
/// the same one.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    inner: Arc<Inner>,
}

type Waiting = Vec<(StepEvent, oneshot::Sender<Result<(), JournalError>>)>;

#[derive(Debug)]
struct Inner {
    /// The standard one when there is none.
    path: Option<PathBuf>,
    /// To be removed in the end.
    folder: Option<PathBuf>,
    journal: Mutex<Option<Journal>>,
    /// Step events that wait for the write that is under way to end.
    waiting: Mutex<Waiting>,
    writing: Mutex<()>,
}

/// What time it is for the journal.
pub(super) fn now() -> Timestamp {
    Timestamp::now_utc()
}

/// What a request that needs the journal fails with.
pub(super) fn failure(error: &JournalError) -> Failure {
    Failure {
        kind: FailureKind::Other,
        ..Failure::internal(
            Operation::Journal,
            format!("The journal: {error}. {}", error.advice()),
        )
    }
}

impl Ledger {
    pub(super) fn new(place: JournalPlace) -> Self {
        let (path, folder) = match place {
            JournalPlace::Standard => (None, None),
            JournalPlace::File(path) => (Some(path), None),
            JournalPlace::Temporary => {
                static NUMBER: AtomicU32 = AtomicU32::new(0);
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let since_epoch = now().unix_timestamp_nanos();
                let name = format!("certferry-demo-{}-{number}-{since_epoch}", process::id());
                let folder = std::env::temp_dir().join(name);
                (Some(folder.join("journal.db")), Some(folder))
            }
        };
        Self {
            inner: Arc::new(Inner {
                path,
                folder,
                journal: Mutex::default(),
                waiting: Mutex::default(),
                writing: Mutex::default(),
            }),
        }
    }

    /// Does something with the journal.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened, or what `work` failed with.
    pub(super) async fn with<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let done = spawn_blocking(move || work(&inner.opened()?));
        done.await.unwrap_or_else(|_| Err(panicked()))
    }

    /// Writes how a step stands. What several tasks write at a time is one write to the disk.
    pub(super) async fn step(&self, event: StepEvent) -> Result<(), JournalError> {
        let (sender, receiver) = oneshot::channel();
        lock(&self.inner.waiting).push((event, sender));
        let inner = Arc::clone(&self.inner);
        // Its failure shows in the receiver's.
        let _ = spawn_blocking(move || inner.write_steps()).await;
        receiver.await.unwrap_or_else(|_| Err(panicked()))
    }
}

impl Inner {
    fn opened(&self) -> Result<Journal, JournalError> {
        let mut journal = lock(&self.journal);
        if let Some(open) = &*journal {
            return Ok(open.clone());
        }
        let path = match &self.path {
            Some(path) => path.clone(),
            None => journal::default_path()?,
        };
        let open = Journal::open(&path, &Options::default())?;
        *journal = Some(open.clone());
        Ok(open)
    }

    fn write_steps(&self) {
        let _writing = lock(&self.writing);
        let waiting = mem::take(&mut *lock(&self.waiting));
        let (events, senders): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let journal = match self.opened() {
            Ok(journal) => journal,
            Err(error) => {
                for sender in senders {
                    let _ = sender.send(Err(error.clone()));
                }
                return;
            }
        };
        if events.is_empty() {
            return;
        }
        let together = journal.steps(&events);
        for (event, sender) in events.into_iter().zip(senders) {
            // All or none: one run that is not held must not keep the others from being written.
            let written = together
                .clone()
                .or_else(|_| journal.steps(std::slice::from_ref(&event)));
            // Whoever does not wait any more does not need it.
            let _ = sender.send(written);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            drop(lock(&self.journal).take());
            // It is a folder for temporary files.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept in them is whole at any moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn panicked() -> JournalError {
    JournalError::Internal("the task that wrote it has ended".to_owned())
}
