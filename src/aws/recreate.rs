//! The calls that give a certificate in its new account what its device needs there, and that test it.

use std::collections::HashMap;

use aws_sdk_iot::{
    operation::RequestId,
    types::{
        ActionType, AttributePayload, AuthDecision, AuthInfo, AuthResult, ExplicitDeny,
        ThingTypeProperties,
    },
};

use crate::{
    aws::{classify, connect::Connection, reads::page::listed},
    domain::{
        Attachment, AuthAction, AuthCheck, AuthRefusal, CertificateArn, Failure, Operation, Proof,
        Resource, TypeProperties,
    },
};

/// How many questions one call takes (service model of `TestAuthorization`).
const MOST_CHECKS: usize = 10;
/// The endpoint that devices connect to: with a certificate that devices trust (API reference,
/// `DescribeEndpoint`).
const DATA_ENDPOINT: &str = "iot:Data-ATS";

impl Connection {
    /// Creates something.
    pub(super) async fn create(&self, resource: &Resource) -> Result<Option<String>, Failure> {
        match resource {
            Resource::Policy { name, document } => {
                let call = self.iot.create_policy();
                let call = call.policy_name(name).policy_document(document);
                let done = call.send().await;
                let done = done.map_err(|e| classify::failure(Operation::CreatePolicy, &e))?;
                Ok(done.request_id().map(str::to_owned))
            }
            Resource::ThingType { name, properties } => {
                let searchable = &properties.searchable;
                let searchable = (!searchable.is_empty()).then(|| searchable.clone());
                let said = ThingTypeProperties::builder()
                    .set_thing_type_description(properties.description.clone())
                    .set_searchable_attributes(searchable)
                    .build();
                let said = (*properties != TypeProperties::default()).then_some(said);
                let call = self.iot.create_thing_type().thing_type_name(name);
                let call = call.set_thing_type_properties(said);
                let done = call.send().await;
                let done = done.map_err(|e| classify::failure(Operation::CreateThingType, &e))?;
                Ok(done.request_id().map(str::to_owned))
            }
            Resource::Thing {
                name,
                type_name,
                attributes,
            } => {
                let attributes: HashMap<String, String> = attributes.iter().cloned().collect();
                let payload = (!attributes.is_empty()).then(|| {
                    AttributePayload::builder()
                        .set_attributes(Some(attributes))
                        .build()
                });
                let call = self.iot.create_thing().thing_name(name);
                let call = call
                    .set_thing_type_name(type_name.clone())
                    .set_attribute_payload(payload);
                let done = call.send().await;
                let done = done.map_err(|e| classify::failure(Operation::CreateThing, &e))?;
                Ok(done.request_id().map(str::to_owned))
            }
        }
    }

    /// Adds a thing to a group.
    pub(super) async fn join(&self, thing: &str, group: &str) -> Result<Option<String>, Failure> {
        let call = self.iot.add_thing_to_thing_group();
        let call = call.thing_name(thing).thing_group_name(group);
        let done = call.send().await;
        let done = done.map_err(|e| classify::failure(Operation::AddThingToThingGroup, &e))?;
        Ok(done.request_id().map(str::to_owned))
    }

    /// Deletes a policy or a thing.
    pub(super) async fn remove(&self, it: &Attachment) -> Result<Option<String>, Failure> {
        match it {
            Attachment::Policy(name) => {
                let done = self.iot.delete_policy().policy_name(name).send().await;
                let done = done.map_err(|e| classify::failure(Operation::DeletePolicy, &e))?;
                Ok(done.request_id().map(str::to_owned))
            }
            Attachment::Thing(thing) => {
                let call = self.iot.delete_thing().thing_name(&thing.name);
                let done = call.send().await;
                let done = done.map_err(|e| classify::failure(Operation::DeleteThing, &e))?;
                Ok(done.request_id().map(str::to_owned))
            }
        }
    }

    /// How much a policy or a thing is attached to, as far as one page tells.
    pub async fn uses(&self, it: &Attachment) -> Result<usize, Failure> {
        match it {
            Attachment::Policy(name) => {
                let operation = Operation::ListTargetsForPolicy;
                self.turn(operation).await;
                let found = self.iot.list_targets_for_policy().policy_name(name);
                let found = found.send().await;
                let found = found.map_err(|e| classify::failure(operation, &e))?;
                Ok(listed(operation, found.targets.as_deref())?.len())
            }
            Attachment::Thing(thing) => {
                let operation = Operation::ListThingPrincipals;
                self.turn(operation).await;
                let found = self.iot.list_thing_principals().thing_name(&thing.name);
                let found = found.send().await;
                let found = found.map_err(|e| classify::failure(operation, &e))?;
                Ok(listed(operation, found.principals.as_deref())?.len())
            }
        }
    }

    /// Asks whether a certificate lets its device do what a proof says; answers with what is refused.
    pub async fn refused(
        &self,
        certificate: &CertificateArn,
        proof: &Proof,
    ) -> Result<Vec<AuthRefusal>, Failure> {
        let operation = Operation::TestAuthorization;
        let mut refused = Vec::new();
        for checks in proof.checks.chunks(MOST_CHECKS) {
            self.turn(operation).await;
            let infos = checks.iter().map(info).collect::<Result<Vec<_>, _>>()?;
            let call = self.iot.test_authorization();
            let call = call
                .principal(certificate.to_string())
                .set_client_id(proof.client.clone())
                .set_auth_infos(Some(infos));
            let found = call.send().await;
            let found = found.map_err(|e| classify::failure(operation, &e))?;
            let results = found.auth_results();
            for (n, check) in checks.iter().enumerate() {
                // AWS does not say that the answers come in the order of the questions.
                let answers = |it: &&AuthResult| it.auth_info().is_some_and(|it| is_of(it, check));
                let unnamed = |it: &&AuthResult| it.auth_info().is_none();
                let result = results.iter().find(answers);
                let result = result.or_else(|| results.get(n).filter(unnamed));
                let result = result.ok_or_else(|| {
                    let message = "the answer does not say of every question whether it is allowed";
                    classify::unreadable(operation, message)
                })?;
                refused.extend(refusal(check, result));
            }
        }
        Ok(refused)
    }

    /// The address that devices connect to in this account and region.
    pub async fn data_endpoint(&self) -> Result<String, Failure> {
        let operation = Operation::DescribeEndpoint;
        self.turn(operation).await;
        let call = self.iot.describe_endpoint().endpoint_type(DATA_ENDPOINT);
        let found = call
            .send()
            .await
            .map_err(|e| classify::failure(operation, &e))?;
        let address = found.endpoint_address().filter(|it| !it.is_empty());
        address
            .map(str::to_owned)
            .ok_or_else(|| classify::unreadable(operation, "the answer has no endpoint in it"))
    }
}

const fn action_type(action: AuthAction) -> ActionType {
    match action {
        AuthAction::Connect => ActionType::Connect,
        AuthAction::Publish => ActionType::Publish,
        AuthAction::Subscribe => ActionType::Subscribe,
        AuthAction::Receive => ActionType::Receive,
    }
}

fn info(check: &AuthCheck) -> Result<AuthInfo, Failure> {
    let info = AuthInfo::builder()
        .action_type(action_type(check.action))
        .set_resources(Some(check.resources.clone()))
        .build();
    info.map_err(|e| Failure::internal(Operation::TestAuthorization, e.to_string()))
}

fn is_of(info: &AuthInfo, check: &AuthCheck) -> bool {
    info.action_type() == Some(&action_type(check.action)) && info.resources() == check.resources
}

/// What an answer refuses. One that says neither is a refusal: it is not known to be allowed.
fn refusal(check: &AuthCheck, result: &AuthResult) -> Option<AuthRefusal> {
    if result.auth_decision() == Some(&AuthDecision::Allowed) {
        return None;
    }
    let denied = result.denied().and_then(|it| it.explicit_deny());
    let policies = denied
        .map(ExplicitDeny::policies)
        .unwrap_or_default()
        .iter();
    let denied_by = policies.filter_map(|it| it.policy_name().map(str::to_owned));
    Some(AuthRefusal {
        check: check.clone(),
        explicit: result.auth_decision() == Some(&AuthDecision::ExplicitDeny),
        denied_by: denied_by.collect(),
    })
}
