//! One key, as it is written in a file and on the screen.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::text::visible;

/// A key with its modifiers. Shift is part of the character: `S` is not `s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyPress {
    code: KeyCode,
    control: bool,
    alt: bool,
}

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{}\" is not a key: write a character, or a name such as enter, esc, f5, ctrl-r",
    visible(.0)
)]
pub struct ParseKeyError(String);

/// The names of the keys that are no character.
const NAMES: [(&str, KeyCode); 17] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("minus", KeyCode::Char('-')),
];

/// The arrows, as they are shown and as words.
const ARROWS: [(&str, &str); 4] = [("↑", "Up"), ("↓", "Down"), ("←", "Left"), ("→", "Right")];

impl KeyPress {
    /// Whether it types a character where something can be typed.
    pub const fn types(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.control && !self.alt
    }

    /// The key as people name it: arrows in words where nothing beyond ASCII can be shown.
    pub fn named(self, ascii: bool) -> String {
        let text = self.to_string();
        let arrow = ARROWS
            .iter()
            .find(|(sign, _)| ascii && text.ends_with(sign));
        match arrow {
            Some((sign, word)) => text.replace(sign, word),
            None => text,
        }
    }

    /// Reads a key as `assets/keymap.toml` describes it.
    pub fn parse(text: &str) -> Result<Self, ParseKeyError> {
        let mut rest = text;
        let (mut control, mut alt) = (false, false);
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                control = true;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                alt = true;
                rest = after;
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            // A terminal sends the same byte for ctrl-a and ctrl-A.
            (Some(c), None) if !c.is_control() && control => KeyCode::Char(c.to_ascii_lowercase()),
            (Some(c), None) if !c.is_control() => KeyCode::Char(c),
            _ => named(rest).ok_or_else(|| ParseKeyError(text.to_owned()))?,
        };
        Ok(Self { code, control, alt })
    }
}

fn named(name: &str) -> Option<KeyCode> {
    let name = name.to_ascii_lowercase();
    let function = name
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok())
        .filter(|number| (1..=12).contains(number));
    match function {
        Some(number) => Some(KeyCode::F(number)),
        None => NAMES
            .iter()
            .find_map(|(known, code)| (*known == name).then_some(*code)),
    }
}

impl From<KeyEvent> for KeyPress {
    fn from(event: KeyEvent) -> Self {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        Self {
            code: match event.code {
                KeyCode::Char(c) if control => KeyCode::Char(c.to_ascii_lowercase()),
                // Some terminals report shift-tab as a shifted tab.
                KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
                other => other,
            },
            control,
            alt: event.modifiers.contains(KeyModifiers::ALT),
        }
    }
}

impl fmt::Display for KeyPress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::Up => f.write_str("↑"),
            KeyCode::Down => f.write_str("↓"),
            KeyCode::Left => f.write_str("←"),
            KeyCode::Right => f.write_str("→"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: KeyCode, modifiers: KeyModifiers) -> KeyPress {
        KeyEvent::new(code, modifiers).into()
    }

    #[test]
    fn what_is_written_is_what_is_typed() {
        let none = KeyModifiers::NONE;
        for (text, pressed) in [
            ("a", event(KeyCode::Char('a'), none)),
            ("S", event(KeyCode::Char('S'), KeyModifiers::SHIFT)),
            ("?", event(KeyCode::Char('?'), none)),
            ("ö", event(KeyCode::Char('ö'), none)),
            ("-", event(KeyCode::Char('-'), none)),
            ("enter", event(KeyCode::Enter, none)),
            ("F5", event(KeyCode::F(5), none)),
            ("ctrl-c", event(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            ("ctrl-C", event(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            ("ctrl--", event(KeyCode::Char('-'), KeyModifiers::CONTROL)),
            ("alt-x", event(KeyCode::Char('x'), KeyModifiers::ALT)),
            ("backtab", event(KeyCode::BackTab, KeyModifiers::SHIFT)),
            ("backtab", event(KeyCode::Tab, KeyModifiers::SHIFT)),
        ] {
            assert_eq!(KeyPress::parse(text), Ok(pressed), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        for bad in ["", "ctrl-", "f0", "f13", "entre", "ab", "\u{1b}", "shift-a"] {
            assert!(KeyPress::parse(bad).is_err(), "{bad}");
        }
        let error = KeyPress::parse("x\u{1b}[0m").unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'));
    }

    #[test]
    fn keys_are_shown_as_people_name_them() {
        let shown = |text: &str| KeyPress::parse(text).unwrap().to_string();
        assert_eq!(shown("ctrl-l"), "Ctrl-l");
        assert_eq!(shown("pageup"), "PgUp");
        assert_eq!(shown("space"), "Space");
        assert_eq!(shown("esc"), "Esc");
        assert_eq!(shown("f1"), "F1");
    }
}
