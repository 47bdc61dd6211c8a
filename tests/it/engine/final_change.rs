//! Changes that can never be undone: the journal has them, with the certificate itself, before they are
//! sent, and nothing but their dialog makes them.

use std::{collections::BTreeMap, fs, time::Duration};

use certferry::{
    domain::{
        Answer, Before, CertificateId, CertificateStatus, Change, Failure, FailureKind, Place,
        Plan, Procedure, Purpose, Record, RunOutcome, RunState, StepState, Timestamp,
    },
    journal::{Journal, Options},
    simulator::{Fault, Loss, Operation, Status, Times},
};

use super::{Call, Rig, SOURCE, World, account};

const CHANGE: Change = Change::Revoke;
const OPERATION: Operation = Operation::UpdateCertificate;

fn runs(world: &World, id: CertificateId) -> Vec<Record> {
    let journal = Journal::open(&world.journal(), &Options::default()).unwrap();
    journal.history(&place(), id, 9).unwrap()
}

fn place() -> Place {
    Place::aws("us-east-1", account(SOURCE))
}

fn is_made(world: &World, id: CertificateId) -> bool {
    let found = world.simulator.certificate(SOURCE, &id.to_string());
    found.unwrap().status == Status::Revoked
}

async fn pem(rig: &mut Rig, id: CertificateId) -> Option<String> {
    match rig.ask(SOURCE, Call::Describe(id)).await {
        Answer::Described(found) => found.pem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_in_the_journal_before_it_is_sent() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    let pem = pem(&mut rig, id).await;
    assert!(pem.as_ref().unwrap().starts_with("-----BEGIN CERTIFICATE"));
    world
        .simulator
        .set_latency(Some(OPERATION), Duration::from_secs(2));
    let batch = rig.batch(SOURCE, Procedure::Change(CHANGE), &[id]);
    while world.calls(OPERATION) == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let [run] = runs(&world, id).try_into().unwrap();
    assert_eq!(run.purpose, Purpose::FinalChange);
    assert_eq!(run.before.pem, pem);
    assert_eq!(run.state, RunState::Unfinished);
    assert!(matches!(run.steps[0].state, StepState::Begun(_)), "{run:?}");
    assert!(run.claimed);
    assert_eq!(
        rig.carried(batch).await.unwrap().outcome(),
        RunOutcome::Done
    );
    assert!(is_made(&world, id));
    let [run] = runs(&world, id).try_into().unwrap();
    assert_eq!((run.state, run.before.pem), (RunState::Done, pem));
    assert_eq!(rig.open().await, []);
    assert_eq!(rig.restorable(id).await, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_journal_it_is_not_sent() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    fs::write(world.folder.path().join("state"), "").unwrap();
    let batch = rig.batch(SOURCE, Procedure::Change(CHANGE), &[id]);
    let failure: Failure = rig.carried(batch).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Journal);
    assert!(!is_made(&world, id));
    assert_eq!(world.calls(OPERATION), 0);
}

#[tokio::test(start_paused = true)]
async fn what_aws_refused_leaves_nothing_to_decide() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    let often = Times::Forever;
    world
        .simulator
        .inject(OPERATION, Fault::AccessDenied, often);
    let outcome = rig.change(SOURCE, CHANGE, id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(rig.open().await, []);
    assert_eq!(runs(&world, id)[0].state, RunState::LeftAsIs);
    // It can be chosen again at once.
    world.simulator.clear_faults();
    assert_eq!(rig.change(SOURCE, CHANGE, id).await, RunOutcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_up() {
    let world = World::new();
    let id = world.bare(1);
    let mut rig = world.rig().await;
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    world.simulator.inject(OPERATION, lost, Times::Forever);
    assert_eq!(rig.change(SOURCE, CHANGE, id).await, RunOutcome::Done);
    assert!(is_made(&world, id));
    assert_eq!(runs(&world, id)[0].state, RunState::Done);
}

/// A process ended between the intent and the answer. Whether the change was made is looked up; going on
/// never makes it.
#[tokio::test(start_paused = true)]
async fn going_on_after_a_crash_only_looks() {
    let world = World::new();
    let id = world.bare(1);
    let before = Before {
        place: place(),
        certificate: id,
        status: CertificateStatus::Active,
        policies: Vec::new(),
        policy_editions: BTreeMap::new(),
        things: Vec::new(),
        pem: Some("PEM".to_owned()),
    };
    let crashed = || {
        let journal = Journal::open(&world.journal(), &Options::default()).unwrap();
        let (plan, now) = (Plan::of_change(CHANGE), Timestamp::now_utc());
        let run = journal.begin_final_change(&before, &plan, now).unwrap();
        journal.step_begun(run, 0, now).unwrap();
    };
    crashed();
    let mut rig = world.rig().await;
    assert_eq!(rig.open().await.len(), 1);
    let RunOutcome::Stopped(why) = rig.one(Procedure::Resume, id).await else {
        panic!("it was not made");
    };
    assert!(why.text.contains("choose it anew"), "{why:?}");
    let outcome = rig.one(Procedure::PutBack, id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.calls(OPERATION), 0);
    assert_eq!(rig.one(Procedure::LeaveAsIs, id).await, RunOutcome::Done);
    assert_eq!(rig.open().await, []);
    crashed();
    assert_eq!(rig.open().await.len(), 1);
    // What was sent before the end arrives.
    let mut other = Rig::start(&world.simulator, &world.folder.path().join("other.db")).await;
    assert_eq!(other.change(SOURCE, CHANGE, id).await, RunOutcome::Done);
    let sent = world.calls(OPERATION);
    assert_eq!(rig.one(Procedure::Resume, id).await, RunOutcome::Done);
    assert_eq!(world.calls(OPERATION), sent);
    assert_eq!(rig.open().await, []);
}
