use std::time::Duration;

use certferry::{
    aws,
    domain::{
        Answer, Attachment, Batch, Call, CarryReport, Change, FailureKind, Operation, Place,
        Procedure, Question as _, Resource, ThingPrincipalType, ThingRef, TypeProperties, ask,
    },
    engine::{JournalPlace, Settings},
};
use strum::IntoEnumIterator as _;

use super::{
    Rig, account, arn, change, connection, id,
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
    let connection = connection(wire(&script)).await;
    let expected = [
        (
            Change::Activate.of(arn(1)),
            format!("PUT /certificates/{hex}?newStatus=ACTIVE"),
            "",
        ),
        (
            Change::Deactivate.of(arn(1)),
            format!("PUT /certificates/{hex}?newStatus=INACTIVE"),
            "",
        ),
        (
            Change::Revoke.of(arn(1)),
            format!("PUT /certificates/{hex}?newStatus=REVOKED"),
            "",
        ),
        (
            Change::Detach(Attachment::Policy("a@b".to_owned())).of(arn(1)),
            "POST /target-policies/a%40b".to_owned(),
            "arn:aws:iot:us-east-1:111122223333:cert/",
        ),
        (
            Change::Attach(Attachment::Policy("a@b".to_owned())).of(arn(1)),
            "PUT /target-policies/a%40b".to_owned(),
            "arn:aws:iot:us-east-1:111122223333:cert/",
        ),
        (
            Change::Attach(Attachment::Thing(ThingRef {
                name: "a:b".to_owned(),
                principal_type: Some(ThingPrincipalType::Exclusive),
            }))
            .of(arn(1)),
            "PUT /things/a%3Ab/principals?thingPrincipalType=EXCLUSIVE_THING".to_owned(),
            "",
        ),
        (
            Change::Attach(Attachment::Thing(ThingRef {
                name: "a:b".to_owned(),
                principal_type: None,
            }))
            .of(arn(1)),
            "PUT /things/a%3Ab/principals".to_owned(),
            "",
        ),
        (
            Change::Detach(Attachment::thing("a:b".to_owned())).of(arn(1)),
            "DELETE /things/a%3Ab/principals".to_owned(),
            "",
        ),
        (
            Change::Transfer {
                to: account("012345678901"),
                message: Some("hello".to_owned()),
            }
            .of(arn(1)),
            format!("PATCH /transfer-certificate/{hex}?targetAwsAccount=012345678901"),
            r#"{"transferMessage":"hello"}"#,
        ),
        (
            Change::Accept { activate: false }.of(arn(1)),
            format!("PATCH /accept-certificate-transfer/{hex}?setAsActive=false"),
            "",
        ),
        (
            Change::Reject {
                reason: Some("no".to_owned()),
            }
            .of(arn(1)),
            format!("PATCH /reject-certificate-transfer/{hex}"),
            r#"{"rejectReason":"no"}"#,
        ),
        (
            Change::CancelTransfer.of(arn(1)),
            format!("PATCH /cancel-certificate-transfer/{hex}"),
            "",
        ),
    ];
    for (n, (mutation, line, body)) in expected.into_iter().enumerate() {
        let done = connection.mutate(&mutation).await.unwrap();
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
        let connection = connection(wire(&script)).await;
        let certificate = arn(1);
        for mutation in [
            Change::Activate.of(arn(1)),
            Change::Attach(Attachment::Policy("a".to_owned())).of(certificate.clone()),
            Change::Detach(Attachment::thing("a".to_owned())).of(certificate.clone()),
            Change::Transfer {
                to: account("012345678901"),
                message: None,
            }
            .of(arn(1)),
            Change::CancelTransfer.of(arn(1)),
        ] {
            let failure = connection.mutate(&mutation).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{body}");
            assert!(failure.ambiguous, "AWS may have heard it all the same");
            assert!(
                failure.message.contains("no request id of AWS"),
                "{failure:?}"
            );
        }
        // Nor does it say that nothing is attached.
        for call in [
            ask::PoliciesOf {
                arn: certificate.clone(),
            }
            .call(),
            ask::ThingsOf {
                arn: certificate.clone(),
            }
            .call(),
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
    let connection = connection(wire(&script)).await;
    let transfer = Change::Transfer {
        to: account("012345678901"),
        message: None,
    }
    .of(arn(1));
    let failure = connection.mutate(&transfer).await.unwrap_err();
    assert!(failure.ambiguous, "{failure:?}");
    assert_eq!(script.count("PATCH "), 1);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_session_sends_no_change() {
    let script = Script::default();
    let mut rig = Rig::start_with(wire(&script), true).await;
    let failure = rig.failure(change(Change::Revoke.of(arn(1)))).await;
    assert_eq!(failure.kind, FailureKind::ReadOnly);
    assert_eq!(failure.operation, Operation::UpdateCertificate);
    assert!(!failure.ambiguous);
    assert_eq!(script.lines(), [""; 0]);
}

/// Every operation that changes anything.
fn every_change() -> Vec<Change> {
    let attachments = [
        Attachment::Policy("connect".to_owned()),
        Attachment::thing("press".to_owned()),
    ];
    let changes = [
        Change::Activate,
        Change::Deactivate,
        Change::Revoke,
        Change::Delete,
        Change::Transfer {
            to: account("012345678901"),
            message: None,
        },
        Change::Accept { activate: true },
        Change::Reject { reason: None },
        Change::CancelTransfer,
        Change::Create(Resource::Policy {
            name: "connect".to_owned(),
            document: "{}".to_owned(),
        }),
        Change::Create(Resource::ThingType {
            name: "Press".to_owned(),
            properties: TypeProperties::default(),
        }),
        Change::Create(Resource::Thing {
            name: "press".to_owned(),
            type_name: None,
            attributes: Vec::new(),
        }),
        Change::Join {
            thing: "press".to_owned(),
            group: "lyon".to_owned(),
        },
        Change::Remove(Attachment::Policy("connect".to_owned())),
        Change::Remove(Attachment::thing("press".to_owned())),
    ];
    let both = |it: Attachment| [Change::Attach(it.clone()), Change::Detach(it)];
    let changes: Vec<Change> = (changes.into_iter())
        .chain(attachments.into_iter().flat_map(both))
        .collect();
    let covered = |it: &Operation| changes.iter().any(|change| change.operation() == *it);
    let missing: Vec<Operation> = Operation::iter()
        .filter(|it| it.mutates() && !covered(it))
        .collect();
    assert_eq!(missing, []);
    changes
}

#[tokio::test(start_paused = true)]
async fn whatever_changes_anything_is_not_sent_in_a_read_only_session() {
    let procedures = [
        Procedure::PrepareAndTransfer {
            to: account("012345678901"),
            message: None,
        },
        Procedure::HandOver {
            to: account("012345678901"),
            message: None,
        },
        Procedure::Resume,
        Procedure::PutBack,
        Procedure::LeaveAsIs,
        Procedure::RemoveCreated,
    ];
    let changes = every_change().into_iter().map(Procedure::Change);
    let all: Vec<Procedure> = procedures.into_iter().chain(changes).collect();
    let marked = Settings {
        read_only_profiles: ["ops".to_owned()].into(),
        ..Settings::new(JournalPlace::Memory)
    };
    let session = Settings::new(JournalPlace::Memory).read_only(true);
    for settings in [session, marked] {
        let script = Script::default();
        let mut wire = wire(&script);
        if let aws::Wire::Given(given) = &mut wire {
            for profile in &mut given.profiles {
                profile.name = "ops".to_owned();
            }
        }
        let mut rig = Rig::with_settings(wire, settings, Some("ops")).await;
        for procedure in &all {
            let batch = Batch {
                place: Place::aws("us-east-1", arn(1).account),
                procedure: procedure.clone(),
                certificates: vec![id(1)],
                looks: Vec::new(),
                planned: Vec::new(),
                shown: Vec::new(),
                beside: None,
                recipe: None,
            };
            let failure = rig.failure(Call::Carry(Box::new(batch))).await;
            assert_eq!(failure.kind, FailureKind::ReadOnly, "{procedure:?}");
        }
        assert_eq!(script.lines(), [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_can_be_repeated_is_repeated_by_the_sdk() {
    let broken = error(500, "InternalFailureException");
    let script = Script::default().on("PUT /certificates/", [broken, ok("")]);
    let mut rig = Rig::start(&script).await;
    rig.mutate(Change::Deactivate.of(arn(1))).await.unwrap();
    assert_eq!(script.count("PUT "), 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_not_cancelled_and_is_waited_for() {
    let script = Script::default().on("PUT /certificates/", [ok("")]);
    let mut rig = Rig::start(&script).await;
    assert_eq!(rig.engine.handle().changes_running(), 0);
    rig.engine.handle().idle().await;
    let sent = rig.send_after(
        change(Change::Deactivate.of(arn(1))),
        Duration::from_secs(1),
    );
    rig.engine.handle().cancel(sent);
    assert_eq!(rig.engine.handle().changes_running(), 1);
    rig.engine.handle().idle().await;
    assert_eq!(rig.engine.handle().changes_running(), 0);
    let rest = rig.end().await;
    let last = rest.last().unwrap();
    assert!(
        matches!(last.answer, Answer::Carried(CarryReport::Over)),
        "{rest:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn quitting_drops_the_reads_and_finishes_the_changes() {
    let script = Script::default()
        .on("GET /certificates/", [Reaction::Hang])
        .on("PUT /certificates/", [ok("")]);
    let mut rig = Rig::start(&script).await;
    rig.send(Call::Describe(id(1)));
    let sent = rig.send_after(
        change(Change::Deactivate.of(arn(1))),
        Duration::from_secs(1),
    );
    let begun = tokio::time::Instant::now();
    let rest = rig.end().await;
    assert!(rest.iter().all(|reply| reply.id == sent), "{rest:?}");
    assert_eq!(script.count("PUT "), 1);
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_panicked_may_have_been_made() {
    let script = Script::default().on("PATCH /", [Reaction::Panic]);
    let mut rig = Rig::start(&script).await;
    let failure = rig.refused(Change::CancelTransfer.of(arn(1))).await;
    assert_eq!(failure.kind, FailureKind::Internal);
    assert!(failure.ambiguous);
    rig.engine.handle().idle().await;
}
