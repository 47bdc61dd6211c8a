//! What exists besides certificates: listed by name, and one of it in full.

use crate::{
    aws::{AttachedTo, Connection},
    domain::{
        AttachmentTargets, Call, Failure, InFull, NamedKind, NamedPart, Operation, PolicyInFull,
        PolicyVersion, ThingInFull, ask,
    },
    engine::{
        connections::Connected,
        listing::Pages,
        replies::{Replies, nobody_answers},
    },
};

/// The most pages that are read of what one policy or one thing is attached to: a thousand rows.
const MOST_PAGES: usize = 4;

/// Answers a question about what exists besides certificates.
///
/// # Errors
///
/// Why it cannot be answered.
pub(super) async fn answer(
    call: Call,
    connected: &Connected,
    replies: &Replies,
) -> Result<(), Failure> {
    match call {
        Call::NamesThatExist(kind, beginning, most) => {
            let of = ask::NamesThatExist {
                kind,
                beginning,
                most,
            };
            names_that_exist(&connected.connection, of, replies).await?;
        }
        Call::AttachmentTargets(kind, name) => {
            // Nobody waits for it.
            let connection = connected.clone().priority(true).connection;
            let targets = targets(&connection, kind, &name, 1).await?;
            replies.answer::<ask::TargetsOf>(targets).await;
        }
        Call::AllOf(kind, name) => {
            let all = in_full(connected, kind, &name).await?;
            replies.answer::<ask::AllOf>(Box::new(all)).await;
        }
        other => return Err(nobody_answers(&other)),
    }
    Ok(())
}

/// Lists what exists of a kind, a page an answer, until there is no more or as much as is wanted.
///
/// # Errors
///
/// Why no more can be listed.
async fn names_that_exist(
    connection: &Connection,
    of: ask::NamesThatExist,
    replies: &Replies,
) -> Result<(), Failure> {
    let mut pages = Pages::new(of.kind.operation());
    let mut room = of.most;
    loop {
        let page = connection.named_page(of.kind, &of.beginning, pages.from());
        let mut rows = pages.turn(page.await?)?;
        let cut = rows.len() > room;
        rows.truncate(room);
        room = room.saturating_sub(rows.len());
        let last = pages.over || room == 0;
        let more = last && (cut || !pages.over);
        let part = NamedPart { rows, last, more };
        if !replies.answer::<ask::NamesThatExist>(part).await || last {
            return Ok(());
        }
    }
}

/// What a policy or a thing is attached to, as far as so many pages say it.
///
/// # Errors
///
/// Why it cannot be listed.
async fn targets(
    connection: &Connection,
    kind: NamedKind,
    name: &str,
    most_pages: usize,
) -> Result<AttachmentTargets, Failure> {
    let operation = match kind {
        NamedKind::Policy => Operation::ListTargetsForPolicy,
        _ => Operation::ListThingPrincipals,
    };
    let mut targets = AttachmentTargets::default();
    let mut pages = Pages::new(operation);
    for _ in 0..most_pages {
        let page = match kind {
            NamedKind::Policy => connection.targets_page(name, pages.from()).await,
            _ => connection.principals_page(name, pages.from()).await,
        };
        for target in pages.turn(page?)? {
            match target {
                AttachedTo::Certificate(id) => targets.certificates.push(id),
                AttachedTo::Group(name) => targets.groups.push(name),
                AttachedTo::Other => targets.others = targets.others.saturating_add(1),
            }
        }
        if pages.over {
            break;
        }
    }
    targets.more = !pages.over;
    Ok(targets)
}

/// Everything of a policy or of a thing. What cannot be read of it says so in its own place.
///
/// # Errors
///
/// Why nothing of it can be read.
async fn in_full(connected: &Connected, kind: NamedKind, name: &str) -> Result<InFull, Failure> {
    let connection = &connected.connection;
    match kind {
        NamedKind::Policy => Ok(InFull::Policy(policy(connection, name).await?)),
        _ => Ok(InFull::Thing(thing(connection, name).await?)),
    }
}

async fn policy(connection: &Connection, name: &str) -> Result<PolicyInFull, Failure> {
    let counts = connection.policy_document(name).await?;
    let versions = versions(connection, name, (&counts.version, &counts.document)).await;
    let targets = targets(connection, NamedKind::Policy, name, MOST_PAGES).await;
    Ok(PolicyInFull {
        versions: versions.map_err(Box::new),
        document: (counts.version, counts.document),
        targets: targets.map_err(Box::new),
    })
}

/// The versions of a policy, the newest first. The one that was read already is not read again.
async fn versions(
    connection: &Connection,
    name: &str,
    (read, document): (&Option<String>, &str),
) -> Result<Vec<PolicyVersion>, Failure> {
    let mut all = Vec::new();
    for listed in connection.policy_versions(name).await? {
        let document = if read.as_ref() == Some(&listed.id) {
            Ok(document.to_owned())
        } else {
            connection.policy_version(name, &listed.id).await
        };
        all.push(PolicyVersion {
            id: listed.id,
            is_default: listed.is_default,
            created: listed.created,
            document: document.map_err(Box::new),
        });
    }
    // AWS does not say in which order it lists them. They are numbered one after the other.
    all.sort_by_key(|it| std::cmp::Reverse(it.id.parse::<u64>().unwrap_or_default()));
    Ok(all)
}

async fn thing(connection: &Connection, name: &str) -> Result<ThingInFull, Failure> {
    let attributes = connection.thing_attributes(name).await?;
    let groups = connection.groups_with(name).await;
    let targets = targets(connection, NamedKind::Thing, name, MOST_PAGES).await;
    let names = groups.map(|all| all.into_iter().map(|(name, _)| name).collect());
    Ok(ThingInFull {
        attributes,
        groups: names.map_err(Box::new),
        targets: targets.map_err(Box::new),
    })
}
