//! Batches of events that a simulator does not bring about: answers by hand.

mod long;
mod sides;
mod signing;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use ratatui::layout::Rect;

use crate::config::Config;
use crate::domain::{
    AccountId, Answer, Call, CarryReport, CertificateId, CertificateStatus, ConnectionFacts,
    ConsoleStatus, ControlPlane, CredentialSource, Description, Failure, FailureKind, Identity,
    ListPage, ListedCertificate, Operation, Partition, PolicyRef, Progress, Read, Reply, Request,
    RunOutcome, Target, Timestamp,
};
use crate::tui::App;
use crate::tui::Effect;
use crate::tui::Msg;
use crate::tui::Setup;
use crate::tui::Stroke;
use crate::tui::keymap::Keymap;
use crate::tui::layers::Dialog;
use crate::tui::start;
use crate::tui::update;

struct Desk {
    app: App,
    sent: Vec<Request>,
    effects: Vec<Effect>,
}

fn id(n: u8) -> CertificateId {
    CertificateId::from_bytes([n; 32])
}

fn account(n: u64) -> AccountId {
    AccountId::parse(&format!("{n:012}")).unwrap()
}

fn listed(n: u8) -> ListedCertificate {
    ListedCertificate {
        id: id(n),
        status: CertificateStatus::Active,
        created: Timestamp::from_unix_timestamp(i64::from(n)).ok(),
        arn: None,
    }
}

fn description(n: u8, status: CertificateStatus) -> Answer {
    Answer::Described(Box::new(Description {
        created: Timestamp::from_unix_timestamp(i64::from(n)).ok(),
        ..Description::bare(id(n), status)
    }))
}

fn failed(kind: FailureKind) -> Answer {
    let failure = Failure::internal(Operation::ListCertificates, "x");
    Answer::Failed(Box::new(Failure { kind, ..failure }))
}

impl Desk {
    fn new(columns: u16) -> Self {
        let setup = Setup {
            last_accounts: crate::domain::LastAccounts::default(),
            read_only: false,
            watch: false,
            simulator: false,
            config: Config::default(),
            keymap: Keymap::new("").unwrap(),
            targets: Vec::new(),
            refused: Vec::new(),
            target: Target::default(),
            peer: None,
            plan: None,
            select: None,
            themes: Vec::new(),
            first_steps: crate::tui::FirstSteps::default(),
        };
        let screen = Rect::new(0, 0, columns, 40);
        let (app, effects) = start(setup, Timestamp::UNIX_EPOCH, screen);
        let mut desk = Self {
            app,
            sent: Vec::new(),
            effects: Vec::new(),
        };
        desk.take(effects);
        desk
    }

    /// Connected as an account, with these certificates.
    fn with(columns: u16, certificates: &[u8]) -> Self {
        let mut desk = Self::new(columns);
        desk.connected(account(1));
        desk.list(certificates);
        desk
    }

    fn connected(&mut self, account: AccountId) {
        self.connected_in("us-east-1", account);
    }

    fn connected_in(&mut self, region: &str, account: AccountId) {
        self.connects(region);
        let arn = String::new();
        let identity = Answer::Identity(Identity { account, arn });
        self.answer(|call| *call == Call::Identity, identity);
    }

    /// The connection is made.
    fn connects(&mut self, region: &str) {
        self.answer(
            |call| matches!(call, Call::Connect(..)),
            Answer::Connected(ConnectionFacts {
                sign_in: None,
                region: region.to_owned(),
                profile: None,
                credentials: Some(CredentialSource::Environment),
                endpoint: None,
                control_plane: ControlPlane::Aws,
                partition: Some(Partition::default()),
            }),
        );
    }

    fn list(&mut self, certificates: &[u8]) {
        let page = certificates.iter().map(|n| listed(*n)).collect();
        let page = Answer::Certificates(ListPage {
            page,
            unread: 0,
            last: true,
        });
        self.answer(|call| *call == Call::Certificates, page);
        let page = Answer::Outgoing(ListPage {
            unread: 0,
            page: Vec::new(),
            last: true,
        });
        self.answer(|call| *call == Call::Outgoing, page);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(request) => self.sent.push(request),
                Effect::Cancel(id) => self.sent.retain(|request| request.id != id),
                other => self.effects.push(other),
            }
        }
    }

    fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.take(effects);
    }

    fn key(&mut self, code: KeyCode) {
        // Each key after a look at the screen.
        let at = self.app.now + std::time::Duration::from_secs(1);
        self.tell(Msg::Clock(at));
        let event = KeyEvent::new(code, KeyModifiers::NONE);
        self.tell(Msg::Key(Stroke::new(event, at)));
    }

    fn keys(&mut self, keys: &str) {
        for c in keys.chars() {
            self.key(KeyCode::Char(c));
        }
    }

    /// Answers the oldest request that is still wanted and matches.
    fn answer(&mut self, is: impl Fn(&Call) -> bool, answer: Answer) {
        let at = self.sent.iter().position(|request| is(&request.call));
        let at = at.unwrap_or_else(|| panic!("nothing like that was asked: {:?}", self.sent));
        let request = self.sent.remove(at);
        self.tell(Msg::Reply(Reply {
            id: request.id,
            connection: request.connection,
            answer,
        }));
    }

    /// The single change under way is made.
    fn made(&mut self) {
        let carry = |call: &Call| matches!(call, Call::Carry(_));
        let request = self.sent.iter().find(|it| carry(&it.call)).unwrap().clone();
        let Call::Carry(batch) = &request.call else {
            panic!("{request:?}");
        };
        let ended = |id: &CertificateId| Progress::Ended {
            id: *id,
            outcome: RunOutcome::Done,
        };
        let progress = batch.certificates.iter().map(ended).collect();
        self.answer(carry, Answer::Carried(CarryReport::Progress(progress)));
        self.sent.push(request);
        self.answer(carry, Answer::Carried(CarryReport::Over));
    }

    fn asks(&self, is: impl Fn(&Call) -> bool) -> bool {
        self.sent.iter().any(|request| is(&request.call))
    }

    /// Deactivates what the cursor is on, up to the answer.
    fn deactivate(&mut self) {
        self.keys("a");
        let menu = |app: &App| match app.dialogs.last() {
            Some(Dialog::Menu(menu, _)) => menu.selected().unwrap().label.clone(),
            other => panic!("{other:?}"),
        };
        while menu(&self.app) != "Deactivate…" {
            self.key(KeyCode::Down);
        }
        for code in [KeyCode::Enter, KeyCode::Right, KeyCode::Enter] {
            self.key(code);
        }
    }
}

#[test]
fn fresh_credentials_of_another_account_show_nothing_of_the_old_one() {
    let mut desk = Desk::with(80, &[1, 2]);
    desk.keys("r");
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::ExpiredCredentials),
    );
    desk.keys("r");
    assert_eq!(
        desk.app.side.list.count().0,
        2,
        "what is on the screen stays"
    );
    // Until the account is known, nothing is changed.
    desk.keys("a");
    desk.key(KeyCode::Enter);
    assert_eq!(desk.app.side.session.account(), None);
    desk.key(KeyCode::Esc);
    desk.connected(account(2));
    assert_eq!(desk.app.side.list.count().0, 0);
    assert!(
        desk.app
            .flash
            .as_ref()
            .unwrap()
            .text
            .contains("leads elsewhere")
    );

    // The same account again: everything stays.
    let mut desk = Desk::with(80, &[1, 2]);
    desk.keys("r");
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::ExpiredCredentials),
    );
    desk.keys("r");
    desk.connected(account(1));
    assert_eq!(desk.app.side.list.count().0, 2);
}

#[test]
fn nothing_is_changed_while_the_account_is_not_known() {
    let mut desk = Desk::with(80, &[1]);
    desk.keys("r");
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::ExpiredCredentials),
    );
    desk.keys("r");
    desk.deactivate_is_refused();
    assert!(!desk.asks(|call| matches!(call, Call::Carry(_))));
}

impl Desk {
    fn deactivate_is_refused(&mut self) {
        self.keys("a");
        self.key(KeyCode::Down);
        self.key(KeyCode::Enter);
        assert!(self.app.flash.as_ref().unwrap().text.contains("not known"));
    }
}

#[test]
fn a_menu_keeps_the_cursor_on_its_certificate() {
    let mut desk = Desk::with(120, &[1]);
    desk.keys("o");
    desk.key(KeyCode::Esc);
    desk.keys("r");
    let page = vec![listed(9), listed(1)];
    let page = Answer::Certificates(ListPage {
        page,
        unread: 0,
        last: true,
    });
    desk.answer(|call| *call == Call::Certificates, page);
    assert_eq!(desk.app.side.list.selected(), Some(id(1)));
}

#[test]
fn moving_on_does_not_cancel_the_look_at_what_was_changed() {
    let mut desk = Desk::with(80, &[1, 2]);
    desk.key(KeyCode::Enter);
    desk.deactivate();
    desk.made();
    assert_eq!(
        desk.app.side.list.get(id(2)).unwrap().status,
        ConsoleStatus::Inactive
    );
    desk.key(KeyCode::Esc);
    desk.key(KeyCode::Down);
    desk.key(KeyCode::Enter);
    desk.answer(
        |call| *call == Call::Describe(id(2)),
        description(2, CertificateStatus::Revoked),
    );
    assert_eq!(
        desk.app.side.list.get(id(2)).unwrap().status,
        ConsoleStatus::Revoked
    );
}

#[test]
fn a_refresh_under_way_does_not_undo_what_is_newer() {
    let mut desk = Desk::with(80, &[1, 2]);
    desk.keys("r");
    desk.deactivate();
    desk.made();
    desk.list(&[2, 1]);
    assert_eq!(
        desk.app.side.list.get(id(2)).unwrap().status,
        ConsoleStatus::Inactive
    );
}

#[test]
fn a_certificate_that_is_being_changed_offers_nothing_more() {
    let mut desk = Desk::with(80, &[1]);
    desk.deactivate();
    desk.key(KeyCode::Esc);
    assert!(desk.app.subject(id(1)).changing);
    desk.keys("a");
    let Some(Dialog::Menu(menu, _)) = desk.app.dialogs.last() else {
        panic!("no menu");
    };
    let deactivate = menu
        .entries()
        .iter()
        .find(|e| e.label == "Deactivate")
        .unwrap();
    assert_eq!(deactivate.remark, "a change of it is under way");
}

#[test]
fn help_over_a_loading_text_does_not_stop_it() {
    let mut desk = Desk::with(80, &[1]);
    desk.key(KeyCode::Enter);
    desk.keys("2");
    let policies = vec![PolicyRef {
        name: "p".to_owned(),
        arn: None,
    }];
    desk.answer(
        |call| matches!(call, Call::Read(Read::PoliciesOf(_))),
        Answer::Policies(policies),
    );
    desk.keys("o");
    desk.key(KeyCode::Enter);
    desk.keys("?");
    desk.key(KeyCode::Esc);
    assert!(
        desk.asks(|call| matches!(call, Call::Read(Read::DocumentOf(_)))),
        "still wanted"
    );
    desk.key(KeyCode::Esc);
    assert!(
        !desk.asks(|call| matches!(call, Call::Read(Read::DocumentOf(_)))),
        "not wanted any more"
    );
}

#[test]
fn expired_credentials_heal_from_the_details_too() {
    let mut desk = Desk::with(80, &[1]);
    desk.key(KeyCode::Enter);
    desk.answer(
        |call| matches!(call, Call::Describe(_)),
        failed(FailureKind::ExpiredCredentials),
    );
    desk.keys("r");
    assert!(desk.asks(|call| matches!(call, Call::Connect(..))));
}

#[test]
fn beside_the_list_the_details_follow_the_selection_whatever_moves_it() {
    let mut desk = Desk::with(120, &[1, 2]);
    desk.key(KeyCode::Enter);
    desk.key(KeyCode::Left);
    desk.keys("/0101");
    assert_eq!(desk.app.side.list.selected(), Some(id(1)));
    assert_eq!(desk.app.side.details.as_ref().unwrap().id, id(1));
}

#[test]
fn whoever_goes_on_working_stays() {
    let mut desk = Desk::with(80, &[1, 2]);
    desk.deactivate();
    desk.key(KeyCode::Esc);
    desk.keys("qj");
    desk.made();
    assert!(!desk.effects.contains(&Effect::Quit));
    desk.keys("q");
    assert!(desk.effects.contains(&Effect::Quit));
}

#[test]
fn a_transfer_that_somebody_else_started_is_looked_for() {
    let mut desk = Desk::with(80, &[1]);
    desk.key(KeyCode::Enter);
    let Answer::Described(mut described) = description(1, CertificateStatus::PendingTransfer)
    else {
        panic!("not a description");
    };
    described.previous_owner = Some(account(1));
    described.owner = Some(account(2));
    desk.answer(
        |call| matches!(call, Call::Describe(_)),
        Answer::Described(described),
    );
    assert!(desk.asks(|call| *call == Call::Outgoing));
}

#[test]
fn another_account_that_answers_closes_everything_until_somebody_connects() {
    let mut desk = Desk::with(80, &[1, 2]);
    desk.keys("r");
    // The menu of a certificate is open while the answer comes.
    desk.keys("a");
    assert_eq!(desk.app.dialogs.len(), 1);
    desk.answer(
        |call| *call == Call::Certificates,
        failed(FailureKind::OtherAccount),
    );
    assert_eq!(
        desk.app.side.list.count().0,
        0,
        "what was listed is another's"
    );
    assert!(desk.app.dialogs.is_empty());
    assert!(desk.app.side.session.is_closed());
    // Nothing more is sent, whatever is pressed, until somebody connects again.
    desk.sent.clear();
    desk.keys("aoJ*");
    desk.key(KeyCode::Enter);
    assert!(desk.sent.is_empty(), "{:?}", desk.sent);
    assert!(desk.app.side.session.is_closed(), "the banner stays");
    desk.key(KeyCode::Esc);
    desk.keys("r");
    assert!(desk.asks(|call| matches!(call, Call::Connect(..))));
    desk.connected(account(2));
    desk.list(&[7]);
    assert!(!desk.app.side.session.is_closed());
    assert_eq!(desk.app.side.session.account(), Some(account(2)));
    assert_eq!(desk.app.side.list.count().0, 1);
}

#[test]
fn the_name_of_another_place_reaches_the_screen_only_made_visible() {
    let mut desk = Desk::with(80, &[1]);
    desk.app.side.elsewhere = vec![("\u{1b}[2J".to_owned(), 3)];
    desk.keys("J");
    desk.key(KeyCode::Enter);
    let flash = desk.app.flash.as_ref().unwrap();
    assert!(
        flash
            .text
            .contains("Elsewhere: 3 certificates stopped half-way: \\x1b[2J")
    );
    assert_eq!(desk.app.dialogs.len(), 1, "it cannot be decided about here");
}
