//! What the tests in `tests/peers` ask of this crate.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

use certferry::domain::{
    AccountId, Attachment, CertificateId, Change, CommandPlace, Place, ThingPrincipalType,
    ThingRef, aws_cli_line,
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
            Change::Attach(Attachment::Policy(policy.clone())).of(arn.clone()),
            Change::Detach(Attachment::Policy(policy)).of(arn.clone()),
            Change::Attach(Attachment::Thing(ThingRef {
                name: thing.clone(),
                principal_type: Some(ThingPrincipalType::Exclusive),
            }))
            .of(arn.clone()),
            Change::Detach(Attachment::thing(thing)).of(arn.clone()),
            Change::Transfer {
                to: AccountId::parse("444455556666").unwrap(),
                message: Some(text.clone()),
            }
            .of(arn.clone()),
            Change::Reject {
                reason: Some(text.clone()),
            }
            .of(arn.clone()),
        ];
        lines.extend(changes.iter().map(|change| {
            let kind = change.change.operation().name();
            serde_json::json!([kind, text, aws_cli_line(change, &place)])
        }));
    }
    println!("\nLINES {}", Value::from(lines));
}
