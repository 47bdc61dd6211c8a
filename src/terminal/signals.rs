//! Signals, and the terminal's end, as messages for the loop.

use std::{
    io::{self, PipeReader, PipeWriter},
    sync::{
        Arc, Condvar, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crossterm::terminal::disable_raw_mode;
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    flag,
    iterator::{Handle, Signals as Arriving},
    low_level,
};
use tokio::sync::mpsc;

/// The ones that end the program.
const LEAVE: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
/// Messages that may wait for the loop.
const WAITING: usize = 16;
/// How long the loop may take to leave. It takes longer only when it hangs in a write to a link
/// that takes no more bytes.
const PATIENCE: Duration = Duration::from_secs(2);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// The program is to end, because of this signal.
    Leave(i32),
    /// The terminal is gone.
    HungUp,
    /// The program is to stop until it is continued.
    Stop,
    /// The program was continued.
    Continued,
    /// The terminal may have another size.
    Resized,
}

/// While it lives, signals come here; afterwards they do what they do to any program.
#[derive(Debug)]
pub(super) struct Signals {
    arrived: mpsc::Receiver<Signal>,
    handle: Handle,
    left: Arc<Left>,
    _wake: PipeWriter,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        // Before the others, so that it acts first where both are there.
        let outside = default_outside()?;
        let (sender, arrived) = mpsc::channel(WAITING);
        let left = Arc::new(Left::default());
        let mut arriving = Arriving::new(LEAVE.into_iter().chain([SIGTSTP, SIGCONT, SIGWINCH]))?;
        let handle = arriving.handle();
        let (wait, wake) = io::pipe()?;
        outside.store(false, Ordering::SeqCst);
        let signals = Self {
            arrived,
            handle,
            left: Arc::clone(&left),
            _wake: wake,
        };
        spawn("signals", {
            let (sender, left) = (sender.clone(), Arc::clone(&left));
            move || {
                for number in arriving.forever() {
                    let signal = match number {
                        SIGTSTP => Signal::Stop,
                        SIGCONT => Signal::Continued,
                        SIGWINCH => Signal::Resized,
                        number => Signal::Leave(number),
                    };
                    report(&sender, &left, signal);
                }
            }
        })?;
        spawn("hang-up", move || {
            if wait_for_hang_up(&wait) {
                report(&sender, &left, Signal::HungUp);
            }
        })?;
        Ok(signals)
    }

    pub(super) async fn next(&mut self) -> Signal {
        match self.arrived.recv().await {
            Some(signal) => signal,
            // Both threads are gone, which happens only when this handle goes.
            None => std::future::pending().await,
        }
    }

    pub(super) fn ready(&mut self) -> Option<Signal> {
        self.arrived.try_recv().ok()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.left.tell();
        if let Ok(outside) = default_outside() {
            outside.store(true, Ordering::SeqCst);
        }
        self.handle.close();
    }
}

/// A handler that was taken away leaves the signal ignored, not to its default. So the default is
/// imitated while this is set.
fn default_outside() -> io::Result<&'static AtomicBool> {
    static OUTSIDE: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(outside) = OUTSIDE.get() {
        return Ok(outside);
    }
    let outside = Arc::new(AtomicBool::new(true));
    for signal in LEAVE.into_iter().chain([SIGTSTP]) {
        flag::register_conditional_default(signal, Arc::clone(&outside))?;
    }
    Ok(OUTSIDE.get_or_init(|| outside))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
}

/// Tells the loop, and sees to it that the program ends even if the loop cannot.
fn report(sender: &mpsc::Sender<Signal>, left: &Left, signal: Signal) {
    let number = match signal {
        Signal::Leave(number) => number,
        Signal::HungUp => SIGHUP,
        Signal::Stop | Signal::Continued | Signal::Resized => {
            // Full: a loop that hangs has enough to do when it comes back.
            let _ = sender.try_send(signal);
            return;
        }
    };
    let told = match sender.try_send(signal) {
        Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => true,
        Err(mpsc::error::TrySendError::Full(_)) => false,
    };
    if !told || !left.within(PATIENCE) {
        // Only what cannot block: the line's modes, and the end.
        let _ = disable_raw_mode();
        low_level::exit(number.saturating_add(128));
    }
}

/// Waits for the other end of the terminal to go, or for `wait`'s; says whether it was the
/// terminal. Not every hang-up comes with a SIGHUP: there is none without a controlling terminal,
/// and one that only the shell gets may not be passed on.
fn wait_for_hang_up(wait: &PipeReader) -> bool {
    let stdin = io::stdin();
    loop {
        let mut both = [
            PollFd::new(&stdin, PollFlags::empty()),
            PollFd::new(wait, PollFlags::IN),
        ];
        match poll(&mut both, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return false,
        }
        let [line, wait] = &both;
        if !wait.revents().is_empty() {
            return false;
        }
        // Anything else says that this system cannot watch a terminal.
        return line.revents().intersects(PollFlags::HUP | PollFlags::ERR);
    }
}

/// Whether the loop has been left.
#[derive(Debug, Default)]
struct Left {
    done: Mutex<bool>,
    changed: Condvar,
}

impl Left {
    fn tell(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn within(&self, time: Duration) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed
            .wait_timeout_while(done, time, |done| !*done)
            .is_ok_and(|(done, _)| *done)
    }
}
