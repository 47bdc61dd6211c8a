//! The palette: everything that can be done now, found by its words.

use crate::{
    domain::{Action, ConsoleStatus, text::visible},
    tui::{
        app::state::App,
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::{COMMANDS, Command, Section},
        layers::{Dialog, MenuKind},
        theme::Theme,
    },
};
use strum::IntoEnumIterator as _;

/// How many of the entries that were chosen last stand first.
const RECENT: usize = 5;

impl App {
    /// Opens the palette. Over a page it has what opens another page, and the accounts.
    pub(in crate::tui::app) fn open_palette(&mut self) {
        let mut entries = Vec::new();
        if self.dialogs.is_empty() {
            entries.extend(self.action_entries());
        }
        entries.extend(self.command_entries());
        if self.dialogs.is_empty() {
            entries.extend(status_entries());
            entries.extend(self.recent.all().iter().map(|it| filter_entry(it)));
            // What is not read yet is there the next time.
            self.ask_recent_filters();
        }
        entries.extend(self.account_entries());
        entries.extend(self.setup.themes.iter().map(theme_entry));
        // Each is remembered by its words, so that the ones that were chosen last can stand first.
        for entry in &mut entries {
            let label = entry.label.clone();
            let remembered = |intent| Intent::FromPalette(label, Box::new(intent));
            entry.choice = entry.choice.take().map(remembered);
        }
        let rank = |entry: &Entry<Intent>| {
            let recent = self.chosen_lately.iter().rev().take(RECENT);
            let rank = recent.clone().position(|label| *label == entry.label);
            rank.unwrap_or(RECENT)
        };
        entries.sort_by_key(rank);
        let menu = Menu::new("Do", entries).finding();
        self.open(Dialog::Menu(menu, MenuKind::Fixed));
    }

    /// Does what was chosen in the palette, and remembers it. Pages that are open are left first, unless it is only a
    /// look at something: they may be of another account than the one that it leads to.
    pub(in crate::tui::app) fn take_from_palette(&mut self, label: String, intent: Intent) {
        let stays = match &intent {
            Intent::Do(command) => is_a_look(*command),
            Intent::UseTheme(_) => true,
            _ => false,
        };
        while !stays && !self.dialogs.is_empty() {
            self.close_dialog();
        }
        self.chosen_lately.retain(|it| *it != label);
        self.chosen_lately.push(label);
        let over = self.chosen_lately.len().saturating_sub(RECENT);
        self.chosen_lately.drain(..over);
        self.choose(intent);
    }

    /// Draws everything in another theme from now on.
    pub(in crate::tui::app) fn use_theme(&mut self, name: &str) {
        let known = self.setup.themes.iter().find(|it| it.0 == name);
        self.theme = known.map(|it| it.1).or(self.theme);
        let text = format!(
            "The theme {name}, for this session. `theme = \"{name}\"` in config.toml keeps it."
        );
        self.say(Level::Info, text);
    }

    /// What can be done with the marked certificates, or with the one that is chosen.
    fn action_entries(&self) -> Vec<Entry<Intent>> {
        let marks = self.side.list.marks();
        let on_marks = self.side.list.any_marks() && !self.details_focused();
        let current = self.current();
        let of = match current {
            _ if on_marks => format!("{marks} marked"),
            Some(id) => id.short(),
            None => String::new(),
        };
        let entry = |action: Action| {
            let command = Command::Act(action);
            let label = format!("{}…", action.label());
            Entry::enabled(command, label, Intent::Do(command)).with_remark(&*of)
        };
        self.possible_actions().into_iter().map(entry).collect()
    }

    /// The commands of the list and the details that do something now.
    fn command_entries(&self) -> Vec<Entry<Intent>> {
        let over_page = !self.dialogs.is_empty();
        let applies = |command: Command| match command {
            Command::Palette => false,
            _ if over_page => opens_page(command),
            _ => self.applies(command),
        };
        let rows = COMMANDS.iter();
        let rows = rows.filter(|row| match row.0 {
            Section::Main => applies(row.1),
            Section::Always => matches!(row.1, Command::Mouse | Command::ShowCopied),
            _ => false,
        });
        rows.map(|(_, command, _, what)| {
            // What stands behind the first words only explains them.
            let explained = what.split_once("; ").or_else(|| what.split_once(": "));
            let (label, more) = explained.unwrap_or((*what, ""));
            Entry::enabled(*command, label, Intent::Do(*command)).with_remark(more)
        })
        .collect()
    }

    /// The accounts that a side can lead to.
    fn account_entries(&self) -> Vec<Entry<Intent>> {
        let mut entries = self.target_entries(Vec::new(), Intent::Connect).0;
        entries.retain(|entry| entry.choice.is_some());
        for entry in &mut entries {
            entry.label = format!("Account {}", entry.label);
        }
        entries
    }
}

/// A filter that was used.
fn filter_entry(filter: &str) -> Entry<Intent> {
    let label = format!("Filter {}", visible(filter));
    Entry::row(label, Intent::FilterBy(filter.to_owned())).with_remark("used lately")
}

fn theme_entry((name, _): &(String, Theme)) -> Entry<Intent> {
    let label = format!("Theme {}", visible(name));
    Entry::row(label, Intent::UseTheme(name.clone())).with_remark("for this session")
}

/// A filter for each status.
fn status_entries() -> Vec<Entry<Intent>> {
    let entry = |status: ConsoleStatus| {
        let word = status.label().to_lowercase().replace(' ', "-");
        let filter = format!("status:{word}");
        Entry::row(
            format!("Show only {}", status.label()),
            Intent::FilterBy(filter.clone()),
        )
        .with_remark(filter)
    };
    let all = ConsoleStatus::iter().filter(|status| *status != ConsoleStatus::Unknown);
    all.map(entry).collect()
}

/// Whether a command shows something over whatever is open, and changes nothing of it.
const fn is_a_look(command: Command) -> bool {
    matches!(
        command,
        Command::CommandLog
            | Command::Failure
            | Command::Help
            | Command::Watch
            | Command::Quit
            | Command::Mouse
            | Command::ShowCopied
    )
}

/// Whether a command opens a page or a menu that has nothing to do with the row of the list.
const fn opens_page(command: Command) -> bool {
    matches!(
        command,
        Command::Accounts
            | Command::OtherSide
            | Command::Transfers
            | Command::Watch
            | Command::Runs
            | Command::History
            | Command::CommandLog
            | Command::FindBy
            | Command::AllPolicies
            | Command::AllThings
            | Command::Failure
            | Command::Help
            | Command::Quit
    )
}
