//! The tables, and how a file comes to have them.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};

use crate::journal::error::JournalError;

/// What stands for the path of a journal in memory.
pub(super) const MEMORY: &str = "memory";

/// The version that this certferry writes.
pub(super) const VERSION: i64 = 4;
/// Marks the file as ours (`PRAGMA application_id`): "cfry".
const APPLICATION: i64 = 0x6366_7279;

/// What takes a file from one version to the next; the first one makes an empty file a journal.
const MIGRATIONS: [&str; 4] = [
    "
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose TEXT NOT NULL,
  origin INTEGER REFERENCES run (id) ON DELETE SET NULL,
  state TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  certificate BLOB NOT NULL,
  status TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  owner TEXT
) STRICT;
CREATE INDEX run_certificate ON run (certificate);
CREATE INDEX run_state ON run (state);
CREATE INDEX run_origin ON run (origin);
CREATE TABLE attached (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  principal_type TEXT,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE step (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT,
  principal_type TEXT,
  account TEXT,
  message TEXT,
  state TEXT NOT NULL,
  at INTEGER,
  failure_kind TEXT,
  failure_text TEXT,
  ambiguous INTEGER,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
",
    // Version 1 did not write down who answered. What it has is taken for AWS's: a run of an emulator
    // finds no such certificate there.
    "
ALTER TABLE run ADD COLUMN control_plane TEXT NOT NULL DEFAULT 'AWS';
ALTER TABLE run ADD COLUMN partition TEXT NOT NULL DEFAULT 'aws';
UPDATE run SET partition = 'aws-cn' WHERE region LIKE 'cn-%';
UPDATE run SET partition = 'aws-us-gov' WHERE region LIKE 'us-gov-%';
ALTER TABLE run ADD COLUMN returned_version INTEGER;
ALTER TABLE run ADD COLUMN returned_modified INTEGER;
ALTER TABLE attached ADD COLUMN version TEXT;
ALTER TABLE attached ADD COLUMN hash BLOB;
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  control_plane TEXT NOT NULL,
  partition TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message TEXT,
  began INTEGER NOT NULL,
  owner TEXT NOT NULL
) STRICT;
CREATE TABLE waiting (
  batch INTEGER NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
  certificate BLOB NOT NULL,
  PRIMARY KEY (batch, certificate)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_certificate ON waiting (certificate);
CREATE TABLE flag (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
",
    // The purpose `final change` is new as well.
    "
ALTER TABLE run ADD COLUMN pem TEXT;
",
    // The purpose `set up` is new as well: the recipient's half of a hand-over, whose origin is the other half.
    "
ALTER TABLE step ADD COLUMN detail TEXT;
ALTER TABLE batch ADD COLUMN hand_over INTEGER NOT NULL DEFAULT 0;
",
];

/// How SQLite keeps a change whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// In a file beside it that readers do not wait for. For a disk of this computer.
    Wal,
    /// With what was there before in a file beside it. For the file system of a network.
    Rollback,
}

/// Opens a file to read what is open in it, whoever else uses it.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(500))?;
    Ok(connection)
}

/// Opens a file that is there. One that this certferry must not write is left as it is, to the
/// byte.
pub(super) fn open(path: &Path, wait: Duration, mode: Mode) -> Result<Connection, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path.to_owned(), &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(wait).map_err(failed)?;
    // Until it is known to be ours: closing it must not write what lies in its -wal file.
    let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(keep, true).map_err(failed)?;
    version(&connection, path)?;
    connection.set_db_config(keep, false).map_err(failed)?;

    let wanted = match mode {
        Mode::Wal => "WAL",
        Mode::Rollback => "DELETE",
    };
    let found: String = connection
        .pragma_update_and_check(None, "journal_mode", wanted, |row| row.get(0))
        .map_err(failed)?;
    if !found.eq_ignore_ascii_case(wanted) {
        let detail = format!("the file system does not allow the mode {wanted}, only {found}");
        return Err(JournalError::Internal(detail));
    }
    // A commit is on the disk before it returns. The second one is for macOS, where a plain fsync
    // does not reach the disk.
    for (name, value) in [("synchronous", "FULL"), ("fullfsync", "ON")] {
        (connection.pragma_update(None, name, value)).map_err(failed)?;
    }
    connection
        .pragma_update(None, "foreign_keys", "ON")
        .map_err(failed)?;
    migrate(&mut connection, path)?;
    let health: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if health != "ok" {
        return Err(JournalError::Corrupt {
            path: path.to_owned(),
            detail: health,
        });
    }
    Ok(connection)
}

/// Whether a process has the file open, or was killed before it closed it.
pub(super) fn is_in_use(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM flag WHERE name = 'in use' AND value = 1)";
    connection.query_row(sql, [], |row| row.get(0))
}

pub(super) fn set_in_use(connection: &Connection, value: bool) -> rusqlite::Result<()> {
    if is_in_use(connection)? != value {
        let sql = "INSERT INTO flag VALUES ('in use', ?1)
                   ON CONFLICT (name) DO UPDATE SET value = ?1";
        connection.execute(sql, [value])?;
    }
    if value {
        // A copy of the one file must have it.
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    Ok(())
}

/// A journal in memory, for what is itself gone with the process.
pub(super) fn in_memory() -> Result<Connection, JournalError> {
    let path = Path::new(MEMORY);
    let failed = |error: rusqlite::Error| JournalError::sqlite(path.to_owned(), &error);
    let mut connection = Connection::open_in_memory().map_err(failed)?;
    connection
        .pragma_update(None, "foreign_keys", "ON")
        .map_err(failed)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// The version of a file's schema; fails for a file that this certferry must not write.
fn version(connection: &Connection, path: &Path) -> Result<i64, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path.to_owned(), &error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let version = number("PRAGMA user_version").map_err(failed)?;
    let application = number("PRAGMA application_id").map_err(failed)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(failed)?;
    let empty = version == 0 && application == 0 && tables == 0;
    if !empty && application != APPLICATION {
        return Err(JournalError::Corrupt {
            path: path.to_owned(),
            detail: "it is another program's database".to_owned(),
        });
    }
    if version > VERSION {
        return Err(JournalError::Newer {
            path: path.to_owned(),
            version,
        });
    }
    Ok(version)
}

/// Brings the file to this version, all of it or nothing.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    let failed = |error: rusqlite::Error| JournalError::sqlite(path.to_owned(), &error);
    if version(connection, path)? == VERSION {
        return Ok(());
    }
    let change = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Another process may have been faster.
    let from = usize::try_from(version(&change, path)?).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(from) {
        change.execute_batch(step).map_err(failed)?;
    }
    for (name, value) in [("application_id", APPLICATION), ("user_version", VERSION)] {
        change.pragma_update(None, name, value).map_err(failed)?;
    }
    change.commit().map_err(failed)
}
