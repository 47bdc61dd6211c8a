//! An AWS IoT control plane in memory: accounts, certificates, policies, things and the transfer of
//! certificates between accounts, answered over the real wire format.
//!
//! It is written from the AWS IoT API reference, botocore's service model and the Developer Guide alone and
//! shares no code with the rest of the program, so that a misunderstanding of the client's is not repeated
//! here, where it would cancel out. The SDK reaches it through [`Simulator::http_client`], in process; other
//! programs reach it on a loopback port, see [`Server`]; and anything that has an HTTP request in hand can use
//! [`Simulator::answer`]. Every answer to a known operation names it in the header `x-certferry-operation`, so that
//! whoever watches the wire sees what a request was taken for.
//!
//! # What nobody has published, and what the simulator assumes
//!
//! Where AWS's documents are silent, a client has to live with either answer. Each of these is a field of
//! [`Assumptions`], so that tests can run under both:
//!
//! | Field | Question | Default | Otherwise |
//! |---|---|---|---|
//! | `things_attached` | Does an attached thing block the transfer, and with which error? (The Developer Guide demands they be detached; the API text does not.) | `TransferConflictException` | `CertificateStateException`, `InvalidRequestException`, allowed |
//! | `source_list` | Does the source's `ListCertificates` show a certificate in transfer? | as `PENDING_TRANSFER` | hidden |
//! | `source_describe` | Does the source's `DescribeCertificate` find it? | as `PENDING_TRANSFER` | `ResourceNotFoundException`, as it was before |
//! | `owner_while_pending` | Whom does `ownedBy` name while the transfer waits? | the recipient, with the source in `previousOwnedBy` | the source |
//! | `data_after_cancel` | Is `transferData` kept after a cancelled transfer? | kept, without an end date | cleared |
//! | `wrong_side` | Reject by the source, cancel by the recipient, accept by a third party | `ResourceNotFoundException` | `AccessDeniedException` |
//! | `not_in_transfer` | Accept, reject or cancel of one's own certificate that is in no transfer (never was, or came back) | `TransferAlreadyCompletedException` | `ResourceNotFoundException`, `InvalidRequestException` |
//! | `update_while_pending` | `UpdateCertificate` during the transfer, by either side | `CertificateStateException` | `ResourceNotFoundException` |
//! | `forbidden_status` | `UpdateCertificate` to `PENDING_TRANSFER`, `PENDING_ACTIVATION` or `REGISTER_INACTIVE`: "an exception" | `InvalidRequestException` | `CertificateStateException` |
//! | `transfer_of_unusable` | Transfer of a `REVOKED`, `PENDING_ACTIVATION` or `REGISTER_INACTIVE` certificate | `CertificateStateException` | allowed (it returns or arrives `INACTIVE`) |
//! | `leaving_revoked` | `UpdateCertificate` of a `REVOKED` certificate to another status | `CertificateStateException` | allowed |
//! | `self_transfer` | Transfer to the own account | `InvalidRequestException` | `TransferConflictException` |
//! | `unknown_target` | Transfer to an account that does not exist | accepted, and waits for ever | `ResourceNotFoundException`, `InvalidRequestException` |
//! | `same_id_in_target` | Transfer to an account where the same certificate is registered or already waiting | `TransferConflictException` | `InvalidRequestException` |
//! | `policy_detach_delay` | How long `TransferCertificate` still sees a policy that was just detached | not at all | any duration |
//! | `thing_detach_delay` | How long a thing stays attached and listed after `DetachThingPrincipal` ("several seconds") | 3 s | any duration |
//! | `detach_unattached_thing` | `DetachThingPrincipal` of a thing that is not attached | `ResourceNotFoundException` | succeeds |
//! | `attach_while_detaching` | `AttachThingPrincipal` of a thing whose detachment is still under way | it stays attached | it succeeds, and the detachment goes on |
//!
//! Assumed without a switch: a transfer that waits never expires; nothing can be attached to a certificate in
//! transfer (`InvalidRequestException`); an ARN of another account in a policy or thing call is not found;
//! `ListPrincipalThingsV2` shares the quota of `ListPrincipalThings`; operations whose quota is not published
//! have none.

mod access;
mod assumptions;
mod certificate;
mod clock;
mod connector;
mod error;
mod fault;
mod fleet;
mod front;
mod inspect;
mod mint;
mod operation;
mod operations;
mod quota;
mod roles;
mod server;
mod setup;
mod validate;
mod wire;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use access::AccessKey;
pub use assumptions::{
    Assumptions, AttachWhileDetaching, DetachUnattached, EndedTransferData, ForbiddenStatus,
    LeavingRevoked, NotInTransfer, PendingOwner, SameIdInTarget, SelfTransfer, SourceDescribe,
    SourceList, ThingsAttached, TransferOfUnusable, UnknownTarget, UpdateWhilePending, WrongSide,
};
pub use certificate::{PrincipalType, Status};
pub use clock::Clock;
pub use fault::{Fault, Loss, Times};
pub use fleet::{Accounts, Fleet};
pub use inspect::{
    CallRecord, CertificateState, PlaceState, TransferPhase, TransferState, WorldSnapshot,
};
pub use operation::Operation;
pub use roles::NewRole;
pub use server::{Server, ServerError};
pub use setup::{NewCertificate, SetupError};
pub use wire::{NoAnswer, Request, Response};

use world::World;

/// The region of the demo, and the one set-up and inspection work in unless told otherwise.
pub const DEFAULT_REGION: &str = "us-east-1";

/// An AWS IoT control plane in memory, with the parts of STS and of IAM Identity Center that say who calls.
///
/// Clones share one world. Set-up and inspection work in one region, see [`Simulator::at`]; requests work in the
/// region their signature names.
#[derive(Clone, Debug)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    region: Arc<str>,
}

impl Simulator {
    /// A world without accounts, under the default assumptions.
    pub fn new(clock: Clock) -> Self {
        Self::with_assumptions(clock, Assumptions::default())
    }

    /// A world without accounts, under the given assumptions.
    pub fn with_assumptions(clock: Clock, assumptions: Assumptions) -> Self {
        Self {
            world: Arc::new(Mutex::new(World::new(clock, assumptions))),
            region: Arc::from(DEFAULT_REGION),
        }
    }

    /// The same world, with set-up and inspection in another region.
    pub fn at(&self, region: &str) -> Self {
        Self {
            world: Arc::clone(&self.world),
            region: Arc::from(region),
        }
    }

    /// Replaces the assumptions from the next call on.
    pub fn set_assumptions(&self, assumptions: Assumptions) {
        self.lock().assumptions = assumptions;
    }

    /// The world, also after a panic elsewhere: every change is made completely or not at all.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
