//! Thing groups, and the policies that have an effect on a device.

use certferry::simulator::{PrincipalType, Status};

use super::{Bench, SOURCE, arn};

/// Plants have all sites; the press is in one of them.
fn bench() -> (Bench, String) {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let simulator = &bench.simulator;
    for policy in ["connect", "alarms", "time", "other"] {
        let document = serde_json::json!({ "Statement": policy });
        simulator.create_policy(SOURCE, policy, &document);
    }
    simulator.attach_policy(SOURCE, &id, "connect").unwrap();
    simulator.create_thing(SOURCE, "press", None, &[]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator.attach_thing(SOURCE, &id, "press", kind).unwrap();
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    simulator.attach_policy_to_group(SOURCE, "plants", "time");
    simulator.attach_policy_to_group(SOURCE, "lyon", "alarms");
    simulator.attach_policy_to_group(SOURCE, "turin", "other");
    simulator.put_into_group(SOURCE, "lyon", "press");
    (bench, id)
}

async fn effective(bench: &Bench, id: &str, thing: Option<&str>) -> Vec<String> {
    let call = bench.source.get_effective_policies();
    let call = call.principal(arn(SOURCE, id));
    let call = call.set_thing_name(thing.map(str::to_owned));
    let found = call.send().await.unwrap();
    let names = found.effective_policies().iter();
    names
        .map(|it| it.policy_name().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_device_has_the_policies_of_its_certificate_and_of_the_groups_of_its_thing() {
    let (bench, id) = bench();
    assert_eq!(effective(&bench, &id, None).await, ["connect"]);
    let all = effective(&bench, &id, Some("press")).await;
    assert_eq!(all, ["alarms", "connect", "time"]);
    let nobody = bench.source.get_effective_policies();
    let nobody = nobody.principal(arn(SOURCE, &id)).thing_name("nobody");
    bench
        .refused(nobody.send(), 404, "ResourceNotFoundException")
        .await;
    let nothing = bench.source.get_effective_policies();
    bench
        .refused(nothing.send(), 400, "InvalidRequestException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_groups_of_a_thing_and_those_above_are_told() {
    let (bench, _) = bench();
    let groups = bench.source.list_thing_groups_for_thing();
    let groups = groups.thing_name("press").send().await.unwrap();
    let [group] = groups.thing_groups() else {
        panic!("{groups:?}");
    };
    assert_eq!(group.group_name(), Some("lyon"));
    let group_arn = group.group_arn().unwrap();
    assert_eq!(
        group_arn,
        format!("arn:aws:iot:us-east-1:{SOURCE}:thinggroup/lyon")
    );
    let described = bench.source.describe_thing_group();
    let described = described.thing_group_name("lyon").send().await.unwrap();
    let above = described.thing_group_metadata().unwrap();
    let above = above.root_to_parent_thing_groups();
    let names: Vec<_> = above.iter().map(|it| it.group_name()).collect();
    assert_eq!(names, [Some("plants")]);
    let missing = bench.source.describe_thing_group();
    bench
        .refused(
            missing.thing_group_name("nowhere").send(),
            404,
            "ResourceNotFoundException",
        )
        .await;
    for (recursive, expected) in [(false, vec!["alarms"]), (true, vec!["alarms", "time"])] {
        let attached = bench.source.list_attached_policies();
        let attached = attached.target(group_arn).recursive(recursive);
        let attached = attached.send().await.unwrap();
        let names = attached.policies().iter();
        let names: Vec<_> = names.map(|it| it.policy_name().unwrap()).collect();
        assert_eq!(names, expected);
    }
}
