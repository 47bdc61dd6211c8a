//! Whose credentials sign the calls.

use crate::domain::place::{account::AccountId, partition::Partition};

/// What gave the credentials. Environment variables go before a profile that only the environment
/// names, so this need not be the profile whose settings are in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// A profile, by its name.
    Profile(String),
    /// `AWS_ACCESS_KEY_ID` and the variables beside it.
    Environment,
    /// A web identity token.
    WebIdentity,
    /// The container's role.
    Container,
    /// The instance's role.
    Instance,
    /// Something else.
    Other,
}

impl CredentialSource {
    /// The profile that gave them.
    pub fn profile(&self) -> Option<&str> {
        match self {
            Self::Profile(name) => Some(name),
            Self::Environment
            | Self::WebIdentity
            | Self::Container
            | Self::Instance
            | Self::Other => None,
        }
    }

    /// In a few words, for the screen.
    pub fn words(&self) -> Option<String> {
        Some(match self {
            Self::Profile(name) => format!("profile {}", crate::domain::text::visible(name)),
            Self::Environment => "keys of the environment".to_owned(),
            Self::WebIdentity => "web identity".to_owned(),
            Self::Container => "container role".to_owned(),
            Self::Instance => "instance role".to_owned(),
            Self::Other => return None,
        })
    }
}

/// Who the caller is (`GetCallerIdentity`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// The caller's ARN. Foreign text.
    pub arn: String,
}

impl Identity {
    /// The partition that the caller is of, when the ARN names one.
    pub fn partition(&self) -> Option<Partition> {
        Partition::in_arn(&self.arn)
    }

    /// What people call the caller: the role that is assumed, the user, or `root`. Foreign text.
    pub fn name(&self) -> Option<&str> {
        let resource = self.arn.splitn(6, ':').nth(5)?;
        let mut parts = resource.split('/');
        let role = match parts.next()? {
            "assumed-role" => parts.next()?,
            _ => resource.rsplit('/').next()?,
        };
        // IAM Identity Center puts the name of its permission set between these.
        let of_set = role.strip_prefix("AWSReservedSSO_");
        let set = of_set.and_then(|rest| rest.rsplit_once('_'));
        Some(set.map_or(role, |(set, _)| set)).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(resource: &str) -> Identity {
        Identity {
            account: AccountId::parse("111122223333").unwrap(),
            arn: format!("arn:aws-cn:sts::111122223333:{resource}"),
        }
    }

    #[test]
    fn a_caller_is_called_by_its_role_or_its_name() {
        for (resource, name) in [
            ("root", Some("root")),
            ("user/people/anna", Some("anna")),
            ("assumed-role/Operator/anna@lab", Some("Operator")),
            ("assumed-role/Operator", Some("Operator")),
            (
                "assumed-role/AWSReservedSSO_Fleet_0123abcd/anna",
                Some("Fleet"),
            ),
            ("federated-user/anna", Some("anna")),
            ("", None),
        ] {
            assert_eq!(identity(resource).name(), name, "{resource}");
        }
        assert_eq!(identity("root").partition(), Partition::named("aws-cn"));
        let nobody = Identity {
            arn: "anna".to_owned(),
            ..identity("root")
        };
        assert_eq!((nobody.name(), nobody.partition()), (None, None));
    }

    #[test]
    fn where_credentials_are_from_has_words() {
        use CredentialSource as S;
        let lab = S::Profile("la\u{1b}b".to_owned());
        assert_eq!(lab.profile(), Some("la\u{1b}b"));
        assert_eq!(lab.words().as_deref(), Some(r"profile la\x1bb"));
        for (source, words) in [
            (S::Environment, Some("keys of the environment")),
            (S::WebIdentity, Some("web identity")),
            (S::Container, Some("container role")),
            (S::Instance, Some("instance role")),
            (S::Other, None),
        ] {
            assert_eq!(source.profile(), None);
            assert_eq!(source.words().as_deref(), words);
        }
    }
}
