//! Sorting in turns: the rows stay as they were until it is done.

use std::cmp::{Ordering, Reverse};

use crate::{
    domain::{ConsoleStatus, DeviceView, Expiry, Timestamp},
    tui::pages::certificates::list::{
        CertificateList,
        order::{NOT_KNOWN, SortBy, SortKey, Sorted, Sorting, letters, number, seconds},
        store::rows::{At, Row, RowSet},
    },
};

/// A group of rows of about so many is sorted at once.
const GROUP: usize = if cfg!(test) { 128 } else { 8_192 };

/// A group that is larger is divided once more.
const LARGEST: usize = GROUP * 3;

/// So many rows for each group are looked at to divide the groups. They lie far from each other in memory: with a
/// million rows each costs some microseconds, and all are looked at with the key that asks for another order.
const SAMPLE: usize = 4;

/// So many rows that have changed meanwhile are put in one by one.
const MOST_CHANGED: usize = 4_096;

/// A number that does not follow from the one before in any way that rows could.
fn scattered(n: usize) -> usize {
    let mut bits = u64::try_from(n).unwrap_or_default();
    for factor in [0x9e37_79b9_7f4a_7c15_u64, 0xbf58_476d_1ce4_e5b9] {
        bits = bits.wrapping_add(1).wrapping_mul(factor);
        bits ^= bits >> 31;
    }
    usize::try_from(bits >> 8).unwrap_or_default()
}

impl CertificateList {
    /// What a row is sorted by. `prefix` is what most names begin with: what follows it is compared first.
    fn key(&self, at: At, prefix: &[u8]) -> SortKey {
        let row = self.rows.any(at);
        let first = row.and_then(|row| self.first_of_key(row, prefix));
        let names = match (self.order.by, row) {
            (SortBy::Device, Some(row)) => row.names,
            _ => 0,
        };
        SortKey {
            first: first.unwrap_or(NOT_KNOWN),
            at,
            names,
        }
    }

    fn first_of_key(&self, row: &Row, prefix: &[u8]) -> Option<u64> {
        Some(match self.order.by {
            SortBy::Created => {
                let known = (row.created != i64::MIN).then_some(row.created)?;
                // The newest first.
                !seconds(known)
            }
            SortBy::Device => number(self.kept.get(row.names)?.words()?, prefix),
            SortBy::Status => self.status(row) as u64,
            SortBy::Transfer => seconds(self.in_transfer_since(row)?.unix_timestamp()),
            SortBy::Recipient => {
                let to = self.outgoing.get(&row.id)?.to?;
                to.to_string().parse().ok()?
            }
            SortBy::Expiry => match self.kept.get(row.names)?.expires {
                Expiry::At(at) => seconds(at.unix_timestamp()),
                Expiry::NotAsked | Expiry::NotSaid => return None,
            },
        })
    }

    fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        let newest_first = || {
            let row = |key: &SortKey| {
                self.rows
                    .any(key.at)
                    .map(|row| (Reverse(row.created), row.id))
            };
            row(a).cmp(&row(b))
        };
        let name = |key: &SortKey| {
            let words = self.kept.get(key.names).and_then(|it| it.words());
            words.unwrap_or_default()
        };
        match (a.is_known(), b.is_known()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => newest_first(),
            (true, true) => {
                let mut order = a.first.cmp(&b.first);
                if order == Ordering::Equal && (a.names, b.names) != (0, 0) {
                    order = letters(name(a)).cmp(letters(name(b)));
                }
                let order = order.then_with(newest_first);
                if self.order.reversed {
                    order.reverse()
                } else {
                    order
                }
            }
        }
    }

    /// Sorts a few rows, each once.
    pub(super) fn sorted(&self, mut rows: Vec<At>) -> Vec<SortKey> {
        rows.sort_unstable();
        rows.dedup();
        let mut keys: Vec<SortKey> = rows.into_iter().map(|at| self.key(at, &[])).collect();
        keys.sort_unstable_by(|a, b| self.compare(a, b));
        keys
    }

    /// Puts sorted rows into others that are sorted. Answers how many of them stand before the row that was the
    /// `before`-th of the others.
    pub(super) fn put_in_order(
        &self,
        into: &mut Vec<At>,
        keys: &[SortKey],
        before: usize,
    ) -> usize {
        let at_end = match (into.last(), keys.first()) {
            (Some(last), Some(first)) => {
                self.compare(&self.key(*last, &[]), first) != Ordering::Greater
            }
            _ => true,
        };
        if at_end {
            // Nearly always, while a listing comes.
            into.extend(keys.iter().map(|key| key.at));
            return 0;
        }
        let place = |key: &SortKey| {
            into.partition_point(|at| self.compare(&self.key(*at, &[]), key) != Ordering::Greater)
        };
        let places: Vec<usize> = keys.iter().map(place).collect();
        let mut end = into.len();
        into.extend(keys.iter().map(|key| key.at));
        // From the last one on, what stands behind each is moved by as many as come before it.
        for ((n, key), place) in keys.iter().enumerate().zip(&places).rev() {
            let to = place.saturating_add(n).saturating_add(1);
            into.copy_within(*place..end, to);
            if let Some(slot) = into.get_mut(place.saturating_add(n)) {
                *slot = key.at;
            }
            end = *place;
        }
        places.iter().filter(|place| **place < before).count()
    }

    /// How many rows of the whole list stand last, since nothing is known to sort them by.
    pub fn unsortable(&self) -> usize {
        let known = |at: &At| self.key(*at, &[]).is_known();
        let known = self.all.partition_point(known);
        self.all.len().saturating_sub(known)
    }

    /// Begins to sort all rows.
    pub(super) fn begin_to_sort(&mut self) {
        let numbers = self.rows.numbers();
        let groups = numbers / GROUP;
        let mut sample: Vec<At> = Vec::new();
        if groups > 1 {
            let step = (numbers / groups.saturating_mul(SAMPLE)).max(1);
            // Not every n-th: what repeats every so many rows would be missed.
            let all = (0..numbers).step_by(step).enumerate();
            let all = all.map(|(n, at)| at.saturating_add(scattered(n) % step));
            let all = all.filter_map(|at| At::try_from(at).ok());
            sample = all.filter(|at| self.rows.get(*at).is_some()).collect();
        }
        let prefix = self.common_prefix(&sample);
        let mut keys: Vec<SortKey> = sample.iter().map(|at| self.key(*at, &prefix)).collect();
        keys.sort_unstable_by(|a, b| self.compare(a, b));
        let bounds: Vec<SortKey> = keys.into_iter().step_by(SAMPLE).skip(1).collect();
        self.sorting = Some(Box::new(Sorting {
            prefix,
            groups: (0..=bounds.len()).map(|_| Vec::new()).collect(),
            bounds,
            next: 0,
            sorted: Vec::new(),
            changed: RowSet::default(),
        }));
    }

    fn common_prefix(&self, sample: &[At]) -> Vec<u8> {
        let mut prefix: Option<Vec<u8>> = None;
        if self.order.by != SortBy::Device {
            return Vec::new();
        }
        for at in sample {
            let row = self.rows.any(*at);
            let Some(name) = row.and_then(|row| self.kept.get(row.names)?.words()) else {
                continue;
            };
            match &mut prefix {
                Some(prefix) => {
                    let same = prefix.iter().zip(letters(name));
                    let same = same.take_while(|(a, b)| **a == *b).count();
                    prefix.truncate(same);
                }
                None => prefix = Some(letters(name).collect()),
            }
        }
        prefix.unwrap_or_default()
    }

    /// Sorts on, as far as a turn goes. Answers what it took, and how it stands.
    pub(super) fn sort_on(&self, sorting: &mut Sorting, most: usize) -> (usize, Sorted) {
        let mut looked_at = 0_usize;
        let numbers = At::try_from(self.rows.numbers()).unwrap_or(At::MAX);
        while sorting.next < numbers && looked_at < most {
            let at = sorting.next;
            sorting.next = at.saturating_add(1);
            looked_at = looked_at.saturating_add(1);
            if self.rows.get(at).is_none() {
                continue;
            }
            let key = self.key(at, &sorting.prefix);
            let stands = |bound: &SortKey| self.compare(bound, &key) != Ordering::Greater;
            let group = sorting.bounds.partition_point(stands);
            if let Some(group) = sorting.groups.get_mut(group) {
                group.push(key);
            }
        }
        while sorting.next >= numbers && looked_at < most {
            let Some(mut group) = sorting.groups.pop_front() else {
                if sorting.changed.len() > MOST_CHANGED {
                    // Sooner done anew than put in one by one.
                    return (looked_at, Sorted::Outdated);
                }
                let mut sorted = std::mem::take(&mut sorting.sorted);
                if !sorting.changed.is_empty() {
                    sorted.retain(|at| !sorting.changed.has(*at));
                    let changed = sorting.changed.iter();
                    let changed = changed.filter(|at| self.rows.get(*at).is_some()).collect();
                    let keys = self.sorted(changed);
                    self.put_in_order(&mut sorted, &keys, 0);
                }
                return (looked_at, Sorted::Done(sorted));
            };
            looked_at = looked_at.saturating_add(group.len());
            if group.len() > LARGEST {
                // The rows that were looked at first did not show how many would be in it.
                let middle = group.len() / 2;
                group.select_nth_unstable_by(middle, |a, b| self.compare(a, b));
                let upper = group.split_off(middle);
                sorting.groups.push_front(upper);
                sorting.groups.push_front(group);
                continue;
            }
            group.sort_unstable_by(|a, b| self.compare(a, b));
            sorting.sorted.extend(group.iter().map(|key| key.at));
        }
        (looked_at, Sorted::NotYet)
    }

    /// When the transfer of a row was started that is under way, as far as that is known.
    pub(super) fn in_transfer_since(&self, row: &Row) -> Option<Timestamp> {
        match self.status(row) {
            ConsoleStatus::Transferred => self.outgoing.get(&row.id)?.started,
            ConsoleStatus::PendingTransfer => self.learned.get(&row.id)?.started,
            _ => None,
        }
    }

    /// What is known of the device of a row.
    pub(super) fn device_of(&self, row: &Row) -> Option<DeviceView<'_>> {
        self.kept.get(row.names)
    }
}
