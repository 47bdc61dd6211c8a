//! Several programs at one account: its quota is theirs together.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use certferry::simulator::{Clock, Fleet, Operation, Server, Simulator, Status};

use super::{Pty, command};

const SOURCE: &str = "111122223333";

fn certferry(folder: &Path, simulator: &Simulator, address: SocketAddr) -> Pty {
    let key = simulator.create_account(SOURCE);
    let mut command = command(env!("CARGO_BIN_EXE_certferry"), &[]);
    command.env_clear();
    for (name, value) in [
        ("TERM", "xterm-256color"),
        ("AWS_ENDPOINT_URL", &*format!("http://{address}")),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", &key.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &key.secret_access_key),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", folder.to_str().unwrap()),
        ("XDG_STATE_HOME", folder.join("state").to_str().unwrap()),
    ] {
        command.env(name, value);
    }
    Pty::start(command, 80, 24)
}

/// 48 pages of a listing, by an account that hands out 10 a second.
#[test]
fn four_programs_keep_to_the_quota_of_their_account_together() {
    let simulator = Simulator::new(Clock::System);
    simulator.create_account(SOURCE);
    let fleet = Fleet {
        status: Some(Status::Inactive),
        ..Fleet::new(SOURCE, 3000)
    };
    simulator.add_fleet(&fleet).unwrap();
    simulator.enforce_quotas(1.0);
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
    let home = tempfile::tempdir().unwrap();
    let start = || certferry(home.path(), &simulator, address);
    let mut programs = [start(), start(), start(), start()];
    for program in &mut programs {
        program.wait_for("Certificates  3,000 ");
    }
    let calls = simulator.calls();
    let list = |throttled: bool| {
        let listed = calls.iter().filter(|call| {
            call.operation == Some(Operation::ListCertificates) && call.code.is_some() == throttled
        });
        listed.count()
    };
    assert_eq!(list(false), 48);
    // Each may have asked for a page before it knew whose account it is.
    assert!(list(true) <= 4, "{} were throttled", list(true));
    // Nobody else can read what they share.
    let folder = home.path().join("state/certferry/pace");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
}
