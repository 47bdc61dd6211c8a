//! Coming back to an account: its list is as it was left.

use std::time::Duration;

use crate::{
    domain::text::counted,
    tui::{
        app::state::App, flash::Level, pages::certificates::list::CameBack, text::words::grouped,
    },
};

impl App {
    /// Keeps how the list is left, for when somebody comes back to its account and region. Whose it is was said by the
    /// credentials that it was read with: nothing of it is ever shown of another one.
    pub(super) fn keep_view(&mut self) {
        if let Some(place) = self.side.listed_of.take() {
            self.left_views.keep(place, self.side.list.left());
        }
    }

    /// As soon as it is known whose list this is, it is made as it was left.
    pub(super) fn bring_view_back(&mut self) {
        if self.side.listed_of.is_some() {
            return;
        }
        let Some(place) = self.side.session.at() else {
            return;
        };
        let view = self.left_views.take(&place);
        self.side.listed_of = Some(place);
        let Some(view) = view else {
            return;
        };
        let config = &self.setup.config;
        let list = &mut self.side.list;
        let back = list.come_back(view, &config.filter, &config.accounts);
        if self.side.session.connected {
            self.ask_found(Duration::ZERO);
        }
        if let Some(text) = words(&back).filter(|_| !self.aside) {
            self.say(Level::Info, text);
        }
    }

    /// Why nothing is done with what is marked: some of it is not listed yet. What is done is done with all of it.
    pub(super) fn marks_missing(&self) -> Option<String> {
        let missing = self.side.list.marks_awaited();
        let why = || format!("{} of the marked are not listed yet", grouped(missing));
        (missing > 0).then(why)
    }

    /// Says how many marks did not come back, once everything is listed.
    pub(super) fn tell_not_back(&mut self) {
        let book = &self.setup.config.accounts;
        let Some(gone) = self.side.list.end_awaiting(book).filter(|n| *n > 0) else {
            return;
        };
        let gone = match gone {
            1 => "1 certificate that you had marked here is gone from this account".to_owned(),
            n => {
                let n = grouped(n);
                format!("{n} certificates that you had marked here are gone from this account")
            }
        };
        let left = counted(self.side.list.marks(), "is marked", "are marked");
        let text = format!("{gone}; {left}.");
        self.say(Level::Info, text);
    }
}

/// What came back, in words; `None` when all of it is as it is at the start.
fn words(back: &CameBack) -> Option<String> {
    let marks = counted(back.marks, "mark", "marks");
    let parts = [
        (back.filter, "filter".to_owned()),
        (back.order, "order".to_owned()),
        (back.marks > 0, marks),
    ];
    let parts: Vec<String> = (parts.into_iter())
        .filter_map(|(is, word)| is.then_some(word))
        .collect();
    let too_many = match back.too_many {
        0 => String::new(),
        n => format!(" {} marks were too many to be kept.", grouped(n)),
    };
    if parts.is_empty() {
        return (back.too_many > 0).then(|| too_many.trim().to_owned());
    }
    Some(format!(
        "As you left this account: {}.{too_many}",
        parts.join(", ")
    ))
}
