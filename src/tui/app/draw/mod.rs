//! Draws the state. Reads it, changes nothing, waits for nothing.

mod header;
mod hints;

use ratatui::{
    Frame,
    layout::Rect,
    text::Line,
    widgets::{Block, Paragraph},
};

use crate::{
    domain::text::fit,
    tui::{
        app::state::App,
        dialogs::{form_draw, frame::page_rows, menu_draw},
        flash::Level,
        keymap::Command,
        known::context::Context,
        layers::Dialog,
        layout::SMALLEST,
        mouse::{Drawn, Touchable},
        pages::{
            batch, belongings, certificate, certificates, command_log, history, inventory, reader,
            transfers,
        },
        theme::{Theme, symbols::to_ascii},
    },
};

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
    draw(app, theme, frame);
}

/// The same; answers what was drawn where.
pub fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Drawn {
    let theme = &app.theme.unwrap_or(*theme);
    let whole = frame.area();
    theme.ground(frame.buffer_mut(), whole);
    let drawn = Drawn::new(app.opened);
    picture(app, &drawn, theme, frame);
    if theme.ascii {
        to_ascii(frame.buffer_mut());
    }
    drawn
}

fn picture(app: &App, drawn: &Drawn, theme: &Theme, frame: &mut Frame<'_>) {
    if app.too_small() {
        let quit = app.setup.keymap.key(Command::Quit);
        let (columns, rows) = SMALLEST;
        let text = format!("certferry needs {columns}x{rows}. {quit} quits.");
        frame.render_widget(
            Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true }),
            frame.area(),
        );
        return;
    }
    let areas = app.areas();
    header::render(&app.cx(), theme, frame, areas.header);
    page_rows(
        app.banner(),
        0,
        theme,
        frame,
        areas.banner.inner(ratatui::layout::Margin::new(1, 0)),
    );
    let cx = app.cx();
    // What lies under a dialog is not touched.
    let below = Context {
        drawn: app.dialogs.is_empty().then_some(drawn),
        ..cx
    };
    if let Some(area) = areas.list {
        below.note(area, Touchable::List);
        certificates::draw::render(&below, theme, frame, area);
    }
    if let Some(area) = areas.details {
        if areas.beside() {
            let left = Block::new()
                .borders(ratatui::widgets::Borders::LEFT)
                .border_style(theme.quiet);
            frame.render_widget(left, area);
        }
        below.note(area, Touchable::Details);
        certificate::draw::render(&below, theme, frame, area);
    }
    let on_top = matches!(app.dialogs.last(), Some(Dialog::Batch(it)) if app.batch_stands.beside() == Some(*it));
    if let (Some(_), Some(run)) = (
        areas.batch,
        app.batch_stands.beside().and_then(|it| cx.batch(it)),
    ) && !on_top
    {
        batch::draw::render(&cx, run, areas.batch, false, theme, frame);
    }
    flash(app, theme, frame, areas.flash);
    hints::render(app, drawn, theme, frame, areas.hints);
    let cx = Context {
        drawn: Some(drawn),
        ..cx
    };
    // Pages take the whole of it; a menu and a form say where they are themselves.
    if matches!(app.dialogs.last(), Some(dialog) if !matches!(dialog, Dialog::Menu(..) | Dialog::Form(..)))
    {
        drawn.note(areas.body, Touchable::Dialog);
    }
    // Only the topmost dialog has the keys, so only that one is drawn.
    match app.dialogs.last() {
        Some(Dialog::Menu(menu, _)) => menu_draw::render(&cx, menu, theme, frame),
        Some(Dialog::Form(form, purpose)) => {
            let text = purpose.text(form, &cx);
            form_draw::render(&cx, form, &text, theme, frame);
        }
        Some(Dialog::Reader(it)) => {
            reader::draw::render(&cx, it, &app.reader_text(), theme, frame);
        }
        Some(Dialog::Log(view)) => command_log::draw::render(&cx, view, theme, frame),
        Some(Dialog::History(view)) => history::draw::render(&cx, view, theme, frame),
        Some(Dialog::Inventory(view)) => inventory::draw::render(&cx, view, theme, frame),
        Some(Dialog::Transfers(view)) => transfers::draw::render(&cx, view, theme, frame),
        Some(Dialog::Belongings(view)) => belongings::draw::render(&cx, view, theme, frame),
        Some(Dialog::Batch(request)) => {
            let beside = areas
                .batch
                .filter(|_| app.batch_stands.beside() == Some(*request));
            if let Some(run) = cx.batch(*request) {
                batch::draw::render(&cx, run, beside, true, theme, frame);
            }
        }
        None => {}
    }
}

fn flash(app: &App, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(flash) = &app.flash else {
        let line = app.first_steps.line(&app.setup.keymap);
        if let Some(line) = line.filter(|_| app.teaches()) {
            let line = format!("  {line}");
            let line = fit(&line, usize::from(area.width)).into_owned();
            frame.render_widget(Line::styled(line, theme.quiet), area);
        }
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
