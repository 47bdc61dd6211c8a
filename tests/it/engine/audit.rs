//! The audit: every call that changes anything, before it is sent and after it is answered.

use std::{fs, path::PathBuf};

use certferry::{
    domain::{Change, FailureKind, Procedure, Reason, RunOutcome},
    engine::{JournalPlace, Settings},
    simulator::{Fault, Loss, Operation, Times},
};
use serde_json::Value;

use super::{RECIPIENT, Rig, SOURCE, World, account, prepare};

fn path(world: &World) -> PathBuf {
    world.folder.path().join("state/audit.jsonl")
}

async fn rig(world: &World) -> Rig {
    let settings = Settings {
        pace: 1.0,
        audit: Some(path(world)),
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    Rig::start_with(&world.simulator, settings).await
}

/// The lines, each as JSON.
fn lines(world: &World) -> Vec<Value> {
    let text = fs::read_to_string(path(world)).unwrap_or_default();
    assert!(
        text.chars().all(|c| matches!(c, ' '..='~' | '\n')),
        "{text}"
    );
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_default()
}

/// Each call with how it went, in the order in which they were sent.
fn calls(world: &World) -> Vec<(String, Vec<String>)> {
    let mut calls: Vec<(String, String, Vec<String>)> = Vec::new();
    for line in lines(world) {
        let call = text(&line, "call").to_owned();
        match text(&line, "event") {
            "sent" => calls.push((call, text(&line, "operation").to_owned(), Vec::new())),
            "answered" => {
                let mut known = calls.iter_mut();
                let known = known.find(|it| it.0 == call).expect("it was sent before");
                known.2.push(text(&line, "outcome").to_owned());
            }
            other => panic!("{other}"),
        }
    }
    calls.into_iter().map(|it| (it.1, it.2)).collect()
}

#[tokio::test(start_paused = true)]
async fn every_change_of_a_run_is_there_with_who_where_and_what() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = rig(&world).await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    let calls = calls(&world);
    assert_eq!(calls.len(), 8, "{calls:?}");
    assert!(calls.iter().all(|(_, outcomes)| *outcomes == ["done"]));
    let recorded = world.simulator.calls();
    for line in lines(&world) {
        assert_eq!(text(&line, "account"), SOURCE);
        assert_eq!(text(&line, "region"), "us-east-1");
        assert_eq!(text(&line, "certificate"), id.to_string());
        assert!(text(&line, "identity").starts_with("arn:aws:"), "{line}");
        assert!(line["run"].is_i64(), "{line}");
        assert!(text(&line, "time").ends_with('Z'), "{line}");
        if text(&line, "event") == "answered" {
            let request = text(&line, "request_id");
            let known = recorded.iter().find(|it| it.request_id == request);
            let operation = known.unwrap().operation.unwrap().name();
            assert_eq!(operation, text(&line, "operation"));
        }
    }
    let all = lines(&world);
    let transfer = all
        .iter()
        .find(|it| it["operation"] == "TransferCertificate");
    let parameters = &transfer.unwrap()["parameters"];
    assert_eq!(parameters["targetAwsAccount"], RECIPIENT);
    assert_eq!(parameters["transferMessage"], "for the new plant");
    let written = fs::read_to_string(path(&world)).unwrap();
    let secret = world.simulator.access_key(SOURCE).secret_access_key;
    assert!(!written.contains(&secret));
}

#[tokio::test(start_paused = true)]
async fn what_failed_and_what_is_not_known_is_said() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = rig(&world).await;
    world.simulator.deny(SOURCE, "iot:UpdateCertificate");
    rig.change(SOURCE, Change::Deactivate, id).await;
    let all = lines(&world);
    let last = all.last().unwrap();
    assert_eq!(text(last, "outcome"), "not done");
    assert_eq!(text(last, "failure"), "AccessDenied");
    assert_eq!(text(last, "error"), "AccessDeniedException");
    assert!(last["run"].is_null());
    world.simulator.allow(SOURCE, "iot:UpdateCertificate");
    let fault = Fault::NoAnswerAfter(Loss::Reset);
    let update = Operation::UpdateCertificate;
    (world.simulator).inject(update, fault, Times::Forever);
    let outcome = rig.change(SOURCE, Change::Deactivate, id).await;
    assert_eq!(outcome, RunOutcome::Done);
    let calls = calls(&world);
    let expected = ["not known", "seen to be done"].map(str::to_owned).to_vec();
    assert_eq!(calls[1], ("UpdateCertificate".to_owned(), expected));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_not_sent() {
    let world = World::new();
    let (full, bare) = (world.certificate(1), world.bare(2));
    let start = world.state();
    let mut rig = rig(&world).await;
    fs::create_dir_all(path(&world)).unwrap();
    let outcome = rig.change(SOURCE, Change::Deactivate, bare).await;
    let RunOutcome::Refused(Reason::Failed(failure)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(failure.kind, FailureKind::Journal);
    assert!(failure.message.contains("audit"), "{failure:?}");
    let outcome = rig.one(prepare(), full).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.state(), start);
    assert_eq!(rig.open().await, []);
}

#[tokio::test(start_paused = true)]
async fn foreign_text_steers_nothing_and_calls_of_batches_are_told_apart() {
    let world = World::new();
    let (one, other) = (world.bare(1), world.bare(2));
    let mut rig = rig(&world).await;
    for id in [one, other] {
        assert_eq!(
            rig.change(SOURCE, Change::Deactivate, id).await,
            RunOutcome::Done
        );
    }
    let message = Some("\u{202e}it\u{7f}s".to_owned());
    let to = account(RECIPIENT);
    let transfer = Procedure::Change(Change::Transfer { to, message });
    assert_eq!(rig.one(transfer, one).await, RunOutcome::Done);
    let all = lines(&world);
    let mut calls: Vec<&str> = all.iter().map(|line| text(line, "call")).collect();
    calls.dedup();
    assert_eq!(calls.len(), 3, "{all:?}");
    let message = all.last().unwrap()["parameters"]["transferMessage"].clone();
    assert_eq!(message, "\u{202e}it\u{7f}s");
}
