//! What AWS has found.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::domain::{
    certificate::description::CertificateId, failure::Failure, finding::finder::Finder,
};

/// A part of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundPart {
    /// So many things have to be asked about, as far as is known yet.
    Things(usize),
    /// A thing with its certificates.
    Thing(FoundThing),
    /// Certificates.
    Certificates(Vec<CertificateId>),
    /// A thing group that has the policy: the devices of its things have it too. Foreign text.
    Group(String),
    /// That was all.
    Over,
}

/// A thing, and the certificates attached to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundThing {
    /// Its name. Foreign text.
    pub name: String,
    /// Its certificates; `None` when there is no such thing.
    pub certificates: Option<Vec<CertificateId>>,
}

/// All that was found by one finder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The certificates.
    pub certificates: HashSet<CertificateId>,
    /// The certificates of each thing that was asked about; `None` when there is no such thing. Foreign text.
    pub things: BTreeMap<String, Option<Vec<CertificateId>>>,
    /// The thing groups that have the policy. Foreign text.
    pub groups: BTreeSet<String>,
    /// How many things have to be asked about, as far as is known.
    pub known: usize,
    /// Whether that is all.
    pub over: bool,
    /// Why there is no more.
    pub failure: Option<Box<Failure>>,
}

impl Found {
    /// Takes a part of the answer.
    pub fn take(&mut self, part: FoundPart) {
        match part {
            FoundPart::Things(known) => self.known = known,
            FoundPart::Thing(thing) => {
                self.certificates
                    .extend(thing.certificates.iter().flatten());
                self.things.insert(thing.name, thing.certificates);
            }
            FoundPart::Certificates(ids) => self.certificates.extend(ids),
            FoundPart::Group(name) => {
                self.groups.insert(name);
            }
            FoundPart::Over => self.over = true,
        }
    }

    /// The things that are not there. Foreign text.
    pub fn missing(&self) -> impl Iterator<Item = &String> {
        let missing = self.things.iter().filter(|(_, it)| it.is_none());
        missing.map(|(name, _)| name)
    }
}

/// What was found by each finder of a filter.
pub type FoundBy = BTreeMap<Finder, Found>;

/// How far AWS has said what a filter finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Searched {
    /// All of it, or it need not be asked.
    Done,
    /// It has, but not all certificates were held against it yet.
    Sifting,
    /// It is being asked.
    UnderWay,
    /// It was not asked.
    NotAsked,
    /// It could not say all of it.
    Failed,
}
