//! How a profile comes to its credentials: what gives the first ones, and the roles that are assumed with
//! them, one after the other.

use std::collections::BTreeSet;

use aws_runtime::env_config::file::EnvConfigFiles;

use crate::{
    aws::{
        classify::{self, not_connected},
        files::profiles::{Files, Kind},
    },
    domain::{Failure, FailureKind, quote},
};

/// The settings that make a profile a role's.
const ROLE: [&str; 3] = ["role_arn", "source_profile", "credential_source"];

/// How a profile comes to its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::aws) struct Chain {
    /// What gives the first ones.
    pub(in crate::aws) base: Base,
    /// What is assumed with them, in this order.
    pub(in crate::aws) roles: Vec<AssumedRole>,
}

/// What gives credentials without others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::aws) enum Base {
    /// What a profile has beside a role.
    Profile(String),
    /// A token in a file, which STS gives a role for.
    Token {
        file: String,
        role: String,
        session_name: Option<String>,
    },
    /// The variables of the environment.
    Environment,
    /// The role of the instance.
    Instance,
    /// The role of the container.
    Container,
}

/// A role that a profile assumes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::aws) struct AssumedRole {
    pub(in crate::aws) arn: String,
    pub(in crate::aws) external_id: Option<String>,
    pub(in crate::aws) session_name: Option<String>,
    /// In seconds.
    pub(in crate::aws) duration: Option<i32>,
    /// The device whose code is asked for.
    pub(in crate::aws) mfa_serial: Option<String>,
    pub(in crate::aws) profile: String,
    /// The profile, and where it stands.
    pub(in crate::aws) place: String,
}

/// A role that somebody is signed in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::aws) struct SignedIn {
    pub(in crate::aws) role: String,
    pub(in crate::aws) account: String,
    /// The profile, and where it stands.
    pub(in crate::aws) place: String,
}

impl Files {
    /// How a profile comes to its credentials.
    ///
    /// # Errors
    ///
    /// Something that it refers to is not there, or cannot be meant, with the file and the line.
    pub(in crate::aws) fn chain(&self, profile: &str) -> Result<Chain, Failure> {
        let mut visited = vec![profile];
        let mut roles = Vec::new();
        let base = loop {
            let at = visited.last().copied().unwrap_or(profile);
            if let Some((session, place)) = self.property(at, "sso_session")
                && self.section(Kind::SsoSession, session).is_none()
            {
                return Err(refers(at, "sso_session", session, &place));
            }
            // One that is only a source gives its own keys, where it has some.
            let own_keys = self.property(at, "aws_access_key_id").is_some();
            if let Some(token) = self.token(at).filter(|_| visited.len() == 1 || !own_keys) {
                break token;
            }
            let Some(role) = self.role(at).filter(|_| visited.len() == 1 || !own_keys) else {
                break Base::Profile(at.to_owned());
            };
            let (named, place) = self.role_source(at)?;
            roles.push(role);
            let source = match named {
                Source::Of(base) => break base,
                Source::Profile(name) if name == at => break Base::Profile(at.to_owned()),
                Source::Profile(name) => name,
            };
            if self.section(Kind::Profile, source).is_none() {
                return Err(refers(at, "source_profile", source, &place));
            }
            if visited.contains(&source) {
                return Err(wrong(&format!(
                    "the source_profile of profile `{at}` leads back to `{source}` ({place}): {} → {source}",
                    visited.join(" → ")
                )));
            }
            visited.push(source);
        };
        roles.reverse();
        Ok(Chain { base, roles })
    }

    /// A setting that is not empty.
    fn text(&self, profile: &str, key: &str) -> Option<String> {
        let (value, _) = self.property(profile, key)?;
        Some(value.to_owned()).filter(|value| !value.is_empty())
    }

    /// The token that a profile has a role for.
    fn token(&self, profile: &str) -> Option<Base> {
        Some(Base::Token {
            file: self.text(profile, "web_identity_token_file")?,
            role: self.text(profile, "role_arn")?,
            session_name: self.text(profile, "role_session_name"),
        })
    }

    fn role(&self, profile: &str) -> Option<AssumedRole> {
        let text = |key| self.text(profile, key);
        Some(AssumedRole {
            arn: text("role_arn")?,
            external_id: text("external_id"),
            session_name: text("role_session_name"),
            // What is no number is as if it were not there, as for the AWS CLI.
            duration: text("duration_seconds").and_then(|seconds| seconds.parse().ok()),
            mfa_serial: text("mfa_serial"),
            profile: profile.to_owned(),
            place: self.place(profile)?,
        })
    }

    /// What a role is assumed with, and where that is said.
    fn role_source(&self, profile: &str) -> Result<(Source<'_>, String), Failure> {
        let named = self.property(profile, "credential_source");
        match (self.property(profile, "source_profile"), named) {
            (Some((source, place)), None) => Ok((Source::Profile(source), place)),
            (None, Some((source, place))) => {
                let base = match source.to_ascii_lowercase().as_str() {
                    "environment" => Base::Environment,
                    "ec2instancemetadata" => Base::Instance,
                    "ecscontainer" => Base::Container,
                    _ => {
                        return Err(wrong(&format!(
                            "the credential_source of profile `{profile}` is `{source}`, which is neither \
                             Environment nor Ec2InstanceMetadata nor EcsContainer ({place})"
                        )));
                    }
                };
                Ok((Source::Of(base), place))
            }
            (Some((_, place)), Some(_)) => Err(wrong(&format!(
                "profile `{profile}` has both a source_profile and a credential_source: its role is \
                 assumed with one of them ({place})"
            ))),
            (None, None) => {
                let (_, place) = self.property(profile, "role_arn").unwrap_or_default();
                Err(wrong(&format!(
                    "profile `{profile}` has a role_arn, and neither source_profile nor \
                     credential_source says with whose credentials it is assumed ({place})"
                )))
            }
        }
    }

    /// The files with what a profile has beside a role, in the order in which the AWS CLI takes it.
    pub(in crate::aws) fn beside_role(&self, profile: &str) -> EnvConfigFiles {
        let mut left_out: BTreeSet<&str> = ROLE.into();
        if self.has_keys_among_credentials(profile) {
            left_out.extend(["login_session", "credential_process"]);
        }
        self.without(profile, &left_out)
    }

    /// The role that a profile signs in to.
    pub(in crate::aws) fn signed_in(&self, profile: &str) -> Option<SignedIn> {
        let text = |key| self.text(profile, key);
        Some(SignedIn {
            role: text("sso_role_name")?,
            account: text("sso_account_id")?,
            place: self.place(profile)?,
        })
    }

    /// The command that signs in again, where a chain begins with something that one signs in to.
    pub(in crate::aws) fn sign_in(&self, chain: &Chain) -> Option<String> {
        let Base::Profile(profile) = &chain.base else {
            return None;
        };
        let has = |key| self.property(profile, key).is_some();
        let command = if has("sso_session") || has("sso_start_url") {
            "aws sso login"
        } else if has("login_session") && !self.has_keys_among_credentials(profile) {
            "aws login"
        } else {
            return None;
        };
        let name = quote(profile);
        Some(format!("{command} --profile {name}"))
    }
}

/// What a role is assumed with.
enum Source<'a> {
    Profile(&'a str),
    Of(Base),
}

fn wrong(text: &str) -> Failure {
    not_connected(FailureKind::BadProfile, classify::bounded(text, 400))
}

/// A setting that refers to something that is not there.
fn refers(profile: &str, key: &str, to: &str, place: &str) -> Failure {
    wrong(&format!(
        "the {key} `{to}` of profile `{profile}` is not in the AWS configuration ({place})"
    ))
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::{Env, Fs};

    use super::*;

    async fn files(config: &str, credentials: &str) -> Files {
        let env = Env::from_slice(&[("HOME", "/home/me")]);
        let fs = Fs::from_slice(&[
            ("/home/me/.aws/config", config),
            ("/home/me/.aws/credentials", credentials),
        ]);
        Files::load(&env, &fs, None).await.unwrap()
    }

    /// `base: role, role`, each role by the end of its ARN.
    fn told(chain: &Chain) -> String {
        let base = match &chain.base {
            Base::Profile(name) => name.clone(),
            other => format!("{other:?}"),
        };
        let roles = chain.roles.iter().map(|role| role.arn.clone());
        format!("{base}: {}", roles.collect::<Vec<_>>().join(", "))
    }

    #[tokio::test]
    async fn roles_are_assumed_from_the_first_credentials_on() {
        for (config, credentials, found) in [
            ("[profile m]\naws_access_key_id = AK\n", "", "m: "),
            ("[profile other]\n", "", "m: "),
            (
                "[profile m]\nrole_arn = r\nsource_profile = b\n[profile b]\n",
                "",
                "b: r",
            ),
            (
                "[profile m]\nrole_arn = r\nsource_profile = m\n",
                "[m]\naws_access_key_id = AK\n",
                "m: r",
            ),
            (
                "[profile m]\nrole_arn = r3\nsource_profile = b\n[profile b]\nrole_arn = r2\n\
                 source_profile = c\n[profile c]\nrole_arn = r1\ncredential_source = EcsContainer\n",
                "",
                "Container: r1, r2, r3",
            ),
            // With keys it is no role when it is only a source.
            (
                "[profile m]\nrole_arn = r3\nsource_profile = b\n[profile b]\nrole_arn = r2\n\
                 source_profile = gone\n",
                "[b]\naws_access_key_id = AK\n",
                "b: r3",
            ),
            (
                "[profile m]\nrole_arn = r\ncredential_source = environment\n",
                "",
                "Environment: r",
            ),
            (
                "[profile m]\nrole_arn = r\nweb_identity_token_file = /run/a # b\n",
                "",
                "Token { file: \"/run/a # b\", role: \"r\", session_name: None }: ",
            ),
            ("[profile m]\nsource_profile = gone\n", "", "m: "),
            (
                "[profile m]\nrole_arn =\nsource_profile = gone\n",
                "",
                "m: ",
            ),
        ] {
            let files = files(config, credentials).await;
            assert_eq!(told(&files.chain("m").unwrap()), found, "{config}");
        }
    }

    #[tokio::test]
    async fn the_command_that_signs_in_names_the_profile_that_one_signs_in_to() {
        let session = "sso_session = corp\n[sso-session corp]\nsso_region = r\n";
        for (config, command) in [
            (
                format!(
                    "[profile m]\nrole_arn = r\nsource_profile = my base\n[profile 'my base']\n{session}"
                ),
                Some("aws sso login --profile 'my base'"),
            ),
            (
                "[profile m]\nlogin_session = arn:aws:iam::111122223333:user/me\n".to_owned(),
                Some("aws login --profile m"),
            ),
            ("[profile m]\naws_access_key_id = AK\n".to_owned(), None),
            ("[profile m]\ncredential_process = x\n".to_owned(), None),
        ] {
            let files = files(&config, "").await;
            let found = files.sign_in(&files.chain("m").unwrap());
            assert_eq!(found.as_deref(), command, "{config}");
        }
        let keys = "[m]\naws_access_key_id = AK\n";
        let files = files("[profile m]\nlogin_session = a\n", keys).await;
        assert_eq!(files.sign_in(&files.chain("m").unwrap()), None);
    }

    #[tokio::test]
    async fn a_device_and_the_rest_of_a_role_are_read() {
        let config = "[profile m]\nrole_arn = r\nsource_profile = m\nexternal_id = a # b\n\
                      role_session_name = night\nduration_seconds = 7200\nmfa_serial = d\n";
        let chain = files(config, "").await.chain("m").unwrap();
        let role = chain.roles.first().unwrap();
        assert_eq!(role.external_id.as_deref(), Some("a # b"));
        assert_eq!(role.session_name.as_deref(), Some("night"));
        assert_eq!(role.duration, Some(7200));
        assert_eq!(role.mfa_serial.as_deref(), Some("d"));
        assert!(role.place.ends_with("/config, line 1"), "{}", role.place);
    }
}
