//! What devices are called: kept for good, and learned by every description that comes anyway.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::debug;

use crate::{
    domain::{CertificateId, Description, DeviceName, Expiry, decode_pem, subject_of},
    engine::machine::system::Machine,
    journal::{JournalError, NamesFile},
};

/// The names of devices. Clones are the same ones.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct DeviceNames {
    /// `None` keeps them in memory.
    path: Option<PathBuf>,
    machine: Machine,
    file: Arc<Mutex<Option<NamesFile>>>,
}

impl DeviceNames {
    pub(in crate::engine) fn new(path: Option<PathBuf>, machine: Machine) -> Self {
        Self {
            path,
            machine,
            file: Arc::default(),
        }
    }

    /// What is known of these. A file that cannot be used is like an empty one.
    pub(in crate::engine) async fn known(&self, ids: Vec<CertificateId>) -> Vec<DeviceName> {
        self.with(move |file| file.known(&ids))
            .await
            .unwrap_or_default()
    }

    /// Keeps what was learned.
    pub(in crate::engine) async fn learn(&self, names: Vec<DeviceName>) {
        let now = self.machine.now();
        self.with(move |file| file.learn(&names, now)).await;
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut NamesFile) -> Result<T, JournalError> + Send + 'static,
    ) -> Option<T> {
        let (path, file) = (self.path.clone(), Arc::clone(&self.file));
        let done = self.machine.block(move || {
            // A panic elsewhere leaves the file consistent: SQLite has transactions.
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let opened = match &mut *file {
                Some(opened) => opened,
                none => none.insert(NamesFile::open(path.as_deref())?),
            };
            work(opened)
        });
        match done.await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(error)) => {
                debug!(%error, "the names of devices cannot be used");
                None
            }
            Err(_) => None,
        }
    }
}

/// What a description says of the device.
pub(in crate::engine) fn device_of(description: &Description) -> DeviceName {
    let mut device = DeviceName::unknown(description.id);
    // What is no certificate will be none the next time.
    let subject = description.pem.as_deref().and_then(subject_of);
    let (common_name, serial) = subject.unwrap_or_default();
    device.common_name = common_name;
    device.serial = Some(serial);
    let in_pem = || decode_pem(description.pem.as_deref()?).ok()?.not_after;
    let expires = description.not_after.or_else(in_pem);
    device.expires = expires.map_or(Expiry::NotSaid, Expiry::At);
    device
}
