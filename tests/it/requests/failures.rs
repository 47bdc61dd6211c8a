use std::{io, time::Duration};

use certferry::domain::{Call, Change, FailureKind, Mutation};

use super::{
    Rig, account, arn, connection,
    script::{Reaction, Script, error, page},
    wire,
};

fn transfer() -> Mutation {
    Change::Transfer {
        to: account("444455556666"),
        message: None,
    }
    .of(arn(1))
}

/// What a read and a transfer fail with, and whether the transfer may have been made. Where it may,
/// nothing can be seen afterwards.
async fn classified(reaction: Reaction) -> (FailureKind, bool) {
    let nothing = error(403, "AccessDeniedException");
    let script = Script::default()
        .on("GET /certificates?", [reaction.clone()])
        .on("PATCH /", [reaction])
        .on("GET /", [nothing]);
    let mut rig = Rig::start(&script).await;
    let read = rig.failure(Call::Certificates).await;
    assert!(!read.ambiguous, "{read:?}");
    let sent = connection(wire(&script)).await;
    let sent = sent.mutate(&transfer()).await.unwrap_err();
    assert_eq!(read.kind, sent.kind);
    assert_eq!(script.count("PATCH /"), 1, "sent once");
    assert!(!read.message.is_empty());
    (sent.kind, sent.ambiguous)
}

#[tokio::test(start_paused = true)]
async fn every_error_of_aws_has_its_kind() {
    use FailureKind as Kind;
    for (status, code, kind, ambiguous) in [
        (403, "AccessDeniedException", Kind::AccessDenied, false),
        (401, "UnauthorizedException", Kind::AccessDenied, false),
        (
            403,
            "ExpiredTokenException",
            Kind::ExpiredCredentials,
            false,
        ),
        (403, "ExpiredToken", Kind::ExpiredCredentials, false),
        (400, "RequestExpired", Kind::ExpiredCredentials, false),
        (
            403,
            "UnrecognizedClientException",
            Kind::InvalidCredentials,
            false,
        ),
        (403, "InvalidClientTokenId", Kind::InvalidCredentials, false),
        (
            403,
            "InvalidSignatureException",
            Kind::InvalidCredentials,
            false,
        ),
        (
            403,
            "SignatureDoesNotMatch",
            Kind::InvalidCredentials,
            false,
        ),
        (
            403,
            "MissingAuthenticationTokenException",
            Kind::InvalidCredentials,
            false,
        ),
        (400, "ThrottlingException", Kind::Throttled, false),
        (429, "TooManyRequestsException", Kind::Throttled, false),
        (404, "ResourceNotFoundException", Kind::NotFound, false),
        (
            406,
            "CertificateStateException",
            Kind::CertificateState,
            false,
        ),
        (
            409,
            "TransferConflictException",
            Kind::TransferConflict,
            false,
        ),
        (
            410,
            "TransferAlreadyCompletedException",
            Kind::TransferCompleted,
            false,
        ),
        (400, "InvalidRequestException", Kind::InvalidRequest, false),
        (410, "LimitExceededException", Kind::LimitExceeded, false),
        (404, "UnknownOperationException", Kind::NotSupported, false),
        (500, "InternalFailureException", Kind::ServiceFault, true),
        (503, "ServiceUnavailableException", Kind::ServiceFault, true),
        (400, "RequestTimeout", Kind::TimedOut, true),
        (418, "TeapotException", Kind::Other, false),
    ] {
        let told = classified(error(status, code)).await;
        assert_eq!(told, (kind, ambiguous), "{status} {code}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_answers_in_aws_s_place_is_told_apart() {
    use FailureKind as Kind;
    for (status, body, kind, ambiguous) in [
        (
            200,
            "<html>sign in to the Wi-Fi</html>",
            Kind::UnreadableAnswer,
            true,
        ),
        (404, "<html>not here</html>", Kind::NotSupported, false),
        (407, "<html>proxy</html>", Kind::UnreadableAnswer, true),
        (502, "<html>bad gateway</html>", Kind::ServiceFault, true),
        (504, "", Kind::ServiceFault, true),
    ] {
        let told = classified(page(status, body)).await;
        assert_eq!(told, (kind, ambiguous), "{status} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_fails_is_told_apart() {
    use FailureKind as Kind;
    for (broken, kind, ambiguous) in [
        (
            io::ErrorKind::ConnectionRefused,
            Kind::ConnectionRefused,
            false,
        ),
        (io::ErrorKind::ConnectionReset, Kind::ConnectionLost, true),
        (io::ErrorKind::UnexpectedEof, Kind::ConnectionLost, true),
    ] {
        let told = classified(Reaction::Broken(broken)).await;
        assert_eq!(told, (kind, ambiguous), "{broken}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_left_in_time() {
    let told = classified(Reaction::Hang).await;
    assert_eq!(told, (FailureKind::TimedOut, true));

    let script = Script::default().on("GET /certificates?", [Reaction::Hang]);
    let mut rig = Rig::start(&script).await;
    let begun = tokio::time::Instant::now();
    rig.failure(Call::Certificates).await;
    assert!(begun.elapsed() <= Duration::from_secs(31));
}

#[tokio::test(start_paused = true)]
async fn a_failure_carries_what_aws_said() {
    let denied = error(
        403,
        "AccessDeniedException:http://internal.amazon.com/coral/",
    );
    let script = Script::default().on("PATCH /", [denied]);
    let connection = connection(wire(&script)).await;
    let failure = connection.mutate(&transfer()).await.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("AccessDeniedException"));
    assert_eq!(failure.request_id.as_deref(), Some("request-1"));
    assert!(failure.message.starts_with("the message of"), "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn a_long_message_is_cut() {
    let long = Reaction::Answer {
        status: 400,
        code: Some("InvalidRequestException"),
        body: serde_json::json!({ "message": "é".repeat(100_000) }).to_string(),
    };
    let script = Script::default().on("PATCH /", [long]);
    let connection = connection(wire(&script)).await;
    let failure = connection.mutate(&transfer()).await.unwrap_err();
    assert_eq!(failure.message.chars().count(), 500);
}
