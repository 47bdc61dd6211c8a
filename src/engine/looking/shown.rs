//! Whether a certificate is still what the dialog showed: asked right before a change that another
//! account's doing may have made a different one.

use crate::{
    domain::{
        AccountId, CertificateStatus, ConsoleStatus, Description, Failure, FailureKind, Mutation,
        Operation, Shown, Timestamp,
    },
    engine::connections::Connected,
};

/// Looks at what a change is about.
///
/// # Errors
///
/// [`FailureKind::Changed`] when it is not what was shown any more, or why it cannot be seen. Nothing
/// is to be sent then.
pub(in crate::engine) async fn still_is(
    connected: &Connected,
    mutation: &Mutation,
    shown: &Shown,
) -> Result<(), Failure> {
    let operation = mutation.change.operation();
    let changed = |now: String| Err(changed(operation, &now));
    let id = mutation.id();
    match shown.status {
        ConsoleStatus::Transferred => {
            if let Some(offer) = connected.outgoing.find(&connected.connection, id).await? {
                return match other_offer(shown, offer.to, offer.started) {
                    Some(now) => changed(now),
                    None => Ok(()),
                };
            }
            let found = connected.connection.describe(id).await?;
            // The list can lag.
            if found.status == CertificateStatus::PendingTransfer {
                return Ok(());
            }
            changed(format!("it is {} now", words(&found)))
        }
        ConsoleStatus::PendingTransfer => {
            let found = connected.connection.describe(id).await?;
            if found.status != CertificateStatus::PendingTransfer {
                return changed(format!("it is {} now", words(&found)));
            }
            match other_offer(shown, found.previous_owner, found.transfer.started) {
                Some(now) => changed(now),
                None => Ok(()),
            }
        }
        _ => {
            let found = connected.connection.describe(id).await?;
            let status = ConsoleStatus::of(found.status, Some(false));
            if status == shown.status {
                return Ok(());
            }
            changed(format!("it is {} now", words(&found)))
        }
    }
}

/// What an offer is now that it was not when it was shown.
fn other_offer(
    shown: &Shown,
    party: Option<AccountId>,
    started: Option<Timestamp>,
) -> Option<String> {
    match (shown.party, party) {
        (Some(was), Some(is)) if was != is => {
            return Some(format!("it is an offer with account {} now", is.grouped()));
        }
        _ => {}
    }
    match (shown.started, started) {
        (Some(was), Some(is)) if was != is => Some("it was offered again since".to_owned()),
        _ => None,
    }
}

fn words(found: &Description) -> &'static str {
    ConsoleStatus::of(found.status, None).label()
}

/// The failure of a change of something that is not what was shown any more.
fn changed(operation: Operation, now: &str) -> Failure {
    Failure {
        kind: FailureKind::Changed,
        ..Failure::internal(operation, format!("{now}: nothing was sent"))
    }
}
