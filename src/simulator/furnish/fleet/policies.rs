//! The demo's IoT policies.

use serde_json::{Value, json};

use crate::simulator::world::location::Location;

/// All of them, by name. In the second account some are not there, and one says something else.
pub(in crate::simulator) fn all(at: &Location, elsewhere: bool) -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("fleet-connect", connect(at)),
        ("fleet-telemetry", telemetry(at)),
        ("fleet-shadow", shadow(at)),
        ("fleet-jobs", jobs(at)),
        ("press-line-commands", commands(at)),
        ("line-maintenance", maintenance(at)),
        ("provisioning-bootstrap", bootstrap(at)),
        ("legacy-allow-all", legacy()),
        ("plant-time", time(at)),
        ("site-alarms", alarms(at)),
    ];
    if elsewhere {
        all.retain(|(name, _)| *name != "press-line-commands");
        for (_, document) in all.iter_mut().filter(|(name, _)| *name == "fleet-jobs") {
            *document = own_jobs(at);
        }
    }
    all
}

/// What was tried and is not in force: a second version of these.
pub(in crate::simulator) fn drafts(at: &Location) -> Vec<(&'static str, Value)> {
    let topics = [
        at.arn("topic/telemetry/*"),
        at.arn("topic/$aws/rules/ingest_telemetry/*"),
    ];
    let statement = json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": topics });
    vec![("fleet-telemetry", document(&[statement]))]
}

/// Connecting under the own thing's name.
pub(in crate::simulator) fn connect(at: &Location) -> Value {
    let statement = json!({
        "Effect": "Allow",
        "Action": "iot:Connect",
        "Resource": at.arn("client/${iot:Connection.Thing.ThingName}"),
        "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": ["true"] } },
    });
    document(&[statement])
}

fn telemetry(at: &Location) -> Value {
    let topics = [
        at.arn("topic/telemetry/${iot:Connection.Thing.ThingName}/*"),
        at.arn("topic/$aws/rules/ingest_telemetry/*"),
    ];
    let statement = json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": topics });
    document(&[statement])
}

fn shadow(at: &Location) -> Value {
    let shadow = "$aws/things/${iot:Connection.Thing.ThingName}/shadow/*";
    document(&[
        json!({
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": at.arn(&format!("topic/{shadow}")),
        }),
        json!({
            "Effect": "Allow",
            "Action": "iot:Subscribe",
            "Resource": at.arn(&format!("topicfilter/{shadow}")),
        }),
    ])
}

fn jobs(at: &Location) -> Value {
    let jobs = "$aws/things/${iot:Connection.Thing.ThingName}/jobs/*";
    document(&[
        json!({
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": at.arn(&format!("topic/{jobs}")),
        }),
        json!({
            "Effect": "Allow",
            "Action": "iot:Subscribe",
            "Resource": at.arn(&format!("topicfilter/{jobs}")),
        }),
    ])
}

/// What the second account understands by the same name.
fn own_jobs(at: &Location) -> Value {
    let jobs = "$aws/things/${iot:Connection.Thing.ThingName}/jobs/*";
    document(&[json!({
        "Effect": "Allow",
        "Action": ["iot:Publish", "iot:Receive", "iot:Subscribe"],
        "Resource": [at.arn(&format!("topic/{jobs}")), at.arn(&format!("topicfilter/{jobs}"))],
    })])
}

fn commands(at: &Location) -> Value {
    document(&[
        json!({
            "Effect": "Allow",
            "Action": "iot:Subscribe",
            "Resource": at.arn("topicfilter/press/${iot:Connection.Thing.ThingName}/commands"),
        }),
        json!({
            "Effect": "Allow",
            "Action": "iot:Receive",
            "Resource": at.arn("topic/press/${iot:Connection.Thing.ThingName}/commands"),
        }),
        json!({
            "Effect": "Deny",
            "Action": "iot:Publish",
            "Resource": at.arn("topic/press/*/commands"),
        }),
        json!({
            "Effect": "Allow",
            "Action": "iot:AssumeRoleWithCertificate",
            "Resource": at.arn("rolealias/press-uploads"),
        }),
    ])
}

fn maintenance(at: &Location) -> Value {
    let statement = json!({
        "Effect": "Allow",
        "Action": ["iot:Publish", "iot:Receive"],
        "Resource": at.arn("topic/maintenance/${iot:Connection.Thing.Attributes[line]}/*"),
    });
    document(&[statement])
}

fn bootstrap(at: &Location) -> Value {
    document(&[
        json!({ "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" }),
        json!({
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": [
                at.arn("topic/$aws/certificates/create/*"),
                at.arn("topic/$aws/provisioning-templates/fleet/provision/*"),
            ],
        }),
    ])
}

fn legacy() -> Value {
    document(&[json!({ "Effect": "Allow", "Action": "iot:*", "Resource": "*" })])
}

/// What every plant's devices may hear.
fn time(at: &Location) -> Value {
    let statement = json!({
        "Effect": "Allow",
        "Action": ["iot:Subscribe", "iot:Receive"],
        "Resource": [at.arn("topicfilter/plants/time"), at.arn("topic/plants/time")],
    });
    document(&[statement])
}

/// What the devices of a site may say.
fn alarms(at: &Location) -> Value {
    let topic = "topic/alarms/${iot:Connection.Thing.Attributes[site]}/*";
    let statement =
        json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": at.arn(topic) });
    document(&[statement])
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}
