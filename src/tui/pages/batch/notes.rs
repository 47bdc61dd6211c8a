//! Notes for those at the other end, whom AWS tells nothing: of one certificate, or of all of a batch.

use std::collections::BTreeMap;

use crate::{
    domain::{
        AccountId, CertificateId, ConsoleStatus, Item, Procedure, Standing, quote,
        text::{counted, visible},
    },
    tui::{known::context::Context, pages::batch::state::BatchState},
};

/// What the recipient of a transfer needs to know.
pub fn note(cx: &Context<'_>, id: CertificateId) -> String {
    let (from, region, to) = between(cx, recipient(cx, id));
    let message = message(cx, id);
    format!(
        "AWS account {from} offers you an AWS IoT certificate in region {shown}, for {to}.\n\
         Certificate id: {id}{message}\n\
         To accept it: aws iot accept-certificate-transfer --certificate-id {id} --region {typed}\n\
         To reject it: aws iot reject-certificate-transfer --certificate-id {id} --region {typed}\n\
         Once accepted it is inactive and has no policies and no things: attach your own, then \
         activate it.",
        shown = visible(region),
        typed = quote(region),
    )
}

/// What the owner of a device needs to know whose certificate was handed over: nothing tells the device.
pub fn note_for_owner(cx: &Context<'_>, run: &BatchState, id: CertificateId) -> String {
    let accounts = &cx.setup.config.accounts;
    let (here, there) = (&run.place, run.beside.as_ref().unwrap_or(&run.place));
    format!(
        "The certificate {id} is now in AWS account {}, region {}; it was in {}.\n\
         Its device keeps its certificate and key, and has to connect to another endpoint:\n\
         Endpoint: {}",
        accounts.describe(there.place.account),
        visible(&there.place.region),
        accounts.describe(here.place.account),
        endpoint_there(cx, run),
    )
}

/// The certificates of a batch that a note is about: those that it offered or handed over from the side on the screen.
pub fn noted<'a>(
    cx: &'a Context<'_>,
    run: &'a BatchState,
) -> impl Iterator<Item = &'a Item> + use<'a> {
    let gives = run.tally.procedure.recipient().is_some();
    let here = cx.is_here(&run.place.place);
    let resumed = run.tally.procedure == Procedure::Resume;
    let offered =
        move |item: &&Item| gives || (resumed && cx.status(item.id) == ConsoleStatus::Transferred);
    let done = |item: &&Item| item.standing() == Standing::Done;
    let items = run.tally.items().iter();
    items.filter(move |item| here && done(item) && offered(item))
}

/// One note for all certificates of a batch that were offered or handed over, by recipient and message; `None`
/// when there are none.
pub fn note_for_all(cx: &Context<'_>, run: &BatchState) -> Option<String> {
    let ids: Vec<CertificateId> = noted(cx, run).map(|item| item.id).collect();
    match ids.as_slice() {
        [] => None,
        [one] if run.hands_over() => Some(note_for_owner(cx, run, *one)),
        [one] => Some(note(cx, *one)),
        several if run.hands_over() => Some(for_owners(cx, run, several)),
        several => Some(for_recipients(cx, run, several)),
    }
}

fn for_recipients(cx: &Context<'_>, run: &BatchState, ids: &[CertificateId]) -> String {
    // What was gone on with may have been offered with another message.
    let mut of: BTreeMap<(Option<AccountId>, String), Vec<CertificateId>> = BTreeMap::new();
    for id in ids {
        let to = recipient(cx, *id).or(run.tally.procedure.recipient());
        of.entry((to, message(cx, *id))).or_default().push(*id);
    }
    let notes = of.into_iter().map(|((to, message), ids)| {
        let (from, region, to) = between(cx, to);
        let lines: Vec<String> = ids.iter().map(|id| format!("  {id}")).collect();
        let typed = quote(region);
        let accept = format!(
            "for id in \\\n{}\ndo aws iot accept-certificate-transfer --certificate-id \"$id\" --region {typed}; done",
            lines.join(" \\\n")
        );
        format!(
            "AWS account {from} offers you {count} in region {shown}, for {to}.{message}\n\
             {devices}\n\
             To accept them:\n{accept}\n\
             To reject some: aws iot reject-certificate-transfer --certificate-id ID --region {typed}\n\
             Once accepted they are inactive and have no policies and no things: attach your own, then activate them.",
            shown = visible(region),
            count = counted(ids.len(), "AWS IoT certificate", "AWS IoT certificates"),
            devices = listed(cx, &ids),
        )
    });
    let notes: Vec<String> = notes.collect();
    notes.join("\n\n")
}

fn for_owners(cx: &Context<'_>, run: &BatchState, ids: &[CertificateId]) -> String {
    let accounts = &cx.setup.config.accounts;
    let (here, there) = (&run.place, run.beside.as_ref().unwrap_or(&run.place));
    format!(
        "{} are now in AWS account {}, region {}; they were in {}.\n\
         {}\n\
         Their devices keep certificate and key, and have to connect to another endpoint:\n\
         Endpoint: {}",
        counted(ids.len(), "certificate", "certificates"),
        accounts.describe(there.place.account),
        visible(&there.place.region),
        accounts.describe(here.place.account),
        listed(cx, ids),
        endpoint_there(cx, run),
    )
}

/// The certificates, each in a line with its device, where that is known.
fn listed(cx: &Context<'_>, ids: &[CertificateId]) -> String {
    let lines = ids.iter().map(|id| match cx.device(*id) {
        Some(device) => format!("  {id}  {}", visible(device)),
        None => format!("  {id}"),
    });
    let lines: Vec<String> = lines.collect();
    lines.join("\n")
}

fn recipient(cx: &Context<'_>, id: CertificateId) -> Option<AccountId> {
    cx.list.outgoing(id)?.to
}

/// The message that the recipient was given, on a line of its own.
fn message(cx: &Context<'_>, id: CertificateId) -> String {
    let message = cx.list.outgoing(id).and_then(|it| it.message.as_deref());
    message.map_or_else(String::new, |it| format!("\nMessage: {}", visible(it)))
}

/// From whom, in which region, to whom.
fn between<'a>(cx: &Context<'a>, to: Option<AccountId>) -> (String, &'a str, String) {
    let accounts = &cx.setup.config.accounts;
    let from = cx.session.account();
    let from = from.map_or_else(|| "another account".to_owned(), |it| accounts.describe(it));
    let to = to.map_or_else(|| "your account".to_owned(), |it| accounts.describe(it));
    (from, cx.session.region(), to)
}

/// The endpoint of the account that a batch handed over to, or the command that tells it.
fn endpoint_there(cx: &Context<'_>, run: &BatchState) -> String {
    let there = run.beside.as_ref().unwrap_or(&run.place);
    let sides = [cx.peer.and_then(|it| it.endpoint.as_ref()), cx.endpoint];
    let at = [cx.peer.and_then(|it| it.session.at()), cx.session.at()];
    let mut known = sides.into_iter().zip(at);
    let endpoint =
        known.find_map(|(endpoint, at)| endpoint.filter(|_| at.as_ref() == Some(&there.place)));
    match endpoint {
        Some(endpoint) => visible(endpoint).into_owned(),
        None => format!(
            "ask with: aws iot describe-endpoint --endpoint-type iot:Data-ATS --region {}",
            quote(&there.place.region)
        ),
    }
}
