//! What certificates would lose, for other programs: a table with a row a certificate, and JSON with everything.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::domain::{
    belongings::{
        document::Document,
        parts::{Belongings, HeldThing, PolicyThere, There},
        survey::{Concern, Origin, Survey},
    },
    certificate::attachment::ThingPrincipalType,
    failure::Failure,
    place::location::Place,
    table,
};

impl Survey {
    /// A row a certificate.
    pub fn csv(&self, at: &Place) -> String {
        let heads = [
            "certificate_id",
            "account",
            "region",
            "status",
            "policies",
            "group_policies",
            "things",
            "thing_types",
            "thing_groups",
            "ca",
            "connected",
            "shadows",
            "concerns",
        ];
        let row = |it: &Belongings| {
            let effective = self.effective(it);
            let of_groups = effective
                .iter()
                .filter(|(_, from)| !from.contains(&Origin::Own));
            let likeness = self.likeness(it);
            [
                it.id.to_string(),
                at.account.to_string(),
                at.region.clone(),
                it.status.label().to_owned(),
                it.policies.join(" "),
                of_groups
                    .map(|(name, _)| name.as_str())
                    .collect::<Vec<_>>()
                    .join(" "),
                of(it, |thing| Some(thing.name.clone())),
                of(it, |thing| thing.type_name.clone()),
                of(it, |thing| Some(thing.groups.as_ref().ok()?.join(" "))),
                it.ca.clone().unwrap_or_default(),
                connected(it).to_owned(),
                shadows(it),
                self.concerns(&likeness)
                    .iter()
                    .map(Concern::words)
                    .collect::<Vec<_>>()
                    .join("; "),
            ]
        };
        let not_read = self.not_read.iter().map(|(id, failure)| {
            let mut row = [const { String::new() }; 13];
            let [first, account, region, .., last] = &mut row;
            *first = id.to_string();
            *account = at.account.to_string();
            region.clone_from(&at.region);
            *last = format!("not read: {}", failure.summary());
            row
        });
        table::csv(heads, self.certificates.values().map(row).chain(not_read))
    }

    /// Everything.
    pub fn json(&self, at: &Place) -> String {
        let certificates: Vec<Value> = self.certificates.values().map(|it| self.one(it)).collect();
        let not_read: Vec<Value> = (self.not_read.iter())
            .map(|(id, failure)| json!({ "certificateId": id.to_string(), "why": failure.summary() }))
            .collect();
        let policies: Vec<Value> = (self.policies.values())
            .map(|it| {
                json!({
                    "policyName": it.name,
                    "document": it.document.as_ref().ok().map(Document::value),
                    "notRead": it.document.as_ref().err(),
                    "needsThing": it.needs_thing(),
                    "needsLook": it.looks.iter().map(|look| {
                        json!({ "text": look.text, "why": look.why.words() })
                    }).collect::<Vec<_>>(),
                    "there": it.there.word(),
                })
            })
            .collect();
        let groups: Vec<Value> = (self.groups.values())
            .map(|it| {
                json!({
                    "groupName": it.name,
                    "above": known(&it.above),
                    "policies": known(&it.policies),
                    "there": it.there.word(),
                })
            })
            .collect();
        let types: Vec<Value> = (self.types.values())
            .map(|it| json!({ "thingTypeName": it.name, "there": it.there.word() }))
            .collect();
        let cas: Vec<Value> = (self.cas.values())
            .map(|it| {
                json!({
                    "caCertificateId": it.id,
                    "registersUnknown": it.registers.as_ref().ok(),
                    "there": it.there.word(),
                })
            })
            .collect();
        let all = json!({
            "account": at.account.to_string(),
            "region": at.region,
            "comparedWith": self.beside.map(|account| account.to_string()),
            "complete": self.over,
            "certificates": certificates,
            "notRead": not_read,
            "policies": policies,
            "thingGroups": groups,
            "thingTypes": types,
            "certificateAuthorities": cas,
        });
        table::json(&all)
    }

    fn one(&self, it: &Belongings) -> Value {
        let things: Vec<Value> = it.things.iter().map(thing).collect();
        let effective = self.effective(it);
        let of_groups: Vec<Value> = (effective.iter())
            .filter(|(_, from)| !from.contains(&Origin::Own))
            .map(|(name, from)| json!({ "policyName": name, "groups": groups(from) }))
            .collect();
        let concerns = self.concerns(&self.likeness(it));
        json!({
            "certificateId": it.id.to_string(),
            "status": it.status.label(),
            "policies": it.policies,
            "groupPolicies": of_groups,
            "things": things,
            "caCertificateId": it.ca,
            "concerns": concerns.iter().map(Concern::words).collect::<Vec<_>>(),
        })
    }
}

/// A word of each thing.
fn of(it: &Belongings, word: impl Fn(&HeldThing) -> Option<String>) -> String {
    let words: BTreeSet<String> = it.things.iter().filter_map(word).collect();
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether any of its devices is connected.
fn connected(it: &Belongings) -> &'static str {
    let is = |wanted| {
        it.things
            .iter()
            .any(|thing| thing.connected == Some(wanted))
    };
    match (is(true), is(false)) {
        (true, _) => "yes",
        (false, true) => "no",
        (false, false) => "not known",
    }
}

/// How many shadows its things have.
fn shadows(it: &Belongings) -> String {
    let counts: Option<Vec<usize>> = it.things.iter().map(|thing| thing.shadows).collect();
    counts.map_or_else(
        || "not known".to_owned(),
        |counts| counts.into_iter().sum::<usize>().to_string(),
    )
}

fn thing(it: &HeldThing) -> Value {
    let attributes: serde_json::Map<String, Value> = (it.attributes.iter())
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    json!({
        "thingName": it.name,
        "thingTypeName": it.type_name,
        "thingPrincipalType": it.principal_type.map(ThingPrincipalType::api_name),
        "attributes": attributes,
        "thingGroups": known(&it.groups),
        "connected": it.connected,
        "shadows": it.shadows,
    })
}

fn groups(from: &BTreeSet<Origin>) -> Vec<&str> {
    let name = |origin| match origin {
        &Origin::Own => None,
        Origin::Group(name) => Some(name.as_str()),
    };
    from.iter().filter_map(name).collect()
}

fn known(names: &Result<Vec<String>, Box<Failure>>) -> Option<&Vec<String>> {
    names.as_ref().ok()
}

impl PolicyThere {
    /// It in a word, for other programs.
    pub const fn word(&self) -> Option<&'static str> {
        match self {
            Self::NotAsked => None,
            Self::Missing => Some("missing"),
            Self::Same => Some("same meaning"),
            Self::Other(_) => Some("other content"),
            Self::NotKnown(_) => Some("not known"),
        }
    }
}

impl There {
    /// It in a word, for other programs.
    pub const fn word(&self) -> Option<&'static str> {
        match self {
            Self::NotAsked => None,
            Self::Missing => Some("missing"),
            Self::Exists => Some("exists"),
            Self::NotKnown(_) => Some("not known"),
        }
    }
}

impl Concern {
    /// It in a sentence without its end. What it names is foreign text.
    pub fn words(&self) -> String {
        match self {
            Self::DeniedWithoutThing => {
                "no thing attached, and a policy needs it: denied everywhere".to_owned()
            }
            Self::MostPolicies => "10 policies: nothing more can be attached".to_owned(),
            Self::MayComeBack(ca) => {
                format!(
                    "CA {} registers unknown certificates by itself: it may appear here again",
                    short(ca)
                )
            }
            Self::CaNotThere(ca) => format!(
                "CA {} is not registered there: what becomes of its certificates is not documented",
                short(ca)
            ),
            Self::OtherContent(policy) => format!("policy {policy} is there with other content"),
            Self::NeedsLook(policy) => format!("policy {policy} names what is not moved"),
            Self::NotKnown(what) => format!("{what}: could not be read"),
        }
    }
}

/// The first digits of a long id.
fn short(id: &str) -> String {
    let first: String = id.chars().take(8).collect();
    if first.len() < id.len() {
        format!("{first}…")
    } else {
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_has_a_word() {
        for (there, word) in [
            (There::NotAsked, None),
            (There::Missing, Some("missing")),
            (There::Exists, Some("exists")),
            (There::NotKnown("no access".to_owned()), Some("not known")),
        ] {
            assert_eq!(there.word(), word);
        }
        for (there, word) in [
            (PolicyThere::NotAsked, None),
            (PolicyThere::Missing, Some("missing")),
            (PolicyThere::Same, Some("same meaning")),
            (
                PolicyThere::NotKnown("no access".to_owned()),
                Some("not known"),
            ),
        ] {
            assert_eq!(there.word(), word);
        }
    }

    #[test]
    fn a_long_id_is_cut() {
        assert_eq!(short("0123456789"), "01234567…");
        assert_eq!(short("01234567"), "01234567");
        assert_eq!(short("ca"), "ca");
        let concern = Concern::MayComeBack("0123456789".to_owned());
        assert!(concern.words().starts_with("CA 01234567… registers"));
    }

    #[test]
    fn what_could_not_be_read_is_not_known() {
        let failure = Failure::internal(crate::domain::Operation::GetPolicy, "no");
        assert_eq!(known(&Err(Box::new(failure))), None);
        let names = vec!["line".to_owned()];
        assert_eq!(known(&Ok(names.clone())), Some(&names));
    }
}
