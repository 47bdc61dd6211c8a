//! Finding words in a text: where they stand in its rows, whatever was wrapped.

use std::ops::Range;

use crate::tui::text::prose::{Prose, ProseRow};

/// What is looked for in an open text.
#[derive(Debug, Clone, Default)]
pub struct TextSearch {
    /// As it is typed.
    pub typed: String,
    /// Whether it is being typed.
    pub typing: bool,
    /// Which of the places is the one that was gone to.
    pub at: usize,
}

/// A place in a text with what is looked for: the parts of rows that it takes, as bytes of their labels or texts. One
/// that was wrapped takes several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The parts, by their rows.
    pub parts: Vec<HitPart>,
}

/// A part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitPart {
    /// The row.
    pub row: usize,
    /// Whether it is in the label, or else in the text.
    pub in_label: bool,
    /// Its bytes.
    pub bytes: Range<usize>,
}

impl Hit {
    /// The row in which it begins.
    pub fn row(&self) -> usize {
        self.parts.first().map_or(0, |part| part.row)
    }
}

/// A letter, so that big and small ones are the same.
fn folded(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Where a text has these letters: the numbers of its letters, from and to.
fn places(text: &[char], wanted: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0_usize;
    while let Some(rest) = text.get(from..).filter(|rest| rest.len() >= wanted.len()) {
        if rest.starts_with(wanted) {
            let to = from.saturating_add(wanted.len());
            found.push(from..to);
            from = to;
        } else {
            from = from.saturating_add(1);
        }
    }
    found
}

/// Where a letter of a line stands: its row and its bytes there.
type LetterPlace = Option<(usize, Range<usize>)>;

/// Where each letter of a line stands in the rows into which it was wrapped. A blank at which it was wrapped stands
/// nowhere.
fn letters(line: &str, rows: &[(usize, &str)]) -> Vec<LetterPlace> {
    let mut places = Vec::new();
    let mut rows = rows.iter();
    let mut row = rows.next();
    let mut left = row.map_or("", |(_, text)| *text).char_indices().peekable();
    'line: for c in line.chars() {
        loop {
            match (left.peek().copied(), row) {
                (Some((at, letter)), Some((number, _))) if letter == c => {
                    let end = at.saturating_add(letter.len_utf8());
                    places.push(Some((*number, at..end)));
                    left.next();
                    continue 'line;
                }
                // What a row that goes on begins with.
                (Some((_, ' ')), Some(_)) => {
                    left.next();
                }
                _ if c == ' ' => {
                    places.push(None);
                    continue 'line;
                }
                (None, Some(_)) => {
                    row = rows.next();
                    left = row.map_or("", |(_, text)| *text).char_indices().peekable();
                }
                _ => {
                    places.push(None);
                    continue 'line;
                }
            }
        }
    }
    places
}

/// The parts of rows that these letters take.
fn parts(letters: &[LetterPlace], in_label: bool) -> Vec<HitPart> {
    let mut parts: Vec<HitPart> = Vec::new();
    for (row, bytes) in letters.iter().flatten() {
        match parts.last_mut() {
            Some(last) if last.row == *row => last.bytes.end = bytes.end,
            _ => parts.push(HitPart {
                row: *row,
                in_label,
                bytes: bytes.clone(),
            }),
        }
    }
    parts
}

/// Every place in a page with this text, from the top; `rows` are those of the page.
pub fn hits(page: &Prose, rows: &[ProseRow], typed: &str) -> Vec<Hit> {
    let wanted: Vec<char> = typed.trim().chars().map(folded).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rows = rows.iter().enumerate().peekable();
    for (number, line) in page.lines().iter().enumerate() {
        let mut of_line: Vec<(usize, &ProseRow)> = Vec::new();
        while let Some(row) = rows.next_if(|(_, row)| row.line == number) {
            of_line.push(row);
        }
        let mut within = |text: &str, in_label: bool, rows: &[(usize, &str)]| {
            let folded: Vec<char> = text.chars().map(folded).collect();
            let found_here = places(&folded, &wanted);
            if found_here.is_empty() {
                return;
            }
            let letters = letters(text, rows);
            for place in found_here {
                let parts = parts(letters.get(place).unwrap_or_default(), in_label);
                if !parts.is_empty() {
                    found.push(Hit { parts });
                }
            }
        };
        if let Some(label) = &line.label {
            let labels: Vec<(usize, &str)> = of_line
                .iter()
                .map(|(n, row)| (*n, row.label.as_str()))
                .collect();
            within(label, true, &labels);
        }
        let texts: Vec<(usize, &str)> = of_line
            .iter()
            .map(|(n, row)| (*n, row.text.as_str()))
            .collect();
        within(&line.text, false, &texts);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::text::prose::Role;

    /// What is found, as the rows show it.
    fn found(page: &Prose, columns: usize, typed: &str) -> Vec<Vec<String>> {
        let rows = page.rows(columns);
        let part = |part: &HitPart| {
            let row = &rows[part.row];
            let text = if part.in_label { &row.label } else { &row.text };
            text.get(part.bytes.clone()).unwrap().to_owned()
        };
        let hits = hits(page, &rows, typed);
        let parts = |hit: &Hit| hit.parts.iter().map(part).collect();
        hits.iter().map(parts).collect()
    }

    #[test]
    fn what_was_wrapped_is_found_too() {
        let mut page = Prose::default();
        page.text(Role::Plain, "Nothing here is what you look for, says Größe");
        page.fact("Resource", "arn:aws:iot:us-east-1:111122223333:topic/lyon");
        page.line(
            Role::Plain,
            "",
            "    \"Effect\": \"Allow\" everything to everyone",
        );
        assert_eq!(found(&page, 80, "GRÖSSE").len(), 0);
        assert_eq!(found(&page, 80, "größe"), [["Größe"]]);
        assert_eq!(found(&page, 80, "resource"), [["Resource"]]);
        assert_eq!(found(&page, 80, "zzz").len(), 0);
        assert_eq!(found(&page, 80, "  ").len(), 0);
        assert_eq!(
            found(&page, 80, "e").len(),
            page.plain().matches(['e', 'E']).count()
        );
        for columns in 14..90 {
            for wanted in ["111122223333:topic", "look for, says", "allow\" every"] {
                let found = found(&page, columns, wanted);
                assert_eq!(found.len(), 1, "{wanted} in {columns}");
                let joined: String = found[0].concat().to_lowercase().replace(' ', "");
                assert_eq!(joined, wanted.replace(' ', ""), "{columns}");
            }
        }
    }

    #[test]
    fn every_place_is_found_once() {
        let mut page = Prose::default();
        page.text(Role::Plain, "aaaa");
        page.gap();
        page.fact("aa", "b aa");
        let rows = page.rows(60);
        let rows: Vec<usize> = hits(&page, &rows, "aa").iter().map(Hit::row).collect();
        assert_eq!(rows, [0, 0, 2, 2]);
    }
}
