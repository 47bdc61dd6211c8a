//! What the page says of runs.

use crate::{
    domain::{
        AccountBook, CertificateStatus, Purpose, Record, RunState,
        text::{counted_attachments, visible},
    },
    tui::{
        known::context::Context,
        text::{
            moments::moment,
            prose::{Prose, Role},
            words::{holder, outcome, purpose, step_line},
        },
    },
};

/// Whether a run matches every word: a part of its id, of a thing's or a policy's name, of an account's number
/// or name, of what it was for or of how it ended.
pub fn matches(run: &Record, typed: &str, book: &AccountBook) -> bool {
    let typed = typed.to_lowercase();
    let mut words = typed.split_whitespace().peekable();
    if words.peek().is_none() {
        return true;
    }
    let before = &run.before;
    let mut texts = vec![
        before.certificate.to_string(),
        before.place.region.clone(),
        purpose(run),
        outcome(run).to_owned(),
    ];
    for account in [Some(before.place.account), run.recipient()]
        .into_iter()
        .flatten()
    {
        texts.extend([account.to_string(), book.describe(account)]);
    }
    texts.extend(before.things.iter().map(|thing| thing.name.clone()));
    texts.extend(before.policies.iter().cloned());
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    words.all(|word| texts.iter().any(|text| text.contains(word)))
}

/// A run in a row.
pub fn row(cx: &Context<'_>, run: &Record) -> (Role, String) {
    let book = &cx.setup.config.accounts;
    let role = match run.state {
        RunState::Done | RunState::PutBack => Role::Plain,
        RunState::LeftAsIs => Role::Quiet,
        RunState::Unfinished => Role::Todo,
        RunState::Stopped => Role::Bad,
    };
    let to = run.recipient().map_or_else(String::new, |to| {
        format!(" to {}", visible(&book.describe(to)))
    });
    let took = counted_attachments(run.before.policies.len(), run.before.things.len());
    let took = took.map_or_else(String::new, |took| format!(" · {took}"));
    let here = book.describe(run.before.place.account);
    let text = format!(
        "{} · {}{to}{took} · in {}",
        outcome(run),
        purpose(run),
        visible(&here)
    );
    (role, text)
}

/// Everything of a run, and what cannot be undone of it.
pub fn detail(cx: &Context<'_>, run: &Record) -> Prose {
    let mut page = Prose::default();
    let (book, before) = (&cx.setup.config.accounts, &run.before);
    page.fact("ID", before.certificate.to_string());
    page.fact("What", purpose(run));
    page.fact("Outcome", outcome(run));
    let place = format!(
        "{}, {}",
        book.describe(before.place.account),
        before.place.region
    );
    page.fact("In", visible(&place));
    page.fact_if(
        "To",
        run.recipient()
            .map(|to| visible(&book.describe(to)).into_owned()),
    );
    page.fact("Began", moment(run.began));
    page.fact_if("Ended", run.ended.map(moment));
    page.fact_if("At work", run.holder.as_ref().map(|it| holder(it, cx.now)));
    page.gap();
    page.text(Role::Heading, "What it found");
    let status = match before.status {
        CertificateStatus::Active => "active",
        CertificateStatus::Inactive => "inactive",
        _ => "neither active nor inactive",
    };
    page.fact("Status", status);
    let names = |names: Vec<&str>| {
        let names: Vec<_> = names.into_iter().map(visible).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    page.fact(
        "Policies",
        names(before.policies.iter().map(String::as_str).collect()),
    );
    let things = before.things.iter().map(|thing| thing.name.as_str());
    page.fact("Things", names(things.collect()));
    page.gap();
    page.text(Role::Heading, "Steps");
    for known in &run.steps {
        let (role, text) = step_line(&known.step, &known.state);
        page.text(role, text);
    }
    page.gap();
    page.text(Role::Heading, "What can be undone");
    page.text(Role::Plain, undoing(run));
    page
}

/// What AWS and the journal can undo of a run.
fn undoing(run: &Record) -> &'static str {
    match run.purpose {
        Purpose::FinalChange => {
            "Nothing: it was for ever. `certferry pem` prints the certificate, with which it can be registered again."
        }
        Purpose::SetUp { .. } => {
            "Once it has accepted, AWS has no way back but a transfer in the other direction: Hand over back does that. What \
             it created stays, until Remove what it created deletes what nothing uses."
        }
        Purpose::PutBack { .. } => {
            "It gave back what a run had taken. The certificate can be prepared and transferred anew."
        }
        Purpose::PrepareAndTransfer => {
            "Until the recipient accepts: Put back revokes the transfer and attaches everything again. After \
             that AWS has no way back: the recipient has to transfer it, and what was attached is put back here \
             once it was accepted again. Devices that were disconnected meanwhile stay so until it is active."
        }
    }
}
