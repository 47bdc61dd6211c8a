//! The connections that requests name.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

use crate::{
    aws::Connection,
    domain::{
        AccountId, ConnectionFacts, ConnectionId, ControlPlane, Failure, FailureKind, Identity,
        Operation, Partition, Place,
    },
    engine::looking::outgoing::Outgoing,
};

/// How many connections are kept that are used for nothing but a later look at what they sent.
const KEPT: usize = 4;

/// A connection, with what is known of it. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Connected {
    pub(super) connection: Connection,
    facts: Arc<ConnectionFacts>,
    /// Its outgoing transfers: one listing serves all who ask meanwhile.
    pub(super) outgoing: Arc<Outgoing>,
    place: Arc<OnceCell<Place>>,
}

impl Connected {
    pub(super) fn new(connection: Connection, facts: ConnectionFacts) -> Self {
        Self {
            connection,
            facts: Arc::new(facts),
            outgoing: Arc::default(),
            place: Arc::default(),
        }
    }

    /// What is known of it.
    pub(super) fn facts(&self) -> &ConnectionFacts {
        &self.facts
    }

    /// The profile that gave the credentials.
    pub(super) fn profile(&self) -> Option<&str> {
        self.facts.credentials.as_ref()?.profile()
    }

    /// Who answers.
    pub(super) fn control_plane(&self) -> &ControlPlane {
        &self.facts.control_plane
    }

    /// The same; for many certificates, with calls that let a person's go first.
    pub(super) fn priority(self, many: bool) -> Self {
        if !many {
            return self;
        }
        Self {
            connection: self.connection.for_batch(),
            ..self
        }
    }

    /// Who the caller is.
    pub(super) async fn identity(&self) -> Result<Identity, Failure> {
        let identity = self.connection.identity().await?;
        if let Ok(place) = self.at(identity.partition(), identity.account) {
            // It may be set already. It never changes during a connection.
            let _ = self.place.set(place);
        }
        Ok(identity)
    }

    /// Where the connection leads, when that is known already.
    pub(super) fn known_place(&self) -> Option<Place> {
        self.place.get().cloned()
    }

    /// Where the connection leads, asked once.
    pub(super) async fn place(&self) -> Result<Place, Failure> {
        let place = self.place.get_or_try_init(|| self.ask_place());
        place.await.cloned()
    }

    /// The place of an account. A partition that AWS's ARNs do not name is that of the region.
    fn at(&self, partition: Option<Partition>, account: AccountId) -> Result<Place, Failure> {
        let partition = partition.or_else(|| self.facts.partition.clone());
        let unknown = || {
            let message = "neither AWS nor its SDK says of which partition the region is";
            Failure {
                kind: FailureKind::Other,
                ..Failure::internal(Operation::GetCallerIdentity, message)
            }
        };
        Ok(Place {
            control_plane: self.facts.control_plane.clone(),
            partition: partition.ok_or_else(unknown)?,
            region: self.facts.region.clone(),
            account,
        })
    }

    /// Where the connection leads, asked now: a batch must not rest on what was true an hour ago.
    /// Without AWS STS, the ARNs of the account's certificates show the account.
    async fn ask_place(&self) -> Result<Place, Failure> {
        let failure = match self.connection.identity().await {
            Ok(identity) => return self.at(identity.partition(), identity.account),
            // STS alone may not know a key that AWS IoT takes.
            Err(failure)
                if failure.concerns_connection()
                    && failure.kind != FailureKind::InvalidCredentials =>
            {
                return Err(failure);
            }
            Err(failure) => failure,
        };
        match self.connection.owner_by_rows().await {
            Ok(Some((partition, account))) => self.at(Some(partition), account),
            Err(other) if other.kind == FailureKind::OtherAccount => Err(other),
            Ok(None) | Err(_) => Err(failure),
        }
    }

    /// Whether the connection leads to a place.
    ///
    /// # Errors
    ///
    /// Why it is another account, or why the account is not known.
    pub(super) async fn must_be(&self, place: &Place) -> Result<(), Failure> {
        let found = self.ask_place().await?;
        if found == *place {
            return Ok(());
        }
        let message = format!(
            "this connection leads to {}, and the batch is for {}: nothing was sent",
            found.words(),
            place.words()
        );
        Err(Failure {
            kind: FailureKind::Other,
            ..Failure::internal(Operation::GetCallerIdentity, message)
        })
    }
}

/// The connections. A request keeps its own copy, so that one that is dropped here still serves what is
/// under way.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<BTreeMap<ConnectionId, Numbered>>,
}

#[derive(Debug)]
struct Numbered {
    connected: Connected,
    /// Whether nothing new is asked over it.
    released: bool,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Numbered>> {
        // A panic elsewhere leaves the map consistent.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: ConnectionId) -> Option<Connected> {
        self.lock().get(&id).map(|it| it.connected.clone())
    }

    pub(super) fn insert(&self, id: ConnectionId, connected: Connected) {
        let released = false;
        self.lock().insert(
            id,
            Numbered {
                connected,
                released,
            },
        );
    }

    /// Nothing new is asked over a connection. Of such, the newest are kept.
    pub(super) fn release(&self, id: ConnectionId) {
        let mut open = self.lock();
        if let Some(it) = open.get_mut(&id) {
            it.released = true;
        }
        let released = open.iter().rev().filter(|(_, it)| it.released);
        let old: Vec<ConnectionId> = released.skip(KEPT).map(|(id, _)| *id).collect();
        for id in old {
            open.remove(&id);
        }
    }
}
