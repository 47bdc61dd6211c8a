//! Every change of a batch is in the command log, too.

use crate::{
    domain::{CertificateId, Progress, RequestId, StepState, aws_cli_line},
    tui::{
        app::{following::changed::outcome, state::App},
        known::command_log::LogOutcome,
        pages::batch::state::BatchState,
    },
};

impl App {
    /// Writes a report's change into the log, with the account of the batch, even when another account is
    /// on the screen by now.
    pub(in crate::tui::app) fn log_progress(&mut self, request: RequestId, progress: &Progress) {
        match progress {
            Progress::Sent { call, mutation } => {
                let Some(run) = self.batch(request) else {
                    return;
                };
                let place = run.place_of(mutation.certificate.account);
                let line = aws_cli_line(mutation, &place.command_place());
                let words = place.words.clone();
                let entry = self.log.begin(self.now, words, line);
                self.logged.insert((request, *call), entry);
            }
            Progress::Answered { call, answer, .. } => {
                let Some(entry) = self.logged.get(&(request, *call)) else {
                    return;
                };
                let outcome = match answer {
                    Ok(done) => outcome(done),
                    Err(failure) => LogOutcome::Failed(failure.clone()),
                };
                self.log.finish(*entry, outcome, self.now);
            }
            // An earlier call of the step may have had its effect without anybody having seen it.
            Progress::Step {
                id,
                position,
                state: StepState::Done(_) | StepState::Gone(_),
            } => {
                let run = self.batch(request);
                let Some((words, line)) = run.and_then(|run| step_line(run, *id, *position)) else {
                    return;
                };
                self.log.confirm_all(&words, &line, self.now);
            }
            _ => {}
        }
    }

    /// The batch is over: calls without an answer will get none.
    pub(in crate::tui::app) fn log_ended(&mut self, request: RequestId) {
        let Self { log, logged, .. } = self;
        logged.retain(|(of, _), entry| {
            let over = *of == request;
            if over {
                log.lose(*entry);
            }
            !over
        });
    }
}

/// Where a step is done, and the line of its change.
pub(in crate::tui::app) fn step_line(
    run: &BatchState,
    id: CertificateId,
    position: usize,
) -> Option<(String, String)> {
    let (planned, _) = run.tally.item(id)?.steps.get(position)?;
    let place = run.place_of_step(planned);
    let mutation = planned.step.mutation(&place.arn(id))?;
    let line = aws_cli_line(&mutation, &place.command_place());
    Some((place.words.clone(), line))
}
