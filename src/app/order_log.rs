//! Every change of an order is in the command log, too.

use crate::domain::{Progress, RequestId, RunOutcome, StepState, Work, aws_cli_line};

use super::{App, log::Outcome, orders::OrderRun};

impl App {
    /// Writes down what a report says of a change. The lines are those of the order's own account,
    /// whatever is connected to since.
    pub(super) fn log_progress(&mut self, request: RequestId, progress: &Progress) {
        match progress {
            Progress::Step {
                id,
                position,
                state,
            } => {
                let key = (request, *id, *position);
                if let StepState::Begun(at) = state {
                    let Some(run) = self.order(request) else {
                        return;
                    };
                    let step = run.item(*id).and_then(|item| item.steps.get(*position));
                    let mutation = step.and_then(|(s, _)| s.step.mutation(&run.place.arn(*id)));
                    let Some(mutation) = mutation else {
                        return;
                    };
                    let line = aws_cli_line(&mutation, &run.place.command_place());
                    let words = run.place.words.clone();
                    let entry = self.log.begin(*at, words, line);
                    self.logged.insert(key, entry);
                    return;
                }
                let outcome = match state {
                    StepState::Done(_) | StepState::Gone(_) => Outcome::Done(None),
                    StepState::Failed(_, failure) => Outcome::Stopped(failure.clone()),
                    StepState::Planned | StepState::Begun(_) => return,
                };
                if let Some(entry) = self.logged.remove(&key) {
                    self.log.finish(entry, outcome);
                }
            }
            Progress::Ended { id, outcome } => {
                let Some(OrderRun {
                    work: Work::Change(change),
                    place,
                    ..
                }) = self.order(request)
                else {
                    return;
                };
                let line = aws_cli_line(&change.mutation(*id), &place.command_place());
                let outcome = match outcome {
                    RunOutcome::Done => Outcome::Done(None),
                    RunOutcome::Stopped(failure) => Outcome::Stopped(failure.clone()),
                    RunOutcome::Refused(why) => Outcome::Refused(why.clone()),
                    // Nothing was sent.
                    RunOutcome::Cancelled { .. } => return,
                };
                let words = place.words.clone();
                let entry = self.log.begin(self.now, words, line);
                self.log.finish(entry, outcome);
            }
            _ => {}
        }
    }
}
