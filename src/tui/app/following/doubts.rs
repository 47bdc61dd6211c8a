//! Changes that may have been made although that is not known. A request that a proxy holds back can
//! still arrive, so AWS is asked again later, and what was said is corrected.

use std::time::Duration;

use crate::{
    domain::{
        CertificateId, ConnectionId, MadeAfterAll, Mutation, Procedure, Progress, RequestId, ask,
        text::{counted, visible},
    },
    tui::{
        app::{
            following::{batch_log::step_line, wording::title},
            state::App,
        },
        flash::Level,
        keymap::Command,
        known::command_log::LogEntry,
        requests::{Answered, From, Slot},
        text::{moments::second, words::step},
    },
};

/// When it is looked at again.
const LOOK_AGAIN: [Duration; 3] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];

impl App {
    /// A change that no journal knows was not made, or is not known to be: it is looked at again, over the
    /// connection by which it was sent.
    pub(in crate::tui::app) fn doubt_progress(
        &mut self,
        request: RequestId,
        connection: ConnectionId,
        progress: &Progress,
    ) {
        let Progress::Answered {
            id,
            call,
            answer: Err(failure),
        } = progress
        else {
            return;
        };
        let Some(run) = self.batch(request) else {
            return;
        };
        let Procedure::Change(change) = &run.tally.procedure else {
            return;
        };
        if run.tally.procedure.has_runs() || !(failure.refuted || failure.ambiguous) {
            return;
        }
        let mutation = change.clone().of(run.place.arn(*id));
        let Some(entry) = self.logged.get(&(request, *call)).copied() else {
            return;
        };
        let Some(sent) = self.log.entry(entry).map(|entry| entry.at) else {
            return;
        };
        // It may be answered a second time.
        if !self.doubted_calls.insert((request, *call)) {
            return;
        }
        for after in LOOK_AGAIN {
            let mutation = mutation.clone();
            let question = ask::WasMade {
                mutation: Box::new(mutation.clone()),
                sent,
            };
            let take = move |app: &mut Self, from, answer: Answered<ask::WasMade>| {
                // When AWS cannot be asked, nothing is known.
                if answer == Ok(true) {
                    app.made_after_all(&mutation, request, entry, from);
                }
            };
            let effects = &mut self.effects;
            (self.requests).ask(connection, Slot::Again, question, after, take, effects);
        }
    }

    /// Looks at the open runs that stopped at such a change: at those of an earlier start at once.
    pub(in crate::tui::app) fn doubt_runs(&mut self, at_start: bool) {
        if self.facts().is_read_only() {
            return;
        }
        let mut ids: Vec<CertificateId> = Vec::new();
        for record in &self.side.unfinished {
            let in_doubt = record.steps.iter().filter(|known| known.may_arrive());
            let Some(since) = in_doubt.filter_map(|known| known.state.at()).max() else {
                continue;
            };
            // One that was resumed may have stopped there again.
            if self.side.doubted.insert(record.id, since) != Some(since) {
                ids.push(record.before.certificate);
            }
        }
        if ids.is_empty() {
            return;
        }
        let now = at_start.then_some(Duration::ZERO);
        for after in now.into_iter().chain(LOOK_AGAIN) {
            let question = ask::RunsAgain { ids: ids.clone() };
            self.ask_after(after, Slot::RunsAgain, question, |app, from, answer| {
                // They can be asked again by hand.
                if let Ok(made) = answer {
                    app.runs_made_after_all(from, &made);
                }
            });
        }
    }

    /// Corrects what was said of a change.
    fn made_after_all(
        &mut self,
        mutation: &Mutation,
        request: RequestId,
        entry: usize,
        from: From,
    ) {
        if !self.log.entry(entry).is_none_or(LogEntry::in_doubt) {
            return;
        }
        let here = from.connection == self.side.session.id;
        let place = match self.log.place(entry) {
            Some(place) if !here => format!(", in {}", visible(place)),
            _ => String::new(),
        };
        let now = self.now;
        self.log.confirm(entry, now);
        let made = MadeAfterAll {
            id: mutation.id(),
            steps: Vec::new(),
            done: true,
        };
        if let Some(run) = self.batch_mut(request) {
            run.tally.made_after_all(&made, now);
        }
        if here {
            self.changed(mutation);
        }
        let text = format!(
            "Done after all: {}, {}{place}, seen at {}.",
            title(&mutation.change),
            mutation.id().short(),
            second(self.now)
        );
        self.say(Level::Bad, text);
    }

    /// Corrects what was said of the runs' steps.
    fn runs_made_after_all(&mut self, from: From, made: &[MadeAfterAll]) {
        for it in made {
            self.correct_run(it);
        }
        let seen = second(self.now);
        let text = match made {
            [] => return,
            [one] => {
                let steps = one.steps.iter().map(|(_, it)| step(it));
                let steps: Vec<String> = steps.collect();
                let (id, steps) = (one.id.short(), steps.join(", "));
                format!("Done after all: {steps}, {id}, seen at {seen}.")
            }
            many => {
                let n = counted(many.len(), "certificate", "certificates");
                let key = self.setup.keymap.key(Command::Runs);
                format!(
                    "What {n} stopped at was done after all, as seen at {seen}. {key} shows it."
                )
            }
        };
        self.say(Level::Bad, text);
        if from.connection != self.side.session.id {
            return;
        }
        self.ask_outgoing();
        match made {
            [one] => self.ask_standing(one.id),
            _ => self.ask_certificates(),
        }
        self.ask_open_runs();
    }

    /// Shows in the run's page and in the command log that steps are done.
    fn correct_run(&mut self, made: &MadeAfterAll) {
        let now = self.now;
        let mut runs = self.batches.iter_mut().rev();
        let Some(run) = runs.find(|run| run.tally.item(made.id).is_some()) else {
            return;
        };
        run.tally.made_after_all(made, now);
        for (position, _) in &made.steps {
            let Some((words, line)) = step_line(run, made.id, *position) else {
                continue;
            };
            self.log.confirm_all(&words, &line, now);
        }
    }
}
