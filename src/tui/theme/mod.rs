//! How things look: the only place with colours. Nothing needs them to be understood.
//!
//! | File | Its job |
//! |---|---|
//! | `looks` | the theme: a look for each thing that is told apart |
//! | `file` | a theme's file: looks with their colours and attributes, all mistakes with their lines |
//! | `depth` | what a terminal with few colours gets, and what one without any |
//! | [`symbols`] | a drawn screen for terminals that show nothing beyond ASCII |

mod depth;
mod file;
mod looks;
pub mod symbols;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use ratatui::style::Style;

use crate::domain::AccountWord;

pub use self::{
    file::ThemeFile,
    looks::{ColourDepth, LOOKS, Theme},
};

/// The theme of a start that names none, and the one that a file without `inherits` goes on from.
pub const DEFAULT_THEME: &str = "default";

/// The themes that come with the program, each with its file.
pub const BUILT_IN: [(&str, &str); 4] = [
    (
        DEFAULT_THEME,
        include_str!("../../../assets/themes/default.toml"),
    ),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../../assets/themes/high-contrast.toml"),
    ),
    (MONO, include_str!("../../../assets/themes/mono.toml")),
];

/// The theme whose attributes say what colours would.
const MONO: &str = "mono";

/// A theme of the program; `None` where there is none of that name.
pub fn built_in(name: &str) -> Option<Theme> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    let mut theme = Theme::BARE;
    // A test reads them all.
    ThemeFile::parse(text).ok()?.apply(&mut theme);
    Some(theme)
}

impl Default for Theme {
    fn default() -> Self {
        static DEFAULT: LazyLock<Theme> =
            LazyLock::new(|| built_in(DEFAULT_THEME).unwrap_or(Theme::BARE));
        *DEFAULT
    }
}

impl Theme {
    /// The theme as a terminal with so many colours can show it.
    pub fn at_depth(self, depth: ColourDepth) -> Self {
        let reduced = depth::reduced(self, &built_in(MONO).unwrap_or(Self::BARE), depth);
        Self { depth, ..reduced }
    }

    /// The look of an account's word: on its own colour, when it has one and there are colours.
    pub fn of_word(&self, word: &AccountWord) -> Style {
        let colour = word.color.as_deref().and_then(|it| it.parse().ok());
        let look = self.account_word;
        colour.map_or(look, |it| depth::on_colour(look, it, self.depth))
    }
}
