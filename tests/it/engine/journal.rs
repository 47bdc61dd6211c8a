//! The journal that cannot be written, and the one that two processes share.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use certferry::{
    domain::{Answer, Call, FailureKind, Procedure, RunOutcome},
    simulator::Operation,
};

use super::{SOURCE, World, all_over, prepare};

#[tokio::test(start_paused = true)]
async fn without_a_journal_nothing_is_changed() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    // A file where the folder should be: also root cannot write there.
    fs::write(world.folder.path().join("state"), "").unwrap();
    for procedure in [
        prepare(),
        Procedure::Resume,
        Procedure::PutBack,
        Procedure::LeaveAsIs,
    ] {
        let batch = rig.batch(SOURCE, procedure, &[id]);
        let failure = rig.carried(batch).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Journal, "{failure:?}");
        let words = failure.message.matches("journal").count();
        assert!(words <= 1, "{failure:?}");
    }
    let answer = rig.ask(SOURCE, Call::OpenRuns).await;
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    assert_eq!(world.state(), start);
    // It works again as soon as there is a place.
    fs::remove_file(world.folder.path().join("state")).unwrap();
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_breaks_later_changes_nothing_either() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    assert_eq!(rig.open().await, []);
    // A newer certferry took it over while this one had it open.
    let other = rusqlite::Connection::open(world.journal()).unwrap();
    other
        .execute_batch("ALTER TABLE run RENAME TO runs")
        .unwrap();
    let outcome = rig.one(prepare(), id).await;
    assert!(matches!(outcome, RunOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.state(), start);
}

#[tokio::test(start_paused = true)]
async fn the_file_is_for_its_owner_only() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done);
    let mode = fs::metadata(world.journal()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(start_paused = true)]
async fn two_background_tasks_share_a_journal_and_no_run() {
    let world = World::new();
    let ids: Vec<_> = (1..=12).map(|n| world.certificate(n)).collect();
    let start = world.state();
    let mut one = world.rig().await;
    let mut other = world.rig().await;
    // Both are asked for all of them at the same time.
    let (first, second) = (
        one.batch(SOURCE, prepare(), &ids),
        other.batch(SOURCE, prepare(), &ids),
    );
    let (first, second) = tokio::join!(one.carried(first), other.carried(second));
    let (first, second) = (first.unwrap().outcomes(), second.unwrap().outcomes());
    assert_eq!((first.len(), second.len()), (ids.len(), ids.len()));
    let done = |outcomes: &[(_, RunOutcome)]| {
        let done = outcomes.iter().filter(|(_, it)| *it == RunOutcome::Done);
        done.count()
    };
    assert_eq!(
        done(&first) + done(&second),
        ids.len(),
        "{first:?}\n{second:?}"
    );
    for (id, outcome) in first.iter().chain(&second) {
        let refused = matches!(outcome, RunOutcome::Refused(_));
        assert!(*outcome == RunOutcome::Done || refused, "{id}: {outcome:?}");
    }
    let transfers = world.calls(certferry::simulator::Operation::TransferCertificate);
    assert_eq!(transfers, ids.len());
    for id in &ids {
        let record = one.restorable(*id).await.unwrap();
        assert!(all_over(&record), "{record:?}");
    }
    // What one of them began, the other one puts back.
    let (first, second) = (
        one.batch(SOURCE, Procedure::PutBack, &ids[..6]),
        other.batch(SOURCE, Procedure::PutBack, &ids[6..]),
    );
    let (first, second) = tokio::join!(one.carried(first), other.carried(second));
    assert_eq!(done(&first.unwrap().outcomes()), 6);
    assert_eq!(done(&second.unwrap().outcomes()), 6);
    assert_eq!(world.state(), start);
}

/// Another process holds the file for so long that not even the end of a run can be written down.
#[tokio::test(start_paused = true)]
async fn a_run_whose_end_could_not_be_written_is_nobody_s() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let mut rig = world.rig().await;
    let transfer = Operation::TransferCertificate;
    world
        .simulator
        .set_latency(Some(transfer), Duration::from_secs(2));
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    while world.calls(transfer) == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let other = rusqlite::Connection::open(world.journal()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let outcome = rig.carried(batch).await.unwrap().outcome();
    assert!(matches!(outcome, RunOutcome::Stopped(_)), "{outcome:?}");
    other.execute_batch("ROLLBACK").unwrap();
    let open = rig.open().await;
    assert_eq!(open.len(), 1);
    assert!(!open[0].claimed);
    assert!(!rig.restorable(id).await.unwrap().claimed);
    assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}
