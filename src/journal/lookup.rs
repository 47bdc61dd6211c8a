//! What the journal knows of runs that were, and which of them it forgets.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use rusqlite::{Row, params};

use crate::{
    domain::{AccountId, CertificateId, Place, Record, RunId, RunState, Timestamp},
    journal::{Journal, JournalError, file, schema, words},
};

/// How long what a certificate lost is remembered, however many runs came after it: nothing is
/// published that would end a transfer which nobody accepts.
const RESTORABLE: Duration = Duration::from_hours(365 * 24);

/// A run's row in SQL that is open and that no later run, open itself, puts back.
fn undecided() -> String {
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM run AS later
                            WHERE later.origin = run.id AND later.purpose = 'put back' AND {})",
        words::open("run.state"),
        words::open("later.state")
    )
}

/// In SQL: at a place, whose parts are ?2 to ?5.
pub(super) const AT: &str =
    "account = ?2 AND region = ?3 AND control_plane = ?4 AND partition = ?5";

/// How many runs are looked at for those that certificates were offered to.
const RECENT: u32 = 500;

/// How many runs of a certificate are looked at for one that was not put back.
const HISTORY: u32 = 50;

impl Journal {
    /// The runs that somebody still has to decide on, oldest first. Those that a living process
    /// works on are [`Record::claimed`]. A run that is being put back is not among them: the run
    /// that puts it back is.
    pub fn unfinished(&self) -> Result<Vec<Record>, JournalError> {
        self.select(&format!("{} ORDER BY id", undecided()), params![])
    }

    /// The certificates that were offered from a place and were not put back since: those of them that
    /// the account still has came back.
    pub fn offered(&self, place: &Place) -> Result<Vec<CertificateId>, JournalError> {
        let at = "account = ?1 AND region = ?2 AND control_plane = ?3 AND partition = ?4";
        let sql = format!(
            "SELECT certificate FROM run WHERE {at} AND purpose = 'transfer' AND state = 'done'
               AND id = (SELECT max(newer.id) FROM run AS newer
                         WHERE newer.certificate = run.certificate
                           AND newer.account = run.account AND newer.region = run.region
                           AND newer.control_plane = run.control_plane
                           AND newer.partition = run.partition
                           AND newer.state <> 'left as is')"
        );
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let values = params![account, place.region, control_plane, place.partition.name()];
        let connection = self.lock();
        let read = || -> rusqlite::Result<Vec<CertificateId>> {
            let mut select = connection.prepare_cached(&sql)?;
            let id = |row: &Row<'_>| row.get(0).map(CertificateId::from_bytes);
            select.query_map(values, id)?.collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// To whom the last 500 runs of a place offered certificates, the latest first.
    pub fn recipients(&self, place: &Place) -> Result<Vec<AccountId>, JournalError> {
        let sql = format!(
            "SELECT step.account FROM run JOIN step ON step.run = run.id
             WHERE run.id IN (SELECT id FROM run WHERE {AT} AND purpose = 'transfer' ORDER BY id DESC LIMIT ?1)
               AND step.kind = 'transfer' AND step.state = 'done' AND step.account IS NOT NULL
             GROUP BY step.account ORDER BY max(run.id) DESC"
        );
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let values = params![
            RECENT,
            account,
            place.region,
            control_plane,
            place.partition.name()
        ];
        let connection = self.lock();
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut select = connection.prepare_cached(&sql)?;
            select.query_map(values, |row| row.get(0))?.collect()
        };
        let accounts = read().map_err(|error| self.failed(&error))?;
        let accounts = accounts.iter().map(|it| AccountId::parse(it));
        Ok(accounts.filter_map(Result::ok).collect())
    }

    /// How many runs are open at other places than one, and in the journals of other computers, each
    /// with the name of the place. Nothing can be decided about them from there.
    pub fn elsewhere(&self, place: &Place) -> Result<Vec<(String, usize)>, JournalError> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut count = |words: String| {
            let n = counts.entry(words).or_default();
            *n = n.saturating_add(1);
        };
        for record in self.unfinished()? {
            if record.before.place != *place {
                count(record.before.place.words());
            }
        }
        // Beside one in memory lies nothing.
        let others = self.inner.file.map(|_| file::of_others(&self.inner.path));
        for (host, path) in others.into_iter().flatten() {
            let read = || -> rusqlite::Result<Vec<String>> {
                let connection = schema::open_to_read(&path)?;
                let sql = format!("SELECT account, region FROM run WHERE {}", undecided());
                let words = |row: &Row<'_>| -> rusqlite::Result<String> {
                    let (account, region): (String, String) = (row.get(0)?, row.get(1)?);
                    Ok(format!("{account}, {region}, begun on {host}"))
                };
                connection.prepare(&sql)?.query_map([], words)?.collect()
            };
            match read() {
                Ok(rows) => rows.into_iter().for_each(&mut count),
                // An empty or unreadable one is said, too: it may have something open.
                Err(error) => count(format!("the journal of {host} cannot be read: {error}")),
            }
        }
        Ok(counts.into_iter().collect())
    }

    /// A run.
    pub fn record(&self, run: RunId) -> Result<Option<Record>, JournalError> {
        Ok(self.select("id = ?1", params![run.0])?.pop())
    }

    /// Whether this journal itself claims a run.
    pub fn holds(&self, run: RunId) -> Result<bool, JournalError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?1 AND owner = ?2)";
        let token = self.inner.owner.token();
        let held = (self.lock()).query_row(sql, params![run.0, token], |row| row.get(0));
        held.map_err(|error| self.failed(&error))
    }

    /// The runs of a certificate, newest first, at most `limit`.
    pub fn history(
        &self,
        place: &Place,
        certificate: CertificateId,
        limit: u32,
    ) -> Result<Vec<Record>, JournalError> {
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        self.select(
            &format!("certificate = ?1 AND {AT} ORDER BY id DESC LIMIT ?6"),
            params![
                certificate.as_bytes(),
                account,
                place.region,
                control_plane,
                place.partition.name(),
                limit
            ],
        )
    }

    /// Runs at any place, newest first, at most `limit`: those before a run, or the newest.
    pub fn past(&self, before: Option<RunId>, limit: u32) -> Result<Vec<Record>, JournalError> {
        let before = before.map_or(i64::MAX, |run| run.0);
        self.select("id < ?1 ORDER BY id DESC LIMIT ?2", params![before, limit])
    }

    /// The runs that changed a certificate for ever and kept it, newest first, at any place.
    pub fn kept(&self) -> Result<Vec<Record>, JournalError> {
        self.select("pem IS NOT NULL ORDER BY id DESC", params![])
    }

    /// What a certificate lost and did not get back: its newest run that found something attached,
    /// or found it active, took something of it, and was not put back since. What runs before it
    /// lost is not offered again when that one was put back, except what was left as it was.
    pub fn to_put_back(
        &self,
        place: &Place,
        certificate: CertificateId,
    ) -> Result<Option<Record>, JournalError> {
        let condition = format!(
            "certificate = ?1 AND {AT} AND {} ORDER BY id DESC LIMIT ?6",
            took("run")
        );
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let values = params![
            certificate.as_bytes(),
            account,
            place.region,
            control_plane,
            place.partition.name(),
            HISTORY
        ];
        let mut put_back = false;
        for record in self.select(&condition, values)? {
            match record.state {
                RunState::PutBack => put_back = true,
                RunState::LeftAsIs => return Ok(Some(record)),
                _ => return Ok(Some(record).filter(|_| !put_back)),
            }
        }
        Ok(None)
    }

    /// The certificates of which there are runs.
    pub fn certificates(&self, place: &Place) -> Result<HashSet<CertificateId>, JournalError> {
        let sql = "SELECT DISTINCT certificate FROM run
                   WHERE account = ?1 AND region = ?2 AND control_plane = ?3 AND partition = ?4";
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let values = params![account, place.region, control_plane, place.partition.name()];
        let connection = self.lock();
        let read = || -> rusqlite::Result<HashSet<CertificateId>> {
            let mut select = connection.prepare_cached(sql)?;
            let id = |row: &Row<'_>| row.get(0).map(CertificateId::from_bytes);
            select.query_map(values, id)?.collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Drops the oldest finished runs until so many are left; says how many were dropped. Runs
    /// that are open, or that an open one puts back, are kept; so is for a year what could be put back,
    /// and what was changed for ever.
    pub fn prune(&self, keep: u32, now: Timestamp) -> Result<usize, JournalError> {
        let (open, later_open) = (words::open("state"), words::open("later.state"));
        let droppable = format!(
            "NOT {open}
             AND NOT EXISTS (SELECT 1 FROM run AS later WHERE later.origin = run.id
                             AND {later_open})
             AND id <= (SELECT id FROM run WHERE NOT {open}
                        ORDER BY id DESC LIMIT 1 OFFSET ?1)
             AND NOT (began >= ?2 AND pem IS NOT NULL)
             AND NOT (began >= ?2 AND state <> 'put back' AND {}
                      AND (state = 'left as is' OR NOT EXISTS (SELECT 1 FROM run AS newer
                                      WHERE newer.certificate = run.certificate
                                        AND newer.account = run.account
                                        AND newer.region = run.region
                                        AND newer.control_plane = run.control_plane
                                        AND newer.partition = run.partition
                                        AND newer.id > run.id AND {})))",
            took("run"),
            took("newer")
        );
        let values = params![keep, words::micros(now - RESTORABLE)];
        // Most often there is nothing to drop, and no reason to wait for one who writes.
        let any = format!("SELECT EXISTS (SELECT 1 FROM run WHERE {droppable})");
        let any = (self.lock()).query_row(&any, values, |row| row.get(0));
        if !any.map_err(|error| self.failed(&error))? {
            return Ok(0);
        }
        let sql = format!("DELETE FROM run WHERE {droppable}");
        self.write(|change, _| change.execute(&sql, values).map(Ok))
    }
}

/// Whether a row of `run`, by its name in the SQL, is a run that found something to take and may have
/// taken some of it: not one whose steps were all refused.
fn took(run: &str) -> String {
    let unanswered = words::unanswered();
    format!(
        "{run}.purpose = 'transfer'
         AND ({run}.status = 'ACTIVE' OR EXISTS (SELECT 1 FROM attached WHERE run = {run}.id))
         AND EXISTS (SELECT 1 FROM step WHERE step.run = {run}.id AND step.state <> 'planned'
                     AND NOT (step.state = 'failed' AND NOT step.ambiguous
                              AND step.failure_kind NOT IN ({unanswered})))"
    )
}
