//! Changing the state: a message comes in, and what is to be done outside comes out.

use std::collections::{HashMap, HashSet};

use ratatui::layout::Rect;

use crate::{
    domain::{ConnectionId, Timestamp},
    tui::{
        app::state::App,
        confirm::left::LeftForms,
        flash::Occasion,
        known::{
            command_log::CommandLog, left_views::LeftViews, recent::RecentFilters, setup::Setup,
            side::Side,
        },
        layers::BatchStands,
        msg::{Effect, Msg},
        requests::Requests,
        typing::Typing,
    },
};

/// The state at the start, and what is to be done first.
pub fn start(setup: Setup, now: Timestamp, screen: Rect) -> (App, Vec<Effect>) {
    let mut app = App {
        now,
        screen,
        side: Side::new(ConnectionId(0), setup.target.clone()),
        peer: None,
        aside: false,
        connections: 0,
        dialogs: Vec::new(),
        flash: None,
        theme: None,
        first_steps: setup.first_steps.clone(),
        log: CommandLog::default(),
        batches: Vec::new(),
        batch_stands: BatchStands::default(),
        logged: HashMap::new(),
        doubted_calls: HashSet::new(),
        requests: Requests::default(),
        effects: Vec::new(),
        leaving: false,
        occasion: Occasion::default(),
        mouse: setup.config.mouse,
        focused: None,
        dialog_changed: now,
        typing: Typing::default(),
        chosen_lately: Vec::new(),
        left_forms: LeftForms::default(),
        left_views: LeftViews::default(),
        count: 0,
        opened: 0,
        stands: None,
        copied: None,
        recent: RecentFilters::default(),
        setup,
    };
    if app.mouse {
        app.effects.push(Effect::Mouse(true));
    }
    app.connect(app.side.session.target.clone());
    let effects = std::mem::take(&mut app.effects);
    (app, effects)
}

/// Changes the state and says what is to be done outside.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let dialogs = (app.dialogs.len(), app.opened);
    match msg {
        Msg::Clock(now) => {
            app.tell_time(now);
            app.go_on();
        }
        Msg::Resize { columns, rows } => app.screen = Rect::new(0, 0, columns, rows),
        Msg::InSight => {
            // What came meanwhile was not read yet.
            app.stands = None;
            app.typing.lost_its_dialog(app.now);
        }
        Msg::Key(stroke) => app.by_hand(|app| app.key(&stroke)),
        Msg::Mouse(touch) => app.by_hand(|app| app.touch(&touch)),
        Msg::Focused(at) => app.focused = Some(at),
        Msg::Paste(text) => app.by_hand(|app| app.paste(&text)),
        Msg::Reply(reply) => {
            let before = (app.dialogs.len(), app.opened);
            app.reply(reply);
            // Somebody may have been typing into what is gone now, or under what has come.
            if (app.dialogs.len(), app.opened) != before {
                app.typing.lost_its_dialog(app.now);
            }
        }
    }
    if (app.dialogs.len(), app.opened) != dialogs {
        app.dialog_changed = app.now;
    }
    app.follow_up();
    std::mem::take(&mut app.effects)
}
