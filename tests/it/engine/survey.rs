//! What certificates would lose, read through the real SDK, compared with the other account.

use std::time::Duration;

use certferry::{
    domain::{
        CertificateId, Concern, ConnectionId, FailureKind, Origin, PolicyThere, Survey, Target,
        There, WhyLook, ask,
    },
    engine::{Engine, JournalPlace, Settings},
    simulator::{Assumptions, Operation, PrincipalType, WithoutIndex},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{RECIPIENT, SOURCE, World, account, connection, wire};

pub(super) fn arn(of: &str, resource: &str) -> String {
    format!("arn:aws:iot:us-east-1:{of}:{resource}")
}

pub(super) fn allow(action: &str, resource: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }],
    })
}

/// The policies of a fleet: own ones and those of the groups lyon and, above it, plants.
pub(super) fn furnish(world: &World) {
    let simulator = &world.simulator;
    let name = "client/${iot:Connection.Thing.ThingName}";
    simulator.create_policy(SOURCE, "base", &allow("iot:Connect", &arn(SOURCE, name)));
    simulator.create_policy(
        RECIPIENT,
        "base",
        &allow("iot:Connect", &arn(RECIPIENT, name)),
    );
    let jobs = allow("iot:Publish", &arn(SOURCE, "topic/jobs"));
    simulator.create_policy(SOURCE, "jobs", &jobs);
    let other = allow("iot:Publish", &arn(RECIPIENT, "topic/other"));
    simulator.create_policy(RECIPIENT, "jobs", &other);
    let uploads = allow(
        "iot:AssumeRoleWithCertificate",
        &arn(SOURCE, "rolealias/uploads"),
    );
    simulator.create_policy(SOURCE, "uploads", &uploads);
    for policy in ["time", "alarms"] {
        simulator.create_policy(SOURCE, policy, &allow("iot:Receive", "*"));
    }
    simulator.create_thing_group(SOURCE, "plants", None);
    simulator.create_thing_group(SOURCE, "lyon", Some("plants"));
    simulator.attach_policy_to_group(SOURCE, "plants", "time");
    simulator.attach_policy_to_group(SOURCE, "lyon", "alarms");
    simulator.create_thing_group(RECIPIENT, "plants", None);
    simulator.create_thing_type(SOURCE, "Press");
}

/// One like most: two policies of its own, and a thing in the group lyon.
pub(super) fn usual(world: &World, n: u64) -> CertificateId {
    let id = world.bare(n);
    for policy in ["base", "jobs"] {
        let attached = world
            .simulator
            .attach_policy(SOURCE, &id.to_string(), policy);
        attached.unwrap();
    }
    thing(world, id, &format!("press-{n}"));
    id
}

pub(super) fn thing(world: &World, id: CertificateId, name: &str) {
    let simulator = &world.simulator;
    simulator.create_thing(SOURCE, name, Some("Press"), &[("line", "A1")]);
    let kind = PrincipalType::NonExclusiveThing;
    simulator
        .attach_thing(SOURCE, &id.to_string(), name, kind)
        .unwrap();
    simulator.put_into_group(SOURCE, "lyon", name);
}

pub(super) async fn engine(world: &World) -> Engine {
    let journal = JournalPlace::File(world.journal());
    let mut engine = Engine::start(wire(&world.simulator), Settings::new(journal));
    for side in [SOURCE, RECIPIENT] {
        let target = Target {
            profile: Some(side.to_owned()),
            region: None,
        };
        engine
            .connect(connection(side), target, None)
            .await
            .unwrap();
    }
    engine
}

pub(super) async fn survey(
    engine: &mut Engine,
    ids: &[CertificateId],
    beside: Option<ConnectionId>,
) -> Survey {
    let mut survey = Survey::new(ids.len());
    let ids = ids.to_vec();
    let question = ask::TakesAlong {
        ids,
        beside,
        mapping: Box::default(),
    };
    let read = engine.each(connection(SOURCE), question, |part| survey.take(part));
    read.await.unwrap();
    assert!(survey.over);
    survey
}

fn calls(world: &World, operation: Operation) -> usize {
    let calls = world.simulator.calls();
    let of = calls.iter().filter(|it| it.operation == Some(operation));
    of.count()
}

#[tokio::test(start_paused = true)]
async fn everything_that_a_certificate_would_lose_is_found() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let simulator = &world.simulator;
    simulator
        .attach_policy(SOURCE, &id.to_string(), "uploads")
        .unwrap();
    let ca = simulator
        .register_ca(SOURCE, true, &[&id.to_string()])
        .unwrap();
    simulator.index(SOURCE, &[("press-1", true)]);
    simulator.add_shadows(SOURCE, "press-1", &["", "config", "state"]);
    let before = world.state();
    let mut engine = engine(&world).await;
    let survey = survey(&mut engine, &[id], Some(connection(RECIPIENT))).await;
    assert_eq!(world.state(), before, "it changes nothing");
    assert_eq!(survey.beside, Some(account(RECIPIENT)));

    let [alike] = survey.alike().try_into().unwrap();
    let policies: Vec<_> = alike.likeness.policies.iter().collect();
    let from = |name: &str| {
        let found = policies.iter().find(|it| it.0 == name);
        found.unwrap().1.iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(policies.len(), 5);
    assert_eq!(from("base"), [Origin::Own]);
    assert_eq!(from("alarms"), [Origin::Group("lyon".to_owned())]);
    assert_eq!(from("time"), [Origin::Group("plants".to_owned())]);
    assert_eq!((alike.connected, alike.disconnected), (1, 0));
    assert_eq!((alike.shadows, alike.shadows_not_known), (3, 0));
    let it = &survey.certificates[&id];
    assert_eq!(it.things[0].type_name.as_deref(), Some("Press"));
    assert_eq!(
        it.things[0].attributes,
        [("line".to_owned(), "A1".to_owned())]
    );

    assert_eq!(survey.policies["base"].there, PolicyThere::Same);
    assert!(survey.policies["base"].needs_thing());
    assert!(matches!(
        survey.policies["jobs"].there,
        PolicyThere::Other(_)
    ));
    assert_eq!(survey.policies["uploads"].there, PolicyThere::Missing);
    let look = survey.policies["uploads"].looks.first().unwrap();
    assert_eq!(look.why, WhyLook::RoleAlias);
    assert_eq!(survey.types["Press"].there, There::Missing);
    assert_eq!(survey.groups["lyon"].there, There::Missing);
    assert_eq!(survey.groups["plants"].there, There::Exists);
    assert_eq!(survey.cas[&ca].registers, Ok(true));
    assert_eq!(survey.cas[&ca].there, There::Missing);
    let concerns: Vec<Concern> = survey.concerns(&alike.likeness).into_iter().collect();
    assert_eq!(
        concerns,
        [
            Concern::MayComeBack(ca.clone()),
            Concern::CaNotThere(ca),
            Concern::OtherContent("jobs".to_owned()),
            Concern::NeedsLook("uploads".to_owned()),
        ]
    );
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_hundreds_share_is_read_once_and_at_the_pace_of_the_quotas() {
    let world = World::new();
    furnish(&world);
    let mut ids: Vec<_> = (1..=200).map(|n| usual(&world, n)).collect();
    let bare = world.bare(900);
    let attached = world
        .simulator
        .attach_policy(SOURCE, &bare.to_string(), "base");
    attached.unwrap();
    ids.push(bare);
    world.simulator.enforce_quotas(1.0);
    let mut engine = engine(&world).await;
    let began = Instant::now();
    let survey = survey(&mut engine, &ids, Some(connection(RECIPIENT))).await;
    let took = began.elapsed();
    assert_eq!(survey.read(), 201);
    assert!(survey.not_read.is_empty(), "{:?}", survey.not_read.first());
    // Four policies, in both accounts.
    assert_eq!(calls(&world, Operation::GetPolicy), 8);
    // One type, in both accounts.
    assert_eq!(calls(&world, Operation::DescribeThingType), 2);
    // Two groups, in both accounts.
    assert_eq!(calls(&world, Operation::DescribeThingGroup), 4);
    // Each certificate, in both accounts: one that is there already is not transferred.
    assert_eq!(calls(&world, Operation::DescribeCertificate), 402);
    // Each thing, in both accounts.
    assert_eq!(calls(&world, Operation::DescribeThing), 400);
    // Where the fleet is not indexed, that is not asked for each thing.
    assert!(calls(&world, Operation::GetThingConnectivityData) <= 16);
    // 201 descriptions at 8 a second; nothing else takes longer.
    let bound = Duration::from_secs_f64(201.0 / 8.0);
    assert!(took <= bound.mul_f64(1.1), "{took:?}, at least {bound:?}");

    let alike = survey.alike();
    let sizes: Vec<usize> = alike.iter().map(|it| it.certificates.len()).collect();
    assert_eq!(sizes, [200, 1]);
    let sorted = survey.by_concern(&alike);
    assert_eq!(sorted.clear.len(), 0);
    assert_eq!(sorted.concerning[&Concern::DeniedWithoutThing], [bare]);
    let other = Concern::OtherContent("jobs".to_owned());
    assert_eq!(sorted.concerning[&other].len(), 200);
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn without_another_account_nothing_is_said_of_it() {
    let world = World::new();
    furnish(&world);
    let id = usual(&world, 1);
    let mut engine = engine(&world).await;
    // Nor is it compared with itself.
    let same = survey(&mut engine, &[id], Some(connection(SOURCE))).await;
    assert_eq!(same.policies["base"].there, PolicyThere::NotAsked);
    let survey = survey(&mut engine, &[id], None).await;
    assert_eq!(survey.beside, None);
    assert!(
        survey
            .policies
            .values()
            .all(|it| it.there == PolicyThere::NotAsked)
    );
    assert!(survey.groups.values().all(|it| it.there == There::NotAsked));
    assert!(survey.policies["jobs"].looks.is_empty());
    let there = world.simulator.calls();
    let there = there
        .iter()
        .filter(|it| it.account.as_deref() == Some(RECIPIENT));
    let asked: Vec<_> = there.filter_map(|it| it.operation).collect();
    assert_eq!(asked, [], "the other account is not asked");
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_is_not_known_and_the_rest_is() {
    let world = World::with(Assumptions {
        without_index: WithoutIndex::InvalidRequest,
        ..Assumptions::default()
    });
    furnish(&world);
    let id = usual(&world, 1);
    for action in [
        "iot:DescribeThingGroup",
        "iot:GetPolicy",
        "iot:GetThingShadow",
    ] {
        world.simulator.deny(SOURCE, action);
    }
    world.simulator.deny(RECIPIENT, "iot:DescribeThingType");
    let mut engine = engine(&world).await;
    let survey = survey(&mut engine, &[id], Some(connection(RECIPIENT))).await;
    let it = &survey.certificates[&id];
    assert_eq!(it.policies, ["base", "jobs"]);
    assert_eq!(it.things[0].connected, None);
    assert_eq!(it.things[0].shadows, None);
    assert!(survey.policies["base"].document.is_err());
    assert!(survey.groups["lyon"].policies.is_err());
    assert!(matches!(survey.types["Press"].there, There::NotKnown(_)));
    let [alike] = survey.alike().try_into().unwrap();
    let concerns = survey.concerns(&alike.likeness);
    let not_known = |what: &str| Concern::NotKnown(what.to_owned());
    assert!(concerns.contains(&not_known("policy base")), "{concerns:?}");
    assert!(
        concerns.contains(&not_known("thing group lyon")),
        "{concerns:?}"
    );
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_end_the_reading_and_one_that_is_gone_does_not() {
    let world = World::new();
    furnish(&world);
    let ids = [usual(&world, 1), CertificateId::from_bytes([9; 32])];
    let mut engine = engine(&world).await;
    let survey = survey(&mut engine, &ids, None).await;
    assert_eq!((survey.certificates.len(), survey.not_read.len()), (1, 1));
    assert_eq!(survey.not_read[0].1.kind, FailureKind::NotFound);
    world.simulator.set_expired(SOURCE, true);
    let ids = ids.to_vec();
    let question = ask::TakesAlong {
        ids,
        beside: None,
        mapping: Box::default(),
    };
    let read = engine.each(connection(SOURCE), question, |_| {});
    let failure = read.await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::ExpiredCredentials);
    engine.end().await;
}

#[tokio::test(start_paused = true)]
async fn it_is_saved_as_a_table_and_as_json() {
    let world = World::new();
    furnish(&world);
    let ids = [usual(&world, 1), CertificateId::from_bytes([9; 32])];
    let mut engine = engine(&world).await;
    let survey = survey(&mut engine, &ids, Some(connection(RECIPIENT))).await;
    let place = certferry::domain::Place::aws("us-east-1", account(SOURCE));
    let table = survey.csv(&place);
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 3);
    let id = ids[0];
    let row = format!(
        "\"{id}\",\"{SOURCE}\",\"us-east-1\",\"Active\",\"base jobs\",\"alarms time\",\"press-1\",\"Press\",\"lyon\",\"\",\"not known\",\"0\",\"policy jobs is there with other content\""
    );
    assert_eq!(rows[1], row);
    assert!(rows[2].contains("not read: "), "{}", rows[2]);
    let all: Value = serde_json::from_str(&survey.json(&place)).unwrap();
    assert_eq!(all["comparedWith"], RECIPIENT);
    assert_eq!(all["complete"], true);
    assert_eq!(
        all["certificates"][0]["things"][0]["attributes"]["line"],
        "A1"
    );
    assert_eq!(
        all["certificates"][0]["groupPolicies"][0]["groups"][0],
        "lyon"
    );
    let policies = all["policies"].as_array().unwrap();
    let jobs = policies
        .iter()
        .find(|it| it["policyName"] == "jobs")
        .unwrap();
    assert_eq!(jobs["there"], "other content");
    assert_eq!(jobs["document"]["Statement"][0]["Action"], "iot:Publish");
    engine.end().await;
}
