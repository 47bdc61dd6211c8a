//! What AWS's answers and one's own changes do to the list.

use std::collections::HashSet;

use crate::{
    domain::{
        AccountBook, CertificateId, CertificateStatus, Description, Failure, ListedCertificate,
        OutgoingTransfer, Timestamp,
    },
    tui::pages::certificates::list::{
        CertificateList, LAG, Learned, LocalChange,
        refresh::seconds,
        store::rows::{At, Row, RowIs},
        work::Findings,
    },
};

impl CertificateList {
    /// A listing was asked for. Rows of an earlier complete one stay until it is complete.
    pub fn asked(&mut self, now: Timestamp) {
        self.begin_refresh();
        self.findings = Findings {
            first: self.refresh.is_none(),
            ..Findings::default()
        };
        self.unread.certificates = 0;
        self.learned
            .retain(|_, learned| *learned != Learned::default());
        self.listing.asked(now);
    }

    /// Every question was withdrawn.
    pub fn withdrawn(&mut self) {
        self.refresh = None;
        self.listing.withdrawn();
        self.outgoing_listing.withdrawn();
    }

    /// A page of the listing came. Answers whether the list is complete with it: after a long refresh only
    /// [`go_on`](Self::go_on) may say so.
    pub fn page(
        &mut self,
        page: Vec<ListedCertificate>,
        last: bool,
        now: Timestamp,
        book: &AccountBook,
    ) -> bool {
        let Some(first) = self.refresh_page(page, last, now) else {
            self.arrange(book);
            return last && self.go_on(book);
        };
        for row in first {
            let created = seconds(row.created);
            self.put(Row::new(row.id, created, row.status, RowIs::Listed));
        }
        if last {
            self.listing.loaded((), now);
            self.add_unlisted();
        }
        self.arrange(book);
        last
    }

    /// The listing failed. Old rows stay, as do those that came before the failure.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.refresh = None;
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
            let fresh = std::mem::take(&mut self.fresh_outgoing);
            let before = std::mem::replace(&mut self.outgoing, fresh);
            self.outgoing_listing.loaded((), now);
            // A row that stood here only because of its transfer goes with it.
            let gone: Vec<At> = (self.rows.unlisted().iter().copied())
                .filter(|at| {
                    let row = self.rows.get(*at);
                    row.is_some_and(|row| !self.outgoing.contains_key(&row.id))
                })
                .collect();
            for at in gone {
                self.findings.gone = self.findings.gone.saturating_add(1);
                self.take_out(at);
            }
            self.add_unlisted();
            let concerned = before.keys().chain(self.outgoing.keys());
            let concerned = concerned.chain(&self.offered_once);
            let concerned: Vec<At> = concerned.filter_map(|id| self.rows.find(*id)).collect();
            let pending: Vec<At> = self.rows.pending().iter().copied().collect();
            for at in concerned.into_iter().chain(pending) {
                self.note_facts(at, false);
            }
            self.changes.offers = true;
            self.arrange(book);
            self.count_returned();
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
        let created = description.created.map(Timestamp::unix_timestamp);
        // One that is not on its way any more stands here by itself.
        let is = match known {
            Some(row) if !ended => row.is,
            _ => RowIs::Listed,
        };
        self.renew(Row::new(
            id,
            created.or(known.map(|row| row.created)).unwrap_or(i64::MIN),
            description.status,
            is,
        ));
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
        self.changes.offers = true;
        self.arrange(book);
    }

    /// What the journal has as offered and not put back since.
    pub fn offered(&mut self, ids: Vec<CertificateId>, book: &AccountBook) {
        let before = std::mem::replace(&mut self.offered_once, ids.into_iter().collect());
        let concerned = before.iter().chain(&self.offered_once);
        let concerned: Vec<At> = concerned.filter_map(|id| self.rows.find(*id)).collect();
        self.changes.facts.extend(concerned);
        self.arrange(book);
        self.count_returned();
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
                if let Some(at) = self.rows.find(id) {
                    self.note_facts(at, false);
                    self.changes.offers = true;
                }
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
                is: RowIs::Listed,
                ..row
            });
        }
    }

    /// A certificate is not this account's any more.
    pub fn remove(&mut self, id: CertificateId, book: &AccountBook) {
        self.newer_than_refresh(id, true);
        self.learned.remove(&id);
        if let Some(at) = self.rows.find_any(id) {
            self.take_out(at);
        }
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
            self.newer_than_refresh(*id, true);
            if let Some(at) = self.rows.find_any(*id) {
                self.take_out(at);
            }
        }
        self.arrange(book);
    }

    /// Takes a row that is newer than any listing that is under way.
    pub(super) fn renew(&mut self, row: Row) {
        self.newer_than_refresh(row.id, false);
        self.put(row);
    }

    /// Takes a row out.
    pub(super) fn take_out(&mut self, at: At) {
        let before = self.rows.get(at).copied();
        self.rows.remove(at);
        self.note(at, before);
    }

    /// Puts a row in, or in the place of the one that its certificate has.
    pub(super) fn put(&mut self, row: Row) {
        let known = self.rows.find(row.id);
        let before = known.and_then(|at| self.rows.get(at)).copied();
        let at = self.rows.put(row);
        self.note(at, before);
    }

    /// Gives a row to each outgoing transfer that `ListCertificates` does not have: whether the
    /// source still lists them is not documented.
    pub(super) fn add_unlisted(&mut self) {
        let missing: Vec<Row> = self
            .outgoing
            .values()
            .filter(|transfer| self.rows.find(transfer.id).is_none())
            .map(|transfer| {
                Row::new(
                    transfer.id,
                    seconds(transfer.created),
                    CertificateStatus::PendingTransfer,
                    RowIs::Unlisted,
                )
            })
            .collect();
        for row in missing {
            self.findings.new = self.findings.new.saturating_add(1);
            self.put(row);
        }
    }
}
