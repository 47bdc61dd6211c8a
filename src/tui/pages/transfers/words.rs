//! What the page says.

use strum::IntoEnumIterator as _;

use crate::{
    domain::{AccountId, CertificateId, ConsoleStatus, Timestamp, text::visible},
    tui::{
        known::context::Context,
        pages::transfers::state::{Folder, TransfersView},
        text::{
            moments::{age, moment},
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

/// A row of the page.
pub fn row(cx: &Context<'_>, view: &TransfersView, n: usize, id: CertificateId) -> (Role, String) {
    if view.folder == Folder::Reports {
        let report = cx.reports.iter().rev().nth(n);
        return report.map_or((Role::Quiet, String::new()), |it| {
            (Role::Plain, format!("{}  {}", moment(it.at), it.text))
        });
    }
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
            (Role::Bad, text)
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
    let age = started.map_or_else(|| "…".to_owned(), |at| age(at, cx.now));
    let message = message.map_or_else(String::new, |text| format!("  {}", visible(text)));
    if parked {
        let text = format!("{preposition} {party}, ! {age}: parked{message}");
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
    let rows = view.rows(cx).into_iter().enumerate();
    let lines = rows.map(|(n, id)| format!("{id}  {}\n", row(cx, view, n, id).1));
    lines.collect()
}
