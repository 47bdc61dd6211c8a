//! A process that is killed at any call of a run; the next one puts back what it took.
//!
//! The process is a real one: this test program, started again. The simulator answers it over a
//! loopback port, and survives it.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use certferry::{
    aws::{GivenWire, Wire},
    domain::{
        Answer, Batch, Call, CarryReport, CertificateId, ConsoleStatus, Look, Place, Procedure,
        Reason, Request, RequestId, RunOutcome, RunState, Target, ThingRef,
    },
    engine::{self, JournalPlace, Settings},
    simulator::{
        Assumptions, AttachWhileDetaching, Clock, Fault, Loss, Operation, Server, Simulator, Times,
        TransferPhase,
    },
};

use super::{POLICIES, RECIPIENT, SOURCE, World, account, connection, given, prepare};

pub(super) const ENDPOINT: &str = "CERTFERRY_TEST_ENDPOINT";
pub(super) const JOURNAL: &str = "CERTFERRY_TEST_JOURNAL";
pub(super) const CERTIFICATE: &str = "CERTFERRY_TEST_CERTIFICATE";
/// The things that are attached to it.
const THINGS: &str = "CERTFERRY_TEST_THINGS";
/// What the process does: `transfer` or `put back`.
const WORK: &str = "CERTFERRY_TEST_WORK";

/// The process that is killed.
#[tokio::test]
#[ignore = "runs inside the process of another test"]
async fn child() {
    // Each server of the test has a port of its own, and all of them are one control plane.
    let wire = Wire::Given(GivenWire {
        http_client: aws_smithy_http_client::Builder::new().build_http(),
        endpoint_url: Some(env::var(ENDPOINT).unwrap()),
        ..given(&Simulator::new(Clock::Fixed(0)))
    });
    let journal = JournalPlace::File(PathBuf::from(env::var(JOURNAL).unwrap()));
    let (handle, mut replies) = engine::spawn(wire, Settings::new(journal));
    let id = CertificateId::parse(&env::var(CERTIFICATE).unwrap()).unwrap();
    let things = env::var(THINGS).unwrap();
    let thing = |name: &str| ThingRef {
        name: name.to_owned(),
        principal_type: None,
    };
    let batch = Batch {
        place: Place::aws("us-east-1", account(SOURCE)),
        procedure: if env::var(WORK).unwrap() == "transfer" {
            prepare()
        } else {
            Procedure::PutBack
        },
        certificates: vec![id],
        looks: vec![Look {
            id,
            status: ConsoleStatus::Active,
            policies: POLICIES.map(str::to_owned).to_vec(),
            things: things.split(',').map(thing).collect(),
            edition: None,
        }],
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    let calls = [
        Call::Connect(Target::default(), None),
        Call::Carry(Box::new(batch)),
    ];
    for (number, call) in (0..).zip(calls) {
        let request = Request {
            id: RequestId(number),
            connection: connection(SOURCE),
            after: Duration::ZERO,
            call,
        };
        handle.send(request).unwrap();
        loop {
            let answer = replies.recv().await.unwrap().answer;
            println!("{answer:?}");
            if !matches!(
                answer,
                Answer::Carried(CarryReport::Progress(_) | CarryReport::Slowed(_))
            ) {
                break;
            }
        }
    }
}

/// When it is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Moment {
    /// The call was sent, and has no effect.
    BeforeTheEffect,
    /// The call has its effect, and its answer is not seen.
    BeforeTheAnswer,
    /// The answer was sent; how far the process reached with it is chance.
    AfterTheAnswer,
}

pub(super) const MOMENTS: [Moment; 3] = [
    Moment::BeforeTheEffect,
    Moment::BeforeTheAnswer,
    Moment::AfterTheAnswer,
];

/// A call of a run: the operation, and how many of it come before.
pub(super) type Point = (Operation, u32);

pub(super) fn points(calls: &[(Operation, u32)]) -> Vec<(Point, Moment)> {
    let mut points = Vec::new();
    for (operation, calls) in calls {
        for before in 0..*calls {
            points.extend(MOMENTS.map(|moment| ((*operation, before), moment)));
        }
    }
    points
}

/// This test program, once more, for one of its tests and with this journal; it knows no other AWS.
pub(super) fn process(
    endpoint: SocketAddr,
    world: &World,
    test: &str,
    id: CertificateId,
) -> Command {
    let key = world.simulator.access_key(SOURCE);
    let folder = world.folder.path();
    let mut process = Command::new(env::current_exe().unwrap());
    process
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_clear()
        .env(ENDPOINT, format!("http://{endpoint}"))
        .env(JOURNAL, world.journal())
        .env(CERTIFICATE, id.to_string())
        .env("AWS_ACCESS_KEY_ID", key.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", folder.join("none"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    process
}

fn start(endpoint: SocketAddr, world: &World, id: CertificateId, procedure: &str) -> Child {
    let state = world.simulator.certificate(SOURCE, &id.to_string());
    let things = state.unwrap().things.into_iter().map(|(name, _)| name);
    let things: Vec<String> = things.collect();
    process(endpoint, world, "engine::kill::child", id)
        .env(THINGS, things.join(","))
        .env(WORK, procedure)
        .spawn()
        .unwrap()
}

/// Lets a process work, and kills it at a point; false when the point did not come.
async fn kill_at(
    world: &World,
    id: CertificateId,
    procedure: &str,
    point: Point,
    moment: Moment,
) -> bool {
    let begin = |endpoint| start(endpoint, world, id, procedure);
    kill_process_at(world, begin, point, moment).await
}

/// The same of a process that is started like this.
pub(super) async fn kill_process_at(
    world: &World,
    begin: impl Fn(SocketAddr) -> Child,
    (operation, before): Point,
    moment: Moment,
) -> bool {
    let simulator = &world.simulator;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(any, simulator.clone()).await.unwrap();
    let address = server.address();
    let serving = tokio::spawn(server.serve());
    simulator.clear_calls();
    if before > 0 {
        simulator.inject(operation, Fault::Pass, Times::Count(before));
    }
    let fault = match moment {
        Moment::BeforeTheEffect => Fault::NoAnswerBefore(Loss::Silence),
        Moment::BeforeTheAnswer => Fault::NoAnswerAfter(Loss::Silence),
        Moment::AfterTheAnswer => Fault::Pass,
    };
    simulator.inject(operation, fault, Times::Count(1));
    let mut child = begin(address);
    let patience = Instant::now();
    let mut reached = false;
    while child.try_wait().unwrap().is_none() {
        assert!(
            patience.elapsed() < Duration::from_mins(1),
            "{operation:?} {before}"
        );
        if has_come(simulator, operation, before, moment) {
            reached = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    if reached && moment == Moment::BeforeTheAnswer {
        // For the effect, which follows the arrival.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // SIGKILL: it cannot do anything about it.
    child.kill().unwrap();
    child.wait().unwrap();
    serving.abort();
    simulator.clear_faults();
    reached
}

fn has_come(simulator: &Simulator, operation: Operation, before: u32, moment: Moment) -> bool {
    let calls = simulator.calls();
    let mut of = calls
        .iter()
        .filter(|call| call.operation == Some(operation));
    let call = of.nth(usize::try_from(before).unwrap());
    call.is_some_and(|call| moment != Moment::AfterTheAnswer || call.status.is_some())
}

/// A clock that does not wait: for what comes after the kill.
pub(super) fn at_once(procedure: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(procedure);
}

pub(super) fn in_real_time<T>(procedure: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(procedure)
}

/// A world whose things are detached soon, as the process runs in real time.
pub(super) fn world() -> World {
    World::with(Assumptions {
        thing_detach_delay: Duration::from_millis(1_500),
        // The harder of the two.
        attach_while_detaching: AttachWhileDetaching::Lost,
        ..Assumptions::default()
    })
}

/// Does something with each of the points, some at a time; answers with how many it was true for.
pub(super) fn each<T: Copy + Send>(points: Vec<T>, work: impl Fn(T) -> bool + Sync) -> usize {
    let points = Mutex::new(points);
    let reached = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(point) = points.lock().unwrap().pop() else {
                        return;
                    };
                    if work(point) {
                        *reached.lock().unwrap() += 1;
                    }
                }
            });
        }
    });
    reached.into_inner().unwrap()
}

const TRANSFER: [(Operation, u32); 9] = [
    (Operation::GetCallerIdentity, 1),
    (Operation::DescribeCertificate, 1),
    (Operation::ListAttachedPolicies, 2),
    (Operation::ListPrincipalThingsV2, 3),
    (Operation::UpdateCertificate, 1),
    (Operation::DetachPolicy, 3),
    (Operation::DetachThingPrincipal, 3),
    (Operation::TransferCertificate, 1),
    (Operation::ListOutgoingCertificates, 1),
];

#[test]
fn killed_at_any_call_of_a_run_it_is_put_back() {
    let points = points(&TRANSFER);
    let all = points.len();
    let reached = each(points, |(point, moment)| {
        let case = format!("{point:?} {moment:?}");
        let world = world();
        let id = world.certificate(1);
        let start = world.state();
        let reached = in_real_time(kill_at(&world, id, "transfer", point, moment));
        at_once(async {
            let mut rig = world.rig().await;
            let (open, restorable) = (rig.open().await, rig.restorable(id).await);
            assert!(open.iter().all(|open| !open.claimed), "{case}");
            let changed = world.state() != start;
            assert!(
                !changed || restorable.is_some(),
                "{case}: not in the journal"
            );
            let outcome = rig.one(Procedure::PutBack, id).await;
            if restorable.is_some() {
                assert_eq!(outcome, RunOutcome::Done, "{case}");
            } else {
                assert!(
                    matches!(outcome, RunOutcome::Refused(_)),
                    "{case}: {outcome:?}"
                );
            }
            // Also when what was on its way off is off.
            tokio::time::sleep(Duration::from_mins(1)).await;
            assert_eq!(world.state(), start, "{case}");
            assert_eq!(rig.open().await, [], "{case}");
        });
        reached
    });
    assert_eq!(reached, all, "every point comes");
}

#[test]
fn killed_at_any_call_of_a_run_it_is_resumed() {
    let points = points(&TRANSFER);
    each(points, |(point, moment)| {
        let case = format!("{point:?} {moment:?}");
        let world = world();
        let id = world.certificate(1);
        let start = world.state();
        let reached = in_real_time(kill_at(&world, id, "transfer", point, moment));
        let offered = || {
            let state = world
                .simulator
                .certificate(SOURCE, &id.to_string())
                .unwrap();
            state
                .transfer
                .is_some_and(|it| it.phase == TransferPhase::Pending)
        };
        at_once(async {
            let before = offered();
            world.simulator.clear_calls();
            let mut rig = world.rig().await;
            let restorable = rig.restorable(id).await;
            if rig.open().await.is_empty() {
                // It did not begin, or it was at its end.
                assert!(restorable.is_none() || before, "{case}");
                return;
            }
            assert_eq!(
                rig.one(Procedure::Resume, id).await,
                RunOutcome::Done,
                "{case}"
            );
            assert!(offered(), "{case}");
            let sent = world.calls(Operation::TransferCertificate);
            assert_eq!(sent, usize::from(!before), "{case}");
            assert_eq!(rig.open().await, [], "{case}");
            assert_eq!(
                rig.one(Procedure::PutBack, id).await,
                RunOutcome::Done,
                "{case}"
            );
            tokio::time::sleep(Duration::from_mins(1)).await;
            assert_eq!(world.state(), start, "{case}");
        });
        reached
    });
}

#[test]
fn killed_at_any_call_of_a_putting_back_it_is_put_back_again() {
    let points = points(&[
        (Operation::DescribeCertificate, 1),
        (Operation::GetPolicy, 3),
        (Operation::DescribeThing, 3),
        (Operation::CancelCertificateTransfer, 1),
        (Operation::AttachPolicy, 3),
        (Operation::AttachThingPrincipal, 3),
        (Operation::UpdateCertificate, 1),
    ]);
    let all = points.len();
    let reached = each(points, |(point, moment)| {
        let case = format!("{point:?} {moment:?}");
        let world = world();
        let id = world.certificate(1);
        let start = world.state();
        at_once(async {
            let mut rig = world.rig().await;
            assert_eq!(rig.one(prepare(), id).await, RunOutcome::Done, "{case}");
            rig.end().await;
        });
        let reached = in_real_time(kill_at(&world, id, "put back", point, moment));
        at_once(async {
            let mut rig = world.rig().await;
            let open = rig.open().await;
            assert!(open.len() <= 1, "{case}");
            assert!(
                open.iter()
                    .all(|it| !it.claimed && it.state == RunState::Unfinished)
            );
            let next = if open.is_empty() || point.1 % 2 == 0 {
                Procedure::PutBack
            } else {
                Procedure::Resume
            };
            let outcome = rig.one(next, id).await;
            // Killed after its last call, it may have written that all of it is done.
            let nothing = RunOutcome::Refused(Reason::NothingToPutBack);
            let was_done = open.is_empty() && outcome == nothing;
            assert!(
                was_done || outcome == RunOutcome::Done,
                "{case}: {outcome:?}"
            );
            tokio::time::sleep(Duration::from_mins(1)).await;
            assert_eq!(world.state(), start, "{case}");
            assert_eq!(rig.open().await, [], "{case}");
        });
        reached
    });
    assert_eq!(reached, all, "every point comes");
}

/// The request of the process that was killed is still on its way, and arrives while the next one
/// asks what became of it.
#[test]
fn a_transfer_that_arrives_late_is_not_sent_again() {
    for procedure in [Procedure::Resume, Procedure::PutBack] {
        let world = world();
        let id = world.certificate(1);
        let start = world.state();
        let point = (Operation::TransferCertificate, 0);
        let moment = Moment::BeforeTheEffect;
        assert!(in_real_time(kill_at(&world, id, "transfer", point, moment)));
        at_once(async {
            world.simulator.clear_calls();
            let mut rig = world.rig().await;
            let batch = rig.batch(SOURCE, procedure.clone(), &[id]);
            tokio::time::sleep(Duration::from_secs(5)).await;
            let arrived = world
                .simulator
                .offer(SOURCE, &id.to_string(), RECIPIENT, None);
            arrived.unwrap();
            let outcome = rig.carried(batch).await.unwrap().outcome();
            assert_eq!(outcome, RunOutcome::Done, "{procedure:?}");
            assert_eq!(world.calls(Operation::TransferCertificate), 0);
            if procedure == Procedure::Resume {
                assert_eq!(rig.one(Procedure::PutBack, id).await, RunOutcome::Done);
            }
            tokio::time::sleep(Duration::from_mins(1)).await;
            assert_eq!(world.state(), start, "{procedure:?}");
        });
    }
}
