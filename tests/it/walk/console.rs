//! A person in the console, or with the AWS CLI: no journal, no second thought.

use certferry::simulator::{Request, Simulator};

use super::{
    promises::Promises,
    script::{Account, ByHand},
    sent,
    story::{Story, short},
};

/// The names of what there is in the source.
pub(super) fn policy(n: usize) -> String {
    format!("p{n}")
}

pub(super) fn thing(certificate: usize, n: usize) -> String {
    format!("press-{certificate}-{n}")
}

/// Does something by hand.
pub(super) async fn does(
    simulator: &Simulator,
    promises: &Promises,
    story: &Story,
    of: Account,
    deed: ByHand,
    (certificate, id): (usize, &str),
    which: usize,
) {
    let request = request(of, deed, certificate, id, which);
    let key = simulator.access_key(of.number()).access_key_id;
    let scope = format!("AWS4-HMAC-SHA256 Credential={key}/20261128/us-east-1/iot/aws4_request");
    let request = request.header("authorization", &scope);
    let sent = sent::sent(&request).unwrap();
    let what = sent.what.clone();
    let effect = promises.by_hand(sent);
    let response = simulator.answer(request).await.unwrap();
    promises.after_effect(effect, response.status);
    story.tell(
        of.name(),
        format!("by hand: {what} {}: {}", short(id), response.status),
    );
}

fn request(of: Account, deed: ByHand, certificate: usize, id: &str, which: usize) -> Request {
    let arn = format!("arn:aws:iot:us-east-1:{}:cert/{id}", of.number());
    let status =
        |status: &str| Request::new("PUT", &format!("/certificates/{id}?newStatus={status}"));
    let policy_of = |method: &str| {
        let body = serde_json::json!({ "target": arn }).to_string();
        Request::new(method, &format!("/target-policies/{}", policy(which))).body(body)
    };
    let thing_of = |method: &str| {
        let uri = format!("/things/{}/principals", thing(certificate, which));
        Request::new(method, &uri).header("x-amzn-principal", &arn)
    };
    let transfer = |what: &str| Request::new("PATCH", &format!("/{what}/{id}"));
    match deed {
        ByHand::Activate => status("ACTIVE"),
        ByHand::Deactivate => status("INACTIVE"),
        ByHand::Revoke => status("REVOKED"),
        ByHand::AttachPolicy => policy_of("PUT"),
        ByHand::DetachPolicy => policy_of("POST"),
        ByHand::AttachThing => thing_of("PUT"),
        ByHand::DetachThing => thing_of("DELETE"),
        ByHand::DeletePolicy => Request::new("DELETE", &format!("/policies/{}", policy(which))),
        ByHand::DeleteThing => {
            Request::new("DELETE", &format!("/things/{}", thing(certificate, which)))
        }
        ByHand::Transfer => {
            let to = match of {
                Account::Source => Account::Third,
                _ => Account::Source,
            };
            let uri = format!(
                "/transfer-certificate/{id}?targetAwsAccount={}",
                to.number()
            );
            Request::new("PATCH", &uri)
        }
        ByHand::Cancel => transfer("cancel-certificate-transfer"),
        ByHand::Accept { activate } => Request::new(
            "PATCH",
            &format!("/accept-certificate-transfer/{id}?setAsActive={activate}"),
        ),
        ByHand::Reject => transfer("reject-certificate-transfer").body("{}"),
        ByHand::Delete => Request::new("DELETE", &format!("/certificates/{id}")),
    }
}
