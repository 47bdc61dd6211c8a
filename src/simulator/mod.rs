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
//! | `without_index` | `GetThingConnectivityData` where the fleet is not indexed with connectivity | `IndexNotReadyException` | `InvalidRequestException` |
//! | `inactive_authorization` | `TestAuthorization` of a certificate that is not active | it answers as if it were | `InvalidRequestException` |
//! | `ca_after_accept` | Does a certificate keep its CA's id in an account that has not registered that CA? | yes | no |
//!
//! Assumed without a switch: a transfer that waits never expires; nothing can be attached to a certificate in
//! transfer (`InvalidRequestException`); an ARN of another account in a policy or thing call is not found;
//! `ListPrincipalThingsV2` shares the quota of `ListPrincipalThings`; operations whose quota is not published
//! have none.

mod connector;
mod front;
mod furnish;
mod handle;
#[cfg_attr(not(feature = "faults"), path = "no_mishap.rs")]
mod mishap;
mod operations;
mod server;
mod wire;
mod world;

pub use furnish::fleet::{Accounts, Fleet};
pub use furnish::inspect::{
    CertificateState, PlaceState, TransferPhase, TransferState, WorldSnapshot,
};
pub use furnish::setup::{NewCertificate, SetupError};
pub use handle::{DEFAULT_REGION, Simulator};
pub use server::{Server, ServerError};
pub use wire::{NoAnswer, Request, Response};
pub use world::assumptions::{
    Assumptions, AttachWhileDetaching, CaAfterAccept, DetachUnattached, EndedTransferData,
    ForbiddenStatus, InactiveAuthorization, LeavingRevoked, NotInTransfer, PendingOwner,
    SameIdInTarget, SelfTransfer, SourceDescribe, SourceList, ThingsAttached, TransferOfUnusable,
    UnknownTarget, UpdateWhilePending, WithoutIndex, WrongSide,
};
pub use world::certificate::{PrincipalType, Status};
pub use world::clock::Clock;
#[cfg(feature = "faults")]
pub use world::fault::{Fault, Loss, Times};
pub use world::keys::AccessKey;
pub use world::operation::Operation;
pub use world::record::CallRecord;
pub use world::roles::NewRole;
