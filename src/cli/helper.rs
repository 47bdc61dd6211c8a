//! The program that a profile's `credential_process` names, run so that it cannot reach the terminal.
//!
//! The screen is drawn on that terminal, and the keys are read from it. A program that asks there would
//! write over the screen, and take keys from it. So it runs in a session of its own, without a terminal
//! and without input, for a limited time, by way of certferry itself: what runs in a session of its own
//! must be a process that leads no group, which only a new one is for sure.

use std::{
    io::{self, Read, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group, setsid};

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait for the rest of what an ended program wrote: what it has left running may keep its
/// output open.
const REST: Duration = Duration::from_millis(500);
/// The most that is read of what it writes.
const MOST: u64 = 64 * 1024;
/// The exit code when it took too long, as `timeout(1)` has it.
const TOO_LONG: u8 = 124;

/// Runs a command line, given as hexadecimal digits, and writes what it wrote.
pub fn run(command: &str) -> ExitCode {
    match finish(command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "certferry: cannot run it: {error}");
            ExitCode::from(126)
        }
    }
}

fn finish(command: &str) -> io::Result<u8> {
    let Some(command) = decoded(command) else {
        return Err(io::Error::other("its command line is damaged"));
    };
    // It fails for the leader of a group, which then has the terminal of its own session, if any.
    let _ = setsid();
    let mut child = Command::new("sh")
        .args(["-c", &command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let (output, complaints) = (read(child.stdout.take()), read(child.stderr.take()));
    let code = wait(&mut child)?;
    let said = |from: Receiver<Vec<u8>>| from.recv_timeout(REST).unwrap_or_default();
    let mut stderr = io::stderr();
    stderr.write_all(&said(complaints))?;
    let Some(code) = code else {
        writeln!(
            stderr,
            "\ncertferry: no answer within {} s. It has no terminal to ask on: sign in beforehand, in \
             another window, then retry.",
            LIMIT.as_secs()
        )?;
        return Ok(TOO_LONG);
    };
    io::stdout().write_all(&said(output))?;
    Ok(code)
}

/// Waits for the end; `None` when it was killed for taking too long.
fn wait(child: &mut Child) -> io::Result<Option<u8>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(Some(code.unwrap_or(1)));
        }
        if began.elapsed() >= LIMIT {
            let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            if let Some(group) = group {
                // What it has started goes with it.
                let _ = kill_process_group(group, Signal::KILL);
            }
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// What is written into a pipe, once it is closed.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(pipe) = pipe {
            // What could be read until then is what there is.
            let _ = pipe.take(MOST).read_to_end(&mut said);
        }
        let _ = sender.send(said);
    });
    receiver
}

fn decoded(hex: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let (pairs, []) = digits.as_ref()?.as_chunks::<2>() else {
        return None;
    };
    let bytes = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn a_command_line_is_in_hexadecimal_digits() {
        assert_eq!(decoded("6120c3bc").as_deref(), Some("a ü"));
        assert_eq!(decoded("").as_deref(), Some(""));
        for bad in ["6", "6g", "ff", "ü0"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
