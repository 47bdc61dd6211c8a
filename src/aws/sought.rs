//! Where credentials and a region are looked for, and what is there. Nobody is asked.

use std::collections::BTreeSet;

use aws_types::os_shim_internal::{Env, Fs};

use crate::{
    aws::{
        files::{
            chain::Base,
            profiles::{Files, paths},
        },
        wire::Wire,
    },
    domain::{Failure, Sought, SoughtPlace, text::counted},
};

/// What this computer has to sign in with, for a profile that was named or for none.
pub async fn sought(wire: &Wire, profile: Option<&str>) -> Sought {
    let Wire::Aws { .. } = wire else {
        return Sought::default();
    };
    found(&Env::real(), &Fs::real(), profile).await
}

async fn found(env: &Env, fs: &Fs, profile: Option<&str>) -> Sought {
    let set = |name: &str| env.get(name).ok().filter(|it| !it.is_empty());
    let named =
        (profile.map(|name| (name.to_owned(), "as it was chosen".to_owned()))).or_else(|| {
            let mut names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter();
            names.find_map(|name| Some((set(name)?, format!("by {name}"))))
        });
    let mut places = vec![environment(&set)];
    let files = Files::load(env, fs, None).await;
    for (path, _) in paths(env) {
        places.push(file(fs, &path.display().to_string(), &files).await);
    }
    let (name, by) = named.unwrap_or_else(|| ("default".to_owned(), "as none is named".to_owned()));
    if let Ok(files) = &files {
        places.push(of_profile(files, &name, &by));
    }
    places.push(region(&set, files.as_ref().ok(), &name));
    places.extend(of_machine(&set));
    let keys = set("AWS_ACCESS_KEY_ID").is_some();
    let signs = files.as_ref().is_ok_and(|it| gives(it, &name).is_some());
    let by_machine = places.iter().any(|it| it.place == CONTAINER && it.found);
    let region = places.iter().any(|it| it.place == REGION && it.found);
    let files = files.ok();
    Sought {
        profiles: files.as_ref().map(Files::names).unwrap_or_default(),
        sign_in: files.as_ref().map(commands).unwrap_or_default(),
        region,
        credentials: keys || signs || by_machine,
        asks_instance: !instance_is_off(&set) && !(region && (keys || signs)),
        places,
    }
}

/// The name of the place that is no place: what says the region.
const REGION: &str = "region";
/// And that of what gives the role of a container.
const CONTAINER: &str = "container";

fn place(place: &str, words: impl Into<String>, found: bool) -> SoughtPlace {
    SoughtPlace {
        place: place.to_owned(),
        words: words.into(),
        found,
    }
}

fn environment(set: &impl Fn(&str) -> Option<String>) -> SoughtPlace {
    let (key, secret) = (set("AWS_ACCESS_KEY_ID"), set("AWS_SECRET_ACCESS_KEY"));
    let words = match (key, secret) {
        (Some(_), Some(_)) => return place("environment", "AWS_ACCESS_KEY_ID is set", true),
        (Some(_), None) => "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not",
        (None, _) => "no AWS_ACCESS_KEY_ID",
    };
    place("environment", words, false)
}

/// A configuration file: whether it is there, and how many profiles all of them have.
async fn file(fs: &Fs, path: &str, files: &Result<Files, Failure>) -> SoughtPlace {
    if fs.read_to_end(path).await.is_err() {
        return place(path, "not there, or not to be read", false);
    }
    match files {
        Err(failure) if failure.message.contains(path) => {
            place(path, failure.message.clone(), false)
        }
        Err(_) => place(path, "there", false),
        Ok(files) => {
            let names = files.names();
            let here = |name: &&String| files.place(name).is_some_and(|it| it.contains(path));
            let n = names.iter().filter(here).count();
            place(
                path,
                counted(n, "profile begins there", "profiles begin there"),
                n > 0,
            )
        }
    }
}

/// What gives the credentials of a profile, in words.
fn gives(files: &Files, profile: &str) -> Option<&'static str> {
    let chain = files.chain(profile).ok()?;
    let Base::Profile(base) = &chain.base else {
        return Some("a role");
    };
    let has = |key| files.property(base, key).is_some();
    let found = [
        ("aws_access_key_id", "access keys"),
        ("sso_session", "a sign-in at IAM Identity Center"),
        ("sso_start_url", "a sign-in at IAM Identity Center"),
        ("login_session", "a sign-in with aws login"),
        ("credential_process", "a program (credential_process)"),
        ("web_identity_token_file", "a token in a file"),
    ];
    found
        .iter()
        .find(|(key, _)| has(key))
        .map(|(_, words)| *words)
}

fn of_profile(files: &Files, name: &str, by: &str) -> SoughtPlace {
    let at = format!("profile {name}");
    match (files.place(name), gives(files, name)) {
        (None, _) => place(&at, format!("not there; it is taken {by}"), false),
        (Some(_), None) => place(&at, "there, but nothing in it gives credentials", false),
        (Some(_), Some(what)) => place(&at, format!("has {what}"), true),
    }
}

fn region(
    set: &impl Fn(&str) -> Option<String>,
    files: Option<&Files>,
    profile: &str,
) -> SoughtPlace {
    let mut variables = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter();
    let of_profile = || {
        let (value, at) = files?.property(profile, "region")?;
        Some(format!("{value} ({at})"))
    };
    let of_variable = variables.find_map(|name| Some(format!("{} by {name}", set(name)?)));
    match of_variable.or_else(of_profile) {
        Some(words) => place(REGION, words, true),
        None => place(REGION, "neither AWS_REGION nor the profile says one", false),
    }
}

fn instance_is_off(set: &impl Fn(&str) -> Option<String>) -> bool {
    set("AWS_EC2_METADATA_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// The roles of a container and of an instance.
fn of_machine(set: &impl Fn(&str) -> Option<String>) -> [SoughtPlace; 2] {
    let mut variables = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ]
    .into_iter();
    let container = match variables.find(|name| set(name).is_some()) {
        Some(name) => place(CONTAINER, format!("{name} is set"), true),
        None => place(CONTAINER, "no variable names its role", false),
    };
    let instance = if instance_is_off(set) {
        "not asked: AWS_EC2_METADATA_DISABLED is true"
    } else {
        "asked last, when nothing else gives them"
    };
    [container, place("EC2 instance", instance, false)]
}

/// The commands that sign in, one for each thing that is signed in to.
fn commands(files: &Files) -> Vec<String> {
    let mut signed_in = BTreeSet::new();
    let mut commands = Vec::new();
    for name in files.names() {
        let Ok(chain) = files.chain(&name) else {
            continue;
        };
        let Base::Profile(base) = &chain.base else {
            continue;
        };
        let of = |key| files.property(base, key).map(|(value, _)| value.to_owned());
        let session = of("sso_session")
            .or_else(|| of("sso_start_url"))
            .or_else(|| of("login_session"));
        if let (Some(session), Some(command)) = (session, files.sign_in(&chain))
            && signed_in.insert(session)
        {
            commands.push(command);
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn say(vars: &[(&str, &str)], config: &str, profile: Option<&str>) -> (Sought, String) {
        let env: Vec<(&str, &str)> = [("HOME", "/home/me")].iter().chain(vars).copied().collect();
        let fs = match config {
            "" => Fs::from_slice(&[]),
            config => Fs::from_slice(&[("/home/me/.aws/config", config)]),
        };
        let found = found(&Env::from_slice(&env), &fs, profile).await;
        let lines = found
            .places
            .iter()
            .map(|it| format!("{}: {}", it.place, it.words));
        let text = lines.collect::<Vec<_>>().join("\n");
        (found, text)
    }

    #[tokio::test]
    async fn what_was_looked_for_and_found_is_said() {
        let (found, text) = say(&[], "", None).await;
        for line in [
            "environment: no AWS_ACCESS_KEY_ID",
            "/home/me/.aws/config: not there",
            "/home/me/.aws/credentials: not there",
            "profile default: not there; it is taken as none is named",
            "region: neither AWS_REGION nor the profile says one",
            "container: no variable names its role",
            "EC2 instance: asked last",
        ] {
            assert!(text.contains(line), "{line}:\n{text}");
        }
        assert!(found.asks_instance && !found.region && found.sign_in.is_empty());

        let config = "[profile a]\nsso_session = corp\nregion = eu-west-1\n[profile b]\nsso_session = corp\n\
                      [sso-session corp]\nsso_region = r\n[profile c]\nlogin_session = x\n[default]\n";
        let off = ("AWS_EC2_METADATA_DISABLED", "true");
        let (found, text) = say(&[off, ("AWS_DEFAULT_PROFILE", "b")], config, None).await;
        assert_eq!(
            found.sign_in,
            ["aws sso login --profile a", "aws login --profile c"]
        );
        assert_eq!(found.profiles, ["a", "b", "c", "default"]);
        assert!(
            text.contains("/home/me/.aws/config: 4 profiles begin there"),
            "{text}"
        );
        assert!(
            text.contains("profile b: has a sign-in at IAM Identity Center"),
            "{text}"
        );
        assert!(
            text.contains("EC2 instance: not asked: AWS_EC2_METADATA_DISABLED is true"),
            "{text}"
        );
        assert!(!found.asks_instance && !found.region);
        let (found, text) = say(&[], config, Some("a")).await;
        assert!(
            text.contains("region: eu-west-1 (/home/me/.aws/config, line 3)"),
            "{text}"
        );
        assert!(found.region && !found.asks_instance);
        let (_, text) = say(&[("AWS_REGION", "us-east-1")], config, Some("default")).await;
        assert!(
            text.contains("profile default: there, but nothing in it gives credentials"),
            "{text}"
        );
        assert!(text.contains("region: us-east-1 by AWS_REGION"), "{text}");
        let (_, text) = say(&[], "[profile a\n", None).await;
        assert!(text.contains("line 1"), "{text}");
    }
}
