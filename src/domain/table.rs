//! Tables for other programs: CSV as RFC 4180 has it.

use crate::domain::text::visible;

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
