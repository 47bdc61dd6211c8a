//! The settings of `config.toml`, one field each.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::{
    config::{
        accounts::word_of,
        file::{Mistake, kind, syntax},
        hand_over::hand_over,
        looks::{Colours, ascii, color, theme},
    },
    domain::{
        AccountBook, AccountId, BookEntry, TransferRule, Wishes,
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
    /// The accounts you know: their names, beside their numbers wherever an account stands; whether they may receive
    /// certificates; and a `word` such as "PRODUCTION", with its `color`, that one is recognised by at a glance.
    accounts: AccountBook = AccountBook::default(), read by account_book;
    /// The other side of your transfers: its `profile` is opened beside the account that you start with, and
    /// one key changes sides.
    peer: Option<String> = None, read by peer;
    /// Whether the terminal's bell rings when a watch over transfers has something to report.
    bell: bool = false, read by bell;
    /// Whether AWS is asked by itself what the devices in sight are called, with a quarter of the quotas at most.
    device_names: bool = true, read by device_names;
    /// The theme: default, light, high-contrast, mono, or one of your own in the folder `themes` beside this file.
    theme: String = "default".to_owned(), read by theme;
    /// When there are colours: "auto", as the terminal, `NO_COLOR` and `CLICOLOR` say; "always"; "never".
    color: Colours = Colours::Auto, read by color;
    /// Whether nothing beyond ASCII is drawn: "auto", when the locale is not UTF-8; true; false.
    ascii: Option<bool> = None, read by ascii;
    /// Whether the mouse clicks, scrolls and presses; text is selected with Shift held down then, in most terminals.
    mouse: bool = false, read by mouse;
    /// What a hand-over does in the recipient's account, unless its page says otherwise: whether certificates are
    /// activated, "as before", "yes" or "no"; what becomes of those whose thing is there and differs, "leave out" or
    /// "use"; what stands before the names of things; and which policies and thing groups have another name there.
    hand_over: Wishes = Wishes::default(), read by hand_over;
    /// What holds for single profiles, each by its name: with one that is `read_only` nothing is changed.
    profiles: BTreeSet<String> = BTreeSet::new(), read by read_only_profiles;
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
    let mut entries = BTreeMap::new();
    let mut allow_only = false;
    for (number, value) in accounts {
        let what = match (number.as_str(), AccountId::parse(number), value) {
            ("allow_only", _, Value::Boolean(only)) => {
                allow_only = *only;
                continue;
            }
            ("allow_only", _, other) => format!("true or false is needed, not {}", kind(other)),
            (_, Err(e), _) => e.to_string(),
            (_, Ok(account), value) => match book_entry(value) {
                Err(why) => why,
                Ok(entry) => match entries.insert(account, entry) {
                    None => continue,
                    Some(_) => "the account is named twice".to_owned(),
                },
            },
        };
        mistakes.push(format!("[accounts] {}: {what}", visible(number)));
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut book: AccountBook = entries.into_iter().collect();
    book.allow_only = allow_only;
    Ok(book)
}

/// An account's name alone, or `{ name = "...", transfer = "deny" }`.
fn book_entry(value: &Value) -> Result<BookEntry, String> {
    let (name, rule, word) = match value {
        Value::Table(entry) => {
            let known = |key: &&String| {
                let key = key.as_str();
                !matches!(key, "name" | "transfer" | "word" | "color")
            };
            if let Some(key) = entry.keys().find(known) {
                return Err(format!(
                    "{}: there is no such setting; there are name, transfer, word and color",
                    visible(key)
                ));
            }
            let rule = match entry.get("transfer") {
                None => TransferRule::Unmarked,
                Some(Value::String(word)) if word == "allow" => TransferRule::Allow,
                Some(Value::String(word)) if word == "deny" => TransferRule::Deny,
                Some(_) => return Err("transfer is \"allow\" or \"deny\"".to_owned()),
            };
            let name = entry.get("name").ok_or("a name is needed")?;
            (name, rule, word_of(entry)?)
        }
        name => (name, TransferRule::Unmarked, None),
    };
    match name {
        // A name is what a person goes by: it must be one, and must be what it looks like.
        Value::String(name) if name.trim().is_empty() => Err("the name is empty".to_owned()),
        Value::String(name) if name.chars().any(is_hostile) => Err(format!(
            "the name has a control character: {}",
            visible(name)
        )),
        Value::String(name) => Ok(BookEntry {
            name: name.clone(),
            rule,
            word,
        }),
        other => Err(format!(
            "a name is written in quotes, not as {}",
            kind(other)
        )),
    }
}

/// The profiles with which nothing is changed.
fn read_only_profiles(value: &Value) -> Result<BTreeSet<String>, Vec<String>> {
    let Value::Table(profiles) = value else {
        return Err(vec![format!(
            "profiles: a section [profiles] is needed, not {}",
            kind(value)
        )]);
    };
    let mut mistakes = Vec::new();
    let mut read_only = BTreeSet::new();
    for (name, settings) in profiles {
        let said = settings.as_table().and_then(|it| it.get("read_only"));
        match (said, settings.as_table().map_or(0, Table::len)) {
            (Some(Value::Boolean(false)), 1) => {}
            (Some(Value::Boolean(true)), 1) => {
                read_only.insert(name.clone());
            }
            _ => mistakes.push(format!(
                "[profiles] {}: {{ read_only = true }} or {{ read_only = false }} is needed",
                visible(name)
            )),
        }
    }
    if mistakes.is_empty() {
        Ok(read_only)
    } else {
        Err(mistakes)
    }
}

/// The profile of the other side.
fn peer(value: &Value) -> Result<Option<String>, Vec<String>> {
    match value.as_table().map(|it| (it.get("profile"), it.len())) {
        Some((None, 0)) => Ok(None),
        Some((Some(Value::String(profile)), 1)) => {
            Ok(Some(profile.clone()).filter(|it| !it.is_empty()))
        }
        _ => Err(vec![
            "[peer] profile = \"NAME\" is needed, and nothing else".to_owned(),
        ]),
    }
}

fn bell(value: &Value) -> Result<bool, Vec<String>> {
    yes_or_no("bell", value)
}

fn device_names(value: &Value) -> Result<bool, Vec<String>> {
    yes_or_no("device_names", value)
}

fn mouse(value: &Value) -> Result<bool, Vec<String>> {
    yes_or_no("mouse", value)
}

fn yes_or_no(name: &str, value: &Value) -> Result<bool, Vec<String>> {
    let wrong = || {
        vec![format!(
            "{name}: true or false is needed, not {}",
            kind(value)
        )]
    };
    value.as_bool().ok_or_else(wrong)
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
    fn accounts_are_marked() {
        let text = "[accounts]\nallow_only = true\n\"444455556666\" = { name = \"eu\", transfer = \"allow\" }\n\
                    \"222233334444\" = { name = \"lab\", transfer = \"deny\" }\n\"333344445555\" = \"us\"\n";
        let book = parse_config(text).unwrap().accounts;
        let may = |digits| book.may_receive(AccountId::parse(digits).unwrap()).is_ok();
        assert!(may("444455556666"));
        assert!(!may("222233334444") && !may("333344445555") && !may("999999999999"));
        assert_eq!(book.names().count(), 3);
        let say = |text: &str| parse_config(text).unwrap_err()[0].to_string();
        let entry = |entry: &str| say(&format!("[accounts]\n\"444455556666\" = {{ {entry} }}"));
        assert!(entry("transfer = \"deny\"").contains("a name is needed"));
        assert!(entry("name = \"x\", transfer = \"no\"").contains("\"allow\" or \"deny\""));
        assert!(entry("name = \"x\", rule = 1").contains("rule: there is no such setting"));
        assert!(entry("name = 7").contains("written in quotes"));
        assert!(say("[accounts]\nallow_only = 1").contains("true or false"));
    }

    #[test]
    fn profiles_are_read_only_by_name() {
        let text = "[profiles]\n\"prod\" = { read_only = true }\ntest = { read_only = false }\n";
        let profiles = parse_config(text).unwrap().profiles;
        assert_eq!(profiles.into_iter().collect::<Vec<_>>(), ["prod"]);
        for wrong in [
            "prod = true",
            "prod = {}",
            "prod = { read_only = 1 }",
            "prod = { write = true }",
        ] {
            let found = parse_config(&format!("[profiles]\n{wrong}\n")).unwrap_err();
            assert!(
                found[0].0.contains("[profiles] prod: { read_only = true }"),
                "{found:?}"
            );
        }
        assert!(parse_config("profiles = 1").is_err());
    }

    #[test]
    fn the_other_side_is_a_profile() {
        let config = parse_config("[peer]\nprofile = \"eu\"\n").unwrap();
        assert_eq!(config.peer.as_deref(), Some("eu"));
        for wrong in [
            "peer = \"eu\"",
            "[peer]\nprofile = 7",
            "[peer]\nprofile = \"a\"\nregion = \"b\"",
        ] {
            let found = parse_config(wrong).unwrap_err();
            assert!(
                found[0].0.contains("[peer] profile = \"NAME\""),
                "{found:?}"
            );
        }
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
        assert!(say("bell = 1").contains("bell: true or false is needed, not a number"));
        assert!(parse_config("bell = true").unwrap().bell);
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
