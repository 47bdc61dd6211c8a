//! Tables, as they are printed and as they stand in `RESULTS.md`.

use std::time::Duration;

/// A table that is printed in Markdown, so that it can be kept as it is.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Self { rows: vec![heads] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    /// Adds a row of somebody who could not be asked.
    pub(crate) fn missing(&mut self, who: &str, why: &str) {
        self.rows
            .push(vec![who.to_owned(), format!("not measured: {why}")]);
    }

    /// Prints it below a title.
    pub(crate) fn print(&self, title: &str) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        println!("\n{title}\n");
        for (n, row) in self.rows.iter().enumerate() {
            let cell = |(column, width): (usize, &usize)| {
                let text = row.get(column).map_or("", String::as_str);
                // Numbers stand below each other.
                if column == 0 {
                    format!("{text:<width$}")
                } else {
                    format!("{text:>width$}")
                }
            };
            let cells: Vec<String> = widths.iter().enumerate().map(cell).collect();
            println!("| {} |", cells.join(" | "));
            if n == 0 {
                let rule = |(column, width): (usize, &usize)| {
                    let end = if column == 0 { '-' } else { ':' };
                    format!("{}{end}", "-".repeat(width + 1))
                };
                let rules: Vec<String> = widths.iter().enumerate().map(rule).collect();
                println!("|{}|", rules.join("|"));
            }
        }
    }
}

/// Milliseconds, with one digit behind the point below ten.
pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1_000.0;
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.0} ms")
    }
}

/// Seconds, with two digits behind the point below ten.
pub(crate) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 10.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.0} s")
    }
}
