//! The errors of the API: code, HTTP status and message.

use std::borrow::Cow;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct ApiError {
    /// The error's code, which the `x-amzn-errortype` header carries.
    pub(in crate::simulator) code: Cow<'static, str>,
    /// The HTTP status. Throttling is 400, not 429 (botocore model).
    pub(in crate::simulator) status: u16,
    /// The text in the body.
    pub(in crate::simulator) message: String,
}

impl ApiError {
    /// An error of any kind.
    pub(in crate::simulator) fn new(
        code: impl Into<Cow<'static, str>>,
        status: u16,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            status,
            message: message.into(),
        }
    }

    /// A request that breaks the model or a rule of the operation.
    pub(in crate::simulator) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidRequestException", 400, message)
    }

    /// Something named in the request does not exist for the caller.
    pub(in crate::simulator) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", 404, message)
    }

    /// Something of this name exists, and is another one.
    pub(in crate::simulator) fn exists(message: impl Into<String>) -> Self {
        Self::new("ResourceAlreadyExistsException", 409, message)
    }

    /// The certificate of this name does not exist for the caller.
    pub(in crate::simulator) fn no_certificate(id: &str) -> Self {
        Self::not_found(format!("Certificate not found (id={id})"))
    }

    /// The certificate's status does not allow the operation.
    pub(in crate::simulator) fn certificate_state(message: impl Into<String>) -> Self {
        Self::new("CertificateStateException", 406, message)
    }

    /// Something is attached to what is to be deleted.
    pub(in crate::simulator) fn delete_conflict(message: impl Into<String>) -> Self {
        Self::new("DeleteConflictException", 409, message)
    }

    /// The certificate cannot be transferred.
    pub(in crate::simulator) fn transfer_conflict(message: impl Into<String>) -> Self {
        Self::new("TransferConflictException", 409, message)
    }

    /// The transfer is over.
    pub(in crate::simulator) fn transfer_completed() -> Self {
        Self::new(
            "TransferAlreadyCompletedException",
            410,
            "You can't revert the certificate transfer because the transfer is already complete.",
        )
    }

    /// A fixed limit of the service.
    pub(in crate::simulator) fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new("LimitExceededException", 410, message)
    }

    /// The quota of calls per second is used up. The text does not say which one, nor does AWS's.
    pub(in crate::simulator) fn throttled() -> Self {
        Self::new("ThrottlingException", 400, "Rate exceeded")
    }

    /// IAM does not allow the call.
    pub(in crate::simulator) fn access_denied(user: &str, action: &str, resource: &str) -> Self {
        Self::new(
            "AccessDeniedException",
            403,
            format!("User: {user} is not authorized to perform: {action} on resource: {resource}"),
        )
    }
}
