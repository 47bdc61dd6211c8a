//! The certificates of a batch as a table: device, how it stands, the step, and how long it takes.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::{
        Item, Standing,
        text::{fit, visible, width},
        words::progress::took,
    },
    tui::{
        known::context::Context,
        pages::batch::{
            rows::{item_line, row_words},
            state::BatchState,
        },
        theme::Theme,
    },
};

/// The column of the words for how one stands.
const STATE: usize = 11;
/// The column of the times.
const TIME: usize = 9;
/// From this room on each thing has a column of its own.
const WIDE: usize = 60;
/// The widest column of steps: a time that stands far from it is not read with it.
const STEP: usize = 110;
/// From this room on the id stands beside the device.
const WITH_IDS: usize = 108;

/// A text in a column of this width.
fn cell(text: &str, columns: usize) -> String {
    let text = fit(text, columns);
    let gap = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(gap))
}

/// The columns of the devices, and whether the ids stand beside them.
fn columns(room: usize) -> (usize, bool) {
    // Where there is little room the shortest id has it.
    let device = if room < 90 { 17 } else { 24 };
    (device, room >= WITH_IDS)
}

/// What the columns are.
pub fn heads(room: usize) -> Option<String> {
    if room < WIDE {
        return None;
    }
    let (device, ids) = columns(room);
    let id = if ids { "Certificate        " } else { "" };
    let step = room.saturating_sub(device + STATE + TIME + 8 + width(id));
    let step = step.min(STEP);
    Some(format!(
        "  {}  {id}{}  {}  {:>TIME$}",
        cell("Device", device),
        cell("State", STATE),
        cell("Step", step),
        "Time"
    ))
}

/// How long one takes, in whole seconds while it goes on: it is drawn anew once a second.
fn time(cx: &Context<'_>, item: &Item) -> String {
    let Some(time) = item.time(cx.now) else {
        return String::new();
    };
    match item.ended {
        Some(_) if item.standing() != Standing::NotBegun => took(time),
        Some(_) => String::new(),
        None => format!("{} s", time.as_secs()),
    }
}

/// A row, in so many columns.
fn row<'a>(cx: &Context<'_>, item: &Item, selected: bool, room: usize, theme: &Theme) -> Line<'a> {
    let mark = if selected { "> " } else { "  " };
    let device = cx.device(item.id).map(visible);
    let called = device
        .clone()
        .map_or_else(|| item.id.short(), std::borrow::Cow::into_owned);
    if room < WIDE {
        let (role, text) = item_line(item);
        let called = cell(&called, 17.min(room / 3));
        let left = room.saturating_sub(width(&called)).saturating_sub(4);
        return Line::from(vec![
            Span::raw(format!("{mark}{called}  ")),
            Span::styled(fit(&text, left).into_owned(), theme.role(role)),
        ]);
    }
    let (columns, ids) = columns(room);
    let (role, state, step) = row_words(item);
    let device = match (ids, &device) {
        (true, None) => "–".to_owned(),
        _ => called,
    };
    let id = if ids {
        format!("{}  ", item.id.short())
    } else {
        String::new()
    };
    let left = room.saturating_sub(columns + STATE + TIME + 8 + width(&id));
    let left = left.min(STEP);
    Line::from(vec![
        Span::raw(format!("{mark}{}  {id}", cell(&device, columns))),
        Span::styled(cell(&state, STATE), theme.role(role)),
        Span::raw(format!("  {}  ", cell(&step, left))),
        Span::styled(format!("{:>TIME$}", time(cx, item)), theme.quiet),
    ])
}

/// Draws the rows.
pub fn render(
    cx: &Context<'_>,
    run: &BatchState,
    focused: bool,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let height = usize::from(area.height);
    let room = usize::from(area.width);
    if run.count() == 0 {
        let text = format!("None of them has \"{}\".", visible(run.find()));
        frame.render_widget(Line::styled(text, theme.quiet), area);
        return;
    }
    let selected_row = run.selected_row();
    let top = selected_row.saturating_add(1).saturating_sub(height.max(1));
    for ((n, item), y) in run.rows(top).enumerate().zip(area.y..area.bottom()) {
        let selected = n.saturating_add(top) == selected_row;
        let area = Rect {
            y,
            height: 1,
            ..area
        };
        if focused {
            cx.note_row(area, n.saturating_add(top), selected_row);
        }
        frame.render_widget(row(cx, item, selected, room, theme), area);
        if selected && focused {
            theme.choose(frame.buffer_mut(), area, theme.selected);
        }
    }
}
