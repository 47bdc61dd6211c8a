//! The smallest program of its kind: a list in ratatui, and nothing else.
//!
//! It is started by the bench that compares itself with it, as `BENCH ten-lines`.

use crossterm::event::{self, Event, KeyCode};
use ratatui::widgets::{List, ListState};

use super::Outcome;

/// The word that a bench is started with to be this program.
pub(crate) const WORD: &str = "ten-lines";

/// Shows the list until `q` is pressed.
pub(crate) fn run() -> Outcome {
    let rows: Vec<String> = (0..240).map(|n| format!("certificate {n:03}")).collect();
    let mut state = ListState::default().with_selected(Some(0));
    ratatui::run(|terminal| {
        loop {
            let list = List::new(rows.iter().map(String::as_str)).highlight_symbol("> ");
            terminal.draw(|frame| frame.render_stateful_widget(list, frame.area(), &mut state))?;
            match event::read()? {
                Event::Key(key) if key.code == KeyCode::Char('j') => state.select_next(),
                Event::Key(key) if key.code == KeyCode::Char('G') => state.select_last(),
                Event::Key(key) if key.code == KeyCode::Char('q') => return Ok(()),
                _ => {}
            }
        }
    })
}
