//! What reaches the state, and what the state asks for.

use crossterm::event::KeyEvent;

use crate::{
    domain::{Reply, Request, RequestId, StopAt, Timestamp},
    tui::mouse::Touch,
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Msg {
    /// A key was pressed (never a release).
    Key(Stroke),
    /// The mouse did something.
    Mouse(Touch),
    /// The terminal's window has the keys again since then.
    Focused(Timestamp),
    /// Text was pasted, as one piece.
    Paste(String),
    /// The terminal has a new size.
    Resize {
        /// Its width.
        columns: u16,
        /// Its height.
        rows: u16,
    },
    /// The screen can be seen again, after something else was shown.
    InSight,
    /// The background task answered.
    Reply(Reply),
    /// The time. Comes before any other message of the same turn, so that the state never asks a
    /// clock itself.
    Clock(Timestamp),
}

/// A key as it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    /// The key.
    pub event: KeyEvent,
    /// When it was read.
    pub at: Timestamp,
    /// Whether another one had arrived with it.
    pub more: bool,
}

impl Stroke {
    /// A key that came by itself.
    pub fn new(event: KeyEvent, at: Timestamp) -> Self {
        Self {
            event,
            at,
            more: false,
        }
    }
}

/// The longest text, in bytes, that can be copied. Terminals cut or drop an OSC 52 sequence of more
/// than 100,000 bytes; base64 makes 4 of every 3, and the sequence around them takes 9.
pub const COPY_LIMIT: usize = 74_991;

/// Something that is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Gives a request to the background task.
    Send(Request),
    /// A read is not wanted any more.
    Cancel(RequestId),
    /// A batch is to stop.
    Stop(RequestId, StopAt),
    /// Puts a text of at most [`COPY_LIMIT`] bytes on the person's clipboard, through the terminal.
    Copy(String),
    /// Shows a text outside of the screen, where the mouse can select it whole, until a key is pressed. Then
    /// comes [`Msg::InSight`].
    Show(String),
    /// Takes the mouse, or leaves it to the terminal.
    Mouse(bool),
    /// Rings the terminal's bell.
    Bell,
    /// Draws everything anew, for a terminal that something else wrote on.
    Redraw,
    /// Stops the program until the shell continues it.
    Suspend,
    /// Ends the program.
    Quit,
}
