//! The steps that change nothing: they look, and wait.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use tokio::time::Instant;

use crate::{
    domain::{
        AccountId, Attachment, CertificateStatus, Change, Description, Failure, FailureKind,
        PolicyRef, Progress, Refused, Step, StepFailure, StepRecord, StepState, ThingRef,
        Timestamp, as_new_as,
        text::{counted, counted_attachments},
    },
    engine::batch::{
        run::{execute::Run, step::Outcome},
        shared::{FIRST_LOOK, millis},
    },
};

/// How long to wait until AWS lists nothing any more.
const DETACH_LIMIT: Duration = Duration::from_mins(2);
/// How long to wait before the next look.
const NEXT_LOOK: Duration = Duration::from_secs(1);
/// A thing that is listed for so long was not detached: that takes "several seconds".
const LISTED_LIMIT: Duration = Duration::from_secs(45);
/// The longest that a batch learns to wait before its first look.
const LONGEST_LEARNT: Duration = Duration::from_secs(15);
/// How many looks in a row may fail for a reason that passes.
const FAILED_LOOKS: u32 = 3;
/// How many seconds to wait before each look for a transfer.
const CONFIRM: [u64; 6] = [0, 1, 2, 4, 8, 15];

impl Run {
    pub(in crate::engine::batch) async fn waiting(&self, what: &str) {
        let id = self.id();
        let what = what.to_owned();
        self.shared.progress(Progress::Waiting { id, what }).await;
    }

    /// Waits until AWS lists neither a policy nor a thing.
    pub(in crate::engine::batch) async fn await_detached(&self) -> Outcome {
        let stop = &self.shared.tools.stop;
        if let Some(detached) = self.last_detached() {
            let mut usual = Duration::from_millis(self.shared.detaching.load(Ordering::Relaxed));
            if !self.shared.canary.is_clear() {
                // The rest of the batch waits for this certificate, so it is looked at sooner.
                usual = FIRST_LOOK;
            }
            let left = usual.saturating_sub(detached.elapsed());
            if !left.is_zero() {
                self.waiting(&to_be_detached(0, self.record.before.things.len()))
                    .await;
                if stop.sleep(left).await {
                    return Outcome::Stopped;
                }
            }
        }
        let began = Instant::now();
        let (mut policies, mut things) = (true, true);
        let mut failed = 0_u32;
        loop {
            let left = match self.attached(policies, things).await {
                Ok((policies, things)) if policies.is_empty() && things.is_empty() => {
                    return Outcome::Done;
                }
                Ok((listed, listed_things)) => {
                    if let Some(failure) = self.unrecorded(&listed, &listed_things) {
                        return Outcome::Failed(failure);
                    }
                    failed = 0;
                    // Already detached: no need to ask again.
                    policies = !listed.is_empty();
                    things = !listed_things.is_empty();
                    self.learn(things);
                    to_be_detached(listed.len(), listed_things.len())
                }
                Err(failure) => {
                    failed = failed.saturating_add(1);
                    if failed >= FAILED_LOOKS || !passes(&failure) {
                        return Outcome::Failed(self.shared.short(failure));
                    }
                    "AWS to say what is attached".to_owned()
                }
            };
            if began.elapsed() >= DETACH_LIMIT {
                return Outcome::Failed(StepFailure {
                    kind: FailureKind::TimedOut,
                    text: format!("after 2 minutes still waiting for {left}"),
                    ambiguous: false,
                });
            }
            self.waiting(&left).await;
            if stop.sleep(NEXT_LOOK).await {
                return Outcome::Stopped;
            }
        }
    }

    /// What is attached, of what is asked for.
    async fn attached(
        &self,
        policies: bool,
        things: bool,
    ) -> Result<(Vec<PolicyRef>, Vec<ThingRef>), Failure> {
        let arn = self.record.before.arn();
        let connection = &self.shared.connection;
        let policies = async {
            if policies {
                connection.policies(&arn).await
            } else {
                Ok(Vec::new())
            }
        };
        let things = async {
            if things {
                connection.things(&arn).await
            } else {
                Ok(Vec::new())
            }
        };
        let (policies, things) = tokio::join!(policies, things);
        Ok((policies?, things?))
    }

    /// Why to wait no longer: what somebody has attached in the meantime stays.
    fn unrecorded(&self, policies: &[PolicyRef], things: &[ThingRef]) -> Option<StepFailure> {
        let before = &self.record.before;
        let policies = policies.iter().map(|policy| &policy.name);
        let policies = policies.filter(|name| !before.policies.contains(name));
        let known = |name: &String| before.things.iter().any(|thing| thing.name == *name);
        let things = things.iter().map(|thing| &thing.name);
        let things = things.filter(|name| !known(name));
        let names: Vec<String> = policies.chain(things).cloned().collect();
        (!names.is_empty()).then(|| StepFailure {
            kind: FailureKind::TransferConflict,
            text: Refused::Unrecorded(names).to_string(),
            ambiguous: false,
        })
    }

    /// A thing that is still listed after so long lets the next ones of a batch wait longer.
    fn learn(&self, listed: bool) {
        let detached = self.last_detached();
        if let Some(detached) = detached.filter(|_| listed && self.shared.many) {
            let longer = detached.elapsed().saturating_add(NEXT_LOOK);
            let longer = millis(longer.min(LONGEST_LEARNT));
            self.shared.detaching.fetch_max(longer, Ordering::Relaxed);
        }
    }

    /// Waits until none of the things that are to be attached is on its way off.
    pub(in crate::engine::batch) async fn await_lists(&self) -> Outcome {
        let arn = self.record.before.arn();
        let mut wanted = BTreeSet::new();
        for known in &self.record.steps {
            if let Step::Change(Change::Attach(Attachment::Thing(thing))) = &known.step {
                wanted.insert(&*thing.name);
            }
        }
        let began = Instant::now();
        let mut failed = 0_u32;
        loop {
            let left = match self.shared.connection.things(&arn).await {
                Ok(things) => {
                    failed = 0;
                    let listed = things.iter().filter(|it| wanted.contains(&*it.name));
                    let left = listed.count();
                    // Attaching what has stayed changes nothing.
                    if left == 0 || began.elapsed() >= LISTED_LIMIT {
                        return Outcome::Done;
                    }
                    let things = counted(left, "thing", "things");
                    format!("AWS's list to settle: {things} may still be leaving")
                }
                Err(failure) => {
                    failed = failed.saturating_add(1);
                    if failed >= FAILED_LOOKS || !passes(&failure) {
                        return Outcome::Failed(self.shared.short(failure));
                    }
                    "AWS to say what is attached".to_owned()
                }
            };
            self.waiting(&left).await;
            if self.shared.tools.stop.sleep(NEXT_LOOK).await {
                return Outcome::Stopped;
            }
        }
    }

    /// Checks that AWS lists what was attached. Otherwise a false success would end the run, and the
    /// journal would not say any more what is missing.
    pub(in crate::engine::batch) async fn see_attached(&self) -> Outcome {
        let mut last = None;
        let mut missing = Vec::new();
        for pause in CONFIRM {
            if pause > 0 {
                self.waiting("AWS to list what was attached").await;
                if self.pause(pause).await {
                    return Outcome::Stopped;
                }
            }
            match self.attached(true, true).await {
                Ok((policies, things)) => {
                    missing = self.not_among(&policies, &things);
                    if missing.is_empty() {
                        return Outcome::Done;
                    }
                }
                Err(failure) if !passes(&failure) => {
                    return Outcome::Failed(self.shared.short(failure));
                }
                Err(failure) => last = Some(failure),
            }
        }
        Outcome::Failed(match last {
            Some(failure) if missing.is_empty() => self.shared.short(failure),
            _ => state(format!(
                "AWS does not list as attached: {}",
                missing.join(", ")
            )),
        })
    }

    /// What the run attached and is not listed.
    fn not_among(&self, policies: &[PolicyRef], things: &[ThingRef]) -> Vec<String> {
        let done = |known: &&StepRecord| matches!(known.state, StepState::Done(_));
        let steps = self.record.steps.iter().filter(done);
        let missing = steps.filter_map(|known| match &known.step {
            Step::Change(Change::Attach(Attachment::Policy(name)))
                if !policies.iter().any(|it| it.name == *name) =>
            {
                Some(name)
            }
            Step::Change(Change::Attach(Attachment::Thing(thing)))
                if !things.iter().any(|it| it.name == thing.name) =>
            {
                Some(&thing.name)
            }
            _ => None,
        });
        missing.cloned().collect()
    }

    /// Checks that AWS lists the transfer.
    pub(in crate::engine::batch) async fn confirm(&self, to: AccountId) -> Outcome {
        let id = self.id();
        // From here on the run only looks, so another certificate may begin.
        self.shared.free_slot(id);
        let mut last = None;
        let mut absent = 0_u32;
        for pause in CONFIRM {
            if pause > 0 {
                self.waiting("AWS to list the transfer").await;
                if self.pause(pause).await {
                    return Outcome::Stopped;
                }
            }
            match self.shared.offer(id).await {
                Ok(Some(found)) if found.is_none_or(|found| found == to) => return Outcome::Done,
                Ok(Some(_)) => {
                    return Outcome::Failed(state(Refused::OfferedElsewhere.to_string()));
                }
                Ok(None) => absent = absent.saturating_add(1),
                Err(failure) if failure.concerns_connection() => {
                    return Outcome::Failed(self.shared.short(failure));
                }
                Err(failure) => last = Some(failure),
            }
            // The list lags or failed, or the transfer is already over.
            match self.shared.connection.describe(id).await {
                Ok(found) => {
                    if let Some(outcome) = described(&found, to, self.offered_at()) {
                        return outcome;
                    }
                }
                // For the second time neither here nor outgoing: the recipient has it.
                Err(failure) if failure.kind == FailureKind::NotFound => {
                    if absent > 1 {
                        return Outcome::Done;
                    }
                }
                Err(failure) if failure.concerns_connection() => {
                    return Outcome::Failed(self.shared.short(failure));
                }
                Err(failure) => last = Some(failure),
            }
        }
        let not_listed = || state("AWS does not show the transfer".to_owned());
        Outcome::Failed(last.map_or_else(not_listed, |failure| self.shared.short(failure)))
    }
}

impl Run {
    /// When the run offered the certificate, or began.
    fn offered_at(&self) -> Timestamp {
        let mut steps = self.record.steps.iter();
        let offered = steps.find_map(|known| match (&known.step, &known.state) {
            (Step::Change(Change::Transfer { .. }), StepState::Done(at)) => Some(*at),
            _ => None,
        });
        offered.unwrap_or(self.record.began)
    }
}

/// The failure of a certificate that is not as expected.
fn state(text: String) -> StepFailure {
    StepFailure {
        kind: FailureKind::CertificateState,
        text,
        ambiguous: false,
    }
}

/// What a certificate says of a transfer that the list of outgoing ones does not show.
fn described(found: &Description, to: AccountId, offered_at: Timestamp) -> Option<Outcome> {
    let transfer = &found.transfer;
    // It may still be the description of an earlier transfer.
    let since_start = |date| {
        transfer.started.is_none_or(|started| date >= started) && as_new_as(date, offered_at)
    };
    match found.status {
        CertificateStatus::PendingTransfer if found.owner == Some(to) => Some(Outcome::Done),
        CertificateStatus::Inactive if transfer.rejected.is_some_and(since_start) => {
            let text = "the recipient has rejected the transfer";
            Some(Outcome::Failed(state(text.to_owned())))
        }
        _ => None,
    }
}

/// Whether the same look may succeed in a moment.
fn passes(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Throttled
            | FailureKind::TimedOut
            | FailureKind::ConnectionLost
            | FailureKind::ServiceFault
            | FailureKind::UnreadableAnswer
    )
}

/// `1 policy and 2 things to be detached`.
fn to_be_detached(policies: usize, things: usize) -> String {
    let what = counted_attachments(policies, things);
    format!(
        "{} to be detached",
        what.unwrap_or_else(|| "nothing".to_owned())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CertificateId;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::minutes(minute)
    }

    /// Offered at minute 60.
    fn said(found: &Description, to: AccountId) -> Option<bool> {
        described(found, to, at(60)).map(|outcome| matches!(outcome, Outcome::Done))
    }

    #[test]
    fn a_description_tells_of_this_offer_alone() {
        let [to, other] = ["444455556666", "777788889999"].map(|it| AccountId::parse(it).unwrap());
        let id = CertificateId::from_bytes([7; 32]);
        let mut found = Description::bare(id, CertificateStatus::PendingTransfer);
        assert_eq!(said(&found, to), None);
        found.owner = Some(other);
        assert_eq!(said(&found, to), None);
        found.owner = Some(to);
        assert_eq!(said(&found, to), Some(true));
        found.status = CertificateStatus::Inactive;
        assert_eq!(said(&found, to), None);
        // A rejection that is older than the offer, or than what AWS says of its beginning.
        for (started, rejected, answers) in [
            (None, 30, false),
            (None, 61, true),
            (Some(60), 61, true),
            (Some(60), 59, false),
            (Some(20), 30, false),
        ] {
            found.transfer.started = started.map(at);
            found.transfer.rejected = Some(at(rejected));
            let wanted = answers.then_some(false);
            assert_eq!(said(&found, to), wanted, "{started:?} {rejected}");
        }
    }
}
