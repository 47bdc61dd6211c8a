//! A simulator on a port, as slow as AWS is, and who asks it.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use certferry::simulator::{Server, Simulator};
use portable_pty::CommandBuilder;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::{Outcome, pty};

/// The account whose certificates there are.
pub(crate) const SOURCE: &str = "111122223333";
/// The account that they go to.
pub(crate) const RECIPIENT: &str = "444455556666";
/// What a request takes to AWS and back from far away.
pub(crate) const LATENCY: Duration = Duration::from_millis(40);

/// The certferry that is measured: the one that was built with the bench, or what `CERTFERRY_MEASURED` names.
pub(crate) fn certferry() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let other = env::var_os("CERTFERRY_MEASURED");
        other.map_or_else(|| env!("CARGO_BIN_EXE_certferry").into(), PathBuf::from)
    });
    &PROGRAM
}

/// A simulator that is served on a port of this computer, and a home for the programs that ask it.
pub(crate) struct Served {
    pub(crate) simulator: Simulator,
    address: SocketAddr,
    home: TempDir,
    _runtime: Runtime,
}

impl Served {
    /// Serves a world.
    pub(crate) fn new(simulator: Simulator) -> Outcome<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(Server::bind(any, simulator.clone()))?;
        let address = server.address();
        runtime.spawn(server.serve());
        Ok(Self {
            simulator,
            address,
            home: tempfile::tempdir()?,
            _runtime: runtime,
        })
    }

    /// A folder of the programs' own.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What tells a program where AWS is and who asks.
    fn environment(&self) -> [(&'static str, String); 8] {
        let key = self.simulator.access_key(SOURCE);
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", key.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", key.secret_access_key),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_PAGER", String::new()),
            ("LANG", "C.UTF-8".to_owned()),
        ]
    }

    /// A program in a pseudo-terminal.
    pub(crate) fn in_terminal(&self, program: &Path, arguments: &[&str]) -> CommandBuilder {
        let mut command = pty::command(program, arguments, self.home());
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command
    }

    /// A program without a terminal.
    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(self.environment());
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home()).current_dir(self.home());
        command.stdin(Stdio::null());
        command
    }

    /// Runs a program to its end.
    pub(crate) fn run(&self, program: &Path, arguments: &[&str]) -> Outcome<Ran> {
        let mut command = self.command(program, arguments);
        let began = Instant::now();
        let output = command.output()?;
        Ok(Ran {
            took: began.elapsed(),
            output,
        })
    }

    /// A file in the home that is not there yet.
    pub(crate) fn fresh(&self, name: &str) -> PathBuf {
        let path = self.home().join(name);
        // It may not have been there.
        let _ = fs::remove_file(&path);
        path
    }

    /// How many calls came since the last time, and how many of them were refused for their number.
    pub(crate) fn calls(&self) -> (usize, usize) {
        let calls = self.simulator.calls();
        self.simulator.clear_calls();
        let code = Some("ThrottlingException");
        let refused = calls.iter().filter(|call| call.code.as_deref() == code);
        (calls.len(), refused.count())
    }
}

/// What a program did.
pub(crate) struct Ran {
    pub(crate) took: Duration,
    output: Output,
}

impl Ran {
    /// What it printed; an error if it failed.
    pub(crate) fn out(&self) -> Outcome<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if self.output.status.success() {
            return Ok(text(&self.output.stdout));
        }
        let error = text(&self.output.stderr);
        let last = error.lines().rev().find(|line| !line.trim().is_empty());
        Err(last.unwrap_or("it failed").trim().to_owned().into())
    }
}
