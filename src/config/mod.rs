//! What a person may set: key bindings, and the settings of `config.toml`.
//!
//! All mistakes in a file are reported together.

mod accounts;
mod file;
mod hand_over;
mod key;
mod looks;
mod settings;
mod written;

pub use crate::config::file::Bindings;
pub use crate::config::file::Mistake;
pub use crate::config::file::parse_bindings;
pub use crate::config::key::KeyPress;
pub use crate::config::key::ParseKeyError;
pub use crate::config::looks::Colours;
pub use crate::config::looks::is_theme_name;
pub use crate::config::settings::Config;
pub use crate::config::settings::SETTINGS;
pub use crate::config::settings::parse_config;
