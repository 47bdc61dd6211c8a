//! Preparing a certificate and offering it to another account.

use std::sync::Arc;

use crate::{
    domain::{AccountId, Before, CertificateId, Plan, Reason, RunOutcome},
    engine::batch::{
        run::{claim::Claim, execute},
        shared::Shared,
    },
    journal::JournalError,
};

/// Deactivates, detaches everything, and offers the certificate.
pub(super) async fn prepare(
    shared: &Arc<Shared>,
    id: CertificateId,
    to: AccountId,
    message: Option<&str>,
) -> Result<RunOutcome, RunOutcome> {
    let before = shared.before(id).await?;
    transfer(shared, before, to, message).await
}

/// Offers a certificate that is ready, and no other.
pub(super) async fn if_ready(
    shared: &Arc<Shared>,
    id: CertificateId,
    to: AccountId,
    message: Option<&str>,
) -> Result<RunOutcome, RunOutcome> {
    let before = shared.before(id).await?;
    if let Some(obstacle) = before.readiness().obstacle() {
        return Err(RunOutcome::Refused(Reason::NotReady(obstacle)));
    }
    transfer(shared, before, to, message).await
}

/// Plans what a certificate needs for its transfer, as far as the dialog named it, writes it down, and
/// does it.
async fn transfer(
    shared: &Arc<Shared>,
    mut before: Before,
    to: AccountId,
    message: Option<&str>,
) -> Result<RunOutcome, RunOutcome> {
    let plan = Plan::prepare_and_transfer(&before, to, message)
        .map_err(|refused| RunOutcome::Refused(Reason::NoPlan(refused)))?;
    let look = shared.looks.get(&before.certificate);
    let look = look.ok_or(RunOutcome::Refused(Reason::NotLookedAt))?;
    look.names_all_of(&before).map_err(RunOutcome::Refused)?;
    let editions = Box::pin(shared.policy_editions(&before.policies));
    before.policy_editions = shared.unless_no_more(editions).await?;
    let now = shared.now();
    let begun = Claim::begin(&shared.tools.ledger, move |journal| {
        let run = journal.begin(&before, &plan, now)?;
        journal.record(run)?.ok_or(JournalError::Unknown(run))
    });
    let claim = begun.await.map_err(RunOutcome::Refused)?;
    shared.report_run(&claim.record, Vec::new()).await;
    Ok(execute::go_on(shared, claim).await)
}
