//! How roles are given, and what comes of it.

use crate::simulator::wire::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::clock::millis;
use crate::simulator::world::keys::AccessKey;
use crate::simulator::world::roles::{Assumption, Session, SessionKeys};

impl World {
    /// The session of a key, if it is one's.
    pub(in crate::simulator) fn session(&self, access_key_id: &str) -> Option<&Session> {
        self.roles.sessions.get(access_key_id)
    }

    /// Lets a caller assume a role.
    pub(in crate::simulator) fn assume(
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
    pub(in crate::simulator) fn federate(
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
