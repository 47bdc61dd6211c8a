//! The certificate that a policy or thing call is about.

use crate::simulator::operations::call::Call;
use crate::simulator::operations::validate;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::location::Location;
use crate::simulator::world::{Side, World};

/// A certificate named by its ARN.
pub(in crate::simulator) struct Principal {
    /// Its id.
    pub(in crate::simulator) id: String,
    /// What it is to the caller.
    pub(in crate::simulator) side: Side,
    /// Where it is kept.
    pub(in crate::simulator) kept: Location,
}

/// Finds the certificate of an ARN (`arn:PARTITION:iot:REGION:ACCOUNT:cert/ID`) in the caller's view.
///
/// Everything but a certificate, such as a thing group or a Cognito identity, is not found: there is none.
pub(in crate::simulator) fn find(
    world: &World,
    call: &Call,
    member: &str,
    value: Option<&str>,
) -> Result<Principal, ApiError> {
    let value = value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| validate::missing(member))?;
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let ["arn", _partition, "iot", _region, account, resource] = parts.as_slice() else {
        return Err(ApiError::invalid(format!("Invalid {member}: {value}")));
    };
    let not_found = || ApiError::not_found(format!("The {member} {value} does not exist."));
    let id = resource.strip_prefix("cert/").ok_or_else(not_found)?;
    let (side, kept) = world.see(&call.at, id).ok_or_else(not_found)?;
    let certificate = world
        .places
        .get(&kept)
        .and_then(|place| place.certificates.get(id))
        .ok_or_else(not_found)?;
    // While a transfer waits, the certificate's ARN is the recipient's; the source may still know it by its own.
    let named = *account == call.at.account || certificate.pending_target() == Some(*account);
    // Region and partition are checked by building the ARN again.
    if !named || kept.of(account).arn(resource) != value {
        return Err(not_found());
    }
    Ok(Principal {
        id: id.to_owned(),
        side,
        kept,
    })
}

/// Like [`find`], for calls that attach something: refused while a transfer waits.
pub(in crate::simulator) fn find_to_attach(
    world: &World,
    call: &Call,
    member: &str,
    value: Option<&str>,
) -> Result<Principal, ApiError> {
    let principal = find(world, call, member, value)?;
    if principal.side == Side::Own {
        Ok(principal)
    } else {
        Err(ApiError::invalid(format!(
            "Nothing can be attached to a certificate that is pending transfer. Id: {}",
            principal.id
        )))
    }
}
