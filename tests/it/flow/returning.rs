//! Coming back to an account: its list is as it was left, and nothing of it is ever shown of another one.

use std::time::Duration;

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator, Status};

use super::person::{Person, RECIPIENT, SOURCE, Start, calls, clock, short};

/// Six presses here, every other one of them active, and two looms there.
fn world() -> (Simulator, Vec<String>, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let add = |account, name: &str, n: u64| {
        let status = if n.is_multiple_of(2) {
            Status::Active
        } else {
            Status::Inactive
        };
        let new = NewCertificate::new(name, n).status(status);
        simulator.add_certificate(account, &new).unwrap()
    };
    let here = (0..6).map(|n| add(SOURCE, "press", n)).collect();
    let there = (0..2).map(|n| add(RECIPIENT, "loom", n)).collect();
    (simulator, here, there)
}

async fn change_to(person: &mut Person, account: &str) {
    person.keys("S").choose(account);
    person.settle().await;
}

const HERE: &str = "1111-2222-3333";
const THERE: &str = "4444-5555-6666";

fn marked(person: &Person) -> Vec<String> {
    let mut all: Vec<String> = person
        .app
        .side
        .list
        .marked()
        .iter()
        .map(ToString::to_string)
        .collect();
    all.sort();
    all
}

/// Marks two of the inactive ones, and goes on to the third, with a filter and in another order.
async fn leave(person: &mut Person) -> Vec<String> {
    person.keys("/").keys("status:inactive").keys("enter");
    person
        .keys("R")
        .keys("g")
        .keys("space space")
        .settle()
        .await;
    let marks = marked(person);
    assert_eq!(marks.len(), 2);
    marks
}

#[tokio::test(start_paused = true)]
async fn the_list_is_as_it_was_left() {
    let (simulator, _, there) = world();
    let mut person = Start::new(&simulator).settled().await;
    let marks = leave(&mut person).await;
    let chosen = person.app.side.list.selected();
    let order = person.app.side.list.order();

    change_to(&mut person, THERE).await;
    let screen = person.screen();
    assert!(screen.contains(&short(&there[0])), "{screen}");
    assert!(screen.contains(&short(&there[1])), "{screen}");
    assert!(
        !screen.contains("marked") && !screen.contains(" Filter "),
        "{screen}"
    );
    assert!(!screen.contains("As you left"), "{screen}");
    assert_ne!(person.app.side.list.order(), order);
    // What is done here stays here.
    person
        .keys("/")
        .keys("status:active")
        .keys("enter")
        .keys("space");

    let listed = calls(&simulator, Operation::ListCertificates);
    change_to(&mut person, HERE).await;
    let screen = person.screen();
    assert!(screen.contains("2 marked"), "{screen}");
    assert!(
        person.row(" Filter ").contains("status:inactive"),
        "{screen}"
    );
    assert!(person.row(" Filter ").contains("3 of 6"), "{screen}");
    assert!(screen.contains("oldest first"), "{screen}");
    assert!(
        screen.contains("As you left this account: filter, order, 2 marks."),
        "{screen}"
    );
    assert_eq!(marked(&person), marks);
    assert_eq!(person.app.side.list.selected(), chosen);
    assert_eq!(person.app.side.list.order(), order);
    // Listed anew, not remembered.
    assert_eq!(calls(&simulator, Operation::ListCertificates), listed + 1);

    change_to(&mut person, THERE).await;
    assert!(person.row(" Filter ").contains("status:active"));
    assert!(person.screen().contains("1 mark"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn marks_of_what_is_gone_do_not_come_back_and_that_is_said() {
    let (simulator, ..) = world();
    let mut person = Start::new(&simulator).settled().await;
    let marks = leave(&mut person).await;
    change_to(&mut person, THERE).await;
    simulator.delete_certificate(SOURCE, &marks[0]);
    change_to(&mut person, HERE).await;
    let said = "1 certificate that you had marked here is gone from this account; 1 is marked.";
    assert!(person.screen().contains(said), "{}", person.screen());
    assert_eq!(marked(&person), marks[1..]);
}

#[tokio::test(start_paused = true)]
async fn only_what_is_marked_is_shown_again_and_aws_is_asked_again_for_the_filter() {
    let (simulator, here, _) = world();
    simulator.create_thing_group(SOURCE, "lyon", None);
    for (n, id) in here.iter().enumerate().take(4) {
        let thing = format!("press-{n}");
        simulator.create_thing(SOURCE, &thing, None, &[]);
        simulator
            .attach_thing(SOURCE, id, &thing, PrincipalType::NonExclusiveThing)
            .unwrap();
        simulator.put_into_group(SOURCE, "lyon", &thing);
    }
    let mut person = Start::new(&simulator).settled().await;
    person
        .keys("/")
        .keys("group:lyon")
        .keys("enter")
        .settle()
        .await;
    person.keys("g").keys("space space").keys("m");
    let marks = marked(&person);
    assert!(
        person.row(" Filter ").contains("2 of 6"),
        "{}",
        person.screen()
    );
    change_to(&mut person, THERE).await;
    assert!(!person.screen().contains("only what was marked"));
    let asked = calls(&simulator, Operation::ListThingsInThingGroup);
    change_to(&mut person, HERE).await;
    let screen = person.screen();
    assert!(screen.contains("only what was marked"), "{screen}");
    assert!(person.row(" Filter ").contains("group:lyon"), "{screen}");
    assert!(person.row(" Filter ").contains("2 of 6"), "{screen}");
    assert_eq!(marked(&person), marks);
    assert_eq!(
        calls(&simulator, Operation::ListThingsInThingGroup),
        asked + 1
    );
    // All of them gone: nothing would be shown at all.
    change_to(&mut person, THERE).await;
    for id in &marks {
        simulator.delete_thing(SOURCE, "press-0");
        simulator.delete_certificate(SOURCE, id);
    }
    change_to(&mut person, HERE).await;
    assert!(
        !person.screen().contains("only what was marked"),
        "{}",
        person.screen()
    );
    assert!(
        person
            .screen()
            .contains("2 certificates that you had marked here are gone")
    );
}

/// However far it is that somebody changes again: what belongs to one account never reaches the other, and comes back
/// whole.
#[tokio::test(start_paused = true)]
async fn changing_in_the_midst_of_a_listing_loses_and_mixes_nothing() {
    let (simulator, here, there) = world();
    for answers in 0..8 {
        let mut person = Start::new(&simulator).settled().await;
        let marks = leave(&mut person).await;
        for account in [THERE, HERE, THERE, HERE] {
            person.keys("S").choose(account);
            for _ in 0..answers {
                person.one_answer().await;
            }
            let side = &person.app.side;
            let at = side.session.account().map(|it| it.to_string());
            let filter = side.list.filter_input.value();
            if at.as_deref() != Some(SOURCE) {
                assert_eq!(
                    (filter, side.list.marks(), side.list.marks_awaited()),
                    ("", 0, 0)
                );
            }
        }
        person.settle().await;
        assert_eq!(marked(&person), marks, "{answers}");
        assert!(person.row(" Filter ").contains("status:inactive"));
        let screen = person.screen();
        assert!(
            !there.iter().any(|id| screen.contains(&short(id))),
            "{screen}"
        );
        assert!(
            here.iter().any(|id| screen.contains(&short(id))),
            "{screen}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_cannot_be_reached_in_between_changes_nothing() {
    let (simulator, ..) = world();
    let mut person = Start::new(&simulator).settled().await;
    let marks = leave(&mut person).await;
    simulator.set_expired(RECIPIENT, true);
    change_to(&mut person, THERE).await;
    assert_eq!(person.app.side.list.marks(), 0);
    assert!(
        !person.screen().contains("status:inactive"),
        "{}",
        person.screen()
    );
    // What is typed while nobody knows whose account it is stays with none.
    person.keys("/").keys("lost").keys("enter");
    change_to(&mut person, HERE).await;
    assert_eq!(marked(&person), marks);
    simulator.set_expired(RECIPIENT, false);
    change_to(&mut person, THERE).await;
    assert!(!person.screen().contains(" Filter "), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_kept_filter_goes_before_the_one_of_the_settings() {
    let (simulator, ..) = world();
    let start = Start::new(&simulator).config("filter = \"status:active\"");
    let mut person = start.settled().await;
    assert!(
        person.row(" Filter ").contains("3 of 6"),
        "{}",
        person.screen()
    );
    person.keys("esc").settle().await;
    assert!(!person.screen().contains(" Filter "), "{}", person.screen());
    change_to(&mut person, THERE).await;
    assert!(
        person.row(" Filter ").contains("1 of 2"),
        "{}",
        person.screen()
    );
    change_to(&mut person, HERE).await;
    assert!(!person.screen().contains(" Filter "), "{}", person.screen());
    change_to(&mut person, THERE).await;
    assert!(
        person.row(" Filter ").contains("status:active"),
        "{}",
        person.screen()
    );
}

/// Nothing is done with half of what is marked, and the marks can be taken away meanwhile.
#[tokio::test(start_paused = true)]
async fn what_is_marked_waits_until_all_of_it_is_listed() {
    let (simulator, ..) = world();
    let mut person = Start::new(&simulator).settled().await;
    leave(&mut person).await;
    for takes_away in [false, true] {
        change_to(&mut person, THERE).await;
        simulator.set_latency(Some(Operation::ListCertificates), Duration::from_secs(3));
        person.keys("S").choose(HERE);
        while person.app.side.list.marks_awaited() == 0 {
            person.one_answer().await;
        }
        let screen = person.screen();
        assert!(
            screen.contains("0 marked, 2 more not listed yet"),
            "{screen}"
        );
        person.keys("+");
        let screen = person.screen();
        assert!(
            screen.contains("Activate: 2 of the marked are not listed yet."),
            "{screen}"
        );
        person.keys("a");
        let screen = person.screen();
        assert!(screen.contains("2 not listed yet"), "{screen}");
        assert!(!screen.contains("Activate…"), "{screen}");
        if takes_away {
            person.keys("m");
        } else {
            person.keys("esc");
        }
        person.settle().await;
        simulator.set_latency(Some(Operation::ListCertificates), Duration::ZERO);
        assert_eq!(marked(&person).len(), if takes_away { 0 } else { 2 });
        assert!(!person.screen().contains("are gone"), "{}", person.screen());
    }
}

/// The other side that is closed is found as it was left, too.
#[tokio::test(start_paused = true)]
async fn a_side_that_is_closed_and_opened_again_is_as_it_was_left() {
    let (simulator, ..) = world();
    let mut person = Start::new(&simulator).both_sides().settled().await;
    person.keys("x").settle().await;
    person
        .keys("/")
        .keys("status:active")
        .keys("enter")
        .keys("space");
    person.keys("x").settle().await;
    person.keys("S up").choose("Close the other side");
    person.keys("x").choose("4444-5555-6666");
    person.settle().await;
    assert!(
        person.row(" Filter ").contains("status:active"),
        "{}",
        person.screen()
    );
    assert!(person.screen().contains("1 marked"), "{}", person.screen());
}
