//! What a person may set: key bindings, and the names of accounts.
//!
//! All mistakes in a file are reported together.

mod file;
mod key;

pub use crate::config::file::Bindings;
pub use crate::config::file::Config;
pub use crate::config::file::Mistake;
pub use crate::config::file::parse_bindings;
pub use crate::config::file::parse_config;
pub use crate::config::key::KeyPress;
pub use crate::config::key::ParseKeyError;
