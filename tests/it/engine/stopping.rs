//! Stopping a batch, and leaving the program.

use std::time::Duration;

use certferry::{
    domain::{
        Answer, Call, CarryReport, CertificateId, Change, Procedure, Progress, Reason, RunOutcome,
        RunState, StepState, StopAt,
    },
    engine::{JournalPlace, Settings},
    simulator::{Fault, Operation, Status, Times},
};
use tokio::time::Instant;

use super::{Rig, SOURCE, World, prepare};

#[tokio::test(start_paused = true)]
async fn a_stop_lets_the_calls_in_flight_end_and_begins_no_step() {
    let world = World::new();
    let ids: Vec<_> = (1..=40).map(|n| world.certificate(n)).collect();
    let start = world.state();
    let mut rig = world.rig().await;
    world
        .simulator
        .set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(3));
    let batch = rig.batch(SOURCE, prepare(), &ids);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(rig.engine.handle().changes_running(), 1);
    // What a kill would leave: each certificate is either begun, or known to be waiting.
    let counted = |table: &str| -> u32 {
        let journal = rusqlite::Connection::open(world.journal()).unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        journal.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert!(counted("waiting") > 0);
    assert_eq!(counted("waiting") + counted("run"), 40);
    rig.engine.handle().stop(batch, StopAt::Step);
    let carried = rig.carried(batch).await.unwrap();
    assert_eq!(counted("batch"), 0, "it is over, and its end was told");
    let outcomes = carried.outcomes();
    assert_eq!(outcomes.len(), ids.len());
    let count = |wanted: &RunOutcome| {
        let same = outcomes.iter().filter(|(_, outcome)| outcome == wanted);
        same.count()
    };
    let begun = count(&RunOutcome::Cancelled { begun: true });
    let untouched = count(&RunOutcome::Cancelled { begun: false });
    assert!(begun > 0 && untouched >= 8, "{outcomes:?}");
    assert_eq!(begun + untouched, ids.len());
    assert_eq!(world.calls(Operation::TransferCertificate), 0);
    rig.engine.handle().idle().await;
    // Those that were begun can be put back, and are the only ones that the journal has.
    let open = rig.open().await;
    assert_eq!(open.len(), begun);
    assert!(
        open.iter()
            .all(|it| it.state == RunState::Stopped && !it.claimed)
    );
    let open: Vec<_> = open.iter().map(|it| it.before.certificate).collect();
    let carried = rig.carry(Procedure::PutBack, &open).await;
    assert!(
        carried
            .outcomes()
            .iter()
            .all(|(_, it)| *it == RunOutcome::Done),
        "{carried:?}"
    );
    assert_eq!(world.state(), start);
    rig.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stopped_wait_can_be_resumed() {
    let world = World::with(certferry::simulator::Assumptions {
        thing_detach_delay: Duration::from_mins(1),
        ..Default::default()
    });
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    tokio::time::sleep(Duration::from_secs(10)).await;
    rig.engine.handle().stop(batch, StopAt::Step);
    let carried = rig.carried(batch).await.unwrap();
    assert_eq!(carried.outcome(), RunOutcome::Cancelled { begun: true });
    let waited = |progress: &Progress| matches!(progress, Progress::Waiting { .. });
    assert!(carried.progress.iter().any(waited));
    assert_eq!(rig.one(Procedure::Resume, id).await, RunOutcome::Done);
    assert_eq!(world.calls(Operation::TransferCertificate), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_runs_to_its_end_when_nobody_listens() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    rig.batch(SOURCE, prepare(), &[id]);
    rig.engine.end_unheard().await;
    assert_eq!(world.calls(Operation::TransferCertificate), 1);
    let mut rig = world.rig().await;
    assert_eq!(rig.open().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_listener_who_is_slow_is_waited_for() {
    let world = World::new();
    let ids: Vec<_> = (1..=40).map(|n| world.certificate(n)).collect();
    let mut rig = world.rig().await;
    let batch = rig.batch(SOURCE, prepare(), &ids);
    tokio::time::sleep(Duration::from_mins(10)).await;
    let carried = rig.carried(batch).await.unwrap();
    assert_eq!(carried.outcomes().len(), ids.len());
    assert!(
        carried
            .outcomes()
            .iter()
            .all(|(_, it)| *it == RunOutcome::Done),
        "{carried:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_certificate_and_no_other() {
    for operation in [
        Operation::DescribeCertificate,
        Operation::DetachPolicy,
        Operation::TransferCertificate,
    ] {
        let world = World::new();
        let ids = [world.certificate(1), world.certificate(2)];
        let start = world.state();
        let mut rig = world.rig().await;
        world
            .simulator
            .inject(operation, Fault::Panic, Times::Count(1));
        let carried = rig.carry(prepare(), &ids).await;
        let outcomes = carried.outcomes();
        let stopped = |it: &RunOutcome| matches!(it, RunOutcome::Stopped(_));
        assert_eq!(
            outcomes.iter().filter(|(_, it)| stopped(it)).count(),
            1,
            "{outcomes:?}"
        );
        assert_eq!(
            outcomes
                .iter()
                .filter(|(_, it)| *it == RunOutcome::Done)
                .count(),
            1
        );
        rig.carry(Procedure::PutBack, &ids).await;
        if operation != Operation::DescribeCertificate {
            assert_eq!(world.state(), start, "{operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_credentials_expire_no_other_certificate_is_begun_with() {
    let world = World::new();
    let ids: Vec<_> = (1..=60).map(|n| world.certificate(n)).collect();
    let start = world.state();
    let mut rig = world.rig().await;
    let batch = rig.batch(SOURCE, prepare(), &ids);
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.simulator.set_expired(SOURCE, true);
    let carried = rig.carried(batch).await.unwrap();
    let outcomes = carried.outcomes();
    assert_eq!(outcomes.len(), ids.len());
    let stopped = |it: &RunOutcome| matches!(it, RunOutcome::Stopped(_));
    let stopped = outcomes.iter().filter(|(_, it)| stopped(it)).count();
    let described = world.calls(Operation::DescribeCertificate);
    assert!(stopped > 0 && described < 50, "{stopped} {described}");
    world.simulator.set_expired(SOURCE, false);
    let open = rig.open().await;
    assert_eq!(open.len(), stopped);
    let open: Vec<_> = open.iter().map(|it| it.before.certificate).collect();
    let carried = rig.carry(Procedure::PutBack, &open).await;
    assert!(
        carried
            .outcomes()
            .iter()
            .all(|(_, it)| *it == RunOutcome::Done),
        "{carried:?}"
    );
    assert_eq!(world.state(), start);
}

#[tokio::test(start_paused = true)]
async fn a_stop_sends_nothing_more_that_waits_for_its_turn() {
    let world = World::new();
    let ids: Vec<_> = (1..=20).map(|n| world.certificate(n)).collect();
    let start = world.state();
    // At a twentieth of the quotas, what these certificates need takes minutes.
    let settings = Settings {
        pace: 0.05,
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    let mut rig = Rig::start_with(&world.simulator, settings).await;
    let batch = rig.batch(SOURCE, prepare(), &ids);
    while world.calls(Operation::DetachPolicy) < 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    rig.engine.handle().stop(batch, StopAt::Step);
    let (sent, since) = (world.simulator.calls().len(), Instant::now());
    let carried = rig.carried(batch).await.unwrap();
    assert!(
        since.elapsed() < Duration::from_secs(1),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(world.simulator.calls().len(), sent);
    let cancelled = |it: &RunOutcome| matches!(it, RunOutcome::Cancelled { .. });
    assert!(
        carried.outcomes().iter().all(|(_, it)| cancelled(it)),
        "{carried:?}"
    );
    // What was not sent does not stand as if it might have been.
    let open = rig.open().await;
    assert!(!open.is_empty());
    let steps = open.iter().flat_map(|it| &it.steps);
    assert!(steps.clone().all(|it| !it.state.is_unclear()), "{open:?}");
    rig.end().await;

    let mut rig = world.rig().await;
    for record in open {
        let id = record.before.certificate;
        assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
    }
    assert_eq!(world.state(), start);
}

#[tokio::test(start_paused = true)]
async fn single_changes_that_wait_for_their_turn_are_stopped_too() {
    let world = World::new();
    let ids: Vec<_> = (1..=20).map(|n| world.bare(n)).collect();
    let settings = Settings {
        pace: 0.05,
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    let mut rig = Rig::start_with(&world.simulator, settings).await;
    let batch = rig.batch(SOURCE, Procedure::Change(Change::Deactivate), &ids);
    while world.calls(Operation::UpdateCertificate) < 2 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    rig.engine.handle().stop(batch, StopAt::Step);
    let sent = world.calls(Operation::UpdateCertificate);
    let carried = rig.carried(batch).await.unwrap();
    assert_eq!(world.calls(Operation::UpdateCertificate), sent);
    let done = |it: &&(_, RunOutcome)| it.1 == RunOutcome::Done;
    assert_eq!(carried.outcomes().iter().filter(done).count(), sent);
}

#[tokio::test(start_paused = true)]
async fn nobody_changes_a_certificate_by_hand_while_a_run_works_on_it() {
    let world = World::new();
    let id = world.certificate(1);
    let mut rig = world.rig().await;
    assert!(matches!(
        rig.ask(SOURCE, Call::Identity).await,
        Answer::Identity(_)
    ));
    world
        .simulator
        .set_latency(Some(Operation::DetachPolicy), Duration::from_secs(5));
    let batch = rig.batch(SOURCE, prepare(), &[id]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let by_hand = rig.batch(SOURCE, Procedure::Change(Change::Activate), &[id]);
    let refused = loop {
        let reply = rig.engine.next().await.unwrap();
        if let (true, Answer::Carried(CarryReport::Progress(reports))) =
            (reply.id == by_hand, reply.answer)
        {
            break reports;
        }
    };
    let outcome = RunOutcome::Refused(Reason::InUse);
    assert_eq!(refused, [Progress::Ended { id, outcome }]);
    while rig.engine.next().await.unwrap().id != by_hand {}
    assert_eq!(
        rig.carried(batch).await.unwrap().outcome(),
        RunOutcome::Done
    );

    // Nor does a run begin while a change by hand is under way.
    let other = world.certificate(2);
    world.simulator.set_latency(None, Duration::ZERO);
    world
        .simulator
        .set_latency(Some(Operation::UpdateCertificate), Duration::from_secs(5));
    rig.batch(SOURCE, Procedure::Change(Change::Deactivate), &[other]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let batch = rig.batch(SOURCE, prepare(), &[other]);
    let ended = loop {
        let reply = rig.engine.next().await.unwrap();
        if let (true, Answer::Carried(CarryReport::Progress(reports))) =
            (reply.id == batch, reply.answer)
        {
            break reports;
        }
    };
    let refused = |it: &Progress| {
        matches!(
            it,
            Progress::Ended {
                outcome: RunOutcome::Refused(_),
                ..
            }
        )
    };
    assert!(ended.iter().any(refused), "{ended:?}");
}

/// A terminal that was stopped, or whose line hangs, takes no answers.
#[tokio::test(start_paused = true)]
async fn a_screen_that_stands_still_does_not_hold_up_a_run() {
    let world = World::new();
    let ids: Vec<_> = (1..=24).map(|n| world.certificate(n)).collect();
    let mut rig = world.rig().await;
    let batch = rig.batch(SOURCE, prepare(), &ids);
    let transferred = || {
        let offered = |id: &CertificateId| {
            let state = world.simulator.certificate(SOURCE, &id.to_string());
            state.unwrap().status == Status::PendingTransfer
        };
        ids.iter().filter(|id| offered(id)).count()
    };
    let since = Instant::now();
    while transferred() < ids.len() {
        assert!(
            since.elapsed() < Duration::from_mins(5),
            "it waits for the screen"
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // Nothing of it is lost.
    let carried = rig.carried(batch).await.unwrap();
    assert!(
        carried
            .outcomes()
            .iter()
            .all(|(_, it)| *it == RunOutcome::Done)
    );
    let done = |it: &&Progress| {
        matches!(
            it,
            Progress::Step {
                state: StepState::Done(_),
                ..
            }
        )
    };
    assert_eq!(carried.progress.iter().filter(done).count(), 24 * 10);
}
