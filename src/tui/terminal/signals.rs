//! Signals, as messages for the loop.

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crossterm::terminal::disable_raw_mode;
use signal_hook::{
    SigId,
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    flag,
    iterator::{Handle, Signals as Arriving},
    low_level::{self, unregister},
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
    noted: Noted,
    defaults: &'static Defaults,
    hung_up: bool,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        // Before the others, so that it acts first where both are there.
        let defaults = Defaults::get()?;
        // Also before them, so that what is noted is never older than a message.
        let noted = Noted::listen()?;
        let (sender, arrived) = mpsc::channel(WAITING);
        let left = Arc::new(Left::default());
        let mut arriving = Arriving::new(LEAVE.into_iter().chain([SIGTSTP, SIGCONT, SIGWINCH]))?;
        let handle = arriving.handle();
        defaults.set(false, false);
        let signals = Self {
            arrived,
            handle,
            left: Arc::clone(&left),
            noted,
            defaults,
            hung_up: false,
        };
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for number in arriving.forever() {
                    let signal = match number {
                        SIGTSTP => Signal::Stop,
                        SIGCONT => Signal::Continued,
                        SIGWINCH => Signal::Resized,
                        number => Signal::Leave(number),
                    };
                    report(&sender, &left, signal);
                }
            })?;
        Ok(signals)
    }

    /// The hang-up is dealt with, also if its signal is still to come: the end of the program, which
    /// may have something to write to a disk, is not to be cut short by it.
    pub(super) fn hung_up(&mut self) {
        self.hung_up = true;
    }

    pub(super) async fn next(&mut self) -> Signal {
        match self.arrived.recv().await {
            Some(signal) => signal,
            // The thread is gone, which happens only when this handle goes.
            None => std::future::pending().await,
        }
    }

    pub(super) fn ready(&mut self) -> Option<Signal> {
        self.arrived.try_recv().ok()
    }

    /// Forgets that the process was continued before, because it is about to stop.
    pub(super) fn forget_continued(&self) {
        self.noted.continued.store(false, Ordering::SeqCst);
    }

    /// Whether the process was continued; true only once for it.
    pub(super) fn take_continued(&self) -> bool {
        self.noted.continued.swap(false, Ordering::SeqCst)
    }

    /// Whether a stop that was asked for has been undone: the process was continued since.
    ///
    /// The kernel knows it exactly, but only for who leaves SIGTSTP to it, and then the terminal
    /// could not be given back first. Here a SIGCONT that is still on its way goes unseen.
    pub(super) fn stop_undone(&self) -> bool {
        self.noted.latest.load(Ordering::SeqCst) == CONTINUED
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.left.tell();
        self.defaults.set(!self.hung_up, true);
        self.handle.close();
    }
}

const STOP: usize = 1;
const CONTINUED: usize = 2;

/// What the handlers note themselves. A message comes through a thread that may be slow, two of
/// them may come in another order than their signals, and one may find no room.
#[derive(Debug)]
struct Noted {
    continued: Arc<AtomicBool>,
    /// `STOP` or `CONTINUED`, whichever came last.
    latest: Arc<AtomicUsize>,
    handlers: Vec<SigId>,
}

impl Noted {
    fn listen() -> io::Result<Self> {
        let mut noted = Self {
            continued: Arc::default(),
            latest: Arc::default(),
            handlers: Vec::new(),
        };
        for (signal, value) in [(SIGTSTP, STOP), (SIGCONT, CONTINUED)] {
            let latest = Arc::clone(&noted.latest);
            noted
                .handlers
                .push(flag::register_usize(signal, latest, value)?);
        }
        let continued = flag::register(SIGCONT, Arc::clone(&noted.continued))?;
        noted.handlers.push(continued);
        Ok(noted)
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        for handler in self.handlers.drain(..) {
            unregister(handler);
        }
    }
}

/// A handler that was taken away leaves the signal ignored, not to its default. So the default is
/// imitated while these are set.
#[derive(Debug, Default)]
struct Defaults {
    hang_up: Arc<AtomicBool>,
    others: Arc<AtomicBool>,
}

impl Defaults {
    fn get() -> io::Result<&'static Self> {
        static DEFAULTS: OnceLock<Defaults> = OnceLock::new();
        if let Some(defaults) = DEFAULTS.get() {
            return Ok(defaults);
        }
        let defaults = Self::default();
        for signal in LEAVE.into_iter().chain([SIGTSTP]) {
            let flag = if signal == SIGHUP {
                &defaults.hang_up
            } else {
                &defaults.others
            };
            flag::register_conditional_default(signal, Arc::clone(flag))?;
        }
        Ok(DEFAULTS.get_or_init(|| defaults))
    }

    fn set(&self, hang_up: bool, others: bool) {
        self.hang_up.store(hang_up, Ordering::SeqCst);
        self.others.store(others, Ordering::SeqCst);
    }
}

/// Tells the loop, and sees to it that the program ends even if the loop cannot.
fn report(sender: &mpsc::Sender<Signal>, left: &Left, signal: Signal) {
    // Full: a loop that hangs has enough to do when it comes back, and has to come back to leave.
    let _ = sender.try_send(signal);
    if let Signal::Leave(number) = signal
        && !left.within(PATIENCE)
    {
        // Only what cannot block: the line's modes, and the end.
        let _ = disable_raw_mode();
        low_level::exit(number.saturating_add(128));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// In one test, because signals are the whole process's.
    #[test]
    fn what_came_last_of_stop_and_continue_is_noted() {
        let noted = Noted::listen().unwrap();
        let latest = || noted.latest.load(Ordering::SeqCst);
        assert_eq!(latest(), 0);
        low_level::raise(SIGTSTP).unwrap();
        assert_eq!(latest(), STOP);
        assert!(!noted.continued.load(Ordering::SeqCst));
        low_level::raise(SIGCONT).unwrap();
        assert_eq!(latest(), CONTINUED);
        assert!(noted.continued.load(Ordering::SeqCst));
        low_level::raise(SIGTSTP).unwrap();
        assert_eq!(latest(), STOP);
    }
}
