//! Deleting what a hand-over has created in the recipient's account, as long as nothing uses it.

use std::sync::Arc;

use crate::{
    domain::{
        Attachment, CertificateId, Change, FailureKind, Progress, Reason, Record, Resource,
        RunOutcome, RunStep, Step, StepFailure, StepState, text::counted,
    },
    engine::batch::shared::Shared,
};

/// How many runs of a certificate are looked at.
const HISTORY: u32 = 50;

/// What the hand-overs of a certificate have created here, things first: a thing type is not among it, as AWS deletes
/// one only minutes after it was deprecated.
fn created(runs: &[Record]) -> Vec<Resource> {
    let steps = runs.iter().filter(|run| run.purpose.sets_up());
    let steps = steps.flat_map(|run| &run.steps);
    let mut created: Vec<Resource> = Vec::new();
    for known in steps.filter(|known| matches!(known.state, StepState::Done(_))) {
        if let Step::Change(Change::Create(resource)) = &known.step
            && !created.contains(resource)
        {
            created.push(resource.clone());
        }
    }
    created.retain(|it| attachment(it).is_some());
    created.sort_by_key(|it| matches!(it, Resource::Policy { .. }));
    created
}

fn attachment(resource: &Resource) -> Option<Attachment> {
    match resource {
        Resource::Policy { name, .. } => Some(Attachment::Policy(name.clone())),
        Resource::Thing { name, .. } => Some(Attachment::thing(name.clone())),
        Resource::ThingType { .. } => None,
    }
}

/// Deletes what nothing uses of it.
pub(in crate::engine::batch) async fn remove(
    shared: &Arc<Shared>,
    id: CertificateId,
) -> Result<RunOutcome, RunOutcome> {
    let place = shared.place.clone();
    let runs = shared.journal(move |journal| journal.history(&place, id, HISTORY));
    let runs = runs.await.map_err(RunOutcome::Refused)?;
    if runs.iter().any(|run| run.state.is_open()) {
        return Err(RunOutcome::Refused(Reason::Undecided));
    }
    let created = created(&runs);
    if created.is_empty() {
        return Err(RunOutcome::Refused(Reason::NothingCreated));
    }
    let steps = created.iter().filter_map(attachment).map(|it| RunStep {
        stage: 0,
        step: Step::Change(Change::Remove(it)),
        beside: false,
    });
    let (steps, remarks) = (steps.collect(), Vec::new());
    shared
        .progress(Progress::Planned { id, steps, remarks })
        .await;
    let mut kept = None;
    for (position, resource) in created.iter().enumerate() {
        if shared.tools.stop.asked() {
            return Err(RunOutcome::Cancelled { begun: false });
        }
        let Some(it) = attachment(resource) else {
            continue;
        };
        let state = match Box::pin(one(shared, id, resource, it)).await? {
            Ok(state) => state,
            Err(failure) => {
                kept.get_or_insert_with(|| failure.clone());
                StepState::Failed(shared.now(), failure)
            }
        };
        shared
            .progress(Progress::Step {
                id,
                position,
                state,
            })
            .await;
    }
    Ok(match kept {
        Some(failure) => RunOutcome::Stopped(failure),
        None => RunOutcome::Done,
    })
}

/// Deletes one of them, when it is as it was created and nothing uses it.
async fn one(
    shared: &Arc<Shared>,
    id: CertificateId,
    resource: &Resource,
    it: Attachment,
) -> Result<Result<StepState, StepFailure>, RunOutcome> {
    let kept = |text: String| {
        Ok(Err(StepFailure {
            kind: FailureKind::TransferConflict,
            text: format!("kept: {text}"),
            ambiguous: false,
        }))
    };
    match shared.connection.uses(&it).await {
        Ok(0) => {}
        Ok(n) => {
            let uses = counted(n, "certificate or group", "certificates and groups");
            return kept(format!("{uses} use it"));
        }
        Err(failure) if failure.kind == FailureKind::NotFound => {
            return Ok(Ok(StepState::Gone(shared.now())));
        }
        Err(failure) => return Ok(Err(shared.short(failure))),
    }
    match shared.has_the_same(resource).await {
        Ok(true) => {}
        Ok(false) => return kept("it was changed since".to_owned()),
        Err(failure) => return Ok(Err(shared.short(failure))),
    }
    let mutation = Change::Remove(it).of(shared.arn(id));
    let sent = shared.send_repeatable(&mutation).await;
    let sent = sent.ok_or(RunOutcome::Cancelled { begun: false })?;
    Ok(match sent.answer {
        Ok(_) => Ok(StepState::Done(shared.now())),
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(StepState::Gone(shared.now())),
        Err(failure) => Err(shared.short(failure)),
    })
}
