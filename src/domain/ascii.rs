//! Text for terminals and locales that show nothing beyond ASCII.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::text::width;

/// The text in ASCII, as wide as before. The symbols that certferry uses stay apart from each other; anything else
/// is a `?` for each of its columns.
pub fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        let mut chars = cluster.chars();
        match (chars.next(), chars.next()) {
            _ if cluster.is_ascii() => shown.push_str(cluster),
            (Some(c), None) if let Some(known) = symbol(c) => shown.push(known),
            _ => shown.extend(std::iter::repeat_n('?', width(cluster))),
        }
    }
    Cow::Owned(shown)
}

/// Symbols, each group with what stands for them.
const SYMBOLS: [(&str, char); 22] = [
    ("●", '@'),
    ("○", 'o'),
    ("→", '}'),
    ("←", '{'),
    ("⇄↔", '='),
    ("↑", '^'),
    ("↓", '_'),
    ("…", '~'),
    ("·–—−─━═", '-'),
    ("✓", 'v'),
    ("✗", 'x'),
    ("‘’", '\''),
    ("“”", '"'),
    ("│┃║▏▎▍▌▐", '|'),
    ("░", '.'),
    ("█▓▒", '#'),
    // The steps of a sparkline.
    ("▁", '_'),
    ("▂", '.'),
    ("◌▃", ':'),
    ("▄", '-'),
    ("▅", '='),
    ("×▇", '*'),
];

/// What stands for a symbol.
fn symbol(c: char) -> Option<char> {
    let known = SYMBOLS.iter().find(|(symbols, _)| symbols.contains(c));
    match (known, c) {
        (Some((_, shown)), _) => Some(*shown),
        // The other borders are corners and crossings.
        (None, '\u{2500}'..='\u{257f}' | '▆') => Some('+'),
        _ => None,
    }
}

/// Whether a locale shows text beyond ASCII, by the variables that say it, the strongest first: `LC_ALL`, `LC_CTYPE`,
/// `LANG`. One that is empty says nothing. Without any it is the locale C, which does not.
pub fn shows_unicode(variables: [Option<&str>; 3]) -> bool {
    let said = variables.into_iter().flatten().find(|it| !it.is_empty());
    let Some(said) = said else {
        return false;
    };
    let (_, set) = said.split_once('.').unwrap_or(("", said));
    let set = set.split('@').next().unwrap_or_default();
    set.eq_ignore_ascii_case("utf-8") || set.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_stay_apart() {
        let symbols = ['●', '○', '→', '←', '⇄', '…', '·', '✓', '✗', '>', '◌', '↑'];
        let mut shown: Vec<String> = symbols
            .iter()
            .map(|it| ascii(&it.to_string()).into_owned())
            .collect();
        assert!(
            shown.iter().all(|it| it.is_ascii() && it.len() == 1),
            "{shown:?}"
        );
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), symbols.len(), "{shown:?}");
    }

    #[test]
    fn foreign_text_keeps_its_columns() {
        for (text, shown) in [
            ("plain", "plain"),
            ("Büro", "B?ro"),
            ("Bu\u{308}ro", "B?ro"),
            ("世界", "????"),
            ("→ Transferred…", "} Transferred~"),
            ("┌─┐", "+-+"),
            ("👩\u{200d}🏭", "??"),
        ] {
            assert_eq!(ascii(text), shown);
            assert_eq!(width(&ascii(text)), width(text), "{text}");
        }
    }

    #[test]
    fn a_locale_shows_unicode_when_its_set_is_utf_8() {
        let lang = |lang| shows_unicode([None, Some(""), Some(lang)]);
        for yes in [
            "en_US.UTF-8",
            "C.UTF-8",
            "C.utf8",
            "de_DE.utf8@euro",
            "UTF-8",
        ] {
            assert!(lang(yes), "{yes}");
        }
        for no in [
            "C",
            "POSIX",
            "",
            "de_DE.ISO-8859-1",
            "de_DE@euro",
            "en_US",
            "ja_JP.eucJP",
        ] {
            assert!(!lang(no), "{no}");
        }
        assert!(!shows_unicode([None, None, None]));
        assert!(!shows_unicode([
            Some("C"),
            Some("C.UTF-8"),
            Some("C.UTF-8")
        ]));
        assert!(shows_unicode([Some(""), Some("C.UTF-8"), Some("C")]));
    }
}
