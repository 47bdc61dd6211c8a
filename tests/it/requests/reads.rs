use std::time::Duration;

use certferry::domain::{
    Answer, Call, CertificateStatus, ConnectionId, FailureKind, NamedKind, Operation,
    Question as _, Request, RequestId, Target, ThingPrincipalType, ask,
};
use certferry::{
    aws::{self, Common},
    engine,
};

use super::{
    Rig, account, arn, id,
    script::{IDENTITY, Reaction, Script, error, ok, page},
    wire,
};

/// An endpoint that is not AWS's.
const EMULATOR: &str = "http://127.0.0.1:4566";

fn describe(byte: u8) -> String {
    format!("GET /certificates/{}", id(byte))
}

fn described(byte: u8) -> Reaction {
    ok(format!(
        r#"{{"certificateDescription": {{"certificateId": "{}", "status": "PENDING_TRANSFER",
            "ownedBy": "444455556666", "previousOwnedBy": "111122223333", "customerVersion": 3,
            "certificateMode": "SNI_ONLY", "transferData": {{"transferDate": 1569427780.441,
            "transferMessage": "hello"}}, "validity": {{"notBefore": 1.0, "notAfter": 2.0}}}}}}"#,
        id(byte)
    ))
}

#[tokio::test(start_paused = true)]
async fn the_identity_comes_from_sts() {
    let script = Script::default().on("POST /", [ok(IDENTITY)]);
    let mut rig = Rig::start(&script).await;
    let Answer::Identity(identity) = rig.ask(Call::Identity).await else {
        panic!("no identity");
    };
    assert_eq!(identity.account, account("111122223333"));
    assert_eq!(identity.arn, "arn:aws:iam::111122223333:user/op");
    let sent = &script.sent()[0];
    assert!(sent.user_agent.contains("app/certferry"), "{sent:?}");
    assert!(sent.authorization.contains("AKIAsource/"), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_described() {
    let script = Script::default().on(&describe(1), [described(1)]);
    let mut rig = Rig::start(&script).await;
    let Answer::Described(found) = rig.ask(Call::Describe(id(1))).await else {
        panic!("not described");
    };
    assert_eq!(found.status, CertificateStatus::PendingTransfer);
    assert_eq!(found.owner, Some(account("444455556666")));
    assert_eq!(found.previous_owner, Some(account("111122223333")));
    assert_eq!(found.version, Some(3));
    assert_eq!(found.mode.as_deref(), Some("SNI_ONLY"));
    assert_eq!(found.transfer.message.as_deref(), Some("hello"));
    assert!(found.transfer.accepted.is_none());
    assert!(found.not_after.is_some());
}

#[tokio::test(start_paused = true)]
async fn another_certificate_than_the_one_asked_for_is_not_shown() {
    let script = Script::default().on(&describe(1), [described(2)]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.failure(Call::Describe(id(1))).await;
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
}

#[tokio::test(start_paused = true)]
async fn all_attached_policies_are_collected() {
    let script = Script::default().on(
        "POST /attached-policies/",
        [
            ok(r#"{"policies": [{"policyName": "a", "policyArn": "arn:a"}], "nextMarker": "AA"}"#),
            ok(r#"{"policies": [{"policyName": "b"}]}"#),
        ],
    );
    let mut rig = Rig::start(&script).await;
    let Answer::Policies(policies) = rig.ask(ask::PoliciesOf { arn: arn(1) }.call()).await else {
        panic!("no policies");
    };
    let names: Vec<_> = policies.iter().map(|policy| &policy.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(script.lines()[0].contains("arn%3Aaws%3Aiot%3Aus-east-1%3A111122223333%3Acert%2F"));
}

/// What cannot be named could not be put back.
#[tokio::test(start_paused = true)]
async fn what_is_attached_without_a_usable_name_is_not_passed_over() {
    let long = "x".repeat(100_000);
    for body in [
        r#"{"policies": [{"policyName": "b"}, {}]}"#.to_owned(),
        format!(r#"{{"policies": [{{"policyName": "{long}"}}]}}"#),
        format!(r#"{{"policies": [], "nextMarker": "{long}"}}"#),
    ] {
        let script = Script::default().on("POST /attached-policies/", [ok(body)]);
        let mut rig = Rig::start(&script).await;
        let failure = rig.failure(ask::PoliciesOf { arn: arn(1) }.call()).await;
        assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
    }
}

/// What has no name cannot be found by, and what is attached to it would not be asked.
#[tokio::test(start_paused = true)]
async fn what_exists_is_read_page_by_page_as_far_as_it_is_wanted() {
    for (kind, line, key, name, next) in [
        (
            NamedKind::Thing,
            "/things",
            "things",
            "thingName",
            "nextToken",
        ),
        (
            NamedKind::Group,
            "/thing-groups",
            "thingGroups",
            "groupName",
            "nextToken",
        ),
        (
            NamedKind::Type,
            "/thing-types",
            "thingTypes",
            "thingTypeName",
            "nextToken",
        ),
        (
            NamedKind::Policy,
            "/policies",
            "policies",
            "policyName",
            "nextMarker",
        ),
        (
            NamedKind::Authority,
            "/cacertificates",
            "certificates",
            "certificateId",
            "nextMarker",
        ),
    ] {
        let row = |text: &str| format!(r#"{{"{name}": "{text}"}}"#);
        let two = format!(
            r#"{{"{key}": [{}, {}], "{next}": "AA"}}"#,
            row("a"),
            row("b")
        );
        let third = format!(r#"{{"{key}": [{}]}}"#, row("c"));
        let line = format!("GET {line}");
        let script = Script::default().on(&line, [ok(two.clone()), ok(third)]);
        let mut rig = Rig::start(&script).await;
        let question = |most| {
            let (beginning, kind) = ("pre".to_owned(), kind);
            ask::NamesThatExist {
                kind,
                beginning,
                most,
            }
            .call()
        };
        rig.send(question(usize::MAX));
        let mut names = Vec::new();
        loop {
            let Answer::NamesThatExist(part) = rig.next().await.answer else {
                panic!("no names of {kind:?}");
            };
            assert!(!part.more);
            names.extend(part.rows.into_iter().map(|it| it.name));
            if part.last {
                break;
            }
        }
        assert_eq!(names, ["a", "b", "c"], "{kind:?}");
        let sent = &script.lines()[0];
        assert_eq!(
            sent.contains("namePrefixFilter=pre"),
            kind == NamedKind::Group,
            "{sent}"
        );
        // As many as are wanted, and whether there are more.
        for (most, wanted) in [(1, vec!["a"]), (2, vec!["a", "b"])] {
            let script = Script::default().on(&line, [ok(two.clone())]);
            let mut rig = Rig::start(&script).await;
            let Answer::NamesThatExist(part) = rig.ask(question(most)).await else {
                panic!("no names of {kind:?}");
            };
            let names: Vec<String> = part.rows.into_iter().map(|it| it.name).collect();
            assert_eq!(
                (names, part.last, part.more),
                (wanted.iter().map(ToString::to_string).collect(), true, true)
            );
            assert_eq!(script.lines().len(), 1);
        }
        for unreadable in ["{}".to_owned(), format!(r#"{{"{key}": [{{}}]}}"#)] {
            let script = Script::default().on(&line, [ok(unreadable)]);
            let mut rig = Rig::start(&script).await;
            let failure = rig.failure(question(9)).await;
            assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{kind:?}");
        }
    }
}

/// Where a policy comes from is not guessed.
#[tokio::test(start_paused = true)]
async fn a_thing_group_that_cannot_be_named_is_not_passed_over() {
    let things = r#"{"principalThingObjects": [{"thingName": "press"}]}"#;
    let effective = r#"{"effectivePolicies": [{"policyName": "connect"}]}"#;
    let lyon = r#"{"groupName": "lyon", "groupArn": "arn:aws:iot:us-east-1:1:thinggroup/lyon"}"#;
    let groups = |rows: &str| format!(r#"{{"thingGroups": [{rows}]}}"#);
    let above = |rows: &str| {
        format!(r#"{{"thingGroupMetadata": {{"rootToParentThingGroups": [{rows}]}}}}"#)
    };
    for (listed, of_lyon) in [
        (groups(r#"{"groupName": "lyon"}"#), above("")),
        (groups("{}"), above("")),
        ("{}".to_owned(), above("")),
        (groups(lyon), above(r#"{"groupArn": "arn:b"}"#)),
        (
            format!(r#"{{"thingGroups": [{lyon}], "nextToken": "AA"}}"#),
            above(""),
        ),
    ] {
        let script = Script::default()
            .on("GET /principals/things-v2?", [ok(things)])
            .on("POST /effective-policies", [ok(effective)])
            .on("POST /attached-policies/", [ok(r#"{"policies": []}"#)])
            .on("GET /things/press/thing-groups", [ok(listed.clone())])
            .on("GET /thing-groups/lyon", [ok(of_lyon)]);
        let mut rig = Rig::start(&script).await;
        let failure = rig.failure(ask::EffectiveOf { arn: arn(1) }.call()).await;
        assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{listed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let body = format!(
        r#"{{"policies": [], "x": "{}"}}"#,
        "x".repeat(9 * 1024 * 1024)
    );
    let script = Script::default().on("POST /attached-policies/", [ok(body)]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.failure(ask::PoliciesOf { arn: arn(1) }.call()).await;
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
}

#[tokio::test(start_paused = true)]
async fn all_attached_things_are_collected_with_how_they_hold_it() {
    let script = Script::default().on(
        "GET /principals/things-v2?",
        [
            ok(r#"{"principalThingObjects": [{"thingName": "a",
                "thingPrincipalType": "EXCLUSIVE_THING"}], "nextToken": "t"}"#),
            ok(r#"{"principalThingObjects": [{"thingName": "b"}]}"#),
        ],
    );
    let mut rig = Rig::start(&script).await;
    let Answer::Things(things) = rig.ask(ask::ThingsOf { arn: arn(1) }.call()).await else {
        panic!("no things");
    };
    assert_eq!(
        things[0].principal_type,
        Some(ThingPrincipalType::Exclusive)
    );
    assert_eq!(
        (things[1].name.as_str(), things[1].principal_type),
        ("b", None)
    );
    assert_eq!(script.sent()[0].principal, arn(1).to_string());
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_without_the_second_version_is_asked_with_the_first_from_then_on() {
    for (endpoint, unknown) in [
        (None, error(404, "UnknownOperationException")),
        (None, error(501, "NotImplementedException")),
        (Some(EMULATOR), page(404, "<html>no such page</html>")),
        (Some(EMULATOR), page(501, "")),
    ] {
        let script = Script::default()
            .on("GET /principals/things-v2?", [unknown])
            .on(
                "GET /principals/things?",
                [
                    ok(r#"{"things": ["a"], "nextToken": "t"}"#),
                    ok(r#"{"things": ["b"]}"#),
                ],
            );
        let mut rig = Rig::start_at(&script, endpoint).await;
        for _ in 0..2 {
            let answer = rig.ask(ask::ThingsOf { arn: arn(1) }.call()).await;
            assert!(matches!(answer, Answer::Things(_)), "{answer:?}");
        }
        assert_eq!(script.count("GET /principals/things-v2?"), 1);
        assert_eq!(script.count("GET /principals/things?"), 3);
    }
}

/// The first version does not tell how the things are attached.
#[tokio::test(start_paused = true)]
async fn a_proxy_s_page_is_no_reason_for_the_first_version() {
    let script = Script::default()
        .on(
            "GET /principals/things-v2?",
            [
                page(404, "<html>no such page</html>"),
                ok(r#"{"principalThingObjects": []}"#),
            ],
        )
        .on("GET /principals/things?", [ok(r#"{"things": []}"#)]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.failure(ask::ThingsOf { arn: arn(1) }.call()).await;
    assert_eq!(failure.kind, FailureKind::NotSupported);
    let answer = rig.ask(ask::ThingsOf { arn: arn(1) }.call()).await;
    assert!(matches!(answer, Answer::Things(_)), "{answer:?}");
    assert_eq!(script.count("GET /principals/things?"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_missing_certificate_is_no_reason_for_the_first_version() {
    let missing = error(404, "ResourceNotFoundException");
    let script = Script::default().on("GET /principals/things-v2?", [missing]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.failure(ask::ThingsOf { arn: arn(1) }.call()).await;
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.operation, Operation::ListPrincipalThings);
}

#[tokio::test(start_paused = true)]
async fn documents_and_attributes_are_read() {
    let script = Script::default()
        .on(
            "GET /policies/press-base",
            [ok(
                r#"{"policyName": "press-base", "defaultVersionId": "2", "policyDocument": "{}"}"#,
            )],
        )
        .on(
            "GET /things/press-7",
            [ok(
                r#"{"thingName": "press-7", "version": 4, "attributes": {"b": "2", "a": "1"}}"#,
            )],
        );
    let mut rig = Rig::start(&script).await;
    let Answer::PolicyDocument(document) = rig
        .ask(
            ask::DocumentOf {
                policy: "press-base".to_owned(),
            }
            .call(),
        )
        .await
    else {
        panic!("no document");
    };
    assert_eq!(
        (document.version.as_deref(), document.document.as_str()),
        (Some("2"), "{}")
    );
    let Answer::ThingAttributes(thing) = rig
        .ask(
            ask::AttributesOf {
                thing: "press-7".to_owned(),
            }
            .call(),
        )
        .await
    else {
        panic!("no attributes");
    };
    assert_eq!(thing.version, Some(4));
    assert_eq!(thing.attributes[0], ("a".to_owned(), "1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_is_repeated_by_the_sdk() {
    let throttled = || error(400, "ThrottlingException");
    let script = Script::default().on(&describe(1), [throttled(), throttled(), described(1)]);
    let mut rig = Rig::start(&script).await;
    let answer = rig.ask(Call::Describe(id(1))).await;
    assert!(matches!(answer, Answer::Described(_)), "{answer:?}");
    assert_eq!(script.lines().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_account_s_throttling_leaves_the_other_its_retries() {
    let script = Script::default().on(
        "GET /certificates/",
        [error(503, "ServiceUnavailableException")],
    );
    let mut rig = Rig::start(&script).await;
    // More than the SDK's bucket of retries holds.
    for _ in 0..60 {
        rig.failure(Call::Describe(id(1))).await;
    }
    let spent = script.lines().len();
    assert!(spent < 180, "the bucket was never empty: {spent}");
    rig.engine
        .handle()
        .send(Request {
            id: RequestId(1000),
            connection: ConnectionId(2),
            after: Duration::ZERO,
            call: Call::Connect(
                Target {
                    profile: Some("recipient".to_owned()),
                    region: None,
                },
                None,
            ),
        })
        .unwrap();
    rig.next().await;
    rig.engine
        .handle()
        .send(Request {
            id: RequestId(1001),
            connection: ConnectionId(2),
            after: Duration::ZERO,
            call: Call::Describe(id(1)),
        })
        .unwrap();
    rig.next().await;
    assert_eq!(script.lines().len() - spent, 3);
    assert!(
        script.sent()[spent]
            .authorization
            .contains("AKIArecipient/")
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_as_long_as_it_is_told() {
    let script = Script::default().on(&describe(1), [described(1)]);
    let mut rig = Rig::start(&script).await;
    let begun = tokio::time::Instant::now();
    rig.send_after(Call::Describe(id(1)), Duration::from_millis(150));
    rig.next().await;
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_one_request_s_failure() {
    let script = Script::default()
        .on(&describe(1), [Reaction::Panic])
        .on(&describe(2), [described(2)]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.failure(Call::Describe(id(1))).await;
    assert_eq!(failure.kind, FailureKind::Internal);
    assert_eq!(failure.operation, Operation::DescribeCertificate);
    let answer = rig.ask(Call::Describe(id(2))).await;
    assert!(matches!(answer, Answer::Described(_)), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_connection_is_a_failure_and_released_ones_are_dropped() {
    let script = Script::default().on("GET /certificates/", [described(1)]);
    let (handle, mut replies) = engine::spawn(
        wire(&script),
        engine::Settings::new(engine::JournalPlace::Memory),
    );
    let mut number = 0;
    let mut ask = |connection, call| {
        number += 1;
        handle
            .send(Request {
                id: RequestId(number),
                connection: ConnectionId(connection),
                after: Duration::ZERO,
                call,
            })
            .unwrap();
    };
    ask(1, Call::Describe(id(1)));
    let Answer::Failed(failure) = replies.recv().await.unwrap().answer else {
        panic!("it is not open");
    };
    assert_eq!(failure.kind, FailureKind::Internal);
    for connection in 1..=6 {
        ask(connection, Call::Connect(Target::default(), None));
        replies.recv().await.unwrap();
    }
    // One that is in use stays, however old; of those that are not, the newest four.
    for connection in 1..=5 {
        ask(connection, Call::Describe(id(1)));
        let answer = replies.recv().await.unwrap().answer;
        assert!(matches!(answer, Answer::Described(_)), "{connection}");
        ask(connection, Call::Release);
        replies.recv().await.unwrap();
    }
    ask(2, Call::Describe(id(1)));
    let answer = replies.recv().await.unwrap().answer;
    assert!(matches!(answer, Answer::Described(_)));
    ask(1, Call::Describe(id(1)));
    assert!(matches!(
        replies.recv().await.unwrap().answer,
        Answer::Failed(_)
    ));
    ask(5, Call::Describe(id(1)));
    assert!(matches!(
        replies.recv().await.unwrap().answer,
        Answer::Described(_)
    ));
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_a_failure_not_a_wait() {
    let script = Script::default();
    let (handle, _replies) = engine::spawn(
        wire(&script),
        engine::Settings::new(engine::JournalPlace::Memory),
    );
    // The background task has not run yet: nothing is awaited here.
    let refused = (0..2000).find_map(|number| {
        let request = Request {
            id: RequestId(number),
            connection: ConnectionId(1),
            after: Duration::ZERO,
            call: Call::Certificates,
        };
        handle.send(request).err()
    });
    let reply = refused.expect("the queue has an end");
    let Answer::Failed(failure) = reply.answer else {
        panic!("not a failure");
    };
    assert_eq!(failure.kind, FailureKind::Internal);
    assert!(!failure.ambiguous);
}

#[tokio::test(start_paused = true)]
async fn a_given_wire_has_the_profiles_it_names() {
    let script = Script::default();
    let wire = wire(&script);
    let usable = aws::profiles(&wire).await.usable;
    let names: Vec<_> = usable.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["source", "recipient"]);
    let target = Target {
        profile: Some("other".to_owned()),
        region: None,
    };
    let failure = aws::connect(&wire, &Common::default(), &target, None)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadProfile);
    let target = Target {
        profile: Some("recipient".to_owned()),
        region: Some("eu-west-1".to_owned()),
    };
    let (_, facts) = aws::connect(&wire, &Common::default(), &target, None)
        .await
        .unwrap();
    assert_eq!(facts.region, "eu-west-1");
    assert_eq!(facts.profile.as_deref(), Some("recipient"));
    assert_eq!(facts.endpoint, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_region_there_is_no_connection() {
    let script = Script::default();
    let aws::Wire::Given(mut given) = wire(&script) else {
        panic!("not given");
    };
    given.region.clear();
    let wire = aws::Wire::Given(given);
    let failure = aws::connect(&wire, &Common::default(), &Target::default(), None)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::NoRegion);
}
