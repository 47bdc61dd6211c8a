//! What is done to certificates by a key on the list or in the details, without a menu. Each key opens the dialog
//! that the menu would open, and does nothing else.

use crate::{
    config::KeyPress,
    domain::{Action, ActionMenu, CertificateId, text::visible},
    tui::{
        app::state::App, flash::Level, intent::Intent, keymap::Command,
        pages::certificate::details::TabRow,
    },
};

impl App {
    /// Opens the dialog of an action: for the marked certificates when the list has the keys and some are marked,
    /// else for the one that is chosen.
    pub(super) fn act_by_key(&mut self, action: Action) {
        if action == Action::Detach {
            return self.detach_by_key();
        }
        let label = action.label();
        let of = action.row().menus;
        let marked = self.side.list.any_marks() && !self.details_focused();
        if let Some(why) = self.marks_missing().filter(|_| marked) {
            return self.say(Level::Info, format!("{label}: {why}."));
        }
        if marked {
            if of.contains(&ActionMenu::Marks) {
                let ids = self.side.list.marked();
                return self.choose(Intent::Begin(action, ids));
            }
            let text = format!("{label}: never for many at once. Take the marks away first.");
            return self.say(Level::Info, text);
        }
        let Some(id) = self.current() else {
            return self.say(Level::Info, format!("{label}: no certificate is chosen."));
        };
        if of.contains(&ActionMenu::Certificate) {
            return self.choose(Intent::Begin(action, vec![id]));
        }
        let text = if of.contains(&ActionMenu::Marks) {
            format!("{label}: mark certificates first.")
        } else {
            let runs = self.setup.keymap.key(Command::Runs);
            format!("{label}: of a run of the journal, see {runs}.")
        };
        self.say(Level::Info, text);
    }

    /// Asks whether to detach the attachment that is chosen in the details.
    fn detach_by_key(&mut self) {
        let label = Action::Detach.label();
        let details = (self.side.details.as_ref()).filter(|_| self.details_focused());
        let marked = details.map(|it| (it.id, it.marked_rows()));
        if let Some((id, rows)) = marked.filter(|(_, rows)| !rows.is_empty()) {
            return self.detach_marked(id, rows);
        }
        let chosen = details.and_then(|details| Some((details.id, details.selected()?)));
        let Some((id, row)) = chosen else {
            let text = format!("{label}: choose a policy or a thing in the details first.");
            return self.say(Level::Info, text);
        };
        match self.against_detach(id, &row.of, row.fixed) {
            Some(why) => {
                let name = visible(row.of.name()).into_owned();
                self.say(Level::Info, format!("{label} {name}: {why}."));
            }
            None => self.choose(Intent::Detach(id, vec![row.of])),
        }
    }

    /// Asks whether to detach what is marked on a tab, as far as it can be.
    fn detach_marked(&mut self, id: CertificateId, rows: Vec<TabRow>) {
        let marked = rows.len();
        let mut why = None;
        let mut free = Vec::new();
        for row in rows {
            match self.against_detach(id, &row.of, row.fixed) {
                None => free.push(row.of),
                against => why = against,
            }
        }
        if free.is_empty() {
            let label = Action::Detach.label();
            return self.say(
                Level::Info,
                format!("{label}: {}.", why.unwrap_or_default()),
            );
        }
        let left_out = marked.saturating_sub(free.len());
        self.choose(Intent::Detach(id, free));
        if let Some(why) = why {
            self.say(Level::Info, format!("{left_out} left out: {why}."));
        }
    }

    /// Marks the range that was begun before anything is done, unless the command stretches it or goes back. Answers
    /// whether that is all that the command does.
    pub(super) fn ends_range(&mut self, command: Command) -> bool {
        if !self.side.list.is_ranging() || command.rows(2).is_some() {
            return false;
        }
        if command == Command::Back && !self.details_focused() {
            return self.side.list.leave_range();
        }
        if !self.side.list.mark_range() {
            self.say(
                Level::Info,
                "The range is gone: the certificate where it began is out of sight.",
            );
            return true;
        }
        matches!(command, Command::MarkRange | Command::Mark)
    }

    /// Shows only what is marked, or everything again.
    pub(super) fn show_only_marked(&mut self) {
        let shown = self.side.list.shows_only_marked();
        let book = &self.setup.config.accounts;
        if !self.side.list.show_only_marked(book) && !shown {
            self.say(Level::Info, "No certificate is marked in the list.");
        }
    }

    /// Says that a key does nothing here.
    pub(super) fn say_unbound(&mut self, key: KeyPress) {
        let (palette, help) = (
            self.setup.keymap.key(Command::Palette),
            self.setup.keymap.key(Command::Help),
        );
        let key = key.to_string();
        let key = visible(&key);
        let text =
            format!("{key} does nothing here. {palette} finds what can be done, {help} helps.");
        self.say(Level::Info, text);
    }
}
