//! A drawn screen for terminals that show nothing beyond ASCII.

use ratatui::{buffer::Buffer, layout::Position};

use crate::domain::ascii;

/// Draws over what is beyond ASCII, cell by cell, after everything else was drawn: nothing can be missed. The
/// columns stay as they are.
pub fn to_ascii(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buffer.cell_mut(Position::new(x, y)) else {
                continue;
            };
            if cell.symbol().is_ascii() {
                continue;
            }
            let shown = ascii(cell.symbol()).into_owned();
            let mut columns = shown.chars();
            cell.set_char(columns.next().unwrap_or('?'));
            // A wide character stands in its first cell, and the next one is empty.
            for (c, x) in columns.zip(x.saturating_add(1)..area.right()) {
                if let Some(cell) = buffer.cell_mut(Position::new(x, y)) {
                    cell.set_char(c);
                }
            }
        }
    }
}
