//! What a hand-over creates and asks in the recipient's account: policies, things, types, and whether a device may
//! do what it has to.

use aws_sdk_iot::types::{
    ActionType, AttributePayload, AuthDecision, AuthInfo, ThingTypeProperties,
};
use certferry::simulator::{
    Assumptions, CaAfterAccept, InactiveAuthorization, PrincipalType, Status, WithoutIndex,
};
use serde_json::json;

use super::{Bench, SOURCE, TARGET, arn};

const CONNECT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#;
const PUBLISH: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}]}"#;

#[tokio::test(start_paused = true)]
async fn a_policy_of_the_same_name_is_refused_and_has_five_versions_at_most() {
    let bench = Bench::new();
    let create = |document: &str| {
        let call = bench.target.create_policy().policy_name("base");
        call.policy_document(document).send()
    };
    let made = create(CONNECT).await.unwrap();
    assert_eq!(made.policy_version_id(), Some("1"));
    // The same content makes no difference.
    bench
        .refused(create(CONNECT), 409, "ResourceAlreadyExistsException")
        .await;
    bench
        .refused(create("{"), 400, "MalformedPolicyException")
        .await;
    bench
        .refused(create("{}"), 400, "MalformedPolicyException")
        .await;
    let long = format!(r#"{{"Statement":[],"Id":"{}"}}"#, "x".repeat(2048));
    bench
        .refused(create(&long), 400, "MalformedPolicyException")
        .await;
    let version = |default: bool| {
        let call = bench.target.create_policy_version().policy_name("base");
        call.policy_document(PUBLISH).set_as_default(default).send()
    };
    let document = async || {
        let found = bench.target.get_policy().policy_name("base").send().await;
        let found = found.unwrap();
        (
            found.default_version_id().unwrap().to_owned(),
            found.policy_document().unwrap().to_owned(),
        )
    };
    version(false).await.unwrap();
    assert_eq!(document().await, ("1".to_owned(), CONNECT.to_owned()));
    version(true).await.unwrap();
    assert_eq!(document().await, ("3".to_owned(), PUBLISH.to_owned()));
    version(false).await.unwrap();
    version(false).await.unwrap();
    bench
        .refused(version(false), 409, "VersionsLimitExceededException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_policy_is_attached_to_is_told() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench
        .simulator
        .attach_policy(SOURCE, &id, "connect")
        .unwrap();
    bench
        .simulator
        .attach_policy_to_group(SOURCE, "lyon", "connect");
    let found = bench
        .source
        .list_targets_for_policy()
        .policy_name("connect");
    let found = found.send().await.unwrap();
    let group = format!("arn:aws:iot:us-east-1:{SOURCE}:thinggroup/lyon");
    assert_eq!(found.targets(), [arn(SOURCE, &id), group]);
    let none = bench
        .target
        .list_targets_for_policy()
        .policy_name("connect");
    assert_eq!(none.send().await.unwrap().targets().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_thing_is_created_once_and_the_same_again_is_no_error() {
    let bench = Bench::new();
    let create = |type_name: Option<&str>, site: &str| {
        let payload = AttributePayload::builder().attributes("site", site).build();
        let call = bench.target.create_thing().thing_name("agv-1");
        let call = call.set_thing_type_name(type_name.map(str::to_owned));
        call.attribute_payload(payload).send()
    };
    bench
        .refused(
            create(Some("Agv"), "lyon"),
            404,
            "ResourceNotFoundException",
        )
        .await;
    let properties = ThingTypeProperties::builder().thing_type_description("drives");
    let new_type = |description: &str| {
        let properties = properties
            .clone()
            .thing_type_description(description)
            .build();
        let call = bench.target.create_thing_type().thing_type_name("Agv");
        call.thing_type_properties(properties).send()
    };
    new_type("drives").await.unwrap();
    new_type("drives").await.unwrap();
    bench
        .refused(new_type("flies"), 409, "ResourceAlreadyExistsException")
        .await;
    let made = create(Some("Agv"), "lyon").await.unwrap();
    let again = create(Some("Agv"), "lyon").await.unwrap();
    assert_eq!(made.thing_id(), again.thing_id());
    bench
        .refused(
            create(Some("Agv"), "turin"),
            409,
            "ResourceAlreadyExistsException",
        )
        .await;
    bench
        .refused(create(None, "lyon"), 409, "ResourceAlreadyExistsException")
        .await;
    let of_type = bench.target.list_things().thing_type_name("Agv");
    let found = of_type.send().await.unwrap();
    assert_eq!(found.things()[0].thing_name(), Some("agv-1"));
    let at = |value: &str, begins: bool| {
        let call = bench.target.list_things().attribute_name("site");
        call.attribute_value(value)
            .use_prefix_attribute_value(begins)
            .send()
    };
    assert_eq!(at("ly", true).await.unwrap().things().len(), 1);
    assert_eq!(at("ly", false).await.unwrap().things().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_thing_is_added_to_a_group_that_exists() {
    let bench = Bench::new();
    let add = |group: &str| {
        let call = bench.target.add_thing_to_thing_group();
        call.thing_group_name(group).thing_name("press").send()
    };
    bench
        .refused(add("lyon"), 404, "ResourceNotFoundException")
        .await;
    bench.simulator.create_thing_group(TARGET, "lyon", None);
    add("lyon").await.unwrap();
    add("lyon").await.unwrap();
    let groups = bench
        .target
        .list_thing_groups_for_thing()
        .thing_name("press");
    assert_eq!(groups.send().await.unwrap().thing_groups().len(), 1);
    let both = bench
        .target
        .add_thing_to_thing_group()
        .thing_group_name("lyon");
    let other = format!("arn:aws:iot:us-east-1:{TARGET}:thinggroup/turin");
    let both = both.thing_group_arn(other).thing_name("press").send();
    bench.refused(both, 400, "InvalidRequestException").await;
}

/// Connects as its thing, and publishes below its name, but never to the commands.
fn device(assumptions: Assumptions, kind: PrincipalType) -> (Bench, String) {
    let bench = Bench::with(assumptions);
    let id = bench.certificate(1, Status::Inactive);
    let place = format!("arn:aws:iot:us-east-1:{SOURCE}");
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "iot:Connect",
          "Resource": format!("{place}:client/${{iot:Connection.Thing.ThingName}}"),
          "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": ["true"] } } },
        { "Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"],
          "Resource": [format!("{place}:topic/${{iot:Connection.Thing.Attributes[site]}}/*")] },
    ] });
    let simulator = &bench.simulator;
    simulator.create_policy(SOURCE, "own", &document);
    let no = json!({ "Statement": { "Effect": "Deny", "Action": "iot:Publish", "Resource": "*/commands" } });
    simulator.create_policy(SOURCE, "of-group", &no);
    simulator.attach_policy(SOURCE, &id, "own").unwrap();
    simulator.attach_thing(SOURCE, &id, "press", kind).unwrap();
    simulator.attach_policy_to_group(SOURCE, "lyon", "of-group");
    simulator.put_into_group(SOURCE, "lyon", "press");
    (bench, id)
}

async fn may(
    bench: &Bench,
    id: &str,
    client: Option<&str>,
    action: ActionType,
    what: &str,
) -> AuthDecision {
    let resource = format!("arn:aws:iot:us-east-1:{SOURCE}:{what}");
    let info = AuthInfo::builder().action_type(action).resources(resource);
    let call = bench.source.test_authorization().principal(arn(SOURCE, id));
    let call = call.set_client_id(client.map(str::to_owned));
    let found = call.auth_infos(info.build().unwrap()).send().await.unwrap();
    found.auth_results()[0].auth_decision().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn what_a_device_may_do_is_what_all_its_policies_say_together() {
    use ActionType::{Connect, Publish, Receive};
    use AuthDecision::{Allowed, ExplicitDeny, ImplicitDeny};
    let (bench, id) = device(Assumptions::default(), PrincipalType::NonExclusiveThing);
    let may = async |client, action, what| may(&bench, &id, client, action, what).await;
    let press = Some("press");
    assert_eq!(may(press, Connect, "client/press").await, Allowed);
    assert_eq!(may(press, Connect, "client/lathe").await, ImplicitDeny);
    // By another name it is not the attached thing.
    assert_eq!(may(Some("x"), Connect, "client/x").await, ImplicitDeny);
    assert_eq!(may(None, Connect, "client/press").await, ImplicitDeny);
    assert_eq!(may(press, Publish, "topic/plant-3/heat").await, Allowed);
    assert_eq!(
        may(press, Publish, "topic/plant-9/heat").await,
        ImplicitDeny
    );
    assert_eq!(
        may(press, Publish, "topic/plant-3/commands").await,
        ExplicitDeny
    );
    assert_eq!(may(press, Receive, "topic/plant-3/commands").await, Allowed);
    let (bench, id) = device(Assumptions::default(), PrincipalType::ExclusiveThing);
    let alone = super::registry::may(&bench, &id, None, Connect, "client/press").await;
    assert_eq!(alone, Allowed, "an exclusive thing needs no client id");
}

#[tokio::test(start_paused = true)]
async fn whether_an_inactive_certificate_can_be_tested_is_a_switch() {
    let assumptions = Assumptions {
        inactive_authorization: InactiveAuthorization::InvalidRequest,
        ..Assumptions::default()
    };
    let (bench, id) = device(assumptions, PrincipalType::NonExclusiveThing);
    let info = AuthInfo::builder()
        .action_type(ActionType::Connect)
        .resources("*");
    let call = bench
        .source
        .test_authorization()
        .principal(arn(SOURCE, &id));
    let call = call.auth_infos(info.build().unwrap());
    bench
        .refused(call.send(), 400, "InvalidRequestException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn connections_are_known_only_where_the_fleet_is_indexed() {
    let bench = Bench::new();
    let asked = |thing: &str| {
        bench
            .source
            .get_thing_connectivity_data()
            .thing_name(thing)
            .send()
    };
    bench
        .refused(asked("press"), 400, "IndexNotReadyException")
        .await;
    bench
        .simulator
        .index(SOURCE, &[("press", true), ("lathe", false)]);
    assert_eq!(asked("press").await.unwrap().connected(), Some(true));
    let lathe = asked("lathe").await.unwrap();
    assert_eq!(lathe.connected(), Some(false));
    assert!(lathe.disconnect_reason().is_some());
    bench
        .refused(asked("nobody"), 404, "ResourceNotFoundException")
        .await;
    bench.simulator.set_assumptions(Assumptions {
        without_index: WithoutIndex::InvalidRequest,
        ..Assumptions::default()
    });
    let there = bench
        .target
        .get_thing_connectivity_data()
        .thing_name("press");
    bench
        .refused(there.send(), 400, "InvalidRequestException")
        .await;
}

#[tokio::test(start_paused = true)]
async fn shadows_are_told_by_the_data_plane_alone() {
    let bench = Bench::new();
    let client = super::data(&bench.simulator, SOURCE);
    let classic = || client.get_thing_shadow().thing_name("press").send();
    bench
        .refused(classic(), 404, "ResourceNotFoundException")
        .await;
    bench
        .simulator
        .add_shadows(SOURCE, "press", &["", "a", "b"]);
    assert!(classic().await.unwrap().payload().is_some());
    let page = client
        .list_named_shadows_for_thing()
        .thing_name("press")
        .page_size(1);
    let first = page.clone().send().await.unwrap();
    assert_eq!(first.results(), ["a"]);
    let second = page.set_next_token(first.next_token).send().await.unwrap();
    assert_eq!(
        (second.results(), second.next_token()),
        (&["b".to_owned()][..], None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_ca_is_known_where_it_is_registered_and_each_account_has_its_own_endpoint() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let ca = bench.simulator.register_ca(SOURCE, true, &[&id]).unwrap();
    let found = bench.source.describe_ca_certificate().certificate_id(&ca);
    let found = found.send().await.unwrap();
    let found = found.certificate_description().unwrap();
    assert_eq!(found.auto_registration_status().unwrap().as_str(), "ENABLE");
    let there = bench.target.describe_ca_certificate().certificate_id(&ca);
    bench
        .refused(there.send(), 404, "ResourceNotFoundException")
        .await;
    let address = async |client: &aws_sdk_iot::Client| {
        let call = client.describe_endpoint().endpoint_type("iot:Data-ATS");
        call.send().await.unwrap().endpoint_address.unwrap()
    };
    let (here, there) = (address(&bench.source).await, address(&bench.target).await);
    assert!(
        here != there && here.ends_with("-ats.iot.us-east-1.amazonaws.com"),
        "{here}"
    );
}

#[tokio::test(start_paused = true)]
async fn whether_a_transferred_certificate_keeps_its_ca_is_a_switch() {
    for (kept, ca_after_accept) in [
        (true, CaAfterAccept::Kept),
        (false, CaAfterAccept::Forgotten),
    ] {
        let assumptions = Assumptions {
            ca_after_accept,
            ..Assumptions::default()
        };
        let bench = Bench::with(assumptions);
        let id = bench.certificate(1, Status::Inactive);
        let ca = bench.simulator.register_ca(SOURCE, false, &[&id]).unwrap();
        bench.transfer(&id).await;
        let accept = bench
            .target
            .accept_certificate_transfer()
            .certificate_id(&id);
        accept.send().await.unwrap();
        let found = bench
            .target
            .describe_certificate()
            .certificate_id(&id)
            .send()
            .await;
        let found = found.unwrap().certificate_description.unwrap();
        assert_eq!(found.ca_certificate_id() == Some(ca.as_str()), kept);
    }
}
