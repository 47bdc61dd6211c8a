//! Looking at the world from outside the API, for tests.

use std::collections::BTreeMap;

use crate::simulator::handle::Simulator;
use crate::simulator::operations::certificates::owners;
use crate::simulator::world::certificate::{Certificate, PrincipalType, Status, Transfer};
use crate::simulator::world::clock::Millis;
use crate::simulator::world::location::Location;
use crate::simulator::world::record::CallRecord;
use crate::simulator::world::{Place, World};

/// How many calls are remembered.
const REMEMBERED_CALLS: usize = 10_000;

/// A certificate as it stands.
///
/// It has no dates, so that states before and after an excursion can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateState {
    /// Who owns it, as `DescribeCertificate` would say.
    pub owner: String,
    /// Who owned it before, as `DescribeCertificate` would say.
    pub previous_owner: Option<String>,
    /// Its status.
    pub status: Status,
    /// The names of the attached policies, sorted.
    pub policies: Vec<String>,
    /// The names of the attached things, sorted, also of those whose detachment is still under way.
    pub things: Vec<(String, PrincipalType)>,
    /// The latest transfer.
    pub transfer: Option<TransferState>,
}

/// The latest transfer of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferState {
    /// The account it goes or went to.
    pub target: String,
    /// How far it is.
    pub phase: TransferPhase,
    /// What the source wrote.
    pub message: Option<String>,
    /// Why it was rejected.
    pub reject_reason: Option<String>,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferPhase {
    /// It waits for the recipient.
    Pending,
    /// The recipient has it.
    Accepted,
    /// The recipient sent it back.
    Rejected,
    /// The source took it back.
    Cancelled,
}

/// What one account has in one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceState {
    /// Its certificates by id, with those on their way to another account.
    pub certificates: BTreeMap<String, CertificateState>,
    /// The ids of the certificates offered to it, with the accounts that offer them.
    pub incoming: BTreeMap<String, String>,
    /// The policies and their documents.
    pub policies: BTreeMap<String, String>,
    /// The names of the things.
    pub things: Vec<String>,
}

/// The whole world, for comparisons. Keyed by account and region; places with nothing in them are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorldSnapshot {
    /// What there is where.
    pub places: BTreeMap<(String, String), PlaceState>,
}

impl Simulator {
    /// A certificate that the account owns or is offered.
    pub fn certificate(&self, account: &str, id: &str) -> Option<CertificateState> {
        let mut world = self.lock();
        let (_, kept) = world.see(&self.location(account), id)?;
        world.certificate(&kept, id)?;
        let world = &*world;
        let certificate = world.places.get(&kept)?.certificates.get(id)?;
        Some(certificate_state(world, &kept, certificate))
    }

    /// The PEM of a certificate that the account owns or is offered.
    pub fn pem(&self, account: &str, id: &str) -> Option<String> {
        let world = self.lock();
        let (_, kept) = world.see(&self.location(account), id)?;
        let certificate = world.places.get(&kept)?.certificates.get(id)?;
        Some(certificate.material.pem())
    }

    /// The latest calls, oldest first; at most 10,000.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.lock().calls.iter().cloned().collect()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.lock().calls.clear();
    }

    /// The whole world as it stands.
    pub fn snapshot(&self) -> WorldSnapshot {
        let mut world = self.lock();
        let now = world.clock.now();
        for place in world.places.values_mut() {
            for certificate in place.certificates.values_mut() {
                certificate.settle(now);
            }
        }
        let world = &*world;
        let places = world
            .places
            .iter()
            .map(|(at, place)| {
                let key = (at.account.clone(), at.region.clone());
                (key, place_state(world, at, place))
            })
            .filter(|(_, state)| *state != PlaceState::default())
            .collect();
        WorldSnapshot { places }
    }
}

impl World {
    /// Remembers a call, forgetting the oldest if there are many.
    pub(in crate::simulator) fn remember(&mut self, call: CallRecord) {
        if self.calls.len() >= REMEMBERED_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }
}

fn place_state(world: &World, at: &Location, place: &Place) -> PlaceState {
    PlaceState {
        certificates: place
            .certificates
            .iter()
            .map(|(id, certificate)| (id.clone(), certificate_state(world, at, certificate)))
            .collect(),
        incoming: place.incoming.clone(),
        policies: place
            .policies
            .iter()
            .map(|(name, policy)| (name.clone(), policy.document().to_owned()))
            .collect(),
        things: place.things.keys().cloned().collect(),
    }
}

fn certificate_state(
    world: &World,
    kept: &Location,
    certificate: &Certificate,
) -> CertificateState {
    let (owner, previous_owner) = owners(&world.assumptions, kept, certificate);
    CertificateState {
        owner,
        previous_owner,
        status: certificate.status,
        policies: certificate.attached_policies().cloned().collect(),
        things: certificate
            .things
            .iter()
            .map(|(name, tie)| (name.clone(), tie.kind))
            .collect(),
        transfer: certificate.transfer.as_ref().map(transfer_state),
    }
}

fn transfer_state(transfer: &Transfer) -> TransferState {
    let happened = |at: Option<Millis>| at.is_some();
    let phase = if happened(transfer.accepted) {
        TransferPhase::Accepted
    } else if happened(transfer.rejected) {
        TransferPhase::Rejected
    } else if happened(transfer.cancelled) {
        TransferPhase::Cancelled
    } else {
        TransferPhase::Pending
    };
    TransferState {
        target: transfer.target.clone(),
        phase,
        message: transfer.message.clone(),
        reject_reason: transfer.reject_reason.clone(),
    }
}
