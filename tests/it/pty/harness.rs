//! A command in a pseudo-terminal: keys go in, the parsed screen comes out.
//!
//! Nothing sleeps for a while and hopes. Every wait is for a condition, wakes when bytes come in,
//! and fails with the screen after [`LONGEST`], which is generous because machines are busy.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{Read, Write},
    num::NonZeroU16,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::{
    fs::OFlags,
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid},
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};

/// How long a condition may take.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);
/// How often something is looked at that cannot be waited for.
const LOOK: Duration = Duration::from_millis(10);
/// The time that fingers take from one key to the next.
const FINGERS: Duration = Duration::from_millis(120);
/// Chunks of output that are read ahead; then the program has to wait.
const AHEAD: usize = 64;
/// Follows what a stopped process wrote.
const STOPPED: &[u8] = b"\x1b_stopped\x1b\\";

/// A command with an environment that does not depend on where the tests run.
pub(crate) fn command<S: AsRef<OsStr>>(program: S, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    for name in [
        "TMUX",
        "NO_COLOR",
        "CLICOLOR",
        "COLORTERM",
        "LC_ALL",
        "LC_CTYPE",
        "RUST_BACKTRACE",
        "RUST_LIB_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    command
}

/// What the parser does not keep in the screen.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What was put on the clipboard, in base64.
    pub(crate) clipboard: Vec<Vec<u8>>,
}

impl vt100::Callbacks for Heard {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.clipboard.push(data.to_vec());
    }
}

/// A command that runs in a pseudo-terminal of its own. Dropping it kills the command.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    line: Option<Line>,
    path: PathBuf,
    before: Termios,
    parser: vt100::Parser<Heard>,
    log: Vec<u8>,
    ended: Option<u32>,
    /// When the last key was sent.
    pressed: Instant,
}

/// Our end of the pseudo-terminal. It hangs up when all of this is dropped.
struct Line {
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    reader: JoinHandle<()>,
    output: Receiver<Vec<u8>>,
    read: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Pty {
    /// Starts a command on a terminal of this size.
    pub(crate) fn start(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let path = pair.master.tty_name().unwrap();
        let before = tcgetattr(open_tty(&path)).unwrap();
        let mut source = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        // The program's own end is the only one left, so that its exit ends the output.
        drop(pair.slave);

        let (sender, output) = sync_channel(AHEAD);
        let (read, stop) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let reader = thread::spawn({
            let (read, stop) = (Arc::clone(&read), Arc::clone(&stop));
            move || {
                let mut chunk = [0; 4096];
                while let Ok(length @ 1..) = source.read(&mut chunk) {
                    read.fetch_add(length, Ordering::SeqCst);
                    let bytes = chunk[..length].to_vec();
                    if stop.load(Ordering::SeqCst) || sender.send(bytes).is_err() {
                        return;
                    }
                }
            }
        });
        Self {
            child,
            line: Some(Line {
                writer,
                master: pair.master,
                reader,
                output,
                read,
                stop,
            }),
            path,
            before,
            parser: vt100::Parser::new_with_callbacks(
                NonZeroU16::new(rows).unwrap(),
                NonZeroU16::new(columns).unwrap(),
                0,
                Heard::default(),
            ),
            log: Vec::new(),
            ended: None,
            pressed: Instant::now(),
        }
    }

    /// The screen as far as it was looked at.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// The screen's text, as far as it was looked at.
    pub(crate) fn text(&self) -> String {
        self.screen().contents()
    }

    /// What was heard besides the screen.
    pub(crate) fn heard(&self) -> &Heard {
        self.parser.callbacks()
    }

    /// Every byte that was looked at, from the start.
    pub(crate) fn log(&self) -> &[u8] {
        &self.log
    }

    /// Sends bytes as a keyboard does: `"q"`, `"\r"`, `"\u{1b}[A"`.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        let line = self.line.as_mut().expect("the line was hung up");
        line.writer.write_all(keys.as_bytes()).unwrap();
        line.writer.flush().unwrap();
    }

    /// Sends one key, no sooner after the one before than fingers can.
    pub(crate) fn press(&mut self, key: &str) {
        let next = self.pressed + FINGERS;
        thread::sleep(next.saturating_duration_since(Instant::now()));
        self.pressed = Instant::now();
        self.type_keys(key);
    }

    /// What stands in the last row: the hints, unless keys go nowhere for a moment.
    pub(crate) fn hints(&self) -> String {
        let (_, columns) = self.screen().size();
        let last = self.screen().rows(0, columns.get()).last();
        last.unwrap_or_default().trim().to_owned()
    }

    /// Reads a dialog that came up by itself, until it takes keys.
    pub(crate) fn read_it(&mut self, title: &str) {
        self.wait_until(title, |pty| {
            pty.text().contains(title) && !pty.hints().is_empty()
        });
    }

    /// Pastes a text as a terminal does that was asked for bracketed paste.
    pub(crate) fn paste(&mut self, text: &str) {
        assert!(
            self.screen().bracketed_paste(),
            "bracketed paste is off:\n{}",
            self.text()
        );
        self.type_keys(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let line = self.line.as_ref().expect("the line was hung up");
        line.master.resize(size(columns, rows)).unwrap();
        self.shows(columns, rows);
    }

    /// Lets the terminal have another size for a moment in which nobody asks it: what has no room is lost.
    pub(crate) fn cut_to(&mut self, columns: u16, rows: u16) {
        let (known_rows, known_columns) = self.screen().size();
        self.shows(columns, rows);
        self.shows(known_columns.get(), known_rows.get());
    }

    fn shows(&mut self, columns: u16, rows: u16) {
        self.parser.set_size(
            NonZeroU16::new(rows).unwrap(),
            NonZeroU16::new(columns).unwrap(),
        );
    }

    /// Takes in output until the condition holds. `what` names it in the failure.
    pub(crate) fn wait_until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + LONGEST;
        while !holds(self) {
            // What it waits for need not be on the screen.
            let left = deadline.saturating_duration_since(Instant::now());
            match self.take_in(left.min(LOOK)) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
                Err(RecvTimeoutError::Timeout) => self.fail(what, "did not come"),
                Err(RecvTimeoutError::Disconnected) => self.fail(what, "cannot come any more"),
            }
        }
    }

    /// Takes in output until the screen shows the text.
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |pty| pty.text().contains(text));
    }

    /// Waits until the program is stuck in a write, as nobody takes its output here meanwhile.
    /// Only for a program that writes without end.
    pub(crate) fn wait_until_stalled(&self) {
        let line = self.line.as_ref().expect("the line was hung up");
        let deadline = Instant::now() + LONGEST;
        let mut last = (0, Instant::now());
        while last.1.elapsed() < Duration::from_millis(500) {
            assert!(Instant::now() < deadline, "the output never stalled");
            let read = line.read.load(Ordering::SeqCst);
            if read != last.0 {
                last = (read, Instant::now());
            }
            thread::sleep(LOOK);
        }
    }

    /// Gives the line the modes that it had before the program, as a shell does when a job stops.
    pub(crate) fn reset_modes(&self) {
        tcsetattr(open_tty(&self.path), OptionalActions::Now, &self.before).unwrap();
    }

    /// The process's id.
    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.process_id().expect("the process has an id");
        Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
    }

    /// Sends the process a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits until the process is stopped, as by Ctrl-Z, and takes in what it wrote before.
    pub(crate) fn wait_stopped(&mut self) {
        let look = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let deadline = Instant::now() + LONGEST;
        while waitid(WaitId::Pid(self.pid()), look).unwrap().is_none() {
            if Instant::now() > deadline {
                self.fail("the stop", "did not come");
            }
            // Output may have to go somewhere before the process can stop.
            let _ = self.take_in(LOOK);
        }
        // It writes no more, so what comes before a mark of ours is all. The mark is a command that
        // terminals skip.
        let before = self.log.len();
        open_tty(&self.path).write_all(STOPPED).unwrap();
        self.wait_until("what was written before the stop", |pty| {
            let mut windows = pty.log[before..].windows(STOPPED.len());
            windows.any(|window| window == STOPPED)
        });
    }

    /// Waits until the process has ended, and takes in all that it wrote. Answers with the exit
    /// code; a process that a signal killed has 1 here (portable-pty).
    pub(crate) fn wait_exit(&mut self) -> u32 {
        let deadline = Instant::now() + LONGEST;
        let code = loop {
            if let Some(code) = self.poll_exit() {
                break code;
            }
            if Instant::now() > deadline {
                self.fail("the exit", "did not come");
            }
            if self.take_in(LOOK) == Err(RecvTimeoutError::Disconnected) {
                thread::sleep(LOOK);
            }
        };
        // What is left ends with the reader, unless a child of the process keeps the line.
        let deadline = Instant::now() + LONGEST;
        while Instant::now() < deadline && self.take_in(LOOK) != Err(RecvTimeoutError::Disconnected)
        {
        }
        code
    }

    /// Waits until the process has ended, while nobody takes its output.
    pub(crate) fn wait_exit_unread(&mut self) -> u32 {
        let deadline = Instant::now() + LONGEST;
        loop {
            if let Some(code) = self.poll_exit() {
                return code;
            }
            if Instant::now() > deadline {
                self.fail("the exit", "did not come");
            }
            thread::sleep(LOOK);
        }
    }

    /// Hangs up, as a lost SSH connection does. Only the exit can be waited for afterwards.
    pub(crate) fn hang_up(&mut self) {
        let line = self.line.take().expect("the line was hung up");
        line.stop.store(true, Ordering::SeqCst);
        drop(line.output);
        // The reader sits in `read` on an end of its own: one more byte of output wakes it.
        let _ = open_tty(&self.path).write_all(b".");
        line.reader.join().unwrap();
    }

    /// Fails unless the terminal is as it was before the program started: the normal screen, the
    /// cursor visible, no bracketed paste, no mouse, and the line's modes exactly the old ones.
    pub(crate) fn assert_restored(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "left: the alternate screen");
        assert!(!screen.hide_cursor(), "left: the cursor hidden");
        assert!(!screen.bracketed_paste(), "left: bracketed paste");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(self.modes(), modes(&self.before), "the line's modes differ");
        let count = |sequence: &[u8]| {
            let windows = self.log.windows(sequence.len());
            windows.filter(|window| *window == sequence).count()
        };
        assert_eq!(
            count(b"\x1b[?1049l"),
            count(b"\x1b[?1049h"),
            "the alternate screen was left more or less often than entered"
        );
    }

    /// Fails unless the terminal is a program's: the alternate screen, bracketed paste, raw.
    pub(crate) fn assert_taken(&self) {
        let screen = self.screen();
        assert!(screen.alternate_screen(), "the screen is the normal one");
        assert!(screen.bracketed_paste(), "bracketed paste is off");
        assert_ne!(self.modes(), modes(&self.before), "the line is not raw");
    }

    /// The modes of the line now.
    fn modes(&self) -> String {
        modes(&tcgetattr(open_tty(&self.path)).unwrap())
    }

    fn poll_exit(&mut self) -> Option<u32> {
        if self.ended.is_none() {
            let status = self.child.try_wait().unwrap();
            self.ended = status.map(|status| status.exit_code());
        }
        self.ended
    }

    /// Takes in a chunk of output.
    fn take_in(&mut self, longest: Duration) -> Result<(), RecvTimeoutError> {
        let line = self.line.as_ref().ok_or(RecvTimeoutError::Disconnected)?;
        let chunk = line.output.recv_timeout(longest)?;
        self.log.extend_from_slice(&chunk);
        self.parser.process(&chunk);
        Ok(())
    }

    fn fail(&self, what: &str, how: &str) -> ! {
        panic!("{what}: {how}. The screen:\n{}", self.text());
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.poll_exit().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// The program's end of the terminal, but never as the controlling one of the tests.
fn open_tty(path: &Path) -> File {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open(path)
        .unwrap()
}

/// A line's modes in a form that can be compared.
fn modes(termios: &Termios) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        termios.input_modes,
        termios.output_modes,
        termios.control_modes,
        termios.local_modes,
        termios.special_codes
    )
}
