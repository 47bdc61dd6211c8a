//! The settings of `config.toml`, one field each.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::{
    config::file::{Mistake, kind, syntax},
    domain::{
        AccountBook, AccountId,
        text::{is_hostile, visible},
    },
};

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr, read by $read:path;)*) => {
        /// What `config.toml` may say.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config { $($(#[doc = $doc])+ pub $name: $type,)* }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        /// Each setting with what the help and the commented defaults say of it.
        pub const SETTINGS: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),+)),)*];

        /// Takes a value; answers what is wrong with it.
        fn set(config: &mut Config, name: &str, value: &Value) -> Result<(), Vec<String>> {
            match name {
                $(stringify!($name) => config.$name = $read(value)?,)*
                _ => {
                    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
                    return Err(vec![format!(
                        "{}: there is no such setting; there are {}",
                        visible(name),
                        names.join(", ")
                    )]);
                }
            }
            Ok(())
        }
    };
}

// The comment of a setting is also what the help says.
settings! {
    /// The part of AWS's published quotas that certferry uses, between 0.01 and 1, for every
    /// operation, account and region.
    pace: f64 = 0.8, read by pace;
    /// The filter that the list begins with, at the start and in every account that you change to, as it is
    /// typed behind `/`.
    filter: String = String::new(), read by filter;
    /// The names of the accounts you know, beside their numbers wherever an account stands.
    accounts: AccountBook = AccountBook::default(), read by account_book;
}

/// Reads `config.toml`.
///
/// # Errors
///
/// Every mistake in the text.
pub fn parse_config(text: &str) -> Result<Config, Vec<Mistake>> {
    let raw: Table = toml::from_str(text).map_err(|e| vec![syntax(&e)])?;
    let mut mistakes = Vec::new();
    let mut config = Config::default();
    for (name, value) in raw {
        if let Err(found) = set(&mut config, &name, &value) {
            mistakes.extend(found.into_iter().map(Mistake));
        }
    }
    if mistakes.is_empty() {
        Ok(config)
    } else {
        Err(mistakes)
    }
}

fn account_book(value: &Value) -> Result<AccountBook, Vec<String>> {
    let accounts = match value {
        Value::Table(accounts) => accounts,
        other => {
            return Err(vec![format!(
                "accounts: a section [accounts] is needed, not {}",
                kind(other)
            )]);
        }
    };
    let mut mistakes = Vec::new();
    let mut names = BTreeMap::new();
    for (number, name) in accounts {
        let what = match (AccountId::parse(number), name) {
            (Err(e), _) => e.to_string(),
            // A name is what a person goes by: it must be one, and must be what it looks like.
            (Ok(_), Value::String(name)) if name.trim().is_empty() => {
                "the name is empty".to_owned()
            }
            (Ok(_), Value::String(name)) if name.chars().any(is_hostile) => {
                format!("the name has a control character: {}", visible(name))
            }
            (Ok(account), Value::String(name)) => match names.insert(account, name.clone()) {
                None => continue,
                Some(_) => "the account is named twice".to_owned(),
            },
            (Ok(_), other) => format!("a name is written in quotes, not as {}", kind(other)),
        };
        mistakes.push(format!("[accounts] {}: {what}", visible(number)));
    }
    if mistakes.is_empty() {
        Ok(names.into_iter().collect())
    } else {
        Err(mistakes)
    }
}

fn filter(value: &Value) -> Result<String, Vec<String>> {
    match value {
        Value::String(text) if text.chars().any(is_hostile) => Err(vec![format!(
            "filter: it has a control character: {}",
            visible(text)
        )]),
        Value::String(text) => Ok(text.clone()),
        other => Err(vec![format!(
            "filter: it is written in quotes, not as {}",
            kind(other)
        )]),
    }
}

fn pace(value: &Value) -> Result<f64, Vec<String>> {
    fraction(value).map_err(|why| vec![format!("pace: {why}")])
}

fn fraction(value: &Value) -> Result<f64, String> {
    let pace = match value {
        Value::Float(pace) => *pace,
        // The only whole numbers that could be meant.
        Value::Integer(0) => 0.0,
        Value::Integer(1) => 1.0,
        Value::Integer(other) => return Err(format!("{other} is not between 0.01 and 1")),
        other => {
            return Err(format!(
                "a number is needed, such as 0.8, not {}",
                kind(other)
            ));
        }
    };
    if (0.01..=1.0).contains(&pace) {
        Ok(pace)
    } else {
        Err(format!("{pace} is not between 0.01 and 1"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(say("filter = 7").contains("filter: it is written in quotes"));
        assert!(say("filter = \"\\u001b[2J\"").contains("\\x1b"));
        let filter = "status:active press";
        let text = format!("filter = \"{filter}\"");
        assert_eq!(parse_config(&text).unwrap().filter, filter);
        assert!(say("acounts = 1").contains("acounts"));
        assert!(say("accounts = [").contains("line 1"));
    }

    #[test]
    fn a_value_of_the_wrong_type_hides_no_other_mistake() {
        let say = |mistakes: Vec<Mistake>| mistakes.into_iter().map(|it| it.0).collect::<Vec<_>>();
        let text = "pace = \"fast\"\nspeed = 1\n[accounts]\n\"12\" = \"x\"\n\"444455556666\" = 7\n";
        let found = say(parse_config(text).unwrap_err());
        assert_eq!(found.len(), 4, "{found:?}");
        for words in [
            "pace: a number is needed, such as 0.8, not a text",
            "speed: there is no such setting",
            "[accounts] 12: 2 of 12 digits",
            "[accounts] 444455556666: a name is written in quotes, not as a number",
        ] {
            assert!(
                found.iter().any(|it| it.starts_with(words)),
                "{words}: {found:?}"
            );
        }
        assert!(say(parse_config("accounts = 1").unwrap_err())[0].contains("not a number"));
    }

    #[test]
    fn the_commented_defaults_name_every_setting_with_its_comment() {
        let defaults = include_str!("../../assets/config.toml");
        let words = |text: &str| -> String {
            let bare = text.lines().map(|line| line.trim_start_matches('#').trim());
            bare.collect::<Vec<_>>().join(" ")
        };
        let said = words(defaults);
        for (name, comment) in SETTINGS {
            assert!(said.contains(words(comment).trim()), "{name}: {comment}");
            let set = defaults.lines().any(|line| {
                let line = line.trim_start_matches('#').trim();
                line.starts_with(&format!("{name} = ")) || line == format!("[{name}]")
            });
            assert!(set, "{name} is not among the defaults");
        }
        // What stands there is what is so without a file.
        let uncommented: Vec<&str> = defaults
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(value) if value.contains(" = ") && !value.starts_with('"') => value,
                _ => line,
            })
            .collect();
        assert_eq!(
            parse_config(&uncommented.join("\n")).unwrap(),
            Config::default()
        );
    }
}
