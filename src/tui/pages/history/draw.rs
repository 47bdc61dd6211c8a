//! The page as it is drawn.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    domain::text::{fit, visible},
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        known::{context::Context, remote::Picture},
        layout::reader_area,
        pages::history::{state::HistoryView, words::row},
        text::{
            moments::{fresh, moment},
            prose::Prose,
            words::{failure_text, grouped},
        },
        theme::Theme,
    },
};

/// Draws the open page.
pub fn render(cx: &Context<'_>, view: &HistoryView, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let (all, shown) = view.count();
    let reading = view.reading.loading_since().is_some();
    let footer = match (all == shown, reading) {
        (_, true) => format!("{} so far…", grouped(all)),
        (true, _) if all == 1 => "1 run".to_owned(),
        (true, _) => format!("{} runs", grouped(all)),
        (false, _) => format!("{} of {} runs", grouped(shown), grouped(all)),
    };
    let age = view.reading.at().filter(|_| !reading);
    let age = age.map_or_else(String::new, |at| format!(" · read {}", fresh(at, cx.now)));
    let footer = format!("{footer}{age}");
    let inside = dialog_frame("History of the journal", &footer, theme, frame, area);
    let room = usize::from(inside.width);
    if let Picture::Failed(failure) = view.reading.picture() {
        let mut page = Prose::default();
        failure_text(&mut page, failure, cx.session.signing());
        return page_rows(page.rows(room), 0, theme, frame, inside);
    }
    let [find_area, rows_area] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inside);
    let find = match view.typed.as_str() {
        "" => "type to find: id, device, account, outcome".to_owned(),
        typed => format!("find: {}", visible(typed)),
    };
    let find = fit(&find, room).into_owned();
    frame.render_widget(Line::styled(find, theme.quiet), find_area);
    if shown == 0 {
        let text = match (all, reading) {
            (_, true) => "Reading…",
            (0, false) => "The journal has no runs.",
            (_, false) => "No run matches.",
        };
        frame.render_widget(Line::styled(text, theme.quiet), rows_area);
        return;
    }
    let at = view.position();
    let height = usize::from(rows_area.height);
    let top = at.saturating_add(1).saturating_sub(height.max(1));
    for ((n, run), y) in (view.rows(top).enumerate()).zip(rows_area.y..rows_area.bottom()) {
        let selected = n.saturating_add(top) == at;
        let area = Rect {
            y,
            height: 1,
            ..rows_area
        };
        cx.note_row(area, n.saturating_add(top), at);
        let mark = if selected { "> " } else { "  " };
        let (role, text) = row(cx, run);
        let first = format!(
            "{mark}{}  {}  ",
            moment(run.began),
            run.before.certificate.short()
        );
        let left = room.saturating_sub(first.chars().count());
        let line = Line::from(vec![
            Span::raw(first),
            Span::styled(fit(&text, left).into_owned(), theme.role(role)),
        ]);
        frame.render_widget(line, area);
        if selected {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}
