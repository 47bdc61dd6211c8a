//! A text to read: what it says is decided here, how it looks in the view.

use std::cmp::min;

use crate::domain::text;

/// What a line is, for the view to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// A heading.
    Heading,
    /// Less important than the rest.
    Quiet,
    /// Went well, or is as it should be.
    Good,
    /// Went wrong.
    Bad,
    /// Needs a second look before it is done, and is no failure: what is lost, who is cut off.
    Warn,
    /// Is still to do.
    Todo,
    /// A line of a difference that is there only now.
    Added,
    /// A line of a difference that was there only before.
    Removed,
}

/// A paragraph, or a label with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseLine {
    /// What stands in the first column; one that is too wide for it has a row of its own.
    pub label: Option<String>,
    /// The text. Everything foreign in it is visible already.
    pub text: String,
    /// What it is.
    pub role: Role,
    /// Of a line of a document: how many bytes stand before its text, and what stands before the rows that it goes on
    /// with.
    pub again: Option<(usize, String)>,
    /// Its number in its document. It is not copied.
    pub number: Option<usize>,
}

/// A drawn row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseRow {
    /// The label, on the first row of its line.
    pub label: String,
    /// The part of the text on this row.
    pub text: String,
    /// What the line is.
    pub role: Role,
    /// Which line of the text it is of.
    pub line: usize,
}

/// The narrowest page on which lines are numbered.
const NUMBERED: usize = 30;

/// The width of the labels' column, with the gap behind it.
pub const LABEL_COLUMNS: usize = 12;

impl ProseLine {
    /// Its text in rows of at most so many columns.
    fn wrapped(&self, columns: usize) -> Vec<String> {
        let Some((before, again)) = &self.again else {
            return text::wrap(&self.text, columns);
        };
        let (first, rest) = self
            .text
            .split_at_checked(*before)
            .unwrap_or(("", &self.text));
        let widest = text::width(first).max(text::width(again));
        // On a narrow screen the text itself needs the room.
        if text::width(&self.text) <= columns || widest > columns / 2 {
            return text::wrap(&self.text, columns);
        }
        let rows = text::wrap(rest, columns.saturating_sub(widest)).into_iter();
        let before = |n: usize| if n == 0 { first } else { again };
        rows.enumerate()
            .map(|(n, row)| format!("{}{row}", before(n)))
            .collect()
    }
}

/// How far in the rows stand at most that a line of a document goes on with.
const DEEPEST: usize = 20;

/// A text to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    lines: Vec<ProseLine>,
}

impl Prose {
    /// Adds a paragraph.
    pub fn text(&mut self, role: Role, text: impl Into<String>) {
        self.lines.push(ProseLine {
            label: None,
            text: text.into(),
            role,
            again: None,
            number: None,
        });
    }

    /// Adds a document whose lines are numbered. Everything foreign in it is visible already.
    pub fn document<L: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = L>) {
        for (line, number) in lines.into_iter().zip(1..) {
            self.line(Role::Plain, "", line.as_ref());
            if let Some(line) = self.lines.last_mut() {
                line.number = Some(number);
            }
        }
    }

    /// Adds a line of a document: the rows that it goes on with stand further in, behind the same sign.
    pub fn line(&mut self, role: Role, sign: &str, text: &str) {
        let indent = text
            .len()
            .saturating_sub(text.trim_start_matches(' ').len());
        let further = " ".repeat(indent.min(DEEPEST).saturating_add(2));
        self.lines.push(ProseLine {
            label: None,
            text: format!("{sign}{text}"),
            role,
            again: Some((
                sign.len().saturating_add(indent),
                format!("{sign}{further}"),
            )),
            number: None,
        });
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.text(Role::Plain, "");
    }

    /// Adds a label with its value.
    pub fn fact(&mut self, label: &str, value: impl Into<String>) {
        self.labelled(label, Role::Plain, value);
    }

    /// Adds a label with its value and a role.
    pub fn labelled(&mut self, label: &str, role: Role, value: impl Into<String>) {
        self.lines.push(ProseLine {
            label: Some(label.to_owned()),
            text: value.into(),
            role,
            again: None,
            number: None,
        });
    }

    /// Adds a label with its value, when there is one.
    pub fn fact_if(&mut self, label: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.fact(label, value);
        }
    }

    /// The lines.
    pub fn lines(&self) -> &[ProseLine] {
        &self.lines
    }

    /// The page as rows of at most `columns`.
    pub fn rows(&self, columns: usize) -> Vec<ProseRow> {
        let mut rows = Vec::new();
        let last = self.lines.iter().filter_map(|line| line.number).max();
        let last = last.filter(|_| columns >= NUMBERED);
        let digits = last.map_or(0, |last| last.to_string().len());
        for (at, line) in self.lines.iter().enumerate() {
            let number = line.number.filter(|_| digits > 0);
            let taken = match &line.label {
                // Where labels would leave too little room they get rows of their own.
                Some(label)
                    if columns < LABEL_COLUMNS.saturating_mul(2)
                        || text::width(label) >= LABEL_COLUMNS =>
                {
                    rows.extend(
                        text::wrap(label, columns)
                            .into_iter()
                            .map(|label| ProseRow {
                                label,
                                text: String::new(),
                                role: line.role,
                                line: at,
                            }),
                    );
                    2
                }
                Some(_) => LABEL_COLUMNS,
                None if number.is_some() => digits.saturating_add(2),
                None => 0,
            };
            let room = columns.saturating_sub(taken);
            for (i, part) in line.wrapped(room).into_iter().enumerate() {
                let label = match &line.label {
                    Some(label) if i == 0 && taken == LABEL_COLUMNS => {
                        let gap = LABEL_COLUMNS.saturating_sub(text::width(label));
                        format!("{label}{}", " ".repeat(gap))
                    }
                    Some(_) => " ".repeat(taken),
                    None => match number {
                        Some(number) if i == 0 => format!("{number:>digits$}  "),
                        _ => " ".repeat(taken),
                    },
                };
                rows.push(ProseRow {
                    label,
                    text: part,
                    role: line.role,
                    line: at,
                });
            }
        }
        rows
    }

    /// The page as a text to copy.
    pub fn plain(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| match &line.label {
                Some(label) => format!("{label}: {}", line.text),
                None => line.text.clone(),
            })
            .collect();
        lines.join("\n")
    }
}

/// How far a text is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll(usize);

impl Scroll {
    /// The first row to draw of `rows`, when `height` of them fit.
    pub fn top(self, rows: usize, height: usize) -> usize {
        min(self.0, rows.saturating_sub(height))
    }

    /// Brings a row into sight, in the middle when it is not there yet.
    pub fn show(&mut self, row: usize, rows: usize, height: usize) {
        let top = self.top(rows, height);
        if row < top || row >= top.saturating_add(height) {
            self.0 = row
                .saturating_sub(height / 2)
                .min(rows.saturating_sub(height));
        }
    }

    /// Moves by rows, within what there is.
    pub fn by(&mut self, rows_down: isize, rows: usize, height: usize) {
        let top = self.top(rows, height);
        self.0 = min(
            top.saturating_add_signed(rows_down),
            rows.saturating_sub(height),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_wrapped_beside_its_label() {
        let mut page = Prose::default();
        page.fact("Owner", "one two three four five");
        let rows = page.rows(26);
        assert_eq!(rows[0].label, "Owner       ");
        assert_eq!(rows[0].text, "one two three");
        assert_eq!(rows[1].label, " ".repeat(12));
        assert_eq!(rows[1].text, "four five");
        let narrow = page.rows(20);
        assert_eq!(
            (narrow[0].label.as_str(), narrow[0].text.as_str()),
            ("Owner", "")
        );
        assert_eq!(narrow[1].text, "one two three four");
    }

    #[test]
    fn a_line_of_a_document_goes_on_further_in_behind_its_sign() {
        let text = "    \"Resource\": \"arn:aws:iot:us-east-1:111122223333:topic/a\"";
        for sign in ["", "  ", "- ", "+ "] {
            let mut page = Prose::default();
            page.line(Role::Bad, sign, text);
            let rows = |columns| {
                let rows = page.rows(columns).into_iter().map(|row| row.text);
                rows.collect::<Vec<_>>()
            };
            assert_eq!(rows(80), [format!("{sign}{text}")]);
            let narrow = rows(36);
            assert!(narrow.len() > 2, "{narrow:?}");
            let (first, others) = narrow.split_first().unwrap();
            assert!(
                first.starts_with(&format!("{sign}    \"Resource")),
                "{narrow:?}"
            );
            let again = format!("{sign}      ");
            let goes_on = |row: &String| {
                let rest = row.strip_prefix(&again);
                rest.is_some_and(|rest| !rest.starts_with(' '))
            };
            assert!(others.iter().all(goes_on), "{narrow:?}");
            // Everything is there, in its order.
            let bare = |row: &String| row.strip_prefix(sign).unwrap().trim().replace(' ', "");
            let whole: String = narrow.iter().map(bare).collect();
            assert_eq!(whole, text.replace(' ', ""));
            for columns in 8..90 {
                let wide = |row: &String| text::width(row) > columns;
                assert!(
                    !rows(columns).iter().any(wide),
                    "{columns}: {:?}",
                    rows(columns)
                );
            }
        }
    }

    #[test]
    fn lines_of_a_document_are_numbered_and_copied_without_numbers() {
        let mut page = Prose::default();
        page.text(Role::Plain, "Version 3");
        page.document((1..=12).map(|n| format!("  \"line\": {n} of a document that is long")));
        let rows = page.rows(36);
        let row = |n: usize| format!("{}{}", rows[n].label, rows[n].text);
        assert_eq!(row(0), "Version 3");
        assert_eq!(row(1), " 1    \"line\": 1 of a document that");
        assert_eq!(row(2), "        is long");
        assert_eq!(row(23), "12    \"line\": 12 of a document");
        assert_eq!(rows[2].line, 1);
        assert!(
            page.plain()
                .contains("\n  \"line\": 1 of a document that is long\n")
        );
        // Where there is little room the text has it.
        assert_eq!(page.rows(20)[1].label, "");
    }

    #[test]
    fn a_wide_label_is_not_cut() {
        let mut page = Prose::default();
        page.fact("an-attribute-with-a-long-name", "value");
        let rows = page.rows(60);
        assert_eq!(rows[0].label, "an-attribute-with-a-long-name");
        assert_eq!(
            (rows[1].label.as_str(), rows[1].text.as_str()),
            ("  ", "value")
        );
    }

    #[test]
    fn scrolling_ends_where_the_text_ends() {
        let mut scroll = Scroll::default();
        scroll.by(isize::MAX, 100, 10);
        assert_eq!(scroll.top(100, 10), 90);
        scroll.by(-1, 100, 10);
        assert_eq!(scroll.top(100, 10), 89);
        assert_eq!(scroll.top(5, 10), 0);
        scroll.by(isize::MIN, 100, 10);
        assert_eq!(scroll.top(100, 10), 0);
    }
}
