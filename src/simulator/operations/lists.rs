//! `ListCertificates`, `ListCertificatesByCA` and `ListOutgoingCertificates`.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::certificates::arn;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::SourceList;
use crate::simulator::world::certificate::{Certificate, Position};
use crate::simulator::world::clock::epoch_seconds;
use crate::simulator::world::location::Location;
use crate::simulator::world::{Place, World};

/// The page size when the request names none (AWS IoT API reference, `ListCertificates`).
pub(in crate::simulator) const DEFAULT_PAGE: usize = 25;

/// `ListCertificates`: own certificates and those offered to the account, newest first unless asked otherwise.
/// There is no filter of any kind in the API.
pub(in crate::simulator) fn list_certificates(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let hide_outgoing = world.assumptions.source_list == SourceList::Hidden;
    list(
        world,
        call,
        "certificates",
        |place| &place.order,
        |place, position| !(hide_outgoing && place.outgoing.contains(position)),
        row,
    )
}

/// `ListCertificatesByCA`: those of the account that were registered with an authority. One that is not registered
/// has none: the model declares no `ResourceNotFoundException`.
pub(in crate::simulator) fn list_certificates_by_ca(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    let authority = validate::certificate_id("caCertificateId", &call.label)?;
    let of_it = |place: &Place, position: &Position| {
        let certificate = place.certificates.get(&position.1);
        certificate.is_some_and(|it| it.ca.as_ref() == Some(&authority))
    };
    list(
        world,
        call,
        "certificates",
        |place| &place.order,
        of_it,
        row,
    )
}

/// A row of a list of certificates.
fn row(kept: &Location, certificate: &Certificate) -> Value {
    json!({
        "certificateArn": arn(kept, certificate),
        "certificateId": certificate.id,
        "status": certificate.status.as_str(),
        "certificateMode": "DEFAULT",
        "creationDate": epoch_seconds(certificate.created),
    })
}

/// `ListOutgoingCertificates`: what waits for its recipients.
pub(in crate::simulator) fn list_outgoing_certificates(
    world: &mut World,
    call: &Call,
) -> Result<Reply, ApiError> {
    list(
        world,
        call,
        "outgoingCertificates",
        |place| &place.outgoing,
        |_, _| true,
        |kept, certificate| {
            let mut item = Map::new();
            item.insert("certificateArn".into(), arn(kept, certificate).into());
            item.insert("certificateId".into(), certificate.id.clone().into());
            item.insert("creationDate".into(), epoch_seconds(certificate.created));
            if let Some(transfer) = &certificate.transfer {
                item.insert("transferredTo".into(), transfer.target.clone().into());
                item.insert("transferDate".into(), epoch_seconds(transfer.started));
                if let Some(message) = &transfer.message {
                    item.insert("transferMessage".into(), message.clone().into());
                }
            }
            Value::Object(item)
        },
    )
}

fn list(
    world: &mut World,
    call: &Call,
    member: &str,
    order: impl Fn(&Place) -> &BTreeSet<Position>,
    keep: impl Fn(&Place, &Position) -> bool,
    item: impl Fn(&Location, &Certificate) -> Value,
) -> Result<Reply, ApiError> {
    let size = validate::page_size("pageSize", call.query("pageSize"), DEFAULT_PAGE)?;
    let after = validate::position("marker", call.query("marker"))?;
    let ascending = validate::boolean("isAscendingOrder", call.query("isAscendingOrder"))?;
    world.place(&call.at);
    let world = &*world;
    let Some(place) = world.places.get(&call.at) else {
        return Ok(Reply::Json(json!({ member: [] })));
    };
    let order = order(place);
    let after = after.map_or(Bound::Unbounded, Bound::Excluded);
    let rest: Box<dyn Iterator<Item = &Position>> = if ascending {
        Box::new(order.range((after, Bound::Unbounded)))
    } else {
        Box::new(order.range((Bound::Unbounded, after)).rev())
    };
    let mut page: Vec<&Position> = rest
        .filter(|position| keep(place, position))
        .take(size + 1)
        .collect();
    let more = page.len() > size;
    page.truncate(size);
    let items: Vec<Value> = page
        .iter()
        .filter_map(|(_, id)| {
            let (_, kept) = world.see(&call.at, id)?;
            let certificate = world.places.get(&kept)?.certificates.get(id)?;
            Some(item(&kept, certificate))
        })
        .collect();
    let mut document = Map::new();
    document.insert(member.to_owned(), Value::Array(items));
    if more && let Some((created, id)) = page.last() {
        let marker = validate::marker(&format!("{created} {id}"));
        document.insert("nextMarker".to_owned(), marker.into());
    }
    Ok(Reply::Json(Value::Object(document)))
}

/// A page of what has a date of its creation and a name, newest first unless asked otherwise, and the marker of the
/// next one.
pub(in crate::simulator) fn page_by_age(
    call: &Call,
    mut all: Vec<Position>,
) -> Result<(Vec<String>, Option<String>), ApiError> {
    let size = validate::page_size("pageSize", call.query("pageSize"), DEFAULT_PAGE)?;
    let after = validate::position("marker", call.query("marker"))?;
    let ascending = validate::boolean("isAscendingOrder", call.query("isAscendingOrder"))?;
    all.sort();
    if !ascending {
        all.reverse();
    }
    let rest = all.into_iter().filter(|it| match &after {
        Some(after) if ascending => it > after,
        Some(after) => it < after,
        None => true,
    });
    let mut page: Vec<Position> = rest.take(size + 1).collect();
    let more = page.len() > size;
    page.truncate(size);
    let next = page.last().filter(|_| more);
    let next = next.map(|(created, name)| validate::marker(&format!("{created} {name}")));
    Ok((page.into_iter().map(|(_, name)| name).collect(), next))
}

/// A page of names in their order, and the marker of the next one.
pub(in crate::simulator) fn page_of_names<'a, T>(
    names: impl Iterator<Item = (&'a String, T)>,
    after: Option<&str>,
    size: usize,
) -> (Vec<(&'a String, T)>, Option<String>) {
    let mut page: Vec<(&String, T)> = names
        .filter(|(name, _)| after.is_none_or(|after| name.as_str() > after))
        .take(size + 1)
        .collect();
    let more = page.len() > size;
    page.truncate(size);
    let next = page
        .last()
        .filter(|_| more)
        .map(|(name, _)| validate::marker(name));
    (page, next)
}
