//! What is read and written while the program runs.

use rustix::process::Signal;

use super::{
    child::{child, started, toy},
    harness::LONGEST,
};

const BEGIN: &str = "\u{1b}[?2026h";
const END: &str = "\u{1b}[?2026l";

#[test]
fn keys_arrive() {
    let mut pty = toy();
    pty.type_keys("ab\r\u{1b}[A");
    pty.wait_for("ab<enter><up>");
}

/// More than the reader's buffer at once must not get stuck there.
#[test]
fn a_flood_of_keys_arrives() {
    let mut pty = toy();
    for sent in [1_500, 3_000] {
        pty.type_keys(&"a".repeat(1_500));
        pty.wait_for(&format!("keys {sent} "));
    }
}

#[test]
fn a_paste_is_one_message_and_its_lines_are_not_entered() {
    let mut pty = toy();
    pty.paste("one\ntwo\rq");
    pty.wait_for("pastes 1 [\"one\\ntwo\\rq\"]");
    assert!(pty.text().contains("keys 0"), "{}", pty.text());
    pty.paste(&"long ".repeat(1_000));
    pty.wait_for("pastes 2");
}

#[test]
fn a_new_size_arrives() {
    let mut pty = toy();
    pty.wait_for("size 80x24");
    for (columns, rows) in [(100, 30), (40, 10), (80, 24)] {
        pty.resize(columns, rows);
        pty.wait_for(&format!("size {columns}x{rows}"));
        assert!(pty.text().contains("ready"), "{}", pty.text());
    }
}

/// Another size and back before the program looks: what the terminal cut off is drawn again.
#[test]
fn a_size_that_came_and_went_leaves_a_whole_frame() {
    let mut pty = toy();
    pty.wait_for("size 80x24");
    let before = pty.text();
    pty.cut_to(20, 2);
    assert_ne!(pty.text(), before);
    pty.signal(Signal::WINCH);
    pty.wait_until("the whole frame", |pty| pty.text() == before);
}

/// Twenty turns that change nothing write nothing: what comes is the one frame of the change.
#[test]
fn an_idle_screen_writes_nothing() {
    let mut pty = toy();
    let before = pty.log().len();
    pty.type_keys("N");
    pty.wait_for("last reply");
    let sent = String::from_utf8(pty.log()[before..].to_vec()).unwrap();
    assert!(sent.starts_with(BEGIN), "{sent:?}");
    assert_eq!(sent.matches(BEGIN).count(), 1, "{sent:?}");
    assert_eq!(sent.matches(END).count(), 1, "{sent:?}");
    assert!(sent.len() < 80, "{sent:?}");
}

#[test]
fn the_clock_ticks_while_something_waits() {
    let mut pty = toy();
    pty.type_keys("S");
    pty.wait_for("clocks 4");
    pty.wait_for("clocks 6");
}

#[test]
fn a_redraw_is_a_whole_frame() {
    let mut pty = toy();
    let before = pty.log().len();
    pty.type_keys("\u{c}x");
    pty.wait_for("keys 1 x");
    let sent = String::from_utf8_lossy(&pty.log()[before..]).into_owned();
    assert!(sent.contains("ready"), "{sent:?}");
}

#[test]
fn a_copy_goes_through_the_terminal() {
    let mut pty = toy();
    pty.type_keys("C");
    pty.wait_until("the clipboard", |pty| !pty.heard().clipboard.is_empty());
    assert_eq!(pty.heard().clipboard, [b"cGxhaW4="]);
}

/// With tmux's defaults it takes neither sequence.
#[test]
fn in_tmux_a_copy_goes_to_tmux_itself_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name| folder.path().join(name);
    let script = "#!/bin/sh\necho \"$@\" >\"$TEST/words\"\ncat >\"$TEST/part\"\n\
                  mv \"$TEST/part\" \"$TEST/text\"\n";
    std::fs::write(path("tmux"), script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(path("tmux"), mode).unwrap();
    let mut command = child("on_threads");
    let others = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{others}", folder.path().display()));
    command.env("TMUX", "/tmp/tmux-0/default,1,0");
    command.env("TEST", folder.path());
    let mut pty = started(command);
    pty.type_keys("C");
    let read = |name| std::fs::read_to_string(path(name)).unwrap_or_default();
    let since = std::time::Instant::now();
    while read("text") != "plain" {
        assert!(since.elapsed() < LONGEST, "tmux did not get it");
        std::thread::yield_now();
    }
    assert_eq!(read("words"), "load-buffer -w -\n");
}

/// crossterm alone would wipe `reversed` together with the colour that it leaves out.
#[test]
fn without_colours_the_marked_row_stays_marked() {
    let mut command = child("on_threads");
    command.env("NO_COLOR", "1");
    let pty = started(command);
    let cell = pty.screen().cell(0, 0).unwrap();
    assert_eq!(cell.contents(), "r");
    assert!(cell.inverse());
}
