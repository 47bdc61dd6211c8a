//! The filters that a person has saved, in a file beside the journal.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use crate::journal::{
    beside::json_file::{LONGEST, read, write},
    error::JournalError,
    file::{default_path, lock_opening, make_folder, parent},
};

/// The most that are kept.
const MOST: usize = 1_000;
/// How long to wait for another process that saves one.
const WAIT: Duration = Duration::from_secs(5);

/// Why filters cannot be saved or read.
#[derive(Debug, thiserror::Error)]
pub enum FiltersError {
    /// The file says nothing that can be understood.
    #[error("{} cannot be read: {}. Correct it, or delete it", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// There is no room for another one.
    #[error("there is no room for another one: forget some of them first")]
    Full,
    /// The file cannot be written, or is locked.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Their file.
const FILE: &str = "filters.json";

/// Where they are kept.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn filters_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join(FILE))
}

/// The filters of a file, the newest first. One that does not exist has none.
///
/// # Errors
///
/// The file cannot be read, or is no list of texts.
pub fn saved_filters(path: &Path) -> Result<Vec<String>, FiltersError> {
    let value = match read(path) {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(FiltersError::Unreadable(path.to_owned(), error)),
    };
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let all = value
        .as_array()
        .and_then(|all| all.iter().map(text).collect());
    all.ok_or_else(|| {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is no list of filters");
        FiltersError::Unreadable(path.to_owned(), error)
    })
}

/// Puts a filter before all others, or takes it away.
///
/// # Errors
///
/// There is no room for it.
pub fn with_filter(
    mut all: Vec<String>,
    filter: String,
    keep: bool,
) -> Result<Vec<String>, FiltersError> {
    all.retain(|it| *it != filter);
    if keep && all.len() >= MOST {
        return Err(FiltersError::Full);
    }
    if keep {
        all.insert(0, filter);
    }
    Ok(all)
}

/// Saves a filter, or forgets it. Answers with those that are saved then.
///
/// # Errors
///
/// The file cannot be read, so that what it has would be lost, or cannot be written.
pub fn save_filter(path: &Path, filter: String, keep: bool) -> Result<Vec<String>, FiltersError> {
    make_folder(parent(path))?;
    // Two that save at once must not lose what the other one has saved.
    let _lock = lock_opening(path, WAIT)?;
    let all = with_filter(saved_filters(path)?, filter, keep)?;
    let text = Value::from(all.clone()).to_string();
    // What could not be read again is not written.
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(FiltersError::Full);
    }
    write(path, &text).map_err(|error| JournalError::io(path.to_owned(), &error))?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, thread};

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
    }

    #[test]
    fn none_goes_to_make_room_for_another() {
        let full: Vec<String> = (0..MOST).map(|n| n.to_string()).collect();
        let error = with_filter(full.clone(), "new".to_owned(), true).unwrap_err();
        assert!(error.to_string().contains("forget some of them"), "{error}");
        // One that is there already only changes its place.
        let again = with_filter(full.clone(), "7".to_owned(), true).unwrap();
        assert_eq!((again.len(), again[0].as_str()), (MOST, "7"));
        let less = with_filter(full, "7".to_owned(), false).unwrap();
        assert_eq!(less.len(), MOST - 1);
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        save_filter(&path, "group:lyon".to_owned(), true).unwrap();
        let long = "x".repeat(usize::try_from(LONGEST).unwrap());
        let error = save_filter(&path, long, true).unwrap_err();
        assert!(error.to_string().contains("no room"), "{error}");
        assert_eq!(saved_filters(&path).unwrap(), ["group:lyon"]);
    }

    #[test]
    fn what_several_save_at_once_is_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for m in 0..5 {
                        save_filter(path, format!("{n} {m}"), true).unwrap();
                    }
                });
            }
        });
        assert_eq!(saved_filters(&path).unwrap().len(), 40);
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
