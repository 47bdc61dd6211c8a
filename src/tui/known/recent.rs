//! The filters that were used last, as they are walked through while one is typed.

use crate::domain::MOST_RECENT;

/// The filters that were used last.
#[derive(Debug, Default)]
pub struct RecentFilters {
    /// The newest first. Foreign text.
    all: Vec<String>,
    was_read: bool,
    /// Which of them is typed now, and what was typed before that.
    walked: Option<(usize, String)>,
}

impl RecentFilters {
    /// Whether those of earlier starts were not read yet.
    pub const fn is_unread(&self) -> bool {
        !self.was_read
    }

    /// Those that are known, the newest first. Foreign text.
    pub fn all(&self) -> &[String] {
        &self.all
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes those that are kept.
    pub fn read(&mut self, all: Vec<String>) {
        self.all = all;
        self.was_read = true;
    }

    /// A filter begins to be typed.
    pub fn begin(&mut self) {
        self.walked = None;
    }

    /// A filter is used. Answers whether that is new.
    pub fn used(&mut self, filter: &str) -> bool {
        self.walked = None;
        if self.all.first().is_some_and(|it| it == filter) {
            return false;
        }
        self.all.retain(|it| it != filter);
        self.all.insert(0, filter.to_owned());
        self.all.truncate(MOST_RECENT);
        true
    }

    /// The filter that was used before the one that is typed, or after it; at the end what was typed before. `None` where
    /// there is none.
    pub fn walk(&mut self, typed: &str, older: bool) -> Option<String> {
        // Whoever has typed since then begins anew.
        let walked = self.walked.take();
        let walked = walked.filter(|(at, _)| self.all.get(*at).is_some_and(|it| it == typed));
        let (at, before) = match (walked, older) {
            (Some((at, before)), true) => (at.saturating_add(1), before),
            (Some((0, before)), false) => return Some(before),
            (Some((at, before)), false) => (at.saturating_sub(1), before),
            (None, true) => {
                let same = self.all.first().is_some_and(|it| it == typed);
                (usize::from(same), typed.to_owned())
            }
            (None, false) => return None,
        };
        let Some(filter) = self.all.get(at) else {
            let last = at.checked_sub(1)?;
            self.walked = Some((last, before));
            return None;
        };
        self.walked = Some((at, before));
        Some(filter.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_walked_through_and_what_was_typed_comes_back() {
        let mut recent = RecentFilters::default();
        assert!(recent.is_unread() && recent.walk("x", true).is_none());
        recent.read(vec!["a".to_owned(), "b".to_owned()]);
        assert!(recent.used("c") && !recent.used("c"));
        let mut walk = |typed: &str, older| recent.walk(typed, older);
        assert_eq!(walk("half", false), None);
        assert_eq!(walk("half", true).as_deref(), Some("c"));
        assert_eq!(walk("c", true).as_deref(), Some("a"));
        assert_eq!(walk("a", true).as_deref(), Some("b"));
        assert_eq!(walk("b", true), None);
        assert_eq!(walk("b", false).as_deref(), Some("a"));
        assert_eq!(walk("a", false).as_deref(), Some("c"));
        assert_eq!(walk("c", false).as_deref(), Some("half"));
        assert_eq!(walk("half", false), None);
        // What was changed meanwhile is what comes back, and the newest is not offered for itself.
        assert_eq!(walk("c", true).as_deref(), Some("a"));
        assert_eq!(walk("a more", true).as_deref(), Some("c"));
        assert_eq!(walk("c", false).as_deref(), Some("a more"));
    }
}
