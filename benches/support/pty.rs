//! A program in a pseudo-terminal, with the time at which each piece of its output came.

use std::{
    env,
    io::{Read as _, Write},
    num::NonZeroU16,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{Outcome, ten_lines};

/// How long anything may take.
const LONGEST: Duration = Duration::from_mins(2);

/// A program that runs in a pseudo-terminal. Dropping it kills the program.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    began: Instant,
}

/// A command for a pseudo-terminal, with nothing of the person's in its environment.
pub(crate) fn command(program: &Path, arguments: &[&str], home: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("PATH", env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home);
    command
}

/// The ten lines, as a program: this one again.
pub(crate) fn ten_lines(home: &Path) -> Outcome<CommandBuilder> {
    Ok(command(&env::current_exe()?, &[ten_lines::WORD], home))
}

impl Pty {
    /// Starts a program.
    pub(crate) fn start(command: CommandBuilder, columns: u16, rows: u16) -> Outcome<Self> {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size)?;
        let mut source = pair.master.try_clone_reader()?;
        let keyboard = pair.master.take_writer()?;
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut chunk = vec![0; 64 << 10];
            while let Ok(length @ 1..) = source.read(&mut chunk) {
                let came = chunk.get(..length).unwrap_or_default().to_vec();
                if sender.send((Instant::now(), came)).is_err() {
                    return;
                }
            }
        });
        let began = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let one = NonZeroU16::MIN;
        Ok(Self {
            child,
            keyboard,
            _master: pair.master,
            output,
            screen: vt100::Parser::new(
                NonZeroU16::new(rows).unwrap_or(one),
                NonZeroU16::new(columns).unwrap_or(one),
                0,
            ),
            began,
        })
    }

    /// Waits until what is on the screen is as wanted; answers with how long after the start the last piece came that
    /// made it so.
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&str) -> bool) -> Outcome<Duration> {
        loop {
            let (at, bytes) = self.output.recv_timeout(LONGEST)?;
            self.screen.process(&bytes);
            if wanted(&self.screen.screen().contents()) {
                return Ok(at.saturating_duration_since(self.began));
            }
        }
    }

    /// Takes in what comes until nothing came for so long, or the end; answers with how many bytes that were.
    pub(crate) fn until_quiet(&mut self, quiet: Duration) -> usize {
        let deadline = Instant::now() + LONGEST;
        let mut bytes = 0;
        while Instant::now() < deadline
            && let Ok((_, came)) = self.output.recv_timeout(quiet)
        {
            self.screen.process(&came);
            bytes += came.len();
        }
        bytes
    }

    /// How many bytes come in a time.
    pub(crate) fn bytes_in(&mut self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut bytes = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok((_, came)) => {
                    self.screen.process(&came);
                    bytes += came.len();
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return bytes,
            }
        }
    }

    /// Presses keys.
    pub(crate) fn keys(&mut self, keys: &str) -> Outcome {
        self.keyboard.write_all(keys.as_bytes())?;
        Ok(self.keyboard.flush()?)
    }

    /// What is on the screen.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
