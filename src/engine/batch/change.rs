//! Single changes. The journal has those alone that can never be undone.

use std::sync::Arc;

use crate::{
    domain::{
        Action, CertificateId, CertificateStatus, Change, Done, Failure, FailureKind, Mutation,
        Plan, Reason, RunOutcome,
    },
    engine::{
        batch::{
            run::{claim::Claim, execute, send::SENT_AT_MOST},
            shared::Shared,
        },
        looking::shown,
    },
    journal::JournalError,
};

/// Makes a single change of a certificate that is still what the dialog showed.
pub(super) async fn change(
    shared: &Arc<Shared>,
    id: CertificateId,
    change: &Change,
) -> Result<RunOutcome, RunOutcome> {
    let mutation = change.clone().of(shared.arn(id));
    if let Some(shown) = shared.shown.get(&id) {
        let look = shown::still_is(&shared.connected, &mutation, shown);
        let still = shared.unless_no_more(Box::pin(look)).await?;
        still.map_err(|failure| RunOutcome::Refused(shared.failed(failure)))?;
    }
    if change.is_final() {
        return written_down(shared, id, change).await;
    }
    let not_begun = RunOutcome::Cancelled { begun: false };
    let made = if change.repeatable() {
        repeatable(shared, &mutation).await
    } else {
        // A person waits for this one: report the failure instead of sending it again.
        let times = if shared.many { SENT_AT_MOST } else { 1 };
        shared.send_once(&mutation, None, times).await
    };
    match made.ok_or(not_begun)? {
        Ok(_) => {
            if *change == Change::CancelTransfer {
                note_return(shared, id).await;
            }
            Ok(RunOutcome::Done)
        }
        Err(failure) if failure.ambiguous => Err(RunOutcome::Stopped(shared.short(failure))),
        Err(failure) => Err(RunOutcome::Refused(shared.failed(failure))),
    }
}

/// Makes a change that can never be undone, after the journal has it and the certificate itself.
async fn written_down(
    shared: &Arc<Shared>,
    id: CertificateId,
    change: &Change,
) -> Result<RunOutcome, RunOutcome> {
    let before = shared.before(id).await?;
    let action = Action::of_procedure(&shared.procedure);
    if let Some(obstacle) = action.and_then(|action| action.obstacle(&before.readiness())) {
        return Err(RunOutcome::Refused(Reason::NotReady(obstacle)));
    }
    let plan = Plan::of_change(change.clone());
    let now = shared.now();
    let begun = Claim::begin(&shared.tools.ledger, move |journal| {
        let run = journal.begin_final_change(&before, &plan, now)?;
        journal.record(run)?.ok_or(JournalError::Unknown(run))
    });
    let claim = begun.await.map_err(RunOutcome::Refused)?;
    Ok(execute::go_on(shared, claim).await)
}

/// Makes a change that does no harm when it is made twice. When AWS says that there is nothing to detach,
/// its lists are asked.
async fn repeatable(shared: &Shared, mutation: &Mutation) -> Option<Result<Done, Failure>> {
    let sent = shared.send_repeatable(mutation).await?;
    let failure = match sent.answer {
        Ok(done) => return Some(Ok(done)),
        Err(failure) => failure,
    };
    if failure.kind != FailureKind::NotFound {
        return Some(Err(failure));
    }
    Some(shared.seen_detached(mutation, sent.number, failure).await)
}

/// Writes down in which edition a certificate came back. A later edition means that somebody has
/// changed it since, so a batch does not put it back.
async fn note_return(shared: &Shared, id: CertificateId) {
    let place = shared.place.clone();
    let history = shared.journal(move |journal| journal.history(&place, id, 1));
    if history.await.is_ok_and(|runs| runs.is_empty()) {
        return;
    }
    let Ok(found) = shared.connection.describe(id).await else {
        return;
    };
    if found.status != CertificateStatus::Inactive {
        return;
    }
    let (place, edition) = (shared.place.clone(), found.edition());
    let noted = shared.journal(move |journal| journal.returned(&place, id, edition));
    // Without the edition, the run's dates are compared instead, which is less exact.
    let _: Result<(), Reason> = noted.await;
}
