//! A start without credentials, without a region, or with a sign-in that is over: a page that says what was looked
//! for, and the ways on.

use portable_pty::CommandBuilder;

use super::{Pty, command};

struct Home(tempfile::TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        if !config.is_empty() {
            std::fs::create_dir(home.path().join(".aws")).unwrap();
            std::fs::write(home.path().join(".aws/config"), config).unwrap();
        }
        Self(home)
    }

    fn command(&self, arguments: &[&str], set: &[(&str, &str)]) -> CommandBuilder {
        let mut command = command(env!("CARGO_BIN_EXE_certferry"), arguments);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            // Nobody answers there.
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("HOME", self.0.path().to_str().unwrap()),
        ] {
            command.env(name, value);
        }
        for (name, value) in set {
            command.env(name, value);
        }
        command
    }

    fn start(&self, arguments: &[&str], set: &[(&str, &str)]) -> Pty {
        Pty::start(self.command(arguments, set), 100, 30)
    }
}

fn quit(mut pty: Pty) {
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn without_anything_it_is_said_what_was_looked_for_and_how_to_go_on() {
    let home = Home::new("");
    let mut pty = home.start(&[], &[("AWS_REGION", "us-east-1")]);
    pty.wait_for("Not connected yet");
    for text in [
        "environment: no AWS_ACCESS_KEY_ID",
        ".aws/config: not there",
        "profile default: not there",
        "region: us-east-1 by AWS_REGION",
        "EC2 instance: not asked: AWS_EC2_METADATA_DISABLED is true",
        "`aws login`, `aws configure sso` or `aws configure`",
        "certferry --demo",
    ] {
        pty.wait_for(text);
    }
    // The same as a text that can be scrolled.
    pty.press("\r");
    pty.wait_for("┌ Not connected yet");
    pty.press("\x1b");
    pty.wait_for("Enter read all");
    quit(pty);
}

#[test]
fn with_neither_both_ways_are_named() {
    let home = Home::new("");
    let mut pty = home.start(&[], &[]);
    pty.wait_for("Neither AWS credentials nor a region were found:");
    pty.wait_for("Sign in, in another window: `aws login`");
    pty.wait_for("A region: Enter names one");
    quit(pty);
}

#[test]
fn without_a_region_enter_names_one() {
    let config = "[profile eu]\naws_access_key_id = AK\naws_secret_access_key = x\n[profile us]\n";
    let home = Home::new(config);
    let mut pty = home.start(&["--profile", "eu"], &[]);
    pty.wait_for("Enter names a region, for this session.");
    pty.wait_for("aws configure set region NAME --profile eu");
    pty.wait_for("✓ profile eu: has access keys");
    pty.wait_for("S chooses one of eu, us.");
    pty.press("\r");
    pty.wait_for("> Region");
    pty.type_keys("eu-west-1");
    pty.wait_for("eu-west-1");
    pty.press("\t");
    pty.press("\x1b[C");
    pty.wait_until("the button to be ready", |pty| {
        pty.text()
            .lines()
            .any(|line| line.contains("> [ ") && !line.contains("( "))
    });
    pty.press("\r");
    pty.wait_for("endpoint refuses the connection");
    quit(pty);
}

#[test]
fn a_sign_in_that_is_over_names_its_command() {
    let config = "[profile ops]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\nregion = us-east-1\n\
                  [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.invalid/start\n";
    let home = Home::new(config);
    let mut pty = home.start(&["--profile", "ops"], &[]);
    pty.wait_for("aws sso login --profile ops");
    pty.wait_for("r tries again");
    quit(pty);
    // With no profile named, the one that could sign in is found.
    let mut pty = home.start(&[], &[("AWS_REGION", "us-east-1")]);
    pty.wait_for("Sign in, in another window: `aws sso login --profile ops`");
    quit(pty);
}
