//! What is read to say what certificates would lose: each certificate's own, and what many share.

use std::collections::BTreeSet;

use crate::domain::{
    actions::resource::TypeProperties,
    belongings::document::{Document, NeedsLook},
    certificate::{
        attachment::ThingPrincipalType,
        description::{CertificateId, ConsoleStatus, Edition},
    },
    failure::Failure,
    place::account::AccountId,
};

/// What a certificate has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongings {
    /// The certificate.
    pub id: CertificateId,
    /// Its status.
    pub status: ConsoleStatus,
    /// The policies attached to it itself, by name. Foreign text.
    pub policies: Vec<String>,
    /// Its things.
    pub things: Vec<HeldThing>,
    /// How AWS numbered and dated it.
    pub edition: Edition,
    /// The id of the CA that it was registered with, when it was with one.
    pub ca: Option<String>,
    /// Whether the other account has this certificate already; `None` when that is not known.
    pub registered_there: Option<bool>,
}

/// A thing of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldThing {
    /// Its name. Foreign text.
    pub name: String,
    /// How it holds the certificate; `None` when AWS did not say.
    pub principal_type: Option<ThingPrincipalType>,
    /// Its type, when it has one. Foreign text.
    pub type_name: Option<String>,
    /// Its attributes. Foreign text.
    pub attributes: Vec<(String, String)>,
    /// The groups that it is in itself, or why they are not known. Foreign text.
    pub groups: Result<Vec<String>, Box<Failure>>,
    /// Whether its device is connected; `None` when AWS does not know.
    pub connected: Option<bool>,
    /// How many shadows it has; `None` when that is not known.
    pub shadows: Option<usize>,
    /// What the other account has under the name that it would have there.
    pub there: ThingThere,
}

/// What the other account has under a thing's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThingThere {
    /// No other account is open.
    NotAsked,
    /// Nothing.
    Missing,
    /// A thing with the same type and attributes.
    Same,
    /// A thing with others.
    Other {
        /// How it differs. Foreign text.
        how: String,
        /// The name of its type there. Foreign text.
        type_name: Option<String>,
        /// Its attributes there. Foreign text.
        attributes: Vec<(String, String)>,
    },
    /// It is not known; why.
    NotKnown(String),
}

/// A policy that certificates have, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRead {
    /// Its name. Foreign text.
    pub name: String,
    /// What it says, or why that is not known.
    pub document: Result<Document, String>,
    /// What in it a person has to look at, wherever it is taken.
    pub looks: BTreeSet<NeedsLook>,
    /// Its name in the other account. Foreign text.
    pub name_there: String,
    /// As it would be in the other account, when one is open.
    pub moved: Option<Document>,
    /// What the other account has under this name.
    pub there: PolicyThere,
}

impl PolicyRead {
    /// Whether it counts on the attached thing.
    pub fn needs_thing(&self) -> bool {
        (self.document.as_ref()).is_ok_and(Document::needs_thing)
    }
}

/// What the other account has under the name that a policy would have there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyThere {
    /// No other account is open.
    NotAsked,
    /// Nothing.
    Missing,
    /// A policy that means the same there.
    Same,
    /// A policy that says something else.
    Other(Document),
    /// It is not known; why.
    NotKnown(String),
}

/// Whether the other account has something of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// No other account is open.
    NotAsked,
    /// It does not.
    Missing,
    /// It does.
    Exists,
    /// It is not known; why.
    NotKnown(String),
}

/// A thing group that things are in, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRead {
    /// Its name. Foreign text.
    pub name: String,
    /// The groups above it, or why they are not known. Foreign text.
    pub above: Result<Vec<String>, Box<Failure>>,
    /// The policies attached to it itself, or why they are not known. Foreign text.
    pub policies: Result<Vec<String>, Box<Failure>>,
    /// Its name in the other account. Foreign text.
    pub name_there: String,
    /// Whether the other account has one of that name.
    pub there: There,
    /// Whether things can be added to it there: not to one whose things a query finds.
    pub takes_things: bool,
    /// The policies that this one gives its things there, those of the groups above it too. Foreign text.
    pub policies_there: Vec<String>,
}

/// A thing type, looked for once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRead {
    /// Its name. Foreign text.
    pub name: String,
    /// What it says, or why that is not known.
    pub properties: Result<TypeProperties, Box<Failure>>,
    /// Whether the other account has one of this name.
    pub there: There,
}

/// A certificate authority, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaRead {
    /// The id of its certificate. Foreign text.
    pub id: String,
    /// Whether it registers certificates that it does not know at their first connection, or why that is not
    /// known.
    pub registers: Result<bool, Box<Failure>>,
    /// Whether the other account has registered it.
    pub there: There,
}

/// A part of the answer to what certificates would lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurveyPart {
    /// The other account is open and compared with.
    Beside(AccountId),
    /// What a certificate has, or why that is not known.
    Certificate(Result<Box<Belongings>, (CertificateId, Box<Failure>)>),
    /// A policy.
    Policy(Box<PolicyRead>),
    /// A thing group.
    Group(Box<GroupRead>),
    /// A thing type.
    Type(TypeRead),
    /// A certificate authority.
    Ca(Box<CaRead>),
    /// That was all.
    Over,
}
