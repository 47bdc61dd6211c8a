//! Keys that nobody can have meant: typed ahead, held down, pasted without brackets, or under a
//! dialog that comes or goes.

use std::time::Duration;

use certferry::simulator::{Fault, Operation, Status, Times};

use super::{
    person::{SOURCE, Start},
    runs::{fleet, transfer_all, with_status},
};

const fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[tokio::test(start_paused = true)]
async fn a_paste_without_brackets_changes_nothing() {
    // What GNU screen makes of "\ra\r\t\r"; and the same with the letter of the entry.
    for keys in [
        "enter a enter tab enter",
        "enter a d tab enter",
        "o d right enter",
    ] {
        let (simulator, mut person) = fleet(2).await;
        person.keys_every(millis(1), keys).settle().await;
        person.keys_every(millis(14), keys).settle().await;
        assert_eq!(with_status(&simulator, Status::Active), 2, "{keys}");
        assert_eq!(person.app.cx().single_changes(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_pasted_without_brackets_into_a_field_is_text() {
    let (_simulator, mut person) = fleet(2).await;
    person.keys("o t").settle().await;
    person.keys_every(millis(1), "\"444455556666\" enter tab enter");
    person.pass(millis(600));
    assert!(
        person.row("> Account").contains("444455556666"),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("fleet-eu"));
    person.keys("tab");
    person.keys_every(millis(1), "\"line one\" enter \"line two\" enter");
    person.pass(millis(600));
    assert!(
        person.row("> Message").contains("line one line two"),
        "{}",
        person.screen()
    );
    assert!(person.app.batches.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_cannot_be_typed_ahead() {
    let (simulator, mut person) = fleet(2).await;
    // Fast, but key by key: the dialog stood for 160 ms.
    person.keys_every(millis(80), "o d right enter");
    person.settle().await;
    assert!(
        person
            .screen()
            .contains("Not pressed: what the dialog says is new"),
        "{}",
        person.screen()
    );
    assert_eq!(with_status(&simulator, Status::Active), 2);
    // Read, and pressed again.
    person.pass(millis(1_100));
    person.keys("enter").settle().await;
    assert_eq!(with_status(&simulator, Status::Active), 1);
}

#[tokio::test(start_paused = true)]
async fn a_held_key_presses_nothing_when_what_it_waits_for_comes() {
    let (simulator, mut person) = fleet(2).await;
    simulator.set_latency(Some(Operation::ListPrincipalThings), Duration::from_secs(2));
    person.keys("o t");
    person.keys("444455556666 tab tab right");
    assert!(person.screen().contains("Looking at what is attached"));
    // Held from before the list of what is detached came until long after.
    person.keys_every(millis(600), "enter");
    for _ in 0..20 {
        person.keys_every(millis(33), "enter");
    }
    person.settle().await;
    assert!(
        person.screen().contains("deactivates it"),
        "{}",
        person.screen()
    );
    for _ in 0..100 {
        person.keys_every(millis(33), "enter");
    }
    assert!(person.app.batches.is_empty());
    // Let go, and pressed.
    person.pass(millis(1_000));
    person.keys("enter").settle().await;
    assert_eq!(person.app.batches.len(), 1);
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_repeat_of_a_held_key_presses_nothing_either() {
    let (_simulator, mut person) = fleet(2).await;
    person.keys_every(millis(100), "o d right enter");
    // Keyboards wait half a second or so before they repeat: by then the dialog has stood.
    person.keys_every(millis(660), "enter");
    assert!(person.screen().contains("held down"), "{}", person.screen());
    assert_eq!(person.app.cx().single_changes(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_changes_in_the_dialog_has_to_be_read_again() {
    let (simulator, mut person) = fleet(2).await;
    person.keys("o t").settle().await;
    person.keys("444455556666 tab tab right");
    // Another recipient, and the button at once.
    person.keys("left tab backspace backspace backspace backspace \"7777\"");
    person.keys_every(millis(90), "8 backspace 8 tab tab tab enter");
    assert!(person.app.batches.is_empty(), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::Active), 2);
}

#[tokio::test(start_paused = true)]
async fn a_reason_typed_into_the_wrong_dialog_goes_nowhere() {
    let (simulator, mut person) = fleet(2).await;
    person.keys("o d");
    // It has no field: the blank, the letters and the Enter are no answer to what it asks.
    person.keys_every(millis(150), "\"Stale, on qa\" tab enter");
    assert!(
        person.screen().contains("no field for what you typed"),
        "{}",
        person.screen()
    );
    person.keys_every(millis(150), "left enter \"S see r J\"");
    assert!(person.app.dialogs.is_empty(), "{}", person.screen());
    assert!(
        person.screen().contains("went nowhere"),
        "{}",
        person.screen()
    );
    assert_eq!(with_status(&simulator, Status::Active), 2);
    // After a rest keys count again.
    person.keys("S");
    assert!(person.screen().contains("Another") || person.screen().contains("Account"));
}

#[tokio::test(start_paused = true)]
async fn keys_typed_when_an_answer_closes_the_dialog_go_nowhere() {
    let (_simulator, mut person) = fleet(2).await;
    person.keys("o d").keys("right enter");
    // The answer comes between two keys.
    person.sees("is inactive;").await;
    person.keys_every(millis(200), "J J S o");
    assert!(person.app.dialogs.is_empty(), "{}", person.screen());
    person.keys("o");
    assert_eq!(person.app.dialogs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_opens_by_itself_whatever_is_unfinished() {
    let (simulator, mut person) = fleet(3).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    drop(person);
    person = Start::new(&simulator).journal(&journal).settled().await;
    simulator.deny(SOURCE, "iot:TransferCertificate");
    transfer_all(&mut person).await;
    drop(person);
    simulator.allow(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).journal(&journal).started();
    // While the journal is read, and after a dialog was closed.
    person.keys_every(millis(80), "?").settle().await;
    person
        .keys_every(millis(80), "esc enter tab enter")
        .settle()
        .await;
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 0);
    assert!(person.app.batches.is_empty());
    assert!(
        person.row("SIMULATOR").contains("1 half-way (J)"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_letter_means_the_same_in_the_list_and_in_the_details_and_at_any_status() {
    let (_simulator, mut person) = fleet(2).await;
    for open in ["o d", "enter a d"] {
        person.keys(open).settle().await;
        assert!(
            person.screen().contains("[ Keep active ]"),
            "{}",
            person.screen()
        );
        person.keys("esc");
    }
    person.keys("a d right").keys("enter").settle().await;
    // Now that it is inactive, the letter says why not, and nothing else.
    person.keys("a d");
    assert!(
        person.screen().contains("Deactivate: already inactive."),
        "{}",
        person.screen()
    );
    // And what is no letter of the menu does nothing.
    person.keys("z x 9 Q");
    assert_eq!(person.app.dialogs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_begun_and_begins_nothing_more() {
    let (simulator, mut person) = fleet(60).await;
    simulator.set_latency(Some(Operation::TransferCertificate), Duration::from_secs(2));
    person.keys("* a t").settle().await;
    person
        .keys("444455556666 tab 6666 tab tab right")
        .keys("enter");
    person.sees("transfer to").await;
    person.sees("1 of 60").await;
    person.keys("x");
    assert!(person.screen().contains("not begun"), "{}", person.screen());
    person.keys("enter").settle().await;
    let offered = with_status(&simulator, Status::PendingTransfer);
    assert!((1..60).contains(&offered), "{offered}");
    // Nothing is half-way: what was not begun is as it was.
    assert_eq!(with_status(&simulator, Status::Active), 60 - offered);
    assert_eq!(person.app.left_open(), 0);
    let bar = person.row("ended after");
    assert!(
        bar.contains('░'),
        "a bar is not full when it is not done: {bar}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_can_be_thought_over() {
    let (simulator, mut person) = fleet(4).await;
    person.keys("* a d").keys("right enter").keys("x o");
    person.settle().await;
    assert_eq!(with_status(&simulator, Status::Inactive), 4);
}

#[tokio::test(start_paused = true)]
async fn two_runs_with_the_same_words_are_two_rows() {
    let (simulator, mut person) = fleet(3).await;
    simulator.inject(
        Operation::UpdateCertificate,
        Fault::AccessDenied,
        Times::Count(2),
    );
    for _ in 0..2 {
        person.keys("* a d").keys("right enter").settle().await;
        person.keys("esc");
    }
    person.keys("J down");
    // Answers make the menu anew; the cursor stays on the second row, and can go on.
    let on = |person: &super::person::Person| person.row("│ > ");
    let second = on(&person);
    person.pass(millis(100));
    assert_eq!(on(&person), second);
    person.keys("up");
    assert_ne!(on(&person), second);
}

#[tokio::test(start_paused = true)]
async fn a_batch_names_its_certificates_and_shows_all_of_them() {
    let (_simulator, mut person) = fleet(6).await;
    person.keys("space down space a d").settle().await;
    let screen = person.screen();
    assert!(screen.contains("2 certificates in"), "{screen}");

    person.keys("esc * a d").settle().await;
    assert!(
        person.screen().contains("and 3") && person.screen().contains("more: F2"),
        "{}",
        person.screen()
    );
    person.keys("ctrl-o");
    assert!(
        person.screen().contains("6 certificates"),
        "{}",
        person.screen()
    );
    let rows = person.screen().matches("● Active").count();
    assert!(rows >= 6, "{}", person.screen());
}
