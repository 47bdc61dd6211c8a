//! What certificates would lose: each is read, and what many of them share is read once.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::JoinSet;

use crate::{
    domain::{
        Belongings, CaRead, CertificateId, Document, Failure, FailureKind, GroupRead, HeldThing,
        Mapping, Operation, Place, PolicyRead, PolicyThere, SurveyPart, There, ThingAttributes,
        ThingRef, ThingThere, TypeProperties, TypeRead, ask,
    },
    engine::{connections::Connected, looking::look::sight, replies::Replies},
};

/// How much is read at once.
const AT_ONCE: usize = 16;

/// Something to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ToRead {
    Certificate(CertificateId),
    Policy(String),
    Group(String),
    Type(String),
    Ca(String),
}

/// The two accounts.
struct Sides {
    here: Connected,
    mapping: Mapping,
    at: Place,
    there: Option<Compared>,
    /// Whether the fleet index answers.
    indexed: AtomicBool,
    /// Whether shadows may be counted.
    counted: AtomicBool,
}

/// The account that is compared with.
struct Compared {
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
    mapping: Mapping,
    replies: &Replies,
) -> Result<(), Failure> {
    let many = certificates.len() > 1;
    let at = here.place().await?;
    let there = match there.map(|it| it.priority(many)) {
        Some(connected) => {
            let at = connected.place().await;
            let at = at.map_err(|failure| failure.summary());
            Some(Compared { connected, at })
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
        mapping,
        at,
        there,
        indexed: AtomicBool::new(true),
        counted: AtomicBool::new(true),
    });
    let mut waiting: VecDeque<ToRead> = certificates.into_iter().map(ToRead::Certificate).collect();
    let mut known: BTreeSet<ToRead> = BTreeSet::new();
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
    async fn read(&self, item: ToRead) -> (SurveyPart, Vec<ToRead>) {
        match item {
            ToRead::Certificate(id) => match self.certificate(id).await {
                Ok(it) => {
                    let found = named_by(&it);
                    (SurveyPart::Certificate(Ok(Box::new(it))), found)
                }
                Err(failure) => {
                    let part = SurveyPart::Certificate(Err((id, Box::new(failure))));
                    (part, Vec::new())
                }
            },
            ToRead::Policy(name) => {
                let part = SurveyPart::Policy(Box::new(self.policy(name).await));
                (part, Vec::new())
            }
            ToRead::Group(name) => {
                let group = self.group(name).await;
                let above = group.above.iter().flatten().cloned().map(ToRead::Group);
                let policies = group.policies.iter().flatten().cloned().map(ToRead::Policy);
                let found = above.chain(policies).collect();
                (SurveyPart::Group(Box::new(group)), found)
            }
            ToRead::Type(name) => {
                let there = self.there(|it| {
                    let name = name.clone();
                    async move { it.connection.has_type(&name).await }
                });
                // What it says matters only where it would be created.
                let asked = self.there.is_some();
                let said = async {
                    if asked {
                        self.here.connection.thing_type(&name).await
                    } else {
                        Ok(TypeProperties::default())
                    }
                };
                let (there, said) = tokio::join!(there, said);
                let properties = said.map_err(Box::new);
                let part = TypeRead {
                    name,
                    properties,
                    there,
                };
                (SurveyPart::Type(part), Vec::new())
            }
            ToRead::Ca(id) => (SurveyPart::Ca(Box::new(self.ca(id).await)), Vec::new()),
        }
    }

    async fn certificate(&self, id: CertificateId) -> Result<Belongings, Failure> {
        let at = self.at.arn(id);
        let found = sight(&self.here.connection, &at);
        let (found, registered_there) = tokio::join!(found, Box::pin(self.registered_there(id)));
        let found = found.whole()?;
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
            edition: description.edition(),
            ca: description.ca_id,
            registered_there,
        })
    }

    async fn thing(&self, thing: ThingRef) -> Result<HeldThing, Failure> {
        let connection = &self.here.connection;
        let name_there = self.mapping.thing(&thing.name);
        let (described, there, groups, connected, shadows) = tokio::join!(
            connection.thing_attributes(&thing.name),
            Box::pin(self.thing_there(&name_there)),
            Box::pin(connection.groups_with(&thing.name)),
            Box::pin(self.is_connected(&thing.name)),
            Box::pin(self.shadows(&thing.name)),
        );
        let described = described?;
        let there = match there {
            Ok(found) => compared(&described, found.as_ref()),
            Err(there) => there,
        };
        let groups = groups.map(|all| all.into_iter().map(|(name, _)| name).collect());
        Ok(HeldThing {
            name: thing.name,
            principal_type: thing.principal_type,
            type_name: described.type_name,
            attributes: described.attributes,
            groups: groups.map_err(Box::new),
            connected,
            shadows,
            there,
        })
    }

    /// Whether the other account has a certificate, when that can be told.
    async fn registered_there(&self, id: CertificateId) -> Option<bool> {
        let there = self.there.as_ref().filter(|it| it.at.is_ok())?;
        match there.connected.connection.describe(id).await {
            Ok(_) => Some(true),
            Err(failure) if failure.kind == FailureKind::NotFound => Some(false),
            Err(_) => None,
        }
    }

    /// What the other account has under a thing's name, or what is known of it instead.
    async fn thing_there(&self, name: &str) -> Result<Option<ThingAttributes>, ThingThere> {
        match &self.there {
            None => Err(ThingThere::NotAsked),
            Some(Compared { at: Err(why), .. }) => Err(ThingThere::NotKnown(why.clone())),
            Some(it) => match it.connected.connection.thing_attributes(name).await {
                Ok(found) => Ok(Some(found)),
                Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
                Err(failure) => Err(ThingThere::NotKnown(failure.summary())),
            },
        }
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
        let name_there = self.mapping.policy(&name).to_owned();
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
            (Some(Compared { at: Err(why), .. }), _) => PolicyThere::NotKnown(why.clone()),
            (Some(it), moved) => {
                let found = it.connected.connection.policy_document(&name_there).await;
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
            name_there,
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
        let name_there = self.mapping.group(&name).to_owned();
        let (there, takes_things, policies_there) = self.group_there(&name_there).await;
        GroupRead {
            name,
            above,
            policies,
            name_there,
            there,
            takes_things,
            policies_there,
        }
    }

    /// Whether the other account has a group, whether things can be added to it, and the policies that it gives there.
    async fn group_there(&self, name: &str) -> (There, bool, Vec<String>) {
        let connection = match &self.there {
            None => return (There::NotAsked, false, Vec::new()),
            Some(Compared { at: Err(why), .. }) => {
                return (There::NotKnown(why.clone()), false, Vec::new());
            }
            Some(it) => &it.connected.connection,
        };
        let read = async || {
            let found = connection.group(name).await?;
            let mut policies = connection.policies_of_group(&found.arn).await?;
            for (_, arn) in &found.above {
                policies.extend(connection.policies_of_group(arn).await?);
            }
            Ok::<_, Failure>((!found.dynamic, policies))
        };
        match Box::pin(read()).await {
            Ok((takes, policies)) => (There::Exists, takes, policies),
            Err(failure) if failure.kind == FailureKind::NotFound => {
                (There::Missing, false, Vec::new())
            }
            Err(failure) => (There::NotKnown(failure.summary()), false, Vec::new()),
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
            Some(Compared { at: Err(why), .. }) => There::NotKnown(why.clone()),
            Some(it) => match has(&it.connected).await {
                Ok(true) => There::Exists,
                Ok(false) => There::Missing,
                Err(failure) => There::NotKnown(failure.summary()),
            },
        }
    }
}

/// How a thing of the other account compares.
fn compared(here: &ThingAttributes, there: Option<&ThingAttributes>) -> ThingThere {
    let Some(there) = there else {
        return ThingThere::Missing;
    };
    let mut differs = Vec::new();
    let no_type = "no type".to_owned();
    if here.type_name != there.type_name {
        let [here, there] = [here, there].map(|it| it.type_name.as_ref().unwrap_or(&no_type));
        differs.push(format!("{here} here, {there} there"));
    }
    let [ours, theirs]: [BTreeMap<&str, &str>; 2] = [here, there].map(|it| {
        let all = it.attributes.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    });
    let names: BTreeSet<&str> = ours.keys().chain(theirs.keys()).copied().collect();
    for name in names {
        let (ours, theirs) = (ours.get(name), theirs.get(name));
        if ours != theirs {
            let [ours, theirs] = [ours, theirs].map(|it| it.copied().unwrap_or("nothing"));
            differs.push(format!("{name} {ours} here, {theirs} there"));
        }
    }
    if differs.is_empty() {
        ThingThere::Same
    } else {
        ThingThere::Other {
            how: differs.join("; "),
            type_name: there.type_name.clone(),
            attributes: there.attributes.clone(),
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
fn named_by(it: &Belongings) -> Vec<ToRead> {
    let policies = it.policies.iter().cloned().map(ToRead::Policy);
    let groups = it
        .things
        .iter()
        .flat_map(|thing| thing.groups.iter().flatten());
    let groups = groups.cloned().map(ToRead::Group);
    let types = it.things.iter().filter_map(|thing| thing.type_name.clone());
    let cas = it.ca.iter().cloned().map(ToRead::Ca);
    policies
        .chain(groups)
        .chain(types.map(ToRead::Type))
        .chain(cas)
        .collect()
}
