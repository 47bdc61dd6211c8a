//! The one operation of STS a client needs to know whom it acts for: `GetCallerIdentity`, over awsQuery.

use serde_json::{Value, json};

use super::super::access::{user_arn, user_id};
use super::super::error::ApiError;
use super::super::front::Call;
use super::super::operation::Operation;
use super::super::wire::{Reply, Response};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The operation of a request: `POST /` with `Action=GetCallerIdentity&Version=2011-06-15`.
pub(in super::super) fn route(
    method: &str,
    path: &str,
    body: &[u8],
) -> Option<(Operation, String)> {
    if method != "POST" || path != "/" {
        return None;
    }
    let has = |name: &str, value: &str| {
        form_urlencoded::parse(body).any(|(key, found)| key == name && found == value)
    };
    (has("Action", "GetCallerIdentity") && has("Version", "2011-06-15"))
        .then(|| (Operation::GetCallerIdentity, String::new()))
}

/// `GetCallerIdentity`.
pub(super) fn caller(call: &Call) -> Reply {
    Reply::Json(json!({
        "Arn": user_arn(&call.at.region, &call.at.account),
        "UserId": user_id(&call.at.account),
        "Account": call.at.account,
    }))
}

/// The answer as XML.
pub(in super::super) fn response(request_id: &str, reply: &Reply) -> Response {
    let field = |name: &str| match reply {
        Reply::Json(value) => value.get(name).and_then(Value::as_str).unwrap_or_default(),
        Reply::Empty => "",
    };
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult>\
         <Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
        escape(field("Arn")),
        escape(field("UserId")),
        escape(field("Account")),
    );
    Response::xml(200, request_id, body)
}

/// An error as XML. STS names the errors of the front door differently from IoT.
pub(in super::super) fn error_response(request_id: &str, error: &ApiError) -> Response {
    let (code, status) = match error.code.as_ref() {
        "UnrecognizedClientException" => ("InvalidClientTokenId", 403),
        "ExpiredTokenException" => ("ExpiredToken", 403),
        "MissingAuthenticationTokenException" => ("MissingAuthenticationToken", 403),
        "IncompleteSignatureException" => ("IncompleteSignature", 400),
        "UnknownOperationException" => ("InvalidAction", 400),
        "AccessDeniedException" => ("AccessDenied", 403),
        "ThrottlingException" => ("Throttling", 400),
        other => (other, error.status),
    };
    let fault = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{fault}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(code),
        escape(&error.message),
    );
    Response::xml(status, request_id, body)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
