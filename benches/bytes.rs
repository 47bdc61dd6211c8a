//! How many bytes go to the terminal for a key, and while nothing happens.
//!
//! `cargo bench --bench bytes` prints a table for 80x24 and for 120x40: certferry's demo beside the smallest program with
//! ratatui. Over a slow line each byte is waited for: at 9,600 baud one takes about a millisecond.

mod support;

use std::time::Duration;

use portable_pty::CommandBuilder;
use support::{
    Outcome, median,
    pty::{self, Pty},
    served::certferry,
    table::Table,
    ten_lines,
};

/// When nothing came for so long, a key has had its effect.
const QUIET: Duration = Duration::from_millis(400);
/// When nothing came for so long, everything is there that is shown by itself.
const SETTLED: Duration = Duration::from_secs(3);
/// How long nobody presses a key.
const IDLE: Duration = Duration::from_secs(20);
/// How often each key is pressed.
const TIMES: usize = 5;

/// What is pressed, what that is, and what leads back.
const KEYS: [(&str, &str, &str); 9] = [
    ("j", "a row down", ""),
    (" ", "mark the row", ""),
    ("G", "to the end", "g"),
    ("/", "open the filter", "\x1b"),
    ("/p", "open it and type a letter", "\x1b"),
    ("\r", "open the details", "\x1b"),
    ("\r\t", "open them, next tab", "\x1b"),
    ("a", "the menu of Actions", "\x1b"),
    ("?", "the help", "\x1b"),
];

/// The bytes for each of the keys, then those of an idle time.
fn measured(
    command: CommandBuilder,
    (columns, rows): (u16, u16),
    keys: &[(&str, &str)],
) -> Outcome<Vec<usize>> {
    let mut pty = Pty::start(command, columns, rows)?;
    pty.wait_for(|text| text.contains("be5f65f0") || text.contains("certificate 000"))?;
    pty.until_quiet(SETTLED);
    let mut all = Vec::new();
    for (key, back) in keys {
        let mut bytes = Vec::new();
        for _ in 0..TIMES {
            let mut sum = 0;
            for one in key.chars() {
                pty.keys(&one.to_string())?;
                sum += pty.until_quiet(QUIET);
            }
            bytes.push(sum);
            if !back.is_empty() {
                pty.keys(back)?;
                pty.until_quiet(QUIET);
            }
        }
        all.push(median(&bytes).unwrap_or_default());
    }
    pty.until_quiet(SETTLED);
    all.push(pty.bytes_in(IDLE));
    Ok(all)
}

fn main() -> Outcome {
    if std::env::args().nth(1).as_deref() == Some(ten_lines::WORD) {
        return ten_lines::run();
    }
    let home = tempfile::tempdir()?;
    for size in [(80, 24), (120, 40)] {
        let keys = KEYS.map(|(key, _, back)| (key, back));
        let demo = pty::command(certferry(), &["--demo"], home.path());
        let ours = measured(demo, size, &keys)?;
        let theirs = measured(pty::ten_lines(home.path())?, size, &[("j", "")])?;
        let mut table = Table::new(&["", "certferry", "ten lines of ratatui"]);
        let names = KEYS.iter().map(|(_, what, _)| (*what).to_owned());
        let idle = format!("nothing, for {} s", IDLE.as_secs());
        for (n, name) in names.chain([idle]).enumerate() {
            let of =
                |all: &[usize], at: usize| all.get(at).map_or("-".to_owned(), usize::to_string);
            let theirs = match n {
                0 => of(&theirs, 0),
                last if last == KEYS.len() => of(&theirs, 1),
                _ => "-".to_owned(),
            };
            table.row(&[name, of(&ours, n), theirs]);
        }
        table.print(&format!(
            "Bytes written at {}x{}; the median of {TIMES}",
            size.0, size.1
        ));
    }
    Ok(())
}
