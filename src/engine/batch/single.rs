//! Single changes of many certificates.

use std::sync::Arc;

use super::Shared;
use crate::{
    domain::{CertificateId, CertificateStatus, Change, Done, Failure, FailureKind, RunOutcome},
    engine::shown,
};

/// Makes a single change.
pub(super) async fn change(shared: &Arc<Shared>, id: CertificateId, change: &Change) -> RunOutcome {
    let mutation = change.mutation(id);
    if let Some(shown) = shared.shown.get(&id) {
        let look = Box::pin(shown::still_is(&shared.connection, &mutation, shown));
        match shared.tools.stop.unless_no_more(look).await {
            None => return RunOutcome::Cancelled { begun: false },
            Some(Err(failure)) => {
                let short = shared.short(&failure).text;
                return RunOutcome::Refused(match failure.kind {
                    FailureKind::Changed => failure.message,
                    _ => short,
                });
            }
            Some(Ok(())) => {}
        }
    }
    if !mutation.idempotent() {
        let made = shared.settled(&mutation, None).await;
        if let (Change::CancelTransfer, Some(Ok(_))) = (change, &made) {
            note_return(shared, id).await;
        }
        return made.map_or(RunOutcome::Cancelled { begun: false }, |made| {
            ended(shared, made)
        });
    }
    let Some(sent) = shared.send(&mutation).await else {
        return RunOutcome::Cancelled { begun: false };
    };
    let wanted = match change {
        Change::Activate => Some(CertificateStatus::Active),
        Change::Deactivate => Some(CertificateStatus::Inactive),
        _ => None,
    };
    let lost = sent.answer.as_ref().is_err_and(|failure| failure.ambiguous);
    if lost && wanted.is_some() {
        let found = shared.connection.describe(id).await.ok();
        if found.map(|found| found.status) == wanted {
            let done = Done {
                request_id: None,
                confirmed_afterwards: true,
            };
            shared.answered(&mutation, sent.number, &Ok(done)).await;
            return RunOutcome::Done;
        }
    }
    ended(shared, sent.answer)
}

/// Writes down in which edition a certificate came back, as a single change by hand does.
async fn note_return(shared: &Shared, id: CertificateId) {
    let Ok(found) = shared.connection.describe(id).await else {
        return;
    };
    if found.status != CertificateStatus::Inactive {
        return;
    }
    let (place, edition) = (shared.place.clone(), found.edition());
    let ledger = &shared.tools.ledger;
    let written = ledger.with(move |journal| journal.returned(&place, id, edition));
    // Without the edition, the run's dates are compared instead, which is less exact.
    let _ = written.await;
}

/// The end of a single change.
fn ended(shared: &Shared, made: Result<Done, Failure>) -> RunOutcome {
    match made {
        Ok(_) => RunOutcome::Done,
        Err(failure) if failure.ambiguous => RunOutcome::Stopped(shared.short(&failure)),
        Err(failure) => RunOutcome::Refused(shared.short(&failure).text),
    }
}
