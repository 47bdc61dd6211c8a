//! What is tested in the recipient's account before a certificate is activated there: that it lets its device do
//! what its documents say.

use serde::{Deserialize, Serialize};

use crate::domain::{
    belongings::document::Document,
    hand_over::granted::{AuthAction, Device, OfThing, denied, granted},
    place::location::Place,
    text::visible,
};

/// What must be allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The client id that the device connects with: its thing's name, where it has one. Foreign text.
    pub client: Option<String>,
    /// What is tested.
    pub checks: Vec<AuthCheck>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthCheck {
    /// What is done.
    pub action: AuthAction,
    /// To what, as ARNs. Foreign text.
    pub resources: Vec<String>,
    /// The policy that says so, by its name there. Foreign text.
    pub policy: String,
}

/// Something that is refused and must be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthRefusal {
    /// What was tested.
    pub check: AuthCheck,
    /// Whether a policy denies it, or else none allows it.
    pub explicit: bool,
    /// The policies that deny it, by name. Foreign text.
    pub denied_by: Vec<String>,
}

impl AuthRefusal {
    /// `policy fleet-jobs allows iot:Publish on topic/a, and policy guard denies it`.
    pub fn words(&self) -> String {
        let (policy, action) = (visible(&self.check.policy), self.check.action.iam_action());
        let names = self.check.resources.iter();
        let names = names.map(|arn| visible(arn.splitn(6, ':').nth(5).unwrap_or(arn)));
        let names: Vec<_> = names.collect();
        let resources = names.join(", ");
        let denied_by: Vec<_> = self.denied_by.iter().map(|it| visible(it)).collect();
        match (self.explicit, denied_by.as_slice()) {
            (true, []) => {
                format!("policy {policy} allows {action} on {resources}, and it is denied there")
            }
            (true, by) => format!(
                "policy {policy} allows {action} on {resources}, and it is denied there by {}",
                by.join(", ")
            ),
            (false, _) => format!(
                "policy {policy} allows {action} on {resources}, and nothing allows it there"
            ),
        }
    }
}

/// A policy that is attached to the certificate there.
#[derive(Debug, Clone, Copy)]
pub struct Attached<'a> {
    /// Its name there.
    pub name: &'a str,
    /// What it says there.
    pub document: &'a Document,
}

impl Proof {
    /// What these policies let a device do that connects by its thing's name. What one of them denies is not
    /// tested.
    pub fn of(policies: &[Attached<'_>], at: &Place, thing: Option<&ProvenThing<'_>>) -> Self {
        use strum::IntoEnumIterator as _;
        let device = Device {
            place: at,
            client: thing.map_or(NAMELESS, |it| it.name),
            thing: thing.map(|it| OfThing {
                type_name: it.type_name,
                attributes: it.attributes,
            }),
        };
        let mut checks = Vec::new();
        for policy in policies {
            for action in AuthAction::iter() {
                let mut resources = granted(policy.document, action, device);
                resources.retain(|resource| {
                    let denies = |it: &Attached<'_>| denied(it.document, action, resource, device);
                    !policies.iter().any(denies)
                });
                if !resources.is_empty() {
                    checks.push(AuthCheck {
                        action,
                        resources,
                        policy: policy.name.to_owned(),
                    });
                }
            }
        }
        Self {
            client: thing.map(|it| it.name.to_owned()),
            checks,
        }
    }
}

/// The thing of a device, as it is in the recipient's account.
#[derive(Debug, Clone, Copy)]
pub struct ProvenThing<'a> {
    /// Its name.
    pub name: &'a str,
    /// The name of its type.
    pub type_name: Option<&'a str>,
    /// Its attributes.
    pub attributes: &'a [(String, String)],
}

/// The client id of a device that has no thing, where its policy leaves it open.
const NAMELESS: &str = "any";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;

    #[test]
    fn what_is_denied_elsewhere_is_not_tested() {
        let at = Place::aws("us-east-1", AccountId::parse("444455556666").unwrap());
        let document = |text: &str| Document::parse(text).unwrap();
        let arn = |name: &str| format!("arn:aws:iot:us-east-1:444455556666:{name}");
        let base = document(&format!(
            r#"{{"Statement":[{{"Effect":"Allow","Action":["iot:Connect","iot:Publish"],"Resource":["{}","{}","{}"]}}]}}"#,
            arn("client/${iot:Connection.Thing.ThingName}"),
            arn("topic/a"),
            arn("topic/secret/x"),
        ));
        let guard = document(&format!(
            r#"{{"Statement":{{"Effect":"Deny","Action":"iot:*","Resource":"{}"}}}}"#,
            arn("topic/secret/*")
        ));
        let policies = [
            Attached {
                name: "base",
                document: &base,
            },
            Attached {
                name: "guard",
                document: &guard,
            },
        ];
        let thing = ProvenThing {
            name: "press-7",
            type_name: None,
            attributes: &[],
        };
        let proof = Proof::of(&policies, &at, Some(&thing));
        assert_eq!(proof.client.as_deref(), Some("press-7"));
        let checks: Vec<_> = (proof.checks.iter())
            .map(|it| (it.action, it.resources.clone(), it.policy.as_str()))
            .collect();
        assert_eq!(
            checks,
            [
                (AuthAction::Connect, vec![arn("client/press-7")], "base"),
                (AuthAction::Publish, vec![arn("topic/a")], "base"),
            ]
        );
        // Without its thing it is allowed less.
        let thingless = Proof::of(&policies, &at, None);
        assert_eq!(thingless.checks.len(), 1);
    }
}
