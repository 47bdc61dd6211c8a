//! What the world keeps about a certificate.

use std::collections::BTreeMap;
use std::fmt;

use crate::simulator::world::clock::Millis;
use crate::simulator::world::mint::Material;

/// The status of a certificate (botocore model, `CertificateStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
#[expect(missing_docs, reason = "they are the API's own names")]
pub enum Status {
    Active,
    Inactive,
    Revoked,
    PendingTransfer,
    RegisterInactive,
    PendingActivation,
}

impl Status {
    /// The status as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Revoked => "REVOKED",
            Self::PendingTransfer => "PENDING_TRANSFER",
            Self::RegisterInactive => "REGISTER_INACTIVE",
            Self::PendingActivation => "PENDING_ACTIVATION",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a thing is attached to a certificate (botocore model, `ThingPrincipalType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalType {
    /// The thing is the only one the certificate can have.
    ExclusiveThing,
    /// The certificate can have other things too.
    #[default]
    NonExclusiveThing,
}

impl PrincipalType {
    /// The type as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ExclusiveThing => "EXCLUSIVE_THING",
            Self::NonExclusiveThing => "NON_EXCLUSIVE_THING",
        }
    }

    /// The type the API means by a word.
    pub(in crate::simulator) fn parse(word: &str) -> Option<Self> {
        [Self::ExclusiveThing, Self::NonExclusiveThing]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A thing that is attached to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Tie {
    /// How it is attached.
    pub(in crate::simulator) kind: PrincipalType,
    /// When a detachment that is under way will be done.
    pub(in crate::simulator) gone_at: Option<Millis>,
}

/// What is known of a certificate's latest transfer (botocore model, `TransferData`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::simulator) struct Transfer {
    /// What the source wrote to the recipient.
    pub(in crate::simulator) message: Option<String>,
    /// Why the recipient rejected it.
    pub(in crate::simulator) reject_reason: Option<String>,
    /// When it started.
    pub(in crate::simulator) started: Millis,
    /// When it was accepted.
    pub(in crate::simulator) accepted: Option<Millis>,
    /// When it was rejected.
    pub(in crate::simulator) rejected: Option<Millis>,
    /// When the source cancelled it. The API has no field for it.
    pub(in crate::simulator) cancelled: Option<Millis>,
    /// The account it goes or went to.
    pub(in crate::simulator) target: String,
}

impl Transfer {
    /// Whether it waits for the recipient.
    pub(in crate::simulator) fn is_pending(&self) -> bool {
        self.accepted.is_none() && self.rejected.is_none() && self.cancelled.is_none()
    }
}

/// A certificate, kept in the place that owns it, or in the source's while a transfer waits.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Certificate {
    /// SHA-256 of the DER encoding, in lower-case hexadecimal.
    pub(in crate::simulator) id: String,
    /// What the PEM is made of.
    pub(in crate::simulator) material: Material,
    /// When it was registered; lists are ordered by it.
    pub(in crate::simulator) created: Millis,
    /// When its status last changed.
    pub(in crate::simulator) modified: Millis,
    /// The beginning and the end of its validity.
    pub(in crate::simulator) validity: (Millis, Millis),
    /// Its status.
    pub(in crate::simulator) status: Status,
    /// The id of the CA that it was registered with.
    pub(in crate::simulator) ca: Option<String>,
    /// The account it came from.
    pub(in crate::simulator) previous_owner: Option<String>,
    /// The attached policies. The time is that at which a detachment is forgotten.
    pub(in crate::simulator) policies: BTreeMap<String, Option<Millis>>,
    /// The attached things.
    pub(in crate::simulator) things: BTreeMap<String, Tie>,
    /// The latest transfer.
    pub(in crate::simulator) transfer: Option<Transfer>,
}

impl Certificate {
    /// The account a waiting transfer goes to.
    pub(in crate::simulator) fn pending_target(&self) -> Option<&str> {
        self.transfer
            .as_ref()
            .filter(|transfer| transfer.is_pending())
            .map(|transfer| transfer.target.as_str())
    }

    /// Completes the detachments whose time has come.
    pub(in crate::simulator) fn settle(&mut self, now: Millis) {
        let over = |gone_at: Option<Millis>| gone_at.is_some_and(|at| at <= now);
        self.policies.retain(|_, gone_at| !over(*gone_at));
        self.things.retain(|_, tie| !over(tie.gone_at));
    }

    /// The policies that are attached, without those that are only still seen by a transfer.
    pub(in crate::simulator) fn attached_policies(&self) -> impl Iterator<Item = &String> {
        self.policies
            .iter()
            .filter(|(_, gone_at)| gone_at.is_none())
            .map(|(name, _)| name)
    }

    /// The key lists are ordered by.
    pub(in crate::simulator) fn position(&self) -> Position {
        (self.created, self.id.clone())
    }
}

/// A place in a list that is ordered by creation date; the id decides between equal dates.
pub(in crate::simulator) type Position = (Millis, String);
