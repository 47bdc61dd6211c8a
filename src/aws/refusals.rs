//! Why certferry's own providers and its signer give no credentials, or let nothing out.

use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::{
    config::http::HttpResponse, error::SdkError, operation::assume_role::AssumeRoleError,
};

use crate::domain::{AccountId, Failure, FailureKind, Operation};

/// Credentials, or rows, of another account than the connection's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this connection was account {}, and now account {} answers: nothing more is sent",
    .was.grouped(),
    .is.grouped()
)]
pub(super) struct OtherAccount {
    pub(super) was: AccountId,
    pub(super) is: AccountId,
}

impl OtherAccount {
    pub(super) fn failure(&self, operation: Operation) -> Failure {
        Failure {
            kind: FailureKind::OtherAccount,
            ..Failure::internal(operation, self.to_string())
        }
    }
}

/// Why there are no credentials, for everybody who needs some.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub(super) struct Refusal {
    #[source]
    pub(super) error: Arc<CredentialsError>,
    /// The profile that was to give them, with its file and line.
    pub(super) profile: Option<Arc<str>>,
}

/// A key of which it is not known whose it is was about to sign a change.
#[derive(Debug, thiserror::Error)]
#[error("the credentials are new, and it is not known of which account they are")]
pub(super) struct Unverified;

/// A code of an MFA device is needed, and there is none.
#[derive(Debug, thiserror::Error)]
#[error("the role {role} is assumed with a code of the MFA device {serial} ({place})")]
pub(super) struct NeedsCode {
    pub(super) role: String,
    pub(super) serial: String,
    pub(super) place: String,
}

/// A role that STS did not give.
#[derive(Debug, thiserror::Error)]
#[error("the role {role} is not given: {said} ({place})")]
pub(super) struct RoleRefused {
    pub(super) role: String,
    pub(super) place: String,
    /// What STS said, or why it was not asked.
    pub(super) said: String,
    /// Whether a code was sent along.
    pub(super) with_code: bool,
    #[source]
    pub(super) error: Box<SdkError<AssumeRoleError, HttpResponse>>,
}

/// IAM Identity Center does not give a role.
#[derive(Debug, thiserror::Error)]
#[error("IAM Identity Center does not give the role {role} in account {account}: {said} ({place})")]
pub(super) struct NotAssigned {
    pub(super) role: String,
    pub(super) account: String,
    pub(super) place: String,
    /// What the portal said.
    pub(super) said: String,
    /// AWS's code.
    pub(super) code: Option<String>,
}

/// Nobody is signed in, or not any more.
#[derive(Debug, thiserror::Error)]
#[error("the sign-in at IAM Identity Center has ended, or was never done: {said} ({place})")]
pub(super) struct NotSignedIn {
    pub(super) place: String,
    /// What the portal said, or why it was not asked.
    pub(super) said: String,
    /// AWS's code, when AWS was asked.
    pub(super) code: Option<String>,
}
