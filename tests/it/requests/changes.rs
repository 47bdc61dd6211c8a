use std::time::Duration;

use certferry::domain::{Answer, Call, FailureKind, Mutation, Operation, ThingPrincipalType};

use super::{
    Rig, account, arn, id,
    script::{Reaction, Script, error, ok, portal},
    wire,
};

#[tokio::test(start_paused = true)]
#[expect(clippy::too_many_lines, reason = "a table of the changes there are")]
async fn each_change_is_one_request_of_the_right_shape() {
    let hex = id(1).to_string();
    let script = Script::default()
        .on("PUT /certificates/", [ok("")])
        .on("POST /target-policies/", [ok("")])
        .on("PUT /target-policies/", [ok("")])
        .on("PUT /things/", [ok("{}")])
        .on("DELETE /things/", [ok("{}")])
        .on(
            "PATCH /transfer-certificate/",
            [ok(format!(
                r#"{{"transferredCertificateArn": "{}"}}"#,
                arn(1)
            ))],
        )
        .on("PATCH /", [ok("")]);
    let mut rig = Rig::start(&script).await;
    let expected = [
        (
            Mutation::Activate(id(1)),
            format!("PUT /certificates/{hex}?newStatus=ACTIVE"),
            "",
        ),
        (
            Mutation::Deactivate(id(1)),
            format!("PUT /certificates/{hex}?newStatus=INACTIVE"),
            "",
        ),
        (
            Mutation::Revoke(id(1)),
            format!("PUT /certificates/{hex}?newStatus=REVOKED"),
            "",
        ),
        (
            Mutation::DetachPolicy {
                certificate: arn(1),
                policy: "a@b".to_owned(),
            },
            "POST /target-policies/a%40b".to_owned(),
            "arn:aws:iot:us-east-1:111122223333:cert/",
        ),
        (
            Mutation::AttachPolicy {
                certificate: arn(1),
                policy: "a@b".to_owned(),
            },
            "PUT /target-policies/a%40b".to_owned(),
            "arn:aws:iot:us-east-1:111122223333:cert/",
        ),
        (
            Mutation::AttachThing {
                certificate: arn(1),
                thing: "a:b".to_owned(),
                principal_type: Some(ThingPrincipalType::Exclusive),
            },
            "PUT /things/a%3Ab/principals?thingPrincipalType=EXCLUSIVE_THING".to_owned(),
            "",
        ),
        (
            Mutation::AttachThing {
                certificate: arn(1),
                thing: "a:b".to_owned(),
                principal_type: None,
            },
            "PUT /things/a%3Ab/principals".to_owned(),
            "",
        ),
        (
            Mutation::DetachThing {
                certificate: arn(1),
                thing: "a:b".to_owned(),
            },
            "DELETE /things/a%3Ab/principals".to_owned(),
            "",
        ),
        (
            Mutation::Transfer {
                id: id(1),
                to: account("012345678901"),
                message: Some("hello".to_owned()),
            },
            format!("PATCH /transfer-certificate/{hex}?targetAwsAccount=012345678901"),
            r#"{"transferMessage":"hello"}"#,
        ),
        (
            Mutation::Accept {
                id: id(1),
                activate: false,
            },
            format!("PATCH /accept-certificate-transfer/{hex}?setAsActive=false"),
            "",
        ),
        (
            Mutation::Reject {
                id: id(1),
                reason: Some("no".to_owned()),
            },
            format!("PATCH /reject-certificate-transfer/{hex}"),
            r#"{"rejectReason":"no"}"#,
        ),
        (
            Mutation::CancelTransfer(id(1)),
            format!("PATCH /cancel-certificate-transfer/{hex}"),
            "",
        ),
    ];
    for (n, (mutation, line, body)) in expected.into_iter().enumerate() {
        let Answer::Done(done) = rig.mutate(mutation).await else {
            panic!("not done: {line}");
        };
        assert_eq!(done.request_id.as_deref(), Some("request-1"), "{line}");
        assert!(!done.confirmed_afterwards);
        let sent = script.sent();
        assert_eq!(sent.len(), n + 1);
        assert_eq!(sent[n].line, line);
        assert!(sent[n].body.contains(body), "{line}: {}", sent[n].body);
    }
}

/// The login page of a network answers everything with a success.
#[tokio::test(start_paused = true)]
async fn a_success_that_is_not_aws_s_is_none() {
    for body in ["", "{}", "<html>Log in</html>"] {
        let script = Script::default()
            .on("PUT ", [portal(body)])
            .on("POST /target-policies/", [portal(body)])
            .on("POST /attached-policies/", [portal(body)])
            .on("DELETE ", [portal(body)])
            .on("PATCH ", [portal(body)])
            .on("GET ", [portal(body)]);
        let mut rig = Rig::start(&script).await;
        let certificate = arn(1);
        for mutation in [
            Mutation::Activate(id(1)),
            Mutation::AttachPolicy {
                certificate: certificate.clone(),
                policy: "a".to_owned(),
            },
            Mutation::DetachThing {
                certificate: certificate.clone(),
                thing: "a".to_owned(),
            },
            Mutation::Transfer {
                id: id(1),
                to: account("012345678901"),
                message: None,
            },
            Mutation::CancelTransfer(id(1)),
        ] {
            let failure = rig.failure(Call::Mutate(mutation)).await;
            assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{body}");
            assert!(failure.ambiguous, "AWS may have heard it all the same");
            assert!(
                failure.message.contains("no request id of AWS"),
                "{failure:?}"
            );
        }
        // Nor does it say that nothing is attached.
        for call in [
            Call::Policies(certificate.clone()),
            Call::Things(certificate.clone()),
            Call::Certificates,
            Call::Outgoing,
        ] {
            let failure = rig.failure(call).await;
            assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{body}");
        }
    }
}

/// An answer without the shape that it must have, although it has a request id.
#[tokio::test(start_paused = true)]
async fn a_transfer_that_names_no_certificate_is_not_known_to_be_done() {
    let script = Script::default()
        .on("PATCH /transfer-certificate/", [ok("{}")])
        .on("GET ", [error(500, "InternalFailureException")]);
    let mut rig = Rig::start(&script).await;
    let transfer = Mutation::Transfer {
        id: id(1),
        to: account("012345678901"),
        message: None,
    };
    let failure = rig.failure(Call::Mutate(transfer)).await;
    assert!(failure.ambiguous, "{failure:?}");
    assert_eq!(script.count("PATCH "), 1);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_session_sends_no_change() {
    let script = Script::default();
    let mut rig = Rig::start_with(wire(&script), true).await;
    let failure = rig.failure(Call::Mutate(Mutation::Revoke(id(1)))).await;
    assert_eq!(failure.kind, FailureKind::ReadOnly);
    assert_eq!(failure.operation, Operation::UpdateCertificate);
    assert!(!failure.ambiguous);
    assert_eq!(script.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_can_be_repeated_is_repeated_by_the_sdk() {
    let broken = error(500, "InternalFailureException");
    let script = Script::default().on("PUT /certificates/", [broken, ok("")]);
    let mut rig = Rig::start(&script).await;
    let answer = rig.mutate(Mutation::Deactivate(id(1))).await;
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_not_cancelled_and_is_waited_for() {
    let script = Script::default().on("PUT /certificates/", [ok("")]);
    let mut rig = Rig::start(&script).await;
    assert_eq!(rig.handle.changes_running(), 0);
    rig.handle.idle().await;
    let change = rig.send_after(
        Call::Mutate(Mutation::Deactivate(id(1))),
        Duration::from_secs(1),
    );
    rig.handle.cancel(change);
    assert_eq!(rig.handle.changes_running(), 1);
    rig.handle.idle().await;
    assert_eq!(rig.handle.changes_running(), 0);
    let rest = rig.end().await;
    assert!(matches!(rest[0].answer, Answer::Done(_)), "{rest:?}");
}

#[tokio::test(start_paused = true)]
async fn quitting_drops_the_reads_and_finishes_the_changes() {
    let script = Script::default()
        .on("GET /certificates/", [Reaction::Hang])
        .on("PUT /certificates/", [ok("")]);
    let mut rig = Rig::start(&script).await;
    rig.send(Call::Describe(id(1)));
    let change = rig.send_after(
        Call::Mutate(Mutation::Deactivate(id(1))),
        Duration::from_secs(1),
    );
    let begun = tokio::time::Instant::now();
    let rest = rig.end().await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].id, change);
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_panicked_may_have_been_made() {
    let script = Script::default().on("PATCH /", [Reaction::Panic]);
    let mut rig = Rig::start(&script).await;
    let failure = rig
        .failure(Call::Mutate(Mutation::CancelTransfer(id(1))))
        .await;
    assert_eq!(failure.kind, FailureKind::Internal);
    assert!(failure.ambiguous);
    rig.handle.idle().await;
}
