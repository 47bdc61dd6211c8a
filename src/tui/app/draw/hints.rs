//! The last line: the keys that matter here, as they are bound.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::text::width,
    tui::{
        app::{here::hints, state::App},
        keymap::Command,
        mouse::{Drawn, Touchable},
        theme::Theme,
    },
};

/// Draws the hints. The least important go first when the room is short; help is never cut.
pub(in crate::tui::app) fn render(
    app: &App,
    drawn: &Drawn,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    // A reply has just opened or closed a dialog: keys are ignored for a moment.
    if app.keys_rest() {
        return;
    }
    // Where letters are typed, only other keys are commands.
    let typing = app.typed_to_find().is_some();
    let completes = app.dialogs.is_empty() && app.side.list.filtering;
    let key = |command: Command| {
        if completes && command == Command::NextField {
            return app.setup.keymap.key_to_complete();
        }
        let mut keys = app.setup.keymap.keys_of(command).iter();
        let key = keys.find(|key| !(typing && key.types()));
        key.map_or_else(String::new, |key| app.setup.keymap.name_of(*key))
    };
    let (hints, last) = hints(app);
    let mut parts: Vec<(String, &str, Command)> = hints
        .iter()
        .map(|(command, word)| (key(*command), *word, *command))
        .filter(|(key, ..)| !key.is_empty())
        .collect();
    let last = last.map(|(command, word)| (key(command), word, command));
    let length = |part: &(String, &str, Command)| {
        width(&part.0)
            .saturating_add(width(part.1))
            .saturating_add(4)
    };
    let room = usize::from(area.width);
    let mut used: usize = parts.iter().chain(&last).map(length).sum();
    while used > room {
        let Some(dropped) = parts.pop() else {
            break;
        };
        used = used.saturating_sub(length(&dropped));
    }
    parts.extend(last);
    let mut spans = vec![Span::raw(" ")];
    let mut column = area.x.saturating_add(1);
    for (i, (key, word, command)) in parts.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::styled(" · ", theme.quiet));
            column = column.saturating_add(3);
        }
        let wide = width(&key).saturating_add(width(word)).saturating_add(1);
        let wide = u16::try_from(wide).unwrap_or(u16::MAX);
        let hint = Rect {
            x: column,
            width: wide,
            ..area
        };
        drawn.note(hint.intersection(area), Touchable::Press(command));
        column = column.saturating_add(wide);
        spans.push(Span::styled(key, theme.key));
        spans.push(Span::styled(format!(" {word}"), theme.quiet));
    }
    frame.render_widget(Line::from(spans), area);
}
