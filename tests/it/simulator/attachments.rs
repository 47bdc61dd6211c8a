//! Policies and things of a certificate.

use std::time::Duration;

use aws_sdk_iot::types::ThingPrincipalType;
use certferry::simulator::{PrincipalType, Status};
use serde_json::json;

use super::{Bench, SOURCE, TARGET, arn, unknown_id};

const EXCLUSIVE: ThingPrincipalType = ThingPrincipalType::ExclusiveThing;

impl Bench {
    async fn policies(&self, id: &str) -> Vec<String> {
        let mut pages = self
            .source
            .list_attached_policies()
            .target(arn(SOURCE, id))
            .page_size(4)
            .into_paginator()
            .items()
            .send();
        let mut names = Vec::new();
        while let Some(policy) = pages.next().await {
            let policy = policy.unwrap();
            let name = policy.policy_name().unwrap();
            assert_eq!(
                policy.policy_arn().unwrap(),
                format!("arn:aws:iot:us-east-1:{SOURCE}:policy/{name}")
            );
            names.push(name.to_owned());
        }
        names
    }

    async fn things(&self, id: &str) -> Vec<String> {
        let call = self.source.list_principal_things();
        let answer = call.principal(arn(SOURCE, id)).send().await.unwrap();
        answer.things().to_vec()
    }
}

#[tokio::test(start_paused = true)]
async fn policies_are_attached_listed_and_detached() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    for name in ["publish", "connect", "connect"] {
        let call = bench.source.attach_policy().policy_name(name);
        call.target(arn(SOURCE, &id)).send().await.unwrap();
    }
    assert_eq!(bench.policies(&id).await, ["connect", "publish"]);
    // Detached again, and once more: that one is not attached any longer.
    for _ in 0..2 {
        let call = bench.source.detach_policy().policy_name("connect");
        call.target(arn(SOURCE, &id)).send().await.unwrap();
        assert_eq!(bench.policies(&id).await, ["publish"]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_eleventh_policy_exceeds_the_limit() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let attach = |name: String| {
        let call = bench.source.attach_policy().policy_name(name);
        call.target(arn(SOURCE, &id)).send()
    };
    for number in 0..11 {
        let name = format!("p{number:02}");
        bench.simulator.create_policy(SOURCE, &name, &json!({}));
    }
    for number in 0..10 {
        attach(format!("p{number:02}")).await.unwrap();
    }
    bench
        .refused(attach("p10".to_owned()), 410, "LimitExceededException")
        .await;
    // One that is attached already is no eleventh.
    attach("p09".to_owned()).await.unwrap();
    assert_eq!(bench.policies(&id).await.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn attaching_needs_a_policy_and_a_certificate() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let attach = |policy: &str, target: String| {
        let call = bench.source.attach_policy().policy_name(policy);
        call.target(target).send()
    };
    let not_found = "ResourceNotFoundException";
    let call = attach("no-such-policy", arn(SOURCE, &id));
    bench.refused(call, 404, not_found).await;
    let call = attach("connect", arn(SOURCE, &unknown_id()));
    bench.refused(call, 404, not_found).await;
    let call = attach("connect", arn(TARGET, &id));
    bench.refused(call, 404, not_found).await;
    let call = attach("connect", arn(SOURCE, &id).replace("us-east", "us-west"));
    bench.refused(call, 404, not_found).await;
    let call = attach(
        "connect",
        arn(SOURCE, &id).replace("arn:aws:", "arn:aws-cn:"),
    );
    bench.refused(call, 404, not_found).await;
    for target in ["not-an-arn", "arn:aws:iot", "arn:aws:s3:us-east-1:1:cert/a"] {
        let call = attach("connect", target.to_owned());
        bench.refused(call, 400, "InvalidRequestException").await;
    }
    for policy in ["with space", &"a".repeat(129)] {
        let call = attach(policy, arn(SOURCE, &id));
        bench.refused(call, 400, "InvalidRequestException").await;
    }
}

#[tokio::test(start_paused = true)]
async fn detaching_from_an_unknown_target_is_invalid_since_not_found_is_not_declared() {
    let bench = Bench::new();
    let call = bench.source.detach_policy().policy_name("connect");
    let call = call.target(arn(SOURCE, &unknown_id())).send();
    bench.refused(call, 400, "InvalidRequestException").await;
}

#[tokio::test(start_paused = true)]
async fn policies_with_every_allowed_character_survive_the_path() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let name = "_a+B=c,d.e@f-9";
    bench
        .simulator
        .create_policy(SOURCE, name, &json!({ "Statement": [] }));
    let call = bench.source.attach_policy().policy_name(name);
    call.target(arn(SOURCE, &id)).send().await.unwrap();
    assert_eq!(bench.policies(&id).await, [name]);
    let policy = bench
        .source
        .get_policy()
        .policy_name(name)
        .send()
        .await
        .unwrap();
    assert_eq!(policy.policy_document(), Some(r#"{"Statement":[]}"#));
    assert_eq!(policy.default_version_id(), Some("1"));
    let call = bench.source.get_policy().policy_name("none").send();
    bench.refused(call, 404, "ResourceNotFoundException").await;
}

#[tokio::test(start_paused = true)]
async fn a_detached_thing_stays_listed_for_a_while_and_blocks_the_transfer() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    bench.attach_thing(&id, "press");
    let detach = || {
        let call = bench.source.detach_thing_principal().thing_name("press");
        call.principal(arn(SOURCE, &id)).send()
    };
    let transfer = || {
        let call = bench.source.transfer_certificate().certificate_id(&id);
        call.target_aws_account(TARGET).send()
    };
    detach().await.unwrap();
    assert_eq!(bench.things(&id).await, ["press"]);
    bench
        .refused(transfer(), 409, "TransferConflictException")
        .await;
    tokio::time::advance(Duration::from_millis(2900)).await;
    assert_eq!(bench.things(&id).await, ["press"]);
    // Asking again does not start it anew.
    detach().await.unwrap();
    tokio::time::advance(Duration::from_millis(100)).await;
    assert!(bench.things(&id).await.is_empty());
    bench
        .refused(detach(), 404, "ResourceNotFoundException")
        .await;
    transfer().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn attaching_a_thing_again_undoes_its_detachment() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench.attach_thing(&id, "press");
    let call = bench.source.detach_thing_principal().thing_name("press");
    call.principal(arn(SOURCE, &id)).send().await.unwrap();
    let call = bench.source.attach_thing_principal().thing_name("press");
    call.principal(arn(SOURCE, &id)).send().await.unwrap();
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(bench.things(&id).await, ["press"]);
}

#[tokio::test(start_paused = true)]
async fn things_are_listed_with_their_type_and_described() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let call = bench.source.attach_thing_principal().thing_name("press");
    let call = call.principal(arn(SOURCE, &id));
    call.thing_principal_type(EXCLUSIVE).send().await.unwrap();
    let list = |kind| {
        let call = bench.source.list_principal_things_v2();
        let call = call.principal(arn(SOURCE, &id));
        call.set_thing_principal_type(kind).send()
    };
    for (wanted, found) in [
        (None, 1),
        (Some(EXCLUSIVE), 1),
        (Some(ThingPrincipalType::NonExclusiveThing), 0),
    ] {
        let answer = list(wanted).await.unwrap();
        assert_eq!(answer.principal_thing_objects().len(), found);
        for object in answer.principal_thing_objects() {
            assert_eq!(object.thing_name(), "press");
            assert_eq!(object.thing_principal_type(), Some(&EXCLUSIVE));
        }
    }
    let call = list(Some(ThingPrincipalType::from("SOME_THING")));
    bench.refused(call, 400, "InvalidRequestException").await;
    let thing = bench.source.describe_thing().thing_name("press").send();
    let thing = thing.await.unwrap();
    assert_eq!(thing.thing_type_name(), Some("Machine"));
    assert_eq!(thing.attributes().unwrap()["site"], "plant-3");
    assert_eq!(
        thing.thing_arn(),
        Some(format!("arn:aws:iot:us-east-1:{SOURCE}:thing/press").as_str())
    );
    let call = bench.source.describe_thing().thing_name("none").send();
    bench.refused(call, 404, "ResourceNotFoundException").await;
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_thing_is_the_only_one() {
    let bench = Bench::new();
    let attach = |id: &str, thing: &str, kind| {
        let call = bench.source.attach_thing_principal().thing_name(thing);
        let call = call.principal(arn(SOURCE, id));
        call.set_thing_principal_type(kind).send()
    };
    let invalid = "InvalidRequestException";
    let exclusive = bench.certificate(1, Status::Active);
    attach(&exclusive, "press", Some(EXCLUSIVE)).await.unwrap();
    attach(&exclusive, "press", Some(EXCLUSIVE)).await.unwrap();
    bench
        .refused(attach(&exclusive, "lathe", None), 400, invalid)
        .await;
    bench
        .refused(attach(&exclusive, "press", None), 400, invalid)
        .await;
    let shared = bench.certificate(2, Status::Active);
    attach(&shared, "press", None).await.unwrap();
    let call = attach(&shared, "lathe", Some(EXCLUSIVE));
    bench.refused(call, 400, invalid).await;
    attach(&shared, "lathe", None).await.unwrap();
    assert_eq!(
        bench.simulator.certificate(SOURCE, &shared).unwrap().things,
        [
            ("lathe".to_owned(), PrincipalType::NonExclusiveThing),
            ("press".to_owned(), PrincipalType::NonExclusiveThing)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn thing_calls_need_a_thing_and_a_certificate() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let not_found = "ResourceNotFoundException";
    for (thing, principal) in [
        ("none", arn(SOURCE, &id)),
        ("press", arn(SOURCE, &unknown_id())),
    ] {
        let call = bench.source.attach_thing_principal().thing_name(thing);
        bench
            .refused(call.principal(&principal).send(), 404, not_found)
            .await;
        let call = bench.source.detach_thing_principal().thing_name(thing);
        bench
            .refused(call.principal(&principal).send(), 404, not_found)
            .await;
    }
    let call = bench.source.list_principal_things();
    let call = call.principal(arn(SOURCE, &unknown_id())).send();
    bench.refused(call, 404, not_found).await;
    let call = bench.source.attach_thing_principal().thing_name("bad name");
    let call = call.principal(arn(SOURCE, &id)).send();
    bench.refused(call, 400, "InvalidRequestException").await;
}

#[tokio::test(start_paused = true)]
async fn things_come_in_pages() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    for number in 0..60 {
        let name = format!("thing-{number:02}");
        bench.simulator.create_thing(SOURCE, &name, None, &[]);
        bench.attach_thing(&id, &name);
    }
    for size in [1, 25, 59, 60, 61] {
        let pages = bench.source.list_principal_things_v2();
        let pages = pages.principal(arn(SOURCE, &id)).max_results(size);
        let pages = pages.into_paginator().items().send();
        let things = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        assert_eq!(things.len(), 60, "{size} to a page");
        assert_eq!(things[59].thing_name(), "thing-59");
    }
    assert_eq!(bench.things(&id).await.len(), 25, "the default page");
}
