//! What the dialogs say that only ask: nothing is typed in them.

use crate::{
    domain::{
        CertificateId, Held, Life, Mutation,
        text::{counted, visible},
    },
    tui::{App, keymap::Command, page::Role, pages},
};

use super::{FormText, transfer::listed};

/// How many certificates are named one by one.
const NAMED: usize = 3;

/// What quitting stops.
pub(super) fn quit(app: &App) -> FormText {
    let running = app.batches.iter().filter(|run| run.ended.is_none());
    let mut intro: Vec<String> = running
        .map(|run| {
            let (over, all) = (run.over(), run.items.len());
            let procedure = pages::procedure_label(&run.procedure);
            format!(
                "{procedure} in {}: {over} of {all} are over.",
                run.place.words
            )
        })
        .collect();
    let outlook = if intro.is_empty() {
        intro.push("Nothing is under way any more.".to_owned());
        Vec::new()
    } else {
        let text = "Quitting stops after the calls in flight. What is on its way then is in the \
                    journal, and the next start offers to resume it or to put it back.";
        vec![(Role::Plain, text.to_owned())]
    };
    FormText {
        title: "Quit".to_owned(),
        intro,
        remarks: Vec::new(),
        outlook,
        cancel: "Keep running",
        confirm: "Stop and quit",
        problem: None,
    }
}

/// What is taken, and from whom.
pub(super) fn take_over(app: &App, held: &Held) -> FormText {
    let mut what = Vec::new();
    match held.runs.as_slice() {
        [] => {}
        runs => {
            let first: Vec<String> = runs.iter().take(NAMED).map(CertificateId::short).collect();
            let more = match runs.len().saturating_sub(first.len()) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            what.push(format!("what is begun with {}{more}", first.join(", ")));
        }
    }
    if held.not_begun > 0 {
        let n = counted(held.not_begun, "certificate", "certificates");
        what.push(format!("{n} not begun"));
    }
    let life = match held.holder.life {
        Life::Gone => {
            "There is no such process any more, but its lock is still there: the server of a \
             network's file system can keep the lock of a computer that was switched off."
        }
        Life::Alive | Life::Unknown => {
            "Whether it is alive cannot be seen from here. Look there first, if you can."
        }
    };
    let then = "Changes nothing in AWS: its runs, at other places too, are unfinished then, to resume \
                or to put back. If that process is alive after all, it stops before its next step; what it has just \
                sent may still arrive.";
    FormText {
        title: "Take over".to_owned(),
        intro: vec![
            format!("Takes over {}.", what.join(", and ")),
            format!("Held by {}.", pages::holder(&held.holder, app.now)),
        ],
        remarks: Vec::new(),
        outlook: vec![(Role::Bad, life.to_owned()), (Role::Plain, then.to_owned())],
        cancel: "Let it work",
        confirm: "Take it over",
        problem: None,
    }
}

/// The dialog of a change that can be undone.
pub(super) fn confirm(app: &App, mutation: &Mutation) -> FormText {
    let id = mutation.certificate();
    let short = id.short();
    let place = app.place();
    let mut outlook = Vec::new();
    let (intro, cancel, confirm): (Vec<String>, _, _) = match mutation {
        Mutation::Activate(_) => (
            vec![
                format!("Activates {short} in {place}."),
                "Devices can connect with it again.".to_owned(),
            ],
            "Cancel",
            "Activate",
        ),
        Mutation::Deactivate(_) => {
            outlook = things_of(app, id);
            (
                vec![
                    format!("Deactivates {short} in {place}."),
                    "Devices using it are disconnected within a few minutes and cannot connect \
                     until it is activated again."
                        .to_owned(),
                ],
                "Keep active",
                "Deactivate",
            )
        }
        Mutation::DetachPolicy { policy, .. } => (
            vec![
                format!(
                    "Detaches the policy {} from {short} in {place}.",
                    visible(policy)
                ),
                "Devices using the certificate lose what the policy allows.".to_owned(),
            ],
            "Keep attached",
            "Detach",
        ),
        Mutation::DetachThing { thing, .. } => (
            vec![
                format!(
                    "Detaches the thing {} from {short} in {place}.",
                    visible(thing)
                ),
                "AWS takes some seconds for it.".to_owned(),
            ],
            "Keep attached",
            "Detach",
        ),
        Mutation::Accept { activate, .. } => (
            vec![
                format!("Takes {short} into {place}."),
                format!("Offered by {}, {}.", sender(app, id), since(app, id)),
                if *activate {
                    "It is activated at once. It has no policies and no things here yet.".to_owned()
                } else {
                    "It arrives inactive, with no policies and no things. Activate it before use."
                        .to_owned()
                },
                "Once accepted, the transfer cannot be taken back by its sender.".to_owned(),
            ],
            "Not now",
            if *activate {
                "Accept and activate"
            } else {
                "Accept"
            },
        ),
        Mutation::CancelTransfer(_) => {
            outlook.extend(stays_bare(app, id));
            (taken_back(app, id), "Keep transfer", "Revoke transfer")
        }
        Mutation::AttachPolicy { policy: name, .. } | Mutation::AttachThing { thing: name, .. } => {
            (
                vec![format!(
                    "{} {} to {short} in {place}.",
                    mutation.title(),
                    visible(name)
                )],
                "Cancel",
                "Attach",
            )
        }
        Mutation::Revoke(_) | Mutation::Transfer { .. } | Mutation::Reject { .. } => (
            vec![format!("{} {short} in {place}.", mutation.title())],
            "Cancel",
            mutation.title(),
        ),
    };
    FormText {
        title: format!("{} {short}", mutation.title()),
        intro,
        remarks: Vec::new(),
        outlook,
        cancel,
        confirm,
        problem: None,
    }
}

/// What it means to take an offer back.
fn taken_back(app: &App, id: CertificateId) -> Vec<String> {
    let to = app.list.outgoing(id).and_then(|transfer| transfer.to);
    let to = to.map_or_else(
        || "the recipient".to_owned(),
        |to| app.setup.book.describe(to),
    );
    vec![
        format!(
            "Cancels the transfer of {} to {to}, {}.",
            id.short(),
            since(app, id)
        ),
        format!("The certificate comes back to {} as Inactive.", app.place()),
        "It is not revoked: this is not the irreversible Revoke.".to_owned(),
    ]
}

/// What an offer that is only taken back leaves undone, when the journal knows of it.
fn stays_bare(app: &App, id: CertificateId) -> Option<(Role, String)> {
    let key = app.setup.keymap.key(Command::PutBack);
    let text = format!(
        "It stays without what was detached from it. Put back ({key} in the Actions) takes the offer \
         back, too, and attaches all of that again."
    );
    app.list.was_offered(id).then_some((Role::Bad, text))
}

/// Who offers a certificate; one that is in no account book is said to be unknown.
pub(super) fn sender(app: &App, id: CertificateId) -> String {
    match app.shown(id).party {
        Some(from) if app.setup.book.name(from).is_some() => app.setup.book.describe(from),
        Some(from) => format!("{} (unknown account)", from.grouped()),
        None => "a sender that is not known yet".to_owned(),
    }
}

/// When a transfer was started.
pub(super) fn since(app: &App, id: CertificateId) -> String {
    match app.shown(id).started {
        Some(at) => format!("since {}", pages::moment(at)),
        None => "its date is not known yet".to_owned(),
    }
}

/// Which things use the certificate, as far as that is known.
pub(super) fn things_of(app: &App, id: CertificateId) -> Vec<(Role, String)> {
    let details = app.details.as_ref().filter(|details| details.id == id);
    let Some(things) = details.and_then(|details| details.things.value()) else {
        return vec![(
            Role::Quiet,
            "Its things are not known here: see its details.".to_owned(),
        )];
    };
    if things.is_empty() {
        return vec![(Role::Quiet, "No things are attached to it.".to_owned())];
    }
    let names: Vec<String> = things.iter().map(|thing| thing.name.clone()).collect();
    vec![(
        Role::Bad,
        format!("Things that use it: {}.", listed(&names)),
    )]
}
