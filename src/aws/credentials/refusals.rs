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
pub(in crate::aws) struct OtherAccount {
    pub(in crate::aws) was: AccountId,
    pub(in crate::aws) is: AccountId,
}

impl OtherAccount {
    pub(in crate::aws) fn failure(&self, operation: Operation) -> Failure {
        Failure {
            kind: FailureKind::OtherAccount,
            ..Failure::internal(operation, self.to_string())
        }
    }
}

/// Why there are no credentials, for everybody who needs some.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub(in crate::aws) struct Refusal {
    #[source]
    pub(in crate::aws) error: Arc<CredentialsError>,
    /// The profile that was to give them, with its file and line.
    pub(in crate::aws) profile: Option<Arc<str>>,
}

/// A change was about to be signed with a key whose account is not known.
#[derive(Debug, thiserror::Error)]
#[error("the credentials are new, and it is not known of which account they are")]
pub(in crate::aws) struct Unverified;

/// A code of an MFA device is needed and was not given.
#[derive(Debug, thiserror::Error)]
#[error("the role {role} is assumed with a code of the MFA device {serial} ({place})")]
pub(in crate::aws) struct NeedsCode {
    pub(in crate::aws) role: String,
    pub(in crate::aws) serial: String,
    pub(in crate::aws) place: String,
}

/// A role that STS did not give.
#[derive(Debug, thiserror::Error)]
#[error("the role {role} is not given: {said} ({place})")]
pub(in crate::aws) struct RoleRefused {
    pub(in crate::aws) role: String,
    pub(in crate::aws) place: String,
    /// What STS said, or why it was not asked.
    pub(in crate::aws) said: String,
    /// Whether a code was sent along.
    pub(in crate::aws) with_code: bool,
    #[source]
    pub(in crate::aws) error: Box<SdkError<AssumeRoleError, HttpResponse>>,
}

/// IAM Identity Center does not give a role.
#[derive(Debug, thiserror::Error)]
#[error("IAM Identity Center does not give the role {role} in account {account}: {said} ({place})")]
pub(in crate::aws) struct NotAssigned {
    pub(in crate::aws) role: String,
    pub(in crate::aws) account: String,
    pub(in crate::aws) place: String,
    /// What the portal said.
    pub(in crate::aws) said: String,
    /// AWS's code.
    pub(in crate::aws) code: Option<String>,
}

/// There is no sign-in, or it has ended.
#[derive(Debug, thiserror::Error)]
#[error("the sign-in at IAM Identity Center has ended, or was never done: {said} ({place})")]
pub(in crate::aws) struct NotSignedIn {
    pub(in crate::aws) place: String,
    /// What the portal said, or why it was not asked.
    pub(in crate::aws) said: String,
    /// AWS's code, when AWS was asked.
    pub(in crate::aws) code: Option<String>,
}
