//! How a certificate of a batch stands, in a row.

use crate::{
    domain::{
        Item, Remark, RunOutcome, Standing, StepState,
        text::visible,
        words::progress::{doing, item_so_far},
    },
    tui::text::{
        prose::Role,
        words::{remark, step},
    },
};

/// Where a certificate has stopped, and why.
fn stopped_at(item: &Item, why: &str) -> String {
    let mut steps = item.steps.iter();
    let at = steps.find(|(_, state)| matches!(state, StepState::Failed(..)));
    match at {
        Some((planned, _)) => format!("{}: {}", step(&planned.step), visible(why)),
        None => visible(why).into_owned(),
    }
}

/// How a certificate stands: a word with its sign, and what is done with it or was done last.
pub fn row_words(item: &Item) -> (Role, String, String) {
    let (over, steps) = item.steps_over();
    let so_far = |why: String| match steps {
        0 => why,
        _ => format!("{why} · {}", item_so_far(item)),
    };
    match &item.outcome {
        Some(RunOutcome::Done) => {
            let remarks: Vec<String> = item.remarks.iter().map(remark).collect();
            (Role::Good, "✓ done".to_owned(), remarks.join("; "))
        }
        Some(RunOutcome::Refused(why)) => {
            let state = match item.standing() {
                Standing::NotKnown => "? not known",
                _ => "✗ refused",
            };
            let why = visible(&why.to_string()).into_owned();
            (Role::Bad, state.to_owned(), why)
        }
        Some(RunOutcome::Stopped(failure)) => {
            let state = if failure.ambiguous {
                "? not known"
            } else {
                "✗ failed"
            };
            // Why it stopped is what a narrow column must have.
            let why = visible(&failure.text).into_owned();
            let at = item.steps.iter();
            let mut at = at.filter(|(_, state)| matches!(state, StepState::Failed(..)));
            let why = match at.next() {
                Some((planned, _)) => format!("{why}: {}", step(&planned.step)),
                None => why,
            };
            let text = so_far(why);
            (Role::Bad, state.to_owned(), text)
        }
        Some(RunOutcome::Cancelled { begun: true }) => {
            (Role::Warn, "! stopped".to_owned(), item_so_far(item))
        }
        Some(RunOutcome::Cancelled { begun: false }) => {
            (Role::Quiet, "– not begun".to_owned(), String::new())
        }
        None if item.steps.is_empty() && !item.sent => {
            (Role::Quiet, "  waiting".to_owned(), String::new())
        }
        None => {
            let state = match steps {
                0 => "… sent".to_owned(),
                _ => format!("… {over} of {steps}"),
            };
            let text = match (&item.waiting, doing(item)) {
                (Some(waiting), _) => format!("waiting for {}", visible(waiting)),
                (None, Some(doing)) => doing,
                (None, None) if steps == 0 => "waiting for AWS".to_owned(),
                (None, None) => String::new(),
            };
            (Role::Plain, state, text)
        }
    }
}

/// How a certificate of a batch stands, in one line.
pub fn item_line(item: &Item) -> (Role, String) {
    match &item.outcome {
        Some(RunOutcome::Done) if item.remarks.is_empty() => (Role::Good, "✓ done".to_owned()),
        Some(RunOutcome::Done) => (
            Role::Good,
            format!(
                "✓ done; {}",
                remark(item.remarks.first().unwrap_or(&Remark::ActiveNow))
            ),
        ),
        Some(RunOutcome::Refused(why)) => (
            Role::Bad,
            format!("✗ refused: {}", visible(&why.to_string())),
        ),
        Some(RunOutcome::Stopped(failure)) => {
            (Role::Bad, format!("✗ {}", stopped_at(item, &failure.text)))
        }
        Some(RunOutcome::Cancelled { begun: true }) => {
            (Role::Warn, format!("! stopped: {}", item_so_far(item)))
        }
        Some(RunOutcome::Cancelled { begun: false }) => (Role::Quiet, "  not begun".to_owned()),
        None => {
            if let Some(waiting) = &item.waiting {
                return (Role::Plain, format!("… waiting for {}", visible(waiting)));
            }
            let (over, steps) = item.steps_over();
            match doing(item) {
                Some(doing) => (Role::Plain, format!("… {over} of {steps}: {doing}")),
                None if item.sent && item.steps.is_empty() => {
                    (Role::Plain, "… waiting for AWS".to_owned())
                }
                None if item.steps.is_empty() => (Role::Quiet, "  waiting".to_owned()),
                None => (Role::Plain, format!("… {over} of {steps}")),
            }
        }
    }
}
