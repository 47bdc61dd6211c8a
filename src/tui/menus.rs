//! Which entries the menus have.

use crate::domain::{
    Action, Availability, CertificateId, ConsoleStatus, ControlPlane, Mutation, READ_ONLY,
    text::counted_attachments,
};

use super::{
    App, KnownTarget, Level, Tab,
    dialog::{Choice, Dialog, Entry, Kind, Menu, MenuKind},
    keymap::Command,
    pages,
    stopping::{stop_entries, stop_title},
};

impl App {
    pub(super) fn open_actions(&mut self) {
        if self.list.marks() > 0 && !self.details_focused() {
            return self.open_marks_menu();
        }
        if let Some(id) = self.current() {
            self.open_certificate_menu(id);
        }
    }

    pub(super) fn open_options(&mut self) {
        let Some(details) = self.details.as_ref().filter(|_| self.details_focused()) else {
            if let Some(id) = self.list.selected() {
                self.open_certificate_menu(id);
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

    /// The actions of a certificate: the same letters in the same places, whatever its status and
    /// wherever the menu is opened.
    pub(super) fn open_certificate_menu(&mut self, id: CertificateId) {
        // The menu is about this certificate: the cursor stays on it, whatever is listed meanwhile.
        if !self.details_focused() {
            self.list.select(id);
        }
        let (title, entries) = (self.certificate_title(id), self.certificate_entries(id));
        self.open(Dialog::Menu(Menu::new(
            MenuKind::Certificate(id),
            title,
            entries,
        )));
    }

    fn certificate_title(&self, id: CertificateId) -> String {
        let short = id.short();
        match self.unfinished_run(id) {
            Some(record) => format!("{short}  {}", pages::standing(record)),
            None => format!("{short}  {}", self.status(id).label()),
        }
    }

    fn certificate_entries(&self, id: CertificateId) -> Vec<Entry> {
        let status = self.status(id);
        // What harms nothing stands first: the cursor is on it.
        let mut entries = vec![Entry::enabled(
            Command::CopyOf,
            "Copy…",
            Choice::CopyMenu(id),
        )];
        let (last, actions): (Vec<Action>, Vec<Action>) = (Action::menu(status).into_iter())
            .partition(|action| matches!(action, Action::Revoke | Action::RevokeTransfer));
        entries.extend(actions.into_iter().map(|it| self.action_entry(it, id)));
        entries.push(self.put_back_entry(id));
        entries.extend([Kind::Resume, Kind::LeaveAsIs].map(|kind| self.decision(kind, id)));
        // The one that cannot be undone does not stand where the other one stands.
        if last.contains(&Action::Revoke) {
            entries.push(Entry::nothing());
        }
        entries.extend(last.into_iter().map(|it| self.action_entry(it, id)));
        entries
    }

    fn action_entry(&self, action: Action, id: CertificateId) -> Entry {
        let subject = self.subject(id);
        match action.availability(&subject) {
            Availability::Enabled => {
                let prepared = (action == Action::StartTransfer)
                    .then(|| subject.readiness.preparation())
                    .flatten();
                // What opens a dialog has dots, as everywhere.
                let label = format!("{}…", action.label());
                Entry::enabled(letter(action), label, Choice::Act(action, id))
                    .with_remark(prepared.unwrap_or_default())
            }
            Availability::Disabled(reason) => {
                Entry::disabled(letter(action), action.label(), reason)
            }
        }
    }

    /// Putting back what the journal has of a certificate. What it has is asked when the dialog
    /// opens, unless that is known already.
    fn put_back_entry(&self, id: CertificateId) -> Entry {
        let status = self.status(id);
        let disabled = |why: &str| Entry::disabled(Command::PutBack, "Put back", why);
        if self.setup.read_only {
            return disabled(READ_ONLY);
        }
        if self.is_changing(id) {
            return disabled("a change of it is under way");
        }
        let came_back = self.list.get(id).is_some_and(|facts| facts.came_back);
        let remark = if self.unfinished_run(id).is_some() {
            "what its run took".to_owned()
        } else {
            match (self.put_back_record(id), self.knows_journal_of(id)) {
                (Some(_), _) if status.in_transfer() => "revokes the transfer first".to_owned(),
                (Some(record), _) => {
                    let before = &record.before;
                    counted_attachments(before.policies.len(), before.things.len())
                        .unwrap_or_default()
                }
                (None, true) => return disabled("the journal has nothing of it"),
                (None, false) if status == ConsoleStatus::Revoked => {
                    return disabled("revoked for ever");
                }
                (None, false) if status == ConsoleStatus::PendingTransfer => {
                    return disabled("only its sender can");
                }
                (None, false) if came_back => "it came back".to_owned(),
                (None, false) => "if the journal has something of it".to_owned(),
            }
        };
        let choice = Choice::Begin(Kind::PutBack, vec![id]);
        Entry::enabled(Command::PutBack, "Put back…", choice).with_remark(remark)
    }

    /// What else can become of a certificate's open run.
    fn decision(&self, kind: Kind, id: CertificateId) -> Entry {
        if self.unfinished_run(id).is_none() {
            let held = self.held.iter().any(|it| it.runs.contains(&id));
            let why = if held {
                let key = self.setup.keymap.key(Command::Runs);
                format!("another process works on it: {key} shows it")
            } else {
                "it has no unfinished run".to_owned()
            };
            return Entry::disabled(kind.letter(), kind.label(), why);
        }
        if self.is_changing(id) {
            return Entry::disabled(kind.letter(), kind.label(), "a change of it is under way");
        }
        self.deciding(kind, kind.label(), &[id])
    }

    /// Makes an open certificate menu anew, since an answer may have changed what applies.
    pub(super) fn renew_menu(&mut self) {
        let Some(Dialog::Menu(menu)) = self.dialogs.last() else {
            return;
        };
        let (title, entries) = match menu.kind {
            MenuKind::Certificate(id) => (self.certificate_title(id), self.certificate_entries(id)),
            MenuKind::Runs => (menu.title.clone(), self.runs_entries()),
            MenuKind::Stop(request) => {
                let Some(run) = self.batch(request).filter(|run| run.ended.is_none()) else {
                    // There is nothing left to stop.
                    self.dialogs.pop();
                    self.typing.lost_its_dialog(self.now);
                    return;
                };
                (stop_title(run), stop_entries(run))
            }
            MenuKind::Fixed => return,
        };
        if let Some(Dialog::Menu(menu)) = self.dialogs.last_mut() {
            menu.title = title;
            menu.replace(entries);
        }
    }

    fn open_policy_menu(&mut self, id: CertificateId, name: String) {
        let view = Entry::enabled(
            Command::View,
            "View document",
            Choice::ViewPolicy(name.clone()),
        );
        let change = self
            .session
            .arn(id)
            .map(|certificate| Mutation::DetachPolicy {
                certificate,
                policy: name.clone(),
            });
        let detach = if change.is_some_and(|change| self.is_under_way(&change)) {
            Entry::disabled(Command::Detach, "Detach", "it is being detached")
        } else if self.in_batch(id) {
            Entry::disabled(Command::Detach, "Detach", "a run works on the certificate")
        } else {
            Entry::enabled(
                Command::Detach,
                "Detach…",
                Choice::DetachPolicy(id, name.clone()),
            )
        };
        let detach = detach.unless_read_only(self.setup.read_only);
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
        let view = Entry::enabled(
            Command::View,
            "View attributes",
            Choice::ViewThing(name.clone()),
        );
        let detach = if detaching {
            Entry::disabled(Command::Detach, "Detach", "it is being detached")
        } else if self.in_batch(id) {
            Entry::disabled(Command::Detach, "Detach", "a run works on the certificate")
        } else {
            Entry::enabled(
                Command::Detach,
                "Detach…",
                Choice::DetachThing(id, name.clone()),
            )
        };
        let detach = detach.unless_read_only(self.setup.read_only);
        self.open_attachment_menu("Thing", name, view, detach);
    }

    fn open_attachment_menu(&mut self, what: &str, name: String, view: Entry, detach: Entry) {
        let title = format!("{what} {}", crate::domain::text::visible(&name));
        let copy = Choice::Copy {
            what: "the name",
            text: name,
        };
        let entries = vec![
            view,
            detach,
            Entry::enabled(Command::CopyName, "Copy name", copy),
        ];
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
            Command::CopyId,
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
            Some(arn) => Entry::enabled(Command::CopyArn, "ARN", copy("the ARN", arn)),
            None => Entry::disabled(Command::CopyArn, "ARN", "the account is not known yet"),
        });
        let pem = details
            .and_then(|d| d.description.value())
            .and_then(|d| d.pem.clone());
        entries.push(match pem {
            Some(pem) => Entry::enabled(
                Command::CopyPem,
                "Certificate (PEM)",
                copy("the certificate", pem),
            ),
            None => Entry::disabled(
                Command::CopyPem,
                "Certificate (PEM)",
                "open the details first",
            ),
        });
        if self.status(id) == ConsoleStatus::Transferred {
            let note = pages::note(self, id);
            let choice = copy("the note for the recipient", note);
            entries.push(Entry::enabled(
                Command::CopyNote,
                "Note for the recipient",
                choice,
            ));
        }
        let title = format!("Copy of {}", id.short());
        self.open(Dialog::Menu(Menu::new(MenuKind::Fixed, title, entries)));
    }

    /// The account that a profile led to when it was last used, at what answers now.
    fn last_seen(&self, known: &KnownTarget) -> Option<String> {
        let profile = known.target.profile.as_deref()?;
        let facts = self.session.facts.value();
        let at = facts.map_or(&ControlPlane::Aws, |facts| &facts.control_plane);
        let account = self.setup.last_accounts.get(at, profile)?;
        Some(format!(
            "{} the last time",
            self.setup.book.describe(account)
        ))
    }

    pub(super) fn open_accounts(&mut self) {
        if self.setup.targets.is_empty() && self.setup.simulator {
            return self.say(Level::Info, "There is no other account.");
        }
        let current = self
            .setup
            .targets
            .iter()
            .position(|known| known.target.profile.as_deref() == self.session.profile());
        // First, so that it is found among two hundred profiles.
        let region =
            (!self.setup.simulator).then(|| Entry::row("Another region…", Choice::AskRegion));
        let before = usize::from(region.is_some());
        let known = self.setup.targets.iter().enumerate().map(|(i, known)| {
            // The other side of a transfer is in the same region.
            let mut target = known.target.clone();
            target.region = target.region.or_else(|| self.session.target.region.clone());
            let in_use = (Some(i) == current).then(|| "in use".to_owned());
            let account = known
                .account
                .map(|account| self.setup.book.describe(account))
                .or_else(|| self.last_seen(known));
            let remark: Vec<String> = account.into_iter().chain(in_use).collect();
            Entry::row(&*known.label, Choice::Connect(target)).with_remark(remark.join(", "))
        });
        let refused = self.setup.refused.iter();
        let refused = refused.map(|(name, why)| Entry::told(&**name, &**why));
        let entries = region.into_iter().chain(known).chain(refused).collect();
        let mut menu = Menu::new(MenuKind::Fixed, "Account", entries).finding();
        // The next one is what a person most likely wants: the other side of a transfer.
        let targets = self.setup.targets.len().max(1);
        let next = current.map_or(0, |i| i.saturating_add(1) % targets);
        menu.select(before.saturating_add(next));
        self.open(Dialog::Menu(menu));
    }
}

/// The letter of an action.
const fn letter(action: Action) -> Command {
    match action {
        Action::Activate => Command::Activate,
        Action::Deactivate => Command::Deactivate,
        Action::StartTransfer => Command::StartTransfer,
        Action::RevokeTransfer => Command::RevokeTransfer,
        Action::Accept => Command::Accept,
        Action::AcceptAndActivate => Command::AcceptAndActivate,
        Action::Reject => Command::Reject,
        Action::Revoke => Command::Revoke,
    }
}
