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

#[tokio::test(start_paused = true)]
async fn groups_are_listed_by_their_beginning_and_by_what_is_above_them() {
    let (bench, _) = bench();
    bench
        .simulator
        .create_thing_group(SOURCE, "lyon-east", Some("lyon"));
    let client = bench.source.clone();
    let names = |parent: Option<&str>, beginning: Option<&str>, recursive: Option<bool>| {
        let call = client.list_thing_groups().set_recursive(recursive);
        let call = call.set_parent_group(parent.map(str::to_owned));
        let call = call.set_name_prefix_filter(beginning.map(str::to_owned));
        async {
            let found = call.send().await.unwrap();
            let names = found.thing_groups().iter();
            let names = names.map(|it| it.group_name().unwrap().to_owned());
            names.collect::<Vec<_>>()
        }
    };
    let all = ["lyon", "lyon-east", "plants", "turin"];
    assert_eq!(names(None, None, None).await, all);
    assert_eq!(names(None, None, Some(true)).await, all);
    assert_eq!(names(None, None, Some(false)).await, ["plants", "turin"]);
    assert_eq!(names(None, Some("lyon"), None).await, ["lyon", "lyon-east"]);
    let below = names(Some("plants"), None, None).await;
    assert_eq!(below, ["lyon", "lyon-east"]);
    assert_eq!(names(Some("plants"), None, Some(false)).await, ["lyon"]);
    assert_eq!(names(Some("lyon"), Some("p"), None).await, [""; 0]);
    let nobody = client.list_thing_groups().parent_group("nobody");
    bench
        .refused(nobody.send(), 404, "ResourceNotFoundException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn policies_and_authorities_come_in_both_orders_and_versions_all_at_once() {
    let (bench, id) = bench();
    let client = &bench.source;
    let mut pages = Vec::new();
    for ascending in [true, false] {
        let (mut names, mut marker) = (Vec::new(), None);
        loop {
            let call = client
                .list_policies()
                .page_size(3)
                .ascending_order(ascending);
            let page = call.set_marker(marker).send().await.unwrap();
            let rows = page.policies().iter();
            names.extend(rows.map(|it| it.policy_name().unwrap().to_owned()));
            marker = page.next_marker().map(str::to_owned);
            if marker.is_none() {
                break;
            }
        }
        pages.push(names);
    }
    assert_eq!(pages[0].len(), 5);
    assert!(pages[0].iter().eq(pages[1].iter().rev()), "{pages:?}");

    let other = serde_json::json!({ "Statement": "new" });
    bench.simulator.add_policy_version(SOURCE, "time", &other);
    let versions = client.list_policy_versions().policy_name("time");
    let versions = versions.send().await.unwrap();
    let versions: Vec<_> = (versions.policy_versions().iter())
        .map(|it| (it.version_id().unwrap(), it.is_default_version()))
        .collect();
    assert_eq!(versions, [("2", false), ("1", true)]);
    let second = client.get_policy_version().policy_name("time");
    let second = second.policy_version_id("2").send().await.unwrap();
    assert_eq!(second.policy_document(), Some(other.to_string().as_str()));
    assert!(!second.is_default_version());
    let third = client.get_policy_version().policy_name("time");
    let third = third.policy_version_id("3");
    bench
        .refused(third.send(), 404, "ResourceNotFoundException")
        .await;

    let ca = bench.simulator.register_ca(SOURCE, false, &[&id]).unwrap();
    let all = client.list_ca_certificates().send().await.unwrap();
    let ids: Vec<_> = all
        .certificates()
        .iter()
        .map(|it| it.certificate_id())
        .collect();
    assert_eq!(ids, [Some(ca.as_str())]);
    let of_template = client.list_ca_certificates().template_name("fleet");
    assert!(of_template.send().await.unwrap().certificates().is_empty());
}
