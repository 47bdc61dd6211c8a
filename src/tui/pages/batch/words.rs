//! What is said of a batch: its certificates, their steps, its report.

use crate::{
    domain::{CertificateId, Item, Remark, RunOutcome, Standing, StepState, text::visible},
    tui::{
        keymap::Command,
        known::context::Context,
        pages::batch::state::BatchState,
        text::{
            prose::{Prose, Role},
            words::{procedure_label, remark, step, step_line},
        },
    },
};

/// What a batch does, and with what.
fn subject(run: &BatchState) -> String {
    let what = procedure_label(&run.tally.procedure);
    match run.tally.items.as_slice() {
        [one] => format!("{what} {}", one.id.short()),
        all => format!("{what} {} certificates", all.len()),
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
        run.tally.count(Standing::Done),
        run.tally.items.len()
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
    let counts = counts.map(|(standing, what)| (run.tally.count(standing), what));
    (counts.into_iter())
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect()
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
            let over = item
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
                    format!("… {over} of {}: {}", item.steps.len(), step(&planned.step)),
                ),
                None if item.sent && item.steps.is_empty() => {
                    (Role::Plain, "… waiting for AWS".to_owned())
                }
                None if item.steps.is_empty() => (Role::Quiet, "  waiting".to_owned()),
                None => (Role::Plain, format!("… {over} of {}", item.steps.len())),
            }
        }
    }
}

/// The steps of a certificate, ticked off.
pub fn steps(run: &BatchState, item: &Item, page: &mut Prose) {
    // A plan is made from what was seen, and is in the journal before it is reported.
    if !item.steps.is_empty() {
        let seen = "✓ describe it, list what is attached, write it down";
        page.text(Role::Good, seen);
    }
    let mut before = None;
    for (planned, state) in &item.steps {
        let place = run.place_of_step(planned);
        if run.beside.is_some() && before != Some(planned.beside) {
            before = Some(planned.beside);
            page.text(Role::Heading, format!("In {}", visible(&place.words)));
        }
        let (role, text) = step_line(&planned.step, state);
        page.text(role, text);
    }
    for what in &item.remarks {
        page.text(Role::Bad, format!("! {}", remark(what)));
    }
}

/// A certificate of a batch, whole.
pub fn item(cx: &Context<'_>, run: &BatchState, item: &Item) -> Prose {
    let mut page = Prose::default();
    page.fact("ID", item.id.to_string());
    let (role, line) = item_line(item);
    page.labelled("State", role, line);
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
    steps(run, item, &mut page);
    page
}

/// What the recipient of a transfer needs to know: AWS tells them nothing.
pub fn note(cx: &Context<'_>, id: CertificateId) -> String {
    let from = cx.session.account();
    let from = from.map_or_else(
        || "another account".to_owned(),
        |a| cx.setup.config.accounts.describe(a),
    );
    let region = cx.session.region();
    let transfer = cx.list.outgoing(id);
    let to = transfer.and_then(|transfer| transfer.to);
    let to = to.map_or_else(
        || "your account".to_owned(),
        |a| cx.setup.config.accounts.describe(a),
    );
    let message = transfer
        .and_then(|transfer| transfer.message.as_deref())
        .map_or_else(String::new, |message| {
            format!("\nMessage: {}", visible(message))
        });
    format!(
        "AWS account {from} offers you an AWS IoT certificate in region {region}, for {to}.\n\
         Certificate id: {id}{message}\n\
         To accept it: aws iot accept-certificate-transfer --certificate-id {id} --region {region}\n\
         To reject it: aws iot reject-certificate-transfer --certificate-id {id} --region {region}\n\
         Once accepted it is inactive and has no policies and no things: attach your own, then \
         activate it."
    )
}

/// What the owner of a device needs to know whose certificate was handed over: nothing tells the device.
pub fn note_for_owner(cx: &Context<'_>, run: &BatchState, id: CertificateId) -> String {
    let (here, there) = (&run.place, run.beside.as_ref().unwrap_or(&run.place));
    let accounts = &cx.setup.config.accounts;
    let region = &there.place.region;
    let sides = [cx.peer.and_then(|it| it.endpoint.as_ref()), cx.endpoint];
    let at = [cx.peer.and_then(|it| it.session.at()), cx.session.at()];
    let mut known = sides.into_iter().zip(at);
    let endpoint =
        known.find_map(|(endpoint, at)| endpoint.filter(|_| at.as_ref() == Some(&there.place)));
    let endpoint = match endpoint {
        Some(endpoint) => visible(endpoint).into_owned(),
        None => format!(
            "ask with: aws iot describe-endpoint --endpoint-type iot:Data-ATS --region {region}"
        ),
    };
    format!(
        "The certificate {id} is now in AWS account {}, region {region}; it was in {}.\n\
         Its device keeps its certificate and key, and has to connect to another endpoint:\n\
         Endpoint: {endpoint}",
        accounts.describe(there.place.account),
        accounts.describe(here.place.account),
    )
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
