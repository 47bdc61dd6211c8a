//! The certificates of an account: what is known of each, which are in sight, which is selected.
//!
//! A list may hold a million rows, so a row keeps what it must, and filter and order are an index
//! over the rows. Selection follows the certificate's id, never the row's number.

mod filter;
mod order;

use std::{
    cmp::{Ordering, min},
    collections::{HashMap, HashSet},
    time::Duration,
};

use tui_input::Input;

use crate::domain::{
    AccountBook, AccountId, CertificateId, CertificateStatus, ConsoleStatus, Description, Failure,
    ListedCertificate, OutgoingTransfer, Timestamp,
};

use super::Remote;
pub use filter::Filter;
pub use order::{Order, SortBy};

/// How long AWS's lists may not show yet what was just done. Attachments are known to be eventually
/// consistent; of transfers nothing is published.
const LAG: Duration = Duration::from_secs(15);

/// What is kept of every certificate.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: CertificateId,
    /// Seconds since 1970; `i64::MIN` when AWS did not say.
    created: i64,
    status: CertificateStatus,
    /// Whether `ListCertificates` has it. A source's outgoing certificate may be in the list of
    /// outgoing transfers alone.
    listed: bool,
}

/// What only `DescribeCertificate` tells of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Learned {
    from: Option<AccountId>,
    rejected: Option<String>,
    came_back: bool,
}

/// A row as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFacts<'a> {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// When it was registered.
    pub created: Option<Timestamp>,
    /// Its outgoing transfer.
    pub outgoing: Option<&'a OutgoingTransfer>,
    /// The sender of its incoming transfer, once a description told it.
    pub from: Option<AccountId>,
    /// Why its last transfer was rejected, once a description told it. Foreign text.
    pub rejected: Option<&'a str>,
    /// Whether it came back from a transfer, once a description told it.
    pub came_back: bool,
}

/// The certificates of an account.
#[derive(Debug, Default)]
pub struct CertificateList {
    rows: Vec<Row>,
    index: HashMap<CertificateId, usize>,
    outgoing: HashMap<CertificateId, OutgoingTransfer>,
    learned: HashMap<CertificateId, Learned>,
    /// The rows of a refresh that is under way; they replace the old ones when it is complete.
    fresh: Option<Vec<Row>>,
    /// What was learned of certificates since that refresh began, which its pages may not know:
    /// the row, or that it is gone.
    newer: HashMap<CertificateId, Option<Row>>,
    /// Transfers that were started here, which AWS's lists may not know yet, with when.
    started_here: HashMap<CertificateId, Timestamp>,
    fresh_outgoing: HashMap<CertificateId, OutgoingTransfer>,
    /// The listing's state; its value is whether the listing is complete.
    listing: Remote<()>,
    outgoing_listing: Remote<()>,
    visible: Vec<usize>,
    incoming: usize,
    selected: Option<CertificateId>,
    /// Where the selected certificate was among the visible ones when that was last looked up.
    selected_at: usize,
    /// Whether a person chose the selection. Until then it stays on the first row, whatever comes.
    chosen: bool,
    offset: usize,
    marked: HashSet<CertificateId>,
    order: Order,
    filter: Filter,
    /// The filter as it is typed.
    pub filter_input: Input,
    /// Whether the filter is being typed.
    pub filtering: bool,
}

impl CertificateList {
    /// A listing was asked for. Rows of an earlier complete one stay until it is complete.
    pub fn asked(&mut self, now: Timestamp) {
        let rows_to_keep = self.rows.iter().any(|row| row.listed);
        self.fresh = rows_to_keep.then(Vec::new);
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

    /// A transfer was started here: what AWS will list shortly.
    pub fn transfer_started(&mut self, transfer: OutgoingTransfer, book: &AccountBook) {
        self.learned.remove(&transfer.id);
        if let Some(at) = transfer.started {
            self.started_here.insert(transfer.id, at);
        }
        self.outgoing.insert(transfer.id, transfer);
        self.arrange(book);
    }

    /// A transfer was cancelled here: what AWS will say shortly.
    pub fn transfer_cancelled(&mut self, id: CertificateId, book: &AccountBook) {
        self.outgoing.remove(&id);
        self.started_here.remove(&id);
        self.changed(id, CertificateStatus::Inactive, book);
    }

    /// A certificate's status was changed here.
    pub fn changed(&mut self, id: CertificateId, status: CertificateStatus, book: &AccountBook) {
        if let Some(row) = self.row(id) {
            self.learned.remove(&id);
            self.renew(Row {
                status,
                listed: true,
                ..row
            });
            self.arrange(book);
        }
    }

    fn row(&self, id: CertificateId) -> Option<Row> {
        self.rows.get(*self.index.get(&id)?).copied()
    }

    /// Takes a row that is newer than any listing that is under way.
    fn renew(&mut self, row: Row) {
        if self.fresh.is_some() {
            self.newer.insert(row.id, Some(row));
        }
        self.put(row);
    }

    /// A certificate was described: its row follows.
    pub fn described(&mut self, description: &Description, now: Timestamp, book: &AccountBook) {
        let id = description.id;
        let known = self.row(id);
        // A transfer that AWS does not see pending any more has ended.
        let ended = description.status != CertificateStatus::PendingTransfer
            && (self.started_here.get(&id)).is_none_or(|at| now - *at >= LAG);
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
            listed: known.is_none_or(|row| row.listed),
        });
        let pending = description.status == CertificateStatus::PendingTransfer;
        self.learned.insert(
            id,
            Learned {
                from: description.previous_owner.filter(|_| pending),
                rejected: description
                    .transfer
                    .reject_reason
                    .clone()
                    .filter(|_| description.came_back()),
                came_back: description.came_back(),
            },
        );
        self.arrange(book);
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

    fn take_out(&mut self, id: CertificateId) {
        if let Some(at) = self.index.get(&id).copied() {
            self.rows.remove(at);
            self.index = positions(&self.rows);
        }
    }

    fn put(&mut self, row: Row) {
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
    fn add_unlisted(&mut self) {
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

    fn status(&self, row: &Row) -> ConsoleStatus {
        let outgoing = if self.outgoing.contains_key(&row.id) {
            Some(true)
        } else if self.outgoing_listing.value().is_some() {
            Some(false)
        } else {
            None
        };
        ConsoleStatus::of(row.status, outgoing)
    }

    /// Whether `ListOutgoingCertificates` names the certificate; `None` while that is not known.
    pub fn is_outgoing(&self, id: CertificateId) -> Option<bool> {
        if self.outgoing.contains_key(&id) {
            return Some(true);
        }
        self.outgoing_listing.value().map(|()| false)
    }

    /// The certificate's outgoing transfer.
    pub fn outgoing(&self, id: CertificateId) -> Option<&OutgoingTransfer> {
        self.outgoing.get(&id)
    }

    fn facts(&self, row: &Row) -> RowFacts<'_> {
        let status = self.status(row);
        // A listing may have brought another status since.
        let learned = self.learned.get(&row.id).filter(|learned| match status {
            ConsoleStatus::PendingTransfer => learned.from.is_some(),
            ConsoleStatus::Inactive => learned.came_back,
            _ => false,
        });
        RowFacts {
            id: row.id,
            status,
            created: Timestamp::from_unix_timestamp(row.created).ok(),
            outgoing: self.outgoing.get(&row.id),
            from: learned.and_then(|l| l.from),
            rejected: learned.and_then(|l| l.rejected.as_deref()),
            came_back: learned.is_some_and(|l| l.came_back),
        }
    }

    /// What is known of a certificate.
    pub fn get(&self, id: CertificateId) -> Option<RowFacts<'_>> {
        let row = self.rows.get(*self.index.get(&id)?)?;
        Some(self.facts(row))
    }

    /// Applies filter and order anew and keeps the selection on its certificate; when that one is
    /// out of sight, the row that took its place is selected.
    fn arrange(&mut self, book: &AccountBook) {
        self.visible.clear();
        self.incoming = 0;
        self.arrange_from(0, book);
    }

    /// The same after rows were added: those before `first_new` are arranged already.
    fn arrange_from(&mut self, first_new: usize, book: &AccountBook) {
        let mut visible = std::mem::take(&mut self.visible);
        let new = self.rows.iter().enumerate().skip(first_new);
        visible.extend(
            new.filter(|(_, row)| self.matches(row, book))
                .map(|(at, _)| at),
        );
        self.order.sort(&mut visible, |a, b| {
            let (Some(a), Some(b)) = (self.rows.get(a), self.rows.get(b)) else {
                return Ordering::Equal;
            };
            let newest_first = b.created.cmp(&a.created);
            match self.order.by {
                SortBy::Created => newest_first,
                SortBy::Status => self.status(a).cmp(&self.status(b)).then(newest_first),
            }
            .then(a.id.cmp(&b.id))
        });
        self.visible = visible;
        let incoming = (self.rows.iter().skip(first_new))
            .filter(|row| row.status == CertificateStatus::PendingTransfer)
            .filter(|row| self.status(row) == ConsoleStatus::PendingTransfer)
            .count();
        self.incoming = self.incoming.saturating_add(incoming);
        let followed = self.position().filter(|_| self.chosen);
        self.selected_at = followed.unwrap_or_else(|| {
            let last = self.visible.len().saturating_sub(1);
            if self.chosen {
                min(self.selected_at, last)
            } else {
                0
            }
        });
        self.selected = self.id_at(self.selected_at);
    }

    fn matches(&self, row: &Row, book: &AccountBook) -> bool {
        self.filter.is_empty()
            || self.filter.matches(&filter::Facts {
                id: row.id,
                status: self.status(row),
                to: self.outgoing.get(&row.id).and_then(|t| t.to),
                from: self.learned.get(&row.id).and_then(|l| l.from),
                book,
            })
    }

    fn id_at(&self, position: usize) -> Option<CertificateId> {
        let at = self.visible.get(position)?;
        self.rows.get(*at).map(|row| row.id)
    }

    fn position(&self) -> Option<usize> {
        let selected = self.selected?;
        // It is nearly always where it was.
        if self.id_at(self.selected_at) == Some(selected) {
            return Some(self.selected_at);
        }
        (0..self.visible.len()).find(|position| self.id_at(*position) == Some(selected))
    }

    /// The selected certificate.
    pub fn selected(&self) -> Option<CertificateId> {
        self.position().and(self.selected)
    }

    /// Selects a certificate, if it is in sight.
    pub fn select(&mut self, id: CertificateId) {
        let before = self.selected.replace(id);
        match self.position() {
            Some(position) => {
                self.selected_at = position;
                self.chosen = true;
            }
            None => self.selected = before,
        }
    }

    /// Moves the selection by rows, as far as there are any.
    pub fn move_by(&mut self, rows_down: isize) {
        self.chosen = true;
        let last = self.visible.len().saturating_sub(1);
        let position = self.position().unwrap_or(0);
        self.selected_at = min(position.saturating_add_signed(rows_down), last);
        self.selected = self.id_at(self.selected_at);
    }

    /// Scrolls so that the selection is in sight, when `height` rows are.
    pub fn keep_in_sight(&mut self, height: usize) {
        let position = self.position().unwrap_or(0);
        let highest = self.visible.len().saturating_sub(height);
        self.offset = min(self.offset, highest)
            .min(position)
            .max(position.saturating_add(1).saturating_sub(height));
    }

    /// Whether a certificate is marked.
    pub fn is_marked(&self, id: CertificateId) -> bool {
        self.marked.contains(&id)
    }

    /// The rows in sight, when `height` are, each with whether it is selected.
    pub fn in_sight(&self, height: usize) -> impl Iterator<Item = (RowFacts<'_>, bool)> {
        self.visible
            .iter()
            .skip(self.offset)
            .take(height)
            .filter_map(|at| self.rows.get(*at))
            .map(|row| (self.facts(row), Some(row.id) == self.selected))
    }

    /// An incoming certificate in sight whose sender is not known yet.
    pub fn sender_unknown(&self, height: usize) -> Option<CertificateId> {
        self.in_sight(height)
            .find(|(facts, _)| {
                let asked = |learned: &Learned| learned.from.is_some() || !learned.came_back;
                facts.status == ConsoleStatus::PendingTransfer
                    && !self.learned.get(&facts.id).is_some_and(asked)
            })
            .map(|(facts, _)| facts.id)
    }

    /// The sender of this certificate cannot be learned.
    pub fn sender_not_told(&mut self, id: CertificateId) {
        self.learned.entry(id).or_default();
    }

    /// Takes the filter as it is typed now.
    pub fn filter_changed(&mut self, book: &AccountBook) {
        self.filter = Filter::parse(self.filter_input.value());
        self.arrange(book);
    }

    /// Shows everything again.
    pub fn clear_filter(&mut self, book: &AccountBook) {
        self.filter_input.reset();
        self.filter_changed(book);
    }

    /// Marks the selected certificate, or takes its mark away, and goes to the next.
    pub fn toggle_mark(&mut self) {
        if let Some(id) = self.selected() {
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
            self.move_by(1);
        }
    }

    /// Marks everything that the filter shows, or takes these marks away when all of it is marked.
    pub fn toggle_marks(&mut self) {
        let shown: Vec<CertificateId> = (0..self.visible.len())
            .filter_map(|position| self.id_at(position))
            .collect();
        if shown.iter().all(|id| self.marked.contains(id)) {
            for id in &shown {
                self.marked.remove(id);
            }
        } else {
            self.marked.extend(shown);
        }
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        self.marked.clear();
    }

    /// The marked certificates, in the list's order; those that the filter hides come last.
    pub fn marked(&self) -> Vec<CertificateId> {
        let shown = (0..self.visible.len()).filter_map(|position| self.id_at(position));
        let mut marked: Vec<CertificateId> = shown.filter(|id| self.marked.contains(id)).collect();
        if marked.len() < self.marked.len() {
            let known: HashSet<CertificateId> = marked.iter().copied().collect();
            let rows = self.rows.iter().map(|row| row.id);
            marked.extend(rows.filter(|id| self.marked.contains(id) && !known.contains(id)));
        }
        marked
    }

    /// How many certificates are marked.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }

    /// Drops the marks of certificates that are gone; answers how many.
    pub fn drop_marks_of_gone(&mut self) -> usize {
        let before = self.marked.len();
        let index = &self.index;
        self.marked.retain(|id| index.contains_key(id));
        before.saturating_sub(self.marked.len())
    }

    /// Whether a filter hides certificates.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    /// Changes the order.
    pub fn set_order(&mut self, order: Order, book: &AccountBook) {
        self.order = order;
        self.arrange(book);
    }

    /// The order.
    pub fn order(&self) -> Order {
        self.order
    }

    /// How many certificates there are, and how many the filter shows.
    pub fn count(&self) -> (usize, usize) {
        (self.rows.len(), self.visible.len())
    }

    /// How many certificates a refresh has seen so far.
    pub fn refreshed_so_far(&self) -> Option<usize> {
        self.fresh.as_ref().map(Vec::len)
    }

    /// How many certificates are offered to this account, and how many it offers to others.
    pub fn in_transfer(&self) -> (usize, usize) {
        (self.incoming, self.outgoing.len())
    }

    /// The listing's state.
    pub fn listing(&self) -> &Remote<()> {
        &self.listing
    }

    /// The state of the list of outgoing transfers.
    pub fn outgoing_listing(&self) -> &Remote<()> {
        &self.outgoing_listing
    }
}

fn positions(rows: &[Row]) -> HashMap<CertificateId, usize> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| (row.id, at))
        .collect()
}

#[cfg(test)]
mod tests;
