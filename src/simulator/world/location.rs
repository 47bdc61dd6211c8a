//! Where something is: an account in a region.

use crate::simulator::world::keys::partition;

/// An account in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulator) struct Location {
    /// The account's 12 digits.
    pub(in crate::simulator) account: String,
    /// The region's name.
    pub(in crate::simulator) region: String,
}

impl Location {
    /// The ARN of something in this place, such as `cert/ID`.
    pub(in crate::simulator) fn arn(&self, resource: &str) -> String {
        let Self { account, region } = self;
        format!(
            "arn:{}:iot:{region}:{account}:{resource}",
            partition(region)
        )
    }

    /// The place of another account in the same region.
    pub(in crate::simulator) fn of(&self, account: &str) -> Self {
        Self {
            account: account.to_owned(),
            region: self.region.clone(),
        }
    }
}
