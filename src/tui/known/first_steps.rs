//! The keys that somebody new is shown, each until it was used once.

use crate::tui::keymap::{Command, Keymap};

/// What is taught, and what is said of each.
const TAUGHT: [(Command, &str); 3] = [
    (Command::Open, "opens it"),
    (Command::Actions, "shows what can be done"),
    (Command::Help, "helps"),
];

/// The same in the demo, which has two accounts open.
const TAUGHT_BY_DEMO: [(Command, &str); 3] = [
    (Command::Open, "opens it"),
    (Command::Actions, "what can be done"),
    (Command::OtherSide, "the other account"),
];

/// The keys that were not used yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstSteps {
    greeting: &'static str,
    left: Vec<(Command, &'static str)>,
    used: Vec<Command>,
}

impl FirstSteps {
    /// What is left to be taught to somebody who has used these commands, by their names in the keymap file.
    pub fn after(used: &[String]) -> Self {
        let is_new = |command: Command| used.iter().all(|name| name != command.name());
        Self {
            greeting: "New here?",
            left: TAUGHT.into_iter().filter(|it| is_new(it.0)).collect(),
            used: Vec::new(),
        }
    }

    /// What the demo teaches.
    pub fn of_demo() -> Self {
        Self {
            greeting: "A demo:",
            left: TAUGHT_BY_DEMO.into(),
            used: Vec::new(),
        }
    }

    /// A command was given.
    pub fn used(&mut self, command: Command) {
        let before = self.left.len();
        self.left.retain(|it| it.0 != command);
        if self.left.len() < before {
            self.used.push(command);
        }
    }

    /// The names of the commands that were used for the first time.
    pub fn learnt(&self) -> Vec<&'static str> {
        self.used.iter().map(|command| command.name()).collect()
    }

    /// The line, with the keys as they are bound; `None` once nothing is left.
    pub fn line(&self, keymap: &Keymap) -> Option<String> {
        let said = self.left.iter().filter_map(|(command, what)| {
            let key = keymap.key(*command);
            (!key.is_empty()).then(|| format!("{key} {what}"))
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| format!("{} {}", self.greeting, said.join(" · ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_goes_once_it_was_used_and_the_line_with_the_last_one() {
        let keymap = Keymap::new("[main]\nactions = [\"z\"]\n").unwrap();
        let mut steps = FirstSteps::after(&["open".to_owned(), "nonsense".to_owned()]);
        let line = steps.line(&keymap);
        assert_eq!(
            line.as_deref(),
            Some("New here? z shows what can be done · ? helps")
        );
        steps.used(Command::Down);
        steps.used(Command::Actions);
        assert_eq!(steps.line(&keymap).as_deref(), Some("New here? ? helps"));
        steps.used(Command::Help);
        assert_eq!(steps.line(&keymap), None);
        assert_eq!(steps.learnt(), ["actions", "help"]);
        // A key that is not bound cannot be taught.
        let keymap = Keymap::new("[main]\nopen = []\nactions = []\nhelp = []\n").unwrap();
        assert_eq!(FirstSteps::after(&[]).line(&keymap), None);
    }
}
