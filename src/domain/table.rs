//! Files for other programs: tables as RFC 4180 has them, and JSON.

use serde_json::Value;

use crate::domain::text::{is_hostile, json_escaped, visible};

/// A table with its heads and rows, each of as many fields.
pub fn csv<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has as many fields.
    let _ = table.write_record(heads.map(field));
    for row in rows {
        let _ = table.write_record(row.each_ref().map(|it| field(it)));
    }
    let table = table.into_inner().unwrap_or_default();
    String::from_utf8(table).unwrap_or_default()
}

/// JSON to be read by people too. What could steer a terminal stands in its escaped form, which means the same.
pub fn json(value: &Value) -> String {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    // Between values nothing but line ends and blanks stands, and in texts JSON escapes line ends.
    json_escaped(&pretty, |c| c == '\n' || !is_hostile(c)) + "\n"
}

/// A field. What a spreadsheet would take for a formula gets a quote before it: also behind what some of them
/// take for the separator, whatever the quotes say.
fn field(field: &str) -> String {
    let mut plain = String::new();
    let mut begins = true;
    for c in visible(field).chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@') {
            plain.push('\'');
        }
        begins = matches!(c, ',' | ';' | '|') || begins && c == ' ';
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::field as written_as;

    #[test]
    fn json_steers_no_terminal_and_says_the_same() {
        let value =
            serde_json::json!({ "a\u{9b}2J": ["\u{1b}[2J\n", "\u{202e}x", "\u{e0001}", "ü→"] });
        let text = super::json(&value);
        let raw = |c: char| c != '\n' && crate::domain::text::is_hostile(c);
        assert!(!text.chars().any(raw), "{text}");
        assert!(text.contains("ü→"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn no_cell_is_a_formula_whatever_separates_cells() {
        for (field, written) in [
            ("=1+2", "'=1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("+1", "'+1"),
            (" =1", " '=1"),
            ("a;=1", "a;'=1"),
            ("a, =1", "a, '=1"),
            ("a|-1", "a|'-1"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
            ("a - b = c", "a - b = c"),
            ("access denied (iot:X)", "access denied (iot:X)"),
        ] {
            assert_eq!(written_as(field), written);
        }
    }
}
