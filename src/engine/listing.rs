//! Listings: a reply a page, until there are no more or nobody listens.

use crate::{
    aws::{Connection, Markers, Page},
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

/// The pages of a listing, one after the other.
pub(super) struct Pages {
    markers: Markers,
    from: Option<String>,
    /// Whether there are no more.
    pub(super) over: bool,
}

impl Pages {
    /// Before the first one.
    pub(super) fn new(operation: Operation) -> Self {
        Self {
            markers: Markers::new(operation),
            from: None,
            over: false,
        }
    }

    /// With which marker the next page is asked for.
    pub(super) fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// Takes a page, and answers with its rows.
    ///
    /// # Errors
    ///
    /// The listing does not end.
    pub(super) fn turn<T>(&mut self, page: Page<T>) -> Result<Vec<T>, Failure> {
        if !page.rows.is_empty() {
            self.markers.has_rows();
        }
        self.from = self.markers.advance(page.next)?;
        self.over = self.from.is_none();
        Ok(page.rows)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_search_may_take_long_as_long_as_its_pages_have_rows() {
        let page = |rows: Vec<u64>, n: u64| Page {
            rows,
            unread: 0,
            next: Some(n.to_string()),
        };
        let mut pages = Pages::new(Operation::ListThings);
        for n in 0..20 {
            tokio::time::advance(Duration::from_mins(1)).await;
            assert_eq!(pages.turn(page(vec![n], n)).unwrap(), [n]);
        }
        // One that has none any more does not end.
        tokio::time::advance(Duration::from_mins(1)).await;
        pages.turn(page(Vec::new(), 20)).unwrap();
        tokio::time::advance(Duration::from_mins(1)).await;
        let failure = pages.turn(page(Vec::new(), 21)).unwrap_err();
        assert!(failure.message.contains("does not end"), "{failure:?}");
    }
}
