//! The configuration files, and what the engine takes of them.

use std::{env, fs, io, path::PathBuf};

use crate::{
    cli::{error::Error, front::output::set_ascii},
    config::{self, Config, Mistake},
    engine::{JournalPlace, Machine, Settings},
    journal,
    tui::keymap::Keymap,
};

/// The file with the settings.
pub(super) const CONFIG_FILE: &str = "config.toml";
/// The file with the keys.
pub(super) const KEYMAP_FILE: &str = "keymap.toml";

/// `$XDG_CONFIG_HOME/certferry`, or `~/.config/certferry`.
pub(super) fn configuration_folder() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".config")))?;
    Some(folder.join("certferry"))
}

/// The settings and the keys.
///
/// # Errors
///
/// A file cannot be read, or has mistakes.
pub(super) fn configuration() -> Result<(Config, Keymap), Error> {
    let folder = configuration_folder();
    let at = |name| folder.as_deref().map(|folder| folder.join(name));
    let config = read(at(CONFIG_FILE), config::parse_config)?;
    if let Some(ascii) = config.ascii {
        set_ascii(ascii);
    }
    Ok((config, read(at(KEYMAP_FILE), Keymap::new)?))
}

/// Reads a file; one that does not exist is like an empty one.
fn read<T>(
    path: Option<PathBuf>,
    parse: impl Fn(&str) -> Result<T, Vec<Mistake>>,
) -> Result<T, Error> {
    let path = path.unwrap_or_default();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::Unreadable(path, e)),
    };
    parse(&text).map_err(|mistakes| Error::Configuration(path, mistakes))
}

/// How the engine works for a person, with what is kept on this computer.
pub(super) fn engine_settings(config: &Config, read_only: bool) -> Settings {
    Settings {
        read_only,
        journal: JournalPlace::Standard,
        pace: config.pace,
        shared: journal::shared_folder(),
        last_accounts: journal::last_accounts_path().ok(),
        accounts: config.accounts.clone(),
        read_only_profiles: config.profiles.clone(),
        audit: journal::audit_path().ok(),
        names: journal::names_path().ok(),
        filters: journal::filters_path().ok(),
        machine: Machine::Real,
    }
}
