//! What was detached and what was done, durable on the disk before it is done.
//!
//! The file is an SQLite database that several processes may use at the same time. Every change of
//! it is on the disk when the call returns. A run is worked on by one process at a time: it claims
//! the run, and only the end of that process sets it free.
//!
//! Everything here blocks, for seconds when the disk is slow or another process holds the file.

mod batches;
mod beside;
mod error;
mod file;
mod held;
mod lookup;
mod owner;
mod rows;
mod runs;
mod schema;
mod words;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use crate::journal::beside::audit::append;
pub use crate::journal::beside::audit::audit_path;
pub use crate::journal::beside::filters::FiltersError;
pub use crate::journal::beside::filters::filters_path;
pub use crate::journal::beside::filters::save_filter;
pub use crate::journal::beside::filters::saved_filters;
pub use crate::journal::beside::filters::with_filter;
pub use crate::journal::beside::first_steps::{first_steps_path, remember_steps, steps_used};
pub use crate::journal::beside::last_accounts::last_accounts;
pub use crate::journal::beside::last_accounts::last_accounts_path;
pub use crate::journal::beside::last_accounts::remember_account;
pub use crate::journal::beside::names::NamesFile;
pub use crate::journal::beside::names::names_path;
pub use crate::journal::error::JournalError;
pub use crate::journal::error::NotWritable;
pub use crate::journal::file::default_path;
pub use crate::journal::file::log_path;
pub use crate::journal::file::shared_folder;
use crate::{
    domain::{AccountId, Record, RunId, StepState, timestamp},
    journal::{
        owner::Owner,
        rows::{RUN, RunRow},
        schema::Mode,
    },
};

/// How the journal is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many finished runs are kept; the oldest go first. Runs that are not finished are always
    /// kept, and for a year the one by which a certificate could be put back.
    pub keep: u32,
    /// How long to wait for another process that holds the file.
    pub wait: Duration,
    /// Whether the file system is one of a network; `None` asks the system.
    pub network: Option<bool>,
}

impl Default for Options {
    /// 10,000 runs are some 20 MB.
    fn default() -> Self {
        Self {
            keep: 10_000,
            wait: Duration::from_secs(5),
            network: None,
        }
    }
}

/// How long to wait before the next look whether another process still writes.
const LOOK: Duration = Duration::from_millis(1);

/// A step that began or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepEvent {
    /// The run.
    pub run: RunId,
    /// The step's position in it.
    pub position: usize,
    /// How it stands now.
    pub state: StepState,
}

/// What a batch offers.
#[derive(Debug, Clone, Copy)]
pub struct OfferTo<'a> {
    /// The recipient.
    pub to: AccountId,
    /// What the recipient reads.
    pub message: Option<&'a str>,
    /// Whether it is carried through in the recipient's account.
    pub hand_over: bool,
}

/// The journal, open. Clones are the same one; the last one that is dropped gives up its claims.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<JournalInner>,
}

#[derive(Debug)]
struct JournalInner {
    path: PathBuf,
    wait: Duration,
    connection: Mutex<Connection>,
    /// Whether nothing is to be written for now; set while the connection is held.
    resting: AtomicBool,
    woken: Condvar,
    /// The file that is open, by device and inode; `None` in memory.
    file: Option<(u64, u64)>,
    /// Whether the last steps of its runs may be missing.
    incomplete: bool,
    /// After the connection: a claim outlives what is still written.
    owner: Owner,
}

impl Journal {
    /// Opens the journal, and makes it where there is none. On the file system of a network each
    /// computer has one of its own beside `path`: SQLite's WAL is memory that the processes of one
    /// computer share (<https://sqlite.org/wal.html>), so several computers would damage the file.
    ///
    /// # Errors
    ///
    /// Why it cannot be used. A newer or damaged file is left as it is.
    pub fn open(path: &Path, options: &Options) -> Result<Self, JournalError> {
        file::make_folder(file::parent(path))?;
        let network = (options.network).unwrap_or_else(|| file::is_of_network(file::parent(path)));
        let own = if network {
            file::of_this_computer(path)
        } else {
            path.to_owned()
        };
        let path = own.as_path();
        let mode = if network { Mode::Rollback } else { Mode::Wal };
        let _opening = file::lock_opening(path, options.wait)?;
        file::prepare(path)?;
        // What was written last is in there until it is taken over into the file.
        let had_wal = file::is_there(&file::beside(path, "-wal"));
        let connection = schema::open(path, options.wait, mode)?;
        let owner = Owner::new(path, token(&connection, path)?)?;
        let mut inner = Self::with(path, options.wait, connection, owner);
        inner.file = Some(file::identity(path)?);
        let failed = |error| JournalError::sqlite(path.to_owned(), &error);
        inner.incomplete = mode == Mode::Wal
            && !had_wal
            && schema::is_in_use(inner.connection()).map_err(failed)?;
        schema::set_in_use(inner.connection(), true).map_err(failed)?;
        let journal = Self {
            inner: Arc::new(inner),
        };
        journal.prune(options.keep, timestamp(SystemTime::now()))?;
        Ok(journal)
    }

    /// A journal that is gone with the process, for a control plane that is, too. It leaves nothing on
    /// the disk.
    pub fn in_memory() -> Result<Self, JournalError> {
        let path = Path::new(schema::MEMORY);
        let connection = schema::in_memory()?;
        let owner = Owner::alone(token(&connection, path)?);
        Ok(Self {
            inner: Arc::new(Self::with(path, Duration::ZERO, connection, owner)),
        })
    }

    fn with(path: &Path, wait: Duration, connection: Connection, owner: Owner) -> JournalInner {
        JournalInner {
            path: path.to_owned(),
            wait,
            connection: Mutex::new(connection),
            resting: AtomicBool::new(false),
            woken: Condvar::new(),
            file: None,
            incomplete: false,
            owner,
        }
    }

    /// Whether the file was found without its `-wal`, in which the last steps of its runs were: as a
    /// copy is that was made of the one file alone.
    pub fn is_incomplete(&self) -> bool {
        self.inner.incomplete
    }

    /// Whether the file that is open is still the one at its path. One that was deleted takes what is
    /// written, and nobody ever reads it again.
    fn is_in_place(&self) -> Result<(), JournalError> {
        let Some(open) = self.inner.file else {
            return Ok(());
        };
        match file::identity(&self.inner.path) {
            Ok(found) if found == open => Ok(()),
            _ => Err(JournalError::Replaced(self.inner.path.clone())),
        }
    }

    /// Takes what is written over into the one file, as far as nobody reads it just now: a copy of
    /// that file knows then what was detached.
    fn take_over_wal(&self) {
        // What stays in the -wal is safe there.
        let _ = (self.lock()).query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Finishes what is being written and writes nothing more until [`wake`](Self::wake): a process
    /// that is stopped in the middle of it would keep all others waiting. Whether it came to rest
    /// within `limit`.
    pub fn rest(&self, limit: Duration) -> bool {
        let since = Instant::now();
        loop {
            match self.inner.connection.try_lock() {
                Ok(_connection) => {
                    self.inner.resting.store(true, Ordering::Release);
                    return true;
                }
                Err(TryLockError::Poisoned(_)) => return false,
                Err(TryLockError::WouldBlock) if since.elapsed() >= limit => return false,
                Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
            }
        }
    }

    /// Goes on writing.
    pub fn wake(&self) {
        self.inner.resting.store(false, Ordering::Release);
        self.inner.woken.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic while it is held has rolled its transaction back.
        (self.inner.connection.lock()).unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::sqlite(self.inner.path.clone(), error)
    }

    /// Changes the journal, all of it or nothing. It is on the disk afterwards.
    fn write<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>, &Owner) -> rusqlite::Result<Result<T, JournalError>>,
    ) -> Result<T, JournalError> {
        let mut connection = self.lock();
        while self.inner.resting.load(Ordering::Acquire) {
            connection =
                (self.inner.woken.wait(connection)).unwrap_or_else(PoisonError::into_inner);
        }
        self.is_in_place()?;
        let change = self.begin_writing(&connection)?;
        // Dropped without a commit, the transaction is rolled back.
        let owner = &self.inner.owner;
        let taken = held::is_taken_over(&change, owner).map_err(|error| self.failed(&error))?;
        if taken {
            return Err(JournalError::TakenOver);
        }
        let made = write(&change, owner).map_err(|error| self.failed(&error))??;
        change.commit().map_err(|error| self.failed(&error))?;
        Ok(made)
    }

    /// Waits until no other process writes. SQLite's own wait looks ten times a second in the end,
    /// and would find the gaps between the writes of a busy process by luck only.
    fn begin_writing<'a>(
        &self,
        connection: &'a Connection,
    ) -> Result<Transaction<'a>, JournalError> {
        let since = Instant::now();
        let begin = || {
            connection.busy_timeout(Duration::ZERO)?;
            // Not deferred: two that have read could not both go on to write.
            let begun = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
            connection.busy_timeout(self.inner.wait)?;
            begun
        };
        loop {
            let error = match begin() {
                Ok(change) => return Ok(change),
                Err(error) => self.failed(&error),
            };
            let busy = matches!(error, JournalError::Busy(_));
            if !busy || since.elapsed() >= self.inner.wait {
                return Err(error);
            }
            thread::sleep(LOOK);
        }
    }

    /// The records of the runs that a condition names.
    fn select(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Record>, JournalError> {
        let read = |connection: &Transaction<'_>| {
            let mut records = Vec::new();
            let sql = format!("SELECT {RUN} FROM run WHERE {condition}");
            let mut select = connection.prepare_cached(&sql)?;
            let mut rows = select.query(values)?;
            while let Some(row) = rows.next()? {
                let row = RunRow::read(row)?;
                let claimed = (row.owner.as_deref())
                    .is_some_and(|token| row.state.is_open() && self.inner.owner.alive(token));
                let token = row.owner.clone().filter(|_| claimed);
                let mut record = row.record(connection, claimed)?;
                record.holder = token.and_then(|token| self.inner.owner.holder(token));
                records.push(record);
            }
            Ok(records)
        };
        let mut connection = self.lock();
        // One moment for the rows of all tables.
        (connection.transaction())
            .and_then(|change| read(&change))
            .map_err(|error| self.failed(&error))
    }
}

impl JournalInner {
    fn connection(&mut self) -> &Connection {
        self.connection
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for JournalInner {
    /// The last one that closes the file takes the -wal over into it.
    fn drop(&mut self) {
        if self.file.is_none() || !self.owner.is_last() {
            return;
        }
        let Ok(_opening) = file::lock_opening(&self.path, Duration::ZERO) else {
            // Another one is just opening it, and will be the last.
            return;
        };
        // At worst it is said needlessly that something may be missing.
        let _ = schema::set_in_use(self.connection(), false);
    }
}

/// A token that no other journal has.
fn token(connection: &Connection, path: &Path) -> Result<String, JournalError> {
    connection
        .query_row("SELECT hex(randomblob(16))", [], |row| row.get(0))
        .map_err(|error| JournalError::sqlite(path.to_owned(), &error))
}

#[cfg(test)]
mod tests;
