//! What the last line says, when it goes by itself, what a refresh has found, and how old what is shown is.

use std::time::Duration;

use certferry::simulator::{
    Fault, NewCertificate, Operation, PrincipalType, Simulator, Status, Times,
};

use super::person::{Person, RECIPIENT, SOURCE, Start, clock};

fn world() -> (Simulator, Vec<String>) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let add = |n| {
        let new = NewCertificate::new("press", n).status(Status::Inactive);
        simulator.add_certificate(SOURCE, &new).unwrap()
    };
    let ids = (0..5).map(add).collect();
    (simulator, ids)
}

fn says(person: &Person) -> String {
    person
        .app
        .flash
        .as_ref()
        .map(|it| it.text.clone())
        .unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_message_of_success_goes_by_itself_and_costs_one_more_frame() {
    let (simulator, _) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("r").settle().await;
    assert!(
        person
            .screen()
            .contains("Nothing has changed: 5 certificates.")
    );
    person.pass(Duration::from_secs(8));
    assert!(
        person.screen().contains("Nothing has changed"),
        "{}",
        person.screen()
    );
    assert!(person.app.clock().unwrap() <= Duration::from_secs(2));
    person.pass(Duration::from_secs(3));
    assert!(
        !person.screen().contains("Nothing has changed"),
        "{}",
        person.screen()
    );
    // Nothing but the age of the rows is left to be drawn.
    person.pass(Duration::from_mins(2));
    assert!(person.app.clock().unwrap() > Duration::from_secs(10));
    // An answer to a key goes, too.
    person.keys("z");
    assert!(
        person.screen().contains("z does nothing here"),
        "{}",
        person.screen()
    );
    person.pass(Duration::from_secs(11));
    assert_eq!(says(&person), "");
}

#[tokio::test(start_paused = true)]
async fn what_failed_and_what_nobody_was_there_to_see_stays() {
    let (simulator, ids) = world();
    let mut person = Start::new(&simulator).settled().await;
    // It comes with an answer, whoever looks at the screen then.
    person.keys("enter").settle().await;
    let shown = person.app.current().unwrap().to_string();
    assert!(ids.contains(&shown));
    simulator.delete_certificate(SOURCE, &shown);
    person.keys("r").settle().await;
    person.pass(Duration::from_mins(10));
    assert!(
        says(&person).contains("is not in this account any more"),
        "{}",
        person.screen()
    );
    person.keys("j");
    assert_eq!(says(&person), "", "a key has it seen");

    simulator.set_expired(SOURCE, true);
    person.keys("r").settle().await;
    person.keys("d");
    let said = says(&person);
    assert!(said.contains("Nothing is changed"), "{}", person.screen());
    person.pass(Duration::from_mins(10));
    assert_eq!(says(&person), said);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_says_what_it_found() {
    let (simulator, ids) = world();
    let mut person = Start::new(&simulator).settled().await;
    person.keys("space").settle().await;
    let marked = person.app.side.list.marked()[0].to_string();
    simulator.delete_certificate(SOURCE, &marked);
    for n in 10..12 {
        let new = NewCertificate::new("new", n).status(Status::Active);
        simulator.add_certificate(SOURCE, &new).unwrap();
    }
    let other = ids.iter().find(|id| **id != marked).unwrap();
    simulator.offer(SOURCE, other, RECIPIENT, None).unwrap();
    person.keys("r").settle().await;
    let said = "6 certificates: 2 new, 1 gone, 1 with another status. 1 marked certificate is gone; its mark is dropped.";
    assert_eq!(says(&person), said);
    person.keys("r").settle().await;
    assert_eq!(says(&person), "Nothing has changed: 6 certificates.");
    // What failed says so where it stands, and nothing is claimed to be found.
    person.keys("j").pass(Duration::from_mins(1));
    simulator.inject(
        Operation::ListCertificates,
        Fault::AccessDenied,
        Times::Count(1),
    );
    person.keys("r").settle().await;
    assert_eq!(says(&person), "", "{}", person.screen());
    assert!(
        person.screen().contains("refresh failed"),
        "{}",
        person.screen()
    );
    // From the page of the transfers, too.
    person.keys("i").keys("r").settle().await;
    assert_eq!(says(&person), "Nothing has changed: 6 certificates.");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_the_details_says_what_it_found() {
    let (simulator, _) = world();
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    simulator.create_policy(SOURCE, "base", &document);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    let id = person.app.current().unwrap().to_string();
    person.keys("r").settle().await;
    assert_eq!(says(&person), "Nothing has changed.");
    simulator.attach_policy(SOURCE, &id, "base").unwrap();
    simulator.create_thing(SOURCE, "press-1", None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator
        .attach_thing(SOURCE, &id, "press-1", kind)
        .unwrap();
    person.keys("r").settle().await;
    assert_eq!(says(&person), "Changed: 1 policy more, 1 thing more.");
    simulator.detach_policy(SOURCE, &id, "base");
    person.keys("r").settle().await;
    assert_eq!(says(&person), "Changed: 1 policy gone.");
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    person.keys("r").settle().await;
    assert_eq!(says(&person), "Changed: its status.");
}

#[tokio::test(start_paused = true)]
async fn each_page_says_how_old_it_is_and_is_drawn_anew_when_that_changes() {
    let (simulator, _) = world();
    let mut person = Start::new(&simulator).size(100, 24).settled().await;
    person.keys("r").settle().await;
    assert!(
        person.row(" Certificates").contains("listed just now"),
        "{}",
        person.screen()
    );
    for (keys, label) in [
        ("", "listed"),
        ("i", "listed"),
        ("P", "read"),
        ("H", "read"),
        ("ae", ""),
    ] {
        person.keys(keys).settle().await;
        let changes = person.app.clock().unwrap();
        assert!(changes <= Duration::from_secs(10), "{keys}: {changes:?}");
        person.pass(Duration::from_secs(25));
        person.pass(Duration::from_mins(3));
        let screen = person.screen();
        assert!(
            screen.contains(&format!("{label} 3 min ago")),
            "{keys}: {screen}"
        );
        let changes = person.app.clock().unwrap();
        assert!(changes > Duration::from_secs(10), "{keys}: {changes:?}");
        if !keys.is_empty() {
            person.keys("esc");
        }
        person.keys("r").settle().await;
    }
}

/// The word of an account is where the account is named, at every size, with colours and without.
#[tokio::test(start_paused = true)]
async fn an_account_is_recognised_by_its_word() {
    let simulator = Simulator::demo_at(clock());
    let config = "[accounts]\n\"111122223333\" = { name = \"fleet-prod\", word = \"PRODUCTION\", color = \"red\" }\n\
                  \"444455556666\" = { name = \"fleet-eu\", word = \"STAGING\" }\n";
    let start = Start::new(&simulator).config(config).size(120, 24);
    let mut person = start.both_sides().settled().await;
    let head = |person: &Person| person.screen().lines().next().unwrap().to_owned();
    let wide =
        "1111-2222-3333  fleet-prod  PRODUCTION  us-east-1  ⇄ 4444-5555-6666 fleet-eu  STAGING";
    assert!(head(&person).contains(wide), "{}", head(&person));
    let theme = certferry::tui::Theme::default();
    let coloured = person.in_theme(&theme).1;
    assert!(coloured.contains("on Red BOLD"), "{coloured}");
    let none = theme.at_depth(certferry::tui::theme::ColourDepth::None);
    assert!(
        person.in_theme(&none).1.contains("BOLD | REVERSED"),
        "{}",
        person.in_theme(&none).1
    );
    person.resize(80, 24);
    assert!(
        head(&person).contains("1111-2222-3333  PRODUCTION  us-east-1  ⇄ …6666"),
        "{}",
        head(&person)
    );
    person.resize(40, 10);
    assert!(
        head(&person).contains("1111-2222-3333 PRODU… us-east-1 ⇄ …6666"),
        "{}",
        head(&person)
    );
    // In the dialogs, on the border.
    person.resize(80, 24);
    person.keys("t").settle().await;
    let border = person.row("Start transfer ");
    assert!(border.contains("─PRODUCTION─┐"), "{border}");
    person.keys("esc").keys("x").settle().await;
    assert!(head(&person).contains("STAGING"), "{}", head(&person));

    // Alone, it is whole at 40 columns.
    let start = Start::new(&simulator).config(config).size(40, 10);
    let person = start.settled().await;
    assert!(
        head(&person).contains("1111-2222-3333 PRODU"),
        "{}",
        head(&person)
    );
}
