//! What exists besides certificates: the pages Policies and Things, finding by a name that completes, saved filters.

use std::time::Duration;

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator};
use serde_json::json;

use super::person::{Person, SOURCE, Start, clock, short};

/// Three presses in a group below another, two policies, a type.
fn fleet() -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let allow = |action| json!({ "Version": "2012-10-17", "Statement": [{ "Action": action }] });
    simulator.create_policy(SOURCE, "fleet-base", &allow("iot:Connect"));
    simulator.add_policy_version(SOURCE, "fleet-base", &allow("iot:*"));
    simulator.create_policy(SOURCE, "site-time", &allow("iot:Receive"));
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    simulator.attach_policy_to_group(SOURCE, "lyon", "site-time");
    simulator.create_thing_type(SOURCE, "PressLine");
    let ids: Vec<String> = (1..=3)
        .map(|n| {
            let new = NewCertificate::new(&format!("device-{n}"), n);
            let id = simulator.add_certificate(SOURCE, &new).unwrap();
            let thing = format!("press-{n}");
            simulator.create_thing(SOURCE, &thing, Some("PressLine"), &[("line", "A1")]);
            let kind = PrincipalType::NonExclusiveThing;
            simulator.attach_thing(SOURCE, &id, &thing, kind).unwrap();
            simulator.put_into_group(SOURCE, "lyon", &thing);
            id
        })
        .collect();
    simulator
        .attach_policy(SOURCE, &ids[0], "fleet-base")
        .unwrap();
    simulator
        .attach_policy(SOURCE, &ids[1], "fleet-base")
        .unwrap();
    (simulator, ids)
}

fn calls(simulator: &Simulator, of: Operation) -> usize {
    let calls = simulator.calls();
    calls.iter().filter(|it| it.operation == Some(of)).count()
}

/// Which of the certificates are in sight, by their numbers.
fn shown(person: &Person, ids: &[String]) -> Vec<usize> {
    let screen = person.screen();
    let numbered = ids.iter().zip(1..);
    let shown = numbered.filter(|(id, _)| screen.contains(&short(id)));
    shown.map(|(_, n)| n).collect()
}

#[tokio::test(start_paused = true)]
async fn the_policies_say_what_they_are_attached_to_and_lead_to_their_certificates() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).settled().await;
    simulator.clear_calls();
    person.keys("P").settle().await;
    person.sees("attached to 2 certificates").await;
    person.sees("attached to group lyon").await;
    assert!(
        person.row("fleet-base").contains('>'),
        "{}",
        person.screen()
    );
    assert!(
        person.screen().contains("2 policies"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::ListPolicies), 1);
    assert_eq!(calls(&simulator, Operation::ListTargetsForPolicy), 2);
    // Letters find, and the menu says what can be done.
    person.keys("fleet enter");
    assert!(
        person.screen().contains("Its certificates, in the list"),
        "{}",
        person.screen()
    );
    person.keys("/").settle().await;
    assert_eq!(shown(&person, &ids), [1, 2], "{}", person.screen());
    assert!(person.row(" Filter ").contains("policy:fleet-base"));
    person.keys("* a");
    assert!(
        person.screen().contains("2 marked certificates"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_in_full_has_its_versions_and_how_they_differ() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(100, 50).settled().await;
    simulator.clear_calls();
    person.keys("P").settle().await;
    person.keys("enter v").settle().await;
    let screen = person.screen();
    for said in [
        "Attached to 2 certificates",
        "Versions    2",
        "Version 1, in force, created 2026-11-24",
        "Version 2, not in force, created 2026-11-24",
        "- in version 1   + in version 2",
        "-       \"Action\": \"iot:Connect\"",
        "+       \"Action\": \"iot:*\"",
        &short(&ids[0]),
        &short(&ids[1]),
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
    // The version in force is not read twice.
    for (operation, n) in [
        (Operation::GetPolicy, 1),
        (Operation::ListPolicyVersions, 1),
        (Operation::GetPolicyVersion, 1),
    ] {
        assert_eq!(calls(&simulator, operation), n, "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thing_in_full_has_its_groups_and_its_certificates() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(100, 40).settled().await;
    person.keys("T").settle().await;
    person.sees("PressLine · attached to 1 certificate").await;
    person.keys("press-2 enter").keys("v").settle().await;
    let screen = person.screen();
    for said in [
        "Thing press-2",
        "PressLine",
        "A1",
        "Groups      lyon",
        &short(&ids[1]),
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
    person.keys("esc").keys("enter").keys("/").settle().await;
    assert_eq!(shown(&person, &ids), [2], "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_says_so_in_its_own_place() {
    let (simulator, _) = fleet();
    simulator.deny(SOURCE, "iot:ListPolicies");
    simulator.deny(SOURCE, "iot:ListPolicyVersions");
    simulator.deny(SOURCE, "iot:ListTargetsForPolicy");
    let mut person = Start::new(&simulator).size(100, 40).settled().await;
    person.keys("P").settle().await;
    assert!(
        person.screen().contains("iot:ListPolicies"),
        "{}",
        person.screen()
    );
    simulator.allow(SOURCE, "iot:ListPolicies");
    person.keys("enter").settle().await;
    person.sees("attached to: access denied").await;
    // It is not asked again and again.
    simulator.clear_calls();
    tokio::time::sleep(Duration::from_mins(5)).await;
    person.keys("down up");
    assert_eq!(calls(&simulator, Operation::ListTargetsForPolicy), 0);
    person.keys("enter v").settle().await;
    let screen = person.screen();
    for said in [
        "Attached to ! not read: access denied",
        "Versions    ! not read: access denied",
        "\"Action\": \"iot:Connect\"",
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_rows_are_attached_to_is_asked_one_after_the_other_and_only_in_sight() {
    let (simulator, _) = fleet();
    for n in 0..300 {
        simulator.create_policy(SOURCE, &format!("p{n:03}"), &json!({}));
    }
    let mut person = Start::new(&simulator).size(80, 24).settled().await;
    simulator.clear_calls();
    person.keys("P").settle().await;
    let began = tokio::time::Instant::now();
    person.sees("attached to 2 certificates").await;
    for _ in 0..8 {
        person.names().await;
    }
    // A quarter of ten a second at most.
    let asked = u32::try_from(calls(&simulator, Operation::ListTargetsForPolicy)).unwrap();
    assert!(asked >= 4, "{asked}");
    let fewest = Duration::from_millis(400) * (asked - 1);
    assert!(
        began.elapsed() >= fewest,
        "{asked} in {:?}",
        began.elapsed()
    );
    // All that is in sight, and no more.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        person.pass(Duration::from_secs(1));
        person.take_what_came();
    }
    let rows = calls(&simulator, Operation::ListTargetsForPolicy);
    assert!((10..=20).contains(&rows), "{rows}\n{}", person.screen());
    // Closed, it asks nothing more.
    person.keys("end esc");
    simulator.clear_calls();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(calls(&simulator, Operation::ListTargetsForPolicy), 0);
}

#[tokio::test(start_paused = true)]
async fn a_name_completes_as_it_is_typed_and_becomes_the_filter() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).settled().await;
    simulator.clear_calls();
    person.keys("f").settle().await;
    for press in ["press-1", "press-2", "press-3"] {
        assert!(person.screen().contains(press), "{}", person.screen());
    }
    person.keys("press down enter").settle().await;
    assert!(
        person.row(" Filter ").contains("thing:press-2"),
        "{}",
        person.screen()
    );
    assert_eq!(shown(&person, &ids), [2]);
    assert_eq!(calls(&simulator, Operation::ListThings), 1);
    // Nobody waits for what they are attached to.
    assert_eq!(calls(&simulator, Operation::ListThingPrincipals), 1);
    // Of a group, with those below it.
    person.keys("f tab").settle().await;
    person.keys("plan/");
    assert!(
        person.screen().contains("with the groups below it"),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert!(
        person.row(" Filter ").contains("group:plants/"),
        "{}",
        person.screen()
    );
    assert_eq!(shown(&person, &ids), [1, 2, 3]);
    // What no name contains is said, and nothing is filtered by it.
    person.keys("f").settle().await;
    person.keys("paris enter");
    assert!(
        person.screen().contains("No thing matches."),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("Find certificates of"));
}

#[tokio::test(start_paused = true)]
async fn the_last_word_of_a_filter_completes_and_the_others_stay() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).settled().await;
    person
        .keys("/")
        .keys("\"status:active policy:bas\" tab")
        .settle()
        .await;
    assert!(person.screen().contains("find: bas"), "{}", person.screen());
    person.keys("enter").settle().await;
    let row = person.row(" Filter ");
    assert!(row.contains("status:active policy:fleet-base"), "{row}");
    // It can be typed on.
    person.keys("\" cn:x\"");
    assert!(
        person.row(" Filter ").contains("fleet-base cn:x"),
        "{}",
        person.screen()
    );
    person
        .keys("backspace backspace backspace backspace backspace enter")
        .settle()
        .await;
    assert_eq!(shown(&person, &ids), [1, 2], "{}", person.screen());
    // A word that has no names says which have.
    person.keys("/").keys("\" status:act\" tab");
    assert!(
        person.screen().contains("Names complete behind thing:"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn of_many_names_the_first_are_read_and_any_other_can_be_typed() {
    let (simulator, ids) = fleet();
    for n in 0..2_400 {
        simulator.create_thing(SOURCE, &format!("agv-{n:04}"), None, &[]);
        simulator.create_thing_group(SOURCE, &format!("site-{n:04}"), None);
    }
    let mut person = Start::new(&simulator).size(100, 24).settled().await;
    simulator.clear_calls();
    person.keys("f").settle().await;
    assert_eq!(calls(&simulator, Operation::ListThings), 8);
    person.keys("press-3");
    let row = person.row("press-3");
    assert!(person.screen().contains("as it is typed"), "{row}");
    assert!(
        person.screen().contains("of the first 2,000 things"),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [3], "{}", person.screen());
    // Of groups AWS looks for those that begin so, once the name rests.
    person.keys("f tab").settle().await;
    simulator.clear_calls();
    person.keys("site-23").settle().await;
    assert!(person.screen().contains("site-2399") || person.screen().contains("site-2300"));
    assert!(
        person.screen().contains("100 thing groups"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::ListThingGroups), 1);
    // Fewer letters mean more groups again.
    person.keys("backspace backspace").settle().await;
    assert!(
        person.screen().contains("of the first 2,000"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn filters_are_saved_found_again_at_the_next_start_and_forgotten() {
    let (simulator, ids) = fleet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filters.json");
    let mut person = Start::new(&simulator).filters(&path).settled().await;
    person
        .keys("/")
        .keys("\"group:lyon policy:fleet-base\" ctrl-s")
        .settle()
        .await;
    assert!(
        person
            .screen()
            .contains("Saved: group:lyon policy:fleet-base."),
        "{}",
        person.screen()
    );
    // Half of one, or none, is not saved.
    person.keys("\" thing:\" ctrl-s").settle().await;
    assert!(
        person
            .screen()
            .contains("Not saved: thing:: a name is missing"),
        "{}",
        person.screen()
    );
    person.keys("esc /").keys("ctrl-s").settle().await;
    assert!(
        person.screen().contains("no filter to save"),
        "{}",
        person.screen()
    );
    drop(person);

    let mut person = Start::new(&simulator).filters(&path).settled().await;
    person.keys("f backtab").settle().await;
    assert!(
        person.row("group:lyon").contains('>'),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [1, 2], "{}", person.screen());
    person.keys("f backtab").settle().await;
    person.keys("delete").settle().await;
    assert!(
        person
            .screen()
            .contains("Forgotten: group:lyon policy:fleet-base.")
    );
    assert!(
        person.screen().contains("No filter is saved. Ctrl-s saves"),
        "{}",
        person.screen()
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "[]");
}

#[tokio::test(start_paused = true)]
async fn filters_that_cannot_be_read_are_not_written_over() {
    let (simulator, _) = fleet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filters.json");
    std::fs::write(&path, "{").unwrap();
    let mut person = Start::new(&simulator).filters(&path).settled().await;
    person.keys("/").keys("group:lyon ctrl-s").settle().await;
    assert!(
        person.screen().contains("cannot be saved"),
        "{}",
        person.screen()
    );
    person.keys("esc f backtab").settle().await;
    assert!(
        person.screen().contains("filters.json"),
        "{}",
        person.screen()
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
}

#[tokio::test(start_paused = true)]
async fn names_cannot_reach_the_terminal_as_they_came_nor_a_filter_that_cannot_have_them() {
    let (simulator, ids) = fleet();
    simulator.create_policy(SOURCE, "a\u{1b}[2J policy", &json!({}));
    let mut person = Start::new(&simulator).size(60, 16).settled().await;
    person.keys("P").settle().await;
    assert!(
        person.screen().contains(r"a\x1b[2J policy"),
        "{}",
        person.screen()
    );
    person.keys("esc f").settle().await;
    person.keys("backtab backtab backtab").settle().await;
    assert!(
        person.row(r"a\x1b[2J policy").contains('>'),
        "{}",
        person.screen()
    );
    person.keys("enter");
    assert!(
        person.screen().contains("No filter can have this name."),
        "{}",
        person.screen()
    );
    // At any size there is one row at least.
    person.resize(40, 10);
    assert!(
        person.screen().contains("[Policies]"),
        "{}",
        person.screen()
    );
    assert!(
        person.screen().contains(r"a\x1b[2J policy"),
        "{}",
        person.screen()
    );
    person.keys("esc").settle().await;
    person.resize(80, 24);
    assert_eq!(shown(&person, &ids), [1, 2, 3]);
}
