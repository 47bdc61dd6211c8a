//! Who may call, and whose credentials have ended.

use crate::simulator::handle::Simulator;
use crate::simulator::world::keys::AccessKey;

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
