//! What every screen keeps to: its pictures, and that no size breaks it. What is pictured is in `scenes`.

use std::fmt::Write as _;

use certferry::{
    simulator::Simulator,
    tui::theme::{BUILT_IN, built_in},
};
use insta::assert_snapshot;

use super::{
    person::{Person, SOURCE, Start, clock},
    runs,
    scenes::shows,
};

/// Every size that a page or a dialog is drawn at, the largest first: what is in sight there was asked for then.
pub(super) const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), USUAL, (40, 10)];

/// The size at which it is drawn in every theme and in ASCII.
pub(super) const USUAL: (u16, u16) = (80, 24);

/// Draws what is on the screen at every size, and how it looks in every theme.
pub(super) fn draw(person: &mut Person, name: &str) {
    let before = person.size();
    for (columns, rows) in SIZES {
        person.resize(columns, rows);
        assert_snapshot!(format!("{name}-{columns}x{rows}"), person.picture());
    }
    person.resize(USUAL.0, USUAL.1);
    assert_snapshot!(format!("{name}-looks"), looks(person));
    person.resize(before.0, before.1);
}

/// The same, once everything is known that larger sizes have room for.
pub(super) async fn draw_settled(person: &mut Person, name: &str) {
    let before = person.size();
    person.resize(SIZES[0].0, SIZES[0].1);
    person.settle().await;
    person.resize(before.0, before.1);
    draw(person, name);
}

/// What is on top, how it looks in the themes other than the default one, and what is left of it in ASCII. The words
/// are those of the default theme in all of them.
fn looks(person: &mut Person) -> String {
    let (words, _) = person.in_theme(&built_in("default").unwrap());
    let mut looks = format!("shows: {}\n", shows(&person.app));
    for (theme, _) in BUILT_IN {
        let (text, styles) = person.in_theme(&built_in(theme).unwrap());
        assert_eq!(text, words, "{theme}");
        if theme != "default" {
            write!(looks, "--- styles in {theme}\n{styles}").unwrap();
        }
    }
    // Keys have other names there.
    let keymap = person.app.setup.keymap.clone();
    person.app.setup.keymap = keymap.clone().in_ascii(true);
    let (ascii, _) = person.in_theme(&built_in("default").unwrap().in_ascii(true));
    person.app.setup.keymap = keymap;
    assert!(ascii.is_ascii(), "{ascii}");
    looks + "--- in ASCII\n" + &ascii
}

async fn demo((columns, rows): (u16, u16)) -> Person {
    Start::new(&Simulator::demo_at(clock()))
        .size(columns, rows)
        .settled()
        .await
}

#[tokio::test(start_paused = true)]
async fn a_screen_that_is_too_small_says_so_and_only_quits() {
    let mut person = demo((80, 24)).await;
    for (columns, rows) in [(39, 10), (40, 9), (20, 5), (5, 2), (1, 1), (0, 0)] {
        person.resize(columns, rows);
        if columns >= 39 {
            assert!(
                person.screen().contains("needs 40x10"),
                "{}",
                person.screen()
            );
        }
        person.keys("enter a enter");
        assert!(person.app.dialogs.is_empty());
        assert!(person.app.side.details.is_none());
    }
    person.keys("q");
    assert!(person.gone);
}

#[tokio::test(start_paused = true)]
async fn no_size_breaks_any_screen() {
    for keys in [
        "",
        "enter",
        "enter 2",
        "enter 3 o",
        "enter 4",
        "enter a",
        "enter a d",
        "?",
        "L",
        "S",
        "/ zz",
        "enter 2 o enter",
        "enter a V",
        "/ status:tr enter o w",
        "y",
        "e",
    ] {
        let mut person = demo((80, 24)).await;
        person.keys(keys).settle().await;
        no_size_breaks(&mut person);
    }
}

/// Draws what is on the screen at many sizes; the header stays at each that is large enough.
pub(super) fn no_size_breaks(person: &mut Person) {
    // Around each width at which something is laid out otherwise.
    for columns in [1, 20, 39, 40, 47, 59, 60, 79, 80, 99, 100, 120, 200] {
        for rows in [1, 2, 9, 10, 11, 24, 60] {
            person.resize(columns, rows);
            if columns >= 40 && rows >= 10 {
                let screen = person.screen();
                assert!(
                    screen.contains("1111-2222-3333"),
                    "{columns}x{rows}:\n{screen}"
                );
                assert!(screen.contains("us-east-1"), "{columns}x{rows}:\n{screen}");
            }
        }
    }
    person.resize(80, 24);
}

#[tokio::test(start_paused = true)]
async fn no_size_breaks_any_page_or_dialog_of_a_batch() {
    let (_simulator, mut person) = runs::fleet(3).await;
    person.keys("* a");
    no_size_breaks(&mut person);
    person.choose("Start transfer");
    person.settle().await;
    no_size_breaks(&mut person);
    person.keys("444455556666 tab \"to the new plant\" ctrl-o");
    no_size_breaks(&mut person);
    person.keys("esc tab right");
    no_size_breaks(&mut person);
    person.keys("enter");
    no_size_breaks(&mut person);
    person.keys("enter");
    no_size_breaks(&mut person);
    person.keys("esc x");
    no_size_breaks(&mut person);
    person.keys("esc esc q");
    no_size_breaks(&mut person);
    person.keys("enter J");
    no_size_breaks(&mut person);
    person.keys("enter").settle().await;
    no_size_breaks(&mut person);
    person.keys("p").settle().await;
    no_size_breaks(&mut person);
    person.keys("esc esc L");
    no_size_breaks(&mut person);
}

#[tokio::test(start_paused = true)]
async fn no_size_breaks_what_stopped() {
    let (simulator, _) = runs::world();
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).settled().await;
    runs::prepare_and_transfer(&mut person).await;
    no_size_breaks(&mut person);
    person.keys("o");
    no_size_breaks(&mut person);
    person.choose("Resume");
    person.settle().await;
    no_size_breaks(&mut person);
    person.keys("esc esc J").settle().await;
    no_size_breaks(&mut person);
    person.keys("esc e");
    no_size_breaks(&mut person);
}
