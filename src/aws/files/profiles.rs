//! The person's AWS configuration files, read as the AWS CLI reads them.
//!
//! The SDK's own reader drops what it does not know: a file that is not UTF-8, a name with a blank, a
//! line that is indented. What is dropped is then said not to be there. So the files are read here and
//! handed to the SDK in the form that it knows. A name that it would drop is percent-encoded there.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt::Write as _,
    mem::discriminant,
    path::{Path, PathBuf},
};

use aws_config::profile::{Profile, ProfileSet};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    aws::{
        classify::{self, not_connected},
        files::ini::{Property, parse, read},
    },
    domain::{AccountId, Failure, FailureKind},
};

/// What a name may consist of for the SDK, beside `%`, which encodes the rest.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'-')
    .remove(b'/')
    .remove(b'.')
    .remove(b'@')
    .remove(b':')
    .remove(b'+');

/// The configuration files.
#[derive(Debug)]
pub(in crate::aws) struct Files {
    /// Both files, as the SDK reads them.
    set: ProfileSet,
    sections: Vec<FileSection>,
    /// What runs the command of a `credential_process`.
    helper: Option<PathBuf>,
    /// Sections that look like a profile's and are none, and why.
    pub(in crate::aws) refused: Vec<(String, String)>,
}

/// What a section describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::aws) enum Kind {
    Profile,
    SsoSession,
    Services,
}

#[derive(Debug)]
pub(in crate::aws) struct FileSection {
    kind: Kind,
    name: String,
    file: EnvConfigFileKind,
    path: PathBuf,
    properties: Vec<Property>,
    line: usize,
}

impl Files {
    /// Reads the files. One that is not there is like an empty one. `helper` runs what a
    /// `credential_process` names.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BadProfile`]: a file cannot be read, or a line of it not be understood.
    pub(in crate::aws) async fn load(
        env: &Env,
        fs: &Fs,
        helper: Option<&Path>,
    ) -> Result<Self, Failure> {
        let mut sections = Vec::new();
        let mut refused = Vec::new();
        for (path, file) in paths(env) {
            let text = read(fs, &path).await?;
            for raw in parse(&text, &path)? {
                match named(&raw.header, file) {
                    Header::Is(kind, name) => sections.push(FileSection {
                        kind,
                        name,
                        file,
                        path: path.clone(),
                        properties: raw.properties,
                        line: raw.line,
                    }),
                    Header::Refused(name, why) => {
                        let at = format!("{}, line {}", path.display(), raw.line);
                        refused.push((name, format!("{why} ({at})")));
                    }
                    Header::Other => {}
                }
            }
        }
        let sdk = written(&sections, helper, |_, _| true);
        let set = aws_config::profile::load(fs, env, &sdk, None).await;
        let set =
            set.map_err(|error| not_connected(FailureKind::BadProfile, classify::chain(&error)))?;
        Ok(Self {
            set,
            sections,
            helper: helper.map(Path::to_owned),
            refused,
        })
    }

    /// The names of the profiles, sorted.
    pub(in crate::aws) fn names(&self) -> Vec<String> {
        let profiles = self.sections.iter().filter(|it| it.kind == Kind::Profile);
        let mut names: Vec<String> = profiles.map(|it| it.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A profile as the SDK knows it.
    pub(in crate::aws) fn profile(&self, name: &str) -> Option<&Profile> {
        self.set.get_profile(&encoded(name))
    }

    /// Why a name is no profile's.
    pub(in crate::aws) fn missing(&self, name: &str) -> Failure {
        let mut refused = self.refused.iter();
        let why = match refused.find(|(known, _)| known == name) {
            Some((_, why)) => format!("`{name}` is no profile: {why}"),
            None => format!("there is no profile named `{name}` in the AWS configuration"),
        };
        not_connected(FailureKind::BadProfile, classify::bounded(&why, 300))
    }

    /// A section by its name.
    pub(in crate::aws) fn section(&self, kind: Kind, name: &str) -> Option<&FileSection> {
        let mut sections = self.sections.iter();
        sections.find(|it| it.kind == kind && it.name == name)
    }

    /// A setting of a profile, and where it stands. The credentials file goes before the other.
    pub(in crate::aws) fn property(&self, profile: &str, key: &str) -> Option<(&str, String)> {
        let sections = self.sections.iter().rev();
        let mut sections = sections.filter(|it| it.kind == Kind::Profile && it.name == profile);
        sections.find_map(|section| {
            let mut properties = section.properties.iter().rev();
            let found = properties.find(|it| it.key == key)?;
            let place = format!("{}, line {}", section.path.display(), found.line);
            Some((&*found.value, place))
        })
    }

    /// Whether the credentials file has keys of a profile. The AWS CLI takes them before a login or a
    /// program of the other file.
    pub(in crate::aws) fn has_keys_among_credentials(&self, profile: &str) -> bool {
        let mut sections = self.sections.iter();
        sections.any(|it| {
            let here = it.kind == Kind::Profile && it.name == profile;
            let keys = |it: &Property| it.key == "aws_access_key_id";
            here && matches!(it.file, EnvConfigFileKind::Credentials)
                && it.properties.iter().any(keys)
        })
    }

    /// The files, without some settings of a profile.
    pub(in crate::aws) fn without(
        &self,
        profile: &str,
        left_out: &BTreeSet<&str>,
    ) -> EnvConfigFiles {
        written(&self.sections, self.helper.as_deref(), |section, key| {
            section.kind != Kind::Profile || section.name != profile || !left_out.contains(key)
        })
    }

    /// The account that a profile acts in, where the configuration tells it: that of its role, or the one
    /// that is signed in to.
    pub(in crate::aws) fn account(&self, profile: &str) -> Option<AccountId> {
        let role = || {
            let (arn, _) = self.property(profile, "role_arn")?;
            arn.split(':').nth(4).map(str::to_owned)
        };
        let signed_in = || {
            let (account, _) = self.property(profile, "sso_account_id")?;
            Some(account.to_owned())
        };
        AccountId::parse(&role().or_else(signed_in)?).ok()
    }

    /// A profile, and where it stands.
    pub(in crate::aws) fn place(&self, profile: &str) -> Option<String> {
        let section = self.section(Kind::Profile, profile)?;
        let path = section.path.display();
        Some(format!(
            "profile `{profile}`: {path}, line {}",
            section.line
        ))
    }
}

/// The name that the SDK knows it by: itself, where the SDK takes it.
pub(in crate::aws) fn encoded(name: &str) -> Cow<'_, str> {
    let taken = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    if name.chars().all(taken) {
        Cow::Borrowed(name)
    } else {
        utf8_percent_encode(name, KEPT).into()
    }
}

/// Where the configuration files are.
pub(in crate::aws) fn paths(env: &Env) -> [(PathBuf, EnvConfigFileKind); 2] {
    let config = ("AWS_CONFIG_FILE", "~/.aws/config");
    let credentials = ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    let at = |(variable, standard)| {
        let path = env.get(variable).ok().filter(|path| !path.is_empty());
        expanded(path.as_deref().unwrap_or(standard), env)
    };
    [
        (at(config), EnvConfigFileKind::Config),
        (at(credentials), EnvConfigFileKind::Credentials),
    ]
}

/// A path with the home folder in the place of `~`.
pub(in crate::aws) fn expanded(path: &str, env: &Env) -> PathBuf {
    let below = path
        .strip_prefix("~/")
        .or_else(|| (path == "~").then_some(""));
    match (below, env.get("HOME")) {
        (Some(below), Ok(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(path),
    }
}

/// What the name of a section stands for.
#[derive(Debug)]
enum Header {
    Is(Kind, String),
    /// It looks like a profile's section, but is not one.
    Refused(String, String),
    /// Something else, which is not read.
    Other,
}

fn named(header: &str, file: EnvConfigFileKind) -> Header {
    let bare = header.trim();
    if let EnvConfigFileKind::Credentials = file {
        return Header::Is(Kind::Profile, bare.to_owned());
    }
    let Some(words) = shlex::split(bare) else {
        return Header::Refused(bare.to_owned(), "a quote is not closed".to_owned());
    };
    let mut words = words.into_iter();
    match (words.next().as_deref(), words.next(), words.next()) {
        (Some("default"), None, None) => Header::Is(Kind::Profile, "default".to_owned()),
        (Some("profile"), Some(name), None) => Header::Is(Kind::Profile, name),
        (Some("sso-session"), Some(name), None) => Header::Is(Kind::SsoSession, name),
        (Some("services"), Some(name), None) => Header::Is(Kind::Services, name),
        (Some("profile"), Some(_), Some(_)) => {
            let name = bare.strip_prefix("profile").unwrap_or(bare).trim();
            let why = format!("a name with blanks stands in quotes: [profile '{name}']");
            Header::Refused(name.to_owned(), why)
        }
        (Some(name), None, None) if !matches!(name, "profile" | "preview" | "plugins") => {
            let why = format!("in this file a profile is written [profile {name}]");
            Header::Refused(name.to_owned(), why)
        }
        _ => Header::Other,
    }
}

/// Sections in the form that the SDK reads, with the settings that are kept.
fn written(
    sections: &[FileSection],
    helper: Option<&Path>,
    keeps: impl Fn(&FileSection, &str) -> bool,
) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder();
    for file in [EnvConfigFileKind::Config, EnvConfigFileKind::Credentials] {
        let mut text = String::new();
        let same = |it: &&FileSection| discriminant(&it.file) == discriminant(&file);
        for section in sections.iter().filter(same) {
            let name = encoded(&section.name);
            let header = match (section.kind, file) {
                (Kind::Profile, EnvConfigFileKind::Credentials) => name.into_owned(),
                (Kind::Profile, _) => format!("profile {name}"),
                (Kind::SsoSession, _) => format!("sso-session {name}"),
                (Kind::Services, _) => format!("services {name}"),
            };
            text.extend(["[", &header, "]\n"]);
            let kept = section.properties.iter();
            for property in kept.filter(|it| keeps(section, &it.key)) {
                write_property(property, helper, &mut text);
            }
        }
        files = files.with_contents(file, text);
    }
    files.build()
}

fn write_property(property: &Property, helper: Option<&Path>, text: &mut String) {
    let value = match &*property.key {
        "source_profile" | "sso_session" | "services" => encoded(&property.value),
        "credential_process" => helped(&property.value, helper),
        _ => Cow::Borrowed(&*property.value),
    };
    text.extend([&property.key, " = ", &value, "\n"]);
    for more in &property.more {
        text.extend(["  ", more, "\n"]);
    }
}

/// The command line that runs a command line by way of a helper. Digits alone: what looks like a comment
/// in it would be cut off.
fn helped<'a>(command: &'a str, helper: Option<&Path>) -> Cow<'a, str> {
    let helper = helper.and_then(Path::to_str);
    let Some(helper) = helper.and_then(|path| shlex::try_quote(path).ok()) else {
        return Cow::Borrowed(command);
    };
    let mut line = format!("{helper} credential-helper ");
    for byte in command.bytes() {
        // Writing to a String cannot fail.
        let _ = write!(line, "{byte:02x}");
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn files(config: &str, credentials: &str) -> Result<Files, Failure> {
        bytes(config.as_bytes(), credentials.as_bytes()).await
    }

    async fn bytes(config: &[u8], credentials: &[u8]) -> Result<Files, Failure> {
        let env = Env::from_slice(&[("HOME", "/home/me"), ("AWS_CONFIG_FILE", "~/c")]);
        let files = [
            ("/home/me/c", config),
            ("/home/me/.aws/credentials", credentials),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_vec()));
        let fs = Fs::from_map(files.into_iter().collect());
        Files::load(&env, &fs, None).await
    }

    fn get<'a>(files: &'a Files, profile: &str, key: &str) -> Option<&'a str> {
        files.profile(profile)?.get(key)
    }

    #[tokio::test]
    async fn what_the_aws_cli_reads_is_read() {
        for (config, name) in [
            ("[default]\nregion = r1\n", "default"),
            ("[profile default]\nregion = r1\n", "default"),
            ("\u{feff}[profile a]\nregion = r1\n", "a"),
            ("[profile a]\rregion = r1\r", "a"),
            ("[profile a]\r\nregion = r1\r\n", "a"),
            ("[profile 'my prod']\nregion = r1\n", "my prod"),
            ("[profile \"my prod\"]\nregion = r1\n", "my prod"),
            ("[profile my\\ prod]\nregion = r1\n", "my prod"),
            ("[profile büro]\nregion = r1\n", "büro"),
            ("[profile 100%]\nregion = r1\n", "100%"),
            ("[profile a] # mine\nregion = r1\n", "a"),
            ("  [profile a]\n  region = r1\n", "a"),
            ("[profile a]\n  region = r1\n  output = json\n", "a"),
            ("[profile a]\nREGION: r1\n", "a"),
            ("[profile a]\n# no\n; no\n\nregion=r1\n", "a"),
            (
                "[profile a]\ns3 =\n  max_queue_size = 10\nregion = r1\n",
                "a",
            ),
            ("[profile a]\nregion = r0\n[profile a]\nregion = r1\n", "a"),
        ] {
            let files = files(config, "").await.unwrap();
            assert_eq!(get(&files, name, "region"), Some("r1"), "{config}");
            assert_eq!(files.names(), [name], "{config}");
            assert!(files.chain(name).is_ok(), "{config}");
        }
        let files = files("", "[my prod]\naws_access_key_id = AK\n")
            .await
            .unwrap();
        assert_eq!(get(&files, "my prod", "aws_access_key_id"), Some("AK"));
    }

    #[tokio::test]
    async fn the_account_of_a_profile_is_that_of_its_role() {
        let config = "[profile a]\nsso_account_id = 111122223333\n\
                      [profile b]\nrole_arn = arn:aws-cn:iam::444455556666:role/x/y\nsource_profile = a\n\
                      [profile c]\nrole_arn = nonsense\n[profile d]\nregion = r\n";
        let files = files(config, "").await.unwrap();
        let account = |name| files.account(name).map(|it| it.to_string());
        assert_eq!(account("a").as_deref(), Some("111122223333"));
        assert_eq!(account("b").as_deref(), Some("444455556666"));
        assert_eq!((account("c"), account("d")), (None, None));
    }

    #[tokio::test]
    async fn without_any_file_there_is_no_profile() {
        let env = Env::from_slice(&[("HOME", "/home/me")]);
        let files = Files::load(&env, &Fs::from_slice(&[]), None).await.unwrap();
        assert!(files.names().is_empty());
        assert!(files.chain("default").is_ok());
    }

    #[tokio::test]
    async fn what_refers_to_a_name_is_followed() {
        let config = "[profile 'my prod']\nrole_arn = r\nsource_profile = my base\n\
                      [profile \"my base\"]\nsso_session = my corp\n\
                      [sso-session 'my corp']\nsso_region = eu-west-1\n";
        let files = files(config, "").await.unwrap();
        assert_eq!(get(&files, "my prod", "source_profile"), Some("my%20base"));
        assert_eq!(get(&files, "my base", "sso_session"), Some("my%20corp"));
        assert!(files.set.sso_session("my%20corp").is_some());
        assert!(files.chain("my prod").is_ok());
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_with_its_line() {
        let role = "\nrole_arn = r\nsource_profile = ";
        for (config, words) in [
            (
                format!("[profile m]{role}gone\n"),
                vec!["source_profile `gone`", "profile `m`", "/home/me/c, line 3"],
            ),
            (
                format!("[profile m]{role}b\n[profile b]{role}m\n"),
                vec!["leads back", "m → b → m", "line 6"],
            ),
            (
                "[profile m]\nsso_session = corp\n".to_owned(),
                vec!["sso_session `corp`", "line 2"],
            ),
            (
                format!("[profile m]{role}b\n[profile b]\nsso_session = corp\n"),
                vec!["sso_session `corp` of profile `b`", "line 5"],
            ),
        ] {
            let files = files(&config, "").await.unwrap();
            let failure = files.chain("m").unwrap_err();
            for word in words {
                assert!(
                    failure.message.contains(word),
                    "{word}: {}",
                    failure.message
                );
            }
        }
        // Keys of its own, or a role of the environment's: nothing is missing.
        for config in ["[profile m]\nsource_profile = gone\n", "[profile m]\n"] {
            let files = files(config, "").await.unwrap();
            assert!(files.chain("m").is_ok(), "{config}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_said_to_be_one() {
        let failure = bytes(b"[default]\n\nregion = \xff\n", b"")
            .await
            .unwrap_err();
        let words = "/home/me/c cannot be read: line 3 is not UTF-8";
        assert_eq!(failure.message, words);
        for (text, words) in [
            ("region = r1\n", "line 1: a setting before the first"),
            ("[default]\nregion\n", "line 2: neither a section"),
            ("[default]\n= x\n", "line 2: a setting without a name"),
            ("[default\n", "line 1: the name of a section"),
        ] {
            let failure = files(text, "").await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::BadProfile);
            assert!(failure.message.contains(words), "{}", failure.message);
        }
    }

    #[tokio::test]
    async fn what_looks_like_a_profile_and_is_none_says_how_it_is_written() {
        let config = "[profile my prod]\nregion = r\n[prod]\nregion = r\n[profile 'x]\n[plugins]\n";
        let files = files(config, "").await.unwrap();
        assert_eq!(files.names(), Vec::<String>::new());
        let missing = |name| files.missing(name).message;
        assert!(missing("my prod").contains("[profile 'my prod'] (/home/me/c, line 1)"));
        assert!(missing("prod").contains("written [profile prod] (/home/me/c, line 3)"));
        assert!(missing("other").starts_with("there is no profile named `other`"));
        assert_eq!(files.refused.len(), 3);
    }
}
