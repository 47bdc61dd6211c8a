//! Roles: at STS, and at the portal of IAM Identity Center.

use std::time::Duration;

use aws_sdk_iot::config::{Credentials, Region};
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use certferry::simulator::{NewRole, Simulator};

use super::{Bench, SOURCE, TARGET, access::sts, credentials, refusal};

const ROLE: &str = "arn:aws:iam::444455556666:role/path/Fleet";
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/ops";

fn assume(client: &aws_sdk_sts::Client) -> AssumeRoleFluentBuilder {
    client
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("night-shift")
}

fn given(answer: &aws_sdk_sts::types::Credentials) -> Credentials {
    Credentials::new(
        answer.access_key_id(),
        answer.secret_access_key(),
        Some(answer.session_token().to_owned()),
        None,
        "test",
    )
}

#[tokio::test(start_paused = true)]
async fn a_session_acts_in_the_role_s_account_until_it_ends() {
    let bench = Bench::new();
    bench.simulator.create_role(NewRole::new(ROLE));
    let client = sts(
        &bench.simulator,
        credentials(&bench.simulator, SOURCE),
        "us-east-1",
    );
    let answer = assume(&client).duration_seconds(900).send().await.unwrap();
    let session = answer.credentials().unwrap();
    assert!(session.access_key_id().starts_with("ASIA"));
    assert_eq!(session.expiration().secs(), super::NOW + 900);
    let acts = sts(&bench.simulator, given(session), "us-east-1");
    let identity = acts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(TARGET));
    let arn = "arn:aws:sts::444455556666:assumed-role/Fleet/night-shift";
    assert_eq!(identity.arn(), Some(arn));

    let iot = aws_sdk_iot::Client::from_conf(
        super::configuration(&bench.simulator, SOURCE)
            .credentials_provider(given(session))
            .build(),
    );
    iot.list_certificates().send().await.unwrap();
    tokio::time::advance(Duration::from_mins(15)).await;
    let error = iot.list_certificates().send().await;
    assert_eq!(refusal(error), (403, "ExpiredTokenException".to_owned()));
    let error = acts.get_caller_identity().send().await;
    assert_eq!(refusal(error), (403, "ExpiredToken".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_a_role_asks_for_is_needed() {
    let bench = Bench::new();
    let client = sts(
        &bench.simulator,
        credentials(&bench.simulator, SOURCE),
        "us-east-1",
    );
    let denied = (403, "AccessDenied".to_owned());
    let invalid = (400, "ValidationError".to_owned());
    let error = assume(&client).send().await;
    assert_eq!(refusal(error), denied, "no such role");
    let role = NewRole::new(ROLE).external_id("x").mfa(DEVICE, &["123456"]);
    bench.simulator.create_role(role);
    let whole = || {
        assume(&client)
            .external_id("x")
            .serial_number(DEVICE)
            .token_code("123456")
    };
    for wrong in [
        whole().external_id("y"),
        whole().set_external_id(None),
        whole().set_token_code(None),
        whole().token_code("654321"),
        whole().serial_number("arn:aws:iam::111122223333:mfa/other"),
    ] {
        assert_eq!(refusal(wrong.send().await), denied);
    }
    for wrong in [
        whole().token_code("12345"),
        whole().duration_seconds(60),
        whole().role_session_name(""),
    ] {
        assert_eq!(refusal(wrong.send().await), invalid);
    }
    whole().send().await.unwrap();
    // A code is good once.
    let error = whole().send().await;
    assert_eq!(refusal(error), denied);
}

fn portal(simulator: &Simulator) -> aws_sdk_sso::Client {
    let config = aws_sdk_sso::Config::builder()
        .behavior_version(aws_sdk_sso::config::BehaviorVersion::v2026_01_12())
        .region(aws_sdk_sso::config::Region::new("us-east-1"))
        .retry_config(aws_sdk_sso::config::retry::RetryConfig::disabled())
        .http_client(simulator.http_client())
        .build();
    aws_sdk_sso::Client::from_conf(config)
}

#[tokio::test(start_paused = true)]
async fn an_assigned_role_is_given_to_whoever_is_signed_in() {
    let bench = Bench::new();
    let hour = Duration::from_hours(1);
    bench
        .simulator
        .sign_in("token", hour, &[(TARGET, "Operator")]);
    let client = portal(&bench.simulator);
    let ask = |token: &str, role: &str| {
        client
            .get_role_credentials()
            .access_token(token)
            .account_id(TARGET)
            .role_name(role)
            .send()
    };
    let answer = ask("token", "Operator").await.unwrap();
    let given = answer.role_credentials().unwrap();
    assert_eq!(given.expiration(), (super::NOW + 3600) * 1000);
    let key = Credentials::new(
        given.access_key_id().unwrap(),
        given.secret_access_key().unwrap(),
        given.session_token().map(str::to_owned),
        None,
        "test",
    );
    let acts = sts(&bench.simulator, key, "us-east-1");
    let identity = acts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(TARGET));

    let forbidden = ask("token", "Administrator").await;
    assert_eq!(refusal(forbidden), (403, "ForbiddenException".to_owned()));
    let unauthorized = (401, "UnauthorizedException".to_owned());
    let error = ask("another", "Operator").await;
    assert_eq!(refusal(error), unauthorized);
    tokio::time::advance(hour).await;
    let error = ask("token", "Operator").await;
    assert_eq!(refusal(error), unauthorized);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_off_knows_no_key_and_a_wrong_clock_makes_no_signature() {
    let bench = Bench::new();
    bench.simulator.switch_off("af-south-1");
    let key = || credentials(&bench.simulator, SOURCE);
    let iot = |region: &str| {
        let config =
            super::configuration(&bench.simulator, SOURCE).region(Region::new(region.to_owned()));
        aws_sdk_iot::Client::from_conf(config.build())
    };
    let error = iot("af-south-1").list_certificates().send().await;
    let unknown = (403, "UnrecognizedClientException".to_owned());
    assert_eq!(refusal(error), unknown);
    let error = sts(&bench.simulator, key(), "af-south-1");
    let error = error.get_caller_identity().send().await;
    assert_eq!(refusal(error), (403, "InvalidClientTokenId".to_owned()));
    iot("us-east-1").list_certificates().send().await.unwrap();

    bench.simulator.set_callers_ahead(200);
    iot("us-east-1").list_certificates().send().await.unwrap();
    bench.simulator.set_callers_ahead(-301);
    let error = iot("us-east-1").list_certificates().send().await;
    assert_eq!(
        refusal(error),
        (403, "InvalidSignatureException".to_owned())
    );
}
