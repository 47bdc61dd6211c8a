//! What the screen says of its own keys: the help, what applies where, and the keys that somebody new is shown.

use certferry::{simulator::Simulator, tui::keymap::Keymap};

use super::{
    hand_over,
    person::{Person, Start, clock},
    runs,
};

async fn demo() -> Person {
    Start::new(&Simulator::demo_at(clock())).settled().await
}

/// The part of the help that is about the page where it was opened.
fn here(person: &mut Person) -> String {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..40 {
        let screen = person.screen();
        let lines = screen.lines().filter_map(|line| line.split('│').nth(1));
        for line in lines.map(str::trim) {
            if line.starts_with("Everything else follows") {
                return seen.join("\n");
            }
            if !seen.iter().any(|it| it == line) {
                seen.push(line.to_owned());
            }
        }
        person.keys("down");
    }
    panic!("no end of the first part:\n{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn the_help_begins_with_what_applies_here_with_the_keys_as_they_are_bound() {
    let mut person = demo().await;
    person.app.setup.keymap = Keymap::new("[main]\nsort = [\"z\"]\n").unwrap();
    person.keys("?");
    let list = here(&mut person);
    assert!(list.starts_with("Here: the list of certificates"), "{list}");
    assert!(list.contains("z           Sort by age"), "{list}");
    // Of the actions those that this certificate allows, and of the tabs nothing: no details are open.
    assert!(list.contains("Start transfer: deactivate"), "{list}");
    assert!(!list.contains("Reject"), "{list}");
    assert!(!list.contains("Hand over"), "no other side is open: {list}");
    assert!(!list.contains("The tab Policies"), "{list}");
    person.keys("esc enter").settle().await;
    person.keys("?");
    let details = here(&mut person);
    assert!(
        details.starts_with("Here: the details of a certificate"),
        "{details}"
    );
    assert!(details.contains("The tab Policies"), "{details}");
    // All the rest is there too.
    person.keys("/ \"Keys that were not meant\"");
    assert!(person.screen().contains("1 of 1"), "{}", person.screen());
    person.keys("esc esc").keys("esc esc");

    // Over marks only what applies to some of them, by the keys that reach it.
    person.keys("space space").keys("?");
    let marks = here(&mut person);
    assert!(marks.contains("Deactivate"), "{marks}");
    assert!(!marks.contains("Resume"), "{marks}");
    assert!(!marks.contains("Transfer the ready ones"), "{marks}");
    person.keys("esc a m");

    // A page says what its own keys do.
    person.keys("i").settle().await;
    person.keys("?");
    let inbox = here(&mut person);
    assert!(inbox.starts_with("Here: inbox and outbox"), "{inbox}");
    assert!(inbox.contains("Inbox, outbox"), "{inbox}");
    assert!(!inbox.contains("Sort by age"), "{inbox}");
}

#[tokio::test(start_paused = true)]
async fn where_letters_are_typed_another_key_opens_the_help() {
    let mut person = demo().await;
    person.keys("/").keys("?");
    assert_eq!(person.app.side.list.filter_input.value(), "?");
    person.keys("f1");
    let filter = here(&mut person);
    assert!(filter.starts_with("Here: a filter is typed"), "{filter}");
    assert!(filter.contains("status:"), "{filter}");
    assert!(filter.contains("Ctrl-r"), "{filter}");
    // The filter is still typed behind it.
    person.keys("esc").keys("backspace").keys("\"abc\"");
    assert_eq!(person.app.side.list.filter_input.value(), "abc");
    person.keys("esc");

    person.keys("H").settle().await;
    person.keys("f1");
    assert!(here(&mut person).starts_with("Here: the history"));
    person.keys("esc esc");
    person.keys("a").keys("?");
    let menu = here(&mut person);
    assert!(menu.contains("Start transfer…"), "{menu}");
    assert!(!menu.contains("Reject"), "what does not apply: {menu}");
}

#[tokio::test(start_paused = true)]
async fn a_dialog_explains_its_keys_too() {
    let (_simulator, mut person) = runs::fleet(1).await;
    person.keys("t").settle().await;
    person.keys("f1").keys("end");
    let screen = person.screen();
    assert!(screen.contains("Keys in the dialog"), "{screen}");
    assert!(screen.contains("Ctrl-y"), "{screen}");
    // The dialog is as it was.
    person.keys("esc");
    assert!(person.screen().contains("Cancel"), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn somebody_new_is_shown_three_keys_and_each_goes_once_it_was_used() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).taught().settled().await;
    let line = |person: &Person| {
        let screen = person.screen();
        let line = screen.lines().rev().find(|line| line.contains("A demo:"));
        line.map(|line| line.trim().to_owned())
    };
    let whole = "A demo: Enter opens it · a what can be done · x the other account";
    person.resize(120, 24);
    assert_eq!(line(&person).as_deref(), Some(whole));
    // A message has the line for itself, and dialogs have it empty.
    person.keys("-");
    assert_eq!(line(&person), None, "{}", person.screen());
    person.keys("a");
    assert_eq!(line(&person), None, "{}", person.screen());
    person.keys("esc").keys("enter").settle().await;
    person.pass(std::time::Duration::from_secs(20));
    person.keys("j");
    assert_eq!(
        line(&person).as_deref(),
        Some("A demo: x the other account")
    );
    person.keys("x").settle().await;
    person.pass(std::time::Duration::from_secs(20));
    person.keys("j");
    assert_eq!(line(&person), None, "{}", person.screen());
    assert_eq!(
        person.app.first_steps.learnt(),
        ["actions", "open", "other-side"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_note_covers_the_whole_batch() {
    let (_simulator, mut person) = runs::fleet(3).await;
    person.keys("N").settle().await;
    runs::begin_transfer_of_all(&mut person).await;
    person.keys("Y");
    assert!(person.copied.is_empty(), "nothing is offered yet");
    person.settle().await;
    person.keys("Y");
    let note = person.copied.last().unwrap().clone();
    let ids = person.app.batches[0].tally.items().iter();
    for id in ids.map(|item| item.id.to_string()) {
        // Once with its device, once in what accepts it.
        assert_eq!(note.matches(&id).count(), 2, "{note}");
    }
    assert!(
        note.starts_with(
            "AWS account 1111-2222-3333 fleet-prod offers you 3 AWS IoT certificates in region us-east-1, for \
             4444-5555-6666 fleet-eu."
        ),
        "{note}"
    );
    assert!(
        note.contains("aws iot accept-certificate-transfer"),
        "{note}"
    );
    assert!(note.contains("  unit-00000"), "{note}");
    // The same as a file.
    person.keys("s");
    let (name, saved) = person.saved.last().unwrap();
    assert!(name.starts_with("certferry-note-2026"), "{name}");
    assert_eq!(*saved, format!("{note}\n"));
    assert!(person.screen().contains(&format!("Saved as {name}.")));
    // The selected one alone, as before.
    person.keys("y");
    let one = person.copied.last().unwrap();
    assert!(one.contains("offers you an AWS IoT certificate"), "{one}");
}

#[tokio::test(start_paused = true)]
async fn the_owners_of_devices_that_were_handed_over_get_one_note() {
    let (simulator, ids) = hand_over::world(2);
    let start = Start::new(&simulator).both_sides().size(110, 40);
    let mut person = start.settled().await;
    person.keys("* a").choose("Hand over");
    person.settle().await;
    while !person.screen().contains("> jobs ") {
        person.keys("j");
    }
    person.keys("enter").choose("Attach what is there");
    person.keys("M").settle().await;
    person.keys("6 6 6 6").keys("ctrl-y");
    person.settle().await;
    person.keys("Y");
    let note = person.copied.last().cloned().unwrap_or_default();
    assert!(
        note.starts_with("2 certificates are now in AWS account"),
        "{note}\n{}",
        person.screen()
    );
    assert!(ids.iter().all(|id| note.contains(id)), "{note}");
    assert!(note.contains("Endpoint: "), "{note}");
}
