//! The API operations certferry calls.

use strum::IntoEnumIterator as _;

/// One operation of AWS IoT or AWS STS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
#[expect(missing_docs, reason = "each is named as AWS names it")]
pub enum Operation {
    Connect,
    Journal,
    GetCallerIdentity,
    ListCertificates,
    ListOutgoingCertificates,
    DescribeCertificate,
    ListAttachedPolicies,
    ListPrincipalThings,
    GetPolicy,
    DescribeThing,
    UpdateCertificate,
    AttachPolicy,
    DetachPolicy,
    AttachThingPrincipal,
    DetachThingPrincipal,
    TransferCertificate,
    AcceptCertificateTransfer,
    RejectCertificateTransfer,
    CancelCertificateTransfer,
}

impl Operation {
    /// The operation with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::iter().find(|operation| operation.name() == name)
    }

    /// The API's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Journal => "Journal",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::ListCertificates => "ListCertificates",
            Self::ListOutgoingCertificates => "ListOutgoingCertificates",
            Self::DescribeCertificate => "DescribeCertificate",
            Self::ListAttachedPolicies => "ListAttachedPolicies",
            Self::ListPrincipalThings => "ListPrincipalThings",
            Self::GetPolicy => "GetPolicy",
            Self::DescribeThing => "DescribeThing",
            Self::UpdateCertificate => "UpdateCertificate",
            Self::AttachPolicy => "AttachPolicy",
            Self::DetachPolicy => "DetachPolicy",
            Self::AttachThingPrincipal => "AttachThingPrincipal",
            Self::DetachThingPrincipal => "DetachThingPrincipal",
            Self::TransferCertificate => "TransferCertificate",
            Self::AcceptCertificateTransfer => "AcceptCertificateTransfer",
            Self::RejectCertificateTransfer => "RejectCertificateTransfer",
            Self::CancelCertificateTransfer => "CancelCertificateTransfer",
        }
    }

    /// Whether it changes anything.
    pub const fn mutates(self) -> bool {
        matches!(
            self,
            Self::UpdateCertificate
                | Self::AttachPolicy
                | Self::DetachPolicy
                | Self::AttachThingPrincipal
                | Self::DetachThingPrincipal
                | Self::TransferCertificate
                | Self::AcceptCertificateTransfer
                | Self::RejectCertificateTransfer
                | Self::CancelCertificateTransfer
        )
    }

    /// The action an IAM policy must allow for it. `ListPrincipalThingsV2` has that of the first
    /// version (service model), so the two are one here.
    pub fn iam_action(self) -> String {
        match self {
            Self::GetCallerIdentity => format!("sts:{}", self.name()),
            _ => format!("iot:{}", self.name()),
        }
    }
}
