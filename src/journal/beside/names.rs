//! What devices are called, in a file beside the journal: the subject of a certificate never changes for its id. For the eye
//! and for finding alone, so a file that cannot be used is like none.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::{
    domain::{CertificateId, DeviceName, Expiry, Timestamp},
    journal::{
        error::JournalError,
        file::{default_path, is_of_network, of_this_computer, parent, prepare},
    },
};

/// How many are kept: some 100 MB. The longest not seen go first.
const KEPT: u32 = 1_000_000;

/// The longest name that is kept, in characters: a common name has 64 at most (RFC 5280), a thing's name 128.
const LONGEST: usize = 256;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS names (
    id BLOB PRIMARY KEY,
    common_name TEXT,
    serial TEXT,
    thing TEXT,
    thing_looked_at INTEGER NOT NULL,
    seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS names_seen ON names (seen);";

/// What a file of an earlier version lacks: until when a certificate is valid, in seconds since 1970. `NULL` was not
/// asked.
const EXPIRES: &str = "ALTER TABLE names ADD COLUMN expires INTEGER; PRAGMA user_version = 1;";

/// Stands for a validity of which AWS does not say when it ends.
const NOT_SAID: i64 = i64::MIN;

/// Where it is kept.
///
/// # Errors
///
/// [`JournalError::NoPlace`].
pub fn names_path() -> Result<PathBuf, JournalError> {
    Ok(parent(&default_path()?).join("names.db"))
}

/// The names of devices.
#[derive(Debug)]
pub struct NamesFile {
    connection: Connection,
    path: PathBuf,
    kept: u32,
}

impl NamesFile {
    /// Opens the file, which is made where it is missing, for its owner alone; `None` keeps them in memory.
    ///
    /// # Errors
    ///
    /// It cannot be used.
    pub fn open(path: Option<&Path>) -> Result<Self, JournalError> {
        // Computers that share a folder over a network cannot rely on each other's locks.
        let own = path.map(|path| {
            if is_of_network(parent(path)) {
                of_this_computer(path)
            } else {
                path.to_owned()
            }
        });
        let connection = match &own {
            Some(path) => {
                prepare(path)?;
                Connection::open(path)
            }
            None => Connection::open_in_memory(),
        };
        let path = own.unwrap_or_default();
        let failed = |error: rusqlite::Error| JournalError::sqlite(path.clone(), &error);
        let mut connection = connection.map_err(failed)?;
        let mut set_up = || {
            connection.busy_timeout(std::time::Duration::from_millis(500))?;
            // What is lost with a power cut is asked for again.
            connection.pragma_update(None, "synchronous", "OFF")?;
            // Another process may do the same.
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute_batch(SCHEMA)?;
            let version: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            if version == 0 {
                change.execute_batch(EXPIRES)?;
            }
            change.commit()
        };
        set_up().map_err(failed)?;
        Ok(Self {
            connection,
            path,
            kept: KEPT,
        })
    }

    /// What is known of these.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn known(&self, ids: &[CertificateId]) -> Result<Vec<DeviceName>, JournalError> {
        self.read(ids)
            .map_err(|error| JournalError::sqlite(self.path.clone(), &error))
    }

    /// Keeps what was learned.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn learn(&mut self, names: &[DeviceName], now: Timestamp) -> Result<(), JournalError> {
        self.write(names, now)
            .map_err(|error| JournalError::sqlite(self.path.clone(), &error))
    }

    fn read(&self, ids: &[CertificateId]) -> rusqlite::Result<Vec<DeviceName>> {
        let columns = "common_name, serial, thing, thing_looked_at, expires";
        let select = format!("SELECT {columns} FROM names WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&select)?;
        let mut found = Vec::new();
        for id in ids {
            let row = statement.query_row([id.as_bytes()], |row| {
                Ok(DeviceName {
                    id: *id,
                    common_name: row.get(0)?,
                    serial: row.get(1)?,
                    thing: row.get(2)?,
                    thing_looked_at: row.get(3)?,
                    expires: expiry(row.get(4)?),
                })
            });
            found.extend(row.optional()?);
        }
        Ok(found)
    }

    fn write(&mut self, names: &[DeviceName], now: Timestamp) -> rusqlite::Result<()> {
        let known = {
            let ids: Vec<CertificateId> = names.iter().map(|it| it.id).collect();
            self.read(&ids)?
        };
        let transaction = self.connection.transaction()?;
        for name in names {
            let before = known.iter().find(|it| it.id == name.id).cloned();
            let mut kept = before.unwrap_or(DeviceName::unknown(name.id));
            kept.learn(name);
            let short = |text: &Option<String>| -> Option<String> {
                let text = text.as_ref()?;
                Some(text.chars().take(LONGEST).collect())
            };
            let insert = "INSERT OR REPLACE INTO names
                (id, common_name, serial, thing, thing_looked_at, seen, expires)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let expires = match kept.expires {
                Expiry::NotAsked => None,
                Expiry::NotSaid => Some(NOT_SAID),
                Expiry::At(at) => Some(at.unix_timestamp()),
            };
            transaction.prepare_cached(insert)?.execute(params![
                name.id.as_bytes(),
                short(&kept.common_name),
                short(&kept.serial),
                short(&kept.thing),
                kept.thing_looked_at,
                now.unix_timestamp(),
                expires,
            ])?;
        }
        let all: u32 = transaction.query_row("SELECT count(*) FROM names", [], |row| row.get(0))?;
        if let more @ 1.. = all.saturating_sub(self.kept) {
            let oldest =
                "DELETE FROM names WHERE id IN (SELECT id FROM names ORDER BY seen LIMIT ?1)";
            transaction.execute(oldest, [more])?;
        }
        transaction.commit()
    }
}

fn expiry(seconds: Option<i64>) -> Expiry {
    match seconds {
        None => Expiry::NotAsked,
        Some(at) => Timestamp::from_unix_timestamp(at).map_or(Expiry::NotSaid, Expiry::At),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn name(n: u8, common_name: &str) -> DeviceName {
        DeviceName {
            common_name: Some(common_name.to_owned()),
            serial: Some("0a".to_owned()),
            expires: Expiry::At(at(i64::from(n))),
            ..DeviceName::unknown(CertificateId::from_bytes([n; 32]))
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::seconds(second)
    }

    #[test]
    fn names_are_kept_for_the_next_start_and_nobody_else_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/names.db");
        let mut file = NamesFile::open(Some(&path)).unwrap();
        let hostile = name(1, "press\u{1b}[2J \"7\"");
        file.learn(&[hostile.clone(), name(2, "press-2")], at(1))
            .unwrap();
        let mut thing = DeviceName::unknown(name(2, "").id);
        (thing.thing, thing.thing_looked_at) = (Some("thing-2".to_owned()), true);
        file.learn(&[thing], at(2)).unwrap();
        drop(file);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let file = NamesFile::open(Some(&path)).unwrap();
        let ids = [1, 2, 3].map(|n| CertificateId::from_bytes([n; 32]));
        let known = file.known(&ids).unwrap();
        assert_eq!(known[0], hostile);
        assert_eq!(known[1].common_name.as_deref(), Some("press-2"));
        assert_eq!(known[1].thing.as_deref(), Some("thing-2"));
        assert_eq!(known.len(), 2);
    }

    /// What an earlier version kept is kept on, and of it the end of the validity is asked once.
    #[test]
    fn a_file_of_an_earlier_version_is_used_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.db");
        let ids = [1, 2].map(|n| CertificateId::from_bytes([n; 32]));
        {
            let old = Connection::open(&path).unwrap();
            old.execute_batch(SCHEMA).unwrap();
            let insert = "INSERT INTO names VALUES (?1, 'press-1', '0a', NULL, 1, 7)";
            old.execute(insert, [ids[0].as_bytes()]).unwrap();
        }
        // Two processes at once, and again.
        let mut files = [0, 1, 2].map(|_| NamesFile::open(Some(&path)).unwrap());
        let known = files[2].known(&ids).unwrap();
        assert_eq!(known[0].common_name.as_deref(), Some("press-1"));
        assert!(known[0].wants_subject() && known[0].expires == Expiry::NotAsked);
        let mut learned = known[0].clone();
        learned.expires = Expiry::At(at(5));
        let mut silent = name(2, "press-2");
        silent.expires = Expiry::NotSaid;
        files[0]
            .learn(&[learned.clone(), silent.clone()], at(8))
            .unwrap();
        assert_eq!(files[1].known(&ids).unwrap(), [learned, silent]);
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let mut file = NamesFile::open(None).unwrap();
        file.kept = 3;
        for n in 1..=5 {
            let long = "x".repeat(5_000);
            file.learn(&[name(n, &long)], at(i64::from(n))).unwrap();
        }
        let ids = [1, 2, 3, 4, 5].map(|n| CertificateId::from_bytes([n; 32]));
        let known = file.known(&ids).unwrap();
        let left: Vec<u8> = known.iter().map(|it| it.id.as_bytes()[0]).collect();
        assert_eq!(left, [3, 4, 5]);
        assert_eq!(known[0].common_name.as_ref().unwrap().len(), LONGEST);
    }

    #[test]
    fn a_file_that_is_none_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.db");
        std::fs::write(
            &path,
            "not a database, and long enough to be read as one".repeat(50),
        )
        .unwrap();
        assert!(NamesFile::open(Some(&path)).is_err());
    }
}
