//! Reads `keymap.toml` and `config.toml`. Pure: the text comes in, the mistakes go out together.

use std::{collections::BTreeMap, fmt};

use toml::{Table, Value};

use crate::{
    config::key::KeyPress,
    domain::{
        AccountBook, AccountId,
        text::{is_hostile, visible},
    },
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
    let raw: Table = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(e) => return (Bindings::new(), vec![syntax(&e)]),
    };
    let mut mistakes = Vec::new();
    let mut bindings = Bindings::new();
    for (section, commands) in raw {
        let Value::Table(commands) = commands else {
            let found = kind(&commands);
            let name = visible(&section);
            mistakes.push(Mistake(format!(
                "{name}: a section is needed, such as [{name}], not {found}"
            )));
            continue;
        };
        for (command, keys) in commands {
            let place = format!("[{}] {}", visible(&section), visible(&command));
            let mut parsed = Vec::new();
            let Value::Array(keys) = keys else {
                let wanted = "a list of keys is needed, such as [\"x\"]";
                mistakes.push(Mistake(format!("{place}: {wanted}, not {}", kind(&keys))));
                continue;
            };
            for key in keys {
                let read = match &key {
                    Value::String(key) => KeyPress::parse(key).map_err(|e| e.to_string()),
                    other => Err(format!(
                        "a key is written in quotes, not as {}",
                        kind(other)
                    )),
                };
                match read {
                    Ok(key) => parsed.push(key),
                    Err(e) => mistakes.push(Mistake(format!("{place}: {e}"))),
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
    let raw: Table = toml::from_str(text).map_err(|e| vec![syntax(&e)])?;
    let mut mistakes = Vec::new();
    let mut config = Config::default();
    for (name, value) in raw {
        match (&*name, value) {
            ("accounts", Value::Table(accounts)) => {
                config.accounts = account_book(accounts, &mut mistakes);
            }
            ("accounts", other) => mistakes.push(Mistake(format!(
                "accounts: a section [accounts] is needed, not {}",
                kind(&other)
            ))),
            ("pace", value) => match pace(&value) {
                Ok(pace) => config.pace = pace,
                Err(why) => mistakes.push(Mistake(format!("pace: {why}"))),
            },
            (other, _) => mistakes.push(Mistake(format!(
                "{}: there is no such setting; there are accounts and pace",
                visible(other)
            ))),
        }
    }
    if mistakes.is_empty() {
        Ok(config)
    } else {
        Err(mistakes)
    }
}

/// The names of accounts.
fn account_book(accounts: Table, mistakes: &mut Vec<Mistake>) -> AccountBook {
    let mut names = BTreeMap::new();
    for (number, name) in accounts {
        let what = match (AccountId::parse(&number), name) {
            (Err(e), _) => e.to_string(),
            // A name is what a person goes by: it must be one, and must be what it looks like.
            (Ok(_), Value::String(name)) if name.trim().is_empty() => {
                "the name is empty".to_owned()
            }
            (Ok(_), Value::String(name)) if name.chars().any(is_hostile) => {
                format!("the name has a control character: {}", visible(&name))
            }
            (Ok(account), Value::String(name)) => match names.insert(account, name) {
                None => continue,
                Some(_) => "the account is named twice".to_owned(),
            },
            (Ok(_), other) => format!("a name is written in quotes, not as {}", kind(&other)),
        };
        mistakes.push(Mistake(format!("[accounts] {}: {what}", visible(&number))));
    }
    names.into_iter().collect()
}

fn pace(value: &Value) -> Result<f64, String> {
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

/// What a value is, in words.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
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
        let text = "quit = \"q\"\n[main]\nquit = \"x\"\nopen = [1, \"f99\"]\nback = [\"esc\"]\n";
        let (bindings, found) = parse_bindings(text);
        let found = say(found);
        assert_eq!(found.len(), 4, "{found:?}");
        for words in [
            "quit: a section is needed, such as [quit], not a text",
            "[main] quit: a list of keys is needed, such as [\"x\"], not a text",
            "[main] open: a key is written in quotes, not as a number",
            "[main] open: \"f99\"",
        ] {
            assert!(
                found.iter().any(|it| it.starts_with(words)),
                "{words}: {found:?}"
            );
        }
        assert_eq!(bindings["main"]["back"].len(), 1);
    }
}
