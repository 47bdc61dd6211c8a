//! How lists were left that are not on the screen, each with its place. Kept for the session only.

use crate::{domain::Place, tui::pages::certificates::list::LeftView};

/// So many places are kept at most.
const PLACES: usize = 16;

/// So many ids of marked certificates are kept at most, of all places together: some 4 MB.
const IDS: usize = if cfg!(test) { 10 } else { 100_000 };

/// How lists were left, the latest last.
#[derive(Debug, Default)]
pub struct LeftViews(Vec<(Place, LeftView)>);

impl LeftViews {
    /// Keeps how the list of a place was left. What was kept longest goes first where there is too much.
    pub fn keep(&mut self, place: Place, view: LeftView) {
        self.0.retain(|(of, _)| *of != place);
        let view = if view.ids() > IDS {
            view.without_marks()
        } else {
            view
        };
        self.0.push((place, view));
        let over = self.0.len().saturating_sub(PLACES);
        self.0.drain(..over);
        let mut left = IDS;
        for (_, view) in self.0.iter_mut().rev() {
            if view.ids() > left {
                *view = std::mem::take(view).without_marks();
            }
            left = left.saturating_sub(view.ids());
        }
    }

    /// How the list of a place was left, to be shown again.
    pub fn take(&mut self, place: &Place) -> Option<LeftView> {
        let at = self.0.iter().position(|(of, _)| of == place)?;
        Some(self.0.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AccountBook, AccountId, CertificateId, CertificateStatus, ListedCertificate, Timestamp,
        },
        tui::pages::certificates::list::CertificateList,
    };

    fn place(n: usize) -> Place {
        Place::aws("us-east-1", AccountId::parse(&format!("{n:012}")).unwrap())
    }

    /// A list of so many certificates, all of them marked.
    fn left(n: u8) -> LeftView {
        let mut list = CertificateList::default();
        let rows = (0..n).map(|n| ListedCertificate {
            id: CertificateId::from_bytes([n; 32]),
            status: CertificateStatus::Active,
            created: None,
            arn: None,
        });
        list.asked(Timestamp::UNIX_EPOCH);
        let book = AccountBook::default();
        list.page(rows.collect(), true, Timestamp::UNIX_EPOCH, &book);
        list.toggle_marks();
        list.left()
    }

    #[test]
    fn what_was_left_is_found_at_its_own_place_alone() {
        let mut views = LeftViews::default();
        views.keep(place(1), left(3));
        let other_region = Place {
            region: "eu-central-1".to_owned(),
            ..place(1)
        };
        for elsewhere in [place(2), other_region] {
            assert_eq!(views.take(&elsewhere), None);
        }
        assert_eq!(views.take(&place(1)), Some(left(3)));
        assert_eq!(views.take(&place(1)), None, "it is on the screen then");
    }

    #[test]
    fn not_more_is_kept_than_fits() {
        let mut views = LeftViews::default();
        for n in 0..PLACES + 2 {
            views.keep(place(n), left(0));
        }
        assert_eq!(views.take(&place(1)), None);
        assert!(views.take(&place(2)).is_some());
        // The marks that were left longest go first; one list with too many keeps none.
        views.keep(place(50), left(6));
        views.keep(place(51), left(4));
        assert_eq!(views.take(&place(50)).map(|it| it.ids()), Some(6));
        views.keep(place(52), left(7));
        assert_eq!(views.take(&place(51)).map(|it| it.ids()), Some(0));
        views.keep(place(53), left(11));
        let mut list = CertificateList::default();
        let view = views.take(&place(53)).unwrap();
        let back = list.come_back(view, "", &AccountBook::default());
        assert_eq!((back.marks, back.too_many), (0, 11));
    }
}
