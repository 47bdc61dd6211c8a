//! What is said of a batch: its certificates, their steps, its report.

use crate::{
    domain::{
        CertificateId, Item, RunOutcome, Standing,
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
