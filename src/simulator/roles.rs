//! Roles: who may assume them at STS, who is signed in at IAM Identity Center, and the sessions they get.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Simulator;
use super::access::AccessKey;
use super::clock::{Millis, millis};
use super::error::ApiError;
use super::world::World;

/// A role, and what it takes to assume it. Any caller whom the simulator knows may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRole {
    arn: String,
    external_id: Option<String>,
    /// The device's serial number, and the codes it shows, each of which is good once.
    mfa: Option<(String, BTreeSet<String>)>,
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
pub(super) struct Roles {
    /// By ARN.
    known: BTreeMap<String, NewRole>,
    /// By access key id.
    sessions: BTreeMap<String, Session>,
    /// What is signed in to at IAM Identity Center, by access token.
    tokens: BTreeMap<String, Token>,
}

/// A role that somebody acts as.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) account: String,
    pub(super) arn: String,
    pub(super) ends: Millis,
}

#[derive(Debug)]
struct Token {
    ends: Millis,
    /// The accounts and roles that are assigned.
    assigned: BTreeSet<(String, String)>,
}

/// The keys of a session.
#[derive(Debug)]
pub(super) struct SessionKeys {
    pub(super) key: AccessKey,
    pub(super) token: String,
    pub(super) session: Session,
}

/// What `AssumeRole` was called with.
#[derive(Debug, Default)]
pub(super) struct Assumption {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) external_id: Option<String>,
    /// The device's serial number and its code.
    pub(super) mfa: Option<(String, String)>,
    pub(super) lasts: Duration,
}

impl World {
    /// The session of a key, if it is one's.
    pub(super) fn session(&self, access_key_id: &str) -> Option<&Session> {
        self.roles.sessions.get(access_key_id)
    }

    /// Lets a caller assume a role.
    pub(super) fn assume(
        &mut self,
        caller: &str,
        asked: &Assumption,
    ) -> Result<SessionKeys, ApiError> {
        let role = self.roles.known.get_mut(&asked.arn);
        // AWS does not say what is missing, nor whether there is such a role.
        let denied = || ApiError::access_denied(caller, "sts:AssumeRole", &asked.arn);
        let role = role.ok_or_else(denied)?;
        if role.external_id.is_some() && role.external_id != asked.external_id {
            return Err(denied());
        }
        if let Some((serial, codes)) = &mut role.mfa {
            let (given, code) = asked.mfa.as_ref().ok_or_else(denied)?;
            if given != serial || !codes.remove(code) {
                return Err(ApiError::new(
                    "AccessDenied",
                    403,
                    "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
                ));
            }
        }
        let part = |at: usize| asked.arn.split(':').nth(at).unwrap_or_default();
        let account = part(4).to_owned();
        let name = part(5).rsplit('/').next().unwrap_or_default();
        let arn = format!(
            "arn:{}:sts::{account}:assumed-role/{name}/{}",
            part(1),
            asked.name
        );
        let ends = self.clock.now().saturating_add(millis(asked.lasts));
        Ok(self.begin(Session { account, arn, ends }))
    }

    /// Gives an assigned role to whoever is signed in.
    pub(super) fn federate(
        &mut self,
        token: &str,
        account: &str,
        role: &str,
    ) -> Result<SessionKeys, ApiError> {
        let now = self.clock.now();
        let signed_in = self.roles.tokens.get(token).filter(|it| it.ends > now);
        let signed_in = signed_in.ok_or_else(|| {
            let text = "Session token not found or invalid";
            ApiError::new("UnauthorizedException", 401, text)
        })?;
        let wanted = (account.to_owned(), role.to_owned());
        if !signed_in.assigned.contains(&wanted) {
            return Err(ApiError::new("ForbiddenException", 403, "No access"));
        }
        let arn = format!(
            "arn:aws:sts::{account}:assumed-role/AWSReservedSSO_{role}_0123456789abcdef/me"
        );
        let (account, ends) = (account.to_owned(), now.saturating_add(3_600_000));
        Ok(self.begin(Session { account, arn, ends }))
    }

    fn begin(&mut self, session: Session) -> SessionKeys {
        self.account(&session.account);
        let number = self.roles.sessions.len();
        let mut key = AccessKey::of(&format!("session {number} of {}", session.account));
        key.access_key_id = key.access_key_id.replacen("AKIA", "ASIA", 1);
        let id = key.access_key_id.clone();
        self.roles.sessions.insert(id, session.clone());
        SessionKeys {
            token: format!("session-token-{number}"),
            key,
            session,
        }
    }
}

impl Simulator {
    /// Creates a role, or makes it anew.
    pub fn create_role(&self, role: NewRole) {
        self.lock().roles.known.insert(role.arn.clone(), role);
    }

    /// Ends every session of every role. Who may begin one may do so again.
    pub fn end_sessions(&self) {
        let mut world = self.lock();
        let now = world.clock.now();
        for session in world.roles.sessions.values_mut() {
            session.ends = now;
        }
    }

    /// Signs somebody in at IAM Identity Center, for a time, with these accounts and roles assigned.
    pub fn sign_in(&self, token: &str, lasts: Duration, assigned: &[(&str, &str)]) {
        let mut world = self.lock();
        let ends = world.clock.now().saturating_add(millis(lasts));
        let assigned = assigned.iter();
        let assigned = assigned.map(|(account, role)| ((*account).into(), (*role).into()));
        let token_of = Token {
            ends,
            assigned: assigned.collect(),
        };
        world.roles.tokens.insert(token.to_owned(), token_of);
    }
}
