//! Other processes that use a journal: this test program, started again.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, atomic::AtomicBool},
};

use certferry::domain::{RunEvent, RunId};
use rustix::process::{Resource, Rlimit, setrlimit};

use super::{at, before, open, plan};

const PATH: &str = "CERTFERRY_TEST_JOURNAL";

/// A process with an open journal that does one thing after another, each when it is told to, and
/// says when it is done. It ends by SIGKILL, or at the end of its input.
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    pub(super) fn start(path: &Path) -> Self {
        let mut process = Self::spawn(path, None);
        assert_eq!(process.said(), "open");
        process
    }

    /// What a process of this user says when it opens the journal.
    pub(super) fn opening_as(path: &Path, user: u32) -> String {
        Self::spawn(path, Some(user)).said()
    }

    fn spawn(path: &Path, user: Option<u32>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "journal::child::works",
                "--ignored",
                "--nocapture",
            ])
            .env(PATH, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(user) = user {
            command.uid(user).gid(user).current_dir("/");
        }
        let mut child = command.spawn().unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Its process number.
    pub(super) fn number(&self) -> u32 {
        self.child.id()
    }

    /// Gives an order and waits until it is done.
    pub(super) fn tell(&mut self, order: &str) -> String {
        self.order(order);
        self.said()
    }

    pub(super) fn order(&mut self, order: &str) {
        writeln!(self.input, "{order}").unwrap();
    }

    pub(super) fn said(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.output.read_line(&mut line).unwrap();
            assert_ne!(read, 0, "the process has ended");
            // The test harness talks, too, and does not end its line before the first answer.
            if let Some((_, said)) = line.split_once("said: ") {
                return said.trim_end().to_owned();
            }
        }
    }

    /// SIGKILL.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it come to its end.
    pub(super) fn end(mut self) {
        drop(self.input);
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}");
    }
}

/// What [`Process`] runs. The orders: `begin BYTE`, `claim RUN`, `begun RUN STEP`, `done RUN STEP`,
/// `finish RUN`, `many BYTE COUNT`, `room BYTES` or `room all` for how large a file may get.
#[test]
#[ignore = "runs inside the process of another test"]
fn works() {
    let say = |said: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "said: {said}").unwrap();
        out.flush().unwrap();
    };
    let path = PathBuf::from(std::env::var_os(PATH).unwrap());
    let journal = match open(&path) {
        Ok(journal) => journal,
        Err(error) => return say(format!("{error:?}")),
    };
    // A write beyond the limit fails then, instead of ending the process.
    let ignored = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, ignored).unwrap();
    say("open".to_owned());
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let number = |n: usize| words[n].parse::<u16>().unwrap();
        let run = || RunId(number(1).into());
        let byte = || u8::try_from(number(1)).unwrap();
        let begin = |byte: u8| journal.begin(&before(byte), &plan(&before(byte)), at(1));
        let done =
            match words[0] {
                "begin" => begin(byte()).map(|run| run.0.to_string()),
                "claim" => journal.claim(run()).map(|record| record.id.0.to_string()),
                "begun" => (journal.step_begun(run(), number(2).into(), at(2)))
                    .map(|()| "begun".to_owned()),
                "done" => {
                    (journal.step_done(run(), number(2).into(), at(3))).map(|()| "done".to_owned())
                }
                "finish" => (journal.finish(run(), RunEvent::Completed, at(4)))
                    .map(|()| "finished".to_owned()),
                "room" => {
                    let room = words[1].parse().ok();
                    setrlimit(
                        Resource::Fsize,
                        Rlimit {
                            current: room,
                            maximum: None,
                        },
                    )
                    .unwrap();
                    Ok("room".to_owned())
                }
                "many" => {
                    for n in 0..u8::try_from(number(2)).unwrap() {
                        let run = begin(byte() + n).unwrap();
                        for step in 0..8 {
                            journal.step_begun(run, step, at(2)).unwrap();
                            journal.step_done(run, step, at(3)).unwrap();
                        }
                    }
                    Ok("many".to_owned())
                }
                other => panic!("{other} is no order"),
            };
        say(done.unwrap_or_else(|error| format!("{error:?}")));
    }
}
