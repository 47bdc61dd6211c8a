//! Changes that can never be undone: the journal has them, with the certificate itself, before they are
//! sent, and nothing but their dialog makes them.

use std::{collections::BTreeMap, fs, time::Duration};

use certferry::{
    domain::{
        Answer, Before, CertificateId, CertificateStatus, Change, Failure, FailureKind,
        MadeAfterAll, Place, Plan, Procedure, Purpose, Reason, Record, RunOutcome, RunState, Step,
        StepState, Timestamp,
    },
    journal::{Journal, Options},
    simulator::{Fault, Loss, NewCertificate, Operation, Status, Times},
};

use super::{Call, Rig, SOURCE, World, account};

/// A change that can never be undone, the operation that makes it, and the status that it asks for.
type Case = (Change, Operation, Status);

fn cases() -> [Case; 2] {
    [
        (Change::Revoke, Operation::UpdateCertificate, Status::Active),
        (
            Change::Delete,
            Operation::DeleteCertificate,
            Status::Inactive,
        ),
    ]
}

fn certificate(world: &World, status: Status) -> CertificateId {
    let new = NewCertificate::new("device", 1).status(status);
    let id = world.simulator.add_certificate(SOURCE, &new).unwrap();
    CertificateId::parse(&id).unwrap()
}

fn runs(world: &World, id: CertificateId) -> Vec<Record> {
    let journal = Journal::open(&world.journal(), &Options::default()).unwrap();
    journal.history(&place(), id, 9).unwrap()
}

fn place() -> Place {
    Place::aws("us-east-1", account(SOURCE))
}

fn is_made(world: &World, id: CertificateId) -> bool {
    let found = world.simulator.certificate(SOURCE, &id.to_string());
    found.is_none_or(|found| found.status == Status::Revoked)
}

async fn pem(rig: &mut Rig, id: CertificateId) -> Option<String> {
    match rig.ask(SOURCE, Call::Describe(id)).await {
        Answer::Described(found) => found.pem,
        other => panic!("{other:?}"),
    }
}

async fn it_is_in_the_journal_before_it_is_sent_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    let mut rig = world.rig().await;
    let pem = pem(&mut rig, id).await;
    assert!(pem.as_ref().unwrap().starts_with("-----BEGIN CERTIFICATE"));
    world
        .simulator
        .set_latency(Some(operation), Duration::from_secs(2));
    let batch = rig.batch(SOURCE, Procedure::Change(change.clone()), &[id]);
    while world.calls(operation) == 0 {
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

async fn without_a_journal_it_is_not_sent_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    let mut rig = world.rig().await;
    fs::write(world.folder.path().join("state"), "").unwrap();
    let batch = rig.batch(SOURCE, Procedure::Change(change.clone()), &[id]);
    let failure: Failure = rig.carried(batch).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Journal);
    assert!(!is_made(&world, id));
    assert_eq!(world.calls(operation), 0);
}

async fn what_aws_refused_leaves_nothing_to_decide_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    let mut rig = world.rig().await;
    let often = Times::Forever;
    world
        .simulator
        .inject(operation, Fault::AccessDenied, often);
    let outcome = rig.change(SOURCE, change.clone(), id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(rig.open().await, []);
    assert_eq!(runs(&world, id)[0].state, RunState::LeftAsIs);
    // It can be chosen again at once.
    world.simulator.clear_faults();
    assert_eq!(
        rig.change(SOURCE, change.clone(), id).await,
        RunOutcome::Done
    );
}

async fn a_lost_answer_is_looked_up_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    let mut rig = world.rig().await;
    let lost = Fault::NoAnswerAfter(Loss::Reset);
    world.simulator.inject(operation, lost, Times::Forever);
    assert_eq!(
        rig.change(SOURCE, change.clone(), id).await,
        RunOutcome::Done
    );
    assert!(is_made(&world, id));
    assert_eq!(runs(&world, id)[0].state, RunState::Done);
}

/// A process ended between the intent and the answer.
fn crashed(world: &World, id: CertificateId, change: &Change) {
    let before = Before {
        place: place(),
        certificate: id,
        status: CertificateStatus::Inactive,
        policies: Vec::new(),
        policy_editions: BTreeMap::new(),
        things: Vec::new(),
        newest_run: None,
        pem: Some("PEM".to_owned()),
    };
    let journal = Journal::open(&world.journal(), &Options::default()).unwrap();
    let (plan, now) = (Plan::of_change(change.clone()), Timestamp::now_utc());
    let run = journal.begin_final_change(&before, &plan, now).unwrap();
    journal.step_begun(run, 0, now).unwrap();
}

/// After a crash it is looked at in the background as well.
async fn what_arrives_after_a_crash_is_noted_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    crashed(&world, id, &change);
    let mut rig = world.rig().await;
    let again = |answer| match answer {
        Answer::RunsAgain(made) => made,
        other => panic!("{other:?}"),
    };
    let question = || Call::RunsAgain(vec![id]);
    assert_eq!(again(rig.ask(SOURCE, question()).await), []);
    assert_eq!(rig.open().await.len(), 1);
    let mut other = Rig::start(&world.simulator, &world.folder.path().join("other.db")).await;
    let arrived = other.change(SOURCE, change.clone(), id).await;
    assert_eq!(arrived, RunOutcome::Done);
    let sent = world.calls(operation);
    let made = MadeAfterAll {
        id,
        steps: vec![(0, Step::Change(change))],
        done: true,
    };
    assert_eq!(again(rig.ask(SOURCE, question()).await), [made]);
    assert_eq!(rig.open().await, []);
    assert_eq!(runs(&world, id)[0].state, RunState::Done);
    assert_eq!(world.calls(operation), sent);
}

/// A process ended between the intent and the answer. Whether the change was made is looked up; going on
/// never makes it.
async fn going_on_after_a_crash_only_looks_for((change, operation, status): Case) {
    let world = World::new();
    let id = certificate(&world, status);
    crashed(&world, id, &change);
    let mut rig = world.rig().await;
    assert_eq!(rig.open().await.len(), 1);
    let RunOutcome::Stopped(why) = rig.one(Procedure::Resume, id).await else {
        panic!("it was not made");
    };
    assert!(why.text.contains("choose it anew"), "{why:?}");
    let outcome = rig.one(Procedure::PutBack, id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.calls(operation), 0);
    assert_eq!(rig.one(Procedure::LeaveAsIs, id).await, RunOutcome::Done);
    assert_eq!(rig.open().await, []);
    crashed(&world, id, &change);
    assert_eq!(rig.open().await.len(), 1);
    // What was sent before the end arrives.
    let mut other = Rig::start(&world.simulator, &world.folder.path().join("other.db")).await;
    assert_eq!(
        other.change(SOURCE, change.clone(), id).await,
        RunOutcome::Done
    );
    let sent = world.calls(operation);
    assert_eq!(rig.one(Procedure::Resume, id).await, RunOutcome::Done);
    assert_eq!(world.calls(operation), sent);
    assert_eq!(rig.open().await, []);
}

macro_rules! for_each_case {
    ($($name:ident by $of:ident;)*) => {
        $(#[tokio::test(start_paused = true)]
        async fn $name() {
            for case in cases() {
                $of(case).await;
            }
        })*
    };
}

for_each_case! {
    it_is_in_the_journal_before_it_is_sent by it_is_in_the_journal_before_it_is_sent_for;
    without_a_journal_it_is_not_sent by without_a_journal_it_is_not_sent_for;
    what_aws_refused_leaves_nothing_to_decide by what_aws_refused_leaves_nothing_to_decide_for;
    a_lost_answer_is_looked_up by a_lost_answer_is_looked_up_for;
    what_arrives_after_a_crash_is_noted by what_arrives_after_a_crash_is_noted_for;
    going_on_after_a_crash_only_looks by going_on_after_a_crash_only_looks_for;
}

#[tokio::test(start_paused = true)]
async fn what_something_is_attached_to_is_not_deleted() {
    let world = World::new();
    let id = certificate(&world, Status::Inactive);
    let text = id.to_string();
    let attached = world.simulator.attach_policy(SOURCE, &text, "connect");
    attached.unwrap();
    let mut rig = world.rig().await;
    let outcome = rig.change(SOURCE, Change::Delete, id).await;
    let why = RunOutcome::Refused(Reason::NotReady("1 policy is attached".to_owned()));
    assert_eq!(outcome, why);
    assert_eq!(world.calls(Operation::DeleteCertificate), 0);
    assert_eq!(runs(&world, id), []);
}

#[tokio::test(start_paused = true)]
async fn what_is_active_or_offered_is_not_deleted() {
    let world = World::new();
    let active = certificate(&world, Status::Active);
    let mut rig = world.rig().await;
    let outcome = rig.change(SOURCE, Change::Delete, active).await;
    let why = RunOutcome::Refused(Reason::NotReady("deactivate it first".to_owned()));
    assert_eq!(outcome, why);
    let offered = world.bare(2);
    let text = offered.to_string();
    (world.simulator.offer(SOURCE, &text, super::RECIPIENT, None)).unwrap();
    for account in [SOURCE, super::RECIPIENT] {
        let outcome = rig.change(account, Change::Delete, offered).await;
        assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    }
    assert_eq!(world.calls(Operation::DeleteCertificate), 0);
}

/// A colleague attaches something between the look and the call: AWS refuses, and it stays.
#[tokio::test(start_paused = true)]
async fn what_is_attached_meanwhile_keeps_a_certificate_from_being_deleted() {
    let world = World::new();
    let id = certificate(&world, Status::Inactive);
    let mut rig = world.rig().await;
    let slow = Duration::from_secs(4);
    (world.simulator).set_latency(Some(Operation::DeleteCertificate), slow);
    let batch = rig.batch(SOURCE, Procedure::Change(Change::Delete), &[id]);
    while world.calls(Operation::DeleteCertificate) == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let text = id.to_string();
    let attached = world.simulator.attach_policy(SOURCE, &text, "connect");
    attached.unwrap();
    let outcome = rig.carried(batch).await.unwrap().outcome();
    let RunOutcome::Refused(Reason::NotBegun(failure)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(failure.kind, FailureKind::TransferConflict);
    assert!(!is_made(&world, id));
    assert_eq!(rig.open().await, []);
}
