//! Roles: who may assume them at STS, who is signed in at IAM Identity Center, and the sessions they get.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::simulator::world::clock::Millis;
use crate::simulator::world::keys::AccessKey;

/// A role, and what it takes to assume it. Any caller whom the simulator knows may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRole {
    pub(in crate::simulator) arn: String,
    pub(in crate::simulator) external_id: Option<String>,
    /// The device's serial number, and the codes it shows, each of which is good once.
    pub(in crate::simulator) mfa: Option<(String, BTreeSet<String>)>,
}

impl NewRole {
    /// A role that needs nothing but a caller. The ARN names its account.
    pub fn new(arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            external_id: None,
            mfa: None,
        }
    }

    /// Only with this external id.
    pub fn external_id(mut self, id: &str) -> Self {
        self.external_id = Some(id.to_owned());
        self
    }

    /// Only with a code of this device; these are the ones that it shows.
    pub fn mfa(mut self, serial: &str, codes: &[&str]) -> Self {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        self.mfa = Some((serial.to_owned(), codes));
        self
    }
}

/// The roles, and whoever acts as one.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Roles {
    /// By ARN.
    pub(in crate::simulator) known: BTreeMap<String, NewRole>,
    /// By access key id.
    pub(in crate::simulator) sessions: BTreeMap<String, Session>,
    /// What is signed in to at IAM Identity Center, by access token.
    pub(in crate::simulator) tokens: BTreeMap<String, Token>,
}

/// A role that somebody acts as.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Session {
    pub(in crate::simulator) account: String,
    pub(in crate::simulator) arn: String,
    pub(in crate::simulator) ends: Millis,
}

#[derive(Debug)]
pub(in crate::simulator) struct Token {
    pub(in crate::simulator) ends: Millis,
    /// The accounts and roles that are assigned.
    pub(in crate::simulator) assigned: BTreeSet<(String, String)>,
}

/// The keys of a session.
#[derive(Debug)]
pub(in crate::simulator) struct SessionKeys {
    pub(in crate::simulator) key: AccessKey,
    pub(in crate::simulator) token: String,
    pub(in crate::simulator) session: Session,
}

/// What `AssumeRole` was called with.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Assumption {
    pub(in crate::simulator) arn: String,
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) external_id: Option<String>,
    /// The device's serial number and its code.
    pub(in crate::simulator) mfa: Option<(String, String)>,
    pub(in crate::simulator) lasts: Duration,
}
