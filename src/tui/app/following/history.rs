//! The history of the journal: asking for it, and what can be done about a run.

use crate::{
    domain::{Action, Change, Purpose, Record, Resource, RunState, Step, StepState, ask},
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        dialogs::{
            form::Said,
            menu::{Entry, Menu},
        },
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{Dialog, MenuKind},
        pages::{
            history::{state::HistoryView, words::detail},
            reader::state::{Content, Reader},
        },
        requests::{Answered, Slot},
        text::words::listed,
    },
};

/// What a run has created that can be deleted, in words.
fn created(run: &Record) -> Vec<String> {
    let done = run.steps.iter();
    let done = done.filter(|known| matches!(known.state, StepState::Done(_)));
    done.filter_map(|known| match &known.step {
        Step::Change(Change::Create(Resource::ThingType { .. })) => None,
        Step::Change(Change::Create(resource)) => Some(resource.words()),
        _ => None,
    })
    .collect()
}

impl App {
    pub(in crate::tui::app) fn open_history(&mut self) {
        if !self.side.session.connected {
            let text = "The journal can be read once a connection is made.";
            return self.say(Level::Info, text);
        }
        self.open(Dialog::History(Box::new(HistoryView::new(self.now))));
        self.ask(Slot::History, ask::PastRuns {}, |app, _, answer| {
            app.history_answer(answer);
        });
    }

    fn history_answer(&mut self, answer: Answered<ask::PastRuns>) {
        let now = self.now;
        let mut dialogs = self.dialogs.iter_mut().rev();
        let view = dialogs.find_map(|dialog| match dialog {
            Dialog::History(view) => Some(view),
            _ => None,
        });
        let Some(view) = view else {
            return;
        };
        match answer {
            Ok(part) => view.take(part, now, &self.setup.config.accounts),
            Err(failure) => view.failed(failure),
        }
    }

    /// What can be done about a run: only where it was made, and as the journal knows it now.
    pub(in crate::tui::app) fn open_run_menu(&mut self, run: &Record, overtaken: bool) {
        let id = run.before.certificate;
        let all = Entry::enabled(
            Command::View,
            "Steps, and what it took",
            Intent::ShowRun(Box::new(run.clone())),
        );
        let action = Action::PutBack;
        let letter = Command::Act(action);
        let why = if !self.facts().is_here(&run.before.place) {
            let accounts = &self.setup.config.accounts;
            let there = accounts.describe(run.before.place.account);
            Some(format!("go to {there}, {}", run.before.place.region))
        } else if run.purpose == Purpose::FinalChange {
            Some("it was for ever".to_owned())
        } else if run.purpose.sets_up() {
            Some("it took nothing to put back".to_owned())
        } else if matches!(run.purpose, Purpose::PutBack { .. }) {
            Some("it has put back itself".to_owned())
        } else if run.state == RunState::PutBack {
            Some("it was put back".to_owned())
        } else if overtaken {
            Some("a later run took more: choose that one".to_owned())
        } else {
            None
        };
        let put_back = if let Some(why) = why {
            Entry::disabled(letter, action.label(), why)
        } else {
            let label = format!("{}…", action.label());
            Entry::enabled(letter, label, Intent::Begin(action, vec![id]))
        };
        let mut entries = vec![all, put_back.unless(self.read_only())];
        if run.purpose.sets_up() {
            entries.push(self.hand_over_back(run).unless(self.read_only()));
            entries.push(self.remove_created(run).unless(self.read_only()));
        }
        let menu = Menu::new(format!("Run of {}", id.short()), entries);
        self.open(Dialog::Menu(menu, MenuKind::Fixed));
    }

    /// What AWS has instead of taking back what was accepted: a hand-over in the other direction.
    fn hand_over_back(&self, run: &Record) -> Entry<Intent> {
        let (letter, label) = (Command::Act(Action::HandOver), "Hand over back");
        let accounts = &self.setup.config.accounts;
        let sender = run.steps.iter().find_map(|known| match known.step {
            Step::AwaitOffer { from } => Some(from),
            _ => None,
        });
        let beside = self.beside().map(|it| it.place.account);
        let why = if !self.facts().is_here(&run.before.place) {
            let there = accounts.describe(run.before.place.account);
            Some(format!("go to {there}, {}", run.before.place.region))
        } else if run.state != RunState::Done {
            Some("it did not come to its end: resume it".to_owned())
        } else if let Some(from) = sender.filter(|from| beside != Some(*from)) {
            let key = self.setup.keymap.key(Command::OtherSide);
            let from = accounts.describe(from);
            Some(format!("open {from} as the other side first: {key}"))
        } else {
            self.against_hand_over()
        };
        if let Some(why) = why {
            return Entry::disabled(letter, label, why);
        }
        let choice = Intent::Begin(Action::HandOver, vec![run.before.certificate]);
        Entry::enabled(letter, format!("{label}…"), choice)
    }

    /// Deleting what a hand-over has created here.
    fn remove_created(&self, run: &Record) -> Entry<Intent> {
        let action = Action::RemoveCreated;
        let letter = Command::Act(action);
        let why = if !self.facts().is_here(&run.before.place) {
            let there = self
                .setup
                .config
                .accounts
                .describe(run.before.place.account);
            Some(format!("go to {there}, {}", run.before.place.region))
        } else if run.state.is_open() {
            Some("it did not come to its end: decide about that first".to_owned())
        } else if created(run).is_empty() {
            Some("it created nothing that can be deleted".to_owned())
        } else {
            None
        };
        match why {
            Some(why) => Entry::disabled(letter, action.label(), why),
            None => Entry::enabled(
                letter,
                format!("{}…", action.label()),
                Intent::RemoveCreated(Box::new(run.clone())),
            ),
        }
    }

    /// Asks whether to delete what a hand-over has created.
    pub(in crate::tui::app) fn ask_to_remove_created(&mut self, run: &Record) {
        let id = run.before.certificate;
        let Some(mut draft) = self.draft(Action::RemoveCreated, &[id]) else {
            return;
        };
        let created = created(run);
        draft.said = vec![
            Said::warn("Deletes", listed(&created)),
            Said::quiet(
                "Stay",
                "thing types: AWS deletes one only minutes after it was deprecated",
            ),
        ];
        self.open_form(Confirmation::Batch(Box::new(draft)));
    }

    pub(in crate::tui::app) fn show_run(&mut self, run: &Record) {
        let page = Content::Prose(detail(&self.facts(), run));
        let title = format!("Run of {}", run.before.certificate.short());
        self.open(Dialog::Reader(Reader::new(title, page)));
    }
}
