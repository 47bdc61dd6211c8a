//! Watching transfers: a call, a pause, and so on until nobody listens, or something fails.

use crate::{
    aws::Markers,
    domain::{Failure, FailureKind, KnownTransfers, Operation, WATCH_EVERY, Watch, WatchCall, ask},
    engine::{connections::Connected, replies::Replies},
};

/// Watches an account. Answers after each call with what was not known before, which may be nothing.
///
/// # Errors
///
/// Why a call failed: it does not go on then.
pub(in crate::engine) async fn watch(
    connected: Connected,
    known: KnownTransfers,
    replies: &Replies,
) -> Result<(), Failure> {
    let connected = connected.priority(true);
    let account = connected.place().await?.account;
    let connection = &connected.connection;
    let mut watch = Watch::new(account, known);
    let mut markers = Markers::new(Operation::ListOutgoingCertificates);
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let event = match watch.due() {
            WatchCall::Outgoing(from) => {
                if from.is_none() {
                    markers = Markers::new(Operation::ListOutgoingCertificates);
                }
                let page = connection.outgoing_page(from.as_deref()).await?;
                markers.begins_with(page.rows.first().map(|row| row.id));
                watch.outgoing(&page.rows, markers.advance(page.next)?);
                None
            }
            WatchCall::Certificates(from) => {
                if from.is_none() {
                    markers = Markers::new(Operation::ListCertificates);
                }
                let page = connection.certificates_page(from.as_deref()).await?;
                markers.begins_with(page.rows.first().map(|row| row.id));
                watch.certificates(&page.rows, markers.advance(page.next)?);
                None
            }
            WatchCall::Describe(id) => match connection.describe(id).await {
                Ok(found) => watch.described(Some(found)),
                Err(failure) if failure.kind == FailureKind::NotFound => watch.described(None),
                Err(failure) => return Err(failure),
            },
        };
        if !replies.answer::<ask::Watching>(event).await {
            return Ok(());
        }
    }
}
