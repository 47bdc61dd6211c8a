//! What is done in the recipient's account, worked out from what was read of both accounts, from the mapping, and
//! from what a person chose.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    actions::resource::Resource,
    belongings::{
        document::Document,
        parts::{Belongings, HeldThing, PolicyRead, PolicyThere, There, ThingThere, TypeRead},
        survey::{MOST_POLICIES, Origin, Survey},
    },
    certificate::{
        attachment::ThingRef,
        description::{CertificateId, ConsoleStatus},
    },
    hand_over::{
        arrival::{Arrival, ArrivingThing},
        mapping::Mapping,
        proof::Attached,
    },
    text::visible,
};

/// Which certificates are activated in the recipient's account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::EnumIter)]
pub enum Activation {
    /// Those that were active.
    #[default]
    AsBefore,
    /// All.
    Always,
    /// None.
    Never,
}

impl Activation {
    /// The word for it, in the configuration and in the dialog.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AsBefore => "as before",
            Self::Always => "yes",
            Self::Never => "no",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        use strum::IntoEnumIterator as _;
        let word = word.trim();
        Self::iter().find(|it| it.word().eq_ignore_ascii_case(word))
    }
}

/// What becomes of a certificate whose thing is there and differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::EnumIter)]
pub enum DifferingThings {
    /// It is left out.
    #[default]
    LeaveOut,
    /// It is attached to the thing that is there, which stays as it is.
    Use,
}

impl DifferingThings {
    /// The word for it, in the configuration and in the dialog.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LeaveOut => "leave out",
            Self::Use => "use",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        use strum::IntoEnumIterator as _;
        let word = word.trim();
        Self::iter().find(|it| it.word().eq_ignore_ascii_case(word))
    }
}

/// What a person wishes of a hand-over, or the configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How what a certificate has is called there.
    pub mapping: Mapping,
    /// Which certificates are activated.
    pub activation: Activation,
    /// What becomes of those whose thing is there and differs.
    pub differing_things: DifferingThings,
}

/// What a person has chosen for a policy whose name is taken there by another content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Attach what is there, as it is.
    Theirs,
    /// Create it under another name. Foreign text.
    CreateAs(String),
    /// Neither.
    LeaveOut,
}

/// What becomes of a policy of the source in the recipient's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyTaken {
    /// It is created.
    Create {
        /// Its name there. Foreign text.
        name: String,
        /// What it says there.
        document: Document,
    },
    /// What is there under this name is attached.
    Use {
        /// Its name there. Foreign text.
        name: String,
        /// What it says there.
        document: Document,
    },
    /// Nothing.
    LeftOut,
}

impl PolicyTaken {
    /// Its name and what it says there.
    pub fn attached(&self) -> Option<Attached<'_>> {
        match self {
            Self::Create { name, document } | Self::Use { name, document } => {
                Some(Attached { name, document })
            }
            Self::LeftOut => None,
        }
    }
}

/// Why a certificate is not handed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Obstacle {
    /// What it has could not be read.
    #[error("what it has was not read")]
    NotRead,
    /// The other account has it already, as one of several that it is registered in.
    #[error("the other account has this certificate already")]
    AlreadyThere,
    /// Something of it is not known. Foreign text.
    #[error("not known: {}", visible(.0))]
    NotKnown(String),
    /// A person has to choose what becomes of a policy. Foreign text.
    #[error("policy {} says something else there: choose what becomes of it", visible(.0))]
    Undecided(String),
    /// More policies would be attached than AWS allows.
    #[error("{0} policies would be attached, and {MOST_POLICIES} can be")]
    TooManyPolicies(usize),
    /// A thing of this name is there, and differs. Foreign text.
    #[error("thing {} is there and differs: {}", visible(.thing), visible(.how))]
    ThingDiffers {
        /// The thing's name there.
        thing: String,
        /// How.
        how: String,
    },
    /// Their things are there, and each differs in its own way.
    #[error("their things are there and differ")]
    ThingsDiffer,
    /// The thing's name there is longer than AWS takes. Foreign text.
    #[error("the name {} is longer than AWS takes", visible(.0))]
    LongName(String),
}

/// What is done in the recipient's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// What becomes of each policy, by its name in the source.
    pub policies: BTreeMap<String, PolicyTaken>,
    /// What each certificate gets, or why it is not handed over.
    pub certificates: BTreeMap<CertificateId, Result<Arrival, Obstacle>>,
}

impl Recipe {
    /// Works it out.
    pub fn of(survey: &Survey, wishes: &Wishes, choices: &BTreeMap<String, Choice>) -> Self {
        let mut policies = BTreeMap::new();
        for (name, read) in &survey.policies {
            if let Ok(Some(taken)) = taken(read, choices.get(name)) {
                policies.insert(name.clone(), taken);
            }
        }
        let one = |it: &Belongings| arrival(survey, wishes, choices, it);
        let certificates = survey.certificates.iter();
        let mut certificates: BTreeMap<_, _> =
            certificates.map(|(id, it)| (*id, one(it))).collect();
        for (id, _) in &survey.not_read {
            certificates.insert(*id, Err(Obstacle::NotRead));
        }
        Self {
            policies,
            certificates,
        }
    }

    /// The certificates that are handed over.
    pub fn ready(&self) -> impl Iterator<Item = (CertificateId, &Arrival)> {
        let all = self.certificates.iter();
        all.filter_map(|(id, it)| Some((*id, it.as_ref().ok()?)))
    }

    /// Why the others are not, and which these are.
    pub fn obstacles(&self) -> BTreeMap<&Obstacle, Vec<CertificateId>> {
        let mut all: BTreeMap<&Obstacle, Vec<CertificateId>> = BTreeMap::new();
        for (id, it) in &self.certificates {
            if let Err(obstacle) = it {
                all.entry(obstacle).or_default().push(*id);
            }
        }
        all
    }

    /// The same in few words, where many things differ, each in its own way.
    pub fn obstacles_in_short(&self) -> BTreeMap<Obstacle, Vec<CertificateId>> {
        let differs = |it: &Obstacle| matches!(it, Obstacle::ThingDiffers { .. });
        let all = self.obstacles();
        let many = all.keys().filter(|it| differs(it)).count() > SAID_EACH;
        let mut short: BTreeMap<Obstacle, Vec<CertificateId>> = BTreeMap::new();
        for (obstacle, ids) in all {
            let short_of = if many && differs(obstacle) {
                Obstacle::ThingsDiffer
            } else {
                obstacle.clone()
            };
            short.entry(short_of).or_default().extend(ids);
        }
        short
    }

    /// What the policies of a certificate say there: those that are attached to it, and those of its groups.
    pub fn documents<'a>(&'a self, of: &'a Arrival) -> Vec<Attached<'a>> {
        let names = of.policies.iter().chain(&of.inherited);
        names
            .filter_map(|name| self.policies.get(name)?.attached())
            .collect()
    }

    /// The names there of the policies that are attached to a certificate.
    pub fn names<'a>(&'a self, of: &'a Arrival) -> Vec<&'a str> {
        let names = of.policies.iter();
        names
            .filter_map(|name| Some(self.policies.get(name)?.attached()?.name))
            .collect()
    }

    /// How many policies, thing types and things are created for the certificates that are handed over.
    pub fn created(&self) -> Created {
        let mut created = Created::default();
        let (mut policies, mut types, mut things) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (_, arrival) in self.ready() {
            for name in &arrival.policies {
                if let Some(PolicyTaken::Create { name, .. }) = self.policies.get(name) {
                    policies.insert(name);
                }
            }
            for thing in &arrival.things {
                if !thing.exists {
                    things.insert(&thing.held.name);
                }
                types.extend(&thing.creates_type);
            }
        }
        created.policies = policies.len();
        created.types = types.len();
        created.things = things.len();
        created
    }
}

/// How many things that differ are said one by one.
const SAID_EACH: usize = 3;

/// How much is created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Created {
    /// Policies.
    pub policies: usize,
    /// Thing types.
    pub types: usize,
    /// Things.
    pub things: usize,
}

/// What becomes of a policy there; `None` while a person has to choose.
///
/// # Errors
///
/// What of it is not known.
fn taken(read: &PolicyRead, choice: Option<&Choice>) -> Result<Option<PolicyTaken>, Obstacle> {
    let not_known = || Obstacle::NotKnown(format!("policy {}", read.name));
    if choice == Some(&Choice::LeaveOut) {
        return Ok(Some(PolicyTaken::LeftOut));
    }
    let moved = read.moved.clone().ok_or_else(not_known)?;
    let name = read.name_there.clone();
    Ok(match (&read.there, choice) {
        (_, Some(Choice::CreateAs(name))) => Some(PolicyTaken::Create {
            name: name.clone(),
            document: moved,
        }),
        (PolicyThere::NotAsked | PolicyThere::NotKnown(_), _) => return Err(not_known()),
        (PolicyThere::Missing, _) => Some(PolicyTaken::Create {
            name,
            document: moved,
        }),
        (PolicyThere::Same, _) => Some(PolicyTaken::Use {
            name,
            document: moved,
        }),
        (PolicyThere::Other(theirs), Some(Choice::Theirs)) => Some(PolicyTaken::Use {
            name,
            document: theirs.clone(),
        }),
        (PolicyThere::Other(_), _) => None,
    })
}

fn arrival(
    survey: &Survey,
    wishes: &Wishes,
    choices: &BTreeMap<String, Choice>,
    of: &Belongings,
) -> Result<Arrival, Obstacle> {
    if of.registered_there == Some(true) {
        return Err(Obstacle::AlreadyThere);
    }
    let things: Vec<ArrivingThing> = (of.things.iter())
        .map(|thing| arriving(survey, wishes, thing))
        .collect::<Result<_, _>>()?;
    let joined = things.iter().flat_map(|it| &it.groups);
    let joined: BTreeSet<&String> = joined.collect();
    let of_groups: BTreeSet<&String> = (survey.groups.values())
        .filter(|group| joined.contains(&group.name_there))
        .flat_map(|group| group.policies_there.iter())
        .collect();
    let (mut policies, mut inherited) = (Vec::new(), Vec::new());
    for (name, from) in survey.effective(of) {
        let read = survey.policies.get(&name);
        let read = read.ok_or_else(|| Obstacle::NotKnown(format!("policy {name}")))?;
        let taken = taken(read, choices.get(&name))?;
        match taken.ok_or_else(|| Obstacle::Undecided(name.clone()))? {
            PolicyTaken::LeftOut => {}
            // The group there gives it, too.
            PolicyTaken::Use { name: there, .. }
                if !from.contains(&Origin::Own) && of_groups.contains(&there) =>
            {
                inherited.push(name);
            }
            PolicyTaken::Create { .. } | PolicyTaken::Use { .. } => policies.push(name),
        }
    }
    if policies.len() > MOST_POLICIES {
        return Err(Obstacle::TooManyPolicies(policies.len()));
    }
    let was_active = of.status != ConsoleStatus::Inactive;
    Ok(Arrival {
        policies,
        inherited,
        things,
        activate: match wishes.activation {
            Activation::AsBefore => was_active,
            Activation::Always => true,
            Activation::Never => false,
        },
    })
}

fn arriving(survey: &Survey, wishes: &Wishes, of: &HeldThing) -> Result<ArrivingThing, Obstacle> {
    let mapping = &wishes.mapping;
    let name = mapping.thing(&of.name);
    if Mapping::is_too_long(&name) {
        return Err(Obstacle::LongName(name));
    }
    let (mut type_name, mut attributes) = (of.type_name.clone(), of.attributes.clone());
    let exists = match &of.there {
        ThingThere::Missing => false,
        ThingThere::Same => true,
        ThingThere::Other {
            type_name: of_theirs,
            attributes: theirs,
            ..
        } if wishes.differing_things == DifferingThings::Use => {
            (type_name, attributes) = (of_theirs.clone(), theirs.clone());
            true
        }
        ThingThere::Other { how, .. } => {
            let (thing, how) = (name, how.clone());
            return Err(Obstacle::ThingDiffers { thing, how });
        }
        ThingThere::NotAsked | ThingThere::NotKnown(_) => {
            return Err(Obstacle::NotKnown(format!("thing {name} there")));
        }
    };
    let creates_type = match type_name.as_ref().filter(|_| !exists) {
        None => None,
        Some(type_name) => match survey.types.get(type_name) {
            Some(read) if read.there == There::Exists => None,
            Some(TypeRead {
                there: There::Missing,
                properties: Ok(properties),
                ..
            }) => Some(Resource::ThingType {
                name: type_name.clone(),
                properties: properties.clone(),
            }),
            _ => return Err(Obstacle::NotKnown(format!("thing type {type_name}"))),
        },
    };
    let groups = (of.groups.as_ref())
        .map_err(|_| Obstacle::NotKnown(format!("the groups of thing {}", of.name)))?;
    let mut joined = Vec::new();
    for group in groups {
        let read = survey.groups.get(group);
        match read.map(|it| (&it.there, it.takes_things)) {
            Some((There::Exists, true)) => joined.push(mapping.group(group).to_owned()),
            Some((There::Exists, false) | (There::Missing, _)) => {}
            _ => return Err(Obstacle::NotKnown(format!("thing group {group} there"))),
        }
    }
    Ok(ArrivingThing {
        held: ThingRef {
            name,
            principal_type: of.principal_type,
        },
        type_name,
        attributes,
        exists,
        creates_type,
        groups: joined,
    })
}
