//! Empty, loading, failed, ended, and not connected yet.

use std::time::Duration;

use certferry::{
    domain::{Failure, FailureKind, Operation as Asked, Sought, SoughtPlace},
    simulator::{Operation, Simulator},
};

use crate::flow::{
    person::{SOURCE, Start, clock},
    screens::{draw, draw_settled},
};

#[tokio::test(start_paused = true)]
async fn loading() {
    let simulator = Simulator::demo_at(clock());
    for slow in [
        Operation::ListCertificates,
        Operation::ListOutgoingCertificates,
    ] {
        simulator.set_latency(Some(slow), Duration::from_secs(8));
    }
    let mut person = Start::new(&simulator).started();
    person.sees("1111-2222-3333").await;
    draw(&mut person, "loading");
}

#[tokio::test(start_paused = true)]
async fn denied() {
    let simulator = Simulator::demo_at(clock());
    simulator.deny(SOURCE, "iot:ListCertificates");
    simulator.deny(SOURCE, "iot:ListOutgoingCertificates");
    let mut person = Start::new(&simulator).settled().await;
    draw_settled(&mut person, "denied").await;
    person.keys("e");
    draw_settled(&mut person, "failure").await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_have_ended() {
    let simulator = Simulator::demo_at(clock());
    let mut person = Start::new(&simulator).settled().await;
    simulator.set_expired(SOURCE, true);
    person.keys("r").settle().await;
    draw_settled(&mut person, "ended").await;
}

#[tokio::test(start_paused = true)]
async fn an_account_without_certificates() {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    let mut person = Start::new(&simulator).settled().await;
    draw_settled(&mut person, "no-certificates").await;
}

/// What a computer without credentials or without a region says of itself. The simulator needs neither.
#[tokio::test(start_paused = true)]
async fn the_first_start() {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    for (kind, credentials, name) in [
        (FailureKind::NoCredentials, false, "first-start"),
        (FailureKind::NoRegion, true, "no-region"),
    ] {
        let mut person = Start::new(&simulator).started();
        let failure = Failure {
            kind,
            ..Failure::internal(Asked::GetCallerIdentity, "nothing was found")
        };
        let session = &mut person.app.side.session;
        session.facts.failed(Box::new(failure));
        session.sought = Some(sought(credentials));
        draw(&mut person, name);
    }
}

fn sought(credentials: bool) -> Sought {
    let place = |place: &str, words: &str, found| SoughtPlace {
        place: place.to_owned(),
        words: words.to_owned(),
        found,
    };
    let profile = if credentials {
        "has access keys"
    } else {
        "not there"
    };
    Sought {
        places: vec![
            place("environment", "no AWS_ACCESS_KEY_ID", false),
            place("/home/ana/.aws/config", "2 profiles", true),
            place("/home/ana/.aws/credentials", "not there", false),
            place("profile default", profile, credentials),
            place("region", "nothing says it", false),
            place(
                "EC2 instance",
                "not asked: AWS_EC2_METADATA_DISABLED is true",
                false,
            ),
        ],
        profiles: vec!["eu".to_owned(), "ops".to_owned()],
        sign_in: vec!["aws sso login --profile ops".to_owned()],
        credentials,
        region: false,
        asks_instance: false,
    }
}
