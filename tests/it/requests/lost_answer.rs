use std::io;

use certferry::domain::{Change, FailureKind, Mutation};

use super::{
    Rig, account, arn, id,
    script::{Reaction, Script, error, ok},
};

const OTHER: &str = "444455556666";

fn transfer() -> Mutation {
    Change::Transfer {
        to: account(OTHER),
        message: None,
    }
    .of(arn(1))
}

fn accept(activate: bool) -> Mutation {
    Change::Accept { activate }.of(arn(1))
}

fn reject() -> Mutation {
    Change::Reject { reason: None }.of(arn(1))
}

fn cancel() -> Mutation {
    Change::CancelTransfer.of(arn(1))
}

fn described(status: &str, transfer: &str) -> Reaction {
    owned(OTHER, status, transfer)
}

fn owned(by: &str, status: &str, transfer: &str) -> Reaction {
    ok(format!(
        r#"{{"certificateDescription": {{"certificateId": "{}", "status": "{status}",
            "ownedBy": "{by}", "transferData": {transfer}}}}}"#,
        id(1)
    ))
}

const STARTED: &str = r#"{"transferDate": 1000}"#;
const ACCEPTED: &str = r#"{"transferDate": 1000, "acceptDate": 2000}"#;
const ACCEPTED_BEFORE: &str = r#"{"transferDate": 1000, "acceptDate": 500}"#;

fn outgoing(to: &str) -> Reaction {
    ok(format!(
        r#"{{"outgoingCertificates": [{{"certificateId": "{}", "transferredTo": "{to}"}}]}}"#,
        id(1)
    ))
}

fn none_outgoing() -> Reaction {
    ok(r#"{"outgoingCertificates": []}"#)
}

fn missing() -> Reaction {
    error(404, "ResourceNotFoundException")
}

fn denied() -> Reaction {
    error(403, "AccessDeniedException")
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Confirmed,
    NotMade,
    Unknown,
}

/// How a change ends whose answer is lost in this way, with what AWS shows afterwards.
async fn lost(
    how: Reaction,
    mutation: Mutation,
    list: Vec<Reaction>,
    describe: Vec<Reaction>,
) -> Outcome {
    // A transfer is looked at before, and sent again once AWS has shown that it was not made.
    let transfers = matches!(mutation.change, Change::Transfer { .. });
    let before = transfers.then(|| owned("111122223333", "INACTIVE", "{}"));
    let script = Script::default()
        .on("PATCH /", [how])
        .on("POST /attached-policies/", [ok(r#"{"policies": []}"#)])
        .on(
            "GET /principals/things-v2?",
            [ok(r#"{"principalThingObjects": []}"#)],
        )
        .on("GET /certificates-out-going?", list)
        .on("GET /certificates/", before.into_iter().chain(describe));
    let mut rig = Rig::start(&script).await;
    let answer = rig.mutate(mutation).await;
    let refuted = answer.as_ref().is_err_and(|failure| !failure.ambiguous);
    let sent = if transfers && refuted { 3 } else { 1 };
    assert_eq!(script.count("PATCH /"), sent, "{answer:?}");
    rig.engine.handle().idle().await;
    assert_eq!(rig.end().await, [], "answered once");
    match answer {
        Ok(done) => {
            assert!(done.confirmed_afterwards);
            Outcome::Confirmed
        }
        Err(failure) if failure.ambiguous => Outcome::Unknown,
        Err(failure) => {
            assert_ne!(failure.kind, FailureKind::Internal);
            Outcome::NotMade
        }
    }
}

async fn after(mutation: Mutation, list: Reaction, describe: Reaction) -> Outcome {
    lost(Reaction::Hang, mutation, vec![list], vec![describe]).await
}

#[tokio::test(start_paused = true)]
async fn a_transfer() {
    let inactive = || described("INACTIVE", "{}");
    let pending = || described("PENDING_TRANSFER", STARTED);
    for (list, describe, outcome) in [
        (outgoing(OTHER), inactive(), Outcome::Confirmed),
        // The list lags behind.
        (none_outgoing(), pending(), Outcome::Confirmed),
        (denied(), pending(), Outcome::Confirmed),
        (none_outgoing(), inactive(), Outcome::NotMade),
        // Somebody else's transfer.
        (outgoing("777788889999"), inactive(), Outcome::NotMade),
        (denied(), described("ACTIVE", "{}"), Outcome::NotMade),
        (denied(), denied(), Outcome::Unknown),
        (Reaction::Hang, Reaction::Hang, Outcome::Unknown),
        // It is not documented what the source sees while a transfer is pending.
        (denied(), inactive(), Outcome::Unknown),
        (none_outgoing(), missing(), Outcome::Unknown),
    ] {
        let case = format!("{list:?} {describe:?}");
        assert_eq!(after(transfer(), list, describe).await, outcome, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_acceptance() {
    for (activate, describe, outcome) in [
        (false, described("INACTIVE", ACCEPTED), Outcome::Confirmed),
        (true, described("ACTIVE", ACCEPTED), Outcome::Confirmed),
        (
            false,
            described("PENDING_TRANSFER", STARTED),
            Outcome::NotMade,
        ),
        (false, missing(), Outcome::NotMade),
        (true, described("INACTIVE", ACCEPTED), Outcome::Unknown),
        (
            false,
            described("INACTIVE", ACCEPTED_BEFORE),
            Outcome::Unknown,
        ),
        (false, described("INACTIVE", "{}"), Outcome::Unknown),
        (false, denied(), Outcome::Unknown),
        (false, Reaction::Hang, Outcome::Unknown),
    ] {
        let case = format!("{activate} {describe:?}");
        let told = after(accept(activate), denied(), describe).await;
        assert_eq!(told, outcome, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejection() {
    let rejected = r#"{"transferDate": 1000, "rejectDate": 2000}"#;
    for (describe, outcome) in [
        (missing(), Outcome::Confirmed),
        (described("INACTIVE", rejected), Outcome::Confirmed),
        (described("PENDING_TRANSFER", STARTED), Outcome::NotMade),
        (described("INACTIVE", ACCEPTED), Outcome::NotMade),
        (described("INACTIVE", "{}"), Outcome::Unknown),
        (denied(), Outcome::Unknown),
    ] {
        let case = format!("{describe:?}");
        assert_eq!(after(reject(), denied(), describe).await, outcome, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancellation() {
    let inactive = |transfer| described("INACTIVE", transfer);
    for (list, describe, outcome) in [
        (none_outgoing(), inactive(STARTED), Outcome::Confirmed),
        (
            none_outgoing(),
            inactive(ACCEPTED_BEFORE),
            Outcome::Confirmed,
        ),
        (outgoing(OTHER), inactive(STARTED), Outcome::NotMade),
        // It was accepted before.
        (none_outgoing(), missing(), Outcome::NotMade),
        (
            denied(),
            described("PENDING_TRANSFER", STARTED),
            Outcome::NotMade,
        ),
        (none_outgoing(), inactive(ACCEPTED), Outcome::Unknown),
        (denied(), inactive(STARTED), Outcome::Unknown),
        (denied(), missing(), Outcome::Unknown),
        (denied(), denied(), Outcome::Unknown),
    ] {
        let case = format!("{list:?} {describe:?}");
        assert_eq!(after(cancel(), list, describe).await, outcome, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_way_to_lose_an_answer_is_looked_into() {
    for how in [
        Reaction::Hang,
        Reaction::Broken(io::ErrorKind::ConnectionReset),
        error(500, "InternalFailureException"),
        ok("<html>"),
    ] {
        let case = format!("{how:?}");
        let told = lost(how, transfer(), vec![outgoing(OTHER)], vec![missing()]).await;
        assert_eq!(told, Outcome::Confirmed, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clear_refusal_is_not_looked_into() {
    let script = Script::default().on("PATCH /", [error(409, "TransferConflictException")]);
    let mut rig = Rig::start(&script).await;
    rig.refused(cancel()).await;
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_spreads_slowly_is_seen_in_the_end() {
    let list = vec![
        none_outgoing(),
        none_outgoing(),
        none_outgoing(),
        outgoing(OTHER),
    ];
    let describe = vec![described("INACTIVE", "{}")];
    let told = lost(Reaction::Hang, transfer(), list, describe).await;
    assert_eq!(told, Outcome::Confirmed);
}

#[tokio::test(start_paused = true)]
async fn one_look_is_not_enough_to_say_that_nothing_was_made() {
    let inactive = || described("INACTIVE", "{}");
    let told = lost(
        Reaction::Hang,
        transfer(),
        vec![none_outgoing()],
        vec![denied(), denied(), denied(), inactive()],
    );
    assert_eq!(told.await, Outcome::Unknown);
    let told = lost(
        Reaction::Hang,
        transfer(),
        vec![none_outgoing()],
        vec![inactive(), inactive(), inactive(), denied()],
    );
    assert_eq!(told.await, Outcome::Unknown);
}
