//! Pages of a listing, and the guard against a listing that never ends.

use std::collections::HashSet;

use super::classify;
use crate::domain::{Failure, Operation};

/// The longest marker, in bytes. It is sent in the address of the next page, of which servers take 8
/// to 64 kB.
const LONGEST_MARKER: usize = 8_000;

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in AWS's order.
    pub rows: Vec<T>,
    /// What to ask the next page with; `None` ends the listing.
    pub next: Option<String>,
}

/// The markers a listing has seen. A marker that comes twice would make the listing go round for
/// ever, and show the same rows again and again.
#[derive(Debug)]
pub struct Markers {
    operation: Operation,
    seen: HashSet<String>,
}

impl Markers {
    /// Starts a listing.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            seen: HashSet::new(),
        }
    }

    /// Takes the marker of the next page; fails when it was there before, or is too long to be sent.
    pub fn advance(&mut self, next: Option<String>) -> Result<Option<String>, Failure> {
        let Some(marker) = next else {
            return Ok(None);
        };
        let message = if marker.len() > LONGEST_MARKER {
            format!("the marker of the next page has {} bytes", marker.len())
        } else if self.seen.insert(marker.clone()) {
            return Ok(Some(marker));
        } else {
            format!(
                "the listing goes round: page {} leads back to an earlier one",
                self.seen.len().saturating_add(1)
            )
        };
        Err(classify::unreadable(self.operation, &message))
    }
}

/// The marker in an answer; an empty one is none.
pub(super) fn marker(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FailureKind;

    #[test]
    fn a_marker_that_is_too_long_to_be_sent_ends_the_listing() {
        let mut markers = Markers::new(Operation::ListCertificates);
        let failure = markers.advance(Some("x".repeat(100_000))).unwrap_err();
        assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
    }

    #[test]
    fn a_marker_that_comes_back_ends_the_listing() {
        let mut markers = Markers::new(Operation::ListCertificates);
        assert_eq!(markers.advance(Some("a".into())), Ok(Some("a".into())));
        assert_eq!(markers.advance(Some("b".into())), Ok(Some("b".into())));
        let failure = markers.advance(Some("a".into())).unwrap_err();
        assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
        assert_eq!(markers.advance(None), Ok(None));
        assert_eq!(marker(Some("")), None);
    }
}
