//! The words of a filter as it is typed.

use crate::domain::finding::finder::Finder;

/// Whether a letter stands between words.
fn divides(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')')
}

/// What stands before the word that the cursor is in, that word, and what stands behind it.
pub fn word_at(filter: &str, cursor: usize) -> (&str, &str, &str) {
    let at = filter.char_indices().nth(cursor);
    let (before, after) = filter.split_at(at.map_or(filter.len(), |(at, _)| at));
    let begins = before.trim_end_matches(|c| !divides(c)).len();
    let rest = after.trim_start_matches(|c| !divides(c)).len();
    let ends = filter.len().saturating_sub(rest);
    let (before, word) = filter.split_at(begins);
    let (word, after) = word.split_at(ends.saturating_sub(begins));
    (before, word, after)
}

/// A filter with a word that AWS finds by, in the place of others like it. Where words do not simply stand beside each
/// other, it is added to all of them.
pub fn with_word(filter: &str, word: &Finder) -> String {
    let joins = |it: &str| matches!(it.to_ascii_lowercase().as_str(), "or" | "not" | "and");
    let divided = filter.contains(['(', ')', '"']);
    if divided || filter.split_whitespace().any(joins) {
        return format!("({}) {word}", filter.trim());
    }
    let others = filter.split_whitespace();
    let others = others.filter(|it| Finder::parse(it).is_none());
    let words: Vec<String> = others
        .map(str::to_owned)
        .chain([word.to_string()])
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_the_cursor_is_in_is_found_whatever_the_blanks_are() {
        for (filter, cursor, wanted) in [
            ("", 0, ("", "", "")),
            ("pre", 3, ("", "pre", "")),
            ("a pre line", 4, ("a ", "pre", " line")),
            ("a pre line", 2, ("a ", "pre", " line")),
            ("a pre line", 1, ("", "a", " pre line")),
            ("a ", 2, ("a ", "", "")),
            ("a\u{3000}grüße b", 3, ("a\u{3000}", "grüße", " b")),
            ("a\u{a0}", 2, ("a\u{a0}", "", "")),
            ("pre", 9, ("", "pre", "")),
            ("(not thing:pre) b", 10, ("(not ", "thing:pre", ") b")),
            ("(", 1, ("(", "", "")),
        ] {
            assert_eq!(word_at(filter, cursor), wanted, "{filter:?} {cursor}");
        }
    }

    #[test]
    fn one_finder_takes_the_place_of_another_and_other_words_stay() {
        let word = Finder::Policy("base".to_owned());
        for (filter, wanted) in [
            ("", "policy:base"),
            ("a or group:x ", "(a or group:x) policy:base"),
            ("not type:x", "(not type:x) policy:base"),
            ("(a b)", "((a b)) policy:base"),
            ("status:active  3f", "status:active 3f policy:base"),
            (
                "group:lyon/ status:active thing:",
                "status:active policy:base",
            ),
        ] {
            assert_eq!(with_word(filter, &word), wanted);
        }
    }
}
