//! Pages of a listing, and the guard against a listing that never ends.

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant;

use crate::{
    aws::classify,
    domain::{CertificateId, Failure, Operation},
};

/// The largest page that the listings allow (service model: 1 to 250; their default is 25).
pub(in crate::aws) const PAGE_SIZE: i32 = 250;

/// A row without a name: nothing could be done with it, and one that is attached could not be put back.
pub(in crate::aws) fn nameless(operation: Operation) -> Failure {
    classify::unreadable(
        operation,
        "the answer lists something without a usable name",
    )
}

/// The rows of an answer. An answer without a list is an error, not an empty list.
pub(in crate::aws) fn listed<T>(operation: Operation, rows: Option<&[T]>) -> Result<&[T], Failure> {
    rows.ok_or_else(|| classify::unreadable(operation, "the answer has no list in it"))
}

/// The longest marker, in bytes. It is sent in the address of the next page, of which servers take 8
/// to 64 kB.
const LONGEST_MARKER: usize = 8_000;

/// The most pages of a listing: two and a half million rows.
const MOST_PAGES: usize = 10_000;
/// For how long pages may come without a row that was not there before.
const FRUITLESS: Duration = Duration::from_mins(2);

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in AWS's order.
    pub rows: Vec<T>,
    /// How many rows have an id that cannot be read, so that nothing could be done with them.
    pub unread: usize,
    /// What to ask the next page with; `None` ends the listing.
    pub next: Option<String>,
}

/// The markers a listing has seen. A marker that comes twice would make the listing go round for
/// ever, and show the same rows again and again.
#[derive(Debug)]
pub struct Markers {
    operation: Operation,
    known: HashSet<String>,
    /// The first row of each page.
    first_rows: HashSet<CertificateId>,
    /// When a page last began with a row that no other did.
    fruitful: Instant,
}

impl Markers {
    /// Starts a listing.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            known: HashSet::new(),
            first_rows: HashSet::new(),
            fruitful: Instant::now(),
        }
    }

    /// Takes the first row of a page.
    pub fn begins_with(&mut self, row: Option<CertificateId>) {
        if row.is_some_and(|row| self.first_rows.insert(row)) {
            self.fruitful = Instant::now();
        }
    }

    /// Takes that a page has rows of which it is not known here whether they are new. Such a listing ends at the most
    /// pages that are read.
    pub fn has_rows(&mut self) {
        self.fruitful = Instant::now();
    }

    /// Takes the marker of the next page; fails when it was there before, or is too long to be sent, and
    /// when there is no end of them.
    pub fn advance(&mut self, next: Option<String>) -> Result<Option<String>, Failure> {
        let Some(marker) = next else {
            return Ok(None);
        };
        let message = if marker.len() > LONGEST_MARKER {
            format!("the marker of the next page has {} bytes", marker.len())
        } else if self.known.len() >= MOST_PAGES {
            format!("the listing does not end: it has more than {MOST_PAGES} pages")
        } else if self.fruitful.elapsed() >= FRUITLESS {
            "the listing does not end: for two minutes it had no new row".to_owned()
        } else if self.known.insert(marker.clone()) {
            return Ok(Some(marker));
        } else {
            format!(
                "the listing goes round: page {} leads back to an earlier one",
                self.known.len().saturating_add(1)
            )
        };
        Err(classify::unreadable(self.operation, &message))
    }
}

/// The marker in an answer. An empty marker counts as no marker.
pub(in crate::aws) fn marker(text: Option<&str>) -> Option<String> {
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

    #[tokio::test(start_paused = true)]
    async fn a_listing_that_has_no_end_is_ended() {
        let next = |markers: &mut Markers, n: usize| markers.advance(Some(n.to_string()));
        let mut markers = Markers::new(Operation::ListCertificates);
        assert!((0..MOST_PAGES).all(|n| next(&mut markers, n).is_ok()));
        let failure = next(&mut markers, MOST_PAGES).unwrap_err();
        assert!(failure.message.contains("10000 pages"), "{failure:?}");
        // With the same rows again and again, or none.
        let row = |n| Some(CertificateId::from_bytes([n; 32]));
        let mut markers = Markers::new(Operation::ListCertificates);
        for n in 0..5 {
            tokio::time::advance(Duration::from_mins(1)).await;
            markers.begins_with(row(u8::try_from(n).unwrap()));
            assert!(next(&mut markers, n).is_ok(), "a slow one is none");
        }
        for (n, again) in [(5, row(0)), (6, None)] {
            tokio::time::advance(Duration::from_mins(1)).await;
            markers.begins_with(again);
            assert_eq!(next(&mut markers, n).is_ok(), n == 5);
        }
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
