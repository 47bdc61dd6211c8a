//! Which entries the menus have.

use crate::{
    domain::{
        Action, Attachment, Availability, CertificateId, Change, ConsoleStatus, ControlPlane,
        Guard, NamedKind, Procedure, Target,
        text::{counted_attachments, visible},
    },
    tui::{
        app::{
            acting::stopping::{stop_entries, stop_title},
            state::App,
        },
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        known::{setup::KnownTarget, side::Side},
        layers::{Dialog, MenuKind},
        pages::{
            batch::{notes::note, state::BatchState},
            certificate::details::{Details, Tab, TabRow},
            inventory::entries::{in_full, its_certificates},
        },
        text::words::standing,
    },
};

impl App {
    pub(in crate::tui::app) fn open_actions(&mut self) {
        if self.side.list.any_marks() && !self.details_focused() {
            return self.open_marks_menu();
        }
        if let Some(id) = self.current() {
            self.open_certificate_menu(id);
        }
    }

    pub(in crate::tui::app) fn open_options(&mut self) {
        let Some(details) = self
            .side
            .details
            .as_ref()
            .filter(|_| self.details_focused())
        else {
            if let Some(id) = self.side.list.selected() {
                self.open_certificate_menu(id);
            }
            return;
        };
        match (details.tab, details.selected()) {
            (Tab::Details, _) => self.open_actions(),
            (_, Some(row)) => self.open_attachment_menu(details.id, row),
            (_, None) => self.say(Level::Info, "Nothing is attached here."),
        }
    }

    /// The actions of a certificate: the same letters in the same places, whatever its status and
    /// wherever the menu is opened.
    pub(in crate::tui::app) fn open_certificate_menu(&mut self, id: CertificateId) {
        // The menu is about this certificate: the cursor stays on it, whatever is listed meanwhile.
        if !self.details_focused() {
            self.side.list.select(id);
        }
        let (title, entries) = (self.certificate_title(id), self.certificate_entries(id));
        self.open(Dialog::Menu(
            Menu::new(title, entries),
            MenuKind::Certificate(id),
        ));
    }

    fn certificate_title(&self, id: CertificateId) -> String {
        let short = id.short();
        match self.facts().unfinished_run(id) {
            Some(record) => format!("{short}  {}", standing(record)),
            None => format!("{short}  {}", self.status(id).label()),
        }
    }

    fn certificate_entries(&self, id: CertificateId) -> Vec<Entry<Intent>> {
        // The harmless entry stands first, since the cursor starts there.
        let mut entries = vec![Entry::enabled(
            Command::CopyOf,
            "Copy…",
            Intent::CopyMenu(id),
        )];
        let takes_along = "What does it take along?";
        entries.push(if self.status(id) == ConsoleStatus::PendingTransfer {
            let why = "it comes with nothing";
            Entry::disabled(Command::TakesAlong, takes_along, why)
        } else {
            let label = format!("{takes_along}…");
            Entry::enabled(Command::TakesAlong, label, Intent::TakesAlong(vec![id]))
        });
        for action in Action::menu(self.status(id)) {
            // The one that cannot be undone does not stand where the other one stands.
            if action.row().guard == Guard::LastSix {
                entries.push(Entry::nothing());
            }
            entries.push(self.action_entry(action, id));
        }
        entries
    }

    fn action_entry(&self, action: Action, id: CertificateId) -> Entry<Intent> {
        let subject = self.subject(id);
        let letter = Command::Act(action);
        let against = match action {
            Action::HandOver => self.against_hand_over(),
            _ => None,
        };
        match action.availability(&subject) {
            Availability::Enabled if against.is_some() => {
                Entry::disabled(letter, action.label(), against.unwrap_or_default())
            }
            Availability::Enabled => {
                let remark = match action {
                    Action::StartTransfer => subject.readiness.preparation(),
                    Action::PutBack => Some(self.put_back_remark(id)),
                    _ => None,
                };
                // What opens a dialog has dots, as everywhere.
                let label = format!("{}…", action.label());
                Entry::enabled(letter, label, Intent::Begin(action, vec![id]))
                    .with_remark(remark.unwrap_or_default())
            }
            Availability::Disabled(reason) => {
                let held = action.needs_open_run() && subject.journaled.held;
                let reason = if held {
                    let key = self.setup.keymap.key(Command::Runs);
                    format!("{reason}: {key} shows it")
                } else {
                    reason
                };
                Entry::disabled(letter, action.label(), reason)
            }
        }
    }

    /// What the journal has to put back of a certificate. It is asked when the dialog opens, unless that
    /// is known already.
    fn put_back_remark(&self, id: CertificateId) -> String {
        let came_back = self.side.list.get(id).is_some_and(|facts| facts.came_back);
        if self.facts().unfinished_run(id).is_some() {
            return "what its run took".to_owned();
        }
        match self.facts().put_back_record(id) {
            Some(_) if self.status(id).in_transfer() => "revokes the transfer first".to_owned(),
            Some(record) => {
                let before = &record.before;
                counted_attachments(before.policies.len(), before.things.len()).unwrap_or_default()
            }
            None if came_back => "it came back".to_owned(),
            None => "if the journal has something of it".to_owned(),
        }
    }

    /// Makes an open certificate menu anew, since an answer may have changed what applies.
    pub(in crate::tui::app) fn renew_menu(&mut self) {
        let Some(Dialog::Menu(menu, kind)) = self.dialogs.last() else {
            return;
        };
        let (title, entries) = match *kind {
            MenuKind::Certificate(id) => (self.certificate_title(id), self.certificate_entries(id)),
            MenuKind::Runs => (menu.title.clone(), self.runs_entries()),
            MenuKind::Stop(request) => {
                let Some(run) = self.batch(request).filter(|run| run.tally.ended.is_none()) else {
                    // There is nothing left to stop.
                    self.dialogs.pop();
                    self.typing.lost_its_dialog(self.now);
                    return;
                };
                (stop_title(run), stop_entries(run))
            }
            MenuKind::Fixed => return,
        };
        if let Some(Dialog::Menu(menu, _)) = self.dialogs.last_mut() {
            menu.title = title;
            menu.replace(entries);
        }
    }

    /// What can be done with a policy or a thing of a certificate.
    fn open_attachment_menu(&mut self, id: CertificateId, row: TabRow) {
        let TabRow {
            of: attachment,
            fixed,
            ..
        } = row;
        let view = match attachment {
            Attachment::Policy(_) => "View document",
            Attachment::Thing(_) => "View attributes",
        };
        let view = Entry::enabled(Command::View, view, Intent::View(attachment.clone()));
        let kind = match attachment {
            Attachment::Policy(_) => NamedKind::Policy,
            Attachment::Thing(_) => NamedKind::Thing,
        };
        let full = in_full(kind, attachment.name());
        let certificates = its_certificates(kind, attachment.name());
        let copy = Intent::Copy {
            what: "the name",
            text: attachment.name().to_owned(),
        };
        let name = visible(attachment.name());
        let title = match attachment {
            Attachment::Policy(_) => format!("Policy {name}"),
            Attachment::Thing(_) => format!("Thing {name}"),
        };
        let action = Action::Detach;
        let letter = Command::Act(action);
        let against = self.against_detach(id, &attachment, fixed);
        let label = format!("{}…", action.label());
        let detach = Entry::enabled(letter, label, Intent::Detach(id, vec![attachment]))
            .unless(against.as_deref());
        let mut entries = vec![view];
        entries.extend(full);
        entries.push(detach);
        entries.extend(self.detach_all_entry(id));
        entries.extend([
            certificates,
            Entry::enabled(Command::CopyName, "Copy name", copy),
        ]);
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
    }

    /// Detaches the marked ones of the tab, or else all of them, where that is more than one.
    fn detach_all_entry(&self, id: CertificateId) -> Option<Entry<Intent>> {
        let details = self.side.details.as_ref()?;
        let free = |rows: Vec<TabRow>| -> Vec<Attachment> {
            let free = |row: &TabRow| {
                let fixed = row.fixed.clone();
                self.against_detach(id, &row.of, fixed).is_none()
            };
            rows.into_iter().filter(free).map(|row| row.of).collect()
        };
        let marked = free(details.marked_rows());
        let (which, all) = if marked.is_empty() {
            ("all", free(details.rows(details.tab)))
        } else {
            ("the marked", marked)
        };
        let label = format!("Detach {which} {}…", all.len());
        (all.len() > 1).then(|| Entry::row(label, Intent::Detach(id, all)))
    }

    /// Why an attachment cannot be detached; `fixed` is what its row says of it.
    pub(in crate::tui::app) fn against_detach(
        &self,
        id: CertificateId,
        attachment: &Attachment,
        fixed: Option<String>,
    ) -> Option<String> {
        match Action::Detach.availability(&self.subject(id)) {
            Availability::Disabled(why) => Some(why),
            Availability::Enabled if self.detaches(id, attachment) => {
                Some("it is being detached".to_owned())
            }
            Availability::Enabled => fixed,
        }
    }

    /// Whether a batch under way detaches an attachment.
    fn detaches(&self, id: CertificateId, attachment: &Attachment) -> bool {
        let detaches = |run: &BatchState| match &run.tally.procedure {
            Procedure::Change(Change::Detach(of)) => of.name() == attachment.name(),
            _ => false,
        };
        let mut batches = self.batches.iter();
        batches.any(|run| run.tally.is_working_on(id) && detaches(run))
    }

    pub(in crate::tui::app) fn open_copy(&mut self) {
        let row = self
            .side
            .details
            .as_ref()
            .filter(|_| self.details_focused());
        match row.and_then(Details::selected) {
            Some(row) => self.copy("the name", row.of.name().to_owned()),
            None => {
                if let Some(id) = self.current() {
                    self.open_copy_menu(id);
                }
            }
        }
    }

    pub(in crate::tui::app) fn open_copy_menu(&mut self, id: CertificateId) {
        let copy = |what, text| Intent::Copy { what, text };
        let mut entries = vec![Entry::enabled(
            Command::CopyId,
            "Certificate id",
            copy("the certificate id", id.to_string()),
        )];
        let details = self
            .side
            .details
            .as_ref()
            .filter(|details| details.id == id);
        let made = self.side.session.arn(id);
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
            let note = note(&self.facts(), id);
            let choice = copy("the note for the recipient", note);
            entries.push(Entry::enabled(
                Command::CopyNote,
                "Note for the recipient",
                choice,
            ));
        }
        let title = format!("Copy of {}", id.short());
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
    }

    /// The account that a profile led to when it was last used, at what answers now.
    fn last_seen(&self, known: &KnownTarget) -> Option<String> {
        let profile = known.target.profile.as_deref()?;
        let facts = self.side.session.facts.value();
        let at = facts.map_or(&ControlPlane::Aws, |facts| &facts.control_plane);
        let account = self.setup.last_accounts.get(at, profile)?;
        Some(format!(
            "{} the last time",
            self.setup.config.accounts.describe(account)
        ))
    }

    /// Where this side can lead.
    pub(in crate::tui::app) fn open_accounts(&mut self) {
        if self.setup.targets.is_empty() && self.setup.simulator {
            return self.say(Level::Info, "There is no other account.");
        }
        let region =
            (!self.setup.simulator).then(|| Entry::row("Another region…", Intent::AskRegion));
        let other = match &self.peer {
            Some(peer) => {
                let place = peer.session.place(&self.setup.config.accounts);
                Some(Entry::row("Close the other side", Intent::ClosePeer).with_remark(place))
            }
            None if self.setup.targets.is_empty() => None,
            None => Some(Entry::row("Open the other side…", Intent::AskPeer)),
        };
        // First, so that they are found among two hundred profiles.
        let first: Vec<_> = region.into_iter().chain(other).collect();
        self.open_targets("Account", first, Intent::Connect);
    }

    /// Where the other side can lead, while there is none.
    pub(in crate::tui::app) fn open_accounts_for_peer(&mut self) {
        if self.setup.targets.is_empty() {
            let text = "There is no profile that the other side could be opened with.";
            return self.say(Level::Info, text);
        }
        let choose = |target: Target| Intent::ConnectPeer(target.profile);
        self.open_targets("The other side", Vec::new(), choose);
    }

    fn open_targets(
        &mut self,
        title: &str,
        first: Vec<Entry<Intent>>,
        choose: impl Fn(Target) -> Intent,
    ) {
        let (entries, likely) = self.target_entries(first, choose);
        let mut menu = Menu::new(title, entries).finding();
        menu.select(likely);
        self.open(Dialog::Menu(menu, MenuKind::Fixed));
    }

    /// The accounts that a side can lead to, behind these entries, and the row that a person most likely wants: the
    /// other side of a transfer.
    pub(super) fn target_entries(
        &self,
        first: Vec<Entry<Intent>>,
        choose: impl Fn(Target) -> Intent,
    ) -> (Vec<Entry<Intent>>, usize) {
        let of = |side: &Side| {
            let mut targets = self.setup.targets.iter();
            targets.position(|known| known.target.profile.as_deref() == side.session.profile())
        };
        let (current, other) = (of(&self.side), self.peer.as_ref().and_then(of));
        let before = first.len();
        let known = self.setup.targets.iter().enumerate().map(|(i, known)| {
            // The other side of a transfer is in the same region.
            let mut target = known.target.clone();
            let region = || self.side.session.target.region.clone();
            target.region = target.region.or_else(region);
            let use_of_it = match Some(i) {
                i if i == current => Some("in use".to_owned()),
                i if i == other => Some("the other side".to_owned()),
                _ => None,
            };
            let account = known
                .account
                .map(|account| self.setup.config.accounts.describe(account))
                .or_else(|| self.last_seen(known));
            let remark: Vec<String> = account.into_iter().chain(use_of_it).collect();
            // One account is one side: to lead this one there is to go there.
            let choice = if Some(i) == other && Some(i) != current {
                Intent::ChangeSides
            } else {
                choose(target)
            };
            Entry::row(&*known.label, choice).with_remark(remark.join(", "))
        });
        let refused = self.setup.refused.iter();
        let refused = refused.map(|(name, why)| Entry::told(&**name, &**why));
        let entries = first.into_iter().chain(known).chain(refused).collect();
        let targets = self.setup.targets.len().max(1);
        let next = current.map_or(0, |i| i.saturating_add(1) % targets);
        (entries, before.saturating_add(next))
    }
}
