//! The page of transfers, and the watch over them.

use std::time::Duration;

use certferry::{
    domain::CertificateId,
    simulator::{NewCertificate, Operation, Simulator, Status},
};

use super::person::{NOW, Person, RECIPIENT, SOURCE, Start, clock, short};

const THIRD: &str = "222233334444";

fn world() -> Simulator {
    let simulator = Simulator::new(clock());
    for account in [SOURCE, RECIPIENT, THIRD] {
        simulator.create_account(account);
    }
    simulator
}

fn certificate(simulator: &Simulator, account: &str, n: u64) -> String {
    let created = (NOW - i64::try_from(n).unwrap() * 86_400) * 1_000;
    let new = NewCertificate::new("press", n).status(Status::Inactive);
    simulator
        .add_certificate(account, &new.created(created))
        .unwrap()
}

fn offered(simulator: &Simulator, from: &str, to: &str, n: u64, message: &str) -> String {
    let id = certificate(simulator, from, n);
    simulator.offer(from, &id, to, Some(message)).unwrap();
    id
}

/// Somebody else does something in an account, with the real client.
pub(super) fn elsewhere(simulator: &Simulator, account: &str) -> aws_sdk_iot::Client {
    use aws_sdk_iot::config::{BehaviorVersion, Credentials, Region};
    let key = simulator.access_key(account);
    let credentials =
        Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test");
    let config = aws_sdk_iot::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .http_client(simulator.http_client())
        .build();
    aws_sdk_iot::Client::from_conf(config)
}

fn calls(simulator: &Simulator) -> usize {
    simulator.calls().len()
}

/// Lets so many looks of the watch pass.
pub(super) async fn looks(person: &mut Person, n: u32) {
    for _ in 0..n {
        person.one_look().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_inbox_says_who_offers_what_and_since_when() {
    let simulator = world();
    let id = offered(&simulator, RECIPIENT, SOURCE, 1, "line 4 moves\u{1b}[2J");
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("i").settle().await;
    let row = person.row(&short(&id));
    assert!(
        row.contains("from 4444-5555-6666 fleet-eu, offered just now  line 4 moves\\x1b[2J"),
        "{row}"
    );
    assert!(person.screen().contains("[Inbox 1]"), "{}", person.screen());
    assert!(
        person
            .screen()
            .contains("Transfers of 1111-2222-3333 fleet-prod, us-east-1")
    );
    // Enter opens it, where it can be accepted.
    person.keys("enter").settle().await;
    assert!(person.app.dialogs.is_empty());
    let shown = person.app.side.details.as_ref().unwrap().id;
    assert_eq!(shown.to_string(), id);
}

#[tokio::test(start_paused = true)]
async fn the_outbox_has_the_oldest_offer_first_and_warns_of_parked_ones() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("i tab").settle().await;
    let screen = person.screen();
    let rows: Vec<&str> = screen
        .lines()
        .filter(|line| line.contains(" to "))
        .collect();
    assert!(rows.len() >= 4, "{screen}");
    assert!(rows[0].contains("parked"), "{screen}");
    assert!(!rows[rows.len() - 1].contains("parked"), "{screen}");
    person.keys("tab");
    assert!(person.screen().contains("Nothing was reported yet."));
    person.keys("backtab backtab o");
    assert!(
        person.screen().contains("Accept transfer…"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn what_others_do_is_reported_with_one_call_in_thirty_seconds() {
    let simulator = world();
    let ids: Vec<String> = (1..=3)
        .map(|n| offered(&simulator, SOURCE, RECIPIENT, n, ""))
        .collect();
    let start = Start::new(&simulator)
        .config("bell = true\ndevice_names = false\n")
        .size(130, 24);
    let mut person = start.settled().await;
    person.keys("w");
    assert!(person.screen().contains("watching"), "{}", person.screen());
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(&ids[0]);
    accept.send().await.unwrap();
    let reject = there.reject_certificate_transfer().certificate_id(&ids[1]);
    reject
        .reject_reason("wrong \u{1b}fleet")
        .send()
        .await
        .unwrap();
    let arrived = offered(&simulator, THIRD, SOURCE, 9, "for you");

    let (before, began) = (calls(&simulator), tokio::time::Instant::now());
    // The outgoing transfers, the two that are gone, the certificates, and the one that came.
    looks(&mut person, 5).await;
    assert_eq!(calls(&simulator) - before, 5);
    assert!(began.elapsed() >= Duration::from_secs(150));
    assert_eq!(person.rung, 3);
    assert!(
        person
            .screen()
            .contains(&format!("{} is offered by 2222-3333-4444", short(&arrived)))
    );
    person.keys("i tab tab");
    let screen = person.screen();
    for text in [
        format!("{} was accepted by 4444-5555-6666 fleet-eu", short(&ids[0])),
        format!("{} was rejected: wrong \\x1bfleet", short(&ids[1])),
        format!("{} is offered by 2222-3333-4444", short(&arrived)),
    ] {
        assert!(screen.contains(&text), "{text}:\n{screen}");
    }
    // Its row says so without another call.
    person.keys("esc");
    assert!(
        !person.screen().contains(&short(&ids[0])),
        "{}",
        person.screen()
    );
    assert!(
        person.row(&short(&ids[1])).contains("rejected: wrong"),
        "{}",
        person.screen()
    );
    assert!(person.row(&short(&arrived)).contains("from 2222-3333-4444"));
    assert_eq!(calls(&simulator) - before, 5);
    // What came back stands in the outbox, with the reason.
    person.keys("i tab");
    let row = person.row(&short(&ids[1]));
    assert!(
        row.contains("came back, rejected: wrong \\x1bfleet"),
        "{row}"
    );
}

#[tokio::test(start_paused = true)]
async fn both_sides_are_watched_and_the_key_stops_it() {
    let simulator = world();
    let id = certificate(&simulator, SOURCE, 1);
    let mut person = Start::new(&simulator)
        .both_sides()
        .size(120, 24)
        .settled()
        .await;
    person.keys("w");
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    let before = calls(&simulator);
    // Each side asks for its outgoing transfers, its certificates, and the recipient for what came.
    looks(&mut person, 6).await;
    let screen = person.screen();
    let said = format!(
        "In 4444-5555-6666 fleet-eu, us-east-1: {} is offered by 1111",
        short(&id)
    );
    assert!(screen.contains(&said), "{screen}");
    assert!(calls(&simulator) - before <= 7);
    person.keys("w");
    assert!(
        !person.screen().contains("watching  "),
        "{}",
        person.screen()
    );
    let before = calls(&simulator);
    tokio::time::sleep(Duration::from_mins(5)).await;
    person.settle().await;
    assert_eq!(calls(&simulator), before);
}

#[tokio::test(start_paused = true)]
async fn a_start_can_watch_and_the_page_of_transfers_stops_it() {
    let simulator = world();
    let start = Start::new(&simulator).both_sides().watching();
    let mut person = start.size(120, 24).settled().await;
    assert!(person.screen().contains("watching"), "{}", person.screen());
    looks(&mut person, 2).await;
    person.keys("i");
    assert!(
        person.screen().contains("watching, last looked at"),
        "{}",
        person.screen()
    );
    person.keys("w");
    assert!(
        person.screen().contains("not watching"),
        "{}",
        person.screen()
    );
    let before = calls(&simulator);
    tokio::time::sleep(Duration::from_mins(5)).await;
    person.keys("x").settle().await;
    assert_eq!(
        calls(&simulator),
        before,
        "the other side is not watched either"
    );
    person.keys("w");
    assert!(person.screen().contains("watching"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn what_is_done_here_is_not_reported() {
    let simulator = world();
    let id = offered(&simulator, SOURCE, RECIPIENT, 1, "");
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("w o").choose("Revoke transfer");
    person.settle().await;
    person.keys("right enter").settle().await;
    assert_eq!(
        simulator.certificate(SOURCE, &id).unwrap().status,
        Status::Inactive
    );
    looks(&mut person, 4).await;
    let id = CertificateId::parse(&id).unwrap();
    assert!(
        person.app.side.reports.is_empty(),
        "{:?} {id}",
        person.app.side.reports
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_person_has_seen_by_a_refresh_is_reported_all_the_same() {
    let simulator = world();
    let ids: Vec<String> = (1..=2)
        .map(|n| offered(&simulator, SOURCE, RECIPIENT, n, ""))
        .collect();
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("w");
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(&ids[0]);
    accept.send().await.unwrap();
    let reject = there.reject_certificate_transfer().certificate_id(&ids[1]);
    reject.send().await.unwrap();
    person.keys("r").settle().await;
    looks(&mut person, 3).await;
    let texts: Vec<&str> = person
        .app
        .side
        .reports
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_offered_again_after_it_was_taken_back_here_is_reported() {
    let simulator = world();
    let id = offered(&simulator, SOURCE, RECIPIENT, 1, "");
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("o").choose("Revoke transfer");
    person.settle().await;
    person.keys("right enter").settle().await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
    person.settle().await;
    person.keys("esc esc w");
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(&id);
    accept.send().await.unwrap();
    looks(&mut person, 2).await;
    assert_eq!(person.app.side.reports.len(), 1, "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn the_cursor_passes_two_reports_of_one_certificate() {
    let simulator = world();
    let other = offered(&simulator, SOURCE, RECIPIENT, 1, "");
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("w");
    let id = offered(&simulator, THIRD, SOURCE, 9, "");
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(&other);
    accept.send().await.unwrap();
    looks(&mut person, 4).await;
    let sender = elsewhere(&simulator, THIRD);
    let cancel = sender.cancel_certificate_transfer().certificate_id(&id);
    cancel.send().await.unwrap();
    looks(&mut person, 3).await;
    // The newest first: withdrawn, arrived, and before both the one that was accepted.
    person.keys("i tab tab");
    let on = |person: &Person| person.row("│ > ");
    assert!(
        on(&person).contains("not offered here any more"),
        "{}",
        person.screen()
    );
    person.keys("down");
    assert!(on(&person).contains("is offered by"), "{}", person.screen());
    person.keys("down");
    assert!(
        on(&person).contains("was accepted by"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_stops_when_the_credentials_end_and_says_so() {
    let simulator = world();
    offered(&simulator, SOURCE, RECIPIENT, 1, "");
    let mut person = Start::new(&simulator)
        .config("device_names = false\n")
        .size(120, 24)
        .settled()
        .await;
    person.keys("w");
    simulator.set_expired(SOURCE, true);
    looks(&mut person, 1).await;
    let screen = person.screen();
    assert!(screen.contains("Watching has stopped"), "{screen}");
    let before = calls(&simulator);
    tokio::time::sleep(Duration::from_mins(5)).await;
    person.settle().await;
    assert_eq!(calls(&simulator), before, "nothing is asked by itself");
    assert_eq!(person.rung, 0, "nobody asked for a bell");
}

#[tokio::test(start_paused = true)]
async fn fresh_credentials_go_on_watching() {
    let simulator = world();
    let id = offered(&simulator, SOURCE, RECIPIENT, 1, "");
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("w S").choose("1111-2222-3333");
    person.settle().await;
    let there = elsewhere(&simulator, RECIPIENT);
    let accept = there.accept_certificate_transfer().certificate_id(&id);
    accept.send().await.unwrap();
    looks(&mut person, 2).await;
    assert!(
        person.screen().contains("was accepted by"),
        "{}",
        person.screen()
    );
}

/// Whether anything was done about an offer.
fn is_answered(simulator: &Simulator) -> bool {
    let answers = [
        Operation::AcceptCertificateTransfer,
        Operation::RejectCertificateTransfer,
        Operation::CancelCertificateTransfer,
    ];
    let calls = simulator.calls();
    calls
        .iter()
        .any(|call| call.operation.is_some_and(|it| answers.contains(&it)))
}

/// The letters of the actions act on a row of the inbox and of the outbox as they do on one of the list.
#[tokio::test(start_paused = true)]
async fn the_letters_of_actions_act_on_rows_of_the_transfers() {
    let simulator = world();
    let come = offered(&simulator, RECIPIENT, SOURCE, 1, "x");
    let gone = offered(&simulator, SOURCE, RECIPIENT, 2, "y");
    let mut person = Start::new(&simulator).size(120, 40).settled().await;
    person.keys("i").settle().await;
    person.keys("?");
    assert!(
        person.screen().contains("Reject transfer"),
        "{}",
        person.screen()
    );
    person.keys("esc X").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains(&format!("Reject transfer of {}", short(&come))),
        "{screen}"
    );
    // What is wrong for this row is said, and what is for many at once alone does nothing.
    person.keys("esc W");
    let screen = person.screen();
    assert!(screen.contains("only the sender can"), "{screen}");
    person.keys("T");
    assert!(person.screen().contains("T does nothing here"));
    person.keys("tab W").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("Revoke transfer") && screen.contains(&short(&gone)),
        "{screen}"
    );
    assert!(!is_answered(&simulator), "a letter opens its dialog alone");
}

/// Who offers a certificate decides whether it is accepted: it is asked before the button can be pressed, of rows far
/// from the first ones too.
#[tokio::test(start_paused = true)]
async fn what_is_accepted_says_who_offers_it_first() {
    let simulator = world();
    for n in 1..=80 {
        offered(&simulator, RECIPIENT, SOURCE, n, "x");
    }
    let mut person = Start::new(&simulator).size(120, 40).settled().await;
    person.keys("G A");
    let screen = person.screen();
    assert!(screen.contains("Looking at who offers it…"), "{screen}");
    person.keys("ctrl-y");
    person.settle().await;
    assert!(!is_answered(&simulator), "{}", person.screen());
    let screen = person.screen();
    assert!(
        screen.contains("by 4444-5555-6666 fleet-eu, since 2026-11-24"),
        "{screen}"
    );
    person.keys("esc g");
    // All at once.
    person.keys("* A");
    let screen = person.screen();
    assert!(screen.contains("Looking at who offers them: "), "{screen}");
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("80 certificates from 4444-5555-6666 fleet-eu"),
        "{screen}"
    );
    assert!(!screen.contains("Looking at"), "{screen}");
    assert!(!is_answered(&simulator), "nobody has confirmed it");
    // Where the list is not in sight.
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("i G A");
    let screen = person.screen();
    assert!(screen.contains("Looking at who offers it…"), "{screen}");
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("by 4444-5555-6666") && !screen.contains("Looking at"),
        "{screen}"
    );
}

/// What AWS refuses to tell is said, and keeps nobody from anything.
#[tokio::test(start_paused = true)]
async fn a_sender_that_is_not_told_is_said() {
    let simulator = world();
    offered(&simulator, RECIPIENT, SOURCE, 1, "x");
    simulator.deny(SOURCE, "iot:DescribeCertificate");
    let mut person = Start::new(&simulator).size(120, 40).settled().await;
    person.keys("A").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("a sender that AWS does not tell"),
        "{screen}"
    );
    assert!(!screen.contains("Looking at"), "{screen}");
    // Accepting itself looks at the certificate once more.
    simulator.allow(SOURCE, "iot:DescribeCertificate");
    person.keys("ctrl-y").settle().await;
    let mine = elsewhere(&simulator, SOURCE).list_certificates().send();
    let status = mine.await.unwrap().certificates()[0].status().cloned();
    assert_eq!(status.unwrap().as_str(), "INACTIVE", "it was accepted");
}
