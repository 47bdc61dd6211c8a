//! Texts that are read: finding words in them, the numbers of lines, and what is copied.

use certferry::simulator::Simulator;
use serde_json::json;

use super::{
    person::{Person, SOURCE, Start, clock},
    runs::{self, world},
};

/// The document of a policy that says much.
async fn document(size: (u16, u16)) -> (Simulator, Person) {
    let (simulator, id) = world();
    let statement = |n: usize| {
        json!({
            "Effect": "Allow",
            "Action": ["iot:Connect", "iot:Publish"],
            "Resource": format!("arn:aws:iot:us-east-1:111122223333:topic/lyon/press/{n}/telemetry"),
        })
    };
    let statements: Vec<_> = (1..=12).map(statement).collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    simulator.create_policy(SOURCE, "a-long-one", &document);
    simulator.attach_policy(SOURCE, &id, "a-long-one").unwrap();
    let start = Start::new(&simulator).size(size.0, size.1);
    let mut person = start.settled().await;
    person.keys("enter 2").settle().await;
    person.keys("home o enter").settle().await;
    (simulator, person)
}

#[tokio::test(start_paused = true)]
async fn words_are_found_in_a_text_and_gone_through() {
    let (_simulator, mut person) = document((80, 24)).await;
    assert!(person.screen().contains(" 1  {"), "{}", person.screen());
    person.keys("/ PUBLISH");
    let screen = person.screen();
    assert!(screen.contains("1 of 12 · find: PUBLISH_"), "{screen}");
    person.keys("enter n n");
    assert!(person.screen().contains("3 of 12 · find: PUBLISH"));
    // Behind the last one comes the first, and before the first the last.
    person.keys("N N N");
    assert!(
        person.screen().contains("12 of 12 · find"),
        "{}",
        person.screen()
    );
    person.keys("n");
    assert!(person.screen().contains("1 of 12 · find"));
    // A place is marked by an attribute, not by a colour: the one that was gone to otherwise than the others.
    assert!(person.picture().contains("REVERSED"));
    person.keys("esc / iot:");
    let picture = person.picture();
    assert!(picture.contains("REVERSED"), "{picture}");
    assert!(picture.contains("UNDERLINED"), "{picture}");
    person.keys("enter");
    // Esc ends the search before it closes the text.
    person.keys("esc");
    assert!(!person.screen().contains("find:"), "{}", person.screen());
    assert!(person.screen().contains("\"Statement\""));
    person.keys("/ zzz");
    assert!(
        person.screen().contains("not there · find: zzz_"),
        "{}",
        person.screen()
    );
    person.keys("esc esc");
    assert!(person.app.dialogs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_wrapped_is_found_and_what_is_copied_has_neither_numbers_nor_wraps() {
    let (_simulator, mut person) = document((40, 10)).await;
    person.keys("/ 111122223333:topic/lyon/press/7/");
    assert!(person.screen().contains("1 of 1"), "{}", person.screen());
    person.keys("enter y");
    let copied = person.copied.last().cloned().unwrap();
    assert!(
        copied.starts_with("{\"Version\":\"2012-10-17\""),
        "{copied}"
    );
    assert!(
        copied.contains("topic/lyon/press/7/telemetry\""),
        "{copied}"
    );
    super::screens::no_size_breaks(&mut person);
}

#[tokio::test(start_paused = true)]
async fn the_help_is_searched_too() {
    let mut person = Start::new(&Simulator::demo_at(clock())).settled().await;
    person.keys("?").keys("/ \"put back\"");
    assert!(
        person.screen().contains(" · find: put back_"),
        "{}",
        person.screen()
    );
    person.keys("enter n");
    assert!(person.screen().contains("└ 2 of "), "{}", person.screen());
    // A question mark is text while it is typed.
    person.keys("/ ?");
    assert!(
        person.screen().contains("find: put back?_"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn the_next_certificate_comes_into_the_details_in_the_order_of_the_list() {
    let (_simulator, mut person) = runs::fleet(4).await;
    let mut order = Vec::new();
    for _ in 0..4 {
        order.push(person.app.side.list.selected().unwrap());
        person.keys("down");
    }
    person.keys("home enter 2").settle().await;
    let shown = |person: &Person| person.app.side.details.as_ref().unwrap().id;
    for key in ["]", "ctrl-n", "]"] {
        person.keys(key).settle().await;
        assert_eq!(Some(shown(&person)), person.app.side.list.selected());
    }
    assert_eq!(shown(&person), order[3]);
    assert!(
        person.screen().contains("[Policies 2]"),
        "{}",
        person.screen()
    );
    person.keys("]");
    assert!(
        person
            .screen()
            .contains("This is the last one of the list.")
    );
    person.keys("[ ctrl-p").settle().await;
    assert_eq!(shown(&person), order[1]);
    // The list stands where the details were.
    person.keys("esc");
    assert_eq!(person.app.side.list.selected(), Some(order[1]));
    person.keys("[");
    assert_eq!(person.app.side.list.selected(), Some(order[0]));
}
