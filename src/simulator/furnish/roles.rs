//! Roles, and who is signed in.

use std::time::Duration;

use crate::simulator::handle::Simulator;
use crate::simulator::world::clock::millis;
use crate::simulator::world::roles::{NewRole, Token};

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
