//! `CreateThing`, `DescribeThing`, `ListThings`, `CreateThingType`, `DescribeThingType`, `ListThingTypes`,
//! `AddThingToThingGroup`, `GetThingConnectivityData`, and of the data plane `GetThingShadow` and `ListNamedShadowsForThing`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::groups::no_thing;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::certificates::uuid_of;
use crate::simulator::operations::lists::{DEFAULT_PAGE, page_of_names};
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::WithoutIndex;
use crate::simulator::world::clock::epoch_seconds;
use crate::simulator::world::mint::hex;
use crate::simulator::world::{Thing, ThingType, World};

/// `CreateThing`. That a thing of this name exists is an error only if it is another one (AWS IoT API reference,
/// `CreateThing`).
pub(in crate::simulator) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::thing_name(name)?;
    let type_name = call.member("thingTypeName")?;
    if let Some(type_name) = &type_name {
        validate::thing_type_name(type_name)?;
    }
    let attributes = attributes(call)?;
    if let Some(group) = call.member("billingGroupName")? {
        validate::billing_group_name(&group)?;
        // There are no billing groups in this world.
        let message = format!("Billing group {group} not found");
        return Err(ApiError::not_found(message));
    }
    let place = world.place(&call.at);
    if let Some(type_name) = &type_name
        && !place.types.contains_key(type_name)
    {
        let message = format!("Thing type {type_name} not found");
        return Err(ApiError::not_found(message));
    }
    let new = Thing {
        type_name,
        attributes,
    };
    let existing = place.things.entry(name.clone()).or_insert(new.clone());
    if *existing != new {
        return Err(ApiError::exists(format!(
            "Thing {name} already exists in account with different attributes"
        )));
    }
    let arn = arn(call, name);
    Ok(Reply::Json(json!({
        "thingName": name,
        "thingId": id(&arn),
        "thingArn": arn,
    })))
}

fn attributes(call: &Call) -> Result<BTreeMap<String, Value>, ApiError> {
    let Some(payload) = call.value("attributePayload")? else {
        return Ok(BTreeMap::new());
    };
    let wrong = |text: &str| {
        validate::breaks(
            "attributePayload.attributes",
            text,
            "satisfy regular expression pattern: [a-zA-Z0-9_.,@/:#-]+",
        )
    };
    if payload
        .get("merge")
        .is_some_and(|merge| !merge.is_boolean())
    {
        return Err(validate::breaks("merge", "", "be a boolean"));
    }
    let Some(attributes) = payload.get("attributes") else {
        return Ok(BTreeMap::new());
    };
    let attributes = attributes.as_object().ok_or_else(|| wrong(""))?;
    for (name, value) in attributes {
        let good = |text: &str, more: &str| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        let value = value.as_str().ok_or_else(|| wrong(name))?;
        if name.is_empty() || !good(name, "_.,@/:#-") || !good(value, "_.,@/:#=[]-") {
            return Err(wrong(name));
        }
    }
    Ok(attributes.clone().into_iter().collect())
}

/// `DescribeThing`.
pub(in crate::simulator) fn describe(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let name = &call.label;
    let arn = arn(call, name);
    let thing = world
        .place(&call.at)
        .things
        .get(name)
        .ok_or_else(|| no_thing(name))?;
    let mut document = Map::new();
    document.insert("defaultClientId".to_owned(), name.clone().into());
    document.insert("thingName".to_owned(), name.clone().into());
    document.insert("thingId".to_owned(), id(&arn).into());
    document.insert("thingArn".to_owned(), arn.into());
    if let Some(type_name) = &thing.type_name {
        document.insert("thingTypeName".to_owned(), type_name.clone().into());
    }
    document.insert("attributes".to_owned(), json!(thing.attributes));
    document.insert("version".to_owned(), 1.into());
    Ok(Reply::Json(Value::Object(document)))
}

/// `ListThings`, by attribute and type where these are named.
pub(in crate::simulator) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let (attribute, value) = (call.query("attributeName"), call.query("attributeValue"));
    for (member, text) in [("attributeName", attribute), ("attributeValue", value)] {
        if let Some(text) = text {
            validate::attribute(member, text)?;
        }
    }
    let begins = validate::boolean(
        "usePrefixAttributeValue",
        call.query("usePrefixAttributeValue"),
    )?;
    let type_name = call.query("thingTypeName");
    if let Some(type_name) = type_name {
        validate::thing_type_name(type_name)?;
    }
    let wanted = |thing: &Thing| {
        let of_type = type_name.is_none_or(|name| thing.type_name.as_deref() == Some(name));
        let has = attribute.is_none_or(|attribute| {
            let found = thing.attributes.get(attribute).and_then(Value::as_str);
            found.is_some_and(|found| match value {
                Some(value) if begins => found.starts_with(value),
                Some(value) => found == value,
                None => true,
            })
        });
        of_type && has
    };
    let things = world.place(&call.at).things.iter();
    let things = things.filter(|(_, thing)| wanted(thing));
    let (page, next) = page_of_names(things, after.as_deref(), size);
    let things: Vec<Value> = page
        .into_iter()
        .map(|(name, thing)| {
            let mut row = Map::new();
            row.insert("thingName".to_owned(), name.clone().into());
            row.extend((thing.type_name.clone()).map(|it| ("thingTypeName".to_owned(), it.into())));
            row.insert("thingArn".to_owned(), arn(call, name).into());
            row.insert("attributes".to_owned(), json!(thing.attributes));
            row.insert("version".to_owned(), 1.into());
            Value::Object(row)
        })
        .collect();
    let mut document = Map::new();
    document.insert("things".to_owned(), Value::Array(things));
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `CreateThingType`.
pub(in crate::simulator) fn create_type(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::thing_type_name(name)?;
    validate::tags(call)?;
    let properties = call.value("thingTypeProperties")?.unwrap_or_default();
    let description = properties.get("thingTypeDescription");
    let description = description.and_then(Value::as_str).map(str::to_owned);
    if let Some(text) = description.as_ref().filter(|text| text.len() > 2028) {
        let rule = "have length less than or equal to 2028";
        return Err(validate::breaks(
            "thingTypeProperties.thingTypeDescription",
            text,
            rule,
        ));
    }
    let searchable = properties.get("searchableAttributes");
    let new = ThingType {
        description,
        searchable: searchable
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default(),
        created: call.now,
    };
    let place = world.place(&call.at);
    let existing = place
        .types
        .entry(name.clone())
        .or_insert_with(|| new.clone());
    if (&existing.description, &existing.searchable) != (&new.description, &new.searchable) {
        let message = format!("Thing type {name} already exists with different properties");
        return Err(ApiError::exists(message));
    }
    let arn = type_arn(call, name);
    Ok(Reply::Json(json!({
        "thingTypeName": name,
        "thingTypeId": id(&arn),
        "thingTypeArn": arn,
    })))
}

/// `DescribeThingType`.
pub(in crate::simulator) fn describe_type(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::thing_type_name(name)?;
    let found = world
        .place(&call.at)
        .types
        .get(name)
        .ok_or_else(|| ApiError::not_found(format!("Thing type {name} not found")))?;
    let mut document = type_row(call, name, found);
    document.insert("thingTypeId".to_owned(), id(&type_arn(call, name)).into());
    Ok(Reply::Json(Value::Object(document)))
}

/// What both a list and a description say of a thing type.
fn type_row(call: &Call, name: &str, of: &ThingType) -> Map<String, Value> {
    let mut properties = Map::new();
    let description = of.description.clone();
    properties.extend(description.map(|it| ("thingTypeDescription".to_owned(), it.into())));
    properties.insert("searchableAttributes".to_owned(), json!(of.searchable));
    let metadata = json!({
        "deprecated": false,
        "creationDate": epoch_seconds(of.created),
    });
    let mut row = Map::new();
    row.insert("thingTypeName".to_owned(), name.into());
    row.insert("thingTypeArn".to_owned(), type_arn(call, name).into());
    row.insert("thingTypeProperties".to_owned(), properties.into());
    row.insert("thingTypeMetadata".to_owned(), metadata);
    row
}

/// `ListThingTypes`, all of them or the one of a name.
pub(in crate::simulator) fn list_types(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let wanted = call.query("thingTypeName");
    wanted.map(validate::thing_type_name).transpose()?;
    let types = world.place(&call.at).types.iter();
    let types = types.filter(|(name, _)| wanted.is_none_or(|it| it == name.as_str()));
    let (page, next) = page_of_names(types, after.as_deref(), size);
    let rows = page.into_iter().map(|(name, it)| type_row(call, name, it));
    let rows: Vec<Value> = rows.map(Value::Object).collect();
    let mut document = Map::new();
    document.insert("thingTypes".to_owned(), Value::Array(rows));
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `AddThingToThingGroup`. Group and thing are named by name or by ARN. Adding what is in it succeeds.
pub(in crate::simulator) fn add_to_group(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let named = |by_name: &str, by_arn: &str, kind: &str| -> Result<String, ApiError> {
        let name = call.member(by_name)?;
        let arn = call.member(by_arn)?;
        let in_arn = match &arn {
            Some(arn) => {
                let begins = call.at.arn(&format!("{kind}/"));
                let name = arn.strip_prefix(&begins);
                let invalid = || ApiError::invalid(format!("Invalid {by_arn}: {arn}"));
                Some(name.ok_or_else(invalid)?.to_owned())
            }
            None => None,
        };
        match (name, in_arn) {
            (Some(name), Some(in_arn)) if name != in_arn => Err(ApiError::invalid(format!(
                "{by_name} and {by_arn} name different resources"
            ))),
            (Some(name), _) | (None, Some(name)) => Ok(name),
            (None, None) => Err(validate::missing(by_name)),
        }
    };
    let group = named("thingGroupName", "thingGroupArn", "thinggroup")?;
    let thing = named("thingName", "thingArn", "thing")?;
    validate::group_name(&group)?;
    validate::thing_name(&thing)?;
    if (call.value("overrideDynamicGroups")?).is_some_and(|it| !it.is_boolean()) {
        return Err(validate::breaks(
            "overrideDynamicGroups",
            "",
            "be a boolean",
        ));
    }
    let place = world.place(&call.at);
    if !place.things.contains_key(&thing) {
        return Err(no_thing(&thing));
    }
    let found = place
        .groups
        .get_mut(&group)
        .ok_or_else(|| ApiError::not_found(format!("Thing group {group} not found")))?;
    found.things.insert(thing);
    Ok(Reply::Json(json!({})))
}

/// `GetThingConnectivityData`, where the fleet is indexed with connectivity.
pub(in crate::simulator) fn connectivity(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let name = &call.label;
    validate::thing_name(name)?;
    if (call.value("includeSocketInformation")?).is_some_and(|it| !it.is_boolean()) {
        return Err(validate::breaks(
            "includeSocketInformation",
            "",
            "be a boolean",
        ));
    }
    let without = world.assumptions.without_index;
    let place = world.place(&call.at);
    if !place.things.contains_key(name) {
        return Err(no_thing(name));
    }
    let Some(index) = &place.index else {
        return Err(match without {
            WithoutIndex::IndexNotReady => {
                ApiError::new("IndexNotReadyException", 400, "The index is not ready.")
            }
            WithoutIndex::InvalidRequest => {
                ApiError::invalid("Fleet indexing with connectivity is not enabled")
            }
        });
    };
    let mut document = Map::new();
    document.insert("thingName".to_owned(), name.clone().into());
    let connected = index.get(name).copied();
    document.insert("connected".to_owned(), connected.unwrap_or(false).into());
    if connected == Some(false) {
        let reason = "CONNECTION_LOST".into();
        document.insert("disconnectReason".to_owned(), reason);
    }
    if connected.is_some() {
        document.insert("timestamp".to_owned(), epoch_seconds(call.now));
        document.insert("clientId".to_owned(), name.clone().into());
    }
    Ok(Reply::Json(Value::Object(document)))
}

/// `GetThingShadow` of the data plane. Without a name it is the classic shadow.
pub(in crate::simulator) fn shadow(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let name = call.query("name").unwrap_or_default();
    if !name.is_empty() {
        validate::shadow_name(name)?;
    }
    let shadows = world.place(&call.at).shadows.get(&call.label);
    if !shadows.is_some_and(|all| all.contains(name)) {
        let message = format!("No shadow exists with name: '{}'", call.label);
        return Err(ApiError::not_found(message));
    }
    // The payload is the whole body.
    Ok(Reply::Json(json!({
        "state": { "reported": { "on": true } },
        "version": 1,
        "timestamp": call.now / 1000,
    })))
}

/// `ListNamedShadowsForThing` of the data plane.
pub(in crate::simulator) fn shadows(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let size = validate::page_size("pageSize", call.query("pageSize"), DEFAULT_PAGE)?;
    if size > MOST_SHADOWS {
        let rule = "have value less than or equal to 100";
        return Err(validate::breaks("pageSize", &size.to_string(), rule));
    }
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let place = world.place(&call.at);
    let all = place.shadows.get(&call.label).cloned().unwrap_or_default();
    let others = all.iter().filter(|name| !name.is_empty());
    let (page, next) = page_of_names(others.map(|it| (it, ())), after.as_deref(), size);
    let names: Vec<&String> = page.into_iter().map(|(name, ())| name).collect();
    let mut document = Map::new();
    document.insert("results".to_owned(), json!(names));
    document.insert("timestamp".to_owned(), (call.now / 1000).into());
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// The largest page of shadows (botocore model `iot-data`).
const MOST_SHADOWS: usize = 100;

fn arn(call: &Call, name: &str) -> String {
    call.at.arn(&format!("thing/{name}"))
}

fn type_arn(call: &Call, name: &str) -> String {
    call.at.arn(&format!("thingtype/{name}"))
}

fn id(arn: &str) -> String {
    uuid_of(&hex(&Sha256::digest(arn)))
}
