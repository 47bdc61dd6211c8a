//! Several programs at one account: its quota is theirs together.

use std::fs;

use certferry::simulator::{Clock, Fleet, Operation, Simulator, Status};

use super::{Pty, served::Served};

const SOURCE: &str = "111122223333";

fn certferry(served: &Served, simulator: &Simulator) -> Pty {
    let key = simulator.create_account(SOURCE);
    let mut command = served.certferry(&[]);
    command.env("AWS_ACCESS_KEY_ID", &key.access_key_id);
    command.env("AWS_SECRET_ACCESS_KEY", &key.secret_access_key);
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
    let served = Served::new(&simulator);
    let start = || certferry(&served, &simulator);
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
    let folder = served.home().join("state/certferry/pace");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
}
