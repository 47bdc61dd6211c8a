//! `certferry keys`, `config` and `man`: what there is to know of certferry itself.

use strum::IntoEnumIterator as _;

use crate::{
    cli::{
        appearance,
        error::Error,
        front::{
            ended::Ended,
            output::{in_ascii, shown},
        },
        manual,
        settings::{CONFIG_FILE, KEYMAP_FILE, configuration, configuration_folder},
    },
    tui::keymap::{COMMANDS, Section},
};

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

/// The commented defaults.
const DEFAULT_KEYS: &str = include_str!("../../../assets/keymap.toml");
const DEFAULT_CONFIG: &str = include_str!("../../../assets/config.toml");

/// Prints the keys.
///
/// # Errors
///
/// The configuration has mistakes, or nothing can be printed.
pub(in crate::cli) fn keys(default: bool) -> Result<Ended, Error> {
    if default {
        return print(DEFAULT_KEYS);
    }
    let (_, keymap) = configuration()?;
    let keymap = keymap.in_ascii(in_ascii());
    let mut text = source(KEYMAP_FILE);
    for section in Section::iter() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n{}", section.heading());
        for (_, command, name, what) in COMMANDS.iter().filter(|(of, ..)| *of == section) {
            let keys = keymap.all_keys(*command);
            let _ = writeln!(text, "  {keys:16}  {name:20}  {what}");
        }
    }
    print(&shown(&text))
}

/// Prints the settings.
///
/// # Errors
///
/// They have mistakes, or nothing can be printed.
pub(in crate::cli) fn config(default: bool) -> Result<Ended, Error> {
    if default {
        return print(DEFAULT_CONFIG);
    }
    let (config, _) = configuration()?;
    print(&format!("{}\n{}", source(CONFIG_FILE), config.written()))
}

/// Prints the themes, or the file of one.
///
/// # Errors
///
/// There is none of that name, or it cannot be printed.
pub(in crate::cli) fn themes(name: Option<&str>) -> Result<Ended, Error> {
    if let Some(name) = name {
        return print(&appearance::file_of(name)?);
    }
    let (config, _) = configuration()?;
    print(&shown(&appearance::listed(&config)))
}

/// Prints the manual page.
///
/// # Errors
///
/// It cannot be printed.
pub(in crate::cli) fn man() -> Result<Ended, Error> {
    let page = manual::page().map_err(Error::Output)?;
    print(&page)
}

/// Where a file is read, as a comment.
fn source(name: &str) -> String {
    let Some(path) = configuration_folder().map(|folder| folder.join(name)) else {
        return "# There is no home folder: these are the defaults.\n".to_owned();
    };
    let there = if path.exists() {
        ""
    } else {
        ", which is not there: these are the defaults"
    };
    format!("# {}{there}\n", path.display())
}

fn print(text: &str) -> Result<Ended, Error> {
    let mut out = io::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match printed {
        // Who reads it has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(Ended::well()),
    }
}
