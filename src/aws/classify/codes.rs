//! AWS's error codes, and what an answer without one is.

use crate::{aws::classify::verdict::ErrorVerdict, domain::FailureKind};

/// An answer that says the call failed. The codes are those of the operations' error lists, of
/// AWS's common errors, and of the front door, which the service model does not list.
pub(super) fn service_error(code: Option<&str>, status: u16) -> ErrorVerdict {
    let Some(code) = code else {
        return match status {
            404 | 405 | 501 => ErrorVerdict::ran_not(FailureKind::NotSupported),
            429 => ErrorVerdict::ran_not(FailureKind::Throttled),
            500.. => ErrorVerdict::may_have_run(FailureKind::ServiceFault),
            // No AWS service answers without a code: something between here and there did.
            _ => ErrorVerdict::may_have_run(FailureKind::UnreadableAnswer),
        };
    };
    if let Some(kind) = known_code(code) {
        return ErrorVerdict {
            kind,
            may_have_run: matches!(kind, FailureKind::ServiceFault | FailureKind::TimedOut),
        };
    }
    match status {
        429 => ErrorVerdict::ran_not(FailureKind::Throttled),
        501 => ErrorVerdict::ran_not(FailureKind::NotSupported),
        500.. => ErrorVerdict::may_have_run(FailureKind::ServiceFault),
        _ => ErrorVerdict::ran_not(FailureKind::Other),
    }
}

/// Whether an error code says that a quota was exceeded.
pub(in crate::aws) fn is_throttling(code: &str) -> bool {
    known_code(code) == Some(FailureKind::Throttled)
}

pub(super) fn known_code(code: &str) -> Option<FailureKind> {
    Some(match code {
        "AccessDeniedException"
        | "AccessDenied"
        | "UnauthorizedException"
        | "ForbiddenException"
        | "UnauthorizedOperation" => FailureKind::AccessDenied,
        code if is_expired(code) => FailureKind::ExpiredCredentials,
        "UnrecognizedClientException"
        | "UnrecognizedClient"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidSignatureException"
        | "InvalidSignature"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "AuthFailure"
        | "InvalidToken"
        | "RequestTimeTooSkewed" => FailureKind::InvalidCredentials,
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "SlowDown" => FailureKind::Throttled,
        "RequestTimeout" | "RequestTimeoutException" => FailureKind::TimedOut,
        "ResourceNotFoundException" => FailureKind::NotFound,
        "ResourceAlreadyExistsException" => FailureKind::AlreadyExists,
        "CertificateStateException" => FailureKind::CertificateState,
        "TransferConflictException" | "DeleteConflictException" => FailureKind::TransferConflict,
        "TransferAlreadyCompletedException" => FailureKind::TransferCompleted,
        "InvalidRequestException"
        | "ValidationException"
        | "ValidationError"
        | "MalformedPolicyException"
        | "SerializationException"
        | "InvalidParameterValue" => FailureKind::InvalidRequest,
        "LimitExceededException" => FailureKind::LimitExceeded,
        "UnknownOperationException"
        | "UnknownOperation"
        | "InvalidAction"
        | "NotImplemented"
        | "NotImplementedError"
        | "NotImplementedException"
        | "MethodNotAllowed" => FailureKind::NotSupported,
        "InternalFailureException"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerException"
        | "InternalException"
        | "ServiceUnavailableException"
        | "ServiceUnavailable" => FailureKind::ServiceFault,
        _ => return None,
    })
}

fn is_expired(code: &str) -> bool {
    matches!(
        code,
        "ExpiredTokenException"
            | "ExpiredToken"
            | "RequestExpired"
            | "TokenRefreshRequired"
            | "ExpiredTokenError"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_code_then_by_status() {
        let told = |code, status| {
            let verdict = service_error(code, status);
            (verdict.kind, verdict.may_have_run)
        };
        assert_eq!(
            told(Some("AccessDeniedException"), 403),
            (FailureKind::AccessDenied, false)
        );
        assert_eq!(
            told(Some("LimitExceededException"), 410),
            (FailureKind::LimitExceeded, false)
        );
        assert_eq!(
            told(Some("SomethingElse"), 400),
            (FailureKind::Other, false)
        );
        assert_eq!(
            told(Some("SomethingElse"), 502),
            (FailureKind::ServiceFault, true)
        );
        assert_eq!(told(None, 404), (FailureKind::NotSupported, false));
        assert_eq!(told(None, 501), (FailureKind::NotSupported, false));
        assert_eq!(told(None, 504), (FailureKind::ServiceFault, true));
        assert_eq!(told(None, 407), (FailureKind::UnreadableAnswer, true));
    }
}
