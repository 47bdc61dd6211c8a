//! `ListAttachedPolicies`, `AttachPolicy`, `DetachPolicy`, `GetPolicy`, `ListPolicies`, `CreatePolicy`, `DeletePolicy`
//! and `ListTargetsForPolicy`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::simulator::operations::call::Call;
use crate::simulator::operations::certificates::uuid_of;
use crate::simulator::operations::lists::{DEFAULT_PAGE, page_by_age, page_of_names};
use crate::simulator::operations::principal;
use crate::simulator::operations::things::groups;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::clock::{epoch_seconds, millis};
use crate::simulator::world::mint::hex;
use crate::simulator::world::{Policy, Side, World};

/// How many policies a certificate can have (AWS IoT Core quotas).
const MOST_POLICIES: usize = 10;

/// `ListAttachedPolicies`. The target is in the path.
pub(in crate::simulator) fn list_attached(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let size = validate::page_size("pageSize", call.query("pageSize"), DEFAULT_PAGE)?;
    let after = validate::text_marker("marker", call.query("marker"))?;
    let recursive = validate::boolean("recursive", call.query("recursive"))?;
    if let Some(group) = groups::of_arn(world, call, &call.label) {
        let names = groups::policies(world.place(&call.at), &group, recursive);
        let (page, next) = page_of_names(names.iter().map(|it| (it, ())), after.as_deref(), size);
        let policies: Vec<Value> = page.into_iter().map(|(it, ())| listed(call, it)).collect();
        let mut document = Map::new();
        document.insert("policies".to_owned(), Value::Array(policies));
        document.extend(next.map(|next| ("nextMarker".to_owned(), next.into())));
        return Ok(Reply::Json(Value::Object(document)));
    }
    let principal = principal::find(world, call, "target", Some(&call.label))?;
    let mut document = Map::new();
    let mut policies = Vec::new();
    // The recipient of an offer sees nothing of what the source attached.
    if principal.side != Side::Recipient
        && let Some(certificate) = world.certificate(&principal.kept, &principal.id)
    {
        let names = certificate.attached_policies().map(|name| (name, ()));
        let (page, next) = page_of_names(names, after.as_deref(), size);
        policies = page
            .into_iter()
            .map(|(name, ())| listed(call, name))
            .collect();
        if let Some(next) = next {
            document.insert("nextMarker".to_owned(), next.into());
        }
    }
    document.insert("policies".to_owned(), Value::Array(policies));
    Ok(Reply::Json(Value::Object(document)))
}

/// `AttachPolicy`. The target is in the body. Attaching what is attached succeeds.
pub(in crate::simulator) fn attach(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::policy_name(&call.label)?;
    let target = call.member("target")?;
    let principal = principal::find_to_attach(world, call, "target", target.as_deref())?;
    if !world.place(&call.at).policies.contains_key(&call.label) {
        return Err(no_policy(&call.label));
    }
    let certificate = world
        .certificate(&principal.kept, &principal.id)
        .ok_or_else(|| ApiError::no_certificate(&principal.id))?;
    let others = certificate
        .attached_policies()
        .filter(|name| **name != call.label)
        .count();
    if others >= MOST_POLICIES {
        return Err(ApiError::limit_exceeded(format!(
            "The maximum number of policies per principal is {MOST_POLICIES}."
        )));
    }
    certificate.policies.insert(call.label.clone(), None);
    Ok(Reply::Empty)
}

/// `DetachPolicy`. The target is in the body. Detaching what is not attached succeeds: the model declares no
/// `ResourceNotFoundException` for it.
pub(in crate::simulator) fn detach(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::policy_name(&call.label)?;
    let target = call.member("target")?;
    let principal = principal::find(world, call, "target", target.as_deref()).map_err(|error| {
        // For the same reason an unknown target is an invalid request here.
        ApiError::invalid(error.message)
    })?;
    if principal.side == Side::Recipient {
        return Ok(Reply::Empty);
    }
    let delay = millis(world.assumptions.policy_detach_delay);
    if let Some(certificate) = world.certificate(&principal.kept, &principal.id) {
        if let Some(gone_at) = certificate.policies.get_mut(&call.label)
            && gone_at.is_none()
        {
            *gone_at = Some(call.now.saturating_add(delay));
        }
        certificate.settle(call.now);
    }
    Ok(Reply::Empty)
}

/// `GetPolicy`.
pub(in crate::simulator) fn get(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::policy_name(&call.label)?;
    let name = &call.label;
    let arn = call.at.arn(&format!("policy/{name}"));
    let policy = world
        .place(&call.at)
        .policies
        .get(name)
        .ok_or_else(|| no_policy(name))?;
    Ok(Reply::Json(json!({
        "policyName": name,
        "policyArn": arn,
        "policyDocument": policy.document(),
        "defaultVersionId": policy.default.to_string(),
        "creationDate": epoch_seconds(policy.created),
        "lastModifiedDate": epoch_seconds(policy.modified),
        "generationId": uuid_of(&hex(&Sha256::digest(&arn))),
    })))
}

/// How long a document can be without white space (AWS IoT Core quotas).
const LONGEST_DOCUMENT: usize = 2048;

/// The document that a request brings, checked as far as a policy's grammar goes.
pub(super) fn document(call: &Call) -> Result<String, ApiError> {
    let text = call.member("policyDocument")?;
    let text = text.ok_or_else(|| validate::missing("policyDocument"))?;
    let malformed = |why: &str| {
        ApiError::new(
            "MalformedPolicyException",
            400,
            format!("Policy document is malformed: {why}"),
        )
    };
    let value: Value = serde_json::from_str(&text).map_err(|e| malformed(&e.to_string()))?;
    if !matches!(
        value.get("Statement"),
        Some(Value::Array(_) | Value::Object(_))
    ) {
        return Err(malformed("no statements"));
    }
    if text.chars().filter(|c| !c.is_whitespace()).count() > LONGEST_DOCUMENT {
        return Err(malformed("too long"));
    }
    Ok(text)
}

/// `ListPolicies`: the newest first unless asked otherwise.
pub(in crate::simulator) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let policies = world.place(&call.at).policies.iter();
    let all = policies.map(|(name, policy)| (policy.created, name.clone()));
    let (page, next) = page_by_age(call, all.collect())?;
    let policies: Vec<Value> = page.iter().map(|name| listed(call, name)).collect();
    let mut document = Map::new();
    document.insert("policies".to_owned(), Value::Array(policies));
    document.extend(next.map(|next| ("nextMarker".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `CreatePolicy`. Its document is the first version.
pub(in crate::simulator) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::policy_name(name)?;
    let document = document(call)?;
    validate::tags(call)?;
    let place = world.place(&call.at);
    if place.policies.contains_key(name) {
        return Err(ApiError::exists(format!(
            "Policy already exists (name={name})"
        )));
    }
    let policy = Policy::new(document.clone(), call.now);
    place.policies.insert(name.clone(), policy);
    Ok(Reply::Json(json!({
        "policyName": name,
        "policyArn": call.at.arn(&format!("policy/{name}")),
        "policyDocument": document,
        "policyVersionId": "1",
    })))
}

/// `ListTargetsForPolicy`: the certificates and thing groups that it is attached to, by their ARNs.
pub(in crate::simulator) fn list_targets(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::policy_name(name)?;
    let size = validate::page_size("pageSize", call.query("pageSize"), DEFAULT_PAGE)?;
    let after = validate::text_marker("marker", call.query("marker"))?;
    let targets = targets(world, call)?;
    let (page, next) = page_of_names(targets.iter().map(|it| (it, ())), after.as_deref(), size);
    let targets: Vec<&String> = page.into_iter().map(|(arn, ())| arn).collect();
    let mut document = Map::new();
    document.insert("targets".to_owned(), json!(targets));
    document.extend(next.map(|next| ("nextMarker".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// What the policy of the path is attached to, by ARN.
fn targets(world: &mut World, call: &Call) -> Result<BTreeSet<String>, ApiError> {
    let name = &call.label;
    let place = world.place(&call.at);
    if !place.policies.contains_key(name) {
        return Err(no_policy(name));
    }
    let certificates = place.certificates.values();
    let certificates = certificates
        .filter(|it| it.attached_policies().any(|attached| attached == name))
        .map(|it| call.at.arn(&format!("cert/{}", it.id)));
    let groups = place.groups.iter();
    let groups = groups
        .filter(|(_, it)| it.policies.contains(name))
        .map(|(group, _)| call.at.arn(&format!("thinggroup/{group}")));
    Ok(certificates.chain(groups).collect())
}

/// `DeletePolicy`. One that is attached, or has other versions than its default one, stays (AWS IoT API reference,
/// `DeletePolicy`).
pub(in crate::simulator) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::policy_name(name)?;
    let attached = !targets(world, call)?.is_empty();
    let place = world.place(&call.at);
    let versions = place.policies.get(name).map_or(0, |it| it.versions.len());
    if attached || versions > 1 {
        let why = if attached {
            "it is attached to one or more principals"
        } else {
            "it has other versions than the default one"
        };
        return Err(ApiError::new(
            "DeleteConflictException",
            409,
            format!("Cannot delete the policy because {why} (name={name})"),
        ));
    }
    place.policies.remove(name);
    Ok(Reply::Empty)
}

fn listed(call: &Call, name: &str) -> Value {
    json!({ "policyName": name, "policyArn": call.at.arn(&format!("policy/{name}")) })
}

pub(super) fn no_policy(name: &str) -> ApiError {
    ApiError::not_found(format!("Policy not found (name={name})"))
}
