//! Menus: what applies, then what does not and why.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::{
        App, areas,
        dialog::{Entry, Menu},
    },
    domain::text::{fit, visible, width},
};

use super::{Theme, dialog_frame};

/// Draws an open menu.
pub(super) fn render(app: &App, menu: &Menu, theme: &Theme, frame: &mut Frame<'_>) {
    let labels = menu
        .enabled()
        .chain(menu.disabled())
        .map(|entry| width(&entry.label));
    let label_width = labels.max().unwrap_or(0).saturating_add(2);
    let row = |entry: &Entry| label_width.saturating_add(width(&entry.remark));
    let widest = menu
        .enabled()
        .chain(menu.disabled())
        .map(row)
        .max()
        .unwrap_or(0);
    let columns = widest.max(width(&menu.title)).saturating_add(8);
    let enabled = menu.enabled().count();
    let disabled = menu.disabled().count();
    let rows = enabled
        .saturating_add(disabled)
        .saturating_add(usize::from(disabled > 0))
        .saturating_add(2);
    let size = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    // The header stays in sight: where a change happens must be read while it is chosen.
    let screen = app.areas().body;
    let area = areas::centred(screen, size(columns), size(rows));
    let inside = dialog_frame(&visible(&menu.title), "", theme, frame, area);

    let mut lines: Vec<(Line<'_>, bool)> = Vec::new();
    let room = usize::from(inside.width);
    for (i, entry) in menu.enabled().enumerate() {
        let selected = i == menu.selected_row();
        let marker = if selected { "> " } else { "  " };
        lines.push((
            entry_line(entry, marker, label_width, room, theme),
            selected,
        ));
    }
    if disabled > 0 {
        lines.push((Line::styled("  ── not now ──", theme.quiet), false));
    }
    for entry in menu.disabled() {
        lines.push((
            entry_line(entry, "  ", label_width, room, theme).style(theme.quiet),
            false,
        ));
    }
    let height = usize::from(inside.height);
    let top = menu
        .selected_row()
        .saturating_add(1)
        .saturating_sub(height.max(1));
    for ((line, selected), y) in lines.into_iter().skip(top).zip(inside.y..inside.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..inside
        };
        if selected {
            frame.buffer_mut().set_style(area, theme.selected);
        }
        frame.render_widget(line, area);
    }
}

fn entry_line<'a>(
    entry: &Entry,
    marker: &'a str,
    label_width: usize,
    room: usize,
    theme: &Theme,
) -> Line<'a> {
    let label = visible(&entry.label).into_owned();
    let gap = label_width.saturating_sub(width(&label));
    let text = format!("{label}{}", " ".repeat(gap));
    let remark_room = room
        .saturating_sub(width(&text))
        .saturating_sub(width(marker));
    Line::from(vec![
        Span::raw(marker),
        Span::raw(fit(&text, room.saturating_sub(2)).into_owned()),
        Span::styled(
            fit(&visible(&entry.remark), remark_room).into_owned(),
            theme.quiet,
        ),
    ])
}
