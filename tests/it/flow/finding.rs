//! Certificates by the names that people know, in the filter.

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator};

use super::person::{SOURCE, Start, calls, clock, short, shown};

/// Three presses in a group in a group, and one that is in none.
fn fleet() -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    simulator.create_policy(SOURCE, "base", &document);
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    let ids: Vec<String> = (1..=4)
        .map(|n| {
            let new = NewCertificate::new(&format!("device-{n}"), n);
            let id = simulator.add_certificate(SOURCE, &new).unwrap();
            let thing = format!("press-{n}");
            simulator.create_thing(SOURCE, &thing, None, &[]);
            let kind = PrincipalType::NonExclusiveThing;
            let attached = simulator.attach_thing(SOURCE, &id, &thing, kind);
            attached.unwrap();
            if n < 4 {
                simulator.put_into_group(SOURCE, "lyon", &thing);
            }
            id
        })
        .collect();
    simulator.attach_policy(SOURCE, &ids[3], "base").unwrap();
    (simulator, ids)
}

#[tokio::test(start_paused = true)]
async fn a_name_is_asked_of_aws_once_it_is_typed_and_can_be_marked_like_any_filter() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).settled().await;
    simulator.clear_calls();
    person.keys("/").keys("group:lyon").settle().await;
    assert_eq!(shown(&person, &ids), [1, 2, 3], "{}", person.screen());
    // Not for every letter of it.
    assert_eq!(calls(&simulator, Operation::ListThingsInThingGroup), 1);
    assert_eq!(calls(&simulator, Operation::ListThingPrincipals), 3);
    assert!(person.row(" Filter ").contains("3 of 4"));
    person.keys("enter *").keys("a");
    assert!(
        person.screen().contains("3 marked certificates"),
        "{}",
        person.screen()
    );
    person.keys("esc esc").settle().await;
    assert_eq!(shown(&person, &ids), [1, 2, 3, 4]);

    // Pasted, or sent all at once by a line that was slow.
    for all_at_once in [true, false] {
        person.keys("/");
        if all_at_once {
            person.keys_every(std::time::Duration::ZERO, "thing:press-2");
        } else {
            person.paste("thing:press-2");
        }
        person.settle().await;
        assert_eq!(shown(&person, &ids), [2], "{}", person.screen());
        person.keys("esc");
    }

    // Together with other words, and by a policy.
    person
        .keys("/")
        .keys("\"policy:base status:active\"")
        .settle()
        .await;
    assert_eq!(shown(&person, &ids), [4], "{}", person.screen());
    assert_eq!(calls(&simulator, Operation::ListTargetsForPolicy), 1);
    // A refresh asks again.
    simulator.attach_policy(SOURCE, &ids[0], "base").unwrap();
    person.keys("enter r").settle().await;
    assert_eq!(shown(&person, &ids), [1, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_there_is_said_where_it_is_typed() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).settled().await;
    for (word, said) in [
        ("group:paris", "no such thing group"),
        ("thing:press-9", "no such thing"),
        ("thing:", "a name is missing"),
        ("ca:12", "64 hexadecimal digits"),
    ] {
        person.keys("/").keys(word).settle().await;
        let row = person.row(" Filter ");
        assert!(
            row.contains(said) && row.contains("0 of 4"),
            "{word}: {row}"
        );
        person.keys("esc");
    }
    assert_eq!(shown(&person, &ids), [1, 2, 3, 4]);
    simulator.deny(SOURCE, "iot:ListTargetsForPolicy");
    person.keys("/").keys("policy:base").settle().await;
    let row = person.row(" Filter ");
    assert!(row.contains("access denied"), "{row}");
    // The whole failure, with the right that is missing.
    person.keys("enter e");
    assert!(
        person.screen().contains("iot:ListTargetsForPolicy"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wanted_any_more_is_not_asked_on() {
    let (simulator, ids) = fleet();
    for n in 5..=400 {
        let thing = format!("spare-{n}");
        simulator.create_thing(SOURCE, &thing, None, &[]);
        simulator.put_into_group(SOURCE, "lyon", &thing);
    }
    let mut person = Start::new(&simulator).settled().await;
    simulator.clear_calls();
    person.keys("/").keys("group:lyon enter");
    person
        .sees("asking AWS…")
        .await
        .sees(" of 399 things")
        .await;
    person.keys("esc").settle().await;
    let asked = calls(&simulator, Operation::ListThingPrincipals);
    assert!(asked < 300, "{asked}");
    assert_eq!(shown(&person, &ids), [1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn the_opposite_of_a_name_is_shown_once_aws_has_said_it() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("/").keys("\"not group:lyon\"");
    assert_eq!(shown(&person, &ids), [0; 0], "{}", person.screen());
    person.keys("enter *");
    assert!(
        person
            .screen()
            .contains("Not marked: AWS is still being asked"),
        "{}",
        person.screen()
    );
    person.settle().await;
    assert_eq!(shown(&person, &ids), [4], "{}", person.screen());
    let row = person.row(" Filter ");
    assert!(row.contains("not in group lyon"), "{row}");
    person
        .keys("esc /")
        .keys("\"(thing:press-1 or policy:base) not status:revoked\"")
        .settle()
        .await;
    assert_eq!(shown(&person, &ids), [1, 4], "{}", person.screen());
    person.keys("enter *");
    assert!(person.screen().contains("2 marked"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_word_that_means_nothing_is_said_and_nothing_matches() {
    let (simulator, ids) = fleet();
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    for (filter, said) in [
        ("polcy:x", "perhaps policy: is meant"),
        ("not polcy:x", "perhaps policy: is meant"),
        ("status:active or", "a word is missing beside it"),
        ("(status:active", "a closing bracket is missing"),
        ("status:active)", "no opening bracket"),
        ("age:30d", "a time is written so"),
        ("\u{1b}[2Jx:y", "no such word"),
    ] {
        person.keys("/");
        person.paste(filter);
        person.settle().await;
        let row = person.row(" Filter ");
        assert!(row.contains(said) && row.contains("0 of 4"), "{row}");
        assert_eq!(shown(&person, &ids), [0; 0]);
        person.keys("enter *");
        assert!(!person.screen().contains("marked"), "{}", person.screen());
        person.keys("esc");
    }
    assert_eq!(shown(&person, &ids), [1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn words_are_completed_by_what_is_known_here() {
    let (simulator, _) = fleet();
    let mut person = Start::new(&simulator).size(120, 24).settled().await;
    person.keys("N").settle().await;
    for (typed, completed) in [
        ("stat", "status:"),
        ("status:act", "status:active"),
        ("to:44445", "to:4444-5555-6666"),
        ("device:device-1", "device:device-1"),
        ("inac", "status:inactive"),
        ("\"(age:>30d or rev\"", "(age:>30d or status:revoked"),
    ] {
        person.keys("/").keys(typed).keys("tab");
        let row = person.row(" Filter ");
        assert!(row.contains(&format!("  {completed} ")), "{typed}: {row}");
        person.keys("esc");
    }
    // Of several one is chosen, and its letters find it.
    person.keys("/").keys("\"status:active exp\" tab");
    assert!(
        person.screen().contains("Words of the filter"),
        "{}",
        person.screen()
    );
    person.keys("down enter");
    let row = person.row(" Filter ");
    assert!(row.contains("  status:active expired "), "{row}");
}

#[tokio::test(start_paused = true)]
async fn what_was_used_last_comes_back_also_at_the_next_start() {
    let (simulator, _) = fleet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filters.json");
    let mut person = Start::new(&simulator).filters(&path).settled().await;
    for filter in ["status:active", "\"not 3f\"", "polcy:x", "group:lyon"] {
        person.keys("/").keys(filter).keys("enter").settle().await;
        person.keys("esc");
    }
    drop(person);
    let mut person = Start::new(&simulator).filters(&path).settled().await;
    person.keys("/").settle().await;
    person.keys("half ctrl-r");
    let row = |person: &super::person::Person| person.row(" Filter ");
    assert!(row(&person).contains("  group:lyon "), "{}", row(&person));
    person.keys("ctrl-r");
    assert!(row(&person).contains("  not 3f "), "{}", row(&person));
    person.keys("ctrl-r");
    assert!(
        row(&person).contains("  status:active "),
        "{}",
        row(&person)
    );
    person.keys("ctrl-r");
    assert!(
        person.screen().contains("No older filter"),
        "{}",
        person.screen()
    );
    person.keys("ctrl-n ctrl-n ctrl-n");
    assert!(row(&person).contains("  half "), "{}", row(&person));
    person.keys("esc f backtab backtab").settle().await;
    assert!(
        person.screen().contains("3 used last"),
        "{}",
        person.screen()
    );
    person.keys("down enter").settle().await;
    assert!(row(&person).contains("  not 3f "), "{}", row(&person));
}

#[tokio::test(start_paused = true)]
async fn the_list_is_sorted_by_what_is_chosen_and_says_what_is_not_known() {
    let (simulator, ids) = fleet();
    let config = "device_names = false\n";
    let mut person = Start::new(&simulator)
        .config(config)
        .size(120, 24)
        .settled()
        .await;
    let order = |person: &super::person::Person| {
        let screen = person.screen();
        let place = |id: &String| screen.find(&short(id)).unwrap();
        let mut all: Vec<usize> = (0..ids.len()).collect();
        all.sort_by_key(|n| place(&ids[*n]));
        all.into_iter().map(|n| n + 1).collect::<Vec<usize>>()
    };
    person.keys("s");
    let now = person.row("By age");
    assert!(now.contains("now: R turns it round"), "{now}");
    person.keys("2");
    let title = person.row(" Certificates ");
    assert!(
        title.contains("by device, 4 not known: N learns it"),
        "{title}"
    );
    person.keys("N").settle().await;
    while person.screen().contains("not known") {
        person.names().await;
    }
    assert_eq!(order(&person), [1, 2, 3, 4], "{}", person.screen());
    person.keys("R");
    assert!(person.row(" Certificates ").contains("by device, reversed"));
    assert_eq!(order(&person), [4, 3, 2, 1], "{}", person.screen());
    // The expiry came with the names.
    for (letter, words) in [
        ("6", "expiring soonest first"),
        ("5", "by recipient"),
        ("4", "longest in transfer first"),
        ("3", "by status"),
        ("1", "newest first"),
    ] {
        person.keys("s").keys(letter);
        let title = person.row(" Certificates ");
        assert!(
            title.contains(words) && !title.contains("not known"),
            "{title}"
        );
    }
}
