//! The themes, with the list and the details side by side, and with fewer colours; and ASCII. How pages and dialogs
//! look in them is with their pictures, in `scenes`.

use certferry::{
    simulator::Simulator,
    tui::theme::{BUILT_IN, ColourDepth, Theme, built_in},
};
use insta::assert_snapshot;

use super::person::{Person, Start, clock};

/// Draws a screen in a theme.
fn drawn(person: &Person, theme: &Theme) -> String {
    let (text, styles) = person.in_theme(theme);
    format!("{text}\n--- styles\n{styles}")
}

async fn demo(columns: u16, rows: u16) -> Person {
    let simulator = Simulator::demo_at(clock());
    let start = Start::new(&simulator).both_sides().size(columns, rows);
    start.settled().await
}

#[tokio::test(start_paused = true)]
async fn list_and_details() {
    let mut person = demo(120, 24).await;
    person.keys("space j j enter").settle().await;
    for (name, _) in BUILT_IN {
        let picture = drawn(&person, &built_in(name).unwrap());
        assert_snapshot!(format!("list-and-details-{name}"), picture);
    }
}

#[tokio::test(start_paused = true)]
async fn fewer_colours() {
    let mut person = demo(80, 24).await;
    person.keys("/ status:tr enter").settle().await;
    let ascii = Theme::default().in_ascii(true);
    let (picture, _) = person.in_theme(&ascii);
    // Each status and each direction is still told apart.
    assert!(picture.contains("} Transferred"), "{picture}");
    let few = built_in("light").unwrap().at_depth(ColourDepth::Sixteen);
    assert_snapshot!("list-light-16", drawn(&person, &few));
    let none = built_in("light").unwrap().at_depth(ColourDepth::None);
    assert_snapshot!("list-light-none", drawn(&person, &none));
}

#[tokio::test(start_paused = true)]
async fn ascii_changes_nothing_that_is_copied() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).settled().await;
    person.in_ascii();
    person.keys("enter a d right enter").settle().await;
    assert!(person.screen().is_ascii(), "{}", person.screen());
    person.keys("esc esc i y");
    let copied = person.copied.last().unwrap();
    assert!(
        copied.contains('→') || copied.contains('·') || !copied.is_ascii(),
        "{copied}"
    );
}

/// A key that is an arrow is named, as no sign for it is left.
#[tokio::test(start_paused = true)]
async fn ascii_names_the_arrows() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).size(200, 24).settled().await;
    person.in_ascii();
    person.keys("enter").settle().await;
    assert!(
        person.row("help").contains("Left list"),
        "{}",
        person.screen()
    );
    person.keys("?");
    let mut help = String::new();
    for _ in 0..12 {
        help += &person.screen();
        person.keys("pagedown");
    }
    assert!(
        help.contains("Down j ") && help.contains("Left h "),
        "{help}"
    );
    assert!(help.is_ascii(), "{help}");
}
