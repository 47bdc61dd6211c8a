//! Hand-overs by keys, with both accounts.

use std::time::Duration;

use certferry::simulator::{
    Fault, NewCertificate, Operation, PrincipalType, Simulator, Status, Times,
};
use serde_json::{Value, json};

use super::{
    person::{Person, RECIPIENT, SOURCE, Start, clock, short},
    transfers::{elsewhere, looks},
};

fn arn(account: &str, resource: &str) -> String {
    format!("arn:aws:iot:us-east-1:{account}:{resource}")
}

fn document(account: &str, topic: &str) -> Value {
    let allow = |action: &str, resource: String| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    json!({ "Version": "2012-10-17", "Statement": [
        allow("iot:Connect", arn(account, "client/${iot:Connection.Thing.ThingName}")),
        allow("iot:Publish", arn(account, &format!("topic/{topic}"))),
    ] })
}

/// Certificates with the policies base, which is missing there, and jobs, which says something else there; each has
/// a thing of a type and a group.
pub(super) fn world(certificates: u64) -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    for account in [SOURCE, RECIPIENT] {
        simulator.create_account(account);
        simulator.create_thing_group(account, "lyon", None);
    }
    simulator.create_policy(SOURCE, "base", &document(SOURCE, "heat"));
    simulator.create_policy(SOURCE, "jobs", &document(SOURCE, "jobs"));
    simulator.create_policy(RECIPIENT, "jobs", &document(RECIPIENT, "cold"));
    simulator.create_thing_type(SOURCE, "Press");
    let ids = (1..=certificates)
        .map(|n| {
            let new = NewCertificate::new("press", n)
                .created(1_700_000_000_000 - i64::try_from(n).unwrap() * 60_000);
            let id = simulator.add_certificate(SOURCE, &new).unwrap();
            let thing = format!("press-{n}");
            simulator.create_thing(SOURCE, &thing, Some("Press"), &[("line", "A1")]);
            let kind = PrincipalType::NonExclusiveThing;
            simulator.attach_thing(SOURCE, &id, &thing, kind).unwrap();
            simulator.put_into_group(SOURCE, "lyon", &thing);
            simulator.attach_policy(SOURCE, &id, "base").unwrap();
            simulator.attach_policy(SOURCE, &id, "jobs").unwrap();
            id
        })
        .collect();
    (simulator, ids)
}

async fn start(simulator: &Simulator) -> Person {
    Start::new(simulator)
        .both_sides()
        .size(110, 40)
        .settled()
        .await
}

/// Opens the page of a hand-over, of the certificate with the cursor or of the marked ones.
pub(super) async fn page(person: &mut Person) {
    person.keys("a").choose("Hand over");
    person.settle().await;
}

/// Moves to the row of the policy jobs.
fn go_to_jobs(person: &mut Person) {
    while !person.screen().contains("> jobs ") {
        person.keys("j");
    }
}

fn jobs_row(person: &Person) -> String {
    let screen = person.screen();
    let mut lines = screen.lines();
    let row = lines.find(|line| line.contains("> jobs "));
    row.unwrap_or_default().to_owned()
}

/// Chooses what becomes of the policy jobs.
pub(super) fn decide(person: &mut Person, choice: &str) {
    go_to_jobs(person);
    person.keys("enter").choose(choice);
}

/// Confirms the dialog of the page.
pub(super) async fn confirm(person: &mut Person) {
    person.keys("M \"6666\" tab tab right enter");
    person.settle().await;
}

fn there(simulator: &Simulator, id: &str) -> (Status, Vec<String>, Vec<String>) {
    let state = simulator.certificate(RECIPIENT, id).unwrap();
    let things = state.things.into_iter().map(|(name, _)| name).collect();
    (state.status, state.policies, things)
}

fn works_there(simulator: &Simulator, ids: &[String], policies: &[&str]) {
    for (n, id) in ids.iter().enumerate() {
        let (status, attached, things) = there(simulator, id);
        assert_eq!(status, Status::Active);
        assert_eq!(attached, policies);
        assert_eq!(things, [format!("press-{}", n + 1)]);
        assert_eq!(simulator.certificate(SOURCE, id), None);
    }
}

#[tokio::test(start_paused = true)]
async fn one_is_handed_over_with_everything_that_it_has() {
    let (simulator, ids) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    for text in [
        "Hand over ",
        "✗ left out: policy jobs says something else there: choose what becomes of it",
        "would be created",
        "! there, OTHER CONTENT: choose what becomes of it",
        "missing: would be created",
    ] {
        assert!(
            person.screen().contains(text),
            "{text}:\n{}",
            person.screen()
        );
    }
    // Before that is chosen there is nothing to confirm.
    person.keys("M");
    assert!(
        person.screen().contains("choose what becomes of it."),
        "{}",
        person.screen()
    );
    go_to_jobs(&mut person);
    person.keys("enter =");
    let difference = person.screen();
    assert!(
        difference.contains("topic/cold") && difference.contains("topic/jobs"),
        "{difference}"
    );
    person.keys("esc");
    decide(&mut person, "Create it there as jobs-2");
    assert!(
        jobs_row(&person).contains("would be created as jobs-2"),
        "{}",
        person.screen()
    );
    person.keys("M");
    for text in [
        "To        4444-5555-6666 fleet-eu, us-east-1",
        "Here      deactivate 1 · detach 2 policies and 1 thing · offer 1",
        "create 2 policies · create 1 thing type · create 1 thing",
        "Undo      Put back, until it is accepted",
    ] {
        assert!(
            person.screen().contains(text),
            "{text}:\n{}",
            person.screen()
        );
    }
    // The wrong account's digits confirm nothing.
    person.keys("\"3333\" tab tab right enter").settle().await;
    assert!(
        person.screen().contains("does not match"),
        "{}",
        person.screen()
    );
    assert!(simulator.certificate(SOURCE, &ids[0]).is_some());
    person.keys("backtab backtab backtab backspace backspace backspace backspace \"6666\" tab tab right enter");
    person.settle().await;
    let screen = person.screen();
    for text in [
        "In 4444-5555-6666 fleet-eu, us-east-1",
        "In 1111-2222-3333 fleet-prod, us-east-1",
        "✓ create policy jobs-2",
        "✓ prove that it is allowed as press-1",
        "✓ activate",
        "✓ done",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
    works_there(&simulator, &ids, &["base", "jobs-2"]);
    // The note has the endpoint there.
    person.keys("y");
    let note = person.copied.last().unwrap();
    assert!(
        note.contains("Endpoint: ") && note.contains("-ats.iot.us-east-1.amazonaws.com"),
        "{note}"
    );
    // It is not in this list any more, and in the other one.
    person.keys("esc");
    assert!(
        !person.screen().contains(&short(&ids[0])),
        "{}",
        person.screen()
    );
    person.keys("x").settle().await;
    assert!(
        person.row(&short(&ids[0])).contains("Active"),
        "{}",
        person.screen()
    );
    // The log has every call with its own account's profile.
    person.keys("L");
    person.keys("G");
    assert!(
        person.screen().contains("4444-5555-6666 fleet-eu"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn names_there_are_typed_and_read_again() {
    let (simulator, ids) = world(1);
    let more = document(RECIPIENT, "jobs");
    simulator.create_policy(RECIPIENT, "jobs-eu", &more);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    person.keys("m");
    assert!(
        person.screen().contains("What it is there"),
        "{}",
        person.screen()
    );
    person.keys("\"eu/\" tab \"jobs>jobs-eu\" tab tab");
    assert!(
        person.screen().contains("letters, digits, :, _ and - only"),
        "{}",
        person.screen()
    );
    person.keys("backtab backtab backtab backspace \"-\" tab tab tab tab tab right enter");
    person.settle().await;
    go_to_jobs(&mut person);
    assert!(
        jobs_row(&person).contains("there, same meaning as jobs-eu"),
        "{}",
        person.screen()
    );
    person.keys("M");
    assert!(
        person.screen().contains("to connect by the new one"),
        "{}",
        person.screen()
    );
    person.keys("esc");
    confirm(&mut person).await;
    let (status, policies, things) = there(&simulator, &ids[0]);
    assert_eq!(status, Status::Active);
    assert_eq!(policies, ["base", "jobs-eu"]);
    assert_eq!(things, ["eu-press-1"]);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_go_over_while_sides_are_changed() {
    let (simulator, ids) = world(200);
    let mut person = start(&simulator).await;
    person.keys("*");
    page(&mut person).await;
    assert!(
        person.screen().contains("read 200 of 200"),
        "{}",
        person.screen()
    );
    decide(&mut person, "Attach what is there");
    person.keys("M");
    assert!(person.screen().contains("Hand over"), "{}", person.screen());
    person.keys("\"6666\" tab tab right enter");
    // Closed, and to the other side and back while it runs.
    person.keys("esc");
    for _ in 0..6 {
        for _ in 0..20 {
            person.one_answer().await;
        }
        person.keys("x");
    }
    person.settle().await;
    works_there(&simulator, &ids, &["base", "jobs"]);
    assert!(
        person.screen().contains("Hand over: 200 done"),
        "{}",
        person.screen()
    );
    person.keys("x").settle().await;
    assert!(
        person.row("Certificates").contains("200"),
        "{}",
        person.screen()
    );
    // The policy that was missing was created once.
    let calls = simulator.calls();
    let creates = calls
        .iter()
        .filter(|it| it.operation == Some(Operation::CreatePolicy));
    assert_eq!(creates.count(), 1);
}

/// Twenty, and five kinds of trouble: each stops its own certificate, says why, and the others arrive.
#[tokio::test(start_paused = true)]
async fn twenty_with_trouble_stop_one_by_one() {
    let (simulator, ids) = world(20);
    // A thing of the same name that is another one, before it is looked at.
    simulator.create_thing(RECIPIENT, "press-3", None, &[("line", "Z9")]);
    let mut person = start(&simulator).await;
    person.keys("*");
    page(&mut person).await;
    let text = "✗ left out: thing press-3 is there and differs: Press here, no type there";
    decide(&mut person, "Attach what is there");
    person.keys("g");
    assert!(person.screen().contains(text), "{}", person.screen());
    person.keys("M");
    assert!(
        person
            .screen()
            .contains("Left out  1 certificate: thing press-3"),
        "{}",
        person.screen()
    );
    // Since it was looked at: one more policy, a thing that somebody has made, one that is gone.
    simulator.create_policy(SOURCE, "debug", &document(SOURCE, "debug"));
    simulator.attach_policy(SOURCE, &ids[4], "debug").unwrap();
    simulator.create_thing(RECIPIENT, "press-6", None, &[]);
    simulator.delete_certificate(SOURCE, &ids[8]);
    // And one that AWS does not attach to its thing.
    simulator.inject(
        Operation::AttachThingPrincipal,
        Fault::Pass,
        Times::Count(7),
    );
    simulator.inject(
        Operation::AttachThingPrincipal,
        Fault::AccessDenied,
        Times::Count(1),
    );
    person.keys("\"6666\" tab tab right enter").settle().await;
    let screen = person.screen();
    for text in [
        "15 of 19",
        "4 failed",
        "attached since it was looked at: debug",
        "thing press-6 is there by now, and differs",
        "DescribeCertificate: not found",
        "access denied (iot:AttachThingPrincipal)",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
    let arrived = ids.iter().filter(|id| {
        let there = simulator.certificate(RECIPIENT, id);
        there.is_some_and(|it| it.status == Status::Active)
    });
    assert_eq!(arrived.count(), 15);
    for n in [2, 4, 5] {
        let state = simulator.certificate(SOURCE, &ids[n]).unwrap();
        assert_eq!(state.status, Status::Active, "{n}");
    }
    // The one that stopped over there is resumed from this page.
    person.keys("r").settle().await;
    assert!(
        person.screen().contains("Left      attach thing"),
        "{}",
        person.screen()
    );
    person.keys("\"6666\" tab right enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
}

/// Many things that differ are one row, which lists each of them.
#[tokio::test(start_paused = true)]
async fn many_things_that_differ_are_said_together() {
    let (simulator, ids) = world(6);
    for n in 1..=5 {
        let line = format!("Z{n}");
        simulator.create_thing(RECIPIENT, &format!("press-{n}"), None, &[("line", &line)]);
    }
    let mut person = start(&simulator).await;
    person.keys("*");
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    person.keys("g j");
    let screen = person.screen();
    assert!(
        screen.contains("✗ left out: their things are there and differ"),
        "{screen}"
    );
    person.keys("enter G");
    assert!(
        person.screen().contains("line A1 here, Z5"),
        "{}",
        person.screen()
    );
    person.keys("esc M");
    let dialog = person.screen();
    assert!(
        dialog.contains("Left out  5 certificates: their things are there and differ"),
        "{dialog}"
    );
    // As they are, they are used.
    person.keys(
        "esc m tab tab tab backspace backspace backspace backspace backspace backspace backspace",
    );
    person
        .keys("backspace backspace \"use\" tab tab right enter")
        .settle()
        .await;
    confirm(&mut person).await;
    for id in &ids {
        assert_eq!(
            there(&simulator, id).0,
            Status::Active,
            "{}",
            person.screen()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_its_way_is_said_in_the_menu() {
    let (simulator, _) = world(1);
    let mut alone = Start::new(&simulator).size(110, 40).settled().await;
    alone.keys("a");
    assert!(
        alone
            .row("Hand over")
            .contains("open the other side first: x"),
        "{}",
        alone.screen()
    );
    for (config, says) in [
        (
            "[accounts]\n\"444455556666\" = { name = \"eu\", transfer = \"deny\" }\n",
            "is marked deny",
        ),
        ("[accounts]\nallow_only = true\n", "is not marked allow"),
        (
            "[profiles]\nfleet-eu = { read_only = true }\n",
            "the other side is read-only",
        ),
    ] {
        let start = Start::new(&simulator).both_sides().config(config);
        let mut person = start.size(110, 40).settled().await;
        person.keys("a");
        assert!(
            person.row("Hand over").contains(says),
            "{says}:\n{}",
            person.screen()
        );
    }
}

/// The other half waits where it stopped: there it is resumed, and afterwards handed back.
#[tokio::test(start_paused = true)]
async fn it_is_resumed_from_the_other_side_and_handed_back() {
    let (simulator, ids) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    simulator.deny(RECIPIENT, "iot:AttachPolicy");
    confirm(&mut person).await;
    let screen = person.screen();
    assert!(
        screen.contains("access denied (iot:AttachPolicy)"),
        "{screen}"
    );
    let missing = "iot:AttachPolicy is missing: assets/iam/hand-over-recipient.json has it.";
    assert!(screen.contains(missing), "{screen}");
    assert_eq!(there(&simulator, &ids[0]).0, Status::Inactive);
    simulator.allow(RECIPIENT, "iot:AttachPolicy");
    let text =
        "Its half here is done. r goes to 4444-5555-6666 fleet-eu, us-east-1 and resumes it there.";
    assert!(screen.contains(text), "{screen}");
    // Its menu there says that only the source puts it back.
    person.keys("o").settle().await;
    let menu = person.screen();
    assert!(
        menu.contains("only its source can: it is being handed over"),
        "{menu}"
    );
    assert!(menu.contains("1 half-way"), "{menu}");
    person.choose("Resume");
    person.settle().await;
    assert!(
        person.screen().contains("Left      attach policy base"),
        "{}",
        person.screen()
    );
    person.keys("\"6666\" tab right enter").settle().await;
    works_there(&simulator, &ids, &["base"]);
    person.keys("esc esc esc");
    // The way back: a hand-over in the other direction. The thing stands there still.
    person.keys("H").settle().await;
    person.keys("enter").choose("Hand over back");
    person.settle().await;
    assert!(
        person.screen().contains("Hand over "),
        "{}",
        person.screen()
    );
    person.keys("M \"3333\" tab tab right enter").settle().await;
    let state = simulator.certificate(SOURCE, &ids[0]).unwrap();
    assert_eq!(state.status, Status::Active, "{}", person.screen());
    assert_eq!(state.policies, ["base"]);
    assert_eq!(state.things.len(), 1);
    // What it created there is not needed any more, and what others use stays.
    let other = simulator
        .add_certificate(RECIPIENT, &NewCertificate::new("loom", 77))
        .unwrap();
    simulator.attach_policy(RECIPIENT, &other, "base").unwrap();
    person.pass(Duration::from_secs(20));
    for (kept, policies) in [(true, vec!["base", "jobs"]), (false, vec!["jobs"])] {
        person.keys("esc esc esc H").settle().await;
        let on_it = |line: &str| {
            line.contains("> ") && line.contains("set up here") && line.contains("4444")
        };
        for _ in 0..20 {
            if person.screen().lines().any(on_it) {
                break;
            }
            person.keys("down");
        }
        person.keys("enter").choose("Remove what it created");
        let screen = person.screen();
        assert!(
            screen.contains("policy base") && screen.contains("thing press-1"),
            "{screen}"
        );
        person.keys("right enter").settle().await;
        let screen = person.screen();
        assert_eq!(
            screen.contains("kept: 1 certificate or group use it"),
            kept,
            "{screen}"
        );
        let place = (RECIPIENT.to_owned(), "us-east-1".to_owned());
        let there = simulator.snapshot().places[&place].clone();
        assert_eq!(there.policies.into_keys().collect::<Vec<_>>(), policies);
        assert_eq!(there.things, [""; 0]);
        simulator.delete_certificate(RECIPIENT, &other);
    }
}

/// Until it is accepted, the source puts it back by keys, and the other side has nothing open then.
#[tokio::test(start_paused = true)]
async fn before_the_accept_it_is_put_back_by_keys() {
    let (simulator, ids) = world(1);
    let start_state = simulator.certificate(SOURCE, &ids[0]).unwrap();
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    simulator.deny(RECIPIENT, "iot:AcceptCertificateTransfer");
    confirm(&mut person).await;
    assert!(
        person.screen().contains("iot:AcceptCertificateTransfer"),
        "{}",
        person.screen()
    );
    person.pass(Duration::from_secs(20));
    person.keys("esc r").settle().await;
    person.keys("a").choose("Put back");
    person.settle().await;
    person.keys("right enter").settle().await;
    let state = simulator.certificate(SOURCE, &ids[0]).unwrap();
    assert_eq!(
        (state.status, state.policies, state.things),
        (start_state.status, start_state.policies, start_state.things),
        "{}",
        person.screen()
    );
    person.keys("esc x").settle().await;
    person.keys("r").settle().await;
    assert!(!person.screen().contains("half-way"), "{}", person.screen());
}

/// A hand-over that was stopped before the other side has accepted leaves an offer, which others may end.
#[tokio::test(start_paused = true)]
async fn the_watch_reports_what_becomes_of_an_offer_that_a_hand_over_left() {
    let (simulator, ids) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    simulator.deny(RECIPIENT, "iot:AcceptCertificateTransfer");
    confirm(&mut person).await;
    simulator.allow(RECIPIENT, "iot:AcceptCertificateTransfer");
    person.keys("esc r").settle().await;
    person.keys("w");
    let there = elsewhere(&simulator, RECIPIENT);
    let reject = there.reject_certificate_transfer().certificate_id(&ids[0]);
    reject.send().await.unwrap();
    looks(&mut person, 3).await;
    let reports = &person.app.side.reports;
    assert_eq!(reports.len(), 1, "{}", person.screen());
}

/// A fault on the way over is said with the account in which it was.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_of_the_other_side_is_found_out() {
    for operation in [
        Operation::CreatePolicy,
        Operation::CreateThing,
        Operation::AcceptCertificateTransfer,
        Operation::AttachPolicy,
        Operation::AttachThingPrincipal,
        Operation::UpdateCertificate,
    ] {
        let (simulator, ids) = world(1);
        let mut person = start(&simulator).await;
        page(&mut person).await;
        decide(&mut person, "Attach what is there");
        let fault = Fault::NoAnswerAfter(certferry::simulator::Loss::Reset);
        simulator.inject(operation, fault, Times::Count(1));
        confirm(&mut person).await;
        works_there(&simulator, &ids, &["base", "jobs"]);
    }
}

/// Credentials that end on the other side are said of the other side, and of no other.
#[tokio::test(start_paused = true)]
async fn the_side_whose_credentials_end_is_named() {
    let (simulator, ids) = world(1);
    let mut person = start(&simulator).await;
    page(&mut person).await;
    decide(&mut person, "Leave it out");
    simulator.inject(
        Operation::AttachPolicy,
        Fault::answer(
            "ExpiredTokenException",
            403,
            "The security token included in the request is expired",
        ),
        Times::Count(1),
    );
    confirm(&mut person).await;
    assert!(
        person.screen().contains("the credentials have expired"),
        "{}",
        person.screen()
    );
    assert_eq!(there(&simulator, &ids[0]).0, Status::Inactive);
    // This side goes on.
    assert!(person.app.side.session.ended.is_none());
    person.keys("esc r").settle().await;
    person.keys("x").settle().await;
    assert!(
        person.app.side.session.ended.is_some(),
        "{}",
        person.screen()
    );
}
