//! The frame of a dialog, and rows of text in it.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use crate::{
    domain::text::fit,
    tui::{layout::within_border, text::prose::ProseRow, theme::Theme},
};

/// A row of a text as a line.
pub fn page_line<'a>(row: ProseRow, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(row.label, theme.quiet),
        Span::styled(row.text, theme.role(row.role)),
    ])
}

/// Draws rows of a text from `top` on.
pub fn page_rows(
    rows: Vec<ProseRow>,
    top: usize,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
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
pub fn dialog_frame(
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
    theme.ground(frame.buffer_mut(), area);
    frame.render_widget(block, area);
    within_border(area)
}
