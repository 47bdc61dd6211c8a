//! A plan as it is kept in a file.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use crate::domain::{
    actions::batch::{Batch, Beside, Look, Procedure},
    certificate::description::CertificateId,
    clock::Timestamp,
    connection::ConnectionId,
    hand_over::{
        arrival::Arrival,
        recipe::{Choice, Recipe, Wishes},
    },
    place::{account::AccountId, location::Place},
    text::visible,
};

/// The version of the file that this certferry writes and reads.
pub const PLAN_VERSION: u64 = 1;

/// The longest file that is written and read, in bytes: some twenty thousand certificates.
pub const LONGEST_PLAN: u64 = 1 << 26;

/// What is to be done with certificates, worked out and written down.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    /// When it was made.
    pub made: Timestamp,
    /// Who made it: the caller's ARN. Foreign text.
    pub by: String,
    /// Where the certificates are.
    pub source: PlanSide,
    /// Who receives them.
    pub to: AccountId,
    /// What the recipient reads. Foreign text.
    pub message: Option<String>,
    /// The part of AWS's quotas that it reckons with.
    pub pace: f64,
    /// How long it takes at least; `None` for one certificate.
    pub estimate: Option<Duration>,
    /// The certificates, each with what was seen of it.
    pub certificates: Vec<PlanCertificate>,
    /// What is done in the recipient's account, when it is a hand-over.
    pub hand_over: Option<PlanHandOver>,
    /// What was asked for and is not in it.
    pub left_out: Vec<LeftOut>,
}

/// An account of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSide {
    /// Where it is.
    pub place: Place,
    /// The profile by which it was reached. Foreign text.
    pub profile: Option<String>,
}

/// A certificate of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanCertificate {
    /// How it stood.
    pub look: Look,
    /// When it was registered.
    pub created: Option<Timestamp>,
}

/// The recipient's half of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanHandOver {
    /// The recipient's account.
    pub recipient: PlanSide,
    /// What was wished.
    pub wishes: Wishes,
    /// What was chosen for policies whose names are taken. Foreign text.
    pub choices: BTreeMap<String, Choice>,
    /// What is done there.
    pub recipe: Arc<Recipe>,
}

/// A certificate that was asked for and is not in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The certificate, or what was written for it. Foreign text.
    pub what: String,
    /// Why, in a word that never changes.
    pub code: String,
    /// Why, in words. Foreign text.
    pub why: String,
}

/// Why a file is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is not JSON.
    #[error("it is no plan: {}", visible(.0))]
    NotJson(String),
    /// It is something else.
    #[error("it is no plan of certferry: \"certferry\": \"plan\" does not stand in it")]
    NotAPlan,
    /// It is of another version.
    #[error(
        "it is a plan of version {0}, and this certferry reads version {PLAN_VERSION}: make it anew"
    )]
    Version(u64),
    /// It has more certificates than a file of it could be read with.
    #[error(
        "the plan would have {} MB, and {} are the most: plan fewer certificates at a time",
        .0 / 1_000_000,
        LONGEST_PLAN / 1_000_000
    )]
    TooLong(u64),
    /// Something in it makes no sense.
    #[error("{}: {}", visible(.0), visible(.1))]
    Wrong(String, String),
}

impl PlanFile {
    /// What a certificate gets in the recipient's account.
    pub fn arrival(&self, id: CertificateId) -> Option<&Arrival> {
        let recipe = &self.hand_over.as_ref()?.recipe;
        recipe.certificates.get(&id)?.as_ref().ok()
    }

    /// What is done with each certificate.
    pub fn procedure(&self) -> Procedure {
        let (to, message) = (self.to, self.message.clone());
        match self.hand_over {
            Some(_) => Procedure::HandOver { to, message },
            None => Procedure::PrepareAndTransfer { to, message },
        }
    }

    /// The batch of it for these of its certificates. `beside` is the connection to the recipient's account.
    pub fn batch(&self, ids: &[CertificateId], beside: Option<ConnectionId>) -> Batch {
        let chosen: HashSet<&CertificateId> = ids.iter().collect();
        let looks = self.certificates.iter().map(|it| &it.look);
        let hand_over = self.hand_over.as_ref();
        let beside = hand_over.zip(beside).map(|(it, connection)| Beside {
            connection,
            place: it.recipient.place.clone(),
        });
        Batch {
            looks: looks
                .filter(|it| chosen.contains(&it.id))
                .cloned()
                .collect(),
            beside,
            recipe: hand_over.map(|it| Arc::clone(&it.recipe)),
            ..Batch::new(self.source.place.clone(), self.procedure(), ids.to_vec())
        }
    }
}
