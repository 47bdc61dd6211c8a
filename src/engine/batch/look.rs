//! What AWS shows of a certificate now.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        self, AccountId, Attachment, Before, CertificateId, CertificateStatus, ConsoleStatus,
        Description, Failure, FailureKind, PolicyEdition, Present, Procedure, Reason, Record,
        Rejection, RunOutcome,
    },
    engine::{
        batch::shared::{Policy, Shared},
        looking::look::{self as looking, Sighting},
    },
};

/// A certificate as it is now.
pub(super) enum Presence {
    Here(Box<Present>),
    /// The account neither has it nor offers it.
    Gone,
}

impl Shared {
    /// A certificate and what is attached to it, as it is now.
    pub(super) async fn sight(&self, id: CertificateId) -> Sighting {
        looking::sight(&self.connection, &self.arn(id)).await
    }

    /// A certificate as it is now, before anything of it is changed.
    ///
    /// # Errors
    ///
    /// Why nothing of it can be changed.
    pub(super) async fn before(&self, id: CertificateId) -> Result<Before, RunOutcome> {
        let place = self.place.clone();
        let newest = self.journal(move |journal| journal.newest_run(&place, id));
        let newest = newest.await.map_err(RunOutcome::Refused)?;
        let sighting = self.unless_no_more(Box::pin(self.sight(id))).await?;
        let found = sighting
            .whole()
            .map_err(|failure| RunOutcome::Refused(self.failed(failure)))?;
        let owner = found.description.owner;
        if let Some(owner) = owner.filter(|it| *it != self.place.account) {
            return Err(RunOutcome::Refused(Reason::Owner(owner)));
        }
        let keeps_pem = matches!(&self.procedure, Procedure::Change(it) if it.is_final());
        Ok(Before {
            place: self.place.clone(),
            certificate: id,
            status: found.description.status,
            policies: found.policies.into_iter().map(|it| it.name).collect(),
            policy_editions: BTreeMap::new(),
            things: found.things,
            newest_run: Some(newest),
            pem: found.description.pem.filter(|_| keeps_pem),
        })
    }

    /// Looks at a certificate whose former state a record tells. `missing` asks in addition which
    /// of the recorded attachments do not exist any more.
    pub(super) async fn look(&self, record: &Record, missing: bool) -> Result<Presence, Reason> {
        let looked = Box::pin(self.look_at(record, missing)).await;
        looked.map_err(|failure| self.failed(failure))
    }

    async fn look_at(&self, record: &Record, missing: bool) -> Result<Presence, Failure> {
        let before = &record.before;
        let id = before.certificate;
        let Sighting {
            description,
            policies,
            things,
        } = looking::sight(&self.connection, &before.arn()).await;
        let description = match description {
            Ok(description) => Some(description),
            // The source may not see a certificate that it has offered.
            Err(failure) if failure.kind == FailureKind::NotFound => None,
            Err(failure) => return Err(failure),
        };
        let pending = |found: &Description| found.status == CertificateStatus::PendingTransfer;
        let mut outgoing = Some(false);
        let mut offered_to = None;
        let in_doubt = domain::offer_in_doubt(record, self.now());
        if in_doubt || description.as_ref().is_none_or(pending) {
            match self.offer(id).await {
                Ok(offer) => {
                    outgoing = Some(offer.is_some());
                    offered_to = offer.flatten();
                }
                // The owner fields show whose it is.
                Err(_) if description.is_some() => outgoing = None,
                Err(failure) => return Err(failure),
            }
        }
        let rejected = description.as_ref().and_then(rejection);
        let status = match &description {
            // The description can lag behind; the list of outgoing transfers decides.
            Some(found)
                if in_doubt
                    && outgoing == Some(true)
                    && !pending(found)
                    && !domain::answered_by(record, rejected.as_ref()) =>
            {
                ConsoleStatus::Transferred
            }
            Some(found) => found.console_status(outgoing, Some(before.place.account)),
            None if outgoing == Some(true) => ConsoleStatus::Transferred,
            None => return Ok(Presence::Gone),
        };
        let mut present = Present {
            status,
            offered_to,
            rejected,
            edition: description.as_ref().map(Description::edition),
            policies: BTreeSet::new(),
            things: BTreeSet::new(),
            policy_editions: BTreeMap::new(),
            gone_policies: BTreeSet::new(),
            gone_things: BTreeSet::new(),
        };
        // What is attached to a certificate that is on its way cannot be seen, and need not be.
        if !status.in_transfer() {
            present.policies = policies?.into_iter().map(|policy| policy.name).collect();
            present.things = things?.into_iter().collect();
        }
        if missing {
            self.look_for_missing(before, &mut present).await;
        }
        Ok(Presence::Here(Box::new(present)))
    }

    /// The account that a certificate is offered to, as far as AWS says it; `None` when it is
    /// offered to nobody.
    pub(super) async fn offer(
        &self,
        id: CertificateId,
    ) -> Result<Option<Option<AccountId>>, Failure> {
        let outgoing = &self.connected.outgoing;
        let offers = outgoing.list(&self.connection, self.gather()).await?;
        Ok(offers.get(&id).copied())
    }

    /// When that cannot be checked, it is assumed to exist: attaching it will show.
    async fn look_for_missing(&self, before: &Before, present: &mut Present) {
        let policies = before.policies.iter();
        let policies: Vec<String> = policies
            .filter(|name| !present.policies.contains(*name))
            .cloned()
            .collect();
        for policy in policies {
            match self.policy(&policy).await {
                Policy::Gone => {
                    present.gone_policies.insert(policy);
                }
                Policy::Says(edition) => {
                    present.policy_editions.insert(policy, edition);
                }
                Policy::Unknown => {}
            }
        }
        // In a batch that is carried out, a call for each thing would take longer than all that is to
        // be put back.
        if self.many && !self.only_plans {
            return;
        }
        for thing in &before.things {
            let attached = present.things.iter().any(|it| it.name == thing.name);
            if !attached && !self.exists_now(&Attachment::Thing(thing.clone())).await {
                present.gone_things.insert(thing.name.clone());
            }
        }
    }

    /// What policies say, as far as that can be read.
    pub(super) async fn policy_editions(
        &self,
        names: &[String],
    ) -> BTreeMap<String, PolicyEdition> {
        let mut editions = BTreeMap::new();
        for name in names {
            if let Policy::Says(edition) = self.policy(name).await {
                editions.insert(name.clone(), edition);
            }
        }
        editions
    }

    /// What a policy says. Asked once a batch.
    async fn policy(&self, name: &str) -> Policy {
        let cell = self.policy_cell(name);
        let ask = async || match self.connection.policy_document(name).await {
            Ok(document) => Policy::Says(document.edition()),
            Err(failure) if failure.kind == FailureKind::NotFound => Policy::Gone,
            Err(_) => Policy::Unknown,
        };
        cell.get_or_init(ask).await.clone()
    }

    /// Whether a policy or a thing exists, asked now.
    pub(super) async fn exists_now(&self, attachment: &Attachment) -> bool {
        let failure = match attachment {
            Attachment::Policy(name) => self.connection.policy_document(name).await.err(),
            Attachment::Thing(thing) => self.connection.thing_attributes(&thing.name).await.err(),
        };
        failure.is_none_or(|failure| failure.kind != FailureKind::NotFound)
    }
}

/// The rejection that the last transfer ended with.
fn rejection(description: &Description) -> Option<Rejection> {
    let transfer = &description.transfer;
    // AWS does not say whether the dates of an earlier transfer are kept.
    let at = (transfer.rejected).filter(|at| transfer.started.is_none_or(|started| *at >= started));
    Some(Rejection {
        at: at?,
        reason: transfer.reject_reason.clone(),
    })
}
