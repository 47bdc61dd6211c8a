//! Two accounts open at once: one is on the screen, one key changes sides, and no answer ends up on the wrong one.

use certferry::{
    domain::CertificateId,
    simulator::{NewCertificate, Operation, Simulator, Status},
    tui::SideShows,
};

use super::person::{Person, RECIPIENT, SOURCE, Start, clock, short};

/// Three certificates here, one there.
fn world() -> (Simulator, Vec<String>, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let add = |account, name: &str, n| {
        let new = NewCertificate::new(name, n).status(Status::Inactive);
        simulator.add_certificate(account, &new).unwrap()
    };
    let here = (0..3).map(|n| add(SOURCE, "press", n)).collect();
    let there = add(RECIPIENT, "loom", 1);
    (simulator, here, there)
}

fn start(simulator: &Simulator) -> Start<'_> {
    Start::new(simulator).both_sides()
}

fn head(person: &Person) -> String {
    person.screen().lines().next().unwrap().trim().to_owned()
}

fn calls(simulator: &Simulator, operation: Operation) -> usize {
    let calls = simulator.calls();
    let of_it = calls.iter().filter(|it| it.operation == Some(operation));
    of_it.count()
}

/// Offers the selected certificate to the other account.
async fn transfer(person: &mut Person) {
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
    person.settle().await;
    person.keys("esc esc");
}

/// Accepts a certificate from its details.
async fn accept(person: &mut Person, id: &str) {
    for _ in 0..8 {
        if person.row(id).contains('>') {
            break;
        }
        person.keys("down");
    }
    person.keys("enter").settle().await;
    person.keys("a").choose("Accept");
    person.settle().await;
    person.keys("right enter").settle().await;
    person.keys("esc");
}

#[tokio::test(start_paused = true)]
async fn the_header_names_both_sides_at_every_size() {
    let (simulator, ..) = world();
    let mut person = start(&simulator).size(120, 24).settled().await;
    let named = "1111-2222-3333  fleet-prod  us-east-1  ⇄ 4444-5555-6666 fleet-eu";
    assert!(head(&person).contains(named), "{}", head(&person));
    person.resize(80, 24);
    let named = "1111-2222-3333  fleet-prod  us-east-1  ⇄ 4444-5555-6666  as ops";
    assert!(head(&person).contains(named), "{}", head(&person));
    person.resize(60, 24);
    let numbers = "1111-2222-3333  us-east-1  ⇄ …6666  as ops";
    assert!(head(&person).contains(numbers), "{}", head(&person));
    person.resize(40, 10);
    let short = "1111-2222-3333  us-east-1  ⇄ …6666";
    assert!(head(&person).contains(short), "{}", head(&person));
    person.keys("x");
    let other = "4444-5555-6666  us-east-1  ⇄ …3333";
    assert!(head(&person).contains(other), "{}", head(&person));
}

#[tokio::test(start_paused = true)]
async fn one_key_changes_sides_and_each_stays_as_it_was_left() {
    let (simulator, here, there) = world();
    let mut person = start(&simulator).settled().await;
    person.keys("down space");
    let selected = person.app.side.list.selected();
    assert!(person.screen().contains(&short(&here[0])));
    assert!(!person.screen().contains(&short(&there)));
    let listed = calls(&simulator, Operation::ListCertificates);
    person.keys("x").settle().await;
    assert!(person.screen().contains(&short(&there)));
    assert!(!person.screen().contains(&short(&here[0])));
    assert!(!person.screen().contains("marked"), "{}", person.screen());
    person.keys("x").settle().await;
    assert_eq!(person.app.side.list.selected(), selected);
    assert!(person.screen().contains("1 marked"), "{}", person.screen());
    assert_eq!(calls(&simulator, Operation::ListCertificates), listed);
}

#[tokio::test(start_paused = true)]
async fn answers_in_flight_reach_their_own_side_however_often_sides_change() {
    let (simulator, here, there) = world();
    let id = |text: &str| CertificateId::parse(text).unwrap();
    for presses in 0..12 {
        let mut person = start(&simulator).started();
        // As many answers before each change as it takes to hit every moment of the start.
        for _ in 0..presses {
            person.one_answer().await;
            person.keys("x");
        }
        person.settle().await;
        if person.app.side.session.account().unwrap().to_string() != SOURCE {
            person.keys("x").settle().await;
        }
        let (side, peer) = (&person.app.side, person.app.peer.as_ref().unwrap());
        assert_eq!(side.session.account().unwrap().to_string(), SOURCE);
        assert_eq!(peer.session.account().unwrap().to_string(), RECIPIENT);
        assert_eq!((side.list.count().0, peer.list.count().0), (3, 1));
        assert_eq!(peer.shows(id(&here[0])), SideShows::Nothing, "{presses}");
        assert_eq!(side.shows(id(&there)), SideShows::Nothing, "{presses}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_side_shows_what_the_other_one_did() {
    let (simulator, ..) = world();
    let mut person = start(&simulator).size(120, 30).settled().await;
    let id = person.app.side.list.selected().unwrap();
    transfer(&mut person).await;
    person.keys("enter").settle().await;
    let row = person.row("Other side");
    assert!(
        row.contains("Pending transfer in 4444-5555-6666 fleet-eu"),
        "{row}"
    );

    person.keys("x").settle().await;
    let row = person.row(&id.short());
    assert!(row.contains("Pending transfer"), "{row}");
    assert!(row.contains("from 1111-2222-3333 fleet-prod"), "{row}");
    accept(&mut person, &id.short()).await;
    assert!(simulator.certificate(SOURCE, &id.to_string()).is_none());
    let listed = calls(&simulator, Operation::ListCertificates);
    assert!(
        person.row(&id.short()).contains("Inactive"),
        "{}",
        person.screen()
    );
    person.keys("x").settle().await;
    assert!(
        !person.screen().contains(&id.short()),
        "{}",
        person.screen()
    );
    assert_eq!(person.app.side.list.count().0, 2);
    assert_eq!(
        calls(&simulator, Operation::ListCertificates),
        listed,
        "one is asked for alone"
    );
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_was_answered_elsewhere_is_said_in_its_row() {
    let (simulator, ..) = world();
    let mut person = start(&simulator).size(120, 30).settled().await;
    let id = person.app.side.list.selected().unwrap();
    transfer(&mut person).await;
    // Somebody else accepts it, and only the other side is asked again.
    let mut other = Start::new(&simulator).recipient().settled().await;
    accept(&mut other, &id.short()).await;
    person.keys("x r").settle().await;
    person.keys("x").settle().await;
    let row = person.row(&id.short());
    assert!(row.contains("on the other side: Inactive"), "{row}");
}

#[tokio::test(start_paused = true)]
async fn a_recipient_that_is_not_the_other_side_is_said() {
    let (simulator, ..) = world();
    simulator.create_account("222233334444");
    let mut person = start(&simulator).settled().await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    let said = "the other side that is open is 4444-5555-6666 fleet-eu, not";
    person.keys("\"222233334444\"");
    assert!(person.screen().contains(said), "{}", person.screen());
    for _ in 0..12 {
        person.keys("backspace");
    }
    person.keys(&format!("\"{RECIPIENT}\""));
    assert!(!person.screen().contains(said), "{}", person.screen());
}

#[tokio::test(start_paused = true)]
async fn a_batch_goes_on_and_says_where_while_the_other_side_is_on_the_screen() {
    let (simulator, here, _) = world();
    let mut person = start(&simulator).size(120, 30).settled().await;
    person.keys("* a").choose("Start transfer");
    person.settle().await;
    person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
    person.keys("esc esc x");
    assert!(
        head(&person).starts_with("certferry  4444-5555-6666"),
        "{}",
        head(&person)
    );
    person.settle().await;
    let screen = person.screen();
    assert!(
        screen.contains("In 1111-2222-3333 fleet-prod, us-east-1:"),
        "{screen}"
    );
    assert!(screen.contains("3 done"), "{screen}");
    // What is to be done about it is done there.
    person.keys("J enter").keys("p");
    let said =
        "This run was in 1111-2222-3333 fleet-prod, us-east-1: close this page, and x goes there.";
    assert!(person.screen().contains(said), "{}", person.screen());
    person.keys("esc");
    for id in &here {
        let it = simulator.certificate(RECIPIENT, id).unwrap();
        assert_eq!(it.status, Status::PendingTransfer);
        let row = person.row(&short(id));
        assert!(row.contains("Pending transfer"), "{row}");
    }
    person.keys("x").settle().await;
    for id in &here {
        let row = person.row(&short(id));
        assert!(
            row.contains("Transferred") && !row.contains("other side"),
            "{row}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_other_side_listed_before_says_nothing_of_what_came_after() {
    let (simulator, here, _) = world();
    let mut person = start(&simulator).size(120, 30).settled().await;
    person.keys("* a").choose("Start transfer");
    person.settle().await;
    person.keys(&format!("\"{RECIPIENT}\" tab tab right enter"));
    person.settle().await;
    person.keys("esc esc");
    // The other side was not asked again: it is asked when a person goes there.
    for id in &here {
        let row = person.row(&short(id));
        assert!(row.contains("to 4444-5555-6666"), "{row}");
    }
    person.keys("x").settle().await;
    for id in &here {
        assert!(person.row(&short(id)).contains("Pending transfer"));
    }
}

#[tokio::test(start_paused = true)]
async fn without_another_side_the_key_opens_one_and_a_row_of_the_menu_closes_it() {
    let (simulator, _, there) = world();
    let mut person = Start::new(&simulator).settled().await;
    assert!(!head(&person).contains('⇄'));
    person.keys("x");
    assert!(
        person.screen().contains("The other side"),
        "{}",
        person.screen()
    );
    person.choose("4444-5555-6666");
    person.settle().await;
    assert!(
        head(&person).contains("4444-5555-6666"),
        "{}",
        head(&person)
    );
    assert!(
        person.screen().contains(&short(&there)),
        "{}",
        person.screen()
    );
    person.keys("x").settle().await;
    person.keys("S up").choose("Close the other side");
    person.settle().await;
    assert!(!head(&person).contains('⇄'), "{}", head(&person));
    assert!(
        person
            .screen()
            .contains("The other side is closed: 4444-5555-6666")
    );
}

#[tokio::test(start_paused = true)]
async fn a_side_that_somebody_opened_is_not_led_elsewhere_by_the_settings() {
    let (simulator, ..) = world();
    simulator.set_latency(None, std::time::Duration::from_millis(200));
    let mut person = start(&simulator).started();
    // The settings name another account as the other side than the one that is chosen here.
    person.keys("x").choose("1111-2222-3333");
    person.settle().await;
    let accounts = [&person.app.side, person.app.peer.as_ref().unwrap()];
    let accounts = accounts.map(|side| side.session.account().unwrap().to_string());
    assert_eq!(accounts, [SOURCE, SOURCE]);
    assert!(
        person.screen().contains("Both sides are the same account"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn choosing_the_account_of_the_other_side_goes_there() {
    let (simulator, here, there) = world();
    let mut person = start(&simulator).settled().await;
    let listed = calls(&simulator, Operation::ListCertificates);
    person.keys("S").choose("4444-5555-6666");
    person.settle().await;
    assert!(
        person.screen().contains(&short(&there)),
        "{}",
        person.screen()
    );
    person.keys("x").settle().await;
    assert!(
        person.screen().contains(&short(&here[0])),
        "{}",
        person.screen()
    );
    assert_eq!(calls(&simulator, Operation::ListCertificates), listed);
}

#[tokio::test(start_paused = true)]
async fn another_side_that_cannot_be_opened_is_named_and_said() {
    let (simulator, here, _) = world();
    simulator.set_expired(RECIPIENT, true);
    let mut person = start(&simulator).settled().await;
    assert!(
        person.screen().contains(&short(&here[0])),
        "{}",
        person.screen()
    );
    assert!(
        head(&person).contains("⇄ profile fleet-eu"),
        "{}",
        head(&person)
    );
    // The side on the screen works on.
    person.keys("r").settle().await;
    assert!(
        !person.screen().contains("refresh failed"),
        "{}",
        person.screen()
    );
    simulator.set_expired(RECIPIENT, false);
    person.keys("x r").settle().await;
    assert!(
        head(&person).contains("4444-5555-6666"),
        "{}",
        head(&person)
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_however_often_the_other_side_is_made_anew() {
    let (simulator, here, _) = world();
    let mut person = start(&simulator).settled().await;
    person.keys("x").settle().await;
    for _ in 0..12 {
        person.keys("S").choose("4444-5555-6666");
        person.settle().await;
    }
    person.keys("x r").settle().await;
    let screen = person.screen();
    assert!(screen.contains(&short(&here[0])), "{screen}");
    assert!(!screen.contains('!'), "{screen}");
}
