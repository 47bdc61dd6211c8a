//! What the command log says of a change.

use crate::{
    domain::text::visible,
    tui::{
        known::command_log::{CommandLog, LogEntry, LogOutcome},
        text::{
            moments::{moment, second},
            prose::{Prose, Role},
        },
    },
};

/// How a change in the command log went, in a word or two.
pub fn log_word(entry: &LogEntry) -> (Role, &'static str) {
    match &entry.outcome {
        LogOutcome::UnderWay => (Role::Quiet, "not answered yet"),
        LogOutcome::Done(_) | LogOutcome::Confirmed => (Role::Good, "done"),
        LogOutcome::Lost => (Role::Bad, "not known"),
        LogOutcome::Failed(failure) => {
            let word = match (failure.ambiguous, failure.refuted) {
                (true, _) => "not known",
                (false, true) => "not done",
                (false, false) => "failed",
            };
            (Role::Bad, word)
        }
    }
}

/// All of the command log, the newest change first.
pub fn command_log(log: &CommandLog) -> Prose {
    let mut page = Prose::default();
    for entry in log.entries().rev() {
        log_entry(entry, &mut page);
        page.gap();
    }
    page
}

/// A change in the command log, in full.
pub fn log_entry(entry: &LogEntry, page: &mut Prose) {
    let outcome = match &entry.outcome {
        LogOutcome::UnderWay => "waiting for AWS…".to_owned(),
        LogOutcome::Done(None) => "done".to_owned(),
        LogOutcome::Done(Some(id)) => format!("done, request id {}", visible(id)),
        LogOutcome::Confirmed => "done; the answer was lost, AWS's state shows it".to_owned(),
        LogOutcome::Lost => {
            "not known whether done: an error in certferry lost the answer".to_owned()
        }
        LogOutcome::Failed(failure) => {
            let id = failure.request_id.as_deref().map(visible);
            let id = id.map_or_else(String::new, |id| format!(", request id {id}"));
            let how = match (failure.ambiguous, failure.refuted) {
                (true, _) => "not known whether done".to_owned(),
                (false, true) => format!("not done as of {}", second(entry.known)),
                (false, false) => "failed".to_owned(),
            };
            format!("{how}: {}{id}", failure.summary())
        }
    };
    let place = visible(&entry.place);
    page.text(
        log_word(entry).0,
        format!("{}  {place}  {outcome}", moment(entry.at)),
    );
    page.text(Role::Plain, entry.line.as_str());
}
