//! The audit's file: a line of JSON for every call that changes something, for its owner alone.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::journal::{error::JournalError, file};

/// From this size on, in bytes, the file is moved aside.
const LONGEST: u64 = 8 << 20;
/// How many files that were moved aside are kept.
const KEPT: usize = 9;
/// How long to wait for another process that writes a line.
const WAIT: Duration = Duration::from_secs(5);
/// How long to wait before the next look at the lock.
const LOOK: Duration = Duration::from_millis(2);

/// `audit.jsonl` beside the journal.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn audit_path() -> Result<PathBuf, JournalError> {
    Ok(file::parent(&file::default_path()?).join("audit.jsonl"))
}

/// Writes a line at the end of the audit, whatever other processes write there, and moves a file aside that
/// has got long: `audit.jsonl.1` is the newest of those.
///
/// # Errors
///
/// Why the line is not there.
pub fn append(path: &Path, line: &str) -> Result<(), JournalError> {
    let failed = |error: io::Error| JournalError::io(path.to_owned(), &error);
    file::make_folder(file::parent(path))?;
    let since = Instant::now();
    while since.elapsed() < WAIT {
        let mut file = open(path).map_err(failed)?;
        file::close_to_others(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                thread::sleep(LOOK);
                continue;
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let found = file.metadata().map_err(failed)?;
        // Another process may have moved it aside since it was opened.
        let still = fs::metadata(path).is_ok_and(|it| it.ino() == found.ino());
        if !still {
            continue;
        }
        if found.len() >= LONGEST {
            move_aside(path).map_err(failed)?;
            continue;
        }
        return file
            .write_all(format!("{line}\n").as_bytes())
            .map_err(failed);
    }
    Err(JournalError::Busy(path.to_owned()))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(file::FILE_MODE)
        .open(path)
}

/// The oldest one that is kept goes, each other one takes the next number.
fn move_aside(path: &Path) -> io::Result<()> {
    let aside = |number: usize| file::beside(path, &format!(".{number}"));
    for number in (1..KEPT).rev() {
        match fs::rename(aside(number), aside(number.saturating_add(1))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, aside(1))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn lines_of_several_threads_are_whole_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/audit.jsonl");
        let long = "x".repeat(20_000);
        thread::scope(|scope| {
            for n in 0..4 {
                let (path, long) = (&path, &long);
                scope.spawn(move || {
                    for _ in 0..25 {
                        append(path, &format!("{n}{long}")).unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 100);
        assert!(text.lines().all(|line| line.len() == long.len() + 1));
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        // A copy that came back with another mode.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        append(&path, "x").unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_long_file_is_moved_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        for n in 0..=KEPT + 1 {
            append(&path, &format!("begin {n}")).unwrap();
            let longest = usize::try_from(LONGEST).unwrap();
            append(&path, &"x".repeat(longest)).unwrap();
        }
        append(&path, "now").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "now\n");
        let begins = |number: usize| {
            let text = fs::read_to_string(file::beside(&path, &format!(".{number}"))).unwrap();
            text.lines().next().unwrap().to_owned()
        };
        assert_eq!(begins(1), format!("begin {}", KEPT + 1));
        assert_eq!(begins(KEPT), "begin 2");
        assert!(!file::beside(&path, &format!(".{}", KEPT + 1)).exists());
    }

    #[test]
    fn where_it_cannot_be_written_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        fs::create_dir_all(&path).unwrap();
        assert!(append(&path, "x").is_err());
    }

    #[test]
    fn one_that_cannot_be_moved_aside_is_told_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        append(&path, "first").unwrap();
        let full = fs::OpenOptions::new().append(true).open(&path).unwrap();
        full.set_len(LONGEST).unwrap();
        // What stands in the way cannot be replaced by a file.
        let aside = |number: usize| file::beside(&path, &format!(".{number}"));
        fs::write(aside(KEPT - 1), "older").unwrap();
        fs::create_dir(aside(KEPT)).unwrap();
        fs::write(aside(KEPT).join("x"), "").unwrap();
        append(&path, "second").unwrap_err();
        assert_eq!(fs::read(aside(KEPT - 1)).unwrap(), b"older");
    }
}
