//! Credentials that are needed, and that end.

use ratatui::{Terminal, backend::TestBackend};

use crate::domain::Call;
use crate::tui::app::tests::*;
use crate::tui::confirm::confirmation::Confirmation;
use crate::tui::{Theme, render};

fn code_needed(desk: &mut Desk) {
    desk.answer(
        |call| matches!(call, Call::Connect(..)),
        Answer::Connected(ConnectionFacts {
            region: "us-east-1".to_owned(),
            profile: Some("m".to_owned()),
            credentials: None,
            sign_in: None,
            endpoint: None,
            control_plane: ControlPlane::Aws,
            partition: Some(Partition::default()),
        }),
    );
    desk.answer(
        |call| *call == Call::Identity,
        failed(FailureKind::CodeNeeded),
    );
}

#[test]
fn a_code_that_was_typed_goes_into_the_next_connection_and_nowhere_else() {
    let mut desk = Desk::new(80);
    code_needed(&mut desk);
    let Some(Dialog::Form(_, confirmation)) = desk.app.dialogs.last() else {
        panic!("{:?}", desk.app.dialogs);
    };
    assert!(matches!(confirmation, Confirmation::Code(_)));
    // Not a whole one: Enter goes on to the buttons.
    desk.keys("12345");
    desk.key(KeyCode::Enter);
    assert!(!desk.asks(|call| matches!(call, Call::Connect(..))));
    desk.key(KeyCode::BackTab);
    desk.keys("6");
    desk.key(KeyCode::Enter);
    assert!(desk.app.dialogs.is_empty());
    let with_code = |call: &Call| match call {
        Call::Connect(_, Some(code)) => code.digits() == "123456",
        _ => false,
    };
    assert!(desk.asks(with_code), "{:?}", desk.sent);
    assert!(!format!("{:?} {:?}", desk.app, desk.sent).contains("123456"));
    // The next one needs another code.
    desk.keys("r");
    assert!(desk.asks(|call| matches!(call, Call::Connect(_, None))));
}

#[test]
fn a_code_is_not_asked_for_over_what_somebody_types() {
    let mut desk = Desk::new(80);
    desk.keys("/ab");
    code_needed(&mut desk);
    assert!(desk.app.dialogs.is_empty());
    desk.key(KeyCode::Esc);
    desk.keys("?");
    desk.keys("q");
    desk.keys("r");
    code_needed(&mut desk);
    assert_eq!(desk.app.dialogs.len(), 1);
}

#[test]
fn while_nobody_signs_a_banner_stands_above_what_gets_old() {
    for columns in [40, 60, 80, 120] {
        let mut desk = Desk::with(columns, &[1, 2]);
        assert!(desk.app.banner().is_empty());
        desk.keys("r");
        desk.answer(
            |call| *call == Call::Certificates,
            failed(FailureKind::ExpiredCredentials),
        );
        let rows = desk.app.banner();
        assert!((1..=3).contains(&rows.len()), "{columns}");
        assert_eq!(usize::from(desk.app.areas().banner.height), rows.len());
        desk.keys("r");
        assert!(desk.app.banner().is_empty());
    }
}

/// Draws what is on the screen at many sizes; a text stays at each that is large enough.
fn no_size_breaks(desk: &mut Desk, text: &str) {
    let theme = Theme::default();
    for columns in [1, 20, 39, 40, 47, 59, 60, 79, 80, 99, 100, 120, 200] {
        for rows in [1, 2, 9, 10, 11, 24, 60] {
            desk.tell(Msg::Resize { columns, rows });
            let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
            (terminal.draw(|frame| render(&desk.app, &theme, frame))).unwrap();
            let screen = terminal.backend().to_string();
            let fits = columns >= 40 && rows >= 10;
            assert!(
                !fits || screen.contains(text),
                "{columns}x{rows}:\n{screen}"
            );
        }
    }
}

#[test]
fn no_size_breaks_the_dialogs_for_a_code_and_for_a_region() {
    let mut desk = Desk::new(80);
    code_needed(&mut desk);
    no_size_breaks(&mut desk, "Code");
    let mut desk = Desk::with(80, &[1, 2]);
    desk.keys("S");
    no_size_breaks(&mut desk, "Another region");
    desk.key(KeyCode::Enter);
    assert!(matches!(
        desk.app.dialogs.last(),
        Some(Dialog::Form(_, Confirmation::Region))
    ));
    no_size_breaks(&mut desk, "Region");
}
