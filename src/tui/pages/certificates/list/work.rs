//! What a list is in the midst of.

use std::collections::HashSet;

use crate::{
    domain::{CertificateId, Timestamp},
    tui::pages::certificates::list::store::rows::At,
};

/// Holding the rows against the filter.
#[derive(Debug, Default)]
pub(super) struct Sifting {
    /// How many rows of the whole list were held against it, in its order.
    pub(super) looked_at: usize,
    pub(super) found: Vec<At>,
    /// Whether what was found before stays in sight until then: the filter is the same.
    pub(super) quiet: bool,
}

/// What has changed since the rows were last put in order.
#[derive(Debug, Default)]
pub(super) struct RowChanges {
    /// These do not stand any more where they stood.
    pub(super) out: Vec<At>,
    /// These have to be given a place.
    pub(super) placed: Vec<At>,
    /// These may match otherwise.
    pub(super) facts: Vec<At>,
    /// What is offered to the account may be others.
    pub(super) offers: bool,
}

impl RowChanges {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        let rows = [&self.out, &self.placed, &self.facts].map(Vec::len);
        rows.into_iter().fold(0, usize::saturating_add)
    }
}

/// What the listing since the last question has found to be otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// Certificates that were not listed before.
    pub new: usize,
    /// Certificates that are not listed any more.
    pub gone: usize,
    /// Certificates with another status.
    pub changed: usize,
    /// Whether there was nothing before that it could be compared with.
    pub first: bool,
}

/// A refresh that is under way.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    pub(super) seen: usize,
    /// What was learned of these since it began is newer than its pages.
    pub(super) newer: HashSet<CertificateId>,
    /// These are gone since it began, whatever its pages say.
    pub(super) gone: HashSet<CertificateId>,
    /// All pages are there, since then: the next row that is to follow them.
    pub(super) ends: Option<(At, Timestamp)>,
}
