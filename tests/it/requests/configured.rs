//! The AWS configuration as a person has it: files and environment. The environment of a process is
//! its own, so each case runs in a process of its own: this test program, started again.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
};

use certferry::{
    aws::{self, Wire},
    domain::{Call, Change, Target},
    engine,
};

/// What the case asks for, in the environment of its process.
const PROFILE: &str = "CERTFERRY_TEST_PROFILE";
const REGION: &str = "CERTFERRY_TEST_REGION";
const ENDPOINT: &str = "CERTFERRY_TEST_ENDPOINT";

/// Connects, reads, changes, and prints what comes of each.
#[tokio::test]
#[ignore = "runs inside the process of another test"]
async fn child() {
    let var = |name| std::env::var(name).ok();
    let wire = Wire::Aws {
        endpoint_url: var(ENDPOINT),
        helper: None,
    };
    let usable = aws::profiles(&wire).await.usable;
    let names: Vec<String> = usable.into_iter().map(|(name, _)| name).collect();
    println!("profiles: {names:?}");
    let target = Target {
        profile: var(PROFILE),
        region: var(REGION),
    };
    let (handle, mut replies) =
        engine::spawn(wire, engine::Settings::new(engine::JournalPlace::Memory));
    let change = super::change(Change::CancelTransfer.of(super::arn(1)));
    for (number, call) in [
        Call::Connect(target, None),
        Call::Describe(super::id(1)),
        change,
    ]
    .into_iter()
    .enumerate()
    {
        let request = certferry::domain::Request {
            id: certferry::domain::RequestId(number as u64),
            connection: super::CONNECTION,
            after: std::time::Duration::ZERO,
            call,
        };
        handle.send(request).unwrap();
        println!("{:?}", replies.recv().await.unwrap().answer);
    }
}

/// A folder with the configuration, and the environment that points at it.
struct Case {
    folder: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

impl Case {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), config).unwrap();
        let case = Self {
            folder,
            vars: Vec::new(),
        };
        let path = |name: &str| case.path().join(name).to_str().unwrap().to_owned();
        let vars = [
            ("AWS_CONFIG_FILE", path("config")),
            ("AWS_SHARED_CREDENTIALS_FILE", path("credentials")),
            ("HOME", path("")),
        ];
        vars.into_iter()
            .fold(case, |case, (name, value)| case.with(name, &value))
            .with("AWS_EC2_METADATA_DISABLED", "true")
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What the case prints: the profiles, and the answers to connecting, to a read and to a change.
    fn run(self) -> String {
        let this = std::env::current_exe().unwrap();
        let output = Command::new(this)
            .args(["--exact", "requests::configured::child"])
            .args(["--ignored", "--nocapture"])
            .env_clear()
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }
}

/// A port that denies the first request and then listens no more; joining it gives that request.
fn server() -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut piece = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let n = stream.read(&mut piece).unwrap();
            assert_ne!(n, 0, "the request is cut off");
            head.extend_from_slice(&piece[..n]);
        }
        stream
            .write_all(
                b"HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\n\
                  content-length: 2\r\nconnection: close\r\n\r\n{}",
            )
            .unwrap();
        String::from_utf8(head).unwrap()
    });
    (address, served)
}

const DEV: &str = "[default]\nregion = us-east-1\n\
                   [profile dev]\nregion = eu-west-1\n\
                   aws_access_key_id = AKIADEV\naws_secret_access_key = not-a-secret\n";

#[test]
fn without_a_region_there_is_no_connection() {
    let told = Case::new("").run();
    assert!(told.contains("kind: NoRegion"), "{told}");
}

#[test]
fn a_profile_brings_its_region_and_its_keys() {
    let (address, served) = server();
    let told = Case::new(DEV)
        .with(PROFILE, "dev")
        .with(ENDPOINT, &address)
        .run();
    assert!(told.contains(r#"profiles: ["default", "dev"]"#), "{told}");
    assert!(told.contains(r#"region: "eu-west-1""#), "{told}");
    assert!(told.contains(r#"profile: Some("dev")"#), "{told}");
    assert!(told.contains(&address), "{told}");
    assert!(told.contains("kind: AccessDenied"), "{told}");
    let request = served.join().unwrap();
    assert!(request.contains("Credential=AKIADEV/"), "{request}");
    assert!(request.contains("/eu-west-1/iot/aws4_request"), "{request}");
}

#[test]
fn an_empty_profile_variable_is_none() {
    let told = Case::new(DEV).with("AWS_PROFILE", "").run();
    assert!(told.contains(r#"region: "us-east-1""#), "{told}");
    assert!(told.contains("profile: None"), "{told}");
}

#[test]
fn a_named_profile_wins_over_the_environment_s_keys() {
    let (address, served) = server();
    let told = Case::new(DEV)
        .with("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        .with(PROFILE, "dev")
        .with(ENDPOINT, &address)
        .run();
    assert!(told.contains("kind: AccessDenied"), "{told}");
    let request = served.join().unwrap();
    assert!(request.contains("Credential=AKIADEV/"), "{request}");
}

#[test]
fn without_a_named_profile_the_environment_s_keys_are_used() {
    let (address, served) = server();
    let told = Case::new(DEV)
        .with("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        .with("AWS_ENDPOINT_URL", &address)
        .with(REGION, "ap-south-1")
        .run();
    assert!(told.contains(r#"region: "ap-south-1""#), "{told}");
    assert!(told.contains("profile: None"), "{told}");
    let request = served.join().unwrap();
    assert!(request.contains("Credential=AKIAENVIRONMENT/"), "{request}");
}

#[test]
fn a_profile_that_does_not_exist_is_said_at_once() {
    for case in [
        Case::new(DEV).with(PROFILE, "prod"),
        Case::new(DEV).with("AWS_PROFILE", "prod"),
        Case::new("").with(PROFILE, "prod"),
    ] {
        let told = case.run();
        assert!(told.contains("kind: BadProfile"), "{told}");
        assert!(told.contains("`prod`"), "{told}");
    }
}

#[test]
fn what_the_sdk_would_panic_over_is_a_failure() {
    let told = Case::new(DEV).with("AWS_MAX_ATTEMPTS", "abc").run();
    assert!(told.contains("AWS_MAX_ATTEMPTS is `abc`"), "{told}");
    assert!(told.contains("kind: BadProfile"), "{told}");
}

#[test]
fn the_endpoint_in_force_is_told_wherever_it_comes_from() {
    let services = "[default]\nregion = us-east-1\nservices = mine\nendpoint_url = http://all.invalid\n\
                    [services mine]\niot =\n  endpoint_url = http://iot.invalid\n";
    let all = ("AWS_ENDPOINT_URL", "http://env.invalid");
    let iot = ("AWS_ENDPOINT_URL_IOT", "http://env-iot.invalid");
    let sts = ("AWS_ENDPOINT_URL_STS", "http://env-sts.invalid");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    for (config, vars, wanted) in [
        (DEV, vec![], "endpoint: None"),
        (DEV, vec![all], r#"endpoint: Some("http://env.invalid")"#),
        (
            DEV,
            vec![all, iot],
            r#"endpoint: Some("http://env-iot.invalid")"#,
        ),
        (DEV, vec![sts], "endpoint: None"),
        (services, vec![], r#"endpoint: Some("http://iot.invalid")"#),
        (DEV, vec![all, iot, ignore], "endpoint: None"),
        (
            services,
            vec![all, iot, (ENDPOINT, "http://named.invalid")],
            r#"endpoint: Some("http://named.invalid")"#,
        ),
    ] {
        let case = vars.iter().fold(Case::new(config), |case, (name, value)| {
            case.with(name, value)
        });
        let told = case.run();
        assert!(told.contains(wanted), "{vars:?}: {told}");
    }
}

#[test]
fn an_endpoint_that_is_none_is_said_at_once() {
    let told = Case::new(DEV).with(ENDPOINT, "localhost:4566").run();
    assert!(told.contains("kind: BadSetting"), "{told}");
    assert!(told.contains("`localhost:4566`"), "{told}");
}

#[test]
fn without_credentials_nothing_is_sent() {
    let told = Case::new(DEV).run();
    assert!(told.contains("kind: NoCredentials"), "{told}");
    assert!(told.contains("ambiguous: false"), "{told}");
}

#[test]
fn a_program_that_gives_no_credentials_says_why() {
    let config = "[profile tool]\nregion = us-east-1\ncredential_process = /bin/false\n";
    let told = Case::new(config).with(PROFILE, "tool").run();
    assert!(told.contains("kind: NoCredentials"), "{told}");
}

#[test]
fn an_expired_sign_in_is_said_with_the_command_that_renews_it() {
    let config = "[profile sso]\nregion = us-east-1\nsso_session = corp\nsso_account_id = 111122223333\n\
                  sso_role_name = op\n[sso-session corp]\nsso_region = us-east-1\n\
                  sso_start_url = https://corp.invalid/start\n";
    let case = Case::new(config).with(PROFILE, "sso");
    let cache = case.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    // The SHA-1 of the session's name.
    let file = cache.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    let token = r#"{"startUrl": "https://corp.invalid/start", "region": "us-east-1",
        "accessToken": "not-a-token", "expiresAt": "2020-01-01T00:00:00Z"}"#;
    std::fs::write(file, token).unwrap();
    let told = case.run();
    assert!(told.contains("expired"), "{told}");
    assert!(!told.contains("not-a-token"), "{told}");
    assert!(told.contains("kind: ExpiredCredentials"), "{told}");
    assert!(
        told.contains("sign_in: Some(\"aws sso login --profile sso\")"),
        "{told}"
    );
}

#[test]
fn a_handshake_that_fails_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    // Whoever comes is sent away before a word of TLS. The thread ends with this process.
    thread::spawn(move || while listener.accept().is_ok() {});
    let told = Case::new(DEV)
        .with("AWS_MAX_ATTEMPTS", "1")
        .with(PROFILE, "dev")
        .with(ENDPOINT, &address)
        .run();
    assert_eq!(told.matches("kind: ConnectionLost").count(), 2, "{told}");
    assert_eq!(told.matches("ambiguous: false").count(), 2, "{told}");
}
