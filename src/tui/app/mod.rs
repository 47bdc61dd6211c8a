//! The state: the stack of pages and dialogs, the connections, update and render.

mod acting;
mod asking;
mod draw;
mod ending;
mod following;
mod here;
mod keys;
mod quitting;
mod refreshed;
mod returning;
mod sides;
mod signing;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use draw::{draw, render};
pub use ending::{left_open, unknown_changes};
pub use state::App;
pub use update::{start, update};
