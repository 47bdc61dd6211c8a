//! Two sides: whose an answer is, and what one side's trouble does to the other.

use crate::domain::Call;
use crate::tui::{Side, app::tests::*};

/// Connected as account 1, with account 2 as the other side.
fn both(here: &[u8], there: &[u8]) -> Desk {
    let mut desk = Desk::with(120, here);
    desk.open_other_side();
    // What answers now is the other side alone: nothing else is awaited.
    desk.connected(account(2));
    desk.list(there);
    desk
}

impl Desk {
    fn open_other_side(&mut self) {
        self.app.open_peer(Some("eu".to_owned()));
        let effects = std::mem::take(&mut self.app.effects);
        self.take(effects);
    }

    fn peer(&self) -> &Side {
        self.app.peer.as_ref().unwrap()
    }

    fn flash(&self) -> String {
        let flash = self.app.flash.as_ref();
        flash.map(|it| it.text.clone()).unwrap_or_default()
    }
}

#[test]
fn an_answer_to_one_side_changes_nothing_of_the_other() {
    let mut desk = both(&[1, 2], &[3]);
    assert_eq!(desk.app.side.list.count().0, 2);
    assert_eq!(desk.peer().list.count().0, 1);
    assert_eq!(desk.app.side.session.account(), Some(account(1)));
    assert_eq!(desk.peer().session.account(), Some(account(2)));
    // Both ask for the same at once; neither question replaces the other.
    desk.keys("rxr");
    let asked = desk.sent.iter().filter(|it| it.call == Call::Certificates);
    assert_eq!(asked.count(), 2);
    desk.keys("x");
    desk.list(&[1, 2, 4]);
    desk.list(&[3, 5, 6, 7]);
    assert_eq!(desk.app.side.list.count().0, 3);
    assert_eq!(desk.peer().list.count().0, 4);
}

#[test]
fn the_other_side_is_in_the_region_of_this_one() {
    let mut desk = Desk::with(120, &[1]);
    desk.open_other_side();
    let target = |call: &Call| match call {
        Call::Connect(target, None) => Some(target.clone()),
        _ => None,
    };
    let target = desk.sent.iter().find_map(|it| target(&it.call)).unwrap();
    assert_eq!(target.region.as_deref(), Some("us-east-1"));
    assert_eq!(target.profile.as_deref(), Some("eu"));
}

#[test]
fn sides_between_which_nothing_can_be_transferred_are_said() {
    let desk = both(&[1], &[2]);
    assert_eq!(desk.flash(), "");

    let mut desk = Desk::with(120, &[1]);
    desk.open_other_side();
    desk.connected(account(1));
    assert!(desk.flash().starts_with("Both sides are the same account"));

    let mut desk = Desk::with(120, &[1]);
    desk.open_other_side();
    desk.connected_in("eu-west-1", account(2));
    let said = "The other side is in eu-west-1, this one in us-east-1";
    assert!(desk.flash().starts_with(said), "{}", desk.flash());
}

#[test]
fn another_account_on_the_other_side_closes_that_side_and_no_dialog() {
    let mut desk = both(&[1], &[2]);
    desk.keys("xr");
    desk.keys("x");
    desk.keys("a");
    assert_eq!(desk.app.dialogs.len(), 1);
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::OtherAccount),
    );
    assert!(desk.peer().session.is_closed());
    assert_eq!(desk.peer().list.count().0, 0);
    assert!(!desk.app.side.session.is_closed());
    assert_eq!(desk.app.side.list.count().0, 1);
    assert_eq!(desk.app.dialogs.len(), 1, "it is about this side");
    assert!(
        desk.flash().contains("Another account answers"),
        "{}",
        desk.flash()
    );
}

#[test]
fn credentials_that_end_on_one_side_leave_the_other_as_it_is() {
    let mut desk = both(&[1], &[2]);
    desk.keys("xr");
    desk.keys("x");
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::ExpiredCredentials),
    );
    assert!(desk.app.side.session.ended.is_none());
    assert!(desk.app.banner().is_empty());
    assert!(desk.peer().session.ended.is_some());
    desk.keys("x");
    assert!(!desk.app.banner().is_empty());
}

#[test]
fn a_code_for_the_other_side_is_asked_for_when_a_person_goes_there() {
    let mut desk = Desk::with(120, &[1]);
    desk.open_other_side();
    desk.connects("us-east-1");
    desk.answer(
        |call| *call == Call::Identity,
        failed(FailureKind::CodeNeeded),
    );
    assert!(desk.app.dialogs.is_empty(), "nothing opens by itself");
    desk.keys("x");
    assert!(matches!(desk.app.dialogs.last(), Some(Dialog::Form(..))));
}

#[test]
fn closing_the_other_side_asks_nothing_more_over_it() {
    let mut desk = both(&[1], &[2]);
    desk.keys("xrx");
    assert!(desk.asks(|call| *call == Call::Certificates));
    desk.app.close_peer();
    let effects = std::mem::take(&mut desk.app.effects);
    desk.take(effects);
    assert!(!desk.asks(|call| *call == Call::Certificates));
    assert!(desk.asks(|call| *call == Call::Release));
    assert!(desk.app.peer.is_none());
    assert_eq!(desk.app.side.list.count().0, 1);
}
