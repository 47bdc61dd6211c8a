//! The runtime that everything waits on.

use crate::cli::error::Error;

/// A small runtime: the work is waiting, not computing.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::Runtime)
}
