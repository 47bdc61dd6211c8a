//! The person's AWS configuration: which profile, and the values the SDK would panic over.

use aws_config::{
    profile::Profile,
    retry::{RetryConfig, RetryMode},
};
use aws_types::os_shim_internal::Env;

use crate::{
    aws::{
        classify::{self, not_connected},
        files::{chain::Chain, profiles::Files},
    },
    domain::{ControlPlane, Failure, FailureKind, Target, is_plain, is_region},
};
use url::Url;

/// What the configuration says before anything is asked of it.
#[derive(Debug)]
pub(super) struct Configured {
    /// The profile that was named, by the person, `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`.
    pub(super) profile: Option<String>,
    /// How calls are repeated.
    pub(super) retry: RetryConfig,
    /// Whether the environment's keys must not be used: a person who names a profile gets that
    /// profile. The SDK's own chain would prefer the environment, unlike the AWS CLI.
    pub(super) only_profile: bool,
    /// How the profile comes to its credentials; `None` where the environment's keys go before it.
    pub(super) chain: Option<Chain>,
}

/// Reads and checks what the SDK would only find out later, or would panic over.
pub(super) fn check(env: &Env, files: &Files, target: &Target) -> Result<Configured, Failure> {
    let variable = |name| env.get(name).ok().filter(|value| !value.is_empty());
    // The second one is the AWS CLI's alone: the SDK does not know it.
    let from_env = || variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
    let named = target.profile.clone().or_else(from_env);
    let profile = files.profile(named.as_deref().unwrap_or("default"));
    if let Some(name) = &named
        && profile.is_none()
    {
        return Err(files.missing(name));
    }
    let has = |key: &str| env.get(key).is_ok_and(|value| !value.is_empty());
    let only_profile = target.profile.is_some() && has("AWS_ACCESS_KEY_ID");
    // The environment's keys go before a profile that only the environment names.
    let chain = if only_profile || !has("AWS_ACCESS_KEY_ID") {
        Some(files.chain(named.as_deref().unwrap_or("default"))?)
    } else {
        None
    };
    Ok(Configured {
        retry: retry(env, profile)?,
        only_profile,
        chain,
        profile: named,
    })
}

/// The retry settings, read as the SDK reads them, but with an error in place of a panic.
fn retry(env: &Env, profile: Option<&Profile>) -> Result<RetryConfig, Failure> {
    let setting = |variable: &'static str, key: &'static str| {
        env.get(variable)
            .ok()
            .map(|value| (variable, value))
            .or_else(|| Some((key, profile?.get(key)?.to_owned())))
    };
    let wrong = |name: &str, value: &str, wanted: &str| {
        let message = format!("{name} is `{value}`, which is not {wanted}");
        not_connected(FailureKind::BadProfile, classify::bounded(&message, 200))
    };
    let mut retry = RetryConfig::standard();
    if let Some((name, value)) = setting("AWS_MAX_ATTEMPTS", "max_attempts") {
        match value.trim().parse::<u32>() {
            Ok(attempts) if attempts > 0 => retry = retry.with_max_attempts(attempts),
            _ => return Err(wrong(name, &value, "a number of attempts")),
        }
    }
    if let Some((name, value)) = setting("AWS_RETRY_MODE", "retry_mode") {
        match value.trim().parse::<RetryMode>() {
            Ok(mode) => retry = retry.with_retry_mode(mode),
            // What the AWS CLI did before there was another: the SDK has nothing nearer.
            Err(_) if value.trim().eq_ignore_ascii_case("legacy") => {}
            Err(_) => return Err(wrong(name, &value, "`standard`, `adaptive` or `legacy`")),
        }
    }
    Ok(retry)
}

/// The region that is configured, without the blanks around it.
///
/// # Errors
///
/// [`FailureKind::NoRegion`]: none is, or it cannot be a region's name.
pub(super) fn region(configured: &str, at: &ControlPlane) -> Result<String, Failure> {
    let region = configured.trim();
    if region.is_empty() {
        return Err(not_connected(
            FailureKind::NoRegion,
            "neither the command line, the environment nor the profile names a region",
        ));
    }
    let possible = match at {
        ControlPlane::Aws => is_region(region),
        ControlPlane::Other(_) => is_plain(region),
    };
    if !possible {
        let text = format!("the region is `{region}`, which is not a region's name");
        let text = classify::bounded(&text, 200);
        return Err(not_connected(FailureKind::NoRegion, text));
    }
    Ok(region.to_owned())
}

/// An address as it may be shown: without the name and the password that stand before its host.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return match url.rsplit_once('@') {
            Some((_, host)) => format!("…@{host}"),
            None => url.to_owned(),
        };
    };
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => url.to_owned(),
    }
}

/// Who answers at the configured endpoint: AWS, when none is.
///
/// # Errors
///
/// The endpoint is not an address.
pub(super) fn control_plane(endpoint: Option<&str>) -> Result<ControlPlane, Failure> {
    let Some(url) = endpoint else {
        return Ok(ControlPlane::Aws);
    };
    let address = Url::parse(url).ok().filter(|address| {
        matches!(address.scheme(), "http" | "https") && !url.contains(char::is_whitespace)
    });
    let address = address.as_ref();
    if let (Some(host), Some(port)) = (
        address.and_then(Url::host_str),
        address.and_then(Url::port_or_known_default),
    ) {
        return Ok(ControlPlane::at(host, port));
    }
    Err(not_connected(
        FailureKind::BadSetting,
        classify::bounded(
            &format!(
                "the endpoint `{}` is not an http:// or https:// address",
                without_password(url)
            ),
            200,
        ),
    ))
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::Fs;

    use super::*;
    use crate::domain::Operation;

    async fn checked(
        vars: &[(&str, &str)],
        file: &str,
        profile: Option<&str>,
    ) -> Result<Configured, Failure> {
        let mut all = vec![("AWS_CONFIG_FILE", "/config")];
        all.extend_from_slice(vars);
        let env = Env::from_slice(&all);
        let fs = Fs::from_slice(&[("/config", file)]);
        let files = Files::load(&env, &fs, None).await?;
        let target = Target {
            profile: profile.map(str::to_owned),
            region: None,
        };
        check(&env, &files, &target)
    }

    #[tokio::test]
    async fn a_profile_that_does_not_exist_is_said_at_once() {
        let file = "[profile dev]\nregion = eu-west-1\n";
        let failure = checked(&[], file, Some("prod")).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadProfile);
        assert_eq!(failure.operation, Operation::Connect);
        assert!(failure.message.contains("`prod`"));
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            let vars = [(variable, "prod")];
            assert!(checked(&vars, file, None).await.is_err());
        }
        let vars = [("AWS_PROFILE", "prod")];
        assert!(checked(&vars, file, Some("dev")).await.is_ok());
        assert!(checked(&[], file, None).await.is_ok());
        assert!(checked(&[], "", Some("dev")).await.is_err());
    }

    #[tokio::test]
    async fn the_aws_cli_s_variables_name_the_profile() {
        let file = "[profile dev]\n[profile prod]\n";
        let profile =
            async |vars: &[(&str, &str)], named| checked(vars, file, named).await.unwrap().profile;
        let cli = ("AWS_DEFAULT_PROFILE", "prod");
        assert_eq!(profile(&[cli], None).await.as_deref(), Some("prod"));
        assert_eq!(profile(&[cli], Some("dev")).await.as_deref(), Some("dev"));
        for (variable, named) in [("dev", "dev"), ("", "prod")] {
            let vars = [cli, ("AWS_PROFILE", variable)];
            assert_eq!(profile(&vars, None).await.as_deref(), Some(named));
        }
        assert_eq!(profile(&[("AWS_DEFAULT_PROFILE", "")], None).await, None);
    }

    #[tokio::test]
    async fn a_broken_file_is_a_failure() {
        let failure = checked(&[], "[profile dev\n", None).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadProfile);
    }

    #[tokio::test]
    async fn what_the_sdk_would_panic_over_is_a_failure() {
        for vars in [
            [("AWS_MAX_ATTEMPTS", "abc")],
            [("AWS_MAX_ATTEMPTS", "0")],
            [("AWS_RETRY_MODE", "sometimes")],
        ] {
            let failure = checked(&vars, "", None).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::BadProfile);
            assert!(failure.message.starts_with(vars[0].0), "{failure:?}");
        }
        let file = "[default]\nretry_mode = legacy\n";
        let configured = checked(&[("AWS_RETRY_MODE", "Legacy")], file, None).await;
        assert_eq!(configured.unwrap().retry.mode(), RetryMode::Standard);
        assert!(checked(&[], file, None).await.is_ok());
        let file = "[default]\nmax_attempts = many\n";
        assert!(checked(&[], file, None).await.is_err());
        let configured = checked(&[("AWS_MAX_ATTEMPTS", "7")], file, None).await;
        assert_eq!(configured.unwrap().retry.max_attempts(), 7);
    }

    #[tokio::test]
    async fn a_named_profile_wins_over_the_environment_s_keys() {
        let file = "[profile dev]\nregion = eu-west-1\n";
        let vars = [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")];
        assert!(
            checked(&vars, file, Some("dev"))
                .await
                .unwrap()
                .only_profile
        );
        assert!(!checked(&vars, file, None).await.unwrap().only_profile);
        assert!(!checked(&[], file, Some("dev")).await.unwrap().only_profile);
    }

    #[test]
    fn a_region_is_one_word_in_small_letters() {
        let aws = |text| region(text, &ControlPlane::Aws);
        assert_eq!(aws(" eu-west-1\n").as_deref(), Ok("eu-west-1"));
        for bad in [
            "",
            "  ",
            "eu west 1",
            "EU-WEST-1",
            "euwest1",
            "eu-west-1.evil.example",
            "é-1",
        ] {
            assert_eq!(aws(bad).unwrap_err().kind, FailureKind::NoRegion, "{bad}");
        }
        let emulator = ControlPlane::Other("localhost:5000".to_owned());
        assert_eq!(region("local", &emulator).as_deref(), Ok("local"));
        assert!(region("a/b", &emulator).is_err());
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (url, shown) in [
            (
                "https://me:s3cret@iot.example:8443/x?y@z",
                "https://iot.example:8443/x?y@z",
            ),
            ("https://me@iot.example", "https://iot.example"),
            ("https://a:b@c@iot.example", "https://iot.example"),
            ("http://localhost:5000/a@b", "http://localhost:5000/a@b"),
            ("me:s3cret@iot.example", "…@iot.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(without_password(url), shown);
        }
        let failure = control_plane(Some("ftp://me:s3cret@iot.example")).unwrap_err();
        assert!(!failure.message.contains("s3cret"), "{}", failure.message);
    }

    #[test]
    fn an_endpoint_is_an_address() {
        let plane = |url| control_plane(Some(url)).map(|plane| plane.to_string());
        for (url, known) in [
            ("http://127.0.0.1:4566", "127.0.0.1:4566"),
            ("https://iot.example/", "iot.example:443"),
            ("HTTP://LocalHost:80/x", "localhost:80"),
            ("http://[::1]:4566", "[::1]:4566"),
            ("https://iot.eu-west-1.amazonaws.com", "AWS"),
            ("https://IOT.eu-west-1.AmazonAWS.com:8443", "AWS"),
            // What stands before the @ is no host.
            ("https://iot.amazonaws.com@example.org", "example.org:443"),
        ] {
            assert_eq!(plane(url).as_deref(), Ok(known), "{url}");
        }
        for bad in ["", "localhost:4566", "http://", "http://a b", "ftp://a"] {
            assert!(plane(bad).is_err(), "{bad}");
        }
        assert_eq!(control_plane(None), Ok(ControlPlane::Aws));
    }
}
