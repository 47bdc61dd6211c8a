//! Certificates by what AWS has of them: things, groups, types, policies, authorities.

use std::collections::{BTreeSet, VecDeque};

use tokio::task::JoinSet;

use crate::{
    aws::{AttachedTo, Connection},
    domain::{CertificateId, Failure, FailureKind, Finder, FoundPart, FoundThing, Operation, ask},
    engine::{connections::Connected, listing::Pages, replies::Replies},
};

/// How many things are asked about at once.
const AT_ONCE: usize = 16;

/// Finds certificates, and answers with each part of them.
///
/// # Errors
///
/// Why nothing more can be found.
pub(super) async fn find(
    connected: Connected,
    by: Finder,
    replies: &Replies,
) -> Result<(), Failure> {
    // One thing is one call, for a person who waits for it.
    let many = !matches!(&by, Finder::Things(names) if names.len() == 1);
    let connection = connected.priority(many).connection;
    let search = Search {
        connection,
        replies,
    };
    let to_the_end = match by {
        Finder::Things(names) => search.things(names).await?,
        Finder::Group { name, below } => search.group(&name, below).await?,
        Finder::Type(name) => search.of_type(&name).await?,
        Finder::Policy(name) => search.with_policy(&name).await?,
        Finder::Authority(id) => search.of_authority(id).await?,
    };
    if to_the_end {
        replies.answer::<ask::Find>(FoundPart::Over).await;
    }
    Ok(())
}

/// A search under way. Its functions answer whether anybody still listens.
struct Search<'a> {
    connection: Connection,
    replies: &'a Replies,
}

impl Search<'_> {
    async fn answer(&self, part: FoundPart) -> bool {
        self.replies.answer::<ask::Find>(part).await
    }

    async fn group(&self, name: &str, below: bool) -> Result<bool, Failure> {
        let mut names = BTreeSet::new();
        let mut pages = Pages::new(Operation::ListThingsInThingGroup);
        while !pages.over {
            let page = self
                .connection
                .things_in_group_page(name, below, pages.from());
            names.extend(pages.turn(page.await?)?);
            if !self.answer(FoundPart::Things(names.len())).await {
                return Ok(false);
            }
        }
        self.certificates_of(names).await
    }

    async fn of_type(&self, name: &str) -> Result<bool, Failure> {
        let mut names = BTreeSet::new();
        let mut pages = Pages::new(Operation::ListThings);
        while !pages.over {
            let page = self.connection.things_page(Some(name), pages.from());
            let rows = pages.turn(page.await?)?.into_iter();
            names.extend(rows.map(|it| it.name));
            if !self.answer(FoundPart::Things(names.len())).await {
                return Ok(false);
            }
        }
        self.certificates_of(names).await
    }

    async fn with_policy(&self, name: &str) -> Result<bool, Failure> {
        let mut pages = Pages::new(Operation::ListTargetsForPolicy);
        while !pages.over {
            let page = self.connection.targets_page(name, pages.from());
            let holders = pages.turn(page.await?)?;
            for holder in &holders {
                if let AttachedTo::Group(name) = holder
                    && !self.answer(FoundPart::Group(name.clone())).await
                {
                    return Ok(false);
                }
            }
            let part = FoundPart::Certificates(certificates(&holders));
            if !self.answer(part).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn of_authority(&self, id: CertificateId) -> Result<bool, Failure> {
        let id = id.to_string();
        let mut pages = Pages::new(Operation::ListCertificatesByCA);
        while !pages.over {
            let page = self.connection.certificates_by_ca_page(&id, pages.from());
            let rows = pages.turn(page.await?)?;
            let ids = rows.into_iter().map(|row| row.id).collect();
            if !self.answer(FoundPart::Certificates(ids)).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn things(&self, names: Vec<String>) -> Result<bool, Failure> {
        let names: BTreeSet<String> = names.into_iter().collect();
        self.answer(FoundPart::Things(names.len())).await;
        self.certificates_of(names).await
    }

    /// Asks for the certificates of things, several at once. One that is not there any more is no failure.
    async fn certificates_of(&self, names: BTreeSet<String>) -> Result<bool, Failure> {
        let mut waiting: VecDeque<String> = names.into_iter().collect();
        let mut tasks = JoinSet::new();
        loop {
            while tasks.len() < AT_ONCE
                && let Some(name) = waiting.pop_front()
            {
                let connection = self.connection.clone();
                tasks.spawn(async move { of_thing(&connection, name).await });
            }
            let Some(joined) = tasks.join_next().await else {
                return Ok(true);
            };
            // A panic ends the whole request and is reported there.
            let found = joined.map_err(|_| {
                let message = "an error in certferry ended this request";
                Failure::internal(Operation::ListThingPrincipals, message)
            })??;
            if !self.answer(FoundPart::Thing(found)).await {
                return Ok(false);
            }
        }
    }
}

async fn of_thing(connection: &Connection, name: String) -> Result<FoundThing, Failure> {
    let mut ids = Vec::new();
    let mut pages = Pages::new(Operation::ListThingPrincipals);
    while !pages.over {
        match connection.principals_page(&name, pages.from()).await {
            Ok(page) => ids.extend(certificates(&pages.turn(page)?)),
            Err(failure) if failure.kind == FailureKind::NotFound => {
                let certificates = None;
                return Ok(FoundThing { name, certificates });
            }
            Err(failure) => return Err(failure),
        }
    }
    let certificates = Some(ids);
    Ok(FoundThing { name, certificates })
}

fn certificates(holders: &[AttachedTo]) -> Vec<CertificateId> {
    let ids = holders.iter().filter_map(|holder| match holder {
        AttachedTo::Certificate(id) => Some(*id),
        AttachedTo::Group(_) | AttachedTo::Other => None,
    });
    ids.collect()
}
