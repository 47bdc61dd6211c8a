//! The reads, one function an operation.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iot::types::EffectivePolicy as SdkEffectivePolicy;

use crate::{
    aws::{
        classify,
        connect::Connection,
        convert,
        reads::page::{Markers, PAGE_SIZE, Page, listed, marker, nameless},
    },
    domain::{
        Answer, CertificateArn, CertificateId, Description, EffectivePolicy, Failure, FailureKind,
        ListedCertificate, Operation, OutgoingTransfer, PolicyDocument, PolicyRef, PolicySource,
        Question as _, Read, ThingRef, ask,
    },
};

impl Connection {
    /// Answers a question that needs no more than a connection.
    pub async fn read(&self, read: &Read) -> Result<Answer, Failure> {
        Ok(match read {
            Read::PoliciesOf(of) => ask::PoliciesOf::pack(self.policies(&of.arn).await?),
            Read::EffectiveOf(of) => {
                ask::EffectiveOf::pack(self.effective_policies(&of.arn).await?)
            }
            Read::ThingsOf(of) => ask::ThingsOf::pack(self.things(&of.arn).await?),
            Read::DocumentOf(of) => ask::DocumentOf::pack(self.policy_document(&of.policy).await?),
            Read::AttributesOf(of) => {
                ask::AttributesOf::pack(self.thing_attributes(&of.thing).await?)
            }
        })
    }

    /// A page of the certificates, newest first.
    pub async fn certificates_page(
        &self,
        from: Option<&str>,
    ) -> Result<Page<ListedCertificate>, Failure> {
        self.turn(Operation::ListCertificates).await;
        let answer = self
            .iot
            .list_certificates()
            .page_size(PAGE_SIZE)
            .ascending_order(false)
            .set_marker(from.map(str::to_owned))
            .send()
            .await;
        let found = answer.map_err(|e| classify::failure(Operation::ListCertificates, &e))?;
        let all = listed(Operation::ListCertificates, found.certificates.as_deref())?;
        let rows: Vec<_> = all.iter().filter_map(convert::listed).collect();
        self.check_rows(&rows).await?;
        Ok(Page {
            unread: all.len().saturating_sub(rows.len()),
            rows,
            next: marker(found.next_marker()),
        })
    }

    /// A page of the outgoing transfers, newest first.
    pub async fn outgoing_page(
        &self,
        from: Option<&str>,
    ) -> Result<Page<OutgoingTransfer>, Failure> {
        self.turn(Operation::ListOutgoingCertificates).await;
        let answer = self
            .iot
            .list_outgoing_certificates()
            .page_size(PAGE_SIZE)
            .ascending_order(false)
            .set_marker(from.map(str::to_owned))
            .send()
            .await;
        let found =
            answer.map_err(|e| classify::failure(Operation::ListOutgoingCertificates, &e))?;
        let operation = Operation::ListOutgoingCertificates;
        let all = listed(operation, found.outgoing_certificates.as_deref())?;
        let rows: Vec<_> = all.iter().filter_map(convert::outgoing).collect();
        Ok(Page {
            unread: all.len().saturating_sub(rows.len()),
            rows,
            next: marker(found.next_marker()),
        })
    }

    /// One certificate.
    pub async fn describe(&self, id: CertificateId) -> Result<Description, Failure> {
        let operation = Operation::DescribeCertificate;
        self.turn(operation).await;
        let answer = self
            .iot
            .describe_certificate()
            .certificate_id(id.to_string())
            .send()
            .await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        found
            .certificate_description()
            .and_then(convert::description)
            .filter(|description| description.id == id)
            .ok_or_else(|| {
                classify::unreadable(operation, "the answer describes no such certificate")
            })
    }

    /// The policies attached to a certificate, all of them.
    pub async fn policies(&self, certificate: &CertificateArn) -> Result<Vec<PolicyRef>, Failure> {
        self.policies_of(&certificate.to_string()).await
    }

    /// The policies attached to a certificate or to a thing group, by its ARN.
    pub(super) async fn policies_of(&self, target: &str) -> Result<Vec<PolicyRef>, Failure> {
        let operation = Operation::ListAttachedPolicies;
        let mut policies = Vec::new();
        let mut markers = Markers::new(operation);
        let mut next = None;
        loop {
            self.turn(operation).await;
            let answer = self
                .iot
                .list_attached_policies()
                .target(target)
                .page_size(PAGE_SIZE)
                .set_marker(next)
                .send()
                .await;
            let found = answer.map_err(|e| classify::failure(operation, &e))?;
            for row in listed(operation, found.policies.as_deref())? {
                policies.push(convert::policy(row).ok_or_else(|| nameless(operation))?);
            }
            next = markers.advance(marker(found.next_marker()))?;
            if next.is_none() {
                return Ok(policies);
            }
        }
    }

    /// The policies that have an effect on devices that use a certificate. AWS does not say where they come
    /// from, so what is attached to the certificate, and to the groups of its things and those above them, is
    /// listed.
    async fn effective_policies(
        &self,
        certificate: &CertificateArn,
    ) -> Result<Vec<EffectivePolicy>, Failure> {
        let things: Vec<String> = self
            .things(certificate)
            .await?
            .into_iter()
            .map(|it| it.name)
            .collect();
        let mut found: BTreeMap<String, BTreeSet<PolicySource>> = BTreeMap::new();
        // A device without a thing has what is attached to its certificate.
        let devices = things
            .iter()
            .map(Some)
            .chain(things.is_empty().then_some(None));
        for thing in devices {
            for name in self.effective_for(certificate, thing).await? {
                found.entry(name).or_default();
            }
        }
        let mut comes_from = |policies: Vec<PolicyRef>, source: &PolicySource| {
            for policy in policies {
                if let Some(from) = found.get_mut(&policy.name) {
                    from.insert(source.clone());
                }
            }
        };
        comes_from(
            self.policies(certificate).await?,
            &PolicySource::Certificate,
        );
        let mut of_groups: BTreeMap<String, Vec<PolicyRef>> = BTreeMap::new();
        for thing in &things {
            for (group, arn) in self.groups_of(thing).await? {
                if !of_groups.contains_key(&arn) {
                    let attached = self.policies_of(&arn).await?;
                    of_groups.insert(arn.clone(), attached);
                }
                let thing = thing.clone();
                let source = PolicySource::ThingGroup { group, thing };
                comes_from(of_groups.get(&arn).cloned().unwrap_or_default(), &source);
            }
        }
        let policies = found.into_iter();
        Ok(policies
            .map(|(name, from)| EffectivePolicy { name, from })
            .collect())
    }

    /// The names of the policies that have an effect on a device that connects by a thing's name.
    async fn effective_for(
        &self,
        certificate: &CertificateArn,
        thing: Option<&String>,
    ) -> Result<Vec<String>, Failure> {
        let operation = Operation::GetEffectivePolicies;
        self.turn(operation).await;
        let call = self.iot.get_effective_policies();
        let call = call
            .principal(certificate.to_string())
            .set_thing_name(thing.cloned());
        let found = call
            .send()
            .await
            .map_err(|e| classify::failure(operation, &e))?;
        let all = listed(operation, found.effective_policies.as_deref())?;
        let name = |it: &SdkEffectivePolicy| {
            (it.policy_name().and_then(convert::name)).ok_or_else(|| nameless(operation))
        };
        all.iter().map(name).collect()
    }

    /// The things attached to a certificate, all of them. An endpoint that does not know the
    /// second version of the operation is asked with the first one, from then on. AWS itself knows
    /// it: an answer without a code is then from something in between, and the first version would
    /// forget how the things are attached.
    pub async fn things(&self, certificate: &CertificateArn) -> Result<Vec<ThingRef>, Failure> {
        if self.knows_things_v2() {
            match self.things_v2(certificate).await {
                Err(failure)
                    if failure.kind == FailureKind::NotSupported
                        && (failure.code.is_some() || !self.is_aws()) =>
                {
                    self.forget_things_v2();
                }
                answer => return answer,
            }
        }
        self.things_v1(certificate).await
    }

    async fn things_v2(&self, certificate: &CertificateArn) -> Result<Vec<ThingRef>, Failure> {
        let operation = Operation::ListPrincipalThings;
        let mut things = Vec::new();
        let mut markers = Markers::new(operation);
        let mut next = None;
        loop {
            self.turn(operation).await;
            let answer = self
                .iot
                .list_principal_things_v2()
                .principal(certificate.to_string())
                .max_results(PAGE_SIZE)
                .set_next_token(next)
                .send()
                .await;
            let found = answer.map_err(|e| classify::failure(operation, &e))?;
            for row in listed(operation, found.principal_thing_objects.as_deref())? {
                things.push(convert::thing(row).ok_or_else(|| nameless(operation))?);
            }
            next = markers.advance(marker(found.next_token()))?;
            if next.is_none() {
                return Ok(things);
            }
        }
    }

    async fn things_v1(&self, certificate: &CertificateArn) -> Result<Vec<ThingRef>, Failure> {
        let operation = Operation::ListPrincipalThings;
        let mut things = Vec::new();
        let mut markers = Markers::new(operation);
        let mut next = None;
        loop {
            self.turn(operation).await;
            let answer = self
                .iot
                .list_principal_things()
                .principal(certificate.to_string())
                .max_results(PAGE_SIZE)
                .set_next_token(next)
                .send()
                .await;
            let found = answer.map_err(|e| classify::failure(operation, &e))?;
            for name in listed(operation, found.things.as_deref())? {
                things.push(ThingRef {
                    name: convert::name(name).ok_or_else(|| nameless(operation))?,
                    principal_type: None,
                });
            }
            next = markers.advance(marker(found.next_token()))?;
            if next.is_none() {
                return Ok(things);
            }
        }
    }

    /// A policy with its document.
    pub async fn policy_document(&self, name: &str) -> Result<PolicyDocument, Failure> {
        self.turn(Operation::GetPolicy).await;
        let answer = self.iot.get_policy().policy_name(name).send().await;
        let found = answer.map_err(|e| classify::failure(Operation::GetPolicy, &e))?;
        Ok(convert::policy_document(name, &found))
    }
}
