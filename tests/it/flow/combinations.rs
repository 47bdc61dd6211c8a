//! The flows by keys under every two assumptions about AWS together, and in the long run under every three.

use std::time::Duration;

use certferry::simulator::{Assumptions, CertificateState, Simulator, Status, TransferPhase};

use super::{
    person::{Person, RECIPIENT, SOURCE, Start, clock},
    runs::{furnished, prepare_and_transfer},
};
use crate::walk::assumptions::covering;

/// Longer than AWS's lists may be behind, and than any detachment takes.
async fn later(person: &mut Person) {
    tokio::time::sleep(Duration::from_mins(1)).await;
    person.keys("r").settle().await;
}

/// What a certificate is, without the history of its transfers.
fn is(simulator: &Simulator, account: &str, id: &str) -> CertificateState {
    CertificateState {
        transfer: None,
        ..simulator.certificate(account, id).unwrap()
    }
}

/// A person who has just offered the certificate.
async fn offers(simulator: &Simulator, id: &str, case: &str) -> Person {
    let mut person = Start::new(simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    assert!(
        person.screen().contains("✓ done"),
        "{case}\n{}",
        person.screen()
    );
    let sent = simulator.certificate(SOURCE, id).unwrap();
    let phase = sent.transfer.map(|transfer| transfer.phase);
    assert_eq!(phase, Some(TransferPhase::Pending), "{case}");
    person.keys("esc");
    person
}

/// Puts back what came back, and compares.
async fn puts_back(person: &mut Person, case: &str) {
    later(person).await;
    person.keys("a");
    person.choose("Put back");
    person.settle().await;
    person.keys("right enter").settle().await;
    assert!(
        person.screen().contains("✓ done"),
        "{case}\n{}",
        person.screen()
    );
    tokio::time::sleep(Duration::from_mins(1)).await;
}

async fn flows(assumptions: &Assumptions) {
    let case = format!("{assumptions:?}");
    let world = || {
        let simulator = Simulator::with_assumptions(clock(), assumptions.clone());
        let id = furnished(&simulator);
        (simulator, id)
    };

    // Rejected by the recipient, and put back.
    let (simulator, id) = world();
    let start = is(&simulator, SOURCE, &id);
    let mut person = offers(&simulator, &id, &case).await;
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("a");
    other.choose("Reject transfer");
    other.keys("\"wrong fleet\" tab right enter").settle().await;
    assert_eq!(
        is(&simulator, SOURCE, &id).status,
        Status::Inactive,
        "{case}"
    );
    puts_back(&mut person, &case).await;
    assert_eq!(is(&simulator, SOURCE, &id), start, "{case}");

    // Taken back by the source, and put back.
    let (simulator, id) = world();
    let mut person = offers(&simulator, &id, &case).await;
    person.keys("a");
    person.choose("Revoke transfer");
    person.keys("right enter").settle().await;
    assert_eq!(
        is(&simulator, SOURCE, &id).status,
        Status::Inactive,
        "{case}\n{}",
        person.screen()
    );
    person.keys("esc");
    puts_back(&mut person, &case).await;
    assert_eq!(is(&simulator, SOURCE, &id), start, "{case}");

    // Taken back and put back in one.
    let (simulator, id) = world();
    let mut person = offers(&simulator, &id, &case).await;
    puts_back(&mut person, &case).await;
    assert_eq!(is(&simulator, SOURCE, &id), start, "{case}");

    // Accepted, and gone from the list of the source.
    let (simulator, id) = world();
    let mut person = offers(&simulator, &id, &case).await;
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("a");
    other.choose("Accept transfer");
    other.keys("right enter").settle().await;
    assert!(
        simulator.certificate(SOURCE, &id).is_none(),
        "{case}\n{}",
        other.screen()
    );
    let arrived = is(&simulator, RECIPIENT, &id);
    assert!(
        arrived.policies.is_empty() && arrived.things.is_empty(),
        "{case}"
    );
    later(&mut person).await;
    let short = super::person::short(&id);
    assert!(
        !person.screen().contains(&short),
        "{case}\n{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn the_flows_hold_under_every_two_assumptions_together() {
    for assumptions in covering(2) {
        Box::pin(flows(&assumptions)).await;
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "some minutes: every three assumptions together"]
async fn the_flows_hold_under_every_three_assumptions_together() {
    for assumptions in covering(3) {
        Box::pin(flows(&assumptions)).await;
    }
}
