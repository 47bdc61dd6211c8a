//! Reads `keymap.toml` and `config.toml`. Pure: the text comes in, the mistakes go out together.

use std::{collections::BTreeMap, fmt};

use super::KeyPress;
use crate::domain::{
    AccountBook, AccountId,
    text::{is_hostile, visible},
};

/// The keys of each command, by section and by the command's name.
pub type Bindings = BTreeMap<String, BTreeMap<String, Vec<KeyPress>>>;

/// What `config.toml` may say.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The names of the accounts.
    pub accounts: AccountBook,
    /// The part of AWS's published quotas that certferry uses, between 0.01 and 1.
    pub pace: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            accounts: AccountBook::default(),
            pace: 0.8,
        }
    }
}

/// A mistake in a file, said in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake(pub String);

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the bindings of a keymap file: those that can be read, and every mistake in the others.
pub fn parse_bindings(text: &str) -> (Bindings, Vec<Mistake>) {
    let raw: BTreeMap<String, BTreeMap<String, Vec<String>>> = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(e) => return (Bindings::new(), vec![syntax(&e)]),
    };
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
    (bindings, mistakes)
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
        pace: Option<f64>,
    }
    let raw: Raw = toml::from_str(text).map_err(|e| vec![syntax(&e)])?;
    let mut mistakes = Vec::new();
    let mut names = BTreeMap::new();
    for (number, name) in raw.accounts {
        let what = match AccountId::parse(&number) {
            Err(e) => e.to_string(),
            // A name is what a person goes by: it must be one, and must be what it looks like.
            Ok(_) if name.trim().is_empty() => "the name is empty".to_owned(),
            Ok(_) if name.chars().any(is_hostile) => {
                format!("the name has a control character: {}", visible(&name))
            }
            Ok(account) => match names.insert(account, name) {
                None => continue,
                Some(_) => "the account is named twice".to_owned(),
            },
        };
        mistakes.push(Mistake(format!("[accounts] {}: {what}", visible(&number))));
    }
    let pace = raw.pace.unwrap_or(Config::default().pace);
    if !(0.01..=1.0).contains(&pace) {
        mistakes.push(Mistake(format!("pace: {pace} is not between 0.01 and 1")));
    }
    if mistakes.is_empty() {
        Ok(Config {
            accounts: names.into_iter().collect(),
            pace,
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
        let (bindings, mistakes) =
            parse_bindings("[move]\nup = [\"upp\", \"k\"]\n[main]\nopen = [\"f99\"]\n");
        assert_eq!(bindings["move"]["up"].len(), 1);
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
        let twice = "[accounts]\n\"4444-5555-6666\" = \"a\"\n\"444455556666\" = \"b\"\n";
        assert!(say(twice).contains("named twice"));
        assert!(say("[accounts]\n\"444455556666\" = \" \"\n").contains("empty"));
        let hostile = say("[accounts]\n\"444455556666\" = \"\\u001b[31m\"\n");
        assert!(
            hostile.contains("\\x1b") && !hostile.contains('\u{1b}'),
            "{hostile}"
        );
        assert!(say("pace = 3.0").contains("pace: 3 is not between 0.01 and 1"));
        assert!(say("pace = nan").contains("not between"));
        assert!(parse_config("pace = 1.0").unwrap().pace > 0.9);
        assert!(say("acounts = 1").contains("acounts"));
        assert!(say("accounts = [").contains("line 1"));
    }
}
