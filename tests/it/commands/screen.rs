//! The screen and the commands work on the same plans and the same journal, either way round.

use std::fs;

use certferry::simulator::{Operation, Status};
use portable_pty::CommandBuilder;
use rustix::process::Signal;

use super::{Bench, PLAN, RECIPIENT, SOURCE, killed_at};
use crate::pty::{Pty, command};

/// The screen in this home.
fn screen(bench: &Bench, arguments: &[&str]) -> Pty {
    let mut builder: CommandBuilder = command(env!("CARGO_BIN_EXE_certferry"), arguments);
    let same = bench.command(&[]);
    builder.env_clear();
    for (name, value) in same.get_envs() {
        if let Some(value) = value {
            builder.env(name, value);
        }
    }
    builder.env("TERM", "xterm-256color");
    builder.cwd(bench.path(""));
    Pty::start(builder, 120, 40)
}

fn devices(n: u64) -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let ids = (1..=n)
        .map(|it| bench.certificate(it, &["base"], &[&format!("press-{it}")]))
        .collect();
    (bench, ids)
}

#[test]
fn a_plan_of_the_command_line_opens_on_the_screen_and_is_confirmed_there() {
    let (bench, ids) = devices(2);
    let plan = [
        "plan",
        "--profile",
        "prod",
        "--filter",
        "status:active",
        "--to",
        RECIPIENT,
        "-o",
        "m.plan",
    ];
    bench.run(&plan).ends(0);
    // One of them has changed since.
    bench.policy(SOURCE, "debug");
    bench
        .simulator
        .attach_policy(SOURCE, &ids[0], "debug")
        .unwrap();
    let mut pty = screen(&bench, &["m.plan"]);
    pty.wait_for("1 certificate has changed since: left");
    pty.wait_for("policy debug attached since");
    pty.wait_for("4444-5555-6666  fleet-eu");
    press_the_button(&mut pty);
    pty.wait_for("1 done");
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Active));
    assert_eq!(bench.status(SOURCE, &ids[1]), Some(Status::PendingTransfer));
    // The page of the batch is closed first.
    pty.press("q");
    pty.wait_for("Enter open");
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
}

/// Reads the dialog, and goes to its button past the account and the message.
fn press_the_button(pty: &mut Pty) {
    pty.read_it("By a plan of");
    for _ in 0..3 {
        pty.press("\t");
    }
    pty.wait_for("> [ Start transfer ]");
    pty.press("\r");
}

#[test]
fn a_plan_of_another_account_is_not_opened() {
    let (bench, _) = devices(1);
    let plan = [
        "plan",
        "--profile",
        "prod",
        "press-1",
        "--to",
        RECIPIENT,
        "-o",
        "m.plan",
    ];
    bench.run(&plan).ends(0);
    let mut pty = screen(&bench, &["--profile", "eu", "m.plan"]);
    pty.wait_for("The plan is for 1111-2222-3333 fleet-prod");
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    let wrong = bench.run(&["m.plan"]).ends(2);
    assert!(
        wrong.err.contains("the screen needs a terminal"),
        "{}",
        wrong.err
    );
}

#[test]
fn a_plan_of_the_screen_is_applied_by_the_command_line() {
    let (bench, ids) = devices(2);
    let mut pty = screen(&bench, &["--profile", "prod"]);
    pty.wait_for("Certificates  2");
    pty.press("*");
    pty.press("a");
    pty.wait_for("2 marked certificates");
    pty.press("t");
    pty.read_it("Account");
    for key in ["f", "l", "e", "e", "t", "-", "e", "u"] {
        pty.press(key);
    }
    pty.press("\t");
    pty.wait_for("4444-5555-6666  fleet-eu");
    pty.press("\t");
    pty.wait_for("detaches");
    pty.press("\t");
    pty.press("p");
    pty.wait_for("Saved as certferry-");
    pty.press("\x1b");
    pty.wait_for("Nothing was changed.");
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(bench.changes(), 0);
    let names = fs::read_dir(bench.path("")).unwrap();
    let mut names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
    let name = names.find(|it| it.starts_with("certferry-")).unwrap();
    let file = fs::read_to_string(bench.path(&name)).unwrap();
    let value = serde_json::from_str(&file).unwrap();
    let wrong: Vec<String> = PLAN.iter_errors(&value).map(|it| it.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    bench.run(&["apply", &name, "--yes", RECIPIENT]).ends(0);
    for id in &ids {
        assert_eq!(bench.status(SOURCE, id), Some(Status::PendingTransfer));
    }
}

#[test]
fn the_screen_finds_what_a_command_left_and_a_command_what_the_screen_left() {
    let (bench, ids) = devices(2);
    let slow = std::time::Duration::from_secs(4);
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), slow);
    // A command is killed on the way, and the screen resumes it.
    let plan = [
        "plan",
        "--profile",
        "prod",
        "press-1",
        "--to",
        RECIPIENT,
        "-o",
        "m.plan",
    ];
    bench.run(&plan).ends(0);
    let child = bench.start(&["apply", "m.plan", "--yes", RECIPIENT, "--json"]);
    killed_at(child, "DetachPolicy");
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), std::time::Duration::ZERO);
    let mut pty = screen(&bench, &["--profile", "prod"]);
    pty.wait_for("1 half-way");
    pty.type_keys("J");
    pty.wait_for("cut off");

    // The screen is killed on the way, and a command puts it back.
    drop(pty);
    bench
        .run(&["resume", "--all", "--profile", "prod", "--yes", RECIPIENT])
        .ends(0);
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::PendingTransfer));
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), slow);
    let before = bench.simulator.certificate(SOURCE, &ids[1]);
    let plan = [
        "plan",
        "--profile",
        "prod",
        "press-2",
        "--to",
        RECIPIENT,
        "-o",
        "n.plan",
    ];
    bench.run(&plan).ends(0);
    let mut pty = screen(&bench, &["n.plan"]);
    pty.wait_for("Nothing of it has changed since.");
    press_the_button(&mut pty);
    pty.wait_for("… detach policy base");
    pty.signal(Signal::KILL);
    pty.wait_exit();
    bench
        .simulator
        .set_latency(Some(Operation::DetachPolicy), std::time::Duration::ZERO);
    bench
        .run(&["put-back", "--all", "--profile", "prod", "--yes", SOURCE])
        .ends(0);
    assert_eq!(bench.simulator.certificate(SOURCE, &ids[1]), before);
}

#[test]
fn a_question_ends_with_a_signal_and_then_nothing_was_begun() {
    let (bench, ids) = devices(1);
    for by in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut pty = screen(&bench, &["deactivate", "press-1", "--profile", "prod"]);
        pty.wait_for("Last 4 digits of 1111-2222-3333");
        if by == Signal::INT {
            pty.press("\u{3}");
        } else {
            pty.signal(by);
        }
        assert_eq!(pty.wait_exit(), 5, "{by:?}: {}", pty.text());
        assert!(pty.text().contains("nothing was begun"), "{}", pty.text());
    }
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Active));
    assert_eq!(bench.changes(), 0);
    let mut pty = screen(&bench, &["deactivate", "press-1", "--profile", "prod"]);
    pty.wait_for("Last 4 digits of 1111-2222-3333");
    pty.type_keys("3333\r");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
    assert_eq!(bench.status(SOURCE, &ids[0]), Some(Status::Inactive));
}
