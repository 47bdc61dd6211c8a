//! What certificates would lose: each is read, and what many of them share is read once.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::JoinSet;

use crate::{
    domain::{
        Belongings, CaRead, CertificateId, Document, Failure, FailureKind, GroupRead, HeldThing,
        Operation, Place, PolicyRead, PolicyThere, SurveyPart, There, ThingRef, TypeRead, ask,
    },
    engine::{connections::Connected, looking::look::sight, replies::Replies},
};

/// How much is read at once.
const AT_ONCE: usize = 16;

/// Something to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Certificate(CertificateId),
    Policy(String),
    Group(String),
    Type(String),
    Ca(String),
}

/// The two accounts.
struct Sides {
    here: Connected,
    at: Place,
    there: Option<Beside>,
    /// Whether the fleet index answers.
    indexed: AtomicBool,
    /// Whether shadows may be counted.
    counted: AtomicBool,
}

/// The account that is compared with.
struct Beside {
    connected: Connected,
    /// Where that is, or why it is not known.
    at: Result<Place, String>,
}

/// Reads what certificates have, and what is shared by them once, and answers with each.
///
/// # Errors
///
/// Why nothing more can be read: what concerns one certificate alone stands in its part.
pub(super) async fn survey(
    here: Connected,
    there: Option<Connected>,
    certificates: Vec<CertificateId>,
    replies: &Replies,
) -> Result<(), Failure> {
    let many = certificates.len() > 1;
    let at = here.place().await?;
    let there = match there.map(|it| it.priority(many)) {
        Some(connected) => {
            let at = connected.place().await;
            let at = at.map_err(|failure| failure.summary());
            Some(Beside { connected, at })
        }
        None => None,
    };
    // The same account tells nothing.
    let there = there.filter(|there| there.at.as_ref() != Ok(&at));
    if let Some(Ok(place)) = there.as_ref().map(|it| it.at.as_ref()) {
        let beside = SurveyPart::Beside(place.account);
        replies.answer::<ask::TakesAlong>(beside).await;
    }
    let sides = Arc::new(Sides {
        here: here.priority(many),
        at,
        there,
        indexed: AtomicBool::new(true),
        counted: AtomicBool::new(true),
    });
    let mut waiting: VecDeque<Wanted> = certificates.into_iter().map(Wanted::Certificate).collect();
    let mut known: BTreeSet<Wanted> = BTreeSet::new();
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < AT_ONCE
            && let Some(item) = waiting.pop_front()
        {
            let sides = Arc::clone(&sides);
            tasks.spawn(async move { sides.read(item).await });
        }
        let Some(joined) = tasks.join_next().await else {
            break;
        };
        // A panic ends the whole request and is reported there.
        let (part, found) = joined.map_err(|_| {
            let message = "an error in certferry ended this request";
            Failure::internal(Operation::DescribeCertificate, message)
        })?;
        if let SurveyPart::Certificate(Err((_, failure))) = &part
            && failure.concerns_connection()
        {
            return Err(*failure.clone());
        }
        // What many share comes first: it says most.
        for item in found {
            if known.insert(item.clone()) {
                waiting.push_front(item);
            }
        }
        if !replies.answer::<ask::TakesAlong>(part).await {
            return Ok(());
        }
    }
    replies.answer::<ask::TakesAlong>(SurveyPart::Over).await;
    Ok(())
}

impl Sides {
    /// Reads something, and says what else it names.
    async fn read(&self, item: Wanted) -> (SurveyPart, Vec<Wanted>) {
        match item {
            Wanted::Certificate(id) => match self.certificate(id).await {
                Ok(it) => {
                    let found = named_by(&it);
                    (SurveyPart::Certificate(Ok(Box::new(it))), found)
                }
                Err(failure) => {
                    let part = SurveyPart::Certificate(Err((id, Box::new(failure))));
                    (part, Vec::new())
                }
            },
            Wanted::Policy(name) => {
                let part = SurveyPart::Policy(Box::new(self.policy(name).await));
                (part, Vec::new())
            }
            Wanted::Group(name) => {
                let group = self.group(name).await;
                let above = group.above.iter().flatten().cloned().map(Wanted::Group);
                let policies = group.policies.iter().flatten().cloned().map(Wanted::Policy);
                let found = above.chain(policies).collect();
                (SurveyPart::Group(Box::new(group)), found)
            }
            Wanted::Type(name) => {
                let there = self.there(|it| {
                    let name = name.clone();
                    async move { it.connection.has_type(&name).await }
                });
                let there = there.await;
                (SurveyPart::Type(TypeRead { name, there }), Vec::new())
            }
            Wanted::Ca(id) => (SurveyPart::Ca(Box::new(self.ca(id).await)), Vec::new()),
        }
    }

    async fn certificate(&self, id: CertificateId) -> Result<Belongings, Failure> {
        let found = sight(&self.here.connection, &self.at.arn(id))
            .await
            .whole()?;
        let mut things = Vec::new();
        for thing in found.things {
            things.push(self.thing(thing).await?);
        }
        let description = found.description;
        Ok(Belongings {
            id,
            status: description.console_status(None, Some(self.at.account)),
            policies: found.policies.into_iter().map(|it| it.name).collect(),
            things,
            ca: description.ca_id,
        })
    }

    async fn thing(&self, thing: ThingRef) -> Result<HeldThing, Failure> {
        let connection = &self.here.connection;
        let (described, groups, connected, shadows) = tokio::join!(
            connection.thing_attributes(&thing.name),
            Box::pin(connection.groups_with(&thing.name)),
            Box::pin(self.is_connected(&thing.name)),
            Box::pin(self.shadows(&thing.name)),
        );
        let described = described?;
        let groups = groups.map(|all| all.into_iter().map(|(name, _)| name).collect());
        Ok(HeldThing {
            name: thing.name,
            principal_type: thing.principal_type,
            type_name: described.type_name,
            attributes: described.attributes,
            groups: groups.map_err(Box::new),
            connected,
            shadows,
        })
    }

    /// How many shadows a thing has. Where they may not be read, that is asked once.
    async fn shadows(&self, thing: &str) -> Option<usize> {
        let shadows = || self.here.connection.shadows(thing);
        unless_refused(&self.counted, shadows).await
    }

    /// Whether a device is connected. Where the fleet is not indexed, that is asked once.
    async fn is_connected(&self, thing: &str) -> Option<bool> {
        let connected = || self.here.connection.is_connected(thing);
        unless_refused(&self.indexed, connected).await.flatten()
    }

    async fn policy(&self, name: String) -> PolicyRead {
        let read = self.here.connection.policy_document(&name).await;
        let document = read
            .map_err(|failure| failure.summary())
            .and_then(|found| Document::parse(&found.document));
        let beside = self.there.as_ref().map(|there| there.at.as_ref());
        // Where it is taken makes no difference to what has to be looked at.
        let looks = document.as_ref().ok();
        let looks = looks.map(|it| it.moved(&self.at, &self.at).looks);
        let moved = match (&document, beside) {
            (Ok(document), Some(Ok(at))) => Some(document.moved(&self.at, at).document),
            _ => None,
        };
        let there = match (&self.there, &moved) {
            (None, _) => PolicyThere::NotAsked,
            (Some(Beside { at: Err(why), .. }), _) => PolicyThere::NotKnown(why.clone()),
            (Some(it), moved) => {
                let found = it.connected.connection.policy_document(&name).await;
                match found.map(|found| Document::parse(&found.document)) {
                    Err(failure) if failure.kind == FailureKind::NotFound => PolicyThere::Missing,
                    Err(failure) => PolicyThere::NotKnown(failure.summary()),
                    Ok(Err(why)) => PolicyThere::NotKnown(why),
                    Ok(Ok(other)) => match moved {
                        Some(moved) if moved.same_meaning(&other) => PolicyThere::Same,
                        _ => PolicyThere::Other(other),
                    },
                }
            }
        };
        PolicyRead {
            name,
            document,
            looks: looks.unwrap_or_default(),
            moved,
            there,
        }
    }

    async fn group(&self, name: String) -> GroupRead {
        let connection = &self.here.connection;
        let (above, policies) = match connection.group(&name).await {
            Ok(found) => {
                let policies = connection.policies_of_group(&found.arn).await;
                let above = found.above.into_iter().map(|(name, _)| name).collect();
                (Ok(above), policies.map_err(Box::new))
            }
            Err(failure) => {
                let failure = Box::new(failure);
                (Err(failure.clone()), Err(failure))
            }
        };
        let there = self.there(|it| {
            let name = name.clone();
            async move { it.connection.has_group(&name).await }
        });
        let there = there.await;
        GroupRead {
            name,
            above,
            policies,
            there,
        }
    }

    async fn ca(&self, id: String) -> CaRead {
        let registers = match self.here.connection.ca_registers(&id).await {
            Ok(registers) => Ok(registers.unwrap_or(false)),
            Err(failure) => Err(Box::new(failure)),
        };
        let there = self.there(|it| {
            let id = id.clone();
            async move { it.connection.ca_registers(&id).await.map(|it| it.is_some()) }
        });
        let there = there.await;
        CaRead {
            id,
            registers,
            there,
        }
    }

    /// Whether the other account has something.
    async fn there<'a, F>(&'a self, has: impl Fn(&'a Connected) -> F) -> There
    where
        F: Future<Output = Result<bool, Failure>>,
    {
        match &self.there {
            None => There::NotAsked,
            Some(Beside { at: Err(why), .. }) => There::NotKnown(why.clone()),
            Some(it) => match has(&it.connected).await {
                Ok(true) => There::Exists,
                Ok(false) => There::Missing,
                Err(failure) => There::NotKnown(failure.summary()),
            },
        }
    }
}

/// Asks for what need not be known. Once it was refused, it is not asked for any more.
async fn unless_refused<T, F>(answers: &AtomicBool, ask: impl FnOnce() -> F) -> Option<T>
where
    F: Future<Output = Result<T, Failure>>,
{
    if !answers.load(Ordering::Relaxed) {
        return None;
    }
    let answer = ask().await;
    let passes = |failure: &Failure| failure.kind == FailureKind::Throttled;
    let goes_on = answer.as_ref().err().is_none_or(passes);
    answers.fetch_and(goes_on, Ordering::Relaxed);
    answer.ok()
}

/// What a certificate names that others may name too.
fn named_by(it: &Belongings) -> Vec<Wanted> {
    let policies = it.policies.iter().cloned().map(Wanted::Policy);
    let groups = it
        .things
        .iter()
        .flat_map(|thing| thing.groups.iter().flatten());
    let groups = groups.cloned().map(Wanted::Group);
    let types = it.things.iter().filter_map(|thing| thing.type_name.clone());
    let cas = it.ca.iter().cloned().map(Wanted::Ca);
    policies
        .chain(groups)
        .chain(types.map(Wanted::Type))
        .chain(cas)
        .collect()
}
