//! The screens as pictures: text and styles, at 80x24, 120x40 and 40x10.

use std::time::Duration;

use certferry::simulator::{Operation, Simulator};
use insta::assert_snapshot;

use super::{
    hand_over,
    person::{Person, SOURCE, Start, clock},
    runs,
};

/// Every size a screen is drawn at.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

async fn demo((columns, rows): (u16, u16)) -> Person {
    Start::new(&Simulator::demo_at(clock()))
        .size(columns, rows)
        .settled()
        .await
}

/// Draws a screen at every size.
async fn at_each_size(name: &str, keys: &[&str]) {
    for size in SIZES {
        let mut person = demo(size).await;
        for keys in keys {
            person.keys(keys).settle().await;
        }
        let (columns, rows) = size;
        assert_snapshot!(format!("{name}-{columns}x{rows}"), person.picture());
    }
}

#[tokio::test(start_paused = true)]
async fn certificates() {
    at_each_size("certificates", &[]).await;
}

#[tokio::test(start_paused = true)]
async fn certificates_filtered() {
    at_each_size("filter", &["/", "\"status:tr to:4444\""]).await;
}

#[tokio::test(start_paused = true)]
async fn certificates_by_status() {
    at_each_size("by-status", &["s3", "end"]).await;
}

#[tokio::test(start_paused = true)]
async fn orders() {
    at_each_size("orders", &["s3", "R", "s"]).await;
}

#[tokio::test(start_paused = true)]
async fn filter_with_a_mistake() {
    at_each_size("filter-mistake", &["/", "\"status:active polcy:x\""]).await;
}

#[tokio::test(start_paused = true)]
async fn details() {
    at_each_size("details", &["enter"]).await;
}

#[tokio::test(start_paused = true)]
async fn policies() {
    at_each_size("policies", &["enter", "2"]).await;
}

#[tokio::test(start_paused = true)]
async fn things() {
    at_each_size("things", &["enter", "3"]).await;
}

#[tokio::test(start_paused = true)]
async fn effective_policies() {
    at_each_size("effective-policies", &["enter", "4"]).await;
}

#[tokio::test(start_paused = true)]
async fn policy_document() {
    at_each_size("policy-document", &["enter", "2", "o enter"]).await;
}

#[tokio::test(start_paused = true)]
async fn actions() {
    at_each_size("actions", &["enter", "a"]).await;
}

#[tokio::test(start_paused = true)]
async fn options_of_a_transferred_row() {
    at_each_size("row-options", &["/", "status:tr", "enter", "o"]).await;
}

#[tokio::test(start_paused = true)]
async fn deactivate() {
    at_each_size("deactivate", &["enter", "a d"]).await;
}

#[tokio::test(start_paused = true)]
async fn revoke_transfer() {
    at_each_size("revoke-transfer", &["/", "status:tr", "enter", "o w"]).await;
}

#[tokio::test(start_paused = true)]
async fn help() {
    at_each_size("help", &["?"]).await;
}

#[tokio::test(start_paused = true)]
async fn accounts() {
    at_each_size("accounts", &["S"]).await;
}

/// A certificate that is ready, in the dialog Start transfer.
async fn start_transfer(size: (u16, u16)) -> Person {
    let mut person = demo(size).await;
    person.keys("/ status:inactive enter").settle().await;
    for _ in 0..20 {
        person.keys("enter").settle().await;
        if person
            .app
            .current()
            .is_some_and(|id| person.app.subject(id).readiness.obstacle().is_none())
        {
            break;
        }
        person.keys("esc down").settle().await;
    }
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person
}

#[tokio::test(start_paused = true)]
async fn start_transfer_dialog() {
    for size in SIZES {
        let (columns, rows) = size;
        let mut person = start_transfer(size).await;
        person.keys("444455556666 tab \"moving press line 7\" tab right");
        assert_snapshot!(format!("start-transfer-{columns}x{rows}"), person.picture());
        person.keys("enter").settle().await;
        assert_snapshot!(
            format!("transfer-started-{columns}x{rows}"),
            person.picture()
        );
        person.keys("esc L");
        assert_snapshot!(format!("command-log-{columns}x{rows}"), person.picture());
    }
}

#[tokio::test(start_paused = true)]
async fn loading_and_failure_are_different_pictures() {
    for size in SIZES {
        let (columns, rows) = size;
        let simulator = Simulator::demo_at(clock());
        simulator.set_latency(Some(Operation::ListCertificates), Duration::from_secs(8));
        simulator.set_latency(
            Some(Operation::ListOutgoingCertificates),
            Duration::from_secs(8),
        );
        let mut person = Start::new(&simulator).size(columns, rows).started();
        person.sees("1111-2222-3333").await;
        assert_snapshot!(format!("loading-{columns}x{rows}"), person.picture());

        let simulator = Simulator::demo_at(clock());
        simulator.deny("111122223333", "iot:ListCertificates");
        simulator.deny("111122223333", "iot:ListOutgoingCertificates");
        let mut person = Start::new(&simulator).size(columns, rows).settled().await;
        assert_snapshot!(format!("denied-{columns}x{rows}"), person.picture());
        person.keys("e");
        assert_snapshot!(format!("failure-{columns}x{rows}"), person.picture());
    }
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

/// A batch from its menu to its being put back.
#[tokio::test(start_paused = true)]
async fn a_batch() {
    for size in SIZES {
        let (columns, rows) = size;
        let (_simulator, mut person) = runs::fleet(3).await;
        person.resize(columns, rows);
        let draw = |person: &Person, name: &str| {
            assert_snapshot!(format!("{name}-{columns}x{rows}"), person.picture());
        };
        person.keys("* a");
        draw(&person, "marks-menu");
        person.choose("Start transfer");
        person.settle().await;
        person.keys("444455556666 tab \"to the new plant\" tab");
        draw(&person, "batch-dialog");
        person.keys("right").keys("enter").settle().await;
        draw(&person, "batch-over");
        person.keys("p").settle().await;
        draw(&person, "put-back-dialog");
    }
}

/// A batch before its first report, and what is asked then. Later ones come as the disk allows, so that no
/// two pictures of them would be the same.
#[tokio::test(start_paused = true)]
async fn a_batch_under_way() {
    for size in SIZES {
        let (columns, rows) = size;
        let (_simulator, mut person) = runs::fleet(3).await;
        person.resize(columns, rows);
        let draw = |person: &Person, name: &str| {
            assert_snapshot!(format!("{name}-{columns}x{rows}"), person.picture());
        };
        runs::begin_transfer_of_all(&mut person).await;
        draw(&person, "batch-under-way");
        person.keys("x");
        draw(&person, "stop-menu");
        person.keys("esc esc q");
        draw(&person, "quit");
    }
}

#[tokio::test(start_paused = true)]
async fn copying() {
    at_each_size("copy-menu", &["y"]).await;
}

#[tokio::test(start_paused = true)]
async fn runs_that_are_unfinished() {
    for size in SIZES {
        let (columns, rows) = size;
        let (simulator, _) = runs::world();
        simulator.deny(SOURCE, "iot:TransferCertificate");
        let mut person = Start::new(&simulator).size(columns, rows).settled().await;
        runs::prepare_and_transfer(&mut person).await;
        assert_snapshot!(format!("run-stopped-{columns}x{rows}"), person.picture());
        person.keys("enter");
        assert_snapshot!(format!("run-item-{columns}x{rows}"), person.picture());
        person.keys("esc esc J").settle().await;
        assert_snapshot!(format!("runs-{columns}x{rows}"), person.picture());
        person.keys("esc o").settle().await;
        assert_snapshot!(
            format!("unfinished-menu-{columns}x{rows}"),
            person.picture()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_have_ended() {
    for size in SIZES {
        let (columns, rows) = size;
        let simulator = Simulator::demo_at(clock());
        let mut person = Start::new(&simulator).size(columns, rows).settled().await;
        simulator.set_expired(SOURCE, true);
        person.keys("r").settle().await;
        assert_snapshot!(format!("ended-{columns}x{rows}"), person.picture());
    }
}

#[tokio::test(start_paused = true)]
async fn a_hand_over() {
    for (columns, rows) in SIZES {
        let (simulator, _) = hand_over::world(20);
        let start = Start::new(&simulator).both_sides().size(columns, rows);
        let mut person = start.settled().await;
        person.keys("*");
        hand_over::page(&mut person).await;
        assert_snapshot!(format!("hand-over-page-{columns}x{rows}"), person.picture());
        person.keys("enter");
        assert_snapshot!(
            format!("hand-over-choices-{columns}x{rows}"),
            person.picture()
        );
        person.keys("I M");
        assert_snapshot!(
            format!("hand-over-dialog-{columns}x{rows}"),
            person.picture()
        );
    }
}
