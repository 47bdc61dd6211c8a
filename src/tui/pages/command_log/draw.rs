//! The command log: a line for each change, the selected one in full below.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    domain::text::fit,
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        known::{command_log::LogEntry, context::Context},
        layout::reader_area,
        pages::command_log::{
            view::LogView,
            words::{log_entry, log_word},
        },
        text::{moments::second, prose::Prose},
        theme::Theme,
    },
};

/// Draws the open command log.
pub fn render(cx: &Context<'_>, view: &LogView, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let all = cx.log.entries().count();
    let row = view.row(cx.log);
    let footer = match all {
        0 => String::new(),
        n => format!("{} of {n}", row.saturating_add(1)),
    };
    let inside = dialog_frame("Command log", &footer, theme, frame, area);
    let room = usize::from(inside.width);
    let mut intro =
        "Every change of this session as the AWS CLI command that does the same.".to_owned();
    if cx.setup.simulator {
        intro.push_str(" These were simulated; the commands would be sent to AWS.");
    }
    let intro = crate::domain::text::wrap(&intro, room);
    let mut full = Prose::default();
    if let Some(entry) = view.entry(cx.log) {
        log_entry(entry, &mut full);
    }
    let full = full.rows(room);
    let size = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    // On a small screen the selected line goes before the others, and those before the words above.
    let intro_height = if inside.height > 14 {
        size(intro.len())
    } else {
        0
    };
    let full_height = size(full.len()).min(inside.height.saturating_sub(2));
    let [intro_area, rows_area, _, full_area] = Layout::vertical([
        Constraint::Length(intro_height),
        Constraint::Fill(1),
        Constraint::Length(u16::from(inside.height > 8)),
        Constraint::Length(full_height),
    ])
    .areas(inside);
    for (line, y) in intro.into_iter().zip(intro_area.y..intro_area.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..intro_area
        };
        frame.render_widget(Line::styled(line, theme.quiet), area);
    }
    if all == 0 {
        frame.render_widget(
            Line::styled("Nothing was changed yet.", theme.plain),
            rows_area,
        );
        return;
    }
    let height = usize::from(rows_area.height);
    let top = row.saturating_add(1).saturating_sub(height.max(1));
    let shown = cx.log.entries().rev().enumerate().skip(top);
    for ((n, entry), y) in shown.zip(rows_area.y..rows_area.bottom()) {
        let area = Rect {
            y,
            height: 1,
            ..rows_area
        };
        cx.note_row(area, n, row);
        frame.render_widget(entry_line(entry, n == row, room, theme), area);
        if n == row {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
    page_rows(full, 0, theme, frame, full_area);
}

/// `> 10:02:11 UTC  done       deactivate…`.
fn entry_line<'a>(entry: &LogEntry, selected: bool, room: usize, theme: &Theme) -> Line<'a> {
    let mark = if selected { "> " } else { "  " };
    let (role, word) = log_word(entry);
    let command = entry.line.strip_prefix("aws iot ").unwrap_or(&entry.line);
    let before = format!("{mark}{}  ", second(entry.at));
    let word = format!("{word:<9}  ");
    let left = room.saturating_sub(before.len()).saturating_sub(word.len());
    Line::from(vec![
        Span::styled(before, theme.plain),
        Span::styled(word, theme.role(role)),
        Span::styled(fit(command, left).into_owned(), theme.plain),
    ])
}
