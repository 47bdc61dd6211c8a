//! Quitting: not past work that is under way, unless a person says so.

use std::collections::HashSet;

use crate::tui::{
    app::state::App, confirm::confirmation::Confirmation, flash::Level, keymap::Command,
    layers::Dialog, msg::Effect,
};

impl App {
    /// Quits, when nothing is under way. Batches are stopped only when a person says so; a single
    /// change is waited for.
    pub(super) fn quit(&mut self) {
        if self.facts().certificates_under_way().is_some() && !self.leaving {
            if !self.asks_to_quit() {
                self.open_form(Confirmation::Quit);
            }
            return;
        }
        self.leaving = true;
        let leave = self.setup.keymap.key(Command::Leave);
        let waiting = match self.requests.changes() {
            0 => return self.effects.push(Effect::Quit),
            1 => "Waiting for AWS to answer 1 change, then quitting.",
            _ => "Waiting for AWS to answer the changes, then quitting.",
        };
        self.say(Level::Bad, format!("{waiting} {leave} quits now."));
    }

    /// The key that leaves from anywhere: asks first, then stops and quits, then quits at once.
    pub(super) fn leave(&mut self) {
        if self.leaving {
            self.effects.push(Effect::Quit);
        } else if self.asks_to_quit() {
            self.close_dialog();
            self.stop_and_quit();
        } else {
            self.quit();
        }
    }

    /// How many certificates this session's runs have left on the way, by the latest run of each.
    pub fn left_open(&self) -> usize {
        let mut seen = HashSet::new();
        let mut open = 0_usize;
        for run in self
            .batches
            .iter()
            .rev()
            .filter(|it| it.tally.procedure.has_runs())
        {
            // One that was refused or not begun is as an earlier run left it.
            let told = run.tally.items().iter().filter(|item| !item.is_untouched());
            for item in told.filter(|item| seen.insert(item.id)) {
                let under_way = item.outcome.is_none() && !item.steps.is_empty();
                open = open.saturating_add(usize::from(run.tally.is_open(item) || under_way));
            }
        }
        open
    }

    fn asks_to_quit(&self) -> bool {
        matches!(
            self.dialogs.last(),
            Some(Dialog::Form(_, Confirmation::Quit))
        )
    }

    /// Stops every batch after the calls in flight, and quits then.
    pub(super) fn stop_and_quit(&mut self) {
        self.leaving = true;
        if !self.stop_all_batches() {
            return self.quit();
        }
        let leave = self.setup.keymap.key(Command::Leave);
        let text = format!("Stopping after the calls in flight, then quitting. {leave} quits now.");
        self.say(Level::Bad, text);
    }
}
