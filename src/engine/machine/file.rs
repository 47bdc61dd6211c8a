//! Writes a report where the person is.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
};

use crate::domain::{Failure, Operation};

/// How many names are tried.
const TRIES: u32 = 100;

/// `report.csv`, `report-2.csv`, `report-3.csv`.
fn numbered(name: &str, n: u32) -> String {
    match (n, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (n, Some((stem, ending))) => format!("{stem}-{n}.{ending}"),
        (n, None) => format!("{name}-{n}"),
    }
}

/// Writes a new file, readable by its owner alone. One that exists is never overwritten.
pub(in crate::engine) async fn save(name: String, text: String) -> Result<String, Failure> {
    let written = tokio::task::spawn_blocking(move || {
        let folder = std::env::current_dir()?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        // The same run may be saved more than once: the next free name.
        let (path, mut file) = (1..=TRIES)
            .find_map(|n| {
                let path = folder.join(numbered(&name, n));
                match options.open(&path) {
                    Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < TRIES => None,
                    opened => Some(opened.map(|file| (path, file))),
                }
            })
            .unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok::<_, io::Error>(path.display().to_string())
    });
    match written.await {
        Ok(Ok(path)) => Ok(path),
        Ok(Err(e)) => Err(Failure::internal(Operation::Journal, e.to_string())),
        Err(e) => Err(Failure::internal(Operation::Journal, e.to_string())),
    }
}
