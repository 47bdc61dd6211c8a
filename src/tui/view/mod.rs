//! Draws the state. Reads it, changes nothing, waits for nothing.

mod batch;
mod details;
mod form;
mod header;
mod hints;
mod list;
mod log;
mod menu;
mod reader;
pub mod theme;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use crate::{
    domain::text::fit,
    tui::{
        App, Level,
        dialog::Dialog,
        page::{PageRow, Role},
    },
};

pub use theme::Theme;

/// Draws the whole screen.
///
/// ```text
/// header   account, region, profile, who; SIMULATOR, READ-ONLY
/// banner   what is wrong with the credentials, when something is
/// body     the list, the details, or both side by side
/// flash    what just happened
/// hints    the keys that matter here
/// ```
pub fn render(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    if app.too_small() {
        let quit = app.setup.keymap.key(crate::tui::keymap::Command::Quit);
        let (columns, rows) = crate::tui::areas::SMALLEST;
        let text = format!("certferry needs {columns}x{rows}. {quit} quits.");
        frame.render_widget(
            Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true }),
            frame.area(),
        );
        return;
    }
    let areas = app.areas();
    header::render(app, theme, frame, areas.header);
    page_rows(
        app.banner(),
        0,
        theme,
        frame,
        areas.banner.inner(ratatui::layout::Margin::new(1, 0)),
    );
    if let Some(area) = areas.list {
        list::render(app, theme, frame, area);
    }
    if let Some(area) = areas.details {
        if areas.beside() {
            let left = Block::new()
                .borders(ratatui::widgets::Borders::LEFT)
                .border_style(theme.quiet);
            frame.render_widget(left, area);
        }
        details::render(app, theme, frame, area);
    }
    flash(app, theme, frame, areas.flash);
    hints::render(app, theme, frame, areas.hints);
    for (i, dialog) in app.dialogs.iter().enumerate() {
        // Only the topmost has the keys and is worth the link's bytes; a form stays in sight below.
        if i.saturating_add(1) == app.dialogs.len() {
            match dialog {
                Dialog::Menu(menu) => menu::render(app, menu, theme, frame),
                Dialog::Form(form) => form::render(app, form, theme, frame),
                Dialog::Reader(reader) => reader::render(app, reader, theme, frame),
                Dialog::Log(view) => log::render(app, view, theme, frame),
                Dialog::Batch(request) => {
                    if let Some(run) = app.batch(*request) {
                        batch::render(app, run, theme, frame);
                    }
                }
            }
        }
    }
}

fn flash(app: &App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(flash) = &app.flash else {
        return;
    };
    let (style, mark) = match flash.level {
        Level::Info => (theme.plain, " "),
        Level::Good => (theme.good, " ✓ "),
        Level::Bad => (theme.bad, " ! "),
    };
    let text = format!("{mark}{}", flash.text);
    let line = Line::styled(fit(&text, usize::from(area.width)).into_owned(), style);
    frame.render_widget(line, area);
}

/// A row of a text as a line.
fn page_line<'a>(row: PageRow, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(row.label, theme.quiet),
        Span::styled(row.text, theme.role(row.role)),
    ])
}

/// Draws rows of a text from `top` on.
fn page_rows(rows: Vec<PageRow>, top: usize, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height);
    let lines: Vec<Line<'_>> = rows
        .into_iter()
        .skip(top)
        .take(height)
        .map(|row| page_line(row, theme))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// Draws a dialog's border and heading over whatever is below; answers its inside.
fn dialog_frame(
    title: &str,
    footer: &str,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) -> Rect {
    let room = usize::from(area.width).saturating_sub(4);
    let mut block = Block::bordered()
        .border_style(theme.border)
        .title(Line::styled(
            format!(" {} ", fit(title, room)),
            theme.heading,
        ));
    if !footer.is_empty() {
        block = block.title_bottom(Line::styled(
            format!(" {} ", fit(footer, room)),
            theme.quiet,
        ));
    }
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    crate::tui::areas::within_border(area)
}

/// The style of a role.
impl Theme {
    fn role(&self, role: Role) -> Style {
        match role {
            Role::Plain => self.plain,
            Role::Heading => self.heading,
            Role::Quiet => self.quiet,
            Role::Good => self.good,
            Role::Bad => self.bad,
        }
    }
}

/// A number as people read it: `1,250`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len().saturating_sub(i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_have_groups_of_three() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_250, "1,250"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}
