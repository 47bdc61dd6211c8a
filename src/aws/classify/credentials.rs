//! Why there are no credentials.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_iot::error::ProvideErrorMetadata as _;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::{
    aws::{
        classify::{
            causes::{chain, find},
            codes::known_code,
            text::{MESSAGE_LIMIT, bounded},
            verdict::unreachable,
        },
        credentials::refusals::{NeedsCode, NotAssigned, NotSignedIn, Refusal, RoleRefused},
    },
    domain::{Failure, FailureKind, Operation},
};

/// Why there are no credentials.
pub(in crate::aws) fn no_credentials(operation: Operation, error: &CredentialsError) -> Failure {
    let why = find_credentials(error).unwrap_or(error);
    let message = told(why).unwrap_or_else(|| chain(why));
    let message = with_profile(bounded(&message, MESSAGE_LIMIT), error);
    let error = why;
    Failure {
        kind: kind_of(error),
        code: role_code(error).map(|code| bounded(code, 100)),
        ..Failure::internal(operation, message)
    }
}

/// The message, with the profile that was to give the credentials when there are none.
pub(super) fn with_profile(message: String, error: &(dyn Error + 'static)) -> String {
    match find::<Refusal>(error).and_then(|refusal| refusal.profile.as_ref()) {
        Some(profile) if !message.contains(&**profile) => format!("{message} ({profile})"),
        _ => message,
    }
}

/// What certferry's own providers say of credentials that they do not give.
pub(super) fn told(error: &(dyn Error + 'static)) -> Option<String> {
    let error = match find::<Refusal>(error) {
        Some(refusal) => &*refusal.error,
        None => error,
    };
    let code = find::<NeedsCode>(error).map(ToString::to_string);
    let role = || find::<RoleRefused>(error).map(ToString::to_string);
    let assigned = || find::<NotAssigned>(error).map(ToString::to_string);
    let signed_in = || find::<NotSignedIn>(error).map(ToString::to_string);
    code.or_else(role).or_else(assigned).or_else(signed_in)
}

/// AWS's code for a role that it does not give.
pub(super) fn role_code<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    let error: &(dyn Error + 'static) = match find_credentials(error) {
        Some(credentials) => credentials,
        None => error,
    };
    let assumed = || find::<RoleRefused>(error).and_then(|it| it.error.code());
    let signed_in = || find::<NotAssigned>(error).and_then(|it| it.code.as_deref());
    let signed_out = || find::<NotSignedIn>(error).and_then(|it| it.code.as_deref());
    assumed().or_else(signed_in).or_else(signed_out)
}

/// The error of the credentials' provider, when that is the reason.
pub(super) fn find_credentials<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a CredentialsError> {
    match find::<Refusal>(error) {
        Some(refusal) => Some(&refusal.error),
        None => find(error),
    }
}

/// Why the chain of credential providers gave nothing.
pub(super) fn kind_of(error: &CredentialsError) -> FailureKind {
    if find::<NeedsCode>(error).is_some() {
        return FailureKind::CodeNeeded;
    }
    if find::<NotAssigned>(error).is_some() {
        return FailureKind::RoleNotAssigned;
    }
    if find::<NotSignedIn>(error).is_some() {
        return FailureKind::ExpiredCredentials;
    }
    let refused = find::<RoleRefused>(error);
    let by_token = || find::<AssumeRoleWithWebIdentityError>(error).and_then(|e| e.code());
    let code = refused.and_then(|e| e.error.code()).or_else(by_token);
    match code.and_then(known_code) {
        Some(FailureKind::AccessDenied) if refused.is_some_and(|it| it.with_code) => {
            return FailureKind::CodeRefused;
        }
        Some(FailureKind::AccessDenied) => return FailureKind::RoleRefused,
        // What the role's own settings say is not accepted: an id, a duration, a device.
        Some(FailureKind::InvalidRequest) => return FailureKind::BadProfile,
        Some(kind) => return kind,
        None => {}
    }
    // A provider that was configured and could not reach its service. One that was not configured
    // could not reach anything either (there is no instance metadata), which says nothing.
    if let CredentialsError::ProviderError(_) = error
        && let Some(kind) = find::<ConnectorError>(error).and_then(|e| unreachable(e))
    {
        return kind;
    }
    match error {
        // The profile provider reports a profile that it cannot follow as unexpected.
        CredentialsError::InvalidConfiguration(_) | CredentialsError::Unhandled(_) => {
            FailureKind::BadProfile
        }
        _ => FailureKind::NoCredentials,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn credentials_that_are_missing_sent_nothing() {
        let missing = CredentialsError::not_loaded("no providers in chain provided credentials");
        let failure = no_credentials(Operation::TransferCertificate, &missing);
        assert_eq!(failure.kind, FailureKind::NoCredentials);
        assert!(!failure.ambiguous);
        assert!(failure.message.contains("no providers"), "{failure:?}");
    }

    #[test]
    fn a_provider_that_cannot_reach_its_service_says_so() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let provider = CredentialsError::provider_error(ConnectorError::io(refused.into()));
        let failure = no_credentials(Operation::TransferCertificate, &provider);
        assert_eq!(failure.kind, FailureKind::ConnectionRefused);
        assert!(!failure.ambiguous);
    }

    #[test]
    fn an_expired_token_of_a_role_is_expired() {
        let expired = AssumeRoleWithWebIdentityError::generic(
            aws_sdk_sts::error::ErrorMetadata::builder()
                .code("ExpiredToken")
                .build(),
        );
        let provider = CredentialsError::provider_error(expired);
        let failure = no_credentials(Operation::TransferCertificate, &provider);
        assert_eq!(failure.kind, FailureKind::ExpiredCredentials);
    }
}
