//! The one table of commands: dispatch, hints, help and `assets/keymap.toml` all follow it.

use std::{collections::HashMap, sync::LazyLock};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use strum::{EnumIter, IntoEnumIterator as _};

use crate::{
    config::{KeyPress, Mistake, parse_bindings},
    domain::Action,
};

/// The default keys.
const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Where a command can be given. The sections of the keymap file, in the order of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub enum Section {
    /// The certificates and the details.
    Main,
    /// Wherever rows or lines are shown.
    Move,
    /// The entries of menus: each has its letter, the same wherever it stands.
    Menu,
    /// Menus and texts.
    Dialog,
    /// Where something is typed or confirmed.
    Form,
    /// Everywhere, also while a text is typed.
    Always,
}

impl Section {
    /// The section's name in the keymap file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Move => "move",
            Self::Main => "main",
            Self::Menu => "menu",
            Self::Dialog => "dialog",
            Self::Form => "form",
        }
    }

    /// The section's heading in the help.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Always => "Everywhere",
            Self::Move => "Moving",
            Self::Main => "Certificates and details",
            Self::Menu => "Entries of menus",
            Self::Dialog => "Menus and texts",
            Self::Form => "Dialogs",
        }
    }
}

/// A command: its section, its name in the keymap file, and what it does.
type CommandRow = (Section, Command, &'static str, &'static str);

macro_rules! commands {
    ($($section:ident $command:ident $name:literal $what:literal,)*) => {
        /// Something a key can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Command {
            $(#[doc = $what] $command,)*
            /// An entry of a menu that does something to certificates: its letter.
            Act(Action),
        }

        /// The commands that are no actions.
        const OTHERS: &[CommandRow] = &[$((Section::$section, Command::$command, $name, $what),)*];
    };
}

/// Every command. The actions stand in the table of actions.
pub static COMMANDS: LazyLock<Vec<CommandRow>> = LazyLock::new(|| {
    let mut all = OTHERS.to_vec();
    let first = all.iter().position(|row| row.1 == Command::Unmark);
    let actions = Action::iter().map(|action| {
        let row = action.row();
        (Section::Menu, Command::Act(action), row.name, row.help)
    });
    let first = first.unwrap_or(all.len());
    all.splice(first..first, actions);
    all
});

commands! {
    Main Open "open" "Open the details; in them, the Actions or the options of the row",
    Main Back "back" "Go back: close the details, clear the filter",
    Main Actions "actions" "Actions of the certificate",
    Main Options "options" "Options of the row",
    Main Mark "mark" "Mark the certificate, or take its mark away, and go down",
    Main MarkShown "mark-shown" "Mark everything the filter shows, or take these marks away",
    Main MarkRange "mark-range" "Begin a range: moving stretches it, the same key or an action marks it, back leaves it",
    Main InvertMarks "invert-marks" "Mark what is shown and not marked, and take the other marks away",
    Main OnlyMarked "only-marked" "Show only what is marked, or everything again",
    Main Filter "filter" "Filter by id, status:pending-transfer, to:4444, from:2222; find in a text or a batch",
    Main Sort "sort" "Sort by age, device, status, transfer, recipient or expiry",
    Main Reverse "reverse" "Reverse the order",
    Main Refresh "refresh" "Ask AWS again",
    Main LearnNames "learn-names" "Learn what all devices are called, or stop that",
    Main FindBy "find" "Find certificates by a thing, a group, a type, a policy, a CA or a saved filter",
    Main AllPolicies "policies" "The policies of the account: what each is attached to, its versions",
    Main AllThings "things" "The things of the account: what each is attached to",
    Main MarkList "mark-list" "Mark what a list in a file names, or stop looking for it",
    Main Copy "copy" "Copy the id, the ARN, the PEM or the note for the recipient",
    Main NextTab "next-tab" "Next tab of the details",
    Main PreviousTab "previous-tab" "Previous tab of the details",
    Main DetailsTab "details-tab" "The tab Details",
    Main PoliciesTab "policies-tab" "The tab Policies",
    Main ThingsTab "things-tab" "The tab Things",
    Main EffectiveTab "effective-tab" "The tab Effective policies: what a device may do, and where from",
    Main NextCertificate "next-certificate" "The next certificate of the list, also in the details",
    Main PreviousCertificate "previous-certificate" "The certificate before, also in the details",
    Main FocusLeft "focus-left" "To the list beside the details",
    Main FocusRight "focus-right" "To the details beside the list",
    Main Accounts "accounts" "Change the account or the region",
    Main OtherSide "other-side" "Change sides: to the other account that is open, or open one",
    Main Transfers "transfers" "The transfers: inbox, outbox and what a watch has reported",
    Main Watch "watch" "Watch the transfers of the open accounts, or stop it",
    Main ToBatch "to-batch" "To the batch beside the list, or to the latest one",
    Main Runs "runs" "The runs of this session, and what stopped half-way",
    Main History "history" "The history: every run of the journal, at any place",
    Main CommandLog "command-log" "What was done, as AWS CLI commands",
    Main Failure "failure" "The last failure in full: code, message, request id, what to do",
    Main Palette "palette" "The palette: everything that can be done now, found by its words",
    Main Help "help" "This help",
    Main Quit "quit" "Quit",
    Move Up "up" "Up",
    Move Down "down" "Down",
    Move PageUp "page-up" "A page up",
    Move PageDown "page-down" "A page down",
    Move HalfPageUp "half-page-up" "Half a page up",
    Move HalfPageDown "half-page-down" "Half a page down",
    Move First "first" "To the first",
    Move Last "last" "To the last",
    Menu CopyOf "copy-of" "Copy…: what can be copied of a certificate",
    Menu TakesAlong "takes-along" "What does it take along?…: what a transfer would leave behind",
    Menu Unmark "unmark" "Take all marks away",
    Menu View "view" "View a policy's document, a thing's attributes, a run",
    Menu InFull "in-full" "All of a policy with its versions, or of a thing with its groups",
    Menu ItsCertificates "its-certificates" "The certificates of a thing, a policy or a group, in the list",
    Menu CopyName "copy-name" "Copy a name",
    Menu CopyId "copy-id" "Copy the certificate id",
    Menu CopyArn "copy-arn" "Copy the ARN",
    Menu CopyPem "copy-pem" "Copy the certificate (PEM)",
    Menu CopyNote "copy-note" "Copy the note for the recipient",
    Menu Region "region" "Another region",
    Menu FinishBegun "finish-begun" "Stop a batch: finish what is begun",
    Menu StopAfterStep "stop-after-step" "Stop a batch after the calls in flight",
    Menu GoOn "go-on" "Do not stop",
    Menu BeginAgain "begin-again" "Begin what a batch did not begin",
    Menu Difference "difference" "How a policy of a hand-over differs, line by line",
    Menu AttachTheirs "attach-theirs" "Attach a policy as it is in the recipient's account",
    Menu CreateAs "create-as" "Create a policy there under another name",
    Menu LeaveOut "leave-out" "Leave a policy out of a hand-over",
    Menu ByAge "by-age" "Sort by age",
    Menu ByDevice "by-device" "Sort by device",
    Menu ByStatus "by-status" "Sort by status",
    Menu ByTransfer "by-transfer" "Sort by how long a transfer is under way",
    Menu ByRecipient "by-recipient" "Sort by recipient",
    Menu ByExpiry "by-expiry" "Sort by expiry",
    Menu TakeOver "take-over" "Take over what a process that is gone held",
    Dialog Choose "choose" "Choose the row with the >",
    Dialog Close "close" "Close",
    Dialog NextHit "next-hit" "To the next place with what is looked for in a text",
    Dialog PreviousHit "previous-hit" "To the place before with what is looked for in a text",
    Dialog CopyText "copy-text" "Copy the text, or the line with the >",
    Dialog CopyAll "copy-all" "Copy all lines of the command log, or the note for all certificates of a batch",
    Dialog Retry "retry" "Try again what failed",
    Dialog BesideList "beside-list" "Put a batch beside the list, or over it again, on a wide screen",
    Dialog Stop "stop" "Stop a batch: asks how",
    Dialog PutBackAll "put-back-all" "Put back all certificates of a run",
    Dialog ItemOptions "item-options" "Options of a certificate in a run",
    Dialog SaveReport "save-report" "Save what the page says as CSV",
    Dialog SaveNote "save-note" "Save the note for those at the other end, of all certificates of a batch",
    Dialog SaveJson "save-json" "Save what certificates would lose as JSON",
    Dialog HandOverNow "hand-over-now" "Hand over the certificates of the page: asks first",
    Dialog Forget "forget" "Forget a filter that was saved",
    Dialog NamesThere "names-there" "What things, policies and groups are called in the recipient's account",
    Form Confirm "confirm" "To the next field, from the last to the button; on a button, press it",
    Form Cancel "cancel" "Cancel: nothing happens",
    Form Press "press" "Press the button that does it, from wherever the keys are",
    Form Explain "explain" "Explain what the dialog does and its keys; `?` while a button has them",
    Form NextField "next-field" "Next field or button; with one suggestion under the field, take it first",
    Form PreviousField "previous-field" "Previous field or button",
    Form ListAll "list-all" "Show every certificate that the dialog is about",
    Form SavePlan "save-plan" "Write what the dialog would do into a file: a plan, for `certferry apply`",
    Form SaveFilter "save-filter" "Save the filter that is typed",
    Form OlderFilter "older-filter" "While a filter is typed: the one that was used before it",
    Form NewerFilter "newer-filter" "While a filter is typed: the one that was used after it",
    Form LeftButton "left-button" "Button to the left",
    Form RightButton "right-button" "Button to the right",
    Always Leave "leave" "Quit from anywhere",
    Always Suspend "suspend" "Suspend: back to the shell until fg",
    Always Redraw "redraw" "Draw the screen anew",
    Always ShowCopied "show-copied" "Show what was copied, to select it by hand",
    Always Mouse "mouse" "Take the mouse, or leave it to the terminal, which selects text with it",
}

/// Commands by the names that they had in the keymap files of earlier versions: the section, the old
/// name, and the name they have now.
const RENAMED: [(&str, &str, &str); 1] = [("main", "orders", "runs")];

/// The name that a command of a keymap file has now.
fn name_now<'a>(section: &str, name: &'a str) -> &'a str {
    let renamed = RENAMED
        .iter()
        .find(|(of, old, _)| (*of, *old) == (section, name));
    renamed.map_or(name, |(_, _, new)| new)
}

/// Which key asks for what.
#[derive(Debug, Clone)]
pub struct Keymap {
    commands: HashMap<(Section, KeyPress), Command>,
    keys: HashMap<Command, Vec<KeyPress>>,
    ascii: bool,
}

impl Keymap {
    /// The default keys, with those of a person's own file in their place.
    ///
    /// # Errors
    ///
    /// Every mistake in the file: what is no key, unknown sections and commands, and keys that two
    /// commands of one section claim.
    pub fn new(own: &str) -> Result<Self, Vec<Mistake>> {
        let (mut bindings, _) = parse_bindings(DEFAULT);
        let (own, mut mistakes) = parse_bindings(own);
        for (section, commands) in &own {
            for (command, keys) in commands {
                let name = name_now(section, command);
                let known = bindings.get_mut(section).and_then(|s| s.get_mut(name));
                match known {
                    Some(known) => known.clone_from(keys),
                    None => mistakes.push(Mistake(format!(
                        "[{}] {}: there is no such command",
                        crate::domain::text::visible(section),
                        crate::domain::text::visible(command),
                    ))),
                }
            }
        }
        let mut map = Self {
            commands: HashMap::new(),
            keys: HashMap::new(),
            ascii: false,
        };
        for &(section, command, name, _) in COMMANDS.iter() {
            let keys = bindings.get(section.name()).and_then(|s| s.get(name));
            for &key in keys.into_iter().flatten() {
                let rival = rivals(section).into_iter().find_map(|rival| {
                    let rival = map.commands.get(&(rival, key))?;
                    (*rival != command && meet(*rival, command)).then_some(rival)
                });
                if let Some(rival) = rival {
                    mistakes.push(Mistake(format!(
                        "[{}] {name}: the key {key} is taken by {}",
                        section.name(),
                        rival.name()
                    )));
                }
                map.commands.insert((section, key), command);
                map.keys.entry(command).or_default().push(key);
            }
        }
        if map.keys_of(Command::Leave).is_empty() {
            mistakes.push(Mistake("[always] leave: needs a key".to_owned()));
        }
        if mistakes.is_empty() {
            Ok(map)
        } else {
            Err(mistakes)
        }
    }

    /// The keymap with keys named in ASCII, when that is wanted.
    pub fn in_ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// A key as people name it.
    pub fn name_of(&self, key: KeyPress) -> String {
        key.named(self.ascii)
    }

    /// What a key asks for where these sections apply.
    pub fn command(&self, key: KeyPress, sections: &[Section]) -> Option<Command> {
        sections
            .iter()
            .find_map(|section| self.commands.get(&(*section, key)).copied())
    }

    /// The keys of a command, the first of which is shown in hints.
    pub fn keys_of(&self, command: Command) -> &[KeyPress] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The key that completes a name while a filter is typed, as people name it: the arrow down walks the rows there.
    pub fn key_to_complete(&self) -> String {
        self.next_field_by(|key, down| key != down && !key.types())
    }

    /// The arrow that goes through the suggestions under a field; empty when it goes nowhere.
    pub fn key_to_choose(&self) -> String {
        self.next_field_by(|key, down| key == down)
    }

    fn next_field_by(&self, is: impl Fn(KeyPress, KeyPress) -> bool) -> String {
        let down = KeyPress::from(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE));
        let mut keys = self.keys_of(Command::NextField).iter();
        let key = keys.find(|key| is(**key, down));
        key.map_or_else(String::new, ToString::to_string)
    }

    /// All keys of a command, as people name them.
    pub fn all_keys(&self, command: Command) -> String {
        let keys = self.keys_of(command).iter().map(|key| self.name_of(*key));
        let keys: Vec<String> = keys.collect();
        if keys.is_empty() {
            "no key".to_owned()
        } else {
            keys.join(" ")
        }
    }

    /// The first key of a command, as people name it; empty when it has none.
    pub fn key(&self, command: Command) -> String {
        self.keys_of(command)
            .first()
            .map_or_else(String::new, |key| self.name_of(*key))
    }
}

/// The sections that are asked together with a section, so that a key must not be in both.
fn rivals(section: Section) -> Vec<Section> {
    match section {
        Section::Always => Section::iter().collect(),
        Section::Move => vec![
            Section::Move,
            Section::Main,
            Section::Menu,
            Section::Dialog,
            Section::Always,
        ],
        Section::Menu => vec![
            Section::Menu,
            Section::Move,
            Section::Dialog,
            Section::Always,
        ],
        Section::Main => vec![Section::Main, Section::Move, Section::Always],
        Section::Dialog => vec![
            Section::Dialog,
            Section::Move,
            Section::Menu,
            Section::Always,
        ],
        Section::Form => vec![Section::Form, Section::Always],
    }
}

/// Whether a key could mean both: what is done with texts and batches is not done in menus.
fn meet(one: Command, other: Command) -> bool {
    let in_menus = |command: Command| {
        COMMANDS.iter().any(|(section, it, ..)| {
            *it == command
                && (*section != Section::Dialog
                    || matches!(command, Command::Choose | Command::Close))
        })
    };
    let entry = |command: Command| {
        (COMMANDS.iter()).any(|(section, it, ..)| *it == command && *section == Section::Menu)
    };
    !(entry(one) || entry(other)) || (in_menus(one) && in_menus(other))
}

impl Command {
    /// The rows that it moves by, where `page` of them are in sight; `None` when it moves nothing.
    pub fn rows(self, page: usize) -> Option<isize> {
        let page = isize::try_from(page.max(2))
            .unwrap_or(isize::MAX)
            .saturating_sub(1);
        let half = (page / 2).max(1);
        Some(match self {
            Self::Up => -1,
            Self::Down => 1,
            Self::PageUp => page.saturating_neg(),
            Self::PageDown => page,
            Self::HalfPageUp => half.saturating_neg(),
            Self::HalfPageDown => half,
            Self::First => isize::MIN,
            Self::Last => isize::MAX,
            _ => return None,
        })
    }

    /// Whether it may come from a key that is held down: it moves, or can be taken away the same way.
    pub const fn may_be_held(self) -> bool {
        matches!(
            self,
            Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::HalfPageUp
                | Self::HalfPageDown
                | Self::First
                | Self::Last
                | Self::NextCertificate
                | Self::PreviousCertificate
                | Self::NextHit
                | Self::PreviousHit
                | Self::Mark
                | Self::NextTab
                | Self::PreviousTab
                | Self::NextField
                | Self::PreviousField
                | Self::LeftButton
                | Self::RightButton
        )
    }

    /// The command's name in the keymap file.
    pub fn name(self) -> &'static str {
        COMMANDS
            .iter()
            .find_map(|(_, command, name, _)| (*command == self).then_some(*name))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
