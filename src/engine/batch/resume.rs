//! Going on with a run that stopped, or leaving its certificate as it is.

use std::sync::Arc;

use crate::{
    domain::{CertificateId, Reason, RunEvent, RunOutcome, Step},
    engine::batch::{
        hand_over, remaining,
        run::{claim::Claim, execute},
        shared::Shared,
    },
};

/// The steps that going on with the open run would do.
///
/// # Errors
///
/// Why it cannot go on.
pub(super) async fn plan(shared: &Arc<Shared>, id: CertificateId) -> Result<Vec<Step>, Reason> {
    let open = shared.known(id).await?.open.ok_or(Reason::NoOpenRun)?;
    let mut left = Vec::new();
    for (side, run) in Box::pin(hand_over::halves::to_resume(shared, open)).await? {
        let needed = remaining::needed(&side, &run).await?;
        let steps = run.steps.into_iter().enumerate();
        let steps = steps.filter(|(position, _)| needed.contains(position));
        left.extend(steps.map(|(_, known)| known.step));
    }
    Ok(left)
}

/// Goes on with the open run.
pub(super) async fn resume(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let known = shared.known(id).await.map_err(RunOutcome::Refused)?;
    let open = known.open.ok_or(RunOutcome::Refused(Reason::NoOpenRun))?;
    if let Some(outcome) = Box::pin(hand_over::halves::resume(shared, id, &open)).await? {
        return Ok(outcome);
    }
    let claim = Claim::of(&shared.tools.ledger, open.id);
    let mut claim = claim.await.map_err(RunOutcome::Refused)?;
    match remaining::events(shared, id, &mut claim.record).await {
        Ok(()) => {}
        Err(stopped) => {
            claim.release().await;
            return Err(stopped);
        }
    }
    shared.report_run(&claim.record, Vec::new()).await;
    Ok(execute::go_on(shared, claim).await)
}

/// Leaves the certificate as its open run left it.
pub(super) async fn leave(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let known = shared.known(id).await.map_err(RunOutcome::Refused)?;
    let open = known.open.ok_or(RunOutcome::Refused(Reason::NoOpenRun))?;
    let now = shared.now();
    let left = shared.journal(move |journal| {
        let record = journal.claim(open.id)?;
        journal.finish(record.id, RunEvent::Left, now)
    });
    left.await.map_err(RunOutcome::Refused)?;
    Ok(RunOutcome::Done)
}
