//! `DescribeCACertificate`, `ListCACertificates` and `DescribeEndpoint`.

use serde_json::{Map, Value, json};

use super::certificates::uuid_of;
use super::lists::page_by_age;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::clock::epoch_seconds;

/// `DescribeCACertificate`.
pub(in crate::simulator) fn describe_ca(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let ca = world.place(&call.at).authorities.get(&id);
    let ca = ca.ok_or_else(|| ApiError::no_certificate(&id))?;
    let status = if ca.registers { "ENABLE" } else { "DISABLE" };
    let (not_before, not_after) = ca.validity;
    Ok(Reply::Json(json!({
        "certificateDescription": {
            "certificateArn": call.at.arn(&format!("cacert/{id}")),
            "certificateId": id,
            "status": "ACTIVE",
            "certificatePem": ca.pem,
            "ownedBy": call.at.account,
            "creationDate": epoch_seconds(ca.created),
            "autoRegistrationStatus": status,
            "lastModifiedDate": epoch_seconds(ca.created),
            "customerVersion": 1,
            "generationId": uuid_of(&id),
            "validity": {
                "notBefore": epoch_seconds(not_before),
                "notAfter": epoch_seconds(not_after),
            },
            "certificateMode": "DEFAULT",
        },
        "registrationConfig": {},
    })))
}

/// `ListCACertificates`, the newest first unless asked otherwise. None of this world has a template.
pub(in crate::simulator) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let template = call.query("templateName");
    template.map(validate::template_name).transpose()?;
    let authorities = &world.place(&call.at).authorities;
    let all = authorities.iter().filter(|_| template.is_none());
    let all = all.map(|(id, ca)| (ca.created, id.clone())).collect();
    let (page, next) = page_by_age(call, all)?;
    let rows = page
        .iter()
        .filter_map(|id| Some((id, authorities.get(id)?)));
    let rows: Vec<Value> = rows
        .map(|(id, ca)| {
            json!({
                "certificateArn": call.at.arn(&format!("cacert/{id}")),
                "certificateId": id,
                "status": "ACTIVE",
                "creationDate": epoch_seconds(ca.created),
            })
        })
        .collect();
    let mut document = Map::new();
    document.insert("certificates".to_owned(), Value::Array(rows));
    document.extend(next.map(|next| ("nextMarker".to_owned(), next.into())));
    Ok(Reply::Json(Value::Object(document)))
}

/// `DescribeEndpoint`: each account has its own in each region, whatever the type.
pub(in crate::simulator) fn endpoint(_: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let region = &call.at.region;
    let account: String = call.at.account.chars().take(8).collect();
    let own = match call.query("endpointType") {
        None | Some("iot:Data-ATS") => format!("a{account}ferry-ats.iot.{region}"),
        Some("iot:Data") => format!("a{account}ferry.iot.{region}"),
        Some("iot:CredentialProvider") => format!("c{account}ferry.credentials.iot.{region}"),
        Some("iot:Jobs") => format!("{account}ferry.jobs.iot.{region}"),
        Some(other) => {
            let rule = "name a type of endpoint";
            return Err(validate::breaks("endpointType", other, rule));
        }
    };
    let address: Value = format!("{own}.amazonaws.com").into();
    Ok(Reply::Json(json!({ "endpointAddress": address })))
}
