//! Against this machine's real network stack, through the SDK's own connector.

use std::net::TcpListener;

use certferry::{
    aws::{GivenWire, StaticCredentials, Wire},
    domain::{Call, ControlPlane, FailureKind, Mutation},
};

use super::{Rig, id};

async fn failure_at(endpoint: String, call: Call) -> certferry::domain::Failure {
    let connector = aws_smithy_http_client::Builder::new().build_http();
    let wire = Wire::Given(GivenWire {
        control_plane: ControlPlane::Aws,
        http_client: connector,
        region: "us-east-1".to_owned(),
        profiles: vec![StaticCredentials {
            profile: "source".to_owned(),
            access_key_id: "AKIAEXAMPLE".to_owned(),
            secret_access_key: "not a secret".to_owned(),
        }],
        endpoint_url: Some(endpoint),
    });
    let mut rig = Rig::start_with(wire, false).await;
    rig.failure(call).await
}

/// A port that nothing listens on.
fn refused() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn cancel() -> Call {
    Call::Mutate(Mutation::CancelTransfer(id(1)))
}

#[tokio::test(start_paused = true)]
async fn a_port_that_nothing_listens_on_refuses() {
    let failure = failure_at(refused(), cancel()).await;
    assert_eq!(failure.kind, FailureKind::ConnectionRefused, "{failure:?}");
    assert!(!failure.ambiguous);
    let failure = failure_at(refused(), Call::Certificates).await;
    assert_eq!(failure.kind, FailureKind::ConnectionRefused, "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn a_name_without_an_address_is_unknown() {
    let failure = failure_at("http://nohost.invalid:8080".to_owned(), cancel()).await;
    assert_eq!(failure.kind, FailureKind::UnknownHost, "{failure:?}");
    assert!(!failure.ambiguous);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_never_answers_was_sent_nothing() {
    // TEST-NET-1: nothing is there, and a machine without a way out says so itself, or a router does.
    let failure = failure_at("http://192.0.2.1:8080".to_owned(), cancel()).await;
    let kinds = [
        FailureKind::TimedOut,
        FailureKind::ConnectionLost,
        FailureKind::ConnectionRefused,
    ];
    assert!(kinds.contains(&failure.kind), "{failure:?}");
    assert!(!failure.ambiguous, "{failure:?}");
}
