//! A list that is too long for one turn: what is shown meanwhile, and what happens in between.

use crate::domain::AccountBook;
use crate::domain::Description;
use crate::domain::DeviceName;
use crate::domain::Expiry;
use crate::domain::FilterVerdict;
use crate::domain::Finder;
use crate::domain::FoundPart;
use crate::domain::ListedCertificate;
use crate::domain::Searched;
use crate::tui::pages::certificates::list::arrange::A_TURN;
use crate::tui::pages::certificates::list::*;

/// Three turns and a bit.
const MANY: usize = A_TURN * 3 + 232;

fn id(n: usize) -> CertificateId {
    let mut bytes = [0; 32];
    let n = u32::try_from(n).unwrap();
    bytes[..4].copy_from_slice(&n.wrapping_mul(0x9e37_79b9).to_be_bytes());
    bytes[28..].copy_from_slice(&n.to_be_bytes());
    CertificateId::from_bytes(bytes)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_timestamp(seconds).unwrap()
}

/// The newest has the smallest number; every tenth is inactive.
fn row(n: usize) -> ListedCertificate {
    ListedCertificate {
        id: id(n),
        status: if n.is_multiple_of(10) {
            CertificateStatus::Inactive
        } else {
            CertificateStatus::Active
        },
        created: Some(at(10_000_000 - i64::try_from(n).unwrap())),
        arn: None,
    }
}

struct Many {
    list: CertificateList,
    book: AccountBook,
    turns: usize,
}

impl Many {
    fn listed(n: usize) -> Self {
        let mut many = Self {
            list: CertificateList::default(),
            book: AccountBook::default(),
            turns: 0,
        };
        many.list.asked(at(0));
        many.pages(0..n, true);
        many.list.outgoing_asked(at(0));
        many.list.outgoing_page(Vec::new(), true, at(0), &many.book);
        assert!(!many.list.is_at_work(), "what comes in order is in order");
        many
    }

    fn pages(&mut self, numbers: std::ops::Range<usize>, last: bool) {
        let all: Vec<usize> = numbers.collect();
        let pages: Vec<&[usize]> = all.chunks(250).collect();
        for (n, page) in pages.iter().enumerate() {
            let rows = page.iter().map(|n| row(*n)).collect();
            let last = last && n + 1 == pages.len();
            self.list.page(rows, last, at(50), &self.book);
        }
    }

    fn filter(&mut self, text: &str) {
        self.list.filter_input = text.into();
        self.list.filter_changed(&self.book);
    }

    fn settle(&mut self) {
        while self.list.is_at_work() {
            self.turn();
        }
        self.is_right();
    }

    fn turn(&mut self) -> bool {
        self.turns += 1;
        assert!(self.turns < 1_000, "it comes to an end");
        self.list.go_on(&self.book)
    }

    /// The numbers that are shown.
    fn shown(&self) -> Vec<usize> {
        let ids = (0..self.list.visible().len()).filter_map(|it| self.list.id_at(it));
        ids.map(|id| {
            let bytes = id.as_bytes();
            u32::from_be_bytes(bytes[28..].try_into().unwrap()) as usize
        })
        .collect()
    }

    /// What is shown is what a list would show that did everything at once.
    fn is_right(&self) {
        let list = &self.list;
        let all: Vec<At> = list.rows.iter().map(|(at, _)| at).collect();
        let keys = list.sorted(all);
        let sorted: Vec<At> = keys.iter().map(|key| key.at).collect();
        assert_eq!(list.all, sorted, "the order of all");
        if list.is_filtered() {
            let matching = sorted.into_iter().filter(|at| {
                let row = list.rows.get(*at).unwrap();
                list.verdict(row, &self.book) == FilterVerdict::Yes
            });
            assert_eq!(list.visible(), matching.collect::<Vec<At>>());
        }
    }
}

#[test]
fn no_turn_looks_at_more_rows_than_it_may() {
    let mut many = Many::listed(MANY);
    many.filter("status:inactive");
    let mut before = 0;
    for _ in 0..3 {
        let looked_at = many.list.sifting.as_ref().unwrap().looked_at;
        assert_eq!(looked_at - before, A_TURN);
        before = looked_at;
        assert_eq!(many.list.search(), Searched::Sifting);
        many.turn();
    }
    assert_eq!(many.list.search(), Searched::Done);
    assert_eq!(many.list.count(), (MANY, MANY.div_ceil(10)));
    // A filter of many words looks at fewer rows a turn.
    let words = (0..999).map(|n| format!("aaaaaaaa{n}")).collect::<Vec<_>>();
    many.filter(&words.join(" or "));
    let looked_at = many.list.sifting.as_ref().unwrap().looked_at;
    assert!(looked_at <= A_TURN / 999 + 1, "{looked_at}");
    // The next key ends it.
    many.filter("status:revoked");
    many.settle();
    assert_eq!(many.list.count().1, 0);
    many.list.clear_filter(&many.book);
    assert!(!many.list.is_at_work());
    assert_eq!(many.list.count(), (MANY, MANY));
}

#[test]
fn what_stands_first_is_shown_first_and_the_selection_waits_for_its_certificate() {
    let mut many = Many::listed(MANY);
    many.list.move_by(isize::MAX);
    many.list.move_by(-5);
    let selected = many.list.selected().unwrap();
    many.filter("not status:revoked");
    assert_eq!(many.shown()[..3], [0, 1, 2]);
    assert_eq!(
        many.list.selected(),
        None,
        "nothing else is acted on meanwhile"
    );
    many.settle();
    assert_eq!(many.list.selected(), Some(selected));
    // Whoever moves meanwhile chooses another one.
    many.filter("status:active");
    many.list.move_by(1);
    let moved = many.list.selected().unwrap();
    many.settle();
    assert_eq!(many.list.selected(), Some(moved));
    // What is not shown at all gives way, as in a short list.
    many.list.select(id(11));
    many.filter("status:inactive");
    many.settle();
    assert!(many.list.selected().is_some());
}

#[test]
fn what_changes_meanwhile_is_in_it_or_out_of_it() {
    for order in [SortBy::Created, SortBy::Status, SortBy::Device] {
        let mut many = Many::listed(MANY);
        many.list.set_order(
            SortOrder {
                by: order,
                reversed: false,
            },
            &many.book,
        );
        many.settle();
        many.filter("status:inactive or name-7");
        assert!(many.list.is_sifting());
        // A status that changes, before and behind what was looked at.
        for n in [3, 10, MANY - 1] {
            let change = LocalChange::Status(if n == 10 {
                CertificateStatus::Active
            } else {
                CertificateStatus::Inactive
            });
            many.list.apply(id(n), change);
        }
        many.list.arrange(&many.book);
        let description = Description::bare(id(5), CertificateStatus::Inactive);
        many.list.described(&description, at(60), &many.book);
        // Certificates that go, and new ones.
        let gone = HashSet::from([id(20), id(21), id(MANY - 2), id(MANY - 1)]);
        many.list.all_gone(&gone, &many.book);
        many.list.remove(id(30), &many.book);
        many.pages(MANY..MANY + 300, false);
        many.turn();
        // Names that are learned.
        let names = (0..500).map(|n| DeviceName {
            common_name: Some(format!("name-{}", n % 50)),
            serial: Some("0a".to_owned()),
            expires: Expiry::NotSaid,
            ..DeviceName::unknown(id(n * 97))
        });
        many.list.learn_names(names.collect(), &many.book);
        many.turn();
        many.settle();
        let shown = many.shown();
        for (n, is_there) in [(3, true), (5, true), (10, false), (20, false), (30, false)] {
            assert_eq!(shown.contains(&n), is_there, "{order:?} {n}");
        }
        assert!(
            shown.contains(&(7 * 97)) && shown.contains(&(MANY + 6)),
            "{order:?}"
        );
        assert_eq!(many.list.count().0, MANY + 300 - 5);
    }
}

#[test]
fn rows_are_sorted_in_turns_and_stay_as_they_were_until_then() {
    let mut many = Many::listed(MANY);
    let names = (0..MANY).map(|n| DeviceName {
        common_name: (n % 3 > 0).then(|| format!("Press-{:06}", (n * 7_919) % 100_003)),
        serial: Some("0a".to_owned()),
        thing_looked_at: true,
        expires: Expiry::At(at(i64::try_from((n * 31) % 5_003).unwrap())),
        ..DeviceName::unknown(id(n))
    });
    many.list.learn_names(names.collect(), &many.book);
    for by in [
        SortBy::Device,
        SortBy::Expiry,
        SortBy::Status,
        SortBy::Created,
    ] {
        let before = many.shown();
        let order = |reversed| SortOrder { by, reversed };
        many.list.set_order(order(false), &many.book);
        assert!(many.list.is_sorting());
        assert_eq!(many.shown(), before);
        // What happens meanwhile.
        many.list
            .apply(id(4), LocalChange::Status(CertificateStatus::Revoked));
        many.list.arrange(&many.book);
        many.list.remove(id(100), &many.book);
        many.turn();
        many.pages(100..101, false);
        many.settle();
        let unsortable = many.list.unsortable();
        assert_eq!(unsortable > MANY / 4, by == SortBy::Device, "{by:?}");
        let sorted = many.shown();
        many.list.set_order(order(true), &many.book);
        many.settle();
        let mut turned = sorted.clone();
        let known = turned.len() - unsortable;
        turned[..known].reverse();
        assert_eq!(many.shown(), turned, "what is not known stays last");
    }
    assert_eq!(many.list.count().0, MANY);
}

#[test]
fn a_refresh_ends_in_turns_and_keeps_marks_names_and_the_selection() {
    let mut many = Many::listed(MANY);
    many.list.toggle_marks();
    many.list.select(id(MANY - 10));
    many.filter("status:inactive or status:active");
    many.settle();
    many.list.asked(at(40));
    // Some are gone, some are new, and one is changed and one removed meanwhile.
    many.pages(500..MANY / 2, false);
    many.list
        .apply(id(600), LocalChange::Status(CertificateStatus::Revoked));
    many.list.arrange(&many.book);
    many.list.remove(id(501), &many.book);
    many.list.remove(id(MANY / 2 + 1), &many.book);
    assert_eq!(many.list.count().0, MANY - 2, "until it is complete");
    many.pages(MANY / 2..MANY + 700, true);
    assert!(many.list.is_at_work());
    assert!(
        many.list.listing().loading_since().is_some(),
        "it is not complete"
    );
    assert_eq!(many.list.search(), Searched::Done);
    while !many.turn() {}
    assert_eq!(many.list.listing().at(), Some(at(50)));
    many.settle();
    assert_eq!(many.list.count().0, MANY - 500 - 2 + 700);
    assert_eq!(many.list.marks(), MANY - 500 - 2);
    assert_eq!(many.list.drop_marks_of_gone(), 502);
    assert!(!many.list.is_marked(id(MANY + 1)));
    assert_eq!(many.list.selected(), Some(id(MANY - 10)));
    assert_eq!(
        many.list.get(id(600)).unwrap().status,
        ConsoleStatus::Revoked
    );
    assert_eq!(many.list.get(id(501)), None);
    // One that breaks off leaves nothing behind.
    many.list.asked(at(60));
    many.pages(0..1_000, false);
    many.list.withdrawn();
    assert_eq!(many.list.count().0, MANY - 500 - 2 + 700);
    assert_eq!(many.list.get(id(0)), None);
    many.list.asked(at(70));
    many.pages(500..MANY, true);
    many.settle();
    assert_eq!(many.list.count().0, MANY - 500);
}

#[test]
fn the_opposite_of_what_aws_has_not_said_is_not_shown() {
    let mut many = Many::listed(MANY);
    many.filter("not group:lyon");
    let by = Finder::parse("group:lyon").unwrap().unwrap();
    assert_eq!(many.list.search(), Searched::NotAsked);
    many.settle();
    assert_eq!(many.list.count().1, 0);
    many.list.finding(by.clone());
    many.list.found_part(
        &by,
        FoundPart::Certificates(vec![id(7), id(MANY - 1)]),
        &many.book,
    );
    assert_eq!(
        (many.list.count().1, many.list.search()),
        (0, Searched::UnderWay)
    );
    many.list.found_part(&by, FoundPart::Over, &many.book);
    assert_eq!(many.list.search(), Searched::Sifting);
    assert_eq!(many.list.count().1, 0, "it does not come and go");
    many.settle();
    assert_eq!(many.list.count().1, MANY - 2);
    // One that fails says nothing of the others.
    many.filter(&format!("not group:paris or {}", id(7)));
    let by = Finder::parse("group:paris").unwrap().unwrap();
    many.list.finding(by.clone());
    let failure = crate::domain::Failure::internal(crate::domain::Operation::ListThings, "x");
    many.list.not_found(&by, failure.into(), &many.book);
    many.settle();
    assert_eq!(many.shown(), [7]);
}

/// What a refresh finds is counted while its pages are followed, however many turns that takes.
#[test]
fn what_a_long_refresh_finds_is_counted() {
    let mut many = Many::listed(MANY);
    many.settle();
    many.list.asked(at(60));
    assert!(many.list.is_loading());
    let mut rows: Vec<ListedCertificate> = (7..MANY + 5).map(row).collect();
    for changed in rows.iter_mut().take(3) {
        changed.status = CertificateStatus::Revoked;
    }
    many.list.page(rows, true, at(60), &many.book);
    many.settle();
    assert!(!many.list.is_loading());
    let found = Findings {
        new: 5,
        gone: 7,
        changed: 3,
        first: false,
    };
    assert_eq!(many.list.findings(), found);
    assert_eq!(
        many.list.listed_at(),
        Some(at(0)),
        "the transfers are older"
    );
    many.list.asked(at(120));
    assert_eq!(many.list.findings(), Findings::default());
}

/// What was marked comes back row by row, also when it is listed in many pages.
#[test]
fn marks_of_a_long_list_come_back() {
    let mut many = Many::listed(MANY);
    many.list.toggle_marks();
    assert!(many.list.show_only_marked(&many.book));
    let left = many.list.left();
    assert_eq!(left.ids(), MANY);
    let mut again = Many::listed(0);
    let back = again.list.come_back(left, "", &again.book);
    assert_eq!((back.marks, again.list.marks_awaited()), (MANY, MANY));
    again.list.asked(at(60));
    again.pages(0..MANY - 4, true);
    again.settle();
    assert_eq!(again.list.marks(), MANY - 4);
    assert_eq!(again.list.end_awaiting(&again.book), Some(4));
    assert_eq!(again.list.end_awaiting(&again.book), None, "said once");
    again.settle();
    assert!(again.list.shows_only_marked());
    assert_eq!(again.list.count(), (MANY - 4, MANY - 4));
}

/// The chosen certificate is chosen again once it is listed, unless somebody has chosen another one by then.
#[test]
fn the_chosen_one_comes_back_unless_another_is_chosen() {
    let mut many = Many::listed(MANY);
    many.list.select(id(MANY - 2));
    for moves in [false, true] {
        let mut again = Many::listed(0);
        again.list.come_back(many.list.left(), "", &again.book);
        again.list.asked(at(60));
        again.pages(0..10, false);
        assert_eq!(
            again.list.selected(),
            Some(id(0)),
            "not before it is listed"
        );
        if moves {
            again.list.move_by(3);
        }
        again.pages(10..MANY, true);
        again.settle();
        let chosen = if moves { id(3) } else { id(MANY - 2) };
        assert_eq!(again.list.selected(), Some(chosen));
    }
}

/// What is kept of a row: 48 bytes, its place in the index and in the order, and a bit for its mark.
#[test]
fn a_row_takes_few_bytes() {
    let row = size_of::<Row>() + size_of::<At>();
    // The index is full to a quarter and a half, with a byte more for each.
    let index = (size_of::<At>() + 1) * 2;
    assert!(row + index < 64, "{row} {index}");
}
