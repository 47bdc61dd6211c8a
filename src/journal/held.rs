//! What other processes hold, and how it is taken from one that is gone.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use crate::{
    domain::{Held, Holder, Place, Record},
    journal::{Journal, JournalError, owner::Owner, words},
};

impl Journal {
    /// What other processes hold at a place, as far as they are taken for alive; `open` are the runs
    /// that are open there.
    pub fn held(&self, place: &Place, open: &[Record]) -> Result<Vec<Held>, JournalError> {
        let mut held: BTreeMap<String, Held> = BTreeMap::new();
        let mut of = |holder: Holder, note: &dyn Fn(&mut Held)| {
            let token = holder.token.clone();
            note(held.entry(token).or_insert_with(|| Held {
                holder,
                runs: Vec::new(),
                not_begun: 0,
            }));
        };
        for record in open {
            if let Some(holder) = &record.holder {
                of(holder.clone(), &|held| {
                    held.runs.push(record.before.certificate);
                });
            }
        }
        for (owner, batch) in self.batches(place)? {
            let alive = self.inner.owner.alive(&owner);
            let holder = alive.then(|| self.inner.owner.holder(owner)).flatten();
            if let Some(holder) = holder.filter(|_| !batch.certificates.is_empty()) {
                let n = batch.certificates.len();
                of(holder, &|held| {
                    held.not_begun = held.not_begun.saturating_add(n);
                });
            }
        }
        Ok(held.into_values().collect())
    }

    /// Takes everything from a process, named by its token, that the file system takes for alive. One
    /// that is, writes nothing any more, and so does nothing more, either.
    ///
    /// # Errors
    ///
    /// [`JournalError::Nothing`] when it holds nothing.
    pub fn take_over(&self, holder: &str) -> Result<(), JournalError> {
        self.write(|change, _| {
            let open = words::open("state");
            let sql = format!("UPDATE run SET owner = NULL WHERE owner = ?1 AND {open}");
            let runs = change.execute(&sql, [holder])?;
            let batches =
                change.execute("UPDATE batch SET owner = '' WHERE owner = ?1", [holder])?;
            if runs == 0 && batches == 0 {
                return Ok(Err(JournalError::Nothing));
            }
            change.execute("INSERT OR REPLACE INTO flag VALUES (?1, 1)", [flag(holder)])?;
            Ok(Ok(()))
        })
    }
}

/// Whether everything was taken from this process: then it must not go on.
pub(super) fn is_taken_over(change: &Transaction<'_>, owner: &Owner) -> rusqlite::Result<bool> {
    change
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM flag WHERE name = ?1)")?
        .query_row(params![flag(owner.token())], |row| row.get(0))
}

fn flag(token: &str) -> String {
    format!("taken over {token}")
}
