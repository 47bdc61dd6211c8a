//! The switches for what AWS does not document.

use std::time::Duration;

/// What the simulator does where AWS's documents are silent. The table in the [module](crate::simulator) explains each
/// field; an enum's default is its first variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// Whether an attached thing blocks `TransferCertificate`.
    pub things_attached: ThingsAttached,
    /// Whether the source's `ListCertificates` shows a certificate in transfer.
    pub source_list: SourceList,
    /// Whether the source's `DescribeCertificate` finds a certificate in transfer.
    pub source_describe: SourceDescribe,
    /// Whom `ownedBy` names while a transfer waits.
    pub owner_while_pending: PendingOwner,
    /// What remains of `transferData` after a cancelled transfer.
    pub data_after_cancel: EndedTransferData,
    /// The answer to the side that may not make the call.
    pub wrong_side: WrongSide,
    /// The answer about the own certificate that is in no transfer.
    pub not_in_transfer: NotInTransfer,
    /// The answer to `UpdateCertificate` while the transfer waits.
    pub update_while_pending: UpdateWhilePending,
    /// The answer to `UpdateCertificate` with a status that only AWS sets.
    pub forbidden_status: ForbiddenStatus,
    /// Whether a certificate that is neither active nor inactive can be transferred.
    pub transfer_of_unusable: TransferOfUnusable,
    /// Whether a revoked certificate can get another status.
    pub leaving_revoked: LeavingRevoked,
    /// The answer to a transfer to the own account.
    pub self_transfer: SelfTransfer,
    /// The answer to a transfer to an account that does not exist.
    pub unknown_target: UnknownTarget,
    /// The answer to a transfer to an account that has the same certificate.
    pub same_id_in_target: SameIdInTarget,
    /// How long `TransferCertificate` still sees a detached policy; `ListAttachedPolicies` does not.
    pub policy_detach_delay: Duration,
    /// How long a detached thing stays attached and listed. AWS says "several seconds"; three by default.
    pub thing_detach_delay: Duration,
    /// The answer to the detachment of a thing that is not attached.
    pub detach_unattached_thing: DetachUnattached,
    /// What becomes of a thing that is attached again while its detachment is under way.
    pub attach_while_detaching: AttachWhileDetaching,
    /// The answer to `GetThingConnectivityData` where the fleet is not indexed with connectivity.
    pub without_index: WithoutIndex,
    /// Whether `TestAuthorization` answers for a certificate that is not active.
    pub inactive_authorization: InactiveAuthorization,
    /// Whether a certificate keeps its CA's id when another account accepts it.
    pub ca_after_accept: CaAfterAccept,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            things_attached: ThingsAttached::default(),
            source_list: SourceList::default(),
            source_describe: SourceDescribe::default(),
            owner_while_pending: PendingOwner::default(),
            data_after_cancel: EndedTransferData::default(),
            wrong_side: WrongSide::default(),
            not_in_transfer: NotInTransfer::default(),
            update_while_pending: UpdateWhilePending::default(),
            forbidden_status: ForbiddenStatus::default(),
            transfer_of_unusable: TransferOfUnusable::default(),
            leaving_revoked: LeavingRevoked::default(),
            self_transfer: SelfTransfer::default(),
            unknown_target: UnknownTarget::default(),
            same_id_in_target: SameIdInTarget::default(),
            policy_detach_delay: Duration::ZERO,
            thing_detach_delay: Duration::from_secs(3),
            detach_unattached_thing: DetachUnattached::default(),
            attach_while_detaching: AttachWhileDetaching::default(),
            without_index: WithoutIndex::default(),
            inactive_authorization: InactiveAuthorization::default(),
            ca_after_accept: CaAfterAccept::default(),
        }
    }
}

impl Assumptions {
    /// The default assumptions with things that are detached at once.
    pub fn instant_detach() -> Self {
        Self {
            thing_detach_delay: Duration::ZERO,
            ..Self::default()
        }
    }
}

/// Whether an attached thing blocks the transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThingsAttached {
    /// `TransferConflictException`.
    #[default]
    TransferConflict,
    /// `CertificateStateException`.
    CertificateState,
    /// `InvalidRequestException`.
    InvalidRequest,
    /// The transfer starts; the things stay with the source until it is accepted.
    Allowed,
}

/// Whether the source lists a certificate in transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceList {
    /// Listed with the status `PENDING_TRANSFER`.
    #[default]
    PendingTransfer,
    /// Left out; only `ListOutgoingCertificates` has it.
    Hidden,
}

/// Whether the source can describe a certificate in transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceDescribe {
    /// Described with the status `PENDING_TRANSFER`.
    #[default]
    PendingTransfer,
    /// `ResourceNotFoundException`.
    ResourceNotFound,
    /// Described as it was before the transfer: `INACTIVE`, its own, and without the transfer's data.
    AsBefore,
}

/// The owner while a transfer waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PendingOwner {
    /// `ownedBy` is the recipient and `previousOwnedBy` the source.
    #[default]
    Recipient,
    /// `ownedBy` is still the source.
    Source,
}

/// What remains of `transferData` after a cancelled transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndedTransferData {
    /// Message and start date remain.
    #[default]
    Kept,
    /// `transferData` is empty again.
    Cleared,
}

/// The answer to the side that may not make the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WrongSide {
    /// `ResourceNotFoundException`.
    #[default]
    ResourceNotFound,
    /// `AccessDeniedException`.
    AccessDenied,
}

/// The answer about the own certificate that is in no transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotInTransfer {
    /// `TransferAlreadyCompletedException`.
    #[default]
    TransferAlreadyCompleted,
    /// `ResourceNotFoundException`.
    ResourceNotFound,
    /// `InvalidRequestException`.
    InvalidRequest,
}

/// The answer to `UpdateCertificate` while the transfer waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateWhilePending {
    /// `CertificateStateException`.
    #[default]
    CertificateState,
    /// `ResourceNotFoundException`.
    ResourceNotFound,
}

/// The answer to a status that only AWS sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForbiddenStatus {
    /// `InvalidRequestException`.
    #[default]
    InvalidRequest,
    /// `CertificateStateException`.
    CertificateState,
}

/// Whether a certificate that is neither active nor inactive can be transferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransferOfUnusable {
    /// `CertificateStateException`.
    #[default]
    CertificateState,
    /// The transfer starts; the certificate arrives or comes back inactive.
    Allowed,
}

/// Whether a revoked certificate can get another status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeavingRevoked {
    /// `CertificateStateException`.
    #[default]
    CertificateState,
    /// Allowed.
    Allowed,
}

/// The answer to a transfer to the own account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelfTransfer {
    /// `InvalidRequestException`.
    #[default]
    InvalidRequest,
    /// `TransferConflictException`.
    TransferConflict,
}

/// The answer to a transfer to an account that does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownTarget {
    /// The transfer starts and waits for ever.
    #[default]
    Accepted,
    /// `ResourceNotFoundException`.
    ResourceNotFound,
    /// `InvalidRequestException`.
    InvalidRequest,
}

/// The answer to a transfer to an account that has the same certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameIdInTarget {
    /// `TransferConflictException`.
    #[default]
    TransferConflict,
    /// `InvalidRequestException`.
    InvalidRequest,
}

/// The answer to the detachment of a thing that is not attached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetachUnattached {
    /// `ResourceNotFoundException`.
    #[default]
    ResourceNotFound,
    /// 200, as if it had been attached.
    Succeeds,
}

/// What becomes of a thing that is attached again while its detachment is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttachWhileDetaching {
    /// It stays attached.
    #[default]
    Stays,
    /// The attachment succeeds and changes nothing: the detachment goes on.
    Lost,
}

/// The answer about a connection where the fleet is not indexed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutIndex {
    /// `IndexNotReadyException`.
    #[default]
    IndexNotReady,
    /// `InvalidRequestException`.
    InvalidRequest,
}

/// Whether a certificate that is not active can be tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InactiveAuthorization {
    /// As if it were active.
    #[default]
    Answers,
    /// `InvalidRequestException`.
    InvalidRequest,
}

/// What becomes of a certificate's CA in another account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaAfterAccept {
    /// Its id stays, whether that account has registered it or not.
    #[default]
    Kept,
    /// It is forgotten.
    Forgotten,
}
