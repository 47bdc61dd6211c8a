//! Reads `keymap.toml` and `config.toml`. Pure: the text comes in, the mistakes go out together.

use std::{collections::BTreeMap, fmt};

use super::KeyPress;
use crate::domain::{AccountBook, AccountId, text::visible};

/// The keys of each command, by section and by the command's name.
pub type Bindings = BTreeMap<String, BTreeMap<String, Vec<KeyPress>>>;

/// What `config.toml` may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The names of the accounts.
    pub accounts: AccountBook,
}

/// A mistake in a file, said in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake(pub String);

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the bindings of a keymap file.
///
/// # Errors
///
/// Every mistake in the text.
pub fn parse_bindings(text: &str) -> Result<Bindings, Vec<Mistake>> {
    let raw: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        toml::from_str(text).map_err(|e| vec![syntax(&e)])?;
    let mut mistakes = Vec::new();
    let mut bindings = Bindings::new();
    for (section, commands) in raw {
        for (command, keys) in commands {
            let mut parsed = Vec::new();
            for key in keys {
                match KeyPress::parse(&key) {
                    Ok(key) => parsed.push(key),
                    Err(e) => {
                        let place = format!("[{}] {}", visible(&section), visible(&command));
                        mistakes.push(Mistake(format!("{place}: {e}")));
                    }
                }
            }
            bindings
                .entry(section.clone())
                .or_default()
                .insert(command, parsed);
        }
    }
    if mistakes.is_empty() {
        Ok(bindings)
    } else {
        Err(mistakes)
    }
}

/// Reads `config.toml`.
///
/// # Errors
///
/// Every mistake in the text.
pub fn parse_config(text: &str) -> Result<Config, Vec<Mistake>> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Raw {
        #[serde(default)]
        accounts: BTreeMap<String, String>,
    }
    let raw: Raw = toml::from_str(text).map_err(|e| vec![syntax(&e)])?;
    let mut mistakes = Vec::new();
    let mut names = Vec::new();
    for (number, name) in raw.accounts {
        match AccountId::parse(&number) {
            Ok(account) => names.push((account, name)),
            Err(e) => mistakes.push(Mistake(format!("[accounts] {}: {e}", visible(&number)))),
        }
    }
    if mistakes.is_empty() {
        Ok(Config {
            accounts: names.into_iter().collect(),
        })
    } else {
        Err(mistakes)
    }
}

fn syntax(error: &toml::de::Error) -> Mistake {
    // The error quotes the file, which is foreign text over several lines.
    let lines: Vec<_> = error
        .to_string()
        .lines()
        .map(|l| visible(l).into_owned())
        .collect();
    Mistake(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_reported_together() {
        let mistakes = parse_bindings("[move]\nup = [\"upp\", \"k\"]\n[main]\nopen = [\"f99\"]\n")
            .unwrap_err();
        let text: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(text.len(), 2, "{text:?}");
        assert!(
            text.iter()
                .any(|line| line.starts_with("[move] up: \"upp\""))
        );
        assert!(
            text.iter()
                .any(|line| line.starts_with("[main] open: \"f99\""))
        );
    }

    #[test]
    fn accounts_have_names() {
        let config = parse_config("[accounts]\n\"4444-5555-6666\" = \"fleet-eu\"\n").unwrap();
        let account = AccountId::parse("444455556666").unwrap();
        assert_eq!(config.accounts.name(account), Some("fleet-eu"));
        assert_eq!(parse_config("").unwrap(), Config::default());
    }

    #[test]
    fn a_wrong_config_says_what_is_wrong() {
        let say = |text: &str| parse_config(text).unwrap_err().first().unwrap().to_string();
        assert!(say("[accounts]\n\"12\" = \"x\"\n").contains("[accounts] 12: 2 of 12 digits"));
        assert!(say("acounts = 1").contains("acounts"));
        assert!(say("accounts = [").contains("line 1"));
    }
}
