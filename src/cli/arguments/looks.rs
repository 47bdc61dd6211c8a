//! How the screen looks.

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::{
    cli::arguments::connecting::beginning,
    config::{Colours, is_theme_name},
};

/// How the screen looks. What is not said here is as `config.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Appearance {
    /// The theme of the screen: `certferry themes` lists them.
    #[arg(long, value_name = "NAME", value_parser = theme_name, add = ArgValueCompleter::new(themes))]
    pub theme: Option<String>,

    /// When the screen has colours: as the terminal, `NO_COLOR` and `CLICOLOR` say, or whatever they say.
    #[arg(long, value_name = "WHEN", value_parser = colours())]
    pub color: Option<Colours>,

    /// Draw nothing beyond ASCII, as in locales that are not UTF-8.
    #[arg(long)]
    pub ascii: bool,

    /// Take the mouse: click, scroll, press. Text is selected with Shift held down then, in most terminals.
    #[arg(long)]
    pub mouse: bool,
}

fn theme_name(name: &str) -> Result<String, String> {
    if is_theme_name(name) {
        Ok(name.to_owned())
    } else {
        Err("a theme's name has letters, digits, - and _".to_owned())
    }
}

fn colours() -> impl clap::builder::TypedValueParser<Value = Colours> {
    let words = Colours::WORDS.map(|(word, _)| word);
    PossibleValuesParser::new(words).map(|word| Colours::named(&word).unwrap_or_default())
}

/// The themes that begin so.
pub(super) fn themes(typed: &std::ffi::OsStr) -> Vec<CompletionCandidate> {
    beginning(typed, crate::cli::names::themes())
}
