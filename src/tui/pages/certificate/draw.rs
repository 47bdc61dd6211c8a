//! The details: title, tabs, content.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use strum::IntoEnumIterator as _;

use crate::{
    domain::text::{fit, visible, width},
    tui::{
        dialogs::frame::page_rows,
        keymap::Command,
        known::{context::Context, remote::Picture},
        layout::details_areas,
        mouse::Touchable,
        pages::certificate::{
            details::{Details, Tab, TabRow},
            words::details as details_words,
        },
        text::{
            moments::{as_of, fresh},
            prose::{Prose, Role},
            words::failure_text,
        },
        theme::Theme,
    },
};

/// Draws the details.
pub fn render(cx: &Context<'_>, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(details) = cx.details else {
        return;
    };
    let [title_area, tabs_area, content_area] = details_areas(area);
    title(cx, details, theme, frame, title_area);
    tabs(cx, details, theme, frame, tabs_area);
    if details.tab != Tab::Details {
        return tab_rows(cx, details, theme, frame, content_area);
    }
    let rows = details_words(cx, details).rows(usize::from(content_area.width));
    let top = details
        .scroll
        .top(rows.len(), usize::from(content_area.height));
    page_rows(rows, top, theme, frame, content_area);
}

fn title(cx: &Context<'_>, details: &Details, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let status = cx.status(details.id);
    let refreshing =
        details.description.value().is_some() && details.description.loading_since().is_some();
    let actions = if cx.is_changing(details.id) {
        "changing…".to_owned()
    } else if refreshing {
        "refreshing…".to_owned()
    } else {
        format!("{} Actions", cx.key(Command::Actions))
    };
    let id = details.id.short();
    let status_text = format!("{} {}", status.symbol(), status.label());
    let used = width(&id)
        .saturating_add(width(&status_text))
        .saturating_add(3);
    let gap = usize::from(area.width)
        .saturating_sub(used)
        .saturating_sub(width(&actions));
    let mut spans = vec![
        Span::styled(id, theme.heading),
        Span::raw("   "),
        Span::styled(status_text, theme.status(status)),
    ];
    // How old it is, where there is room for it.
    let age = details.looked_at(details.tab).filter(|_| !refreshing);
    let age = age.map(|at| format!("looked at {} · ", fresh(at, cx.now)));
    let age = age.filter(|age| width(age).saturating_add(1) < gap);
    let age = age.unwrap_or_default();
    let gap = gap.saturating_sub(width(&age));
    let actions = format!("{age}{actions}");
    if gap > 1 {
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(actions, theme.quiet));
    }
    frame.render_widget(Line::from(spans), area);
}

fn tabs(cx: &Context<'_>, details: &Details, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let span = |tab: Tab| {
        let count = details.count(tab);
        let count = count.map_or_else(String::new, |n| format!(" {n}"));
        // The brackets show the tab without colour, and take the place of blanks.
        if tab != details.tab {
            return Span::styled(format!(" {}{count} ", tab.label()), theme.quiet);
        }
        let style = if cx.details_focused {
            theme.heading
        } else {
            theme.plain
        };
        Span::styled(format!("[{}{count}]", tab.label()), style)
    };
    // Where there is little room, those to the left make way for the one in sight.
    let mut shown: Vec<Span<'_>> = Vec::new();
    let mut room = usize::from(area.width);
    let chosen = Tab::iter().filter(|tab| *tab <= details.tab).rev();
    for span in chosen.map(span) {
        let wide = span.width().saturating_add(1);
        if wide > room && !shown.is_empty() {
            break;
        }
        room = room.saturating_sub(wide);
        shown.insert(0, span);
    }
    shown.extend(Tab::iter().filter(|tab| *tab > details.tab).map(span));
    // The last ones are all there; those to the left of the one in sight may not be.
    let hidden = Tab::iter().count().saturating_sub(shown.len());
    let mut x = area.x;
    for (tab, span) in Tab::iter().skip(hidden).zip(&shown) {
        let wide = u16::try_from(span.width()).unwrap_or(u16::MAX);
        let place = Rect {
            x,
            width: wide,
            ..area
        };
        cx.note(place.intersection(area), Touchable::Press(tab.command()));
        x = x.saturating_add(wide).saturating_add(1);
    }
    let spans = shown.into_iter().flat_map(|span| [span, Span::raw(" ")]);
    frame.render_widget(spans.collect::<Line<'_>>(), area);
    if x > area.right().saturating_add(1) {
        let last = Rect {
            x: area.right().saturating_sub(1),
            width: area.width.min(1),
            ..area
        };
        frame.render_widget(Span::styled("…", theme.quiet), last);
    }
}

/// The rows of the tab in sight.
fn tab_rows(cx: &Context<'_>, details: &Details, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let rows = details.rows(details.tab);
    let (what, none) = details.tab.rows();
    let mut page = Prose::default();
    page.gap();
    match details.picture(details.tab) {
        Picture::Unasked => page.text(Role::Quiet, "The account is not known yet."),
        Picture::Loading(_) => page.text(Role::Quiet, format!("Loading the {what}…")),
        Picture::Failed(failure) => failure_text(&mut page, failure, cx.session.signing()),
        Picture::Ready(()) if rows.is_empty() => page.text(Role::Plain, none),
        Picture::Stale((), at, failure) => {
            let text = format!(
                "As of {}; refresh failed: {}.",
                as_of(at, cx.now),
                failure.summary()
            );
            page.text(Role::Bad, text);
        }
        Picture::Ready(()) => {}
    }
    let lines = page.rows(usize::from(area.width));
    let used = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .min(area.height);
    page_rows(lines, 0, theme, frame, area);

    let area = Rect {
        y: area.y.saturating_add(used),
        height: area.height.saturating_sub(used),
        ..area
    };
    let height = usize::from(area.height);
    let selected = details.selected_row(&rows);
    let top = selected.saturating_add(1).saturating_sub(height.max(1));
    let room = usize::from(area.width).saturating_sub(4);
    let rows = rows.iter().enumerate().skip(top).take(height);
    for ((row, tab_row), y) in rows.zip(area.y..area.bottom()) {
        let TabRow { of, remark, .. } = tab_row;
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        cx.note_row(line, row, selected);
        let marker = match (details.is_marked(tab_row), row == selected) {
            (true, true) => "*> ",
            (true, false) => "*  ",
            (false, true) => " > ",
            (false, false) => "   ",
        };
        // Half of the row is the name's, as far as it needs it.
        let name = visible(of.name());
        let kept = width(&name).min(room / 2).saturating_add(2);
        let remark = fit(remark, room.saturating_sub(kept));
        let name_room = room.saturating_sub(width(&remark)).saturating_sub(2);
        let name = fit(&name, name_room);
        let spans = vec![
            Span::raw(format!("{marker}{name}  ")),
            Span::styled(remark.into_owned(), Style::new()),
        ];
        frame.render_widget(Line::from(spans), line);
        if row == selected && cx.details_focused {
            theme.choose(frame.buffer_mut(), line, theme.selected);
        }
    }
}
