//! Batches: what one confirmation covers, on one certificate or on a thousand.
//!
//! Each certificate is worked on by a task of its own, several at once. What goes wrong with one,
//! a panic included, ends the work on that one and on no other. Every run goes through the same four
//! moves: look, plan, write down, execute.

mod again;
mod canary;
mod change;
mod hand_over;
mod known;
mod look;
mod put_back;
mod remaining;
mod reports;
mod resume;
mod run;
mod shared;
mod transfer;

use std::{collections::HashMap, sync::Arc};

use tokio::task::JoinSet;
use tracing::{Instrument as _, info, info_span};

pub(super) use crate::engine::batch::again::again;
pub(super) use crate::engine::batch::known::Known;
pub(super) use crate::engine::batch::shared::Tools;
use crate::{
    domain::{
        Batch, BatchId, CarryReport, CertificateId, Change, Failure, Planned, PlannedOne,
        Procedure, Progress, Reason, RunOutcome, ask,
    },
    engine::{
        batch::shared::Shared, connections::Connected, looking::look as looking, machine::ledger,
    },
    journal::OfferTo,
};

/// Carries out a batch.
///
/// # Errors
///
/// Why the batch was not begun at all.
pub(super) async fn carry(
    connected: Connected,
    there: Option<Connected>,
    batch: Batch,
    tools: Tools,
) -> Result<(), Failure> {
    let span = info_span!("batch");
    let carry = Box::pin(carry_inside(connected, there, batch, tools));
    carry.instrument(span).await
}

async fn carry_inside(
    connected: Connected,
    there: Option<Connected>,
    batch: Batch,
    tools: Tools,
) -> Result<(), Failure> {
    info!(
        procedure = ?batch.procedure,
        place = batch.place.words(),
        certificates = batch.certificates.len(),
        "begins"
    );
    let opened = Shared::of(connected, there, batch, tools, false);
    let (shared, certificates, delivery) = Box::pin(opened).await?;
    if let Procedure::HandOver { to, .. } = &shared.procedure {
        hand_over::halves::check_sides(&shared, *to)?;
    }
    let noted = shared.note_batch(&certificates).await?;
    let work = async {
        shared.work_on(certificates).await;
        shared.reports.end().await;
    };
    let slowed = || shared.slowed();
    tokio::join!(work, delivery.deliver(&shared.tools.replies, slowed));
    if let Some(batch) = noted {
        // If this fails, the next start reports the batch once more.
        let _ = shared
            .journal(move |journal| journal.forget_batch(batch))
            .await;
    }
    info!(calls = shared.calls(), "is over");
    let replies = &shared.tools.replies;
    replies.answer::<ask::Carry>(CarryReport::Over).await;
    Ok(())
}

/// Looks which steps a batch to resume or to put back would do. Answers with each certificate.
///
/// # Errors
///
/// Why no certificate of it can be planned.
pub(super) async fn plan(
    connected: Connected,
    there: Option<Connected>,
    batch: Batch,
    tools: Tools,
) -> Result<(), Failure> {
    let opened = Shared::of(connected, there, batch, tools, true);
    let (shared, certificates, _) = Box::pin(opened).await?;
    let plan = |id| {
        let shared = Arc::clone(&shared);
        async move {
            let planned = match shared.procedure {
                Procedure::PutBack => Box::pin(put_back::plan(&shared, id)).await,
                _ => (Box::pin(resume::plan(&shared, id)).await).map(|steps| (steps, Vec::new())),
            };
            let (steps, remarks) = match planned {
                Ok((steps, remarks)) => (Ok(steps), remarks),
                Err(why) => (Err(why), Vec::new()),
            };
            Planned { id, steps, remarks }
        }
    };
    let answer = |steps, last| PlannedOne { steps, last };
    looking::each::<ask::PlanOf, _, _>(certificates, plan, answer, &shared.tools.replies).await
}

impl Shared {
    /// Writes down what a batch of transfers is confirmed for, before it begins with any.
    async fn note_batch(&self, certificates: &[CertificateId]) -> Result<Option<BatchId>, Failure> {
        let (to, message) = match &self.procedure {
            Procedure::PrepareAndTransfer { to, message }
            | Procedure::HandOver { to, message }
            | Procedure::Change(Change::Transfer { to, message })
                if self.many =>
            {
                (*to, message.clone())
            }
            _ => return Ok(None),
        };
        let (place, certificates) = (self.place.clone(), certificates.to_vec());
        let now = self.now();
        let hand_over = matches!(self.procedure, Procedure::HandOver { .. });
        let written = self.tools.ledger.with(move |journal| {
            let offer = OfferTo {
                to,
                message: message.as_deref(),
                hand_over,
            };
            journal.begin_batch(&place, &offer, &certificates, now)
        });
        written
            .await
            .map(Some)
            .map_err(|error| ledger::failure(&error))
    }

    async fn work_on(self: &Arc<Self>, certificates: Vec<CertificateId>) {
        let stop = &self.tools.stop;
        let mut waiting = certificates.into_iter().peekable();
        let mut tasks = JoinSet::new();
        let mut ids = HashMap::new();
        loop {
            let more = waiting.peek().is_some() && !stop.no_more();
            tokio::select! {
                biased;
                Some(joined) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    let (task, outcome) = match joined {
                        Ok((task, outcome)) => (task, outcome),
                        // Its task panicked, which released its claim.
                        Err(error) => (error.id(), RunOutcome::Stopped(Reason::Broken.of_run())),
                    };
                    let Some(id) = ids.remove(&task) else {
                        continue;
                    };
                    self.free_slot(id);
                    info!(certificate = %id, ?outcome, "a run is over");
                    self.progress(Progress::Ended { id, outcome }).await;
                }
                Ok(slot) = Arc::clone(&self.slots).acquire_owned(), if more => {
                    if stop.no_more() {
                        continue;
                    }
                    let Some(id) = waiting.next() else {
                        continue;
                    };
                    self.fill_slot(id, slot);
                    let shared = Arc::clone(self);
                    let run = info_span!("run", certificate = %id);
                    let work = async move { Box::pin(shared.one(id)).await };
                    let task = tasks.spawn(work.instrument(run));
                    ids.insert(task.id(), id);
                }
                else => break,
            }
        }
        for id in waiting {
            let outcome = RunOutcome::Cancelled { begun: false };
            self.progress(Progress::Ended { id, outcome }).await;
        }
    }

    /// The work on one certificate.
    async fn one(self: &Arc<Self>, id: CertificateId) -> RunOutcome {
        match self.attempt(id).await {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    async fn attempt(self: &Arc<Self>, id: CertificateId) -> Result<RunOutcome, RunOutcome> {
        let busy = &self.tools.busy;
        let hold = if self.procedure.is_journaled() {
            busy.hold(self.arn(id)).ok_or(Reason::InUse)
        } else {
            busy.hold_by_hand(self.arn(id)).ok_or(Reason::InUse)
        };
        let _hold = hold.map_err(RunOutcome::Refused)?;
        let ahead = self.unless_no_more(self.canary.wait()).await?;
        if let Some(why) = self.hopeless() {
            return Err(RunOutcome::Refused(why));
        }
        if let Some(to) = self.procedure.recipient() {
            self.may_receive(to).map_err(RunOutcome::Refused)?;
        }
        match &self.procedure {
            Procedure::PrepareAndTransfer { to, message } => {
                let outcome = transfer::prepare(self, id, *to, message.as_deref()).await;
                // Releases the others only now that the outcome is known.
                drop(ahead);
                outcome
            }
            Procedure::HandOver { to, message } => {
                let hand_over = hand_over::halves::hand_over(self, id, *to, message.as_deref());
                let outcome = Box::pin(hand_over).await;
                // Releases the others only now that the outcome is known.
                drop(ahead);
                outcome
            }
            Procedure::Change(Change::Transfer { to, message }) => {
                transfer::if_ready(self, id, *to, message.as_deref()).await
            }
            Procedure::Resume => Box::pin(resume::resume(self, id)).await,
            Procedure::PutBack => Box::pin(put_back::put_back(self, id)).await,
            Procedure::LeaveAsIs => resume::leave(self, id).await,
            Procedure::RemoveCreated => Box::pin(hand_over::removal::remove(self, id)).await,
            Procedure::Change(change) => change::change(self, id, change).await,
        }
    }
}
