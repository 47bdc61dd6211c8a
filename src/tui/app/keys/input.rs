//! Keys and pasted text: who gets them.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::{
    config::KeyPress,
    domain::{ActionMenu, text::is_hostile},
    tui::{
        app::state::{App, FLASH},
        flash::Level,
        keymap::{Command, Section},
        layers::Dialog,
        msg::{Effect, Stroke},
        pages::{batch::state::BatchState, transfers::state::TransfersView},
        typing::Manner,
    },
};

/// The longest text that is typed to find a row, in letters: as long as a name can be (service model), and a sign more.
const LONGEST_FIND: usize = 129;

/// How long the filter must rest before AWS is asked about the names in it.
const FILTER_RESTS: Duration = Duration::from_millis(700);

impl App {
    pub(in crate::tui::app) fn key(&mut self, stroke: &Stroke) {
        let (event, key) = (stroke.event, KeyPress::from(stroke.event));
        let old = |at| self.now - at > FLASH;
        if self.flash.as_ref().is_some_and(|flash| old(flash.at)) {
            self.flash = None;
        }
        let manner = self.typing.manner(stroke);
        let asked = |sections: &[Section]| self.setup.keymap.command(key, sections);
        if let Some(command) = asked(&[Section::Always]) {
            return self.always(command);
        }
        // Another key withdraws the wish to quit.
        if self.leaving && asked(&[Section::Main]) != Some(Command::Quit) {
            self.leaving = false;
            self.flash = None;
        }
        // What cannot be seen must not be steered.
        if self.too_small() {
            if asked(&[Section::Main]) == Some(Command::Quit) {
                self.quit();
            }
            return;
        }
        if self.typing.goes_nowhere(stroke.at) {
            let text = "A dialog came or went while you typed: these keys went nowhere.";
            return self.say(Level::Info, text);
        }
        if manner == Manner::Burst && !self.takes_burst(key, event) {
            return;
        }
        if self.takes_count(key, event) {
            return;
        }
        let asked = |sections: &[Section]| {
            let command = self.setup.keymap.command(key, sections);
            command.filter(|command| manner != Manner::Held || command.may_be_held())
        };
        let count = std::mem::take(&mut self.count);
        if let Some(command) = asked(&[Section::Move]).filter(|_| count > 0 && !self.types(event)) {
            return self.move_often(command, count);
        }
        match self.dialogs.last() {
            Some(Dialog::Form(..)) => {
                let turns =
                    |command: &Command| matches!(command, Command::PageUp | Command::PageDown);
                let paging = asked(&[Section::Move]).filter(turns);
                let command = asked(&[Section::Form]).or(paging);
                self.form_key(command, stroke);
            }
            Some(_) if self.finds(event) => self.find_by(event),
            Some(Dialog::Menu(..)) => {
                let command = asked(&[Section::Move, Section::Menu]).or_else(|| {
                    let command = asked(&[Section::Dialog]);
                    command.filter(|it| matches!(it, Command::Choose | Command::Close))
                });
                match command {
                    Some(command) => self.menu_command(command),
                    None if asked(&[Section::Main]) == Some(Command::Help) => self.open_help(),
                    None => {}
                }
            }
            Some(
                Dialog::Reader(_)
                | Dialog::Batch(_)
                | Dialog::Log(_)
                | Dialog::Belongings(_)
                | Dialog::History(_)
                | Dialog::Inventory(_)
                | Dialog::Transfers(_),
            ) => {
                let of_main = asked(&[Section::Main]);
                let of_page = of_main.filter(|it| self.has_main_key(*it));
                let of_page = of_page.or_else(|| {
                    let of_row = asked(&[Section::Menu]).filter(|it| self.acts_on_row(*it));
                    let of_dialog = asked(&[Section::Dialog]);
                    let own = of_dialog.filter(|it| of_row.is_none() || TransfersView::takes(*it));
                    own.or_else(|| asked(&[Section::Move])).or(of_row)
                });
                match (of_page, of_main) {
                    (Some(command), _) => self.dialog_command(command),
                    (None, Some(Command::Help)) => self.open_help(),
                    (None, Some(Command::Palette)) => self.open_palette(),
                    _ if manner == Manner::Single => self.say_unbound(key),
                    _ => {}
                }
            }
            None if self.side.list.filtering => {
                let command = asked(&[Section::Form]);
                self.filter_key(command, event);
            }
            None => {
                let acts = |command: &Command| matches!(command, Command::Act(_));
                let saves = |command: &Command| *command == Command::SaveFilter;
                let command = asked(&[Section::Main, Section::Move])
                    .or_else(|| asked(&[Section::Menu]).filter(acts))
                    .or_else(|| asked(&[Section::Form]).filter(saves));
                match command {
                    Some(command) => self.main_command(command),
                    None if manner == Manner::Single => self.say_unbound(key),
                    None => {}
                }
            }
        }
    }

    /// What works everywhere.
    pub(super) fn always(&mut self, command: Command) {
        match command {
            Command::Leave => self.leave(),
            Command::Suspend => self.effects.push(Effect::Suspend),
            Command::Redraw => self.effects.push(Effect::Redraw),
            Command::ShowCopied => self.show_copied(),
            Command::Mouse => self.toggle_mouse(),
            _ => {}
        }
    }

    /// Whether the page on top takes the letter of an action for its row, as the list does.
    fn acts_on_row(&self, command: Command) -> bool {
        let Command::Act(action) = command else {
            return false;
        };
        let of_one = action.row().menus.contains(&ActionMenu::Certificate);
        of_one && self.transfers_shown()
    }

    /// Whether the page on top takes a key of the main screen.
    fn has_main_key(&self, command: Command) -> bool {
        let turns = matches!(command, Command::NextTab | Command::PreviousTab);
        match self.dialogs.last() {
            Some(Dialog::Transfers(_)) => turns || command == Command::Watch,
            Some(Dialog::Batch(_) | Dialog::Reader(_)) => command == Command::Filter,
            Some(Dialog::Inventory(_)) => {
                turns || matches!(command, Command::FocusLeft | Command::FocusRight)
            }
            _ => false,
        }
    }

    /// What is typed to find a row, where the dialog or page on top is searched like this.
    pub(in crate::tui::app) fn typed_to_find(&self) -> Option<&str> {
        match self.dialogs.last()? {
            Dialog::Menu(menu, _) => menu.typed(),
            Dialog::Batch(request) => {
                let run = self.batch(*request).filter(|run| run.finding);
                run.map(BatchState::find)
            }
            Dialog::Reader(reader) if reader.search.typing => Some(&reader.search.typed),
            Dialog::History(view) => Some(&view.typed),
            Dialog::Inventory(view) => Some(&view.typed),
            _ => None,
        }
    }

    /// Finds the rows with this text.
    fn find(&mut self, typed: String) {
        self.flash = None;
        match self.dialogs.last_mut() {
            Some(Dialog::Menu(menu, _)) => menu.find(typed),
            Some(Dialog::History(view)) => view.find(typed, &self.setup.config.accounts),
            Some(Dialog::Inventory(view)) => view.find(typed),
            Some(Dialog::Batch(request)) => {
                let request = *request;
                self.find_in_batch(request, typed);
            }
            Some(Dialog::Reader(_)) => self.find_in_text(typed),
            _ => {}
        }
    }

    /// Whether what is typed is looked for in a text or a batch, where a key begins it and another ends it.
    fn is_searching(&self) -> bool {
        let there = matches!(
            self.dialogs.last(),
            Some(Dialog::Batch(_) | Dialog::Reader(_))
        );
        there && self.typed_to_find().is_some()
    }

    /// Whether a key is for what is typed to find a row.
    pub(super) fn finds(&self, event: KeyEvent) -> bool {
        let Some(typed) = self.typed_to_find() else {
            return false;
        };
        match event.code {
            KeyCode::Char(c) => {
                let alone = (event.modifiers - KeyModifiers::SHIFT).is_empty();
                alone && !is_hostile(c)
            }
            KeyCode::Backspace => true,
            // What is typed goes first, and then the menu.
            KeyCode::Esc => !typed.is_empty() || self.is_searching(),
            _ => false,
        }
    }

    /// Takes a letter into what is typed to find a row, or takes the last one back.
    fn find_by(&mut self, event: KeyEvent) {
        if event.code == KeyCode::Esc && self.is_searching() {
            return self.dialog_command(Command::Close);
        }
        let mut typed = self.typed_to_find().unwrap_or_default().to_owned();
        match event.code {
            // What does not fit any more goes nowhere: it must not be taken for a command.
            KeyCode::Char(_) if typed.chars().count() >= LONGEST_FIND => {
                return self.say(Level::Info, "Nothing longer can be looked for.");
            }
            KeyCode::Char(c) => typed.push(c),
            KeyCode::Esc => typed.clear(),
            _ => {
                typed.pop();
            }
        }
        self.find(typed);
    }

    /// Gives a key that came in one piece with others to the text field that has the keys; without
    /// one, answers whether it may be followed: only arrows and their like may, as a held key comes
    /// like this over a slow line.
    fn takes_burst(&mut self, key: KeyPress, event: KeyEvent) -> bool {
        if matches!(event.code, KeyCode::Char(_)) && self.finds(event) {
            self.find_by(event);
            return false;
        }
        let filtering = self.dialogs.is_empty() && self.side.list.filtering;
        let input = match self.dialogs.last_mut() {
            Some(Dialog::Form(form, _)) => form.focused_input(),
            None if filtering => Some(&mut self.side.list.filter_input),
            _ => None,
        };
        if let Some(input) = input {
            match event.code {
                KeyCode::Esc => {}
                // As in a paste: it must not press a button.
                KeyCode::Enter | KeyCode::Tab => insert(input, " "),
                _ => {
                    typed(input, event);
                }
            }
            if filtering {
                self.filter_changed();
            }
            return false;
        }
        let moves = self.setup.keymap.command(key, &[Section::Move]).is_some();
        if moves && !matches!(event.code, KeyCode::Char(_)) {
            return true;
        }
        let text = "Keys that all came at once were taken for a paste, and not followed.";
        self.say(Level::Info, text);
        false
    }

    pub(in crate::tui::app) fn paste(&mut self, text: &str) {
        if self.too_small() {
            return;
        }
        // A pasted newline must not press a button, so it is a blank here like any other.
        let text: String = text
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| is_typable(*c))
            .take(1_000)
            .collect();
        if let Some(typed) = self.typed_to_find() {
            let typed: String = typed.chars().chain(text.chars()).collect();
            if typed.chars().count() > LONGEST_FIND {
                return self.say(
                    Level::Bad,
                    "Not pasted: it is longer than anything that can be looked for.",
                );
            }
            return self.find(typed);
        }
        match self.dialogs.last_mut() {
            Some(Dialog::Form(form, _)) => {
                if let Some(input) = form.focused_input() {
                    insert(input, &text);
                }
            }
            None if self.side.list.filtering => {
                insert(&mut self.side.list.filter_input, &text);
                self.filter_changed();
            }
            _ => {}
        }
    }

    /// Takes the filter as it is typed now.
    fn filter_changed(&mut self) {
        self.side.list.filter_changed(&self.setup.config.accounts);
        self.ask_found(FILTER_RESTS);
    }

    pub(in crate::tui::app) fn filter_key(&mut self, command: Option<Command>, event: KeyEvent) {
        // A character is text here, whatever it is bound to.
        let command = command.filter(|_| !KeyPress::from(event).types());
        match command {
            Some(Command::Confirm) => {
                self.side.list.filtering = false;
                self.remember_filter();
            }
            Some(Command::OlderFilter) => self.walk_filters(true),
            Some(Command::NewerFilter) => self.walk_filters(false),
            Some(Command::Cancel) => {
                self.side.list.filtering = false;
                self.side.list.clear_filter(&self.setup.config.accounts);
                self.ask_found(FILTER_RESTS);
            }
            // The arrows walk the rows while the filter is typed.
            Some(Command::NextField) if event.code == KeyCode::Down => self.side.list.move_by(1),
            Some(Command::PreviousField) if event.code == KeyCode::Up => self.side.list.move_by(-1),
            Some(Command::NextField) => self.complete_filter(),
            Some(Command::SaveFilter) => self.save_filter(),
            Some(Command::Explain) => self.open_help(),
            _ => {
                if typed(&mut self.side.list.filter_input, event) {
                    self.filter_changed();
                }
            }
        }
    }
}

/// Whether a letter may stand in a text field: one that shows, or that joins two into one picture.
fn is_typable(c: char) -> bool {
    !is_hostile(c) || c == '\u{200d}'
}

/// Gives a key to a text field; answers whether the text changed. `AltGr` characters arrive as plain
/// characters or with Control and Alt together, and are text.
pub(super) fn typed(input: &mut Input, event: KeyEvent) -> bool {
    // What would not be seen must not be sent.
    if matches!(event.code, KeyCode::Char(c) if !is_typable(c)) {
        return false;
    }
    let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
    if let KeyCode::Char(c) = event.code
        && event.modifiers.contains(alt_gr)
    {
        return input.handle(InputRequest::InsertChar(c)).is_some();
    }
    input
        .handle_event(&Event::Key(event))
        .is_some_and(|change| change.value)
}

fn insert(input: &mut Input, text: &str) {
    for c in text.chars() {
        input.handle(InputRequest::InsertChar(c));
    }
}
