use crate::domain::AccountBook;
use crate::domain::Description;
use crate::domain::Failure;
use crate::domain::FailureKind;
use crate::domain::ListedCertificate;
use crate::domain::Operation;
use crate::tui::pages::certificates::list::*;

fn id(n: u8) -> CertificateId {
    CertificateId::from_bytes([n; 32])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_timestamp(seconds).unwrap()
}

fn row(n: u8, status: CertificateStatus) -> ListedCertificate {
    ListedCertificate {
        id: id(n),
        status,
        created: Some(at(i64::from(n) * 1_000)),
        arn: None,
    }
}

fn outgoing(n: u8) -> OutgoingTransfer {
    OutgoingTransfer {
        id: id(n),
        to: AccountId::parse("444455556666").ok(),
        started: Some(at(5)),
        message: None,
        created: Some(at(i64::from(n) * 1_000)),
    }
}

fn ids(list: &CertificateList) -> Vec<u8> {
    list.in_sight(100)
        .map(|(facts, _)| facts.id.digits()[1] - b'0')
        .collect()
}

fn loaded(numbers: &[u8]) -> CertificateList {
    let mut list = CertificateList::default();
    list.asked(at(0));
    let rows = numbers
        .iter()
        .map(|n| row(*n, CertificateStatus::Active))
        .collect();
    list.page(rows, true, at(0), &AccountBook::default());
    list
}

fn failure() -> Failure {
    Failure {
        operation: Operation::ListCertificates,
        kind: FailureKind::AccessDenied,
        code: None,
        message: String::new(),
        request_id: None,
        ambiguous: false,
        refuted: false,
    }
}

#[test]
fn selection_follows_the_certificate_through_a_refresh() {
    let mut list = loaded(&[5, 4, 3]);
    list.move_by(1);
    assert_eq!(list.selected(), Some(id(4)));
    list.asked(at(1));
    let book = AccountBook::default();
    list.page(vec![row(7, CertificateStatus::Active)], false, at(1), &book);
    assert_eq!(ids(&list), [5, 4, 3], "old rows stay while new ones come");
    assert_eq!(list.refreshed_so_far(), Some(1));
    let rest = [6, 5, 4]
        .map(|n| row(n, CertificateStatus::Active))
        .to_vec();
    list.page(rest, true, at(1), &book);
    assert_eq!(ids(&list), [7, 6, 5, 4]);
    assert_eq!(list.selected(), Some(id(4)));
}

#[test]
fn a_failed_refresh_keeps_the_rows() {
    let mut list = loaded(&[5, 4, 3]);
    list.asked(at(1));
    list.page(
        vec![row(9, CertificateStatus::Active)],
        false,
        at(1),
        &AccountBook::default(),
    );
    list.failed(failure().into());
    assert_eq!(ids(&list), [5, 4, 3]);
    assert!(list.listing().failure().is_some());
    assert_eq!(list.listing().at(), Some(at(0)));
}

#[test]
fn a_first_listing_that_breaks_off_keeps_what_came() {
    let mut list = CertificateList::default();
    list.asked(at(0));
    list.page(
        vec![row(9, CertificateStatus::Active)],
        false,
        at(0),
        &AccountBook::default(),
    );
    list.failed(failure().into());
    assert_eq!(ids(&list), [9]);
    assert!(list.listing().value().is_none(), "it is not complete");
}

#[test]
fn when_the_selected_certificate_goes_its_neighbour_is_selected() {
    let mut list = loaded(&[5, 4, 3]);
    list.move_by(1);
    list.remove(id(4), &AccountBook::default());
    assert_eq!(list.selected(), Some(id(3)));
    list.remove(id(3), &AccountBook::default());
    assert_eq!(list.selected(), Some(id(5)));
    list.remove(id(5), &AccountBook::default());
    assert_eq!(list.selected(), None);
}

#[test]
fn an_outgoing_certificate_has_a_row_whether_or_not_aws_lists_it() {
    let book = AccountBook::default();
    for source_lists_it in [true, false] {
        let mut list = CertificateList::default();
        list.asked(at(0));
        list.outgoing_asked(at(0));
        let mut rows = vec![row(5, CertificateStatus::Active)];
        if source_lists_it {
            rows.push(row(4, CertificateStatus::PendingTransfer));
        }
        list.outgoing_page(vec![outgoing(4)], true, at(0), &book);
        list.page(rows, true, at(0), &book);
        assert_eq!(ids(&list), [5, 4]);
        assert_eq!(list.get(id(4)).unwrap().status, ConsoleStatus::Transferred);

        // It is accepted over there: the next look at the transfers has it no more.
        list.outgoing_asked(at(1));
        list.outgoing_page(Vec::new(), true, at(1), &book);
        assert_eq!(list.get(id(4)).is_some(), source_lists_it);
    }
}

#[test]
fn a_cancelled_transfer_stays_in_the_list_as_inactive() {
    let book = AccountBook::default();
    let mut list = loaded(&[5]);
    list.outgoing_asked(at(0));
    list.outgoing_page(vec![outgoing(4)], true, at(0), &book);
    list.apply(id(4), LocalChange::TakenBack);
    list.arrange(&book);
    assert_eq!(list.get(id(4)).unwrap().status, ConsoleStatus::Inactive);
    list.outgoing_asked(at(1));
    list.outgoing_page(Vec::new(), true, at(1), &book);
    assert_eq!(list.get(id(4)).unwrap().status, ConsoleStatus::Inactive);
}

#[test]
fn the_direction_is_open_until_the_outgoing_list_is_known() {
    let book = AccountBook::default();
    let mut list = CertificateList::default();
    list.asked(at(0));
    list.page(
        vec![row(4, CertificateStatus::PendingTransfer)],
        true,
        at(0),
        &book,
    );
    assert_eq!(list.get(id(4)).unwrap().status, ConsoleStatus::InTransfer);
    list.outgoing_asked(at(0));
    list.outgoing_page(Vec::new(), true, at(0), &book);
    assert_eq!(
        list.get(id(4)).unwrap().status,
        ConsoleStatus::PendingTransfer
    );
    assert_eq!(list.to_describe(10), Some(id(4)));
}

#[test]
fn the_order_can_be_changed() {
    let book = AccountBook::default();
    let mut list = loaded(&[3, 5, 4]);
    list.page(
        vec![
            row(1, CertificateStatus::Revoked),
            row(2, CertificateStatus::Inactive),
        ],
        true,
        at(0),
        &book,
    );
    assert_eq!(ids(&list), [5, 4, 3, 2, 1]);
    let by = |by, reversed| SortOrder { by, reversed };
    list.set_order(by(SortBy::Created, true), &book);
    assert_eq!(ids(&list), [1, 2, 3, 4, 5]);
    list.set_order(by(SortBy::Status, false), &book);
    assert_eq!(ids(&list), [5, 4, 3, 2, 1]);
    list.set_order(by(SortBy::Status, true), &book);
    assert_eq!(ids(&list), [1, 2, 3, 4, 5]);
}

#[test]
fn scrolling_keeps_the_selection_in_sight() {
    let mut list = loaded(&[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    for (move_by, height) in [(0, 3), (5, 3), (-2, 3), (100, 3), (-100, 4), (4, 1), (0, 0)] {
        list.move_by(move_by);
        list.keep_in_sight(height);
        let selected = list
            .in_sight(height)
            .filter(|(_, selected)| *selected)
            .count();
        assert_eq!(selected, usize::from(height > 0), "{move_by} {height}");
    }
    list.keep_in_sight(100);
    assert_eq!(ids(&list).len(), 9);
}

#[test]
fn a_filter_hides_and_shows() {
    let book = AccountBook::default();
    let mut list = loaded(&[5, 4, 3]);
    list.filter_input = "0404".into();
    list.filter_changed(&book);
    assert_eq!(ids(&list), [4]);
    assert_eq!(list.selected(), Some(id(4)));
    assert_eq!(list.count(), (3, 1));
    list.filter_input = "zzz".into();
    list.filter_changed(&book);
    assert_eq!(list.selected(), None);
    list.clear_filter(&book);
    assert_eq!(ids(&list), [5, 4, 3]);
    assert!(list.selected().is_some());
}

/// Whether the source is shown a pending transfer at all is not documented: a description of what was
/// before it ends none.
#[test]
fn only_a_later_description_ends_a_transfer() {
    let book = AccountBook::default();
    let described = |modified: i64, rejected: Option<i64>| {
        let mut list = loaded(&[5]);
        list.outgoing_asked(at(0));
        list.outgoing_page(vec![outgoing(4)], true, at(9), &book);
        let mut description = Description::bare(id(4), CertificateStatus::Inactive);
        description.modified = Some(at(modified));
        description.transfer.rejected = rejected.map(at);
        list.described(&description, at(60), &book);
        list.get(id(4)).unwrap().status
    };
    // It was offered at 5.
    assert_eq!(described(4, None), ConsoleStatus::Transferred);
    assert_eq!(described(5, None), ConsoleStatus::Transferred);
    assert_eq!(described(6, None), ConsoleStatus::Inactive);
    assert_eq!(described(4, Some(3)), ConsoleStatus::Transferred);
    assert_eq!(described(4, Some(6)), ConsoleStatus::Inactive);
}

/// Where the source does not list what it offers, a certificate that has come back is its own again,
/// whichever answer of a refresh tells it first.
#[test]
fn a_certificate_that_came_back_stays_whatever_answer_comes_first() {
    let book = AccountBook::default();
    let back = Description::bare(id(4), CertificateStatus::Inactive);
    for described_at in 0..4 {
        let mut list = loaded(&[5, 3]);
        list.outgoing_asked(at(0));
        list.outgoing_page(vec![outgoing(4)], true, at(0), &book);
        assert_eq!(ids(&list), [5, 4, 3]);
        let rows = || {
            [5, 4, 3]
                .map(|n| row(n, CertificateStatus::Inactive))
                .to_vec()
        };
        list.asked(at(100));
        list.outgoing_asked(at(100));
        for step in 0..4 {
            if step == described_at {
                list.described(&back, at(100), &book);
            }
            match step {
                0 => {
                    list.page(rows()[..1].to_vec(), false, at(100), &book);
                }
                1 => {
                    list.page(rows()[1..].to_vec(), true, at(100), &book);
                }
                2 => list.outgoing_page(vec![], true, at(100), &book),
                _ => {}
            }
        }
        assert_eq!(ids(&list), [5, 4, 3], "{described_at}");
        let shown = list.get(id(4)).unwrap().status;
        assert_eq!(shown, ConsoleStatus::Inactive, "{described_at}");
    }
}
