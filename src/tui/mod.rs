//! The screen.
//!
//! [`update`] takes a message, changes the state and answers with what is to be done outside;
//! [`render`] draws the state. Neither does I/O, knows a runtime or the AWS SDK, or asks a clock: the time
//! is a message.
//!
//! | Module | Its job |
//! |---|---|
//! | `app` | the state: the stack of pages and dialogs, the connections, update and render |
//! | [`pages`] | certificates, certificate, batch, belongings, transfers, history, command log, reader: each its state, words and drawing |
//! | [`dialogs`] | menu and form: how a person is asked, with no word of AWS in them |
//! | [`confirm`] | what dialogs ask: what is done to certificates, and everything else that is confirmed |
//! | [`known`] | the sides, the command log, and the context: what pages and dialogs see beside their own state |
//! | [`theme`] | how things look: the only place with colours |
//! | [`mouse`] | what was drawn where |
//! | [`terminal`] | the only one that touches the tty: modes, input, signals, the loop, clipboard |

mod app;
pub mod confirm;
pub mod dialogs;
pub mod flash;
pub mod intent;
pub mod keymap;
pub mod known;
pub mod layers;
pub mod layout;
pub mod mouse;
pub mod msg;
pub mod pages;
mod requests;
pub mod terminal;
pub mod text;
pub mod theme;
mod typing;

pub use app::{App, draw, left_open, render, start, unknown_changes, update};
pub use known::{
    first_steps::FirstSteps,
    setup::{KnownTarget, Setup},
    side::{Side, SideShows},
};
pub use msg::{Effect, Msg, Stroke};
pub use theme::Theme;
