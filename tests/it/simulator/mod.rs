//! The simulator, asked by the real SDK clients.

mod access;
mod assumptions;
mod attachments;
mod behind;
mod certificates;
mod command;
mod faults;
mod fleet;
mod groups;
mod registry;
mod roles;
mod server;
mod transfer;
mod wire;

use std::fmt::Debug;

use aws_sdk_iot::Client;
use aws_sdk_iot::config::retry::RetryConfig;
use aws_sdk_iot::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_iot::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use certferry::simulator::{
    Assumptions, Clock, NewCertificate, PrincipalType, Simulator, Status, WorldSnapshot,
};
use serde_json::json;
use sha2::Digest as _;

const SOURCE: &str = "111122223333";
const TARGET: &str = "444455556666";
const THIRD: &str = "777788889999";

/// 2026-03-01T12:00:00Z.
const NOW: i64 = 1_772_366_400;

/// Three accounts and a client for each.
struct Bench {
    simulator: Simulator,
    source: Client,
    target: Client,
    third: Client,
}

impl Bench {
    fn new() -> Self {
        Self::with(Assumptions::default())
    }

    fn with(assumptions: Assumptions) -> Self {
        let simulator = Simulator::with_assumptions(Clock::Fixed(NOW), assumptions);
        for account in [SOURCE, TARGET, THIRD] {
            simulator.create_account(account);
        }
        for account in [SOURCE, TARGET] {
            for policy in ["connect", "publish"] {
                simulator.create_policy(account, policy, &json!({ "Version": "2012-10-17" }));
            }
            for thing in ["press", "lathe"] {
                let attributes = [("site", "plant-3")];
                simulator.create_thing(account, thing, Some("Machine"), &attributes);
            }
        }
        Self {
            source: iot(&simulator, SOURCE),
            target: iot(&simulator, TARGET),
            third: iot(&simulator, THIRD),
            simulator,
        }
    }

    /// A certificate of the source with nothing attached. The number makes it another one.
    fn certificate(&self, number: u64, status: Status) -> String {
        let new = NewCertificate::new("device", number).status(status);
        self.simulator.add_certificate(SOURCE, &new).unwrap()
    }

    /// An inactive certificate of the source that is offered to the target.
    async fn offered(&self, number: u64) -> String {
        let id = self.certificate(number, Status::Inactive);
        self.transfer(&id).await;
        id
    }

    async fn transfer(&self, id: &str) {
        self.source
            .transfer_certificate()
            .certificate_id(id)
            .target_aws_account(TARGET)
            .send()
            .await
            .unwrap();
    }

    fn attach_thing(&self, id: &str, thing: &str) {
        self.simulator
            .attach_thing(SOURCE, id, thing, PrincipalType::NonExclusiveThing)
            .unwrap();
    }

    fn status(&self, account: &str, id: &str) -> Option<Status> {
        self.simulator
            .certificate(account, id)
            .map(|state| state.status)
    }

    /// Asserts that a call is refused like this and has no effect.
    async fn refused<T, E>(
        &self,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        status: u16,
        code: &str,
    ) where
        T: Debug,
        E: ProvideErrorMetadata + Debug,
    {
        let before: WorldSnapshot = self.simulator.snapshot();
        assert_eq!(refusal(call.await), (status, code.to_owned()));
        assert_eq!(self.simulator.snapshot(), before, "{code} had an effect");
    }
}

fn iot(simulator: &Simulator, account: &str) -> Client {
    Client::from_conf(configuration(simulator, account).build())
}

/// The data plane.
fn data(simulator: &Simulator, account: &str) -> aws_sdk_iotdataplane::Client {
    let config = aws_sdk_iotdataplane::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials(simulator, account))
        .retry_config(RetryConfig::disabled())
        .http_client(simulator.http_client());
    aws_sdk_iotdataplane::Client::from_conf(config.build())
}

/// A configuration without retries.
fn configuration(simulator: &Simulator, account: &str) -> aws_sdk_iot::config::Builder {
    aws_sdk_iot::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials(simulator, account))
        .retry_config(RetryConfig::disabled())
        .http_client(simulator.http_client())
}

fn credentials(simulator: &Simulator, account: &str) -> Credentials {
    let key = simulator.access_key(account);
    Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test")
}

/// The HTTP status and the code of an error answer.
fn refusal<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> (u16, String)
where
    T: Debug,
    E: ProvideErrorMetadata + Debug,
{
    let error = result.unwrap_err();
    let status = error
        .raw_response()
        .unwrap_or_else(|| panic!("no answer: {error:?}"))
        .status()
        .as_u16();
    (status, error.code().unwrap_or_default().to_owned())
}

/// SHA-256 in lower-case hexadecimal.
fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

/// The ARN of a certificate in the default region.
fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:iot:us-east-1:{account}:cert/{id}")
}

/// A valid id that no certificate has.
fn unknown_id() -> String {
    "0".repeat(64)
}
