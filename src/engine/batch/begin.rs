//! From what is wanted of a certificate to a run of it.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Shared,
    known::Known,
    look::Seen,
    run::{self, unwritable},
};
use crate::{
    domain::{
        self, AccountId, Before, CertificateId, ConsoleStatus, FailureKind, Plan, PlannedStep,
        Progress, Purpose, Readiness, Record, RunEvent, RunId, RunOutcome, Step, StepFailure,
        StepRecord, StepState,
    },
    engine::{ledger, lost_answer},
    journal::{Journal, JournalError, StepEvent},
};

/// Deactivates, detaches everything, and offers the certificate.
pub(super) async fn prepare(
    shared: &Arc<Shared>,
    id: CertificateId,
    to: AccountId,
    message: Option<&str>,
) -> RunOutcome {
    match look(shared, id).await {
        Ok(before) => run_to(shared, before, to, message).await,
        Err(outcome) => outcome,
    }
}

/// Offers a certificate that is ready, and no other.
pub(super) async fn transfer(
    shared: &Arc<Shared>,
    id: CertificateId,
    to: AccountId,
    message: Option<&str>,
) -> RunOutcome {
    let before = match look(shared, id).await {
        Ok(before) => before,
        Err(outcome) => return outcome,
    };
    let readiness = Readiness {
        status: ConsoleStatus::of(before.status, Some(false)),
        policies: Some(before.policies.len()),
        things: Some(before.things.len()),
    };
    if let Some(obstacle) = readiness.obstacle() {
        return RunOutcome::Refused(obstacle);
    }
    run_to(shared, before, to, message).await
}

/// A certificate as it is now.
async fn look(shared: &Arc<Shared>, id: CertificateId) -> Result<Before, RunOutcome> {
    let found = match shared
        .tools
        .stop
        .unless_no_more(Box::pin(shared.find(id)))
        .await
    {
        None => return Err(RunOutcome::Cancelled { begun: false }),
        Some(Ok(found)) => found,
        Some(Err(failure)) => return Err(RunOutcome::Refused(shared.short(&failure).text)),
    };
    if let Some(owner) = found
        .description
        .owner
        .filter(|it| *it != shared.place.account)
    {
        let text = format!("it belongs to account {}", owner.grouped());
        return Err(RunOutcome::Refused(text));
    }
    Ok(Before {
        place: shared.place.clone(),
        certificate: id,
        status: found.description.status,
        policies: found.policies.into_iter().map(|it| it.name).collect(),
        policy_editions: BTreeMap::new(),
        things: found.things,
    })
}

/// Does what a certificate needs for its transfer, as far as it was named, and transfers it.
async fn run_to(
    shared: &Arc<Shared>,
    mut before: Before,
    to: AccountId,
    message: Option<&str>,
) -> RunOutcome {
    let plan = match Plan::prepare_and_transfer(&before, to, message) {
        Ok(plan) => plan,
        Err(refused) => return RunOutcome::Refused(refused.to_string()),
    };
    let Some(seen) = shared.looks.get(&before.certificate) else {
        return RunOutcome::Refused("what is attached to it was not looked at before".to_owned());
    };
    if let Some(unnamed) = seen.unnamed(&before) {
        return RunOutcome::Refused(unnamed);
    }
    let editions = Box::pin(shared.policy_editions(&before.policies));
    let Some(editions) = shared.tools.stop.unless_no_more(editions).await else {
        return RunOutcome::Cancelled { begun: false };
    };
    before.policy_editions = editions;
    let steps = plan.steps.clone();
    let begun = shared.tools.ledger.with(move |journal| {
        let run = journal.begin(&before, &plan, ledger::now())?;
        read(journal, run)
    });
    let record = match begun.await {
        Ok(record) => record,
        Err(error) => return RunOutcome::Refused(unwritable(&error).text),
    };
    let planned = Progress::Planned {
        id: record.before.certificate,
        steps,
        remarks: Vec::new(),
    };
    shared.progress(planned).await;
    run::go_on(shared, record).await
}

/// The steps that going on with the open run would do, or why it cannot.
pub(super) async fn plan(shared: &Arc<Shared>, id: CertificateId) -> Result<Vec<Step>, String> {
    let known = known(shared, id).await;
    let known = known.map_err(|error| unwritable(&error).text)?;
    let Some(open) = known.open else {
        return Err("the journal has no open run of it".to_owned());
    };
    let putting_back = matches!(open.purpose, Purpose::PutBack { .. });
    let seen = Box::pin(shared.look(&open, putting_back)).await;
    let needed = match seen.map_err(|failure| shared.short(&failure).text)? {
        Seen::Here(present) => {
            domain::resume(&open, &present, ledger::now()).map_err(|refused| refused.to_string())?
        }
        Seen::NotHere if offered(&open) => Vec::new(),
        Seen::NotHere => return Err(gone(&open).text),
    };
    let steps = open.steps.into_iter().enumerate();
    Ok(steps
        .filter(|(position, _)| needed.contains(position))
        .map(|(_, known)| known.step)
        .collect())
}

/// Goes on with the open run.
pub(super) async fn resume(shared: &Arc<Shared>, id: CertificateId) -> RunOutcome {
    let known = match known(shared, id).await {
        Ok(known) => known,
        Err(error) => return RunOutcome::Refused(unwritable(&error).text),
    };
    let Some(open) = known.open else {
        return RunOutcome::Refused("the journal has no open run of it".to_owned());
    };
    let mut record = match claim(shared, open.id).await {
        Ok(record) => record,
        Err(error) => return RunOutcome::Refused(unwritable(&error).text),
    };
    let putting_back = matches!(record.purpose, Purpose::PutBack { .. });
    let look = Box::pin(shared.look(&record, putting_back));
    let seen = match shared.tools.stop.unless_no_more(look).await {
        None => return cancel(shared, &record).await,
        Some(Ok(seen)) => seen,
        Some(Err(failure)) => return release(shared, &record, shared.short(&failure)).await,
    };
    let mut needed = match seen {
        Seen::Here(present) => match domain::resume(&record, &present, ledger::now()) {
            Ok(needed) => needed,
            Err(refused) => {
                return release(shared, &record, not_as_needed(refused.to_string())).await;
            }
        },
        // It was offered and is gone from here: the recipient has it now.
        Seen::NotHere if offered(&record) => Vec::new(),
        Seen::NotHere => return release(shared, &record, gone(&record)).await,
    };
    // A transfer that was made and is not among the offers: AWS's list is behind, or it came back.
    // It is not made a second time before that is known, and not offered again unasked.
    let made = record.steps.iter().enumerate().find(|(position, known)| {
        matches!(known.step, Step::Transfer { .. })
            && known.state.is_over()
            && needed.contains(position)
    });
    if let Some((transfer, known)) = made
        && let Some(mutation) = known.step.mutation(&record.before.arn())
    {
        let ask = Box::pin(lost_answer::ask(
            &shared.connection,
            &mutation,
            record.began,
        ));
        let Some(asked) = shared.tools.stop.unless(ask).await else {
            return cancel(shared, &record).await;
        };
        if asked != lost_answer::Seen::Made {
            let text = "it was transferred, and is not offered any more: put it back".to_owned();
            return release(shared, &record, not_as_needed(text)).await;
        }
        needed.retain(|position| *position != transfer);
    }
    if let Some(named) = shared.planned.get(&id) {
        let step = |position: &usize| record.steps.get(*position).map(|known| &known.step);
        let changes = needed.iter().filter_map(step).filter(|it| it.changes());
        let more = changes.into_iter().any(|it| !named.contains(it));
        if more {
            let text = "more would be done than was shown: look at it again".to_owned();
            return release(shared, &record, not_as_needed(text)).await;
        }
    }
    let now = ledger::now();
    let mut events = Vec::new();
    for (position, known) in record.steps.iter_mut().enumerate() {
        match (needed.contains(&position), known.state.is_over()) {
            // It was done and has been undone since: it is needed again.
            (true, true) => known.state = StepState::Planned,
            (false, false) => {
                known.state = StepState::Done(now);
                events.push(StepEvent {
                    run: record.id,
                    position,
                    state: known.state.clone(),
                });
            }
            _ => {}
        }
    }
    let written = shared
        .tools
        .ledger
        .with(move |journal| journal.steps(&events));
    if let Err(error) = written.await {
        return release(shared, &record, unwritable(&error)).await;
    }
    report(shared, &record).await;
    run::go_on(shared, record).await
}

pub(super) async fn known(shared: &Arc<Shared>, id: CertificateId) -> Result<Known, JournalError> {
    let place = shared.place.clone();
    let read = shared
        .tools
        .ledger
        .with(move |journal| Known::read(journal, &place, id));
    read.await
}

/// A run as it was just written.
pub(super) fn read(journal: &Journal, run: RunId) -> Result<Record, JournalError> {
    journal.record(run)?.ok_or(JournalError::Unknown(run))
}

pub(super) async fn claim(shared: &Arc<Shared>, run: RunId) -> Result<Record, JournalError> {
    let claimed = shared.tools.ledger.with(move |journal| journal.claim(run));
    let record = claimed.await?;
    let mut runs = shared.lock_runs();
    runs.insert(record.before.certificate, run);
    Ok(record)
}

/// Gives up a claimed run with which nothing could be done.
pub(super) async fn release(
    shared: &Arc<Shared>,
    record: &Record,
    failure: StepFailure,
) -> RunOutcome {
    let run = record.id;
    let released = shared
        .tools
        .ledger
        .with(move |journal| journal.finish(run, RunEvent::Interrupted, ledger::now()));
    // Without it the run stays claimed by a process that does not work on it: `Busy::correct`.
    let _ = released.await;
    shared.lock_runs().remove(&record.before.certificate);
    RunOutcome::Stopped(failure)
}

/// Gives up a claimed run, since the person stopped the batch while it only looked.
pub(super) async fn cancel(shared: &Arc<Shared>, record: &Record) -> RunOutcome {
    let failure = StepFailure {
        kind: FailureKind::Other,
        text: "the batch was stopped".to_owned(),
        ambiguous: false,
    };
    release(shared, record, failure).await;
    RunOutcome::Cancelled { begun: true }
}

/// Reports a run that began earlier.
async fn report(shared: &Arc<Shared>, record: &Record) {
    let id = record.before.certificate;
    let steps = record.steps.iter().map(|known| PlannedStep {
        stage: known.stage,
        step: known.step.clone(),
    });
    let planned = Progress::Planned {
        id,
        steps: steps.collect(),
        remarks: Vec::new(),
    };
    shared.progress(planned).await;
    for (position, known) in record.steps.iter().enumerate() {
        if known.state != StepState::Planned {
            let state = known.state.clone();
            let step = Progress::Step {
                id,
                position,
                state,
            };
            shared.progress(step).await;
        }
    }
}

/// Whether the certificate was offered: AWS has said so, or showed it.
fn offered(record: &Record) -> bool {
    let offer =
        |known: &StepRecord| matches!(known.step, Step::Transfer { .. }) && known.state.is_over();
    record.steps.iter().any(offer)
}

/// Why a run whose certificate is not here any more stops. Nobody has seen the offer: a certificate
/// that was deleted looks the same as one that was accepted.
fn gone(record: &Record) -> StepFailure {
    let doubt = |known: &StepRecord| {
        matches!(known.step, Step::Transfer { .. }) && known.state.is_unclear()
    };
    if record.steps.iter().any(doubt) {
        return StepFailure {
            kind: FailureKind::NotFound,
            text:
                "the account does not have the certificate any more, and nobody has seen whether \
                   it was offered: it was accepted, or deleted"
                    .to_owned(),
            ambiguous: true,
        };
    }
    not_here()
}

pub(super) fn not_here() -> StepFailure {
    StepFailure {
        kind: FailureKind::NotFound,
        text: "the account does not have the certificate: it was accepted, or deleted".to_owned(),
        ambiguous: false,
    }
}

pub(super) fn not_as_needed(text: String) -> StepFailure {
    StepFailure {
        kind: FailureKind::CertificateState,
        text,
        ambiguous: false,
    }
}
