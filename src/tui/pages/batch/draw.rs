//! A batch and how far it came.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use strum::IntoEnumIterator as _;

use crate::{
    domain::{
        Item, Procedure, Standing, StopAt,
        text::{fit, visible, width},
        words::progress::{counts, not_done},
    },
    tui::{
        dialogs::frame::{dialog_frame, page_rows},
        keymap::Command,
        known::context::Context,
        layout::reader_area,
        pages::batch::{
            commands::waits_there,
            pace,
            rows::item_line,
            state::BatchState,
            table,
            timeline::timeline,
            words::{batch_title, handed_over, offered},
        },
        text::{
            prose::{Prose, Role},
            words::{failure_text, grouped, seconds},
        },
        theme::Theme,
    },
};

/// What stands below the page: what is looked for, or what leaving does.
fn footer(cx: &Context<'_>, run: &BatchState) -> String {
    if run.finding || !run.find().is_empty() {
        let typing = if run.finding { "_" } else { "" };
        let (shown, all) = (run.count(), run.tally.items().len());
        return format!(
            "{} of {} · find: {}{typing}",
            grouped(shown),
            grouped(all),
            visible(run.find())
        );
    }
    if run.tally.ended.is_none() {
        return format!("{} leaves it running", cx.key(Command::Close));
    }
    String::new()
}

/// Draws a batch: what it does, its gauge, its certificates. It stands over the page, or beside the list; `focused` says
/// whether it has the keys.
pub fn render(
    cx: &Context<'_>,
    run: &BatchState,
    beside: Option<Rect>,
    focused: bool,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    let area = beside.unwrap_or_else(|| reader_area(cx.areas.body));
    let footer = match (focused, beside) {
        (true, Some(_)) if run.find().is_empty() && !run.finding => {
            format!("{} back to the list", cx.key(Command::Close))
        }
        (true, _) => footer(cx, run),
        (false, _) => format!("{} comes here", cx.key(Command::ToBatch)),
    };
    let inside = dialog_frame(&batch_title(cx, run), &footer, theme, frame, area);
    let room = usize::from(inside.width);
    let quiet = |text: &str| Line::styled(fit(text, room).into_owned(), theme.quiet);
    if let Some(failure) = &run.tally.failure {
        let [place_area, gauge_area, _, rows_area] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Length(u16::from(inside.height > 6)),
            Constraint::Fill(1),
        ])
        .areas(inside);
        frame.render_widget(quiet(&run.place.words), place_area);
        frame.render_widget(gauge(cx, run, false, room, theme), gauge_area);
        let mut page = Prose::default();
        failure_text(&mut page, failure, cx.session.signing());
        return page_rows(page.rows(room), 0, theme, frame, rows_area);
    }
    // What says the least goes first when the room is short.
    let many = run.tally.items().len() > 1;
    let height = usize::from(inside.height);
    // Then all of the counts have a line of their own.
    let counted = many && height > 8;
    let mut lines = vec![gauge(cx, run, counted, room, theme)];
    if height > 5 {
        lines.insert(0, quiet(&run.place.words));
    }
    if counted {
        let counts = counts(&run.tally, Standing::iter()).join(" · ");
        lines.push(Line::styled(fit(&counts, room).into_owned(), theme.heading));
    }
    if many && height > 9 && run.tally.ended.is_none() {
        lines.extend(pace::bound(cx, run).map(|text| quiet(&text)));
        if run.tally.over() > 0 {
            let picture = pace::picture(run.tally.speed(), cx.now, room);
            lines.extend(picture.map(|(bars, words)| {
                Line::from(vec![
                    Span::styled(bars, theme.sparkline),
                    Span::styled(format!("  {words}"), theme.quiet),
                ])
            }));
        }
    }
    if height > 6 {
        lines.push(Line::default());
    }
    if many && height > 11 {
        lines.extend(table::heads(room).map(|heads| quiet(&heads)));
    }
    let above = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let [above_area, rows_area] =
        Layout::vertical([Constraint::Length(above), Constraint::Fill(1)]).areas(inside);
    frame.render_widget(ratatui::widgets::Paragraph::new(lines), above_area);
    match run.tally.items() {
        [one] => single(cx, run, one, theme, frame, rows_area),
        _ => table::render(cx, run, focused, theme, frame, rows_area),
    }
}

/// `████░░░░  18 of 40 · 2 failed · 4.6 a second · 5 s left`.
fn gauge<'a>(
    cx: &Context<'_>,
    run: &BatchState,
    counted: bool,
    room: usize,
    theme: &Theme,
) -> Line<'a> {
    let all = run.tally.items().len();
    let done = run.tally.count(Standing::Done);
    let mut text = match run.tally.items() {
        [one] => {
            let (over, steps) = one.steps_over();
            format!("{over} of {steps} steps")
        }
        _ => format!("{} of {} done", grouped(done), grouped(all)),
    };
    for rest in not_done(&run.tally).into_iter().filter(|_| !counted) {
        text = format!("{text} · {rest}");
    }
    match (run.tally.ended, run.stopping) {
        (Some(ended), _) => {
            let took = (ended - run.tally.began).unsigned_abs();
            text = format!("{text} · ended after {}", seconds(took));
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
    let (done, all) = match run.tally.items() {
        [one] if done == 0 => one.steps_over(),
        _ => (done, all),
    };
    let bar = room.saturating_sub(width(&text)).saturating_sub(2).min(40);
    let full = bar.saturating_mul(done).checked_div(all).unwrap_or(0);
    let gap = if bar == 0 { "" } else { "  " };
    let text = format!("{gap}{}", fit(&text, room));
    Line::from(vec![
        Span::styled("█".repeat(full), theme.bar),
        Span::styled("░".repeat(bar.saturating_sub(full)), theme.bar_rest),
        Span::styled(text, theme.heading),
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
    let running = timeline(run, item, cx.now, usize::from(area.width), &mut page);
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
    let height = usize::from(area.height);
    // The latest is at the end, and while it runs it is what runs.
    let end = rows.len().saturating_sub(height);
    let running = running.and_then(|line| rows.iter().position(|row| row.line == line));
    let top = running.map_or(end, |row| row.saturating_sub(height / 2).min(end));
    page_rows(rows, top, theme, frame, area);
}
