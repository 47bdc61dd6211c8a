//! What exists in an account besides certificates, by its names: things, thing groups, thing types, policies and
//! certificate authorities.

use crate::domain::{
    actions::operation::Operation,
    certificate::{attachment::ThingAttributes, description::CertificateId},
    clock::Timestamp,
    failure::Failure,
    text::{counted, visible},
    words::runs::grouped,
};

/// What has a name of its own, and leads to certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum NamedKind {
    /// A thing.
    Thing,
    /// A thing group.
    Group,
    /// A thing type.
    Type,
    /// A policy.
    Policy,
    /// A certificate authority, by its id.
    Authority,
}

impl NamedKind {
    /// The operation that lists them.
    pub const fn operation(self) -> Operation {
        match self {
            Self::Thing => Operation::ListThings,
            Self::Group => Operation::ListThingGroups,
            Self::Type => Operation::ListThingTypes,
            Self::Policy => Operation::ListPolicies,
            Self::Authority => Operation::ListCACertificates,
        }
    }

    /// What stands before the colon of a filter's word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Thing => "thing",
            Self::Group => "group",
            Self::Type => "type",
            Self::Policy => "policy",
            Self::Authority => "ca",
        }
    }

    /// One of them, in words.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Thing => "thing",
            Self::Group => "thing group",
            Self::Type => "thing type",
            Self::Policy => "policy",
            Self::Authority => "CA",
        }
    }

    /// Several of them, in words.
    pub const fn several(self) -> &'static str {
        match self {
            Self::Thing => "things",
            Self::Group => "thing groups",
            Self::Type => "thing types",
            Self::Policy => "policies",
            Self::Authority => "CAs",
        }
    }

    /// Whether AWS says which certificates one is attached to.
    pub const fn has_targets(self) -> bool {
        matches!(self, Self::Thing | Self::Policy)
    }
}

/// Something that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name. Foreign text.
    pub name: String,
    /// The type of a thing that has one. Foreign text.
    pub type_name: Option<String>,
}

/// Some of what exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPart {
    /// In AWS's order.
    pub rows: Vec<Named>,
    /// Whether no more follow.
    pub last: bool,
    /// Whether there are more than were wanted.
    pub more: bool,
}

/// What a policy or a thing is attached to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttachmentTargets {
    /// The certificates.
    pub certificates: Vec<CertificateId>,
    /// The thing groups. Foreign text.
    pub groups: Vec<String>,
    /// How many identities of Amazon Cognito.
    pub others: usize,
    /// Whether there are more.
    pub more: bool,
}

impl AttachmentTargets {
    /// Whether it is attached to nothing.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.groups.is_empty() && self.others == 0 && !self.more
    }

    /// In a few words: `2 certificates, group lyon`.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        let certificates = self.certificates.len();
        match certificates {
            0 => {}
            1 => parts.push("1 certificate".to_owned()),
            n => parts.push(format!("{} certificates", grouped(n))),
        }
        match self.groups.as_slice() {
            [] => {}
            [one] => parts.push(format!("group {}", visible(one))),
            several => parts.push(counted(several.len(), "group", "groups")),
        }
        if self.others > 0 {
            parts.push(counted(self.others, "other identity", "other identities"));
        }
        let more = if self.more { " and more" } else { "" };
        if parts.is_empty() {
            return format!("nothing{more}");
        }
        format!("{}{more}", parts.join(", "))
    }
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number. Foreign text.
    pub id: String,
    /// Whether it is the one that counts.
    pub is_default: bool,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Its JSON document, as AWS gives it, or why that could not be read. Foreign text.
    pub document: Result<String, Box<Failure>>,
}

/// Everything that is shown of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyInFull {
    /// Its versions, newest first, or why they could not be listed.
    pub versions: Result<Vec<PolicyVersion>, Box<Failure>>,
    /// The document that counts, with the number of its version. Foreign text.
    pub document: (Option<String>, String),
    /// What it is attached to.
    pub targets: Result<AttachmentTargets, Box<Failure>>,
}

/// Everything that is shown of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingInFull {
    /// Its type and its attributes.
    pub attributes: ThingAttributes,
    /// The groups that it is in. Foreign text.
    pub groups: Result<Vec<String>, Box<Failure>>,
    /// What it is attached to.
    pub targets: Result<AttachmentTargets, Box<Failure>>,
}

/// Everything of a policy or of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InFull {
    /// Of a policy.
    Policy(PolicyInFull),
    /// Of a thing.
    Thing(ThingInFull),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_something_is_attached_to_is_said_in_a_few_words() {
        let id = CertificateId::from_bytes([1; 32]);
        let targets = |certificates: usize, groups: &[&str], others, more| {
            AttachmentTargets {
                certificates: vec![id; certificates],
                groups: groups.iter().map(|it| (*it).to_owned()).collect(),
                others,
                more,
            }
            .words()
        };
        assert_eq!(targets(0, &[], 0, false), "nothing");
        assert_eq!(targets(1, &[], 0, false), "1 certificate");
        assert_eq!(
            targets(2, &["lyon\u{1b}"], 0, false),
            "2 certificates, group lyon\\x1b"
        );
        assert_eq!(
            targets(250, &["a", "b"], 1, true),
            "250 certificates, 2 groups, 1 other identity and more"
        );
    }
}
