//! The filters that a person has saved, in a file beside the journal.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::journal::{
    beside::json_file::{read, write},
    error::JournalError,
    file::{default_path, make_folder, parent},
};

/// The most that are kept: the oldest go first.
const MOST: usize = 100;

/// Where they are kept.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn filters_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join("filters.json"))
}

/// The filters of a file, the newest first. One that does not exist has none.
///
/// # Errors
///
/// The file cannot be read, or is no list of texts.
pub fn saved_filters(path: &Path) -> Result<Vec<String>, JournalError> {
    let value = match read(path) {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(JournalError::io(path.to_owned(), &error)),
    };
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let all = value
        .as_array()
        .and_then(|all| all.iter().map(text).collect());
    all.ok_or_else(|| {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is no list of filters");
        JournalError::io(path.to_owned(), &error)
    })
}

/// Puts a filter before all others, or takes it away.
pub fn with_filter(mut all: Vec<String>, filter: String, keep: bool) -> Vec<String> {
    all.retain(|it| *it != filter);
    if keep {
        all.insert(0, filter);
        all.truncate(MOST);
    }
    all
}

/// Saves a filter, or forgets it. Answers with those that are saved then.
///
/// # Errors
///
/// The file cannot be read, so that what it has would be lost, or cannot be written.
pub fn save_filter(path: &Path, filter: String, keep: bool) -> Result<Vec<String>, JournalError> {
    let all = with_filter(saved_filters(path)?, filter, keep);
    make_folder(parent(path))?;
    let text = Value::from(all.clone()).to_string();
    write(path, &text).map_err(|error| JournalError::io(path.to_owned(), &error))?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn the_newest_stands_first_and_each_stands_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/filters.json");
        assert_eq!(saved_filters(&path).unwrap(), Vec::<String>::new());
        for filter in ["group:lyon", "cn:\"x\"", "group:lyon"] {
            save_filter(&path, filter.to_owned(), true).unwrap();
        }
        assert_eq!(saved_filters(&path).unwrap(), ["group:lyon", "cn:\"x\""]);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let left = save_filter(&path, "group:lyon".to_owned(), false).unwrap();
        assert_eq!(left, ["cn:\"x\""]);
        for n in 0..150 {
            save_filter(&path, n.to_string(), true).unwrap();
        }
        let all = saved_filters(&path).unwrap();
        assert_eq!((all.len(), all[0].as_str()), (MOST, "149"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        for text in ["", "{", "{}", "[1]", "[\"a\", 2]"] {
            fs::write(&path, text).unwrap();
            assert!(saved_filters(&path).is_err(), "{text}");
            assert!(save_filter(&path, "a".to_owned(), true).is_err(), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
