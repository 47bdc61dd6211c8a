//! However the program ends, the terminal is as before, and the process is gone.

use rustix::process::Signal;

use super::{
    Pty,
    child::{child, started, toy},
    command,
};

#[test]
fn quitting_puts_the_terminal_back() {
    let mut pty = toy();
    pty.assert_taken();
    assert!(pty.screen().hide_cursor());
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
    pty.assert_restored();
    assert!(pty.text().contains("ended: Quit"), "{}", pty.text());
}

#[test]
fn an_error_puts_the_terminal_back() {
    let mut pty = toy();
    pty.type_keys("D");
    assert_eq!(pty.wait_exit(), 2, "{}", pty.text());
    pty.assert_restored();
    let said = "failed: the background task has ended unexpectedly";
    assert!(pty.text().contains(said), "{}", pty.text());
}

#[test]
fn a_panic_puts_the_terminal_back_and_is_told_on_the_normal_screen() {
    for (key, place) in [("U", "bad luck in update"), ("P", "bad luck in render")] {
        let mut pty = toy();
        pty.type_keys(key);
        assert_eq!(pty.wait_exit(), 101, "{}", pty.text());
        pty.assert_restored();
        assert_eq!(pty.text().matches(place).count(), 1, "{}", pty.text());
    }
}

/// The mouse, when it is taken, is given back with the rest, also for as long as the process is stopped.
#[test]
fn the_mouse_is_given_back_by_a_panic_and_by_a_stop() {
    use vt100::MouseProtocolMode::{None, PressRelease};
    let mode = |pty: &Pty| pty.screen().mouse_protocol_mode();
    let taken = || {
        let mut pty = toy();
        pty.type_keys("M");
        pty.wait_until("the mouse to be taken", |pty| mode(pty) == PressRelease);
        pty
    };
    let mut pty = taken();
    pty.type_keys("U");
    assert_eq!(pty.wait_exit(), 101, "{}", pty.text());
    assert_eq!(mode(&pty), None);
    pty.assert_restored();

    let mut pty = taken();
    pty.signal(Signal::TSTP);
    pty.wait_stopped();
    assert_eq!(mode(&pty), None);
    pty.assert_restored();
    pty.signal(Signal::CONT);
    pty.wait_until("the mouse to be taken again", |pty| {
        mode(pty) == PressRelease
    });
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
    assert_eq!(mode(&pty), None);
}

/// The panic of a background task belongs to whoever waits for the task. Also on a runtime whose
/// tasks share the loop's thread.
#[test]
fn a_panic_in_the_background_leaves_the_screen_alone() {
    for name in ["on_threads", "on_one_thread"] {
        let mut pty = started(child(name));
        pty.type_keys("B");
        pty.wait_for("it panicked");
        pty.assert_taken();
        assert!(pty.text().contains("ready"), "{}", pty.text());
        assert!(!pty.text().contains("bad luck"), "{}", pty.text());
        pty.type_keys("x");
        pty.wait_for("keys 1 x");

        pty.type_keys("q");
        assert_eq!(pty.wait_exit(), 0, "{}", pty.text());
        pty.assert_restored();
        let told = "certferry: a background task panicked:";
        assert!(pty.text().contains(told), "{}", pty.text());
        assert!(pty.text().contains("bad luck in the background"));
    }
}

#[test]
fn a_signal_puts_the_terminal_back_and_shows_in_the_exit_code() {
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ] {
        let mut pty = toy();
        pty.signal(signal);
        assert_eq!(pty.wait_exit(), code, "{}", pty.text());
        pty.assert_restored();
    }
}

#[test]
fn a_lost_line_ends_the_process() {
    let mut pty = toy();
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
}

/// Without a controlling terminal there is no SIGHUP: the line itself has to be watched.
#[test]
fn a_lost_line_ends_the_process_without_a_signal() {
    let mut command = child("on_threads");
    command.set_controlling_tty(false);
    let mut pty = started(command);
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
}

/// Half a sequence keeps crossterm's reader inside `read`, so it cannot be the one that notices.
#[test]
fn a_line_lost_in_the_middle_of_a_paste_ends_the_process() {
    let mut command = child("on_threads");
    command.set_controlling_tty(false);
    let mut pty = started(command);
    pty.type_keys("x\u{1b}[200~half a paste");
    pty.wait_for("keys 1 x");
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
}

/// Half a sequence must not hold up a normal end, either.
#[test]
fn a_signal_in_the_middle_of_a_paste_ends_the_process() {
    let mut pty = toy();
    pty.type_keys("x\u{1b}[200~half a paste");
    pty.wait_for("keys 1 x");
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_exit(), 143, "{}", pty.text());
    pty.assert_restored();
}

/// A connection that died without a word takes no more bytes: the loop hangs in a write.
#[test]
fn a_signal_ends_the_process_on_a_line_that_takes_nothing_any_more() {
    let mut pty = toy();
    pty.type_keys("F");
    pty.wait_until_stalled();
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_exit_unread(), 143);
}

#[test]
fn without_a_terminal_nothing_is_touched() {
    for (redirection, which) in [
        ("</dev/null", "standard input"),
        ("|cat", "standard output"),
    ] {
        let this = std::env::current_exe().unwrap();
        let script =
            format!("\"$0\" --ignored --exact pty::child::on_threads --nocapture {redirection}");
        let command = command("sh", &["-c", &script, &this.to_string_lossy()]);
        let mut pty = Pty::start(command, 80, 24);
        pty.wait_exit();
        let said = format!("failed: certferry needs a terminal: {which} is not one");
        assert!(pty.text().contains(&said), "{}", pty.text());
        assert!(!pty.log().contains(&0x1b), "{}", pty.text());
        pty.assert_restored();
    }
}
