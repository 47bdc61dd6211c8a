//! Marks: what the next batch is about.

use std::collections::HashSet;

use crate::{domain::CertificateId, tui::pages::certificates::list::CertificateList};

impl CertificateList {
    /// Whether a certificate is marked.
    pub fn is_marked(&self, id: CertificateId) -> bool {
        self.marked.contains(&id)
    }

    /// Marks the selected certificate, or takes its mark away, and goes to the next.
    pub fn toggle_mark(&mut self) {
        if let Some(id) = self.selected() {
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
            self.move_by(1);
        }
    }

    /// Marks everything that the filter shows, or takes these marks away when all of it is marked.
    pub fn toggle_marks(&mut self) {
        let shown: Vec<CertificateId> = (0..self.visible.len())
            .filter_map(|position| self.id_at(position))
            .collect();
        if shown.iter().all(|id| self.marked.contains(id)) {
            for id in &shown {
                self.marked.remove(id);
            }
        } else {
            self.marked.extend(shown);
        }
    }

    /// Marks these besides.
    pub fn mark(&mut self, ids: impl IntoIterator<Item = CertificateId>) {
        self.marked.extend(ids);
    }

    /// The certificates whose ids begin so, in lower-case digits.
    pub fn beginning(&self, digits: &str) -> Vec<CertificateId> {
        let ids = self.rows.iter().map(|row| row.id);
        ids.filter(|id| id.digits().starts_with(digits.as_bytes()))
            .collect()
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        self.marked.clear();
    }

    /// The marked certificates, in the list's order; those that the filter hides come last.
    pub fn marked(&self) -> Vec<CertificateId> {
        let shown = (0..self.visible.len()).filter_map(|position| self.id_at(position));
        let mut marked: Vec<CertificateId> = shown.filter(|id| self.marked.contains(id)).collect();
        if marked.len() < self.marked.len() {
            let known: HashSet<CertificateId> = marked.iter().copied().collect();
            let rows = self.rows.iter().map(|row| row.id);
            marked.extend(rows.filter(|id| self.marked.contains(id) && !known.contains(id)));
        }
        marked
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
        let shown = (0..self.visible.len()).filter_map(|position| self.id_at(position));
        let shown: HashSet<CertificateId> = shown.collect();
        ids.iter().filter(|id| !shown.contains(id)).count()
    }

    /// Drops the marks of certificates that are gone; answers how many.
    pub fn drop_marks_of_gone(&mut self) -> usize {
        let before = self.marked.len();
        let index = &self.index;
        self.marked.retain(|id| index.contains_key(id));
        before.saturating_sub(self.marked.len())
    }
}
