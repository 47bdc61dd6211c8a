//! The commands without a screen: the real program against the simulator on a port, and the account afterwards.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, also in its helpers"
)]

mod acting;
mod applying;
mod finding;
mod handing_over;
mod reference;
mod refusing;
mod screen;
mod selecting;
mod signals;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use certferry::{
    domain::CertificateId,
    simulator::{
        Assumptions, Clock, NewCertificate, Operation, PrincipalType, Server, Simulator, Status,
    },
};
use jsonschema::Validator;
use serde_json::Value;
use tokio::runtime::Runtime;

const SOURCE: &str = "111122223333";
const RECIPIENT: &str = "444455556666";

/// What is printed as JSON is checked against this, wherever it is printed.
static OUTPUT: LazyLock<Validator> =
    LazyLock::new(|| schema(include_str!("../../../assets/schema/output.json")));
/// And this is what a plan's file is checked against.
static PLAN: LazyLock<Validator> =
    LazyLock::new(|| schema(include_str!("../../../assets/schema/plan.json")));

fn schema(text: &str) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&serde_json::from_str(text).unwrap())
        .unwrap()
}

/// A home, and two accounts behind a port.
struct Bench {
    simulator: Simulator,
    address: SocketAddr,
    home: tempfile::TempDir,
    _runtime: Runtime,
}

/// What a command did.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Each line of its output, as JSON that the schema allows.
    fn json(&self) -> Vec<Value> {
        let lines = self.out.lines().map(|line| {
            let value: Value = serde_json::from_str(line).expect(line);
            let wrong: Vec<String> = OUTPUT
                .iter_errors(&value)
                .map(|it| it.to_string())
                .collect();
            assert!(wrong.is_empty(), "{wrong:?}\n{line}");
            value
        });
        lines.collect()
    }

    /// Those of a kind.
    fn of_kind(&self, kind: &str) -> Vec<Value> {
        let all = self.json().into_iter();
        all.filter(|it| it["kind"] == kind).collect()
    }

    /// The ids of the certificates that were listed.
    fn ids(&self) -> Vec<String> {
        let all = self.of_kind("certificate").into_iter();
        all.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }
}

impl Bench {
    fn new() -> Self {
        Self::with(Assumptions {
            thing_detach_delay: std::time::Duration::ZERO,
            ..Assumptions::default()
        })
    }

    fn with(assumptions: Assumptions) -> Self {
        let simulator = Simulator::with_assumptions(Clock::System, assumptions);
        simulator.create_account(SOURCE);
        simulator.create_account(RECIPIENT);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(Server::bind(any, simulator.clone()));
        let server = server.unwrap();
        let address = server.address();
        runtime.spawn(server.serve());
        let bench = Self {
            simulator,
            address,
            home: tempfile::tempdir().unwrap(),
            _runtime: runtime,
        };
        let profile = |name: &str, account: &str| {
            let key = bench.simulator.access_key(account);
            format!(
                "[profile {name}]\nregion = us-east-1\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                key.access_key_id, key.secret_access_key
            )
        };
        let profiles = profile("prod", SOURCE) + &profile("eu", RECIPIENT);
        bench.write(".aws/config", &profiles);
        let accounts =
            format!("[accounts]\n\"{SOURCE}\" = \"fleet-prod\"\n\"{RECIPIENT}\" = \"fleet-eu\"\n");
        bench.write(".config/certferry/config.toml", &accounts);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file below the home.
    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// certferry, with nothing of this computer in its environment.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_certferry"));
        self.at_home(&mut command);
        command.args(arguments);
        command
    }

    /// A program in this home.
    fn at_home(&self, command: &mut Command) {
        let home: &Path = self.home.path();
        command.env_clear().current_dir(home);
        for (name, value) in [
            ("PATH", std::env::var("PATH").unwrap_or_default().as_str()),
            ("AWS_ENDPOINT_URL", &format!("http://{}", self.address)),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("HOME", home.to_str().unwrap()),
            ("TERM", "dumb"),
            ("LANG", "C.UTF-8"),
        ] {
            command.env(name, value);
        }
    }

    /// Runs certferry to its end. Nobody sits before it.
    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// The same, with this on its standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        // It may have ended without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        ended(child)
    }

    /// Starts certferry.
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// An active certificate with these policies and things.
    fn certificate(&self, number: u64, policies: &[&str], things: &[&str]) -> String {
        let new = NewCertificate::new(&format!("device-{number}"), number);
        let id = self.simulator.add_certificate(SOURCE, &new).unwrap();
        for policy in policies {
            self.policy(SOURCE, policy);
            self.simulator.attach_policy(SOURCE, &id, policy).unwrap();
        }
        for thing in things {
            self.simulator.create_thing(SOURCE, thing, None, &[]);
            let kind = PrincipalType::NonExclusiveThing;
            let attached = self.simulator.attach_thing(SOURCE, &id, thing, kind);
            attached.unwrap();
        }
        id
    }

    fn policy(&self, account: &str, name: &str) {
        let statement = serde_json::json!({
            "Effect": "Allow", "Action": "iot:Connect",
            "Resource": format!("arn:aws:iot:us-east-1:{account}:client/${{iot:Connection.Thing.ThingName}}"),
        });
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] });
        self.simulator.create_policy(account, name, &document);
    }

    /// How a certificate stands in an account; `None` where it is not.
    fn status(&self, account: &str, id: &str) -> Option<Status> {
        self.simulator.certificate(account, id).map(|it| it.status)
    }

    /// How often an operation was called.
    fn calls(&self, operation: Operation) -> usize {
        let calls = self.simulator.calls();
        calls
            .iter()
            .filter(|it| it.operation == Some(operation))
            .count()
    }

    /// How many calls changed anything.
    fn changes(&self) -> usize {
        let calls = self.simulator.calls();
        let changing = |name: &str| {
            [
                "Update", "Attach", "Detach", "Transfer", "Accept", "Reject", "Cancel", "Create",
                "Delete", "Add",
            ]
            .iter()
            .any(|it| name.starts_with(it))
        };
        let names = calls.iter().filter_map(|it| it.operation);
        names.filter(|it| changing(it.name())).count()
    }
}

/// Kills a program as soon as it prints a line with this.
fn killed_at(mut child: Child, with: &str) {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(with) {
        line.clear();
        assert_ne!(
            out.read_line(&mut line).unwrap(),
            0,
            "it never prints {with}"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits for the end of a program.
fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The id as people read it.
fn short(id: &str) -> String {
    CertificateId::parse(id).unwrap().short()
}
