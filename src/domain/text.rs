//! Foreign text made harmless, and text fitted to columns.
//!
//! Thing names, transfer messages, reject reasons and error messages come from another account or
//! from a file. They pass through [`visible`] before they reach a terminal, a log or a file.

use std::{borrow::Cow, fmt::Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Whether a character could move the cursor, change the terminal's state or reorder the text
/// around it: control characters, line and paragraph separators, zero-width and bidirectional
/// format characters.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `1 policy`, `2 policies`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `3 policies and 1 thing`; `None` when there are neither.
pub fn counted_attachments(policies: usize, things: usize) -> Option<String> {
    let counts = [
        (policies, "policy", "policies"),
        (things, "thing", "things"),
    ];
    let counts = counts.into_iter().filter(|(n, ..)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, one, many)| counted(n, one, many)).collect();
    (!counts.is_empty()).then(|| counts.join(" and "))
}

/// The text with every hostile character written out: `\n`, `\t`, `\x1b`, `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len().saturating_add(8));
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_hostile(c) && u32::from(c) < 0x100 => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_hostile(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// JSON in which every character that is not to be kept stands in its escaped form, which means the same. Only
/// where a text is may there be any.
pub fn json_escaped(json: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if keeps(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// The columns a text takes on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to `columns`, the last of which is `…` when something was cut.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut used = 0_usize;
    let room = columns.saturating_sub(1);
    for cluster in text.graphemes(true) {
        used = used.saturating_add(width(cluster));
        if used > room {
            break;
        }
        kept.push_str(cluster);
    }
    if columns > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// Whether a text contains a word that is in lower case. Allocates nothing for a text in ASCII: it runs for every row
/// at every key.
pub fn contains(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return true;
    }
    if text.is_ascii() {
        let word = word.as_bytes();
        let mut windows = text.as_bytes().windows(word.len());
        return windows.any(|window| window.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}

/// The text broken into lines of at most `columns`, at spaces where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, columns, &mut lines);
    }
    lines
}

fn wrap_paragraph(paragraph: &str, columns: usize, lines: &mut Vec<String>) {
    let indent: String = paragraph.chars().take_while(|c| *c == ' ').collect();
    let mut line = String::new();
    for word in paragraph.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        let fits = width(&line).saturating_add(width(bare)) <= columns;
        if !fits && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            // A continued line starts below the first word, when that leaves room.
            line = if width(&indent).saturating_mul(2) < columns {
                indent.clone()
            } else {
                String::new()
            };
        }
        if width(&line).saturating_add(width(bare)) <= columns {
            line.push_str(word);
            continue;
        }
        for cluster in word.graphemes(true) {
            if width(&line).saturating_add(width(cluster)) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(cluster);
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// A text with a capital letter at its start.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_written_out() {
        assert_eq!(visible("plain, héllo 世界"), "plain, héllo 世界");
        assert_eq!(visible("a\u{1b}[31mb"), "a\\x1b[31mb");
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
        assert_eq!(visible("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(visible("\u{9b}31m"), "\\x9b31m");
    }

    #[test]
    fn cutting_respects_wide_characters() {
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 3), "ab…");
        assert_eq!(fit("世界", 3), "世…");
        assert_eq!(fit("世界", 2), "…");
        assert_eq!(fit("abc", 0), "");
        for columns in 0..12 {
            assert!(width(&fit("e\u{301}世a界👩‍👩‍👧 x", columns)) <= columns);
        }
    }

    #[test]
    fn wrapping_loses_no_word() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("  key value", 7), ["  key", "  value"]);
        assert_eq!(wrap("", 0), [""]);
        for columns in 0..20 {
            let text = "The certificate 3f2a917c goes to 世界 fleet-eu.";
            let lines = wrap(text, columns);
            let joined: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            let expected: String = text.chars().filter(|c| *c != ' ').collect();
            assert_eq!(joined, expected, "{columns}");
            assert!(lines.iter().all(|line| width(line) <= columns.max(2)));
        }
    }

    #[test]
    fn a_continued_line_is_indented_where_that_leaves_room() {
        assert_eq!(wrap("  aa bb", 5), ["  aa", "  bb"]);
        assert_eq!(wrap("  aa bb", 4), ["  aa", "bb"]);
    }
}
