//! Stopping and going on.

use rustix::process::Signal;

use super::{
    Pty,
    child::{started, toy},
    command,
};

#[test]
fn a_stop_gives_the_terminal_back_until_the_process_goes_on() {
    let mut pty = toy();
    pty.type_keys("x");
    pty.wait_for("keys 1 x");

    pty.signal(Signal::TSTP);
    pty.wait_stopped();
    pty.assert_restored();

    pty.resize(60, 20);
    pty.signal(Signal::CONT);
    pty.wait_for("size 60x20");
    assert!(pty.text().contains("keys 1 x"), "{}", pty.text());
    pty.assert_taken();

    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
    pty.assert_restored();
}

/// Stopped by what cannot be caught, and continued by a shell that has changed the line's modes.
#[test]
fn going_on_after_a_stop_that_was_not_seen_draws_everything_anew() {
    let mut pty = toy();
    pty.signal(Signal::STOP);
    pty.wait_stopped();
    pty.reset_modes();
    let before = pty.log().len();
    pty.signal(Signal::CONT);
    pty.wait_until("a whole frame", |pty| {
        String::from_utf8_lossy(&pty.log()[before..]).contains("ready")
    });
    pty.assert_taken();
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
    assert!(!pty.screen().alternate_screen());
    assert!(!pty.screen().bracketed_paste());
}

/// Nothing could continue the leader of a session, which the harness's child is.
#[test]
fn the_stop_key_does_not_freeze_a_session_without_a_shell() {
    let mut pty = toy();
    pty.type_keys("\u{1a}x");
    pty.wait_for("keys 1 x");
    pty.assert_taken();
}

/// The leader of the session waits for its own child, so nothing could continue them, either.
#[test]
fn the_stop_key_does_not_freeze_a_script_without_a_shell() {
    let this = std::env::current_exe().unwrap();
    let script = "\"$0\" --ignored --exact pty::child::on_threads --nocapture; exit $?";
    let mut pty = started(command("sh", &["-c", script, &this.to_string_lossy()]));
    pty.type_keys("\u{1a}x");
    pty.wait_for("keys 1 x");
    pty.assert_taken();
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
}

/// A shell that continues the job as soon as it sees it stop, faster than any person could.
#[test]
fn a_job_that_is_continued_at_once_goes_on() {
    let this = std::env::current_exe().unwrap();
    let script = "set -m\n\
        sh -c '\"$0\" --ignored --exact pty::child::on_threads --nocapture; exit $?' \"$0\"\n\
        code=$?\n\
        while [ $code -gt 128 ]; do fg >/dev/null; code=$?; done\n\
        echo \"the job has ended: $code\"";
    let mut pty = started(command("sh", &["-c", script, &this.to_string_lossy()]));
    for round in 1..=30 {
        let before = pty.log().len();
        pty.type_keys("\u{1a}");
        pty.wait_until("the screen taken again", |pty| {
            let log = String::from_utf8_lossy(&pty.log()[before..]);
            log.split_once("\x1b[?1049h")
                .is_some_and(|(_, frame)| frame.contains("ready"))
        });
        pty.type_keys("x");
        pty.wait_for(&format!("keys {round} x"));
    }
    pty.type_keys("q");
    pty.wait_for("the job has ended: 0");
    pty.wait_exit();
    pty.assert_restored();
}

/// As in a shell: the whole job stops, not only the one process, or the shell would not notice.
#[test]
fn the_stop_key_stops_the_job_and_the_shell_takes_over() {
    let this = std::env::current_exe().unwrap();
    let script = "set -m\n\
        sh -c '\"$0\" --ignored --exact pty::child::on_threads --nocapture; exit $?' \"$0\"\n\
        echo \"the shell has it: $?\"\n\
        read -r line\n\
        fg >/dev/null\n\
        echo \"the job has ended: $?\"";
    let shell = command("sh", &["-c", script, &this.to_string_lossy()]);
    let mut pty = Pty::start(shell, 80, 24);
    pty.wait_for("ready");
    pty.type_keys("x");
    pty.wait_for("keys 1 x");

    pty.type_keys("\u{1a}");
    pty.wait_for("the shell has it: 14");
    pty.assert_restored();

    pty.type_keys("\r");
    pty.wait_for("keys 1 x");
    pty.assert_taken();
    pty.type_keys("q");
    pty.wait_for("the job has ended: 0");
    pty.wait_exit();
    pty.assert_restored();
}
