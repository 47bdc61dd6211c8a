//! What can be wrong with the journal, typed.

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::domain::RunId;

/// Why the journal could not be opened, read or written. Nothing may be changed in AWS then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalError {
    /// Neither `XDG_STATE_HOME` nor a home folder is known.
    #[error("there is no place for the journal")]
    NoPlace,
    /// The file or its folder cannot be written.
    #[error("{} cannot be written: {why}", .path.display())]
    NotWritable {
        /// Where.
        path: PathBuf,
        /// Why.
        why: NotWritable,
    },
    /// The file or its folder belongs to another user, or is not a plain file.
    #[error("{} belongs to another user, or is not a plain file", .0.display())]
    NotYours(PathBuf),
    /// The file was written by a newer certferry.
    #[error("{} was written by a newer certferry (version {version})", .path.display())]
    Newer {
        /// Where.
        path: PathBuf,
        /// The version of its schema.
        version: i64,
    },
    /// The file is damaged, or is no journal of certferry.
    #[error("{} is damaged or not a journal: {detail}", .path.display())]
    Corrupt {
        /// Where.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// The file that is open is not the one at its path any more: it was deleted, or replaced.
    #[error("{} was deleted or replaced while certferry runs", .0.display())]
    Replaced(PathBuf),
    /// The file system has no locks (`ENOLCK`), so that two processes could take the same run.
    #[error("the file system of {} gives no locks", .0.display())]
    NoLocks(PathBuf),
    /// Another process has kept the file locked for too long.
    #[error("{} is locked by another process", .0.display())]
    Busy(PathBuf),
    /// Another process that is alive works on the run.
    #[error("another certferry works on it")]
    Claimed(RunId),
    /// Another process has taken over everything that this one held.
    #[error("another certferry has taken over what this one worked on")]
    TakenOver,
    /// The process that is named holds nothing.
    #[error("that process holds nothing any more")]
    Nothing,
    /// The certificate has a run that is not finished; a second one would record what the first
    /// one left of it.
    #[error("the certificate has a run that is not finished")]
    Unfinished(RunId),
    /// Another run has changed the certificate since it was looked at: what was found is not what there
    /// was before.
    #[error("another run has changed the certificate meanwhile")]
    Overtaken(RunId),
    /// The run is finished, so there is nothing to go on with.
    #[error("the run is already finished")]
    Finished(RunId),
    /// There is no such run, or it has no such step.
    #[error("the journal has no such run or step")]
    Unknown(RunId),
    /// certferry itself made a mistake.
    #[error("it failed: {0}")]
    Internal(String),
}

/// Why a file cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotWritable {
    /// The disk is full, or the user's part of it.
    #[error("no space left")]
    DiskFull,
    /// The permissions do not allow it, or the file system is mounted read-only.
    #[error("not permitted")]
    Denied,
    /// Something else, in the words of the system.
    #[error("{0}")]
    Other(String),
}

impl JournalError {
    /// What a person can do about it, in a sentence.
    pub fn advice(&self) -> String {
        match self {
            Self::NoPlace => "Set HOME or XDG_STATE_HOME to a folder of yours.".to_owned(),
            Self::NotWritable { why, .. } => match why {
                NotWritable::DiskFull => {
                    "Make room on the disk, then retry: nothing is changed in AWS before that."
                }
                NotWritable::Denied => {
                    "Give yourself the permission, or set XDG_STATE_HOME to a folder that you can \
                     write."
                }
                NotWritable::Other(_) => "Look at the disk and the folder, then retry.",
            }
            .to_owned(),
            Self::NotYours(_) => {
                "Look who put it there. Its owner can move it away, or set XDG_STATE_HOME to a \
                 folder of your own."
                    .to_owned()
            }
            Self::Newer { .. } => "Update certferry. The file was left as it is.".to_owned(),
            Self::Corrupt { path, .. } => format!(
                "Keep a copy: what was detached is recorded in it. Then move {} and its -wal and \
                 -shm files away.",
                path.display()
            ),
            Self::Replaced(_) => {
                "What is open is not forgotten while certferry runs: put the file back \
                 where it was, or start certferry again and look at what it was \
                 working on."
                    .to_owned()
            }
            Self::NoLocks(_) => {
                "Set XDG_STATE_HOME to a folder on a disk of this computer, or have \
                 the lock service of the file server started."
                    .to_owned()
            }
            Self::Busy(_) => "Wait for the other certferry, or end it, then retry.".to_owned(),
            Self::Claimed(_) => "Go on in the other certferry, or end it first.".to_owned(),
            Self::Overtaken(_) => "Look at the certificate again, then decide.".to_owned(),
            Self::Unfinished(_) => {
                "Resume that run, put the certificate back, or leave it as it is.".to_owned()
            }
            Self::TakenOver => {
                "Start this certferry again: until then it changes nothing.".to_owned()
            }
            Self::Nothing | Self::Finished(_) | Self::Unknown(_) => {
                "Another certferry may have ended it: look again.".to_owned()
            }
            Self::Internal(_) => "Please report this.".to_owned(),
        }
    }

    /// An error of the operating system about a path.
    pub(super) fn io(path: PathBuf, error: &io::Error) -> Self {
        // Neither is what "held by another" looks like.
        let lockless = [
            rustix::io::Errno::NOLCK.raw_os_error(),
            rustix::io::Errno::BADF.raw_os_error(),
        ];
        if error
            .raw_os_error()
            .is_some_and(|number| lockless.contains(&number))
        {
            return Self::NoLocks(path);
        }
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => NotWritable::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                NotWritable::Denied
            }
            _ => NotWritable::Other(error.to_string()),
        };
        Self::NotWritable { path, why }
    }

    /// An error of SQLite about a path.
    pub(super) fn sqlite(path: PathBuf, error: &rusqlite::Error) -> Self {
        let detail = error.to_string();
        let not_writable = |why| Self::NotWritable {
            path: path.clone(),
            why,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => not_writable(NotWritable::DiskFull),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                not_writable(NotWritable::Denied)
            }
            Some(ErrorCode::SystemIoFailure) => not_writable(NotWritable::Other(detail)),
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Busy(path),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt { path, detail }
            }
            _ => match error {
                // A value that this schema does not have.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..) => Self::Corrupt { path, detail },
                _ => Self::Internal(detail),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(error: &JournalError) -> &str {
        match error {
            JournalError::NotWritable { why, .. } => match why {
                NotWritable::DiskFull => "full",
                NotWritable::Denied => "denied",
                NotWritable::Other(_) => "other",
            },
            JournalError::NoLocks(_) => "no locks",
            JournalError::Busy(_) => "busy",
            JournalError::Corrupt { .. } => "corrupt",
            JournalError::Internal(_) => "internal",
            _ => "something else",
        }
    }

    #[test]
    fn what_the_system_says_is_told_apart() {
        use io::ErrorKind as K;
        for (kind, said) in [
            (K::StorageFull, "full"),
            (K::QuotaExceeded, "full"),
            (K::PermissionDenied, "denied"),
            (K::ReadOnlyFilesystem, "denied"),
            (K::InvalidData, "other"),
        ] {
            let error = JournalError::io(PathBuf::from("journal.db"), &kind.into());
            assert_eq!(why(&error), said, "{kind:?}");
        }
    }

    #[test]
    fn what_sqlite_says_is_told_apart() {
        use rusqlite::{Error, ffi};
        let of = |error: &Error| why(&JournalError::sqlite(PathBuf::from("x"), error)).to_owned();
        for (code, said) in [
            (ffi::SQLITE_FULL, "full"),
            (ffi::SQLITE_READONLY, "denied"),
            (ffi::SQLITE_PERM, "denied"),
            (ffi::SQLITE_CANTOPEN, "denied"),
            (ffi::SQLITE_IOERR, "other"),
            (ffi::SQLITE_BUSY, "busy"),
            (ffi::SQLITE_LOCKED, "busy"),
            (ffi::SQLITE_PROTOCOL, "busy"),
            (ffi::SQLITE_CORRUPT, "corrupt"),
            (ffi::SQLITE_NOTADB, "corrupt"),
            (ffi::SQLITE_MISUSE, "internal"),
        ] {
            let error = Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(of(&error), said, "{code}");
        }
        let foreign = [
            Error::IntegralValueOutOfRange(0, 1),
            Error::InvalidColumnType(0, "x".to_owned(), rusqlite::types::Type::Null),
        ];
        for error in foreign {
            assert_eq!(of(&error), "corrupt", "{error:?}");
        }
        assert_eq!(of(&Error::QueryReturnedNoRows), "internal");
    }
}
