//! What the program is started with.

use std::{path::PathBuf, sync::Arc};

use crate::{
    config::Config,
    domain::{AccountId, LastAccounts, PlanFile, Target},
    tui::{
        keymap::Keymap,
        known::{first_steps::FirstSteps, session::Session},
        theme::Theme,
    },
};

/// An account that can be changed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTarget {
    /// What the menu says.
    pub label: String,
    /// What is connected to.
    pub target: Target,
    /// Its account, where that is known.
    pub account: Option<AccountId>,
}

impl Setup {
    /// Whether nothing is changed over a connection: in the whole session, or with the profile in use.
    pub fn is_read_only(&self, session: &Session) -> bool {
        let marked = &self.config.profiles;
        let mut facts = session.facts.value().into_iter();
        self.read_only || facts.any(|it| it.profiles().any(|name| marked.contains(name)))
    }
}

/// What the program is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// Whether the transfers are watched from the start.
    pub watch: bool,
    /// Whether the other side is the simulator.
    pub simulator: bool,
    /// The settings of `config.toml`.
    pub config: Config,
    /// The keys.
    pub keymap: Keymap,
    /// The accounts that can be changed to.
    pub targets: Vec<KnownTarget>,
    /// The accounts that profiles led to when they were last used.
    pub last_accounts: LastAccounts,
    /// Profiles that cannot be used, and why.
    pub refused: Vec<(String, String)>,
    /// The account to begin with.
    pub target: Target,
    /// The profile of the other side, to be opened once this one is.
    pub peer: Option<String>,
    /// A plan to be looked at and confirmed.
    pub plan: Option<Arc<PlanFile>>,
    /// A list in a file, of what is to be marked.
    pub select: Option<PathBuf>,
    /// The themes that can be changed to, as this terminal shows them.
    pub themes: Vec<(String, Theme)>,
    /// The keys that somebody new is shown.
    pub first_steps: FirstSteps,
}
