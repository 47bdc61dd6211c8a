//! `CreateKeysAndCertificate` and `RegisterCertificateWithoutCA`.

use serde_json::json;

use crate::simulator::furnish::setup::registered;
use crate::simulator::operations::call::Call;
use crate::simulator::operations::{certificates, validate};
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::certificate::Status;
use crate::simulator::world::mint::{self, Minted, Subject};

/// What the certificates say that AWS makes (Developer Guide, "Create AWS IoT client certificates").
const MADE_BY_AWS: &str = "AWS IoT Certificate";

/// Above the serial numbers of the certificates that the world is furnished with.
const FIRST_SERIAL: u64 = 1 << 62;

/// `CreateKeysAndCertificate`: a certificate that AWS signs, with its key pair. AWS makes RSA keys of 2048 bits;
/// these are of P-256.
pub(in crate::simulator) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let active = validate::boolean("setAsActive", call.query("setAsActive"))?;
    let serial = FIRST_SERIAL.saturating_add(world.arrivals);
    let minted = mint::device(Subject {
        name: MADE_BY_AWS,
        organization: "Amazon.com Inc.",
        serial,
        not_before: call.now,
    });
    let (Ok(minted), Some((private, public))) = (minted, mint::keys(serial)) else {
        return Err(ApiError::invalid("The certificate could not be made"));
    };
    let status = if active {
        Status::Active
    } else {
        Status::Inactive
    };
    let pem = minted.material.pem();
    let (arn, id) = keep(world, call, minted, status);
    Ok(Reply::Json(json!({
        "certificateArn": arn,
        "certificateId": id,
        "certificatePem": pem,
        "keyPair": { "PublicKey": public, "PrivateKey": private },
    })))
}

/// `RegisterCertificateWithoutCA`.
pub(in crate::simulator) fn register(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let pem = call
        .member("certificatePem")?
        .ok_or_else(|| validate::missing("certificatePem"))?;
    let minted = mint::read(&pem)
        .ok_or_else(|| validate::breaks("certificatePem", &pem, "be a certificate in PEM"))?;
    let status = match call.member("status")?.as_deref() {
        None | Some("INACTIVE") => Status::Inactive,
        Some("ACTIVE") => Status::Active,
        Some("REVOKED") => Status::Revoked,
        Some(other) => {
            let rule = "satisfy enum value set: [ACTIVE, INACTIVE, REVOKED]";
            return Err(validate::breaks("status", other, rule));
        }
    };
    if world.see(&call.at, &minted.id).is_some() {
        return Err(ApiError::exists(
            "The certificate is already provisioned or registered",
        ));
    }
    let (arn, id) = keep(world, call, minted, status);
    Ok(Reply::Json(
        json!({ "certificateArn": arn, "certificateId": id }),
    ))
}

/// Registers a certificate; its ARN and id.
fn keep(world: &mut World, call: &Call, minted: Minted, status: Status) -> (String, String) {
    let certificate = registered(minted, status, call.now);
    let names = (
        certificates::arn(&call.at, &certificate),
        certificate.id.clone(),
    );
    world.register(&call.at, certificate);
    names
}
