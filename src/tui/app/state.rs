//! The state of the screen.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use ratatui::layout::Rect;

use crate::{
    domain::{CertificateId, ConsoleStatus, READ_ONLY, RequestId, Shown, Subject, Timestamp},
    tui::{
        confirm::{confirmation::Confirmation, left::LeftForms},
        flash::{Flash, Level, Occasion},
        known::{
            command_log::CommandLog, context::Context, first_steps::FirstSteps,
            left_views::LeftViews, recent::RecentFilters, remote::Picture, setup::Setup,
            side::Side,
        },
        layers::{BatchStands, Dialog},
        layout::{Areas, SMALLEST, list_areas},
        msg::Effect,
        pages::batch::state::BatchState,
        requests::{Requests, Slot},
        text::moments::fresh_until,
        theme::Theme,
        typing::{STANDS, Typing, passed},
    },
};

/// How long a flash line stays although keys are pressed.
pub(super) const FLASH: Duration = Duration::from_secs(4);

/// How long the cursor must rest on a row before its details are asked for.
pub(super) const DEBOUNCE: Duration = Duration::from_millis(150);

/// How often the screen is drawn while something waits.
const TICK: Duration = Duration::from_secs(1);

/// How long to wait before AWS is asked again whether a thing is detached.
pub(super) const DETACH_LOOK: Duration = Duration::from_secs(1);

/// The whole state.
#[derive(Debug)]
pub struct App {
    /// The time of the last message.
    pub now: Timestamp,
    /// The screen's size.
    pub screen: Rect,
    /// What the program was started with.
    pub setup: Setup,
    /// The side on the screen.
    pub side: Side,
    /// The other side, when two are open.
    pub peer: Option<Side>,
    /// Whether [`side`](Self::side) is the other one for now, since an answer to it came.
    pub(super) aside: bool,
    /// How many connections were made so far.
    pub(super) connections: u32,
    /// The dialogs, the topmost last.
    pub dialogs: Vec<Dialog>,
    /// The filters that were used last.
    pub(super) recent: RecentFilters,
    /// What was copied last.
    pub(super) copied: Option<String>,
    /// The line that says what just happened.
    pub flash: Option<Flash>,
    /// The theme that was changed to.
    pub(super) theme: Option<Theme>,
    /// The keys that somebody new is shown.
    pub first_steps: FirstSteps,
    /// The command log.
    pub log: CommandLog,
    /// The batches of this session, oldest first.
    pub batches: Vec<BatchState>,
    /// Whether a batch stands beside the list, where the screen is wide enough.
    pub(super) batch_stands: BatchStands,
    /// The command log's entries of the calls of batches that are under way.
    pub(super) logged: HashMap<(RequestId, u64), usize>,
    /// Calls of single changes that are looked at again.
    pub(super) doubted_calls: HashSet<(RequestId, u64)>,
    pub(super) requests: Requests<Self>,
    pub(super) effects: Vec<Effect>,
    pub(super) leaving: bool,
    /// On what occasion something is said now.
    pub(super) occasion: Occasion,
    /// Whether the mouse is taken.
    pub(super) mouse: bool,
    /// When the terminal's window got the keys.
    pub(super) focused: Option<Timestamp>,
    /// When the last dialog was opened, or taken away.
    pub(super) dialog_changed: Timestamp,
    pub(super) typing: Typing,
    /// What was chosen in the palette, by its words, the last one last.
    pub(super) chosen_lately: Vec<String>,
    /// What was typed into forms that were left.
    pub(super) left_forms: LeftForms,
    /// How lists were left that are not on the screen.
    pub(super) left_views: LeftViews,
    /// How often the next movement is made; 0 while no count is typed.
    pub(super) count: usize,
    /// How many dialogs were opened so far.
    pub(super) opened: u64,
    /// The words of the dialog on top, as a hash, and since when they are on the screen.
    pub(super) stands: Option<(u64, Timestamp)>,
}

impl App {
    /// Whether an answer is waited for.
    pub fn awaits_answers(&self) -> bool {
        self.requests.any()
    }

    /// How long until the screen changes without any message: not at all, while there is more to do, a turn at a time.
    pub fn clock(&self) -> Option<Duration> {
        let peer = self.peer.as_ref().is_some_and(|it| it.list.is_at_work());
        if self.side.list.is_at_work() || peer {
            return Some(Duration::ZERO);
        }
        let waits = self.requests.any().then_some(TICK);
        let button = (matches!(self.dialogs.last(), Some(Dialog::Form(..))) && !self.is_armed())
            .then(|| STANDS.saturating_sub(self.stood(self.now)));
        let keys = (self.typing.rests_until())
            .map(|until| passed(self.now, until))
            .filter(|rest| !rest.is_zero());
        let message = self.flash.as_ref().and_then(|it| it.goes_in(self.now));
        let message = message.filter(|_| !self.leaving);
        let ages = self.age_changes();
        let all = waits.into_iter().chain(button).chain(keys);
        all.chain(message).chain(ages).min()
    }

    /// How long until something in sight says something else of how old it is.
    fn age_changes(&self) -> Option<Duration> {
        let areas = self.areas();
        let list = self.side.list.listed_at();
        let details = self.side.details.as_ref();
        let of_details = || details.and_then(|it| it.looked_at(it.tab));
        let shown = match self.dialogs.last() {
            None => [
                list.filter(|_| areas.list.is_some()),
                of_details().filter(|_| areas.details.is_some()),
            ],
            Some(Dialog::Inventory(view)) => [view.read_at(), None],
            Some(Dialog::Belongings(view)) => [view.read_at(), None],
            Some(Dialog::History(view)) => [view.reading.at(), None],
            Some(Dialog::Transfers(_)) => [list, None],
            Some(_) => return None,
        };
        let ages = shown.into_iter().flatten();
        ages.map(|at| fresh_until(at, self.now)).min()
    }

    pub(super) fn tell_time(&mut self, now: Timestamp) {
        let words = self.words_on_top();
        if self.stands.map(|(words, _)| words) != words {
            // They are on the screen since the end of the last turn.
            self.stands = words.map(|words| (words, self.now));
        }
        if let Some((_, since)) = &mut self.stands {
            *since = now.min(*since);
        }
        self.now = now;
        // What is said while the program ends stands until it does.
        let over = |flash: &Flash| flash.goes_in(now).is_some_and(|left| left.is_zero());
        if !self.leaving && self.flash.as_ref().is_some_and(over) {
            self.flash = None;
        }
    }

    /// Does what a person asks for by hand. Answers to it go by themselves.
    pub(super) fn by_hand(&mut self, act: impl FnOnce(&mut Self)) {
        self.occasion = Occasion::ByHand;
        act(self);
        self.occasion = Occasion::Other;
    }

    /// What the dialog on top says that is to be read before its button is pressed.
    pub(super) fn words_on_top(&self) -> Option<u64> {
        let Some(Dialog::Form(form, purpose)) = self.dialogs.last() else {
            return None;
        };
        // Progress changes all the time, but not what quitting does.
        if matches!(purpose, Confirmation::Quit) {
            return Some(self.opened);
        }
        let text = purpose.text(form, &self.facts());
        let mut hasher = DefaultHasher::new();
        let said = (text.intro, text.outlook);
        (self.opened, text.title, said, text.confirm).hash(&mut hasher);
        Some(hasher.finish())
    }

    /// How long the words of the dialog on top have been on the screen.
    pub(super) fn stood(&self, at: Timestamp) -> Duration {
        match self.stands {
            Some((words, since)) if Some(words) == self.words_on_top() => passed(since, at),
            _ => Duration::ZERO,
        }
    }

    /// Whether the button of the dialog on top can be pressed: its words stood long enough to be read.
    pub fn is_armed(&self) -> bool {
        self.stood(self.now) >= STANDS
    }

    /// Whether keys are ignored for a moment, since a reply has closed or opened a dialog.
    pub fn keys_rest(&self) -> bool {
        let until = self.typing.rests_until();
        until.is_some_and(|until| self.now < until)
    }

    /// Whether the screen is too small to draw anything useful.
    pub fn too_small(&self) -> bool {
        let (columns, rows) = SMALLEST;
        self.screen.width < columns || self.screen.height < rows
    }

    /// Where things are on the screen.
    pub fn areas(&self) -> Areas {
        let beside = self
            .batch_stands
            .beside()
            .is_some_and(|it| self.batch(it).is_some());
        let areas = if beside {
            Areas::with_batch
        } else {
            Areas::new
        };
        areas(
            self.screen,
            self.side.details.is_some(),
            self.banner().len(),
        )
    }

    /// Whether keys go to the details.
    pub fn details_focused(&self) -> bool {
        self.side.details.is_some() && !(self.side.list_focused && self.areas().beside())
    }

    /// The certificate that actions are about: the one in the details, or the selected row.
    pub fn current(&self) -> Option<CertificateId> {
        match &self.side.details {
            Some(details) if self.details_focused() => Some(details.id),
            _ => self.side.list.selected(),
        }
    }

    /// What pages and dialogs see.
    pub fn cx(&self) -> Context<'_> {
        Context {
            armed: self.is_armed(),
            ..self.facts()
        }
    }

    /// The same, without working out whether the dialog's button can be pressed.
    pub(super) fn facts(&self) -> Context<'_> {
        Context {
            now: self.now,
            screen: self.screen,
            setup: &self.setup,
            session: &self.side.session,
            list: &self.side.list,
            details: self.side.details.as_ref(),
            recipients: &self.side.recipients,
            attached: &self.side.attached,
            batches: &self.batches,
            log: &self.log,
            unfinished: &self.side.unfinished,
            held: &self.side.held,
            drawn: None,
            endpoint: self.side.endpoint.as_ref(),
            naming: self.side.naming,
            lookup: self.side.lookup.as_ref(),
            not_begun: &self.side.not_begun,
            peer: self.peer.as_ref(),
            reports: &self.side.reports,
            watching: self.side.watching,
            areas: self.areas(),
            details_focused: self.details_focused(),
            covered: !self.dialogs.is_empty(),
            armed: false,
        }
    }

    /// A certificate's status, by everything that is known.
    pub fn status(&self, id: CertificateId) -> ConsoleStatus {
        self.facts().status(id)
    }

    /// What an action's availability depends on.
    pub fn subject(&self, id: CertificateId) -> Subject {
        self.facts().subject(id)
    }

    /// What the screen shows of a certificate: what a change of it is bound to.
    pub fn shown(&self, id: CertificateId) -> Shown {
        self.facts().shown(id)
    }

    /// A batch by its request.
    pub fn batch(&self, request: RequestId) -> Option<&BatchState> {
        self.batches.iter().find(|run| run.request == request)
    }

    /// Why no change can be chosen, in a read-only session.
    pub(super) fn read_only(&self) -> Option<&'static str> {
        self.facts().is_read_only().then_some(READ_ONLY)
    }

    /// The rows of the list that fit.
    pub(super) fn list_height(&self) -> usize {
        let list = self.areas().list.unwrap_or_default();
        let [_, _, rows, _] = list_areas(list, self.facts().filter_shown());
        usize::from(rows.height)
    }

    /// Keeps how much is attached to the certificate in the details, for its row.
    fn keep_attached(&mut self) {
        if let Some(details) = &self.side.details
            && let (Picture::Ready(policies), Picture::Ready(things)) =
                (details.policies.picture(), details.things.picture())
            && !self.facts().is_changing(details.id)
        {
            let counts = (policies.len(), things.len());
            self.side.attached.insert(details.id, counts);
        }
    }

    pub(super) fn say(&mut self, level: Level, text: impl Into<String>) {
        let text = text.into();
        let text = if self.aside {
            match self.side.session.account() {
                Some(_) => format!("In {}: {text}", self.facts().place()),
                None => format!("On the other side: {text}"),
            }
        } else {
            text
        };
        self.flash = Some(Flash {
            level,
            text,
            at: self.now,
            goes: match level {
                Level::Good => true,
                Level::Info => self.occasion == Occasion::ByHand,
                Level::Bad => false,
            },
        });
    }

    /// What follows from every change: the selection is in sight, a menu shows what applies now,
    /// and what is missing for the rows in sight is asked for.
    pub(super) fn follow_up(&mut self) {
        // A filter that is not on the screen takes no keys.
        self.side.list.filtering &= self.areas().list.is_some();
        self.follow_selection();
        let height = self.list_height();
        self.side.list.keep_in_sight(height);
        self.renew_menu();
        let due = self
            .side
            .details
            .as_ref()
            .is_some_and(|it| it.awaits_account);
        if due && self.side.session.account().is_some() {
            self.ask_attachments(DEBOUNCE);
        }
        // One at a time: it is not urgent, and others use the same quota.
        if self.side.session.ended.is_none()
            && !self.requests.awaits_row(self.side.session.id)
            && let Some(id) = self.to_describe(height)
        {
            self.ask_description(Duration::ZERO, Slot::Row(id), id);
        }
        self.ask_names_in_sight(height);
        self.keep_attached();
        self.tell_refreshed();
        self.follow_lists();
        self.follow_inventory();
        if self.leaving && self.requests.changes() == 0 {
            self.effects.push(Effect::Quit);
        }
    }
}
