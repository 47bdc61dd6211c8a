//! The reads of the registry: things, their types and groups, certificate authorities.

use std::collections::BTreeSet;

use aws_sdk_iot::types::{
    AutoRegistrationStatus, GroupNameAndArn, ThingGroupMetadata, ThingTypeProperties,
};

use crate::{
    aws::{
        classify,
        connect::Connection,
        convert,
        reads::page::{Markers, PAGE_SIZE, listed, marker, nameless},
    },
    domain::{Failure, FailureKind, Operation, ThingAttributes, TypeProperties},
};

/// The largest page of a thing's shadows (service model of the data plane).
const SHADOWS: i32 = 100;

/// A thing group's name and ARN.
type NamedGroup = (String, String);

fn group(operation: Operation, row: &GroupNameAndArn) -> Result<NamedGroup, Failure> {
    let name = row.group_name().and_then(convert::name);
    let both = name.zip(row.group_arn().map(str::to_owned));
    both.ok_or_else(|| nameless(operation))
}

/// A thing group as `DescribeThingGroup` shows it.
#[derive(Debug)]
pub struct GroupFound {
    /// Its ARN.
    pub arn: String,
    /// The groups above it.
    pub above: Vec<NamedGroup>,
    /// Whether a query decides which things are in it (Developer Guide, `dynamic-thing-groups`).
    pub dynamic: bool,
}

impl Connection {
    /// A thing with its attributes.
    pub async fn thing_attributes(&self, name: &str) -> Result<ThingAttributes, Failure> {
        self.turn(Operation::DescribeThing).await;
        let answer = self.iot.describe_thing().thing_name(name).send().await;
        let found = answer.map_err(|e| classify::failure(Operation::DescribeThing, &e))?;
        Ok(convert::thing_attributes(name, &found))
    }

    /// The groups that a thing is in, and those above them.
    pub(super) async fn groups_of(&self, thing: &str) -> Result<BTreeSet<NamedGroup>, Failure> {
        let mut groups = BTreeSet::new();
        for (name, arn) in self.groups_with(thing).await? {
            groups.extend(self.group(&name).await?.above);
            groups.insert((name, arn));
        }
        Ok(groups)
    }

    /// The groups that a thing is in itself.
    pub async fn groups_with(&self, thing: &str) -> Result<Vec<NamedGroup>, Failure> {
        let operation = Operation::ListThingGroupsForThing;
        let mut groups = Vec::new();
        let mut markers = Markers::new(operation);
        let mut next = None;
        loop {
            self.turn(operation).await;
            let call = self.iot.list_thing_groups_for_thing().thing_name(thing);
            let call = call.max_results(PAGE_SIZE).set_next_token(next);
            let found = call
                .send()
                .await
                .map_err(|e| classify::failure(operation, &e))?;
            for row in listed(operation, found.thing_groups.as_deref())? {
                groups.push(group(operation, row)?);
            }
            next = markers.advance(marker(found.next_token()))?;
            if next.is_none() {
                return Ok(groups);
            }
        }
    }

    /// A thing group.
    pub async fn group(&self, name: &str) -> Result<GroupFound, Failure> {
        let operation = Operation::DescribeThingGroup;
        self.turn(operation).await;
        let call = self.iot.describe_thing_group().thing_group_name(name);
        let found = call
            .send()
            .await
            .map_err(|e| classify::failure(operation, &e))?;
        let above = found
            .thing_group_metadata()
            .map(ThingGroupMetadata::root_to_parent_thing_groups);
        let above = above.unwrap_or_default().iter();
        Ok(GroupFound {
            dynamic: found.query_string().is_some(),
            arn: found
                .thing_group_arn()
                .ok_or_else(|| nameless(operation))?
                .to_owned(),
            above: above
                .map(|row| group(operation, row))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The names of the policies attached to a thing group itself.
    pub async fn policies_of_group(&self, arn: &str) -> Result<Vec<String>, Failure> {
        let policies = self.policies_of(arn).await?.into_iter();
        Ok(policies.map(|policy| policy.name).collect())
    }

    /// What a thing type says.
    pub async fn thing_type(&self, name: &str) -> Result<TypeProperties, Failure> {
        let operation = Operation::DescribeThingType;
        self.turn(operation).await;
        let call = self.iot.describe_thing_type().thing_type_name(name);
        let found = call.send().await;
        let found = found.map_err(|e| classify::failure(operation, &e))?;
        let said = found.thing_type_properties();
        let description = said.and_then(|it| it.thing_type_description());
        let searchable = said.map(ThingTypeProperties::searchable_attributes);
        Ok(TypeProperties {
            description: description.map(str::to_owned),
            searchable: searchable.unwrap_or_default().to_vec(),
        })
    }

    /// Whether there is a thing type of this name.
    pub async fn has_type(&self, name: &str) -> Result<bool, Failure> {
        Ok(if_there(self.thing_type(name).await)?.is_some())
    }

    /// Whether a certificate authority registers certificates that it does not know, at their first connection
    /// (Developer Guide, `auto-register-device-cert`); `None` when it is not registered.
    pub async fn ca_registers(&self, id: &str) -> Result<Option<bool>, Failure> {
        let operation = Operation::DescribeCACertificate;
        self.turn(operation).await;
        let call = self.iot.describe_ca_certificate().certificate_id(id);
        let answer = call.send().await;
        let found = if_there(answer.map_err(|e| classify::failure(operation, &e)))?;
        Ok(found.map(|found| {
            let described = found.certificate_description();
            let status = described.and_then(|it| it.auto_registration_status());
            status == Some(&AutoRegistrationStatus::Enable)
        }))
    }

    /// Whether the device of a thing is connected, as the fleet index has it; `None` when it has nothing of this
    /// thing.
    pub async fn is_connected(&self, thing: &str) -> Result<Option<bool>, Failure> {
        let operation = Operation::GetThingConnectivityData;
        self.turn(operation).await;
        let call = self.iot.get_thing_connectivity_data().thing_name(thing);
        let answer = call.send().await;
        let found = if_there(answer.map_err(|e| classify::failure(operation, &e)))?;
        Ok(found.and_then(|found| found.connected()))
    }

    /// How many shadows a thing has: the classic one, and those with names.
    pub async fn shadows(&self, thing: &str) -> Result<usize, Failure> {
        let operation = Operation::GetThingShadow;
        self.turn(operation).await;
        let classic = self.data.get_thing_shadow().thing_name(thing).send().await;
        let classic = if_there(classic.map_err(|e| classify::failure(operation, &e)))?;
        let operation = Operation::ListNamedShadowsForThing;
        let mut count = usize::from(classic.is_some());
        let mut markers = Markers::new(operation);
        let mut next = None;
        loop {
            self.turn(operation).await;
            let call = self.data.list_named_shadows_for_thing().thing_name(thing);
            let call = call.page_size(SHADOWS).set_next_token(next);
            let found = call
                .send()
                .await
                .map_err(|e| classify::failure(operation, &e))?;
            count = count.saturating_add(found.results().len());
            next = markers.advance(marker(found.next_token()))?;
            if next.is_none() {
                return Ok(count);
            }
        }
    }
}

/// What was asked for; `None` when there is no such thing.
fn if_there<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}
