//! A text on top of everything.

use ratatui::Frame;

use crate::tui::{
    dialogs::frame::{dialog_frame, page_rows},
    known::context::Context,
    layout::{reader_area, within_border},
    pages::reader::state::Reader,
    text::prose::Prose,
    theme::Theme,
};

/// Draws an open text.
pub fn render(
    cx: &Context<'_>,
    reader: &Reader,
    text: &Prose,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    let area = reader_area(cx.areas.body);
    let inner = within_border(area);
    let rows = text.rows(usize::from(inner.width));
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
