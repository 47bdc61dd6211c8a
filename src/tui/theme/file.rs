//! A theme's file. Pure: the text comes in, the mistakes go out together, each with its line.

use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    config::Mistake,
    domain::text::visible,
    tui::theme::looks::{LOOKS, Theme},
};

/// The attributes that a look may have.
const ATTRIBUTES: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// What a theme's file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeFile {
    /// The theme that it goes on from.
    pub inherits: Option<String>,
    looks: Vec<(String, LookParts)>,
}

/// What is said of one look; what is not said stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct LookParts {
    fg: Option<Color>,
    bg: Option<Color>,
    attributes: Option<Modifier>,
}

/// A part of a file with what is wrong about it.
type Wrong = (Range<usize>, String);

impl ThemeFile {
    /// Reads a theme's file.
    ///
    /// # Errors
    ///
    /// Every mistake in the text, with its line.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut wrong: Vec<Wrong> = errors
            .iter()
            .map(|error| {
                (
                    error.span().unwrap_or(0..0),
                    visible(error.message()).into_owned(),
                )
            })
            .collect();
        let mut file = Self::default();
        // What stands behind a mistake of the syntax may not be what was meant.
        if wrong.is_empty() {
            for (name, value) in table.into_inner() {
                file.take(name.as_ref(), &value, &name.span(), &mut wrong);
            }
        }
        if wrong.is_empty() {
            return Ok(file);
        }
        wrong.sort_by_key(|(span, _)| span.start);
        let said = wrong.into_iter().map(|(span, what)| {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count().saturating_add(1);
            Mistake(format!("line {line}: {what}"))
        });
        Err(said.collect())
    }

    /// Takes one line of the file.
    fn take(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        at: &Range<usize>,
        wrong: &mut Vec<Wrong>,
    ) {
        let shown = visible(name);
        if name == "inherits" {
            match value.get_ref() {
                DeValue::String(of) => self.inherits = Some(of.to_string()),
                _ => wrong.push((
                    value.span(),
                    "inherits: the name of a theme is needed".to_owned(),
                )),
            }
            return;
        }
        if !LOOKS.iter().any(|(known, _)| *known == name) {
            let names: Vec<&str> = LOOKS.iter().map(|(name, _)| *name).collect();
            let names = names.join(", ");
            let what = format!("{shown}: there is no such look; there are inherits, {names}");
            return wrong.push((at.clone(), what));
        }
        let DeValue::Table(parts) = value.get_ref() else {
            let what = format!(
                "{shown}: {{ fg = \"red\", bg = \"#ffffff\", attributes = [\"bold\"] }} is needed, or a part of it"
            );
            return wrong.push((value.span(), what));
        };
        let mut look = LookParts::default();
        for (part, value) in parts {
            let read = match part.get_ref().as_ref() {
                "fg" => colour(value).map(|it| look.fg = Some(it)),
                "bg" => colour(value).map(|it| look.bg = Some(it)),
                "attributes" => attributes(value).map(|it| look.attributes = Some(it)),
                other => {
                    let other = visible(other);
                    let what =
                        format!("{other}: there is no such part; there are fg, bg and attributes");
                    Err(vec![(part.span(), what)])
                }
            };
            let found = read.err().into_iter().flatten();
            wrong.extend(found.map(|(span, what)| (span, format!("{shown}: {what}"))));
        }
        self.looks.push((name.to_owned(), look));
    }

    /// Changes what the file names in a theme, and nothing else.
    pub fn apply(&self, theme: &mut Theme) {
        for (name, parts) in &self.looks {
            let Some(look) = theme.look_mut(name) else {
                continue;
            };
            *look = Style {
                fg: parts.fg.or(look.fg),
                bg: parts.bg.or(look.bg),
                add_modifier: parts.attributes.unwrap_or(look.add_modifier),
                ..*look
            };
        }
    }

    /// The names of the looks that the file says anything of.
    #[cfg(test)]
    pub(super) fn names(&self) -> Vec<&str> {
        self.looks.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// A colour: a name of the 16, `"#rrggbb"`, a number of the 256, or `"reset"`.
fn colour(value: &Spanned<DeValue<'_>>) -> Result<Color, Vec<Wrong>> {
    let said = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    said.parse().map_err(|_| {
        let what = format!(
            "\"{}\" is no colour: write a name such as red or light-blue, \"#rrggbb\", a number from 0 to 255, or reset",
            visible(&said)
        );
        vec![(value.span(), what)]
    })
}

/// A list of attributes.
fn attributes(value: &Spanned<DeValue<'_>>) -> Result<Modifier, Vec<Wrong>> {
    let names = ATTRIBUTES.map(|(name, _)| name).join(", ");
    let DeValue::Array(words) = value.get_ref() else {
        let what = format!("a list of attributes is needed; there are {names}");
        return Err(vec![(value.span(), what)]);
    };
    let mut all = Modifier::empty();
    let mut wrong = Vec::new();
    for word in words {
        let text = word.get_ref().as_str().unwrap_or_default();
        if let Some((_, attribute)) = ATTRIBUTES.iter().find(|(name, _)| *name == text) {
            all |= *attribute;
        } else {
            let text = visible(text);
            let what = format!("\"{text}\" is no attribute; there are {names}");
            wrong.push((word.span(), what));
        }
    }
    if wrong.is_empty() {
        Ok(all)
    } else {
        Err(wrong)
    }
}
