//! Menus: each entry with its letter; what does not apply says why.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::text::{visible, width},
    tui::{
        dialogs::{
            frame::dialog_frame,
            menu::{Entry, Menu},
        },
        known::context::Context,
        layout::{centred, within_border},
        mouse::Touchable,
        theme::Theme,
    },
};

/// Draws an open menu.
pub fn render<C: Clone + PartialEq>(
    cx: &Context<'_>,
    menu: &Menu<C>,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    // The header stays in sight: where a change happens must be read while it is chosen.
    let screen = cx.areas.body;
    let entries = menu.entries();
    let keymap = &cx.setup.keymap;
    let letter = |entry: &Entry<C>| entry.command.map_or_else(String::new, |it| keymap.key(it));
    let letters = entries.iter().map(|entry| width(&letter(entry))).max();
    // Rows of a list have none.
    let letters = letters
        .filter(|n| *n > 0)
        .map_or(0, |n| n.saturating_add(2));
    let label_width = entries
        .iter()
        .map(|entry| width(&entry.label))
        .max()
        .unwrap_or(0);
    let label_width = label_width.saturating_add(2);
    let row = |entry: &Entry<C>| {
        label_width
            .saturating_add(letters)
            .saturating_add(width(&entry.remark))
    };
    let widest = entries.iter().map(row).max().unwrap_or(0);
    // What is typed must not make the menu jump from one width to another.
    let title = width(&menu.title).saturating_add(if menu.typed().is_some() { 24 } else { 0 });
    let columns = widest.max(title).saturating_add(8);
    // Where the remarks do not fit behind aligned labels, they follow their own label.
    let label_width = if columns > usize::from(screen.width) {
        0
    } else {
        label_width
    };

    let lines: Vec<(Line<'_>, bool)> = (entries.iter().enumerate())
        .map(|(i, entry)| {
            let selected = Some(i) == menu.selected_row();
            let letter = format!("{:letters$}", letter(entry));
            let line = entry_line(entry, &letter, selected, label_width, theme);
            (line, selected)
        })
        .collect();
    let size = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let area = centred(screen, size(columns), size(lines.len().saturating_add(2)));
    let height = usize::from(within_border(area).height);
    let footer = match menu.selected_row() {
        Some(row) if lines.len() > height => {
            format!("{} of {}", row.saturating_add(1), lines.len())
        }
        None if menu.typed().is_some() => "nothing has it".to_owned(),
        _ => String::new(),
    };
    let title = match menu.typed() {
        Some(typed) if !typed.is_empty() => format!("{}: {typed}", menu.title),
        _ => menu.title.clone(),
    };
    let inside = dialog_frame(&visible(&title), &footer, theme, frame, area);
    let selected = lines
        .iter()
        .position(|(_, selected)| *selected)
        .unwrap_or(0);
    let top = selected.saturating_add(1).saturating_sub(height.max(1));
    cx.note(area, Touchable::Dialog);
    let shown = lines.into_iter().enumerate().skip(top);
    for ((n, (line, selected)), y) in shown.zip(inside.y..inside.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..inside
        };
        cx.note(area, Touchable::Entry(n));
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
        if selected {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}

fn entry_line<'a, C>(
    entry: &Entry<C>,
    letter: &str,
    selected: bool,
    label_width: usize,
    theme: &Theme,
) -> Line<'a> {
    let label = visible(&entry.label).into_owned();
    let remark = visible(&entry.remark);
    // Right behind its label it would read on as one sentence.
    let between = if label_width == 0 && !remark.is_empty() {
        " · ".to_owned()
    } else {
        let gap = label_width.saturating_sub(width(&label)).max(2);
        " ".repeat(gap)
    };
    let style = if entry.choice.is_none() {
        theme.quiet
    } else {
        theme.plain
    };
    Line::from(vec![
        Span::styled(if selected { "> " } else { "  " }, style),
        Span::styled(
            letter.to_owned(),
            if entry.choice.is_none() {
                theme.quiet
            } else {
                theme.key
            },
        ),
        Span::styled(format!("{label}{between}"), style),
        Span::styled(remark.into_owned(), theme.quiet),
    ])
}
