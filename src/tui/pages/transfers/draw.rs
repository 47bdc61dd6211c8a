//! The page as it is drawn.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    domain::text::fit,
    tui::{
        dialogs::frame::dialog_frame,
        known::{context::Context, side::Watching},
        layout::reader_area,
        pages::transfers::{
            state::TransfersView,
            words::{nothing, row, tabs},
        },
        text::moments::{fresh, second},
        theme::Theme,
    },
};

/// Draws the open page.
pub fn render(cx: &Context<'_>, view: &TransfersView, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let title = format!("Transfers of {}", cx.place());
    let watched = match cx.watching {
        Watching::On(Some(at)) => format!("watching, last looked at {}", second(at)),
        Watching::On(None) | Watching::Wanted => "watching".to_owned(),
        Watching::Off => "not watching".to_owned(),
    };
    let listed = cx.list.listed_at().filter(|_| !cx.list.is_loading());
    let watched = match (listed, cx.list.is_loading()) {
        (Some(at), _) => format!("listed {} · {watched}", fresh(at, cx.now)),
        (None, true) => format!("refreshing… · {watched}"),
        (None, false) => watched,
    };
    let inside = dialog_frame(&title, &watched, theme, frame, area);
    let [tabs_area, _, rows_area] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(inside.height > 8)),
        Constraint::Fill(1),
    ])
    .areas(inside);
    let room = usize::from(inside.width);
    let heads = fit(&tabs(cx, view), room).into_owned();
    frame.render_widget(Line::styled(heads, theme.heading), tabs_area);
    let rows = view.rows(cx);
    if rows.is_empty() {
        frame.render_widget(Line::styled(nothing(view), theme.quiet), rows_area);
        return;
    }
    let at = view.position(&rows);
    let height = usize::from(rows_area.height);
    let top = at.saturating_add(1).saturating_sub(height.max(1));
    let shown = rows.into_iter().enumerate().skip(top);
    for ((n, key), y) in shown.zip(rows_area.y..rows_area.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..rows_area
        };
        cx.note_row(area, n, at);
        let mark = if n == at { "> " } else { "  " };
        let (first, role, text) = row(cx, key);
        let left = room.saturating_sub(21);
        let line = Line::from(vec![
            Span::raw(format!("{mark}{first}  ")),
            Span::styled(fit(&text, left).into_owned(), theme.role(role)),
        ]);
        frame.render_widget(line, area);
        if n == at {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}
