//! What went wrong, typed: nothing looks at the text of an error to decide.

use serde::{Serialize, Serializer};
use strum::EnumIter;

use crate::domain::actions::operation::Operation;

/// What kind of failure it is. Decides what a person is told to do, never how it is worded by AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub enum FailureKind {
    /// No provider of the chain had credentials, or the configured one could not give any.
    NoCredentials,
    /// The profile asked for is not in the configuration, or cannot be read.
    BadProfile,
    /// No region is configured.
    NoRegion,
    /// The session's token has expired.
    ExpiredCredentials,
    /// AWS does not know or does not accept the credentials.
    InvalidCredentials,
    /// The credentials, or what AWS lists, are of another account than before.
    OtherAccount,
    /// The credentials have changed, and nothing says of which account they are now.
    AccountNotKnown,
    /// The role needs a code of an MFA device, and none was given.
    CodeNeeded,
    /// AWS does not give a role for the code that was typed.
    CodeRefused,
    /// AWS STS does not give a role.
    RoleRefused,
    /// IAM Identity Center does not give a role to whoever is signed in.
    RoleNotAssigned,
    /// The credentials are good, but not in this region.
    RegionOff,
    /// This computer's clock is wrong.
    ClockWrong,
    /// An IAM policy does not allow the action.
    AccessDenied,
    /// A policy of the organization does not allow the action.
    DeniedByOrganization,
    /// The account's quota for the operation is used up for the moment.
    Throttled,
    /// Nothing listens at the endpoint.
    ConnectionRefused,
    /// The endpoint's name has no address.
    UnknownHost,
    /// The server's TLS certificate is not trusted.
    NotTrusted,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    ConnectionLost,
    /// There is no such certificate, policy or thing, or it is another account's.
    NotFound,
    /// There is something of this name already, and it differs.
    AlreadyExists,
    /// The certificate's status does not allow it.
    CertificateState,
    /// Policies are still attached.
    TransferConflict,
    /// The transfer was already accepted, rejected or cancelled.
    TransferCompleted,
    /// AWS does not accept a parameter.
    InvalidRequest,
    /// A limit, such as ten policies a certificate, is reached.
    LimitExceeded,
    /// The endpoint does not know the operation.
    NotSupported,
    /// A setting of the AWS configuration or of the command line cannot be used.
    BadSetting,
    /// It is not what the dialog showed any more.
    Changed,
    /// The device would not be allowed what its policies say.
    NotProven,
    /// AWS failed inside.
    ServiceFault,
    /// The answer could not be read.
    UnreadableAnswer,
    /// This session is read-only.
    ReadOnly,
    /// The journal cannot be used, so that nothing can be changed.
    Journal,
    /// certferry itself failed.
    Internal,
    /// Something else.
    Other,
}

impl FailureKind {
    /// Whether nobody has answered for AWS: something on the way may hold the request back, and deliver it
    /// later, also when AWS shows that it had no effect yet.
    pub const fn is_unanswered(self) -> bool {
        matches!(
            self,
            Self::TimedOut | Self::ConnectionLost | Self::ServiceFault | Self::UnreadableAnswer
        )
    }

    /// The word for programs and files. It never changes: journals have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCredentials => "NoCredentials",
            Self::BadProfile => "BadProfile",
            Self::NoRegion => "NoRegion",
            Self::ExpiredCredentials => "ExpiredCredentials",
            Self::InvalidCredentials => "InvalidCredentials",
            Self::OtherAccount => "OtherAccount",
            Self::AccountNotKnown => "AccountNotKnown",
            Self::CodeNeeded => "CodeNeeded",
            Self::CodeRefused => "CodeRefused",
            Self::RoleRefused => "RoleRefused",
            Self::RoleNotAssigned => "RoleNotAssigned",
            Self::RegionOff => "RegionOff",
            Self::ClockWrong => "ClockWrong",
            Self::AccessDenied => "AccessDenied",
            Self::DeniedByOrganization => "DeniedByOrganization",
            Self::Throttled => "Throttled",
            Self::ConnectionRefused => "ConnectionRefused",
            Self::UnknownHost => "UnknownHost",
            Self::NotTrusted => "NotTrusted",
            Self::TimedOut => "TimedOut",
            Self::ConnectionLost => "ConnectionLost",
            Self::NotFound => "NotFound",
            Self::AlreadyExists => "AlreadyExists",
            Self::CertificateState => "CertificateState",
            Self::TransferConflict => "TransferConflict",
            Self::TransferCompleted => "TransferCompleted",
            Self::InvalidRequest => "InvalidRequest",
            Self::LimitExceeded => "LimitExceeded",
            Self::NotSupported => "NotSupported",
            Self::BadSetting => "BadSetting",
            Self::Changed => "Changed",
            Self::NotProven => "NotProven",
            Self::ServiceFault => "ServiceFault",
            Self::UnreadableAnswer => "UnreadableAnswer",
            Self::ReadOnly => "ReadOnly",
            Self::Journal => "Journal",
            Self::Internal => "Internal",
            Self::Other => "Other",
        }
    }
}

/// As its code, for files and programs.
impl Serialize for FailureKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A failed call, with all a person needs to act on it or to ask for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was tried.
    pub operation: Operation,
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// AWS's error code.
    pub code: Option<String>,
    /// AWS's message, or the client's. Foreign text.
    pub message: String,
    /// AWS's number of the call.
    pub request_id: Option<String>,
    /// Whether the change may have been made although the call failed.
    pub ambiguous: bool,
    /// Whether AWS was asked afterwards and its state shows that the change was not made.
    pub refuted: bool,
}

/// Whether the credentials are no good until a person renews them.
pub const fn ends_signing(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::NoCredentials
            | FailureKind::ExpiredCredentials
            | FailureKind::InvalidCredentials
            | FailureKind::CodeNeeded
            | FailureKind::CodeRefused
            | FailureKind::RoleRefused
            | FailureKind::RoleNotAssigned
    )
}

impl Failure {
    /// A failure of certferry itself.
    pub fn internal(operation: Operation, message: impl Into<String>) -> Self {
        Self {
            operation,
            kind: FailureKind::Internal,
            code: None,
            message: message.into(),
            request_id: None,
            ambiguous: false,
            refuted: false,
        }
    }

    /// Whether nothing came back.
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::TimedOut | FailureKind::ConnectionLost
        )
    }

    /// Whether every further call would fail for the same reason.
    pub const fn concerns_connection(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::BadProfile
                | FailureKind::NoRegion
                | FailureKind::BadSetting
                | FailureKind::OtherAccount
                | FailureKind::AccountNotKnown
                | FailureKind::RegionOff
                | FailureKind::ClockWrong
                | FailureKind::ConnectionRefused
                | FailureKind::UnknownHost
                | FailureKind::NotTrusted
        ) || self.ends_signing()
    }

    /// Whether the credentials are no good until a person renews them.
    pub const fn ends_signing(&self) -> bool {
        ends_signing(self.kind)
    }
}
