//! `ListAttachedPolicies`, `AttachPolicy`, `DetachPolicy` and `GetPolicy`.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::certificates::uuid_of;
use super::groups;
use super::lists::{DEFAULT_PAGE, page_of_names};
use super::principal;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::clock::{epoch_seconds, millis};
use crate::simulator::world::mint::hex;
use crate::simulator::world::{Side, World};

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
        "policyDocument": policy.document,
        "defaultVersionId": "1",
        "creationDate": epoch_seconds(policy.created),
        "lastModifiedDate": epoch_seconds(policy.created),
        "generationId": uuid_of(&hex(&Sha256::digest(&arn))),
    })))
}

fn listed(call: &Call, name: &str) -> Value {
    json!({ "policyName": name, "policyArn": call.at.arn(&format!("policy/{name}")) })
}

fn no_policy(name: &str) -> ApiError {
    ApiError::not_found(format!("Policy not found (name={name})"))
}
