//! What a batch was confirmed for and has not begun: a process that is killed takes it along otherwise.

use rusqlite::{Row, Transaction, params};

use crate::{
    domain::{BatchId, CertificateId, NotBegun, Place, Timestamp},
    journal::{Journal, JournalError, OfferTo, words},
};

impl Journal {
    /// Records the certificates that are to be transferred or handed over. Each leaves the record when its run
    /// begins. What an earlier batch was to do with them is forgotten.
    pub fn begin_batch(
        &self,
        place: &Place,
        offer: &OfferTo<'_>,
        certificates: &[CertificateId],
        now: Timestamp,
    ) -> Result<BatchId, JournalError> {
        self.write(|change, owner| {
            for certificate in certificates {
                begun(change, place, *certificate)?;
            }
            change
                .prepare_cached(
                    "INSERT INTO batch (account, region, control_plane, partition, recipient, message,
                                        began, owner, hand_over)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    place.account.to_string(),
                    place.region,
                    place.control_plane.to_string(),
                    place.partition.name(),
                    offer.to.to_string(),
                    offer.message,
                    words::micros(now),
                    owner.token(),
                    offer.hand_over,
                ])?;
            let batch = change.last_insert_rowid();
            let mut insert = change.prepare_cached("INSERT INTO waiting VALUES (?1, ?2)")?;
            for certificate in certificates {
                insert.execute(params![batch, certificate.as_bytes()])?;
            }
            Ok(Ok(BatchId(batch)))
        })
    }

    /// Forgets what a batch has not begun: it is over, or a person says so.
    pub fn forget_batch(&self, batch: BatchId) -> Result<(), JournalError> {
        self.write(|change, _| {
            let mut delete = change.prepare_cached("DELETE FROM batch WHERE id = ?1")?;
            delete.execute([batch.0]).map(|_| Ok(()))
        })
    }

    /// What the batches of processes that are gone have not begun, oldest first.
    pub fn not_begun(&self, place: &Place) -> Result<Vec<NotBegun>, JournalError> {
        let batches = self.batches(place)?;
        let alive = |owner: &str| self.inner.owner.alive(owner);
        let dead = batches.into_iter().filter(|(owner, _)| !alive(owner));
        Ok(dead
            .map(|(_, batch)| batch)
            .filter(|batch| !batch.certificates.is_empty())
            .collect())
    }

    /// What batches have not begun, each with the token of its process, oldest first.
    pub(super) fn batches(&self, place: &Place) -> Result<Vec<(String, NotBegun)>, JournalError> {
        self.read_batches(place)
            .map_err(|error| self.failed(&error))
    }

    fn read_batches(&self, place: &Place) -> rusqlite::Result<Vec<(String, NotBegun)>> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, recipient, message, began, owner, hand_over FROM batch
             WHERE account = ?1 AND region = ?2 AND control_plane = ?3 AND partition = ?4 ORDER BY id",
        )?;
        let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
        let values = params![account, place.region, control_plane, place.partition.name()];
        let batch = |row: &Row<'_>| {
            let batch = NotBegun {
                batch: BatchId(row.get(0)?),
                to: words::account(&row.get::<_, String>(1)?)?,
                message: row.get(2)?,
                began: words::moment(row.get(3)?)?,
                hand_over: row.get(5)?,
                certificates: Vec::new(),
            };
            Ok((row.get(4)?, batch))
        };
        let mut batches: Vec<(String, NotBegun)> = select
            .query_map(values, batch)?
            .collect::<rusqlite::Result<_>>()?;
        let mut waiting = connection.prepare_cached(
            "SELECT certificate FROM waiting WHERE batch = ?1 ORDER BY certificate",
        )?;
        for (_, batch) in &mut batches {
            let id = |row: &Row<'_>| row.get(0).map(CertificateId::from_bytes);
            batch.certificates = waiting
                .query_map([batch.batch.0], id)?
                .collect::<rusqlite::Result<_>>()?;
        }
        Ok(batches)
    }
}

/// A certificate waits for no batch any more.
pub(super) fn begun(
    change: &Transaction<'_>,
    place: &Place,
    certificate: CertificateId,
) -> rusqlite::Result<()> {
    let (account, control_plane) = (place.account.to_string(), place.control_plane.to_string());
    change
        .prepare_cached(
            "DELETE FROM waiting WHERE certificate = ?1 AND batch IN
               (SELECT id FROM batch WHERE account = ?2 AND region = ?3 AND control_plane = ?4
                                       AND partition = ?5)",
        )?
        .execute(params![
            certificate.as_bytes(),
            account,
            place.region,
            control_plane,
            place.partition.name()
        ])?;
    Ok(())
}
