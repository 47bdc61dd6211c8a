//! What has changed since a plan was made.

use std::collections::BTreeSet;

use crate::domain::{
    actions::batch::Look,
    certificate::{
        attachment::{ThingPrincipalType, ThingRef},
        description::{ConsoleStatus, Edition},
    },
    clock::Timestamp,
    hand_over::recipe::{PolicyTaken, Recipe},
    plan_file::{file::PlanFile, steps::FileStep},
    text::visible,
    words::moments::as_of,
};

/// Something of a certificate that is not what it was when the plan was made. Names are foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The account does not have it any more.
    Gone,
    /// It could not be looked at; why.
    NotLookedAt(String),
    /// It has another status.
    Status(ConsoleStatus, ConsoleStatus),
    /// A policy was attached.
    PolicyAttached(String),
    /// A policy was detached.
    PolicyDetached(String),
    /// A thing was attached.
    ThingAttached(String),
    /// A thing was detached.
    ThingDetached(String),
    /// A thing holds it otherwise.
    ThingHolds(String),
    /// AWS numbers or dates it otherwise: somebody changed something of it.
    Edition(Edition, Edition),
    /// Something stands in the way of its hand-over now.
    Obstacle(String),
    /// A policy says something else now than what would have been created or attached there.
    PolicySays(String),
    /// A thing would be created there with another type or other attributes, which may decide what its device is allowed.
    ThingSays(String),
    /// This would have to be done in the recipient's account besides.
    WouldAlso(String),
    /// This would not be done there any more.
    WouldNot(String),
}

impl Difference {
    /// A word that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gone => "Gone",
            Self::NotLookedAt(_) => "NotLookedAt",
            Self::Status(..) => "Status",
            Self::PolicyAttached(_) => "PolicyAttached",
            Self::PolicyDetached(_) => "PolicyDetached",
            Self::ThingAttached(_) => "ThingAttached",
            Self::ThingDetached(_) => "ThingDetached",
            Self::ThingHolds(_) => "ThingHolds",
            Self::Edition(..) => "Edition",
            Self::Obstacle(_) => "Obstacle",
            Self::PolicySays(_) => "PolicySays",
            Self::ThingSays(_) => "ThingSays",
            Self::WouldAlso(_) => "WouldAlso",
            Self::WouldNot(_) => "WouldNot",
        }
    }

    /// It in words.
    pub fn words(&self, now: Timestamp) -> String {
        match self {
            Self::Gone => "the account does not have it any more".to_owned(),
            Self::NotLookedAt(why) => format!("it could not be looked at: {why}"),
            Self::Status(was, is) => format!("{} then, {} now", was.label(), is.label()),
            Self::PolicyAttached(name) => format!("policy {} attached since", visible(name)),
            Self::PolicyDetached(name) => format!("policy {} detached since", visible(name)),
            Self::ThingAttached(name) => format!("thing {} attached since", visible(name)),
            Self::ThingDetached(name) => format!("thing {} detached since", visible(name)),
            Self::ThingHolds(name) => format!("thing {} holds it otherwise", visible(name)),
            Self::Edition(was, is) => {
                let number = |it: &Edition| it.version.map_or("?".to_owned(), |it| it.to_string());
                let at = is.modified.map(|at| format!(" at {}", as_of(at, now)));
                let at = at.unwrap_or_default();
                if was.version == is.version {
                    format!("changed{at}")
                } else {
                    format!(
                        "changed{at} (version {} then, {} now)",
                        number(was),
                        number(is)
                    )
                }
            }
            Self::Obstacle(why) => visible(why).into_owned(),
            Self::PolicySays(name) => format!("policy {} says something else now", visible(name)),
            Self::ThingSays(name) => {
                format!(
                    "thing {} has another type or other attributes now",
                    visible(name)
                )
            }
            Self::WouldAlso(step) => format!("there would be to do besides: {step}"),
            Self::WouldNot(step) => format!("there is nothing left to do of: {step}"),
        }
    }
}

/// What has changed of a certificate between two looks.
pub fn differences(then: &Look, now: &Look) -> Vec<Difference> {
    let mut found = Vec::new();
    if then.status != now.status {
        found.push(Difference::Status(then.status, now.status));
    }
    let names = |look: &Look| -> BTreeSet<String> { look.policies.iter().cloned().collect() };
    let (was, is) = (names(then), names(now));
    found.extend(is.difference(&was).cloned().map(Difference::PolicyAttached));
    found.extend(was.difference(&is).cloned().map(Difference::PolicyDetached));
    let of = |look: &Look, name: &str| -> Option<Option<ThingPrincipalType>> {
        let held = look.things.iter().find(|it| it.name == name);
        held.map(|it| it.principal_type)
    };
    let things = |look: &Look| -> BTreeSet<String> {
        let names = look.things.iter().map(|it: &ThingRef| it.name.clone());
        names.collect()
    };
    let (was, is) = (things(then), things(now));
    found.extend(is.difference(&was).cloned().map(Difference::ThingAttached));
    found.extend(was.difference(&is).cloned().map(Difference::ThingDetached));
    let otherwise = was
        .intersection(&is)
        .filter(|name| of(then, name) != of(now, name));
    found.extend(otherwise.cloned().map(Difference::ThingHolds));
    if let (Some(was), Some(is)) = (then.edition, now.edition)
        && was != is
    {
        found.push(Difference::Edition(was, is));
    }
    found
}

impl PlanFile {
    /// What has changed of what would be done for a certificate in the recipient's account. `now` is the same
    /// plan with what was read of both accounts now.
    pub fn differences_there(&self, look: &Look, now: &Self) -> Vec<Difference> {
        let (Some(then), Some(with)) = (&self.hand_over, &now.hand_over) else {
            return Vec::new();
        };
        if let Some(Err(obstacle)) = with.recipe.certificates.get(&look.id) {
            return vec![Difference::Obstacle(obstacle.to_string())];
        }
        let there = |plan: &Self| -> Vec<FileStep> {
            let steps = plan.steps(look).into_iter();
            steps.filter(|it| it.account == "recipient").collect()
        };
        let (was, is) = (there(self), there(now));
        let mut found = Vec::new();
        let besides = is.iter().filter(|step| !was.contains(step));
        found.extend(besides.map(|it| Difference::WouldAlso(it.step.clone())));
        // What many share may have been created by another plan of the same night.
        let not = was
            .iter()
            .filter(|step| !is.contains(step) && !step.creates_shared());
        found.extend(not.map(|it| Difference::WouldNot(it.step.clone())));
        let arrival = self.arrival(look.id);
        let things_now = now.arrival(look.id).map(|it| it.things.as_slice());
        for thing in arrival.into_iter().flat_map(|it| &it.things) {
            let mut things_now = things_now.unwrap_or_default().iter();
            if let Some(now) = things_now.find(|it| it.held.name == thing.held.name)
                && !thing.is_made_as(now)
            {
                found.push(Difference::ThingSays(thing.held.name.clone()));
            }
        }
        let policies = arrival.map(|it| it.policies.iter().chain(&it.inherited));
        for name in policies.into_iter().flatten() {
            let says = |recipe: &Recipe| {
                let taken = recipe.policies.get(name).and_then(PolicyTaken::attached);
                taken.map(|it| it.document.clone())
            };
            if says(&then.recipe) != says(&with.recipe) {
                found.push(Difference::PolicySays(name.clone()));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CertificateId;

    fn look() -> Look {
        let thing = |name: &str, kind| ThingRef {
            name: name.to_owned(),
            principal_type: Some(kind),
        };
        Look {
            id: CertificateId::from_bytes([7; 32]),
            status: ConsoleStatus::Active,
            policies: vec!["base".to_owned(), "jobs".to_owned()],
            things: vec![
                thing("press", ThingPrincipalType::NonExclusive),
                thing("lathe", ThingPrincipalType::NonExclusive),
            ],
            edition: Some(Edition {
                version: Some(3),
                modified: Some(time::macros::datetime!(2026-11-29 14:02 UTC)),
            }),
        }
    }

    #[test]
    fn every_part_of_a_look_that_changed_is_said() {
        let now = time::macros::datetime!(2026-11-29 16:00 UTC);
        assert_eq!(differences(&look(), &look()), []);
        // In another order it is the same.
        let mut other = look();
        other.policies.reverse();
        other.things.reverse();
        assert_eq!(differences(&look(), &other), []);
        let mut changed = look();
        changed.status = ConsoleStatus::Inactive;
        changed.policies = vec!["base".to_owned(), "debug\u{1b}".to_owned()];
        changed.things[0].principal_type = Some(ThingPrincipalType::Exclusive);
        changed.things[1].name = "saw".to_owned();
        changed.edition = Some(Edition {
            version: Some(4),
            modified: Some(time::macros::datetime!(2026-11-29 15:10 UTC)),
        });
        let found = differences(&look(), &changed);
        let said: Vec<_> = found.iter().map(|it| (it.code(), it.words(now))).collect();
        let said: Vec<_> = said.iter().map(|(code, it)| (*code, it.as_str())).collect();
        assert_eq!(
            said,
            [
                ("Status", "Active then, Inactive now"),
                ("PolicyAttached", r"policy debug\x1b attached since"),
                ("PolicyDetached", "policy jobs detached since"),
                ("ThingAttached", "thing saw attached since"),
                ("ThingDetached", "thing lathe detached since"),
                ("ThingHolds", "thing press holds it otherwise"),
                ("Edition", "changed at 15:10 UTC (version 3 then, 4 now)"),
            ]
        );
    }

    #[test]
    fn a_date_alone_tells_that_somebody_changed_it() {
        let mut other = look();
        other.edition = Some(Edition {
            version: Some(3),
            modified: Some(time::macros::datetime!(2026-11-28 09:00 UTC)),
        });
        let now = time::macros::datetime!(2026-11-29 16:00 UTC);
        let found = differences(&look(), &other);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].words(now), "changed at 2026-11-28 09:00 UTC");
        // What AWS does not say is no change.
        other.edition = None;
        assert_eq!(differences(&look(), &other), []);
    }
}
