//! The one operation of IAM Identity Center's portal a client needs to act as an assigned role: `GetRoleCredentials`.

use serde_json::json;

use crate::simulator::wire::error::ApiError;
use crate::simulator::wire::{Reply, Request};
use crate::simulator::world::World;
use crate::simulator::world::operation::Operation;

/// The header that says who is signed in. The call is not signed.
const TOKEN: &str = "x-amz-sso_bearer_token";

/// The operation of a request: `GET /federation/credentials`.
pub(in crate::simulator) fn route(method: &str, path: &str) -> Option<(Operation, String)> {
    (method == "GET" && path == "/federation/credentials")
        .then(|| (Operation::GetRoleCredentials, String::new()))
}

/// `GetRoleCredentials`.
pub(in crate::simulator) fn role_credentials(
    world: &mut World,
    request: &Request,
) -> Result<Reply, ApiError> {
    let (_, query) = request.path_and_query();
    let parameter = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .ok_or_else(|| ApiError::invalid(format!("'{name}' is missing")))
    };
    let (account, role) = (parameter("account_id")?, parameter("role_name")?);
    let token = request.get(TOKEN).unwrap_or_default();
    let keys = world.federate(token, &account, &role)?;
    Ok(Reply::Json(json!({ "roleCredentials": {
        "accessKeyId": keys.key.access_key_id,
        "secretAccessKey": keys.key.secret_access_key,
        "sessionToken": keys.token,
        "expiration": keys.session.ends,
    } })))
}
