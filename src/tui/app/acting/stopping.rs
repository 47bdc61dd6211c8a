//! Stopping a batch: asked, since a certificate that is left half-way is out of service.

use crate::{
    domain::{Change, Item, RequestId, Standing, Step, StepState, StopAt, text::counted},
    tui::{
        app::state::App,
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{Dialog, MenuKind},
        msg::Effect,
        pages::batch::state::BatchState,
    },
};

impl App {
    /// Asks how a batch is to be stopped.
    pub(in crate::tui::app) fn ask_to_stop(&mut self, request: RequestId) {
        let Some(run) = self.batch(request) else {
            return;
        };
        if run.tally.ended.is_some() {
            return self.say(Level::Info, "It is over.");
        }
        let (title, entries) = (stop_title(run), stop_entries(run));
        let menu = Menu::new(title, entries);
        self.open(Dialog::Menu(menu, MenuKind::Stop(request)));
    }

    /// Stops a batch.
    pub(in crate::tui::app) fn stop_batch(&mut self, request: RequestId, at: StopAt) {
        let Some(run) = self.batch_mut(request) else {
            return;
        };
        if run.tally.ended.is_none() && run.stopping < Some(at) {
            run.stopping = Some(at);
            self.effects.push(Effect::Stop(request, at));
            let text = match at {
                StopAt::Begun => "Nothing more is begun; what is begun is finished…",
                StopAt::Step => "Stopping after the calls in flight…",
            };
            self.say(Level::Info, text);
        }
    }

    /// Stops every batch that is under way after the calls in flight, for quitting.
    pub(in crate::tui::app) fn stop_all_batches(&mut self) -> bool {
        let running: Vec<RequestId> = self
            .batches
            .iter()
            .filter(|run| run.tally.ended.is_none())
            .map(|run| run.request)
            .collect();
        for request in &running {
            self.stop_batch(*request, StopAt::Step);
        }
        !running.is_empty()
    }
}

pub(in crate::tui::app) fn stop_title(run: &BatchState) -> String {
    let (begun, waiting) = (
        run.tally.count(Standing::UnderWay),
        run.tally.count(Standing::Waiting),
    );
    format!("Stop? {begun} begun, {waiting} not begun")
}

/// The ways to stop, the one that leaves nothing half-way first.
pub(in crate::tui::app) fn stop_entries(run: &BatchState) -> Vec<Entry<Intent>> {
    let waiting = run.tally.count(Standing::Waiting);
    // At most some dozens are worked on at once.
    let begun: Vec<&Item> = run.tally.standing(Standing::UnderWay).collect();
    let out = begun.iter().filter(|item| is_out_of_service(item)).count();
    let finish = match waiting {
        0 => "all are begun: as if it went on".to_owned(),
        n => format!(
            "{} stay as they are",
            counted(n, "certificate", "certificates")
        ),
    };
    let half_way = match (begun.len(), out) {
        (0, _) => "none is half-way".to_owned(),
        (n, 0) => format!("{n} half-way, in the journal"),
        (n, out) => format!("{n} half-way, {out} deactivated or detached"),
    };
    let stop = |at| Intent::Stop(run.request, at);
    vec![
        Entry::enabled(
            Command::FinishBegun,
            "Finish what is begun",
            stop(StopAt::Begun),
        )
        .with_remark(finish),
        Entry::enabled(
            Command::StopAfterStep,
            "Stop after this step",
            stop(StopAt::Step),
        )
        .with_remark(half_way),
        Entry::enabled(Command::GoOn, "Go on", Intent::GoOn),
    ]
}

/// Whether a run has deactivated the certificate or detached something from it.
fn is_out_of_service(item: &Item) -> bool {
    item.steps.iter().any(|(planned, state)| {
        let takes = matches!(
            planned.step,
            Step::Change(Change::Deactivate | Change::Detach(_))
        );
        takes && matches!(state, StepState::Done(_) | StepState::Begun(_))
    })
}
