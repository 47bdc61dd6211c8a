//! The filters that a person has saved, and those that were used last, in a file beside the journal.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    domain::{FilterChange, KeptFilters},
    journal::{
        beside::json_file::{LONGEST, read, write},
        error::JournalError,
        file::{default_path, lock_opening, make_folder, parent},
    },
};

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

/// The filters of a file. One that does not exist has none. Earlier versions wrote a list of those that were saved.
///
/// # Errors
///
/// The file cannot be read, or says something else.
pub fn saved_filters(path: &Path) -> Result<KeptFilters, FiltersError> {
    let value = match read(path) {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(KeptFilters::default()),
        Err(error) => return Err(FiltersError::Unreadable(path.to_owned(), error)),
    };
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let texts =
        |value: &Value| -> Option<Vec<String>> { value.as_array()?.iter().map(text).collect() };
    let kept = if value.is_array() {
        texts(&value).map(|saved| KeptFilters {
            saved,
            ..KeptFilters::default()
        })
    } else {
        let part = |name| value.get(name).and_then(texts);
        part("saved")
            .zip(part("recent"))
            .map(|(saved, recent)| KeptFilters { saved, recent })
    };
    kept.ok_or_else(|| {
        let error = io::Error::new(io::ErrorKind::InvalidData, "it is no list of filters");
        FiltersError::Unreadable(path.to_owned(), error)
    })
}

/// The filters with a change.
///
/// # Errors
///
/// There is no room for it.
pub fn with_filter(
    kept: KeptFilters,
    filter: String,
    change: FilterChange,
) -> Result<KeptFilters, FiltersError> {
    kept.changed(filter, change).ok_or(FiltersError::Full)
}

/// Saves a filter, remembers that it was used, or forgets it. Answers with those that are kept then.
///
/// # Errors
///
/// The file cannot be read, so that what it has would be lost, or cannot be written.
pub fn save_filter(
    path: &Path,
    filter: String,
    change: FilterChange,
) -> Result<KeptFilters, FiltersError> {
    make_folder(parent(path))?;
    // Two that save at once must not lose what the other one has saved.
    let _lock = lock_opening(path, WAIT)?;
    let mut kept = with_filter(saved_filters(path)?, filter, change)?;
    let mut text = written(&kept);
    // Those that were used last give way to what is saved.
    while too_long(&text) && !kept.recent.is_empty() {
        kept.recent.pop();
        text = written(&kept);
    }
    // What could not be read again is not written.
    if too_long(&text) {
        return Err(FiltersError::Full);
    }
    write(path, &text).map_err(|error| JournalError::io(path.to_owned(), &error))?;
    Ok(kept)
}

fn written(kept: &KeptFilters) -> String {
    json!({ "saved": kept.saved, "recent": kept.recent }).to_string()
}

fn too_long(text: &str) -> bool {
    u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, thread};

    use super::*;

    const SAVE: FilterChange = FilterChange::Save;

    fn saved(path: &Path) -> Vec<String> {
        saved_filters(path).unwrap().saved
    }

    #[test]
    fn the_newest_stands_first_and_each_stands_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/filters.json");
        assert_eq!(saved_filters(&path).unwrap(), KeptFilters::default());
        for filter in ["group:lyon", "cn:\"x\"", "group:lyon"] {
            save_filter(&path, filter.to_owned(), SAVE).unwrap();
            save_filter(&path, format!("{filter} used"), FilterChange::Use).unwrap();
        }
        assert_eq!(saved(&path), ["group:lyon", "cn:\"x\""]);
        let recent = saved_filters(&path).unwrap().recent;
        assert_eq!(recent, ["group:lyon used", "cn:\"x\" used"]);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let left = save_filter(&path, "group:lyon".to_owned(), FilterChange::Forget).unwrap();
        assert_eq!(left.saved, ["cn:\"x\""]);
        assert_eq!(left.recent, recent);
    }

    #[test]
    fn what_an_earlier_version_saved_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        fs::write(&path, "[\"a\", \"b\"]").unwrap();
        assert_eq!(saved(&path), ["a", "b"]);
        let kept = save_filter(&path, "c".to_owned(), FilterChange::Use).unwrap();
        assert_eq!(
            (kept.saved, kept.recent),
            (vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()])
        );
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        save_filter(&path, "group:lyon".to_owned(), SAVE).unwrap();
        save_filter(&path, "x".repeat(900), FilterChange::Use).unwrap();
        let longest = usize::try_from(LONGEST).unwrap();
        // What was used last gives way.
        let kept = save_filter(&path, "x".repeat(longest - 500), SAVE).unwrap();
        assert!(kept.recent.is_empty());
        let error = save_filter(&path, "y".repeat(longest), SAVE).unwrap_err();
        assert!(error.to_string().contains("no room"), "{error}");
        assert_eq!(saved(&path).last().unwrap(), "group:lyon");
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
                        save_filter(path, format!("{n} {m}"), SAVE).unwrap();
                    }
                });
            }
        });
        assert_eq!(saved(&path).len(), 40);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filters.json");
        for text in [
            "",
            "{",
            "{}",
            "[1]",
            "[\"a\", 2]",
            "{\"saved\": []}",
            "{\"saved\": [], \"recent\": [1]}",
        ] {
            fs::write(&path, text).unwrap();
            assert!(saved_filters(&path).is_err(), "{text}");
            assert!(save_filter(&path, "a".to_owned(), SAVE).is_err(), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
