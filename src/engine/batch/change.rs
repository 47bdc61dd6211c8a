//! Single changes: they are not in the journal.

use std::sync::Arc;

use crate::{
    domain::{
        CertificateId, CertificateStatus, Change, Done, Failure, FailureKind, Mutation, Reason,
        RunOutcome, Shows,
    },
    engine::{
        batch::{run::send::SENT_AT_MOST, shared::Shared},
        looking::lost_answer,
        looking::shown,
    },
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

/// Makes a change that does no harm when it is made twice. When its answer was lost, or says that there is
/// nothing to do, AWS is asked.
async fn repeatable(shared: &Shared, mutation: &Mutation) -> Option<Result<Done, Failure>> {
    let sent = shared.send_repeatable(mutation).await?;
    let failure = match sent.answer {
        Ok(done) => return Some(Ok(done)),
        Err(failure) => failure,
    };
    let made = match mutation.change.shows() {
        Shows::Status(wanted) if failure.ambiguous => {
            let found = shared.connection.describe(mutation.id()).await;
            found.is_ok_and(|found| found.status == wanted)
        }
        // A try whose answer was lost may have detached it: the SDK sends such a change again.
        Shows::Listed(_, false) if failure.kind == FailureKind::NotFound => {
            lost_answer::is_detached(&shared.connected, mutation).await
        }
        _ => false,
    };
    if !made {
        return Some(Err(failure));
    }
    let done = Ok(Done {
        request_id: failure.request_id,
        confirmed_afterwards: true,
    });
    shared.answered(mutation, sent.number, &done).await;
    Some(done)
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
