//! `DescribeCertificate`, `UpdateCertificate` and `DeleteCertificate`.

use serde_json::{Map, Value, json};

use strum::IntoEnumIterator as _;

use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::{
    Assumptions, EndedTransferData, ForbiddenStatus, LeavingRevoked, PendingOwner, SourceDescribe,
    UpdateWhilePending,
};
use crate::simulator::world::certificate::{Certificate, Status, Transfer};
use crate::simulator::world::clock::epoch_seconds;
use crate::simulator::world::location::Location;
use crate::simulator::world::{Side, World};

/// A certificate's ARN. While a transfer waits it already names the recipient's account (AWS CLI examples of
/// `transfer-certificate` and `list-outgoing-certificates`).
pub(in crate::simulator) fn arn(kept: &Location, certificate: &Certificate) -> String {
    let resource = format!("cert/{}", certificate.id);
    match certificate.pending_target() {
        Some(target) => kept.of(target).arn(&resource),
        None => kept.arn(&resource),
    }
}

/// `ownedBy` and `previousOwnedBy`.
pub(in crate::simulator) fn owners(
    assumptions: &Assumptions,
    kept: &Location,
    certificate: &Certificate,
) -> (String, Option<String>) {
    match certificate.pending_target() {
        Some(target) if assumptions.owner_while_pending == PendingOwner::Recipient => {
            (target.to_owned(), Some(kept.account.clone()))
        }
        _ => (kept.account.clone(), certificate.previous_owner.clone()),
    }
}

/// `DescribeCertificate`, for the owner and for the account a certificate is offered to.
pub(in crate::simulator) fn describe(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let (side, kept) = world
        .see(&call.at, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    if side == Side::Source && world.assumptions.source_describe == SourceDescribe::ResourceNotFound
    {
        return Err(ApiError::no_certificate(&id));
    }
    let assumptions = world.assumptions.clone();
    let certificate = world
        .certificate(&kept, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    let mut document = description(&assumptions, &kept, certificate);
    if side == Side::Source && assumptions.source_describe == SourceDescribe::AsBefore {
        document.insert("status".into(), Status::Inactive.as_str().into());
        document.insert("ownedBy".into(), kept.account.clone().into());
        document.insert("transferData".into(), json!({}));
    }
    Ok(Reply::Json(json!({ "certificateDescription": document })))
}

fn description(
    assumptions: &Assumptions,
    kept: &Location,
    certificate: &Certificate,
) -> Map<String, Value> {
    let (owner, previous) = owners(assumptions, kept, certificate);
    let (not_before, not_after) = certificate.validity;
    let mut description = Map::new();
    let mut put = |name: &str, value: Value| {
        description.insert(name.to_owned(), value);
    };
    put("certificateArn", arn(kept, certificate).into());
    put("certificateId", certificate.id.clone().into());
    put("status", certificate.status.as_str().into());
    put("certificatePem", certificate.material.pem().into());
    put("ownedBy", owner.into());
    if let Some(previous) = previous {
        put("previousOwnedBy", previous.into());
    }
    if let Some(ca) = &certificate.ca {
        put("caCertificateId", ca.clone().into());
    }
    put("creationDate", epoch_seconds(certificate.created));
    put("lastModifiedDate", epoch_seconds(certificate.modified));
    put("customerVersion", 1.into());
    let data = certificate.transfer.as_ref().map_or_else(
        || json!({}),
        |transfer| transfer_data(assumptions, transfer),
    );
    put("transferData", data);
    put("generationId", uuid_of(&certificate.id).into());
    put(
        "validity",
        json!({ "notBefore": epoch_seconds(not_before), "notAfter": epoch_seconds(not_after) }),
    );
    put("certificateMode", "DEFAULT".into());
    description
}

/// The part of a transfer the API shows. Never transferred is an empty object (AWS CLI example of
/// `describe-certificate`).
fn transfer_data(assumptions: &Assumptions, transfer: &Transfer) -> Value {
    let mut data = Map::new();
    if transfer.cancelled.is_some() && assumptions.data_after_cancel == EndedTransferData::Cleared {
        return Value::Object(data);
    }
    if let Some(message) = &transfer.message {
        data.insert("transferMessage".into(), message.clone().into());
    }
    if let Some(reason) = &transfer.reject_reason {
        data.insert("rejectReason".into(), reason.clone().into());
    }
    data.insert("transferDate".into(), epoch_seconds(transfer.started));
    if let Some(accepted) = transfer.accepted {
        data.insert("acceptDate".into(), epoch_seconds(accepted));
    }
    if let Some(rejected) = transfer.rejected {
        data.insert("rejectDate".into(), epoch_seconds(rejected));
    }
    Value::Object(data)
}

/// `UpdateCertificate`. Idempotent.
pub(in crate::simulator) fn update(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let asked = call
        .query("newStatus")
        .ok_or_else(|| validate::missing("newStatus"))?;
    let status = Status::iter()
        .find(|status| status.as_str() == asked)
        .ok_or_else(|| {
            validate::breaks(
                "newStatus",
                asked,
                "satisfy enum value set: [ACTIVE, INACTIVE, REVOKED, PENDING_TRANSFER, REGISTER_INACTIVE, PENDING_ACTIVATION]",
            )
        })?;
    let (side, kept) = world
        .see(&call.at, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    if !matches!(status, Status::Active | Status::Inactive | Status::Revoked) {
        let message = format!("The certificate's status cannot be set to {status}. Id: {id}");
        return Err(match world.assumptions.forbidden_status {
            ForbiddenStatus::InvalidRequest => ApiError::invalid(message),
            ForbiddenStatus::CertificateState => ApiError::certificate_state(message),
        });
    }
    if side != Side::Own {
        return Err(match world.assumptions.update_while_pending {
            UpdateWhilePending::CertificateState => ApiError::certificate_state(format!(
                "The certificate operation is not allowed: the certificate is pending transfer. Id: {id}"
            )),
            UpdateWhilePending::ResourceNotFound => ApiError::no_certificate(&id),
        });
    }
    let leaving_revoked = world.assumptions.leaving_revoked;
    let certificate = world
        .certificate(&kept, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    if certificate.status == status {
        return Ok(Reply::Empty);
    }
    if certificate.status == Status::Revoked && leaving_revoked == LeavingRevoked::CertificateState
    {
        return Err(ApiError::certificate_state(format!(
            "The certificate operation is not allowed: the certificate is revoked. Id: {id}"
        )));
    }
    certificate.status = status;
    certificate.modified = call.now;
    Ok(Reply::Empty)
}

/// `DeleteCertificate`. `forceDelete` deletes what has policies, but nothing that has things (API reference: "if it
/// is inactive and is not attached to an IoT thing").
pub(in crate::simulator) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let force = validate::boolean("forceDelete", call.query("forceDelete"))?;
    let (side, kept) = world
        .see(&call.at, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    if side != Side::Own {
        // What AWS answers is not documented; this is the error that it declares.
        return Err(ApiError::certificate_state(format!(
            "The certificate operation is not allowed: the certificate is pending transfer. Id: {id}"
        )));
    }
    let certificate = world
        .certificate(&kept, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    if !matches!(certificate.status, Status::Inactive | Status::Revoked) {
        return Err(ApiError::certificate_state(format!(
            "Certificate must be deactivated (not {}) before deletion. Id: {id}",
            certificate.status
        )));
    }
    let arn = arn(&kept, certificate);
    if !certificate.things.is_empty() {
        let message = format!("Things must be detached before deletion (arn: {arn})");
        return Err(ApiError::delete_conflict(message));
    }
    if !force && certificate.attached_policies().next().is_some() {
        let message = format!("Certificate policies must be detached before deletion (arn: {arn})");
        return Err(ApiError::delete_conflict(message));
    }
    let position = certificate.position();
    let place = world.place(&kept);
    place.order.remove(&position);
    place.certificates.remove(&id);
    Ok(Reply::Empty)
}

/// An identifier in the form of a UUID, made of hexadecimal digits.
pub(in crate::simulator) fn uuid_of(digits: &str) -> String {
    let mut text = String::with_capacity(36);
    for (at, digit) in digits.chars().take(32).enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
