//! Runs, from their beginning to their end.

use rusqlite::{Connection, Transaction, params};

use crate::{
    domain::{
        Before, CertificateId, Edition, Place, Plan, Purpose, Record, RunEvent, RunId, RunState,
        StepFailure, StepState, Timestamp,
    },
    journal::{
        Journal, JournalError, StepEvent, batches,
        lookup::AT,
        owner::Owner,
        rows::{self, RunRow},
        words,
    },
};

impl Journal {
    /// Records a certificate as it is and the steps that will change it, and claims the run.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unfinished`] while another run of the certificate is open: what that one
    /// detached would not be in the new record; [`JournalError::Overtaken`] for the same reason, when
    /// one began after it was looked at. Nothing may be changed in AWS after an error.
    pub fn begin(
        &self,
        before: &Before,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<RunId, JournalError> {
        self.begin_as(Purpose::PrepareAndTransfer, before, plan, now)
    }

    /// Records a certificate that is about to be changed for ever, and claims the run.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    pub fn begin_final_change(
        &self,
        before: &Before,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<RunId, JournalError> {
        self.begin_as(Purpose::FinalChange, before, plan, now)
    }

    /// The newest run of a certificate at a place, or 0 where there is none.
    pub fn newest_run(
        &self,
        place: &Place,
        certificate: CertificateId,
    ) -> Result<RunId, JournalError> {
        let newest = newest_run(&self.lock(), place, certificate);
        newest.map_err(|error| self.failed(&error))
    }

    /// Records both halves of a hand-over, each at its place, and claims both: all of it or nothing.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin), at either place.
    pub fn begin_hand_over(
        &self,
        here: (&Before, &Plan),
        there: (&Before, &Plan),
        now: Timestamp,
    ) -> Result<(RunId, RunId), JournalError> {
        let runs = self.write(|change, owner| {
            for (before, _) in [here, there] {
                if let Some(why) = in_the_way(change, before)? {
                    return Ok(Err(why));
                }
            }
            let insert = |purpose, (before, plan): (&Before, &Plan)| {
                rows::insert(change, purpose, before, &plan.steps, owner.token(), now)
            };
            batches::begun(change, &here.0.place, here.0.certificate)?;
            let offers = insert(Purpose::PrepareAndTransfer, here)?;
            let takes = insert(Purpose::SetUp { of: Some(offers) }, there)?;
            Ok(Ok((offers, takes)))
        })?;
        self.take_over_wal();
        Ok(runs)
    }

    /// The recipient's half of a hand-over, by the run that is its other half.
    pub fn set_up_of(&self, run: RunId) -> Result<Option<Record>, JournalError> {
        let read = || {
            let connection = self.lock();
            let mut select = connection
                .prepare_cached("SELECT id FROM run WHERE origin = ?1 AND purpose = 'set up'")?;
            let found = select.query_row([run.0], |row| row.get(0).map(RunId));
            rusqlite::OptionalExtension::optional(found)
        };
        match read().map_err(|error| self.failed(&error))? {
            Some(run) => self.record(run),
            None => Ok(None),
        }
    }

    fn begin_as(
        &self,
        purpose: Purpose,
        before: &Before,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<RunId, JournalError> {
        let run = self.write(|change, owner| {
            if let Some(why) = in_the_way(change, before)? {
                return Ok(Err(why));
            }
            batches::begun(change, &before.place, before.certificate)?;
            rows::insert(change, purpose, before, &plan.steps, owner.token(), now).map(Ok)
        })?;
        self.take_over_wal();
        Ok(run)
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
            let state = row.state;
            let (put_back, origin) = match row.purpose {
                Purpose::PutBack { of: origin } => (true, origin.unwrap_or(of)),
                Purpose::PrepareAndTransfer | Purpose::FinalChange | Purpose::SetUp { .. } => {
                    (false, of)
                }
            };
            let before = row.record(change, false)?.before;
            if let Some(open) = open_run(change, &before, &[of, origin])? {
                return Ok(Err(JournalError::Unfinished(open)));
            }
            let event = if put_back {
                RunEvent::Superseded
            } else {
                RunEvent::PutBackBegun
            };
            if let Err(error) = happened(change, of, state, event, now)? {
                return Ok(Err(error));
            }
            // Its certificate does not arrive any more.
            if let Err(error) = supersede_set_up(change, owner, origin, now)? {
                return Ok(Err(error));
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
            let Some(next) = row.state.next(RunEvent::Claimed) else {
                return Ok(Err(JournalError::Finished(run)));
            };
            if claimed_by_another(&row, owner) {
                return Ok(Err(JournalError::Claimed(run)));
            }
            change
                .prepare_cached(
                    "UPDATE run SET state = ?2, ended = NULL, owner = ?3 WHERE id = ?1",
                )?
                .execute(params![run.0, words::state_word(next), owner.token()])?;
            let record = RunRow::find(change, run)?.map(|row| row.record(change, true));
            Ok(record.transpose()?.ok_or(JournalError::Unknown(run)))
        })
    }

    /// Records the edition in which a certificate came back from the transfer of its finished run. What
    /// was recorded first stays.
    pub fn returned(
        &self,
        place: &Place,
        certificate: CertificateId,
        edition: Edition,
    ) -> Result<(), JournalError> {
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let of = format!(
            "certificate = ?1 AND {AT} AND purpose = 'transfer' AND state = 'done'
             AND returned_version IS NULL AND returned_modified IS NULL"
        );
        let at = params![
            certificate.as_bytes(),
            account,
            place.region,
            control_plane,
            place.partition.name()
        ];
        // Most often there is nothing to write, and no reason to wait for one who writes.
        let any = format!("SELECT EXISTS (SELECT 1 FROM run WHERE {of})");
        let any: Result<bool, _> = (self.lock()).query_row(&any, at, |row| row.get(0));
        if !any.map_err(|error| self.failed(&error))? {
            return Ok(());
        }
        let sql =
            format!("UPDATE run SET returned_version = ?6, returned_modified = ?7 WHERE {of}");
        self.write(|change, _| {
            let modified = edition.modified.map(words::micros);
            let values = params![
                certificate.as_bytes(),
                account,
                place.region,
                control_plane,
                place.partition.name(),
                edition.version,
                modified
            ];
            change.execute(&sql, values).map(|_| Ok(()))
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

    /// Ends a run and gives up the claim. What it means for a run that it put back happens to that one.
    ///
    /// # Errors
    ///
    /// [`JournalError::Claimed`] or [`JournalError::Finished`] for a run that this journal does
    /// not hold, or that this cannot happen to.
    pub fn finish(&self, run: RunId, event: RunEvent, now: Timestamp) -> Result<(), JournalError> {
        self.write(|change, owner| {
            let row = match held(change, run, owner)? {
                Ok(row) => row,
                Err(error) => return Ok(Err(error)),
            };
            if let Err(error) = happened(change, run, row.state, event, now)? {
                return Ok(Err(error));
            }
            let follows = match event {
                RunEvent::Completed => RunEvent::PutBackCompleted,
                RunEvent::Left => RunEvent::PutBackLeft,
                _ => return Ok(Ok(())),
            };
            let Purpose::PutBack { of: Some(origin) } = row.purpose else {
                return Ok(Ok(()));
            };
            match RunRow::find(change, origin)? {
                Some(row) => happened(change, origin, row.state, follows, now),
                // It was dropped since.
                None => Ok(Ok(())),
            }
        })
    }
}

/// Ends the recipient's half of a hand-over whose other half is put back.
fn supersede_set_up(
    change: &Transaction<'_>,
    owner: &Owner,
    of: RunId,
    now: Timestamp,
) -> rusqlite::Result<Result<(), JournalError>> {
    let mut select = change.prepare_cached(&format!(
        "SELECT id FROM run WHERE origin = ?1 AND purpose = 'set up' AND {}",
        words::open("state")
    ))?;
    let runs = select.query_map([of.0], |row| row.get(0).map(RunId))?;
    let runs: Vec<RunId> = runs.collect::<rusqlite::Result<_>>()?;
    for run in runs {
        let Some(row) = RunRow::find(change, run)? else {
            continue;
        };
        if claimed_by_another(&row, owner) {
            return Ok(Err(JournalError::Claimed(run)));
        }
        if let Err(error) = happened(change, run, row.state, RunEvent::Superseded, now)? {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
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

/// Why no run of a certificate may begin.
fn in_the_way(change: &Transaction<'_>, before: &Before) -> rusqlite::Result<Option<JournalError>> {
    if let Some(open) = open_run(change, before, &[])? {
        return Ok(Some(JournalError::Unfinished(open)));
    }
    let newest = newest_run(change, &before.place, before.certificate)?;
    let overtaken = before.newest_run.is_some_and(|seen| newest > seen);
    Ok(overtaken.then_some(JournalError::Overtaken(newest)))
}

/// The newest run of a certificate, or 0.
fn newest_run(
    connection: &Connection,
    place: &Place,
    certificate: CertificateId,
) -> rusqlite::Result<RunId> {
    let sql = format!("SELECT coalesce(max(id), 0) FROM run WHERE certificate = ?1 AND {AT}");
    let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
    let values = params![
        certificate.as_bytes(),
        account,
        place.region,
        control_plane,
        place.partition.name()
    ];
    let mut select = connection.prepare_cached(&sql)?;
    select.query_row(values, |row| row.get(0).map(RunId))
}

/// An open run of a certificate, other than these.
fn open_run(
    change: &Transaction<'_>,
    before: &Before,
    except: &[RunId],
) -> rusqlite::Result<Option<RunId>> {
    let mut select = change.prepare_cached(&format!(
        "SELECT id FROM run WHERE certificate = ?1 AND {AT}
           AND {} ORDER BY id DESC",
        words::open("state")
    ))?;
    let place = &before.place;
    let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
    let values = params![
        before.certificate.as_bytes(),
        account,
        place.region,
        control_plane,
        place.partition.name()
    ];
    let runs = select.query_map(values, |row| row.get(0).map(RunId))?;
    for run in runs {
        let run = run?;
        if !except.contains(&run) {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// Writes the run's new state and releases its claim.
fn happened(
    change: &Transaction<'_>,
    run: RunId,
    state: RunState,
    event: RunEvent,
    now: Timestamp,
) -> rusqlite::Result<Result<(), JournalError>> {
    let Some(next) = state.next(event) else {
        return Ok(Err(JournalError::Finished(run)));
    };
    // What is over already keeps its end.
    if next == state && !state.is_open() {
        return Ok(Ok(()));
    }
    change
        .prepare_cached("UPDATE run SET state = ?2, ended = ?3, owner = NULL WHERE id = ?1")?
        .execute(params![run.0, words::state_word(next), words::micros(now)])?;
    Ok(Ok(()))
}
