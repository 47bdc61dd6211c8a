//! What is said of a batch: its certificates, their steps, its report.

use crate::{
    domain::{
        Item, RunOutcome, Standing,
        text::visible,
        words::progress::{item_so_far, not_done, took},
    },
    tui::{
        keymap::Command,
        known::context::Context,
        layout::{reader_area, within_border},
        pages::batch::{rows::item_line, state::BatchState, timeline::timeline},
        text::{
            prose::{Prose, Role},
            words::{failure_text, grouped, procedure_label},
        },
    },
};

/// What a batch does, and with what.
fn subject(run: &BatchState) -> String {
    let what = procedure_label(&run.tally.procedure);
    // `Start transfer of 3 certificates`, but `Deactivate 3 certificates`.
    let of = if what.ends_with("transfer") {
        " of"
    } else {
        ""
    };
    let what = format!("{what}{of}");
    match run.tally.items() {
        [one] => format!("{what} {}", one.id.short()),
        all => format!("{what} {} certificates", grouped(all.len())),
    }
}

/// What a batch does, with what, and for whom.
pub fn batch_title(cx: &Context<'_>, run: &BatchState) -> String {
    let what = subject(run);
    match run.tally.procedure.recipient() {
        Some(to) => format!("{what} to {}", cx.setup.config.accounts.describe(to)),
        None => what,
    }
}

/// A batch among others: when it began and what it does; how far it came, and for whom.
pub fn batch_row(cx: &Context<'_>, run: &BatchState) -> (String, String) {
    let (hour, minute, second) = run.tally.began.to_offset(time::UtcOffset::UTC).to_hms();
    let label = format!("{hour:02}:{minute:02}:{second:02}  {}", subject(run));
    let counts = counts(run);
    let remark = match run.tally.procedure.recipient() {
        Some(to) => format!("{counts} · to {}", cx.setup.config.accounts.describe(to)),
        None => counts,
    };
    (label, remark)
}

/// `18 of 40 done · 2 failed`.
fn counts(run: &BatchState) -> String {
    let mut parts = vec![format!(
        "{} of {} done",
        grouped(run.tally.count(Standing::Done)),
        grouped(run.tally.items().len())
    )];
    parts.extend(not_done(&run.tally));
    parts.join(" · ")
}

/// A certificate of a batch, whole.
pub fn item(cx: &Context<'_>, run: &BatchState, item: &Item) -> Prose {
    let mut page = Prose::default();
    page.fact_if("Device", cx.device(item.id).map(visible));
    page.fact("ID", item.id.to_string());
    let (role, line) = item_line(item);
    page.labelled("State", role, line);
    if matches!(item.outcome, Some(RunOutcome::Stopped(_))) && !item.steps.is_empty() {
        page.fact("So far", item_so_far(item));
    }
    if let Some(time) = item.time(cx.now) {
        let label = if item.ended.is_some() {
            "Took"
        } else {
            "Running"
        };
        page.fact(label, took(time));
    }
    if run.tally.is_open(item) {
        let options = cx.key(Command::ItemOptions);
        page.text(
            Role::Plain,
            format!("The journal has it open: {options} on its row resumes it, puts it back or leaves it as is."),
        );
    }
    page.gap();
    page.text(Role::Heading, "Steps");
    if item.steps.is_empty() {
        page.text(Role::Quiet, "Not known.");
    }
    let columns = usize::from(within_border(reader_area(cx.areas.body)).width);
    timeline(run, item, cx.now, columns, &mut page);
    if let Some(failure) = item.failure.as_deref().filter(|_| item.can_retry()) {
        page.gap();
        failure_text(&mut page, failure, cx.session.signing());
    }
    page
}

/// What is said of a certificate that was handed over.
pub fn handed_over(cx: &Context<'_>, page: &mut Prose) {
    let copy = cx.key(Command::CopyText);
    page.text(
        Role::Plain,
        format!(
            "Its device is allowed there what its policies say. It has to be told the endpoint there: {copy} copies a \
             note. The way back is a hand-over in the other direction."
        ),
    );
}

/// What is said of a certificate that was offered.
pub fn offered(cx: &Context<'_>, page: &mut Prose) {
    let copy = cx.key(Command::CopyText);
    page.text(
        Role::Plain,
        format!(
            "It is theirs once they accept it; until then, Revoke transfer takes it back. AWS does \
             not tell them: {copy} copies a note."
        ),
    );
}
