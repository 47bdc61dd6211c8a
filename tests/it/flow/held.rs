//! A run that another process seems to hold: the server of a network's file system can keep the lock of
//! a computer that was switched off.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use certferry::simulator::{NewCertificate, Simulator, Status};
use rusqlite::Connection;

use super::{
    person::{RECIPIENT, SOURCE, Start, clock},
    screens::no_size_breaks,
};

const TOKEN: &str = "0123456789ABCDEF0123456789ABCDEF";

pub(super) struct Held {
    pub(super) simulator: Simulator,
    id: String,
    folder: tempfile::TempDir,
    lock: Option<File>,
}

impl Held {
    /// A run that stopped, and is then held by a process that says this of itself.
    pub(super) async fn new(process: &str) -> Self {
        let simulator = Simulator::new(clock());
        simulator.create_account(SOURCE);
        simulator.create_account(RECIPIENT);
        let new = NewCertificate::new("press-7", 7);
        let id = simulator.add_certificate(SOURCE, &new).unwrap();
        let mut held = Self {
            simulator,
            id,
            folder: tempfile::tempdir().unwrap(),
            lock: None,
        };
        held.simulator.deny(SOURCE, "iot:TransferCertificate");
        let mut person = Start::new(&held.simulator)
            .journal(&held.journal())
            .settled()
            .await;
        person.keys("o");
        person.choose("Start transfer");
        person.settle().await;
        person.keys("444455556666 tab tab right enter");
        person.settle().await;
        drop(person);
        held.simulator.allow(SOURCE, "iot:TransferCertificate");
        let journal = Connection::open(held.journal()).unwrap();
        let held_now = "UPDATE run SET state = 'unfinished', ended = NULL, owner = ?1";
        assert_eq!(journal.execute(held_now, [TOKEN]).unwrap(), 1);
        // Of its batch it had not begun another one.
        let batch =
            "INSERT INTO batch (account, region, control_plane, partition, recipient, began,
                                        owner)
                     SELECT account, region, control_plane, partition, '444455556666', began, owner
                     FROM run";
        journal.execute(batch, []).unwrap();
        let waiting = "INSERT INTO waiting VALUES (1, zeroblob(32))";
        journal.execute(waiting, []).unwrap();
        held.lock = Some(held.locked(process));
        held
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    fn locked(&self, process: &str) -> File {
        let owners = self.folder.path().join("journal.db.owners");
        let path: &Path = &owners.join(TOKEN);
        fs::write(path, process).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        file.lock().unwrap();
        file
    }

    fn status(&self) -> Status {
        let state = self.simulator.certificate(SOURCE, &self.id);
        state.unwrap().status
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_of_a_computer_that_is_gone_is_taken_over_and_resumed() {
    let held = Held::new("bastion\u{1b}[31m-2\n4711\n1795500000\n").await;
    let mut person = Start::new(&held.simulator)
        .journal(&held.journal())
        .settled()
        .await;
    let said = person.row("may be gone");
    assert!(said.contains("1 held by a process"), "{said}");
    // It is not to be decided about like one that nobody holds.
    person.keys("o");
    let row = person.row("u  Resume");
    assert!(row.contains("another process works on it: J"), "{row}");
    person.keys("esc J").settle().await;
    let row = person.row("At work");
    assert!(row.contains("process 4711 on bastion\\x1b[31m-2"), "{row}");
    person.keys("enter K").settle().await;
    let dialog = person.screen();
    for named in [
        ", and 1 certificate not",
        "process 4711 on bastion",
        "06:00 UTC (4 h)",
        "whether it is alive cannot be seen from here",
    ] {
        assert!(dialog.contains(named), "{named} in:\n{dialog}");
    }
    no_size_breaks(&mut person);
    // Cancel has the focus.
    person.keys("enter").settle().await;
    assert!(person.app.side.unfinished.is_empty());
    person.keys("J").settle().await;
    person.keys("enter K").settle().await;
    person.keys("right enter").settle().await;
    assert_eq!(person.app.side.unfinished.len(), 1, "{}", person.screen());
    assert_eq!(person.app.cx().not_begun_count(), 1);
    assert_eq!(held.status(), Status::Inactive, "nothing was done yet");
    person.keys("o u").settle().await;
    person.keys("6666 tab right").keys("enter").settle().await;
    assert!(person.screen().contains("✓ done"), "{}", person.screen());
    assert_eq!(held.status(), Status::PendingTransfer);
}

/// On this computer it is known whether there is such a process.
#[tokio::test(start_paused = true)]
async fn from_a_living_process_of_this_computer_nothing_is_taken() {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy().into_owned();
    // It is this one, as it happens.
    let alive = format!("{host}\n{}\n{}\n", std::process::id(), now());
    let gone = format!("{host}\n{}\n{}\n", i32::MAX, now());
    // Its number is another one's since the computer was started anew.
    let before = format!("{host}\n{}\n1000000000\n", std::process::id());
    for (process, is_alive) in [(alive, true), (gone, false), (before, false)] {
        let held = Held::new(&process).await;
        let mut person = Start::new(&held.simulator)
            .journal(&held.journal())
            .settled()
            .await;
        let said = person.screen().contains("may be gone");
        assert_eq!(said, !is_alive, "{}", person.screen());
        person.keys("J").settle().await;
        person.keys("enter").settle().await;
        let menu = person.screen();
        assert_eq!(menu.contains("stop it there"), is_alive, "{menu}");
        person.keys("K").settle().await;
        let dialog = person.screen();
        assert_eq!(dialog.contains("no such process"), !is_alive, "{dialog}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_may_change_nothing_takes_nothing_over() {
    let held = Held::new("").await;
    let mut person = Start::new(&held.simulator)
        .journal(&held.journal())
        .read_only()
        .settled()
        .await;
    person.keys("J").settle().await;
    let row = person.row("At work");
    assert!(row.contains("a computer that is not named"), "{row}");
    person.keys("enter K").settle().await;
    assert!(person.screen().contains("read-only"), "{}", person.screen());
    assert!(!person.screen().contains("Take over"));
}

fn now() -> u64 {
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs()
}
