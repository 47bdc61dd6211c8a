//! A process that is killed at any call of a hand-over, on either side: the next one takes it to its end, or back to its
//! start, and says truly where it stands.

use std::{collections::BTreeMap, env, path::PathBuf};

use certferry::{
    aws::{GivenWire, Wire},
    domain::{Batch, CertificateId, Procedure, RunOutcome, Target},
    engine::{Engine, JournalPlace, Settings},
    simulator::{Clock, Operation, Simulator, Status, TransferPhase},
};
use strum::IntoEnumIterator as _;

use super::{
    RECIPIENT, SOURCE, World, connection, given,
    hand_over::{self, Wanted, open, resume, works_there},
    kill::{
        CERTIFICATE, ENDPOINT, JOURNAL, Moment, Point, at_once, each, in_real_time,
        kill_process_at, points, process, world,
    },
    survey::{furnish, usual},
};

/// The process that is killed.
#[tokio::test]
#[ignore = "runs inside the process of another test"]
async fn child() {
    let wire = Wire::Given(GivenWire {
        http_client: aws_smithy_http_client::Builder::new().build_http(),
        endpoint_url: Some(env::var(ENDPOINT).unwrap()),
        ..given(&Simulator::new(Clock::Fixed(0)))
    });
    let journal = JournalPlace::File(PathBuf::from(env::var(JOURNAL).unwrap()));
    let mut engine = Engine::start(wire, Settings::new(journal));
    connect(&mut engine).await;
    let id = CertificateId::parse(&env::var(CERTIFICATE).unwrap()).unwrap();
    let batch = hand_over::batch(&mut engine, &[id], &Wanted::theirs()).await;
    let carried = engine.carry(connection(SOURCE), batch, |_| {}).await;
    carried.unwrap();
    engine.end().await;
}

async fn connect(engine: &mut Engine) {
    for side in [SOURCE, RECIPIENT] {
        let target = Target {
            profile: Some(side.to_owned()),
            region: None,
        };
        engine
            .connect(connection(side), target, None)
            .await
            .unwrap();
    }
}

/// A world in which a group is joined, and a certificate of it.
fn fleet() -> (World, CertificateId) {
    let world = world();
    furnish(&world);
    world.simulator.create_thing_group(RECIPIENT, "lyon", None);
    let id = usual(&world, 1);
    (world, id)
}

/// The process that comes after it.
async fn next(world: &World) -> Engine {
    let journal = JournalPlace::File(world.journal());
    let mut engine = Engine::start(super::wire(&world.simulator), Settings::new(journal));
    connect(&mut engine).await;
    engine
}

/// Every call of a hand-over, with what is read before it: one that is not killed tells.
fn every_call() -> Vec<(Operation, u32)> {
    let (world, _) = fleet();
    at_once(async {
        let mut engine = next(&world).await;
        let id = hand_over_id(&world);
        let batch = hand_over::batch(&mut engine, &[id], &Wanted::theirs()).await;
        // Who one is was asked before that, too, and what is read changes nothing.
        world.simulator.clear_calls();
        engine
            .carry(connection(SOURCE), batch, |_| {})
            .await
            .unwrap();
        engine.end().await;
    });
    let calls = world.simulator.calls();
    let count = |operation| {
        calls
            .iter()
            .filter(|it| it.operation == Some(operation))
            .count()
    };
    Operation::iter()
        .map(|operation| (operation, u32::try_from(count(operation)).unwrap()))
        .filter(|(_, n)| *n > 0)
        .collect()
}

fn hand_over_id(world: &World) -> CertificateId {
    let snapshot = world.simulator.snapshot();
    let place = &snapshot.places[&(SOURCE.to_owned(), "us-east-1".to_owned())];
    CertificateId::parse(place.certificates.keys().next().unwrap()).unwrap()
}

/// How many calls of an operation come before the batch begins.
fn read_before() -> BTreeMap<Operation, u32> {
    let (world, id) = fleet();
    at_once(async {
        let mut engine = next(&world).await;
        hand_over::batch(&mut engine, &[id], &Wanted::theirs()).await;
        engine.end().await;
    });
    let mut before = BTreeMap::new();
    for call in world.simulator.calls() {
        *before.entry(call.operation.unwrap()).or_default() += 1;
    }
    before
}

/// The points of the batch itself, by the calls of the whole process.
fn points_of_the_batch() -> Vec<(Point, Moment)> {
    let before = read_before();
    let all = points(&every_call());
    all.into_iter()
        .map(|((operation, n), moment)| {
            let read = before.get(&operation).copied().unwrap_or(0);
            ((operation, read + n), moment)
        })
        .collect()
}

fn killed(world: &World, id: CertificateId, point: Point, moment: Moment) -> bool {
    let begin = |endpoint| {
        let mut process = process(endpoint, world, "engine::hand_over_kill::child", id);
        process.spawn().unwrap()
    };
    in_real_time(kill_process_at(world, begin, point, moment))
}

/// Where it is open, at the source first.
async fn open_at(engine: &mut Engine) -> Vec<&'static str> {
    let mut at = Vec::new();
    for side in [SOURCE, RECIPIENT] {
        let runs = open(engine, side).await;
        assert!(runs.iter().all(|run| !run.claimed));
        if !runs.is_empty() {
            at.push(side);
        }
    }
    at
}

#[test]
fn killed_at_any_call_it_is_resumed_from_either_side() {
    let points = points_of_the_batch();
    let all = points.len();
    assert!(all > 60, "{all}");
    let reached = each(points, |(point, moment)| {
        let case = format!("{point:?} {moment:?}");
        let (world, id) = fleet();
        let start = world.simulator.certificate(SOURCE, &id.to_string());
        let reached = killed(&world, id, point, moment);
        at_once(async {
            let mut engine = next(&world).await;
            let at = open_at(&mut engine).await;
            match at.as_slice() {
                [] => {
                    // It did not begin, or it was at its end.
                    if world
                        .simulator
                        .certificate(RECIPIENT, &id.to_string())
                        .is_none()
                    {
                        let here = world.simulator.certificate(SOURCE, &id.to_string());
                        assert_eq!(here, start, "{case}");
                    } else {
                        works_there(&world, id, "press-1");
                    }
                }
                both => {
                    // Until it is offered its source says so, too.
                    let offered = world.simulator.certificate(RECIPIENT, &id.to_string());
                    assert!(both.len() == 2 || offered.is_some(), "{case}: {both:?}");
                    let from = both[usize::try_from(point.1).unwrap() % both.len()];
                    let end = resume(&mut engine, from, id).await;
                    assert_eq!(end, RunOutcome::Done, "{case} from {from} of {both:?}");
                    works_there(&world, id, "press-1");
                    assert_eq!(open_at(&mut engine).await, [""; 0], "{case}");
                }
            }
            engine.end().await;
        });
        reached
    });
    // A read that another one makes needless comes less often.
    assert!(reached >= all * 9 / 10, "{reached} of {all}");
}

#[test]
fn killed_before_the_accept_it_is_put_back() {
    let points = points_of_the_batch();
    each(points, |(point, moment)| {
        let case = format!("{point:?} {moment:?}");
        let (world, id) = fleet();
        let at = (SOURCE.to_owned(), "us-east-1".to_owned());
        let start = world.state().places[&at].clone();
        let reached = killed(&world, id, point, moment);
        at_once(async {
            let mut engine = next(&world).await;
            let open = open_at(&mut engine).await;
            let there = world.simulator.certificate(RECIPIENT, &id.to_string());
            let accepted = there.as_ref().is_some_and(|it| {
                (it.transfer.as_ref()).is_none_or(|it| it.phase != TransferPhase::Pending)
            });
            let place = certferry::domain::Place::aws("us-east-1", super::account(SOURCE));
            let batch = Batch::new(place, Procedure::PutBack, vec![id]);
            let carried = engine
                .carry(connection(SOURCE), batch, |_| {})
                .await
                .unwrap();
            let end = carried.item(id).unwrap().outcome.clone().unwrap();
            tokio::time::sleep(std::time::Duration::from_mins(1)).await;
            if accepted {
                // AWS has no way back, which is said; nothing of what is there is taken.
                assert_ne!(end, RunOutcome::Done, "{case}");
                let state = world.simulator.certificate(RECIPIENT, &id.to_string());
                assert!(
                    state.is_some_and(|it| it.status != Status::Revoked),
                    "{case}"
                );
            } else if open.is_empty() {
                assert!(matches!(end, RunOutcome::Refused(_)), "{case}: {end:?}");
                assert_eq!(world.state().places[&at], start, "{case}");
            } else {
                assert_eq!(end, RunOutcome::Done, "{case}");
                assert_eq!(world.state().places[&at], start, "{case}");
                assert_eq!(open_at(&mut engine).await, [""; 0], "{case}");
            }
            engine.end().await;
        });
        reached
    });
}
