//! The steps that only the recipient's half of a hand-over has: it creates what is missing, waits for the offer, and
//! proves that the device works before it is let in.

use std::sync::atomic::Ordering;

use crate::{
    domain::{
        AccountId, AuthRefusal, CertificateStatus, Change, Document, Failure, FailureKind, Proof,
        Resource, StepFailure,
    },
    engine::batch::{
        run::{execute::Run, send::Sent, step::Outcome},
        shared::Shared,
    },
};

/// How many seconds to wait before each look for the offer: half a minute in all.
const OFFERED: [u64; 8] = [0, 1, 1, 2, 3, 5, 8, 10];
/// How many seconds to wait before each test: what was attached a moment ago may not count yet.
const TESTED: [u64; 5] = [0, 1, 2, 4, 8];

impl Run {
    /// Creates something that was missing when it was looked at. What is there by now and means the same is as
    /// good; what differs is never changed. `unclear` says that an earlier try may have created it.
    pub(super) async fn create(&self, resource: &Resource, unclear: bool) -> Outcome {
        let stop = &self.shared.tools.stop;
        let cell = self.shared.made.cell(resource);
        let Some(mut made) = stop.unless(cell.lock()).await else {
            return Outcome::Stopped;
        };
        if *made {
            return Outcome::Gone;
        }
        let mutation = Change::Create(resource.clone()).of(self.record.before.arn());
        let mut later = self.not_yet();
        let sent = loop {
            let Some(sent) = self.shared.send_repeatable(&mutation).await else {
                return Outcome::Stopped;
            };
            // Its type, which was created before it.
            let not_found = |sent: &Sent| {
                (sent.answer.as_ref()).is_err_and(|it| it.kind == FailureKind::NotFound)
            };
            match later.next().filter(|_| not_found(&sent)) {
                Some(pause) if self.known_later(pause).await => return Outcome::Stopped,
                Some(_) => {}
                None => break sent,
            }
        };
        let outcome = match sent.answer {
            Ok(_) => Outcome::Done,
            Err(failure) if failure.kind == FailureKind::AlreadyExists || failure.ambiguous => {
                let same = self.shared.has_the_same(resource).await;
                match same {
                    // A try whose answer was lost created it.
                    Ok(true) if failure.ambiguous => {
                        (self.shared.confirmed(&mutation, sent.number, failure)).await;
                        Outcome::Done
                    }
                    Ok(true) if unclear => Outcome::Done,
                    Ok(true) => Outcome::Gone,
                    // That the look failed too must not hide that it may have been created.
                    Ok(false) | Err(_) if failure.ambiguous => {
                        Outcome::Failed(self.shared.short(failure))
                    }
                    Ok(false) => Outcome::Failed(StepFailure {
                        kind: FailureKind::AlreadyExists,
                        text: format!(
                            "{} is there by now, and differs: nothing was changed",
                            resource.words()
                        ),
                        ambiguous: false,
                    }),
                    Err(other) => Outcome::Failed(self.shared.short(other)),
                }
            }
            Err(failure) => Outcome::Failed(self.shared.short(failure)),
        };
        *made = matches!(outcome, Outcome::Done | Outcome::Gone);
        outcome
    }

    /// Waits until the certificate is offered here, and by nobody else than the sender.
    pub(super) async fn await_offer(&self, from: AccountId) -> Outcome {
        let id = self.id();
        let mut last = None;
        for pause in OFFERED {
            if pause > 0 {
                self.waiting("AWS to show the offer").await;
                if self.pause(pause).await {
                    return Outcome::Stopped;
                }
            }
            match self.shared.connection.describe(id).await {
                Ok(found) if found.status == CertificateStatus::PendingTransfer => {
                    return match found.previous_owner.filter(|sender| *sender != from) {
                        Some(other) => Outcome::Failed(certificate_state(format!(
                            "account {} offers it, and not {}",
                            other.grouped(),
                            from.grouped()
                        ))),
                        None => Outcome::Done,
                    };
                }
                Ok(found) if found.owner == Some(self.shared.place.account) => {
                    // Somebody has accepted it already.
                    return Outcome::Done;
                }
                Ok(_) => {}
                Err(failure) if failure.kind == FailureKind::NotFound => {}
                Err(failure) if failure.concerns_connection() => {
                    return Outcome::Failed(self.shared.short(failure));
                }
                Err(failure) => last = Some(failure),
            }
        }
        Outcome::Failed(match last {
            Some(failure) => self.shared.short(failure),
            None => certificate_state(format!(
                "it is not offered here by account {}",
                from.grouped()
            )),
        })
    }

    /// Proves that the certificate lets its device do what its policies say. When it does not, it is not active
    /// afterwards.
    pub(super) async fn prove(&self, proof: &Proof) -> Outcome {
        let mut refused = Vec::new();
        for pause in TESTED {
            if pause > 0 {
                self.waiting("what was attached to count").await;
                if self.pause(pause).await {
                    return Outcome::Stopped;
                }
            }
            match Box::pin(self.test(proof)).await {
                None => return Outcome::Stopped,
                Some(Ok(all)) if all.is_empty() => return Outcome::Done,
                Some(Ok(all)) => refused = all,
                // Whether AWS tests a certificate that is not active is not documented.
                Some(Err(failure))
                    if failure.kind == FailureKind::InvalidRequest
                        && !self.shared.made.tests_only_active() =>
                {
                    self.shared.made.only_active.store(true, Ordering::Relaxed);
                }
                Some(Err(failure)) => return Outcome::Failed(self.shared.short(failure)),
            }
            if refused.iter().any(|it| it.explicit) {
                break;
            }
        }
        // An earlier try may have let it in.
        self.shut_out().await;
        Outcome::Failed(StepFailure {
            kind: FailureKind::NotProven,
            text: not_proven(&refused),
            ambiguous: false,
        })
    }

    /// What is refused; `None` when the person stopped the batch before it was asked. Where only active
    /// certificates are tested, it is active for as long as that takes, and nothing stops it in between.
    async fn test(&self, proof: &Proof) -> Option<Result<Vec<AuthRefusal>, Failure>> {
        let stop = &self.shared.tools.stop;
        let arn = self.record.before.arn();
        let test = Box::pin(self.shared.connection.refused(&arn, proof));
        if !self.shared.made.tests_only_active() {
            return stop.unless(test).await;
        }
        let mutation = Change::Activate.of(arn.clone());
        // When it failed, the test says so.
        self.shared.send_repeatable(&mutation).await?;
        let answer = test.await;
        let proven = answer.as_ref().is_ok_and(Vec::is_empty);
        let mut changes = self.record.steps.iter().filter_map(|it| it.step.change());
        let activates = changes.any(|change| *change == Change::Activate);
        if !(proven && activates) {
            self.shut_out().await;
        }
        Some(answer)
    }

    /// Deactivates the certificate when it may be active, whoever has stopped the batch.
    async fn shut_out(&self) {
        let found = self.shared.connection.describe(self.id()).await;
        if found.is_ok_and(|found| found.status != CertificateStatus::Active) {
            return;
        }
        let mutation = Change::Deactivate.of(self.record.before.arn());
        let operation = mutation.change.operation();
        self.shared.connection.turn(operation).await;
        self.shared.send_in_turn(&mutation).await;
    }
}

impl Shared {
    /// Whether what is there under a name is what would be created.
    pub(in crate::engine::batch) async fn has_the_same(
        &self,
        resource: &Resource,
    ) -> Result<bool, Failure> {
        let connection = &self.connection;
        let found = match resource {
            Resource::Policy { name, document } => {
                let found = connection.policy_document(name).await;
                let ours = Document::parse(document);
                found.map(|found| match (ours, Document::parse(&found.document)) {
                    (Ok(ours), Ok(theirs)) => ours.same_meaning(&theirs),
                    _ => false,
                })
            }
            Resource::ThingType { name, .. } => connection.has_type(name).await,
            Resource::Thing {
                name,
                type_name,
                attributes,
            } => {
                let found = connection.thing_attributes(name).await;
                found.map(|it| it.type_name == *type_name && it.attributes == *attributes)
            }
        };
        match found {
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(false),
            found => found,
        }
    }
}

/// What is refused, in words.
fn not_proven(refused: &[AuthRefusal]) -> String {
    match refused {
        [] => "AWS did not say whether it is allowed".to_owned(),
        [first, rest @ ..] => {
            let more = match rest.len() {
                0 => String::new(),
                n => format!("; and {n} more"),
            };
            format!("{}{more}", first.words())
        }
    }
}

fn certificate_state(text: String) -> StepFailure {
    StepFailure {
        kind: FailureKind::CertificateState,
        text,
        ambiguous: false,
    }
}
