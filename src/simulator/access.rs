//! Who calls: access keys, signatures' scopes and what is wrong with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::Simulator;
use super::wire::Request;

/// The long-term credentials of an account's user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// 20 characters that start with `AKIA`.
    pub access_key_id: String,
    /// 40 characters. The simulator does not verify signatures, so any other would do.
    pub secret_access_key: String,
}

impl AccessKey {
    /// The key of an account: always the same for the same account.
    pub(super) fn of(account: &str) -> Self {
        const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digest = Sha256::digest(format!("certferry access key {account}"));
        let mut access_key_id = "AKIA".to_owned();
        access_key_id.extend(
            digest
                .iter()
                .take(16)
                .filter_map(|byte| BASE32.get(usize::from(byte % 32)))
                .map(|letter| char::from(*letter)),
        );
        let secret = Sha256::digest(format!("certferry secret key {account}"));
        let secret_access_key = STANDARD.encode(secret).chars().take(40).collect();
        Self {
            access_key_id,
            secret_access_key,
        }
    }
}

/// What the scope of a Signature Version 4 says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// Whose key signed.
    pub(super) access_key_id: String,
    /// The region the request is meant for.
    pub(super) region: String,
    /// The service, `iot` or `sts`.
    pub(super) service: String,
}

/// Why a request has no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeError {
    /// There is no `Authorization` header.
    Missing,
    /// The header is not that of a Signature Version 4.
    Malformed,
}

impl Scope {
    /// Reads `Authorization: AWS4-HMAC-SHA256 Credential=KEY/date/region/service/aws4_request, …`.
    pub(super) fn of(request: &Request) -> Result<Self, ScopeError> {
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

/// The ARN partition of a region.
pub(super) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The ARN of the user all calls of an account are made by.
pub(super) fn user_arn(region: &str, account: &str) -> String {
    format!("arn:{}:iam::{account}:user/ops", partition(region))
}

/// The id of that user.
pub(super) fn user_id(account: &str) -> String {
    AccessKey::of(account)
        .access_key_id
        .replacen("AKIA", "AIDA", 1)
}

impl Simulator {
    /// The credentials of an account's user, whether or not the account exists.
    pub fn access_key(&self, account: &str) -> AccessKey {
        AccessKey::of(account)
    }

    /// Makes an account's credentials expired (403 `ExpiredTokenException`), or good again. The account is
    /// created if need be, also by [`Simulator::deny`] and [`Simulator::allow`].
    pub fn set_expired(&self, account: &str, expired: bool) {
        self.lock().account(account).expired = expired;
    }

    /// Switches a region off for all accounts, as an opt-in region is that nobody has opted in to: no key is
    /// known there.
    pub fn switch_off(&self, region: &str) {
        self.lock().regions_off.insert(region.to_owned());
    }

    /// Lets the clocks of all who call be so many seconds ahead of AWS's, or behind if negative. Answers carry
    /// AWS's time then, and no signature is taken that is more than five minutes off.
    pub fn set_callers_ahead(&self, seconds: i64) {
        self.lock().callers_ahead = seconds;
    }

    /// Denies an IAM action such as `iot:TransferCertificate` to an account (403 `AccessDeniedException`).
    pub fn deny(&self, account: &str, action: &str) {
        self.lock()
            .account(account)
            .denied
            .insert(action.to_owned());
    }

    /// Allows a denied IAM action again.
    pub fn allow(&self, account: &str, action: &str) {
        self.lock().account(account).denied.remove(action);
    }
}
