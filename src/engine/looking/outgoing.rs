//! The outgoing transfers, listed once for all who ask at the same time.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Mutex;

use crate::{
    aws::{Connection, Markers},
    domain::{AccountId, CertificateId, Failure, FailureKind, Operation, OutgoingTransfer},
};

/// How many pages are read: 100,000 transfers.
const PAGES: usize = 400;

/// The certificates that are offered to another account, and to which one as far as AWS said.
pub(in crate::engine) type Offers = Arc<HashMap<CertificateId, Option<AccountId>>>;

/// Lists the outgoing transfers of a connection. Whoever asks is answered by a listing that began
/// after that: it shows what was done before.
#[derive(Debug, Default)]
pub(in crate::engine) struct Outgoing {
    asked: AtomicU64,
    /// The last listing, and how many had asked when it began. Held while a listing is under way.
    last: Mutex<Option<(u64, Result<Offers, Failure>)>>,
}

impl Outgoing {
    /// Lists, or waits for the listing that another one began in the meantime. `gather` is how long
    /// to wait for more who ask.
    pub(in crate::engine) async fn list(
        &self,
        connection: &Connection,
        gather: Duration,
    ) -> Result<Offers, Failure> {
        let ticket = self.asked.fetch_add(1, Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((covered, result)) = &*last
            && ticket < *covered
        {
            return result.clone();
        }
        tokio::time::sleep(gather).await;
        let covered = self.asked.load(Ordering::SeqCst);
        let result = list(connection).await;
        *last = Some((covered, result.clone()));
        result
    }
}

impl Outgoing {
    /// The outgoing transfer of one certificate, asked now. Reads no further than to its row.
    pub(in crate::engine) async fn find(
        &self,
        connection: &Connection,
        id: CertificateId,
    ) -> Result<Option<OutgoingTransfer>, Failure> {
        walk(connection, |row| (row.id == id).then_some(row)).await
    }
}

async fn list(connection: &Connection) -> Result<Offers, Failure> {
    let mut offers = HashMap::new();
    let every = |row: OutgoingTransfer| {
        offers.insert(row.id, row.to);
        None::<()>
    };
    walk(connection, every).await?;
    Ok(Arc::new(offers))
}

/// Gives the outgoing transfers to `look`, page after page, until it has what it looks for.
async fn walk<T>(
    connection: &Connection,
    mut look: impl FnMut(OutgoingTransfer) -> Option<T>,
) -> Result<Option<T>, Failure> {
    let mut markers = Markers::new(Operation::ListOutgoingCertificates);
    let mut next: Option<String> = None;
    for _ in 0..PAGES {
        let page = connection.outgoing_page(next.as_deref()).await?;
        if let Some(found) = page.rows.into_iter().find_map(&mut look) {
            return Ok(Some(found));
        }
        next = markers.advance(page.next)?;
        if next.is_none() {
            return Ok(None);
        }
    }
    // There are more pages than are read, and the row may be on one of them.
    let message = "there are more outgoing transfers than can be looked through";
    Err(Failure {
        kind: FailureKind::Other,
        ..Failure::internal(Operation::ListOutgoingCertificates, message)
    })
}
