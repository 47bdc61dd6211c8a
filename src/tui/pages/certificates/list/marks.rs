//! Marks: what the next batch is about.

use crate::{
    domain::CertificateId,
    tui::pages::certificates::list::{
        CertificateList,
        store::rows::{At, RowSet},
    },
};

impl CertificateList {
    /// Whether a certificate is marked.
    pub fn is_marked(&self, id: CertificateId) -> bool {
        self.rows.find(id).is_some_and(|at| self.marked.has(at))
    }

    /// Marks the selected certificate, or takes its mark away, and goes to the next.
    pub fn toggle_mark(&mut self) {
        if let Some(at) = self.selected().and_then(|id| self.rows.find(id)) {
            let was = self.marked.has(at);
            self.marked.set(at, !was);
            self.move_by(1);
        }
    }

    /// Marks everything that the filter shows, or takes these marks away when all of it is marked.
    pub fn toggle_marks(&mut self) {
        let mut marked = std::mem::take(&mut self.marked);
        let all = self.visible().iter().all(|at| marked.has(*at));
        for at in self.visible() {
            marked.set(*at, !all);
        }
        self.marked = marked;
    }

    /// Marks these besides, of those that are in the list.
    pub fn mark(&mut self, ids: impl IntoIterator<Item = CertificateId>) {
        for id in ids {
            if let Some(at) = self.rows.find(id) {
                self.marked.set(at, true);
            }
        }
    }

    /// The certificates whose ids begin so, in lower-case digits.
    pub fn beginning(&self, digits: &str) -> Vec<CertificateId> {
        let ids = self.rows.iter().map(|(_, row)| row.id);
        ids.filter(|id| id.digits().starts_with(digits.as_bytes()))
            .collect()
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        self.marked.clear();
        self.forget_awaited_marks();
    }

    /// The marked certificates, in the list's order; those that the filter hides come last.
    pub fn marked(&self) -> Vec<CertificateId> {
        let marked = |at: &At| self.marked.has(*at);
        let mut rows: Vec<At> = self.visible().iter().copied().filter(marked).collect();
        if rows.len() < self.marked.len() {
            let known = RowSet::of(rows.iter().copied());
            let hidden = self.all.iter().copied().filter(marked);
            rows.extend(hidden.filter(|at| !known.has(*at)));
        }
        let ids = rows.into_iter().filter_map(|at| self.rows.get(at));
        ids.map(|row| row.id).collect()
    }

    /// How many certificates are marked.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }

    /// How many of these certificates the filter hides.
    pub fn hidden(&self, ids: &[CertificateId]) -> usize {
        if !self.is_filtered() {
            return 0;
        }
        let shown = RowSet::of(self.visible().iter().copied());
        let is_shown = |id: &CertificateId| self.rows.find(*id).is_some_and(|at| shown.has(at));
        ids.iter().filter(|id| !is_shown(id)).count()
    }

    /// How many marks went with their certificates since that was last asked.
    pub fn drop_marks_of_gone(&mut self) -> usize {
        std::mem::take(&mut self.marks_dropped)
    }
}
