//! The connections that requests name.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

use super::outgoing::Outgoing;
use crate::{
    domain::{
        AccountId, CertificateArn, CertificateId, CertificateStatus, ConnectionId, Failure,
        FailureKind, Identity, Operation,
    },
    iot::Connection,
};

/// How many connections are kept.
const KEPT: usize = 4;

/// A connection, with what is known of it. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Connected {
    pub(super) connection: Connection,
    /// The region that its calls go to.
    pub(super) region: Arc<str>,
    /// Its outgoing transfers, listed for all who ask at a time.
    pub(super) outgoing: Arc<Outgoing>,
    account: Arc<OnceCell<AccountId>>,
}

impl Connected {
    pub(super) fn new(connection: Connection, region: &str) -> Self {
        Self {
            connection,
            region: Arc::from(region),
            outgoing: Arc::default(),
            account: Arc::default(),
        }
    }

    /// The connection; for a batch, one whose calls let a person's go first.
    pub(super) fn priority(&self, batch: bool) -> Connection {
        if batch {
            self.connection.for_batch()
        } else {
            self.connection.clone()
        }
    }

    /// Who the caller is.
    pub(super) async fn identity(&self) -> Result<Identity, Failure> {
        let identity = self.connection.identity().await?;
        // It may be set already: it does not change while the connection lasts.
        let _ = self.account.set(identity.account);
        Ok(identity)
    }

    /// The ARN of a certificate of the account, when it is known already whose it is.
    pub(super) fn known_arn(&self, id: CertificateId) -> Option<CertificateArn> {
        Some(CertificateArn {
            region: self.region.to_string(),
            account: *self.account.get()?,
            id,
        })
    }

    /// The account, asked once.
    pub(super) async fn account(&self) -> Result<AccountId, Failure> {
        let account = self.account.get_or_try_init(|| self.ask_account());
        account.await.copied()
    }

    /// The account, asked now: an order must not rest on what was true an hour ago. Where AWS STS
    /// cannot be had, the ARNs of the account's certificates tell.
    pub(super) async fn ask_account(&self) -> Result<AccountId, Failure> {
        let failure = match self.connection.identity().await {
            Ok(identity) => return Ok(identity.account),
            Err(failure) if failure.concerns_connection() => return Err(failure),
            Err(failure) => failure,
        };
        let Ok(page) = self.connection.certificates_page(None).await else {
            return Err(failure);
        };
        // While a transfer is pending the ARN names the recipient, whoever looks.
        let mut owned = (page.rows.iter())
            .filter(|row| row.status != CertificateStatus::PendingTransfer)
            .filter_map(|row| row.arn_account);
        owned.next().ok_or(failure)
    }

    /// Whether the connection is an account's.
    ///
    /// # Errors
    ///
    /// Why it is not, or is not known to be.
    pub(super) async fn must_be(&self, account: AccountId) -> Result<(), Failure> {
        let found = self.ask_account().await?;
        if found == account {
            return Ok(());
        }
        let message = format!(
            "this connection is account {}, and the order is for account {}: nothing was sent",
            found.grouped(),
            account.grouped()
        );
        Err(Failure {
            kind: FailureKind::Other,
            ..Failure::internal(Operation::GetCallerIdentity, message)
        })
    }
}

/// The newest connections. A request keeps its own copy, so that one that is dropped here still
/// serves what is under way.
#[derive(Debug, Default)]
pub(super) struct Connections {
    newest: Mutex<BTreeMap<ConnectionId, Connected>>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Connected>> {
        // Nothing panics while it holds the lock, and a map is whole at any moment.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: ConnectionId) -> Option<Connected> {
        self.lock().get(&id).cloned()
    }

    pub(super) fn insert(&self, id: ConnectionId, connected: Connected) {
        let mut newest = self.lock();
        newest.insert(id, connected);
        while newest.len() > KEPT {
            newest.pop_first();
        }
    }
}
