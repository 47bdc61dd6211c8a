//! The accounts of a demo.

use crate::simulator::world::clock::Millis;

/// The demo's first account, which has 200 of the certificates, unless told otherwise.
pub(in crate::simulator) const PROD: &str = "111122223333";

/// The demo's second account, which has 40, unless told otherwise.
pub(in crate::simulator) const EU: &str = "444455556666";

/// The first registration of the demo: 2024-11-18T08:00:00Z.
pub(in crate::simulator) const FIRST: Millis = 1_731_916_800_000;

/// The numbers of the two accounts of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// The account that has most of the certificates, 12 digits.
    pub source: String,
    /// Another account, that receives some, 12 digits.
    pub recipient: String,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            source: PROD.to_owned(),
            recipient: EU.to_owned(),
        }
    }
}

impl Accounts {
    /// The number that stands for one of the demo's own.
    pub(in crate::simulator) fn number(&self, account: &str) -> &str {
        if account == PROD {
            &self.source
        } else {
            &self.recipient
        }
    }
}
