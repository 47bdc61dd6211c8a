//! The signals that stop a batch at its next step.

use std::fs;

use signal_hook::consts::{SIGHUP, SIGINT};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::{
    error::Error,
    front::{
        ended::{Ended, STOPPED},
        output::note,
    },
};

/// Ctrl-C, SIGTERM and the end of the terminal.
#[derive(Debug)]
pub(in crate::cli) struct StopSignals {
    terminate: Signal,
    interrupt: Option<Signal>,
    hang_up: Option<Signal>,
}

impl StopSignals {
    /// Takes them from now on. What was ignored from the start, as `nohup` and scripts that go on in the background
    /// do it, stays ignored.
    ///
    /// # Errors
    ///
    /// The system does not allow it.
    pub(in crate::cli) fn listen() -> Result<Self, Error> {
        let unless_ignored = |number: i32| {
            let wanted = !is_ignored(number);
            let kind = SignalKind::from_raw(number);
            wanted.then(|| signal(kind)).transpose()
        };
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(Error::Runtime)?,
            interrupt: unless_ignored(SIGINT).map_err(Error::Runtime)?,
            hang_up: unless_ignored(SIGHUP).map_err(Error::Runtime)?,
        })
    }

    /// Waits for the next one.
    pub(in crate::cli) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            () = arrival(self.interrupt.as_mut()) => {}
            () = arrival(self.hang_up.as_mut()) => {}
        }
    }
}

/// A signal came before anything was begun.
pub(in crate::cli) fn stopped_before() -> Ended {
    note("Stopped by a signal: nothing was begun.");
    Ended::with(STOPPED)
}

/// Waits for a signal; for ever where it is none of ours.
pub(in crate::cli) async fn arrival(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether a signal was ignored from the start. Only Linux tells without unsafe code; elsewhere it never is.
pub(in crate::cli) fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default();
    let bit = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
    mask.checked_shr(bit).is_some_and(|mask| mask & 1 == 1)
}
