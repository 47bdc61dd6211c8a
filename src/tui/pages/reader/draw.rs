//! A text on top of everything.

use ratatui::{
    Frame,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::{
    domain::text::visible,
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        known::context::Context,
        layout::{reader_area, within_border},
        pages::reader::state::Reader,
        text::{
            prose::{Prose, ProseRow},
            search::{Hit, hits},
        },
        theme::Theme,
    },
};

/// Draws an open text.
pub fn render(
    cx: &Context<'_>,
    reader: &Reader,
    text: &Prose,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    let area = reader_area(cx.areas.body);
    let inner = within_border(area);
    let rows = text.rows(usize::from(inner.width));
    let height = usize::from(inner.height);
    let top = reader.scroll.top(rows.len(), height);
    let found = hits(text, &rows, &reader.search.typed);
    let mut footer = searched(reader, found.len());
    if rows.len() > height {
        let last = top.saturating_add(height).min(rows.len());
        footer.push(format!(
            "{}–{last} of {}",
            top.saturating_add(1),
            rows.len()
        ));
    }
    let footer = footer.join(" · ");
    let inside = dialog_frame(&reader.title, &footer, theme, frame, area);
    if found.is_empty() {
        return page_rows(rows, top, theme, frame, inside);
    }
    let shown = rows.into_iter().enumerate().skip(top).take(height);
    let at = reader.search.at.min(found.len().saturating_sub(1));
    let lines: Vec<Line<'_>> = shown
        .map(|(n, row)| marked(n, &row, &found, at, theme))
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// What is looked for, and which place of how many that is.
fn searched(reader: &Reader, found: usize) -> Vec<String> {
    let search = &reader.search;
    if !search.typing && search.typed.is_empty() {
        return Vec::new();
    }
    let typing = if search.typing { "_" } else { "" };
    let typed = format!("find: {}{typing}", visible(&search.typed));
    // The number stands first: what is typed may be longer than the line.
    let place = match found {
        _ if search.typed.trim().is_empty() => return vec![typed],
        0 => "not there".to_owned(),
        all => format!("{} of {all}", search.at.saturating_add(1).min(all)),
    };
    vec![place, typed]
}

/// A row with the places that have what is looked for. Attributes mark them, so that no colour is needed.
fn marked<'a>(n: usize, row: &ProseRow, found: &[Hit], at: usize, theme: &Theme) -> Line<'a> {
    let mut spans: Vec<Span<'a>> = Vec::new();
    for (in_label, text, plain) in [
        (true, &row.label, theme.quiet),
        (false, &row.text, theme.role(row.role)),
    ] {
        let mut from = 0_usize;
        let parts = found.iter().enumerate().flat_map(|(number, hit)| {
            let parts = hit.parts.iter();
            parts.map(move |part| (number, part))
        });
        for (number, part) in parts.filter(|(_, it)| it.row == n && it.in_label == in_label) {
            let style = if number == at {
                theme.selected
            } else {
                theme.found
            };
            let mut push = |range: std::ops::Range<usize>, style: Style| {
                let piece = text.get(range).unwrap_or_default();
                spans.push(Span::styled(piece.to_owned(), style));
            };
            push(from..part.bytes.start, plain);
            push(part.bytes.clone(), plain.patch(style));
            from = part.bytes.end;
        }
        let rest = text.get(from..).unwrap_or_default();
        spans.push(Span::styled(rest.to_owned(), plain));
    }
    Line::from(spans)
}
