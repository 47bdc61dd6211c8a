//! What goes wrong, and what a person sees of it.

use std::time::Duration;

use certferry::simulator::{
    Assumptions, Fault, Loss, NewCertificate, Operation, PrincipalType, Simulator, SourceDescribe,
    SourceList, Status, Times,
};
use serde_json::json;

use super::{
    person::{RECIPIENT, SOURCE, Start, clock, short},
    runs::fleet,
};

fn world(status: Status) -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let new = NewCertificate::new("press-line-7", 7).status(status);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    (simulator, id)
}

fn calls(simulator: &Simulator, operation: Operation) -> usize {
    simulator
        .calls()
        .iter()
        .filter(|call| call.operation == Some(operation))
        .count()
}

#[tokio::test(start_paused = true)]
async fn denied_lists_say_what_to_ask_for() {
    let (simulator, id) = world(Status::Inactive);
    simulator.deny(SOURCE, "iot:ListCertificates");
    let mut person = Start::new(&simulator).settled().await;
    assert!(person.screen().contains("Cannot list the certificates"));
    assert!(
        person
            .screen()
            .contains("Ask for the IAM action iot:ListCertificates (assets/iam/source.json).")
    );
    assert!(person.row("AWS's code").contains("AccessDeniedException"));
    assert!(person.screen().contains("r tries again"));
    simulator.allow(SOURCE, "iot:ListCertificates");
    person.keys("r").settle().await;
    assert!(person.screen().contains(&short(&id)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_keeps_the_rows_and_says_how_old_they_are() {
    let (simulator, id) = world(Status::Inactive);
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_expired(SOURCE, true);
    person.keys("r").settle().await;
    assert!(person.row("refresh failed").contains("as of 10:00 UTC"));
    assert!(
        person
            .row("refresh failed")
            .contains("the credentials have expired")
    );
    assert!(person.screen().contains(&short(&id)));
    // After signing in again the next refresh takes fresh credentials.
    simulator.set_expired(SOURCE, false);
    person.keys("r").settle().await;
    assert!(!person.screen().contains("refresh failed"));
    assert!(person.screen().contains(&short(&id)));
}

#[tokio::test(start_paused = true)]
async fn the_first_page_is_there_at_once_and_the_rest_is_counted_in() {
    let simulator = Simulator::with_fleet(clock(), 1_000).unwrap();
    simulator.set_latency(Some(Operation::ListCertificates), Duration::from_secs(2));
    let mut person = Start::new(&simulator).started();
    person.sees("250 so far…").await;
    // It can be used meanwhile.
    person.keys("down down");
    let selected = person.app.side.list.selected().unwrap();
    person.sees("500 so far…").await.sees("750 so far…").await;
    person.settle().await;
    assert!(person.row("Certificates").contains("1,000"));
    assert_eq!(person.app.side.list.selected(), Some(selected));
    // A page that fails keeps what came before it, and says so.
    let mut person = Start::new(&simulator).started();
    person.sees("250 so far…").await;
    simulator.deny(SOURCE, "iot:ListCertificates");
    person.settle().await;
    assert!(
        person
            .row("Certificates")
            .contains("so far, then: access denied")
    );
}

#[tokio::test(start_paused = true)]
async fn without_sts_the_account_is_read_from_an_arn() {
    let (simulator, _) = world(Status::Inactive);
    let reset = Fault::NoAnswerBefore(Loss::Reset);
    simulator.inject(Operation::GetCallerIdentity, reset, Times::Forever);
    let mut person = Start::new(&simulator).settled().await;
    assert!(person.row("certferry").contains("1111-2222-3333"));
    person.keys("enter").settle().await;
    assert!(person.screen().contains("Policies 0"));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_never_answers_can_be_left_at_once() {
    let (simulator, _) = world(Status::Inactive);
    simulator.set_latency(None, Duration::from_hours(1));
    let mut person = Start::new(&simulator).started();
    person.sees("Loading…").await;
    person.keys("q");
    assert!(person.gone);
    // And if it is not left, the calls end by themselves.
    let mut person = Start::new(&simulator).settled().await;
    assert!(person.screen().contains("no answer in time"));
    person.keys("ctrl-c");
    assert!(person.gone);
}

#[tokio::test(start_paused = true)]
async fn each_precondition_is_checked_before_aws_is_asked() {
    let (simulator, id) = world(Status::Inactive);
    simulator.create_policy(SOURCE, "press-base", &json!({}));
    simulator.attach_policy(SOURCE, &id, "press-base").unwrap();
    simulator.create_thing(SOURCE, "press-7", None, &[]);
    let kind = PrincipalType::ExclusiveThing;
    simulator
        .attach_thing(SOURCE, &id, "press-7", kind)
        .unwrap();
    let mut person = Start::new(&simulator).settled().await;

    // From the row nothing is known of its attachments; the dialog looks, and names them.
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    assert!(person.screen().contains("detaches 1 policy and 1 thing"));
    person.keys("444455556666 tab tab");
    assert!(person.row("> [ Cancel ]").contains("[ Start transfer ]"));
    let before = simulator.snapshot();
    person.keys("enter").settle().await;
    assert_eq!(simulator.snapshot(), before);
    assert_eq!(calls(&simulator, Operation::TransferCertificate), 0);
}

#[tokio::test(start_paused = true)]
async fn wrong_accounts_and_long_messages_are_refused_as_they_are_typed() {
    let (simulator, _) = world(Status::Inactive);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("12345");
    assert!(person.screen().contains("5 of 12 digits"));
    person.keys("x");
    assert!(person.screen().contains("x is not a digit"));
    person.keys("ctrl-u 111122223333");
    assert!(
        person
            .screen()
            .contains("this is the certificate's own account")
    );
    person.keys("ctrl-u 999999999999");
    assert!(person.screen().contains("9999-9999-9999  unknown account"));
    person.keys("tab");
    person.paste(&format!("{}\n", "m".repeat(130)));
    assert!(person.screen().contains("2 too many"));
    person.keys("tab right enter").settle().await;
    assert_eq!(calls(&simulator, Operation::TransferCertificate), 0);
    // A pasted newline pressed nothing, and what was typed is still there.
    assert!(person.screen().contains("999999999999"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_transfer_shows_why_and_loses_nothing() {
    let (simulator, id) = world(Status::Inactive);
    simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut person = Start::new(&simulator).settled().await;
    person.keys("o");
    person.choose("Start transfer");
    person.settle().await;
    person
        .keys("444455556666 tab \"for you\" tab right enter")
        .settle()
        .await;
    assert!(
        person.screen().contains("refused: access denied"),
        "{}",
        person.screen()
    );
    assert!(
        person
            .screen()
            .contains("Ask for the IAM action iot:TransferCertificate (assets/iam/source.json).")
    );
    let state = simulator.certificate(SOURCE, &id).unwrap();
    assert_eq!(state.status, Status::Inactive);

    // Nothing was changed, so there is nothing to decide about; and what was typed is not lost.
    assert!(!person.row("SIMULATOR").contains("half-way"));
    person.keys("r").settle().await;
    assert!(person.screen().contains("444455556666"));
    assert!(person.screen().contains("for you"));
    simulator.allow(SOURCE, "iot:TransferCertificate");
    person.keys("tab tab right enter").settle().await;
    assert!(
        person.screen().contains("✓ see it among the outgoing"),
        "{}",
        person.screen()
    );
}

/// As against an endpoint that has certificates but no transfers.
#[tokio::test(start_paused = true)]
async fn after_an_answer_that_says_nothing_the_screen_shows_what_is_true_now() {
    let (simulator, id) = world(Status::Inactive);
    for operation in [
        Operation::TransferCertificate,
        Operation::ListOutgoingCertificates,
    ] {
        simulator.inject(operation, Fault::internal_failure(), Times::Forever);
    }
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.sees("✓ policies").await;
    person.keys("a");
    person.choose("Start transfer");
    person.settle().await;
    person.keys("444455556666 tab tab right enter");
    person.sees("✗ transfer to").await;
    let document = json!({"Version": "2012-10-17", "Statement": []});
    simulator.create_policy(SOURCE, "press-base", &document);
    simulator.attach_policy(SOURCE, &id, "press-base").unwrap();
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("It is not known whether AWS did it."),
        "{screen}"
    );
    assert!(screen.contains("Look at the certificate"), "{screen}");

    person.keys("esc").settle().await;
    let screen = person.screen();
    assert!(screen.contains("Policies 1"), "{screen}");
    assert!(person.row("✗ policies").contains("✗"), "{screen}");
    assert!(!screen.contains("Nothing was changed"), "{screen}");
    assert!(screen.contains("1 half-way"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_answer_aws_is_looked_at() {
    let (simulator, id) = world(Status::Inactive);
    // Where AWS shows that it had no effect, it is sent once more.
    for (fault, sent) in [
        (Fault::NoAnswerBefore(Loss::Reset), 2),
        (Fault::NoAnswerAfter(Loss::Silence), 1),
    ] {
        let mut person = Start::new(&simulator).settled().await;
        person.keys("o");
        person.choose("Start transfer");
        person.settle().await;
        simulator.inject(Operation::TransferCertificate, fault, Times::Count(1));
        simulator.clear_calls();
        person
            .keys("444455556666 tab tab right enter")
            .settle()
            .await;
        assert!(
            person.screen().contains("✓ see it among the outgoing"),
            "{}",
            person.screen()
        );
        assert_eq!(calls(&simulator, Operation::TransferCertificate), sent);
        let state = simulator.certificate(SOURCE, &id).unwrap();
        assert_eq!(state.status, Status::PendingTransfer);
        person.keys("esc o W").keys("right enter").settle().await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_the_source_still_sees_of_a_transfer_is_understood() {
    for list in [SourceList::PendingTransfer, SourceList::Hidden] {
        for describe in [
            SourceDescribe::PendingTransfer,
            SourceDescribe::ResourceNotFound,
        ] {
            let assumptions = Assumptions {
                source_list: list,
                source_describe: describe,
                ..Assumptions::default()
            };
            let simulator = Simulator::with_assumptions(clock(), assumptions);
            simulator.create_account(SOURCE);
            simulator.create_account(RECIPIENT);
            let new = NewCertificate::new("press-line-7", 7).status(Status::Inactive);
            let id = simulator.add_certificate(SOURCE, &new).unwrap();
            simulator
                .offer(SOURCE, &id, RECIPIENT, Some("to you"))
                .unwrap();
            let mut person = Start::new(&simulator).settled().await;
            assert!(person.row(&short(&id)).contains("→ Transferred"));
            person.keys("enter").settle().await;
            assert!(person.screen().contains("→ Transferred"));
            assert!(person.row("Message").contains("to you"));
            person.keys("esc o");
            person.choose("Revoke transfer");
            person.keys("right enter").settle().await;
            assert!(person.row(&short(&id)).contains("○ Inactive"));
            person.keys("r").settle().await;
            assert!(person.row(&short(&id)).contains("○ Inactive"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_only_session_changes_nothing() {
    let simulator = Simulator::demo_at(clock());
    let before = simulator.snapshot();
    let mut person = Start::new(&simulator).read_only().settled().await;
    assert!(person.row("certferry").contains("READ-ONLY"));
    person.keys("enter").settle().await;
    for keys in ["a", "2 o", "3 o"] {
        person.keys(keys);
        assert!(
            person.screen().contains("this session is read-only"),
            "{}",
            person.screen()
        );
        person.keys("esc");
    }
    assert_eq!(simulator.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_profile_changes_nothing_and_another_one_does() {
    let simulator = Simulator::demo_at(clock());
    let config = "[profiles]\nfleet-prod = { read_only = true }\n";
    let start = Start::new(&simulator).config(config);
    let mut person = start.settled().await;
    assert!(person.row("certferry").contains("READ-ONLY"));
    person.keys("a");
    let why = "this session is read-only";
    assert!(person.screen().contains(why), "{}", person.screen());
    person.keys("esc S enter").settle().await;
    let screen = person.screen();
    assert!(screen.contains("4444-5555-6666"), "{screen}");
    assert!(!screen.contains("READ-ONLY"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn foreign_text_cannot_reach_the_terminal_as_it_came() {
    let (simulator, id) = world(Status::Inactive);
    let message = "\u{1b}[31mURGENT\u{1b}]52;c;aGk=\u{7} \u{202e}evitca";
    simulator
        .offer(SOURCE, &id, RECIPIENT, Some(message))
        .unwrap();
    let mut person = Start::new(&simulator).recipient().settled().await;
    person.keys("enter").settle().await;
    assert!(
        person
            .row("Message")
            .contains(r"\x1b[31mURGENT\x1b]52;c;aGk=\x07 \u{202e}evitca")
    );
    person.keys("S").choose("1111-2222-3333");
    person.settle().await;
    person.keys("y");
    person.choose("Note for the recipient");
    assert!(!person.copied.last().unwrap().contains('\u{1b}'));
    person.keys("ctrl-t");
    assert!(!person.shown.last().unwrap().contains('\u{1b}'));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_background_is_that_call_s_failure() {
    let (simulator, _) = world(Status::Active);
    let mut person = Start::new(&simulator).settled().await;
    simulator.inject(
        Operation::DescribeCertificate,
        Fault::Panic,
        Times::Count(1),
    );
    person.keys("enter").settle().await;
    assert!(
        person.screen().contains("Certferry failed."),
        "{}",
        person.screen()
    );
    person.keys("r").settle().await;
    assert!(person.screen().contains("CN=press-line-7"));
}

#[tokio::test(start_paused = true)]
async fn quitting_waits_for_a_change_under_way() {
    let (simulator, id) = world(Status::Active);
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.keys("a");
    person.choose("Deactivate");
    person.keys("right enter esc q");
    assert!(!person.gone);
    assert!(
        person
            .screen()
            .contains("Waiting for AWS to answer 1 change")
    );
    person.settle().await;
    assert!(person.gone);
    assert_eq!(
        simulator.certificate(SOURCE, &id).unwrap().status,
        Status::Inactive
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_s_answer_counts_after_the_account_was_changed() {
    let (simulator, id) = world(Status::Active);
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    person.keys("a");
    person.choose("Deactivate");
    person.keys("right enter esc S").choose("4444-5555-6666");
    person.settle().await;
    assert!(
        person
            .screen()
            .contains("There are no certificates in 4444-5555-6666")
    );
    assert!(
        person
            .screen()
            .contains("In 1111-2222-3333 fleet-prod, us-east-1: "),
        "the answer is shown"
    );
    assert_eq!(
        simulator.certificate(SOURCE, &id).unwrap().status,
        Status::Inactive
    );
}

#[tokio::test(start_paused = true)]
async fn without_sts_unfinished_runs_are_found_by_the_rows() {
    let (simulator, mut person) = fleet(1).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.db");
    drop(person);
    person = Start::new(&simulator).journal(&journal).settled().await;
    simulator.deny(SOURCE, "iot:TransferCertificate");
    person.keys("o t").settle().await;
    person.keys("444455556666 tab tab right").keys("enter");
    person.settle().await;
    drop(person);

    let denied = (Fault::AccessDenied, Times::Forever);
    simulator.inject(Operation::GetCallerIdentity, denied.0, denied.1);
    simulator.set_latency(Some(Operation::ListCertificates), Duration::from_secs(3));
    let mut person = Start::new(&simulator).journal(&journal).started();
    person.keys("J");
    let screen = person.screen();
    assert!(!screen.contains("nothing has stopped"), "{screen}");
    person.settle().await;
    let header = person.row("SIMULATOR");
    assert!(header.contains("1 half-way (J)"), "{}", person.screen());
    person.keys("J");
    assert!(
        person.screen().contains("Half-way: "),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_healthy_run_of_this_certferry_is_not_announced_as_another_s() {
    let (simulator, mut person) = fleet(1).await;
    simulator.set_latency(
        Some(Operation::TransferCertificate),
        Duration::from_secs(20),
    );
    person.keys("o t").settle().await;
    person.keys("444455556666 tab tab right").keys("enter");
    person.sees("✓ wait until nothing is attached").await;
    person.keys("esc enter");
    person.sees("A run of this certferry works on it.").await;
    let screen = person.screen();
    assert!(!screen.contains("Another certferry"), "{screen}");
    assert!(!screen.contains("cut off"), "{screen}");
    person.settle().await;
    assert!(
        !person.screen().contains("works on it"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn lists_that_failed_show_where_they_matter() {
    let (simulator, mut person) = fleet(1).await;
    simulator.deny(SOURCE, "iot:ListPrincipalThings");
    person.keys("enter").settle().await;
    let row = person.row("could not be listed");
    assert!(row.contains("Its things"), "{row}");
    // And without them nothing is transferred.
    person.keys("a t").settle().await;
    person.keys("444455556666 tab tab right").keys("enter");
    assert!(person.app.batches.is_empty());
    assert!(
        person.screen().contains("could not be checked"),
        "{}",
        person.screen()
    );
}

/// Seen 12 times of 12: the SDK sends a detachment again whose answer was lost.
#[tokio::test(start_paused = true)]
async fn a_detachment_that_was_made_is_not_said_to_have_failed() {
    let (simulator, mut person) = fleet(1).await;
    for (tab, operation) in [
        ("2", Operation::DetachPolicy),
        ("3", Operation::DetachThingPrincipal),
    ] {
        simulator.inject(
            operation,
            Fault::NoAnswerAfter(Loss::Reset),
            Times::Count(1),
        );
        simulator.inject(
            operation,
            Fault::answer("ResourceNotFoundException", 404, "gone"),
            Times::Count(3),
        );
        person.keys("enter").settle().await;
        person
            .keys(tab)
            .keys("o D")
            .keys("right enter")
            .settle()
            .await;
        simulator.clear_faults();
        let screen = person.screen();
        assert!(
            screen.contains("is detached") || screen.contains("being detached"),
            "{screen}"
        );
        assert!(!screen.contains("failed"), "{screen}");
        person.keys("esc");
    }
}
