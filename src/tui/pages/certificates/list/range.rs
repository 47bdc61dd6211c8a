//! A range that is stretched by moving, and marked then.

use crate::tui::pages::certificates::list::CertificateList;

impl CertificateList {
    /// Begins a range at the selected certificate.
    pub fn begin_range(&mut self) {
        let at = self.position().unwrap_or(0);
        self.anchor = self.selected().map(|id| (id, at));
    }

    /// Whether a range was begun.
    pub fn is_ranging(&self) -> bool {
        self.anchor.is_some()
    }

    /// Forgets the range; answers whether there was one.
    pub fn leave_range(&mut self) -> bool {
        self.anchor.take().is_some()
    }

    /// Marks the certificates from where the range began to the selected one, both included, and ends the range.
    /// Answers whether the one where it began is still in sight: otherwise nothing is marked.
    pub fn mark_range(&mut self) -> bool {
        let range = self.range();
        self.anchor = None;
        let Some((first, last)) = range else {
            return false;
        };
        let mut marked = std::mem::take(&mut self.marked);
        let rows = self.visible().iter().skip(first);
        for at in rows.take(last.saturating_sub(first).saturating_add(1)) {
            marked.set(*at, true);
        }
        self.marked = marked;
        true
    }

    /// How many certificates the range has.
    pub fn in_range(&self) -> usize {
        let length = |(first, last): (usize, usize)| last.saturating_sub(first).saturating_add(1);
        self.range().map_or(0, length)
    }

    /// The first and the last row of the range that are in sight, counted from the first row in sight.
    pub fn range_in_sight(&self) -> Option<(usize, usize)> {
        let (first, last) = self.range()?;
        let last = last.checked_sub(self.offset)?;
        Some((first.saturating_sub(self.offset), last))
    }

    /// The first and the last row of the range.
    fn range(&self) -> Option<(usize, usize)> {
        let (anchor, at) = self.anchor?;
        let began = if self.id_at(at) == Some(anchor) {
            at
        } else {
            (0..self.visible().len()).find(|at| self.id_at(*at) == Some(anchor))?
        };
        let now = self.position()?;
        Some((began.min(now), began.max(now)))
    }

    /// Marks what is shown and not marked, and takes the marks of what is shown and marked away.
    pub fn invert_marks(&mut self) {
        let mut marked = std::mem::take(&mut self.marked);
        for at in self.visible() {
            let was = marked.has(*at);
            marked.set(*at, !was);
        }
        self.marked = marked;
    }
}
