//! The page as it is drawn.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    domain::text::{fit, visible, width},
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        known::context::Context,
        layout::reader_area,
        pages::inventory::{
            state::{InventoryTab, InventoryView},
            words::{behind, nothing, progress, tabs, title, typed},
        },
        text::{
            prose::{Prose, Role},
            words::failure_text,
        },
        theme::Theme,
    },
};

/// How many rows of the page are no names.
pub const HEAD: u16 = 2;

/// Draws the open page.
pub fn render(cx: &Context<'_>, view: &InventoryView, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let (title, progress) = (title(cx, view), progress(cx, view));
    let inside = dialog_frame(&title, &progress, theme, frame, area);
    let [tabs_area, typed_area, rows_area] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inside);
    let room = usize::from(inside.width);
    let tabs = fit(&tabs(view, room), room).into_owned();
    frame.render_widget(Line::styled(tabs, theme.heading), tabs_area);
    let typed = fit(&typed(view), room).into_owned();
    frame.render_widget(Line::styled(typed, theme.quiet), typed_area);
    if let Some(failure) = view
        .failure()
        .filter(|_| view.is_empty() && view.nothing_read())
    {
        let mut page = Prose::default();
        match view.tab {
            InventoryTab::Recent | InventoryTab::Saved => {
                let text = format!("{}.", visible(&failure.message));
                page.text(Role::Bad, text);
            }
            InventoryTab::Of(_) => failure_text(&mut page, failure, cx.session.signing()),
        }
        return page_rows(page.rows(room), 0, theme, frame, rows_area);
    }
    if view.is_empty() {
        let text = fit(&nothing(cx, view), room).into_owned();
        frame.render_widget(Line::styled(text, theme.quiet), rows_area);
        return;
    }
    let height = usize::from(rows_area.height);
    let (at, top) = (view.position(), view.top(height));
    let rows: Vec<(String, String)> = (view.rows(top).take(height))
        .map(|row| (visible(row.name()).into_owned(), behind(view, row)))
        .collect();
    let longest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let all = room.saturating_sub(2);
    let alone = rows.iter().all(|(_, text)| text.is_empty());
    let column = if alone { all } else { longest.min(all / 2) };
    for ((n, (name, text)), y) in rows.into_iter().enumerate().zip(rows_area.y..) {
        let area = Rect {
            y,
            height: 1,
            ..rows_area
        };
        let selected = Some(n.saturating_add(top)) == at;
        cx.note_row(area, n.saturating_add(top), at.unwrap_or_default());
        let mark = if selected { "> " } else { "  " };
        let name = fit(&name, column).into_owned();
        let gap = column.saturating_sub(width(&name)).saturating_add(2);
        let left = all.saturating_sub(column).saturating_sub(2);
        let line = Line::from(vec![
            Span::raw(format!("{mark}{name}{}", " ".repeat(gap))),
            Span::styled(fit(&text, left).into_owned(), theme.quiet),
        ]);
        frame.render_widget(line, area);
        if selected {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}
