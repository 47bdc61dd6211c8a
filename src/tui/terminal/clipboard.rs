//! The person's clipboard, reached through the terminal (OSC 52), so that it works over SSH.

use std::{
    fmt::Write as _,
    io::Write as _,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crossterm::{Command as _, clipboard::CopyToClipboard};

use crate::tui::msg::COPY_LIMIT;

/// Whether a tmux stands between this program and the terminal.
pub(super) fn in_tmux() -> bool {
    std::env::var_os("TMUX").is_some_and(|socket| !socket.is_empty())
}

/// The bytes that ask the terminal to take the text; `None` when the text is too long, for half a
/// text on a clipboard is worse than none.
///
/// Inside tmux the sequence goes out twice, plain and wrapped for passing through, because each
/// form alone is lost in a common configuration. tmux takes the plain one only with `set-clipboard
/// on`, which is not the default, and hands the wrapped one on only with `allow-passthrough on`
/// (before 3.3: always). What a configuration does not take it drops without a trace, and where
/// both arrive the second puts the same text there again.
pub(super) fn sequence(text: &str, tmux: bool) -> Option<String> {
    if text.len() > COPY_LIMIT {
        return None;
    }
    let mut plain = String::new();
    CopyToClipboard::to_clipboard_from(text)
        .write_ansi(&mut plain)
        .ok()?;
    if tmux {
        let escaped = plain.replace('\u{1b}', "\u{1b}\u{1b}");
        write!(plain, "\u{1b}Ptmux;{escaped}\u{1b}\\").ok()?;
    }
    Some(plain)
}

/// How long tmux may take.
const LIMIT: Duration = Duration::from_secs(2);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// Gives the text to tmux itself, which has it in its buffer then and hands it to its terminal: with
/// tmux's defaults neither sequence arrives there. Waits for nothing; without a tmux that knows how
/// (3.2), nothing happens.
pub(super) fn give_to_tmux(text: &str) {
    let started = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A key that ends this program's group is not for it.
        .process_group(0)
        .spawn();
    let Ok(mut tmux) = started else {
        return;
    };
    if let Some(mut input) = tmux.stdin.take() {
        let text = text.to_owned();
        // One that does not read is ended below, and this with it.
        thread::spawn(move || input.write_all(text.as_bytes()));
    }
    thread::spawn(move || {
        let since = Instant::now();
        while let Ok(None) = tmux.try_wait() {
            if since.elapsed() >= LIMIT {
                let _ = tmux.kill();
                let _ = tmux.wait();
                return;
            }
            thread::sleep(LOOK);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_out_as_base64() {
        assert_eq!(
            sequence("plain", false).unwrap(),
            "\u{1b}]52;c;cGxhaW4=\u{1b}\\"
        );
    }

    #[test]
    fn inside_tmux_it_goes_out_in_both_forms() {
        assert_eq!(
            sequence("plain", true).unwrap(),
            "\u{1b}]52;c;cGxhaW4=\u{1b}\\\
             \u{1b}Ptmux;\u{1b}\u{1b}]52;c;cGxhaW4=\u{1b}\u{1b}\\\u{1b}\\"
        );
    }

    #[test]
    fn no_text_can_leave_the_sequence() {
        let sent = sequence("\u{1b}\\\u{7}\u{1b}[2J", false).unwrap();
        assert_eq!(sent.matches('\u{1b}').count(), 2);
        assert!(!sent.contains('\u{7}'));
    }

    #[test]
    fn a_text_that_terminals_would_cut_is_not_sent() {
        assert!(sequence(&"x".repeat(COPY_LIMIT), false).unwrap().len() < 100_000);
        assert!(sequence(&"x".repeat(COPY_LIMIT + 1), false).is_none());
    }
}
