//! `TestAuthorization`: what a device that uses a certificate may do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::principal;
use super::things::groups;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::InactiveAuthorization;
use crate::simulator::world::certificate::{PrincipalType, Status};
use crate::simulator::world::{Side, Thing, World};

/// How many questions a call can have (botocore model, `AuthInfos`).
const MOST_QUESTIONS: usize = 10;

/// What a device is asked to be allowed.
struct Wish {
    action: String,
    resources: Vec<String>,
}

/// Who asks, for policy variables (Developer Guide, `thing-policy-variables`).
struct Device {
    client_id: Option<String>,
    /// The attached thing that the client id names, or the one that the certificate is attached to exclusively.
    thing: Option<(String, Thing)>,
}

/// `TestAuthorization`, for a certificate.
pub(in crate::simulator) fn test(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let wishes = wishes(call)?;
    let client_id = call.query("clientId").map(str::to_owned);
    if let Some(text) = client_id.as_ref().filter(|text| text.len() > 128) {
        let rule = "have length less than or equal to 128";
        return Err(validate::breaks("clientId", text, rule));
    }
    let added = names(call, "policyNamesToAdd")?;
    let skipped = names(call, "policyNamesToSkip")?;
    if let Some(pool) = call.member("cognitoIdentityPoolId")?
        && !pool.contains(':')
    {
        let message = format!("Invalid cognitoIdentityPoolId: {pool}");
        return Err(ApiError::invalid(message));
    }
    let arn = call.member("principal")?;
    let principal = principal::find(world, call, "principal", arn.as_deref())?;
    let refuses = world.assumptions.inactive_authorization == InactiveAuthorization::InvalidRequest;
    let mut attached = BTreeSet::new();
    let mut tied = BTreeMap::new();
    if principal.side != Side::Recipient
        && let Some(certificate) = world.certificate(&principal.kept, &principal.id)
    {
        if refuses && certificate.status != Status::Active {
            return Err(ApiError::invalid("The principal is not active"));
        }
        attached.extend(certificate.attached_policies().cloned());
        tied.clone_from(&certificate.things);
    }
    let place = world.place(&call.at);
    let exclusive = tied
        .iter()
        .find(|(_, tie)| tie.kind == PrincipalType::ExclusiveThing);
    let named = client_id.as_ref().filter(|id| tied.contains_key(*id));
    let thing = named.or(exclusive.map(|(name, _)| name));
    let thing = thing.and_then(|name| Some((name.clone(), place.things.get(name)?.clone())));
    for name in tied.keys() {
        for (group, it) in &place.groups {
            if it.things.contains(name) {
                attached.extend(groups::policies(place, group, true));
            }
        }
    }
    attached.extend(added);
    attached.retain(|name| !skipped.contains(name));
    let documents: Vec<(String, Value)> = (attached.iter())
        .filter_map(|name| {
            let policy = place.policies.get(name)?;
            Some((name.clone(), serde_json::from_str(policy.document()).ok()?))
        })
        .collect();
    let device = Device { client_id, thing };
    let results: Vec<Value> = (wishes.iter())
        .map(|wish| answer(call, wish, &documents, &device))
        .collect();
    Ok(Reply::Json(json!({ "authResults": results })))
}

fn wishes(call: &Call) -> Result<Vec<Wish>, ApiError> {
    let given = call
        .value("authInfos")?
        .ok_or_else(|| validate::missing("authInfos"))?;
    let wrong = || {
        validate::breaks(
            "authInfos",
            "",
            "have between 1 and 10 items, each with an action and resources",
        )
    };
    let given = given.as_array().cloned().ok_or_else(wrong)?;
    if given.is_empty() || given.len() > MOST_QUESTIONS {
        return Err(wrong());
    }
    let wish = |it: &Value| {
        let action = it.get("actionType")?.as_str()?.to_owned();
        let known = ["PUBLISH", "SUBSCRIBE", "RECEIVE", "CONNECT"];
        let resources = it.get("resources")?.as_array()?.iter();
        let resources = resources
            .map(|it| it.as_str().map(str::to_owned))
            .collect::<Option<_>>()?;
        known
            .contains(&action.as_str())
            .then_some(Wish { action, resources })
    };
    given.iter().map(|it| wish(it).ok_or_else(wrong)).collect()
}

fn names(call: &Call, member: &str) -> Result<BTreeSet<String>, ApiError> {
    let given = call.value(member)?.unwrap_or_else(|| json!([]));
    let wrong = || validate::breaks(member, "", "be a list of policy names");
    let names = given.as_array().ok_or_else(wrong)?;
    let name = |it: &Value| {
        let name = it.as_str().ok_or_else(wrong)?;
        validate::policy_name(name).map_err(|_| wrong())?;
        Ok(name.to_owned())
    };
    names.iter().map(name).collect()
}

fn answer(call: &Call, wish: &Wish, documents: &[(String, Value)], device: &Device) -> Value {
    let mut missing = BTreeSet::new();
    let mut by_effect: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut decided = BTreeMap::new();
    for resource in &wish.resources {
        for (name, document) in documents {
            for statement in statements(document) {
                if applies(statement, &wish.action, resource, device, &mut missing) {
                    let effect = statement.get("Effect").and_then(Value::as_str);
                    let effect = if effect == Some("Deny") {
                        "Deny"
                    } else {
                        "Allow"
                    };
                    let row = json!({
                        "policyName": name,
                        "policyArn": call.at.arn(&format!("policy/{name}")),
                    });
                    let rows = by_effect.entry(effect).or_default();
                    if !rows.contains(&row) {
                        rows.push(row);
                    }
                    decided
                        .entry(resource)
                        .or_insert_with(BTreeSet::new)
                        .insert(effect);
                }
            }
        }
    }
    let effects = |resource| decided.get(resource).cloned().unwrap_or_default();
    let denied = wish.resources.iter().any(|it| effects(it).contains("Deny"));
    let allowed = wish
        .resources
        .iter()
        .all(|it| effects(it).contains("Allow"));
    let decision = match (denied, allowed) {
        (true, _) => "EXPLICIT_DENY",
        (false, true) => "ALLOWED",
        (false, false) => "IMPLICIT_DENY",
    };
    let rows = |effect| by_effect.get(effect).cloned().unwrap_or_default();
    let all: Vec<Value> = documents
        .iter()
        .map(|(name, _)| {
            json!({ "policyName": name, "policyArn": call.at.arn(&format!("policy/{name}")) })
        })
        .collect();
    let mut result = Map::new();
    let info = json!({ "actionType": wish.action, "resources": wish.resources });
    result.insert("authInfo".to_owned(), info);
    result.insert("allowed".to_owned(), json!({ "policies": rows("Allow") }));
    let implicit = if decision == "IMPLICIT_DENY" {
        all
    } else {
        Vec::new()
    };
    result.insert(
        "denied".to_owned(),
        json!({
            "implicitDeny": { "policies": implicit },
            "explicitDeny": { "policies": rows("Deny") },
        }),
    );
    result.insert("authDecision".to_owned(), decision.into());
    result.insert("missingContextValues".to_owned(), json!(missing));
    Value::Object(result)
}

fn statements(document: &Value) -> Vec<&Value> {
    match document.get("Statement") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn applies(
    statement: &Value,
    action: &str,
    resource: &str,
    device: &Device,
    missing: &mut BTreeSet<String>,
) -> bool {
    let action = match action {
        "PUBLISH" => "iot:Publish",
        "SUBSCRIBE" => "iot:Subscribe",
        "RECEIVE" => "iot:Receive",
        _ => "iot:Connect",
    };
    let any = |member: &str, text: &str, missing: &mut BTreeSet<String>| {
        let patterns = texts(statement.get(member)?);
        Some(patterns.into_iter().any(|pattern| {
            resolved(pattern, device, missing).is_some_and(|pattern| matches(&pattern, text))
        }))
    };
    let of_action = any("Action", action, missing)
        .or_else(|| any("NotAction", action, missing).map(|it| !it))
        .unwrap_or(false);
    // Variables are missed only where the statement is about the action.
    of_action
        && any("Resource", resource, missing)
            .or_else(|| any("NotResource", resource, missing).map(|it| !it))
            .unwrap_or(false)
        && holds(statement.get("Condition"), device, missing)
}

fn holds(condition: Option<&Value>, device: &Device, missing: &mut BTreeSet<String>) -> bool {
    let operators = condition.and_then(Value::as_object).into_iter().flatten();
    let mut all = true;
    for (operator, keys) in operators {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let Some(is) = context(key, device) else {
                missing.insert(key.clone());
                all = false;
                continue;
            };
            let wanted = texts(values);
            let like = operator == "StringLike";
            all &= wanted
                .iter()
                .any(|it| if like { matches(it, &is) } else { **it == is });
        }
    }
    all
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// A pattern with its variables filled in; `None` when one of them has no value.
fn resolved(pattern: &str, device: &Device, missing: &mut BTreeSet<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        let Some(value) = context(name, device) else {
            missing.insert(name.to_owned());
            return None;
        };
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn context(name: &str, device: &Device) -> Option<String> {
    if name == "iot:ClientId" {
        return device.client_id.clone();
    }
    let of_thing = name.strip_prefix("iot:Connection.Thing.")?;
    if of_thing == "IsAttached" {
        return Some(device.thing.is_some().to_string());
    }
    let (thing_name, thing) = device.thing.as_ref()?;
    match of_thing {
        "ThingName" => Some(thing_name.clone()),
        "ThingTypeName" => thing.type_name.clone(),
        other => {
            let attribute = other.strip_prefix("Attributes[")?.strip_suffix(']')?;
            thing.attributes.get(attribute)?.as_str().map(str::to_owned)
        }
    }
}

/// Whether a pattern with `*` for any text and `?` for a character covers a text.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    // Which beginnings of the text the pattern so far covers.
    let mut covered = vec![false; text.len() + 1];
    if let Some(first) = covered.first_mut() {
        *first = true;
    }
    for wanted in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for (at, cell) in next.iter_mut().enumerate() {
            let before = at.checked_sub(1);
            let so_far = covered.get(at).copied().unwrap_or_default();
            let until = before
                .and_then(|at| covered.get(at).copied())
                .unwrap_or_default();
            let letter = before.and_then(|at| text.get(at));
            *cell = match wanted {
                '*' => {
                    any |= so_far;
                    any
                }
                '?' => until && letter.is_some(),
                wanted => until && letter == Some(&wanted),
            };
        }
        covered = next;
    }
    covered.last().copied().unwrap_or_default()
}
