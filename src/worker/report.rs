//! Writes a report where the person is.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _};

use crate::domain::{Answer, Failure, Operation};

/// Writes a new file, readable by its owner alone. One that exists is never overwritten.
pub(super) async fn save(name: String, text: String) -> Result<Answer, Failure> {
    let written = tokio::task::spawn_blocking(move || {
        let path = std::env::current_dir()?.join(name);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok::<_, std::io::Error>(path.display().to_string())
    });
    match written.await {
        Ok(Ok(path)) => Ok(Answer::ReportSaved(path)),
        Ok(Err(e)) => Err(Failure::internal(Operation::Journal, e.to_string())),
        Err(e) => Err(Failure::internal(Operation::Journal, e.to_string())),
    }
}
