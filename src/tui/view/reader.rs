//! A text on top of everything.

use ratatui::Frame;

use crate::tui::{App, areas, dialog::Reader, pages};

use super::{Theme, dialog_frame, page_rows};

/// Draws an open text.
pub(super) fn render(app: &App, reader: &Reader, theme: &Theme, frame: &mut Frame<'_>) {
    let area = areas::reader_area(app.areas().body);
    let inner = areas::within_border(area);
    let rows = pages::reader(app, reader).rows(usize::from(inner.width));
    let height = usize::from(inner.height);
    let top = reader.scroll.top(rows.len(), height);
    let footer = if rows.len() > height {
        let last = top.saturating_add(height).min(rows.len());
        format!("{}–{last} of {}", top.saturating_add(1), rows.len())
    } else {
        String::new()
    };
    let inside = dialog_frame(&reader.title, &footer, theme, frame, area);
    page_rows(rows, top, theme, frame, inside);
}
