//! How a list was left, and what of that is still to come back.

use std::collections::HashMap;

use crate::{domain::CertificateId, tui::pages::certificates::list::order::SortOrder};

/// How a person left the list of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftView {
    /// The filter, as it was typed.
    pub filter: String,
    pub(in crate::tui::pages::certificates::list) order: SortOrder,
    pub(in crate::tui::pages::certificates::list) chosen: Option<CertificateId>,
    /// What was marked, or alone shown.
    pub(in crate::tui::pages::certificates::list) rows: Vec<(CertificateId, LeftRow)>,
    pub(in crate::tui::pages::certificates::list) only: bool,
    /// How many marks there were, when they were too many to be kept.
    pub(in crate::tui::pages::certificates::list) too_many: usize,
}

/// What was so of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::tui::pages::certificates::list) struct LeftRow {
    pub(in crate::tui::pages::certificates::list) marked: bool,
    pub(in crate::tui::pages::certificates::list) only: bool,
}

/// What is to come back as soon as its certificates are listed again.
#[derive(Debug, Default)]
pub(in crate::tui::pages::certificates::list) struct AwaitedView {
    pub(in crate::tui::pages::certificates::list) rows: HashMap<CertificateId, LeftRow>,
    /// How many of them were marked.
    pub(in crate::tui::pages::certificates::list) marks: usize,
    pub(in crate::tui::pages::certificates::list) chosen: Option<CertificateId>,
    /// Whether marks were to come back, and it was not said yet which did not.
    pub(in crate::tui::pages::certificates::list) untold: bool,
}

/// What came back at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CameBack {
    /// A filter, another one than the list had.
    pub filter: bool,
    /// An order that is not the usual one.
    pub order: bool,
    /// So many marks, whether their certificates are listed already or not.
    pub marks: usize,
    /// So many marks did not, since they were too many to be kept.
    pub too_many: usize,
}

impl LeftView {
    /// How many ids it holds.
    pub fn ids(&self) -> usize {
        self.rows.len()
    }

    /// Lets the marks go, since they are too many; how many there were is remembered.
    pub fn without_marks(self) -> Self {
        let marks = self.rows.iter().filter(|(_, row)| row.marked).count();
        Self {
            rows: Vec::new(),
            only: false,
            too_many: self.too_many.saturating_add(marks),
            ..self
        }
    }
}
