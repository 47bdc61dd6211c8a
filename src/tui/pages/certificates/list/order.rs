//! The order of the list, and what is compared.

use std::{cmp::Ordering, collections::VecDeque};

use strum::EnumIter;

use crate::tui::pages::certificates::list::store::rows::{At, RowSet};

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumIter)]
pub enum SortBy {
    /// The date of registration, the newest first: the age.
    #[default]
    Created,
    /// What the device is called, in the order of letters.
    Device,
    /// The status.
    Status,
    /// When the transfer was started that is under way, the oldest first.
    Transfer,
    /// The account that it is offered to, by its number.
    Recipient,
    /// Until when it is valid, the soonest first.
    Expiry,
}

/// The order of the list. The default is AWS's own: newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SortOrder {
    /// What is compared. Within the same, the newest come first.
    pub by: SortBy,
    /// Whether the usual direction is turned round. What is not known stays last.
    pub reversed: bool,
}

impl SortOrder {
    /// The order in words.
    pub const fn label(self) -> &'static str {
        match (self.by, self.reversed) {
            (SortBy::Created, false) => "newest first",
            (SortBy::Created, true) => "oldest first",
            (SortBy::Device, false) => "by device",
            (SortBy::Device, true) => "by device, reversed",
            (SortBy::Status, false) => "by status",
            (SortBy::Status, true) => "by status, reversed",
            (SortBy::Transfer, false) => "longest in transfer first",
            (SortBy::Transfer, true) => "latest transfer first",
            (SortBy::Recipient, false) => "by recipient",
            (SortBy::Recipient, true) => "by recipient, reversed",
            (SortBy::Expiry, false) => "expiring soonest first",
            (SortBy::Expiry, true) => "expiring latest first",
        }
    }

    /// Whether names, or what comes with them, decide.
    pub const fn wants_names(self) -> bool {
        matches!(self.by, SortBy::Device | SortBy::Expiry)
    }
}

/// Stands where nothing is known to sort a row by.
pub(super) const NOT_KNOWN: u64 = u64::MAX;

/// What a row is sorted by, as it was when that was looked up: what changes meanwhile is sorted in afterwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct SortKey {
    /// What is compared first.
    pub(super) first: u64,
    pub(super) at: At,
    /// Where the names are that decide after it; 0 where none do.
    pub(super) names: u32,
}

impl SortKey {
    pub(super) const fn is_known(self) -> bool {
        self.first != NOT_KNOWN
    }
}

/// Seconds since 1970 as a number that sorts the same.
pub(super) const fn seconds(at: i64) -> u64 {
    // The sign bit the other way round. The latest moment there is leaves room for what is not known.
    let sorted = at.cast_unsigned() ^ (1 << 63);
    if sorted == NOT_KNOWN {
        sorted.saturating_sub(1)
    } else {
        sorted
    }
}

/// A letter of a name as it is sorted: capitals with the others.
const fn letter(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// A name as it is sorted.
pub(super) fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(letter)
}

/// The eight letters of a name that follow `prefix`, as a number. A name that begins otherwise sorts before or after all
/// that begin so.
pub(super) fn number(name: &str, prefix: &[u8]) -> u64 {
    let mut rest = letters(name);
    for wanted in prefix {
        match rest.next().cmp(&Some(*wanted)) {
            Ordering::Less => return 0,
            Ordering::Equal => {}
            Ordering::Greater => return NOT_KNOWN.saturating_sub(1),
        }
    }
    let mut bytes = [0; 8];
    for (byte, letter) in bytes.iter_mut().zip(rest) {
        *byte = letter;
    }
    u64::from_be_bytes(bytes).clamp(1, NOT_KNOWN.saturating_sub(2))
}

/// Sorting under way: the rows are put into groups first, and then each group is sorted.
#[derive(Debug)]
pub(super) struct Sorting {
    /// What the names have in common that were looked at first.
    pub(super) prefix: Vec<u8>,
    /// Where one group ends and the next one begins.
    pub(super) bounds: Vec<SortKey>,
    pub(super) groups: VecDeque<Vec<SortKey>>,
    /// The next row to be put into a group.
    pub(super) next: At,
    pub(super) sorted: Vec<At>,
    /// What has changed meanwhile.
    pub(super) changed: RowSet,
}

/// How sorting stands.
#[derive(Debug)]
pub(super) enum Sorted {
    /// There is more to do.
    NotYet,
    /// So much has changed meanwhile that it is sooner done anew.
    Outdated,
    /// These are the rows in order.
    Done(Vec<At>),
}
