//! Looks again at runs that stopped at a change whose answer was lost.

use std::sync::Arc;

use crate::{
    domain::{
        self, Batch, CertificateId, Change, Failure, MadeAfterAll, Procedure, Reason, RunEvent,
        Step, StepState,
    },
    engine::{
        batch::{
            look::Presence,
            run::claim::Claim,
            shared::{Shared, Tools},
        },
        connections::Connected,
    },
    journal::StepEvent,
};

/// Looks at the open runs of certificates, one after the other, in the background. What was
/// made after all is written into the journal.
///
/// # Errors
///
/// Why the open runs cannot be looked at.
pub(in crate::engine) async fn again(
    connected: Connected,
    certificates: Vec<CertificateId>,
    tools: Tools,
) -> Result<Vec<MadeAfterAll>, Failure> {
    let batch = Batch {
        place: connected.place().await?,
        procedure: Procedure::Resume,
        certificates,
        looks: Vec::new(),
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    let (shared, certificates, _) =
        Box::pin(Shared::of(connected, None, batch, tools, true)).await?;
    let mut made = Vec::new();
    for id in certificates {
        made.extend(Box::pin(look_at(&shared, id)).await);
    }
    Ok(made)
}

/// What of a run was made after all; `None` when AWS shows nothing of it, or cannot be asked.
async fn look_at(shared: &Arc<Shared>, id: CertificateId) -> Option<MadeAfterAll> {
    let open = shared.known(id).await.ok()?.open?;
    if open.claimed || !open.steps.iter().any(domain::StepRecord::may_arrive) {
        return None;
    }
    let made = match Box::pin(shared.look(&open, false)).await.ok()? {
        Presence::Here(present) => domain::made_after_all(&open, &present),
        Presence::Gone if open.vanishes() => (0..open.steps.len()).collect(),
        Presence::Gone => return None,
    };
    if made.is_empty() {
        return None;
    }
    let _hold = shared.tools.busy.hold(shared.arn(id))?;
    let claim = Claim::of(&shared.tools.ledger, open.id).await.ok()?;
    if claim.record.steps != open.steps {
        // Somebody has gone on with it since the look.
        claim.release().await;
        return None;
    }
    let done = note(claim, &made).await.ok()?;
    let step = |position: usize| Some((position, open.steps.get(position)?.step.clone()));
    Some(MadeAfterAll {
        id,
        steps: made.into_iter().filter_map(step).collect(),
        done,
    })
}

/// Writes that steps are done and releases the run. Returns whether the run is done.
async fn note(claim: Claim, made: &[usize]) -> Result<bool, Reason> {
    let (mut record, now) = (claim.record.clone(), claim.now());
    let run = record.id;
    let mut events = Vec::new();
    let offered = (record.steps.iter().enumerate()).any(|(at, it)| {
        made.contains(&at) && matches!(it.step, Step::Change(Change::Transfer { .. }))
    });
    for (position, known) in record.steps.iter_mut().enumerate() {
        // The list of outgoing transfers has it as well.
        let confirmed = offered && matches!(known.step, Step::Confirm { .. });
        if made.contains(&position) || confirmed {
            known.state = StepState::Done(now);
            let state = known.state.clone();
            events.push(StepEvent {
                run,
                position,
                state,
            });
        }
    }
    let done = record.ready().is_empty();
    let event = if done {
        RunEvent::Completed
    } else {
        RunEvent::Interrupted
    };
    let written = claim.end_with(move |journal| {
        let written = journal.steps(&events);
        journal.finish(run, event, now).and(written)
    });
    written.await.map(|()| done)
}
