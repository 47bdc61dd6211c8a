//! Going on with a run that stopped, or leaving its certificate as it is.

use std::sync::Arc;

use crate::{
    domain::{
        self, CertificateId, Change, Reason, Record, RunEvent, RunOutcome, Step, StepRecord,
        StepState,
    },
    engine::{
        batch::{
            look::Presence,
            run::{claim::Claim, execute},
            shared::Shared,
        },
        ledger,
        looking::lost_answer::{self, Verdict},
    },
    journal::StepEvent,
};

/// The steps that going on with the open run would do.
///
/// # Errors
///
/// Why it cannot go on.
pub(super) async fn plan(shared: &Arc<Shared>, id: CertificateId) -> Result<Vec<Step>, Reason> {
    let open = shared.known(id).await?.open.ok_or(Reason::NoOpenRun)?;
    let needed = needed(shared, &open).await?;
    let steps = open.steps.into_iter().enumerate();
    Ok(steps
        .filter(|(position, _)| needed.contains(position))
        .map(|(_, known)| known.step)
        .collect())
}

/// Goes on with the open run.
pub(super) async fn resume(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let known = shared.known(id).await.map_err(RunOutcome::Refused)?;
    let open = known.open.ok_or(RunOutcome::Refused(Reason::NoOpenRun))?;
    let claim = Claim::of(&shared.tools.ledger, open.id);
    let mut claim = claim.await.map_err(RunOutcome::Refused)?;
    match events(shared, id, &mut claim.record).await {
        Ok(()) => {}
        Err(stopped) => {
            claim.release().await;
            return Err(stopped);
        }
    }
    shared.report_run(&claim.record, Vec::new()).await;
    Ok(execute::go_on(shared, claim).await)
}

/// Looks and plans: which steps are still to be done stands in the record, and in the journal.
async fn events(
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
    let (now, run) = (ledger::now(), record.id);
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
async fn needed(shared: &Arc<Shared>, run: &Record) -> Result<Vec<usize>, Reason> {
    match Box::pin(shared.look(run, run.purpose.puts_back())).await? {
        Presence::Here(present) => {
            let needed = domain::resume(run, &present, ledger::now()).map_err(Reason::NoPlan)?;
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

/// Leaves the certificate as its open run left it.
pub(super) async fn leave(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let known = shared.known(id).await.map_err(RunOutcome::Refused)?;
    let open = known.open.ok_or(RunOutcome::Refused(Reason::NoOpenRun))?;
    let left = shared.journal(move |journal| {
        let record = journal.claim(open.id)?;
        journal.finish(record.id, RunEvent::Left, ledger::now())
    });
    left.await.map_err(RunOutcome::Refused)?;
    Ok(RunOutcome::Done)
}
