//! Small files of JSON beside the journal.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process,
};

use serde_json::Value;

use crate::journal::file::{self, beside};

/// The longest file that is read, in bytes.
pub(super) const LONGEST: u64 = 1 << 20;

/// What a file says.
pub(super) fn read(path: &Path) -> io::Result<Value> {
    let mut text = String::new();
    let file = fs::File::open(path)?;
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// Replaces the file as a whole: another process may be reading it.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, &format!(".{}", process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(file::FILE_MODE)
        .open(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&new);
    }
    written
}
