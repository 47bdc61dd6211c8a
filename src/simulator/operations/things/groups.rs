//! `GetEffectivePolicies`, `ListThingGroups`, `ListThingGroupsForThing`, `ListThingsInThingGroup` and
//! `DescribeThingGroup`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::simulator::operations::call::Call;
use crate::simulator::operations::certificates::uuid_of;
use crate::simulator::operations::lists::{DEFAULT_PAGE, page_of_names};
use crate::simulator::operations::{principal, validate};
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::clock::epoch_seconds;
use crate::simulator::world::mint::hex;
use crate::simulator::world::{Place, Side, World};

/// The thing group of an ARN, when it is one of the caller's.
pub(in crate::simulator) fn of_arn(world: &World, call: &Call, arn: &str) -> Option<String> {
    let name = arn.split(":thinggroup/").nth(1)?;
    let known = world.places.get(&call.at)?.groups.contains_key(name);
    (known && arn_of(call, name) == arn).then(|| name.to_owned())
}

fn arn_of(call: &Call, name: &str) -> String {
    call.at.arn(&format!("thinggroup/{name}"))
}

/// The policies of a thing group, with those of the groups above it when all of them are wanted.
pub(in crate::simulator) fn policies(place: &Place, group: &str, above: bool) -> BTreeSet<String> {
    let lineage = place.lineage(group);
    let of = if above { lineage.len() } else { 1 };
    let groups = lineage.into_iter().take(of);
    groups
        .filter_map(|name| place.groups.get(name))
        .flat_map(|group| group.policies.iter().cloned())
        .collect()
}

/// `GetEffectivePolicies`. What is attached to the principal, and to the groups that the thing is in and those
/// above them: a group inherits the policies of its parent (Developer Guide, `thing-groups`).
pub(in crate::simulator) fn effective_policies(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let mut names = BTreeSet::new();
    let principal = call.member("principal")?;
    if let Some(principal) = &principal {
        let principal = principal::find(world, call, "principal", Some(principal))?;
        if principal.side != Side::Recipient
            && let Some(certificate) = world.certificate(&principal.kept, &principal.id)
        {
            names.extend(certificate.attached_policies().cloned());
        }
    }
    if let Some(pool) = call.member("cognitoIdentityPoolId")?
        && !pool.contains(':')
    {
        let message = format!("Invalid cognitoIdentityPoolId: {pool}");
        return Err(ApiError::invalid(message));
    }
    let thing = call.query("thingName");
    if principal.is_none() && thing.is_none() {
        return Err(ApiError::invalid("A principal or a thing name is required"));
    }
    let place = world.place(&call.at);
    if let Some(thing) = thing {
        validate::thing_name(thing)?;
        if !place.things.contains_key(thing) {
            return Err(no_thing(thing));
        }
        for (name, group) in &place.groups {
            if group.things.contains(thing) {
                names.extend(policies(place, name, true));
            }
        }
    }
    let policies: Vec<Value> = names
        .iter()
        .filter_map(|name| Some((name, place.policies.get(name)?)))
        .map(|(name, policy)| {
            json!({
                "policyName": name,
                "policyArn": call.at.arn(&format!("policy/{name}")),
                "policyDocument": policy.document(),
            })
        })
        .collect();
    Ok(Reply::Json(json!({ "effectivePolicies": policies })))
}

/// `ListThingGroups`: all of them, or those below one, or those whose names begin so. With `recursive` denied only those
/// right below it, or those at the top (AWS IoT API reference).
pub(in crate::simulator) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let (parent, beginning) = (call.query("parentGroup"), call.query("namePrefixFilter"));
    for (member, text) in [("parentGroup", parent), ("namePrefixFilter", beginning)] {
        if let Some(text) = text {
            validate::name(member, text)?;
        }
    }
    let recursive = call.query("recursive");
    let below = validate::boolean("recursive", recursive)? || recursive.is_none();
    let place = world.place(&call.at);
    if let Some(parent) = parent.filter(|it| !place.groups.contains_key(*it)) {
        return Err(no_group(parent));
    }
    let wanted = |name: &str| {
        let lineage = place.lineage(name);
        let above = lineage.get(1..).unwrap_or_default();
        let of_parent = match parent {
            Some(parent) if below => above.contains(&parent),
            Some(parent) => above.first() == Some(&parent),
            None => below || above.is_empty(),
        };
        of_parent && beginning.is_none_or(|it| name.starts_with(it))
    };
    let groups = place.groups.iter().filter(|(name, _)| wanted(name));
    let (page, next) = page_of_names(groups, after.as_deref(), size);
    Ok(groups_page(
        call,
        page.into_iter().map(|(name, _)| name),
        next,
    ))
}

/// A page of thing groups.
fn groups_page<'a>(
    call: &Call,
    page: impl Iterator<Item = &'a String>,
    next: Option<String>,
) -> Reply {
    let groups: Vec<Value> = page.map(|name| named(call, name)).collect();
    let mut document = Map::new();
    document.insert("thingGroups".to_owned(), Value::Array(groups));
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Reply::Json(Value::Object(document))
}

/// `ListThingGroupsForThing`: the groups that it is in itself.
pub(in crate::simulator) fn list_of_thing(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let place = world.place(&call.at);
    if !place.things.contains_key(&call.label) {
        return Err(no_thing(&call.label));
    }
    let groups = place.groups.iter();
    let groups = groups.filter(|(_, group)| group.things.contains(&call.label));
    let (page, next) = page_of_names(groups, after.as_deref(), size);
    let names = page.into_iter().map(|(name, _)| name);
    Ok(groups_page(call, names, next))
}

/// `ListThingsInThingGroup`: the things in it, and with `recursive` those in the groups below it too.
pub(in crate::simulator) fn list_things(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::group_name(name)?;
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let below = validate::boolean("recursive", call.query("recursive"))?;
    let place = world.place(&call.at);
    if !place.groups.contains_key(name) {
        return Err(no_group(name));
    }
    let wanted = |group: &str| {
        let within = || place.lineage(group).contains(&name.as_str());
        group == name.as_str() || below && within()
    };
    let groups = place.groups.iter().filter(|(group, _)| wanted(group));
    let things: BTreeSet<&String> = groups.flat_map(|(_, group)| &group.things).collect();
    let things = things.into_iter().map(|thing| (thing, ()));
    let (page, next) = page_of_names(things, after.as_deref(), size);
    let page: Vec<&String> = page.into_iter().map(|(thing, ())| thing).collect();
    let mut document = Map::new();
    document.insert("things".to_owned(), json!(page));
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `DescribeThingGroup`.
pub(in crate::simulator) fn describe(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::group_name(name)?;
    let place = world.place(&call.at);
    if !place.groups.contains_key(name) {
        return Err(no_group(name));
    }
    let created = place.groups.get(name).map_or(0, |group| group.created);
    let above: Vec<&str> = place.lineage(name).into_iter().skip(1).collect();
    let mut metadata = Map::new();
    metadata.extend((above.first()).map(|it| ("parentGroupName".to_owned(), Value::from(*it))));
    let from_root: Vec<Value> = above.iter().rev().map(|it| named(call, it)).collect();
    metadata.insert(
        "rootToParentThingGroups".to_owned(),
        Value::Array(from_root),
    );
    metadata.insert("creationDate".to_owned(), epoch_seconds(created));
    let arn = arn_of(call, name);
    Ok(Reply::Json(json!({
        "thingGroupName": name,
        "thingGroupArn": arn,
        "thingGroupId": uuid_of(&hex(&Sha256::digest(&arn))),
        "version": 1,
        "thingGroupProperties": {},
        "thingGroupMetadata": metadata,
    })))
}

fn named(call: &Call, name: &str) -> Value {
    json!({ "groupName": name, "groupArn": arn_of(call, name) })
}

pub(in crate::simulator) fn no_thing(name: &str) -> ApiError {
    ApiError::not_found(format!("Thing {name} not found"))
}

fn no_group(name: &str) -> ApiError {
    ApiError::not_found(format!("Thing group {name} not found"))
}
