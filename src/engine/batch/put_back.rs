//! Making a certificate again what it was before a run.

use std::sync::Arc;

use crate::{
    domain::{
        self, CertificateId, Change, ConsoleStatus, Plan, Reason, Remark, RunEvent, RunOutcome,
        Step,
    },
    engine::{
        batch::{
            known::Restoration,
            look::Presence,
            run::{claim::Claim, execute},
            shared::Shared,
        },
        looking::lost_answer::{self, Verdict},
    },
    journal::JournalError,
};

/// The steps that putting a certificate back would do now, and what it cannot restore.
///
/// # Errors
///
/// Why it cannot be put back.
pub(super) async fn plan(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<(Vec<Step>, Vec<Remark>), Reason> {
    let known = shared.known(id).await?;
    let restoration = known.into_restoration().ok_or(Reason::NothingToPutBack)?;
    let (plan, remarks) = Box::pin(planned(shared, &restoration)).await?;
    Ok((plan.steps.into_iter().map(|it| it.step).collect(), remarks))
}

/// Makes the certificate again what it was.
pub(super) async fn put_back(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let known = shared.known(id).await.map_err(RunOutcome::Refused)?;
    let restoration = known.into_restoration();
    let restoration = restoration.ok_or(RunOutcome::Refused(Reason::NothingToPutBack))?;
    let of = &restoration.of;
    if shared.many
        && restoration.open.is_none()
        && let Some(reason) = Reason::against_many(of, false)
    {
        return Err(RunOutcome::Refused(reason));
    }
    // Meanwhile no other process may work on the run that it ends.
    let open = match &restoration.open {
        Some(open) => {
            let claim = Claim::of(&shared.tools.ledger, open.id).await;
            Some(claim.map_err(RunOutcome::Refused)?)
        }
        None => None,
    };
    let begun = match begin(shared, id, &restoration, open.as_ref()).await {
        Ok((claim, remarks)) => {
            shared.report_run(&claim.record, remarks).await;
            Ok(claim)
        }
        Err(why) => Err(why),
    };
    match (begun, open) {
        (Ok(claim), open) => {
            if let Some(open) = open {
                open.handed_on();
            }
            Ok(execute::go_on(shared, claim).await)
        }
        (Err(why), Some(open)) => {
            open.release().await;
            Err(match why {
                Some(reason) => RunOutcome::Stopped(reason.of_run()),
                None => RunOutcome::Cancelled { begun: true },
            })
        }
        (Err(Some(reason)), None) => Err(RunOutcome::Refused(reason)),
        (Err(None), None) => Err(RunOutcome::Cancelled { begun: false }),
    }
}

/// Looks, plans, and writes down. Without a reason, the person stopped the batch before.
async fn begin(
    shared: &Arc<Shared>,
    id: CertificateId,
    restoration: &Restoration,
    open: Option<&Claim>,
) -> Result<(Claim, Vec<Remark>), Option<Reason>> {
    let planned = Box::pin(planned(shared, restoration));
    let planned = shared.tools.stop.unless_no_more(planned).await;
    let (plan, remarks) = planned.ok_or(None)?.map_err(Some)?;
    if let Some(named) = shared.planned.get(&id) {
        let mut changes = plan.steps.iter().filter(|it| it.step.changes());
        if changes.any(|it| !named.contains(&it.step)) {
            return Err(Some(Reason::MoreThanShown));
        }
    }
    let of = restoration.of.id;
    // It found nothing attached, so all of it is undone with the run before it.
    let other = open.map(|open| open.record.id).filter(|open| *open != of);
    let now = shared.now();
    let begun = Claim::begin(&shared.tools.ledger, move |journal| {
        if let Some(other) = other {
            journal.finish(other, RunEvent::Left, now)?;
        }
        let run = journal.begin_put_back(of, &plan, now)?;
        journal.record(run)?.ok_or(JournalError::Unknown(run))
    });
    Ok((begun.await.map_err(Some)?, remarks))
}

/// The steps to what a certificate was, and what cannot be restored.
async fn planned(
    shared: &Arc<Shared>,
    restoration: &Restoration,
) -> Result<(Plan, Vec<Remark>), Reason> {
    let (of, steps) = (&restoration.of, &restoration.steps);
    let look = async || match Box::pin(shared.look(steps, true)).await? {
        Presence::Here(present) => Ok(present),
        Presence::Gone => Err(Reason::Gone),
    };
    let mut present = Box::pin(look()).await?;
    let unclear = steps.steps.iter().filter(|it| it.must_ask_first());
    let mut unclear = unclear.filter_map(|it| {
        let since = it.state.at().unwrap_or(steps.began);
        Some((it.step.mutation(&of.before.arn())?, since))
    });
    if let Some((mutation, since)) = unclear.next_back()
        && !present.status.in_transfer()
    {
        // The transfer may still arrive, and would find the certificate half put back.
        let ask = lost_answer::ask(&shared.connected, &mutation, since);
        let verdict = ask.await;
        present = Box::pin(look()).await?;
        // Found in the list of outgoing ones, whatever the description says.
        let transfer = matches!(mutation.change, Change::Transfer { .. });
        if transfer && verdict == Verdict::Made && !present.status.in_transfer() {
            present.status = ConsoleStatus::Transferred;
        }
    }
    if shared.many && restoration.open.is_none() {
        let active = present.status == ConsoleStatus::Active;
        if let Some(reason) = Reason::against_many(of, active) {
            return Err(reason);
        }
        if domain::changed_since(of, &present) {
            return Err(Reason::ChangedSince);
        }
    }
    let put_back = domain::put_back(steps, &present, shared.now()).map_err(Reason::NoPlan)?;
    Ok((put_back.plan, put_back.remarks))
}
