//! The way to the terminal: unbuffered, and asked for its size and its life.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Write},
    os::fd::AsFd as _,
};

use ratatui::layout::Size;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    termios::tcgetwinsize,
};

/// What is assumed of a terminal that does not know its size, such as a serial line.
const USUAL: Size = Size {
    width: 80,
    height: 24,
};
/// No real screen is larger; a terminal that claims to be must not take all memory.
const LARGEST: Size = Size {
    width: 1_000,
    height: 1_000,
};

/// The terminal behind standard output. Does not go through `std::io::stdout`, whose buffer cuts a
/// frame at its line ends, and whose lock a panicking thread may hold.
#[derive(Debug)]
pub(super) struct Link(File);

impl Link {
    pub(super) fn open() -> io::Result<Self> {
        let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(Self(File::from(descriptor)))
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // Another process on this terminal may have made it non-blocking.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut waiting = [PollFd::new(&self.0, PollFlags::OUT)];
                    match poll(&mut waiting, None) {
                        Ok(_) | Err(rustix::io::Errno::INTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                outcome => return outcome,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal's size, within reason.
pub(super) fn size() -> Size {
    let Ok(told) = tcgetwinsize(io::stdout()) else {
        return USUAL;
    };
    if told.ws_col == 0 || told.ws_row == 0 {
        return USUAL;
    }
    Size {
        width: told.ws_col.min(LARGEST.width),
        height: told.ws_row.min(LARGEST.height),
    }
}

/// Whether the other end of the terminal is gone. Not every hang-up comes with a SIGHUP: there is
/// none without a controlling terminal, and one that only the shell gets may not be passed on.
pub(super) fn hung_up() -> bool {
    let stdin = io::stdin();
    let mut line = [PollFd::new(&stdin, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let polled = poll(&mut line, Some(&at_once)).is_ok();
    let gone = PollFlags::HUP | PollFlags::ERR;
    // Where terminals cannot be polled, a dead one at least no longer is one.
    polled && line.iter().any(|line| line.revents().intersects(gone)) || !stdin.is_terminal()
}
