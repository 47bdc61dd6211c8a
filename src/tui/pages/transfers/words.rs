//! What the page says.

use strum::IntoEnumIterator as _;

use crate::{
    domain::{AccountId, CertificateId, ConsoleStatus, Timestamp, text::visible},
    tui::{
        known::context::Context,
        pages::transfers::state::{Folder, TransferRow, TransfersView},
        text::{
            moments::{ago, moment},
            prose::Role,
        },
    },
};

/// From this age on an offer is parked: AWS IoT Device Defender reports what waits for long.
pub const PARKED_DAYS: i64 = 14;

/// `[Inbox 3]   Outbox 5   Reports 0`.
pub fn tabs(cx: &Context<'_>, view: &TransfersView) -> String {
    let count = |folder| match folder {
        Folder::Inbox => cx.list.incoming().len(),
        Folder::Outbox => {
            let (_, outgoing) = cx.list.in_transfer();
            outgoing.saturating_add(cx.list.returned().len())
        }
        Folder::Reports => cx.reports.len(),
    };
    let tab = |folder: Folder| {
        let label = match folder {
            Folder::Inbox => "Inbox",
            Folder::Outbox => "Outbox",
            Folder::Reports => "Reports",
        };
        let text = format!("{label} {}", count(folder));
        if folder == view.folder {
            format!("[{text}]")
        } else {
            format!(" {text} ")
        }
    };
    Folder::iter().map(tab).collect::<Vec<_>>().join(" ")
}

/// Why there is nothing in the part in sight.
pub fn nothing(view: &TransfersView) -> &'static str {
    match view.folder {
        Folder::Inbox => "Nothing is offered to this account.",
        Folder::Outbox => "This account offers nothing, and nothing came back.",
        Folder::Reports => "Nothing was reported yet.",
    }
}

/// A row of the page, and the certificate that it is about.
pub fn row(cx: &Context<'_>, row: TransferRow) -> (String, Role, String) {
    let id = row.certificate(cx);
    let (role, text) = match (row.report(cx), id) {
        (Some(it), _) => (Role::Plain, format!("{}  {}", moment(it.at), it.text)),
        (None, Some(id)) => certificate(cx, id),
        (None, None) => (Role::Quiet, String::new()),
    };
    (id.map_or_else(String::new, |id| id.short()), role, text)
}

/// A certificate in transfer, or one that came back.
fn certificate(cx: &Context<'_>, id: CertificateId) -> (Role, String) {
    let facts = cx.list.get(id);
    match facts.as_ref().map(|it| it.status) {
        Some(ConsoleStatus::PendingTransfer | ConsoleStatus::InTransfer) => {
            let (from, started) = facts.map_or((None, None), |it| (it.from, it.incoming_started));
            let message = cx.list.incoming_message(id);
            offer(cx, "from", from, started, message)
        }
        Some(ConsoleStatus::Transferred) => {
            let offered = cx.list.outgoing(id);
            let (to, started) = offered.map_or((None, None), |it| (it.to, it.started));
            let message = offered.and_then(|it| it.message.as_deref());
            offer(cx, "to", to, started, message)
        }
        _ => {
            let reason = facts.and_then(|it| it.rejected);
            let text = reason.map_or_else(
                || "came back".to_owned(),
                |reason| format!("came back, rejected: {}", visible(reason)),
            );
            (Role::Warn, text)
        }
    }
}

fn offer(
    cx: &Context<'_>,
    preposition: &str,
    party: Option<AccountId>,
    started: Option<Timestamp>,
    message: Option<&str>,
) -> (Role, String) {
    let party = party.map_or_else(
        || "another account".to_owned(),
        |party| cx.setup.config.accounts.describe(party),
    );
    let parked = started.is_some_and(|at| (cx.now - at).whole_days() >= PARKED_DAYS);
    let age = started.map_or_else(
        || "…".to_owned(),
        |at| format!("offered {}", ago(at, cx.now)),
    );
    let message = message.map_or_else(String::new, |text| format!("  {}", visible(text)));
    if parked {
        let text = format!("{preposition} {party}, ! {age}, parked{message}");
        (Role::Bad, text)
    } else {
        (
            Role::Plain,
            format!("{preposition} {party}, {age}{message}"),
        )
    }
}

/// The part in sight as a text, to be copied.
pub fn page(cx: &Context<'_>, view: &TransfersView) -> String {
    let lines = view.rows(cx).into_iter().map(|it| {
        let id = it.certificate(cx).map(|id| id.to_string());
        let (_, _, text) = row(cx, it);
        format!("{}  {text}\n", id.unwrap_or_default())
    });
    lines.collect()
}
