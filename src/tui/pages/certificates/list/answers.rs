//! What AWS's answers and one's own changes do to the list.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        AccountBook, CertificateId, CertificateStatus, Description, Failure, ListedCertificate,
        OutgoingTransfer, Timestamp,
    },
    tui::pages::certificates::list::{CertificateList, LAG, Learned, LocalChange, Row},
};

impl CertificateList {
    /// A listing was asked for. Rows of an earlier complete one stay until it is complete.
    pub fn asked(&mut self, now: Timestamp) {
        let rows_to_keep = self.rows.iter().any(|row| row.listed);
        self.fresh = rows_to_keep.then(Vec::new);
        self.unread.certificates = 0;
        self.newer.clear();
        self.learned
            .retain(|_, learned| *learned != Learned::default());
        self.listing.asked(now);
    }

    /// Every question was withdrawn.
    pub fn withdrawn(&mut self) {
        self.fresh = None;
        self.listing.withdrawn();
        self.outgoing_listing.withdrawn();
    }

    /// A page of the listing came.
    pub fn page(
        &mut self,
        page: Vec<ListedCertificate>,
        last: bool,
        now: Timestamp,
        book: &AccountBook,
    ) {
        let rows = page.into_iter().map(|c| Row {
            id: c.id,
            created: c.created.map_or(i64::MIN, Timestamp::unix_timestamp),
            status: c.status,
            listed: true,
        });
        if let Some(fresh) = &mut self.fresh {
            fresh.extend(rows);
        } else {
            let first_new = self.rows.len();
            for row in rows {
                self.put(row);
            }
            self.arrange_from(first_new, book);
        }
        if last {
            if let Some(fresh) = self.fresh.take() {
                self.rows.clear();
                self.index.clear();
                for row in fresh {
                    self.put(row);
                }
                for (id, row) in std::mem::take(&mut self.newer) {
                    match row {
                        Some(row) => self.put(row),
                        None => self.take_out(id),
                    }
                }
            }
            self.listing.loaded((), now);
            self.add_unlisted();
            self.arrange(book);
        }
    }

    /// The listing failed. Old rows stay, as do those that came before the failure.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.fresh = None;
        self.listing.failed(failure);
    }

    /// The outgoing transfers were asked for.
    pub fn outgoing_asked(&mut self, now: Timestamp) {
        self.unread.outgoing = 0;
        self.fresh_outgoing.clear();
        self.outgoing_listing.asked(now);
    }

    /// A page of outgoing transfers came.
    pub fn outgoing_page(
        &mut self,
        page: Vec<OutgoingTransfer>,
        last: bool,
        now: Timestamp,
        book: &AccountBook,
    ) {
        self.fresh_outgoing
            .extend(page.into_iter().map(|transfer| (transfer.id, transfer)));
        if last {
            let lagging = |at: &Timestamp| now - *at < LAG;
            self.started_here.retain(|_, at| lagging(at));
            for id in self.started_here.keys() {
                if let (Some(known), false) =
                    (self.outgoing.get(id), self.fresh_outgoing.contains_key(id))
                {
                    self.fresh_outgoing.insert(*id, known.clone());
                }
            }
            self.outgoing = std::mem::take(&mut self.fresh_outgoing);
            self.outgoing_listing.loaded((), now);
            let outgoing = &self.outgoing;
            // A row that stood here only because of its transfer goes with it.
            if self
                .rows
                .iter()
                .any(|r| !r.listed && !outgoing.contains_key(&r.id))
            {
                self.rows
                    .retain(|r| r.listed || outgoing.contains_key(&r.id));
                self.index = positions(&self.rows);
            }
            self.add_unlisted();
            self.arrange(book);
        }
    }

    /// The outgoing transfers could not be had.
    pub fn outgoing_failed(&mut self, failure: Box<Failure>) {
        self.outgoing_listing.failed(failure);
    }

    /// The rows cannot be had again, for this reason.
    pub fn gets_old(&mut self, failure: &Failure) {
        self.listing.gets_old(failure);
        self.outgoing_listing.gets_old(failure);
    }

    /// A certificate was described: its row follows.
    pub fn described(&mut self, description: &Description, now: Timestamp, book: &AccountBook) {
        let id = description.id;
        let known = self.row(id);
        // A transfer that AWS does not see pending any more has ended, unless it was started just now
        // and AWS does not show it yet.
        let lags = |at: &Timestamp| {
            let answered = description
                .transfer
                .rejected
                .is_some_and(|rejected| rejected >= *at);
            now - *at < LAG && !answered
        };
        // Nor has one ended by a description of what was before it: AWS does not say what the source is
        // shown meanwhile.
        let offered = self.outgoing.get(&id).and_then(|it| it.started);
        let before_it = offered.is_some_and(|at| description.is_of_before(at));
        let ended = description.status != CertificateStatus::PendingTransfer
            && !before_it
            && !self.started_here.get(&id).is_some_and(lags);
        if ended {
            self.outgoing.remove(&id);
        }
        self.renew(Row {
            id,
            created: description
                .created
                .map(Timestamp::unix_timestamp)
                .or(known.map(|row| row.created))
                .unwrap_or(i64::MIN),
            status: description.status,
            // One that is not on its way any more stands here by itself.
            listed: ended || known.is_none_or(|row| row.listed),
        });
        let pending = description.status == CertificateStatus::PendingTransfer;
        self.learned.insert(
            id,
            Learned {
                from: description.previous_owner.filter(|_| pending),
                message: description.transfer.message.clone().filter(|_| pending),
                started: description.transfer.started.filter(|_| pending),
                rejected: description
                    .transfer
                    .reject_reason
                    .clone()
                    .filter(|_| description.came_back()),
                came_back: description.came_back(),
                asked_inactive: description.status == CertificateStatus::Inactive,
            },
        );
        self.arrange(book);
    }

    /// What the journal has as offered and not put back since.
    pub fn offered(&mut self, ids: Vec<CertificateId>, book: &AccountBook) {
        self.offered_once = ids.into_iter().collect();
        self.arrange(book);
    }

    /// The sender of this certificate cannot be learned.
    pub fn sender_not_told(&mut self, id: CertificateId) {
        self.learned.entry(id).or_default().asked_inactive = true;
    }

    /// Shows a change that certferry made, before the next listing has it. The rows keep their places
    /// until [`arrange`](Self::arrange) sorts them, so that many changes cost no more than one.
    pub fn apply(&mut self, id: CertificateId, change: LocalChange) {
        let status = match change {
            LocalChange::Offered(transfer) => {
                self.learned.remove(&id);
                if let Some(at) = transfer.started {
                    self.started_here.insert(id, at);
                }
                self.outgoing.insert(id, transfer);
                return;
            }
            LocalChange::TakenBack => {
                self.outgoing.remove(&id);
                self.started_here.remove(&id);
                CertificateStatus::Inactive
            }
            LocalChange::Status(status) => status,
        };
        if let Some(row) = self.row(id) {
            self.learned.remove(&id);
            self.renew(Row {
                status,
                listed: true,
                ..row
            });
        }
    }

    /// A certificate is not this account's any more.
    pub fn remove(&mut self, id: CertificateId, book: &AccountBook) {
        if self.fresh.is_some() {
            self.newer.insert(id, None);
        }
        self.learned.remove(&id);
        self.take_out(id);
        self.arrange(book);
    }

    /// Another account has accepted a certificate that was offered to it.
    pub fn gone(&mut self, id: CertificateId, book: &AccountBook) {
        self.all_gone(&HashSet::from([id]), book);
    }

    /// The same of many.
    pub fn all_gone(&mut self, ids: &HashSet<CertificateId>, book: &AccountBook) {
        for id in ids {
            self.outgoing.remove(id);
            self.started_here.remove(id);
            self.learned.remove(id);
            if self.fresh.is_some() {
                self.newer.insert(*id, None);
            }
        }
        self.rows.retain(|row| !ids.contains(&row.id));
        self.index = positions(&self.rows);
        self.arrange(book);
    }

    /// Takes a row that is newer than any listing that is under way.
    pub(super) fn renew(&mut self, row: Row) {
        if self.fresh.is_some() {
            self.newer.insert(row.id, Some(row));
        }
        self.put(row);
    }

    pub(super) fn take_out(&mut self, id: CertificateId) {
        if let Some(at) = self.index.get(&id).copied() {
            self.rows.remove(at);
            self.index = positions(&self.rows);
        }
    }

    pub(super) fn put(&mut self, row: Row) {
        if let Some(old) = self
            .index
            .get(&row.id)
            .and_then(|at| self.rows.get_mut(*at))
        {
            *old = row;
        } else {
            self.index.insert(row.id, self.rows.len());
            self.rows.push(row);
        }
    }

    /// Gives a row to each outgoing transfer that `ListCertificates` does not have: whether the
    /// source still lists them is not documented.
    pub(super) fn add_unlisted(&mut self) {
        let missing: Vec<Row> = self
            .outgoing
            .values()
            .filter(|transfer| !self.index.contains_key(&transfer.id))
            .map(|transfer| Row {
                id: transfer.id,
                created: transfer.created.map_or(i64::MIN, Timestamp::unix_timestamp),
                status: CertificateStatus::PendingTransfer,
                listed: false,
            })
            .collect();
        for row in missing {
            self.put(row);
        }
    }
}

fn positions(rows: &[Row]) -> HashMap<CertificateId, usize> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| (row.id, at))
        .collect()
}
