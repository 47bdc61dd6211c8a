//! A transfer operation whose answer was lost: AWS is asked what became of it, and the operation is
//! never sent again.
//!
//! What AWS shows right after a change may be what was before it, so "it was made" is believed at
//! once and "it was not made" only when it is seen again and again for a while. Where the
//! documentation leaves open what AWS shows, nothing is concluded.

use std::time::Duration;

use super::outgoing;
use crate::{
    aws::Connection,
    domain::{
        AccountId, CertificateId, CertificateStatus, Description, Done, Failure, FailureKind,
        Mutation, Timestamp, TransferData, as_new_as,
    },
};

/// How long to wait before each look: 15 seconds in all, for what spreads slowly inside AWS and for
/// a request that was still on its way when it was given up.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// How many looks must have shown that nothing was changed, the last one among them.
const ENOUGH: usize = 2;
/// How long all of it may take.
const LIMIT: Duration = Duration::from_mins(1);

/// What one look shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Made,
    NotMade,
    /// It could not be asked, or its answer allows either.
    Unclear,
}

/// What is known of the certificate's outgoing transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    /// It is offered to this account.
    To(Option<AccountId>),
    /// It is not in the list.
    Absent,
    /// The list could not be read, or is too long.
    Unknown,
}

/// What is known of the certificate itself.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Certificate {
    Described(Box<Description>),
    NotFound,
    Unknown,
}

/// Finds out whether a change was made that failed with `failure`. It was not sent before `since`.
///
/// # Errors
///
/// The failure of the change: no longer ambiguous when AWS shows that it was not made.
pub(super) async fn resolve(
    connection: &Connection,
    mutation: &Mutation,
    mut failure: Failure,
    since: Timestamp,
) -> Result<Done, Failure> {
    match ask(connection, mutation, since).await {
        Seen::Made => Ok(Done {
            request_id: failure.request_id,
            confirmed_afterwards: true,
        }),
        Seen::NotMade => {
            failure.ambiguous = false;
            failure.refuted = true;
            Err(failure)
        }
        Seen::Unclear => Err(failure),
    }
}

/// Asks AWS whether a change was made, for some seconds. It was not sent before `since`.
pub(super) async fn ask(connection: &Connection, mutation: &Mutation, since: Timestamp) -> Seen {
    let looked = tokio::time::timeout(LIMIT, look_repeatedly(connection, mutation, since)).await;
    looked.unwrap_or(Seen::Unclear)
}

/// Whether AWS does not list any more what was to be detached. It takes some seconds to do so.
pub(super) async fn is_detached(connection: &Connection, mutation: &Mutation) -> bool {
    let detaches = matches!(
        mutation,
        Mutation::DetachPolicy { .. } | Mutation::DetachThing { .. }
    );
    if !detaches {
        return false;
    }
    for pause in [Duration::ZERO].into_iter().chain(PAUSES) {
        tokio::time::sleep(pause).await;
        match listed(connection, mutation).await {
            Some(false) => return true,
            Some(true) => {}
            // Not even the certificate is there, or nobody can say.
            None => return false,
        }
    }
    false
}

/// Whether AWS shows now that a change was made that was sent at `since`.
pub(super) async fn was_made(
    connection: &Connection,
    mutation: &Mutation,
    since: Timestamp,
) -> bool {
    let status = |wanted| async move {
        let found = connection.describe(mutation.certificate()).await;
        found.is_ok_and(|found| found.status == wanted)
    };
    match mutation {
        Mutation::Activate(_) => status(CertificateStatus::Active).await,
        Mutation::Deactivate(_) => status(CertificateStatus::Inactive).await,
        Mutation::Revoke(_) => status(CertificateStatus::Revoked).await,
        Mutation::AttachPolicy { .. } | Mutation::AttachThing { .. } => {
            listed(connection, mutation).await == Some(true)
        }
        Mutation::DetachPolicy { .. } | Mutation::DetachThing { .. } => {
            listed(connection, mutation).await == Some(false)
        }
        Mutation::Transfer { .. }
        | Mutation::Accept { .. }
        | Mutation::Reject { .. }
        | Mutation::CancelTransfer(_) => look(connection, mutation, since).await == Seen::Made,
    }
}

/// Whether AWS lists what a change attaches or detaches; `None` when it cannot be asked, or not for
/// this change.
async fn listed(connection: &Connection, mutation: &Mutation) -> Option<bool> {
    match mutation {
        Mutation::AttachPolicy {
            certificate,
            policy,
        }
        | Mutation::DetachPolicy {
            certificate,
            policy,
        } => {
            let policies = connection.policies(certificate).await.ok()?;
            Some(policies.iter().any(|it| it.name == *policy))
        }
        Mutation::AttachThing {
            certificate, thing, ..
        }
        | Mutation::DetachThing { certificate, thing } => {
            let things = connection.things(certificate).await.ok()?;
            Some(things.iter().any(|it| it.name == *thing))
        }
        _ => None,
    }
}

async fn look_repeatedly(connection: &Connection, mutation: &Mutation, since: Timestamp) -> Seen {
    let mut unmade = 0_usize;
    let mut last = Seen::Unclear;
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        last = look(connection, mutation, since).await;
        match last {
            Seen::Made => return Seen::Made,
            Seen::NotMade => unmade = unmade.saturating_add(1),
            Seen::Unclear => {}
        }
    }
    if last == Seen::NotMade && unmade >= ENOUGH {
        Seen::NotMade
    } else {
        Seen::Unclear
    }
}

async fn look(connection: &Connection, mutation: &Mutation, since: Timestamp) -> Seen {
    match mutation {
        Mutation::Transfer { id, to, .. } => {
            let offer = offer(connection, *id).await;
            if let Some(seen) = offered(&offer, *to) {
                return seen;
            }
            transferred(&certificate(connection, *id).await, &offer, *to, since)
        }
        Mutation::Accept { id, activate } => {
            accepted(&certificate(connection, *id).await, *activate)
        }
        Mutation::Reject { id, .. } => rejected(&certificate(connection, *id).await),
        Mutation::CancelTransfer(id) => {
            let offer = offer(connection, *id).await;
            if let Offer::To(_) = offer {
                return Seen::NotMade;
            }
            cancelled(&certificate(connection, *id).await, &offer)
        }
        // The others can simply be sent again.
        Mutation::Activate(_)
        | Mutation::Deactivate(_)
        | Mutation::Revoke(_)
        | Mutation::AttachPolicy { .. }
        | Mutation::DetachPolicy { .. }
        | Mutation::AttachThing { .. }
        | Mutation::DetachThing { .. } => Seen::Unclear,
    }
}

async fn certificate(connection: &Connection, id: CertificateId) -> Certificate {
    match connection.describe(id).await {
        Ok(description) => Certificate::Described(Box::new(description)),
        Err(failure) if failure.kind == FailureKind::NotFound => Certificate::NotFound,
        Err(_) => Certificate::Unknown,
    }
}

async fn offer(connection: &Connection, id: CertificateId) -> Offer {
    match outgoing::find(connection, id).await {
        Ok(Some(row)) => Offer::To(row.to),
        Ok(None) => Offer::Absent,
        Err(_) => Offer::Unknown,
    }
}

/// A transfer, by the list of outgoing ones alone.
fn offered(offer: &Offer, to: AccountId) -> Option<Seen> {
    match offer {
        Offer::To(Some(account)) if *account == to => Some(Seen::Made),
        // Somebody else's transfer stands in the way of this one.
        Offer::To(Some(_)) => Some(Seen::NotMade),
        Offer::To(None) | Offer::Absent | Offer::Unknown => None,
    }
}

/// A transfer that the list of outgoing ones does not show.
fn transferred(certificate: &Certificate, offer: &Offer, to: AccountId, since: Timestamp) -> Seen {
    let Certificate::Described(description) = certificate else {
        // Not found: it may be the recipient's already.
        return Seen::Unclear;
    };
    match description.status {
        CertificateStatus::PendingTransfer if description.owner == Some(to) => Seen::Made,
        // An active certificate cannot be in transfer.
        CertificateStatus::Active => Seen::NotMade,
        // It may have been made, and rejected before anybody looked.
        CertificateStatus::Inactive
            if description
                .transfer
                .rejected
                .is_some_and(|at| as_new_as(at, since)) =>
        {
            Seen::Unclear
        }
        // Whether the source sees another status while a transfer is pending is not documented, so
        // the list must say that there is none.
        CertificateStatus::Inactive | CertificateStatus::Revoked if *offer == Offer::Absent => {
            Seen::NotMade
        }
        _ => Seen::Unclear,
    }
}

/// An acceptance, seen from the recipient.
fn accepted(certificate: &Certificate, activate: bool) -> Seen {
    let description = match certificate {
        Certificate::Described(description) => description,
        // The sender took the offer back.
        Certificate::NotFound => return Seen::NotMade,
        Certificate::Unknown => return Seen::Unclear,
    };
    let accepted = since_start(&description.transfer, description.transfer.accepted);
    match description.status {
        CertificateStatus::PendingTransfer => Seen::NotMade,
        // Accepted without activating it: that was somebody else, or half of the truth.
        CertificateStatus::Inactive if activate => Seen::Unclear,
        CertificateStatus::Active | CertificateStatus::Inactive if accepted => Seen::Made,
        _ => Seen::Unclear,
    }
}

/// A rejection, seen from the recipient, who loses sight of the certificate.
fn rejected(certificate: &Certificate) -> Seen {
    let description = match certificate {
        Certificate::Described(description) => description,
        Certificate::NotFound => return Seen::Made,
        Certificate::Unknown => return Seen::Unclear,
    };
    let transfer = &description.transfer;
    match description.status {
        CertificateStatus::PendingTransfer => Seen::NotMade,
        _ if since_start(transfer, transfer.rejected) => Seen::Made,
        // It was accepted instead.
        _ if since_start(transfer, transfer.accepted) => Seen::NotMade,
        _ => Seen::Unclear,
    }
}

/// A cancellation, seen from the sender, whose list of outgoing transfers does not show it.
fn cancelled(certificate: &Certificate, offer: &Offer) -> Seen {
    match (certificate, offer) {
        // Not outgoing and not here: it was accepted instead.
        (Certificate::NotFound, Offer::Absent) => Seen::NotMade,
        (Certificate::Described(description), offer) => match (description.status, offer) {
            (CertificateStatus::Inactive, Offer::Absent)
                if !since_start(&description.transfer, description.transfer.accepted) =>
            {
                Seen::Made
            }
            (CertificateStatus::PendingTransfer, Offer::Unknown) => Seen::NotMade,
            _ => Seen::Unclear,
        },
        _ => Seen::Unclear,
    }
}

/// Whether a date of the transfer data belongs to the last transfer: AWS does not say whether those
/// of an earlier one are kept.
fn since_start(transfer: &TransferData, date: Option<Timestamp>) -> bool {
    date.is_some_and(|date| transfer.started.is_none_or(|started| date >= started))
}
