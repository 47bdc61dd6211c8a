//! A profile's `credential_process`: it asks on the terminal, hangs, or fails.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{Pty, command};

struct Helper {
    folder: tempfile::TempDir,
}

impl Helper {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let helper = Self { folder };
        let path = helper.path("my helper # 1");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        let config = format!(
            "[default]\nregion = us-east-1\ncredential_process = '{}' --role \"a # b\"\n",
            path.display()
        );
        fs::write(helper.path("config"), config).unwrap();
        helper
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn certferry(&self) -> Pty {
        let mut command = command(env!("CARGO_BIN_EXE_certferry"), &[]);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.folder.path());
        command.env("TEST", self.folder.path());
        command.env("AWS_CONFIG_FILE", self.path("config"));
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        // Nobody answers there.
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Pty::start(command, 80, 24)
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}

/// Whether the process runs whose number is in a file. One that has ended and that nobody has asked how
/// still has its number.
fn runs(file: &Path) -> bool {
    let number = fs::read_to_string(file).unwrap_or_default();
    let state = command_output("ps", &["-o", "stat=", "-p", number.trim()]);
    !state.trim().is_empty() && !state.starts_with('Z')
}

fn command_output(program: &str, arguments: &[&str]) -> String {
    let output = std::process::Command::new(program).args(arguments).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[test]
fn it_gets_neither_the_terminal_nor_the_keys_and_what_it_says_is_the_reason() {
    let helper = Helper::new(
        "if printf 'MFA code: ' >/dev/tty; then echo asked >\"$TEST/asked\"; fi 2>/dev/null\n\
         read code && echo \"$code\" >\"$TEST/read\"\n\
         echo \"role $2: sign in to the corporate gate first\" >&2\nexit 3",
    );
    let mut pty = helper.certferry();
    pty.wait_for("No AWS credentials.");
    pty.press("e");
    pty.wait_for("role a # b: sign in to the corporate gate first");
    assert!(!pty.text().contains("MFA code"), "{}", pty.text());
    assert_eq!(
        (helper.said("asked"), helper.said("read")),
        Default::default()
    );
    // The keys are certferry's.
    pty.press("\x1b");
    pty.wait_until("the text to be closed", |pty| {
        !pty.text().contains("The last failure")
    });
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn one_that_hangs_holds_up_no_key_and_does_not_stay_behind() {
    let helper =
        Helper::new("echo $$ >\"$TEST/number\"\necho 'Waiting for your phone' >&2\nsleep 1000");
    let mut pty = helper.certferry();
    let number = helper.path("number");
    pty.wait_for("certferry");
    pty.wait_until("the program to run", |_| runs(&number));
    pty.press("?");
    pty.wait_for("Help");
    pty.press("\x1b");
    pty.wait_until("the help to be closed", |pty| !pty.text().contains("Help"));
    assert!(runs(&number));
    pty.wait_for("No AWS credentials.");
    pty.press("e");
    pty.wait_for("Waiting for your phone");
    assert!(
        pty.text().contains("no answer within 10 s"),
        "{}",
        pty.text()
    );
    assert!(!runs(&number));
    pty.press("\x1b");
    pty.wait_until("the text to be closed", |pty| {
        !pty.text().contains("The last failure")
    });
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
}
