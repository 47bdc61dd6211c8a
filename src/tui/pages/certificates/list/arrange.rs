//! Which rows are in sight, in which order, and which one is selected.

use std::cmp::{Ordering, min};

use crate::{
    domain::{AccountBook, CertificateId, CertificateStatus, ConsoleStatus, Filter, FilterFacts},
    tui::pages::certificates::list::{CertificateList, Row, RowFacts, SortBy, SortOrder},
};

impl CertificateList {
    /// Applies filter and order anew and keeps the selection on its certificate; when that one is
    /// out of sight, the row that took its place is selected.
    pub fn arrange(&mut self, book: &AccountBook) {
        self.visible.clear();
        self.incoming.clear();
        self.arrange_from(0, book);
    }

    /// The same after rows were added: those before `first_new` are arranged already.
    pub(super) fn arrange_from(&mut self, first_new: usize, book: &AccountBook) {
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
        self.nameless = 0;
        if self.filter.searches_names() {
            let ids = self.rows.iter().map(|row| row.id);
            self.nameless = ids.filter(|id| self.is_nameless(*id)).count();
        }
        let incoming = (self.rows.iter().skip(first_new))
            .filter(|row| row.status == CertificateStatus::PendingTransfer)
            .filter(|row| self.status(row) == ConsoleStatus::PendingTransfer)
            .map(|row| row.id)
            .collect::<Vec<_>>();
        self.incoming.extend(incoming);
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

    pub(super) fn matches(&self, row: &Row, book: &AccountBook) -> bool {
        self.filter.is_empty()
            || self.filter.matches(&FilterFacts {
                found: &self.found,
                device: self.names.get(&row.id),
                id: row.id,
                status: self.status(row),
                to: self.outgoing.get(&row.id).and_then(|t| t.to),
                from: self.learned.get(&row.id).and_then(|l| l.from),
                came_back: self.facts(row).came_back,
                book,
            })
    }

    pub(super) fn id_at(&self, position: usize) -> Option<CertificateId> {
        let at = self.visible.get(position)?;
        self.rows.get(*at).map(|row| row.id)
    }

    pub(super) fn position(&self) -> Option<usize> {
        let selected = self.selected?;
        // Try its old position first: it is nearly always there.
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

    /// The rows in sight, when `height` are, each with whether it is selected.
    pub fn in_sight(&self, height: usize) -> impl Iterator<Item = (RowFacts<'_>, bool)> {
        self.visible
            .iter()
            .skip(self.offset)
            .take(height)
            .filter_map(|at| self.rows.get(*at))
            .map(|row| (self.facts(row), Some(row.id) == self.selected))
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

    /// Whether a filter hides certificates.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    /// Changes the order.
    pub fn set_order(&mut self, order: SortOrder, book: &AccountBook) {
        self.order = order;
        self.arrange(book);
    }

    /// The order.
    pub fn order(&self) -> SortOrder {
        self.order
    }
}
