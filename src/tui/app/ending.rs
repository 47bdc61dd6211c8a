//! What is said when the program ends.

use crate::{
    domain::text::visible,
    tui::{app::state::App, known::command_log::LogOutcome},
};

/// What this session's runs leave on the way, for when the program ends.
pub fn left_open(app: &App) -> Option<String> {
    // The demo's journal ends with it.
    if app.setup.simulator {
        return None;
    }
    let n = app.left_open();
    let left = crate::domain::text::counted(n, "certificate is", "certificates are");
    (n > 0).then(|| {
        format!("{left} half-way: the next start offers to resume or to put back what stopped")
    })
}

/// The changes of which nobody knows whether they were made, for when the program ends.
pub fn unknown_changes(app: &App) -> Vec<String> {
    app.log
        .entries()
        .filter_map(|entry| {
            let why = match &entry.outcome {
                LogOutcome::UnderWay => "AWS had not answered".to_owned(),
                LogOutcome::Failed(failure) if failure.ambiguous => failure.summary(),
                LogOutcome::Lost => "its answer was lost".to_owned(),
                _ => return None,
            };
            let place = visible(&entry.place);
            Some(format!("{place}: {why}: {}", visible(&entry.line)))
        })
        .collect()
}
