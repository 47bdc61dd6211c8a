//! The word that an account is recognised by, and its colour.

use toml::{Table, Value};

use crate::{
    config::file::kind,
    domain::{
        AccountWord,
        text::{is_hostile, visible, width},
    },
};

/// The names of the 16 colours, as themes have them.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

/// The word of an account and its colour, from its line in `[accounts]`.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn word_of(entry: &Table) -> Result<Option<AccountWord>, String> {
    let color = entry.get("color").map(color).transpose()?;
    let text = match entry.get("word") {
        None if color.is_some() => {
            return Err("color is the color of a word, and there is no word".to_owned());
        }
        None => return Ok(None),
        Some(Value::String(text)) => text.trim(),
        Some(other) => {
            return Err(format!(
                "a word is written in quotes, not as {}",
                kind(other)
            ));
        }
    };
    let widest = AccountWord::WIDEST;
    if text.is_empty() {
        return Err("the word is empty".to_owned());
    }
    if text.chars().any(is_hostile) {
        let text = visible(text);
        return Err(format!("the word has a control character: {text}"));
    }
    match width(text) {
        0 => Err("the word cannot be seen".to_owned()),
        columns if columns > widest => Err(format!(
            "the word \"{text}\" has {columns} columns, and {widest} is the most"
        )),
        _ => Ok(Some(AccountWord {
            text: text.to_owned(),
            color,
        })),
    }
}

/// A colour as themes name it, but for the terminal's own, on which nothing would be told apart.
fn color(value: &Value) -> Result<String, String> {
    let said = match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => return Err(format!("color: a name is needed, not {}", kind(other))),
    };
    let hex = said.strip_prefix('#');
    let is_hex = hex.is_some_and(|it| it.len() == 6 && it.chars().all(|c| c.is_ascii_hexdigit()));
    if NAMES.contains(&said.as_str()) || is_hex || said.parse::<u8>().is_ok() {
        return Ok(said);
    }
    Err(format!(
        "\"{}\" is no color: write a name such as red or light-blue, \"#rrggbb\", or a number from 0 to 255",
        visible(&said)
    ))
}

#[cfg(test)]
mod tests {
    use crate::{
        config::{accounts::NAMES, parse_config},
        domain::{AccountId, AccountWord},
    };

    fn entry(said: &str) -> Result<Option<AccountWord>, String> {
        let text = format!("[accounts]\n\"1111-2222-3333\" = {{ name = \"x\", {said} }}\n");
        match parse_config(&text) {
            Ok(config) => {
                let account = AccountId::parse("111122223333").unwrap();
                Ok(config.accounts.word(account).cloned())
            }
            Err(mistakes) => Err(mistakes[0].to_string()),
        }
    }

    #[test]
    fn an_account_has_a_word_and_its_colour() {
        let word = entry("word = \" PRODUCTION \", color = \"red\"")
            .unwrap()
            .unwrap();
        assert_eq!(word.text, "PRODUCTION");
        assert_eq!(word.color.as_deref(), Some("red"));
        assert_eq!(entry("word = \"本番\"").unwrap().unwrap().color, None);
        assert_eq!(entry("transfer = \"allow\"").unwrap(), None);
        for color in NAMES.map(|it| format!("\"{it}\"")) {
            assert!(
                entry(&format!("word = \"X\", color = {color}")).is_ok(),
                "{color}"
            );
        }
        for color in ["\"#0a0B0c\"", "196", "\"7\""] {
            assert!(
                entry(&format!("word = \"X\", color = {color}")).is_ok(),
                "{color}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_a_word_is_said() {
        for (said, wrong) in [
            (
                "word = \"PRODUCTION-EAST\"",
                "\"PRODUCTION-EAST\" has 15 columns, and 12 is the most",
            ),
            ("word = \"本番本番本番本\"", "has 14 columns"),
            ("word = \" \"", "the word is empty"),
            ("word = \"\\u0301\"", "cannot be seen"),
            ("word = \"\\u001b[31m\"", "control character: \\x1b[31m"),
            ("word = 7", "a word is written in quotes, not as a number"),
            ("color = \"red\"", "there is no word"),
            (
                "word = \"X\", color = \"rot\"",
                "\"rot\" is no color: write a name such as red",
            ),
            ("word = \"X\", color = \"reset\"", "\"reset\" is no color"),
            ("word = \"X\", color = 256", "\"256\" is no color"),
            ("word = \"X\", color = true", "color: a name is needed"),
            ("words = \"X\"", "there are name, transfer, word and color"),
        ] {
            let found = entry(said).unwrap_err();
            assert!(found.starts_with("[accounts] 1111-2222-3333: "), "{found}");
            assert!(found.contains(wrong), "{said}: {found}");
        }
    }
}
