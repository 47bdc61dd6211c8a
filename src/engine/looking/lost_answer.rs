//! A transfer operation whose answer was lost: AWS is asked what became of it, and the operation is
//! never sent again.
//!
//! What AWS shows right after a change may be what was before it, so "it was made" is believed at
//! once and "it was not made" only when it is seen again and again for a while. Where the
//! documentation leaves open what AWS shows, nothing is concluded.

use std::time::Duration;

use crate::{
    domain::{
        AccountId, Attachment, CertificateId, CertificateStatus, Description, Done, Failure,
        FailureKind, Mutation, Shows, Timestamp, TransferData, as_new_as,
    },
    engine::connections::Connected,
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
pub(in crate::engine) enum Verdict {
    Made,
    NotMade,
    /// It could not be asked, or its answer allows either.
    Unclear,
}

/// What is known of the certificate's outgoing transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    /// It is offered to this account, since then.
    To(Option<AccountId>, Option<Timestamp>),
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
pub(in crate::engine) async fn resolve(
    connected: &Connected,
    mutation: &Mutation,
    mut failure: Failure,
    since: Timestamp,
) -> Result<Done, Failure> {
    match ask(connected, mutation, since).await {
        Verdict::Made => Ok(Done {
            request_id: failure.request_id,
            confirmed_afterwards: true,
        }),
        Verdict::NotMade => {
            failure.ambiguous = false;
            failure.refuted = true;
            Err(failure)
        }
        Verdict::Unclear => Err(failure),
    }
}

/// Asks AWS whether a change was made, for some seconds. It was not sent before `since`.
pub(in crate::engine) async fn ask(
    connected: &Connected,
    mutation: &Mutation,
    since: Timestamp,
) -> Verdict {
    let looked = tokio::time::timeout(LIMIT, look_repeatedly(connected, mutation, since)).await;
    looked.unwrap_or(Verdict::Unclear)
}

/// Whether AWS does not list any more what was to be detached. It takes some seconds to do so.
pub(in crate::engine) async fn is_detached(connected: &Connected, mutation: &Mutation) -> bool {
    let Shows::Listed(attachment, false) = mutation.change.shows() else {
        return false;
    };
    for pause in [Duration::ZERO].into_iter().chain(PAUSES) {
        tokio::time::sleep(pause).await;
        match listed(connected, mutation, attachment).await {
            Some(false) => return true,
            Some(true) => {}
            // The certificate is gone, or cannot be read.
            None => return false,
        }
    }
    false
}

/// Whether AWS shows now that a change was made that was sent at `since`.
pub(in crate::engine) async fn was_made(
    connected: &Connected,
    mutation: &Mutation,
    since: Timestamp,
) -> bool {
    match mutation.change.shows() {
        Shows::Status(status) => {
            let found = connected.connection.describe(mutation.id()).await;
            found.is_ok_and(|found| found.status == status)
        }
        Shows::Listed(attachment, wanted) => {
            listed(connected, mutation, attachment).await == Some(wanted)
        }
        Shows::Offered { .. } | Shows::Accepted { .. } | Shows::TakenBack | Shows::Gone => {
            look(connected, mutation, since).await == Verdict::Made
        }
        // Nobody waits for it: it is a step of a run, which asks by itself.
        Shows::Exists(_) | Shows::Joined | Shows::Removed(_) => false,
    }
}

/// Whether AWS lists what a change attaches or detaches; `None` when it cannot be asked.
async fn listed(
    connected: &Connected,
    mutation: &Mutation,
    attachment: &Attachment,
) -> Option<bool> {
    match attachment {
        Attachment::Policy(name) => {
            let policies = connected
                .connection
                .policies(&mutation.certificate)
                .await
                .ok()?;
            Some(policies.iter().any(|it| it.name == *name))
        }
        Attachment::Thing(thing) => {
            let things = connected
                .connection
                .things(&mutation.certificate)
                .await
                .ok()?;
            Some(things.iter().any(|it| it.name == thing.name))
        }
    }
}

async fn look_repeatedly(connected: &Connected, mutation: &Mutation, since: Timestamp) -> Verdict {
    let mut unmade = 0_usize;
    let mut last = Verdict::Unclear;
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        last = look(connected, mutation, since).await;
        match last {
            Verdict::Made => return Verdict::Made,
            Verdict::NotMade => unmade = unmade.saturating_add(1),
            Verdict::Unclear => {}
        }
    }
    if last == Verdict::NotMade && unmade >= ENOUGH {
        Verdict::NotMade
    } else {
        Verdict::Unclear
    }
}

async fn look(connected: &Connected, mutation: &Mutation, since: Timestamp) -> Verdict {
    let id = mutation.id();
    match mutation.change.shows() {
        Shows::Offered { to, .. } => {
            let offer = offer(connected, id).await;
            if let Some(verdict) = offered(&offer, to, since) {
                return verdict;
            }
            transferred(&certificate(connected, id).await, &offer, to, since)
        }
        Shows::Accepted { active } => accepted(&certificate(connected, id).await, active, since),
        Shows::Gone => gone(
            &certificate(connected, id).await,
            mutation.certificate.account,
            since,
        ),
        Shows::TakenBack => {
            let offer = offer(connected, id).await;
            if let Offer::To(_, started) = offer {
                return still_waits(started, since);
            }
            cancelled(&certificate(connected, id).await, &offer)
        }
        // The others can simply be sent again.
        Shows::Status(_)
        | Shows::Listed(..)
        | Shows::Exists(_)
        | Shows::Joined
        | Shows::Removed(_) => Verdict::Unclear,
    }
}

async fn certificate(connected: &Connected, id: CertificateId) -> Certificate {
    match connected.connection.describe(id).await {
        Ok(description) => Certificate::Described(Box::new(description)),
        Err(failure) if failure.kind == FailureKind::NotFound => Certificate::NotFound,
        Err(_) => Certificate::Unknown,
    }
}

async fn offer(connected: &Connected, id: CertificateId) -> Offer {
    match connected.outgoing.find(&connected.connection, id).await {
        Ok(Some(row)) => Offer::To(row.to, row.started),
        Ok(None) => Offer::Absent,
        Err(_) => Offer::Unknown,
    }
}

/// A transfer, by the list of outgoing ones alone.
fn offered(offer: &Offer, to: AccountId, since: Timestamp) -> Option<Verdict> {
    match offer {
        Offer::To(Some(account), _) if *account == to => Some(Verdict::Made),
        // It may have been made, and cancelled before somebody else's was.
        Offer::To(Some(_), Some(started)) if as_new_as(*started, since) => Some(Verdict::Unclear),
        // Somebody else's transfer stands in the way of this one.
        Offer::To(Some(_), _) => Some(Verdict::NotMade),
        Offer::To(None, _) | Offer::Absent | Offer::Unknown => None,
    }
}

/// A transfer that the list of outgoing ones does not show.
fn transferred(
    certificate: &Certificate,
    offer: &Offer,
    to: AccountId,
    since: Timestamp,
) -> Verdict {
    let Certificate::Described(description) = certificate else {
        // Not found: it may be the recipient's already.
        return Verdict::Unclear;
    };
    let transfer = &description.transfer;
    let is_new = |date: Option<Timestamp>| date.is_some_and(|date| as_new_as(date, since));
    match description.status {
        CertificateStatus::PendingTransfer if description.owner == Some(to) => Verdict::Made,
        // It may have been made, and cancelled or rejected before anybody looked.
        _ if is_new(transfer.started) || is_new(transfer.rejected) => Verdict::Unclear,
        // An active certificate cannot be in transfer.
        CertificateStatus::Active => Verdict::NotMade,
        // Whether the source sees another status while a transfer is pending is not documented, so
        // the list must say that there is none.
        CertificateStatus::Inactive | CertificateStatus::Revoked if *offer == Offer::Absent => {
            Verdict::NotMade
        }
        _ => Verdict::Unclear,
    }
}

/// What an offer that waits says of a change sent at `since` that would have ended it. One that began
/// later is another one: that the one before it ended is certain, and not how.
fn still_waits(started: Option<Timestamp>, since: Timestamp) -> Verdict {
    if started.is_some_and(|started| started > since) {
        Verdict::Unclear
    } else {
        Verdict::NotMade
    }
}

/// An acceptance, seen from the recipient.
fn accepted(certificate: &Certificate, activate: bool, since: Timestamp) -> Verdict {
    let description = match certificate {
        Certificate::Described(description) => description,
        // The sender took the offer back.
        Certificate::NotFound => return Verdict::NotMade,
        Certificate::Unknown => return Verdict::Unclear,
    };
    let accepted = since_start(&description.transfer, description.transfer.accepted);
    match description.status {
        CertificateStatus::PendingTransfer => still_waits(description.transfer.started, since),
        // It was accepted but is not active: somebody else accepted it, or that is not visible yet.
        CertificateStatus::Inactive if activate => Verdict::Unclear,
        CertificateStatus::Active | CertificateStatus::Inactive if accepted => Verdict::Made,
        _ => Verdict::Unclear,
    }
}

/// What makes an account lose sight of a certificate: the rejection of one that is offered to it.
fn gone(certificate: &Certificate, account: AccountId, since: Timestamp) -> Verdict {
    let description = match certificate {
        Certificate::Described(description) => description,
        Certificate::NotFound => return Verdict::Made,
        Certificate::Unknown => return Verdict::Unclear,
    };
    let transfer = &description.transfer;
    match description.status {
        CertificateStatus::PendingTransfer => still_waits(transfer.started, since),
        _ if since_start(transfer, transfer.rejected) => Verdict::Made,
        // It was accepted instead.
        _ if description.owner == Some(account) => Verdict::NotMade,
        _ if since_start(transfer, transfer.accepted) => Verdict::NotMade,
        _ => Verdict::Unclear,
    }
}

/// A cancellation, seen from the sender, whose list of outgoing transfers does not show it.
fn cancelled(certificate: &Certificate, offer: &Offer) -> Verdict {
    match (certificate, offer) {
        // Not outgoing and not here: it was accepted instead.
        (Certificate::NotFound, Offer::Absent) => Verdict::NotMade,
        (Certificate::Described(description), offer) => match (description.status, offer) {
            (CertificateStatus::Inactive, Offer::Absent)
                if !since_start(&description.transfer, description.transfer.accepted) =>
            {
                Verdict::Made
            }
            (CertificateStatus::PendingTransfer, Offer::Unknown) => Verdict::NotMade,
            _ => Verdict::Unclear,
        },
        _ => Verdict::Unclear,
    }
}

/// Whether a date of the transfer data belongs to the last transfer: AWS does not say whether those
/// of an earlier one are kept.
fn since_start(transfer: &TransferData, date: Option<Timestamp>) -> bool {
    date.is_some_and(|date| transfer.started.is_none_or(|started| date >= started))
}
