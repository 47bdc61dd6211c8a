//! A list that is too long for one turn.

use std::time::Duration;

use super::*;

const MANY: usize = 9_000;

fn many() -> Desk {
    let mut desk = Desk::new(120);
    desk.connected(account(1));
    let certificate = |n: usize| {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        ListedCertificate {
            id: CertificateId::from_bytes(bytes),
            ..listed(1)
        }
    };
    let page = Answer::Certificates(ListPage {
        page: (0..MANY).map(certificate).collect(),
        unread: 0,
        last: true,
    });
    desk.answer(|call| *call == Call::Certificates, page);
    let page = Answer::Outgoing(ListPage {
        unread: 0,
        page: Vec::new(),
        last: true,
    });
    desk.answer(|call| *call == Call::Outgoing, page);
    desk
}

impl Desk {
    /// Tells the time as long as that is wanted at once.
    fn settle(&mut self) -> usize {
        let mut turns = 0;
        while self.app.clock() == Some(Duration::ZERO) {
            let now = self.app.now;
            self.tell(Msg::Clock(now));
            turns += 1;
            assert!(turns < 1_000, "it comes to an end");
        }
        turns
    }
}

#[test]
fn a_filter_goes_on_with_the_clock_and_half_of_what_it_finds_is_not_marked() {
    let mut desk = many();
    desk.settle();
    desk.keys("/status:active");
    desk.key(KeyCode::Enter);
    assert_eq!(desk.app.clock(), Some(Duration::ZERO));
    let (all, shown) = desk.app.side.list.count();
    assert!(all == MANY && shown > 0 && shown < MANY, "{shown} so far");
    desk.keys("*");
    let said = desk.app.flash.as_ref().unwrap().text.clone();
    assert!(
        said.contains("Not marked: certificates are still"),
        "{said}"
    );
    assert_eq!(desk.app.side.list.marks(), 0);
    assert!(desk.settle() > 1);
    desk.keys("*");
    assert_eq!(desk.app.side.list.marks(), MANY);
    // A key does not wait for what takes long: the next one begins it anew.
    desk.keys("/x");
    assert_eq!(desk.app.side.list.filter_input.value(), "status:activex");
    desk.settle();
    assert_eq!(desk.app.side.list.count().1, 0);
    assert_eq!(desk.app.side.list.marks(), MANY);
}

/// Also of the side that is out of sight.
#[test]
fn both_sides_go_on() {
    let mut desk = many();
    desk.keys("/status:active");
    desk.key(KeyCode::Enter);
    let list = std::mem::take(&mut desk.app.side.list);
    let mut peer = crate::tui::Side::new(crate::domain::ConnectionId(9), Target::default());
    peer.list = list;
    desk.app.peer = Some(peer);
    assert_eq!(desk.app.clock(), Some(Duration::ZERO));
    desk.settle();
    assert_eq!(desk.app.peer.as_ref().unwrap().list.count(), (MANY, MANY));
}
