//! What AWS can find certificates by.

use std::fmt;

use crate::domain::{
    actions::operation::Operation, certificate::description::CertificateId, inventory::NamedKind,
};

/// What AWS is asked to find certificates by. All names are foreign text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finder {
    /// They are attached to one of these things.
    Things(Vec<String>),
    /// They are attached to the things of a group.
    Group {
        /// Its name.
        name: String,
        /// Whether the groups below it count too.
        below: bool,
    },
    /// They are attached to the things of a type.
    Type(String),
    /// This policy is attached to them themselves.
    Policy(String),
    /// They were registered with the authority of this id.
    Authority(CertificateId),
}

/// Why a word finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FinderError {
    /// Nothing stands behind the colon.
    #[error("a name is missing behind the colon")]
    NoName,
    /// The name has a letter that no such name has.
    #[error("no name is written so: letters, digits, ':', '_' and '-' are allowed")]
    Name,
    /// The name has a letter that no policy's name has.
    #[error("no policy's name is written so: letters, digits and '_+=,.@-' are allowed")]
    PolicyName,
    /// The name is too long.
    #[error("a name has at most 128 letters")]
    TooLong,
    /// Nothing stands behind the colon, or the word has no letter and no digit: every certificate would match.
    #[error("it says nothing: letters or digits are missing")]
    Nothing,
    /// It finds by names that are kept here, which may be old and are not all: not enough to change something by.
    #[error(
        "names that are kept here may be old: to change something, say thing:NAME, or see what `certferry list` finds"
    )]
    Kept,
    /// It is too short to change something by.
    #[error(
        "it is too short to change something by: six digits of an id, or status:, to:, from:, thing:, group:, type:, policy:, ca:"
    )]
    TooShort,
    /// No status begins so.
    #[error(
        "no status begins so: active, inactive, transferred, pending-transfer, in-transfer, pending-activation, revoked, came-back"
    )]
    Status,
    /// No such word stands before a colon; perhaps this one was meant.
    #[error("{}", no_such_key(*.0))]
    Key(Option<&'static str>),
    /// No time is written so.
    #[error("a time is written so: >30d or <2h, with s, m, h, d, w or y")]
    Span,
    /// A word is missing before or behind it.
    #[error("a word is missing beside it; in quotation marks it is a word like any other")]
    Beside,
    /// A bracket is not closed.
    #[error("a closing bracket is missing")]
    NoClosing,
    /// A bracket is closed that was not opened.
    #[error("there is no opening bracket for it")]
    NoOpening,
    /// There is nothing between the brackets.
    #[error("nothing stands between the brackets")]
    NothingInside,
    /// Brackets in brackets in brackets.
    #[error("brackets stand too deep in each other: 20 is the most")]
    TooDeep,
    /// A quotation mark is not closed.
    #[error("a closing quotation mark is missing")]
    NoQuote,
    /// There are more words than anybody types.
    #[error("a filter has at most 1,000 words")]
    TooMany,
    /// It could match nearly everything.
    #[error(
        "it could match nearly everything, which is not enough to change something by: say what all of them have, such as one status, group: or to:"
    )]
    Wide,
    /// It is no id of an authority.
    #[error("the id of a CA is 64 hexadecimal digits")]
    Authority,
}

fn no_such_key(perhaps: Option<&'static str>) -> String {
    match perhaps {
        Some(key) => format!("no such word: perhaps {key}: is meant"),
        None => "no such word; device:NAME finds a name with a colon in it".to_owned(),
    }
}

/// The longest name of a thing, a group, a type or a policy (service model).
const LONGEST: usize = 128;

/// What follows the name of a group when those below it count too.
pub const BELOW: char = '/';

impl Finder {
    /// Reads `thing:NAME`, `group:NAME`, `group:NAME/` with the groups below it, `type:NAME`, `policy:NAME` or
    /// `ca:ID`; `None` when it is another word.
    ///
    /// # Errors
    ///
    /// What is wrong with the name.
    pub fn parse(word: &str) -> Option<Result<Self, FinderError>> {
        let (kind, name) = word.split_once(':')?;
        Self::of(&kind.to_ascii_lowercase(), name)
    }

    /// The same by what stands before the colon, in lower case, and behind it.
    ///
    /// # Errors
    ///
    /// What is wrong with the name.
    pub fn of(kind: &str, name: &str) -> Option<Result<Self, FinderError>> {
        Some(match kind {
            "thing" => plain(name).map(|name| Self::Things(vec![name])),
            "group" => {
                let bare = name.strip_suffix(BELOW);
                let below = bare.is_some();
                plain(bare.unwrap_or(name)).map(|name| Self::Group { name, below })
            }
            "type" => plain(name).map(Self::Type),
            "policy" => policy(name).map(Self::Policy),
            "ca" => CertificateId::parse(name)
                .map(Self::Authority)
                .map_err(|_| FinderError::Authority),
            _ => return None,
        })
    }

    /// The kind of what it names.
    pub const fn kind(&self) -> NamedKind {
        match self {
            Self::Things(_) => NamedKind::Thing,
            Self::Group { .. } => NamedKind::Group,
            Self::Type(_) => NamedKind::Type,
            Self::Policy(_) => NamedKind::Policy,
            Self::Authority(_) => NamedKind::Authority,
        }
    }

    /// What it names, in a word.
    pub const fn word(&self) -> &'static str {
        self.kind().one()
    }

    /// The operation that it begins with.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Things(_) => Operation::ListThingPrincipals,
            Self::Group { .. } => Operation::ListThingsInThingGroup,
            Self::Type(_) => Operation::ListThings,
            Self::Policy(_) => Operation::ListTargetsForPolicy,
            Self::Authority(_) => Operation::ListCertificatesByCA,
        }
    }
}

impl fmt::Display for Finder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Things(names) => write!(f, "thing:{}", names.join(",")),
            Self::Group { name, below: false } => write!(f, "group:{name}"),
            Self::Group { name, below: true } => write!(f, "group:{name}{BELOW}"),
            Self::Type(name) => write!(f, "type:{name}"),
            Self::Policy(name) => write!(f, "policy:{name}"),
            Self::Authority(id) => write!(f, "ca:{id}"),
        }
    }
}

/// Whether a text can be the name of a thing, a group or a type (service model).
pub fn is_thing_name(text: &str) -> bool {
    plain(text).is_ok()
}

fn plain(name: &str) -> Result<String, FinderError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
    checked(name, allowed, FinderError::Name)
}

fn policy(name: &str) -> Result<String, FinderError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    checked(name, allowed, FinderError::PolicyName)
}

fn checked(
    name: &str,
    allowed: impl Fn(char) -> bool,
    wrong: FinderError,
) -> Result<String, FinderError> {
    if name.is_empty() {
        Err(FinderError::NoName)
    } else if name.chars().count() > LONGEST {
        Err(FinderError::TooLong)
    } else if name.chars().all(allowed) {
        Ok(name.to_owned())
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_name_is_asked_of_aws() {
        let ca = "ab".repeat(32);
        for word in [
            "thing:press-line:7",
            "group:lyon",
            "group:lyon/",
            "type:PressLine",
            "policy:fleet@base,v=1",
            &format!("ca:{ca}"),
        ] {
            assert_eq!(Finder::parse(word).unwrap().unwrap().to_string(), word);
        }
        assert_eq!(Finder::parse("lyon"), None);
        assert_eq!(Finder::parse("status:active"), None);
    }

    #[test]
    fn a_name_that_aws_would_not_take_is_said() {
        use FinderError as E;
        let long = format!("thing:{}", "x".repeat(129));
        for (word, error) in [
            ("thing:", E::NoName),
            ("group:/", E::NoName),
            ("thing:press line", E::Name),
            ("group:lyon//", E::Name),
            ("type:\u{1b}[2J", E::Name),
            ("policy:a/b", E::PolicyName),
            ("ca:12", E::Authority),
            (&long, E::TooLong),
        ] {
            assert_eq!(Finder::parse(word), Some(Err(error)), "{word}");
        }
    }
}
