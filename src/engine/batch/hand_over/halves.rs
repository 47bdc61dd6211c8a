//! A hand-over: a run in each of the two accounts, begun together.
//!
//! What does not need the certificate is created in the recipient's account first. Then it is prepared and offered,
//! and taken, attached, proven and activated. Each half is in the journal at its own place, so that it can be gone on
//! with from there.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        AccountId, Arrival, Before, CertificateId, CertificateStatus, Document, Failure,
        FailureKind, NEEDS_THE_OFFER, Operation, Plan, PolicyTaken, Progress, Purpose, Reason,
        Recipe, Record, RunEvent, RunOutcome, RunStep, Step, StepRecord,
    },
    engine::{
        batch::{
            remaining,
            run::{claim::Claim, execute},
            shared::Shared,
        },
        machine::ledger,
    },
    journal::JournalError,
};

/// A run with what works on its side.
struct Half {
    shared: Arc<Shared>,
    claim: Claim,
}

/// Whether a hand-over between two places can be.
///
/// # Errors
///
/// Why not.
pub(in crate::engine::batch) fn check_sides(shared: &Shared, to: AccountId) -> Result<(), Failure> {
    let refuse = |message: String| {
        Err(Failure {
            kind: FailureKind::Other,
            ..Failure::internal(Operation::GetCallerIdentity, message)
        })
    };
    let here = &shared.place;
    let Some(there) = shared.there.as_ref().map(|it| &it.place) else {
        return refuse("the other side is not open: nothing was sent".to_owned());
    };
    if there.account != to {
        let (other, to) = (there.account.grouped(), to.grouped());
        return refuse(format!(
            "the other side that is open is account {other}, and the recipient is {to}: nothing was sent"
        ));
    }
    if (&there.region, &there.partition, &there.control_plane)
        != (&here.region, &here.partition, &here.control_plane)
    {
        return refuse(format!(
            "the other side is {}, and a certificate stays in its region: nothing was sent",
            there.words()
        ));
    }
    Ok(())
}

/// Hands a certificate over.
pub(in crate::engine::batch) async fn hand_over(
    shared: &Arc<Shared>,
    id: CertificateId,
    to: AccountId,
    message: Option<&str>,
) -> Result<RunOutcome, RunOutcome> {
    let there = shared.there.as_ref();
    let there = there.ok_or(RunOutcome::Refused(Reason::NoOtherSide))?;
    let _hold =
        (shared.tools.busy.hold(there.arn(id))).ok_or(RunOutcome::Refused(Reason::InUse))?;
    let recipe = shared.recipe.clone();
    let recipe = recipe.ok_or(RunOutcome::Refused(Reason::NotLookedAt))?;
    let arrival = match recipe.certificates.get(&id) {
        Some(Ok(arrival)) => arrival,
        Some(Err(obstacle)) => {
            return Err(RunOutcome::Refused(Reason::Obstacle(obstacle.clone())));
        }
        None => return Err(RunOutcome::Refused(Reason::NotLookedAt)),
    };
    let mut before = shared.before(id).await?;
    let offer = Plan::offer_to_hand_over(&before, to, message)
        .map_err(|refused| RunOutcome::Refused(Reason::NoPlan(refused)))?;
    let look = shared.looks.get(&id);
    let look = look.ok_or(RunOutcome::Refused(Reason::NotLookedAt))?;
    look.names_all_of(&before).map_err(RunOutcome::Refused)?;
    let unchanged = Box::pin(there.still_say(&recipe, arrival));
    (shared.unless_no_more(unchanged).await?).map_err(RunOutcome::Refused)?;
    let editions = Box::pin(shared.policy_editions(&before.policies));
    before.policy_editions = shared.unless_no_more(editions).await?;
    let set_up = Plan::set_up(&recipe, arrival, shared.place.account, &there.place, |it| {
        there.made.has(it)
    });
    let nothing = Before {
        place: there.place.clone(),
        certificate: id,
        status: CertificateStatus::PendingTransfer,
        policies: Vec::new(),
        policy_editions: BTreeMap::new(),
        things: Vec::new(),
        newest_run: None,
        pem: None,
    };
    let (offers, takes) = begin(shared, there, (before, offer), (nothing, set_up)).await?;
    Ok(carry_through(offers, takes, false).await)
}

/// Writes both halves down.
async fn begin(
    shared: &Arc<Shared>,
    there: &Arc<Shared>,
    offer: (Before, Plan),
    set_up: (Before, Plan),
) -> Result<(Half, Half), RunOutcome> {
    let (ledger, now) = (&shared.tools.ledger, shared.now());
    let begun = ledger.with(move |journal| {
        let (offer, set_up) = ((&offer.0, &offer.1), (&set_up.0, &set_up.1));
        let (offers, takes) = journal.begin_hand_over(offer, set_up, now)?;
        let record = |run| journal.record(run)?.ok_or(JournalError::Unknown(run));
        Ok((record(offers)?, record(takes)?))
    });
    let begun = begun.await.map_err(|error| ledger::reason(&error));
    let (offers, takes) = begun.map_err(RunOutcome::Refused)?;
    let half = |shared: &Arc<Shared>, record| Half {
        shared: Arc::clone(shared),
        claim: Claim::held(ledger, record),
    };
    Ok((half(shared, offers), half(there, takes)))
}

impl Half {
    async fn end(self, event: RunEvent) {
        // If it fails, the next look at the journal corrects it.
        let _ = self.claim.end(event).await;
    }
}

/// Does both halves, each to where the other one is needed.
async fn carry_through(offers: Half, mut takes: Half, resumed: bool) -> RunOutcome {
    report(&offers, &takes).await;
    let there = Arc::clone(&takes.shared);
    let first = execute::stages(&there, &mut takes.claim.record, NEEDS_THE_OFFER);
    if let Some(outcome) = Box::pin(first).await {
        return not_offered(offers, takes, outcome).await;
    }
    let Half { shared, claim } = offers;
    let outcome = Box::pin(execute::go_on(&shared, claim)).await;
    match outcome {
        RunOutcome::Done => {}
        RunOutcome::Refused(_) | RunOutcome::Cancelled { begun: false } => {
            takes.end(RunEvent::Left).await;
            return outcome;
        }
        RunOutcome::Stopped(_) | RunOutcome::Cancelled { begun: true } => {
            takes.end(RunEvent::Interrupted).await;
            return outcome;
        }
    }
    let id = takes.claim.record.before.certificate;
    if resumed && let Err(stopped) = remaining::events(&there, id, &mut takes.claim.record).await {
        takes.end(RunEvent::Interrupted).await;
        return stopped;
    }
    take(takes).await
}

/// Takes what is offered, and gives it what its device needs.
async fn take(takes: Half) -> RunOutcome {
    let outcome = Box::pin(execute::go_on(&takes.shared, takes.claim)).await;
    if outcome == RunOutcome::Done {
        takes.shared.canary.came_through();
    }
    outcome
}

/// What is needed in the recipient's account cannot be created. A device that nothing was taken from stays as it is.
async fn not_offered(offers: Half, takes: Half, outcome: RunOutcome) -> RunOutcome {
    let changed =
        |known: &StepRecord| known.step.changes() && (known.may_arrive() || known.state.is_over());
    if offers.claim.record.steps.iter().any(changed) {
        // It was resumed.
        offers.end(RunEvent::Interrupted).await;
        takes.end(RunEvent::Interrupted).await;
        return outcome;
    }
    if let Some(why) = offers.shared.canary.ended(&outcome) {
        offers.shared.give_up(why);
    }
    offers.end(RunEvent::Left).await;
    takes.end(RunEvent::Left).await;
    match outcome {
        RunOutcome::Stopped(failure) => RunOutcome::Refused(Reason::NotBegun(failure)),
        _ => RunOutcome::Cancelled { begun: false },
    }
}

/// Reports the steps of both halves as those of one, in the order in which they are done.
async fn report(offers: &Half, takes: &Half) {
    let [first, then] = [&takes.claim.record, &offers.claim.record].map(|record| &record.steps);
    let early = first.iter().filter(|it| it.stage < NEEDS_THE_OFFER).count();
    let (offered, all) = (then.len(), first.len());
    let of_takes = (0..all).map(|at| {
        if at < early {
            at
        } else {
            at.saturating_add(offered)
        }
    });
    let of_offers = (0..offered).map(|at| at.saturating_add(early));
    let of_takes: Vec<usize> = of_takes.collect();
    let last = NEEDS_THE_OFFER.saturating_add(then.iter().map(|it| it.stage).max().unwrap_or(0));
    let step = |known: &StepRecord, stage: u16, beside: bool| RunStep {
        stage: known.stage.saturating_add(stage),
        step: known.step.clone(),
        beside,
    };
    let rest = first.iter().skip(early).map(|it| step(it, last, true));
    let steps: Vec<RunStep> = (first.iter().take(early))
        .map(|it| step(it, 0, true))
        .chain(then.iter().map(|it| step(it, NEEDS_THE_OFFER, false)))
        .chain(rest)
        .collect();
    offers
        .shared
        .reports_at(offers.claim.record.id, of_offers.collect());
    takes.shared.reports_at(takes.claim.record.id, of_takes);
    let id = offers.claim.record.before.certificate;
    let remarks = Vec::new();
    let planned = Progress::Planned { id, steps, remarks };
    offers.shared.progress(planned).await;
    offers.shared.report_states(&offers.claim.record).await;
    takes.shared.report_states(&takes.claim.record).await;
}

/// The two halves of an open run, when both are open and both sides are.
struct Halves {
    offers: (Arc<Shared>, Record),
    takes: (Arc<Shared>, Record),
}

/// Goes on with both halves of a hand-over; `None` when the run is none, or its other half is over or cannot be
/// reached from here.
pub(in crate::engine::batch) async fn resume(
    shared: &Arc<Shared>,
    id: CertificateId,
    open: &Record,
) -> Result<Option<RunOutcome>, RunOutcome> {
    let halves = halves(shared, open).await.map_err(RunOutcome::Refused)?;
    let Some(Halves { offers, takes }) = halves else {
        return Ok(None);
    };
    let mut claimed = Vec::new();
    for (side, record) in [&offers, &takes] {
        match Claim::of(&shared.tools.ledger, record.id).await {
            Ok(claim) => claimed.push(Half {
                shared: Arc::clone(side),
                claim,
            }),
            Err(reason) => {
                for half in claimed {
                    half.claim.release().await;
                }
                return Err(RunOutcome::Refused(reason));
            }
        }
    }
    let (Some(mut takes), Some(mut offers)) = (claimed.pop(), claimed.pop()) else {
        return Ok(None);
    };
    let looked = async {
        remaining::events(&offers.shared, id, &mut offers.claim.record).await?;
        remaining::events(&takes.shared, id, &mut takes.claim.record).await
    };
    if let Err(stopped) = Box::pin(looked).await {
        offers.claim.release().await;
        takes.claim.release().await;
        return Err(stopped);
    }
    Ok(Some(carry_through(offers, takes, true).await))
}

/// The runs that going on with an open one would go on with, each with its side, in their order.
///
/// # Errors
///
/// Its other half comes first and cannot be reached from here.
pub(in crate::engine::batch) async fn to_resume(
    shared: &Arc<Shared>,
    open: Record,
) -> Result<Vec<(Arc<Shared>, Record)>, Reason> {
    Ok(match halves(shared, &open).await? {
        Some(Halves { offers, takes }) => vec![offers, takes],
        None => vec![(Arc::clone(shared), open)],
    })
}

async fn halves(shared: &Arc<Shared>, open: &Record) -> Result<Option<Halves>, Reason> {
    let (run, there) = (open.id, shared.there.as_ref());
    let other = match open.purpose {
        Purpose::PrepareAndTransfer => {
            shared
                .journal(move |journal| journal.set_up_of(run))
                .await?
        }
        Purpose::SetUp { of: Some(of) } => {
            shared.journal(move |journal| journal.record(of)).await?
        }
        _ => None,
    };
    let Some(other) = other.filter(|it| it.state.is_open()) else {
        return Ok(None);
    };
    let reached = there.filter(|it| it.place == other.before.place);
    let Some(there) = reached.map(Arc::clone) else {
        let waits =
            |it: &StepRecord| matches!(it.step, Step::AwaitOffer { .. }) && !it.state.is_over();
        // The certificate is not offered yet, and only its source can offer it.
        if open.purpose.sets_up() && open.steps.iter().any(waits) {
            return Err(Reason::OtherHalf(other.before.place.words()));
        }
        return Ok(None);
    };
    let (here, other) = ((Arc::clone(shared), open.clone()), (there, other));
    Ok(Some(if open.purpose.sets_up() {
        Halves {
            offers: other,
            takes: here,
        }
    } else {
        Halves {
            offers: here,
            takes: other,
        }
    }))
}

impl Shared {
    /// Whether the policies of this account that a certificate gets still say what was shown; asked once a batch.
    async fn still_say(&self, recipe: &Recipe, arrival: &Arrival) -> Result<(), Reason> {
        let names = arrival.policies.iter().chain(&arrival.inherited);
        for taken in names.filter_map(|name| recipe.policies.get(name)) {
            let PolicyTaken::Use { name, document } = taken else {
                continue;
            };
            let cell = self.made.unchanged(name);
            let ask = || self.says(name, document);
            if !*cell.get_or_try_init(ask).await? {
                return Err(Reason::PolicyChanged(name.clone()));
            }
        }
        Ok(())
    }

    async fn says(&self, name: &str, shown: &Document) -> Result<bool, Reason> {
        match self.connection.policy_document(name).await {
            Ok(found) => {
                let found = Document::parse(&found.document);
                Ok(found.is_ok_and(|found| found.same_meaning(shown)))
            }
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(false),
            Err(failure) => Err(self.failed(failure)),
        }
    }
}
