//! What certificates would lose, together: which are alike, what is shared, what needs attention.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    belongings::parts::{
        Belongings, CaRead, GroupRead, PolicyRead, PolicyThere, SurveyPart, There, TypeRead,
    },
    certificate::{attachment::ThingPrincipalType, description::CertificateId},
    failure::Failure,
    place::account::AccountId,
};

/// How many policies a certificate can have (AWS IoT Core quotas).
pub const MOST_POLICIES: usize = 10;

/// What certificates would lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How many certificates it is about.
    pub asked: usize,
    /// What each of them has.
    pub certificates: BTreeMap<CertificateId, Belongings>,
    /// Of which that is not known, and why.
    pub not_read: Vec<(CertificateId, Box<Failure>)>,
    /// The policies, by name.
    pub policies: BTreeMap<String, PolicyRead>,
    /// The thing groups, by name.
    pub groups: BTreeMap<String, GroupRead>,
    /// The thing types, by name.
    pub types: BTreeMap<String, TypeRead>,
    /// The certificate authorities, by id.
    pub cas: BTreeMap<String, CaRead>,
    /// The account that was compared with.
    pub beside: Option<AccountId>,
    /// Whether everything was read.
    pub over: bool,
}

/// What a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It is attached to the certificate.
    Own,
    /// It is attached to this thing group, or to one above it. Foreign text.
    Group(String),
}

/// What certificates that are alike have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    /// The policies that have an effect on their devices, and where each comes from.
    pub policies: BTreeMap<String, BTreeSet<Origin>>,
    /// Their things, by what is not a name of one.
    pub things: Vec<ThingLikeness>,
    /// The certificate authority.
    pub ca: Option<String>,
}

/// What things that are alike have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThingLikeness {
    /// The type.
    pub type_name: Option<String>,
    /// How it holds the certificate.
    pub principal_type: Option<ThingPrincipalType>,
    /// The groups; `None` when they are not known.
    pub groups: Option<Vec<String>>,
}

/// Certificates that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// What they have in common.
    pub likeness: Likeness,
    /// The certificates.
    pub certificates: Vec<CertificateId>,
    /// How many of their things are connected.
    pub connected: usize,
    /// How many are not.
    pub disconnected: usize,
    /// How many shadows their things have, as far as that is known.
    pub shadows: usize,
    /// Of how many things that is not known.
    pub shadows_not_known: usize,
}

/// Certificates by what has to be known of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByConcern {
    /// Those of which nothing has to be known.
    pub clear: Vec<CertificateId>,
    /// The others, by each concern.
    pub concerning: BTreeMap<Concern, Vec<CertificateId>>,
}

/// What has to be known of certificates before they are transferred.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// A policy counts on an attached thing, and none is attached: the device is denied everywhere.
    DeniedWithoutThing,
    /// As many policies as there can be are attached: nothing more can be.
    MostPolicies,
    /// This certificate authority registers certificates that it does not know: it may appear here again.
    MayComeBack(String),
    /// The other account has not registered this certificate authority; what becomes of it there is not
    /// documented.
    CaNotThere(String),
    /// The other account has a policy of this name that says something else.
    OtherContent(String),
    /// This policy names something that is not moved with it.
    NeedsLook(String),
    /// This could not be read.
    NotKnown(String),
}

impl Survey {
    /// Of so many certificates, with nothing read yet.
    pub fn new(asked: usize) -> Self {
        Self {
            asked,
            certificates: BTreeMap::new(),
            not_read: Vec::new(),
            policies: BTreeMap::new(),
            groups: BTreeMap::new(),
            types: BTreeMap::new(),
            cas: BTreeMap::new(),
            beside: None,
            over: false,
        }
    }

    /// Takes a part of the answer.
    pub fn take(&mut self, part: SurveyPart) {
        match part {
            SurveyPart::Beside(account) => self.beside = Some(account),
            SurveyPart::Certificate(Ok(it)) => {
                self.certificates.insert(it.id, *it);
            }
            SurveyPart::Certificate(Err(failed)) => self.not_read.push(failed),
            SurveyPart::Policy(it) => {
                self.policies.insert(it.name.clone(), *it);
            }
            SurveyPart::Group(it) => {
                self.groups.insert(it.name.clone(), *it);
            }
            SurveyPart::Type(it) => {
                self.types.insert(it.name.clone(), it);
            }
            SurveyPart::Ca(it) => {
                self.cas.insert(it.id.clone(), *it);
            }
            SurveyPart::Over => self.over = true,
        }
    }

    /// Of how many certificates it is known what they have, or why not.
    pub fn read(&self) -> usize {
        self.certificates.len().saturating_add(self.not_read.len())
    }

    /// The policies that have an effect on the devices of a certificate, and where each comes from: a group
    /// inherits those of the groups above it (Developer Guide, `thing-groups`).
    pub fn effective(&self, of: &Belongings) -> BTreeMap<String, BTreeSet<Origin>> {
        let mut found: BTreeMap<String, BTreeSet<Origin>> = BTreeMap::new();
        let mut add = |name: &String, origin: Origin| {
            found.entry(name.clone()).or_default().insert(origin);
        };
        for name in &of.policies {
            add(name, Origin::Own);
        }
        for group in self.lineage(of) {
            let read = self
                .groups
                .get(group)
                .and_then(|it| it.policies.as_ref().ok());
            for name in read.into_iter().flatten() {
                add(name, Origin::Group(group.to_owned()));
            }
        }
        found
    }

    /// The groups that the things of a certificate are in, and those above them.
    fn lineage<'a>(&'a self, of: &'a Belongings) -> BTreeSet<&'a str> {
        let direct = of.things.iter().filter_map(|it| it.groups.as_ref().ok());
        let direct: BTreeSet<&str> = direct.flatten().map(String::as_str).collect();
        let above = |name: &&str| self.groups.get(*name)?.above.as_ref().ok();
        let above = direct.iter().filter_map(above).flatten();
        let above: Vec<&str> = above.map(String::as_str).collect();
        direct.into_iter().chain(above).collect()
    }

    /// The certificates by what they have in common, the most first.
    pub fn alike(&self) -> Vec<Alike> {
        let mut by_likeness: BTreeMap<Likeness, Alike> = BTreeMap::new();
        for it in self.certificates.values() {
            let likeness = self.likeness(it);
            let alike = by_likeness
                .entry(likeness.clone())
                .or_insert_with(|| Alike {
                    likeness,
                    certificates: Vec::new(),
                    connected: 0,
                    disconnected: 0,
                    shadows: 0,
                    shadows_not_known: 0,
                });
            for thing in &it.things {
                match thing.shadows {
                    Some(n) => alike.shadows = alike.shadows.saturating_add(n),
                    None => alike.shadows_not_known = alike.shadows_not_known.saturating_add(1),
                }
            }
            alike.certificates.push(it.id);
            let things = |connected| {
                let things = it.things.iter();
                things
                    .filter(|thing| thing.connected == Some(connected))
                    .count()
            };
            alike.connected = alike.connected.saturating_add(things(true));
            alike.disconnected = alike.disconnected.saturating_add(things(false));
        }
        let mut all: Vec<Alike> = by_likeness.into_values().collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.certificates.len()));
        all
    }

    /// The certificates by what has to be known of them. One may stand at several concerns.
    pub fn by_concern(&self, alike: &[Alike]) -> ByConcern {
        let mut all = ByConcern::default();
        for it in alike {
            let concerns = self.concerns(&it.likeness);
            if concerns.is_empty() {
                all.clear.extend(&it.certificates);
            }
            for concern in concerns {
                let concerned = all.concerning.entry(concern).or_default();
                concerned.extend(&it.certificates);
            }
        }
        all
    }

    pub(super) fn likeness(&self, of: &Belongings) -> Likeness {
        let mut things: Vec<ThingLikeness> = (of.things.iter())
            .map(|thing| ThingLikeness {
                type_name: thing.type_name.clone(),
                principal_type: thing.principal_type,
                groups: thing.groups.as_ref().ok().cloned(),
            })
            .collect();
        things.sort();
        Likeness {
            policies: self.effective(of),
            things,
            ca: of.ca.clone(),
        }
    }

    /// What has to be known of certificates that have this in common.
    pub fn concerns(&self, of: &Likeness) -> BTreeSet<Concern> {
        let mut concerns = BTreeSet::new();
        let read: Vec<&PolicyRead> = (of.policies.keys())
            .filter_map(|name| self.policies.get(name))
            .collect();
        if of.things.is_empty() && read.iter().any(|it| it.needs_thing()) {
            concerns.insert(Concern::DeniedWithoutThing);
        }
        let own = of.policies.values().filter(|it| it.contains(&Origin::Own));
        if own.count() >= MOST_POLICIES {
            concerns.insert(Concern::MostPolicies);
        }
        if let Some(ca) = of.ca.as_ref().and_then(|id| self.cas.get(id)) {
            match ca.registers {
                Ok(true) => {
                    concerns.insert(Concern::MayComeBack(ca.id.clone()));
                }
                Ok(false) => {}
                Err(_) => {
                    concerns.insert(Concern::NotKnown(format!("CA {}", ca.id)));
                }
            }
            if ca.there == There::Missing {
                concerns.insert(Concern::CaNotThere(ca.id.clone()));
            }
        }
        for policy in read {
            match (&policy.document, &policy.there) {
                (Err(_), _) | (Ok(_), PolicyThere::NotKnown(_)) => {
                    concerns.insert(Concern::NotKnown(format!("policy {}", policy.name)));
                }
                (Ok(_), PolicyThere::Other(_)) => {
                    concerns.insert(Concern::OtherContent(policy.name.clone()));
                }
                _ => {}
            }
            if !policy.looks.is_empty() {
                concerns.insert(Concern::NeedsLook(policy.name.clone()));
            }
        }
        if of.things.iter().any(|thing| thing.groups.is_none()) {
            concerns.insert(Concern::NotKnown("the thing groups".to_owned()));
        }
        let groups = of.things.iter().filter_map(|thing| thing.groups.as_ref());
        let unread = |name: &String| {
            let read = self.groups.get(name);
            read.is_some_and(|it| it.above.is_err() || it.policies.is_err())
        };
        for name in groups.flatten().filter(|name| unread(name)) {
            concerns.insert(Concern::NotKnown(format!("thing group {name}")));
        }
        concerns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConsoleStatus, Document, HeldThing, Operation, ThingThere};

    fn id(n: u8) -> CertificateId {
        CertificateId::from_bytes([n; 32])
    }

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|it| (*it).to_owned()).collect()
    }

    fn has(n: u8, policies: &[&str], things: &[(&str, &[&str])]) -> SurveyPart {
        SurveyPart::Certificate(Ok(Box::new(Belongings {
            id: id(n),
            status: ConsoleStatus::Active,
            policies: names(policies),
            things: things
                .iter()
                .map(|(name, groups)| HeldThing {
                    name: format!("{name}-{n}"),
                    principal_type: Some(ThingPrincipalType::NonExclusive),
                    type_name: Some((*name).to_owned()),
                    attributes: Vec::new(),
                    groups: Ok(names(groups)),
                    connected: Some(n.is_multiple_of(2)),
                    shadows: (n > 1).then_some(2),
                    there: ThingThere::NotAsked,
                })
                .collect(),
            edition: crate::domain::Edition {
                version: Some(1),
                modified: None,
            },
            ca: None,
            registered_there: None,
        })))
    }

    fn group(name: &str, above: &[&str], policies: &[&str]) -> SurveyPart {
        SurveyPart::Group(Box::new(GroupRead {
            name: name.to_owned(),
            above: Ok(names(above)),
            policies: Ok(names(policies)),
            name_there: name.to_owned(),
            there: There::NotAsked,
            takes_things: false,
            policies_there: Vec::new(),
        }))
    }

    fn policy(name: &str, resource: &str, there: PolicyThere) -> SurveyPart {
        let text = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Action":"iot:Connect","Resource":"{resource}"}}]}}"#
        );
        SurveyPart::Policy(Box::new(PolicyRead {
            name: name.to_owned(),
            name_there: name.to_owned(),
            document: Document::parse(&text),
            looks: BTreeSet::new(),
            moved: None,
            there,
        }))
    }

    fn survey(parts: Vec<SurveyPart>) -> Survey {
        let mut survey = Survey::new(parts.len());
        for part in parts {
            survey.take(part);
        }
        survey
    }

    #[test]
    fn what_has_other_names_and_the_same_shape_is_alike() {
        let survey = survey(vec![
            has(1, &["a"], &[("press", &["lyon"])]),
            has(2, &["a"], &[("press", &["lyon"])]),
            has(3, &["a"], &[]),
            has(4, &["a"], &[("press", &["lyon"])]),
        ]);
        let alike = survey.alike();
        assert_eq!(alike.len(), 2);
        assert_eq!(alike[0].certificates, [id(1), id(2), id(4)]);
        assert_eq!((alike[0].connected, alike[0].disconnected), (2, 1));
        assert_eq!((alike[0].shadows, alike[0].shadows_not_known), (4, 1));
        assert_eq!(alike[1].certificates, [id(3)]);
    }

    #[test]
    fn policies_come_from_groups_and_from_the_groups_above() {
        let survey = survey(vec![
            has(1, &["own"], &[("press", &["lyon"])]),
            group("lyon", &["france", "world"], &["of-lyon"]),
            group("france", &["world"], &[]),
            group("world", &[], &["of-world", "own"]),
        ]);
        let [alike] = survey.alike().try_into().unwrap();
        let from = |name: &str| alike.likeness.policies.get(name).cloned().unwrap();
        let of = |group: &str| Origin::Group(group.to_owned());
        assert_eq!(from("of-lyon"), BTreeSet::from([of("lyon")]));
        assert_eq!(from("of-world"), BTreeSet::from([of("world")]));
        assert_eq!(from("own"), BTreeSet::from([Origin::Own, of("world")]));
    }

    #[test]
    fn what_needs_attention_is_said_once_for_all_that_are_alike() {
        let needs = "arn:aws:iot:r:1:client/${iot:Connection.Thing.ThingName}";
        let other = Document::parse(r#"{"Statement":[]}"#).unwrap();
        let ten: Vec<String> = (0..10).map(|n| format!("p{n}")).collect();
        let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
        let survey = survey(vec![
            policy("base", needs, PolicyThere::Same),
            policy("jobs", "*", PolicyThere::Other(other)),
            has(1, &["base"], &[]),
            has(2, &["base"], &[("press", &[])]),
            has(3, &["jobs"], &[]),
            has(4, &ten, &[]),
        ]);
        let concerns = |n: u8| {
            let all = survey.alike();
            let alike = all.iter().find(|it| it.certificates.contains(&id(n)));
            survey.concerns(&alike.unwrap().likeness)
        };
        let denied = Concern::DeniedWithoutThing;
        assert_eq!(concerns(1), BTreeSet::from([denied.clone()]));
        assert_eq!(concerns(2), BTreeSet::new());
        let other = Concern::OtherContent("jobs".to_owned());
        assert_eq!(concerns(3), BTreeSet::from([other]));
        assert_eq!(concerns(4), BTreeSet::from([Concern::MostPolicies]));
        let sorted = survey.by_concern(&survey.alike());
        assert_eq!(sorted.clear, [id(2)]);
        assert_eq!(sorted.concerning[&denied], [id(1)]);
        assert_eq!(sorted.concerning.len(), 3);
    }

    #[test]
    fn what_is_not_known_is_a_concern_and_not_nothing() {
        let failure = || Box::new(Failure::internal(Operation::DescribeThingGroup, "denied"));
        let unread = SurveyPart::Group(Box::new(GroupRead {
            name: "lyon".to_owned(),
            above: Ok(Vec::new()),
            policies: Err(failure()),
            name_there: "lyon".to_owned(),
            there: There::NotAsked,
            takes_things: false,
            policies_there: Vec::new(),
        }));
        let mut survey = survey(vec![has(1, &[], &[("press", &["lyon"])]), unread]);
        let [alike] = survey.alike().try_into().unwrap();
        let concern = Concern::NotKnown("thing group lyon".to_owned());
        assert_eq!(survey.concerns(&alike.likeness), BTreeSet::from([concern]));
        survey.take(SurveyPart::Certificate(Err((id(9), failure()))));
        assert_eq!(survey.read(), 2);
        assert_eq!(survey.not_read.len(), 1);
    }
}
