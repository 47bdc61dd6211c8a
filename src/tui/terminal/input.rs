//! Keys and pastes, read on a thread of their own: in the middle of a sequence crossterm's reader
//! blocks, whatever timeout it is given, so it must never stand on a thread that anything else
//! waits for.

use std::{
    io::{self, PipeReader, PipeWriter},
    sync::mpsc::{self as ends, RecvTimeoutError},
    thread,
    time::{Duration, SystemTime},
};

use crossterm::event::{self, Event, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc;

use crate::{
    domain::{Timestamp, timestamp},
    tui::{
        Msg, Stroke,
        mouse::{Gesture, Touch},
        terminal::link,
    },
};

/// Messages that may wait for the loop; then the terminal itself has to.
const WAITING: usize = 256;
/// Characters taken of one paste. The longest field takes far less.
const PASTE_LIMIT: usize = 64 * 1024;
/// How long the end of a burst is waited for before the thread goes back to sleep.
const LULL: Duration = Duration::from_millis(5);
/// How long dropping waits for the thread.
const FAREWELL: Duration = Duration::from_millis(100);

/// The reading thread's handle. Dropping it ends the thread, unless half an escape sequence has
/// come in: crossterm waits for the other half in `read(2)`, and nothing can call it back. It is
/// then left behind, and the process takes it along.
#[derive(Debug)]
pub(super) struct Input {
    messages: mpsc::Receiver<io::Result<Msg>>,
    wake: Option<PipeWriter>,
    ended: ends::Receiver<()>,
}

impl Input {
    pub(super) fn start() -> io::Result<Self> {
        let (sender, messages) = mpsc::channel(WAITING);
        let (wait, wake) = io::pipe()?;
        let (end, ended) = ends::channel();
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || {
                if let Err(error) = read_on(&sender, &wait) {
                    // The receiver was dropped, so the event is not needed.
                    let _ = sender.blocking_send(Err(error));
                }
                drop(end);
            })?;
        Ok(Self {
            messages,
            wake: Some(wake),
            ended,
        })
    }

    /// The next message; an error ends the input.
    pub(super) async fn next(&mut self) -> io::Result<Msg> {
        self.messages.recv().await.unwrap_or_else(|| Err(ended()))
    }

    /// The next message, if it is there.
    pub(super) fn ready(&mut self) -> Option<io::Result<Msg>> {
        match self.messages.try_recv() {
            Ok(message) => Some(message),
            Err(mpsc::error::TryRecvError::Empty) => None,
            Err(mpsc::error::TryRecvError::Disconnected) => Some(Err(ended())),
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.messages.close();
        drop(self.wake.take());
        // So that a key pressed after the end is the shell's.
        let _: Result<(), RecvTimeoutError> = self.ended.recv_timeout(FAREWELL);
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the input has ended")
}

/// Reads until the handle is dropped, the terminal hangs up, or reading fails.
fn read_on(sender: &mpsc::Sender<io::Result<Msg>>, wait: &PipeReader) -> io::Result<()> {
    let stdin = io::stdin();
    loop {
        // crossterm could wait here, too, but not for the end of this program as well; and on a
        // line that was hung up it would spin.
        let mut both = [
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::new(wait, PollFlags::IN),
        ];
        match poll(&mut both, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let [_, wait] = &both;
        if !wait.revents().is_empty() || link::hung_up() {
            return Ok(());
        }
        while event::poll(LULL)? {
            let event = event::read()?;
            // What was typed while the line stood still, and a paste, come in one piece.
            let more = event::poll(Duration::ZERO)?;
            let Some(message) = message(event, timestamp(SystemTime::now()), more) else {
                continue;
            };
            if sender.blocking_send(Ok(message)).is_err() {
                return Ok(());
            }
        }
    }
}

/// Sizes are not taken from here: crossterm tells them only together with keys, as its reader is
/// asked only when there are some.
fn message(event: Event, at: Timestamp, more: bool) -> Option<Msg> {
    match event {
        Event::Key(event) if event.kind != KeyEventKind::Release => {
            Some(Msg::Key(Stroke { event, at, more }))
        }
        Event::Mouse(event) => touch(event, at).map(Msg::Mouse),
        Event::FocusGained => Some(Msg::Focused(at)),
        Event::Paste(text) => Some(Msg::Paste(text.chars().take(PASTE_LIMIT).collect())),
        _ => None,
    }
}

/// What the mouse did, as far as it means anything here.
fn touch(event: MouseEvent, at: Timestamp) -> Option<Touch> {
    let gesture = match event.kind {
        // With a modifier it is the terminal's, or nobody's.
        MouseEventKind::Down(MouseButton::Left) if event.modifiers.is_empty() => Gesture::Press,
        MouseEventKind::ScrollDown => Gesture::WheelDown,
        MouseEventKind::ScrollUp => Gesture::WheelUp,
        _ => return None,
    };
    Some(Touch {
        gesture,
        at: (event.column, event.row),
        time: at,
        on: None,
    })
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    fn message(event: Event) -> Option<Msg> {
        super::message(event, Timestamp::UNIX_EPOCH, false)
    }

    #[test]
    fn a_release_is_no_key() {
        let key = |kind| KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, kind);
        assert!(message(Event::Key(key(KeyEventKind::Press))).is_some());
        assert!(message(Event::Key(key(KeyEventKind::Repeat))).is_some());
        assert!(message(Event::Key(key(KeyEventKind::Release))).is_none());
        assert!(message(Event::FocusLost).is_none());
    }

    #[test]
    fn a_paste_is_bounded() {
        let Some(Msg::Paste(text)) = message(Event::Paste("é".repeat(PASTE_LIMIT + 1))) else {
            panic!("a paste is a message");
        };
        assert_eq!(text.chars().count(), PASTE_LIMIT);
    }
}
