//! What is said of a batch: its certificates, their steps, its report.

use time::format_description::well_known::Rfc3339;

use crate::{
    domain::{
        AccountId, Action, Change, Holder, Procedure, Purpose, Record, Remark, RunOutcome,
        RunState, Step, StepState, Timestamp, text::visible,
    },
    tui::{
        App,
        batches::{BatchState, Item, Standing},
        page::{Page, Role},
    },
};

/// What a batch does, in a few words.
pub fn procedure_label(procedure: &Procedure) -> &'static str {
    Action::of_procedure(procedure).map_or("Change", Action::label)
}

/// What a batch does, and with what.
fn subject(run: &BatchState) -> String {
    let what = procedure_label(&run.procedure);
    match run.items.as_slice() {
        [one] => format!("{what} {}", one.id.short()),
        all => format!("{what} {} certificates", all.len()),
    }
}

/// What a batch does, with what, and for whom.
pub fn batch_title(app: &App, run: &BatchState) -> String {
    let what = subject(run);
    match recipient(&run.procedure) {
        Some(to) => format!("{what} to {}", app.setup.book.describe(to)),
        None => what,
    }
}

/// A batch among others: when it began and what it does; how far it came, and for whom.
pub fn batch_row(app: &App, run: &BatchState) -> (String, String) {
    let (hour, minute, second) = run.began.to_offset(time::UtcOffset::UTC).to_hms();
    let label = format!("{hour:02}:{minute:02}:{second:02}  {}", subject(run));
    let counts = counts(run);
    let remark = match recipient(&run.procedure) {
        Some(to) => format!("{counts} · to {}", app.setup.book.describe(to)),
        None => counts,
    };
    (label, remark)
}

/// To whom a batch transfers.
pub fn recipient(procedure: &Procedure) -> Option<AccountId> {
    match procedure {
        Procedure::PrepareAndTransfer { to, .. }
        | Procedure::Change(Change::Transfer { to, .. }) => Some(*to),
        _ => None,
    }
}

/// `18 of 40 done · 2 failed`.
fn counts(run: &BatchState) -> String {
    let mut parts = vec![format!(
        "{} of {} done",
        run.count(Standing::Done),
        run.items.len()
    )];
    parts.extend(rest(run));
    parts.join(" · ")
}

/// What is over and not done: `2 failed`, `27 stopped`, `3 not begun`.
pub fn rest(run: &BatchState) -> Vec<String> {
    let counts = [
        (Standing::Failed, "failed"),
        (Standing::Stopped, "stopped"),
        (Standing::NotBegun, "not begun"),
    ];
    let counts = counts.map(|(standing, what)| (run.count(standing), what));
    (counts.into_iter())
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect()
}

/// How a run of the journal stands, in a few words.
pub fn standing(record: &Record) -> String {
    let what = match record.purpose {
        Purpose::PrepareAndTransfer => "prepare and transfer",
        Purpose::PutBack { .. } => "put back",
    };
    let settled = record
        .steps
        .iter()
        .filter(|step| step.state.is_over())
        .count();
    let how = match record.state {
        RunState::Unfinished if record.claimed => "under way",
        RunState::Unfinished => "cut off",
        RunState::Stopped => "stopped",
        RunState::Done => "done",
        RunState::PutBack => "put back",
        RunState::LeftAsIs => "left as it is",
    };
    format!(
        "{what}: {how} after {settled} of {} steps",
        record.steps.len()
    )
}

/// Who works on a run, and since when.
pub fn holder(holder: &Holder, now: Timestamp) -> String {
    let process = match holder.process {
        Some(process) => format!("process {process}"),
        None => "a process".to_owned(),
    };
    let host = match &holder.host {
        Some(host) => visible(host),
        None => "a computer that is not named".into(),
    };
    let since = match holder.since {
        Some(since) => {
            let age = super::age(since, now);
            format!(", since {} ({age})", super::as_of(since, now))
        }
        None => String::new(),
    };
    format!("{process} on {host}{since}")
}

/// One step in words.
pub fn step(step: &Step) -> String {
    match step {
        Step::Change(change) => match change {
            Change::Activate => "activate".to_owned(),
            Change::Deactivate => "deactivate".to_owned(),
            Change::Revoke => "revoke for ever".to_owned(),
            Change::Detach(it) => format!("detach {} {}", it.word(), visible(it.name())),
            Change::Attach(it) => format!("attach {} {}", it.word(), visible(it.name())),
            Change::Transfer { to, .. } => format!("transfer to {}", to.grouped()),
            Change::CancelTransfer => "take the offer back".to_owned(),
            Change::Accept { activate: false } => "accept".to_owned(),
            Change::Accept { activate: true } => "accept and activate".to_owned(),
            Change::Reject { .. } => "reject".to_owned(),
        },
        Step::AwaitDetached => "wait until nothing is attached".to_owned(),
        Step::Confirm { .. } => "see it among the outgoing transfers".to_owned(),
        Step::AwaitLists => "wait until AWS's lists have settled".to_owned(),
        Step::SeeAttached => "see all of it attached".to_owned(),
    }
}

/// What stays otherwise than it was.
pub fn remark(remark: &Remark) -> String {
    match remark {
        Remark::PolicyGone(name) => format!("policy {} does not exist any more", visible(name)),
        Remark::PolicyChanged { name, was, is } => {
            let versions = match (was, is) {
                (Some(was), Some(is)) if was != is => {
                    format!(" (version {} then, {} now)", visible(was), visible(is))
                }
                _ => String::new(),
            };
            let name = visible(name);
            format!("policy {name} says something else than it did{versions}")
        }
        Remark::ThingGone(name) => format!("thing {} does not exist any more", visible(name)),
        Remark::ThingHeldOtherwise(was, _) => {
            format!(
                "thing {} is attached, but otherwise than it was",
                visible(&was.name)
            )
        }
        Remark::ActiveNow => "it was inactive and is active now: left active".to_owned(),
        Remark::StatusNotRestorable(_) => "its former status cannot be given back".to_owned(),
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
            let at = item
                .steps
                .iter()
                .find(|(_, state)| matches!(state, StepState::Failed(..)));
            let at = at.map_or_else(String::new, |(planned, _)| {
                format!("{}: ", step(&planned.step))
            });
            (Role::Bad, format!("✗ {at}{}", visible(&failure.text)))
        }
        Some(RunOutcome::Cancelled { begun: true }) => {
            (Role::Bad, "✗ stopped on the way".to_owned())
        }
        Some(RunOutcome::Cancelled { begun: false }) => (Role::Quiet, "  not begun".to_owned()),
        None => {
            if let Some(waiting) = &item.waiting {
                return (Role::Plain, format!("… waiting for {}", visible(waiting)));
            }
            let settled = item
                .steps
                .iter()
                .filter(|(_, state)| state.is_over())
                .count();
            let begun = item
                .steps
                .iter()
                .find(|(_, state)| matches!(state, StepState::Begun(_)));
            match begun {
                Some((planned, _)) => (
                    Role::Plain,
                    format!(
                        "… {settled} of {}: {}",
                        item.steps.len(),
                        step(&planned.step)
                    ),
                ),
                None if item.sent && item.steps.is_empty() => {
                    (Role::Plain, "… waiting for AWS".to_owned())
                }
                None if item.steps.is_empty() => (Role::Quiet, "  waiting".to_owned()),
                None => (Role::Plain, format!("… {settled} of {}", item.steps.len())),
            }
        }
    }
}

/// The steps of a certificate, ticked off.
pub fn steps(item: &Item, page: &mut Page) {
    // A plan is made from what was seen, and is in the journal before it is reported.
    if !item.steps.is_empty() {
        let seen = "✓ describe it, list what is attached, write it down";
        page.text(Role::Good, seen);
    }
    for (planned, state) in &item.steps {
        let (role, mark, why) = match state {
            StepState::Planned => (Role::Quiet, " ", String::new()),
            StepState::Begun(_) => (Role::Plain, "…", String::new()),
            StepState::Done(_) => (Role::Good, "✓", String::new()),
            StepState::Gone(_) => (Role::Quiet, "–", ": does not exist any more".to_owned()),
            StepState::Failed(_, failure) => {
                let doubt = if failure.ambiguous {
                    " (it may have been done)"
                } else {
                    ""
                };
                (
                    Role::Bad,
                    "✗",
                    format!(": {}{doubt}", visible(&failure.text)),
                )
            }
        };
        page.text(role, format!("{mark} {}{why}", step(&planned.step)));
    }
    for what in &item.remarks {
        page.text(Role::Bad, format!("! {}", remark(what)));
    }
}

/// A certificate of a batch, whole.
pub(super) fn item(app: &App, run: &BatchState, item: &Item) -> Page {
    let mut page = Page::default();
    page.fact("ID", item.id.to_string());
    let (role, line) = item_line(item);
    page.labelled("State", role, line);
    if run.is_open(item) {
        let options = app
            .setup
            .keymap
            .key(crate::tui::keymap::Command::ItemOptions);
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
    steps(item, &mut page);
    page
}

/// The outcome as CSV (RFC 4180), a row a certificate.
pub fn csv(run: &BatchState) -> String {
    let mut table = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut write = |fields: [&str; 8]| {
        // Writing to memory cannot fail, and every row has as many fields.
        let _ = table.write_record(fields.map(csv_field));
    };
    write([
        "certificate_id",
        "account",
        "region",
        "began",
        "action",
        "recipient",
        "outcome",
        "detail",
    ]);
    let account = run.place.place.account.to_string();
    let began = run.began.format(&Rfc3339).unwrap_or_default();
    let to = recipient(&run.procedure).map_or_else(String::new, |to| to.to_string());
    for item in &run.items {
        let (outcome, detail) = match &item.outcome {
            Some(RunOutcome::Done) => {
                let remarks: Vec<String> = item.remarks.iter().map(remark).collect();
                ("done", remarks.join("; "))
            }
            Some(RunOutcome::Refused(why)) => ("refused", why.to_string()),
            Some(RunOutcome::Stopped(_)) => ("stopped", item_line(item).1),
            Some(RunOutcome::Cancelled { begun: true }) => ("cancelled", "begun".to_owned()),
            Some(RunOutcome::Cancelled { begun: false }) => ("cancelled", "not begun".to_owned()),
            None if run.ended.is_some() => ("not begun", String::new()),
            None => ("running", String::new()),
        };
        write([
            &item.id.to_string(),
            &account,
            &run.place.place.region,
            &began,
            procedure_label(&run.procedure),
            &to,
            outcome,
            &detail,
        ]);
    }
    let table = table.into_inner().unwrap_or_default();
    String::from_utf8(table).unwrap_or_default()
}

/// A field of a CSV file. What a spreadsheet would take for a formula gets a quote before it: also
/// behind what some of them take for the separator, whatever the quotes say.
fn csv_field(field: &str) -> String {
    let mut plain = String::new();
    let mut begins = true;
    for c in visible(field).chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@') {
            plain.push('\'');
        }
        begins = matches!(c, ',' | ';' | '|') || begins && c == ' ';
        plain.push(c);
    }
    plain
}

/// A moment as part of a file name: `20261124-101500`.
pub fn file_stamp(at: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}-{:02}{:02}{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Batch, CertificateId, FailureKind, Place, Progress, Reason, RequestId, StepFailure,
        },
        tui::batches::BatchPlace,
    };

    #[test]
    fn the_report_is_a_table_that_no_name_can_break() {
        let account = |digits| AccountId::parse(digits).unwrap();
        let ids = [1, 2, 3].map(|byte| CertificateId::from_bytes([byte; 32]));
        let place = BatchPlace {
            words: "here".to_owned(),
            place: Place::aws("us-east-1", account("111122223333")),
            profile: None,
            endpoint: None,
        };
        let batch = Batch {
            place: place.place.clone(),
            procedure: Procedure::PrepareAndTransfer {
                to: account("444455556666"),
                message: None,
            },
            certificates: ids.to_vec(),
            looks: Vec::new(),
            planned: Vec::new(),
            shown: Vec::new(),
        };
        let began = time::macros::datetime!(2026-11-24 10:15:00 UTC);
        let mut run = BatchState::new(RequestId(1), place, &batch, began);
        let ended = [
            RunOutcome::Done,
            RunOutcome::Refused(Reason::NotReady("=cmd(),\"x\"\r\n\u{1b}[2J".to_owned())),
            RunOutcome::Stopped(StepFailure {
                kind: FailureKind::Throttled,
                text: "throttled".to_owned(),
                ambiguous: false,
            }),
        ];
        for (id, outcome) in ids.into_iter().zip(ended) {
            run.report(Progress::Ended { id, outcome });
        }
        let start =
            r#""111122223333","us-east-1","2026-11-24T10:15:00Z","Start transfer","444455556666""#;
        let head = r#""certificate_id","account","region","began","action","recipient","outcome","detail""#;
        let [one, two, three] = ids;
        let wanted = [
            head.to_owned(),
            format!(r#""{one}",{start},"done","""#),
            format!(r#""{two}",{start},"refused","'=cmd(),""x""\r\n\x1b[2J""#),
            format!(r#""{three}",{start},"stopped","✗ throttled""#),
        ];
        assert_eq!(csv(&run), wanted.join("\r\n") + "\r\n");
    }

    #[test]
    fn no_cell_is_a_formula_whatever_separates_cells() {
        for (field, written) in [
            ("=1+2", "'=1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("+1", "'+1"),
            (" =1", " '=1"),
            ("a;=1", "a;'=1"),
            ("a, =1", "a, '=1"),
            ("a|-1", "a|'-1"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
            ("a - b = c", "a - b = c"),
            ("access denied (iot:X)", "access denied (iot:X)"),
        ] {
            assert_eq!(csv_field(field), written);
        }
    }
}
