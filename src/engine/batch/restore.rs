//! Putting back what a run took, or leaving it as it is.

use std::sync::Arc;

use super::{
    Shared,
    begin::{cancel, claim, known, not_as_needed, not_here, read, release},
    known::Restoration,
    look::Seen,
    run::{self, unwritable},
};
use crate::{
    domain::{
        self, CertificateId, ConsoleStatus, Mutation, Plan, Progress, RunEvent, RunOutcome,
        RunState, Step, StepFailure,
    },
    engine::{ledger, lost_answer},
};

/// The steps that putting a certificate back would do now, and what stays otherwise than it was.
pub(super) async fn plan(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<(Vec<Step>, Vec<domain::Remark>), String> {
    let known = known(shared, id).await;
    let known = known.map_err(|error| unwritable(&error).text)?;
    let Some(task) = known.into_restoration() else {
        return Err("there is nothing to put back".to_owned());
    };
    let planned = Box::pin(plan_to_put_back(shared, &task)).await;
    let (plan, remarks) = planned.map_err(|failure| failure.text)?;
    Ok((plan.steps.into_iter().map(|it| it.step).collect(), remarks))
}

/// Makes the certificate again what it was.
pub(super) async fn put_back(shared: &Arc<Shared>, id: CertificateId) -> RunOutcome {
    let known = match known(shared, id).await {
        Ok(known) => known,
        Err(error) => return RunOutcome::Refused(unwritable(&error).text),
    };
    let Some(task) = known.into_restoration() else {
        return RunOutcome::Refused("there is nothing to put back".to_owned());
    };
    // Who decided to leave it asks for it alone, not among others.
    if shared.many && task.open.is_none() && task.of.state == RunState::LeftAsIs {
        return RunOutcome::Refused("it was left as it is: put it back alone".to_owned());
    }
    if let Some(open) = &task.open
        && let Err(error) = claim(shared, open.id).await
    {
        return RunOutcome::Refused(unwritable(&error).text);
    }
    let planned = Box::pin(plan_to_put_back(shared, &task));
    let planned = shared.tools.stop.unless_no_more(planned).await;
    let (of, open) = (task.of.id, task.open);
    let Some(planned) = planned else {
        let Some(open) = &open else {
            return RunOutcome::Cancelled { begun: false };
        };
        return cancel(shared, open).await;
    };
    let named = shared.planned.get(&id);
    let planned = planned.and_then(|(plan, remarks)| {
        let more = |named: &Vec<Step>| {
            let changes = plan.steps.iter().filter(|it| it.step.changes());
            changes.map(|it| &it.step).any(|it| !named.contains(it))
        };
        if named.is_some_and(more) {
            let text = "more would be done than was shown: look at it again".to_owned();
            return Err(not_as_needed(text));
        }
        Ok((plan, remarks))
    });
    let (plan, remarks) = match planned {
        Ok(planned) => planned,
        Err(failure) => {
            return match &open {
                Some(open) => release(shared, open, failure).await,
                None => RunOutcome::Refused(failure.text),
            };
        }
    };
    let steps = plan.steps.clone();
    let other = open.as_ref().map(|open| open.id).filter(|open| *open != of);
    let begun = shared.tools.ledger.with(move |journal| {
        let now = ledger::now();
        if let Some(other) = other {
            // It found nothing attached, so all of it is undone with the run before it.
            journal.finish(other, RunEvent::Left, now)?;
        }
        let run = journal.begin_put_back(of, &plan, now)?;
        read(journal, run)
    });
    let record = match begun.await {
        Ok(record) => record,
        Err(error) => {
            let failure = unwritable(&error);
            return match &open {
                Some(open) => release(shared, open, failure).await,
                None => RunOutcome::Refused(failure.text),
            };
        }
    };
    let planned = Progress::Planned { id, steps, remarks };
    shared.progress(planned).await;
    run::go_on(shared, record).await
}

/// What is missing of how a certificate was, and what stays otherwise.
async fn plan_to_put_back(
    shared: &Arc<Shared>,
    task: &Restoration,
) -> Result<(Plan, Vec<domain::Remark>), StepFailure> {
    let before = &task.of.before;
    let look = async || match Box::pin(shared.look(&task.steps, true)).await {
        Ok(Seen::Here(present)) => Ok(present),
        Ok(Seen::NotHere) => Err(not_here()),
        Err(failure) => Err(shared.short(&failure)),
    };
    let mut present = Box::pin(look()).await?;
    let unclear = task.steps.steps.iter().filter(|it| it.must_ask_first());
    let unclear = unclear
        .filter_map(|it| it.step.mutation(&before.arn()))
        .next_back();
    if let Some(mutation) = unclear
        && !present.status.in_transfer()
    {
        // It may still come true, and would find the certificate half put back.
        let asked = lost_answer::ask(&shared.connection, &mutation, task.steps.began).await;
        present = Box::pin(look()).await?;
        // Found in the list of outgoing ones, whatever the description says.
        let transfer = matches!(mutation, Mutation::Transfer { .. });
        if transfer && asked == lost_answer::Seen::Made && !present.status.in_transfer() {
            present.status = ConsoleStatus::Transferred;
        }
    }
    if shared.many && task.open.is_none() && present.status == ConsoleStatus::Active {
        let text = "it is in service again: put it back alone".to_owned();
        return Err(not_as_needed(text));
    }
    if shared.many && task.open.is_none() && domain::changed_since(&task.of, &present) {
        let text = "somebody has changed it since it came back: put it back alone".to_owned();
        return Err(not_as_needed(text));
    }
    let put_back = domain::put_back(&task.steps, &present, ledger::now());
    let put_back = put_back.map_err(|refused| not_as_needed(refused.to_string()))?;
    Ok((put_back.plan, put_back.remarks))
}

/// Leaves the certificate as its open run left it.
pub(super) async fn leave(shared: &Arc<Shared>, id: CertificateId) -> RunOutcome {
    let known = match known(shared, id).await {
        Ok(known) => known,
        Err(error) => return RunOutcome::Refused(unwritable(&error).text),
    };
    let Some(open) = known.open else {
        return RunOutcome::Refused("the journal has no open run of it".to_owned());
    };
    let left = shared.tools.ledger.with(move |journal| {
        let record = journal.claim(open.id)?;
        journal.finish(record.id, RunEvent::Left, ledger::now())
    });
    match left.await {
        Ok(()) => RunOutcome::Done,
        Err(error) => RunOutcome::Refused(unwritable(&error).text),
    }
}
