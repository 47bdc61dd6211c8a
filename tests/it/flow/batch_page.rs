//! The page of a batch: its table, what is looked for in it, how fast it goes, and what bounds that.

use std::time::Duration;

use certferry::{
    domain::CertificateId,
    simulator::{Fault, Loss, Operation, Simulator, Times},
};

use super::{
    person::{Person, calls},
    runs::{begin_transfer_of_all, fleet},
    screens::draw,
};

/// A batch of 40 in which calls go wrong.
async fn mishaps() -> (Simulator, Person) {
    let (simulator, mut person) = fleet(40).await;
    let transfer = Operation::TransferCertificate;
    simulator.inject(transfer, Fault::Pass, Times::Count(6));
    simulator.inject(transfer, Fault::AccessDenied, Times::Count(2));
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    simulator.inject(transfer, lost, Times::Count(1));
    let listed = Operation::ListOutgoingCertificates;
    simulator.inject(listed, Fault::Pass, Times::Count(3));
    // The names of all devices are known.
    person.keys("N").settle().await;
    person.keys("* a");
    person.choose("Start transfer");
    person.settle().await;
    // So many need the recipient's last digits.
    person.keys("444455556666 tab 6666 tab tab right enter");
    (simulator, person)
}

/// The rows of the table that are in sight.
fn rows(person: &Person) -> Vec<String> {
    let screen = person.screen();
    let signs = [
        "✗ ",
        "? not",
        "! stop",
        "… ",
        "  waiting",
        "✓ done",
        "– not",
    ];
    let row = |line: &&str| {
        let told = |sign: &&str| line.contains(*sign);
        line.starts_with('│') && signs.iter().any(told) && !line.contains(" · ")
    };
    screen.lines().filter(row).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_batch_works_in_the_order_of_the_list_whatever_the_order_of_the_marks() {
    let (simulator, mut person) = fleet(6).await;
    // The oldest first, and marked from the last to the first.
    person.keys("R").settle().await;
    let mut shown = Vec::new();
    for _ in 0..6 {
        shown.push(person.app.side.list.selected().unwrap());
        person.keys("down");
    }
    for at in [5, 1, 3, 0, 4, 2] {
        person.keys("home");
        for _ in 0..at {
            person.keys("down");
        }
        person.keys("space");
    }
    assert_eq!(person.app.side.list.marked(), shown);
    person.keys("a");
    person.choose("Deactivate");
    person.keys("right enter").settle().await;
    let items = person.app.batches[0].tally.items().iter();
    let items: Vec<CertificateId> = items.map(|item| item.id).collect();
    assert_eq!(items, shown);
    let asked = simulator.calls().into_iter();
    let asked = asked.filter(|it| it.operation == Some(Operation::UpdateCertificate));
    assert_eq!(asked.count(), 6);
    // The one that was first in the list was done first.
    person.keys("esc L");
    let log = person.keys("Y").copied.last().cloned().unwrap();
    let at = |id: &CertificateId| log.find(&id.to_string()).unwrap();
    let places: Vec<usize> = shown.iter().map(at).collect();
    // The log begins with the newest.
    assert!(places.iter().rev().is_sorted(), "{places:?}");
}

#[tokio::test(start_paused = true)]
async fn one_goes_ahead_and_the_page_says_who_and_what_bounds_the_rest() {
    let (simulator, mut person) = mishaps().await;
    assert!(
        person.screen().contains("40 waiting"),
        "{}",
        person.screen()
    );
    person.sees("1 under way · 39 waiting").await;
    person.sees("goes ahead; the other 39 wait").await;
    assert!(calls(&simulator, Operation::TransferCertificate) <= 1);
    person.sees("a second: 10 ").await;
    let bound = person.row("a second: 10 ");
    assert!(bound.contains("% used"), "{bound}");
    person.sees("a second in the last").await;
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_person_stands_first_and_the_cursor_stays_on_its_certificate() {
    let (_simulator, mut person) = mishaps().await;
    person.sees("goes ahead").await;
    person.keys("end");
    let last = person.app.batches[0].selected().unwrap().id;
    person.settle().await;
    assert_eq!(person.app.batches[0].selected().unwrap().id, last);
    person.keys("home");
    let screen = person.screen();
    assert!(screen.contains("2 failed"), "{screen}");
    let first = rows(&person);
    assert!(first[0].contains("✗ failed"), "{screen}");
    assert!(first[1].contains("✗ failed"), "{screen}");
    assert!(first[0].contains("access denied"), "{screen}");
    // What was done of it and what was not, and all of it behind Enter.
    person.resize(200, 60);
    let said = "deactivated, detached, not transferred";
    assert!(
        person.row("access denied").contains(said),
        "{}",
        person.screen()
    );
    person.keys("enter");
    for said in ["Took", said, "at the same time", "AccessDenied"] {
        assert!(
            person.screen().contains(said),
            "{said}: {}",
            person.screen()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn rows_are_found_by_device_id_and_what_they_say() {
    let (_simulator, mut person) = mishaps().await;
    person.settle().await;
    let failed = person.app.batches[0].selected().unwrap().id;
    person.keys("/ denied");
    assert!(
        person.screen().contains("2 of 40 · find: denied_"),
        "{}",
        person.screen()
    );
    // Keys are keys again, and what was found stays.
    person.keys("enter down");
    assert!(person.screen().contains("2 of 40 · find: denied"));
    assert_ne!(person.app.batches[0].selected().unwrap().id, failed);
    person.keys("esc");
    assert!(!person.screen().contains("find:"), "{}", person.screen());
    let text = failed.to_string();
    person
        .keys("/")
        .keys(&format!("\"{}\"", text.get(20..40).unwrap()));
    assert!(
        person.screen().contains("1 of 40 · find"),
        "{}",
        person.screen()
    );
    person.keys("esc /").keys("zzz");
    assert!(
        person.screen().contains("None of them has \"zzz\""),
        "{}",
        person.screen()
    );
    person.keys("esc esc");
    assert!(person.app.dialogs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_looked_for_is_followed_while_the_batch_goes_on() {
    let (simulator, mut person) = fleet(8).await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.keys("* a");
    person.choose("Deactivate");
    person.keys("right enter").sees("waiting for AWS").await;
    person.keys("/ done enter");
    assert!(
        person.screen().contains("None of them has \"done\""),
        "{}",
        person.screen()
    );
    person.settle().await;
    assert!(
        person.screen().contains("8 of 8 · find: done"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_says_what_was_done_and_what_was_not() {
    let (simulator, mut person) = fleet(3).await;
    simulator.set_latency(Some(Operation::DetachPolicy), Duration::from_secs(5));
    begin_transfer_of_all(&mut person).await;
    person.sees("detach policy").await;
    person.keys("x s").settle().await;
    let row = person.row("! stopped");
    assert!(row.contains("deactivated"), "{row}");
    assert!(
        person.screen().contains("1 stopped half-way"),
        "{}",
        person.screen()
    );
    assert!(
        person.screen().contains("2 not begun"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_with_mishaps() {
    let (_simulator, mut person) = mishaps().await;
    for _ in 0..60 {
        person.one_answer().await;
    }
    draw(&mut person, "mishaps-ahead");
    while person.app.batches[0].tally.over() < 15 {
        person.one_answer().await;
    }
    draw(&mut person, "mishaps-under-way");
    person.settle().await;
    draw(&mut person, "mishaps-over");
    person.keys("enter");
    draw(&mut person, "mishaps-item");
    person.keys("esc / denied");
    draw(&mut person, "mishaps-found");
}

#[tokio::test(start_paused = true)]
async fn one_certificate_has_its_steps_as_they_run() {
    let (simulator, mut person) = fleet(1).await;
    simulator.set_latency(Some(Operation::DetachPolicy), Duration::from_secs(3));
    begin_transfer_of_all(&mut person).await;
    let detaching = |person: &Person| {
        let item = &person.app.batches[0].tally.items()[0];
        certferry::domain::words::progress::doing(item).is_some()
    };
    while !detaching(&person) {
        person.one_answer().await;
    }
    person.pass(Duration::from_secs(2));
    draw(&mut person, "one-under-way");
    person.settle().await;
    draw(&mut person, "one-over");
}

#[tokio::test(start_paused = true)]
async fn no_size_breaks_the_page_of_a_batch() {
    let (_simulator, mut person) = mishaps().await;
    super::screens::no_size_breaks(&mut person);
    person.sees("goes ahead").await;
    super::screens::no_size_breaks(&mut person);
    person.settle().await;
    super::screens::no_size_breaks(&mut person);
    person.keys("/ denied");
    super::screens::no_size_breaks(&mut person);
}

#[tokio::test(start_paused = true)]
async fn that_aws_slows_a_batch_down_is_said_with_what_is_left() {
    let (simulator, mut person) = fleet(10).await;
    let throttled = Fault::throttling();
    simulator.inject(Operation::UpdateCertificate, throttled, Times::Count(6));
    person.keys("* a");
    person.choose("Deactivate");
    person.keys("right enter");
    person.sees("AWS slows it down: ").await;
    let said = person.row("AWS slows it down: ");
    assert!(said.contains("UpdateCertificate a second"), "{said}");
    person.settle().await;
    assert!(
        person.screen().contains("10 of 10 done"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_stands_beside_the_list_which_can_be_used_meanwhile() {
    let (_simulator, mut person) = fleet(6).await;
    begin_transfer_of_all(&mut person).await;
    person.sees("goes ahead").await;
    // Not where there is no room for it.
    person.keys("b");
    assert!(
        person.screen().contains("from 140 columns on"),
        "{}",
        person.screen()
    );
    assert_eq!(person.app.dialogs.len(), 1);
    let (columns, rows) = (200, 60);
    person.resize(columns, rows);
    person.keys("b");
    let both = |person: &Person| {
        let screen = person.screen();
        screen.contains("Certificates  6") && screen.contains("Start transfer of 6 certificates")
    };
    assert!(both(&person), "{}", person.screen());
    assert!(person.app.dialogs.is_empty());
    // The list has the keys.
    let first = person.app.side.list.selected();
    person.keys("down");
    assert_ne!(person.app.side.list.selected(), first);
    person.keys("enter").settle().await;
    assert!(person.app.details_focused());
    assert!(both(&person), "{}", person.screen());
    draw(&mut person, "beside");
    // And the batch when it is gone to.
    person.keys("esc b down");
    let run = &person.app.batches[0];
    assert_eq!(run.selected_row(), 1);
    assert!(both(&person), "{}", person.screen());
    person.keys("esc down");
    assert_eq!(person.app.batches[0].selected_row(), 1);
    // A smaller screen has room for one of them, and b leads to it.
    person.resize(80, 24);
    assert!(!both(&person), "{}", person.screen());
    person.keys("b");
    assert!(person.screen().contains("Start transfer of 6 certificates"));
    person.resize(200, 60);
    // Over the list again.
    person.keys("b");
    assert!(person.app.areas().batch.is_none());
    super::screens::no_size_breaks(&mut person);
}

#[tokio::test(start_paused = true)]
async fn on_a_wide_screen_list_details_and_the_run_stand_side_by_side() {
    let (_simulator, mut person) = fleet(3).await;
    person.resize(200, 40);
    person.keys("enter").settle().await;
    person.keys("h").settle().await;
    super::runs::transfer_all(&mut person).await;
    let side_by_side = |person: &Person| {
        let screen = person.screen();
        let row = |line: &str| line.contains("[Details]");
        let details = screen.lines().any(row);
        let list = screen.contains("Certificates  3");
        list && details && screen.contains("┌ Start transfer of 3 certificates to")
    };
    assert!(side_by_side(&person), "{}", person.screen());
    // The keys are in the batch first, then in the list, and it stays.
    person.keys("esc").keys("j").settle().await;
    assert!(person.app.dialogs.is_empty());
    assert!(side_by_side(&person), "{}", person.screen());
    // Where there is no room for all three it takes the screen.
    person.resize(120, 40);
    person.keys("b");
    assert!(!side_by_side(&person), "{}", person.screen());
    // Whoever has put it over the list once finds the next one there.
    person.resize(200, 40);
    person.keys("b").keys("esc").keys("b");
    assert!(!side_by_side(&person), "{}", person.screen());
}
