//! The rows: 48 bytes each, by numbers that stay. A number belongs to a certificate as long as it is in the list, so
//! that orders, marks and whatever a turn has not finished yet can hold it.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
};

use hashbrown::HashTable;

use crate::domain::{CertificateId, CertificateStatus};

/// A row's number.
pub(in crate::tui::pages::certificates::list) type At = u32;

/// What is kept of every certificate.
#[derive(Debug, Clone, Copy)]
pub(in crate::tui::pages::certificates::list) struct Row {
    pub(in crate::tui::pages::certificates::list) id: CertificateId,
    /// Seconds since 1970; `i64::MIN` when AWS did not say.
    pub(in crate::tui::pages::certificates::list) created: i64,
    /// Where its names are kept; 0 when nothing is known of them.
    pub(in crate::tui::pages::certificates::list) names: u32,
    pub(in crate::tui::pages::certificates::list) status: CertificateStatus,
    /// The status that a refresh has shown, until that is complete.
    pub(in crate::tui::pages::certificates::list) fresh: CertificateStatus,
    /// Which refresh has seen it last.
    pub(in crate::tui::pages::certificates::list) seen: u8,
    pub(in crate::tui::pages::certificates::list) is: RowIs,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui::pages::certificates::list) enum RowIs {
    /// Of a certificate that `ListCertificates` has.
    Listed,
    /// Of a source's outgoing certificate, which may be in the list of outgoing transfers alone.
    Unlisted,
    /// Of one that a refresh has found, which is not complete yet.
    Waiting,
    /// Of none: the next certificate takes it.
    Free,
}

impl Row {
    pub(in crate::tui::pages::certificates::list) const fn new(
        id: CertificateId,
        created: i64,
        status: CertificateStatus,
        is: RowIs,
    ) -> Self {
        Self {
            id,
            created,
            names: 0,
            status,
            fresh: status,
            seen: 0,
            is,
        }
    }

    /// Whether it is in the list.
    pub(in crate::tui::pages::certificates::list) const fn is_shown(&self) -> bool {
        matches!(self.is, RowIs::Listed | RowIs::Unlisted)
    }
}

/// Into so many parts the index is divided: each grows by itself, so that no single one takes long to.
const PARTS: usize = 256;

/// So many rows are had at once: a single list of all would be copied as it grows.
const BLOCK: usize = if cfg!(test) { 64 } else { 16_384 };

/// All rows, and where each certificate's is.
#[derive(Debug)]
pub(in crate::tui::pages::certificates::list) struct Rows {
    /// Full, but for the last one.
    blocks: Vec<Vec<Row>>,
    index: Vec<HashTable<At>>,
    hasher: RandomState,
    free: Vec<At>,
    shown: usize,
    /// Those that only the list of outgoing transfers has.
    unlisted: BTreeSet<At>,
    /// Those in the list that AWS lists as pending.
    pending: BTreeSet<At>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            index: (0..PARTS).map(|_| HashTable::new()).collect(),
            hasher: RandomState::new(),
            free: Vec::new(),
            shown: 0,
            unlisted: BTreeSet::new(),
            pending: BTreeSet::new(),
        }
    }
}

fn place(at: At) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn row_at(blocks: &[Vec<Row>], at: At) -> Option<&Row> {
    blocks.get(place(at) / BLOCK)?.get(place(at) % BLOCK)
}

fn part(hash: u64) -> usize {
    // The table itself goes by the other bits.
    usize::from(hash.to_le_bytes().get(3).copied().unwrap_or_default())
}

impl Rows {
    /// The row of a certificate that is in the list.
    pub(in crate::tui::pages::certificates::list) fn find(&self, id: CertificateId) -> Option<At> {
        let at = self.find_any(id)?;
        self.get(at).map(|_| at)
    }

    /// The same, also when it only waits for the end of a refresh.
    pub(in crate::tui::pages::certificates::list) fn find_any(
        &self,
        id: CertificateId,
    ) -> Option<At> {
        let hash = self.hasher.hash_one(id);
        let part = self.index.get(part(hash))?;
        let is_it = |at: &At| self.any(*at).is_some_and(|row| row.id == id);
        part.find(hash, is_it).copied()
    }

    /// A row in the list.
    pub(in crate::tui::pages::certificates::list) fn get(&self, at: At) -> Option<&Row> {
        self.any(at).filter(|row| row.is_shown())
    }

    /// Any row, in the list or not.
    pub(in crate::tui::pages::certificates::list) fn any(&self, at: At) -> Option<&Row> {
        row_at(&self.blocks, at)
    }

    fn any_mut(&mut self, at: At) -> Option<&mut Row> {
        let block = self.blocks.get_mut(place(at) / BLOCK)?;
        block.get_mut(place(at) % BLOCK)
    }

    /// How many are in the list.
    pub(in crate::tui::pages::certificates::list) const fn shown(&self) -> usize {
        self.shown
    }

    /// How many numbers there are.
    pub(in crate::tui::pages::certificates::list) fn numbers(&self) -> usize {
        let full = self.blocks.len().saturating_sub(1);
        let last = self.blocks.last().map_or(0, Vec::len);
        full.saturating_mul(BLOCK).saturating_add(last)
    }

    /// Those in the list.
    pub(in crate::tui::pages::certificates::list) fn iter(
        &self,
    ) -> impl Iterator<Item = (At, &Row)> {
        let all = (0..).zip(self.blocks.iter().flatten());
        all.filter(|(_, row)| row.is_shown())
    }

    /// Those in the list that AWS lists as pending.
    pub(in crate::tui::pages::certificates::list) fn pending(&self) -> &BTreeSet<At> {
        &self.pending
    }

    /// Those that only the list of outgoing transfers has.
    pub(in crate::tui::pages::certificates::list) fn unlisted(&self) -> &BTreeSet<At> {
        &self.unlisted
    }

    /// Whether any certificate was listed.
    pub(in crate::tui::pages::certificates::list) fn any_listed(&self) -> bool {
        self.shown > self.unlisted.len()
    }

    /// Where what a certificate is called is kept from now on.
    pub(in crate::tui::pages::certificates::list) fn set_names(&mut self, at: At, names: u32) {
        if let Some(row) = self.any_mut(at) {
            row.names = names;
        }
    }

    /// A refresh has seen it.
    pub(in crate::tui::pages::certificates::list) fn set_seen(
        &mut self,
        at: At,
        fresh: CertificateStatus,
        seen: u8,
    ) {
        if let Some(row) = self.any_mut(at) {
            (row.fresh, row.seen) = (fresh, seen);
        }
    }

    /// No refresh has seen any.
    pub(in crate::tui::pages::certificates::list) fn forget_seen(&mut self) {
        for row in self.blocks.iter_mut().flatten() {
            row.seen = 0;
        }
    }

    fn push(&mut self, row: Row) {
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(row),
            _ => {
                // A list of a few rows takes no more than it needs.
                let mut block = match self.blocks.len() {
                    0 => Vec::new(),
                    _ => Vec::with_capacity(BLOCK),
                };
                block.push(row);
                self.blocks.push(block);
            }
        }
    }

    /// Puts a row in the place of the one that its certificate has, or gives it one. What it is called stays.
    pub(in crate::tui::pages::certificates::list) fn put(&mut self, row: Row) -> At {
        if let Some(at) = self.find_any(row.id) {
            self.write(at, row);
            return at;
        }
        let at = self.free.pop().unwrap_or_else(|| {
            let at = At::try_from(self.numbers()).unwrap_or(At::MAX);
            self.push(Row {
                is: RowIs::Free,
                ..row
            });
            at
        });
        let (blocks, hasher) = (&self.blocks, &self.hasher);
        let hash = hasher.hash_one(row.id);
        let of = |at: &At| {
            let row = row_at(blocks, *at);
            row.map_or(0, |row| hasher.hash_one(row.id))
        };
        if let Some(part) = self.index.get_mut(part(hash)) {
            part.insert_unique(hash, at, of);
        }
        if let Some(old) = self.any_mut(at) {
            old.names = row.names;
        }
        self.write(at, row);
        at
    }

    /// Takes a row out. Its number is free.
    pub(in crate::tui::pages::certificates::list) fn remove(&mut self, at: At) {
        let Some(row) = self.any(at).filter(|row| row.is != RowIs::Free).copied() else {
            return;
        };
        let hash = self.hasher.hash_one(row.id);
        if let Some(part) = self.index.get_mut(part(hash))
            && let Ok(entry) = part.find_entry(hash, |other| *other == at)
        {
            entry.remove();
        }
        self.write(
            at,
            Row {
                is: RowIs::Free,
                ..row
            },
        );
        self.set_names(at, 0);
        self.free.push(at);
    }

    fn write(&mut self, at: At, row: Row) {
        let Some(old) = self.any_mut(at) else {
            return;
        };
        let was_shown = old.is_shown();
        *old = Row {
            names: old.names,
            ..row
        };
        match (was_shown, row.is_shown()) {
            (false, true) => self.shown = self.shown.saturating_add(1),
            (true, false) => self.shown = self.shown.saturating_sub(1),
            _ => {}
        }
        let pending = row.is_shown() && row.status == CertificateStatus::PendingTransfer;
        keep(&mut self.pending, at, pending);
        keep(&mut self.unlisted, at, row.is == RowIs::Unlisted);
    }
}

fn keep(set: &mut BTreeSet<At>, at: At, keep: bool) {
    if keep {
        set.insert(at);
    } else if !set.is_empty() {
        set.remove(&at);
    }
}

/// A set of rows, a bit each.
#[derive(Debug, Default, Clone)]
pub(in crate::tui::pages::certificates::list) struct RowSet {
    bits: Vec<u64>,
    len: usize,
}

impl RowSet {
    /// A set of these.
    pub(in crate::tui::pages::certificates::list) fn of(
        rows: impl IntoIterator<Item = At>,
    ) -> Self {
        let mut set = Self::default();
        for at in rows {
            set.set(at, true);
        }
        set
    }

    /// Whether a row is in it.
    pub(in crate::tui::pages::certificates::list) fn has(&self, at: At) -> bool {
        let bits = self.bits.get(place(at / u64::BITS)).copied();
        bits.unwrap_or_default() & (1 << (at % u64::BITS)) != 0
    }

    /// Puts a row in, or takes it out; answers whether it was in.
    pub(in crate::tui::pages::certificates::list) fn set(&mut self, at: At, is_in: bool) -> bool {
        let word = place(at / u64::BITS);
        if word >= self.bits.len() {
            if !is_in {
                return false;
            }
            self.bits.resize(word.saturating_add(1), 0);
        }
        let Some(bits) = self.bits.get_mut(word) else {
            return false;
        };
        let bit = 1 << (at % u64::BITS);
        let was = *bits & bit != 0;
        if is_in {
            *bits |= bit;
        } else {
            *bits &= !bit;
        }
        match (was, is_in) {
            (false, true) => self.len = self.len.saturating_add(1),
            (true, false) => self.len = self.len.saturating_sub(1),
            _ => {}
        }
        was
    }

    /// Those that are in it, by their numbers.
    pub(in crate::tui::pages::certificates::list) fn iter(&self) -> impl Iterator<Item = At> {
        let words = (0..).zip(&self.bits).filter(|(_, bits)| **bits != 0);
        words.flat_map(|(word, bits)| {
            let bits = *bits;
            let set = (0..u64::BITS).filter(move |bit| bits & (1 << bit) != 0);
            set.map(move |bit| u32::saturating_mul(word, u64::BITS).saturating_add(bit))
        })
    }

    /// How many are in it.
    pub(in crate::tui::pages::certificates::list) const fn len(&self) -> usize {
        self.len
    }

    /// Whether none is.
    pub(in crate::tui::pages::certificates::list) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes all out.
    pub(in crate::tui::pages::certificates::list) fn clear(&mut self) {
        self.bits.fill(0);
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    fn row(n: u8, is: RowIs) -> Row {
        Row::new(id(n), i64::from(n), CertificateStatus::PendingTransfer, is)
    }

    /// A million rows are counted in bytes each.
    #[test]
    fn a_row_takes_48_bytes() {
        assert_eq!(size_of::<Row>(), 48);
    }

    #[test]
    fn a_number_stays_and_is_given_again_only_when_it_is_free() {
        let mut rows = Rows::default();
        for n in 0..200 {
            assert_eq!(rows.put(row(n, RowIs::Listed)), u32::from(n));
        }
        assert_eq!(rows.find(id(77)), Some(77));
        rows.set_names(77, 5);
        assert_eq!(rows.put(row(77, RowIs::Unlisted)), 77);
        assert_eq!(rows.get(77).unwrap().names, 5);
        rows.remove(77);
        rows.remove(77);
        assert_eq!((rows.find(id(77)), rows.shown()), (None, 199));
        assert_eq!((rows.pending().len(), rows.unlisted().len()), (199, 0));
        assert_eq!(rows.put(row(201, RowIs::Waiting)), 77);
        assert_eq!(rows.get(77).map(|row| row.id), None, "it waits");
        assert_eq!(rows.find_any(id(201)), Some(77));
        assert_eq!(rows.any(77).unwrap().names, 0);
        assert_eq!(rows.iter().count(), 199);
    }

    #[test]
    fn a_set_counts_what_is_in_it() {
        let mut set = RowSet::of([3, 64, 3]);
        assert!(set.has(3) && set.has(64) && !set.has(4) && !set.has(1_000_000));
        assert_eq!((set.len(), set.iter().collect()), (2, vec![3, 64]));
        assert!(set.set(3, false) && !set.set(3, false) && !set.set(9_999, false));
        assert_eq!(set.len(), 1);
        set.clear();
        assert!(set.is_empty() && !set.has(64));
    }
}
