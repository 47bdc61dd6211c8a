//! The state of the world, and how certificates move in it.

pub(in crate::simulator) mod assumptions;
pub(in crate::simulator) mod certificate;
pub(in crate::simulator) mod clock;
#[cfg(feature = "faults")]
pub(in crate::simulator) mod fault;
pub(in crate::simulator) mod keys;
pub(in crate::simulator) mod location;
pub(in crate::simulator) mod mint;
pub(in crate::simulator) mod operation;
pub(in crate::simulator) mod quota;
pub(in crate::simulator) mod record;
pub(in crate::simulator) mod roles;
mod sessions;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use crate::simulator::world::assumptions::{Assumptions, CaAfterAccept};
use crate::simulator::world::certificate::{Certificate, Position, Status, Transfer};
use crate::simulator::world::clock::{Clock, Millis, WorldClock};
#[cfg(feature = "faults")]
use crate::simulator::world::fault::Faults;
use crate::simulator::world::keys::AccessKey;
use crate::simulator::world::location::Location;
use crate::simulator::world::mint::Minted;
use crate::simulator::world::operation::Operation;
use crate::simulator::world::quota::Quotas;
use crate::simulator::world::record::CallRecord;
use crate::simulator::world::roles::Roles;

/// Everything there is.
#[derive(Debug)]
pub(in crate::simulator) struct World {
    /// The time.
    pub(in crate::simulator) clock: WorldClock,
    /// The switches.
    pub(in crate::simulator) assumptions: Assumptions,
    /// The accounts, by their number.
    pub(in crate::simulator) accounts: BTreeMap<String, Account>,
    /// The accounts' numbers, by access key id.
    pub(in crate::simulator) keys: BTreeMap<String, String>,
    /// The roles, and who acts as one.
    pub(in crate::simulator) roles: Roles,
    /// The regions that are switched off for everybody.
    pub(in crate::simulator) regions_off: BTreeSet<String>,
    /// How far the clocks of those who call are off, in seconds, as seen from here.
    pub(in crate::simulator) callers_ahead: i64,
    /// What each account has in each region.
    pub(in crate::simulator) places: BTreeMap<Location, Place>,
    /// The faults that wait for their call.
    #[cfg(feature = "faults")]
    pub(in crate::simulator) faults: Faults,
    /// How long every operation takes.
    pub(in crate::simulator) latency: Duration,
    /// How long single operations take instead.
    pub(in crate::simulator) latencies: BTreeMap<Operation, Duration>,
    /// The token buckets, if quotas are enforced.
    pub(in crate::simulator) quotas: Option<Quotas>,
    /// The latest calls.
    pub(in crate::simulator) calls: VecDeque<CallRecord>,
    /// How many calls there were: the number in the next request id.
    pub(in crate::simulator) arrivals: u64,
}

/// What holds for an account in all regions.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct Account {
    /// Whether its credentials are expired.
    pub(in crate::simulator) expired: bool,
    /// The IAM actions it may not use.
    pub(in crate::simulator) denied: BTreeSet<String>,
}

/// What an account has in a region.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct Place {
    /// Its certificates, with those that are on their way to another account.
    pub(in crate::simulator) certificates: BTreeMap<String, Certificate>,
    /// The certificates on their way here, and the accounts they come from.
    pub(in crate::simulator) incoming: BTreeMap<String, String>,
    /// The certificates above in the order of their creation, own and incoming.
    pub(in crate::simulator) order: BTreeSet<Position>,
    /// Those of its own that wait for a recipient, in the same order.
    pub(in crate::simulator) outgoing: BTreeSet<Position>,
    /// The certificates that were accepted by another account.
    pub(in crate::simulator) handed_over: BTreeSet<String>,
    /// The policies.
    pub(in crate::simulator) policies: BTreeMap<String, Policy>,
    /// The things.
    pub(in crate::simulator) things: BTreeMap<String, Thing>,
    /// The thing groups.
    pub(in crate::simulator) groups: BTreeMap<String, ThingGroup>,
    /// The thing types.
    pub(in crate::simulator) types: BTreeMap<String, ThingType>,
    /// The certificate authorities, by id.
    pub(in crate::simulator) authorities: BTreeMap<String, Authority>,
    /// Which things are connected, where the fleet is indexed with connectivity.
    pub(in crate::simulator) index: Option<BTreeMap<String, bool>>,
    /// The shadows of things, by their names; the classic one has none.
    pub(in crate::simulator) shadows: BTreeMap<String, BTreeSet<String>>,
}

impl Place {
    /// A thing group and those above it, the nearest first.
    pub(in crate::simulator) fn lineage<'a>(&'a self, group: &'a str) -> Vec<&'a str> {
        let mut lineage = vec![group];
        while let Some(parent) = lineage
            .last()
            .and_then(|last| self.groups.get(*last)?.parent.as_deref())
            .filter(|parent| !lineage.contains(parent))
        {
            lineage.push(parent);
        }
        lineage
    }
}

/// A thing group.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct ThingGroup {
    /// The group above it.
    pub(in crate::simulator) parent: Option<String>,
    /// The things in it.
    pub(in crate::simulator) things: BTreeSet<String>,
    /// The policies attached to it.
    pub(in crate::simulator) policies: BTreeSet<String>,
    /// When it was created.
    pub(in crate::simulator) created: Millis,
}

/// A policy.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Policy {
    /// Its versions, by number.
    pub(in crate::simulator) versions: BTreeMap<u32, PolicyVersion>,
    /// The version that counts.
    pub(in crate::simulator) default: u32,
    /// When it was created.
    pub(in crate::simulator) created: Millis,
    /// When it was changed last.
    pub(in crate::simulator) modified: Millis,
}

/// A version of a policy.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct PolicyVersion {
    /// Its JSON document.
    pub(in crate::simulator) document: String,
    /// When it was created.
    pub(in crate::simulator) created: Millis,
}

impl Policy {
    /// A policy with one version.
    pub(in crate::simulator) fn new(document: String, created: Millis) -> Self {
        Self {
            versions: BTreeMap::from([(1, PolicyVersion { document, created })]),
            default: 1,
            created,
            modified: created,
        }
    }

    /// Adds a version, which does not count yet, and answers with its number.
    pub(in crate::simulator) fn add(&mut self, document: String, now: Millis) -> u32 {
        let last = self.versions.keys().next_back();
        let number = last.map_or(1, |last| last.saturating_add(1));
        let version = PolicyVersion {
            document,
            created: now,
        };
        self.versions.insert(number, version);
        self.modified = now;
        number
    }

    /// The document that counts.
    pub(in crate::simulator) fn document(&self) -> &str {
        let version = self.versions.get(&self.default);
        version.map_or("", |it| &it.document)
    }
}

/// A thing type.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ThingType {
    /// What it is.
    pub(in crate::simulator) description: Option<String>,
    /// The attributes that things of it are found by.
    pub(in crate::simulator) searchable: Vec<Value>,
    /// When it was created.
    pub(in crate::simulator) created: Millis,
}

impl ThingType {
    /// A type that says nothing of itself.
    pub(in crate::simulator) fn new(created: Millis) -> Self {
        Self {
            description: None,
            searchable: Vec::new(),
            created,
        }
    }
}

impl Authority {
    /// An authority, registered then.
    pub(in crate::simulator) fn new(made: &Minted, registers: bool, created: Millis) -> Self {
        Self {
            pem: made.material.pem(),
            validity: made.validity,
            registers,
            created,
        }
    }
}

/// A certificate authority that was registered.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Authority {
    /// Its certificate.
    pub(in crate::simulator) pem: String,
    /// The beginning and the end of its validity.
    pub(in crate::simulator) validity: (Millis, Millis),
    /// Whether it registers certificates that it does not know, at their first connection.
    pub(in crate::simulator) registers: bool,
    /// When it was registered.
    pub(in crate::simulator) created: Millis,
}

/// A thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Thing {
    /// The name of its type.
    pub(in crate::simulator) type_name: Option<String>,
    /// Its attributes.
    pub(in crate::simulator) attributes: BTreeMap<String, Value>,
}

/// What a certificate is to the account that asks about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum Side {
    /// Its own, in no transfer.
    Own,
    /// Its own, waiting for a recipient.
    Source,
    /// Another account's, offered to it.
    Recipient,
}

impl World {
    /// A world with nothing in it.
    pub(in crate::simulator) fn new(clock: Clock, assumptions: Assumptions) -> Self {
        Self {
            clock: WorldClock::start(clock),
            assumptions,
            accounts: BTreeMap::new(),
            keys: BTreeMap::new(),
            roles: Roles::default(),
            regions_off: BTreeSet::new(),
            callers_ahead: 0,
            places: BTreeMap::new(),
            #[cfg(feature = "faults")]
            faults: Faults::default(),
            latency: Duration::ZERO,
            latencies: BTreeMap::new(),
            quotas: None,
            calls: VecDeque::new(),
            arrivals: 0,
        }
    }

    /// The account, created if need be.
    pub(in crate::simulator) fn account(&mut self, account: &str) -> &mut Account {
        self.keys
            .entry(AccessKey::of(account).access_key_id)
            .or_insert_with(|| account.to_owned());
        self.accounts.entry(account.to_owned()).or_default()
    }

    /// The place, created if need be.
    pub(in crate::simulator) fn place(&mut self, at: &Location) -> &mut Place {
        self.places.entry(at.clone()).or_default()
    }

    /// Registers a certificate.
    pub(in crate::simulator) fn register(&mut self, at: &Location, certificate: Certificate) {
        let place = self.place(at);
        place.order.insert(certificate.position());
        place
            .certificates
            .insert(certificate.id.clone(), certificate);
    }

    /// What a certificate is to an account, and where it is kept. `None` if the account cannot see it at all.
    pub(in crate::simulator) fn see(&self, at: &Location, id: &str) -> Option<(Side, Location)> {
        let place = self.places.get(at)?;
        if let Some(certificate) = place.certificates.get(id) {
            let side = match certificate.pending_target() {
                Some(_) => Side::Source,
                None => Side::Own,
            };
            return Some((side, at.clone()));
        }
        let source = place.incoming.get(id)?;
        Some((Side::Recipient, at.of(source)))
    }

    /// A certificate in the place it is kept in, with due detachments done.
    pub(in crate::simulator) fn certificate(
        &mut self,
        at: &Location,
        id: &str,
    ) -> Option<&mut Certificate> {
        let now = self.clock.now();
        let certificate = self.places.get_mut(at)?.certificates.get_mut(id)?;
        certificate.settle(now);
        Some(certificate)
    }

    /// Offers a certificate to another account. The rules are the caller's business.
    pub(in crate::simulator) fn offer(
        &mut self,
        source: &Location,
        id: &str,
        target: &str,
        message: Option<String>,
        now: Millis,
    ) {
        let place = self.place(source);
        let Some(certificate) = place.certificates.get_mut(id) else {
            return;
        };
        certificate.status = Status::PendingTransfer;
        certificate.modified = now;
        certificate.transfer = Some(Transfer {
            message,
            started: now,
            target: target.to_owned(),
            ..Transfer::default()
        });
        let position = certificate.position();
        place.outgoing.insert(position.clone());
        let recipient = self.place(&source.of(target));
        recipient
            .incoming
            .insert(id.to_owned(), source.account.clone());
        recipient.order.insert(position);
    }

    /// Gives an offered certificate to its recipient. What was attached stays behind.
    pub(in crate::simulator) fn hand_over(
        &mut self,
        source: &Location,
        id: &str,
        status: Status,
        now: Millis,
    ) {
        let forgets_ca = self.assumptions.ca_after_accept == CaAfterAccept::Forgotten;
        let place = self.place(source);
        let Some(mut certificate) = place.certificates.remove(id) else {
            return;
        };
        let position = certificate.position();
        place.order.remove(&position);
        place.outgoing.remove(&position);
        place.handed_over.insert(id.to_owned());
        let Some(transfer) = certificate.transfer.as_mut() else {
            return;
        };
        transfer.accepted = Some(now);
        let target = source.of(&transfer.target);
        certificate.status = status;
        certificate.modified = now;
        certificate.previous_owner = Some(source.account.clone());
        certificate.policies.clear();
        certificate.things.clear();
        if forgets_ca {
            certificate.ca = None;
        }
        self.place(&target).incoming.remove(id);
        self.register(&target, certificate);
    }

    /// Takes an offered certificate back to its source, inactive: its status before the transfer is not restored (AWS IoT API reference,
    /// `CancelCertificateTransfer`, `RejectCertificateTransfer`).
    pub(in crate::simulator) fn take_back(
        &mut self,
        source: &Location,
        id: &str,
        end: impl FnOnce(&mut Transfer),
        now: Millis,
    ) {
        let place = self.place(source);
        let Some(certificate) = place.certificates.get_mut(id) else {
            return;
        };
        certificate.status = Status::Inactive;
        certificate.modified = now;
        let position = certificate.position();
        let Some(transfer) = certificate.transfer.as_mut() else {
            return;
        };
        end(transfer);
        let target = transfer.target.clone();
        place.outgoing.remove(&position);
        let recipient = self.place(&source.of(&target));
        recipient.incoming.remove(id);
        recipient.order.remove(&position);
    }
}
