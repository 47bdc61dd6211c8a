//! What is still to be done of a run that stopped, as its certificate stands now.

use std::sync::Arc;

use crate::{
    domain::{
        self, CertificateId, CertificateStatus, Change, FailureKind, NEEDS_THE_OFFER, Operation,
        Reason, Record, RunOutcome, Step, StepRecord, StepState,
    },
    engine::{
        batch::{look::Presence, shared::Shared},
        looking::lost_answer::{self, Verdict},
    },
    journal::StepEvent,
};

/// Looks and plans: which steps are still to be done stands in the record, and in the journal.
pub(super) async fn events(
    shared: &Arc<Shared>,
    id: CertificateId,
    record: &mut Record,
) -> Result<(), RunOutcome> {
    let stopped = |reason: Reason| RunOutcome::Stopped(reason.of_run());
    let cancelled = || RunOutcome::Cancelled { begun: true };
    let stop = &shared.tools.stop;
    let look = stop.unless_no_more(Box::pin(needed(shared, record)));
    let mut needed = look.await.ok_or_else(cancelled)?.map_err(stopped)?;
    // A transfer that was made and is not among the offers: AWS's list is behind, or it came back.
    // It is not made a second time before that is known, and not offered again unasked.
    let made = record.steps.iter().enumerate().find(|(position, known)| {
        matches!(known.step, Step::Change(Change::Transfer { .. }))
            && known.state.is_over()
            && needed.contains(position)
    });
    if let Some((transfer, known)) = made
        && let Some(mutation) = known.step.mutation(&record.before.arn())
    {
        let ask = lost_answer::ask(&shared.connected, &mutation, record.began);
        let verdict = stop.unless(Box::pin(ask)).await.ok_or_else(cancelled)?;
        if verdict != Verdict::Made {
            return Err(stopped(Reason::CameBack));
        }
        needed.retain(|position| *position != transfer);
    }
    if let Some(named) = shared.planned.get(&id) {
        let planned = |position: &usize| record.steps.get(*position).map(|known| &known.step);
        let mut changes = needed.iter().filter_map(planned).filter(|it| it.changes());
        if changes.any(|it| !named.contains(it)) {
            return Err(stopped(Reason::MoreThanShown));
        }
    }
    let (now, run) = (shared.now(), record.id);
    let mut events = Vec::new();
    for (position, known) in record.steps.iter_mut().enumerate() {
        match (needed.contains(&position), known.state.is_over()) {
            // It was done and has been undone since: it is needed again.
            (true, true) => known.state = StepState::Planned,
            (false, false) => {
                known.state = StepState::Done(now);
                let state = known.state.clone();
                events.push(StepEvent {
                    run,
                    position,
                    state,
                });
            }
            _ => {}
        }
    }
    let written = shared.journal(move |journal| journal.steps(&events)).await;
    written.map_err(stopped)
}

/// The positions of the steps that a run still needs, as its certificate stands now.
pub(super) async fn needed(shared: &Arc<Shared>, run: &Record) -> Result<Vec<usize>, Reason> {
    if run.purpose.sets_up() {
        return Box::pin(needed_of_set_up(shared, run)).await;
    }
    match Box::pin(shared.look(run, run.purpose.puts_back())).await? {
        Presence::Here(present) => {
            let needed = domain::resume(run, &present, shared.now()).map_err(Reason::NoPlan)?;
            // The account book may have changed since the run began.
            for known in needed
                .iter()
                .filter_map(|position| run.steps.get(*position))
            {
                if let Step::Change(Change::Transfer { to, .. }) = known.step {
                    shared.may_receive(to)?;
                }
            }
            Ok(needed)
        }
        Presence::Gone if run.vanishes() => Ok(Vec::new()),
        // It was offered and is gone from here: the recipient has it now.
        Presence::Gone if transfers(run, |known| known.state.is_over()) => Ok(Vec::new()),
        // Nobody has seen the offer: a certificate that was deleted looks the same as one that was
        // accepted.
        Presence::Gone if transfers(run, |known| known.state.is_unclear()) => {
            Err(Reason::GoneUnseen)
        }
        Presence::Gone => Err(Reason::Gone),
    }
}

/// Whether a run has a transfer that stands so.
fn transfers(run: &Record, stands: fn(&StepRecord) -> bool) -> bool {
    let mut steps = run.steps.iter();
    steps.any(|it| matches!(it.step, Step::Change(Change::Transfer { .. })) && stands(it))
}

/// The positions of the steps that the recipient's half still needs.
///
/// # Errors
///
/// Why it cannot go on.
async fn needed_of_set_up(shared: &Arc<Shared>, run: &Record) -> Result<Vec<usize>, Reason> {
    let accepts = |it: &StepRecord| {
        let change = it.step.change();
        change.is_some_and(|change| change.operation() == Operation::AcceptCertificateTransfer)
    };
    let accepted = run.steps.iter().any(|it| accepts(it) && it.state.is_over());
    let found = match shared.connection.describe(run.before.certificate).await {
        Ok(found) => Some(found),
        Err(failure) if failure.kind == FailureKind::NotFound => None,
        Err(failure) => return Err(shared.failed(failure)),
    };
    let ours = found.as_ref().is_some_and(|it| {
        it.status != CertificateStatus::PendingTransfer && it.owner == Some(shared.place.account)
    });
    if accepted && !ours {
        return Err(Reason::Gone);
    }
    let activates = |it: &StepRecord| it.stage > NEEDS_THE_OFFER && !it.state.is_over();
    let unproven = run.steps.iter().any(activates);
    let needed = |it: &StepRecord| match &it.step {
        // Somebody has accepted it already, or the answer was lost.
        Step::AwaitOffer { .. } => !ours && !it.state.is_over(),
        Step::Change(_) if accepts(it) => !ours && !it.state.is_over(),
        // What was allowed then need not be so now.
        Step::Prove(_) => unproven,
        _ => !it.state.is_over(),
    };
    let steps = run.steps.iter().enumerate();
    Ok(steps
        .filter(|(_, it)| needed(it))
        .map(|(position, _)| position)
        .collect())
}
