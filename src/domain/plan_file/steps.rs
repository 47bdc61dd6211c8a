//! The steps of a plan, as they stand in its file.

use serde::{Deserialize, Serialize};

use crate::domain::{
    actions::{
        batch::Look,
        operation::Operation,
        run::{Before, Step},
    },
    certificate::description::{CertificateStatus, ConsoleStatus},
    plan::Plan,
    plan_file::file::PlanFile,
    words::runs,
};

/// A step of a plan, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileStep {
    /// `source` or `recipient`.
    pub account: String,
    /// The operation that it calls, as the API names it. One that waits or looks calls it until AWS shows what it
    /// waits for.
    pub operation: String,
    /// What it does, in words.
    pub step: String,
}

impl FileStep {
    /// Whether it creates what other devices have too: a policy or a thing type.
    pub fn creates_shared(&self) -> bool {
        [Operation::CreatePolicy, Operation::CreateThingType]
            .map(Operation::name)
            .contains(&self.operation.as_str())
    }
}

/// The steps of one certificate, in both accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BothHalves {
    /// Where the certificate is.
    pub source: Plan,
    /// In the recipient's account.
    pub recipient: Plan,
}

impl PlanFile {
    /// The steps of a certificate.
    pub fn halves(&self, look: &Look) -> BothHalves {
        let before = Before {
            place: self.source.place.clone(),
            certificate: look.id,
            status: status(look.status),
            policies: look.policies.clone(),
            policy_editions: std::collections::BTreeMap::new(),
            things: look.things.clone(),
            newest_run: None,
            pem: None,
        };
        let message = self.message.as_deref();
        let source = match self.hand_over {
            Some(_) => Plan::offer_to_hand_over(&before, self.to, message),
            None => Plan::prepare_and_transfer(&before, self.to, message),
        };
        let recipient =
            self.hand_over
                .as_ref()
                .zip(self.arrival(look.id))
                .map(|(hand_over, arrival)| {
                    let from = self.source.place.account;
                    let there = &hand_over.recipient.place;
                    Plan::set_up(&hand_over.recipe, arrival, from, there, |_| false)
                });
        BothHalves {
            // What cannot be transferred has none.
            source: source.unwrap_or_default(),
            recipient: recipient.unwrap_or_default(),
        }
    }

    /// The steps of a certificate, in short.
    pub fn steps(&self, look: &Look) -> Vec<FileStep> {
        let halves = self.halves(look);
        let source = halves.source.steps.iter().map(|it| ("source", &it.step));
        let recipient = halves.recipient.steps.iter();
        let recipient = recipient.map(|it| ("recipient", &it.step));
        let steps = source.chain(recipient).map(|(account, step)| FileStep {
            account: account.to_owned(),
            operation: operation(step),
            step: runs::step(step),
        });
        steps.collect()
    }
}

fn operation(step: &Step) -> String {
    let operations = step.operations();
    let names = operations.iter().map(|it| it.name());
    names.collect::<Vec<_>>().join(", ")
}

/// The API's status of a certificate that was seen so.
const fn status(seen: ConsoleStatus) -> CertificateStatus {
    match seen {
        ConsoleStatus::Active => CertificateStatus::Active,
        ConsoleStatus::Inactive => CertificateStatus::Inactive,
        ConsoleStatus::PendingTransfer | ConsoleStatus::Transferred | ConsoleStatus::InTransfer => {
            CertificateStatus::PendingTransfer
        }
        ConsoleStatus::PendingActivation => CertificateStatus::PendingActivation,
        ConsoleStatus::Revoked => CertificateStatus::Revoked,
        ConsoleStatus::Unknown => CertificateStatus::Unknown,
    }
}
