//! Plans over many certificates, in the time of a clock that is moved by hand.

use std::{collections::BTreeMap, time::Duration};

use clap::Parser as _;
use tokio::time::Instant;

use crate::{
    aws::{GivenProfile, GivenWire, Wire},
    cli::{
        arguments::{ApplyArguments, Arguments, Connecting, PlanArguments, SubCommand},
        commands::{apply, plan, show},
        front::{ended::Ended, open::Front, output::Output, signals::StopSignals},
    },
    config::Config,
    domain::ControlPlane,
    engine::{Engine, JournalPlace, Settings},
    simulator::{Clock, DEFAULT_REGION, Simulator, Status},
};

const SOURCE: &str = "111122223333";
const RECIPIENT: &str = "444455556666";

async fn front(simulator: &Simulator) -> Front {
    let profile = |account: &str| {
        let key = simulator.access_key(account);
        GivenProfile::new(account, &key.access_key_id, &key.secret_access_key)
    };
    let wire = Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: simulator.http_client(),
        region: DEFAULT_REGION.to_owned(),
        profiles: vec![profile(SOURCE), profile(RECIPIENT)],
        endpoint_url: None,
    });
    let engine = Engine::start(wire, Settings::new(JournalPlace::Memory));
    let to = Connecting {
        profile: Some(SOURCE.to_owned()),
        ..Connecting::default()
    };
    let opened = Front::connected(engine, Config::default(), &to, Output::new(false));
    opened.await.unwrap()
}

fn parsed(words: &[&str]) -> SubCommand {
    let words = ["certferry"].iter().chain(words);
    Arguments::parse_from(words).command.unwrap()
}

fn plan_of(words: &[&str]) -> Box<PlanArguments> {
    match parsed(words) {
        SubCommand::Plan(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

fn apply_of(words: &[&str]) -> ApplyArguments {
    match parsed(words) {
        SubCommand::Apply(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

/// The published quotas set a bound, and a thousand certificates keep to it: planned by one process, looked at
/// again and transferred by another.
#[tokio::test(start_paused = true)]
async fn a_thousand_are_planned_and_applied_as_fast_as_the_quotas_let_them() {
    let now = crate::domain::timestamp(std::time::SystemTime::now());
    let simulator = Simulator::with_fleet(Clock::Fixed(now.unix_timestamp()), 1250).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("move.plan");
    let path = file.to_str().unwrap();
    // Four of five of them are active.
    simulator.enforce_quotas(1.0);

    let mut planning = front(&simulator).await;
    let began = Instant::now();
    let words = [
        "plan",
        "--filter",
        "status:active",
        "--to",
        RECIPIENT,
        "-o",
        path,
    ];
    let words = plan_of(&words);
    let made = Box::pin(plan::make(&mut planning, &words, BTreeMap::new()));
    assert_eq!(made.await.unwrap(), Ended::well());
    // Each is looked at once: the smallest quota of that is 10 a second, of which 80 % are used.
    within(began.elapsed(), 1000.0 / 8.0);
    planning.close().await;

    tokio::time::sleep(Duration::from_mins(10)).await;
    simulator.clear_calls();
    let planned = show::read_plan(&file).unwrap();
    assert_eq!(planned.certificates.len(), 1000);
    let mut applying = front(&simulator).await;
    let mut signals = StopSignals::listen().unwrap();
    let words = apply_of(&["apply", path, "--yes", RECIPIENT]);
    let began = Instant::now();
    let applied = Box::pin(apply::apply(&mut applying, &planned, &words, &mut signals));
    assert_eq!(applied.await.unwrap(), Ended::well());
    // The things of each are listed three times, at 8 a second: before it is begun, as it begins, and once they
    // are to be gone.
    within(began.elapsed(), 3.0 * 1000.0 / 8.0);
    applying.close().await;

    let throttled = simulator.calls();
    let code = Some("ThrottlingException");
    let throttled = throttled.iter().filter(|it| it.code.as_deref() == code);
    assert_eq!(throttled.count(), 0);
    for certificate in &planned.certificates {
        let id = certificate.look.id.to_string();
        let state = simulator.certificate(SOURCE, &id).unwrap();
        assert_eq!(state.status, Status::PendingTransfer);
    }
}

/// Whether a time is within a tenth of its bound.
#[track_caller]
fn within(took: Duration, bound: f64) {
    let bound = Duration::from_secs_f64(bound);
    assert!(took <= bound.mul_f64(1.1), "{took:?} instead of {bound:?}");
}
