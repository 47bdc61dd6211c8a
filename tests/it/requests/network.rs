//! Against this machine's real network stack, through the SDK's own connector.

use std::net::TcpListener;

use certferry::{
    aws::{GivenProfile, GivenWire, Wire},
    domain::{Call, Change, ControlPlane, Failure, FailureKind, Mutation},
};

use super::{Rig, arn, connection};

fn wire(endpoint: String) -> Wire {
    let connector = aws_smithy_http_client::Builder::new().build_http();
    Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: connector,
        region: "us-east-1".to_owned(),
        profiles: vec![GivenProfile::new("source", "AKIAEXAMPLE", "not a secret")],
        endpoint_url: Some(endpoint),
    })
}

/// The failure of a change.
async fn refused_at(endpoint: String, change: Mutation) -> Failure {
    let connection = connection(wire(endpoint)).await;
    connection.mutate(&change).await.unwrap_err()
}

/// A port that nothing listens on.
fn refused() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn cancel() -> Mutation {
    Change::CancelTransfer.of(arn(1))
}

#[tokio::test(start_paused = true)]
async fn a_port_that_nothing_listens_on_refuses() {
    let failure = refused_at(refused(), cancel()).await;
    assert_eq!(failure.kind, FailureKind::ConnectionRefused, "{failure:?}");
    assert!(!failure.ambiguous);
    let mut rig = Rig::start_with(wire(refused()), false).await;
    let failure = rig.failure(Call::Certificates).await;
    assert_eq!(failure.kind, FailureKind::ConnectionRefused, "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn a_name_without_an_address_is_unknown() {
    let failure = refused_at("http://nohost.invalid:8080".to_owned(), cancel()).await;
    assert_eq!(failure.kind, FailureKind::UnknownHost, "{failure:?}");
    assert!(!failure.ambiguous);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_never_answers_was_sent_nothing() {
    // TEST-NET-1: nothing is there, and a machine without a way out says so itself, or a router does.
    let failure = refused_at("http://192.0.2.1:8080".to_owned(), cancel()).await;
    let kinds = [
        FailureKind::TimedOut,
        FailureKind::ConnectionLost,
        FailureKind::ConnectionRefused,
    ];
    assert!(kinds.contains(&failure.kind), "{failure:?}");
    assert!(!failure.ambiguous, "{failure:?}");
}
