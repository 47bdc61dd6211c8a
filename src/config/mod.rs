//! What a person may set: key bindings, and the names of accounts.
//!
//! All mistakes in a file are reported together.

mod file;
mod key;

pub use file::{Bindings, Config, Mistake, parse_bindings, parse_config};
pub use key::{KeyPress, ParseKeyError};
