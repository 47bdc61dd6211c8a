//! What the tests in `tests/peers` ask of this crate.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

use certferry::domain::{
    AccountId, CertificateId, CommandPlace, Mutation, Place, ThingPrincipalType, aws_cli_line,
};
use serde_json::Value;

const VALUES: &str = "CERTFERRY_TEST_VALUES";

/// Prints the AWS CLI lines of every kind of change that foreign text is in, for each of the texts in a
/// JSON file: a JSON array of parameters and line.
#[test]
#[ignore = "runs inside the process of another test"]
fn lines() {
    let values = std::fs::read_to_string(std::env::var_os(VALUES).unwrap()).unwrap();
    let values: Vec<String> = serde_json::from_str(&values).unwrap();
    let id = CertificateId::from_bytes([0xab; 32]);
    let arn = Place::aws("us-east-1", AccountId::parse("111122223333").unwrap()).arn(id);
    let place = CommandPlace {
        region: "us-east-1",
        profile: None,
        endpoint: None,
    };
    let mut lines: Vec<Value> = Vec::new();
    for text in values {
        let (policy, thing) = (text.clone(), text.clone());
        let changes = [
            Mutation::AttachPolicy {
                certificate: arn.clone(),
                policy: policy.clone(),
            },
            Mutation::DetachPolicy {
                certificate: arn.clone(),
                policy,
            },
            Mutation::AttachThing {
                certificate: arn.clone(),
                thing: thing.clone(),
                principal_type: Some(ThingPrincipalType::Exclusive),
            },
            Mutation::DetachThing {
                certificate: arn.clone(),
                thing,
            },
            Mutation::Transfer {
                id,
                to: AccountId::parse("444455556666").unwrap(),
                message: Some(text.clone()),
            },
            Mutation::Reject {
                id,
                reason: Some(text.clone()),
            },
        ];
        lines.extend(changes.iter().map(|change| {
            let kind = change.operation().name();
            serde_json::json!([kind, text, aws_cli_line(change, &place)])
        }));
    }
    println!("\nLINES {}", Value::from(lines));
}
