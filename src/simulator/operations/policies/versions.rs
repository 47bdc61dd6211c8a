//! `CreatePolicyVersion`, `ListPolicyVersions` and `GetPolicyVersion`.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::policy::{document, no_policy};
use crate::simulator::operations::call::Call;
use crate::simulator::operations::certificates::uuid_of;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::clock::epoch_seconds;
use crate::simulator::world::mint::hex;

/// How many versions a policy can have (AWS IoT Core quotas).
const MOST_VERSIONS: usize = 5;

/// `CreatePolicyVersion`.
pub(in crate::simulator) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::policy_name(name)?;
    let document = document(call)?;
    let default = validate::boolean("setAsDefault", call.query("setAsDefault"))?;
    let place = world.place(&call.at);
    let policy = place
        .policies
        .get_mut(name)
        .ok_or_else(|| no_policy(name))?;
    if policy.versions.len() >= MOST_VERSIONS {
        return Err(ApiError::new(
            "VersionsLimitExceededException",
            409,
            format!(
                "The policy {name} already has the maximum number of versions ({MOST_VERSIONS})"
            ),
        ));
    }
    let number = policy.add(document.clone(), call.now);
    if default {
        policy.default = number;
    }
    Ok(Reply::Json(json!({
        "policyArn": call.at.arn(&format!("policy/{name}")),
        "policyDocument": document,
        "policyVersionId": number.to_string(),
        "isDefaultVersion": default,
    })))
}

/// `ListPolicyVersions`: all of them at once.
pub(in crate::simulator) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::policy_name(name)?;
    let policies = &world.place(&call.at).policies;
    let policy = policies.get(name).ok_or_else(|| no_policy(name))?;
    let newest_first = policy.versions.iter().rev();
    let versions: Vec<Value> = newest_first
        .map(|(number, version)| {
            json!({
                "versionId": number.to_string(),
                "isDefaultVersion": *number == policy.default,
                "createDate": epoch_seconds(version.created),
            })
        })
        .collect();
    Ok(Reply::Json(json!({ "policyVersions": versions })))
}

/// `GetPolicyVersion`.
pub(in crate::simulator) fn get(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (name, number) = (&call.label, &call.second_label);
    validate::policy_name(name)?;
    validate::policy_version(number)?;
    let policies = &world.place(&call.at).policies;
    let policy = policies.get(name).ok_or_else(|| no_policy(name))?;
    let known = number.parse().ok();
    let found = known.and_then(|number| Some((number, policy.versions.get(&number)?)));
    let (known, version) = found.ok_or_else(|| {
        ApiError::not_found(format!(
            "Policy version not found (name={name}, version={number})"
        ))
    })?;
    let arn = call.at.arn(&format!("policy/{name}"));
    Ok(Reply::Json(json!({
        "policyName": name,
        "policyArn": arn,
        "policyDocument": version.document,
        "policyVersionId": number,
        "isDefaultVersion": known == policy.default,
        "creationDate": epoch_seconds(version.created),
        "lastModifiedDate": epoch_seconds(version.created),
        "generationId": uuid_of(&hex(&Sha256::digest(format!("{arn}:{number}")))),
    })))
}
