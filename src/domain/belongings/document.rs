//! Policy documents: what they mean, what they name, and how they read in another account.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::{
    belongings::{meaning::meaning, once::Once},
    place::location::Place,
};

/// A policy's document, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(Value);

/// A document as it would be in another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedDocument {
    /// The document with the other account in its ARNs.
    pub document: Document,
    /// What names something that is not moved with it.
    pub looks: BTreeSet<NeedsLook>,
}

/// Something in a document that a person has to look at: it is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeedsLook {
    /// The text in the document. Foreign text.
    pub text: String,
    /// Why.
    pub why: WhyLook,
}

/// Why a person has to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyLook {
    /// It is a role alias: its role exists only in the source.
    RoleAlias,
    /// It is of another service than AWS IoT.
    OtherService,
    /// It is of an account that is not the source's.
    OtherAccount,
    /// The source's account stands elsewhere than in an ARN of a resource.
    NamesSource,
    /// It is a topic of a rule of the source. The account in it is moved, the rule is not.
    Rule,
    /// It is a topic of a provisioning template of the source. The account in it is moved, the template is not.
    Template,
}

impl WhyLook {
    /// It in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::RoleAlias => "a role alias of the source",
            Self::OtherService => "of another service",
            Self::OtherAccount => "of another account",
            Self::NamesSource => "names the source's account",
            Self::Rule => "a topic of a rule, which is not moved",
            Self::Template => "a topic of a provisioning template, which is not moved",
        }
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Why it is none. A key that stands twice is one reason: which of the two counts is not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Once(value) = serde_json::from_str(text).map_err(|e| e.to_string())?;
        match value.as_object().and_then(|it| it.get("Statement")) {
            Some(Value::Array(_) | Value::Object(_)) => Ok(Self(value)),
            _ => Err("it has no statements".to_owned()),
        }
    }

    /// It as AWS takes it, without white space.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// It as a JSON value.
    pub const fn value(&self) -> &Value {
        &self.0
    }

    /// It in lines, to be read and compared.
    pub fn lines(&self) -> Vec<String> {
        let pretty = serde_json::to_string_pretty(&self.0).unwrap_or_default();
        pretty.lines().map(str::to_owned).collect()
    }

    /// Whether two documents allow and deny the same, whatever their order and white space: one value is a list
    /// of one, and names of statements mean nothing.
    pub fn same_meaning(&self, other: &Self) -> bool {
        meaning(&self.0) == meaning(&other.0)
    }

    /// The policy variables in it, such as `iot:Connection.Thing.ThingName`.
    pub fn variables(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        each_text(&self.0, &mut |text| {
            let mut rest = text;
            while let Some((_, after)) = rest.split_once("${") {
                let Some((name, after)) = after.split_once('}') else {
                    break;
                };
                found.insert(name.to_owned());
                rest = after;
            }
            // In a condition a variable's name is a key.
            if text.starts_with(THING_VARIABLE) {
                found.insert(text.to_owned());
            }
        });
        found
    }

    /// Whether it counts on the thing that is attached to the certificate (Developer Guide,
    /// `thing-policy-variables`).
    pub fn needs_thing(&self) -> bool {
        let variables = self.variables();
        variables
            .iter()
            .any(|name| name.starts_with(THING_VARIABLE))
    }

    /// It in another place: the account in ARNs of AWS IoT becomes the other one, the region too where it
    /// differs, and nothing else changes.
    pub fn moved(&self, from: &Place, to: &Place) -> MovedDocument {
        let mut looks = BTreeSet::new();
        let mut value = self.0.clone();
        let mut move_in = |statement: &mut Value| {
            let Some(statement) = statement.as_object_mut() else {
                return;
            };
            for (key, value) in statement {
                if matches!(key.as_str(), "Resource" | "NotResource") {
                    each_text_mut(value, &mut |text| {
                        let moved = moved_arn(text, from, to);
                        if let Some(why) = moved.as_ref().err().copied().or_else(|| behind(text)) {
                            let text = text.clone();
                            looks.insert(NeedsLook { text, why });
                        }
                        if let Ok(moved) = moved {
                            *text = moved;
                        }
                    });
                } else {
                    each_text(value, &mut |text| {
                        if text.contains(&from.account.to_string()) {
                            let (text, why) = (text.to_owned(), WhyLook::NamesSource);
                            looks.insert(NeedsLook { text, why });
                        }
                    });
                }
            }
        };
        match value.get_mut("Statement") {
            Some(Value::Array(statements)) => statements.iter_mut().for_each(&mut move_in),
            Some(statement) => move_in(statement),
            None => {}
        }
        MovedDocument {
            document: Self(value),
            looks,
        }
    }
}

const THING_VARIABLE: &str = "iot:Connection.Thing.";

/// A resource as it is called in another place, or why that has to be decided by a person.
fn moved_arn(text: &str, from: &Place, to: &Place) -> Result<String, WhyLook> {
    let names_source = || {
        let named = text.contains(&from.account.to_string());
        if named {
            Err(WhyLook::NamesSource)
        } else {
            Ok(text.to_owned())
        }
    };
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts.as_slice() else {
        return names_source();
    };
    if *service != "iot" {
        return Err(WhyLook::OtherService);
    }
    if resource.starts_with("rolealias/") {
        return Err(WhyLook::RoleAlias);
    }
    if matches!(*account, "*" | "") {
        return names_source();
    }
    if *account != from.account.to_string() {
        return Err(WhyLook::OtherAccount);
    }
    let region = if *region == from.region {
        &to.region
    } else {
        *region
    };
    let account = to.account;
    Ok(format!(
        "arn:{partition}:{service}:{region}:{account}:{resource}"
    ))
}

/// What stands behind a topic and stays in the source's account (Developer Guide, `reserved-topics`).
fn behind(resource: &str) -> Option<WhyLook> {
    let topic = resource.splitn(6, ':').nth(5).unwrap_or(resource);
    let topic = topic.split_once('/').map(|(_, topic)| topic)?;
    if topic.starts_with("$aws/rules/") {
        Some(WhyLook::Rule)
    } else if topic.starts_with("$aws/provisioning-templates/") {
        Some(WhyLook::Template)
    } else {
        None
    }
}

/// Every text in a value, keys too.
fn each_text(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(all) => all.iter().for_each(|it| each_text(it, take)),
        Value::Object(all) => {
            for (key, value) in all {
                take(key);
                each_text(value, take);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every text in a list, or the only one.
fn each_text_mut(value: &mut Value, take: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(all) => all.iter_mut().for_each(|it| each_text_mut(it, take)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;

    fn place(account: &str, region: &str) -> Place {
        Place::aws(region, AccountId::parse(account).unwrap())
    }

    fn here() -> Place {
        place("111122223333", "us-east-1")
    }

    fn there() -> Place {
        place("444455556666", "us-east-1")
    }

    fn with(statement: &str) -> Document {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        Document::parse(&text).unwrap()
    }

    fn resource(text: &str) -> Document {
        with(&format!(
            r#"{{"Effect":"Allow","Action":"iot:Publish","Resource":["{text}"]}}"#
        ))
    }

    #[test]
    fn only_the_account_of_an_arn_of_the_source_changes() {
        for (before, after) in [
            (
                "arn:aws:iot:us-east-1:111122223333:topic/a/${iot:Connection.Thing.ThingName}/b",
                "arn:aws:iot:us-east-1:444455556666:topic/a/${iot:Connection.Thing.ThingName}/b",
            ),
            (
                "arn:aws:iot:us-east-1:111122223333:topic/111122223333/x",
                "arn:aws:iot:us-east-1:444455556666:topic/111122223333/x",
            ),
            ("arn:aws:iot:*:*:client/*", "arn:aws:iot:*:*:client/*"),
            ("*", "*"),
            (
                "arn:aws:iot:*:111122223333:client/*",
                "arn:aws:iot:*:444455556666:client/*",
            ),
        ] {
            let moved = resource(before).moved(&here(), &there());
            assert_eq!(moved.document, resource(after), "{before}");
            assert!(moved.looks.is_empty(), "{before}: {:?}", moved.looks);
        }
    }

    #[test]
    fn the_region_changes_only_where_it_is_the_source_s() {
        let other = place("444455556666", "eu-west-1");
        let before = "arn:aws:iot:us-east-1:111122223333:topic/a";
        let after = "arn:aws:iot:eu-west-1:444455556666:topic/a";
        assert_eq!(
            resource(before).moved(&here(), &other).document,
            resource(after)
        );
        let before = "arn:aws:iot:us-west-2:111122223333:topic/a";
        let after = "arn:aws:iot:us-west-2:444455556666:topic/a";
        assert_eq!(
            resource(before).moved(&here(), &other).document,
            resource(after)
        );
    }

    #[test]
    fn what_is_not_moved_stays_and_is_to_be_looked_at() {
        for (text, why) in [
            (
                "arn:aws:iot:us-east-1:111122223333:rolealias/press",
                WhyLook::RoleAlias,
            ),
            ("arn:aws:s3:::bucket/*", WhyLook::OtherService),
            (
                "arn:aws:iot:us-east-1:999999999999:topic/a",
                WhyLook::OtherAccount,
            ),
            ("arn:aws:iot:us-east-1:1111*:topic/a", WhyLook::OtherAccount),
            ("111122223333/odd", WhyLook::NamesSource),
        ] {
            let before = resource(text);
            let moved = before.moved(&here(), &there());
            assert_eq!(moved.document, before, "{text}");
            let look = moved.looks.first().unwrap();
            assert_eq!((look.text.as_str(), look.why), (text, why));
        }
        let in_condition = with(
            r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}"#,
        );
        let moved = in_condition.moved(&here(), &there());
        assert_eq!(moved.document, in_condition);
        assert_eq!(moved.looks.first().unwrap().why, WhyLook::NamesSource);
    }

    #[test]
    fn what_stands_behind_a_topic_is_not_moved_with_it() {
        for (topic, why) in [
            ("topic/$aws/rules/ingest/*", Some(WhyLook::Rule)),
            (
                "topic/$aws/provisioning-templates/fleet/provision/*",
                Some(WhyLook::Template),
            ),
            ("topic/aws/rules/x", None),
            ("topicfilter/$aws/things/x/jobs/*", None),
        ] {
            let at = |account: &str| resource(&format!("arn:aws:iot:us-east-1:{account}:{topic}"));
            let moved = at("111122223333").moved(&here(), &there());
            assert_eq!(moved.document, at("444455556666"), "{topic}");
            assert_eq!(moved.looks.first().map(|look| look.why), why, "{topic}");
        }
    }

    #[test]
    fn variables_say_whether_the_thing_is_needed() {
        let needs = |text: &str| resource(text).needs_thing();
        assert!(needs(
            "arn:aws:iot:r:1:client/${iot:Connection.Thing.ThingName}"
        ));
        assert!(!needs("arn:aws:iot:r:1:client/${iot:ClientId}"));
        assert!(!needs(
            "arn:aws:iot:r:1:client/${iot:Connection.Thing.ThingName"
        ));
        let bool = with(
            r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}}"#,
        );
        assert!(bool.needs_thing());
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for text in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"Statement":"x"}"#,
            r#"{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}"#,
        ] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
        let twice = r#"{"Statement":[],"Statement":[]}"#;
        assert!(
            Document::parse(twice)
                .unwrap_err()
                .contains("Statement stands twice")
        );
    }
}
