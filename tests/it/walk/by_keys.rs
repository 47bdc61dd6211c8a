//! Everything that a journal has open is brought to an end at a screen, with keys alone.

use std::{collections::HashMap, time::Duration};

use certferry::{
    domain::Reply,
    tui::{keymap::Command, layers::Dialog},
};
use crossterm::event::{KeyCode, KeyModifiers};
use tokio::sync::mpsc;

use super::{desk::Screen, promises::Promise};

/// What is tried with an unfinished run, in this order.
const WAYS: [&str; 3] = ["Put back", "Resume", "Leave"];

impl Screen {
    /// Brings everything to an end that the screen says is open, and quits.
    pub(super) async fn ends_what_is_open(&mut self, mut replies: mpsc::Receiver<Reply>) {
        let mut tried: HashMap<String, usize> = HashMap::new();
        self.settles(&mut replies).await;
        // Three ways for each of at most eight, and what processes held that are gone.
        for round in 0.. {
            let Some(row) = self.open_row(&mut replies).await else {
                break;
            };
            if round == 40 {
                let what = format!("{row:?} cannot be ended:\n{}", self.picture());
                self.around.promises.breaks(Promise::CanBeEnded, what);
                break;
            }
            let times = tried.entry(row.clone()).or_default();
            let way = match row.split(':').next() {
                Some("At work") => "Take it over",
                Some("Not begun") => "Forget them",
                _ => WAYS[*times % WAYS.len()],
            };
            *times += 1;
            self.choose(&row).await;
            self.settles(&mut replies).await;
            self.choose(way).await;
            self.settles(&mut replies).await;
            if matches!(self.app.dialogs.last(), Some(Dialog::Form(..))) {
                self.confirms().await;
                self.settles(&mut replies).await;
            }
            self.closes_all().await;
        }
        self.goes_home(replies).await;
    }

    /// The first row of the runs that is still to be decided about.
    async fn open_row(&mut self, replies: &mut mpsc::Receiver<Reply>) -> Option<String> {
        self.closes_all().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.command(Command::Runs);
        self.settles(replies).await;
        let Some(Dialog::Menu(menu, _)) = self.app.dialogs.last() else {
            return None;
        };
        let labels = menu.entries().iter().map(|entry| entry.label.clone());
        let labels: Vec<String> = labels.collect();
        let begins = |with: &str| labels.iter().find(|label| label.starts_with(with)).cloned();
        begins("At work: ")
            .or_else(|| begins("Half-way: "))
            .or_else(|| begins("Not begun: "))
    }

    /// Goes to the row of a menu whose words begin like this, and chooses it.
    async fn choose(&mut self, label: &str) {
        let Some(Dialog::Menu(menu, _)) = self.app.dialogs.last() else {
            return;
        };
        let rows = menu.entries();
        for _ in 0..=rows.len() {
            let Some(Dialog::Menu(menu, _)) = self.app.dialogs.last() else {
                return;
            };
            if menu
                .selected()
                .is_some_and(|it| it.label.starts_with(label))
            {
                self.plain(KeyCode::Enter).await;
                return;
            }
            self.plain(KeyCode::Down).await;
        }
    }

    /// Fills in the form on top and presses its button.
    async fn confirms(&mut self) {
        let typed = |screen: &Self, label: &str| {
            let third = screen.words().contains("7777-8888-9999");
            match label {
                "Last 4 digits" if third => "9999",
                "Last 4 digits" => "6666",
                _ => "",
            }
            .to_owned()
        };
        if self.goes_to_the_button(typed).await {
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            self.key(KeyCode::Enter, KeyModifiers::NONE);
        }
    }
}
