//! The SDK's errors as failures: by variant, by code, and by the types in the chain of sources.

mod causes;
mod codes;
mod credentials;
pub(super) mod earlier;
mod text;
mod verdict;

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use aws_sdk_iot::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_runtime_api::client::{orchestrator::OrchestratorError, result::ConnectorError};
use aws_smithy_types::{DateTime, date_time::Format};

pub(super) use crate::aws::classify::causes::chain;
pub(super) use crate::aws::classify::causes::find;
pub(super) use crate::aws::classify::causes::innermost;
pub(super) use crate::aws::classify::codes::is_throttling;
pub(super) use crate::aws::classify::credentials::no_credentials;
pub(super) use crate::aws::classify::text::bounded;
pub(super) use crate::aws::classify::text::not_connected;
pub(super) use crate::aws::classify::text::unreadable;
use crate::{
    aws::{
        answer::code,
        classify::{
            codes::service_error,
            credentials::{find_credentials, kind_of, role_code, told, with_profile},
            text::MESSAGE_LIMIT,
            verdict::{ErrorVerdict, unreachable},
        },
        credentials::refusals::{OtherAccount, Unverified},
    },
    domain::{Failure, FailureKind, Operation, text::counted},
};

/// How far a clock may be off. AWS takes a signature for five minutes (IAM User Guide, "Signature Version 4"),
/// some of which the answer was on its way.
const TOO_FAR: Duration = Duration::from_mins(4);

/// What a call of `operation` failed with.
pub(super) fn failure<E>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let verdict = verdict(error);
    let mut message = words(error);
    let mut kind = verdict.kind;
    match kind {
        FailureKind::AccessDenied if is_by_organization(&message) => {
            kind = FailureKind::DeniedByOrganization;
        }
        FailureKind::InvalidCredentials => {
            if let Some(words) = error.raw_response().and_then(clock_is_wrong) {
                kind = FailureKind::ClockWrong;
                message = format!("{words}; AWS says: {message}");
            }
        }
        _ => {}
    }
    Failure {
        operation,
        kind,
        code: (error.code().or_else(|| role_code(error))).map(|code| bounded(code, 100)),
        message: with_profile(bounded(&message, MESSAGE_LIMIT), error),
        request_id: error.request_id().map(|id| bounded(id, 100)),
        ambiguous: verdict.may_have_run && operation.mutates(),
        refuted: false,
    }
}

/// Whether a message says that a policy of the organization denies it. AWS has no code for that; these are
/// its words (IAM User Guide, "Troubleshoot access denied error messages"). Only what a person is told depends
/// on it.
fn is_by_organization(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let policies = ["service control policy", "resource control policy"];
    policies.iter().any(|policy| {
        let denied = format!("explicit deny in a {policy}");
        let not_allowed = format!("no {policy} allows");
        message.contains(&denied) || message.contains(&not_allowed)
    })
}

/// How far this computer's clock is off, when it is so far that AWS takes no signature of it.
fn clock_is_wrong(answer: &HttpResponse) -> Option<String> {
    let sent = answer.headers().get("date")?;
    let sent = DateTime::from_str(sent, Format::HttpDate).ok()?;
    let sent = SystemTime::try_from(sent).ok()?;
    let now = SystemTime::now();
    let (off, way) = match now.duration_since(sent) {
        Ok(ahead) => (ahead, "ahead"),
        Err(behind) => (behind.duration(), "behind"),
    };
    (off >= TOO_FAR).then(|| {
        let minutes = off.as_secs() / 60;
        let minutes = counted(
            usize::try_from(minutes).unwrap_or(usize::MAX),
            "minute",
            "minutes",
        );
        format!("this computer's clock is {minutes} {way} of AWS's")
    })
}

/// What an error says: AWS's words, where it is AWS that says it.
pub(super) fn words<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|raw| raw.status().as_u16());
    match (error.message(), status) {
        (Some(message), _) if !message.is_empty() => message.trim().to_owned(),
        (_, Some(status)) => format!("HTTP status {status}: {}", chain(error)),
        (_, None) => told(error).unwrap_or_else(|| chain(innermost_report(error))),
    }
}

fn verdict<E>(error: &SdkError<E, HttpResponse>) -> ErrorVerdict
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if find::<OtherAccount>(error).is_some() {
        return ErrorVerdict::ran_not(FailureKind::OtherAccount);
    }
    if find::<Unverified>(error).is_some() {
        return ErrorVerdict::ran_not(FailureKind::AccountNotKnown);
    }
    if let Some(kind) = find_credentials(error).map(kind_of) {
        // Without credentials nothing is sent.
        return ErrorVerdict::ran_not(kind);
    }
    match error {
        SdkError::ConstructionFailure(_) => ErrorVerdict::ran_not(FailureKind::Other),
        SdkError::TimeoutError(_) => ErrorVerdict::may_have_run(FailureKind::TimedOut),
        SdkError::DispatchFailure(dispatch) => dispatch.as_connector_error().map_or_else(
            || ErrorVerdict::may_have_run(FailureKind::ConnectionLost),
            connector,
        ),
        SdkError::ServiceError(service) => {
            service_error(error.code(), service.raw().status().as_u16())
        }
        // `ResponseError`, and what the SDK may add.
        _ => ErrorVerdict::may_have_run(FailureKind::UnreadableAnswer),
    }
}

/// Whether a failed try of a call may have had its effect, as far as that is a reason to send it again.
pub(super) fn may_have_run<E: Error + 'static>(
    error: &OrchestratorError<E>,
    answer: Option<&HttpResponse>,
) -> bool {
    if let Some(error) = error.as_connector_error() {
        return connector(error).may_have_run;
    }
    match answer {
        Some(answer) if error.is_operation_error() => {
            let code = code(answer);
            service_error(code.as_deref(), answer.status().as_u16()).may_have_run
        }
        // An answer that cannot be read.
        Some(_) => true,
        None => error.is_timeout_error(),
    }
}

/// A request that got no answer.
fn connector(error: &ConnectorError) -> ErrorVerdict {
    if let Some(kind) = unreachable(error) {
        return ErrorVerdict::ran_not(kind);
    }
    if let Some(rustls::Error::InvalidCertificate(_)) = find(error) {
        return ErrorVerdict::ran_not(FailureKind::NotTrusted);
    }
    if error.is_user() {
        return ErrorVerdict::ran_not(FailureKind::Other);
    }
    // No route, no answer to the connection, no agreement on TLS: nothing was sent over it.
    let never_connected = find::<hyper_util::client::legacy::Error>(error)
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    ErrorVerdict {
        kind: if error.is_timeout() {
            FailureKind::TimedOut
        } else {
            FailureKind::ConnectionLost
        },
        may_have_run: !never_connected,
    }
}

/// The error to report: without the layers of the SDK that say no more than where they are.
fn innermost_report<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    if let Some(credentials) = find_credentials(error) {
        return credentials;
    }
    find::<ConnectorError>(error)
        .and_then(Error::source)
        .unwrap_or(error)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use aws_sdk_iot::operation::transfer_certificate::TransferCertificateError;

    type SentError = SdkError<TransferCertificateError, HttpResponse>;

    fn classified(error: &SentError) -> Failure {
        failure(Operation::TransferCertificate, error)
    }

    #[test]
    fn a_refused_connection_sent_nothing() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let failure = classified(&SdkError::dispatch_failure(ConnectorError::io(
            refused.into(),
        )));
        assert_eq!(failure.kind, FailureKind::ConnectionRefused);
        assert!(!failure.ambiguous);
    }

    #[test]
    fn a_reset_connection_may_have_sent_it() {
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let error: SentError = SdkError::dispatch_failure(ConnectorError::io(reset.into()));
        assert_eq!(classified(&error).kind, FailureKind::ConnectionLost);
        assert!(classified(&error).ambiguous);
        assert!(!failure(Operation::ListCertificates, &error).ambiguous);
    }

    #[test]
    fn the_resolver_s_failure_is_told_by_its_kind() {
        let resolver = std::net::ToSocketAddrs::to_socket_addrs("nohost.invalid:80").unwrap_err();
        let failure = classified(&SdkError::dispatch_failure(ConnectorError::io(
            resolver.into(),
        )));
        assert_eq!(failure.kind, FailureKind::UnknownHost);
        assert!(!failure.ambiguous);
    }

    #[test]
    fn a_timeout_may_have_been_made() {
        let failure = classified(&SdkError::timeout_error("no answer"));
        assert_eq!(failure.kind, FailureKind::TimedOut);
        assert!(failure.ambiguous);
    }

    #[test]
    fn a_policy_of_the_organization_is_told_from_one_of_the_account() {
        let denied = |message: &str| {
            let error = TransferCertificateError::generic(
                aws_sdk_iot::error::ErrorMetadata::builder()
                    .code("AccessDeniedException")
                    .message(message)
                    .build(),
            );
            let answer = HttpResponse::new(403.try_into().unwrap(), "".into());
            classified(&SentError::service_error(error, answer)).kind
        };
        let user = "User: arn:aws:iam::111122223333:user/ops is not authorized to perform: \
                    iot:TransferCertificate on resource: *";
        for (why, kind) in [
            ("", FailureKind::AccessDenied),
            (
                " because no identity-based policy allows the iot:TransferCertificate action",
                FailureKind::AccessDenied,
            ),
            (
                " with an explicit deny in an identity-based policy",
                FailureKind::AccessDenied,
            ),
            (
                " with an explicit deny in a service control policy",
                FailureKind::DeniedByOrganization,
            ),
            (
                " because no service control policy allows the iot:TransferCertificate action",
                FailureKind::DeniedByOrganization,
            ),
            (
                " with an explicit deny in a resource control policy",
                FailureKind::DeniedByOrganization,
            ),
        ] {
            assert_eq!(denied(&format!("{user}{why}")), kind, "{why}");
        }
    }

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let untrusted = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let inner = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, untrusted));
        let failure = classified(&SdkError::dispatch_failure(ConnectorError::io(
            inner.into(),
        )));
        assert_eq!(failure.kind, FailureKind::NotTrusted);
        assert!(!failure.ambiguous);
    }

    #[test]
    fn messages_are_bounded() {
        assert_eq!(bounded("héllo", 5), "héllo");
        assert_eq!(bounded("héllo!", 5), "héll…");
        let long = SentError::timeout_error("x".repeat(10_000));
        assert_eq!(classified(&long).message.chars().count(), MESSAGE_LIMIT);
    }
}
