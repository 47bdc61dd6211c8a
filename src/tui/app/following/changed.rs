//! What follows from a change: what is shown of it at once, and what is asked again.

use std::time::Duration;

use crate::{
    domain::{
        Attachment, CertificateId, CertificateStatus, Change, Done, Mutation, OutgoingTransfer,
        Shows,
    },
    tui::{
        app::state::{App, DETACH_LOOK},
        known::command_log::LogOutcome,
        pages::{certificate::details::Tab, certificates::list::LocalChange},
    },
};

impl App {
    /// A change was made: shows it, and asks AWS for exactly what it changed.
    pub(in crate::tui::app) fn changed(&mut self, mutation: &Mutation) {
        self.show_change(mutation.id(), &mutation.change);
        self.side.list.arrange(&self.setup.config.accounts);
        self.ask_changed(mutation.id(), &mutation.change);
    }

    /// Shows a change that was made. The rows stay where they are until the list is arranged.
    pub(in crate::tui::app) fn show_change(&mut self, id: CertificateId, change: &Change) {
        let shown = match change.shows() {
            Shows::Status(status) => LocalChange::Status(status),
            Shows::Accepted { active: true } => LocalChange::Status(CertificateStatus::Active),
            Shows::Accepted { active: false } => LocalChange::Status(CertificateStatus::Inactive),
            Shows::TakenBack => LocalChange::TakenBack,
            Shows::Offered { to, message } => LocalChange::Offered(OutgoingTransfer {
                id,
                to: Some(to),
                started: Some(self.now),
                message: message.map(str::to_owned),
                created: self.side.list.get(id).and_then(|facts| facts.created),
            }),
            Shows::Listed(attachment, false) => return self.show_detached(id, attachment),
            // The row stays until AWS says that it is gone.
            Shows::Gone
            | Shows::Listed(_, true)
            | Shows::Exists(_)
            | Shows::Joined
            | Shows::Removed(_) => return,
        };
        self.side.list.apply(id, shown);
    }

    fn show_detached(&mut self, id: CertificateId, attachment: &Attachment) {
        let Some(details) = self
            .side
            .details
            .as_mut()
            .filter(|details| details.id == id)
        else {
            return;
        };
        match attachment {
            Attachment::Policy(policy) => {
                if let Some(policies) = details.policies.value_mut() {
                    policies.retain(|known| known.name != *policy);
                }
            }
            Attachment::Thing(thing) => {
                details.detaching.insert(thing.name.clone(), 0);
            }
        }
    }

    /// Asks AWS for what a change has changed.
    fn ask_changed(&mut self, id: CertificateId, change: &Change) {
        let open = self
            .side
            .details
            .as_ref()
            .is_some_and(|details| details.id == id);
        match change.shows() {
            Shows::Listed(_, true) if open => self.ask_attachments(Duration::ZERO),
            Shows::Listed(Attachment::Policy(_), false) if open => {
                self.ask_tab(Tab::Policies, Duration::ZERO);
                self.ask_tab_in_sight();
            }
            Shows::Listed(Attachment::Thing(_), false) if open => {
                self.ask_tab(Tab::Things, DETACH_LOOK);
            }
            Shows::Listed(..) | Shows::Exists(_) | Shows::Joined | Shows::Removed(_) => {}
            Shows::Offered { .. } | Shows::TakenBack => {
                self.ask_outgoing();
                self.ask_standing(id);
            }
            Shows::Status(_) | Shows::Accepted { .. } | Shows::Gone => self.ask_standing(id),
        }
    }

    /// A change was not made, or is not known to be: asks for the state that the certificate is really in.
    pub(in crate::tui::app) fn ask_unchanged(&mut self, id: CertificateId, change: &Change) {
        if !matches!(change.shows(), Shows::Listed(..)) {
            self.ask_outgoing();
            return self.ask_standing(id);
        }
        if self
            .side
            .details
            .as_ref()
            .is_some_and(|details| details.id == id)
        {
            self.ask_attachments(Duration::ZERO);
        }
    }
}

/// How a change that was made stands in the command log.
pub(in crate::tui::app) fn outcome(done: &Done) -> LogOutcome {
    if done.confirmed_afterwards {
        LogOutcome::Confirmed
    } else {
        LogOutcome::Done(done.request_id.clone())
    }
}
