//! The transfer: `TransferCertificate`, `AcceptCertificateTransfer`, `RejectCertificateTransfer` and
//! `CancelCertificateTransfer`.

use serde_json::json;

use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::assumptions::{
    NotInTransfer, SameIdInTarget, SelfTransfer, ThingsAttached, TransferOfUnusable, UnknownTarget,
    WrongSide,
};
use crate::simulator::world::certificate::{Status, Transfer};
use crate::simulator::world::keys::user_arn;
use crate::simulator::world::location::Location;
use crate::simulator::world::{Side, World};

/// `TransferCertificate`: the certificate must not be active and must have no policies attached.
pub(in crate::simulator) fn start(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let target = call
        .query("targetAwsAccount")
        .ok_or_else(|| validate::missing("targetAwsAccount"))?;
    validate::account("targetAwsAccount", target)?;
    let message = call.member("transferMessage")?;
    if let Some(message) = &message {
        validate::message("transferMessage", message)?;
    }
    let (side, kept) = world
        .see(&call.at, &id)
        .ok_or_else(|| ApiError::no_certificate(&id))?;
    check_target(world, call, target)?;
    if side != Side::Own {
        return Err(ApiError::certificate_state(format!(
            "The certificate operation is not allowed: the certificate is pending transfer. Id: {id}"
        )));
    }
    check_certificate(world, &kept, &id)?;
    check_duplicate(world, call, &id, target)?;
    world.offer(&kept, &id, target, message, call.now);
    let arn = kept.of(target).arn(&format!("cert/{id}"));
    Ok(Reply::Json(json!({ "transferredCertificateArn": arn })))
}

fn check_target(world: &World, call: &Call, target: &str) -> Result<(), ApiError> {
    let assumptions = &world.assumptions;
    if target == call.at.account {
        let message = "The certificate cannot be transferred to the account that owns it.";
        return Err(match assumptions.self_transfer {
            SelfTransfer::InvalidRequest => ApiError::invalid(message),
            SelfTransfer::TransferConflict => ApiError::transfer_conflict(message),
        });
    }
    if !world.accounts.contains_key(target) {
        let message = format!("The account {target} does not exist.");
        match assumptions.unknown_target {
            UnknownTarget::Accepted => {}
            UnknownTarget::ResourceNotFound => return Err(ApiError::not_found(message)),
            UnknownTarget::InvalidRequest => return Err(ApiError::invalid(message)),
        }
    }
    Ok(())
}

/// A place has one certificate of an id; being offered it by another account counts too.
fn check_duplicate(world: &World, call: &Call, id: &str, target: &str) -> Result<(), ApiError> {
    if world.see(&call.at.of(target), id).is_none() {
        return Ok(());
    }
    let message = format!("The account {target} already has the certificate. Id: {id}");
    Err(match world.assumptions.same_id_in_target {
        SameIdInTarget::TransferConflict => ApiError::transfer_conflict(message),
        SameIdInTarget::InvalidRequest => ApiError::invalid(message),
    })
}

fn check_certificate(world: &mut World, kept: &Location, id: &str) -> Result<(), ApiError> {
    let unusable = world.assumptions.transfer_of_unusable;
    let things_attached = world.assumptions.things_attached;
    let certificate = world
        .certificate(kept, id)
        .ok_or_else(|| ApiError::no_certificate(id))?;
    match certificate.status {
        Status::Inactive => {}
        Status::Active | Status::PendingTransfer => {
            return Err(ApiError::certificate_state(format!(
                "Certificate must be deactivated (not ACTIVE) before transfer. Id: {id}"
            )));
        }
        status @ (Status::Revoked | Status::RegisterInactive | Status::PendingActivation) => {
            if unusable == TransferOfUnusable::CertificateState {
                return Err(ApiError::certificate_state(format!(
                    "The certificate operation is not allowed: the certificate is {status}. Id: {id}"
                )));
            }
        }
    }
    // Also those whose detachment has not been seen everywhere yet.
    if !certificate.policies.is_empty() {
        return Err(ApiError::transfer_conflict(
            "You can't transfer the certificate because authorization policies are still attached.",
        ));
    }
    if !certificate.things.is_empty() {
        let message = format!("Things must be detached before transfer. Id: {id}");
        match things_attached {
            ThingsAttached::TransferConflict => return Err(ApiError::transfer_conflict(message)),
            ThingsAttached::CertificateState => return Err(ApiError::certificate_state(message)),
            ThingsAttached::InvalidRequest => return Err(ApiError::invalid(message)),
            ThingsAttached::Allowed => {}
        }
    }
    Ok(())
}

/// `AcceptCertificateTransfer`, for the recipient: the certificate becomes its own, inactive unless asked otherwise.
pub(in crate::simulator) fn accept(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let active = validate::boolean("setAsActive", call.query("setAsActive"))?;
    let source = pending(world, call, &id, Side::Recipient)?;
    let status = if active {
        Status::Active
    } else {
        Status::Inactive
    };
    world.hand_over(&source, &id, status, call.now);
    Ok(Reply::Empty)
}

/// `RejectCertificateTransfer`, for the recipient: the certificate returns to the source, inactive.
pub(in crate::simulator) fn reject(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let reason = call.member("rejectReason")?;
    if let Some(reason) = &reason {
        validate::message("rejectReason", reason)?;
    }
    let source = pending(world, call, &id, Side::Recipient)?;
    let end = |transfer: &mut Transfer| {
        transfer.rejected = Some(call.now);
        transfer.reject_reason = reason;
    };
    world.take_back(&source, &id, end, call.now);
    Ok(Reply::Empty)
}

/// `CancelCertificateTransfer`, for the source, until the recipient has accepted.
pub(in crate::simulator) fn cancel(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = validate::certificate_id("certificateId", &call.label)?;
    let source = pending(world, call, &id, Side::Source)?;
    let end = |transfer: &mut Transfer| {
        transfer.cancelled = Some(call.now);
    };
    world.take_back(&source, &id, end, call.now);
    Ok(Reply::Empty)
}

/// Where the certificate of a waiting transfer is kept, if the caller is on the side that may end it this way.
fn pending(world: &World, call: &Call, id: &str, wanted: Side) -> Result<Location, ApiError> {
    match world.see(&call.at, id) {
        Some((side, kept)) if side == wanted => Ok(kept),
        Some((Side::Own, kept)) => Err(not_pending(world, &kept, id)),
        Some(_) => Err(wrong_side(world, call, id)),
        None => {
            let place = world.places.get(&call.at);
            if place.is_some_and(|place| place.handed_over.contains(id)) {
                return Err(ApiError::transfer_completed());
            }
            let pending_elsewhere = world
                .places
                .iter()
                .any(|(at, place)| at.region == call.at.region && place.incoming.contains_key(id));
            if pending_elsewhere {
                Err(wrong_side(world, call, id))
            } else {
                Err(ApiError::no_certificate(id))
            }
        }
    }
}

/// The answer about the caller's own certificate that is in no transfer.
fn not_pending(world: &World, kept: &Location, id: &str) -> ApiError {
    let accepted = world
        .places
        .get(kept)
        .and_then(|place| place.certificates.get(id))
        .and_then(|certificate| certificate.transfer.as_ref())
        .is_some_and(|transfer| transfer.accepted.is_some());
    if accepted {
        return ApiError::transfer_completed();
    }
    match world.assumptions.not_in_transfer {
        NotInTransfer::TransferAlreadyCompleted => ApiError::transfer_completed(),
        NotInTransfer::ResourceNotFound => ApiError::no_certificate(id),
        NotInTransfer::InvalidRequest => {
            ApiError::invalid(format!("The certificate is in no transfer. Id: {id}"))
        }
    }
}

fn wrong_side(world: &World, call: &Call, id: &str) -> ApiError {
    match world.assumptions.wrong_side {
        WrongSide::ResourceNotFound => ApiError::no_certificate(id),
        WrongSide::AccessDenied => ApiError::access_denied(
            &user_arn(&call.at.region, &call.at.account),
            &call.operation.iam_action(),
            &crate::simulator::operations::resource::resource(world, call),
        ),
    }
}
