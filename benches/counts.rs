//! Instructions that update, render and filter take, counted by valgrind: the same on a busy computer and on a quiet
//! one, so that what became slower is seen.
//!
//! `cargo bench --bench counts` prints a table beside the counts that are kept in `benches/counts.txt`; `-- --keep` keeps the
//! new ones. Each case runs in a process of its own under callgrind, once with few repetitions and once with more: the
//! difference is theirs alone. Another compiler counts otherwise, so the file says which one it was.
//!
//! Not with gungraun (once iai-callgrind): it needs a runner of exactly its own version, installed beside it.

mod support;

use std::{collections::BTreeMap, env, fs, process::Command};

use crossterm::event::KeyCode;
use support::{Outcome, desk::Desk, table::Table};

/// Certificates in the list.
const ROWS: usize = 10_000;

/// The counts that are kept.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/counts.txt");

/// A difference that is worth a look, in percent.
const WORTH: f64 = 2.0;

/// What is counted: its word, what it is, how often it is repeated.
const CASES: [(&str, &str, u32); 6] = [
    ("update", "update: a row down", 200),
    ("render", "render: a frame of 120x40", 40),
    ("filter", "filter: a letter, and the list for it", 10),
    ("filter-name", "filter: a part of a device's name", 10),
    ("sort", "order: by status, and back", 10),
    ("mark", "mark all, and none", 10),
];

/// Does what is counted so many times.
fn work(case: &str, times: u32) {
    let mut desk = Desk::new(ROWS, true);
    desk.pages(0);
    desk.settle();
    let mut keys = |keys: &[KeyCode]| {
        for key in keys {
            desk.key(*key);
            desk.settle();
        }
    };
    // The first frame and the first key have more to do.
    keys(&[KeyCode::Char('j')]);
    let letter = KeyCode::Char;
    for _ in 0..times {
        match case {
            "update" => keys(&[letter('j')]),
            "filter" => keys(&[letter('/'), letter('3'), KeyCode::Esc]),
            "filter-name" => keys(
                &"/press-00"
                    .chars()
                    .map(letter)
                    .chain([KeyCode::Esc])
                    .collect::<Vec<_>>(),
            ),
            "sort" => keys(&[letter('s'), letter('3'), letter('s'), letter('1')]),
            "mark" => keys(&[letter('*'), letter('*')]),
            _ => {}
        }
    }
    if case == "render" {
        for _ in 0..times {
            desk.draw();
        }
    }
}

/// How many instructions this program takes for a case.
fn counted(case: &str, times: u32) -> Outcome<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args([case, &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said.lines().find_map(|line| {
        let (_, count) = line.split_once("Collected : ")?;
        count.trim().parse().ok()
    });
    count.ok_or_else(|| format!("valgrind counted nothing:\n{said}").into())
}

/// The compiler, in its own words.
fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let said = output.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned());
    said.unwrap_or_else(|_| "an unknown rustc".to_owned())
}

/// The counts that were kept, and with which compiler.
fn kept() -> (String, BTreeMap<String, u64>) {
    let text = fs::read_to_string(KEPT).unwrap_or_default();
    let mut lines = text.lines();
    let by = lines.next().unwrap_or_default().to_owned();
    let counts = lines.filter_map(|line| {
        let (case, count) = line.split_once(' ')?;
        Some((case.to_owned(), count.trim().parse().ok()?))
    });
    (by, counts.collect())
}

#[expect(clippy::cast_precision_loss, reason = "percent have few digits")]
fn percent(now: u64, before: u64) -> f64 {
    (now as f64 / before as f64 - 1.0) * 100.0
}

fn main() -> Outcome {
    let mut arguments = env::args().skip(1);
    let first = arguments.next().unwrap_or_default();
    if let Some(times) = arguments.next().and_then(|it| it.parse().ok()) {
        work(&first, times);
        return Ok(());
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("Nothing is counted: valgrind is not on the PATH.");
        return Ok(());
    }
    let (by, before) = kept();
    let mut table = Table::new(&["", "instructions", "kept", "difference"]);
    let mut lines = vec![compiler()];
    for (case, what, times) in CASES {
        let (few, more) = (counted(case, 1)?, counted(case, 1 + times)?);
        let now = more.saturating_sub(few) / u64::from(times);
        lines.push(format!("{case} {now}"));
        let (then, difference) = match before.get(case) {
            Some(then) => {
                let difference = percent(now, *then);
                let mark = if difference.abs() > WORTH { " !" } else { "" };
                (then.to_string(), format!("{difference:+.1} %{mark}"))
            }
            None => ("-".to_owned(), "-".to_owned()),
        };
        table.row(&[what.to_owned(), now.to_string(), then, difference]);
    }
    table.print(&format!(
        "Instructions with {ROWS} certificates in the list"
    ));
    if !by.is_empty() && by != compiler() {
        println!(
            "\nThe kept ones were counted with {by}, these with {}.",
            compiler()
        );
    }
    if env::args().any(|it| it == "--keep") {
        fs::write(KEPT, lines.join("\n") + "\n")?;
    }
    Ok(())
}
