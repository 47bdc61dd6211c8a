//! Credentials that end while somebody works.

use std::time::Duration;

use certferry::simulator::{Fault, Operation, Simulator, Status, Times};

use super::{
    person::{RECIPIENT, SOURCE, Start},
    runs::{prepare_and_transfer, world},
};

fn calls(simulator: &Simulator) -> usize {
    simulator.calls().len()
}

/// A run stops at the step at which they end, one banner says so, and with good ones it is resumed.
#[tokio::test(start_paused = true)]
async fn a_run_stops_at_the_next_step_and_can_be_resumed() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    // They end after the second policy was detached.
    simulator.inject(Operation::DetachPolicy, Fault::Pass, Times::Count(2));
    let ended = Fault::expired_token();
    simulator.inject(Operation::DetachPolicy, ended.clone(), Times::Forever);
    for operation in [Operation::DescribeCertificate, Operation::GetCallerIdentity] {
        simulator.inject(operation, Fault::Pass, Times::Count(1));
    }
    prepare_and_transfer(&mut person).await;
    simulator.set_expired(SOURCE, true);
    person.keys("esc").settle().await;
    let banner = person.row("the credentials have expired (e explains)");
    assert!(banner.trim_start().starts_with("! "), "{banner}");
    assert!(person.screen().contains("then r."), "{}", person.screen());
    assert_eq!(person.screen().matches("Profile fleet-prod:").count(), 1);
    let stopped = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(stopped.policies.len(), 1);

    // Nothing is asked by itself.
    let before = calls(&simulator);
    person.pass(Duration::from_secs(30));
    tokio::time::advance(Duration::from_secs(30)).await;
    person.settle().await;
    assert_eq!(calls(&simulator), before);

    // Signed in again.
    simulator.set_expired(SOURCE, false);
    simulator.clear_faults();
    person.keys("r").settle().await;
    assert!(!person.screen().contains("expired"), "{}", person.screen());
    person.keys("J enter").settle().await;
    person.keys("o");
    person.choose("Resume");
    person.settle().await;
    person.keys("6666 tab right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::PendingTransfer, "{}", person.screen());
    assert_eq!(state.transfer.unwrap().target, RECIPIENT);
}

/// The list is not asked, so nothing of it has failed: it is as old as the credentials all the same.
#[tokio::test(start_paused = true)]
async fn what_is_on_the_screen_is_marked_as_old() {
    let (simulator, _) = world();
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_expired(SOURCE, true);
    person.keys("enter").settle().await;
    assert!(
        person.screen().contains("the credentials have expired"),
        "{}",
        person.screen()
    );
    person.keys("esc").settle().await;
    assert!(
        person.row("Certificates").contains("as of 10:00 UTC"),
        "{}",
        person.screen()
    );
    simulator.set_expired(SOURCE, false);
    person.keys("r").settle().await;
    assert!(
        !person.screen().contains("as of 10:00"),
        "{}",
        person.screen()
    );
}

/// A thing takes its time to be detached, and certferry looks until it is.
#[tokio::test(start_paused = true)]
async fn nobody_looks_for_a_thing_that_is_being_detached() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("tab tab o");
    person.choose("Detach");
    person.keys("right enter").sees("detaching…").await;
    simulator.set_expired(SOURCE, true);
    person.sees("(e explains)").await;
    person.settle().await;
    let before = calls(&simulator);
    tokio::time::advance(Duration::from_mins(1)).await;
    person.settle().await;
    assert_eq!(calls(&simulator), before);
    // And nothing is changed.
    person.keys("down o");
    person.choose("Detach");
    person.keys("right enter").settle().await;
    assert!(
        person
            .screen()
            .contains("Nothing is changed: the credentials have expired. r connects again."),
        "{}",
        person.screen()
    );
    person.keys("esc esc");
    let things = simulator.certificate(SOURCE, &id).unwrap().things;
    assert_eq!(things.len(), 2);
    simulator.set_expired(SOURCE, false);
    person.keys("r").settle().await;
    assert!(
        !person.screen().contains("detaching…"),
        "{}",
        person.screen()
    );
}

/// STS may not know a key in a region where AWS IoT does: the rows say who we are, and nothing has ended.
#[tokio::test(start_paused = true)]
async fn a_key_that_sts_alone_does_not_know_is_worked_with() {
    let (simulator, id) = world();
    let unknown = Fault::answer("UnrecognizedClientException", 403, "The token is invalid.");
    simulator.inject(Operation::GetCallerIdentity, unknown, Times::Forever);
    let mut person = Start::new(&simulator).settled().await;
    assert!(
        !person.screen().contains("(e explains)"),
        "{}",
        person.screen()
    );
    person.keys("a");
    person.choose("Deactivate");
    person.settle().await;
    person.keys("right enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive, "{}", person.screen());
}

/// A run goes on with the connection that it was begun over, and says nothing of another one's credentials.
#[tokio::test(start_paused = true)]
async fn a_run_of_an_earlier_connection_does_not_end_this_one() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_latency(Some(Operation::DetachPolicy), Duration::from_secs(8));
    simulator.inject(
        Operation::DetachPolicy,
        Fault::expired_token(),
        Times::Forever,
    );
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab tab right enter");
    person.sees("✓ deactivate").await;
    // The same account, connected to again.
    person.keys("esc S");
    person.choose("1111-2222-3333");
    person.sees("1 failed").await;
    assert!(
        !person.screen().contains("Profile fleet-prod:"),
        "{}",
        person.screen()
    );
    assert!(person.app.side.session.ended.is_none());
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies.len(), 3);
}
