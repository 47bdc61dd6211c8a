//! The tab Effective policies: what a device may do, and where from.

use certferry::simulator::{NewCertificate, Operation, PrincipalType, Simulator, Status};

use super::person::{Person, SOURCE, Start, clock};

/// A certificate with a policy and a thing, in the group lyon under plants, each with a policy.
fn world() -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let new = NewCertificate::new("press", 7).status(Status::Active);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    for policy in ["connect", "alarms", "time", "elsewhere"] {
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
        simulator.create_policy(SOURCE, policy, &document);
    }
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    thing(&simulator, &id, "press-7");
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    simulator.attach_policy_to_group(SOURCE, "plants", "time");
    simulator.attach_policy_to_group(SOURCE, "lyon", "alarms");
    simulator.attach_policy_to_group(SOURCE, "turin", "elsewhere");
    simulator.put_into_group(SOURCE, "lyon", "press-7");
    (simulator, id)
}

fn thing(simulator: &Simulator, id: &str, name: &str) {
    simulator.create_thing(SOURCE, name, None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator.attach_thing(SOURCE, id, name, kind).unwrap();
}

fn calls(simulator: &Simulator, operation: Operation) -> usize {
    let calls = simulator.calls();
    let of = calls.iter().filter(|it| it.operation == Some(operation));
    of.count()
}

async fn on_the_tab(simulator: &Simulator) -> Person {
    let mut person = Start::new(simulator).size(120, 30).settled().await;
    person.keys("enter").settle().await;
    assert_eq!(calls(simulator, Operation::GetEffectivePolicies), 0);
    person.keys("4").settle().await;
    person
}

/// The rows of the tab, each with its words one blank apart.
fn rows(person: &Person) -> Vec<String> {
    let screen = person.screen();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let of_tab = screen.lines().filter(|line| line.contains(" from "));
    of_tab
        .map(words)
        .map(|line| line.replace("> ", ""))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_policy_has_where_it_comes_from() {
    let (simulator, _) = world();
    let person = on_the_tab(&simulator).await;
    let screen = person.screen();
    assert!(screen.contains("[Effective policies 3]"), "{screen}");
    let ends = |row: &str, end: &str| assert!(row.ends_with(end), "{row}\n{screen}");
    let rows = rows(&person);
    ends(&rows[0], "alarms from group lyon");
    ends(&rows[1], "connect from the certificate");
    ends(&rows[2], "time from group plants");
    assert_eq!(rows.len(), 3, "{screen}");
}

#[tokio::test(start_paused = true)]
async fn what_a_group_has_is_read_here_and_detached_there() {
    let (simulator, _) = world();
    let mut person = on_the_tab(&simulator).await;
    person.keys("enter");
    let screen = person.screen();
    let mut lines = screen.lines();
    let detach = lines.find(|line| line.contains("Detach")).unwrap();
    assert!(detach.contains("from group lyon"), "{screen}");
    person.choose("View document");
    person.settle().await;
    assert!(person.screen().contains("2012-10-17"));
    person.keys("esc down enter");
    person.choose("Detach…");
    assert!(person.screen().contains("Detach policy connect"));
}

#[tokio::test(start_paused = true)]
async fn with_several_things_each_group_says_for_which() {
    let (simulator, id) = world();
    thing(&simulator, &id, "press-7-hmi");
    simulator.put_into_group(SOURCE, "turin", "press-7-hmi");
    let person = on_the_tab(&simulator).await;
    let rows = rows(&person).join("\n");
    assert!(
        rows.contains("alarms from group lyon for press-7"),
        "{rows}"
    );
    assert!(
        rows.contains("elsewhere from group turin for press-7-hmi"),
        "{rows}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_certificate_without_a_thing_has_its_own() {
    let (simulator, _) = world();
    simulator.delete_thing(SOURCE, "press-7");
    let mut person = on_the_tab(&simulator).await;
    let of_tab = rows(&person);
    assert_eq!(of_tab.len(), 1);
    assert!(of_tab[0].ends_with("connect from the certificate"));
    simulator.delete_policy(SOURCE, "connect");
    person.keys("r").settle().await;
    let screen = person.screen();
    assert!(screen.contains("No policy has an effect"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_asked_is_said_with_its_action() {
    let (simulator, _) = world();
    simulator.deny(SOURCE, "iot:ListThingGroupsForThing");
    let mut person = on_the_tab(&simulator).await;
    let screen = person.screen();
    assert!(screen.contains("iot:ListThingGroupsForThing"), "{screen}");
    simulator.allow(SOURCE, "iot:ListThingGroupsForThing");
    person.keys("r").settle().await;
    assert_eq!(rows(&person).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_group_s_name_steers_no_terminal() {
    let (simulator, _) = world();
    simulator.attach_policy_to_group(SOURCE, "pl\u{1b}ants", "elsewhere");
    simulator.create_thing_group(SOURCE, "lyon", Some("pl\u{1b}ants"));
    let mut person = on_the_tab(&simulator).await;
    person.keys("down down enter");
    let screen = person.screen();
    let detach = screen.lines().find(|line| line.contains("Detach"));
    assert!(
        detach.unwrap().contains("from group pl\\x1bants"),
        "{screen}"
    );
    assert!(!screen.contains('\u{1b}'));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_shown_any_more_is_not_asked_to_its_end() {
    let (simulator, _) = world();
    let slow = std::time::Duration::from_secs(5);
    simulator.set_latency(Some(Operation::GetEffectivePolicies), slow);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("4");
    while calls(&simulator, Operation::GetEffectivePolicies) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    person.keys("esc").settle().await;
    tokio::time::sleep(slow * 2).await;
    assert_eq!(calls(&simulator, Operation::ListThingGroupsForThing), 0);
}
