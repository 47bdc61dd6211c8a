//! Which of the keys that somebody new is shown were used, in a file beside the journal. For the eye alone: a file that
//! cannot be read is like none.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::journal::{
    beside::json_file::{read, write},
    error::JournalError,
    file::{default_path, make_folder, parent},
};

/// Where it is kept.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn first_steps_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join("first-steps.json"))
}

/// The names of the commands that were used.
pub fn steps_used(path: &Path) -> Vec<String> {
    let file = read(path).unwrap_or_default();
    let used = file.get("used").and_then(Value::as_array);
    let names = used.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// Remembers that these commands were used too.
///
/// # Errors
///
/// The file cannot be written.
pub fn remember_steps(path: &Path, used: &[&str]) -> Result<(), JournalError> {
    if used.is_empty() {
        return Ok(());
    }
    let mut all: BTreeSet<String> = steps_used(path).into_iter().collect();
    all.extend(used.iter().map(|name| (*name).to_owned()));
    make_folder(parent(path))?;
    let text = json!({ "used": all }).to_string();
    write(path, &text).map_err(|error| JournalError::io(path.to_owned(), &error))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn what_was_used_is_known_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/first-steps.json");
        remember_steps(&path, &[]).unwrap();
        assert!(!path.exists(), "nothing is written for nothing");
        remember_steps(&path, &["open"]).unwrap();
        remember_steps(&path, &["help", "open"]).unwrap();
        assert_eq!(steps_used(&path), ["help", "open"]);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for text in ["", "[]", "{\"used\": 1}", "{\"used\": [1, null]}", "\u{0}"] {
            fs::write(&path, text).unwrap();
            assert!(steps_used(&path).is_empty(), "{text}");
            remember_steps(&path, &["open"]).unwrap();
            assert_eq!(steps_used(&path), ["open"]);
        }
    }
}
