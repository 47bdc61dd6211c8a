//! The last line: the keys that matter here, as they are bound.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    domain::{Procedure, RequestId, Standing, text::width},
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        keymap::Command,
        known::first_start::{Missing, missing},
        layers::Dialog,
        layout::BATCH_BESIDE,
        mouse::{Drawn, Touchable},
        pages::{
            belongings::state::BelongingsView,
            certificate::details::Tab,
            inventory::state::{InventoryTab, InventoryUse, InventoryView},
            reader::state::Reader,
        },
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

type Hint = (Command, &'static str);

fn reader_hints(reader: &Reader) -> Vec<Hint> {
    if reader.search.typing {
        return vec![(Command::Choose, "keep it"), (Command::Close, "end")];
    }
    if !reader.search.typed.is_empty() {
        return vec![
            (Command::NextHit, "next"),
            (Command::PreviousHit, "previous"),
            (Command::Close, "end the search"),
            (Command::Filter, "find"),
        ];
    }
    vec![
        (Command::Close, "close"),
        (Command::Down, "down"),
        (Command::PageDown, "page down"),
        (Command::Filter, "find"),
        (Command::CopyText, "copy"),
    ]
}

fn menu_hints(finds: bool) -> Vec<Hint> {
    vec![
        (Command::Choose, "choose"),
        (Command::Close, "close"),
        (
            Command::Down,
            if finds { "down; letters find" } else { "down" },
        ),
    ]
}

/// The hints, the most important first, and the one that always stands.
fn hints(app: &App) -> (Vec<Hint>, Option<Hint>) {
    let help = Some((Command::Help, "help"));
    match app.dialogs.last() {
        Some(Dialog::Menu(menu, _)) => {
            let finds = menu.typed().is_some();
            (menu_hints(finds), help.filter(|_| !finds))
        }
        Some(Dialog::Form(_, purpose)) => (form_hints(purpose), None),
        Some(Dialog::Reader(reader)) => (reader_hints(reader), None),
        Some(Dialog::Log(_)) => (
            vec![
                (Command::CopyText, "copy the line"),
                (Command::CopyAll, "copy all"),
                (Command::Close, "close"),
                (Command::Down, "down"),
                (Command::PageDown, "page down"),
            ],
            None,
        ),
        Some(Dialog::History(_)) => (menu_hints(true), None),
        Some(Dialog::Inventory(view)) => (inventory_hints(view), None),
        Some(Dialog::Transfers(_)) => (transfers_hints(), help),
        Some(Dialog::Belongings(view)) => (belongings_hints(app, view), help),
        // While letters are typed, the key of the help is one of them.
        Some(Dialog::Batch(request)) => (
            batch_hints(app, *request),
            help.filter(|_| app.typed_to_find().is_none()),
        ),
        None if app.side.list.marks() > 0 => (
            vec![
                (Command::Actions, "Actions on the marked"),
                (Command::Mark, "mark, down"),
                (Command::MarkShown, "mark all shown"),
                (Command::Open, "open"),
                (Command::Filter, "filter"),
            ],
            help,
        ),
        None if app.side.list.filtering => (
            vec![
                (Command::Confirm, "keep the filter"),
                (Command::Cancel, "clear it"),
                (Command::NextField, "complete"),
                (Command::OlderFilter, "older"),
                (Command::SaveFilter, "save"),
            ],
            None,
        ),
        None if app.details_focused() => {
            let tab = app
                .side
                .details
                .as_ref()
                .map_or(Tab::Details, |details| details.tab);
            let mut hints = vec![(Command::Actions, "Actions"), (Command::NextTab, "tabs")];
            if tab != Tab::Details {
                hints.insert(0, (Command::Options, "options"));
            }
            hints.push((Command::Back, "back"));
            hints.push((Command::Refresh, "refresh"));
            hints.push((Command::Copy, "copy"));
            if app.areas().beside() {
                hints.push((Command::FocusLeft, "list"));
            }
            (hints, help)
        }
        None if app.side.list.selected().is_none() && app.facts().failure_in_sight() => (
            vec![
                match missing(&app.facts()) {
                    Some(Missing::Region) => (Command::Open, "name a region"),
                    _ => (Command::Open, "read all"),
                },
                (Command::Refresh, "try again"),
                (Command::Accounts, "account"),
                (Command::Quit, "quit"),
            ],
            help,
        ),
        None => (
            vec![
                (Command::Open, "open"),
                (Command::Options, "options"),
                (Command::Mark, "mark, down"),
                (Command::Filter, "filter"),
                (Command::OtherSide, "other side"),
                (Command::Refresh, "refresh"),
                (Command::Accounts, "account"),
                (Command::Sort, "sort"),
                (Command::Quit, "quit"),
                (Command::Copy, "copy"),
                (Command::CommandLog, "log"),
            ],
            help,
        ),
    }
}

fn form_hints(purpose: &Confirmation) -> Vec<Hint> {
    let mut hints = vec![
        (Command::Confirm, "next, or press the button"),
        (Command::Cancel, "cancel"),
        (Command::NextField, "next"),
    ];
    if matches!(purpose, Confirmation::Batch(draft) if draft.can_be_planned()) {
        hints.push((Command::SavePlan, "save as a plan"));
    }
    hints
}

fn inventory_hints(view: &InventoryView) -> Vec<Hint> {
    let choose = match (view.used, view.tab) {
        _ if view.is_empty() && view.nothing_read() && view.failure().is_some() => "try again",
        (InventoryUse::Look, InventoryTab::Of(_)) => "choose",
        (InventoryUse::Complete, InventoryTab::Of(_)) => "take it",
        (InventoryUse::Find, _) | (_, InventoryTab::Recent | InventoryTab::Saved) => "find",
    };
    let mut hints = vec![
        (Command::Choose, choose),
        (Command::NextTab, "kind"),
        (
            Command::Close,
            if view.typed.is_empty() {
                "close"
            } else {
                "clear"
            },
        ),
        (Command::Down, "down; letters find"),
    ];
    if view.kind().is_none() {
        hints.insert(2, (Command::Forget, "forget"));
    }
    if view.untold().is_some() || view.failure().is_some() {
        hints.push((Command::Retry, "try again"));
    }
    hints
}

fn transfers_hints() -> Vec<Hint> {
    vec![
        (Command::Choose, "open"),
        (Command::ItemOptions, "options"),
        (Command::NextTab, "inbox, outbox"),
        (Command::Watch, "watch"),
        (Command::Close, "close"),
        (Command::Retry, "refresh"),
        (Command::CopyText, "copy"),
    ]
}

fn belongings_hints(app: &App, view: &BelongingsView) -> Vec<Hint> {
    let mut hints = vec![(Command::Choose, "all of it"), (Command::Close, "close")];
    if view.choosing.is_some() {
        hints.insert(0, (Command::HandOverNow, "hand over…"));
        hints.push((Command::NamesThere, "names there"));
    } else if app.against_hand_over().is_none() {
        hints.push((Command::HandOverNow, "hand over…"));
    }
    hints.extend([
        (Command::SaveReport, "save CSV"),
        (Command::SaveJson, "save JSON"),
        (Command::Retry, "read again"),
        (Command::CopyText, "copy"),
    ]);
    hints
}

fn batch_hints(app: &App, request: RequestId) -> Vec<Hint> {
    let run = app.batch(request);
    if run.is_some_and(|run| run.finding) {
        return vec![
            (Command::Choose, "keep it"),
            (Command::Close, "all of them"),
        ];
    }
    let mut hints = vec![(Command::Close, "close"), (Command::ItemOptions, "options")];
    if run.is_none_or(|run| run.tally.ended.is_some()) {
        if run.is_some_and(|run| run.tally.can_retry()) {
            hints.push((Command::Retry, "try the rest again"));
        }
        if run.is_some_and(|run| {
            let over =
                run.hands_over() && run.tally.count(Standing::Done) == run.tally.items().len();
            run.tally.procedure.has_runs() && run.tally.procedure != Procedure::PutBack && !over
        }) {
            hints.push((Command::PutBackAll, "put back"));
        }
        hints.push((Command::SaveReport, "save CSV"));
    } else {
        hints.insert(0, (Command::Stop, "stop"));
    }
    hints.push((Command::Choose, "steps"));
    if run.is_some_and(|run| run.tally.items().len() > 1) {
        hints.push((Command::Filter, "find"));
    }
    if app.screen.width >= BATCH_BESIDE {
        let beside = app.areas().batch.is_some();
        let word = if beside {
            "over the list"
        } else {
            "beside the list"
        };
        hints.push((Command::BesideList, word));
    }
    hints
}
