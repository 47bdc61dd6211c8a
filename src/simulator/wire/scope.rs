//! What a signature says about a request.

use crate::simulator::wire::Request;

/// What the scope of a Signature Version 4 says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Scope {
    /// Whose key signed.
    pub(in crate::simulator) access_key_id: String,
    /// The region the request is meant for.
    pub(in crate::simulator) region: String,
    /// The service: `iot`, `iotdata` or `sts`.
    pub(in crate::simulator) service: String,
}

/// Why a request has no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum ScopeError {
    /// There is no `Authorization` header.
    Missing,
    /// The header is not that of a Signature Version 4.
    Malformed,
}

impl Scope {
    /// Reads `Authorization: AWS4-HMAC-SHA256 Credential=KEY/date/region/service/aws4_request, …`.
    pub(in crate::simulator) fn of(request: &Request) -> Result<Self, ScopeError> {
        let header = request.get("authorization").ok_or(ScopeError::Missing)?;
        let credential = header
            .strip_prefix("AWS4-HMAC-SHA256")
            .and_then(|rest| {
                rest.split(',')
                    .find_map(|part| part.trim().strip_prefix("Credential="))
            })
            .ok_or(ScopeError::Malformed)?;
        let parts: Vec<&str> = credential.split('/').collect();
        match parts.as_slice() {
            [key, _date, region, service, "aws4_request"] => Ok(Self {
                access_key_id: (*key).to_owned(),
                region: (*region).to_owned(),
                service: (*service).to_owned(),
            }),
            _ => Err(ScopeError::Malformed),
        }
    }
}
