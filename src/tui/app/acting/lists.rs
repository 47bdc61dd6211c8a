//! Lists in files on the screen: what one names is marked, and each of its lines accounted for.

use std::path::PathBuf;

use crate::{
    domain::{
        Accounted, Accounting, CertificateId, Finder, FoundPart, ListView, accounted,
        accounting_words, ask, names_in,
        text::{counted, visible},
    },
    tui::{
        app::state::App,
        confirm::confirmation::Confirmation,
        flash::Level,
        keymap::Command,
        known::side::Lookup,
        layers::Dialog,
        pages::{
            certificates::list::CertificateList,
            reader::state::{Content, Reader},
        },
        requests::{Answered, Slot},
        text::prose::{Prose, Role},
    },
};

/// How many lines that are certificates are shown one by one; of the others all are.
const SHOWN: usize = 10_000;

impl App {
    /// Asks which file, or stops looking for what one names.
    pub(in crate::tui::app) fn ask_list(&mut self) {
        if self.side.lookup.take().is_some() {
            let of = self.side.session.id;
            self.requests
                .cancel(of, &Slot::NamedList, &mut self.effects);
            return self.say(Level::Info, "List: stopped. Nothing of it is marked.");
        }
        if !self.side.list.is_listed() || self.side.session.at().is_none() {
            return self.say(Level::Info, "List: not before all certificates are listed.");
        }
        self.open_form(Confirmation::MarkList);
    }

    /// Reads the list that the program was started with, once its account is listed, and shows what became of the
    /// lines of one that was read.
    pub(in crate::tui::app) fn follow_lists(&mut self) {
        if !self.takes_a_page() {
            return;
        }
        if let Some((title, text)) = self.side.accounted.take() {
            self.open(Dialog::Reader(Reader::new(title, Content::Prose(text))));
            self.typing.lost_its_dialog(self.now);
        } else if self.side.list.is_listed()
            && self.side.session.at().is_some()
            && let Some(path) = self.setup.select.take()
        {
            self.read_list(path);
        }
    }

    /// Reads a list, and looks for the things that it names.
    pub(in crate::tui::app) fn read_list(&mut self, path: PathBuf) {
        let Some(at) = self.side.session.at() else {
            return self.say(Level::Bad, "The own account is not known yet.");
        };
        self.side.lookup = Some(Lookup {
            path: path.display().to_string(),
            ..Lookup::default()
        });
        let at = Box::new(at);
        self.ask(
            Slot::NamedList,
            ask::ReadList { path, at },
            |app, _, answer| app.list_read(answer),
        );
    }

    fn list_read(&mut self, answer: Answered<ask::ReadList>) {
        let Some(lookup) = &mut self.side.lookup else {
            return;
        };
        let list = match answer {
            Ok(list) => list,
            Err(failure) => {
                self.side.lookup = None;
                return self.say(Level::Bad, format!("No list: {}.", failure.message));
            }
        };
        let names = names_in(&list.lines);
        lookup.list = list;
        if names.is_empty() {
            return self.account_for_list();
        }
        let by = Finder::Things(names);
        self.ask(Slot::NamedList, ask::Find { by }, |app, _, answer| {
            app.list_found(answer);
        });
    }

    fn list_found(&mut self, answer: Answered<ask::Find>) {
        let Some(lookup) = &mut self.side.lookup else {
            return;
        };
        match answer {
            Ok(part) => {
                let over = part == FoundPart::Over;
                lookup.found.take(part);
                if over {
                    self.account_for_list();
                }
            }
            Err(failure) => {
                self.side.lookup = None;
                self.say(
                    Level::Bad,
                    format!("List: {}. Nothing of it is marked.", failure.summary()),
                );
            }
        }
    }

    /// Marks what was found, and says what became of each line.
    fn account_for_list(&mut self) {
        let (Some(mut lookup), Some(at)) = (self.side.lookup.take(), self.side.session.at()) else {
            return;
        };
        let lines = std::mem::take(&mut lookup.list.lines);
        let view = ListOnScreen {
            list: &self.side.list,
            lookup: &lookup,
        };
        let lines = accounted(lines, &at, &view);
        let before = self.side.list.marks();
        let found = lines.iter().filter_map(|it| it.is.certificate());
        self.side.list.mark(found);
        let marked = self.side.list.marks();
        let key = self.setup.keymap.key(Command::Actions);
        let text = words(&lines, &self.side.list, (before, marked), &key);
        let title = format!("List {}", visible(&lookup.path));
        self.side.accounted = Some((title, text));
        if !self.takes_a_page() {
            let n = counted(marked, "certificate is marked", "certificates are marked");
            self.say(
                Level::Info,
                format!("List: {n}. What became of each line is shown next."),
            );
        }
    }

    /// Whether nothing is in the way of a page that comes up by itself: it must not take keys that were meant for
    /// something else.
    pub(super) fn takes_a_page(&self) -> bool {
        !self.aside && self.dialogs.is_empty() && !self.side.list.filtering
    }
}

/// What became of the lines, in words: first those that are no certificate.
fn words(
    lines: &[Accounted],
    list: &CertificateList,
    (before, marked): (usize, usize),
    actions: &str,
) -> Prose {
    let mut page = Prose::default();
    let is_found = |it: &&Accounted| matches!(it.is, Accounting::Found(_));
    let is_again = |it: &&Accounted| matches!(it.is, Accounting::Again(_));
    let found: Vec<&Accounted> = lines.iter().filter(is_found).collect();
    let again: Vec<&Accounted> = lines.iter().filter(is_again).collect();
    let missing = lines.iter().filter(|it| it.is.certificate().is_none());
    let missing: Vec<&Accounted> = missing.collect();
    page.text(Role::Plain, accounting_words(lines));
    let mut then = match marked {
        0 => "Nothing is marked.".to_owned(),
        n => {
            let n = counted(n, "certificate is marked", "certificates are marked");
            format!("{n}: {actions} on the list does something with all of them.")
        }
    };
    if before > 0 {
        let n = counted(before, "was", "were");
        then = format!("{then} {n} marked before.");
    }
    page.text(Role::Plain, then);
    for (heading, role, lines) in [
        ("Not found or not clear", Role::Bad, &missing),
        ("Named again", Role::Plain, &again),
        ("Certificates", Role::Plain, &found),
    ] {
        if lines.is_empty() {
            continue;
        }
        page.gap();
        page.text(Role::Heading, heading);
        let most = if role == Role::Bad {
            lines.len()
        } else {
            SHOWN
        };
        for it in lines.iter().take(most) {
            page.text(role, line_words(it, list));
        }
        match lines.len().saturating_sub(most) {
            0 => {}
            n => page.text(Role::Quiet, format!("and {n} more")),
        }
    }
    page
}

fn line_words(it: &Accounted, list: &CertificateList) -> String {
    let (number, text) = (it.line.number, visible(&it.line.text));
    let what = match (it.is.certificate(), it.is.why()) {
        (Some(id), _) => match list.device(id) {
            Some(device) if device != it.line.text => {
                format!("{} {}", id.short(), visible(device))
            }
            _ => id.short(),
        },
        (None, why) => why.unwrap_or_default(),
    };
    format!("{number}  {text}: {what}")
}

/// What the lines are accounted for by.
struct ListOnScreen<'a> {
    list: &'a CertificateList,
    lookup: &'a Lookup,
}

impl ListView for ListOnScreen<'_> {
    fn has(&self, id: CertificateId) -> bool {
        self.list.get(id).is_some()
    }

    fn beginning(&self, digits: &str) -> Vec<CertificateId> {
        self.list.beginning(digits)
    }

    fn of_thing(&self, name: &str) -> Option<Vec<CertificateId>> {
        self.lookup.found.things.get(name).cloned().flatten()
    }

    fn of_file(&self, path: &str) -> Result<Vec<CertificateId>, String> {
        let unread = || Err("it was not read".to_owned());
        let files = &self.lookup.list.files;
        files.get(path).cloned().unwrap_or_else(unread)
    }
}
