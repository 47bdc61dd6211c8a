//! What a refresh has found, once all of its answers are there.

use crate::{
    domain::text::sentence,
    tui::{
        app::state::App,
        flash::Level,
        known::side::AskedAnew,
        pages::{certificate::details::Details, certificates::list::Findings},
        text::words::{grouped, listed},
    },
};

impl App {
    /// Asks for everything in sight anew, for a person who is to be told what came of it.
    pub(super) fn refresh_by_hand(&mut self) {
        let of_details = self.details_focused() && self.dialogs.is_empty();
        let details = self.side.details.as_ref().filter(|_| of_details);
        self.side.asked_anew = Some(match details {
            Some(details) => AskedAnew::Details(Box::new(details.seen())),
            None => AskedAnew::List,
        });
        self.refresh();
    }

    /// Says what was found, as soon as nothing more is to come. What failed says so where it stands.
    pub(super) fn tell_refreshed(&mut self) {
        let side = &self.side;
        let is_loading = match &side.asked_anew {
            None => return,
            Some(AskedAnew::List) => side.list.is_loading(),
            Some(AskedAnew::Details(_)) => side.details.as_ref().is_some_and(Details::is_loading),
        };
        let failed = side.session.failure().is_some() || side.session.ended.is_some();
        if !failed && (is_loading || !side.session.connected) {
            return;
        }
        let text = match self.side.asked_anew.take() {
            Some(AskedAnew::List) => self.list_refreshed(),
            Some(AskedAnew::Details(before)) => {
                let details = self.side.details.as_ref();
                let details = details.filter(|it| !it.has_failed());
                details.and_then(|it| it.since(&before))
            }
            None => None,
        };
        if let Some(text) = text.filter(|_| !failed) {
            self.say(Level::Good, text);
        }
    }

    fn list_refreshed(&mut self) -> Option<String> {
        let list = &mut self.side.list;
        let failed = list
            .listing()
            .failure()
            .or(list.outgoing_listing().failure());
        // What cannot be read was said already, and matters more.
        if failed.is_some() || list.unread.all() > 0 {
            return None;
        }
        let (all, _) = list.count();
        let found = words(all, list.findings());
        Some(match list.drop_marks_of_gone() {
            0 => found,
            n => format!("{found} {}", marks_gone(n)),
        })
    }
}

/// `312 certificates: 2 new, 1 gone, 3 with another status.`
fn words(all: usize, found: Findings) -> String {
    let certificates = match all {
        1 => "1 certificate".to_owned(),
        n => format!("{} certificates", grouped(n)),
    };
    let parts = [
        (found.new, "new"),
        (found.gone, "gone"),
        (found.changed, "with another status"),
    ];
    let parts: Vec<String> = (parts.into_iter())
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", grouped(n)))
        .collect();
    if found.first {
        sentence(&format!("{certificates}."))
    } else if parts.is_empty() {
        format!("Nothing has changed: {certificates}.")
    } else {
        format!("{certificates}: {}.", listed(&parts))
    }
}

/// What became of marks whose certificates are gone.
pub(super) fn marks_gone(n: usize) -> String {
    match n {
        1 => "1 marked certificate is gone; its mark is dropped.".to_owned(),
        n => format!(
            "{} marked certificates are gone; their marks are dropped.",
            grouped(n)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refresh_has_found_is_said_in_one_line() {
        let found = |new, gone, changed| Findings {
            new,
            gone,
            changed,
            first: false,
        };
        assert_eq!(
            words(312, found(2, 1, 3)),
            "312 certificates: 2 new, 1 gone, 3 with another status."
        );
        assert_eq!(words(1, found(0, 1_200, 0)), "1 certificate: 1,200 gone.");
        assert_eq!(
            words(0, found(0, 0, 0)),
            "Nothing has changed: 0 certificates."
        );
        let first = Findings {
            first: true,
            ..found(0, 0, 0)
        };
        assert_eq!(words(7, first), "7 certificates.");
    }
}
