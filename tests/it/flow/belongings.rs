//! *What does it take along?*, by keys.

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, clock};

/// Two certificates with a policy that the other account has with other content, one of them without a thing.
pub(super) fn world() -> Simulator {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let document = |account: &str, topic: &str| {
        let place = format!("arn:aws:iot:us-east-1:{account}");
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "iot:Connect", "Resource": format!("{place}:client/${{iot:Connection.Thing.ThingName}}") },
            { "Effect": "Allow", "Action": "iot:Publish", "Resource": format!("{place}:topic/{topic}") },
        ] })
    };
    simulator.create_policy(SOURCE, "base", &document(SOURCE, "heat"));
    simulator.create_policy(RECIPIENT, "base", &document(RECIPIENT, "cold"));
    for n in 1..=2 {
        let new = NewCertificate::new("press", n);
        let id = simulator.add_certificate(SOURCE, &new).unwrap();
        simulator.attach_policy(SOURCE, &id, "base").unwrap();
        if n == 1 {
            simulator.create_thing(SOURCE, "press-1", Some("\u{1b}[2JPress"), &[]);
            let kind = PrincipalType::NonExclusiveThing;
            simulator
                .attach_thing(SOURCE, &id, "press-1", kind)
                .unwrap();
        }
    }
    simulator
}

async fn page(simulator: &Simulator, both: bool, size: (u16, u16)) -> Person {
    let start = Start::new(simulator).size(size.0, size.1);
    let start = if both { start.both_sides() } else { start };
    let mut person = start.settled().await;
    person.keys("* a e").settle().await;
    person
}

#[tokio::test(start_paused = true)]
async fn it_says_what_stands_in_the_way_and_what_the_other_account_has() {
    let simulator = world();
    let mut person = page(&simulator, true, (100, 30)).await;
    let screen = person.screen();
    for text in [
        "What 2 certificates would lose",
        "read 2 of 2 · 1 policy · 1 type",
        "! no thing attached, and a policy needs it: denied everywhere",
        "! policy base is there with other content",
        "Policies, in 4444-5555-6666 fleet-eu",
        "! there, OTHER CONTENT · needs its thing attached",
        "\\x1b[2JPress",
        "! not known: ",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
    // The cursor is on the first row; the policy is the fourth.
    person.keys("j j j enter");
    let screen = person.screen();
    assert!(
        screen.contains("- as it would be in 4444-5555-6666 fleet-eu   + as it is there now"),
        "{screen}"
    );
    let line = |sign: char, topic: &str| {
        let mut lines = screen.lines();
        lines.any(|line| line.contains(&format!("│ {sign} ")) && line.contains(topic))
    };
    assert!(line('-', "444455556666:topic/heat"), "{screen}");
    assert!(line('+', "444455556666:topic/cold"), "{screen}");
    person.keys("esc esc");
    assert!(person.app.dialogs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_row_lists_its_certificates_with_their_things() {
    let simulator = world();
    let mut person = page(&simulator, true, (120, 30)).await;
    person.keys("j enter");
    let screen = person.screen();
    assert!(
        screen.contains("Policy base is there with other content."),
        "{screen}"
    );
    assert!(screen.contains("2 certificates"), "{screen}");
    let thing = screen
        .lines()
        .find(|line| line.contains("press-1"))
        .unwrap();
    assert!(thing.trim().len() > 64, "{thing}");
}

#[tokio::test(start_paused = true)]
async fn without_another_side_nothing_is_said_of_one() {
    let simulator = world();
    let person = page(&simulator, false, (100, 30)).await;
    let screen = person.screen();
    assert!(!screen.contains(", in 4444"), "{screen}");
    assert!(screen.contains("needs its thing attached"), "{screen}");
    assert!(!screen.contains("OTHER CONTENT"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn leaving_the_page_ends_the_reading() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).settled().await;
    person.keys("* a e").sees("read 40 of 200").await;
    person.keys("esc").settle().await;
    let described = |simulator: &Simulator| {
        let calls = simulator.calls();
        let of = Some(Operation::DescribeCertificate);
        calls.iter().filter(|it| it.operation == of).count()
    };
    let before = described(&simulator);
    assert!(before < 120, "{before}");
    person.keys("r").settle().await;
    assert!(described(&simulator) <= before + 2);
}

#[tokio::test(start_paused = true)]
async fn a_dead_line_is_said_on_the_page_and_it_can_be_read_again() {
    let simulator = world();
    let mut person = Start::new(&simulator).size(100, 30).settled().await;
    simulator.set_expired(SOURCE, true);
    person.keys("* a e").settle().await;
    assert!(person.screen().contains("expired"), "{}", person.screen());
    simulator.set_expired(SOURCE, false);
    person.keys("esc r").settle().await;
    person.keys("a e").settle().await;
    assert!(
        person.screen().contains("read 2 of 2"),
        "{}",
        person.screen()
    );
}

#[tokio::test(start_paused = true)]
async fn no_size_breaks_the_page() {
    let simulator = world();
    let mut person = page(&simulator, true, (80, 24)).await;
    for (columns, rows) in [(20, 5), (40, 10), (41, 12), (60, 11), (200, 60)] {
        person.resize(columns, rows);
        person.keys("down up end home");
        if columns >= 40 && rows >= 10 {
            assert!(
                person.screen().contains("would lose"),
                "{}",
                person.screen()
            );
        }
    }
}
