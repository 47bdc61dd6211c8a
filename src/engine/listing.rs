//! Listings: a reply a page, until there are no more or nobody listens.

use crate::{
    aws::{Connection, Markers},
    domain::{Failure, ListPage, Operation, PastRunsPart, ask},
    engine::{
        machine::ledger::{self, Ledger},
        replies::Replies,
    },
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

/// How many runs are read at once.
const RUNS: u32 = 250;

/// Lists all runs of the journal.
pub(super) async fn past_runs(ledger: &Ledger, replies: &Replies) -> Result<(), Failure> {
    let mut before = None;
    loop {
        let read = ledger.with(move |journal| journal.past(before, RUNS));
        let runs = read.await.map_err(|error| ledger::failure(&error))?;
        before = runs.last().map(|run| run.id);
        let last = runs.len() < usize::try_from(RUNS).unwrap_or(usize::MAX);
        let part = PastRunsPart { runs, last };
        if !replies.answer::<ask::PastRuns>(part).await || last {
            return Ok(());
        }
    }
}
