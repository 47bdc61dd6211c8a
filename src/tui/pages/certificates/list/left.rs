//! How a person left the list: what is kept of it while another account is on the screen, and how it comes back.
//!
//! Marks are kept as ids, since rows of another listing have other numbers. They come back with the rows that are
//! listed, one by one, and those that are not listed any more are counted.

use std::collections::HashMap;

use crate::{
    domain::{AccountBook, CertificateId, Filter},
    tui::pages::certificates::list::{
        CertificateList,
        order::SortOrder,
        store::{
            left::{CameBack, LeftRow, LeftView},
            rows::{At, RowSet},
        },
    },
};

impl CertificateList {
    /// How the list is left now. What has not come back yet of what was left before stays with it.
    pub fn left(&self) -> LeftView {
        let mut numbers = RowSet::of(self.marked.iter());
        for at in self.only.iter().flat_map(RowSet::iter) {
            numbers.set(at, true);
        }
        let only = |at| self.only.as_ref().is_some_and(|it| it.has(at));
        let row = |at: At| {
            let row = LeftRow {
                marked: self.marked.has(at),
                only: only(at),
            };
            Some((self.rows.get(at)?.id, row))
        };
        let listed = numbers.iter().filter_map(row);
        let awaited = self.awaited.rows.iter().map(|(id, row)| (*id, *row));
        LeftView {
            filter: self.filter_input.value().to_owned(),
            order: self.order,
            chosen: if self.chosen {
                self.selected
            } else {
                self.awaited.chosen
            },
            rows: listed.chain(awaited).collect(),
            only: self.only.is_some(),
            too_many: 0,
        }
    }

    /// Makes the list again as it was left. `fresh_filter` is the filter that it began with: another one, marks, an order
    /// or a row that a person chose meanwhile stay instead.
    pub fn come_back(
        &mut self,
        view: LeftView,
        fresh_filter: &str,
        book: &AccountBook,
    ) -> CameBack {
        let mut back = CameBack::default();
        if !self.chosen {
            self.awaited.chosen = view.chosen;
        }
        if self.order == SortOrder::default() && view.order != self.order {
            self.set_order(view.order, book);
            back.order = true;
        }
        let mut sifts = false;
        if self.marked.is_empty() && self.only.is_none() {
            back.too_many = view.too_many;
            self.only = view.only.then(RowSet::default);
            sifts = view.only;
            for (id, row) in view.rows {
                back.marks = back.marks.saturating_add(usize::from(row.marked));
                match self.rows.find(id) {
                    Some(at) => self.take_back(at, row),
                    None => self.await_row(id, row),
                }
            }
            self.awaited.untold = back.marks > 0 || view.only;
        }
        let typed = self.filter_input.value();
        if !self.filtering && typed == fresh_filter && view.filter != typed {
            self.filter = Filter::parse(&view.filter);
            self.filter_input = view.filter.into();
            (sifts, back.filter) = (true, true);
        }
        if sifts {
            self.sift(false, book);
        }
        self.follow();
        back
    }

    fn await_row(&mut self, id: CertificateId, row: LeftRow) {
        let marks = self.awaited.marks;
        self.awaited.marks = marks.saturating_add(usize::from(row.marked));
        self.awaited.rows.insert(id, row);
    }

    fn take_back(&mut self, at: At, row: LeftRow) {
        if row.marked {
            self.marked.set(at, true);
        }
        if let Some(only) = self.only.as_mut().filter(|_| row.only) {
            only.set(at, true);
        }
    }

    /// A certificate is listed: what was so of its row is so again.
    pub(super) fn comes_back(&mut self, at: At) {
        if self.awaited.rows.is_empty() {
            return;
        }
        let id = self.rows.get(at).map(|row| row.id);
        if let Some(row) = id.and_then(|id| self.awaited.rows.remove(&id)) {
            let marks = self.awaited.marks;
            self.awaited.marks = marks.saturating_sub(usize::from(row.marked));
            self.take_back(at, row);
        }
    }

    /// The chosen certificate is chosen again once it is in sight, unless a person chose another one meanwhile.
    pub(super) fn choose_again(&mut self) {
        if self.chosen {
            self.awaited.chosen = None;
        }
        let looking = self.sifting.as_ref().is_some_and(|it| !it.quiet);
        if let Some(id) = self.awaited.chosen.filter(|_| !looking)
            && let Some(at) = self.rows.find(id)
        {
            if let Some(position) = self.visible().iter().position(|it| *it == at) {
                (self.selected, self.selected_at) = (Some(id), position);
                self.chosen = true;
                self.awaited.chosen = None;
            } else if self.is_listed() {
                // It is hidden now, and is not looked for among all rows again and again.
                self.awaited.chosen = None;
            }
        }
    }

    /// How many marks wait for their certificates to be listed again.
    pub fn marks_awaited(&self) -> usize {
        self.awaited.marks
    }

    /// Whether anything is marked, listed or not.
    pub fn any_marks(&self) -> bool {
        self.marks() > 0 || self.awaited.marks > 0
    }

    /// Nothing is marked any more that is not listed yet.
    pub(super) fn forget_awaited_marks(&mut self) {
        self.awaited.marks = 0;
        self.awaited.untold = false;
        for row in self.awaited.rows.values_mut() {
            row.marked = false;
        }
    }

    /// Everything is listed: what has not come back by now is gone. Answers how many of the marks are, once, and only
    /// when marks were to come back.
    pub fn end_awaiting(&mut self, book: &AccountBook) -> Option<usize> {
        if !self.is_listed() || !std::mem::take(&mut self.awaited.untold) {
            return None;
        }
        let gone = std::mem::take(&mut self.awaited.marks);
        self.awaited.rows = HashMap::new();
        // Nothing at all would be shown.
        if self.only.as_ref().is_some_and(RowSet::is_empty) {
            self.only = None;
            self.sift(false, book);
        }
        Some(gone)
    }
}
