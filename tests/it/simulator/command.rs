//! `certferry simulator`, the program.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long anything may take.
const LONGEST: Duration = Duration::from_mins(1);

/// A running simulator, and what it printed.
struct Program {
    child: Child,
    variables: BTreeMap<String, String>,
    printed: String,
}

fn certferry(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certferry"));
    command.args(arguments);
    command.stdin(Stdio::null());
    command
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut words = vec!["simulator"];
        words.extend(arguments);
        Self::of(certferry(&words))
    }

    /// Starts a command and reads what it prints to the end, which comes before the program's.
    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = String::new();
        let mut output = child.stdout.take().unwrap();
        output.read_to_string(&mut printed).unwrap();
        let variables = printed
            .lines()
            .filter_map(|line| line.strip_prefix("export "))
            .map(|assignment| {
                let (name, value) = assignment.split_once('=').unwrap();
                (name.to_owned(), value.trim_matches('\'').to_owned())
            })
            .collect();
        Self {
            child,
            variables,
            printed,
        }
    }

    fn variable(&self, name: &str) -> &str {
        self.variables
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {}", self.printed))
    }

    fn connect(&self) -> TcpStream {
        let address = self.variable("AWS_ENDPOINT_URL");
        let stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(LONGEST)).unwrap();
        stream
    }

    /// Sends a `GET` signed with a key.
    fn send(&self, key: &str, target: &str) -> TcpStream {
        let mut stream = self.connect();
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential={key}/20260301/us-east-1/iot/aws4_request, SignedHeaders=host, Signature=00\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    fn get(&self, key: &str, target: &str) -> Value {
        let mut answer = String::new();
        let mut stream = self.send(key, target);
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + LONGEST;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "it does not end");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_prints_what_a_shell_needs_and_serves_both_accounts() {
    let program = Program::start(&[]);
    for (variable, value) in [
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("CERTFERRY_SOURCE_ACCOUNT", "111122223333"),
        ("CERTFERRY_RECIPIENT_ACCOUNT", "444455556666"),
    ] {
        assert_eq!(program.variable(variable), value);
    }
    assert_eq!(
        program.variable("CERTFERRY_SIMULATOR_PID"),
        program.child.id().to_string()
    );
    for name in ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"] {
        assert_eq!(
            program.variable(&format!("AWS_{name}")),
            program.variable(&format!("CERTFERRY_SOURCE_{name}")),
            "the source's keys are the default"
        );
    }
    let newest = |side: &str| {
        let key = program.variable(&format!("CERTFERRY_{side}_ACCESS_KEY_ID"));
        let list = program.get(key, "/certificates?pageSize=1");
        let id = list["certificates"][0]["certificateId"].as_str().unwrap();
        program.get(key, &format!("/certificates/{id}"))
    };
    let owner = |side: &str| newest(side)["certificateDescription"]["ownedBy"].clone();
    assert_eq!(owner("SOURCE"), "111122223333");
    assert_eq!(owner("RECIPIENT"), "444455556666");
}

#[test]
fn fleet_accounts_and_latency_can_be_chosen() {
    let program = Program::start(&[
        "--certificates",
        "260",
        "--source",
        "000000000001",
        "--recipient",
        "000000000002",
        "--latency",
        "120",
    ]);
    assert_eq!(program.variable("CERTFERRY_SOURCE_ACCOUNT"), "000000000001");
    let key = program.variable("AWS_ACCESS_KEY_ID");
    let began = Instant::now();
    let list = program.get(key, "/certificates?pageSize=250");
    assert!(began.elapsed() >= Duration::from_millis(120));
    let rows = list["certificates"].as_array().unwrap();
    assert_eq!(rows.len(), 250);
    let arn = rows[0]["certificateArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:iot:us-east-1:000000000001:cert/"));
    assert!(list["nextMarker"].is_string(), "there are more than 250");
    let key = program.variable("CERTFERRY_RECIPIENT_ACCESS_KEY_ID");
    let list = program.get(key, "/certificates");
    assert_eq!(list["certificates"], Value::Array(Vec::new()));
}

/// The demo's transfers go between the accounts that were chosen, too.
#[test]
fn the_demo_moves_to_other_accounts() {
    let arguments = ["--source", "000000000001", "--recipient", "000000000002"];
    let program = Program::start(&arguments);
    let key = program.variable("CERTFERRY_SOURCE_ACCESS_KEY_ID");
    let outgoing = program.get(key, "/certificates-out-going");
    let rows = outgoing["outgoingCertificates"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!(row["transferredTo"], "000000000002");
    }
    let key = program.variable("CERTFERRY_RECIPIENT_ACCESS_KEY_ID");
    let incoming = program.get(key, "/certificates?pageSize=250");
    let text = incoming.to_string();
    assert!(!text.contains("111122223333") && !text.contains("444455556666"));
}

/// Whatever is under way, it leaves at once.
#[test]
fn sigterm_ends_it_at_once_and_is_no_failure() {
    let mut program = Program::start(&["--certificates", "1", "--latency", "600000"]);
    let key = program.variable("AWS_ACCESS_KEY_ID").to_owned();
    let _idle = program.connect();
    let mut asking = program.send(&key, "/certificates");
    let began = Instant::now();
    program.signal(Signal::TERM);
    assert_eq!(program.wait().code(), Some(0));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    let mut answer = Vec::new();
    // Reset or closed, but without an answer.
    let _ = asking.read_to_end(&mut answer);
    assert!(answer.is_empty());
}

#[test]
fn ctrl_c_ends_it() {
    // Whoever runs the tests in the background has them ignore it, and their children, too.
    let mut command = if cfg!(target_os = "linux") {
        let mut env = Command::new("env");
        env.args(["--default-signal=INT", env!("CARGO_BIN_EXE_certferry")]);
        env
    } else {
        Command::new(env!("CARGO_BIN_EXE_certferry"))
    };
    command.args(["simulator", "--certificates", "1"]);
    let mut program = Program::of(command);
    program.signal(Signal::INT);
    assert_eq!(program.wait().code(), Some(130));
}

/// As shells start what a script runs in the background.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_is_ignored_by_who_was_told_to_ignore_it() {
    let mut command = Command::new("sh");
    let script = "trap '' INT; exec \"$0\" simulator --certificates 1";
    command.args(["-c", script, env!("CARGO_BIN_EXE_certferry")]);
    let mut program = Program::of(command);
    program.signal(Signal::INT);
    let key = program.variable("AWS_ACCESS_KEY_ID").to_owned();
    let list = program.get(&key, "/certificates");
    assert_eq!(list["certificates"].as_array().unwrap().len(), 1);
    program.signal(Signal::TERM);
    assert_eq!(program.wait().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn sigterm_ends_it_while_it_makes_its_fleet() {
    const TERM: u64 = 1 << 14;
    let mut command = certferry(&["simulator", "--certificates", "1000000"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let caught = || {
        let text = std::fs::read_to_string(&status).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        u64::from_str_radix(line.unwrap().trim(), 16).unwrap() & TERM != 0
    };
    let deadline = Instant::now() + LONGEST;
    while !caught() {
        assert!(Instant::now() < deadline, "it does not listen to signals");
        thread::sleep(Duration::from_millis(5));
    }
    let id = i32::try_from(child.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
    let ended = wait(&mut child);
    assert_eq!(ended.code(), Some(0));
    let mut printed = String::new();
    child.stdout.unwrap().read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "", "the fleet was not made yet");
}

/// A shell that evaluates what a program in the background prints must not wait for that program's end.
#[test]
fn a_shell_can_evaluate_it_and_go_on() {
    let script = "eval \"$(\"$0\" simulator --certificates 1 &)\" && \
                  kill -0 \"$CERTFERRY_SIMULATOR_PID\" && \
                  kill \"$CERTFERRY_SIMULATOR_PID\" && \
                  echo \"$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID ${AWS_PROFILE-none} $NO_PROXY\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_certferry")])
        .env("AWS_PROFILE", "production")
        .env("NO_PROXY", "example.com")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    let words: Vec<&str> = printed.split_whitespace().collect();
    assert!(words[0].starts_with("http://127.0.0.1:"), "{printed}");
    assert!(words[1].starts_with("AKIA"), "{printed}");
    assert_eq!(words[2..], ["none", "example.com,127.0.0.1"], "{printed}");
}

#[test]
fn what_cannot_be_is_said_before_anything_is_printed() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, said) in [
        (["--listen", "0.0.0.0:0"], "loopback"),
        (["--listen", "[::]:8080"], "loopback"),
        (["--listen", &address], address.as_str()),
        (["--recipient", "111122223333"], "both the source and"),
        (["--source", "12"], "12 digits"),
    ] {
        let mut words = vec!["simulator", "--certificates", "1"];
        words.extend(arguments);
        let output = certferry(&words).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
}
