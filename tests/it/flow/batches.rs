//! Many certificates at once: what the dialogs say of them, what the list shows meanwhile, and how
//! one leaves.

use std::time::Duration;

use certferry::{
    domain::{AccountId, CertificateId, ControlPlane, Place, Standing, Timestamp},
    journal::{Journal, OfferTo, Options},
    simulator::{Fault, Fleet, Loss, Operation, Simulator, Status, Times},
    tui::unknown_changes,
};

use super::{
    person::{Person, RECIPIENT, SOURCE, Start, clock},
    runs::{fleet, transfer_all, with_status},
};

const RECIPIENT_TYPED: &str = "444455556666 tab tab";

#[tokio::test(start_paused = true)]
async fn quitting_asks_while_a_batch_runs() {
    let (simulator, mut person) = fleet(8).await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.keys("* a");
    person.choose("Deactivate");
    person.keys("right enter").sees("waiting for AWS").await;
    person.keys("esc q");
    assert!(
        person.screen().contains("Deactivate in 1111"),
        "{}",
        person.screen()
    );
    // Enter is on the button that leaves it running.
    person.keys("enter");
    assert!(!person.gone && !person.screen().contains("Stop and quit"));
    person.keys("q").keys("right enter");
    assert!(!person.gone, "not before the calls in flight have ended");
    person.settle().await;
    assert!(person.gone);
    // What is said to be done is done, and nothing else.
    let done = person.app.batches[0].tally.count(Standing::Done);
    assert!(done > 0);
    assert_eq!(with_status(&simulator, Status::Inactive), done);
    assert_eq!(with_status(&simulator, Status::Active), 8 - done);
}

#[tokio::test(start_paused = true)]
async fn the_key_that_always_leaves_asks_once_waits_once_and_goes() {
    let (simulator, mut person) = fleet(8).await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.keys("* a");
    person.choose("Deactivate");
    person.keys("right enter");
    person.keys("ctrl-c");
    assert!(person.screen().contains("Stop and quit"));
    person.keys("ctrl-c");
    assert!(!person.gone);
    assert!(
        person.screen().contains("Ctrl-c quits now"),
        "{}",
        person.screen()
    );
    person.keys("ctrl-c");
    assert!(person.gone);
}

#[tokio::test(start_paused = true)]
async fn the_rows_show_what_a_batch_did_before_it_is_over() {
    let (simulator, mut person) = fleet(60).await;
    person.keys("* a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab 6666 tab tab right enter esc");
    person.sees("→ Transferred").await;
    let header = person.row("SIMULATOR");
    assert!(header.contains(" of 60 (J)"), "{header}");
    let row = person.row("→ Transferred");
    assert!(
        row.contains("to 4444-5555-6666") || row.contains("changing…"),
        "{row}"
    );
    person.settle().await;
    assert!(!person.row("SIMULATOR").contains("(J)"));
    assert!(person.row("Certificates").contains("60 outgoing"));
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 60);
}

#[tokio::test(start_paused = true)]
async fn marks_that_the_filter_hides_are_counted_out() {
    let (_simulator, mut person) = fleet(4).await;
    let selected = |person: &Person| {
        let row = person.row("> ");
        row.split_whitespace().nth(1).unwrap().to_owned()
    };
    let shown = selected(&person);
    person
        .keys("* /")
        .keys(shown.split('…').next().unwrap())
        .keys("enter a");
    assert!(
        person
            .screen()
            .contains("4 marked certificates, 3 hidden by the filter"),
        "{}",
        person.screen()
    );
    person.choose("Deactivate");
    let said = "3 of them are out of sight: the filter hides them.";
    assert!(person.screen().contains(said), "{}", person.screen());
}

fn whole(simulator: &Simulator) -> bool {
    let world = simulator.snapshot();
    let mut places = world.places.iter();
    let source = places.find(|((account, _), _)| account == SOURCE);
    let mut certificates = source.unwrap().1.certificates.values();
    certificates.all(|it| it.status == Status::Active && it.policies.len() == 2)
}

#[tokio::test(start_paused = true)]
async fn what_stopped_is_put_back_all_at_once_or_alone() {
    let (simulator, _) = fleet(4).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    let transfer = Operation::TransferCertificate;
    simulator.inject(transfer, Fault::Pass, Times::Count(1));
    simulator.inject(transfer, Fault::AccessDenied, Times::Forever);
    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    transfer_all(&mut person).await;
    assert!(person.screen().contains("3 failed"), "{}", person.screen());
    drop(person);

    let mut person = Start::new(&simulator).journal(&journal).settled().await;
    assert!(person.screen().contains("3 certificates stopped half-way"));
    // A row of the list offers the same for itself.
    // Nothing opens by itself.
    assert!(person.row("stopped half-way").contains("J shows"));
    person.keys("/ status:inactive enter o");
    for offered in ["Resume…", "Put back…", "Leave as is…"] {
        assert!(person.screen().contains(offered), "{}", person.screen());
    }
    person.choose("Put back");
    person.settle().await;
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::Active), 1);
    person.keys("esc J");
    person.choose("Resume all 2 stopped half-way");
    person.settle().await;
    let to = "Transfers 2 certificates to 4444-5555-6666 fleet-eu";
    assert!(person.screen().contains(to), "{}", person.screen());
    person.keys("esc J");
    person.choose("Put back all 2 stopped half-way");
    person.settle().await;
    let had = "2 certificates had 4 policies and 2 things in all; 2 were";
    assert!(person.screen().contains(had), "{}", person.screen());
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("2 of 2"), "{}", person.screen());
    assert_eq!(with_status(&simulator, Status::Active), 3);
    assert!(!person.row("SIMULATOR").contains("half-way"));
}

#[tokio::test(start_paused = true)]
async fn putting_back_many_says_for_which_there_is_nothing() {
    let (simulator, mut person) = fleet(4).await;
    person.keys("space space a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys(RECIPIENT_TYPED).keys("right enter");
    person.settle().await;
    person.keys("esc * a");
    assert!(person.row("Put back…").contains("what the journal has"));
    person.choose("Put back");
    person.settle().await;
    for said in [
        "4 certificates in 1111-2222-3333",
        "Left out  2: the journal has nothing to put back.",
        "2 certificates had 4 policies and 2 things in all; 2 were",
        "2 of them are offered to others: taken back",
        "about 1 s at 80 % of the published quotas",
    ] {
        assert!(
            person.screen().contains(said),
            "{said} in:\n{}",
            person.screen()
        );
    }
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("2 of 2"), "{}", person.screen());
    assert!(whole(&simulator));
}

#[tokio::test(start_paused = true)]
async fn the_log_has_every_call_and_the_exit_those_without_an_answer() {
    let (simulator, mut person) = fleet(3).await;
    let deactivate = Operation::UpdateCertificate;
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    simulator.inject(deactivate, lost, Times::Forever);
    person.keys("space a");
    person.choose("Deactivate");
    person.keys("right enter").settle().await;
    simulator.clear_faults();
    person.keys("esc space a");
    person.choose("Deactivate");
    person.keys("right enter").settle().await;
    person.keys("esc L");
    let log = person.keys("Y").copied.last().cloned().unwrap();
    assert_eq!(log.matches("--new-status=INACTIVE").count(), 2, "{log}");
    assert_eq!(log.matches("done, request id").count(), 1, "{log}");
    let lost = "done; the answer was lost, AWS's state shows it";
    assert_eq!(log.matches(lost).count(), 1, "{log}");
    assert_eq!(with_status(&simulator, Status::Inactive), 2);
    assert_eq!(unknown_changes(&person.app), Vec::<String>::new());

    // Those that were sent are said to be on their way, and those that were not are not.
    person.keys("esc * a");
    simulator.set_latency(Some(deactivate), Duration::from_secs(5));
    person.choose("Activate");
    person.keys("right enter").sees("waiting for AWS").await;
    person.keys("ctrl-c ctrl-c ctrl-c");
    assert!(person.gone);
    let unknown = unknown_changes(&person.app);
    assert!(!unknown.is_empty());
    for line in &unknown {
        assert!(line.contains("AWS had not answered"), "{line}");
        assert!(line.contains("--new-status=ACTIVE"), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_turns_out_to_be_done_is_not_in_doubt_any_more() {
    let (simulator, mut person) = fleet(1).await;
    // The transfer is made, and nothing can be seen of it.
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    simulator.inject(Operation::TransferCertificate, lost, Times::Count(1));
    simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
    person.keys("space a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys(RECIPIENT_TYPED).keys("right enter");
    person.sees("✓ wait until nothing is attached").await;
    simulator.deny(SOURCE, "iot:DescribeCertificate");
    person.settle().await;
    assert_eq!(unknown_changes(&person.app).len(), 1, "{}", person.screen());
    simulator.allow(SOURCE, "iot:DescribeCertificate");
    simulator.allow(SOURCE, "iot:ListOutgoingCertificates");
    person.keys("o");
    person.choose("Resume");
    person.settle().await;
    person.keys("6666 tab right").keys("enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    assert_eq!(unknown_changes(&person.app), Vec::<String>::new());
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 1);
}

#[tokio::test(start_paused = true)]
async fn a_put_back_that_failed_is_tried_again_as_a_put_back() {
    let (simulator, mut person) = fleet(3).await;
    transfer_all(&mut person).await;
    assert!(person.screen().contains("3 of 3"), "{}", person.screen());
    person.keys("esc * a");
    person.choose("Put back");
    person.settle().await;
    simulator.deny(SOURCE, "iot:DescribeCertificate");
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("3 failed"), "{}", person.screen());
    simulator.allow(SOURCE, "iot:DescribeCertificate");
    person.keys("r").settle().await;
    let had = "3 certificates had 6 policies and 3 things in all; 3 were";
    assert!(person.screen().contains(had), "{}", person.screen());
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("3 of 3"), "{}", person.screen());
    assert!(whole(&simulator));
}

#[tokio::test(start_paused = true)]
async fn the_question_whether_to_quit_does_not_stop_what_is_looked_at_beneath_it() {
    let (simulator, mut person) = fleet(8).await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(20));
    person.keys("space space a");
    person.choose("Deactivate");
    person.keys("right enter esc space space a");
    person.choose("Start transfer");
    person.keys("ctrl-c");
    assert!(person.screen().contains("Stop and quit"));
    person.keys("esc");
    person.sees("detaches 4 policies and 2 things").await;
}

#[tokio::test(start_paused = true)]
async fn only_those_that_are_still_ready_are_transferred_as_ready() {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let ready = Fleet {
        status: Some(Status::Inactive),
        policies: 0,
        things: 0,
        ..Fleet::new(SOURCE, 3)
    };
    simulator.add_fleet(&ready).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("* a");
    person.choose("Transfer the ready ones");
    person.settle().await;
    // Somebody provisions one of them while the dialog is open.
    let world = simulator.snapshot();
    let place = world.places.values().find(|it| !it.certificates.is_empty());
    let one = place.unwrap().certificates.keys().next().unwrap();
    simulator.create_policy(SOURCE, "new", &serde_json::json!({}));
    simulator.attach_policy(SOURCE, one, "new").unwrap();
    person.keys(RECIPIENT_TYPED).keys("right enter");
    person.settle().await;
    let screen = person.screen();
    assert!(screen.contains("1 failed · 2 done"), "{screen}");
    assert!(screen.contains("1 policy is attached"), "{screen}");
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 2);
}

#[tokio::test(start_paused = true)]
async fn who_offers_is_said_before_many_are_accepted() {
    let (simulator, mut person) = fleet(3).await;
    transfer_all(&mut person).await;
    let stranger = "777788889999";
    simulator.create_account(stranger);
    let theirs = Fleet {
        status: Some(Status::Inactive),
        policies: 0,
        things: 0,
        first: 100,
        ..Fleet::new(stranger, 1)
    };
    simulator.add_fleet(&theirs).unwrap();
    let world = simulator.snapshot();
    let mut places = world.places.iter();
    let place = places.find(|((account, _), _)| account == stranger);
    let one = place.unwrap().1.certificates.keys().next().unwrap();
    simulator.offer(stranger, one, RECIPIENT, None).unwrap();
    let mut other = Start::new(&simulator).recipient().settled().await;
    other.keys("* a");
    other.choose("Accept transfer and activate");
    for said in [
        "3 certificates from 1111-2222-3333 fleet-prod",
        "1 certificate from 7777-8888-9999 unknown account",
    ] {
        assert!(other.screen().contains(said), "{}", other.screen());
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_no_failure_and_what_it_leaves_is_shown() {
    let (simulator, mut person) = fleet(3).await;
    transfer_all(&mut person).await;
    simulator.set_latency(Some(Operation::DescribeCertificate), Duration::from_secs(5));
    person.keys("esc * a");
    person.choose("Put back");
    person.settle().await;
    person.keys("right enter ctrl-c esc");
    assert!(person.screen().contains("It keeps running."));
    person.keys("x s").settle().await;
    let screen = person.screen();
    assert!(screen.contains("3 not begun"), "{screen}");
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 3);
    assert_eq!(person.app.left_open(), 0);
    simulator.set_latency(None, Duration::ZERO);

    simulator.deny(SOURCE, "iot:AttachThingPrincipal");
    person.keys("r").settle().await;
    person.keys("right enter").settle().await;
    assert!(person.screen().contains("3 failed"), "{}", person.screen());
    let missing = "iot:AttachThingPrincipal is missing: assets/iam/source.json has it.";
    let said = &person.app.flash.as_ref().unwrap().text;
    assert!(said.contains(missing), "{said}");
    assert_eq!(person.app.left_open(), 3);
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 0);
    assert_eq!(with_status(&simulator, Status::Active), 0);
    // What is refused leaves them as they were left.
    person.keys("esc");
    transfer_all(&mut person).await;
    assert!(
        person.screen().contains("it has an open run already"),
        "{}",
        person.screen()
    );
    assert_eq!(person.app.left_open(), 3);
    person.keys("esc");
    assert!(
        person.screen().contains("half-way: o decides"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_batch_had_not_begun_is_offered_to_the_next_start() {
    let (simulator, person) = fleet(3).await;
    drop(person);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal/journal.db");
    let account = |digits: &str| AccountId::parse(digits).unwrap();
    let place = Place {
        control_plane: ControlPlane::Other("simulator".to_owned()),
        ..Place::aws("us-east-1", account(SOURCE))
    };
    let mut ids: Vec<CertificateId> = (simulator.snapshot().places.values())
        .flat_map(|place| place.certificates.keys())
        .map(|id| CertificateId::parse(id).unwrap())
        .collect();
    ids.truncate(2);
    let journal = Journal::open(&path, &Options::default()).unwrap();
    journal
        .begin_batch(
            &place,
            &OfferTo {
                to: account("444455556666"),
                message: Some("moving"),
                hand_over: false,
            },
            &ids,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
    drop(journal);

    let mut person = Start::new(&simulator).journal(&path).settled().await;
    assert!(
        person.row("SIMULATOR").contains("2 not begun"),
        "{}",
        person.screen()
    );
    assert!(
        person.row("In the journal").contains("J shows"),
        "{}",
        person.screen()
    );
    person.keys("J");
    assert!(
        person.screen().contains("Not begun: 2 certificates"),
        "{}",
        person.screen()
    );
    person.keys("enter b").settle().await;
    assert!(
        person.row("Account").contains("444455556666"),
        "{}",
        person.screen()
    );
    assert!(person.row("Message").contains("moving"));
    person
        .keys("tab tab tab right")
        .keys("enter")
        .settle()
        .await;
    assert_eq!(with_status(&simulator, Status::PendingTransfer), 2);
    assert!(
        !person.row("SIMULATOR").contains("not begun"),
        "{}",
        person.screen()
    );
    drop(person);
    let person = Start::new(&simulator).journal(&path).settled().await;
    assert!(
        !person.screen().contains("not begun"),
        "{}",
        person.screen()
    );
}
