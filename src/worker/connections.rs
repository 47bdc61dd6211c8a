//! The connections that requests name.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{domain::ConnectionId, iot::Connection};

/// How many connections are kept.
const KEPT: usize = 4;

/// The newest connections. A request keeps its own copy, so that one that is dropped here still
/// serves what is under way.
#[derive(Debug, Default)]
pub(super) struct Connections {
    newest: Mutex<BTreeMap<ConnectionId, Connection>>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Connection>> {
        // Nothing panics while it holds the lock, and a map is whole at any moment.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: ConnectionId) -> Option<Connection> {
        self.lock().get(&id).cloned()
    }

    pub(super) fn insert(&self, id: ConnectionId, connection: Connection) {
        let mut newest = self.lock();
        newest.insert(id, connection);
        while newest.len() > KEPT {
            newest.pop_first();
        }
    }
}
