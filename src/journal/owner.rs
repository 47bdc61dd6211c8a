//! Who works on a run: a process that is alive, or one that is gone.
//!
//! Each open journal holds a lock on a file of its own, named by a token that is in the rows of its
//! runs. The system gives the lock up when the process ends, however it ends, and not before: a
//! claim of a dead process can be taken over at once, and that of a living one never, also not one
//! that is stopped (Ctrl-Z) or slow. Process numbers and heartbeats can do neither.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process,
    time::SystemTime,
};

use crate::{
    domain::{Holder, Life, Timestamp, timestamp},
    journal::{error::JournalError, file},
};

/// This journal's claim to be alive.
#[derive(Debug)]
pub(super) struct Owner {
    folder: PathBuf,
    token: String,
    /// Held locked, unless nobody else can see the journal.
    lock: Option<File>,
}

impl Owner {
    /// Makes the file, named by a token that nobody else has, and locks it. Removes those of the
    /// dead. To be called by one process at a time.
    pub(super) fn new(journal: &Path, token: String) -> Result<Self, JournalError> {
        let folder = file::beside(journal, ".owners");
        file::make_folder(&folder)?;
        remove_dead(&folder);
        let path = folder.join(&token);
        let failed = |error: &io::Error| JournalError::io(path.clone(), error);
        let lock = file::lock_file(&path).map_err(|error| failed(&error))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::Busy(path.clone()),
            TryLockError::Error(error) => failed(&error),
        })?;
        // For people: who it is that holds a run. Through the same handle: where a lock is of the
        // process and not of the handle, closing another one gives it up.
        let said = (&lock).write_all(this_process().as_bytes());
        said.map_err(|error| failed(&error))?;
        Ok(Self {
            folder,
            token,
            lock: Some(lock),
        })
    }

    /// The claim of a journal in memory, which no other process sees.
    pub(super) fn alone(token: String) -> Self {
        Self {
            folder: PathBuf::new(),
            token,
            lock: None,
        }
    }

    /// What the rows of this journal's runs say.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether the owner with this token is alive. In doubt it is.
    pub(super) fn alive(&self, token: &str) -> bool {
        if token == self.token {
            return true;
        }
        if self.lock.is_none()
            || token.is_empty()
            || !token.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return false;
        }
        islocked(&self.folder.join(token))
    }
}

impl Owner {
    /// Who an owner is; `None` for this one.
    pub(super) fn holder(&self, token: String) -> Option<Holder> {
        if token == self.token {
            return None;
        }
        let said = fs::read_to_string(self.folder.join(&token)).unwrap_or_default();
        let mut lines = said.lines();
        let host = lines.next().filter(|it| !it.is_empty()).map(str::to_owned);
        let process = lines.next().and_then(|it| it.parse().ok());
        let since = (lines.next().and_then(|it| it.parse().ok()))
            .and_then(|it| Timestamp::from_unix_timestamp(it).ok());
        let life = match (&host, process, since) {
            (Some(host), Some(process), Some(since)) if *host == file::this_computer() => {
                if runs_since(process, since) {
                    Life::Alive
                } else {
                    Life::Gone
                }
            }
            _ => Life::Unknown,
        };
        Some(Holder {
            token,
            host,
            process,
            since,
            life,
        })
    }

    /// Whether no other owner is alive.
    pub(super) fn is_last(&self) -> bool {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return false;
        };
        let mut others = entries
            .flatten()
            .filter(|entry| entry.file_name().to_str() != Some(&*self.token));
        !others.any(|entry| islocked(&entry.path()))
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if self.lock.is_none() {
            return;
        }
        // What stays is removed by the next one.
        let _ = fs::remove_file(self.folder.join(&self.token));
    }
}

/// This computer, this process, and when it opened the journal.
fn this_process() -> String {
    format!(
        "{}\n{}\n{}\n",
        file::this_computer(),
        process::id(),
        timestamp(SystemTime::now()).unix_timestamp()
    )
}

/// Whether a process of this computer may be the one that ran then: after the computer was started
/// anew its number may be another one's.
fn runs_since(process: u32, since: Timestamp) -> bool {
    let number = i32::try_from(process).ok();
    let Some(number) = number.and_then(rustix::process::Pid::from_raw) else {
        return false;
    };
    let exists = match rustix::process::test_kill_process(number) {
        Ok(()) => true,
        // Another user's.
        Err(error) => error == rustix::io::Errno::PERM,
    };
    exists && started().is_none_or(|started| since >= started)
}

/// When this computer was started.
#[cfg(target_os = "linux")]
fn started() -> Option<Timestamp> {
    // Its size is the machine's.
    let up = i128::from(rustix::system::sysinfo().uptime);
    Some(timestamp(SystemTime::now()) - time::Duration::seconds(i64::try_from(up).ok()?))
}

/// When this computer was started: not known.
#[cfg(not(target_os = "linux"))]
fn started() -> Option<Timestamp> {
    None
}

fn islocked(path: &Path) -> bool {
    // To write, too: on NFS a file that is only read cannot be locked (EBADF), and each dead owner
    // would seem to be alive for ever.
    match OpenOptions::new().read(true).write(true).open(path) {
        // Dropping the file gives up the lock again.
        Ok(file) => file.try_lock().is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn remove_dead(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let plain = entry
            .metadata()
            .is_ok_and(|found| found.is_file() && found.nlink() == 1);
        if plain && !islocked(&path) {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn this_computer_was_started_in_the_past() {
        let now = timestamp(SystemTime::now());
        let ago = now - started().unwrap();
        assert!(
            ago.is_positive() && ago < time::Duration::days(20 * 365),
            "{ago}"
        );
    }

    #[test]
    fn only_what_nobody_holds_and_nobody_else_has_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["dead", "held", "linked"] {
            fs::write(path(name), "").unwrap();
        }
        fs::create_dir(path("folder")).unwrap();
        fs::hard_link(path("linked"), path("second name")).unwrap();
        let held = fs::File::open(path("held")).unwrap();
        held.try_lock().unwrap();
        remove_dead(folder.path());
        let left = ["dead", "held", "linked", "second name", "folder"];
        let left = left.map(|name| path(name).exists());
        assert_eq!(left, [false, true, true, true, true]);
    }

    #[test]
    fn the_file_stays_in_use_until_the_last_one_closes_it() {
        use crate::journal::{Journal, Options, schema};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let open = || Journal::open(&path, &Options::default()).unwrap();
        let (first, second) = (open(), open());
        drop(first);
        assert!(schema::is_in_use(&second.lock()).unwrap());
        drop(second);
        let file = schema::open_to_read(&path).unwrap();
        assert!(!schema::is_in_use(&file).unwrap());
    }
}
