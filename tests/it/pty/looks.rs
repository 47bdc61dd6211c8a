//! How the real binary looks on terminals of all kinds.

use portable_pty::CommandBuilder;

use super::{Pty, command};

/// The demo with these variables and arguments, and nothing configured.
fn demo(arguments: &[&str], set: &[(&str, &str)]) -> (tempfile::TempDir, CommandBuilder) {
    let home = tempfile::tempdir().unwrap();
    let arguments = [&["--demo"], arguments].concat();
    let mut command = command(env!("CARGO_BIN_EXE_certferry"), &arguments);
    command.env("HOME", home.path());
    for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "LANG"] {
        command.env_remove(name);
    }
    for (name, value) in set {
        command.env(name, value);
    }
    (home, command)
}

fn shown(arguments: &[&str], set: &[(&str, &str)]) -> Pty {
    let (_home, command) = demo(arguments, set);
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("203 ");
    pty.wait_for("? help");
    pty
}

fn quit(mut pty: Pty) {
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

/// The colours of the text and of the grounds that are on the screen.
fn colours(pty: &Pty) -> Vec<vt100::Color> {
    let screen = pty.screen();
    let cells = (0..24).flat_map(|y| (0..80).map(move |x| (y, x)));
    let cells = cells.filter_map(|(y, x)| screen.cell(y, x));
    let colours = cells.flat_map(|cell| [cell.fgcolor(), cell.bgcolor()]);
    let mut found: Vec<vt100::Color> = colours.filter(|it| *it != vt100::Color::Default).collect();
    found.dedup();
    found
}

#[test]
fn a_locale_that_is_not_utf_8_gets_ascii() {
    for locale in [
        ("LANG", "C"),
        ("LANG", "de_DE.ISO-8859-1"),
        ("LC_ALL", "POSIX"),
        ("XYZ", ""),
    ] {
        let pty = shown(&[], &[locale]);
        assert!(pty.text().is_ascii(), "{locale:?}: {}", pty.text());
        assert!(pty.text().contains("@ Active"), "{}", pty.text());
        quit(pty);
    }
    for locale in [("LANG", "C.UTF-8"), ("LC_CTYPE", "en_US.utf8")] {
        let pty = shown(&[], &[locale]);
        assert!(
            pty.text().contains("● Active"),
            "{locale:?}: {}",
            pty.text()
        );
        quit(pty);
    }
    let pty = shown(&["--ascii"], &[("LANG", "C.UTF-8")]);
    assert!(pty.text().is_ascii(), "{}", pty.text());
    quit(pty);
}

#[test]
fn colours_are_there_when_they_are_wanted() {
    let utf8 = ("LANG", "C.UTF-8");
    for (arguments, set, coloured) in [
        (&[][..], &[utf8][..], true),
        (&[], &[utf8, ("NO_COLOR", "1")], false),
        (&[], &[utf8, ("CLICOLOR", "0")], false),
        (&["--color", "never"], &[utf8], false),
        (&["--color", "always"], &[utf8, ("NO_COLOR", "1")], true),
        (&[], &[utf8, ("TERM", "vt220")], false),
    ] {
        let pty = shown(arguments, set);
        assert_eq!(!colours(&pty).is_empty(), coloured, "{arguments:?} {set:?}");
        // crossterm writes a full reset for each colour under NO_COLOR, unless it is told not to.
        let log = String::from_utf8_lossy(pty.log()).into_owned();
        assert!(!log.contains("[;m"), "{arguments:?} {set:?}");
        quit(pty);
    }
}

#[test]
fn a_theme_covers_the_whole_screen_in_as_many_colours_as_there_are() {
    let utf8 = ("LANG", "C.UTF-8");
    for (set, ground) in [
        (
            &[utf8, ("COLORTERM", "truecolor")][..],
            vt100::Color::Rgb(255, 255, 255),
        ),
        (&[utf8], vt100::Color::Idx(231)),
        (&[utf8, ("TERM", "xterm")], vt100::Color::Idx(15)),
    ] {
        let pty = shown(&["--theme", "light"], set);
        for (y, x) in [(0, 0), (0, 79), (12, 79), (23, 79)] {
            let cell = pty.screen().cell(y, x).unwrap();
            assert_eq!(cell.bgcolor(), ground, "{set:?}: {y} {x}");
        }
        quit(pty);
    }
}

#[test]
fn a_theme_of_ones_own_is_read_and_its_mistakes_are_said() {
    let (home, mut command) = demo(&["--theme", "desk"], &[("LANG", "C.UTF-8")]);
    let folder = home.path().join(".config/certferry/themes");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("desk.toml"),
        "good = { fg = \"gren\" }\nbadd = {}\n",
    )
    .unwrap();
    command.cwd(home.path());
    let mut pty = Pty::start(command, 120, 24);
    pty.wait_for("line 1: good: \"gren\" is no colour");
    pty.wait_for("line 2: badd: there is no such look");
    assert_eq!(pty.wait_exit(), 2);
    pty.assert_restored();

    std::fs::write(folder.join("desk.toml"), "active = { fg = 201 }\n").unwrap();
    std::fs::write(
        home.path().join(".config/certferry/config.toml"),
        "theme = \"desk\"\n",
    )
    .unwrap();
    let mut command = super::command(env!("CARGO_BIN_EXE_certferry"), &["--demo"]);
    command.env("HOME", home.path());
    for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env_remove(name);
    }
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("● Active");
    pty.wait_until("the colour", |pty| {
        colours(pty).contains(&vt100::Color::Idx(201))
    });
    quit(pty);
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_gets_a_sentence() {
    for term in ["dumb", ""] {
        let (_home, command) = demo(&[], &[("TERM", term), ("LANG", "C.UTF-8")]);
        let mut pty = Pty::start(command, 120, 24);
        pty.wait_for("certferry list");
        pty.wait_for("--help");
        assert_eq!(pty.wait_exit(), 2);
        pty.assert_restored();
    }
}

#[test]
fn the_mouse_is_taken_and_given_back_on_every_way_out() {
    use rustix::process::Signal;
    use vt100::MouseProtocolMode::{None, PressRelease};
    let utf8 = ("LANG", "C.UTF-8");
    let mode = |pty: &Pty| pty.screen().mouse_protocol_mode();
    let pty = shown(&[], &[utf8]);
    assert_eq!(mode(&pty), None, "the mouse is the terminal's");
    quit(pty);

    let mut pty = shown(&["--mouse"], &[utf8]);
    assert_eq!(mode(&pty), PressRelease);
    // A click chooses the row, another one opens it.
    pty.type_keys("\x1b[<0;10;6M\x1b[<0;10;6m");
    pty.wait_until("the row", |pty| {
        pty.text()
            .lines()
            .any(|it| it.starts_with(" > ") && it.contains("6308807d"))
    });
    // Off and on again by its key.
    pty.press("\x1b[20~");
    pty.wait_until("the mouse to be left", |pty| mode(pty) == None);
    pty.press("\x1b[20~");
    pty.wait_until("the mouse to be taken", |pty| mode(pty) == PressRelease);
    pty.press("q");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(mode(&pty), None);
    pty.assert_restored();

    let mut pty = shown(&["--mouse"], &[utf8]);
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_exit(), 143);
    assert_eq!(mode(&pty), None);
    let log = String::from_utf8_lossy(pty.log()).into_owned();
    assert_eq!(
        log.matches("[?1004h").count(),
        log.matches("[?1004l").count()
    );
    pty.assert_restored();
}
