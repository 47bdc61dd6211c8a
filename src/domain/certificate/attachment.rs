//! What can be attached to a certificate: policies and things.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

/// A policy attached to a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyRef {
    /// Its name.
    pub name: String,
    /// Its ARN as AWS gives it.
    pub arn: Option<String>,
}

/// How a thing holds its certificate (`ThingPrincipalType` of the service model).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub enum ThingPrincipalType {
    /// The certificate belongs to this thing alone.
    Exclusive,
    /// The certificate may be attached to other things too.
    NonExclusive,
}

impl ThingPrincipalType {
    /// The API's word.
    pub const fn api_name(self) -> &'static str {
        match self {
            Self::Exclusive => "EXCLUSIVE_THING",
            Self::NonExclusive => "NON_EXCLUSIVE_THING",
        }
    }
}

/// A thing attached to a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThingRef {
    /// Its name.
    pub name: String,
    /// How it holds the certificate; `None` when AWS did not say.
    pub principal_type: Option<ThingPrincipalType>,
}

/// A policy or a thing that a certificate has, or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachment {
    /// A policy, by its name. Foreign text.
    Policy(String),
    /// A thing.
    Thing(ThingRef),
}

impl Attachment {
    /// A thing by its name alone.
    pub const fn thing(name: String) -> Self {
        Self::Thing(ThingRef {
            name,
            principal_type: None,
        })
    }

    /// Its name. Foreign text.
    pub fn name(&self) -> &str {
        match self {
            Self::Policy(name) => name,
            Self::Thing(thing) => &thing.name,
        }
    }

    /// `policy`, `thing`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::Thing(_) => "thing",
        }
    }
}

/// A policy that has an effect on devices that use a certificate (`GetEffectivePolicies`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectivePolicy {
    /// Its name. Foreign text.
    pub name: String,
    /// What it is attached to; empty when that was not found.
    pub from: BTreeSet<PolicySource>,
}

/// What a policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySource {
    /// The certificate.
    Certificate,
    /// A thing group that a thing of the certificate is in, or one above it. Foreign text.
    ThingGroup {
        /// The group.
        group: String,
        /// The thing. The policy counts for a device that connects by its name.
        thing: String,
    },
}

/// A policy with its document (`GetPolicy`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDocument {
    /// The policy's name.
    pub name: String,
    /// The default version's number.
    pub version: Option<String>,
    /// The JSON document as AWS gives it. Foreign text.
    pub document: String,
}

impl PolicyDocument {
    /// What tells this document from another one under the same name.
    pub fn edition(&self) -> PolicyEdition {
        PolicyEdition {
            version: self.version.clone(),
            hash: Sha256::digest(self.document.as_bytes()).into(),
        }
    }
}

/// What a policy said at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyEdition {
    /// The default version's number (`defaultVersionId`). Foreign text.
    pub version: Option<String>,
    /// The SHA-256 of its document.
    pub hash: [u8; 32],
}

/// A thing with its attributes (`DescribeThing`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingAttributes {
    /// The thing's name.
    pub name: String,
    /// Its type, when it has one.
    pub type_name: Option<String>,
    /// Its version, which counts changes.
    pub version: Option<i64>,
    /// Name and value, sorted by name. Foreign text.
    pub attributes: Vec<(String, String)>,
}
