//! Lists in files: what one names is marked, and each of its lines accounted for.

use std::{fs, path::PathBuf, time::Duration};

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator, Status};
use tempfile::TempDir;

use super::person::{RECIPIENT, SOURCE, Start, calls, clock, short};

/// So many presses with a certificate each.
fn fleet(n: u64) -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let one = |n| {
        let new = NewCertificate::new(&format!("device-{n}"), n);
        let id = simulator.add_certificate(SOURCE, &new).unwrap();
        let thing = format!("press-{n}");
        simulator.create_thing(SOURCE, &thing, None, &[]);
        let kind = PrincipalType::NonExclusiveThing;
        simulator.attach_thing(SOURCE, &id, &thing, kind).unwrap();
        id
    };
    let ids = (1..=n).map(one).collect();
    (simulator, ids)
}

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[tokio::test(start_paused = true)]
async fn what_a_list_names_is_marked_from_the_start_and_each_line_accounted_for() {
    let (simulator, ids) = fleet(5);
    let folder = tempfile::tempdir().unwrap();
    let pem = simulator.pem(SOURCE, &ids[2]).unwrap();
    let pem = file(&folder, "press-3.pem", &pem);
    let elsewhere = format!("arn:aws:iot:us-east-1:{RECIPIENT}:cert/{}", ids[3]);
    let lines = [
        "press-1",
        &ids[1],
        pem.to_str().unwrap(),
        &elsewhere,
        &ids[0],
        "press-9",
        "press\u{1b}[2J",
        "",
    ];
    let list = file(&folder, "lyon.txt", &lines.join("\n"));
    let mut person = Start::new(&simulator).size(160, 40).select(&list).started();
    person.sees("List ").await.settle().await;
    let screen = person.screen();
    for said in [
        "7 lines, 3 certificates, 1 named again, 3 not found or not clear.",
        "3 certificates are marked: a on the list does something with all of them.",
        "it is in account 4444-5555-6666",
        "6  press-9: ",
        r"7  press\x1b[2J: ",
        &format!("5  {}: {}", ids[0], short(&ids[0])),
        &format!("1  press-1: {}", short(&ids[0])),
        &format!("2  {}: {}", ids[1], short(&ids[1])),
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
    // Each thing once, and none for what is named otherwise.
    assert_eq!(calls(&simulator, Operation::ListThingPrincipals), 2);
    // What is marked is what a batch is about.
    person.keys("esc a");
    assert!(person.screen().contains("3 marked certificates"));
    person.choose("Deactivate");
    person.keys("tab enter").settle().await;
    for (n, id) in ids.iter().enumerate() {
        let expected = if n < 3 {
            Status::Inactive
        } else {
            Status::Active
        };
        let state = simulator.certificate(SOURCE, id).unwrap();
        assert_eq!(state.status, expected, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_named_in_a_dialog_and_what_is_wrong_with_it_is_said() {
    let (simulator, _) = fleet(3);
    let folder = tempfile::tempdir().unwrap();
    let good = file(
        &folder,
        "good.csv",
        "Thing Name;Line\npress-2;A\npress-3;B\n",
    );
    let column = file(&folder, "column.csv", "Line;Place\nA;Lyon\n");
    let empty = file(&folder, "empty.csv", "\n");
    let mut person = Start::new(&simulator).size(120, 30).settled().await;
    for (path, why) in [
        (folder.path().join("nothing.csv"), "No such file"),
        (folder.path().to_owned(), "it is not a file"),
        (column, "no column of it names certificates"),
        (empty, "it is empty"),
    ] {
        person.keys("F").paste(path.to_str().unwrap());
        person.keys("tab tab enter").settle().await;
        let screen = person.screen();
        assert!(
            screen.contains("No list: ") && screen.contains(why),
            "{why} in\n{screen}"
        );
    }
    person.keys("F tab tab enter");
    assert!(
        person.screen().contains("Type the file's name first."),
        "{}",
        person.screen()
    );
    person.keys("backtab backtab");
    person.paste(good.to_str().unwrap());
    person.keys("tab tab enter").settle().await;
    assert!(
        person.screen().contains("2 lines, 2 certificates."),
        "{}",
        person.screen()
    );
    person.keys("esc a");
    assert!(person.screen().contains("2 marked certificates"));
    person.keys("esc");
    // Marks of before stay, and are said.
    person.keys("F").paste(good.to_str().unwrap());
    person.keys("tab tab enter").settle().await;
    assert!(
        person.screen().contains("2 were marked before."),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_list_says_how_far_it_is_can_be_stopped_and_waits_for_who_is_typing() {
    let (simulator, _) = fleet(60);
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (1..=60).map(|n| format!("press-{n}")).collect();
    let list = file(&folder, "all.txt", &names.join("\n"));
    let mut person = Start::new(&simulator).size(120, 30).settled().await;
    person.keys("F").paste(list.to_str().unwrap());
    person.keys("tab tab enter");
    person.sees("list 20 of 60").await;
    person.keys("F");
    assert!(
        person.screen().contains("List: stopped."),
        "{}",
        person.screen()
    );
    tokio::time::sleep(Duration::from_mins(1)).await;
    let asked = calls(&simulator, Operation::ListThingPrincipals);
    assert!(asked < 60, "{asked}");
    person.keys("a");
    assert!(
        !person.screen().contains("marked certificates"),
        "{}",
        person.screen()
    );
    person.keys("esc");

    person.keys("F").paste(list.to_str().unwrap());
    person.keys("tab tab enter").keys("/").keys("device");
    person.sees("is shown next").await;
    assert!(
        person.row(" Filter ").contains("device"),
        "{}",
        person.screen()
    );
    person.keys("enter");
    assert!(
        person.screen().contains("60 lines, 60 certificates."),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_aws_does_not_answer_for_marks_nothing() {
    let (simulator, _) = fleet(3);
    simulator.deny(SOURCE, "iot:ListThingPrincipals");
    let folder = tempfile::tempdir().unwrap();
    let list = file(&folder, "all.txt", "press-1\npress-2\n");
    let mut person = Start::new(&simulator).size(120, 30).select(&list).started();
    person.sees("Nothing of it is marked").await.settle().await;
    assert!(
        person.screen().contains("access denied"),
        "{}",
        person.screen()
    );
    assert!(!person.screen().contains(" marked "), "{}", person.screen());
}
