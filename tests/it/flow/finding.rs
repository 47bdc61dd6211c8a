//! Certificates by the names that people know, in the filter.

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator};

use super::person::{SOURCE, Start, calls, clock, shown};

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
