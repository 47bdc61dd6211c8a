//! The operations, one function each: they check the request, change the world and answer.

pub(super) mod certificates;
mod lists;
mod policies;
mod principal;
pub(super) mod sso;
pub(super) mod sts;
mod things;
mod transfer;

use super::error::ApiError;
use super::front::Call;
use super::operation::Operation;
use super::wire::Reply;
use super::world::{Side, World};

/// Runs the call's operation.
pub(super) fn run(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    match call.operation {
        Operation::ListCertificates => lists::list_certificates(world, call),
        Operation::ListOutgoingCertificates => lists::list_outgoing_certificates(world, call),
        Operation::DescribeCertificate => certificates::describe(world, call),
        Operation::UpdateCertificate => certificates::update(world, call),
        Operation::ListAttachedPolicies => policies::list_attached(world, call),
        Operation::AttachPolicy => policies::attach(world, call),
        Operation::DetachPolicy => policies::detach(world, call),
        Operation::GetPolicy => policies::get(world, call),
        Operation::ListPrincipalThings | Operation::ListPrincipalThingsV2 => {
            things::list_of_principal(world, call)
        }
        Operation::AttachThingPrincipal => things::attach(world, call),
        Operation::DetachThingPrincipal => things::detach(world, call),
        Operation::DescribeThing => things::describe(world, call),
        Operation::TransferCertificate => transfer::start(world, call),
        Operation::AcceptCertificateTransfer => transfer::accept(world, call),
        Operation::RejectCertificateTransfer => transfer::reject(world, call),
        Operation::CancelCertificateTransfer => transfer::cancel(world, call),
        Operation::GetCallerIdentity => Ok(sts::caller(world, call)),
        Operation::AssumeRole => sts::assume_role(world, call),
        Operation::GetRoleCredentials => Err(unsigned()),
    }
}

/// `GetRoleCredentials` is never signed, so it does not come this way.
fn unsigned() -> ApiError {
    ApiError::invalid("The request must not be signed")
}

/// The ARN IAM checks a call against (Developer Guide, `security_iam_service-with-iam`).
pub(super) fn resource(world: &World, call: &Call) -> String {
    match call.operation {
        Operation::ListCertificates
        | Operation::ListOutgoingCertificates
        | Operation::GetCallerIdentity
        | Operation::GetRoleCredentials => "*".to_owned(),
        Operation::AssumeRole => call.form("RoleArn").unwrap_or_default(),
        Operation::GetPolicy => call.at.arn(&format!("policy/{}", call.label)),
        Operation::DescribeThing => call.at.arn(&format!("thing/{}", call.label)),
        Operation::ListAttachedPolicies => call.label.clone(),
        Operation::AttachPolicy | Operation::DetachPolicy => call
            .member("target")
            .ok()
            .flatten()
            .unwrap_or_else(|| "*".to_owned()),
        Operation::ListPrincipalThings
        | Operation::ListPrincipalThingsV2
        | Operation::AttachThingPrincipal
        | Operation::DetachThingPrincipal => {
            call.header("x-amzn-principal").unwrap_or("*").to_owned()
        }
        Operation::DescribeCertificate
        | Operation::UpdateCertificate
        | Operation::TransferCertificate
        | Operation::AcceptCertificateTransfer
        | Operation::RejectCertificateTransfer
        | Operation::CancelCertificateTransfer => {
            let resource = format!("cert/{}", call.label);
            // The source's cancel is authorised on the recipient's ARN.
            match world.see(&call.at, &call.label) {
                Some((Side::Source, kept)) => world
                    .places
                    .get(&kept)
                    .and_then(|place| place.certificates.get(&call.label))
                    .and_then(|certificate| certificate.pending_target())
                    .map_or_else(
                        || call.at.arn(&resource),
                        |target| call.at.of(target).arn(&resource),
                    ),
                _ => call.at.arn(&resource),
            }
        }
    }
}
