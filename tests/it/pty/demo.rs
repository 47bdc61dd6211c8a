//! The real binary in a pseudo-terminal: `certferry --demo`, used as a person uses it.

use super::{Pty, command};

fn demo(arguments: &[&str], columns: u16, rows: u16) -> Pty {
    let home = tempfile::tempdir().unwrap();
    let mut command = command(env!("CARGO_BIN_EXE_certferry"), arguments);
    command.env("HOME", home.path());
    command.env_remove("XDG_CONFIG_HOME");
    Pty::start(command, columns, rows)
}

/// The row of the list that is selected.
fn selected(pty: &Pty) -> String {
    let mut rows = pty.screen().rows(0, 80);
    rows.find(|row| row.starts_with(" > ")).unwrap_or_default()
}

#[test]
fn a_transfer_by_keys_and_the_other_side_accepts_it() {
    let mut pty = demo(&["--demo"], 80, 24);
    pty.wait_for("A demo: Enter opens it");
    pty.wait_for("203 · 3 incoming · 5 outgoing");
    pty.assert_taken();

    // The third certificate is inactive and has nothing attached.
    for id in ["be5f65f0", "23fd2233", "6308807d"] {
        pty.wait_until(id, |pty| selected(pty).contains(id));
        pty.press(if id == "6308807d" { "\r" } else { "j" });
    }
    pty.wait_for("✓ things");
    pty.press("a");
    pty.wait_for("t  Start transfer…");
    pty.press("t");
    pty.wait_for("Ready     it is inactive");
    // Keys that come in one piece are text.
    pty.type_keys("444455556666");
    pty.wait_for("> Account       444455556666");
    pty.press("\t");
    pty.wait_for("> Message");
    pty.type_keys("by keys");
    pty.wait_for("by keys");
    pty.press("\t");
    pty.wait_for("> [ Cancel ]");
    pty.press("\x1b[C");
    pty.wait_for("> [ Start transfer ]");
    pty.press("\r");
    pty.wait_for("✓ see it among the outgoing");

    // The note goes to the terminal's clipboard.
    pty.wait_for("y copies a note");
    pty.press("y");
    pty.wait_for("Sent the note for the recipient to the terminal's clipboard");
    assert!(!pty.heard().clipboard.is_empty(), "no OSC 52 came");
    // Where no terminal takes it, it is selected by hand: on the shell's screen, whole.
    let before = pty.text();
    pty.press("\x14");
    pty.wait_for("Select it with the mouse; any key leads back");
    assert!(!pty.screen().alternate_screen());
    assert!(!pty.text().contains('│'), "{}", pty.text());
    let id = before.split_whitespace().find(|word| word.contains('…'));
    let first = id.unwrap().split('…').next().unwrap().to_owned();
    assert!(pty.text().contains(&first), "{}", pty.text());
    // The key that leads back does nothing else, and none does for a moment.
    pty.press("q");
    pty.wait_until("the screen to be back without hints", |pty| {
        pty.text().contains("among the outgoing") && pty.hints().is_empty()
    });
    pty.read_it("among the outgoing");
    assert!(pty.screen().alternate_screen());

    pty.press("\x1b");
    pty.wait_until("the batch to be closed", |pty| {
        !pty.text().contains("among the outgoing")
    });
    assert!(pty.text().contains("→ Transferred"));
    pty.press("S");
    pty.wait_for("> 4444-5555-6666 fleet-eu");
    pty.press("\r");
    pty.wait_for("4444-5555-6666  fleet-eu");
    pty.press("/");
    pty.wait_for("keep the filter");
    pty.type_keys("63088");
    pty.wait_for("from 1111-2222-3333");
    pty.press("\r");
    pty.wait_for("o options");
    pty.press("a");
    pty.wait_for("C  Accept transfer and activate…");
    pty.press("C");
    pty.wait_for("> [ Not now ]");
    pty.press("\x1b[C");
    pty.wait_for("> [ Accept transfer and activate ]");
    pty.press("\r");
    pty.wait_for("is yours, and active");
    pty.wait_for("● Active");
    pty.wait_for("o options");

    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn each_way_out_restores_the_terminal() {
    for (keys, code) in [("q", 0), ("\x03", 0)] {
        let mut pty = demo(&["--demo", "--as", "recipient"], 100, 30);
        pty.wait_for("4444-5555-6666  fleet-eu");
        pty.type_keys(keys);
        assert_eq!(pty.wait_exit(), code);
        pty.assert_restored();
    }
    let mut pty = demo(&["--demo"], 80, 24);
    pty.wait_for("203 · 3 incoming");
    pty.signal(rustix::process::Signal::TERM);
    assert_eq!(pty.wait_exit(), 143);
    pty.assert_restored();
}

#[test]
fn the_first_frame_is_there_before_the_fleet_is_made() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    let mut pty = demo(&["--demo", "--log", log.to_str().unwrap()], 80, 24);
    pty.wait_for("203 · 3 incoming");
    let text = std::fs::read_to_string(log).unwrap();
    let at = |words: &str| {
        let found = text.find(words);
        found.unwrap_or_else(|| panic!("no {words:?} in\n{text}"))
    };
    assert!(at("the first frame is drawn") < at("the demo's fleet is there"));
    // Nobody who leaves at once waits for it.
    let mut pty = demo(&["--demo"], 80, 24);
    pty.wait_until("a frame", |pty| !pty.text().trim().is_empty());
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn without_colours_the_selected_row_still_shows() {
    let mut command = command(env!("CARGO_BIN_EXE_certferry"), &["--demo"]);
    command.env("NO_COLOR", "1");
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_until("be5f65f0", |pty| selected(pty).contains("be5f65f0"));
    let screen = pty.screen();
    let row = (0..24).find(|y| {
        let row = screen.rows(0, 80).nth(usize::from(*y));
        row.unwrap().starts_with(" > ")
    });
    let cell = screen.cell(row.unwrap(), 10).unwrap().clone();
    assert!(cell.inverse(), "the selection is reversed");
    let coloured = (0..24)
        .flat_map(|y| (0..80).map(move |x| (y, x)))
        .filter(|(y, x)| {
            screen
                .cell(*y, *x)
                .is_some_and(|cell| cell.fgcolor() != vt100::Color::Default)
        });
    assert_eq!(coloured.count(), 0, "no colour anywhere");
    pty.type_keys("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_wrong_command_line_or_file_is_said_on_the_plain_terminal() {
    let mut pty = demo(&["--demo", "--profile", "x"], 80, 24);
    pty.wait_for("cannot be used with");
    assert_eq!(pty.wait_exit(), 2);
    pty.assert_restored();

    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("certferry");
    std::fs::create_dir(&folder).unwrap();
    let keymap = "[main]\nopen = [\"entre\"]\nquit = [\"f99\"]\n";
    std::fs::write(folder.join("keymap.toml"), keymap).unwrap();
    let mut command = command(env!("CARGO_BIN_EXE_certferry"), &["--demo"]);
    command.env("XDG_CONFIG_HOME", home.path());
    let mut pty = Pty::start(command, 120, 24);
    pty.wait_for("[main] open: \"entre\" is not a key");
    pty.wait_for("[main] quit: \"f99\" is not a key");
    assert_eq!(pty.wait_exit(), 2);
    pty.assert_restored();
}
