//! What was detached and what was done, durable on the disk before it is done.
//!
//! The file is an SQLite database that several processes may use at the same time. Every change of
//! it is on the disk when the call returns. A run is worked on by one process at a time: it claims
//! the run, and only the end of that process sets it free.
//!
//! Everything here blocks, for seconds when the disk is slow or another process holds the file.

mod error;
mod file;
mod owner;
mod rows;
mod schema;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use crate::domain::{
    AccountId, Before, CertificateId, Plan, Purpose, Record, RunId, RunState, StepFailure,
    StepState, Timestamp,
};
pub use error::{JournalError, NotWritable};
pub use file::default_path;
use owner::Owner;
use rows::{RUN, RunRow};

/// How the journal is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many finished runs are kept; the oldest go first. Runs that are not finished are always
    /// kept, and for a year the one by which a certificate could be put back.
    pub keep: u32,
    /// How long to wait for another process that holds the file.
    pub wait: Duration,
}

impl Default for Options {
    /// 10,000 runs are some 20 MB.
    fn default() -> Self {
        Self {
            keep: 10_000,
            wait: Duration::from_secs(5),
        }
    }
}

/// How long what a certificate lost is remembered, however many runs came after it: nothing is
/// published that would end a transfer which nobody accepts.
const RESTORABLE: Duration = Duration::from_hours(365 * 24);

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

/// The journal, open. Clones are the same one; the last one that is dropped gives up its claims.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    wait: Duration,
    connection: Mutex<Connection>,
    /// After the connection: a claim outlives what is still written.
    owner: Owner,
}

/// A run's row in SQL that is open and that no later run, open itself, puts back.
const OPEN: &str = "run.state IN ('unfinished', 'stopped')
    AND NOT EXISTS (SELECT 1 FROM run AS later WHERE later.origin = run.id
                    AND later.state IN ('unfinished', 'stopped'))";

impl Journal {
    /// Opens the journal, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// Why it cannot be used. A newer or damaged file is left as it is.
    pub fn open(path: &Path, options: &Options) -> Result<Self, JournalError> {
        file::make_folder(file::parent(path))?;
        let _opening = file::lock_opening(path, options.wait)?;
        file::prepare(path)?;
        let connection = schema::open(path, options.wait)?;
        let token = connection
            .query_row("SELECT hex(randomblob(16))", [], |row| row.get(0))
            .map_err(|error| JournalError::sqlite(path.to_owned(), &error))?;
        let journal = Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                wait: options.wait,
                connection: Mutex::new(connection),
                owner: Owner::new(path, token)?,
            }),
        };
        journal.prune(options.keep, Timestamp::now_utc())?;
        Ok(journal)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Records a certificate as it is and the steps that will change it, and claims the run.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unfinished`] while another run of the certificate is open: what that one
    /// detached would not be in the new record. Nothing may be changed in AWS after an error.
    pub fn begin(
        &self,
        before: &Before,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<RunId, JournalError> {
        self.write(|change, owner| {
            let place = (before.account, &*before.region, before.certificate);
            if let Some(open) = open_run(change, place, &[])? {
                return Ok(Err(JournalError::Unfinished(open)));
            }
            let purpose = Purpose::PrepareAndTransfer;
            rows::insert(change, purpose, before, &plan.steps, owner.token(), now).map(Ok)
        })
    }

    /// Records the steps that make a certificate again what it was before the run `of`, and claims
    /// the new run. Ends `of`, when it is still open, as stopped.
    ///
    /// # Errors
    ///
    /// [`JournalError::Claimed`] while another process works on `of`, and
    /// [`JournalError::Unfinished`] while a third run of the certificate is open.
    pub fn begin_put_back(
        &self,
        of: RunId,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<RunId, JournalError> {
        self.write(|change, owner| {
            let Some(row) = RunRow::find(change, of)? else {
                return Ok(Err(JournalError::Unknown(of)));
            };
            if claimed_by_another(&row, owner) {
                return Ok(Err(JournalError::Claimed(of)));
            }
            let (state, put_back) = (row.state, row.put_back);
            let origin = row.origin.filter(|_| put_back).unwrap_or(of);
            let before = row.record(change, false)?.before;
            let place = (before.account, &*before.region, before.certificate);
            if let Some(open) = open_run(change, place, &[of, origin])? {
                return Ok(Err(JournalError::Unfinished(open)));
            }
            if state.is_open() {
                // What a first attempt to put back left is the second one's work.
                let ended = if put_back {
                    RunState::LeftAsIs
                } else {
                    RunState::Stopped
                };
                end(change, of, ended, now)?;
            }
            let purpose = Purpose::PutBack { of: Some(origin) };
            rows::insert(change, purpose, &before, &plan.steps, owner.token(), now).map(Ok)
        })
    }

    /// Takes over a run that is open and that no living process works on.
    ///
    /// # Errors
    ///
    /// [`JournalError::Claimed`] by a living process, or [`JournalError::Finished`].
    pub fn claim(&self, run: RunId) -> Result<Record, JournalError> {
        self.write(|change, owner| {
            let Some(row) = RunRow::find(change, run)? else {
                return Ok(Err(JournalError::Unknown(run)));
            };
            if !row.state.is_open() {
                return Ok(Err(JournalError::Finished(run)));
            }
            if claimed_by_another(&row, owner) {
                return Ok(Err(JournalError::Claimed(run)));
            }
            change
                .prepare_cached(
                    "UPDATE run SET state = 'unfinished', ended = NULL, owner = ?2 WHERE id = ?1",
                )?
                .execute(params![run.0, owner.token()])?;
            let record = RunRow::find(change, run)?.map(|row| row.record(change, true));
            Ok(record.transpose()?.ok_or(JournalError::Unknown(run)))
        })
    }

    /// Records that a step begins. Its call may be sent when this has returned.
    pub fn step_begun(
        &self,
        run: RunId,
        position: usize,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.step(run, position, StepState::Begun(now))
    }

    /// Records that a step is done.
    pub fn step_done(
        &self,
        run: RunId,
        position: usize,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.step(run, position, StepState::Done(now))
    }

    /// Records that what a step is about does not exist any more.
    pub fn step_gone(
        &self,
        run: RunId,
        position: usize,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.step(run, position, StepState::Gone(now))
    }

    /// Records that a step failed.
    pub fn step_failed(
        &self,
        run: RunId,
        position: usize,
        failure: StepFailure,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.step(run, position, StepState::Failed(now, failure))
    }

    fn step(&self, run: RunId, position: usize, state: StepState) -> Result<(), JournalError> {
        self.steps(&[StepEvent {
            run,
            position,
            state,
        }])
    }

    /// Records several steps at once, of one run or of several, in one write to the disk: all of
    /// them or none.
    ///
    /// # Errors
    ///
    /// [`JournalError::Claimed`] or [`JournalError::Finished`] for a run that this journal does
    /// not hold.
    pub fn steps(&self, events: &[StepEvent]) -> Result<(), JournalError> {
        self.write(|change, owner| {
            for event in events {
                if let Err(error) = held(change, event.run, owner)? {
                    return Ok(Err(error));
                }
                if !rows::set_step(change, event.run, event.position, &event.state)? {
                    return Ok(Err(JournalError::Unknown(event.run)));
                }
            }
            Ok(Ok(()))
        })
    }

    /// Ends a run and gives up the claim. When it put another run back and is done, that run is
    /// [`RunState::PutBack`]; when it is left as is, so is that one, if it was open.
    ///
    /// # Errors
    ///
    /// [`JournalError::Claimed`] or [`JournalError::Finished`] for a run that this journal does
    /// not hold.
    pub fn finish(&self, run: RunId, state: RunState, now: Timestamp) -> Result<(), JournalError> {
        self.write(|change, owner| {
            let row = match held(change, run, owner)? {
                Ok(row) => row,
                Err(error) => return Ok(Err(error)),
            };
            end(change, run, state, now)?;
            let Some(origin) = row.origin.filter(|_| row.put_back) else {
                return Ok(Ok(()));
            };
            match state {
                RunState::Done | RunState::PutBack => {
                    end(change, origin, RunState::PutBack, now)?;
                }
                RunState::LeftAsIs => {
                    if RunRow::find(change, origin)?.is_some_and(|row| row.state.is_open()) {
                        end(change, origin, state, now)?;
                    }
                }
                RunState::Unfinished | RunState::Stopped => {}
            }
            Ok(Ok(()))
        })
    }

    /// The runs that somebody still has to decide on, oldest first. Those that a living process
    /// works on are [`Record::claimed`]. A run that is being put back is not among them: the run
    /// that puts it back is.
    pub fn unfinished(&self) -> Result<Vec<Record>, JournalError> {
        self.select(&format!("{OPEN} ORDER BY id"), params![])
    }

    /// A run.
    pub fn record(&self, run: RunId) -> Result<Option<Record>, JournalError> {
        Ok(self.select("id = ?1", params![run.0])?.pop())
    }

    /// The runs of a certificate, newest first, at most `limit`.
    pub fn history(
        &self,
        account: AccountId,
        region: &str,
        certificate: CertificateId,
        limit: u32,
    ) -> Result<Vec<Record>, JournalError> {
        self.select(
            "certificate = ?1 AND account = ?2 AND region = ?3 ORDER BY id DESC LIMIT ?4",
            params![certificate.as_bytes(), account.to_string(), region, limit],
        )
    }

    /// What a certificate lost and did not get back: its newest run that found something attached,
    /// or found it active, took something of it, and was not put back since.
    pub fn to_put_back(
        &self,
        account: AccountId,
        region: &str,
        certificate: CertificateId,
    ) -> Result<Option<Record>, JournalError> {
        let condition = format!(
            "certificate = ?1 AND account = ?2 AND region = ?3 AND {}
             ORDER BY id DESC LIMIT 1",
            took("run")
        );
        let place = params![certificate.as_bytes(), account.to_string(), region];
        let newest = self.select(&condition, place)?;
        let lost = newest.into_iter().next();
        Ok(lost.filter(|record| record.state != RunState::PutBack))
    }

    /// The certificates of which there are runs.
    pub fn certificates(
        &self,
        account: AccountId,
        region: &str,
    ) -> Result<HashSet<CertificateId>, JournalError> {
        let sql = "SELECT DISTINCT certificate FROM run WHERE account = ?1 AND region = ?2";
        let connection = self.lock();
        let read = || -> rusqlite::Result<HashSet<CertificateId>> {
            let mut select = connection.prepare_cached(sql)?;
            let id = |row: &Row<'_>| row.get(0).map(CertificateId::from_bytes);
            let ids = select.query_map(params![account.to_string(), region], id)?;
            ids.collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Drops the oldest finished runs until so many are left; says how many were dropped. Runs
    /// that are open, or that an open one puts back, are kept; so is for a year the newest run that
    /// took something from a certificate and was not put back.
    pub fn prune(&self, keep: u32, now: Timestamp) -> Result<usize, JournalError> {
        let droppable = format!(
            "state NOT IN ('unfinished', 'stopped')
             AND NOT EXISTS (SELECT 1 FROM run AS later WHERE later.origin = run.id
                             AND later.state IN ('unfinished', 'stopped'))
             AND id <= (SELECT id FROM run WHERE state NOT IN ('unfinished', 'stopped')
                        ORDER BY id DESC LIMIT 1 OFFSET ?1)
             AND NOT (began >= ?2 AND state <> 'put back' AND {}
                      AND NOT EXISTS (SELECT 1 FROM run AS newer
                                      WHERE newer.certificate = run.certificate
                                        AND newer.account = run.account
                                        AND newer.region = run.region
                                        AND newer.id > run.id AND {}))",
            took("run"),
            took("newer")
        );
        let values = params![keep, rows::micros(now - RESTORABLE)];
        // Most often there is nothing to drop, and no reason to wait for one who writes.
        let any = format!("SELECT EXISTS (SELECT 1 FROM run WHERE {droppable})");
        let any = (self.lock()).query_row(&any, values, |row| row.get(0));
        if !any.map_err(|error| self.failed(&error))? {
            return Ok(0);
        }
        let sql = format!("DELETE FROM run WHERE {droppable}");
        self.write(|change, _| change.execute(&sql, values).map(Ok))
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
        work: impl FnOnce(&Transaction<'_>, &Owner) -> rusqlite::Result<Result<T, JournalError>>,
    ) -> Result<T, JournalError> {
        let connection = self.lock();
        let change = self.begin_writing(&connection)?;
        // Dropped without a commit, the transaction is rolled back.
        let made = work(&change, &self.inner.owner).map_err(|error| self.failed(&error))??;
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
                records.push(row.record(connection, claimed)?);
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

/// Whether a row of `run`, by its name in the SQL, is a run that found something to take and may have
/// taken some of it.
fn took(run: &str) -> String {
    format!(
        "{run}.purpose = 'transfer'
         AND ({run}.status = 'ACTIVE' OR EXISTS (SELECT 1 FROM attached WHERE run = {run}.id))
         AND EXISTS (SELECT 1 FROM step WHERE step.run = {run}.id AND step.state <> 'planned')"
    )
}

/// Whether a living process other than this one works on a run.
fn claimed_by_another(row: &RunRow, owner: &Owner) -> bool {
    row.state.is_open()
        && (row.owner.as_deref()).is_some_and(|token| token != owner.token() && owner.alive(token))
}

/// The run, when this journal holds it.
fn held(
    change: &Transaction<'_>,
    run: RunId,
    owner: &Owner,
) -> rusqlite::Result<Result<RunRow, JournalError>> {
    Ok(match RunRow::find(change, run)? {
        None => Err(JournalError::Unknown(run)),
        Some(row) if !row.state.is_open() => Err(JournalError::Finished(run)),
        Some(row) if row.owner.as_deref() == Some(owner.token()) => Ok(row),
        Some(_) => Err(JournalError::Claimed(run)),
    })
}

/// An open run of a certificate, other than these.
fn open_run(
    change: &Transaction<'_>,
    (account, region, certificate): (AccountId, &str, CertificateId),
    except: &[RunId],
) -> rusqlite::Result<Option<RunId>> {
    let mut select = change.prepare_cached(
        "SELECT id FROM run WHERE certificate = ?1 AND account = ?2 AND region = ?3
           AND state IN ('unfinished', 'stopped') ORDER BY id DESC",
    )?;
    let runs = select.query_map(
        params![certificate.as_bytes(), account.to_string(), region],
        |row| row.get(0).map(RunId),
    )?;
    for run in runs {
        let run = run?;
        if !except.contains(&run) {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// Writes a run's state, and that nobody works on it.
fn end(
    change: &Transaction<'_>,
    run: RunId,
    state: RunState,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let ended = (state != RunState::Unfinished).then(|| rows::micros(now));
    change
        .prepare_cached("UPDATE run SET state = ?2, ended = ?3, owner = NULL WHERE id = ?1")?
        .execute(params![run.0, rows::state_word(state), ended])?;
    Ok(())
}

#[cfg(test)]
mod tests;
