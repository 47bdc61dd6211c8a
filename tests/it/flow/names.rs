//! The column Device: what is learned by itself, what a person wants to learn, and what is found by it.

use certferry::simulator::{Operation, Simulator};
use std::time::Duration;

use super::person::{Person, Start, calls, clock, short};

#[tokio::test(start_paused = true)]
async fn the_rows_in_sight_get_their_names_and_no_others() {
    let simulator = Simulator::with_fleet(clock(), 100).unwrap();
    let mut person = Start::new(&simulator).size(120, 14).settled().await;
    assert!(person.row("Certificate ").contains("Device"));
    simulator.clear_calls();
    // Nine rows are in sight, eight of them are asked for at first.
    while !person.screen().contains("unit-000091") {
        person.names().await;
    }
    assert!(
        person.row(" > ").contains("unit-000099"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::DescribeCertificate), 9);
    // They are known when they come into sight again, and the filter finds them at once.
    person.keys("/").keys("unit-000095").settle().await;
    assert!(
        person.row(" Filter ").contains("1 of 100"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::DescribeCertificate), 9);
    person
        .keys("esc")
        .keys("/")
        .keys("cn:000094")
        .settle()
        .await;
    assert!(
        person.row(" Filter ").contains("1 of 100"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn all_names_are_learned_with_progress_when_a_person_wants_it_and_it_can_be_stopped() {
    let simulator = Simulator::with_fleet(clock(), 100).unwrap();
    let mut person = Start::new(&simulator)
        .config("device_names = false\n")
        .size(120, 14)
        .settled()
        .await;
    simulator.clear_calls();
    tokio::time::sleep(Duration::from_mins(5)).await;
    person.settle().await;
    assert_eq!(
        calls(&simulator, Operation::DescribeCertificate),
        0,
        "not by itself"
    );
    person.keys("N");
    let said = "Learning the names of 100 certificates: about";
    assert!(person.screen().contains(said), "{}", person.screen());
    while !person.screen().contains("names 40 of 100") {
        person.names().await;
    }
    person.keys("N");
    assert!(person.screen().contains("stopped"), "{}", person.screen());
    let so_far = calls(&simulator, Operation::DescribeCertificate);
    assert!(so_far < 80, "{so_far}");
    person.keys("N");
    while !person.screen().contains("certificates are known.") {
        person.names().await;
    }
    // What was learned before is not asked for again.
    assert!(calls(&simulator, Operation::DescribeCertificate) <= 116);
    person.keys("/").keys("unit-000000").settle().await;
    assert!(
        person.row(" Filter ").contains("1 of 100"),
        "{}",
        person.screen()
    );
    person.keys("enter N");
    assert!(
        person.screen().contains("all of them are known"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn names_that_may_not_be_read_are_asked_for_once_and_nothing_is_said() {
    let simulator = Simulator::with_fleet(clock(), 20).unwrap();
    simulator.deny(super::person::SOURCE, "iot:DescribeCertificate");
    let mut person = Start::new(&simulator).size(120, 14).settled().await;
    simulator.clear_calls();
    person.names().await;
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert!(calls(&simulator, Operation::DescribeCertificate) <= 1);
    assert!(!person.screen().contains("denied"), "{}", person.screen());
    person.keys("N");
    person.names().await;
    while !person.screen().contains("access denied") {
        person.names().await;
    }
}

#[tokio::test(start_paused = true)]
async fn hostile_names_cannot_reach_the_terminal_as_they_came() {
    use certferry::simulator::NewCertificate;
    let simulator = Simulator::new(clock());
    simulator.create_account(super::person::SOURCE);
    let new = NewCertificate::new("press\u{1b}[31m\u{202e}7", 1);
    let id = simulator
        .add_certificate(super::person::SOURCE, &new)
        .unwrap();
    let mut person = Start::new(&simulator).size(130, 14).settled().await;
    person.names().await;
    person.names().await;
    let row = person.row(&short(&id));
    assert!(row.contains(r"press\x1b[31m\u{202e}7"), "{row}");
}

/// Learns what all devices are called.
pub(super) async fn learn_names(person: &mut Person) {
    person.keys("N");
    while !person.screen().contains("certificates are known") {
        person.names().await;
    }
}
