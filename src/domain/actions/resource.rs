//! What can be created in an account for a certificate that arrives there.

use crate::domain::text::visible;

/// Something that is created in an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// A policy.
    Policy {
        /// Its name. Foreign text.
        name: String,
        /// What it says, as JSON. Foreign text.
        document: String,
    },
    /// A thing type.
    ThingType {
        /// Its name. Foreign text.
        name: String,
        /// What else it says.
        properties: TypeProperties,
    },
    /// A thing.
    Thing {
        /// Its name. Foreign text.
        name: String,
        /// The name of its type, when it has one. Foreign text.
        type_name: Option<String>,
        /// Its attributes, by name. Foreign text.
        attributes: Vec<(String, String)>,
    },
}

/// What a thing type says.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeProperties {
    /// What it is. Foreign text.
    pub description: Option<String>,
    /// The attributes by which its things are found. Foreign text.
    pub searchable: Vec<String>,
}

impl Resource {
    /// Its name. Foreign text.
    pub fn name(&self) -> &str {
        match self {
            Self::Policy { name, .. } | Self::ThingType { name, .. } | Self::Thing { name, .. } => {
                name
            }
        }
    }

    /// What it is, in a word or two.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Policy { .. } => "policy",
            Self::ThingType { .. } => "thing type",
            Self::Thing { .. } => "thing",
        }
    }

    /// `policy press-base`.
    pub fn words(&self) -> String {
        format!("{} {}", self.word(), visible(self.name()))
    }
}
