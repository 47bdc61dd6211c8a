//! `certferry list`, `inbox` and `outbox`: the certificates of an account, and its transfers.

use serde_json::{Value, json};

use crate::{
    cli::{
        arguments::Looking,
        commands::show::time_json,
        error::Error,
        front::{
            choose::{Besides, Chosen, ChosenFor, choose, say_accounting},
            ended::{Ended, SOME_FAILED},
            known::FleetRow,
            open::Front,
            output::Output,
        },
    },
    domain::{ConsoleStatus, text::visible, words::moments::age},
};

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Listed {
    /// All certificates.
    All,
    /// What is offered to the account.
    Inbox,
    /// What the account offers.
    Outbox,
}

impl Listed {
    fn takes(self, row: &FleetRow) -> bool {
        match self {
            Self::All => true,
            Self::Inbox => row.status == ConsoleStatus::PendingTransfer,
            Self::Outbox => row.status == ConsoleStatus::Transferred,
        }
    }
}

/// Lists certificates.
///
/// # Errors
///
/// Why they cannot be listed.
pub(in crate::cli) async fn run(what: Listed, looking: &Looking) -> Result<Ended, Error> {
    let out = Output::new(looking.saying.json);
    let mut front = Front::open(&looking.connecting, out).await?;
    let besides = match what {
        Listed::Inbox => Besides::Senders,
        Listed::All | Listed::Outbox => Besides::Nothing,
    };
    let chosen = Box::pin(choose(
        &mut front,
        &looking.meant,
        besides,
        ChosenFor::Looking,
    ))
    .await?;
    let missing = say_accounting(&front, &chosen);
    if let (Listed::Outbox, Some(failure)) = (what, chosen.fleet.outgoing_unknown()) {
        return Err(front.failed(failure));
    }
    let incomplete = missing > 0 || chosen.fleet.outgoing_unknown().is_some();
    let now = crate::domain::timestamp(std::time::SystemTime::now());
    for id in &chosen.ids {
        let Some(row) = chosen.fleet.get(*id).filter(|row| what.takes(row)) else {
            continue;
        };
        out.json("certificate", row_json(row, &chosen));
        out.words(&line(&front, row, &chosen, now));
    }
    front.close().await;
    Ok(if incomplete {
        Ended::with(SOME_FAILED)
    } else {
        Ended::well()
    })
}

fn line(front: &Front, row: &FleetRow, chosen: &Chosen, now: crate::domain::Timestamp) -> String {
    let book = &front.config.accounts;
    let mut said = vec![row.id.to_string(), format!("{:18}", row.status.label())];
    let created = row.created.map(|at| at.date().to_string());
    said.push(format!("{:10}", created.unwrap_or_default()));
    if let Some(name) = chosen.device(row.id) {
        said.push(visible(name).into_owned());
    }
    let since = row.started.map(|at| format!(", {}", age(at, now)));
    let since = since.unwrap_or_default();
    match (row.to, row.from) {
        (Some(to), _) => said.push(format!("to {}{since}", book.describe(to))),
        (None, Some(from)) => said.push(format!("from {}{since}", book.describe(from))),
        (None, None) => {}
    }
    if let Some(message) = &row.message {
        said.push(format!("\"{}\"", visible(message)));
    }
    said.join("  ").trim_end().to_owned()
}

fn row_json(row: &FleetRow, chosen: &Chosen) -> Value {
    json!({
        "id": row.id.to_string(),
        "status": row.status.label(),
        "thing": chosen.things.get(&row.id),
        "device": chosen.device(row.id),
        "created": row.created.map(time_json),
        "to": row.to.map(|it| it.to_string()),
        "from": row.from.map(|it| it.to_string()),
        "started": row.started.map(time_json),
        "message": row.message,
    })
}
