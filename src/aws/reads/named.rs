//! What exists besides certificates: things, groups, types, policies with their versions, and authorities.

use crate::{
    aws::{
        classify,
        connect::Connection,
        convert,
        reads::page::{PAGE_SIZE, Page, listed, marker, nameless},
    },
    domain::{Failure, Named, NamedKind, Operation, Timestamp},
};

/// A version of a policy, as it is listed.
#[derive(Debug)]
pub struct ListedVersion {
    /// Its number.
    pub id: String,
    /// Whether it is the one that counts.
    pub is_default: bool,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// A page of names without anything else.
fn named<'a>(
    operation: Operation,
    names: impl Iterator<Item = Option<&'a str>>,
) -> Result<Vec<Named>, Failure> {
    let name = |name: Option<&str>| {
        let name = name.and_then(convert::name);
        let type_name = None;
        name.map(|name| Named { name, type_name })
            .ok_or_else(|| nameless(operation))
    };
    names.map(name).collect()
}

impl Connection {
    /// A page of what exists of a kind. Of the groups, those whose names begin so: the others cannot be asked for like
    /// that.
    pub async fn named_page(
        &self,
        kind: NamedKind,
        beginning: &str,
        from: Option<&str>,
    ) -> Result<Page<Named>, Failure> {
        match kind {
            NamedKind::Thing => self.things_page(None, from).await,
            NamedKind::Group => self.groups_page(beginning, from).await,
            NamedKind::Type => self.types_page(from).await,
            NamedKind::Policy => self.policies_page(from).await,
            NamedKind::Authority => self.authorities_page(from).await,
        }
    }

    /// The things, or those of a type.
    pub async fn things_page(
        &self,
        of_type: Option<&str>,
        from: Option<&str>,
    ) -> Result<Page<Named>, Failure> {
        let operation = Operation::ListThings;
        self.turn(operation).await;
        let call = self.iot.list_things().max_results(PAGE_SIZE);
        let call = call.set_thing_type_name(of_type.map(str::to_owned));
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let all = listed(operation, found.things.as_deref())?;
        let mut rows = named(operation, all.iter().map(|row| row.thing_name()))?;
        for (row, of) in rows.iter_mut().zip(all) {
            row.type_name = of.thing_type_name().and_then(convert::name);
        }
        Ok(Page {
            rows,
            unread: 0,
            next: marker(found.next_token()),
        })
    }

    async fn groups_page(
        &self,
        beginning: &str,
        from: Option<&str>,
    ) -> Result<Page<Named>, Failure> {
        let operation = Operation::ListThingGroups;
        self.turn(operation).await;
        let beginning = Some(beginning.to_owned()).filter(|it| !it.is_empty());
        let call = self.iot.list_thing_groups().max_results(PAGE_SIZE);
        let call = call.recursive(true).set_name_prefix_filter(beginning);
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.thing_groups.as_deref())?;
        Ok(Page {
            rows: named(operation, rows.iter().map(|row| row.group_name()))?,
            unread: 0,
            next: marker(found.next_token()),
        })
    }

    async fn types_page(&self, from: Option<&str>) -> Result<Page<Named>, Failure> {
        let operation = Operation::ListThingTypes;
        self.turn(operation).await;
        let call = self.iot.list_thing_types().max_results(PAGE_SIZE);
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.thing_types.as_deref())?;
        Ok(Page {
            rows: named(operation, rows.iter().map(|row| row.thing_type_name()))?,
            unread: 0,
            next: marker(found.next_token()),
        })
    }

    async fn policies_page(&self, from: Option<&str>) -> Result<Page<Named>, Failure> {
        let operation = Operation::ListPolicies;
        self.turn(operation).await;
        let call = self.iot.list_policies().page_size(PAGE_SIZE);
        let answer = call.set_marker(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.policies.as_deref())?;
        Ok(Page {
            rows: named(operation, rows.iter().map(|row| row.policy_name()))?,
            unread: 0,
            next: marker(found.next_marker()),
        })
    }

    async fn authorities_page(&self, from: Option<&str>) -> Result<Page<Named>, Failure> {
        let operation = Operation::ListCACertificates;
        self.turn(operation).await;
        let call = self.iot.list_ca_certificates().page_size(PAGE_SIZE);
        let answer = call.set_marker(from.map(str::to_owned)).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.certificates.as_deref())?;
        Ok(Page {
            rows: named(operation, rows.iter().map(|row| row.certificate_id()))?,
            unread: 0,
            next: marker(found.next_marker()),
        })
    }

    /// The versions of a policy. AWS lists all of them at once: there are five at most.
    pub async fn policy_versions(&self, policy: &str) -> Result<Vec<ListedVersion>, Failure> {
        let operation = Operation::ListPolicyVersions;
        self.turn(operation).await;
        let answer = self.iot.list_policy_versions().policy_name(policy).send();
        let found = answer.await;
        let found = found.map_err(|e| classify::failure(operation, &e))?;
        let rows = listed(operation, found.policy_versions.as_deref())?.iter();
        rows.map(|row| {
            let id = row.version_id().and_then(convert::name);
            Ok(ListedVersion {
                id: id.ok_or_else(|| nameless(operation))?,
                is_default: row.is_default_version(),
                created: convert::timestamp(row.create_date()),
            })
        })
        .collect()
    }

    /// The document of a version of a policy.
    pub async fn policy_version(&self, policy: &str, version: &str) -> Result<String, Failure> {
        let operation = Operation::GetPolicyVersion;
        self.turn(operation).await;
        let call = self.iot.get_policy_version().policy_name(policy);
        let answer = call.policy_version_id(version).send().await;
        let found = answer.map_err(|e| classify::failure(operation, &e))?;
        let document = found.policy_document().map(str::to_owned);
        document.ok_or_else(|| classify::unreadable(operation, "the answer has no document"))
    }
}
