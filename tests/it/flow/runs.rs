//! Prepared, batched, journaled, put back: by keys, and looked at in the account.

use std::time::Duration;

use certferry::simulator::{
    Fault, Fleet, NewCertificate, Operation, PrincipalType, Simulator, Status, Times,
};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, clock, short};

/// A source with one active certificate that has 3 policies and 3 things, and a recipient.
pub(super) fn world() -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    let id = furnished(&simulator);
    (simulator, id)
}

/// Makes them in a world.
pub(super) fn furnished(simulator: &Simulator) -> String {
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let id = simulator
        .add_certificate(SOURCE, &NewCertificate::new("press-7", 7))
        .unwrap();
    for n in 1..=3 {
        let (policy, thing) = (format!("policy-{n}"), format!("thing-{n}"));
        simulator.create_policy(SOURCE, &policy, &json!({}));
        simulator.attach_policy(SOURCE, &id, &policy).unwrap();
        simulator.create_thing(SOURCE, &thing, None, &[]);
        let kind = PrincipalType::NonExclusiveThing;
        simulator.attach_thing(SOURCE, &id, &thing, kind).unwrap();
    }
    id
}

pub(super) async fn prepare_and_transfer(person: &mut Person) {
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab \"moving\" tab right enter");
    person.settle().await;
}

#[tokio::test(start_paused = true)]
async fn one_dialog_prepares_and_transfers_and_one_puts_it_back() {
    let (simulator, id) = world();
    let start = simulator.certificate(SOURCE, &id).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    let screen = person.screen();
    for named in [
        "deactivates it",
        "policy-1, policy-2, policy-3",
        "thing-1, thing-2,",
    ] {
        assert!(screen.contains(named), "{named} in:\n{screen}");
    }
    person
        .keys("444455556666 tab tab right enter")
        .settle()
        .await;
    for step in [
        "✓ deactivate",
        "✓ detach policy policy-2",
        "✓ detach thing thing-3",
    ] {
        assert!(
            person.screen().contains(step),
            "{step} in:\n{}",
            person.screen()
        );
    }
    assert!(person.screen().contains("✓ done"));
    let sent = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(sent.status, Status::PendingTransfer);
    person.keys("y");
    assert!(person.copied.last().unwrap().contains(&id));
    person.keys("esc");

    // The recipient sends it back: inactive and bare.
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("a");
    other.choose("Reject transfer");
    other.keys("\"wrong fleet\" tab right enter").settle().await;

    person.keys("r").settle().await;
    person.keys("enter").settle().await;
    let offer = "Came back without its 3 policies and 3 things: put back?";
    assert!(person.screen().contains(offer), "{}", person.screen());
    person.keys("a");
    person.choose("Put back");
    person.settle().await;
    let had = "policies policy-1, policy-2, policy-3; things thing-1, ";
    assert!(person.screen().contains(had), "{}", person.screen());
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    let back = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(back.status, start.status);
    assert_eq!((back.policies, back.things), (start.policies, start.things));

    // All of it is in the command log.
    person.keys("esc L");
    let log = person.keys("Y").copied.last().cloned().unwrap();
    for (command, times) in [
        ("detach-policy", 3),
        ("detach-thing-principal", 3),
        ("attach-policy --", 3),
        ("attach-thing-principal --", 3),
        ("transfer-certificate --", 1),
        ("update-certificate --", 2),
    ] {
        let found = log.matches(&format!("aws iot {command}")).count();
        assert_eq!(found, times, "{command} in:\n{log}");
    }
    // Each with AWS's number of the call.
    assert_eq!(log.matches("done, request id").count(), 15, "{log}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_stopped_is_found_by_the_next_start() {
    let (simulator, id) = world();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    prepare_and_transfer(&mut person).await;
    assert!(
        person.screen().contains("access denied"),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("o: resume it, put it back"));
    drop(person);

    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    assert!(
        person.screen().contains("1 certificate stopped half-way"),
        "{}",
        person.screen()
    );
    // Nothing opens by itself.
    assert!(
        person
            .row("1 certificate stopped half-way")
            .contains("J shows")
    );
    person.keys("J");
    assert!(person.screen().contains("stopped: deactivated, detached"));
    person.keys("enter").settle().await;
    simulator.allow(SOURCE, "iot:TransferCertificate");
    person.choose("Resume");
    person.settle().await;
    // As when it was begun: the recipient is typed.
    person.keys("6665 tab right enter").settle().await;
    assert!(
        person.screen().contains("does not match"),
        "{}",
        person.screen()
    );
    person
        .keys("right tab backspace 6 tab right")
        .keys("enter")
        .settle()
        .await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::PendingTransfer);
    drop(person);
    let person = Start::new(&simulator).journal(&journal).settled().await;
    assert!(!person.screen().contains("half-way"));
}

/// A source with 12 certificates of 2 policies and 1 thing each.
pub(super) async fn fleet(size: usize) -> (Simulator, Person) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let fleet = Fleet {
        status: Some(Status::Active),
        policies: 2,
        ..Fleet::new(SOURCE, size)
    };
    simulator.add_fleet(&fleet).unwrap();
    let person = Start::new(&simulator).settled().await;
    (simulator, person)
}

/// Prepares and transfers everything that is shown.
pub(super) async fn transfer_all(person: &mut Person) {
    begin_transfer_of_all(person).await;
    person.settle().await;
}

/// Confirms to prepare and to transfer everything that is shown.
pub(super) async fn begin_transfer_of_all(person: &mut Person) {
    person.keys("* a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab tab").keys("right enter");
}

pub(super) fn with_status(simulator: &Simulator, status: Status) -> usize {
    let world = simulator.snapshot();
    let source = world
        .places
        .iter()
        .find(|((account, _), _)| account == SOURCE)
        .unwrap()
        .1;
    source
        .certificates
        .values()
        .filter(|c| c.status == status)
        .count()
}

#[tokio::test(start_paused = true)]
async fn many_are_prepared_and_transferred_at_once() {
    let (simulator, mut person) = fleet(12).await;
    person.keys("*");
    assert!(person.row("Certificates").contains("12 marked"));
    person.keys("a");
    assert!(person.screen().contains("12 marked certificates"));
    person.choose("Start transfer");
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("detaches 24 policies and 12 things"),
        "{screen}"
    );
    person.keys("444455556666 tab tab");
    // With more than ten, the end of the recipient's number is typed.
    person.keys("tab right enter");
    assert!(
        person
            .screen()
            .contains("Type the last 4 digits of the recipient's account")
    );
    person
        .keys("backtab backtab backtab 6666 tab tab right enter")
        .settle()
        .await;
    assert!(person.screen().contains("12 of 12"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 12);
    person.keys("esc");
    assert!(person.row("Certificates").contains("12 outgoing"));
    assert!(!person.screen().contains("marked"));
}

/// What is marked and left out is said with the reason.
#[tokio::test(start_paused = true)]
async fn what_a_batch_leaves_out_is_said_with_the_reason() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).size(120, 40).settled().await;
    person.keys("* t").settle().await;
    let screen = person.screen();
    let (revoked, offered) = (
        with_status(&simulator, Status::Revoked),
        with_status(&simulator, Status::PendingTransfer),
    );
    let in_transfer = offered + person.app.side.list.incoming().len();
    let left_out = revoked + in_transfer;
    let said = format!("{left_out} more marked are left out: revoked for ever ({revoked}), in ");
    assert!(screen.contains(&said), "{screen}");
    assert!(
        screen.contains(&format!(" transfer ({in_transfer}).")),
        "{screen}"
    );
    // What was looked at has told what the devices are called, of rows too that were never in sight.
    let side = &person.app.side;
    let with_things = side.attached.iter().filter(|(_, (_, things))| *things > 0);
    let called: Vec<bool> = (with_things.map(|(id, _)| side.list.device(*id).is_some())).collect();
    assert!(called.len() > 100 && called.iter().all(|it| *it));
}

#[tokio::test(start_paused = true)]
async fn failures_are_named_and_retried_alone() {
    let (simulator, mut person) = fleet(4).await;
    let transfer = Operation::TransferCertificate;
    simulator.inject(transfer, Fault::Pass, Times::Count(1));
    simulator.inject(transfer, Fault::AccessDenied, Times::Count(1));
    person.keys("* a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab tab tab right").settle().await;
    person.keys("left right enter").settle().await;
    assert!(
        person.screen().contains("1 failed · 3 done"),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("access denied (iot:"));
    // Trying again is asked for like anything else.
    person.keys("r").settle().await;
    assert!(
        person
            .screen()
            .contains("Left      transfer to 4444-5555-6666")
    );
    person.keys("6666 tab right").keys("enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 4);
    // Both runs can be looked at again.
    person.keys("esc esc J");
    assert!(person.screen().contains("Resume"));
    assert!(person.screen().contains("3 of 4 done · 1 failed"));
}

#[tokio::test(start_paused = true)]
async fn a_batch_can_be_left_and_stopped() {
    let (simulator, mut person) = fleet(8).await;
    person.keys("* a");
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.choose("Deactivate");
    person.keys("right enter esc");
    assert!(person.row("SIMULATOR").contains("0 of 8 (J)"));
    person.keys("J enter x");
    assert!(person.screen().contains("Stop? "), "{}", person.screen());
    person.keys("s").settle().await;
    assert!(
        person.screen().contains("ended after"),
        "{}",
        person.screen()
    );
    let active = with_status(&simulator, Status::Active);
    let inactive = with_status(&simulator, Status::Inactive);
    assert_eq!(active + inactive, 8);
    // What was in flight is done, and the screen counts what was not begun.
    let (done, rest) = (format!("{inactive} of 8"), format!("{active} not begun"));
    assert!(
        person.screen().contains(&done),
        "{done} in:\n{}",
        person.screen()
    );
    assert!(
        active == 0 || person.screen().contains(&rest),
        "{rest} in:\n{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn marks_survive_a_refresh_and_are_dropped_when_their_certificate_is_gone() {
    let (simulator, mut person) = fleet(3).await;
    person.keys("space space");
    assert!(person.row("Certificates").contains("2 marked"));
    person.keys("r").settle().await;
    assert!(person.row("Certificates").contains("2 marked"));
    // One of them goes to the other account, and nothing of it stays here.
    let world = simulator.snapshot();
    let source = world
        .places
        .iter()
        .find(|((account, _), _)| account == SOURCE)
        .unwrap()
        .1;
    let marked: Vec<&String> = source
        .certificates
        .keys()
        .filter(|id| person.row(&short(id)).contains('*'))
        .collect();
    simulator.offer(SOURCE, marked[0], RECIPIENT, None).unwrap();
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("a");
    other.choose("Accept transfer");
    other.keys("right enter").settle().await;
    person.keys("r").settle().await;
    assert!(
        person
            .screen()
            .contains("1 marked certificate is gone; its mark is dropped.")
    );
    assert!(person.row("Certificates").contains("1 marked"));
}

#[tokio::test(start_paused = true)]
async fn what_was_attached_after_the_dialog_looked_is_not_detached() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    simulator.create_policy(SOURCE, "brand-new", &json!({}));
    simulator.attach_policy(SOURCE, &id, "brand-new").unwrap();
    let before = simulator.snapshot();
    person
        .keys("444455556666 tab tab right enter")
        .settle()
        .await;
    assert!(
        person
            .screen()
            .contains("attached since it was looked at: brand-new"),
        "{}",
        person.screen()
    );
    assert_eq!(simulator.snapshot(), before);
}

/// Within the minutes in which AWS's lists may be behind, too.
#[tokio::test(start_paused = true)]
async fn what_somebody_gave_back_meanwhile_is_not_taken_again_unsaid() {
    let (simulator, id) = world();
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    simulator.allow(SOURCE, "iot:TransferCertificate");
    person.keys("esc");

    // A policy that is there again is named before it is detached again.
    simulator.attach_policy(SOURCE, &id, "policy-2").unwrap();
    person.keys("o u").settle().await;
    let screen = person.screen();
    assert!(screen.contains("detach policy policy-2 again"), "{screen}");
    person.keys("esc");

    // In service again: nobody goes on with that.
    let mut other = Start::new(&simulator).settled().await;
    other.keys("o +").keys("right enter").settle().await;
    person.keys("o u").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("cannot go on: somebody has attached"),
        "{screen}"
    );
    person.keys("6666 tab right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Active);
    assert_eq!(state.policies, ["policy-2"]);
}

/// What changes between the dialog and the button is refused, not done.
#[tokio::test(start_paused = true)]
async fn a_resume_does_nothing_that_its_dialog_did_not_name() {
    let (simulator, id) = world();
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    simulator.allow(SOURCE, "iot:TransferCertificate");
    person.keys("esc");
    person.keys("o u").settle().await;
    simulator.attach_policy(SOURCE, &id, "policy-2").unwrap();
    person.keys("6666 tab right").keys("enter").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("more would be done than was shown"),
        "{screen}"
    );
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive);
    assert_eq!(state.policies, ["policy-2"]);
}

/// The recipient rejects it, and the next start knows it without the details having been opened.
#[tokio::test(start_paused = true)]
async fn what_came_back_stands_in_the_list_with_the_reason_also_after_a_restart() {
    let (simulator, id) = world();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc");
    let mut other = Start::new(&simulator).recipient().settled().await;
    other
        .keys("o X")
        .keys("\"wrong fleet\" tab right")
        .keys("enter")
        .settle()
        .await;

    // For so long AWS's lists are not believed to be up to date.
    tokio::time::sleep(Duration::from_secs(20)).await;
    person.keys("r").settle().await;
    assert!(
        person.screen().contains("rejected: wrong fleet"),
        "{}",
        person.screen()
    );
    assert!(
        person.row("Certificates").contains("1 came back"),
        "{}",
        person.screen()
    );
    drop(person);
    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    assert!(
        person.screen().contains("rejected: wrong fleet"),
        "{}",
        person.screen()
    );
    person.keys("/ \"status:came-back\" enter");
    assert!(person.screen().contains("1 of 1"), "{}", person.screen());
    // From the row, without the details.
    person.keys("o p").settle().await;
    person.keys("right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!((state.status, state.policies.len()), (Status::Active, 3));
    person.keys("esc");
    assert!(
        !person.screen().contains("came back"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn revoke_transfer_says_what_it_leaves_and_what_puts_it_back() {
    let (simulator, _) = world();
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc o W");
    let dialog = person.screen();
    assert!(dialog.contains("Put back (p) takes"), "{dialog}");
    person.keys("right enter").settle().await;
    assert!(
        person.screen().contains("a p puts back what it had"),
        "{}",
        person.screen()
    );
}

/// Also what had nothing attached: its offer is taken back.
#[tokio::test(start_paused = true)]
async fn a_whole_batch_is_put_back_from_its_page() {
    let (simulator, mut person) = fleet(3).await;
    let new = NewCertificate::new("bare", 99).status(Status::Inactive);
    simulator.add_certificate(SOURCE, &new).unwrap();
    person.keys("r").settle().await;
    transfer_all(&mut person).await;
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 4);
    person.keys("p").settle().await;
    person.keys("right").keys("enter").settle().await;
    assert!(person.screen().contains("4 of 4"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::Active), 3);
    assert_eq!(with_status(&simulator, Status::Inactive), 1);
}

/// Restored and taken out of service again since, on purpose: not among others.
#[tokio::test(start_paused = true)]
async fn what_somebody_changed_since_it_came_back_is_put_back_alone() {
    let (simulator, mut person) = fleet(3).await;
    transfer_all(&mut person).await;
    person.keys("esc * a W").settle().await;
    person.keys("right").keys("enter").settle().await;
    person.keys("esc");
    assert_eq!(with_status(&simulator, Status::Inactive), 3);
    tokio::time::sleep(Duration::from_mins(10)).await;
    // One of them is activated and deactivated by somebody else.
    let mut other = Start::new(&simulator).settled().await;
    other.keys("o +").keys("right enter").settle().await;
    other.keys("o d").keys("right enter").settle().await;

    person.keys("r").settle().await;
    person.keys("* a p").settle().await;
    let dialog = person.screen();
    assert!(dialog.contains("somebody has changed it"), "{dialog}");
    assert!(dialog.contains("2 certificates had 4 policies"), "{dialog}");
    person.keys("right").keys("enter").settle().await;
    assert!(person.screen().contains("2 of 2"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::Active), 2);
    // Alone it is.
    person.keys("esc home o p").settle().await;
    person.keys("right").keys("enter").settle().await;
    assert_eq!(with_status(&simulator, Status::Active), 3);
}

/// What cannot be given back is named before it is missed.
#[tokio::test(start_paused = true)]
async fn put_back_names_what_it_does_and_what_is_gone() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc");
    simulator.delete_policy(SOURCE, "policy-2");
    simulator.delete_thing(SOURCE, "thing-3");
    person.keys("o p").settle().await;
    let dialog = person.screen();
    for named in [
        "take the offer back",
        "attach policy policy-1",
        "But       policy policy-2 does not exist any more",
        "But       thing thing-3 does not exist any more",
    ] {
        assert!(dialog.contains(named), "{named} in:\n{dialog}");
    }
    person.keys("right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies, ["policy-1", "policy-3"]);
    assert_eq!(state.things.len(), 2);
    assert_eq!(state.status, Status::Active);
}

#[tokio::test(start_paused = true)]
async fn put_back_says_which_policy_is_another_one_now() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc");
    // Made anew: one as it was, the other not.
    for (policy, document) in [
        ("policy-1", json!({})),
        ("policy-2", json!({"Statement": []})),
    ] {
        simulator.delete_policy(SOURCE, policy);
        simulator.create_policy(SOURCE, policy, &document);
    }
    person.keys("o p").settle().await;
    let dialog = person.screen();
    let words = "But       policy policy-2 says something else than it did";
    assert!(dialog.contains(words), "{dialog}");
    assert_eq!(dialog.matches("something else").count(), 1, "{dialog}");
    person.keys("right").keys("enter").settle().await;
    assert!(person.screen().contains("✓ done; policy policy-2 says"));
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies.len(), 3);
}

/// Whether what a policy says may be read is nothing that a transfer depends on.
#[tokio::test(start_paused = true)]
async fn policies_that_must_not_be_read_are_detached_and_put_back_all_the_same() {
    let (simulator, id) = world();
    simulator.deny(SOURCE, "iot:GetPolicy");
    let start = simulator.certificate(SOURCE, &id).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc o p").settle().await;
    assert!(!person.screen().contains("something else"));
    person.keys("right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies, start.policies, "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_certificate_without_room_is_not_put_back_half() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    prepare_and_transfer(&mut person).await;
    person.keys("esc o W").settle().await;
    person.keys("right").keys("enter").settle().await;
    for n in 1..=8 {
        let policy = format!("other-{n}");
        simulator.create_policy(SOURCE, &policy, &json!({}));
        simulator.attach_policy(SOURCE, &id, &policy).unwrap();
    }
    person.keys("o p").settle().await;
    let dialog = person.screen();
    let words = "no room for policy-3: detach what was attached since (other-1, other-2,";
    let flat = dialog.replace(['│', '\n'], " ");
    let flat: Vec<&str> = flat.split_whitespace().collect();
    assert!(flat.join(" ").contains(words), "{dialog}");
    person.keys("right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies.len(), 8, "{}", person.screen());
    // With room for it, it is.
    simulator.delete_policy(SOURCE, "other-8");
    person.keys("esc o p").settle().await;
    person.keys("right").keys("enter").settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.policies.len(), 10, "{}", person.screen());
    assert_eq!(state.status, Status::Active);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_put_backs_names_what_is_gone_and_cannot_be() {
    let (simulator, mut person) = fleet(3).await;
    let had: Vec<_> = simulator.snapshot().places.into_values().collect();
    let certificates = had.iter().flat_map(|place| &place.certificates);
    let (_, one) = certificates.clone().next().unwrap();
    let (policy, thing) = (one.policies[0].clone(), one.things[0].0.clone());
    transfer_all(&mut person).await;
    simulator.delete_policy(SOURCE, &policy);
    simulator.delete_thing(SOURCE, &thing);
    person.keys("esc * a p").settle().await;
    let dialog = person.screen();
    for named in [
        "takes 3 offers back",
        "attaches 3 policies and 2 things",
        &format!("But       policy {policy} does not exist any more, of 3"),
        &format!("But       thing {thing} does not exist any more"),
    ] {
        assert!(dialog.contains(named), "{named} in:\n{dialog}");
    }
}

/// Letters of several parts arrive whole; what does not show is not sent.
#[tokio::test(start_paused = true)]
async fn a_picture_in_a_message_arrives_as_it_was_typed() {
    let (simulator, id) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab");
    person.paste("👩\u{200d}🏭 \u{202e}moves\u{200b}");
    person.keys("tab right enter");
    person.settle().await;
    let state = simulator.certificate(SOURCE, &id).unwrap();
    let transfer = state.transfer.unwrap();
    assert_eq!(transfer.message.as_deref(), Some("👩\u{200d}🏭 moves"));
}
