//! Listings: a reply a page, until there are no more or nobody listens.

use crate::{
    aws::{Connection, Markers},
    domain::{Failure, ListPage, Operation, ask},
    engine::replies::Replies,
};

/// Lists all certificates.
pub(super) async fn certificates(
    connection: &Connection,
    replies: &Replies,
) -> Result<(), Failure> {
    let mut markers = Markers::new(Operation::ListCertificates);
    let mut next = None;
    loop {
        let page = connection.certificates_page(next.as_deref()).await?;
        markers.begins_with(page.rows.first().map(|row| row.id));
        next = markers.advance(page.next)?;
        let last = next.is_none();
        let (page, unread) = (page.rows, page.unread);
        let listening = replies
            .answer::<ask::Certificates>(ListPage { page, unread, last })
            .await;
        if last || !listening {
            return Ok(());
        }
    }
}

/// Lists all outgoing transfers.
pub(super) async fn outgoing(connection: &Connection, replies: &Replies) -> Result<(), Failure> {
    let mut markers = Markers::new(Operation::ListOutgoingCertificates);
    let mut next = None;
    loop {
        let page = connection.outgoing_page(next.as_deref()).await?;
        markers.begins_with(page.rows.first().map(|row| row.id));
        next = markers.advance(page.next)?;
        let last = next.is_none();
        let (page, unread) = (page.rows, page.unread);
        let listening = replies
            .answer::<ask::OutgoingTransfers>(ListPage { page, unread, last })
            .await;
        if last || !listening {
            return Ok(());
        }
    }
}
