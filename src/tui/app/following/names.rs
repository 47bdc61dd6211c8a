//! What devices are called: kept names come with the list, rows in sight are asked for gently, and all of them when a
//! person wants it.

use std::time::Duration;

use crate::{
    domain::{
        CertificateId, NamesPart, Operation, ask, looking_left, shortest_time, text::counted,
    },
    tui::{
        app::state::App,
        flash::Level,
        keymap::Command,
        known::side::Naming,
        requests::{Answered, Slot},
        text::words::seconds,
    },
};

/// How long the rows in sight must rest before they are asked for.
const RESTS: Duration = Duration::from_millis(500);

impl App {
    /// Takes what is kept of the names of these.
    pub(in crate::tui::app) fn ask_known_names(&mut self, ids: Vec<CertificateId>) {
        if ids.is_empty() {
            return;
        }
        self.ask(
            Slot::KnownNames,
            ask::KnownNames { ids },
            |app, _, answer| {
                if let Ok(names) = answer {
                    let book = &app.setup.config.accounts;
                    app.side.list.learn_names(names, book);
                }
            },
        );
    }

    /// Asks what the rows in sight are called. Nobody waits for it, so a failure is not said, and ends it until the
    /// next refresh.
    pub(in crate::tui::app) fn ask_names_in_sight(&mut self, height: usize) {
        let idle = self.areas().list.is_some()
            && self.side.list.is_listed()
            && self.side.session.ended.is_none()
            && self.setup.config.device_names
            && self.side.naming == Naming::Gently
            && !self.requests.awaits(self.side.session.id, &Slot::Names);
        if !idle {
            return;
        }
        let ids = self.side.list.nameless_in_sight(height);
        if ids.is_empty() {
            return;
        }
        let question = ask::NamesOf { ids, gently: true };
        self.ask_after(
            RESTS,
            Slot::Names,
            question,
            |app, _, answer| match answer {
                Ok(part) => app.take_names(part),
                Err(_) => app.side.naming = Naming::Failed,
            },
        );
    }

    /// After a refresh it is asked again what devices are called.
    pub(in crate::tui::app) fn names_may_be_asked(&mut self) {
        if self.side.naming == Naming::Failed {
            self.side.naming = Naming::Gently;
        }
    }

    fn take_names(&mut self, part: NamesPart) {
        let book = &self.setup.config.accounts;
        let ids: Vec<CertificateId> = part.names.iter().map(|name| name.id).collect();
        self.side.list.learn_names(part.names, book);
        self.heard_of(&ids);
    }

    /// Learns what all devices are called, or stops that.
    pub(in crate::tui::app) fn learn_all_names(&mut self) {
        if let Naming::All { .. } = self.side.naming {
            self.side.naming = Naming::Gently;
            let of = self.side.session.id;
            self.requests.cancel(of, &Slot::Names, &mut self.effects);
            return self.say(Level::Info, "Names: stopped. What was learned is kept.");
        }
        if !self.side.list.is_listed() {
            return self.say(
                Level::Info,
                "Names: not before all certificates are listed.",
            );
        }
        let ids = self.side.list.nameless();
        if ids.is_empty() {
            return self.say(Level::Info, "Names: all of them are known.");
        }
        let n = ids.len();
        let calls = [
            Operation::DescribeCertificate,
            Operation::ListPrincipalThings,
        ];
        let each = shortest_time(calls, self.setup.config.pace);
        let time = each.saturating_mul(u32::try_from(n).unwrap_or(u32::MAX));
        let key = self.setup.keymap.key(Command::LearnNames);
        let text = match looking_left(n, self.setup.config.pace) {
            Some(_) => format!(
                "Learning the names of {}: about {}. {key} stops it.",
                counted(n, "certificate", "certificates"),
                seconds(time)
            ),
            None => format!(
                "Learning the names of {}.",
                counted(n, "certificate", "certificates")
            ),
        };
        self.say(Level::Info, text);
        self.side.naming = Naming::All { done: 0, all: n };
        let question = ask::NamesOf { ids, gently: false };
        self.ask(Slot::Names, question, |app, _, answer| app.learned(answer));
    }

    fn learned(&mut self, answer: Answered<ask::NamesOf>) {
        match answer {
            Ok(part) => {
                let last = part.last;
                if let Naming::All { done, all } = &mut self.side.naming {
                    *done = done.saturating_add(part.names.len()).min(*all);
                }
                self.take_names(part);
                if last && let Naming::All { all: n, .. } = self.side.naming {
                    self.side.naming = Naming::Gently;
                    let names = counted(n, "certificate", "certificates");
                    self.say(Level::Good, format!("The names of {names} are known."));
                }
            }
            Err(failure) => {
                self.side.naming = Naming::Failed;
                self.say(Level::Bad, format!("Names: {}.", failure.summary()));
            }
        }
    }
}
