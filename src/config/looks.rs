//! The settings of how the screen looks.

use toml::Value;

use crate::{config::file::kind, domain::text::visible};

/// When there are colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colours {
    /// As the terminal and the variables `NO_COLOR` and `CLICOLOR` say.
    #[default]
    Auto,
    /// Whatever the variables say.
    Always,
    /// Never: attributes say what colours would.
    Never,
}

impl Colours {
    /// The words for it.
    pub const WORDS: [(&str, Self); 3] = [
        ("auto", Self::Auto),
        ("always", Self::Always),
        ("never", Self::Never),
    ];

    /// What a word means.
    pub fn named(word: &str) -> Option<Self> {
        let found = Self::WORDS.into_iter().find(|(known, _)| *known == word);
        found.map(|(_, it)| it)
    }

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// Whether a text can be a theme's name, and so the name of its file.
pub fn is_theme_name(name: &str) -> bool {
    let may = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !name.is_empty() && name.chars().all(may)
}

pub(super) fn theme(value: &Value) -> Result<String, Vec<String>> {
    match value {
        Value::String(name) if is_theme_name(name) => Ok(name.clone()),
        Value::String(name) => Err(vec![format!(
            "theme: \"{}\" is no name: it has letters, digits, - and _",
            visible(name)
        )]),
        other => Err(vec![format!(
            "theme: it is written in quotes, not as {}",
            kind(other)
        )]),
    }
}

pub(super) fn color(value: &Value) -> Result<Colours, Vec<String>> {
    let found = value.as_str().and_then(Colours::named);
    found.ok_or_else(|| vec!["color: \"auto\", \"always\" or \"never\" is needed".to_owned()])
}

pub(super) fn ascii(value: &Value) -> Result<Option<bool>, Vec<String>> {
    match value {
        Value::Boolean(ascii) => Ok(Some(*ascii)),
        Value::String(word) if word == "auto" => Ok(None),
        _ => Err(vec!["ascii: true, false or \"auto\" is needed".to_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse_config;

    #[test]
    fn looks_are_set() {
        let text = "theme = \"light\"\ncolor = \"always\"\nascii = true\n";
        let config = parse_config(text).unwrap();
        assert_eq!(config.theme, "light");
        assert_eq!((config.color, config.ascii), (Colours::Always, Some(true)));
        let config = parse_config("ascii = \"auto\"").unwrap();
        assert_eq!((config.color, config.ascii), (Colours::Auto, None));
        for (wrong, says) in [
            ("theme = \"../x\"", "\"../x\" is no name"),
            ("theme = 1", "written in quotes"),
            ("color = true", "\"auto\", \"always\" or \"never\""),
            ("ascii = \"yes\"", "true, false or \"auto\""),
        ] {
            let found = parse_config(wrong).unwrap_err();
            assert!(found[0].0.contains(says), "{found:?}");
        }
    }
}
