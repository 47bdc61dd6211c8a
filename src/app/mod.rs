//! The state and what changes it.

mod msg;

pub use msg::{Effect, Msg};
