//! The state, and what changes it.
//!
//! [`update`] takes a message, changes the state and answers with what is to be done outside. It
//! does no I/O, knows no runtime and no AWS SDK, and asks no clock: the time is a message.

mod actions;
mod answers;
pub mod areas;
mod asking;
mod batch_log;
pub mod batches;
mod beginning;
mod changed;
mod commands;
mod details;
pub mod dialog;
mod doubts;
mod following;
mod input;
pub mod keymap;
pub mod list;
pub mod log;
mod menus;
mod msg;
pub mod page;
pub mod pages;
mod quitting;
mod remote;
mod requests;
mod session;
mod signing;
mod stopping;
pub mod terminal;
mod typing;
mod unfinished;
pub mod view;
mod wording;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use ratatui::layout::Rect;

use crate::domain::{
    AccountBook, AccountId, CertificateId, ConnectionId, ConsoleStatus, Failure, Held, Journaled,
    LastAccounts, NotBegun, Readiness, Record, RequestId, RunId, Subject, Target, Timestamp,
};

pub use details::{Details, LOOKS, Tab};
use dialog::Dialog;
use keymap::Keymap;
use list::CertificateList;
use log::CommandLog;
pub use msg::{COPY_LIMIT, Effect, Msg, Stroke};
pub use remote::{Picture, Remote};
use requests::{Requests, Slot};
pub use session::Session;
use typing::{STANDS, Typing, passed};

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

/// What the program is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// Whether the other side is the simulator.
    pub simulator: bool,
    /// The part of AWS's published quotas that is used, for estimates.
    pub pace: f64,
    /// The names of the accounts.
    pub book: AccountBook,
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
    /// One line to begin with: what to try.
    pub welcome: Option<String>,
}

/// How a flash line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something to know.
    Info,
    /// Something went well.
    Good,
    /// Something went wrong.
    Bad,
}

/// The line that says what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// How it is meant.
    pub level: Level,
    /// What it says. Everything foreign in it is visible already.
    pub text: String,
    at: Timestamp,
}

/// How long a flash line stays although keys are pressed.
const FLASH: Duration = Duration::from_secs(4);

/// How long the cursor must rest on a row before its details are asked for.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// How often the screen is drawn while something waits.
const TICK: Duration = Duration::from_secs(1);

/// How long to wait before AWS is asked again whether a thing is detached.
const DETACH_LOOK: Duration = Duration::from_secs(1);

/// The whole state.
#[derive(Debug)]
pub struct App {
    /// The time of the last message.
    pub now: Timestamp,
    /// The screen's size.
    pub screen: Rect,
    /// What the program was started with.
    pub setup: Setup,
    /// The connection in use.
    pub session: Session,
    /// The certificates.
    pub list: CertificateList,
    /// The details, when they are open.
    pub details: Option<Details>,
    /// Whether the keys go to the list although the details are open beside it.
    pub list_focused: bool,
    /// The dialogs, the topmost last.
    pub dialogs: Vec<Dialog>,
    /// What was copied last.
    copied: Option<String>,
    /// The line that says what just happened.
    pub flash: Option<Flash>,
    /// The command log.
    pub log: CommandLog,
    last_failure: Option<Box<Failure>>,
    /// The batches of this session, oldest first.
    pub batches: Vec<batches::BatchState>,
    /// What the journal has open in this account and nobody works on.
    pub unfinished: Vec<Record>,
    /// What other processes hold.
    pub held: Vec<Held>,
    /// What batches of processes that are gone have not begun.
    pub not_begun: Vec<NotBegun>,
    /// How many runs are open at other places, by their names.
    pub elsewhere: Vec<(String, usize)>,
    /// The open runs that are looked at again, and since when they are in doubt.
    doubted: BTreeMap<RunId, Timestamp>,
    /// Whether the journal was read for it.
    journal_read: bool,
    /// The command log's entries of the calls of batches that are under way.
    logged: HashMap<(RequestId, u64), usize>,
    /// Calls of single changes that are looked at again.
    doubted_calls: HashSet<(RequestId, u64)>,
    /// Things that are being detached, of certificates whose details are closed.
    detaching: BTreeMap<CertificateId, BTreeMap<String, u32>>,
    requests: Requests<Self>,
    effects: Vec<Effect>,
    leaving: bool,
    typing: Typing,
    /// How many dialogs were opened so far.
    opened: u64,
    /// The words of the dialog on top, as a hash, and since when they are on the screen.
    stands: Option<(u64, Timestamp)>,
}

/// The state at the start, and what is to be done first.
pub fn start(setup: Setup, now: Timestamp, screen: Rect) -> (App, Vec<Effect>) {
    let mut app = App {
        now,
        screen,
        session: Session::new(ConnectionId(0), setup.target.clone()),
        list: CertificateList::default(),
        details: None,
        list_focused: true,
        dialogs: Vec::new(),
        flash: setup.welcome.clone().map(|text| Flash {
            level: Level::Info,
            text,
            at: now,
        }),
        log: CommandLog::default(),
        last_failure: None,
        batches: Vec::new(),
        unfinished: Vec::new(),
        held: Vec::new(),
        not_begun: Vec::new(),
        elsewhere: Vec::new(),
        doubted: BTreeMap::new(),
        journal_read: false,
        logged: HashMap::new(),
        doubted_calls: HashSet::new(),
        detaching: BTreeMap::new(),
        requests: Requests::default(),
        effects: Vec::new(),
        leaving: false,
        typing: Typing::default(),
        opened: 0,
        stands: None,
        copied: None,
        setup,
    };
    app.connect(app.session.target.clone());
    let effects = std::mem::take(&mut app.effects);
    (app, effects)
}

/// Changes the state and says what is to be done outside.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Clock(now) => app.tell_time(now),
        Msg::Resize { columns, rows } => app.screen = Rect::new(0, 0, columns, rows),
        Msg::InSight => {
            // What came meanwhile was not read yet.
            app.stands = None;
            app.typing.lost_its_dialog(app.now);
        }
        Msg::Key(stroke) => app.key(&stroke),
        Msg::Paste(text) => app.paste(&text),
        Msg::Reply(reply) => {
            let before = (app.dialogs.len(), app.opened);
            app.reply(reply);
            // Somebody may have been typing into what is gone now, or under what has come.
            if (app.dialogs.len(), app.opened) != before {
                app.typing.lost_its_dialog(app.now);
            }
        }
    }
    app.follow_up();
    std::mem::take(&mut app.effects)
}

#[cfg(test)]
mod tests;

impl App {
    /// Whether an answer is waited for.
    pub fn awaits_answers(&self) -> bool {
        self.requests.any()
    }

    /// After how long something on the screen changes although nothing happens.
    pub fn clock(&self) -> Option<Duration> {
        let waits = self.requests.any().then_some(TICK);
        let button = (matches!(self.dialogs.last(), Some(Dialog::Form(_))) && !self.is_armed())
            .then(|| STANDS.saturating_sub(self.stood(self.now)));
        let keys = (self.typing.rests_until())
            .map(|until| passed(self.now, until))
            .filter(|rest| !rest.is_zero());
        waits.into_iter().chain(button).chain(keys).min()
    }

    fn tell_time(&mut self, now: Timestamp) {
        let words = self.words_on_top();
        if self.stands.map(|(words, _)| words) != words {
            // They were drawn at the end of the turn before.
            self.stands = words.map(|words| (words, self.now));
        }
        if let Some((_, since)) = &mut self.stands {
            *since = now.min(*since);
        }
        self.now = now;
    }

    /// What the dialog on top says that is to be read before its button is pressed.
    fn words_on_top(&self) -> Option<u64> {
        let Some(Dialog::Form(form)) = self.dialogs.last() else {
            return None;
        };
        // How far the runs came changes all the time, and not what quitting does.
        if matches!(form.purpose, dialog::Purpose::Quit) {
            return Some(self.opened);
        }
        let text = form.text(self);
        let mut hasher = DefaultHasher::new();
        let outlook: Vec<&String> = text.outlook.iter().map(|(_, line)| line).collect();
        (self.opened, text.title, text.intro, outlook, text.confirm).hash(&mut hasher);
        Some(hasher.finish())
    }

    /// How long the words of the dialog on top have been on the screen.
    fn stood(&self, at: Timestamp) -> Duration {
        match self.stands {
            Some((words, since)) if Some(words) == self.words_on_top() => passed(since, at),
            _ => Duration::ZERO,
        }
    }

    /// Whether the button of the dialog on top can be pressed: it could be read.
    pub fn is_armed(&self) -> bool {
        self.stood(self.now) >= STANDS
    }

    /// Whether keys go nowhere for a moment, since a reply has closed or opened a dialog.
    pub fn keys_rest(&self) -> bool {
        let until = self.typing.rests_until();
        until.is_some_and(|until| self.now < until)
    }

    /// Whether the screen is too small to draw anything useful.
    pub fn too_small(&self) -> bool {
        let (columns, rows) = areas::SMALLEST;
        self.screen.width < columns || self.screen.height < rows
    }

    /// Where things are on the screen.
    pub fn areas(&self) -> areas::Areas {
        areas::Areas::new(self.screen, self.details.is_some(), self.banner().len())
    }

    /// Whether keys go to the details.
    pub fn details_focused(&self) -> bool {
        self.details.is_some() && !(self.list_focused && self.areas().beside())
    }

    /// Whether the line with the filter is shown.
    pub fn filter_shown(&self) -> bool {
        self.list.filtering || self.list.is_filtered()
    }

    /// The certificate that actions are about: the one in the details, or the selected row.
    pub fn current(&self) -> Option<CertificateId> {
        match &self.details {
            Some(details) if self.details_focused() => Some(details.id),
            _ => self.list.selected(),
        }
    }

    /// A certificate's status, by everything that is known.
    pub fn status(&self, id: CertificateId) -> ConsoleStatus {
        let outgoing = self.list.is_outgoing(id);
        let described = self
            .details
            .as_ref()
            .filter(|details| details.id == id)
            .and_then(|details| details.description.value())
            .map(|d| d.console_status(outgoing, self.session.account()));
        match (self.list.get(id).map(|facts| facts.status), described) {
            (Some(ConsoleStatus::Transferred), _) => ConsoleStatus::Transferred,
            (_, Some(status)) | (Some(status), None) => status,
            (None, None) => ConsoleStatus::Unknown,
        }
    }

    /// What an action's availability depends on.
    pub fn subject(&self, id: CertificateId) -> Subject {
        let details = self.details.as_ref().filter(|details| details.id == id);
        let open = self.unfinished_run(id).is_some();
        let restorable = match (self.put_back_record(id), self.knows_journal_of(id)) {
            (Some(_), _) => Some(true),
            (None, true) => Some(false),
            (None, false) => None,
        };
        Subject {
            readiness: Readiness {
                status: self.status(id),
                policies: details.and_then(|d| d.policies.value()).map(Vec::len),
                things: details.and_then(|d| d.things.value()).map(Vec::len),
            },
            read_only: self.setup.read_only,
            changing: self.is_changing(id),
            running: self.is_running(id),
            journaled: Journaled {
                open,
                held: self.held.iter().any(|it| it.runs.contains(&id)),
                restorable,
            },
        }
    }

    /// Whether a change of this certificate is under way.
    pub fn is_changing(&self, id: CertificateId) -> bool {
        self.batches.iter().any(|run| run.is_working_on(id))
    }

    /// Whether a run, which has the certificate alone, works on it.
    pub fn is_running(&self, id: CertificateId) -> bool {
        let mut runs = (self.batches.iter()).filter(|run| run.procedure.is_journaled());
        runs.any(|run| run.is_working_on(id))
    }

    /// How many single changes are under way.
    pub fn single_changes(&self) -> usize {
        let running = self.batches.iter().filter(|run| run.ended.is_none());
        running.filter(|run| run.is_single()).count()
    }

    /// How many certificates of the batches under way are over, and how many there are; `None` while
    /// there is no batch under way.
    pub fn certificates_under_way(&self) -> Option<(usize, usize)> {
        let running = self
            .batches
            .iter()
            .filter(|run| run.ended.is_none() && !run.is_single());
        let sum = running.fold((0_usize, 0_usize), |(over, all), run| {
            (
                over.saturating_add(run.over()),
                all.saturating_add(run.items.len()),
            )
        });
        (sum.1 > 0).then_some(sum)
    }

    /// The rows of the list that fit.
    fn list_height(&self) -> usize {
        let list = self.areas().list.unwrap_or_default();
        let [_, _, rows, _] = areas::list_areas(list, self.filter_shown());
        usize::from(rows.height)
    }

    fn say(&mut self, level: Level, text: impl Into<String>) {
        self.flash = Some(Flash {
            level,
            text: text.into(),
            at: self.now,
        });
    }

    /// What follows from every change: the selection is in sight, a menu shows what applies now,
    /// and what is missing for the rows in sight is asked for.
    fn follow_up(&mut self) {
        // What cannot be seen must not be typed in.
        self.list.filtering &= self.areas().list.is_some();
        self.follow_selection();
        let height = self.list_height();
        self.list.keep_in_sight(height);
        self.renew_menu();
        let due = self.details.as_ref().is_some_and(|it| it.awaits_account);
        if due && self.session.account().is_some() {
            self.ask_attachments(DEBOUNCE);
        }
        // One at a time: it is for show, and others use the same quota.
        if self.areas().list.is_some()
            && self.session.ended.is_none()
            && let Some(id) = self.list.to_describe(height)
            && !self.requests.awaits_row()
        {
            self.ask_description(Duration::ZERO, Slot::Row(id), id);
        }
        if self.leaving && self.requests.changes() == 0 {
            self.effects.push(Effect::Quit);
        }
    }
}
