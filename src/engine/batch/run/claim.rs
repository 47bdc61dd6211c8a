//! A run that this process holds in the journal.

use crate::{
    domain::{Reason, Record, RunEvent, RunId, Timestamp},
    engine::machine::ledger::{Ledger, reason},
    journal::{Journal, JournalError},
};

/// A run that nobody else works on. It is given up when this is dropped: by an early return, or by a
/// panic.
pub(in crate::engine::batch) struct Claim {
    /// The run as it was when it was claimed.
    pub(in crate::engine::batch) record: Record,
    ledger: Ledger,
    held: bool,
}

impl Claim {
    /// Claims a run that is open.
    ///
    /// # Errors
    ///
    /// [`Reason::Claimed`] while another process works on it, or why it cannot be written down.
    pub(in crate::engine::batch) async fn of(ledger: &Ledger, run: RunId) -> Result<Self, Reason> {
        Self::begin(ledger, move |journal| journal.claim(run)).await
    }

    /// Begins a run, or goes on with one, and holds it from then on.
    ///
    /// # Errors
    ///
    /// Why it cannot be written down.
    pub(in crate::engine::batch) async fn begin(
        ledger: &Ledger,
        write: impl FnOnce(&Journal) -> Result<Record, JournalError> + Send + 'static,
    ) -> Result<Self, Reason> {
        let record = ledger.with(write).await.map_err(|error| reason(&error))?;
        Ok(Self::held(ledger, record))
    }

    /// A run that was begun and is held already.
    pub(in crate::engine::batch) fn held(ledger: &Ledger, record: Record) -> Self {
        Self {
            record,
            ledger: ledger.clone(),
            held: true,
        }
    }

    /// What time it is for the journal.
    pub(in crate::engine::batch) fn now(&self) -> Timestamp {
        self.ledger.now()
    }

    /// Writes how the run ended.
    ///
    /// # Errors
    ///
    /// Why it cannot be written down.
    pub(in crate::engine::batch) async fn end(self, event: RunEvent) -> Result<(), Reason> {
        let (run, now) = (self.record.id, self.now());
        self.end_with(move |journal| journal.finish(run, event, now))
            .await
    }

    /// Writes how the run ended, with what belongs to it.
    ///
    /// # Errors
    ///
    /// Why it cannot be written down. The run stays claimed by a process that does not work on it then:
    /// [`Busy::correct`](super::super::busy::Busy::correct).
    pub(in crate::engine::batch) async fn end_with<T: Send + 'static>(
        mut self,
        write: impl FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, Reason> {
        self.held = false;
        let written = self.ledger.with(write).await;
        written.map_err(|error| reason(&error))
    }

    /// A run that puts this one back has begun, and with it this one is not held any more.
    pub(in crate::engine::batch) fn handed_on(mut self) {
        self.held = false;
    }

    /// Gives the run up, for a person to decide about.
    pub(in crate::engine::batch) async fn release(self) {
        // If it fails, the next look at the journal corrects it.
        let _ = self.end(RunEvent::Interrupted).await;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.held {
            return;
        }
        let (ledger, run) = (self.ledger.clone(), self.record.id);
        // Without a runtime the process ends, and with it the claim.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let now = ledger.now();
                let interrupted =
                    move |journal: &Journal| journal.finish(run, RunEvent::Interrupted, now);
                let _ = ledger.with(interrupted).await;
            });
        }
    }
}
