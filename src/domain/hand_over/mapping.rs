//! How what a certificate has is called in the recipient's account.

use std::collections::BTreeMap;

use crate::domain::text::visible;

/// Names of the source, and what they are in the recipient's account. What is not named keeps its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Policies.
    pub policies: BTreeMap<String, String>,
    /// Thing groups.
    pub groups: BTreeMap<String, String>,
    /// What stands before the name of every thing there.
    pub thing_prefix: String,
}

/// The longest name of a thing (service model).
const LONGEST_THING: usize = 128;

impl Mapping {
    /// A policy's name there.
    pub fn policy<'a>(&'a self, name: &'a str) -> &'a str {
        self.policies.get(name).map_or(name, String::as_str)
    }

    /// A thing group's name there.
    pub fn group<'a>(&'a self, name: &'a str) -> &'a str {
        self.groups.get(name).map_or(name, String::as_str)
    }

    /// A thing's name there.
    pub fn thing(&self, name: &str) -> String {
        format!("{}{name}", self.thing_prefix)
    }

    /// Whether a thing's name there is longer than AWS takes.
    pub fn is_too_long(thing: &str) -> bool {
        thing.len() > LONGEST_THING
    }
}

/// Whether a text can stand before the names of things: letters, digits, `:`, `_` and `-` (service model).
pub fn is_thing_prefix(text: &str) -> bool {
    text.len() < LONGEST_THING
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-'))
}

/// Pairs as they are typed: `fleet-base>base fleet-jobs>jobs`. No name has a `>` or a space in it.
///
/// # Errors
///
/// What is no pair.
pub fn name_pairs(typed: &str) -> Result<BTreeMap<String, String>, String> {
    let mut pairs = BTreeMap::new();
    for word in typed.split_whitespace() {
        let (from, to) = word
            .split_once('>')
            .filter(|(from, to)| !from.is_empty() && !to.is_empty() && !to.contains('>'))
            .ok_or_else(|| format!("{} is not FROM>TO", visible(word)))?;
        if pairs.insert(from.to_owned(), to.to_owned()).is_some() {
            return Err(format!("{} stands twice", visible(from)));
        }
    }
    Ok(pairs)
}

/// Pairs as they would be typed.
pub fn typed_pairs(pairs: &BTreeMap<String, String>) -> String {
    let words = pairs.iter().map(|(from, to)| format!("{from}>{to}"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_they_are_typed() {
        let pairs = name_pairs(" a>b  fleet-jobs>fleet=jobs,2 ").unwrap();
        assert_eq!(typed_pairs(&pairs), "a>b fleet-jobs>fleet=jobs,2");
        assert_eq!(name_pairs("").unwrap(), BTreeMap::new());
        for wrong in ["a", "a>", ">b", "a>b>c", "a b>c"] {
            assert!(
                name_pairs(wrong).unwrap_err().contains("FROM>TO"),
                "{wrong}"
            );
        }
        assert!(name_pairs("a>b a>c").unwrap_err().contains("twice"));
    }

    #[test]
    fn names_that_are_not_mapped_stay() {
        let mapping = Mapping {
            policies: name_pairs("a>b").unwrap(),
            groups: name_pairs("g>h").unwrap(),
            thing_prefix: "eu-".to_owned(),
        };
        assert_eq!((mapping.policy("a"), mapping.policy("c")), ("b", "c"));
        assert_eq!((mapping.group("g"), mapping.group("i")), ("h", "i"));
        assert_eq!(mapping.thing("press-7"), "eu-press-7");
        assert!(Mapping::is_too_long(&"x".repeat(129)));
        assert!(is_thing_prefix("eu-1:a_") && is_thing_prefix("") && !is_thing_prefix("eu/"));
    }

    #[test]
    fn a_prefix_leaves_room_for_a_name() {
        assert!(is_thing_prefix(&"x".repeat(LONGEST_THING - 1)));
        assert!(!is_thing_prefix(&"x".repeat(LONGEST_THING)));
    }
}
