//! What certificates would lose: asking for it, and following the answer.

use crate::{
    domain::{CertificateId, ask},
    tui::{
        app::state::App,
        flash::Level,
        layers::Dialog,
        pages::belongings::{choosing::Choosing, state::BelongingsView},
        requests::{Answered, Slot},
    },
};

impl App {
    /// Reads what certificates would lose, and shows it as it comes; compared with the other side, when one is
    /// open.
    pub(in crate::tui::app) fn open_belongings(&mut self, ids: Vec<CertificateId>) {
        self.read_belongings(ids, None);
    }

    /// The same for a hand-over, with what was chosen of it so far.
    pub(in crate::tui::app) fn read_belongings(
        &mut self,
        ids: Vec<CertificateId>,
        choosing: Option<Choosing>,
    ) {
        let Some(place) = self.side.session.at() else {
            let text = "The account is not known yet.";
            return self.say(Level::Info, text);
        };
        // Read again, it takes the place of what was read before.
        let mut before = None;
        if let Some(Dialog::Belongings(view)) = self.dialogs.last() {
            let same = view.survey.over && view.choosing.is_some() == choosing.is_some();
            before = same.then(|| Box::new(view.survey.clone()));
            self.close_dialog();
        }
        let other = self.peer.as_ref().map(|peer| &peer.session);
        let beside = other.filter(|session| session.connected).map(|it| it.id);
        let mapping = choosing.as_ref().map(|it| it.wishes.mapping.clone());
        let mapping = mapping.unwrap_or_else(|| self.setup.config.hand_over.mapping.clone());
        let mut view = BelongingsView::new(ids.clone(), place, choosing, self.now);
        view.before = before;
        self.open(Dialog::Belongings(Box::new(view)));
        let question = ask::TakesAlong {
            ids,
            beside,
            mapping: Box::new(mapping),
        };
        self.ask(Slot::Belongings, question, |app, _, answer| {
            app.belongings_answer(answer);
        });
    }

    /// The page that is open.
    pub(in crate::tui::app) fn belongings_view(&mut self) -> Option<&mut BelongingsView> {
        let mut dialogs = self.dialogs.iter_mut().rev();
        dialogs.find_map(|dialog| match dialog {
            Dialog::Belongings(view) => Some(&mut **view),
            _ => None,
        })
    }

    fn belongings_answer(&mut self, answer: Answered<ask::TakesAlong>) {
        let now = self.now;
        let Some(view) = self.belongings_view() else {
            return;
        };
        match answer {
            Ok(part) => view.take(part, now),
            Err(failure) => view.failed(failure),
        }
        if let Some(before) = view.before.take_if(|_| view.survey.over) {
            let text = if *before == view.survey {
                "Read again: nothing has changed."
            } else {
                "Read again: it is not as it was before."
            };
            self.say(Level::Good, text);
        }
    }
}
