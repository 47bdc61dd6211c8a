//! What a client needs of STS, over awsQuery: `GetCallerIdentity` says whom it acts for, `AssumeRole` lets it act
//! as a role.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::simulator::operations::call::Call;
use crate::simulator::wire::error::ApiError;
use crate::simulator::wire::{Reply, Response};
use crate::simulator::world::World;
use crate::simulator::world::keys::user_id;
use crate::simulator::world::operation::Operation;
use crate::simulator::world::roles::{Assumption, SessionKeys};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// How long a role may be assumed for, in seconds (reference of `AssumeRole`).
const LASTS: std::ops::RangeInclusive<u64> = 900..=43_200;

/// How long it is assumed for unless told otherwise, in seconds.
const USUALLY: u64 = 3_600;

/// The operation of a request: `POST /` with `Action=GetCallerIdentity&Version=2011-06-15`.
pub(in crate::simulator) fn route(
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
    let operations = [Operation::GetCallerIdentity, Operation::AssumeRole];
    let operation = operations
        .into_iter()
        .find(|it| has("Action", it.name()) && has("Version", "2011-06-15"))?;
    Some((operation, String::new()))
}

/// `GetCallerIdentity`.
pub(in crate::simulator) fn caller(world: &World, call: &Call) -> Reply {
    Reply::Json(json!({
        "Arn": world.caller(call),
        "UserId": user_id(&call.at.account),
        "Account": call.at.account,
    }))
}

/// `AssumeRole`.
pub(in crate::simulator) fn assume_role(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let needed = |name: &str| {
        let text = format!("1 validation error detected: '{name}' failed to satisfy constraint");
        call.form(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::new("ValidationError", 400, text))
    };
    let invalid = |text: &str| ApiError::new("ValidationError", 400, text);
    let lasts = match call.form("DurationSeconds") {
        None => USUALLY,
        Some(given) => (given.parse().ok())
            .filter(|seconds| LASTS.contains(seconds))
            .ok_or_else(|| invalid("'durationSeconds' is out of range"))?,
    };
    let code = call.form("TokenCode");
    let six = |code: &String| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if code.as_ref().is_some_and(|code| !six(code)) {
        return Err(invalid("'tokenCode' failed to satisfy constraint"));
    }
    let asked = Assumption {
        arn: needed("RoleArn")?,
        name: needed("RoleSessionName")?,
        external_id: call.form("ExternalId"),
        mfa: call.form("SerialNumber").zip(code),
        lasts: Duration::from_secs(lasts),
    };
    let SessionKeys {
        key,
        token,
        session,
    } = world.assume(&world.caller(call), &asked)?;
    let ends = OffsetDateTime::from_unix_timestamp(session.ends / 1000).ok();
    let ends = ends.and_then(|at| at.format(&Rfc3339).ok());
    Ok(Reply::Json(json!({
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": token,
            "Expiration": ends,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": format!("{}:session", user_id(&session.account)),
            "Arn": session.arn,
        },
    })))
}

/// The answer of an operation as XML.
pub(in crate::simulator) fn response(
    operation: Operation,
    request_id: &str,
    reply: &Reply,
) -> Response {
    let name = operation.name();
    let mut result = String::new();
    if let Reply::Json(value) = reply {
        write(value, &mut result);
    }
    let body = format!(
        "<{name}Response xmlns=\"{NAMESPACE}\"><{name}Result>{result}</{name}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>",
    );
    Response::xml(200, request_id, body)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                text.extend(["<", name, ">"]);
                write(member, text);
                text.extend(["</", name, ">"]);
            }
        }
        Value::String(value) => text.push_str(&escape(value)),
        other => text.push_str(&other.to_string()),
    }
}

/// An error as XML. STS names the errors of the front door differently from IoT.
pub(in crate::simulator) fn error_response(request_id: &str, error: &ApiError) -> Response {
    let (code, status) = match error.code.as_ref() {
        "UnrecognizedClientException" => ("InvalidClientTokenId", 403),
        "ExpiredTokenException" => ("ExpiredToken", 403),
        "MissingAuthenticationTokenException" => ("MissingAuthenticationToken", 403),
        "IncompleteSignatureException" => ("IncompleteSignature", 400),
        "UnknownOperationException" => ("InvalidAction", 400),
        "InvalidSignatureException" => ("SignatureDoesNotMatch", 403),
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
