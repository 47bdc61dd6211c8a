//! Which entries the menus have.

use crate::domain::{
    Action, Availability, CertificateId, ConsoleStatus, Mutation, text::counted_attachments,
};

use super::{
    App, Level, Tab,
    dialog::{Choice, Dialog, Entry, Kind, Menu, MenuKind},
    pages,
};

impl App {
    pub(super) fn open_actions(&mut self) {
        if self.list.marks() > 0 && !self.details_focused() {
            return self.open_marks_menu();
        }
        if let Some(id) = self.current() {
            let kind = if self.details_focused() {
                MenuKind::Actions(id)
            } else {
                MenuKind::Row(id)
            };
            self.open_certificate_menu(kind, id);
        }
    }

    pub(super) fn open_options(&mut self) {
        let Some(details) = self.details.as_ref().filter(|_| self.details_focused()) else {
            if let Some(id) = self.list.selected() {
                self.open_certificate_menu(MenuKind::Row(id), id);
            }
            return;
        };
        let (id, name) = (details.id, details.selected_name());
        match (details.tab, name) {
            (Tab::Details, _) => self.open_actions(),
            (Tab::Policies, Some(name)) => self.open_policy_menu(id, name),
            (Tab::Things, Some(name)) => self.open_thing_menu(id, name),
            (_, None) => self.say(Level::Info, "Nothing is attached here."),
        }
    }

    fn open_certificate_menu(&mut self, kind: MenuKind, id: CertificateId) {
        // The menu is about this certificate: the cursor stays on it, whatever is listed meanwhile.
        if matches!(kind, MenuKind::Row(_)) {
            self.list.select(id);
        }
        let entries = self.certificate_entries(&kind, id);
        let title = format!("{}  {}", id.short(), self.status(id).label());
        self.open(Dialog::Menu(Menu::new(kind, title, entries)));
    }

    fn certificate_entries(&self, kind: &MenuKind, id: CertificateId) -> Vec<Entry> {
        let subject = self.subject(id);
        let mut entries = Vec::new();
        if matches!(kind, MenuKind::Row(_)) {
            entries.push(Entry::enabled("Open details", Choice::Open(id)));
        }
        entries.extend(if self.unfinished_run(id).is_some() {
            self.decisions(id)
        } else {
            Vec::new()
        });
        for action in Action::menu(subject.readiness.status) {
            // Beside what cannot be undone, and before it.
            if matches!(action, Action::Revoke) {
                entries.extend(self.put_back_entry(id));
            }
            // What opens a dialog has dots, as everywhere.
            let label = format!("{}…", action.label());
            entries.push(match action.availability(&subject) {
                Availability::Enabled => {
                    let prepared = (action == Action::StartTransfer)
                        .then(|| subject.readiness.preparation())
                        .flatten();
                    Entry::enabled(label, Choice::Act(action, id))
                        .with_remark(prepared.unwrap_or_default())
                }
                Availability::Disabled(reason) => Entry::disabled(action.label(), reason),
            });
        }
        if self.status(id).in_transfer() {
            entries.extend(self.put_back_entry(id));
        }
        entries.push(Entry::enabled("Copy…", Choice::CopyMenu(id)));
        entries
    }

    /// Putting back what the journal has of a certificate, where that is known or likely. With an
    /// open run it stands among the decisions about that.
    fn put_back_entry(&self, id: CertificateId) -> Option<Entry> {
        if self.unfinished_run(id).is_some() {
            return None;
        }
        let known = self.put_back_record(id);
        let came_back = self.list.get(id).is_some_and(|facts| facts.came_back);
        let remark = match known {
            Some(_) if self.status(id).in_transfer() => "revokes the transfer first".to_owned(),
            Some(record) => {
                let before = &record.before;
                counted_attachments(before.policies.len(), before.things.len()).unwrap_or_default()
            }
            // What the journal has is asked when the dialog opens.
            None if came_back && !self.knows_journal_of(id) => "it came back".to_owned(),
            None => return None,
        };
        Some(if self.setup.read_only {
            Entry::disabled("Put back", "this session is read-only")
        } else if self.is_changing(id) {
            Entry::disabled("Put back", "a change of it is under way")
        } else {
            Entry::enabled("Put back…", Choice::Order(Kind::PutBack, vec![id])).with_remark(remark)
        })
    }

    /// Makes an open certificate menu anew, since an answer may have changed what applies.
    pub(super) fn renew_menu(&mut self) {
        let Some(Dialog::Menu(menu)) = self.dialogs.last() else {
            return;
        };
        let kind = menu.kind.clone();
        if kind == MenuKind::Runs {
            let entries = self.runs_entries();
            if let Some(Dialog::Menu(menu)) = self.dialogs.last_mut() {
                menu.replace(entries);
            }
            return;
        }
        let (MenuKind::Row(id) | MenuKind::Actions(id)) = kind else {
            return;
        };
        let entries = self.certificate_entries(&kind, id);
        let title = format!("{}  {}", id.short(), self.status(id).label());
        if let Some(Dialog::Menu(menu)) = self.dialogs.last_mut() {
            menu.title = title;
            menu.replace(entries);
        }
    }

    fn open_policy_menu(&mut self, id: CertificateId, name: String) {
        let view = Entry::enabled("View document", Choice::ViewPolicy(name.clone()));
        let change = self
            .session
            .arn(id)
            .map(|certificate| Mutation::DetachPolicy {
                certificate,
                policy: name.clone(),
            });
        let detach = if self.setup.read_only {
            Entry::disabled("Detach", "this session is read-only")
        } else if change.is_some_and(|change| self.is_under_way(&change)) {
            Entry::disabled("Detach", "it is being detached")
        } else if self.in_order(id) {
            Entry::disabled("Detach", "a run works on the certificate")
        } else {
            Entry::enabled("Detach…", Choice::DetachPolicy(id, name.clone()))
        };
        self.open_attachment_menu("Policy", name, view, detach);
    }

    fn open_thing_menu(&mut self, id: CertificateId, name: String) {
        let detaching = self
            .details
            .as_ref()
            .is_some_and(|details| details.is_detaching(&name));
        let change = self
            .session
            .arn(id)
            .map(|certificate| Mutation::DetachThing {
                certificate,
                thing: name.clone(),
            });
        let detaching = detaching || change.is_some_and(|change| self.is_under_way(&change));
        let view = Entry::enabled("View attributes", Choice::ViewThing(name.clone()));
        let detach = if self.setup.read_only {
            Entry::disabled("Detach", "this session is read-only")
        } else if detaching {
            Entry::disabled("Detach", "it is being detached")
        } else if self.in_order(id) {
            Entry::disabled("Detach", "a run works on the certificate")
        } else {
            Entry::enabled("Detach…", Choice::DetachThing(id, name.clone()))
        };
        self.open_attachment_menu("Thing", name, view, detach);
    }

    fn open_attachment_menu(&mut self, what: &str, name: String, view: Entry, detach: Entry) {
        let title = format!("{what} {}", crate::domain::text::visible(&name));
        let copy = Choice::Copy {
            what: "the name",
            text: name,
        };
        let entries = vec![view, detach, Entry::enabled("Copy name", copy)];
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    pub(super) fn open_copy(&mut self) {
        let row = self.details.as_ref().filter(|_| self.details_focused());
        match (
            row.map(|d| d.tab),
            row.and_then(super::Details::selected_name),
        ) {
            (Some(Tab::Policies | Tab::Things), Some(name)) => self.copy("the name", name),
            _ => {
                if let Some(id) = self.current() {
                    self.open_copy_menu(id);
                }
            }
        }
    }

    pub(super) fn open_copy_menu(&mut self, id: CertificateId) {
        let copy = |what, text| Choice::Copy { what, text };
        let mut entries = vec![Entry::enabled(
            "Certificate id",
            copy("the certificate id", id.to_string()),
        )];
        let details = self.details.as_ref().filter(|details| details.id == id);
        let made = self.session.arn(id);
        let arn = match details {
            Some(details) => details.arn_text(made.as_ref()),
            None => made.map(|arn| arn.to_string()),
        };
        entries.push(match arn {
            Some(arn) => Entry::enabled("ARN", copy("the ARN", arn)),
            None => Entry::disabled("ARN", "the account is not known yet"),
        });
        let pem = details
            .and_then(|d| d.description.value())
            .and_then(|d| d.pem.clone());
        entries.push(match pem {
            Some(pem) => Entry::enabled("Certificate (PEM)", copy("the certificate", pem)),
            None => Entry::disabled("Certificate (PEM)", "open the details first"),
        });
        if self.status(id) == ConsoleStatus::Transferred {
            let note = pages::note(self, id);
            let choice = copy("the note for the recipient", note);
            entries.push(Entry::enabled("Note for the recipient", choice));
        }
        let title = format!("Copy of {}", id.short());
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    pub(super) fn open_accounts(&mut self) {
        if self.setup.targets.is_empty() && self.setup.simulator {
            return self.say(Level::Info, "There is no other account.");
        }
        let current = self
            .setup
            .targets
            .iter()
            .position(|known| known.target.profile == self.session.target.profile);
        let mut entries: Vec<Entry> = self
            .setup
            .targets
            .iter()
            .enumerate()
            .map(|(i, known)| {
                // The other side of a transfer is in the same region.
                let mut target = known.target.clone();
                target.region = target.region.or_else(|| self.session.target.region.clone());
                let entry = Entry::enabled(&*known.label, Choice::Connect(target));
                if Some(i) == current {
                    entry.with_remark("in use")
                } else {
                    entry
                }
            })
            .collect();
        if !self.setup.simulator {
            entries.push(Entry::enabled("Another region…", Choice::AskRegion));
        }
        let mut menu = Menu::new(MenuKind::Fixed, "Account", entries);
        // The next one is what a person most likely wants: the other side of a transfer.
        let targets = self.setup.targets.len().max(1);
        menu.select(current.map_or(0, |i| i.saturating_add(1) % targets));
        self.open(Dialog::Menu(menu));
    }
}
