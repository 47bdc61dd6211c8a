//! Many certificates at AWS's quotas.

use std::time::Duration;

use certferry::{
    domain::{self, Operation, Procedure, Reason, RunOutcome, shortest_time},
    engine::{JournalPlace, Settings},
    simulator::{self, CallRecord},
};
use tokio::time::Instant;

use super::{Rig, SOURCE, World, prepare};

fn throttled(calls: &[CallRecord]) -> usize {
    let code = Some("ThrottlingException");
    calls
        .iter()
        .filter(|call| call.code.as_deref() == code)
        .count()
}

/// Carries out a batch for 200 certificates, and compares its time with the shortest there is.
async fn timed(world: &World, rig: &mut Rig, procedure: Procedure, calls: &[Operation], pace: f64) {
    let ids: Vec<_> = {
        let home = ("111122223333".to_owned(), "us-east-1".to_owned());
        let snapshot = world.simulator.snapshot();
        let ids = snapshot.places[&home].certificates.keys();
        ids.map(|id| domain::CertificateId::parse(id).unwrap())
            .collect()
    };
    assert_eq!(ids.len(), 200);
    let all = ids.iter().flat_map(|_| calls.iter().copied());
    let bound = shortest_time(all, pace);
    world.simulator.clear_calls();
    let began = Instant::now();
    let real = std::time::Instant::now();
    let carried = rig.carry(procedure.clone(), &ids).await;
    let lasted = began.elapsed();
    let outcomes = carried.outcomes();
    let bad: Vec<_> = outcomes
        .iter()
        .filter(|(_, it)| *it != RunOutcome::Done)
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
    let made = world.simulator.calls();
    let refused = throttled(&made);
    println!(
        "{procedure:?}: {lasted:?} of {bound:?} ({:.3}), {} calls, {refused} throttled; {:?} in real time",
        lasted.as_secs_f64() / bound.as_secs_f64(),
        made.len(),
        real.elapsed()
    );
    assert!(
        refused * 100 < made.len(),
        "{refused} of {} are throttled",
        made.len()
    );
    assert!(
        lasted <= bound.mul_f64(1.15),
        "{lasted:?} instead of {bound:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn two_hundred_certificates_go_as_fast_as_the_quotas_let_them() {
    two_hundred(1.0, Duration::ZERO).await;
}

/// As people have it: a part of the quotas, and a network.
#[tokio::test(start_paused = true)]
async fn so_they_do_at_the_usual_pace_over_a_network() {
    two_hundred(0.8, Duration::from_millis(120)).await;
}

async fn two_hundred(pace: f64, latency: Duration) {
    let world = World::new();
    for n in 1..=200 {
        world.certificate(n);
    }
    let start = world.state();
    world.simulator.enforce_quotas(1.0);
    world.simulator.set_latency(None, latency);
    let settings = Settings {
        pace,
        ..Settings::new(JournalPlace::File(world.journal()))
    };
    let mut rig = Rig::start_with(&world.simulator, settings).await;
    // Planning looks once; so does waiting, and confirming.
    let mut calls = vec![
        Operation::DescribeCertificate,
        Operation::ListAttachedPolicies,
        Operation::ListPrincipalThings,
        Operation::UpdateCertificate,
        Operation::ListAttachedPolicies,
        Operation::ListPrincipalThings,
        Operation::TransferCertificate,
        Operation::ListOutgoingCertificates,
    ];
    calls.extend([Operation::DetachPolicy; 3]);
    calls.extend([Operation::DetachThingPrincipal; 3]);
    timed(&world, &mut rig, prepare(), &calls, pace).await;

    tokio::time::sleep(Duration::from_mins(10)).await;
    let mut calls = vec![
        Operation::DescribeCertificate,
        Operation::ListAttachedPolicies,
        Operation::ListPrincipalThings,
        Operation::CancelCertificateTransfer,
        Operation::UpdateCertificate,
    ];
    calls.extend([Operation::AttachPolicy; 3]);
    calls.extend([Operation::AttachThingPrincipal; 3]);
    timed(&world, &mut rig, Procedure::PutBack, &calls, pace).await;
    assert_eq!(world.state(), start);
}

fn refused(outcome: &RunOutcome) -> bool {
    matches!(outcome, RunOutcome::Refused(_))
}

fn stopped(outcome: &RunOutcome) -> bool {
    matches!(outcome, RunOutcome::Stopped(_))
}

#[tokio::test(start_paused = true)]
async fn what_would_fail_for_all_takes_one_certificate_out_of_service_and_not_all() {
    let world = World::new();
    let ids: Vec<_> = (1..=20).map(|n| world.certificate(n)).collect();
    let start = world.state();
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    let mut rig = world.rig().await;
    let carried = rig.carry(prepare(), &ids).await.outcomes();
    let count = |is: fn(&RunOutcome) -> bool| carried.iter().filter(|(_, it)| is(it)).count();
    assert_eq!((count(stopped), count(refused)), (1, 19), "{carried:?}");
    assert_eq!(world.calls(simulator::Operation::UpdateCertificate), 1);
    let (first, _) = carried.iter().find(|(_, it)| stopped(it)).unwrap();
    assert_eq!(rig.one(Procedure::PutBack, *first).await, RunOutcome::Done);
    assert_eq!(world.state(), start);

    // With the right back, all of them go.
    world.simulator.allow(SOURCE, "iot:TransferCertificate");
    let carried = rig.carry(prepare(), &ids).await.outcomes();
    assert!(carried.iter().all(|(_, it)| *it == RunOutcome::Done));
}

#[tokio::test(start_paused = true)]
async fn several_failures_in_a_row_end_a_batch() {
    let world = World::new();
    let ids: Vec<_> = (1..=200).map(|n| world.certificate(n)).collect();
    let start = world.state();
    let mut rig = world.rig().await;
    let batch = rig.batch(SOURCE, prepare(), &ids);
    while world.calls(simulator::Operation::TransferCertificate) < 20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Somebody takes the right away in the middle of it.
    world.simulator.deny(SOURCE, "iot:TransferCertificate");
    let carried = rig.carried(batch).await.unwrap().outcomes();
    let count = |is: fn(&RunOutcome) -> bool| carried.iter().filter(|(_, it)| is(it)).count();
    // Those that were at work already, and no more.
    assert!((5..=37).contains(&count(stopped)), "{}", count(stopped));
    assert!(count(refused) > 100, "{}", count(refused));
    let carried = rig.carry(Procedure::PutBack, &ids).await.outcomes();
    let done = |it: &&(_, RunOutcome)| it.1 == RunOutcome::Done;
    assert_eq!(
        carried.iter().filter(done).count() + count(refused),
        ids.len()
    );
    assert_eq!(world.state(), start);
}

/// Another process has transferred it between the look and the beginning: what the look found is a mixture
/// of before and after, so no run begins that would record it as what there was.
#[tokio::test(start_paused = true)]
async fn what_another_run_changed_since_the_look_is_not_begun_with() {
    let world = World::new();
    let id = world.certificate(1);
    let start = world.state();
    let (mut slow, mut fast) = (world.rig().await, world.rig().await);
    // The policies' documents are read after the look.
    world.simulator.set_latency(
        Some(simulator::Operation::GetPolicy),
        Duration::from_mins(1),
    );
    let late = slow.batch(SOURCE, prepare(), &[id]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    world
        .simulator
        .set_latency(Some(simulator::Operation::GetPolicy), Duration::ZERO);
    assert_eq!(fast.one(prepare(), id).await, RunOutcome::Done);
    let outcome = slow.carried(late).await.unwrap().outcome();
    assert!(
        matches!(outcome, RunOutcome::Refused(Reason::ChangedMeanwhile)),
        "{outcome:?}"
    );
    assert_eq!(slow.open().await, []);
    assert_eq!(slow.one(Procedure::PutBack, id).await, RunOutcome::Done);
    assert_eq!(world.state(), start);
}
