//! Who may call, and STS.

use aws_sdk_iot::config::Credentials;
use aws_sdk_iot::error::ProvideErrorMetadata as _;
use aws_sdk_iot::types::{AuthInfo, CertificateStatus};
use certferry::simulator::{Operation, Simulator, Status};
use strum::IntoEnumIterator as _;

use super::{Bench, SOURCE, TARGET, arn, configuration, credentials, data, refusal};

pub(super) fn sts(
    simulator: &Simulator,
    credentials: Credentials,
    region: &str,
) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::v2026_01_12())
        .region(aws_sdk_sts::config::Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .retry_config(aws_sdk_sts::config::retry::RetryConfig::disabled())
        .http_client(simulator.http_client())
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

fn nobody() -> Credentials {
    Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test")
}

#[tokio::test(start_paused = true)]
async fn access_keys_look_real_and_are_always_the_same() {
    let first = Simulator::demo_at(certferry::simulator::Clock::Fixed(0)).access_key(SOURCE);
    let again = Bench::new().simulator.create_account(SOURCE);
    assert_eq!(first, again);
    assert_ne!(first, Bench::new().simulator.access_key(TARGET));
    assert_eq!(first.access_key_id.len(), 20);
    assert!(first.access_key_id.starts_with("AKIA"));
    assert_eq!(first.secret_access_key.len(), 40);
}

#[tokio::test(start_paused = true)]
async fn sts_names_the_caller() {
    let bench = Bench::new();
    for account in [SOURCE, TARGET] {
        let key = credentials(&bench.simulator, account);
        let client = sts(&bench.simulator, key, "us-east-1");
        let identity = client.get_caller_identity().send().await.unwrap();
        assert_eq!(identity.account(), Some(account));
        assert_eq!(
            identity.arn(),
            Some(format!("arn:aws:iam::{account}:user/ops").as_str())
        );
        assert!(identity.user_id().unwrap().starts_with("AIDA"));
    }
    let key = credentials(&bench.simulator, SOURCE);
    let client = sts(&bench.simulator, key, "cn-north-1");
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(
        identity.arn(),
        Some(format!("arn:aws-cn:iam::{SOURCE}:user/ops").as_str())
    );
}

#[tokio::test(start_paused = true)]
async fn sts_refuses_in_its_own_words() {
    let bench = Bench::new();
    let client = sts(&bench.simulator, nobody(), "us-east-1");
    let error = client.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidClientTokenId"));
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    bench.simulator.set_expired(SOURCE, true);
    let key = credentials(&bench.simulator, SOURCE);
    let client = sts(&bench.simulator, key, "us-east-1");
    let error = client.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.code(), Some("ExpiredToken"));
    assert_eq!(
        error.message(),
        Some("The security token included in the request is expired")
    );
    // It needs no permission.
    bench.simulator.set_expired(SOURCE, false);
    bench.simulator.deny(SOURCE, "sts:GetCallerIdentity");
    client.get_caller_identity().send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unknown_and_expired_credentials_are_refused() {
    let bench = Bench::new();
    let config = configuration(&bench.simulator, SOURCE).credentials_provider(nobody());
    let client = aws_sdk_iot::Client::from_conf(config.build());
    let call = client.list_certificates().send();
    bench
        .refused(call, 403, "UnrecognizedClientException")
        .await;
    bench.simulator.set_expired(SOURCE, true);
    let call = bench.source.list_certificates().send();
    bench.refused(call, 403, "ExpiredTokenException").await;
    bench.target.list_certificates().send().await.unwrap();
    bench.simulator.set_expired(SOURCE, false);
    bench.source.list_certificates().send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_denied_action_is_refused_by_name_and_resource() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let transfer = || {
        let call = bench.source.transfer_certificate().certificate_id(&id);
        call.target_aws_account(TARGET).send()
    };
    bench.simulator.deny(SOURCE, "iot:TransferCertificate");
    let error = transfer().await.unwrap_err();
    assert_eq!(
        error.message().unwrap(),
        format!(
            "User: arn:aws:iam::{SOURCE}:user/ops is not authorized to perform: \
             iot:TransferCertificate on resource: {}",
            arn(SOURCE, &id)
        )
    );
    bench
        .refused(transfer(), 403, "AccessDeniedException")
        .await;
    bench.source.list_certificates().send().await.unwrap();
    bench.simulator.allow(SOURCE, "iot:TransferCertificate");
    transfer().await.unwrap();
    // Cancelling is authorised on the recipient's ARN.
    bench
        .simulator
        .deny(SOURCE, "iot:CancelCertificateTransfer");
    let cancel = bench.source.cancel_certificate_transfer();
    let error = cancel.certificate_id(&id).send().await.unwrap_err();
    let resource = format!("on resource: {}", arn(TARGET, &id));
    assert!(error.message().unwrap().ends_with(&resource), "{error:?}");
}

#[tokio::test(start_paused = true)]
#[expect(clippy::too_many_lines, reason = "a line for each operation")]
async fn every_action_can_be_denied() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    for operation in Operation::iter() {
        bench.simulator.deny(SOURCE, &operation.iam_action());
    }
    let (client, data) = (&bench.source, data(&bench.simulator, SOURCE));
    let denied = (403, "AccessDeniedException".to_owned());
    let target = arn(SOURCE, &id);
    macro_rules! denied {
        ($($call:expr),* $(,)?) => {
            $(assert_eq!(refusal($call.send().await), denied, "{}", stringify!($call));)*
        };
    }
    denied!(
        client.list_certificates(),
        client.list_outgoing_certificates(),
        client.describe_certificate().certificate_id(&id),
        client
            .update_certificate()
            .certificate_id(&id)
            .new_status(CertificateStatus::Active),
        client.delete_certificate().certificate_id(&id),
        client.create_keys_and_certificate(),
        client
            .register_certificate_without_ca()
            .certificate_pem("PEM"),
        client.list_attached_policies().target(&target),
        client
            .attach_policy()
            .policy_name("connect")
            .target(&target),
        client
            .detach_policy()
            .policy_name("connect")
            .target(&target),
        client.get_policy().policy_name("connect"),
        client.list_principal_things().principal(&target),
        client.list_principal_things_v2().principal(&target),
        client
            .attach_thing_principal()
            .thing_name("press")
            .principal(&target),
        client
            .detach_thing_principal()
            .thing_name("press")
            .principal(&target),
        client.describe_thing().thing_name("press"),
        client.get_effective_policies().principal(&target),
        client.list_thing_groups_for_thing().thing_name("press"),
        client.describe_thing_group().thing_group_name("plant-1"),
        client
            .create_policy()
            .policy_name("connect")
            .policy_document("{}"),
        client
            .create_policy_version()
            .policy_name("connect")
            .policy_document("{}"),
        client.list_targets_for_policy().policy_name("connect"),
        client
            .test_authorization()
            .principal(&target)
            .auth_infos(AuthInfo::builder().resources("*").build().unwrap()),
        client.create_thing().thing_name("press"),
        client.delete_thing().thing_name("press"),
        client.list_thing_principals().thing_name("press"),
        client.delete_policy().policy_name("connect"),
        client.list_things(),
        client.list_policies(),
        client.list_policy_versions().policy_name("connect"),
        client
            .get_policy_version()
            .policy_name("connect")
            .policy_version_id("1"),
        client.list_thing_groups(),
        client.list_thing_types(),
        client.list_ca_certificates(),
        client.create_thing_type().thing_type_name("Press"),
        client.describe_thing_type().thing_type_name("Press"),
        client
            .add_thing_to_thing_group()
            .thing_group_name("plant-1")
            .thing_name("press"),
        client.get_thing_connectivity_data().thing_name("press"),
        client.describe_ca_certificate().certificate_id(&id),
        client
            .list_certificates_by_ca()
            .ca_certificate_id("0".repeat(64)),
        client
            .list_things_in_thing_group()
            .thing_group_name("plants"),
        client.describe_endpoint(),
        data.get_thing_shadow().thing_name("press"),
        data.list_named_shadows_for_thing().thing_name("press"),
        client
            .transfer_certificate()
            .certificate_id(&id)
            .target_aws_account(TARGET),
        client.accept_certificate_transfer().certificate_id(&id),
        client.reject_certificate_transfer().certificate_id(&id),
        client.cancel_certificate_transfer().certificate_id(&id),
    );
    let called: Vec<_> = bench
        .simulator
        .calls()
        .iter()
        .map(|call| call.operation)
        .collect();
    let of_iot = |operation: &Operation| operation.iam_action().starts_with("iot:");
    assert_eq!(called.len(), Operation::iter().filter(of_iot).count());
}

#[tokio::test(start_paused = true)]
async fn regions_are_apart() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let region = aws_sdk_iot::config::Region::new("us-gov-west-1");
    let config = configuration(&bench.simulator, SOURCE).region(region);
    let client = aws_sdk_iot::Client::from_conf(config.build());
    let list = client.list_certificates().send().await.unwrap();
    assert!(list.certificates().is_empty());
    let elsewhere = bench.simulator.at("us-gov-west-1");
    let new = certferry::simulator::NewCertificate::new("device", 1);
    assert_eq!(elsewhere.add_certificate(SOURCE, &new).unwrap(), id);
    let list = client.list_certificates().send().await.unwrap();
    assert_eq!(
        list.certificates()[0].certificate_arn(),
        Some(format!("arn:aws-us-gov:iot:us-gov-west-1:{SOURCE}:cert/{id}").as_str())
    );
}
