//! `ListPrincipalThings` in both versions, `ListThingPrincipals`, `AttachThingPrincipal`, `DetachThingPrincipal` and
//! `DeleteThing`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::groups::no_thing;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::lists::{DEFAULT_PAGE, page_of_names};
use crate::simulator::operations::{principal, validate};
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::{AttachWhileDetaching, DetachUnattached};
use crate::simulator::world::certificate::{PrincipalType, Tie};
use crate::simulator::world::clock::millis;
use crate::simulator::world::operation::Operation;
use crate::simulator::world::{Side, World};

/// The header that names the certificate.
const PRINCIPAL: &str = "x-amzn-principal";

/// `ListPrincipalThings` and `ListPrincipalThingsV2`. Things whose detachment is still under way are listed.
pub(in crate::simulator) fn list_of_principal(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let second = call.operation == Operation::ListPrincipalThingsV2;
    let wanted = if second { principal_type(call)? } else { None };
    let principal = principal::find(world, call, "principal", call.header(PRINCIPAL))?;
    let mut document = Map::new();
    let mut items = Vec::new();
    // The recipient of an offer sees nothing of what the source attached.
    if principal.side != Side::Recipient
        && let Some(certificate) = world.certificate(&principal.kept, &principal.id)
    {
        let things = certificate
            .things
            .iter()
            .filter(|(_, tie)| wanted.is_none_or(|wanted| tie.kind == wanted));
        let (page, next) = page_of_names(things, after.as_deref(), size);
        items = page
            .into_iter()
            .map(|(name, tie)| {
                if second {
                    json!({ "thingName": name, "thingPrincipalType": tie.kind.as_str() })
                } else {
                    json!(name)
                }
            })
            .collect();
        if let Some(next) = next {
            document.insert("nextToken".to_owned(), next.into());
        }
    }
    let member = if second {
        "principalThingObjects"
    } else {
        "things"
    };
    document.insert(member.to_owned(), Value::Array(items));
    Ok(Reply::Json(Value::Object(document)))
}

/// The certificates of a thing, by ARN.
fn principals(world: &mut World, call: &Call) -> Result<BTreeSet<String>, ApiError> {
    let name = &call.label;
    validate::thing_name(name)?;
    let place = world.place(&call.at);
    if !place.things.contains_key(name) {
        return Err(no_thing(name));
    }
    let certificates = place.certificates.values();
    let of_it = certificates.filter(|it| it.things.contains_key(name));
    Ok(of_it
        .map(|it| call.at.arn(&format!("cert/{}", it.id)))
        .collect())
}

/// `ListThingPrincipals`.
pub(in crate::simulator) fn list_of_thing(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let size = validate::page_size("maxResults", call.query("maxResults"), DEFAULT_PAGE)?;
    let after = validate::text_marker("nextToken", call.query("nextToken"))?;
    let all = principals(world, call)?;
    let (page, next) = page_of_names(all.iter().map(|it| (it, ())), after.as_deref(), size);
    let page: Vec<&String> = page.into_iter().map(|(arn, ())| arn).collect();
    let mut document = Map::new();
    document.insert("principals".to_owned(), json!(page));
    document.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `DeleteThing`. Deleting what is not there succeeds (AWS IoT API reference, `DeleteThing`); one that has a
/// certificate stays.
pub(in crate::simulator) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    if let Some(version) = call.query("expectedVersion") {
        let wrong = || validate::breaks("expectedVersion", version, "be an integer");
        let version: i64 = version.parse().map_err(|_| wrong())?;
        // Every thing of this world is in its first version.
        if version != 1 {
            let message = format!("Expected version {version} does not match: 1");
            return Err(ApiError::new("VersionConflictException", 409, message));
        }
    }
    let there = world.place(&call.at).things.contains_key(&call.label);
    if there && !principals(world, call)?.is_empty() {
        return Err(ApiError::invalid(format!(
            "Cannot delete thing {}: it is still attached to one or more principals",
            call.label
        )));
    }
    let place = world.place(&call.at);
    place.things.remove(&call.label);
    for group in place.groups.values_mut() {
        group.things.remove(&call.label);
    }
    Ok(Reply::Json(json!({})))
}

/// `AttachThingPrincipal`. A certificate that is attached exclusively to a thing can have no other thing
/// (Developer Guide, `attach-thing-principal`). Attaching what is attached the same way succeeds.
pub(in crate::simulator) fn attach(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let kind = principal_type(call)?.unwrap_or_default();
    let principal = principal::find_to_attach(world, call, "principal", call.header(PRINCIPAL))?;
    if !world.place(&call.at).things.contains_key(&call.label) {
        return Err(no_thing(&call.label));
    }
    let lost = world.assumptions.attach_while_detaching == AttachWhileDetaching::Lost;
    let certificate = world
        .certificate(&principal.kept, &principal.id)
        .ok_or_else(|| ApiError::no_certificate(&principal.id))?;
    let mut others = certificate
        .things
        .iter()
        .filter(|(name, _)| **name != call.label)
        .peekable();
    let has_others = others.peek().is_some();
    let taken = others.any(|(_, tie)| tie.kind == PrincipalType::ExclusiveThing);
    if taken || (has_others && kind == PrincipalType::ExclusiveThing) {
        return Err(ApiError::invalid(format!(
            "The principal cannot be attached to thing {} as {}: it is attached to another thing.",
            call.label,
            kind.as_str()
        )));
    }
    if let Some(tie) = certificate.things.get(&call.label)
        && tie.gone_at.is_none()
        && tie.kind != kind
    {
        return Err(ApiError::invalid(format!(
            "The principal is already attached to thing {} as {}.",
            call.label,
            tie.kind.as_str()
        )));
    }
    if lost && certificate.things.contains_key(&call.label) {
        return Ok(Reply::Json(json!({})));
    }
    let tie = Tie {
        kind,
        gone_at: None,
    };
    certificate.things.insert(call.label.clone(), tie);
    Ok(Reply::Json(json!({})))
}

/// `DetachThingPrincipal`. Asynchronous: the thing stays attached for a while.
pub(in crate::simulator) fn detach(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    validate::thing_name(&call.label)?;
    let principal = principal::find(world, call, "principal", call.header(PRINCIPAL))?;
    if !world.place(&call.at).things.contains_key(&call.label) {
        return Err(no_thing(&call.label));
    }
    let delay = millis(world.assumptions.thing_detach_delay);
    let unattached = world.assumptions.detach_unattached_thing;
    let certificate = world
        .certificate(&principal.kept, &principal.id)
        .filter(|_| principal.side != Side::Recipient);
    let attached = certificate.is_some_and(|certificate| {
        let attached = certificate.things.get_mut(&call.label).map(|tie| {
            // Asked again, the first detachment goes on.
            tie.gone_at.get_or_insert(call.now.saturating_add(delay));
        });
        certificate.settle(call.now);
        attached.is_some()
    });
    if attached || unattached == DetachUnattached::Succeeds {
        Ok(Reply::Json(json!({})))
    } else {
        Err(ApiError::not_found(format!(
            "Thing {} is not attached to the principal.",
            call.label
        )))
    }
}

fn principal_type(call: &Call) -> Result<Option<PrincipalType>, ApiError> {
    let Some(word) = call.query("thingPrincipalType") else {
        return Ok(None);
    };
    PrincipalType::parse(word).map(Some).ok_or_else(|| {
        validate::breaks(
            "thingPrincipalType",
            word,
            "satisfy enum value set: [EXCLUSIVE_THING, NON_EXCLUSIVE_THING]",
        )
    })
}
