//! A batch and how far it came.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    domain::{
        Item, Procedure, Standing, StopAt,
        text::{fit, width},
    },
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        keymap::Command,
        known::context::Context,
        layout::reader_area,
        pages::batch::{
            commands::waits_there,
            state::BatchState,
            words::{batch_title, handed_over, item_line, offered, rest, steps},
        },
        text::{
            prose::{Prose, Role},
            words::{failure_text, seconds},
        },
        theme::Theme,
    },
};

/// Draws a batch: what it does, its gauge, its certificates.
pub fn render(cx: &Context<'_>, run: &BatchState, theme: &Theme, frame: &mut Frame<'_>) {
    let area = reader_area(cx.areas.body);
    let keymap = &cx.setup.keymap;
    let leave = if run.tally.ended.is_none() {
        format!("{} leaves it running", keymap.key(Command::Close))
    } else {
        String::new()
    };
    let inside = dialog_frame(&batch_title(cx, run), &leave, theme, frame, area);
    let [place_area, gauge_area, _, rows_area] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(u16::from(inside.height > 6)),
        Constraint::Fill(1),
    ])
    .areas(inside);
    let room = usize::from(inside.width);
    frame.render_widget(
        Line::styled(fit(&run.place.words, room).into_owned(), theme.quiet),
        place_area,
    );
    frame.render_widget(gauge(cx, run, room, theme), gauge_area);
    if let Some(failure) = &run.tally.failure {
        let mut page = Prose::default();
        failure_text(&mut page, failure, cx.session.signing());
        return page_rows(page.rows(room), 0, theme, frame, rows_area);
    }
    match run.tally.items.as_slice() {
        [one] => single(cx, run, one, theme, frame, rows_area),
        _ => items(run, theme, frame, rows_area),
    }
}

/// `████░░░░  18 of 40 · 2 failed · 4.6 a second · 5 s left`.
fn gauge<'a>(cx: &Context<'_>, run: &BatchState, room: usize, theme: &Theme) -> Line<'a> {
    let all = run.tally.items.len();
    let done = run.tally.count(Standing::Done);
    let mut text = match run.tally.items.as_slice() {
        [one] => {
            let (over, steps) = one.steps_over();
            format!("{over} of {steps} steps")
        }
        _ => format!("{done} of {all}"),
    };
    for rest in rest(run) {
        text = format!("{text} · {rest}");
    }
    match (run.tally.ended, run.stopping) {
        (Some(ended), _) => {
            let took = (ended - run.tally.began).unsigned_abs();
            text = format!("{text} · over, in {}", seconds(took));
        }
        (None, Some(StopAt::Step)) => text = format!("{text} · stopping…"),
        (None, Some(StopAt::Begun)) => text = format!("{text} · finishing what is begun…"),
        (None, None) => {
            if let Some(rate) = run.tally.rate(cx.now).filter(|_| all > 1) {
                text = format!("{text} · {rate:.1} a second");
            }
            if let Some(left) = run.tally.seconds_left(cx.now).filter(|_| all > 1) {
                let left = seconds(std::time::Duration::from_secs(left));
                text = format!("{text} · {left} left");
            }
        }
    }
    // One certificate's gauge shows its steps. A full bar says that all is done, and nothing less.
    let (done, all) = match run.tally.items.as_slice() {
        [one] if done == 0 => one.steps_over(),
        _ => (done, all),
    };
    let bar = room.saturating_sub(width(&text)).saturating_sub(2).min(40);
    let full = bar.saturating_mul(done).checked_div(all).unwrap_or(0);
    Line::from(vec![
        Span::styled("█".repeat(full), theme.plain),
        Span::styled("░".repeat(bar.saturating_sub(full)), theme.quiet),
        Span::styled(format!("  {text}"), theme.heading),
    ])
}

/// One certificate: its steps, ticked off.
fn single(
    cx: &Context<'_>,
    run: &BatchState,
    item: &Item,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let mut page = Prose::default();
    steps(run, item, &mut page);
    if item.standing() == Standing::Waiting && !matches!(run.tally.procedure, Procedure::Change(_))
    {
        page.text(Role::Plain, "… describe it, list what is attached");
    } else if item.steps.is_empty() || item.outcome.is_some() || item.waiting.is_some() {
        let (role, line) = item_line(item);
        page.gap();
        page.text(role, line);
    }
    let keymap = &cx.setup.keymap;
    if waits_there(cx, run, item) {
        let retry = keymap.key(Command::Retry);
        let other = run.beside.as_ref().map_or("", |it| it.words.as_str());
        let text = format!("Its half here is done. {retry} goes to {other} and resumes it there.");
        page.text(Role::Plain, text);
    } else if run.tally.is_open(item) {
        let options = keymap.key(Command::ItemOptions);
        page.text(
            Role::Plain,
            format!("{options}: resume it, put it back, or leave it as it is."),
        );
    } else if item.standing() == Standing::Done && run.hands_over() {
        handed_over(cx, &mut page);
    } else if item.standing() == Standing::Done && run.tally.procedure.recipient().is_some() {
        offered(cx, &mut page);
    }
    if let Some(failure) = (item.failure.as_deref()).filter(|_| item.can_retry()) {
        page.gap();
        failure_text(&mut page, failure, cx.session.signing());
    }
    let rows = page.rows(usize::from(area.width));
    // The latest is at the end.
    let top = rows.len().saturating_sub(usize::from(area.height));
    page_rows(rows, top, theme, frame, area);
}

fn items(run: &BatchState, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height);
    let rows = run.rows();
    let selected_row = run.selected_row(&rows);
    let top = selected_row.saturating_add(1).saturating_sub(height.max(1));
    let room = usize::from(area.width).saturating_sub(2 + 17 + 2);
    let shown = rows.into_iter().enumerate().skip(top).take(height);
    for ((row, item), y) in shown.zip(area.y..area.bottom()) {
        let selected = row == selected_row;
        let (role, line) = item_line(item);
        let area = Rect {
            y,
            height: 1,
            ..area
        };
        if selected {
            frame.buffer_mut().set_style(area, theme.selected);
        }
        let line = Line::from(vec![
            Span::raw(if selected { "> " } else { "  " }),
            Span::raw(item.id.short()),
            Span::raw("  "),
            Span::styled(fit(&line, room).into_owned(), theme.role(role)),
        ]);
        frame.render_widget(line, area);
    }
}
