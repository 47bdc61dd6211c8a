//! The filters that a person has saved, and those that were used last.

/// The filters that are kept, the newest first. Foreign text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptFilters {
    /// Those that were saved.
    pub saved: Vec<String>,
    /// Those that were used last.
    pub recent: Vec<String>,
}

/// What becomes of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterChange {
    /// It is saved.
    Save,
    /// It was used.
    Use,
    /// It is not saved any more.
    Forget,
    /// It is not among those any more that were used last.
    ForgetUse,
}

/// The most that are saved.
pub const MOST_SAVED: usize = 1_000;

/// The most that are remembered of those that were used last: the oldest goes.
pub const MOST_RECENT: usize = 30;

/// The longest that is remembered by itself, in characters: what a filter can be pasted with.
const LONGEST_RECENT: usize = 1_000;

impl KeptFilters {
    /// With a change. `None` when there is no room for another one that is to be saved.
    pub fn changed(mut self, filter: String, change: FilterChange) -> Option<Self> {
        let is_other = |it: &String| *it != filter;
        match change {
            FilterChange::Save => {
                self.saved.retain(is_other);
                if self.saved.len() >= MOST_SAVED {
                    return None;
                }
                self.saved.insert(0, filter);
            }
            FilterChange::Forget => self.saved.retain(is_other),
            FilterChange::ForgetUse => self.recent.retain(is_other),
            FilterChange::Use => {
                self.recent.retain(is_other);
                if filter.chars().count() <= LONGEST_RECENT {
                    self.recent.insert(0, filter);
                }
                self.recent.truncate(MOST_RECENT);
            }
        }
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_that_was_saved_goes_to_make_room_and_the_oldest_that_was_used_does() {
        let full = KeptFilters {
            saved: (0..MOST_SAVED).map(|n| n.to_string()).collect(),
            recent: (0..MOST_RECENT).map(|n| n.to_string()).collect(),
        };
        let with = |filter: &str, change| full.clone().changed(filter.to_owned(), change);
        assert_eq!(with("new", FilterChange::Save), None);
        // One that is there already only changes its place.
        let again = with("7", FilterChange::Save).unwrap();
        assert_eq!(
            (again.saved.len(), again.saved[0].as_str()),
            (MOST_SAVED, "7")
        );
        assert_eq!(
            with("7", FilterChange::Forget).unwrap().saved.len(),
            MOST_SAVED - 1
        );
        let used = with("new", FilterChange::Use).unwrap();
        assert_eq!(
            (used.recent.len(), used.recent[0].as_str()),
            (MOST_RECENT, "new")
        );
        assert!(!used.recent.contains(&(MOST_RECENT - 1).to_string()));
        let used = with("7", FilterChange::Use).unwrap();
        assert_eq!(
            (used.recent.len(), used.recent[0].as_str()),
            (MOST_RECENT, "7")
        );
        let long = with(&"x".repeat(1_001), FilterChange::Use).unwrap();
        assert_eq!(long.recent, full.recent);
        assert_eq!(
            with("7", FilterChange::ForgetUse).unwrap().recent.len(),
            MOST_RECENT - 1
        );
    }
}
