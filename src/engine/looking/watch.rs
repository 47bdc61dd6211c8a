//! Watching transfers: a call, a pause, and so on until nobody listens, or something fails.

use crate::{
    domain::{Failure, FailureKind, KnownTransfers, WATCH_EVERY, Watch, WatchCall, ask},
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
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let event = match watch.due() {
            WatchCall::Outgoing(from) => {
                let page = connection.outgoing_page(from.as_deref()).await?;
                watch.outgoing(
                    &page.rows,
                    page.next.filter(|next| from.as_ref() != Some(next)),
                );
                None
            }
            WatchCall::Certificates(from) => {
                let page = connection.certificates_page(from.as_deref()).await?;
                watch.certificates(
                    &page.rows,
                    page.next.filter(|next| from.as_ref() != Some(next)),
                );
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
