//! How many keys a person presses for what is done most, counted from the list with the row chosen. The account is
//! asserted, too: a key that opens a dialog does nothing else.

use certferry::simulator::{
    CertificateState, NewCertificate, Operation, PrincipalType, Simulator, Status,
};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, calls, clock};

fn empty() -> Simulator {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    simulator
}

/// A source with so many active certificates that have 3 policies and 3 things each, and an empty recipient.
fn world(certificates: usize) -> (Simulator, Vec<String>) {
    let simulator = empty();
    let policies = ["base", "jobs", "site"];
    for policy in policies {
        let document = json!({"Version": "2012-10-17", "Statement": []});
        simulator.create_policy(SOURCE, policy, &document);
    }
    let ids = (0..certificates).map(|n| {
        let seed = u64::try_from(n).unwrap() + 1;
        let new = NewCertificate::new(&format!("press-{n}"), seed).status(Status::Active);
        let id = simulator.add_certificate(SOURCE, &new).unwrap();
        for policy in policies {
            simulator.attach_policy(SOURCE, &id, policy).unwrap();
        }
        for part in ["arm", "belt", "lamp"] {
            let thing = format!("press-{n}-{part}");
            simulator.create_thing(SOURCE, &thing, None, &[]);
            let kind = PrincipalType::NonExclusiveThing;
            simulator.attach_thing(SOURCE, &id, &thing, kind).unwrap();
        }
        id
    });
    let ids = ids.collect();
    (simulator, ids)
}

fn state(simulator: &Simulator, account: &str, id: &str) -> CertificateState {
    simulator.certificate(account, id).unwrap()
}

fn offered(simulator: &Simulator, ids: &[String]) -> usize {
    let offered = |id: &&String| {
        let state = simulator.certificate(RECIPIENT, id);
        state.is_some_and(|it| it.status == Status::PendingTransfer)
    };
    ids.iter().filter(offered).count()
}

/// Presses keys, each group once everything that the one before has asked for is there; answers how many.
async fn press(person: &mut Person, groups: &[&str]) -> usize {
    let before = person.pressed;
    for group in groups {
        person.keys(group).settle().await;
    }
    person.pressed - before
}

#[tokio::test(start_paused = true)]
async fn one_is_prepared_and_transferred_with_few_keys() {
    let (simulator, ids) = world(1);
    let mut person = Start::new(&simulator).settled().await;
    let keys = press(&mut person, &["t", "tab enter", "enter"]).await;
    assert!(keys <= 6, "{keys}");
    assert_eq!(offered(&simulator, &ids), 1, "{}", person.screen());
    assert_eq!(state(&simulator, SOURCE, &ids[0]).policies.len(), 0);
    assert_eq!(calls(&simulator, Operation::DetachPolicy), 3);
}

#[tokio::test(start_paused = true)]
async fn forty_in_a_range_are_transferred_with_few_keys() {
    let (simulator, ids) = world(45);
    let mut person = Start::new(&simulator).settled().await;
    // The range is marked by the action.
    let keys = press(
        &mut person,
        &["v 3 9 j t", "tab", "6 6 6 6 enter", "ctrl-y"],
    )
    .await;
    assert!(keys <= 12, "{keys}");
    assert_eq!(offered(&simulator, &ids), 40, "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn all_that_a_filter_shows_are_transferred_with_few_keys() {
    let (simulator, ids) = world(45);
    let mut person = Start::new(&simulator).settled().await;
    person
        .keys("/")
        .keys("\"status:active\" enter")
        .settle()
        .await;
    let keys = press(&mut person, &["* t", "tab", "6 6 6 6", "ctrl-y"]).await;
    assert!(keys <= 9, "{keys}");
    assert_eq!(offered(&simulator, &ids), 45, "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn step_by_step_takes_few_keys() {
    let (simulator, ids) = world(1);
    let mut person = Start::new(&simulator).settled().await;
    let mut keys = press(&mut person, &["d", "ctrl-y", "esc", "enter"]).await;
    assert_eq!(state(&simulator, SOURCE, &ids[0]).status, Status::Inactive);
    keys += press(&mut person, &["2 * D"]).await;
    let dialog = person.screen();
    assert!(dialog.contains("Detach policies"), "{dialog}");
    keys += press(&mut person, &["ctrl-y"]).await;
    assert_eq!(state(&simulator, SOURCE, &ids[0]).policies.len(), 0);
    keys += press(&mut person, &["3 * D", "ctrl-y"]).await;
    assert_eq!(calls(&simulator, Operation::DetachThingPrincipal), 3);
    keys += press(&mut person, &["t", "tab", "ctrl-y"]).await;
    assert!(keys <= 20, "{keys}");
    assert_eq!(offered(&simulator, &ids), 1, "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn an_offer_is_answered_or_taken_back_with_two_keys() {
    let simulator = empty();
    for n in 1..=3 {
        let new = NewCertificate::new(&format!("press-{n}"), n);
        let id = simulator.add_certificate(SOURCE, &new).unwrap();
        simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    }
    let mut person = Start::new(&simulator).recipient().settled().await;
    let keys = press(&mut person, &["A", "ctrl-y"]).await;
    assert!(keys <= 2, "{keys}");
    assert_eq!(calls(&simulator, Operation::AcceptCertificateTransfer), 1);
    press(&mut person, &["esc", "j"]).await;
    let reason = "wrong";
    let keys = press(&mut person, &["X", reason, "ctrl-y"]).await - reason.len();
    assert!(keys <= 3, "{keys}");
    assert_eq!(calls(&simulator, Operation::RejectCertificateTransfer), 1);

    let mut sender = Start::new(&simulator).settled().await;
    sender.keys("/").keys("\"status:transferred\" enter");
    let keys = press(&mut sender, &["W", "ctrl-y"]).await;
    assert!(keys <= 2, "{keys}");
    assert_eq!(calls(&simulator, Operation::CancelCertificateTransfer), 1);
}

#[tokio::test(start_paused = true)]
async fn what_came_back_is_put_back_with_few_keys() {
    let (simulator, ids) = world(6);
    let mut person = Start::new(&simulator).settled().await;
    press(&mut person, &["* t", "tab", "ctrl-y", "esc"]).await;
    assert_eq!(offered(&simulator, &ids), 6, "{}", person.screen());
    let mut recipient = Start::new(&simulator).recipient().settled().await;
    press(&mut recipient, &["* X", "ctrl-y"]).await;
    assert_eq!(offered(&simulator, &ids), 0, "{}", recipient.screen());
    press(&mut person, &["r", "g"]).await;
    let keys = press(&mut person, &["p", "ctrl-y"]).await;
    assert!(keys <= 2, "{keys}");
    press(&mut person, &["esc", "g j"]).await;
    let keys = press(&mut person, &["v 4 j p", "ctrl-y"]).await;
    assert!(keys <= 6, "{keys}");
    for id in &ids {
        let now = state(&simulator, SOURCE, id);
        assert_eq!(now.policies.len(), 3, "{}", person.screen());
        assert_eq!(now.status, Status::Active);
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_that_does_not_apply_says_why_and_opens_nothing() {
    let (simulator, _) = world(2);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("A");
    assert!(person.screen().contains("Accept transfer: not in transfer"));
    person.keys("space V");
    assert!(person.screen().contains("never for many at once"));
    person.keys("space D");
    assert!(person.screen().contains("choose a policy or a thing"));
    person.keys("z");
    assert!(person.screen().contains("z does nothing here"));
    let changes = simulator.calls().into_iter().filter(|it| {
        it.operation
            .is_some_and(|it| format!("{it:?}").starts_with("Update"))
    });
    assert_eq!(changes.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_range_can_be_left_and_marks_turned_round() {
    let (simulator, _) = world(8);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("v 2 j");
    assert!(person.row("Certificates").contains("range of 3"));
    person.keys("esc");
    assert!(!person.row("Certificates").contains("range"));
    assert!(!person.row("Certificates").contains("marked"));
    person.keys("v k v");
    assert!(person.row("Certificates").contains("2 marked"));
    person.keys("!");
    assert!(person.row("Certificates").contains("6 marked"));
}

#[tokio::test(start_paused = true)]
async fn every_digit_begins_a_count_on_the_list() {
    let (simulator, _) = world(10);
    let mut person = Start::new(&simulator).settled().await;
    let mut rows = Vec::new();
    person.keys("g");
    for _ in 0..10 {
        rows.push(person.app.side.list.selected().unwrap());
        person.keys("j");
    }
    for n in 1..=9 {
        person.keys(&format!("g {n} G"));
        assert_eq!(person.app.side.list.selected(), Some(rows[n - 1]), "{n}G");
        person.keys(&format!("g {n} j"));
        assert_eq!(person.app.side.list.selected(), Some(rows[n]), "{n}j");
    }
}

#[tokio::test(start_paused = true)]
async fn in_the_details_no_range_begins_that_nobody_sees() {
    let (simulator, _) = world(3);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("3 v");
    assert!(
        person.screen().contains("A range is marked in the list"),
        "{}",
        person.screen()
    );
    person.keys("esc j");
    assert_eq!(person.app.side.list.marks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_is_left_offers_what_was_typed_for_the_same_certificate() {
    let (simulator, ids) = world(2);
    let mut person = Start::new(&simulator).settled().await;
    press(&mut person, &["t", "tab", "\"for Lyon\" esc", "t"]).await;
    let dialog = person.screen();
    assert!(
        dialog.contains("444455556666") && dialog.contains("for Lyon"),
        "{dialog}"
    );
    // Nothing of it is offered for another one.
    press(&mut person, &["esc", "j t"]).await;
    let dialog = person.screen();
    assert!(
        !dialog.contains("444455556666") && !dialog.contains("for Lyon"),
        "{dialog}"
    );
    assert_eq!(offered(&simulator, &ids), 0);
}

#[tokio::test(start_paused = true)]
async fn the_palette_finds_what_can_be_done_and_remembers_it() {
    let (simulator, ids) = world(1);
    let mut person = Start::new(&simulator).settled().await;
    press(&mut person, &[":", "\"deactiv\" enter"]).await;
    assert!(
        person.screen().contains("Deactivate "),
        "{}",
        person.screen()
    );
    press(&mut person, &["esc", ":"]).await;
    assert!(
        person.row("> ").contains("Deactivate…"),
        "{}",
        person.screen()
    );
    // What does not apply is not offered.
    assert!(!person.screen().contains("Accept transfer"));
    press(&mut person, &["esc", ":", "\"history\" enter"]).await;
    assert!(person.screen().contains("History"), "{}", person.screen());
    assert_eq!(state(&simulator, SOURCE, &ids[0]).status, Status::Active);
}

#[tokio::test(start_paused = true)]
async fn the_palette_has_filters_that_were_used_and_themes() {
    let (_simulator, mut person) = super::runs::fleet(2).await;
    person
        .keys("/")
        .keys("\"status:active age:>1d\" enter")
        .settle()
        .await;
    person.keys("esc").settle().await;
    person.keys(": \"age:>1d\"");
    assert!(
        person.screen().contains("Filter status:active age:>1d"),
        "{}",
        person.screen()
    );
    person.keys("enter").settle().await;
    assert_eq!(
        person.app.side.list.filter_input.value(),
        "status:active age:>1d"
    );
    // A theme is changed at once, also over a page, which stays.
    let light = certferry::tui::theme::built_in("light").unwrap();
    person.app.setup.themes = vec![("light".to_owned(), light)];
    let plain = certferry::tui::Theme::default();
    let (before, in_light) = (person.in_theme(&plain), person.in_theme(&light));
    person.keys("i").settle().await;
    person.keys(": \"theme li\" enter");
    assert!(
        person
            .screen()
            .contains("The theme light, for this session")
    );
    assert!(matches!(person.app.dialogs.as_slice(), [_]));
    person.keys("esc").pass(std::time::Duration::from_secs(20));
    person.app.flash = None;
    // It goes before the one of the start.
    let now = person.in_theme(&plain);
    assert_eq!(now.1, in_light.1);
    assert_ne!(now.1, before.1);
}

#[tokio::test(start_paused = true)]
async fn only_what_is_marked_can_be_shown() {
    let (simulator, _) = world(6);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("m");
    assert!(
        person
            .screen()
            .contains("No certificate is marked in the list.")
    );
    person.keys("space j space m");
    let title = person.row("Certificates");
    assert!(title.contains("only what was marked"), "{title}");
    assert!(person.screen().contains("2 of 6"), "{}", person.screen());
    // A mark that is taken away stays in sight until all are shown again.
    person.keys("space");
    assert!(person.screen().contains("2 of 6"), "{}", person.screen());
    person.keys("m");
    assert!(!person.row("Certificates").contains("only"));
    assert!(person.row("Certificates").contains("1 marked"));
    // Going back shows all as well.
    person.keys("m esc");
    assert!(!person.row("Certificates").contains("only"));
}

#[tokio::test(start_paused = true)]
async fn the_palette_leaves_a_page_before_it_goes_to_another_account() {
    let (simulator, _) = world(1);
    let mut person = Start::new(&simulator)
        .both_sides()
        .size(120, 40)
        .settled()
        .await;
    press(&mut person, &["o e"]).await;
    assert!(
        person.screen().contains("would lose"),
        "{}",
        person.screen()
    );
    // What only shows something stands above the page.
    press(&mut person, &[":", "\"what was done\" enter", "esc"]).await;
    assert!(
        person.screen().contains("would lose"),
        "{}",
        person.screen()
    );
    press(&mut person, &[":", "\"change sides\" enter"]).await;
    let screen = person.screen();
    assert!(screen.contains("certferry  4444-5555-6666"), "{screen}");
    assert!(!screen.contains("would lose"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn what_is_attached_is_not_said_any_more_once_others_may_have_changed_it() {
    let (simulator, ids) = world(2);
    let mut person = Start::new(&simulator).size(120, 40).settled().await;
    press(&mut person, &["enter", "esc"]).await;
    assert!(person.screen().contains("3 + 3"), "{}", person.screen());
    simulator.detach_policy(SOURCE, &ids[0], "base");
    simulator.detach_policy(SOURCE, &ids[1], "base");
    press(&mut person, &["r"]).await;
    assert!(!person.screen().contains("3 + 3"), "{}", person.screen());
    press(&mut person, &["enter", "esc"]).await;
    assert!(person.screen().contains("2 + 3"), "{}", person.screen());
}
