//! Which account a profile led to when it was last used.

use std::collections::BTreeMap;

use crate::domain::place::{account::AccountId, location::ControlPlane};

/// The account that each profile led to when it was last used, for each control plane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastAccounts(BTreeMap<(String, String), AccountId>);

impl LastAccounts {
    /// Takes in what was seen, by the name of a control plane.
    pub fn insert(&mut self, plane: String, profile: String, account: AccountId) {
        self.0.insert((plane, profile), account);
    }

    /// The account of a profile.
    pub fn get(&self, at: &ControlPlane, profile: &str) -> Option<AccountId> {
        let key = (at.to_string(), profile.to_owned());
        self.0.get(&key).copied()
    }
}
