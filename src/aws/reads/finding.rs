//! The listings by which certificates are found: by a thing, a group, a type, a policy or an authority. A page each.

use crate::{
    aws::{
        classify,
        connect::Connection,
        convert,
        reads::page::{PAGE_SIZE, Page, listed, marker, nameless},
    },
    domain::{CertificateArn, CertificateId, Failure, ListedCertificate, Operation},
};

/// What a policy or a thing is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachedTo {
    /// A certificate.
    Certificate(CertificateId),
    /// A thing group, by its name. Foreign text.
    Group(String),
    /// Something else: an identity of Amazon Cognito.
    Other,
}

impl AttachedTo {
    fn of(arn: &str) -> Self {
        let group = || arn.split_once(":thinggroup/").map(|(_, name)| name);
        match (CertificateArn::parse(arn), group()) {
            (Some(arn), _) => Self::Certificate(arn.id),
            (None, Some(name)) => Self::Group(name.to_owned()),
            (None, None) => Self::Other,
        }
    }
}

/// The names of a page.
fn names(operation: Operation, rows: &[String]) -> Result<Vec<String>, Failure> {
    let name = |row: &String| convert::name(row).ok_or_else(|| nameless(operation));
    rows.iter().map(name).collect()
}

impl Connection {
    /// The principals of a thing.
    pub async fn principals_page(
        &self,
        thing: &str,
        from: Option<&str>,
    ) -> Result<Page<AttachedTo>, Failure> {
        let operation = Operation::ListThingPrincipals;
        self.turn(operation).await;
        let call = self.iot.list_thing_principals().thing_name(thing);
        let call = call.max_results(PAGE_SIZE);
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.principals.as_deref())?;
        Ok(Page {
            rows: rows.iter().map(|it| AttachedTo::of(it)).collect(),
            unread: 0,
            next: marker(found.next_token()),
        })
    }

    /// What a policy is attached to.
    pub async fn targets_page(
        &self,
        policy: &str,
        from: Option<&str>,
    ) -> Result<Page<AttachedTo>, Failure> {
        let operation = Operation::ListTargetsForPolicy;
        self.turn(operation).await;
        let call = self.iot.list_targets_for_policy().policy_name(policy);
        let call = call.page_size(PAGE_SIZE);
        let answer = call.set_marker(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.targets.as_deref())?;
        Ok(Page {
            rows: rows.iter().map(|it| AttachedTo::of(it)).collect(),
            unread: 0,
            next: marker(found.next_marker()),
        })
    }

    /// The things of a group, with those of the groups below it when these are wanted too.
    pub async fn things_in_group_page(
        &self,
        group: &str,
        below: bool,
        from: Option<&str>,
    ) -> Result<Page<String>, Failure> {
        let operation = Operation::ListThingsInThingGroup;
        self.turn(operation).await;
        let call = self.iot.list_things_in_thing_group();
        let call = call.thing_group_name(group).recursive(below);
        let call = call.max_results(PAGE_SIZE);
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        Ok(Page {
            rows: names(operation, listed(operation, found.things.as_deref())?)?,
            unread: 0,
            next: marker(found.next_token()),
        })
    }

    /// The certificates that were registered with an authority, newest first.
    pub async fn certificates_by_ca_page(
        &self,
        authority: &str,
        from: Option<&str>,
    ) -> Result<Page<ListedCertificate>, Failure> {
        let operation = Operation::ListCertificatesByCA;
        self.turn(operation).await;
        let call = self.iot.list_certificates_by_ca();
        let call = call.ca_certificate_id(authority).page_size(PAGE_SIZE);
        let call = call.ascending_order(false);
        let answer = call.set_marker(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let all = listed(operation, found.certificates.as_deref())?;
        let rows: Vec<_> = all.iter().filter_map(convert::listed).collect();
        self.check_rows(&rows).await?;
        Ok(Page {
            unread: all.len().saturating_sub(rows.len()),
            rows,
            next: marker(found.next_marker()),
        })
    }
}
