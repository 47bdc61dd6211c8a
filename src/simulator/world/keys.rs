//! Who calls: access keys, and the ARNs of those who have them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

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
    pub(in crate::simulator) fn of(account: &str) -> Self {
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

/// The ARN partition of a region.
pub(in crate::simulator) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The ARN of the user all calls of an account are made by.
pub(in crate::simulator) fn user_arn(region: &str, account: &str) -> String {
    format!("arn:{}:iam::{account}:user/ops", partition(region))
}

/// The id of that user.
pub(in crate::simulator) fn user_id(account: &str) -> String {
    AccessKey::of(account)
        .access_key_id
        .replacen("AKIA", "AIDA", 1)
}
