//! A run that stopped at a change which may have arrived since: whether it did.

use std::sync::Arc;

use super::{
    Shared, Tools,
    begin::{claim, known},
    look::Seen,
    prepared,
};
use crate::{
    domain::{
        self, Answer, Batch, CertificateId, Failure, MadeAfterAll, Procedure, Record, RunEvent,
        Step, StepState,
    },
    engine::{connections::Connected, ledger},
    journal::{JournalError, StepEvent},
};

/// Looks at the open runs of certificates, one after the other: nobody waits for it. What was made
/// after all is written into the journal.
///
/// # Errors
///
/// Why none of it can be seen.
pub(in crate::engine) async fn again(
    connected: Connected,
    certificates: Vec<CertificateId>,
    tools: Tools,
) -> Result<Answer, Failure> {
    let batch = Batch {
        place: connected.place().await?,
        procedure: Procedure::Resume,
        certificates,
        looks: Vec::new(),
        planned: Vec::new(),
        shown: Vec::new(),
    };
    let (shared, certificates, _) = prepared(connected, batch, tools, true).await?;
    let mut made = Vec::new();
    for id in certificates {
        made.extend(Box::pin(look_at(&shared, id)).await);
    }
    Ok(Answer::RunsAgain(made))
}

/// What of a run was made after all; `None` when AWS shows nothing of it, or cannot be asked.
async fn look_at(shared: &Arc<Shared>, id: CertificateId) -> Option<MadeAfterAll> {
    let open = known(shared, id).await.ok()?.open?;
    if open.claimed || !open.steps.iter().any(domain::StepRecord::may_arrive) {
        return None;
    }
    let Seen::Here(present) = Box::pin(shared.look(&open, false)).await.ok()? else {
        return None;
    };
    let made = domain::made_after_all(&open, &present);
    if made.is_empty() {
        return None;
    }
    let _taken = shared.tools.busy.hold(shared.arn(id))?;
    let record = claim(shared, open.id).await.ok()?;
    let noted = note(shared, record, &open, &made).await;
    shared.lock_runs().remove(&id);
    let done = noted.ok()??;
    let step = |position: usize| Some((position, open.steps.get(position)?.step.clone()));
    Some(MadeAfterAll {
        id,
        steps: made.into_iter().filter_map(step).collect(),
        done,
    })
}

/// Writes down that steps are done, and gives the run up. Whether it has come to its end; `None` when
/// somebody has gone on with it since the look.
async fn note(
    shared: &Arc<Shared>,
    mut record: Record,
    looked_at: &Record,
    made: &[usize],
) -> Result<Option<bool>, JournalError> {
    let (run, now) = (record.id, ledger::now());
    let mut events = Vec::new();
    let same = record.steps == looked_at.steps;
    if same {
        let offered = (record.steps.iter().enumerate())
            .any(|(at, it)| made.contains(&at) && matches!(it.step, Step::Transfer { .. }));
        for (position, known) in record.steps.iter_mut().enumerate() {
            // The list of outgoing transfers has it as well.
            let confirmed = offered && matches!(known.step, Step::Confirm { .. });
            if made.contains(&position) || confirmed {
                known.state = StepState::Done(now);
                events.push(StepEvent {
                    run,
                    position,
                    state: known.state.clone(),
                });
            }
        }
    }
    let done = record.ready().is_empty();
    let event = if done {
        RunEvent::Completed
    } else {
        RunEvent::Interrupted
    };
    let written = shared.tools.ledger.with(move |journal| {
        let written = journal.steps(&events);
        journal.finish(run, event, now).and(written)
    });
    written.await.map(|()| same.then_some(done))
}
