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
    domain::text::{visible, width},
};

use super::{Theme, dialog_frame};

/// Draws an open menu.
pub(super) fn render(app: &App, menu: &Menu, theme: &Theme, frame: &mut Frame<'_>) {
    // The header stays in sight: where a change happens must be read while it is chosen.
    let screen = app.areas().body;
    let entries = menu.entries();
    let label_width = entries
        .iter()
        .map(|entry| width(&entry.label))
        .max()
        .unwrap_or(0);
    let label_width = label_width.saturating_add(2);
    let row = |entry: &Entry| label_width.saturating_add(width(&entry.remark));
    let widest = entries.iter().map(row).max().unwrap_or(0);
    let columns = widest.max(width(&menu.title)).saturating_add(8);
    // Where the remarks do not fit behind aligned labels, they follow their own label.
    let label_width = if columns > usize::from(screen.width) {
        0
    } else {
        label_width
    };

    let mut lines: Vec<(Line<'_>, bool)> = Vec::new();
    let mut disabled = false;
    for (i, entry) in entries.iter().enumerate() {
        if entry.choice.is_none() && !disabled {
            disabled = true;
            lines.push((Line::styled("  ── not now ──", theme.quiet), false));
        }
        let selected = i == menu.selected_row();
        lines.push((entry_line(entry, selected, label_width, theme), selected));
    }
    let size = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let area = areas::centred(screen, size(columns), size(lines.len().saturating_add(2)));
    let inside = dialog_frame(&visible(&menu.title), "", theme, frame, area);
    let height = usize::from(inside.height);
    let selected = lines
        .iter()
        .position(|(_, selected)| *selected)
        .unwrap_or(0);
    let top = selected.saturating_add(1).saturating_sub(height.max(1));
    for ((line, selected), y) in lines.into_iter().skip(top).zip(inside.y..inside.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..inside
        };
        if selected {
            frame.buffer_mut().set_style(area, theme.selected);
        }
        let cut = line.width() > usize::from(area.width);
        frame.render_widget(line, area);
        if cut {
            let last = Rect {
                x: area.right().saturating_sub(1),
                width: 1,
                ..area
            };
            frame.render_widget("…", last);
        }
    }
}

fn entry_line<'a>(entry: &Entry, selected: bool, label_width: usize, theme: &Theme) -> Line<'a> {
    let label = visible(&entry.label).into_owned();
    let gap = label_width.saturating_sub(width(&label)).max(1);
    let style = if entry.choice.is_none() {
        theme.quiet
    } else {
        theme.plain
    };
    Line::from(vec![
        Span::styled(if selected { "> " } else { "  " }, style),
        Span::styled(format!("{label}{}", " ".repeat(gap)), style),
        Span::styled(visible(&entry.remark).into_owned(), theme.quiet),
    ])
}
