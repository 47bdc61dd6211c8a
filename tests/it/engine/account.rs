//! Credentials that become another account's while the program runs.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    time::Duration,
};

use certferry::{
    aws::Wire,
    domain::{
        Answer, Batch, Call, CarryReport, CertificateId, Change, ConnectionId, ControlPlane, Place,
        Procedure, Request, RequestId, Target,
    },
    engine::{self, JournalPlace, Settings},
    simulator::{Fault, NewCertificate, Operation, Server, Simulator, Status, Times},
};

use super::{RECIPIENT, SOURCE, World, account};

const ENDPOINT: &str = "CERTFERRY_TEST_ENDPOINT";
const CERTIFICATE: &str = "CERTFERRY_TEST_CERTIFICATE";
const SWITCH: &str = "CERTFERRY_TEST_SWITCH";

/// Connects, learns who it is, changes sides behind the program's back, and batches a change.
#[tokio::test]
#[ignore = "runs inside the process of another test"]
async fn child() {
    let endpoint = env::var(ENDPOINT).unwrap();
    let wire = Wire::Aws {
        endpoint_url: Some(endpoint.clone()),
        helper: None,
    };
    let (handle, mut replies) = engine::spawn(wire, Settings::new(JournalPlace::Memory));
    let id = CertificateId::parse(&env::var(CERTIFICATE).unwrap()).unwrap();
    let place = Place {
        control_plane: ControlPlane::Other(endpoint.trim_start_matches("http://").to_owned()),
        ..Place::aws("us-east-1", account(SOURCE))
    };
    let batch = Batch {
        place,
        procedure: Procedure::Change(Change::Deactivate),
        certificates: vec![id],
        looks: Vec::new(),
        planned: Vec::new(),
        shown: Vec::new(),
        beside: None,
        recipe: None,
    };
    let calls = [
        Call::Connect(Target::default(), None),
        Call::Identity,
        Call::Carry(Box::new(batch.clone())),
        Call::Certificates,
        Call::Carry(Box::new(batch)),
    ];
    for (number, call) in (0..).zip(calls) {
        if number == 2 {
            fs::write(env::var(SWITCH).unwrap(), "").unwrap();
        }
        let request = Request {
            id: RequestId(number),
            connection: ConnectionId(1),
            after: Duration::ZERO,
            call,
        };
        handle.send(request).unwrap();
        loop {
            let answer = replies.recv().await.unwrap().answer;
            let more = answer.more_follows();
            println!("{number}: {answer:?}");
            if !more || matches!(answer, Answer::Carried(CarryReport::Over)) {
                break;
            }
        }
    }
}

/// A helper that gives one account's keys until a file is there, and another one's from then on. They
/// end soon, so that it is asked each time.
fn helper(folder: &Path, simulator: &Simulator, switch: &Path) {
    let print = |account: &str| {
        let key = simulator.access_key(account);
        format!(
            "echo '{{\"Version\": 1, \"AccessKeyId\": \"{}\", \"SecretAccessKey\": \"{}\", \
             \"SessionToken\": \"t\", \"Expiration\": \"'$(date -u -d '+5 seconds' +%Y-%m-%dT%H:%M:%SZ)'\"}}'",
            key.access_key_id, key.secret_access_key
        )
    };
    let script = format!(
        "#!/bin/sh\nif [ -e '{}' ]; then {}; else {}; fi\n",
        switch.display(),
        print(RECIPIENT),
        print(SOURCE)
    );
    let path = folder.join("helper");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let config = format!(
        "[default]\nregion = us-east-1\ncredential_process = {}\n",
        path.display()
    );
    fs::write(folder.join("config"), config).unwrap();
}

/// What the child prints, with STS answering after the change of sides or not.
async fn changed_sides(sts: bool) -> (String, Option<Status>) {
    let world = World::new();
    let simulator = &world.simulator;
    // Another account's certificate: whoever signs as that account can change it.
    let new = NewCertificate::new("another", 7);
    let id = simulator.add_certificate(RECIPIENT, &new).unwrap();
    world.bare(1);
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(any, simulator.clone()).await.unwrap();
    let address = server.address();
    let serving = tokio::spawn(server.serve());
    let folder = world.folder.path();
    let switch = folder.join("switch");
    helper(folder, simulator, &switch);
    if !sts {
        // The first answer says who it is.
        simulator.inject(Operation::GetCallerIdentity, Fault::Pass, Times::Count(1));
        simulator.inject(
            Operation::GetCallerIdentity,
            Fault::AccessDenied,
            Times::Forever,
        );
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "engine::account::child",
            "--ignored",
            "--nocapture",
        ])
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env(ENDPOINT, format!("http://{address}"))
        .env(CERTIFICATE, &id)
        .env(SWITCH, &switch)
        .env("AWS_CONFIG_FILE", folder.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    serving.abort();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let state = simulator.certificate(RECIPIENT, &id);
    (told, state.map(|state| state.status))
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_another_account_change_nothing_and_close_the_connection() {
    let (told, status) = changed_sides(true).await;
    assert_eq!(status, Some(Status::Active), "{told}");
    assert!(told.contains("1: Identity"), "{told}");
    for number in ["2", "3", "4"] {
        let start = format!("{number}: Failed");
        let line = told.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("{number}: {told}"));
        assert!(line.contains("kind: OtherAccount"), "{line}");
        assert!(line.contains("ambiguous: false"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sts_the_rows_tell_whose_the_keys_are() {
    let (told, status) = changed_sides(false).await;
    assert_eq!(status, Some(Status::Active), "{told}");
    assert!(told.contains("1: Identity"), "{told}");
    assert!(told.contains("kind: OtherAccount"), "{told}");
    assert!(!told.contains("Done("), "{told}");
}
