//! A simulator on a port, for programs that find it by their environment.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use certferry::simulator::{Server, Simulator};
use portable_pty::CommandBuilder;
use tokio::runtime::Runtime;

use super::command;

pub(super) struct Served {
    _runtime: Runtime,
    pub(super) address: SocketAddr,
    home: tempfile::TempDir,
}

impl Served {
    pub(super) fn new(simulator: &Simulator) -> Self {
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
        Self {
            _runtime: runtime,
            address,
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder that is the programs' home.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the home.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.home().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// certferry with these arguments, and nothing of the person's in its environment.
    pub(super) fn certferry(&self, arguments: &[&str]) -> CommandBuilder {
        let mut command = command(env!("CARGO_BIN_EXE_certferry"), arguments);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("PATH", &*std::env::var("PATH").unwrap_or_default()),
            ("AWS_ENDPOINT_URL", &*format!("http://{}", self.address)),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("HOME", self.home().to_str().unwrap()),
            (
                "XDG_STATE_HOME",
                self.home().join("state").to_str().unwrap(),
            ),
        ] {
            command.env(name, value);
        }
        command
    }
}
