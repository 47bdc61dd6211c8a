//! Which rows are in sight, in which order, and which one is selected. With a million rows that takes a while, so it is
//! done in turns: no message costs more than so many rows.

use std::cmp::min;

use crate::{
    domain::{
        AccountBook, CertificateId, CertificateStatus, ConsoleStatus, Filter, FilterFacts,
        FilterVerdict, Timestamp,
    },
    tui::pages::certificates::list::{
        CertificateList, RowFacts,
        order::{SortBy, SortKey, SortOrder, Sorted},
        store::rows::{At, Row, RowSet},
        work::{RowChanges, Sifting},
    },
};

/// So much is done in a turn: a row that is put in order is one, and so is a word of the filter that a row is held
/// against. Less than 5 milliseconds; in the unit tests a list of a thousand is long.
pub(super) const A_TURN: usize = if cfg!(test) { 1_024 } else { 16_384 };

/// What the time says is looked at anew so often, in seconds.
const TIME_PASSES: i64 = 60;

impl CertificateList {
    /// Takes what has changed: the rows that did are put in order and held against the filter. The selection stays on its
    /// certificate; when that one is out of sight, the row that took its place is selected.
    pub fn arrange(&mut self, book: &AccountBook) {
        let changes = std::mem::take(&mut self.changes);
        if changes.len() > 0 {
            self.place(&changes, book);
            self.count_returned();
        }
        if changes.offers {
            self.count_incoming();
        }
        self.follow();
    }

    fn place(&mut self, changes: &RowChanges, book: &AccountBook) {
        let out = RowSet::of(changes.out.iter().copied());
        let facts = RowSet::of(changes.facts.iter().copied());
        if let Some(sorting) = &mut self.sorting {
            for at in changes.out.iter().chain(&changes.placed) {
                sorting.changed.set(*at, true);
            }
        }
        let mut sifting = self.sifting.take();
        // What was held against the filter already, of what changes.
        let mut again: Vec<At> = Vec::new();
        if let Some(sifting) = &mut sifting {
            let looked_at = self.all.iter().take(sifting.looked_at);
            let mut left = 0_usize;
            for at in looked_at {
                if out.has(*at) {
                    left = left.saturating_add(1);
                } else if facts.has(*at) {
                    again.push(*at);
                }
            }
            sifting.looked_at = sifting.looked_at.saturating_sub(left);
            let stays = |at: &At| !out.has(*at) && !facts.has(*at);
            sifting.found.retain(stays);
        }
        if !out.is_empty() {
            self.all.retain(|at| !out.has(*at));
        }
        for at in &changes.out {
            self.unsure.set(*at, false);
        }
        let is_there = |at: &&At| self.rows.get(**at).is_some();
        let placed: Vec<At> = changes.placed.iter().filter(is_there).copied().collect();
        let placed = self.sorted(placed);
        let mut all = std::mem::take(&mut self.all);
        let before = sifting.as_ref().map_or(usize::MAX, |it| it.looked_at);
        let inside = self.put_in_order(&mut all, &placed, before);
        self.all = all;
        // Those that stand before are held against it here, the others when it comes to them.
        let placed_at = placed.iter().map(|key| key.at);
        if let Some(sifting) = &mut sifting {
            sifting.looked_at = sifting.looked_at.saturating_add(inside);
            again.extend(placed_at.clone().take(inside));
            let found = self.those_that_match(again, book);
            let mut into = std::mem::take(&mut sifting.found);
            self.put_in_order(&mut into, &found, 0);
            sifting.found = into;
        }
        self.sifting = sifting;
        if let Some(mut shown) = self.shown.take() {
            shown.retain(|at| !out.has(*at) && !facts.has(*at));
            let facts = changes.facts.iter().copied();
            let found = self.those_that_match(placed_at.chain(facts).collect(), book);
            self.put_in_order(&mut shown, &found, 0);
            self.shown = Some(shown);
        }
    }

    /// Those of these rows that are in the list and match, in order.
    fn those_that_match(&mut self, rows: Vec<At>, book: &AccountBook) -> Vec<SortKey> {
        let found = rows
            .into_iter()
            .filter(|at| self.takes(*at, book))
            .collect();
        self.sorted(found)
    }

    /// Whether a row matches; notes when that is not known.
    fn takes(&mut self, at: At, book: &AccountBook) -> bool {
        let hidden = self.only.as_ref().is_some_and(|only| !only.has(at));
        let row = self.rows.get(at).filter(|_| !hidden);
        let verdict = row.map_or(FilterVerdict::No, |row| self.verdict(row, book));
        self.unsure.set(at, verdict == FilterVerdict::Unknown);
        verdict == FilterVerdict::Yes
    }

    pub(super) fn verdict(&self, row: &Row, book: &AccountBook) -> FilterVerdict {
        self.filter.verdict(&FilterFacts {
            found: &self.found,
            device: self.device_of(row).filter(|_| self.looks_at_names),
            id: row.id,
            status: self.status(row),
            created: Timestamp::from_unix_timestamp(row.created).ok(),
            to: self.outgoing.get(&row.id).and_then(|t| t.to),
            from: self.learned.get(&row.id).and_then(|l| l.from),
            started: self.in_transfer_since(row),
            came_back: self.is_back(row),
            book,
            now: self.sifted_at.unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }

    /// Holds all rows against the filter anew. `quiet` keeps in sight what was found before, until that is done.
    pub(super) fn sift(&mut self, quiet: bool, book: &AccountBook) {
        self.sifted_at = self.now;
        self.looks_at_names = self.filter.wants_names();
        if !quiet || !self.is_filtered() || self.shown.is_none() {
            self.unsure.clear();
            self.shown = None;
        }
        self.sifting = None;
        if self.filter.mistakes().next().is_some() {
            self.shown = Some(Vec::new());
        } else if self.is_filtered() {
            let quiet = self.shown.is_some();
            self.sifting = Some(Sifting {
                quiet,
                ..Sifting::default()
            });
        }
        self.go_on(book);
        self.follow();
    }

    /// The time, and what follows from it.
    pub fn tell_time(&mut self, now: Timestamp, book: &AccountBook) {
        self.now = Some(now);
        let due = |at: Timestamp| (now - at).whole_seconds() >= TIME_PASSES;
        if self.sifting.is_none() && self.filter.is_timed() && self.sifted_at.is_some_and(due) {
            self.sift(true, book);
        }
    }

    /// Whether there is more to do, a turn at a time.
    pub fn is_at_work(&self) -> bool {
        self.sifting.is_some() || self.sorting.is_some() || self.is_ending()
    }

    /// Whether rows are still being held against the filter.
    pub fn is_sifting(&self) -> bool {
        self.sifting.is_some()
    }

    /// Whether the rows are still in another order.
    pub fn is_sorting(&self) -> bool {
        self.sorting.is_some()
    }

    /// Does another turn of what is to be done. Answers whether a listing came to its end by it.
    pub fn go_on(&mut self, book: &AccountBook) -> bool {
        let mut left = A_TURN;
        let mut ended = false;
        while left > 0 && self.is_at_work() {
            let took = if self.is_ending() {
                let (took, is_over) = self.end_on(left, book);
                ended |= is_over;
                took
            } else if self.sifting.is_some() {
                self.sift_on(left, book)
            } else {
                self.order_on(left)
            };
            left = left.saturating_sub(took.max(1));
        }
        self.follow();
        ended
    }

    fn sift_on(&mut self, most: usize, book: &AccountBook) -> usize {
        let Some(mut sifting) = self.sifting.take() else {
            return 0;
        };
        let words = self.filter.words().max(1);
        let rows = (most / words).max(1);
        let all = std::mem::take(&mut self.all);
        let mut looked_at = 0_usize;
        for at in all.iter().skip(sifting.looked_at).take(rows) {
            looked_at = looked_at.saturating_add(1);
            if self.takes(*at, book) {
                sifting.found.push(*at);
            }
        }
        sifting.looked_at = sifting.looked_at.saturating_add(looked_at);
        let over = sifting.looked_at >= all.len();
        self.all = all;
        if over {
            self.shown = Some(sifting.found);
        } else {
            self.sifting = Some(sifting);
        }
        looked_at.saturating_mul(words)
    }

    fn order_on(&mut self, most: usize) -> usize {
        let Some(mut sorting) = self.sorting.take() else {
            return 0;
        };
        let (took, sorted) = self.sort_on(&mut sorting, most);
        match sorted {
            Sorted::NotYet => self.sorting = Some(sorting),
            Sorted::Outdated => self.begin_to_sort(),
            Sorted::Done(all) => {
                self.all = all;
                self.reorder_shown();
            }
        }
        took
    }

    /// What the filter shows takes the order of all.
    fn reorder_shown(&mut self) {
        if let Some(shown) = &mut self.shown {
            let set = RowSet::of(shown.iter().copied());
            shown.clear();
            shown.extend(self.all.iter().copied().filter(|at| set.has(*at)));
        }
    }

    /// Changes the order.
    pub fn set_order(&mut self, order: SortOrder, book: &AccountBook) {
        let before = std::mem::replace(&mut self.order, order);
        if before == order && self.sorting.is_none() {
            return;
        }
        if before.by == order.by && before.reversed != order.reversed && self.sorting.is_none() {
            self.turn_round();
        } else {
            self.begin_to_sort();
            self.go_on(book);
        }
        self.follow();
    }

    /// The other direction: only what is not known stays where it is.
    fn turn_round(&mut self) {
        let unsortable = self.unsortable();
        let known = self.all.len().saturating_sub(unsortable);
        if let Some((known, _)) = self.all.split_at_mut_checked(known) {
            known.reverse();
        }
        // What was looked at stands elsewhere now.
        if let Some(sifting) = &mut self.sifting {
            sifting.looked_at = 0;
            sifting.found.clear();
        }
        self.reorder_shown();
    }

    /// The rows that the filter shows, as far as that is known, in order.
    pub(super) fn visible(&self) -> &[At] {
        match (&self.sifting, &self.shown) {
            (Some(sifting), _) if !sifting.quiet => &sifting.found,
            (_, Some(shown)) => shown,
            (_, None) => &self.all,
        }
    }

    /// Keeps the selection on its certificate.
    pub(super) fn follow(&mut self) {
        self.choose_again();
        let looking = self.sifting.as_ref().is_some_and(|it| !it.quiet);
        let followed = self.place_of_selected().filter(|_| self.chosen);
        if followed.is_none() && looking && self.chosen {
            // Whether it is shown, or what takes its place, is not known before all rows were looked at.
            return;
        }
        self.selected_at = followed.unwrap_or_else(|| {
            let last = self.visible().len().saturating_sub(1);
            if self.chosen {
                min(self.selected_at, last)
            } else {
                0
            }
        });
        self.selected = self.id_at(self.selected_at);
    }

    pub(super) fn id_at(&self, position: usize) -> Option<CertificateId> {
        let at = self.visible().get(position)?;
        self.rows.get(*at).map(|row| row.id)
    }

    fn place_of_selected(&self) -> Option<usize> {
        // Its old place first: it is nearly always there.
        if let Some(position) = self.position() {
            return Some(position);
        }
        let selected = self.rows.find(self.selected?)?;
        self.visible().iter().position(|at| *at == selected)
    }

    /// Where the selected certificate stands, if it is in sight.
    pub(super) fn position(&self) -> Option<usize> {
        let is_it = self.id_at(self.selected_at) == Some(self.selected?);
        is_it.then_some(self.selected_at)
    }

    /// The selected certificate.
    pub fn selected(&self) -> Option<CertificateId> {
        self.position().and(self.selected)
    }

    /// Selects a certificate, if it is in sight.
    pub fn select(&mut self, id: CertificateId) {
        let before = self.selected.replace(id);
        match self.place_of_selected() {
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
        let last = self.visible().len().saturating_sub(1);
        let position = self.position().unwrap_or(0);
        self.selected_at = min(position.saturating_add_signed(rows_down), last);
        self.selected = self.id_at(self.selected_at);
    }

    /// Scrolls so that the selection is in sight, when `height` rows are.
    pub fn keep_in_sight(&mut self, height: usize) {
        // What is not drawn is not scrolled: it is found where it was left.
        if height == 0 {
            return;
        }
        let position = self.position().unwrap_or(0);
        let highest = self.visible().len().saturating_sub(height);
        self.offset = min(self.offset, highest)
            .min(position)
            .max(position.saturating_add(1).saturating_sub(height));
    }

    /// The rows in sight, when `height` are, each with whether it is selected.
    pub fn in_sight(&self, height: usize) -> impl Iterator<Item = (RowFacts<'_>, bool)> {
        let rows = self.visible().iter().skip(self.offset).take(height);
        rows.filter_map(|at| self.rows.get(*at))
            .map(|row| (self.facts(row), Some(row.id) == self.selected))
    }

    /// Takes the filter as it is typed now.
    pub fn filter_changed(&mut self, book: &AccountBook) {
        let filter = Filter::parse(self.filter_input.value());
        // A blank more changes nothing.
        if filter != self.filter {
            self.filter = filter;
            self.sift(false, book);
        }
    }

    /// Shows everything again.
    pub fn clear_filter(&mut self, book: &AccountBook) {
        self.filter_input.reset();
        if self.only.take().is_some() {
            self.filter = Filter::parse("");
            return self.sift(false, book);
        }
        self.filter_changed(book);
    }

    /// Shows only what is marked now, of what the filter shows, or everything again. Answers whether only that is
    /// shown then: without marks nothing is hidden.
    pub fn show_only_marked(&mut self, book: &AccountBook) -> bool {
        let only = match self.only {
            Some(_) => None,
            None => Some(self.marked.clone()).filter(|marked| !marked.is_empty()),
        };
        let changes = only.is_some() || self.only.is_some();
        self.only = only;
        if changes {
            self.sift(false, book);
        }
        self.only.is_some()
    }

    /// Whether only what was marked is shown.
    pub fn shows_only_marked(&self) -> bool {
        self.only.is_some()
    }

    /// Whether something hides certificates.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty() || self.only.is_some()
    }

    /// What the filter is understood as; empty when nothing is.
    pub fn understood(&self, book: &AccountBook) -> String {
        self.filter.understood(book)
    }

    /// The order.
    pub fn order(&self) -> SortOrder {
        self.order
    }

    /// Counts what is offered to the account, the newest registered first.
    fn count_incoming(&mut self) {
        let pending = self.rows.pending().iter();
        let rows = pending.filter_map(|at| self.rows.get(*at));
        let incoming = rows.filter(|row| self.status(row) == ConsoleStatus::PendingTransfer);
        let mut incoming: Vec<(i64, CertificateId)> =
            incoming.map(|row| (row.created, row.id)).collect();
        incoming.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        self.incoming = incoming.into_iter().map(|(_, id)| id).collect();
    }

    pub(super) fn count_returned(&mut self) {
        let back = |id: &&CertificateId| self.get(**id).is_some_and(|facts| facts.came_back);
        self.returned = self.offered_once.iter().filter(back).count();
    }

    /// A row is another one now: notes what that changes.
    pub(super) fn note(&mut self, at: At, before: Option<Row>) {
        let after = self.rows.get(at);
        let pending = |row: &Row| row.status == CertificateStatus::PendingTransfer;
        self.changes.offers |= before.as_ref().is_some_and(pending) || after.is_some_and(pending);
        match (before, after) {
            (None, Some(_)) => {
                self.changes.placed.push(at);
                self.comes_back(at);
            }
            (Some(_), None) => {
                self.changes.out.push(at);
                self.unsure.set(at, false);
                // Its number may be another certificate's next.
                if let Some(only) = &mut self.only {
                    only.set(at, false);
                }
                if self.marked.set(at, false) {
                    self.marks_dropped = self.marks_dropped.saturating_add(1);
                }
            }
            (Some(before), Some(after)) => {
                let date = before.created != after.created || before.id != after.id;
                self.note_facts(at, date);
            }
            (None, None) => {}
        }
    }

    /// What is known of a row is something else now. `date` says that it stands elsewhere in any order.
    pub(super) fn note_facts(&mut self, at: At, date: bool) {
        let by_date = self.order.by == SortBy::Created;
        if date || !by_date {
            self.changes.out.push(at);
            self.changes.placed.push(at);
        } else {
            self.changes.facts.push(at);
        }
    }
}
