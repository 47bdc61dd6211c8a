//! The section `[hand_over]` of `config.toml`.

use std::collections::BTreeMap;

use toml::Value;

use crate::{
    config::file::kind,
    domain::{
        Activation, DifferingThings, Wishes, is_thing_prefix,
        text::{is_hostile, visible},
    },
};

/// What a hand-over does unless its page says otherwise.
pub(super) fn hand_over(value: &Value) -> Result<Wishes, Vec<String>> {
    let Value::Table(settings) = value else {
        return Err(vec![format!(
            "hand_over: a section [hand_over] is needed, not {}",
            kind(value)
        )]);
    };
    let mut mistakes = Vec::new();
    let mut found = Wishes::default();
    for (name, value) in settings {
        let mapping = &mut found.mapping;
        let read = match (name.as_str(), value) {
            ("activate", Value::String(word)) => match Activation::named(word) {
                Some(activation) => {
                    found.activation = activation;
                    Ok(())
                }
                None => Err("\"as before\", \"yes\" or \"no\" is needed".to_owned()),
            },
            ("differing_things", Value::String(word)) => match DifferingThings::named(word) {
                Some(differing) => {
                    found.differing_things = differing;
                    Ok(())
                }
                None => Err("\"leave out\" or \"use\" is needed".to_owned()),
            },
            ("thing_prefix", Value::String(prefix)) if is_thing_prefix(prefix) => {
                mapping.thing_prefix.clone_from(prefix);
                Ok(())
            }
            ("thing_prefix", Value::String(_)) => {
                Err("the name of a thing has letters, digits, :, _ and -".to_owned())
            }
            ("policies", value) => names(value).map(|names| mapping.policies = names),
            ("groups", value) => names(value).map(|names| mapping.groups = names),
            ("activate" | "differing_things" | "thing_prefix", other) => {
                Err(format!("a text is needed, not {}", kind(other)))
            }
            _ => Err(
                "there is no such setting; there are activate, differing_things, thing_prefix, policies and groups"
                    .to_owned(),
            ),
        };
        if let Err(why) = read {
            mistakes.push(format!("[hand_over] {}: {why}", visible(name)));
        }
    }
    if mistakes.is_empty() {
        Ok(found)
    } else {
        Err(mistakes)
    }
}

/// Names with the names that they have elsewhere.
fn names(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let wrong = || "{ \"name here\" = \"name there\" } is needed".to_owned();
    let table = value.as_table().ok_or_else(wrong)?;
    let pair = |(from, to): (&String, &Value)| {
        let to = to.as_str().filter(|it| !it.is_empty()).ok_or_else(wrong)?;
        let bad = |name: &str| {
            name.chars()
                .any(|c| c.is_whitespace() || c == '>' || is_hostile(c))
        };
        if bad(from) || bad(to) {
            return Err(format!("{}: no name has spaces in it", visible(from)));
        }
        Ok((from.clone(), to.to_owned()))
    };
    table.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse_config;

    #[test]
    fn a_hand_over_has_defaults() {
        let text = "[hand_over]\nactivate = \"no\"\nthing_prefix = \"eu-\"\npolicies = { \"a\" = \"b\" }\n\
                    groups = { \"g\" = \"h\" }\n";
        let found = parse_config(text).unwrap().hand_over;
        assert_eq!(found.activation, Activation::Never);
        assert_eq!(found.differing_things, DifferingThings::LeaveOut);
        assert_eq!(
            (found.mapping.policy("a"), found.mapping.group("g")),
            ("b", "h")
        );
        assert_eq!(found.mapping.thing("x"), "eu-x");
        for (wrong, says) in [
            ("activate = \"maybe\"", "\"as before\", \"yes\" or \"no\""),
            ("activate = true", "a text is needed"),
            ("differing_things = \"change\"", "\"leave out\" or \"use\""),
            ("thing_prefix = \"a/b\"", "letters, digits"),
            ("policies = { \"a\" = 7 }", "name there"),
            ("policies = { \"a b\" = \"c\" }", "no name has spaces"),
            ("speed = 1", "there is no such setting"),
        ] {
            let found = parse_config(&format!("[hand_over]\n{wrong}\n")).unwrap_err();
            assert!(found[0].0.contains(says), "{found:?}");
        }
        assert!(parse_config("hand_over = 1").is_err());
    }
}
