//! The pace against the simulator's quotas, through the real SDK, on tokio's paused clock.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

use std::time::Duration;

use certferry::{
    aws::{self, Common, Connection, GivenProfile, GivenWire, Paces, Wire},
    domain::Operation as Called,
    domain::{CertificateId, ControlPlane, FailureKind, Target, shortest_time},
    simulator::{Clock, Fault, NewCertificate, Operation, Simulator, Status, Times},
};
use tokio::{task::JoinSet, time::Instant};

const SOURCE: &str = "111122223333";

struct Bench {
    simulator: Simulator,
    connection: Connection,
    id: CertificateId,
}

async fn bench(fraction: f64) -> Bench {
    let simulator = Simulator::new(Clock::Fixed(1_772_366_400));
    let key = simulator.create_account(SOURCE);
    let new = NewCertificate::new("device", 1).status(Status::Inactive);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    let wire = Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: simulator.http_client(),
        region: "us-east-1".to_owned(),
        profiles: vec![GivenProfile::new(
            "source",
            &key.access_key_id,
            &key.secret_access_key,
        )],
        endpoint_url: None,
    });
    let common = Common {
        paces: Paces::new(fraction, None),
        ..Common::default()
    };
    let made = aws::connect(&wire, &common, &Target::default(), None).await;
    Bench {
        simulator,
        connection: made.unwrap().0,
        id: CertificateId::parse(&id).unwrap(),
    }
}

impl Bench {
    /// So many descriptions at once; the time that it takes. One that is throttled in all of the
    /// SDK's attempts, whose pauses are random, is asked for again, as a batch does.
    async fn describe(&self, connection: &Connection, n: usize) -> Duration {
        let start = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..n {
            let (connection, id) = (connection.clone(), self.id);
            calls.spawn(async move {
                loop {
                    match connection.describe(id).await {
                        Err(failure) if failure.kind == FailureKind::Throttled => {}
                        described => return described,
                    }
                }
            });
        }
        for described in calls.join_all().await {
            described.unwrap();
        }
        start.elapsed()
    }

    fn throttled(&self) -> usize {
        let calls = self.simulator.calls();
        let throttled = |code: &Option<String>| code.as_deref() == Some("ThrottlingException");
        calls.iter().filter(|call| throttled(&call.code)).count()
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_at_the_quota_takes_the_time_the_quota_sets() {
    let bench = bench(1.0).await;
    bench.simulator.enforce_quotas(1.0);
    bench.simulator.set_latency(None, Duration::from_millis(40));
    let batch = bench.connection.for_batch();
    let took = bench.describe(&batch, 200).await;
    let bound = shortest_time([Called::DescribeCertificate; 200], 1.0);
    assert_eq!(bound, Duration::from_secs(20));
    assert!(took <= bound, "{took:?}");
    assert!(took >= Duration::from_secs(18), "{took:?}");
    assert!(bench.throttled() < 2, "{} throttled", bench.throttled());
}

#[tokio::test(start_paused = true)]
async fn a_person_waits_for_nothing_while_a_batch_runs() {
    let bench = bench(0.8).await;
    let batch = bench.connection.for_batch();
    let person = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let waited = bench.describe(&bench.connection, 2).await;
            assert!(waited < Duration::from_millis(50), "{waited:?}");
        }
    };
    tokio::join!(person, bench.describe(&batch, 200));
}

#[tokio::test(start_paused = true)]
async fn where_others_use_half_of_the_quota_it_finds_the_other_half() {
    let bench = bench(1.0).await;
    bench.simulator.enforce_quotas(0.5);
    let took = bench.describe(&bench.connection.for_batch(), 200).await;
    // 40 seconds if nothing was ever lost in looking for the right rate.
    assert!(took < Duration::from_mins(1), "{took:?}");
    assert!(bench.throttled() < 40, "{} throttled", bench.throttled());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_the_sdk_makes_good_slows_the_next_ones() {
    let bench = bench(1.0).await;
    let throttling = Fault::Answer {
        code: "ThrottlingException".to_owned(),
        status: 400,
        message: "Rate exceeded".to_owned(),
    };
    let describe = Operation::DescribeCertificate;
    bench
        .simulator
        .inject(describe, throttling, Times::Count(1));
    bench.connection.describe(bench.id).await.unwrap();
    assert_eq!(bench.simulator.calls().len(), 2);
    let took = bench.describe(&bench.connection, 20).await;
    assert!(took > Duration::from_millis(1500), "{took:?}");
    // The other operations are as fast as ever.
    let start = Instant::now();
    for _ in 0..10 {
        bench.connection.certificates_page(None).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}
