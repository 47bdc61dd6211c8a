//! Credentials that have ended: what is said, and how a person gets new ones.

use crate::{
    domain::{
        Failure, FailureKind, Operation,
        text::{sentence, visible},
    },
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        keymap::Command,
        text::prose::{Prose, ProseRow, Role},
    },
};

/// How many rows the banner has at most.
const BANNER: usize = 3;

impl App {
    /// The credentials have ended: nothing is asked by itself, and what is on the screen gets old.
    pub(super) fn check_signing(&mut self, failure: &Failure) {
        // STS may refuse a key that AWS IoT accepts. Then the ARNs in the rows show the account.
        let of_sts_alone = failure.kind == FailureKind::InvalidCredentials
            && failure.operation == Operation::GetCallerIdentity;
        if failure.ends_signing() && !of_sts_alone && self.side.session.ended.is_none() {
            self.side.session.ended = Some(Box::new(failure.clone()));
            self.side.list.gets_old(failure);
            if let Some(details) = &mut self.side.details {
                details.gets_old(failure);
            }
        }
    }

    /// Asks for a code of an MFA device, when that is why nobody can say who we are. Only an answer to
    /// somebody who connects: nothing comes up by itself over what is typed.
    pub(super) fn ask_code(&mut self, failure: &Failure) {
        let asks = matches!(
            failure.kind,
            FailureKind::CodeNeeded | FailureKind::CodeRefused
        );
        if asks && !self.aside && self.dialogs.is_empty() && !self.side.list.filtering {
            self.open_form(Confirmation::Code(Box::new(failure.clone())));
        }
    }

    /// What stands above everything else while nobody signs: what is wrong, of which profile, and what to
    /// do. Without anything on the screen that gets old, the list says it.
    pub fn banner(&self) -> Vec<ProseRow> {
        let Some(failure) = &self.side.session.ended else {
            return Vec::new();
        };
        let (all, _) = self.side.list.count();
        if all == 0 && self.side.details.is_none() {
            return Vec::new();
        }
        let signing = self.side.session.signing();
        let (refresh, explain) = (
            self.setup.keymap.key(Command::Refresh),
            self.setup.keymap.key(Command::Failure),
        );
        let profile = signing
            .profile
            .map(|name| format!("Profile {}: ", visible(name)));
        let profile = profile.unwrap_or_default();
        let todo = match (failure.kind, signing.sign_in) {
            (FailureKind::CodeNeeded | FailureKind::CodeRefused, _) => {
                format!("{refresh} asks for a code of the MFA device.")
            }
            (FailureKind::RoleRefused | FailureKind::RoleNotAssigned, _) => {
                format!("{refresh} tries again.")
            }
            (_, Some(command)) => {
                format!(
                    "Run `{}` in another window, then {refresh}.",
                    visible(command)
                )
            }
            (_, None) => format!("Renew them in another window, then {refresh}."),
        };
        let mut page = Prose::default();
        page.text(
            Role::Bad,
            format!(
                "! {} ({explain} explains). {todo}",
                sentence(&format!("{profile}{}", failure.summary()))
            ),
        );
        let mut rows = page.rows(usize::from(self.screen.width).saturating_sub(2));
        rows.truncate(BANNER);
        rows
    }
}
