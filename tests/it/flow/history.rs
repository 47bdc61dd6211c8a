//! The history of the journal, by keys.

use std::time::Duration;

use certferry::simulator::{NewCertificate, PrincipalType, Simulator, Status};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, clock, last_six, short};

/// Two certificates with a policy each, the first with a thing.
fn world() -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let document = json!({ "Version": "2012-10-17", "Statement": [] });
    simulator.create_policy(SOURCE, "connect", &document);
    let ids: Vec<String> = (1..=2)
        .map(|n| {
            let new = NewCertificate::new("press", n)
                .created(1_700_000_000_000 + i64::try_from(n).unwrap() * 60_000);
            simulator.add_certificate(SOURCE, &new).unwrap()
        })
        .collect();
    for id in &ids {
        simulator.attach_policy(SOURCE, id, "connect").unwrap();
    }
    simulator.create_thing(SOURCE, "press-1", None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator
        .attach_thing(SOURCE, &ids[0], "press-1", kind)
        .unwrap();
    (simulator, ids)
}

/// Both certificates are offered, the newer one first.
async fn offered(simulator: &Simulator) -> Person {
    let mut person = Start::new(simulator).size(180, 30).settled().await;
    for row in ["", "down"] {
        person.keys(row).keys("a").choose("Start transfer");
        person.settle().await;
        person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
        person.settle().await;
        person.keys("esc esc").settle().await;
    }
    person
}

fn rows(person: &Person) -> Vec<String> {
    let screen = person.screen();
    let runs = screen.lines().filter(|line| line.contains(" UTC  "));
    runs.map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn every_run_is_there_and_found_by_id_device_account_and_outcome() {
    let (simulator, ids) = world();
    let mut person = offered(&simulator).await;
    person.keys("H").settle().await;
    let all = rows(&person);
    assert_eq!(all.len(), 2, "{}", person.screen());
    // The newest first.
    assert!(all[0].contains(&short(&ids[0])), "{}", person.screen());
    let said = "done · prepare and transfer to 4444-5555-6666 fleet-eu · 1 policy and 1 thing · in 1111-2222-3333 fleet-prod";
    assert!(all[0].contains(said), "{}", all[0]);
    for (typed, found) in [
        (last_six(&ids[1]).as_str(), vec![&ids[1]]),
        ("press-1", vec![&ids[0]]),
        ("fleet-eu done", vec![&ids[0], &ids[1]]),
        ("444455556666", vec![&ids[0], &ids[1]]),
        ("stopped", vec![]),
        ("connect press", vec![&ids[0]]),
    ] {
        person.keys(&format!("\"{typed}\""));
        let shown = rows(&person);
        assert_eq!(shown.len(), found.len(), "{typed}:\n{}", person.screen());
        for (row, id) in shown.iter().zip(found) {
            assert!(row.contains(&short(id)), "{typed}: {row}");
        }
        person.keys("esc");
    }
    person.keys("esc");
    assert!(person.app.dialogs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_shows_its_steps_what_it_took_and_what_cannot_be_undone() {
    let (simulator, ids) = world();
    let mut person = offered(&simulator).await;
    person.keys("H").settle().await;
    person.keys("enter v");
    let screen = person.screen();
    for text in [
        ids[0].as_str(),
        "Policies    connect",
        "Things      press-1",
        "✓ transfer to 4444-5555-6666",
        "AWS has no way back",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_run_took_is_put_back_from_there() {
    let (simulator, ids) = world();
    let mut person = offered(&simulator).await;
    person.keys("H").settle().await;
    person.keys("\"press-1\" enter").choose("Put back");
    person.settle().await;
    person.keys("right enter").settle().await;
    let state = simulator.certificate(SOURCE, &ids[0]).unwrap();
    assert_eq!(state.status, Status::Active, "{}", person.screen());
    assert_eq!((state.policies.len(), state.things.len()), (1, 1));
    let other = simulator.certificate(SOURCE, &ids[1]).unwrap();
    assert_eq!(
        other.status,
        Status::PendingTransfer,
        "no other was touched"
    );
    // The page that was read before shows what it did; read again it knows.
    person.keys("esc esc esc H").settle().await;
    let newest = rows(&person).remove(0);
    assert!(newest.contains(" · put back · "), "{newest}");
    person.keys("\"transfer press-1\" enter");
    assert!(
        person.screen().contains("it was put back"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn only_the_latest_transfer_of_a_certificate_is_put_back() {
    let (simulator, ids) = world();
    let mut person = offered(&simulator).await;
    // Rejected, furnished anew by hand, and transferred once more.
    let (sender, id) = (person.app.side.list.selected().unwrap(), &ids[0]);
    assert_eq!(&sender.to_string(), id);
    let mut there = Start::new(&simulator).recipient().settled().await;
    for _ in 0..2 {
        if there.row(&short(id)).contains('>') {
            break;
        }
        there.keys("down");
    }
    there.keys("o").choose("Reject transfer");
    there.settle().await;
    there.keys("tab right enter").settle().await;
    let status = simulator.certificate(SOURCE, id).unwrap().status;
    assert_eq!(status, Status::Inactive, "{}", there.screen());
    simulator.attach_policy(SOURCE, id, "connect").unwrap();
    // For a while a list may not know yet what was just begun.
    person.pass(Duration::from_secs(20));
    person.keys("r").settle().await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
    person.settle().await;
    let status = simulator.certificate(SOURCE, id).unwrap().status;
    assert_eq!(status, Status::PendingTransfer, "{}", person.screen());
    person.keys("esc esc H").settle().await;
    assert_eq!(rows(&person).len(), 3, "{}", person.screen());
    person.keys("\"transfer press-1\" enter");
    let entry = person.row("Put back");
    assert!(
        entry.contains("a later run took more"),
        "{}",
        person.screen()
    );
    person
        .keys("esc esc")
        .keys(&format!("\"{} transfer\" enter", last_six(id)));
    let entry = person.row("Put back");
    assert!(entry.contains("Put back…"), "{entry}");
}

#[tokio::test(start_paused = true)]
async fn of_another_account_a_run_can_only_be_read() {
    let (simulator, _) = world();
    let mut person = offered(&simulator).await;
    person.keys("x").choose("4444-5555-6666");
    person.settle().await;
    person.keys("H").settle().await;
    person.keys("enter");
    assert!(
        person
            .screen()
            .contains("go to 1111-2222-3333 fleet-prod, us-east-1"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn without_runs_it_says_so_at_every_size() {
    let (simulator, _) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("H").settle().await;
    assert!(
        person.screen().contains("The journal has no runs."),
        "{}",
        person.screen()
    );
    for (columns, rows) in [(20, 5), (40, 10), (200, 60)] {
        person.resize(columns, rows);
        person.keys("down up enter");
    }
    person.keys("\"\u{1b}x\"");
}
