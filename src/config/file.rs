//! Reads a keymap file. Pure: the text comes in, the mistakes go out together.

use std::{collections::BTreeMap, fmt};

use toml::{Table, Value};

use crate::{config::key::KeyPress, domain::text::visible};

/// The keys of each command, by section and by the command's name.
pub type Bindings = BTreeMap<String, BTreeMap<String, Vec<KeyPress>>>;

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

/// What a value is, in words.
pub(in crate::config) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

pub(in crate::config) fn syntax(error: &toml::de::Error) -> Mistake {
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
    fn a_value_of_the_wrong_type_hides_no_other_mistake() {
        let say = |mistakes: Vec<Mistake>| mistakes.into_iter().map(|it| it.0).collect::<Vec<_>>();
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
