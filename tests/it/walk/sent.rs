//! What a request would change, read from the request itself and from nothing of certferry's.

use std::fmt;

use certferry::{
    domain::{Attachment, Change, Resource},
    simulator::Request,
};
use percent_encoding::percent_decode_str;

/// A request that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// The certificate, where it is about one.
    pub(super) certificate: Option<String>,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Status(String),
    Delete,
    AttachPolicy(String),
    DetachPolicy(String),
    AttachThing(String),
    DetachThing(String),
    Transfer(String),
    Accept { active: bool },
    Reject,
    Cancel,
    CreatePolicy(String),
    CreateThing(String),
    CreateThingType(String),
    Join { thing: String, group: String },
    DeletePolicy(String),
    DeleteThing(String),
}

impl What {
    /// What a change of the plan is on the wire.
    pub(super) fn of(change: &Change) -> Self {
        match change {
            Change::Activate => Self::Status("ACTIVE".to_owned()),
            Change::Deactivate => Self::Status("INACTIVE".to_owned()),
            Change::Revoke => Self::Status("REVOKED".to_owned()),
            Change::Delete => Self::Delete,
            Change::Attach(Attachment::Policy(name)) => Self::AttachPolicy(name.clone()),
            Change::Attach(Attachment::Thing(it)) => Self::AttachThing(it.name.clone()),
            Change::Detach(Attachment::Policy(name)) => Self::DetachPolicy(name.clone()),
            Change::Detach(Attachment::Thing(it)) => Self::DetachThing(it.name.clone()),
            Change::Transfer { to, .. } => Self::Transfer(to.to_string()),
            Change::Accept { activate } => Self::Accept { active: *activate },
            Change::Reject { .. } => Self::Reject,
            Change::CancelTransfer => Self::Cancel,
            Change::Create(Resource::Policy { name, .. }) => Self::CreatePolicy(name.clone()),
            Change::Create(Resource::Thing { name, .. }) => Self::CreateThing(name.clone()),
            Change::Create(Resource::ThingType { name, .. }) => Self::CreateThingType(name.clone()),
            Change::Join { thing, group } => Self::Join {
                thing: thing.clone(),
                group: group.clone(),
            },
            Change::Remove(Attachment::Policy(name)) => Self::DeletePolicy(name.clone()),
            Change::Remove(Attachment::Thing(it)) => Self::DeleteThing(it.name.clone()),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "UpdateCertificate {status}"),
            Self::Delete => write!(f, "DeleteCertificate"),
            Self::AttachPolicy(name) => write!(f, "AttachPolicy {name}"),
            Self::DetachPolicy(name) => write!(f, "DetachPolicy {name}"),
            Self::AttachThing(name) => write!(f, "AttachThingPrincipal {name}"),
            Self::DetachThing(name) => write!(f, "DetachThingPrincipal {name}"),
            Self::Transfer(to) => write!(f, "TransferCertificate to {to}"),
            Self::Accept { active } => write!(f, "AcceptCertificateTransfer active={active}"),
            Self::Reject => write!(f, "RejectCertificateTransfer"),
            Self::Cancel => write!(f, "CancelCertificateTransfer"),
            Self::CreatePolicy(name) => write!(f, "CreatePolicy {name}"),
            Self::CreateThing(name) => write!(f, "CreateThing {name}"),
            Self::CreateThingType(name) => write!(f, "CreateThingType {name}"),
            Self::Join { thing, group } => write!(f, "AddThingToThingGroup {thing} {group}"),
            Self::DeletePolicy(name) => write!(f, "DeletePolicy {name}"),
            Self::DeleteThing(name) => write!(f, "DeleteThing {name}"),
        }
    }
}

/// The path of a request, part by part, and its query.
pub(super) fn parts(request: &Request) -> (Vec<String>, Vec<(String, String)>) {
    let target = request
        .uri
        .split_once("://")
        .map_or(&*request.uri, |(_, rest)| {
            rest.split_once('/').map_or("", |(_, path)| path)
        });
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = path.split('/').filter(|it| !it.is_empty()).map(decoded);
    let query = query.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((decoded(name), decoded(value)))
    });
    (path.collect(), query.collect())
}

/// The access key that signed a request.
pub(super) fn access_key(request: &Request) -> Option<&str> {
    let header = request
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (_, rest) = header?.1.split_once("Credential=")?;
    rest.split('/').next()
}

/// What a request would change; `None` for one that only reads.
pub(super) fn sent(request: &Request) -> Option<Sent> {
    let (path, query) = parts(request);
    let query = |wanted: &str| {
        let found = query.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let body = || serde_json::from_slice::<serde_json::Value>(&request.body).unwrap_or_default();
    let id = |arn: &str| arn.rsplit_once("cert/").map(|(_, id)| id.to_owned());
    let principal = || {
        let header = request
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-principal"));
        header.and_then(|(_, arn)| id(arn))
    };
    let target = || body()["target"].as_str().and_then(id);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let (certificate, what) = match (&*request.method, &*path) {
        ("PUT", ["certificates", id]) => (Some((*id).to_owned()), What::Status(query("newStatus"))),
        ("DELETE", ["certificates", id]) => (Some((*id).to_owned()), What::Delete),
        ("PUT", ["target-policies", name]) => (target(), What::AttachPolicy((*name).to_owned())),
        ("POST", ["target-policies", name]) => (target(), What::DetachPolicy((*name).to_owned())),
        ("PUT", ["things", name, "principals"]) => {
            (principal(), What::AttachThing((*name).to_owned()))
        }
        ("DELETE", ["things", name, "principals"]) => {
            (principal(), What::DetachThing((*name).to_owned()))
        }
        ("PATCH", ["transfer-certificate", id]) => {
            let to = query("targetAwsAccount");
            (Some((*id).to_owned()), What::Transfer(to))
        }
        ("PATCH", ["accept-certificate-transfer", id]) => {
            let active = query("setAsActive") == "true";
            (Some((*id).to_owned()), What::Accept { active })
        }
        ("PATCH", ["reject-certificate-transfer", id]) => (Some((*id).to_owned()), What::Reject),
        ("PATCH", ["cancel-certificate-transfer", id]) => (Some((*id).to_owned()), What::Cancel),
        ("POST", ["policies", name]) => (None, What::CreatePolicy((*name).to_owned())),
        ("POST", ["things", name]) => (None, What::CreateThing((*name).to_owned())),
        ("POST", ["thing-types", name]) => (None, What::CreateThingType((*name).to_owned())),
        ("PUT", ["thing-groups", "addThingToThingGroup"]) => {
            let (thing, group) = (&body()["thingName"], &body()["thingGroupName"]);
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            (
                None,
                What::Join {
                    thing: text(thing),
                    group: text(group),
                },
            )
        }
        ("DELETE", ["policies", name]) => (None, What::DeletePolicy((*name).to_owned())),
        ("DELETE", ["things", name]) => (None, What::DeleteThing((*name).to_owned())),
        // What is read by POST, and the sign-in.
        ("GET", _)
        | (
            "POST",
            []
            | [
                "attached-policies" | "effective-policies" | "test-authorization"
                | "policy-targets",
                ..,
            ]
            | ["things", _, "connectivity-data"],
        ) => return None,
        (method, path) => panic!("what does {method} {path:?} change?"),
    };
    Some(Sent { certificate, what })
}
