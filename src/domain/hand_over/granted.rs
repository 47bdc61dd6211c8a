//! What a policy document lets a device do, as concrete calls that can be tested.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{belongings::document::Document, place::location::Place};

/// Something that AWS IoT can be asked about (`TestAuthorization`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumIter,
)]
pub enum AuthAction {
    /// To connect.
    Connect,
    /// To publish to a topic.
    Publish,
    /// To subscribe to a topic filter.
    Subscribe,
    /// To receive from a topic.
    Receive,
}

impl AuthAction {
    /// The action in policies.
    pub const fn iam_action(self) -> &'static str {
        match self {
            Self::Connect => "iot:Connect",
            Self::Publish => "iot:Publish",
            Self::Subscribe => "iot:Subscribe",
            Self::Receive => "iot:Receive",
        }
    }

    /// What it is done to, as an ARN names it.
    const fn resource(self) -> &'static str {
        match self {
            Self::Connect => "client",
            Self::Publish | Self::Receive => "topic",
            Self::Subscribe => "topicfilter",
        }
    }
}

/// The device that the calls are for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Device<'a> {
    /// Where it connects.
    pub(super) place: &'a Place,
    /// Its client id, which is its thing's name where it has one.
    pub(super) client: &'a str,
    /// Its thing, when it has one.
    pub(super) thing: Option<OfThing<'a>>,
}

/// What a policy may ask of a device's thing, beside its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfThing<'a> {
    /// The name of its type.
    pub(super) type_name: Option<&'a str>,
    /// Its attributes.
    pub(super) attributes: &'a [(String, String)],
}

/// What stands for any part of a topic in a test.
const ANY: &str = "any";

/// The resources that a document names for an action, as ARNs without anything left open.
///
/// A statement with a condition counts only where the condition is about the attached thing. What is named by
/// exception (`NotAction`, `NotResource`) names nothing to test, and neither does a `*` alone, but for the client
/// that connects.
pub(super) fn granted(document: &Document, action: AuthAction, device: Device<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for statement in statements(document) {
        if statement.get("Effect") != Some(&Value::from("Allow"))
            || !has_action(statement, action)
            || !holds(statement, device)
        {
            continue;
        }
        for resource in texts(statement.get("Resource")) {
            if let Some(concrete) = concrete(resource, action, device)
                && !found.contains(&concrete)
            {
                found.push(concrete);
            }
        }
    }
    found
}

/// Whether a document denies a call by name, whatever a condition says.
pub(super) fn denied(
    document: &Document,
    action: AuthAction,
    resource: &str,
    device: Device<'_>,
) -> bool {
    statements(document).into_iter().any(|statement| {
        let matches = |pattern: &str| {
            substituted(pattern, device).is_none_or(|pattern| like(resource, &pattern))
        };
        let by_name = texts(statement.get("Resource")).into_iter().any(matches);
        let except = texts(statement.get("NotResource"));
        let by_exception = !except.is_empty() && !except.into_iter().any(matches);
        statement.get("Effect") == Some(&Value::from("Deny"))
            && has_action(statement, action)
            && (by_name || by_exception)
    })
}

fn statements(document: &Document) -> Vec<&Value> {
    match document.value().get("Statement") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn has_action(statement: &Value, action: AuthAction) -> bool {
    let name = action.iam_action().to_ascii_lowercase();
    let is = |pattern: &&str| like(&name, &pattern.to_ascii_lowercase());
    let except = texts(statement.get("NotAction"));
    texts(statement.get("Action")).iter().any(is) || (!except.is_empty() && !except.iter().any(is))
}

/// Whether the conditions of a statement hold for a device, as far as its thing tells; others are not known.
fn holds(statement: &Value, device: Device<'_>) -> bool {
    let Some(condition) = statement.get("Condition").and_then(Value::as_object) else {
        return true;
    };
    let mut keys = condition.values().filter_map(Value::as_object).flatten();
    keys.all(|(key, value)| {
        let true_ = [Value::from("true"), Value::from(true)];
        key == "iot:Connection.Thing.IsAttached"
            && device.thing.is_some()
            && (true_.contains(value)
                || value
                    .as_array()
                    .is_some_and(|all| all.iter().all(|it| true_.contains(it))))
    })
}

/// A resource with nothing left open; `None` when it names nothing that this action can be tested with.
fn concrete(resource: &str, action: AuthAction, device: Device<'_>) -> Option<String> {
    let (place, kind) = (device.place, action.resource());
    let arn = |name: &str| {
        format!(
            "arn:{}:iot:{}:{}:{kind}/{name}",
            place.partition, place.region, place.account
        )
    };
    if resource == "*" {
        return (action == AuthAction::Connect).then(|| arn(device.client));
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let [_, _, "iot", region, account, name] = parts.as_slice() else {
        return None;
    };
    let here = |field: &str, own: &str| like(own, field);
    if !here(region, &place.region) || !here(account, &place.account.to_string()) {
        return None;
    }
    if *name == "*" {
        return (action == AuthAction::Connect).then(|| arn(device.client));
    }
    let name = name.strip_prefix(kind)?.strip_prefix('/')?;
    let name = substituted(name, device)?;
    if action == AuthAction::Connect && name.contains(['*', '?']) {
        // Its own name, where that fits.
        return like(device.client, &name).then(|| arn(device.client));
    }
    Some(arn(&name.replace('*', ANY).replace('?', "x")))
}

/// A text with its variables filled in; `None` when one of them is not known for this device.
fn substituted(text: &str, device: Device<'_>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let (name, after) = after.split_once('}')?;
        match name {
            // Written out, as IAM has them.
            "*" | "?" | "$" => filled.push_str(name),
            "iot:ClientId" => filled.push_str(device.client),
            _ => {
                let thing = device.thing?;
                let of_thing = name.strip_prefix("iot:Connection.Thing.")?;
                let attribute = of_thing
                    .strip_prefix("Attributes[")
                    .and_then(|it| it.strip_suffix(']'));
                filled.push_str(match (of_thing, attribute) {
                    ("ThingName", _) => device.client,
                    ("ThingTypeName", _) => thing.type_name?,
                    (_, Some(wanted)) => {
                        &thing.attributes.iter().find(|(name, _)| name == wanted)?.1
                    }
                    _ => return None,
                });
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// Whether a text is like a pattern: `*` is any number of characters, `?` any one.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p = p.saturating_add(1);
            }
            Some(&c) if c == '?' || Some(&c) == text.get(t) => {
                (t, p) = (t.saturating_add(1), p.saturating_add(1));
            }
            _ => {
                let Some((at, from)) = star else {
                    return false;
                };
                let from = from.saturating_add(1);
                star = Some((at, from));
                (t, p) = (from, at.saturating_add(1));
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;

    fn with(statements: &str) -> Document {
        Document::parse(&format!(r#"{{"Statement":[{statements}]}}"#)).unwrap()
    }

    fn allow(action: &str, resource: &str) -> Document {
        with(&format!(
            r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#
        ))
    }

    fn place() -> Place {
        Place::aws("us-east-1", AccountId::parse("444455556666").unwrap())
    }

    /// One without a thing.
    fn device(place: &Place) -> Device<'_> {
        Device {
            place,
            client: "press-7",
            thing: None,
        }
    }

    fn names(document: &Document, action: AuthAction) -> Vec<String> {
        let place = place();
        let attributes = [("site".to_owned(), "lyon".to_owned())];
        let device = Device {
            thing: Some(OfThing {
                type_name: Some("PressLine"),
                attributes: &attributes,
            }),
            ..device(&place)
        };
        let all = granted(document, action, device).into_iter();
        all.map(|arn| arn.splitn(6, ':').nth(5).unwrap().to_owned())
            .collect()
    }

    #[test]
    fn what_a_document_names_is_made_concrete() {
        use AuthAction::{Connect, Publish, Subscribe};
        let arn = |name: &str| format!("arn:aws:iot:us-east-1:444455556666:{name}");
        for (action, iam, resource, found) in [
            (
                Connect,
                "iot:Connect",
                arn("client/${iot:Connection.Thing.ThingName}"),
                "client/press-7",
            ),
            (Connect, "iot:*", "*".to_owned(), "client/press-7"),
            (Connect, "*", arn("client/press-*"), "client/press-7"),
            (
                Publish,
                "iot:Publish",
                arn("topic/${iot:ClientId}/*"),
                "topic/press-7/any",
            ),
            (
                Publish,
                "iot:pub*",
                arn(
                    "topic/${iot:Connection.Thing.ThingTypeName}/${iot:Connection.Thing.Attributes[site]}",
                ),
                "topic/PressLine/lyon",
            ),
            (
                Subscribe,
                "iot:Subscribe",
                arn("topicfilter/$aws/things/press-7/#"),
                "topicfilter/$aws/things/press-7/#",
            ),
            (
                Publish,
                "iot:Publish",
                "arn:aws:iot:*:*:topic/a".to_owned(),
                "topic/a",
            ),
        ] {
            assert_eq!(names(&allow(iam, &resource), action), [found], "{resource}");
        }
        for (action, iam, resource) in [
            (Publish, "iot:Publish", "*".to_owned()),
            (Publish, "iot:Subscribe", arn("topic/a")),
            (Publish, "iot:Publish", arn("topicfilter/a")),
            (Connect, "iot:Connect", arn("client/lathe-*")),
            (
                Publish,
                "iot:Publish",
                arn("topic/${iot:Certificate.Subject.CommonName}"),
            ),
            (
                Publish,
                "iot:Publish",
                "arn:aws:iot:us-east-1:111122223333:topic/a".to_owned(),
            ),
            (Publish, "iot:Publish", "arn:aws:s3:::bucket".to_owned()),
        ] {
            assert!(
                names(&allow(iam, &resource), action).is_empty(),
                "{resource}"
            );
        }
    }

    #[test]
    fn only_conditions_about_the_thing_are_known() {
        let with_condition = |condition: &str| {
            names(
                &with(&format!(
                    r#"{{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{condition}}}"#
                )),
                AuthAction::Connect,
            )
        };
        assert_eq!(
            with_condition(r#"{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}"#),
            ["client/press-7"]
        );
        assert!(
            with_condition(r#"{"Bool":{"iot:Connection.Thing.IsAttached":"false"}}"#).is_empty()
        );
        assert!(with_condition(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#).is_empty());
    }

    #[test]
    fn patterns() {
        for (text, pattern, is) in [
            ("abc", "a*c", true),
            ("abc", "a?c", true),
            ("abc", "*", true),
            ("abc", "abc*", true),
            ("abbc", "a*bc", true),
            ("abc", "a?", false),
            ("abc", "b*", false),
            ("", "*", true),
            ("", "?", false),
        ] {
            assert_eq!(like(text, pattern), is, "{text} {pattern}");
        }
    }

    #[test]
    fn a_document_denies_by_name_or_by_exception() {
        let place = place();
        let device = device(&place);
        let topic = |name: &str| format!("arn:aws:iot:us-east-1:444455556666:topic/{name}");
        let own = topic("${iot:ClientId}");
        for (statement, action, denies) in [
            (
                r#""Effect":"Deny","Action":"iot:Publish","Resource":"OWN""#,
                AuthAction::Publish,
                true,
            ),
            (
                r#""Effect":"Deny","Action":"iot:Publish","Resource":"OTHER""#,
                AuthAction::Publish,
                false,
            ),
            (
                r#""Effect":"Deny","Action":"iot:Receive","Resource":"OWN""#,
                AuthAction::Publish,
                false,
            ),
            (
                r#""Effect":"Allow","Action":"iot:Publish","Resource":"OWN""#,
                AuthAction::Publish,
                false,
            ),
            (
                r#""Effect":"Deny","Action":"iot:Publish","NotResource":"OTHER""#,
                AuthAction::Publish,
                true,
            ),
            (
                r#""Effect":"Deny","Action":"iot:Publish","NotResource":"OWN""#,
                AuthAction::Publish,
                false,
            ),
            (
                r#""Effect":"Deny","NotAction":"iot:Connect","Resource":"OWN""#,
                AuthAction::Publish,
                true,
            ),
            (
                r#""Effect":"Deny","NotAction":"iot:Pub*","Resource":"OWN""#,
                AuthAction::Publish,
                false,
            ),
        ] {
            let statement = statement
                .replace("OWN", &own)
                .replace("OTHER", &topic("other"));
            let document = with(&format!("{{{statement}}}"));
            let found = denied(&document, action, &topic("press-7"), device);
            assert_eq!(found, denies, "{statement}");
        }
    }

    #[test]
    fn a_condition_about_the_thing_needs_one() {
        let place = place();
        let device = device(&place);
        let document = with(
            r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{"Bool":{"iot:Connection.Thing.IsAttached":"true"}}}"#,
        );
        assert!(granted(&document, AuthAction::Connect, device).is_empty());
        // Another key that holds for all things is not known.
        let other = |thing: &str| {
            names(
                &with(&format!(
                    r#"{{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":{{"Bool":{{"{thing}":"true"}}}}}}"#
                )),
                AuthAction::Connect,
            )
        };
        assert!(other("aws:SecureTransport").is_empty());
        assert_eq!(other("iot:Connection.Thing.IsAttached"), ["client/press-7"]);
    }

    #[test]
    fn signs_that_are_written_out_are_signs() {
        let arn = |name: &str| format!("arn:aws:iot:us-east-1:444455556666:{name}");
        let found = |resource: &str| names(&allow("iot:Publish", resource), AuthAction::Publish);
        assert_eq!(found(&arn("topic/cost${$}")), ["topic/cost$"]);
        // A whole account's resources are a client's own name.
        let all = arn("*");
        assert_eq!(
            names(&allow("iot:*", &all), AuthAction::Connect),
            ["client/press-7"]
        );
        assert!(names(&allow("iot:*", &all), AuthAction::Publish).is_empty());
    }
}
