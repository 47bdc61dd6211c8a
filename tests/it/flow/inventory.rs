//! What exists besides certificates: the pages Policies and Things, finding by a name that completes, saved filters.

use std::time::Duration;

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::json;

use super::person::{Person, SOURCE, Start, calls, clock, shown};

/// Three presses in a group below another, two policies, a type.
pub(super) fn fleet() -> (Simulator, Vec<String>) {
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
    person.keys("enter F").settle().await;
    let screen = person.screen();
    for said in [
        "Attached to 2 certificates",
        "Versions    2 differs (-1 +1 lines), 1 in force",
        "Version 1, in force, created 2026-11-24",
        "Version 2, not in force, created 2026-11-24",
        "- in version 1   + in version 2",
        "-       \"Action\": \"iot:Connect\"",
        "+       \"Action\": \"iot:*\"",
        &ids[0],
        &ids[1],
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
    // Copied is the document, for another tool.
    person.keys("y");
    assert!(person.copied[0].contains("iot:Connect"));
    assert!(
        !person.copied[0].contains("Version 1"),
        "{:?}",
        person.copied
    );
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
    person.keys("press-2 enter").keys("F").settle().await;
    let screen = person.screen();
    for said in [
        "Thing press-2",
        "PressLine",
        "A1",
        "Groups      lyon",
        &ids[1],
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
    // It is not asked again and again, at keys neither.
    simulator.clear_calls();
    for _ in 0..5 {
        person.keys("down up");
        tokio::time::sleep(Duration::from_mins(1)).await;
        person.take_what_came();
    }
    assert_eq!(calls(&simulator, Operation::ListTargetsForPolicy), 0);
    // What may be read of the things is another matter.
    person.keys("backtab backtab backtab").settle().await;
    person.sees("attached to 1 certificate").await;
    assert!(!person.screen().contains("denied"), "{}", person.screen());
    person.keys("right right right").settle().await;
    assert!(
        person.screen().contains("F5 try again"),
        "{}",
        person.screen()
    );
    simulator.allow(SOURCE, "iot:ListTargetsForPolicy");
    person.keys("f5").settle().await;
    person.sees("attached to 2 certificates").await;
    simulator.deny(SOURCE, "iot:ListTargetsForPolicy");
    person.keys("enter F").settle().await;
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
    let attached = |person: &Person| person.screen().matches("attached").count();
    let rows = calls(&simulator, Operation::ListTargetsForPolicy);
    assert_eq!(attached(&person), 17, "{}", person.screen());
    // The first page had others in sight until all were sorted.
    assert!((17..=19).contains(&rows), "{rows}");
    // What comes into sight is asked too.
    person.keys("end");
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        person.take_what_came();
    }
    assert_eq!(attached(&person), 17, "{}", person.screen());
    assert_eq!(
        calls(&simulator, Operation::ListTargetsForPolicy),
        rows + 17
    );
    // Closed, it asks nothing more, although there is more to ask.
    person.keys("home pagedown pagedown esc");
    simulator.clear_calls();
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        person.take_what_came();
    }
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
async fn the_word_with_the_cursor_completes_and_the_others_stay() {
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
    // Blanks of other scripts separate words too.
    person
        .keys("/")
        .keys("\"\u{3000}group:ly\" tab")
        .settle()
        .await;
    assert!(person.screen().contains("find: ly"), "{}", person.screen());
    person.keys("enter").settle().await;
    let row = person.row(" Filter ");
    assert!(row.contains("status:active policy:fleet-base"), "{row}");
    assert!(row.contains("group:lyon"), "{row}");
    person.keys("enter");
    // A word of which nothing is known says which names AWS has.
    person.keys("/").keys("\" to:zz\" tab");
    assert!(
        person
            .screen()
            .contains("Nothing known begins with to:zz. Tab asks AWS"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn of_many_names_the_first_are_read_and_any_other_can_be_typed() {
    let (simulator, ids) = fleet();
    for n in 0..10_400 {
        simulator.create_thing(SOURCE, &format!("agv-{n:05}"), None, &[]);
        simulator.create_thing_group(SOURCE, &format!("site-{n:05}"), None);
    }
    let mut person = Start::new(&simulator).size(100, 24).settled().await;
    simulator.clear_calls();
    person.keys("f").settle().await;
    assert_eq!(calls(&simulator, Operation::ListThings), 40);
    person.keys("press-3");
    let row = person.row("press-3");
    assert!(person.screen().contains("as it is typed"), "{row}");
    assert!(
        person
            .screen()
            .contains("of the first 10,000 things, more exist"),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [3], "{}", person.screen());
    // Of groups AWS looks for those that begin so, once the name rests, and adds them to what is there.
    person.keys("f tab").settle().await;
    simulator.clear_calls();
    person.keys("site-103").settle().await;
    assert!(
        person.screen().contains("100 of the first 10,"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::ListThingGroups), 1);
    // More letters are looked for in what is here, and so is another part of a name.
    person.keys("4").settle().await;
    assert!(
        person.screen().contains("site-10349"),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::ListThingGroups), 1);
    person.keys("esc yon").settle().await;
    assert!(person.screen().contains("  lyon "), "{}", person.screen());
    assert!(person.screen().contains("> yon "), "{}", person.screen());
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
            .contains("Not saved: thing: a name is missing"),
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
    // What was chosen is remembered, and forgotten by itself.
    let kept = || std::fs::read_to_string(&path).unwrap();
    let recent = r#"{"saved":[],"recent":["group:lyon policy:fleet-base"]}"#;
    assert_eq!(kept(), recent);
    person.keys("esc esc f backtab backtab").settle().await;
    assert!(
        person.row("group:lyon").contains('>'),
        "{}",
        person.screen()
    );
    person.keys("delete").settle().await;
    assert_eq!(kept(), r#"{"saved":[],"recent":[]}"#);
    assert!(
        person.screen().contains("No filter was used yet."),
        "{}",
        person.screen()
    );
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
    person.keys("enter");
    let row = person.row("Its certificates, in the list");
    assert!(row.contains("no filter"), "{row}");
    person.keys("esc esc f").settle().await;
    person
        .keys("backtab backtab backtab backtab")
        .settle()
        .await;
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

/// Names of groups and things that are long, and the id of the authority.
#[tokio::test(start_paused = true)]
async fn a_name_as_long_as_names_can_be_is_typed_pasted_and_never_cut() {
    let (simulator, ids) = fleet();
    let long = "p".repeat(128);
    simulator.create_thing(SOURCE, &long, None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator
        .attach_thing(SOURCE, &ids[2], &long, kind)
        .unwrap();
    let ca = simulator.register_ca(SOURCE, false, &[&ids[0]]).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("f").settle().await;
    person.keys(&long).keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [3], "{}", person.screen());
    // One letter too many is said, and none of them is a command.
    person.keys("f").settle().await;
    person.keys(&format!("{long}ppqjx"));
    let screen = person.screen();
    assert!(
        screen.contains("Nothing longer can be looked for."),
        "{screen}"
    );
    assert!(screen.contains("Find certificates of"), "{screen}");
    person.keys("esc");
    person.paste(&"p".repeat(130));
    assert!(
        person.screen().contains("Not pasted"),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("type a part of a name"));
    // By its authority and by its type.
    person.keys("left left left").settle().await;
    person.paste(&ca);
    person.keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [1], "{}", person.screen());
    person.keys("f tab tab").settle().await;
    person.keys("enter").settle().await;
    assert!(
        person.row(" Filter ").contains("type:PressLine"),
        "{}",
        person.screen()
    );
    assert_eq!(shown(&person, &ids), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn what_is_chosen_stood_under_the_cursor_for_half_a_second() {
    let (simulator, ids) = fleet();
    for n in 0..600 {
        simulator.create_thing(SOURCE, &format!("a-press-{n:03}"), None, &[]);
    }
    simulator.create_thing(SOURCE, "press-30", None, &[]);
    // Page by page, so that it can be looked at in between.
    simulator.set_latency(Some(Operation::ListThings), Duration::from_secs(2));
    let mut person = Start::new(&simulator).settled().await;
    let cursor = |person: &Person| person.row("│ > ");
    let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
    person.keys("f").keys("press-3");
    assert!(
        cursor(&person).contains("press-3  as it is typed"),
        "{}",
        person.screen()
    );
    person.settle().await;
    // Here is the name itself, and nothing has changed under the cursor.
    assert!(cursor(&person).contains("press-3"), "{}", person.screen());
    person.key(enter, Duration::from_millis(10));
    person.settle().await;
    assert_eq!(shown(&person, &ids), [3], "{}", person.screen());
    // What is typed is no name, and others take its place at the moment of the key.
    person.keys("f").keys("press-");
    person.settle().await;
    assert!(cursor(&person).contains("press-1"), "{}", person.screen());
    person.key(enter, Duration::from_millis(10));
    assert!(
        person.screen().contains("has just changed"),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert_eq!(shown(&person, &ids), [1], "{}", person.screen());
    // A row that somebody went to stays under the cursor, whatever comes before it.
    person.keys("f").one_answer().await;
    person.keys("end");
    let chosen = cursor(&person);
    person.settle().await;
    assert_eq!(cursor(&person), chosen);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_on_the_way_says_so_and_can_be_read_again() {
    let (simulator, _) = fleet();
    for n in 0..600 {
        simulator.create_thing(SOURCE, &format!("agv-{n:03}"), None, &[]);
    }
    let slow = Duration::from_secs(2);
    simulator.set_latency(Some(Operation::ListThings), slow);
    let mut person = Start::new(&simulator).size(100, 24).settled().await;
    person.keys("T").one_answer().await;
    simulator.deny(SOURCE, "iot:ListThings");
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("not all was read: access denied"),
        "{screen}"
    );
    assert!(screen.contains("the first 250 things"), "{screen}");
    assert!(screen.contains("F5 try again"), "{screen}");
    simulator.allow(SOURCE, "iot:ListThings");
    person.keys("f5").settle().await;
    assert!(
        person.screen().contains("603 things"),
        "{}",
        person.screen()
    );
    // What is left while it is read is not read on.
    person.keys("esc T").one_answer().await;
    person.keys("tab").settle().await;
    simulator.clear_calls();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(calls(&simulator, Operation::ListThings), 0);
    person.keys("backtab").settle().await;
    assert!(
        person.screen().contains("603 things"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_says_so_and_what_is_not_listed_yet_is_no_stranger() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(100, 40).settled().await;
    person.keys("P").settle().await;
    simulator.delete_policy(SOURCE, "site-time");
    person.sees("site-time   gone").await;
    person.keys("esc");
    // A certificate that came after the list was read.
    let new = NewCertificate::new("device-9", 9);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    simulator.attach_policy(SOURCE, &id, "fleet-base").unwrap();
    person.keys("P").settle().await;
    person.keys("enter F").settle().await;
    let row = person.row(&id);
    assert!(row.contains("! not in the list"), "{row}");
    assert!(!person.row(&ids[0]).contains('!'));
}

#[tokio::test(start_paused = true)]
async fn a_filter_is_asked_for_anew_after_a_refresh_of_the_connection() {
    let (simulator, ids) = fleet();
    simulator.set_latency(
        Some(Operation::ListThingsInThingGroup),
        Duration::from_secs(30),
    );
    let mut person = Start::new(&simulator).settled().await;
    person.keys("/").keys("group:lyon enter");
    person.pass(Duration::from_secs(2));
    assert!(
        person.screen().contains("Asking AWS"),
        "{}",
        person.screen()
    );
    simulator.set_expired(SOURCE, true);
    person.keys("r").settle().await;
    simulator.set_expired(SOURCE, false);
    simulator.set_latency(Some(Operation::ListThingsInThingGroup), Duration::ZERO);
    person.keys("r").settle().await;
    assert_eq!(shown(&person, &ids), [1, 2, 3], "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_groups_leads_to_the_certificates_of_their_things() {
    let (simulator, ids) = fleet();
    simulator.attach_policy_to_group(SOURCE, "plants", "fleet-base");
    simulator.attach_policy_to_group(SOURCE, "turin", "fleet-base");
    simulator.attach_policy_to_group(SOURCE, "plants", "site-time");
    let mut person = Start::new(&simulator).size(110, 24).settled().await;
    // Attached to no certificate itself, it is in force for three all the same.
    person
        .keys("/")
        .keys("policy:site-time enter")
        .settle()
        .await;
    let said = "In force by group:lyon/ and 1 other group.";
    assert!(person.screen().contains(said), "{}", person.screen());
    person.keys("esc P").settle().await;
    person.sees("attached to 2 groups").await;
    person.keys("site enter");
    assert!(
        person
            .screen()
            .contains("The certificates of group lyon, and of those below"),
        "{}",
        person.screen()
    );
    person.choose("The certificates of group plants");
    person.settle().await;
    assert!(person.row(" Filter ").contains("group:plants/"));
    assert_eq!(shown(&person, &ids), [1, 2, 3], "{}", person.screen());
    // One that has both.
    person
        .keys("esc /")
        .keys("policy:fleet-base enter")
        .settle()
        .await;
    let row = person.row(" Filter ");
    assert!(
        row.contains("also in force by group:plants/ and 1 other group"),
        "{row}"
    );
}

#[tokio::test(start_paused = true)]
async fn half_of_what_a_filter_finds_is_not_marked() {
    let (simulator, _) = fleet();
    simulator.set_latency(Some(Operation::ListThingPrincipals), Duration::from_secs(5));
    let mut person = Start::new(&simulator).settled().await;
    person.keys("/").keys("group:lyon enter *");
    assert!(
        person
            .screen()
            .contains("Not marked: AWS is still being asked"),
        "{}",
        person.screen()
    );
    person.settle().await;
    person.keys("*");
    assert!(person.screen().contains("3 marked"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_word_for_names_says_how_many_are_not_known() {
    let (simulator, _) = fleet();
    let config = "device_names = false\n";
    let mut person = Start::new(&simulator).config(config).settled().await;
    person.keys("/").keys("press enter").settle().await;
    assert!(
        person.screen().contains("3 without a known name"),
        "{}",
        person.screen()
    );
    // A word that can be a part of an id, or is a status, looks for no name.
    for word in ["3f", "active", "group:lyon"] {
        person.keys("esc /").keys(word).keys("enter").settle().await;
        assert!(
            !person.screen().contains("without a known name"),
            "{word}: {}",
            person.screen()
        );
    }
    // It is saved as it stands.
    person.keys("ctrl-s").settle().await;
    assert!(
        person.screen().contains("Saved: group:lyon."),
        "{}",
        person.screen()
    );
    person.keys("esc ctrl-s").settle().await;
    assert!(
        !person.screen().contains("no filter to save"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_a_certificate_leads_to_its_versions_and_to_its_other_certificates() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(100, 40).settled().await;
    person
        .keys("/")
        .keys("policy:fleet-base enter")
        .settle()
        .await;
    person.keys("enter 2").settle().await;
    person.keys("o F").settle().await;
    assert!(
        person.screen().contains("Version 2, not in force"),
        "{}",
        person.screen()
    );
    person.keys("esc o /").settle().await;
    assert!(person.row(" Filter ").contains("policy:fleet-base"));
    assert_eq!(shown(&person, &ids), [1, 2], "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn each_side_has_names_of_its_own() {
    let (simulator, _) = fleet();
    simulator.create_account(super::person::RECIPIENT);
    simulator.create_policy(super::person::RECIPIENT, "eu-base", &json!({}));
    let mut person = Start::new(&simulator)
        .both_sides()
        .size(100, 24)
        .settled()
        .await;
    person.keys("x").settle().await;
    person.keys("P").settle().await;
    let screen = person.screen();
    assert!(screen.contains("Policies of 4444-5555-6666"), "{screen}");
    assert!(
        screen.contains("eu-base") && !screen.contains("fleet-base"),
        "{screen}"
    );
    person.keys("esc x").settle().await;
    person.keys("P").settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("fleet-base") && !screen.contains("eu-base"),
        "{screen}"
    );
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_ask_nothing_more_by_themselves() {
    let (simulator, _) = fleet();
    let mut person = Start::new(&simulator).read_only().settled().await;
    simulator.set_expired(SOURCE, true);
    person.keys("P").settle().await;
    assert!(person.screen().contains("expired"), "{}", person.screen());
    simulator.clear_calls();
    for _ in 0..5 {
        person.keys("tab").settle().await;
        if person.screen().contains("[Saved]") {
            // That is no matter of credentials.
            assert!(
                person.screen().contains("No filter is saved"),
                "{}",
                person.screen()
            );
        }
    }
    assert_eq!(simulator.calls().len(), 0, "{:?}", simulator.calls());
    assert!(
        person.screen().contains("Not read: "),
        "{}",
        person.screen()
    );
    // Signed in again, it is asked when somebody wants it.
    simulator.set_expired(SOURCE, false);
    person.keys("esc r").settle().await;
    person.keys("P").settle().await;
    assert!(
        person.screen().contains("fleet-base"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_that_failed_or_was_not_asked_is_not_marked_either() {
    let (simulator, _) = fleet();
    simulator.set_latency(Some(Operation::ListThingPrincipals), Duration::from_secs(5));
    let mut person = Start::new(&simulator).settled().await;
    person.keys("/").keys("type:PressLine enter");
    person.one_answer().await;
    simulator.deny(SOURCE, "iot:ListThingPrincipals");
    person.settle().await;
    person.keys("*");
    let screen = person.screen();
    assert!(
        screen.contains("Not marked: AWS could not say all"),
        "{screen}"
    );
    // While the connection is made anew, nothing that was found before is shown as if it were found now.
    simulator.allow(SOURCE, "iot:ListThingPrincipals");
    person.keys("r").settle().await;
    person.keys("*");
    assert!(person.screen().contains("3 marked"), "{}", person.screen());
    person.keys("*");
    simulator.set_expired(SOURCE, true);
    person.keys("r").settle().await;
    simulator.set_expired(SOURCE, false);
    person.keys("r *");
    let screen = person.screen();
    assert!(
        screen.contains("Not marked: AWS was not asked yet"),
        "{screen}"
    );
    person.settle().await;
    person.keys("*");
    assert!(person.screen().contains("3 marked"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn one_policy_that_may_not_be_read_hides_no_other() {
    let (simulator, _) = fleet();
    simulator.create_policy(SOURCE, "admin", &json!({}));
    simulator.create_policy(SOURCE, "also", &json!({}));
    simulator.deny(SOURCE, "iot:ListTargetsForPolicy");
    let mut person = Start::new(&simulator).settled().await;
    // The first that is asked may not be read, the next ones may.
    person.keys("P").settle().await;
    person.sees("may not be read").await;
    simulator.allow(SOURCE, "iot:ListTargetsForPolicy");
    person.sees("attached to 2 certificates").await;
    person.sees("attached to group lyon").await;
    assert_eq!(person.screen().matches("may not be read").count(), 1);
    person.keys("f5");
    person.sees("also        not attached").await;
    assert!(
        !person.screen().contains("may not be read"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn filters_are_forgotten_one_after_the_other_and_only_those_that_were_seen() {
    let (simulator, _) = fleet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filters.json");
    std::fs::write(&path, r#"["group:a", "group:b", "group:c", "group:d"]"#).unwrap();
    let mut person = Start::new(&simulator).filters(&path).settled().await;
    person.keys("f left").settle().await;
    let saved = || std::fs::read_to_string(&path).unwrap();
    let delete = KeyEvent::new(KeyCode::Delete, KeyModifiers::NONE);
    person.keys("down delete").settle().await;
    assert_eq!(
        saved(),
        r#"{"saved":["group:a","group:c","group:d"],"recent":[]}"#
    );
    // The row is gone, and so is the cursor: what moved up is not meant.
    person.key(delete, Duration::from_millis(250));
    assert!(
        person.screen().contains("has just changed"),
        "{}",
        person.screen()
    );
    // Down is what moved up.
    person.keys("down delete").settle().await;
    assert_eq!(saved(), r#"{"saved":["group:a","group:d"],"recent":[]}"#);
    person.keys("home delete").settle().await;
    assert_eq!(saved(), r#"{"saved":["group:d"],"recent":[]}"#);
    person.keys("paris delete");
    assert!(
        person.screen().contains("No saved filter matches."),
        "{}",
        person.screen()
    );
    // A key that closes clears what is typed first.
    person.keys("esc").settle().await;
    assert!(
        person.screen().contains("type a part of a filter"),
        "{}",
        person.screen()
    );
    person.keys("esc");
    assert!(!person.screen().contains("[Saved]"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_menu_that_opens_before_the_groups_are_known_says_so() {
    let (simulator, _) = fleet();
    let slow = Duration::from_mins(1);
    simulator.set_latency(Some(Operation::ListTargetsForPolicy), slow);
    let mut person = Start::new(&simulator).size(110, 24).settled().await;
    person.keys("P").settle().await;
    person.keys("enter");
    let row = person.row("The certificates of its groups");
    assert!(row.contains("still being asked"), "{row}");
}
