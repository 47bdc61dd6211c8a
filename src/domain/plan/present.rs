//! A certificate as AWS shows it now.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    actions::run::Before,
    certificate::{
        attachment::{Attachment, PolicyEdition, ThingRef},
        description::{ConsoleStatus, Edition},
    },
    clock::Timestamp,
    place::account::AccountId,
};

/// How a transfer was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// When, by AWS's clock.
    pub at: Timestamp,
    /// Why, if the recipient said it. Foreign text.
    pub reason: Option<String>,
}

/// A certificate as AWS shows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Its status, with the direction of a transfer.
    pub status: ConsoleStatus,
    /// To whom it is offered, while it is.
    pub offered_to: Option<AccountId>,
    /// Its last rejection, if it had one.
    pub rejected: Option<Rejection>,
    /// Its edition; `None` while AWS does not describe it.
    pub edition: Option<Edition>,
    /// The names of its policies.
    pub policies: BTreeSet<String>,
    /// Its things.
    pub things: BTreeSet<ThingRef>,
    /// What the recorded policies say that are not attached, as far as that could be read.
    pub policy_editions: BTreeMap<String, PolicyEdition>,
    /// Of the recorded policies that are not attached, those that do not exist any more.
    pub gone_policies: BTreeSet<String>,
    /// Of the recorded things that are not attached, those that do not exist any more.
    pub gone_things: BTreeSet<String>,
}

impl Present {
    /// The certificate as recorded, unchanged.
    pub fn unchanged(before: &Before) -> Self {
        Self {
            status: ConsoleStatus::of(before.status, Some(false)),
            offered_to: None,
            rejected: None,
            edition: None,
            policies: before.policies.iter().cloned().collect(),
            things: before.things.iter().cloned().collect(),
            policy_editions: BTreeMap::new(),
            gone_policies: BTreeSet::new(),
            gone_things: BTreeSet::new(),
        }
    }

    /// Whether it is attached.
    pub(super) fn has(&self, attachment: &Attachment) -> bool {
        match attachment {
            Attachment::Policy(name) => self.policies.contains(name),
            Attachment::Thing(thing) => self.thing(&thing.name).is_some(),
        }
    }

    /// Whether it does not exist any more.
    pub(super) fn lacks(&self, attachment: &Attachment) -> bool {
        match attachment {
            Attachment::Policy(name) => self.gone_policies.contains(name),
            Attachment::Thing(thing) => self.gone_things.contains(&thing.name),
        }
    }

    pub(super) fn thing(&self, name: &str) -> Option<&ThingRef> {
        self.things.iter().find(|thing| thing.name == name)
    }
}
