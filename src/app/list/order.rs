//! The order of the list.

use crate::domain::{CertificateId, ConsoleStatus};

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
pub struct Order {
    /// What is compared.
    pub by: SortBy,
    /// Whether the usual direction is turned round.
    pub reversed: bool,
}

type Key = (i64, ConsoleStatus, CertificateId);

impl Order {
    /// Sorts row numbers by what `key` tells of them. Rows that are nearly in order, as a listing
    /// brings them, are sorted in about one pass.
    pub fn sort(self, rows: &mut [usize], key: impl Fn(usize) -> Option<Key>) {
        rows.sort_by(|a, b| {
            let ((created_a, status_a, id_a), (created_b, status_b, id_b)) =
                match (key(*a), key(*b)) {
                    (Some(a), Some(b)) => (a, b),
                    (a, b) => return b.is_some().cmp(&a.is_some()),
                };
            let newest_first = created_b.cmp(&created_a);
            let order = match self.by {
                SortBy::Created => newest_first,
                SortBy::Status => status_a.cmp(&status_b).then(newest_first),
            };
            let order = order.then(id_a.cmp(&id_b));
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
