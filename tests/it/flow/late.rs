//! A proxy held a request back, and delivers it when nobody expects it any more.

use certferry::simulator::{
    Fault, Loss, NewCertificate, Operation, PrincipalType, Simulator, Status, Times,
};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, clock, short};

fn world(status: Status) -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let new = NewCertificate::new("press-7", 7).status(status);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    (simulator, id)
}

/// From now on nothing of this operation is answered, or has an effect.
fn hold_back(simulator: &Simulator, operation: Operation) {
    let lost = Fault::NoAnswerBefore(Loss::Silence);
    simulator.inject(operation, lost, Times::Count(20));
}

/// Presses the keys of a transfer whose request is held back.
async fn transfer_that_is_held_back(simulator: &Simulator, person: &mut Person) {
    hold_back(simulator, Operation::TransferCertificate);
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab tab right enter");
    person.settle().await;
    simulator.clear_faults();
}

#[tokio::test(start_paused = true)]
async fn a_single_change_is_looked_at_again_and_what_was_said_is_corrected() {
    let (simulator, id) = world(Status::Inactive);
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    let mut person = Start::new(&simulator).recipient().settled().await;
    hold_back(&simulator, Operation::AcceptCertificateTransfer);
    person.keys("o A").keys("right enter").settle().await;
    let screen = person.screen();
    assert!(screen.contains("not done as of 10:"), "{screen}");
    person.keys("esc L");
    assert!(person.screen().contains("not done as of 10:"));
    person.keys("esc");
    simulator.clear_faults();
    // It arrives now.
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("o A").keys("right enter").settle().await;
    person.sees("Done after all: Accept transfer, ").await;
    let screen = person.screen();
    assert!(person.row(&short(&id)).contains("Inactive"), "{screen}");
    person.keys("L");
    assert!(person.screen().contains("AWS's state shows it"));
    // The page of the change says it as well, and offers nothing to try again.
    person.keys("esc J").settle().await;
    person.keys("enter");
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    person.keys("r");
    let screen = person.screen();
    assert!(screen.contains("Nothing has failed."), "{screen}");
}

/// A certificate's description says nothing of what is attached to it.
#[tokio::test(start_paused = true)]
async fn a_policy_that_is_detached_late_is_noticed_also_from_another_account() {
    let (simulator, id) = world(Status::Inactive);
    simulator.create_policy(SOURCE, "connect", &json!({}));
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    for elsewhere in [false, true] {
        let mut person = Start::new(&simulator).settled().await;
        hold_back(&simulator, Operation::DetachPolicy);
        person.keys("enter").settle().await;
        person.keys("tab o D").keys("right enter").settle().await;
        let screen = person.screen();
        assert!(screen.contains("not known whether done"), "{screen}");
        person.keys("esc");
        simulator.clear_faults();
        if elsewhere {
            person.keys("S");
            person.choose("4444-5555-6666");
            person.settle().await;
        }
        let mut other = Start::new(&simulator).settled().await;
        other.keys("enter").settle().await;
        other.keys("tab o D").keys("right enter").settle().await;
        let state = simulator.certificate(SOURCE, &id).unwrap();
        assert_eq!(state.policies, [""; 0], "{}", other.screen());
        person.sees("Done after all: Detach policy").await;
        let said = person.row("Done after all");
        assert_eq!(said.contains(", in 1111-2222-3333"), elsewhere, "{said}");
        simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_arrives_late_ends_its_run() {
    let (simulator, id) = world(Status::Active);
    simulator.create_thing(SOURCE, "press", None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator.attach_thing(SOURCE, &id, "press", kind).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    transfer_that_is_held_back(&simulator, &mut person).await;
    let screen = person.screen();
    assert!(!screen.contains("✓ done"), "{screen}");
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    person
        .sees("Done after all: transfer to 4444-5555-6666")
        .await;
    person.settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    assert!(person.app.side.unfinished.is_empty());
    person.keys("esc");
    let row = person.row(&short(&id));
    assert!(row.contains("Transferred"), "{row}");
    person.keys("L");
    let log = person.screen();
    assert!(log.contains("AWS's state shows it"), "{log}");
    // It is as good as any other: there is something to put back.
    person.keys("esc o");
    assert!(person.screen().contains("Put back"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_arrives_while_nobody_looks_is_found_by_the_next_start() {
    let (simulator, id) = world(Status::Active);
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    let start = || Start::new(&simulator).journal(&journal);
    let mut person = start().settled().await;
    transfer_that_is_held_back(&simulator, &mut person).await;
    drop(person);
    let mut person = start().settled().await;
    assert!(
        person.screen().contains("1 certificate stopped half-way"),
        "{}",
        person.screen()
    );
    drop(person);
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    // Whoever may change nothing writes nothing down, either.
    person = start().read_only().settled().await;
    assert!(person.screen().contains("1 certificate stopped half-way"));
    drop(person);
    person = start().started();
    person.sees("Done after all").await;
    person.settle().await;
    assert!(person.app.side.unfinished.is_empty(), "{}", person.screen());
    drop(person);
    let person = start().settled().await;
    assert!(!person.screen().contains("half-way"));
}

/// What is left to do after a late answer is not done unasked.
#[tokio::test(start_paused = true)]
async fn an_offer_that_is_taken_back_late_leaves_the_rest_to_a_person() {
    let (simulator, id) = world(Status::Active);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person
        .keys("444455556666 tab tab right enter")
        .settle()
        .await;
    person.keys("esc");
    hold_back(&simulator, Operation::CancelCertificateTransfer);
    person.keys("o p").settle().await;
    person.keys("right enter").settle().await;
    simulator.clear_faults();
    let screen = person.screen();
    assert!(!screen.contains("✓ done"), "{screen}");
    let mut other = Start::new(&simulator).settled().await;
    other.keys("o W").keys("right enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive, "{}", other.screen());
    person.sees("Done after all: take the offer back").await;
    person.settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive);
    assert_eq!(person.app.side.unfinished.len(), 1);
    person.keys("r").settle().await;
    person.keys("right enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Active, "{}", person.screen());
}

/// A certificate that is deleted looks as one that was offered and accepted.
#[tokio::test(start_paused = true)]
async fn what_nobody_saw_offered_is_not_taken_for_accepted() {
    let (simulator, id) = world(Status::Active);
    simulator.create_policy(SOURCE, "connect", &json!({}));
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    let mut person = Start::new(&simulator).settled().await;
    transfer_that_is_held_back(&simulator, &mut person).await;
    person.keys("esc o u").settle().await;
    simulator.delete_certificate(SOURCE, &id);
    person.keys("6666 tab right").keys("enter").settle().await;
    let screen = person.screen();
    assert!(!screen.contains("✓ done"), "{screen}");
    assert!(screen.contains("accepted, or deleted"), "{screen}");
    assert_eq!(person.app.side.unfinished.len(), 1);
}
