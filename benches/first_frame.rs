//! How long a person waits for the first frame, and for the list.
//!
//! `cargo bench --bench first_frame` prints a table: certferry, against AWS as far as a simulator on a port is that, and
//! its demo; the smallest program with ratatui; and what prints a list without a screen today.

mod support;

use std::{path::Path, time::Duration};

use certferry::simulator::Simulator;
use portable_pty::CommandBuilder;
use support::{
    Outcome, median, peers,
    pty::{self, Pty},
    served::{Served, certferry},
    table::{Table, ms},
    ten_lines,
};

/// How often each is started.
const TIMES: usize = 15;

/// Starts a program in a terminal again and again: the times until there is anything on the screen, and until `listed`
/// is.
fn in_terminal(
    command: impl Fn() -> Outcome<CommandBuilder>,
    listed: &str,
) -> Outcome<(Duration, Duration)> {
    let (mut frames, mut lists) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let mut pty = Pty::start(command()?, 120, 40)?;
        frames.push(pty.wait_for(|text| !text.trim().is_empty())?);
        lists.push(if pty.text().contains(listed) {
            *frames.last().unwrap_or(&Duration::ZERO)
        } else {
            pty.wait_for(|text| text.contains(listed))?
        });
    }
    let none = || "it was not started".into();
    median(&frames).zip(median(&lists)).ok_or_else(none)
}

fn main() -> Outcome {
    if std::env::args().nth(1).as_deref() == Some(ten_lines::WORD) {
        return ten_lines::run();
    }
    let served = Served::new(Simulator::demo())?;
    let mut table = Table::new(&["", "first frame", "list"]);
    let mut row = |who: &str, (frame, list): (Duration, Duration)| {
        table.row(&[who.to_owned(), ms(frame), ms(list)]);
    };
    // The newest certificate of the demo.
    let newest = "be5f65f0";
    let command = || Ok(served.in_terminal(certferry(), &[]));
    row("certferry", in_terminal(command, newest)?);
    let command = || Ok(pty::command(certferry(), &["--demo"], served.home()));
    row("certferry --demo", in_terminal(command, newest)?);
    let command = || pty::ten_lines(served.home());
    row(
        "ten lines of ratatui",
        in_terminal(command, "certificate 000")?,
    );

    let ran = |program: &Path, arguments: &[&str]| -> Outcome<String> {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let ran = served.run(program, arguments)?;
            ran.out()?;
            took.push(ran.took);
        }
        Ok(median(&took).map(ms).unwrap_or_default())
    };
    let mut plain = |who: &str, took: String| table.row(&[who.to_owned(), "-".to_owned(), took]);
    plain("certferry --version", ran(certferry(), &["--version"])?);
    plain("certferry list", ran(certferry(), &["list"])?);
    match peers::aws() {
        Some(aws) => {
            plain("aws --version", ran(&aws.program, &["--version"])?);
            let list = ["iot", "list-certificates", "--page-size", "250"];
            plain("aws iot list-certificates", ran(&aws.program, &list)?);
        }
        None => table.missing("aws", "it is not on the PATH"),
    }
    match peers::boto3() {
        Some(python) => {
            let list = [peers::script(), "list", "250"];
            let took = ran(&python.program, &list)?;
            table.row(&["boto3".to_owned(), "-".to_owned(), took]);
        }
        None => table.missing("boto3", "no python3 on the PATH has it"),
    }
    table.print(&format!(
        "From the start to the first frame and to 203 certificates, in a terminal of 120x40 where there is one; the median \
         of {TIMES} starts"
    ));
    Ok(())
}
