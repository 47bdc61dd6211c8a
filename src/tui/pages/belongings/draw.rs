//! The page as it is drawn: parts under headings, a row each, one with the cursor.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::text::{fit, width},
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        known::context::Context,
        layout::reader_area,
        pages::belongings::{
            state::BelongingsView,
            words::{first_column, heading, progress, row, title, trouble},
        },
        theme::Theme,
    },
};

/// Draws the open page.
pub fn render(cx: &Context<'_>, view: &BelongingsView, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let inside = dialog_frame(&title(view), &progress(cx, view), theme, frame, area);
    let room = usize::from(inside.width);
    let rows = view.rows();
    if let Some(trouble) = trouble(cx, view) {
        return page_rows(trouble.rows(room), 0, theme, frame, inside);
    }
    if rows.is_empty() {
        frame.render_widget(Line::styled("Reading…", theme.quiet), inside);
        return;
    }
    let at = view.position(&rows);
    let columns = [true, false].map(|counts| first_column(view, &rows, counts).min(room / 3));
    let mut lines: Vec<(Option<usize>, Line<'_>)> = Vec::new();
    let mut before = None;
    for (n, key) in rows.iter().enumerate() {
        if let Some(heading) = heading(cx, view, before, key) {
            if before.is_some() {
                lines.push((None, Line::default()));
            }
            let heading = fit(&heading, room).into_owned();
            lines.push((None, Line::styled(heading, theme.heading)));
        }
        before = Some(key);
        let (first, role, text) = row(view, key);
        let [of_counts, of_names] = columns;
        let column = if key.counts() { of_counts } else { of_names };
        let first = fit(&first, column).into_owned();
        let gap = column.saturating_sub(width(&first)).saturating_add(2);
        let left = room.saturating_sub(column).saturating_sub(4);
        let mark = if n == at { "> " } else { "  " };
        let line = Line::from(vec![
            Span::raw(format!("{mark}{first}{}", " ".repeat(gap))),
            Span::styled(fit(&text, left).into_owned(), theme.role(role)),
        ]);
        lines.push((Some(n), line));
    }
    let height = usize::from(inside.height);
    let cursor = lines.iter().position(|(n, _)| *n == Some(at)).unwrap_or(0);
    let top = cursor.saturating_add(1).saturating_sub(height.max(1));
    // The heading of the first part is in sight with its first row.
    let top = if cursor <= 1 { 0 } else { top };
    for ((n, line), y) in lines.into_iter().skip(top).zip(inside.y..inside.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..inside
        };
        if let Some(n) = n {
            cx.note_row(area, n, at);
        }
        frame.render_widget(line, area);
        if n == Some(at) {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}
