//! The journal, for tasks that must not block.

use std::{
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    domain::{Failure, FailureKind, Operation, Reason, Timestamp},
    engine::machine::system::Machine,
    journal::{self, Journal, JournalError, Options, StepEvent},
};

/// Where the journal is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalPlace {
    /// Where the person's journal is: [`journal::default_path`].
    Standard,
    /// In a file, which is made when it is first needed.
    File(PathBuf),
    /// In memory: for a control plane that is itself gone with the process.
    Memory,
}

/// How long to wait until the journal rests.
const REST: Duration = Duration::from_secs(1);

/// The journal; opened when it is first needed, and again after a failure to open it. Clones are
/// the same one.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Ledger {
    inner: Arc<LedgerInner>,
}

type WaitingSteps = Vec<(StepEvent, oneshot::Sender<Result<(), JournalError>>)>;

#[derive(Debug)]
struct LedgerInner {
    place: JournalPlace,
    machine: Machine,
    /// Held only to look at it, never while it is being opened.
    journal: Mutex<Option<Journal>>,
    opening: Mutex<()>,
    /// Step events that wait for the write that is under way to end.
    waiting: Mutex<WaitingSteps>,
    writing: Mutex<()>,
}

/// What a request that needs the journal fails with.
pub(in crate::engine) fn failure(error: &JournalError) -> Failure {
    Failure {
        kind: FailureKind::Journal,
        ..Failure::internal(Operation::Journal, format!("{error}. {}", error.advice()))
    }
}

/// Why a certificate cannot be worked on when the journal fails.
pub(in crate::engine) fn reason(error: &JournalError) -> Reason {
    match error {
        JournalError::Claimed(_) => Reason::Claimed,
        JournalError::Unfinished(_) => Reason::Undecided,
        JournalError::Overtaken(_) => Reason::ChangedMeanwhile,
        error => Reason::Journal(error.to_string()),
    }
}

impl Ledger {
    /// The journal in a place.
    pub(in crate::engine) fn new(place: JournalPlace, machine: Machine) -> Self {
        Self {
            inner: Arc::new(LedgerInner {
                place,
                machine,
                journal: Mutex::default(),
                opening: Mutex::default(),
                waiting: Mutex::default(),
                writing: Mutex::default(),
            }),
        }
    }

    /// What time it is for the journal.
    pub(in crate::engine) fn now(&self) -> Timestamp {
        self.inner.machine.now()
    }

    /// Does something with the journal.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened, or what `work` failed with.
    pub(in crate::engine) async fn with<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let machine = inner.machine.clone();
        let done = machine.block(move || inner.machine.disk(|| work(&inner.opened()?)));
        done.await.unwrap_or_else(|_| Err(panicked()))
    }

    /// Whether anybody else has it.
    #[cfg(feature = "faults")]
    pub(in crate::engine) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.inner) > 1
    }

    /// Comes to rest: [`Journal::rest`].
    pub(in crate::engine) fn rest(&self) {
        if let Some(journal) = &*lock(&self.inner.journal) {
            // It fails only while another process has the file open. That one does it at its end.
            journal.rest(REST);
        }
    }

    /// Goes on writing.
    pub(in crate::engine) fn wake(&self) {
        if let Some(journal) = &*lock(&self.inner.journal) {
            journal.wake();
        }
    }

    /// Writes how a step stands. What several tasks write at a time is one write to the disk.
    pub(in crate::engine) async fn step(&self, event: StepEvent) -> Result<(), JournalError> {
        let (sender, receiver) = oneshot::channel();
        lock(&self.inner.waiting).push((event, sender));
        let inner = Arc::clone(&self.inner);
        // If it fails, the receivers get errors.
        let machine = inner.machine.clone();
        let _ = machine.block(move || inner.write_steps()).await;
        receiver.await.unwrap_or_else(|_| Err(panicked()))
    }
}

impl LedgerInner {
    fn opened(&self) -> Result<Journal, JournalError> {
        if let Some(open) = lock(&self.journal).clone() {
            return Ok(open);
        }
        let _opening = lock(&self.opening);
        if let Some(open) = lock(&self.journal).clone() {
            return Ok(open);
        }
        let open = match &self.place {
            JournalPlace::Standard => Journal::open(&journal::default_path()?, &Options::default()),
            JournalPlace::File(path) => Journal::open(path, &Options::default()),
            JournalPlace::Memory => Journal::in_memory(),
        }?;
        *lock(&self.journal) = Some(open.clone());
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
        let write = |events: &[StepEvent]| self.machine.disk(|| journal.steps(events));
        let together = write(&events);
        for (event, sender) in events.into_iter().zip(senders) {
            // All or none: one run that is not held must not keep the others from being written.
            let written = together
                .clone()
                .or_else(|_| write(std::slice::from_ref(&event)));
            // The receiver was dropped: nobody waits for this write.
            let _ = sender.send(written);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves them consistent.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn panicked() -> JournalError {
    JournalError::Internal("the task that wrote it has ended".to_owned())
}
