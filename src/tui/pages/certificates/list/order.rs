//! The order of the list.

use std::cmp::Ordering;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The date of registration.
    #[default]
    Created,
    /// The status; within one, the newest first.
    Status,
}

/// The order of the list. The default is AWS's own: newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SortOrder {
    /// What is compared.
    pub by: SortBy,
    /// Whether the usual direction is turned round.
    pub reversed: bool,
}

impl SortOrder {
    /// Sorts row numbers, which `compare` puts in the usual direction. Rows that are nearly in order,
    /// as a listing brings them, are sorted in about one pass.
    pub fn sort(self, rows: &mut [usize], compare: impl Fn(usize, usize) -> Ordering) {
        rows.sort_by(|a, b| {
            let order = compare(*a, *b);
            if self.reversed {
                order.reverse()
            } else {
                order
            }
        });
    }

    /// The order in words.
    pub const fn label(self) -> &'static str {
        match (self.by, self.reversed) {
            (SortBy::Created, false) => "newest first",
            (SortBy::Created, true) => "oldest first",
            (SortBy::Status, false) => "by status",
            (SortBy::Status, true) => "by status, reversed",
        }
    }
}
